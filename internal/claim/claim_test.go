package claim_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"stpdash/internal/catalog"
	. "stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

func TestAnInjectedEffectIsFound(t *testing.T) {
	c := declared(
		t,
		one(
			"x",
			place,
			"start: 2018-04, until: 2019-03, size: 10, unit: percent, unit_cost: {gbp: 1600, citation: {title: A tariff, url: \"https://example.org\"}}, gbp: 1000000, costs: 200000",
		),
	)
	real := realFigures(t, c, "emergency_admissions")
	without := tested(t, real, c)
	if without.Verdict == Evidenced || without.Verdict == PartlyEvidenced {
		t.Errorf("without an effect the claim is %s: %s", without.Verdict, without.Summary)
	}
	if without.Pounds.Evidenced != "0" {
		t.Errorf("without an effect £%s are evidenced", without.Pounds.Evidenced)
	}
	with := tested(t, real.Change(t, "2018-04", 0.9), c, realFigures(t, c, "ae_attendances"))
	if with.Verdict != Evidenced {
		t.Errorf("ten per cent less is %s: %q", with.Verdict, with.Reasons)
	}
	// What was injected is a tenth of what came; the estimates with and without it differ by that.
	if found := float64(with.Effect.Percent - without.Effect.Percent); math.Abs(found+10) > 0.5 {
		t.Errorf("the estimates differ by %.2f%%, want -10%%", found)
	}
	if i := with.Effect.PercentInterval; i == nil || i[1] >= 0 || i[0] > -10 || float64(with.Effect.P) > 0.05 {
		t.Errorf("interval %v, p %v", i, with.Effect.P)
	}
	for _, check := range []CheckID{DataComplete, PeriodsBefore, FitBefore, BeyondPlacebo, Robust, LargeEnough, NetOfCosts, NotCountedTwice} {
		if with.outcome(check) != Passed {
			t.Errorf("%s: %s: %s", check, with.outcome(check), with.finding(check))
		}
	}
	if p := with.Pounds; p.Evidenced != "1000000" || p.Net != "800000" || p.UnitCost != "1600" {
		t.Errorf("pounds %+v, want no more than claimed", p)
	}
	if n := len(with.Effect.Path); n != 46 || with.Design.Before != 34 || with.Design.After != 12 || with.Design.Level != 3 {
		t.Errorf("%d periods of %+v", n, with.Design)
	}
}

func TestARiseAgainstTheClaimContradictsIt(t *testing.T) {
	c := declared(t, one("x", place, "start: 2018-04, until: 2019-03, size: 15, unit: percent"))
	r := tested(t, realFigures(t, c, "emergency_admissions").Change(t, "2018-04", 1.25), c)
	if r.Verdict != Contradicted {
		t.Errorf("%s: %q", r.Verdict, r.Reasons)
	}
}

func TestPlacesTogether(t *testing.T) {
	c := declared(t, one("x", "E54000024, E54000041", "start: 2018-04, until: 2019-03, size: 10, unit: percent"))
	f := realFigures(t, c, "emergency_admissions")
	without, with := tested(t, f, c), tested(t, f.Change(t, "2018-04", 0.8), c)
	// A fifth less in one of two places is that place's share of a fifth in both.
	var of, both float64
	for i, p := range with.Effect.Path[with.Design.Before:] {
		was := float64(without.Effect.Path[with.Design.Before+i].Actual)
		of, both = of+was-float64(p.Actual), both+was
	}
	if found := float64(with.Effect.Percent - without.Effect.Percent); math.Abs(found+of/both*100) > 0.5 {
		t.Errorf("the estimates differ by %.2f%%, want %.2f%%", found, -of/both*100)
	}
	if !strings.Contains(with.Summary, "Milton Keynes, Bedfordshire and Luton, Dorset") ||
		!slices.Contains(with.Design.Why, "The places of the claim are added up and taken as one; single places vary more, so this errs towards seeing nothing.") {
		t.Errorf("%s %q", with.Summary, with.Design.Why)
	}
}

func TestAMergerElsewhereThanAtTheStartCannotBeTested(t *testing.T) {
	for _, joined := range []string{"E54000012", "E54000010"} { // Burton's figures left Staffordshire for Derbyshire in July 2018
		for _, start := range []string{"2017-10", "2018-04"} {
			c := declared(t, one("x", joined, "start: "+start+", until: 2019-03, size: 10, unit: percent"))
			r := tested(t, realFigures(t, c, "emergency_admissions"), c)
			if r.Verdict != CannotBeTested || !strings.Contains(r.finding(DataComplete), "July 2018") {
				t.Errorf("%s from %s: %s: %s", joined, start, r.Verdict, r.finding(DataComplete))
			}
		}
	}
}

