package load_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stpdash/internal/catalog"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
)

func TestRoots(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	for _, folder := range []string{"in/deep", "..in"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	inside := filepath.Join(outside, "back")
	if err := os.Symlink(filepath.Join(root, "in"), inside); err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	for folder, accepted := range map[string]bool{
		root: true, "in": true, "in/deep": true, "..in": true, "./in/../in": true, inside: true,
		"..": false, "link": false, outside: false, "/etc": false, "/": false, "in/../../": false, filepath.Dir(root): false, root + "x": false,
	} {
		for _, roots := range []load.Roots{{"."}, {"/nowhere", root}, {".", "/"}} {
			if _, err := roots.Check(folder); (err == nil) != accepted || err != nil && !strings.Contains(err.Error(), folder) {
				t.Errorf("%q below %v: %v", folder, roots, err)
			}
		}
	}
	if _, err := (load.Roots{}).Check(root); err == nil {
		t.Error("without a root a folder is accepted")
	}
}

// A source that names a folder anywhere reads nothing there, and its run says so.
func TestSourceElsewhere(t *testing.T) {
	t.Parallel()
	l, _ := pipeline(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.Mkdir(secret, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, secret, "april.csv", mappingtest.AprilCSV(t).Bytes())
	own := t.TempDir()
	if err := os.Symlink(secret, filepath.Join(own, "link")); err != nil {
		t.Fatal(err)
	}
	c := newCollector(t, l)
	c.Roots = load.Roots{own}
	for _, folder := range []string{secret, filepath.Join(own, "link"), "/etc"} {
		run, err := c.Run(t.Context(), &catalog.Source{ID: "elsewhere", Where: []catalog.Location{{Folder: folder}}}, "hand", nil)
		if err != nil || run.Found != 0 || run.Failed != 1 || !strings.Contains(run.Message, "found the folder "+folder) {
			t.Errorf("%s: %+v, %v", folder, run, err)
		}
	}
}
