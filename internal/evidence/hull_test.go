package evidence

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
	"pgregory.net/rapid"
)

// Whatever the points, the same one many times and the origin among them, the solver converges, and no step towards another point is
// an improvement.
func TestNearestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, dimensions := rapid.IntRange(1, 15).Draw(t, "points"), rapid.IntRange(1, 6).Draw(t, "dimensions")
		penalty := rapid.SampledFrom([]float64{0, 0.5}).Draw(t, "penalty")
		points := make([][]float64, n)
		for j := range points {
			points[j] = make([]float64, dimensions)
			for i := range points[j] {
				points[j][i] = float64(rapid.IntRange(-3, 3).Draw(t, "at"))
			}
		}
		w, solved := nearest(t.Context(), points, penalty)
		if !solved.Converged {
			t.Fatal(solved.Note)
		}
		if floats.Min(w) < 0 || math.Abs(floats.Sum(w)-1) > 1e-9 {
			t.Fatalf("weights %v", w)
		}
		objective := func(w []float64) float64 {
			sum := make([]float64, dimensions)
			for j, point := range points {
				floats.AddScaled(sum, w[j], point)
			}
			return floats.Dot(sum, sum) + penalty*floats.Dot(w, w)
		}
		for j := range points {
			for _, step := range []float64{1e-3, 0.1, 1} {
				other := slices.Clone(w)
				floats.Scale(1-step, other)
				other[j] += step
				if objective(other) < objective(w)-1e-7 {
					t.Fatalf("%v towards %d the objective falls from %v to %v", step, j, objective(w), objective(other))
				}
			}
		}
	})
}
