package evidence_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stpdash/internal/evidence"
)

func sicily(t testing.TB) evidence.TimeSeries {
	columns := readTable(t, ',', "its", "sicily.csv")
	return evidence.TimeSeries{
		Time: columns.numbers(t, "time"), Outcome: columns.numbers(t, "aces"),
		Intervention: columns.numbers(t, "smokban"), Exposure: columns.numbers(t, "stdpop"),
	}
}

// The four models of Lopez Bernal, Cummins and Gasparrini (2017) on acute coronary events in Sicily and its ban on smoking.
func TestSicily(t *testing.T) {
	expected := readTable(t, ',', "its", "sicily_expected.csv")
	series := sicily(t)
	for name, model := range map[string]evidence.Interruption{
		"m1_poisson":              {Family: evidence.Poisson},
		"m2_quasipoisson":         {Family: evidence.QuasiPoisson},
		"m3_quasi_seasonal":       {Family: evidence.QuasiPoisson, Harmonics: 2, Season: 12},
		"m4_quasi_seasonal_slope": {Family: evidence.QuasiPoisson, Harmonics: 2, Season: 12, Slope: true},
	} {
		t.Run(name, func(t *testing.T) {
			model.InterventionName = "smokban"
			got, err := evidence.Interrupt(series, model)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Solved.Converged || got.N != 59 {
				t.Fatalf("got %d periods, %+v", got.N, got.Solved)
			}
			var terms int
			for row, of := range expected["model"] {
				if of != name {
					continue
				}
				terms++
				want := func(column string) float64 { return expected.numbers(t, column)[row] }
				i := slices.IndexFunc(got.Terms, func(term evidence.Term) bool { return term.Term == expected["term"][row] })
				if i < 0 {
					t.Fatalf("there is no term %s in %v", expected["term"][row], got.Terms)
				}
				term := got.Terms[i]
				for column, figure := range map[string]evidence.Number{
					"coef": term.Coef, "se": term.SE, "stat": term.Stat, "RR": term.RR, "lo": term.Lo, "hi": term.Hi, "deviance": got.Fit.Deviance,
				} {
					relatively(t, term.Term+" "+column, figure, want(column), 1e-6)
				}
				near(t, term.Term+" p", term.P, want("p"), 1e-9)
				if got.Fit.DF != int(want("df")) {
					t.Errorf("%d degrees of freedom, want %g", got.Fit.DF, want("df"))
				}
				relatively(t, "dispersion", got.Fit.Dispersion, want("dispersion"), 1e-6)
			}
			if terms != len(got.Terms) {
				t.Errorf("%d terms were fitted, %d are published", len(got.Terms), terms)
			}
		})
	}
}

// Without a change of slope the events averted are the rate ratio less one of those expected, and so is their interval.
func TestInterruptedEffect(t *testing.T) {
	got, err := evidence.Interrupt(sicily(t), evidence.Interruption{Family: evidence.Poisson})
	if err != nil {
		t.Fatal(err)
	}
	var observed, expected float64
	for _, day := range got.Path {
		if day.Time >= 37 {
			observed += float64(day.Observed)
			expected += float64(day.Counterfactual)
		}
	}
	near(t, "effect", got.Effect.Value, observed-expected, 1e-6) // a Poisson fit with a level of its own meets the total under it
	near(t, "percent", got.Percent, 100*(float64(got.Terms[1].RR)-1), 1e-9)
	if got.Effect.Interval == nil || !(got.Effect.Interval[0] < float64(got.Effect.Value) && float64(got.Effect.Value) < got.Effect.Interval[1]) {
		t.Errorf("interval %v of %v", got.Effect.Interval, got.Effect.Value)
	}
}

