package wording

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/spc"
)

// ShortPeriod is a period where there is little room: "Mar 2020", "Jul–Sep 2015", "3 Feb 2019".
func ShortPeriod(p catalog.Period) string {
	switch p.Grain {
	case catalog.Day:
		return p.Start.Format("2 Jan 2006")
	case catalog.Week:
		return "to " + p.Start.AddDate(0, 0, 6).Format("2 Jan 2006")
	case catalog.Month:
		return p.Start.Format("Jan 2006")
	case catalog.Quarter:
		return p.Start.Format("Jan") + "–" + p.Start.AddDate(0, 2, 0).Format("Jan 2006")
	}
	return p.String()
}

// Brief is the figure of a row, without what its heading and its unit say.
func Brief(m *catalog.Measure, p measure.Point) string {
	value := p.Value.Decimal
	if p.Estimate() && m.Unit == catalog.Number {
		value = value.Round(0) // the decimals of an estimated count tell nothing
	}
	return AsNumber.Finer(m, value, 0)
}

// BriefUnit says what the figure of a row is stated for, where the figure does not show it; empty where it does.
func BriefUnit(m *catalog.Measure) string {
	if m.Unit == catalog.Rate {
		return strings.TrimSpace(UnitHeading(m, AsNumber))
	}
	return ""
}

// MonthsAgo says how old a figure is: "80 months ago".
func MonthsAgo(a figures.Age) string {
	if a.Months == 0 {
		return "this month"
	}
	return Plural(a.Months, "month ago", "months ago")
}

// AgeBadge says of the last whole figure of a row, where it is older than the rhythm of its source, how old it is and why there is no later one;
// empty of others.
func AgeBadge(r figures.Row) string {
	p, a := r.Whole.Period, r.Age
	if p.Start.IsZero() || !a.Overdue {
		return ""
	}
	words := fmt.Sprintf("Latest: %s, %s; ", p.Words(), MonthsAgo(a))
	switch {
	case noLater(r):
		return fmt.Sprintf("Latest whole figure: %s, %s; later ones lack an organisation or cannot be worked out", p.Words(), MonthsAgo(a))
	case a.Ended == nil:
		return words + "later figures are not loaded"
	}
	if last := a.Ended.Day().AddDate(0, 0, -1); p.End().AddDate(0, 1, 0).Before(last) {
		return words + "the publisher stopped after " + last.Format("January 2006") + ", and the figures between are not loaded"
	}
	return words + "the publisher stopped"
}

// Standing is how a row stands, in a few words, with what qualifies them.
type Standing struct {
	Mark      string // what its mark shows: "worse", "better" or "neither"; empty of a plain figure
	Text, Why string
}

// RowStanding says how the last whole figure of a row stands: off track, an unusual change, normal, or why that is not known.
func RowStanding(r figures.Row) Standing {
	if r.Whole.Period.Start.IsZero() {
		return Standing{Text: "No figure", Why: withoutFigure(r)}
	}
	if r.Signal == nil {
		return Standing{Text: "Not tested", Why: "Organisations join and leave"}
	}
	tested := testedWords(r)
	target, judged := r.Signal.Judged()
	if off, ok := r.Off(); ok {
		s := Standing{Mark: "worse", Text: "Off track, " + runLength(r.Measure, off.State), Why: targetWords(r.Measure, target)}
		switch {
		case tested.Mark != "":
			s.Why += ", unusual"
		case noLater(r):
			s.Why += ". None whole since"
		}
		return s
	}
	if judged && target.State != measure.CannotTell {
		state := "On track"
		if target.State == measure.Met {
			state = "Target met"
		}
		if tested.Mark == "" {
			return Standing{Text: state, Why: targetWords(r.Measure, target)}
		}
		tested.Why = state + ". " + targetWords(r.Measure, target)
		return tested
	}
	if tested.Why == "" && noLater(r) {
		tested.Why = "No whole figure since " + ShortPeriod(r.Whole.Period)
	}
	return tested
}

