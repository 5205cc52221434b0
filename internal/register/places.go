package register

import (
	"context"
	"math"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/figures"
)

// places tell the test of claims where schemes were, and what places smaller than footprints counted as of a moment.
type places struct {
	*Register
	asOf   figures.Moment
	people map[string]float64 // registered, by commissioner
}

// placesOf are the places as of a moment.
func (r *Register) placesOf(ctx context.Context, asOf figures.Moment) (places, error) {
	people, err := r.figures.RegisteredByCommissioner(ctx, asOf)
	return places{r, asOf, people}, err
}

func (p places) Treated(c *catalog.Claim) []catalog.TreatedUnit {
	return p.directory.Catalog.Treated(c)
}

func (p places) Across(units []catalog.TreatedUnit, first, last catalog.Period) []catalog.Span {
	return catalog.Across(p.directory.Reference, units, first, last)
}

func (p places) Covered(at string, first, last catalog.Period) map[string][]*catalog.Scheme {
	return p.directory.Catalog.CoveredIn(p.directory.Reference, at, first, last)
}

func (p places) Overlaps(c *catalog.Claim, first, last catalog.Period) []catalog.Overlap {
	return p.directory.Catalog.Overlaps(p.directory.Reference, c, first, last)
}

func (p places) Measure(ctx context.Context, id string) *catalog.Measure {
	m, err := p.figures.MeasureAsOf(ctx, id, p.asOf)
	if err != nil {
		return nil
	}
	return m
}

func (p places) Studies() []*claim.DomainStudy { return p.calibration.Domains }

func (p places) People(code string) float64 { return p.people[code] }

func (p places) Follow(ctx context.Context, m *catalog.Measure, at string, first, last catalog.Period) (*claim.UnitFigures, error) {
	found, err := p.figures.Follow(ctx, p.asOf, m, at, first, last)
	if err != nil {
		return nil, err
	}
	return UnitFigures(found), nil
}

// UnitFigures are places that were followed as the test of claims takes them.
func UnitFigures(found *figures.Followed) *claim.UnitFigures {
	f := &claim.UnitFigures{Periods: found.Periods}
	for _, p := range found.Places {
		place := claim.UnitPlace{
			Unit:        evidence.Unit{Name: p.Name, Cluster: p.Footprint, Outcome: p.Counts},
			Codes:       p.Codes,
			NotScreened: string(p.NotScreened),
			Divided:     p.Divided,
		}
		var sum, n float64
		for _, y := range p.Counts {
			if !math.IsNaN(y) {
				sum, n = sum+y, n+1
			}
		}
		place.Size = sum / max(1, n) * float64(found.Measure.Grain.PerYear())
		for _, s := range p.Steps {
			place.Breaks, place.Steps = append(place.Breaks, s.At), append(place.Steps, claim.PlaceStep{Size: s.Size, Confirmed: s.Confirmed})
		}
		f.Places = append(f.Places, place)
	}
	return f
}
