package catalog_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"stpdash/internal/catalog"
)

func anyPeriod(t *rapid.T) catalog.Period {
	p := catalog.Period{Grain: rapid.SampledFrom([]catalog.Grain{
		catalog.Day, catalog.Week, catalog.Month, catalog.Quarter, catalog.CalendarYear, catalog.FinancialYear,
	}).Draw(t, "grain")}
	month, day := time.April, 1
	switch p.Grain {
	case catalog.CalendarYear:
		month = time.January
	case catalog.Day:
		month, day = time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 31).Draw(t, "day")
	case catalog.Month:
		month = time.Month(rapid.IntRange(1, 12).Draw(t, "month"))
	case catalog.Quarter:
		month = time.Month(3*rapid.IntRange(1, 4).Draw(t, "quarter") - 2)
	}
	p.Start = time.Date(rapid.IntRange(1971, 2148).Draw(t, "year"), month, day, 0, 0, 0, 0, time.UTC)
	if p.Grain == catalog.Week {
		p.Start = p.Start.AddDate(0, 0, rapid.IntRange(0, 260).Draw(t, "days")) // so that the last ends in 2148
		p.Start = p.Start.AddDate(0, 0, -(int(p.Start.Weekday())+6)%7)
	}
	return p
}

func TestPeriodIsReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPeriod(t)
		back, err := catalog.ParsePeriod(p.String())
		if err != nil || back != p {
			t.Fatalf("%v is written %q and read as %v, %v", p, p, back, err)
		}
	})
}

func TestYearBefore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPeriod(t)
		before := p.YearBefore()
		if p.Grain == catalog.Week {
			if before.Grain != p.Grain || p.Start.Sub(before.Start) != 52*7*24*time.Hour {
				t.Fatalf("the year before %s is %s", p, before)
			}
			return
		}
		day := p.Start.Day()
		if p.Start.Month() == time.February && day == 29 {
			day = 28
		}
		if before.Grain != p.Grain || before.Start.Year() != p.Start.Year()-1 || before.Start.Month() != p.Start.Month() || before.Start.Day() != day {
			t.Fatalf("the year before %s is %s", p, before)
		}
	})
}

func TestNeighbouringPeriods(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPeriod(t)
		if p.Next().Previous() != p || p.Previous().Next() != p || !p.Previous().End().Equal(p.Start) {
			t.Fatalf("around %s lie %s and %s", p, p.Previous(), p.Next())
		}
	})
}

// A week is Monday to Sunday, whatever the year: its text names the Sunday, and no other day of it is accepted.
func TestWeeks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 60_000).Draw(t, "day"))
		written := day.Format(time.DateOnly)
		p, err := catalog.ParsePeriod("week ending " + written)
		dotted, dottedErr := catalog.When{Form: "week to YYYY.MM.DD"}.Read(day.Format("2006.01.02"))
		if day.Weekday() != time.Sunday {
			if err == nil || dottedErr == nil || !strings.Contains(err.Error(), "ends on a "+day.Weekday().String()) {
				t.Fatalf("%s is read as %v and %v, %v", written, p, dotted, err)
			}
			return
		}
		if err != nil || dottedErr != nil || dotted != p || p.Start.Weekday() != time.Monday || !p.End().Equal(day.AddDate(0, 0, 1)) ||
			p.String() != "week ending "+written {
			t.Fatalf("%s is read as %v and %v, %v", written, p, dotted, err)
		}
	})
}

func TestLatestEnded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		grain := anyPeriod(t).Grain
		now := time.Unix(rapid.Int64Range(1e8, 5e9).Draw(t, "now"), 0).In(time.FixedZone("", rapid.IntRange(-12, 12).Draw(t, "zone")*3600))
		p := grain.LatestEnded(now)
		following := catalog.Period{Start: p.End(), Grain: grain}
		if back, err := catalog.ParsePeriod(p.String()); err != nil || back != p || p.End().After(now) || !following.End().After(now) {
			t.Fatalf("at %s the latest %s that has ended is %s", now, grain, p)
		}
	})
}

func TestParsePeriod(t *testing.T) {
	for text, want := range map[string]struct {
		start string
		grain catalog.Grain
		words string
	}{
		"2018-12-03":             {"2018-12-03", catalog.Day, "3 December 2018"},
		"2016-02-29":             {"2016-02-29", catalog.Day, "29 February 2016"},
		"week ending 2010-11-07": {"2010-11-01", catalog.Week, "week ending 7 November 2010"},
		"week ending 2012-01-01": {"2011-12-26", catalog.Week, "week ending 1 January 2012"},
		"2013":                   {"2013-01-01", catalog.CalendarYear, "2013"},
		"2017-04":                {"2017-04-01", catalog.Month, "April 2017"},
		"2016-12":                {"2016-12-01", catalog.Month, "December 2016"},
		"2016-Q1":                {"2016-01-01", catalog.Quarter, "January to March 2016"},
		"2016-Q4":                {"2016-10-01", catalog.Quarter, "October to December 2016"},
		"2016/17":                {"2016-04-01", catalog.FinancialYear, "2016/17"},
		"1999/00":                {"1999-04-01", catalog.FinancialYear, "1999/00"},
	} {
		p, err := catalog.ParsePeriod(text)
		if err != nil || p.Start.Format(time.DateOnly) != want.start || p.Grain != want.grain || p.Words() != want.words {
			t.Errorf("ParsePeriod(%q) = %v (%s), %v", text, p, p.Words(), err)
		}
	}
	for _, text := range []string{
		"", " ", "217", "20171", "2017-4", "2017-4-1", "2017-02-29", "2017-04-31", "2017/04/01", "1969", "2149", "1969-12-31", "2149-01-01", "2017-13", "2017-00", "2017-Q0", "2017-Q5", "2017-q1", "2016/18", "2016/16", "2016-17", "2016/7", "2016/2017",
		"17-04", "12017-04", "2017-04-01 ", "2016-QQ", "+016-Q1", "2016/1７", "2016-Q", "2016/", " 2017-04", "2017-04 ", "2017-04\n", "April 2017", "-2017-04", "２０１７-04",
		"week ending 2010-11-08", "week ending 2010-11-7", "week ending 2010-11-07 ", "week ending", "week ending 2010-W44", "Week ending 2010-11-07", "week ending  2010-11-07", "week ending 1970-01-04",
		"2010-W44", "week 2010-11-07", "0000-01", "1969-12", "2149-01", "9999-Q1", "1969/70", "2149/50",
	} {
		if p, err := catalog.ParsePeriod(text); err == nil {
			t.Errorf("ParsePeriod(%q) = %v, want it rejected", text, p)
		}
	}
}

