package main

import (
	"context"
	"fmt"
	"slices"

	"stpdash/internal/act"
	"stpdash/internal/load"
)

// resume publishes returns that stand in the log and are not shown, as the service stopped between.
func (p *app) resume(ctx context.Context, log *act.Log, returns load.Returns) error {
	var all []act.Return
	if err := log.View(ctx, func(s *act.State) { all = s.Returns(func(act.Scope) bool { return true }) }); err != nil {
		return err
	}
	for _, one := range slices.Backward(all) { // in their order
		_, ok, err := returns.Loader.ReturnedAs(ctx, one.SHA256, one.ID)
		if err != nil {
			return err
		}
		place, known := p.reference.Footprint(one.Scope.Code)
		if ok || !known {
			continue
		}
		_, _, err = returns.Publish(ctx, load.Return{
			Name: one.File, SHA256: one.SHA256, Place: place, ID: one.ID, Reason: one.Reason,
			Agree: func(_ context.Context, t load.Trial) error { // as they did, unless somebody returned other figures since
				if t.Digest() != one.Trial {
					return load.ErrNotAgreed
				}
				return nil
			},
		})
		if err != nil { // the others do not wait for it
			p.logger.Error("a return is recorded and not shown", "return", one.ID, "file", one.File, "error", fmt.Sprint(err))
		}
	}
	return nil
}
