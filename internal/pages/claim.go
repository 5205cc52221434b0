package pages

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/pages/wording"
	"stpdash/internal/register"
)

// Claim composes the page of one claim.
func (c claimPages) Claim(ctx context.Context, id string, asOf figures.Moment) (ClaimPage, error) {
	claimed, err := c.register.Find(id)
	if err != nil {
		return ClaimPage{}, fmt.Errorf("%w: %s", figures.ErrNotFound, err.Error())
	}
	tested, err := c.register.Test(ctx, asOf, claimed)
	if err != nil {
		return ClaimPage{}, err
	}
	m, err := c.figures.MeasureAsOf(ctx, claimed.Measure, asOf)
	if err != nil {
		return ClaimPage{}, err
	}
	words := wording.ClaimsBy(c.directory)
	r := words.Answer(claimed, m, tested)
	page := ClaimPage{
		Shell: c.shell(claimed.Title, "claims", asOf), ClaimID: id, Claimed: claimed.Claimed, Places: c.placesOf(claimed.Places, asOf),
		Measure: Link{Text: m.Title, URL: measureURL(m, asOf)}, Verdict: verdictTag(r.Verdict), Summary: r.Summary,
		IsPlan: claimed.IsPlan(), Needs: r.Needs, Note: claimed.Note, Source: Link{Text: claimed.Citation.Title, URL: claimed.Citation.URL},
		JSON: address("/api/v1/claims/"+id, "as_of", asOf.Text), Pack: address("/claims/"+id+"/pack.zip", "as_of", asOf.Text),
	}
	page.Feed = "/claims/" + id + "/feed.atom"
	if reasons := r.ReasonSentences(); len(reasons) > 1 {
		page.Reasons = reasons[1:]
	}
	t := claimView{c, claimed, m, r, asOf}
	page.Counted = m.Title
	if u := r.Unit; u != nil && u.Measure != claimed.Measure {
		if by, ok := c.directory.Catalog.Measure(u.Measure); ok {
			page.Counted, page.TestedBy = by.Title, Link{Text: by.Title, URL: measureURL(by, asOf)}
		}
	}
	page.Rows, page.Outturn, page.Unit = t.rows(), wording.Outturn(t.m, t.r.Result), r.UnitFacts
	page.Chart, page.Placebos = t.chart(), t.placebos()
	for _, check := range r.Checks {
		row := CheckRow{
			wording.CheckFound(check.Check),
			wording.Capital(string(check.Outcome)),
			outcomeColours[check.Outcome],
			wording.Capital(check.Finding) + ".",
			check.Source,
			words.Overlapping(check.Check.Finding),
		}
		switch {
		case check.Outcome == claim.DoesNotApply:
			page.NotApplying = append(page.NotApplying, row)
		case decided(r.Result, check.ID):
			page.Decided = append(page.Decided, row)
		default:
			page.Checks = append(page.Checks, row)
		}
	}
	page.Picture, page.CheckCounts, page.Ours = intervalPicture(r.Result), checkCounts(page.Checks), t.ours()
	page.Tests, page.Design, page.Rules, page.Published = t.tests(), t.design(), t.rules(), wording.Published(t.claim, t.m)
	if u := claimed.UnitCost; u != nil {
		page.UnitCost = Link{Text: u.Citation.Title, URL: u.Citation.URL}
	}
	page.UnitsLeftOut = words.UnitsLeftOut(r.Unit)
	page.addEvaluations(c.directory.Catalog.Evaluations(claimed))
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
	page.History = history(kept, asOf)
	if n := len(kept); asOf.Text != "" && n > 0 && kept[n-1].Verdict != string(r.Verdict) {
		page.Kept = wording.KeptThen(kept[n-1])
	}
	if n := len(kept); n > 0 {
		now, err := signableVerdict(claimed, kept[n-1])
		if err != nil {
			return page, err
		}
		if page.SignOffs, err = c.signOffs(ctx, now, true, asOf); err != nil {
			return page, err
		}
		pinActs(&page.Shell, page.SignOffs.changed, asOf)
	}
	page.Versions = []wording.Fact{{Term: "Claim", Words: r.Definition}, {Term: "Measure", Words: r.MeasureOf}, {Term: "Program", Words: c.version}}
	return page, nil
}

