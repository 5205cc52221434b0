package evidence_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stpdash/internal/evidence"
)

// walks are units whose log counts wander as those of commissioners do: noise of 2.7 and drift of 1.2 per cent a period.
func walks(seed uint64, units, periods, perCluster int) []evidence.Unit {
	r := rand.New(rand.NewPCG(seed, 7))
	var all []evidence.Unit
	for u := range units {
		unit := evidence.Unit{Name: "u" + strconv.Itoa(u), Cluster: "c" + strconv.Itoa(u/perCluster), Size: 12 * 1000 * (1 + float64(u%7))}
		level := math.Log(1000 * (1 + float64(u%7)))
		for range periods {
			level += 0.012 * r.NormFloat64()
			unit.Outcome = append(unit.Outcome, math.Exp(level+0.027*r.NormFloat64()))
		}
		all = append(all, unit)
	}
	return all
}

// compared is the first of the units beside the others.
func compared(units []evidence.Unit, start int) evidence.Comparison {
	c := evidence.Comparison{Start: start, Name: units[0].Name, Units: 1, Treated: units[0].Outcome}
	for t := range units[0].Outcome {
		c.Times = append(c.Times, strconv.Itoa(t))
	}
	for _, u := range units[1:] {
		c.Donors, c.Outcomes = append(c.Donors, u.Name), append(c.Outcomes, u.Outcome)
	}
	return c
}

// Proposition 99 in logarithms, with the placebo deviation and t of all 38 states: the weights are those of the same programme on
// logarithms, so that the estimate is that of SyntheticDiD.
func TestRelativeOfProposition99(t *testing.T) {
	c := california(t)
	got, err := evidence.EstimateRelative(t.Context(), c, evidence.Design{Before: c.Start, After: len(c.Times) - c.Start}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	logs := c
	logs.Treated = logarithms(c.Treated)
	logs.Outcomes = nil
	for _, series := range c.Outcomes {
		logs.Outcomes = append(logs.Outcomes, logarithms(series))
	}
	want := judged(t, logs, evidence.SyntheticDiD)
	near(t, "effect", got.Value, float64(want.Value), 1e-12)
	n := float64(want.Placebos.N - 1)
	near(t, "placebo deviation", got.SE, float64(want.SE)*math.Sqrt(n/(n-1)), 1e-12)
	near(t, "degrees of freedom", got.DF, 37, 0)
	const quantile = 2.026192463 // t(0.975, 37)
	near(t, "upper end", evidence.Number(got.Interval[1]), float64(got.Value)+quantile*float64(got.SE), 1e-8)
	near(t, "per cent", got.Percent.Value, 100*(math.Exp(float64(got.Value))-1), 1e-12)
	near(t, "upper end in per cent", evidence.Number(got.Percent.Interval[1]), 100*(math.Exp(got.Interval[1])-1), 1e-10)
	near(t, "smallest fall", got.Percent.Detectable, 100*(math.Exp(-float64(got.MDE))-1), 1e-10)
	if ratio := float64(got.MDE / got.SE); !(2.8 < ratio && ratio < 2.9) {
		t.Errorf("the smallest effect is %v standard errors", ratio)
	}
	if got.Rank != want.Placebos.EffectRank || got.RankP != want.Placebos.EffectP || len(got.Placebos) != 38 || got.SignDiffers {
		t.Errorf("rank %d (p %v) of %d, want %d (%v)", got.Rank, got.RankP, len(got.Placebos)+1, want.Placebos.EffectRank, want.Placebos.EffectP)
	}
	if got.Check.Before != 12 || !(got.Check.Value < 0) {
		t.Errorf("check %+v", got.Check)
	}
}

func logarithms(series []float64) []float64 {
	logs := make([]float64, len(series))
	for i, y := range series {
		logs[i] = math.Log(y)
	}
	return logs
}

// A fall put in from the start on moves each estimate by its logarithm and nothing else, and counts a hundred times as large change nothing.
func TestRelativeOfAFallPutIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := walks(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(5, 20).Draw(t, "units"), 40, 2)
		start := rapid.IntRange(10, 30).Draw(t, "start")
		d := evidence.Design{Before: rapid.IntRange(3, 10).Draw(t, "before"), After: rapid.IntRange(1, 10).Draw(t, "after")}
		fall := rapid.Float64Range(0, 0.5).Draw(t, "fall")
		sizes := make([]float64, len(units))
		for i, u := range units {
			sizes[i] = u.Size
		}
		before, err := evidence.EstimateRelative(t.Context(), compared(units, start), d, sizes, nil)
		if err != nil {
			t.Fatal(err)
		}
		units[0].Outcome = slices.Clone(units[0].Outcome)
		for i := range units[0].Outcome {
			if i >= start {
				units[0].Outcome[i] *= 1 - fall
			}
		}
		scale := rapid.Float64Range(0.01, 100).Draw(t, "scale")
		for i := range units[1].Outcome {
			units[1].Outcome[i] *= scale
		}
		after, err := evidence.EstimateRelative(t.Context(), compared(units, start), d, sizes, nil)
		if err != nil {
			t.Fatal(err)
		}
		for what, both := range map[string][2]evidence.Estimate{
			"effect": {before.Estimate, after.Estimate}, "by size": {*before.BySize, *after.BySize},
			"check": {before.Check.Estimate, after.Check.Estimate}, "recent": {before.Recent.Estimate, after.Recent.Estimate},
		} {
			if moved := float64(both[1].Value - both[0].Value); math.Abs(moved-math.Log1p(-fall)) > 1e-6 {
				t.Fatalf("%s moved by %v, not %v", what, moved, math.Log1p(-fall))
			}
			if math.Abs(float64(both[0].SE-both[1].SE)) > 1e-6 {
				t.Fatalf("the error of %s changed from %v to %v", what, both[0].SE, both[1].SE)
			}
		}
	})
}

