// Package dashboard composes what a page shows from figures, claims and loads.
package dashboard

import (
	"context"

	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/register"
)

// Composer composes pages.
type Composer struct {
	directory *figures.Directory
	moments   *figures.Moments
	figures   *figures.Figures
	loads     *figures.Loads
	register  *register.Register
	schedule  func(ctx context.Context) ([]load.Entry, error)
	version   string
}

// New composes pages. Schedule tells how the sources stand that are run by themselves or by hand.
func New(f *figures.Figures, loads *figures.Loads, r *register.Register, schedule func(ctx context.Context) ([]load.Entry, error)) *Composer {
	return &Composer{f.Directory(), f.Moments(), f, loads, r, schedule, r.Version()}
}