// decided tells whether a check is among the reasons for the verdict.
func decided(r *claim.Result, check claim.CheckID) bool {
	return slices.ContainsFunc(r.Reasons, func(reason claim.Reason) bool { return reason.Facts.Check == check })
}

// checkCounts says how many checks came out how: "2 passed, 5 not known".
func checkCounts(rows []CheckRow) string {
	var outcomes []string
	count := map[string]int{}
	for _, row := range rows {
		if count[row.Outcome]++; count[row.Outcome] == 1 {
			outcomes = append(outcomes, row.Outcome)
		}
	}
	for i, outcome := range outcomes {
		outcomes[i] = fmt.Sprintf("%d %s", count[outcome], wording.LowerFirst(outcome))
	}
	return strings.Join(outcomes, ", ")
}

// history are the tests at which the verdict changed, and the last one, newest first.
func history(kept []register.Verdict, asOf figures.Moment) []HistoryRow {
	var rows []HistoryRow
	for i, v := range kept {
		var before *register.Verdict
		if i > 0 {
			before = &kept[i-1]
		}
		if before != nil && before.Verdict == v.Verdict && i < len(kept)-1 {
			continue
		}
		row := HistoryRow{
			When:    wording.Moment(v.At),
			Verdict: verdictTag(claim.Verdict(v.Verdict)),
			Load:    Link{Text: fmt.Sprintf("Load %d", v.Load), URL: loadURL(v.Load, asOf)},
		}
		row.Why = wording.RetestCauses(register.Causes(before, v))
		rows = append(rows, row)
	}
	slices.Reverse(rows)
	return rows
}

// claimView is a claim with what it was tested by.
type claimView struct {
	c     claimPages
	claim *catalog.Claim
	m     *catalog.Measure
	r     *wording.ClaimAnswer
	asOf  figures.Moment
}

var outcomeColours = map[claim.Outcome]string{claim.Passed: "green", claim.Failed: "red", claim.CannotTell: "grey", claim.DoesNotApply: "white"}

func (t claimView) rows() []ClaimedRow {
	c, r := t.claim, t.r
	change := ClaimedRow{What: t.m.Title, Claimed: wording.ClaimedSize(c, t.m), Seen: wording.SeenEffect(r.Result, t.m)}
	if u := r.Unit; u != nil {
		if m, ok := t.c.directory.Catalog.Measure(u.Measure); ok {
			change.What = m.Title
		}
	}
	counted := c.Unit == catalog.Count && r.Effect != nil && t.m.Unit == catalog.Number
	if c.Covers != nil {
		change.Claimed += ", of a part: " + c.Covers.Words
		switch p := wording.Number(r.Claimed.Percent); {
		case p.Valid:
			change.Note = fmt.Sprintf("Of all figures of the places tested that is %s.", wording.PercentOf(r.Claimed.Percent))
		case r.Claimed.Code != "":
			change.Note = wording.Sentence(r.Claimed.Words)
		}
	}
	if p := wording.Number(r.Claimed.Percent); counted && p.Valid {
		change.What += ", of what would have been expected"
		change.Claimed, change.Note = wording.PercentOf(r.Claimed.Percent)+" "+map[bool]string{true: "lower", false: "higher"}[c.Towards == catalog.Decrease], ""
	}
	if e := r.Effect; e != nil && !e.Percent.Missing() {
		change.Seen, change.Interval = wording.SignedPercent(e.Percent), wording.Interval(e.PercentInterval, wording.SignedPercent)
	}
	var rows []ClaimedRow
	if o := r.Own; o != nil {
		own := wording.ClaimsBy(t.c.directory).OwnChange(o)
		row := ClaimedRow{What: change.What + ", the place’s own change", Seen: wording.SignedPercent(o.Percent), Note: own}
		if c.OfOwnChange() {
			row.Claimed, change.Claimed = wording.ClaimedSize(c, t.m), "not claimed"
			change.Note = "What the place changed by beyond others. It is no part of this claim, and of its verdict."
			if why := o.NoEffect; why != nil {
				change.Note = wording.Sentence(wording.ClaimsBy(t.c.directory).Reason(*why))
			}
		}
		rows, change.What = append(rows, row), change.What+", the effect against others"
	}
	rows = append(rows, change)
	if e := r.Effect; e != nil && !e.PerPeriod.Missing() && t.m.Unit == catalog.Number {
		total := func(n evidence.Number) string {
			d := wording.Number(n)
			return wording.PlusOrMinus(d.Decimal, wording.Grouped(d.Decimal.Abs(), 0))
		}
		row := ClaimedRow{
			What:     fmt.Sprintf("%s over the %d periods tested", wording.Capital(t.m.Counted), r.Design.After),
			Seen:     total(e.Total),
			Interval: wording.Interval(e.TotalInterval, total),
		}
		if !t.m.AddsUpOverTime() {
			row.What = fmt.Sprintf("%s, on average over the %d periods tested", wording.Capital(t.m.Counted), r.Design.After)
			row.Seen, row.Interval = total(e.PerPeriod), wording.Interval(e.PeriodInterval, total)
		}
		if counted {
			row.Claimed = wording.ClaimedSize(c, t.m)
		}
		rows = append(rows, row)
	}
	if p := r.Pounds; p != nil {
		row := ClaimedRow{What: "Pounds saved", Claimed: "none stated", Seen: wording.PoundsOf(p.Estimate), Note: wording.Sentence(p.Words)}
		if p.Claimed != "" {
			row.Claimed = wording.PoundsOf(p.Claimed)
		}
		if p.Low != "" {
			row.Interval = wording.PoundsOf(p.Low) + " to " + wording.PoundsOf(p.High)
		}
		rows = append(rows, row)
		if p.Evidenced != "" && slices.Contains(answering, r.Verdict) {
			rows = append(rows, ClaimedRow{What: "Pounds evidenced", Seen: wording.PoundsOf(p.Evidenced), Note: "What the verdict lets stand, never more than claimed."})
		}
		if p.Net != "" && slices.Contains(answering, r.Verdict) {
			rows = append(rows, ClaimedRow{What: "Less what the scheme cost", Seen: wording.PoundsOf(p.Net)})
		}
	}
	return rows
}

