package load

import "time"

// Due are the first times after another at which a cron expression is due.
func Due(expression string, after time.Time, count int) ([]time.Time, error) {
	t, err := newTimetable(expression)
	var due []time.Time
	for err == nil && len(due) < count {
		after = t.Next(after)
		due = append(due, after)
	}
	return due, err
}
