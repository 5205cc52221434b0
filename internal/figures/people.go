package figures

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// peopleDefined is the measure whose counts the figures of another are divided by, as it was defined at the moment; nil where there is none.
func (f *series) peopleDefined(ctx context.Context, asOf Moment, m *catalog.Measure) (*catalog.Measure, error) {
	id := m.People()
	if _, known := f.directory.Catalog.Measure(id); !known {
		return nil, nil // definitions of one's own need not have it
	}
	return f.MeasureAsOf(ctx, id, asOf)
}

// people tells, of each footprint and of England, the counts that the figures of a measure are divided by.
func (f *series) people(ctx context.Context, asOf Moment, m *catalog.Measure) (map[string]measure.People, error) {
	of, err := f.peopleDefined(ctx, asOf, m)
	if err != nil || of == nil {
		return nil, err
	}
	// Councils are placed by the footprints of one day, patients by those of their quarter, but for the one that is stated by footprint, as these have
	// been since that day.
	apart, rates := PlacedApart(m, of), !m.DividedByOwnPeriods() // of people are no rates: they are of that quarter themselves
	question := fmt.Sprint("people ", of.ID, " ", of.Hash(), " ", apart, " ", rates)
	return Remember(ctx, f.memory, asOf, question, func(ctx context.Context) (map[string]measure.People, error) {
		counts, err := f.Points(ctx, asOf, of)
		people := map[string]measure.People{}
		for place, points := range counts.ByPlace() {
			if of.ID == RegisteredPatientsID && rates {
				points = slices.DeleteFunc(points, func(p measure.Point) bool {
					stated := p.Period.Start.Equal(RegisteredQuarter)
					return stated != apart && !f.directory.OfCouncils(place, p.Period.Start)
				})
			}
			people[place] = peopleCounted(of, points)
		}
		return people, err
	})
}

// PlacedApart tells whether the figures of a measure are placed as councils are, and the people that they are divided by as commissioners are.
func PlacedApart(m, people *catalog.Measure) bool {
	return m.Stored().Level == catalog.ByCouncil && people.Level == catalog.ByCommissioner
}

// OfCouncils tells whether the commissioners of a place on a day are those by whose areas councils are placed.
func (d *Directory) OfCouncils(place string, on time.Time) bool {
	return d.Reference.SameArea(place, on, footprint.CouncilsPlaced)
}

// peopleIn are the counts of a region, the sums of its footprints.
func (f *series) peopleIn(ctx context.Context, asOf Moment, m *catalog.Measure, r footprint.Region) (measure.People, error) {
	of, err := f.peopleDefined(ctx, asOf, m)
	if err != nil || of == nil {
		return measure.People{}, err
	}
	counts, err := f.regionPoints(ctx, asOf, of, r)
	return peopleCounted(of, counts), err
}

// peopleOf are the counts of an organisation. One that took over work, or gave some up, has none: its counts may be of other boundaries than its
// figures, as those of Dorset in mid-2018 are. Nor has any for rates per 1,000, which compare areas.
func (f *series) peopleOf(ctx context.Context, asOf Moment, m *catalog.Measure, organisation string) (measure.People, error) {
	if !m.DividedByOwnPeriods() || f.changedWork(organisation) {
		return measure.People{}, nil
	}
	of, err := f.peopleDefined(ctx, asOf, m)
	if err != nil || of == nil {
		return measure.People{}, err
	}
	counts, err := f.OrganisationSeries(ctx, asOf, of, organisation, Range{})
	return peopleCounted(of, counts), err
}

// peopleByOrganisation are the counts of every organisation by a definition, as peopleOf has them of one.
func (f *series) peopleByOrganisation(ctx context.Context, asOf Moment, of *catalog.Measure) (map[string]measure.People, error) {
	counts := map[string][]measure.Point{}
	err := f.store.EachOrganisationFigure(ctx, asOf.Bound, []*catalog.Measure{of}, Range{}, func(organisation string, v measure.Value) error {
		if !f.changedWork(organisation) {
			counts[organisation] = append(counts[organisation], measure.NewPoint(of, v, measure.People{}))
		}
		return nil
	})
	people := map[string]measure.People{}
	for organisation, points := range counts {
		people[organisation] = peopleCounted(of, points)
	}
	return people, err
}

// changedWork tells whether an organisation took over work or gave some up.
func (f *series) changedWork(organisation string) bool {
	r := f.directory.Reference
	return len(r.Successions(organisation))+len(r.SuccessionsTo(organisation)) > 0
}

// peopleCounted are counts of people by a definition. One that does not say how far a count is carried forward is of before there were counts of
// several periods: that of the one quarter stood for all.
func peopleCounted(of *catalog.Measure, counts []measure.Point) measure.People {
	if of.CarriedForward == 0 {
		one := measure.NewPeople(of, measure.Within(counts, RegisteredQuarter, RegisteredQuarter))
		one.ForAll = true
		return one
	}
	return measure.NewPeople(of, counts)
}