// Waits that hardly ever occurred have no trend and season that a time series could carry on.
func TestFiguresThatAreNearlyAllZero(t *testing.T) {
	c := declared(t, one("x", "england", "start: 2018-04, size: 10, unit: percent"))
	d := realFigures(t, c, "emergency_admissions")
	for i, p := range d.England {
		d.England[i].Value.Decimal = decimal.Zero
		if month := p.Period.Start.Year()*12 + int(p.Period.Start.Month()); month == 2016*12+8 || month == 2018*12+9 {
			d.England[i].Value.Decimal = decimal.NewFromInt(3)
		}
	}
	if r := tested(t, d, c); r.Verdict != CannotBeTested || !strings.Contains(r.Reasons[0], "were not found") {
		t.Errorf("%s: %q", r.Verdict, r.Reasons)
	}
}

// A merger at the very start would pass for the effect: Burton joined Derby in July 2018.
func TestAChangeOfOrganisationsCannotBeTested(t *testing.T) {
	c := declared(t, one("x", place, "start: 2018-07, size: 10, unit: percent"))
	d := realFigures(t, c, "emergency_admissions").Change(t, "2018-07", 0.8)
	july, err := catalog.ParsePeriod("2018-07")
	if err != nil {
		t.Fatal(err)
	}
	before := tested(t, d, c)
	if before.Verdict == CannotBeTested {
		t.Fatalf("%s: %q", before.Verdict, before.Reasons)
	}
	changed := []measure.MembershipBreak{{From: july, Part: -0.2, Moves: []measure.Move{{Organisation: "a hospital", Kind: measure.Left}}}}
	for i, p := range d.Footprints {
		if p.Code == place || p.Code == "E54000005" {
			d.Footprints[i].Breaks = changed
		}
	}
	r := tested(t, d, c)
	if r.Verdict != CannotBeTested || r.outcome(DataComplete) != Failed || !strings.Contains(r.finding(DataComplete), "a hospital left") ||
		r.Design.Method != SyntheticDiD {
		t.Errorf("%s: %q, %s", r.Verdict, r.Reasons, r.finding(DataComplete))
	}
	if !slices.ContainsFunc(r.Design.LeftOut, func(l wording.LeftOutAnswer) bool { return strings.Contains(l.Why, "a hospital left") }) {
		t.Errorf("left out are %+v", r.Design.LeftOut)
	}
}

func TestTheDesignThatTheClaimAllows(t *testing.T) {
	nowhere := one("other", "E54000005", "start: 2018-04, size: 5, unit: percent")
	for _, test := range []struct {
		name, claim, method string
		left, reason        string
		change              func(Figures) Figures
	}{
		{"of a place", one("x", place, "start: 2018-04"), SyntheticDiD, "March 2020", "", nil},
		{"another place has a scheme of its own", one("x", place, "start: 2018-04") + nowhere, SyntheticDiD, "West Yorkshire", "", nil},
		{"of all England", one("x", "england", "start: 2018-04"), TimeSeries, "March 2020", "", nil},
		{"most places have a gap", one("x", place, "start: 2018-04"), TimeSeries, "Derbyshire", "", func(f Figures) Figures {
			for i := range f.Footprints {
				if f.Footprints[i].Code != place && i > 10 {
					f.Footprints[i].Points[20].Value.Valid = false
				}
			}
			return f
		}},
		{"a start before the figures", one("x", place, "start: 2014-04"), "", "", "the scheme began in April 2014 and the figures in June 2015: there is nothing before the start to compare with", nil},
		{"a start after the figures", one("x", place, "start: 2021-04"), "", "", "the scheme began in April 2021 and the figures end in March 2020", nil},
		{"no start", one("x", place), "", "", "it is not stated when the scheme began", nil},
		{"few periods before", one("x", place, "start: 2015-10"), "", "", "there are 4 periods before the start, from June 2015 on; 12 are needed", nil},
		{"few periods after", one("x", place, "start: 2020-02"), "", "", "there is 1 period from the start on; 3 are needed", nil},
		{"a gap", one("x", place, "start: 2018-04"), "", "", "there is no figure for February 2017: a comparison needs all periods of the places that had the scheme", func(f Figures) Figures {
			for i := range f.Footprints {
				if f.Footprints[i].Code == place {
					f.Footprints[i].Points[20].Value.Valid = false
				}
			}
			return f
		}},
		{"all zero", one("x", place, "start: 2018-04"), "", "", "the figures before the start are not over zero (0 on average), so no change of them can be stated in per cent", func(f Figures) Figures {
			return f.Change(t, "2015-06", 0)
		}},
		{"one treated place and one donor", one("x", place, "start: 2016-12"), "", "", "nothing is left to compare with, and 18 periods before the start are too few for the figures alone: 24 are needed", func(f Figures) Figures {
			var two []Place
			for _, p := range f.Footprints {
				if p.Code == place || p.Code == "E54000005" {
					two = append(two, p)
				}
			}
			f.Footprints = two
			return f
		}},
		{"no figures", one("x", place, "start: 2018-04"), "", "", "no figures of emergency_admissions are loaded for Milton Keynes, Bedfordshire and Luton", func(f Figures) Figures {
			return Figures{Measure: f.Measure}
		}},
		{"a measure that is not known", one("x", place, "start: 2018-04"), "", "", `the measure "emergency_admissions" is not known`, func(Figures) Figures { return Figures{} }},
		{"a measure worked out from another", one("x", place, "start: 2018-04, measure: emergency_admissions_rolling_year"), "", "", "emergency_admissions_rolling_year is worked out from emergency_admissions, with which a claim is tested", func(f Figures) Figures {
			m, _ := declared(t, one("x", place)).Measure("emergency_admissions_rolling_year")
			return Figures{Measure: m, Footprints: f.Footprints}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := declared(t, test.claim)
			f := realFigures(t, c, "emergency_admissions")
			if test.change != nil {
				f = test.change(f)
			}
			r := tested(t, f, c)
			if r.Design.Method != test.method {
				t.Errorf("the design is %q, want %q: %q", r.Design.Method, test.method, r.Reasons)
			}
			if test.left != "" && !strings.Contains(words(t, r.Design.LeftOut), test.left) {
				t.Errorf("left out are %v, not %s", r.Design.LeftOut, test.left)
			}
			if test.reason != "" && (r.Verdict != CannotBeTested || r.Reasons[0] != test.reason) {
				t.Errorf("%s: %q\nwant %s", r.Verdict, r.Reasons, test.reason)
			}
			if len(r.Checks) != len(Questions) || r.Summary == "" || r.Verdict == "" {
				t.Errorf("%d checks, summary %q", len(r.Checks), r.Summary)
			}
			words(t, r) // no figure is one that JSON has no words for
		})
	}
}

