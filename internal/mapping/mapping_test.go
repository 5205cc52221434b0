package mapping_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"stpdash/internal/footprint"
	"stpdash/internal/mapping"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/publication"
)

func TestMapEveryPublishedMonth(t *testing.T) {
	t.Parallel()
	files := mappingtest.Published(t, "ae")
	if len(files) != 58 {
		t.Fatalf("%d files, want 58", len(files))
	}
	months, stpCells := map[string]bool{}, 0
	for _, file := range files {
		name := filepath.Base(file)
		sha256 := mappingtest.Fingerprint(mappingtest.ReadFile(t, file))
		b := mappingtest.Read(t, file)
		if b.Source.ID != "ae" {
			t.Errorf("%s: read as source %s", name, b.Source.ID)
		}
		for _, r := range b.Rejections {
			t.Errorf("%s: %s", name, r.Reason)
		}
		month := b.Observations[0].Period.String()
		if months[month] {
			t.Errorf("%s: a second file for %s", name, month)
		}
		months[month] = true
		keys := map[string]bool{}
		for _, o := range b.Observations {
			keys[o.Measure+" "+o.Organisation] = true
			if o.Period.String() != month {
				t.Errorf("%s: figures of %s and of %s", name, month, o.Period)
			}
			if b.Source.Omission(o.Measure, o.Organisation, o.Period) != nil && o.Status == mapping.NotReported && o.Cell.File == name {
				continue // the file has no cell of it
			}
			if c := o.Cell; c.File != name || c.Row == 0 || c.Column == "" || c.SHA256 != sha256 {
				t.Fatalf("%s: the figure does not name its cell: %+v", name, c)
			}
		}
		if len(keys) != len(b.Observations) {
			t.Errorf("%s: %d figures for %d measures and organisations", name, len(b.Observations), len(keys))
		}
		england, cells := 0, map[string]bool{}
		for _, c := range b.Reconciliations {
			if c.Verdict != mapping.Equal || !c.Difference.IsZero() {
				t.Errorf("%s, sheet %q, row %d, column %s: %s %s is published as %s, ours is %s", name, c.Sheet, c.Row, c.Column, c.Scope, c.Measure, c.Published, c.Ours)
			}
			switch {
			case c.Scope != footprint.England:
				cells[c.Scope+" "+c.Measure] = true
			case c.Sheet != "STP Level Data":
				england++
			}
		}
		if england != 12 {
			t.Errorf("%s: %d England totals compared, want one of each of 12 measures", name, england)
		}
		stpCells += len(cells)
		if of2017 := month >= "2017-04" && month <= "2018-03"; of2017 != (len(cells) == 44*12) {
			t.Errorf("%s: %d figures of the publisher for the 44 compared", name, len(cells))
		}
	}
	if len(months) != 58 || !months["2015-06"] || !months["2020-03"] {
		t.Errorf("%d months, want the 58 from June 2015 to March 2020", len(months))
	}
	if stpCells != 6336 {
		t.Errorf("%d figures of the publisher for the 44 compared, want 6336", stpCells)
	}
}

