package measure

import (
	"slices"

	"stpdash/internal/catalog"
)

// Shortfall is a figure off track: on the wrong side of what the target that governs its period requires.
type Shortfall struct {
	Judgement Judgement
	State     Run // for how long the state has been so, whatever targets governed
	Own       Run // for how long this target alone was missed
	// Several tells that other targets governed some of those periods.
	Several bool
}

// Run is a stretch of figures off track without a break.
type Run struct {
	From    catalog.Period
	Periods int
	Known   bool // it began there: the figure before was not off track
	first   int
	mixed   bool // several targets judged it
}

// NewShortfall finds how long the figure of a period has been off track; ok is false where it is not. Targets and points are all of the
// measure in the place, in the order in which they govern and of time.
func NewShortfall(targets []*catalog.Target, points []Point, at catalog.Period) (s Shortfall, ok bool) {
	last := slices.IndexFunc(points, func(p Point) bool { return p.Period == at })
	if last < 0 {
		return s, false
	}
	governed := func(i int) Judgement {
		if j, ok := Governing(Judge(targets, points, points[i])); ok {
			return j
		}
		return Judgement{State: CannotTell}
	}
	now := governed(last)
	if now.State != OffTrajectory {
		return s, false
	}
	alone := []*catalog.Target{now.Target}
	ofTarget := func(i int) Judgement { return Judge(alone, points, points[i])[0] }
	state, own := offRun(targets, points, last, governed), offRun(alone, points, last, ofTarget)
	others := slices.ContainsFunc(targets, func(t *catalog.Target) bool { return t != now.Target })
	return Shortfall{now, state, own, others && (own.first < state.first || state.mixed)}, true
}

// offRun is the run that ends with a figure, as a judge finds it by some targets.
func offRun(targets []*catalog.Target, points []Point, last int, judge func(i int) Judgement) Run {
	r := Run{first: last}
	follows := func(i int) bool { return i > 0 && points[i-1].Period.Next() == points[i].Period }
	for now := judge(last); follows(r.first); r.first-- {
		before := judge(r.first - 1)
		if before.State != OffTrajectory {
			break
		}
		r.mixed = r.mixed || before.Target != now.Target
	}
	r.From, r.Periods = points[r.first].Period, last-r.first+1
	// Where the figure before is not known, it may have been off track as well.
	r.Known = !slices.ContainsFunc(targets, func(t *catalog.Target) bool { return t.First().At.Start.Before(r.From.Start) })
	if !r.Known && follows(r.first) {
		before := judge(r.first - 1)
		r.Known = before.State != CannotTell || !before.Required.Valid
	}
	return r
}
