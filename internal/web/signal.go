package web

import (
	"context"
	"math"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/spc"
)

// finite is a number of the mathematics; null where there is none.
func finite(x float64) number {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return number{}
	}
	return number{decimal.NewNullDecimal(decimal.NewFromFloat(x))}
}

type targetState struct {
	Target string `json:"target" doc:"Id of the target"`
	Title  string `json:"title"`
	// Governs tells the state of the figure from the results by other targets.
	Governs bool   `json:"governs" doc:"The state is that of the figure. Of targets that have a value for a period one governs; of the others this is only the result"`
	State   string `json:"state" enum:"met,on_trajectory,off_trajectory,cannot_tell"`
	Asked   number `json:"asked" doc:"What the target asks for in the period; null where it asks for nothing"`
	Reason  string `json:"reason,omitempty" doc:"Why it cannot be told"`
	Code    string `json:"reason_code,omitempty" enum:"baseline_unknown,figure_unknown,not_yet_required,not_required"`
	Period  string `json:"reason_period,omitempty" doc:"The period that the reason is about"`
}

func targetStates(m *catalog.Measure, judgements []measure.Judgement) []targetState {
	states := []targetState{}
	for _, j := range judgements {
		state := targetState{Target: j.Target.ID, Title: j.Target.Title, Governs: j.Governs, State: string(j.State), Asked: figureOf(m, j.Required)}
		if r := j.Reason; r.Code != "" {
			state.Reason, state.Code, state.Period = wording.Unjudged(r), string(r.Code), r.Period.String()
		}
		states = append(states, state)
	}
	return states
}

// statesText is the state in one cell of a table, with the results by other targets in brackets.
func statesText(states []targetState) string {
	var words []string
	for _, s := range states {
		if s.Governs {
			words = append(words, s.Target+": "+s.State)
		} else {
			words = append(words, "("+s.Target+": "+s.State+")")
		}
	}
	return strings.Join(words, "; ")
}

type targetBody struct {
	ID       string       `json:"id"`
	Title    string       `json:"title"`
	Measure  string       `json:"measure"`
	Places   []string     `json:"places" doc:"england, footprints, names of regions or codes of footprints"`
	Bound    string       `json:"bound" enum:"at_least,at_most"`
	Shape    string       `json:"shape" enum:"step,line,values"`
	Values   []targetStep `json:"values"`
	Until    string       `json:"until,omitempty"`
	Baseline string       `json:"baseline,omitempty" doc:"A period, where the values are multiples of its figure"`
	Within   string       `json:"within,omitempty" doc:"How far a figure may lie on the wrong side and still be on the trajectory"`
	Note     string       `json:"note"`
	Source   string       `json:"source"`
	URL      string       `json:"url"`
	Hash     string       `json:"definition_hash"`
}

type targetStep struct {
	Period string `json:"period"`
	Value  string `json:"value"`
}

type targetList []targetBody

func (l targetList) sheet() sheet {
	s := sheet{"targets", [][]any{{"id", "title", "measure", "places", "bound", "shape", "values", "until", "baseline", "within", "note", "source", "url", "definition_hash"}}}
	for _, t := range l {
		var values []string
		for _, v := range t.Values {
			values = append(values, v.Period+": "+v.Value)
		}
		s.rows = append(s.rows, []any{t.ID, t.Title, t.Measure, strings.Join(t.Places, "; "), t.Bound, t.Shape, strings.Join(values, "; "), t.Until,
			t.Baseline, t.Within, t.Note, t.Source, t.URL, t.Hash})
	}
	return s
}

func (a *api) targets(_ context.Context, in *struct {
	Format  string `query:"format" doc:"json, csv or xlsx"`
	Measure string `query:"measure" doc:"Id of one measure; all without it"`
}) (targetList, error) {
	if in.Measure != "" {
		if _, err := a.figures.Directory().FindMeasure(in.Measure); err != nil {
			return nil, err
		}
	}
	list := targetList{}
	for _, t := range a.figures.Directory().Catalog.Targets {
		if in.Measure != "" && t.Measure != in.Measure {
			continue
		}
		body := targetBody{ID: t.ID, Title: t.Title, Measure: t.Measure, Places: t.Places, Bound: string(t.Bound), Shape: string(t.Shape), Until: t.Until,
			Baseline: t.Baseline, Within: t.Within, Note: t.Note, Source: t.Citation.Title, URL: t.Citation.URL, Hash: t.Hash()}
		for _, v := range t.Values {
			body.Values = append(body.Values, targetStep{v.Period, v.Value})
		}
		list = append(list, body)
	}
	return list, nil
}

type spcPoint struct {
	Period  string `json:"period"`
	Value   number `json:"value"`
	Group   int    `json:"rebase_group" doc:"Counted from 0; each change of definition begins a new one"`
	Mean    number `json:"mean"`
	LPL     number `json:"lpl" doc:"Lower process limit"`
	UPL     number `json:"upl" doc:"Upper process limit"`
	Outside bool   `json:"outside_limits"`
	Near    bool   `json:"close_to_limits"`
	Side    int    `json:"relative_to_mean"`
	Cause   string `json:"special_cause_type" doc:"The first rule that the figure breaks; empty where there is no figure or no limit"`
	Type    string `json:"point_type"`
}

