package pages_test

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"stpdash/internal/figures"
)

var (
	hrefs = regexp.MustCompile(`href="([^"]*)"`)
	ids   = regexp.MustCompile(` id="([^"]*)"`)
)

// Every link of a document for readers leads to a page that there is, at the same moment, or out of the service.
func TestHelp(t *testing.T) {
	t.Parallel()
	c := composer(t, "ae_attendances_type1,RD1,2017-04,5,\n")
	asOf := figures.Moment{Text: "2026-01-01"}
	bodies := map[string]string{}
	start, err := c.Help("", asOf)
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range start.Topics {
		at, err := url.Parse(topic.URL)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.Trim(strings.TrimPrefix(at.Path, "/help"), "/")
		page, err := c.Help(name, asOf)
		if err != nil {
			t.Fatal(err)
		}
		body := string(page.Body)
		bodies[at.Path] = body
		if page.Title != topic.Text || strings.Contains(body, "<h1") || strings.Contains(body, "<img") || strings.Contains(body, "raw HTML omitted") ||
			len(body) < 500 {
			t.Errorf("%s: %q, %.100s", topic.URL, page.Title, body)
		}
		if tables := strings.Count(
			body,
			"<table",
		); tables != strings.Count(body, `<section class="scroll" aria-label="Table `) ||
			tables != strings.Count(body, "</table>\n</section>") {
			t.Errorf("%s: %d tables are not all in their frame", topic.URL, tables)
		}
	}
	for path, body := range bodies {
		for _, href := range hrefs.FindAllStringSubmatch(body, -1) {
			to, err := url.Parse(href[1])
			if err != nil {
				t.Fatal(err)
			}
			if to.IsAbs() {
				continue
			}
			target := path
			if to.Path != "" {
				target = to.Path
				if to.Query().Get("as_of") != asOf.Text {
					t.Errorf("%s: %s loses the moment", path, href[1])
				}
			}
			there, known := bodies[target]
			if !known {
				t.Errorf("%s: %s leads to no document", path, href[1])
			}
			if to.Fragment != "" && !slices.ContainsFunc(ids.FindAllStringSubmatch(there, -1), func(id []string) bool { return id[1] == to.Fragment }) {
				t.Errorf("%s: %s leads to no heading", path, href[1])
			}
		}
	}
	if !strings.Contains(bodies["/help"], `href="/help/words?as_of=2026-01-01"`) {
		t.Errorf("help does not lead to what the words mean: %s", bodies["/help"])
	}
	if changes := bodies["/help/whats-new"]; !strings.HasPrefix(changes, "<h2") {
		t.Errorf("what is new begins otherwise: %.100s", changes)
	}
	if _, err := c.Help("nothing", asOf); !errors.Is(err, figures.ErrNotFound) || !strings.Contains(err.Error(), "accessibility") {
		t.Errorf("of a topic that there is not: %v", err)
	}
}
