package dashboard

import (
	"context"
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
	w := WeekOf(time.Date(year, time.January, 4+7*(number-1), 12, 0, 0, 0, london))
	_, ok := reasonable(w.monday)
	return w, ok && w.String() == text
}

// WeekOf is the week that a moment lies in.
func WeekOf(at time.Time) Week {
	at = at.In(london)
	return Week{time.Date(at.Year(), at.Month(), at.Day()-(int(at.Weekday())+6)%7, 0, 0, 0, 0, london)}
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

// day is the week's Sunday as an as_of.
func (w Week) day() string { return w.End().Format(time.DateOnly) }

// weekWords are the days of the week: "16 to 22 November 2026".
func weekWords(w Week) string {
	from, to := w.Start(), w.End()
	layout := "2"
	if from.Month() != to.Month() {
		layout = "2 January"
	}
	if from.Year() != to.Year() {
		layout = "2 January 2006"
	}
	return from.Format(layout) + " to " + to.Format("2 January 2006")
}

// Week reads the week of a review by a moment. Without a text it is the last one that had ended, as its figures stand; before the end of
// the first there is only the running one.
func (c *Composer) Week(ctx context.Context, text string, asOf AsOf) (Week, error) {
	begun, err := c.begun(ctx, asOf)
	if err != nil {
		return Week{}, err
	}
	now := c.reading(asOf)
	first, running := WeekOf(begun), WeekOf(now)
	if begun.IsZero() || first.monday.After(running.monday) {
		return Week{}, &InputError{Parameter: "week", Value: text, Accepted: "none before the first load"}
	}
	if text == "" {
		if running == first {
			return running, nil
		}
		return running.Before(), nil
	}
	w, ok := ParseWeek(text)
	if !ok || w.monday.Before(first.monday) || w.monday.After(running.monday) {
		words := fmt.Sprintf("a week from %s, that of the first load, to %s, the one that runs", first, running)
		if first == running {
			words = fmt.Sprintf("%s, the week of the first load, which runs", first)
		}
		if asOf.Text != "" {
			words += " at the moment of as_of"
		}
		return w, &InputError{Parameter: "week", Value: text, Accepted: words}
	}
	return w, nil
}

// begun is when the first load was begun, which never changes once there is one.
func (c *Composer) begun(ctx context.Context, asOf AsOf) (time.Time, error) {
	return remember(ctx, c.Memory, asOf, "begun", c.Figures.FirstLoadAt)
}

// reading is when the reader looks: now, or as of when they ask, where that has come.
func (c *Composer) reading(asOf AsOf) time.Time {
	now := c.Now()
	if asOf.Text == "" || asOf.Bound.At.After(now) {
		return now
	}
	return asOf.Bound.At
}
