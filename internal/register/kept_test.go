package register_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"stpdash/internal/archivecache"
	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/register"
)

// What was found of a claim outlasts the program: another that starts with the same figures reads it, and finds it anew where the file is
// damaged, the definitions are others or nothing can be kept.
func TestResultsOutlastTheProgram(t *testing.T) {
	t.Parallel()
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC) }
	w, l := figurestest.Empty(t, c, r, now)
	content, err := os.Open("../../sql/reference/bundled/ae.csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	if o, err := l.Load(t.Context(), load.File{Name: "ae.csv.gz", Content: content, Bundled: true}, "test"); err != nil || o.Load.State != load.Published {
		t.Fatalf("%+v, %v", o.Load, err)
	}
	folder := t.TempDir()
	// test is what a program that has just started finds of a claim.
	test := func(c *catalog.Catalog, folder, id string) *claim.Result {
		t.Helper()
		moments := figures.NewMoments(w, figures.NewMemory(1<<30), now)
		known := figures.New(w, figures.NewDirectory(c, r), moments)
		tests := register.New(w, known, nil, archivecache.New(folder, ".gob", 1<<20, "this program", now), "test")
		asOf, err := moments.AsOf(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		tested, err := tests.Find(id)
		if err != nil {
			t.Fatal(err)
		}
		found, err := tests.Test(t.Context(), asOf, tested)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	kept := func() []string {
		t.Helper()
		files, err := filepath.Glob(filepath.Join(folder, "*.gob"))
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	same := cmp.Comparer(func(a, b evidence.Number) bool { return a == b || math.IsNaN(float64(a)) && math.IsNaN(float64(b)) })
	want := func(what string, got, want *claim.Result) {
		t.Helper()
		if diff := cmp.Diff(want, got, same, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(evidence.Synthetic{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	const id = "tameside_glossop_attendances"
	first := test(c, folder, id)
	if first.Effect == nil || len(kept()) != 1 {
		t.Fatalf("%s: %+v, kept %q", id, first.Refused, kept())
	}
	file := kept()[0]
	before, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	want("read again", test(c, folder, id), first)
	if after, err := os.Stat(file); err != nil || !os.SameFile(before, after) {
		t.Errorf("it was found anew: %v", err)
	}
	if err := os.WriteFile(file, []byte(strings.Repeat("x", int(before.Size()))), 0o600); err != nil {
		t.Fatal(err)
	}
	want("after damage", test(c, folder, id), first)
	other := *c
	other.Targets = other.Targets[1:]
	want("with other definitions", test(&other, folder, id), first)
	if len(kept()) != 2 {
		t.Errorf("results with other definitions are kept as %q", kept())
	}
	want("without a place to keep it", test(c, "/proc/nothing", id), first)
}
