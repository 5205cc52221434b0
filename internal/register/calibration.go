package register

import (
	"context"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
)

// Panel is what a calibration is made with: the measures that have figures for it.
func (r *Register) Panel(ctx context.Context, asOf figures.Moment) ([]claim.Data, error) {
	var panel []claim.Data
	for _, m := range claim.Calibrated(r.directory.Catalog) {
		m, err := r.figures.MeasureAsOf(ctx, m.ID, asOf)
		if err != nil {
			return nil, err
		}
		data, err := r.data(ctx, asOf, m)
		if err != nil {
			return nil, err
		}
		if len(data.Starts()) > 0 {
			panel = append(panel, data)
		}
	}
	return panel, nil
}

// Calibrate makes a calibration with the figures as they stood. Told hears of each draw that is done.
func (r *Register) Calibrate(ctx context.Context, asOf figures.Moment, seed uint64, draws int, told func()) (*claim.Calibration, error) {
	panel, err := r.Panel(ctx, asOf)
	if err != nil {
		return nil, err
	}
	sampling := claim.Sampling{Seed: seed, Draws: draws}
	for _, known := range r.directory.Catalog.Claims {
		if known.Unit == catalog.Percent && !known.IsPlan() && !known.OfOwnChange() {
			sampling.Sizes = append(sampling.Sizes, known.Amount().Decimal.InexactFloat64())
		}
	}
	began := r.moments.Now()
	found, err := claim.Calibrate(ctx, sampling, panel, told)
	if err != nil {
		return nil, err
	}
	if found.Domains, err = r.Domains(ctx, asOf, seed); err != nil {
		return nil, err
	}
	found.AsOf, found.Seconds = asOf.Bound.At.UTC(), r.moments.Now().Sub(began).Round(time.Second/10).Seconds()
	return found, nil
}

// Domains tries the test of small places in every domain.
func (r *Register) Domains(ctx context.Context, asOf figures.Moment, seed uint64) ([]*claim.DomainStudy, error) {
	places, err := r.placesOf(ctx, asOf)
	if err != nil {
		return nil, err
	}
	studies := make([]*claim.DomainStudy, len(claim.Domains))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(2)
	for i, d := range claim.Domains {
		work.Go(func() (err error) {
			studies[i], err = d.Study(ctx, places, seed)
			return err
		})
	}
	return studies, work.Wait()
}

// CalibrationChanges names the measures whose figures are no longer those that the calibration was made with.
func (r *Register) CalibrationChanges(ctx context.Context, asOf figures.Moment) ([]string, error) {
	hashes, err := figures.Remember(ctx, r.memory, asOf, "panel", func(ctx context.Context) (map[string]string, error) {
		panel, err := r.Panel(ctx, asOf)
		hashes := map[string]string{}
		for _, d := range panel {
			hashes[d.Measure.ID] = d.Hash()
		}
		return hashes, err
	})
	var changed []string
	for _, id := range slices.Sorted(maps.Keys(r.calibration.Figures)) {
		if hashes[id] != r.calibration.Figures[id] {
			changed = append(changed, id)
		}
	}
	return changed, err
}
