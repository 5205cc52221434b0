package dashboard

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/rates"
	"stpdash/internal/spc"
	"stpdash/internal/warehouse"
)

func measureURL(m *catalog.Measure, asOf AsOf) string {
	return address("/measures/"+m.ID, "as_of", asOf.Text)
}

// MeasurePage composes the page of one measure; an empty period is the latest one.
func (c *Composer) MeasurePage(ctx context.Context, id, period string, asOf AsOf) (MeasurePage, error) {
	m, ok := c.Catalog.Measure(id)
	if !ok {
		var ids []string
		for _, h := range c.Catalog.Headlines() {
			ids = append(ids, h.ID)
		}
		return MeasurePage{}, fmt.Errorf("measure %q: %w; there are %s, and their parts, which /api/v1/measures lists", id, warehouse.ErrNotFound, strings.Join(ids, ", "))
	}
	chosen, err := chooseScale(m, "")
	if err != nil {
		return MeasurePage{}, err
	}
	page := MeasurePage{
		Shell: c.shell(m.Title, "", asOf, "period", period), MeasureID: m.ID, About: c.about(m, asOf), Unit: unitHeading(m, chosen), ChartFormat: chartFormat(m),
		Time: addingUp(m), Downloads: downloads("/api/v1/overview", "measure", m.ID, "as_of", asOf.Text),
		TargetDownloads: downloads("/api/v1/targets", "measure", m.ID),
	}
	page.About.URL = ""
	for _, h := range c.Catalog.Headlines() {
		page.Others = append(page.Others, Link{Text: h.Title, URL: measureURL(h, asOf), Current: h == m})
	}
	if base := m.Base(); base != nil {
		page.Base, page.Derived = Link{Text: base.Title, URL: measureURL(base, asOf)}, m.Derived.By.Words()
	}
	points, err := c.points(ctx, asOf, m)
	if err != nil {
		return page, err
	}
	periods := periodsOf(points)
	if len(periods) == 0 {
		page.NoData = "No figures are loaded for this measure."
		page.Targets = targetRows(m, c.Catalog.TargetsOf(m.ID), nil)
		return page, nil
	}
	latest := periods[len(periods)-1]
	at := latest
	if period != "" {
		if at, err = c.Period("period", period, m); err != nil {
			return page, err
		}
		if !slices.Contains(periods, at) {
			return page, &InputError{"period", period, fmt.Sprintf("one with figures, from %s to %s", periods[0], latest)}
		}
	}
	page.Period, page.PeriodID = at.Words(), at.String()
	for _, p := range slices.Backward(periods) {
		page.Periods = append(page.Periods, Link{Text: p.Words(), Value: p.String(), Current: p == at})
	}
	if at != latest {
		page.DownloadNote = "The downloads hold the latest period, " + latest.Words() + "."
	}
	patients, err := c.RegisteredPatients(ctx, asOf)
	if err != nil {
		return page, err
	}
	standings, compared, err := c.standings(m, points, patients, at)
	if err != nil {
		return page, err
	}
	england := standings[0]
	places := slices.DeleteFunc(slices.Clone(standings), func(s Standing) bool { return s.Scope.Footprint == nil })
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
	page.Finding, page.Targets = headline(england), targetRows(m, c.Catalog.TargetsOf(m.ID), standings)
	if page.Ranked, err = v.ranked(&page, england, places, compared); err != nil {
		return page, err
	}
	if len(places) > 0 {
		page.Funnel = v.funnel(places, compared)
	}
	page.Lines, page.Scale = v.lines(points, england, places, periods[0])
	page.Sentences = v.sentences(england, places, compared)
	return page, nil
}

// view is how the figures of a measure page are looked at.
type view struct {
	m        *catalog.Measure
	scale    scale
	at       catalog.Period
	asOf     AsOf
	c        *Composer
	patients map[string]decimal.NullDecimal
}

func chartFormat(m *catalog.Measure) string {
	switch m.Unit {
	case catalog.Share:
		return "percent"
	case catalog.GBP:
		return "gbp"
	}
	return "number"
}

