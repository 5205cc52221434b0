package dashboard

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// shortfall says how far the figure of a period lies on the wrong side of what the target that governs it asks for, and since when its state
// has been so without a break: "16.2 points short; off trajectory since August 2015 (56 months in a row)". Where other targets governed some of
// those months, that is said, and for how long this target alone was missed where that is longer. Targets and points are all of the measure in
// the place, in the order in which they govern and of time. It is empty where the figure is not off trajectory.
func shortfall(m *catalog.Measure, targets []*catalog.Target, points []measure.Point, at catalog.Period) string {
	last := slices.IndexFunc(points, func(p measure.Point) bool { return p.Period == at })
	if last < 0 {
		return ""
	}
	governed := func(i int) measure.Judgement {
		if j, ok := measure.Governing(Judge(targets, points, points[i])); ok {
			return j
		}
		return measure.Judgement{State: measure.CannotTell}
	}
	now := governed(last)
	if now.State != measure.OffTrajectory {
		return ""
	}
	alone := []*catalog.Target{now.Target}
	ofTarget := func(i int) measure.Judgement { return Judge(alone, points, points[i])[0] }
	state, own := offRun(targets, points, last, governed), offRun(alone, points, last, ofTarget)
	words := short(m, now.Target, now.Value.Decimal, now.Asked.Decimal)
	if own.first < state.first {
		words += "; this target missed " + own.since(m, points)
	}
	words += "; off trajectory " + state.since(m, points)
	if slices.ContainsFunc(targets, func(t *catalog.Target) bool { return t != now.Target }) && (own.first < state.first || state.mixed) {
		words += fmt.Sprintf(", each %s by the target then in force", m.Grain.Words())
	}
	return words
}

// run is a stretch of figures off trajectory without a break.
type run struct {
	first, last int
	known       bool // it began there: the figure before was not off trajectory
	mixed       bool // several targets judged it
}

// offRun is the run that ends with a figure, as a judge finds it by some targets.
func offRun(targets []*catalog.Target, points []measure.Point, last int, judge func(i int) measure.Judgement) run {
	r := run{first: last, last: last}
	follows := func(i int) bool { return i > 0 && points[i-1].Period.Next() == points[i].Period }
	for now := judge(last); follows(r.first); r.first-- {
		before := judge(r.first - 1)
		if before.State != measure.OffTrajectory {
			break
		}
		r.mixed = r.mixed || before.Target != now.Target
	}
	// Where the figure before is not known, it may have been off trajectory as well.
	since := points[r.first].Period
	r.known = !slices.ContainsFunc(targets, func(t *catalog.Target) bool { return t.First().At.Start.Before(since.Start) })
	if !r.known && follows(r.first) {
		before := judge(r.first - 1)
		r.known = before.State != measure.CannotTell || !before.Asked.Valid
	}
	return r
}

// since says when the run began and how long it is.
func (r run) since(m *catalog.Measure, points []measure.Point) string {
	words := "since "
	if !r.known {
		words = "at least since "
	}
	words += points[r.first].Period.Words()
	if n := r.last - r.first + 1; n > 1 {
		words += fmt.Sprintf(" (%d %ss in a row)", n, m.Grain.Words())
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
