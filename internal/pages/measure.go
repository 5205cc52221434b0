package pages

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/forecast"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/spc"
)

// Measure composes the page of one measure; an empty period is the latest one.
func (c placePages) Measure(ctx context.Context, id, period string, asOf figures.Moment) (MeasurePage, error) {
	if _, ok := c.directory.Catalog.Measure(id); !ok {
		var ids []string
		for _, h := range c.directory.Catalog.Headlines() {
			ids = append(ids, h.ID)
		}
		return MeasurePage{}, fmt.Errorf(
			"measure %q: %w; there are %s, and their parts, which /api/v1/measures lists",
			id,
			figures.ErrNotFound,
			strings.Join(ids, ", "),
		)
	}
	m, err := c.figures.MeasureAsOf(ctx, id, asOf)
	if err != nil {
		return MeasurePage{}, err
	}
	chosen, err := chooseScale(m, "")
	if err != nil {
		return MeasurePage{}, err
	}
	page := MeasurePage{
		Shell: c.shell(
			m.Title,
			"",
			asOf,
			"period",
			period,
		),
		MeasureID:       m.ID,
		About:           c.about(m, asOf),
		Unit:            wording.UnitHeading(m, chosen),
		ChartFormat:     chartFormat(m),
		Time:            wording.AddingUp(m),
		Downloads:       downloads("/api/v1/overview", "measure", m.ID, "as_of", asOf.Text),
		TargetDownloads: downloads("/api/v1/targets", "measure", m.ID),
		Template:        c.templates(m, figures.Area{Code: footprint.England}),
	}
	page.About.URL, page.Feed = "", "/measures/"+m.ID+"/feed.atom"
	page.Others = c.choices(m, func(m *catalog.Measure) string { return measureURL(m, asOf) })
	if base := m.Base(); base != nil {
		page.Base, page.Derived = Link{Text: base.Title, URL: measureURL(base, asOf)}, m.Derived.By.Words()
	}
	known, err := c.figures.Points(ctx, asOf, m)
	if err != nil {
		return page, err
	}
	points := known.ByPlace()
	periods := periodsOf(points)
	at, choices, err := c.choosePeriod(m, periods, period)
	if err != nil {
		return page, err
	}
	if len(choices) == 0 {
		page.NoData = c.noFigures(m, asOf, wording.NothingLoaded)
		page.Targets = targetRows(m, c.directory.Catalog.TargetsOf(m.ID), nil)
		return page, nil
	}
	latest := periods[len(periods)-1]
	page.Period, page.PeriodID, page.Periods = at.Words(), at.String(), choices
	page.Downloads = downloads("/api/v1/overview", "measure", m.ID, "period", at.String(), "as_of", asOf.Text)
	all, err := c.figures.LatestFigures(ctx, asOf, m, at)
	if err != nil {
		return page, err
	}
	ofAll, compared := all.Places, all.Comparison
	england := ofAll[0]
	places := slices.DeleteFunc(slices.Clone(ofAll), func(s figures.LatestFigure) bool { return s.Area.Footprint == nil })
	var newest measure.Point
	for _, of := range points {
		if p, ok := measure.At(of, latest.Start); ok && p.Load >= newest.Load {
			newest = p
		}
	}
	if page.Freshness, err = c.freshness(ctx, asOf, newest); err != nil {
		return page, err
	}
	v := view{m, chosen, at, asOf, c}
	page.Finding, page.Targets = wording.Headline(england), targetRows(m, c.directory.Catalog.TargetsOf(m.ID), ofAll)
	if page.Ranked, err = v.ranked(&page, england, places, compared); err != nil {
		return page, err
	}
	if len(places) > 0 {
		page.Funnel = v.funnel(places, compared)
	}
	if page.Lines, page.Scale, err = v.lines(ctx, points, england, places, periods[0]); err != nil {
		return page, err
	}
	page.Sentences = wording.Standings(m, c.directory.Catalog.TargetsOf(m.ID), england, places, compared, c.directory.Named)
	if by := wording.DividedBy(m, england.Now, c.directory); by != "" {
		page.Sentences = append(page.Sentences, "England: "+by)
	}
	if page.Forecast, err = c.forecastTable(ctx, asOf, m, at); err != nil {
		return page, err
	}
	return page, nil
}

// view is how the figures of a measure page are looked at.
type view struct {
	m     *catalog.Measure
	scale wording.Scale
	at    catalog.Period
	asOf  figures.Moment
	c     placePages
}

// periodsOf are those that have a point in any place, in the order of time.
func periodsOf(points map[string][]measure.Point) []catalog.Period {
	var periods []catalog.Period
	for _, of := range points {
		for _, p := range of {
			periods = append(periods, p.Period)
		}
	}
	slices.SortFunc(periods, func(a, b catalog.Period) int { return a.Start.Compare(b.Start) })
	return slices.Compact(periods)
}

// amount is a number of the mathematics on the page's scale.
func (v view) amount(x float64) Figure {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return Figure{Text: "not stated", Missing: true}
	}
	value := decimal.NewFromFloat(x)
	f := Figure{Text: v.scale.Write(v.m, value), Plain: value.Round(4).String()}
	if v.scale == wording.AsNumber {
		f.Plain = wording.Plain(v.m, value)
	}
	return f
}

