package claim

import (
	"math"
	"slices"

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
	WhyYear    *Reason         `json:"why_year_facts,omitempty"`
	Due        bool            `json:"due"` // the year is the one that the plan was for
	// Interim is how a plan stands that is not due, and Expected the change that the part of its time that has gone would bring, in equal steps.
	// WhyInterim is why that is not known; nil where it is, or is not asked.
	Interim    Interim         `json:"interim,omitempty"`
	WhyInterim *Reason         `json:"no_interim_because,omitempty"`
	Expected   evidence.Number `json:"expected_by_now"`
	// Own is the year that the plan was for, where another is compared.
	Own *OwnYear `json:"plan_year,omitempty"`
	// PublishedBy is who states the outturn, where it is not worked out, and WhyPublished why the figures do not tell it.
	PublishedBy  string  `json:"published_by,omitempty"`
	WhyPublished *Reason `json:"why_published_facts,omitempty"`
	// Published is the outturn that was published of a plan whose outturn is worked out from the figures.
	Published *PublishedChange `json:"published,omitempty"`
}

// OwnYear is the year that a plan was for, which is shown and not judged.
type OwnYear struct {
	Year   string          `json:"year"`
	From   string          `json:"from"`   // its first period
	Until  string          `json:"until"`  // its last
	Figure evidence.Number `json:"figure"` // missing where the year has a gap
	Change evidence.Number `json:"change"` // from the base, in the unit of the outturn
	// Loaded tells that its figures are there; without it End is the last period that has some. Why the year is not judged all the same: Gap is a
	// figure that is missing, Event what bent one, and Step a change of what is counted.
	Loaded bool    `json:"loaded"`
	End    string  `json:"figures_end,omitempty"`
	Gap    *Reason `json:"gap,omitempty"`
	Event  *Reason `json:"event,omitempty"`
	Step   *Reason `json:"step,omitempty"`
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
		t.why(Why{Code: PlanIntended})
	} else {
		t.why(Why{Code: SetAgainstPlan})
	}
	o := &Outturn{Unit: c.Unit, Planned: unknown, Change: unknown, Variance: unknown, BaseFigure: unknown, YearFigure: unknown, Expected: unknown}
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
			why := reasonOf(err)
			o.WhyPublished = &why
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
		return refuse(PlanNotLoaded, Facts{})
	case c.Covers != nil && t.Claimed.Part.Missing():
		return refuse(PartNotPublished, Facts{Places: c.Places, Quote: c.Covers.Words})
	case o.Planned.Missing():
		if c.Stated != "" {
			return refuse(NoOneSize, Facts{Scope: OfPlan, Quote: c.Stated})
		}
		return refuse(NoSize, Facts{Scope: OfPlan})
	}
	return nil
}

// unlike says why the outturn of the figures is not that of the plan, so that a published one is more.
func (t planTest) unlike(o *Outturn) error {
	switch {
	case o.Planned.Missing():
		return refuse(PartNotPublished, Facts{Places: t.claim.Places})
	case o.Unit != t.claim.Unit:
		return refuse(OtherUnit, Facts{Units: []catalog.SizeUnit{o.Unit, t.claim.Unit}})
	case t.claim.Against.Kind != catalog.ComparedBefore:
		return refuse(OtherBaseline, Facts{})
	case !o.Due:
		return refusal{o.undue()}
	}
	return nil
}

// comparePublished names the published outturn where the figures tell it, with what it cost beyond the plan.
func (t planTest) comparePublished(o *Outturn) {
	published := t.claim.Outturn
	change := decimal.NewFromFloat(float64(o.Change))
	o.Published = &PublishedChange{
		evidence.Number(published.By.InexactFloat64()),
		published.Citation.Title,
		change.Round(places(published.By)).Equal(published.By),
	}
	o.over(published, published.By.Sub(decimal.NewFromFloat(float64(o.Planned))))
}

// places are the decimal places that a published number is rounded to, below zero for tens and hundreds.
func places(d decimal.Decimal) int32 {
	at := -d.Exponent()
	for at <= 0 && !d.IsZero() && d.Shift(at-1).IsInteger() {
		at--
	}
	return at
}

// over sets the pounds that were published as spent beyond a plan, and those for one of the published variance.
func (o *Outturn) over(published *catalog.PublishedOutturn, variance decimal.Decimal) {
	if !published.Extra.Valid || variance.IsZero() {
		return
	}
	each := published.Extra.Decimal.Div(variance.Abs())
	o.OverPlan, o.UnitCost = pounds(published.Extra.Decimal), pounds(each)
	if each.LessThan(decimal.NewFromInt(1000)) && !each.IsInteger() { // then pounds alone are too coarse to multiply by
		o.UnitCost = each.RoundFloor(2).StringFixed(2)
	}
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
	o.over(c.Outturn, variance)
}

