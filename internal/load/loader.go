package load

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/publication"
)

// Loader loads files one at a time.
type Loader struct {
	Store     Store
	Catalog   *catalog.Catalog
	Reference *footprint.Reference
	Archive   Archive
	Now       func() time.Time
	Logger    *slog.Logger
	// Lock keeps other processes from loading into the same warehouse; the function returned releases it. It may be nil.
	Lock func(ctx context.Context) (func(), error)
	// Observe is told how long each stage of a load took; it may be nil.
	Observe func(stage string, took time.Duration)

	mu     sync.Mutex
	mapper *Mapper
	once   sync.Once
}

// File is one file to load.
type File struct {
	Name    string
	Content []byte
	Bundled bool // it came with the product
	// Again tries a file that failed before, though neither it nor its source has changed.
	Again bool
}

// Outcome is what became of a file.
type Outcome struct {
	Load    Load
	Known   bool   // the same content was loaded, or refused, before
	Skipped string // why the source does not load this file
}

// Sources that no file declares: the product's own definitions and reference data.
const (
	definitionsSource = "definitions"
	membershipsSource = "memberships"
)

// Load loads one file. A file at fault gives an Outcome whose load has failed and no error; an error is the machine's.
func (l *Loader) Load(ctx context.Context, f File, trigger string) (Outcome, error) {
	release, err := l.hold(ctx)
	if err != nil {
		return Outcome{}, err
	}
	defer release()
	fingerprint := Fingerprint(f.Content)
	if reason, skipped := l.Catalog.Skipped(f.Name); skipped {
		return Outcome{Skipped: reason}, nil
	}
	latest, ok, err := l.Store.LatestLoad(ctx, fingerprint)
	if err != nil {
		return Outcome{}, err
	}
	if ok && l.known(latest, f.Again) {
		return Outcome{Load: latest, Known: true}, nil
	}
	if err := l.timed("keep", func() error { return l.Archive.Keep(fingerprint, f.Content) }); err != nil {
		return Outcome{}, err
	}
	load, err := l.begin(ctx, Load{File: f.Name, SHA256: fingerprint, Size: uint64(len(f.Content)), Trigger: trigger})
	if err != nil {
		return Outcome{}, err
	}
	batch, err := l.decode(ctx, f, fingerprint)
	if batch != nil {
		batch.Bundled = f.Bundled
		load.Source, load.Released = batch.Source.ID, batch.Released
	}
	load.Definition = l.definition(load.Source)
	load, err = l.finish(ctx, load, batch, err, false)
	return Outcome{Load: load}, err
}

// known tells whether a file need not be loaded again. One of which something was refused is tried again by hand, or when
// the declaration of its source has changed.
func (l *Loader) known(latest Load, again bool) bool {
	settled := !again && latest.Definition == l.definition(latest.Source)
	switch latest.State {
	case Published:
		return latest.Rejections == 0 || settled
	case Failed:
		return settled
	default:
		return false
	}
}

// definition is the hash of what decides whether a source reads a file; for an unrecognised file, of all sources.
func (l *Loader) definition(source string) string {
	if s, ok := l.Catalog.Source(source); ok {
		return s.Hash()
	}
	var all []string
	for _, s := range l.Catalog.Sources {
		all = append(all, s.Hash())
	}
	return Fingerprint([]byte(strings.Join(all, " ")))[:12]
}

func (l *Loader) hold(ctx context.Context) (func(), error) {
	l.mu.Lock()
	l.once.Do(func() { l.mapper = NewMapper(l.Catalog, l.Reference, l.Now) })
	if l.Lock == nil {
		return l.mu.Unlock, nil
	}
	release, err := l.Lock(ctx)
	if err != nil {
		l.mu.Unlock()
		return nil, err
	}
	return func() { release(); l.mu.Unlock() }, nil
}

func (l *Loader) begin(ctx context.Context, load Load) (Load, error) {
	var err error
	if load.ID, err = l.Store.NextLoad(ctx); err != nil {
		return load, err
	}
	load.State = Received
	return load, l.record(ctx, &load)
}

func (l *Loader) record(ctx context.Context, load *Load) error {
	// The last state counts, so they keep their order whatever the clock does.
	earliest := load.At.Add(time.Microsecond)
	if load.At = l.Now(); load.At.Before(earliest) {
		load.At = earliest
	}
	return l.Store.Record(ctx, *load)
}

