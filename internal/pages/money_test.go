package pages_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/figures"
	"stpdash/internal/pages"
)

// sharedFile is a published or tidy file.
func sharedFile(t *testing.T, path ...string) string {
	t.Helper()
	shared := os.Getenv("STP_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	content, err := os.ReadFile(filepath.Join(append([]string{shared, "data"}, path...)...))
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("the published files are missing: %v", err)
	default:
		t.Skipf("the published files are not here (STP_SHARED names the folder that holds data/): %v", err)
	}
	return string(content)
}

// moneyPage is the money page of a place as of a moment.
func moneyPage(t *testing.T, c *composed, place, asOf string) pages.MoneyPage {
	t.Helper()
	s, err := c.FindArea(place)
	if err != nil {
		t.Fatal(err)
	}
	moment, err := c.AsOf(t.Context(), asOf)
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.Money(t.Context(), s, moment)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// amounts are what stands in a table, by column and year.
func amounts(t pages.MoneyTable) map[string]pages.MoneyCell {
	all := map[string]pages.MoneyCell{}
	for _, row := range t.Rows {
		for _, cell := range row.Cells {
			all[cell.Column+" "+row.Year] = cell
		}
	}
	return all
}

// TestMoneyOfAPlace loads published files of the NHS and of councils, whose figures an independent reading of them gave too.
func TestMoneyOfAPlace(t *testing.T) {
	const westYorkshire, blackCountry, cornwall = "E54000005", "E54000016", "E54000036"
	const social, socialEach, medicines = "Adult social care", "Councils' spend on adult social care per adult", "Low-value medicines"
	c := composer(t, "registered_patients,E54000005,2017-Q4,2700000,\n")
	for _, path := range [][]string{
		{"tidy", "ccg_core_allocation_annual.csv"},
		{"published", "trust_finance", "financial_positions.csv.gz"},
		{"published", "loans", "bbc_nhs_loans_all.xlsx"},
		{"tidy", "ons_mid_year_population_council.csv"},
		{"published", "adult_social_care", "CSV ASCFR Totals.csv.gz"},
		{"tidy", "asc_gross_current_expenditure_council_2017_18.csv.gz"},
		{"published", "prescribing_low_value", "ccg_data_lpzomnibus.csv.gz"},
	} {
		bringFile(t, c, path[len(path)-1], sharedFile(t, path...))
	}
	asOf, err := c.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}

	page := moneyPage(t, c, westYorkshire, asOf.Pin)
	var years []string
	for _, row := range page.Amounts.Rows {
		years = append(years, row.Year)
	}
	if want := "2010/11 2011/12 2012/13 2013/14 2014/15 2015/16 2016/17 2017/18 2018/19 2019/20 2020/21 2021/22"; strings.Join(years, " ") != want ||
		page.Each.Rows[0].Year != "2013/14" {
		t.Errorf("the years are %v", years)
	}
	if diff := cmp.Diff([]pages.MoneyGroup{{Name: "NHS", Columns: 6}, {Name: "Councils", Columns: 1}}, page.Amounts.Groups); diff != "" {
		t.Error(diff)
	}
	got := map[string]string{}
	for name, cell := range amounts(page.Amounts) {
		if slices.Contains([]string{"2016/17", "2017/18", "2018/19"}, name[max(0, len(name)-len("2016/17")):]) {
			got[name] = cell.Text
		}
	}
	each := amounts(page.Each)
	for name, cell := range each {
		if strings.HasSuffix(name, "2017/18") {
			got[name] = cell.Text
		}
	}
	want := map[string]string{
		"Core allocation 2016/17":                              "£3,271.9m",
		"Core allocation 2017/18":                              "£3,336.7m",
		"Core allocation 2018/19":                              "£3,427.1m",
		"Core allocation per registered patient 2017/18":       "£1,235.82",
		"General practice 2016/17":                             "no figure",
		"General practice 2017/18":                             "no figure",
		"General practice 2018/19":                             "no figure",
		"NHS payments to general practice per patient 2017/18": "no figure",
		"Trusts' operating cost 2016/17":                       "£3,491.8m",
		"Trusts' operating cost 2017/18":                       "£3,587.5m",
		"Trusts' operating cost 2018/19":                       "£3,740.3m",
		"Trusts' net position 2016/17":                         "£10.0m",
		"Trusts' net position 2017/18":                         "£2.7m",
		"Trusts' net position 2018/19":                         "£62.5m",
		"Trusts' emergency loans 2016/17":                      "£138.7m",
		"Trusts' emergency loans 2017/18":                      "£185.3m",
		"Trusts' emergency loans 2018/19":                      "£238.0m",
		"Low-value medicines 2016/17":                          "no figure",
		"Low-value medicines 2017/18":                          "no figure",
		"Low-value medicines 2018/19":                          "partial: £5.6m", // an area of 2022 lies in two places
		"Low-value medicines per registered patient 2017/18":   "no figure",
		"Adult social care 2016/17":                            "£749.9m (estimate)",
		"Adult social care 2017/18":                            "£757.1m (estimate)",
		"Adult social care 2018/19":                            "no figure",
		socialEach + " 2017/18":                                "£386.75 (estimate)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if want := "In 2017/18: core allocation £3,336.7m; councils' spend on adult social care £757.1m (estimate)"; page.Finding != want {
		t.Errorf("finding %q, want %q", page.Finding, want)
	}
	if want := "From 2016/17 to 2017/18: core allocation +2.0%; councils' spend on adult social care +1.0% (estimate). Prices are those of each year."; page.Change != want {
		t.Errorf("change %q, want %q", page.Change, want)
	}
	if cell := amounts(page.Amounts)[social+" 2017/18"]; cell.ProvenanceURL != "/provenance?as_of="+asOf.Pin+"&footprint=E54000005&measure=social_care_spend&period=2017%2F18" {
		t.Errorf("a figure leads to %s", cell.ProvenanceURL)
	}
	if cell := amounts(page.Amounts)[medicines+" 2018/19"]; cell.ProvenanceURL != "/provenance?as_of="+asOf.Pin+"&footprint=E54000005&measure=low_value_medicines_year&period=2019-03" {
		t.Errorf("the year to March leads to %s", cell.ProvenanceURL)
	}
	if page.NoTotal == "" || len(page.NotKnown) == 0 || page.Place.URL != "/footprints/E54000005?as_of="+asOf.Pin {
		t.Errorf("%q, %q, %+v", page.NoTotal, page.NotKnown, page.Place)
	}

	shared := moneyPage(t, c, blackCountry, "")
	for _, cell := range []pages.MoneyCell{amounts(shared.Amounts)[social+" 2017/18"], amounts(shared.Each)[socialEach+" 2017/18"]} {
		if !strings.HasSuffix(cell.Text, " (estimate)") || !strings.Contains(cell.Reason, "Birmingham City Council (14.4%)") {
			t.Errorf("the Black Country: %+v", cell)
		}
	}
	if strings.Count(shared.Finding+shared.Change, "(estimate)") != 2 {
		t.Errorf("the Black Country: %q, %q", shared.Finding, shared.Change)
	}
	if about := shared.Lines[6]; about.Measure.Text != social || !strings.HasPrefix(about.Estimate, "An estimate: only a share") ||
		about.Years != "2016/17 and 2017/18" {
		t.Errorf("the Black Country: %+v", about)
	}

	// The Isles of Scilly are not among the councils of 2016/17: what Cornwall spent is not the place's.
	partial := moneyPage(t, c, cornwall, "")
	if cell := amounts(partial.Amounts)[social+" 2016/17"]; cell.Text != "partial: £185.1m" || cell.Note != "from 1 of 2" || cell.Plain != "" || !cell.Missing {
		t.Errorf("Cornwall: %+v", cell)
	}
	if about := partial.Lines[6]; about.Years != "2017/18" || about.Estimate != "" ||
		!slices.Equal(
			about.Lacks,
			[]string{
				"2016/17: partial. No figure from 1 of 2 organisations: Council of the Isles of Scilly. The publication leaves out Council of the Isles of Scilly.",
			},
		) {
		t.Errorf("Cornwall: %+v", about)
	}
	if strings.Contains(partial.Change, "2016/17") || amounts(partial.Amounts)[medicines+" 2018/19"].Text != "£2.0m" {
		t.Errorf("Cornwall: %q, %+v", partial.Change, amounts(partial.Amounts)[medicines+" 2018/19"])
	}

	// The publishers' totals of England.
	england := amounts(moneyPage(t, c, "ENG", "").Amounts)
	for of, want := range map[string]string{
		"Core allocation 2013/14": "£62,743.7m", "Core allocation 2019/20": "£78,373.0m", "Trusts' emergency loans 2016/17": "£4,668.8m", "Trusts' emergency loans 2018/19": "£10,144.2m",
		social + " 2017/18": "£17,928.2m",
	} {
		if england[of].Text != want {
			t.Errorf("England: %s is %q, want %q", of, england[of].Text, want)
		}
	}

	trust, err := c.FindOrganisation("RR8")
	if err != nil {
		t.Fatal(err)
	}
	o, err := c.Organisation(t.Context(), trust, figures.Moment{})
	if err != nil || len(o.Money) != 1 || o.Money[0].URL != "/footprints/E54000005/money" {
		t.Errorf("Leeds Teaching Hospitals leads to %+v, %v", o.Money, err)
	}
}
