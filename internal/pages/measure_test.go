package pages_test

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/pages"
	"stpdash/internal/pages/wording"
	"stpdash/internal/spc"
)

// measurePage composes the page of a measure.
func measurePage(t *testing.T, c *composed, id, period string) pages.MeasurePage {
	t.Helper()
	asOf, err := c.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	page, err := c.Measure(t.Context(), id, period, asOf)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// row finds a place among rows.
func row(t *testing.T, rows []pages.RankedRow, code string) pages.RankedRow {
	t.Helper()
	i := slices.IndexFunc(rows, func(r pages.RankedRow) bool { return r.Code == code })
	if i < 0 {
		t.Fatalf("there is no %s", code)
	}
	return rows[i]
}

// cancerWaits are fifteen quarters in all footprints: the last one is far worse in the first footprint, and the
// second has none in the third quarter. The last footprint has none in the last quarter.
func cancerWaits(c *footprint.Reference) string {
	var figures strings.Builder
	places := c.Footprints()
	for q := -1; q < 14; q++ { // from the quarter before 2015; one of them is that of a known event
		period := fmt.Sprintf("%d-Q%d", 2014+(q+4)/4, 1+(q+4)%4)
		for i, f := range places {
			late := 8 + ((q+5)*7+i*3)%5
			switch {
			case i == 0 && q == 13:
				late = 60
			case i == 1 && q == 2, i == len(places)-1 && q == 13:
				continue
			}
			fmt.Fprintf(&figures, "cancer_62_day_treated,%s,%s,%d,\ncancer_62_day_late,%s,%s,%d,\n", f.Code, period, 100+i, f.Code, period, late)
		}
	}
	return figures.String()
}

func TestMeasurePage(t *testing.T) {
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	places := r.Footprints()
	first, second, last := places[0], places[1], places[len(places)-1]
	c := composer(t, cancerWaits(r))
	page := measurePage(t, c, "cancer_62_day", "")

	if len(page.Ranked) != 44 || page.Ranked[0].Rank != 1 || page.Period != "April to June 2018" || len(page.Periods) != 15 || !page.Periods[0].Current {
		t.Fatalf("%d rows, the first of rank %d, in %s of %d periods", len(page.Ranked), page.Ranked[0].Rank, page.Period, len(page.Periods))
	}
	if end := page.Ranked[43]; end.Code != last.Code || !end.Value.Missing || end.Rank != 0 || !end.Lower.Missing || end.Variation.Icon != "" {
		t.Errorf("the footprint without a figure is %+v", end)
	}
	worst := row(t, page.Ranked, first.Code)
	// Wilson's interval of 40 of 100 (Newcombe 1998): 30.9% to 49.8%.
	if worst.Value.Text != "40.0%" || worst.Lower.Text != "30.9%" || worst.Upper.Text != "49.8%" || worst.Rank != 1 ||
		worst.Variation != (wording.Icon{Icon: string(spc.ConcernLow), Text: "Concern: low", Words: wording.Variation(spc.ConcernLow) + " It is below the lower limit."}) ||
		worst.State.Text != "Off track" || page.Target != "85% treated within 62 days" {
		t.Errorf("the worst is %+v against %q", worst, page.Target)
	}

	if page.Funnel.Reason != "" || len(page.Funnel.Rows) != 43 || page.Funnel.Rows[0].Denominator.Text != "142" {
		t.Fatalf("the funnel is %q with %d rows", page.Funnel.Reason, len(page.Funnel.Rows))
	}
	for _, u := range page.Funnel.Rows {
		if u.Outside != (u.Code == first.Code) {
			t.Errorf("%s lies %s", u.Name, u.Where)
		}
	}
	told := strings.Join(page.Funnel.Sentences, "\n")
	for _, want := range []string{"that of the 43 footprints", "No over-dispersion was found", "Below the 99.8% limit: " + first.Name + ".", "1 footprint is not in the funnel"} {
		if !strings.Contains(told, want) {
			t.Errorf("the funnel does not say %q:\n%s", want, told)
		}
	}
	told = strings.Join(page.Sentences, "\n")
	for _, want := range []string{
		"1 shows an unusual change of concern (low); 42 show no significant change; for 1 it is not known.",
		"0 lie above and 1 below the funnel's 99.8% limits, which allow for chance alone", "1 footprint has no figure for April to June 2018.",
		"85% treated within 62 days: 42 footprints meet it; 1 is off track; 1 is not known.",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("the page does not say %q:\n%s", want, told)
		}
	}

	if len(page.Lines) != 45 || page.Lines[0].Code != footprint.England {
		t.Fatalf("%d lines", len(page.Lines))
	}
	for _, l := range page.Lines {
		strokes := 1
		if l.Code == second.Code || l.Code == footprint.England {
			strokes = 2 // a quarter without a figure parts the line
		}
		if n := strings.Count(l.Path, "M"); n != strokes || l.TargetPath == "" || (l.X == "") != (l.Code == last.Code || l.Code == footprint.England) {
			t.Errorf("%s: %d strokes in %s, target %q, the last at %q", l.Name, n, l.Path, l.TargetPath, l.X)
		}
		for _, y := range regexp.MustCompile(` (-?[\d.]+)`).FindAllStringSubmatch(l.Path+l.TargetPath, -1) {
			if at, err := strconv.ParseFloat(y[1], 64); err != nil || at < 5 || at > 75 {
				t.Errorf("%s: %s is outside the drawing", l.Name, y[1])
			}
		}
	}
	if label := page.Lines[2].Label; !strings.Contains(label, second.Name+": from ") || !strings.HasSuffix(label, "1 period is without a figure.") {
		t.Errorf("the label is %q", label)
	}
}

