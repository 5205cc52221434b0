package measure

import (
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/spc"
)

// Chart is the process control chart of a measure's points, in the order of time, with a new group of limits at each change of
// definition or of organisations within them. A period that has no figure, whether listed or not, or one that a known event bent is
// missing from the chart; it breaks every run.
type Chart struct {
	*spc.Chart
	Points []Point // one a point of the chart
	// Rise is by what the latest of mostly small counts is told to be high; nothing where it is not.
	Rise Rise
	gaps map[int]Gaps // by group, of those without limits for their small counts
}

// LimitsReason is why a group of a chart has no limits, or why they have no width; without a Code there is none.
type LimitsReason struct {
	spc.Reason
	Gaps Gaps // of small counts and shares of few: what lies between periods with cases
}

// LimitsReason is that of a group of the chart, counted from 0.
func (c Chart) LimitsReason(group int) LimitsReason {
	return LimitsReason{c.Groups[group].Reason, c.gaps[group]}
}

// Gaps are what a chart of the time between periods with cases shows.
type Gaps struct {
	Grain catalog.Grain // of the periods
	// Crowded tells that more than half of the periods have cases: then most stretches are of no period, one of one period would be a signal,
	// and there is no such chart.
	Crowded   bool
	Reason    spc.Reason // why the chart has no limits
	Mean, UPL float64    // periods without a case: usual, and the most that is
	Long      bool       // the last stretch is longer than that
}

// NewChart makes the chart of points. The target, if any, is what the last period is compared with.
func NewChart(m *catalog.Measure, points []Point, changes []MembershipBreak, target decimal.NullDecimal) (Chart, error) {
	c := Chart{Points: Fill(points), gaps: map[int]Gaps{}}
	s := spc.Settings{Improvement: map[catalog.Direction]spc.Direction{catalog.Up: spc.Increase, catalog.Down: spc.Decrease}[m.Direction]}
	if target.Valid {
		t := target.Decimal.InexactFloat64()
		s.Target = &t
	}
	breaks := map[string]bool{}
	for _, b := range m.Breaks {
		breaks[b.From] = true
	}
	for _, t := range changes {
		breaks[t.From.String()] = true
	}
	figures := make([]float64, len(c.Points))
	for i, p := range c.Points {
		figures[i] = math.NaN()
		if p.Value.Valid && len(m.Events(p.Period)) == 0 {
			figures[i] = p.Value.Decimal.InexactFloat64()
		}
		if i > 0 && len(breaks) > 0 && breaks[p.Period.String()] {
			s.Rebase = append(s.Rebase, i)
		}
	}
	if m.Overlaps() {
		c.Chart = unlimited(figures)
		return c, nil
	}
	var err error
	if c.Chart, err = spc.New(figures, s); err != nil {
		return c, err
	}
	c.rare(m)
	c.Within(Range(m))
	return c, nil
}

// FewCases is the count under which a figure is small. Limits by moving ranges take figures for continuous and about normal, which small
// counts are not: one case more or less is a signal then. Five is the least expected count for which such an approximation is used
// (Cochran 1954, Biometrics 10:417).
const FewCases = 5

// rare takes the limits from groups of which half or more of the figures are small counts, or shares of which few are counted or all but few:
// one case more or less moves those too. It looks at the time between cases instead. That cannot show more cases in periods that all have
// some, so the latest counts are compared with those before them as well.
func (c *Chart) rare(m *catalog.Measure) {
	if m.Unit == catalog.GBP || m.Derived != nil {
		return
	}
	kinds := []caseKind{{spc.SmallCounts, counted}} // of a rate too, it is cases that are counted
	if m.Unit == catalog.Share {
		kinds = []caseKind{{spc.FewCounted, ofKnown(counted)}, {spc.FewNotCounted, ofKnown(notCounted)}}
	}
	for g := range c.Groups {
		for _, kind := range kinds {
			var figures []float64
			small := 0
			for i, p := range c.Chart.Points {
				if p.Group != g {
					continue
				}
				cases := math.NaN()
				if !math.IsNaN(p.Y) {
					cases = kind.cases(c.Points[i])
				}
				figures = append(figures, cases)
				if cases < FewCases {
					small++
				}
			}
			if known := c.Groups[g].Points; known == 0 || 2*small < known {
				continue
			}
			c.WithoutLimits(g, spc.Reason{Code: kind.code, Need: FewCases})
			c.gaps[g] = newGaps(m.Grain, figures)
			if kind.code == spc.SmallCounts && g == len(c.Groups)-1 && !c.Groups[g].Short {
				c.markRise(m, figures)
			}
			break
		}
	}
}

// caseKind is one way to count the cases of a figure.
type caseKind struct {
	code  spc.ReasonCode // where they are few
	cases func(Point) float64
}

// ofKnown counts as many as there can be where it is not known of how many a share is.
func ofKnown(cases func(Point) float64) func(Point) float64 {
	return func(p Point) float64 {
		if !p.Denominator.Valid {
			return math.Inf(1)
		}
		return cases(p)
	}
}

func counted(p Point) float64 { return p.Numerator.Decimal.InexactFloat64() }

func notCounted(p Point) float64 {
	return p.Denominator.Decimal.Sub(p.Numerator.Decimal).InexactFloat64()
}

// newGaps looks at the time between periods with cases.
func newGaps(grain catalog.Grain, figures []float64) Gaps {
	gaps := Gaps{Grain: grain}
	known, with := 0, 0
	for _, y := range figures {
		if !math.IsNaN(y) {
			known++
		}
		if y > 0 {
			with++
		}
	}
	if gaps.Crowded = 2*with > known; gaps.Crowded {
		return gaps
	}
	chart := spc.NewGChart(spc.Between(figures))
	if gaps.Reason = chart.Reason; gaps.Reason.Code == "" {
		gaps.Mean, gaps.UPL, gaps.Long = chart.Mean, chart.UPL, chart.Variation != spc.CommonVariation
	}
	return gaps
}

// unlimited is a chart of figures that process limits do not hold for: moving ranges of figures that share periods are far too small.
func unlimited(figures []float64) *spc.Chart {
	c := &spc.Chart{}
	none := math.NaN()
	for _, y := range figures {
		c.Points = append(c.Points, spc.Point{Y: y, Mean: none, LPL: none, UPL: none})
	}
	c.Groups = []spc.Group{{Mean: none, LPL: none, UPL: none, Reason: spc.Reason{Code: spc.OverlappingSpans}}}
	return c
}

// Fill puts a point without a figure in place of each period that is missing between the first and the last; where none is, the points are as
// they were.
func Fill(points []Point) []Point {
	gap := 1
	for gap < len(points) && !points[gap-1].Period.Next().Start.Before(points[gap].Period.Start) {
		gap++
	}
	if gap >= len(points) {
		return points
	}
	all := slices.Clone(points[:gap])
	for _, p := range points[gap:] {
		for next := all[len(all)-1].Period.Next(); next.Start.Before(p.Period.Start); next = next.Next() {
			all = append(all, Point{Period: next})
		}
		all = append(all, p)
	}
	return all
}
