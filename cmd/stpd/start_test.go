package main

import (
	"errors"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/load"
)

// TestFirstStart asks a service from its first moment on: England is readable while the rest is loaded, what is not loaded yet is never taken for
// missing, and what is broken off is gone on with.
func TestFirstStart(t *testing.T) {
	served.made(t, func(folder string) { firstStart(t, folder) })
}

// firstStart is the first start of a service on an empty data directory, which has loaded all and tested the claims when it returns.
func firstStart(t testing.TB, folder string) {
	t.Helper()
	settings := []string{"STP_DATA_DIR=" + folder, "STP_RATE=0"}
	s, addresses := launch(t, settings...)
	address, ok := <-addresses
	if !ok {
		t.Fatalf("the service ended: %v", <-s.ended)
	}
	s.address = address
	if a := s.get(t, "/healthz"); a.status != http.StatusOK {
		t.Errorf("at once /healthz answers %d", a.status)
	}
	if a := s.get(t, "/"); a.status == http.StatusServiceUnavailable && (!strings.Contains(a.body, "not loaded yet") || a.header.Get("Retry-After") == "") {
		t.Errorf("before England is loaded: %v %s", a.header, a.body)
	}
	eventually(t, "England is readable", func() bool { return s.get(t, "/readyz").status == http.StatusOK })
	progress := regexp.MustCompile(`\b(\d+) of (\d+)\b`)
	first := progress.FindString(s.get(t, "/readyz").body)
	if first == "" {
		t.Fatalf("England is readable when all is loaded: %s", s.get(t, "/readyz").body)
	}
	england := s.get(t, "/")
	if england.status != http.StatusOK || !strings.Contains(england.body, "Loading, ") || strings.Count(england.body, `data-footprint="`) != 44 {
		t.Errorf("England: %d: %s", england.status, england.body)
	}
	const newest = "/api/v1/series?measure=ae_attendances&footprint=ENG&from=2017-04&to=2017-04"
	if a := s.get(t, newest); !strings.Contains(a.body, `"numerator":"1949762"`) || a.header.Get("STP-Loading") == "" || strings.Contains(a.body, `"loading"`) {
		t.Errorf("A&E while others are loaded: %v %s", a.header, a.body)
	}
	// The last in the order of the page of England is not there.
	const last = "/api/v1/series?measure=delayed_days&footprint=ENG&from=2017-04&to=2017-04"
	if a := s.get(t, last); !strings.Contains(a.body, `"points":[]`) || !strings.Contains(a.body, `"loading":true`) || a.header.Get("STP-Loading") == "" {
		t.Errorf("delays that are not loaded yet: %v %s", a.header, a.body)
	}
	if a := s.get(t, "/api/v1/overview?measure=ae_attendances"); !regexp.MustCompile(`"loading":\{"done":\d+,"of":\d+\}`).MatchString(a.body) {
		t.Errorf("the overview while figures are loaded: %v %.1000s", a.header, a.body)
	}
	if a := s.get(t, "/measures/delayed_days"); !strings.Contains(a.body, "Not loaded yet") || strings.Contains(a.body, "No figures are loaded") {
		t.Errorf("delays that are not loaded yet: %s", a.body)
	}
	if a := s.get(t, "/api/v1/claims?verdict=contradicted"); a.status != http.StatusOK || strings.TrimSpace(a.body) != "[]" {
		t.Errorf("verdicts on a part of the figures: %s", a.body)
	}
	if a := s.get(t, "/claims/better_care_fund_admissions/pack.zip"); a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
		t.Errorf("an audit pack of a part of the figures: %d", a.status)
	}
	if a := s.get(t, "/api/v1/loads?limit=1"); a.header.Get("STP-Loading") == "" { // the service was asked all this before it was done
		t.Log("the machine loads faster than it is asked: nothing is broken off")
		s.untilTested(t)
		s.stop(t)
		return
	}
	before := progress.FindString(s.get(t, "/readyz").body)
	if err := syscall.Kill(enginePID(s.command.Process.Pid), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it goes on when the engine is back", func() bool {
		a := s.get(t, "/readyz")
		return a.status == http.StatusOK && progress.FindString(a.body) != before
	})
	blamed := func() int { // for the death of the engine
		return strings.Count(s.get(t, "/api/v1/loads?state=interrupted").body, `"rule":"survives"`)
	}
	deaths := blamed()
	s.stop(t)
	select {
	case <-s.loaded:
		t.Error("a service that was stopped says that all figures are loaded")
	default:
	}

	s = start(t, settings...)
	if n := blamed(); n != deaths {
		t.Errorf("%d files are blamed for deaths, %d before a stop in order", n, deaths)
	}
	for path, holds := range map[string]string{newest: `"numerator":"1949762"`, last: `"numerator":"`, "/api/v1/overview?measure=ae_attendances": `"value":`, "/": "44 footprints", "/measures/delayed_days": "Delayed"} {
		a := s.get(t, path)
		if !strings.Contains(a.body, holds) || a.header.Get("STP-Loading") != "" || strings.Contains(a.body, "Loading, ") || strings.Contains(a.body, `"loading"`) {
			t.Errorf("%s when all is loaded: %v %.2000s", path, a.header, a.body)
		}
	}
	if body := s.get(t, "/readyz").body; body != "ready\n" {
		t.Errorf("it is %q", body)
	}
	var files []string
	for _, l := range decode[[]struct{ File, Trigger string }](t, s.get(t, "/api/v1/loads?state=published&limit=1000").body) {
		if l.Trigger == "bundled" {
			files = append(files, l.File)
		}
	}
	slices.Sort(files)
	bundled, err := os.ReadDir("../../sql/reference/bundled")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"registered_patients.csv"}
	for _, file := range bundled {
		want = append(want, file.Name())
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, files); diff != "" {
		t.Errorf("published (-want +got):\n%s", diff)
	}
	s.untilTested(t)
	s.stop(t)
}

