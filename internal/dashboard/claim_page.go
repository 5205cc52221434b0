package dashboard

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/register"
)

// ClaimPage composes the page of one claim.
func (c *Composer) ClaimPage(ctx context.Context, id string, asOf figures.Moment) (ClaimPage, error) {
	claimed, err := c.register.Find(id)
	if err != nil {
		return ClaimPage{}, fmt.Errorf("%w: %s", figures.ErrNotFound, err.Error())
	}
	r, err := c.register.Test(ctx, asOf, claimed)
	if err != nil {
		return ClaimPage{}, err
	}
	m, err := c.figures.MeasureAsOf(ctx, claimed.Measure, asOf)
	if err != nil {
		return ClaimPage{}, err
	}
	page := ClaimPage{
		Shell: c.shell(claimed.Title, "claims", asOf), ClaimID: id, Claimed: claimed.Claimed, Places: c.placesOf(claimed.Places, asOf),
		Measure: Link{Text: m.Title, URL: measureURL(m, asOf)}, Verdict: verdictTag(r.Verdict), Summary: r.Summary,
		IsPlan: claimed.IsPlan(), Needs: r.Needs, Note: claimed.Note, Source: Link{Text: claimed.Citation.Title, URL: claimed.Citation.URL},
		JSON: address("/api/v1/claims/"+id, "as_of", asOf.Text), Pack: address("/claims/"+id+"/pack.zip", "as_of", asOf.Text),
	}
	for _, reason := range r.Reasons[min(1, len(r.Reasons)):] {
		page.Reasons = append(page.Reasons, strings.TrimSuffix(capital(reason), ".")+".")
	}
	t := claimView{c, claimed, m, r, asOf}
	page.Rows, page.Outturn = t.rows(), t.outturn()
	page.Chart, page.Placebos = t.chart(), t.placebos()
	for _, check := range r.Checks {
		row := CheckRow{check.Found(), capital(string(check.Outcome)), outcomeColours[check.Outcome], capital(check.Finding) + ".", check.Source}
		if check.Outcome == claim.DoesNotApply {
			page.NotApplying = append(page.NotApplying, row)
		} else {
			page.Checks = append(page.Checks, row)
		}
	}
	page.Tests, page.Design, page.Rules, page.Published = t.tests(), t.design(), t.rules(), t.published()
	if u := claimed.UnitCost; u != nil {
		page.UnitCost = Link{Text: u.Citation.Title, URL: u.Citation.URL}
	}
	for _, e := range claimed.Evaluations {
		page.Evaluations = append(page.Evaluations, Evaluation{e.What, e.Citation.Title, e.Citation.URL})
	}
	for _, code := range claimed.Places {
		if code == catalog.EnglandPlace {
			code = footprint.England
		}
		page.Provenance = append(page.Provenance, Link{Text: c.directory.NameOf(code), URL: seriesDownloads(m, code, asOf).CSV})
	}
	kept, err := c.register.Verdicts(ctx, asOf, id)
	if err != nil {
		return page, err
	}
	page.History = history(kept)
	if n := len(kept); asOf.Text != "" && n > 0 && kept[n-1].Verdict != string(r.Verdict) {
		page.Kept = fmt.Sprintf("The verdict that was kept then is “%s”, found on %s by version %s; this page tests the figures of then by the rules and the definitions of now.",
			kept[n-1].Verdict, Moment(kept[n-1].At), kept[n-1].Version)
	}
	page.Versions = []Fact{{"Claim", r.Definition}, {"Measure", r.MeasureOf}, {"Program", c.version}}
	return page, nil
}

// causesInWords are what changed between two verdicts.
func causesInWords(causes []string) string {
	words := map[string]string{register.FirstTest: "First test", register.NewFigures: "Figures", register.NewDefinition: "Definitions", register.NewCodeVersion: "Version of the program"}
	var why []string
	for _, cause := range causes {
		why = append(why, words[cause])
	}
	return strings.Join(why, ", ")
}

// history are the tests at which the verdict changed, and the last one, newest first.
func history(kept []register.Verdict) []HistoryRow {
	var rows []HistoryRow
	for i, v := range kept {
		var before *register.Verdict
		if i > 0 {
			before = &kept[i-1]
		}
		if before != nil && before.Verdict == v.Verdict && i < len(kept)-1 {
			continue
		}
		row := HistoryRow{When: Moment(v.At), Verdict: verdictTag(claim.Verdict(v.Verdict)), Load: Link{Text: fmt.Sprintf("Load %d", v.Load), URL: loadURL(v.Load)}}
		row.Why = causesInWords(register.Causes(before, v))
		rows = append(rows, row)
	}
	slices.Reverse(rows)
	return rows
}