// drawn is a figure of a chart, rounded as the measure's own are.
func (t claimView) drawn(n evidence.Number) Figure {
	d := wording.Number(n)
	if !d.Valid {
		return Figure{Text: "no figure", Missing: true}
	}
	if t.m.Unit == catalog.Number || t.m.Unit == catalog.GBP {
		return Figure{Text: wording.Level(t.m, evidence.Number(d.Decimal.Round(0).InexactFloat64())), Plain: d.Decimal.Round(2).String()}
	}
	return Figure{Text: wording.Value(t.m, d.Decimal), Plain: wording.Plain(t.m, d.Decimal)}
}

// chart has the figures as they were beside those that would have been, or how they went where nothing could be estimated.
func (t claimView) chart() CourseChart {
	start, _ := t.claim.StartPeriod()
	if t.r.Unit != nil {
		start, _ = catalog.ParsePeriod(t.r.Design.Start)
	}
	chart := CourseChart{Format: chartFormat(t.m), Unit: wording.UnitHeading(t.m, wording.AsNumber)}
	place := t.claim.Places[0]
	if place == catalog.EnglandPlace {
		place = footprint.England
	}
	provenance := func(p catalog.Period) string {
		if len(t.claim.Places) > 1 || t.r.Unit != nil && t.r.Effect != nil {
			return "" // of several places together there is no one figure
		}
		return provenanceURL(t.m, place, p, t.asOf)
	}
	switch e, course := t.r.Effect, t.r.Course; {
	case e != nil && len(e.Path) > 0:
		chart.Kind, chart.First, chart.Second = "counterfactual", "As it was", "As it would have been"
		chart.Title = "As it was, and as it would have been without the scheme"
		chart.Sentence = wording.Counterfactual(t.r.Design.Design)
		band := map[string]claim.UnitBand{}
		if u := t.r.Unit; u != nil {
			for _, b := range u.Band {
				band[b.Period] = b
			}
			if len(u.Band) > 0 {
				chart.Band, chart.Sentence = "What chance gives", chart.Sentence+" "+wording.Band(t.r.Result)
			}
		}
		for _, at := range e.Path {
			point := CoursePoint{PeriodID: at.Period, First: t.drawn(at.Actual), Second: t.drawn(at.Counterfactual)}
			p, err := catalog.ParsePeriod(at.Period)
			since, counted := wording.FromStart(at.Period)
			switch {
			case counted:
				point.Period, point.Starts = wording.SinceStart(since, t.grain()), since == 0
			case err != nil:
				continue
			default:
				point.Period, point.Starts = p.Words(), p == start
				point.First.ProvenanceURL = provenance(p)
			}
			if at.Counterfactual > 0 && (counted && since >= 0 || !counted && !p.Start.Before(start.Start)) {
				point.Gap = wording.SignedPercent((at.Actual - at.Counterfactual) / at.Counterfactual * 100)
			}
			if b, ok := band[at.Period]; ok {
				point.Low, point.High = t.drawn(b.Low), t.drawn(b.High)
			}
			chart.Points = append(chart.Points, point)
		}
	case course != nil:
		chart.Kind, chart.First, chart.Second, chart.Format = "course", "Places of the claim", "Median of the other footprints", "number"
		chart.Title, chart.Unit = "How the figures went", "per cent of the mean of "+course.Base
		chart.Sentence = wording.Course(course, t.claim.IsPlan())
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
						chart.Sentence += " " + note
					}
				}
			}
			chart.Points = append(chart.Points, point)
		}
	}
	if slices.ContainsFunc(chart.Points, func(p CoursePoint) bool { return p.Starts }) {
		chart.Starts = start.Words()
		if u := t.r.Unit; u != nil && u.FromStart {
			chart.Starts = "of each place"
		}
	}
	return chart
}

