package figures

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
)

// Area is a place that figures are shown for: one of the 44, England, a region, one organisation, or what is unallocated.
type Area struct {
	Code, Name   string
	Footprint    *footprint.Footprint    // nil for England and the unallocated
	Organisation *footprint.Organisation // of a single organisation
	Region       *footprint.Region       // of a region, whose code is its slug
}

// Directory finds measures, areas and organisations by what readers call them.
type Directory struct {
	Catalog   *catalog.Catalog
	Reference *footprint.Reference
}

// NewDirectory finds what the definitions and the reference data have.
func NewDirectory(c *catalog.Catalog, r *footprint.Reference) *Directory { return &Directory{c, r} }

// FindArea finds a place by any of its codes.
func (d *Directory) FindArea(code string) (Area, error) {
	switch strings.ToUpper(strings.TrimSpace(code)) {
	case footprint.England:
		return Area{Code: footprint.England, Name: "England"}, nil
	case footprint.Unallocated:
		return Area{Code: footprint.Unallocated, Name: "Organisations not placed in one footprint"}, nil
	}
	if f, ok := d.Reference.Footprint(code); ok {
		return Area{Code: f.Code, Name: f.Name, Footprint: &f}, nil
	}
	return Area{}, &InputError{Parameter: "footprint", Value: code, Accepted: "the code of one of the 44 (E54000005, QWO), ENG or UNALLOCATED"}
}

// FindMeasure finds a measure by its id.
func (d *Directory) FindMeasure(id string) (*catalog.Measure, error) {
	if m, ok := d.Catalog.Measure(id); ok {
		return m, nil
	}
	var ids []string
	for _, m := range d.Catalog.Measures {
		ids = append(ids, m.ID)
	}
	return nil, &InputError{Parameter: "measure", Value: id, Accepted: strings.Join(ids, ", ")}
}

// FindOrganisation finds an organisation by its code.
func (d *Directory) FindOrganisation(code string) (footprint.Organisation, error) {
	if o, ok := d.Reference.Organisation(code); ok {
		return o, nil
	}
	return footprint.Organisation{}, &InputError{
		Parameter: "org",
		Value:     code,
		Accepted:  "the code of a commissioner, council or provider, for example RJ1; /api/v1/organisations lists them",
	}
}

