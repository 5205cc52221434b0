package mappingtest

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// AlterWorkbook changes cells of a published workbook.
func AlterWorkbook(t testing.TB, content []byte, alter func(f *excelize.File) error) []byte {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(string(content)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := alter(f); err != nil {
		t.Fatal(err)
	}
	altered, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return altered.Bytes()
}

// Zipped packs names and contents in turn.
func Zipped(t *testing.T, members ...string) []byte {
	t.Helper()
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	for i := 0; i < len(members); i += 2 {
		w, err := archive.Create(members[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(members[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}
