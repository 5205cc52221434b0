package dashboard

import (
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// notablePart is the part of a footprint's figure from which the end of an organisation's reports is worth a word.
var notablePart = decimal.New(1, -2)

// stopped says, by place, which organisations had a notable part of the figure a year before and have none now. After a
// merger their work is counted elsewhere, perhaps in no footprint, and the change on the year before is not one of activity.
func (c *Composer) stopped(ctx context.Context, asOf AsOf, m *catalog.Measure, period catalog.Period, before map[string]measure.Point) (map[string]string, error) {
	if m.Derived != nil || m.Grain != catalog.Month || len(before) == 0 {
		return nil, nil // what is stated once a year, such as a debt, does not move with the work
	}
	amounts, err := c.amounts(ctx, asOf, m)
	if err != nil {
		return nil, err
	}
	var all []measure.Amount
	reports := map[string]bool{}
	for _, a := range amounts {
		switch {
		case a.Period.Equal(period.Start):
			reports[a.Organisation] = true
		case a.Period.Equal(period.YearBefore().Start):
			all = append(all, a)
		}
	}
	all = slices.DeleteFunc(all, func(a measure.Amount) bool { return reports[a.Organisation] })
	slices.SortStableFunc(all, func(a, b measure.Amount) int { return b.Amount.Cmp(a.Amount) })
	whole := map[string]decimal.Decimal{}
	for place, p := range before {
		whole[place] = p.Numerator.Decimal
		if m.Ratio() {
			whole[place] = p.Denominator.Decimal
		}
	}
	names := map[string][]string{}
	for _, o := range all {
		if w := whole[o.Footprint]; w.IsPositive() && o.Amount.GreaterThanOrEqual(w.Mul(notablePart)) {
			part := o.Amount.Mul(hundred).DivRound(w, 0)
			names[o.Footprint] = append(names[o.Footprint], fmt.Sprintf("%s, %s (%s%% of %s)", c.organisationName(o.Organisation), o.Organisation, part, period.YearBefore().Words()))
		}
	}
	sentences := map[string]string{}
	for place, stopped := range names {
		sentences[place] = "No longer reporting: " + list(stopped) + ". The work may be counted elsewhere now."
	}
	return sentences, nil
}
