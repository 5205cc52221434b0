package mapping

import (
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"stpdash/internal/catalog"
)

// timespan is from a day until before another.
type timespan struct{ from, to time.Time }

func (s timespan) overlaps(p catalog.Period) bool {
	return p.Start.Before(s.to) && s.from.Before(p.End())
}

func monthsFrom(year int, month time.Month, months int) timespan {
	from := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	return timespan{from, from.AddDate(0, months, 0)}
}

// What names of files are made of. A year of two halves, 2018-19, is a financial year; of what stands after "revised" nothing is read, as it is when
// that was.
const (
	monthName = `(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)`
	yearFour  = `((?:19|20)\d\d)`
	between   = `[ _.,-]*`
)

var (
	revisedIn     = regexp.MustCompile(`(?:^|[^a-z])(?:rev(?:ised|ision)?|published|publ|updated?|extracted|downloaded)(?:[^a-z]|$)`)
	monthThenYear = regexp.MustCompile(`(?:^|[^a-z])` + monthName + between + `(?:` + yearFour + `(?:[-_/](\d\d))?|(\d\d))(?:\D|$)`)
	yearThenMonth = regexp.MustCompile(`(?:^|\D)` + yearFour + `(?:[-_/](\d\d))?` + between + monthName + `(?:[^a-z]|$)`)
	yearAndMonth  = regexp.MustCompile(`(?:^|\D)` + yearFour + `[-_.]?(0[1-9]|1[0-2])(?:[^\d_.-]|[_.-](?:\D|$)|$)`)
	monthAndYear  = regexp.MustCompile(`(?:^|[^\d_.-]|[^\d][_.-])(0[1-9]|1[0-2])[-_.]` + yearFour + `(?:\D|$)`)
	quarterOfYear = regexp.MustCompile(`(?:^|[^a-z])q([1-4])` + between + yearFour + `(?:[-_/](\d\d))?(?:\D|$)`)
	yearQuarter   = regexp.MustCompile(`(?:^|\D)` + yearFour + `(?:[-_/](\d\d))?` + between + `q([1-4])(?:\D|$)`)
	years         = regexp.MustCompile(`(?:^|\D)` + yearFour + `(?:[-_/]((?:19|20)\d\d|\d\d))?(?:\D|$)`)
	wholeDay      = regexp.MustCompile(
		`(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])[-_.]?(?:0[1-9]|[12]\d|3[01])(?:\D|$)|(?:0[1-9]|[12]\d|3[01])[-_.](?:0[1-9]|1[0-2])[-_.](?:19|20)\d\d`,
	)
)

// month finds a month by the beginning of its name.
func month(name string) time.Month {
	return time.Month(1 + strings.Index("jan feb mar apr may jun jul aug sep oct nov dec", name[:3])/4)
}

// financial is the financial year that begins in a year, where the second half of its name fits.
func financial(year int, half string) bool {
	second, err := strconv.Atoi(half)
	return err == nil && second == (year+1)%100
}

// namedPeriods are the spans of time that the name of a file may state, none where it states none of the length of a grain. A name is the work of
// people, so each way of reading it counts.
func namedPeriods(file string, grain catalog.Grain) []timespan {
	name := strings.ToLower(path.Base(file))
	if at := revisedIn.FindStringIndex(name); at != nil {
		name = name[:at[0]]
	}
	name = wholeDay.ReplaceAllString(name, " ")
	months, quarters := namedMonths(name), namedQuarters(name)
	switch grain {
	case catalog.Day, catalog.Week, catalog.Month:
		if len(months) > 0 {
			return months
		}
		fallthrough
	case catalog.Quarter:
		if len(quarters) > 0 {
			return quarters
		}
	}
	if len(months) > 0 { // of a longer period it may be when it was published
		return nil
	}
	return namedYears(name)
}

func namedMonths(name string) (all []timespan) {
	add := func(text, half string, m time.Month) {
		year, _ := strconv.Atoi(text)
		if len(text) == 2 {
			year += 2000
		}
		all = append(all, monthsFrom(year, m, 1))
		if financial(year, half) && m < time.April {
			all = append(all, monthsFrom(year+1, m, 1))
		}
	}
	for _, m := range monthThenYear.FindAllStringSubmatch(name, -1) {
		add(m[2]+m[4], m[3], month(m[1]))
	}
	for _, m := range yearThenMonth.FindAllStringSubmatch(name, -1) {
		add(m[1], m[2], month(m[3]))
	}
	if len(all) > 0 {
		return all
	}
	for _, m := range yearAndMonth.FindAllStringSubmatch(name, -1) {
		if year, _ := strconv.Atoi(m[1]); !financial(year, m[2]) {
			n, _ := strconv.Atoi(m[2])
			add(m[1], "", time.Month(n))
		}
	}
	for _, m := range monthAndYear.FindAllStringSubmatch(name, -1) {
		n, _ := strconv.Atoi(m[1])
		add(m[2], "", time.Month(n))
	}
	return all
}

func namedQuarters(name string) (all []timespan) {
	add := func(text, half, quarter string) {
		year, _ := strconv.Atoi(text)
		n, _ := strconv.Atoi(quarter)
		all = append(all, monthsFrom(year, time.April+time.Month(3*(n-1)), 3))
		if !financial(year, half) {
			all = append(all, monthsFrom(year, time.Month(3*n-2), 3))
		}
	}
	for _, m := range quarterOfYear.FindAllStringSubmatch(name, -1) {
		add(m[2], m[3], m[1])
	}
	for _, m := range yearQuarter.FindAllStringSubmatch(name, -1) {
		add(m[1], m[2], m[3])
	}
	return all
}

// namedYears are those of a name. One year alone may be that of the publication, or the one in which a financial year begins or ends.
func namedYears(name string) (all []timespan) {
	for _, m := range years.FindAllStringSubmatch(name, -1) {
		year, _ := strconv.Atoi(m[1])
		last, _ := strconv.Atoi(m[2])
		switch {
		case financial(year, m[2]):
			all = append(all, monthsFrom(year, time.April, 12))
		case len(m[2]) == 4 && last > year:
			all = append(all, monthsFrom(year, time.January, 12*(last-year+1)+3))
		case len(m[2]) == 2 && year%100 < last:
			all = append(all, monthsFrom(year, time.January, 12*(last-year%100+1)+3))
		default:
			all = append(all, monthsFrom(year-1, time.January, 12+12+3))
		}
	}
	return all
}

// contradicts tells whether a name states some time and none of the periods.
func contradicts(stated []timespan, periods map[catalog.Period]bool) bool {
	for _, span := range stated {
		for p := range periods {
			if span.overlaps(p) {
				return false
			}
		}
	}
	return len(stated) > 0
}
