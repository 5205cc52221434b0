package claim

import (
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
	"stpdash/internal/measure"
)

// testable tells whether claims are tested by figures of a grain: not by days, which are counted in some months alone, nor by weeks, as how often a
// test by them would be right has not been measured.
func testable(g catalog.Grain) bool { return g != catalog.Day && g != catalog.Week }

// minPeriods are the periods before and from the start on without which nothing is estimated: a year before, so that each season has been
// seen, of yearly figures three; and a quarter of a year after.
func minPeriods(g catalog.Grain) (before, after int) {
	return max(3, g.PerYear()), max(1, g.PerYear()/4)
}

// MinDonors make the smallest p-value that a placebo test can give 5 per cent: one place in twenty.
const MinDonors = 19

// sample is the window of a claim: which periods are compared, in which places, and how much they counted before the start.
type sample struct {
	periods []catalog.Period
	start   int // of the periods, the first under the scheme
	treated []float64
	level   float64 // the treated figures' mean before the start
}

func (s *sample) labels() []string {
	labels := make([]string, len(s.periods))
	for i, p := range s.periods {
		labels[i] = p.String()
	}
	return labels
}

// since counts the periods from the first to one, those left out included.
func (s *sample) since(i int) int {
	n := 0
	for p := s.periods[0]; p.Start.Before(s.periods[i].Start); p = p.Next() {
		n++
	}
	return n
}

// values are a place's figures of the periods, NaN where it has none.
func (s *sample) values(points []measure.Point) []float64 {
	at := make(map[time.Time]float64, len(points))
	for _, p := range points {
		if p.Value.Valid {
			at[p.Period.Start] = p.Value.Decimal.InexactFloat64()
		}
	}
	values := make([]float64, len(s.periods))
	for i, p := range s.periods {
		v, known := at[p.Start]
		if !known {
			v = math.NaN()
		}
		values[i] = v
	}
	return values
}

// index states figures in per cent of their own mean before the start, so that places of any size can be compared.
func (s *sample) index(values []float64) (index []float64, level float64) {
	level = stat.Mean(values[:s.start], nil)
	index = make([]float64, len(values))
	for i, v := range values {
		index[i] = v / level * 100
	}
	return index, level
}

// lay chooses the periods that the claim can be tested by, and says why it has none.
func (t estimator) lay() error {
	c, m := t.claim, t.data.Measure
	start, stated := c.StartPeriod()
	until, _ := c.UntilPeriod()
	points := t.points()
	switch {
	case m.Derived != nil:
		return refuse(DerivedMeasure, Facts{Measure: m.ID, Of: m.Derived.Of})
	case m.Grain == catalog.Day:
		return refuse(DailyMeasure, Facts{Measure: m.ID})
	case !testable(m.Grain):
		return refuse(WeeklyMeasure, Facts{Measure: m.ID})
	case !stated:
		return refuse(NoStart, Facts{})
	case len(points) == 0:
		return refuse(NoFigures, Facts{Measure: m.ID, Places: c.Places})
	}
	first, last := points[0].Period, points[len(points)-1].Period
	t.Design.First, t.Design.Start, t.Design.Last = first.String(), start.String(), last.String()
	switch {
	case !start.Start.After(first.Start):
		return refuse(NothingBefore, Facts{Start: start.String(), Period: first.String()})
	case start.Start.After(last.Start):
		return refuse(NothingAfter, Facts{Start: start.String(), Period: last.String()})
	}
	s := t.window(points, start, until)
	t.Design.Before, t.Design.After = s.start, len(s.periods)-s.start
	before, after := minPeriods(m.Grain)
	switch {
	case s.start < before:
		return refusal{tooFew(TooFewBefore, s.start, before, Facts{Period: first.String()})}
	case t.Design.After < after:
		return refusal{tooFew(TooFewAfter, t.Design.After, after, Facts{})}
	}
	t.Design.First, t.Design.Last = s.periods[0].String(), s.periods[len(s.periods)-1].String()
	s.treated = s.values(points)
	if gap := slices.IndexFunc(s.treated, math.IsNaN); gap >= 0 {
		return refusal{t.data.noFigure(points, s.periods[gap], Facts{Scope: OfScheme})}
	}
	if s.level = stat.Mean(s.treated[:s.start], nil); !(s.level > 0) {
		return refuse(NotOverZero, Facts{Scope: OfScheme, Value: exactly(evidence.Number(s.level))})
	}
	t.sample = s
	for _, place := range t.data.Footprints {
		if change, ok := s.membershipBreak(place); ok && slices.Contains(t.claim.Places, place.Code) {
			t.step = broken(change, Facts{Scope: OfScheme, Places: []string{place.Code}})
		}
	}
	return nil
}

