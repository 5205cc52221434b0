package dashboard

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
	"stpdash/internal/warehouse"
)

// The parts of a footprint's figure from which the end of organisations' reports is worth a word, and from which no change of the
// figure can be told from it.
var (
	notablePart  = decimal.New(1, -2)
	decisivePart = decimal.New(5, -2)
)

// stoppedReports are the organisations of a place that no longer report.
type stoppedReports struct {
	sentence string
	part     decimal.Decimal // of the figure a year before
}

// stopped says, by place, which organisations had a notable part of the figure a year before and have none now. After a
// merger their work is counted elsewhere, perhaps in no footprint, and the change on the year before is not one of activity.
func (c *Composer) stopped(ctx context.Context, asOf AsOf, m *catalog.Measure, period catalog.Period, before map[string]measure.Point) (map[string]stoppedReports, error) {
	if m.Derived != nil || m.Grain != catalog.Month || len(before) == 0 {
		return nil, nil // what is stated once a year, such as a debt, does not move with the work
	}
	all, err := remember(ctx, c, asOf, fmt.Sprint("stopped ", m.ID, m.Hash(), period), func(ctx context.Context) ([]warehouse.Stopped, error) {
		return c.Figures.Stopped(ctx, asOf.Bound, m, period.YearBefore().Start, period.Start)
	})
	if err != nil {
		return nil, err
	}
	whole := map[string]decimal.Decimal{}
	for place, p := range before {
		whole[place] = p.Numerator.Decimal
		if m.Ratio() {
			whole[place] = p.Denominator.Decimal
		}
	}
	names, parts := map[string][]string{}, map[string]decimal.Decimal{}
	for _, o := range all {
		if w := whole[o.Footprint]; w.IsPositive() && o.Amount.GreaterThanOrEqual(w.Mul(notablePart)) {
			parts[o.Footprint] = parts[o.Footprint].Add(o.Amount.DivRound(w, 4))
			part := o.Amount.Mul(hundred).DivRound(w, 0)
			names[o.Footprint] = append(names[o.Footprint], fmt.Sprintf("%s (%s%% of %s)", c.organisationName(o.Organisation), part, period.YearBefore().Words()))
		}
	}
	reports := map[string]stoppedReports{}
	for place, stopped := range names {
		reports[place] = stoppedReports{"No longer reporting: " + list(stopped) + ". The work may be counted elsewhere now.", parts[place]}
	}
	return reports, nil
}
