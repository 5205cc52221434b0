package measure

import (
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
)

// Rounded is a figure as answers and downloads give it: pounds to the penny, other figures to four places. Publications carry the noise of
// floating-point numbers, which a sum keeps (40996.4042000000058). A figure is rounded once, from its exact sum.
func Rounded(unit catalog.Unit, n decimal.NullDecimal) decimal.NullDecimal {
	places := int32(4)
	if unit == catalog.GBP {
		places = 2
	}
	if n.Decimal.Exponent() >= -places { // most are: nothing is there to round
		return n
	}
	return decimal.NullDecimal{Decimal: n.Decimal.Round(places), Valid: n.Valid}
}

// RoundedValue is the value of a measure as answers and downloads give it: of a ratio as it is, otherwise rounded.
func RoundedValue(m *catalog.Measure, value decimal.NullDecimal) decimal.NullDecimal {
	if m.Ratio() {
		return value
	}
	return Rounded(m.Unit, value)
}

// RoundedCount is the numerator or denominator of a measure as answers and downloads give it: none where weights made it, as what is divided is no
// count of anything.
func RoundedCount(m *catalog.Measure, n decimal.NullDecimal) decimal.NullDecimal {
	if m.WeightedBy != "" {
		return decimal.NullDecimal{}
	}
	return Rounded(m.Unit, n)
}