func TestPilotTrustsAreNotReported(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, month := range []string{"2019-05", "2019-06", "2019-07", "2019-08", "2019-09", "2019-10", "2019-11", "2019-12", "2020-01", "2020-02", "2020-03"} {
		for _, trust := range mappingtest.PilotTrusts {
			for _, measure := range []string{"ae_over_four_hours_other", "ae_over_four_hours_type1", "ae_over_four_hours_type2"} {
				want = append(want, month+" "+trust+" "+measure)
			}
		}
	}
	for _, file := range mappingtest.Published(t, "ae") {
		b := mappingtest.Read(t, file)
		for _, o := range b.Observations {
			if o.Status == mapping.Reported || b.Source.Omission(o.Measure, o.Organisation, o.Period) != nil {
				continue
			}
			got = append(got, o.Period.String()+" "+o.Organisation+" "+o.Measure)
			if o.Numerator.Valid || !strings.Contains(o.Note, "pilot") || o.Cell.Raw != "0" {
				t.Errorf("%s %s: numerator %v, note %q, published text %q", o.Organisation, o.Period, o.Numerator, o.Note, o.Cell.Raw)
			}
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("figures that are not reported (-want +got):\n%s", diff)
	}
}

func TestFractionsAreKept(t *testing.T) {
	b := mappingtest.MustMap(t, mappingtest.Mapper(t), "January.xls", mappingtest.PublishedFile(t, "ae", "January-2016"))
	var fractions []string
	for _, o := range b.Observations {
		if !o.Numerator.Decimal.IsInteger() {
			fractions = append(fractions, o.Organisation+" "+o.Measure+" "+o.Numerator.Decimal.String())
		}
	}
	if diff := cmp.Diff([]string{"RXC ae_attendances_type2 954.42857143"}, fractions); diff != "" {
		t.Error(diff)
	}
	for _, c := range b.Reconciliations {
		if c.Measure == "ae_attendances_type2" && c.Ours.String() != "47208.42857143" {
			t.Errorf("England is %s, published as 47208.42857143", c.Ours)
		}
	}
}

func TestLidocaineSumsToTheSource(t *testing.T) {
	content := mappingtest.PublishedFile(t, "prescribing", "ebm_lplidocaine")
	want := mappingtest.LidocaineTotal(t, content)
	b := mappingtest.MustMap(t, mappingtest.Mapper(t), "ebm_lplidocaine_ccg_month.csv", content)
	got, patients := decimal.Zero, map[string]decimal.Decimal{}
	for _, o := range b.Observations {
		if o.Measure == "registered_patients" {
			patients[o.Period.String()] = patients[o.Period.String()].Add(o.Numerator.Decimal)
			continue
		}
		got = got.Add(o.Numerator.Decimal)
	}
	// Beside the cost of each month the patients of each quarter but the one that sql/reference has, in thousands in its first month.
	if len(patients) != 19 || patients["2015-Q1"].String() != "56933117" || patients["2019-Q4"].String() != "60120880" {
		t.Errorf("registered patients %v", patients)
	}
	if len(b.Rejections) > 0 || !got.Equal(want) || want.LessThan(decimal.NewFromInt(1_000_000)) {
		t.Errorf("the costs add up to %s with %d rejections, the file's to %s", got, len(b.Rejections), want)
	}
}

func TestLoansOfThreeYears(t *testing.T) {
	b := mappingtest.MustMap(t, mappingtest.Mapper(t), "bbc_nhs_loans_all.xlsx", mappingtest.PublishedFile(t, "loans", "bbc_nhs_loans_all"))
	// The 306th is a zero of a trust that had ended.
	if len(b.Observations) != 305 || len(b.Rejections) != 0 {
		t.Errorf("%d figures and %d rejections, want 305 and none", len(b.Observations), len(b.Rejections))
	}
	totals, stated := map[string]string{}, map[string]string{}
	sums := map[string]decimal.Decimal{}
	for _, o := range b.Observations {
		year := o.Period.String()
		sums[year] = sums[year].Add(o.Numerator.Decimal)
		totals[year] = sums[year].String()
	}
	for _, c := range b.Reconciliations {
		stated[c.Period.String()] = c.Published.String() + " " + string(c.Verdict)
	}
	if diff := cmp.Diff(map[string]string{"2016/17": "4668755000", "2017/18": "7353708000", "2018/19": "10144201000"}, totals); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"2016/17": "4668755000 equal", "2017/18": "7353708000 equal", "2018/19": "10144201000 equal"}, stated); diff != "" {
		t.Error(diff)
	}
}

func TestOtherPublishedFilesAreNotTaken(t *testing.T) {
	c := mappingtest.Definitions(t, nil)
	for _, file := range mappingtest.Published(t, "loans") {
		name := filepath.Base(file)
		if reason, skipped := c.Skipped(name); skipped != (name != "bbc_nhs_loans_all.xlsx") || skipped && reason == "" {
			t.Errorf("%s: skipped %v, because %q", name, skipped, reason)
		}
	}
}

