package load_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/warehouse"
)

// What the headings of a month of 2021 are called.
const (
	attendances1 = "A&E attendances Type 1"
	admissions1  = "Emergency admissions via A&E - Type 1"
)

// month is a published month of 2021.
func month(t *testing.T, name string) mappingtest.Grid {
	t.Helper()
	return mappingtest.ParseGrid(t, mappingtest.PublishedFile(t, "ae_2020_21", name))
}

// scaled multiplies a figure of a trust.
func scaled(t *testing.T, g mappingtest.Grid, code, heading string, factor float64) {
	t.Helper()
	row, column := g.Row(t, code)-1, g.Column(heading)
	if column < 0 {
		t.Fatalf("no column %q in %q", heading, g[0])
	}
	n, err := strconv.ParseFloat(g[row][column], 64)
	if err != nil {
		t.Fatal(err)
	}
	g[row][column] = strconv.FormatFloat(float64(int(n*factor)), 'f', -1, 64)
}

// without takes rows of trusts out.
func without(t *testing.T, g mappingtest.Grid, codes ...string) mappingtest.Grid {
	t.Helper()
	for _, code := range codes {
		at := g.Row(t, code) - 1
		g = slices.Delete(g, at, at+1)
	}
	return g
}

// asks loads a file and checks what it is asked: nothing where no rule is named.
func asks(t *testing.T, l *load.Loader, w *warehouse.Warehouse, name string, content []byte, rule, found string) {
	t.Helper()
	o := loadContent(t, l, name, content)
	questions, err := w.QuestionsOf(t.Context(), o.Load.ID)
	switch {
	case err != nil:
		t.Fatal(err)
	case rule == "" && (o.Load.State != load.Published || len(questions) > 0):
		t.Errorf("%s: %s: %s", name, o.Load.State, o.Load.Message)
	case rule != "" && (o.Load.State != load.Held || !slices.ContainsFunc(questions, func(q load.Question) bool {
		return q.Rule == rule && strings.Contains(q.Found, found)
	})):
		t.Errorf("%s: not asked is %s, %q: %s, %s", name, rule, found, o.Load.State, o.Load.Message)
	}
}

// Months come in any order: after a crash, as a backlog, one by one from years apart. No real one is asked about for the order in which it came.
func TestMonthsInAnyOrder(t *testing.T) {
	t.Parallel()
	files := mappingtest.Published(t, "ae")
	orders, step := 1, 5
	if everyFile {
		orders, step = 4, 1
	}
	for order := range orders {
		var some []string
		for i := 0; i < len(files); i += step {
			some = append(some, files[i])
		}
		rand.New(rand.NewPCG(uint64(6+order), 144)).Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] }) //nolint:gosec // a small number
		l, w := prepared(t, "shipped", mappingtest.Shipped(t), func(*load.Loader) {})
		for _, file := range some {
			asks(t, l, w, filepath.Base(file), mappingtest.ReadFile(t, file), "", "")
		}
	}
}

