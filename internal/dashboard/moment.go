package dashboard

import (
	"fmt"

	"stpdash/internal/figures"
)

// asOfWords says when the figures stood so; nothing of now.
func asOfWords(a figures.Moment) string {
	switch {
	case a.Text == "":
		return ""
	case a.Today:
		return fmt.Sprintf("of %s, which is not over: what is loaded later today will change them", a.Bound.At.In(figures.London).Format("2 January 2006"))
	case a.Bound.Load == 0:
		return "as they stood on " + Moment(a.Bound.At) + ", before anything was loaded"
	default:
		return stoodWords(a.Bound)
	}
}

// stoodWords says when figures stood so; nothing without a time.
func stoodWords(stood figures.AsOf) string {
	switch {
	case stood.At.IsZero():
		return ""
	case stood.Load == 0:
		return "as they stood on " + Moment(stood.At)
	default:
		return fmt.Sprintf("as they stood on %s (load %d)", Moment(stood.At), stood.Load)
	}
}

// momentHeading is a moment as a heading.
func momentHeading(a figures.Moment) string {
	switch {
	case a.Text == "":
		return "now"
	case a.OfLoad():
		return "load " + a.Text
	case a.Bound.At.In(figures.London).Format("15:04") == "23:59":
		return "the end of " + a.Bound.At.In(figures.London).Format("2 January 2006")
	default:
		return Moment(a.Bound.At)
	}
}
