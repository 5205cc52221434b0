package pages_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/pages"
)

// regionPage composes the page of a region.
func regionPage(t *testing.T, c *composed, name, as string) pages.RegionPage {
	t.Helper()
	r, err := c.FindRegion(name)
	if err != nil {
		t.Fatal(err)
	}
	asOf, err := c.AsOf(t.Context(), as)
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.Region(t.Context(), r, asOf)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestRegionPage(t *testing.T) {
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	c := composer(t, cancerWaits(r))
	places := r.Footprints()
	first, last := places[0], places[len(places)-1] // of the South West, far worse at the end; of the North, without a figure at the end
	const waits = "cancer_62_day"

	page := regionPage(t, c, "south-west", "")
	want := "One of 7 footprints shows an unusual change of concern, in “Cancer treated within 62 days”"
	if page.Finding != want {
		t.Errorf("the finding is %q, want %q", page.Finding, want)
	}
	if len(page.Concerns) != 1 || page.Concerns[0].Words != "low in April to June 2018" || len(page.Concerns[0].Places) != 1 ||
		page.Concerns[0].Places[0].URL != "/footprints/"+first.Code+"/"+waits {
		t.Errorf("of concern are %+v", page.Concerns)
	}
	if said := strings.Join(
		page.Sentences,
		" ",
	); !strings.Contains(
		said,
		"set 1 measure of 7 footprints side by side, of April to June 2018. 1 figure shows an unusual change of concern.",
	) {
		t.Errorf("it says: %s", said)
	}
	if len(page.Themes) != 1 || len(page.Themes[0].Rows) != 7 || page.Themes[0].England.Place.Text != "England" {
		t.Fatalf("the tables are %+v", page.Themes)
	}
	cell := page.Themes[0].Rows[0].Cells[0]
	if cell.Value.Text != "40.0%" || cell.Variation.Icon != "concern_low" || cell.State.Icon != "off_trajectory" {
		t.Errorf("the first cell is %+v", cell)
	}
	// The standard of 85%: 100 to 143 were treated, of whom 8 to 12 waited longer but for the first, where it were 60.
	if len(page.Targets) != 1 || page.Targets[0].Met != 6 || page.Targets[0].OffTrajectory != 1 || page.Targets[0].CannotTell != 0 {
		t.Errorf("the targets are %+v", page.Targets)
	}
	if !slices.ContainsFunc(page.NoFigures, func(n pages.NoData) bool {
		return n.Measure.Text == "Emergency admissions" && n.Words == "No figures are loaded for this measure."
	}) {
		t.Errorf("without figures are %+v", page.NoFigures)
	}

	if untold := page.Themes[0].Columns[0].Undetermined; untold != "" {
		t.Errorf("it is not known: %s", untold)
	}

	north := regionPage(t, c, "North", "")
	if north.Finding != "No footprint shows an unusual change of concern" || len(north.Concerns) != 0 {
		t.Errorf("%s: %+v", north.Finding, north.Concerns)
	}
	rows := north.Themes[0].Rows
	if end := rows[len(rows)-1]; end.Place.Text != last.Name || !end.Cells[0].Value.Missing || end.Cells[0].Reason == "" {
		t.Errorf("the footprint without a figure is %+v", end)
	}
	if said := strings.Join(north.Sentences, " "); !strings.Contains(said, "1 is missing, not counted as zero") || north.Targets[0].CannotTell != 1 {
		t.Errorf("it says: %s: %+v", said, north.Targets)
	}

	before := regionPage(t, c, "south-west", "1")
	if len(before.Themes) != 0 || len(before.NoFigures) != len(c.Catalog.Shown(catalog.RegionPage)) || !strings.HasSuffix(before.Regions[0].URL, "?as_of=1") {
		t.Errorf("before anything was loaded it shows %+v", before)
	}
}

func TestRegionPageSaysOnceThatNothingCanBeTold(t *testing.T) {
	c := composer(t, "avoidable_admissions,E54000037,2015/16,1392,157483\navoidable_admissions,E54000041,2015/16,1000,100000\n")
	page := regionPage(t, c, "south-west", "")
	if page.Finding != "Whether any figure is more than chance is not known" {
		t.Error(page.Finding)
	}
	column, cells := page.Themes[0].Columns[0], page.Themes[0].Rows
	if column.Undetermined != "Too few figures to test for a change: we need 13 comparable figures. There is 1." {
		t.Errorf("the heading says %q", column.Undetermined)
	}
	for _, row := range cells {
		if row.Cells[0].Variation.Text != "" || row.Cells[0].Value.Missing != (row.Cells[0].Reason != "") {
			t.Errorf("%s: %+v", row.Place.Text, row.Cells[0])
		}
	}
}
