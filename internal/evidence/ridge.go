package evidence

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Penalties are tried from the largest eigenvalue of X'X down to ridgeSmallest of it in ridgeSteps equal steps of its logarithm, as in
// the authors' program.
const (
	ridgeSteps    = 20
	ridgeSmallest = 1e-8
)

// RidgeSynthetic is the ridge-augmented synthetic control (Ben-Michael, Feller and Rothstein 2021, Journal of the American Statistical
// Association 116:1789, lemma 1): where a synthetic control does not reproduce the treated unit, its weights w are moved by ridge
// regression to take out the rest, and may then fall below zero. With X the donors' outcomes before the start, one row a donor, and x
// the treated unit's, both less the donors' mean in each period,
//
//	weights = w + X (X'X + lambda I)^-1 (x - X'w).
//
// Lambda is the largest whose error in predicting a period before the start from the others is within one standard error of the
// smallest (section 5.3). As in the authors' program, the last period before the start is not among those predicted. Where all series were
// put on one level by what they were before the start, as an index is, what predicts a period puts them on that level without it: otherwise
// the others would give away the one left out, and any penalty, however small, would seem to predict it.
//
// Weights whose negative ones sum to less than -3 rest more on what lies beyond the donors than on these: such a result is no estimate
// (the paper's section 4.3 on extrapolation; the bound is ours).
func RidgeSynthetic(ctx context.Context, c Comparison) (*Synthetic, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Start < 3 {
		return nil, refused(Note{Code: TooFewPeriods, Have: c.Start, Need: 3}, "there are %d periods before the start: three are needed to choose a penalty", c.Start)
	}
	distances := c.distances()
	w, solved := nearest(ctx, distances, 0)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !solved.Converged {
		return c.synthetic(ridgeMethod, w, 0, solved), nil
	}

	ridge, ok := newRidge(distances)
	if !ok {
		solved.Converged, solved.Note = false, Note{Code: StepsUsedUp}
		return c.synthetic(ridgeMethod, w, 0, solved), nil
	}
	var size float64
	for _, point := range distances {
		size = max(size, floats.Norm(point, math.Inf(1)))
	}
	if floats.Max(ridge.values) <= rounding*size*rounding*size {
		return nil, refused(Note{Code: NothingToWeigh}, "all donors have the same outcomes before the start: there is nothing to weigh")
	}
	errors := ridge.errors
	if on := c.level(); on.kind != noLevel {
		errors = func(ctx context.Context, distances [][]float64, lambdas []float64) [][]float64 {
			return c.errorsOnLevel(ctx, on, lambdas)
		}
	}
	lambda, ok := ridge.penalty(ctx, distances, errors)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !ok {
		return nil, refused(Note{Code: NoPenalty}, "no penalty can be chosen: the outcomes before the start differ too much in size")
	}

	var shift mat.VecDense
	shift.MulVec(ridge.x, ridge.solve(gaps(distances, w), lambda))
	floats.Add(w, shift.RawVector().Data)
	s := c.synthetic(ridgeMethod, w, 0, solved)
	s.Ridge = new(Number(lambda))
	var below float64
	for _, weight := range s.weights {
		below += min(0, weight)
	}
	s.BelowZero = new(Number(below))
	if below < maxBelowZero {
		s.withhold(Note{Code: FarBeyondDonors, Value: number(below), Than: number(maxBelowZero)})
	}
	return s, nil
}

// maxBelowZero is the least that the weights below zero may sum to.
const maxBelowZero = -3

const ridgeMethod = "ridge-augmented synthetic control"

// ridge solves with X'X + lambda I = U (D + lambda I) U' for any lambda.
type ridge struct {
	x       *mat.Dense // one row a donor
	values  []float64  // D
	vectors *mat.Dense // U
}

func newRidge(distances [][]float64) (ridge, bool) {
	periods := len(distances[0])
	x := mat.NewDense(len(distances), periods, nil)
	for j, point := range distances {
		x.SetRow(j, point)
	}
	for t := range periods {
		x.SetCol(t, centred(mat.Col(nil, t, x)))
	}
	var gram mat.SymDense
	gram.SymOuterK(1, x.T())
	var eigen mat.EigenSym
	var vectors mat.Dense
	if !eigen.Factorize(&gram, true) {
		return ridge{}, false
	}
	eigen.VectorsTo(&vectors)
	return ridge{x: x, values: eigen.Values(nil), vectors: &vectors}, true
}