// Of a month that follows others, figures of single trusts are asked about: each is the month as it was published with one thing changed.
func TestMonthsThatBreakOff(t *testing.T) {
	t.Parallel()
	l, w := returning(t)
	for _, name := range []string{"September2021", "October2021", "November2021"} {
		mustPublish(t, l, name+".csv", mappingtest.PublishedFile(t, "ae_2020_21", name))
	}
	for _, test := range []struct {
		name        string
		alter       func(g mappingtest.Grid) mappingtest.Grid
		rule, found string
	}{
		{"ten times.csv", func(g mappingtest.Grid) mappingtest.Grid { scaled(t, g, "RRK", attendances1, 10); return g }, "own_history", "(RRK) states"},
		{"ten times a small trust.csv", func(g mappingtest.Grid) mappingtest.Grid { scaled(t, g, "RCD", attendances1, 10); return g }, "own_history", "(RCD) states"},
		{"a hundred times.csv", func(g mappingtest.Grid) mappingtest.Grid { scaled(t, g, "RJ1", admissions1, 100); return g }, "own_history", "(RJ1) states"},
		{"a tenth.csv", func(g mappingtest.Grid) mappingtest.Grid {
			scaled(t, g, "RJ1", attendances1, .1)
			scaled(t, g, "RJ1", admissions1, .1)
			scaled(t, g, "RJ1", "Attendances over 4hrs Type 1", .1)
			return g
		}, "own_history", "(RJ1) states"},
		{"some ten times.csv", func(g mappingtest.Grid) mappingtest.Grid {
			for _, code := range []string{"RRK", "R1H", "R1K", "RJ1", "RR8", "RTH", "RX1", "RXQ"} {
				scaled(t, g, code, attendances1, 10)
			}
			return g
		}, "own_history", "and so 5 more organisations"},
		{"without the largest.csv", func(g mappingtest.Grid) mappingtest.Grid { return without(t, g, "RRK", "R1H") }, "all_listed", "Barts Health NHS Trust (R1H), which has"},
		{"without a small one.csv", func(g mappingtest.Grid) mappingtest.Grid { return without(t, g, "RCD") }, "all_listed", "(RCD), which has"},
		{"a row of zeros.csv", func(g mappingtest.Grid) mappingtest.Grid {
			row := g.Row(t, "RCD") - 1
			for i := 4; i < len(g[row]); i++ {
				g[row][i] = "0"
			}
			return g
		}, "zero", "(RCD) states nothing but zeros"},
		{"one zero.csv", func(g mappingtest.Grid) mappingtest.Grid { scaled(t, g, "RTH", direct, 0); return g }, "zero", "(RTH) states 0 for emergency_admissions_direct"},
		{"two rows exchanged.csv", func(g mappingtest.Grid) mappingtest.Grid {
			a, b := g.Row(t, "R1H")-1, g.Row(t, "RBS")-1
			for i := 4; i < len(g[a]); i++ {
				g[a][i], g[b][i] = g[b][i], g[a][i]
			}
			return g
		}, "zero", "(R1H) states 0 for"},
	} {
		g := test.alter(month(t, "December2021"))
		g.AddUp(t)
		asks(t, l, w, test.name, g.Bytes(), test.rule, test.found)
	}
	for name, to := range map[string]string{"long ago.csv": "MSitAE-DECEMBER-2005", "AE-2020-12.csv": "", "MSitAE-NOVEMBER-2021.csv": ""} {
		g, rule := month(t, "December2021"), "same_period"
		if to != "" {
			rule = "source_periods"
			for i := range g {
				g[i][0] = strings.Replace(g[i][0], "MSitAE-DECEMBER-2021", to, 1)
			}
		}
		asks(t, l, w, name, g.Bytes(), rule, "")
	}
	asks(t, l, w, "December2021.csv", mappingtest.PublishedFile(t, "ae_2020_21", "December2021"), "", "")

	// What revises a month that is shown.
	for _, test := range []struct {
		name        string
		alter       func(g mappingtest.Grid) mappingtest.Grid
		rule, found string
	}{
		{"nine times.csv", func(g mappingtest.Grid) mappingtest.Grid { scaled(t, g, "RJ1", attendances1, 9); return g }, "revision_moves", "(RJ1) states"},
		{"half as many again.csv", func(g mappingtest.Grid) mappingtest.Grid { scaled(t, g, "RJ1", attendances1, 1.5); return g }, "revision_moves", "(RJ1) states"},
		{"a tenth more.csv", func(g mappingtest.Grid) mappingtest.Grid { scaled(t, g, "RJ1", attendances1, 1.1); return g }, "", ""},
		{"one left out.csv", func(g mappingtest.Grid) mappingtest.Grid { return without(t, g, "RCD") }, "all_listed", "(RCD), which has"},
	} {
		g := test.alter(month(t, "December2021"))
		g.AddUp(t)
		asks(t, l, w, test.name, g.Bytes(), test.rule, test.found)
	}
}

