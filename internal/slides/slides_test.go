package slides

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

const hostile = `=HYPERLINK("https://example.org") & <b>"x"</b>` + "\x00\x0b"

func deck() Deck {
	none := math.NaN()
	return Deck{Title: "West Yorkshire " + hostile, Date: time.Date(2026, 11, 21, 20, 14, 0, 0, time.UTC), Slides: []Slide{
		{
			Title: "West Yorkshire",
			Lines: []string{"3 of 22 current measures are off track.", "Figures as they stood on 21 November 2026."},
			Notes: []string{"as_of=58"},
		},
		{
			Title: "A&E within four hours: 86.7%, target 95%", Lines: []string{"Off track for 31 months."}, Notes: []string{"Source: NHS England.", hostile},
			Chart: &Chart{
				Kind: Lines, Alt: "A line that falls", Unit: "per cent", Format: "0.0", Categories: []string{"Jan 2019", "Feb 2019", hostile},
				Series: []Series{
					{"Figure", Figures, []float64{88.1, none, 86.7}},
					{"Target", Target, []float64{95, 95, 95}},
					{"Unusual, worse", Worse, []float64{none, none, 86.7}},
					{"Mean", Mean, []float64{none, none, none}},
				},
			},
		},
		{Title: "By trust", Notes: []string{"Note"}, Chart: &Chart{
			Kind: Bars, Alt: "Bars", Unit: "points", Format: "0.0", Categories: []string{"Leeds", "Bradford"}, Series: []Series{{"Change", Figures, []float64{-3.5, 1}}},
		}},
		{Title: "All measures", Notes: []string{"Note"}, Table: &Table{Rows: [][]string{{"Measure", "Latest"}, {"A&E", hostile}}, Widths: []int{3, 1}}},
	}}
}

// written are the parts of a presentation.
func written(t *testing.T, d Deck) map[string][]byte {
	t.Helper()
	var out bytes.Buffer
	if err := d.Write(&out); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if all[f.Name] != nil {
			t.Errorf("%s is there twice", f.Name)
		}
		if all[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestPackage(t *testing.T) {
	t.Parallel()
	parts := written(t, deck())
	var kinds struct {
		Default []struct {
			Extension string `xml:",attr"`
		}
		Override []struct {
			PartName string `xml:",attr"`
		}
	}
	if err := xml.Unmarshal(parts["[Content_Types].xml"], &kinds); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, o := range kinds.Override {
		if known[o.PartName] = true; parts[strings.TrimPrefix(o.PartName, "/")] == nil {
			t.Errorf("there is no %s", o.PartName)
		}
	}
	led := map[string]bool{}
	for name, content := range parts {
		if path.Ext(name) == ".xlsx" {
			continue
		}
		for d := xml.NewDecoder(bytes.NewReader(content)); ; {
			if _, err := d.Token(); err == io.EOF { //nolint:errorlint // as it is documented
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if path.Ext(name) != ".rels" {
			if !known["/"+name] && name != "[Content_Types].xml" {
				t.Errorf("%s has no type of its own", name)
			}
			continue
		}
		var relations struct {
			Relationship []struct {
				ID     string `xml:"Id,attr"`
				Target string `xml:",attr"`
			}
		}
		if err := xml.Unmarshal(content, &relations); err != nil {
			t.Fatal(err)
		}
		from := path.Dir(path.Dir(name))
		of := parts[path.Join(from, strings.TrimSuffix(path.Base(name), ".rels"))]
		for _, r := range relations.Relationship {
			target := path.Join(from, r.Target)
			if led[target] = true; parts[target] == nil {
				t.Errorf("%s leads to %s, which is not there", name, target)
			}
			if strings.Contains(name, "charts/") && !bytes.Contains(of, []byte(`r:id="`+r.ID+`"`)) {
				t.Errorf("%s: %s is not used", name, r.ID)
			}
		}
	}
	for name := range parts {
		if path.Ext(name) != ".rels" && name != "[Content_Types].xml" && !led[name] {
			t.Errorf("nothing leads to %s", name)
		}
	}
}

func TestSlides(t *testing.T) {
	t.Parallel()
	parts := written(t, deck())
	for name, has := range map[string][]string{
		"ppt/slides/slide2.xml":      {"A&amp;E within four hours: 86.7%, target 95%", `descr="A line that falls"`, "Off track for 31 months."},
		"ppt/notesSlides/notes2.xml": {"Source: NHS England.", "&lt;b&gt;"},
		"ppt/slides/slide4.xml":      {"<a:tbl>", "&lt;b&gt;"},
		"ppt/charts/chart1.xml":      {"<c:lineChart>", "<c:v>88.1</c:v>", "Unusual, worse", "diamond"},
		"ppt/charts/chart2.xml":      {`<c:barDir val="bar">`, "<c:v>-3.5</c:v>"},
		"docProps/core.xml":          {"2026-11-21T20:14:00Z", "West Yorkshire"},
	} {
		for _, part := range has {
			if !bytes.Contains(parts[name], []byte(part)) {
				t.Errorf("%s has no %q", name, part)
			}
		}
	}
	if bytes.Contains(parts["ppt/charts/chart1.xml"], []byte("Mean")) {
		t.Error("a series without values is drawn")
	}
	book, err := excelize.OpenReader(bytes.NewReader(parts["ppt/embeddings/data1.xlsx"]))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	for cell, want := range map[string]string{"A1": "per cent", "B1": "Figure", "C1": "Target", "D1": "Unusual, worse", "B2": "88.1", "B3": "", "B4": "86.7", "C4": "95", "D4": "86.7"} {
		if got, err := book.GetCellValue("Data", cell); err != nil || got != want {
			t.Errorf("%s holds %q (%v), want %q", cell, got, err, want)
		}
	}
	if got, err := book.GetCellValue("Data", "A4"); err != nil || !strings.HasPrefix(got, "'=") {
		t.Errorf("a text that begins as a formula is %q (%v)", got, err)
	}
}

func TestSameSlidesGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	var first, second bytes.Buffer
	if err := deck().Write(&first); err != nil {
		t.Fatal(err)
	}
	if err := deck().Write(&second); err != nil || !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Errorf("the same slides give other bytes (%v)", err)
	}
}

// TestLibreOfficeOpensIt asks another program whether it can read what is written, where that program is.
func TestLibreOfficeOpensIt(t *testing.T) {
	t.Parallel()
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("there is no LibreOffice")
	}
	folder := t.TempDir()
	file, err := os.Create(filepath.Join(folder, "deck.pptx"))
	if err != nil {
		t.Fatal(err)
	}
	if err := deck().Write(file); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(
		t.Context(),
		office,
		"-env:UserInstallation=file://"+folder+"/profile",
		"--headless",
		"--convert-to",
		"pdf",
		"--outdir",
		folder,
		file.Name(),
	)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	pdf, err := os.ReadFile(filepath.Join(folder, "deck.pdf"))
	if err != nil || bytes.Count(pdf, []byte("/Type/Page/")) != len(deck().Slides) {
		t.Errorf("%d pages were made of %d slides (%v)", bytes.Count(pdf, []byte("/Type/Page/")), len(deck().Slides), err)
	}
}
