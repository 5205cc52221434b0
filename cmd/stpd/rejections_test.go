package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRejectionsArePaged loads a file of which much is rejected, and reads the rejections page by page.
func TestRejectionsArePaged(t *testing.T) {
	t.Parallel()
	const rejected = 1203
	content := "measure,organisation,period,numerator,denominator,note,published_file,published_row\nlidocaine_cost,00J,2016-01,12.50,,,f.csv,1\n"
	for i := range rejected {
		content += fmt.Sprintf("lidocaine_cost,00L,2016-01,number %d,,%s,f.csv,%d\n", i, strings.Repeat("x", 2000), i+2)
	}
	path := filepath.Join(t.TempDir(), "return.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	settings := []string{"STP_DATA_DIR=" + t.TempDir(), "STP_BUNDLED=false"}
	if out, err := stpd(t, settings, "load", path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s := start(t, settings...)
	loaded := decode[[]struct {
		ID         uint64 `json:"load_id"`
		Rejections int    `json:"rejections"`
	}](t, s.patiently(t, "/api/v1/loads?limit=1").body)[0]
	id := loaded.ID
	seen, next, sizes := map[string]bool{}, fmt.Sprintf("/api/v1/loads/%d/rejections", id), []int{}
	for next != "" {
		a := s.patiently(t, next)
		rows := decode[[]struct {
			Value string
			Cells []string
		}](t, a.body)
		for _, r := range rows {
			if seen[r.Value] = true; len(strings.Join(r.Cells, "")) > 1000 {
				t.Errorf("a row is given whole: %.100q", r.Cells)
			}
		}
		if a.header.Get("X-Total-Count") != fmt.Sprint(loaded.Rejections) || loaded.Rejections < rejected {
			t.Errorf("there are %q in all", a.header.Get("X-Total-Count"))
		}
		sizes = append(sizes, len(rows))
		link := regexp.MustCompile(`^<([^>]+)>; rel="next"$`).FindStringSubmatch(a.header.Get("Link"))
		if next = ""; link != nil {
			next = link[1]
		}
	}
	if len(seen) < rejected || sizes[0] != 500 || len(sizes) < 3 {
		t.Errorf("pages of %v rows with %d different values", sizes, len(seen))
	}
	for query, status := range map[string]int{"?limit=1000": 200, "?limit=1001": 400, "?limit=0": 400, "?offset=-1": 400, "?offset=99999": 200, "?limit=10&offset=5&format=csv": 200, "?limit=10&format=xlsx": 200} {
		if a := s.patiently(t, fmt.Sprintf("/api/v1/loads/%d/rejections%s", id, query)); a.status != status {
			t.Errorf("%s: %d, want %d: %.200s", query, a.status, status, a.body)
		}
	}
	page := s.patiently(t, fmt.Sprintf("/loads/%d?page=2", id))
	for _, part := range []string{"from number 201", "More rejections", "Rejections before"} {
		if page.status != http.StatusOK || !strings.Contains(page.body, part) {
			t.Errorf("the page does not say %q", part)
		}
	}
	if beyond := s.patiently(t, fmt.Sprintf("/loads/%d?page=99", id)); beyond.status != http.StatusBadRequest {
		t.Errorf("a page after the last: %d", beyond.status)
	}
	s.stop(t)
}
