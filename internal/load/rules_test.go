package load_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/publication"
)

// TestRules breaks each rule that a file or a row can break by a copy of a published month, or of a return, altered for it.
func TestRules(t *testing.T) {
	april := aprilCSV(t)
	returned := func(rows string) []byte {
		return []byte("measure,organisation,period,numerator,denominator,codes_on\nlidocaine_cost,00J,2018-04,1,,\n" + rows)
	}
	parts := "tables:\n  - name: csv\n    header: [month, org]\n    period: {column: month, form: canonical}\n    place: {column: org, by: code}\n" +
		"    columns:\n      - {titles: [beds], measure: beds_general}\n      - {titles: [all], equals: [beds_general]}\n"
	workbook := func(alter func(f *excelize.File) error) []byte {
		return alterWorkbook(t, publishedFile(t, "ae", "June-2015"), alter)
	}
	broken := map[string][]byte{
		"readable":         []byte("%PDF-1.4"),
		"recognised":       []byte("a,b\n1,2\n"),
		"headings":         april.withColumn("New heading", "1").bytes(),
		"period_stated":    nil, // below
		"figures":          []byte(strings.Join(april[0], ",") + "\n"),
		"within_bounds":    nil,
		"total_present":    april.without(5).bytes(),
		"total_readable":   april.altered(5, type1, "many").bytes(),
		"total_equal":      april.altered(5, type1, "1").bytes(),
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
		"parts":           nil,
		"part_of_whole":   returned("complex_needs_care_plan,QWO,2018-Q1,3,2,\n"),
		"stated_once":     returned("lidocaine_cost,00L,2018-04,2,,\nlidocaine_cost,00L,2018-04,3,,\n"),
		"whole_row":       april.with(april[1][:6]).without(2).bytes(),
		"declared_column": april.with(append(slices.Clone(april[1]), "and more")).without(2).bytes(),
		"origin":          returned("lidocaine_cost,00L,2018-04,1,,yesterday\n"),
	}
	for _, rule := range load.Rules {
		// TestWarnings, TestFilesCutShort, TestSetAside, TestQuestions and TestMoreWaitsThanAttendances break these.
		if rule.Severity == load.Warns || rule.Severity == load.Asks || rule.Name == "organisations" || rule.Name == "survives" || rule.Name == "part_of_whole_in_file" {
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
				var f *mappedFile
				f, err = declare(t, parts, "declared.csv", "month,org,beds,all\n2016-01,RCD,1,2\n2016-01,RCF,1,1\n")
				rules = append(rules, f.rules()...)
			case "returned_measure":
				content := []byte(returnHeading + "ae_attendances_type1,RCD,,2018-04,1,,\ncomplex_needs_care_plan,QWO,,2018-Q1,1,2,\n")
				var p *publication.Publication
				if p, err = publication.Decode(t.Context(), "return.csv", content, publication.Limits{}); err == nil {
					var f *mappedFile
					f, err = mapFile(load.NewMapper(shipped(t), reference(t), time.Now), p, content)
					rules = append(rules, f.rules()...)
				}
			case "period_stated":
				_, err = declare(t, strings.NewReplacer("column: month, form", "file: true, pattern: '(\\d{4}-\\d{2})', form", "[month, org]", "[org]").Replace(parts),
					"declared.csv", "org,beds,all\nRCD,1,1\n")
			case "within_bounds":
				var rows strings.Builder
				for month := range 11_000 {
					row := fmt.Sprintf("lidocaine_cost,00L,%d-%02d,1,,\n", 1970+month/12%50, 1+month%12)
					rows.WriteString(strings.Replace(row, "00L", []string{"00L", "00N", "00P", "00Q", "00R", "00T", "00V", "00W", "00X", "00Y", "01A", "01C", "01D", "01E", "01F", "01G", "01H", "01J", "01K"}[month/600], 1))
				}
				content = returned(rows.String() + rows.String())
				fallthrough
			default:
				var p *publication.Publication
				if p, err = publication.Decode(t.Context(), "some.csv", content, publication.Limits{}); err == nil {
					var f *mappedFile
					f, err = mapFile(newMapper(t), p, content)
					rules = append(rules, f.rules()...)
				}
			}
			var fault *load.FileError
			var unreadable *publication.Error
			switch {
			case errors.As(err, &fault):
				rules = append(rules, fault.Rule)
			case errors.As(err, &unreadable):
				rules = append(rules, "readable")
			}
			if refused := err != nil; refused != (rule.Severity == load.RefusesFile) || !slices.Contains(rules, rule.Name) {
				t.Errorf("broken are %q: %v", rules, err)
			}
		})
	}
}

// rules are those that rows of the file break.
func (f *mappedFile) rules() []string {
	if f == nil {
		return nil
	}
	var rules []string
	for _, r := range f.Rejections {
		rules = append(rules, r.Rule)
	}
	return rules
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	var names []string
	for _, file := range published(t, "ae") {
		if strings.Contains(file, ".csv") && !strings.Contains(file, "February-2020") && !strings.Contains(file, "March-2020") {
			name := file[strings.LastIndex(file, "/")+1:]
			names = append(names, name)
			mustPublish(t, l, name, read(t, file))
		}
	}
	if len(names) != 22 {
		t.Fatalf("%d months from April 2018 to January 2020, want 22", len(names))
	}
	march := parseGrid(t, publishedFile(t, "ae", "Monthly-AE-March-2020"))
	at := func(code string) int {
		return slices.IndexFunc(march, func(row []string) bool { return row[1] == code })
	}
	column := march.column(type1)
	march[at("RHQ")][column] = "123456" // Sheffield: about 12,000 a month
	march = slices.Delete(march, at("RGT"), at("RGT")+1)
	march.addUp(t)
	loaded := mustPublish(t, l, "march.csv", march.bytes())
	warnings, err := w.Warnings(t.Context(), figures.Now, l.Catalog, []uint64{loaded.ID}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, f := range warnings {
		got[f.Rule+" "+f.Measure+" "+f.Organisation] = true
	}
	for _, want := range []string{"history ae_attendances_type1 RHQ", "period_follows ae_attendances_type1 "} {
		if !got[want] {
			t.Errorf("no warning %q in %d", want, len(warnings))
		}
	}
	// With February there is a period before, in which Cambridge still had figures.
	mustPublish(t, l, "february.csv", publishedFile(t, "ae", "Monthly-AE-February-2020"))
	warnings, err = w.Warnings(t.Context(), figures.Now, l.Catalog, []uint64{loaded.ID}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	stays := 0
	for _, f := range warnings {
		switch {
		case f.Rule == "period_follows":
			t.Errorf("%+v although February is loaded", f)
		case f.Rule == "provider_stays" && f.Organisation == "RGT" && f.Measure == "ae_attendances_type1":
			stays++
		case f.Rule == "history" && f.Measure == "ae_attendances_type1" && f.Organisation == "RDZ":
			t.Errorf("an ordinary figure is remarkable: %+v", f)
		}
	}
	if stays != 1 {
		t.Errorf("%d warnings that RGT has no attendances any more", stays)
	}
}
