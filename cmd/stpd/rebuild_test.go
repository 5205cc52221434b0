package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/load"
)

// eventful makes a data directory with what loads can come to: published, revised, refused, rejected in part, replayed and withdrawn.
func eventful(t *testing.T) (folder string) {
	t.Helper()
	folder = loaded(t)
	settings := []string{"STP_DATA_DIR=" + folder, "STP_BUNDLED=false"}
	run := func(fails bool, arguments ...string) {
		t.Helper()
		if out, err := stpd(t, settings, arguments...).CombinedOutput(); (err != nil) != fails {
			t.Fatalf("%v: %v: %s", arguments, err, out)
		}
	}
	newest := func() uint64 { return answersOf(t, folder, everyLoad).Loads[0].ID }
	run(false, "load", "withdraw", fmt.Sprint(newest()), "--reason", "recalled")
	run(true, "load", write(t, "MSitAE-May-2018.csv", "Period,Org Code\n"))
	run(false, "load", filepath.Join(published(t, "ae"), "MSitAE-May-2018.csv"))
	run(false, "load", "replay", fmt.Sprint(newest()))
	return folder
}

// damagePart changes a byte of the largest file of a table's newest part.
func damagePart(t *testing.T, folder, table string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "clickhouse", "data", "store", "*", "*", "all_*", "*.bin"))
	if err != nil {
		t.Fatal(err)
	}
	links, err := filepath.Glob(filepath.Join(folder, "clickhouse", "data", "data", "stp", table))
	if err != nil || len(links) != 1 {
		t.Fatalf("the folder of the table %s: %v, %v", table, links, err)
	}
	place, err := filepath.EvalSymlinks(links[0])
	if err != nil {
		t.Fatal(err)
	}
	var largest string
	var size int64
	for _, file := range files {
		if info, err := os.Stat(file); err == nil && strings.HasPrefix(file, place+"/") && info.Size() > size {
			largest, size = file, info.Size()
		}
	}
	if largest == "" {
		t.Fatalf("the table %s has no parts in %s", table, place)
	}
	content, err := os.ReadFile(largest)
	if err != nil {
		t.Fatal(err)
	}
	content[rand.New(rand.NewPCG(44, 2016)).IntN(len(content))] ^= 0x55
	if err := os.WriteFile(largest, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRebuild(t *testing.T) {
	t.Parallel()
	whole := eventful(t)
	want := answersOf(t, whole, everyLoad)
	want.Definitions = nil // the present ones
	for _, table := range []string{"observation", "footprint_value", "load", "verdict", "everything"} {
		t.Run(table, func(t *testing.T) {
			folder := copyOf(t, whole)
			t.Parallel()
			settings := []string{"STP_DATA_DIR=" + folder, "STP_BUNDLED=false"}
			if table == "everything" {
				if err := os.RemoveAll(filepath.Join(folder, "clickhouse")); err != nil {
					t.Fatal(err)
				}
			} else {
				damagePart(t, folder, table)
			}
			s := start(t, settings...)
			s.untilNotReady(t)
			s.stop(t)

			salvaged := table != "verdict" && table != "everything" // no kept file holds verdicts and runs
			out, err := stpd(t, settings, "rebuild").CombinedOutput()
			if (err == nil) != (table != "verdict") {
				t.Fatalf("%v: %s", err, out)
			}
			got := answersOf(t, folder, everyLoad)
			got.Definitions = nil
			expected := want
			if !salvaged {
				expected.Verdicts, got.Verdicts = nil, nil
			}
			if table == "everything" {
				expected.Runs, got.Runs = nil, nil
			}
			if diff := cmp.Diff(expected, got); diff != "" {
				t.Errorf("the answers differ (-before +rebuilt):\n%s", diff)
			}
			again := start(t, settings...)
			if r := again.get(t, "/api/v1/overview?measure=ae_attendances"); r.status != 200 {
				t.Errorf("the rebuilt service answers %d: %s", r.status, r.body)
			}
			again.stop(t)
		})
	}
	t.Run("a kept file is gone", func(t *testing.T) {
		folder := copyOf(t, whole)
		t.Parallel()
		at := slices.IndexFunc(want.Loads, func(l load.Load) bool { return l.File == "bbc_nhs_loans_all.xlsx" })
		gone := want.Loads[at]
		if err := os.Remove(filepath.Join(folder, "files", gone.SHA256[:2], gone.SHA256)); err != nil {
			t.Fatal(err)
		}
		settings := []string{"STP_DATA_DIR=" + folder, "STP_BUNDLED=false"}
		out, err := stpd(t, settings, "rebuild").CombinedOutput()
		if err == nil || !strings.Contains(string(out), fmt.Sprintf("load %d, %s: the kept file is damaged", gone.ID, gone.File)) {
			t.Errorf("%v: %s", err, out)
		}
		if out, err := stpd(t, settings, "load", filepath.Join(published(t, "loans"), gone.File)).CombinedOutput(); err != nil { // the original puts it back
			t.Errorf("%v: %s", err, out)
		}
		got := answersOf(t, folder, everyLoad)
		if newest := got.Loads[0]; len(got.Loads) != len(want.Loads)+1 || newest.SHA256 != gone.SHA256 || newest.State != load.Published {
			t.Errorf("%d loads before, %d after, the newest is %+v", len(want.Loads), len(got.Loads), newest)
		}
		for _, l := range got.Loads {
			if l.ID == gone.ID && l.State != load.Interrupted {
				t.Errorf("the load without a file is %s", l.State)
			}
		}
	})
	t.Run("beside a service", func(t *testing.T) {
		s := start(t, "STP_DATA_DIR="+whole, "STP_BUNDLED=false")
		out, err := stpd(t, []string{"STP_DATA_DIR=" + whole}, "rebuild").CombinedOutput()
		if err == nil || !strings.Contains(string(out), "in use") {
			t.Errorf("%v: %s", err, out)
		}
		s.stop(t)
	})
}

// untilNotReady waits until a service is not ready, and its pages say that this is because of damage.
func (s *service) untilNotReady(t *testing.T) {
	t.Helper()
	eventually(t, "it says that it is damaged", func() bool {
		return s.get(t, "/readyz").status == 503
	})
	if page := s.get(t, "/"); page.status != 503 || !strings.Contains(page.body, "damaged") {
		t.Errorf("a page answers %d: %s", page.status, page.body)
	}
}
