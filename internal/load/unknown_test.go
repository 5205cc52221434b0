package load_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/mapping"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/pages/wording"
	"stpdash/internal/warehouse"
)

// partialOf is the numerator and denominator of those that reported, as text.
func partialOf(t testing.TB, w *warehouse.Warehouse, measure, place string) string {
	t.Helper()
	v, _ := value(t, w, figures.Now, measure, place, "2018-04")
	if !v.PartialNumerator.Valid {
		return "none"
	}
	if !v.PartialDenominator.Valid {
		return v.PartialNumerator.Decimal.String()
	}
	return v.PartialNumerator.Decimal.String() + " of " + v.PartialDenominator.Decimal.String()
}

func TestPartialFigures(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	month := mappingtest.Excerpt(t, mappingtest.April, "RJF", "RTG", "RCD", "RCF", "RJ1")
	mustPublish(t, l, "april.csv", month.Cell(t, "RCD", "n/a").Bytes())
	for _, test := range []struct{ measure, place, partial string }{
		{"ae_attendances_type1", england, "33916"},
		{"ae_attendances_type1", westYorkshire, "4681"},
		{"ae_attendances_type1", london, "none"}, // whole
		// 4681+527+225 attendances of which 420 took longer
		{"ae_attendances", westYorkshire, "5433"},
		{"ae_four_hour", westYorkshire, "5013 of 5433"},
	} {
		if got := partialOf(t, w, test.measure, test.place); got != test.partial {
			t.Errorf("%s of %s: the partial figure is %s, want %s", test.measure, test.place, got, test.partial)
		}
	}
	v, _ := value(t, w, figures.Now, "ae_four_hour", westYorkshire, "2018-04")
	if v.Organisations != 2 || len(v.Missing) != 1 || v.Numerator.Valid {
		t.Errorf("%+v", v)
	}
	// Nobody of the footprint reported: there is no partial figure.
	l, w = pipeline(t)
	mustPublish(t, l, "april.csv", month.Cell(t, "RCD", "n/a").Cell(t, "RCF", "n/a").Bytes())
	if got := partialOf(t, w, "ae_attendances_type1", westYorkshire); got != "none" {
		t.Errorf("of nobody the partial figure is %s", got)
	}
	// One that lacks an item of its figure adds nothing.
	mustPublishWhole(t, l, "items.csv", []byte("measure,organisation,period,numerator,denominator,item,note\n"+
		"payments_over_25000,RJ1,2018-04,10,,Rent,\npayments_over_25000,RJ1,2018-04,,,Fees,not stated\npayments_over_25000,RJZ,2018-04,5,,Rent,\n"))
	if got := partialOf(t, w, "payments_over_25000", england); got != "5" {
		t.Errorf("of items the partial figure is %s, want 5", got)
	}
	// What some returned where nobody lists all is nobody's figure.
	mustPublish(t, l, "return.csv", []byte("measure,organisation,period,numerator,denominator\nlidocaine_cost,00J,2018-04,10,\n"))
	if got := partialOf(t, w, "lidocaine_cost", england); got != "none" {
		t.Errorf("of a return the partial figure is %s", got)
	}
}