// A figure that rounds to what is asked for, and is short of it, is written so that the two differ.
func TestAFigureJustShortOfItsTarget(t *testing.T) {
	c := composer(t, `cancer_62_day_treated,E54000005,2018-Q2,2500,
cancer_62_day_late,E54000005,2018-Q2,376,
cancer_62_day_treated,E54000043,2018-Q2,2500,
cancer_62_day_late,E54000043,2018-Q2,375,
`)
	page := measurePage(t, c, "cancer_62_day", "")
	short, met := row(t, page.Ranked, "E54000005"), row(t, page.Ranked, "E54000043")
	if short.Value.Text != "85.0%" || short.State.Text != "Off track (84.96% against 85.00%)" || met.Value.Text != "85.0%" || met.State.Text != "Met" {
		t.Errorf("84.96%% is %+v, 85%% is %+v", short.State, met.State)
	}
}

func TestMeasurePageOfAnEarlierPeriod(t *testing.T) {
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	c := composer(t, cancerWaits(r))
	page := measurePage(t, c, "cancer_62_day", "2018-Q1")
	first := row(t, page.Ranked, r.Footprints()[0].Code)
	if first.Variation.Icon != string(spc.CommonVariation) || page.Period != "January to March 2018" || !strings.Contains(page.Downloads.CSV, "period=2018-Q1") ||
		page.Freshness.LatestPeriod != "April to June 2018" {
		t.Errorf("what came later tells of %s: %+v, %q, %+v", page.Period, first.Variation, page.Downloads.CSV, page.Freshness)
	}
	page = measurePage(t, c, "cancer_62_day", "2017-Q4")
	if first := row(
		t,
		page.Ranked,
		r.Footprints()[0].Code,
	); first.Variation.Icon != "" ||
		!strings.Contains(first.Variation.Words, "we need 13 comparable figures. There are 12") {
		t.Errorf("twelve figures tell %+v", first.Variation)
	}
	asOf, err := c.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var input *figures.InputError
	for _, wrong := range []string{"2018", "2018-06", "2014-Q3", "2018-Q3", "soon"} {
		if _, err := c.Measure(t.Context(), "cancer_62_day", wrong, asOf); !errors.As(err, &input) || input.Parameter != "period" {
			t.Errorf("period %s: %v", wrong, err)
		}
	}
	if _, err := c.Measure(t.Context(), "cancer", "", asOf); !errors.Is(err, figures.ErrNotFound) || !strings.Contains(err.Error(), "cancer_62_day") {
		t.Errorf("an unknown measure: %v", err)
	}
}

func TestMeasurePagesWithoutComparison(t *testing.T) {
	c := composer(t, `delayed_transfer_days_nhs,ENG,2019-02,79683,
delayed_transfer_days_nhs,ENG,2019-03,80000,
avoidable_admissions,E54000005,2015/16,1392.83004656,157483
`)
	page := measurePage(t, c, "delayed_transfer_days_nhs", "")
	if len(page.Ranked) != 0 || len(page.Lines) != 1 || page.Lines[0].Path == "" || page.Funnel.Reason != "" ||
		!slices.Contains(page.Sentences, "The figures are stated for England as a whole; the footprints have none.") {
		t.Errorf("of England alone: %+v", page)
	}
	page = measurePage(t, c, "avoidable_admissions", "")
	if !page.HasRanks || page.HasIntervals || page.Lines != nil ||
		page.Funnel.Reason != "The rate is stated as its publisher worked it out, so no interval and no funnel is stated for it." {
		t.Errorf("a rate as published: %+v", page)
	}
	page = measurePage(t, c, "ae_four_hour", "")
	if page.NoData == "" || len(page.Targets) != 3 || page.Targets[0].Asks != "At least 95.0% from June 2010." || page.Targets[0].URL == "" {
		t.Errorf("nothing loaded: %+v", page)
	}
	page = measurePage(t, c, "emergency_admissions_rolling_year", "")
	if !strings.HasPrefix(page.Base.URL, "/measures/emergency_admissions") || page.Derived == "" {
		t.Errorf("a derived measure: %+v, %q", page.Base, page.Derived)
	}
}
