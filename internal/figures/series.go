package figures

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

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

// Definition is one of a measure as it was kept when values were made by it.
type Definition struct{ Hash, Body string }

// MeasureAsOf finds a measure as it was defined when its values were made; the present one where it had none.
func (f *series) MeasureAsOf(ctx context.Context, id string, asOf Moment) (*catalog.Measure, error) {
	m, err := f.directory.FindMeasure(id)
	if err != nil || asOf.Text == "" {
		return m, err
	}
	return Remember(ctx, f.memory, asOf, aboutMeasure("definition", m), func(ctx context.Context) (*catalog.Measure, error) {
		definitions, err := Remember(ctx, f.memory, asOf, "definitions", func(ctx context.Context) (map[string]Definition, error) {
			return f.store.Definitions(ctx, asOf.Bound)
		})
		made, ok := definitions[m.ID]
		if err != nil || !ok || made.Hash == m.Hash() {
			return m, err
		}
		then, err := catalog.ParseMeasure(made.Body)
		if err == nil && then.Hash() == m.Hash() {
			return m, nil
		}
		return then, err
	})
}

// Series are the points of one measure of one place.
func (f *series) Series(ctx context.Context, asOf Moment, m *catalog.Measure, s Area, r Range) ([]measure.Point, error) {
	if s.Organisation != nil {
		return f.OrganisationSeries(ctx, asOf, m, s.Code, r)
	}
	if s.Region != nil {
		points, err := f.regionPoints(ctx, asOf, m, *s.Region)
		return measure.Within(points, r.From, r.To), err
	}
	all, err := f.Points(ctx, asOf, m)
	return measure.Within(all.Of(s.Code), r.From, r.To), err
}

