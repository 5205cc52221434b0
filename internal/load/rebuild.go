package load

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"stpdash/internal/mapping"
)

// NotRebuilt is a load that could not be made anew, and why.
type NotRebuilt struct {
	Load Load
	Err  error
}

// Rebuild fills an empty warehouse from the kept files by replaying what became of every load, each under its number and at its time, so
// that as of any moment the same loads are visible as before. Files, measures and memberships are read by the present definitions. A load
// whose file cannot be read any more is recorded as such, and what it replaced stands on.
func (l *Loader) Rebuild(ctx context.Context, history []Load, told func(done, of int, load Load)) ([]NotRebuilt, error) {
	history = slices.Clone(history)
	slices.SortStableFunc(history, func(a, b Load) int { return cmp.Compare(a.At.UnixMicro(), b.At.UnixMicro()) })
	history = eachOnce(history)
	r := rebuild{staged: map[uint64]Load{}}
	r.Loader = l.With(func(s *Settings) { s.Now = func() time.Time { return r.at } })
	release, err := r.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if len(history) > 0 {
		if err := l.Store.Define(ctx, l.Catalog.Definitions(), history[0].At); err != nil {
			return nil, err
		}
	}
	for i, load := range history {
		if r.at = load.At; told != nil {
			told(i+1, len(history), load)
		}
		if err := r.replay(ctx, load); err != nil {
			return r.lost, fmt.Errorf("load %d, %s: %w", load.ID, load.File, err)
		}
	}
	return r.lost, nil
}

// eachOnce leaves out what is said again: a state replayed twice would count the figures of its load twice.
func eachOnce(history []Load) []Load {
	type state struct {
		id uint64
		at int64
		State
	}
	said := map[state]bool{}
	return slices.DeleteFunc(history, func(l Load) bool {
		s := state{l.ID, l.At.UnixMicro(), l.State}
		again := said[s]
		said[s] = true
		return again
	})
}

// rebuild is under way.
type rebuild struct {
	*Loader
	at        time.Time       // of what is replayed
	staged    map[uint64]Load // read anew, to be published
	withdrawn []Load          // take effect with the next load that is published
	lost      []NotRebuilt
}

// replay does once more what brought a load into a state.
func (r *rebuild) replay(ctx context.Context, load Load) error {
	own := load.Source == MembershipsSource || load.Source == DefinitionsSource || load.Source == WithdrawalsSource
	switch load.State {
	case Staged:
		return r.stage(ctx, load)
	case Withdrawn:
		r.withdrawn = append(r.withdrawn, load)
		return nil
	case Published:
		staged, ok := r.staged[load.ID]
		if own {
			staged, ok = load, true
		}
		if !ok {
			r.withdrawn = nil
			return nil
		}
		return r.show(ctx, staged)
	case Failed, Held:
		if !own {
			refused := load
			refused.At, r.at = time.Time{}, load.At.Add(-time.Microsecond)                              // should it be read now, it is refused after that
			if err := r.read(ctx, &refused, acceptance{}, 0); err != nil && !mapping.IsFileError(err) { // for the rejections or questions that it keeps
				r.lost = append(r.lost, NotRebuilt{load, err})
			}
		}
	}
	return r.states.store(ctx, load)
}

// publishedBefore answers what is asked about a load that was shown before there were questions.
const publishedBefore = "it was published before the warehouse was made again"

// stage reads a kept file anew.
func (r *rebuild) stage(ctx context.Context, load Load) error {
	anew := load
	anew.At = time.Time{}
	err := r.read(ctx, &anew, acceptance{reason: cmp.Or(load.Accepted, publishedBefore)}, 0)
	if err == nil {
		r.staged[load.ID] = anew
		return nil
	}
	if ctx.Err() != nil {
		return err
	}
	r.lost = append(r.lost, NotRebuilt{load, err})
	anew.State, anew.Message = Interrupted, err.Error()
	if mapping.IsFileError(err) {
		anew.State = Failed
	}
	return r.states.record(ctx, &anew)
}

// show publishes a load with those that it withdraws.
func (r *rebuild) show(ctx context.Context, load Load) error {
	rolling := Rolling{Load: load.ID, Everything: load.Source == MembershipsSource || load.Source == DefinitionsSource}
	for _, w := range r.withdrawn {
		rolling.Exclude = w.ID
	}
	if load.Source == WithdrawalsSource {
		load.Withdraws = rolling.Exclude // journals of before do not name it
	}
	if load.Source == MembershipsSource {
		if err := r.Store.StageMemberships(ctx, load.ID, r.Reference.Memberships()); err != nil {
			return err
		}
	}
	others := r.withdrawn
	r.withdrawn = nil
	if load.State != Published { // its time is that of the state before
		load.State = Published
		r.states.date(&load)
	}
	if err := r.Store.RollUp(ctx, rolling, r.Catalog); err != nil {
		return err
	}
	return r.states.store(ctx, append(others, load)...)
}
