package sql_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"stpdash/sql"
)

var insert = regexp.MustCompile(`(?i)\binsert\s+into\s+(\w+)\s*(\(?)`)

// An insert that leaves its columns to the table's order puts values into the wrong ones when a migration adds a column.
func TestInsertsNameTheirColumns(t *testing.T) {
	inserts := 0
	for _, files := range []fs.FS{sql.Queries, sql.Migrations} {
		err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := fs.ReadFile(files, path)
			for _, found := range insert.FindAllStringSubmatch(string(text), -1) {
				if inserts++; found[2] == "" {
					t.Errorf("%s: an insert into %s names no columns", path, found[1])
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if inserts == 0 {
		t.Error("found no insert")
	}
}

// So that the test above sees every insert, none is written in Go.
func TestInsertsAreInFilesOfTheirOwn(t *testing.T) {
	for _, folder := range []string{"../internal", "../cmd"} {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			if strings.Contains(string(text), "INSERT INTO") {
				t.Errorf("%s: found an insert", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A question is asked by the name of its file, so one that nothing names is left over.
func TestEveryQuestionIsAsked(t *testing.T) {
	var source strings.Builder
	files, err := filepath.Glob("../internal/warehouse/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source.Write(text)
	}
	questions, err := fs.Glob(sql.Queries, "queries/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range questions {
		name := strings.TrimSuffix(filepath.Base(path), ".sql")
		for _, beginning := range []string{"insert_", "forget_"} { // which are named by their tables
			if table, ok := strings.CutPrefix(name, beginning); ok {
				name = strings.TrimSuffix(table, "s")
			}
		}
		if !strings.Contains(source.String(), `"`+name+`"`) {
			t.Errorf("%s: nothing asks it", path)
		}
	}
}
