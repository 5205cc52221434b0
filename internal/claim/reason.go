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
	NotFound         ReasonCode = "not_found"          // are trend and season of the figures alone, for what Note says
	NotComputed      ReasonCode = "not_computed"       // by the mathematics, for what Note says
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

// Why a claim could not be tested in small places, or one of them is left out; Scope says whether it is one of the scheme.
const (
	NotNamedThere    ReasonCode = "not_named_there"    // are places of the kind that Quote names, or the test was not studied on the measure in them
	NoUnitFigures    ReasonCode = "no_unit_figures"    // of Measure in Organisation
	WorkDivided      ReasonCode = "work_divided"       // of Organisation: a part of it came or went on the day Period
	MergedWithOthers ReasonCode = "merged_with_others" // Organisation with Organisations that the scheme did not cover
	NotScreened      ReasonCode = "not_screened"       // Organisation for gaps and steps, for what Quote names
	TooSmallPlace    ReasonCode = "too_small_place"    // Organisation counts Value a year; under Than the test rejects too often
	OtherScheme      ReasonCode = "other_scheme"       // a place had: Scheme
	FoundTooOften    ReasonCode = "found_too_often"    // is a change in a place where nothing happened, by the calibration
	GroupNotStudied  ReasonCode = "group_not_studied"  // was the test of Measure on groups of Have places
	NoNeighbours     ReasonCode = "no_neighbours"      // in the footprint can be compared
	GapInWindow      ReasonCode = "gap_in_window"      // of Organisation in Period
	StepInWindow     ReasonCode = "step_in_window"     // of Organisation in Period, by Value per cent
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
	IsOwnChange      ReasonCode = "is_own_change"     // of the place's figures, and no effect
	NoBaseline       ReasonCode = "no_baseline"       // is stated that the own change, or the plan, could be set against
	WiderThanClaim   ReasonCode = "wider_than_claim"  // are the figures, of the whole of Organisations or Places; Quote says of which part the claim is
)

// Why a verdict is what it is, beside what could not be tested.
const (
	RuleDecided       ReasonCode = "rule"                // Rule
	CheckDecided      ReasonCode = "check"               // Check
	LessSeen          ReasonCode = "less_seen"           // Value per cent, than claimed: Than
	PoundsUnevidenced ReasonCode = "pounds_unevidenced"  // or not all of those claimed
	EarlierEffect     ReasonCode = "earlier_effect"      // of Value per cent is found where the start is put back to Period
	LooksLikeCounting ReasonCode = "looks_like_counting" // a step by Value per cent in Period at the start, in Organisation
	SchemesOverlap    ReasonCode = "schemes_overlap"     // Schemes were in the same places
	PlaceNotPublished ReasonCode = "place_not_published" // as one of the scheme's: general knowledge says so
	PlaceLeftOut      ReasonCode = "place_left_out"      // Organisation, Because
	WholeTimeOpen     ReasonCode = "whole_time_open"     // over all of the claim's time, to Period, the figures leave it open
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
	return because(NotComputed, Facts{Note: new(evidence.NoteOf(err))})
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
