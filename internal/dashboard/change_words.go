package dashboard

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/figures"
	"stpdash/internal/measure"
)

// mostCodes is how many organisations the words name.
const mostCodes = 3

// Words says what a figure was: "4,150", "1,764,832 of 1,949,762", or why there was none.
func Words(s figures.Stand) string {
	switch {
	case !s.Exists:
		return "no figure"
	case len(s.Missing) > 0:
		codes := slices.Clone(s.Missing)
		if i := slices.Index(codes, measure.Unlisted); i >= 0 {
			codes[i] = "those that nobody lists"
		}
		if more := len(codes) - mostCodes; more > 0 {
			codes = append(codes[:mostCodes], fmt.Sprintf("%d more", more))
		}
		return "not reported by " + list(codes)
	case !s.Numerator.Valid:
		return "no figure"
	case s.Denominator.Valid:
		return exactly(s.Numerator.Decimal) + " of " + exactly(s.Denominator.Decimal)
	default:
		return exactly(s.Numerator.Decimal)
	}
}

// exactly writes a number with all its places, so that whatever differs is seen to.
func exactly(n decimal.Decimal) string {
	places := int32(0)
	for !n.Round(places).Equal(n) {
		places++
	}
	return grouped(n, places)
}
