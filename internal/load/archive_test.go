package load_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
)

func TestArchiveKeepsContentOnce(t *testing.T) {
	archive := load.Archive{Folder: filepath.Join(t.TempDir(), "files")}
	content := []byte("month,code\n")
	fingerprint := mappingtest.Fingerprint(content)
	if want := "e75f556335fa9b9eeaf40e9a6ad01720de0acb790e53f2e732a799d7d23e29cc"; fingerprint != want {
		t.Fatalf("the fingerprint is %s, want %s", fingerprint, want)
	}
	for range 2 {
		if err := archive.Keep(fingerprint, bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	if got := mappingtest.ReadFile(t, archive.Path(fingerprint)); string(got) != string(content) {
		t.Errorf("kept is %q", got)
	}
	files, _, err := load.Discover([]string{archive.Folder})
	if err != nil || len(files) != 1 {
		t.Errorf("the archive holds %v (%v), want one file", files, err)
	}
}

func TestArchiveThatCannotBeWritten(t *testing.T) {
	file := write(t, t.TempDir(), "files", nil)
	if err := (load.Archive{Folder: file}).Keep(mappingtest.Fingerprint(nil), bytes.NewReader(nil)); err == nil {
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

// A kept file that changed, or was cut short, is found at each read and replaced by the original.
func TestDamagedKeptFile(t *testing.T) {
	t.Parallel()
	for what, damage := range map[string]func(t *testing.T, path string, content []byte){
		"changed": func(t *testing.T, path string, content []byte) {
			overwrite(t, path, bytes.Replace(content, []byte("1"), []byte("2"), 1))
		},
		"cut short": func(t *testing.T, path string, content []byte) { overwrite(t, path, content[:len(content)/2]) },
		"gone":      func(t *testing.T, path string, _ []byte) { remove(t, path) },
	} {
		t.Run(what, func(t *testing.T) {
			l, w := pipeline(t)
			content := mappingtest.AprilCSV(t).Bytes()
			first := mustPublish(t, l, "april.csv", content)
			before := everyValue(t, w, l.Catalog, figures.Now)
			path := l.Archive.Path(first.SHA256)
			damage(t, path, content)
			if _, err := l.Replay(
				t.Context(),
				first.ID,
			); !errors.Is(err, load.ErrDamaged) || !errors.Is(err, load.ErrNotLoaded) ||
				!strings.Contains(err.Error(), path) {
				t.Errorf("a replay gives %v", err)
			}
			if newest, err := w.AsOfTime(t.Context(), figures.Now.At); err != nil || newest.Load != first.ID {
				t.Errorf("the newest load is %d (%v), want %d", newest.Load, err, first.ID)
			}
			if o := loadContent(t, l, "april.csv", content); !o.Known || o.Load.State != load.Published {
				t.Errorf("the original once more is %+v", o)
			}
			if string(mappingtest.ReadFile(t, path)) != string(content) {
				t.Error("the original was not put back")
			}
			again, err := l.Replay(t.Context(), first.ID)
			if err != nil || again.State != load.Published {
				t.Fatalf("%+v, %v", again, err)
			}
			ignoreLoad := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Load" }, cmp.Ignore())
			if diff := cmp.Diff(before, everyValue(t, w, l.Catalog, figures.Now), sameDecimals, ignoreLoad); diff != "" {
				t.Errorf("the figures differ (-before +after):\n%s", diff)
			}
		})
	}
}

func overwrite(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
