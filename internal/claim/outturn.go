package claim

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
	"gonum.org/v1/gonum/stat"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
	"stpdash/internal/measure"
)

// Outturn is a plan beside what came.
type Outturn struct {
	// Planned and Change are in the unit of the claim's size, below zero for a fall; Variance is how far the change lies from the plan.
	Unit     catalog.SizeUnit `json:"unit,omitempty"`
	Planned  evidence.Number  `json:"planned"`
	Change   evidence.Number  `json:"change"`
	Variance evidence.Number  `json:"variance"`
	// OverPlan are the pounds that the outturn cost beyond the plan and UnitCost those for one of the variance, as published; empty where
	// they are not.
	OverPlan string `json:"over_plan_gbp,omitempty"`
	UnitCost string `json:"unit_cost_gbp,omitempty"`
	// Base and Year are the years that the change is between, where it is worked out from the figures, with their figures. Year is the last
	// whole one up to the end of the plan, and WhyYear says why no later one is compared; empty where it is the newest.
	Base       string          `json:"base,omitempty"`
	Year       string          `json:"year,omitempty"`
	From       catalog.Period  `json:"-"` // the first period of the year
	Until      catalog.Period  `json:"-"` // the last
	BaseFigure evidence.Number `json:"base_figure"`
	YearFigure evidence.Number `json:"year_figure"`
	WhyYear    string          `json:"why_year,omitempty"`
	Due        bool            `json:"due"` // the year is the one that the plan was for
	// Own is the year that the plan was for, where another is compared.
	Own   *OwnYear `json:"plan_year,omitempty"`
	Words string   `json:"words"`
	// PublishedBy is who states the outturn, where it is not worked out, and WhyPublished why the figures do not tell it, in a clause.
	PublishedBy  string `json:"published_by,omitempty"`
	WhyPublished string `json:"why_published,omitempty"`
	// Published is the outturn that was published of a plan whose outturn is worked out from the figures.
	Published *PublishedChange `json:"published,omitempty"`
}

// OwnYear is the year that a plan was for, which is shown and not judged.
type OwnYear struct {
	Year   string          `json:"year"`
	From   catalog.Period  `json:"-"`      // its first period
	Until  catalog.Period  `json:"-"`      // its last
	Figure evidence.Number `json:"figure"` // missing where the year has a gap
	Change evidence.Number `json:"change"` // from the base, in the unit of the outturn
	// Why says, in a clause, why the year is not judged; Loaded that its figures are there all the same.
	Why    string `json:"why_not_judged"`
	Loaded bool   `json:"loaded"`
}

// PublishedChange is an outturn as published, beside the one that the figures tell.
type PublishedChange struct {
	Change evidence.Number `json:"change"`
	By     string          `json:"by"`
	Agrees bool            `json:"agrees"` // the figures round to it
}

// planTest sets a plan against what came.
type planTest struct{ *test }

// compare sets a plan against its outturn: that of the figures, the last whole year against the one before the plan, where they cover both; and
// otherwise the published one.
func (t planTest) compare() error {
	c := t.claim
	t.Design.Method, t.Design.Level = PlanAndOutturn, 1
	if c.Kind == catalog.Plan {
		t.why("A plan states what was intended. It is compared with what happened, and not tested as an effect.")
	} else {
		t.why("The claim is set against a plan, so it tells how good the plan was and not what a scheme did.")
	}
	o := &Outturn{Unit: c.Unit, Planned: unknown, Change: unknown, Variance: unknown, BaseFigure: unknown, YearFigure: unknown}
	stated := c.Kind == catalog.Plan && (c.Covers == nil || !t.Claimed.Part.Missing())
	if size := c.Amount(); size.Valid && stated {
		o.Planned = evidence.Number(size.Decimal.InexactFloat64())
		if c.Towards == catalog.Decrease {
			o.Planned = -o.Planned
		}
	}
	none, design := *o, t.Design
	err := t.workOut(o)
	if c.Outturn != nil {
		if err == nil {
			err = t.unlike(o)
		}
		if err != nil {
			*o, t.Design, t.step = none, design, Reason{}
			o.WhyPublished = err.Error()
			t.publishedOutturn(o)
		} else {
			t.comparePublished(o)
		}
		t.Outturn = o
		return nil
	}
	if err != nil {
		return err
	}
	t.Outturn = o
	switch {
	case c.Kind != catalog.Plan:
		return refuse(PlanNotLoaded, "the plan that the claim is set against is not among the figures")
	case c.Covers != nil && t.Claimed.Part.Missing():
		return refuse(PartNotPublished, "the plan was for a part of %s whose figures are not published apart: %s", t.names(), c.Covers.Words)
	case o.Planned.Missing():
		if c.Stated != "" {
			return refuse(NoOneSize, "what is stated, “%s”, is no one size that the outturn could be compared with", c.Stated)
		}
		return refuse(NoSize, "no size is stated that the outturn could be compared with")
	}
	return nil
}

