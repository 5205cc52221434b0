package evidence

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// Design says how a relative effect is sought: in so many periods before the start, and from it on.
type Design struct {
	Before int `json:"before"`
	After  int `json:"after"`
}

const (
	// checkBefore is how many periods before the start the check averages.
	checkBefore = 12
	// recentDecay is how much less each earlier period before the start weighs in the exponentially weighted base. What a place will have
	// next is told by its last months: its share is a random walk with noise (Muth 1960, Journal of the American Statistical Association
	// 55:299).
	recentDecay = 0.7
	// FewDonors is up to how many donors the test was not tried with.
	FewDonors = 14
)

// Relative is an effect in natural logarithms, so that it is a share of what there would have been, judged by the same estimate on each donor.
type Relative struct {
	Design
	Method string `json:"method"`
	Donors int    `json:"donors"`
	// Estimate is in logarithms. Its standard error is the standard deviation of the placebos' effects, t distributed with one degree of
	// freedom less than there are placebos.
	Estimate
	Percent Percent `json:"percent"`
	// Rank of the effect by its size among those of the unit and its placebos, 1 being the largest, and RankP the share that are as large.
	Rank  int    `json:"rank"`
	RankP Number `json:"rank_p"`
	// BySize is the same effect with an error that depends on the size of the unit (see [SizeVariance]); nil without sizes. Small units
	// vary more, and the plain error is too small for them.
	BySize *Estimate     `json:"by_size,omitempty"`
	Size   *SizeVariance `json:"size_variance,omitempty"`
	// Check is the plain difference-in-differences on the last periods before the start, and Recent that on all of them, the last weighing
	// most.
	Check  RelativeCheck `json:"check"`
	Recent RelativeCheck `json:"recent"`
	// Baseline is the same estimate with the start put back by half of the periods before it, and nothing from the true start on: an effect there
	// speaks against the comparison. It is nil where too few periods lie before.
	Baseline *RelativeCheck `json:"baseline,omitempty"`
	// SignDiffers tells that Check has the other sign: an effect that began before the stated start shows so, among others.
	SignDiffers bool `json:"sign_differs"`
	// Path is in logarithms.
	Path     []RelativePeriod `json:"path"`
	Placebos []PlaceboEffect  `json:"placebos"`
	Notes    []Note           `json:"note_facts,omitempty"`

	estimated *Synthetic
}

// RelativeCheck is the effect by another estimator.
type RelativeCheck struct {
	Method string `json:"method"`
	Before int    `json:"before"`
	Estimate
	Percent Percent `json:"percent"`
}

// RelativePeriod is one period of the unit beside its donors, and how much the gaps of placebos vary in it.
type RelativePeriod struct {
	SyntheticPeriod
	Chance Number `json:"chance"` // their standard deviation
}

// PlaceboEffect is the effect found for a donor, where there was no scheme.
type PlaceboEffect struct {
	Unit   string `json:"unit"`
	Effect Number `json:"effect"`
}

// Percent is an effect in logarithms as a percentage of what there would have been.
type Percent struct {
	Value    Number      `json:"estimate"`
	Interval *[2]float64 `json:"interval"`
	// Detectable is the smallest fall that would be found at 5 per cent with a power of 80 per cent.
	Detectable Number `json:"detectable"`
}

// InPercent states an effect in logarithms in per cent.
func InPercent(e Estimate) Percent {
	p := Percent{Value: percent(float64(e.Value)), Detectable: percent(-float64(e.MDE))}
	if e.Interval != nil {
		p.Interval = interval(float64(percent(e.Interval[0])), float64(percent(e.Interval[1])))
	}
	return p
}

func percent(log float64) Number { return Number(100 * math.Expm1(log)) }

