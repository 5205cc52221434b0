package pages

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
)

// address writes a path with parameters; empty ones are left out.
func address(path string, pairs ...string) string {
	query := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

func provenanceURL(m *catalog.Measure, place string, p catalog.Period, asOf figures.Moment) string {
	return address("/provenance", "measure", m.ID, "footprint", place, "period", p.String(), "as_of", asOf.Text)
}

// organisationProvenanceURL leads to the published cells beneath a figure of an organisation.
func organisationProvenanceURL(m *catalog.Measure, code string, p catalog.Period, asOf figures.Moment) string {
	return address("/provenance", "measure", m.ID, "org", code, "period", p.String(), "as_of", asOf.Text)
}

func footprintURL(code string, asOf figures.Moment) string {
	return address("/footprints/"+code, "as_of", asOf.Text)
}

// cardURL is the page of one measure of a place.
func cardURL(code string, m *catalog.Measure, asOf figures.Moment) string {
	return address("/footprints/"+code+"/"+m.ID, "as_of", asOf.Text)
}

func loadURL(id uint64, asOf figures.Moment, pairs ...string) string {
	return address(fmt.Sprintf("/loads/%d", id), append(pairs, "as_of", asOf.Text)...)
}

func seriesDownloads(m *catalog.Measure, place string, asOf figures.Moment) Downloads {
	return downloads("/api/v1/series", "measure", m.ID, "footprint", place, "as_of", asOf.Text)
}

func downloads(path string, pairs ...string) Downloads {
	form := func(format string) string { return address(path, append(slices.Clone(pairs), "format", format)...) }
	return Downloads{CSV: form("csv"), XLSX: form("xlsx"), JSON: form("")}
}

// pagesOf is how many pages a list fills; an empty one has one that says so.
func pagesOf(rows, onPage int) int { return max(1, (rows+onPage-1)/onPage) }

// tooFar refuses a page after the last.
func tooFar(page, pages int, of string) error {
	return &figures.InputError{Parameter: "page", Value: strconv.Itoa(page), Accepted: "1 to " + strconv.Itoa(pages) + ", as there are no more " + of}
}

func measureURL(m *catalog.Measure, asOf figures.Moment) string {
	return address("/measures/"+m.ID, "as_of", asOf.Text)
}

func organisationURL(code string, asOf figures.Moment) string {
	return address("/organisations/"+code, "as_of", asOf.Text)
}

// areaURL is the page of an area.
func areaURL(s figures.Area, asOf figures.Moment) string {
	switch {
	case s.Organisation != nil:
		return organisationURL(s.Code, asOf)
	case s.Region != nil:
		return regionURL(*s.Region, asOf)
	}
	return footprintURL(s.Code, asOf)
}

// measureOfAreaURL is where a measure of an area is shown: of a footprint its own page, of an organisation a row.
func measureOfAreaURL(s figures.Area, m *catalog.Measure, asOf figures.Moment) string {
	if s.Organisation == nil && s.Region == nil {
		return cardURL(s.Code, m, asOf)
	}
	return areaURL(s, asOf) + "#" + m.ID
}

// areaParameter is how an address names an area.
func areaParameter(s figures.Area) string {
	if s.Organisation != nil {
		return "org"
	}
	return "footprint"
}

func regionURL(r footprint.Region, asOf figures.Moment) string {
	return address("/regions/"+r.Slug(), "as_of", asOf.Text)
}

func regionLink(r footprint.Region, asOf figures.Moment) Link {
	return Link{Text: r.Name, URL: regionURL(r, asOf)}
}

func claimURL(id string, asOf figures.Moment) string {
	return address("/claims/"+id, "as_of", asOf.Text)
}
