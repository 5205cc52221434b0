package figures

import (
	"slices"
	"strings"
	"time"

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

// ReturnedBy are the measures that wait for returns of a grain, in the order of the catalog.
func (d *Directory) ReturnedBy(grain catalog.Grain) []*catalog.Measure {
	var all []*catalog.Measure
	for _, m := range d.Catalog.Measures {
		if d.Catalog.Returned(m) && m.Grain == grain {
			all = append(all, m)
		}
	}
	return all
}

// Templates makes a template for the figures of one footprint in a period: of one measure, or of all that wait for returns of such a period.
func (d *Directory) Templates(measureID, place, period string, now time.Time) ([]Template, error) {
	p, err := catalog.ParsePeriod(period)
	if measureID != "" || err != nil {
		t, err := d.Template(measureID, place, period, now)
		return []Template{t}, err
	}
	var all []Template
	for _, m := range d.ReturnedBy(p.Grain) {
		t, err := d.Template(m.ID, place, period, now)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	if len(all) == 0 {
		return nil, &InputError{Parameter: "period", Value: period, Accepted: "a period that returns are for, such as 2018-Q2 or 2018/19"}
	}
	return all, nil
}

// Template makes a template for the figures of one footprint, or of all where place is blank. Without a period it is for the
// latest that has ended. A footprint's own row comes before those of its organisations.
func (d *Directory) Template(measureID, place, period string, now time.Time) (Template, error) {
	m, known := d.Catalog.Measure(measureID)
	if !known || !d.Catalog.Returned(m) {
		var ids []string
		for _, m := range d.Catalog.Measures {
			if d.Catalog.Returned(m) {
				ids = append(ids, m.ID)
			}
		}
		return Template{}, &InputError{Parameter: "measure", Value: measureID, Accepted: "a measure that waits for local returns: " + strings.Join(ids, ", ")}
	}
	t := Template{Measure: m, Period: m.Grain.LatestEnded(now)}
	if period != "" {
		var err error
		if t.Period, err = d.ReadPeriod("period", period, m); err != nil {
			return t, err
		}
		if t.Period.End().After(now) {
			return t, &InputError{Parameter: "period", Value: period, Accepted: "a period that has ended; the latest is " + m.Grain.LatestEnded(now).String()}
		}
	}
	if place != "" {
		own, ok := d.Reference.Footprint(place)
		if !ok {
			return t, &InputError{Parameter: "footprint", Value: place, Accepted: "the code of one of the 44 (E54000005, QWO), or none for all of them"}
		}
		t.addFootprint(d.Reference, own)
		return t, nil
	}
	for _, own := range d.Reference.Footprints() {
		t.addFootprint(d.Reference, own)
	}
	for _, o := range d.Reference.Organisations() {
		if o.Kind != footprint.Outside && !d.Reference.Placed(o.Code, t.Period.Start) && d.Reference.Existed(o.Code, t.Period.Start) {
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

// add adds an organisation where the measure is stated by its kind; one that lies in several footprints stands in the first.
func (t *Template) add(o footprint.Organisation) {
	if ok, _ := t.Measure.StatedBy(string(o.Kind)); ok && !slices.ContainsFunc(t.Rows, func(row TemplateRow) bool { return row.Code == o.Code }) {
		t.Rows = append(t.Rows, TemplateRow{o.Code, o.Name})
	}
}