// EstimateRelative estimates the relative effect on the treated unit of a comparison of counts by synthetic difference-in-differences in
// logarithms. Each donor is taken as treated in turn, the other donors being its donors and the treated unit left out; the standard
// deviation s of the N effects found so is the standard error (Arkhangelsky et al. 2021, American Economic Review 111:4088, algorithm 4)
// and
//
//	effect +- t(0.975, N-1) s
//
// the interval. Sizes are those of the treated unit, first, and of the donors; nil where they do not matter. Known is how the variance depends on
// them where a study of many starts has found it; nil to find it from the donors of this one.
func EstimateRelative(ctx context.Context, c Comparison, d Design, sizes []float64, known *SizeVariance) (*Relative, error) {
	if sizes != nil && len(sizes) != len(c.Donors)+1 {
		return nil, fmt.Errorf("there are sizes of %d units; accepted is one of the treated unit and one of each of %d donors", len(sizes), len(c.Donors))
	}
	c, err := c.logs(d)
	if err != nil {
		return nil, err
	}
	if len(c.Donors) < 3 {
		return nil, refused(
			Note{Code: TooFewDonors, Have: len(c.Donors), Need: 3},
			"there are %d donors: at least three are needed, as each is compared with the others",
			len(c.Donors),
		)
	}
	main, kept, err := c.relative(ctx, SyntheticDiD)
	if err != nil {
		return nil, err
	}
	r := &Relative{
		Design: d, Method: main.estimated.Method + " in logarithms", Donors: len(c.Donors), Estimate: main.Estimate, Percent: InPercent(main.Estimate),
		estimated: main.estimated, Notes: main.notes,
	}
	effects := make([]float64, len(main.placebos))
	for i, p := range main.placebos {
		effects[i] = p.found
		r.Placebos = append(r.Placebos, PlaceboEffect{Unit: c.Donors[kept[i]], Effect: Number(p.found)})
	}
	r.rank(effects)
	for t, period := range main.estimated.Path {
		gaps := make([]float64, len(main.placebos))
		for i, p := range main.placebos {
			gaps[i] = float64(p.Path[t].Gap)
		}
		r.Path = append(r.Path, RelativePeriod{period, Number(stat.StdDev(gaps, nil))})
	}
	if sizes != nil {
		r.bySize(effects, sizes[0], pick(sizes[1:], kept), known)
	}
	last := min(checkBefore, d.Before)
	for _, check := range []struct {
		into     *RelativeCheck
		name     string
		before   int
		estimate Estimator
	}{
		{&r.Check, "difference-in-differences", last, MeanDiD},
		{&r.Recent, "difference-in-differences, the last periods weighing most", d.Before, RecentDiD},
	} {
		found, _, err := c.window(c.Start-check.before, len(c.Times)).relative(ctx, check.estimate)
		if err != nil {
			return nil, err
		}
		*check.into = RelativeCheck{Method: check.name, Before: check.before, Estimate: found.Estimate, Percent: InPercent(found.Estimate)}
	}
	r.SignDiffers = float64(r.Value)*float64(r.Check.Value) < 0
	if back := d.baseline(); back.Before > 0 {
		earlier := c.window(0, c.Start)
		earlier.Start = back.Before
		found, _, err := earlier.relative(ctx, SyntheticDiD)
		if err != nil {
			return nil, err
		}
		r.Baseline = &RelativeCheck{Method: baselineMethod, Before: back.Before, Estimate: found.Estimate, Percent: InPercent(found.Estimate)}
	}
	if len(effects) <= FewDonors {
		r.Notes = append(r.Notes, Note{Code: FewDonorsTried, Have: len(effects), Need: FewDonors + 1})
	}
	return r, nil
}

const baselineMethod = "synthetic difference-in-differences, the start put back"

// baseline is the design with the start put back by half of the periods before it, which are then those from it on; none where fewer than
// three are left.
func (d Design) baseline() Design {
	after := d.Before / 2
	if d.Before-after < 3 {
		return Design{}
	}
	return Design{Before: d.Before - after, After: after}
}

