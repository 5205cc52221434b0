package load_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
)

// TestHostileFiles loads files that want too much of the machine: each is refused with one clear message, and what was loaded
// before stays as it was.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	mustPublish(t, l, "april.csv", mappingtest.AprilCSV(t).Bytes())
	before := everyValue(t, w, l.Catalog, figures.Now)
	csv := string(mappingtest.AprilCSV(t).Bytes())
	for _, test := range []struct {
		name, file string
		content    []byte
		message    string
	}{
		{"zip bomb", "bomb.zip", mappingtest.Zipped(t, "april.csv", strings.Repeat("0,0,0,0\n", 64<<20/8)), "bomb.zip, sheet april.csv: unpacks to more than 200 times its size, the limit"},
		{"workbook of a million rows and more", "rows.xlsx", longWorkbook(t, 1_000_001), "rows.xlsx, sheet A&E Data, row 1000001, column A: lies beyond the limit of 1000000 rows"},
		{"cell of 10 MB", "cell.csv", []byte(csv + strings.Repeat("x", 10<<20) + "\n"), "cell.csv, row 6, column A: holds 10485760 bytes, more than the limit of 1048576 for one cell"},
		{"NUL", "nul.csv", []byte(strings.Replace(csv, "RCD", "R\x00D", 1)), "holds a NUL byte, so it is not text"},
		{"hidden sheet", "hidden.xlsx", mappingtest.AlterWorkbook(t, mappingtest.PublishedFile(t, "ae", "June-2015"), func(f *excelize.File) error {
			if _, err := f.NewSheet("Notes"); err != nil {
				return err
			}
			f.SetActiveSheet(1)
			return f.SetSheetVisible("A&E Data", false)
		}), `stands in sheet "A&E Data", which is hidden`},
		{"merged headings", "merged.xlsx", mappingtest.AlterWorkbook(t, mappingtest.PublishedFile(t, "ae", "June-2015"), func(f *excelize.File) error {
			return f.MergeCell("A&E Data", "F16", "G16")
		}), "no column for measure ae_attendances_other"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := loadContent(t, l, test.file, test.content)
			if o.Load.State != load.Failed || !strings.Contains(o.Load.Message, test.message) || o.Load.Rule == "" {
				t.Errorf("%s by rule %q: %s\nwant %q", o.Load.State, o.Load.Rule, o.Load.Message, test.message)
			}
			if diff := cmp.Diff(before, everyValue(t, w, l.Catalog, figures.Now), sameDecimals); diff != "" {
				t.Errorf("figures changed:\n%s", diff)
			}
		})
	}
}

// TestFullDisk loads where there is no room: the file is not loaded, nothing else is lost, and with room it loads.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root may mount a small disk")
	}
	l, w := pipeline(t)
	mustPublish(t, l, "april.csv", mappingtest.AprilCSV(t).Bytes())
	before := everyValue(t, w, l.Catalog, figures.Now)
	disk := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("no disk can be mounted here: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	full := l.With(func(s *load.Settings) { s.Archive = load.Archive{Folder: filepath.Join(disk, "files")} })
	file := write(t, t.TempDir(), "June.xls", mappingtest.PublishedFile(t, "ae", "June-2016"))
	run, err := full.Paths(t.Context(), []string{file}, "test", false, nil)
	if err == nil || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(run.Message, "no space left on device") {
		t.Fatalf("%+v, %v", run, err)
	}
	if diff := cmp.Diff(before, everyValue(t, w, l.Catalog, figures.Now), sameDecimals); diff != "" {
		t.Errorf("figures changed:\n%s", diff)
	}
	if left, _, err := load.Discover([]string{disk}); err != nil || len(left) > 0 {
		t.Errorf("left behind are %v, %v", left, err)
	}
	if run, err := l.Paths(t.Context(), []string{file}, "test", false, nil); err != nil || run.Published != 1 {
		t.Errorf("with room again: %+v, %v", run, err)
	}
}

// TestFileThatChangesWhileItIsRead gives other bytes the second time.
func TestFileThatChangesWhileItIsRead(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	before := everyValue(t, w, l.Catalog, figures.Now)
	_, err := l.Load(t.Context(), load.File{Name: "april.csv", Content: &changing{content: mappingtest.AprilCSV(t).Bytes()}}, "test")
	if !errors.Is(err, load.ErrChanged) {
		t.Errorf("%v, want %v", err, load.ErrChanged)
	}
	if diff := cmp.Diff(before, everyValue(t, w, l.Catalog, figures.Now), sameDecimals); diff != "" {
		t.Errorf("figures changed:\n%s", diff)
	}
	if files, _, err := load.Discover([]string{l.Archive.Folder}); err != nil || len(files) != 2 { // the definitions and memberships
		t.Errorf("kept are %v, %v", files, err)
	}
}

// changing is a file whose writer is not done.
type changing struct {
	content []byte
	at      int
}

func (c *changing) Read(p []byte) (int, error) {
	r := bytes.NewReader(c.content)
	if _, err := r.Seek(int64(c.at), 0); err != nil {
		return 0, err
	}
	n, err := r.Read(p)
	c.at += n
	return n, err
}

func (c *changing) Seek(int64, int) (int64, error) {
	if c.at > 0 {
		c.content = append(c.content, "one more row\n"...)
	}
	c.at = 0
	return 0, nil
}

// longWorkbook is a workbook with so many rows in its sheet.
func longWorkbook(t *testing.T, rows int) []byte {
	t.Helper()
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	part := func(name, content string) {
		t.Helper()
		w, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Unix(1, 0)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	part("[Content_Types].xml", "<Types/>")
	part("_rels/.rels", `<Relationships><Relationship Id="1" Type="`+office+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	part("xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="1" Type="`+office+`/worksheet" Target="s.xml"/></Relationships>`)
	part("xl/workbook.xml", `<workbook xmlns:r="`+office+`"><sheets><sheet name="A&amp;E Data" r:id="1"/></sheets></workbook>`)
	var sheet strings.Builder
	sheet.WriteString("<worksheet><sheetData>")
	for row := 1; row <= rows; row++ { // texts that differ, as a bomb would not
		fmt.Fprintf(&sheet, `<row r="%d"><c r="A%d"><v>%d</v></c></row>`, row, row, (row*7919)%1_000_003)
	}
	sheet.WriteString("</sheetData></worksheet>")
	part("xl/s.xml", sheet.String())
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}
