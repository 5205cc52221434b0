package evidence_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stpdash/internal/evidence"
)

func TestSensitivityOfProposition99(t *testing.T) {
	c := california(t)
	s, err := evidence.SyntheticControl(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	v := varied(t, s, c, evidence.SyntheticControl)
	if len(v.LeaveOneOut) != len(s.Weights) {
		t.Errorf("%d donors left out of %d with a weight", len(v.LeaveOneOut), len(s.Weights))
	}
	for _, one := range v.LeaveOneOut {
		// A mixture of fewer donors fits no better.
		if !(one.PreMSPE >= s.Fit.PreMSPE) || !(one.Estimate < -10) || !(one.Estimate > -30) {
			t.Errorf("%s: %+v", what(one), one)
		}
	}
	want := []string{"start_at 1979", "start_at 1982", "start_at 1985", "from 1974", "from 1979", "to 1994", "effect_from 1995"}
	var got []string
	for _, one := range append(v.InTime, v.Windows...) {
		got = append(got, what(one))
		if one.Reason.Code != "" {
			t.Errorf("%s: %+v", what(one), one.Reason)
		}
	}
	if strings.Join(got, ",") != strings.Join(want, ",") {
		t.Errorf("variations %q, want %q", got, want)
	}
	// The effect is the mean of its two halves, and placebos in time find less than half of it.
	near(t, "halves", (v.Windows[2].Estimate+v.Windows[3].Estimate)/2, float64(s.Value), 1e-9)
	for _, one := range v.InTime {
		if math.Abs(float64(one.Estimate)) > 8 {
			t.Errorf("%s: an effect of %v before there was any", what(one), one.Estimate)
		}
	}
	if c.Start != 19 || len(c.Times) != 31 || c.Times[0] != "1970" || len(c.Donors) != 38 {
		t.Errorf("the comparison was changed: %d donors, %d of %v", len(c.Donors), c.Start, c.Times)
	}
}

func TestSensitivityOfFewPeriods(t *testing.T) {
	c := random(1, 4, 4, 3)
	s, err := evidence.SyntheticDiD(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	v := varied(t, s, c, evidence.SyntheticDiD)
	if len(v.InTime) == 0 || v.InTime[0].Reason.Code == "" || !v.InTime[0].Estimate.Missing() || len(v.Windows) == 0 {
		t.Errorf("got %+v", v)
	}
}

// Bloom (1995): with a power of 80 per cent, two-sided at 5 per cent, the multiplier is 2.80.
func TestMinimumDetectableEffect(t *testing.T) {
	got, err := evidence.Interrupt(sicily(t), evidence.Interruption{Family: evidence.Poisson})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "multiplier", got.MDE/got.SE, 2.80, 0.005)
}

// An effect as large as is detectable is found in at least 80 per cent of the placebos, and one a little smaller in fewer.
func TestDetectableProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := random(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(24, 43).Draw(t, "donors"), 30, 20)
		estimate := evidence.SyntheticControl
		if rapid.Bool().Draw(t, "levelled") {
			estimate = evidence.MeanDiD
		}
		s, err := estimate(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.TestByPlacebos(t.Context(), c, estimate, 0); err != nil {
			t.Fatal(err)
		}
		d := s.Detectable()
		placebos := s.Placebos.Units
		found := func(effect float64) (share float64) {
			statistic := func(p evidence.Placebo, effect float64) float64 {
				var square, sum float64
				for _, gap := range p.Gaps[c.Start:] {
					square += (float64(gap) + effect) * (float64(gap) + effect)
					sum += float64(gap) + effect
				}
				if sum*effect < 0 { // an effect of the other sign is not this one found
					return 0
				}
				if s.P == s.Placebos.EffectP && s.Method == "difference-in-differences" {
					return math.Abs(sum)
				}
				return square / float64(p.PreMSPE)
			}
			var n, rejected float64
			for _, p := range placebos {
				if p.Treated {
					continue
				}
				n++
				rank := 1.0
				for _, other := range placebos {
					if !other.Treated && other.Unit != p.Unit && statistic(other, 0) >= statistic(p, effect) {
						rank++
					}
				}
				if rank <= math.Floor(0.05*float64(len(placebos)-1)) {
					rejected++
				}
			}
			return rejected / n
		}
		for _, effect := range []evidence.Number{d.Decrease, d.Increase} {
			if share := found((1 + 1e-9) * float64(effect)); share < 0.8 {
				t.Fatalf("%s: an effect of %v is found in %v", s.Method, effect, share)
			}
			if share := found((1 - 1e-9) * float64(effect)); share >= 0.8 {
				t.Fatalf("%s: less than an effect of %v is found in %v", s.Method, effect, share)
			}
		}
	})
}

func TestDetectableNeedsPlacebos(t *testing.T) {
	c := random(1, 6, 12, 8)
	s, err := evidence.SyntheticControl(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if d := s.Detectable(); !d.Decrease.Missing() || d.Reason.Code != evidence.NoPlacebosYet {
		t.Errorf("got %+v", d)
	}
	s = judged(t, c, evidence.SyntheticControl)
	if d := s.Detectable(); !d.Increase.Missing() || !same(d.Reason, evidence.Note{Code: evidence.TooFewPlacebos, Have: 6, Need: 20}) {
		t.Errorf("got %+v", d)
	}
	if s.Placebos.Interval != nil {
		t.Errorf("with 6 placebos the interval is %v", s.Placebos.Interval)
	}
}

func varied(t testing.TB, s *evidence.Synthetic, c evidence.Comparison, estimate evidence.Estimator) evidence.Sensitivity {
	t.Helper()
	v, err := s.Vary(t.Context(), c, estimate)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A start taken earlier than the true one must know nothing of what follows it: figures in per cent of their mean before the true start are
// put in per cent of their mean before the one that is tried.
func TestAnIndexIsMadeAnewForEachStart(t *testing.T) {
	raw := random(5, 12, 30, 24)
	index := func(c evidence.Comparison) evidence.Comparison {
		put := func(series []float64) []float64 {
			mean, to := 0.0, make([]float64, len(series))
			for _, y := range series[:c.Start] {
				mean += y / float64(c.Start)
			}
			for i, y := range series {
				to[i] = 100 * y / mean
			}
			return to
		}
		c.Treated = put(c.Treated)
		outcomes := c.Outcomes
		c.Outcomes = nil
		for _, series := range outcomes {
			c.Outcomes = append(c.Outcomes, put(series))
		}
		return c
	}
	c := index(raw)
	s, err := evidence.SyntheticControl(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	found := varied(t, s, c, evidence.SyntheticControl)
	early := raw
	early.Times, early.Treated, early.Start = raw.Times[:24], raw.Treated[:24], 12
	early.Outcomes = nil
	for _, series := range raw.Outcomes {
		early.Outcomes = append(early.Outcomes, series[:24])
	}
	want, err := evidence.SyntheticControl(t.Context(), index(early))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "a start in the middle", found.InTime[0].Estimate, float64(want.Value), 1e-6)
}
