package warehouse

import (
	"context"
	"strconv"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
)

// Warnings finds what there is to check about the figures of some loads beside everything that is visible as of a point.
func (w LoadReports) Warnings(ctx context.Context, asOf figures.AsOf, c *catalog.Catalog, loads []uint64, limit int) ([]figures.Warning, error) {
	warnings := []figures.Warning{}
	parameters, err := w.stated(ctx, c, loads)
	if err != nil {
		return warnings, err
	}
	parameters["loads"] = numbers(loads)
	bindLengths(parameters, c, func(*catalog.Measure) bool { return true })
	parameters["far"], parameters["limit"] = strconv.Itoa(figures.FarFromHistory), number(limit)
	bindRange(parameters, figures.Range{}) // all of the history
	bindAsOf(parameters, asOf)
	err = w.rows(ctx, "load_warnings", parameters, func(rows driver.Rows) error {
		var f figures.Warning
		err := rows.Scan(&f.Load, &f.Rule, &f.Measure, &f.Organisation, &f.Item, &f.Period, &f.Value, &f.Middle, &f.Spread)
		warnings = append(warnings, f)
		return err
	})
	return warnings, err
}

// stated binds the measures that some loads state, and from when until when. What repeats another measure would only be told twice.
func (w *connection) stated(ctx context.Context, c *catalog.Catalog, loads []uint64) (clickhouse.Parameters, error) {
	var measures []string
	var all figures.Range
	err := w.rows(ctx, "stated_spans", clickhouse.Parameters{"loads": numbers(loads)}, func(rows driver.Rows) error {
		var measure string
		var r figures.Range
		err := rows.Scan(&measure, &r.From, &r.To)
		if m, ok := c.Measure(measure); ok && m.Repeats != "" {
			return err
		}
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
