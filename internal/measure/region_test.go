package measure_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// regional is a point of April 2017 with a figure; without a number it is of an organisation that did not report.
func regional(number string, change func(p *measure.Point)) measure.Point {
	p := measure.Point{
		Period:        catalog.Period{Start: time.Date(2017, time.April, 1, 0, 0, 0, 0, time.UTC), Grain: catalog.Month},
		Organisations: 2,
		Complete:      number != "",
	}
	if number == "" {
		p.Missing = []string{"RX1"}
	} else {
		p.Numerator = decimal.NewNullDecimal(decimal.RequireFromString(number))
		p.Value = p.Numerator
	}
	if change != nil {
		change(&p)
	}
	return p
}

func TestRegion(t *testing.T) {
	m := &catalog.Measure{ID: "days", Unit: catalog.Number, Grain: catalog.Month, PerThousand: true}
	shared := func(share string) func(*measure.Point) {
		return func(p *measure.Point) {
			p.Shared = []measure.Shared{{Organisation: "620", Share: decimal.RequireFromString(share)}}
		}
	}
	unlisted := func(p *measure.Point) { p.Missing = []string{measure.Unlisted} }
	patients := registered(decimal.NewNullDecimal(decimal.NewFromInt(1000)))
	for _, test := range []struct {
		name                 string
		places               [][]measure.Point
		england              []measure.Point
		value, rate, partial string
		estimate, complete   bool
		organisations        int
	}{
		{"two whole footprints", [][]measure.Point{{regional("10", nil)}, {regional("5", nil)}}, []measure.Point{regional("99", nil)}, "15", "15", "", false, true, 4},
		{"a council shared within the region", [][]measure.Point{{regional("10", shared("0.4"))}, {regional("5", shared("0.6"))}}, []measure.Point{regional("99", nil)}, "15", "15", "", false, true, 3},
		{"a council shared beyond it", [][]measure.Point{{regional("10", shared("0.4"))}, {regional("5", nil)}}, []measure.Point{regional("99", nil)}, "15", "15", "", true, true, 4},
		{"one did not report", [][]measure.Point{{regional("10", nil)}, {regional("", func(p *measure.Point) { p.Organisations = 1 })}}, []measure.Point{regional("", nil)}, "", "", "10", false, false, 3},
		{"one of which nothing is listed", [][]measure.Point{{regional("10", nil)}, nil}, []measure.Point{regional("99", nil)}, "10", "10", "", false, true, 2},
		{"one that returned nothing", [][]measure.Point{{regional("10", nil)}, nil}, []measure.Point{regional("", unlisted)}, "", "", "", false, false, 2},
		{"one partial", [][]measure.Point{{regional("10", nil)}, {regional("", func(p *measure.Point) {
			p.Partial = &measure.Partial{Numerator: decimal.NewNullDecimal(decimal.NewFromInt(3)), Reported: 1, Expected: 2}
		})}}, []measure.Point{regional("", nil)}, "", "", "13", false, false, 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			points := measure.Region(m, test.places, test.england, patients)
			if len(points) != 1 {
				t.Fatalf("%d points, want one", len(points))
			}
			p := points[0]
			text := func(n decimal.NullDecimal) string {
				if !n.Valid {
					return ""
				}
				return n.Decimal.String()
			}
			partial := ""
			if p.Partial != nil {
				partial = text(p.Partial.Value)
			}
			if text(p.Value) != test.value || text(p.Rate) != test.rate || partial != test.partial || p.Estimate() != test.estimate || p.Complete != test.complete ||
				p.Organisations != test.organisations {
				t.Errorf(
					"value %q, rate %q, partial %q, estimate %v, complete %v, organisations %d; want %q, %q, %q, %v, %v, %d",
					text(
						p.Value,
					),
					text(p.Rate),
					partial,
					p.Estimate(),
					p.Complete,
					p.Organisations,
					test.value,
					test.rate,
					test.partial,
					test.estimate,
					test.complete,
					test.organisations,
				)
			}
		})
	}
}

func TestFiguresWithoutCounts(t *testing.T) {
	point := func(m *catalog.Measure, organisations uint16, numerator, denominator int64) measure.Point {
		v := measure.Value{Period: time.Date(2018, time.April, 1, 0, 0, 0, 0, time.UTC), Organisations: organisations}
		if denominator > 0 {
			v.Numerator, v.Denominator = decimal.NewNullDecimal(decimal.NewFromInt(numerator)), decimal.NewNullDecimal(decimal.NewFromInt(denominator))
		}
		return measure.NewPoint(m, v, measure.People{})
	}
	weighted := &catalog.Measure{ID: "home", Unit: catalog.Share, Grain: catalog.FinancialYear, WeightedBy: "the adults"}
	apart := &catalog.Measure{ID: "carers", Unit: catalog.Share, Grain: catalog.FinancialYear, WeightedBy: catalog.NotCombined}
	one, several := point(weighted, 1, 80, 100), point(weighted, 3, 210, 300)
	if one.Estimate() || !one.Value.Valid || !several.Estimate() || several.Value.Decimal.String() != "0.7" {
		t.Errorf("of one organisation it is %v, an estimate: %v; of several %v, %v", one.Value, one.Estimate(), several.Value, several.Estimate())
	}
	if r := measure.Region(
		weighted,
		[][]measure.Point{{one}, {one}},
		[]measure.Point{several},
		measure.People{},
	); !r[0].Estimate() ||
		r[0].Value.Decimal.String() != "0.8" {
		t.Errorf("of a region it is %v, an estimate: %v", r[0].Value, r[0].Estimate())
	}
	alone, together := point(apart, 1, 8, 10), point(apart, 2, 0, 0)
	if alone.Value.Decimal.String() != "0.8" || together.Value.Valid || together.NoValue != measure.NotCombined {
		t.Errorf("alone it is %v, of several %v as %q", alone.Value, together.Value, together.NoValue)
	}
	r := measure.Region(apart, [][]measure.Point{{alone}, {alone}}, []measure.Point{alone}, measure.People{})
	if r[0].Value.Valid || r[0].NoValue != measure.NotCombined {
		t.Errorf("of a region it is %v as %q", r[0].Value, r[0].NoValue)
	}
	c, err := measure.Compare(weighted, []measure.Point{one, several})
	if err != nil || c.Funnel != nil || c.Reason != measure.OfWeights || c.Intervals[0].Valid || c.Of != 2 {
		t.Errorf("they are compared as %+v, %v", c, err)
	}
}
