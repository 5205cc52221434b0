package evidence_test

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stpdash/internal/evidence"
)

func TestNumber(t *testing.T) {
	for _, x := range []evidence.Number{evidence.Number(math.NaN()), evidence.Number(math.Inf(1)), evidence.Number(math.Inf(-1))} {
		text, err := json.Marshal(x)
		if err != nil || string(text) != "null" || !x.Missing() {
			t.Errorf("%v is %s, %v", float64(x), text, err)
		}
		var back evidence.Number
		if err := json.Unmarshal(text, &back); err != nil || !back.Missing() {
			t.Errorf("null is read as %v, %v", float64(back), err)
		}
	}
	var back evidence.Number
	if text, err := json.Marshal(evidence.Number(-0.25)); err != nil || json.Unmarshal(text, &back) != nil || back != -0.25 {
		t.Errorf("-0.25 is %s, %v, and read as %v", text, err, back)
	}
}

// Figures of any size, however few, give a result that JSON can hold, or a refusal.
func TestResultsAreAlwaysStated(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		figure := rapid.Custom(func(t *rapid.T) float64 {
			return rapid.OneOf(rapid.SampledFrom([]float64{0, 1, math.NaN(), 1e49, -1e49, 1e-300, 1e300}), rapid.Float64Range(-5, 5), rapid.Float64Range(-5, 5)).
				Draw(t, "figure")
		})
		units, times := rapid.IntRange(1, 5).Draw(t, "units"), rapid.IntRange(1, 7).Draw(t, "times")
		treated, start := rapid.IntRange(0, units).Draw(t, "treated"), rapid.IntRange(0, times).Draw(t, "start")
		rows := grid(units, treated, times, start, func(int, int) float64 { return figure.Draw(t, "y") })
		cohort := make([]string, len(rows.Unit))
		series := evidence.TimeSeries{}
		for i, unit := range rows.Unit {
			if u, _ := strconv.Atoi(unit[1:]); u < treated {
				cohort[i] = strconv.Itoa(start + u%2)
			}
			if unit == "u0" {
				at, _ := strconv.ParseFloat(rows.Time[i], 64)
				series.Time, series.Outcome = append(series.Time, at), append(series.Outcome, rows.Outcome[i])
				series.Intervention = append(series.Intervention, rows.Treated[i])
			}
		}
		check := func(what string, result any, err error) {
			if err != nil {
				if strings.Contains(err.Error(), "NaN") && !strings.Contains(err.Error(), "the treatment of") {
					t.Fatalf("%s is refused with %v", what, err)
				}
				return
			}
			if text, err := json.Marshal(result); err != nil {
				t.Fatalf("%s: %v in %+v", what, err, result)
			} else if strings.Contains(string(text), "NaN") {
				t.Fatalf("%s: %s", what, text)
			}
		}
		did, err := evidence.DifferenceInDifferences(t.Context(), rows)
		check("difference-in-differences", did, err)
		study, err := evidence.StudyEvents(t.Context(), rows)
		check("event study", study, err)
		staggered, err := evidence.StaggeredAdoption(
			t.Context(),
			evidence.Adoption{Unit: rows.Unit, Time: rows.Time, Outcome: rows.Outcome, Cohort: cohort},
			evidence.NotYetTreated,
		)
		check("staggered adoption", staggered, err)
		for _, family := range []evidence.Family{evidence.Poisson, evidence.QuasiPoisson, evidence.Gaussian} {
			its, err := evidence.Interrupt(series, evidence.Interruption{Family: family, Lags: -1, Slope: rapid.Bool().Draw(t, "slope")})
			check(string(family), its, err)
		}
		panel, err := evidence.NewPanel(rows.Unit, rows.Time)
		if err != nil {
			t.Fatal(err)
		}
		c, _, err := panel.Compare(panel.Arrange(rows.Outcome), []string{"u0"}, strconv.Itoa(start))
		if err != nil {
			return
		}
		for at, y := range c.Treated {
			c.Predictors = append(c.Predictors, evidence.Predictor{Name: strconv.Itoa(at), Treated: y})
			for _, series := range c.Outcomes {
				c.Predictors[at].Donors = append(c.Predictors[at].Donors, series[at])
			}
			if at == 1 {
				break
			}
		}
		for name, estimate := range map[string]evidence.Estimator{
			"sc": evidence.SyntheticControl, "sdid": evidence.SyntheticDiD, "did": evidence.MeanDiD,
			"ridge": evidence.RidgeSynthetic, "predictors": evidence.PredictedControl,
		} {
			s, err := estimate(t.Context(), c)
			if err == nil {
				if err := s.TestByPlacebos(t.Context(), c, estimate, 0); err == nil {
					check(name, s.Detectable(), nil)
				}
				varied, err := s.Vary(t.Context(), c, estimate)
				check(name, varied, err)
			}
			check(name, s, err)
		}
	})
}
