package register

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
)

// Retest tests the claims whose figures, definitions or code are not those that their kept verdicts were found by, and has keep keep what
// is found, the same verdict too. What two do at once is kept twice.
func (r *Register) Retest(ctx context.Context, keep func(context.Context, []Verdict) error) (Retested, error) {
	asOf, err := r.moments.AsOf(ctx, "")
	if err != nil {
		return Retested{}, err
	}
	kept, err := r.LatestVerdicts(ctx, asOf)
	if err != nil {
		return Retested{}, err
	}
	found, err := r.due(ctx, asOf, kept)
	if err != nil {
		return Retested{}, err
	}
	tests, testing := errgroup.WithContext(ctx)
	tests.SetLimit(2) // readers are to be answered meanwhile
	for i := range found {
		tests.Go(func() error { return r.test(testing, asOf, &found[i]) })
	}
	if err := tests.Wait(); err != nil {
		return Retested{}, err
	}
	if err := keep(ctx, found); err != nil {
		return Retested{}, err
	}
	after := map[string]Verdict{}
	for _, v := range found {
		after[v.Claim] = v
	}
	return Retested{len(found), r.verdictChanges(kept, after)}, nil
}

// due are the claims to be tested again, with what they are tested with and without what is found.
func (r *Register) due(ctx context.Context, asOf figures.Moment, kept map[string]Verdict) ([]Verdict, error) {
	made, err := r.lineage(ctx, asOf)
	if err != nil {
		return nil, err
	}
	defined, err := r.store.DefinitionHashes(ctx)
	if err != nil {
		return nil, err
	}
	now := r.moments.Now()
	newest := map[time.Time]figures.AsOf{} // what was there at a time: many claims are due since the same load
	var due []Verdict
	for _, tested := range r.directory.Catalog.Claims {
		v, err := r.testedWith(tested, made, defined)
		if err != nil {
			return nil, err
		}
		before, ok := kept[tested.ID]
		if ok && len(Causes(&before, v)) == 0 {
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
		there, known := newest[seen]
		if !known {
			if there, err = r.store.AsOfTime(ctx, seen); err != nil {
				return nil, err
			}
			newest[seen] = there
		}
		v.Load = there.Load
		due = append(due, v)
	}
	return due, nil
}

// lineage tells of what the values of every measure were made as of a moment.
func (r *Register) lineage(ctx context.Context, asOf figures.Moment) (map[string]Lineage, error) {
	return figures.Remember(ctx, r.memory, asOf, "lineage", func(ctx context.Context) (map[string]Lineage, error) {
		var stored []string
		for _, m := range r.directory.Catalog.Measures {
			stored = append(stored, m.Stored().ID)
		}
		return r.store.Lineage(ctx, asOf.Bound, stored)
	})
}

// measuresOf are those whose figures a claim is tested with.
func (r *Register) measuresOf(tested *catalog.Claim) ([]*catalog.Measure, error) {
	m, err := r.directory.FindMeasure(tested.Measure)
	if err != nil {
		return nil, err
	}
	patients, err := r.directory.FindMeasure(figures.RegisteredPatientsID)
	if err != nil {
		return nil, err
	}
	with := append(claim.Watched(r.directory.Catalog, m), m, m.Stored(), patients)
	if f := tested.Finer; f != nil {
		finer, err := r.directory.FindMeasure(f.Measure)
		if err != nil {
			return nil, err
		}
		with = append(with, finer)
	}
	for _, m := range with {
		if people, known := r.directory.Catalog.Measure(m.People()); known && m.DividedByOwnPeriods() {
			with = append(with, people)
		}
	}
	return with, nil
}

// figuresName names the figures of some measures: the same name means the same figures.
func figuresName(of []*catalog.Measure, made map[string]Lineage) string {
	name := sha256.New()
	for _, m := range of {
		fmt.Fprintln(name, m.ID, made[m.Stored().ID].Loads)
	}
	return hex.EncodeToString(name.Sum(nil)[:6])
}

// testedWith names what a claim is tested with now, and since when all of it is there.
func (r *Register) testedWith(tested *catalog.Claim, made map[string]Lineage, defined map[string]time.Time) (Verdict, error) {
	v := Verdict{Claim: tested.ID, Definition: tested.Hash(), Version: r.version, Since: defined[tested.Hash()]}
	with, err := r.measuresOf(tested)
	if err != nil {
		return v, err
	}
	if len(r.directory.Catalog.Treated(tested)) > 0 { // any scheme may keep a place from being compared with
		v.Others = append(v.Others, r.directory.Catalog.SchemesHash())
	}
	for _, m := range with {
		v.Others = append(v.Others, m.Hash())
		v.Since = latest(v.Since, made[m.Stored().ID].At)
	}
	for _, other := range r.directory.Catalog.Claims {
		if other.Measure == tested.Measure && other.ID != tested.ID {
			v.Others = append(v.Others, other.Hash())
		}
	}
	slices.Sort(v.Others)
	v.Others = slices.Compact(v.Others)
	for _, hash := range v.Others {
		v.Since = latest(v.Since, defined[hash])
	}
	v.Figures = figuresName(with, made)
	return v, nil
}

// test tests a claim.
func (r *Register) test(ctx context.Context, asOf figures.Moment, v *Verdict) error {
	tested, err := r.Find(v.Claim)
	if err != nil {
		return err
	}
	result, err := r.Test(ctx, asOf, tested)
	if err != nil {
		return fmt.Errorf("claim %s: %w", tested.ID, err)
	}
	v.Verdict = string(result.Verdict)
	if len(result.Reasons) > 0 {
		v.Reason = result.Reasons[0]
	}
	if e := result.Effect; e != nil {
		v.Percent, v.P = optional(e.Percent), optional(e.P)
		if e.PercentInterval != nil {
			v.Low, v.High = &e.PercentInterval[0], &e.PercentInterval[1]
		}
	}
	return nil
}
