package web

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/review"
)

type reviewBody struct {
	Region   string         `json:"region"`
	Week     string         `json:"week"`
	From     string         `json:"from"                    doc:"The end of the week before, as of which the figures are compared"`
	To       string         `json:"to"                      doc:"The end of the week; while it runs the moment of the question, empty for now"`
	Running  bool           `json:"running"                 doc:"Whether the week is not over"`
	First    bool           `json:"first"                   doc:"Whether nothing was loaded before the week"`
	Messages []messageBody  `json:"messages"                doc:"What matters most, most of all first, at most three; those that are not for the worse come last"`
	News     []themeBody    `json:"new_figures"`
	OffTrack []offTrackBody `json:"off_track"`
	States   []turnBody     `json:"changed_against_targets"`
	Signals  []signalTurn   `json:"unusual_changes"`
	Verdicts []verdictTurn  `json:"changed_verdicts"`
	Tested   int            `json:"claims_tested_first"     doc:"How many claims about the region or England were tested for the first time"`
}

type messageBody struct {
	Rank     int           `json:"rank"`
	Kind     string        `json:"kind"     enum:"worse,better,neutral"`
	Measures []string      `json:"measures"                             doc:"The first is told of; the others show the same counts"`
	New      bool          `json:"new"                                  doc:"Whether some of it came in the week"`
	Findings []findingBody `json:"findings"                             doc:"The footprints it shows in, the furthest from its mean first"`
	Usual    []string      `json:"usual"                                doc:"Codes of the footprints that were tested without anything unusual"`
	Untested []findingBody `json:"untested"`
}

type findingBody struct {
	Footprint    string  `json:"footprint"`
	Name         string  `json:"name"`
	Period       string  `json:"period"                  doc:"Of the figure that is told of, the last that no known event bent"`
	Value        number  `json:"value"`
	Estimate     bool    `json:"estimate"                doc:"Whether only a share of the figure of some organisation counts"`
	Before       number  `json:"before"                  doc:"The figure of the period before"`
	BeforeIs     bool    `json:"before_estimate"         doc:"Whether that is an estimate"`
	BeforePeriod string  `json:"before_period,omitempty"`
	Low          number  `json:"usual_low"               doc:"Where the usual range ends; null without limits"`
	Mean         number  `json:"usual_mean"`
	High         number  `json:"usual_high"`
	Distance     float64 `json:"distance"                doc:"How far the figure lies from its mean, in standard deviations of the limits"`
	Turn         string  `json:"turn,omitempty"          doc:"How its state against its target changed: went_off, came_back, missed, due or other"`
	New          bool    `json:"new"`
	signalBody
}

type themeBody struct {
	Theme    string `json:"theme"`
	Measures int    `json:"measures"`
	Figures  uint64 `json:"figures"        doc:"New or changed, of the footprints of the region"`
	Newest   string `json:"newest"         doc:"The latest period of the theme"`
	Oldest   string `json:"oldest"         doc:"The latest period of the measure whose figures end first"`
	Oldests  string `json:"oldest_measure"`
}

type offTrackBody struct {
	Measure   string `json:"measure"`
	Footprint string `json:"footprint"`
	Name      string `json:"name"`
	Period    string `json:"period"`
	Value     number `json:"value"`
	Estimate  bool   `json:"estimate"    doc:"Whether only a share of the figure of some organisation counts"`
	Required  number `json:"required"`
	Target    string `json:"target"`
	Since     string `json:"since"       doc:"The first period of the run off track"`
	Length    int    `json:"length"      doc:"How many periods the run has"`
	Known     bool   `json:"since_known" doc:"Whether the run began there; otherwise it may be longer, as what came before is not known"`
	New       bool   `json:"new"         doc:"The figure a week before was on track"`
}

type turnBody struct {
	Measure   string `json:"measure"`
	Footprint string `json:"footprint"`
	Turn      string `json:"turn"      enum:"went_off,came_back,missed,due,other"`
	Before    string `json:"before"                                               doc:"State a week before"`
	After     string `json:"after"                                                doc:"State at the end of the week"`
}

type signalTurn struct {
	Measures  []string `json:"measures"  doc:"Those that show the same counts"`
	Footprint string   `json:"footprint"`
	Turn      string   `json:"turn"                                                                  enum:"new_concern,ended_concern,other"`
	Before    string   `json:"before"    doc:"Variation a week before; empty where it was not known"`
	After     string   `json:"after"`
}