// membershipBreak is the first change of a place's organisations within the periods.
func (s *sample) membershipBreak(place Place) (measure.MembershipBreak, bool) {
	first, last := s.periods[0], s.periods[len(s.periods)-1]
	i := slices.IndexFunc(place.Breaks, func(t measure.MembershipBreak) bool {
		return t.From.Start.After(first.Start) && !t.From.Start.After(last.Start)
	})
	if i < 0 {
		return measure.MembershipBreak{}, false
	}
	return place.Breaks[i], true
}

// window are the periods of points, up to one where it is not zero, that count the same from before the start on, without known events.
func (t *test) window(points []measure.Point, start, until catalog.Period) *sample {
	s, m, last := &sample{}, t.data.Measure, points[len(points)-1].Period
	for p := points[0].Period; !p.Start.After(last.Start) && (until.Start.IsZero() || !p.Start.After(until.Start)); p = p.Next() {
		broken := slices.ContainsFunc(m.Breaks, func(b catalog.Break) bool { return b.From == p.String() })
		if broken && p.Start.After(start.Start) {
			t.leaveOut(p, because(DefinitionChanged, Facts{Scope: FromThen}))
			break
		}
		if broken {
			t.leaveOut(p, because(DefinitionChanged, Facts{Scope: BeforeThen}))
			s.periods = nil
		}
		if notes := m.Events(p); len(notes) > 0 {
			t.leaveOut(p, because(KnownEvent, Facts{Notes: notes[:1]}))
			continue
		}
		s.periods = append(s.periods, p)
	}
	for _, p := range s.periods {
		if p.Start.Before(start.Start) {
			s.start++
		}
	}
	return s
}

func (t *test) leaveOut(p catalog.Period, why Reason) {
	t.Design.LeftOut = append(t.Design.LeftOut, LeftOut{Period: p.String(), Reason: why})
}

func (t *test) leaveOutPlace(place Place, why Reason) {
	t.Design.LeftOut = append(t.Design.LeftOut, LeftOut{Place: place.Code, Reason: why})
}

// points are those of England or of the claim's places together.
func (t *test) points() []measure.Point {
	if t.claim.OfEngland() {
		return t.data.England
	}
	var together [][]measure.Point
	for _, code := range t.claim.Places {
		i := slices.IndexFunc(t.data.Footprints, func(p Place) bool { return p.Code == code })
		if i < 0 {
			return nil
		}
		together = append(together, t.data.Footprints[i].Points)
	}
	return measure.Sum(t.data.Measure, together)
}