// unlike says why the outturn of the figures is not that of the plan, so that a published one is more.
func (t planTest) unlike(o *Outturn) error {
	switch {
	case o.Planned.Missing():
		return refuse(PartNotPublished, "the plan was for a part of %s whose figures are not published apart", t.names())
	case o.Unit != t.claim.Unit:
		return refuse(OtherUnit, "the figures tell a change in %s, and the plan states one in %s", o.Unit, t.claim.Unit)
	case t.claim.Against.Kind != catalog.ComparedBefore:
		return refuse(OtherBaseline, "the plan was not set against an earlier level of the figures")
	case !o.Due:
		return refuse(NotDue, "%s", o.undue())
	}
	return nil
}

// comparePublished names the published outturn where the figures tell it, with what it cost beyond the plan.
func (t planTest) comparePublished(o *Outturn) {
	published := t.claim.Outturn
	change := decimal.NewFromFloat(float64(o.Change))
	o.Published = &PublishedChange{evidence.Number(published.By.InexactFloat64()), published.Citation.Title, change.Round(places(published.By)).Equal(published.By)}
	o.Words += fmt.Sprintf(" The outturn that was published, %s (%s), %s.", amount(published.By, o.Unit), published.Citation.Title,
		map[bool]string{true: "agrees", false: "differs"}[o.Published.Agrees])
	variance := published.By.Sub(decimal.NewFromFloat(float64(o.Planned)))
	if words := o.over(published, variance); words != "" {
		o.Words += " It states " + words + "."
	}
}

// places are the decimal places that a published number is rounded to, below zero for tens and hundreds.
func places(d decimal.Decimal) int32 {
	at := -d.Exponent()
	for at <= 0 && !d.IsZero() && d.Shift(at-1).IsInteger() {
		at--
	}
	return at
}

// over sets the pounds that were published as spent beyond a plan, and those for one of the published variance, and gives them in words.
func (o *Outturn) over(published *catalog.PublishedOutturn, variance decimal.Decimal) string {
	if !published.Extra.Valid || variance.IsZero() {
		return ""
	}
	each := published.Extra.Decimal.Div(variance.Abs())
	o.OverPlan, o.UnitCost = pounds(published.Extra.Decimal), pounds(each)
	words := thousands(each.Floor())
	if each.LessThan(decimal.NewFromInt(1000)) && !each.IsInteger() { // then pounds alone are too coarse to multiply by
		o.UnitCost = each.RoundFloor(2).StringFixed(2)
		words = o.UnitCost
	}
	return fmt.Sprintf("£%s beyond the plan, which is £%s for each of the published difference of %s", thousands(published.Extra.Decimal), words, thousands(variance.Abs()))
}

func (t planTest) publishedOutturn(o *Outturn) {
	c := t.claim
	o.Due, o.PublishedBy = true, c.Outturn.Citation.Title
	planned := c.Amount().Decimal
	if c.Towards == catalog.Decrease {
		planned = planned.Neg()
	}
	variance := c.Outturn.By.Sub(planned)
	o.Change, o.Variance = evidence.Number(c.Outturn.By.InexactFloat64()), evidence.Number(variance.InexactFloat64())
	o.Words = fmt.Sprintf("Plan %s; actual %s: %s from plan", plannedWords(planned, c.Unit), amount(c.Outturn.By, c.Unit), amount(variance, c.Unit))
	if words := o.over(c.Outturn, variance); words != "" {
		o.Words += ", and " + words
	}
	o.Words += "."
}

