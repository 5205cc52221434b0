package pages_test

import (
	"bytes"
	"strings"
	"testing"

	"stpdash/internal/pages"
)

// checkFeeds reads the feeds after two weeks, of which the second made one footprint worse and revised a figure of another.
func (b *board) checkFeeds(t *testing.T, worse, other string) {
	t.Helper()
	place := func(code string) pages.Feed {
		area, err := b.FindArea(code)
		if err != nil {
			t.Fatal(err)
		}
		f, err := b.FootprintFeed(t.Context(), area)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	m, err := b.FindMeasure("cancer_62_day")
	if err != nil {
		t.Fatal(err)
	}
	region, err := b.FindRegion("south-west")
	if err != nil {
		t.Fatal(err)
	}
	ofMeasure, err := b.MeasureFeed(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	ofRegion, err := b.RegionFeed(t.Context(), region)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []pages.Feed{place(worse), place(other), ofMeasure, ofRegion} {
		t.Logf("%s %s %s", f.ID, f.Title, f.Updated)
		for _, e := range f.Entries {
			var html bytes.Buffer
			e.Digest.Base = "https://stp.example"
			if err := b.pages.Render(&html, "entry", e.Digest); err != nil {
				t.Fatal(err)
			}
			t.Logf("%s %s %s %s\n%s", e.ID, e.Title, e.URL, e.At, strings.TrimSpace(html.String()))
		}
	}
}
