package wording

import (
	"testing"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
)

func TestShortNames(t *testing.T) {
	names := map[string]string{
		"RR8": "Leeds Teaching Hospitals NHS Trust", "RXF": "Mid Yorkshire Hospitals NHS Trust", "RGD": "Leeds and York Partnership NHS Foundation Trust",
		"RY6": "Leeds NHS Trust", "722": "London Borough of Ealing", "A": "Dr Local Care", "B": "Dr Local Care", "R1E": "The Staffordshire NHS Trust",
	}
	var codes []string
	for code := range names {
		codes = append(codes, code)
	}
	got := ShortNames(codes, func(code string) string { return names[code] })
	for code, want := range map[string]string{
		"RR8": "Leeds Teaching Hospitals NHS Trust", "RY6": "Leeds NHS Trust", // both would be Leeds
		"RXF": "Mid Yorkshire", "RGD": "Leeds and York Partnership", "722": "Ealing", "A": "Dr Local Care (A)", "B": "Dr Local Care (B)", "R1E": "Staffordshire",
	} {
		if got[code] != want {
			t.Errorf("%s: %q, want %q", code, got[code], want)
		}
	}
}

// Each reason for which nothing is divided has words of its own, and each way of dividing.
func TestWordsOfDrivers(t *testing.T) {
	named := func(codes []string) map[string]string {
		all := map[string]string{}
		for _, code := range codes {
			all[code] = code
		}
		return all
	}
	period, err := catalog.ParsePeriod("2019-03")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]figures.NoDriversCode{}
	for _, code := range NoDriversCodes {
		words := NoDrivers(figures.Drivers{None: figures.NoDrivers{Code: code, Period: period, Organisations: []string{"RXF"}}}, named)
		if other, again := said[words]; words == "" || again {
			t.Errorf("%s: %q, as of %s", code, words, other)
		}
		said[words] = code
	}
	for _, by := range []measure.Decomposition{measure.BySum, measure.ByRateAndMix, measure.ByPlacePeople, measure.ByGrowth} {
		if Decompositions[by] == "" {
			t.Errorf("no words for %s", by)
		}
	}
}

func TestDriversFinding(t *testing.T) {
	names := map[string]string{"A": "Leeds", "B": "Bradford", "C": "Airedale"}
	of := func(change int64, parts ...int64) figures.Drivers {
		d := figures.Drivers{Measure: &catalog.Measure{Unit: catalog.Number}, By: measure.BySum, Change: decimal.NewNullDecimal(decimal.NewFromInt(change))}
		for i, p := range parts {
			o := figures.Driver{Presence: figures.Present}
			o.Organisation, o.Points = string(rune('A'+i)), decimal.NewFromInt(p)
			if change != 0 {
				o.Part = decimal.NewNullDecimal(decimal.NewFromInt(100 * p).Div(decimal.NewFromInt(change)))
			}
			d.Organisations = append(d.Organisations, o)
		}
		return d
	}
	small := of(1, 40, -39)
	small.Organisations[0].Part, small.Organisations[1].Part = decimal.NullDecimal{}, decimal.NullDecimal{}
	if got := DriversFinding(small, names); got != "Little change: what rose and what fell here nearly make up for each other" {
		t.Errorf("%q", got)
	}
	for _, test := range []struct {
		d    figures.Drivers
		want string
	}{
		{of(-100, -58, -42), "Leeds makes up 58% of the fall and Bradford 42%"},
		{of(100, 40, 35, 25), "Leeds makes up 40% of the rise and Bradford 35%"},
		{of(-100, -150, 50), "Leeds alone makes up more than the whole fall; Bradford takes off 50%"},
		{of(-100, 60, -110, -50), "Bradford alone makes up more than the whole fall and Airedale 50%; Leeds takes off 60%"},
		{of(-100, -80, -30, 10), "Leeds makes up 80% of the fall and Bradford 30%"},
		{of(-100, -100), "Leeds makes up all of the fall, as the only organisation here"},
		{of(0, -5, 5), "No change: what rose and what fell here make up for each other"},
		{of(0, 0, 0), "No change in any organisation"},
	} {
		if got := DriversFinding(test.d, names); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
