package dashboard

import (
	"cmp"
	"context"
	"slices"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/spc"
)

// TargetsOf are the targets of a measure that hold for a place, in the order in which they govern a period that several have a value for:
// the one for the place alone goes before one for its region, and that before one for all footprints; of equally near ones the later goes
// first, so that a plan to recover governs while it runs and the standard before and after it; then the one declared first.
func (c *Composer) TargetsOf(m *catalog.Measure, s Scope) []*catalog.Target {
	targets := slices.DeleteFunc(c.Catalog.TargetsOf(m.ID), func(t *catalog.Target) bool { return reach(t, s) == 0 })
	slices.SortStableFunc(targets, func(a, b *catalog.Target) int {
		return cmp.Or(reach(a, s)-reach(b, s), b.First().At.Start.Compare(a.First().At.Start))
	})
	return targets
}

// reach is how far a target reaches beyond a place that it holds for: 1 not at all, 2 over its region, 3 over England or all footprints. It is 0
// where it does not hold there.
func reach(t *catalog.Target, s Scope) int {
	of := func(place string) bool { return slices.Contains(t.Places, place) }
	switch {
	case s.Footprint == nil && s.Code == footprint.England && of(catalog.EnglandPlace):
		return 3
	case s.Footprint == nil:
		return 0
	case of(s.Code):
		return 1
	case of(s.Footprint.Region.Name):
		return 2
	case of(catalog.FootprintsPlace):
		return 3
	}
	return 0
}

// SignalOf is what the figures of a measure in a place tell of its latest period.
func (c *Composer) SignalOf(ctx context.Context, asOf AsOf, m *catalog.Measure, s Scope) (measure.Signal, error) {
	if s.Organisation == nil {
		all, err := c.standings(ctx, asOf, m, catalog.Period{})
		if now := all.of(m, s); err != nil || now.Signal != nil {
			return *cmp.Or(now.Signal, &measure.Signal{}), err
		}
	}
	points, err := c.Series(ctx, asOf, m, s, figures.Range{})
	if err != nil || len(points) == 0 {
		return measure.Signal{Chart: measure.Chart{Chart: &spc.Chart{}}}, err
	}
	return measure.NewSignal(m, c.TargetsOf(m, s), points, nil, points[len(points)-1].Period)
}
