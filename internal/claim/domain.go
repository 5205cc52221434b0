package claim

import (
	"math"
	"slices"
	"time"

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
	{catalog.ByCommissioner, "non_elective_admissions", design(24, 6), by(.000947, 12.9), 0},
	{catalog.ByCommissioner, "non_elective_admissions", design(24, 12), by(.001023, 16.6), 0},
	{catalog.ByCommissioner, "non_elective_admissions", design(7, 12), by(.001018, 17.1), 0},
	{catalog.ByCommissioner, "non_elective_admissions", design(24, 24), by(.001957, 13.6), 0},
	{catalog.ByCommissioner, "elective_admissions", design(24, 6), by(.000818, 10.0), 0},
	{catalog.ByCommissioner, "elective_admissions", design(24, 12), by(.001115, 6.85), 0},
	{catalog.ByCommissioner, "first_outpatient_attendances", design(24, 6), by(.001210, 0), 0},
	{catalog.ByCommissioner, "first_outpatient_attendances", design(24, 12), by(.001312, 0), 0},
	{catalog.ByProvider, "ae_attendances", design(9, 12), by(.000917, 33.22), 60_000},
	{catalog.ByProvider, "ae_attendances_type1", design(24, 6), by(.000456, 19.18), 0},
	{catalog.ByProvider, "ae_attendances_type1", design(24, 12), by(.000731, 17.57), 0},
	{catalog.ByProvider, "ae_weekly_attendances_type1", design(104, 52), nil, 0},
	{catalog.ByProvider, "emergency_admissions_type1", design(24, 6), by(.001195, 14.59), 0},
	{catalog.ByProvider, "emergency_admissions_type1", design(24, 12), by(.001808, 18.69), 0},
	{catalog.ByProvider, "beds_available_general_acute", design(8, 4), nil, 0},
	{catalog.ByProvider, "beds_occupied_general_acute", design(8, 4), nil, 0},
}

// earliest is before the first figures of a grain.
var earliest = map[catalog.Grain]time.Time{
	catalog.Week:    time.Date(2010, time.November, 1, 0, 0, 0, 0, time.UTC),
	catalog.Month:   time.Date(2008, time.April, 1, 0, 0, 0, 0, time.UTC),
	catalog.Quarter: time.Date(2010, time.April, 1, 0, 0, 0, 0, time.UTC),
}

// studied tells whether the test was studied on a measure in places of a kind: it is made nowhere else.
func studied(at, measure string) bool {
	return slices.ContainsFunc(Domains, func(d Domain) bool { return d.At == at && d.Measure == measure })
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

// studyOf is the study of the domain that a test lies in; nil where there is none.
func studyOf(studies []*DomainStudy, at, measure string, d evidence.Design) *DomainStudy {
	of := domainOf(at, measure, d)
	i := slices.IndexFunc(studies, func(s *DomainStudy) bool {
		return of != nil && s.At == of.At && s.Measure == of.Measure && s.Design == of.Design
	})
	if i < 0 {
		return nil
	}
	return studies[i]
}

// oftenFoundIn are the places that the studies of a measure found to have changed too often where nothing happened, with by how much their limits are
// widened: in any of its domains.
func oftenFoundIn(studies []*DomainStudy, at, measure string) map[string]float64 {
	often := map[string]float64{}
	for _, s := range studies {
		if s.At != at || s.Measure != measure {
			continue
		}
		for _, p := range s.Places {
			often[p.Place] = max(often[p.Place], float64(p.Wider))
		}
	}
	return often
}

// groupOf is the study of groups about as large: of the sizes tried the one that is nearest in proportion; nil where none was.
func (s *DomainStudy) groupOf(k int) *GroupStudy {
	if s == nil {
		return nil
	}
	var nearest *GroupStudy
	apart := func(g *GroupStudy) float64 { return math.Abs(math.Log(float64(g.K) / float64(k))) }
	for i := range s.Groups {
		if g := &s.Groups[i]; nearest == nil || apart(g) < apart(nearest) {
			nearest = g
		}
	}
	return nearest
}
