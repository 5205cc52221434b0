package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stpdash/internal/catalog"
)

// An analyst adds a source, measures and a target as files, orders the pages anew and loads a publication: nothing is compiled.
func TestAnAnalystAddsASourceMeasuresAndATarget(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../dashboards")); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"sources/visits.yaml": `id: visits
title: Visits by district nurses
publisher: The county
whole: true
licence: Open Government Licence v3.0
tables:
  - name: visits
    header: [Month, CCG, Visits]
    period: {column: Month, form: MMMM YYYY}
    place: {column: CCG, by: code}
    columns: [{titles: [Visits], measure: nurse_visits}]
`,
		"measures/70-visits.yaml": `theme: integration
unit: number
counted: visits
direction: up
grain: month
level: commissioner
sources: [visits]
measures:
  - {id: nurse_visits, title: Visits by district nurses, definition: Visits in the month., headline: true, per_1000: true}
  - {id: nurse_visits_so_far, title: Visits so far, definition: Visits from April on., derived: {of: nurse_visits, by: year_to_date}}
`,
		"targets/visits.yaml": `targets:
  - id: more_visits
    title: 300 visits in June 2018
    measure: nurse_visits
    places: [E54000043]
    bound: at_least
    shape: line
    values: [{period: 2018-04, value: 100}, {period: 2018-06, value: 300}]
    citation: {title: The county's plan, url: "https://example.org/plan"}
`,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := stpd(t, nil, "check", folder).CombinedOutput()
	if want := "measures/70-visits.yaml:9:102: measures[0].headline: found \"true\", accepted: false, or nurse_visits among the measures or left_out of the footprint page"; err == nil ||
		!strings.Contains(string(out), want) {
		t.Fatalf("a measure that no page shows: %v: %s", err, out)
	}
	shipped, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	var others []string
	for _, m := range shipped.Headlines() {
		if m.ID != "ae_four_hour" {
			others = append(others, m.ID)
		}
	}
	for id, leftOut := range map[string]string{"england": "", "region": "", "footprint": "left_out: [{reason: Not asked for., measures: [" + strings.Join(others, ", ") + "]}]\n"} {
		page := "id: " + id + "\nthemes:\n  - {theme: experience, measures: [nurse_visits, ae_four_hour]}\n" + leftOut
		if err := os.WriteFile(filepath.Join(folder, "pages", id+".yaml"), []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err = stpd(t, nil, "check", folder).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "are sound") {
		t.Fatalf("%v: %s", err, out)
	}
	settings := []string{"STP_DATA_DIR=" + t.TempDir(), "STP_BUNDLED=false", "STP_DASHBOARDS=" + folder}
	s := start(t, settings...)
	csv := "Month,CCG,Visits\nApril 2018,11M,120\nMay 2018,11M,150\nJune 2018,11M,310\n"
	if out, err := stpd(t, settings, "load", write(t, "visits.csv", csv)).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for path, want := range map[string][]string{
		"/api/v1/series?measure=nurse_visits&footprint=E54000043": {
			`"numerator":"120"`, `"target":"more_visits"`, `"state":"on_trajectory","asked":100`, `"state":"off_trajectory","asked":200`, `"state":"met","asked":300`,
		},
		"/api/v1/series?measure=nurse_visits_so_far&footprint=E54000043": {`"period":"2018-06","numerator":"580"`},
		"/footprints/E54000043":              {`<a href="/footprints/E54000043/nurse_visits">Visits by district nurses</a>`, "Target met", "Target: at least 300", `id="experience">Experience</th>`},
		"/footprints/E54000043/nurse_visits": {"Visits by district nurses", "300 visits in June 2018", "Met. Target: at least 300 in June 2018"},
		"/":                                  {"England: Visits by district nurses"},
		"/regions/south-west":                {"300 visits in June 2018", `<section class="card" id="experience"`, `<a href="/measures/nurse_visits">Visits by district nurses</a>`},
	} {
		a := s.patiently(t, path)
		for _, part := range want {
			if !strings.Contains(a.body, part) {
				t.Errorf("%s lacks %s: %.600s", path, part, a.body)
			}
		}
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
