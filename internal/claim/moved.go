package claim

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
)

// displaced looks where what a scheme is said to have lowered may have gone: to the other places of the same footprints, and to what else was counted in
// its own places.
func (t unitTester) displaced(ctx context.Context, chosen catalog.Period) {
	if t.later || t.claim.Towards != catalog.Decrease || t.Effect == nil || t.Effect.Percent.Missing() || !t.m.AddsUpOverTime() {
		return
	}
	t.moved = []Movement{t.neighbours(ctx, chosen)}
	tried := map[string]bool{t.m.ID: true}
	for _, d := range Domains {
		if d.At != t.at || tried[d.Measure] {
			continue
		}
		tried[d.Measure] = true
		other := t.data.Places.Measure(ctx, d.Measure)
		if other == nil || other.Grain != t.m.Grain || other.Unit != t.m.Unit || !other.AddsUpOverTime() ||
			slices.ContainsFunc(other.Components(), func(part string) bool { return slices.Contains(t.m.Components(), part) }) {
			continue
		}
		t.moved = append(t.moved, t.otherMeasure(ctx, chosen, other))
	}
}

// otherMeasure is how another measure changed in the places of the scheme, by the same test.
func (t unitTester) otherMeasure(ctx context.Context, chosen catalog.Period, m *catalog.Measure) Movement {
	moved := Movement{Measure: m.ID, Percent: unknown}
	d := t.data
	d.Measure, d.Finer = m, nil
	other := newTest(t.claim, d)
	other.later, other.by = true, m
	w := t.where
	w.m = m
	in := unitTester{other, w}
	other.Unit = in.newUnitTest()
	if err := in.from(ctx, chosen); err != nil {
		return moved.none(reasonOf(err))
	}
	e := other.Effect
	if e.PercentInterval == nil {
		return moved.none(because(NotComputed, Facts{Note: &e.Reason}))
	}
	moved.Percent, moved.Interval = e.Percent, e.PercentInterval
	moved.find(e.P, e.PercentInterval[1] > math.Abs(float64(t.Effect.Percent)))
	return moved
}

// neighbours is how the same measure changed in the other places of the footprints of a scheme.
func (t unitTester) neighbours(ctx context.Context, chosen catalog.Period) Movement {
	moved := Movement{At: t.at, Percent: unknown}
	first, err1 := catalog.ParsePeriod(t.Unit.From)
	last, err2 := catalog.ParsePeriod(t.Unit.Until)
	if err1 != nil || err2 != nil {
		return moved.none(because(NoNeighbours, Facts{}))
	}
	scratch := *t.test
	r := Result{Unit: t.newUnitTest()}
	scratch.Result, scratch.later, scratch.toldByDonors = &r, true, true
	found, err := t.data.Places.Follow(ctx, t.m, t.at, firstBefore(t.m, first, 1), last)
	if err != nil {
		return moved.none(reasonOf(err))
	}
	in := unitTrial{unitTester{&scratch, t.where}, found}
	members, donors, err := in.parts(chosen, first, last)
	if err != nil {
		return moved.none(reasonOf(err))
	}
	d := evidence.Design{Before: t.Unit.Before, After: t.Unit.After}
	begins := map[string]int{} // by footprint
	var starts []int
	own := 0.0
	for _, m := range members {
		if m.start < d.Before || m.start+d.After > len(m.place.Outcome) {
			continue
		}
		if begins[m.place.Cluster] = m.start; !slices.Contains(starts, m.start) {
			starts = append(starts, m.start)
		}
		own += stat.Mean(m.place.Outcome[m.start:m.start+d.After], nil)
	}
	var near []evidence.Member
	var away []evidence.Unit
	count := 0.0
	for _, p := range in.fitDonors(donors, starts, d) {
		start, neighbour := begins[p.Cluster]
		if !neighbour {
			away = append(away, p.Unit)
			continue
		}
		near = append(near, evidence.Member{Unit: p.Unit, Start: start})
		count += stat.Mean(p.Outcome[start:start+d.After], nil)
	}
	moved.Peers = len(near)
	switch {
	case len(near) == 0:
		return moved.none(because(NoNeighbours, Facts{}))
	case len(away) < MinUnitDonors:
		return moved.none(tooFew(TooFewPlaces, len(away), MinUnitDonors, Facts{}))
	}
	mean, err := evidence.EstimateGroup(ctx, near, away, d)
	if err != nil {
		return moved.none(reasonOf(err))
	}
	judged, err := in.judgedAsGroup(mean.Estimate, len(near), d)
	if err != nil {
		return moved.none(reasonOf(err))
	}
	percent := evidence.InPercent(judged)
	if percent.Interval == nil {
		return moved.none(because(NotComputed, Facts{Note: &judged.Reason}))
	}
	moved.Percent, moved.Interval = percent.Value, percent.Interval
	moved.find(judged.P, percent.Interval[1]*count > math.Abs(float64(t.Effect.Percent))*own) // in cases
	return moved
}

// find says what a movement shows, by its p-value and whether as much may have come as went.
func (m *Movement) find(p evidence.Number, asMuch bool) {
	switch {
	case p <= Significance && m.Percent > 0:
		m.Found = Rose
	case asMuch:
		m.Found = MayHave
	default:
		m.Found = HasNot
	}
}