type spcGroup struct {
	Group   int    `json:"rebase_group"`
	From    string `json:"from"`
	Mean    number `json:"mean"`
	LPL     number `json:"lpl"`
	UPL     number `json:"upl"`
	Points  int    `json:"n"`
	Missing int    `json:"missing"`
	Short   bool   `json:"short_group_warning" doc:"Fewer than 13 figures: the limits are provisional"`
	Reason  string `json:"reason,omitempty" doc:"Why there are no limits, or why they have no width"`
	Code    string `json:"reason_code,omitempty" enum:"all_missing,no_neighbours,too_large,all_equal,all_equal_but_one,overlapping_spans,small_counts"`
}

type signalBody struct {
	Variation      string `json:"variation_icon" doc:"Empty where it cannot be told firmly"`
	VariationOf    string `json:"variation_period,omitempty" doc:"The period whose figure it is of, where a known event bent those that came later; else left out"`
	VariationWords string `json:"variation_words"`
	Assurance      string `json:"assurance"`
	AssuranceWords string `json:"assurance_words"`
	Reason         string `json:"signal_reason,omitempty" doc:"Why the variation cannot be told, or is weak"`
	Code           string `json:"signal_reason_code,omitempty" enum:"no_figure,overlapping,too_few_points,events_only,no_width,weak_limits"`
	Have           int    `json:"signal_points_have,omitempty" doc:"Of too_few_points: how many figures count alike"`
	Need           int    `json:"signal_points_need,omitempty" doc:"Of too_few_points: how many it takes"`
}

func newSignal(s *measure.Signal, named wording.Names) signalBody {
	if s == nil {
		return signalBody{VariationWords: wording.Variation(spc.NoVariation), AssuranceWords: wording.Assurance(spc.NoAssurance)}
	}
	body := signalBody{Variation: string(s.Variation), VariationWords: wording.Variation(s.Variation), Assurance: string(s.Assurance),
		AssuranceWords: wording.Assurance(s.Assurance), Reason: wording.Undetermined(s.Undetermined, named), Code: string(s.Undetermined.Why)}
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
	Improving string `json:"improvement_direction" enum:"increase,decrease,neutral"`
	Target    string `json:"target,omitempty" doc:"Id of the target that the assurance is about"`
	Asked     number `json:"asked" doc:"What it asks for in the latest period"`
	signalBody
	Points []spcPoint `json:"points"`
	Groups []spcGroup `json:"groups"`
}

func (b spcBody) sheet() sheet {
	s := sheet{"spc", [][]any{{"measure", "place", "name", "period", "value", "rebase_group", "mean", "lpl", "upl", "outside_limits", "close_to_limits",
		"relative_to_mean", "special_cause_type", "point_type"}}}
	for _, p := range b.Points {
		s.rows = append(s.rows, []any{b.Measure, b.Footprint + b.Org, b.Name, p.Period, p.Value, p.Group, p.Mean, p.LPL, p.UPL, p.Outside, p.Near,
			p.Side, p.Cause, p.Type})
	}
	return s
}

func (a *api) spc(ctx context.Context, in *struct {
	Viewing
	Measure   string `query:"measure" doc:"Id of a measure"`
	Footprint string `query:"footprint" doc:"Code of a footprint, ENG or UNALLOCATED"`
	Org       string `query:"org" doc:"Code of an organisation, in place of a footprint"`
}) (spcBody, error) {
	body := spcBody{AsOf: in.AsOf, Points: []spcPoint{}, Groups: []spcGroup{}}
	asOf, m, s, err := a.subject(ctx, in.Viewing, in.Measure, in.Footprint, in.Org)
	if err != nil {
		return body, err
	}
	body.Measure, body.Title, body.Hash = m.ID, m.Title, m.Hash()
	body.Improving = map[catalog.Direction]string{catalog.Up: "increase", catalog.Down: "decrease", catalog.Neutral: "neutral"}[m.Direction]
	if body.Footprint, body.Name = s.Code, s.Name; s.Organisation != nil {
		body.Footprint, body.Org = "", s.Code
	}
	signal, err := a.figures.SignalOf(ctx, asOf, m, s)
	if err != nil {
		return body, err
	}
	body.signalBody = newSignal(&signal, a.figures.Directory().Named)
	if j, ok := signal.Judged(); ok {
		body.Target, body.Asked = j.Target.ID, figureOf(m, j.Required)
	}
	chart := signal.Chart
	for i, g := range chart.Groups {
		body.Groups = append(body.Groups, spcGroup{Group: i, Mean: finite(g.Mean), LPL: finite(g.LPL), UPL: finite(g.UPL), Points: g.Points, Missing: g.Missing, Short: g.Short,
			Reason: wording.Limits(chart.LimitsReason(i)), Code: string(g.Reason.Code)})
	}
	for i, p := range chart.Chart.Points {
		at := chart.Points[i]
		if g := &body.Groups[p.Group]; g.From == "" {
			g.From = at.Period.String()
		}
		body.Points = append(body.Points, spcPoint{at.Period.String(), figureOf(m, at.Value), p.Group, finite(p.Mean), finite(p.LPL), finite(p.UPL), p.Outside, p.Near, p.Side,
			string(p.Cause), string(p.Type)})
	}
	return body, nil
}
