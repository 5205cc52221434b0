package warehouse

import (
	"context"
	"strconv"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
)

// Warnings finds what is remarkable about the figures of some loads beside everything that is visible as of a point.
func (w *Warehouse) Warnings(ctx context.Context, asOf figures.AsOf, c *catalog.Catalog, loads []uint64, limit int) ([]figures.Warning, error) {
	var measures []string
	var months []int
	for _, m := range c.Measures {
		measures, months = append(measures, m.ID), append(months, m.Grain.Months())
	}
	warnings := []figures.Warning{}
	parameters, err := w.stated(ctx, loads)
	if err != nil {
		return warnings, err
	}
	parameters["loads"], parameters["measures"], parameters["months"] = numbers(loads), array(measures), numbers(months)
	parameters["far"], parameters["limit"] = strconv.Itoa(figures.FarFromHistory), number(limit)
	bindRange(parameters, figures.Range{}) // all of the history
	bindAsOf(parameters, asOf)
	err = w.rows(ctx, "warnings", parameters, func(rows driver.Rows) error {
		var f figures.Warning
		err := rows.Scan(&f.Load, &f.Rule, &f.Measure, &f.Organisation, &f.Item, &f.Period, &f.Value, &f.Middle, &f.Spread)
		warnings = append(warnings, f)
		return err
	})
	return warnings, err
}
