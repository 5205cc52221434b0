package load

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// ErrNotLoaded tells that a load cannot be replayed or withdrawn, and why.
var ErrNotLoaded = errors.New("cannot be taken")

// Replay loads the kept file of an earlier load once more, by the present definitions, as a load of its own.
func (l *Loader) Replay(ctx context.Context, id uint64) (Load, error) {
	release, err := l.lock(ctx)
	if err != nil {
		return Load{}, err
	}
	defer release()
	earlier, err := l.earlier(ctx, id)
	if err != nil {
		return earlier, err
	}
	trigger := fmt.Sprintf("replay of load %d", id)
	if earlier.Trigger == bundledTrigger {
		trigger = bundledTrigger
	}
	if err := l.Archive.Verify(earlier.SHA256); err != nil {
		return earlier, fmt.Errorf("%w: %w; load %s once more from its original, which puts it back", ErrNotLoaded, err, earlier.File)
	}
	load := Load{Source: earlier.Source, File: earlier.File, SHA256: earlier.SHA256, Size: earlier.Size, Trigger: trigger}
	switch earlier.State {
	case Published:
	case Withdrawn:
		return earlier, fmt.Errorf("%w: load %d was withdrawn (%s); load its file by hand if it is to count again", ErrNotLoaded, id, earlier.Message)
	default:
		return l.ingest(ctx, load, true, acceptance{})
	}
	newer, err := l.Store.OverlappingLoad(ctx, id)
	if err != nil {
		return earlier, err
	}
	if newer != 0 {
		return earlier, fmt.Errorf(
			"%w: load %d states some of the figures of load %d since, which a replay would bring back; accepted: the newest load of a figure",
			ErrNotLoaded,
			newer,
			id,
		)
	}
	accepted := acceptance{reason: earlier.Accepted}
	if accepted.questions, err = l.Store.QuestionsOf(ctx, id); err != nil {
		return earlier, err
	}
	return l.ingest(ctx, load, true, accepted, earlier)
}

// Withdraw takes a published load back: from then on its figures are not shown, and what they replaced is shown again. It is a
// load of its own, so that what was shown before stays known.
func (l *Loader) Withdraw(ctx context.Context, id uint64, reason string) (Load, error) {
	if strings.TrimSpace(reason) == "" {
		return Load{}, fmt.Errorf("a load is withdrawn for a reason, which readers will see: none was given")
	}
	release, err := l.lock(ctx)
	if err != nil {
		return Load{}, err
	}
	defer release()
	earlier, err := l.earlier(ctx, id)
	if err != nil {
		return earlier, err
	}
	switch earlier.State {
	case Published:
	case Held: // nothing of it is shown, so nothing changes
		earlier.State, earlier.Message = Closed, reason
		return earlier, l.states.record(ctx, &earlier)
	default:
		return earlier, fmt.Errorf("%w: load %d is %s; accepted: a published load, or one that waits for acceptance", ErrNotLoaded, id, earlier.State)
	}
	load, err := l.states.begin(
		ctx,
		Load{Source: WithdrawalsSource, File: fmt.Sprintf("load %d, %s", id, earlier.File), Trigger: "hand", Message: reason, Withdraws: id},
	)
	if err != nil {
		return load, err
	}
	earlier.State, earlier.Message = Withdrawn, reason
	return l.states.recordOutcome(ctx, load, l.publish(ctx, &load, Rolling{Load: load.ID, Exclude: id}, earlier))
}

// earlier finds a load of a file.
func (l *Loader) earlier(ctx context.Context, id uint64) (Load, error) {
	earlier, err := l.Store.Load(ctx, id)
	if err != nil {
		return earlier, err
	}
	switch earlier.Source {
	case DefinitionsSource, MembershipsSource, WithdrawalsSource:
		return earlier, fmt.Errorf("%w: load %d holds %s; accepted: a load of a file", ErrNotLoaded, id, earlier.Source)
	}
	return earlier, nil
}
