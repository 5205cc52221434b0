package wording

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// The range is of the figures that are known, from the first to the last of them, and says which are estimates.
func TestRangeOfKnownFigures(t *testing.T) {
	m := &catalog.Measure{Unit: catalog.Number, Grain: catalog.Month, Counted: "days"}
	var points []measure.Point
	for month, n := range []int64{0, 12, 40, 0} {
		p, err := catalog.ParsePeriod("2017-0" + string(rune('1'+month)))
		if err != nil {
			t.Fatal(err)
		}
		point := measure.Point{Period: p, Organisations: 2, Complete: n > 0, Shared: []measure.Shared{{Organisation: "908"}}}
		if n > 0 {
			point.Value = decimal.NewNullDecimal(decimal.NewFromInt(n))
		}
		points = append(points, point)
	}
	_, sentence := CardFinding(m, points, "")
	want := "From February 2017 until March 2017 it lay between 12" + EstimateMark + " (February 2017) and 40" + EstimateMark + " (March 2017)."
	if !strings.Contains(sentence, want) {
		t.Errorf("%q, want %q in it", sentence, want)
	}
}
