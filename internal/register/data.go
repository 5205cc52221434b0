package register

import (
	"context"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// Data are what a claim is tested with.
func (r *Register) Data(ctx context.Context, asOf figures.Moment, tested *catalog.Claim) (claim.Data, error) {
	m, err := r.figures.MeasureAsOf(ctx, tested.Measure, asOf)
	if err != nil {
		return claim.Data{}, err
	}
	data, err := r.data(ctx, asOf, m)
	if err != nil {
		return data, err
	}
	data.Register = r.directory.Catalog.Claims
	if f := tested.Finer; f != nil {
		if data.Finer, err = r.figures.MeasureAsOf(ctx, f.Measure, asOf); err != nil {
			return data, err
		}
	}
	data.Places, err = r.placesOf(ctx, asOf)
	return data, err
}

// data are the figures that claims about a measure are tested with.
func (r *Register) data(ctx context.Context, asOf figures.Moment, m *catalog.Measure) (data claim.Data, err error) {
	if data.Figures, err = r.figuresOf(ctx, asOf, m); err != nil {
		return data, err
	}
	for _, watched := range claim.Watched(r.directory.Catalog, m) {
		other, err := r.figuresOf(ctx, asOf, watched)
		if err != nil {
			return data, err
		}
		data.Others = append(data.Others, other)
	}
	return data, nil
}

// Registered are the registrations that tell how large a part of a place a scheme reached.
func (r *Register) Registered(ctx context.Context, asOf figures.Moment) (claim.Figures, error) {
	m, err := r.figures.MeasureAsOf(ctx, figures.RegisteredPatientsID, asOf)
	if err != nil {
		return claim.Figures{}, err
	}
	f, err := r.figuresOf(ctx, asOf, m)
	f.England = nil
	for i, place := range f.Footprints {
		f.Footprints[i].Points = measure.Within(place.Points, figures.RegisteredQuarter, figures.RegisteredQuarter)
	}
	return f, err
}

// figuresOf are those of a measure in every place.
func (r *Register) figuresOf(ctx context.Context, asOf figures.Moment, m *catalog.Measure) (claim.Figures, error) {
	points, err := r.figures.Points(ctx, asOf, m)
	if err != nil {
		return claim.Figures{}, err
	}
	patients, err := r.figures.RegisteredPatients(ctx, asOf)
	if err != nil {
		return claim.Figures{}, err
	}
	breaks, err := r.figures.Breaks(ctx, asOf, m)
	if err != nil {
		return claim.Figures{}, err
	}
	f := claim.Figures{Measure: m, England: points.Of(footprint.England)}
	for _, place := range r.directory.Reference.Footprints() {
		f.Footprints = append(
			f.Footprints,
			claim.Place{
				Code:     place.Code,
				Name:     place.Name,
				Region:   place.Region.Name,
				Points:   points.Of(place.Code),
				Patients: patients[place.Code],
				Breaks:   breaks[place.Code],
			},
		)
	}
	return f, nil
}
