package web

import (
	"context"
	"math"
	"slices"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
)

// rowFigures is how many figures of each measure a row states.
const rowFigures = 36

type rowPoint struct {
	Period string `json:"period"`
	Value  number `json:"value"`
	// Estimate is that of the figure.
	Estimate bool     `json:"estimate"               doc:"Whether only a share of the figure of some organisation counts"`
	Missing  string   `json:"missing_code,omitempty" doc:"Why there is no figure"                                                                   enum:"not_reported,omitted,place_unknown,known_gap,not_listed,not_loaded,contradictory,counted_anew,organisations_changed,people_unknown,period_missing,not_combined,nothing_counted"`
	Lacking  []string `json:"lacking,omitempty"      doc:"Codes of the organisations without a figure"`
	Mean     number   `json:"mean"                   doc:"Null where there are no limits"`
	LPL      number   `json:"lpl"`
	UPL      number   `json:"upl"`
	Type     string   `json:"point_type"             doc:"As of /api/v1/spc; event: a known event bent the figure; empty where there are no limits"`
	Group    int      `json:"rebase_group"           doc:"Another where the series begins anew"`
}

type rowRun struct {
	From    string `json:"from"`
	Periods int    `json:"periods"`
	Known   bool   `json:"began"   doc:"Whether the run began there; else the figure before is not known, or counts something else"`
}

type rowChange struct {
	Value      number `json:"value"           doc:"On the year before; null where code says why"`
	Unit       string `json:"unit"                                                                          enum:"percentage_points,per_cent"`
	Before     number `json:"before"          doc:"The figure of the year before; null where there is none"`
	Estimate   bool   `json:"before_estimate" doc:"Whether the figure of the year before is an estimate"`
	Comparable bool   `json:"comparable"      doc:"Whether the two years count the same"`
	Code       string `json:"code,omitempty"                                                                enum:"year_unknown,counted_anew,members_changed,from_zero,may_be_negative,no_figure"`
}

type rowTarget struct {
	Code     string  `json:"code"             doc:"no_target: none governs the period; cannot_tell: one does, and the figure cannot be set against it" enum:"off_track,on_track,met,cannot_tell,no_target"`
	Target   string  `json:"target,omitempty" doc:"Its id"`
	Required number  `json:"required"         doc:"The value that the target requires in the period"`
	Off      *rowRun `json:"off_track"        doc:"For how long the figure has been off track; null where it is not"`
}

type rowRank struct {
	Lowest  int `json:"lowest"  doc:"Its place from the lowest, 1 being that; equal figures share the best of theirs"`
	Highest int `json:"highest" doc:"Its place from the highest"`
	Ties    int `json:"ties"    doc:"How many others have the same figure"`
	Of      int `json:"of"`
}

type rowWaiting struct {
	Period string `json:"period" doc:"The last period that has ended, which has no return"`
	Until  string `json:"until"  doc:"The last day before the return of the next period is due instead"`
}

type rowAge struct {
	Months  int    `json:"months"  doc:"Between the month in which the period of the last whole figure ends and that of the reader"`
	Overdue bool   `json:"overdue" doc:"A later figure has had to be published by the rhythm of the source, or the source has ended"`
	Ended   string `json:"ended"   doc:"Why the publisher stopped; empty where they go on"`
}

type placeRow struct {
	Measure   string      `json:"measure"`
	Title     string      `json:"title"`
	Theme     string      `json:"theme"`
	Unit      string      `json:"unit"`
	Per       int         `json:"per"                    doc:"What a rate is stated for; 0 of others"`
	Grain     string      `json:"grain"`
	Direction string      `json:"direction"                                                                                                          enum:"up,down,neutral"`
	Hash      string      `json:"definition_hash"`
	Newest    string      `json:"newest"                 doc:"The newest period of the measure in any place; empty where nothing is loaded"`
	Whole     *point      `json:"whole"                  doc:"The last whole figure; null where there is none"`
	Latest    *point      `json:"latest"                 doc:"The latest figure, whole or not; null where there is none"`
	Missing   string      `json:"missing_code,omitempty" doc:"Why the latest has no figure, or why there is none at all"                             enum:"no_figures,not_reported,omitted,place_unknown,known_gap,not_listed,not_loaded,contradictory,counted_anew,organisations_changed,people_unknown,period_missing,not_combined,nothing_counted"`
	Age       *rowAge     `json:"age"                    doc:"Of the last whole figure; null without one"`
	Change    rowChange   `json:"change"`
	Target    rowTarget   `json:"target"`
	Signal    *signalBody `json:"signal"                 doc:"What the last whole figure tells; null where nothing is tested"`
	Unusual   *rowRun     `json:"unusual"                doc:"For how long figures have been marked alike; null where the last is no unusual change"`
	Rank      *rowRank    `json:"rank"                   doc:"Among the 44 in the period of the last whole figure; null where nothing is compared"`
	Waiting   *rowWaiting `json:"waiting"                doc:"The local return that the measure waits for; null where it waits for none"`
	Points    []rowPoint  `json:"points"                 doc:"The last 36 figures up to the last whole one, the oldest first"`
}

