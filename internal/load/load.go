// Package load brings published files into the warehouse: it finds them, keeps them, reads their cells as observations,
// compares their totals with ours and publishes the result in one step.
package load

import (
	"context"
	"errors"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
)

// State is how far a load has come.
type State string

// The states of a load. Only the figures of a published load are ever shown.
const (
	Received    State = "received"
	Staged      State = "staged"
	Published   State = "published"
	Failed      State = "failed"      // the file is at fault
	Interrupted State = "interrupted" // the machine was at fault: it is tried again
	Withdrawn   State = "withdrawn"   // it was published and taken back
	Held        State = "held"        // its figures raise questions: it is published when somebody accepts them
	Closed      State = "closed"      // it was held, and was accepted as another load, read again, or is not wanted
)

// Load is one attempt to load one file, in one of its states.
type Load struct {
	ID           uint64
	State        State
	At           time.Time
	Source       string
	File         string
	SHA256       string
	Size         uint64
	Definition   string
	Released     string
	Trigger      string
	Observations uint64
	Rejections   uint64
	Compared     uint32
	Differing    uint32
	Message      string
	Rule         string // the one that a failed load's file breaks, or that a held one asks by; of an interrupted load, that the service died while it read the file
	Accepted     string // why it was published although it raised questions
	Withdraws    uint64 // the load that this one takes back, 0 for none
}

// Status tells what an observation without a number means.
type Status string

// The statuses of an observation.
const (
	Reported    Status = "reported"
	NotReported Status = "not_reported"
	Rejected    Status = "rejected"
)

// Cell is the published cell that a figure was read from.
type Cell struct {
	File   string
	SHA256 string
	Sheet  string
	Row    uint32
	Column string
	Raw    string
	// Released says when the publisher released the file, in the publisher's words; empty when the file does not say.
	Released string
}

// Observation is one figure at the level at which it was published.
type Observation struct {
	Measure      string
	Organisation string
	Period       catalog.Period
	Numerator    decimal.NullDecimal
	Denominator  decimal.NullDecimal
	Status       Status
	Note         string
	CodesOn      time.Time
	Cell         Cell
	ViaFile      string
	ViaRow       uint32
	// Item names the part of the organisation's figure, where the publication splits it over several rows.
	Item string
}

// Rejection is a cell or row that was not accepted, with the row as published; long cells and rows are cut, and say so.
type Rejection struct {
	Rule   string
	Sheet  string
	Row    uint32
	Column string
	Value  string
	Reason string
	Cells  []string
}

// Remark is something remarkable about a file that was accepted.
type Remark struct {
	Rule    string // the name of one of Rules
	Sheet   string
	Count   uint64 // of rows, columns or files
	Message string
}

// Verdict is the outcome of comparing a publisher's total with ours.
type Verdict string

// The verdicts of a reconciliation.
const (
	Equal   Verdict = "equal"
	Differs Verdict = "differs"
	Short   Verdict = "short" // rows were rejected, so ours cannot be whole
)

// Reconciliation compares one total that the publisher states with the sum of what we read.
type Reconciliation struct {
	Scope      string // ENG or a footprint's code
	Measure    string
	Period     catalog.Period
	Published  decimal.Decimal
	Ours       decimal.Decimal
	Difference decimal.Decimal
	Verdict    Verdict
	Sheet      string
	Row        uint32
	Column     string
}

// Batch is a Sink that keeps all that it takes.
type Batch struct {
	Observations []Observation
	Rejections   []Rejection
}

// Take implements Sink.
func (b *Batch) Take(observations []Observation, rejections []Rejection) error {
	b.Observations, b.Rejections = append(b.Observations, observations...), append(b.Rejections, rejections...)
	return nil
}

// Restart implements Sink.
func (b *Batch) Restart() error {
	*b = Batch{}
	return nil
}

