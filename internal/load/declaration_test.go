package load_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/load"
	"stpdash/internal/publication"
)

// declaredMeasures are what the sources of these tests state.
const declaredMeasures = `
theme: beds
unit: number
direction: neutral
grain: month
level: provider
sources: [declared]
measures:
  - {id: beds_general, title: Beds, definition: Beds for general and acute care.}
  - {id: beds_maternity, title: Beds, definition: Maternity beds.}
`

// declare maps a file by one source made of a heading of its own and the given table.
func declare(t *testing.T, table, file, content string) (*mappedFile, error) {
	t.Helper()
	source := "id: declared\ntitle: Declared\npublisher: Ourselves\nfiles: [\"declared*\"]\n" + table
	c := definitions(t, map[string]string{"measures/99-declared.yaml": declaredMeasures, "sources/declared.yaml": source})
	p, err := publication.Decode(t.Context(), file, []byte(content), publication.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return mapFile(load.NewMapper(c, reference(t), time.Now), p, []byte(content))
}

// figures are the observations and rejections of a batch, a line each.
func figures(b *mappedFile) []string {
	var lines []string
	for _, o := range b.Observations {
		line := fmt.Sprintf("%d%s %s %s %s", o.Cell.Row, o.Cell.Column, o.Organisation, o.Measure, o.Period)
		if o.Numerator.Valid {
			line += " " + o.Numerator.Decimal.String()
		}
		if o.Denominator.Valid {
			line += " of " + o.Denominator.Decimal.String()
		}
		if o.Status != load.Reported {
			line += " " + string(o.Status)
		}
		lines = append(lines, line)
	}
	for _, r := range b.Rejections {
		lines = append(lines, fmt.Sprintf("rejected %d%s %q: %s", r.Row, r.Column, r.Value, r.Reason))
	}
	return lines
}

// expectFigures maps a file that is accepted as a whole.
func expectFigures(t *testing.T, table, file, content string, want ...string) *mappedFile {
	t.Helper()
	b, err := declare(t, table, file, content)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, figures(b)); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
	return b
}

const bedsTable = `
synonyms:
  org_code: [Organisation Code]
tables:
  - name: csv
    header: [month, org_code, specialty]
    period: {column: month, form: canonical}
    place: {column: org_code, by: code}
    totals: {column: org_code, equals: [ENGLAND]}
    skip:
      - where: {specialty: [learning disabilities], setting: [all, ""]}
        reason: no measure is made of them
    columns:
      - {titles: [beds], where: {specialty: [general and acute]}, measure: beds_general}
      - {titles: [beds], where: {specialty: [maternity]}, measure: beds_maternity}
      - {titles: [note], ignore: in words}
`

func TestRowsAndColumnsByOtherColumns(t *testing.T) {
	b := expectFigures(t, bedsTable, "declared.csv", `month,Organisation  CODE,specialty,setting,beds,note
2016-01,RCD,General  and Acute,all,10,
2016-01,RCD,maternity,all,3,few
2016-01,RCD,learning disabilities,all,x,
2016-01,RCF,learning disabilities,,2,
2016-01,RCF,learning disabilities,ward,4,
2016-01,RCF,general and acute,all,,closed
2016-01,RCF,surgery,all,7,
2016-01,RCF,surgery,all,,closed
2016-01,RCF,maternity,all,5,
2016-01,RCF,maternity,all,6,
2016-01,ENGLAND,general and acute,all,10,
2016-01,ENGLAND,learning disabilities,all,9,
`,
		"2E RCD beds_general 2016-01 10",
		"3E RCD beds_maternity 2016-01 3",
		"7E RCF beds_general 2016-01 not_reported",
		"10E RCF beds_maternity 2016-01 rejected",
		"11E RCF beds_maternity 2016-01 rejected",
		`rejected 6E "4": the row has no declared purpose for the column; accepted: rows where specialty is general and acute, or specialty is maternity`,
		`rejected 8E "7": the row has no declared purpose for the column; accepted: rows where specialty is general and acute, or specialty is maternity`,
		`rejected 10B "RCF": beds_maternity of RCF in 2016-01 is stated in row 11 too`,
		`rejected 11B "RCF": beds_maternity of RCF in 2016-01 is stated in row 10 too`,
	)
	if len(b.Reconciliations) != 1 || b.Reconciliations[0].Measure != "beds_general" || !b.Reconciliations[0].Ours.Equal(b.Reconciliations[0].Published) {
		t.Errorf("the total of general and acute beds is compared as %+v", b.Reconciliations)
	}
}

func TestConditionsNeedTheirColumns(t *testing.T) {
	for _, test := range []struct{ name, table, content, want string }{
		{"of rows to skip", bedsTable, "month,org_code,specialty,beds,note\n2016-01,RCD,maternity,1,\n", `row 1: no column with heading "setting"`},
		{"twice", bedsTable, "month,org_code,specialty,setting,beds,setting\n2016-01,RCD,maternity,,1,\n", `columns D and F, row 1: two columns with heading "setting"`},
		{"of a column", strings.ReplaceAll(bedsTable, "where: {specialty: [maternity]}", "where: {ward: [maternity]}"),
			"month,org_code,specialty,setting,beds\n2016-01,RCD,maternity,,1\n", `row 1: no column with heading "ward"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := declare(t, test.table, "declared.csv", test.content); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}

func TestOneRowStatesAMeasureOnce(t *testing.T) {
	table := strings.ReplaceAll(bedsTable, "{titles: [note], ignore: in words}", "{titles: [more], where: {specialty: [maternity]}, measure: beds_maternity}")
	_, err := declare(t, table, "declared.csv", "month,org_code,specialty,setting,beds,more\n2016-01,RCD,maternity,,1,2\n")
	if want := `first row 2, column B, "RCD": beds_maternity of RCD in 2016-01 is stated a second time in the row`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
