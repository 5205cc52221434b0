// Package footprint holds the 44 STP footprints of England, their regions and
// the organisations in them, as the reference tables state it.
package footprint

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Where a figure belongs to no footprint, these stand in its place.
const (
	// England is the whole country: what a publication states for it, or the sum
	// of everything it lists.
	England = "ENG"
	// Unallocated collects the organisations without a single footprint, such as
	// ambulance services, and those of which it is not known, so that the parts
	// still add up to England.
	Unallocated = "UNALLOCATED"
)

// Footprint is one of the 44. The set is constant, though three of them merged
// in 2018: plans, targets and claims were made for the 44.
type Footprint struct {
	Code      string // ONS, 2017: the key everywhere
	Code2016  string // ONS, 2016; four of them differ
	ODSCode   string
	Name      string
	ShortName string // fits a map tile: two lines of 12 characters
	Region    Region

	// The place of its tile on the map of equal tiles, counted from 1 at the
	// north-west corner.
	TileColumn, TileRow int
}

// Region is one of the five of 2018, whose boards oversaw these plans.
type Region struct{ Code, Name string }

func (r Region) String() string { return r.Name }

// Slug is the name as it stands in an address: "midlands-and-east".
func (r Region) Slug() string { return slug(r.Name) }

func slug(name string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(name, "-", " "))), "-")
}

// Kind says what an organisation does.
type Kind string

// A provider gives care, a commissioner pays for it, and a council is the partner in social care.
const (
	Provider     Kind = "provider"
	Commissioner Kind = "commissioner"
	Council      Kind = "council"
	// Outside is no body: the people of elsewhere, whom publications list among the councils.
	Outside Kind = "outside"
)

// Organisation is a body that publications report on, by its ODS code.
type Organisation struct {
	Code, Name string
	Kind       Kind
	// Also is a second kind that it is of, as primary care trusts commissioned care and gave some; empty of nearly all.
	Also Kind
}

// Membership places an organisation, or a share of it, in a footprint from one
// day until before another. Where it has no single footprint, it is Unallocated,
// and the source says why. A share of 0 names a footprint that it may belong to:
// that footprint's figure is not whole without it.
type Membership struct {
	Organisation, Footprint string
	Share                   decimal.Decimal
	From, To                time.Time // zero is open; To is the first day it no longer holds
	Source                  string
}

// Placed tells whether the organisation is known to be in the footprint, wholly or in part.
func (m Membership) Placed() bool { return m.Share.IsPositive() && m.Footprint != Unallocated }

// Holds tells whether the membership is in force on a day.
func (m Membership) Holds(on time.Time) bool {
	return !on.Before(m.From) && (m.To.IsZero() || on.Before(m.To))
}

// Reference is the checked content of the reference tables.
type Reference struct {
	footprints      []Footprint
	byCode          map[string]int // any of a footprint's three codes, to its place
	organisations   map[string]Organisation
	memberships     []Membership
	byOrganisation  map[string][]Membership
	successionsFrom map[string][]Succession // those of an organisation, in the order of time and code
	successionsTo   map[string][]Succession // and those by which it took over work
	byONSCode       map[string]string       // ONS codes of organisations, to their own
	onsCodes        map[string][]string     // and the other way round
	weights         map[weight]decimal.Decimal
}

// Footprints returns the 44 in the order of their names.
func (r *Reference) Footprints() []Footprint { return slices.Clone(r.footprints) }

// Footprint finds a footprint by its ONS code of 2017 or 2016 or by its ODS code.
func (r *Reference) Footprint(code string) (Footprint, bool) {
	at, ok := r.byCode[clean(code)]
	if !ok {
		return Footprint{}, false
	}
	return r.footprints[at], true
}

// Regions returns the five in the order of their names.
func (r *Reference) Regions() []Region {
	regions := map[Region]bool{}
	for _, f := range r.footprints {
		regions[f.Region] = true
	}
	return slices.SortedFunc(maps.Keys(regions), func(a, b Region) int { return cmp.Compare(a.Name, b.Name) })
}

// Region finds a region by its name or slug, in any case.
func (r *Reference) Region(name string) (Region, bool) {
	for _, region := range r.Regions() {
		if region.Slug() == slug(name) {
			return region, true
		}
	}
	return Region{}, false
}

// Organisation finds an organisation by its code or one of its ONS codes.
func (r *Reference) Organisation(code string) (Organisation, bool) {
	o, ok := r.organisations[clean(code)]
	if !ok {
		o, ok = r.organisations[r.byONSCode[clean(code)]]
	}
	return o, ok
}