// workOut works the change out from whole years of figures.
func (t planTest) workOut(o *Outturn) error {
	c, m, points := t.claim, t.data.Measure, t.points()
	start, stated := c.StartPeriod()
	switch {
	case !stated:
		return refuse(NoStart, Facts{Scope: OfPlan})
	case m.Derived != nil || !testable(m.Grain):
		return refuse(NoYears, Facts{Measure: m.ID})
	case len(points) == 0:
		return refuse(NoFigures, Facts{Measure: m.ID, Places: c.Places})
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
	var later *Reason // why the latest year is not whole
	for ; ; to = to.Previous() {
		if to.Start.Before(start.Start) {
			return refuse(NoWholeYear, Facts{Start: start.String(), Because: later})
		}
		if outturn, err = yearOf(m, points, to); err == nil {
			break
		} else if later == nil {
			why := reasonOf(err)
			later = &why
		}
	}
	end := yearFrom(m, to)
	o.Base, o.Year = from.String(), to.String()+" to "+end.String()
	o.From, o.Until = to, end
	o.BaseFigure, o.YearFigure = evidence.Number(base), evidence.Number(outturn)
	o.Due = ends && !end.Start.Before(until.Start)
	o.WhyYear = later
	t.why(Why{Code: LastWholeYear, From: to.String(), Until: end.String(), Because: later})
	for p := from; !p.Start.After(last.Start); p = p.Next() {
		if notes := m.Events(p); len(notes) > 0 {
			t.leaveOut(p, because(KnownEvent, Facts{Notes: notes[:1]}))
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
			return refuse(NotOverZero, Facts{Scope: OfPlan, Value: exactly(evidence.Number(base))})
		}
		unit = catalog.Percent
	}
	change := changed(base, outturn, unit)
	o.Unit, o.Change = unit, evidence.Number(change.InexactFloat64())
	if c.Against.Kind == catalog.ComparedBefore {
		o.Variance = o.Change - o.Planned
	}
	if ends && !o.Due {
		t.own(o, from, until)
		t.interim(o, start, end, until)
	}
	return nil
}

// own states the year that the plan was for, where another is compared, and why it is not judged.
func (t planTest) own(o *Outturn, from, until catalog.Period) {
	m, points := t.data.Measure, t.points()
	first, last := yearTo(m, until), points[len(points)-1].Period
	own := &OwnYear{
		Year:   first.String() + " to " + until.String(),
		From:   first.String(),
		Until:  until.String(),
		Figure: unknown,
		Change: unknown,
		Loaded: !last.Start.Before(until.Start),
	}
	o.Own = own
	if !own.Loaded {
		own.End = last.String()
		return
	}
	figure, gap := sumOf(m, points, first)
	if gap != nil {
		why := reasonOf(gap)
		own.Gap = &why
		return
	}
	own.Figure = evidence.Number(figure)
	change := changed(float64(o.BaseFigure), figure, o.Unit)
	own.Change = evidence.Number(change.InexactFloat64())
	if event := eventOf(m, first); event != nil {
		why := reasonOf(event)
		own.Event = &why
	}
	if err := t.steady(from, until); err != nil {
		why := reasonOf(err)
		own.Step = &why
	}
}

// interim says how a plan stands that is not due, where it states the earlier level that it is set against: without one, equal steps from the year before
// its start would be measured from a level that nobody planned from.
func (t planTest) interim(o *Outturn, start, end, until catalog.Period) {
	if o.Own.Loaded || o.Planned.Missing() || o.Change.Missing() {
		return
	}
	if _, given := t.claim.BaselinePeriod(); t.claim.Against.Kind != catalog.ComparedBefore || !given {
		why := because(NoBaseline, Facts{Scope: OfPlan})
		o.WhyInterim = &why
		return
	}
	gone, all := end.End().Sub(start.Start).Hours(), until.End().Sub(start.Start).Hours()
	o.Expected = o.Planned * evidence.Number(gone/all)
	o.Interim = Behind
	if o.Change*o.Planned > 0 && math.Abs(float64(o.Change)) >= math.Abs(float64(o.Expected)) {
		o.Interim = OnCourse
	}
}

// undue is why the year compared is not that of the plan.
func (o *Outturn) undue() Reason {
	if o.Own == nil {
		return because(NotDue, Facts{Undue: &Undue{}})
	}
	return because(NotDue, Facts{Undue: &Undue{o.From.String(), o.Until.String(), o.Own, o.WhyYear}})
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
			return refusal{broken(change, Facts{Scope: OfPlan})}
		}
	}
	values := s.values(t.points())
	if t.claim.OfEngland() || slices.ContainsFunc(values, math.IsNaN) || !(stat.Mean(values[:year], nil) > 0) {
		return nil
	}
	index, _ := s.index(values)
	if at, by := step(index, s.medians(t.data.Footprints), year, -1); by != 0 {
		return refusal{jump(by, s.periods[at], OfPlan)}
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
	return refuse(KnownEvent, Facts{Period: first.String(), Until: last.String(), Notes: notes})
}

// sumOf adds up a year of figures from a period on, or takes their mean where no sum of them counts anything.
func sumOf(m *catalog.Measure, points []measure.Point, from catalog.Period) (float64, error) {
	var sum float64
	p := from
	for range m.Grain.PerYear() {
		point, ok := measure.At(points, p.Start)
		if !ok || !point.Value.Valid {
			return 0, refusal{Figures{Measure: m}.noFigure(points, p, Facts{Scope: OfPlan, Start: from.String()})}
		}
		sum += point.Value.Decimal.InexactFloat64()
		p = p.Next()
	}
	if !m.AddsUpOverTime() {
		sum /= float64(m.Grain.PerYear())
	}
	return sum, nil
}
