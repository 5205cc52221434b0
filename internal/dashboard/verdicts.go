package dashboard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/register"
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
	Before *register.Verdict // nil: there was none
	After  register.Verdict
	Causes []string
}

// VerdictChanges are the claims about what a change of figures was asked about whose verdicts differ.
type VerdictChanges struct {
	Changed  []VerdictChange // all of them, whatever the cause asked for
	Untested int             // claims of which no verdict was kept by the later moment
}

// VerdictChanges finds the claims about the measures and places of some changes whose verdicts differ, and how many have none to compare.
func (c *Composer) VerdictChanges(ctx context.Context, changes Changes) (VerdictChanges, error) {
	before, err := c.LatestVerdicts(ctx, changes.From)
	if err != nil {
		return VerdictChanges{}, err
	}
	after, err := c.LatestVerdicts(ctx, changes.To)
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
	for _, known := range c.Catalog.Claims {
		if _, tested := after[known.ID]; !tested && about(known) && changes.To.Bound.Load > 0 { // before anything is loaded there is nothing to test
			found.Untested++
		}
	}
	found.Changed = slices.DeleteFunc(c.verdictChanges(before, after), func(v VerdictChange) bool {
		known, _ := c.Catalog.Claim(v.After.Claim)
		return !about(known)
	})
	return found, nil
}

// Retested is what came of testing claims again.
type Retested struct {
	Tested  int
	Changed []VerdictChange // first verdicts among them
}

// Retest tests the claims whose figures, definitions or code are not those that their kept verdicts were found by, and has keep keep what
// is found, the same verdict too. What two do at once is kept twice.
func (c *Composer) Retest(ctx context.Context, keep func(context.Context, []register.Verdict) error) (Retested, error) {
	asOf, err := c.AsOf(ctx, "")
	if err != nil {
		return Retested{}, err
	}
	kept, err := c.LatestVerdicts(ctx, asOf)
	if err != nil {
		return Retested{}, err
	}
	found, err := c.due(ctx, asOf, kept)
	if err != nil {
		return Retested{}, err
	}
	tests, testing := errgroup.WithContext(ctx)
	tests.SetLimit(2) // readers are to be answered meanwhile
	for i := range found {
		tests.Go(func() error { return c.find(testing, asOf, &found[i]) })
	}
	if err := tests.Wait(); err != nil {
		return Retested{}, err
	}
	if err := keep(ctx, found); err != nil {
		return Retested{}, err
	}
	after := map[string]register.Verdict{}
	for _, v := range found {
		after[v.Claim] = v
	}
	return Retested{len(found), c.verdictChanges(kept, after)}, nil
}

// due are the claims to be tested again, with what they are tested with and without what is found.
func (c *Composer) due(ctx context.Context, asOf AsOf, kept map[string]register.Verdict) ([]register.Verdict, error) {
	var stored []string
	for _, m := range c.Catalog.Measures {
		stored = append(stored, m.Stored().ID)
	}
	made, err := c.Figures.Lineage(ctx, asOf.Bound, stored)
	if err != nil {
		return nil, err
	}
	defined, err := c.Figures.DefinitionHashes(ctx)
	if err != nil {
		return nil, err
	}
	now := c.Now()
	var due []register.Verdict
	for _, tested := range c.Catalog.Claims {
		v, err := c.testedWith(tested, made, defined)
		if err != nil {
			return nil, err
		}
		before, ok := kept[tested.ID]
		if ok && len(causes(&before, v)) == 0 {
			continue
		}
		// It stands since what it is tested with is there, unless the kept one stood then: other code gave it, or an earlier definition is back.
		if v.At = now; !v.Since.After(before.Since) {
			v.Since = latest(now, before.Since.Add(time.Microsecond))
		}
		seen := v.Since
		if seen.After(asOf.Bound.At) {
			seen = asOf.Bound.At
		}
		newest, err := c.Figures.AsOfTime(ctx, seen)
		if err != nil {
			return nil, err
		}
		v.Load = newest.Load
		due = append(due, v)
	}
	return due, nil
}

