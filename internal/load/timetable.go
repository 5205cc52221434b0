package load

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

// timetable is a cron expression by the clocks of London, for gocron too. What is due in the hour that spring leaves out is due as
// long after midnight as on other days, so an hour later by the clock; what is due in the hour that autumn repeats is due the first
// time only. Where the expression names no hours, it is due in every hour that passes.
type timetable struct {
	cron   cron.SpecSchedule
	london *time.Location
}

func newTimetable(expression string) (*timetable, error) {
	t := &timetable{}
	return t, t.IsValid(expression, nil, time.Time{})
}

// IsValid reads the expression; it is part of gocron.Cron.
func (t *timetable) IsValid(expression string, _ *time.Location, _ time.Time) error {
	schedule, err := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow).Parse(expression)
	if err != nil {
		return fmt.Errorf("schedule %q: %w", expression, err)
	}
	t.cron = *schedule.(*cron.SpecSchedule) // the only kind without descriptors
	t.london, err = time.LoadLocation("Europe/London")
	return err
}

// everyHour is the bit by which the cron library tells "*" from a list of all hours.
const everyHour = 1 << 63

// Next is the first time after another at which something is due; it is part of gocron.Cron.
func (t *timetable) Next(after time.Time) time.Time {
	here := after.In(t.london)
	if t.cron.Hour&everyHour != 0 {
		return t.cron.Next(here)
	}
	// What the clock shows is taken for UTC, which has no changes; the search begins before the hour that may be left out.
	clock := time.Date(here.Year(), here.Month(), here.Day(), here.Hour()-1, here.Minute(), here.Second(), 0, time.UTC)
	for {
		clock = t.cron.Next(clock)
		if due := t.when(clock); due.After(after) {
			return due
		}
	}
}

// when is the first time at which the clocks of London show this.
func (t *timetable) when(clock time.Time) time.Time {
	due := time.Date(clock.Year(), clock.Month(), clock.Day(), clock.Hour(), clock.Minute(), clock.Second(), 0, t.london)
	if earlier := due.Add(-time.Hour); earlier.Hour() == due.Hour() {
		return earlier
	}
	return due
}
