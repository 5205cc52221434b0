package catalog_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"stpdash/internal/catalog"
)

func anyPeriod(t *rapid.T) catalog.Period {
	p := catalog.Period{Grain: rapid.SampledFrom([]catalog.Grain{catalog.Month, catalog.Quarter, catalog.FinancialYear}).Draw(t, "grain")}
	month := time.April
	switch p.Grain {
	case catalog.Month:
		month = time.Month(rapid.IntRange(1, 12).Draw(t, "month"))
	case catalog.Quarter:
		month = time.Month(3*rapid.IntRange(1, 4).Draw(t, "quarter") - 2)
	}
	p.Start = time.Date(rapid.IntRange(1971, 2148).Draw(t, "year"), month, 1, 0, 0, 0, 0, time.UTC)
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
		if before.Grain != p.Grain || before.Start.Year() != p.Start.Year()-1 || before.Start.Month() != p.Start.Month() || before.Start.Day() != 1 {
			t.Fatalf("the year before %s is %s", p, before)
		}
	})
}

func TestParsePeriod(t *testing.T) {
	for text, want := range map[string]struct {
		start string
		grain catalog.Grain
		words string
	}{
		"2017-04": {"2017-04-01", catalog.Month, "April 2017"},
		"2016-12": {"2016-12-01", catalog.Month, "December 2016"},
		"2016-Q1": {"2016-01-01", catalog.Quarter, "January to March 2016"},
		"2016-Q4": {"2016-10-01", catalog.Quarter, "October to December 2016"},
		"2016/17": {"2016-04-01", catalog.FinancialYear, "2016/17"},
		"1999/00": {"1999-04-01", catalog.FinancialYear, "1999/00"},
	} {
		p, err := catalog.ParsePeriod(text)
		if err != nil || p.Start.Format(time.DateOnly) != want.start || p.Grain != want.grain || p.Words() != want.words {
			t.Errorf("ParsePeriod(%q) = %v (%s), %v", text, p, p.Words(), err)
		}
	}
	for _, text := range []string{
		"", " ", "2017", "2017-4", "2017-13", "2017-00", "2017-Q0", "2017-Q5", "2017-q1", "2016/18", "2016/16", "2016-17", "2016/7", "2016/2017",
		"17-04", "12017-04", "2017-04-01", " 2017-04", "2017-04 ", "2017-04\n", "April 2017", "-2017-04", "２０１７-04",
		"0000-01", "1969-12", "2149-01", "9999-Q1", "1969/70", "2149/50",
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
