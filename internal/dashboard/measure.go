package dashboard

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
	"stpdash/internal/measure"
	"stpdash/internal/spc"
)

func measureURL(m *catalog.Measure, asOf figures.Moment) string {
	return address("/measures/"+m.ID, "as_of", asOf.Text)
}

// MeasurePage composes the page of one measure; an empty period is the latest one.
func (c *Composer) MeasurePage(ctx context.Context, id, period string, asOf figures.Moment) (MeasurePage, error) {
	if _, ok := c.directory.Catalog.Measure(id); !ok {
		var ids []string
		for _, h := range c.directory.Catalog.Headlines() {
			ids = append(ids, h.ID)
		}
		return MeasurePage{}, fmt.Errorf("measure %q: %w; there are %s, and their parts, which /api/v1/measures lists", id, figures.ErrNotFound, strings.Join(ids, ", "))
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
		Shell: c.shell(m.Title, "", asOf, "period", period), MeasureID: m.ID, About: c.about(m, asOf), Unit: unitHeading(m, chosen), ChartFormat: chartFormat(m),
		Time: addingUp(m), Downloads: downloads("/api/v1/overview", "measure", m.ID, "as_of", asOf.Text),
		TargetDownloads: downloads("/api/v1/targets", "measure", m.ID), Template: c.templates(m, figures.Area{Code: footprint.England}),
	}
	page.About.URL = ""
	page.Others = c.choices(m, func(m *catalog.Measure) string { return measureURL(m, asOf) })
	if base := m.Base(); base != nil {
		page.Base, page.Derived = Link{Text: base.Title, URL: measureURL(base, asOf)}, m.Derived.By.Words()
	}
	points, err := c.figures.Points(ctx, asOf, m)
	if err != nil {
		return page, err
	}
	at, choices, err := c.choosePeriod(m, points, period)
	if err != nil {
		return page, err
	}
	if len(choices) == 0 {
		page.NoData = c.noFigures(m, asOf, "No figures are loaded for this measure.")
		page.Targets = targetRows(m, c.directory.Catalog.TargetsOf(m.ID), nil)
		return page, nil
	}
	periods := periodsOf(points)
	latest := periods[len(periods)-1]
	page.Period, page.PeriodID, page.Periods = at.Words(), at.String(), choices
	page.Downloads = downloads("/api/v1/overview", "measure", m.ID, "period", at.String(), "as_of", asOf.Text)
	patients, err := c.figures.RegisteredPatients(ctx, asOf)
	if err != nil {
		return page, err
	}
	all, err := c.figures.Standings(ctx, asOf, m, at)
	if err != nil {
		return page, err
	}
	standings, compared := all.Places, all.Comparison
	england := standings[0]
	places := slices.DeleteFunc(slices.Clone(standings), func(s figures.Standing) bool { return s.Scope.Footprint == nil })
	var newest measure.Point
	for _, of := range points {
		if p, ok := measure.At(of, latest.Start); ok && p.Load >= newest.Load {
			newest = p
		}
	}
	if page.Freshness, err = c.freshness(ctx, asOf, newest); err != nil {
		return page, err
	}
	v := view{m, chosen, at, asOf, c, patients}
	page.Finding, page.Targets = headline(england), targetRows(m, c.directory.Catalog.TargetsOf(m.ID), standings)
	if page.Ranked, err = v.ranked(&page, england, places, compared); err != nil {
		return page, err
	}
	if len(places) > 0 {
		page.Funnel = v.funnel(places, compared)
	}
	page.Lines, page.Scale = v.lines(points, england, places, periods[0])
	page.Sentences = v.sentences(england, places, compared)
	if page.Forecast, err = c.forecastTable(ctx, asOf, m, at); err != nil {
		return page, err
	}
	return page, nil
}

// choosePeriod is the period that a reader asks for, the latest without one, and those with figures to choose from, newest first. Where
// there are no figures it is zero.
func (c *Composer) choosePeriod(m *catalog.Measure, points figures.Points, text string) (at catalog.Period, choices []Link, err error) {
	periods := periodsOf(points)
	if text != "" {
		if at, err = c.directory.ReadPeriod("period", text, m); err != nil {
			return at, nil, err
		}
	}
	if len(periods) == 0 {
		return at, nil, nil
	}
	latest := periods[len(periods)-1]
	if text == "" {
		at = latest
	}
	if !slices.Contains(periods, at) {
		return at, nil, &figures.InputError{Parameter: "period", Value: text, Accepted: fmt.Sprintf("one with figures, from %s to %s", periods[0], latest)}
	}
	for _, p := range slices.Backward(periods) {
		choices = append(choices, Link{Text: p.Words(), Value: p.String(), Current: p == at})
	}
	return at, choices, nil
}

