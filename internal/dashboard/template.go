package dashboard

import (
	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
)

// templates are the addresses of a measure's template, none where a publication states it or the place is to return nothing.
func (c *Composer) templates(m *catalog.Measure, s figures.Area) Downloads {
	if !c.directory.Catalog.Returned(m) || s.Code == footprint.Unallocated {
		return Downloads{}
	}
	place := s.Code
	if s.Footprint == nil {
		place = "" // all of England
	}
	d := downloads("/api/v1/templates", "measure", m.ID, "footprint", place)
	d.JSON = ""
	return d
}

// noFigures says why a measure has none at all.
func (c *Composer) noFigures(m *catalog.Measure, asOf figures.Moment, otherwise string) string {
	switch {
	case asOf.Pin == "" && asOf.Text != "":
		return "Nothing had been loaded by then."
	case c.directory.Catalog.Returned(m):
		return "No figures yet: this measure waits for a local return."
	}
	return otherwise
}