// FootprintsIn are the codes of those of a region, in the order of their names.
func (d *Directory) FootprintsIn(r footprint.Region) []string {
	var codes []string
	for _, f := range d.Reference.Footprints() {
		if f.Region == r {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

// FindPlace finds what a figure is of: a footprint, a region, England or the unallocated, or one organisation.
func (d *Directory) FindPlace(footprintCode, org string) (Area, error) {
	switch {
	case org == "":
		if r, ok := d.Reference.Region(footprintCode); ok {
			return Area{Code: r.Slug(), Name: r.Name, Region: &r}, nil
		}
		s, err := d.FindArea(footprintCode)
		var wrong *InputError
		if errors.As(err, &wrong) {
			wrong.Accepted = "the code of one of the 44 (E54000005, QWO), a region (" + d.RegionNames() + "), ENG or UNALLOCATED"
		}
		return s, err
	case footprintCode != "":
		return Area{}, &InputError{Parameter: "org", Value: org, Accepted: "org or footprint, not both"}
	}
	o, err := d.FindOrganisation(org)
	return Area{Code: o.Code, Name: o.Name, Organisation: &o}, err
}

// ReadPeriod reads a period parameter of a measure's grain.
func (d *Directory) ReadPeriod(parameter, text string, m *catalog.Measure) (catalog.Period, error) {
	p, err := catalog.ParsePeriod(text)
	if err != nil || p.Grain != m.Grain {
		return p, &InputError{Parameter: parameter, Value: text, Accepted: m.Grain.Example()}
	}
	return p, nil
}

// Areas are England, the 44 in the order of their names, and the unallocated.
func (d *Directory) Areas() []Area {
	england, _ := d.FindArea(footprint.England)
	unallocated, _ := d.FindArea(footprint.Unallocated)
	scopes := []Area{england}
	for _, f := range d.Reference.Footprints() {
		scopes = append(scopes, Area{Code: f.Code, Name: f.Name, Footprint: &f})
	}
	return append(scopes, unallocated)
}

// OrganisationName names an organisation by its code.
func (d *Directory) OrganisationName(code string) string {
	if o, ok := d.Reference.Organisation(code); ok {
		return o.Name
	}
	if code == "" {
		return "an organisation without a code"
	}
	return "organisation " + code
}

// Named names organisations by their codes, with the code where two of them go by one name.
func (d *Directory) Named(codes []string) map[string]string {
	names, bearers := map[string]string{}, map[string]int{}
	for _, code := range codes {
		if _, ok := names[code]; !ok {
			names[code] = d.NameOf(code)
			bearers[names[code]]++
		}
	}
	for code, name := range names {
		if bearers[name] > 1 {
			names[code] = fmt.Sprintf("%s (%s)", name, code)
		}
	}
	return names
}

// Stated tells whether a measure has figures for a place: those of England as a whole have none for its parts.
func Stated(m *catalog.Measure, s Area) bool {
	return m.Level != catalog.ByEngland || s.Code == footprint.England
}

// NameOf names an organisation, or a footprint that stands in an organisation's place.
func (d *Directory) NameOf(code string) string {
	if s, err := d.FindArea(code); err == nil {
		return s.Name
	}
	return d.OrganisationName(code)
}

// RegionNames are the regions that there are.
func (d *Directory) RegionNames() string {
	var names []string
	for _, r := range d.Reference.Regions() {
		names = append(names, r.Name)
	}
	return strings.Join(names, ", ")
}

// FindRegion finds a region by its name or slug.
func (d *Directory) FindRegion(name string) (footprint.Region, error) {
	if r, ok := d.Reference.Region(name); ok {
		return r, nil
	}
	return footprint.Region{}, &InputError{Parameter: "region", Value: name, Accepted: d.RegionNames()}
}

// FootprintsOf are those that an organisation belongs to, in the order of their codes.
func (d *Directory) FootprintsOf(organisation string) []string {
	in := map[string]bool{}
	for _, m := range d.Reference.Memberships() {
		if m.Organisation == organisation && m.Placed() {
			in[m.Footprint] = true
		}
	}
	return slices.Sorted(maps.Keys(in))
}

// TargetsOf are the targets of a measure that hold for a place, in the order in which they govern a period that several have a value for:
// the one for the place alone goes before one for its region, and that before one for all footprints; of equally near ones the later goes
// first, so that a plan to recover governs while it runs and the standard before and after it; then the one declared first.
func (d *Directory) TargetsOf(m *catalog.Measure, s Area) []*catalog.Target {
	targets := slices.DeleteFunc(d.Catalog.TargetsOf(m.ID), func(t *catalog.Target) bool { return reach(t, s) == 0 })
	slices.SortStableFunc(targets, func(a, b *catalog.Target) int {
		return cmp.Or(reach(a, s)-reach(b, s), b.First().At.Start.Compare(a.First().At.Start))
	})
	return targets
}

// reach is how far a target reaches beyond a place that it holds for: 1 not at all, 2 over its region, 3 over England or all footprints. It is 0
// where it does not hold there.
func reach(t *catalog.Target, s Area) int {
	of := func(place string) bool { return slices.Contains(t.Places, place) }
	switch {
	case s.Footprint == nil && s.Code == footprint.England && of(catalog.EnglandPlace):
		return 3
	case s.Footprint == nil:
		return 0
	case of(s.Code):
		return 1
	case of(s.Footprint.Region.Name):
		return 2
	case of(catalog.FootprintsPlace):
		return 3
	}
	return 0
}
