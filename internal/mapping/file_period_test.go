package mapping

import (
	"testing"

	"stpdash/internal/catalog"
)

func TestPeriodsInNamesOfFiles(t *testing.T) {
	for _, test := range []struct {
		file, period string
		against      bool
	}{
		{"AE-2019-06.csv", "2018-06", true},
		{"AE-2019-06.csv", "2019-06", false},
		{"MSitAE-JUNE-2019.csv", "2018-06", true},
		{"MSitAE-AUGUST-2018-1.csv", "2018-08", false},
		{"August2009.csv", "2009-08", false},
		{"August2009.csv", "2009-09", true},
		{"Jun_17.xls", "2017-06", false},
		{"Jun_17.xls", "2016-06", true},
		{"LA-Type-B-December-2018-3SmuW.xls", "2017-12", true},
		{"LA-Type-B-February-2011-12-revised-October-2012.xls", "2012-02", false},
		{"LA-Type-B-February-2011-12-revised-October-2012.xls", "2012-10", true},
		{"Monthly-AE-April-2019-revised-220720-ab123.csv", "2019-04", false},
		{"April-2017-AE-by-provider-revised-14.06.18-D44fd.xls", "2017-04", false},
		{"ae_2019_06_extract.csv", "2018-06", true},
		{"201906 ae.csv", "2018-06", true},
		{"06-2019 ae.csv", "2018-06", true},
		{"ae exported 2020-01-05.csv", "2018-06", false},
		{"ae 05.01.2020.csv", "2018-06", false},
		{"cwt_q1_2015_16_provider.xlsx", "2015-Q2", false},
		{"cwt_q1_2015_16_provider.xlsx", "2015-Q1", true},
		{"return 2018-Q1.csv", "2018-Q1", false},
		{"return 2018-Q1.csv", "2018-Q2", false}, // the first quarter of the financial year
		{"return 2018-Q1.csv", "2017-Q1", true},
		{"final_data_2021.csv.gz", "2020/21", false},
		{"final_data_2019.csv.gz", "2020/21", true},
		{"EmergencyAdmissions2015-16.csv", "2015/16", false},
		{"EmergencyAdmissions2015-16.csv", "2016/17", true},
		{"payments December 2019.csv", "2018/19", false}, // when it was published
		{"mar_commissioner_monthly_2008_2019.csv.gz", "2013-04", false},
		{"beds_overnight_day_2010_24_burn.csv.gz", "2016-Q1", false},
		{"ae 2018-19.csv", "2018-06", false},
		{"ae 2018-19.csv", "2017-06", true},
		{"ae 2020.csv", "2018-06", true},
		{"april.csv", "2018-05", false},
		{"week16-weekly_ae_sitrep.json", "week ending 2015-02-22", false},
		{"marginal 2017.csv", "2017-05", false},
	} {
		p, err := catalog.ParsePeriod(test.period)
		if err != nil {
			t.Fatal(err)
		}
		if got := contradicts(namedPeriods(test.file, p.Grain), map[catalog.Period]bool{p: true}); got != test.against {
			t.Errorf("%s with %s: contradicts %v, want %v (%v)", test.file, test.period, got, test.against, namedPeriods(test.file, p.Grain))
		}
	}
}
