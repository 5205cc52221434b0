package wording

import (
	"fmt"
	"net/http"
)

// ProblemTitle is the title of the page that stands in place of one that is not shown.
func ProblemTitle(status int) string {
	switch status {
	case http.StatusNotFound:
		return "Page not found"
	case http.StatusServiceUnavailable:
		return "The figures are not at hand for the moment"
	case http.StatusTooManyRequests:
		return "Too many requests at once"
	}
	return "This page cannot be shown"
}

// UnknownParameter says that a page does not take a parameter.
func UnknownParameter(name string) string {
	return fmt.Sprintf("This page takes no “%s” in its address.", name)
}

// MomentAfter says that a moment comes after the one that it is compared with.
func MomentAfter(moment string) string {
	return fmt.Sprintf("The moment “%s” comes after the one that it is to be compared with.", moment)
}

// NoSuch says that there is nothing of that name.
func NoSuch(thing, name string) string {
	return fmt.Sprintf("There is no %s “%s” here.", thing, name)
}

// NotSaid says that an address leaves something out.
func NotSaid(thing string) string {
	return fmt.Sprintf("The address does not say which %s.", thing)
}

// UnusablePart says that a page cannot use a part of its address.
func UnusablePart(name string) string {
	return fmt.Sprintf("The address has a part “%s” that this page cannot use.", name)
}

// HelpMoment says which moments are accepted, with a day for an example.
func HelpMoment(day string) string {
	return fmt.Sprintf("Give a day that has come, such as %s, or the number of a load that was published.", day)
}
