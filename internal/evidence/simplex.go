package evidence

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

const (
	// tieBreak is added to the diagonal, relative to it, so that weights are unique where many fit equally well: those of the nearest
	// points are taken.
	tieBreak = 1e-10
	// simplexGap is the duality gap at which weights are taken for the best, relative to the objective.
	simplexGap = 1e-9
)

// simplexWeights finds the weights that minimise w'Qw, none below zero and their sum one. With Q = X'X, columns being points seen from
// a target, X w is the point of their convex hull nearest to the target, so w is a synthetic control.
//
// By the active set method of Wolfe (1976, Mathematical Programming 11:128), which ends after finitely many steps: points in use carry
// weights proportional to Q^-1 1; the point against which the objective falls fastest is added; those whose weight would fall below zero
// are dropped. Convexity bounds how far the objective lies above its minimum by 2 (w'Qw - min_i (Qw)_i).
func simplexWeights(q mat.Symmetric) ([]float64, Convergence) {
	n := q.SymmetricDim()
	solved := Convergence{Note: "active set"}
	w := make([]float64, n)
	diagonal, size := make([]float64, n), 0.0
	for i := range n {
		diagonal[i] = q.At(i, i)
		size = max(size, diagonal[i])
	}
	used := []int{floats.MinIdx(diagonal)}
	w[used[0]] = 1
	gradient := mat.NewVecDense(n, nil) // half of it: Qw
	for largest := 20*n + 100; solved.Iterations < largest; solved.Iterations++ {
		gradient.MulVec(q, mat.NewVecDense(n, w))
		for _, i := range used {
			gradient.SetVec(i, gradient.AtVec(i)+tieBreak*diagonal[i]*w[i])
		}
		objective := floats.Dot(w, gradient.RawVector().Data)
		steepest := floats.MinIdx(gradient.RawVector().Data)
		gap := 2 * (objective - gradient.AtVec(steepest))
		solved.Gap = Number(max(0, gap) / objective)
		if objective <= 0 {
			solved.Gap = 0
		}
		if gap <= simplexGap*objective+1e-16*size || slices.Contains(used, steepest) {
			solved.Converged = gap <= 1e-6*objective+1e-12*size
			if !solved.Converged {
				solved.Note = "the active set method stopped at the limit of arithmetic"
			}
			return w, solved
		}
		used = append(used, steepest)
		for {
			best, ok := hullWeights(q, used, diagonal)
			if !ok {
				solved.Note = "the active set method met points that cannot be told apart"
				return w, solved
			}
			step := 1.0
			for j, i := range used {
				if best[j] <= 0 {
					step = min(step, w[i]/(w[i]-best[j]))
				}
			}
			for j, i := range used {
				w[i] += step * (best[j] - w[i])
			}
			if step == 1 {
				break
			}
			used = slices.DeleteFunc(used, func(i int) bool {
				drop := w[i] <= 1e-15
				if drop {
					w[i] = 0
				}
				return drop
			})
		}
	}
	solved.Note = fmt.Sprintf("the active set method did not converge in %d steps", solved.Iterations)
	return w, solved
}

// hullWeights are those of the points in use whose sum is one and whose objective is smallest, whatever their sign: Q^-1 1 / 1'Q^-1 1.
func hullWeights(q mat.Symmetric, used []int, diagonal []float64) ([]float64, bool) {
	k := len(used)
	part := mat.NewSymDense(k, nil)
	for a, i := range used {
		for b := range a + 1 {
			part.SetSym(a, b, q.At(i, used[b]))
		}
		part.SetSym(a, a, diagonal[i]*(1+tieBreak)+math.SmallestNonzeroFloat64)
	}
	var cholesky mat.Cholesky
	if !cholesky.Factorize(part) { //nolint:misspell // gonum writes it so
		return nil, false
	}
	ones := mat.NewVecDense(k, slices.Repeat([]float64{1}, k))
	var solution mat.VecDense
	_ = cholesky.SolveVecTo(&solution, ones) // a poor condition shows in the gap
	weights := solution.RawVector().Data
	floats.Scale(1/floats.Sum(weights), weights)
	return weights, true
}
