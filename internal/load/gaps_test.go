package load_test

import (
	"slices"
	"testing"

	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
)

// TestKnownGapsOfTheMonthlyActivityReturn loads months in which hospitals made no return: their commissioners have no figure of the measures that lack
// a part, England a partial one, and the publisher's total has what it published.
func TestKnownGapsOfTheMonthlyActivityReturn(t *testing.T) {
	t.Parallel()
	l, w := prepared(t, "shipped", mappingtest.Shipped(t), func(*load.Loader) {})
	for _, test := range []struct {
		file, period string
		missing      map[string][]string
	}{
		{"Jul_14", "2014-07", map[string][]string{
			"non_elective_admissions": {"04X", "05P", "05Q", "13P"}, "gp_referrals": {"04X", "05P", "05Q", "13P"},
		}},
		{"Jun_17", "2017-06", map[string][]string{"non_elective_admissions": {"02T", "03A", "11M"}, "gp_referrals": {"11M"}}},
		{"Apr_15", "2015-04", map[string][]string{"non_elective_admissions": nil, "gp_referrals": nil}},
	} {
		published := mustPublish(t, l, test.file+".xls", mappingtest.PublishedFile(t, "mar_commissioner", test.file))
		if published.Compared != 7 || published.Differing > 0 || published.Rejections > 0 {
			t.Errorf("%s: %d totals compared, %d differ, %d rows rejected", test.file, published.Compared, published.Differing, published.Rejections)
		}
		for measure, missing := range test.missing {
			v, _ := value(t, w, figures.Now, measure, footprint.England, test.period)
			if !slices.Equal(v.Missing, missing) || v.Numerator.Valid != (missing == nil) || v.PartialNumerator.Valid != (missing != nil) {
				t.Errorf("%s in %s: %v, partial %v, missing %q, want %q", measure, test.period, v.Numerator, v.PartialNumerator, v.Missing, missing)
			}
			m, _ := l.Catalog.Measure(measure)
			for _, commissioner := range missing {
				own, err := w.OrganisationSeries(t.Context(), figures.Now, m, commissioner, figures.Range{From: v.Period, To: v.Period})
				if err != nil || len(own) != 1 || own[0].Numerator.Valid || !slices.Equal(own[0].Missing, []string{commissioner}) {
					t.Errorf("%s of %s in %s: %+v, %v", measure, commissioner, test.period, own, err)
				}
			}
		}
	}
}
