package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestReturns takes a measure from no figures to a template, to a return that is refused, to one that is shown and traced.
func TestReturns(t *testing.T) {
	t.Parallel()
	inbox := t.TempDir()
	settings := []string{
		"STP_DATA_DIR=" + t.TempDir(), "STP_BUNDLED=false", "STP_INBOX=" + inbox, "STP_CLOCK=2018-07-02T09:00:00Z",
	}
	s := start(t, settings...)
	const waits = "No figures yet: this measure waits for a local return."
	holds := func(path string, texts ...string) {
		t.Helper()
		a := s.patiently(t, path)
		for _, text := range texts {
			if a.status != 200 || !strings.Contains(a.body, text) {
				t.Errorf("%s gives %d without %q: %.1000s", path, a.status, text, a.body)
			}
		}
	}
	holds("/?measure=complex_needs_care_plan", waits, `href="/api/v1/templates?format=csv&amp;measure=complex_needs_care_plan"`, "Transforming primary care")
	holds("/footprints/QWO/complex_needs_care_plan", waits, `href="/api/v1/templates?footprint=E54000005&amp;format=xlsx&amp;measure=complex_needs_care_plan"`)
	holds("/footprints/QWO/cancer_62_day", "No figures are loaded for this measure.") // of any place
	holds("/footprints/QWO", `href="/footprints/E54000005/complex_needs_care_plan"`, "are waiting for your return.")
	holds("/footprints/ENG/personal_health_budgets", waits, `href="/api/v1/templates?format=xlsx&amp;measure=personal_health_budgets"`)
	holds("/api/v1/series?measure=complex_needs_care_plan&footprint=QWO", `"points":[]`)
	holds("/api/v1/overview?measure=complex_needs_care_plan", "[]")
	holds(
		"/api/v1/measures",
		`"id":"patients_supported"`,
		`"latest_period":"","latest_load_id":0,"loading":false,"returned":true,"returned_from":"the results of the GP Patient Survey`,
		`"returned":false,"returned_from":""`,
	)
	holds("/api/v1/series?measure=complex_needs_care_plan&footprint=QWO", `"returned_from":"practices' registers`)
	if body := s.patiently(t, "/api/v1/series?measure=ae_four_hour&footprint=QWO").body; strings.Contains(body, "returned_from") {
		t.Errorf("a published measure would come from a return: %.300s", body)
	}
	if body := s.patiently(t, "/footprints/UNALLOCATED/complex_needs_care_plan").body; strings.Contains(body, "/api/v1/templates") {
		t.Error("organisations in no footprint are given a template")
	}

	for path, want := range map[string]string{
		"measure=ae_four_hour": `"parameter":"measure"`,
		"measure=":             "complex_needs_care_plan, complex_needs_case_manager",
		"measure=complex_needs_care_plan&footprint=ENG":                     `"parameter":"footprint"`,
		"measure=complex_needs_care_plan&period=2018-05":                    "a quarter such as",
		"measure=complex_needs_care_plan&period=2018-Q3":                    "the latest is 2018-Q2",
		"measure=complex_needs_care_plan&footprint=QWO&perod=2018-Q1":       `"parameter":"perod"`,
		"measure=complex_needs_care_plan&footprint=QWO&format=doc":          `"parameter":"format"`,
		"measure=complex_needs_care_plan&footprint=E54000005&period=spring": `"parameter":"period"`,
	} {
		if a := s.patiently(t, "/api/v1/templates?"+path); a.status != 400 || !strings.Contains(a.body, want) {
			t.Errorf("%s gives %d: %s", path, a.status, a.body)
		}
	}

	template := s.patiently(t, "/api/v1/templates?measure=complex_needs_care_plan&footprint=QWO&format=csv")
	const heading = "measure,organisation,organisation_name,period,numerator,denominator,note\n"
	if want := heading + "complex_needs_care_plan,E54000005,West Yorkshire,2018-Q2,,,\n"; template.body != want {
		t.Fatalf("the template is %q, want %q", template.body, want)
	}
	if name := template.header.Get("Content-Disposition"); !strings.Contains(name, "complex_needs_care_plan-QWO.csv") {
		t.Errorf("it is to be saved as %s", name)
	}
	all := s.patiently(t, "/api/v1/templates?measure=complex_needs_care_plan&format=csv&period=2018-Q1").body
	if strings.Count(all, "\n") != 45 || strings.Count(all, ",2018-Q1,,,\n") != 44 {
		t.Errorf("the template of all 44 is %s", all)
	}

	file := filepath.Join(t.TempDir(), "template.csv")
	write := func(file string, content []byte) {
		t.Helper()
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(file, []byte(template.body))
	if out, err := stpd(
		t,
		settings,
		"load",
		file,
	).CombinedOutput(); err == nil ||
		!strings.Contains(string(out), "template.csv: the return is not filled in: 1 rows state neither") {
		t.Errorf("the template as it was: %v, %s", err, out)
	}
	holds("/footprints/QWO/complex_needs_care_plan", waits)

	write(filepath.Join(inbox, "west yorkshire.csv"), []byte(strings.Replace(template.body, "2018-Q2,,", "2018-Q2,\"12,000\",15000", 1)))
	if a := s.post(t, "/api/v1/runs?source=inbox", runToken(t, settings)); a.status != 202 {
		t.Fatalf("the inbox: %d %s", a.status, a.body)
	}
	const series = "/api/v1/series?measure=complex_needs_care_plan&footprint=QWO"
	eventually(t, "the return is loaded", func() bool { return strings.Contains(s.patiently(t, series).body, `"value":0.8,`) })
	holds("/footprints/QWO/complex_needs_care_plan", "80.0% in April to June 2018")
	holds("/?measure=complex_needs_care_plan", "80.0%", "England has no figure for April to June 2018: not every footprint has returned one",
		"No return is loaded for this period.", `href="/api/v1/templates?format=csv&amp;measure=complex_needs_care_plan"`)
	holds("/footprints/QOQ/complex_needs_care_plan", waits)
	holds("/api/v1/provenance?measure=complex_needs_care_plan&footprint=QWO&period=2018-Q2",
		`"file":"west yorkshire.csv"`, `"row":2,"column":"E"`, `"raw":"12,000"`, `"denominator":"15000"`, `"source":"canonical"`)
	holds("/provenance?measure=complex_needs_care_plan&footprint=QWO&period=2018-Q2", "west yorkshire.csv", "12,000 of 15,000")

	admissions := s.patiently(t, "/api/v1/templates?measure=personal_health_budgets&footprint=QJK&format=xlsx")
	workbook, err := excelize.OpenReader(strings.NewReader(admissions.body))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := workbook.GetRows("return")
	if err != nil || len(rows) < 3 || rows[1][1] != "E54000037" || rows[1][3] != "2018-Q2" || rows[2][1] == "" {
		t.Fatalf("the workbook holds %q, %v", rows, err)
	}
	for cell, number := range map[string]int{"E2": 6000, "F2": 1200000, "E3": 25, "F3": 5000} {
		if err := workbook.SetCellValue("return", cell, number); err != nil {
			t.Fatal(err)
		}
	}
	var filled bytes.Buffer
	if err := workbook.Write(&filled); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "devon.xlsx")
	write(file, filled.Bytes())
	if out, err := stpd(
		t,
		settings,
		"load",
		"--json",
		file,
	).CombinedOutput(); err != nil ||
		!strings.Contains(string(out), `"state":"published","observations":2}`) {
		t.Fatalf("%v: %s", err, out)
	}
	holds("/api/v1/series?measure=personal_health_budgets&footprint=QJK", `"period":"2018-Q2","numerator":"6000","denominator":"1200000","value":500`)
	holds("/api/v1/series?measure=personal_health_budgets&org="+rows[2][1], `"numerator":"25"`, `"value":500`)
	holds("/api/v1/provenance?measure=personal_health_budgets&footprint=QJK&period=2018-Q2", `"file":"devon.xlsx"`, `"sheet":"return","row":2,"column":"E"`)
	s.stop(t)
}
