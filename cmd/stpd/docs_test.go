package main

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/config"
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

var (
	linkTo = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	titled = regexp.MustCompile(`(?m)^#+ (.+)$`)
)

// Links of the documents lead to files and headings that are there.
func TestLinksOfDocuments(t *testing.T) {
	project := os.DirFS("../..")
	names := []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md"}
	err := fs.WalkDir(project, "docs", func(name string, _ fs.DirEntry, err error) error {
		if path.Ext(name) == ".md" {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		content, err := fs.ReadFile(project, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range linkTo.FindAllStringSubmatch(string(content), -1) {
			target, fragment, _ := strings.Cut(found[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			to := name
			if target != "" {
				to = path.Join(path.Dir(name), target)
			}
			if _, err := fs.Stat(project, to); err != nil {
				t.Errorf("%s leads to %s: %v", name, found[1], err)
				continue
			}
			if fragment == "" {
				continue
			}
			linked, err := fs.ReadFile(project, to)
			if err != nil {
				t.Fatal(err)
			}
			there := slices.ContainsFunc(titled.FindAllStringSubmatch(string(linked), -1), func(h []string) bool { return anchorOf(h[1]) == "#"+fragment })
			if !there {
				t.Errorf("%s leads to %s, and no heading there is called so", name, found[1])
			}
		}
	}
}

// Every setting is explained, and no other.
func TestSettingsAreExplained(t *testing.T) {
	var want []string
	for _, field := range reflect.VisibleFields(reflect.TypeFor[config.Config]()) {
		want = append(want, field.Tag.Get("env"))
	}
	slices.Sort(want)
	for file, line := range map[string]string{"docs/operators/settings.md": "(?m)^\\| `(STP_\\w+)` \\|", ".env.example": `(?m)^(?:# )?(STP_\w+)=`} {
		content, err := os.ReadFile(filepath.Join("../..", file))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, found := range regexp.MustCompile(line).FindAllStringSubmatch(string(content), -1) {
			got = append(got, found[1])
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", file, diff)
		}
	}
}
