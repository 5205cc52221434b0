package load

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"stpdash/internal/fetch"
)

// Run is one look at the places of a source, through the inbox, or at files named by hand.
type Run struct {
	ID        uint64
	Source    string // id of the source or InboxSource; empty for files named by hand
	Trigger   string // start, schedule or hand
	Path      string // the places
	Started   time.Time
	Ended     time.Time
	Found     uint32
	Published uint32
	Failed    uint32
	Known     uint32
	Held      uint32 // files that wait for acceptance
	Message   string // what went wrong, beside the files that were refused
}

// Report is told of every file of a run as it is done; nil tells nobody.
type Report func(done, of int, file string, o Outcome, err error)

// runner loads what runs find.
type runner struct {
	loader  *Loader
	last    atomic.Uint64 // number of a run
	settled sync.Map      // files found by themselves that need not be read again: path to settledFile
	died    sync.Map      // how often the service died while it loaded a file: name to int, as of the start
}

// begin makes a run with a number of its own: the microsecond of its start, or the next that is free.
func (r *runner) begin(source, trigger, path string) Run {
	run := Run{Source: source, Trigger: trigger, Path: path, Started: r.loader.Now()}
	for {
		last := r.last.Load()
		run.ID = max(uint64(run.Started.UnixMicro()), last+1)
		if r.last.CompareAndSwap(last, run.ID) {
			return run
		}
	}
}

// Paths loads files and the files of folders, by name, and records the run. It goes on after a file that fails.
func (l *Loader) Paths(ctx context.Context, paths []string, trigger string, again bool, report Report) (Run, error) {
	return l.runs.paths(ctx, l.runs.begin("", trigger, strings.Join(paths, ", ")), paths, File{Again: again}, report)
}

// PathsAccepted loads files by name, as Paths does, and publishes them whatever their figures ask, for a reason that readers will see.
func (l *Loader) PathsAccepted(ctx context.Context, paths []string, trigger, reason string, report Report) (Run, error) {
	return l.runs.paths(ctx, l.runs.begin("", trigger, strings.Join(paths, ", ")), paths, File{Again: true, Accept: reason}, report)
}

func (r *runner) paths(ctx context.Context, run Run, paths []string, how File, report Report) (Run, error) {
	files, unreadable, err := Discover(paths)
	run.note(unreadable)
	found := r.files(files, &run, how)
	if err == nil {
		err = r.each(ctx, &run, found, report)
	}
	return r.end(ctx, run, err)
}

// end records a run. One that the end of the context has cut short is not recorded, so that it counts as missed.
func (r *runner) end(ctx context.Context, run Run, err error) (Run, error) {
	run.Ended = r.loader.Now()
	run.note(err)
	return run, errors.Join(err, r.loader.Store.RecordRun(ctx, run))
}

// foundFile is a file that a run has found.
type foundFile struct {
	name string
	load func(ctx context.Context) (Outcome, error)
}

// files are findings of files that are loaded in one way.
func (r *runner) files(files []string, run *Run, how File) []foundFile {
	var found []foundFile
	for _, file := range files {
		found = append(found, foundFile{file, func(ctx context.Context) (Outcome, error) { return r.load(ctx, file, run, how) }})
	}
	return found
}

// each loads what was found, one after the other. An error of the machine ends it, what is wrong with one file does not.
func (r *runner) each(ctx context.Context, run *Run, found []foundFile, report Report) error {
	slices.SortStableFunc(found, func(a, b foundFile) int { return r.byDeaths(a.name, b.name) })
	run.Found += uint32(len(found))
	for i, f := range found {
		outcome, err := f.load(ctx)
		if errors.Is(err, errUnsettled) {
			outcome, err = Outcome{Skipped: err.Error()}, nil
		}
		if report != nil {
			report(i+1, len(found), f.name, outcome, err)
		}
		if err := run.count(outcome, err); err != nil {
			return err
		}
	}
	return nil
}

func (r *Run) count(o Outcome, err error) error {
	_, remote := errors.AsType[*fetch.Error](err)
	if o.Load.IsSetAside() && err == nil {
		r.note(fmt.Errorf("%s is set aside (load %d)", o.Load.File, o.Load.ID))
	}
	switch {
	case remote, errors.Is(err, errUnreadable):
		r.Failed++
		r.note(err)
	case err != nil:
		return err
	case o.Skipped != "" || o.Known:
		r.Known++
	case o.Load.State == Published:
		r.Published++
	case o.Load.State == Held:
		r.Held++
	default:
		r.Failed++
	}
	return nil
}

// note adds to what went wrong.
func (r *Run) note(err error) {
	if err != nil {
		if r.Message != "" {
			r.Message += "; "
		}
		r.Message += err.Error()
	}
}
