package wording

import (
	"fmt"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// DividedBy says how many people a figure or its rate is divided by, and of when; empty where it is divided by none that have periods of their own.
func DividedBy(m *catalog.Measure, p measure.Point, d *figures.Directory) string {
	people, known := d.Catalog.Measure(m.People())
	if !known || p.Divisor == nil || !p.Value.Valid {
		return ""
	}
	words := fmt.Sprintf("Divided by %s %s of %s", Count(p.Divisor.People.Round(0)), people.Counted, p.Divisor.Period.Words())
	if m.PerThousand {
		words = fmt.Sprintf("Rate per 1,000: of %s patients registered in %s", Count(p.Divisor.People.Round(0)), p.Divisor.Period.Words())
	}
	if !p.Divisor.Period.End().After(p.Period.Start) {
		words += ", the last known"
	}
	if m.DividedByOwnPeriods() && m.Denominator.EachDay {
		words += ", and by the days of the " + p.Period.Grain.Words()
	}
	return words + "."
}

// peopleUnknown says that it is not known how many people a figure would be divided by.
func peopleUnknown(m *catalog.Measure, p measure.Point, place string, d *figures.Directory) string {
	people, known := d.Catalog.Measure(m.People())
	if known && figures.PlacedApart(m, people) && !d.OfCouncils(place, p.Period.Start) {
		return fmt.Sprintf(
			"Councils are placed by the footprints of %s. Another commissioner belonged to this one then, so its patients are not those of the councils.",
			Day(footprint.CouncilsPlaced),
		)
	}
	if !known || people.CarriedForward == 0 {
		return "The number of registered patients is not known."
	}
	counted := people.Counted
	if m.PerThousand {
		counted = "registered patients"
	}
	before := people.Grain.Words()
	if people.CarriedForward > 1 {
		before = fmt.Sprintf("%d %ss", people.CarriedForward, before)
	}
	return fmt.Sprintf("The number of %s is not known for %s, nor for the %s before.", counted, p.Period.Words(), before)
}

// Divides names the people that a measure is divided by, in a list of what it is worked out from.
func Divides(m, people *catalog.Measure) string {
	if m.PerThousand {
		return people.Title + ", of which the rate per 1,000 is"
	}
	return people.Title
}

// CarriedForward says for how long a number of registered patients stands where none is known after it.
func CarriedForward(c *catalog.Catalog) string {
	people, known := c.Measure(catalog.RegisteredPatients)
	if !known {
		return "no time"
	}
	return Plural(people.CarriedForward, people.Grain.Words(), people.Grain.Words()+"s")
}
