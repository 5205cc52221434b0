package main

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"stpdash/docs"
	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// analystPages are the documents whose example goes on from one to the next.
var analystPages = []string{"source", "measure", "page", "target", "responsibility", "claim", "canonical-form", "returns"}

// What an analyst reads works as written: the files are read, the commands print what stands there.
func TestAnalystsExamples(t *testing.T) { runExamples(t, false) }

// The same with the commands that need ClickHouse.
func TestAnalystsExamplesWithClickHouse(t *testing.T) { runExamples(t, true) }

func runExamples(t *testing.T, clickHouse bool) {
	t.Helper()
	t.Parallel()
	folder := exampleFolder(t)
	environment := append(withoutSettings(), asCommand+"=1")
	settings := []string{"STP_BUNDLED=false", "STP_DATA_DIR=" + filepath.Join(folder, "var"), "STP_DASHBOARDS=" + filepath.Join(folder, "dashboards")}
	serving := false
	for _, page := range analystPages {
		name := "analysts/" + page + ".md"
		blocks, err := docs.Blocks(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range blocks {
			at := fmt.Sprintf("docs/%s:%d", name, b.Line)
			switch b.Kind {
			case "yaml", "csv":
				if err := os.WriteFile(filepath.Join(folder, b.Name), []byte(b.Text), 0o600); err != nil {
					t.Fatalf("%s: %v", at, err)
				}
			case "diff":
				apply := exec.Command("git", "apply", "-")
				apply.Dir, apply.Stdin = folder, strings.NewReader(b.Text)
				if out, err := apply.CombinedOutput(); err != nil {
					t.Fatalf("%s: %v: %s", at, err, out)
				}
			case "console":
				if clickHouse != (b.Name == "with ClickHouse") {
					continue
				}
				if clickHouse && !serving { // one engine for all commands
					serving = true
					start(t, settings...)
					environment = append(environment, settings...)
				}
				runConsole(t, at, folder, environment, b.Text)
			}
		}
		switch {
		case clickHouse:
		case page == "measure":
			testMeasures(t, folder)
		case page == "target":
			testTarget(t, folder)
		}
	}
}

// exampleFolder is one in which the definitions and the command lie as in the project.
func exampleFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	err := os.CopyFS(filepath.Join(folder, "dashboards"), os.DirFS("../../dashboards"))
	if err == nil {
		err = os.Mkdir(filepath.Join(folder, "bin"), 0o700)
	}
	program, unknown := os.Executable()
	if err = errors.Join(err, unknown); err == nil {
		err = os.Symlink(program, filepath.Join(folder, "bin/stpd"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// runConsole runs each line after a $ and compares what follows with what it prints; three dots stand for anything on the line.
func runConsole(t *testing.T, at, folder string, environment []string, text string) {
	t.Helper()
	var printed strings.Builder
	for line := range strings.Lines(text) {
		command, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			continue
		}
		run := exec.Command("sh", "-c", command)
		run.Dir, run.Env = folder, environment
		out, _ := run.CombinedOutput() // a command that fails says why
		printed.WriteString(line + string(out))
	}
	writesNumbers(t, at, printed.String())
	pattern := strings.ReplaceAll(regexp.QuoteMeta(text), regexp.QuoteMeta("..."), ".*")
	if !regexp.MustCompile("^" + pattern + "$").MatchString(printed.String()) {
		t.Errorf("%s prints something else (-document +command):\n%s", at, cmp.Diff(strings.Split(text, "\n"), strings.Split(printed.String(), "\n")))
	}
}

// valueOf is what the warehouse gives of a measure in a period, from figures as stpd export writes them.
func valueOf(m *catalog.Measure, period catalog.Period, exported map[string]decimal.Decimal) measure.Point {
	value := measure.Value{Measure: m.ID, Period: period.Start}
	for _, term := range m.Stored().Terms() {
		side := &value.Numerator
		if term.Part == "denominator" {
			side = &value.Denominator
		}
		figure := exported[term.Component+" "+period.String()].Mul(decimal.NewFromInt(int64(term.Coefficient)))
		*side = decimal.NewNullDecimal(side.Decimal.Add(figure))
	}
	return measure.NewPoint(m.Stored(), value, measure.People{})
}

// What follows from the figures of the example is what the document says.
func testMeasures(t *testing.T, folder string) {
	rows, err := docs.Table("analysts/measure.md", "measure")
	if err != nil {
		t.Fatal(err)
	}
	definitions, err := catalog.Read(os.DirFS(filepath.Join(folder, "dashboards")))
	if err != nil {
		t.Fatal(err)
	}
	exported := map[string]decimal.Decimal{}
	for _, row := range readExport(t, filepath.Join(folder, "out/visits.csv.gz")) {
		exported[row["measure"]+" "+row["period"]] = decimal.RequireFromString(row["numerator"])
	}
	for _, row := range rows[1:] {
		m, ok := definitions.Measure(row[0])
		if !ok {
			t.Fatalf("there is no measure %s", row[0])
		}
		var points []measure.Point
		for _, period := range rows[0][1:] {
			points = append(points, valueOf(m, parsed(t, period), exported))
		}
		if m.Derived != nil {
			points = measure.Derive(m, points, nil, measure.People{})
		}
		for i, want := range row[1:] {
			if got := points[i].Value.Decimal.String(); got != want {
				t.Errorf("%s is %s in %s, the document says %s", m.ID, got, rows[0][i+1], want)
			}
		}
	}
}

// The figures of the example stand against its target as the document says.
func testTarget(t *testing.T, folder string) {
	rows, err := docs.Table("analysts/target.md", "period")
	if err != nil {
		t.Fatal(err)
	}
	definitions, err := catalog.Read(os.DirFS(filepath.Join(folder, "dashboards")))
	if err != nil {
		t.Fatal(err)
	}
	target := definitions.TargetsOf("nurse_visits")[0]
	number := func(text string) (n decimal.NullDecimal) {
		if text != "none" {
			n = decimal.NewNullDecimal(decimal.RequireFromString(text))
		}
		return n
	}
	for _, row := range rows[1:] {
		point := measure.Point{Period: parsed(t, row[0]), Complete: true, Value: number(row[1])}
		j := measure.Judge([]*catalog.Target{target}, []measure.Point{point}, point)[0]
		if asked := number(row[2]); string(j.State) != row[3] || j.Required.Valid != asked.Valid || !j.Required.Decimal.Equal(asked.Decimal) {
			t.Errorf("%v: %s against %v", row, j.State, j.Required)
		}
	}
}

func parsed(t *testing.T, text string) catalog.Period {
	t.Helper()
	p, err := catalog.ParsePeriod(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// readExport reads a file that stpd export wrote, each row by its headings.
func readExport(t *testing.T, path string) (rows []map[string]string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(unpacked).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, heading := range all[0] {
			row[heading] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows
}