// TestUnknownCode publishes a month in which one trust stands under a code that is not known: no footprint that it may belong to is whole.
func TestUnknownCode(t *testing.T) {
	t.Parallel()
	on := time.Date(2018, 4, 1, 0, 0, 0, 0, time.UTC)
	published := mappingtest.ParseGrid(t, mappingtest.PublishedFile(t, "ae", mappingtest.April))
	at := published.Row(t, "RJ1")
	area := published[at-1][published.Column("Parent Org")]
	r := mappingtest.Reference(t)
	inArea := map[string]bool{}
	sums := map[string]decimal.Decimal{}
	var rest decimal.Decimal
	for i, row := range published[1 : len(published)-1] {
		place, ok := r.Of(row[1], on)
		if !ok {
			place = footprint.Unallocated
		}
		if i+2 == at {
			continue
		}
		n := decimal.RequireFromString(row[published.Column(mappingtest.Type1)])
		sums[place], rest = sums[place].Add(n), rest.Add(n)
		if row[published.Column("Parent Org")] == area {
			inArea[place] = true
		}
	}
	if len(inArea) < 4 || len(inArea) > 10 {
		t.Fatalf("%s holds %d footprints", area, len(inArea))
	}
	everywhere := map[string]bool{footprint.Unallocated: true}
	for _, f := range r.Footprints() {
		everywhere[f.Code] = true
	}
	one := map[string]bool{london: true}
	for _, test := range []struct {
		name, code, called, area string
		successions              string
		short                    map[string]bool
		source                   string
	}{
		{"name", "ZZ9", "Guys and St Thomas NHS Trust", "", "", one, "Placed by its name, that of "},
		{"predecessor", "ZZ9", "Elsewhere", area, "RJ1,ZZ9,2018-04-01,1,a test\n", one, "Placed by its predecessor, "},
		{"site", "RJ122", "Elsewhere", area, "", one, "Placed by its code, that of a site of "},
		{"area", "ZZ9", "Elsewhere", area, "", inArea, "It may belong to any footprint with organisations in the same area"},
		{"blank code", "", "Elsewhere", area, "", inArea, "It may belong to any footprint with organisations in the same area"},
		{"nothing", "ZZ9", "Elsewhere", "", "", everywhere, "nothing published says to which"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, r := mappingtest.DefinitionsWithoutCentres(t, nil), mappingtest.ReferenceWith(t, map[string]string{"successions.csv": test.successions})
			w := openWarehouse(t, r)
			l := newLoader(t, w, c, r)
			file := published.Altered(at, "Org Code", test.code).Altered(at, "Org name", test.called).Altered(at, "Parent Org", test.area)
			mustPublish(t, l, "april.csv", file.Bytes())
			code := test.code
			if code == "" {
				code = "(no code)"
			}
			for place, sum := range sums {
				want, partial := sum.String(), "none"
				if test.short[place] {
					want, partial = "missing "+code, want
				}
				if got := numerator(t, w, figures.Now, "ae_attendances_type1", place, "2018-04"); got != want {
					t.Errorf("%s is %s, want %s", place, got, want)
				}
				if got := partialOf(t, w, "ae_attendances_type1", place); got != partial {
					t.Errorf("%s: the partial figure is %s, want %s", place, got, partial)
				}
			}
			england, _ := value(t, w, figures.Now, "ae_attendances_type1", footprint.England, "2018-04")
			if england.Complete() || !slices.Equal(england.Missing, []string{code}) || !england.PartialNumerator.Decimal.Equal(rest) ||
				int(england.Organisations) != len(published)-2 {
				t.Errorf("England is %+v, want %s from %d organisations", england, rest, len(published)-3)
			}
			m, _ := c.Measure("ae_attendances_type1")
			for _, place := range []string{footprint.England, london} {
				cells, err := w.Cells(t.Context(), figures.Now, m, []string{place}, inApril)
				if err != nil {
					t.Fatal(err)
				}
				of := slices.DeleteFunc(cells, func(c figures.Cell) bool { return c.Organisation != code })
				if len(of) != 1 || of[0].Status != string(mapping.Rejected) || !strings.Contains(wording.Membership(of[0], r), test.source) ||
					!strings.Contains(wording.Membership(of[0], r), test.called) {
					t.Errorf("beneath %s stands %+v", place, of)
				}
			}
			if cells, err := w.Cells(t.Context(), figures.Now, m, []string{derbyshire}, inApril); err != nil ||
				test.short[derbyshire] != slices.ContainsFunc(cells, func(c figures.Cell) bool { return c.Organisation == code }) {
				t.Errorf("the cells of a footprint elsewhere: %v", err)
			}
		})
	}
}

// TestUnknownCodesOfAWholeFootprint publishes a month in which every organisation of a footprint stands under a code that is not known.
func TestUnknownCodesOfAWholeFootprint(t *testing.T) {
	t.Parallel()
	on := time.Date(2018, 4, 1, 0, 0, 0, 0, time.UTC)
	published := mappingtest.ParseGrid(t, mappingtest.PublishedFile(t, "ae", mappingtest.April))
	r := mappingtest.Reference(t)
	var codes []string
	for i, row := range published[1 : len(published)-1] {
		if slices.Contains(r.MayBelong(row[1], on), staffordshire) {
			codes = append(codes, fmt.Sprintf("ZZ%d", i))
			published = published.Altered(i+2, "Org Code", codes[len(codes)-1]).Altered(i+2, "Org name", "Elsewhere")
		}
	}
	l, w := pipeline(t)
	mustPublish(t, l, "april.csv", published.Bytes())
	v, _ := value(t, w, figures.Now, "ae_attendances_type1", staffordshire, "2018-04")
	if slices.Sort(codes); len(codes) == 0 || v.Complete() || !slices.Equal(v.Missing, codes) || v.PartialNumerator.Valid {
		t.Errorf("without %q it is %+v", codes, v)
	}
}
