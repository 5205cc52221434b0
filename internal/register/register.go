package register

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"stpdash/internal/archivecache"
	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
)

// Store keeps verdicts, and tells what figures and definitions there are.
type Store interface {
	Verdicts(ctx context.Context, asOf figures.AsOf, claim string, most int) ([]Verdict, error)
	Lineage(ctx context.Context, asOf figures.AsOf, measures []string) (map[string]Lineage, error)
	DefinitionHashes(ctx context.Context) (map[string]time.Time, error)
	AsOfTime(ctx context.Context, at time.Time) (figures.AsOf, error)
}

// Register tests the claims of the catalog.
type Register struct {
	store       Store
	figures     *figures.Figures
	directory   *figures.Directory
	moments     *figures.Moments
	memory      *figures.Memory
	calibration *claim.Calibration
	results     *archivecache.Cache
	version     string
	testing     *semaphore.Weighted // each test computes on one processor throughout, and holds the figures of all places
}

// New tests claims with figures. Version is that of the program; calibration tells how far the test can see, and may be nil where nobody asks. Results
// keeps what was found after the program ends; nil keeps nothing.
func New(store Store, f *figures.Figures, calibration *claim.Calibration, results *archivecache.Cache, version string) *Register {
	if calibration == nil {
		calibration = &claim.Calibration{}
	}
	return &Register{store, f, f.Directory(), f.Moments(), f.Memory(), calibration, results, version, semaphore.NewWeighted(int64(runtime.GOMAXPROCS(0)))}
}

// Calibration tells how far the test of claims can see.
func (r *Register) Calibration() *claim.Calibration { return r.calibration }

// Version is that of the program, with the rules that it tests by.
func (r *Register) Version() string { return r.version }

// Find finds a claim by its id.
func (r *Register) Find(id string) (*catalog.Claim, error) {
	if found, ok := r.directory.Catalog.Claim(id); ok {
		return found, nil
	}
	var ids []string
	for _, known := range r.directory.Catalog.Claims {
		ids = append(ids, known.ID)
	}
	return nil, &figures.InputError{Parameter: "claim", Value: id, Accepted: strings.Join(ids, ", ")}
}

// Test holds a claim of the register against the figures as they stood, in the smallest places that it names. While they are not all loaded it cannot
// be tested.
func (r *Register) Test(ctx context.Context, asOf figures.Moment, tested *catalog.Claim) (*claim.Result, error) {
	return r.TestAt(ctx, asOf, tested, "")
}

// TestAt tests a claim in places of a kind of [claim.TestedAt]; empty for the smallest that it names.
func (r *Register) TestAt(ctx context.Context, asOf figures.Moment, tested *catalog.Claim, at string) (*claim.Result, error) {
	if asOf.Incomplete() {
		m, err := r.figures.MeasureAsOf(ctx, tested.Measure, asOf)
		if err != nil {
			return nil, err
		}
		return claim.Test(ctx, tested, claim.Data{Figures: claim.Figures{Measure: m}, Loading: true})
	}
	// What is found stays as it is while the claim's own figures do: another load changes nothing, as it does for kept verdicts.
	made, err := r.lineage(ctx, asOf)
	if err != nil {
		return nil, err
	}
	with, err := r.measuresOf(tested)
	if err != nil {
		return nil, err
	}
	name, question := figuresName(with, made), "claim "+tested.ID+" "+tested.Hash()+" "+at
	return figures.RememberMade(ctx, r.memory, asOf, name, question, func(ctx context.Context) (*claim.Result, error) {
		return r.kept(ctx, name+" "+question, func(ctx context.Context) (*claim.Result, error) {
			if err := r.testing.Acquire(ctx, 1); err != nil {
				return nil, err
			}
			defer r.testing.Release(1)
			data, err := r.Data(ctx, asOf, tested)
			if err != nil {
				return nil, err
			}
			data.At = at
			return claim.Test(ctx, tested, data)
		})
	})
}

// Tested is a claim of the register with what the figures say of it.
type Tested struct {
	*catalog.Claim
	Result *claim.Result
}

// Filter narrows the register; empty texts do not.
type Filter struct {
	Footprint string // the code of a footprint, or ENG for claims about the whole country
	Kind      string
	Verdict   string
}

// Claims are the claims that a filter leaves, each compared with the figures as they stood, in the order of the register.
func (r *Register) Claims(ctx context.Context, asOf figures.Moment, f Filter) ([]Tested, error) {
	place, err := r.FilteredPlace(f)
	if err != nil {
		return nil, err
	}
	if f.Kind != "" && !slices.Contains(catalog.ClaimKinds, f.Kind) {
		return nil, &figures.InputError{Parameter: "type", Value: f.Kind, Accepted: strings.Join(catalog.ClaimKinds, ", ")}
	}
	verdict, known := claim.ParseVerdict(f.Verdict)
	if f.Verdict != "" && !known {
		var accepted []string
		for _, v := range claim.Verdicts {
			accepted = append(accepted, string(v))
		}
		return nil, &figures.InputError{Parameter: "verdict", Value: f.Verdict, Accepted: strings.Join(accepted, ", ")}
	}
	var chosen []*catalog.Claim
	for _, claimed := range r.directory.Catalog.Claims {
		if (place == "" || slices.Contains(claimed.Places, place)) && (f.Kind == "" || string(claimed.Kind) == f.Kind) {
			chosen = append(chosen, claimed)
		}
	}
	all := make([]Tested, len(chosen))
	tests, ctx := errgroup.WithContext(ctx)
	tests.SetLimit(4)
	for i, claimed := range chosen {
		tests.Go(func() error {
			result, err := r.Test(ctx, asOf, claimed)
			if err != nil {
				return fmt.Errorf("claim %s: %w", claimed.ID, err)
			}
			all[i] = Tested{claimed, result}
			return nil
		})
	}
	if err := tests.Wait(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(t Tested) bool { return f.Verdict != "" && t.Result.Verdict != verdict }), nil
}

// FilteredPlace is the one that a filter names, as claims name it; empty where it names none.
func (r *Register) FilteredPlace(f Filter) (string, error) {
	if f.Footprint == "" {
		return "", nil
	}
	s, err := r.directory.FindArea(f.Footprint)
	if err != nil || s.Code == footprint.Unallocated {
		return "", &figures.InputError{Parameter: "footprint", Value: f.Footprint, Accepted: "the code of one of the 44 (E54000005, QWO) or ENG"}
	}
	return claimPlace(s), nil
}

// claimPlace is how claims name a place.
func claimPlace(s figures.Area) string {
	if s.Code == footprint.England {
		return catalog.EnglandPlace
	}
	return s.Code
}
