package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"stpdash/internal/config"
	"stpdash/internal/load"
	"stpdash/internal/warehouse"
)

// crashes is how often the folder's load is broken off; STPD_TEST_CRASHES sets another number.
const crashes = 20

// TestCrashes kills the service or its engine at random moments while the 58 A&E files load. A restart then reaches the
// figures of an undisturbed run: no figure lost, doubled or half-visible.
func TestCrashes(t *testing.T) {
	files := published(t, "ae")
	undisturbed, disturbed := t.TempDir(), t.TempDir()
	settings := func(folder string) []string {
		return []string{"STP_DATA_DIR=" + folder, "STP_INBOX=" + files, "STP_BUNDLED=false"}
	}
	finish := func(folder string) string {
		s := start(t, settings(folder)...)
		eventually(t, "58 published A&E loads", func() bool { return len(publishedLoads(t, s)) == 58 })
		s.stop(t)
		return fingerprint(t, folder)
	}
	want := finish(undisturbed)

	times := crashes
	if text := os.Getenv("STPD_TEST_CRASHES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		times = n
	}
	random := rand.New(rand.NewPCG(44, 2016))
	for i := range times {
		s, addresses := launch(t, settings(disturbed)...)
		select {
		case <-addresses: // it now loads
		case err := <-s.ended:
			t.Fatalf("start %d: %v", i, err)
		}
		time.Sleep(time.Duration(random.IntN(600)) * time.Millisecond)
		engine := enginePID(s.command.Process.Pid)
		if i%2 == 1 && engine != 0 {
			if err := syscall.Kill(engine, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Duration(random.IntN(600)) * time.Millisecond)
		}
		s.kill(t)
		eventually(t, "the engine ends with the service", func() bool { return !alive(engine) })
	}
	s := start(t, settings(disturbed)...)
	if interrupted := s.get(t, "/api/v1/loads?state=interrupted&limit=1000").body; interrupted == "[]\n" {
		t.Error("no crash fell into a load")
	}
	s.stop(t)
	if got := finish(disturbed); got != want {
		t.Errorf("after %d crashes the figures are %s, undisturbed they are %s", times, got, want)
	}
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

// fingerprint hashes every visible footprint value of a data directory, but for the numbers of the loads.
func fingerprint(t *testing.T, folder string) string {
	t.Helper()
	settings, err := config.Read("", []string{"STP_DATA_DIR=" + folder, "STP_ENGINE_LIBRARY=" + engineLibrary(t), "STP_DASHBOARDS=../../dashboards"})
	if err != nil {
		t.Fatal(err)
	}
	// The engine runs in a process of its own, for which the test binary is to be stpd.
	t.Setenv(asCommand, "1")
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
	values, err := p.warehouse.Values(ctx, warehouse.Now, measures, nil, warehouse.Range{})
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.New()
	for _, v := range values {
		fmt.Fprintln(hash, v.Measure, v.Footprint, v.Period, v.Numerator, v.Denominator, v.Organisations, v.Missing, v.Definition)
	}
	loads, err := p.warehouse.Loads(ctx, warehouse.LoadFilter{State: load.Published, Source: "ae", Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if len(loads) != 58 {
		t.Errorf("%d published loads, want 58", len(loads))
	}
	return fmt.Sprintf("%d values, %x", len(values), hash.Sum(nil)[:8])
}
