package web

import (
	"context"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

type targetState struct {
	Target string `json:"target" doc:"Id of the target"`
	Title  string `json:"title"`
	// Governs is false for the result of a target that another has precedence over.
	Governs  bool   `json:"governs"                 doc:"The state is that of the figure. Of targets that have a value for a period one governs; of the others this is only the result"`
	State    string `json:"state"                                                                                                                                                       enum:"met,on_trajectory,off_trajectory,cannot_tell"`
	Required number `json:"asked"                   doc:"The value that the target requires in the period; null where it requires none"`
	Reason   string `json:"reason,omitempty"        doc:"Why it is not known"`
	Code     string `json:"reason_code,omitempty"                                                                                                                                       enum:"baseline_unknown,baseline_partial,figure_unknown,figure_partial,not_yet_required,not_required"`
	Period   string `json:"reason_period,omitempty" doc:"The period that the reason is about"`
}

func targetStates(m *catalog.Measure, judgements []measure.Judgement) []targetState {
	states := []targetState{}
	for _, j := range judgements {
		state := targetState{Target: j.Target.ID, Title: j.Target.Title, Governs: j.Governs, State: string(j.State), Required: figureOf(m, j.Required)}
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
	Places   []string     `json:"places"             doc:"england, footprints, names of regions or codes of footprints"`
	Bound    string       `json:"bound"                                                                                     enum:"at_least,at_most"`
	Shape    string       `json:"shape"                                                                                     enum:"step,line,values"`
	Values   []targetStep `json:"values"`
	Until    string       `json:"until,omitempty"`
	Baseline string       `json:"baseline,omitempty" doc:"A period, where the values are multiples of its figure"`
	Within   string       `json:"within,omitempty"   doc:"How far a figure may lie on the wrong side and still be on track"`
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
	s := sheet{
		"targets",
		[][]any{{"id", "title", "measure", "places", "bound", "shape", "values", "until", "baseline", "within", "note", "source", "url", "definition_hash"}},
	}
	for _, t := range l {
		var values []string
		for _, v := range t.Values {
			values = append(values, v.Period+": "+v.Value)
		}
		s.rows = append(s.rows, []any{
			t.ID, t.Title, t.Measure, strings.Join(t.Places, "; "), t.Bound, t.Shape, strings.Join(values, "; "), t.Until,
			t.Baseline, t.Within, t.Note, t.Source, t.URL, t.Hash,
		})
	}
	return s
}

func (l targetList) measures() []string {
	return measuresOf(l, func(t targetBody) string { return t.Measure })
}

func (a figuresAPI) targets(_ context.Context, in *struct {
	Format  string `query:"format" doc:"json, csv or xlsx"`
	Measure string `query:"measure" doc:"Id of one measure; all without it"`
},
) (targetList, error) {
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
		body := targetBody{
			ID: t.ID, Title: t.Title, Measure: t.Measure, Places: t.Places, Bound: string(t.Bound), Shape: string(t.Shape), Until: t.Until,
			Baseline: t.Baseline, Within: t.Within, Note: t.Note, Source: t.Citation.Title, URL: t.Citation.URL, Hash: t.Hash(),
		}
		for _, v := range t.Values {
			body.Values = append(body.Values, targetStep{v.Period, v.Value})
		}
		list = append(list, body)
	}
	return list, nil
}
