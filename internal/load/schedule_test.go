package load_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stpdash/internal/fetch"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/measure"
	"stpdash/internal/warehouse"
)

// publisher is a web server of a publisher, on loopback.
type publisher struct {
	*httptest.Server
	mu    sync.Mutex
	files map[string]string // by path; pages end in .html
	asked []string          // path and status of every answer
	// hold, where there is one, is called before a path is answered.
	hold func(path string)
}

func publish(t testing.TB) *publisher {
	t.Helper()
	p := &publisher{files: map[string]string{}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		content, ok := p.files[r.URL.Path]
		hold := p.hold
		p.mu.Unlock()
		if hold != nil {
			hold(r.URL.Path)
		}
		etag, status := `"`+mappingtest.Fingerprint([]byte(content))[:8]+`"`, http.StatusOK
		switch {
		case !ok:
			status = http.StatusNotFound
		case strings.HasSuffix(r.URL.Path, ".html"):
			w.Header().Set("Content-Type", "text/html")
		case r.Header.Get("If-None-Match") == etag:
			status = http.StatusNotModified
			fallthrough
		default:
			w.Header().Set("ETag", etag)
		}
		p.mu.Lock()
		p.asked = append(p.asked, fmt.Sprintf("%s %d", r.URL.Path, status))
		p.mu.Unlock()
		w.WriteHeader(status)
		if status == http.StatusOK {
			_, _ = w.Write([]byte(content))
		}
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *publisher) set(path, content string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files[path] = content
}

// answers are those since they were last asked for.
func (p *publisher) answers() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	answers := p.asked
	p.asked = nil
	return answers
}

// returned is a file in canonical form that states one figure.
func returned(period, figure string) string {
	return "measure,organisation,period,numerator,denominator\nae_attendances_type1,RD1," + period + "," + figure + ",\n"
}

// returns are the shipped definitions with a place and a schedule for figures in canonical form.
func returns(t testing.TB, where string) *catalog.Catalog {
	t.Helper()
	return mappingtest.DefinitionsWithoutCentres(
		t,
		map[string]string{"sources/canonical.yaml": string(mappingtest.ReadFile(t, "../../dashboards/sources/canonical.yaml")) + where},
	)
}

func newCollector(t testing.TB, l *load.Loader) *load.Collector {
	t.Helper()
	return &load.Collector{Loader: l, Downloads: t.TempDir(), Roots: load.Roots{os.TempDir()}, Fetcher: &fetch.Fetcher{
		Clock: clockwork.NewRealClock(), Random: rand.New(rand.NewPCG(44, 0)).Float64, Logger: slog.New(slog.DiscardHandler),
	}}
}

// newSchedule is a schedule by a clock of its own, not started yet.
func newSchedule(t testing.TB, c *load.Collector, clock clockwork.Clock) *load.Schedule {
	t.Helper()
	c.Loader = c.Loader.With(func(s *load.Settings) { s.Now = clock.Now })
	return &load.Schedule{Collector: c, Clock: clock, Logger: slog.New(slog.DiscardHandler)}
}

func startSchedule(t testing.TB, s *load.Schedule) {
	t.Helper()
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func stop(t testing.TB, s *load.Schedule) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Error(err)
	}
}

