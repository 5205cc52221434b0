package wording

import (
	"fmt"

	"stpdash/internal/evidence"
)

// BeyondDonors says how far outside its donors a unit lies before the start, of as many periods.
func BeyondDonors(b evidence.Beyond, periods int) string {
	words := ""
	switch {
	case b.Above > 0 && b.Above >= b.Below:
		words = fmt.Sprintf("the unit lies above all its donors in %d of %d periods before the start; ", b.Above, periods)
	case b.Below > 0:
		words = fmt.Sprintf("the unit lies below all its donors in %d of %d periods before the start; ", b.Below, periods)
	}
	words += fmt.Sprintf("the donors do not resemble it: before the start their mixture is %.4g from it (root mean square)", b.Gap)
	if b.Spread > 0 {
		words += fmt.Sprintf(", which is %.3g times the standard deviation between donors (%.4g)", b.Gap/b.Spread, b.Spread)
	}
	return words + ". The estimate extrapolates: it holds that gap as well as any effect"
}
