package wording

import (
	"fmt"
	"time"

	"stpdash/internal/figures"
)

// Moment writes a time as a reader says it.
func Moment(t time.Time) string {
	return t.In(figures.London).Format("2 January 2006 at 15:04")
}

// AsOf says when the figures stood so; nothing of now.
func AsOf(a figures.Moment) string {
	switch {
	case a.Text == "":
		return ""
	case a.Today:
		return fmt.Sprintf("of %s, which is not over: what is loaded later today will change them", a.Bound.At.In(figures.London).Format("2 January 2006"))
	case a.Bound.Load == 0:
		return "as they stood on " + Moment(a.Bound.At) + ", before anything was loaded"
	default:
		return Stood(a.Bound)
	}
}

// Stood says when figures stood so; nothing without a time.
func Stood(stood figures.AsOf) string {
	switch {
	case stood.At.IsZero():
		return ""
	case stood.Load == 0:
		return "as they stood on " + Moment(stood.At)
	default:
		return fmt.Sprintf("as they stood on %s (load %d)", Moment(stood.At), stood.Load)
	}
}

// MomentHeading is a moment as a heading.
func MomentHeading(a figures.Moment) string {
	switch {
	case a.Text == "":
		return "now"
	case a.OfLoad():
		return "load " + a.Text
	case a.Day:
		return "the end of " + a.Bound.At.In(figures.London).Format("2 January 2006")
	default:
		return Moment(a.Bound.At)
	}
}

// Week are the days of the week: "16 to 22 November 2026".
func Week(w figures.Week) string {
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
