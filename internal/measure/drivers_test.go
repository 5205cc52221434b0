package measure

import (
	"fmt"
	"os"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"stpdash/internal/catalog"
)

func whole(period, value, denominator string) Point {
	p, err := catalog.ParsePeriod(period)
	if err != nil {
		panic(err)
	}
	point := Point{Period: p, Complete: true, Value: decimal.NewNullDecimal(decimal.RequireFromString(value))}
	if denominator != "" {
		point.Denominator = decimal.NewNullDecimal(decimal.RequireFromString(denominator))
	}
	return point
}

func part(numerator, denominator string) Part {
	p := Part{Periods: 1, Numerator: decimal.NewNullDecimal(decimal.RequireFromString(numerator))}
	if denominator != "" {
		p.Denominator = decimal.NewNullDecimal(decimal.RequireFromString(denominator))
	}
	return p
}

// Of a sum, each organisation makes up its own change; one that joined all that it has, one that left what it had.
func TestContributionsToASum(t *testing.T) {
	m := &catalog.Measure{ID: "attendances", Unit: catalog.Number, Grain: catalog.Month}
	all, ok := Contributions(m, whole("2019-03", "350", ""), whole("2020-03", "300", ""), []Apportioned{
		{"A", part("100", ""), part("80", "")},
		{"B", part("200", ""), part("190", "")},
		{"C", part("50", ""), Part{}},
		{"D", Part{}, part("30", "")},
	})
	if !ok {
		t.Fatal("not divided")
	}
	want := map[string]string{"A": "-20", "B": "-10", "C": "-50", "D": "30"}
	for i, c := range all {
		if !c.Points.Equal(decimal.RequireFromString(want[c.Organisation])) || c.Within.Valid {
			t.Errorf("%s makes up %s, want %s", c.Organisation, c.Points, want[c.Organisation])
		}
		if i > 0 && all[i-1].Points.Abs().LessThan(c.Points.Abs()) {
			t.Errorf("%s comes after %s, which makes up less", c.Organisation, all[i-1].Organisation)
		}
	}
	if _, ok := Contributions(m, whole("2019-03", "351", ""), whole("2020-03", "300", ""), []Apportioned{{"A", part("350", ""), part("300", "")}}); ok {
		t.Error("350 stand for a figure of 351")
	}
}

