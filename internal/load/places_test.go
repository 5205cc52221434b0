package load_test

import (
	"compress/gzip"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/mapping/mappingtest"
)

const gloucestershire, leicestershire = "E54000043", "E54000015"

// attendances adds up the attendances of a published month, as its cells have them, by code.
func attendances(t testing.TB, g mappingtest.Grid) map[string]decimal.Decimal {
	t.Helper()
	sums := map[string]decimal.Decimal{}
	for _, row := range g[1 : len(g)-1] { // the last is the total
		for i, title := range g[0] {
			if strings.HasPrefix(title, "Number of A&E attendances ") {
				sums[row[g.Column("Org Code")]] = sums[row[g.Column("Org Code")]].Add(decimal.RequireFromString(row[i]))
			}
		}
	}
	return sums
}

// TestSuccessorsCountWhereTheirPredecessorsDid loads months from which new codes stand in the place of others: the work stays in its footprint.
func TestSuccessorsCountWhereTheirPredecessorsDid(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	for _, test := range []struct {
		file, period, place, want string
		codes                     []string // those with figures, by what was published
	}{
		{"Monthly-October-2019", "2019-10", gloucestershire, "19314", []string{"RTE", "RTQ", "AAH"}},
		{"Monthly-AE-May-2019", "2019-05", leicestershire, "31999", []string{"C82009", "C82010", "C82038", "NJS05", "RWE", "NNJ12", "NNJ13", "NNJ14", "NNJ15"}},
		{"Monthly-AE-February-2020", "2020-02", westYorkshire, "82822", []string{"RAE", "RCD", "RCF", "RR8", "RWY", "RXF", "Y02572", "ARN02", "ARN03"}},
	} {
		content := mappingtest.PublishedFile(t, "ae", test.file)
		published := attendances(t, mappingtest.ParseGrid(t, content))
		sum := decimal.Zero
		for _, code := range test.codes {
			sum = sum.Add(published[code])
		}
		mustPublish(t, l, test.file+".csv", content)
		if got := numerator(t, w, figures.Now, "ae_attendances", test.place, test.period); got != test.want || sum.String() != test.want {
			t.Errorf("%s in %s: %s attendances, want %s; the published cells add up to %s", test.place, test.period, got, test.want, sum)
		}
		total, parts := decimal.Zero, append(codesOf(l.Reference), footprint.Unallocated)
		for _, place := range parts {
			if v, ok := value(t, w, figures.Now, "ae_attendances", place, test.period); ok {
				total = total.Add(v.Numerator.Decimal)
			}
		}
		england := decimal.Zero
		for _, n := range published {
			england = england.Add(n)
		}
		if got := numerator(t, w, figures.Now, "ae_attendances", footprint.England, test.period); got != total.String() || got != england.String() {
			t.Errorf("England in %s is %s, its parts %s, the published cells %s", test.period, got, total, england)
		}
	}
}

func codesOf(r *footprint.Reference) []string {
	var codes []string
	for _, f := range r.Footprints() {
		codes = append(codes, f.Code)
	}
	return codes
}

// TestEveryBundledFigureCountsSomewhere finds organisations of the bundled figures that would count in no footprint without a reason.
func TestEveryBundledFigureCountsSomewhere(t *testing.T) {
	r := mappingtest.Reference(t)
	files, err := filepath.Glob("../../sql/reference/bundled/*.csv.gz")
	if err != nil || len(files) == 0 {
		t.Fatal("no bundled figures", err)
	}
	nowhere, known, counted := map[string]bool{}, map[[3]string]bool{}, 0
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		unpacked, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(unpacked).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		file.Close()
		column := func(title string) int { return slices.Index(rows[0], title) }
		organisation, period, codesOn := column("organisation"), column("period"), column("codes_on")
		for _, row := range rows[1:] {
			code := row[organisation]
			if _, isFootprint := r.Footprint(code); isFootprint || code == footprint.England {
				continue
			}
			counted++
			of := [3]string{code, row[period], row[codesOn]}
			if known[of] {
				continue
			}
			known[of] = true
			on := dayOf(t, row[period], row[codesOn])
			if reasons := reasonsOn(r, code, on); len(r.MayBelong(code, on)) == 0 && len(reasons) == 0 {
				nowhere[code+" on "+on.Format(time.DateOnly)] = true
			}
		}
	}
	if len(nowhere) > 0 || counted < 100_000 {
		t.Errorf("%d figures; in no footprint and without a reason are %v", counted, nowhere)
	}
}

func dayOf(t testing.TB, period, codesOn string) time.Time {
	t.Helper()
	if codesOn != "" {
		day, err := catalog.ParseDay(codesOn)
		if err != nil {
			t.Fatal(err)
		}
		return day
	}
	p, err := catalog.ParsePeriod(period)
	if err != nil {
		t.Fatal(err)
	}
	return p.Start
}

// reasonsOn are the sources that say that an organisation is in no single footprint.
func reasonsOn(r *footprint.Reference, code string, on time.Time) []string {
	var all []string
	for _, m := range r.Memberships() {
		if m.Organisation == code && m.Footprint == footprint.Unallocated && !on.Before(m.From) && (m.To.IsZero() || on.Before(m.To)) {
			all = append(all, m.Source)
		}
	}
	return all
}

// TestPlacedByNothing publishes a row whose code or name leads to an organisation that has no footprint, or to one elsewhere: the
// footprint of the row is never whole without it.
func TestPlacedByNothing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, file, period, row, code, called string }{
		{"a site of a trust of several footprints", mappingtest.April, "2018-04", "RTE", "RTQ01", "Elsewhere"},
		{"a site of a trust of one footprint", "Monthly-October-2019", "2019-10", "RTE", "RTQ01", "Elsewhere"},
		{"a site of a trust elsewhere", mappingtest.April, "2018-04", "RTE", "RJ101", "Elsewhere"},
		{"a name elsewhere", "Monthly-AE-February-2020", "2020-02", "RTE", "NZZ99", "ST GEORGE'S CENTRE"},
		{"a name of none", mappingtest.April, "2018-04", "RTE", "NZZ99", "CIRCLE"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, w := pipeline(t)
			published := mappingtest.ParseGrid(t, mappingtest.PublishedFile(t, "ae", test.file))
			at := published.Row(t, test.row)
			mustPublish(t, l, "month.csv", published.Altered(at, "Org Code", test.code).Altered(at, "Org name", test.called).Bytes())
			for _, place := range []string{gloucestershire, footprint.England} {
				if got := numerator(t, w, figures.Now, "ae_attendances", place, test.period); got != "missing "+test.code {
					t.Errorf("%s is %s, want it missing %s", place, got, test.code)
				}
			}
		})
	}
}
