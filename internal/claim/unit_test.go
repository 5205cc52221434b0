package claim_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
)

func TestDevAll(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	p := bundledPlaces{t: t, catalog: c}
	begin := time.Now()
	for _, cl := range c.Claims {
		if only := os.Getenv("ONLY"); cl.IsPlan() || only != "" && only != cl.ID {
			continue
		}
		m, _ := c.Measure(cl.Measure)
		d := claim.Data{Figures: claim.Figures{Measure: m}, Register: c.Claims, Places: p}
		if cl.Finer != nil {
			d.Finer, _ = c.Measure(cl.Finer.Measure)
		}
		at := time.Now()
		r, err := claim.Test(t.Context(), cl, d)
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("%-38s %-16s claimed %s %.3g part %.3g", cl.ID, r.Verdict, cl.Towards, float64(r.Claimed.Percent), float64(r.Claimed.Part))
		if r.Unit == nil {
			line += " NO UNIT"
		} else {
			line += fmt.Sprintf(" %s/%s %s..%s L%d W%d n%d", r.Unit.At, r.Unit.Measure, r.Unit.From, r.Unit.Until, r.Unit.Before, r.Unit.After, r.Unit.Donors)
		}
		if e := r.Effect; e != nil {
			line += fmt.Sprintf(" | %.1f [%.1f %.1f] p%.3f MDE %.1f", float64(e.Percent), e.PercentInterval[0], e.PercentInterval[1], float64(e.P), float64(e.Detectable))
			if u := r.Unit; u != nil && u.Check != nil {
				line += fmt.Sprintf(" check %.1f", float64(u.Check.Percent))
			}
			if u := r.Unit; u != nil && u.Baseline != nil {
				line += fmt.Sprintf(" back %.1f p%.2f", float64(u.Baseline.Percent), float64(u.Baseline.P))
			}
			if u := r.Unit; u != nil && u.Later != nil {
				line += fmt.Sprintf(" later %.1f %v", float64(u.Later.Percent), u.Later.Interval)
			}
			if u := r.Unit; u != nil {
				line += fmt.Sprintf(" atstart%v over%d starts%+v", u.AtStart, len(u.Overlaps), u.Starts)
			}
		}
		if r.Refused != nil {
			line += fmt.Sprintf(" REFUSED %s %d/%d %+v", r.Refused.Code, r.Refused.Have, r.Refused.Need, r.Refused.Facts)
		}
		fmt.Println(line, time.Since(at).Round(time.Millisecond))
	}
	fmt.Println("all", time.Since(begin))
}
