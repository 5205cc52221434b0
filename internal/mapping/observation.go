package mapping

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
)

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

// Place says where the cell stands: "sheet "A&E Data", row 7, column B".
func (r Rejection) Place() string {
	at := fmt.Sprintf("row %d, column %s", r.Row, r.Column)
	if r.Sheet != "" {
		at = fmt.Sprintf("sheet %q, %s", r.Sheet, at)
	}
	return at
}

// Remark is something to check about a file that was accepted.
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
	Scope      string // ENG, a footprint's code, or what the publisher calls a region
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
