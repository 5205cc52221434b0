package figures

import (
	"cmp"
	"context"
	"math"
	"slices"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// NotablePart is the part of a footprint's figure from which the end of an organisation's reports is worth a word.
const NotablePart = 0.01

// Stopped is an organisation that had a notable part of a place's figure a year before and has none now.
type Stopped struct {
	Organisation string
	Part         int            // of the figure, in per cent
	Period       catalog.Period // a year before
}

// stopped are, by place, the organisations that organisations had a notable part of the figure a year before and have none now, the largest first.
// After a merger their work is counted elsewhere, perhaps in no footprint, and the change on the year before is not one of activity.
func (f *standing) stopped(
	ctx context.Context,
	asOf Moment,
	m *catalog.Measure,
	period catalog.Period,
	before map[string]measure.Point,
) (map[string][]Stopped, error) {
	if m.Derived != nil || m.Grain != catalog.Month || len(before) == 0 {
		return nil, nil // what is stated once a year, such as a debt, does not move with the work
	}
	amounts, err := f.amountsAYearApart(ctx, asOf, m, period)
	if err != nil {
		return nil, err
	}
	reports := map[string]bool{}
	for _, a := range amounts {
		if a.Period.Equal(period.Start) {
			reports[a.Organisation] = true
		}
	}
	all := slices.DeleteFunc(slices.Clone(amounts), func(a measure.Amount) bool { return reports[a.Organisation] || f.takenOver(a, reports) })
	slices.SortStableFunc(all, func(a, b measure.Amount) int { return cmp.Compare(b.Amount, a.Amount) })
	found := map[string][]Stopped{}
	for _, o := range all {
		whole := before[o.Footprint].Numerator
		if m.Ratio() && !m.DividedByOwnPeriods() {
			whole = before[o.Footprint].Denominator
		}
		if part := o.Amount / whole.Decimal.InexactFloat64(); whole.Decimal.IsPositive() && part >= NotablePart {
			found[o.Footprint] = append(found[o.Footprint], Stopped{o.Organisation, int(math.Round(100 * part)), period.YearBefore()})
		}
	}
	return found, nil
}

// takenOver tells whether the work of an organisation is in the figure of its place all the same: under the one that followed it, which lies there.
func (f *standing) takenOver(a measure.Amount, reports map[string]bool) bool {
	r := f.directory.Reference
	for next, ok := r.Successor(a.Organisation); ok; next, ok = r.Successor(next) {
		if reports[next] {
			return slices.Contains(r.MayBelong(next, a.Period), a.Footprint)
		}
	}
	return false
}

// amountsAYearApart are those of one period and of the one a year before.
func (f *standing) amountsAYearApart(ctx context.Context, asOf Moment, m *catalog.Measure, period catalog.Period) ([]measure.Amount, error) {
	moves, err := f.moves(ctx, asOf, []*catalog.Measure{m})
	if err != nil || moves[m.ID].latest.Equal(period.Start) {
		return moves[m.ID].apart, err
	}
	amounts, err := f.amounts(ctx, asOf, []*catalog.Measure{m}, Range{From: period.YearBefore().Start, To: period.Start})
	return apart(amounts[m.ID], period), err
}

// apart leaves the amounts of one period and of the one a year before.
func apart(amounts []measure.Amount, period catalog.Period) []measure.Amount {
	var some []measure.Amount
	for _, a := range amounts {
		if a.Period.Equal(period.Start) || a.Period.Equal(period.YearBefore().Start) {
			some = append(some, a)
		}
	}
	return some
}