func TestStartIsToldOf(t *testing.T) {
	t.Parallel()
	steps := []struct {
		progress load.Progress
		file     string
	}{
		{load.Progress{Done: 0, Of: 3}, "patients.csv"},
		{load.Progress{Done: 1, Of: 3}, "ae.csv.gz"},
		{load.Progress{Done: 2, Of: 3, Readable: true}, "mar.csv.gz"},
		{load.Progress{Done: 3, Of: 3, Readable: true}, ""},
	}
	tell := func(terminal bool) (out, log string) {
		var o, l strings.Builder
		s := &starting{out: &o, log: &l, terminal: terminal}
		for _, step := range steps {
			s.told(step.progress, step.file)
			if _, err := s.Write([]byte("a line of the log\n")); err != nil {
				t.Fatal(err)
			}
		}
		s.end(nil)
		return o.String(), l.String()
	}
	const england = "The page of England can be read, while the other figures are loaded\n"
	out, log := tell(false)
	if want := "Loading, 0 of 3: patients.csv\nLoading, 1 of 3: ae.csv.gz\n" + england + "Loading, 2 of 3: mar.csv.gz\nAll figures are loaded\n"; out != want {
		t.Errorf("without a terminal:\n%s", cmp.Diff(want, out))
	}
	if strings.Count(log, "\n") != len(steps) || strings.Contains(log, "Loading") {
		t.Errorf("the log has %q", log)
	}
	out, log = tell(true)
	if out != england+"All figures are loaded\n" {
		t.Errorf("on a terminal: %q", out)
	}
	for line := range strings.Lines(log) {
		before, _, _ := strings.Cut(line, "a line of the log")
		if at := strings.LastIndexByte(before, '\r'); strings.TrimSpace(before[at+1:]) != "" && !strings.HasSuffix(before, "\x1b[2K\r") {
			t.Errorf("a line of the log runs into the bar: %q", line)
		}
	}
	if !strings.Contains(log, "Loading patients.csv") || !strings.Contains(log, "(3/3") {
		t.Errorf("the bar is %q", log)
	}
	var o, l strings.Builder
	(&starting{out: &o, log: &l}).end(errors.New("damaged"))
	if o.String() != "Nothing is loaded: damaged\n" {
		t.Errorf("damaged: %q", o.String())
	}
}