// testedWords say what process control tells of a row, or why it tells nothing.
func testedWords(r figures.Row) Standing {
	s := r.Signal
	if run, ok := r.Unusual(); ok {
		which := map[spc.Variation]string{spc.NeutralVariationHigh: "higher", spc.NeutralVariationLow: "lower"}[s.Variation]
		mark := "neither"
		switch {
		case s.Concern():
			mark, which = "worse", "worse"
		case s.Variation == spc.ImprovementHigh || s.Variation == spc.ImprovementLow:
			mark, which = "better", "better"
		}
		why := runLength(r.Measure, run) + " running"
		if run.Periods == 1 {
			why = "New in " + ShortPeriod(s.Judges.Period)
		}
		switch {
		case !s.Of.Start.IsZero():
			why += ", to " + ShortPeriod(s.Of)
		case movedAgainst(r):
			why += ", but " + map[bool]string{true: "down", false: "up"}[r.Change.Decimal.IsNegative()] + " on the year"
		}
		return Standing{Mark: mark, Text: "Unusual change, " + which, Why: why}
	}
	if s.Variation == spc.CommonVariation {
		words := Standing{Text: "Normal variation"}
		switch {
		case s.Undetermined.Why == measure.WeakLimits:
			words.Why = "A weak test: " + briefLimits(s.Undetermined.Limits)
		case !s.Of.Start.IsZero():
			words.Why = fmt.Sprintf("To %s. A known event since", ShortPeriod(s.Of))
		}
		return words
	}
	switch u := s.Undetermined; u.Why {
	case measure.Overlapping:
		return Standing{Text: "Rolling figure: not tested"}
	case measure.TooFewPoints:
		words := Standing{Text: fmt.Sprintf("Too few %ss (%d of %d)", grainWord(r.Measure), u.Points, spc.MinimumPoints)}
		if u.Break != nil {
			words.Why = "Organisations changed, " + ShortPeriod(u.Break.From)
		}
		return words
	case measure.EventsOnly:
		return Standing{Text: "Affected by a known event: not tested"}
	case measure.NoWidth:
		return Standing{Text: "Not tested", Why: Capital(briefLimits(u.Limits))}
	}
	return Standing{Text: "Not enough data"}
}

// briefLimits say in a few words why limits have no width.
func briefLimits(l measure.LimitsReason) string {
	switch l.Code {
	case spc.SmallCounts, spc.FewCounted, spc.FewNotCounted:
		return "small numbers"
	case spc.AllEqual, spc.AllEqualButOne:
		return "figures nearly all equal"
	}
	return "no limits can be set"
}

// withoutFigure says in a few words why a row has no figure.
func withoutFigure(r figures.Row) string {
	if len(r.Points) == 0 {
		return "None is loaded"
	}
	switch last := r.Points[len(r.Points)-1]; {
	case !last.Complete && last.Organisations > 0:
		return "No figure from " + Plural(len(last.Missing), "organisation", "organisations")
	case last.NoValue == measure.NotCombined:
		return "Councils’ figures cannot be combined"
	case last.NoValue == measure.OrganisationsChanged:
		return "Trusts joined or left"
	case last.NoValue == measure.DefinitionChanged:
		return "What is counted changed"
	}
	return "Not enough data"
}

// noLater tells whether periods follow the last whole figure of a row.
func noLater(r figures.Row) bool {
	return len(r.Points) > 0 && r.Points[len(r.Points)-1].Period.Start.After(r.Whole.Period.Start)
}

// targetWords say what a target requires: "Target: at least 95.0%".
func targetWords(m *catalog.Measure, j measure.Judgement) string {
	if !j.Required.Valid {
		return ""
	}
	return fmt.Sprintf("Target: %s %s", map[catalog.Bound]string{catalog.AtLeast: "at least", catalog.AtMost: "at most"}[j.Target.Bound],
		AsNumber.Finer(m, j.Required.Decimal, 0))
}

func grainWord(m *catalog.Measure) string {
	if m.Grain.Months() == 12 {
		return "year"
	}
	return m.Grain.Words()
}

// runLength is how long a run is: "45 months", or more where its beginning is not known.
func runLength(m *catalog.Measure, r measure.Run) string {
	return runOf(grainWord(m), r)
}

// runOf is how long a run is in periods of a name.
func runOf(period string, r measure.Run) string {
	words := Plural(r.Periods, period, period+"s")
	if !r.Known {
		words += " or more"
	}
	return words
}

