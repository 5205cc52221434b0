package web

import (
	"context"
	"strings"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// seriesPoint is a point with its states against the targets of its place.
type seriesPoint struct {
	point
	Targets []targetState `json:"targets"`
	ranking
	England number `json:"england" doc:"The value of England in the period, beside that of a footprint"`
}

type seriesBody struct {
	Measure   string `json:"measure"`
	Title     string `json:"title"`
	Unit      string `json:"unit"`
	Footprint string `json:"footprint,omitempty"`
	Org       string `json:"org,omitempty"`
	Name      string `json:"name"`
	Hash      string `json:"definition_hash"`
	AsOf      string `json:"as_of,omitempty"`
	Loading   bool   `json:"loading,omitempty"   doc:"Whether figures of the measure are not loaded yet, so that what is missing is no fact"`
	// ReturnedFrom tells why a measure that nobody publishes may have no points.
	ReturnedFrom string        `json:"returned_from,omitempty" doc:"Of a measure that nobody publishes and that waits for local returns: what a return would be made from, and who holds it"`
	Points       []seriesPoint `json:"points"`
}

func (b seriesBody) sheet() sheet {
	s := sheet{"series", [][]any{append([]any{
		"measure", "place", "name", "period", "numerator", "denominator", "value", "per_1000", "complete", "missing", "load_id", "targets",
		"rank", "rank_of", "fifth", "against_all", "england",
	}, restColumns...)}}
	for _, p := range b.Points {
		s.rows = append(s.rows, append([]any{
			b.Measure, b.Footprint + b.Org, b.Name, p.Period, p.Numerator, p.Denominator, p.Value, p.Rate,
			p.Complete, strings.Join(p.Missing, " "), p.Load, statesText(p.Targets), p.Rank, p.Of, p.Fifth, p.Funnel, p.England,
		}, p.rest()...))
	}
	return s
}

type seriesInput struct {
	Viewing
	Measure   string `query:"measure"   doc:"Id of a measure"`
	Footprint string `query:"footprint" doc:"Code of a footprint, slug of a region, ENG or UNALLOCATED"`
	Org       string `query:"org"       doc:"Code of a commissioner, council or provider, in place of a footprint; its ONS code will do"`
	From      string `query:"from"      doc:"First period, for example 2017-04; of weeks, week ending 2014-10-05"`
	To        string `query:"to"        doc:"Last period"`
}

func (a figuresAPI) series(ctx context.Context, in *seriesInput) (seriesBody, error) {
	body := seriesBody{Points: []seriesPoint{}, AsOf: in.AsOf}
	asOf, m, s, err := a.subject(ctx, in.Viewing, in.Measure, in.Footprint, in.Org)
	if err != nil {
		return body, err
	}
	body.Measure, body.Title, body.Unit, body.Hash, body.Loading = m.ID, m.Title, string(m.Unit), m.Hash(), asOf.Waits(m)
	body.ReturnedFrom = m.ReturnedFrom
	span, err := a.span(in, m)
	if err != nil {
		return body, err
	}
	if body.Footprint, body.Name = s.Code, s.Name; s.Organisation != nil {
		body.Footprint, body.Org = "", s.Code
	}
	points, err := a.figures.Series(ctx, asOf, m, s, figures.Range{})
	if err != nil {
		return body, err
	}
	others, all, err := a.figures.BesideOthers(ctx, asOf, m, s)
	ofEngland := all.Of(footprint.England)
	targets := a.figures.Directory().TargetsOf(m, s)
	for _, p := range measure.Within(points, span.From, span.To) {
		england, _ := measure.At(ofEngland, p.Period.Start)
		body.Points = append(
			body.Points,
			seriesPoint{newPoint(m, p), targetStates(m, measure.Judge(targets, points, p)), newRanking(others[p.Period]), newPoint(m, england).Value},
		)
	}
	return body, err
}

func (a figuresAPI) span(in *seriesInput, m *catalog.Measure) (figures.Range, error) {
	var span figures.Range
	for _, end := range []struct {
		name, text string
		start      *time.Time
	}{{"from", in.From, &span.From}, {"to", in.To, &span.To}} {
		if end.text == "" {
			continue
		}
		p, err := a.figures.Directory().ReadPeriod(end.name, end.text, m)
		if err != nil {
			return span, err
		}
		*end.start = p.Start
	}
	if !span.From.IsZero() && !span.To.IsZero() && span.To.Before(span.From) {
		return span, &figures.InputError{Parameter: "to", Value: in.To, Accepted: "a period not before from (" + in.From + ")"}
	}
	return span, nil
}
