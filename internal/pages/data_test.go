package pages_test

import (
	"testing"

	"stpdash/internal/pages"
)

// TestFiguresPublishedTwice shows where two publications differ, each figure with the cells beneath it.
func TestFiguresPublishedTwice(t *testing.T) {
	rows := ""
	for _, month := range []string{"2017-04", "2017-05", "2017-06", "2017-07", "2017-08", "2017-09", "2017-10", "2017-11", "2017-12", "2018-01", "2018-02", "2018-03"} {
		rows += "non_elective_admissions,07G," + month + ",1250,\n"
	}
	c := composer(t, rows+"hes_emergency_admissions,07G,2017/18,20000,\n")
	asOf, err := c.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.Composer.Data(t.Context(), asOf)
	if err != nil {
		t.Fatal(err)
	}
	var row pages.CrossCheckRow
	for _, r := range page.CrossChecks {
		if r.Beyond > 0 {
			row = r
		}
	}
	if row.Compared != 1 || row.Beyond != 1 || row.Periods != "2017/18" || row.Places != "England and commissioners" || row.Expected != "Expected: within 10%" {
		t.Fatalf("%+v", row)
	}
	want := pages.CrossCheckDifference{
		Place: pages.Link{Text: "Thurrock CCG", URL: "/organisations/07G"}, Period: "2017/18", By: "the first is 25.0% lower",
		Of:   pages.Link{Text: "15,000", URL: "/provenance?measure=non_elective_admissions_rolling_year&org=07G&period=2018-03"},
		With: pages.Link{Text: "20,000", URL: "/provenance?measure=hes_emergency_admissions&org=07G&period=2017%2F18"},
	}
	if row.Largest != want {
		t.Errorf("%+v, want %+v", row.Largest, want)
	}
}