// rank is that of the effect among the placebos' by its size.
func (r *Relative) rank(placebos []float64) {
	r.Rank = 1
	for _, e := range placebos {
		if math.Abs(e) >= math.Abs(float64(r.Value)) {
			r.Rank++
		}
	}
	r.RankP = Number(float64(r.Rank) / float64(len(placebos)+1))
}

// bySize gives the effect an error by the size of its unit.
func (r *Relative) bySize(effects []float64, own float64, of []float64, known *SizeVariance) {
	var variance SizeVariance
	var err error
	if known != nil {
		variance = *known
	} else {
		variance, err = FitSizeVariance(effects, of)
	}
	if err == nil && !(own > 0) {
		err = refused(Note{Code: UnknownSize, Value: number(own)}, "the size of the treated unit is %g", own)
	}
	if err != nil {
		r.BySize = new(uncertain(float64(r.Value), NoteOf(err)))
		return
	}
	r.Size = &variance
	r.BySize = new(newEstimate(float64(r.Value), variance.At(own), float64(len(effects)-1), ErrorKind{Code: SizeDeviation}))
}

// relativeEstimate is an effect in logarithms and the placebos that judge it.
type relativeEstimate struct {
	Estimate
	estimated *Synthetic
	placebos  []*Synthetic
	notes     []Note
}

// relative estimates by one method and judges by the plain deviation of its placebos. Kept are the positions of the donors whose
// placebos converged.
func (c Comparison) relative(ctx context.Context, estimate Estimator) (r relativeEstimate, kept []int, err error) {
	if r.estimated, err = estimate(ctx, c); err != nil {
		return r, nil, err
	}
	if !r.estimated.Solved.Converged {
		return r, nil, unsolved(r.estimated.Solved)
	}
	all, err := c.placebos(ctx, estimate)
	if err != nil {
		return r, nil, err
	}
	var effects []float64
	for j, p := range all {
		if !p.Solved.Converged {
			r.notes = append(r.notes, Note{Code: PlacebosLeftOut, Names: []string{c.Donors[j]}})
			continue
		}
		kept, effects, r.placebos = append(kept, j), append(effects, p.found), append(r.placebos, p)
	}
	n := len(effects)
	deviation := stat.StdDev(effects, nil)
	if !(deviation > rounding*r.estimated.size) {
		deviation = 0
	}
	r.Estimate = newEstimate(r.estimated.found, deviation, float64(n-1), ErrorKind{Code: PlaceboDeviation, Have: n})
	return r, kept, nil
}

// placebos are the estimates with each donor in turn taken as treated.
func (c Comparison) placebos(ctx context.Context, estimate Estimator) ([]*Synthetic, error) {
	groups := make([][]int, len(c.Donors))
	for j := range groups {
		groups[j] = []int{j}
	}
	return c.placebosOf(ctx, estimate, groups)
}

// logs are the logarithms of a comparison within a design.
func (c Comparison) logs(d Design) (Comparison, error) {
	if d.Before < 3 || d.After < 1 {
		return c, refused(
			Note{Code: TooFewPeriods, Have: d.Before, Need: 3},
			"the design has %d periods before the start and %d from it on; accepted are 3 or more and 1 or more",
			d.Before,
			d.After,
		)
	}
	if after := len(c.Times) - c.Start; c.Start < d.Before || after < d.After {
		return c, refused(
			Note{Code: TooFewPeriods, Have: c.Start, Need: d.Before},
			"the figures have %d periods before the start and %d from it on; the design needs %d and %d",
			c.Start,
			max(0, after),
			d.Before,
			d.After,
		)
	}
	c = c.window(c.Start-d.Before, c.Start+d.After)
	if err := c.check(); err != nil {
		return c, err
	}
	names := append([]string{cmp.Or(c.Name, "treated")}, c.Donors...)
	all := c.series()
	for j, series := range all {
		logs, at := logarithms(series)
		if at >= 0 {
			return c, refused(
				Note{Code: NotAboveZero, Value: number(series[at]), Names: []string{names[j]}, Times: []string{c.Times[at]}},
				"unit %s has %g at %s: only figures above zero have a logarithm",
				names[j],
				series[at],
				c.Times[at],
			)
		}
		all[j] = logs
	}
	c.Treated, c.Outcomes = all[0], all[1:]
	return c, nil
}

