package mapping

import (
	"slices"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
)

// noCode stands in the place of an organisation whose code the publication leaves blank.
const noCode = "(no code)"

// place is which organisation a text of a publication names.
type place struct {
	code  string // one that is not known stays as published
	rule  string // the one it breaks
	fault string // why it is not accepted
	kind  string // as measures name it: catalog.ByProvider and the like
	also  string // a second kind of the organisation; empty of nearly all
}

// known tells whether the text names a place that is accepted.
func (p place) known() bool { return p.rule == "" }

// placeReader finds the places that the texts of a source's files name.
type placeReader struct {
	*Mapper
	source *catalog.Source
}

// find finds the place that a row is about; publications name each many times.
func (r placeReader) find(t *table, name string) place {
	known, ok := t.knownPlaces[name]
	if !ok {
		known = r.read(t, name)
		if o, ok := r.reference.Organisation(known.code); ok && known.kind == "" {
			known.kind, known.also = string(o.Kind), string(o.Also)
		}
		if len(t.knownPlaces) <= maxPlaces && len(name) <= maxName {
			t.knownPlaces[strings.Clone(name)] = known // else it would keep the whole block of the file
		}
	}
	return known
}

// maxPlaces is how many organisations, and items of them, one file may name.
const maxPlaces = 100_000

func (r placeReader) read(t *table, name string) place {
	if t.declared.Place.By == catalog.ByEngland {
		england := place{code: footprint.England, kind: catalog.ByEngland}
		if t.placeColumn >= 0 && !t.declared.Place.IsEngland(name) {
			england.rule = ruleKnownPlace
			england.fault = "the area is not England; accepted: " + strings.Join(append([]string{"England"}, t.declared.Place.England...), ", ")
		}
		return england
	}
	for known, code := range r.source.Names {
		if foldName(known) == foldName(name) {
			found := place{code: code}
			if code == footprint.England {
				found.kind = catalog.ByEngland
			}
			return found
		}
	}
	if t.declared.Place.By == "name" {
		if code, ok := r.names[foldName(name)]; ok {
			return place{code: code}
		}
		return place{
			code:  Cut(name, maxName),
			rule:  ruleKnownPlace,
			fault: "the organisation of this name is not known; accepted: a name of sql/reference/organisations.csv or of the source's names",
		}
	}
	if slices.Contains(t.declared.Place.England, name) {
		return place{code: footprint.England, kind: catalog.ByEngland}
	}
	if name == "" {
		return place{code: noCode, rule: ruleKnownPlace, fault: "the organisation code is blank"}
	}
	code := strings.ToUpper(Cut(name, maxName))
	if f, ok := r.reference.Footprint(code); ok {
		return place{code: f.Code, kind: catalog.ByFootprint}
	}
	if code == footprint.England {
		return place{code: code, kind: catalog.ByEngland}
	}
	o, known := r.reference.Organisation(code)
	if !known {
		return place{code: code, rule: ruleKnownPlace, fault: "the organisation is not known; accepted: a code of sql/reference/organisations.csv or of a footprint"}
	}
	return place{code: o.Code}
}
