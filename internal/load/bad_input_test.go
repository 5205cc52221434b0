package load_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/xuri/excelize/v2"

	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/mapping"
	"stpdash/internal/mapping/mappingtest"
)

// badInput is a file that is not accepted, whole or in part.
type badInput struct {
	name    string
	file    string
	content []byte
	// refused are the parts of the reason why the file is; none when only rows are rejected.
	refused  []string
	rejected []mapping.Rejection
}

const (
	overType = "Number of attendances over 4hrs Type 1"
	direct   = "Other emergency admissions"
)

func TestBadFiles(t *testing.T) {
	t.Parallel()
	good := mappingtest.AprilCSV(t)
	workbook := mappingtest.PublishedFile(t, "ae", "June-2015")
	old := mappingtest.PublishedFile(t, "ae", "June-2016")
	change := func(alter func(f *excelize.File) error) []byte { return mappingtest.AlterWorkbook(t, workbook, alter) }
	const sheet = "A&E Data"
	set := func(cell string, value any) []byte {
		return change(func(f *excelize.File) error { return f.SetCellValue(sheet, cell, value) })
	}
	everyPeriod := good.Clone()
	for i := 1; i < len(everyPeriod)-1; i++ {
		everyPeriod[i][0] = "MSitAE-SMARCH-2018"
	}
	periodFault := `period "SMARCH-2018" is not of the form "MMMM-YYYY"`

	run(t, []badInput{
		{
			name: "not what it claims", file: "April.csv", content: []byte("<!DOCTYPE html><title>404 Not Found</title>"),
			refused: []string{"April.csv", "web page", "accepted: csv, xls, xlsx"},
		},
		{
			name: "not what it claims, xls", file: "April.xls", content: []byte("\x00\x01\x02 not a workbook"),
			refused: []string{"April.xls", "claims to be xls"},
		},
		{name: "empty", file: "empty.csv", refused: []string{"empty.csv", "is empty"}},
		{name: "xls cut short", file: "half.xls", content: old[:len(old)/2], refused: []string{"half.xls"}},
		{name: "xls cut short by its last sector", file: "most.xls", content: old[:len(old)-512], refused: []string{"most.xls"}},
		{name: "xlsx cut short", file: "half.xlsx", content: workbook[:len(workbook)/2], refused: []string{"half.xlsx"}},
		{
			name: "csv cut short between rows", file: "cut.csv", content: good.Without(5).Bytes(),
			refused: []string{"cut.csv: no total row (Org name is TOTAL): the file was cut short"},
		},
		{
			name: "csv cut short in a row", file: "cut row.csv", content: good.Bytes()[:len(good.Without(5).Bytes())-20],
			refused:  []string{"cut row.csv: no total row (Org name is TOTAL): the file was cut short"},
			rejected: []mapping.Rejection{{Row: 4, Column: "J", Reason: "the row ends after 9 of 16 columns"}},
		},
		{
			name: "csv cut short in a quotation", file: "quote.csv", content: []byte("Period,\"Org Co"),
			refused: []string{"quote.csv, row 1", "ends inside a quotation"},
		},
		{
			name: "no header", file: "no header.csv", content: good.Without(1).Bytes(),
			refused: []string{"no header.csv: no header row found", "source ae, csv (from April 2018): lacks Period, Org Code, Org name"},
		},
		{
			name: "no header, workbook", file: "no header.xlsx", content: set("B16", "Organisation"),
			refused: []string{"no header.xlsx: no header row found", "source ae, workbook (until March 2018): lacks Code"},
		},
		{
			name: "unknown column", file: "unknown.csv", content: good.WithColumn("Ambulance handovers over 60 minutes", "1").Bytes(),
			refused: []string{`unknown.csv: column Q, row 1: heading "Ambulance handovers over 60 minutes" is not declared in source ae`},
		},
		{
			name: "unknown column, workbook", file: "unknown.xlsx", content: set("Z16", "Ambulance handovers"),
			refused: []string{`unknown.xlsx: sheet "A&E Data": column Z, row 16: heading "Ambulance handovers" is not declared in source ae`},
		},
		{
			name:    "missing column",
			file:    "missing.csv",
			content: good.WithoutColumn(direct).Bytes(),
			refused: []string{
				"missing.csv: row 1: no column for measure emergency_admissions_direct; accepted headings: Other Emergency admissions (i.e not via A&E); Other emergency admissions",
			},
		},
		{
			name: "two columns for one measure", file: "twice.csv", content: good.WithColumn(mappingtest.Type1, "1").Bytes(),
			refused: []string{"twice.csv: columns E and Q, row 1: two columns for measure ae_attendances_type1"},
		},
		{
			name: "two columns for the place", file: "two codes.csv", content: good.WithColumn("Org Code", "RCF").Bytes(),
			refused: []string{`two codes.csv: columns B and Q, row 1: two columns with heading "Org Code"`},
		},
		{
			name:    "England's total does not agree",
			file:    "total.csv",
			content: good.Altered(5, mappingtest.Type1, "4151").Bytes(),
			refused: []string{
				"total.csv: the publisher's totals do not agree with the rows: row 5, column E: ae_attendances_type1 of 2018-04 is published as 4151, the rows add up to 4150",
			},
		},
		{
			name:    "England's total does not agree, workbook",
			file:    "total.xlsx",
			content: set("F17", 1),
			refused: []string{
				`total.xlsx: the publisher's totals do not agree with the rows: sheet "A&E Data": row 17, column `,
				" is published as 1, the rows add up to ",
			},
		},
		{
			name: "England's total is not a number", file: "no total.csv", content: good.Altered(5, mappingtest.Type1, "#REF!").Bytes(),
			refused: []string{`no total.csv: row 5, column E: the total of ae_attendances_type1: found "#REF!" where a number should be`},
		},
		{
			name: "rows of two periods under one total", file: "two periods.csv", content: good.Altered(4, "Period", "MSitAE-MAY-2018").Bytes(),
			refused: []string{"two periods.csv: ", "the total row names no period and the rows are of 2018-04 and 2018-05"},
		},
		{
			name: "a row without a period that can be read", file: "row period.csv", content: good.Altered(4, "Period", "April 2018").Bytes(),
			refused:  []string{`row period.csv: row 4, column A: period "April 2018" is not of the form "MMMM-YYYY"; without the row England is not whole`},
			rejected: []mapping.Rejection{{Row: 4, Column: "A", Value: "April 2018", Reason: `period "April 2018" is not of the form "MMMM-YYYY"`}},
		},
		{
			name: "no period that can be read", file: "period.csv", content: everyPeriod.Bytes(),
			refused: []string{`period.csv: every row was rejected, first row 2, column A, "MSitAE-SMARCH-2018": ` + periodFault},
			rejected: []mapping.Rejection{
				{Row: 2, Column: "A", Value: "MSitAE-SMARCH-2018", Reason: periodFault},
				{Row: 3, Column: "A", Value: "MSitAE-SMARCH-2018", Reason: periodFault},
				{Row: 4, Column: "A", Value: "MSitAE-SMARCH-2018", Reason: periodFault},
			},
		},
		{
			name: "no period that can be read, workbook", file: "period.xlsx", content: set("C6", "Smarch 2015"),
			refused: []string{`period.xlsx: sheet "A&E Data": row 6: after "Period:": period "Smarch 2015" is not of the form "MMMM YYYY"`},
		},
		{
			name: "no period, workbook", file: "no period.xlsx", content: set("B6", ""),
			refused: []string{`no period.xlsx: sheet "A&E Data": no cell after "Period:" states the period`},
		},
		{
			name:    "canonical with two columns of figures",
			file:    "canonical.csv",
			content: []byte("measure,organisation,period,numerator,denominator,numerator\nlidocaine_cost,RCD,2018-04,1,,2\n"),
			refused: []string{`canonical.csv: columns D and F, row 1: two columns with heading "numerator"`},
		},
		{
			name:    "canonical with an unknown column",
			file:    "canonical.csv",
			content: []byte("measure,organisation,period,numerator,denominator,value\nlidocaine_cost,RCD,2018-04,1,,2\n"),
			refused: []string{`canonical.csv: column F, row 1: heading "value" is not declared in source canonical`},
		},
		{
			name: "canonical without a row", file: "canonical.csv", content: []byte("measure,organisation,period,numerator,denominator\n"),
			refused: []string{"canonical.csv: no figures found below the headings"},
		},
		{
			name: "loans with a year twice",
			file: "loans.xlsx",
			content: mappingtest.AlterWorkbook(t, mappingtest.PublishedFile(t, "loans", "bbc_nhs_loans_all"), func(f *excelize.File) error {
				return f.SetCellValue("ALL TRUSTS", "C1", "2016/17")
			}),
			refused: []string{`loans.xlsx: sheet "ALL TRUSTS": columns B and C, row 1: two columns for measure trust_emergency_loans of 2016/17`},
		},
	})
}