func words(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheScaleOfAClaim(t *testing.T) {
	for _, test := range []struct {
		name, stated string
		percent      float64
		verdict      Verdict
	}{
		{"of some people", "size: 20, unit: percent, covers: {words: some residents, people: 5000}", 0.1, Inconclusive},
		{"of a share", "size: 20, unit: percent, covers: {words: one town, share: 0.25}", 5, Inconclusive},
		{"of a part not stated", "size: 20, unit: percent, covers: {words: one town}", math.NaN(), Inconclusive},
		{"of more than the figures rule out", "size: 30, unit: percent", 30, SmallerThanClaimed},
		{"without a size", "note: none", math.NaN(), Inconclusive},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := declared(t, one("x", place, "start: 2018-04, until: 2019-03, "+test.stated))
			r := tested(t, realFigures(t, c, "emergency_admissions"), c)
			if got := float64(r.Claimed.Percent); math.Abs(got-test.percent) > 1e-9 || math.IsNaN(got) != math.IsNaN(test.percent) || r.Verdict != test.verdict {
				t.Errorf("%v%%: %s: %q", got, r.Verdict, r.Reasons)
			}
		})
	}
	c := declared(t, one("x", place, "start: 2018-04, until: 2019-03, size: 1000, unit: count"))
	r := tested(t, realFigures(t, c, "emergency_admissions"), c)
	var expected float64
	for _, p := range r.Effect.Path[r.Design.Before:] {
		expected += float64(p.Counterfactual)
	}
	if got := float64(r.Claimed.Percent); math.Abs(got-1000/expected*100) > 1e-9 {
		t.Errorf("a thousand of %.0f are %v%%", expected, got)
	}
}

// What is counted as an average over a quarter, or at a moment, has a mean change and no total; a count claimed of it is that of each period.
func TestFiguresThatDoNotAddUpOverTime(t *testing.T) {
	c := declared(
		t,
		one(
			"x",
			place,
			"start: 2018-04, until: 2019-03, size: 100, unit: count, gbp: 1000, unit_cost: {gbp: 5, citation: {title: A tariff, url: \"https://example.org\"}}",
		),
	)
	flow := realFigures(t, c, "emergency_admissions")
	added := tested(t, flow, c)
	for _, over := range []catalog.OverTime{catalog.Averaged, catalog.EndOfPeriod} {
		level := *flow.Measure
		level.OverTime = over
		f := flow
		f.Measure = &level
		r := tested(t, f, c)
		if e := r.Effect; !e.Total.Missing() || e.TotalInterval != nil || e.PerPeriod != added.Effect.PerPeriod || e.PeriodInterval == nil {
			t.Errorf("%s: %+v", over, e)
		}
		if ratio := float64(r.Claimed.Percent / added.Claimed.Percent); math.Abs(ratio-12) > 1e-9 {
			t.Errorf("%s: a hundred of a level are %v times what they are of the year's sum", over, ratio)
		}
		if r.Pounds.Estimate != "" || !strings.Contains(r.Pounds.Words, "a level") || r.Pounds.Code != IsLevel {
			t.Errorf("%s: %+v", over, r.Pounds)
		}
		if r.outcome(NotMoved) != added.outcome(NotMoved) {
			t.Errorf("%s: moved elsewhere %s, %s of the sum", over, r.finding(NotMoved), added.finding(NotMoved))
		}
	}
	if e := added.Effect; e.Total.Missing() {
		t.Errorf("admissions add up: %+v", e)
	}
}

