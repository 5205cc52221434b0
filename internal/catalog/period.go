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
	Day           Grain = "day"
	Week          Grain = "week" // Monday to Sunday, named by its Sunday
	Month         Grain = "month"
	Quarter       Grain = "quarter"        // of the calendar year
	CalendarYear  Grain = "calendar_year"  // January to December
	FinancialYear Grain = "financial_year" // April to March
)

// grains are all of them, each with a period as ParsePeriod reads it.
var grains = []struct {
	Grain
	example string
}{{Day, "2018-12-03"}, {Week, weekEnding + "2010-11-07"}, {Month, "2017-04"}, {Quarter, "2016-Q1"}, {CalendarYear, "2013"}, {FinancialYear, "2016/17"}}

// weekEnding begins the text of a week, whose last day follows.
const weekEnding = "week ending "

func grainNames() []string {
	var names []string
	for _, g := range grains {
		names = append(names, string(g.Grain))
	}
	return names
}

// Words is the grain as a reader says it: "financial year".
func (g Grain) Words() string { return strings.ReplaceAll(string(g), "_", " ") }

// Example is a period of the grain: "a financial year such as 2016/17".
func (g Grain) Example() string {
	for _, known := range grains {
		if known.Grain == g {
			return fmt.Sprintf("a %s such as %s", g.Words(), known.example)
		}
	}
	return ""
}

// begins tells whether a period of the grain begins on the day.
func (g Grain) begins(day time.Time) bool {
	switch g {
	case Day:
		return true
	case Week:
		return day.Weekday() == time.Monday
	case Quarter:
		return day.Day() == 1 && day.Month()%3 == 1
	case CalendarYear:
		return day.YearDay() == 1
	case FinancialYear:
		return day.Day() == 1 && day.Month() == time.April
	default:
		return day.Day() == 1
	}
}

// Period is one span of time that a figure covers.
type Period struct {
	Start time.Time // first day, UTC
	Grain Grain
}

// ParsePeriod reads "2018-12-03", "week ending 2010-11-07", "2017-04", "2016-Q1", "2013" or "2016/17".
func ParsePeriod(text string) (Period, error) {
	if end, ok := strings.CutPrefix(text, weekEnding); ok {
		return weekTo(end, time.DateOnly, text)
	}
	grain, layout, rest := Month, "2006-01", ""
	switch {
	case len(text) == len("2018-12-03"):
		grain, layout = Day, time.DateOnly
	case len(text) == len("2013"):
		grain, layout = CalendarYear, "2006"
	case len(text) == len("2016-Q1") && text[4:6] == "-Q":
		grain, layout, rest = Quarter, "2006", text[6:]
	case len(text) == len("2016/17") && text[4] == '/':
		grain, layout, rest = FinancialYear, "2006", text[5:]
	}
	start, err := time.Parse(layout, text[:min(len(text), len(layout))])
	switch {
	case err != nil || len(text) < len(layout) || rest == "" && len(text) > len(layout):
	case grain == Quarter && (rest < "1" || rest > "4"):
	case grain == FinancialYear && rest != fmt.Sprintf("%02d", (start.Year()+1)%100):
	case grain == Quarter:
		return newPeriod(start.AddDate(0, 3*int(rest[0]-'1'), 0), grain, text)
	case grain == FinancialYear:
		return newPeriod(start.AddDate(0, 3, 0), grain, text)
	default:
		return newPeriod(start, grain, text)
	}
	return Period{}, fmt.Errorf("period %q is not %s", text, acceptedPeriods)
}

const acceptedPeriods = "a day (2018-12-03), a week (" + weekEnding + "2010-11-07), a month (2017-04), a quarter (2016-Q1), a calendar year (2013) or a financial year (2016/17)"

// The years that the warehouse's Date can hold.
const firstYear, lastYear = 1970, 2148

func newPeriod(start time.Time, grain Grain, text string) (Period, error) {
	if start.Year() < firstYear || start.Year() > lastYear {
		return Period{}, fmt.Errorf("period %q is not from %d to %d", text, firstYear, lastYear)
	}
	return Period{start, grain}, nil
}

// weekTo reads a week by its last day; text is what it was read from.
func weekTo(end, layout, text string) (Period, error) {
	sunday, err := time.Parse(layout, end)
	switch {
	case err != nil:
		return Period{}, fmt.Errorf(
			"period %q does not state the last day of a week, such as %s",
			text,
			time.Date(2010, time.November, 7, 0, 0, 0, 0, time.UTC).Format(layout),
		)
	case sunday.Weekday() != time.Sunday:
		return Period{}, fmt.Errorf("period %q ends on a %s; accepted: a week that ends on a Sunday", text, sunday.Weekday())
	}
	return newPeriod(sunday.AddDate(0, 0, -6), Week, text)
}

