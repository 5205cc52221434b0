package measure

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"stpdash/internal/catalog"
	"stpdash/internal/spc"
)

const (
	// riseChance is the greatest chance at which the latest figures count as more than those before. Two spans are tried, so together it is
	// that of lying outside limits of three sigma.
	riseChance = 0.0027 / 2
	// minBefore is how many figures the latest are compared with at least.
	minBefore = spc.MinimumFix
)

// Rise is by what the last of mostly small counts is told to be high; without a Cause it is not.
type Rise struct {
	// Cause is [spc.AboveLimit] where more of the latest figures lie above every earlier one than chance brings, and [spc.RunAbove] where the
	// last figures are all [FewCases] or more.
	Cause spc.Cause
	// Latest is how many figures were looked at, the run's or those compared with Before earlier ones, of which Above lie over all of them.
	Latest, Before, Above int
	Highest               float64 // of the earlier ones
}

// newRise tells whether the last of mostly small counts is high. There are two rules, neither of which supposes a
// distribution. Both need several figures of FewCases or more, so one patient is never a signal.
//
// Of the figures of the latest year, or half year, more lie above every earlier one than chance brings (Rosenbaum 1954, Annals of
// Mathematical Statistics 25:146), and the last lies above their mean. Or the last figures without a break are all FewCases or more,
// where half or more of all are under it: a run above the median (Perla, Provost and Murray 2011, BMJ Quality and Safety 20:46).
func newRise(m *catalog.Measure, counts []float64) Rise {
	for len(counts) > 0 && math.IsNaN(counts[len(counts)-1]) {
		counts = counts[:len(counts)-1]
	}
	if len(counts) == 0 || counts[len(counts)-1] < FewCases {
		return Rise{}
	}
	last := len(counts) - 1
	year := m.Grain.PerYear()
	for _, span := range []int{year, year / 2} {
		split := max(len(counts)-span, 0)
		before, latest := known(counts[:split]), known(counts[split:])
		if len(before) < minBefore || counts[last] <= stat.Mean(before, nil) {
			continue
		}
		highest, above := slices.Max(before), 0
		for _, n := range latest {
			if n > highest && n >= FewCases {
				above++
			}
		}
		if above > 1 && exceedance(len(before), len(latest), above) <= riseChance {
			return Rise{spc.AboveLimit, len(latest), len(before), above, highest}
		}
	}
	first := last
	for first >= 0 && counts[first] >= FewCases {
		first--
	}
	if n := last - first; n >= spc.RunLength {
		return Rise{Cause: spc.RunAbove, Latest: n}
	}
	return Rise{}
}

func known(figures []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(figures), math.IsNaN)
}

// exceedance is the chance that at least k of n figures lie above all m others, where all come from one distribution.
func exceedance(m, n, k int) float64 {
	chance := 1.0
	for i := range k {
		chance *= float64(n-i) / float64(n+m-i)
	}
	return chance
}

// markRise labels the last figure of the last group where it is high among mostly small counts.
func (c *Chart) markRise(m *catalog.Measure, counts []float64) {
	rise := newRise(m, counts)
	if rise.Cause == spc.NoCause {
		return
	}
	g := &c.Groups[len(c.Groups)-1]
	i := len(c.Chart.Points) - 1
	for math.IsNaN(c.Chart.Points[i].Y) {
		i--
	}
	p := &c.Chart.Points[i]
	p.Cause, c.Rise = rise.Cause, rise
	switch m.Direction {
	case catalog.Up:
		p.Type, g.Improvement = spc.Improvement, 1
	case catalog.Down:
		p.Type, g.Concern = spc.Concern, 1
	default:
		p.Type, g.NeutralHigh = spc.NeutralHigh, 1
	}
	c.Variation = p.Variation()
}
