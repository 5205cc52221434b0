// Package pages composes what pages show, each in a file with its struct; package wording has their sentences.
package pages

import (
	"context"
	"errors"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/register"
	"stpdash/internal/review"
)

// Composer composes pages.
type Composer struct {
	*parts
	placePages
	claimPages
	dataPages
	helpPages
	accountPages
	actPages
	returnPages
}

// What composes the pages of one kind each: of places and their measures, of claims, of what is loaded, of what explains, of people and what they
// did, of what they write, and of the figures that they return.
type (
	placePages   struct{ *parts }
	claimPages   struct{ *parts }
	dataPages    struct{ *parts }
	helpPages    struct{ *parts }
	accountPages struct{ *parts }
	actPages     struct{ *parts }
	returnPages  struct{ *parts }
)

// New composes pages. Schedule tells how the sources stand that are run by themselves or by hand; feedback is an address that readers can write to, if any.
func New(f *figures.Figures, loads *figures.Loads, r *register.Register, schedule func(ctx context.Context) ([]load.Entry, error), feedback string) *Composer {
	return composer(parts{
		directory: f.Directory(), moments: f.Moments(), figures: f, loads: loads, register: r, reviewer: review.New(f, loads, r), schedule: schedule,
		version: r.Version(), feedback: feedback,
	})
}

func composer(p parts) *Composer {
	return &Composer{&p, placePages{&p}, claimPages{&p}, dataPages{&p}, helpPages{&p}, accountPages{&p}, actPages{&p}, returnPages{&p}}
}

// Printing composes pages that lead to themselves as PDF, where the service prints.
func (c *Composer) Printing(prints bool) *Composer {
	p := *c.parts
	p.prints = prints
	return composer(p)
}

// Warm composes the page that readers open first, and asks what every page needs and the reviews of the last week that has ended, so that the
// first reader does not wait for it.
func (c *Composer) Warm(ctx context.Context) error {
	asOf, err := c.moments.AsOf(ctx, "")
	if err != nil {
		return err
	}
	if len(c.directory.Catalog.Shown(catalog.EnglandPage)) > 0 { // definitions of one's own may have nothing to show
		if _, err = c.England(ctx, EnglandQuery{}, asOf); err != nil {
			return err
		}
	}
	for _, s := range c.directory.Areas() {
		if s.Footprint != nil {
			if _, err = c.Footprint(ctx, s, FootprintQuery{}, asOf); err != nil { // one needs of all places nearly what the others need
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
