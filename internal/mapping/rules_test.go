package mapping_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"stpdash/internal/load"
	"stpdash/internal/mapping"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/publication"
)

// TestRules breaks each rule that a file or a row can break by a copy of a published month, or of a return, altered for it.
func TestRules(t *testing.T) {
	april := mappingtest.AprilCSV(t)
	returned := func(rows string) []byte {
		return []byte("measure,organisation,period,numerator,denominator,codes_on\nlidocaine_cost,00J,2018-04,1,,\n" + rows)
	}
	parts := "tables:\n  - name: csv\n    header: [month, org]\n    period: {column: month, form: canonical}\n    place: {column: org, by: code}\n" +
		"    columns:\n      - {titles: [beds], measure: beds_general}\n      - {titles: [all], equals: [beds_general]}\n"
	workbook := func(alter func(f *excelize.File) error) []byte {
		return mappingtest.AlterWorkbook(t, mappingtest.PublishedFile(t, "ae", "June-2015"), alter)
	}
	broken := map[string][]byte{
		"readable":         []byte("%PDF-1.4"),
		"recognised":       []byte("a,b\n1,2\n"),
		"headings":         april.WithColumn("New heading", "1").Bytes(),
		"period_stated":    nil, // below
		"figures":          []byte(strings.Join(april[0], ",") + "\n"),
		"within_bounds":    nil,
		"total_present":    april.Without(5).Bytes(),
		"total_readable":   april.Altered(5, mappingtest.Type1, "many").Bytes(),
		"total_equal":      april.Altered(5, mappingtest.Type1, "1").Bytes(),
		"known_place":      returned("lidocaine_cost,ZZZ,2018-04,1,,\n"),
		"place_of_measure": returned("lidocaine_cost,RJ1,2018-04,1,,\n"),
		"known_measure":    returned("unheard_of,RJ1,2018-04,1,,\n"),
		"returned_measure": nil,
		"period":           returned("lidocaine_cost,00L,April 2018,1,,\n"),
		"period_ended":     returned("lidocaine_cost,00L,2099-01,1,,\n"),
		"calculated": workbook(func(f *excelize.File) error {
			return errors.Join(f.SetCellValue("A&E Data", "F20", nil), f.SetCellFormula("A&E Data", "F20", "A1"))
		}),
		"cell_read":       canonicalWorkbook(t, `<c r="D3" t="n"><is><t>41</t></is></c>`, ""),
		"own_cell":        workbook(func(f *excelize.File) error { return f.MergeCell("A&E Data", "F20", "G20") }),
		"number":          returned("lidocaine_cost,00L,2018-04,lots,,\n"),
		"denominator":     returned("lidocaine_cost,00L,2018-04,1,2,\n"),
		"whole_number":    returned("complex_needs_care_plan,QWO,2018-Q1,2.5,20,\n"),
		"parts":           nil,
		"part_of_whole":   returned("complex_needs_care_plan,QWO,2018-Q1,3,2,\n"),
		"stated_once":     returned("lidocaine_cost,00L,2018-04,2,,\nlidocaine_cost,00L,2018-04,3,,\n"),
		"whole_row":       april.With(april[1][:6]).Without(2).Bytes(),
		"declared_column": april.With(append(slices.Clone(april[1]), "and more")).Without(2).Bytes(),
		"origin":          returned("lidocaine_cost,00L,2018-04,1,,yesterday\n"),
	}
	unread := mappingtest.ParseGrid(t, mappingtest.PublishedFile(t, "ae_2020_21", "November2021"))
	for row := 2; row < len(unread)*2/3; row++ {
		unread = unread.Altered(row, "A&E attendances Type 1", "many")
	}
	broken["most_rows_read"] = unread.Bytes()
	for _, rule := range load.Rules {
		// TestWarnings, TestFilesCutShort, TestSetAside, TestQuestions, TestMoreWaitsThanAttendances, TestHostileFilesOfCouncils and TestReturnRefused break these.
		if rule.Severity == mapping.Warns || rule.Severity == mapping.Asks || rule.Name == "organisations" || rule.Name == "survives" ||
			rule.Name == "part_of_whole_in_file" || rule.Name == "year_of_rates" || rule.Name == "return_form" || rule.Name == "return_place" {
			continue
		}
		t.Run(rule.Name, func(t *testing.T) {
			content, ok := broken[rule.Name]
			if !ok {
				t.Fatal("no file breaks the rule")
			}
			var rules []string
			var err error
			switch rule.Name {
			case "parts":
				var f *mappingtest.File
				f, err = declare(t, parts, "declared.csv", "month,org,beds,all\n2016-01,RCD,1,2\n2016-01,RCF,1,1\n")
				rules = append(rules, f.Rules()...)
			case "returned_measure":
				content := []byte(mappingtest.ReturnHeading + "ae_attendances_type1,RCD,,2018-04,1,,\ncomplex_needs_care_plan,QWO,,2018-Q1,1,2,\n")
				var p *publication.Publication
				if p, err = publication.Decode(t.Context(), "return.csv", content, publication.Limits{}); err == nil {
					var f *mappingtest.File
					f, err = mappingtest.Map(mapping.NewMapper(mappingtest.Shipped(t), mappingtest.Reference(t)), p, content)
					rules = append(rules, f.Rules()...)
				}
			case "period_stated":
				_, err = declare(t, strings.NewReplacer("column: month, form", "file: true, pattern: '(\\d{4}-\\d{2})', form", "[month, org]", "[org]").Replace(parts),
					"declared.csv", "org,beds,all\nRCD,1,1\n")
			case "within_bounds":
				var rows strings.Builder
				for month := range 11_000 {
					row := fmt.Sprintf("lidocaine_cost,00L,%d-%02d,1,,\n", 1970+month/12%50, 1+month%12)
					rows.WriteString(
						strings.Replace(
							row,
							"00L",
							[]string{"00L", "00N", "00P", "00Q", "00R", "00T", "00V", "00W", "00X", "00Y", "01A", "01C", "01D", "01E", "01F", "01G", "01H", "01J", "01K"}[month/600],
							1,
						),
					)
				}
				content = returned(rows.String() + rows.String())
				fallthrough
			default:
				var p *publication.Publication
				if p, err = publication.Decode(t.Context(), "some.csv", content, publication.Limits{}); err == nil {
					var f *mappingtest.File
					f, err = mappingtest.Map(mappingtest.Mapper(t), p, content)
					rules = append(rules, f.Rules()...)
				}
			}
			var fault *mapping.FileError
			var unreadable *publication.Error
			switch {
			case errors.As(err, &fault):
				rules = append(rules, fault.Rule)
			case errors.As(err, &unreadable):
				rules = append(rules, "readable")
			}
			if refused := err != nil; refused != (rule.Severity == mapping.RefusesFile) || !slices.Contains(rules, rule.Name) {
				t.Errorf("broken are %q: %v", rules, err)
			}
		})
	}
}