// Sicily by least squares, with the errors of statsmodels 0.13.5: OLS, cov_type="HAC", maxlags 3, use_correction and use_t.
func TestNeweyWest(t *testing.T) {
	series := sicily(t)
	series.Exposure = nil
	got, err := evidence.Interrupt(series, evidence.Interruption{Family: evidence.Gaussian, Lags: -1})
	if err != nil {
		t.Fatal(err)
	}
	if got.Fit.Lags != 3 {
		t.Fatalf("%d lags were chosen for 59 periods, not floor(4 (59/100)^(2/9)) = 3", got.Fit.Lags)
	}
	for i, want := range [][2]float64{{725.843089873618, 14.519545679264422}, {-88.90864908910976, 28.892126130448432}, {4.5955687155401, 0.6495999876026415}} {
		relatively(t, got.Terms[i].Term, got.Terms[i].Coef, want[0], 1e-9)
		relatively(t, got.Terms[i].Term+" error", got.Terms[i].SE, want[1], 1e-9)
	}
	// The interval is that of a small sample, and so wider than with n - k degrees of freedom; p says the same.
	if !(got.Interval[0] < -146.78653256867437 && -31.030765609545156 < got.Interval[1] && got.P > 0.0032307974833844216 && got.P < 0.05) ||
		got.IntervalBy == nil {
		t.Errorf("interval %v, p %v, by %+v", *got.Interval, got.P, got.IntervalBy)
	}

	// A gap of a year leaves no pairs across it: with no more lags than the gap is long, the errors are those of its two sides.
	gap := evidence.TimeSeries{}
	for i, at := range series.Time {
		if at <= 20 || at > 32 {
			gap.Time, gap.Outcome, gap.Intervention = append(gap.Time, at), append(gap.Outcome, series.Outcome[i]), append(gap.Intervention, series.Intervention[i])
		}
	}
	blank := series
	blank.Outcome = slices.Clone(series.Outcome)
	for i, at := range blank.Time {
		if at > 20 && at <= 32 {
			blank.Outcome[i] = math.NaN()
		}
	}
	model := evidence.Interruption{Family: evidence.Gaussian, Lags: 11}
	absent, err := evidence.Interrupt(gap, model)
	if err != nil {
		t.Fatal(err)
	}
	unreported, err := evidence.Interrupt(blank, model)
	if err != nil {
		t.Fatal(err)
	}
	if unreported.LeftOut != 12 || absent.LeftOut != 0 || unreported.N != 47 {
		t.Errorf("%d and %d periods were left out of %d", unreported.LeftOut, absent.LeftOut, unreported.N)
	}
	relatively(t, "error across a gap", absent.SE, float64(unreported.SE), 1e-12)
}

// What a series has no answer for is refused, and the reason says why.
func TestInterruptRefuses(t *testing.T) {
	series := func(change func(*evidence.TimeSeries)) evidence.TimeSeries {
		s := evidence.TimeSeries{}
		for i := range 24 {
			s.Time = append(s.Time, float64(i))
			s.Outcome = append(s.Outcome, float64(10+i%5))
			s.Intervention = append(s.Intervention, float64(i/12))
			s.Exposure = append(s.Exposure, 1000)
		}
		change(&s)
		return s
	}
	fill := func(values []float64, value float64) {
		for i := range values {
			values[i] = value
		}
	}
	poisson := evidence.Interruption{Family: evidence.Poisson}
	for reason, refused := range map[string]struct {
		change func(*evidence.TimeSeries)
		model  evidence.Interruption
	}{
		"all outcomes are zero or missing":               {func(s *evidence.TimeSeries) { fill(s.Outcome, 0) }, poisson},
		"before or under the intervention are zero":      {func(s *evidence.TimeSeries) { fill(s.Outcome[12:], 0) }, poisson},
		"is -1: a poisson outcome is a count":            {func(s *evidence.TimeSeries) { s.Outcome[3] = -1 }, poisson},
		"no period with an outcome lies before":          {func(s *evidence.TimeSeries) { fill(s.Intervention, 1) }, poisson},
		"no period with an outcome lies under":           {func(s *evidence.TimeSeries) { fill(s.Intervention, 0) }, poisson},
		"are too few for 7 terms":                        {func(s *evidence.TimeSeries) { fill(s.Outcome[4:10], math.NaN()); fill(s.Outcome[12:23], math.NaN()) }, evidence.Interruption{Family: evidence.Poisson, Harmonics: 2, Season: 12}},
		"the offset at time 5 is 0":                      {func(s *evidence.TimeSeries) { s.Exposure[5] = 0 }, poisson},
		"time 3 stands twice":                            {func(s *evidence.TimeSeries) { s.Time[4] = 3 }, poisson},
		"the intervention at time 0 is 2":                {func(s *evidence.TimeSeries) { s.Intervention[0] = 2 }, poisson},
		"6 harmonics need a season longer than 12":       {func(*evidence.TimeSeries) {}, evidence.Interruption{Family: evidence.Poisson, Harmonics: 6, Season: 12}},
		`the family is "binomial"`:                       {func(*evidence.TimeSeries) {}, evidence.Interruption{Family: "binomial"}},
		"an offset belongs to the Poisson families":      {func(*evidence.TimeSeries) {}, evidence.Interruption{Family: evidence.Gaussian}},
		"does not lie a whole number of steps":           {func(s *evidence.TimeSeries) { s.Exposure = nil; s.Time[3] = 3.4 }, evidence.Interruption{Family: evidence.Gaussian}},
		"is +Inf, beyond the figures accepted":           {func(s *evidence.TimeSeries) { s.Outcome[0] = math.Inf(1) }, poisson},
		"they must be as many":                           {func(s *evidence.TimeSeries) { s.Time = s.Time[1:] }, poisson},
		"the term intervention:I(time - 22) is a sum of": {func(s *evidence.TimeSeries) { fill(s.Intervention[:23], 0) }, evidence.Interruption{Family: evidence.Poisson, Slope: true}},
	} {
		t.Run(reason, func(t *testing.T) {
			got, err := evidence.Interrupt(series(refused.change), refused.model)
			if err == nil || !strings.Contains(err.Error(), reason) {
				t.Errorf("got %+v and error %v", got, err)
			}
		})
	}
}