// donors are the places that the treated ones can be compared with; the others are left out with the reason.
func (t *test) donors() (names []string, indexed [][]float64) {
	s := t.sample
	medians := s.medians(t.data.Footprints)
	for _, place := range t.data.Footprints {
		values := s.values(place.Points)
		gap := slices.IndexFunc(values, math.IsNaN)
		scheme := t.schemeOf(place.Code)
		change, breaks := s.membershipBreak(place)
		switch {
		case slices.Contains(t.claim.Places, place.Code):
			continue
		case gap >= 0:
			t.leaveOutPlace(place, t.data.noFigure(place.Points, s.periods[gap], Facts{Scope: OfPlace}))
			continue
		case !(stat.Mean(values[:s.start], nil) > 0):
			t.leaveOutPlace(place, because(NotOverZero, Facts{Scope: OfPlace}))
			continue
		case scheme != nil:
			t.leaveOutPlace(place, because(OwnScheme, Facts{Claim: scheme.ID}))
			continue
		case breaks:
			t.leaveOutPlace(place, broken(change, Facts{Scope: OfPlace}))
			continue
		}
		index, _ := s.index(values)
		if at, by := step(index, medians, t.data.Measure.Grain.PerYear(), -1); by != 0 {
			t.leaveOutPlace(place, jump(by, s.periods[at], OfPlace))
			continue
		}
		names, indexed = append(names, place.Code), append(indexed, index)
	}
	return names, indexed
}

// schemeOf is a claim that a place's own scheme moved the measure as a whole in the periods compared; nil where there is none.
func (t *test) schemeOf(place string) *catalog.Claim {
	for _, c := range t.data.Register {
		if c.Measure == t.data.Measure.ID && !c.IsPlan() && c.Covers == nil && c.Unit != catalog.Count && slices.Contains(c.Places, place) &&
			during(c, t.sample.periods) {
			return c
		}
	}
	return nil
}

// during tells whether the time of a claim, as far as stated, lies in some of the periods.
func during(c *catalog.Claim, periods []catalog.Period) bool {
	start, stated := c.StartPeriod()
	until, ends := c.UntilPeriod()
	return (!stated || !start.Start.After(periods[len(periods)-1].Start)) && (!ends || !until.Start.Before(periods[0].Start))
}

// medians are the median index of all places with every figure, by period: what seasons and common events did to most.
func (s *sample) medians(places []Place) []float64 {
	columns := make([][]float64, len(s.periods))
	for _, place := range places {
		values := s.values(place.Points)
		if slices.ContainsFunc(values, math.IsNaN) || !(stat.Mean(values[:s.start], nil) > 0) {
			continue
		}
		index, _ := s.index(values)
		for i, v := range index {
			columns[i] = append(columns[i], v)
		}
	}
	medians := make([]float64, len(columns))
	for i, column := range columns {
		medians[i] = median(column)
	}
	return medians
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// The least step that is one: a tenth, and this many times the usual change from period to period.
const leastStep, stepNoise = 0.10, 5

// step finds the largest jump of a place against the median of all that stays for half a year, or to the end of the figures: at least half of it between
// neighbouring periods, over a tenth and far beyond the usual change. Such a jump is a change of what is counted, as when trusts merge, and a
// comparison must do without it (Abadie 2021, Journal of Economic Literature 59:391, section 5). Steps at a start, where a scheme may
// have made them, are passed over; the start is below zero where there is none. By is 0 where there is no such step.
func step(index, medians []float64, season, start int) (at int, by float64) {
	half := max(2, season/2)
	relative, changes := make([]float64, len(index)), []float64{}
	for i := range index {
		if relative[i] = math.Log(index[i] / medians[i]); math.IsNaN(relative[i]) || math.IsInf(relative[i], 0) {
			return 0, 0
		}
		if i > 0 {
			changes = append(changes, math.Abs(relative[i]-relative[i-1]))
		}
	}
	least := max(leastStep, stepNoise*median(changes))
	after := max(2, half/2) // periods after the step, near the end
	for i := half; i+after <= len(index); i++ {
		if start >= 0 && i >= start-1 && i <= start+1 {
			continue
		}
		rise := median(slices.Clone(relative[i:min(i+half, len(relative))])) - median(slices.Clone(relative[i-half:i]))
		if jump := relative[i] - relative[i-1]; jump*rise > 0 && math.Abs(jump) > math.Abs(rise)/2 && math.Abs(rise) > max(least, math.Abs(by)) {
			at, by = i, rise
		}
	}
	return at, math.Expm1(by)
}
