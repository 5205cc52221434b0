package load

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/publication"
)

// noCode stands in the place of an organisation whose code the publication leaves blank.
const noCode = "(no code)"

// place is which organisation a text of a publication names.
type place struct {
	code  string // one that is not known stays as published
	rule  string // the one it breaks
	fault string // why it is not accepted
	kind  string // as measures name it: catalog.ByProvider and the like
}

// place finds the code that a row is about; publications name each many times.
func (r *pass) place(t *table, name string) place {
	known, ok := t.knownPlaces[name]
	if !ok {
		known = r.find(t, name)
		if o, ok := r.reference.Organisation(known.code); ok && known.kind == "" {
			known.kind = string(o.Kind)
		}
		if len(t.knownPlaces) <= mostPlaces && len(name) <= mostOfName {
			t.knownPlaces[strings.Clone(name)] = known // else it would keep the whole block of the file
		}
	}
	return known
}

// CheckCodes finds codes in the sources that the reference does not have, whose figures would go to nobody, and places of targets
// that are none.
func CheckCodes(c *catalog.Catalog, r *footprint.Reference) error {
	var mistakes []error
	check := func(source, field, code string) {
		_, organisation := r.Organisation(code)
		if _, area := r.Footprint(code); !organisation && !area {
			mistakes = append(mistakes, fmt.Errorf("source %s, %s: found the code %q, accepted: one of sql/reference/organisations.csv or of a footprint", source, field, code))
		}
	}
	for _, s := range c.Sources {
		for _, name := range slices.Sorted(maps.Keys(s.Names)) {
			check(s.ID, fmt.Sprintf("names, %q", name), s.Names[name])
		}
		for _, omission := range s.Omits {
			for _, code := range omission.Organisations {
				check(s.ID, "omits", code)
			}
		}
	}
	confirmed := func(field string, codes []string) {
		for _, code := range codes {
			if o, known := r.Organisation(code); !known || o.Code != code {
				mistakes = append(mistakes, fmt.Errorf("confirmed, %s: found the code %q, accepted: one of sql/reference/organisations.csv", field, code))
			}
		}
	}
	for _, g := range c.KnownGaps {
		confirmed("known_gaps", g.Organisations)
	}
	for _, b := range c.OrganisationBreaks {
		confirmed("breaks", b.Organisations)
	}
	for _, d := range c.Dismissed {
		confirmed("dismissed", d.Organisations)
	}
	regions := map[string]bool{}
	for _, f := range r.Footprints() {
		regions[f.Region.Name] = true
	}
	for _, t := range c.Targets {
		for _, place := range t.Places {
			if f, known := r.Footprint(place); !regions[place] && place != catalog.EnglandPlace && place != catalog.FootprintsPlace && (!known || f.Code != place) {
				mistakes = append(mistakes, fmt.Errorf("target %s, places: found %q, accepted: england, footprints, the code of a footprint as of 2017, or a region: %s",
					t.ID, place, strings.Join(slices.Sorted(maps.Keys(regions)), ", ")))
			}
		}
	}
	claimed := func(what string, places []string) {
		for _, place := range places {
			if f, known := r.Footprint(place); place != catalog.EnglandPlace && (!known || f.Code != place) {
				mistakes = append(mistakes, fmt.Errorf("%s, places: found %q, accepted: england or the code of a footprint as of 2017", what, place))
			}
		}
	}
	for _, claim := range c.Claims {
		claimed("claim "+claim.ID, claim.Places)
	}
	for _, left := range c.LeftOut {
		claimed(fmt.Sprintf("claim left out %q", left.Title), left.Places)
	}
	return errors.Join(mistakes...)
}

// mostPlaces is how many organisations, and items of them, one file may name.
const mostPlaces = 100_000

func (r *pass) find(t *table, name string) place {
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
			return place{code: code}
		}
	}
	if t.declared.Place.By == "name" {
		if code, ok := r.names[foldName(name)]; ok {
			return place{code: code}
		}
		return place{code: cut(name, mostOfName), rule: ruleKnownPlace, fault: "the organisation of this name is not known; accepted: a name of sql/reference/organisations.csv or of the source's names"}
	}
	if name == "" {
		return place{code: noCode, rule: ruleKnownPlace, fault: "the organisation code is blank"}
	}
	code := strings.ToUpper(cut(name, mostOfName))
	if f, ok := r.reference.Footprint(code); ok {
		return place{code: f.Code, kind: catalog.ByFootprint}
	}
	if code == footprint.England {
		return place{code: code, kind: catalog.ByEngland}
	}
	if _, known := r.reference.Organisation(code); !known {
		return place{code: code, rule: ruleKnownPlace, fault: "the organisation is not known; accepted: a code of sql/reference/organisations.csv or of a footprint"}
	}
	return place{code: code}
}

// checkPlausible refuses figures of a period that has not ended, and of an organisation that the measure is not stated by.
func (r *pass) checkPlausible(t *table, rec *record, name string, place place) {
	for i := range rec.observations {
		o := &rec.observations[i]
		if o.Period.End().After(r.began) {
			rec.fault(rulePeriodEnded, t.columnOf(t.declared.Period.Column), o.Period.String(), "the period has not ended yet")
			rec.observations, rec.published = rec.observations[:0], rec.published[:0] // else it would be the latest period
			return
		}
		m, ok := r.measure(o.Measure)
		if !ok || place.fault != "" {
			return
		}
		if ok, accepted := m.StatedBy(place.kind); !ok {
			words := "a " + place.kind
			if place.kind == catalog.ByEngland {
				words = "England"
			}
			rec.fault(rulePlaceOfMeasure, publication.ColumnName(t.placeColumn), name, fmt.Sprintf("the measure %s is not stated for %s; accepted: %s", m.ID, words, accepted))
			if place.kind == catalog.ByEngland {
				rec.observations, rec.published = rec.observations[:0], rec.published[:0] // no footprint lacks a figure for it
			}
			return
		}
	}
}
