package pages_test

import (
	"slices"
	"strings"
	"testing"

	"stpdash/frontend"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/pages"
	"stpdash/internal/register"
)

// TestLoading holds that no page takes a figure for missing that is only not loaded yet, nor tells a verdict from a part of the figures.
func TestLoading(t *testing.T) {
	c := composer(t, "registered_patients,E54000005,2016-Q1,1000000,\nae_attendances_type1,RCD,2018-03,4000,\n")
	templates, err := frontend.Parse()
	if err != nil {
		t.Fatal(err)
	}
	loading := load.Progress{Done: 12, Of: 31, Readable: true, Waiting: []string{"mar", "cancer", "prescribing_lidocaine", "allocations"}}
	c.Loading = func() load.Progress { return loading }
	every := func(asOf figures.Moment) map[string]any {
		t.Helper()
		all := map[string]any{}
		keep := func(name string, page any, err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			all[name] = page
		}
		england, err := c.England(t.Context(), pages.EnglandQuery{Measure: "non_elective_admissions"}, asOf)
		keep("england", england, err)
		measure, err := c.Measure(t.Context(), "cancer_62_day", "", asOf)
		keep("measure", measure, err)
		place, err := c.FindArea("E54000005")
		if err != nil {
			t.Fatal(err)
		}
		footprint, err := c.Footprint(t.Context(), place, pages.FootprintQuery{}, asOf)
		keep("footprint", footprint, err)
		of, err := c.FindMeasure("cancer_62_day")
		if err != nil {
			t.Fatal(err)
		}
		card, err := c.CardOf(t.Context(), of, place, "", asOf)
		keep("card", card, err)
		money, err := c.Money(t.Context(), place, asOf)
		keep("money", money, err)
		o, err := c.FindOrganisation("00J")
		if err != nil {
			t.Fatal(err)
		}
		organisation, err := c.Organisation(t.Context(), o, asOf)
		keep("organisation", organisation, err)
		data, err := c.Composer.Data(t.Context(), asOf)
		keep("data", data, err)
		keep("region", regionPage(t, c, "north", asOf.Text), nil)
		claims, err := c.Composer.Claims(t.Context(), asOf, register.Filter{})
		keep("claims", claims, err)
		claim, err := c.Claim(t.Context(), "better_care_fund_admissions", asOf)
		keep("claim", claim, err)
		return all
	}
	rendered := func(name string, page any) string {
		t.Helper()
		var text strings.Builder
		if err := templates.Render(&text, name, page); err != nil {
			t.Fatal(err)
		}
		return text.String()
	}
	now := func() figures.Moment {
		t.Helper()
		asOf, err := c.AsOf(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		return asOf
	}
	during := now()
	for name, page := range every(during) {
		text := rendered(name, page)
		for _, want := range []string{"Loading, 12 of 31", "Reload this page"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q", name, want)
			}
		}
		said := strings.Contains(text, "Not loaded yet")
		switch p := page.(type) {
		case pages.ClaimsPage:
			said = len(p.Untested) == 1 && p.Untested[0].ID == string(claim.RequiresLoading) && p.UntestedCount == 108
		case pages.ClaimPage: // of a plan with a published outturn
			said = p.Verdict.Text == "Cannot be tested" && strings.Contains(text, "Not all figures are loaded yet")
		}
		if !said {
			t.Errorf("%s does not say what is not loaded yet", name)
		}
		if strings.Contains(text, "data-pin") {
			t.Errorf("%s offers to be kept as it is", name)
		}
	}
	if page := every(during)["claims"].(pages.ClaimsPage); page.Finding != "108 claims: tested when all figures are loaded" {
		t.Errorf("the claims: %q", page.Finding)
	}

	loading.Done++
	if later := now(); later.Shown() == during.Shown() || later.Figures() != during.Figures() {
		t.Error("an answer made while 12 were loaded is kept for 13")
	}
	loading.Done, loading.Waiting = loading.Of, nil
	for name, page := range every(now()) {
		text := rendered(name, page)
		for _, no := range []string{"Loading, ", "Not loaded yet", "not all figures are loaded"} {
			if strings.Contains(text, no) {
				t.Errorf("when all is loaded, %s says %q", name, no)
			}
		}
	}

	// What was missing at a past moment is, whatever is loaded now.
	loading.Done, loading.Waiting = 12, []string{"mar"}
	m, _ := c.Catalog.Measure("non_elective_admissions")
	past, err := c.AsOf(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	if now := now(); past.Waits(m) || !now.Waits(m) || now.Waits(slices.Clone(c.Catalog.Measures)[0]) {
		t.Errorf("as of load 1 it waits: %v, now: %v", past.Waits(m), now.Waits(m))
	}
}
