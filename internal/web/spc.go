package web

import (
	"context"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/spc"
)

type spcPoint struct {
	Period  string `json:"period"`
	Value   number `json:"value"`
	Group   int    `json:"rebase_group"       doc:"Counted from 0; each change of definition begins a new one"`
	Mean    number `json:"mean"`
	LPL     number `json:"lpl"                doc:"Lower process limit"`
	UPL     number `json:"upl"                doc:"Upper process limit"`
	Outside bool   `json:"outside_limits"`
	Near    bool   `json:"close_to_limits"`
	Side    int    `json:"relative_to_mean"`
	Cause   string `json:"special_cause_type" doc:"The first rule that the figure breaks; empty where there is no figure or no limit"`
	Type    string `json:"point_type"`
	// Estimate is that of the figure.
	Estimate bool `json:"estimate" doc:"Whether only a share of the figure of some organisation counts"`
}

type spcGroup struct {
	Group   int    `json:"rebase_group"`
	From    string `json:"from"`
	Mean    number `json:"mean"`
	LPL     number `json:"lpl"`
	UPL     number `json:"upl"`
	Points  int    `json:"n"`
	Missing int    `json:"missing"`
	Short   bool   `json:"short_group_warning"   doc:"Fewer than 13 figures: the limits are provisional"`
	Reason  string `json:"reason,omitempty"      doc:"Why there are no limits, or why they have no width"`
	Code    string `json:"reason_code,omitempty"                                                          enum:"all_missing,no_neighbours,too_large,all_equal,all_equal_but_one,overlapping_spans,small_counts,few_counted,few_not_counted"`
}

type signalBody struct {
	Variation      string `json:"variation_icon"               doc:"Empty where it is not firmly known"`
	VariationOf    string `json:"variation_period,omitempty"   doc:"The period whose figure it is of, where a known event bent those that came later; else left out"`
	VariationWords string `json:"variation_words"`
	Assurance      string `json:"assurance"`
	AssuranceWords string `json:"assurance_words"`
	Reason         string `json:"signal_reason,omitempty"      doc:"Why the variation is not known, or is weak"`
	Code           string `json:"signal_reason_code,omitempty"                                                                                                       enum:"no_figure,overlapping,too_few_points,events_only,no_width,weak_limits"`
	Have           int    `json:"signal_points_have,omitempty" doc:"Of too_few_points: how many figures count alike"`
	Need           int    `json:"signal_points_need,omitempty" doc:"Of too_few_points: how many it takes"`
}

func newSignal(s *measure.Signal, named wording.Names) signalBody {
	if s == nil {
		return signalBody{VariationWords: wording.Variation(spc.NoVariation), AssuranceWords: wording.Assurance(spc.NoAssurance)}
	}
	body := signalBody{
		Variation: string(s.Variation), VariationWords: wording.Variation(s.Variation), Assurance: string(s.Assurance),
		AssuranceWords: wording.Assurance(s.Assurance), Reason: wording.Undetermined(s.Undetermined, named), Code: string(s.Undetermined.Why),
	}
	if s.Undetermined.Why == measure.TooFewPoints {
		body.Have, body.Need = s.Undetermined.Points, spc.MinimumPoints
	}
	if !s.Of.Start.IsZero() {
		body.VariationOf, body.VariationWords = s.Of.String(), wording.VariationIcon(s, named).Words
	}
	return body
}

type spcBody struct {
	Measure   string `json:"measure"`
	Title     string `json:"title"`
	Footprint string `json:"footprint,omitempty"`
	Org       string `json:"org,omitempty"`
	Name      string `json:"name"`
	Hash      string `json:"definition_hash"`
	AsOf      string `json:"as_of,omitempty"`
	Loading   bool   `json:"loading,omitempty"     doc:"Whether figures of the measure are not loaded yet, so that what is missing is no fact"`
	Improving string `json:"improvement_direction"                                                                                             enum:"increase,decrease,neutral"`
	Target    string `json:"target,omitempty"      doc:"Id of the target that the assurance is about"`
	Required  number `json:"asked"                 doc:"What it requires in the latest period"`
	signalBody
	Points []spcPoint `json:"points"`
	Groups []spcGroup `json:"groups"`
}

func (b spcBody) sheet() sheet {
	s := sheet{"spc", [][]any{{
		"measure", "place", "name", "period", "value", "rebase_group", "mean", "lpl", "upl", "outside_limits", "close_to_limits",
		"relative_to_mean", "special_cause_type", "point_type", "estimate",
	}}}
	for _, p := range b.Points {
		s.rows = append(s.rows, []any{
			b.Measure, b.Footprint + b.Org, b.Name, p.Period, p.Value, p.Group, p.Mean, p.LPL, p.UPL, p.Outside, p.Near,
			p.Side, p.Cause, p.Type, p.Estimate,
		})
	}
	return s
}

func (a figuresAPI) spc(ctx context.Context, in *struct {
	Viewing
	Measure   string `query:"measure" doc:"Id of a measure"`
	Footprint string `query:"footprint" doc:"Code of a footprint, slug of a region, ENG or UNALLOCATED"`
	Org       string `query:"org" doc:"Code of an organisation, in place of a footprint"`
},
) (spcBody, error) {
	body := spcBody{AsOf: in.AsOf, Points: []spcPoint{}, Groups: []spcGroup{}}
	asOf, m, s, err := a.subject(ctx, in.Viewing, in.Measure, in.Footprint, in.Org)
	if err != nil {
		return body, err
	}
	body.Measure, body.Title, body.Hash, body.Loading = m.ID, m.Title, m.Hash(), asOf.Waits(m)
	body.Improving = map[catalog.Direction]string{catalog.Up: "increase", catalog.Down: "decrease", catalog.Neutral: "neutral"}[m.Direction]
	if body.Footprint, body.Name = s.Code, s.Name; s.Organisation != nil {
		body.Footprint, body.Org = "", s.Code
	}
	signal, err := a.figures.SignalOf(ctx, asOf, m, s, catalog.Period{})
	if err != nil {
		return body, err
	}
	body.signalBody = newSignal(&signal.Signal, a.figures.Directory().Named)
	if j, ok := signal.Judged(); ok {
		body.Target, body.Required = j.Target.ID, figureOf(m, j.Required)
	}
	chart := signal.Chart
	for i, g := range chart.Groups {
		body.Groups = append(body.Groups, spcGroup{
			Group: i, Mean: finite(g.Mean), LPL: finite(g.LPL), UPL: finite(g.UPL), Points: g.Points, Missing: g.Missing, Short: g.Short,
			Reason: wording.Limits(chart.LimitsReason(i)), Code: string(g.Reason.Code),
		})
	}
	for i, p := range chart.Chart.Points {
		at := chart.Points[i]
		if g := &body.Groups[p.Group]; g.From == "" {
			g.From = at.Period.String()
		}
		body.Points = append(body.Points, spcPoint{
			at.Period.String(), figureOf(m, at.Value), p.Group, finite(p.Mean), finite(p.LPL), finite(p.UPL), p.Outside, p.Near, p.Side,
			string(p.Cause), string(p.Type), at.Estimate(),
		})
	}
	return body, nil
}
