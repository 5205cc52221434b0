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
	// Base and Year are the years that the change is between, where it is worked out from the figures, with their figures.
	Base       string          `json:"base,omitempty"`
	Year       string          `json:"year,omitempty"`
	BaseFigure evidence.Number `json:"base_figure"`
	YearFigure evidence.Number `json:"year_figure"`
	Due        bool            `json:"due"` // the year is the one that the plan was for
	Words      string          `json:"words"`
	// PublishedBy is who states the outturn, where it is not worked out, and WhyPublished why the figures do not tell it, in a clause.
	PublishedBy  string `json:"published_by,omitempty"`
	WhyPublished string `json:"why_published,omitempty"`
	// Published is the outturn that was published of a plan whose outturn is worked out from the figures.
	Published *PublishedChange `json:"published,omitempty"`
}

// PublishedChange is an outturn as published, beside the one that the figures tell.
type PublishedChange struct {
	Change evidence.Number `json:"change"`
	By     string          `json:"by"`
	Agrees bool            `json:"agrees"` // the figures round to it
}

// hold sets a plan against its outturn: that of the figures, the last whole year against the one before the plan, where they cover both; and
// otherwise the published one.
func (t *test) hold() error {
	c := t.claim
	t.Design.Method, t.Design.Level = PlanAndOutturn, 1
	if c.Kind == catalog.Plan {
		t.why("A plan states what was intended. It is held against what came, and not tested as an effect.")
	} else {
		t.why("The claim is set against a plan, so it tells how good the plan was and not what a scheme did.")
	}
	o := &Outturn{Unit: c.Unit, Planned: unknown, Change: unknown, Variance: unknown, BaseFigure: unknown, YearFigure: unknown}
	held := c.Kind == catalog.Plan && (c.Covers == nil || !t.Claimed.Part.Missing())
	if size := c.Amount(); size.Valid && held {
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
			*o, t.Design, t.step = none, design, ""
			o.WhyPublished = err.Error()
			t.publishedOutturn(o)
		} else {
			t.beside(o)
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
		return fmt.Errorf("the plan that the claim is set against is not among the figures")
	case c.Covers != nil && t.Claimed.Part.Missing():
		return fmt.Errorf("the plan was for a part of %s whose figures are not published apart: %s", t.names(), c.Covers.Words)
	case o.Planned.Missing():
		if c.Stated != "" {
			return fmt.Errorf("what is stated, “%s”, is no one size that the outturn could be held against", c.Stated)
		}
		return fmt.Errorf("no size is stated that the outturn could be held against")
	}
	return nil
}

// unlike says why the outturn of the figures is not that of the plan, so that a published one is more.
func (t *test) unlike(o *Outturn) error {
	switch {
	case o.Planned.Missing():
		return fmt.Errorf("the plan was for a part of %s whose figures are not published apart", t.names())
	case o.Unit != t.claim.Unit:
		return fmt.Errorf("the figures tell a change in %s, and the plan states one in %s", o.Unit, t.claim.Unit)
	case t.claim.Against.Kind != catalog.ComparedBefore:
		return fmt.Errorf("the plan was not set against an earlier level of the figures")
	case !o.Due:
		return fmt.Errorf("%s", t.undue())
	}
	return nil
}

