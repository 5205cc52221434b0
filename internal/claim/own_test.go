package claim_test

import (
	"math"
	"testing"

	"stpdash/internal/claim"
)

// A claim of how a place's own figures moved is set beside our own figure of that, and never beside the effect against other places.
func TestAnOwnChangeIsSetBesideOurOwnFigure(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	p := bundledPlaces{t: t, catalog: c}
	for _, test := range []struct {
		id             string
		claimed, own   float64 // NaN where it is not known
		because        claim.ReasonCode
		verdict        claim.Verdict
		effect         bool
		from, baseFrom string
	}{
		{"harrogate_admission_rate", 7, 9.42, "", claim.AgreesWithFigures, true, "2016-10", "2014-04"},
		// Dudley counts something else from September 2017, the last month of the claim.
		{"dudley_admission_rate", 10.8, 10.16, claim.StepInWindow, claim.CannotBeTested, true, "2016-10", "2014-04"},
		{"calderdale_admission_rate", 9.8, math.NaN(), claim.GapInWindow, claim.CannotBeTested, true, "2016-10", "2014-04"},
		{"south_somerset_admission_rate", 15.6, 10.57, claim.WiderThanClaim, claim.CannotBeTested, true, "2016-10", "2014-04"},
		{"northumberland_falling", math.NaN(), math.NaN(), claim.NoBaseline, claim.CannotBeTested, true, "", ""},
		{"dudley_bed_days", -2.7, math.NaN(), claim.PlaceNotPublished, claim.CannotBeTested, false, "2016-Q4", "2014-Q2"},
	} {
		t.Run(test.id, func(t *testing.T) {
			t.Parallel()
			tested, _ := c.Claim(test.id)
			r := testIn(t, p, c, tested, "")
			o := r.Own
			if o == nil {
				t.Fatalf("no own change: %+v", r.Refused)
			}
			near := func(a float64, b float64) bool { return math.IsNaN(b) || math.Abs(a-b) < .01 }
			if !near(float64(o.Percent), test.own) || !near(float64(o.Claimed), test.claimed) || o.From != test.from || o.BaseFrom != test.baseFrom {
				t.Errorf("%+v", o)
			}
			if got := o.Because; (got == nil) != (test.because == "") || got != nil && got.Code != test.because {
				t.Errorf("because %+v, want %s", got, test.because)
			}
			if r.Verdict != test.verdict || (r.Effect != nil) != test.effect || !r.Claimed.Percent.Missing() || r.Claimed.Code != claim.IsOwnChange {
				t.Errorf("%s, effect %+v, claimed %+v: %+v", r.Verdict, r.Effect, r.Claimed, r.Reasons)
			}
			if rules := claim.RulesOf(tested); rules[r.Rule-1].Verdict != r.Verdict {
				t.Errorf("rule %d of %d gave %s", r.Rule, len(rules), r.Verdict)
			}
			for _, check := range r.Checks {
				if (check.Outcome != claim.DoesNotApply) != (check.ID == claim.DataComplete || check.ID == claim.Baseline && check.Outcome != claim.DoesNotApply) {
					t.Errorf("%s is %s: a check of an effect decides nothing here", check.ID, check.Outcome)
				}
			}
		})
	}
}

// A claim of an effect keeps its verdict on the effect; how the own figures moved stands beside it.
func TestAnEffectIsNotJudgedByTheOwnChange(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	tested, _ := c.Claim("northumbria_admissions")
	r := testIn(t, bundledPlaces{t: t, catalog: c}, c, tested, "")
	if r.Own == nil || r.Own.Percent.Missing() || math.Abs(float64(r.Own.Percent-r.Effect.Percent)) < 1 || r.Own.Claimed != -14 || r.Claimed.Percent != 14 {
		t.Errorf("own %+v, effect %+v", r.Own, r.Effect)
	}
	if rules := claim.RulesOf(tested); rules[r.Rule-1].Code == claim.RuleOwnAgrees {
		t.Errorf("judged by rule %d", r.Rule)
	}
}

// Where no publication names any of the places, what they show is no test of the scheme.
func TestGeneralKnowledgeAloneIsNoTest(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	tested, _ := c.Claim("pacs_bed_days")
	r := testIn(t, bundledPlaces{t: t, catalog: c}, c, tested, "")
	if r.Verdict != claim.CannotBeTested || r.Refused == nil || r.Refused.Code != claim.PlaceNotPublished || r.Effect != nil ||
		r.Requirement() != claim.RequiresPlaces {
		t.Errorf("%s: %+v", r.Verdict, r.Refused)
	}
}

// How far a plan has come is told from the level that it states, and from no other.
func TestAPlanWithoutABaselineIsNeitherBehindNorOnCourse(t *testing.T) {
	t.Parallel()
	for lines, want := range map[string]struct {
		interim claim.Interim
		why     claim.ReasonCode
	}{
		"comparator: {kind: not_stated}":                    {"", claim.NoBaseline},
		"comparator: {kind: before}":                        {"", claim.NoBaseline},
		"comparator: {kind: before}, baseline: 2015-10":     {claim.Behind, ""},
		"comparator: {kind: do_nothing}, baseline: 2015-10": {"", claim.NoBaseline},
	} {
		c := declared(t, one("x", place, "kind: plan", "size: 40", "unit: percent", "start: 2016-10", "until: 2021-03", lines))
		r := tested(t, realFigures(t, c, "emergency_admissions"), c)
		o := r.Result.Outturn
		if o == nil || o.Interim != want.interim || (o.WhyInterim == nil) != (want.why == "") || o.WhyInterim != nil && o.WhyInterim.Code != want.why {
			t.Errorf("%s: %+v", lines, o)
		}
	}
}
