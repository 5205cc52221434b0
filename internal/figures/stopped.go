package figures

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// NotablePart is the part of a footprint's figure from which the end of an organisation's reports is worth a word.
var NotablePart = decimal.New(1, -2)

// Stopped is an organisation that had a notable part of a place's figure a year before and has none now.
type Stopped struct {
	Organisation string
	Part         decimal.Decimal // of the figure, in per cent
	Period       catalog.Period  // a year before
}

// stopped are, by place, the organisations that organisations had a notable part of the figure a year before and have none now, the largest first.
// After a merger their work is counted elsewhere, perhaps in no footprint, and the change on the year before is not one of activity.
func (f *Figures) stopped(ctx context.Context, asOf Moment, m *catalog.Measure, period catalog.Period, before map[string]measure.Point) (map[string][]Stopped, error) {
	if m.Derived != nil || m.Grain != catalog.Month || len(before) == 0 {
		return nil, nil // what is stated once a year, such as a debt, does not move with the work
	}
	amounts, err := f.amounts(ctx, asOf, m)
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
		if m.Ratio() && !m.DividedByOwnPeriods() {
			whole[place] = p.Denominator.Decimal
		}
	}
	found := map[string][]Stopped{}
	for _, o := range all {
		if w := whole[o.Footprint]; w.IsPositive() && o.Amount.GreaterThanOrEqual(w.Mul(NotablePart)) {
			found[o.Footprint] = append(found[o.Footprint], Stopped{o.Organisation, o.Amount.Mul(decimal.NewFromInt(100)).DivRound(w, 0), period.YearBefore()})
		}
	}
	return found, nil
}
