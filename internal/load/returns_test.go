package load_test

import (
	"testing"

	"stpdash/internal/figures"
	"stpdash/internal/mapping/mappingtest"
)

// A row that is left blank says nothing, so a template that another footprint sends back leaves a figure as it was; with a note it
// says that there is none.
func TestBlankRowsOfAReturn(t *testing.T) {
	t.Parallel()
	r := mappingtest.Reference(t)
	w := openWarehouse(t, r)
	l := newLoader(t, w, mappingtest.Shipped(t), r)
	of := func(place string) string {
		return numerator(t, w, figures.Now, "complex_needs_care_plan", place, "2017-Q4")
	}
	mustPublish(t, l, "first.csv", []byte(mappingtest.ReturnHeading+"complex_needs_care_plan,QWO,West Yorkshire,2017-Q4,40,50,\n"))
	mustPublish(t, l, "second.csv", []byte(mappingtest.ReturnHeading+"complex_needs_care_plan,QWO,,2017-Q4,,,\ncomplex_needs_care_plan,QOQ,,2017-Q4,0,20,\n"))
	if of("E54000005") != "40" || of("E54000006") != "0" || of("E54000007") != "none" || of("ENG") != "missing UNLISTED" {
		t.Errorf("%s, %s, %s, England %s", of("E54000005"), of("E54000006"), of("E54000007"), of("ENG"))
	}
	mustPublish(
		t,
		l,
		"third.csv",
		[]byte(mappingtest.ReturnHeading+"complex_needs_care_plan,QWO,,2017-Q4,,,The register was lost\ncomplex_needs_care_plan,QOQ,,2017-Q4,,20,\n"),
	)
	if of("E54000005") != "missing E54000005" || of("E54000006") != "missing E54000006" {
		t.Errorf("%s, %s", of("E54000005"), of("E54000006"))
	}
}
