package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/warehouse/engine"
)

// The answer to whether questions can be answered is as good as a new one for a while, as every page depends on it.
const (
	readyAgain    = time.Second
	readyPatience = 5 * time.Second
)

// readiness asks for all who want to know at once, and remembers the answer for a moment.
type readiness struct {
	ask    func(context.Context) error
	down   func() bool          // known without a question
	loaded func() load.Progress // how far the bundled figures are
	turn   chan struct{}        // held by the one who asks

	at  time.Time
	err error
}

// readiness tells whether questions can be answered, which takes that the page of England can be.
func (p *app) readiness(loaded func() load.Progress) *readiness {
	answers, down := p.warehouse.Ping, func() bool { return false }
	if p.engine != nil {
		answers, down = p.engine.Ask, func() bool { return !p.engine.Ready() }
	}
	ask := func(ctx context.Context) error {
		if err := p.warehouse.Damage(); err != nil {
			return err
		}
		return answers(ctx)
	}
	return &readiness{ask: ask, down: down, loaded: loaded, turn: make(chan struct{}, 1)}
}

func (r *readiness) ready(ctx context.Context) error {
	if r.down() {
		return errors.New("the embedded ClickHouse is being started again")
	}
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return fmt.Errorf("whether ClickHouse answers: %w", context.Cause(ctx))
	}
	if time.Since(r.at) >= readyAgain {
		// The answer is for all who wait, so it outlives the one who asked first.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyPatience)
		defer cancel()
		r.err, r.at = r.ask(ctx), time.Now()
	}
	if errors.Is(r.err, engine.ErrNotReady) {
		r.at = time.Time{} // it may be back before the moment is over
	}
	if p := r.loaded(); r.err == nil && !p.Readable {
		return fmt.Errorf("%w: %d of %d files are loaded", figures.ErrLoading, p.Done, p.Of)
	}
	return r.err
}
