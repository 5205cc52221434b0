package claim

import "stpdash/internal/evidence"

// Domain is where the test of small places was studied on real figures in which nothing happened: a measure in places of a kind, judged by so many
// periods from the start on. docs/architecture/studies.md has the study.
type Domain struct {
	At, Measure string
	After       int // periods judged, at most
	// Variance is how the error depends on the figures a year; nil where it is that of the donors.
	Variance *evidence.SizeVariance
}

// Domains are those studied, in the order of the periods judged.
var Domains = []Domain{
	{"commissioner", "non_elective_admissions", 6, &evidence.SizeVariance{A: .00071, B: 18.3}},
	{"commissioner", "non_elective_admissions", 12, &evidence.SizeVariance{A: .00084, B: 20.6}},
	{"commissioner", "non_elective_admissions", 24, &evidence.SizeVariance{A: .00206, B: 11.2}},
	{"provider", "ae_attendances_type1", 6, &evidence.SizeVariance{A: .00041, B: 17.6}},
	{"provider", "ae_attendances_type1", 12, &evidence.SizeVariance{A: .00072, B: 9.6}},
	{"provider", "emergency_admissions_type1", 6, &evidence.SizeVariance{A: .00124, B: 12.2}},
	{"provider", "emergency_admissions_type1", 12, &evidence.SizeVariance{A: .00219, B: 7.9}},
	{"provider", "beds_available_general_acute", 4, nil},
	{"provider", "beds_occupied_general_acute", 4, nil},
}

// domainOf finds the domain of a test that judges so many periods; nil where none was studied.
func domainOf(at, measure string, after int) *Domain {
	for i, d := range Domains {
		if d.At == at && d.Measure == measure && after <= d.After {
			return &Domains[i]
		}
	}
	return nil
}
