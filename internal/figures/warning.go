package figures

import (
	"context"
	"math"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/load"
	"stpdash/internal/mapping"
)

// Remarked is what there is to check about the file of a load.
type Remarked struct {
	Load uint64
	mapping.Remark
}

// Warning is something to check about a figure that was accepted.
type Warning struct {
	Load         uint64
	Rule         string // the name of one of load.Rules
	Measure      string
	Organisation string // blank where the whole period is meant
	Item         string
	Period       time.Time // first day
	// Value is the figure, or that of the period before where there is none any more.
	Value float64
	// Middle is the median of the twelve figures before it and Spread how far those usually lie from it.
	Middle, Spread float64
}

// FarFromHistory is how many spreads from the middle of those before it a figure may lie without a warning.
const FarFromHistory = 8

// LoadWarning is what there is to check about a load: its file, or a figure in it.
type LoadWarning struct {
	Warning
	Measure *catalog.Measure // of the figure
	At      catalog.Period   // of the figure
	Remark  string           // about the file, as it was kept; empty of a figure
}

// Warnings are what there is to check about the files and the figures of some loads.
func (l *Loads) Warnings(ctx context.Context, asOf Moment, loads []uint64, limit int) ([]LoadWarning, error) {
	remarks, err := l.store.Remarks(ctx, loads, limit)
	if err != nil {
		return nil, err
	}
	var warnings []LoadWarning
	for _, r := range remarks {
		warnings = append(warnings, LoadWarning{Warning: Warning{Load: r.Load, Rule: r.Rule}, Remark: r.Message})
	}
	found, err := l.store.Warnings(ctx, asOf.Bound, l.directory.Catalog, loads, limit)
	for _, w := range found {
		m, ok := l.directory.Catalog.Measure(w.Measure)
		if !ok {
			m = &catalog.Measure{ID: w.Measure, Title: w.Measure, Grain: catalog.Month}
		}
		warnings = append(warnings, LoadWarning{Warning: w, Measure: m, At: catalog.Period{Start: w.Period, Grain: m.Grain}})
	}
	return warnings[:min(len(warnings), limit)], err
}

// Warned counts what there is to check about each published load.
func (l *Loads) Warned(ctx context.Context, asOf Moment) (map[uint64]int, error) {
	return Remember(ctx, l.memory, asOf, "warned", func(ctx context.Context) (map[uint64]int, error) {
		all, err := l.ListLoads(ctx, asOf, MaxLoads, 0)
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
		found, err := l.Warnings(ctx, asOf, published, math.MaxInt32)
		for _, w := range found {
			warned[w.Load]++
		}
		return warned, err
	})
}
