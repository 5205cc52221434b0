package wording

import (
	"fmt"

	"github.com/shopspring/decimal"

	"stpdash/internal/rates"
)

// FunnelPlaces are the places in the funnel in words.
var FunnelPlaces = map[rates.Significance]string{
	rates.High3s: "above the 99.8% limit", rates.High2s: "above the 95% limit", rates.Low3s: "below the 99.8% limit", rates.Low2s: "below the 95% limit",
	rates.NotSignificant: "within the limits", rates.NotJudged: "not judged",
}

// Dispersion says whether the footprints differ by more than chance, and what the limits make of it.
func Dispersion(f *rates.Funnel) string {
	switch {
	case f.Reason != "":
		return "The limits allow for chance alone: whether the footprints differ by more could not be told, because " + f.Reason + "."
	case f.Tau2 > 0:
		return fmt.Sprintf("Over-dispersion was found: the footprints vary %s times as much as chance alone would have it (φ, of which 1 is chance), "+
			"so the limits are widened by the differences usual between them.", Grouped(decimal.NewFromFloat(f.Phi), 1))
	}
	return fmt.Sprintf("No over-dispersion was found (φ = %s, of which 1 is chance), so the limits allow for chance alone.", Grouped(decimal.NewFromFloat(f.Phi), 1))
}

// FunnelSummary says how many places lie beyond the funnel's limits.
func FunnelSummary(f *rates.Funnel) string {
	lie := map[rates.Significance]int{}
	for _, u := range f.Units {
		if u.Reason == "" {
			_, lies := u.Verdict()
			lie[lies]++
		}
	}
	allows := "chance alone"
	if f.Tau2 > 0 {
		allows = "chance and the differences usual between footprints"
	}
	words := fmt.Sprintf("Beside each other, %s above and %d below the funnel's 99.8%% limits, which allow for %s", Plural(lie[rates.High3s], "lies", "lie"),
		lie[rates.Low3s], allows)
	if n := lie[rates.High2s] + lie[rates.Low2s]; n > 0 {
		words += fmt.Sprintf("; %s beyond the 95%% limits, where about 1 in 20 would lie anyway", Plural(n, "more lies", "more lie"))
	}
	return words + "."
}
