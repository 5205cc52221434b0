package figures_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/pages/wording"
)

// patients are the figures of registered patients that come with the product, and their footprints.
func patients(t *testing.T) (figures string, footprints []string) {
	t.Helper()
	content, err := os.ReadFile("../../sql/reference/registered_patients.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(content)), "\n")[1:] {
		fields := strings.Split(line, ",")
		figures += strings.Join(fields[:4], ",") + ",\n"
		if fields[0] == "registered_patients" {
			footprints = append(footprints, fields[1])
		}
	}
	return figures, footprints
}

func peers(t *testing.T, c *figurestest.Known, measure, place, asOf string) (figures.Peers, error) {
	t.Helper()
	at, err := c.AsOf(t.Context(), asOf)
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.FindMeasure(measure)
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.FindArea(place)
	if err != nil {
		t.Fatal(err)
	}
	return c.Peers(t.Context(), at, m, s)
}

func nearest(p figures.Peers) []string {
	var found []string
	for _, place := range p.Nearest {
		found = append(found, fmt.Sprintf("%s %.6f", place.Area.Code, place.Distance))
	}
	return found
}

// The distances by size and age were computed apart from this program, of the same figures.
func TestPeersBySizeAndAge(t *testing.T) {
	registered, _ := patients(t)
	c := figurestest.Load(t, registered+"trust_emergency_loans,E54000027,2018/19,5,\ntrust_emergency_loans,E54000005,2018/19,7,\n", time.Now)
	for place, want := range map[string][]string{
		"E54000027": {"E54000030 0.470125", "E54000029 0.511076", "E54000031 0.826242", "E54000028 0.885528", "E54000007 1.172612"},
		"E54000005": {"E54000007 0.372670", "E54000008 0.722644", "E54000044 0.845966", "E54000032 1.115956", "E54000046 1.146023"},
		"E54000036": {"E54000038 0.160045", "E54000011 0.744517", "E54000013 0.748025", "E54000019 0.818744", "E54000041 0.861835"},
	} {
		got, err := peers(t, c, "trust_emergency_loans", place, "")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, nearest(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", place, diff)
		}
		if last := got.Features[len(got.Features)-1]; last.Aspect != "baseline" || last.LeftOut.Code != figures.NoRate {
			t.Errorf("the baseline of a measure without a rate: %+v", last)
		}
	}
	london, err := peers(t, c, "trust_emergency_loans", "E54000027", "")
	if err != nil {
		t.Fatal(err)
	}
	if len(london.Region) != 4 || len(london.Apart) != 0 || london.Itself.Distance != 0 || !london.Itself.Compared {
		t.Errorf("%d others of the region, %d apart, itself %+v", len(london.Region), len(london.Apart), london.Itself)
	}
	if i := london.Itself; london.Ranked != 2 || i.Rank != 1 || i.Fifth != 1 || i.Tenth != 1 || london.Nearest[0].Rank != 0 ||
		london.Period.String() != "2018/19" {
		t.Errorf("of %d in %s the rank is %d, the fifth %d, the tenth %d", london.Ranked, london.Period, i.Rank, i.Fifth, i.Tenth)
	}
	for place, measure := range map[string]string{"ENG": "trust_emergency_loans", "E54000005": "delayed_transfer_days"} {
		var input *figures.InputError
		if _, err := peers(t, c, measure, place, ""); !errors.As(err, &input) {
			t.Errorf("%s of %s: %v", measure, place, err)
		}
	}
	if unknown, err := peers(t, c, "trust_emergency_loans", "E54000005", "2016-01-01"); err != nil || len(unknown.Nearest) != 0 || len(unknown.Apart) != 43 ||
		wording.LeftOut(unknown.Features[0].Measure, unknown.Features[0].LeftOut) != "It is known of 0 of the 44; at least 40 are needed." {
		t.Errorf("before anything was loaded: %+v, %v", unknown, err)
	}
}

func TestPeersByBaseline(t *testing.T) {
	registered, footprints := patients(t)
	const measure = "avoidable_admissions"
	for i, code := range footprints[:42] { // two have no figure
		registered += fmt.Sprintf("%s,%s,2015/16,%d,100000\n", measure, code, 500+10*(i%21))
		registered += fmt.Sprintf("%s,%s,2016/17,%d,100000\n", measure, code, 900-i)
	}
	c := figurestest.Load(t, registered, time.Now)
	got, err := peers(t, c, measure, footprints[0], "")
	if err != nil {
		t.Fatal(err)
	}
	b := got.Features[len(got.Features)-1]
	if b.From.String() != "2015/16" || b.LeftOut.Code != "" || math.Abs(b.Mean-600) > 1e-9 || math.Abs(b.SD-10*math.Sqrt(440./12)) > 1e-9 {
		t.Errorf("the baseline is %+v", b) // of 0 to 20, each as often, the variance is (21² - 1)/12
	}
	if len(got.Apart) != 2 || got.Ranked != 42 || got.Itself.Rank != 42 || got.Itself.Fifth != 5 || got.Itself.Tenth != 10 {
		t.Errorf("%d apart; of %d the rank is %d, the fifth %d, the tenth %d", len(got.Apart), got.Ranked, got.Itself.Rank, got.Itself.Fifth, got.Itself.Tenth)
	}
	for _, p := range got.Nearest {
		square := 0.0
		for i, f := range p.Figures {
			d := f.Score - got.Itself.Figures[i].Score
			if math.Abs(f.Part-got.Features[i].Weight*d*d) > 1e-12 {
				t.Errorf("%s: of the feature %d the part is %v", p.Area.Name, i, f.Part)
			}
			square += f.Part
		}
		if math.Abs(square-p.Distance*p.Distance) > 1e-12 || len(p.Figures) != 4 {
			t.Errorf("%s: the parts add up to %v, the distance is %v", p.Area.Name, square, p.Distance)
		}
	}
	again, err := peers(t, c, measure, footprints[0], "")
	if diff := cmp.Diff(nearest(got), nearest(again)); diff != "" || err != nil {
		t.Errorf("asked again (%v): %s", err, diff)
	}
	without, err := peers(t, c, measure, footprints[43], "")
	if err != nil {
		t.Fatal(err)
	}
	if f := without.Features[3]; f.LeftOut.Code != figures.AreaUnknown || len(without.Nearest) != 5 || len(without.Apart) != 0 {
		t.Errorf("of a footprint without a baseline %d are nearest, %d apart: %s", len(without.Nearest), len(without.Apart), f.LeftOut.Code)
	}
}
