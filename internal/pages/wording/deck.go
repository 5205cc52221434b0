package wording

import (
	"fmt"
	"strings"
)

// LatestBars says which figures the bars of a slide are, as an unusual change may be of an earlier period.
func LatestBars(period string) string {
	return "The bars show the latest figures: " + period + ". An unusual change is more than chance against a footprint’s own past. It does not say why."
}

// OffTrackTitle counts what is off track.
func OffTrackTitle(figures, footprints int) string {
	return fmt.Sprintf("Off track: %s in %s", Plural(figures, "figure", "figures"), Plural(footprints, "footprint", "footprints"))
}

// StoodSentence says when the figures of a file stood so; nothing without a time.
func StoodSentence(stood string) string {
	if stood == "" {
		return ""
	}
	return "Figures " + stood + "."
}

// FoundAt says where the page of a file is.
func FoundAt(address string) string { return "The page with these figures: " + address }

// MadeBy names the program that made a file.
func MadeBy(version string) string { return "Made by stpd " + version + "." }

// DefinedBy says what a measure is and by which version of its definition.
func DefinedBy(id, definition, hash string) string {
	return strings.TrimSpace(fmt.Sprintf("Measure %s, definition %s. %s", id, hash, definition))
}

// SourceLine names a source with what its publisher wants said.
func SourceLine(title, publisher, attribution string) string {
	return strings.TrimSpace(fmt.Sprintf("Source: %s, %s. %s", title, publisher, attribution))
}

// NewestFile names the newest file beneath a figure.
func NewestFile(file string, load uint64, loaded string) string {
	return fmt.Sprintf("Newest file: %s, loaded on %s (load %d).", file, loaded, load)
}

// AllMeasures is the heading of all measures of a place.
func AllMeasures(place string) string { return place + ": all measures" }

// Continued is the heading of a table that goes on.
func Continued(title string) string { return title + " (continued)" }

// DriversUnit says what the bars of organisations show, of a rise or a fall.
func DriversUnit(of string) string { return "Adds to the " + of }

// BesideTitle is the heading of a place beside those most like it.
func BesideTitle(measure, place string) string {
	return fmt.Sprintf("%s: %s and similar footprints", measure, place)
}

// HighestAndLowest names the ends of a ranked list.
func HighestAndLowest(measure, period string, places []string) string {
	if len(places) == 1 {
		return fmt.Sprintf("%s, %s: %s", measure, period, places[0])
	}
	return fmt.Sprintf("%s, %s: highest in %s, lowest in %s", measure, period, places[0], places[len(places)-1])
}

// Without names the footprints without a figure; nothing where all have one.
func Without(places []string) []string {
	if len(places) == 0 {
		return nil
	}
	return []string{"No whole figure: " + List(places) + "."}
}
