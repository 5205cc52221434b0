package dashboard

import (
	"context"
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
)

// notablePart is the part of a footprint's figure from which the end of an organisation's reports is worth a word.
var notablePart = decimal.New(1, -2)

// stopped says, by place, which organisations had a notable part of the figure a year before and have none now. After a
// merger their work is counted elsewhere, perhaps in no footprint, and the change on the year before is not one of activity.
func (c *Composer) stopped(ctx context.Context, asOf AsOf, m *catalog.Measure, standings []Standing) (map[string]string, error) {
	period := standings[0].Period
	all, err := c.Figures.Stopped(ctx, asOf.Bound, m, period.YearBefore().Start, period.Start)
	if err != nil {
		return nil, err
	}
	whole := map[string]decimal.Decimal{}
	for _, s := range standings {
		if s.Before == nil {
			continue
		}
		whole[s.Scope.Code] = s.Before.Numerator.Decimal
		if m.Ratio() {
			whole[s.Scope.Code] = s.Before.Denominator.Decimal
		}
	}
	names := map[string][]string{}
	for _, o := range all {
		if w := whole[o.Footprint]; w.IsPositive() && o.Amount.GreaterThanOrEqual(w.Mul(notablePart)) {
			part := o.Amount.Mul(hundred).DivRound(w, 0)
			names[o.Footprint] = append(names[o.Footprint], fmt.Sprintf("%s (%s%% of %s)", c.organisationName(o.Organisation), part, period.YearBefore().Words()))
		}
	}
	sentences := map[string]string{}
	for place, stopped := range names {
		sentences[place] = strings.Join([]string{"No longer reporting:", list(stopped) + ".", "The work may be counted elsewhere now."}, " ")
	}
	return sentences, nil
}