// view is how the figures of a measure page are looked at.
type view struct {
	m        *catalog.Measure
	scale    scale
	at       catalog.Period
	asOf     figures.Moment
	c        *Composer
	patients map[string]decimal.NullDecimal
}

// periodsOf are those that have a point in any place, in the order of time.
func periodsOf(points figures.Points) []catalog.Period {
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
	f := Figure{Text: v.scale.written(v.m, value), Plain: value.Round(4).String()}
	if v.scale == asNumber {
		f.Plain = plain(v.m, value)
	}
	return f
}

// ranked are the places in their order, England's row beside them.
func (v view) ranked(page *MeasurePage, england figures.Standing, places []figures.Standing, compared measure.Comparison) ([]RankedRow, error) {
	of, err := measure.Compare(v.m, []measure.Point{england.Now}, []decimal.NullDecimal{v.patients[footprint.England]})
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
		return compareFigures(v.scale.pick(places[i].Now), v.scale.pick(places[j].Now), direction)
	})
	for _, i := range at {
		rows = append(rows, v.rankedRow(places[i], compared.Intervals[i]))
	}
	page.Variations = key(rows, func(r RankedRow) Sign { return r.Variation }, variationWords)
	page.Assurances = key(rows, func(r RankedRow) Sign { return r.Assurance }, func(icon string) string { return spc.Assurance(icon).Words() })
	switch {
	case len(places) == 0:
	case !v.compares():
		page.Order = "By amount, the largest first, without ranks. Amounts of places of different size do not compare; the measure has no rate."
	default:
		page.Order = fmt.Sprintf("Rank 1 is the lowest figure; %s. A rank says nothing about chance: neighbours may change places without any cause.", directionWords(v.m.Direction))
	}
	return rows, nil
}

func variationWords(icon string) string { return spc.Variation(icon).Words() }

// key explains the signs of the rows, each icon once, the commonest first.
func key[R any](rows []R, pick func(R) Sign, words func(icon string) string) []Sign {
	times, signs := map[string]int{}, []Sign{}
	for _, r := range rows {
		sign := pick(r)
		if times[sign.Icon]++; times[sign.Icon] == 1 && sign.Icon != "" {
			signs = append(signs, Sign{sign.Icon, sign.Text, words(sign.Icon)})
		}
	}
	slices.SortStableFunc(signs, func(a, b Sign) int { return times[b.Icon] - times[a.Icon] })
	return signs
}

// compares tells whether the measure's figures compare between places of different size.
func (v view) compares() bool { return v.m.PerThousand || v.m.Ratio() }

func (v view) rankedRow(s figures.Standing, within measure.Interval) RankedRow {
	row := RankedRow{
		Code: s.Scope.Code, Name: s.Scope.Name, ShortName: s.Scope.Name, URL: footprintURL(s.Scope.Code, v.asOf) + "#" + v.m.ID, Rank: s.Rank,
		Value:     v.c.figure(v.m, v.scale, s.Now, s.Scope.Code, v.asOf),
		Lower:     v.amount(math.NaN()),
		Upper:     v.amount(math.NaN()),
		Variation: VariationSign(s.Signal, v.c.directory.Named), Assurance: assuranceSign(v.m, s.Signal), State: stateOf(v.m, s.Signal),
	}
	if s.Scope.Footprint != nil {
		row.ShortName = s.Scope.Footprint.ShortName
	}
	if within.Valid {
		row.Lower, row.Upper = v.amount(within.Lower), v.amount(within.Upper)
	}
	return row
}

// stateOf is how the figure stands against the target that the signal is about.
func stateOf(m *catalog.Measure, s *measure.Signal) Sign {
	if j, ok := s.Judged(); ok {
		return Sign{string(j.State), stateText(m, j), j.Reason}
	}
	return Sign{Text: "No target"}
}
