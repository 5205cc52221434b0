package measure

import (
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
)

// State is how a figure stands against a target.
type State string

// The states.
const (
	Met           State = "met"            // what is to be reached in the end is reached
	OnTrajectory  State = "on_trajectory"  // not yet, but what is required in the period is reached, within the tolerance
	OffTrajectory State = "off_trajectory" // what is required in the period is not reached
	CannotTell    State = "cannot_tell"
)

// Judgement is the state of one figure against one target.
type Judgement struct {
	Target *catalog.Target
	State  State
	// Value is the figure itself; null where there is none.
	Value decimal.NullDecimal
	// Required is what the target requires in the period; null where it requires nothing.
	Required decimal.NullDecimal
	// Reason is why it is not known; nothing for the other states.
	Reason UnjudgedReason
	// Governs tells that the state is the figure's own: of the targets that have a value for the period this one comes first.
	Governs bool
	// Estimate tells that the figure is one.
	Estimate bool
}

// UnjudgedReason is why a figure has no state against a target, with the period that it is about; without a Code there is none.
type UnjudgedReason struct {
	Code   UnjudgedCode
	Period catalog.Period
}

// UnjudgedCode names a reason for which a figure has no state against a target.
type UnjudgedCode string

// The reasons.
const (
	BaselineUnknown UnjudgedCode = "baseline_unknown" // of the period, whose figure the target's values are multiples of
	BaselinePartial UnjudgedCode = "baseline_partial" // as for some of the period organisations did not report
	FigureUnknown   UnjudgedCode = "figure_unknown"   // of the period
	FigurePartial   UnjudgedCode = "figure_partial"   // as for some of the period organisations did not report
	FigureGone      UnjudgedCode = "figure_gone"      // there was one, and is none now
	NotYetRequired  UnjudgedCode = "not_yet_required" // the target has no value before the period
	NotRequired     UnjudgedCode = "not_required"     // the target has no value in the period
	NoTarget        UnjudgedCode = "no_target"        // has a value in the period
)

// Governing is the judgement by the target that governs the period, the one state of a figure; ok is false where none has a value for it.
func Governing(judgements []Judgement) (j Judgement, ok bool) {
	for _, j := range judgements {
		if j.Governs {
			return j, true
		}
	}
	return j, false
}

// Judge finds the result of a point by each of the targets of its place, and which of them governs its period; points are all of the measure
// there.
func Judge(targets []*catalog.Target, points []Point, p Point) []Judgement {
	var judgements []Judgement
	for _, t := range targets {
		var baseline Point
		if base, ok := t.BaselinePeriod(); ok {
			baseline, _ = At(points, base.Start)
		}
		j := judge(t, p, baseline)
		_, governed := Governing(judgements)
		j.Governs = j.Required.Valid && !governed // where its baseline is not known it has no value
		judgements = append(judgements, j)
	}
	return judgements
}

// judge holds a point against a target. The figure of the target's baseline is needed where its values are multiples of it.
func judge(t *catalog.Target, p, baseline Point) Judgement {
	j := Judgement{Target: t, State: CannotTell, Value: p.Value, Estimate: p.Estimate()}
	end := t.Last().Amount
	asked, ok := t.Required(p.Period)
	if base, relative := t.BaselinePeriod(); relative {
		if !baseline.Value.Valid {
			if j.Reason = (UnjudgedReason{BaselineUnknown, base}); baseline.Partial != nil {
				j.Reason.Code = BaselinePartial
			}
			return j
		}
		asked, end = asked.Mul(baseline.Value.Decimal), end.Mul(baseline.Value.Decimal)
	}
	if ok {
		j.Required = decimal.NewNullDecimal(asked)
	}
	switch first := t.First(); {
	case ok && p.Partial != nil:
		j.Reason = UnjudgedReason{FigurePartial, p.Period}
	case ok && !p.Value.Valid:
		j.Reason = UnjudgedReason{FigureUnknown, p.Period}
	case ok && Reached(t.Bound, p.Value.Decimal, end):
		j.State = Met
	case ok && Reached(t.Bound, p.Value.Decimal, j.Required.Decimal) && p.Period.Start.Before(t.Last().At.Start):
		j.State = OnTrajectory
	case ok && Reached(t.Bound, p.Value.Decimal, slack(t, j.Required.Decimal)):
		j.State = OnTrajectory
	case ok:
		j.State = OffTrajectory
	case p.Period.Start.Before(first.At.Start):
		j.Reason = UnjudgedReason{NotYetRequired, first.At}
	default:
		j.Reason = UnjudgedReason{NotRequired, p.Period}
	}
	return j
}

// Reached tells whether a value lies on the right side of what is asked for.
func Reached(b catalog.Bound, value, asked decimal.Decimal) bool {
	if b == catalog.AtMost {
		return value.LessThanOrEqual(asked)
	}
	return value.GreaterThanOrEqual(asked)
}

// slack moves what is required by the target's tolerance to its wrong side.
func slack(t *catalog.Target, asked decimal.Decimal) decimal.Decimal {
	if t.Bound == catalog.AtMost {
		return asked.Add(t.Tolerance())
	}
	return asked.Sub(t.Tolerance())
}
