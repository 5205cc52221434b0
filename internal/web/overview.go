package web

import (
	"context"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
)

type latestFigureRow struct {
	Measure   string `json:"measure"`
	Footprint string `json:"footprint"`
	Name      string `json:"name"`
	Region    string `json:"region"`
	point
	Before number `json:"year_before"       doc:"The value a year before"`
	Change number `json:"change"            doc:"On the year before: percentage points for a share, per cent otherwise"`
	signalBody
	Targets []targetState `json:"targets"`
	ranking
	Loading *loadingBody `json:"loading,omitempty" doc:"While figures are being loaded after the first start, how far that is; then measures that are not listed may only not be loaded yet. Not there once all are loaded"`
}

// loadingBody is how far the figures that come with the product are loaded.
type loadingBody struct {
	Done int `json:"done" doc:"How many files are loaded"`
	Of   int `json:"of"   doc:"How many there are"`
}

type latestFigureList []latestFigureRow

func (l latestFigureList) sheet() sheet {
	s := sheet{"overview", [][]any{append([]any{
		"measure",
		"footprint",
		"name",
		"region",
		"period",
		"numerator",
		"denominator",
		"value",
		"per_1000",
		"complete",
		"missing",
		"load_id",
		"year_before",
		"change",
		"variation_icon",
		"variation_period",
		"assurance",
		"signal_reason",
		"targets",
		"rank",
		"rank_of",
		"fifth",
		"against_all",
	}, restColumns...)}}
	for _, r := range l {
		s.rows = append(s.rows, append([]any{
			r.Measure, r.Footprint, r.Name, r.Region, r.Period, r.Numerator, r.Denominator, r.Value, r.Rate,
			r.Complete, strings.Join(r.Missing, " "), r.Load, r.Before, r.Change, r.Variation, r.VariationOf, r.Assurance, r.Reason, statesText(r.Targets),
			r.Rank, r.Of, r.Fifth, r.Funnel,
		}, r.rest()...))
	}
	return s
}

func (l latestFigureList) measures() []string {
	return measuresOf(l, func(r latestFigureRow) string { return r.Measure })
}

func (a figuresAPI) overview(ctx context.Context, in *struct {
	Viewing
	Measure string `query:"measure" doc:"Id of one measure; all headline measures without it"`
	Period  string `query:"period" doc:"Of one measure, as it was in this period; without it the latest"`
	Region  string `query:"region" doc:"Name or slug of a region: its footprints alone"`
},
) (latestFigureList, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	measures, period := a.figures.Directory().Catalog.Headlines(), catalog.Period{}
	switch {
	case in.Measure != "":
		m, err := a.figures.Directory().FindMeasure(in.Measure)
		if err != nil {
			return nil, err
		}
		if in.Period != "" {
			if period, err = a.figures.Directory().ReadPeriod("period", in.Period, m); err != nil {
				return nil, err
			}
		}
		measures = []*catalog.Measure{m}
	case in.Period != "":
		return nil, &figures.InputError{Parameter: "period", Value: in.Period, Accepted: "a period with a measure"}
	}
	var region footprint.Region
	if in.Region != "" {
		if region, err = a.figures.Directory().FindRegion(in.Region); err != nil {
			return nil, err
		}
	}
	standings, err := a.figures.Overview(ctx, asOf, measures, period)
	var loading *loadingBody
	if asOf.Incomplete() {
		loading = &loadingBody{asOf.Loading.Done, asOf.Loading.Of}
	}
	list := latestFigureList{}
	for _, s := range standings {
		if in.Region != "" && (s.Area.Footprint == nil || s.Area.Footprint.Region != region) {
			continue
		}
		row := latestFigureRow{
			Measure: s.Measure.ID, Footprint: s.Area.Code, Name: s.Area.Name, point: newPoint(s.Measure, s.Now), Change: number{s.Change},
			signalBody: newSignal(s.Signal, a.figures.Directory().Named), Targets: []targetState{}, ranking: newRanking(s.Beside), Loading: loading,
		}
		if s.Signal != nil {
			row.Targets = targetStates(s.Measure, s.Signal.Judgements)
		}
		if s.Area.Footprint != nil {
			row.Region = s.Area.Footprint.Region.Name
		}
		if s.Before != nil {
			row.Before = figureOf(s.Measure, s.Before.Value)
		}
		list = append(list, row)
	}
	return list, err
}
