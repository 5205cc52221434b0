package claim

import (
	"errors"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
	"stpdash/internal/measure"
)

// Reason is why something is missing, was left out or could not be done, or why a verdict is what it is. Without a Code there is none.
type Reason struct {
	Code  ReasonCode `json:"reason_code,omitempty"`
	Have  int        `json:"reason_have,omitempty"` // periods or places that there are
	Need  int        `json:"reason_need,omitempty"` // those that it takes
	Facts Facts      `json:"reason_facts,omitzero"`
}

// ReasonCode names a reason.
type ReasonCode string

// Why a claim could not be tested.
const (
	UnknownMeasure   ReasonCode = "unknown_measure"    // Measure
	DerivedMeasure   ReasonCode = "derived_measure"    // Measure is worked out from Of, with which a claim is tested
	DailyMeasure     ReasonCode = "daily_measure"      // Measure
	WeeklyMeasure    ReasonCode = "weekly_measure"     // Measure
	NoStart          ReasonCode = "no_start"           // is stated of the scheme, or in the Scope of a plan
	NoFigures        ReasonCode = "no_figures"         // of Measure in Places
	NotLoadedYet     ReasonCode = "not_loaded_yet"     // are all figures that came with the product
	NothingBefore    ReasonCode = "nothing_before"     // the Start: the figures begin in Period
	NothingAfter     ReasonCode = "nothing_after"      // the Start: the figures end in Period
	TooFewBefore     ReasonCode = "too_few_before"     // Have periods before the start, from Period on, of Need; Scope figures where nothing is left to compare with
	TooFewAfter      ReasonCode = "too_few_after"      // Have periods from the start on, of Need
	FigureMissing    ReasonCode = "figure_missing"     // of Period; Scope says whose, and of a plan Start begins the year
	KnownGap         ReasonCode = "known_gap"          // the same, where Organisation's published figure lacks a part, for what Quote says
	NotOverZero      ReasonCode = "not_over_zero"      // are the figures before the start, on average Value, so that there is no per cent of them; Scope says whose
	NothingCounted   ReasonCode = "nothing_counted"    // would have been, without the scheme
	NotFound         ReasonCode = "not_found"          // are trend and season of the figures alone, for what Quote says
	NotComputed      ReasonCode = "not_computed"       // by the mathematics, for what Quote says
	PlanNotLoaded    ReasonCode = "plan_not_loaded"    // the plan's own figures, that the claim is set against
	PartNotPublished ReasonCode = "part_not_published" // of Places apart from the whole; Quote says which
	NoOneSize        ReasonCode = "no_one_size"        // can be taken from Quote, in the Scope of a size or of a plan
	NoSize           ReasonCode = "no_size"            // stated, in the Scope of a size or of a plan
	OtherUnit        ReasonCode = "other_unit"         // of the figures than of the plan: Units
	OtherBaseline    ReasonCode = "other_baseline"     // of the plan than an earlier level
	NotDue           ReasonCode = "not_due"            // is the plan in the year compared: Undue
	NoWholeYear      ReasonCode = "no_whole_year"      // of figures from Start on, Because
	NoYears          ReasonCode = "no_years"           // can be made of the figures of Measure
	KnownEvent       ReasonCode = "known_event"        // of Notes bent the figures of Period until Until
)

// Why what is counted before and after differs.
const (
	MembershipChanged ReasonCode = "membership_changed" // organisations joined or left in one of Places: Break; Scope says of what
	CountingChanged   ReasonCode = "counting_changed"   // by one organisation, as an analyst confirmed: the same
	FiguresJump       ReasonCode = "figures_jump"       // by Value per cent in Period and stay there, as after a merger; Scope says whose
	DefinitionChanged ReasonCode = "definition_changed" // something else is counted; Scope says before or from the period
)

// Why a place or a size is not used, and why a check does not apply.
const (
	OwnScheme        ReasonCode = "own_scheme"        // a place had one, of Claim
	TooFewPlaces     ReasonCode = "too_few_places"    // are left to compare with, Have of Need; Scope region: outside of it
	PartUnknown      ReasonCode = "part_unknown"      // of the places that the scheme reached, which Quote names
	NothingEstimated ReasonCode = "nothing_estimated" // so that nothing can be set against it, in the Scope of a size
	IsPlan           ReasonCode = "is_plan"           // and no effect
	IsLevel          ReasonCode = "is_level"          // whose changes do not add up over time
	NoUnitCost       ReasonCode = "no_unit_cost"      // stated
	NoPounds         ReasonCode = "no_pounds"         // claimed
	PlansOverlap     ReasonCode = "plans_overlap"     // by nature
	RiseClaimed      ReasonCode = "rise_claimed"      // of which nothing is moved elsewhere
)

// Why a verdict is what it is, beside what could not be tested.
const (
	RuleDecided       ReasonCode = "rule"                // Rule
	CheckDecided      ReasonCode = "check"               // Check
	LessSeen          ReasonCode = "less_seen"           // Value per cent, than claimed: Than
	PoundsUnevidenced ReasonCode = "pounds_unevidenced"  // or not all of those claimed
	NoGroup           ReasonCode = "no_comparison_group" // so that anything else that happened counts as the effect
)

// because is a reason with what it is about.
func because(code ReasonCode, of Facts) Reason { return Reason{Code: code, Facts: of} }

// tooFew is a reason that there are fewer than it takes.
func tooFew(code ReasonCode, have, need int, of Facts) Reason {
	return Reason{Code: code, Have: have, Need: need, Facts: of}
}

// refusal is the error of a test that cannot be made.
type refusal struct{ Reason }

func (r refusal) Error() string { return string(r.Code) }

// refuse is the error of a test that cannot be made.
func refuse(code ReasonCode, of Facts) error { return refusal{because(code, of)} }

// reasonOf is why an error was returned; nothing of none.
func reasonOf(err error) Reason {
	var refused refusal
	switch {
	case err == nil:
		return Reason{}
	case errors.As(err, &refused):
		return refused.Reason
	}
	return because(NotComputed, Facts{Quote: err.Error()})
}

// noFigure is the reason of a place, or several, without a figure for a period: known where an analyst confirmed why.
func (f Figures) noFigure(points []measure.Point, p catalog.Period, of Facts) Reason {
	of.Period = p.String()
	at, _ := measure.At(points, p.Start)
	for _, organisation := range at.Missing {
		if g := f.Measure.Gap(organisation, p); g != nil {
			of.Organisation, of.Quote = organisation, g.Reason
			return because(KnownGap, of)
		}
	}
	return because(FigureMissing, of)
}

// broken is the reason of a break: that organisations joined or left, or that one counts something else.
func broken(b measure.MembershipBreak, of Facts) Reason {
	of.Break = breakOf(b)
	if len(b.Steps) > 0 && len(b.Moves) == 0 {
		return because(CountingChanged, of)
	}
	return because(MembershipChanged, of)
}

// jump is the reason of figures that jump and stay there.
func jump(by float64, at catalog.Period, scope Scope) Reason {
	return because(FiguresJump, Facts{Scope: scope, Value: exactly(evidence.Number(by * 100)), Period: at.String()})
}
