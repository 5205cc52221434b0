package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/web"
)

// What the program says of itself stands in docs/ as it says it.
func TestDocumentsAreCurrent(t *testing.T) {
	for name, write := range documents(web.Describe(version)) {
		kept, err := os.ReadFile(filepath.Join("../../docs", name))
		if err != nil {
			t.Fatal(err)
		}
		var made bytes.Buffer
		if err := write(&made); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(kept), made.String()); diff != "" {
			t.Errorf("docs/%s is not current; run go generate ./cmd/stpd:\n%s", name, diff)
		}
	}
}
