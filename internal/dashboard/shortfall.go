package dashboard

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// shortfall says how far the figure of a period lies on the wrong side of what the target that governs it asks for, and since when its state
// has been so without a break: "16.2 points short; off trajectory since August 2015 (56 months in a row)". Targets and points are all of the
// measure in the place, in the order in which they govern and of time. It is empty where the figure is not off trajectory.
func shortfall(m *catalog.Measure, targets []*catalog.Target, points []measure.Point, at catalog.Period) string {
	judge := func(i int) measure.Judgement {
		if j, ok := measure.Governing(Judge(targets, points, points[i])); ok {
			return j
		}
		return measure.Judgement{State: measure.CannotTell}
	}
	last := slices.IndexFunc(points, func(p measure.Point) bool { return p.Period == at })
	if last < 0 || judge(last).State != measure.OffTrajectory {
		return ""
	}
	follows := func(i int) bool { return i > 0 && points[i-1].Period.Next() == points[i].Period }
	first := last
	for follows(first) && judge(first-1).State == measure.OffTrajectory {
		first--
	}
	since := points[first].Period
	// Where the figure before is not known, it may have been off trajectory as well.
	known := !slices.ContainsFunc(targets, func(t *catalog.Target) bool { return t.First().At.Start.Before(since.Start) })
	if !known && follows(first) {
		before := judge(first - 1)
		known = before.State != measure.CannotTell || !before.Asked.Valid
	}
	words := "off trajectory since "
	if !known {
		words = "off trajectory at least since "
	}
	words += since.Words()
	if n := last - first + 1; n > 1 {
		words += fmt.Sprintf(" (%d %ss in a row)", n, m.Grain.Words())
	}
	now := judge(last)
	return short(m, now.Target, now.Value.Decimal, now.Asked.Decimal) + "; " + words
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
