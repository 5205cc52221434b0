package figures

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/sync/errgroup"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// Latest is the newest period of a measure and the newest load of figures for it.
type Latest struct {
	Period time.Time
	Load   uint64
}

// RegisteredPatientsID is the measure that rates per 1,000 divide by.
const RegisteredPatientsID = catalog.RegisteredPatients

// RegisteredQuarter begins the quarter whose registrations tell how large places are, the one after the 44 were drawn. Rates divide by those of
// their own quarter.
var RegisteredQuarter = time.Date(2016, time.January, 1, 0, 0, 0, 0, time.UTC)

// MeasureAsOf finds a measure as it was defined at the moment asked for.
func (f *Figures) MeasureAsOf(ctx context.Context, id string, asOf Moment) (*catalog.Measure, error) {
	m, err := f.directory.FindMeasure(id)
	if err != nil || asOf.Text == "" {
		return m, err
	}
	return Remember(ctx, f.memory, asOf, "definition "+id+" "+m.Hash(), func(ctx context.Context) (*catalog.Measure, error) {
		then, err := f.store.MeasureAsOf(ctx, asOf.Bound, m)
		if err == nil && then.Hash() == m.Hash() {
			return m, nil
		}
		return then, err
	})
}

// Series are the points of one measure of one place.
func (f *Figures) Series(ctx context.Context, asOf Moment, m *catalog.Measure, s Area, r Range) ([]measure.Point, error) {
	if s.Organisation != nil {
		return f.OrganisationSeries(ctx, asOf, m, s.Code, r)
	}
	if s.Region != nil {
		points, err := f.regionPoints(ctx, asOf, m, *s.Region)
		return measure.Within(points, r.From, r.To), err
	}
	all, err := f.Points(ctx, asOf, m)
	return measure.Within(all[s.Code], r.From, r.To), err
}

// OrganisationSeries are the points of one measure of one organisation.
func (f *Figures) OrganisationSeries(ctx context.Context, asOf Moment, m *catalog.Measure, organisation string, r Range) ([]measure.Point, error) {
	if base := m.Base(); base != nil {
		points, err := f.OrganisationSeries(ctx, asOf, base, organisation, Range{})
		return measure.Within(measure.Derive(m, points, BreaksOf(m, organisation), measure.People{}), r.From, r.To), err
	}
	values, err := f.store.OrganisationSeries(ctx, asOf.Bound, m, organisation, r)
	if err != nil {
		return nil, err
	}
	people, err := f.peopleOf(ctx, asOf, m, organisation)
	points := make([]measure.Point, len(values))
	for i, v := range values {
		points[i] = measure.NewPoint(m, v, people)
	}
	return points, err
}

// LatestPeriod is the newest period of any place; without one it has no start.
func LatestPeriod(places map[string][]measure.Point, grain catalog.Grain) catalog.Period {
	latest := catalog.Period{Grain: grain}
	for _, points := range places {
		for _, p := range points {
			if p.Period.Start.After(latest.Start) {
				latest = p.Period
			}
		}
	}
	return latest
}

// Points holds points by place, in the order of time.
type Points map[string][]measure.Point

// Points are those of a measure in all places.
func (f *Figures) Points(ctx context.Context, asOf Moment, m *catalog.Measure) (Points, error) {
	return Remember(ctx, f.memory, asOf, "points "+m.ID+" "+m.Hash(), func(ctx context.Context) (Points, error) {
		people, err := f.people(ctx, asOf, m)
		if err != nil {
			return nil, err
		}
		t := Points{}
		if base := m.Base(); base != nil {
			of, err := f.Points(ctx, asOf, base)
			if err != nil {
				return nil, err
			}
			breaks, err := f.Breaks(ctx, asOf, m)
			for place, points := range of {
				t[place] = measure.Derive(m, points, breaks[place], people(place))
			}
			return t, err
		}
		values, err := f.store.Values(ctx, asOf.Bound, []string{m.ID}, nil, Range{})
		for _, v := range values {
			t[v.Footprint] = append(t[v.Footprint], measure.NewPoint(m, v, people(v.Footprint)))
		}
		return t, err
	})
}

