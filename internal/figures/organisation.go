package figures

import (
	"context"
	"slices"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// OrganisationMeasures are the points of the headline measures of which an organisation has figures, or is named as having none, by the
// measure's id.
func (f *series) OrganisationMeasures(ctx context.Context, asOf Moment, o footprint.Organisation) (map[string][]measure.Point, error) {
	return Remember(ctx, f.memory, asOf, "organisation "+o.Code, func(ctx context.Context) (map[string][]measure.Point, error) {
		headlines := slices.DeleteFunc(f.directory.Catalog.Headlines(), func(m *catalog.Measure) bool { return !States(o, m) })
		defined := map[string]*catalog.Measure{} // as of the moment
		var stored []*catalog.Measure
		for _, m := range headlines {
			if m = m.Stored(); defined[m.ID] != nil {
				continue
			}
			then, err := f.MeasureAsOf(ctx, m.ID, asOf)
			if err != nil {
				return nil, err
			}
			defined[m.ID], stored = then, append(stored, then)
		}
		all := map[string][]measure.Point{}
		if len(stored) == 0 {
			return all, nil
		}
		values, err := f.store.OrganisationFigures(ctx, asOf.Bound, stored, o.Code, Range{})
		if err != nil {
			return nil, err
		}
		people := map[string]measure.People{}
		for _, m := range stored {
			if people[m.ID], err = f.peopleOf(ctx, asOf, m, o.Code); err != nil {
				return nil, err
			}
		}
		points := map[string][]measure.Point{}
		for _, v := range values {
			points[v.Measure] = append(points[v.Measure], measure.NewPoint(defined[v.Measure], v, people[v.Measure]))
		}
		for _, m := range headlines {
			if of := derived(m, points, o.Code); len(of) > 0 {
				all[m.ID] = of
			}
		}
		return all, nil
	})
}

// derived are the points of a measure of an organisation, worked out from the stored ones.
func derived(m *catalog.Measure, stored map[string][]measure.Point, organisation string) []measure.Point {
	base := m.Base()
	if base == nil {
		return stored[m.ID]
	}
	points := derived(base, stored, organisation)
	if len(points) == 0 {
		return nil
	}
	return measure.Derive(m, points, BreaksOf(m, organisation), measure.People{})
}

// States tells whether figures of a measure are published for organisations of this kind.
func States(o footprint.Organisation, m *catalog.Measure) bool {
	states, _ := m.StatedBy(string(o.Kind))
	if !states && o.Also != "" {
		states, _ = m.StatedBy(string(o.Also))
	}
	return states
}