// ParseDay reads "2019-04-01".
func ParseDay(text string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < firstYear || day.Year() > lastYear {
		return time.Time{}, fmt.Errorf("day %q is not a date such as 2019-04-01, from %d to %d", text, firstYear, lastYear)
	}
	return day, nil
}

// String is the form that ParsePeriod reads.
func (p Period) String() string {
	switch p.Grain {
	case Day:
		return p.Start.Format(time.DateOnly)
	case Week:
		return weekEnding + p.Start.AddDate(0, 0, 6).Format(time.DateOnly)
	case Quarter:
		return fmt.Sprintf("%d-Q%d", p.Start.Year(), (int(p.Start.Month())+2)/3)
	case CalendarYear:
		return p.Start.Format("2006")
	case FinancialYear:
		return fmt.Sprintf("%d/%02d", p.Start.Year(), (p.Start.Year()+1)%100)
	default:
		return p.Start.Format("2006-01")
	}
}

// Words is the period as a reader says it: "3 December 2018", "week ending 7 November 2010", "April 2017", "January to March 2016", "2013", "2016/17".
func (p Period) Words() string {
	switch p.Grain {
	case Day:
		return p.Start.Format("2 January 2006")
	case Week:
		return weekEnding + p.Start.AddDate(0, 0, 6).Format("2 January 2006")
	case Quarter:
		return fmt.Sprintf("%s to %s", p.Start.Month(), p.Start.AddDate(0, 2, 0).Format("January 2006"))
	case CalendarYear, FinancialYear:
		return p.String()
	default:
		return p.Start.Format("January 2006")
	}
}

// End is the first moment after the period.
func (p Period) End() time.Time {
	months, days := p.Grain.Length()
	return p.Start.AddDate(0, months, days) // in UTC no day is shorter
}

// Days is how many days the period has.
func (p Period) Days() int64 { return int64(p.End().Sub(p.Start).Hours() / 24) }

// LatestEnded is the last period of the grain that has ended.
func (g Grain) LatestEnded(now time.Time) Period {
	day := now.UTC().Truncate(24 * time.Hour)
	for !g.begins(day) {
		day = day.AddDate(0, 0, -1)
	}
	return Period{day, g}.Previous()
}

// Length is how long a figure covers: so many months or, of a day and a week, days.
func (g Grain) Length() (months, days int) {
	switch g {
	case Day:
		return 0, 1
	case Week:
		return 0, 7
	case Quarter:
		return 3, 0
	case CalendarYear, FinancialYear:
		return 12, 0
	default:
		return 1, 0
	}
}

// Months is how many months a figure covers, 0 for a day or a week.
func (g Grain) Months() int {
	months, _ := g.Length()
	return months
}

// PerYear is how many periods make a year, of weeks 52.
func (g Grain) PerYear() int {
	switch months, days := g.Length(); {
	case months > 0:
		return 12 / months
	default:
		return 365 / days
	}
}

// YearBefore is the same period one year earlier; of 29 February it is the 28th, of a week the one 52 weeks earlier.
func (p Period) YearBefore() Period {
	if p.Grain == Week {
		return Period{p.Start.AddDate(0, 0, -7*Week.PerYear()), Week}
	}
	before := p.Start.AddDate(-1, 0, 0)
	if before.Month() != p.Start.Month() {
		before = before.AddDate(0, 0, -1)
	}
	return Period{before, p.Grain}
}

// steps is how many periods lie between the starts of two periods of one grain.
func (p Period) steps(to Period) int {
	if months, days := p.Grain.Length(); months == 0 {
		return int(to.Start.Sub(p.Start).Hours()) / 24 / days
	}
	months := (to.Start.Year()-p.Start.Year())*12 + int(to.Start.Month()-p.Start.Month())
	return months / p.Grain.Months()
}

// Next is the period that begins when this one ends.
func (p Period) Next() Period { return Period{p.End(), p.Grain} }

// Previous is the period that ends when this one begins.
func (p Period) Previous() Period {
	months, days := p.Grain.Length()
	return Period{p.Start.AddDate(0, -months, -days), p.Grain}
}

// PeriodWords are the words of a period given as text, and the text itself where it is none.
func PeriodWords(text string) string {
	if p, err := ParsePeriod(text); err == nil {
		return p.Words()
	}
	return text
}

