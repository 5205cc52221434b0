package dashboard

import (
	"fmt"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// shortfall says how far the figure of a period lies on the wrong side of what the target that governs it asks for, and since when its state
// has been so without a break: "16.2 points short; off trajectory since August 2015 (56 months in a row)". Where other targets governed some of
// those months, that is said, and for how long this target alone was missed where that is longer. Targets and points are all of the measure in
// the place, in the order in which they govern and of time. It is empty where the figure is not off trajectory.
func shortfall(m *catalog.Measure, targets []*catalog.Target, points []measure.Point, at catalog.Period) string {
	s, ok := measure.NewShortfall(targets, points, at)
	if !ok {
		return ""
	}
	words := short(m, s.Judgement.Target, s.Judgement.Value.Decimal, s.Judgement.Asked.Decimal)
	if s.Own.Periods > s.State.Periods {
		words += "; this target missed " + sinceWords(m, s.Own)
	}
	words += "; off trajectory " + sinceWords(m, s.State)
	if s.Several {
		words += fmt.Sprintf(", each %s by the target then in force", m.Grain.Words())
	}
	return words
}

// sinceWords says when a run began and how long it is.
func sinceWords(m *catalog.Measure, r measure.Run) string {
	words := "since "
	if !r.Known {
		words = "at least since "
	}
	words += r.From.Words()
	if r.Periods > 1 {
		words += fmt.Sprintf(" (%d %ss in a row)", r.Periods, m.Grain.Words())
	}
	return words
}

// short writes how far a value lies on the wrong side of what is asked for. It comes from the figures as they are: where those shown, which
// are rounded, lie otherwise apart, or not at all, it has a digit more than they.
func short(m *catalog.Measure, t *catalog.Target, value, asked decimal.Decimal) string {
	value, asked = scaled(m, value), scaled(m, asked)
	apart := value.Sub(asked).Abs()
	digits := max(places(m, value), places(m, asked))
	if !apart.Round(digits).Equal(value.Round(digits).Sub(asked.Round(digits)).Abs()) {
		digits++
	}
	for apart.Round(digits).IsZero() && !apart.IsZero() {
		digits++
	}
	words := grouped(apart, digits)
	switch m.Unit {
	case catalog.Share:
		words += " points"
	case catalog.GBP:
		words = sterling(apart, digits)
	}
	return words + map[catalog.Bound]string{catalog.AtLeast: " short", catalog.AtMost: " over"}[t.Bound]
}
