package load

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"stpdash/internal/mapping"
)

// recorder records the states of loads, in the warehouse and then in the journal.
type recorder struct {
	warehouse LoadStore
	journal   Journal
	now       func() time.Time
	logger    *slog.Logger
}

func (r recorder) begin(ctx context.Context, load Load) (Load, error) {
	var err error
	if load.ID, err = r.warehouse.NextLoad(ctx); err != nil {
		return load, err
	}
	load.State = Received
	if ctx.Err() != nil {
		return load, ctx.Err()
	}
	if err := r.record(ctx, &load); err != nil { // it may be recorded though its answer is lost
		return r.recordOutcome(ctx, load, err)
	}
	return load, nil
}

func (r recorder) record(ctx context.Context, load *Load) error {
	r.date(load)
	return r.store(ctx, *load)
}

// store records states in the warehouse, then in the journal. Once a state is sent it may count, so no stop breaks it off: of a load that is
// received later than the stop, nothing would tell that the stop was in order.
func (r recorder) store(ctx context.Context, loads ...Load) error {
	ctx = context.WithoutCancel(ctx)
	if err := r.warehouse.Record(ctx, loads...); err != nil {
		return err
	}
	return r.journal.Append(loads...)
}

// date gives a load's next state its time. The last state counts, so they keep their order whatever the clock does.
func (r recorder) date(load *Load) {
	earliest := load.At.Add(time.Microsecond)
	if load.At = r.now(); load.At.Before(earliest) {
		load.At = earliest
	}
}

// recordOutcome records how a load ended.
func (r recorder) recordOutcome(ctx context.Context, load Load, err error) (Load, error) {
	var fault *mapping.FileError
	switch {
	case err == nil && load.State == Held:
		r.logger.Warn("held", "load", load.ID, "file", load.File, "reason", load.Message)
		return load, nil
	case err == nil:
		r.logger.Info("published", "load", load.ID, "file", load.File, "source", load.Source,
			"observations", load.Observations, "rejections", load.Rejections)
		return load, nil
	case errors.As(err, &fault):
		load.State, load.Message, load.Rule = Failed, mapping.Cut(err.Error(), maxMessage), fault.Rule
		r.logger.Warn("refused", "load", load.ID, "file", load.File, "reason", load.Message)
		return load, r.record(ctx, &load)
	default:
		r.logger.Error("interrupted", "load", load.ID, "file", load.File, "error", err)
		kept, told := r.askAgain(ctx, load)
		if told && kept.State == Published {
			return kept, nil
		}
		if load.State, load.Message = Interrupted, err.Error(); told {
			_ = r.record(ctx, &load)
		}
		return load, fmt.Errorf("load %d, %s: %w", load.ID, load.File, err)
	}
}

// askAgain asks how a load stands whose answer was lost: the engine may have published it, and one that died is soon back. Where it does not tell,
// the next start finds out; a stop waits less long for it.
func (r recorder) askAgain(ctx context.Context, load Load) (kept Load, told bool) {
	for pause := 250 * time.Millisecond; ; pause *= 2 {
		newest, err := r.warehouse.LoadsOf(context.WithoutCancel(ctx), load.SHA256, 1)
		if err == nil && len(newest) == 1 {
			return newest[0], newest[0].ID == load.ID
		}
		if err == nil || pause > longestPause || ctx.Err() != nil && pause > longestAtStop {
			return kept, false
		}
		time.Sleep(pause)
	}
}

// longestPause is the longest between two questions to an engine that does not answer, longestAtStop while the service stops.
const longestPause, longestAtStop = 8 * time.Second, time.Second