// form is a way in which publications write a period.
type form struct {
	grain Grain // empty where the text itself tells
	start func(text string) (start time.Time, ok bool)
	end   string // the layout of a week's last day, which states it
}

// canonicalForm is the form that ParsePeriod reads.
const canonicalForm = "canonical"

// periodForms are the forms by the name that an analyst gives them in a source. Where one text can mean several periods, the
// name begins with the one that is meant.
var periodForms = map[string]form{
	"day YYYY-MM-DD":         layoutForm(Day, time.DateOnly),
	"month YYYY-MM-DD":       layoutForm(Month, time.DateOnly),
	"quarter YYYY-MM-DD":     layoutForm(Quarter, time.DateOnly),
	"quarter YYYY_MM":        layoutForm(Quarter, "2006_01"), // by its first month
	"week to YYYY-MM-DD":     {grain: Week, end: time.DateOnly},
	"week to YYYY.MM.DD":     {grain: Week, end: "2006.01.02"},
	"MMMM YYYY":              layoutForm(Month, "January 2006"),
	"MMMM-YYYY":              layoutForm(Month, "January-2006"),
	"YYYY":                   layoutForm(CalendarYear, "2006"),
	"YYYY/YY":                financialForm(FinancialYear, `^(?<year>\d{4})/(?<end>\d\d)$`),
	"YYYY-YY":                financialForm(FinancialYear, `^(?<year>\d{4})-(?<end>\d\d)$`),
	"YY-YY":                  financialForm(FinancialYear, `^(?<year>\d\d)-(?<end>\d\d)$`),
	"financial year YYYY":    layoutFrom(FinancialYear, "2006", 3),    // by the year in which it begins
	"financial year to YYYY": layoutFrom(FinancialYear, "2006", -9),   // by the year in which it ends
	"quarter to YYYY MMMM":   layoutFrom(Quarter, "2006 January", -2), // by its last month
	"YYYY-YY Qn":             financialForm(Quarter, `^(?<year>\d{4})-(?<end>\d\d) Q(?<quarter>[1-4])$`),
	"Qn YYYY-YYYY":           financialForm(Quarter, `^Q(?<quarter>[1-4]) (?<year>\d{4})-(?<end>\d{4})$`),
	"YYYY-YY MMMM":           financialForm(Month, `^(?<year>\d{4})-(?<end>\d\d) (?<month>[A-Za-z]+)$`),
	canonicalForm:            {},
}

func readForm(name, text string) (Period, error) {
	f := periodForms[name]
	if f.grain == "" {
		return ParsePeriod(text)
	}
	if f.end != "" {
		return weekTo(text, f.end, text)
	}
	start, ok := f.start(text)
	switch {
	case !ok:
		return Period{}, fmt.Errorf("period %q is not of the form %q", text, name)
	case !f.grain.begins(start):
		return Period{}, fmt.Errorf("period %q is not the first day of a %s", text, f.grain.Words())
	}
	return newPeriod(start, f.grain, text)
}

func layoutForm(grain Grain, layout string) form {
	return form{grain: grain, start: func(text string) (time.Time, bool) {
		start, err := time.Parse(layout, text)
		return start, err == nil
	}}
}

// layoutFrom reads periods that begin some months after, or before, the month that is written.
func layoutFrom(grain Grain, layout string, months int) form {
	return form{grain: grain, start: func(text string) (time.Time, bool) {
		written, err := time.Parse(layout, text)
		return written.AddDate(0, months, 0), err == nil
	}}
}

// financialForm reads a financial year, or a quarter or month in it; quarters are counted from April.
func financialForm(grain Grain, pattern string) form {
	p := regexp.MustCompile(pattern)
	return form{grain: grain, start: func(text string) (time.Time, bool) {
		found := p.FindStringSubmatch(text)
		if found == nil {
			return time.Time{}, false
		}
		part := func(name string) string {
			if i := p.SubexpIndex(name); i >= 0 {
				return found[i]
			}
			return ""
		}
		year, _ := strconv.Atoi(part("year"))
		if year < 100 {
			year += 2000
		}
		end, _ := strconv.Atoi(part("end"))
		start := time.Date(year, time.April, 1, 0, 0, 0, 0, time.UTC)
		if quarter, err := strconv.Atoi(part("quarter")); err == nil {
			start = start.AddDate(0, 3*(quarter-1), 0)
		}
		if name := part("month"); name != "" {
			month, err := time.Parse("January", name)
			if err != nil {
				return start, false
			}
			start = start.AddDate(0, (int(month.Month()-time.April)+12)%12, 0)
		}
		return start, end%100 == (year+1)%100 && (end < 100 || end == year+1)
	}}
}