// A plan whose own year was bent by a known event, or has a gap, is not said to end after the figures: the year is shown, with why it is not judged.
func TestThePlansOwnYearIsShown(t *testing.T) {
	c := declared(t, one("x", "england", "start: 2016-10, until: 2019-03, kind: plan, size: 10, unit: percent"))
	at := func(f Figures, period string) int {
		return slices.IndexFunc(f.England, func(p measure.Point) bool { return p.Period.String() == period })
	}
	for name, test := range map[string]struct {
		change     func(f *Figures)
		says, need string
		figure     bool
	}{
		"an event in its middle": {func(f *Figures) {
			m := *f.Measure
			m.KnownEvents = []catalog.Event{{Period: "2018-10", Note: "A flood closed the doors."}}
			f.Measure = &m
		}, "the plan was for the year April 2018 to March 2019; its figures are loaded, but not judged, as a known event bent the figures of October 2018 (“A flood closed the doors.”). The year compared, October 2017 to September 2018,", "Nothing that can be loaded", true},
		"a gap":      {func(f *Figures) { f.England[at(*f, "2018-10")].Value.Valid = false }, "there is no figure for October 2018", "The figures that are missing", false},
		"no figures": {func(f *Figures) { f.England = f.England[:at(*f, "2018-10")] }, "the figures loaded end in September 2018", "Figures up to March 2019", false},
	} {
		f := realFigures(t, c, "emergency_admissions")
		f.England = slices.Clone(f.England)
		test.change(&f)
		r := tested(t, f, c)
		own := r.Outturn.Own
		verdict := CannotBeTested
		if name == "no figures" {
			verdict = NotDueYet
		}
		if r.Verdict != verdict || own == nil || own.Year != "2018-04 to 2019-03" || own.Figure.Missing() == test.figure ||
			!strings.Contains(r.Reasons[0], test.says) {
			t.Errorf("%s: %s %q %+v", name, r.Verdict, r.Reasons, own)
		}
		if !strings.Contains(strings.Join(r.Needs, " "), test.need) {
			t.Errorf("%s: it would take %q", name, r.Needs)
		}
		if test.figure &&
			(!strings.Contains(r.Summary, "In the plan's own year") || len(r.Design.LeftOut) != 1 || !slices.ContainsFunc(r.Course.Points, func(p CoursePoint) bool { return len(p.Events) > 0 && !p.Figure.Missing() })) {
			t.Errorf("%s: %s %+v", name, r.Summary, r.Design.LeftOut)
		}
	}
}

// What is compared with a limit is written so that it does not read as what it is not.
func TestFiguresNearALimit(t *testing.T) {
	gap := &Result{Model: &evidence.Synthetic{Solved: evidence.Convergence{Converged: true}, Fit: evidence.SyntheticFit{PreMSPE: 5.029 * 5.029}}}
	if outcome, found, _ := FitsOf(gap); outcome != CannotTell || !strings.Contains(inWords(found), "5.03%") {
		t.Errorf("%s: %s", outcome, inWords(found))
	}
}

func TestWhatCannotBeAddedUp(t *testing.T) {
	during := "start: 2018-04, until: 2019-03"
	for _, test := range []struct {
		name, other string
		outcome     Outcome
	}{
		{"alone", "", Passed},
		{"another scheme there at that time", one("y", place, during), Failed},
		{"one of all England", one("y", "england", during), CannotTell},
		{"one for a part", one("y", place, during, "covers: {words: two practices}"), CannotTell},
		{"one before it", one("y", place, "start: 2016-04, until: 2017-03"), Passed},
		{"one elsewhere", one("y", "E54000005", during), Passed},
		{"of another measure", one("y", place, during, "measure: ae_attendances"), Passed},
		{"of another direction", one("y", place, during, "direction: increase"), CannotTell},
		{"of another direction in all of England", one("y", "england", during, "direction: increase"), CannotTell},
		{"a plan", one("y", place, during, "kind: plan"), CannotTell},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := declared(t, one("x", place, during)+test.other)
			r := tested(t, Figures{}, c)
			if got := r.outcome(NotCountedTwice); got != test.outcome {
				t.Errorf("%s: %s", got, r.finding(NotCountedTwice))
			}
			if test.outcome != Passed && !strings.Contains(r.finding(NotCountedTwice), ": A claim”") ||
				strings.Contains(test.name, "another direction") && !strings.Contains(r.finding(NotCountedTwice), "higher is claimed") {
				t.Errorf("the other claim is not named as what it is: %s", r.finding(NotCountedTwice))
			}
		})
	}
}

