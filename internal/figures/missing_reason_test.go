package figures_test

import (
	"testing"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/measure"
)

// An organisation without a figure in that of a place did not always fail to report.
func TestReasonsForMissingOrganisations(t *testing.T) {
	t.Parallel()
	d := figures.NewDirectory(mappingtest.Shipped(t), mappingtest.Reference(t))
	for _, c := range []struct {
		measure, place, organisation, period string
		want                                 figures.MissingReason
	}{
		{"ae_attendances_type1", "E54000009", "RHQ", "2015-12", figures.OmittedByPublisher},
		{"ae_attendances_type1", "E54000009", "RHQ", "2016-05", figures.Unreported},
		{"ae_attendances_type1", "E54000025", "RWH", "2017-10", figures.ConfirmedGap},
		{"emergency_admissions", "E54000009", "RHQ", "2016-01", figures.OmittedByPublisher},
		{"emergency_admissions_growth", "E54000009", "RHQ", "2017-01", figures.OmittedByPublisher},
		{"emergency_admissions_growth", "E54000009", "RHQ", "2018-06", figures.Unreported},
		{"emergency_admissions_growth", "E54000025", "RWH", "2018-09", figures.OmittedByPublisher},
		{"non_elective_admissions", "E54000048", "5NE", "2010-05", figures.OfUnknownPlace},
		{"non_elective_admissions", "ENG", "5NE", "2010-05", figures.Unreported}, // England has it wherever it lay
		{"non_elective_admissions", "E54000048", "01H", "2016-05", figures.OfUnknownPlace},
		{"non_elective_admissions", "E54000047", "01H", "2017-05", figures.Unreported},
		{"non_elective_admissions", "E54000047", measure.Unlisted, "2017-05", figures.NobodyLists},
		{"low_value_medicines", "E54000017", "15E", "2016-05", figures.OfUnknownPlace},
		{"care_home_admissions_65", "E54000041", "811", "2018/19", figures.OmittedByPublisher},
	} {
		m, known := d.Catalog.Measure(c.measure)
		if !known {
			t.Fatalf("no measure %s", c.measure)
		}
		period, err := catalog.ParsePeriod(c.period)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.MissingReasonOf(m, c.place, c.organisation, period); got != c.want {
			t.Errorf("%s of %s in %s, %s: %s, want %s", c.measure, c.organisation, c.place, c.period, got, c.want)
		}
	}
}
