package figures

import (
	"context"
	"slices"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// regionPoints are the points of a measure in a region: the sum of its footprints.
func (f *series) regionPoints(ctx context.Context, asOf Moment, m *catalog.Measure, r footprint.Region) ([]measure.Point, error) {
	return Remember(ctx, f.memory, asOf, "region "+r.Code+" "+m.ID+" "+m.Hash(), func(ctx context.Context) ([]measure.Point, error) {
		people, err := f.peopleIn(ctx, asOf, m, r)
		if err != nil {
			return nil, err
		}
		if base := m.Base(); base != nil {
			points, err := f.regionPoints(ctx, asOf, base, r)
			if err != nil {
				return nil, err
			}
			breaks, err := f.regionBreaks(ctx, asOf, m, r)
			return measure.Derive(m, points, breaks, people), err
		}
		all, err := f.Points(ctx, asOf, m)
		var places [][]measure.Point
		for _, code := range f.directory.FootprintsIn(r) {
			places = append(places, all.Of(code))
		}
		return measure.Region(m, places, all.Of(footprint.England), people), err
	})
}

// regionBreaks are those of the footprints of a region. It goes on where one organisation counts something else, for which it is too large.
func (f *series) regionBreaks(ctx context.Context, asOf Moment, m *catalog.Measure, r footprint.Region) ([]measure.MembershipBreak, error) {
	breaks, err := f.Breaks(ctx, asOf, m)
	var all []measure.MembershipBreak
	for _, code := range f.directory.FootprintsIn(r) {
		for _, b := range breaks[code] {
			if len(b.Moves) > 0 {
				b.Steps = nil
				all = append(all, b)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b measure.MembershipBreak) int { return a.From.Start.Compare(b.From.Start) })
	return all, err
}

// breaksOf are those of one area or organisation.
func (f *series) breaksOf(ctx context.Context, asOf Moment, m *catalog.Measure, s Area) ([]measure.MembershipBreak, error) {
	switch {
	case s.Region != nil:
		return f.regionBreaks(ctx, asOf, m, *s.Region)
	case s.Organisation != nil:
		return BreaksOf(m, s.Code), nil
	}
	breaks, err := f.Breaks(ctx, asOf, m)
	return breaks[s.Code], err
}
