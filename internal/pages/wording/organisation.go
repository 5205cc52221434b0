package wording

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/figures"
	"stpdash/internal/footprint"
)

var one = decimal.NewFromInt(1)

// Unplaced is where an organisation lies that belongs to no single footprint.
const Unplaced = "No single footprint"

// Kinds name what an organisation does: "Commissioner", "Commissioner and provider".
func Kinds(o footprint.Organisation) string {
	words := string(o.Kind)
	if o.Kind == footprint.Outside {
		words = "not a body of England"
	}
	if o.Also != "" {
		words += " and " + string(o.Also)
	}
	return Capital(words)
}

// organisations say what each kind does, and did.
var organisations = map[footprint.Kind]struct{ does, did string }{
	footprint.Provider: {
		"It gives care. Its figures count what is done there, wherever the patients live.",
		"Its figures count what was done there, wherever the patients lived.",
	},
	footprint.Commissioner: {
		"It pays for the care of the patients of its GP practices. Its figures count them, wherever they are treated.",
		"It paid for the care of the patients of its GP practices. Its figures count them, wherever they were treated.",
	},
	footprint.Council: {"A council with social care. Its figures count the people who live there.", "Its figures count the people who lived there."},
	footprint.Outside: {"No body of England: publications list the people of elsewhere among the councils, and count them in England.", ""},
}

// Organisation says what an organisation is, and when it ended where it has.
func Organisation(o footprint.Organisation, ended time.Time) string {
	if ended.IsZero() {
		return organisations[o.Kind].does
	}
	return fmt.Sprintf("It ended on %s. %s", LastDay(ended), organisations[o.Kind].did)
}

// Day writes a date.
func Day(day time.Time) string { return day.Format("2 January 2006") }

// UntilDay writes the last day, in London, of something that ends at a moment.
func UntilDay(end time.Time) string { return Day(end.Add(-time.Nanosecond).In(figures.London)) }

// NoOrganisationFigures says that nothing is loaded of an organisation.
func NoOrganisationFigures(o footprint.Organisation) string {
	return fmt.Sprintf("No figures of %s are loaded. It is known from the lists of who belongs to which footprint.", o.Name)
}

// MembershipShare says how much of an organisation counts in a place.
func MembershipShare(m footprint.Membership) string {
	switch {
	case m.Share.IsZero():
		return "It may belong here: no figure of it counts"
	case m.Footprint == footprint.Unallocated && m.Share.Equal(one):
		return "All, in England alone"
	case m.Share.Equal(one):
		return "All"
	case m.Footprint == footprint.Unallocated:
		return ShareOf(m.Share) + ", in England alone"
	}
	return ShareOf(m.Share) + ": what counts here is an estimate"
}

// SuccessionShare says how much of an organisation went to another.
func SuccessionShare(s footprint.Succession) string {
	switch {
	case s.Whole():
		return "All"
	case !s.Share.Valid:
		return "A part; how large is not published"
	}
	return ShareOf(s.Share.Decimal)
}

// FirstDay is the day from which something holds; an open one in words.
func FirstDay(from time.Time) string {
	if from.IsZero() {
		return "The beginning"
	}
	return Day(from)
}

// LastDay is the day before one from which something no longer is.
func LastDay(until time.Time) string {
	if until.IsZero() {
		return "Now"
	}
	return Day(until.AddDate(0, 0, -1))
}
