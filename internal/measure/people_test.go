package measure_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// registered are people of whom one count stands for every period; none where it is not known.
func registered(n decimal.NullDecimal) measure.People {
	people := measure.People{Of: &catalog.Measure{Grain: catalog.Quarter}, ForAll: true}
	if n.Valid {
		people.Counts = []measure.Divisor{{Period: period("2016-Q1"), People: n.Decimal}}
	}
	return people
}

func period(text string) catalog.Period {
	p, err := catalog.ParsePeriod(text)
	if err != nil {
		panic(err)
	}
	return p
}

func TestPeopleDuring(t *testing.T) {
	counts := func(grain catalog.Grain, carried int, all ...string) measure.People {
		var points []measure.Point
		for _, of := range all {
			of, missing := strings.CutSuffix(of, "?")
			p := measure.Point{Period: period(of)}
			if !missing {
				p.Value, p.Complete = number("7"), true
			}
			points = append(points, p)
		}
		return measure.NewPeople(&catalog.Measure{Grain: grain, CarriedForward: carried}, points)
	}
	quarters := counts(catalog.Quarter, 4, "2013-Q3", "2013-Q4", "2014-Q1?", "2015-Q3") // in 2014 somebody did not report
	years := counts(catalog.CalendarYear, 1, "2015", "2016")
	for _, test := range []struct {
		people     measure.People
		from, want string
	}{
		{quarters, "2013-06", ""}, // nothing is carried back
		{quarters, "2013-07", "2013-Q3"},
		{quarters, "2013-12", "2013-Q4"},
		{quarters, "2014-02", "2013-Q4"}, // the last whole one
		{quarters, "2014-12", "2013-Q4"},
		{quarters, "2015-01", ""}, // more than four quarters later
		{quarters, "2016-09", "2015-Q3"},
		{quarters, "2016-10", ""},
		{quarters, "2013/14", "2013-Q4"}, // 1 October
		{quarters, "2015/16", "2015-Q3"},
		{quarters, "2013", "2013-Q3"}, // 1 July
		{quarters, "2013-Q4", "2013-Q4"},
		{years, "2014-12", ""},
		{years, "2015-01", "2015"},
		{years, "2016-12", "2016"},
		{years, "2017-12", "2016"},
		{years, "2018-01", ""},
		{years, "2015/16", "2015"},
		{years, "2016-02-29", "2016"},
		{years, "2015-12-31", "2015"},
		{years, "2016-01-01", "2016"},
		{registered(number("7")), "2008-04", "2016-Q1"},
		{registered(number("7")), "2020-04", "2016-Q1"},
		{measure.People{}, "2015-01", ""},
	} {
		p := period(test.from)
		got := ""
		if by := test.people.During(p.Start, p.End()); by != nil {
			got = by.Period.String()
		}
		if got != test.want {
			t.Errorf("%s is divided by the people of %q, want %q", test.from, got, test.want)
		}
	}
}

func TestPeopleOfTheirYearAreTheDenominator(t *testing.T) {
	m := &catalog.Measure{
		ID: "per_adult", Unit: catalog.Rate, Per: 100000, Grain: catalog.Month, Numerator: &catalog.Sum{Add: []string{"days"}},
		Denominator: &catalog.Sum{Add: []string{"adults"}, OwnPeriods: true, EachDay: true},
	}
	half := []measure.Shared{{Organisation: "805", Share: decimal.RequireFromString("0.5")}}
	people := measure.NewPeople(&catalog.Measure{Grain: catalog.CalendarYear, CarriedForward: 1}, []measure.Point{
		{Period: period("2015"), Value: number("1000"), Complete: true, Load: 3, Shared: half},
		{Period: period("2016"), Value: number("2000"), Complete: true, Load: 9},
	})
	value := func(of string) measure.Value {
		return measure.Value{Period: period(of).Start, Numerator: number("31"), Organisations: 1, Load: 5}
	}
	p := measure.NewPoint(m, value("2015-01"), people)
	if text(p.Value) != "100" || text(p.Denominator) != "31000" || p.Divisor.Period.String() != "2015" || p.Load != 5 || cmp.Diff(half, p.Shared) != "" {
		t.Errorf("%+v by %+v", p, p.Divisor)
	}
	if p := measure.NewPoint(m, value("2016-02"), people); text(p.Denominator) != "58000" || p.Load != 9 { // 29 days
		t.Errorf("%+v", p)
	}
	if p := measure.NewPoint(
		m,
		value("2014-12"),
		people,
	); p.Value.Valid || p.Denominator.Valid || !p.Complete || p.NoValue != measure.PeopleUnknown ||
		text(p.Numerator) != "31" {
		t.Errorf("%+v", p)
	}
	missing := value("2015-01")
	missing.Missing, missing.PartialNumerator = []string{"805"}, number("7")
	if p := measure.NewPoint(m, missing, people); p.Value.Valid || p.Complete || p.Partial != nil || p.NoValue != "" {
		t.Errorf("some of the days are no part of a figure of all adults: %+v", p)
	}
	places := [][]measure.Point{{measure.NewPoint(m, value("2015-01"), people)}, {measure.NewPoint(m, value("2015-01"), people)}}
	both := measure.NewPeople(people.Of, []measure.Point{{Period: period("2015"), Value: number("2000"), Complete: true}})
	if got := measure.Region(m, places, nil, both); len(got) != 1 || text(got[0].Value) != "100" || text(got[0].Denominator) != "62000" {
		t.Errorf("a region: %+v", got)
	}
	if got := measure.Sum(m, places); text(got[0].Value) != "100" {
		t.Errorf("places together: %+v", got)
	}
	year := &catalog.Measure{
		ID:          "visits_year",
		PerThousand: true,
		Unit:        catalog.Number,
		Grain:       catalog.Month,
		Derived:     &catalog.Derivation{Of: "visits", By: catalog.RollingYear},
	}
	var points []measure.Point
	for i := range 12 {
		start := time.Date(2015, time.Month(7+i), 1, 0, 0, 0, 0, time.UTC)
		points = append(
			points,
			measure.Point{Period: catalog.Period{Start: start, Grain: catalog.Month}, Numerator: number("1"), Value: number("1"), Complete: true, Organisations: 1},
		)
	}
	if got := measure.Derive(year, points, nil, people); len(got) != 1 || got[0].Divisor.Period.String() != "2016" || text(got[0].Rate) != "6" {
		t.Errorf("July 2015 to June 2016 has its middle at the beginning of 2016: %+v", got)
	}
}
