package pages_test

import (
	"errors"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/pages"
	"stpdash/internal/register"
)

func TestAsOfToday(t *testing.T) {
	b := newBoard(t, "ae_attendances_type1,RD1,2017-04,12,\n")
	banner := func(text string) (string, figures.Moment) {
		t.Helper()
		asOf, err := b.AsOf(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		page, err := b.Search("", asOf)
		if err != nil {
			t.Fatal(err)
		}
		return page.AsOfWords, asOf
	}
	words, today := banner("2018-07-10")
	if !strings.HasPrefix(words, "of 10 July 2018, which is not over") {
		t.Errorf("a day that still runs is said to be %q", words)
	}
	for _, text := range []string{"2018-07-11", "2018-07-11T00:00", "2250-01-01"} {
		var wrong *figures.InputError
		if _, err := b.AsOf(t.Context(), text); !errors.As(err, &wrong) || wrong.Accepted != "a moment that has come; it is 10 July 2018 at 11:00" {
			t.Errorf("%s: %v", text, err)
		}
	}
	b.now = day("2018-07-11T08:00:00Z")
	words, over := banner("2018-07-10")
	if !strings.HasPrefix(words, "as they stood on 10 July 2018 at 23:59") || over.Shown() == today.Shown() {
		t.Errorf("a day that is over is said to be %q, kept as %q after %q", words, over.Shown(), today.Shown())
	}
}

var (
	linked = regexp.MustCompile(`<a\b[^>]*? href="(/[^"]*)"`)
	formed = regexp.MustCompile(`(?s)<form\b.*?</form>`)
)

// undated are addresses that show the same as of every moment.
func undated(path string) bool {
	return strings.HasSuffix(path, ".atom") || strings.HasSuffix(path, ".ics") ||
		slices.Contains([]string{"/api/v1/templates", "/api/v1/rules", "/api/v1/targets", "/api/v1/changes"}, path)
}

// TestLinksKeepTheMoment follows no link: it holds that each of a page that is shown as of a moment names it, and each form.
func TestLinksKeepTheMoment(t *testing.T) {
	b := newBoard(t, "ae_attendances_type1,RD1,2017-04,12,\n")
	last := b.bring(t, "second.csv", "ae_attendances_type1,RD1,2018-04,13,\n")
	b.retest(t)
	const moment = "2018-07-10"
	asOf, err := b.AsOf(t.Context(), moment)
	if err != nil {
		t.Fatal(err)
	}
	place, err := b.FindArea("QOX")
	if err != nil {
		t.Fatal(err)
	}
	of, err := b.FindOrganisation("RD1")
	if err != nil {
		t.Fatal(err)
	}
	region, err := b.FindRegion("south-west")
	if err != nil {
		t.Fatal(err)
	}
	period, err := b.ReadPeriod("period", "2018-04", mustMeasure(t, b, "ae_attendances_type1"))
	if err != nil {
		t.Fatal(err)
	}
	trace, err := b.Trace(t.Context(), asOf, mustMeasure(t, b, "ae_attendances_type1"), place, period)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(address string) pages.Refused {
		at, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		return pages.Refused{Status: http.StatusNotFound, Address: at, AsOf: moment}
	}
	ctx := t.Context()
	for name, compose := range map[string]func() (any, error){
		"england":      func() (any, error) { return b.England(ctx, pages.EnglandQuery{Measure: "ae_attendances_type1"}, asOf) },
		"region":       func() (any, error) { return b.Region(ctx, region, asOf) },
		"footprint":    func() (any, error) { return b.Footprint(ctx, place, pages.FootprintQuery{}, asOf) },
		"card":         func() (any, error) { return b.CardOf(ctx, mustMeasure(t, b, "ae_attendances_type1"), place, "", asOf) },
		"organisation": func() (any, error) { return b.Organisation(ctx, of, asOf) },
		"measure":      func() (any, error) { return b.Measure(ctx, "ae_attendances_type1", "", asOf) },
		"claims":       func() (any, error) { return b.Composer.Claims(ctx, asOf, register.Filter{}) },
		"claim":        func() (any, error) { return b.Claim(ctx, "better_care_fund_admissions", asOf) },
		"calibration":  func() (any, error) { return b.Composer.Calibration(ctx, asOf) },
		"provenance":   func() (any, error) { return b.Provenance(ctx, trace, asOf) },
		"search":       func() (any, error) { return b.Search("devon", asOf) },
		"method":       func() (any, error) { return b.Method(asOf), nil },
		"data":         func() (any, error) { return b.Composer.Data(ctx, asOf) },
		"downloads":    func() (any, error) { return b.Downloads(ctx, asOf, 1) },
		"loads":        func() (any, error) { return b.Composer.Loads(ctx, asOf, 1) },
		"load":         func() (any, error) { return b.Load(ctx, asOf, last.ID, 1) },
		"compare":      func() (any, error) { return b.Compare(ctx, figures.ChangesQuestion{From: "1"}, 1, asOf) },
		"problem":      func() (any, error) { return b.Problem(refused("/measures/ae_type")), nil },
	} {
		page, err := compose()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var text strings.Builder
		if err := b.pages.Render(&text, name, page); err != nil {
			t.Fatal(err)
		}
		links := linked.FindAllStringSubmatch(text.String(), -1)
		if len(links) == 0 {
			t.Errorf("%s has no links", name)
		}
		for _, link := range links {
			to, err := url.Parse(html.UnescapeString(link[1]))
			if err != nil || !to.Query().Has("as_of") && !undated(to.Path) {
				t.Errorf("%s leads to %s, which names no moment (%v)", name, link[1], err)
			}
		}
		for _, form := range formed.FindAllString(text.String(), -1) {
			if !strings.Contains(form, `name="as_of"`) {
				t.Errorf("%s has a form without the moment: %s", name, form)
			}
		}
	}
}

func mustMeasure(t *testing.T, b *board, id string) *catalog.Measure {
	t.Helper()
	m, err := b.FindMeasure(id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
