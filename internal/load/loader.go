package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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
	Journal   Journal
	Now       func() time.Time
	Logger    *slog.Logger
	// Lock keeps other processes from loading into the same warehouse; the function returned releases it. It may be nil.
	Lock func(ctx context.Context) (func(), error)
	// Observe is told how long each stage of a load took; it may be nil.
	Observe func(stage string, took time.Duration)
	// Apart reads a kept file in a process of its own, where its reading may end that; the error tells how it ended. It may be nil.
	Apart func(ctx context.Context, path, name, source string) error
	// Progress is told of bytes as they are read from a file, those of a csv twice; it may be nil.
	Progress func(bytes int)

	mu      sync.Mutex
	mapper  *Mapper
	once    sync.Once
	lastRun atomic.Uint64
	settled sync.Map // files found by themselves that need not be read again: path to settledFile
}

// settledFile is a file as it was when it was loaded, and the load it ended in.
type settledFile struct {
	info os.FileInfo
	load Load
}

func (s settledFile) is(now os.FileInfo) bool {
	return os.SameFile(s.info, now) && s.info.Size() == now.Size() && s.info.ModTime().Equal(now.ModTime())
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

// Sources that no file declares: the product's own definitions and reference data, and loads taken back.
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
	release, err := l.hold(ctx)
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
	case IsFileError(why):
		load, err = l.setAside(ctx, load, why)
	case why != nil:
		err = why
	default:
		load, err = l.bring(ctx, load, ok, acceptance{reason: f.Accept})
	}
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
		return settled || latest.IsSetAside() && !again
	case Withdrawn, Closed:
		return !again
	case Held:
		return latest.Definition == l.definition(latest.Source)
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
	return fingerprintOf(strings.Join(all, " "))[:12]
}

func fingerprintOf(text string) string {
	fingerprint, _, _ := Fingerprint(strings.NewReader(text)) // a string can always be read
	return fingerprint
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
	l.date(load)
	return l.store(ctx, *load)
}

// store records states in the warehouse, then in the journal.
func (l *Loader) store(ctx context.Context, loads ...Load) error {
	if err := l.Store.Record(ctx, loads...); err != nil {
		return err
	}
	return l.Journal.Append(loads...)
}

// date gives a load's next state its time. The last state counts, so they keep their order whatever the clock does.
func (l *Loader) date(load *Load) {
	earliest := load.At.Add(time.Microsecond)
	if load.At = l.Now(); load.At.Before(earliest) {
		load.At = earliest
	}
}

// bring makes a load of a file that is kept: it reads, stages, rolls up and publishes it, or records why not. An earlier load
// of the file is taken back at the same moment: what the file no longer states must not stand on. One that waits for acceptance is
// closed, however this one ends; only a file that is brought again may have such.
func (l *Loader) bring(ctx context.Context, load Load, again bool, accepted acceptance, earlier ...Load) (Load, error) {
	var held []Load
	var err error
	if again {
		if held, err = l.Store.HeldLoads(ctx, load.SHA256); err != nil {
			return load, err
		}
	}
	if load, err = l.begin(ctx, load); err != nil {
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
			r.Without = earlier[i].ID
			earlier[i].State, earlier[i].Message = Withdrawn, fmt.Sprintf("replayed as load %d", load.ID)
		}
		err = l.publish(ctx, &load, r, append(earlier, held...)...)
	} else if load.State == Held || IsFileError(err) {
		for i := range held {
			err = errors.Join(err, l.record(ctx, &held[i]))
		}
	}
	return l.conclude(ctx, load, err)
}