func TestBadRows(t *testing.T) {
	t.Parallel()
	good := mappingtest.AprilCSV(t)
	workbook := mappingtest.PublishedFile(t, "ae", "June-2015")
	at := func(row uint32, column, value, reason string) mapping.Rejection {
		return mapping.Rejection{Row: row, Column: column, Value: value, Reason: reason}
	}
	var cases []badInput
	add := func(name string, content mappingtest.Grid, rejected ...mapping.Rejection) {
		cases = append(cases, badInput{name: name, file: "rows.csv", content: content.Bytes(), rejected: rejected})
	}
	add("unknown organisation", good.Altered(4, "Org Code", "RZZ"),
		at(4, "B", "RZZ", "the organisation is not known; accepted: a code of sql/reference/organisations.csv or of a footprint"))
	add("blank organisation with figures", good.Altered(4, "Org Code", ""), at(4, "B", "", "the organisation code is blank"))
	add("text where a number should be", good.Altered(4, mappingtest.Type1, "n/a"), at(4, "E", "n/a", `found "n/a" where a number should be`))
	add("a number with a note", good.Altered(4, mappingtest.Type1, "4150*"), at(4, "E", "4150*", `found "4150*" where a number should be`))
	add("two decimal points", good.Altered(4, mappingtest.Type1, "4.15.0"), at(4, "E", "4.15.0", `found "4.15.0" where a number should be`))
	add("commas that do not group thousands", good.Altered(4, mappingtest.Type1, "41,50"), at(4, "E", "41,50", `found "41,50" where a number should be`))
	add("a formula", good.Altered(4, mappingtest.Type1, "=E2+E3"), at(4, "E", "=E2+E3", `found "=E2+E3" where a number should be`))
	add("not a number", good.Altered(4, mappingtest.Type1, "NaN"), at(4, "E", "NaN", `found "NaN" where a number should be`))
	add("infinite", good.Altered(4, mappingtest.Type1, "Infinity"), at(4, "E", "Infinity", `found "Infinity" where a number should be`))
	add("hexadecimal", good.Altered(4, mappingtest.Type1, "0x1F"), at(4, "E", "0x1F", `found "0x1F" where a number should be`))
	add("a huge exponent", good.Altered(4, mappingtest.Type1, "1e999999999"), at(4, "E", "1e999999999", `found "1e999999999" where a number should be`))
	add("a tiny exponent", good.Altered(4, mappingtest.Type1, "1e-999999999"), at(4, "E", "1e-999999999", `found "1e-999999999" where a number should be`))
	add("too many digits", good.Altered(4, mappingtest.Type1, strings.Repeat("9", 20)),
		at(4, "E", strings.Repeat("9", 20), strings.Repeat("9", 20)+" is larger than any figure accepted (15 digits)"))
	add("a large exponent", good.Altered(4, mappingtest.Type1, "1e15"), at(4, "E", "1e15", "1e15 is larger than any figure accepted (15 digits)"))
	add("negative", good.Altered(4, mappingtest.Type1, "-4150"), at(4, "E", "-4150", "found -4150; a count is never negative"))
	add("two faults in one row", good.Altered(4, mappingtest.Type1, "x").Altered(4, overType, "y"),
		at(4, "E", "x", `found "x" where a number should be`), at(4, "H", "y", `found "y" where a number should be`))
	add("two rows for one key", good.With(good[3]),
		at(4, "B", "RCD", "ae_attendances_type1 of RCD in 2018-04 is stated in row 5 too"),
		at(5, "B", "RCD", "ae_attendances_type1 of RCD in 2018-04 is stated in row 4 too"))
	short := good.Clone()
	short[3] = short[3][:9]
	add("a short row", short, at(4, "J", "", "the row ends after 9 of 16 columns"))
	long := good.Clone()
	long[3] = append(long[3], "17")
	add("a cell beyond the headings", long, at(4, "Q", "17", "the column has no heading"))

	cases = append(cases,
		badInput{
			name:    "a row total that does not equal its parts",
			file:    "rows.xlsx",
			content: mappingtest.AlterWorkbook(t, workbook, func(f *excelize.File) error { return f.SetCellValue("A&E Data", "H19", 12345) }),
			rejected: []mapping.Rejection{
				{
					Sheet:  "A&E Data",
					Row:    19,
					Column: "H",
					Value:  "12345",
					Reason: "the parts (ae_attendances_type1, ae_attendances_type2, ae_attendances_other) add up to 22444",
				},
			},
		},
		badInput{
			name: "a workbook's error", file: "rows.xlsx",
			content: mappingtest.AlterWorkbook(t, workbook, func(f *excelize.File) error { return f.SetCellValue("A&E Data", "G19", "#N/A") }),
			rejected: []mapping.Rejection{
				{Sheet: "A&E Data", Row: 19, Column: "G", Value: "#N/A", Reason: `found "#N/A" where a number should be`},
				{
					Sheet:  "A&E Data",
					Row:    19,
					Column: "H",
					Value:  "22444",
					Reason: "the parts (ae_attendances_type1, ae_attendances_type2, ae_attendances_other) add up to 19560",
				},
			},
		},
	)
	reject(t, cases)
}

