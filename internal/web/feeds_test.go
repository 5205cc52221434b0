package web

import (
	"encoding/xml"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"stpdash/frontend"
	"stpdash/internal/footprint"
	"stpdash/internal/pages"
)

// found is a server that readers find under a name.
func found(t *testing.T) *server {
	t.Helper()
	templates, err := frontend.Parse()
	if err != nil {
		t.Fatal(err)
	}
	return newServer(Options{
		Registry: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler), Now: time.Now, Render: templates.Render,
		PublicURL: &url.URL{Scheme: "https", Host: "stp.example", Path: "/"},
	})
}

// A feed is well formed and has what RFC 4287 requires, whatever its words are.
func TestFeedIsAtom(t *testing.T) {
	t.Parallel()
	at := time.Date(2018, 7, 22, 22, 59, 59, 0, time.UTC)
	s := found(t)
	hostile := `Devon ]]> <script>alert(1)</script> & "quoted"`
	text, err := s.atom(pages.Feed{
		ID: "urn:uuid:1", Title: hostile, Updated: at, Entries: []pages.FeedEntry{{
			ID: "urn:uuid:2", Title: hostile, At: at, URL: "/footprints/E54000037?as_of=2018-07-22&x=1",
			Digest: pages.Digest{
				Lists:  []pages.DigestList{{Title: hostile, Lines: []pages.DigestLine{{What: pages.Link{Text: hostile, URL: "/x?a=1&b=2"}, Place: hostile, Now: hostile}}}},
				Counts: hostile, Page: pages.Link{Text: hostile, URL: "/y"},
			},
		}},
	}, "/footprints/E54000037/feed.atom")
	if err != nil {
		t.Fatal(err)
	}
	var feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		Updated string   `xml:"updated"`
		Author  []string `xml:"author>name"`
		Link    []struct {
			Rel  string `xml:"rel,attr"`
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
			Link    struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
			Content struct {
				Type string `xml:"type,attr"`
				Text string `xml:",chardata"`
			} `xml:"content"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(text, &feed); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if feed.ID != "urn:uuid:1" || feed.Title != hostile || feed.Updated != "2018-07-22T22:59:59Z" || len(feed.Author) != 1 || len(feed.Link) != 1 ||
		feed.Link[0].Rel != "self" || feed.Link[0].Href != "https://stp.example/footprints/E54000037/feed.atom" || len(feed.Entries) != 1 {
		t.Fatalf("%+v", feed)
	}
	entry := feed.Entries[0]
	if entry.ID != "urn:uuid:2" || entry.Title != hostile || entry.Updated != feed.Updated || entry.Content.Type != "html" ||
		entry.Link.Href != "https://stp.example/footprints/E54000037?as_of=2018-07-22&x=1" {
		t.Errorf("%+v", entry)
	}
	if html := entry.Content.Text; strings.Contains(html, "<script>") || !strings.Contains(html, `href="https://stp.example/x?a=1&amp;b=2"`) ||
		!strings.Contains(html, "&lt;script&gt;") {
		t.Errorf("the entry is %s", html)
	}
}

// A calendar says what is due on which day, and what somebody wrote stays within its line.
func TestCalendarOfAReview(t *testing.T) {
	t.Parallel()
	s := found(t)
	text := s.written(pages.Calendar{
		Region: footprint.Region{Name: "South West"},
		Review: pages.CalendarReview{ID: "urn:uuid:1", First: time.Date(2018, 7, 16, 0, 0, 0, 0, time.UTC), URL: "/review?region=south-west"},
		Due: []pages.CalendarDue{{
			ID: "urn:uuid:2", What: "Agree a plan; then, act\r\nEND:VEVENT", Owner: "Ann", Day: time.Date(2018, 9, 30, 0, 0, 0, 0, time.UTC),
			Changed: time.Date(2018, 7, 18, 9, 0, 0, 0, time.UTC), URL: "/review?region=south-west&week=2018-W29#decisions",
		}},
	})
	if strings.Count(text, "\r\nEND:VEVENT") != 2 || strings.Count(text, "\r\nBEGIN:VEVENT") != 2 || !strings.HasSuffix(text, "END:VCALENDAR\r\n") {
		t.Errorf("events of a calendar: %s", text)
	}
	for _, line := range []string{
		"DTSTART;VALUE=DATE:20180716", "RRULE:FREQ=WEEKLY", "SUMMARY:Weekly review\\, South West", "DTSTART;VALUE=DATE:20180930", "DTSTAMP:20180718T090000Z",
		"DESCRIPTION:Owner: Ann", "URL:https://stp.example/review?region=south-west&week=2018-W29#decisions",
	} {
		if !strings.Contains(strings.ReplaceAll(text, "\r\n ", ""), line+"\r\n") {
			t.Errorf("the calendar does not say %q: %s", line, text)
		}
	}
}
