package figures

import (
	"context"
	"fmt"

	"stpdash/internal/catalog"
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
func (f *Figures) Trace(ctx context.Context, asOf Moment, m *catalog.Measure, s Area, p catalog.Period) (Trace, error) {
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
	if base := m.Base(); base != nil {
		return trace, partsOf(ctx, f, asOf, &trace)
	}
	if s.Region != nil {
		trace.Cells, err = f.store.Cells(ctx, asOf.Bound, m, f.directory.FootprintsIn(*s.Region), Range{From: p.Start, To: p.Start})
	} else if s.Organisation != nil {
		trace.Cells, err = f.store.OrganisationCells(ctx, asOf.Bound, m, s.Code, p.Start)
	} else {
		trace.Cells, err = f.store.Cells(ctx, asOf.Bound, m, []string{s.Code}, Range{From: p.Start, To: p.Start})
	}
	return trace, err
}

// counted is the count of people that a figure of a measure is divided by.
func (f *Figures) counted(ctx context.Context, asOf Moment, m *catalog.Measure, s Area, by *measure.Divisor) (*Counted, error) {
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
func (f *Figures) Cells(ctx context.Context, asOf Moment, m *catalog.Measure, areas []string, r Range) ([]Cell, error) {
	return f.store.Cells(ctx, asOf.Bound, m, areas, r)
}

// partsOf traces the figures that a derived one is made of.
func partsOf(ctx context.Context, f *Figures, asOf Moment, t *Trace) error {
	base := t.Measure.Base()
	points, err := f.Series(ctx, asOf, base, t.Area, Range{})
	if err != nil {
		return err
	}
	t.Parts = measure.PartsOf(t.Measure, points, t.Point.Period)
	for _, p := range t.Parts {
		part, err := f.Trace(ctx, asOf, base, t.Area, p.Period)
		if err != nil {
			return err
		}
		t.Cells = append(t.Cells, part.Cells...)
	}
	return nil
}
