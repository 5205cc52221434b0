package dashboard

import (
	"fmt"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

var stateWords = map[measure.State]string{
	measure.Met: "Met", measure.OnTrajectory: "On trajectory", measure.OffTrajectory: "Off trajectory", measure.CannotTell: "Cannot tell",
}

// nearMiss tells whether rounding would make a figure off trajectory look equal to what is required.
func nearMiss(m *catalog.Measure, j measure.Judgement) bool {
	value, asked := scaled(m, j.Value.Decimal), scaled(m, j.Asked.Decimal)
	at := places(m, value)
	return j.State == measure.OffTrajectory && value.Round(at).Equal(asked.Round(at))
}

// stateText says how a figure stands against a target, with both to as many places as tell them apart where rounding would make them look equal.
func stateText(m *catalog.Measure, j measure.Judgement) string {
	text := stateWords[j.State]
	if !nearMiss(m, j) {
		return text
	}
	value, asked := scaled(m, j.Value.Decimal), scaled(m, j.Asked.Decimal)
	at := places(m, value)
	for value.Round(at).Equal(asked.Round(at)) {
		at++
	}
	return fmt.Sprintf("%s (%s against %s)", text, exact(m, value, at), exact(m, asked, at))
}

// stateSentence says how a figure stands against the target that governs its period, and what that requires.
func stateSentence(m *catalog.Measure, j measure.Judgement, p catalog.Period) string {
	return stateText(m, j) + requirement(m, j, p) + "."
}

// resultWords are how a figure came out by a target that does not govern its period: it has one state, by the one that does.
var resultWords = map[measure.State]string{
	measure.Met: "Reached", measure.OnTrajectory: "Reached", measure.OffTrajectory: "Not reached", measure.CannotTell: "No result",
}

// resultSentence says how a figure came out by a target that does not govern its period, and what the figure was where it is given.
func resultSentence(m *catalog.Measure, j measure.Judgement, p catalog.Period, figure decimal.NullDecimal) string {
	words := resultWords[j.State] + requirement(m, j, p)
	if figure.Valid {
		words += fmt.Sprintf("; the figure was %s", written(m, figure.Decimal))
	}
	return words + "."
}

// requirement says in a clause what a target requires in a period, or why that is not judged.
func requirement(m *catalog.Measure, j measure.Judgement, p catalog.Period) string {
	switch {
	case j.Asked.Valid && j.Reason != "":
		return ": " + required(m, j) + ", but " + j.Reason
	case j.Asked.Valid:
		return ": " + required(m, j) + " " + inPeriod(p)
	case j.Reason != "":
		return ": " + j.Reason
	}
	return ""
}

// required says what a target requires: "at least 95.0% is asked for".
func required(m *catalog.Measure, j measure.Judgement) string {
	bound := map[catalog.Bound]string{catalog.AtLeast: "at least", catalog.AtMost: "at most"}[j.Target.Bound]
	return fmt.Sprintf("%s %s is asked for", bound, written(m, j.Asked.Decimal))
}
