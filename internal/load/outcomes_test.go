package load_test

import (
	"math"
	"testing"

	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/measure"
)

// TestOutcomesOfCouncils loads values that are published without the counts beneath them: what follows as counts adds up, what is weighed is the mean
// that another reader works out, what no weights put together stays apart, and England is what the publisher states.
func TestOutcomesOfCouncils(t *testing.T) {
	t.Parallel()
	const gloucestershire, westYorkshire, dorset, northEastLondon = "E54000043", "E54000005", "E54000041", "E54000029"
	l, w := pipeline(t)
	for _, file := range []string{"final_data_2019.csv.gz", "final_data_2021.csv.gz"} {
		if load := mustPublish(t, l, file, mappingtest.PublishedFile(t, "adult_social_care", file)); load.Rejections > 0 {
			t.Errorf("%s: %d rows are rejected", file, load.Rejections)
		}
	}
	for _, test := range []struct {
		measure, place, period string
		want                   float64 // NaN where there is none
		estimate               bool
	}{
		{"care_home_admissions_65", footprint.England, "2018/19", 577.6, false}, // NHS Digital
		{"care_home_admissions_65", footprint.England, "2020/21", 498.2, false},
		{"home_91_days_after_reablement", footprint.England, "2018/19", 0.824, false},
		{"home_91_days_after_reablement", footprint.England, "2020/21", 0.791, false},
		{"carers_satisfied", footprint.England, "2018/19", 0.386, false},
		{"care_home_admissions_65", gloucestershire, "2018/19", 311.2, false},
		{"home_91_days_after_reablement", gloucestershire, "2018/19", 0.848, false}, // of one council
		{"carers_satisfied", gloucestershire, "2018/19", 0.343, false},
		{"care_home_admissions_65", westYorkshire, "2018/19", 596.763820, true}, // a share of North Yorkshire
		{"home_91_days_after_reablement", westYorkshire, "2018/19", 0.828098, true},
		{"reablement_offered", westYorkshire, "2018/19", 0.0229835, true},
		{"users_satisfied", westYorkshire, "2018/19", 0.641311, true},
		{"carers_satisfied", westYorkshire, "2018/19", math.NaN(), true},
		{"care_home_admissions_65", dorset, "2018/19", math.NaN(), false},          // no people of its councils
		{"care_home_admissions_65", northEastLondon, "2020/21", math.NaN(), false}, // without Hackney
	} {
		v, ok := value(t, w, figures.Now, test.measure, test.place, test.period)
		m, _ := l.Catalog.Measure(test.measure)
		p := measure.NewPoint(m, v, measure.People{})
		got := math.NaN()
		if p.Value.Valid {
			got = p.Value.Decimal.InexactFloat64()
		}
		near := math.Abs(got-test.want) <= 1e-5*test.want
		if test.place == footprint.England || test.measure == "care_home_admissions_65" {
			near = math.Abs(got-test.want) < 0.05
		}
		if !ok || !near && (!math.IsNaN(got) || !math.IsNaN(test.want)) || p.Estimate() != test.estimate {
			t.Errorf(
				"%s of %s in %s is %v, an estimate: %v, missing %v; want %v, %v",
				test.measure,
				test.place,
				test.period,
				got,
				p.Estimate(),
				p.Missing,
				test.want,
				test.estimate,
			)
		}
		if math.IsNaN(test.want) && test.measure == "carers_satisfied" && (p.NoValue != measure.NotCombined || v.Numerator.Valid) {
			t.Errorf("%s of %s has the numerator %v and no value as %q", test.measure, test.place, v.Numerator, p.NoValue)
		}
	}
}
