package figures

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/load"
	"stpdash/internal/measure"
)

// Trace is a figure with the published cells beneath it.
type Trace struct {
	Measure *catalog.Measure
	Area    Area
	Point   measure.Point
	Parts   []measure.Point // of a derived measure, the figures of the measure it is derived from that the figure is made of
	Cells   []Cell
	// Counted is the count of people that the figure, or its rate, is divided by; nil where there is none.
	Counted *Counted
}

// Counted is a count of people with the measure that it is of.
type Counted struct {
	Measure *catalog.Measure
	measure.Point
}

// Trace traces a figure to its published cells.
func (f *tracer) Trace(ctx context.Context, asOf Moment, m *catalog.Measure, s Area, p catalog.Period) (Trace, error) {
	trace := Trace{Measure: m, Area: s}
	points, err := f.Series(ctx, asOf, m, s, Range{From: p.Start, To: p.Start})
	if err != nil {
		return trace, err
	}
	if len(points) == 0 {
		return trace, fmt.Errorf("a figure for %s, %s, %s: %w", m.Title, s.Name, p.Words(), ErrNotFound)
	}
	trace.Point = points[0]
	if trace.Counted, err = f.counted(ctx, asOf, m, s, trace.Point.Divisor); err != nil {
		return trace, err
	}
	stored, periods := m, []catalog.Period{p}
	for stored.Base() != nil {
		parts, err := f.partsOf(ctx, asOf, stored, s, periods)
		if err != nil {
			return trace, err
		}
		if stored == m {
			trace.Parts = parts
		}
		stored, periods = stored.Base(), nil
		for _, part := range parts {
			periods = append(periods, part.Period)
		}
	}
	trace.Cells, err = f.cellsOf(ctx, asOf, stored, s, periods)
	return trace, err
}

// Revised is what a figure was before the load that it came with; ok is false where there was none, or the same.
func (f *Figures) Revised(ctx context.Context, m *catalog.Measure, s Area, now measure.Point, with load.Load) (before measure.Point, ok bool, err error) {
	earlier, err := f.moments.AsOf(ctx, with.At.Add(-time.Microsecond).UTC().Format(time.RFC3339Nano))
	if err != nil {
		return before, false, err
	}
	points, err := f.Series(ctx, earlier, m, s, Range{From: now.Period.Start, To: now.Period.Start})
	if err != nil || len(points) == 0 || points[0].Organisations == 0 {
		return before, false, err
	}
	before = points[0]
	same := before.Numerator.Valid == now.Numerator.Valid && before.Numerator.Decimal.Equal(now.Numerator.Decimal) &&
		before.Denominator.Valid == now.Denominator.Valid && before.Denominator.Decimal.Equal(now.Denominator.Decimal)
	return before, !same, nil
}

// partsOf are the figures that those of a derived measure in some periods are made of, in the order of time.
func (f *tracer) partsOf(ctx context.Context, asOf Moment, m *catalog.Measure, s Area, periods []catalog.Period) ([]measure.Point, error) {
	points, err := f.Series(ctx, asOf, m.Base(), s, Range{})
	needed := map[catalog.Period]bool{}
	for _, p := range periods {
		for _, part := range measure.PartsOf(m, points, p) {
			needed[part.Period] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(points), func(p measure.Point) bool { return !needed[p.Period] }), err
}

// cellsOf are the published cells beneath the figures of a place in some periods, which one question asks for: to plan it costs ClickHouse more than
// to answer it.
func (f *tracer) cellsOf(ctx context.Context, asOf Moment, m *catalog.Measure, s Area, periods []catalog.Period) ([]Cell, error) {
	if len(periods) == 0 {
		return nil, nil
	}
	wanted := map[int64]bool{} // by the second in which it begins
	r := Range{From: periods[0].Start, To: periods[0].Start}
	for _, p := range periods {
		wanted[p.Start.Unix()] = true
		if p.Start.Before(r.From) {
			r.From = p.Start
		}
		if p.Start.After(r.To) {
			r.To = p.Start
		}
	}
	var cells []Cell
	var err error
	switch {
	case s.Region != nil:
		cells, err = f.store.Cells(ctx, asOf.Bound, m, f.directory.FootprintsIn(*s.Region), r)
	case s.Organisation != nil:
		cells, err = f.store.OrganisationCells(ctx, asOf.Bound, m, s.Code, r)
	default:
		cells, err = f.store.Cells(ctx, asOf.Bound, m, []string{s.Code}, r)
	}
	return slices.DeleteFunc(cells, func(c Cell) bool { return !wanted[c.Period.Unix()] }), err
}

// counted is the count of people that a figure of a measure is divided by.
func (f *tracer) counted(ctx context.Context, asOf Moment, m *catalog.Measure, s Area, by *measure.Divisor) (*Counted, error) {
	if by == nil {
		return nil, nil
	}
	of, err := f.peopleDefined(ctx, asOf, m)
	if err != nil {
		return nil, err
	}
	counts, err := f.Series(ctx, asOf, of, s, Range{From: by.Period.Start, To: by.Period.Start})
	if err != nil || len(counts) == 0 {
		return nil, err
	}
	return &Counted{of, counts[0]}, nil
}

// Cells are the published cells beneath the figures of some areas, in the order of time.
func (f *tracer) Cells(ctx context.Context, asOf Moment, m *catalog.Measure, areas []string, r Range) ([]Cell, error) {
	return f.store.Cells(ctx, asOf.Bound, m, areas, r)
}
