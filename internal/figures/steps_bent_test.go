//go:build linux || darwin

package figures_test

import (
	"bufio"
	"compress/gzip"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
)

// Mid and South Essex had 31 maternity beds until March 2020 and 141 from April: its two neighbours joined in quarters that are not looked at, as the
// pandemic bent them. The step is of then, from 31, and not of the first quarter that is looked at again.
func TestStepAmongBentPeriods(t *testing.T) {
	var rows strings.Builder
	for _, name := range []string{"beds", "beds_all_years"} {
		file, err := os.Open("../../sql/reference/bundled/" + name + ".csv.gz")
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		plain, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(plain); lines.Scan(); {
			if cells := strings.Split(lines.Text(), ","); cells[0] == "beds_available_maternity" && cells[3] != "" {
				rows.WriteString(strings.Join(cells[:4], ",") + ",\n")
			}
		}
	}
	k := figurestest.Load(t, rows.String(), time.Now)
	moment, err := k.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	found, err := k.Steps(t.Context(), moment, figures.StepFilter{Measure: "beds_available_maternity", Organisation: "RAJ"})
	if err != nil || len(found) != 1 {
		t.Fatalf("%d searches, %v", len(found), err)
	}
	joined := false
	for _, p := range found[0].Proposals {
		t.Logf("%s %s: from %v to %v, %+.2f", p.Kind, p.From, p.Before, p.After, p.Size)
		if p.From.String() == "2020-Q2" {
			joined = p.Before == 31 && math.Abs(p.After-141) < 3
		}
		if moved := p.After/p.Before - 1; moved*p.Size <= 0 || math.Abs(math.Log1p(moved)-math.Log1p(p.Size)) > 0.2 {
			t.Errorf("%s of %s: from %v to %v is %+.2f, and it is said to be %+.2f", p.Kind, p.From, p.Before, p.After, moved, p.Size)
		}
	}
	if !joined {
		t.Error("there is no step from 31 beds to 141 in April to June 2020")
	}
}
