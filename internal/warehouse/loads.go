package warehouse

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"golang.org/x/sync/errgroup"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/mapping"
)

var _ load.Store = (*Warehouse)(nil)

// Loads lists loads in their latest state, newest first.
func (w *Warehouse) Loads(ctx context.Context, f figures.LoadFilter) ([]load.Load, error) {
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
	err := w.rows(ctx, "load_latest", clickhouse.Parameters{
		"load": number(f.Load), "sha256": f.SHA256, "source": f.Source, "state": string(f.State),
		"at": instant(f.AsOf.At), "after": instant(f.After), "limit": number(f.Limit), "offset": number(f.Offset),
	}, func(rows driver.Rows) error {
		l, err := scanLoad(rows)
		loads = append(loads, l)
		return err
	})
	return loads, err
}

func (w *Warehouse) first(ctx context.Context, f figures.LoadFilter) (load.Load, bool, error) {
	loads, err := w.Loads(ctx, f)
	if err != nil || len(loads) == 0 {
		return load.Load{}, false, err
	}
	return loads[0], true, nil
}

// Load finds a load by its number.
func (w *Warehouse) Load(ctx context.Context, id uint64) (load.Load, error) {
	return w.LoadAsOf(ctx, figures.Now, id)
}

// LoadAsOf is one load in the latest state it had.
func (w *Warehouse) LoadAsOf(ctx context.Context, asOf figures.AsOf, id uint64) (load.Load, error) {
	l, ok, err := w.first(ctx, figures.LoadFilter{Load: id, AsOf: asOf})
	if err == nil && (!ok || id == 0) {
		err = fmt.Errorf("load %d: %w", id, figures.ErrNotFound)
	}
	return l, err
}

// LatestLoad finds the newest load of this content.
func (w *Warehouse) LatestLoad(ctx context.Context, sha256 string) (load.Load, bool, error) {
	return w.first(ctx, figures.LoadFilter{SHA256: sha256})
}

// LoadsOf lists the newest loads of a content, newest first.
func (w *Warehouse) LoadsOf(ctx context.Context, sha256 string, limit int) ([]load.Load, error) {
	return w.Loads(ctx, figures.LoadFilter{SHA256: sha256, Limit: limit})
}

// LatestOf finds the newest published load of a source.
func (w *Warehouse) LatestOf(ctx context.Context, source string) (load.Load, bool, error) {
	return w.first(ctx, figures.LoadFilter{Source: source, State: load.Published})
}