// RowChange writes the change on the year before and what the figure was, or says in a few words why there is none.
func RowChange(r figures.Row) (change, was string) {
	if r.Before != nil {
		was = "was " + Brief(r.Measure, *r.Before)
		if r.Measure.Unit == catalog.Rate { // to as many places as the figure beside it
			was = "was " + Grouped(r.Before.Value.Decimal, RatePlaces(r.Whole.Value.Decimal))
		}
		if was += Mark(*r.Before); len(r.Measure.Events(r.Before.Period)) > 0 {
			was += " (event)"
		}
	}
	switch r.NoChange.Code {
	case figures.YearUnknown:
		return "", ""
	case figures.CountedAnew, figures.MembersChanged:
		return "Not comparable", was
	}
	if r.Before == nil {
		return "", ""
	}
	apart := r.Whole.Value.Decimal.Sub(r.Before.Value.Decimal)
	switch {
	case apart.IsZero():
		return "No change", was
	case r.Measure.Unit == catalog.Number && r.Before.Value.Decimal.LessThan(smallNumber):
		return withSign(apart.IsPositive(), Count(apart.Abs())), was
	case r.NoChange.Code == figures.FromZero, r.Measure.Negative: // of what may be under zero a percentage says nothing
		return withSign(apart.IsPositive(), AsNumber.Finer(r.Measure, apart.Abs(), 0)), was
	}
	return Changed(r.Measure, r.Change.Decimal), was
}

func withSign(up bool, amount string) string {
	return map[bool]string{true: "+", false: "−"}[up] + amount
}

// Incomparable says in a sentence why the year before is not compared; empty where it is, or where there is no figure of it.
func Incomparable(why figures.NoChange, named Names) string {
	switch why.Code {
	case figures.CountedAnew:
		return "What is counted changed within the year, so the two years cannot be compared."
	case figures.MembersChanged:
		if why.Break != nil {
			return fmt.Sprintf("%s %s, so the two years cannot be compared.", OnPeriod(why.Break.From), MembershipWords(*why.Break, named))
		}
		part := 0
		for _, o := range why.Stopped {
			part += o.Part
		}
		return fmt.Sprintf(
			"%s with %d%% of the figure stopped reporting within the year, so the two years cannot be compared.",
			Capital(Plural(len(why.Stopped), "organisation", "organisations")),
			part,
		)
	}
	return ""
}

// PositionOf says where a footprint lies among the 44 by a measure, and by its rate where that is what is compared.
func PositionOf(m *catalog.Measure, p figures.Position) string {
	words := RowPosition(p)
	if p.Of > 0 && m.PerThousand {
		words += " per 1,000"
	}
	return words
}

// RowPosition says where a footprint lies among the 44, counted from the nearer end.
func RowPosition(p figures.Position) string {
	if p.Of == 0 {
		return "Not ranked"
	}
	from, end := p.Below, "lowest"
	if p.Above < p.Below {
		from, end = p.Above, "highest"
	}
	words := Capital(end)
	if from > 0 {
		words = fmt.Sprintf("%s %s of %d", ordinal(from+1), end, p.Of)
	} else if p.Same == 0 {
		words += fmt.Sprintf(" of %d", p.Of)
	}
	if p.Same > 0 {
		words += fmt.Sprintf(", with %s", Plural(p.Same, "other", "others"))
	}
	return words
}

func ordinal(n int) string {
	end := "th"
	if n%100 < 11 || n%100 > 13 {
		end = cmp.Or(map[int]string{1: "st", 2: "nd", 3: "rd"}[n%10], end)
	}
	return fmt.Sprint(n, end)
}

// Glance are the rows of a place by what is to be seen first.
type Glance struct {
	Rows               []figures.Row
	Off, Worse, Better []figures.Row // the longest first
	Neither            int
	Waiting            int // measures that wait for a return
}

// NewGlance sorts rows by what is to be seen first.
func NewGlance(rows []figures.Row, waiting int) Glance {
	g := Glance{Rows: rows, Waiting: waiting}
	for _, r := range rows {
		if _, ok := r.Off(); ok {
			g.Off = append(g.Off, r)
		}
		if _, ok := r.Unusual(); !ok {
			continue
		}
		switch testedWords(r).Mark {
		case "worse":
			g.Worse = append(g.Worse, r)
		case "better":
			g.Better = append(g.Better, r)
		default:
			g.Neither++
		}
	}
	days := func(r figures.Row, run measure.Run) int { return int(r.Whole.Period.End().Sub(run.From.Start).Hours()) }
	slices.SortStableFunc(g.Off, func(a, b figures.Row) int {
		x, _ := a.Off()
		y, _ := b.Off()
		return cmp.Compare(days(b, y.State), days(a, x.State))
	})
	for _, some := range [][]figures.Row{g.Worse, g.Better} {
		slices.SortStableFunc(some, func(a, b figures.Row) int { // what is newest first, then the longest
			x, _ := a.Unusual()
			y, _ := b.Unusual()
			return cmp.Or(b.Signal.Judges.Period.End().Compare(a.Signal.Judges.Period.End()), cmp.Compare(days(b, y), days(a, x)))
		})
	}
	return g
}