func TestParseDay(t *testing.T) {
	if day, err := catalog.ParseDay("2019-04-01"); err != nil || !day.Equal(time.Date(2019, 4, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%v, %v", day, err)
	}
	for _, text := range []string{"", "2019-02-29", "2019-4-1", "1969-12-31", "2149-01-01", "01/04/2019"} {
		if day, err := catalog.ParseDay(text); err == nil {
			t.Errorf("ParseDay(%q) = %v, want it rejected", text, day)
		}
	}
}

func TestPeriodForms(t *testing.T) {
	for _, test := range []struct{ form, text, want string }{
		{"day YYYY-MM-DD", "2018-12-03", "2018-12-03"},
		{"month YYYY-MM-DD", "2018-12-01", "2018-12"},
		{"quarter YYYY-MM-DD", "2015-07-01", "2015-Q3"},
		{"quarter YYYY_MM", "2013_07", "2013-Q3"},
		{"week to YYYY-MM-DD", "2010-11-07", "week ending 2010-11-07"},
		{"week to YYYY.MM.DD", "2011.03.27", "week ending 2011-03-27"},
		{"MMMM YYYY", "April 2017", "2017-04"},
		{"MMMM-YYYY", "APRIL-2018", "2018-04"},
		{"YYYY", "2013", "2013"},
		{"YYYY/YY", "1999/00", "1999/00"},
		{"YYYY-YY", "2016-17", "2016/17"},
		{"YY-YY", "14-15", "2014/15"},
		{"financial year YYYY", "2010", "2010/11"},
		{"financial year to YYYY", "2019", "2018/19"},
		{"quarter to YYYY MMMM", "2011 March", "2011-Q1"},
		{"quarter to YYYY MMMM", "2010 December", "2010-Q4"},
		{"YYYY-YY Qn", "2014-15 Q1", "2014-Q2"},
		{"YYYY-YY Qn", "2021-22 Q4", "2022-Q1"},
		{"Qn YYYY-YYYY", "Q2 2015-2016", "2015-Q3"},
		{"YYYY-YY MMMM", "2010-11 August", "2010-08"},
		{"YYYY-YY MMMM", "2019-20 February", "2020-02"},
		{"YYYY-YY MMMM", "2019-20 april", "2019-04"},
		{"canonical", "2016/17", "2016/17"},
		{"canonical", "2018-12-03", "2018-12-03"},
		{"canonical", "week ending 2018-12-02", "week ending 2018-12-02"},

		{"week to YYYY.MM.DD", "2011.03.28", `period "2011.03.28" ends on a Monday; accepted: a week that ends on a Sunday`},
		{"week to YYYY.MM.DD", "2011-03-27", `period "2011-03-27" does not state the last day of a week, such as 2010.11.07`},
		{"month YYYY-MM-DD", "2018-12-03", `period "2018-12-03" is not the first day of a month`},
		{"quarter YYYY_MM", "2013_08", `period "2013_08" is not the first day of a quarter`},
		{"quarter YYYY-MM-DD", "2015-08-01", `period "2015-08-01" is not the first day of a quarter`},
		{"day YYYY-MM-DD", "2018-12", `period "2018-12" is not of the form "day YYYY-MM-DD"`},
		{"MMMM YYYY", "Smarch 2015", `period "Smarch 2015" is not of the form "MMMM YYYY"`},
		{"YYYY", "0913", `period "0913" is not from 1970 to 2148`},
		{"YYYY-YY", "2016-18", `period "2016-18" is not of the form "YYYY-YY"`},
		{"YYYY-YY", "2016/17", `period "2016/17" is not of the form "YYYY-YY"`},
		{"YY-YY", "14-16", `period "14-16" is not of the form "YY-YY"`},
		{"financial year YYYY", "2010/11", `period "2010/11" is not of the form "financial year YYYY"`},
		{"quarter to YYYY MMMM", "2011 April", `period "2011 April" is not the first day of a quarter`},
		{"YYYY-YY Qn", "2014-15 Q5", `period "2014-15 Q5" is not of the form "YYYY-YY Qn"`},
		{"Qn YYYY-YYYY", "Q2 2015-2116", `period "Q2 2015-2116" is not of the form "Qn YYYY-YYYY"`},
		{"YYYY-YY MMMM", "2010-11 Smarch", `period "2010-11 Smarch" is not of the form "YYYY-YY MMMM"`},
	} {
		p, err := catalog.When{Form: test.form}.Read(test.text)
		got := p.String()
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%q of the form %q is %s, want %s", test.text, test.form, got, test.want)
		}
	}
}