type verdictTurn struct {
	Claim  string `json:"claim"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// sheet has a row for each footprint of each message: what matters most, as a table.
func (b reviewBody) sheet() sheet {
	s := sheet{
		"review",
		[][]any{
			{
				"rank",
				"kind",
				"measure",
				"new",
				"footprint",
				"name",
				"period",
				"value",
				"before_period",
				"before",
				"usual_low",
				"usual_high",
				"distance",
				"turn",
				"estimate",
				"before_estimate",
			},
		},
	}
	for _, m := range b.Messages {
		for _, f := range m.Findings {
			s.rows = append(
				s.rows,
				[]any{
					m.Rank,
					m.Kind,
					m.Measures[0],
					f.New,
					f.Footprint,
					f.Name,
					f.Period,
					f.Value,
					f.BeforePeriod,
					f.Before,
					f.Low,
					f.High,
					f.Distance,
					f.Turn,
					f.Estimate,
					f.BeforeIs,
				},
			)
		}
	}
	return s
}

func (b reviewBody) measures() []string {
	var all []string
	for _, m := range b.Messages {
		for _, id := range m.Measures {
			if !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return all
}

// limit is a limit of a chart, which is worked out in floating point.
func limit(v float64) number {
	return number{decimal.NewNullDecimal(decimal.NewFromFloat(v).Round(10))}
}

func (a reviewAPI) review(ctx context.Context, in *struct {
	Viewing
	Region string `query:"region" required:"true" doc:"Name or slug of a region"`
	Week   string `query:"week" doc:"As in 2026-W47; the last that had ended without it"`
},
) (reviewBody, error) {
	var body reviewBody
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return body, err
	}
	region, err := a.figures.Directory().FindRegion(in.Region)
	if err != nil {
		return body, err
	}
	week, err := a.figures.Moments().Week(ctx, in.Week, asOf)
	if err != nil {
		return body, err
	}
	v, err := a.reviewer.Of(ctx, region, week, asOf)
	if err != nil {
		return body, err
	}
	return a.body(v), nil
}

type reviewAPI struct {
	figures  *figures.Figures
	reviewer *review.Reviewer
}

func (a reviewAPI) body(v *review.Review) reviewBody {
	body := reviewBody{
		Region: v.Region.Slug(), Week: v.Week.String(), From: v.Earlier.Text, To: v.Later.Text, Running: v.Running, First: v.First,
		Messages: []messageBody{}, News: []themeBody{}, OffTrack: []offTrackBody{}, States: []turnBody{}, Signals: []signalTurn{}, Verdicts: []verdictTurn{},
	}
	for i, m := range v.Messages {
		row := messageBody{Rank: i + 1, Kind: string(m.Kind), New: m.New, Findings: a.findings(m, m.Findings), Usual: []string{}, Untested: a.findings(m, m.Untested)}
		for _, f := range m.Usual {
			row.Usual = append(row.Usual, f.Place.Code)
		}
		row.Measures = ids(m.Measures)
		body.Messages = append(body.Messages, row)
	}
	for _, n := range v.News {
		row := themeBody{Theme: n.Theme, Measures: n.Measures, Figures: n.Figures}
		if n.Newest.Measure != nil {
			row.Newest, row.Oldest, row.Oldests = n.Newest.Period.String(), n.Oldest.Period.String(), n.Oldest.Measure.ID
		}
		body.News = append(body.News, row)
	}
	for _, c := range v.Against {
		for i, f := range c.Figures {
			if !f.Off() {
				continue
			}
			row := offTrackBody{
				Measure:   c.Measure.ID,
				Footprint: v.Places[i].Code,
				Name:      v.Places[i].Name,
				Period:    f.Now.Period.String(),
				Value:     figureOf(c.Measure, f.Now.Now.Value),
				Estimate:  f.Now.Now.Estimate(),
				Required:  figureOf(c.Measure, f.Judgement.Required),
				Target:    f.Judgement.Target.ID,
				New:       f.New,
			}
			if s := f.Now.Signal.Shortfall; s != nil {
				row.Since, row.Length, row.Known = s.State.From.String(), s.State.Periods, s.State.Known
			}
			body.OffTrack = append(body.OffTrack, row)
		}
	}
	for _, c := range v.States {
		body.States = append(body.States, turnBody{c.Measure.ID, c.Place.Code, string(c.Turn), string(c.Before.State), string(c.After.State)})
	}
	for _, c := range v.Signals {
		body.Signals = append(
			body.Signals,
			signalTurn{ids(c.Measures), c.Place.Code, string(c.Turn), string(c.Then.Signal.Variation), string(c.Now.Signal.Variation)},
		)
	}
	for _, c := range v.Claims {
		switch {
		case c.First():
			body.Tested++
		case c.Changed():
			body.Verdicts = append(body.Verdicts, verdictTurn{c.Claim.ID, c.Before, c.Now.Verdict})
		}
	}
	return body
}

func ids(measures []*catalog.Measure) (all []string) {
	for _, m := range measures {
		all = append(all, m.ID)
	}
	return all
}

func (a reviewAPI) findings(m review.Message, all []review.Finding) []findingBody {
	rows := []findingBody{}
	for _, f := range all {
		judged := f.Now.Signal.Judges
		row := findingBody{
			Footprint: f.Place.Code, Name: f.Place.Name, Period: f.Now.JudgedPeriod().String(), Value: figureOf(m.Measure(), judged.Value), Estimate: judged.Estimate(),
			Distance: f.Distance(), Turn: string(f.Turn), New: f.New, signalBody: newSignal(f.Now.Signal, a.figures.Directory().Named),
		}
		if before := f.Now.Signal.Before; before.Value.Valid {
			row.Before, row.BeforeIs, row.BeforePeriod = figureOf(m.Measure(), before.Value), before.Estimate(), before.Period.String()
		}
		if r := f.Now.Signal.Normal; r != (measure.NormalRange{}) {
			row.Low, row.Mean, row.High = limit(r.Low), limit(r.Mean), limit(r.High)
		}
		rows = append(rows, row)
	}
	return rows
}
