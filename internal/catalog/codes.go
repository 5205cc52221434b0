package catalog

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"stpdash/internal/footprint"
)

// checkUnits finds codes of places that the reference does not have, that are of another kind, or that nobody had when the scheme began: figures would be
// looked for under a code that has none.
func checkUnits(r *footprint.Reference, units []*Units, start Period) []error {
	var mistakes []error
	for _, u := range units {
		for _, code := range u.Codes {
			o, known := r.Organisation(code)
			ended, gone := r.Ended(code)
			from := began(r, code)
			wrong := func(accepted string, of ...any) {
				mistakes = append(mistakes, u.at.mistake(fmt.Sprintf("found the code %q, accepted: %s", code, fmt.Sprintf(accepted, of...))))
			}
			switch {
			case !known || o.Code != code:
				wrong("one of sql/reference/organisations.csv")
			case string(o.Kind) != u.At && string(o.Also) != u.At:
				wrong("a %s; %s is a %s", u.At, o.Name, o.Kind)
			case start.Start.IsZero():
			case gone && !ended.After(start.Start):
				wrong("a code that was there when it began, in %s; %s ended on %s", start.Words(), o.Name, ended.Format(time.DateOnly))
			case !from.Before(start.End()):
				wrong("a code that was there when it began, in %s; %s took over on %s", start.Words(), o.Name, from.Format(time.DateOnly))
			}
		}
	}
	return mistakes
}

// CheckCodes finds codes in the sources that the reference does not have, whose figures would go to nobody, and places of targets
// that are none.
func CheckCodes(c *Catalog, r *footprint.Reference) error {
	var mistakes []error
	check := func(source, field, code string) {
		_, organisation := r.Organisation(code)
		if _, area := r.Footprint(code); !organisation && !area {
			mistakes = append(
				mistakes,
				fmt.Errorf("source %s, %s: found the code %q, accepted: one of sql/reference/organisations.csv or of a footprint", source, field, code),
			)
		}
	}
	for _, s := range c.Sources {
		for _, name := range slices.Sorted(maps.Keys(s.Names)) {
			if s.Names[name] != footprint.England { // as a row of England's own
				check(s.ID, fmt.Sprintf("names, %q", name), s.Names[name])
			}
		}
		for _, omission := range s.Omits {
			for _, code := range omission.Organisations {
				check(s.ID, "omits", code)
			}
		}
		for _, so := range s.PublishedSo {
			for _, code := range so.Organisations {
				check(s.ID, "published_so", code)
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
	for _, answering := range c.Responsibilities {
		if _, known := r.Footprint(answering.Footprint); !known {
			mistakes = append(mistakes, answering.at.mistake(fmt.Sprintf("found the code %q, accepted: that of a footprint, such as E54000005", answering.Footprint)))
		}
	}
	regions := map[string]bool{}
	for _, f := range r.Footprints() {
		regions[f.Region.Name] = true
	}
	for _, t := range c.Targets {
		for _, place := range t.Places {
			if f, known := r.Footprint(place); !regions[place] && place != EnglandPlace && place != FootprintsPlace && (!known || f.Code != place) {
				mistakes = append(mistakes, fmt.Errorf("target %s, places: found %q, accepted: england, footprints, the code of a footprint as of 2017, or a region: %s",
					t.ID, place, strings.Join(slices.Sorted(maps.Keys(regions)), ", ")))
			}
		}
	}
	claimed := func(what string, places []string) {
		for _, place := range places {
			if f, known := r.Footprint(place); place != EnglandPlace && (!known || f.Code != place) {
				mistakes = append(mistakes, fmt.Errorf("%s, places: found %q, accepted: england or the code of a footprint as of 2017", what, place))
			}
		}
	}
	for _, s := range c.Schemes {
		mistakes = append(mistakes, checkUnits(r, s.Units, s.start)...)
	}
	for _, claim := range c.Claims {
		claimed("claim "+claim.ID, claim.Places)
		mistakes = append(mistakes, checkUnits(r, claim.Units, claim.start)...)
	}
	for _, left := range c.LeftOut {
		claimed(fmt.Sprintf("claim left out %q", left.Title), left.Places)
	}
	return errors.Join(mistakes...)
}
