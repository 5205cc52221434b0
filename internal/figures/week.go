package figures

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Week is a week as ISO 8601 counts them: from Monday to the end of Sunday, in London.
type Week struct{ monday time.Time }

var weekID = regexp.MustCompile(`^([0-9]{4})-W([0-9]{2})$`)

// ParseWeek reads a week such as 2026-W47.
func ParseWeek(text string) (Week, bool) {
	parts := weekID.FindStringSubmatch(text)
	if parts == nil {
		return Week{}, false
	}
	year, _ := strconv.Atoi(parts[1])
	number, _ := strconv.Atoi(parts[2])
	// The fourth of January lies in the first week.
	w := WeekOf(time.Date(year, time.January, 4+7*(number-1), 12, 0, 0, 0, London))
	_, ok := reasonable(w.monday)
	return w, ok && w.String() == text
}

// WeekOf is the week that a moment lies in.
func WeekOf(at time.Time) Week {
	at = at.In(London)
	return Week{time.Date(at.Year(), at.Month(), at.Day()-(int(at.Weekday())+6)%7, 0, 0, 0, 0, London)}
}

func (w Week) String() string {
	year, number := w.monday.ISOWeek()
	return fmt.Sprintf("%04d-W%02d", year, number)
}

// End is the last moment of Sunday, as an as_of of that day is.
func (w Week) End() time.Time { return w.Next().monday.Add(-time.Microsecond) }

// Start is the first moment of Monday.
func (w Week) Start() time.Time { return w.monday }

// Next is the week after.
func (w Week) Next() Week { return Week{w.monday.AddDate(0, 0, 7)} }

// Before is the week before.
func (w Week) Before() Week { return Week{w.monday.AddDate(0, 0, -7)} }

// Day is the week's Sunday as an as_of.
func (w Week) Day() string { return w.End().Format(time.DateOnly) }