// testedWith names what a claim is tested with now, and since when all of it is there.
func (c *Composer) testedWith(tested *catalog.Claim, made map[string]register.Lineage, defined map[string]time.Time) (register.Verdict, error) {
	v := register.Verdict{Claim: tested.ID, Definition: tested.Hash(), Version: c.Version, Since: defined[tested.Hash()]}
	m, err := c.Measure(tested.Measure)
	if err != nil {
		return v, err
	}
	patients, err := c.Measure(registeredPatients)
	if err != nil {
		return v, err
	}
	figures := sha256.New()
	for _, m := range append(claim.Watched(c.Catalog, m), m, m.Stored(), patients) {
		v.Others = append(v.Others, m.Hash())
		by := made[m.Stored().ID]
		fmt.Fprintln(figures, m.ID, by.Loads)
		v.Since = latest(v.Since, by.At)
	}
	for _, other := range c.Catalog.Claims {
		if other.Measure == tested.Measure && other.ID != tested.ID {
			v.Others = append(v.Others, other.Hash())
		}
	}
	slices.Sort(v.Others)
	v.Others = slices.Compact(v.Others)
	for _, hash := range v.Others {
		v.Since = latest(v.Since, defined[hash])
	}
	v.Figures = hex.EncodeToString(figures.Sum(nil)[:6])
	return v, nil
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// find tests a claim.
func (c *Composer) find(ctx context.Context, asOf AsOf, v *register.Verdict) error {
	tested, err := c.Claim(v.Claim)
	if err != nil {
		return err
	}
	r, err := c.TestClaim(ctx, asOf, tested)
	if err != nil {
		return fmt.Errorf("claim %s: %w", tested.ID, err)
	}
	v.Verdict, v.Reason = string(r.Verdict), strings.Join(r.Reasons[:min(1, len(r.Reasons))], "")
	if e := r.Effect; e != nil {
		v.Percent, v.P = optional(e.Percent), optional(e.P)
		if e.PercentInterval != nil {
			v.Low, v.High = &e.PercentInterval[0], &e.PercentInterval[1]
		}
	}
	return nil
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
func (c *Composer) Verdicts(ctx context.Context, asOf AsOf, claimID string) ([]register.Verdict, error) {
	if _, err := c.Claim(claimID); err != nil {
		return nil, err
	}
	return c.Figures.Verdicts(ctx, asOf.verdicts(), claimID, mostVerdicts)
}

// mostVerdicts is more than a claim ever has.
const mostVerdicts = 1 << 20

// verdicts bounds those that are seen; those of now also were found since the last load.
func (a AsOf) verdicts() figures.AsOf {
	if a.Text == "" {
		return figures.Now
	}
	return a.Bound
}

// LatestVerdicts are the newest that stood at a moment, by claim.
func (c *Composer) LatestVerdicts(ctx context.Context, asOf AsOf) (map[string]register.Verdict, error) {
	verdicts, err := c.Figures.Verdicts(ctx, asOf.verdicts(), "", 1)
	byClaim := map[string]register.Verdict{}
	for _, v := range verdicts {
		byClaim[v.Claim] = v
	}
	return byClaim, err
}

// verdictChanges are the claims of the register whose verdicts differ, in its order.
func (c *Composer) verdictChanges(before, after map[string]register.Verdict) []VerdictChange {
	var changes []VerdictChange
	for _, known := range c.Catalog.Claims {
		now, found := after[known.ID]
		then, was := before[known.ID]
		if !found || was && then.Verdict == now.Verdict {
			continue
		}
		change := VerdictChange{Title: known.Title, After: now}
		if was {
			change.Before = &then
		}
		change.Causes = causes(change.Before, now)
		changes = append(changes, change)
	}
	return changes
}

// causes are what two verdicts of a claim were not both found by.
func causes(before *register.Verdict, after register.Verdict) []string {
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