// beside names the published outturn where the figures tell it, with what it cost beyond the plan.
func (t *test) beside(o *Outturn) {
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

func (t *test) publishedOutturn(o *Outturn) {
	c := t.claim
	o.Due, o.PublishedBy = true, c.Outturn.Citation.Title
	planned := c.Amount().Decimal
	if c.Towards == catalog.Decrease {
		planned = planned.Neg()
	}
	variance := c.Outturn.By.Sub(planned)
	o.Change, o.Variance = evidence.Number(c.Outturn.By.InexactFloat64()), evidence.Number(variance.InexactFloat64())
	o.Words = fmt.Sprintf("Planned was a change of %s, and %s came: %s from plan", asked(planned, c.Unit), amount(c.Outturn.By, c.Unit), amount(variance, c.Unit))
	if words := o.over(c.Outturn, variance); words != "" {
		o.Words += ", and " + words
	}
	o.Words += "."
}

// workOut works the change out from whole years of figures.
func (t *test) workOut(o *Outturn) error {
	c, m, points := t.claim, t.data.Measure, t.points()
	start, stated := c.StartPeriod()
	switch {
	case !stated:
		return fmt.Errorf("it is not stated when the plan began")
	case m.Derived != nil || m.Grain == catalog.Day:
		return fmt.Errorf("no years can be made of the figures of %s", m.ID)
	case len(points) == 0:
		return fmt.Errorf("no figures of %s are loaded for %s", m.ID, t.names())
	}
	year := season(m.Grain)
	from, given := c.BaselinePeriod()
	if !given {
		from = start
		for range year {
			from = back(from)
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
	to := last
	for range year - 1 {
		to = back(to)
	}
	var outturn float64
	for ; ; to = back(to) {
		if to.Start.Before(start.Start) {
			return fmt.Errorf("there is no whole year of figures from %s on", start.Words())
		}
		if outturn, err = yearOf(m, points, to); err == nil {
			break
		}
	}
	end := to
	for range year - 1 {
		end = end.Next()
	}
	o.Base, o.Year = from.String(), to.String()+" to "+end.String()
	o.BaseFigure, o.YearFigure = evidence.Number(base), evidence.Number(outturn)
	o.Due = ends && !end.Start.Before(until.Start)
	t.Design.First, t.Design.Start, t.Design.Last = from.String(), start.String(), end.String()
	if err := t.steady(from, end); err != nil {
		t.step = err.Error()
		return err
	}
	change := decimal.NewFromFloat(outturn - base)
	unit := catalog.Count
	if c.Unit != catalog.Count {
		if !(base > 0) {
			return fmt.Errorf("the year before the plan counts %.4g, of which there is no percentage", base)
		}
		change, unit = decimal.NewFromFloat((outturn-base)/base*100), catalog.Percent
	}
	o.Unit, o.Change = unit, evidence.Number(change.InexactFloat64())
	before := c.Against.Kind == catalog.ComparedBefore
	if before {
		o.Variance = o.Change - o.Planned
	}
	o.Words = fmt.Sprintf("In the year from %s the figures were %s, in the year from %s %s: a change of %s",
		to.Words(), level(m, outturn), from.Words(), level(m, base), amount(change, unit))
	if !o.Planned.Missing() {
		o.Words += fmt.Sprintf(", where %s was planned", asked(decimal.NewFromFloat(float64(o.Planned)), unit))
		if !before {
			o.Words += " against something else, or against what is not stated"
		}
	}
	o.Words += "."
	return nil
}

// undue says why the outturn is not yet that of the plan.
func (t *test) undue() string {
	until, ends := t.claim.UntilPeriod()
	if !ends {
		return "it is not stated by when the plan was to be reached"
	}
	words := fmt.Sprintf("the plan was for %s and the figures end in %s", until.Words(), catalog.PeriodWords(t.Design.Last))
	points := t.points()
	if last := points[len(points)-1]; last.Period.String() > t.Design.Last {
		words = fmt.Sprintf("the plan was for %s and the last whole year of figures ends in %s", until.Words(), catalog.PeriodWords(t.Design.Last))
		if events := t.data.Measure.Events(last.Period); len(events) > 0 {
			words += fmt.Sprintf(", as a known event bent those of %s, which are left out", last.Period.Words())
		}
	}
	return words + ": how far it had come by then decides nothing"
}

// steady says where the figures of the places jump and stay there, so that the years before and after count different things.
func (t *test) steady(from, end catalog.Period) error {
	year := season(t.data.Measure.Grain)
	s := &sample{start: year}
	for p := from; !p.Start.After(end.Start); p = p.Next() {
		s.periods = append(s.periods, p)
	}
	for _, place := range t.data.Footprints {
		if turned, ok := s.turned(place); ok && slices.Contains(t.claim.Places, place.Code) {
			return fmt.Errorf("from %s on %s, so the years cannot be compared", turned.From.Words(), turned.Words)
		}
	}
	values := s.values(t.points())
	if t.claim.OfEngland() || slices.ContainsFunc(values, math.IsNaN) || !(stat.Mean(values[:year], nil) > 0) {
		return nil
	}
	index, _ := s.index(values)
	if at, by := step(index, s.medians(t.data.Footprints), year, -1); by != 0 {
		return fmt.Errorf("the figures jump by %.0f%% in %s and stay there, as when trusts merge or a service is no longer counted, so the years cannot be compared", by*100, s.periods[at].Words())
	}
	return nil
}

// back is the period before one.
func back(p catalog.Period) catalog.Period {
	if months := p.Grain.Months(); months > 0 {
		p.Start = p.Start.AddDate(0, -months, 0)
	}
	return p
}

// yearOf adds up a year of figures from a period on. A year with a gap, a known event or a change of what is counted is none.
func yearOf(m *catalog.Measure, points []measure.Point, from catalog.Period) (float64, error) {
	var sum float64
	p := from
	for range season(m.Grain) {
		point, ok := measure.At(points, p.Start)
		if !ok || !point.Value.Valid {
			return 0, fmt.Errorf("there is no figure for %s, so the year from %s is not whole", p.Words(), from.Words())
		}
		if len(m.Events(p)) > 0 {
			return 0, fmt.Errorf("%s: %s", p.Words(), m.Events(p)[0])
		}
		sum += point.Value.Decimal.InexactFloat64()
		p = p.Next()
	}
	if m.Unit == catalog.Share || m.Unit == catalog.Rate || m.OverTime == catalog.Averaged || m.OverTime == catalog.EndOfPeriod {
		sum /= float64(season(m.Grain))
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

// asked is a change that was planned, as it was stated.
func asked(d decimal.Decimal, unit catalog.SizeUnit) string {
	if unit == catalog.Percent && d.Equal(d.Round(0)) {
		return strings.TrimSuffix(signed(d.InexactFloat64()), ".0%") + "%"
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