// solve is (X'X + lambda I)^-1 r.
func (g ridge) solve(r *mat.VecDense, lambda float64) *mat.VecDense {
	var rotated, solution mat.VecDense
	rotated.MulVec(g.vectors.T(), r)
	for k, value := range g.values {
		rotated.SetVec(k, rotated.AtVec(k)/(max(0, value)+lambda))
	}
	solution.MulVec(g.vectors, &rotated)
	return &solution
}

// penalty chooses lambda by the squared errors, for each, of predicting one period at a time.
func (g ridge) penalty(
	ctx context.Context,
	distances [][]float64,
	squaredErrors func(context.Context, [][]float64, []float64) [][]float64,
) (lambda float64, ok bool) {
	lambdas := make([]float64, ridgeSteps+1)
	for step := range lambdas {
		lambdas[step] = floats.Max(g.values) * math.Pow(ridgeSmallest, float64(step)/ridgeSteps)
	}
	errors := squaredErrors(ctx, distances, lambdas)
	if ctx.Err() != nil {
		return 0, false
	}
	if len(errors) == 0 || len(errors[0]) == 0 {
		return 0, false
	}
	means := make([]float64, len(lambdas))
	for step := range lambdas {
		means[step] = stat.Mean(errors[step], nil)
	}
	best := floats.MinIdx(means)
	limit := means[best] + stat.StdErr(stat.StdDev(errors[best], nil), float64(len(errors[best])))
	i := slices.IndexFunc(means, func(m float64) bool { return m <= limit })
	if i < 0 {
		return 0, false
	}
	return lambdas[i], true
}

// errors leaves out one period at a time. With w the weights without period t and r = x - X'w its gaps in all periods, inverting
// (X'X + lambda I) by blocks gives the error of predicting period t as (P r)_t / P_tt, P = (X'X + lambda I)^-1.
func (g ridge) errors(ctx context.Context, distances [][]float64, lambdas []float64) [][]float64 {
	errors, without := make([][]float64, len(lambdas)), make([][]float64, len(distances))
	var rotated mat.VecDense
	for t := range len(distances[0]) - 1 {
		for j, point := range distances {
			without[j] = slices.Delete(slices.Clone(point), t, t+1)
		}
		w, _ := nearest(ctx, without, 0)
		if ctx.Err() != nil {
			return nil
		}
		rotated.MulVec(g.vectors.T(), gaps(distances, w))
		for step, lambda := range lambdas {
			var gap, diagonal float64
			for k, value := range g.values {
				scale := g.vectors.At(t, k) / (max(0, value) + lambda)
				gap += scale * rotated.AtVec(k)
				diagonal += scale * g.vectors.At(t, k)
			}
			errors[step] = append(errors[step], gap/diagonal*gap/diagonal)
		}
	}
	return errors
}

// errorsOnLevel leaves out one period at a time, and puts all series on their level without it.
func (c Comparison) errorsOnLevel(ctx context.Context, on level, lambdas []float64) [][]float64 {
	errors := make([][]float64, len(lambdas))
	for t := range c.Start - 1 {
		fold := c
		fold.cut(t, t+1)
		put := on.changes(fold)
		fold = on.put(fold)
		distances := fold.distances()
		w, _ := nearest(ctx, distances, 0)
		ridge, ok := newRidge(distances)
		if ctx.Err() != nil || !ok {
			return nil
		}
		// The period left out, on the level of the others, less the treated unit and then less the donors' mean, as the columns of X are.
		left := make([]float64, len(c.Donors))
		for j, series := range c.Outcomes {
			left[j] = put[j+1](series[t]) - put[0](c.Treated[t])
		}
		gap := -floats.Dot(w, left)
		left = centred(left)
		rest := gaps(distances, w)
		for step, lambda := range lambdas {
			var shift mat.VecDense
			shift.MulVec(ridge.x, ridge.solve(rest, lambda))
			e := gap - floats.Dot(left, shift.RawVector().Data)
			errors[step] = append(errors[step], e*e)
		}
	}
	return errors
}

// gaps are the outcomes of the treated unit less those of the weighted donors, given the donors' distances from it: x - X'w, as weights
// sum to one.
func gaps(distances [][]float64, w []float64) *mat.VecDense {
	sum := make([]float64, len(distances[0]))
	for j, point := range distances {
		floats.AddScaled(sum, -w[j], point)
	}
	return mat.NewVecDense(len(sum), sum)
}
