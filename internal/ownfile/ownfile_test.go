package ownfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"stpdash/internal/ownfile"
)

// A file that others may put another in the place of is not ours alone, whatever its own mode.
func TestFoldersThatOthersCanChange(t *testing.T) {
	top := t.TempDir()
	folder := filepath.Join(top, "above", "folder")
	path := filepath.Join(folder, ".env")
	if err := errors.Join(os.MkdirAll(folder, 0o755), os.WriteFile(path, []byte("A=b\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(top, "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		folder string
		mode   fs.FileMode
		ok     bool
	}{
		{folder, 0o755, true}, {folder, 0o777, false}, {folder, 0o703, false}, {folder, 0o777 | fs.ModeSticky, true}, {filepath.Dir(folder), 0o777, false},
	} {
		if err := os.Chmod(test.folder, test.mode); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{path, link} {
			f, err := ownfile.Open(name)
			if err == nil {
				_ = f.Close()
			}
			if (err == nil) != test.ok || err != nil && (!strings.Contains(err.Error(), test.folder) || !strings.Contains(err.Error(), "chmod")) {
				t.Errorf("%s with %s of mode %v: %v", name, test.folder, test.mode, err)
			}
		}
		if err := os.Chmod(test.folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if os.Geteuid() == 0 {
		if err := os.Chown(folder, 65534, 65534); err != nil {
			t.Fatal(err)
		}
		if _, err := ownfile.Open(path); err == nil || !strings.Contains(err.Error(), "owner 65534") {
			t.Errorf("in a folder of another user: %v", err)
		}
	}
}
