package figures

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"stpdash/internal/catalog"
)

// ChangesQuestion asks what differs between two moments; empty texts mean the day before To, now, and all there is.
type ChangesQuestion struct {
	From, To, Measure, Footprint, Cause string
	Limit, Offset                       int
}

// MaxChanges bounds one page of changes.
const MaxChanges = 5000

// Changes are the figures that differ between two moments, with the counts of all of them.
type Changes struct {
	From, To Moment
	Counts   []ChangeCount
	Figures  []FigureChange // of one page
	Filter   ChangeFilter
}

// FigureChange is one figure that differs, and where and when it stands.
type FigureChange struct {
	Change
	Area   Area
	Period catalog.Period
	Unit   catalog.Unit
}

// Changes finds the figures that differ between two moments.
func (f *changeFinder) Changes(ctx context.Context, q ChangesQuestion) (Changes, error) {
	var changes Changes
	var err error
	if changes.From, changes.To, err = f.moments.Between(ctx, q.From, q.To); err != nil {
		return changes, err
	}
	filter := ChangeFilter{
		From: changes.From.Bound, To: changes.To.Bound, Cause: Cause(q.Cause), Limit: q.Limit, Offset: q.Offset,
	}
	if q.Cause != "" && !slices.Contains(Causes, filter.Cause) {
		var accepted []string
		for _, cause := range Causes {
			accepted = append(accepted, string(cause))
		}
		return changes, &InputError{Parameter: "cause", Value: q.Cause, Accepted: strings.Join(accepted, ", ")}
	}
	measures := f.directory.Catalog.Measures
	if q.Measure != "" {
		m, err := f.directory.FindMeasure(q.Measure)
		if err != nil {
			return changes, err
		}
		if base := m.Base(); base != nil {
			return changes, &InputError{Parameter: "measure", Value: m.ID, Accepted: "one that is not worked out from another; this one follows " + m.Stored().ID}
		}
		measures = []*catalog.Measure{m}
	}
	for _, m := range measures {
		if filter.Measures = append(filter.Measures, m.ID); m.WeightedBy != "" {
			filter.Weighted = append(filter.Weighted, m.ID)
		}
	}
	if q.Footprint != "" {
		s, err := f.directory.FindArea(q.Footprint)
		if err != nil {
			return changes, err
		}
		filter.Footprints = []string{s.Code}
	}
	changes.Filter = filter
	changes.Counts, changes.Figures, err = changedFigures(ctx, f.store, f.directory, filter)
	return changes, err
}

// ChangedBetween are the figures that differ between two moments, of one page, with the counts of all of them. It is remembered, so the filter
// must be one of few; its moments are those.
func (f *changeFinder) ChangedBetween(ctx context.Context, earlier, later Moment, filter ChangeFilter) ([]ChangeCount, []FigureChange, error) {
	type answer struct {
		counts  []ChangeCount
		figures []FigureChange
	}
	question := fmt.Sprint("changes from ", earlier.seen, filter.Measures, filter.Footprints, filter.Cause, filter.Offset, filter.Limit)
	a, err := Remember(ctx, f.memory, later, question, func(ctx context.Context) (a answer, err error) {
		filter.From, filter.To = earlier.Bound, later.Bound
		a.counts, a.figures, err = changedFigures(ctx, f.store, f.directory, filter)
		return a, err
	})
	return a.counts, a.figures, err
}

// changedFigures are those that differ, of one page, with the counts of all of them.
func changedFigures(ctx context.Context, store Store, directory *Directory, filter ChangeFilter) ([]ChangeCount, []FigureChange, error) {
	counts, page, err := store.Changes(ctx, filter)
	if err != nil {
		return nil, nil, err
	}
	var changes []FigureChange
	for _, change := range page {
		m, err := directory.FindMeasure(change.Measure)
		if err != nil {
			return nil, nil, err
		}
		s, err := directory.FindArea(change.Footprint)
		if err != nil {
			return nil, nil, err
		}
		changes = append(changes, FigureChange{change, s, catalog.Period{Start: change.Period, Grain: m.Grain}, m.Unit})
	}
	return counts, changes, nil
}

// Sum is how many figures differ.
func (c Changes) Sum() (sum uint64) {
	for _, count := range c.Counts {
		sum += count.Figures
	}
	return sum
}
