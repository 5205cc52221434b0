package load_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/load"
)

func TestArchiveKeepsContentOnce(t *testing.T) {
	archive := load.Archive{Folder: filepath.Join(t.TempDir(), "files")}
	content := []byte("month,code\n")
	fingerprint := fingerprint(content)
	if want := "e75f556335fa9b9eeaf40e9a6ad01720de0acb790e53f2e732a799d7d23e29cc"; fingerprint != want {
		t.Fatalf("the fingerprint is %s, want %s", fingerprint, want)
	}
	for range 2 {
		if err := archive.Keep(fingerprint, bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, archive.Path(fingerprint)); string(got) != string(content) {
		t.Errorf("kept is %q", got)
	}
	files, _, err := load.Discover([]string{archive.Folder})
	if err != nil || len(files) != 1 {
		t.Errorf("the archive holds %v (%v), want one file", files, err)
	}
}

func TestArchiveThatCannotBeWritten(t *testing.T) {
	file := write(t, t.TempDir(), "files", nil)
	if err := (load.Archive{Folder: file}).Keep(fingerprint(nil), bytes.NewReader(nil)); err == nil {
		t.Error("content is kept within a file")
	}
}

func TestDiscover(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"b/2.csv", "b/.hidden/3.csv", "a.csv", ".partial", "C.xls"} {
		if err := os.MkdirAll(filepath.Join(folder, filepath.Dir(name)), 0o750); err != nil {
			t.Fatal(err)
		}
		write(t, folder, name, nil)
	}
	hidden := filepath.Join(folder, ".partial")
	files, _, err := load.Discover([]string{folder, hidden})
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		files[i], _ = filepath.Rel(folder, files[i])
	}
	if diff := cmp.Diff([]string{"C.xls", "a.csv", "b/2.csv", ".partial"}, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if _, _, err := load.Discover([]string{filepath.Join(folder, "nowhere")}); err == nil {
		t.Error("a path that is not there is accepted")
	}
}
