package load_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/mapping"
	"stpdash/internal/mapping/mappingtest"
)

// A formula without a result is no blank cell: its row is rejected, and what was loaded before is not wiped out by it.
func TestFormulasWithoutResults(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	workbook := mappingtest.PublishedFile(t, "ae", "June-2015")
	mustPublish(t, l, "june.xlsx", workbook)
	formula := func(cell string) []byte {
		return mappingtest.AlterWorkbook(t, workbook, func(f *excelize.File) error {
			if err := f.SetCellValue("A&E Data", cell, nil); err != nil {
				return err
			}
			return f.SetCellFormula("A&E Data", cell, "SUM(A1:A2)")
		})
	}
	for cell, reason := range map[string]string{
		"F20": `the cell holds the formula "=SUM(A1:A2)" without its result`, // a measure
		"H20": `the cell holds the formula "=SUM(A1:A2)" without its result`, // the total of the row
		"B20": `the cell holds the formula "=SUM(A1:A2)" without its result`, // the organisation
	} {
		o := loadContent(t, l, "june "+cell+".xlsx", formula(cell))
		rejected, err := w.Rejections(t.Context(), o.Load.ID, 10)
		if err != nil {
			t.Fatal(err)
		}
		named := false
		for _, r := range rejected {
			named = named || r.Rule == "calculated" && r.Sheet == "A&E Data" && r.Row == 20 && r.Column == cell[:1] && strings.Contains(r.Reason, reason)
		}
		if !named {
			t.Errorf("%s: %s (%s), rejections %+v", cell, o.Load.State, o.Load.Message, rejected)
		}
	}
	o := loadContent(t, l, "june total.xlsx", formula("F17"))
	if o.Load.State != load.Failed || o.Load.Rule != "total_readable" || !strings.Contains(o.Load.Message, `row 17, column F`) {
		t.Errorf("a total without its result: %s by %q: %s", o.Load.State, o.Load.Rule, o.Load.Message)
	}
}

// A cell that is merged with another is no blank one.
func TestMergedFigures(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	o := loadContent(
		t,
		l,
		"june.xlsx",
		mappingtest.AlterWorkbook(t, mappingtest.PublishedFile(t, "ae", "June-2015"), func(f *excelize.File) error { return f.MergeCell("A&E Data", "F20", "G20") }),
	)
	rejected, err := w.Rejections(t.Context(), o.Load.ID, 10)
	if err != nil || len(rejected) == 0 || rejected[0].Rule != "own_cell" || rejected[0].Column != "F" ||
		!strings.Contains(rejected[0].Reason, "the merged cells F20:G20") {
		t.Errorf("%s (%s), rejections %+v (%v)", o.Load.State, o.Load.Message, rejected, err)
	}
}

