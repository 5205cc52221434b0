package pages_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/pages"
	"stpdash/internal/warehouse/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// composed is all that pages are composed from.
type composed struct {
	*pages.Composer
	*figurestest.Known
}

// compose composes what is known.
func compose(k *figurestest.Known) *composed {
	return &composed{pages.New(k.Figures, k.Loads, k.Register, func(context.Context) ([]load.Entry, error) { return nil, nil }, ""), k}
}

// composer composes from figures in canonical form.
func composer(t *testing.T, figures string) *composed {
	t.Helper()
	return composerAt(t, figures, time.Now)
}

// composerAt composes from figures that are loaded when a clock tells.
func composerAt(t *testing.T, figures string, now func() time.Time) *composed {
	t.Helper()
	return compose(figurestest.Load(t, figures, now))
}

// card finds the card of a measure on a footprint's page.
func card(t *testing.T, c *composed, place, measure string) (pages.Card, bool) {
	t.Helper()
	s, err := c.FindArea(place)
	if err != nil {
		t.Fatal(err)
	}
	asOf, err := c.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.FindMeasure(measure)
	if err != nil {
		t.Fatal(err)
	}
	all, err := c.Footprint(t.Context(), s, pages.FootprintQuery{}, asOf)
	if err != nil {
		t.Fatal(err)
	}
	listed := false
	for _, theme := range all.Sections {
		listed = listed || slices.ContainsFunc(theme.Rows, func(r pages.MeasureRow) bool { return r.ID == measure })
	}
	if !figures.Stated(m, s) {
		return pages.Card{}, listed
	}
	page, err := c.CardOf(t.Context(), m, s, "", asOf)
	if err != nil {
		t.Fatal(err)
	}
	if listed != (page.Card.NoData == "") {
		t.Errorf("%s of %s: the place lists it: %t, and its own page says %q", measure, place, listed, page.Card.NoData)
	}
	return page.Card, listed
}

func TestFiguresOfEnglandAlone(t *testing.T) {
	c := composer(t, `delayed_transfer_days_nhs,ENG,2019-02,79683,
delayed_transfer_days_social_care,ENG,2019-02,36567,
delayed_transfer_days_both,ENG,2019-02,11009,
delayed_transfer_days_nhs,ENG,2020-02,90000,
delayed_transfer_days_social_care,ENG,2020-02,50000,
delayed_transfer_days_both,ENG,2020-02,15782,
`)
	const measure = "delayed_transfer_days"
	for place, shown := range map[string]bool{"E54000005": false, footprint.Unallocated: false, footprint.England: true} {
		found, ok := card(t, c, place, measure)
		if ok != shown || shown && !strings.HasPrefix(found.Finding, "155,782 in February 2020, 22.4% higher") {
			t.Errorf("%s: shown %v: %s", place, ok, found.Finding)
		}
	}
	asOf, err := c.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.England(t.Context(), pages.EnglandQuery{Measure: measure}, asOf)
	if err != nil || len(page.Rows) != 0 || len(page.Tiles.Tiles) != 0 || page.Unallocated.Name != "" || page.England.Value.Text != "155,782" ||
		strings.Contains(page.Sentence, "footprint") {
		t.Errorf("the page is %+v, %v", page, err)
	}
}

func TestFiguresPer100000(t *testing.T) {
	c := composer(t, "avoidable_admissions,E54000005,2015/16,1392.83004656,157483\n")
	found, ok := card(t, c, "E54000005", "avoidable_admissions")
	if !ok || found.Latest.Text != "884.4 per 100,000" || found.Latest.Plain != "884.432" || found.Finding != "884.4 per 100,000 in 2015/16" ||
		found.Unit != "admissions per 100,000" || found.Points[0].Numerator != "1,392.8" || found.Points[0].Denominator != "157,483" {
		t.Errorf("%+v", found)
	}
	asOf, err := c.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.England(t.Context(), pages.EnglandQuery{Measure: "avoidable_admissions"}, asOf)
	if err != nil {
		t.Fatal(err)
	}
	for _, tile := range page.Tiles.Tiles {
		if tile.Code == "E54000005" && (tile.Value.Text != "884.4" || tile.Label != "West Yorkshire: 884.4 admissions per 100,000 in 2015/16") {
			t.Errorf("the tile is %+v", tile)
		}
	}
}

// Zero is a figure: it is compared like any other, and a series of little else tells no change.
func TestNoughts(t *testing.T) {
	var figures strings.Builder
	for i := range 14 {
		period := time.Date(2017, time.Month(4+i), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
		for place, waits := range map[string]int{"E54000005": 0, "E54000040": map[bool]int{true: 1}[i == 3], "E54000043": map[bool]int{true: 4}[i == 13]} {
			fmt.Fprintf(&figures, "dta_waits_over_12h,%s,%s,%d,\n", place, period, waits)
		}
	}
	c := composer(t, figures.String())
	asOf, err := c.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.England(t.Context(), pages.EnglandQuery{Measure: "dta_waits_over_12h"}, asOf)
	if err != nil || !strings.Contains(page.Sentence, "Of the 3 footprints with both figures 1 were higher than a year before and 0 lower; 2 did not change.") {
		t.Errorf("%s, %v", page.Sentence, err)
	}
	quiet, _ := card(t, c, "E54000040", "dta_waits_over_12h")
	if quiet.Variation.Icon != "" || !strings.Contains(quiet.Variation.Words, "one case more or less is no sign of a change") {
		t.Errorf("one wait in fourteen months is %+v", quiet.Variation)
	}
}
