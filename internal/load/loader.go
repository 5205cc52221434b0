package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/mapping"
	"stpdash/internal/publication"
)

// Settings are what a loader works with.
type Settings struct {
	Store     Store
	Catalog   *catalog.Catalog
	Reference *footprint.Reference
	Archive   Archive
	Journal   Journal
	Now       func() time.Time
	Logger    *slog.Logger
	// Lock keeps other processes from loading into the same warehouse; the function returned releases it. Without one there are no others.
	Lock func(ctx context.Context) (func(), error)
	// Observe is told how long each stage of a load took.
	Observe func(stage string, took time.Duration)
	// Apart reads a kept file in a process of its own, where its reading may end that; the error tells how it ended. Without one a file
	// that may end the service is set aside unread.
	Apart func(ctx context.Context, path, name, source string) error
	// Progress is told of bytes as they are read from a file, those of a csv twice.
	Progress func(bytes int)
}

// Loader loads files one at a time.
type Loader struct {
	Settings

	mu     sync.Mutex
	mapper *mapping.Mapper
	states recorder
	runs   *runner
}

// New makes a loader. Of its settings Lock, Observe, Apart and Progress may be left out.
func New(s Settings) *Loader {
	if s.Lock == nil {
		s.Lock = func(context.Context) (func(), error) { return func() {}, nil }
	}
	if s.Observe == nil {
		s.Observe = func(string, time.Duration) {}
	}
	if s.Progress == nil {
		s.Progress = func(int) {}
	}
	l := &Loader{Settings: s, mapper: mapping.NewMapper(s.Catalog, s.Reference), states: recorder{s.Store, s.Journal, s.Now, s.Logger}}
	l.runs = &runner{loader: l}
	return l
}

// With is a loader with some settings changed. Two that work on one warehouse need a Lock.
func (l *Loader) With(change func(s *Settings)) *Loader {
	s := l.Settings
	change(&s)
	return New(s)
}

// File is one file to load.
type File struct {
	Name    string
	Content io.ReadSeeker
	Bundled bool // it came with the product
	// Again tries a file that failed or was withdrawn before, though neither it nor its source has changed.
	Again bool
	// Source is the one that the file was fetched for, which reads it if it can; it may be empty.
	Source string
	// Accept is why the file is published whatever its figures ask; without it they wait for an answer.
	Accept string
}

// Outcome is what became of a file.
type Outcome struct {
	Load    Load
	Known   bool   // the same content was loaded, refused or withdrawn before
	Skipped string // why the source does not load this file
}

// Sources that no file declares: the product's own definitions and reference data, and loads withdrawn.
const (
	DefinitionsSource = "definitions"
	MembershipsSource = "memberships"
	WithdrawalsSource = "withdrawals"
)

// bundledTrigger marks the loads of figures that came with the product.
const bundledTrigger = "bundled"

