package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

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
	Verdicts []struct {
		Claim, Title, After string
		Before              *string
		Since               time.Time
		Load                int `json:"load_id"`
		Causes              []string
	}
}

// TestVerdicts finds a plan's verdict in the changes when the service has loaded its figures, and when another process takes them back.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	const plan, published = "better_care_fund_delayed_days_2014", "better_care_fund_delayed_days"
	inbox := t.TempDir()
	settings := []string{"STP_DATA_DIR=" + t.TempDir(), "STP_BUNDLED=false", "STP_INBOX=" + inbox}
	content := &strings.Builder{}
	content.WriteString("measure,organisation,period,numerator,published_file,published_row,denominator\n")
	for month := time.Date(2013, 4, 1, 0, 0, 0, 0, time.UTC); month.Year() < 2017; month = month.AddDate(0, 1, 0) {
		for _, responsible := range []string{"nhs", "social_care", "both"} {
			fmt.Fprintf(content, "delayed_transfer_days_%s,ENG,%s,%d,days.xls,1,\n", responsible, month.Format("2006-01"), 50000-10000*(month.Year()-2013))
		}
	}
	s := start(t, settings...)
	token := runToken(t, settings)
	changes := func(from string) (a changesAnswer) {
		t.Helper()
		return decode[changesAnswer](t, s.get(t, "/api/v1/changes?limit=1&measure=delayed_transfer_days&from="+from).body)
	}
	eventually(t, "first verdicts", func() bool { return len(changes("1").Verdicts) == 2 })
	if err := os.WriteFile(filepath.Join(inbox, "days.csv"), []byte(content.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	// The inbox is looked through every minute, or when it is asked for.
	if a := s.post(t, "/api/v1/runs?source=inbox", token); a.status != 202 {
		t.Fatalf("%d: %s", a.status, a.body)
	}
	before := strconv.Itoa(changes("1").Verdicts[0].Load)
	var a changesAnswer
	eventually(t, "a verdict of the new figures", func() bool {
		a = changes(before)
		return len(a.Verdicts) == 2 && len(a.Changes) == 1
	})
	// The outturn of the other plan was published too, so it had a verdict before.
	if v := a.Verdicts[0]; v.Claim != published || *v.Before != "moved the other way" || v.After != "met" {
		t.Errorf("%+v", v)
	}
	v := a.Verdicts[1]
	if v.Claim != plan || v.Title == "" || *v.Before != "cannot be tested" || v.After != "met" || v.Load != a.Changes[0].Load || v.Since.IsZero() ||
		!slices.Equal(v.Causes, []string{"figures"}) {
		t.Errorf("%+v", v)
	}
	loaded := strconv.Itoa(v.Load)
	for _, test := range []struct {
		want      []string
		arguments []string
	}{
		{[]string{"2 claims tested: " + published + ": moved the other way (met before); " + plan + ": cannot be tested (met before)"}, []string{"load", "withdraw", loaded, "--reason", "recalled"}},
		{[]string{"CLAIM BEFORE AFTER LOAD SINCE CAUSE " + published + " met moved the other way ", plan + " met cannot be tested "}, []string{"diff", "--from", loaded}},
		{[]string{plan + " cannot be tested met " + loaded}, []string{"diff", "--from", before, "--to", loaded}},
		{[]string{`{"claims_tested":2,"verdicts":[{"claim":"` + published, `"claim":"` + plan, `"before":"cannot be tested","after":"met"`}, []string{"load", filepath.Join(inbox, "days.csv"), "--json"}},
	} {
		out, err := stpd(t, settings, test.arguments...).CombinedOutput()
		words := strings.Join(strings.Fields(string(out)), " ")
		for _, want := range test.want {
			if err != nil || !strings.Contains(words, want) {
				t.Errorf("%q does not say %q: %v, %.1000s", test.arguments, want, err, words)
			}
		}
	}
	s.stop(t)
}

func TestDiff(t *testing.T) {
	t.Parallel()
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
	if c.Cause != "revision" || c.Footprint != "E54000040" || c.Period != "2017-04" || c.Load != first+1 || *c.Before.Numerator != "12" ||
		*c.After.Numerator != "13" ||
		c.File != "second.csv" {
		t.Errorf("%+v", c)
	}
	if d := cmp.Diff(
		a,
		decode[changesAnswer](t, diff("--from", strconv.Itoa(first), "--measure", "ae_attendances_type1", "--footprint", "QOX", "--json")),
	); d != "" {
		t.Errorf("stpd diff --json says otherwise:\n%s", d)
	}
	table := strings.Fields(diff("--from", strconv.Itoa(first), "--footprint", "QOX", "--cause", "revision"))
	for _, want := range []string{
		"From " + strconv.Itoa(first) + " to now: ", " figures differ CAUSE MEASURE FIGURES revision ae_attendances_type1 1 ",
		" CAUSE MEASURE PLACE PERIOD BEFORE AFTER LOAD FILE ", " revision ae_attendances_type1 E54000040 2017-04 12 13 ",
	} {
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
