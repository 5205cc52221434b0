package register

import (
	"context"
	"slices"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
)

// The causes of a change of verdict: what was not the same when it was tested again.
const (
	FirstTest      = "first_test" // there was no verdict
	NewFigures     = "figures"    // a load touched them
	NewDefinition  = "definition" // of the claim, of a measure or of another claim of the measure
	NewCodeVersion = "code"       // another version of this program, with its rules
)

// VerdictChange is a claim whose verdict differs between two moments.
type VerdictChange struct {
	Title  string
	Before *Verdict // nil: there was none
	After  Verdict
	Causes []string
}

// VerdictChanges are the claims about what a change of figures was asked about whose verdicts differ.
type VerdictChanges struct {
	Changed  []VerdictChange // all of them, whatever the cause asked for
	Untested int             // claims of which no verdict was kept by the later moment
}

// VerdictChanges finds the claims about the measures and places of some changes whose verdicts differ, and how many have none to compare.
func (r *Register) VerdictChanges(ctx context.Context, changes figures.Changes) (VerdictChanges, error) {
	before, err := r.LatestVerdicts(ctx, changes.From)
	if err != nil {
		return VerdictChanges{}, err
	}
	after, err := r.LatestVerdicts(ctx, changes.To)
	if err != nil {
		return VerdictChanges{}, err
	}
	about := func(known *catalog.Claim) bool {
		here := len(changes.Filter.Footprints) == 0 || slices.ContainsFunc(changes.Filter.Footprints, func(place string) bool {
			return slices.Contains(known.Places, place) || known.OfEngland() && place == footprint.England
		})
		return here && slices.Contains(changes.Filter.Measures, known.Measure)
	}
	var found VerdictChanges
	for _, known := range r.directory.Catalog.Claims {
		if _, tested := after[known.ID]; !tested && about(known) && changes.To.Bound.Load > 0 { // before anything is loaded there is nothing to test
			found.Untested++
		}
	}
	found.Changed = slices.DeleteFunc(r.verdictChanges(before, after), func(v VerdictChange) bool {
		known, _ := r.directory.Catalog.Claim(v.After.Claim)
		return !about(known)
	})
	return found, nil
}

// Retested is what came of testing claims again.
type Retested struct {
	Tested  int
	Changed []VerdictChange // first verdicts among them
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// optional is nil where a number is missing.
func optional(n evidence.Number) *float64 {
	if n.Missing() {
		return nil
	}
	f := float64(n)
	return &f
}

// Verdicts are those that were kept of a claim and stood at a moment, oldest first.
func (r *Register) Verdicts(ctx context.Context, asOf figures.Moment, claimID string) ([]Verdict, error) {
	if _, err := r.Find(claimID); err != nil {
		return nil, err
	}
	return r.store.Verdicts(ctx, asOf.Verdicts(), claimID, maxVerdicts)
}

// maxVerdicts is more than a claim ever has.
const maxVerdicts = 1 << 20

// LatestVerdicts are the newest that stood at a moment, by claim.
func (r *Register) LatestVerdicts(ctx context.Context, asOf figures.Moment) (map[string]Verdict, error) {
	verdicts, err := r.store.Verdicts(ctx, asOf.Verdicts(), "", 1)
	byClaim := map[string]Verdict{}
	for _, v := range verdicts {
		byClaim[v.Claim] = v
	}
	return byClaim, err
}

// verdictChanges are the claims of the register whose verdicts differ, in its order.
func (r *Register) verdictChanges(before, after map[string]Verdict) []VerdictChange {
	var changes []VerdictChange
	for _, known := range r.directory.Catalog.Claims {
		now, found := after[known.ID]
		then, was := before[known.ID]
		if !found || was && then.Verdict == now.Verdict {
			continue
		}
		change := VerdictChange{Title: known.Title, After: now}
		if was {
			change.Before = &then
		}
		change.Causes = Causes(change.Before, now)
		changes = append(changes, change)
	}
	return changes
}

// Causes are what two verdicts of a claim were not both found by.
func Causes(before *Verdict, after Verdict) []string {
	if before == nil {
		return []string{FirstTest}
	}
	var causes []string
	if before.Figures != after.Figures {
		causes = append(causes, NewFigures)
	}
	if before.Definition != after.Definition || !slices.Equal(before.Others, after.Others) {
		causes = append(causes, NewDefinition)
	}
	if before.Version != after.Version {
		causes = append(causes, NewCodeVersion)
	}
	return causes
}