// ranked are the places in their order, England's row beside them.
func (v view) ranked(page *MeasurePage, england figures.LatestFigure, places []figures.LatestFigure, compared measure.Comparison) ([]RankedRow, error) {
	of, err := measure.Compare(v.m, []measure.Point{england.Now})
	if err != nil {
		return nil, err
	}
	page.England = v.rankedRow(england, of.Intervals[0])
	page.HasRanks = compared.Of > 0
	page.Target = strings.Join(governingTitles(places), ", ")
	var rows []RankedRow
	at := make([]int, len(places))
	for i := range at {
		at[i] = i
		page.HasIntervals = page.HasIntervals || compared.Intervals[i].Valid
	}
	direction := 1
	if !v.compares() {
		direction = -1 // the largest amount first
	}
	slices.SortStableFunc(at, func(i, j int) int {
		return compareFigures(v.scale.Pick(places[i].Now), v.scale.Pick(places[j].Now), direction)
	})
	for _, i := range at {
		rows = append(rows, v.rankedRow(places[i], compared.Intervals[i]))
	}
	page.Variations = key(rows, func(r RankedRow) wording.Icon { return r.Variation }, wording.VariationWords)
	page.Assurances = key(rows, func(r RankedRow) wording.Icon { return r.Assurance }, func(icon string) string { return wording.Assurance(spc.Assurance(icon)) })
	switch {
	case len(places) == 0:
	case !v.compares():
		page.Order = wording.Unranked
	default:
		page.Order = wording.Ranked(v.m)
	}
	return rows, nil
}

// key explains the signs of the rows, each icon once, the commonest first.
func key[R any](rows []R, pick func(R) wording.Icon, words func(icon string) string) []wording.Icon {
	times, signs := map[string]int{}, []wording.Icon{}
	for _, r := range rows {
		sign := pick(r)
		if times[sign.Icon]++; times[sign.Icon] == 1 && sign.Icon != "" {
			signs = append(signs, wording.Icon{Icon: sign.Icon, Text: sign.Text, Words: words(sign.Icon)})
		}
	}
	slices.SortStableFunc(signs, func(a, b wording.Icon) int { return times[b.Icon] - times[a.Icon] })
	return signs
}

// compares tells whether the measure's figures compare between places of different size.
func (v view) compares() bool { return v.m.PerThousand || v.m.Ratio() }

func (v view) rankedRow(s figures.LatestFigure, within measure.Interval) RankedRow {
	row := RankedRow{
		Code: s.Area.Code, Name: s.Area.Name, ShortName: s.Area.Name, URL: cardURL(s.Area.Code, v.m, v.asOf), Rank: s.Rank,
		Value:     v.c.figure(v.m, v.scale, s.Now, s.Area.Code, v.asOf),
		Lower:     v.amount(math.NaN()),
		Upper:     v.amount(math.NaN()),
		Variation: wording.VariationIcon(s.Signal, v.c.directory.Named), Assurance: wording.AssuranceIcon(v.m, s.Signal), State: stateIcon(v.m, s.Signal),
	}
	if s.Area.Footprint != nil {
		row.ShortName = s.Area.Footprint.ShortName
	}
	if within.Valid {
		row.Lower, row.Upper = v.amount(within.Lower), v.amount(within.Upper)
	}
	return row
}

// stateIcon is how the figure stands against the target that the signal is about.
func stateIcon(m *catalog.Measure, s *measure.Signal) wording.Icon {
	if j, ok := s.Judged(); ok {
		return wording.Icon{Icon: string(j.State), Text: wording.StateText(m, j), Words: wording.Unjudged(j.Reason)}
	}
	return wording.Icon{Text: "No target"}
}

