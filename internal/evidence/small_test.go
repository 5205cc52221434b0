package evidence_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"stpdash/internal/evidence"
)

// series is one that changes by chance alone.
func series(seed uint64, before, after int) (s evidence.TimeSeries) {
	random := rand.New(rand.NewPCG(seed, 3))
	for i := range before + after {
		under := 0.0
		if i >= before {
			under = 1
		}
		s.Time, s.Outcome, s.Intervention = append(s.Time, float64(i+1)), append(s.Outcome, 100+10*random.NormFloat64()), append(s.Intervention, under)
	}
	return s
}

// leavesOut tells that an interval does not hold zero, and checks that the p-value says the same.
func leavesOut(t *testing.T, e evidence.Estimate) bool {
	t.Helper()
	if e.Interval == nil {
		return false
	}
	out := e.Interval[0] > 0 || e.Interval[1] < 0
	if out != (e.P < 0.05) {
		t.Errorf("interval %v and p %v", *e.Interval, e.P)
	}
	return out
}

// Of series without a change not more than 8 in 100 have one, whatever the lags and however few periods lie on a side.
func TestInterruptedSeriesWithoutAChange(t *testing.T) {
	const runs = 400
	for _, of := range []struct{ before, after, lags int }{{16, 15, 0}, {16, 15, -1}, {16, 15, 7}, {28, 3, -1}, {3, 28, -1}, {27, 4, -1}, {28, 3, 7}, {5, 3, -1}, {40, 20, -1}} {
		level, total := 0, 0
		for seed := range uint64(runs) {
			got, err := evidence.Interrupt(
				series(seed, of.before, of.after),
				evidence.Interruption{Family: evidence.Gaussian, Lags: min(of.lags, (of.before+of.after)/4)},
			)
			if err != nil {
				t.Fatal(err)
			}
			if leavesOut(t, got.Estimate) {
				level++
			}
			if leavesOut(t, got.Effect) {
				total++
			}
		}
		t.Logf("%d before, %d after, %d lags: level %d, total %d of %d leave out zero", of.before, of.after, of.lags, level, total, runs)
		if max(level, total) > runs*8/100 {
			t.Errorf("%d before, %d after, %d lags: level %d, total %d of %d leave out zero", of.before, of.after, of.lags, level, total, runs)
		}
	}
}

func TestInterruptNeedsPeriodsOnEachSide(t *testing.T) {
	for _, family := range []evidence.Family{evidence.Gaussian, evidence.QuasiPoisson, evidence.Poisson} {
		for _, of := range [][2]int{{30, 1}, {30, 2}, {2, 30}, {1, 30}} {
			got, err := evidence.Interrupt(series(1, of[0], of[1]), evidence.Interruption{Family: family, Lags: -1})
			if err != nil {
				t.Fatal(err)
			}
			if !got.SE.Missing() || got.Interval != nil || got.RRInterval != nil || !got.Effect.SE.Missing() || !got.Terms[0].SE.Missing() ||
				got.Reason.Code != evidence.TooFewAroundStart || got.Reason.Need != 3 {
				t.Errorf("%s %v: %+v, total %+v", family, of, got.Estimate, got.Effect)
			}
		}
	}
	// The total is judged by the distribution of its coefficient.
	got, err := evidence.Interrupt(series(1, 4, 3), evidence.Interruption{Family: evidence.QuasiPoisson})
	if err != nil {
		t.Fatal(err)
	}
	if got.Effect.DF != 4 || got.DF != 4 {
		t.Errorf("degrees of freedom %v and %v", got.DF, got.Effect.DF)
	}
	leavesOut(t, got.Estimate)
	flat := series(1, 16, 15)
	for i := range flat.Outcome {
		flat.Outcome[i] = 37.3
	}
	for _, family := range []evidence.Family{evidence.Gaussian, evidence.QuasiPoisson} {
		if got, err = evidence.Interrupt(
			flat,
			evidence.Interruption{Family: family, Lags: -1},
		); err != nil || got.Value != 0 || got.Effect.Value != 0 ||
			!got.SE.Missing() {
			t.Errorf("%s of a constant: %v, total %v, %v", family, float64(got.Value), float64(got.Effect.Value), err)
		}
	}
}

// Of units that differ by chance alone, not more than 8 in 100 comparisons find an effect, however few are treated or not.
func TestDiDOfFewUnitsWithoutAnEffect(t *testing.T) {
	const runs = 300
	for _, of := range [][2]int{{2, 28}, {3, 27}, {20, 20}, {28, 2}, {2, 2}, {5, 5}} {
		var staggeredOut, dynamicOut, plainOut, eventOut int
		for seed := range uint64(runs) {
			random := rand.New(rand.NewPCG(seed, 5))
			var a evidence.Adoption
			var rows evidence.Rows
			for u := range of[0] + of[1] {
				for at := range 8 {
					start, treated := "", 0.0
					if u < of[0] {
						if start = "4"; at >= 4 {
							treated = 1
						}
					}
					a.Unit, a.Time = append(a.Unit, "u"+strconv.Itoa(u)), append(a.Time, strconv.Itoa(at))
					a.Outcome, a.Cohort = append(a.Outcome, 100+10*random.NormFloat64()), append(a.Cohort, start)
					rows.Treated = append(rows.Treated, treated)
				}
			}
			rows.Unit, rows.Time, rows.Outcome = a.Unit, a.Time, a.Outcome
			got, err := evidence.StaggeredAdoption(t.Context(), a, evidence.NeverTreated)
			if err != nil {
				t.Fatal(err)
			}
			plain, err := evidence.DifferenceInDifferences(t.Context(), rows)
			if err != nil {
				t.Fatal(err)
			}
			events, err := evidence.StudyEvents(t.Context(), rows)
			if err != nil {
				t.Fatal(err)
			}
			for counter, e := range map[*int]evidence.Estimate{&staggeredOut: got.Estimate, &dynamicOut: got.Dynamic["1"], &plainOut: plain.Estimate, &eventOut: events.Periods[5].Estimate} {
				if leavesOut(t, e) {
					*counter++
				}
			}
		}
		t.Logf("%d treated, %d not: staggered %d, its period 1 %d, plain %d, event study %d of %d", of[0], of[1], staggeredOut, dynamicOut, plainOut, eventOut, runs)
		if out := max(staggeredOut, dynamicOut, plainOut, eventOut); out > runs*8/100 {
			t.Errorf("%d treated, %d not: %d of %d leave out zero", of[0], of[1], out, runs)
		}
	}
}