// workOut works the change out from whole years of figures.
func (t planTest) workOut(o *Outturn) error {
	c, m, points := t.claim, t.data.Measure, t.points()
	start, stated := c.StartPeriod()
	switch {
	case !stated:
		return refuse(NoStart, "it is not stated when the plan began")
	case m.Derived != nil || !testable(m.Grain):
		return refuse(NoWholeYear, "no years can be made of the figures of %s", m.ID)
	case len(points) == 0:
		return refuse(NoFigures, "no figures of %s are loaded for %s", m.ID, t.names())
	}
	year := m.Grain.PerYear()
	from, given := c.BaselinePeriod()
	if !given {
		from = start
		for range year {
			from = from.Previous()
		}
	}
	base, err := yearOf(m, points, from)
	if err != nil {
		return err
	}
	until, ends := c.UntilPeriod()
	last := points[len(points)-1].Period
	if ends && last.Start.After(until.Start) {
		last = until
	}
	to := yearTo(m, last)
	var outturn float64
	var later error // why the latest year is not whole
	for ; ; to = to.Previous() {
		if to.Start.Before(start.Start) {
			if later != nil {
				return refuse(NoWholeYear, "there is no whole year of figures from %s on: %s", start.Words(), later)
			}
			return refuse(NoWholeYear, "there is no whole year of figures from %s on", start.Words())
		}
		if outturn, err = yearOf(m, points, to); err == nil {
			break
		} else if later == nil {
			later = err
		}
	}
	end := yearFrom(m, to)
	o.Base, o.Year = from.String(), to.String()+" to "+end.String()
	o.From, o.Until = to, end
	o.BaseFigure, o.YearFigure = evidence.Number(base), evidence.Number(outturn)
	o.Due = ends && !end.Start.Before(until.Start)
	compared := fmt.Sprintf("The year compared is %s, the last whole one", span(to, end))
	if later != nil {
		o.WhyYear = later.Error()
		compared += ": " + o.WhyYear
	}
	t.why(Sentence(compared))
	for p := from; !p.Start.After(last.Start); p = p.Next() {
		if notes := m.Events(p); len(notes) > 0 {
			t.leaveOut(p.Words(), because(KnownEvent, "%s", notes[0]))
		}
	}
	t.Design.First, t.Design.Start, t.Design.Last = from.String(), start.String(), end.String()
	if err := t.steady(from, end); err != nil {
		t.step = reasonOf(err)
		return err
	}
	unit := catalog.Count
	if c.Unit != catalog.Count {
		if !(base > 0) {
			return refuse(NotOverZero, "the year before the plan counts %.4g, of which there is no percentage", base)
		}
		unit = catalog.Percent
	}
	change := changed(base, outturn, unit)
	o.Unit, o.Change = unit, evidence.Number(change.InexactFloat64())
	before := c.Against.Kind == catalog.ComparedBefore
	if before {
		o.Variance = o.Change - o.Planned
	}
	o.Words = fmt.Sprintf("In the year %s the figures were %s, in the year %s %s: a change of %s",
		span(to, end), level(m, outturn), span(from, yearFrom(m, from)), level(m, base), amount(change, unit))
	if !o.Planned.Missing() {
		o.Words += fmt.Sprintf(", where %s was planned", plannedWords(decimal.NewFromFloat(float64(o.Planned)), unit))
		if !before {
			o.Words += " against something else, or against what is not stated"
		}
	}
	o.Words += "."
	if ends && !o.Due {
		t.own(o, from, until)
	}
	return nil
}

// own states the year that the plan was for, where another is compared, and why it is not judged.
func (t planTest) own(o *Outturn, from, until catalog.Period) {
	m, points := t.data.Measure, t.points()
	first, last := yearTo(m, until), points[len(points)-1].Period
	own := &OwnYear{Year: first.String() + " to " + until.String(), From: first, Until: until, Figure: unknown, Change: unknown, Loaded: !last.Start.Before(until.Start)}
	o.Own = own
	own.Why = fmt.Sprintf("the plan was for the year %s, and the figures loaded end in %s", span(first, until), last.Words())
	if !own.Loaded {
		return
	}
	figure, gap := sumOf(m, points, first)
	if gap != nil {
		own.Why = fmt.Sprintf("the plan was for the year %s, and %s", span(first, until), gap)
		return
	}
	own.Figure = evidence.Number(figure)
	change := changed(float64(o.BaseFigure), figure, o.Unit)
	own.Change = evidence.Number(change.InexactFloat64())
	o.Words += fmt.Sprintf(" In the plan's own year, %s, they were %s: a change of %s, which is not judged.", span(first, until), level(m, figure), amount(change, o.Unit))
	own.Why = fmt.Sprintf("the plan was for the year %s; its figures are loaded, but not judged", span(first, until))
	if event := eventOf(m, first); event != nil {
		own.Why += ", as " + event.Error()
	}
	if err := t.steady(from, until); err != nil {
		own.Why += ", and " + err.Error()
	}
}

// undue says why the year compared is not that of the plan.
func (o *Outturn) undue() string {
	if o.Own == nil {
		return "it is not stated by when the plan was to be reached, so no year can be judged"
	}
	words := o.Own.Why
	if !o.Own.Loaded && o.WhyYear != "" {
		words += ", and " + o.WhyYear
	}
	return fmt.Sprintf("%s. The year compared, %s, ended before the plan was due, so it decides nothing", words, span(o.From, o.Until))
}

// changed is the change from one year's figure to another's.
func changed(base, figure float64, unit catalog.SizeUnit) decimal.Decimal {
	if unit == catalog.Percent {
		return decimal.NewFromFloat((figure - base) / base * 100)
	}
	return decimal.NewFromFloat(figure - base)
}

