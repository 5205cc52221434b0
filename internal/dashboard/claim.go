package dashboard

import (
	"context"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// Claim finds a claim by its id.
func (c *Composer) Claim(id string) (*catalog.Claim, error) {
	if found, ok := c.Catalog.Claim(id); ok {
		return found, nil
	}
	var ids []string
	for _, known := range c.Catalog.Claims {
		ids = append(ids, known.ID)
	}
	return nil, &InputError{Parameter: "claim", Value: id, Accepted: strings.Join(ids, ", ")}
}

// TestClaim holds a claim of the register against the figures as they stood.
func (c *Composer) TestClaim(ctx context.Context, asOf AsOf, tested *catalog.Claim) (*claim.Result, error) {
	return remember(ctx, c.Memory, asOf, "claim "+tested.ID+" "+tested.Hash(), func(ctx context.Context) (*claim.Result, error) {
		data, err := c.ClaimData(ctx, asOf, tested)
		if err != nil {
			return nil, err
		}
		return claim.Test(ctx, tested, data)
	})
}

// ClaimData are what a claim is tested with.
func (c *Composer) ClaimData(ctx context.Context, asOf AsOf, tested *catalog.Claim) (claim.Data, error) {
	m, err := c.MeasureAsOf(ctx, tested.Measure, asOf)
	if err != nil {
		return claim.Data{}, err
	}
	data, err := c.claimData(ctx, asOf, m)
	data.Register = c.Catalog.Claims
	return data, err
}

// claimData are the figures that claims about a measure are tested with.
func (c *Composer) claimData(ctx context.Context, asOf AsOf, m *catalog.Measure) (data claim.Data, err error) {
	if data.Figures, err = c.figuresOf(ctx, asOf, m); err != nil {
		return data, err
	}
	data.Named = c.Named
	for _, watched := range claim.Watched(c.Catalog, m) {
		other, err := c.figuresOf(ctx, asOf, watched)
		if err != nil {
			return data, err
		}
		data.Others = append(data.Others, other)
	}
	return data, nil
}

// Registered are the registrations that tell how large a part of a place a scheme reached.
func (c *Composer) Registered(ctx context.Context, asOf AsOf) (claim.Figures, error) {
	m, err := c.MeasureAsOf(ctx, registeredPatients, asOf)
	if err != nil {
		return claim.Figures{}, err
	}
	f, err := c.figuresOf(ctx, asOf, m)
	f.England = nil
	for i, place := range f.Footprints {
		f.Footprints[i].Points = measure.Within(place.Points, registeredQuarter, registeredQuarter)
	}
	return f, err
}

// figuresOf are those of a measure in every place.
func (c *Composer) figuresOf(ctx context.Context, asOf AsOf, m *catalog.Measure) (claim.Figures, error) {
	points, err := c.points(ctx, asOf, m)
	if err != nil {
		return claim.Figures{}, err
	}
	patients, err := c.RegisteredPatients(ctx, asOf)
	if err != nil {
		return claim.Figures{}, err
	}
	breaks, err := c.breaks(ctx, asOf, m)
	if err != nil {
		return claim.Figures{}, err
	}
	f := claim.Figures{Measure: m, England: points[footprint.England]}
	for _, place := range c.Reference.Footprints() {
		f.Footprints = append(f.Footprints, claim.Place{Code: place.Code, Name: place.Name, Region: place.Region.Name, Points: points[place.Code], Patients: patients[place.Code], Breaks: breaks[place.Code]})
	}
	return f, nil
}
