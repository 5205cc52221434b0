package load

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"stpdash/internal/footprint"
)

// Unknown is an organisation that a publication lists by a code that the reference does not have, and where it may belong. None of those
// places has a whole figure.
type Unknown struct {
	Organisation string
	Footprints   []string // codes, or footprint.Unallocated
	Source       string   // what the publication calls it, and how it was placed
}

// whereabouts are what a publication says of where organisations lie.
type whereabouts struct {
	areas   map[string]map[string]bool // of each area, the footprints of the known organisations in it
	unknown map[string][]stranger
}

// stranger is a row of an organisation that is not known.
type stranger struct {
	name, area string
	on         time.Time // the day whose codes the row is stated by
}

func newWhereabouts() whereabouts {
	return whereabouts{areas: map[string]map[string]bool{}, unknown: map[string][]stranger{}}
}

func (w *whereabouts) note(r *footprint.Reference, t *table, rec *record, p place) {
	if p.fault == "" && t.areaColumn < 0 {
		return
	}
	on := rec.observations[0].CodesOn
	area := foldName(t.cell(rec.row, t.areaColumn))
	switch {
	case p.rule == ruleKnownPlace:
		s := stranger{name: strings.Clone(t.cell(rec.row, t.nameColumn)), area: area, on: on}
		if t.nameColumn < 0 && t.declared.Place.By == "name" {
			s.name = p.code
		}
		if !slices.Contains(w.unknown[p.code], s) && len(w.unknown) < mostPlaces {
			w.unknown[p.code] = append(w.unknown[p.code], s)
		}
	case p.fault == "" && area != "":
		in, ok := w.areas[area]
		if !ok {
			in = map[string]bool{}
			w.areas[area] = in
		}
		in[placeOf(r, p.code, on)] = true
	}
}

// placeOf is the footprint of a known organisation.
func placeOf(r *footprint.Reference, code string, on time.Time) string {
	if f, ok := r.Of(code, on); ok {
		return f
	}
	return footprint.Unallocated
}

// placed finds where each unknown organisation may belong.
func (w *whereabouts) placed(m *Mapper) []Unknown {
	var all []Unknown
	for _, code := range slices.Sorted(maps.Keys(w.unknown)) {
		footprints, sources := map[string]bool{}, map[string]bool{}
		for _, s := range w.unknown[code] {
			places, how := w.place(m, code, s)
			for _, place := range places {
				footprints[place] = true
			}
			if s.name != "" && s.name != code {
				how = fmt.Sprintf("Published as %q. %s", s.name, how)
			}
			sources[how] = true
		}
		all = append(all, Unknown{code, slices.Sorted(maps.Keys(footprints)), strings.Join(slices.Sorted(maps.Keys(sources)), " ")})
	}
	return all
}

// place finds where one row's organisation may belong, by what tells it best.
func (w *whereabouts) place(m *Mapper, code string, s stranger) (footprints []string, how string) {
	r := m.reference
	of := func(codes []string) []string {
		in := map[string]bool{}
		for _, known := range codes {
			in[placeOf(r, known, s.on)] = true
		}
		return slices.Sorted(maps.Keys(in))
	}
	named := func(codes []string) string {
		var names []string
		for _, known := range codes {
			o, _ := r.Organisation(known)
			names = append(names, fmt.Sprintf("%s (%s)", o.Name, known))
		}
		return strings.Join(names, " and ")
	}
	if predecessors := r.Predecessors(code); len(predecessors) > 0 {
		return of(predecessors), "Placed by its predecessor, " + named(predecessors) + "."
	}
	if successor, ok := r.Successor(code); ok {
		return of([]string{successor}), "Placed by its successor, " + named([]string{successor}) + "."
	}
	if trust, ok := siteOf(r, code); ok {
		return of([]string{trust}), "Placed by its code, that of a site of " + named([]string{trust}) + "."
	}
	if like := m.likeNames[likeName(s.name)]; s.name != "" && likeName(s.name) != discontinued && len(like) > 0 {
		if places := of(like); len(places) == 1 {
			return places, "Placed by its name, that of " + named(like) + "."
		}
	}
	if f, ok := r.Footprint(s.area); ok {
		return []string{f.Code}, "Placed by the footprint that the publication names."
	}
	if in := w.areas[s.area]; len(in) > 0 {
		return slices.Sorted(maps.Keys(in)), "It may belong to any footprint with organisations in the same area of the publication."
	}
	for _, f := range r.Footprints() {
		footprints = append(footprints, f.Code)
	}
	return append(footprints, footprint.Unallocated), "It may belong to any footprint: nothing published says to which."
}

// siteOf is the trust of a site, whose code begins with that of the trust: RJ101 is a site of RJ1.
func siteOf(r *footprint.Reference, code string) (trust string, ok bool) {
	const length = 3
	if len(code) != length+2 || code[0] != 'R' {
		return "", false
	}
	o, ok := r.Organisation(code[:length])
	return o.Code, ok && o.Kind == footprint.Provider
}

// discontinued is what NHS England calls some that have ended; it is nobody's name.
const discontinued = "discontinued organisation"

// legalForms are the endings of names that change while the organisation stays.
var legalForms = []string{" nhs foundation trust", " nhs trust", " foundation trust", " clinical commissioning group", " ccg", " limited", " ltd"}

// likeName folds a name and leaves out its legal form.
func likeName(name string) string {
	folded := foldName(name)
	for _, form := range legalForms {
		if short, ok := strings.CutSuffix(folded, form); ok {
			return short
		}
	}
	return folded
}