func TestRelativeRefuses(t *testing.T) {
	units := walks(1, 8, 40, 2)
	c := compared(units, 20)
	with := func(change func(*evidence.Comparison)) error {
		c := compared(walks(1, 8, 40, 2), 20)
		change(&c)
		_, err := evidence.EstimateRelative(t.Context(), c, evidence.Design{Before: 12, After: 6}, nil, nil)
		return err
	}
	_, sizes := evidence.EstimateRelative(t.Context(), c, evidence.Design{Before: 12, After: 6}, []float64{1, 2}, nil)
	for reason, err := range map[string]error{
		"the design needs 12 and 6":                with(func(c *evidence.Comparison) { c.Start = 36 }),
		"unit u3 has 0 at 25":                      with(func(c *evidence.Comparison) { c.Outcomes[2][25] = 0 }),
		"unit u0 has -1 at 15":                     with(func(c *evidence.Comparison) { c.Treated[15] = -1 }),
		"an outcome is missing":                    with(func(c *evidence.Comparison) { c.Outcomes[2][25] = math.NaN() }),
		"at least three are needed":                with(func(c *evidence.Comparison) { c.Donors, c.Outcomes = c.Donors[:2], c.Outcomes[:2] }),
		"there are sizes of 2 units; accepted is ": sizes,
	} {
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("want a refusal that says %q, got %v", reason, err)
		}
	}
	if err := with(func(c *evidence.Comparison) { c.Outcomes[2][2] = 0 }); err != nil {
		t.Errorf("a zero before the window: %v", err)
	}
	// A last start, with one period after it.
	if _, err := evidence.EstimateRelative(t.Context(), compared(units, 39), evidence.Design{Before: 24, After: 1}, nil, nil); err != nil {
		t.Error(err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := evidence.EstimateRelative(stopped, c, evidence.Design{Before: 12, After: 6}, nil, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

// Effects made with a variance of a + b/size give a and b back, and effects of one variance give b = 0 or an a that is no farther off than chance.
func TestSizeVariance(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	const a, b = 0.0355 * 0.0355, 6.3
	var effects, sizes []float64
	for range 20000 {
		size := 8000 + 60000*r.Float64()
		sizes, effects = append(sizes, size), append(effects, r.NormFloat64()*math.Sqrt(a+b/size))
	}
	got, err := evidence.FitSizeVariance(effects, sizes)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "a", evidence.Number(got.A), a, 0.05*a)
	near(t, "b", evidence.Number(got.B), b, 0.1*b)
	near(t, "error", evidence.Number(got.At(15000)), math.Sqrt(a+b/15000), 0.001)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 50).Draw(t, "n")
		effects, sizes := make([]float64, n), make([]float64, n)
		for i := range effects {
			effects[i] = rapid.Float64Range(-1, 1).Draw(t, "effect")
			sizes[i] = rapid.Float64Range(1, 1e6).Draw(t, "size")
		}
		fit, err := evidence.FitSizeVariance(effects, sizes)
		if err != nil {
			return
		}
		if !(fit.A >= 0 && fit.B >= 0 && fit.A+fit.B > 0) || math.IsInf(fit.At(1), 0) {
			t.Fatalf("got %+v", fit)
		}
	})
	for reason, of := range map[string][2][]float64{
		"3 effects of placebos and 2 sizes": {{1, 2, 3}, {1, 2}}, "the size of placebo 2 is 0": {{1, 2, 3}, {1, 0, 2}}, "no variation": {{0, 0, 0}, {1, 2, 3}},
	} {
		if _, err := evidence.FitSizeVariance(of[0], of[1]); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("want a refusal that says %q, got %v", reason, err)
		}
	}
}