// Rows and columns that a reader of the sheet does not see are loaded, and it is said.
func TestHiddenRowsAreRemarked(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	workbook := mappingtest.AlterWorkbook(t, mappingtest.PublishedFile(t, "ae", "June-2015"), func(f *excelize.File) error {
		for _, row := range []int{3, 20, 22, 31} { // the first has no figures
			if err := f.SetRowVisible("A&E Data", row, false); err != nil {
				return err
			}
		}
		return f.SetColVisible("A&E Data", "F:G", false)
	})
	plain := mustPublish(t, l, "june.xlsx", mappingtest.PublishedFile(t, "ae", "June-2015"))
	hidden := mustPublish(t, l, "june hidden.xlsx", workbook)
	if hidden.Observations != plain.Observations {
		t.Errorf("%d observations, want the %d of the file that hides nothing", hidden.Observations, plain.Observations)
	}
	got, err := w.Remarks(t.Context(), []uint64{plain.ID, hidden.ID}, 10)
	if err != nil {
		t.Fatal(err)
	}
	want := []figures.Remarked{
		{
			Load: hidden.ID,
			Remark: mapping.Remark{
				Rule:    "shown",
				Sheet:   "A&E Data",
				Count:   3,
				Message: `sheet "A&E Data": 3 rows from 20 to 31 are hidden or filtered out; their figures were loaded`,
			},
		},
		{
			Load:   hidden.ID,
			Remark: mapping.Remark{Rule: "shown", Sheet: "A&E Data", Count: 2, Message: `sheet "A&E Data": the columns F, G are hidden; their figures were loaded`},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Files that programs leave behind fail neither a zip nor a folder.
func TestFilesLeftBehind(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	good := string(mappingtest.AprilCSV(t).Bytes())
	published := mustPublish(
		t,
		l,
		"april.zip",
		mappingtest.Zipped(t, "april.csv", good, "~$april.xlsx", "\x05User", "__MACOSX/._april.csv", "\x00", "Thumbs.db", "x", "notes.txt", "y"),
	)
	got, err := w.Remarks(t.Context(), []uint64{published.ID}, 10)
	if err != nil || len(got) != 1 || got[0].Rule != "all_read" || got[0].Count != 4 ||
		!strings.Contains(
			got[0].Message,
			`"~$april.xlsx" (the lock file of an office program)`,
		) || !strings.Contains(got[0].Message, `"notes.txt" (not a csv, xls or xlsx)`) {
		t.Errorf("remarks %+v (%v)", got, err)
	}
	for _, name := range []string{"~$april.xlsx", "Thumbs.db", "desktop.ini"} {
		if o := loadContent(t, l, name, []byte("\x05User")); o.Skipped == "" {
			t.Errorf("%s is not left alone: %+v", name, o.Load)
		}
	}
}

// Of what is rejected so much is kept as a reader needs; all of it is counted.
func TestRejectionsAreCut(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	const rows = mapping.MaxKept + 500
	long := strings.Repeat("é", 5000)
	var b strings.Builder
	b.WriteString("measure,organisation,period,numerator,denominator,note\nlidocaine_cost,00J,2016-01,12.50,,\n")
	for i := range rows {
		fmt.Fprintf(&b, "lidocaine_cost,ZZ%d,2016-01,%s,,%s\n", i, long, long)
	}
	published := mustPublish(t, l, "return.csv", []byte(b.String()))
	if published.Rejections != 2*rows {
		t.Errorf("%d rejections are counted, want %d", published.Rejections, 2*rows)
	}
	rejected, err := w.Rejections(t.Context(), published.ID, 3*rows)
	if err != nil || len(rejected) != mapping.MaxKept {
		t.Fatalf("%d rejections are kept, want %d (%v)", len(rejected), mapping.MaxKept, err)
	}
	for _, r := range rejected[:4] {
		if len(r.Cells) != 6 || r.Cells[3] != strings.Repeat("é", 500)+"… (5000 characters)" {
			t.Errorf("the cells are kept as %.700q", r.Cells)
		}
		if size := utf8.RuneCountInString(r.Value + r.Reason); size > 2000 {
			t.Errorf("value and reason are %d characters long", size)
		}
	}
	later, err := w.RejectionsFrom(t.Context(), published.ID, mapping.MaxKept-1, 10)
	if err != nil || len(later) != 1 {
		t.Errorf("%d are the last ones (%v)", len(later), err)
	}
	if diff := cmp.Diff(rejected[:2], func() []mapping.Rejection { r, _ := w.RejectionsFrom(t.Context(), published.ID, 0, 2); return r }()); diff != "" {
		t.Error(diff)
	}
	wide := "measure,organisation,period,numerator,denominator" + strings.Repeat(",", 900) + "\nlidocaine_cost,00J,2016-01,12.50,\nlidocaine_cost,X,2016-01,1,"
	wide += strings.Repeat(","+strings.Repeat("y", 300), 900) + "\n"
	o := loadContent(t, l, "wide.csv", []byte(wide))
	if rejected, err = w.Rejections(t.Context(), o.Load.ID, 1); err != nil || len(rejected) != 1 {
		t.Fatal(rejected, err, o.Load)
	}
	if cells := rejected[0].Cells; len(strings.Join(cells, "")) > 9000 || !strings.HasPrefix(cells[len(cells)-1], "… and ") {
		t.Errorf("%d cells of a wide row are kept, the last %q", len(cells), cells[len(cells)-1])
	}
}
