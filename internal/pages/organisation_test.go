package pages_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/pages"
)

// publishedDelays is the published file of delays by council of April 2017.
func publishedDelays(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("STP_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	content, err := os.ReadFile(filepath.Join(shared, "data", "published", "delays_council", "LA-Type-B-April-2017-92rd3.xls"))
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("the published files are missing: %v", err)
	default:
		t.Skipf("the published files are not here (STP_SHARED names the folder that holds data/): %v", err)
	}
	return string(content)
}

// TestCouncilsAndEstimates loads delays by council: a council has its own figures, and every figure that rests on a share of one says so.
func TestCouncilsAndEstimates(t *testing.T) {
	const measure, blackCountry, gloucestershire, birmingham = "delayed_days", "E54000016", "E54000043", "406"
	c := composer(t, "registered_patients,E54000016,2016-Q1,1000,\n")
	bringFile(t, c, "LA-Type-B-April-2017-92rd3.xls", publishedDelays(t))
	const why = "An estimate: only a share of the figure of Birmingham City Council (14.4%) counts here."
	estimated, ok := card(t, c, blackCountry, measure)
	if !ok || estimated.Latest.Text != "3,503 (estimate)" || estimated.Latest.Reason != why || estimated.Estimate != why ||
		!strings.HasPrefix(estimated.Finding, "3,503 (estimate) in April 2017") {
		t.Errorf("the Black Country: %+v, %q, %q", estimated.Latest, estimated.Finding, estimated.Estimate)
	}
	counted, ok := card(t, c, gloucestershire, measure)
	if !ok || counted.Latest.Text != "1,881" || counted.Latest.Reason != "" || counted.Estimate != "" {
		t.Errorf("Gloucestershire: %+v, %q", counted.Latest, counted.Estimate)
	}

	o, err := c.FindOrganisation(birmingham)
	if err != nil {
		t.Fatal(err)
	}
	asOf, err := c.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	pinned, err := c.AsOf(t.Context(), asOf.Pin)
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.Organisation(t.Context(), o, pinned)
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Memberships) != 2 || page.Memberships[0].Share != "14.4%: what counts here is an estimate" ||
		page.Memberships[0].Place.URL != "/footprints/"+blackCountry+"?as_of="+asOf.Pin {
		t.Errorf("Birmingham lies in %+v", page.Memberships)
	}
	var own []pages.OrganisationMeasure
	for _, theme := range page.Themes {
		own = append(own, theme.Rows...)
	}
	if len(own) != 6 || own[0].ID != measure || own[0].Latest.Text != "4,882" || own[0].Period != "April 2017" ||
		own[0].Latest.ProvenanceURL != "/provenance?as_of="+asOf.Pin+"&measure=delayed_days&org=406&period=2017-04" {
		t.Errorf("Birmingham's own figures are %+v", own)
	}
	if rate := own[4].Latest; rate.Text != "no rate" || rate.Reason != "The number of adults is not known for April 2017, nor for the calendar year before." {
		t.Errorf("per adult, without a number of adults: %+v", rate)
	}

	period, _ := catalog.ParsePeriod("2017-04")
	m, _ := c.FindMeasure(measure)
	place, _ := c.FindPlace(blackCountry, "")
	traced, err := c.Trace(t.Context(), asOf, m, place, period)
	if err != nil {
		t.Fatal(err)
	}
	provenance, err := c.Provenance(t.Context(), traced, asOf)
	if err != nil {
		t.Fatal(err)
	}
	shares := map[string]string{}
	for _, row := range provenance.Organisations {
		if row.Share != "" {
			shares[row.Code] = row.Value.Text + " " + row.Share + " " + row.Part
		}
	}
	if diff := cmp.Diff(map[string]string{birmingham: "4,882 14.4% 20.1%"}, shares); diff != "" {
		t.Error(diff)
	}

	// A council that is shared within a region alone counts whole there: County Durham in the North, not Birmingham's neighbour.
	for region, want := range map[string]bool{"midlands-and-east": true, "london": false} {
		s, err := c.FindPlace(region, "")
		if err != nil {
			t.Fatal(err)
		}
		points, err := c.Series(t.Context(), asOf, m, s, figures.Range{})
		if err != nil || len(points) != 1 || points[0].Estimate() != want {
			t.Errorf("%s is %+v, %v; want an estimate: %v", region, points, err, want)
		}
		for _, shared := range points[0].Shared {
			if shared.Organisation == birmingham {
				t.Errorf("Birmingham, all of which lies in the region, is shared in %s", region)
			}
		}
	}
}

func TestLineageIsShown(t *testing.T) {
	c := composer(t, "registered_patients,E54000016,2016-Q1,1000,\n")
	asOf, err := c.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	o, err := c.FindOrganisation("E16000150") // an ONS code
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.Organisation(t.Context(), o, asOf)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, row := range append(page.Predecessors, page.Successors...) {
		lines = append(lines, strings.Join([]string{row.Code, row.On, row.Share, row.Organisation.URL}, " "))
	}
	want := []string{
		"5P3 1 April 2010 All /organisations/5P3", "5P4 1 April 2010 All /organisations/5P4",
		"06H 1 April 2013 1.8% /organisations/06H", "06K 1 April 2013 47.5% /organisations/06K", "06N 1 April 2013 50.7% /organisations/06N",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Error(diff)
	}
	if page.NoFigures == "" || !strings.HasPrefix(page.Sentence, "It ended on 31 March 2013.") {
		t.Errorf("%q, %q", page.Sentence, page.NoFigures)
	}
}
