package evidence

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// levelKind is how series were put on one level.
type levelKind int

const (
	noLevel levelKind = iota
	indexed           // divided by their own mean before the start
	shifted           // less their own mean before the start
)

// level is what the series of a comparison have in common when they were put on one level by what they were before the start. Of such
// series each period before follows from the others, so that whatever leaves out some of them must put the series on their level anew.
type level struct {
	kind levelKind
	mean float64
}

// sameLevel is how far apart the means of series on one level may lie, relative to how much a series varies: figures that were rounded
// after they were put there still count.
const sameLevel = 0.02

// level finds the level of a comparison by the means of its series before the start: figures that nobody put on one level do not have
// the same means.
func (c Comparison) level() level {
	var means, deviations []float64
	for _, series := range c.series() {
		mean, deviation := stat.MeanStdDev(series[:c.Start], nil)
		means, deviations = append(means, mean), append(deviations, deviation)
	}
	typical := stat.Mean(deviations, nil)
	if !(typical > 0) || slices.Max(means)-slices.Min(means) > sameLevel*typical {
		return level{}
	}
	if mean := stat.Mean(means, nil); math.Abs(mean) > sameLevel*typical {
		return level{indexed, mean}
	}
	return level{kind: shifted}
}

// series are the treated one and the donors'.
func (c Comparison) series() [][]float64 { return append([][]float64{c.Treated}, c.Outcomes...) }

// changes put the series of a comparison with other periods on the level; the first is that of the treated one.
func (l level) changes(c Comparison) []func(float64) float64 {
	var changes []func(float64) float64
	for _, series := range c.series() {
		mean := stat.Mean(series[:c.Start], nil)
		switch {
		case l.kind == indexed && mean*l.mean > 0:
			changes = append(changes, func(y float64) float64 { return y * l.mean / mean })
		case l.kind == shifted:
			changes = append(changes, func(y float64) float64 { return y - mean })
		default:
			changes = append(changes, func(y float64) float64 { return y })
		}
	}
	return changes
}

// put is a comparison with other periods on the level.
func (l level) put(c Comparison) Comparison {
	if l.kind == noLevel || c.Start < 1 {
		return c
	}
	changes, put := l.changes(c), c.series()
	for j, series := range put {
		put[j] = make([]float64, len(series))
		for t, y := range series {
			put[j][t] = changes[j](y)
		}
	}
	c.Treated, c.Outcomes = put[0], put[1:]
	return c
}