// steady says where the figures of the places jump and stay there, so that the years before and after count different things.
func (t planTest) steady(from, end catalog.Period) error {
	year := t.data.Measure.Grain.PerYear()
	s := &sample{start: year}
	for p := from; !p.Start.After(end.Start); p = p.Next() {
		s.periods = append(s.periods, p)
	}
	for _, place := range t.data.Footprints {
		if change, ok := s.membershipBreak(place); ok && slices.Contains(t.claim.Places, place.Code) {
			return refuse(breakCode(change), "from %s on %s, so the years cannot be compared", change.From.Words(), t.data.moved(change))
		}
	}
	values := s.values(t.points())
	if t.claim.OfEngland() || slices.ContainsFunc(values, math.IsNaN) || !(stat.Mean(values[:year], nil) > 0) {
		return nil
	}
	index, _ := s.index(values)
	if at, by := step(index, s.medians(t.data.Footprints), year, -1); by != 0 {
		return refuse(FiguresJump, "the figures jump by %.0f%% in %s and stay there, as when trusts merge or a service is no longer counted, so the years cannot be compared", by*100, s.periods[at].Words())
	}
	return nil
}

// yearFrom is the last period of the year that begins with one, and yearTo the first of the year that ends with one.
func yearFrom(m *catalog.Measure, first catalog.Period) catalog.Period {
	for range m.Grain.PerYear() - 1 {
		first = first.Next()
	}
	return first
}

func yearTo(m *catalog.Measure, last catalog.Period) catalog.Period {
	for range m.Grain.PerYear() - 1 {
		last = last.Previous()
	}
	return last
}

// span is the time from one period to another in words: "April 2020 to March 2021".
func span(first, last catalog.Period) string {
	switch {
	case first == last:
		return first.Words()
	case first.Grain == catalog.Month || first.Grain == catalog.Quarter:
		return first.Start.Format("January 2006") + " to " + last.End().AddDate(0, 0, -1).Format("January 2006")
	}
	return first.Words() + " to " + last.Words()
}

// yearOf is the figure of a year from a period on. A year with a gap or a known event is none.
func yearOf(m *catalog.Measure, points []measure.Point, from catalog.Period) (float64, error) {
	figure, err := sumOf(m, points, from)
	if err == nil {
		err = eventOf(m, from)
	}
	return figure, err
}

// eventOf names the known events of a year from a period on, with the first and the last period that they bent; nil without any.
func eventOf(m *catalog.Measure, from catalog.Period) error {
	var first, last catalog.Period
	var notes []string
	p := from
	for range m.Grain.PerYear() {
		if events := m.Events(p); len(events) > 0 {
			if len(notes) == 0 {
				first = p
			}
			last = p
			for _, note := range events {
				if !slices.Contains(notes, note) {
					notes = append(notes, note)
				}
			}
		}
		p = p.Next()
	}
	if len(notes) == 0 {
		return nil
	}
	return refuse(KnownEvent, "a known event bent the figures of %s (“%s”)", span(first, last), strings.Join(notes, "” “"))
}

// sumOf adds up a year of figures from a period on, or takes their mean where no sum of them counts anything.
func sumOf(m *catalog.Measure, points []measure.Point, from catalog.Period) (float64, error) {
	var sum float64
	p := from
	for range m.Grain.PerYear() {
		point, ok := measure.At(points, p.Start)
		if !ok || !point.Value.Valid {
			return 0, refusal{Figures{Measure: m}.noFigure(points, p, fmt.Sprintf("there is no figure for %s, so the year from %s is not whole", p.Words(), from.Words()), nil)}
		}
		sum += point.Value.Decimal.InexactFloat64()
		p = p.Next()
	}
	if !m.AddsUpOverTime() {
		sum /= float64(m.Grain.PerYear())
	}
	return sum, nil
}

// level is a year's figure in words.
func level(m *catalog.Measure, figure float64) string {
	switch m.Unit {
	case catalog.Share:
		return fmt.Sprintf("%.1f%%", figure*100)
	case catalog.Rate:
		return fmt.Sprintf("%.1f", figure)
	}
	return thousands(decimal.NewFromFloat(figure))
}

// amount is a change with its sign.
func amount(d decimal.Decimal, unit catalog.SizeUnit) string {
	switch {
	case unit == catalog.Percent:
		return signed(d.InexactFloat64())
	case d.Round(0).IsPositive():
		return "+" + thousands(d)
	}
	return thousands(d)
}

// plannedWords is a change that was planned, as it was stated.
func plannedWords(d decimal.Decimal, unit catalog.SizeUnit) string {
	if unit == catalog.Percent && d.Equal(d.Round(0)) {
		return map[int]string{-1: "−", 1: "+"}[d.Sign()] + d.Abs().StringFixed(0) + "%"
	}
	return amount(d, unit)
}

// thousands is a whole number with commas.
func thousands(d decimal.Decimal) string {
	text := d.Round(0).Abs().String()
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	if d.Round(0).IsNegative() {
		return "−" + text
	}
	return text
}
