package review

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/spc"
)

// drawLatest draws what is known of measures in places, of which several state the same counts.
func drawLatest(t *rapid.T) (*Review, latest) {
	v := &Review{}
	for i := range rapid.IntRange(1, 6).Draw(t, "measures") {
		id := string(rune('a' + i))
		v.Measures = append(v.Measures, &catalog.Measure{ID: id, Title: id, Theme: "access", Grain: catalog.Month, Unit: catalog.Number})
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "places") {
		v.Places = append(v.Places, figures.Area{Code: string(rune('A' + i))})
	}
	known := latest{map[key]*figures.LatestFigure{}, map[key]*figures.LatestFigure{}}
	variations := append([]spc.Variation{spc.NoVariation, spc.CommonVariation}, spc.Special...)
	for _, m := range v.Measures {
		for _, s := range v.Places {
			for _, of := range []map[key]*figures.LatestFigure{known.before, known.after} {
				if rapid.IntRange(0, 4).Draw(t, "none") == 0 {
					continue
				}
				period, err := catalog.ParsePeriod(rapid.SampledFrom([]string{"2016-03", "2020-02", "2020-03"}).Draw(t, "period"))
				if err != nil {
					t.Fatal(err)
				}
				value := decimal.NewFromInt(rapid.Int64Range(0, 3).Draw(t, "value"))
				point := measure.Point{Period: period, Value: decimal.NewNullDecimal(value), Numerator: decimal.NewNullDecimal(value)}
				of[key{m.ID, s.Code}] = &figures.LatestFigure{Measure: m, Area: s, Period: period, Now: point, Signal: &measure.Signal{
					Variation: rapid.SampledFrom(variations).Draw(t, "variation"), Judges: point, Normal: measure.NormalRange{Low: 0.5, Mean: 1, High: 1.5, Known: true},
				}}
			}
		}
	}
	return v, known
}

func TestMessages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, known := drawLatest(t)
		found := messages(v, known)
		if len(found) > MaxMessages {
			t.Fatalf("%d messages", len(found))
		}
		others, told := 0, map[*catalog.Measure]map[Kind]bool{}
		for i, m := range found {
			if m.Kind != Worse {
				others++
				if i != len(found)-1 {
					t.Fatalf("what is not for the worse comes before %s", found[i+1].Measure().ID)
				}
			}
			if i > 0 && m.Kind == Worse && compare(found[i-1], m) > 0 {
				t.Fatalf("%s is told before %s, which matters more", found[i-1].Measure().ID, m.Measure().ID)
			}
			if len(m.Findings) == 0 || len(m.Findings)+len(m.Usual)+len(m.Untested) > len(v.Places) {
				t.Fatalf("of %d places %d are marked, %d not and %d not tested", len(v.Places), len(m.Findings), len(m.Usual), len(m.Untested))
			}
			for _, of := range m.Measures {
				if told[of] == nil {
					told[of] = map[Kind]bool{}
				}
				if told[of][m.Kind] {
					t.Fatalf("%s is told of twice", of.ID)
				}
				told[of][m.Kind] = true
			}
			for _, f := range m.Findings {
				if kindOf(f) != m.Kind {
					t.Fatalf("a figure that is %q is told of as %q", kindOf(f), m.Kind)
				}
				if f.New && !m.New {
					t.Fatal("a message with something new is told of as old")
				}
			}
		}
		if others > 1 {
			t.Fatalf("%d messages are not for the worse", others)
		}
	})
}

// What is new comes first, however few footprints it shows in; then what shows in most.
func TestRanks(t *testing.T) {
	m := &catalog.Measure{ID: "waits", Unit: catalog.Number}
	of := func(value float64) Finding {
		return Finding{Now: &figures.LatestFigure{Measure: m, Signal: &measure.Signal{
			Judges: measure.Point{Value: decimal.NewNullDecimal(decimal.NewFromFloat(value))}, Normal: measure.NormalRange{Low: 70, Mean: 100, High: 130, Known: true},
		}}}
	}
	if d := of(160).Distance(); d != 6 {
		t.Errorf("160 lies %v standard deviations of 10 from 100", d)
	}
	if d := of(40).Distance(); d != 6 {
		t.Errorf("40 lies %v standard deviations of 10 from 100", d)
	}
	turned := of(140)
	turned.Turn = WentOff
	order := []Message{
		{New: true, Findings: []Finding{of(140)}},
		{Findings: []Finding{of(150), of(140)}},
		{Findings: []Finding{turned}},
		{Findings: []Finding{of(170)}},
		{Findings: []Finding{of(150)}},
	}
	for i := range order {
		order[i].Measures = []*catalog.Measure{m}
		if i > 0 && compare(order[i-1], order[i]) >= 0 {
			t.Errorf("message %d does not come before message %d", i-1, i)
		}
	}
}
