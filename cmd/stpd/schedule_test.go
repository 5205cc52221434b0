package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"stpdash/dashboards"
	"stpdash/internal/load"
)

// withPlaces is a folder of the shipped definitions, with places for figures in canonical form.
func withPlaces(t testing.TB, where string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, dashboards.Definitions); err != nil {
		t.Fatal(err)
	}
	canonical, err := fs.ReadFile(dashboards.Definitions, "sources/canonical.yaml")
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "sources", "canonical.yaml"), append(canonical, where...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// runToken is a token of an analyst, with which a program starts runs of the service of these settings.
func runToken(t testing.TB, settings []string) string {
	t.Helper()
	run := func(arguments ...string) []byte {
		t.Helper()
		c := stpd(t, settings, arguments...)
		var wrong strings.Builder
		c.Stderr = &wrong
		out, err := c.Output()
		if err != nil {
			t.Fatalf("%v: %v: %s", arguments, err, wrong.String())
		}
		return out
	}
	run("person", "add", "--analyst", "--name", "Ann Other", "--address", "ann@nhs.example")
	today := time.Now()
	if at, ok := settingOf(settings, "STP_CLOCK"); ok {
		var err error
		if today, err = time.Parse(time.RFC3339, at); err != nil {
			t.Fatal(err)
		}
	}
	var made struct{ Token string }
	if err := json.Unmarshal(
		run("token", "add", "ann@nhs.example", "--name", "a test", "--may", "run", "--until", today.Format(time.DateOnly), "--json"),
		&made,
	); err != nil {
		t.Fatal(err)
	}
	return made.Token
}

// settingOf finds a setting.
func settingOf(settings []string, name string) (string, bool) {
	for _, setting := range settings {
		if found, value, _ := strings.Cut(setting, "="); found == name {
			return value, true
		}
	}
	return "", false
}

func (s *service) post(t testing.TB, path, token string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.address+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	return ask(t, request)
}

type scheduleAnswer []struct {
	Source  string
	Next    *time.Time `json:"next_run"`
	Running *time.Time `json:"running_since"`
	Last    *struct {
		ID        uint64 `json:"run_id"`
		Trigger   string
		Published int
		Failed    int
		Known     int
		Message   string
	} `json:"last_run"`
}

func TestSchedule(t *testing.T) {
	t.Parallel()
	const content = "measure,organisation,period,numerator,denominator,published_file,published_row\nae_attendances_type1,RD1,2017-04,%d,,April.xls,20\n"
	held := make(chan struct{})
	var asked atomic.Int32
	publisher := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := asked.Add(1)
		switch n {
		case 2:
			<-held
		case 4:
			http.NotFound(w, r)
			return
		}
		if agent := r.UserAgent(); !strings.HasPrefix(agent, "stpd/") || !strings.Contains(agent, "(stp@nhs.uk)") {
			t.Errorf("the publisher is asked by %q", agent)
		}
		fmt.Fprintf(w, content, n)
	}))
	defer publisher.Close()
	settings := []string{
		"STP_DATA_DIR=" + t.TempDir(), "STP_BUNDLED=false", "STP_CONTACT=stp@nhs.uk", "STP_CLOCK=2018-06-01T09:00:00Z",
		"STP_DASHBOARDS=" + withPlaces(t, "where: [{url: "+publisher.URL+"/figures.csv}]\nprivate: [127.0.0.1]\nschedule: 0 6 1 * *\n"),
	}
	s := start(t, settings...)
	token := runToken(t, settings)
	ended := func() scheduleAnswer {
		t.Helper()
		var all scheduleAnswer
		eventually(t, "a run has ended", func() bool {
			all = decode[scheduleAnswer](t, s.get(t, "/api/v1/schedule").body)
			return len(all) == 1 && all[0].Running == nil && all[0].Last != nil
		})
		return all
	}
	if all := ended(); all[0].Source != "canonical" || all[0].Last.Trigger != "start" || all[0].Last.Published != 1 ||
		!all[0].Next.Equal(time.Date(2018, 7, 1, 5, 0, 0, 0, time.UTC)) {
		t.Errorf("after the start: %+v", all)
	}
	if page := s.get(t, "/loads").body; !strings.Contains(page, "Figures in canonical form") || !strings.Contains(page, "1 July 2018 at 06:00") {
		t.Errorf("the page does not show the schedule: %s", page)
	}
	for _, c := range []struct {
		source, token string
		status        int
	}{
		{"canonical", "another", 401}, {"ae", token, 404}, {"inbox", token, 404}, {"canonical", token, 202}, {"canonical", token, 409},
	} {
		if a := s.post(t, "/api/v1/runs?source="+c.source, c.token); a.status != c.status {
			t.Errorf("a run of %s is answered %d %s, want %d", c.source, a.status, a.body, c.status)
		}
	}
	close(held)
	eventually(t, "the run by hand has ended", func() bool {
		last := decode[scheduleAnswer](t, s.get(t, "/api/v1/schedule").body)[0].Last
		return last.Trigger == "hand" && last.Published == 1
	})

	// Beside the service, and a path of the same name.
	beside := stpd(t, settings, "load", "canonical")
	out, err := beside.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "canonical: 1 files: 1 published, 0 failed") || asked.Load() != 3 {
		t.Fatalf("%v: %s, asked %d times", err, out, asked.Load())
	}
	if err := os.Mkdir(filepath.Join(beside.Dir, "canonical"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := stpd(t, settings, "load", "canonical", "--json")
	path.Dir = beside.Dir
	if out, err := path.CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != `{"found":0,"published":0,"failed":0,"known":0}` {
		t.Errorf("a folder of the name of a source: %v: %s", err, out)
	}
	if out, err := stpd(t, settings, "load", "ae").CombinedOutput(); err == nil || !strings.Contains(string(out), "canonical") {
		t.Errorf("a source without places: %v: %s", err, out)
	}
	s.stop(t)

	out, err = stpd(t, settings, "load", "canonical", "--json").CombinedOutput()
	if err == nil || !strings.Contains(string(out), `"source":"canonical","found":1,"published":0,"failed":1`) || !strings.Contains(string(out), publisher.URL) {
		t.Errorf("what the publisher no longer has: %v: %s", err, out)
	}
}

func TestProgressOnATerminal(t *testing.T) {
	folder := t.TempDir()
	for name, size := range map[string]int{"a.csv": 40_000, "b.xls": 60_000} {
		if err := os.WriteFile(filepath.Join(folder, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out, terminal bytes.Buffer
	r := &reporter{out: &out, terminal: &terminal}
	if err := r.measure([]string{folder}); err != nil {
		t.Fatal(err)
	}
	at := func(want float64) {
		t.Helper()
		if got := r.bar.State().CurrentNum; got != int64(want) {
			t.Errorf("the bar stands at %d, want %.0f", got, want)
		}
	}
	time.Sleep(60 * time.Millisecond) // the bar is drawn every 50
	r.progress(40_000)
	at(20_000) // a csv is read twice
	r.progress(50_000)
	at(40_000)
	r.told(1, 2, "a.csv", load.Outcome{Load: load.Load{State: load.Failed, Message: "it is empty"}}, nil)
	at(40_000)
	time.Sleep(60 * time.Millisecond)
	r.progress(30_000)
	at(70_000)
	r.told(2, 2, "b.xls", load.Outcome{Load: load.Load{State: load.Published}}, nil)
	at(100_000)
	for _, text := range []string{"20%", "20/100 kB", "B/s", "100%"} {
		if !strings.Contains(terminal.String(), text) {
			t.Errorf("the bar does not show %q: %q", text, terminal.String())
		}
	}
	if out.String() != "a.csv: failed: it is empty\n" {
		t.Errorf("beside the bar stands %q", out.String())
	}
}

func TestNamesOfFilesDoNotSteerTheTerminal(t *testing.T) {
	l := line{File: "we\nird\x1b[31m £.csv", State: "failed", Message: "we\nird\x1b[31m £.csv: is empty"}
	if got, want := l.String(), "we�ird�[31m £.csv: failed: we�ird�[31m £.csv: is empty"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
