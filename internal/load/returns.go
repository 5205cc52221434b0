package load

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/mapping"
)

// Return is a file in canonical form by which somebody states figures of their own footprint.
type Return struct {
	Name   string
	SHA256 string // of its content, which is kept
	Place  footprint.Footprint
	// ID names what is done: the same return is published once.
	ID string
	// Agree is asked once it is known what the return changes, while nothing else is loaded. An error keeps it from being published. Without
	// one the return is only tried.
	Agree func(ctx context.Context, t Trial) error
	// Reason says why it is published although its figures raise questions.
	Reason string
}

// Trial is what a return would change.
type Trial struct {
	Place        string        // the footprint
	SHA256       string        // of the file
	Fault        *Fault        // why the file as a whole is refused; nil where it is not
	Replacements []Replacement // in the order of its rows
	Rejections   []mapping.Rejection
	Questions    []Question // warnings that somebody has to accept
}

// Fault is why a file as a whole is refused.
type Fault struct{ Rule, Found string }

// Replacement is a figure that a return states, beside the one that is shown.
type Replacement struct {
	Measure      string
	Organisation string    // or a footprint
	Period       time.Time // first day
	Item         string
	Sheet        string
	Row          uint32
	After        Stated
	Before       Stated
	BeforeLoad   uint64 // 0 where nothing is shown
}

// Stated is a figure as it is stated: without a numerator it is not reported.
type Stated struct {
	Numerator, Denominator decimal.NullDecimal
	Note                   string
}

// Same tells whether two are the same figure.
func (s Stated) Same(other Stated) bool {
	same := func(a, b decimal.NullDecimal) bool { return a.Valid == b.Valid && a.Decimal.Equal(b.Decimal) }
	return same(s.Numerator, other.Numerator) && same(s.Denominator, other.Denominator) && s.Note == other.Note
}

// Revises tells whether a figure that is shown becomes another.
func (r Replacement) Revises() bool { return r.BeforeLoad != 0 && !r.Before.Same(r.After) }

// Clean tells whether nothing has to be mended.
func (t Trial) Clean() bool { return t.Fault == nil && len(t.Rejections) == 0 }

// Revises tells whether any figure that is shown becomes another.
func (t Trial) Revises() bool { return slices.ContainsFunc(t.Replacements, Replacement.Revises) }

// Digest names a trial: another one differs in the file, in what is shown before it, or in what it asks.
func (t Trial) Digest() string {
	type asked struct {
		Question
		Facts Facts
	}
	named := struct {
		Trial
		Questions []asked
	}{Trial: t}
	for _, q := range t.Questions {
		named.Questions = append(named.Questions, asked{q, q.Facts})
	}
	text, err := json.Marshal(named)
	if err != nil {
		panic(err) // it holds texts and numbers alone
	}
	return fingerprintOf(string(text))
}

// ErrNotAgreed tells that a return was tried and not published.
var ErrNotAgreed = errors.New("the return is not published")

// returnTrigger begins the trigger of the loads of returns.
const returnTrigger = "return "

// ReturnID is what a load was done for by the one who returned it; empty of other loads.
func (load Load) ReturnID() string {
	id, ok := strings.CutPrefix(load.Trigger, returnTrigger)
	if !ok {
		return ""
	}
	return id
}

// maxSame is how many loads of one content are looked at.
const maxSame = 1000

// ReturnedAs finds the load by which a return was published, also where it was withdrawn since; ok is false where it was not.
func (l *Loader) ReturnedAs(ctx context.Context, fingerprint, id string) (load Load, ok bool, err error) {
	loads, err := l.Store.LoadsOf(ctx, fingerprint, maxSame)
	at := slices.IndexFunc(loads, func(load Load) bool {
		return load.Trigger == returnTrigger+id && (load.State == Published || load.State == Withdrawn)
	})
	if err != nil || at < 0 {
		return load, false, err
	}
	return loads[at], true, nil
}