// claimView is a claim with what it was tested by.
type claimView struct {
	c     *Composer
	claim *catalog.Claim
	m     *catalog.Measure
	r     *claim.Result
	asOf  figures.Moment
}

var outcomeColours = map[claim.Outcome]string{claim.Passed: "green", claim.Failed: "red", claim.CannotTell: "grey", claim.DoesNotApply: "white"}

// numberOf is a figure of the mathematics as a decimal; null where there is none.
func numberOf(n evidence.Number) decimal.NullDecimal {
	if f := float64(n); !math.IsNaN(f) && !math.IsInf(f, 0) {
		return decimal.NewNullDecimal(decimal.NewFromFloat(f))
	}
	return decimal.NullDecimal{}
}

// signedPercent is a change in per cent with its sign; empty where there is none.
func signedPercent(n evidence.Number) string {
	return claim.Signed(n)
}

func plusOrMinus(d decimal.Decimal, size string) string {
	switch d.Round(1).Sign() {
	case 1:
		return "+" + size
	case -1:
		return "−" + size
	}
	return size
}

// interval writes an interval.
func interval(i *[2]float64, write func(evidence.Number) string) string {
	if i == nil {
		return ""
	}
	return write(evidence.Number(i[0])) + " to " + write(evidence.Number(i[1]))
}

// seen is the effect with its interval; empty where nothing was estimated.
func seen(r *claim.Result, m *catalog.Measure) string {
	if o := r.Outturn; o != nil && !o.Variance.Missing() {
		return moved(o.Change, o.Unit, m)
	}
	if r.Effect == nil || r.Effect.Percent.Missing() {
		return ""
	}
	text := signedPercent(r.Effect.Percent)
	if i := r.Effect.PercentInterval; i != nil {
		text += " (" + interval(i, signedPercent) + ")"
	}
	return text
}

// moved is a change in per cent, or in what the measure counts; empty where there is none.
func moved(change evidence.Number, unit catalog.SizeUnit, m *catalog.Measure) string {
	d := numberOf(change)
	switch {
	case !d.Valid:
		return ""
	case unit == catalog.Percent:
		return signedPercent(change)
	}
	return plusOrMinus(d.Decimal, size(d.Decimal, unit, m))
}

// size is a change without its sign.
func size(change decimal.Decimal, unit catalog.SizeUnit, m *catalog.Measure) string {
	switch {
	case unit == catalog.Percent:
		return grouped(change.Abs(), 1) + "%"
	case m.Unit == catalog.GBP:
		return pounds(change.Abs().Round(0))
	}
	return grouped(change.Abs(), 0)
}

// claimedSize is what is claimed of the measure: "14% lower", "7,500 fewer", the words of the publication, or that no size is stated.
func claimedSize(c *catalog.Claim, m *catalog.Measure) string {
	lower := c.Towards == catalog.Decrease
	size := c.Amount()
	switch {
	case c.Stated != "":
		return c.Stated
	case !size.Valid:
		return map[bool]string{true: "Lower, no size stated", false: "Higher, no size stated"}[lower]
	case c.Unit == catalog.Percent:
		return size.Decimal.String() + "% " + map[bool]string{true: "lower", false: "higher"}[lower]
	case m.Unit == catalog.GBP:
		return pounds(size.Decimal) + map[bool]string{true: " less", false: " more"}[lower]
	default:
		return count(size.Decimal) + map[bool]string{true: " fewer", false: " more"}[lower]
	}
}

