package claim

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
	"stpdash/internal/measure"
)

// Prospect is what figures like those loaded could show of a scheme in the places of a claim, had it begun two years after they begin.
type Prospect struct {
	Start      string          `json:"start"` // as if
	Before     int             `json:"periods_before"`
	After      int             `json:"periods_after"`
	Detectable evidence.Number `json:"detectable_percent"` // would be seen in 80 of 100 cases, in the direction claimed
}

// Course is how the figures of a claim's places went, beside those of the other places, where nothing could be estimated. It is no
// comparison of what happened with what would have happened.
type Course struct {
	From   string        `json:"base_from"`  // the first of the periods whose mean is 100
	Until  string        `json:"base_until"` // the last
	Points []CoursePoint `json:"points"`
}

// CoursePoint is one period of a course, in per cent of the mean of its base.
type CoursePoint struct {
	Period string          `json:"period"`
	Figure evidence.Number `json:"figure"` // in the measure's unit
	Index  evidence.Number `json:"index"`
	Median evidence.Number `json:"median_of_other_places"` // missing for England
	// Events bent the figure: it is shown, and no test uses it.
	Events []string `json:"known_events,omitempty"`
}

// Need is what it would take to test a claim, or to see in the figures what it says.
type Need struct {
	Code    NeedCode         `json:"code"`
	Measure string           `json:"measure,omitempty"` // id
	Period  string           `json:"period,omitempty"`
	Have    int              `json:"have,omitempty"`
	Value   *evidence.Number `json:"value,omitempty"`
	Than    *evidence.Number `json:"than,omitempty"`
	Quote   string           `json:"quote,omitempty"` // as the claim states it
	Because *Reason          `json:"because,omitempty"`
}

// NeedCode names what it would take.
type NeedCode string

// What it takes.
const (
	AllLoaded      NeedCode = "all_loaded"       // figures that came with the product
	StartStated    NeedCode = "start_stated"     // when the scheme began
	FiguresFrom    NeedCode = "figures_from"     // Period on, of Measure in all places
	PartFigures    NeedCode = "part_figures"     // or the size of the part that the scheme reached: Quote
	TwoYearsBefore NeedCode = "two_years_before" // the start and Have periods from it on, in which a change of Value per cent would be seen
	LargerScheme   NeedCode = "larger_scheme"    // than claims Value per cent, where Than could be seen
	UnitCostStated NeedCode = "unit_cost_stated"
	SchemeCosts    NeedCode = "scheme_costs"  // stated
	FiguresLasting NeedCode = "figures_until" // Period, to tell whether a change lasts
	PlanFigures    NeedCode = "plan_figures"  // period by period
	PlanPart       NeedCode = "plan_part"     // that the plan was about: Quote
	SizeStated     NeedCode = "size_stated"
	WholeYears     NeedCode = "whole_years"  // of Measure, before the plan and in its last year
	EndStated      NeedCode = "end_stated"   // by when the plan was to be reached
	FiguresDue     NeedCode = "figures_due"  // up to Period, when the plan was due
	PlanYear       NeedCode = "plan_year"    // without what is missing in it, Because
	AnotherYear    NeedCode = "another_year" // agreed as the plan's, that no known event bent
	Projection     NeedCode = "projection"   // that the plan was set against
	BaselineStated NeedCode = "baseline_stated"
	WholeOwn       NeedCode = "whole_own_change" // figures of Measure in both years of an own change, counted alike, Because
)

// adviser says what it would take to test a claim.
type adviser struct{ *test }

