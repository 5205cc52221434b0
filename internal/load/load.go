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

// Rejection is a cell or row that was not accepted, with the whole row as published.
type Rejection struct {
	Sheet  string
	Row    uint32
	Column string
	Value  string
	Reason string
	Cells  []string
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

// Batch is all that one file says.
type Batch struct {
	Source          *catalog.Source
	Released        string
	Bundled         bool
	Observations    []Observation
	Memberships     []footprint.Membership
	Rejections      []Rejection
	Reconciliations []Reconciliation
}

// Accepted counts what was read and not rejected.
func (b *Batch) Accepted() int {
	accepted := len(b.Memberships)
	for _, o := range b.Observations {
		if o.Status != Rejected {
			accepted++
		}
	}
	return accepted
}

// Run is one look through a folder, or one load by hand.
type Run struct {
	ID        uint64
	Trigger   string
	Path      string
	Started   time.Time
	Ended     time.Time
	Found     uint32
	Published uint32
	Failed    uint32
	Known     uint32
	Message   string
}

// Store keeps loads and their figures.
type Store interface {
	// LatestLoad finds the newest load of this content; ok is false when there is none.
	LatestLoad(ctx context.Context, sha256 string) (l Load, ok bool, err error)
	// LatestOf finds the newest published load of a source.
	LatestOf(ctx context.Context, source string) (l Load, ok bool, err error)
	// NextLoad is a load number higher than any before.
	NextLoad(ctx context.Context) (uint64, error)
	// Record adds a state to a load; publishing is one such insert.
	Record(ctx context.Context, l Load) error
	// Unfinished are the loads that ended neither published nor failed.
	Unfinished(ctx context.Context) ([]Load, error)
	// Stage writes a load's figures, which nobody sees until it is published.
	Stage(ctx context.Context, load uint64, b *Batch) error
	// RollUp makes the footprint values of a load; everything tells to make those of all other loads anew.
	RollUp(ctx context.Context, load uint64, c *catalog.Catalog, everything bool) error
	// Define keeps definitions under their hashes.
	Define(ctx context.Context, definitions []catalog.Definition, at time.Time) error
	RecordRun(ctx context.Context, r Run) error
}

// FileError is a fault of the file itself: loading it again cannot help.
type FileError struct{ Err error }

func (e *FileError) Error() string { return e.Err.Error() }
func (e *FileError) Unwrap() error { return e.Err }

// IsFileError tells whether the file is at fault, not the machine.
func IsFileError(err error) bool {
	var fault *FileError
	return errors.As(err, &fault)
}
