package dashboard

import (
	"context"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// breaks are the periods in which the organisations of a place changed so much that its series breaks, by place.
func (c *Composer) breaks(ctx context.Context, asOf AsOf, m *catalog.Measure) (map[string][]measure.MembershipBreak, error) {
	m = m.Stored()
	if m.Level == catalog.ByEngland || m.Grain.Months() == 12 {
		return nil, nil
	}
	return remember(ctx, c.Memory, asOf, "breaks "+m.ID+" "+m.Hash(), func(ctx context.Context) (map[string][]measure.MembershipBreak, error) {
		amounts, err := c.amounts(ctx, asOf, m)
		return measure.MembershipBreaks(m.Grain, amounts, c.Reference), err
	})
}

// amounts are those of all organisations in all periods.
func (c *Composer) amounts(ctx context.Context, asOf AsOf, m *catalog.Measure) ([]measure.Amount, error) {
	return remember(ctx, c.Memory, asOf, "amounts "+m.ID+" "+m.Hash(), func(ctx context.Context) ([]measure.Amount, error) {
		return c.Figures.Amounts(ctx, asOf.Bound, m)
	})
}
