package figures

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/sync/errgroup"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/rates"
	"stpdash/internal/spc"
)

// LatestFigure is one measure of one place in its latest period and a year before.
type LatestFigure struct {
	Measure *catalog.Measure
	Area    Area
	Period  catalog.Period
	Now     measure.Point
	Before  *measure.Point // nil when there is none
	Change  decimal.NullDecimal
	// Apart is why the two do not compare, so that there is no change to state; empty where they do, or where there are not two.
	Apart  NoChange
	Signal *measure.Signal // nil of the unallocated, into which organisations come and from which they go
	// Stopped are the organisations that had a notable part of the figure a year before and no longer report.
	Stopped []Stopped
	Beside  // of a footprint
}

// Overview is the latest figure of every footprint, of England and of the unallocated, for the measures given in a period, the latest where
// it is zero.
func (f *standing) Overview(ctx context.Context, asOf Moment, measures []*catalog.Measure, period catalog.Period) ([]LatestFigure, error) {
	each := make([]LatestFigures, len(measures))
	questions, ctx := errgroup.WithContext(ctx)
	questions.SetLimit(4)
	for i, m := range measures {
		questions.Go(func() (err error) {
			each[i], err = f.LatestFigures(ctx, asOf, m, period)
			return err
		})
	}
	err := questions.Wait()
	var all []LatestFigure
	for _, s := range each {
		all = append(all, s.Places...)
	}
	return all, err
}

// LatestFigures are those of all places for one measure in one period, with the footprints beside each other.
type LatestFigures struct {
	Places     []LatestFigure // none where the measure has no figure
	Comparison measure.Comparison
}

// Of is the latest figure of a place, an empty one where the measure has no figure for it.
func (all LatestFigures) Of(m *catalog.Measure, s Area) LatestFigure {
	i := slices.IndexFunc(all.Places, func(st LatestFigure) bool { return st.Area.Code == s.Code })
	if i < 0 {
		return LatestFigure{Measure: m, Area: s}
	}
	return all.Places[i]
}

// LatestFigures are those for one measure as they were in a period, the latest where it is zero: what came later tells nothing of it.
func (f *standing) LatestFigures(ctx context.Context, asOf Moment, m *catalog.Measure, period catalog.Period) (LatestFigures, error) {
	return Remember(ctx, f.memory, asOf, fmt.Sprint("latest ", m.ID, m.Hash(), period.Start), func(ctx context.Context) (LatestFigures, error) {
		all := LatestFigures{}
		known, err := f.Points(ctx, asOf, m)
		if err != nil {
			return all, err
		}
		if period.Start.IsZero() {
			period = known.Latest(m.Grain)
		}
		if period.Start.IsZero() {
			return all, nil
		}
		points := known.ByPlace()
		before := map[string]measure.Point{}
		for place, all := range points {
			if p, ok := measure.At(all, period.YearBefore().Start); ok {
				before[place] = p
			}
		}
		stopped, err := f.stopped(ctx, asOf, m, period, before)
		if err != nil {
			return all, err
		}
		breaks, err := f.Breaks(ctx, asOf, m)
		if err != nil {
			return all, err
		}
		for _, s := range f.directory.Areas() {
			if !Stated(m, s) {
				continue
			}
			until := measure.Within(points[s.Code], time.Time{}, period.Start)
			figure := LatestFigure{Measure: m, Area: s, Period: period, Now: measure.Point{Period: period}, Stopped: stopped[s.Code]}
			if p, ok := measure.At(until, period.Start); ok {
				figure.Now = p
			}
			if p, ok := before[s.Code]; ok {
				figure.Before = &p
				if figure.Apart = apartBy(m, breaks[s.Code], p.Period, period); figure.Apart.Code == "" {
					figure.Change = measure.Change(m, figure.Now.Value, p.Value)
				}
			}
			if s.Code != footprint.Unallocated {
				charted, err := measure.NewSignal(m, f.directory.TargetsOf(m, s), until, breaks[s.Code], period)
				if err != nil {
					return all, err
				}
				signal := charted.Signal // its chart is large, and is not kept
				figure.Signal = &signal
			}
			all.Places = append(all.Places, figure)
		}
		all.Comparison, err = compared(f.directory.Reference, m, points, period)
		for i := range all.Places {
			if s := &all.Places[i]; s.Area.Footprint != nil {
				s.Beside = besideAt(f.directory.Reference, all.Comparison, s.Area.Code)
			}
		}
		return all, err
	})
}

// LastWhole is the latest figure of a place, or where that is not whole its last whole one, as it was in that period: the one that a row at a
// glance shows and that a target is set against. A place that has none keeps what it has.
func (f *standing) LastWhole(ctx context.Context, asOf Moment, s LatestFigure) (LatestFigure, error) {
	if s.Now.Value.Valid {
		return s, nil
	}
	all, err := f.Points(ctx, asOf, s.Measure)
	if err != nil {
		return s, err
	}
	for _, p := range slices.Backward(measure.Within(all.Of(s.Area.Code), time.Time{}, s.Period.Start)) {
		if p.Value.Valid {
			then, err := f.LatestFigures(ctx, asOf, s.Measure, p.Period)
			return then.Of(s.Measure, s.Area), err
		}
	}
	return s, nil
}