// Where nothing happened, about one interval in twenty leaves out zero, with few donors as with many.
func TestRelativeIntervalsHoldWhatTheySay(t *testing.T) {
	for _, donors := range []int{5, 15, 30} {
		const runs = 300
		out := 0
		for seed := range uint64(runs) {
			got, err := evidence.EstimateRelative(t.Context(), compared(walks(seed, donors+1, 24, 1), 16), evidence.Design{Before: 16, After: 8}, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got.Interval[0] > 0 || got.Interval[1] < 0 {
				out++
			}
			if noted := len(got.Notes) > 0; noted != (donors < 15) {
				t.Fatalf("%d donors: notes %+v", donors, got.Notes)
			}
		}
		t.Logf("%d donors: %d of %d intervals leave out zero", donors, out, runs)
		if float64(out) > 0.1*runs {
			t.Errorf("%d donors: %d of %d intervals leave out zero", donors, out, runs)
		}
	}
}

// An effect that began before the stated start is lost to the estimator that leans on the last months, less so to the check.
func TestCheckShowsAnEarlyStart(t *testing.T) {
	units := walks(9, 60, 60, 3)
	units[0].Outcome = slices.Clone(units[0].Outcome)
	for i := 27; i < 60; i++ { // three before the start
		units[0].Outcome[i] *= 0.7
	}
	got, err := evidence.EstimateRelative(t.Context(), compared(units, 30), evidence.Design{Before: 24, After: 12}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !(math.Abs(float64(got.Value)) < 0.5*math.Abs(float64(got.Check.Value))) {
		t.Errorf("effect %v, check %v", got.Percent, got.Check.Percent)
	}
	// A fall a year before the stated start is an effect of the baseline, where there was no scheme.
	for i := 18; i < 27; i++ {
		units[0].Outcome[i] *= 0.7
	}
	got, err = evidence.EstimateRelative(t.Context(), compared(units, 30), evidence.Design{Before: 24, After: 12}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the baseline", got.Baseline.Value, math.Log(0.7), 0.15)
	if !(got.Baseline.P < 0.05) {
		t.Errorf("baseline %+v", got.Baseline)
	}
	short, err := evidence.EstimateRelative(t.Context(), compared(units, 30), evidence.Design{Before: 4, After: 2}, nil, nil)
	if err != nil || short.Baseline != nil {
		t.Errorf("of four periods: %+v, %v", short.Baseline, err)
	}
}

// Of the size of all commissioners, two years before and one after.
func BenchmarkRelative(b *testing.B) {
	units := walks(1, 161, 60, 4)
	c := compared(units, 30)
	for b.Loop() {
		if _, err := evidence.EstimateRelative(b.Context(), c, evidence.Design{Before: 24, After: 12}, nil, nil); err != nil {
			b.Fatal(err)
		}
	}
}