func TestTheBaselineAndTheCosts(t *testing.T) {
	for _, test := range []struct {
		stated            string
		baseline, costs   Outcome
		baselineFindsText string
	}{
		{"comparator: {kind: before}", Passed, DoesNotApply, "the median place"},
		{"comparator: {kind: do_nothing}, gbp: 100, costs: 100", Failed, CannotTell, "projection"},
		{"comparator: {kind: do_nothing}, gbp: 100, costs: 100, unit_cost: {gbp: 1, citation: {title: A tariff, url: \"https://example.org\"}}", Failed, Failed, "projection"},
		{"comparator: {kind: not_stated}, gbp: 100, costs: 99", CannotTell, CannotTell, "not stated"},
		{"comparator: {kind: before}, baseline: 2018-06, gbp: 100", Failed, CannotTell, "not before the start"},
	} {
		c := declared(t, one("x", place, "start: 2018-04, until: 2019-03, "+test.stated))
		r := tested(t, realFigures(t, c, "emergency_admissions"), c)
		if r.outcome(Baseline) != test.baseline || r.outcome(NetOfCosts) != test.costs || !strings.Contains(r.finding(Baseline), test.baselineFindsText) {
			t.Errorf("%s: baseline %s (%s), costs %s", test.stated, r.outcome(Baseline), r.finding(Baseline), r.outcome(NetOfCosts))
		}
	}
	// A year before the start far above what is usual: a fall after it proves nothing.
	c := declared(t, one("x", place, "start: 2018-04, until: 2019-03"))
	r := tested(t, realFigures(t, c, "emergency_admissions").Change(t, "2017-04", 1.09).Change(t, "2018-04", 1/1.09), c)
	if r.outcome(Baseline) != Failed {
		t.Errorf("after an unusual year: %s", r.finding(Baseline))
	}
}

func TestWhatMovedElsewhere(t *testing.T) {
	c := declared(t, one("x", place, "start: 2018-04, until: 2019-03, size: 20, unit: percent"))
	f := realFigures(t, c, "emergency_admissions").Change(t, "2018-04", 0.8)
	attendances := realFigures(t, c, "ae_attendances_type1")
	// Fourteen other places of the region are so many that a rise in them as large as the effect in one is never ruled out.
	if r := tested(
		t,
		f,
		c,
		attendances,
	); r.outcome(NotMoved) != CannotTell ||
		!strings.HasPrefix(r.finding(NotMoved), "the same in the 14 other places of the region changed by") {
		t.Errorf("%s: %s", r.outcome(NotMoved), r.finding(NotMoved))
	}
	if r := tested(t, f, c, attendances.Change(t, "2018-04", 1.3)); r.outcome(NotMoved) != Failed || r.Verdict != PartlyEvidenced {
		t.Errorf("%s: %s, %s", r.outcome(NotMoved), r.finding(NotMoved), r.Verdict)
	}
	watched := []string{}
	m, _ := c.Measure("emergency_admissions")
	for _, w := range Watched(c, m) {
		watched = append(watched, w.ID)
	}
	if diff := cmp.Diff([]string{"ae_attendances", "ae_attendances_type1"}, watched); diff != "" {
		t.Error(diff)
	}
}

func TestPlansAgainstOutturn(t *testing.T) {
	bcf := `start: 2015-04, until: 2016-03, kind: plan, size: 106000, unit: count, gbp: 171000000, ` +
		`outturn: {what: More came., change: 87000, over_plan_gbp: 311000000, citation: {title: An audit, url: "https://example.org"}}`
	c := declared(t, one("x", "england", bcf))
	r := tested(t, realFigures(t, c, "emergency_admissions"), c)
	// National Audit Office, Health and social care integration (2017): 106,000 fewer planned, 87,000 more came, £311 million from plan.
	if o := r.Outturn; r.Verdict != MovedOtherWay || o.Variance != 193000 || o.UnitCost != "1611" || o.OverPlan != "311000000" {
		t.Errorf("%s: %+v", r.Verdict, o)
	}
	for _, test := range []struct {
		name, stated string
		by           float64
		verdict      Verdict
	}{
		{"reached", "size: 10, unit: percent", 0.7, Met},
		{"short", "size: 40, unit: percent", 0.7, Missed},
		{"the other way", "size: 10, unit: percent", 1.2, MovedOtherWay},
		{"the other way from a projection", "size: 10, unit: percent, comparator: {kind: do_nothing}", 1.2, CannotBeTested},
		{"not yet due", "size: 10, unit: percent, until: 2023-03, baseline: 2017-04", 0.7, NotDueYet},
		{"not yet due, and far", "size: 90, unit: percent, until: 2023-03, baseline: 2017-04", 0.7, NotDueYet},
		{"of a part", "size: 10, unit: percent, covers: {words: one town}", 1.2, CannotBeTested},
		{"without a size", "note: none", 1.2, CannotBeTested},
		{"before the figures", "size: 10, unit: percent, baseline: 2013-04", 1.2, CannotBeTested},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := declared(
				t,
				one(
					"x",
					"england",
					"start: 2018-04, kind: plan, "+test.stated+map[bool]string{true: "", false: ", until: 2019-03"}[strings.Contains(test.stated, "until")],
				),
			)
			f := realFigures(t, c, "emergency_admissions")
			for i := range f.England { // all of England at once is no jump of one place
				if p := &f.England[i]; p.Period.Start.Year()*12+int(p.Period.Start.Month()) >= 2018*12+4 {
					p.Value.Decimal = p.Value.Decimal.Mul(decimal.NewFromFloat(test.by))
				}
			}
			r := tested(t, f, c)
			if r.Verdict != test.verdict {
				t.Errorf("%s: %q %+v", r.Verdict, r.Reasons, r.Outturn)
			}
			// A fall by 30% is more than two fifths of a fall by 10%, and less than those of one by 90%.
			if want := map[string]Interim{"not yet due": OnCourse, "not yet due, and far": Behind}[test.name]; r.Outturn != nil && r.Outturn.Interim != want {
				t.Errorf("interim %q, want %q: %+v", r.Outturn.Interim, want, r.Outturn)
			}
		})
	}
	c = declared(t, one("x", "E54000012", "start: 2018-04, until: 2019-03, kind: plan, size: 10, unit: percent"))
	if r := tested(t, realFigures(t, c, "emergency_admissions"), c); r.Verdict != CannotBeTested || !strings.Contains(r.Reasons[0], "July 2018") {
		t.Errorf("a merger between the years: %s: %q", r.Verdict, r.Reasons)
	}
}

