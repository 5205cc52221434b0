// Package load brings published files into the warehouse: it finds and keeps them, stages what package mapping reads in them, asks what
// there is to check, and publishes the result in one step, by hand or by a schedule.
package load

import (
	"context"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/mapping"
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
	Withdrawn   State = "withdrawn"   // it was published and withdrawn
	Held        State = "held"        // its figures raise questions: it is published when somebody accepts them
	Closed      State = "closed"      // it was held, and was accepted as another load, read again, or is not wanted
	Tried       State = "tried"       // it was read for the one who returns it, to show what it would change; no reader hears of it
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
	// Rule is the one that a failed load's file breaks, or that a held one asks by; of an interrupted load, that the service died while it loaded the file.
	Rule      string
	Accepted  string // why it was published although it raised questions
	Withdraws uint64 // the load that this one takes back, 0 for none
}

// Store keeps loads and their figures.
type Store interface {
	LoadStore
	FigureStore
	QuestionStore
	RunStore
	FetchStore
}

// LoadStore keeps the states of loads.
type LoadStore interface {
	// LatestLoad finds the newest load of this content; ok is false when there is none.
	LatestLoad(ctx context.Context, sha256 string) (l Load, ok bool, err error)
	// LoadsOf lists the newest loads of a content, newest first.
	LoadsOf(ctx context.Context, sha256 string, limit int) ([]Load, error)
	// LatestOf finds the newest published load of a source.
	LatestOf(ctx context.Context, source string) (l Load, ok bool, err error)
	// HeldLoads are the loads of this content that wait for acceptance.
	HeldLoads(ctx context.Context, sha256 string) ([]Load, error)
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
}

// FigureStore keeps the figures of loads, and what they are made by.
type FigureStore interface {
	// Stage opens a load for its figures, which nobody sees until it is published.
	Stage(ctx context.Context, load uint64, o Origin) Staging
	// Remark keeps what there is to check about a load's file.
	Remark(ctx context.Context, load uint64, remarks []mapping.Remark) error
	// StageUnknown writes where the organisations of a load may belong whose codes are not known.
	StageUnknown(ctx context.Context, load uint64, unknown []mapping.Unknown) error
	// StageMemberships writes the memberships of a load.
	StageMemberships(ctx context.Context, load uint64, memberships []footprint.Membership) error
	// RollUp makes the footprint values of a load.
	RollUp(ctx context.Context, r Rolling, c *catalog.Catalog) error
	// Define keeps definitions under their hashes.
	Define(ctx context.Context, definitions []catalog.Definition, at time.Time) error
}

// QuestionStore finds and keeps what must be asked about a load.
type QuestionStore interface {
	// Find finds what must be asked about the figures of a staged load, which takes the place of another where that is not 0.
	Find(ctx context.Context, load, exclude uint64, c *catalog.Catalog) (Findings, error)
	// Replaced compares what a staged load states, in the order of its rows, with what is shown.
	Replaced(ctx context.Context, load uint64, measures []string) ([]Replacement, error)
	// AskQuestions keeps what a load asks.
	AskQuestions(ctx context.Context, load uint64, questions []Question) error
	// QuestionsOf are what a load asks.
	QuestionsOf(ctx context.Context, load uint64) ([]Question, error)
}

// RunStore keeps runs.
type RunStore interface {
	// RecordRun keeps a run that has ended.
	RecordRun(ctx context.Context, r Run) error
	// LatestRuns are the latest run of each source and of the inbox.
	LatestRuns(ctx context.Context) ([]Run, error)
}

// FetchStore keeps what addresses gave.
type FetchStore interface {
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
	Exclude    uint64 // a load that is withdrawn with this one; its figures are touched and no longer count
}

// Staging takes the figures of one load.
type Staging interface {
	mapping.Sink
	// Finish ends it with the publisher's totals; a refused file keeps its rejections and totals, and none of its figures.
	Finish(reconciliations []mapping.Reconciliation, refused bool) error
	// Close lets go of what Finish has not been called for.
	Close() error
}
