package main

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// checkWorkbooks opens downloads as a spreadsheet does: numbers are numbers, and a second sheet says where they come from.
func checkWorkbooks(t *testing.T, s *service) {
	read := func(address string) *excelize.File {
		t.Helper()
		book, err := excelize.OpenReader(strings.NewReader(s.patiently(t, address).body))
		if err != nil {
			t.Fatal(err)
		}
		return book
	}
	known := regexp.MustCompile(`"load_id":(\d+)`).
		FindStringSubmatch(s.patiently(t, "/api/v1/series?measure=ae_attendances&footprint=ENG&from=2017-04&to=2017-04").body)
	if known == nil {
		t.Fatal("the figure names no load")
	}
	address := "/api/v1/series?" + url.Values{
		"measure":   {"ae_attendances"},
		"footprint": {"ENG"},
		"from":      {"2017-04"},
		"to":        {"2017-04"},
		"as_of":     {known[1]},
		"format":    {"xlsx"},
	}.Encode()
	book := read(address)
	if kind, err := book.GetCellType("series", "E2"); err != nil || kind != excelize.CellTypeUnset { // a number has no type of its own
		t.Errorf("the figure in E2 is of type %v (%v)", kind, err)
	}
	if value, err := book.GetCellValue("series", "E2"); err != nil || value != "1949762" {
		t.Errorf("E2 holds %q (%v)", value, err)
	}
	rows, err := book.GetRows("provenance")
	if err != nil {
		t.Fatal(err)
	}
	says := map[string]string{}
	for _, row := range rows {
		says[row[0]] = strings.Join(row[1:], "|")
	}
	measures := decode[[]struct {
		ID   string
		Hash string `json:"definition_hash"`
	}](t, s.patiently(t, "/api/v1/measures").body)
	hash := ""
	for _, m := range measures {
		if m.ID == "ae_attendances" {
			hash = m.Hash
		}
	}
	for what, want := range map[string]string{
		"address asked": "|" + address, "as of": "|" + known[1], "measure": "ae_attendances|A&E attendances",
		"definition hash": "ae_attendances|" + hash, "licence": "ae|Open Government Licence v3.0",
	} {
		if says[what] != want {
			t.Errorf("%s is %q, want %q", what, says[what], want)
		}
	}
	for _, what := range []string{"made at", "made by", "figures last changed", "newest load", "publisher", "source"} {
		if says[what] == "" {
			t.Errorf("the sheet does not say %s", what)
		}
	}
	if sheets := read("/api/v1/calibration?format=xlsx").GetSheetList(); len(sheets) != 2 { // some of its rows are of no one measure
		t.Errorf("the calibration has the sheets %q", sheets)
	}
	if sheets := read(
		"/api/v1/templates?measure=personal_health_budgets&footprint=QJK&format=xlsx",
	).GetSheetList(); !slices.Equal(
		sheets,
		[]string{"return", "instructions", "lists"},
	) {
		t.Errorf("the workbook of a return has the sheets %v", sheets)
	}
}