// Unusual is how many rows show an unusual change.
func (g Glance) Unusual() int { return len(g.Worse) + len(g.Better) + g.Neither }

// Headline counts what is off track and what changed unusually.
func (g Glance) Headline() string {
	words := fmt.Sprintf("%d of %s off track.", len(g.Off), Plural(len(g.Rows), "measure is", "measures are"))
	if len(g.Off) == 0 {
		words = fmt.Sprintf("None of %s off track.", Plural(len(g.Rows), "measure is", "measures is"))
	}
	switch n := g.Unusual(); n {
	case 0:
		return words + " None shows an unusual change."
	default:
		return words + fmt.Sprintf(" %s an unusual change.", Plural(n, "shows", "show"))
	}
}

// GlanceLine is one thing to see first: what it is, which leads to the measure, and what else there is to know of it.
type GlanceLine struct {
	Row         figures.Row
	Mark        string // as of a [Standing]
	What, Known string
}

// Lines are at most five things to see first: what is off track the longest, what changed for the worse, what for the better, and what cannot be
// compared.
func (g Glance) Lines(named Names) []GlanceLine {
	const most = 5
	var lines []GlanceLine
	said := map[string]bool{}
	add := func(n int, rows []figures.Row, line func(figures.Row) GlanceLine) {
		for _, r := range rows {
			if n == 0 || len(lines) == most {
				return
			}
			if said[r.Measure.ID] {
				continue
			}
			said[r.Measure.ID] = true
			lines, n = append(lines, line(r)), n-1
		}
	}
	against := func(rows []figures.Row) []figures.Row { // a figure that moved the other way within the year would only puzzle
		return slices.DeleteFunc(slices.Clone(rows), movedAgainst)
	}
	add(2, g.Off, func(r figures.Row) GlanceLine { return offLine(r, named) })
	add(1, against(g.Worse), unusualLine)
	add(2, against(g.Better), unusualLine)
	add(
		most,
		slices.DeleteFunc(slices.Clone(g.Rows), func(r figures.Row) bool { return r.NoChange.Code != figures.MembersChanged }),
		func(r figures.Row) GlanceLine {
			return GlanceLine{
				r,
				"event",
				fmt.Sprintf("%s: %s %s.", r.Measure.Title, PointValue(r.Measure, r.Whole), InPeriod(r.Whole.Period)),
				Incomparable(r.NoChange, named),
			}
		},
	)
	return lines
}

// movedAgainst tells whether a figure that is marked as high is lower than a year before, or one marked as low higher.
func movedAgainst(r figures.Row) bool {
	high := r.Signal.Variation == spc.ConcernHigh || r.Signal.Variation == spc.ImprovementHigh || r.Signal.Variation == spc.NeutralVariationHigh
	return r.Change.Valid && !r.Change.Decimal.IsZero() && r.Change.Decimal.IsNegative() == high
}

// RowSummary says of one row what is to be seen first; without a mark there is nothing.
func RowSummary(r figures.Row, named Names) GlanceLine {
	if _, ok := r.Off(); ok {
		return offLine(r, named)
	}
	if _, ok := r.Unusual(); ok {
		return unusualLine(r)
	}
	return GlanceLine{}
}

// offLine says what is off track, for how long, and why there is no later figure.
func offLine(r figures.Row, named Names) GlanceLine {
	off, _ := r.Off()
	m := r.Measure
	line := GlanceLine{
		Row:  r,
		Mark: "worse",
		What: fmt.Sprintf("%s: %s %s, %s.", m.Title, PointValue(m, r.Whole), InPeriod(r.Whole.Period), LowerFirst(targetWords(m, off.Judgement))),
	}
	since := fmt.Sprintf("Off track for %s, since %s.", runLength(m, off.State), ThePeriod(off.State.From))
	if !off.State.Known {
		since = fmt.Sprintf("Off track for %s; the figures before are not known.", runLength(m, off.State))
	}
	if off.State.Periods == 1 && off.State.Known {
		since = fmt.Sprintf("It went off track %s.", InPeriod(r.Whole.Period))
	}
	line.Known = since
	if noLater(r) {
		last := r.Points[len(r.Points)-1]
		if n := len(last.Missing); n > 0 && n <= 2 {
			codes := named(last.Missing)
			names := make([]string, n)
			for i, code := range last.Missing {
				names[i] = codes[code]
			}
			line.Known += fmt.Sprintf(" There is no later whole figure: none from %s.", List(names))
		} else if n > 0 {
			line.Known += fmt.Sprintf(" There is no later whole figure: none from %d organisations.", n)
		}
	}
	return line
}