// From April 2020 the headings are others, and booked appointments stand apart; every month loads and equals the publisher's totals.
func TestMapEveryMonthFromApril2020(t *testing.T) {
	t.Parallel()
	files := mappingtest.Published(t, "ae_2020_21")
	if len(files) != 21 {
		t.Fatalf("%d files, want 21", len(files))
	}
	headings := map[string]string{
		"ae_attendances_type1":          "A&E attendances Type 1",
		"ae_attendances_type2":          "A&E attendances Type 2",
		"ae_attendances_other":          "A&E attendances Other A&E Department",
		"ae_over_four_hours_type1":      "Attendances over 4hrs Type 1",
		"ae_over_four_hours_type2":      "Attendances over 4hrs Type 2",
		"ae_over_four_hours_other":      "Attendances over 4hrs Other Department",
		"dta_waits_4_to_12h":            "Patients who have waited 4-12 hs from DTA to admission",
		"dta_waits_over_12h":            "Patients who have waited 12+ hrs from DTA to admission",
		"emergency_admissions_type1":    "Emergency admissions via A&E - Type 1",
		"emergency_admissions_type2":    "Emergency admissions via A&E - Type 2",
		"emergency_admissions_other_ae": "Emergency admissions via A&E - Other A&E department",
		"emergency_admissions_direct":   "Other emergency admissions",
		"ae_booked_appointments_type1":  "A&E attendances Booked Appointments Type 1",
		"ae_booked_appointments_type2":  "A&E attendances Booked Appointments Type 2",
		"ae_booked_appointments_other":  "A&E attendances Booked Appointments Other Department",
	}
	months, pilots, leftOut, booking := map[string]bool{}, map[string]bool{}, map[string]int{}, 0
	for _, file := range files {
		name, content := filepath.Base(file), mappingtest.ReadFile(t, file)
		b := mappingtest.Read(t, file)
		for _, r := range b.Rejections {
			t.Errorf("%s, row %d, column %s, %q: %s", name, r.Row, r.Column, r.Value, r.Reason)
		}
		rows := map[string]fields{}
		for _, row := range csvRows(t, []byte(strings.TrimPrefix(string(content), "\ufeff"))) {
			rows[row["Org Code"]] = row
		}
		measures := 12
		if _, booked := rows["TOTAL"]["A&E attendances Booked Appointments Type 1"]; booked {
			measures, booking = 15, booking+1
		}
		published := 0
		for _, o := range b.Observations {
			months[o.Period.String()] = true
			if rows[o.Organisation] == nil && o.Status == mapping.NotReported {
				leftOut[o.Organisation+" "+o.Period.String()]++
				continue
			}
			published++
			if o.Status == mapping.NotReported {
				pilots[o.Organisation] = true
				continue
			}
			if want := rows[o.Organisation].number(t, headings[o.Measure]); !o.Numerator.Decimal.Equal(want) {
				t.Errorf("%s: %s of %s is %s, published as %s", name, o.Measure, o.Organisation, o.Numerator.Decimal, want)
			}
		}
		if want := measures * (len(rows) - 1); published != want { // one row is the total
			t.Errorf("%s: %d figures, want %d", name, published, want)
		}
		if len(b.Reconciliations) != measures {
			t.Errorf("%s: %d totals compared, want one of each of %d measures", name, len(b.Reconciliations), measures)
		}
		for _, c := range b.Reconciliations {
			if want := rows["TOTAL"].number(t, headings[c.Measure]); c.Verdict != mapping.Equal || !c.Ours.Equal(want) {
				t.Errorf("%s: England's %s is %s, published as %s", name, c.Measure, c.Ours, want)
			}
		}
	}
	if len(months) != 21 || !months["2020-04"] || !months["2021-12"] || booking != 17 {
		t.Errorf("%d months, want the 21 from April 2020 to December 2021; %d have booked appointments, want the 17 from August 2020", len(months), booking)
	}
	// Bournemouth and Poole became one trust in October 2020, Bedford and Luton in April 2020; both went on in the pilot.
	if diff := cmp.Diff(slices.Sorted(slices.Values(append(slices.Clone(mappingtest.PilotTrusts), "R0D"))), slices.Sorted(maps.Keys(pilots))); diff != "" {
		t.Errorf("trusts that do not report waits over four hours (-want +got):\n%s", diff)
	}
	// Two measures of each walk-in centre that has rows before and after, and none of these months.
	if diff := cmp.Diff(map[string]int{
		"RYF 2020-04": 2, "RYF 2020-05": 2, "RYF 2020-06": 2, "RYF 2020-07": 2,
		"NQ108 2021-03": 2, "NQ108 2021-04": 2, "Y04538 2021-08": 2, "Y04538 2021-09": 2,
	}, leftOut); diff != "" {
		t.Errorf("centres without a row (-want +got):\n%s", diff)
	}
}