// idle waits until no run is under way.
func idle(t testing.TB, s *load.Schedule) {
	t.Helper()
	for {
		entries, err := s.Entries(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(entries, func(e load.Entry) bool { return e.Running != nil }) {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// pass lets time pass once the only job waits for its next time, and waits for what became due.
func pass(t testing.TB, s *load.Schedule, clock *clockwork.FakeClock, d time.Duration) {
	t.Helper()
	if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
		t.Fatalf("the job does not wait for its next time: %v", err)
	}
	clock.Advance(d)
	if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
		t.Fatalf("the job does not wait for its next time: %v", err)
	}
	idle(t, s)
}

// runs are those recorded, oldest first, in words and London time.
func runs(t testing.TB, w *warehouse.Warehouse) []string {
	t.Helper()
	all, err := w.Runs(t.Context(), figures.Now, 1000)
	if err != nil {
		t.Fatal(err)
	}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, r := range slices.Backward(all) {
		words = append(words, strings.TrimSuffix(fmt.Sprintf("%s %s %s: found %d, published %d, failed %d, known %d; %s", r.Started.In(london).Format("02 15:04 MST"),
			cmp.Or(r.Source, "files"), r.Trigger, r.Found, r.Published, r.Failed, r.Known, r.Message), "; "))
	}
	return words
}

func expect(t testing.TB, what string, got, want []string) {
	t.Helper()
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", what, diff)
	}
}

func TestInbox(t *testing.T) {
	l, w := pipeline(t)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	clock := clockwork.NewFakeClockAt(time.Date(2018, 6, 1, 9, 0, 0, 0, time.UTC))
	folder := t.TempDir()
	write(t, folder, "april.csv", mappingtest.AprilCSV(t).Bytes())
	write(t, folder, ".partial.csv", []byte("still being copied"))
	s := newSchedule(t, newCollector(t, l), clock)
	s.Inbox = folder
	startSchedule(t, s)
	defer stop(t, s)
	idle(t, s)
	want := []string{"01 10:00 BST inbox start: found 1, published 1, failed 0, known 0"}
	expect(t, "the start", runs(t, w), want)
	if got := numerator(t, w, figures.Now, "ae_attendances_type1", footprint.England, "2018-04"); got != "4150" {
		t.Errorf("after the start April is %s, want 4150", got)
	}

	write(t, folder, "may.csv", mappingtest.Excerpt(t, "MSitAE-May-2018.csv", "RCD").Bytes())
	write(t, folder, "bad.csv", []byte("<html>"))
	pass(t, s, clock, time.Minute)
	want = append(want, "01 10:01 BST inbox schedule: found 3, published 1, failed 1, known 1")
	expect(t, "a minute later", runs(t, w), want)
	pass(t, s, clock, time.Minute)
	want = append(want, "01 10:02 BST inbox schedule: found 3, published 0, failed 0, known 3")
	expect(t, "nothing new", runs(t, w), want)

	away := filepath.Join(t.TempDir(), "away")
	if err := os.Rename(folder, away); err != nil {
		t.Fatal(err)
	}
	pass(t, s, clock, time.Minute)
	want = append(
		want,
		fmt.Sprintf("01 10:03 BST inbox schedule: found 0, published 0, failed 0, known 0; look for files: lstat %s: no such file or directory", folder),
	)
	expect(t, "a folder that is away for a while", runs(t, w), want)
	if err := os.Rename(away, folder); err != nil {
		t.Fatal(err)
	}
	pass(t, s, clock, time.Minute)
	want = append(want, "01 10:04 BST inbox schedule: found 3, published 0, failed 0, known 3")
	expect(t, "the folder is back", runs(t, w), want)
}

// TestRunsWait holds that what is due or asked for at a first start waits until the bundled figures are there to ask by.
func TestRunsWait(t *testing.T) {
	l, w := pipeline(t)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	clock := clockwork.NewFakeClockAt(time.Date(2018, 6, 1, 9, 0, 0, 0, time.UTC))
	folder := t.TempDir()
	write(t, folder, "april.csv", mappingtest.AprilCSV(t).Bytes())
	waiting := func(after chan struct{}) *load.Schedule {
		s := newSchedule(t, newCollector(t, l), clock)
		s.Inbox, s.After = folder, after
		startSchedule(t, s)
		entries, err := s.Entries(t.Context())
		if err != nil || len(entries) == 0 || entries[0].Running == nil {
			t.Errorf("the inbox does not wait: %+v, %v", entries, err)
		}
		if _, err := s.Run(load.InboxSource); !errors.Is(err, load.ErrRunning) {
			t.Errorf("by hand meanwhile: %v", err)
		}
		expect(t, "before", runs(t, w), nil)
		return s
	}
	stop(t, waiting(make(chan struct{}))) // it does not wait for what never comes
	after := make(chan struct{})
	s := waiting(after)
	defer stop(t, s)
	close(after)
	idle(t, s)
	expect(t, "then", runs(t, w), []string{"01 10:00 BST inbox start: found 1, published 1, failed 0, known 0"})
}

// The clocks of London go forward on 29 March 2026 at 01:00 UTC and back on 25 October 2026 at 01:00 UTC.
func TestTimesOnDaysOfChange(t *testing.T) {
	for _, c := range []struct{ name, cron, after, due string }{
		{"at a time that spring leaves out", "30 1 * * *", "2026-03-28T00:00:00Z", "28 01:30 GMT, 29 02:30 BST, 30 01:30 BST"},
		{"at a time that spring leaves out, asked for shortly after the change", "30 1 * * *", "2026-03-29T01:10:00Z", "29 02:30 BST, 30 01:30 BST"},
		{"at a time that spring leaves out and an hour later", "30 1,2 * * *", "2026-03-28T12:00:00Z", "29 02:30 BST, 30 01:30 BST, 30 02:30 BST"},
		{"at the change of spring", "0 1 * * *", "2026-03-28T12:00:00Z", "29 02:00 BST, 30 01:00 BST"},
		{"every other hour in spring", "15 1-23/2 * * *", "2026-03-28T23:30:00Z", "29 02:15 BST, 29 03:15 BST, 29 05:15 BST"},
		{"every hour in spring", "15 * * * *", "2026-03-29T00:00:00Z", "29 00:15 GMT, 29 02:15 BST, 29 03:15 BST"},
		{"on Sundays in spring", "30 1 * * 0", "2026-03-23T00:00:00Z", "29 02:30 BST, 05 01:30 BST"},
		{"at a time that autumn repeats", "30 1 * * *", "2026-10-24T00:00:00Z", "24 01:30 BST, 25 01:30 BST, 26 01:30 GMT"},
		{"at a time that autumn repeats, asked for between the two", "30 1 * * *", "2026-10-25T00:45:00Z", "26 01:30 GMT"},
		{"at a time that autumn repeats, asked for just before the second", "30 1 * * *", "2026-10-25T01:10:00Z", "26 01:30 GMT"},
		{"at the change of autumn", "0 2 * * *", "2026-10-24T12:00:00Z", "25 02:00 GMT, 26 02:00 GMT"},
		{"every hour in autumn", "15 * * * *", "2026-10-25T00:00:00Z", "25 01:15 BST, 25 01:15 GMT, 25 02:15 GMT"},
		{"on working days", "0 6 * * 1-5", "2026-10-23T06:00:00Z", "26 06:00 GMT, 27 06:00 GMT"},
	} {
		t.Run(c.name, func(t *testing.T) {
			after, err := time.Parse(time.RFC3339, c.after)
			if err != nil {
				t.Fatal(err)
			}
			due, err := load.Due(c.cron, after, strings.Count(c.due, ",")+1)
			if err != nil {
				t.Fatal(err)
			}
			var words []string
			for _, d := range due {
				words = append(words, d.Format("02 15:04 MST"))
			}
			if got := strings.Join(words, ", "); got != c.due {
				t.Errorf("due %s, want %s", got, c.due)
			}
		})
	}
}

func TestScheduleOnDaysOfChange(t *testing.T) {
	t.Parallel()
	r := mappingtest.Reference(t)
	c := returns(t, "where: [{folder: "+t.TempDir()+"}]\nschedule: 30 1 * * *\n")
	for _, day := range []struct {
		name  string
		start time.Time
		want  []string
	}{
		{"spring", time.Date(2026, 3, 28, 0, 0, 0, 0, time.UTC), []string{"28 00:00 GMT", "28 01:30 GMT", "29 02:30 BST", "30 01:30 BST"}},
		{"autumn", time.Date(2026, 10, 24, 0, 0, 0, 0, time.UTC), []string{"24 01:00 BST", "24 01:30 BST", "25 01:30 BST", "26 01:30 GMT"}},
	} {
		t.Run(day.name, func(t *testing.T) {
			w := openWarehouse(t, r)
			clock := clockwork.NewFakeClockAt(day.start)
			s := newSchedule(t, newCollector(t, newLoader(t, w, c, r)), clock)
			startSchedule(t, s)
			defer stop(t, s)
			idle(t, s)
			for range 3 * 24 * 2 {
				pass(t, s, clock, 30*time.Minute)
			}
			got := runs(t, w)
			for i := range got {
				got[i] = strings.Join(strings.Fields(got[i])[:3], " ")
			}
			expect(t, "three days", got, day.want)
		})
	}
}

func TestSource(t *testing.T) {
	t.Parallel()
	p := publish(t)
	folder := t.TempDir()
	write(t, folder, "2017-01.csv", []byte(returned("2017-01", "1")))
	p.set("/2017-02.csv", returned("2017-02", "2"))
	p.set("/list.html", `<a href="2017-03.csv">March</a> <a href="2017-02.csv">February again</a> <a href="other.pdf">Notes</a>
		<a href="http://elsewhere.example/2017-05.csv">May</a>`)
	p.set("/2017-03.csv", returned("2017-03", "3"))
	r := mappingtest.Reference(t)
	w := openWarehouse(t, r)
	c := newCollector(t, newLoader(t, w, returns(t, fmt.Sprintf(`where:
  - folder: %[1]s
  - url: %[2]s/gone.csv
  - url: %[2]s/2017-02.csv
  - page: %[2]s/missing.html
    links: csv$
  - page: %[2]s/list.html
    links: \d{4}-\d\d\.csv$
private: [127.0.0.1]
`, folder, p.URL)), r))
	c.Loader = c.Loader.With(func(s *load.Settings) {
		s.Now = clockwork.NewFakeClockAt(time.Date(2018, 6, 1, 9, 0, 0, 0, time.UTC)).Now
	})
	source, _ := c.Loader.Catalog.Source("canonical")
	run := func(want string) {
		t.Helper()
		var told []string
		run, err := c.Run(t.Context(), source, "hand", func(done, of int, file string, o load.Outcome, err error) {
			told = append(told, fmt.Sprintf("%d/%d %s %s %v %v", done, of, filepath.Base(file), o.Load.State, o.Known, err != nil))
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("found %d, published %d, failed %d, known %d", run.Found, run.Published, run.Failed, run.Known); got != want {
			t.Fatalf("%s, want %s: %s\n%q", got, want, run.Message, told)
		}
		for _, text := range []string{p.URL + "/gone.csv", p.URL + "/missing.html", "404", "elsewhere.example"} {
			if !strings.Contains(run.Message, text) {
				t.Errorf("the message does not name %s: %s", text, run.Message)
			}
		}
		if left, err := filepath.Glob(c.Downloads + "/*/*"); err != nil || len(left) > 0 {
			t.Errorf("downloads were left behind: %q (%v)", left, err)
		}
	}
	figure := func(period, want string) {
		t.Helper()
		v, err := w.OrganisationSeries(t.Context(), figures.Now, measureOf(t, c.Loader.Catalog, "ae_attendances_type1"), "RD1", figures.Range{})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(v, func(v measure.Value) bool { return v.Period.Format("2006-01") == period })
		if i < 0 || v[i].Numerator.Decimal.String() != want {
			t.Errorf("%s is not %s: %+v", period, want, v)
		}
	}

	run("found 4, published 3, failed 3, known 0")
	expect(t, "asked", p.answers(), []string{"/missing.html 404", "/list.html 200", "/gone.csv 404", "/2017-02.csv 200", "/2017-03.csv 200"})
	figure("2017-01", "1")
	figure("2017-03", "3")

	run("found 4, published 0, failed 3, known 3")
	expect(t, "asked again", p.answers(), []string{"/missing.html 404", "/list.html 200", "/gone.csv 404", "/2017-02.csv 304", "/2017-03.csv 304"})

	p.set("/2017-03.csv", returned("2017-03", "13"))
	run("found 4, published 1, failed 3, known 2")
	expect(t, "asked after a revision", p.answers(), []string{"/missing.html 404", "/list.html 200", "/gone.csv 404", "/2017-02.csv 304", "/2017-03.csv 200"})
	figure("2017-03", "13")
	run("found 4, published 0, failed 3, known 3")
}

// TestSourceTakesTurns runs a source that another process runs already.
func TestSourceTakesTurns(t *testing.T) {
	t.Parallel()
	r := mappingtest.Reference(t)
	w := openWarehouse(t, r)
	c := newCollector(t, newLoader(t, w, returns(t, "where: [{folder: "+t.TempDir()+"}]\n"), r))
	source, _ := c.Loader.Catalog.Source("canonical")
	release, err := load.FileLock(filepath.Join(c.Downloads, "canonical.lock"))(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := c.Run(ctx, source, "hand", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("beside another run: %v", err)
	}
	release()
	if _, err := c.Run(t.Context(), source, "hand", nil); err != nil {
		t.Errorf("after it: %v", err)
	}
}

func measureOf(t testing.TB, c *catalog.Catalog, id string) *catalog.Measure {
	t.Helper()
	m, ok := c.Measure(id)
	if !ok {
		t.Fatalf("there is no measure %s", id)
	}
	return m
}

// breaking is a store that fails to roll up as long as it is broken.
type breaking struct {
	load.Store
	broken bool
}

func (b *breaking) RollUp(ctx context.Context, r load.Rolling, c *catalog.Catalog) error {
	if b.broken {
		return errors.New("the disk is full")
	}
	return b.Store.RollUp(ctx, r, c)
}

func TestWhatIsRememberedOfAnAddress(t *testing.T) {
	t.Parallel()
	p := publish(t)
	r := mappingtest.Reference(t)
	w := openWarehouse(t, r)
	c := newCollector(t, newLoader(t, w, returns(t, "where: [{url: "+p.URL+"/2017-02.csv}]\nprivate: [127.0.0.1]\n"), r))
	store := &breaking{Store: w}
	c.Loader = c.Loader.With(func(s *load.Settings) { s.Store = store })
	source, _ := c.Loader.Catalog.Source("canonical")
	run := func(want string) {
		t.Helper()
		run, err := c.Run(t.Context(), source, "hand", nil)
		if (err != nil) != store.broken {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("published %d, failed %d, known %d; %v", run.Published, run.Failed, run.Known, p.answers()); got != want {
			t.Fatalf("%s, want %s: %s", got, want, run.Message)
		}
	}
	p.set("/2017-02.csv", "<html>")
	run("published 0, failed 1, known 0; [/2017-02.csv 200]")
	run("published 0, failed 0, known 1; [/2017-02.csv 304]") // a file that was refused is refused again

	p.set("/2017-02.csv", returned("2017-02", "2"))
	store.broken = true
	run("published 0, failed 0, known 0; [/2017-02.csv 200]")
	store.broken = false
	run("published 1, failed 0, known 0; [/2017-02.csv 200]") // the load was interrupted, so the file is brought again
	run("published 0, failed 0, known 1; [/2017-02.csv 304]")

	// Another declaration may read what was refused: it is brought again, though it has not changed.
	p.set("/2017-02.csv", "<html>")
	run("published 0, failed 0, known 1; [/2017-02.csv 200]")
	c = newCollector(t, newLoader(t, w, returns(t, "tolerance: 1\nwhere: [{url: "+p.URL+"/2017-02.csv}]\nprivate: [127.0.0.1]\n"), r))
	source, _ = c.Loader.Catalog.Source("canonical")
	run("published 0, failed 1, known 0; [/2017-02.csv 200]")
}

// TestMissedRuns starts a schedule again and again, by the clock of each time.
func TestMissedRuns(t *testing.T) {
	r := mappingtest.Reference(t)
	w := openWarehouse(t, r)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	p := publish(t)
	defer p.Close()
	p.set("/2017-02.csv", returned("2017-02", "2"))
	c := newCollector(t, newLoader(t, w, returns(t, "where: [{url: "+p.URL+"/2017-02.csv}]\nprivate: [127.0.0.1]\nschedule: 0 6 * * *\n"), r))
	at := func(day, hour, minute int) *clockwork.FakeClock {
		return clockwork.NewFakeClockAt(time.Date(2018, 6, day, hour, minute, 0, 0, time.UTC))
	}

	// The first run is cut short by the end of the service, with a file on its way.
	held, release := make(chan struct{}), make(chan struct{})
	p.hold = func(string) { close(held); <-release }
	s := newSchedule(t, c, at(1, 12, 0))
	startSchedule(t, s)
	<-held
	entries, err := s.Entries(t.Context())
	if err != nil || len(entries) != 1 || entries[0].Running == nil || entries[0].Running.Trigger != "start" || entries[0].Last != nil {
		t.Errorf("while it runs: %+v (%v)", entries, err)
	}
	if _, err := s.Run("canonical"); !errors.Is(err, load.ErrRunning) {
		t.Errorf("a second run: %v", err)
	}
	stop(t, s)
	close(release)
	p.mu.Lock()
	p.hold = nil
	p.mu.Unlock()
	expect(t, "a run cut short", runs(t, w), nil)
	left := filepath.Join(c.Downloads, "canonical") // as after a crash
	if err := os.Mkdir(left, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, left, ".part-1", []byte("half of a fi"))
	var want []string
	for _, step := range []struct {
		name  string
		clock *clockwork.FakeClock
		runs  []string
	}{
		{"caught up", at(1, 12, 10), []string{"01 13:10 BST canonical start: found 1, published 1, failed 0, known 0"}},
		{"nothing missed", at(2, 4, 59), nil},
		{"one missed", at(2, 5, 0), []string{"02 06:00 BST canonical start: found 1, published 0, failed 0, known 1"}},
		{"several missed", at(9, 12, 0), []string{"09 13:00 BST canonical start: found 1, published 0, failed 0, known 1"}},
	} {
		s := newSchedule(t, c, step.clock)
		startSchedule(t, s)
		idle(t, s)
		want = append(want, step.runs...)
		expect(t, step.name, runs(t, w), want)
		stop(t, s)
	}

	clock := at(9, 20, 0)
	s = newSchedule(t, c, clock)
	startSchedule(t, s)
	defer stop(t, s)
	if _, err := s.Run("ae"); !errors.Is(err, load.ErrNoSource) || !strings.Contains(err.Error(), "accepted: ") {
		t.Errorf("a source without a place: %v", err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what a crash left behind is still there: %v", err)
	}
	id, err := s.Run("canonical")
	if err != nil {
		t.Fatal(err)
	}
	idle(t, s)
	pass(t, s, clock, 9*time.Hour)
	want = append(
		want,
		"09 21:00 BST canonical hand: found 1, published 0, failed 0, known 1",
		"10 06:00 BST canonical schedule: found 1, published 0, failed 0, known 1",
	)
	expect(t, "by hand, and then when due", runs(t, w), want)
	all, err := w.Runs(t.Context(), figures.Now, 2)
	if err != nil || all[1].ID != id {
		t.Errorf("the run by hand has the number %d and is recorded as %+v (%v)", id, all, err)
	}
	entries, err = s.Entries(t.Context())
	if err != nil || len(entries) != 1 || entries[0].Last == nil || entries[0].Last.ID != all[0].ID ||
		!entries[0].Next.Equal(time.Date(2018, 6, 11, 5, 0, 0, 0, time.UTC)) {
		t.Errorf("at the end: %+v (%v)", entries, err)
	}
}

func TestOneLoadsAtATime(t *testing.T) {
	lock := load.FileLock(filepath.Join(t.TempDir(), "load.lock"))
	release, err := lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, 1)
	go func() {
		_, err := lock(ctx)
		waiting <- err
	}()
	cancel()
	if err := <-waiting; err == nil {
		t.Error("two hold the lock")
	}
	release()
	again, err := lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again()
}