// No order of the rows changes anything, and counts and population ten times as large change no rate ratio, beyond where the fit stops.
func TestInterruptProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(12, 60).Draw(t, "periods")
		s := evidence.TimeSeries{Exposure: make([]float64, 0, n)}
		for i := range n {
			s.Time = append(s.Time, float64(i+1))
			s.Outcome = append(s.Outcome, float64(rapid.IntRange(1, 500).Draw(t, "count")))
			s.Exposure = append(s.Exposure, rapid.Float64Range(100, 1000).Draw(t, "population"))
			s.Intervention = append(s.Intervention, float64(2*i/n))
		}
		model := evidence.Interruption{Family: evidence.QuasiPoisson, Slope: rapid.Bool().Draw(t, "slope")}
		want, err := evidence.Interrupt(s, model)
		if err != nil {
			t.Fatal(err)
		}
		order := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)).Perm(n)
		shuffled := evidence.TimeSeries{}
		for _, i := range order {
			shuffled.Time = append(shuffled.Time, s.Time[i])
			shuffled.Outcome = append(shuffled.Outcome, 10*s.Outcome[i])
			shuffled.Exposure = append(shuffled.Exposure, 10*s.Exposure[i])
			shuffled.Intervention = append(shuffled.Intervention, s.Intervention[i])
		}
		got, err := evidence.Interrupt(shuffled, model)
		if err != nil {
			t.Fatal(err)
		}
		if want.SE.Missing() && got.SE.Missing() {
			return // fitted exactly
		}
		if math.Abs(float64(got.Value-want.Value)) > 1e-5 || math.Abs(float64(got.SE/want.SE-1)) > 1e-3 {
			t.Fatalf("got %v (%v), want %v (%v)", got.Value, got.SE, want.Value, want.SE)
		}
		if math.Abs(float64(got.Percent/want.Percent-1)) > 1e-4 {
			t.Fatalf("got %v per cent, want %v", got.Percent, want.Percent)
		}
	})
}

// Where no event tells a coefficient it is infinite, and that is said.
func TestInterruptThatDoesNotConverge(t *testing.T) {
	s := evidence.TimeSeries{}
	for i, y := range []float64{9, 0, 0, 0, 0, 0, 0, 0, 4, 5, 6, 5, 4, 6, 5, 4} {
		s.Time, s.Outcome, s.Intervention = append(s.Time, float64(i)), append(s.Outcome, y), append(s.Intervention, float64(i/8))
	}
	got, err := evidence.Interrupt(s, evidence.Interruption{Family: evidence.Poisson, Slope: true})
	if err != nil {
		t.Fatal(err)
	}
	if got.Solved.Converged || !got.Value.Missing() || !same(got.Reason, got.Solved.Note) || got.Reason.Code != evidence.InfiniteTerm {
		t.Errorf("got %+v, %+v", got.Estimate, got.Solved)
	}
}