// logarithms of figures, and the position of the first that has none, else below zero.
func logarithms(series []float64) (logs []float64, at int) {
	logs = make([]float64, len(series))
	for t, y := range series {
		if !(y > 0) {
			return nil, t
		}
		logs[t] = math.Log(y)
	}
	return logs, -1
}

// RecentDiD is the difference-in-differences of one treated series against the mean of all donors, on a base in which each period before
// the start weighs 0.7 of the next: what the exponentially weighted moving average of the gap before predicts of it after.
func RecentDiD(_ context.Context, c Comparison) (*Synthetic, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	base := make([]float64, c.Start)
	for t := range base {
		base[t] = math.Pow(recentDecay, float64(c.Start-1-t))
	}
	floats.Scale(1/floats.Sum(base), base)
	return c.meanDiD("difference-in-differences, the last periods weighing most", base), nil
}

// SizeVariance is how the variance of an effect depends on the size of its unit: A + B/size. Counts of few vary by chance, and that part
// falls as they grow; the rest does not.
type SizeVariance struct {
	A float64 `json:"a"`
	B float64 `json:"b"`
}

// At is the standard error of a unit of a size.
func (v SizeVariance) At(size float64) float64 { return math.Sqrt(v.A + v.B/size) }

// sizeSteps bounds the steps of [FitSizeVariance].
const sizeSteps = 100

// FitSizeVariance finds A and B, neither below zero, from the effects of placebos and their sizes by maximum likelihood for normal effects
// with mean zero: the regression of the squared effects on 1 and 1/size, weighed anew by 1/variance^2 until it stands (McCullagh and Nelder
// 1989, chapter 10: a gamma model of squares with the identity link).
func FitSizeVariance(effects, sizes []float64) (SizeVariance, error) {
	var fit SizeVariance
	n := len(effects)
	if len(sizes) != n || n < 3 {
		return fit, refused(
			Note{Code: TooFewPlacebos, Have: n, Need: 3},
			"there are %d effects of placebos and %d sizes: three or more are needed, and as many of each",
			n,
			len(sizes),
		)
	}
	squares, small := make([]float64, n), make([]float64, n)
	for i, e := range effects {
		if !(sizes[i] > 0) || math.IsInf(sizes[i], 0) {
			return fit, refused(Note{Code: UnknownSize, Value: number(sizes[i])}, "the size of placebo %d is %g; accepted are sizes above zero", i+1, sizes[i])
		}
		squares[i], small[i] = e*e, 1/sizes[i]
	}
	mean := stat.Mean(squares, nil)
	if !(mean > 0) {
		return fit, refused(Note{Code: NoVariation}, "the placebos leave no variation to judge the estimate by")
	}
	floats.Scale(1/mean, squares)
	const floor = 1e-6 // of a variance by the mean, so that no unit weighs all
	weights := slices.Repeat([]float64{1}, n)
	for range sizeSteps {
		b0, b1 := stat.LinearRegression(small, squares, weights, false)
		switch {
		case math.IsNaN(b1) || b1 <= 0: // sizes that are all the same, or do not matter
			b0, b1 = stat.Mean(squares, weights), 0
		case b0 < 0:
			_, b1 = stat.LinearRegression(small, squares, weights, true)
			b0 = 0
		}
		change := math.Abs(b0-fit.A) + math.Abs(b1-fit.B)*stat.Mean(small, nil)
		fit = SizeVariance{b0, b1}
		if change <= 1e-9 {
			break
		}
		for i := range weights {
			v := max(floor, fit.A+fit.B*small[i])
			weights[i] = 1 / (v * v)
		}
	}
	fit.A, fit.B = fit.A*mean, fit.B*mean
	return fit, nil
}