// Return tries a return and publishes it where that is agreed to. ErrNotAgreed, with the trial, tells that it was not; other errors are the
// machine's.
func (l *Loader) Return(ctx context.Context, r Return) (load Load, t Trial, err error) {
	release, err := l.lock(ctx)
	if err != nil {
		return load, t, err
	}
	defer release()
	if r.Agree != nil {
		if load, ok, err := l.ReturnedAs(ctx, r.SHA256, r.ID); err != nil || ok {
			return load, t, err
		}
	}
	size, err := l.Archive.Size(r.SHA256)
	if err != nil {
		return load, t, err
	}
	load = Load{File: r.Name, SHA256: r.SHA256, Size: uint64(size), Trigger: returnTrigger + r.ID}
	if load.ID, err = l.Store.NextLoad(ctx); err != nil {
		return load, t, err
	}
	load.State = Tried // until it is agreed to
	if err := l.states.record(ctx, &load); err != nil {
		return load, t, err
	}
	staging := l.Store.Stage(ctx, load.ID, Origin{File: load.File})
	defer func() { err = errors.Join(err, staging.Close()) }()
	t, err = l.try(ctx, &load, r, staging)
	if err != nil {
		return load, t, errors.Join(err, staging.Restart())
	}
	ctx = context.WithoutCancel(ctx) // what was agreed to is published whether or not anybody waits for it
	err = l.states.record(ctx, &load)
	if err == nil {
		err = l.publish(ctx, &load, Rolling{Load: load.ID})
	}
	load, err = l.states.recordOutcome(ctx, load, err)
	return load, t, err
}

// try stages a return, finds what it changes, and asks whether that is agreed to.
func (l *Loader) try(ctx context.Context, load *Load, r Return, staging Staging) (t Trial, err error) {
	t = Trial{Place: r.Place.Code, SHA256: r.SHA256}
	o, err := l.open(ctx, load)
	defer func() { err = errors.Join(err, o.close()) }()
	if err == nil && !o.reading.Source.ReadsCanonical() {
		err = &mapping.FileError{Rule: ruleReturnForm, Err: fmt.Errorf("%s is read as %s; accepted: a return in canonical form, such as the workbook that is offered",
			load.File, o.reading.Source.Title)}
	}
	own := &ownFigures{Staging: staging, loader: l, place: r.Place}
	var summary mapping.Summary
	if err == nil {
		summary, err = o.reading.Read(own, l.Now())
		err = fileFault(load.File, err)
	}
	t.Rejections = own.rejections
	if err == nil && own.taken > 0 {
		if err = staging.Finish(summary.Reconciliations, false); err != nil {
			return t, err
		}
		if t.Replacements, err = l.Store.Replaced(ctx, load.ID, own.measures); err != nil {
			return t, err
		}
		if t.Questions, err = (asker{l.Settings}).ask(ctx, load, summary, 0); err != nil {
			err = fileFault(load.File, err)
		}
	}
	var fault *mapping.FileError
	switch {
	case errors.As(err, &fault) && len(t.Rejections) > 0 && len(t.Replacements) == 0: // no row is accepted: the rejections say why
	case errors.As(err, &fault):
		t.Fault = &Fault{fault.Rule, fault.Error()}
	case err != nil:
		return t, err
	}
	if r.Agree == nil || !t.Clean() {
		return t, ErrNotAgreed
	}
	load.count(summary)
	if len(t.Questions) > 0 {
		load.Accepted = r.Reason
	}
	// What belongs to the load is kept first, so that nothing is left to do once it is agreed to but to publish.
	if err := cmp.Or(l.remark(ctx, load.ID, o, summary), l.Store.AskQuestions(ctx, load.ID, t.Questions)); err != nil {
		return t, err
	}
	if err := r.Agree(ctx, t); err != nil {
		return t, errors.Join(ErrNotAgreed, err)
	}
	load.State = Staged
	return t, nil
}

// ownFigures lets through the figures that a footprint may return: of measures that wait for returns, of itself and of the organisations in
// it. What is rejected is not staged, as nobody but the one who returns it is to see it.
type ownFigures struct {
	Staging
	loader     *Loader
	place      footprint.Footprint
	rejections []mapping.Rejection
	measures   []string
	taken      int
}

// Take implements mapping.Sink.
func (s *ownFigures) Take(observations []mapping.Observation, rejections []mapping.Rejection) error {
	s.rejections = append(s.rejections, rejections...)
	var own []mapping.Observation
	for _, o := range observations {
		if o.Status == mapping.Rejected { // of which a rejection tells
			continue
		}
		if fault, ok := s.refusal(o); ok {
			s.rejections = append(s.rejections, fault)
			continue
		}
		if !slices.Contains(s.measures, o.Measure) {
			s.measures = append(s.measures, o.Measure)
		}
		own = append(own, o)
	}
	s.taken += len(own)
	return s.Staging.Take(own, nil)
}

// Restart implements mapping.Sink.
func (s *ownFigures) Restart() error {
	s.rejections, s.measures, s.taken = nil, nil, 0
	return s.Staging.Restart()
}