// Lags, harmonics and terms beyond what the periods can tell are refused with figures, and an intervention that falls where it should rise
// with its time.
func TestInterruptRefusesMoreThanThePeriodsTell(t *testing.T) {
	series := func(n int, under func(i int) float64) (s evidence.TimeSeries) {
		for i := range n {
			s.Time, s.Outcome, s.Intervention = append(s.Time, float64(i+1)), append(s.Outcome, 50+10*math.Sin(float64(i*i))), append(s.Intervention, under(i))
		}
		return s
	}
	late := func(i int) float64 { return map[bool]float64{true: 1}[i >= 16] }
	for reason, m := range map[string]evidence.Interruption{
		"40 lags are too many for 31 periods with an outcome and 3 terms: up to 7 are accepted": {Family: evidence.Gaussian, Lags: 40},
		"8 lags are too many": {Family: evidence.Gaussian, Lags: 8},
		"the figures span 31 times, and a season of 400 is wanted: above 0 and up to 31 are accepted": {Family: evidence.Gaussian, Lags: -1, Harmonics: 1, Season: 400},
		"a season of +Inf is wanted":             {Family: evidence.Gaussian, Lags: -1, Harmonics: 1, Season: math.Inf(1)},
		"a season of 31.5 is wanted":             {Family: evidence.Gaussian, Lags: -1, Season: 31.5},
		"a season of -1 is wanted":               {Family: evidence.Gaussian, Lags: -1, Season: -1},
		"a season of NaN is wanted":              {Family: evidence.Gaussian, Lags: -1, Season: math.NaN()},
		"31 periods with an outcome are too few": {Family: evidence.Gaussian, Lags: -1, Harmonics: 14, Season: 100},
		"1000000000 harmonics are wanted of 31":  {Family: evidence.Gaussian, Lags: -1, Harmonics: 1000000000, Season: 1e12},
	} {
		if _, err := evidence.Interrupt(series(31, late), m); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("want a refusal that says %q, got %v", reason, err)
		}
	}
	gaussian := evidence.Interruption{Family: evidence.Gaussian, Lags: -1}
	if _, err := evidence.Interrupt(series(31, func(i int) float64 { return 1 - late(i) }), gaussian); err == nil ||
		!strings.Contains(err.Error(), "the intervention is reversed: it falls from 1 to 0 at time 17 and never rises") {
		t.Errorf("a reversed intervention: %v", err)
	}
	got, err := evidence.Interrupt(series(31, func(i int) float64 { return map[bool]float64{true: 1}[i >= 10 && i < 20] }), gaussian)
	if err != nil || len(got.Notes) != 1 || got.Notes[0].Code != evidence.InterventionFalls ||
		*got.Notes[0].Value != 1 || *got.Notes[0].Than != 0 || got.Notes[0].Times[0] != "21" {
		t.Errorf("an intervention that ends: %+v, %v", got, err)
	}
}

// Of an expectation that may be zero or less there is no percentage: a huge one, or its sign, would say nothing.
func TestInterruptGivesNoPercentageOfNothing(t *testing.T) {
	series := func(before, under func(i int) float64) evidence.TimeSeries {
		var s evidence.TimeSeries
		for i := range 31 {
			s.Time = append(s.Time, float64(i+1))
			if i < 19 {
				s.Outcome, s.Intervention = append(s.Outcome, before(i)), append(s.Intervention, 0)
			} else {
				s.Outcome, s.Intervention = append(s.Outcome, under(i)), append(s.Intervention, 1)
			}
		}
		return s
	}
	noise := func(i int) float64 { return []float64{1.2, -.7, .4, -1.1, .9, -.3}[i%6] }
	at := func(level float64) func(int) float64 { return func(i int) float64 { return level + noise(i) } }
	none := func(int) float64 { return 0 }
	for name, c := range map[string]struct {
		series  evidence.TimeSeries
		percent bool
		notes   []evidence.NoteCode
	}{
		"as usual":     {series(at(100), at(90)), true, nil},
		"zeros before": {series(none, at(95)), false, []evidence.NoteCode{evidence.OneSideZero, evidence.ExpectedNearZero}},
		"zeros under":  {series(at(95), none), true, []evidence.NoteCode{evidence.OneSideZero}},
		"about zero":   {series(noise, at(5)), false, []evidence.NoteCode{evidence.ExpectedNearZero}},
		"below zero":   {series(at(-50), at(-60)), false, []evidence.NoteCode{evidence.ExpectedNearZero}},
	} {
		r, err := evidence.Interrupt(c.series, evidence.Interruption{Family: evidence.Gaussian, Lags: -1})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var notes []evidence.NoteCode
		for _, n := range r.Notes {
			notes = append(notes, n.Code)
		}
		if r.Percent.Missing() == c.percent || !slices.Equal(notes, c.notes) {
			t.Errorf("%s: %v per cent, notes %v", name, r.Percent, notes)
		}
	}
}
