package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// notNumber is what JSON and pages must never show.
var notNumber = regexp.MustCompile(`NaN|Infinity|[+-]Inf\b`)

// Figures that cannot be judged have a stated outcome in the API and on pages, and no page shows what is not a number.
func TestFiguresThatCannotBeJudged(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../dashboards")); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"measures/70-odd.yaml": `theme: access
unit: share
direction: up
grain: month
level: footprint
sources: [canonical]
measures:
  - {id: odd, title: Odd shares, definition: Odd ones., headline: true, breaks: [{from: 1990-01, note: Long before.}, {from: 2030-01, note: Long after.}]}
`,
		"targets/odd.yaml": `targets:
  - {id: long_before, title: Long before, measure: odd, places: [footprints], bound: at_least, shape: step, values: [{period: 1999-01, value: 0.9}],
     citation: {title: A plan, url: "https://example.org/plan"}}
  - {id: over, title: Over, measure: odd, places: [footprints], bound: at_least, shape: values, values: [{period: 1999-01, value: 0.5}],
     citation: {title: A plan, url: "https://example.org/plan"}}
  - {id: of_nothing, title: Of nothing, measure: odd, places: [footprints], bound: at_least, shape: step, baseline: 1999-02, values: [{period: 2016-01, value: 0.5}],
     citation: {title: A plan, url: "https://example.org/plan"}}
`,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pages := filepath.Join(folder, "pages", "footprint.yaml")
	content, err := os.ReadFile(pages)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(
		pages,
		[]byte(strings.Replace(string(content), "      - ae_four_hour\n", "      - ae_four_hour\n      - odd\n", 1)),
		0o600,
	); err != nil {
		t.Fatal(err)
	}
	figures := "measure,organisation,period,numerator,denominator,note\n"
	add := func(code string, numerator func(month int) string) {
		for i := range 30 {
			if n := numerator(i); n != "" {
				figures += fmt.Sprintf("odd,%s,%d-%02d,%s\n", code, 2016+i/12, 1+i%12, n)
			}
		}
	}
	add("E54000005", func(i int) string { return map[bool]string{true: "5,10,"}[i >= 28] })
	add("E54000006", func(i int) string { return map[bool]string{true: fmt.Sprintf("%d,100,", 50+i%7)}[i%4 != 2] })
	add("E54000007", func(int) string { return "50,100," })
	add("E54000008", func(int) string { return ",,lost" })
	add("E54000009", func(i int) string { return map[bool]string{true: "5,-10,"}[i == 29] })
	add("E54000010", func(i int) string { return map[bool]string{true: "0,0,"}[i == 29] })

	settings := []string{"STP_DATA_DIR=" + t.TempDir(), "STP_BUNDLED=false", "STP_DASHBOARDS=" + folder}
	s := start(t, settings...)
	if out, err := stpd(
		t,
		settings,
		"load",
		"--accept",
		"odd on purpose",
		write(t, "odd.csv", figures),
	).CombinedOutput(); err != nil ||
		!strings.Contains(string(out), "86 observations, 1 rejections") {
		t.Fatalf("%v: %s", err, out)
	}
	const missing = "No figure for June 2018, so no change can be seen."
	for path, want := range map[string][]string{
		"/api/v1/spc?measure=odd&footprint=E54000005": {"we need 13 comparable figures. There are 2.", `"variation_icon":""`, `"rebase_group":0`},
		"/api/v1/spc?measure=odd&footprint=E54000006": {`"variation_icon":"common_cause"`, `"missing":7`, `"period":"2016-03","value":null`},
		"/api/v1/spc?measure=odd&footprint=E54000007": {"neighbouring figures are all equal, so the limits have no width", `"assurance":"consistent_fail"`, `"lpl":0.5,"upl":0.5`},
		"/api/v1/spc?measure=odd&footprint=E54000008": {missing, `"upl":null`, `"reason":"every figure is missing"`},
		"/api/v1/spc?measure=odd&footprint=E54000009": {missing, `"upl":null`},
		"/api/v1/spc?measure=odd&footprint=E54000010": {missing, `"upl":null`},
		"/api/v1/series?measure=odd&footprint=E54000007": {
			`"target":"long_before","title":"Long before","governs":true,"state":"off_trajectory","asked":0.9`,
			`"state":"cannot_tell","asked":null,"reason":"it has no value for June 2018"`, "its baseline, the figure of February 1999, is not known",
		},
		"/api/v1/overview?measure=odd&period=2018-06":                {`"against_all":`},
		"/api/v1/forecast?measure=odd&footprint=E54000007":           {"the history is too short: known figures: 30, at least 32 are needed"},
		"/api/v1/forecast?measure=odd&footprint=E54000008":           {"every figure is missing"},
		"/api/v1/forecast?measure=odd&footprint=E54000009":           {"every figure is missing"},
		"/api/v1/series?measure=odd&footprint=E54000009":             {`"value":null`},
		"/footprints/E54000005":                                      {"50.0%", "Odd shares"},
		"/footprints/E54000006":                                      {"Normal variation"},
		"/footprints/E54000007":                                      {"Off track, ", "Target: at least 90.0%"},
		"/footprints/E54000008":                                      {"No figure", "is off track. None shows an unusual change."},
		"/footprints/E54000009":                                      {"No figure"},
		"/footprints/E54000010":                                      {"No figure"},
		"/footprints/E54000005/odd":                                  {"50.0% in June 2018", "we need 13 comparable figures. There are 2.", "No forecast: the history is too short"},
		"/footprints/E54000006/odd":                                  {"No significant change", `<tr data-period="2016-03" data-value="" data-asked="90"`, "Nothing is loaded for 7 periods between."},
		"/footprints/E54000007/odd":                                  {"The limits are weak: neighbouring figures are all equal", "Long before", "Off track. Target: at least 90.0% in June 2018."},
		"/footprints/E54000008/odd":                                  {"No figure for June 2018", "No figure for June 2018, so no change can be seen"},
		"/footprints/E54000009/odd":                                  {"No figure for June 2018"},
		"/footprints/E54000010/odd":                                  {"No figure for June 2018"},
		"/measures/odd":                                              {"Long before", "Too few figures to test for a change"},
		"/measures/odd?period=2016-01":                               {"Long before"},
		"/?measure=odd&colour=variation":                             {"Odd shares"},
		"/?measure=odd&colour=target":                                {"Odd shares"},
		"/api/v1/loads/4/rejections":                                 {"found -10; a count is never negative"},
		"/api/v1/spc?measure=odd&footprint=ENG&format=csv":           {"measure,place"},
		"/api/v1/overview?measure=odd&format=csv":                    {"cannot_tell"},
		"/api/v1/peers?measure=odd&footprint=E54000007":              {"There is no span of 12 months", `"nearest":[{`},
		"/api/v1/peers?measure=odd&footprint=E54000008":              {"There is no span of 12 months", `"nearest":[{`},
		"/provenance?measure=odd&footprint=E54000008&period=2018-06": {"Odd shares"},
	} {
		a := s.patiently(t, path)
		for _, part := range want {
			if !strings.Contains(a.body, part) {
				t.Errorf("%s lacks %s: %.900s", path, part, a.body)
			}
		}
		if found := notNumber.FindString(a.body); found != "" || a.status != 200 {
			t.Errorf("%s answers %d and shows %q", path, a.status, found)
		}
		if strings.HasPrefix(a.body, "{") && !json.Valid([]byte(a.body)) {
			t.Errorf("%s is no JSON: %.300s", path, a.body)
		}
	}
}
