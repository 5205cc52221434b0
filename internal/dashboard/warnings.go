package dashboard

import (
	"context"
	"math"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
)

// LoadWarning is what is remarkable about a load: its file, or a figure in it.
type LoadWarning struct {
	figures.Warning
	Measure *catalog.Measure // of the figure
	At      catalog.Period   // of the figure
	Remark  string           // about the file, as it was kept; empty of a figure
}

// Warnings are what is remarkable about the files and the figures of some loads.
func (c *Composer) Warnings(ctx context.Context, asOf AsOf, loads []uint64, limit int) ([]LoadWarning, error) {
	remarks, err := c.Figures.Remarks(ctx, loads, limit)
	if err != nil {
		return nil, err
	}
	var warnings []LoadWarning
	for _, r := range remarks {
		warnings = append(warnings, LoadWarning{Warning: figures.Warning{Load: r.Load, Rule: r.Rule}, Remark: r.Message})
	}
	found, err := c.Figures.Warnings(ctx, asOf.Bound, c.Catalog, loads, limit)
	for _, w := range found {
		m, ok := c.Catalog.Measure(w.Measure)
		if !ok {
			m = &catalog.Measure{ID: w.Measure, Title: w.Measure, Grain: catalog.Month}
		}
		warnings = append(warnings, LoadWarning{Warning: w, Measure: m, At: catalog.Period{Start: w.Period, Grain: m.Grain}})
	}
	return warnings[:min(len(warnings), limit)], err
}

// Warned counts what is remarkable about each published load.
func (c *Composer) Warned(ctx context.Context, asOf AsOf) (map[uint64]int, error) {
	return remember(ctx, c.Memory, asOf, "warned", func(ctx context.Context) (map[uint64]int, error) {
		all, err := c.ListLoads(ctx, asOf, MostLoads, 0)
		if err != nil {
			return nil, err
		}
		var published []uint64
		for _, l := range all {
			if l.State == load.Published && l.ID <= asOf.Bound.Load {
				published = append(published, l.ID)
			}
		}
		warned := map[uint64]int{}
		found, err := c.Warnings(ctx, asOf, published, math.MaxInt32)
		for _, w := range found {
			warned[w.Load]++
		}
		return warned, err
	})
}
