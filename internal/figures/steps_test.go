//go:build linux || darwin

package figures_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/steps"
)

const confirmedFile = `
known_gaps:
  - {organisations: [RWY], measures: [ae_attendances_type1], from: 2017-05, until: 2017-07, reason: "half of its departments made no return"}
breaks:
  - {organisations: [RXF], measures: [ae_attendances_type1], from: 2018-01, reason: "a walk-in centre is counted with type 1"}
`

// stepped are three years of five trusts of one footprint and one of another: RWY lacks half of three months, and RXF rises by 30%.
func stepped() string {
	var rows strings.Builder
	rows.WriteString("measure,organisation,period,numerator,denominator,published_file,published_row\n")
	for i, org := range []string{"RAE", "RCF", "RR8", "RWY", "RXF", "RTE"} {
		for t := range 36 {
			count := 10_000 * (1 + 0.01*math.Sin(float64(7*t+3*i)))
			period := time.Date(2016, time.January+time.Month(t), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
			if org == "RWY" && period >= "2017-05" && period <= "2017-07" {
				count /= 2
			}
			if org == "RXF" && period >= "2018-01" {
				count *= 1.3
			}
			fmt.Fprintf(&rows, "ae_attendances_type1,%s,%s,%.0f,,figures.xls,%d\n", org, period, count, t+2)
		}
	}
	return rows.String()
}

func TestConfirmedGapsAndSteps(t *testing.T) {
	const footprintOf, other = "E54000005", "E54000043"
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../dashboards")); err != nil {
		t.Fatal(err)
	}
	read := func(confirmed string) *catalog.Catalog {
		t.Helper()
		if err := os.RemoveAll(filepath.Join(folder, "confirmed")); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(folder, "confirmed"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "confirmed", "own.yaml"), []byte(confirmed), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := catalog.Read(os.DirFS(folder))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	plain, confirmed := read("known_gaps: []\n"), read(confirmedFile)
	w, l := figurestest.Empty(t, plain, r, time.Now)
	o, err := l.Load(t.Context(), load.File{Name: "figures.csv", Content: strings.NewReader(stepped()), Bundled: true, Accept: "figures of a test"}, "test")
	if err != nil || o.Load.State != load.Published || o.Load.Rejections > 0 {
		t.Fatalf("%+v, %v", o.Load, err)
	}

	before := figurestest.Know(w, w, plain, r, time.Now)
	proposed := proposals(t, before, "")
	if len(proposed) != 2 {
		t.Fatalf("proposed: %+v", proposed)
	}
	if p := proposed[0]; p.Organisation != "RWY" || p.Kind != steps.Gap || p.From.String() != "2017-05" || p.Until.String() != "2017-07" ||
		p.State != figures.Proposed ||
		math.Abs(p.Size+0.5) > 0.08 || math.Abs(p.Share-5.0/60) > 0.003 {
		t.Errorf("the gap: %+v", p)
	}
	if p := proposed[1]; p.Organisation != "RXF" || p.Kind != steps.Step || p.From.String() != "2018-01" || p.State != figures.Proposed ||
		math.Abs(p.Size-0.3) > 0.1 || math.Abs(p.Share-3.0/60) > 0.003 {
		t.Errorf("the step: %+v", p)
	}

	settings := l.Settings
	settings.Catalog = confirmed
	defining := load.New(settings)
	memberships, err := os.ReadFile("../../sql/reference/memberships.csv")
	if err != nil {
		t.Fatal(err)
	}
	if err := defining.Define(t.Context(), memberships); err != nil {
		t.Fatal(err)
	}
	after := figurestest.Know(w, w, confirmed, r, time.Now)
	then := fmt.Sprint(o.Load.ID)

	t.Run("the months of a gap are missing, and their footprint has a partial figure", func(t *testing.T) {
		for _, place := range []string{footprintOf, footprint.England} {
			whole, now := value(t, before, then, place, "2017-06"), value(t, after, "", place, "2017-06")
			if !whole.Complete || now.Complete || now.Value.Valid || !slices.Equal(now.Missing, []string{"RWY"}) || now.Partial == nil || !now.Partial.Value.Valid {
				t.Errorf("%s: %+v, then %+v", place, whole, now)
			}
			if n := now.Organisations; now.Partial.Reported != n-1 || now.Partial.Expected != n {
				t.Errorf("%s: %+v of %d", place, now.Partial, n)
			}
			if whole := value(t, after, then, place, "2017-06"); !whole.Complete {
				t.Errorf("%s: as of before it was confirmed: %+v", place, whole)
			}
			if next := value(t, after, "", place, "2017-08"); !next.Complete {
				t.Errorf("%s: the month after: %+v", place, next)
			}
		}
		if untouched := value(t, after, "", other, "2017-06"); !untouched.Complete {
			t.Errorf("another footprint: %+v", untouched)
		}
	})
	m, _ := confirmed.Measure("ae_attendances_type1")
	now, err := after.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("the organisation has none, and its cell says why", func(t *testing.T) {
		points, err := after.OrganisationSeries(t.Context(), now, m, "RWY", figures.Range{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range points {
			if gap := p.Period.String() >= "2017-05" && p.Period.String() <= "2017-07"; gap == p.Value.Valid {
				t.Errorf("%s: %+v", p.Period, p)
			}
		}
		period, _ := catalog.ParsePeriod("2017-06")
		area, _ := after.FindArea(footprintOf)
		trace, err := after.Trace(t.Context(), now, m, area, period)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(trace.Cells, func(c figures.Cell) bool { return c.Organisation == "RWY" })
		if i < 0 || trace.Cells[i].Status != figures.KnownGap || trace.Cells[i].Numerator.Valid || trace.Cells[i].Raw == "" ||
			!strings.Contains(trace.Cells[i].Note, "made no return") {
			t.Errorf("%+v", trace.Cells)
		}
	})
	t.Run("a step breaks the series of the footprint and of no other", func(t *testing.T) {
		breaks, err := after.Breaks(t.Context(), now, m)
		if err != nil {
			t.Fatal(err)
		}
		own := breaks[footprintOf]
		if len(own) != 1 || own[0].From.String() != "2018-01" || len(own[0].Steps) != 1 || own[0].Steps[0].Organisation != "RXF" {
			t.Errorf("%+v", own)
		}
		if len(breaks[other])+len(breaks[footprint.England]) > 0 {
			t.Errorf("other places: %+v", breaks)
		}
		if words := wording.MembershipWords(own[0], after.Named); !strings.Contains(words, "counts differently (a walk-in centre is counted with type 1)") {
			t.Error(words)
		}
		area, _ := after.FindArea(footprintOf)
		signal, err := after.SignalOf(t.Context(), now, m, area, catalog.Period{})
		if err != nil || len(signal.Chart.Groups) != 2 {
			t.Errorf("%d groups of limits, %v", len(signal.Chart.Groups), err)
		}
		rxf, _ := after.FindPlace("", "RXF")
		if signal, err = after.SignalOf(t.Context(), now, m, rxf, catalog.Period{}); err != nil || len(signal.Chart.Groups) != 2 {
			t.Errorf("the trust: %d groups of limits, %v", len(signal.Chart.Groups), err)
		}
	})
	t.Run("no change is stated across a step", func(t *testing.T) {
		for period, stated := range map[string]bool{"2017-12": true, "2018-06": false} {
			p, _ := catalog.ParsePeriod(period)
			all, err := after.LatestFigures(t.Context(), now, m, p)
			if err != nil {
				t.Fatal(err)
			}
			area, _ := after.FindArea(footprintOf)
			if s := all.Of(m, area); s.Change.Valid != stated || (s.Apart.Code == "") != stated {
				t.Errorf("%s: change %v apart %v", period, s.Change, s.Apart)
			}
		}
	})
	t.Run("what was confirmed is proposed no more", func(t *testing.T) {
		for _, p := range proposals(t, after, "") {
			if p.State != figures.Confirmed || p.Reason == "" {
				t.Errorf("%+v", p)
			}
		}
		for _, p := range proposals(t, after, then) {
			if p.State != figures.Proposed {
				t.Errorf("as of before it was confirmed: %+v", p)
			}
		}
	})
}

func proposals(t *testing.T, k *figurestest.Known, asOf string) []figures.Proposal {
	t.Helper()
	moment, err := k.AsOf(t.Context(), asOf)
	if err != nil {
		t.Fatal(err)
	}
	found, err := k.Steps(t.Context(), moment, figures.StepFilter{Measure: "ae_attendances_type1"})
	if err != nil || len(found) != 1 {
		t.Fatalf("%+v, %v", found, err)
	}
	return found[0].Proposals
}

func value(t *testing.T, k *figurestest.Known, asOf, place, period string) measure.Point {
	t.Helper()
	moment, err := k.AsOf(t.Context(), asOf)
	if err != nil {
		t.Fatal(err)
	}
	m, err := k.MeasureAsOf(t.Context(), "ae_attendances_type1", moment)
	if err != nil {
		t.Fatal(err)
	}
	points, err := k.Points(t.Context(), moment, m)
	if err != nil {
		t.Fatal(err)
	}
	at, _ := catalog.ParsePeriod(period)
	p, ok := measure.At(points.Of(place), at.Start)
	if !ok {
		t.Fatalf("%s has no %s", place, period)
	}
	return p
}

// What another publication states again would be proposed twice.
func TestNoStepsInWhatIsRepeated(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	repeated := 0
	for _, m := range c.Measures {
		if m.Repeats == "" {
			continue
		}
		repeated++
		again, known := c.Measure(m.Repeats)
		alone := *m
		alone.Repeats = ""
		if figures.SearchesSteps(m) || !known || figures.SearchesSteps(&alone) && !figures.SearchesSteps(again) {
			t.Errorf("%s repeats %s: searched %v", m.ID, m.Repeats, figures.SearchesSteps(m))
		}
		if !slices.ContainsFunc(c.CrossChecks, func(check *catalog.CrossCheck) bool { return check.Of == m.Repeats && check.With == m.ID }) {
			t.Errorf("no cross-check compares %s with %s", m.Repeats, m.ID)
		}
	}
	if repeated != 8 {
		t.Errorf("%d measures repeat another, want 8", repeated)
	}
}