// A plan whose years are among the figures is set against them. What was published of it is named, and whether it is the same.
func TestPlansAgainstTheirOwnFigures(t *testing.T) {
	for _, test := range []struct {
		published, words string
		agrees           bool
	}{
		{"30000", "The outturn that was published, +30,000 (An audit), differs.", false},
		{"", "", false}, // as the figures are, to the thousand
	} {
		plan := func(published string) answer {
			c := declared(t, one("x", "england", "start: 2017-04, until: 2018-03, baseline: 2016-04, kind: plan, size: 100000, unit: count, "+
				`outturn: {what: More came., change: `+published+`, citation: {title: An audit, url: "https://example.org"}}`))
			return tested(t, realFigures(t, c, "emergency_admissions"), c)
		}
		r := plan("30000")
		change := float64(r.Outturn.Change)
		if test.published == "" {
			thousands := math.Round(change/1000) * 1000
			r = plan(fmt.Sprint(int(thousands)))
			test.agrees, test.words = true, fmt.Sprintf(
				"The outturn that was published, %s (An audit), agrees.",
				"+"+wording.Grouped(decimal.NewFromFloat(thousands), 0),
			)
		}
		o := r.Outturn
		if o.PublishedBy != "" || o.Base != "2016-04" || o.Year != "2017-04 to 2018-03" || change == 30000 || o.Published == nil ||
			o.Published.Agrees != test.agrees ||
			!strings.Contains(o.Words, test.words) {
			t.Errorf("%+v, published %+v: %s", o, o.Published, r.Summary)
		}
		if !o.Due || r.Verdict != MovedOtherWay || strings.Contains(r.Summary, "not on the figures") {
			t.Errorf("%s: %s", r.Verdict, r.Summary)
		}
		if r.outcome(DataComplete) != Passed {
			t.Errorf("the years: %s", r.finding(DataComplete))
		}
	}
	// Where the figures begin later, the published outturn stands, and the answer says why.
	c := declared(
		t,
		one(
			"x",
			"england",
			`start: 2015-04, until: 2016-03, kind: plan, size: 106000, unit: count, outturn: {what: More came., change: 87000, citation: {title: An audit, url: "https://example.org"}}`,
		),
	)
	r := tested(t, realFigures(t, c, "emergency_admissions"), c)
	if o := r.Outturn; o.PublishedBy != "An audit" || o.Change != 87000 || !strings.Contains(r.Summary, "there is no figure for April 2014") {
		t.Errorf("%+v: %s", o, r.Summary)
	}
}

// A check that is about effects does not apply to a plan, which is something else than that it could not be told.
func TestChecksThatDoNotApply(t *testing.T) {
	for _, test := range []struct {
		stated string
		apply  []CheckID
	}{
		{"kind: plan, start: 2017-04, until: 2018-03, size: 10, unit: percent", []CheckID{DataComplete}},
		{"kind: plan, start: 2017-04, until: 2018-03, size: 10, unit: percent, comparator: {kind: not_stated}", []CheckID{DataComplete, Baseline}},
		{"start: 2017-04, until: 2018-03, size: 10, unit: percent, comparator: {kind: plan}", []CheckID{DataComplete, Baseline, NotCountedTwice}},
	} {
		c := declared(t, one("x", "england", test.stated))
		var apply []CheckID
		for _, check := range tested(t, realFigures(t, c, "emergency_admissions"), c).Checks {
			if check.Outcome != DoesNotApply {
				apply = append(apply, check.ID)
			}
		}
		if !slices.Equal(apply, test.apply) {
			t.Errorf("%s: %v apply", test.stated, apply)
		}
	}
	c := declared(t, one("x", place, "start: 2018-04, until: 2019-03, direction: increase"))
	r := tested(t, realFigures(t, c, "emergency_admissions"), c)
	if r.outcome(NetOfCosts) != DoesNotApply || r.outcome(NotMoved) != DoesNotApply {
		t.Errorf("without pounds: %s; a rise: %s", r.outcome(NetOfCosts), r.outcome(NotMoved))
	}
}

