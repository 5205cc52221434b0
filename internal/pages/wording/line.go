package wording

import (
	"fmt"

	"stpdash/internal/catalog"
)

// Axes say what small drawings of one scale run over.
func Axes(first, last catalog.Period, low, high string) string {
	return fmt.Sprintf(
		"Each drawing runs from %s until %s and from %s at its foot to %s at its top, so that heights compare.",
		first.Words(),
		last.Words(),
		low,
		high,
	)
}

// Line says a series in a sentence, with how many of its periods have no figure.
func Line(area, first, last, lowest, highest string, missing int) string {
	words := fmt.Sprintf("%s: from %s to %s; lowest %s, highest %s.", area, first, last, lowest, highest)
	if missing > 0 {
		words += " " + Plural(missing, "period is", "periods are") + " without a figure."
	}
	return words
}
