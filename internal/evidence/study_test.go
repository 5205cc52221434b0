package evidence_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"stpdash/internal/evidence"
)

// On series in which nothing happened the test rejects about one in twenty, finds more of larger falls, and finds 80 in 100 of the smallest
// that it says it does.
func TestStudy(t *testing.T) {
	units := walks(11, 60, 60, 3)
	units[5].Breaks = []int{30}
	units[6].Outcome[40] = math.NaN()
	plan := evidence.Plan{
		Design: evidence.Design{Before: 12, After: 6},
		Every:  12,
		Falls:  []float64{0, 0.02, 0.05, 0.1, 0.2},
		Groups: []int{2, 10},
		Draws:  20,
		Seed:   1,
	}
	s, err := plan.Run(t.Context(), units)
	if err != nil {
		t.Fatal(err)
	}
	if s.Starts != 4 || s.Fewest != 58 || s.Most != 60 || s.Placebos != 4*60-3 {
		t.Errorf("%d starts, %d placebos, %d to %d a start", s.Starts, s.Placebos, s.Fewest, s.Most)
	}
	if len(s.Tests) != 4*4 || len(s.Groups) != 2*4 {
		t.Fatalf("%d tests of one unit and %d of groups", len(s.Tests), len(s.Groups))
	}
	tried := 0
	for i, a := range append(append([]evidence.Accuracy{}, s.Tests...), s.Groups...) {
		if !(a.Size <= a.SizeUpTo && a.SizeUpTo <= 1) || math.Abs(float64(a.Size+a.Coverage)-1) > 1e-12 {
			t.Errorf("%s of %s: size %v up to %v, coverage %v", a.Test, a.Of, a.Size, a.SizeUpTo, a.Coverage)
		}
		for j := range a.Power[1:] {
			if a.Power[j] > a.Power[j+1] {
				t.Errorf("%s of %s: power %v", a.Test, a.Of, a.Power)
			}
		}
		if i < len(s.Tests) && a.Of != "all" {
			tried += a.Tried
		}
	}
	if tried != 4*s.Placebos {
		t.Errorf("thirds have %d of %d", tried, 4*s.Placebos)
	}
	if all := s.Tests[0]; !(0.01 < all.Size && all.Size < 0.1) || all.Power[4] < 0.99 {
		t.Errorf("got %+v", all)
	}
	plan.Falls = []float64{float64(s.Tests[0].Detectable) + 1e-9}
	again, err := plan.Run(t.Context(), units)
	if err != nil {
		t.Fatal(err)
	}
	if found := again.Tests[0].Power[0]; !(0.8 <= found && found < 0.8+1.5/evidence.Number(s.Placebos)) {
		t.Errorf("%v of the smallest fall are found", found)
	}
	same, err := plan.Run(t.Context(), units)
	if err != nil || !reflect.DeepEqual(again.Groups, same.Groups) {
		t.Errorf("the same seed gives another study: %v", err)
	}
	rejected := 0
	for _, p := range s.Places {
		rejected += p.Rejected
	}
	if want := int(float64(s.Tests[0].Size)*float64(s.Placebos) + 0.5); rejected != want {
		t.Errorf("places were rejected %d times, all %d", rejected, want)
	}
	for _, method := range []evidence.RelativeMethod{evidence.ByLast, evidence.ByRecent} {
		plan.Method = method
		if other, err := plan.Run(t.Context(), units); err != nil || other.Tests[0].Deviation == s.Tests[0].Deviation {
			t.Errorf("%s: %v", method, err)
		}
	}
}

// What the study takes for a fall put in is what the test finds of one that was.
func TestStudyIsTheTest(t *testing.T) {
	units := walks(12, 20, 30, 2)
	d := evidence.Design{Before: 18, After: 12}
	s, err := evidence.Plan{Design: d, Every: 1, Falls: []float64{0.1}}.Run(t.Context(), units)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for i := range units {
		all := walks(12, 20, 30, 2)
		all[0], all[i] = all[i], all[0]
		for t := 18; t < 30; t++ {
			all[0].Outcome[t] *= 0.9
		}
		got, err := evidence.EstimateRelative(t.Context(), compared(all, 18), d, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got.Interval[1] < 0 {
			found++
		}
	}
	// The study's placebos have the unit among their donors, which may move one that is near the limit.
	if studied := float64(s.Tests[0].Power[0]) * 20; math.Abs(studied-float64(found)) > 1 {
		t.Errorf("the study finds %v of 20, the test %d", studied, found)
	}
}

func TestStudyRefuses(t *testing.T) {
	units := walks(1, 20, 30, 2)
	plan := evidence.Plan{Design: evidence.Design{Before: 12, After: 6}, Every: 6}
	with := func(change func(*evidence.Plan), of []evidence.Unit) error {
		p := plan
		change(&p)
		_, err := p.Run(t.Context(), of)
		return err
	}
	for reason, err := range map[string]error{
		"no start has 10 units":                with(func(*evidence.Plan) {}, units[:9]),
		"no start has 10 units without gap":    with(func(p *evidence.Plan) { p.Before = 40 }, units),
		"a fall of 1 is to be put in":          with(func(p *evidence.Plan) { p.Falls = []float64{1} }, units),
		`the method is "x"`:                    with(func(p *evidence.Plan) { p.Method = "x" }, units),
		"groups of 0 units are to be drawn of": with(func(p *evidence.Plan) { p.Groups = []int{0} }, units),
		"starts every 0":                       with(func(p *evidence.Plan) { p.Every = 0 }, units),
		"are too many":                         with(func(p *evidence.Plan) { p.Groups, p.Draws = []int{2}, 1<<40 }, units),
	} {
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("want a refusal that says %q, got %v", reason, err)
		}
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := plan.Run(stopped, units); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
