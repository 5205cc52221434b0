package warehouse

import (
	"context"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"stpdash/internal/catalog"
)

// Warning is something remarkable about a figure that was accepted.
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

// Warnings finds what is remarkable about the figures of some loads beside everything that is visible as of a point.
func (w *Warehouse) Warnings(ctx context.Context, asOf AsOf, c *catalog.Catalog, loads []uint64, limit int) ([]Warning, error) {
	var measures []string
	var months []int
	for _, m := range c.Measures {
		measures, months = append(measures, m.ID), append(months, m.Grain.Months())
	}
	warnings := []Warning{}
	parameters, err := w.stated(ctx, loads)
	if err != nil {
		return warnings, err
	}
	parameters["loads"], parameters["measures"], parameters["months"] = numbers(loads), array(measures), numbers(months)
	parameters["far"], parameters["limit"] = strconv.Itoa(FarFromHistory), number(limit)
	bindRange(parameters, Range{}) // all of the history
	bindAsOf(parameters, asOf)
	err = w.rows(ctx, "warnings", parameters, func(rows driver.Rows) error {
		var f Warning
		err := rows.Scan(&f.Load, &f.Rule, &f.Measure, &f.Organisation, &f.Item, &f.Period, &f.Value, &f.Middle, &f.Spread)
		warnings = append(warnings, f)
		return err
	})
	return warnings, err
}