// apartBy is why the figures of two periods of a place do not compare: something else is counted, or so many organisations came or went. It is empty
// where they do. Figures that are worked out over such a change have no value already.
func apartBy(m *catalog.Measure, breaks []measure.MembershipBreak, from, until catalog.Period) NoChange {
	if m.BreaksWithin(from, until) {
		return NoChange{Code: CountedAnew}
	}
	for _, b := range breaks {
		if b.From.Start.After(from.Start) && !b.From.Start.After(until.Start) {
			return NoChange{Code: MembersChanged, Break: &b}
		}
	}
	return NoChange{}
}

// compared sets the 44 beside each other in one period, in the order of their names.
func compared(r *footprint.Reference, m *catalog.Measure, points map[string][]measure.Point, period catalog.Period) (measure.Comparison, error) {
	var places []measure.Point
	for _, f := range r.Footprints() {
		at, _ := measure.At(points[f.Code], period.Start)
		places = append(places, at)
	}
	return measure.Compare(m, places)
}

// Beside is where a footprint stands among all of them in a period.
type Beside struct {
	// Rank and Fifth place its rate, share or value per 1,000 among the Of that have one: 1 is the lowest; 0 where there is none.
	Rank, Fifth, Of int
	// Funnel holds it against all of them together; nil where counts do not compare.
	Funnel *rates.FunnelUnit
}

func besideAt(r *footprint.Reference, all measure.Comparison, code string) Beside {
	i := slices.IndexFunc(r.Footprints(), func(f footprint.Footprint) bool { return f.Code == code })
	b := Beside{Rank: all.Ranks[i], Fifth: all.Fifths[i], Of: all.Of}
	if all.Funnel != nil {
		b.Funnel = &all.Funnel.Units[i]
	}
	return b
}

// BesideOthers is where a footprint stands among all of them in each of its periods, with the value of England, by the period.
func (f *standing) BesideOthers(ctx context.Context, asOf Moment, m *catalog.Measure, s Area) (map[catalog.Period]Beside, Points, error) {
	points, err := f.Points(ctx, asOf, m)
	if err != nil || s.Footprint == nil {
		return nil, points, err
	}
	all, places := map[catalog.Period]Beside{}, points.ByPlace()
	for _, p := range places[s.Code] {
		compared, err := compared(f.directory.Reference, m, places, p.Period)
		if err != nil {
			return nil, points, err
		}
		all[p.Period] = besideAt(f.directory.Reference, compared, s.Code)
	}
	return all, points, nil
}

// JudgedPeriod is the period whose figure the variation is of.
func (s *LatestFigure) JudgedPeriod() catalog.Period {
	if s.Signal.Of.Start.IsZero() {
		return s.Period
	}
	return s.Signal.Of
}

// SignalOf is what the figures of a measure in a place tell of a period, the latest where it is zero, with its chart.
func (f *standing) SignalOf(ctx context.Context, asOf Moment, m *catalog.Measure, s Area, period catalog.Period) (measure.Charted, error) {
	none := measure.Charted{Chart: measure.Chart{Chart: &spc.Chart{}}}
	points, err := f.Series(ctx, asOf, m, s, Range{To: period.Start})
	if err != nil || len(points) == 0 {
		return none, err
	}
	switch {
	case !period.Start.IsZero():
	case s.Organisation != nil || s.Region != nil:
		period = points[len(points)-1].Period
	default:
		all, err := f.Points(ctx, asOf, m)
		if err != nil {
			return none, err
		}
		period = all.Latest(m.Grain)
	}
	breaks, err := f.breaksOf(ctx, asOf, m, s)
	if err != nil {
		return none, err
	}
	return measure.NewSignal(m, f.directory.TargetsOf(m, s), points, breaks, period)
}

// CountStates counts the states of the places whose period a target governs, and tells whether there are any.
func CountStates(t *catalog.Target, latest []LatestFigure) (counts map[measure.State]int, governs bool) {
	counts = map[measure.State]int{}
	for _, s := range latest {
		if j, ok := s.Signal.Judged(); ok && j.Target == t {
			counts[j.State]++
			governs = true
		}
	}
	return counts, governs
}

// GoverningFirst puts the targets that govern the period of any place before the others.
func GoverningFirst(targets []*catalog.Target, latest []LatestFigure) []*catalog.Target {
	targets = slices.Clone(targets)
	slices.SortStableFunc(targets, func(a, b *catalog.Target) int {
		_, first := CountStates(a, latest)
		_, second := CountStates(b, latest)
		switch {
		case first == second:
			return 0
		case first:
			return -1
		}
		return 1
	})
	return targets
}

// CountResults counts the places whose period another target governs, and in how many of them this one is reached all the same.
func CountResults(t *catalog.Target, latest []LatestFigure) (reached, of int) {
	for _, s := range latest {
		if s.Signal == nil {
			continue
		}
		for _, j := range s.Signal.Judgements {
			if j.Target == t && !j.Governs && j.Required.Valid && j.State != measure.CannotTell {
				of++
				if j.State != measure.OffTrajectory {
					reached++
				}
			}
		}
	}
	return reached, of
}
