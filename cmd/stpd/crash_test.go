package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/catalog"
	"stpdash/internal/config"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/load"
	"stpdash/internal/warehouse/engine/enginetest"
)

// crashes is how often loading is broken off, while every fifth of the 58 A&E files loads. STPD_TEST_CRASHES sets another number, while
// all of them load: make crashes.
const crashes = 5

// TestCrashes kills the service or its engine at random moments while A&E files load, in an empty data directory again once
// all are there. After each kill, what is visible of a month is what an undisturbed run shows of it, whole, or nothing.
func TestCrashes(t *testing.T) {
	t.Parallel()
	files, times := t.TempDir(), crashes
	text, many := os.LookupEnv("STPD_TEST_CRASHES")
	if many {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		times = n
	}
	for i, name := range names(t, published(t, "ae")) {
		if !many && i%5 != 0 {
			continue
		}
		file := filepath.Join(published(t, "ae"), name) // as old as it is: of a new one the inbox waits whether it grows
		if out, err := exec.CommandContext(t.Context(), "cp", "-a", file, files).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	months := len(names(t, files))
	whole := func(s *service) {
		defer func() { // where it is not, why
			if t.Failed() {
				t.Log(s.get(t, "/readyz").body, s.get(t, "/api/v1/loads?limit=1000").body)
			}
		}()
		eventually(t, "every file of A&E is loaded", func() bool { return len(publishedLoads(t, s)) == months })
	}
	settings := func(folder string) []string {
		return []string{"STP_DATA_DIR=" + folder, "STP_INBOX=" + files, "STP_BUNDLED=false"}
	}
	undisturbed, began := t.TempDir(), time.Now()
	s := start(t, settings(undisturbed)...)
	whole(s)
	each := time.Since(began) / time.Duration(months)
	s.stop(t)
	want := visible(t, undisturbed)

	random := rand.New(rand.NewPCG(44, 2016))
	folder, interrupted, rounds := t.TempDir(), 0, 1
	for i := range times {
		s, addresses := launch(t, settings(folder)...)
		select {
		case <-addresses: // it now loads
		case err := <-s.ended:
			t.Fatalf("start %d: %v", i, err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(2 * each))))
		engine := enginePID(s.command.Process.Pid)
		if i%2 == 1 && engine != 0 {
			if err := syscall.Kill(engine, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(random.Int64N(int64(each))))
		}
		s.kill(t)
		eventually(t, "the engine ends with the service", func() bool { return !alive(engine) })
		got := visible(t, folder)
		for period, figures := range got.periods {
			if figures != want.periods[period] {
				t.Fatalf("after crash %d, figures of %s are %s, undisturbed they are %s", i, period, figures, want.periods[period])
			}
		}
		if shown := len(got.periods) - got.others; shown != got.loads {
			t.Fatalf("after crash %d, %d months are visible of %d published loads", i, shown, got.loads)
		}
		interrupted = max(interrupted, got.interrupted)
		if got.loads == months {
			folder, rounds = t.TempDir(), rounds+1
		}
	}
	t.Logf("%d crashes, the %d files were begun %d times", times, months, rounds)
	if interrupted == 0 {
		t.Error("no crash fell into a load")
	}
	s = start(t, settings(folder)...)
	whole(s)
	s.stop(t)
	if diff := cmp.Diff(want.periods, visible(t, folder).periods); diff != "" {
		t.Errorf("after %d crashes the figures differ (-undisturbed +got):\n%s", times, diff)
	}
}

// sight is what is visible of a data directory.
type sight struct {
	periods            map[string]string // hashes of all footprint values of a period, but for the numbers of loads
	others             int               // periods that are not of A&E months
	loads, interrupted int
}

func publishedLoads(t *testing.T, s *service) []string {
	t.Helper()
	var names []string
	for _, row := range decode[[]struct{ Source, File string }](t, s.get(t, "/api/v1/loads?state=published&limit=1000").body) {
		if row.Source == "ae" {
			names = append(names, row.File)
		}
	}
	return names
}

// visible looks into a data directory that nobody serves.
func visible(t *testing.T, folder string) sight {
	t.Helper()
	settings, err := config.Read("", []string{"STP_DATA_DIR=" + folder, "STP_ENGINE_LIBRARY=" + enginetest.Library(t), "STP_DASHBOARDS=../../dashboards"})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	p, err := open(ctx, settings, io.Discard, false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.close(); err != nil {
			t.Error(err)
		}
	}()
	var measures []string
	for _, m := range p.catalog.Measures {
		measures = append(measures, m.ID)
	}
	values, err := figurestest.Values(ctx, p.warehouse, figures.Now, measures, nil, figures.Range{})
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string][]string{}
	for _, v := range values {
		m, _ := p.catalog.Measure(v.Measure)
		period := catalog.Period{Start: v.Period, Grain: m.Grain}.String()
		lines[period] = append(lines[period], fmt.Sprintln(v.Measure, v.Footprint, v.Numerator, v.Denominator, v.Organisations, v.Missing, v.Definition))
	}
	seen := sight{periods: map[string]string{}}
	for period, of := range lines {
		hash := sha256.Sum256([]byte(strings.Join(of, "")))
		seen.periods[period] = fmt.Sprintf("%d values, %x", len(of), hash[:8])
		if len(period) != len("2017-04") || strings.Contains(period, "Q") || strings.Contains(period, "/") {
			seen.others++
		}
	}
	loads, err := p.warehouse.Loads(ctx, figures.LoadFilter{Limit: 10_000})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range loads {
		switch {
		case l.State == load.Published && l.Source == "ae":
			seen.loads++
		case l.State == load.Interrupted:
			seen.interrupted++
		}
	}
	return seen
}
