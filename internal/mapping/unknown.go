package mapping

import (
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
	Placings     []Placing
}

// Placing is how an organisation that is not known was placed.
type Placing struct {
	Published string   `json:"published,omitempty"` // what the publication calls it, where that is not its code
	By        PlacedBy `json:"by"`
	Like      []string `json:"like,omitempty"`       // codes of the organisations that it is placed by
	OtherArea bool     `json:"other_area,omitempty"` // the publication lists it in another area, to which it may belong too
}

// PlacedBy is what an organisation is placed by.
type PlacedBy string

// What organisations are placed by.
const (
	ByPredecessor  PlacedBy = "predecessor"
	BySuccessor    PlacedBy = "successor"
	BySite         PlacedBy = "site"             // its code is that of a site of another
	ByName         PlacedBy = "name"             // that of another
	ByFootprint    PlacedBy = "footprint"        // that the publication names
	ByArea         PlacedBy = "area"             // of the publication
	ByAreaOrAbsent PlacedBy = "area_or_unlisted" // or any footprint that has none in the publication
	ByNothing      PlacedBy = "nothing"          // published, so that it may belong to any footprint
)

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
	if p.known() && t.areaColumn < 0 {
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
		if !slices.Contains(w.unknown[p.code], s) && len(w.unknown) < maxPlaces {
			w.unknown[p.code] = append(w.unknown[p.code], s)
		}
	case p.known() && area != "":
		in, ok := w.areas[area]
		if !ok {
			in = map[string]bool{}
			w.areas[area] = in
		}
		places := r.MayBelong(p.code, on)
		if len(places) == 0 {
			places = []string{footprint.Unallocated}
		}
		for _, place := range places {
			in[place] = true
		}
	}
}

// placed finds where each unknown organisation may belong.
func (w *whereabouts) placed(m *Mapper) []Unknown {
	var all []Unknown
	for _, code := range slices.Sorted(maps.Keys(w.unknown)) {
		footprints, unknown := map[string]bool{}, Unknown{Organisation: code}
		for _, s := range w.unknown[code] {
			places, how := w.place(m, code, s)
			for _, place := range places {
				footprints[place] = true
			}
			if s.name != code {
				how.Published = s.name
			}
			unknown.Placings = append(unknown.Placings, how)
		}
		unknown.Footprints = slices.Sorted(maps.Keys(footprints))
		all = append(all, unknown)
	}
	return all
}

// place finds where one row's organisation may belong, by what tells it best. What leads to no footprint tells nothing, and what the
// publication's own area contradicts is not the whole answer.
func (w *whereabouts) place(m *Mapper, code string, s stranger) (footprints []string, how Placing) {
	inArea, byArea := w.inArea(m.reference, s)
	footprints, how = placeByKnown(m, code, s)
	if len(footprints) == 0 {
		footprints, how = inArea, byArea
	} else if len(inArea) > 0 && !slices.ContainsFunc(footprints, func(place string) bool { return slices.Contains(inArea, place) }) {
		footprints, how.OtherArea = append(footprints, inArea...), true
	}
	if len(footprints) > 0 {
		return footprints, how
	}
	for _, f := range m.reference.Footprints() {
		footprints = append(footprints, f.Code)
	}
	return append(footprints, footprint.Unallocated), Placing{By: ByNothing}
}

// inArea are the footprints of the area that the publication names in the row; none where it holds no organisation of a footprint.
func (w *whereabouts) inArea(r *footprint.Reference, s stranger) (footprints []string, how Placing) {
	if f, ok := r.Footprint(s.area); ok {
		return []string{f.Code}, Placing{By: ByFootprint}
	}
	in := w.areas[s.area]
	if len(in) == 0 || len(in) == 1 && in[footprint.Unallocated] {
		return nil, Placing{}
	}
	footprints = slices.Collect(maps.Keys(in))
	how.By = ByArea
	if without := w.unlisted(r); len(without) > 0 {
		footprints = append(footprints, without...)
		how.By = ByAreaOrAbsent
	}
	slices.Sort(footprints)
	return footprints, how
}

// unlisted are the footprints of which the publication lists no known organisation: one that is not known may be all of theirs.
func (w *whereabouts) unlisted(r *footprint.Reference) (codes []string) {
	for _, f := range r.Footprints() {
		if !slices.ContainsFunc(slices.Collect(maps.Values(w.areas)), func(in map[string]bool) bool { return in[f.Code] }) {
			codes = append(codes, f.Code)
		}
	}
	return codes
}

// placeByKnown finds the footprints of the known organisations that a code or a name leads to.
func placeByKnown(m *Mapper, code string, s stranger) (footprints []string, how Placing) {
	r := m.reference
	of := func(codes []string) []string {
		in := map[string]bool{}
		for _, known := range codes {
			for _, place := range r.MayBelong(known, s.on) {
				in[place] = true
			}
		}
		return slices.Sorted(maps.Keys(in))
	}
	if predecessors := r.Predecessors(code); len(of(predecessors)) > 0 {
		return of(predecessors), Placing{By: ByPredecessor, Like: predecessors}
	}
	if successor, ok := r.Successor(code); ok && len(of([]string{successor})) > 0 {
		return of([]string{successor}), Placing{By: BySuccessor, Like: []string{successor}}
	}
	if trust, ok := siteOf(r, code); ok && len(of([]string{trust})) > 0 {
		return of([]string{trust}), Placing{By: BySite, Like: []string{trust}}
	}
	if like := m.likeNames[likeName(s.name)]; s.name != "" && likeName(s.name) != discontinued {
		if places := of(like); len(places) == 1 {
			return places, Placing{By: ByName, Like: like}
		}
	}
	return nil, Placing{}
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