// grain is that of the figures that the claim was tested by.
func (t claimView) grain() catalog.Grain {
	if u := t.r.Unit; u != nil {
		if m, ok := t.c.directory.Catalog.Measure(u.Measure); ok {
			return m.Grain
		}
	}
	return t.m.Grain
}

func indexed(n evidence.Number) Figure {
	d := wording.Number(n)
	if !d.Valid {
		return Figure{Text: "no figure", Missing: true}
	}
	return Figure{Text: wording.Grouped(d.Decimal, 1), Plain: d.Decimal.Round(2).String()}
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
	chart := PlaceboChart{Starts: t.r.Design.Start, Sentence: wording.Placebos(len(units), rank, float64(model.Placebos.EffectP))}
	var periods []string
	for _, p := range model.Path {
		periods = append(periods, p.Time)
	}
	chart.Periods = strings.Join(periods, ",")
	for i, u := range units {
		row := PlaceboRow{Rank: i + 1, Change: wording.SignedPercent(t.r.Percent(u.Estimate)), Claimed: u.Treated}
		if row.Name = "The places of the claim"; !u.Treated {
			place := t.c.placeLink(u.Unit, t.asOf)
			row.Name, row.URL = place.Text, place.URL
			if w := wording.Number(model.Weights[u.Unit]); w.Valid && w.Decimal.Round(3).IsPositive() {
				row.Weight = wording.Grouped(w.Decimal.Mul(wording.Hundred), 1) + "%"
			}
		}
		var gaps []string
		for _, g := range u.Gaps {
			gaps = append(gaps, wording.Number(t.r.Percent(g)).Decimal.Round(1).String())
		}
		row.Gap = strings.Join(gaps, ",")
		chart.Rows = append(chart.Rows, row)
	}
	return chart
}

// maxUnfolded is how many rows of a table are read without asking for them.
const maxUnfolded = 8

