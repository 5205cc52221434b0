package main

import (
	"archive/zip"
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// takenLink leads from a page to it as a file.
var takenLink = regexp.MustCompile(`<li><a href="([^"]+\.(?:pdf|pptx|xlsx)(?:\?[^"]*)?)">(?:PDF|PowerPoint|Excel workbook)</a>`)

// pinned names the newest load: the week of a review that still runs is shown as it is in the minute of its request.
var pinned = regexp.MustCompile(`data-pin="(\d+)"`)

// checkTakenAway takes pages away as files, by the links that they have.
func checkTakenAway(t *testing.T, s *service) {
	const place = "/footprints/E54000005"
	pin := pinned.FindStringSubmatch(s.patiently(t, "/").body)
	if pin == nil {
		t.Fatal("the page of England names no load")
	}
	pages := map[string]int{"/": 2, "/regions/london": 2, place: 3, place + "/ae_four_hour": 2, "/review?region=london&as_of=" + pin[1]: 2}
	_, err := exec.LookPath("chromium")
	prints := err == nil
	for page, files := range pages {
		body := s.patiently(t, page).body
		links := takenLink.FindAllStringSubmatch(body, -1)
		if !prints {
			files--
		}
		if len(links) != files {
			t.Errorf("%s: %d files are offered, want %d", page, len(links), files)
		}
		for _, link := range links {
			address := html.UnescapeString(link[1])
			a := s.patiently(t, address)
			again := s.patiently(t, address)
			switch {
			case a.status != http.StatusOK || a.header.Get("ETag") == "" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment"):
				t.Errorf("%s: %d %.200s", address, a.status, a.body)
			case a.body != again.body:
				t.Errorf("%s: the same figures give another file", address)
			case strings.HasPrefix(a.kind, "application/pdf"):
				if !strings.HasPrefix(a.body, "%PDF") || !strings.Contains(a.body, "/StructTreeRoot") || !strings.Contains(a.body, "/Outlines") {
					t.Errorf("%s: no tagged PDF with an outline", address)
				}
			default:
				if _, err := zip.NewReader(strings.NewReader(a.body), int64(len(a.body))); err != nil {
					t.Errorf("%s: %v", address, err)
				}
			}
		}
	}
	checkWorkbook(t, s, "E54000005")
}

// checkWorkbook compares the workbook of a place with what the API says of it.
func checkWorkbook(t *testing.T, s *service, place string) {
	book, err := excelize.OpenReader(strings.NewReader(s.patiently(t, "/footprints/"+place+"/figures.xlsx").body))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	var rows []struct{ Measure string }
	if err := json.Unmarshal([]byte(s.patiently(t, "/api/v1/rows?footprint="+place).body), &rows); err != nil {
		t.Fatal(err)
	}
	glance, err := book.GetRows("measures")
	if err != nil || len(glance) != len(rows)+1 {
		t.Fatalf("%d measures are in the workbook, want %d (%v)", len(glance)-1, len(rows), err)
	}
	figures, err := book.GetRows("figures")
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]int{}
	for _, row := range figures[1:] {
		counted[row[0]]++
		if row[1] != place {
			t.Fatalf("a figure of %s is in the workbook of %s", row[1], place)
		}
	}
	for i, r := range rows {
		var series struct{ Points []json.RawMessage }
		body := s.patiently(t, "/api/v1/series?"+url.Values{"measure": {r.Measure}, "footprint": {place}}.Encode()).body
		if err := json.Unmarshal([]byte(body), &series); err != nil || glance[i+1][0] != r.Measure || counted[r.Measure] != len(series.Points) {
			t.Errorf("%s: %d figures are in the workbook, want %d (%v)", r.Measure, counted[r.Measure], len(series.Points), err)
		}
	}
	loads, err := book.GetRows("loads")
	if err != nil || len(loads) < 2 || len(loads[1][3]) != 64 {
		t.Errorf("the workbook names no loads with their checksums (%v)", err)
	}
	if origin, err := book.GetRows("provenance"); err != nil || len(origin) < len(rows) {
		t.Errorf("the workbook does not say where its figures come from (%v)", err)
	}
}
