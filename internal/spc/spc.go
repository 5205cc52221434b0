// Package spc is statistical process control of a series of figures: the XmR
// chart (individual values and their moving ranges) with the rules
// and the two icons of NHS England's Making Data Count.
//
// Sources: NHS England, Making Data Count: an interactive guide (2019 on);
// Shewhart 1931 and Wheeler 1993, Understanding Variation, for the chart and
// its constants. Where the guide leaves a choice, the choice is that of the
// NHS-R Community's program NHSRplotthedots 0.2.2, whose labels are used.
package spc

import (
	"fmt"
	"iter"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// What limits and rules are made by.
const (
	LimitFactor  = 2.66  // 3/d2 with d2 = 1.128, for ranges of two (Wheeler 1993)
	ScreenFactor = 3.267 // D4, the upper limit of ranges of two
	RunLength    = 7     // points of a trend, or on one side of the mean
)

// What the settings accept.
const (
	MinimumFix    = 12 // points that limits can be fixed by
	MinimumPoints = 13 // points of a group whose limits are firm
)

// Direction says which change is an improvement: 1 up, -1 down, 0 neither.
type Direction int

// The directions of improvement.
const (
	Neutral  Direction = 0
	Increase Direction = 1
	Decrease Direction = -1
)

// ParseDirection reads increase, decrease or neutral.
func ParseDirection(text string) (Direction, error) {
	for _, d := range []Direction{Increase, Decrease, Neutral} {
		if text == d.String() {
			return d, nil
		}
	}
	return Neutral, fmt.Errorf("direction %q: increase, decrease or neutral is accepted", text)
}

func (d Direction) String() string {
	return map[Direction]string{Increase: "increase", Decrease: "decrease", Neutral: "neutral"}[d]
}

// Settings are what a chart needs besides its figures.
type Settings struct {
	Improvement Direction
	Target      *float64 // in the unit of the figures; nil: none
	Rebase      []int    // positions, counted from 0, of the points that begin a new group; ascending
	FixAfter    int      // limits come from the first so many points of each group, at least MinimumFix; 0: from all
	KeepRanges  bool     // do not screen the moving ranges for outliers
}

// Cause is the first rule that a point breaks.
type Cause string

// The causes, in the words of NHSRplotthedots.
const (
	NoCause    Cause = "" // missing, or without limits
	Common     Cause = "Common Cause"
	AboveLimit Cause = "Above UCL"
	BelowLimit Cause = "Below LCL"
	Rising     Cause = "7 Point Trend (Increasing)"
	Falling    Cause = "7 Point Trend (Decreasing)"
	NearAbove  Cause = "2 in 3 Above CL"
	NearBelow  Cause = "2 in 3 Below CL"
	RunAbove   Cause = "7 Points Above CL"
	RunBelow   Cause = "7 Points Below CL"
)

// Rules are the causes, the high and the low one of each, in the order in which a point is tried by them.
var Rules = [][2]Cause{{AboveLimit, BelowLimit}, {Rising, Falling}, {NearAbove, NearBelow}, {RunAbove, RunBelow}}

// side is 1 for a cause that lies high or rises, -1 for one that lies low or falls.
func (c Cause) side() int {
	switch c {
	case AboveLimit, Rising, NearAbove, RunAbove:
		return 1
	case BelowLimit, Falling, NearBelow, RunBelow:
		return -1
	}
	return 0
}

// PointType is what a point's cause means for a measure with a direction.
type PointType string

// The types of point.
const (
	NoType      PointType = ""
	CommonCause PointType = "common_cause"
	Improvement PointType = "special_cause_improvement"
	Concern     PointType = "special_cause_concern"
	NeutralHigh PointType = "special_cause_neutral_high"
	NeutralLow  PointType = "special_cause_neutral_low"
)

func pointType(c Cause, improvement Direction) PointType {
	side := c.side()
	switch {
	case c == NoCause:
		return NoType
	case side == 0:
		return CommonCause
	case improvement == Neutral && side > 0:
		return NeutralHigh
	case improvement == Neutral:
		return NeutralLow
	case side == int(improvement):
		return Improvement
	}
	return Concern
}

// Variation is the icon that tells whether the latest point is signal or noise.
type Variation string

// The icons of variation.
const (
	NoVariation          Variation = ""
	CommonVariation      Variation = "common_cause"
	ImprovementHigh      Variation = "improvement_high"
	ImprovementLow       Variation = "improvement_low"
	ConcernHigh          Variation = "concern_high"
	ConcernLow           Variation = "concern_low"
	NeutralVariationHigh Variation = "neutral_high"
	NeutralVariationLow  Variation = "neutral_low"
)

// Special are the variations that are more than chance: those for the worse, for the better, and neither.
var Special = []Variation{ConcernHigh, ConcernLow, ImprovementHigh, ImprovementLow, NeutralVariationHigh, NeutralVariationLow}

// icons are the variations of a type of point, the high one first.
var icons = map[PointType][2]Variation{
	CommonCause: {CommonVariation, CommonVariation},
	Improvement: {ImprovementHigh, ImprovementLow},
	Concern:     {ConcernHigh, ConcernLow},
	NeutralHigh: {NeutralVariationHigh},
	NeutralLow:  {1: NeutralVariationLow},
}

// Variation is the icon of a point.
func (p Point) Variation() Variation {
	if p.Cause.side() < 0 {
		return icons[p.Type][1]
	}
	return icons[p.Type][0]
}

// Assurance is the icon that tells whether the process can be relied on to meet its target.
type Assurance string

// The icons of assurance.
const (
	NoAssurance    Assurance = ""
	ConsistentPass Assurance = "consistent_pass"
	ConsistentFail Assurance = "consistent_fail"
	Inconsistent   Assurance = "inconsistent"
)

// Point is one figure against the limits of its group. Values that do not exist are NaN.
type Point struct {
	Y              float64
	Group          int // counted from 0
	Mean, LPL, UPL float64
	Outside        bool // outside a process limit
	Near           bool // within it, beyond two thirds of the way from the mean
	Side           int  // 1 above the mean, -1 below, 0 on it or missing
	Cause          Cause
	Type           PointType
}

// Group is the points between two breaks, which share a mean and limits.
type Group struct {
	Mean, LPL, UPL float64 // NaN when there are none, which Reason explains
	Points         int     // figures, without the missing
	Missing        int
	Common         int
	Improvement    int
	Concern        int
	NeutralHigh    int
	NeutralLow     int
	Unlabelled     bool   // figures lie off limits without width, which tell nothing of them
	Short          bool   // fewer than MinimumPoints figures: limits are provisional
	Reason         Reason // why there are no limits, or why they have no width
}

// Chart is a series with its limits and labels.
type Chart struct {
	Points    []Point
	Groups    []Group
	Variation Variation // of the latest figure of the last group
	Assurance Assurance // by the limits of the last group
}

// New makes the chart of figures in the order of time, NaN where one is missing.
// No moving range spans a missing figure and no run passes over it. The errors
// are those of the settings.
func New(figures []float64, s Settings) (*Chart, error) {
	if err := s.check(figures); err != nil {
		return nil, err
	}
	chart := &Chart{Points: make([]Point, len(figures))}
	for i, y := range figures {
		chart.Points[i].Y = y
	}
	start := 0
	for _, end := range append(slices.Clone(s.Rebase), len(figures)) {
		if end > start || len(figures) == 0 {
			chart.Groups = append(chart.Groups, group(chart.Points[start:end], len(chart.Groups), s))
		}
		start = end
	}
	last := chart.Groups[len(chart.Groups)-1]
	for _, p := range slices.Backward(chart.Points) {
		if p.Group != len(chart.Groups)-1 {
			break
		}
		if !math.IsNaN(p.Y) {
			chart.Variation = p.Variation()
			break
		}
	}
	chart.Assurance = assurance(last, s)
	return chart, nil
}

// WithoutLimits takes the limits and the labels of a group away, for a reason.
func (c *Chart) WithoutLimits(group int, reason Reason) {
	none := math.NaN()
	g := &c.Groups[group]
	*g = Group{Mean: none, LPL: none, UPL: none, Points: g.Points, Missing: g.Missing, Short: g.Short, Reason: reason}
	for i, p := range c.Points {
		if p.Group == group {
			c.Points[i] = Point{Y: p.Y, Group: group, Mean: none, LPL: none, UPL: none}
		}
	}
	if group == len(c.Groups)-1 {
		c.Variation, c.Assurance = NoVariation, NoAssurance
	}
}

// Within moves limits that lie beyond what figures can be, such as less than no patients, to the bound. Labels stay as they are: no figure
// lies beyond it. A nil bound is none.
func (c *Chart) Within(lower, upper *float64) {
	within := func(limit *float64) {
		if lower != nil && *limit < *lower {
			*limit = *lower
		}
		if upper != nil && *limit > *upper {
			*limit = *upper
		}
	}
	for i := range c.Groups {
		within(&c.Groups[i].LPL)
		within(&c.Groups[i].UPL)
	}
	for i := range c.Points {
		within(&c.Points[i].LPL)
		within(&c.Points[i].UPL)
	}
}

func (s Settings) check(figures []float64) error {
	if s.FixAfter != 0 && s.FixAfter < MinimumFix {
		return fmt.Errorf("limits fixed after %d points: at least %d are accepted", s.FixAfter, MinimumFix)
	}
	if s.Target != nil && (math.IsNaN(*s.Target) || math.IsInf(*s.Target, 0)) {
		return fmt.Errorf("target %v: a finite number is accepted", *s.Target)
	}
	for i, y := range figures {
		if math.IsInf(y, 0) {
			return fmt.Errorf("figure %d is infinite: finite numbers are accepted, or NaN where one is missing", i+1)
		}
	}
	before := -1
	for _, at := range s.Rebase {
		if at <= before || at >= len(figures) {
			return fmt.Errorf("rebase at position %d: ascending positions within the %d points are accepted", at, len(figures))
		}
		before = at
	}
	return nil
}

// group labels the points of one group and sums it up.
func group(points []Point, number int, s Settings) Group {
	based := points
	if s.FixAfter > 0 {
		based = points[:min(s.FixAfter, len(points))]
	}
	mean, width, reason := limits(based, !s.KeepRanges)
	g := Group{Mean: mean, LPL: mean - width, UPL: mean + width, Reason: reason}
	slack := rounding * (math.Abs(mean) + width)
	g.Unlabelled = width == 0 && slices.ContainsFunc(points, func(p Point) bool { return math.Abs(p.Y-mean) > slack })
	for i := range points {
		p := &points[i]
		p.Group, p.Mean, p.LPL, p.UPL = number, g.Mean, g.LPL, g.UPL
		// Comparisons with NaN are false, so what is missing stays without mark.
		if g.Unlabelled {
			continue
		}
		// A figure on a limit is not outside it, nor is one that only rounding takes there.
		p.Outside = p.Y > p.UPL+slack || p.Y < p.LPL-slack
		p.Near = p.Y > mean+width*2/3 && p.Y < p.UPL || p.Y < mean-width*2/3 && p.Y > p.LPL
		p.Side = sign(p.Y - mean)
		if !math.IsNaN(p.Y) && !math.IsNaN(width) {
			p.Cause = Common
		}
	}
	if !g.Unlabelled {
		label(points)
	}
	for i := range points {
		p := &points[i]
		p.Type = pointType(p.Cause, s.Improvement)
		if math.IsNaN(p.Y) {
			g.Missing++
			continue
		}
		g.Points++
		switch p.Type {
		case CommonCause:
			g.Common++
		case Improvement:
			g.Improvement++
		case Concern:
			g.Concern++
		case NeutralHigh:
			g.NeutralHigh++
		case NeutralLow:
			g.NeutralLow++
		}
	}
	g.Short = g.Points < MinimumPoints
	return g
}

// limits are the mean of the figures and the distance of its process limits,
// 2.66 times the mean moving range: that of the ranges below 3.267 times their
// own mean when they are screened.
func limits(points []Point, screen bool) (mean, width float64, reason Reason) {
	// Summed from the first figure on, so that equal figures have themselves as their mean.
	first, sum, n := math.NaN(), 0.0, 0
	var ranges []float64
	for i, p := range points {
		if math.IsNaN(p.Y) {
			continue
		}
		if n == 0 {
			first = p.Y
		}
		sum += p.Y - first
		n++
		if i > 0 && !math.IsNaN(points[i-1].Y) {
			ranges = append(ranges, math.Abs(p.Y-points[i-1].Y))
		}
	}
	mean = first + sum/float64(n)
	switch {
	case n == 0:
		return math.NaN(), math.NaN(), Reason{Code: AllMissing}
	case len(ranges) == 0:
		return mean, math.NaN(), Reason{Code: NoNeighbours}
	}
	average := stat.Mean(ranges, nil)
	least := rounding * math.Abs(mean) // ranges below it are errors of arithmetic
	if math.IsInf(least, 0) || math.IsNaN(least) {
		least = 0
	}
	if average <= least {
		return mean, 0, Reason{Code: AllEqual}
	}
	if screen {
		ranges = slices.DeleteFunc(ranges, func(r float64) bool { return r >= ScreenFactor*average })
		if average = stat.Mean(ranges, nil); average <= least {
			return mean, 0, Reason{Code: AllEqualButOne}
		}
	}
	if width = LimitFactor * average; math.IsInf(mean+width, 0) || math.IsNaN(mean+width) {
		return math.NaN(), math.NaN(), Reason{Code: TooLarge}
	}
	return mean, width, Reason{}
}

// rounding is the share of a mean below which a difference is an error of arithmetic.
const rounding = 1e-12

// label gives each point the first cause that applies to it; what is written later prevails.
func label(points []Point) {
	for from, to := range runs(len(points), func(i int) int { return points[i].Side }) {
		if to-from >= RunLength {
			mark(points[from:to], RunAbove, RunBelow, points[from].Side)
		}
	}
	for i := 2; i < len(points); i++ {
		window := points[i-2 : i+1]
		near, side := 0, 0
		for _, p := range window {
			side += p.Side
			if p.Near {
				near++
			}
		}
		if near < 2 || side != 3 && side != -3 {
			continue
		}
		for j := range window {
			if window[j].Near {
				mark(window[j:j+1], NearAbove, NearBelow, side)
			}
		}
	}
	// A point that ends one trend and begins another belongs to the second.
	step := func(i int) int { return sign(points[i+1].Y - points[i].Y) }
	for from, to := range runs(len(points)-1, step) {
		if to-from >= RunLength-1 {
			mark(points[from:to+1], Rising, Falling, step(from))
		}
	}
	for i := range points {
		if points[i].Outside {
			mark(points[i:i+1], AboveLimit, BelowLimit, points[i].Side)
		}
	}
}

func mark(points []Point, high, low Cause, side int) {
	cause := low
	if side > 0 {
		cause = high
	}
	for i := range points {
		points[i].Cause = cause
	}
}

// runs yields the bounds, the second excluded, of each longest stretch of one key other than 0.
func runs(n int, key func(int) int) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for from := 0; from < n; {
			to := from + 1
			for to < n && key(to) == key(from) {
				to++
			}
			if key(from) != 0 && !yield(from, to) {
				return
			}
			from = to
		}
	}
}

// sign is 0 for NaN as for 0.
func sign(d float64) int {
	switch {
	case d > 0:
		return 1
	case d < 0:
		return -1
	}
	return 0
}

func assurance(last Group, s Settings) Assurance {
	if s.Target == nil || s.Improvement == Neutral || math.IsNaN(last.UPL) || last.Unlabelled {
		return NoAssurance
	}
	switch above := s.Improvement == Increase; {
	case *s.Target > last.UPL && above, *s.Target < last.LPL && !above:
		return ConsistentFail
	case *s.Target > last.UPL, *s.Target < last.LPL:
		return ConsistentPass
	}
	return Inconsistent
}
