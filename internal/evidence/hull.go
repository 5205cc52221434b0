package evidence

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
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
	h := hull{points: points, square: square, weights: make([]float64, n)}
	sound := h.add(used[0])
	mean := make([]float64, len(points[0]))
	for steps, limit := 0, 20*n+100; ; steps++ {
		if err := ctx.Err(); err != nil {
			return w, Convergence{Iterations: steps, Note: Note{Code: WorkStopped}}
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
		solved := Convergence{Iterations: steps, Note: Note{Code: ActiveSet}}
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
				solved.Note = Note{Code: StepsUsedUp, Have: steps}
			}
			return w, solved
		}
		used = append(used, steepest)
		sound = sound && h.add(steepest)
		for {
			if !sound {
				solved.Note = Note{Code: PointsAlike}
				return w, solved
			}
			best, step := h.mixture(), 1.0
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
			sound = h.keep(used)
		}
	}
}

// hull are the points in use, with their products Q and its factor L, Q = L L'. A point that is added adds a row to both. The rows of
// those that go are kept to be written over, as a search takes many points in and out.
type hull struct {
	points   [][]float64
	square   []float64
	used     []int
	products [][]float64
	factor   [][]float64
	weights  []float64 // the last mixture
}

// row is the row of a matrix after so many, which it adds where there never was one.
func row(matrix *[][]float64, after int) []float64 {
	if after == len(*matrix) {
		*matrix = append(*matrix, make([]float64, after+1))
	}
	return (*matrix)[after]
}

// add takes a point into use, unless it is a combination of those there are.
func (h *hull) add(j int) bool {
	last := len(h.used)
	products := row(&h.products, last)
	for a, i := range h.used {
		products[a] = floats.Dot(h.points[i], h.points[j])
	}
	products[last] = h.square[j]
	h.used = append(h.used, j)
	return h.factorise(products)
}

// factorise makes the row of L that belongs to one of Q.
func (h *hull) factorise(products []float64) bool {
	last := len(products) - 1
	made := row(&h.factor, last)
	for a := range last {
		made[a] = (products[a] - floats.Dot(made[:a], h.factor[a][:a])) / h.factor[a][a]
	}
	left := products[last] - floats.Dot(made[:last], made[:last])
	if !(left > 0) {
		return false
	}
	made[last] = math.Sqrt(left)
	return true
}

// keep takes the other points out of use.
func (h *hull) keep(used []int) bool {
	var kept []int
	for a, j := range h.used {
		if slices.Contains(used, j) {
			kept = append(kept, a)
		}
	}
	for to, from := range kept {
		h.used[to] = h.used[from]
		if from == to { // those up to the first that goes keep their rows
			continue
		}
		products := h.products[to]
		for i, a := range kept[:to+1] { // of a row further down, which is longer
			products[i] = h.products[from][a]
		}
		if !h.factorise(products) {
			return false
		}
	}
	h.used = h.used[:len(kept)]
	return true
}

// mixture is the best one of the points in use whatever the sign of its weights: Q^-1 1 / 1'Q^-1 1. It is there until the next.
func (h *hull) mixture() []float64 {
	k := len(h.used)
	weights := h.weights[:k]
	for a, row := range h.factor[:k] {
		weights[a] = (1 - floats.Dot(row[:a], weights[:a])) / row[a]
	}
	for a := k - 1; a >= 0; a-- {
		weights[a] /= h.factor[a][a]
		floats.AddScaled(weights[:a], -weights[a], h.factor[a][:a])
	}
	floats.Scale(1/floats.Sum(weights), weights)
	return weights
}
