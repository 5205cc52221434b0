package figures

import (
	"context"
	"fmt"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/load"
	"stpdash/internal/mapping"
	"stpdash/internal/measure"
)

// LoadStore tells of loads.
type LoadStore interface {
	Loads(ctx context.Context, f LoadFilter) ([]load.Load, error)
	LoadAsOf(ctx context.Context, asOf AsOf, id uint64) (load.Load, error)
	LoadStates(ctx context.Context, asOf AsOf, id uint64) ([]LoadState, error)
	Runs(ctx context.Context, asOf AsOf, limit int) ([]load.Run, error)
	RejectionsFrom(ctx context.Context, id uint64, offset, limit int) ([]mapping.Rejection, error)
	QuestionsOf(ctx context.Context, id uint64) ([]load.Question, error)
	Remarks(ctx context.Context, loads []uint64, limit int) ([]Remarked, error)
	Warnings(ctx context.Context, asOf AsOf, c *catalog.Catalog, loads []uint64, limit int) ([]Warning, error)
	Reconciliations(ctx context.Context, id uint64, limit int) ([]mapping.Reconciliation, error)
	Reconciled(ctx context.Context, asOf AsOf) ([]Reconciled, error)
	Latest(ctx context.Context, asOf AsOf, measures []*catalog.Measure) (map[string]Latest, error)
}

// Loads tells of loads as of a moment.
type Loads struct {
	store     LoadStore
	figures   *Figures
	directory *Directory
	memory    *Memory
}

// NewLoads tells of the loads that figures came with.
func NewLoads(store LoadStore, f *Figures) *Loads { return &Loads{store, f, f.directory, f.memory} }

// MaxLoads is more than there ever are.
const MaxLoads = 1 << 20

// ListLoads are the loads as they were at a moment, newest first.
func (l *Loads) ListLoads(ctx context.Context, asOf Moment, limit, offset int) ([]load.Load, error) {
	return Remember(ctx, l.memory, asOf, fmt.Sprint("loads ", limit, offset), func(ctx context.Context) ([]load.Load, error) {
		return l.store.Loads(ctx, LoadFilter{AsOf: asOf.Bound, Limit: limit, Offset: offset})
	})
}

// LoadsAfter are the loads that changed between two moments, as they were at the later, newest first.
func (l *Loads) LoadsAfter(ctx context.Context, later, earlier Moment) ([]load.Load, error) {
	return l.store.Loads(ctx, LoadFilter{AsOf: later.Bound, After: earlier.Bound.At, Limit: MaxLoads})
}

// Latest are the newest periods and loads of all measures, by the measure's id.
func (l *Loads) Latest(ctx context.Context, asOf Moment) (map[string]Latest, error) {
	return Remember(ctx, l.memory, asOf, "latest", func(ctx context.Context) (map[string]Latest, error) {
		return l.store.Latest(ctx, asOf.Bound, l.directory.Catalog.Measures)
	})
}

// Reconciled are the totals of the published loads against ours, by load.
func (l *Loads) Reconciled(ctx context.Context, asOf Moment) ([]Reconciled, error) {
	return Remember(ctx, l.memory, asOf, "reconciled", func(ctx context.Context) ([]Reconciled, error) {
		return l.store.Reconciled(ctx, asOf.Bound)
	})
}

// FindLoads are the loads that a filter leaves, newest first.
func (l *Loads) FindLoads(ctx context.Context, f LoadFilter) ([]load.Load, error) {
	return l.store.Loads(ctx, f)
}

// LoadAsOf is a load as it was at a moment.
func (l *Loads) LoadAsOf(ctx context.Context, asOf Moment, id uint64) (load.Load, error) {
	return l.store.LoadAsOf(ctx, asOf.Bound, id)
}

// States are those that a load went through by a moment.
func (l *Loads) States(ctx context.Context, asOf Moment, id uint64) ([]LoadState, error) {
	return l.store.LoadStates(ctx, asOf.Bound, id)
}

// Questions are what a load asked before it was published, or still asks.
func (l *Loads) Questions(ctx context.Context, id uint64) ([]load.Question, error) {
	return l.store.QuestionsOf(ctx, id)
}

// Rejections are the rows of a load that were not accepted.
func (l *Loads) Rejections(ctx context.Context, id uint64, offset, limit int) ([]mapping.Rejection, error) {
	return l.store.RejectionsFrom(ctx, id, offset, limit)
}

// Reconciliations are the totals that a load's file states, against ours.
func (l *Loads) Reconciliations(ctx context.Context, id uint64, limit int) ([]mapping.Reconciliation, error) {
	return l.store.Reconciliations(ctx, id, limit)
}

// LatestRuns are the last runs that had ended by a moment.
func (l *Loads) LatestRuns(ctx context.Context, asOf Moment, limit int) ([]load.Run, error) {
	ended := asOf.Bound
	if asOf.Text == "" {
		ended = Now // a run that found nothing ended after the last change of a load
	}
	return Remember(ctx, l.memory, asOf, fmt.Sprint("runs ", limit, asOf.Text == "", asOf.Runs), func(ctx context.Context) ([]load.Run, error) {
		return l.store.Runs(ctx, ended, limit)
	})
}

// LastChange is what the newest published load changed.
type LastChange struct {
	Load   load.Load // without a number where there is none
	Before AsOf
	Counts []ChangeCount
}

// LastChange finds what the newest published load changed.
func (l *Loads) LastChange(ctx context.Context, asOf Moment) (LastChange, error) {
	return Remember(ctx, l.memory, asOf, "last change", func(ctx context.Context) (last LastChange, err error) {
		loads, err := l.store.Loads(ctx, LoadFilter{AsOf: asOf.Bound, State: load.Published, Limit: 1})
		if err != nil || len(loads) == 0 {
			return last, err
		}
		last.Load = loads[0]
		if last.Before, err = l.figures.moments.store.AsOfTime(ctx, last.Load.At.Add(-time.Microsecond)); err != nil {
			return last, err
		}
		filter := ChangeFilter{From: last.Before, To: asOf.Bound, Limit: 1}
		for _, m := range l.directory.Catalog.Measures {
			filter.Measures = append(filter.Measures, m.ID)
		}
		last.Counts, _, err = l.figures.store.Changes(ctx, filter)
		return last, err
	})
}

// LoadOf is the load that the newest cells beneath a figure came with.
func (l *Loads) LoadOf(ctx context.Context, asOf Moment, p measure.Point) (load.Load, error) {
	return Remember(ctx, l.memory, asOf, fmt.Sprint("load ", p.Load), func(ctx context.Context) (load.Load, error) {
		return l.store.LoadAsOf(ctx, asOf.Bound, p.Load)
	})
}
