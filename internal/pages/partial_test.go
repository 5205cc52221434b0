package pages_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"stpdash/internal/load"
	"stpdash/internal/pages"
)

const attendancesHeading = "Period,Org Code,Parent Org,Org name,Number of A&E attendances Type 1,Number of A&E attendances Type 2,Number of A&E attendances Other A&E Department," +
	"Number of attendances over 4hrs Type 1,Number of attendances over 4hrs Type 2,Number of attendances over 4hrs Other A&E Department," +
	"Patients who have waited 4-12 hs from DTA to admission,Patients who have waited 12+ hrs from DTA to admission,Emergency admissions via A&E - Type 1," +
	"Emergency admissions via A&E - Type 2,Emergency admissions via A&E - Other A&E department,Other emergency admissions\n"

// attendances is a month of A&E in which each trust had 1,000 attendances for each of its parts, and a tenth of them took longer.
func attendances(month string, rows ...string) string {
	file := attendancesHeading
	for _, row := range rows {
		file += fmt.Sprintf("MSitAE-%s,%s,1000,0,0,100,0,0,0,0,0,0,0,0\n", month, row)
	}
	n := len(rows)
	return file + fmt.Sprintf("MSitAE-%s,,,TOTAL,%d,0,0,%d,0,0,0,0,0,0,0,0\n", month, 1000*n, 100*n)
}

// bringFile loads a publication into what a composer shows.
func bringFile(t *testing.T, c *composed, name, content string) {
	t.Helper()
	l := load.New(load.Settings{
		Store: c.Warehouse, Catalog: c.Catalog, Reference: c.Reference, Archive: load.Archive{Folder: t.TempDir()},
		Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	})
	o, err := l.Load(t.Context(), load.File{Name: name, Content: strings.NewReader(content), Accept: "figures of a test"}, "test")
	if err != nil || o.Load.State != load.Published {
		t.Fatalf("%+v, %v", o.Load, err)
	}
}

func TestPartialFiguresAreShownAsSuch(t *testing.T) {
	const measure, londonSouthEast, westYorkshire = "ae_four_hour", "E54000030", "E54000005"
	c := composer(t, "registered_patients,E54000005,2016-Q1,1000,\n")
	bringFile(
		t,
		c,
		"february.csv",
		attendances("FEBRUARY-2018", "RCD,NORTH,Harrogate", "RCF,NORTH,Airedale", "RJ1,LONDON,Guys and St Thomas NHS Trust", "RJZ,LONDON,Kings"),
	)
	bringFile(
		t,
		c,
		"march.csv",
		attendances("MARCH-2018", "RCD,NORTH,Harrogate", "RCF,NORTH,Airedale", "ZZ9,LONDON,Guys and St Thomas NHS Trust", "RJZ,LONDON,Kings"),
	)
	of, ok := card(t, c, londonSouthEast, measure)
	if !ok {
		t.Fatal("no card")
	}
	if want := "A partial figure in March 2018: 90.0% from 1 of 2 organisations"; of.Finding != want {
		t.Errorf("finding %q, want %q", of.Finding, want)
	}
	if !strings.Contains(of.Sentence, "The last whole figure is 90.0%, in February 2018.") {
		t.Errorf("sentence %q", of.Sentence)
	}
	if of.Latest.Text != "partial: 90.0%" || !of.Latest.Missing || of.Latest.Plain != "" ||
		of.Latest.Reason != "Partial: 90.0% from 1 of 2 organisations. No figure from organisation ZZ9." {
		t.Errorf("latest %+v", of.Latest)
	}
	if len(of.Lacking) != 1 || !strings.Contains(of.Lacking[0], "(ZZ9): the organisation is not known") ||
		!strings.Contains(of.Lacking[0], `Published as "Guys and St Thomas NHS Trust". Placed by its name, that of `) {
		t.Errorf("missing are %q", of.Lacking)
	}
	for _, target := range of.Targets {
		if target.State == "met" || target.State == "on_trajectory" || target.State == "off_trajectory" {
			t.Errorf("a partial figure is judged: %+v", target)
		}
	}
	if whole, _ := card(t, c, westYorkshire, measure); len(whole.Lacking) != 0 || whole.Latest.Text != "90.0%" {
		t.Errorf("of the footprint elsewhere %+v, %q", whole.Latest, whole.Lacking)
	}
	asOf, err := c.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.England(t.Context(), pages.EnglandQuery{Measure: measure}, asOf)
	if err != nil {
		t.Fatal(err)
	}
	if want := "a partial figure in March 2018, 90.0% from 3 of 4 organisations"; !strings.HasSuffix(page.Finding, want) {
		t.Errorf("England: %q, want %q", page.Finding, want)
	}
	if !strings.HasPrefix(page.Sentence, "The last whole figure is 90.0%, in February 2018.") ||
		!strings.Contains(page.England.Incomplete, "No figure from organisation ZZ9.") {
		t.Errorf("England: %q, %q", page.Sentence, page.England.Incomplete)
	}
	for _, tile := range page.Tiles.Tiles {
		if want := tile.Code == londonSouthEast; want != (tile.Value.Text == "partial") {
			t.Errorf("the tile of %s reads %q", tile.Code, tile.Value.Text)
		}
	}
	region := regionPage(t, c, "london", "")
	if !strings.Contains(fmt.Sprintf("%+v", region), "partial") {
		t.Error("the region's page shows no partial figure")
	}
}
