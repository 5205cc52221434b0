package catalog_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"stpdash/internal/catalog"
)

const sums = `
theme: access
unit: number
counted: people
direction: neutral
grain: month
level: provider
sources: [s]
measures:
  - {id: part, title: Part, definition: One part.}
  - {id: other, title: Other, definition: Another part.}
  - id: all
    title: All
    definition: Both parts.
    numerator: {description: both, add: [part, other]}
  - {id: growth, title: Growth, definition: Growth of all., derived: {of: all, by: year_change}}
`

const sumsSource = `
id: s
title: S
publisher: P
tables:
  - name: t
    header: [code]
    period: {column: period, form: YYYY}
    place: {column: code, by: code}
    columns:
      - {titles: [part], measure: part}
      - {titles: [other], measure: other}
`

func withConfirmed(confirmed string) fstest.MapFS {
	source := strings.Replace(sumsSource, "form: YYYY", "form: MMMM YYYY", 1)
	files := fstest.MapFS{"measures/m.yaml": {Data: []byte(sums)}, "sources/s.yaml": {Data: []byte(source)}}
	if confirmed != "" {
		files["confirmed/c.yaml"] = &fstest.MapFile{Data: []byte(confirmed)}
	}
	return files
}

func readConfirmed(t *testing.T, confirmed string) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Read(withConfirmed(confirmed))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func period(t *testing.T, text string) catalog.Period {
	t.Helper()
	p, err := catalog.ParsePeriod(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestConfirmed(t *testing.T) {
	plain := readConfirmed(t, "")
	c := readConfirmed(t, `
known_gaps:
  - {organisations: [RA1, RA2], measures: [part], from: 2018-11, until: 2019-01, reason: no return}
breaks:
  - {organisations: [RA3], measures: [part], from: 2018-04, reason: something else}
  - {organisations: [RA4], measures: [part, other], from: 2018-04, moved: true, reason: from one to the other}
`)
	for id, want := range map[string]struct{ gap, step, moved bool }{
		"part": {true, true, true}, "other": {false, false, true}, "all": {true, true, false}, "growth": {true, true, false},
	} {
		m, _ := c.Measure(id)
		before, _ := plain.Measure(id)
		if (m.Gap("RA2", period(t, "2018-12")) != nil) != want.gap || m.Gap("RA2", period(t, "2019-02")) != nil || m.Gap("RA3", period(t, "2018-12")) != nil {
			t.Errorf("%s: gaps %+v", id, m.KnownGaps)
		}
		if (m.BreakOf("RA3", period(t, "2018-04")) != nil) != want.step || (m.BreakOf("RA4", period(t, "2018-04")) != nil) != want.moved ||
			m.BreakOf("RA3", period(t, "2018-05")) != nil {
			t.Errorf("%s: breaks %+v", id, m.OrganisationBreaks)
		}
		if m.Hash() == before.Hash() {
			t.Errorf("%s: the definition has not changed", id)
		}
		if m.Derived == nil && m.FormulaHash() == before.FormulaHash() {
			t.Errorf("%s: the formula has not changed", id)
		}
	}
	if all := c.KnownGaps[0].Periods(); len(all) != 3 || all[2].String() != "2019-01" {
		t.Errorf("%v", all)
	}
}

func TestMistakesInConfirmed(t *testing.T) {
	for _, wrong := range []struct{ content, want string }{
		{"known_gaps:\n  - {organisations: [], measures: [part], from: 2018-11, reason: x}\n", `confirmed/c.yaml:2:21: known_gaps[0].organisations: found "none", accepted: codes of organisations`},
		{"known_gaps:\n  - {organisations: [RA1], measures: [all], from: 2018-11, reason: x}\n", `known_gaps[0].measures: found "all", accepted: an observed measure`},
		{"known_gaps:\n  - {organisations: [RA1], measures: [part], from: 2018-Q1, reason: x}\n", `known_gaps[0].from: found "2018-Q1", accepted: a month such as 2017-04`},
		{"known_gaps:\n  - {organisations: [RA1], measures: [part], from: 2018-11, until: 2018-10, reason: x}\n", `known_gaps[0].until: found "2018-10", accepted: a period after 2018-11`},
		{"breaks:\n  - {organisations: [RA1], measures: [part], from: 2018-11, reason: \"\"}\n", `breaks[0].reason: found "", accepted: how it is known`},
		{"breaks:\n  - {organisations: [RA1], measures: [part], from: 2018-11, moved: true, reason: x}\n", `breaks[0].moved: found "true", accepted: two or more measures`},
		{"breaks:\n  - {organisations: [RA1], measures: [part, other], from: 2018-11, moved: true, merger: true, reason: x}\n", `breaks[0].merger: found "true", accepted: moved or merger, not both`},
		{"dismissed:\n  - {organisations: [RA1], measures: [part], from: 2018-11, note: x}\n", `unknown field "note"`},
	} {
		if _, err := catalog.Read(withConfirmed(wrong.content)); err == nil || !strings.Contains(err.Error(), wrong.want) {
			t.Errorf("%s: %v, want %s", wrong.content, err, wrong.want)
		}
	}
}