type rowList []placeRow

func (l rowList) measures() []string {
	return measuresOf(l, func(r placeRow) string { return r.Measure })
}

func (l rowList) sheet() sheet {
	s := sheet{
		"rows",
		[][]any{
			{
				"measure",
				"title",
				"theme",
				"unit",
				"newest",
				"period",
				"value",
				"missing_code",
				"age_months",
				"overdue",
				"year_before",
				"change",
				"change_unit",
				"change_code",
				"target_code",
				"target",
				"required",
				"off_track_from",
				"off_track_periods",
				"variation_icon",
				"variation_period",
				"signal_reason_code",
				"unusual_from",
				"unusual_periods",
				"lowest",
				"ties",
				"rank_of",
				"waiting_period",
				"waiting_until",
				"estimate",
				"year_before_estimate",
			},
		},
	}
	for _, r := range l {
		row := []any{r.Measure, r.Title, r.Theme, r.Unit, r.Newest}
		if r.Whole != nil {
			row = append(row, r.Whole.Period, r.Whole.Value, r.Missing, r.Age.Months, r.Age.Overdue)
		} else {
			row = append(row, nil, nil, r.Missing, nil, nil)
		}
		row = append(row, r.Change.Before, r.Change.Value, r.Change.Unit, r.Change.Code, r.Target.Code, r.Target.Target, r.Target.Required)
		row = append(row, r.Target.Off.cells()...)
		if r.Signal != nil {
			row = append(row, r.Signal.Variation, r.Signal.VariationOf, r.Signal.Code)
		} else {
			row = append(row, nil, nil, nil)
		}
		row = append(row, r.Unusual.cells()...)
		if r.Rank != nil {
			row = append(row, r.Rank.Lowest, r.Rank.Ties, r.Rank.Of)
		} else {
			row = append(row, nil, nil, nil)
		}
		if r.Waiting != nil {
			row = append(row, r.Waiting.Period, r.Waiting.Until)
		} else {
			row = append(row, nil, nil)
		}
		row = append(row, r.Whole != nil && r.Whole.Estimate, r.Change.Estimate)
		s.rows = append(s.rows, row)
	}
	return s
}

func (r *rowRun) cells() []any {
	if r == nil {
		return []any{nil, nil}
	}
	return []any{r.From, r.Periods}
}

func (a figuresAPI) rows(ctx context.Context, in *struct {
	Viewing
	Footprint string `query:"footprint" doc:"Code of a footprint, ENG or UNALLOCATED"`
},
) (rowList, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	s, err := a.figures.Directory().FindArea(in.Footprint)
	if err != nil {
		return nil, err
	}
	return a.rowsOf(ctx, s, asOf)
}

// rowsOf are all measures of an area at a glance.
func (a figuresAPI) rowsOf(ctx context.Context, s figures.Area, asOf figures.Moment) (rowList, error) {
	reading := a.figures.Moments().Reading(asOf)
	rows, err := a.figures.Rows(ctx, asOf, a.figures.Directory().Shown(s), s, reading)
	list := rowList{}
	for _, r := range rows {
		list = append(list, a.newRow(r, reading))
	}
	return list, err
}

