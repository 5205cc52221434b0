package wording

import (
	"testing"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

func TestPointShort(t *testing.T) {
	count, money, share := &catalog.Measure{Unit: catalog.Number}, &catalog.Measure{Unit: catalog.GBP}, &catalog.Measure{Unit: catalog.Share}
	for _, c := range []struct {
		measure *catalog.Measure
		number  string
		point   measure.Point
		want    string
	}{
		{money, "34364000", measure.Point{}, "£34.4m"},
		{money, "34364000", measure.Point{Weighted: true}, "£34.4m" + EstimateMark},
		{count, "1949762", measure.Point{}, "1.9m"},
		{count, "1949762", measure.Point{Weighted: true}, "1.9m" + EstimateMark},
		{money, "999999", measure.Point{}, ""},
		{money, "-34364000", measure.Point{}, ""},
		{share, "0.857", measure.Point{}, ""},
	} {
		c.point.Value = decimal.NewNullDecimal(decimal.RequireFromString(c.number))
		if got := PointShort(c.measure, AsNumber, c.point); got != c.want {
			t.Errorf("%s: %q, want %q", c.number, got, c.want)
		}
	}
}
