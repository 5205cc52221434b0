package measure

import (
	"cmp"
	"slices"
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
	Shared                               []Shared // organisations of which only a share counts; with any, the value is an estimate
}

// Shared is an organisation of which only a share counts in a place.
type Shared struct {
	Organisation string
	Share        decimal.Decimal
}

// shareUp adds up what of each organisation counts in several places. One that counts whole in them together is not shared.
func shareUp(places ...[]Shared) []Shared {
	var all []Shared
	for _, shared := range places {
		for _, s := range shared {
			if i := slices.IndexFunc(all, func(other Shared) bool { return other.Organisation == s.Organisation }); i >= 0 {
				all[i].Share = all[i].Share.Add(s.Share)
			} else {
				all = append(all, s)
			}
		}
	}
	one := decimal.NewFromInt(1)
	all = slices.DeleteFunc(all, func(s Shared) bool { return s.Share.Equal(one) })
	slices.SortFunc(all, func(a, b Shared) int { return cmp.Compare(a.Organisation, b.Organisation) })
	return all
}

// both are those of two lists about one place, each once.
func both(a, b []Shared) []Shared {
	all := slices.Clone(a)
	for _, s := range b {
		if !slices.ContainsFunc(all, func(other Shared) bool { return other.Organisation == s.Organisation }) {
			all = append(all, s)
		}
	}
	return all
}

// Unlisted stands among the missing where no load lists every organisation, so that a sum of those known is not the place's.
const Unlisted = "UNLISTED"

// Complete tells whether every organisation has a figure.
func (v Value) Complete() bool { return len(v.Missing) == 0 }
