package mapping_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"stpdash/internal/mapping"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/publication"
)

// canonicalWorkbook is a workbook of returns whose third row has some cell in column D; the sheets after the first are hidden.
func canonicalWorkbook(t *testing.T, cell, after string, hidden ...string) []byte {
	t.Helper()
	text := func(column string, row int, text string) string {
		return fmt.Sprintf(`<c r="%s%d" t="inlineStr"><is><t>%s</t></is></c>`, column, row, text)
	}
	line := func(row int, footprint, numerator string) string {
		return fmt.Sprintf(`<row r="%d">%s%s%s%s<c r="E%d"><v>60</v></c></row>`, row,
			text("A", row, "complex_needs_care_plan"), text("B", row, footprint), text("C", row, "2018-Q1"), numerator, row)
	}
	sheet := func(rows string) string {
		heading := ""
		for i, title := range []string{"measure", "organisation", "period", "numerator", "denominator"} {
			heading += text(string(rune('A'+i)), 1, title)
		}
		return `<worksheet><sheetData><row r="1">` + heading + `</row>` + rows + `</sheetData>` + after + `</worksheet>`
	}
	const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	part := func(name, content string) {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	listed, related := `<sheet name="S" r:id="s"/>`, `<Relationship Id="s" Type="`+relations+`/worksheet" Target="s.xml"/>`
	part("xl/s.xml", sheet(line(2, "QWO", `<c r="D2"><v>31</v></c>`)+line(3, "QOQ", cell)+line(4, "QJK", `<c r="D4"><v>33</v></c>`)))
	for i, state := range hidden {
		listed += fmt.Sprintf(`<sheet name="Old %d" state="%s" r:id="h%d"/>`, i, state, i)
		related += fmt.Sprintf(`<Relationship Id="h%d" Type="%s/worksheet" Target="h%d.xml"/>`, i, relations, i)
		part(fmt.Sprintf("xl/h%d.xml", i), sheet(line(2, "QHM", `<c r="D2"><v>22</v></c>`)))
	}
	part("[Content_Types].xml", "<Types/>")
	part("_rels/.rels", `<Relationships><Relationship Id="r" Type="`+relations+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	part("xl/workbook.xml", `<workbook xmlns:r="`+relations+`"><sheets>`+listed+`</sheets></workbook>`)
	part("xl/_rels/workbook.xml.rels", `<Relationships>`+related+`</Relationships>`)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A cell of a return that is not blank wipes nothing out: its row is rejected.
func TestCellsThatAreNotBlank(t *testing.T) {
	for _, test := range []struct{ name, cell, after, rule string }{
		{"a text in a cell of numbers", `<c r="D3" t="n"><is><t>41</t></is></c>`, "", "cell_read"},
		{"alternative forms", `<c r="D3"><AlternateContent><Choice><v>41</v></Choice></AlternateContent></c>`, "", "cell_read"},
		{"an element within the number", `<c r="D3"><v><x>4</x>1</v></c>`, "", "cell_read"},
		{"a formula", `<c r="D3"><f>A1</f></c>`, "", "calculated"},
		{"merged with the row above", `<c r="D3"/>`, `<mergeCells><mergeCell ref="D2:D3"/></mergeCells>`, "own_cell"},
		{"a figure under the row above", `<c r="D3"><v>41</v></c>`, `<mergeCells><mergeCell ref="D2:D3"/></mergeCells>`, "own_cell"},
		{"a figure of two columns", `<c r="D3"><v>41</v></c>`, `<mergeCells><mergeCell ref="D3:E3"/></mergeCells>`, "own_cell"},
		{"a figure of a column and a note", `<c r="D3"><v>41</v></c>`, `<mergeCells><mergeCell ref="E3:G3"/></mergeCells>`, "own_cell"},
		{"a code under the row above", `<c r="D3"><v>41</v></c>`, `<mergeCells><mergeCell ref="B2:B3"/></mergeCells>`, "own_cell"},
		{"figures under their heading", `<c r="D3"><v>1</v></c>`, `<mergeCells><mergeCell ref="E1:F3"/></mergeCells>`, "own_cell"},
		{"a heading", `<c r="D3"><v>1</v></c>`, `<mergeCells><mergeCell ref="E1:F1"/></mergeCells>`, ""},
		{"a note below", `<c r="D3"><v>1</v></c>`, `<mergeCells><mergeCell ref="A5:E9"/></mergeCells>`, ""},
		{"one cell", `<c r="D3"><v>1</v></c>`, `<mergeCells><mergeCell ref="D3"/></mergeCells>`, ""},
		{"blank", `<c r="D3"/>`, "", ""},
	} {
		content := canonicalWorkbook(t, test.cell, test.after)
		p, err := publication.Decode(t.Context(), "return.xlsx", content, publication.Limits{})
		if err != nil {
			t.Fatal(test.name, err)
		}
		f, err := mappingtest.Map(mapping.NewMapper(mappingtest.Shipped(t), mappingtest.Reference(t)), p, content)
		if err != nil {
			t.Fatal(test.name, err)
		}
		if got := slices.Compact(f.Rules()); test.rule == "" && len(got) > 0 || test.rule != "" && !slices.Equal(got, []string{test.rule}) {
			t.Errorf("%s: rules %q, want %q", test.name, got, test.rule)
		}
	}
}

// A hidden sheet with figures is not loaded, and it is said.
func TestHiddenSheetsAreRemarked(t *testing.T) {
	content := canonicalWorkbook(t, `<c r="D3"><v>32</v></c>`, "", "veryHidden", "hidden")
	p, err := publication.Decode(t.Context(), "return.xlsx", content, publication.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := mappingtest.Map(mapping.NewMapper(mappingtest.Shipped(t), mappingtest.Reference(t)), p, content)
	if err != nil || len(f.Remarks) != 2 || !strings.Contains(f.Remarks[0].Message, `sheet "Old 0" is hidden; its figures were not loaded`) {
		t.Errorf("read as %+v (%v)", f, err)
	}
}