func (l *Loader) decode(ctx context.Context, f File, fingerprint string) (*Batch, error) {
	var decoded *publication.Publication
	err := l.timed("decode", func() (err error) {
		decoded, err = publication.Decode(ctx, f.Name, f.Content, publication.Limits{})
		return err
	})
	if err != nil {
		if ctx.Err() == nil {
			err = &FileError{err}
		}
		return nil, err
	}
	var batch *Batch
	err = l.timed("map", func() (err error) {
		batch, err = l.mapper.Map(decoded, fingerprint)
		return err
	})
	if err != nil {
		return batch, &FileError{fmt.Errorf("%s: %w", f.Name, err)}
	}
	return batch, nil
}

// finish stages, rolls up and publishes a batch, or records why not.
func (l *Loader) finish(ctx context.Context, load Load, batch *Batch, fault error, everything bool) (Load, error) {
	if batch != nil {
		load.Rejections = uint64(len(batch.Rejections))
		load.Compared = uint32(len(batch.Reconciliations))
		for _, c := range batch.Reconciliations {
			if c.Verdict != Equal {
				load.Differing++
			}
		}
	}
	refused, err := IsFileError(fault), fault
	switch {
	case refused && batch != nil:
		batch.Observations = nil // what was refused is kept, what was read is not
		err = l.Store.Stage(ctx, load.ID, batch)
	case refused:
		err = nil
	case err == nil:
		load.Observations = uint64(batch.Accepted())
		err = l.publish(ctx, &load, batch, everything)
	}
	switch {
	case err == nil && !refused:
		l.Logger.Info("published", "load", load.ID, "file", load.File, "source", load.Source,
			"observations", load.Observations, "rejections", load.Rejections)
		return load, nil
	case err == nil:
		load.State, load.Message = Failed, fault.Error()
		l.Logger.Warn("refused", "load", load.ID, "file", load.File, "reason", load.Message)
		return load, l.record(ctx, &load)
	default:
		load.State, load.Message = Interrupted, err.Error()
		// The engine may be away; the next start records the interruption then.
		_ = l.record(context.WithoutCancel(ctx), &load)
		return load, fmt.Errorf("load %d, %s: %w", load.ID, load.File, err)
	}
}

func (l *Loader) publish(ctx context.Context, load *Load, batch *Batch, everything bool) error {
	err := l.timed("stage", func() error {
		if err := l.Store.Stage(ctx, load.ID, batch); err != nil {
			return err
		}
		load.State = Staged
		return l.record(ctx, load)
	})
	if err != nil {
		return err
	}
	if err := l.timed("roll up", func() error { return l.Store.RollUp(ctx, load.ID, l.Catalog, everything) }); err != nil {
		return err
	}
	return l.timed("publish", func() error {
		load.State = Published
		return l.record(ctx, load)
	})
}

func (l *Loader) timed(stage string, do func() error) error {
	start := time.Now()
	err := do()
	if l.Observe != nil {
		l.Observe(stage, time.Since(start))
	}
	return err
}

// Recover marks loads that a crash left unfinished; their figures were never visible, and their files are loaded again.
func (l *Loader) Recover(ctx context.Context) error {
	release, err := l.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	unfinished, err := l.Store.Unfinished(ctx)
	if err != nil {
		return err
	}
	for _, load := range unfinished {
		load.State, load.Message = Interrupted, "the service stopped before the load was published"
		if err := l.record(ctx, &load); err != nil {
			return err
		}
	}
	return nil
}

// Define brings the warehouse to the present definitions and memberships; where they changed, every footprint value is made anew.
func (l *Loader) Define(ctx context.Context, memberships []byte) error {
	release, err := l.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	if err := l.Store.Define(ctx, l.Catalog.Definitions(), l.Now()); err != nil {
		return err
	}
	var hashes []string
	for _, m := range l.Catalog.Measures {
		hashes = append(hashes, m.ID+" "+m.FormulaHash())
	}
	slices.Sort(hashes)
	for _, own := range []struct {
		source, file string
		content      []byte
		batch        *Batch
	}{
		{membershipsSource, "memberships.csv", memberships, &Batch{Memberships: l.Reference.Memberships()}},
		{definitionsSource, "dashboards/measures", []byte(strings.Join(hashes, "\n")), &Batch{}},
	} {
		fingerprint := Fingerprint(own.content)
		latest, ok, err := l.Store.LatestOf(ctx, own.source)
		if err != nil {
			return err
		}
		if ok && latest.SHA256 == fingerprint {
			continue
		}
		if err := l.Archive.Keep(fingerprint, own.content); err != nil {
			return err
		}
		load, err := l.begin(ctx, Load{Source: own.source, File: own.file, SHA256: fingerprint, Size: uint64(len(own.content)), Trigger: "start"})
		if err != nil {
			return err
		}
		load.Definition = fingerprint[:12]
		if _, err := l.finish(ctx, load, own.batch, nil, true); err != nil {
			return err
		}
	}
	return nil
}

