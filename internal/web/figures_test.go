package web

import (
	"encoding/json"
	"testing"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// Publications carry the noise of floating-point numbers; answers give pounds to the penny and other figures to four places.
func TestFiguresInAnswers(t *testing.T) {
	for _, c := range []struct {
		unit               catalog.Unit
		figure, of         string
		numerator, divided string
	}{
		{catalog.GBP, "40996.4042000000058", "", `"40996.4"`, `40996.4`},
		{catalog.GBP, "82891008.17547000017229", "", `"82891008.18"`, `82891008.18`}, // the publication's sum, to the penny
		{catalog.GBP, "-97852000", "", `"-97852000"`, `-97852000`},
		{catalog.Number, "4099.1333333333386", "", `"4099.1333"`, `4099.1333`},
		{catalog.Number, "47208.42857143", "", `"47208.4286"`, `47208.4286`},
		{catalog.Number, "471328", "", `"471328"`, `471328`},
		{catalog.Share, "2.00000000000004", "3", `"2"`, `0.6666666667`},
	} {
		p := measure.Point{Numerator: decimal.NewNullDecimal(decimal.RequireFromString(c.figure))}
		if p.Value = p.Numerator; c.of != "" {
			p.Denominator = decimal.NewNullDecimal(decimal.RequireFromString(c.of))
			p.Value = decimal.NewNullDecimal(decimal.RequireFromString("2").DivRound(p.Denominator.Decimal, 10))
		}
		got := newPoint(&catalog.Measure{Unit: c.unit}, p)
		numerator, err := json.Marshal(got.Numerator)
		if err != nil {
			t.Fatal(err)
		}
		value, err := json.Marshal(got.Value)
		if err != nil {
			t.Fatal(err)
		}
		if string(numerator) != c.numerator || string(value) != c.divided {
			t.Errorf("%s: %s and %s, want %s and %s", c.figure, numerator, value, c.numerator, c.divided)
		}
	}
	if none := newPoint(&catalog.Measure{Unit: catalog.GBP}, measure.Point{}); none.Numerator.Valid || none.Value.Valid {
		t.Error("a figure that is missing is given as one")
	}
}
