package measure

import (
	"time"

	"github.com/shopspring/decimal"
)

// Value is one measure of one footprint in one period.
type Value struct {
	Measure       string
	Footprint     string
	Period        time.Time // first day
	Numerator     decimal.NullDecimal
	Denominator   decimal.NullDecimal
	Organisations uint16
	Missing       []string // codes of organisations without a figure
	Definition    string
	Load          uint64 // the newest load among the cells beneath the value
	// PartialNumerator and PartialDenominator are those of the organisations that reported, where others did not.
	PartialNumerator, PartialDenominator decimal.NullDecimal
}

// Unlisted stands among the missing where no load lists every organisation, so that a sum of those known is not the place's.
const Unlisted = "UNLISTED"

// Complete tells whether every organisation has a figure.
func (v Value) Complete() bool { return len(v.Missing) == 0 }
