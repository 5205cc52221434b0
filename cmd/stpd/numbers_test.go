package main

import (
	"archive/zip"
	"bytes"
	"html"
	"io"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// unwritable is what no page, answer or file may show: what is not a number, and what a format made of a value of another kind.
	unwritable = regexp.MustCompile(`\bNaN\b|[+-]?\bInf\b|\bInfinity\b|%!\w?\(`)
	link       = regexp.MustCompile(`(?:href|action|data-source|src)="(/[^"#]*)`)
	// name is the part of an address that tells pages of one kind apart.
	name = regexp.MustCompile(`E54\d{6}|=[^&]*|/(footprints|measures|claims|loads|organisations|regions|targets|sources|areas)/[^/?]+`)
)

// ofOneKind is how many pages of one kind are looked at.
func ofOneKind() int {
	if atLength {
		return 4
	}
	return 2
}

// writesNumbers fails where a page, an answer or what a command prints shows what is not a number.
func writesNumbers(t *testing.T, of, body string) {
	t.Helper()
	if !strings.Contains(body, "NaN") && !strings.Contains(body, "Inf") && !strings.Contains(body, "%!") { // whole tables are long
		return
	}
	if at := unwritable.FindStringIndex(body); at != nil {
		t.Errorf("%s shows %q: …%s…", of, body[at[0]:at[1]], body[max(0, at[0]-80):min(len(body), at[1]+80)])
	}
}

// checkNumbers walks the pages, the answers that they link to and the packs, and fails where one shows what is not a number.
func checkNumbers(t *testing.T, s *service) {
	kinds, seen := map[string]int{}, map[string]bool{}
	queue := []string{"/", "/calibration", "/method", "/claims", "/openapi.json", "/api/v1/claims", "/api/v1/calibration", "/api/v1/measures", "/api/v1/overview"}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		kind := name.ReplaceAllString(at, "$1")
		if !atLength && strings.HasPrefix(at, "/api/v1/figures?") && !strings.Contains(at, "measure=") {
			continue // a table of all measures is a gigabyte in each format; those of one measure are read
		}
		if seen[at] || kinds[kind] == ofOneKind() || strings.Contains(at, "as_of=") || strings.HasPrefix(at, "/assets/") ||
			slices.Contains([]string{".ics", ".pdf"}, path.Ext(strings.SplitN(at, "?", 2)[0])) {
			continue
		}
		seen[at] = true
		kinds[kind]++
		answer := s.read(t, at)
		bodies := map[string]string{at: answer.body}
		if strings.HasPrefix(answer.body, "PK") { // a pack or a workbook
			delete(bodies, at)
			files, err := zip.NewReader(strings.NewReader(answer.body), int64(len(answer.body)))
			if err != nil {
				t.Fatalf("%s: %v", at, err)
			}
			for _, f := range files.File {
				opened, err := f.Open()
				if err != nil {
					t.Fatal(err)
				}
				var content bytes.Buffer
				if _, err := io.Copy(&content, opened); err != nil { //nolint:gosec // our own file
					t.Fatal(err)
				}
				if text := content.String(); !strings.HasPrefix(text, "PK") {
					bodies[at+" "+f.Name] = text
				}
			}
		}
		for of, body := range bodies {
			writesNumbers(t, of, body)
		}
		if !strings.HasPrefix(answer.kind, "text/html") {
			continue
		}
		for _, found := range link.FindAllStringSubmatch(answer.body, -1) {
			if to, err := url.Parse(html.UnescapeString(found[1])); err == nil {
				queue = append(queue, to.RequestURI())
			}
		}
	}
	if len(seen) < 25*ofOneKind() {
		t.Errorf("only %d pages and answers were found", len(seen))
	}
	t.Logf("%d pages and answers of %d kinds", len(seen), len(kinds))
}
