package dashboard

import (
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
)

// Template is a return of one measure and period in canonical form, to be filled in.
type Template struct {
	Measure *catalog.Measure
	Period  catalog.Period
	Rows    []TemplateRow
}

// TemplateRow is a footprint or an organisation that is to return a figure.
type TemplateRow struct{ Code, Name string }

// Template makes a template for the figures of one footprint, or of all where place is blank. Without a period it is for the
// latest that has ended. A footprint's own row comes before those of its organisations.
func (c *Composer) Template(measureID, place, period string) (Template, error) {
	m, known := c.Catalog.Measure(measureID)
	if !known || !c.Catalog.Returned(m) {
		var ids []string
		for _, m := range c.Catalog.Measures {
			if c.Catalog.Returned(m) {
				ids = append(ids, m.ID)
			}
		}
		return Template{}, &InputError{Parameter: "measure", Value: measureID, Accepted: "a measure that waits for local returns: " + strings.Join(ids, ", ")}
	}
	t := Template{Measure: m, Period: m.Grain.LatestEnded(c.Now())}
	if period != "" {
		var err error
		if t.Period, err = c.Period("period", period, m); err != nil {
			return t, err
		}
		if t.Period.End().After(c.Now()) {
			return t, &InputError{Parameter: "period", Value: period, Accepted: "a period that has ended; the latest is " + m.Grain.LatestEnded(c.Now()).String()}
		}
	}
	if place != "" {
		f, ok := c.Reference.Footprint(place)
		if !ok {
			return t, &InputError{Parameter: "footprint", Value: place, Accepted: "the code of one of the 44 (E54000005, QWO), or none for all of them"}
		}
		t.addFootprint(c.Reference, f)
		return t, nil
	}
	for _, f := range c.Reference.Footprints() {
		t.addFootprint(c.Reference, f)
	}
	for _, o := range c.Reference.Organisations() {
		if !c.Reference.Placed(o.Code, t.Period.Start) {
			t.add(o)
		}
	}
	return t, nil
}

func (t *Template) addFootprint(r *footprint.Reference, f footprint.Footprint) {
	t.Rows = append(t.Rows, TemplateRow{f.Code, f.Name})
	for _, o := range r.Members(f.Code, t.Period.Start) {
		t.add(o)
	}
}

// add adds an organisation where the measure is stated by its kind.
func (t *Template) add(o footprint.Organisation) {
	if ok, _ := t.Measure.StatedBy(string(o.Kind)); ok {
		t.Rows = append(t.Rows, TemplateRow{o.Code, o.Name})
	}
}

// templates are the addresses of a measure's template, none where a publication states it or the place is to return nothing.
func (c *Composer) templates(m *catalog.Measure, s Scope) Downloads {
	if !c.Catalog.Returned(m) || s.Code == footprint.Unallocated {
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
func (c *Composer) noFigures(m *catalog.Measure, asOf AsOf, otherwise string) string {
	switch {
	case asOf.Pin == "" && asOf.Text != "":
		return "Nothing had been loaded by then."
	case c.Catalog.Returned(m):
		return "No figures yet: this measure waits for a local return."
	}
	return otherwise
}
