package load_test

import (
	"encoding/csv"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"stpdash/internal/footprint"
	"stpdash/internal/load"
)

// pilotTrusts stopped reporting waits over four hours in May 2019.
var pilotTrusts = []string{"RC9", "RD3", "RDU", "RFR", "RGR", "RGT", "RHU", "RK9", "RNQ", "RQM", "RVW", "RX1", "RXF", "RYJ"}

func newMapper(t testing.TB) *load.Mapper {
	t.Helper()
	return load.NewMapper(definitions(t, nil), reference(t), time.Now)
}

func TestMapEveryPublishedMonth(t *testing.T) {
	m := newMapper(t)
	files := published(t, "ae")
	if len(files) != 58 {
		t.Fatalf("%d files, want 58", len(files))
	}
	months, stpCells := map[string]bool{}, 0
	for _, file := range files {
		name := filepath.Base(file)
		content := read(t, file)
		sha256 := fingerprint(content)
		b := mapped(t, m, name, content)
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
			if c := o.Cell; c.File != name || c.Row == 0 || c.Column == "" || c.SHA256 != sha256 {
				t.Fatalf("%s: the figure does not name its cell: %+v", name, c)
			}
		}
		if len(keys) != len(b.Observations) {
			t.Errorf("%s: %d figures for %d measures and organisations", name, len(b.Observations), len(keys))
		}
		england, cells := 0, map[string]bool{}
		for _, c := range b.Reconciliations {
			if c.Verdict != load.Equal || !c.Difference.IsZero() {
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
	m := newMapper(t)
	var want, got []string
	for _, month := range []string{"2019-05", "2019-06", "2019-07", "2019-08", "2019-09", "2019-10", "2019-11", "2019-12", "2020-01", "2020-02", "2020-03"} {
		for _, trust := range pilotTrusts {
			for _, measure := range []string{"ae_over_four_hours_other", "ae_over_four_hours_type1", "ae_over_four_hours_type2"} {
				want = append(want, month+" "+trust+" "+measure)
			}
		}
	}
	for _, file := range published(t, "ae") {
		for _, o := range mapped(t, m, filepath.Base(file), read(t, file)).Observations {
			if o.Status == load.Reported {
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
	b := mapped(t, newMapper(t), "January.xls", publishedFile(t, "ae", "January-2016"))
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
	content := publishedFile(t, "prescribing", "ebm_lplidocaine")
	want := lidocaineTotal(t, content)
	b := mapped(t, newMapper(t), "ebm_lplidocaine_ccg_month.csv", content)
	got := decimal.Zero
	for _, o := range b.Observations {
		got = got.Add(o.Numerator.Decimal)
	}
	if len(b.Rejections) > 0 || !got.Equal(want) || want.LessThan(decimal.NewFromInt(1_000_000)) {
		t.Errorf("the costs add up to %s with %d rejections, the file's to %s", got, len(b.Rejections), want)
	}
}

// lidocaineTotal adds up the file's own text.
func lidocaineTotal(t testing.TB, content []byte) decimal.Decimal {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(string(content))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := slices.Index(rows[0], "numerator")
	sum := decimal.Zero
	for _, row := range rows[1:] {
		n, err := decimal.NewFromString(row[column])
		if err != nil {
			t.Fatal(err)
		}
		sum = sum.Add(n)
	}
	return sum
}

func TestLoansOfThreeYears(t *testing.T) {
	b := mapped(t, newMapper(t), "bbc_nhs_loans_all.xlsx", publishedFile(t, "loans", "bbc_nhs_loans_all"))
	if len(b.Observations) != 306 || len(b.Rejections) != 0 {
		t.Errorf("%d figures and %d rejections, want 306 and none", len(b.Observations), len(b.Rejections))
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
	c := definitions(t, nil)
	for _, file := range published(t, "loans") {
		name := filepath.Base(file)
		if reason, skipped := c.Skipped(name); skipped != (name != "bbc_nhs_loans_all.xlsx") || skipped && reason == "" {
			t.Errorf("%s: skipped %v, because %q", name, skipped, reason)
		}
	}
}