// PointsOf are the points of several measures, by the measure's id.
func (f *Figures) PointsOf(ctx context.Context, asOf Moment, measures []*catalog.Measure) (map[string]Points, error) {
	tables := make([]Points, len(measures))
	questions, ctx := errgroup.WithContext(ctx)
	questions.SetLimit(4)
	for i, m := range measures {
		questions.Go(func() (err error) {
			tables[i], err = f.Points(ctx, asOf, m)
			return err
		})
	}
	err := questions.Wait()
	byMeasure := map[string]Points{}
	for i, m := range measures {
		byMeasure[m.ID] = tables[i]
	}
	return byMeasure, err
}

// RegisteredPatients are those registered with each place in the quarter that tells of its size, by its code.
func (f *Figures) RegisteredPatients(ctx context.Context, asOf Moment) (map[string]decimal.NullDecimal, error) {
	return Remember(ctx, f.memory, asOf, "registered patients", func(ctx context.Context) (map[string]decimal.NullDecimal, error) {
		values, err := f.store.Values(ctx, asOf.Bound, []string{RegisteredPatientsID}, nil, Range{From: RegisteredQuarter, To: RegisteredQuarter})
		patients := map[string]decimal.NullDecimal{}
		for _, v := range values {
			patients[v.Footprint] = v.Numerator
		}
		return patients, err
	})
}

// Breaks are the periods in which the organisations of a place changed so much that its series breaks, or from which one of them counts
// something else, by place.
func (f *Figures) Breaks(ctx context.Context, asOf Moment, m *catalog.Measure) (map[string][]measure.MembershipBreak, error) {
	stored := m.Stored()
	if m.Level == catalog.ByEngland {
		return nil, nil
	}
	return Remember(ctx, f.memory, asOf, "breaks "+m.ID+" "+m.Hash(), func(ctx context.Context) (map[string][]measure.MembershipBreak, error) {
		breaks := map[string][]measure.MembershipBreak{}
		if m.Grain.Months() != 12 {
			amounts, err := f.amounts(ctx, asOf, stored)
			if err != nil {
				return nil, err
			}
			breaks = measure.MembershipBreaks(m.Grain, amounts, f.directory.Reference)
		}
		if len(m.OrganisationBreaks) > 0 {
			for _, s := range f.directory.Areas() {
				if found := measure.WithSteps(m, breaks[s.Code], f.within(s.Code)); len(found) > 0 {
					breaks[s.Code] = found
				}
			}
		}
		return breaks, nil
	})
}

// within tells whether an organisation belongs to a footprint, or may: where it does not, its steps are none of the footprint's, and a merger
// is one only as the memberships tell. Those of single organisations are far too small to break the series of England.
func (f *Figures) within(footprint string) func(organisation string, b catalog.OrganisationBreak, from catalog.Period) bool {
	return func(organisation string, b catalog.OrganisationBreak, from catalog.Period) bool {
		return !b.Merger && slices.Contains(f.directory.Reference.MayBelong(organisation, from.Start), footprint)
	}
}

// BreaksOf are those of one organisation: the steps that were confirmed of it.
func BreaksOf(m *catalog.Measure, organisation string) []measure.MembershipBreak {
	return measure.WithSteps(m, nil, func(of string, _ catalog.OrganisationBreak, _ catalog.Period) bool { return of == organisation })
}

// amounts are those of all organisations in all periods; nothing in known gaps.
func (f *Figures) amounts(ctx context.Context, asOf Moment, m *catalog.Measure) ([]measure.Amount, error) {
	published, err := f.publishedAmounts(ctx, asOf, m)
	if len(m.KnownGaps) == 0 {
		return published, err
	}
	amounts := slices.Clone(published)
	for i, a := range amounts {
		if m.Gap(a.Organisation, catalog.Period{Start: a.Period, Grain: m.Grain}) != nil {
			amounts[i].Amount, amounts[i].Missing = decimal.Decimal{}, true
		}
	}
	return amounts, err
}

// publishedAmounts are those of all organisations in all periods.
func (f *Figures) publishedAmounts(ctx context.Context, asOf Moment, m *catalog.Measure) ([]measure.Amount, error) {
	return Remember(ctx, f.memory, asOf, "amounts "+m.ID+" "+m.Hash(), func(ctx context.Context) ([]measure.Amount, error) {
		return f.store.Amounts(ctx, asOf.Bound, m)
	})
}
