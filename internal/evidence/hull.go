package evidence

import (
	"context"
	"fmt"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/lapack/lapack64"
)

const (
	// tieBreak is a penalty relative to each point's squared distance, so that weights are unique where many fit equally well: those of
	// near points are taken.
	tieBreak = 1e-10
	// hullGap is how far the objective may lie above its minimum, relative to it, and hullRounding relative to the farthest point.
	hullGap, hullRounding = 1e-9, 1e-16
)

// nearest finds the mixture of points that is nearest to the origin: weights w, none below zero and their sum one, that minimise
//
//	f(w) = |sum_j w_j point_j|^2 + penalty sum_j w_j^2.
//
// With donors seen from a treated unit as points, w is its synthetic control.
//
// By the active set method of Wolfe (1976, Mathematical Programming 11:128), which ends after finitely many steps: the weights of the
// points in use are best whatever their sign, those that would fall below zero are dropped, and the point is added against which f falls
// fastest. As f is convex, it lies above its minimum by no more than 2 (f(w) - min_j g_j), g being half its gradient.
//
// It looks up between its steps, and when it is told to end says so as not having converged.
func nearest(ctx context.Context, points [][]float64, penalty float64) ([]float64, Convergence) {
	n := len(points)
	w, g := make([]float64, n), make([]float64, n)
	extra, square := make([]float64, n), make([]float64, n) // the penalty of each point, and its squared distance with it
	for j, point := range points {
		distance := floats.Dot(point, point)
		extra[j] = penalty + tieBreak*distance
		square[j] = distance + extra[j]
	}
	size := floats.Max(square)
	used := []int{floats.MinIdx(square)}
	w[used[0]] = 1
	mean := make([]float64, len(points[0]))
	for steps, limit := 0, 20*n+100; ; steps++ {
		if err := ctx.Err(); err != nil {
			return w, Convergence{Iterations: steps, Note: err.Error()}
		}
		clear(mean)
		for _, j := range used {
			floats.AddScaled(mean, w[j], points[j])
		}
		for j, point := range points {
			g[j] = floats.Dot(point, mean) + w[j]*extra[j]
		}
		objective, steepest := floats.Dot(w, g), floats.MinIdx(g)
		gap := max(0, 2*(objective-g[steepest]))
		solved := Convergence{Iterations: steps, Note: "active set"}
		if gap > 0 {
			solved.Gap = Number(gap / objective)
		}
		if gap <= hullGap*objective+hullRounding*size {
			solved.Converged = true
			return w, solved
		}
		if slices.Contains(used, steepest) || steps == limit {
			// As near as arithmetic allows when the points in use hardly differ.
			if solved.Converged = gap <= 1e-4*objective+1e-12*size; !solved.Converged {
				solved.Note = fmt.Sprintf("the active set method did not converge in %d steps", steps)
			}
			return w, solved
		}
		used = append(used, steepest)
		for {
			best, ok := mixture(points, used, square)
			if !ok {
				solved.Note = "the active set method met points that cannot be told apart"
				return w, solved
			}
			step := 1.0
			for i, j := range used {
				if best[i] <= 0 {
					step = min(step, w[j]/(w[j]-best[i]))
				}
			}
			for i, j := range used {
				w[j] += step * (best[i] - w[j])
			}
			if step == 1 {
				break
			}
			used = slices.DeleteFunc(used, func(j int) bool {
				drop := w[j] <= 1e-15
				if drop {
					w[j] = 0
				}
				return drop
			})
		}
	}
}

// mixture is the best one of the points in use whatever the sign of its weights: Q^-1 1 / 1'Q^-1 1, Q being their products.
func mixture(points [][]float64, used []int, square []float64) ([]float64, bool) {
	k := len(used)
	q := blas64.Symmetric{Uplo: blas.Lower, N: k, Stride: k, Data: make([]float64, k*k)}
	weights := make([]float64, k)
	for a, i := range used {
		for b, j := range used[:a] {
			q.Data[a*k+b] = floats.Dot(points[i], points[j])
		}
		q.Data[a*k+a] = square[i]
		weights[a] = 1
	}
	factor, ok := lapack64.Potrf(q)
	if !ok {
		return nil, false
	}
	lapack64.Potrs(factor, blas64.General{Rows: k, Cols: 1, Stride: 1, Data: weights})
	floats.Scale(1/floats.Sum(weights), weights)
	return weights, true
}
