package warehouse

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/mapping"
)

// LoadReports are what was found about the files and the figures of loads.
type LoadReports struct{ *connection }

// maxText is how much is read of a text that was not accepted; loads keep less than that.
const maxText = 2000

// Rejections lists the first rows of a load that were not accepted.
func (w LoadReports) Rejections(ctx context.Context, id uint64, limit int) ([]mapping.Rejection, error) {
	return w.RejectionsFrom(ctx, id, 0, limit)
}

// RejectionsFrom lists rows of a load that were not accepted, after the first ones.
func (w LoadReports) RejectionsFrom(ctx context.Context, id uint64, offset, limit int) ([]mapping.Rejection, error) {
	rejections := []mapping.Rejection{}
	parameters := clickhouse.Parameters{"load": number(id), "limit": number(limit), "offset": number(offset), "max_length": number(maxText)}
	err := w.rows(ctx, "load_rejections", parameters, func(rows driver.Rows) error {
		var r mapping.Rejection
		err := rows.Scan(&r.Rule, &r.Sheet, &r.Row, &r.Column, &r.Value, &r.Reason, &r.Cells)
		rejections = append(rejections, r)
		return err
	})
	return rejections, err
}

// Remark keeps what there is to check about a load's file.
func (w LoadReports) Remark(ctx context.Context, id uint64, remarks []mapping.Remark) error {
	return w.insert(ctx, "remark", len(remarks), func(batch driver.Batch, i int) error {
		r := remarks[i]
		return batch.Append(id, r.Rule, r.Sheet, r.Count, r.Message)
	})
}

// Remarks finds what there is to check about the files of some loads.
func (w LoadReports) Remarks(ctx context.Context, loads []uint64, limit int) ([]figures.Remarked, error) {
	var all []figures.Remarked
	err := w.rows(ctx, "load_remarks", clickhouse.Parameters{"loads": numbers(loads), "limit": number(limit)}, func(rows driver.Rows) error {
		var r figures.Remarked
		err := rows.Scan(&r.Load, &r.Rule, &r.Sheet, &r.Count, &r.Message)
		all = append(all, r)
		return err
	})
	return all, err
}

// Reconciliations lists the publisher's totals against ours for one load, differences first.
func (w LoadReports) Reconciliations(ctx context.Context, id uint64, limit int) ([]mapping.Reconciliation, error) {
	all := []mapping.Reconciliation{}
	err := w.rows(ctx, "load_reconciliations", clickhouse.Parameters{"load": number(id), "limit": number(limit)}, func(rows driver.Rows) error {
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
func (w LoadReports) Reconciled(ctx context.Context, asOf figures.AsOf) ([]figures.Reconciled, error) {
	parameters := clickhouse.Parameters{}
	bindAsOf(parameters, asOf)
	var all []figures.Reconciled
	err := w.rows(ctx, "reconciled_loads", parameters, func(rows driver.Rows) error {
		var r figures.Reconciled
		err := rows.Scan(&r.Load, &r.Equal, &r.Differs, &r.Short)
		all = append(all, r)
		return err
	})
	return all, err
}
