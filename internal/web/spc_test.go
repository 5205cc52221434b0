package web

import (
	"encoding/json"
	"strings"
	"testing"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
	"stpdash/internal/spc"
)

// An answer names the period that its variation is of where that is not the latest.
func TestVariationNamesItsPeriod(t *testing.T) {
	february, err := catalog.ParsePeriod("2020-02")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		of    catalog.Period
		names bool
	}{{february, true}, {catalog.Period{}, false}} {
		body, err := json.Marshal(newSignal(&measure.Signal{Variation: spc.ConcernHigh, Of: c.of}, nil))
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{`"variation_period":"2020-02"`, "This is of February 2020, as a known event bent what came later."} {
			if strings.Contains(string(body), words) != c.names {
				t.Errorf("of %v: %s", c.of, body)
			}
		}
	}
}

// A reason is a code with its numbers, beside the sentence.
func TestReasonsHaveCodes(t *testing.T) {
	april, err := catalog.ParsePeriod("2018-04")
	if err != nil {
		t.Fatal(err)
	}
	short := newSignal(&measure.Signal{Undetermined: measure.Undetermined{Why: measure.TooFewPoints, Points: 4}}, nil)
	states := targetStates(&catalog.Measure{}, []measure.Judgement{
		{Target: &catalog.Target{}, State: measure.CannotTell, Reason: measure.UnjudgedReason{Code: measure.FigureUnknown, Period: april}},
		{Target: &catalog.Target{}, State: measure.Met},
	})
	body, err := json.Marshal([]any{short, states})
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{
		`"signal_reason_code":"too_few_points","signal_points_have":4,"signal_points_need":13`,
		`"reason":"there is no figure for April 2018","reason_code":"figure_unknown","reason_period":"2018-04"`,
	} {
		if !strings.Contains(string(body), words) {
			t.Errorf("%s lacks %s", body, words)
		}
	}
	if states[1].Reason != "" || states[1].Code != "" || states[1].Period != "" {
		t.Errorf("a met target has a reason: %+v", states[1])
	}
}