// Load loads one file. A file at fault gives an Outcome whose load has failed and no error; an error is the machine's.
func (l *Loader) Load(ctx context.Context, f File, trigger string) (Outcome, error) {
	if reason, skipped := l.Catalog.Skipped(f.Name); skipped {
		return Outcome{Skipped: reason}, nil
	}
	if what, left := publication.LeftBehind(f.Name); left && !strings.HasPrefix(f.Name, ".") { // a hidden file is only found where it is named
		return Outcome{Skipped: "it is " + what}, nil
	}
	if _, err := f.Content.Seek(0, io.SeekStart); err != nil {
		return Outcome{}, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	var fingerprint string
	var size int64
	err := l.timed("fingerprint", func() (err error) {
		fingerprint, size, err = Fingerprint(f.Content)
		return err
	})
	if err != nil {
		return Outcome{}, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	return l.load(ctx, f, fingerprint, size, trigger)
}

func (l *Loader) load(ctx context.Context, f File, fingerprint string, size int64, trigger string) (Outcome, error) {
	release, err := l.lock(ctx)
	if err != nil {
		return Outcome{}, err
	}
	defer release()
	latest, ok, err := l.Store.LatestLoad(ctx, fingerprint)
	if err != nil {
		return Outcome{}, err
	}
	err = l.timed("keep", func() error { // also what is known: its kept file may be damaged, and here is the original
		if _, err := f.Content.Seek(0, io.SeekStart); err != nil {
			return err
		}
		return l.Archive.Keep(fingerprint, f.Content)
	})
	if err != nil {
		return Outcome{}, err
	}
	if ok && l.known(latest, f.Again) && (latest.State != Held || f.Accept == "") {
		return Outcome{Load: latest, Known: true}, nil
	}
	if f.Bundled {
		trigger = bundledTrigger
	}
	source := ""
	if declared, ok := l.Catalog.Source(f.Source); ok {
		source = declared.ID
	}
	load := Load{Source: source, File: f.Name, SHA256: fingerprint, Size: uint64(size), Trigger: trigger}
	var why error
	if ok && !f.Again {
		why = l.blame(ctx, f, fingerprint)
	}
	switch {
	case mapping.IsFileError(why):
		load, err = l.setAside(ctx, load, why)
	case why != nil:
		err = why
	default:
		load, err = l.ingest(ctx, load, ok, acceptance{reason: f.Accept})
	}
	return Outcome{Load: load}, err
}

// known tells whether a file need not be loaded again. One of which something was refused is tried again by hand, or when
// the declaration of its source has changed.
func (l *Loader) known(latest Load, again bool) bool {
	settled := !again && latest.Definition == definitionOf(l.Catalog, latest.Source)
	switch latest.State {
	case Published:
		return latest.Rejections == 0 || settled
	case Failed:
		return settled || latest.IsSetAside() && !again
	case Withdrawn, Closed:
		return !again
	case Held:
		return latest.Definition == definitionOf(l.Catalog, latest.Source)
	default:
		return false
	}
}

// definitionOf is the hash of what decides whether a source reads a file; for an unrecognised file, of all sources.
func definitionOf(c *catalog.Catalog, source string) string {
	if s, ok := c.Source(source); ok {
		return s.Hash()
	}
	var all []string
	for _, s := range c.Sources {
		all = append(all, s.Hash())
	}
	return fingerprintOf(strings.Join(all, " "))[:12]
}

func fingerprintOf(text string) string {
	fingerprint, _, _ := Fingerprint(strings.NewReader(text)) // a string can always be read
	return fingerprint
}

// lock keeps other loads out until the function that it returns is called.
func (l *Loader) lock(ctx context.Context) (func(), error) {
	l.mu.Lock()
	release, err := l.Lock(ctx)
	if err != nil {
		l.mu.Unlock()
		return nil, err
	}
	return func() { release(); l.mu.Unlock() }, nil
}

// ingest makes a load of a file that is kept: it reads, stages, rolls up and publishes it, or records why not. An earlier load
// of the file is withdrawn at the same moment: what the file no longer states must not stand on. One that waits for acceptance is
// closed, however this one ends; only a file that is brought again may have such.
func (l *Loader) ingest(ctx context.Context, load Load, again bool, accepted acceptance, earlier ...Load) (Load, error) {
	var held []Load
	var err error
	if again {
		if held, err = l.Store.HeldLoads(ctx, load.SHA256); err != nil {
			return load, err
		}
	}
	if load, err = l.states.begin(ctx, load); err != nil {
		return load, err
	}
	var replaced uint64
	if len(earlier) > 0 {
		replaced = earlier[0].ID
	}
	err = l.timed("read", func() error { return l.read(ctx, &load, accepted, replaced) })
	for i := range held {
		held[i].State, held[i].Message = Closed, fmt.Sprintf("read again as load %d", load.ID)
		if load.Accepted != "" {
			held[i].Message = fmt.Sprintf("accepted as load %d: %s", load.ID, load.Accepted)
		}
	}
	if err == nil && load.State == Staged {
		r := Rolling{Load: load.ID}
		for i := range earlier {
			r.Exclude = earlier[i].ID
			earlier[i].State, earlier[i].Message = Withdrawn, fmt.Sprintf("replayed as load %d", load.ID)
		}
		err = l.publish(ctx, &load, r, append(earlier, held...)...)
	} else if load.State == Held || mapping.IsFileError(err) {
		for i := range held {
			err = errors.Join(err, l.states.record(ctx, &held[i]))
		}
	}
	return l.states.recordOutcome(ctx, load, err)
}

// read stages what a kept file says.
func (l *Loader) read(ctx context.Context, load *Load, accepted acceptance, replaced uint64) (err error) {
	o, err := l.open(ctx, load)
	defer func() { err = errors.Join(err, o.close()) }()
	if err != nil && !mapping.IsFileError(err) {
		return err
	}
	origin := Origin{File: load.File}
	if o.reading != nil {
		origin.Bundled, origin.Whole = load.Trigger == bundledTrigger, o.reading.Source.Whole
	}
	staging := l.Store.Stage(ctx, load.ID, origin)
	defer func() { err = errors.Join(err, staging.Close()) }()
	var summary mapping.Summary
	if err == nil {
		summary, err = o.reading.Read(staging, l.Now())
		err = fileFault(load.File, err)
	}
	load.count(summary)
	refused := mapping.IsFileError(err)
	if err != nil && !refused {
		return err
	}
	if refused {
		load.Observations = 0
	}
	if failed := staging.Finish(summary.Reconciliations, refused); failed != nil {
		return failed
	}
	if refused {
		return err
	}
	if err := l.remark(ctx, load.ID, o, summary); err != nil {
		return err
	}
	questions, err := asker{l.Settings}.ask(ctx, load, summary, replaced)
	if err != nil {
		if err = fileFault(load.File, err); mapping.IsFileError(err) {
			load.Observations = 0
			if failed := staging.Finish(nil, true); failed != nil {
				return failed
			}
		}
		return err
	}
	if err := l.Store.AskQuestions(ctx, load.ID, questions); err != nil {
		return err
	}
	load.State = Staged
	if open := accepted.unanswered(questions); len(open) > 0 {
		load.State, load.Rule, load.Message = Held, open[0].Rule, waiting(load.ID, open)
	} else if len(questions) > 0 {
		load.Accepted = accepted.reason
	}
	return l.states.record(ctx, load)
}

// opened is a kept file, ready to be read.
type opened struct {
	file    *os.File
	passed  []string         // members of an archive that are not read
	reading *mapping.Reading // nil where no source reads it
}

func (o opened) close() error {
	if o.file == nil {
		return nil
	}
	return o.file.Close()
}

// open decodes a kept file and finds the source that reads it, of which its load is told. A FileError says why none does.
func (l *Loader) open(ctx context.Context, load *Load) (o opened, err error) {
	prefer := load.Source
	load.Source, load.Definition = "", definitionOf(l.Catalog, "")
	if o.file, err = l.Archive.Open(load.SHA256); err != nil {
		return o, err
	}
	decoded, err := publication.Read(ctx, load.File, &watched{o.file, l.Progress}, int64(load.Size), publication.Limits{})
	if err != nil {
		return o, fileFault(load.File, err)
	}
	o.passed = decoded.Passed
	o.reading, err = l.mapper.Open(decoded, load.SHA256, prefer)
	if o.reading != nil {
		load.Source, load.Definition = o.reading.Source.ID, o.reading.Source.Hash()
	}
	return o, fileFault(load.File, err)
}

// count tells a load what its file says.
func (load *Load) count(summary mapping.Summary) {
	load.Released, load.Observations, load.Rejections = summary.Released, summary.Accepted, summary.Rejected
	load.Compared, load.Differing = uint32(len(summary.Reconciliations)), 0
	for _, c := range summary.Reconciliations {
		if c.Verdict != mapping.Equal {
			load.Differing++
		}
	}
}

// remark keeps what there is to check about the file of a load.
func (l *Loader) remark(ctx context.Context, load uint64, o opened, summary mapping.Summary) error {
	if err := l.Store.StageUnknown(ctx, load, summary.Unknown); err != nil {
		return err
	}
	return l.Store.Remark(ctx, load, append(summary.Remarks, passedOver(o.passed)...))
}

// How many members of an archive a remark names, how much of a name, and how much is kept of what is wrong with a file, in characters.
const maxMembers, maxMemberName, maxMessage = 5, 200, 2000

// passedOver remarks on the members of an archive that were not read.
func passedOver(members []string) []mapping.Remark {
	if len(members) == 0 {
		return nil
	}
	var named []string
	for _, member := range members[:min(len(members), maxMembers)] {
		what, left := publication.LeftBehind(member)
		if !left {
			what = "not a csv, xls or xlsx"
		}
		named = append(named, fmt.Sprintf("%q (%s)", mapping.Cut(member, maxMemberName), what))
	}
	message := fmt.Sprintf("%d of the files in the archive were not read: %s", len(members), strings.Join(named, ", "))
	if more := len(members) - len(named); more > 0 {
		message += fmt.Sprintf(" and %d more", more)
	}
	return []mapping.Remark{{Rule: ruleAllRead, Count: uint64(len(members)), Message: message}}
}

// The part of the organisations shown now that a publication which lists all may leave out, and how few are no measure of it.
const maxDropped, minOrganisations = 0.1, 20

// checkDropped refuses a publication that was cut short, though nothing else tells: its sums would pass for whole.
func (l asker) checkDropped(d *DroppedOrganisations) error {
	if d == nil || d.Organisations < minOrganisations || float64(d.Dropped) <= maxDropped*float64(d.Organisations) {
		return nil
	}
	period := catalog.Period{Start: d.Period, Grain: catalog.Month}
	if m, ok := l.Catalog.Measure(d.Measure); ok {
		period.Grain = m.Grain
	}
	return &mapping.FileError{Rule: ruleOrganisations, Err: fmt.Errorf("%d of the %d organisations that are shown for %s in %s are not in it: it was cut short; "+
		"where that is right, withdraw the earlier load first", d.Dropped, d.Organisations, d.Measure, period)}
}

// fileFault names the file in what it is refused for.
func fileFault(file string, err error) error {
	var known *publication.Error // names it itself
	var fault *mapping.FileError
	switch {
	case errors.As(err, &known):
		return &mapping.FileError{Rule: ruleReadable, Err: err}
	case errors.As(err, &fault):
		return &mapping.FileError{Rule: fault.Rule, Err: fmt.Errorf("%s: %w", file, err)}
	default:
		return err
	}
}

// publish rolls a staged load up and shows it, with the states of other loads that change at the same moment.
func (l *Loader) publish(ctx context.Context, load *Load, r Rolling, others ...Load) error {
	if err := l.timed("roll up", func() error { return l.Store.RollUp(ctx, r, l.Catalog) }); err != nil {
		return err
	}
	return l.timed("publish", func() error {
		load.State = Published
		l.states.date(load)
		for i := range others { // none later than the load, which shows what they have come to
			l.states.date(&others[i])
			if others[i].At.After(load.At) {
				load.At = others[i].At
			}
		}
		return l.states.store(ctx, append(others, *load)...)
	})
}

func (l *Loader) timed(stage string, do func() error) error {
	start := time.Now()
	err := do()
	l.Observe(stage, time.Since(start))
	return err
}

// watched tells how much of a file has been read.
type watched struct {
	file io.ReaderAt
	told func(bytes int)
}

func (w *watched) ReadAt(p []byte, at int64) (int, error) {
	n, err := w.file.ReadAt(p, at)
	w.told(n)
	return n, err
}