// refusal says why a figure is not one that the footprint may return.
func (s *ownFigures) refusal(o mapping.Observation) (fault mapping.Rejection, refused bool) {
	fault = mapping.Rejection{Sheet: o.Cell.Sheet, Row: o.Cell.Row}
	m, known := s.loader.Catalog.Measure(o.Measure)
	switch {
	case o.ViaFile != "": // its cell is the one that it names
		fault.Rule, fault.Sheet, fault.Row, fault.Value = ruleReturnForm, "", o.ViaRow, o.Cell.File
		fault.Reason = "the row names a published file; accepted: figures of your own, without a published file"
	case !known || !s.loader.Catalog.Returned(m):
		fault.Rule, fault.Value = ruleReturnForm, o.Measure
		fault.Reason = "the measure is published; accepted: a measure that waits for local returns"
	case !s.belongs(o.Organisation, o.Period):
		fault.Rule, fault.Value = ruleReturnPlace, o.Organisation
		fault.Reason = fmt.Sprintf(
			"%s does not belong to %s; accepted: the footprint itself and the organisations in it",
			asker{s.loader.Settings}.place(o.Organisation),
			s.place.Name,
		)
	default:
		return fault, false
	}
	return fault, true
}

func (s *ownFigures) belongs(organisation string, p catalog.Period) bool {
	return organisation == s.place.Code || slices.ContainsFunc(s.loader.Reference.Members(s.place.Code, p.Start), func(o footprint.Organisation) bool {
		return o.Code == organisation
	})
}

// Returns takes what people return in the browser: a file is kept as a draft until it is returned.
type Returns struct {
	Loader *Loader
	// Drafts is where files are kept that were tried, until they are returned or too old.
	Drafts Archive
	// Published is told of each return that is published; nil is told of none.
	Published func()
}

// How long a draft is kept, how many there are at most, and how many bytes each may have.
const (
	DraftTime = 24 * time.Hour
	maxDrafts = 500
	MaxReturn = 4 << 20
)

// ErrNoDraft tells that a file is not kept, or not any more.
var ErrNoDraft = errors.New("the file of the return is not kept any more")

// Draft keeps a file to be tried, and gives the SHA-256 of its content.
func (r Returns) Draft(content io.ReadSeeker) (fingerprint string, err error) {
	fingerprint, size, err := Fingerprint(content)
	if err == nil {
		_, err = content.Seek(0, io.SeekStart)
	}
	switch {
	case err != nil:
		return "", err
	case size > MaxReturn:
		return "", fmt.Errorf("a return of %d bytes; accepted: at most %d", size, MaxReturn)
	}
	if err := r.sweep(); err != nil {
		return "", err
	}
	if err := r.Drafts.Keep(fingerprint, content); err != nil {
		return "", err
	}
	now := r.Loader.Now()
	return fingerprint, os.Chtimes(r.Drafts.Path(fingerprint), now, now)
}

// sweep lets go of drafts that are too old, and of the oldest where there are too many.
func (r Returns) sweep() error {
	type draft struct {
		path string
		at   time.Time
	}
	var kept []draft
	err := filepath.WalkDir(r.Drafts.Folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			kept = append(kept, draft{path, info.ModTime()})
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	slices.SortFunc(kept, func(a, b draft) int { return b.at.Compare(a.at) })
	for i, d := range kept {
		if i+1 >= maxDrafts || r.Loader.Now().Sub(d.at) > DraftTime {
			if err := os.Remove(d.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// Try tells what a draft would change.
func (r Returns) Try(ctx context.Context, file, fingerprint string, place footprint.Footprint) (Trial, error) {
	if err := r.Drafts.Verify(fingerprint); err != nil {
		return Trial{}, errors.Join(ErrNoDraft, err)
	}
	loader := r.Loader.With(func(s *Settings) { s.Archive = r.Drafts })
	_, t, err := loader.Return(ctx, Return{Name: file, SHA256: fingerprint, Place: place})
	if errors.Is(err, ErrNotAgreed) {
		err = nil
	}
	return t, err
}

// Publish publishes a draft, or a return that was agreed to before and is kept, where it is agreed to.
func (r Returns) Publish(ctx context.Context, of Return) (Load, Trial, error) {
	if r.Loader.Archive.Verify(of.SHA256) != nil {
		draft, err := r.Drafts.Open(of.SHA256)
		if err != nil {
			return Load{}, Trial{}, errors.Join(ErrNoDraft, err)
		}
		if err := errors.Join(r.Loader.Archive.Keep(of.SHA256, draft), draft.Close()); err != nil {
			return Load{}, Trial{}, err
		}
	}
	load, t, err := r.Loader.Return(ctx, of)
	if err == nil && r.Published != nil {
		r.Published()
	}
	return load, t, err
}
