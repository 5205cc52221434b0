package figures_test

import (
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
)

func TestTemplate(t *testing.T) {
	definitions, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2018, time.April, 1, 0, 0, 0, 0, time.UTC)
	c := figurestest.Know(nil, nil, definitions, r, func() time.Time { return now })
	codes := func(measure, place, period string) []string {
		t.Helper()
		template, err := c.Template(measure, place, period, c.Now())
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, row := range template.Rows {
			all = append(all, row.Code)
		}
		return all
	}

	// North Durham (00J) moved between these two on 1 April 2017.
	for period, inCumbria := range map[string]bool{"2016/17": false, "2017/18": true} {
		if slices.Contains(codes("patients_supported", "E54000046", period), "00J") != inCumbria {
			t.Errorf("North Durham in its footprint of %s: %v, want %v", period, !inCumbria, inCumbria)
		}
	}
	for _, m := range definitions.Measures {
		if !definitions.Returned(m) {
			if _, err := c.Template(m.ID, "", "", c.Now()); err == nil {
				t.Errorf("%s is published and has a template", m.ID)
			}
			continue
		}
		all := codes(m.ID, "", "")
		if distinct := slices.Compact(slices.Sorted(slices.Values(all))); len(distinct) != len(all) {
			t.Errorf("%s: %d of %d rows stand twice", m.ID, len(all)-len(distinct), len(all))
		}
		footprints, organisations := 0, 0
		for _, code := range all {
			kind := string(catalog.ByFootprint)
			if o, ok := r.Organisation(code); ok {
				kind = string(o.Kind)
				organisations++
			} else {
				footprints++
			}
			if ok, accepted := m.StatedBy(kind); !ok {
				t.Errorf("%s: a row of %s, accepted: %s", m.ID, code, accepted)
			}
		}
		if footprints != 44 {
			t.Errorf("%s: %d footprints", m.ID, footprints)
		}
		if m.Level == catalog.ByCouncil &&
			organisations != 198 { // those in several footprints or none among them, and one that began later: when is not known of all
			t.Errorf("%s: %d of 198 councils", m.ID, organisations)
		}
		one := codes(m.ID, "QOX", "")
		if one[0] != "E54000040" || (len(one) > 1) != (m.Level != catalog.ByFootprint) {
			t.Errorf("%s: the rows of one footprint are %q", m.ID, one)
		}
	}
}

// The moment a period ends it can be returned, and the reader is told which is the latest.
func TestPeriodOfATemplate(t *testing.T) {
	definitions, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]struct{ quarter, year string }{
		"2018-03-31T23:59:59Z": {"2017-Q4", "2016/17"},
		"2018-04-01T00:00:00Z": {"2018-Q1", "2017/18"},
	} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		c := figurestest.Know(nil, nil, definitions, r, func() time.Time { return at })
		quarter, err := c.Template("complex_needs_care_plan", "QWO", "", c.Now())
		year, failed := c.Template("better_care_fund_spend", "QWO", "", c.Now())
		if err != nil || failed != nil || quarter.Period.String() != want.quarter || year.Period.String() != want.year {
			t.Errorf("at %s: %s and %s, want %s and %s", now, quarter.Period, year.Period, want.quarter, want.year)
		}
		var wrong *figures.InputError
		if _, err := c.Template("complex_needs_care_plan", "QWO", "2018-Q2", c.Now()); !errors.As(err, &wrong) || wrong.Parameter != "period" {
			t.Errorf("a period under way: %v", err)
		}
	}
}
