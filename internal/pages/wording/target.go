package wording

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
)

// StateMeanings say when a figure stands how against a target.
var StateMeanings = []struct {
	State measure.State
	Words string
}{
	{measure.Met, "The target is reached."},
	{measure.OnTrajectory, "Not yet, but the value for this period is reached, or missed by no more than the tolerance that the target states."},
	{measure.OffTrajectory, "The value for this period is not reached."},
	{measure.CannotTell, "There is no figure, the baseline of the target is not known, or it has no value for this period. The reason is given."},
}

// Shortfall says how far the figure of a period lies on the wrong side of the target that governs it, and since when its state
// has been so without a break: "16.2 points short; off track since August 2015 (56 months in a row)". Where other targets governed some of
// those months, that is said, and for how long this target alone was missed where that is longer. Targets and points are all of the measure in
// the place, in the order in which they govern and of time. It is empty where the figure is not off track.
func Shortfall(m *catalog.Measure, s *measure.Shortfall) string {
	if s == nil {
		return ""
	}
	words := short(m, s.Judgement.Target, s.Judgement.Value.Decimal, s.Judgement.Required.Decimal)
	if s.Own.Periods > s.State.Periods {
		words += "; this target missed " + sinceWords(m, s.Own)
	}
	words += "; off track " + sinceWords(m, s.State)
	if s.Several {
		words += fmt.Sprintf(", each %s by the target then in force", grainWord(m))
	}
	return words
}

// OffTrackFor says for how long a figure has been off track, without a break: "57 months", "2 quarters or more".
func OffTrackFor(m *catalog.Measure, s *measure.Shortfall) string {
	if s == nil {
		return ""
	}
	return runOf(grainWord(m), s.State)
}

// sinceWords says when a run began and how long it is.
func sinceWords(m *catalog.Measure, r measure.Run) string {
	words := "since "
	if !r.Known {
		words = "at least since "
	}
	words += r.From.Words()
	if r.Periods > 1 {
		words += fmt.Sprintf(" (%d %ss in a row)", r.Periods, grainWord(m))
	}
	return words
}

// short writes how far a value lies on the wrong side of a target. It comes from the figures as they are: where those shown, which
// are rounded, lie otherwise apart, or not at all, it has a digit more than they.
func short(m *catalog.Measure, t *catalog.Target, value, asked decimal.Decimal) string {
	value, asked = Scaled(m, value), Scaled(m, asked)
	apart := value.Sub(asked).Abs()
	digits := max(Places(m, value), Places(m, asked))
	if !apart.Round(digits).Equal(value.Round(digits).Sub(asked.Round(digits)).Abs()) {
		digits++
	}
	for apart.Round(digits).IsZero() && !apart.IsZero() {
		digits++
	}
	words := Grouped(apart, digits)
	switch m.Unit {
	case catalog.Share:
		words += " points"
	case catalog.GBP:
		words = Sterling(apart, digits)
	}
	return words + map[catalog.Bound]string{catalog.AtLeast: " short", catalog.AtMost: " over"}[t.Bound]
}

// States name how a figure stands against a target.
var States = map[measure.State]string{
	measure.Met: "Met", measure.OnTrajectory: "On track", measure.OffTrajectory: "Off track", measure.CannotTell: "Not known",
}

// NearMiss tells whether rounding would make a figure off track look equal to what is required.
func NearMiss(m *catalog.Measure, j measure.Judgement) bool {
	value, asked := Scaled(m, j.Value.Decimal), Scaled(m, j.Required.Decimal)
	at := Places(m, value)
	return j.State == measure.OffTrajectory && value.Round(at).Equal(asked.Round(at))
}

// StateText says how a figure stands against a target, with both to as many places as tell them apart where rounding would make them look equal.
func StateText(m *catalog.Measure, j measure.Judgement) string {
	text := States[j.State]
	if j.Estimate && j.State != measure.CannotTell {
		text += EstimateMark
	}
	if !NearMiss(m, j) {
		return text
	}
	value, asked := Scaled(m, j.Value.Decimal), Scaled(m, j.Required.Decimal)
	at := Places(m, value)
	for value.Round(at).Equal(asked.Round(at)) {
		at++
	}
	return fmt.Sprintf("%s (%s against %s)", text, Exact(m, value, at), Exact(m, asked, at))
}

// StateSentence says how a figure stands against the target that governs its period, and what that requires.
func StateSentence(m *catalog.Measure, j measure.Judgement, p catalog.Period) string {
	return StateText(m, j) + requirement(m, j, p) + "."
}