// forecastTable is the outlook of all places for one measure, from what was known up to a period.
func (c placePages) forecastTable(ctx context.Context, asOf figures.Moment, m *catalog.Measure, until catalog.Period) (ForecastTable, error) {
	all, err := c.figures.Outlooks(ctx, asOf, m, until)
	if err != nil {
		return ForecastTable{}, err
	}
	t := ForecastTable{}
	if !all.Forecast {
		if len(all.Places) > 0 {
			t.Sentences = append(t.Sentences, "There is no forecast: "+wording.OutlookReason(all.Places[0].Reason)+".")
		}
		return t, nil
	}
	var target *catalog.Target
	for _, o := range all.Places {
		row := ForecastRow{Name: o.Area.Name, URL: cardURL(o.Area.Code, m, asOf), Reason: wording.OutlookReason(o.Reason)}
		if o.Reason.Code == "" {
			row.Figure, row.Lower, row.Upper = wording.Foreseen(m, o.Step.Median), wording.Foreseen(m, o.Step.Lower80), wording.Foreseen(m, o.Step.Upper80)
			if o.Estimate {
				row.Figure += wording.EstimateMark
			}
			t.Period = o.Period.Words()
			for _, chance := range o.Chances {
				if target == nil || target == chance.Target {
					target = chance.Target
					t.Target, row.Chance = target.Title, wording.Chance(chance.Chance)
				}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	t.Sentences = wording.Forecasts(m, all, until)
	b := all.Backtest
	if b.Reason.Code != "" {
		return t, nil
	}
	for i, score := range b.Horizons {
		t.Scores = append(t.Scores, scoreRow(fmt.Sprint(i+1), score))
	}
	t.Scores = append(t.Scores, scoreRow("all", b.All))
	t.Season = wording.Season(m)
	return t, nil
}

func scoreRow(ahead string, s forecast.Score) ScoreRow {
	stated := func(x float64, format string) string {
		if math.IsNaN(x) {
			return "not stated"
		}
		return fmt.Sprintf(format, x)
	}
	return ScoreRow{
		ahead,
		wording.Grouped(decimal.NewFromInt(int64(s.Forecasts)), 0),
		stated(100*s.Coverage80, "%.0f in 100"),
		stated(s.MASE, "%.2f"),
		stated(s.NaiveMASE, "%.2f"),
	}
}

// MeasurePage is one measure: England and the 44 ranked, in a funnel and over time, and what the measure means.
type MeasurePage struct {
	Shell
	MeasureID string
	About     About
	Others    []Choices // the measures to choose from, this one Current
	Periods   []Link    // newest first, the chosen one Current
	Period    string    // the chosen one in words
	PeriodID  string
	Unit      string // as a column heading
	// ChartFormat is "number", "percent" or "gbp".
	ChartFormat string
	// Finding is a headline that states the figure of England; Sentences say how the 44 stand.
	Finding   string
	Sentences []string
	England   RankedRow
	// Ranked are the 44, the lowest first and those without a figure last; empty when the measure is of England alone.
	Ranked []RankedRow
	// Order says what the order means, and what it does not.
	Order                  string
	HasRanks, HasIntervals bool
	Variations, Assurances []wording.Icon // what the icons of the rows mean
	Target                 string         // that the states and the assurance are about; empty without one
	Funnel                 FunnelPlot
	// Lines are the series of England, where it compares, and of the 44; Scale says what their axes show.
	Lines           []SmallLine
	Scale           string
	Forecast        ForecastTable
	Time            []string // how figures add up, over organisations and over periods, in sentences
	Base            Link     // the measure that this one is derived from; URL empty of others
	Derived         string   // how, in words
	Targets         []TargetRow
	Freshness       Freshness
	Downloads       Downloads
	TargetDownloads Downloads
	// Template is what footprints fill in to return the measure; empty where a publication states it.
	Template Downloads
	NoData   string // a sentence shown instead of the figures when nothing is loaded
}

// ForecastTable is where the places are heading, and what such forecasts were worth so far.
type ForecastTable struct {
	Sentences []string // how it is made, or why there is none
	Period    string   // in words, of the figures in the rows
	Target    string   // whose chance is told; empty without one
	Season    string   // that is repeated by those it is compared with: "year"
	Rows      []ForecastRow
	Scores    []ScoreRow
}

// ForecastRow is the forecast of one place; Reason stands in place of the figures where there is none.
type ForecastRow struct{ Name, URL, Figure, Lower, Upper, Chance, Reason string }

// ScoreRow is how past forecasts so many periods ahead came true.
type ScoreRow struct{ Ahead, Forecasts, Coverage, Error, NaiveError string }

// RankedRow is a place in the order of the 44.
type RankedRow struct {
	Code, Name, ShortName, URL string
	Rank                       int // 1 is the lowest; 0 when it has none
	Value, Lower, Upper        Figure
	Variation, Assurance       wording.Icon
	State                      wording.Icon // against the target; its icon is the state
}

// TargetRow is a target with how the places stand against it.
type TargetRow struct {
	Title, Asks, Note string
	Source, URL       string
	Standing          string // in the chosen period
}

// targetRows are the targets with how England and the footprints stand; without latest none is stated.
func targetRows(m *catalog.Measure, targets []*catalog.Target, latest []figures.LatestFigure) []TargetRow {
	var rows []TargetRow
	for _, t := range figures.GoverningFirst(targets, latest) {
		row := TargetRow{Title: t.Title, Note: t.Note, Source: t.Citation.Title, URL: t.Citation.URL, Asks: wording.TargetRequires(m, t)}
		var parts []string
		if len(latest) > 0 {
			for _, j := range latest[0].Signal.Judgements {
				if j.Target == t {
					words := wording.LowerFirst(wording.StateText(m, j))
					if !j.Governs {
						words = wording.LowerFirst(wording.Results[j.State])
					}
					if j.Reason.Code != "" {
						words += ", because " + wording.Unjudged(j.Reason)
					}
					parts = append(parts, "England: "+words+".")
				}
			}
			places := slices.DeleteFunc(slices.Clone(latest), func(s figures.LatestFigure) bool { return s.Area.Footprint == nil })
			if summary := wording.TargetSummary(t, places); summary != "" {
				parts = append(parts, summary)
			}
		}
		row.Standing = strings.Join(parts, " ")
		rows = append(rows, row)
	}
	return rows
}