// periodsOf are those that have a point in any place, in the order of time.
func periodsOf(points table) []catalog.Period {
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
func (v view) ranked(page *MeasurePage, england Standing, places []Standing, compared measure.Comparison) ([]RankedRow, error) {
	of, err := measure.Compare(v.m, []measure.Point{england.Now}, []decimal.NullDecimal{v.patients[footprint.England]})
	if err != nil {
		return nil, err
	}
	page.England = v.rankedRow(england, of.Intervals[0])
	page.HasRanks = compared.Of > 0
	target := false
	var rows []RankedRow
	for i, s := range places {
		rows = append(rows, v.rankedRow(s, compared.Intervals[i]))
		page.HasIntervals = page.HasIntervals || compared.Intervals[i].Valid
		if s.Signal.Target != nil && !target {
			target, page.Target = true, s.Signal.Target.Title
		}
	}
	slices.SortStableFunc(rows, func(a, b RankedRow) int {
		if a.Value.Missing || b.Value.Missing {
			return boolRank(a.Value.Missing) - boolRank(b.Value.Missing)
		}
		return decimal.RequireFromString(b.Value.Plain).Cmp(decimal.RequireFromString(a.Value.Plain))
	})
	page.Variations = key(rows, func(r RankedRow) Sign { return r.Variation }, func(icon string) string { return spc.Variation(icon).Words() })
	page.Assurances = key(rows, func(r RankedRow) Sign { return r.Assurance }, func(icon string) string { return spc.Assurance(icon).Words() })
	switch {
	case len(places) == 0:
	case !v.compares():
		page.Order = "By amount, the largest first, without ranks. Amounts of places of different size do not compare; the measure has no rate."
	default:
		page.Order = fmt.Sprintf("Rank 1 is the highest figure; %s. A rank says nothing about chance: neighbours may change places without any cause.", directionWords(v.m.Direction))
	}
	return rows, nil
}

// key explains the signs of the rows, each icon once, the commonest first.
func key(rows []RankedRow, pick func(RankedRow) Sign, words func(icon string) string) []Sign {
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

func (v view) rankedRow(s Standing, within measure.Interval) RankedRow {
	row := RankedRow{
		Code: s.Scope.Code, Name: s.Scope.Name, ShortName: s.Scope.Name, URL: footprintURL(s.Scope.Code, v.asOf) + "#" + v.m.ID, Rank: s.Rank,
		Value:     v.c.figure(v.m, v.scale, s.Now, s.Scope.Code, v.asOf),
		Lower:     v.amount(math.NaN()),
		Upper:     v.amount(math.NaN()),
		Variation: s.Signal.VariationSign(), Assurance: s.Signal.AssuranceSign(v.m), State: s.Signal.state(),
	}
	if s.Scope.Footprint != nil {
		row.ShortName = s.Scope.Footprint.ShortName
	}
	if within.Valid {
		row.Lower, row.Upper = v.amount(within.Lower), v.amount(within.Upper)
	}
	return row
}

var stateWords = map[measure.State]string{
	measure.Met: "Met", measure.OnTrajectory: "On trajectory", measure.OffTrajectory: "Off trajectory", measure.CannotTell: "Cannot tell",
}

// state is how the figure stands against the target that the signal is about.
func (s *Signal) state() Sign {
	if s != nil && s.Target != nil {
		for _, j := range s.Judgements {
			if j.Target == s.Target {
				return Sign{string(j.State), stateWords[j.State], j.Reason}
			}
		}
	}
	return Sign{Text: "No target"}
}

// The lines of the small drawings, in the units of their view box.
const (
	lineWidth, lineHeight = 240.0, 80.0
	lineMargin            = 5.0
)

// pick is a point's value on the page's scale, in the unit that is written.
func (v view) pick(p measure.Point) (float64, bool) {
	value := v.scale.pick(p)
	if v.m.Unit == catalog.Share && v.scale == asNumber {
		value.Decimal = value.Decimal.Mul(hundred)
	}
	return value.Decimal.InexactFloat64(), value.Valid
}

// lines draws the series of all places till the chosen period on one scale.
func (v view) lines(points table, england Standing, places []Standing, first catalog.Period) ([]SmallLine, string) {
	drawn := places
	if v.compares() || len(places) == 0 {
		drawn = append([]Standing{england}, places...)
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range drawn {
		for _, p := range s.Signal.Chart.Points {
			if y, ok := v.pick(p); ok {
				low, high = min(low, y), max(high, y)
			}
			if asked, ok := v.asked(s, points[s.Scope.Code], p); ok {
				low, high = min(low, asked), max(high, asked)
			}
		}
	}
	if low > high {
		return nil, ""
	}
	if v.m.Unit != catalog.Share {
		low, high = min(low, 0), max(high, 0)
	}
	if low == high {
		low, high = low-1, high+1
	}
	steps := map[string]int{}
	for p := first; !p.Start.After(v.at.Start); p = p.Next() {
		steps[p.String()] = len(steps)
	}
	if len(steps) < 2 {
		return nil, "" // there is no course of time to draw
	}
	x := func(p catalog.Period) float64 {
		return lineMargin + (lineWidth-2*lineMargin)*float64(steps[p.String()])/float64(len(steps)-1)
	}
	y := func(value float64) float64 {
		return lineHeight - lineMargin - (lineHeight-2*lineMargin)*(value-low)/(high-low)
	}
	var lines []SmallLine
	for _, s := range drawn {
		lines = append(lines, v.line(s, points[s.Scope.Code], x, y))
	}
	end := func(y float64) string {
		switch {
		case y == 0:
			return "zero"
		case v.m.Unit == catalog.Share:
			y /= 100
		}
		return v.amount(y).Text
	}
	return lines, fmt.Sprintf("Each drawing runs from %s to %s and from %s at its foot to %s at its top, so that heights compare.",
		first.Words(), v.at.Words(), end(low), end(high))
}

func (v view) line(s Standing, points []measure.Point, x func(catalog.Period) float64, y func(float64) float64) SmallLine {
	chart := s.Signal.Chart
	line := SmallLine{
		Code: s.Scope.Code, Name: s.Scope.Name, URL: footprintURL(s.Scope.Code, v.asOf) + "#" + v.m.ID,
		Latest: v.c.figure(v.m, v.scale, s.Now, s.Scope.Code, v.asOf), Variation: s.Signal.VariationSign(),
	}
	line.Latest.ProvenanceURL = "" // the ranked table leads there
	var path, target strings.Builder
	drawing, asking := false, false
	var first, last, lowest, highest *measure.Point
	missing := 0
	for i := range chart.Points {
		p := &chart.Points[i]
		value, ok := v.pick(*p)
		if !ok {
			missing++
			drawing = false
		} else {
			if drawing && chart.Chart.Points[i].Group != chart.Chart.Points[i-1].Group {
				drawing = false
			}
			stroke(&path, drawing, x(p.Period), y(value))
			drawing = true
			if first == nil {
				first, lowest, highest = p, p, p
			}
			last = p
			if v.scale.pick(*p).Decimal.LessThan(v.scale.pick(*lowest).Decimal) {
				lowest = p
			}
			if v.scale.pick(*p).Decimal.GreaterThan(v.scale.pick(*highest).Decimal) {
				highest = p
			}
			if p.Period == v.at {
				line.X, line.Y = fmt.Sprintf("%.1f", x(p.Period)), fmt.Sprintf("%.1f", y(value))
			}
		}
		asked, ok := v.asked(s, points, *p)
		if ok {
			stroke(&target, asking, x(p.Period), y(asked))
		}
		asking = ok
	}
	line.Path, line.TargetPath = path.String(), target.String()
	if first == nil {
		line.Label = s.Scope.Name + ": no figure in any period."
		return line
	}
	at := func(p *measure.Point) string {
		return fmt.Sprintf("%s in %s", v.scale.written(v.m, v.scale.pick(*p).Decimal), p.Period.Words())
	}
	line.Label = fmt.Sprintf("%s: from %s to %s; lowest %s, highest %s.", s.Scope.Name, at(first), at(last), at(lowest), at(highest))
	if missing > 0 {
		line.Label += " " + plural(missing, "period is", "periods are") + " without a figure."
	}
	return line
}

// asked is what the target of a place asks for in the period of a point, on the scale of the drawing.
func (v view) asked(s Standing, points []measure.Point, p measure.Point) (float64, bool) {
	if s.Signal.Target == nil {
		return 0, false
	}
	asked := Judge([]*catalog.Target{s.Signal.Target}, points, p)[0].Asked
	if patients := v.patients[s.Scope.Code].Decimal; v.scale == asRate && asked.Valid {
		if !patients.IsPositive() {
			return 0, false
		}
		asked.Decimal = asked.Decimal.Mul(decimal.NewFromInt(1000)).Div(patients)
	}
	y, ok := v.pick(measure.Point{Value: asked, Rate: asked})
	return y, ok
}

// stroke goes on with a line, or begins one, whose round end is a dot where nothing follows.
func stroke(path *strings.Builder, on bool, x, y float64) {
	if on {
		fmt.Fprintf(path, "L%.1f %.1f", x, y)
		return
	}
	fmt.Fprintf(path, "M%.1f %.1fh0", x, y)
}

// where are the places in the funnel in words.
var where = map[rates.Significance]string{
	rates.High3s: "above the 99.8% limit", rates.High2s: "above the 95% limit", rates.Low3s: "below the 99.8% limit", rates.Low2s: "below the 95% limit",
	rates.NotSignificant: "within the limits", rates.NotJudged: "not judged",
}

// funnel holds the places against all of them together.
func (v view) funnel(places []Standing, compared measure.Comparison) FunnelPlot {
	f := compared.Funnel
	switch {
	case compared.Reason != "":
		return FunnelPlot{Reason: compared.Reason}
	case f == nil:
		return FunnelPlot{Reason: "No footprint has a figure that could be compared."}
	case math.IsNaN(f.Baseline):
		return FunnelPlot{Reason: "No funnel can be drawn: " + f.Reason + "."}
	}
	plot := FunnelPlot{Denominator: v.denominator(), Centre: v.amount(f.Baseline)}
	outside := map[rates.Significance][]string{}
	for i, s := range places {
		u := f.Units[i]
		if u.Reason != "" {
			continue
		}
		band, lies := u.Verdict()
		outside[lies] = append(outside[lies], s.Scope.Name)
		plot.Rows = append(plot.Rows, FunnelRow{
			Code: s.Scope.Code, Name: s.Scope.Name, URL: footprintURL(s.Scope.Code, v.asOf) + "#" + v.m.ID,
			Denominator: Figure{Text: count(decimal.NewFromFloat(u.Denominator)), Plain: fmt.Sprint(u.Denominator)}, Value: v.amount(u.Value),
			Lower95: v.amount(band.Lower2s), Upper95: v.amount(band.Upper2s), Lower998: v.amount(band.Lower3s), Upper998: v.amount(band.Upper3s),
			Where: where[lies], Outside: lies == rates.High3s || lies == rates.Low3s,
		})
	}
	slices.SortStableFunc(plot.Rows, func(a, b FunnelRow) int {
		return decimal.RequireFromString(b.Denominator.Plain).Cmp(decimal.RequireFromString(a.Denominator.Plain))
	})
	plot.Sentences = append(plot.Sentences, fmt.Sprintf("The centre line is %s, that of the %s with a figure together. England's own figure may differ, as it has organisations that are in no single footprint.",
		plot.Centre.Text, plural(len(plot.Rows), "footprint", "footprints")))
	plot.Sentences = append(plot.Sentences, dispersionWords(f))
	named := false
	for _, lies := range []rates.Significance{rates.High3s, rates.Low3s} {
		if names := outside[lies]; len(names) > 0 {
			// Some names have commas of their own.
			plot.Sentences = append(plot.Sentences, fmt.Sprintf("%s: %s.", capital(where[lies]), strings.Join(names, "; ")))
			named = true
		}
	}
	if !named {
		plot.Sentences = append(plot.Sentences, "No footprint lies outside the 99.8% limits.")
	}
	if left := len(places) - len(plot.Rows); left > 0 {
		plot.Sentences = append(plot.Sentences, plural(left, "footprint is", "footprints are")+" not in the funnel, for want of a figure.")
	}
	return plot
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// denominator is what the funnel's places differ in size by.
func (v view) denominator() string {
	switch {
	case v.m.PerThousand:
		return "Registered patients"
	case v.m.Denominator != nil && v.m.Denominator.Description != "":
		return v.m.Denominator.Description
	}
	return "Denominator"
}

// dispersionWords says whether the footprints differ by more than chance, and what the limits make of it.
func dispersionWords(f *rates.Funnel) string {
	switch {
	case f.Reason != "":
		return "The limits allow for chance alone: whether the footprints differ by more could not be told, because " + f.Reason + "."
	case f.Tau2 > 0:
		return fmt.Sprintf("Over-dispersion was found: the footprints vary %s times as much as chance alone would have it (φ, of which 1 is chance), "+
			"so the limits are widened by the differences usual between them.", grouped(decimal.NewFromFloat(f.Phi), 1))
	}
	return fmt.Sprintf("No over-dispersion was found (φ = %s, of which 1 is chance), so the limits allow for chance alone.", grouped(decimal.NewFromFloat(f.Phi), 1))
}

// variationKinds are the kinds of special cause in the order in which they are told.
var variationKinds = []spc.Variation{spc.ConcernHigh, spc.ConcernLow, spc.ImprovementHigh, spc.ImprovementLow, spc.NeutralVariationHigh, spc.NeutralVariationLow}

var kindWords = map[spc.Variation]string{
	spc.ConcernHigh: "of concern (high)", spc.ConcernLow: "of concern (low)", spc.ImprovementHigh: "of improvement (high)", spc.ImprovementLow: "of improvement (low)",
	spc.NeutralVariationHigh: "that is neither good nor bad in itself (high)", spc.NeutralVariationLow: "that is neither good nor bad in itself (low)",
}

// sentences say beside the headline how England and the 44 stand.
func (v view) sentences(england Standing, places []Standing, compared measure.Comparison) []string {
	var sentences []string
	if england.Before != nil && england.Before.Value.Valid {
		sentences = append(sentences, fmt.Sprintf("In %s it was %s.", england.Before.Period.Words(), written(v.m, england.Before.Value.Decimal)))
	}
	sentences = append(sentences, v.m.Events(v.at)...)
	change := england.Signal.VariationSign().Words
	if len(places) == 0 {
		return append(sentences, "England: "+change, "The figures are stated for England as a whole; the footprints have none.")
	}
	if tally := variationTally(places); tally == "The footprints: "+change {
		sentences = append(sentences, "England and the footprints: "+change)
	} else {
		sentences = append(sentences, "England: "+change, tally)
	}
	without := 0
	for _, s := range places {
		if !s.Now.Value.Valid {
			without++
		}
	}
	if without > 0 {
		sentences = append(sentences, fmt.Sprintf("%s no figure for %s.", plural(without, "footprint has", "footprints have"), v.at.Words()))
	}
	if f := compared.Funnel; f != nil && !math.IsNaN(f.Baseline) {
		sentences = append(sentences, funnelTally(f))
	}
	asked := false
	for _, t := range v.c.Catalog.TargetsOf(v.m.ID) {
		if standing := targetTally(t, places); standing != "" {
			sentences, asked = append(sentences, fmt.Sprintf("%s: %s", t.Title, standing)), true
		}
	}
	if !asked {
		sentences = append(sentences, fmt.Sprintf("No target asks for anything of the footprints in %s.", v.at.Words()))
	}
	return sentences
}

// variationTally says how many places show special cause of which kind.
func variationTally(places []Standing) string {
	tally, reasons := map[spc.Variation]int{}, map[string]int{}
	for _, s := range places {
		tally[s.Signal.Variation]++
		if s.Signal.Variation == spc.NoVariation && s.Now.Value.Valid {
			reasons[s.Signal.Untold]++
		}
	}
	untold := tally[spc.NoVariation]
	if untold == len(places) {
		for reason := range reasons {
			if len(reasons) == 1 {
				return "The footprints: " + reason
			}
		}
		return fmt.Sprintf("For none of the %d footprints can it be told whether the figure is more than chance.", len(places))
	}
	var kinds []string
	for _, kind := range variationKinds {
		if n := tally[kind]; n > 0 {
			words := fmt.Sprint(n)
			if len(kinds) == 0 {
				words = plural(n, "shows", "show") + " special cause variation"
			}
			kinds = append(kinds, words+" "+kindWords[kind])
		}
	}
	words := fmt.Sprintf("Of the %d footprints, ", len(places))
	if len(kinds) > 0 {
		words += list(kinds)
	} else {
		words += "none shows special cause variation"
	}
	words += "; " + plural(tally[spc.CommonVariation], "shows", "show") + " no significant change"
	if untold > 0 {
		words += fmt.Sprintf("; for %d it cannot be told", untold)
	}
	return words + "."
}

// funnelTally says how many places lie beyond the funnel's limits.
func funnelTally(f *rates.Funnel) string {
	lie := map[rates.Significance]int{}
	for _, u := range f.Units {
		if u.Reason == "" {
			_, lies := u.Verdict()
			lie[lies]++
		}
	}
	allows := "chance alone"
	if f.Tau2 > 0 {
		allows = "chance and the differences usual between footprints"
	}
	words := fmt.Sprintf("Beside each other, %s above and %d below the funnel's 99.8%% limits, which allow for %s", plural(lie[rates.High3s], "lies", "lie"),
		lie[rates.Low3s], allows)
	if n := lie[rates.High2s] + lie[rates.Low2s]; n > 0 {
		words += fmt.Sprintf("; %s beyond the 95%% limits, where about 1 in 20 would lie anyway", plural(n, "more lies", "more lie"))
	}
	return words + "."
}

// targetTally says how many places stand how against a target in the period; empty when it asks nothing of any of them.
func targetTally(t *catalog.Target, standings []Standing) string {
	tally, asks := map[measure.State]int{}, false
	for _, s := range standings {
		if s.Signal == nil {
			continue
		}
		for _, j := range s.Signal.Judgements {
			if j.Target == t {
				tally[j.State]++
				asks = asks || j.Asked.Valid
			}
		}
	}
	if !asks {
		return ""
	}
	var parts []string
	for _, of := range []struct {
		state     measure.State
		one, many string
	}{
		{measure.Met, "footprint meets it", "footprints meet it"},
		{measure.OnTrajectory, "is on the way to it", "are on the way to it"},
		{measure.OffTrajectory, "does not reach what it asks for", "do not reach what it asks for"},
		{measure.CannotTell, "cannot be told", "cannot be told"},
	} {
		if n := tally[of.state]; n > 0 || of.state == measure.Met {
			parts = append(parts, plural(n, of.one, of.many))
		}
	}
	return strings.Join(parts, "; ") + "."
}

// targetRows are the targets with how England and the footprints stand; without standings none is stated.
func targetRows(m *catalog.Measure, targets []*catalog.Target, standings []Standing) []TargetRow {
	var rows []TargetRow
	for _, t := range targets {
		row := TargetRow{Title: t.Title, Note: t.Note, Source: t.Citation.Title, URL: t.Citation.URL, Asks: targetAsks(m, t)}
		var parts []string
		if len(standings) > 0 {
			for _, j := range standings[0].Signal.Judgements {
				if j.Target == t {
					words := strings.ToLower(stateWords[j.State])
					if j.Reason != "" {
						words += ", because " + j.Reason
					}
					parts = append(parts, "England: "+words+".")
				}
			}
			places := slices.DeleteFunc(slices.Clone(standings), func(s Standing) bool { return s.Scope.Footprint == nil })
			if tally := targetTally(t, places); tally != "" {
				parts = append(parts, tally)
			}
		}
		row.Standing = strings.Join(parts, " ")
		rows = append(rows, row)
	}
	return rows
}

// targetAsks is a trajectory in words.
func targetAsks(m *catalog.Measure, t *catalog.Target) string {
	bound := map[catalog.Bound]string{catalog.AtLeast: "At least", catalog.AtMost: "At most"}[t.Bound]
	base, multiples := t.BaselinePeriod()
	var values []string
	for _, w := range t.Values {
		value := written(m, w.Amount)
		if multiples {
			value = grouped(w.Amount.Mul(hundred), 1) + "% of the figure of " + base.Words()
		}
		when := " from "
		if t.Shape != catalog.Step {
			when = " in "
		}
		values = append(values, value+when+w.At.Words())
	}
	words := bound + " " + list(values)
	if t.Shape == catalog.Line && len(t.Values) > 1 {
		words += ", in a straight line between"
	}
	if until, err := catalog.ParsePeriod(t.Until); err == nil {
		words += ", until " + until.Words()
	}
	if t.Tolerance().IsPositive() {
		words += fmt.Sprintf("; figures up to %s on the wrong side count as on trajectory", written(m, t.Tolerance()))
	}
	return words + "."
}

// addingUp says how the figures of organisations and of periods make one.
func addingUp(m *catalog.Measure) []string {
	var sentences []string
	switch {
	case m.Level == catalog.ByEngland:
		sentences = append(sentences, "It is stated for England as a whole and not for organisations.")
	case m.Derived != nil:
		sentences = append(sentences, "It is worked out for each place from the figures of that place.")
	case m.Ratio():
		sentences = append(sentences, "Numerators and denominators of the organisations in a place are added up before one is divided by the other. Without every organisation there is no figure.")
	default:
		sentences = append(sentences, "The figures of the organisations in a place are added up. Without every organisation there is no figure.")
	}
	switch {
	case m.Derived != nil && m.Derived.By == catalog.YearChange:
		sentences = append(sentences, "Changes of several periods do not add up.")
	case m.OverTime == catalog.EndOfPeriod:
		sentences = append(sentences, "Of several periods the last one stands for all.")
	case m.OverTime == catalog.Averaged:
		sentences = append(sentences, "Of several periods the mean is taken.")
	case m.Overlaps():
		sentences = append(sentences, "Its figures share months, so those of several periods do not add up.")
	case m.Ratio():
		sentences = append(sentences, "Of several periods numerators and denominators are added up before one is divided by the other.")
	default:
		sentences = append(sentences, "The figures of several periods are added up.")
	}
	return sentences
}