// Results are how a figure came out by a target that does not govern its period: it has one state, by the one that does.
var Results = map[measure.State]string{
	measure.Met: "Reached", measure.OnTrajectory: "Reached", measure.OffTrajectory: "Not reached", measure.CannotTell: "No result",
}

// ResultSentence says how the figure of a period came out by a target that does not govern it, and what the figure was where that has been
// due.
func ResultSentence(m *catalog.Measure, j measure.Judgement, p measure.Point, due bool) string {
	words := Results[j.State]
	if j.State != measure.CannotTell {
		words += Mark(p)
	}
	words += requirement(m, j, p.Period)
	if due && p.Value.Valid {
		words += "; the figure was " + PointValue(m, p)
	}
	return words + "."
}

// Unjudged says in a clause why a figure has no state against a target; empty where it has.
func Unjudged(r measure.UnjudgedReason) string {
	switch r.Code {
	case measure.BaselineUnknown:
		return fmt.Sprintf("its baseline, the figure of %s, is not known", r.Period.Words())
	case measure.BaselinePartial:
		return fmt.Sprintf("its baseline, the figure of %s, is partial", r.Period.Words())
	case measure.FigurePartial:
		return fmt.Sprintf("the figure of %s is partial", r.Period.Words())
	case measure.FigureUnknown:
		return "there is no figure for " + r.Period.Words()
	case measure.FigureGone:
		return "there is no figure any more"
	case measure.NotYetRequired:
		return "it has no value before " + r.Period.Words()
	case measure.NotRequired:
		return "it has no value for " + r.Period.Words()
	case measure.NoTarget:
		return "there is no target for " + r.Period.Words()
	}
	return ""
}

// requirement says in a clause what a target requires in a period, or why that is not judged.
func requirement(m *catalog.Measure, j measure.Judgement, p catalog.Period) string {
	switch {
	case j.Required.Valid && j.Reason.Code != "":
		return ". Target: " + Required(m, j) + ", but " + Unjudged(j.Reason)
	case j.Required.Valid:
		return ". Target: " + Required(m, j) + " " + InPeriod(p)
	case j.Reason.Code != "":
		return ": " + Unjudged(j.Reason)
	}
	return ""
}

// Required says what a target requires: "at least 95.0%".
func Required(m *catalog.Measure, j measure.Judgement) string {
	bound := map[catalog.Bound]string{catalog.AtLeast: "at least", catalog.AtMost: "at most"}[j.Target.Bound]
	return bound + " " + Value(m, j.Required.Decimal)
}

// TargetSummary says how many places stand how against a target that governs the period, and how many reach one that does not;
// empty when it requires nothing of any of them.
func TargetSummary(t *catalog.Target, latest []figures.LatestFigure) string {
	counts, governs := figures.CountStates(t, latest)
	var parts []string
	if governs {
		for _, of := range []struct {
			state     measure.State
			one, many string
		}{
			{measure.Met, "footprint meets it", "footprints meet it"},
			{measure.OnTrajectory, "is on track", "are on track"},
			{measure.OffTrajectory, "is off track", "are off track"},
			{measure.CannotTell, "is not known", "are not known"},
		} {
			if n := counts[of.state]; n > 0 || of.state == measure.Met {
				parts = append(parts, Plural(n, of.one, of.many))
			}
		}
	}
	if reached, of := figures.CountResults(t, latest); of > 0 {
		parts = append(parts, fmt.Sprintf("%d of %s reach it, but their state is by another target", reached, Plural(of, "footprint", "footprints")))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "; ") + "."
}

// TargetRequires is what a target requires, in words.
func TargetRequires(m *catalog.Measure, t *catalog.Target) string {
	bound := map[catalog.Bound]string{catalog.AtLeast: "At least", catalog.AtMost: "At most"}[t.Bound]
	base, multiples := t.BaselinePeriod()
	var values []string
	for _, w := range t.Values {
		value := Value(m, w.Amount)
		if multiples {
			value = Grouped(w.Amount.Mul(Hundred), 1) + "% of the figure of " + base.Words()
		}
		when := " from "
		if t.Shape != catalog.Step {
			when = " in "
		}
		values = append(values, value+when+w.At.Words())
	}
	words := bound + " " + List(values)
	if t.Shape == catalog.Line && len(t.Values) > 1 {
		words += ", in a straight line between"
	}
	if until, err := catalog.ParsePeriod(t.Until); err == nil {
		words += ", until " + until.Words()
	}
	if t.Tolerance().IsPositive() {
		words += fmt.Sprintf("; figures up to %s on the wrong side count as on track", Value(m, t.Tolerance()))
	}
	return words + "."
}