// require says what it would take to test the claim, or to see in the figures what it says.
func (t adviser) require(ctx context.Context) {
	if t.data.Measure == nil {
		return
	}
	if t.data.Loading {
		t.need(Need{Code: AllLoaded})
		return
	}
	t.follow()
	if t.claim.IsPlan() {
		t.requireOfPlan()
		return
	}
	if t.claim.OfOwnChange() {
		t.requireOfOwnChange()
		return
	}
	c, m := t.claim, t.tested()
	start, stated := c.StartPeriod()
	t.foresee(ctx)
	if !stated {
		t.need(Need{Code: StartStated})
	}
	two := 2 * m.Grain.PerYear()
	if t.Unit != nil {
		two = max(leastBefore(m.Grain), min(12, m.Grain.PerYear()))
	}
	if stated && t.Design.Before < two {
		first := start
		for range two {
			first = first.Previous()
		}
		t.need(Need{Code: FiguresFrom, Measure: m.ID, Period: first.String()})
	}
	if t.Claimed.Part.Missing() {
		t.need(Need{Code: PartFigures, Quote: t.reachedWords()})
	}
	detectable := unknown
	switch {
	case t.Effect != nil && !t.Effect.Detectable.Missing():
		detectable = t.Effect.Detectable
	case t.Prospect != nil:
		detectable = t.Prospect.Detectable
		t.need(Need{Code: TwoYearsBefore, Have: t.Prospect.After, Value: &t.Prospect.Detectable})
	}
	unseen := t.Effect == nil || t.Effect.P > Significance
	if claimed := t.Claimed.Percent; unseen && claimed > 0 && claimed < detectable {
		t.need(Need{Code: LargerScheme, Value: &claimed, Than: &detectable})
	}
	if c.Pounds().Valid && c.UnitCost == nil && m.Unit != catalog.GBP {
		t.need(Need{Code: UnitCostStated})
	}
	if c.Pounds().Valid && !c.SchemeCosts().Valid {
		t.need(Need{Code: SchemeCosts})
	}
	if !stated { // of a year alone every start was tried, the first of them in the design
		var err error
		start, err = catalog.ParsePeriod(t.Design.Start)
		stated = err == nil && start.Grain == m.Grain
	}
	if years := float64(t.Design.After) / float64(m.Grain.PerYear()); t.Effect != nil && stated && years < Lasting {
		last := start
		for range Lasting*m.Grain.PerYear() - 1 {
			last = last.Next()
		}
		t.need(Need{Code: FiguresLasting, Period: last.String()})
	}
}

func (t adviser) need(n Need) { t.Needs = append(t.Needs, n) }

func (t adviser) requireOfOwnChange() {
	o := t.Own
	if o == nil || o.Because == nil {
		return
	}
	switch o.Because.Code {
	case NoBaseline:
		t.need(Need{Code: BaselineStated})
	case WiderThanClaim, PlaceNotPublished, MergedWithOthers:
		t.need(Need{Code: PartFigures, Quote: t.reachedWords()})
	default:
		t.need(Need{Code: WholeOwn, Measure: o.Measure, Because: o.Because})
	}
}

func (t adviser) requireOfPlan() {
	c, o := t.claim, t.Outturn
	until, ends := c.UntilPeriod()
	if c.Kind != catalog.Plan {
		t.need(Need{Code: PlanFigures})
	}
	if c.Covers != nil && t.Claimed.Part.Missing() {
		t.need(Need{Code: PlanPart, Quote: c.Covers.Words})
	}
	if !c.Amount().Valid {
		t.need(Need{Code: SizeStated})
	}
	if o == nil && t.Verdict == CannotBeTested {
		t.need(Need{Code: WholeYears, Measure: t.data.Measure.ID})
	}
	switch {
	case o == nil || o.Due:
	case !ends:
		t.need(Need{Code: EndStated})
	case o.Own == nil:
	case !o.Own.Loaded:
		t.need(Need{Code: FiguresDue, Period: until.String()})
	case o.Own.Figure.Missing():
		t.need(Need{Code: PlanYear, Because: o.Own.Gap})
	default:
		t.need(Need{Code: AnotherYear})
	}
	if o != nil && o.WhyInterim != nil {
		t.need(Need{Code: BaselineStated})
	}
	if c.Against.Kind == catalog.ComparedDoNothing {
		t.need(Need{Code: Projection})
	}
}