// ONSCodes are those of an organisation, of which a council has another when its area changes.
func (r *Reference) ONSCodes(organisation string) []string {
	return slices.Sorted(slices.Values(r.onsCodes[organisation]))
}

// Organisations returns every organisation in the order of its code.
func (r *Reference) Organisations() []Organisation {
	return slices.SortedFunc(maps.Values(r.organisations), func(a, b Organisation) int { return cmp.Compare(a.Code, b.Code) })
}

// Of returns the code of the footprint in which an organisation lay wholly on a
// day. One that had none, or was shared between several, is unallocated.
func (r *Reference) Of(organisation string, on time.Time) (footprint string, ok bool) {
	for _, m := range r.byOrganisation[clean(organisation)] {
		if m.Holds(on) && m.Placed() && m.Share.Equal(whole) {
			return m.Footprint, true
		}
	}
	return "", false
}

// DayOf is the day by which a figure is placed that a publisher states by the codes of another day than those of its period. One that lay whole in a
// footprint on both days is the same organisation, and belongs where it lay in the period; else the code tells which area is meant.
func (r *Reference) DayOf(organisation string, period, codes time.Time) time.Time {
	before, then := r.Of(organisation, period)
	if after, now := r.Of(organisation, codes); then && now && before != after {
		return period
	}
	return codes
}

// Moved tells whether an organisation lay whole in one footprint, and later whole in another.
func (r *Reference) Moved(organisation string) bool {
	home := ""
	for _, m := range r.byOrganisation[clean(organisation)] {
		if !m.Placed() || !m.Share.Equal(whole) {
			continue
		}
		if home != "" && home != m.Footprint {
			return true
		}
		home = m.Footprint
	}
	return false
}

// CouncilsPlaced is the day of the look-up by which councils are placed, for all time.
var CouncilsPlaced = time.Date(2017, time.April, 1, 0, 0, 0, 0, time.UTC)

// SameArea tells whether a footprint had the same commissioners on two days: not where one of them lay whole in it on the one, and in another on the
// other. Commissioners that were made of others change nothing.
func (r *Reference) SameArea(footprint string, a, b time.Time) bool {
	for code, o := range r.organisations {
		if o.Kind != Commissioner || len(r.byOrganisation[code]) < 2 || r.DayOf(code, a, b).Equal(b) {
			continue
		}
		before, _ := r.Of(code, a)
		if after, _ := r.Of(code, b); before == footprint || after == footprint {
			return false
		}
	}
	return true
}

// Placed tells whether an organisation lay in any footprint on a day, wholly or
// in part.
func (r *Reference) Placed(organisation string, on time.Time) bool {
	return slices.ContainsFunc(r.byOrganisation[clean(organisation)], func(m Membership) bool { return m.Holds(on) && m.Placed() })
}

// MayBelong are the codes of the footprints that an organisation lay in on a day, wholly, in part or perhaps, in their order. There is
// none for one that belongs to no footprint.
func (r *Reference) MayBelong(organisation string, on time.Time) []string {
	var in []string
	for _, m := range r.byOrganisation[clean(organisation)] {
		if m.Holds(on) && m.Footprint != Unallocated {
			in = append(in, m.Footprint)
		}
	}
	slices.Sort(in)
	return in
}

// Members returns the organisations that lay in a footprint on a day, wholly or
// in part, and had not ended, in the order of their names.
func (r *Reference) Members(footprint string, on time.Time) []Organisation {
	f, ok := r.Footprint(footprint)
	if !ok {
		return nil
	}
	var members []Organisation
	for _, m := range r.memberships {
		if m.Footprint == f.Code && m.Holds(on) && m.Placed() && r.Existed(m.Organisation, on) {
			members = append(members, r.organisations[m.Organisation])
		}
	}
	slices.SortFunc(members, func(a, b Organisation) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Code, b.Code))
	})
	return members
}

// MembershipsOf are those of one organisation, in the order of the table.
func (r *Reference) MembershipsOf(organisation string) []Membership {
	return slices.Clone(r.byOrganisation[clean(organisation)])
}

// Memberships returns every membership in the order of the table.
func (r *Reference) Memberships() []Membership { return slices.Clone(r.memberships) }

// clean makes a code comparable: publications differ in case and padding.
func clean(code string) string { return strings.ToUpper(strings.TrimSpace(code)) }
