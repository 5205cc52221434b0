package dashboard

import (
	"context"
	"errors"

	"stpdash/internal/figures"
	"stpdash/internal/measure"
)

// Warm asks what every page needs, and the reviews of the last week that has ended, so that the first reader does not wait for it.
func (c *Composer) Warm(ctx context.Context) error {
	asOf, err := c.moments.AsOf(ctx, "")
	if err != nil {
		return err
	}
	for _, s := range c.directory.Areas() {
		if s.Footprint != nil {
			if _, err = c.Footprint(ctx, s, asOf); err != nil { // one needs of all places nearly what the others need
				return err
			}
			break
		}
	}
	if _, err = c.Data(ctx, asOf); err != nil {
		return err
	}
	week, err := c.moments.Week(ctx, "", asOf)
	var none *figures.InputError
	if errors.As(err, &none) {
		return nil // before the first load there is no week
	}
	if err != nil {
		return err
	}
	_, err = c.Reviews(ctx, week, asOf)
	return err
}

// freshness says which load the newest cells beneath a figure came with.
func (c *Composer) freshness(ctx context.Context, asOf figures.Moment, p measure.Point) (Freshness, error) {
	l, err := c.loads.LoadOf(ctx, asOf, p)
	return Freshness{LatestPeriod: p.Period.Words(), LoadID: l.ID, LoadURL: loadURL(l.ID), LoadedAt: l.At, LoadedWords: Moment(l.At), File: l.File}, err
}
