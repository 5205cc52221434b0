package load_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/procfs"

	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/warehouse/engine"
	"stpdash/internal/warehouse/engine/enginetest"
)

// throughputMeasures are stated by day, so that a few years of all providers make millions of figures.
const throughputMeasures = `
theme: acute activity
unit: number
counted: people
direction: neutral
grain: day
level: provider
sources: [canonical]
measures:
  - {id: daily_arrivals, title: Arrivals, definition: People who arrived.}
  - {id: daily_admissions, title: Admissions, definition: People who were admitted.}
  - {id: daily_discharges, title: Discharges, definition: People who were discharged.}
`

// BenchmarkThroughput loads a canonical csv of STP_BENCH_ROWS figures (ten million without it) into an empty warehouse, and
// inserts the same file into an equal table by the engine's own INSERT ... FORMAT CSV.
func BenchmarkThroughput(b *testing.B) {
	rows := 10_000_000
	if text := os.Getenv("STP_BENCH_ROWS"); text != "" {
		var err error
		if rows, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	r := mappingtest.Reference(b)
	file := generate(b, r, rows)
	own := insertByEngine(b, file, rows)
	w := openWarehouse(b, r)
	l := newLoader(b, w, mappingtest.DefinitionsWithoutCentres(b, map[string]string{"measures/99-throughput.yaml": throughputMeasures}), r)
	stages := map[string]time.Duration{}
	l = l.With(func(s *load.Settings) { s.Observe = func(stage string, took time.Duration) { stages[stage] += took } })
	resetPeak(b)
	began := time.Now()
	b.ResetTimer()
	run, err := l.Paths(b.Context(), []string{file}, "hand", true, nil)
	took := time.Since(began)
	if err != nil || run.Published != 1 {
		b.Fatalf("%+v: %v", run, err)
	}
	for stage, took := range stages {
		b.ReportMetric(took.Seconds(), "s-"+strings.ReplaceAll(stage, " ", "-"))
	}
	b.ReportMetric(took.Seconds(), "s-load")
	b.ReportMetric(own.Seconds(), "s-own-insert")
	b.ReportMetric(own.Seconds()/took.Seconds(), "ratio")
	b.ReportMetric(float64(rows)/took.Seconds(), "rows/s")
	b.ReportMetric(peak(b), "MiB-peak")
}

// generate writes figures of every provider, day after day.
func generate(b *testing.B, r *footprint.Reference, rows int) string {
	b.Helper()
	file, err := os.Create(filepath.Join(b.TempDir(), "daily.csv"))
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriter(file)
	fmt.Fprintln(out, "measure,organisation,period,numerator,denominator")
	var providers []string
	for _, o := range r.Organisations() {
		if o.Kind == footprint.Provider {
			providers = append(providers, o.Code)
		}
	}
	written := 0
	for day := time.Date(1985, 1, 1, 0, 0, 0, 0, time.UTC); written < rows; day = day.AddDate(0, 0, 1) {
		for _, measure := range []string{"daily_arrivals", "daily_admissions", "daily_discharges"} {
			for i, provider := range providers {
				if written++; written > rows {
					break
				}
				fmt.Fprintf(out, "%s,%s,%s,%d,\n", measure, provider, day.Format(time.DateOnly), 100+(written*7919+i)%900)
			}
		}
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := file.Close(); err != nil {
		b.Fatal(err)
	}
	then := time.Now().Add(-time.Hour)
	if err := os.Chtimes(file.Name(), then, then); err != nil {
		b.Fatal(err)
	}
	return file.Name()
}

// insertByEngine tells how long the engine itself takes to insert the file, less its own start.
func insertByEngine(b *testing.B, file string, rows int) time.Duration {
	b.Helper()
	var ddl strings.Builder
	migrations, err := filepath.Glob("../../sql/migrations/*create_figures.sql")
	if err != nil || len(migrations) != 1 {
		b.Fatal(migrations, err)
	}
	text := string(mappingtest.ReadFile(b, migrations[0]))
	start := strings.Index(text, "CREATE TABLE IF NOT EXISTS observation")
	ddl.WriteString(text[start : start+strings.Index(text[start:], ";\n\n")])
	folder := b.TempDir()
	run := func(query string) time.Duration {
		b.Helper()
		lifeline, hold, err := os.Pipe()
		if err != nil {
			b.Fatal(err)
		}
		defer hold.Close()
		lock, err := os.Create(filepath.Join(folder, "lock"))
		if err != nil {
			b.Fatal(err)
		}
		cmd := exec.Command(os.Args[0], engine.ChildCommand, enginetest.Library(b), "--path", filepath.Join(folder, "data"), "--query", query)
		cmd.ExtraFiles = []*os.File{lifeline, lock}
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		began := time.Now()
		out, err := cmd.CombinedOutput()
		if err != nil || strings.Contains(string(out), "Exception") {
			b.Fatalf("%s: %v: %s", query, err, out)
		}
		return time.Since(began)
	}
	run("CREATE DATABASE own; CREATE TABLE own.observation " + strings.TrimPrefix(ddl.String(), "CREATE TABLE IF NOT EXISTS observation"))
	idle := run("SELECT count() FROM own.observation")
	defer func() { run("SELECT throwIf(count() != " + strconv.Itoa(rows) + ") FROM own.observation") }()
	return run("INSERT INTO own.observation (measure, organisation, period, numerator, denominator) FROM INFILE '"+file+"' FORMAT CSVWithNames") - idle
}

// resetPeak forgets the highest memory that this process held so far.
func resetPeak(b *testing.B) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Logf("the peak is of the whole run: %v", err)
	}
}

func peak(b *testing.B) float64 {
	b.Helper()
	process, err := procfs.Self()
	if err != nil {
		b.Skip("there is no /proc here")
	}
	status, err := process.NewStatus()
	if err != nil {
		b.Fatal(err)
	}
	return float64(status.VmHWM) / (1 << 20)
}
