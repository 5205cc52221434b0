package warehouse

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"stpdash/internal/figures"
	"stpdash/internal/load"
)

// RunLog is what runs found, and what addresses gave.
type RunLog struct{ *connection }

// RecordRun keeps what one run found.
func (w RunLog) RecordRun(ctx context.Context, r load.Run) error {
	return w.insert(ctx, "run", 1, func(batch driver.Batch, _ int) error {
		return batch.Append(r.ID, r.Trigger, r.Path, r.Started, r.Ended, r.Found, r.Published, r.Failed, r.Known, r.Message, r.Source, r.Held)
	})
}

// Runs lists the latest runs, newest first.
func (w RunLog) Runs(ctx context.Context, asOf figures.AsOf, limit int) ([]load.Run, error) {
	return w.runs(ctx, "ended_runs", clickhouse.Parameters{"at": instant(asOf.At), "limit": number(limit)})
}

// LatestRuns are the latest run of each source and of the inbox.
func (w RunLog) LatestRuns(ctx context.Context) ([]load.Run, error) {
	return w.runs(ctx, "latest_runs", nil)
}

func (w RunLog) runs(ctx context.Context, question string, parameters clickhouse.Parameters) ([]load.Run, error) {
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
func (w RunLog) RecordFetch(ctx context.Context, f load.Fetch) error {
	return w.insert(ctx, "fetch", 1, func(batch driver.Batch, _ int) error {
		return batch.Append(f.Address, f.ETag, f.LastModified, f.File, f.SHA256, f.Load, f.At)
	})
}

// LatestFetch finds what an address gave last.
func (w RunLog) LatestFetch(ctx context.Context, address string) (f load.Fetch, ok bool, err error) {
	err = w.rows(ctx, "latest_fetch", clickhouse.Parameters{"address": address}, func(rows driver.Rows) error {
		ok = true
		return rows.Scan(&f.Address, &f.ETag, &f.LastModified, &f.File, &f.SHA256, &f.Load, &f.At)
	})
	return f, ok, err
}