func (t claimView) rows() []ClaimedRow {
	c, r := t.claim, t.r
	change := ClaimedRow{What: t.m.Title, Claimed: claimedSize(c, t.m), Seen: seen(r, t.m)}
	counted := c.Unit == catalog.Count && r.Effect != nil && t.m.Unit == catalog.Number
	if c.Covers != nil {
		change.Claimed += ", of a part: " + c.Covers.Words
		switch p := numberOf(r.Claimed.Percent); {
		case p.Valid:
			change.Note = fmt.Sprintf("Of the whole footprint's figures that is %s.", claim.PercentOf(r.Claimed.Percent))
		case r.Claimed.Reason != "":
			change.Note = capital(r.Claimed.Reason) + "."
		}
	}
	if p := numberOf(r.Claimed.Percent); counted && p.Valid {
		change.What += ", of what would have been expected"
		change.Claimed, change.Note = claim.PercentOf(r.Claimed.Percent)+" "+map[bool]string{true: "lower", false: "higher"}[c.Towards == catalog.Decrease], ""
	}
	if e := r.Effect; e != nil && !e.Percent.Missing() {
		change.Seen, change.Interval = signedPercent(e.Percent), interval(e.PercentInterval, signedPercent)
	}
	rows := []ClaimedRow{change}
	if e := r.Effect; e != nil && !e.PerPeriod.Missing() && t.m.Unit == catalog.Number {
		total := func(n evidence.Number) string {
			d := numberOf(n)
			return plusOrMinus(d.Decimal, grouped(d.Decimal.Abs(), 0))
		}
		row := ClaimedRow{What: fmt.Sprintf("%s over the %d periods tested", capital(t.m.Counted), r.Design.After), Seen: total(e.Total), Interval: interval(e.TotalInterval, total)}
		if !t.m.AddsUpOverTime() {
			row.What = fmt.Sprintf("%s, on average over the %d periods tested", capital(t.m.Counted), r.Design.After)
			row.Seen, row.Interval = total(e.PerPeriod), interval(e.PeriodInterval, total)
		}
		if counted {
			row.Claimed = claimedSize(c, t.m)
		}
		rows = append(rows, row)
	}
	if p := r.Pounds; p != nil {
		row := ClaimedRow{What: "Pounds saved", Claimed: "none stated", Seen: Pounds(p.Estimate), Note: p.Reason}
		if p.Claimed != "" {
			row.Claimed = Pounds(p.Claimed)
		}
		if p.Low != "" {
			row.Interval = Pounds(p.Low) + " to " + Pounds(p.High)
		}
		if row.Note != "" {
			row.Note = capital(row.Note) + "."
		}
		rows = append(rows, row)
		if p.Evidenced != "" && r.Verdict != claim.CannotBeTested {
			rows = append(rows, ClaimedRow{What: "Pounds evidenced", Seen: Pounds(p.Evidenced), Note: "What the verdict lets stand, never more than claimed."})
		}
		if p.Net != "" && r.Verdict != claim.CannotBeTested {
			rows = append(rows, ClaimedRow{What: "Less what the scheme cost", Seen: Pounds(p.Net)})
		}
	}
	return rows
}

func (t claimView) outturn() []Fact {
	o := t.r.Outturn
	if o == nil {
		return nil
	}
	counted := func(text string) string {
		if text != "" && o.Unit == catalog.Count && t.m.Unit == catalog.Number {
			text += " " + t.m.Counted
		}
		return text
	}
	write := func(n evidence.Number) string { return counted(moved(n, o.Unit, t.m)) }
	var facts []Fact
	add := func(term, words string) {
		if words != "" {
			facts = append(facts, Fact{term, words})
		}
	}
	planned := write(o.Planned)
	if d := numberOf(o.Planned); o.Unit == catalog.Percent && d.Valid && d.Decimal.Round(1).IsInteger() {
		planned = plusOrMinus(d.Decimal, grouped(d.Decimal.Abs(), 0)+"%") // as it was stated
	}
	add("Planned", planned)
	add("Actual", write(o.Change))
	if o.Unit == catalog.Percent && !o.Variance.Missing() {
		d := numberOf(o.Variance).Decimal
		add("Away from plan", plusOrMinus(d, grouped(d.Abs(), 1))+" points")
	} else {
		add("Away from plan", write(o.Variance))
	}
	if o.OverPlan != "" {
		add("Cost beyond the plan", Pounds(o.OverPlan))
		each := "For each"
		if o.Published != nil { // the published difference is priced, not that of the figures
			each = "For each of the published " + counted(size(numberOf(o.Published.Change-o.Planned).Decimal, o.Unit, t.m))
		}
		add(each, Pounds(o.UnitCost))
	}
	if o.Base != "" {
		add("Year before", fmt.Sprintf("From %s: %s", catalog.PeriodWords(o.Base), t.level(o.BaseFigure)))
		from, to, _ := strings.Cut(o.Year, " to ")
		add("Year compared", fmt.Sprintf("%s until %s: %s", catalog.PeriodWords(from), catalog.PeriodWords(to), t.level(o.YearFigure)))
	}
	if own := o.Own; own != nil {
		from, to, _ := strings.Cut(own.Year, " to ")
		words := fmt.Sprintf("%s until %s: %s", catalog.PeriodWords(from), catalog.PeriodWords(to), t.level(own.Figure))
		if !own.Change.Missing() {
			words += fmt.Sprintf(", a change of %s. Not judged", write(own.Change))
		}
		add("The plan's own year", words)
	}
	add("Outturn published by", o.PublishedBy)
	if p := o.Published; p != nil {
		add("As published", fmt.Sprintf("%s, which %s with the figures (%s)", write(p.Change), map[bool]string{true: "agrees", false: "does not agree"}[p.Agrees], p.By))
	}
	return facts
}