// Store keeps loads and their figures.
type Store interface {
	// LatestLoad finds the newest load of this content; ok is false when there is none.
	LatestLoad(ctx context.Context, sha256 string) (l Load, ok bool, err error)
	// LoadsOf lists the newest loads of a content, newest first.
	LoadsOf(ctx context.Context, sha256 string, limit int) ([]Load, error)
	// LatestOf finds the newest published load of a source.
	LatestOf(ctx context.Context, source string) (l Load, ok bool, err error)
	// NextLoad is a load number higher than any before.
	NextLoad(ctx context.Context) (uint64, error)
	// Load finds a load by its number.
	Load(ctx context.Context, id uint64) (Load, error)
	// OverlappingLoad finds the newest published load after one that states a figure which that one states; 0 where there is none.
	OverlappingLoad(ctx context.Context, id uint64) (uint64, error)
	// Record adds states to loads, all at once; publishing is one such insert.
	Record(ctx context.Context, loads ...Load) error
	// History lists every state of every load, in the order in which they came.
	History(ctx context.Context) ([]Load, error)
	// Unfinished are the loads that are still received or staged.
	Unfinished(ctx context.Context) ([]Load, error)
	// Stage opens a load for its figures, which nobody sees until it is published.
	Stage(ctx context.Context, load uint64, o Origin) Staging
	// Remark keeps what is remarkable about a load's file.
	Remark(ctx context.Context, load uint64, remarks []Remark) error
	// Find finds what must be asked about the figures of a staged load, which takes the place of another where that is not 0.
	Find(ctx context.Context, load, without uint64, c *catalog.Catalog) (Findings, error)
	// AskQuestions keeps what a load asks.
	AskQuestions(ctx context.Context, load uint64, questions []Question) error
	// QuestionsOf are what a load asks.
	QuestionsOf(ctx context.Context, load uint64) ([]Question, error)
	// HeldLoads are the loads of this content that wait for acceptance.
	HeldLoads(ctx context.Context, sha256 string) ([]Load, error)
	// StageUnknown writes where the organisations of a load may belong whose codes are not known.
	StageUnknown(ctx context.Context, load uint64, unknown []Unknown) error
	// StageMemberships writes the memberships of a load.
	StageMemberships(ctx context.Context, load uint64, memberships []footprint.Membership) error
	// RollUp makes the footprint values of a load.
	RollUp(ctx context.Context, r Rolling, c *catalog.Catalog) error
	// Define keeps definitions under their hashes.
	Define(ctx context.Context, definitions []catalog.Definition, at time.Time) error
	// RecordRun keeps a run that has ended.
	RecordRun(ctx context.Context, r Run) error
	// LatestRuns are the latest run of each source and of the inbox.
	LatestRuns(ctx context.Context) ([]Run, error)
	// RecordFetch keeps what an address gave.
	RecordFetch(ctx context.Context, f Fetch) error
	// LatestFetch finds what an address gave last; ok is false when nothing was ever taken from it.
	LatestFetch(ctx context.Context, address string) (f Fetch, ok bool, err error)
}

// DroppedOrganisations is how many of those shown now of a measure and a period a new list of every organisation leaves out.
type DroppedOrganisations struct {
	Measure       string
	Period        time.Time // first day
	Organisations uint64    // that have a figure now
	Dropped       uint64    // of these in the new load
}

// Origin is what the figures of one load have in common.
type Origin struct {
	File    string // that they were read from
	Bundled bool   // they came with the product, so any publication wins over them
	Whole   bool   // the publication lists every organisation
}

// Rolling says which footprint values a load makes: those of the figures it touches.
type Rolling struct {
	Load       uint64
	Everything bool   // those of all other loads too, as definitions or memberships changed
	Without    uint64 // a load that is withdrawn with this one; its figures are touched and no longer count
}

// Staging takes the figures of one load.
type Staging interface {
	Sink
	// Finish ends it with the publisher's totals; a refused file keeps its rejections and totals, and none of its figures.
	Finish(reconciliations []Reconciliation, refused bool) error
	// Close lets go of what Finish has not been called for.
	Close() error
}

// FileError is a fault of the file itself: loading it again cannot help.
type FileError struct {
	Rule string // the name of the rule that the file breaks
	Err  error
}

func (e *FileError) Error() string { return e.Err.Error() }
func (e *FileError) Unwrap() error { return e.Err }

// IsFileError tells whether the file is at fault, not the machine.
func IsFileError(err error) bool {
	var fault *FileError
	return errors.As(err, &fault)
}