func TestBadCanonicalRows(t *testing.T) {
	t.Parallel()
	const (
		heading = "measure,organisation,period,numerator,denominator,note,published_file,published_row\n"
		good    = "lidocaine_cost,00J,2016-01,12.50,\n"
		unknown = "the organisation is not known; accepted: a code of sql/reference/organisations.csv or of a footprint"
	)
	at := func(column, value, reason string) []mapping.Rejection {
		return []mapping.Rejection{{Row: 3, Column: column, Value: value, Reason: reason}}
	}
	var cases []badInput
	for _, c := range []struct {
		name, row string
		rejected  []mapping.Rejection
	}{
		{"unknown measure", "happiness,00J,2017-04,1,", at("A", "happiness", "the measure is not known; accepted: an id of dashboards/measures")},
		{
			"derived measure", "ae_attendances,RCD,2017-04,1,",
			at("A", "ae_attendances", "the measure is made from others (ae_attendances_type1, ae_attendances_type2, ae_attendances_other); give those"),
		},
		{
			"measure worked out from another", "ae_attendances_growth,RCD,2017-04,1,",
			at("A", "ae_attendances_growth", "the measure is made from others (ae_attendances_type1, ae_attendances_type2, ae_attendances_other); give those"),
		},
		{"wrong grain", "lidocaine_cost,00J,2017-Q1,1,", at("C", "2017-Q1", `period "2017-Q1" is not a month, which the measure lidocaine_cost is stated by; accepted: a month such as 2017-04`)},
		{
			"wrong grain, year", "trust_emergency_loans,RCD,2017-04,1,",
			at("C", "2017-04", `period "2017-04" is not a financial year, which the measure trust_emergency_loans is stated by; accepted: a financial year such as 2016/17`),
		},
		{"no period", "lidocaine_cost,00J,April,1,", at("C", "April", `period "April" is not a day (2018-12-03), a week (week ending 2010-11-07), a month (2017-04), a quarter (2016-Q1), a calendar year (2013) or a financial year (2016/17)`)},
		{"a period before any", "lidocaine_cost,00J,1899-12,1,", at("C", "1899-12", `period "1899-12" is not from 1970 to 2148`)},
		{"a period after any", "lidocaine_cost,00J,2149-01,1,", at("C", "2149-01", `period "2149-01" is not from 1970 to 2148`)},
		{"share without denominator", "seen_share,RCD,2017-Q1,1,", at("E", "", "the measure is a share: accepted is a denominator over zero")},
		{"share of nothing", "seen_share,RCD,2017-Q1,1,0", at("E", "0", "the measure is a share: accepted is a denominator over zero")},
		{"share over one", "seen_share,RCD,2017-Q1,3,2", at("D", "3", "the numerator counts a part of the denominator, so it is at most 2")},
		{"a denominator where none belongs", "lidocaine_cost,00J,2017-04,1,2", at("E", "2", "the measure has no denominator: leave the cell blank")},
		{"unknown footprint", "registered_patients,E54000099,2016-Q1,1,", at("B", "E54000099", unknown)},
		{
			"England", "lidocaine_cost,ENG,2017-04,1,",
			at("B", "ENG", "the measure lidocaine_cost is not stated for England; accepted: a commissioner or a footprint"),
		},
		{
			"a provider's prescribing", "lidocaine_cost,RCD,2017-04,1,",
			at("B", "RCD", "the measure lidocaine_cost is not stated for a provider; accepted: a commissioner or a footprint"),
		},
		{
			"a provider's patients", "registered_patients,RCD,2016-Q1,1,",
			at("B", "RCD", "the measure registered_patients is not stated for a provider; accepted: a commissioner or a footprint"),
		},
		{"a period that has not ended", "lidocaine_cost,00J,2148-12,1,", at("C", "2148-12", "the period has not ended yet")},
		{"blank organisation", "lidocaine_cost,,2017-04,1,", at("B", "", "the organisation code is blank")},
		{"text where a number should be", "lidocaine_cost,00J,2017-04,£1,", at("D", "£1", `found "£1" where a number should be`)},
		{"negative count", "ae_attendances_type1,RCD,2017-04,-1,", at("D", "-1", "found -1; a count is never negative")},
		{"an origin without a row", "lidocaine_cost,00J,2017-04,1,,,file.csv,x", at("H", "x", "accepted is the number of the published row")},
		{"two rows for one key", "lidocaine_cost,00L,2016-01,7,\nlidocaine_cost,00L,2016-01,7,", []mapping.Rejection{
			{Row: 3, Column: "B", Value: "00L", Reason: "lidocaine_cost of 00L in 2016-01 is stated in row 4 too"},
			{Row: 4, Column: "B", Value: "00L", Reason: "lidocaine_cost of 00L in 2016-01 is stated in row 3 too"},
		}},
	} {
		cases = append(cases, badInput{name: c.name, file: "return.csv", content: []byte(heading + good + c.row + "\n"), rejected: c.rejected})
	}
	reject(t, cases)
}

