package claim

import (
	"testing"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
)

// What the tests outside of the package need of it: those that read words cannot be inside, as wording imports it.
const PlaceOfTests = place

// Unknown is a figure that could not be computed.
var Unknown = unknown

var Declared, One, RealFigures = declared, one, figures

// Change multiplies the place's figures from a period on.
func (f Figures) Change(t testing.TB, from string, by float64) Figures {
	t.Helper()
	return f.change(t, from, by)
}

// FitsOf and RobustOf are answers of one check.
func FitsOf(r *Result) (Outcome, CheckFinding, evidence.Number) {
	return checker{&test{Result: r}}.fits()
}

func RobustOf(r *Result, c *catalog.Claim) (Outcome, CheckFinding, evidence.Number) {
	return checker{&test{Result: r, claim: c}}.robust()
}

// WholePounds is an amount as a result states it.
func WholePounds(d decimal.Decimal) string { return pounds(d) }