// Beds and patients are fewer than attendances, and what is left out of a list adds up.
func TestSmallOrganisationsLeftOut(t *testing.T) {
	t.Parallel()
	l, w := returning(t)
	beds := mappingtest.ParseGrid(t, mappingtest.PublishedFile(t, "../tidy", "kh03"))
	quarter, code, specialty := beds.Column("quarter_start"), beds.Column("org_code"), beds.Column("specialty_group")
	asks(t, l, w, "beds.csv", beds.Bytes(), "", "")
	const cited = "measure,organisation,period,numerator,denominator,published_file,published_row\n"
	same := beds[slices.IndexFunc(beds, func(row []string) bool {
		return row[quarter] == "2019-10-01" && row[code] == "RTE" && row[specialty] == "general_and_acute"
	})][beds.Column("available_beds_avg")]
	asks(t, l, w, "cited.csv", []byte(cited+"beds_available_general_acute,RTE,2019-Q4,"+same+",,x.csv,1\n"), "", "")
	asks(t, l, w, "cited otherwise.csv", []byte(cited+"beds_available_general_acute,RTE,2019-Q4,860,,x.csv,1\n"), "cited_figure",
		"(RTE) is stated as 860, by x.csv, and is shown as 915.54")
	for name, codes := range map[string][]string{
		"most of a county": {"REF"}, "a fifth of one": {"RXF"}, "small ones of many": {"RWP", "RLQ", "RD8", "R1F", "RCF"},
	} {
		t.Run(name, func(t *testing.T) {
			left := slices.DeleteFunc(beds.Clone(), func(row []string) bool { return row[quarter] == "2019-10-01" && slices.Contains(codes, row[code]) })
			asks(t, l, w, name+".csv", left.Bytes(), "all_listed", "not in the list")
			other := beds.Clone()
			for _, row := range other {
				if row[quarter] == "2019-10-01" && slices.Contains(codes, row[code]) && row[specialty] == "general_and_acute" {
					row[specialty] = "learning_disabilities"
				}
			}
			asks(t, l, w, name+" as other beds.csv", other.Bytes(), "all_listed", "not in the list")
		})
	}

	mustPublish(t, l, "cancer-q1.xlsx", mappingtest.PublishedFile(t, "cancer", "cwt_q1"))
	asks(t, l, w, "cancer-q2.xlsx", mappingtest.AlterWorkbook(t, mappingtest.PublishedFile(t, "cancer", "cwt_q2"), func(f *excelize.File) error {
		const sheet = "62-DAY (ALL CANCER)"
		rows, err := f.GetRows(sheet)
		if err != nil {
			return err
		}
		header := slices.IndexFunc(rows, func(row []string) bool { return slices.Contains(row, "ODS CODE (1)") })
		setting := slices.IndexFunc(rows[header], func(cell string) bool { return strings.HasPrefix(cell, "CARE SETTING") })
		provider := slices.Index(rows[header], "ODS CODE (1)")
		gone, england := -1, -1
		for i, row := range rows {
			if len(row) > setting && row[setting] == "ALL CARE" {
				if row[provider] == "RXW" {
					gone = i
				}
				if slices.Contains(row, "ALL ENGLISH PROVIDERS") {
					england = i
				}
			}
		}
		cell := func(column, row int) string {
			name, _ := excelize.CoordinatesToCellName(column+1, row+1)
			return name
		}
		err = f.SetCellValue(sheet, cell(setting, gone), "ADMITTED")
		for i, heading := range rows[header] {
			if heading == "TOTAL" || strings.HasPrefix(heading, "WITHIN") || strings.HasPrefix(heading, "AFTER") {
				all, _ := strconv.ParseFloat(rows[england][i], 64)
				own, _ := strconv.ParseFloat(rows[gone][i], 64)
				err = errors.Join(err, f.SetCellValue(sheet, cell(i, england), all-own))
			}
		}
		return err
	}), "all_listed", "(RXW), which has")

	mustPublish(t, l, "November2021.csv", mappingtest.PublishedFile(t, "ae_2020_21", "November2021"))
	december := month(t, "December2021")
	sum := func(row []string) (n int) {
		for _, heading := range []string{attendances1, "A&E attendances Type 2", "A&E attendances Other A&E Department"} {
			attended, _ := strconv.Atoi(row[december.Column(heading)])
			n += attended
		}
		return n
	}
	several := slices.DeleteFunc(december, func(row []string) bool { return sum(row) >= 400 && sum(row) < 1000 })
	several.AddUp(t)
	asks(t, l, w, "several.csv", several.Bytes(), "all_listed", "more")
}

