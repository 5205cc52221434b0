package evidence_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"stpdash/internal/evidence"
)

// noise is a comparison of units that differ by chance alone, the treated one a constant above the others.
func noise(seed uint64, donors, before, after int, above float64) evidence.Comparison {
	random := rand.New(rand.NewPCG(seed, 1))
	c := evidence.Comparison{Start: before, Name: "treated", Units: 1}
	series := func(level float64) []float64 {
		y := make([]float64, before+after)
		for t := range y {
			y[t] = level + random.NormFloat64()
		}
		return y
	}
	for t := range before + after {
		c.Times = append(c.Times, fmt.Sprintf("%03d", t))
	}
	c.Treated = series(100 + above)
	for j := range donors {
		c.Donors, c.Outcomes = append(c.Donors, fmt.Sprintf("d%02d", j)), append(c.Outcomes, series(100))
	}
	return c
}

// A ridge fit far beyond its donors is no estimate, and states none.
func TestRidgeBeyondItsDonorsIsNoEstimate(t *testing.T) {
	c := noise(1, 11, 8, 4, 1000)
	s, err := evidence.RidgeSynthetic(t.Context(), c)
	if err == nil {
		err = s.TestByPlacebos(t.Context(), c, evidence.RidgeSynthetic, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	if s.NoEstimate.Code != evidence.FarBeyondDonors || !s.Value.Missing() || !s.SE.Missing() || !s.P.Missing() || s.Interval != nil || s.Placebos != nil ||
		!same(s.Reason, s.NoEstimate) {
		t.Errorf("got %+v, %+v", s.NoEstimate, s.Estimate)
	}
	for _, p := range s.Path[s.Before:] {
		if !p.Gap.Missing() || !p.Synthetic.Missing() {
			t.Errorf("the path states %+v", p)
		}
	}
	// Placebos that are no estimates keep their ranks.
	for seed := uint64(0); ; seed++ {
		c := noise(seed, 33, 34, 6, 0)
		s, err := evidence.RidgeSynthetic(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		if s.NoEstimate.Code != "" {
			continue
		}
		if err := s.TestByPlacebos(t.Context(), c, evidence.RidgeSynthetic, 0); err != nil {
			t.Fatal(err)
		}
		if s.Placebos.N != 34 {
			t.Errorf("%d units are ranked of 34: %+v", s.Placebos.N, s.Placebos.Notes)
		}
		if len(s.Placebos.Notes) > 0 {
			if s.Placebos.Notes[0].Code != evidence.PlacebosFarBeyond {
				t.Errorf("notes %+v", s.Placebos.Notes)
			}
			break
		}
	}
}

// A unit that its donors do not resemble has no interval, and the fit before the start says why.
func TestUnitOutsideItsDonorsHasNoInterval(t *testing.T) {
	s := judged(t, noise(2, 30, 8, 4, 1000), evidence.SyntheticControl)
	if s.Interval != nil || !s.SE.Missing() || s.Reason.Code != evidence.UnlikeDonors || *s.Fit.AgainstPlacebos < 1e4 {
		t.Errorf("got %+v, fit %+v", s.Estimate, s.Fit)
	}
	if s = judged(t, noise(2, 30, 8, 4, 0), evidence.SyntheticControl); s.Interval == nil || s.SE.Missing() {
		t.Errorf("among its donors: %+v", s.Estimate)
	}
}

// Where there is no effect, not more than 8 in 100 intervals leave out zero, whatever the number of donors; and interval and p agree.
func TestPlaceboIntervalsHoldWhatTheySay(t *testing.T) {
	for name, estimate := range map[string]evidence.Estimator{"sdid": evidence.SyntheticDiD, "did": evidence.MeanDiD, "sc": evidence.SyntheticControl} {
		for _, donors := range []int{3, 4, 10, 19, 30} {
			const runs = 150
			out := 0
			for seed := range uint64(runs) {
				s := judged(t, noise(seed, donors, 12, 4, 0), estimate)
				if s.Interval == nil {
					if donors >= 19 && s.Reason.Code == "" {
						t.Errorf("%s of %d: no interval, and %+v", name, donors, s.Reason)
					}
					continue
				}
				excludes := s.Interval[0] > 0 || s.Interval[1] < 0
				if excludes != (s.P <= 0.05+1e-9) {
					t.Errorf("%s of %d donors: interval %v and p %v", name, donors, *s.Interval, s.P)
				}
				if excludes {
					out++
				}
			}
			t.Logf("%s of %d donors: %d of %d intervals leave out zero", name, donors, out, runs)
			if float64(out) > 0.1*runs {
				t.Errorf("%s of %d donors: %d of %d intervals leave out zero", name, donors, out, runs)
			}
		}
	}
}

// Where nothing varies nothing is found: no rank comes from errors of arithmetic.
func TestNoRanksFromRounding(t *testing.T) {
	c := noise(1, 11, 8, 4, 0)
	for t := range c.Times {
		c.Treated[t] = 50.1
		for j := range c.Donors {
			c.Outcomes[j][t] = 30.3 + float64(j)/7
		}
	}
	for name, estimate := range map[string]evidence.Estimator{"did": evidence.MeanDiD, "sc": evidence.SyntheticControl} {
		s := judged(t, c, estimate)
		if name == "did" && (s.Value != 0 || s.P != 1 || s.Placebos.EffectRank != 12) {
			t.Errorf("%s: %v, p %v, rank %d of %d", name, float64(s.Value), s.P, s.Placebos.EffectRank, s.Placebos.N)
		}
		if s.Interval != nil || math.IsInf(float64(s.P), 0) {
			t.Errorf("%s: %+v", name, s.Estimate)
		}
	}
}
