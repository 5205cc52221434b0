package evidence_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"stpdash/internal/evidence"
)

// Linden (2015), section 4.1: cigarette sales in California before and after Proposition 99, least squares with Newey and West's errors of one
// lag. The program's level is that at the first year under the intervention, and its trends those before and from there on.
func TestLinden2015(t *testing.T) {
	file := readTable(t, ',', "synth", "smoking_adh2010.csv")
	var s evidence.TimeSeries
	year, sales := file.numbers(t, "year"), file.numbers(t, "cigsale")
	for i, state := range file["state"] {
		if state != "California" {
			continue
		}
		under := 0.0
		if year[i] >= 1989 {
			under = 1
		}
		s.Time, s.Outcome, s.Intervention = append(s.Time, year[i]), append(s.Outcome, sales[i]), append(s.Intervention, under)
	}
	got, err := evidence.Interrupt(s, evidence.Interruption{Family: evidence.Gaussian, Slope: true, Lags: 1})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "trend before", got.Terms[2].Coef, -1.779474, 5e-7)
	near(t, "its error", got.Terms[2].SE, 0.3834188, 5e-7)
	near(t, "change at the start", got.LevelAtStart.Value, -20.0581, 5e-5)
	near(t, "its error", got.LevelAtStart.SE, 4.724395, 5e-6)
	near(t, "change of trend", got.Terms[3].Coef, -1.494652, 5e-7)
	near(t, "its error", got.Terms[3].SE, 0.4368201, 5e-7)
	near(t, "trend after", got.TrendAfter.Value, -1.779474-1.494652, 1e-6)
}

// correlated is a series with a break and errors that follow a first-order autoregression.
func correlated(r *rand.Rand, n int, rho, change float64) evidence.TimeSeries {
	var s evidence.TimeSeries
	e := r.NormFloat64() / math.Sqrt(1-rho*rho)
	for i := range n {
		under := 0.0
		if i >= n/2 {
			under = 1
		}
		s.Time, s.Intervention = append(s.Time, float64(i+1)), append(s.Intervention, under)
		s.Outcome = append(s.Outcome, 50+0.1*float64(i)+change*under+e)
		e = rho*e + r.NormFloat64()
	}
	return s
}

// Where neighbouring periods are alike, Newey and West's errors find effects that are not there; those of an autoregression much less often.
func TestAutoregressionErrsLess(t *testing.T) {
	const runs = 300
	for _, of := range []struct {
		n    int
		rho  float64
		most float64
	}{{48, 0, 0.09}, {48, 0.4, 0.11}, {48, 0.7, 0.14}, {96, 0.7, 0.11}} {
		r := rand.New(rand.NewPCG(uint64(of.n), uint64(10*of.rho)))
		var ar, hac int
		var rho float64
		for range runs {
			s := correlated(r, of.n, of.rho, 0)
			a, err := evidence.Interrupt(s, evidence.Interruption{Family: evidence.Gaussian, AR1: true})
			if err != nil {
				t.Fatal(err)
			}
			b, err := evidence.Interrupt(s, evidence.Interruption{Family: evidence.Gaussian, Lags: -1})
			if err != nil {
				t.Fatal(err)
			}
			if a.P < 0.05 {
				ar++
			}
			if b.P < 0.05 {
				hac++
			}
			rho += float64(*a.Fit.Rho) / runs
		}
		t.Logf("%d periods, autocorrelation %g (%.2f found): %.3f rejected, %.3f by Newey and West", of.n, of.rho, rho, float64(ar)/runs, float64(hac)/runs)
		if float64(ar)/runs > of.most {
			t.Errorf("%d periods, autocorrelation %g: %d of %d rejected", of.n, of.rho, ar, runs)
		}
		if of.rho >= 0.4 && ar >= hac {
			t.Errorf("%d periods, autocorrelation %g: %d rejected, %d by Newey and West", of.n, of.rho, ar, hac)
		}
	}
}

// The estimates are those of generalised least squares at the autocorrelation found, whichever periods are missing, and the likelihood has
// its maximum there; without autocorrelation they are close to those of least squares.
func TestAutoregression(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	s := correlated(r, 60, 0.5, -3)
	for _, gone := range []int{7, 20, 21, 44} {
		s.Outcome[gone] = math.NaN()
	}
	got, err := evidence.Interrupt(s, evidence.Interruption{Family: evidence.Gaussian, AR1: true, Slope: true})
	if err != nil {
		t.Fatal(err)
	}
	if got.LeftOut != 4 || !(0.1 < *got.Fit.Rho && *got.Fit.Rho < 0.8) || got.DF.Missing() || got.Interval == nil ||
		got.SEKind.Code != evidence.Autoregressive {
		t.Errorf("got %+v, %+v", got.Estimate, got.Fit)
	}
	moved := s
	moved.Outcome = nil
	for i, y := range s.Outcome {
		moved.Outcome = append(moved.Outcome, 7*y+3*float64(i)-100)
	}
	again, err := evidence.Interrupt(moved, evidence.Interruption{Family: evidence.Gaussian, AR1: true, Slope: true})
	if err != nil {
		t.Fatal(err)
	}
	relatively(t, "scaled and with another trend", again.Value, 7*float64(got.Value), 1e-5)
	relatively(t, "its error", again.SE, 7*float64(got.SE), 1e-5)
	exact := correlated(r, 20, 0, 0)
	for i := range exact.Outcome {
		exact.Outcome[i] = float64(i)
	}
	if _, err := evidence.Interrupt(
		exact,
		evidence.Interruption{Family: evidence.Gaussian, AR1: true},
	); err == nil ||
		!strings.Contains(err.Error(), "no variation") {
		t.Errorf("a series without errors: %v", err)
	}
}
