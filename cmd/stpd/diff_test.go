package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type changesAnswer struct {
	From, To string
	Total    int
	Counts   []struct {
		Cause, Measure string
		Figures        int
	}
	Changes []struct {
		Cause, Measure, Footprint, Period string
		Before, After                     *struct{ Numerator *string }
		Load                              int    `json:"load_id"`
		File                              string `json:"load_file"`
	}
}

func TestDiff(t *testing.T) {
	settings := []string{"STP_DATA_DIR=" + t.TempDir(), "STP_BUNDLED=false"}
	s := start(t, settings...)
	load := func(name, number string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), name)
		content := "measure,organisation,period,numerator,published_file,published_row,denominator\nae_attendances_type1,E54000040,2017-04," + number + ",april.xls,7,\n"
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := stpd(t, settings, "load", file).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	diff := func(arguments ...string) string {
		t.Helper()
		out, err := stpd(t, settings, append([]string{"diff"}, arguments...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	load("first.csv", "12")
	first := decode[[]struct {
		Load int `json:"load_id"`
	}](t, s.get(t, "/api/v1/loads?limit=1").body)[0].Load
	from := "/api/v1/changes?measure=ae_attendances_type1&footprint=QOX&from=" + strconv.Itoa(first)
	load("second.csv", "13")

	a := decode[changesAnswer](t, s.get(t, from).body)
	if a.Total != 1 || len(a.Changes) != 1 || a.Counts[0].Cause != "revision" || a.Counts[0].Figures != 1 || a.From != strconv.Itoa(first) || a.To != "" {
		t.Fatalf("%+v", a)
	}
	c := a.Changes[0]
	if c.Cause != "revision" || c.Footprint != "E54000040" || c.Period != "2017-04" || c.Load != first+1 || *c.Before.Numerator != "12" || *c.After.Numerator != "13" || c.File != "second.csv" {
		t.Errorf("%+v", c)
	}
	if d := cmp.Diff(a, decode[changesAnswer](t, diff("--from", strconv.Itoa(first), "--measure", "ae_attendances_type1", "--footprint", "QOX", "--json"))); d != "" {
		t.Errorf("stpd diff --json says otherwise:\n%s", d)
	}
	table := strings.Fields(diff("--from", strconv.Itoa(first), "--footprint", "QOX", "--cause", "revision"))
	for _, want := range []string{"From " + strconv.Itoa(first) + " to now: ", " figures differ CAUSE MEASURE FIGURES revision ae_attendances_type1 1 ",
		" CAUSE MEASURE PLACE PERIOD BEFORE AFTER LOAD FILE ", " revision ae_attendances_type1 E54000040 2017-04 12 13 "} {
		if !strings.Contains(strings.Join(table, " "), strings.TrimRight(want, " ")) {
			t.Errorf("the table does not hold %q: %q", want, table)
		}
	}
	for path, want := range map[string]string{
		from + "&to=" + strconv.Itoa(first):   `"total":0,"counts":[],"changes":[]`,
		from + "&format=csv":                  "revision,ae_attendances_type1,E54000040,",
		from + "&offset=1":                    `"total":1,`,
		from + "&to=1":                        "not after to (1)",
		from + "&cause=magic":                 `"parameter":"cause"`,
		from + "&limit=0":                     `"parameter":"limit"`,
		"/api/v1/changes?to=yesterday":        `"parameter":"to"`,
		"/openapi.json":                       `"/api/v1/changes"`,
		"/api/v1/changes?format=xlsx&limit=1": "PK",
	} {
		if a := s.get(t, path); !strings.Contains(a.body, want) {
			t.Errorf("%s does not hold %q: %.400s", path, want, a.body)
		}
	}
	out, err := stpd(t, settings, "diff", "--from", strconv.Itoa(first), "--to", "1").CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitUsage || !strings.Contains(string(out), "not after to (1)") {
		t.Errorf("%v: %s", err, out)
	}
	s.stop(t)
	if got := diff("--from", strconv.Itoa(first+1)); !strings.Contains(got, "to now: 0 figures differ") {
		t.Errorf("without a service, from the newest load: %s", got)
	}
}