func (a figuresAPI) newRow(r figures.Row, reading time.Time) placeRow {
	m := r.Measure
	row := placeRow{
		Measure: m.ID, Title: m.Title, Theme: m.Theme, Unit: string(m.Unit), Per: m.Per, Grain: string(m.Grain), Direction: string(m.Direction), Hash: m.Hash(),
		Points: []rowPoint{}, Change: rowChange{Unit: "per_cent", Value: number{r.Change}, Code: string(r.NoChange.Code)}, Target: rowTarget{Code: "no_target"},
	}
	if m.Unit == catalog.Share {
		row.Change.Unit = "percentage_points"
	}
	if !r.Newest.Start.IsZero() {
		row.Newest = r.Newest.String()
	}
	if waiting, waits := a.figures.Awaited(r, reading); waits {
		row.Waiting = &rowWaiting{waiting.Period.String(), waiting.Until.Format(time.DateOnly)}
	}
	if len(r.Points) == 0 {
		row.Missing, row.Change.Code = "no_figures", "no_figure"
		return row
	}
	latest := r.Points[len(r.Points)-1]
	of := newPoint(m, latest)
	row.Latest, row.Missing = &of, string(a.figures.Directory().NoFigure(m, r.Area.Code, latest))
	if r.Whole.Period.Start.IsZero() {
		row.Change.Code = "no_figure"
		return row
	}
	whole := newPoint(m, r.Whole)
	row.Whole, row.Age = &whole, &rowAge{Months: r.Age.Months, Overdue: r.Age.Overdue}
	if r.Age.Ended != nil {
		row.Age.Ended = r.Age.Ended.Because
	}
	row.Change.Comparable = r.NoChange.Code == "" || r.NoChange.Code == figures.FromZero
	if m.Negative {
		row.Change.Value, row.Change.Code = number{}, "may_be_negative" // of what may be under zero a percentage says nothing
	}
	if r.Before != nil {
		row.Change.Before, row.Change.Estimate = figureOf(m, r.Before.Value), r.Before.Estimate()
	}
	if r.Position.Of > 0 {
		row.Rank = &rowRank{r.Position.Below + 1, r.Position.Above + 1, r.Position.Same, r.Position.Of}
	}
	if r.Signal != nil {
		signal := newSignal(&r.Signal.Signal, a.figures.Directory().Named)
		row.Signal = &signal
		if j, governs := r.Signal.Judged(); governs {
			row.Target = rowTarget{Code: stateCodes[j.State], Target: j.Target.ID, Required: figureOf(m, j.Required)}
		}
	}
	if off, ok := r.Off(); ok {
		row.Target.Off = newRun(off.State)
	}
	if run, ok := r.Unusual(); ok {
		row.Unusual = newRun(run)
	}
	row.Points = newRowPoints(r, a.figures.Directory())
	return row
}

// stateCodes are the states of a figure against its target.
var stateCodes = map[measure.State]string{
	measure.OffTrajectory: "off_track", measure.OnTrajectory: "on_track", measure.Met: "met", measure.CannotTell: "cannot_tell",
}

func newRun(r measure.Run) *rowRun { return &rowRun{r.From.String(), r.Periods, r.Known} }

// newRowPoints are the last figures of a row up to its last whole one, with what the chart has of each.
func newRowPoints(r figures.Row, d *figures.Directory) []rowPoint {
	points := []rowPoint{}
	end := slices.IndexFunc(r.Points, func(p measure.Point) bool { return p.Period == r.Whole.Period }) + 1
	charted := r.Signal != nil && len(r.Signal.Chart.Points) == end
	for i := max(0, end-rowFigures); i < end; i++ {
		p := r.Points[i]
		at := rowPoint{
			Period: p.Period.String(), Value: figureOf(r.Measure, p.Value), Estimate: p.Estimate(),
			Missing: string(d.NoFigure(r.Measure, r.Area.Code, p)), Lacking: p.Missing,
		}
		if charted {
			of := r.Signal.Chart.Chart.Points[i]
			at.Group = of.Group
			if !r.Signal.Chart.Groups[of.Group].Short && !math.IsNaN(of.UPL) && !math.IsNaN(of.LPL) {
				at.Mean, at.LPL, at.UPL, at.Type = finite(of.Mean), finite(of.LPL), finite(of.UPL), string(of.Type)
			}
		}
		if len(r.Measure.Events(p.Period)) > 0 {
			at.Type = "event"
		}
		points = append(points, at)
	}
	return points
}
