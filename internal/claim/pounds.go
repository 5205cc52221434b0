package claim

import (
	"math"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
)

// Pounds are those claimed beside those that the figures evidence, over the periods tested: whole pounds as text, empty where they cannot be
// told. A saving is above zero.
type Pounds struct {
	Claimed string `json:"claimed"`
	// Estimate is the effect times the unit cost with its 95 per cent interval, whatever the verdict.
	Estimate string `json:"estimate,omitempty"`
	Low      string `json:"low,omitempty"`
	High     string `json:"high,omitempty"`
	// Evidenced is the estimate where the verdict lets it stand, never more than was claimed, and 0 otherwise; Net is it less the scheme's costs.
	Evidenced string `json:"evidenced,omitempty"`
	Net       string `json:"net,omitempty"`
	UnitCost  string `json:"unit_cost,omitempty"`
	Reason           // why a figure is missing
}

// price turns the effect into pounds by the unit cost that the claim states.
func (t *test) price() {
	c := t.claim
	if t.data.Measure == nil || !c.Pounds().Valid && c.UnitCost == nil && t.data.Measure.Unit != catalog.GBP {
		return
	}
	p := &Pounds{}
	if c.Pounds().Valid {
		p.Claimed = pounds(c.Pounds().Decimal)
	}
	t.Pounds = p
	estimate, reason := t.worth()
	if p.Reason = reason; reason.Code != "" {
		return
	}
	each := t.each()
	if c.UnitCost != nil {
		p.UnitCost = each.String()
	}
	p.Estimate = pounds(estimate)
	if i := t.Effect.TotalInterval; i != nil {
		p.Low, p.High = pounds(saved(evidence.Number(i[1]), each)), pounds(saved(evidence.Number(i[0]), each))
	}
	evidenced := decimal.Zero
	if t.Verdict == Evidenced || t.Verdict == PartlyEvidenced {
		evidenced = decimal.Max(estimate, decimal.Zero)
		if c.Pounds().Valid {
			evidenced = decimal.Min(evidenced, c.Pounds().Decimal)
		}
	}
	p.Evidenced = pounds(evidenced)
	if costs := c.SchemeCosts(); costs.Valid {
		p.Net = pounds(evidenced.Sub(costs.Decimal))
	}
}

// worth are the pounds that the effect saved, or why they are not known.
func (t *test) worth() (estimate decimal.Decimal, reason Reason) {
	switch {
	case t.claim.IsPlan():
		return estimate, ofEffects(t.claim)
	case t.Effect == nil || t.Effect.PerPeriod.Missing():
		return estimate, because(NothingEstimated, Facts{})
	case t.Effect.Total.Missing():
		return estimate, because(IsLevel, Facts{})
	case t.data.Measure.Unit != catalog.GBP && t.claim.UnitCost == nil:
		return estimate, because(NoUnitCost, Facts{})
	}
	return saved(t.Effect.Total, t.each()), Reason{}
}

// each is what one of what is counted costs.
func (t *test) each() decimal.Decimal {
	if t.claim.UnitCost != nil {
		return t.claim.UnitCost.Amount
	}
	return decimal.NewFromInt(1)
}

// saved are the pounds that a change of a count is worth: a fall saves.
func saved(change evidence.Number, each decimal.Decimal) decimal.Decimal {
	if math.IsNaN(float64(change)) || math.IsInf(float64(change), 0) {
		return decimal.Zero
	}
	return decimal.NewFromFloat(float64(change)).Neg().Mul(each)
}

// pounds are whole ones, rounded down, so that no claim is rounded up to a yes.
func pounds(d decimal.Decimal) string { return d.Floor().String() }