// Unfinished are the loads that are still received or staged.
func (w *Warehouse) Unfinished(ctx context.Context) ([]load.Load, error) {
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
func (w *Warehouse) History(ctx context.Context) ([]load.Load, error) {
	var all []load.Load
	err := w.rows(ctx, "load_history", nil, func(rows driver.Rows) error {
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
func (w *Warehouse) LoadStates(ctx context.Context, asOf figures.AsOf, id uint64) ([]figures.LoadState, error) {
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
func (w *Warehouse) NextLoad(ctx context.Context) (next uint64, err error) {
	err = w.rows(ctx, "load_next", nil, func(rows driver.Rows) error { return rows.Scan(&next) })
	return next, err
}

// OverlappingLoad finds the newest published load after one that states a figure which that one states; 0 where there is none.
func (w *Warehouse) OverlappingLoad(ctx context.Context, id uint64) (newer uint64, err error) {
	parameters := clickhouse.Parameters{"load": number(id)}
	bindAsOf(parameters, figures.Now)
	err = w.rows(ctx, "newer", parameters, func(rows driver.Rows) error { return rows.Scan(&newer) })
	return newer, err
}

// DroppedOrganisations finds what a staged load that lists every organisation leaves out of a measure and period that is shown now, of the
// one of which it is the most; false where nothing is shown yet.
func (w *Warehouse) DroppedOrganisations(ctx context.Context, id uint64) (loss load.Dropped, ok bool, err error) {
	parameters, err := w.stated(ctx, []uint64{id})
	if err != nil {
		return loss, false, err
	}
	parameters["load"] = number(id)
	bindAsOf(parameters, figures.Now)
	err = w.rows(ctx, "lost", parameters, func(rows driver.Rows) error {
		ok = true
		return rows.Scan(&loss.Measure, &loss.Period, &loss.Organisations, &loss.Missing)
	})
	return loss, ok, err
}

// stated binds the measures that some loads state, and from when until when.
func (w *Warehouse) stated(ctx context.Context, loads []uint64) (clickhouse.Parameters, error) {
	var measures []string
	var all figures.Range
	err := w.rows(ctx, "stated", clickhouse.Parameters{"loads": numbers(loads)}, func(rows driver.Rows) error {
		var measure string
		var r figures.Range
		err := rows.Scan(&measure, &r.From, &r.To)
		if measures = append(measures, measure); len(measures) == 1 || r.From.Before(all.From) {
			all.From = r.From
		}
		if r.To.After(all.To) {
			all.To = r.To
		}
		return err
	})
	parameters := clickhouse.Parameters{"stated": array(measures)}
	bindRange(parameters, all)
	return parameters, err
}

// Record adds states to loads, all at once.
func (w *Warehouse) Record(ctx context.Context, loads ...load.Load) error {
	return w.insert(ctx, "load", len(loads), func(batch driver.Batch, i int) error {
		l := loads[i]
		return batch.Append(l.ID, string(l.State), l.At, l.Source, l.File, l.SHA256, l.Size, l.Definition, l.Released, l.Trigger,
			l.Observations, l.Rejections, l.Compared, l.Differing, l.Message, l.Rule, l.Accepted, l.Withdraws)
	})
}

// RecordRun keeps what one run found.
func (w *Warehouse) RecordRun(ctx context.Context, r load.Run) error {
	return w.insert(ctx, "run", 1, func(batch driver.Batch, _ int) error {
		return batch.Append(r.ID, r.Trigger, r.Path, r.Started, r.Ended, r.Found, r.Published, r.Failed, r.Known, r.Message, r.Source, r.Held)
	})
}

// Runs lists the latest runs, newest first.
func (w *Warehouse) Runs(ctx context.Context, asOf figures.AsOf, limit int) ([]load.Run, error) {
	return w.runs(ctx, "runs", clickhouse.Parameters{"at": instant(asOf.At), "limit": number(limit)})
}

// LatestRuns are the latest run of each source and of the inbox.
func (w *Warehouse) LatestRuns(ctx context.Context) ([]load.Run, error) {
	return w.runs(ctx, "runs_latest", nil)
}

func (w *Warehouse) runs(ctx context.Context, question string, parameters clickhouse.Parameters) ([]load.Run, error) {
	runs := []load.Run{}
	err := w.rows(ctx, question, parameters, func(rows driver.Rows) error {
		var r load.Run
		err := rows.Scan(&r.ID, &r.Trigger, &r.Path, &r.Started, &r.Ended, &r.Found, &r.Published, &r.Failed, &r.Known, &r.Message, &r.Source, &r.Held)
		runs = append(runs, r)
		return err
	})
	return runs, err
}

// RecordFetch keeps what an address gave.
func (w *Warehouse) RecordFetch(ctx context.Context, f load.Fetch) error {
	return w.insert(ctx, "fetch", 1, func(batch driver.Batch, _ int) error {
		return batch.Append(f.Address, f.ETag, f.LastModified, f.File, f.SHA256, f.Load, f.At)
	})
}

// LatestFetch finds what an address gave last.
func (w *Warehouse) LatestFetch(ctx context.Context, address string) (f load.Fetch, ok bool, err error) {
	err = w.rows(ctx, "fetch_latest", clickhouse.Parameters{"address": address}, func(rows driver.Rows) error {
		ok = true
		return rows.Scan(&f.Address, &f.ETag, &f.LastModified, &f.File, &f.SHA256, &f.Load, &f.At)
	})
	return f, ok, err
}

// mostOfText is how much is read of a text that was not accepted; loads keep less than that.
const mostOfText = 2000

// Rejections lists the first rows of a load that were not accepted.
func (w *Warehouse) Rejections(ctx context.Context, id uint64, limit int) ([]mapping.Rejection, error) {
	return w.RejectionsFrom(ctx, id, 0, limit)
}

// RejectionsFrom lists rows of a load that were not accepted, after the first ones.
func (w *Warehouse) RejectionsFrom(ctx context.Context, id uint64, offset, limit int) ([]mapping.Rejection, error) {
	rejections := []mapping.Rejection{}
	parameters := clickhouse.Parameters{"load": number(id), "limit": number(limit), "offset": number(offset), "most": number(mostOfText)}
	err := w.rows(ctx, "rejections", parameters, func(rows driver.Rows) error {
		var r mapping.Rejection
		err := rows.Scan(&r.Rule, &r.Sheet, &r.Row, &r.Column, &r.Value, &r.Reason, &r.Cells)
		rejections = append(rejections, r)
		return err
	})
	return rejections, err
}

// Remark keeps what is remarkable about a load's file.
func (w *Warehouse) Remark(ctx context.Context, id uint64, remarks []mapping.Remark) error {
	return w.insert(ctx, "remark", len(remarks), func(batch driver.Batch, i int) error {
		r := remarks[i]
		return batch.Append(id, r.Rule, r.Sheet, r.Count, r.Message)
	})
}

// Remarks finds what is remarkable about the files of some loads.
func (w *Warehouse) Remarks(ctx context.Context, loads []uint64, limit int) ([]figures.Remarked, error) {
	var all []figures.Remarked
	err := w.rows(ctx, "remarks", clickhouse.Parameters{"loads": numbers(loads), "limit": number(limit)}, func(rows driver.Rows) error {
		var r figures.Remarked
		err := rows.Scan(&r.Load, &r.Rule, &r.Sheet, &r.Count, &r.Message)
		all = append(all, r)
		return err
	})
	return all, err
}

// Reconciliations lists the publisher's totals against ours for one load, differences first.
func (w *Warehouse) Reconciliations(ctx context.Context, id uint64, limit int) ([]mapping.Reconciliation, error) {
	all := []mapping.Reconciliation{}
	err := w.rows(ctx, "reconciliations", clickhouse.Parameters{"load": number(id), "limit": number(limit)}, func(rows driver.Rows) error {
		var c mapping.Reconciliation
		var grain, verdict string
		err := rows.Scan(&c.Scope, &c.Measure, &c.Period.Start, &grain, &c.Published, &c.Ours, &c.Difference, &verdict, &c.Sheet, &c.Row, &c.Column)
		c.Period.Grain, c.Verdict = catalog.Grain(grain), mapping.Verdict(verdict)
		all = append(all, c)
		return err
	})
	return all, err
}

// Reconciled counts the publisher's totals of the loads that are visible, those with most that are not equal first.
func (w *Warehouse) Reconciled(ctx context.Context, asOf figures.AsOf) ([]figures.Reconciled, error) {
	parameters := clickhouse.Parameters{}
	bindAsOf(parameters, asOf)
	var all []figures.Reconciled
	err := w.rows(ctx, "reconciled", parameters, func(rows driver.Rows) error {
		var r figures.Reconciled
		err := rows.Scan(&r.Load, &r.Equal, &r.Differs, &r.Short)
		all = append(all, r)
		return err
	})
	return all, err
}

// Define keeps definitions under their hashes.
func (w *Warehouse) Define(ctx context.Context, definitions []catalog.Definition, at time.Time) error {
	known, err := w.DefinitionHashes(ctx)
	if err != nil {
		return err
	}
	var fresh []catalog.Definition
	for _, d := range definitions {
		if _, ok := known[d.Hash]; !ok {
			fresh = append(fresh, d)
		}
	}
	return w.insert(ctx, "definition", len(fresh), func(batch driver.Batch, i int) error {
		d := fresh[i]
		return batch.Append(d.Hash, d.Kind, d.ID, d.Body, at)
	})
}

// RollUp makes the footprint values of a load.
func (w *Warehouse) RollUp(ctx context.Context, r load.Rolling, c *catalog.Catalog) error {
	parameters := termParameters(c.Terms())
	var made, measures, definitions []string
	var bit, bits []uint64
	for _, m := range c.Measures {
		terms := m.Terms()
		for i := range terms {
			made, bit, bits = append(made, m.ID), append(bit, 1<<i), append(bits, 1<<len(terms)-1)
		}
		measures, definitions = append(measures, m.ID), append(definitions, m.Hash())
	}
	parameters["made"], parameters["bit"], parameters["bits"] = array(made), numbers(bit), numbers(bits)
	parameters["measures"], parameters["definitions"] = array(measures), array(definitions)
	parameters["load"], parameters["footprints"] = number(r.Load), array(w.areas)
	parameters["without"] = number(r.Exclude)
	bindGaps(parameters, c)
	bindAsOf(parameters, figures.Now)
	touched, err := w.touched(ctx, r, c)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2) // parts of one query wait for each other, those of two need not
	for some := range slices.Chunk(touched, rollUpAtOnce) {
		group.Go(func() error { return w.rollUp(ctx, some, maps.Clone(parameters), c) })
	}
	return group.Wait()
}

// bindGaps binds the known gaps, one entry a figure.
func bindGaps(parameters clickhouse.Parameters, c *catalog.Catalog) {
	var components, organisations, periods []string
	for _, g := range c.KnownGaps {
		for _, p := range g.Periods() {
			for _, organisation := range g.Organisations {
				for _, component := range g.Measures {
					components, organisations, periods = append(components, component), append(organisations, organisation), append(periods, day(p.Start))
				}
			}
		}
	}
	parameters["gap_component"], parameters["gap_organisation"], parameters["gap_period"] = array(components), array(organisations), array(periods)
}

// rollUpAtOnce is how many measures and periods one query rolls up; all of them would be too much for one.
const rollUpAtOnce = 4000

func (w *Warehouse) rollUp(ctx context.Context, touched []figure, parameters clickhouse.Parameters, c *catalog.Catalog) error {
	var measures, components, periods []string
	for _, t := range touched {
		m, _ := c.Measure(t.measure)
		components = append(components, m.Components()...)
		measures, periods = append(measures, t.measure), append(periods, day(t.period))
	}
	slices.Sort(components)
	parameters["touched_made"], parameters["touched_period"] = array(measures), array(periods)
	parameters["touched_component"] = array(slices.Compact(components))
	var listed, contested, stated bool
	err := w.rows(ctx, "contested", parameters, func(rows driver.Rows) error { return rows.Scan(&listed, &contested, &stated) })
	if err != nil {
		return err
	}
	bindRange(parameters, figures.Range{From: slices.MinFunc(touched, byPeriod).period, To: slices.MaxFunc(touched, byPeriod).period})
	parameters["contested_component"] = array(nil)
	if contested {
		parameters["contested_component"] = parameters["touched_component"]
	}
	for name, holds := range map[string]bool{"listed": listed, "contested": contested, "stated": stated} {
		parameters[name] = strconv.FormatBool(holds)
	}
	ctx, query := w.ask(ctx, "roll_up", parameters)
	if err := w.conn.Exec(ctx, query); err != nil {
		return fmt.Errorf("roll_up: %w", reachable(err))
	}
	return nil
}

// figure is one measure in one period.
type figure struct {
	measure string
	period  time.Time
}

func byPeriod(a, b figure) int { return a.period.Compare(b.period) }

// touched are the measures and periods whose values a load changes, in the order of periods.
func (w *Warehouse) touched(ctx context.Context, r load.Rolling, c *catalog.Catalog) ([]figure, error) {
	madeFrom := map[string][]string{}
	for _, t := range c.Terms() {
		madeFrom[t.Component] = append(madeFrom[t.Component], t.Measure)
	}
	var touched []figure
	seen := map[figure]bool{}
	add := func(f figure) {
		if !seen[f] {
			seen[f] = true
			touched = append(touched, f)
		}
	}
	parameters := clickhouse.Parameters{"load": number(r.Load), "without": number(r.Exclude), "everything": strconv.FormatBool(r.Everything)}
	bindAsOf(parameters, figures.Now)
	err := w.rows(ctx, "touched", parameters, func(rows driver.Rows) error {
		var observed figure
		err := rows.Scan(&observed.measure, &observed.period)
		for _, measure := range madeFrom[observed.measure] {
			add(figure{measure, observed.period})
		}
		return err
	})
	if err != nil || !r.Everything {
		return touched, err
	}
	err = w.rows(ctx, "touched_values", parameters, func(rows driver.Rows) error {
		var made figure
		err := rows.Scan(&made.measure, &made.period)
		if _, known := c.Measure(made.measure); known {
			add(made)
		}
		return err
	})
	return touched, err
}

// insert appends rows in one insert, which ClickHouse shows whole or not at all.
func (w *Warehouse) insert(ctx context.Context, table string, rows int, appendRow func(batch driver.Batch, i int) error) error {
	if rows == 0 {
		return nil
	}
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(clickhouse.Settings{"log_comment": "insert " + table}))
	batch, err := w.conn.PrepareBatch(ctx, "INSERT INTO "+table)
	if err != nil {
		return fmt.Errorf("insert into %s: %w", table, reachable(err))
	}
	defer func() { _ = batch.Close() }()
	for i := range rows {
		if err := appendRow(batch, i); err != nil {
			return fmt.Errorf("insert into %s, row %d: %w", table, i, err)
		}
	}
	if err := batch.Send(); err != nil {
		return fmt.Errorf("insert into %s: %w", table, reachable(err))
	}
	return nil
}