// An estimate is stated on one scale: in the model's tables, and on the page of another claim that looks for what was moved elsewhere.
func TestOneScaleOfAnEstimate(t *testing.T) {
	c := declared(t, one("x", place, "start: 2018-04, until: 2019-03"))
	admissions, attendances := realFigures(
		t,
		c,
		"emergency_admissions",
	).Change(t, "2018-04", 0.7),
		realFigures(
			t,
			c,
			"ae_attendances_type1",
		).Change(t, "2018-04", 1.3)
	r := tested(t, admissions, c, attendances)
	if got, want := float64(r.Percent(r.Model.Value)), float64(r.Effect.Percent); math.Abs(got-want) > 1e-9 || math.Abs(want-float64(r.Model.Value)) < 0.1 {
		t.Errorf("the model finds %v per cent, and the effect is %v", got, want)
	}
	other := declared(t, one("y", place, "measure: ae_attendances_type1, start: 2018-04, until: 2019-03"))
	own := tested(t, attendances, other)
	if want := fmt.Sprintf(
		"A&E attendances, type 1 rose by %.1f%%, which is statistically significant",
		float64(own.Effect.Percent),
	); !strings.Contains(
		r.finding(NotMoved),
		want,
	) {
		t.Errorf("of its own %s, beside another claim: %s", want, r.finding(NotMoved))
	}
	// A place with a scheme of its own for what is looked at is no donor of it, whatever the claim itself is about.
	with := declared(
		t,
		one(
			"x",
			place,
			"start: 2018-04, until: 2019-03",
		)+one(
			"rival",
			"E54000005",
			"measure: ae_attendances_type1, start: 2018-04, until: 2019-03, size: 5, unit: percent",
		),
	)
	alone := declared(
		t,
		one(
			"y",
			place,
			"measure: ae_attendances_type1, start: 2018-04, until: 2019-03",
		)+one(
			"rival",
			"E54000005",
			"measure: ae_attendances_type1, start: 2018-04, until: 2019-03, size: 5, unit: percent",
		),
	)
	beside, itself := tested(t, admissions, with, attendances), tested(t, attendances, alone)
	if want := fmt.Sprintf(
		"A&E attendances, type 1 rose by %.1f%%, which is statistically significant",
		float64(itself.Effect.Percent),
	); itself.Effect.Percent == own.Effect.Percent ||
		!strings.Contains(beside.finding(NotMoved), want) {
		t.Errorf("of its own %s, beside another claim: %s", want, beside.finding(NotMoved))
	}
}

func TestPounds(t *testing.T) {
	c := declared(
		t,
		one(
			"x",
			place,
			"start: 2018-04, until: 2019-03, size: 30, unit: percent, gbp: 90000000, unit_cost: {gbp: 1000.50, citation: {title: A tariff, url: \"https://example.org\"}}",
		),
	)
	r := tested(t, realFigures(t, c, "emergency_admissions").Change(t, "2018-04", 0.8), c)
	saved := decimal.NewFromFloat(-float64(r.Effect.Total)).Mul(decimal.RequireFromString("1000.50"))
	if p := r.Pounds; r.Verdict != PartlyEvidenced || p.Estimate != saved.Floor().String() || p.Evidenced != p.Estimate || p.Claimed != "90000000" {
		t.Errorf("%s: %+v, want %s", r.Verdict, p, saved)
	}
	low, high := decimal.RequireFromString(r.Pounds.Low), decimal.RequireFromString(r.Pounds.High)
	if !low.LessThan(saved) || !saved.LessThan(high) || !low.IsPositive() {
		t.Errorf("from %s to %s", low, high)
	}
	if got := WholePounds(decimal.RequireFromString("1999.999")); got != "1999" {
		t.Errorf("1999.999 pounds are shown as %s", got)
	}
}

func TestTheUnitOfTheFiguresMakesNoDifference(t *testing.T) {
	c := declared(t, one("x", place, "start: 2018-04, until: 2019-03, size: 10, unit: percent"))
	f := realFigures(t, c, "emergency_admissions")
	one := tested(t, f, c)
	for i := range f.Footprints {
		for j := range f.Footprints[i].Points {
			p := &f.Footprints[i].Points[j]
			p.Value.Decimal = p.Value.Decimal.Mul(decimal.NewFromInt(8))
			p.Numerator = p.Value
		}
	}
	eight := tested(t, f, c)
	if math.Abs(float64(one.Effect.Percent-eight.Effect.Percent)) > 1e-6 || one.Effect.P != eight.Effect.P || one.Verdict != eight.Verdict ||
		math.Abs(float64(one.Effect.Total*8-eight.Effect.Total)) > 1e-3 {
		t.Errorf("%+v\n%+v", one.Effect, eight.Effect)
	}
}

// Whatever the figures, there is a verdict with its reason, no figure that JSON has no words for, and no pounds beyond the claim.
func TestAnyFigures(t *testing.T) {
	c := declared(
		t,
		one(
			"x",
			place,
			"start: 2017-01, until: 2017-09, size: 10, unit: percent, gbp: 1000, unit_cost: {gbp: 2, citation: {title: A tariff, url: \"https://example.org\"}}",
		),
	)
	m, _ := c.Measure("emergency_admissions")
	rapid.Check(t, func(r *rapid.T) {
		f := Figures{Measure: m}
		for i := range rapid.IntRange(1, 23).Draw(r, "places") {
			code := place
			if i > 0 {
				code = fmt.Sprint("place", i)
			}
			f.Footprints = append(f.Footprints, Place{Code: code, Name: code, Region: "North", Points: points(r)})
		}
		result := tested(t, f, c)
		if _, err := json.Marshal(
			result,
		); err != nil || !slices.Contains(Verdicts, result.Verdict) || len(result.Reasons) == 0 ||
			len(result.Checks) != len(Questions) {
			r.Fatalf("%v: %+v", err, result)
		}
		if p := result.Pounds; p.Evidenced != "" && decimal.RequireFromString(p.Evidenced).GreaterThan(decimal.NewFromInt(1000)) {
			r.Fatalf("evidenced are £%s of £1000", p.Evidenced)
		}
	})
}

