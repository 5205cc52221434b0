package atomicfile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/atomicfile"
)

func TestFile(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, map[string]string{"whole": "before", "part": "left by another"})
	path, name := filepath.Join(folder, "part"), filepath.Join(folder, "whole")
	begin := func() *atomicfile.Draft {
		t.Helper()
		d, err := atomicfile.NewFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.File.WriteString("after"); err != nil {
			t.Fatal(err)
		}
		return d
	}
	d := begin()
	if _, err := atomicfile.NewFile(path); err == nil || !strings.Contains(err.Error(), "being written by another stpd") {
		t.Errorf("a second draft gives %v", err)
	}
	if diff := cmp.Diff(map[string]string{"whole": "before", "part": "after"}, contents(t, folder)); diff != "" {
		t.Error(diff)
	}
	d.Discard()
	if diff := cmp.Diff(map[string]string{"whole": "before"}, contents(t, folder)); diff != "" {
		t.Error(diff)
	}
	d = begin()
	if err := d.Publish(name); err != nil {
		t.Fatal(err)
	}
	d.Discard()
	if diff := cmp.Diff(map[string]string{"whole": "after"}, contents(t, folder)); diff != "" {
		t.Error(diff)
	}
	begin().Discard() // the lock is given back
}

func TestFolder(t *testing.T) {
	folder := t.TempDir()
	path, name := filepath.Join(folder, "new", "part"), filepath.Join(folder, "whole")
	write(t, path, map[string]string{"left/by": "another"})
	begin := func() *atomicfile.Draft {
		t.Helper()
		d, err := atomicfile.NewFolder(path)
		if err != nil {
			t.Fatal(err)
		}
		if left := contents(t, path); len(left) > 0 {
			t.Fatalf("it begins with %v", left)
		}
		write(t, path, map[string]string{"in/it": "content"})
		return d
	}
	d := begin()
	if _, err := atomicfile.NewFolder(path); err == nil || !strings.Contains(err.Error(), "being written by another stpd") {
		t.Errorf("a second draft gives %v", err)
	}
	write(t, name, map[string]string{"taken": "meanwhile"})
	if err := d.Publish(name); err == nil {
		t.Error("it replaced a folder with a file in it")
	}
	d.Discard()
	if diff := cmp.Diff(map[string]string{"whole/taken": "meanwhile"}, contents(t, folder)); diff != "" {
		t.Error(diff)
	}
	if err := os.Remove(filepath.Join(name, "taken")); err != nil {
		t.Fatal(err)
	}
	d = begin()
	if err := d.Publish(name); err != nil {
		t.Fatal(err)
	}
	d.Discard()
	if diff := cmp.Diff(map[string]string{"whole/in/it": "content"}, contents(t, folder)); diff != "" {
		t.Error(diff)
	}
	begin().Discard()
}

// write writes files below a folder.
func write(t *testing.T, folder string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// contents are the files below a folder.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	files, below := map[string]string{}, os.DirFS(folder)
	err := fs.WalkDir(below, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(below, name)
		files[name] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
