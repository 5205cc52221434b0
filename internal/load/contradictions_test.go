package load_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
)

// alteredGrid is a published csv with some of its rows altered.
func alteredGrid(t *testing.T, content []byte, alter func(row []string, at func(heading string) int)) []byte {
	t.Helper()
	grid := mappingtest.ParseGrid(t, content)
	for i := range grid[1:] {
		alter(grid[i+1], grid.Column)
	}
	return grid.Bytes()
}

// What a publication says against itself, or against what is shown, is asked: each is as it was published with one thing changed.
func TestContradictions(t *testing.T) {
	t.Parallel()
	l, w := returning(t)
	type trusts map[string]map[string]string
	week := func(number string, alter func(trusts)) []byte {
		t.Helper()
		var all trusts
		if err := json.Unmarshal(mappingtest.PublishedFile(t, "ae_weekly", number+"-"), &all); err != nil {
			t.Fatal(err)
		}
		alter(all)
		content, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	number := func(text string) float64 {
		t.Helper()
		n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	outcomes := func() []byte {
		t.Helper()
		r, err := gzip.NewReader(bytes.NewReader(mappingtest.PublishedFile(t, "adult_social_care", "final_data_2021")))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}()
	beds := func() []byte {
		grid := mappingtest.ParseGrid(t, mappingtest.PublishedFile(t, "../tidy", "kh03_beds_quarterly"))
		starts := grid.Column("quarter_start")
		return slices.DeleteFunc(grid, func(row []string) bool { return row[starts] != "quarter_start" && row[starts] != "2019-07-01" }).Bytes()
	}()
	amongTrusts := func(figure string) []byte {
		grid := mappingtest.ParseGrid(t, mappingtest.PublishedFile(t, "ae", "MSitAE-JULY-2018"))
		row := slices.Clone(grid[1])
		row[grid.Column("Org Code")], row[grid.Column("Org name")] = "E54000008", "Cheshire and Merseyside"
		for i := 4; i < len(row); i++ {
			row[i] = figure
		}
		grid = grid.With(row)
		grid.AddUp(t)
		return grid.Bytes()
	}

	mustPublish(t, l, "week15-weekly_ae_sitrep.json", week("week15", func(trusts) {}))
	for _, test := range []struct {
		name, file string
		content    []byte
		rule       string // empty: it is published
		found      string
	}{
		{"the names of two trusts exchanged", "week15-weekly_ae_sitrep.json", week("week15", func(all trusts) {
			all["R1F"]["name"], all["R1H"]["name"] = all["R1H"]["name"], all["R1F"]["name"]
		}), "same_place", `Isle of Wight NHS Trust (R1F) is named "Barts Health NHS Trust"`},
		{"more admissions than attendances", "week15-weekly_ae_sitrep.json", week("week15", func(all trusts) {
			all["R1H"]["emergency_admissions"] = strconv.Itoa(int(number(all["R1H"]["attendances_at_ane"])) + 7)
		}), "at_most", "ae_weekly_emergency_admissions_type1 of Barts Health NHS Trust (R1H)"},
		{"a week long after, in fractions", "week18-weekly_ae_sitrep.json", week("week18", func(all trusts) {
			for _, trust := range all {
				trust["patients_seen_in_four_hours"] = strconv.FormatFloat(number(trust["patients_seen_in_four_hours"])/100, 'f', 3, 64)
			}
		}), "total_moves", "in week ending 2015-02-15, the nearest period that is known"},
		{"a week long before, in fractions", "week9-weekly_ae_sitrep.json", week("week9", func(all trusts) {
			for _, trust := range all {
				trust["patients_seen_in_four_hours"] = strconv.FormatFloat(number(trust["patients_seen_in_four_hours"])/100, 'f', 3, 64)
			}
		}), "total_moves", "in week ending 2015-02-15, the nearest period that is known"},
		{"a week long after", "week18-weekly_ae_sitrep.json", week("week18", func(trusts) {}), "", ""},

		{"the codes of two councils exchanged", "final_data_2021.csv", alteredGrid(t, outcomes, func(row []string, at func(string) int) {
			switch code := at("ONS Code"); row[code] {
			case "E10000016":
				row[code] = "E10000030"
			case "E10000030":
				row[code] = "E10000016"
			}
		}), "same_place", `is named "Kent"`},
		{"a footprint of less than its trusts", "MSitAE-JULY-2018-1.csv", amongTrusts("9000"), "totals_agree", "Cheshire and Merseyside is stated as 9000, and those beneath make 69668"},
		{"a footprint of more than its trusts", "MSitAE-JULY-2018-1.csv", amongTrusts("99000"), "totals_agree", "Cheshire and Merseyside is stated as 99000, and those beneath make 69668"},

		{"England as no council is", "final_data_2021.csv", alteredGrid(t, outcomes, func(row []string, at func(string) int) {
			if row[at("ONS Code")] == "E92000001" {
				row[at("Measure Value")] = "1.0"
			}
		}), "totals_agree", "England is stated as"},
		{"England a tenth higher", "final_data_2021.csv", alteredGrid(t, outcomes, func(row []string, at func(string) int) {
			if row[at("ONS Code")] == "E92000001" && strings.Contains(row[at("Measure Group Description")], "still at home 91 days") && row[at("Disaggregation Level")] == "Total" {
				row[at("Measure Value")] = "87.0"
			}
		}), "totals_agree", "England is stated as"},
		{"outcomes", "final_data_2021.csv", outcomes, "", ""},

		{"a health authority that its trusts do not make", "August2009.csv", alteredGrid(t, mappingtest.PublishedFile(t, "mar_pct", "August2009"), func(row []string, at func(string) int) {
			if row[at("Org Code")] == "Q33" {
				row[at("GP Referrals Made (G&A) ")] = "99999"
			}
		}), "totals_agree", "Q33 is stated as 99999"},
		{"health authorities", "August2009.csv", mappingtest.PublishedFile(t, "mar_pct", "August2009"), "", ""},

		{
			"one footprint for all", "kh03_beds_quarterly.csv", alteredGrid(t, beds, func(row []string, at func(string) int) { row[at("stp_ons_code_2017")] = "E54000005" }),
			"same_place", "names the footprint West Yorkshire",
		},
		{
			"another quarter in words", "kh03_beds_quarterly.csv", alteredGrid(t, beds, func(row []string, at func(string) int) { row[at("quarter")] = "2018-19 Q2" }),
			"same_period", `of 2019-Q3 say "2018-19 Q2"`,
		},
		{"beds", "kh03_beds_quarterly.csv", beds, "", ""},

		{"a sheet of another quarter", "cwt_q1_2015_16_provider.xlsx", mappingtest.AlterWorkbook(t, mappingtest.PublishedFile(t, "cancer", "cwt_q1"), func(f *excelize.File) error {
			const sheet = "62-DAY (ALL CANCER)"
			found, err := f.SearchSheet(sheet, "^Q1 2015-2016 ", true)
			if err != nil || len(found) == 0 {
				return fmt.Errorf("%v, %w", found, err)
			}
			return f.SetCellValue(sheet, found[0], "Q2 2015-2016 (Final)")
		}), "same_period", "the sheet is of 2015-Q3"},

		{
			"more of 75 than of 65", "return.csv", []byte(mappingtest.ReturnHeading + "registered_patients_65_over,QR1,,2018-Q1,130000,,\nregistered_patients_75_over,QR1,,2018-Q1,140000,,\n"),
			"at_most", "registered_patients_75_over of Gloucestershire: 140000, more than the 130000 of registered_patients_65_over",
		},
		{
			"one commissioner more than the footprint", "return.csv", []byte(mappingtest.ReturnHeading + "personal_health_budgets,QR1,,2018-Q1,180,636500,\npersonal_health_budgets,11M,,2018-Q1,1900,637000,\n"),
			"totals_agree", "Gloucestershire is stated as 180, and those beneath make 1900",
		},
		{
			"two kinds of provider for more than everybody", "return.csv", []byte(mappingtest.ReturnHeading +
				"population_mcp,QR1,,2018-Q1,600000,636500,\npopulation_pacs,QR1,,2018-Q1,500000,636500,\n"),
			"at_most", "population_mcp and population_pacs of Gloucestershire: 1100000, more than the 636500",
		},
	} {
		o := loadContent(t, l, test.file, test.content)
		questions, err := w.QuestionsOf(t.Context(), o.Load.ID)
		switch {
		case err != nil:
			t.Fatal(err)
		case test.rule == "":
			if o.Load.State != load.Published || len(questions) > 0 {
				t.Errorf("%s: %s: %s, %v", test.name, o.Load.State, o.Load.Message, questions)
			}
		case o.Load.State != load.Held:
			t.Errorf("%s: %s: %s", test.name, o.Load.State, o.Load.Message)
		case !slices.ContainsFunc(questions, func(q load.Question) bool {
			return q.Rule == test.rule && strings.Contains(q.Found, test.found) && len(q.Rows) > 0 && q.Rows[0] > 1
		}):
			t.Errorf("%s: not asked is %s, %q: %v", test.name, test.rule, test.found, questions)
		}
	}
}
