package load

import (
	"context"
	"slices"
	"strings"
)

// Recover marks loads that a crash left unfinished; their figures were never visible, and their files are loaded again. A warehouse that has
// lost loads gives ErrLost.
func (l *Loader) Recover(ctx context.Context) error {
	release, err := l.lock(ctx)
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
		if load.SHA256 != "" && load.Source != DefinitionsSource && load.Source != MembershipsSource {
			load.Rule = ruleSurvives
		}
		load.State, load.Message = Interrupted, "the service or its engine stopped before the load was published"
		if err := l.states.record(ctx, &load); err != nil {
			return err
		}
		history = append(history, load)
	}
	l.runs.suspect(history)
	return nil
}

// rollUpRule names the rule by which observations become footprint values: where it changes, every value is made anew.
const rollUpRule = "the newest list counts and nothing before it, what may belong to a footprint is missing from it, see docs/architecture/precedence.md"

// Define brings the warehouse to the present definitions and memberships; where they changed, every footprint value is made anew.
func (l *Loader) Define(ctx context.Context, memberships []byte) error {
	release, err := l.lock(ctx)
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
		load, err := l.states.begin(ctx, Load{
			Source: own.source, File: own.file, SHA256: fingerprint, Size: uint64(len(own.content)), Trigger: "start", Definition: fingerprint[:12],
		})
		if err != nil {
			return err
		}
		if err = own.stage(load.ID); err == nil {
			err = l.publish(ctx, &load, Rolling{Load: load.ID, Everything: true})
		}
		if _, err := l.states.recordOutcome(ctx, load, err); err != nil {
			return err
		}
	}
	return nil
}