// reject reads each file, of which some rows are rejected, and loads the first and the last, or with STPD_TEST_WHOLE all: the load is published
// without those rows.
func reject(t *testing.T, cases []badInput) {
	t.Helper()
	if everyFile {
		run(t, cases)
		return
	}
	m := mapping.NewMapper(mappingtest.DefinitionsWithoutCentres(t, withShares), mappingtest.Reference(t))
	for _, c := range cases[1 : len(cases)-1] {
		t.Run(c.name, func(t *testing.T) {
			f := mappingtest.MustMap(t, m, c.file, c.content)
			if diff := cmp.Diff(c.rejected, f.Rejections, cmpopts.IgnoreFields(mapping.Rejection{}, "Cells", "Rule"), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("rejections (-want +got):\n%s", diff)
			}
			if len(f.Observations) == 0 {
				t.Error("no row is left")
			}
		})
	}
	run(t, []badInput{cases[0], cases[len(cases)-1]})
}

var withShares = map[string]string{"measures/99-test.yaml": mappingtest.ShareMeasure}

// run loads each file into a warehouse that holds figures already, and looks at what became of it there. That those are as they were it looks at
// when all are loaded, and with STPD_TEST_WHOLE after each that is refused.
func run(t *testing.T, cases []badInput) {
	t.Helper()
	r := mappingtest.Reference(t)
	w := openWarehouse(t, r)
	l := newLoader(t, w, mappingtest.DefinitionsWithoutCentres(t, withShares), r)
	mustPublish(t, l, mappingtest.April, mappingtest.AprilCSV(t).Bytes())
	before := everyValue(t, w, l.Catalog, figures.Now)
	published := false
	unchanged := func() {
		t.Helper()
		if diff := cmp.Diff(before, everyValue(t, w, l.Catalog, figures.Now)); diff != "" && !published {
			t.Errorf("earlier figures changed:\n%s", diff)
		}
	}
	for _, c := range cases {
		published = published || len(c.refused) == 0
		t.Run(c.name, func(t *testing.T) {
			o := loadContent(t, l, c.file, c.content)
			if o.Known {
				t.Fatalf("the content was loaded before, as load %d", o.Load.ID)
			}
			kept, err := w.Load(t.Context(), o.Load.ID)
			if err != nil {
				t.Fatal(err)
			}
			if kept.File != c.file || kept.SHA256 != mappingtest.Fingerprint(c.content) || kept.Rejections != uint64(len(c.rejected)) {
				t.Errorf("the load is kept as %+v", kept)
			}
			if archived := mappingtest.ReadFile(t, l.Archive.Path(kept.SHA256)); !bytes.Equal(archived, c.content) {
				t.Error("the file is not kept as it came")
			}
			rejected, err := w.Rejections(t.Context(), kept.ID, 100)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.rejected, rejected, cmpopts.IgnoreFields(mapping.Rejection{}, "Cells", "Rule"), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("rejections (-want +got):\n%s", diff)
			}
			if len(c.refused) == 0 {
				if kept.State != load.Published {
					t.Errorf("%s: %s", kept.State, kept.Message)
				}
				return
			}
			if kept.State != load.Failed {
				t.Errorf("the file is %s", kept.State)
			}
			for _, part := range c.refused {
				if !strings.Contains(kept.Message, part) {
					t.Errorf("the reason is %q, which lacks %q", kept.Message, part)
				}
			}
			if everyFile {
				unchanged()
			}
		})
	}
	unchanged()
}

func TestRejectedRowIsKeptWhole(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	bad := mappingtest.AprilCSV(t).Altered(4, mappingtest.Type1, "n/a")
	published := mustPublish(t, l, mappingtest.April, bad.Bytes())
	rejected, err := w.Rejections(t.Context(), published.ID, 10)
	if err != nil || len(rejected) != 1 {
		t.Fatal(rejected, err)
	}
	if diff := cmp.Diff(bad[3], rejected[0].Cells); diff != "" {
		t.Error(diff)
	}
}