func (t claimView) level(n evidence.Number) string {
	if d := numberOf(n); d.Valid {
		if t.m.Unit == catalog.Number {
			return grouped(d.Decimal, 0)
		}
		return written(t.m, d.Decimal)
	}
	return "no figure"
}

// drawn is a figure of a chart, rounded as the measure's own are.
func (t claimView) drawn(n evidence.Number) Figure {
	d := numberOf(n)
	if !d.Valid {
		return Figure{Text: "no figure", Missing: true}
	}
	if t.m.Unit == catalog.Number || t.m.Unit == catalog.GBP {
		return Figure{Text: t.level(evidence.Number(d.Decimal.Round(0).InexactFloat64())), Plain: d.Decimal.Round(2).String()}
	}
	return Figure{Text: written(t.m, d.Decimal), Plain: plain(t.m, d.Decimal)}
}

// chart has the figures as they were beside those that would have been, or how they went where nothing could be estimated.
func (t claimView) chart() CourseChart {
	start, _ := t.claim.StartPeriod()
	chart := CourseChart{Format: chartFormat(t.m), Unit: unitHeading(t.m, asNumber)}
	place := t.claim.Places[0]
	if place == catalog.EnglandPlace {
		place = footprint.England
	}
	provenance := func(p catalog.Period) string {
		if len(t.claim.Places) > 1 {
			return "" // of several places together there is no one figure
		}
		return provenanceURL(t.m, place, p, t.asOf)
	}
	switch e, course := t.r.Effect, t.r.Course; {
	case e != nil && len(e.Path) > 0:
		chart.Kind, chart.First, chart.Second = "counterfactual", "As it was", "As it would have been"
		chart.Title = "As it was, and as it would have been without the scheme"
		chart.Sentence = fmt.Sprintf("What would have been is the counterfactual, by %s. It is an estimate: how far it may be off is told by the changes that the same method finds where there was no scheme.", t.r.Design.Method)
		if t.r.Design.Method == claim.TimeSeries {
			chart.Sentence = "What would have been is the counterfactual: the trend and the season of the figures before the start, carried on. Anything else that happened then counts as the effect."
		}
		for _, at := range e.Path {
			p, err := catalog.ParsePeriod(at.Period)
			if err != nil {
				continue
			}
			point := CoursePoint{PeriodID: at.Period, Period: p.Words(), First: t.drawn(at.Actual), Second: t.drawn(at.Counterfactual), Starts: p == start}
			point.First.ProvenanceURL = provenance(p)
			if !p.Start.Before(start.Start) && at.Counterfactual > 0 {
				point.Gap = signedPercent((at.Actual - at.Counterfactual) / at.Counterfactual * 100)
			}
			chart.Points = append(chart.Points, point)
		}
	case course != nil:
		chart.Kind, chart.First, chart.Second, chart.Format = "course", "Places of the claim", "Median of the other footprints", "number"
		chart.Title, chart.Unit = "How the figures went", "per cent of the mean of "+course.Base
		chart.Sentence = fmt.Sprintf("No effect could be estimated. This shows only how the figures went: 100 is the mean of %s. It is no counterfactual, and proves nothing for or against the claim.", course.Base)
		if t.claim.IsPlan() {
			chart.Sentence = fmt.Sprintf("100 is the mean of %s. It is no counterfactual: whatever moved the figures, the plan or something else, is in them.", course.Base)
		}
		if t.claim.OfEngland() {
			chart.Second = ""
		}
		told := map[string]bool{} // of the notes of events
		for _, at := range course.Points {
			p, err := catalog.ParsePeriod(at.Period)
			if err != nil {
				continue
			}
			point := CoursePoint{PeriodID: at.Period, Period: p.Words(), First: indexed(at.Index), Second: indexed(at.Median), Starts: p == start}
			point.First.ProvenanceURL, point.Note = provenance(p), t.drawn(at.Figure).Text
			if len(at.Events) > 0 {
				point.Event = "Known event: shown, not compared"
				for _, note := range at.Events {
					if !told[note] {
						told[note] = true
						chart.Sentence += " " + claim.Sentence(note)
					}
				}
			}
			chart.Points = append(chart.Points, point)
		}
	}
	if slices.ContainsFunc(chart.Points, func(p CoursePoint) bool { return p.Starts }) {
		chart.Starts = start.Words()
	}
	return chart
}