// unusualLine says what changed unusually, and for how long.
func unusualLine(r figures.Row) GlanceLine {
	run, _ := r.Unusual()
	m, at := r.Measure, r.Signal.Judges
	line := GlanceLine{Row: r, Mark: testedWords(r).Mark, What: fmt.Sprintf("%s: %s %s", m.Title, PointValue(m, at), InPeriod(at.Period))}
	if r.Change.Valid && at.Period == r.Whole.Period {
		line.What += ", " + Comparison(m, *r.Before, r.Change.Decimal)
	}
	line.What += "."
	which := map[string]string{"worse": " for the worse", "better": " for the better"}[line.Mark]
	line.Known = fmt.Sprintf("An unusual change%s for %s, since %s.", which, runLength(m, run), ThePeriod(run.From))
	if run.Periods == 1 {
		line.Known = fmt.Sprintf("An unusual change%s, new in that %s.", which, grainWord(m))
	}
	if r.Position.Of > 0 && at.Period == r.Whole.Period {
		line.Known += " " + PositionOf(r.Measure, r.Position) + "."
	}
	return line
}

// Ages say how old the figures of a place are.
func (g Glance) Ages() []string {
	var newest, oldest catalog.Period
	with, overdue, ended := 0, 0, 0
	for _, r := range g.Rows {
		p := r.Whole.Period
		if p.Start.IsZero() {
			continue
		}
		with++
		if newest.Start.IsZero() || p.End().After(newest.End()) {
			newest = p
		}
		if oldest.Start.IsZero() || p.End().Before(oldest.End()) {
			oldest = p
		}
		if r.Age.Overdue {
			overdue++
		}
		if r.Age.Ended != nil {
			ended++
		}
	}
	if with == 0 {
		return nil
	}
	words := []string{fmt.Sprintf("The newest figure is for %s, the oldest for %s.", ThePeriod(newest), ThePeriod(oldest))}
	switch overdue {
	case 0:
		words = append(words, "None is older than its publisher’s rhythm.")
	case with:
		words = append(words, "All are older than their publishers’ rhythm: later ones are not loaded, or the publisher stopped.")
	default:
		words = append(words, fmt.Sprintf("%d of %d are older than their publisher’s rhythm: later ones are not loaded, or the publisher stopped.", overdue, with))
	}
	if ended > 0 {
		words = append(words, fmt.Sprintf("For %s the publisher stopped.", Plural(ended, "measure", "measures")))
	}
	return words
}

// WaitingFor says how many measures have no figures, and of how many a return is waited for.
func WaitingFor(without, returned int, loading bool) string {
	switch {
	case without == 0:
		return ""
	case loading:
		return fmt.Sprintf("%s, or waiting for a return: %s.", NotLoadedYet, Plural(without, "measure", "measures"))
	case returned == without:
		return Plural(returned, "measure is", "measures are") + " waiting for your return."
	case returned == 0:
		return Plural(without, "measure has", "measures have") + " no figures here."
	}
	return fmt.Sprintf("%s no figures here; %d of them are waiting for your return.", Plural(without, "measure has", "measures have"), returned)
}

// EndedFilter names the choice to hide the measures whose publisher stopped, or to show them again.
func EndedFilter(n int, hidden bool) string {
	verb := "Hide"
	if hidden {
		verb = "Show"
	}
	return fmt.Sprintf("%s %s whose publisher stopped", verb, Plural(n, "measure", "measures"))
}

// NoRows says that no measure is what was asked for.
func NoRows(known int) string {
	if known == 0 {
		return "No figures of this place are loaded."
	}
	return "No measure of this place matches what you chose."
}

// FewFigures says that there are too few figures to draw.
func FewFigures(n int) string {
	if n == 0 {
		return "No figures"
	}
	return Plural(n, "figure so far", "figures so far")
}