// points are those of 32 months: steady, anything, or nothing, with or without gaps.
func points(r *rapid.T) []measure.Point {
	first, err := catalog.ParsePeriod("2015-06")
	if err != nil {
		r.Fatal(err)
	}
	kind := rapid.IntRange(0, 4).Draw(r, "kind")
	values := rapid.SliceOfN(rapid.IntRange(-5, 40), 32, 32).Draw(r, "values")
	var all []measure.Point
	for _, v := range values {
		p := measure.Point{Period: first, Complete: true}
		switch kind {
		case 0:
			v = 0
		case 1, 2, 3:
			v += 1000
		}
		p.Value = decimal.NullDecimal{Decimal: decimal.NewFromInt(int64(v)), Valid: kind != 3 || v != 1003}
		p.Numerator = p.Value
		all = append(all, p)
		first = first.Next()
	}
	return all
}

func BenchmarkTest(b *testing.B) {
	c := declared(b, one("x", place, "start: 2018-04, size: 10, unit: percent"))
	f, others := realFigures(b, c, "emergency_admissions"), []Figures{realFigures(b, c, "ae_attendances"), realFigures(b, c, "ae_attendances_type1")}
	for b.Loop() {
		if r := tested(b, f, c, others...); r.Effect == nil {
			b.Fatal(r.Reasons)
		}
	}
}

// A check that could not run has not passed, and no figure that could not be computed stands in words.
func TestWhatCouldNotRunHasNotPassed(t *testing.T) {
	missing := func(method string) evidence.Variation {
		return evidence.Variation{
			Kind: evidence.ByMethod, Method: method, Estimate: Unknown, PreMSPE: Unknown, Ratio: Unknown,
			Reason: evidence.Note{Code: evidence.TooFewPeriods, Have: 2, Need: 3},
		}
	}
	found := func(method string, estimate evidence.Number) evidence.Variation {
		return evidence.Variation{Kind: evidence.ByMethod, Method: method, Estimate: estimate}
	}
	startAt := func(time string, v evidence.Variation) evidence.Variation {
		v.Kind, v.Time = evidence.StartAt, time
		return v
	}
	robust := func(s evidence.Sensitivity, methods ...evidence.Variation) (Outcome, string) {
		model := &evidence.Synthetic{Estimate: evidence.Estimate{Value: -8}}
		outcome, found, figure := RobustOf(
			&Result{Model: model, Sensitivity: &s, Methods: methods, Effect: &Effect{Percent: -8, Scale: 1}},
			&catalog.Claim{Towards: catalog.Decrease},
		)
		finding := inWords(found)
		if strings.Contains(finding, "NaN") || outcome == Passed && figure.Missing() {
			t.Errorf("%s: %q %v", outcome, finding, figure)
		}
		return outcome, finding
	}
	for name, c := range map[string]struct {
		sensitivity evidence.Sensitivity
		methods     []evidence.Variation
		outcome     Outcome
		says        string
	}{
		"no earlier start":        {evidence.Sensitivity{InTime: []evidence.Variation{startAt("2016-Q1", missing(""))}}, nil, CannotTell, "no earlier start could be tried, as too few periods lie before the start: start at January to March 2016"},
		"none possible":           {evidence.Sensitivity{}, nil, CannotTell, "no earlier start could be tried"},
		"one of two earlier":      {evidence.Sensitivity{InTime: []evidence.Variation{startAt("a", missing("")), startAt("b", found("", 1.5))}}, nil, Passed, "at most 1.5% is found"},
		"a method without result": {evidence.Sensitivity{InTime: []evidence.Variation{startAt("b", found("", 1.5))}}, []evidence.Variation{missing("ridge")}, CannotTell, "gave no estimate: ridge (too few periods before the start: 2, and 3 are needed)"},
		"a method against":        {evidence.Sensitivity{InTime: []evidence.Variation{startAt("b", missing(""))}}, []evidence.Variation{found("ridge", 3)}, Failed, "the direction is lost: ridge"},
		"as large before":         {evidence.Sensitivity{InTime: []evidence.Variation{startAt("a", missing("")), startAt("b", found("", 9))}}, nil, Failed, "before anything began: start at b"},
	} {
		if outcome, finding := robust(c.sensitivity, c.methods...); outcome != c.outcome || !strings.Contains(finding, c.says) {
			t.Errorf("%s: %s, %q", name, outcome, finding)
		}
	}
}