// Columns that state those within a standard are what the total leaves of those after it: a heading that stands over the other column shows.
func TestExchangedHeadingsOfATotal(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file   []byte
		sheet  string
		titles [2]string
	}{
		"cancer.xlsx": {mappingtest.PublishedFile(t, "cancer", "cwt_q2"), "TWO WEEK WAIT-ALL CANCER", [2]string{"TOTAL", "WITHIN 14 DAYS"}},
		"months.xlsx": {mappingtest.PublishedFile(t, "cancer", "cwt_q2"), "62-DAY (ALL CANCER)", [2]string{"TOTAL", "WITHIN 62 DAYS"}},
	} {
		content := mappingtest.AlterWorkbook(t, test.file, func(f *excelize.File) error {
			rows, err := f.GetRows(test.sheet)
			exchanged := 0
			for i, row := range rows {
				for j, text := range row {
					if at := slices.Index(test.titles[:], text); at >= 0 {
						cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
						err = errors.Join(err, f.SetCellValue(test.sheet, cell, test.titles[1-at]))
						exchanged++
					}
				}
			}
			if exchanged < 2 {
				return fmt.Errorf("%d headings", exchanged)
			}
			return err
		})
		p, err := publication.Decode(t.Context(), name, content, publication.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		f, err := mappingtest.Map(mappingtest.Mapper(t), p, content)
		if err != nil {
			continue // refused
		}
		wrong := 0
		for _, r := range f.Rejections {
			if r.Rule == "parts" && strings.Contains(r.Reason, "less cancer_62_day_late") {
				wrong++
			}
		}
		if wrong < 100 {
			t.Errorf("%s, %q: %d rows are rejected", name, test.titles, wrong)
		}
	}
}