// Lists of new periods and revisions of old ones, in which everything or one organisation is larger or smaller than it ever was.
func TestListsOutsideTheirRange(t *testing.T) {
	t.Parallel()
	l, w := bundled(t)
	payments := func() mappingtest.Grid {
		r, err := gzip.NewReader(bytes.NewReader(mappingtest.PublishedFile(t, "gp_payments", "19-20")))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return mappingtest.ParseGrid(t, content)
	}
	multiplied := func(g mappingtest.Grid, by float64, headings ...string) mappingtest.Grid {
		for _, heading := range headings {
			column := slices.IndexFunc(g[0], func(h string) bool { return strings.TrimSpace(h) == heading })
			for _, row := range g[1:] {
				if n, err := strconv.ParseFloat(strings.ReplaceAll(row[column], ",", ""), 64); err == nil {
					row[column] = strconv.FormatFloat(n*by, 'f', 2, 64)
				}
			}
		}
		return g
	}
	const total, left = "Total NHS Payments to General Practice", "Total NHS Payments to General Practice Minus Deductions"
	asks(t, l, w, "20-21.csv", multiplied(payments(), 3, total, left, "Deductions for Pensions, Levies and Prescription Charge Income").Bytes(),
		"total_moves", "all organisations together state")
	exchanged := payments()
	a, b := exchanged.Column(total), exchanged.Column(left)
	exchanged[0][a], exchanged[0][b] = left, total
	if o := loadContent(t, l, "20-21.csv", exchanged.Bytes()); o.Load.State != load.Failed || !strings.Contains(o.Load.Message, "something was rejected of") {
		t.Errorf("headings exchanged: %s: %s", o.Load.State, o.Load.Message)
	}

	january := month(t, "December2021")
	for i := range january {
		january[i][0] = strings.Replace(january[i][0], "MSitAE-DECEMBER-2021", "MSitAE-JANUARY-2022", 1)
	}
	one := january.Clone()
	scaled(t, one, "RTE", attendances1, 5)
	one.AddUp(t)
	asks(t, l, w, "one.csv", one.Bytes(), "own_history", "(RTE) states")
	all := january.Clone()
	for i := range all {
		if all[i][all.Column("Org Code")] != "Org Code" {
			for j, heading := range all[0] {
				if n, err := strconv.Atoi(all[i][j]); err == nil && strings.Contains(heading, "A&E attendances") {
					all[i][j] = strconv.Itoa(n * 2)
				}
			}
		}
	}
	asks(t, l, w, "all.csv", all.Bytes(), "total_moves", "all organisations together state")

	beds := mappingtest.ParseGrid(t, mappingtest.PublishedFile(t, "../tidy", "kh03"))
	asks(t, l, w, "beds.csv", multiplied(beds, .7, "occupied_beds_avg").Bytes(), "revision_moves", "the figures differ by more than a tenth")
	asks(t, l, w, "gap.csv", []byte("measure,organisation,period,numerator,denominator,published_file,published_row\n"+
		"beds_available_general_acute,RTE,2016-Q4,200,,kh03.xls,20\nbeds_occupied_general_acute,RTE,2016-Q4,150,,kh03.xls,20\n"), "cited_figure", "nothing is shown of it")
}

// An organisation that another took over long ago states no figures beside it: not in a list, not in a return.
func TestFiguresAfterTheEnd(t *testing.T) {
	t.Parallel()
	l, w := returning(t)
	mustPublish(t, l, "January2021.csv", mappingtest.PublishedFile(t, "ae_2020_21", "January2021"))
	g := month(t, "February2021")
	row := slices.Clone(g[g.Row(t, "RTG")-1])
	row[g.Column("Org Code")], row[g.Column("Org name")] = "RJF", "BURTON HOSPITALS NHS FOUNDATION TRUST"
	listed := slices.Insert(g.Clone(), 2, row)
	listed.AddUp(t)
	asks(t, l, w, "February2021.csv", listed.Bytes(), "succeeded", "(RJF) ended on 2018-07-01, when University Hospitals of Derby and Burton")
	trifle := g.Clone()
	for i := range row[4:] {
		row[4+i] = "1"
	}
	trifle = slices.Insert(trifle, 2, row)
	trifle.AddUp(t)
	asks(t, l, w, "trifle.csv", trifle.Bytes(), "", "")
	asks(t, l, w, "February2021.csv", g.Bytes(), "", "")
}

