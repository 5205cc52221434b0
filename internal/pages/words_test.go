package pages

import (
	"os"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

// A period without a figure says what is known: that nothing is loaded, or why the source leaves out what is published for it.
func TestPeriodThatIsNotLoaded(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	composer := &parts{directory: figures.NewDirectory(c, nil)}
	for _, test := range []struct{ measure, period, starts string }{
		{"operations_cancelled", "2022-Q4", "What is published for this period is not loaded: every count of these quarters is even"},
		{"operations_cancelled_not_treated_28_days", "2025-Q1", "What is published for this period is not loaded: every count of these quarters is even"},
		{"operations_cancelled_not_treated_28_days_share", "2022-Q4", "What is published for this period is not loaded: every count of these quarters is even"},
		{"operations_cancelled", "2020-Q1", "Nothing is loaded for this period."},
		{"ae_four_hour", "2021-03", "Nothing is loaded for this period."},
		{"beds_available_general_acute", "2015-Q1", "Nothing is loaded for this period."}, // of which other rows are skipped
	} {
		m, ok := c.Measure(test.measure)
		if !ok {
			t.Errorf("no measure %s", test.measure)
			continue
		}
		p, _ := catalog.ParsePeriod(test.period)
		if got := composer.figure(m, wording.AsNumber, measure.Point{Period: p}, "E54000043", figures.Moment{}); !strings.HasPrefix(got.Reason, test.starts) {
			t.Errorf("%s in %s: %q", test.measure, test.period, got.Reason)
		}
	}
}

func TestNeighbouringFifthsEndApart(t *testing.T) {
	m := &catalog.Measure{Unit: catalog.Share}
	var values []decimal.NullDecimal
	for _, value := range []string{"0.20", "0.2088", "0.2094", "0.23", "0.24", "0.25", "0.26", "0.27", "0.28", "0.29"} {
		values = append(values, decimal.NewNullDecimal(decimal.RequireFromString(value)))
	}
	tiles := TileMap{Tiles: make([]Tile, len(values))}
	tiles.shade(values, func(d decimal.Decimal, more int32) string { return wording.AsNumber.Finer(m, d, more) })
	if low, next := tiles.Legend[0].Text, tiles.Legend[1].Text; low != "Lowest fifth: 20.00% to 20.88%" || next != "20.94% to 23.00%" {
		t.Errorf("%s, then %s", low, next)
	}
}