// read stages what a kept file says.
func (l *Loader) read(ctx context.Context, load *Load, accepted acceptance, replaced uint64) (err error) {
	prefer := load.Source
	load.Source, load.Definition = "", l.definition("")
	file, err := l.Archive.Open(load.SHA256)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var content io.ReaderAt = file
	if l.Progress != nil {
		content = &watched{file, l.Progress}
	}
	decoded, err := publication.Read(ctx, load.File, content, int64(load.Size), publication.Limits{})
	if err != nil {
		return fileFault(load.File, err)
	}
	reading, err := l.mapper.Open(decoded, load.SHA256, prefer)
	origin := Origin{File: load.File}
	if reading != nil {
		load.Source, load.Definition = reading.Source.ID, reading.Source.Hash()
		origin.Bundled, origin.Whole = load.Trigger == bundledTrigger, reading.Source.Whole
	}
	staging := l.Store.Stage(ctx, load.ID, origin)
	defer func() { err = errors.Join(err, staging.Close()) }()
	var summary Summary
	if err == nil {
		summary, err = reading.Read(staging)
	}
	err = fileFault(load.File, err)
	load.Released, load.Observations, load.Rejections = summary.Released, summary.Accepted, summary.Rejected
	load.Compared, load.Differing = uint32(len(summary.Reconciliations)), 0
	for _, c := range summary.Reconciliations {
		if c.Verdict != Equal {
			load.Differing++
		}
	}
	refused := IsFileError(err)
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
	if err := l.Store.StageUnknown(ctx, load.ID, summary.Unknown); err != nil {
		return err
	}
	if err := l.Store.Remark(ctx, load.ID, append(summary.Remarks, passedOver(decoded.Passed)...)); err != nil {
		return err
	}
	questions, err := l.ask(ctx, load, replaced)
	if err != nil {
		if err = fileFault(load.File, err); IsFileError(err) {
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
	return l.record(ctx, load)
}

// passedOver remarks on the members of an archive that were not read.
func passedOver(members []string) []Remark {
	if len(members) == 0 {
		return nil
	}
	var named []string
	for _, member := range members[:min(len(members), mostOthers)] {
		what, left := publication.LeftBehind(member)
		if !left {
			what = "not a csv, xls or xlsx"
		}
		named = append(named, fmt.Sprintf("%q (%s)", cut(member, mostOfName), what))
	}
	message := fmt.Sprintf("%d of the files in the archive were not read: %s", len(members), strings.Join(named, ", "))
	if more := len(members) - len(named); more > 0 {
		message += fmt.Sprintf(" and %d more", more)
	}
	return []Remark{{Rule: ruleAllRead, Count: uint64(len(members)), Message: message}}
}

// The part of the organisations shown now that a publication which lists all may leave out, and how few are no measure of it.
const mostDropped, fewOrganisations = 0.1, 20

// checkDropped refuses a publication that was cut short, though nothing else tells: its sums would pass for whole.
func (l *Loader) checkDropped(d *DroppedOrganisations) error {
	if d == nil || d.Organisations < fewOrganisations || float64(d.Dropped) <= mostDropped*float64(d.Organisations) {
		return nil
	}
	period := catalog.Period{Start: d.Period, Grain: catalog.Month}
	if m, ok := l.Catalog.Measure(d.Measure); ok {
		period.Grain = m.Grain
	}
	return &FileError{ruleOrganisations, fmt.Errorf("%d of the %d organisations that are shown for %s in %s are not in it: it was cut short; "+
		"where that is right, withdraw the earlier load first", d.Dropped, d.Organisations, d.Measure, period)}
}

// fileFault names the file in what it is refused for.
func fileFault(file string, err error) error {
	var known *publication.Error // names it itself
	var fault *FileError
	switch {
	case errors.As(err, &known):
		return &FileError{ruleReadable, err}
	case errors.As(err, &fault):
		return &FileError{fault.Rule, fmt.Errorf("%s: %w", file, err)}
	default:
		return err
	}
}

// conclude records how a load ended.
func (l *Loader) conclude(ctx context.Context, load Load, err error) (Load, error) {
	var fault *FileError
	switch {
	case err == nil && load.State == Held:
		l.Logger.Warn("held", "load", load.ID, "file", load.File, "reason", load.Message)
		return load, nil
	case err == nil:
		l.Logger.Info("published", "load", load.ID, "file", load.File, "source", load.Source,
			"observations", load.Observations, "rejections", load.Rejections)
		return load, nil
	case errors.As(err, &fault):
		load.State, load.Message, load.Rule = Failed, cut(err.Error(), 2*mostOfReason), fault.Rule
		l.Logger.Warn("refused", "load", load.ID, "file", load.File, "reason", load.Message)
		return load, l.record(ctx, &load)
	default:
		l.Logger.Error("interrupted", "load", load.ID, "file", load.File, "error", err)
		// The engine may have published the load though its answer was lost; one that died is soon back. Where it does not tell, the
		// next start finds out.
		kept, asked := l.Store.Load(context.WithoutCancel(ctx), load.ID)
		for pause := 250 * time.Millisecond; asked != nil && ctx.Err() == nil && pause <= longestPause; pause *= 2 {
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
			kept, asked = l.Store.Load(context.WithoutCancel(ctx), load.ID)
		}
		if asked == nil && kept.State == Published {
			return kept, nil
		}
		if load.State, load.Message = Interrupted, err.Error(); asked == nil {
			_ = l.record(context.WithoutCancel(ctx), &load)
		}
		return load, fmt.Errorf("load %d, %s: %w", load.ID, load.File, err)
	}
}

// longestPause is the longest between two questions to an engine that does not answer.
const longestPause = 8 * time.Second

// publish rolls a staged load up and shows it, with the states of other loads that change at the same moment.
func (l *Loader) publish(ctx context.Context, load *Load, r Rolling, others ...Load) error {
	if err := l.timed("roll up", func() error { return l.Store.RollUp(ctx, r, l.Catalog) }); err != nil {
		return err
	}
	return l.timed("publish", func() error {
		load.State = Published
		l.date(load)
		for i := range others { // none later than the load, which shows what they have come to
			l.date(&others[i])
			if others[i].At.After(load.At) {
				load.At = others[i].At
			}
		}
		// Once it is sent it may count, so nobody breaks it off.
		return l.store(context.WithoutCancel(ctx), append(others, *load)...)
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

// ErrNotLoaded tells that a load cannot be replayed or withdrawn, and why.
var ErrNotLoaded = errors.New("cannot be taken")

// Replay loads the kept file of an earlier load once more, by the present definitions, as a load of its own.
func (l *Loader) Replay(ctx context.Context, id uint64) (Load, error) {
	release, err := l.hold(ctx)
	if err != nil {
		return Load{}, err
	}
	defer release()
	earlier, err := l.earlier(ctx, id)
	if err != nil {
		return earlier, err
	}
	trigger := fmt.Sprintf("replay of load %d", id)
	if earlier.Trigger == bundledTrigger {
		trigger = bundledTrigger
	}
	if err := l.Archive.Verify(earlier.SHA256); err != nil {
		return earlier, fmt.Errorf("%w: %w; load %s once more from its original, which puts it back", ErrNotLoaded, err, earlier.File)
	}
	load := Load{Source: earlier.Source, File: earlier.File, SHA256: earlier.SHA256, Size: earlier.Size, Trigger: trigger}
	switch earlier.State {
	case Published:
	case Withdrawn:
		return earlier, fmt.Errorf("%w: load %d was withdrawn (%s); load its file by hand if it is to count again", ErrNotLoaded, id, earlier.Message)
	default:
		return l.bring(ctx, load, true, acceptance{})
	}
	newer, err := l.Store.OverlappingLoad(ctx, id)
	if err != nil {
		return earlier, err
	}
	if newer != 0 {
		return earlier, fmt.Errorf("%w: load %d states some of the figures of load %d since, which a replay would bring back; accepted: the newest load of a figure", ErrNotLoaded, newer, id)
	}
	accepted := acceptance{reason: earlier.Accepted}
	if accepted.questions, err = l.Store.QuestionsOf(ctx, id); err != nil {
		return earlier, err
	}
	return l.bring(ctx, load, true, accepted, earlier)
}

// Withdraw takes a published load back: from then on its figures are not shown, and what they replaced is shown again. It is a
// load of its own, so that what was shown before stays known.
func (l *Loader) Withdraw(ctx context.Context, id uint64, reason string) (Load, error) {
	if strings.TrimSpace(reason) == "" {
		return Load{}, fmt.Errorf("a load is withdrawn for a reason, which readers will see: none was given")
	}
	release, err := l.hold(ctx)
	if err != nil {
		return Load{}, err
	}
	defer release()
	earlier, err := l.earlier(ctx, id)
	if err != nil {
		return earlier, err
	}
	switch earlier.State {
	case Published:
	case Held: // nothing of it is shown, so nothing changes
		earlier.State, earlier.Message = Closed, reason
		return earlier, l.record(ctx, &earlier)
	default:
		return earlier, fmt.Errorf("%w: load %d is %s; accepted: a published load, or one that waits for acceptance", ErrNotLoaded, id, earlier.State)
	}
	load, err := l.begin(ctx, Load{
		Source: WithdrawalsSource, File: fmt.Sprintf("load %d, %s", id, earlier.File), Trigger: "hand", Message: reason, Withdraws: id,
	})
	if err != nil {
		return load, err
	}
	earlier.State, earlier.Message = Withdrawn, reason
	return l.conclude(ctx, load, l.publish(ctx, &load, Rolling{Load: load.ID, Without: id}, earlier))
}

// earlier finds a load of a file.
func (l *Loader) earlier(ctx context.Context, id uint64) (Load, error) {
	earlier, err := l.Store.Load(ctx, id)
	if err != nil {
		return earlier, err
	}
	switch earlier.Source {
	case DefinitionsSource, MembershipsSource, WithdrawalsSource:
		return earlier, fmt.Errorf("%w: load %d holds %s; accepted: a load of a file", ErrNotLoaded, id, earlier.Source)
	}
	return earlier, nil
}

// Recover marks loads that a crash left unfinished; their figures were never visible, and their files are loaded again. A warehouse that has
// lost loads gives ErrLost.
func (l *Loader) Recover(ctx context.Context) error {
	release, err := l.hold(ctx)
	if err != nil {
		return err
	}
	defer release()
	history, err := l.Store.History(ctx)
	if err != nil {
		return err
	}
	if err := l.Journal.reconcile(history); err != nil {
		return err
	}
	unfinished, err := l.Store.Unfinished(ctx)
	if err != nil {
		return err
	}
	for _, load := range unfinished {
		if load.State == Received && load.SHA256 != "" && load.Source != DefinitionsSource && load.Source != MembershipsSource {
			load.Rule = ruleSurvives
		}
		load.State, load.Message = Interrupted, "the service or its engine stopped before the load was published"
		if err := l.record(ctx, &load); err != nil {
			return err
		}
	}
	return nil
}

// rollUpRule names the rule by which observations become footprint values: where it changes, every value is made anew.
const rollUpRule = "the newest list counts, what may belong to a footprint is missing from it, see docs/architecture/precedence.md"

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
	hashes := []string{rollUpRule}
	for _, m := range l.Catalog.Measures {
		hashes = append(hashes, m.ID+" "+m.FormulaHash())
	}
	slices.Sort(hashes)
	for _, own := range []struct {
		source, file, content string
		stage                 func(load uint64) error
	}{
		{MembershipsSource, "memberships.csv", string(memberships), func(load uint64) error {
			return l.Store.StageMemberships(ctx, load, l.Reference.Memberships())
		}},
		{DefinitionsSource, "dashboards/measures", strings.Join(hashes, "\n"), func(uint64) error { return nil }},
	} {
		fingerprint := fingerprintOf(own.content)
		latest, ok, err := l.Store.LatestOf(ctx, own.source)
		if err != nil {
			return err
		}
		if ok && latest.SHA256 == fingerprint {
			continue
		}
		if err := l.Archive.Keep(fingerprint, strings.NewReader(own.content)); err != nil {
			return err
		}
		load, err := l.begin(ctx, Load{
			Source: own.source, File: own.file, SHA256: fingerprint, Size: uint64(len(own.content)), Trigger: "start", Definition: fingerprint[:12],
		})
		if err != nil {
			return err
		}
		if err = own.stage(load.ID); err == nil {
			err = l.publish(ctx, &load, Rolling{Load: load.ID, Everything: true})
		}
		if _, err := l.conclude(ctx, load, err); err != nil {
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
		if _, err := l.Load(ctx, File{Name: filepath.Base(name), Content: bytes.NewReader(content), Bundled: true}, bundledTrigger); err != nil {
			return err
		}
	}
	return nil
}

var (
	errUnsettled  = errors.New("the file is still being written")
	errUnreadable = errors.New("the file could not be read")
)

// settling is how long a file found by itself must have been left alone: a copy under way has not been.
const settling = 2 * time.Second

func (l *Loader) loadFile(ctx context.Context, file string, run *Run, how File) (Outcome, error) {
	before, err := os.Stat(file)
	if err != nil {
		return Outcome{}, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	if !before.Mode().IsRegular() { // a device or a pipe may have no end
		return Outcome{}, fmt.Errorf("%w: %s is a device or a pipe, accepted: a file or a folder", errUnreadable, file)
	}
	if most := publication.DefaultLimits().Bytes; before.Size() > int64(most) {
		return Outcome{}, fmt.Errorf("%w: %s is %d bytes long, more than the limit of %d", errUnreadable, file, before.Size(), most)
	}
	if known, ok := l.settled.Load(file); ok && !how.Again && known.(settledFile).is(before) {
		return Outcome{Load: known.(settledFile).load, Known: true}, nil
	}
	if age := time.Since(before.ModTime()); !how.Again && age >= 0 && age < settling {
		select {
		case <-ctx.Done():
			return Outcome{}, ctx.Err()
		case <-time.After(settling - age):
		}
	}
	content, err := os.Open(file)
	if err != nil {
		return Outcome{}, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	defer content.Close()
	how.Name, how.Content, how.Source = filepath.Base(file), content, run.Source
	outcome, err := l.Load(ctx, how, run.Trigger)
	if errors.Is(err, ErrChanged) {
		err = errUnsettled
	}
	if err == nil && outcome.Skipped == "" {
		l.settled.Store(file, settledFile{before, outcome.Load})
	}
	return outcome, err
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
