package web

import (
	"context"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/forecast"
	"stpdash/internal/pages/wording"
)

type forecastStep struct {
	Period  string `json:"period"`
	Median  number `json:"median"`
	Lower80 number `json:"lower_80"`
	Upper80 number `json:"upper_80"`
	Lower95 number `json:"lower_95"`
	Upper95 number `json:"upper_95"`
}

type forecastChance struct {
	Target   string `json:"target"`
	Title    string `json:"title"`
	Period   string `json:"period" doc:"In which the target is due, or the last of the forecast for which it has a value"`
	Required number `json:"asked"`
	Chance   number `json:"chance" doc:"Of the target to be met in that period; null where it is not known"`
}

type forecastScore struct {
	Horizon    int    `json:"steps_ahead"              doc:"0: all of them"`
	Forecasts  int    `json:"forecasts"`
	Coverage80 number `json:"coverage_80"              doc:"Share of the figures that came within the 80 per cent interval as it was shown"`
	Coverage95 number `json:"coverage_95"`
	Model80    number `json:"uncalibrated_coverage_80"`
	MASE       number `json:"mase"                     doc:"Mean absolute scaled error (Hyndman and Koehler 2006)"`
	NaiveMASE  number `json:"seasonal_naive_mase"      doc:"That of repeating the same season of the year before"`
	MAPE       number `json:"mape"                     doc:"Mean absolute percentage error"`
	NaiveMAPE  number `json:"seasonal_naive_mape"`
}

func newScore(horizon int, s forecast.Score) forecastScore {
	return forecastScore{
		horizon,
		s.Forecasts,
		finite(s.Coverage80),
		finite(s.Coverage95),
		finite(s.Model80),
		finite(s.MASE),
		finite(s.NaiveMASE),
		finite(s.MAPE),
		finite(s.NaiveMAPE),
	}
}

type backtestBody struct {
	Series  int             `json:"series"`
	Origins int             `json:"origins"               doc:"Periods from which past forecasts were made"`
	Scores  []forecastScore `json:"scores"`
	Reason  string          `json:"reason,omitempty"      doc:"Why nothing was judged"`
	Code    string          `json:"reason_code,omitempty"                                                   enum:"no_figures,overlapping_spans,nothing_to_judge"`
}

type forecastBody struct {
	Measure   string           `json:"measure"`
	Title     string           `json:"title"`
	Footprint string           `json:"footprint"`
	Name      string           `json:"name"`
	Hash      string           `json:"definition_hash"`
	AsOf      string           `json:"as_of,omitempty"`
	Until     string           `json:"until"                 doc:"What is forecast follows this period"`
	Last      string           `json:"last_figure"           doc:"The last period with a figure that the forecast rests on"`
	Method    string           `json:"method"`
	Scale     string           `json:"scale_code,omitempty"  doc:"What the model is fitted on: plain, root or arcsine"`
	Seasonal  bool             `json:"seasonal"              doc:"Whether the model has seasons"`
	Figures   int              `json:"n"`
	LeftOut   []string         `json:"left_out"              doc:"Periods with a known event, on which the forecast does not rest"`
	Estimate  bool             `json:"estimate"              doc:"Whether it rests on estimates: figures of which some organisation has only a share here"`
	Reason    string           `json:"reason,omitempty"      doc:"Why there is no forecast, or no width of its intervals"`
	Code      string           `json:"reason_code,omitempty"                                                                                                                       enum:"all_missing,too_few,too_many_gaps,gaps_at_end,season_unknown,inseparable,no_parameters,no_errors,no_figures,overlapping_spans"`
	Have      int              `json:"reason_have,omitempty" doc:"Figures that there are: known ones of too_few and season_unknown, missing ones of too_many_gaps and gaps_at_end"`
	Need      int              `json:"reason_need,omitempty" doc:"Figures that it takes; of gaps_at_end how many may be missing"`
	Steps     []forecastStep   `json:"steps"`
	Chances   []forecastChance `json:"chances"`
	Backtest  backtestBody     `json:"backtest"`
}

func (b forecastBody) sheet() sheet {
	s := sheet{"forecast", [][]any{{"measure", "footprint", "name", "until", "period", "median", "lower_80", "upper_80", "lower_95", "upper_95", "estimate"}}}
	for _, step := range b.Steps {
		s.rows = append(
			s.rows,
			[]any{b.Measure, b.Footprint, b.Name, b.Until, step.Period, step.Median, step.Lower80, step.Upper80, step.Lower95, step.Upper95, b.Estimate},
		)
	}
	return s
}

func (a figuresAPI) forecast(ctx context.Context, in *struct {
	Viewing
	Measure   string `query:"measure" doc:"Id of a measure"`
	Footprint string `query:"footprint" doc:"Code of a footprint, slug of a region, ENG or UNALLOCATED"`
	Until     string `query:"until" doc:"Forecast from what was known of the periods up to this one; without it the latest"`
},
) (forecastBody, error) {
	body := forecastBody{AsOf: in.AsOf, LeftOut: []string{}, Steps: []forecastStep{}, Chances: []forecastChance{}}
	asOf, m, s, err := a.subject(ctx, in.Viewing, in.Measure, in.Footprint, "")
	if err != nil {
		return body, err
	}
	var until catalog.Period
	if in.Until != "" {
		if until, err = a.figures.Directory().ReadPeriod("until", in.Until, m); err != nil {
			return body, err
		}
	}
	o, err := a.figures.Outlook(ctx, asOf, m, s, until)
	if err != nil {
		return body, err
	}
	body.fill(m, s, o)
	return body, nil
}

func (b *forecastBody) fill(m *catalog.Measure, s figures.Area, o figures.Outlook) {
	b.Measure, b.Title, b.Hash, b.Footprint, b.Name = m.ID, m.Title, m.Hash(), s.Code, s.Name
	b.Method, b.Figures, b.Reason = wording.ForecastMethod(o.Method), o.Figures, wording.OutlookReason(o.Why())
	if of := o.Method; of != nil {
		b.Scale, b.Seasonal = string(of.Scale), of.Seasonal
	}
	b.Estimate = o.Estimate
	b.Code, b.Have, b.Need = string(o.Reason.Code), o.Reason.Have, o.Reason.Need
	if !o.Until.Start.IsZero() {
		b.Until = o.Until.String()
	}
	if !o.Last.Start.IsZero() {
		b.Last = o.Last.String()
	}
	for _, p := range o.LeftOut {
		b.LeftOut = append(b.LeftOut, p.String())
	}
	for i, step := range o.Steps {
		b.Steps = append(
			b.Steps,
			forecastStep{o.Periods[i].String(), finite(step.Median), finite(step.Lower80), finite(step.Upper80), finite(step.Lower95), finite(step.Upper95)},
		)
	}
	for _, c := range o.Chances {
		b.Chances = append(b.Chances, forecastChance{c.Target.ID, c.Target.Title, c.Period.String(), finite(c.Required.InexactFloat64()), finite(c.Chance)})
	}
	b.Backtest = backtestBody{
		Series: o.Backtest.Series, Origins: o.Backtest.Origins, Scores: []forecastScore{},
		Reason: wording.ForecastReason(o.Backtest.Reason), Code: string(o.Backtest.Reason.Code),
	}
	if o.Backtest.All.Forecasts > 0 {
		b.Backtest.Scores = append(b.Backtest.Scores, newScore(0, o.Backtest.All))
		for i, score := range o.Backtest.Horizons {
			b.Backtest.Scores = append(b.Backtest.Scores, newScore(i+1, score))
		}
	}
}
