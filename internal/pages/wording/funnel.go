package wording

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/measure"
	"stpdash/internal/rates"
)

// FunnelPlaces are the places in the funnel in words.
var FunnelPlaces = map[rates.Significance]string{
	rates.High3s: "above the 99.8% limit", rates.High2s: "above the 95% limit", rates.Low3s: "below the 99.8% limit", rates.Low2s: "below the 95% limit",
	rates.NotSignificant: "within the limits", rates.NotJudged: "not judged",
}

// Uncounted says in a sentence why a measure has no intervals and no funnel.
func Uncounted(r measure.UncountedReason) string {
	switch r {
	case measure.OfChange:
		return "A change is no count, so no interval and no funnel is stated for it."
	case measure.OfAverage:
		return "The figures are averages over the period and no counts of events, so no interval and no funnel is stated for them."
	case measure.OfRate:
		return "The rate is stated as its publisher worked it out, so no interval and no funnel is stated for it."
	case measure.OfWeights:
		return "It is published without the counts beneath it, so no interval and no funnel is stated for it."
	case measure.OfMoney:
		return "Money is no count of events, so no interval and no funnel is stated for it."
	case measure.OfAmounts:
		return "Amounts of places of different size do not compare; the measure has no rate."
	}
	return ""
}

// FunnelReason says why a unit is left out of a funnel, or why the funnel has no baseline or no over-dispersion.
func FunnelReason(r rates.Reason) string {
	switch r.Code {
	case rates.NumeratorMissing:
		return "the numerator is missing"
	case rates.DenominatorMissing:
		return "the denominator is missing"
	case rates.NumeratorRefused:
		return fmt.Sprintf("numerator %v: zero or more is accepted", r.Value)
	case rates.DenominatorRefused:
		return fmt.Sprintf("denominator %v: more than zero is accepted", r.Value)
	case rates.TooLarge:
		return "the rate is too large to state"
	case rates.MoreThanAll:
		return fmt.Sprintf("numerator %v of a denominator of %v: no more than all is accepted for a proportion", r.Value, r.Of)
	case rates.NoUnits:
		return "no unit can be compared"
	case rates.NoEvents:
		return "there are no events at all"
	case rates.TooFewUnits:
		return "fewer than two units are too few to measure over-dispersion"
	case rates.NoLogarithm:
		return "a unit has no events and so no logarithm: cqc measures over-dispersion there, and shmi does not"
	}
	return ""
}

// Dispersion says whether the footprints differ by more than chance, and what the limits make of it.
func Dispersion(f *rates.Funnel) string {
	switch {
	case f.Reason.Code != "":
		return "The limits allow for chance alone. Whether the footprints differ by more is not known: " + FunnelReason(f.Reason) + "."
	case f.Tau2 > 0:
		return fmt.Sprintf("Over-dispersion was found: the footprints vary %s times as much as chance alone would have it (φ, of which 1 is chance), "+
			"so the limits are widened by the differences usual between them.", Grouped(decimal.NewFromFloat(f.Phi), 1))
	}
	return fmt.Sprintf(
		"No over-dispersion was found (φ = %s, of which 1 is chance), so the limits allow for chance alone.",
		Grouped(decimal.NewFromFloat(f.Phi), 1),
	)
}

// FunnelSummary says how many places lie beyond the funnel's limits.
func FunnelSummary(f *rates.Funnel) string {
	lie := map[rates.Significance]int{}
	for _, u := range f.Units {
		if u.Reason.Code == "" {
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

// Funnel says what a funnel shows: its centre line, its dispersion, and the areas outside its limits, by where they lie. So many are drawn in it, and
// so many left out.
func Funnel(f *rates.Funnel, centre string, outside map[rates.Significance][]string, drawn, left int) []string {
	sentences := []string{
		fmt.Sprintf(
			"The centre line is %s, that of the %s with a figure together. England's own figure may differ, as it has organisations that are in no single footprint.",
			centre,
			Plural(drawn, "footprint", "footprints"),
		),
		Dispersion(f),
	}
	named := false
	for _, lies := range []rates.Significance{rates.High3s, rates.Low3s} {
		if names := outside[lies]; len(names) > 0 {
			// Some names have commas of their own.
			sentences = append(sentences, fmt.Sprintf("%s: %s.", Capital(FunnelPlaces[lies]), strings.Join(names, "; ")))
			named = true
		}
	}
	if !named {
		sentences = append(sentences, "No footprint lies outside the 99.8% limits.")
	}
	if left > 0 {
		sentences = append(sentences, Plural(left, "footprint is", "footprints are")+" not in the funnel, for want of a figure.")
	}
	return sentences
}
