package wording

import (
	"testing"

	"github.com/shopspring/decimal"

	"stpdash/internal/figures"
)

func TestDifferenceOf(t *testing.T) {
	per := func(text string) figures.Difference {
		return figures.Difference{PerCent: decimal.NewNullDecimal(decimal.RequireFromString(text))}
	}
	for _, c := range []struct {
		of   figures.Difference
		want string
	}{
		{per("-29.706172"), "the first is 29.7% lower"},
		{per("8"), "the first is 8.0% higher"},
		{per("0.001234"), "the first is 0.001% higher"},
		{figures.Difference{}, "the second is zero"},
	} {
		if got := DifferenceOf(c.of); got != c.want {
			t.Errorf("%v: %q, want %q", c.of.PerCent, got, c.want)
		}
	}
}
