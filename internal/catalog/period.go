package catalog

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Grain is the length of time one figure covers.
type Grain string

// The grains that published figures come in.
const (
	Month         Grain = "month"
	Quarter       Grain = "quarter"        // of the calendar year
	FinancialYear Grain = "financial_year" // April to March
)

// Period is one span of time that a figure covers.
type Period struct {
	Start time.Time // first day, UTC
	Grain Grain
}

var (
	monthText   = regexp.MustCompile(`^\d{4}-\d{2}$`)
	quarterText = regexp.MustCompile(`^(\d{4})-Q([1-4])$`)
	yearText    = regexp.MustCompile(`^(\d{4})/(\d{2})$`)
)

// ParsePeriod reads "2017-04", "2016-Q1" or "2016/17".
func ParsePeriod(text string) (Period, error) {
	if monthText.MatchString(text) {
		if start, err := time.Parse("2006-01", text); err == nil {
			return newPeriod(start, Month, text)
		}
	}
	if m := quarterText.FindStringSubmatch(text); m != nil {
		year, _ := strconv.Atoi(m[1])
		quarter, _ := strconv.Atoi(m[2])
		return newPeriod(date(year, time.Month(3*quarter-2)), Quarter, text)
	}
	if m := yearText.FindStringSubmatch(text); m != nil {
		year, _ := strconv.Atoi(m[1])
		if end, _ := strconv.Atoi(m[2]); end == (year+1)%100 {
			return newPeriod(date(year, time.April), FinancialYear, text)
		}
	}
	return Period{}, fmt.Errorf("period %q is not a month (2017-04), a quarter (2016-Q1) or a financial year (2016/17)", text)
}

// The years that the warehouse's Date can hold.
const firstYear, lastYear = 1970, 2148

func newPeriod(start time.Time, grain Grain, text string) (Period, error) {
	if start.Year() < firstYear || start.Year() > lastYear {
		return Period{}, fmt.Errorf("period %q is not from %d to %d", text, firstYear, lastYear)
	}
	return Period{start, grain}, nil
}

// ParseDay reads "2019-04-01".
func ParseDay(text string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < firstYear || day.Year() > lastYear {
		return time.Time{}, fmt.Errorf("day %q is not a date such as 2019-04-01, from %d to %d", text, firstYear, lastYear)
	}
	return day, nil
}

func date(year int, month time.Month) time.Time {
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// String is the form that ParsePeriod reads.
func (p Period) String() string {
	switch p.Grain {
	case Quarter:
		return fmt.Sprintf("%d-Q%d", p.Start.Year(), (int(p.Start.Month())+2)/3)
	case FinancialYear:
		return fmt.Sprintf("%d/%02d", p.Start.Year(), (p.Start.Year()+1)%100)
	default:
		return p.Start.Format("2006-01")
	}
}

// Words is the period as a reader says it: "April 2017", "January to March 2016", "2016/17".
func (p Period) Words() string {
	switch p.Grain {
	case Quarter:
		return fmt.Sprintf("%s to %s", p.Start.Month(), p.Start.AddDate(0, 2, 0).Format("January 2006"))
	case FinancialYear:
		return p.String()
	default:
		return p.Start.Format("January 2006")
	}
}

// End is the first moment after the period.
func (p Period) End() time.Time {
	months := map[Grain]int{Month: 1, Quarter: 3, FinancialYear: 12}
	return p.Start.AddDate(0, months[p.Grain], 0)
}

// YearBefore is the same period one year earlier.
func (p Period) YearBefore() Period { return Period{p.Start.AddDate(-1, 0, 0), p.Grain} }

// periodForms are the ways in which publications write a period, as an analyst names them in a source.
var periodForms = map[string]func(string) (Period, error){
	"MMMM YYYY":  layoutForm("January 2006"),
	"MMMM-YYYY":  layoutForm("January-2006"),
	"YYYY-MM-DD": layoutForm("2006-01-02"),
	"YYYY/YY":    ParsePeriod,
	"YYYY-YY":    func(text string) (Period, error) { return ParsePeriod(strings.Replace(text, "-", "/", 1)) },
	"canonical":  ParsePeriod,
}

func layoutForm(layout string) func(string) (Period, error) {
	return func(text string) (Period, error) {
		t, err := time.Parse(layout, text)
		if err != nil {
			return Period{}, fmt.Errorf("period %q is not of the form %q", text, layout)
		}
		return newPeriod(date(t.Year(), t.Month()), Month, text)
	}
}
