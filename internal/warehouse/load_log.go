package warehouse

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"stpdash/internal/figures"
	"stpdash/internal/load"
)

// LoadLog is what became of loads: every state that they went through.
type LoadLog struct{ *connection }

// Loads lists loads in their latest state, newest first.
func (w LoadLog) Loads(ctx context.Context, f figures.LoadFilter) ([]load.Load, error) {
	if f.AsOf.At.IsZero() {
		f.AsOf = figures.Now
	}
	if f.After.IsZero() {
		f.After = time.Unix(0, 0)
	}
	if f.Limit == 0 {
		f.Limit = 1
	}
	loads := []load.Load{}
	err := w.rows(ctx, "latest_load_states", clickhouse.Parameters{
		"load": number(f.Load), "sha256": f.SHA256, "source": f.Source, "state": string(f.State),
		"at": instant(f.AsOf.At), "after": instant(f.After), "limit": number(f.Limit), "offset": number(f.Offset),
	}, func(rows driver.Rows) error {
		l, err := scanLoad(rows)
		loads = append(loads, l)
		return err
	})
	return loads, err
}

func (w LoadLog) first(ctx context.Context, f figures.LoadFilter) (load.Load, bool, error) {
	loads, err := w.Loads(ctx, f)
	if err != nil || len(loads) == 0 {
		return load.Load{}, false, err
	}
	return loads[0], true, nil
}

// Load finds a load by its number.
func (w LoadLog) Load(ctx context.Context, id uint64) (load.Load, error) {
	return w.LoadAsOf(ctx, figures.Now, id)
}

// LoadAsOf is one load in the latest state it had.
func (w LoadLog) LoadAsOf(ctx context.Context, asOf figures.AsOf, id uint64) (load.Load, error) {
	l, ok, err := w.first(ctx, figures.LoadFilter{Load: id, AsOf: asOf})
	if err == nil && (!ok || id == 0) {
		err = fmt.Errorf("load %d: %w", id, figures.ErrNotFound)
	}
	return l, err
}

// LatestLoad finds the newest load of this content.
func (w LoadLog) LatestLoad(ctx context.Context, sha256 string) (load.Load, bool, error) {
	return w.first(ctx, figures.LoadFilter{SHA256: sha256})
}

// LoadsOf lists the newest loads of a content, newest first.
func (w LoadLog) LoadsOf(ctx context.Context, sha256 string, limit int) ([]load.Load, error) {
	return w.Loads(ctx, figures.LoadFilter{SHA256: sha256, Limit: limit})
}

// LatestOf finds the newest published load of a source.
func (w LoadLog) LatestOf(ctx context.Context, source string) (load.Load, bool, error) {
	return w.first(ctx, figures.LoadFilter{Source: source, State: load.Published})
}

// Unfinished are the loads that are still received or staged.
func (w LoadLog) Unfinished(ctx context.Context) ([]load.Load, error) {
	var all []load.Load
	for _, state := range []load.State{load.Received, load.Staged} {
		loads, err := w.Loads(ctx, figures.LoadFilter{State: state, Limit: 1000})
		if err != nil {
			return nil, err
		}
		all = append(all, loads...)
	}
	return all, nil
}

// History lists every state of every load, in the order in which they came.
func (w LoadLog) History(ctx context.Context) ([]load.Load, error) {
	var all []load.Load
	err := w.rows(ctx, "all_load_states", nil, func(rows driver.Rows) error {
		l, err := scanLoad(rows)
		all = append(all, l)
		return err
	})
	return all, err
}

func scanLoad(rows driver.Rows) (load.Load, error) {
	var l load.Load
	var state string
	err := rows.Scan(&l.ID, &state, &l.At, &l.Source, &l.File, &l.SHA256, &l.Size, &l.Definition, &l.Released, &l.Trigger,
		&l.Observations, &l.Rejections, &l.Compared, &l.Differing, &l.Message, &l.Rule, &l.Accepted, &l.Withdraws)
	l.State = load.State(state)
	return l, err
}

// LoadStates lists the states a load went through, oldest first.
func (w LoadLog) LoadStates(ctx context.Context, asOf figures.AsOf, id uint64) ([]figures.LoadState, error) {
	var states []figures.LoadState
	err := w.rows(ctx, "load_states", clickhouse.Parameters{"load": number(id), "at": instant(asOf.At)}, func(rows driver.Rows) error {
		var s figures.LoadState
		var state string
		err := rows.Scan(&state, &s.At, &s.Message)
		s.State = load.State(state)
		states = append(states, s)
		return err
	})
	return states, err
}

// NextLoad is a load number higher than any before.
func (w LoadLog) NextLoad(ctx context.Context) (next uint64, err error) {
	err = w.rows(ctx, "next_load_number", nil, func(rows driver.Rows) error { return rows.Scan(&next) })
	return next, err
}

// Record adds states to loads, all at once.
func (w LoadLog) Record(ctx context.Context, loads ...load.Load) error {
	return w.insert(ctx, "load", len(loads), func(batch driver.Batch, i int) error {
		l := loads[i]
		return batch.Append(l.ID, string(l.State), l.At, l.Source, l.File, l.SHA256, l.Size, l.Definition, l.Released, l.Trigger,
			l.Observations, l.Rejections, l.Compared, l.Differing, l.Message, l.Rule, l.Accepted, l.Withdraws)
	})
}