// Bundled loads the figures that came with the product.
func (l *Loader) Bundled(ctx context.Context, fsys fs.FS, pattern string) error {
	names, err := fs.Glob(fsys, pattern)
	if err != nil {
		return err
	}
	for _, name := range names {
		content, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		// Definitions of one's own may not know all bundled measures: the load then fails and says so, and the service starts.
		if _, err := l.Load(ctx, File{Name: filepath.Base(name), Content: content, Bundled: true}, "bundled"); err != nil {
			return err
		}
	}
	return nil
}

// Progress is told of every file of a run as it is done.
type Progress func(done, of int, file string, o Outcome, err error)

// Paths loads files and the files of folders, by name, and records the run. It goes on after a file that fails.
func (l *Loader) Paths(ctx context.Context, paths []string, trigger string, again bool, progress Progress) (Run, error) {
	run := Run{Trigger: trigger, Path: strings.Join(paths, ", "), Started: l.Now()}
	run.ID = uint64(run.Started.UnixMicro())
	files, unreadable, err := Discover(paths)
	if unreadable != nil {
		run.Message = unreadable.Error()
	}
	run.Found = uint32(len(files))
	for i, file := range files {
		if err != nil {
			break
		}
		var outcome Outcome
		outcome, err = l.loadFile(ctx, file, trigger, again)
		told := err
		switch {
		case errors.Is(err, errUnsettled):
			run.Known++
			told, err = nil, nil
		case errors.Is(err, errUnreadable):
			run.Failed++
			run.Message = strings.TrimPrefix(run.Message+"; "+err.Error(), "; ")
			err = nil
		case err != nil:
		case outcome.Skipped != "" || outcome.Known:
			run.Known++
		case outcome.Load.State == Published:
			run.Published++
		default:
			run.Failed++
		}
		if progress != nil {
			progress(i+1, len(files), file, outcome, told)
		}
	}
	run.Ended = l.Now()
	if err != nil {
		run.Message = strings.TrimPrefix(run.Message+"; "+err.Error(), "; ")
	}
	return run, errors.Join(err, l.Store.RecordRun(ctx, run))
}

var (
	errUnsettled  = errors.New("the file is still being written")
	errUnreadable = errors.New("the file could not be read")
)

// settling is how long a file found by itself must have been left alone: a copy under way has not been.
const settling = 2 * time.Second

func (l *Loader) loadFile(ctx context.Context, file, trigger string, again bool) (Outcome, error) {
	before, err := os.Stat(file)
	if err != nil {
		return Outcome{}, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	if most := publication.DefaultLimits().Bytes; before.Size() > int64(most) {
		return Outcome{}, fmt.Errorf("%w: %s is %d bytes long, more than the limit of %d", errUnreadable, file, before.Size(), most)
	}
	if age := time.Since(before.ModTime()); !again && age >= 0 && age < settling {
		select {
		case <-ctx.Done():
			return Outcome{}, ctx.Err()
		case <-time.After(settling - age):
		}
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return Outcome{}, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	after, err := os.Stat(file)
	if err != nil {
		return Outcome{}, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	if after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) || int64(len(content)) != after.Size() {
		return Outcome{}, errUnsettled
	}
	return l.Load(ctx, File{Name: filepath.Base(file), Content: content, Again: again}, trigger)
}

// Discover lists the files at the paths, those of folders in the order of their names. Hidden files are left alone; unreadable
// tells of folders within that could not be looked into.
func Discover(paths []string) (files []string, unreadable, err error) {
	for _, path := range paths {
		err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil && file == path:
				return err
			case err != nil:
				unreadable = errors.Join(unreadable, err)
				return fs.SkipDir
			case file != path && strings.HasPrefix(entry.Name(), "."):
				if entry.IsDir() {
					return fs.SkipDir
				}
			case entry.Type().IsRegular() || file == path && !entry.IsDir():
				files = append(files, file)
			}
			return nil
		})
		if err != nil {
			return nil, unreadable, fmt.Errorf("look for files: %w", err)
		}
	}
	return files, unreadable, nil
}
