package load_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
)

// TestBundle loads England's first page first, tells how far it is, and goes on where it was broken off.
func TestBundle(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	const heading = "measure,organisation,period,numerator,denominator\n"
	file := func(rows string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(heading + rows)} }
	files := fstest.MapFS{
		"patients.csv":                file("registered_patients,E54000005,2016-Q1,2639600,\n"),
		"with/allocations.csv":        file("core_allocation,00J,2016/17,400,\n"),
		"with/ae.csv":                 file("ae_attendances_type1,RCD,2018-04,4150,\n"),
		"with/delayed_transfers.csv":  file("unheard_of,ENG,2018-04,1,\n"), // as to definitions of one's own
		"with/mar.csv":                file("non_elective_admissions,00J,2017-03,100,\n"),
		"with/loans.csv":              file("trust_emergency_loans,RCD,2016/17,5,\n"),
		"with/trust_finance.csv.gone": file(""),
	}
	bundle := func() *load.Bundle {
		t.Helper()
		b, err := l.Bundle(t.Context(), files, "patients.csv", "with/*.csv")
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	measure := func(id string) *catalog.Measure {
		m, ok := l.Catalog.Measure(id)
		if !ok {
			t.Fatalf("no measure %s", id)
		}
		return m
	}
	type told struct {
		File, Loading        string
		England, Loans, Care bool
	}
	var heard []told
	ctx, cancel := context.WithCancel(t.Context())
	hear := func(p load.Progress, file string) {
		heard = append(heard, told{
			file, fmt.Sprintf("%d of %d", p.Done, p.Of), p.Readable,
			p.Waits(measure("trust_emergency_loans")), p.Waits(measure("better_care_fund_spend")),
		})
		if file == "loans.csv" {
			cancel()
		}
	}
	first := bundle()
	if err := first.Load(ctx, hear); err == nil {
		t.Error("it is not broken off")
	}
	if p := first.Progress(); p.Whole() || p.Done != 3 || !slices.Equal(p.Waiting, []string{"loans", "allocations", "delayed_transfers"}) {
		t.Errorf("broken off at %+v", p)
	}
	second := bundle()
	if err := second.Load(t.Context(), hear); err != nil || !second.Progress().Whole() {
		t.Fatalf("%v: %+v", err, second.Progress())
	}
	if diff := cmp.Diff([]told{
		{"patients.csv", "0 of 6", false, true, false},
		{"ae.csv", "1 of 6", false, true, false},
		{"mar.csv", "2 of 6", true, true, false},
		{"loans.csv", "3 of 6", true, true, false},
		{"loans.csv", "3 of 6", true, true, false},
		{"allocations.csv", "4 of 6", true, false, false},
		{"delayed_transfers.csv", "5 of 6", true, false, false},
		{"", "6 of 6", true, false, false},
	}, heard); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if got := numerator(t, w, figures.Now, "trust_emergency_loans", footprint.England, "2016/17"); got != "5" {
		t.Errorf("loans are %s", got)
	}
	heard = nil
	again := bundle()
	if p := again.Progress(); !p.Whole() || !p.Readable {
		t.Errorf("when all is loaded there is %+v", p)
	}
	if err := again.Load(t.Context(), hear); err != nil || len(heard) != 1 {
		t.Errorf("%v: %+v", err, heard)
	}
	if loads, err := w.Loads(t.Context(), figures.LoadFilter{Source: "canonical", State: load.Published, Limit: 10}); err != nil || len(loads) != 5 {
		t.Errorf("%d files were published, want 5 once each: %v", len(loads), err)
	}
}

// maxBundle bounds the bundled files, in bytes: they are in every clone and in the program.
const maxBundle = 15_000_000

// TestBundledFilesAreNamedForTheirSources holds what the order and "not loaded yet" rest on: a file is named for the source that its measures
// name.
func TestBundledFilesAreNamedForTheirSources(t *testing.T) {
	t.Parallel()
	c := mappingtest.Definitions(t, nil)
	files := os.DirFS("../../sql/reference/bundled")
	names, err := fs.Glob(files, "*.csv.gz")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	var size int64
	for _, name := range names {
		info, err := fs.Stat(files, name)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
		source := strings.TrimSuffix(filepath.Base(name), ".csv.gz")
		if _, known := c.Source(source); !known {
			t.Errorf("%s is named for no source", name)
		}
		for _, id := range measuresIn(t, files, name) {
			m, known := c.Measure(id)
			if !known || !slices.Contains(m.Sources, source) {
				t.Errorf("%s has figures of %s, whose sources do not name %s", name, id, source)
			}
		}
	}
	if size > maxBundle {
		t.Errorf("the bundled files have %d bytes, accepted are %d", size, maxBundle)
	}
}

func measuresIn(t *testing.T, files fs.FS, name string) (ids []string) {
	t.Helper()
	found := map[string]bool{}
	eachRow(t, files, name, func(row map[string]string) error {
		if id := row["measure"]; !found[id] {
			found[id], ids = true, append(ids, id)
		}
		return nil
	})
	return ids
}
