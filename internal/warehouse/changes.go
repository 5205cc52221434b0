package warehouse

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"stpdash/internal/figures"
)

// Changes are the figures that differ between two moments, in the order of cause, measure, footprint and period. The counts are of
// all of them, the changes those of one page.
func (w FigureStore) Changes(ctx context.Context, f figures.ChangeFilter) (counts []figures.ChangeCount, page []figures.Change, err error) {
	parameters := clickhouse.Parameters{
		"from_at": instant(f.From.At), "from_bound": number(f.From.Load), "to_at": instant(f.To.At), "to_bound": number(f.To.Load),
		"measures": array(f.Measures), "weighted": array(f.Weighted), "footprints": array(f.Footprints), "cause": string(f.Cause),
		"limit": number(f.Limit), "offset": number(f.Offset),
	}
	err = w.rows(ctx, "changed_values", parameters, func(rows driver.Rows) error {
		var c figures.Change
		var cause string
		var before, after [2]*decimal.Decimal
		var onPage bool
		var alike uint64
		err := rows.Scan(&cause, &c.Measure, &c.Footprint, &c.Period, &c.Before.Exists, &before[0], &before[1], &c.Before.Missing, &c.Before.Estimate,
			&c.After.Exists, &after[0], &after[1], &c.After.Missing, &c.After.Estimate, &c.Load, &c.Source, &c.File, &onPage, &alike)
		c.Cause = figures.Cause(cause)
		c.Before.Numerator, c.Before.Denominator = optional(before[0]), optional(before[1])
		c.After.Numerator, c.After.Denominator = optional(after[0]), optional(after[1])
		if alike > 0 {
			counts = append(counts, figures.ChangeCount{Cause: c.Cause, Measure: c.Measure, Figures: alike})
		}
		if onPage {
			page = append(page, c)
		}
		return err
	})
	return counts, page, err
}