func indexed(n evidence.Number) Figure {
	d := numberOf(n)
	if !d.Valid {
		return Figure{Text: "no figure", Missing: true}
	}
	return Figure{Text: grouped(d.Decimal, 1), Plain: d.Decimal.Round(2).String()}
}

// placebos are the changes found in each place, the largest first.
func (t claimView) placebos() PlaceboChart {
	model := t.r.Model
	if model == nil || model.Placebos == nil {
		return PlaceboChart{}
	}
	units := slices.Clone(model.Placebos.Units)
	size := func(p evidence.Placebo) float64 { return math.Abs(float64(p.Estimate)) }
	slices.SortStableFunc(units, func(a, b evidence.Placebo) int {
		switch {
		case size(a) > size(b):
			return -1
		case size(a) < size(b):
			return 1
		}
		return 0
	})
	rank := model.Placebos.EffectRank
	chart := PlaceboChart{Starts: t.r.Design.Start, Sentence: fmt.Sprintf(
		"The same method was used on each of the %d other places as if it had had the scheme. The claim's own change ranks %d of %d by size: by chance alone one as large comes in about %d of 100 cases.",
		len(units)-1, rank, len(units), int(math.Round(float64(model.Placebos.EffectP)*100)))}
	var periods []string
	for _, p := range model.Path {
		periods = append(periods, p.Time)
	}
	chart.Periods = strings.Join(periods, ",")
	for i, u := range units {
		row := PlaceboRow{Rank: i + 1, Change: signedPercent(t.r.Percent(u.Estimate)), Claimed: u.Treated}
		if row.Name = "The places of the claim"; !u.Treated {
			place := t.c.placeLink(u.Unit, t.asOf)
			row.Name, row.URL = place.Text, place.URL
			if w := numberOf(model.Weights[u.Unit]); w.Valid && w.Decimal.Round(3).IsPositive() {
				row.Weight = grouped(w.Decimal.Mul(hundred), 1) + "%"
			}
		}
		var gaps []string
		for _, g := range u.Gaps {
			gaps = append(gaps, numberOf(t.r.Percent(g)).Decimal.Round(1).String())
		}
		row.Gap = strings.Join(gaps, ",")
		chart.Rows = append(chart.Rows, row)
	}
	return chart
}

// mostUnfolded is how many rows of a table are read without asking for them.
const mostUnfolded = 8

// tests are the estimates with one kind of choice changed.
func (t claimView) tests() []SensitivityGroup {
	var groups []SensitivityGroup
	add := func(title, sentence string, variations []evidence.Variation) {
		g := SensitivityGroup{Title: title, Sentence: sentence}
		var low, high evidence.Number
		for i, v := range variations {
			found := t.r.Percent(v.Estimate)
			if i == 0 || found < low {
				low = found
			}
			if i == 0 || found > high {
				high = found
			}
			words := signedPercent(found)
			if words == "" {
				words = "none: " + v.Reason
			}
			g.Rows = append(g.Rows, Fact{t.named(v.What), words})
		}
		if len(g.Rows) > 0 {
			if g.Folded = len(g.Rows) > mostUnfolded; g.Folded && !low.Missing() {
				g.Sentence += fmt.Sprintf(" The change found lies between %s and %s.", signedPercent(low), signedPercent(high))
			}
			groups = append(groups, g)
		}
	}
	if s := t.r.Sensitivity; s != nil {
		add("By other methods", "The direction must hold whatever the method.", t.r.Methods)
		add("Without one donor", "No single place may carry the result.", s.LeaveOneOut)
		add("As if it had begun earlier", "Where nothing began, nothing should be found.", s.InTime)
		add("Over other periods", "The change should not hang on which periods are looked at.", s.Windows)
	}
	if e := t.r.Early; e != nil {
		groups = append(groups, SensitivityGroup{Title: "As if it had begun earlier", Sentence: "Where nothing began, nothing should be found.",
			Rows: []Fact{{"Start in " + catalog.PeriodWords(e.Start), signedPercent(e.Percent) + ", p " + claim.Chance(e.P)}}})
	}
	return groups
}

