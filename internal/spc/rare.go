package spc

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// What charts of rare events are made by.
const (
	// MinGaps is how many figures between events their limits rest on at least.
	MinGaps = 12
	// tPower makes times between events about normal (Nelson 1994, Journal of Quality Technology 26:186): they are raised to 1/tPower.
	tPower = 3.6
)

// RareChart is a chart of how much lies between events, where these are too rare for a chart of their number: a long stretch is an
// improvement where events are bad. There is no lower limit but zero, so that only long stretches are found.
type RareChart struct {
	Kind           string // "g" of counts between events, "t" of times between them
	Figures        []float64
	Mean, LPL, UPL float64 // NaN when there are none, which Reason explains
	Outside        []bool  // above the upper limit, by figure
	// Variation of the last figure: common cause, or neutral and high.
	Variation Variation
	Reason    Reason
}

// Between counts the opportunities without an event, such as months, from each event to the next: 0 where it follows at once. What came
// before the first event and after the last is left out, as it is no whole stretch; a missing figure (NaN) ends a stretch untold.
func Between(counts []float64) []float64 {
	var between []float64
	last := -1 // the latest opportunity with an event
	for i, n := range counts {
		switch {
		case math.IsNaN(n):
			last = -1
		case n > 0:
			if last >= 0 {
				between = append(between, float64(i-last-1))
			}
			last = i
		}
	}
	return between
}

// NewGChart is the g chart of the numbers of opportunities between events (Benneyan 2001, Health Care Management Science 4:305): they are
// geometric, so that with mean g the limits are
//
//	g +- 3 sqrt(g (g + 1)),
//
// the lower one being no less than zero.
func NewGChart(between []float64) RareChart {
	return newRare("g", between, func(figures []float64) (mean, low, high float64) {
		mean = stat.Mean(figures, nil)
		width := 3 * math.Sqrt(mean*(mean+1))
		return mean, max(0, mean-width), mean + width
	})
}

// NewTChart is the t chart of times between events (Nelson 1994; Montgomery 2013, Introduction to Statistical Quality Control, section
// 7.3.5): times raised to 1/3.6 are about normal, their limits are those of an XmR chart, and are raised to 3.6 again.
func NewTChart(times []float64) RareChart {
	return newRare("t", times, func(figures []float64) (mean, low, high float64) {
		points := make([]Point, len(figures))
		for i, y := range figures {
			points[i].Y = math.Pow(y, 1/tPower)
		}
		centre, width, _ := limits(points, false)
		return math.Pow(centre, tPower), math.Pow(max(0, centre-width), tPower), math.Pow(centre+width, tPower)
	})
}

func newRare(kind string, figures []float64, by func([]float64) (mean, low, high float64)) RareChart {
	none := math.NaN()
	c := RareChart{Kind: kind, Figures: figures, Mean: none, LPL: none, UPL: none, Outside: make([]bool, len(figures))}
	for i, y := range figures {
		if !(y >= 0) || math.IsInf(y, 0) {
			c.Reason = Reason{Code: NotGaps, Position: i + 1, Value: y}
			return c
		}
	}
	if len(figures) < MinGaps {
		c.Reason = Reason{Code: TooFewGaps, Have: len(figures), Need: MinGaps}
		return c
	}
	mean, low, high := by(figures)
	if !(high > mean) || math.IsInf(high, 0) {
		c.Reason = Reason{Code: GapsEqual}
		return c
	}
	c.Mean, c.LPL, c.UPL = mean, low, high
	c.Variation = CommonVariation
	for i, y := range figures {
		c.Outside[i] = y > high*(1+rounding)
	}
	if c.Outside[len(figures)-1] {
		c.Variation = NeutralVariationHigh
	}
	return c
}
