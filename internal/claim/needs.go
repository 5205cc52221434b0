package claim

import (
	"context"
	"fmt"
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
	Base   string        `json:"base"` // the periods whose mean is 100
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

// adviser says what it would take to test a claim.
type adviser struct{ *test }

// require says what it would take to test the claim, or to see in the figures what it says.
func (t adviser) require(ctx context.Context) {
	if t.data.Measure == nil {
		return
	}
	if t.data.Loading {
		t.Needs = []string{"That all figures are loaded."}
		return
	}
	t.follow()
	if t.claim.IsPlan() {
		t.requireOfPlan()
		return
	}
	c, m := t.claim, t.data.Measure
	start, stated := c.StartPeriod()
	need := func(format string, args ...any) { t.Needs = append(t.Needs, fmt.Sprintf(format, args...)) }
	t.foresee(ctx)
	if !stated {
		need("The date on which the scheme began.")
	}
	two := 2 * m.Grain.PerYear()
	if stated && t.Design.Before < two {
		first := start
		for range two {
			first = first.Previous()
		}
		need("Figures of “%s” in all 44 places from %s on: two years before the start.", m.Title, first.Words())
	}
	if t.Claimed.Part.Missing() {
		need("How many of those counted in %s the scheme reached, or the figures of that part alone: it reached %s.", t.names(), c.Covers.Words)
	}
	detectable := unknown
	switch {
	case t.Effect != nil && !t.Effect.Detectable.Missing():
		detectable = t.Effect.Detectable
	case t.Prospect != nil:
		detectable = t.Prospect.Detectable
		need("With figures like those loaded, two years before the start and %d periods from it on, a change of %.1f%% or more of the figures of %s would be seen in 80 of 100 cases.",
			t.Prospect.After, float64(detectable), t.names())
	}
	if claimed := t.Claimed.Percent; claimed > 0 && claimed < detectable {
		need("A scheme %s times as large as claimed: %s of the places' figures is claimed, and %s or more could be seen. Figures of those it reached alone would show less.",
			times(float64(detectable/claimed)), claimedOf(claimed, float64(detectable)), measured(float64(detectable), float64(claimed)))
	}
	if c.Pounds().Valid && c.UnitCost == nil && m.Unit != catalog.GBP {
		need("What one of what is counted is taken to cost, and who says so.")
	}
	if c.Pounds().Valid && !c.SchemeCosts().Valid {
		need("What the scheme itself cost over the same time.")
	}
	if years := float64(t.Design.After) / float64(m.Grain.PerYear()); t.Effect != nil && years < lasting {
		last := start
		for range lasting*m.Grain.PerYear() - 1 {
			last = last.Next()
		}
		need("Figures up to %s, to tell whether a change lasts five years.", last.Words())
	}
}

func (t adviser) requireOfPlan() {
	c, o := t.claim, t.Outturn
	until, ends := c.UntilPeriod()
	need := func(format string, args ...any) { t.Needs = append(t.Needs, fmt.Sprintf(format, args...)) }
	if c.Kind != catalog.Plan {
		need("The plan's own figures, period by period.")
	}
	if c.Covers != nil && t.Claimed.Part.Missing() {
		need("The figures of the part that it was about alone: %s.", c.Covers.Words)
	}
	if !c.Amount().Valid {
		need("By how much the figures were to change.")
	}
	if o == nil && t.Verdict == CannotBeTested {
		need("Whole years of figures of “%s” before the plan and in its last year, counted in the same way.", t.data.Measure.Title)
	}
	switch {
	case o == nil || o.Due:
	case !ends:
		need("By when the plan was to be reached.")
	case o.Own == nil:
	case !o.Own.Loaded:
		need("Figures up to %s, when the plan was due.", until.Words())
	case o.Own.Figure.Missing():
		need("The figures that are missing in the plan's own year: %s.", o.Own.Why)
	default:
		need("Nothing that can be loaded: the figures of the plan's own year are there. A year that no known event bent would have to be agreed as the plan's.")
	}
	if c.Against.Kind == catalog.ComparedDoNothing {
		need("The projection that the plan was set against, with what it rests on.")
	}
}

// times is a multiple in words that promise no more than two digits.
func times(n float64) string {
	if n < 10 {
		return numbered(n, 1)
	}
	tens := math.Pow(10, math.Floor(math.Log10(n))-1)
	return fmt.Sprintf("%.0f", math.Round(n/tens)*tens)
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
	t.Course = &Course{Base: s.periods[0].Words() + " to " + s.periods[s.start-1].Words()}
	if s.start == 1 {
		t.Course.Base = s.periods[0].Words()
	}
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
	if t.Effect != nil || t.claim.OfEngland() || m.Derived != nil || !testable(m.Grain) || len(points) < 3*year {
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
	if err != nil || model.Judge(ctx, c, evidence.SyntheticDiD, 0) != nil {
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