// tests are the estimates with one kind of choice changed.
func (t claimView) tests() []SensitivityGroup {
	var groups []SensitivityGroup
	add := func(title, sentence string, variations []wording.VariationAnswer) {
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
			words := wording.SignedPercent(found)
			if words == "" {
				words = "none: " + v.Reason
			}
			g.Rows = append(g.Rows, wording.Fact{Term: t.named(v.Variation), Words: words})
		}
		if len(g.Rows) > 0 {
			if g.Folded = len(g.Rows) > maxUnfolded; g.Folded && !low.Missing() {
				g.Sentence += fmt.Sprintf(" The change found lies between %s and %s.", wording.SignedPercent(low), wording.SignedPercent(high))
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
		groups = append(groups, SensitivityGroup{
			Title: "As if it had begun earlier", Sentence: "Where nothing began, nothing should be found.",
			Rows: []wording.Fact{{Term: "Start in " + catalog.PeriodWords(e.Start), Words: wording.SignedPercent(e.Percent) + ", p " + wording.PValue(e.P)}},
		})
	}
	return groups
}

// named says what a variation changes, with a name for the place or the period.
func (t claimView) named(v evidence.Variation) string {
	if s, err := t.c.directory.FindArea(v.Unit); err == nil && s.Footprint != nil {
		return wording.Capital(wording.VariationOf(v.Kind, s.Name))
	}
	if v.Kind == evidence.ByMethod {
		return wording.Capital(v.Method)
	}
	return wording.Capital(wording.VariationOf(v.Kind, catalog.PeriodWords(v.Time)))
}

// ours is our own test as it stands beside evaluations by others; nil where nothing was estimated.
func (t claimView) ours() *StudyWords {
	if t.r.Effect == nil || t.r.Effect.Percent.Missing() {
		return nil
	}
	population := t.c.placeNames(t.claim.Places)
	if t.r.Unit != nil {
		population = wording.ClaimsBy(t.c.directory).UnitPopulation(t.r.Result)
	}
	return &StudyWords{
		Population: population, Period: wording.PeriodsCompared(t.r.Design.Design), Method: wording.Capital(wording.Method(t.r.Design.Design)),
		Found: []string{t.m.Title + ": " + wording.SeenEffect(t.r.Result, t.m)},
	}
}

func (t claimView) design() DesignWords {
	d := t.r.Design
	words := DesignWords{Method: wording.Method(d.Design), Why: d.Why, Level: wording.MarylandLevels[d.Level], Periods: wording.PeriodsCompared(d.Design)}
	for _, left := range d.LeftOut {
		words.LeftOut = append(words.LeftOut, wording.Fact{Term: wording.Capital(left.What), Words: wording.Excluded(left)})
	}
	return words
}

// rules are those of the verdict, with the one that decided.
func (t claimView) rules() []RuleRow {
	return ruleRows(claim.RulesOf(t.claim), t.r.Rule)
}

// ruleRows are rules in words; the one that decided is counted from 1.
func ruleRows(rules []claim.Rule, decided int) []RuleRow {
	var rows []RuleRow
	for i, rule := range rules {
		rows = append(rows, RuleRow{verdictTag(rule.Verdict), wording.Capital(wording.Rules[rule.Code]) + ".", rule.Source, i+1 == decided})
	}
	return rows
}

// ClaimPage is one claim: what is claimed, what the figures show and what they cannot.
type ClaimPage struct {
	Shell
	SignOffs         SignOffs
	ClaimID, Claimed string // in our own words
	Places           []Link
	Measure          Link
	TestedBy         Link   // the measure that fits better where it was tested; empty where that is the claim's own
	Counted          string // what the figures of the test count
	Verdict          VerdictTag
	Summary          string
	Reasons          []string // after the first, which the summary has
	// Rows are what is claimed beside what was seen.
	Rows []ClaimedRow
	// Chart has the figures as they were and as they would have been, or how they went where nothing could be estimated.
	Chart    CourseChart
	Placebos PlaceboChart
	IsPlan   bool
	Outturn  []wording.Fact // of a plan
	Unit     []wording.Fact // how it was tested in places smaller than footprints
	// UnitsLeftOut are the small places that were not compared with, each with the reason.
	UnitsLeftOut []wording.Fact
	Picture      IntervalPicture
	Decided      []CheckRow // the checks that led to the verdict
	Checks       []CheckRow // the others
	// NotApplying are the checks that the claim has no answer to, whatever the figures are.
	NotApplying []CheckRow
	Tests       []SensitivityGroup // the estimate with one choice changed
	Needs       []string           // what it would take to see the effect
	Design      DesignWords
	Rules       []RuleRow
	// Published is the claim as it was published, Source where; Evaluations what others found.
	Published   []wording.Fact
	Source      Link
	UnitCost    Link         // where the unit cost is stated; URL empty without one
	Studies     []Evaluation // independent ones, each once
	Ours        *StudyWords  // our own test beside those; nil where nothing was estimated
	CheckCounts string       // how the other checks came out
	Evaluations []Evaluation // what else was published of the scheme, the claimant's own among it
	Note        string
	History     []HistoryRow
	Kept        string // as of an earlier moment, the verdict that was kept then where it is another
	Pack        string // address of the audit pack
	JSON        string
	Provenance  []Link // of the places' figures
	Versions    []wording.Fact
}

// ClaimedRow sets one thing that is claimed beside what was seen.
type ClaimedRow struct{ What, Claimed, Seen, Interval, Note string }

// CourseChart are two series over the same periods.
type CourseChart struct {
	Kind          string // "counterfactual" or "course"; empty without figures
	Title         string
	Sentence      string // what the chart shows, and what it does not
	First, Second string // what the series are called; Second empty without one
	Band          string // what the band around the second is called; empty without one
	Format        string // "number", "percent" or "gbp"
	Unit          string
	Starts        string // the first period under the scheme in words; empty where it lies outside
	Points        []CoursePoint
}

// CoursePoint is a period of a course.
type CoursePoint struct {
	PeriodID, Period    string
	First, Second       Figure
	Low, High           Figure // of the band
	Gap                 string // in words, from the start on
	Starts              bool   // the scheme
	ProvenanceURL, Note string
	Event               string // what bent the figure, where it is shown and not compared
}

// PlaceboChart are the changes that the same method finds where there was no scheme.
type PlaceboChart struct {
	Sentence string // empty without placebos
	Starts   string // id of the first period under the scheme
	Periods  string // their ids, parted by commas
	Rows     []PlaceboRow
}

// PlaceboRow is one place taken as having had the scheme, the largest change first.
type PlaceboRow struct {
	Rank                   int
	Name, URL, Change, Gap string // Gap: per period in per cent, parted by commas
	Weight                 string // in the comparison; empty where it has none
	Claimed                bool
}

// CheckRow is a check with its outcome.
type CheckRow struct {
	Title, Outcome, Colour, Finding, Source string
	More                                    []string // the titles of claims that the finding is about, where they are many
}

// SensitivityGroup are estimates with one kind of choice changed.
type SensitivityGroup struct {
	Title, Sentence string
	Rows            []wording.Fact
	Folded          bool // until a reader asks for them
}

// DesignWords say how a claim was tested.
type DesignWords struct {
	Method  string
	Why     []string
	Level   string // of the Maryland scale
	Periods string
	LeftOut []wording.Fact
}

// RuleRow is a rule of the verdict; Held marks the one that decided.
type RuleRow struct {
	Verdict      VerdictTag
	When, Source string
	Held         bool
}

// Evaluation is what another publication says of a scheme.
type Evaluation struct {
	What, Source, URL string
	Study             *StudyWords // of an independent evaluation; nil of other words
	Words             []string    // all that is said of the study
}

// StudyWords are an independent evaluation as it stands beside our own test.
type StudyWords struct {
	By, Population, Period, Method string
	Found                          []string
	Differs                        []wording.Fact // why ours may be another
}

// addEvaluations lists each evaluation once: those with a study in the table beside our own test, and each study once whatever was said of it; the others
// in words.
func (p *ClaimPage) addEvaluations(all []catalog.Finding) {
	var studies []*catalog.Study
	for _, f := range all {
		if f.Study == nil {
			p.Evaluations = append(p.Evaluations, newEvaluation(f))
			continue
		}
		i := slices.IndexFunc(studies, func(s *catalog.Study) bool { return reflect.DeepEqual(s, f.Study) })
		if i >= 0 {
			p.Studies[i].Words = append(p.Studies[i].Words, f.What)
			continue
		}
		studies = append(studies, f.Study)
		e := newEvaluation(f)
		e.Words = []string{f.What}
		p.Studies = append(p.Studies, e)
	}
}

func newEvaluation(f catalog.Finding) Evaluation {
	e := Evaluation{What: f.What, Source: f.Citation.Title, URL: f.Citation.URL}
	if s := f.Study; s != nil {
		e.Study = &StudyWords{By: s.By, Population: s.Population, Period: wording.StudyPeriod(s), Method: wording.StudyMethod(s)}
		for _, estimate := range s.Estimates {
			e.Study.Found = append(e.Study.Found, wording.StudyEstimate(estimate))
		}
		for _, d := range s.Differs {
			e.Study.Differs = append(e.Study.Differs, wording.Fact{Term: wording.DifferencesIn[d.In], Words: d.Why})
		}
	}
	return e
}

// HistoryRow is a verdict as it was kept.
type HistoryRow struct {
	When    string
	Verdict VerdictTag
	Why     string // what had changed
	Load    Link
}
