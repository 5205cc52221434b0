package catalog

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// CrossCheckFile is one file of cross-checks.
type CrossCheckFile struct {
	CrossChecks []*CrossCheck `yaml:"crosschecks" jsonschema:"required"` // in the order in which they are shown
}

// CrossCheck compares two measures, each of a publication of its own, that count the same or nearly so. Readers see where they differ; nothing else
// follows from it.
type CrossCheck struct {
	ID     string   `yaml:"id"     json:"id"     jsonschema:"required"`                          // lower-case letters, digits and underscores
	Title  string   `yaml:"title"  json:"title"  jsonschema:"required"`                          // a few words: what two publications state
	Of     string   `yaml:"of"     json:"of"     jsonschema:"required"`                          // the id of the measure that is checked: a number or an amount of money
	With   string   `yaml:"with"   json:"with"   jsonschema:"required"`                          // the id of the measure that it is compared with; figures meet where their periods end on one day
	Places []string `yaml:"places" json:"places" jsonschema:"required"`                          // where they are compared: england, footprints, organisations
	Within string   `yaml:"within" json:"within" jsonschema:"required,oneof_type=string;number"` // how many per cent of the second figure the first may lie from it, either way
	Reason string   `yaml:"reason" json:"reason" jsonschema:"required"`                          // why they may differ, and by how much they are known to

	within decimal.Decimal
}

// OrganisationsPlace are the organisations that state the measures of a cross-check, as its places.
const OrganisationsPlace = "organisations"

var crossCheckPlaces = []string{EnglandPlace, FootprintsPlace, OrganisationsPlace}

// Tolerance is how many per cent of the second figure the first may lie from it, either way.
func (c *CrossCheck) Tolerance() decimal.Decimal { return c.within }

// span says how long a time each figure of a measure covers; empty where they cover more from one to the next.
func (m *Measure) span() string {
	switch {
	case m.Derived == nil && m.Grain.Months() != 12:
		return "a " + m.Grain.Words()
	case m.Derived == nil || m.Derived.By == RollingYear:
		return "twelve months"
	default:
		return ""
	}
}

func (c reader) readCrossChecks(fsys fs.FS, file string) []error {
	f := &CrossCheckFile{}
	d, err := decode(fsys, file, f)
	if err != nil {
		return []error{err}
	}
	for i, check := range f.CrossChecks {
		if check == nil {
			d.expect(false, fmt.Sprintf("$.crosschecks[%d]", i), "nothing", "a cross-check")
			continue
		}
		c.checkCrossCheck(d, fmt.Sprintf("$.crosschecks[%d].", i), check)
		c.CrossChecks = append(c.CrossChecks, check)
	}
	return d.mistakes
}

func (c reader) checkCrossCheck(d *document, at string, check *CrossCheck) {
	known := slices.ContainsFunc(c.CrossChecks, func(other *CrossCheck) bool { return other.ID == check.ID })
	d.expect(identifier.MatchString(check.ID), at+"id", check.ID, "lower-case letters, digits and underscores")
	d.expect(!known, at+"id", check.ID, "an id that no other cross-check has")
	d.expect(check.Title != "", at+"title", check.Title, "a title")
	d.expect(strings.TrimSpace(check.Reason) != "", at+"reason", check.Reason, "why the two may differ")
	d.expect(len(check.Places) > 0, at+"places", "none", strings.Join(crossCheckPlaces, ", "))
	for i, place := range check.Places {
		d.oneOf(fmt.Sprintf("%splaces[%d]", at, i), place, crossCheckPlaces...)
		d.expect(!slices.Contains(check.Places[:i], place), fmt.Sprintf("%splaces[%d]", at, i), place, "each place once")
	}
	d.expect(check.Within != "", at+"within", "", "a number of per cent, such as 5")
	check.within = d.number(at+"within", check.Within, decimal.Zero)
	d.expect(!check.within.IsNegative(), at+"within", check.Within, "a number not under zero")

	of, ok := c.measures[check.Of]
	d.expect(ok, at+"of", check.Of, "the id of a measure")
	with, found := c.measures[check.With]
	d.expect(found, at+"with", check.With, "the id of a measure")
	if !ok || !found {
		return
	}
	for _, stated := range []struct {
		field string
		m     *Measure
	}{{"of", of}, {"with", with}} {
		counts := (stated.m.Unit == Number || stated.m.Unit == GBP) && !stated.m.Ratio()
		d.expect(counts && stated.m.span() != "", at+stated.field, stated.m.ID, "a number or an amount of money, as published or of a rolling year")
		for _, place := range check.Places {
			switch place {
			case FootprintsPlace:
				d.expect(stated.m.Level != ByEngland, at+stated.field, stated.m.ID, "a measure that footprints have")
			case OrganisationsPlace:
				d.expect(stated.m.Stored().Observed() && stated.m.Level != ByEngland && stated.m.Level != ByFootprint, at+stated.field, stated.m.ID,
					"a measure that organisations state themselves")
			}
		}
	}
	d.expect(of != with, at+"with", with.ID, "another measure than "+of.ID)
	d.expect(of.Unit == with.Unit, at+"with", with.ID, "a measure in the unit of "+of.ID+", which is "+string(of.Unit))
	d.expect(of.span() == with.span(), at+"with", with.ID, fmt.Sprintf("a measure whose figures cover %s each, as those of %s do", of.span(), of.ID))
	if slices.Contains(check.Places, OrganisationsPlace) {
		d.expect(of.Level == with.Level, at+"with", with.ID, "a measure by "+of.Level+", as "+of.ID+" is")
	}
}