// Worked out by hand: two of equal size at 90% and 80%. The first falls to 80%, so that it makes up half of ten points. Then all alike move from
// the better to the worse one: the change is all by mix.
func TestContributionsToAShare(t *testing.T) {
	m := &catalog.Measure{ID: "within", Unit: catalog.Share, Grain: catalog.Month}
	of := func(all []Contribution, code string) Contribution {
		for _, c := range all {
			if c.Organisation == code {
				return c
			}
		}
		t.Fatalf("no %s", code)
		return Contribution{}
	}
	is := func(what string, got decimal.Decimal, want string) {
		t.Helper()
		if !got.Equal(decimal.RequireFromString(want)) {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	all, ok := Contributions(m, whole("2019-03", "0.85", ""), whole("2020-03", "0.8", ""), []Apportioned{
		{"A", part("90", "100"), part("80", "100")}, {"B", part("80", "100"), part("80", "100")},
	})
	if !ok {
		t.Fatal("not divided")
	}
	is("A", of(all, "A").Points, "-0.05")
	is("A by its rate", of(all, "A").Within.Decimal, "-0.05")
	is("B", of(all, "B").Points, "0")
	all, ok = Contributions(m, whole("2019-03", "0.85", ""), whole("2020-03", "0.825", ""), []Apportioned{
		{"A", part("90", "100"), part("45", "50")}, {"B", part("80", "100"), part("120", "150")},
	})
	if !ok {
		t.Fatal("not divided")
	}
	// The place's mean is 83.75%. A has 25 points less of the weight, at 6.25 points over it; B as much more, at 3.75 under.
	is("A by mix", of(all, "A").Mix.Decimal, "-0.015625")
	is("B by mix", of(all, "B").Mix.Decimal, "-0.009375")
	is("A by its rate", of(all, "A").Within.Decimal, "0")
	// B leaves, whose rate lies 5 points under A's: what is left is better by that alone.
	all, ok = Contributions(m, whole("2019-03", "0.85", ""), whole("2020-03", "0.9", ""), []Apportioned{
		{"A", part("90", "100"), part("90", "100")}, {"B", part("80", "100"), Part{}},
	})
	if !ok {
		t.Fatal("not divided")
	}
	is("A", of(all, "A").Points, "0.0125") // half of the weight more, at 2.5 points over the mean of 87.5%
	is("B", of(all, "B").Points, "0.0375") // half of the weight less, at 7.5 points under it
	if _, ok := Contributions(m, whole("2019-03", "0.85", ""), whole("2020-03", "0.9", ""), []Apportioned{
		{"A", part("85", "100"), part("90", "100")}, {"B", part("0", "0"), part("5", "0")},
	}); ok {
		t.Error("five of nobody are divided")
	}
}

// Of a rate per people of the place, the counts of each are divided by all of them.
func TestContributionsToARateOfAPlace(t *testing.T) {
	m := &catalog.Measure{ID: "days", Unit: catalog.Rate, Per: 1000, Grain: catalog.Month, Denominator: &catalog.Sum{Add: []string{"adults"}, OwnPeriods: true}}
	all, ok := Contributions(m, whole("2019-03", "3", "10000"), whole("2020-03", "3.75", "8000"), []Apportioned{
		{"A", part("20", ""), part("20", "")}, {"B", part("10", ""), part("10", "")},
	})
	if !ok || !all[0].Points.Equal(decimal.RequireFromString("0.5")) || !all[1].Points.Equal(decimal.RequireFromString("0.25")) {
		t.Errorf("%v: %+v", ok, all)
	}
}

// Of growth, each makes up its own change as a part of what the place had before: 5 of 100 and 10 of 100.
func TestContributionsToGrowth(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	m, _ := c.Measure("emergency_admissions_growth")
	all, ok := Contributions(m, whole("2019-03", "100", ""), whole("2020-03", "115", ""), []Apportioned{
		{"A", part("60", ""), part("65", "")}, {"B", part("40", ""), part("50", "")},
	})
	if !ok || all[0].Organisation != "B" || !all[0].Points.Equal(decimal.RequireFromString("0.1")) || !all[1].Points.Equal(decimal.RequireFromString("0.05")) {
		t.Errorf("%v: %+v", ok, all)
	}
}

// Whatever the figures, the contributions add up to the change to the last digit, and what is within and by mix to each.
func TestContributionsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &catalog.Measure{ID: "m", Grain: catalog.Month}
		kind := rapid.SampledFrom([]Decomposition{BySum, ByRateAndMix, ByPlacePeople}).Draw(t, "kind")
		people := decimal.NullDecimal{}
		switch kind {
		case BySum:
			m.Unit = catalog.GBP
		case ByRateAndMix:
			m.Unit = catalog.Share
		default:
			m.Unit, m.Per, m.Denominator = catalog.Rate, 100000, &catalog.Sum{Add: []string{"adults"}, OwnPeriods: true}
			people = decimal.NewNullDecimal(decimal.NewFromInt(rapid.Int64Range(1, 3_000_000).Draw(t, "people")))
		}
		var parts []Apportioned
		draw := func(name string) Part {
			if rapid.IntRange(0, 4).Draw(t, name+" listed") == 0 {
				return Part{}
			}
			d := rapid.Int64Range(1, 90_000).Draw(t, name+" of")
			p := Part{Periods: 1, Numerator: decimal.NewNullDecimal(decimal.New(rapid.Int64Range(0, 100*d).Draw(t, name), -2))}
			if kind == ByRateAndMix {
				p.Denominator = decimal.NewNullDecimal(decimal.NewFromInt(d))
			}
			return p
		}
		for i := range rapid.IntRange(1, 12).Draw(t, "organisations") {
			parts = append(parts, Apportioned{fmt.Sprint("R", i), draw(fmt.Sprint("from ", i)), draw(fmt.Sprint("to ", i))})
		}
		point := func(of func(Apportioned) Part) Point {
			p := Point{Complete: true, Denominator: people}
			n, d := decimal.Zero, decimal.Zero
			for _, a := range parts {
				n, d = n.Add(of(a).Numerator.Decimal), d.Add(of(a).Denominator.Decimal)
			}
			p.Numerator = decimal.NewNullDecimal(n)
			if kind == ByRateAndMix {
				p.Denominator = decimal.NewNullDecimal(d)
			}
			p.value(m)
			return p
		}
		from, to := point(func(a Apportioned) Part { return a.From }), point(func(a Apportioned) Part { return a.To })
		all, ok := Contributions(m, from, to, parts)
		if ok != (from.Value.Valid && to.Value.Valid) {
			t.Fatalf("divided: %v; from %v to %v", ok, from.Value, to.Value)
		}
		sum := decimal.Zero
		for _, c := range all {
			sum = sum.Add(c.Points)
			if c.Within.Valid && !c.Within.Decimal.Add(c.Mix.Decimal).Equal(c.Points) {
				t.Fatalf("%s: %s within and %s by mix are not %s", c.Organisation, c.Within.Decimal, c.Mix.Decimal, c.Points)
			}
		}
		if ok && !sum.Equal(to.Value.Decimal.Sub(from.Value.Decimal)) {
			t.Fatalf("the contributions add up to %s, and the change is %s", sum, to.Value.Decimal.Sub(from.Value.Decimal))
		}
	})
}