// OrganisationSeries are the points of one measure of one organisation.
func (f *series) OrganisationSeries(ctx context.Context, asOf Moment, m *catalog.Measure, organisation string, r Range) ([]measure.Point, error) {
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

// Points are those of a measure in all places. They are kept packed, as there are many.
type Points struct {
	places map[string]measure.Packed
	latest time.Time // the newest period of any place
}

func newPoints(places map[string][]measure.Point) Points {
	all := Points{places: make(map[string]measure.Packed, len(places))}
	for place, points := range places {
		all = all.with(place, points)
	}
	return all
}

// with adds the points of one more place.
func (p Points) with(place string, points []measure.Point) Points {
	p.places[place] = measure.Pack(points)
	if len(points) > 0 && points[len(points)-1].Period.Start.After(p.latest) {
		p.latest = points[len(points)-1].Period.Start
	}
	return p
}

// Of are the points of one place, in the order of time.
func (p Points) Of(place string) []measure.Point { return p.places[place].Points() }

// ByPlace are those of every place by its code.
func (p Points) ByPlace() map[string][]measure.Point {
	all := make(map[string][]measure.Point, len(p.places))
	for place, packed := range p.places {
		all[place] = packed.Points()
	}
	return all
}

// Latest is the newest period of any place; without one it has no start.
func (p Points) Latest(grain catalog.Grain) catalog.Period {
	return catalog.Period{Start: p.latest, Grain: grain}
}

// Points are those of a measure in all places.
func (f *series) Points(ctx context.Context, asOf Moment, m *catalog.Measure) (Points, error) {
	return Remember(ctx, f.memory, asOf, aboutMeasure("points", m), func(ctx context.Context) (Points, error) {
		base := m.Base()
		if base == nil {
			stored, err := f.storedPoints(ctx, asOf, []*catalog.Measure{m})
			return stored[m.ID], err
		}
		people, err := f.people(ctx, asOf, m)
		if err != nil {
			return Points{}, err
		}
		of, err := f.Points(ctx, asOf, base)
		if err != nil {
			return Points{}, err
		}
		breaks, err := f.Breaks(ctx, asOf, m)
		derived := map[string][]measure.Point{}
		for place, points := range of.ByPlace() {
			derived[place] = measure.Derive(m, points, breaks[place], people[place])
		}
		return newPoints(derived), err
	})
}

// storedPoints asks for the points of measures that are stored, by the measure's id.
func (f *series) storedPoints(ctx context.Context, asOf Moment, measures []*catalog.Measure) (map[string]Points, error) {
	of, people, all := map[string]*catalog.Measure{}, map[string]map[string]measure.People{}, map[string]Points{}
	for _, m := range measures {
		var err error
		if people[m.ID], err = f.people(ctx, asOf, m); err != nil {
			return nil, err
		}
		of[m.ID], all[m.ID] = m, newPoints(nil)
	}
	var points []measure.Point // of one measure and place, which come one after the other
	var last measure.Value
	keep := func() {
		if len(points) > 0 {
			all[last.Measure] = all[last.Measure].with(last.Footprint, points)
		}
		points = points[:0]
	}
	err := f.store.EachValue(ctx, asOf.Bound, slices.Sorted(maps.Keys(of)), nil, Range{}, func(v measure.Value) error {
		if v.Measure != last.Measure || v.Footprint != last.Footprint {
			keep()
		}
		last, points = v, append(points, measure.NewPoint(of[v.Measure], v, people[v.Measure][v.Footprint]))
		return nil
	})
	keep()
	return all, err
}

// PointsOf are the points of several measures, by the measure's id.
func (f *series) PointsOf(ctx context.Context, asOf Moment, measures []*catalog.Measure) (map[string]Points, error) {
	byMeasure, err := f.askTogether(ctx, asOf, measures, measures) // movements for those that are derived, and for signals
	if err != nil {
		return nil, err
	}
	for _, m := range measures {
		if byMeasure[m.ID], err = f.Points(ctx, asOf, m); err != nil {
			return nil, err
		}
	}
	return byMeasure, nil
}

// askTogether asks for what is stored of several measures, and for the movements of some of them, in as few questions as may be.
func (f *series) askTogether(ctx context.Context, asOf Moment, measures, moving []*catalog.Measure) (map[string]Points, error) {
	stored := storedOf(measures)
	byMeasure, err := rememberEach(
		ctx,
		f.memory,
		asOf,
		"points",
		stored,
		len(stored),
		func(ctx context.Context, some []*catalog.Measure) (map[string]Points, error) {
			return f.storedPoints(ctx, asOf, some)
		},
	)
	if err != nil {
		return nil, err
	}
	_, err = f.moves(ctx, asOf, slices.DeleteFunc(storedOf(moving), func(m *catalog.Measure) bool { return !hasMembers(m) }))
	return byMeasure, err
}

// storedOf are the measures that some go back to, each once.
func storedOf(measures []*catalog.Measure) []*catalog.Measure {
	var stored []*catalog.Measure
	for _, m := range measures {
		if m = m.Stored(); !slices.Contains(stored, m) {
			stored = append(stored, m)
		}
	}
	return stored
}

// RegisteredPatients are those registered with each place in the quarter that tells of its size, by its code.
func (f *series) RegisteredPatients(ctx context.Context, asOf Moment) (map[string]decimal.NullDecimal, error) {
	return Remember(ctx, f.memory, asOf, "registered patients", func(ctx context.Context) (map[string]decimal.NullDecimal, error) {
		patients := map[string]decimal.NullDecimal{}
		quarter := Range{From: RegisteredQuarter, To: RegisteredQuarter}
		return patients, f.store.EachValue(ctx, asOf.Bound, []string{RegisteredPatientsID}, nil, quarter, func(v measure.Value) error {
			patients[v.Footprint] = v.Numerator
			return nil
		})
	})
}

// Breaks are the periods in which the organisations of a place changed so much that its series breaks, or from which one of them counts
// something else, by place.
func (f *series) Breaks(ctx context.Context, asOf Moment, m *catalog.Measure) (map[string][]measure.MembershipBreak, error) {
	if m.Level == catalog.ByEngland {
		return nil, nil
	}
	breaks := map[string][]measure.MembershipBreak{}
	if stored := m.Stored(); hasMembers(stored) {
		all, err := f.moves(ctx, asOf, []*catalog.Measure{stored})
		if err != nil || len(m.OrganisationBreaks) == 0 {
			return all[stored.ID].breaks, err
		}
		maps.Copy(breaks, all[stored.ID].breaks)
	}
	if len(m.OrganisationBreaks) > 0 {
		for _, s := range f.directory.Areas() {
			if found := measure.WithSteps(m, breaks[s.Code], f.within(s.Code)); len(found) > 0 {
				breaks[s.Code] = found
			}
		}
	}
	return breaks, nil
}

// movement is what the amounts of a measure tell of organisations that came and went; the amounts are many and are not kept.
type movement struct {
	breaks map[string][]measure.MembershipBreak // by place
	latest time.Time                            // the newest period of any amount
	apart  []measure.Amount                     // those of that period and of the one a year before
}

// hasMembers tells whether the figures of a measure are those of organisations, which may come and go.
func hasMembers(m *catalog.Measure) bool { return m.Level != catalog.ByEngland }

// breaksOfMoves finds the breaks in the amounts of a measure. What is stated once a year, such as a debt, does not come and go with the work: there
// only organisations that moved from one footprint to another break a series.
func (f *series) breaksOfMoves(m *catalog.Measure, amounts []measure.Amount) map[string][]measure.MembershipBreak {
	found := measure.MembershipBreaks(m.Grain, amounts, f.directory.Reference)
	if m.Grain.Months() != 12 {
		return found
	}
	for place, breaks := range found {
		found[place] = slices.DeleteFunc(breaks, func(b measure.MembershipBreak) bool {
			return !slices.ContainsFunc(b.Moves, func(move measure.Move) bool { return f.directory.Reference.Moved(move.Organisation) })
		})
	}
	return found
}

// maxAmounts is of how many measures amounts are read at once.
const maxAmounts = 8

// moves are the movements of some measures that have them, by the measure's id.
func (f *series) moves(ctx context.Context, asOf Moment, measures []*catalog.Measure) (map[string]movement, error) {
	return rememberEach(ctx, f.memory, asOf, "moves", measures, maxAmounts, func(ctx context.Context, some []*catalog.Measure) (map[string]movement, error) {
		amounts, err := f.amounts(ctx, asOf, some, Range{})
		found := map[string]movement{}
		for _, m := range some {
			moved := movement{breaks: f.breaksOfMoves(m, amounts[m.ID])}
			for _, a := range amounts[m.ID] {
				if a.Period.After(moved.latest) {
					moved.latest = a.Period
				}
			}
			moved.apart = apart(amounts[m.ID], catalog.Period{Start: moved.latest, Grain: m.Grain})
			found[m.ID] = moved
		}
		return found, err
	})
}

// amounts are those of some measures of all organisations in some periods, by the measure's id; nothing in known gaps.
func (f *series) amounts(ctx context.Context, asOf Moment, measures []*catalog.Measure, r Range) (map[string][]measure.Amount, error) {
	all, err := f.store.Amounts(ctx, asOf.Bound, measures, r)
	for _, m := range measures {
		for i, a := range all[m.ID] {
			if len(m.KnownGaps) > 0 && m.Gap(a.Organisation, catalog.Period{Start: a.Period, Grain: m.Grain}) != nil {
				all[m.ID][i].Amount, all[m.ID][i].Missing = 0, true
			}
		}
	}
	return all, err
}

// within tells whether an organisation belongs to a footprint, or may: where it does not, its steps are none of the footprint's, and a merger
// is one only as the memberships tell. Those of single organisations are far too small to break the series of England.
func (f *series) within(footprint string) func(organisation string, b catalog.OrganisationBreak, from catalog.Period) bool {
	return func(organisation string, b catalog.OrganisationBreak, from catalog.Period) bool {
		return !b.Merger && slices.Contains(f.directory.Reference.MayBelong(organisation, from.Start), footprint)
	}
}

// BreaksOf are those of one organisation: the steps that were confirmed of it.
func BreaksOf(m *catalog.Measure, organisation string) []measure.MembershipBreak {
	return measure.WithSteps(m, nil, func(of string, _ catalog.OrganisationBreak, _ catalog.Period) bool { return of == organisation })
}
