package claim

import (
	"errors"
	"fmt"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// Reason is why something is missing, was left out or could not be done: a code with the numbers that tell it for programs, and the words for
// readers. Without a Code there is none. Nothing is decided by the words.
type Reason struct {
	Words string     `json:"reason,omitempty"` // a clause
	Code  ReasonCode `json:"reason_code,omitempty"`
	Have  int        `json:"reason_have,omitempty"` // periods or places that there are
	Need  int        `json:"reason_need,omitempty"` // those that it takes
}

// ReasonCode names a reason.
type ReasonCode string

// Why a claim could not be tested.
const (
	UnknownMeasure   ReasonCode = "unknown_measure"
	DerivedMeasure   ReasonCode = "derived_measure" // worked out from another, with which a claim is tested
	DailyMeasure     ReasonCode = "daily_measure"
	WeeklyMeasure    ReasonCode = "weekly_measure"
	NoStart          ReasonCode = "no_start" // stated
	NoFigures        ReasonCode = "no_figures"
	NotLoadedYet     ReasonCode = "not_loaded_yet"     // are all figures that came with the product
	NothingBefore    ReasonCode = "nothing_before"     // the start, of the figures
	NothingAfter     ReasonCode = "nothing_after"      // the start
	TooFewBefore     ReasonCode = "too_few_before"     // periods before the start
	TooFewAfter      ReasonCode = "too_few_after"      // periods from the start on
	FigureMissing    ReasonCode = "figure_missing"     // of a period
	KnownGap         ReasonCode = "known_gap"          // in which an organisation's published figure lacks a part
	NotOverZero      ReasonCode = "not_over_zero"      // are the figures before the start, so that there is no per cent of them
	NotFound         ReasonCode = "not_found"          // are trend and season of the figures alone
	NotComputed      ReasonCode = "not_computed"       // by the mathematics, which says why
	PlanNotLoaded    ReasonCode = "plan_not_loaded"    // the plan's own figures, that the claim is set against
	PartNotPublished ReasonCode = "part_not_published" // apart from the whole
	NoOneSize        ReasonCode = "no_one_size"        // can be taken from what is stated
	NoSize           ReasonCode = "no_size"            // stated
	OtherUnit        ReasonCode = "other_unit"         // of the figures than of the plan
	OtherBaseline    ReasonCode = "other_baseline"     // of the plan than an earlier level
	NotDue           ReasonCode = "not_due"            // is the plan in the year compared
	NoWholeYear      ReasonCode = "no_whole_year"      // of figures
	KnownEvent       ReasonCode = "known_event"        // bent the figures
)

// Why what is counted before and after differs.
const (
	MembershipChanged ReasonCode = "membership_changed" // organisations joined or left
	FiguresJump       ReasonCode = "figures_jump"       // and stay there, as after a merger
	DefinitionChanged ReasonCode = "definition_changed" // something else is counted
	CountingChanged   ReasonCode = "counting_changed"   // by one organisation, as an analyst confirmed
)

// Why a place or a size is not used, and why a check does not apply.
const (
	OwnScheme        ReasonCode = "own_scheme"        // a place had one
	TooFewPlaces     ReasonCode = "too_few_places"    // are left to compare with
	PartUnknown      ReasonCode = "part_unknown"      // of the places that the scheme reached
	NothingEstimated ReasonCode = "nothing_estimated" // so that nothing can be set against it
	IsPlan           ReasonCode = "is_plan"           // and no effect
	IsLevel          ReasonCode = "is_level"          // whose changes do not add up over time
	NoUnitCost       ReasonCode = "no_unit_cost"      // stated
	NoPounds         ReasonCode = "no_pounds"         // claimed
	PlansOverlap     ReasonCode = "plans_overlap"     // by nature
	RiseClaimed      ReasonCode = "rise_claimed"      // of which nothing is moved elsewhere
)

// because is a reason with its clause.
func because(code ReasonCode, format string, args ...any) Reason {
	return Reason{Words: fmt.Sprintf(format, args...), Code: code}
}

// tooFew is a reason that there are fewer than it takes.
func tooFew(code ReasonCode, have, need int, format string, args ...any) Reason {
	return Reason{Words: fmt.Sprintf(format, args...), Code: code, Have: have, Need: need}
}

// refusal is the error of a test that cannot be made.
type refusal struct{ Reason }

func (r refusal) Error() string { return r.Words }

// refuse is the error of a test that cannot be made.
func refuse(code ReasonCode, format string, args ...any) error {
	return refusal{because(code, format, args...)}
}

// reasonOf is why an error was returned; nothing of none.
func reasonOf(err error) Reason {
	var refused refusal
	switch {
	case err == nil:
		return Reason{}
	case errors.As(err, &refused):
		return refused.Reason
	}
	return because(NotComputed, "%s", err)
}

// noFigure is the reason of a place, or several, without a figure for a period: known where an analyst confirmed why.
func (f Figures) noFigure(points []measure.Point, p catalog.Period, words string, named func(codes []string) map[string]string) Reason {
	at, _ := measure.At(points, p.Start)
	for _, organisation := range at.Missing {
		if g := f.Measure.Gap(organisation, p); g != nil {
			name := organisation
			if named != nil {
				name = named([]string{organisation})[organisation]
			}
			return because(KnownGap, "%s, as there is a known gap in those of %s (%s)", words, name, strings.TrimSuffix(g.Reason, "."))
		}
	}
	return because(FigureMissing, "%s", words)
}

// breakCode is that of a break: that organisations joined or left, or that one counts something else.
func breakCode(b measure.MembershipBreak) ReasonCode {
	if len(b.Steps) > 0 && len(b.Moves) == 0 {
		return CountingChanged
	}
	return MembershipChanged
}
