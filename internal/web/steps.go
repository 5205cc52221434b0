package web

import (
	"context"
	"math"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/steps"
)

// StepRow is a gap or a step that was found in the figures of an organisation.
type StepRow struct {
	Measure      string   `json:"measure"`
	Title        string   `json:"title"`
	Organisation string   `json:"organisation"`
	Name         string   `json:"organisation_name"`
	Footprints   []string `json:"footprints"        doc:"Codes of those that the organisation belongs to"`
	Kind         string   `json:"kind"              doc:"A gap is a short run of periods that lack a part, or hold a part twice; a step is a level that jumps and stays"                              enum:"gap,step"`
	From         string   `json:"from"              doc:"The first period that differs"`
	Until        string   `json:"until"             doc:"The last of a gap; of a step its first period"`
	Size         number   `json:"size"              doc:"How far the figures lie from those before, as a part of these: -0.25 is a fall by a quarter. Season and the change of England are taken out"`
	Before       number   `json:"before"            doc:"The median figure of a period in the half-year before, as published"`
	After        number   `json:"after"             doc:"That in the gap, or in the half-year from the step on"`
	Limit        number   `json:"limit"             doc:"The natural logarithm from which on it is far, either way"`
	Usual        number   `json:"usual"             doc:"The usual difference among organisations as large, as a logarithm"`
	Share        number   `json:"share"             doc:"How much of England's figure is in doubt: what the figures moved by, as a part of what all organisations usually report in a period"`
	Elsewhere    string   `json:"elsewhere"         doc:"An organisation of the same footprint that moved the other way at that time by about as much; empty without one"`
	State        string   `json:"state"             doc:"Only what an analyst confirmed has any effect"                                                                                               enum:"proposed,confirmed,dismissed"`
	Reason       string   `json:"reason"            doc:"Why it was confirmed or dismissed"`
}

type stepMeasure struct {
	Measure  string `json:"measure"`
	LookedAt int    `json:"looked_at" doc:"Organisations"`
	TooShort int    `json:"too_short" doc:"Organisations with too few periods"`
	TooSmall int    `json:"too_small" doc:"Organisations with so few cases that one more or less is a jump"`
	TooNoisy int    `json:"too_noisy" doc:"Organisations whose like differ so much that only a change by two thirds would be seen"`
}

type stepsBody struct {
	AsOf     string        `json:"as_of,omitempty"`
	Measures []stepMeasure `json:"measures"        doc:"In which gaps and steps were looked for"`
	Steps    []StepRow     `json:"steps"`
}

func (b stepsBody) sheet() sheet {
	s := sheet{"steps", [][]any{{
		"measure", "title", "organisation", "organisation_name", "footprints", "kind", "from", "until", "size", "before", "after", "limit", "usual",
		"share", "elsewhere", "state", "reason",
	}}}
	for _, r := range b.Steps {
		s.rows = append(s.rows, []any{
			r.Measure, r.Title, r.Organisation, r.Name, strings.Join(r.Footprints, " "), r.Kind, r.From, r.Until, r.Size, r.Before, r.After, r.Limit, r.Usual,
			r.Share, r.Elsewhere, r.State, r.Reason,
		})
	}
	return s
}

func (a figuresAPI) steps(ctx context.Context, in *struct {
	Viewing
	Measure string `query:"measure" doc:"Only this measure"`
	Org     string `query:"org" doc:"Only the organisation of this code"`
	State   string `query:"state" doc:"Only those that are proposed, confirmed or dismissed"`
},
) (stepsBody, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return stepsBody{}, err
	}
	found, err := a.figures.Steps(ctx, asOf, figures.StepFilter{Measure: in.Measure, Organisation: in.Org, State: in.State})
	if err != nil {
		return stepsBody{}, err
	}
	body := stepsBody{AsOf: in.AsOf, Measures: []stepMeasure{}, Steps: []StepRow{}}
	for _, s := range found {
		body.Measures = append(body.Measures, stepMeasure{s.Measure.ID, s.LookedAt, s.LeftOut[steps.TooShort], s.LeftOut[steps.TooSmall], s.LeftOut[steps.TooNoisy]})
		body.Steps = append(body.Steps, NewStepRows(a.figures.Directory(), s.Proposals)...)
	}
	return body, nil
}

// NewStepRows are gaps and steps as the API gives them.
func NewStepRows(d *figures.Directory, proposals []figures.Proposal) []StepRow {
	rows := []StepRow{}
	for _, p := range proposals {
		rows = append(rows, StepRow{
			Measure:      p.Measure.ID,
			Title:        p.Measure.Title,
			Organisation: p.Organisation,
			Name:         d.OrganisationName(p.Organisation),
			Footprints:   append([]string{}, d.FootprintsOf(p.Organisation)...),
			Kind: string(
				p.Kind,
			),
			From:      p.From.String(),
			Until:     p.Until.String(),
			Size:      rounded(p.Size),
			Before:    counted(p.Measure, p.Before),
			After:     counted(p.Measure, p.After),
			Limit:     rounded(p.Limit),
			Usual:     rounded(p.Usual),
			Share:     rounded(p.Share),
			Elsewhere: p.Elsewhere,
			State:     string(p.State),
			Reason:    p.Reason,
		})
	}
	return rows
}

func rounded(x float64) number { return computed(x, !math.IsNaN(x) && !math.IsInf(x, 0)) }

// counted is a figure of a measure that was worked out in floating point.
func counted(m *catalog.Measure, x float64) number {
	return number{measure.Rounded(m.Unit, rounded(x).NullDecimal)}
}
