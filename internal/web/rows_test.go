package web

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// rowOf is a row of months from April 2015 on, of which those under zero have no figure.
func rowOf(t *testing.T, m *catalog.Measure, s figures.Area, values ...float64) figures.Row {
	t.Helper()
	r := figures.Row{Measure: m, Area: s}
	period, err := catalog.ParsePeriod("2015-04")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		p := measure.Point{Period: period, Organisations: 2, Complete: v >= 0}
		if v >= 0 {
			p.Value = decimal.NewNullDecimal(decimal.NewFromFloat(v))
			p.Numerator = p.Value
			r.Whole = p
		} else {
			p.Missing = []string{"RXF"}
		}
		r.Points, period = append(r.Points, p), period.Next()
	}
	r.Newest = r.Points[len(r.Points)-1].Period
	if !r.Whole.Period.Start.IsZero() {
		signal, err := measure.NewSignal(m, nil, measure.Within(r.Points, time.Time{}, r.Whole.Period.Start), nil, r.Whole.Period)
		if err != nil {
			t.Fatal(err)
		}
		r.Signal = &signal
	}
	return r
}

// A row states the last whole figure where the latest is missing, with the code of what is missing, the run of what is unusual, and ties.
func TestRowsOfAPlace(t *testing.T) {
	k := figurestest.Unloaded(t, time.Now)
	a := figuresAPI{figures: k.Figures}
	m, err := k.FindMeasure("gp_referrals")
	if err != nil {
		t.Fatal(err)
	}
	s, err := k.FindArea("QWO")
	if err != nil {
		t.Fatal(err)
	}
	var values []float64
	for i := range 40 {
		values = append(values, 100+float64(i%3))
	}
	values = append(values, 150, 151, -1)
	r := rowOf(t, m, s, values...)
	r.Position = figures.Position{Below: 3, Above: 38, Same: 2, Of: 44}
	r.NoChange = figures.NoChange{Code: figures.MembersChanged}
	row := a.newRow(r, time.Now())
	switch {
	case row.Missing != "not_reported" || row.Latest.Period != "2018-10" || row.Whole == nil || row.Whole.Period != "2018-09":
		t.Errorf("missing %q, latest %+v, whole %+v", row.Missing, row.Latest, row.Whole)
	case len(row.Points) != rowFigures || row.Points[rowFigures-1].Period != "2018-09" || !row.Points[0].Mean.Valid:
		t.Errorf("%d points, the last %+v", len(row.Points), row.Points[len(row.Points)-1])
	case row.Unusual == nil || row.Unusual.Periods != 2 || row.Unusual.From != "2018-08" || !row.Unusual.Known:
		t.Errorf("unusual %+v", row.Unusual)
	case *row.Rank != rowRank{4, 39, 2, 44}:
		t.Errorf("rank %+v", row.Rank)
	case row.Change.Comparable || row.Change.Code != "members_changed" || row.Change.Unit != "per_cent":
		t.Errorf("change %+v", row.Change)
	case row.Target.Code != "no_target" || row.Waiting != nil:
		t.Errorf("target %+v, waiting %+v", row.Target, row.Waiting)
	}
	few := a.newRow(rowOf(t, m, s, 5, 6), time.Now())
	if few.Signal.Code != "too_few_points" || few.Signal.Have != 2 || few.Signal.Need != 13 || few.Points[0].Mean.Valid {
		t.Errorf("%+v", few.Signal)
	}
	none := a.newRow(rowOf(t, m, s, -1), time.Now())
	if none.Whole != nil || none.Change.Code != "no_figure" || none.Missing != "not_reported" || none.Age != nil {
		t.Errorf("%+v", none)
	}
	waits, err := k.FindMeasure("complex_needs_care_plan")
	if err != nil {
		t.Fatal(err)
	}
	empty := a.newRow(figures.Row{Measure: waits, Area: s}, time.Date(2026, time.November, 30, 12, 0, 0, 0, time.UTC))
	if empty.Missing != "no_figures" || empty.Waiting == nil || *empty.Waiting != (rowWaiting{"2026-Q3", "2026-12-31"}) {
		t.Errorf("%+v, waiting %+v", empty, empty.Waiting)
	}
	list := rowList{row, few, none, empty}
	if _, err := json.Marshal(list); err != nil {
		t.Fatal(err)
	}
	sheet := list.sheet()
	for _, cells := range sheet.rows {
		if len(cells) != len(sheet.rows[0]) {
			t.Errorf("%d cells beneath %d headings", len(cells), len(sheet.rows[0]))
		}
	}
}

// Every reason for which a point has no value has a code of its own.
func TestNoFigureCodes(t *testing.T) {
	d, m := figures.NewDirectory(&catalog.Catalog{}, &footprint.Reference{}), &catalog.Measure{}
	var codes []figures.NoFigureCode
	for _, p := range []measure.Point{
		{Organisations: 1, NoValue: measure.Contradictory},
		{Organisations: 1, NoValue: measure.DefinitionChanged},
		{Organisations: 1, NoValue: measure.OrganisationsChanged},
		{Organisations: 1, NoValue: measure.PeopleUnknown},
		{Organisations: 1, NoValue: measure.PeriodMissing},
		{Organisations: 1, NoValue: measure.NotCombined},
		{Organisations: 1, Missing: []string{"RXF"}},
		{Organisations: 1, Missing: []string{measure.Unlisted}},
		{},
		{Organisations: 1, Complete: true},
	} {
		code := d.NoFigure(m, "E54000005", p)
		if code == "" || slices.Contains(codes, code) {
			t.Errorf("%+v: %q, after %v", p, code, codes)
		}
		codes = append(codes, code)
	}
	if code := d.NoFigure(m, "E54000005", measure.Point{Value: decimal.NewNullDecimal(decimal.Zero)}); code != "" {
		t.Errorf("a figure of zero lacks one: %q", code)
	}
}

// A row names the reason that its pages name: "not reported" only where nothing better is known.
func TestARowNamesTheReasonThatPagesName(t *testing.T) {
	k := figurestest.Unloaded(t, time.Now)
	a := figuresAPI{figures: k.Figures}
	england, err := k.FindArea(footprint.England)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ measure, period, organisation, want string }{
		{"non_elective_admissions", "2014-07", "13P", "known_gap"},
		{"non_elective_admissions", "2014-06", "13P", "not_reported"},
		{"non_elective_admissions_rolling_year", "2015-03", "13P", "known_gap"},
		{"ae_attendances_type1", "2015-10", "RHQ", "omitted"},
		{"ae_attendances_type1", "2015-10", measure.Unlisted, "not_listed"},
	} {
		m, err := k.FindMeasure(test.measure)
		if err != nil {
			t.Fatal(err)
		}
		p, err := catalog.ParsePeriod(test.period)
		if err != nil {
			t.Fatal(err)
		}
		points := []measure.Point{{Period: p, Organisations: 2, Missing: []string{test.organisation}}}
		if row := a.newRow(figures.Row{Measure: m, Area: england, Points: points}, time.Now()); row.Missing != test.want {
			t.Errorf("%s of %s in %s: %q, want %q", test.measure, test.organisation, test.period, row.Missing, test.want)
		}
	}
}
