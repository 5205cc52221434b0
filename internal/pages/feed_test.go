package pages_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"stpdash/internal/catalog"
	"stpdash/internal/pages"
)

// feeds are those of two footprints, of a measure and of their region.
func (b *board) feeds(t *testing.T, places ...string) []pages.Feed {
	t.Helper()
	var all []pages.Feed
	add := func(f pages.Feed, err error) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	for _, code := range places {
		area, err := b.FindArea(code)
		if err != nil {
			t.Fatal(err)
		}
		add(b.FootprintFeed(t.Context(), area))
	}
	m, err := b.FindMeasure("cancer_62_day")
	if err != nil {
		t.Fatal(err)
	}
	region, err := b.FindRegion("south-west")
	if err != nil {
		t.Fatal(err)
	}
	add(b.MeasureFeed(t.Context(), m))
	add(b.RegionFeed(t.Context(), region))
	return all
}

// checkFeeds reads the feeds after two weeks, of which the second made one footprint worse and revised a figure of another.
func (b *board) checkFeeds(t *testing.T, worse, other string) {
	t.Helper()
	all := b.feeds(t, worse, other)
	ids := map[string]bool{}
	for _, f := range all {
		if len(f.Entries) != 2 || !f.Updated.Equal(f.Entries[0].At) || ids[f.ID] {
			t.Fatalf("%s: %+v", f.Title, f)
		}
		ids[f.ID] = true
		for i, e := range f.Entries {
			if ids[e.ID] || !strings.HasPrefix(e.Title, []string{"16 to 22 July 2018: ", "9 to 15 July 2018: the first figures were loaded"}[i]) ||
				!strings.Contains(e.URL, []string{"2018-07-22", "2018-07-15"}[i]) && !strings.Contains(e.URL, []string{"2018-W29", "2018-W28"}[i]) {
				t.Errorf("%s: %s %q %s", f.Title, e.ID, e.Title, e.URL)
			}
			ids[e.ID] = true
		}
	}
	told := func(i int) string {
		var html bytes.Buffer
		digest := all[i].Entries[0].Digest
		digest.Base = "https://stp.example"
		if err := b.pages.Render(&html, "entry", digest); err != nil {
			t.Fatal(err)
		}
		return html.String()
	}
	place := func(code string) string {
		area, err := b.FindArea(code)
		if err != nil {
			t.Fatal(err)
		}
		return area.Name
	}
	link := `<a href="https://stp.example/footprints/` + worse + `/cancer_62_day?as_of=2018-07-22">Cancer treated within 62 days</a>`
	turned := ": <strong>40.0% in April to June 2018, off track</strong>. Before: 88.0% in January to March 2018, met</li>"
	for i, want := range [][]string{
		{"<h2>What matters most</h2>", link + turned, "concern: low", "<p>Figures: 1 new.</p>"},
		{"<p>Figures: 1 new and 1 revised.</p>"},
		{link + ", " + place(worse) + turned, "<p>Figures: 43 new and 1 revised.</p>"},
		{link + ", " + place(worse) + turned, `href="https://stp.example/review?region=south-west&amp;week=2018-W29"`, "<p>Figures: 7 new and 1 revised.</p>"},
	} {
		html := told(i)
		for _, words := range want {
			if !strings.Contains(html, words) {
				t.Errorf("%s does not say %q: %s", all[i].Title, words, html)
			}
		}
	}
	if quiet := told(1); strings.Contains(quiet, "cancer_62_day") || strings.Contains(quiet, "<h2>") {
		t.Errorf("a footprint is told of another: %s", quiet)
	}
}

// checkFeedsLater reads the feeds a week later, in which nothing was loaded: what they told stays as it was.
func (b *board) checkFeedsLater(t *testing.T, before []pages.Feed, places ...string) {
	t.Helper()
	for i, f := range b.feeds(t, places...) {
		at := slices.IndexFunc(f.Entries, func(e pages.FeedEntry) bool { return e.ID == before[i].Entries[0].ID })
		if f.ID != before[i].ID || at < 0 || f.Entries[at].Title != before[i].Entries[0].Title ||
			len(f.Entries[at].Digest.Lists) != len(before[i].Entries[0].Digest.Lists) {
			t.Errorf("%s told %+v, and now %+v", f.Title, before[i].Entries, f.Entries)
		}
	}
}

// A claim's feed has its verdicts, each once.
func (b *board) checkClaimFeed(t *testing.T, c *catalog.Claim) {
	t.Helper()
	f, err := b.ClaimFeed(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	verdict := ""
	for _, e := range slices.Backward(f.Entries) {
		told := e.Digest.Lists[0].Lines[0]
		if told.Now == verdict || told.Before != strings.ToLower(verdict) || !strings.Contains(e.URL, "/claims/"+c.ID+"?as_of=20") {
			t.Errorf("%s after %q: %+v", e.Title, verdict, e)
		}
		verdict = told.Now
	}
	if len(f.Entries) == 0 {
		t.Errorf("%s has no verdict", c.ID)
	}
}
