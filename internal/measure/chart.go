package measure

import (
	"math"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/spc"
)

// Turnover is a period in which the organisations of a place changed so much that its series breaks.
type Turnover struct {
	From  catalog.Period
	Part  float64 // of the larger of the figures before and after; over zero where organisations came
	Words string  // who came or left, as a clause
}

// Chart is the process control chart of a measure's points, in the order of time, with a new group of limits at each change of
// definition or turnover of organisations within them. A period that has no figure, whether listed or not, or one that a known event bent is
// missing from the chart; it breaks every run.
type Chart struct {
	*spc.Chart
	Points []Point // one a point of the chart
}

// NewChart makes the chart of points. The target, if any, is what the last period is held against.
func NewChart(m *catalog.Measure, points []Point, turnovers []Turnover, target decimal.NullDecimal) (Chart, error) {
	c := Chart{Points: Fill(points)}
	s := spc.Settings{Improvement: map[catalog.Direction]spc.Direction{catalog.Up: spc.Increase, catalog.Down: spc.Decrease}[m.Direction]}
	if target.Valid {
		t := target.Decimal.InexactFloat64()
		s.Target = &t
	}
	breaks := map[string]bool{}
	for _, b := range m.Breaks {
		breaks[b.From] = true
	}
	for _, t := range turnovers {
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
	c.Chart, err = spc.New(figures, s)
	return c, err
}

// unlimited is a chart of figures that process limits do not hold for: moving ranges of figures that share periods are far too small.
func unlimited(figures []float64) *spc.Chart {
	c := &spc.Chart{}
	none := math.NaN()
	for _, y := range figures {
		c.Points = append(c.Points, spc.Point{Y: y, Mean: none, LPL: none, UPL: none})
	}
	c.Groups = []spc.Group{{Mean: none, LPL: none, UPL: none, Reason: "neighbouring figures share months, so there are no process limits for them"}}
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