// A later month may write its headings in other words. It loads where the words are known, and is refused by name where they are not.
func TestHeadingsOfLaterMonths(t *testing.T) {
	m := mappingtest.Mapper(t)
	december := mappingtest.ParseGrid(t, []byte(strings.TrimPrefix(string(mappingtest.PublishedFile(t, "ae_2020_21", "December2021")), "\ufeff")))
	reworded := strings.NewReplacer(
		"Type 1",
		"type 1 departments",
		"4hrs",
		"4 hours",
		"4-12 hs",
		"4 to 12 hours",
		"12+ hrs",
		"12+ hours",
		"DTA",
		"decision to admit",
		"Other Department",
		"Type 3",
		"Booked Appointments",
		"booked appointment",
	)
	later := december.Bytes()
	head, rest, _ := strings.Cut(string(later), "\n")
	want := mappingtest.MustMap(t, m, "december.csv", later)
	got := mappingtest.MustMap(t, m, "later.csv", []byte(reworded.Replace(head)+"\n"+rest))
	if len(want.Observations) == 0 || len(got.Observations) != len(want.Observations) {
		t.Fatalf("%d figures, want %d", len(got.Observations), len(want.Observations))
	}
	for i, o := range got.Observations {
		if w := want.Observations[i]; o.Measure != w.Measure || !o.Numerator.Decimal.Equal(w.Numerator.Decimal) || o.Status != w.Status {
			t.Fatalf("%s of %s is %v, want %s %v", o.Measure, o.Organisation, o.Numerator, w.Measure, w.Numerator)
		}
	}
	for _, heading := range []string{"A&E attendances Type 1 (streamed elsewhere)", "Attendances Type 5", "A&E attendances"} {
		content := []byte(strings.Replace(head, "A&E attendances Type 1", heading, 1) + "\n" + rest)
		p, err := publication.Decode(t.Context(), "later.csv", content, publication.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := mappingtest.Map(
			m,
			p,
			content,
		); err == nil || !strings.Contains(err.Error(), heading) ||
			!strings.Contains(err.Error(), "no column for measure ae_attendances_type1") {
			t.Errorf("%s: %v", heading, err)
		}
	}
	// A second column for the same figure is refused: neither counts in silence.
	content := december.WithColumn("Number of A&E attendances Type 1", "1").Bytes()
	p, err := publication.Decode(t.Context(), "later.csv", content, publication.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mappingtest.Map(m, p, content); err == nil || !strings.Contains(err.Error(), "two columns for measure ae_attendances_type1") {
		t.Errorf("two columns: %v", err)
	}
}

func TestImplausibleRowsAreRejected(t *testing.T) {
	for _, test := range []struct{ row, reason string }{
		{"ae_attendances_type1,ENG,2018-04,1,", "not stated for England"},
		{"ae_attendances_type1,00Q,2018-04,1,", "not stated for a commissioner"},
		{"lidocaine_cost,RJ1,2018-04,1,", "not stated for a provider"},
		{"registered_patients,RJ1,2016-Q1,1,", "accepted: a commissioner or a footprint"},
		{"ae_attendances_type1,RJ1,2099-01,1,", "has not ended"},
	} {
		content := "measure,organisation,period,numerator,denominator\nlidocaine_cost,00J,2018-04,1,\n" + test.row + "\n"
		b := mappingtest.MustMap(t, mappingtest.Mapper(t), "return.csv", []byte(content))
		if len(b.Rejections) != 1 || !strings.Contains(b.Rejections[0].Reason, test.reason) {
			t.Errorf("%s: rejections %+v, want one that says %q", test.row, b.Rejections, test.reason)
		}
	}
}

func TestRowsThatStateOneFigureManyTimes(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("measure,organisation,period,numerator,denominator\nlidocaine_cost,00L,2018-04,1,\n")
	for i := range 20_000 {
		fmt.Fprintf(&rows, "lidocaine_cost,00J,2018-04,%d,\n", i)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f := mappingtest.MustMap(t, mappingtest.Mapper(t), "return.csv", []byte(rows.String()))
	runtime.ReadMemStats(&after)
	if len(f.Rejections) != mapping.MaxKept || f.Rejected != 20_000 ||
		!strings.HasSuffix(f.Rejections[0].Reason, "is stated in row 4, 5, 6, 7, 8 too, and in 19994 more") {
		t.Errorf("%d rejections of %d, the first: %s", len(f.Rejections), f.Rejected, f.Rejections[0].Reason)
	}
	if taken := after.TotalAlloc - before.TotalAlloc; taken > 400<<20 {
		t.Errorf("%d MiB were taken", taken>>20)
	}
}

// Sheets of a workbook, or files of a zip, may state a figure in rows of one number.
func TestFiguresOfTwoSheets(t *testing.T) {
	const heading = "measure,organisation,period,numerator,denominator\n"
	content := mappingtest.Zipped(
		t,
		"a.csv",
		heading+"lidocaine_cost,00L,2018-04,1,\n",
		"b.csv",
		heading+"lidocaine_cost,00L,2018-04,2,\nlidocaine_cost,00J,2018-04,3,\n",
	)
	f := mappingtest.MustMap(t, mappingtest.Mapper(t), "returns.zip", content)
	var found []string
	for _, r := range f.Rejections {
		found = append(found, fmt.Sprintf("%s, row %d: %s", r.Sheet, r.Row, r.Reason))
	}
	want := []string{
		`a.csv, row 2: lidocaine_cost of 00L in 2018-04 is stated in row 2 of sheet "b.csv" too`,
		`b.csv, row 2: lidocaine_cost of 00L in 2018-04 is stated in row 2 of sheet "a.csv" too`,
	}
	if !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
}
