package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/jonboulle/clockwork"

	"stpdash/internal/catalog"
)

// InboxSource stands for the inbox where the id of a source is asked for.
const InboxSource = "inbox"

// The inbox is looked through every minute.
const inboxTimes = "* * * * *"

// Schedule runs sources when they are due, by the clocks of London, and looks through the inbox. Each has one run at a time.
type Schedule struct {
	Collector *Collector
	Inbox     string // a folder; empty: none
	Clock     clockwork.Clock
	Logger    *slog.Logger
	// After is closed when runs may load; until then those that are due or asked for wait. Nil: at once. What the figures of a file ask
	// follows from those that are loaded already.
	After <-chan struct{}
	// Published is told that a run has published something, and must not wait; it may be nil.
	Published func()

	jobs []*job

	mu        sync.Mutex // guards the running of jobs, and the start of runs against the end of all
	runs      sync.WaitGroup
	context   context.Context // of all runs
	end       context.CancelFunc
	scheduler gocron.Scheduler
}

// job is a source, or the inbox.
type job struct {
	source  *catalog.Source // nil for the inbox
	entry   Entry
	due     *timetable // nil: by hand only
	running *Run
}

// Entry is how a source, or the inbox, stands in the schedule.
type Entry struct {
	Source  string // its id, or InboxSource
	Title   string
	Cron    string    // when it is due, London time; empty: it is run by hand only
	Next    time.Time // zero: it is run by hand only
	Last    *Run      // the latest run that has ended, nil: none has
	Running *Run      // the run under way in this process, nil: none is
}

// Faults of a run that is started by hand.
var (
	ErrRunning  = errors.New("is running already")
	ErrNoSource = errors.New("is no source that can be run")
)

// Start begins to run what is due, at once what was missed while no service ran, and the inbox in any case. It ends with the context
// or with Stop.
func (s *Schedule) Start(ctx context.Context) error {
	latest, err := s.latest(ctx)
	if err != nil {
		return err
	}
	if s.scheduler, err = gocron.NewScheduler(gocron.WithClock(s.Clock), gocron.WithStopTimeout(10*time.Second)); err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	s.context, s.end = context.WithCancel(ctx)
	if s.Inbox != "" {
		if err := s.add(nil, Entry{Source: InboxSource, Title: "Inbox", Cron: inboxTimes}); err != nil {
			return err
		}
	}
	for _, source := range s.Collector.Loader.Catalog.Sources {
		if len(source.Where) == 0 {
			continue
		}
		if err := s.add(source, Entry{Source: source.ID, Title: source.Title, Cron: source.Schedule}); err != nil {
			return err
		}
	}
	for _, j := range s.jobs {
		last, ran := latest[j.entry.Source]
		if j.due != nil && (j.source == nil || !ran || j.missed(last.Started, s.Clock.Now())) {
			s.begin(j, "start")
		}
	}
	s.scheduler.Start()
	return nil
}

// missed tells whether a run was due after the last one; a time that never comes was not.
func (j *job) missed(last, now time.Time) bool {
	next := j.due.Next(last)
	return !next.IsZero() && !next.After(now)
}

func (s *Schedule) add(source *catalog.Source, entry Entry) (err error) {
	j := &job{source: source, entry: entry}
	s.jobs = append(s.jobs, j)
	if entry.Cron == "" {
		return nil
	}
	if j.due, err = newTimetable(entry.Cron); err != nil {
		return fmt.Errorf("%s: %w", entry.Source, err)
	}
	_, err = s.scheduler.NewJob(gocron.CronJob(entry.Cron, false), gocron.NewTask(func() { s.begin(j, "schedule") }),
		gocron.WithName(entry.Source), gocron.WithCronImplementation(j.due))
	if err != nil {
		return fmt.Errorf("%s: schedule %q: %w", entry.Source, entry.Cron, err)
	}
	return nil
}

// Stop ends the schedule with the runs under way, and waits for them.
func (s *Schedule) Stop() error {
	s.mu.Lock()
	s.end()
	s.mu.Unlock()
	err := s.scheduler.Shutdown()
	s.runs.Wait()
	return err
}

// Run starts a run by hand of a source, or of InboxSource, and gives its number without waiting for its end.
func (s *Schedule) Run(source string) (uint64, error) {
	i := slices.IndexFunc(s.jobs, func(j *job) bool { return j.entry.Source == source })
	if i < 0 {
		var accepted []string
		for _, j := range s.jobs {
			accepted = append(accepted, j.entry.Source)
		}
		return 0, fmt.Errorf("%q %w; accepted: %s", source, ErrNoSource, cmp.Or(strings.Join(accepted, ", "), "none says where its files are"))
	}
	id, ok := s.begin(s.jobs[i], "hand")
	if !ok {
		return 0, fmt.Errorf("%s %w", source, ErrRunning)
	}
	return id, nil
}

// begin starts a run of a job, unless one is under way or the schedule has ended.
func (s *Schedule) begin(j *job, trigger string) (id uint64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j.running != nil || s.context.Err() != nil {
		return 0, false
	}
	run := s.newRun(j, trigger)
	j.running = &run
	s.runs.Go(func() {
		s.carryOut(j, run)
		s.mu.Lock()
		defer s.mu.Unlock()
		j.running = nil
	})
	return run.ID, true
}

func (s *Schedule) newRun(j *job, trigger string) Run {
	if j.source == nil {
		return s.Collector.Loader.runs.begin(InboxSource, trigger, s.Inbox)
	}
	return s.Collector.begin(j.source, trigger)
}

func (s *Schedule) carryOut(j *job, run Run) {
	if s.After != nil {
		select {
		case <-s.After:
		case <-s.context.Done():
			return
		}
	}
	var err error
	if j.source == nil {
		run, err = s.Collector.Loader.runs.paths(s.context, run, []string{s.Inbox}, File{}, nil)
	} else {
		run, err = s.Collector.run(s.context, j.source, run, nil)
	}
	if run.Published > 0 && s.Published != nil {
		s.Published()
	}
	switch {
	case s.context.Err() != nil:
	case err != nil:
		s.Logger.Error("run", "run", run.ID, "source", run.Source, "error", err)
	case j.source != nil || run.Published+run.Failed > 0: // a look through the inbox that finds nothing new is not worth a line
		s.Logger.Info("run", "run", run.ID, "source", run.Source, "trigger", run.Trigger,
			"found", run.Found, "published", run.Published, "failed", run.Failed, "known", run.Known, "message", run.Message)
	}
}

// Entries tell how the inbox and the sources stand, in the order of the declarations.
func (s *Schedule) Entries(ctx context.Context) ([]Entry, error) {
	latest, err := s.latest(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	entries := []Entry{}
	for _, j := range s.jobs {
		e := j.entry
		e.Running = j.running
		if last, ok := latest[e.Source]; ok {
			e.Last = &last
		}
		if j.due != nil {
			e.Next = j.due.Next(s.Clock.Now())
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// latest are the latest runs by source.
func (s *Schedule) latest(ctx context.Context) (map[string]Run, error) {
	runs, err := s.Collector.Loader.Store.LatestRuns(ctx)
	latest := map[string]Run{}
	for _, run := range runs {
		latest[run.Source] = run
	}
	return latest, err
}
