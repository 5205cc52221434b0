package claim

import (
	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
)

// Domain is where the test of small places was studied on real figures in which nothing happened: a measure in places of a kind, by so many periods
// before the start and from it on. docs/architecture/studies.md has the study, and stpd claim calibrate makes it again.
type Domain struct {
	At      string `json:"at"` // commissioner, provider or council
	Measure string `json:"measure"`
	evidence.Design
	// Variance is how the error of one place depends on its figures a year; nil where it is the deviation of the donors' effects.
	Variance *evidence.SizeVariance `json:"variance,omitempty"`
	// LeastSize is how many figures a year a place must have: smaller ones were rejected too often.
	LeastSize float64 `json:"least_size,omitempty"`
}

// by is how an error depends on the size of a place.
func by(a, b float64) *evidence.SizeVariance { return &evidence.SizeVariance{A: a, B: b} }

// design are periods before the start and from it on.
func design(before, after int) evidence.Design { return evidence.Design{Before: before, After: after} }

// Domains are those studied; of one measure those that judge fewer periods first, then those with more before the start.
var Domains = []Domain{
	{catalog.ByCommissioner, "non_elective_admissions", design(24, 6), by(.00071, 18.3), 0},
	{catalog.ByCommissioner, "non_elective_admissions", design(24, 12), by(.00084, 20.6), 0},
	{catalog.ByCommissioner, "non_elective_admissions", design(7, 12), by(.001056, 14.79), 0},
	{catalog.ByCommissioner, "non_elective_admissions", design(24, 24), by(.00206, 11.2), 0},
	{catalog.ByCommissioner, "elective_admissions", design(24, 6), by(.000613, 11.87), 0},
	{catalog.ByCommissioner, "elective_admissions", design(24, 12), by(.000705, 13.56), 0},
	{catalog.ByCommissioner, "first_outpatient_attendances", design(24, 6), by(.001016, 15.59), 0},
	{catalog.ByCommissioner, "first_outpatient_attendances", design(24, 12), by(.001127, 14.07), 0},
	{catalog.ByProvider, "ae_attendances", design(9, 12), by(.000301, 135.7), 60_000},
	{catalog.ByProvider, "ae_attendances_type1", design(24, 6), by(.00041, 17.6), 0},
	{catalog.ByProvider, "ae_attendances_type1", design(24, 12), by(.00072, 9.6), 0},
	{catalog.ByProvider, "ae_weekly_attendances_type1", design(104, 52), nil, 0},
	{catalog.ByProvider, "emergency_admissions_type1", design(24, 6), by(.00124, 12.2), 0},
	{catalog.ByProvider, "emergency_admissions_type1", design(24, 12), by(.00219, 7.9), 0},
	{catalog.ByProvider, "beds_available_general_acute", design(8, 4), nil, 0},
	{catalog.ByProvider, "beds_occupied_general_acute", design(8, 4), nil, 0},
}

// domainOf finds the domain that a test lies in: of those that judge as many periods the one with as many before the start, or else the last; nil where
// none was studied.
func domainOf(at, measure string, d evidence.Design) *Domain {
	var found *Domain
	for i, of := range Domains {
		if of.At != at || of.Measure != measure || d.After > of.After || found != nil && of.After > found.After {
			continue
		}
		found = &Domains[i]
		if d.Before >= of.Before {
			break
		}
	}
	return found
}
