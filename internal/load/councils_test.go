package load_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/measure"
)

// TestDelaysByCouncil loads months of each layout: a footprint of whole councils has the sum of its cells, one that shares a council an estimate,
// and England is what the publisher states.
func TestDelaysByCouncil(t *testing.T) {
	t.Parallel()
	const birmingham, gloucester, blackCountry = "406", "E54000043", "E54000016"
	l, w := pipeline(t)
	for _, test := range []struct {
		file, period                        string
		england, gloucestershire, elsewhere string  // as another reader adds up the published cells
		birmingham, blackCountry            float64 // the latter with 92 of the 639 LSOAs of Birmingham
	}{
		{"dh_133750", "2011-04", "108064", "1973", "314", 4569, 4532.821596},
		{"LA-Type-B-April-2017", "2017-04", "176886", "1881", "783", 4882, 3502.885759},
		{"LA-Type-B-December-2018-3SmuW", "2017-12", "145040", "881", "755", 4176, 2498.239437}, // its name is wrong by a year
		{"LA-Type-B-August-2019", "2019-08", "148872", "1436", "723", 5860, 2515.693271},
	} {
		load := mustPublish(t, l, test.file+".xls", mappingtest.PublishedFile(t, "delays_council", test.file))
		if load.Compared == 0 || load.Differing > 0 || load.Rejections > 0 {
			t.Errorf("%s: %d totals compared, %d differ, %d rows rejected", test.file, load.Compared, load.Differing, load.Rejections)
		}
		for place, want := range map[string]string{footprint.England: test.england, gloucester: test.gloucestershire, footprint.Unallocated: test.elsewhere} {
			v, _ := value(t, w, figures.Now, "delayed_days", place, test.period)
			if v.Numerator.Decimal.String() != want || len(v.Shared) > 0 || !v.Complete() {
				t.Errorf("%s in %s is %s, shared %v, missing %v; want %s and nothing shared", place, test.period, v.Numerator.Decimal, v.Shared, v.Missing, want)
			}
		}
		v, _ := value(t, w, figures.Now, "delayed_days", blackCountry, test.period)
		if off := v.Numerator.Decimal.Sub(decimal.NewFromFloat(test.blackCountry)).Abs(); off.GreaterThan(decimal.RequireFromString("0.005")) {
			t.Errorf("the Black Country in %s is %s, want %v", test.period, v.Numerator.Decimal, test.blackCountry)
		}
		if diff := cmp.Diff(
			[]measure.Shared{{Organisation: birmingham, Share: decimal.RequireFromString("0.143975")}},
			v.Shared,
			cmp.Comparer(decimal.Decimal.Equal),
		); diff != "" {
			t.Errorf("what is shared in %s: %s", test.period, diff)
		}
		m, _ := l.Catalog.Measure("delayed_days")
		own, err := w.OrganisationSeries(t.Context(), figures.Now, m, birmingham, figures.Range{From: v.Period, To: v.Period})
		if err != nil || len(own) != 1 || !own[0].Numerator.Decimal.Equal(decimal.NewFromFloat(test.birmingham)) || len(own[0].Shared) > 0 {
			t.Errorf("Birmingham in %s is %v, %v; want %v", test.period, own, err, test.birmingham)
		}
		sum := decimal.Zero
		for _, place := range append(codesOf(l.Reference), footprint.Unallocated) {
			v, _ := value(t, w, figures.Now, "delayed_days", place, test.period)
			sum = sum.Add(v.Numerator.Decimal)
		}
		if sum.String() != test.england {
			t.Errorf("the parts of England in %s add up to %s, want %s", test.period, sum, test.england)
		}
	}
	// A dash is zero: its row total says so.
	if got := numerator(t, w, figures.Now, "delayed_days_nhs", "E54000029", "2017-04"); got == "none" || got[0] == 'm' {
		t.Errorf("North East London, with the City of London, is %s", got)
	}
}
