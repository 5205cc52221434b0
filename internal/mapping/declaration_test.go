package mapping_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/mapping"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/publication"
)

// declaredMeasures are what the sources of these tests state.
const declaredMeasures = `
theme: flow and delay
unit: number
direction: neutral
grain: month
level: provider
sources: [declared, canonical]
measures:
  - {id: beds_general, title: Beds, definition: Beds for general and acute care.}
  - {id: beds_maternity, title: Beds, definition: Maternity beds.}
  - {id: delays, title: Delays, definition: Days of delay., level: england}
  - {id: payments, title: Payments, definition: Payments., unit: gbp, level: body, negative: true}
  - {id: avoidable, title: Avoidable, definition: Avoidable admissions., unit: rate, per: 100000}
  - {id: opioids, title: Opioids, definition: Share of opioids., unit: share}
  - {id: carers, title: Carers, definition: People who look after others., level: council}
`

// declare maps a file by one source made of a heading of its own and the given table.
func declare(t *testing.T, table, file, content string) (*mappingtest.File, error) {
	t.Helper()
	source := "id: declared\ntitle: Declared\npublisher: Ourselves\nfiles: [\"declared*\"]\n" + table
	c := mappingtest.Definitions(t, map[string]string{"measures/99-declared.yaml": declaredMeasures, "sources/declared.yaml": source})
	p, err := publication.Decode(t.Context(), file, []byte(content), publication.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return mappingtest.Map(mapping.NewMapper(c, mappingtest.Reference(t)), p, []byte(content))
}

// figuresOf are the observations and rejections of a batch, a line each.
func figuresOf(b *mappingtest.File) []string {
	var lines []string
	for _, o := range b.Observations {
		line := fmt.Sprintf("%d%s %s %s %s", o.Cell.Row, o.Cell.Column, o.Organisation, o.Measure, o.Period)
		if o.Numerator.Valid {
			line += " " + o.Numerator.Decimal.String()
		}
		if o.Denominator.Valid {
			line += " of " + o.Denominator.Decimal.String()
		}
		if o.Status != mapping.Reported {
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
func expectFigures(t *testing.T, table, file, content string, want ...string) *mappingtest.File {
	t.Helper()
	b, err := declare(t, table, file, content)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, figuresOf(b)); diff != "" {
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
		{
			"of a column", strings.ReplaceAll(bedsTable, "where: {specialty: [maternity]}", "where: {ward: [maternity]}"),
			"month,org_code,specialty,setting,beds\n2016-01,RCD,maternity,,1\n", `row 1: no column with heading "ward"`,
		},
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
	if want := `first row 2, column B, "RCD": beds_maternity of RCD in 2016-01 is stated a second time in the row`; err == nil ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

// periodTable is one whose period is stated so.
func periodTable(period string) string {
	return "tables:\n  - name: csv\n    header: [org_code, beds]\n    period: " + period +
		"\n    place: {column: org_code, by: code}\n    columns: [{titles: [beds], measure: beds_general}, {titles: [beds_maternity], measure: beds_maternity, optional: true}]\n"
}

func TestWherePeriodsAreStated(t *testing.T) {
	t.Run("in the name of the file", func(t *testing.T) {
		table := periodTable(`{file: true, pattern: '([a-z]+-\d{4})\.csv$', form: MMMM-YYYY}`)
		expectFigures(t, table, "returned/April-2017/declared beds-April-2016.csv", "org_code,beds\nRCD,1\n", "2B RCD beds_general 2016-04 1")
		for file, want := range map[string]string{
			"declared.csv":             `the name of the file does not state the period: it does not match "([a-z]+-\\d{4})\\.csv$"`,
			"declared Smarch-2016.csv": `the name of the file: period "Smarch-2016" is not of the form "MMMM-YYYY"`,
		} {
			if _, err := declare(t, table, file, "org_code,beds\nRCD,1\n"); err == nil || err.Error() != want {
				t.Errorf("%s: %v, want %s", file, err, want)
			}
		}
	})
	t.Run("in the title", func(t *testing.T) {
		table := periodTable(`{title: true, pattern: '^(april \d{4}) ', form: MMMM YYYY}`)
		expectFigures(t, table, "declared.csv", "Beds,\nAbout,April 2016 (revised)\norg_code,beds\nRCD,1\n", "4B RCD beds_general 2016-04 1")
		_, err := declare(t, table, "declared.csv", "Beds,\norg_code,beds\nRCD,1\nApril 2016 (revised),2\n")
		if want := `no cell above the headings states the period: none matches "^(april \\d{4}) "`; err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	})
	t.Run("in two columns", func(t *testing.T) {
		table := periodTable(`{column: Year, and: Period, form: YYYY-YY MMMM}`)
		expectFigures(t, table, "declared.csv", "Year,Period,org_code,beds\n2015-16,March,RCD,1\n2015-16,,RCD,2\n",
			"2D RCD beds_general 2016-03 1", `rejected 3A "2015-16": period "2015-16" is not of the form "YYYY-YY MMMM"`)
		if _, err := declare(t, table, "declared.csv", "Year,org_code,beds\n2015-16,RCD,1\n"); err == nil || err.Error() != `row 1: no column with heading "Period"` {
			t.Error(err)
		}
	})
	t.Run("of another grain than the measure's", func(t *testing.T) {
		expectFigures(
			t,
			periodTable(`{column: period, form: canonical}`),
			"declared.csv",
			"period,org_code,beds\n2016-03,RCD,1\n2016-Q1,RCD,2\n",
			"2C RCD beds_general 2016-03 1",
			`rejected 3A "2016-Q1": period "2016-Q1" is not a month, which the measure beds_general is stated by; accepted: a month such as 2017-04`,
		)
	})
}

func TestEngland(t *testing.T) {
	table := "tables:\n  - name: csv\n    header: [month, days]\n    period: {column: month, form: canonical}\n    place: PLACE\n" +
		"    columns: [{titles: [days], measure: delays}, {titles: [area], ignore: England, optional: true}]\n"
	expectFigures(t, strings.Replace(table, "PLACE", "{by: england}", 1), "declared.csv", "month,days\n2016-01,7\nnote,\n2016-02,8\n",
		"2B ENG delays 2016-01 7", "4B ENG delays 2016-02 8")
	expectFigures(t, strings.Replace(table, "PLACE", "{by: england, column: area, england: [Eng]}", 1), "declared.csv",
		"month,area,days\n2016-01,ENGLAND,7\n2016-02,eng,8\n2016-03,Wales,9\n",
		"2C ENG delays 2016-01 7", "3C ENG delays 2016-02 8", "4C ENG delays 2016-03 rejected",
		`rejected 4B "Wales": the area is not England; accepted: England, Eng`)
}

func TestLevels(t *testing.T) {
	const provider, commissioner, council, place = "RCD", "00J", "102", "E54000005"
	for measure, accepted := range map[string]string{
		"beds_general": "a provider or a footprint",
		"delays":       "England (ENG)",
		"payments":     "an organisation or a footprint",
		"carers":       "a council or a footprint",
	} {
		stated := map[string][]string{
			"beds_general": {provider, place}, "delays": {"ENG"}, "payments": {provider, commissioner, council, place}, "carers": {council, place},
		}[measure]
		for code, words := range map[string]string{provider: "a provider", commissioner: "a commissioner", council: "a council", place: "a footprint", "ENG": "England"} {
			b, err := declare(
				t,
				periodTable("{column: month, form: canonical}"),
				"return.csv",
				"measure,organisation,period,numerator,denominator,published_file,published_row\n"+measure+","+code+",2016-01,1,,beds.csv,2\n",
			)
			if slices.Contains(stated, code) {
				if err != nil || len(b.Observations) != 1 || b.Observations[0].Organisation != code {
					t.Errorf("%s of %s: %v, %v", measure, words, figuresOf(b), err)
				}
				continue
			}
			want := fmt.Sprintf("the measure %s is not stated for %s; accepted: %s", measure, words, accepted)
			if err == nil || !strings.HasSuffix(err.Error(), want) {
				t.Errorf("%s of %s: %v, want %s", measure, words, err, want)
			}
		}
	}
}

func TestRatesAndShares(t *testing.T) {
	table := func(column string) string {
		return "tables:\n  - name: csv\n    header: [month, org]\n    period: {column: month, form: canonical}\n    place: {column: org, by: code}\n" +
			"    totals: {column: org, equals: [ALL]}\n    columns: [" + column + "]\n"
	}
	const refused = "the measure is a share: accepted is a denominator over zero"
	b := expectFigures(t, table(`{titles: [rate], measure: avoidable, denominator: population, times: population, scale: "0.00001"}`), "declared.csv",
		`month,org,population,rate
2016-01,RCD,157483,884.432
2016-02,RCD,126481.5,641.474
2016-03,RCD,1000,.
2016-04,RCD,,5
2016-05,RCD,1,-
`,
		"2D RCD avoidable 2016-01 1392.83004656 of 157483",
		"3D RCD avoidable 2016-02 811.34593731 of 126481.5",
		"4D RCD avoidable 2016-03 rejected", "5D RCD avoidable 2016-04 rejected", "6D RCD avoidable 2016-05 rejected",
		`rejected 4D ".": found "." where a number should be`,
		`rejected 5D "5": population, which the figure is multiplied by: found "" where a number should be`,
		`rejected 6D "-": found "-" where a number should be`)
	if raw := b.Observations[0].Cell.Raw; raw != "884.432" {
		t.Errorf("the published text is kept as %q", raw)
	}
	expectFigures(t, table(`{titles: [opioids], measure: opioids, denominator: items, denominator_scale: 1000}`), "declared.csv",
		`month,org,opioids,items
2016-01,RCD,2,0.004
2016-02,RCD,5,0.004
2016-03,RCD,5,0
2016-04,RCD,0,0
2016-05,RCD,5,
2016-06,RCD,,0.004
2016-01,ALL,2,0.004
`,
		"2C RCD opioids 2016-01 2 of 4", "3C RCD opioids 2016-02 rejected", "4C RCD opioids 2016-03 rejected", "5C RCD opioids 2016-04 0 of 0",
		"6C RCD opioids 2016-05 rejected", "7C RCD opioids 2016-06 of 4 not_reported",
		`rejected 3C "5": the numerator counts a part of the denominator, so it is at most 4`,
		`rejected 4D "0": `+refused, `rejected 6D "": `+refused)
	if _, err := declare(
		t,
		table("{titles: [rate], measure: avoidable, denominator: population, times: people}"),
		"declared.csv",
		"month,org,rate\n2016-01,RCD,1\n",
	); err == nil ||
		err.Error() != `row 1: no column with heading "people"; row 1: no column with heading "population"` {
		t.Error(err)
	}
}

func TestFiguresSplitOverRows(t *testing.T) {
	table := "tables:\n  - name: csv\n    header: [month, org]\n    period: {column: month, form: canonical}\n    place: {column: org, by: code}\n" +
		"    totals: {column: org, equals: [ALL]}\n    item: expense\n    columns: [{titles: [pounds], measure: payments}]\n"
	b := expectFigures(
		t,
		table,
		"declared.csv",
		`month,org,expense,pounds
2016-01,RCD,Rates,7
2016-01,RCD,Fees,-2.50
2016-02,RCD,Fees,1
2016-02,RCD,Fees,1
2016-03,RCD,fees,1
2016-03,RCD,Fees,2
`,
		"2D RCD payments 2016-01 7",
		"3D RCD payments 2016-01 -2.5",
		"6D RCD payments 2016-03 1",
		"7D RCD payments 2016-03 2",
		"4D RCD payments 2016-02 rejected",
		"5D RCD payments 2016-02 rejected",
		`rejected 4B "RCD": payments of RCD in 2016-02, Fees is stated in row 5 too`,
		`rejected 5B "RCD": payments of RCD in 2016-02, Fees is stated in row 4 too`,
	)
	if b.Observations[0].Item != "Rates" || b.Observations[1].Item != "Fees" {
		t.Errorf("%+v", b.Observations)
	}
	if _, err := declare(t, table, "declared.csv", "month,org,pounds\n2016-01,RCD,1\n"); err == nil || err.Error() != `row 1: no column with heading "expense"` {
		t.Error(err)
	}
}

func TestRowsPassedOverByAPatternAndATotalForEachPeriod(t *testing.T) {
	table := "tables:\n  - name: csv\n    header: [month, org]\n    period: {column: month, form: canonical}\n    place: {column: org, by: code}\n" +
		"    totals: {column: org, equals: [ALL], required: true}\n    skip: [{matches: {org: ^E07}, reason: a district}]\n" +
		"    columns: [{titles: [pounds], measure: payments}]\n"
	rows := "month,org,pounds\n2016-01,RCD,7\n2016-01,E07000032,3\n2016-01,ALL,7\n2016-02,RCD,8\n2016-02,e07000033,3\n"
	expectFigures(t, table, "declared.csv", rows+"2016-02,ALL,8\n", "2C RCD payments 2016-01 7", "5C RCD payments 2016-02 8")
	if _, err := declare(t, table, "declared.csv", rows); err == nil || err.Error() != "no total row (org is ALL) for 2016-02: the file was cut short" {
		t.Error(err)
	}
}

// What refuses a whole file says what an analyst is to write.
func TestRefusalsSayWhatToWrite(t *testing.T) {
	table := "tables:\n  - name: csv\n    header: [month, org]\n    period: {column: month, form: canonical}\n    place: {column: org, by: code}\n" +
		"    columns: [{titles: [beds], where: {kind: [general]}, measure: beds_general}]\n"
	for content, want := range map[string]string{
		"month,org,kind,beds,note,name\n2016-01,RCD,general,7,,\n":            `heading "note" is not declared in source declared; column F, row 1: heading "name" is not declared in source declared; accepted: a heading of columns, there with a measure or with ignore and the reason`,
		"month,org,kind,beds\n2016-01,RCD,other,7\n":                          "accepted: rows where kind is general; rows that are not wanted stand under skip of the table",
		"month,org,kind,beds\n2016-01,RCD,general,7\n2016-01,RCD,general,8\n": "is stated in row 3 too; rows that are parts of one figure are told apart by the column that item of the table names",
	} {
		if _, err := declare(t, table, "declared.csv", content); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("refused for %v, want %q", err, want)
		}
	}
	c := mappingtest.Definitions(t, nil)
	if reason, _ := c.Skipped("CSV ASCFR Activity.csv"); reason != "source social_care_spend passes it over: activity, which no measure is about" {
		t.Errorf("a file is left alone: %s", reason)
	}
}
