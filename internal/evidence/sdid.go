package evidence

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// timePenalty makes the weights of periods unique; it is that of the paper's program, as a share of the noise.
const timePenalty = 1e-6

// SyntheticDiD is synthetic difference-in-differences (Arkhangelsky, Athey, Hirshberg, Imbens and Wager 2021, American Economic Review
// 111:4088, algorithm 1): weights omega of donors that make their mean parallel to the treated unit before the start, weights lambda of
// the periods before that make each donor's mean of them parallel to its mean after, and the difference in differences with both:
//
//	omega:  min sum_t (w_0 + sum_j w_j donor_jt - treated_t)^2 + zeta^2 T0 sum_j w_j^2, t of the T0 periods before      (equation 4)
//	lambda: min sum_j (l_0 + sum_t l_t donor_jt - mean after of donor_j)^2 + (1e-6 noise)^2 J sum_t l_t^2             (equation 6)
//	effect: treated after - sum_t l_t treated_t - sum_j w_j (donor_j after - sum_t l_t donor_jt)
//
// with weights not below zero and of sum one, zeta = (treated units x periods after)^(1/4) noise (equation 5), and the noise the standard
// deviation of the donors' changes from period to period before the start. The gap of the path takes out the level by lambda.
func SyntheticDiD(ctx context.Context, c Comparison) (*Synthetic, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Start < 3 {
		return nil, refused(
			Note{Code: TooFewPeriods, Have: c.Start, Need: 3},
			"there are %d periods before the start: three are needed to tell noise from trend",
			c.Start,
		)
	}
	noise := c.noise()
	zeta := math.Pow(float64(max(1, c.Units)*(len(c.Times)-c.Start)), 0.25) * noise

	before := c.distances()
	parallel := make([][]float64, len(before)) // an intercept is the same as points less their mean
	for j, point := range before {
		parallel[j] = centred(point)
	}
	omega, solvedOmega := nearest(ctx, parallel, zeta*zeta*float64(c.Start))

	after := make([]float64, len(c.Outcomes)) // the mean of each donor
	for j, series := range c.Outcomes {
		after[j] = stat.Mean(series[c.Start:], nil)
	}
	changes := make([][]float64, c.Start) // from each period before to the mean after, one figure a donor
	for t := range changes {
		changes[t] = make([]float64, 0, len(after))
		for j, series := range c.Outcomes {
			changes[t] = append(changes[t], series[t]-after[j])
		}
		changes[t] = centred(changes[t])
	}
	penalty := timePenalty * noise
	lambda, solvedLambda := nearest(ctx, changes, penalty*penalty*float64(len(c.Donors)))

	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var level float64 // the gap before the start, weighted by lambda
	for j, w := range omega {
		level -= w * floats.Dot(lambda, before[j])
	}
	solved := Convergence{
		Converged: solvedOmega.Converged && solvedLambda.Converged, Iterations: solvedOmega.Iterations + solvedLambda.Iterations,
		Gap: max(solvedOmega.Gap, solvedLambda.Gap), Note: solvedOmega.Note,
	}
	if solvedOmega.Converged {
		solved.Note = solvedLambda.Note
	}
	s := c.synthetic("synthetic difference-in-differences", omega, level, solved)
	s.levelled = true
	s.TimeWeights = map[string]Number{}
	for t, l := range lambda {
		if l != 0 {
			s.TimeWeights[c.Times[t]] = Number(l)
		}
	}
	s.Noise, s.Zeta = new(Number(noise)), new(Number(zeta))
	return s, nil
}

// MeanDiD is the difference-in-differences of one treated series against the mean of all donors: synthetic difference-in-differences
// with equal weights.
func MeanDiD(_ context.Context, c Comparison) (*Synthetic, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return c.meanDiD("difference-in-differences", slices.Repeat([]float64{1 / float64(c.Start)}, c.Start)), nil
}

// meanDiD compares with the mean of all donors on a base of the periods before the start, weighed as given.
func (c Comparison) meanDiD(method string, base []float64) *Synthetic {
	weights := make([]float64, len(c.Donors))
	floats.AddConst(1/float64(len(weights)), weights)
	var level float64
	for _, point := range c.distances() {
		level -= floats.Dot(base, point) / float64(len(weights))
	}
	s := c.synthetic(method, weights, level, Convergence{Converged: true, Gap: missing, Note: Note{Code: ClosedForm}})
	s.levelled = true
	return s
}

// noise is the standard deviation of the donors' changes from one period to the next before the start.
func (c Comparison) noise() float64 {
	var changes []float64
	for _, series := range c.Outcomes {
		for t := 1; t < c.Start; t++ {
			changes = append(changes, series[t]-series[t-1])
		}
	}
	return stat.StdDev(changes, nil)
}

// centred is values less their mean.
func centred(values []float64) []float64 {
	less := slices.Clone(values)
	floats.AddConst(-stat.Mean(values, nil), less)
	return less
}