// follow lays the course of the places beside that of the others, where no effect was estimated.
func (t adviser) follow() {
	m, points := t.data.Measure, t.points()
	if t.Effect != nil || !testable(m.Grain) || len(points) <= m.Grain.PerYear() {
		return
	}
	as := &test{Result: &Result{}, claim: t.claim, data: t.data}
	s := as.window(points, points[0].Period, catalog.Period{})
	if s.start = m.Grain.PerYear(); len(s.periods) <= s.start {
		return
	}
	own := s.values(points)
	base := slices.DeleteFunc(slices.Clone(own[:s.start]), math.IsNaN)
	if len(base) < s.start || !(stat.Mean(base, nil) > 0) {
		return
	}
	index, _ := s.index(own)
	medians := make([]float64, len(index))
	for i := range medians {
		medians[i] = math.NaN()
	}
	if !t.claim.OfEngland() {
		medians = s.medians(slices.DeleteFunc(slices.Clone(t.data.Footprints), func(p Place) bool { return slices.Contains(t.claim.Places, p.Code) }))
	}
	t.Course = &Course{From: s.periods[0].String(), Until: s.periods[s.start-1].String()}
	at := func(p catalog.Period, own, index, median float64) {
		t.Course.Points = append(t.Course.Points, CoursePoint{p.String(), evidence.Number(own), evidence.Number(index), evidence.Number(median), m.Events(p)})
	}
	_, level := s.index(own)
	next, last := s.periods[0], points[len(points)-1].Period
	for i, p := range s.periods {
		for ; next.Start.Before(p.Start); next = next.Next() {
			t.bent(next, points, level, at)
		}
		at(p, own[i], index[i], medians[i])
		next = p.Next()
	}
	for ; !next.Start.After(last.Start) && !m.BreaksWithin(s.periods[0], next); next = next.Next() {
		t.bent(next, points, level, at)
	}
}

// bent shows a period of a known event among the others, so that the course has no hole without a word.
func (t adviser) bent(p catalog.Period, points []measure.Point, level float64, at func(p catalog.Period, own, index, median float64)) {
	figure := math.NaN()
	if point, ok := measure.At(points, p.Start); ok && point.Value.Valid {
		figure = point.Value.Decimal.InexactFloat64()
	}
	at(p, figure, figure/level*100, math.NaN())
}

// foresee tells what change the figures of the places could show, where no effect was estimated.
func (t adviser) foresee(ctx context.Context) {
	m, points := t.data.Measure, t.points()
	year := m.Grain.PerYear()
	if t.Effect != nil || t.Unit != nil || t.claim.OfEngland() || m.Derived != nil || !testable(m.Grain) || len(points) < 3*year {
		return
	}
	as := &test{Result: &Result{}, claim: t.claim, data: t.data}
	begin := points[0].Period
	for range 2 * year {
		begin = begin.Next()
	}
	s := as.window(points, begin, catalog.Period{})
	if s.start < 2*year-1 || len(s.periods)-s.start < year {
		return
	}
	if s.treated = s.values(points); slices.ContainsFunc(s.treated, math.IsNaN) || !(stat.Mean(s.treated[:s.start], nil) > 0) {
		return
	}
	as.sample = s
	donors, outcomes := as.donors()
	if len(donors) < MinDonors {
		return
	}
	index, _ := s.index(s.treated)
	c := evidence.Comparison{Times: s.labels(), Start: s.start, Name: "claimed", Treated: index, Units: 1, Donors: donors, Outcomes: outcomes}
	model, err := evidence.SyntheticDiD(ctx, c)
	if err != nil || model.TestByPlacebos(ctx, c, evidence.SyntheticDiD, 0) != nil {
		return
	}
	found := model.Detectable()
	detectable := -found.Decrease
	if t.claim.Towards == catalog.Increase {
		detectable = found.Increase
	}
	if detectable.Missing() {
		return
	}
	t.Prospect = &Prospect{Start: s.periods[s.start].String(), Before: s.start, After: len(s.periods) - s.start, Detectable: detectable}
}