// named puts names and words for the codes and periods that a variation is told by.
func (t claimView) named(what string) string {
	words := strings.Fields(what)
	last := len(words) - 1
	if s, err := t.c.directory.FindArea(words[last]); err == nil && s.Footprint != nil {
		words[last] = s.Name
	} else {
		words[last] = catalog.PeriodWords(words[last])
	}
	return capital(strings.Join(words, " "))
}

func (t claimView) design() DesignWords {
	d := t.r.Design
	words := DesignWords{Method: capital(d.Method + " "), Why: d.Why}
	if d.Method == "" {
		words.Method = "None was possible"
	}
	words.Method = strings.TrimSpace(words.Method)
	if d.Level > 0 {
		words.Level = map[int]string{
			1: "1 of 5: before and after alone", 2: "2 of 5: before and after with trend and season allowed for", 3: "3 of 5: before and after beside a comparison group",
		}[d.Level]
	}
	if d.First != "" {
		words.Periods = fmt.Sprintf("Figures from %s until %s", catalog.PeriodWords(d.First), catalog.PeriodWords(d.Last))
		if d.Before+d.After > 0 {
			words.Periods += fmt.Sprintf(": %d periods before the start in %s, %d from it on", d.Before, catalog.PeriodWords(d.Start), d.After)
		}
		words.Periods += "."
	}
	for _, left := range d.LeftOut {
		words.LeftOut = append(words.LeftOut, Fact{capital(left.What), capital(left.Why) + "."})
	}
	return words
}

// rules are those of the verdict, with the one that decided.
func (t claimView) rules() []RuleRow {
	if t.claim.IsPlan() {
		return ruleRows(claim.PlanRules, t.r.Rule)
	}
	return ruleRows(claim.Rules, t.r.Rule)
}

// ruleRows are rules in words; the one that decided is counted from 1.
func ruleRows(rules []claim.Rule, decided int) []RuleRow {
	var rows []RuleRow
	for i, rule := range rules {
		rows = append(rows, RuleRow{verdictTag(rule.Verdict), capital(rule.When) + ".", rule.Source, i+1 == decided})
	}
	return rows
}

var comparatorWords = map[catalog.ComparatorKind]string{
	catalog.ComparedMatched: "People chosen to be alike", catalog.ComparedArea: "Another area, or the rest of the country", catalog.ComparedBefore: "The same place at an earlier time",
	catalog.ComparedPlan: "What was planned", catalog.ComparedDoNothing: "A projection of what would have come without it", catalog.ComparedNotStated: "Not stated",
}

// published is the claim as it was published.
func (t claimView) published() []Fact {
	c := t.claim
	facts := []Fact{{"Scheme", c.Scheme}, {"Claimed by", c.Claimant}, {"Type", claimKindWords[c.Kind]}, {"Direction and size", claimedSize(c, t.m)}}
	add := func(term, words string) {
		if words == "" {
			words = "Not stated"
		}
		facts = append(facts, Fact{term, words})
	}
	amount := func(d decimal.NullDecimal) string {
		if !d.Valid {
			return ""
		}
		return pounds(d.Decimal)
	}
	add("Pounds", amount(c.Pounds()))
	if u := c.UnitCost; u != nil {
		add("Cost of one", pounds(u.Amount)+", as stated in "+u.Citation.Title)
	}
	add("What the scheme cost", amount(c.SchemeCosts()))
	period := func(p catalog.Period, stated bool) string {
		if !stated {
			return ""
		}
		return p.Words()
	}
	add("Began", period(c.StartPeriod()))
	if c.OpenEnd != "" {
		add("Claimed up to", c.OpenEnd)
	} else {
		add("Claimed up to", period(c.UntilPeriod()))
	}
	if c.Baseline != "" {
		add("Baseline", period(c.BaselinePeriod()))
	}
	compared := comparatorWords[c.Against.Kind]
	if c.Against.Words != "" {
		compared += ": " + c.Against.Words
	}
	add("Compared with", compared)
	if c.Covers != nil {
		add("Reached", c.Covers.Words)
	}
	add("Published", c.Date)
	return facts
}