// Of practices, those of a commissioner are asked about together.
func TestPracticesLeftOut(t *testing.T) {
	t.Parallel()
	l, w := returning(t)
	year := func(name string) mappingtest.Grid {
		r, err := gzip.NewReader(bytes.NewReader(mappingtest.PublishedFile(t, "gp_payments", name)))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return mappingtest.ParseGrid(t, content)
	}
	half := func(g mappingtest.Grid, each int) mappingtest.Grid {
		code, n := g.Column("CCG Code"), 0
		return slices.DeleteFunc(g, func(row []string) bool {
			if row[code] == "02T" {
				n++
			}
			return row[code] == "02T" && n%each != 0
		})
	}
	swapped := func(g mappingtest.Grid) mappingtest.Grid {
		code := g.Column("CCG Code")
		for _, row := range g {
			switch row[code] {
			case "02T":
				row[code] = "02R"
			case "02R":
				row[code] = "02T"
			}
		}
		return g
	}
	twice := func(g mappingtest.Grid) mappingtest.Grid {
		code, practice, n := g.Column("CCG Code"), g.Column("Practice Code"), 0
		for _, row := range g {
			if n < 9 && row[code] == "02T" {
				again := slices.Clone(row)
				again[practice] = fmt.Sprintf("Z%05d", n)
				g, n = append(g, again), n+1
			}
		}
		return g
	}
	fewer := func(g mappingtest.Grid) mappingtest.Grid {
		code, n := g.Column("CCG Code"), 0
		return slices.DeleteFunc(g, func(row []string) bool {
			if row[code] == "02T" {
				n++
			}
			return row[code] == "02T" && n%4 == 0
		})
	}
	mustPublish(t, l, "17-18.csv", year("17-18").Bytes())
	asks(t, l, w, "twice-18-19.csv", twice(year("18-19")).Bytes(), "item_once", "and so 8 more rows")
	asks(t, l, w, "fewer-18-19.csv", fewer(year("18-19")).Bytes(), "all_listed", "(02T) is stated in")
	asks(t, l, w, "names-18-19.csv", swapped(year("18-19")).Bytes(), "same_place", "is named")
	asks(t, l, w, "half-18-19.csv", half(year("18-19"), 5).Bytes(), "all_listed", "(02T) is stated in")
	mustPublish(t, l, "18-19.csv", year("18-19").Bytes())
	asks(t, l, w, "half-18-19.csv", half(year("18-19"), 4).Bytes(), "revision_moves", "(02T) states")
}

// A return names the place whose code it has.
func TestReturnsNamedForOthers(t *testing.T) {
	t.Parallel()
	l, w := returning(t)
	for name, test := range map[string]struct{ row, rule, found string }{
		"a footprint.csv":          {"personal_health_budgets,QR1,West Yorkshire,2018-Q1,180,636500,\n", "same_place", `the row of Gloucestershire is named "West Yorkshire"`},
		"a commissioner.csv":       {"personal_health_budgets,11M,Swindon CCG,2018-Q1,190,637000,\n", "same_place", `Gloucestershire CCG (11M) is named "Swindon CCG"`},
		"another footprint's.csv":  {"personal_health_budgets,11M,West Yorkshire,2018-Q1,190,637000,\n", "same_place", `is named "West Yorkshire"`},
		"itself.csv":               {"personal_health_budgets,QR1,Gloucestershire,2018-Q1,181,636500,\n", "", ""},
		"in other words.csv":       {"personal_health_budgets,11M,NHS Gloucestershire Clinical Commissioning Group,2018-Q2,192,637000,\n", "", ""},
		"a commissioner of it.csv": {"personal_health_budgets,11M,Gloucestershire,2018-Q3,193,637000,\n", "", ""},
		"long ago.csv":             {"complex_needs_care_plan,QR1,Gloucestershire,1998-Q3,61,120,\n", "source_periods", "when the publication began"},
		"return-2017-Q1-QR1.csv":   {"complex_needs_care_plan,QR1,Gloucestershire,2018-Q3,61,121,\n", "same_period", "its figures are of 2018-Q3"},
	} {
		asks(t, l, w, name, []byte(mappingtest.ReturnHeading+test.row), test.rule, test.found)
	}
}
