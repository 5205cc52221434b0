package evidence

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// treatedClusters counts the clusters with a treated row.
func (d *twoWay) treatedClusters() int {
	var treated int
	for _, rows := range d.clusters {
		if slices.ContainsFunc(rows, func(i int) bool { return d.rows.Treated[i] == 1 }) {
			treated++
		}
	}
	return treated
}

// withheld is why clustered errors are not given: with one cluster on a side of the comparison the regression fits its change exactly,
// and its errors say nothing of how much it would have changed by itself (Conley and Taber 2011, Review of Economics and Statistics
// 93:113).
func (d *twoWay) withheld() Note {
	treated := d.treatedClusters()
	switch untreated := len(d.clusters) - treated; {
	case treated == 1:
		return Note{Code: OneTreatedCluster}
	case untreated == 1:
		return Note{Code: OneUntreatedCluster}
	}
	return Note{}
}

func (d *twoWay) errorKind() ErrorKind {
	if d.absorbed && len(d.clusters) == len(d.units) {
		return ErrorKind{Code: ClusteredByUnit}
	}
	return ErrorKind{Code: Clustered}
}

// clustered is the covariance of b with the correction named CR1: the sum over clusters of the squares of (X'X)^-1 X_g' e_g.
func (d *twoWay) clustered(ctx context.Context, w *within, fit *fitted) (*mat.SymDense, error) {
	k := len(fit.columns)
	column := slices.Repeat([]int{none}, w.k)
	for a, j := range fit.columns {
		column[j] = a
	}
	cov := mat.NewSymDense(k, nil)
	score, solved := mat.NewVecDense(k, nil), mat.NewVecDense(k, nil)
	byUnit, byTime := make([]float64, len(d.units)), make([]float64, len(d.times)) // sums of residuals
	unitSeen, timeSeen := make([]int, len(d.units)), make([]int, len(d.times))     // the last cluster that had rows of each, counted from 1
	var units, times []int32
	for g, rows := range d.clusters {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		score.Zero()
		units, times := units[:0], times[:0]
		for _, i := range rows {
			u, t, e := d.crossed.unit[i], d.crossed.time[i], fit.residual[i]
			if unitSeen[u] != g+1 {
				unitSeen[u], byUnit[u], units = g+1, 0, append(units, u)
			}
			if timeSeen[t] != g+1 {
				timeSeen[t], byTime[t], times = g+1, 0, append(times, t)
			}
			byUnit[u] += e
			byTime[t] += e
			if of := w.of[i]; of != none && column[of] != none {
				score.SetVec(column[of], score.AtVec(column[of])+e)
			}
		}
		for a, j := range fit.columns {
			sum := score.AtVec(a)
			for _, u := range units {
				sum -= w.ofUnits[j][u] * byUnit[u]
			}
			for _, t := range times {
				sum -= w.ofTimes[j][t] * byTime[t]
			}
			score.SetVec(a, sum)
		}
		solved.MulVec(&fit.inverse, score)
		cov.SymRankOne(cov, 1, solved)
	}
	cov.ScaleSym(d.correction(k), cov)
	return cov, nil
}

// correction is G/(G-1) (n-1)/(n-k), k being the coefficients that do not lie within a cluster, the constant included.
func (d *twoWay) correction(effects int) float64 {
	n, groups, k := float64(len(d.outcome)), float64(len(d.clusters)), float64(d.crossed.rank()+effects)
	if d.absorbed {
		k -= float64(len(d.units) - 1)
	}
	return groups / (groups - 1) * (n - 1) / (n - k)
}

// biasReduced is the variance of b = a'y, named CR2, and its degrees of freedom (Bell and McCaffrey 2002, Survey Methodology 28:169;
// Imbens and Kolesar 2016, Review of Economics and Statistics 98:701). Residuals e_g of a cluster are scaled by (I - H_gg)^-1/2, with the
// generalised inverse of Pustejovsky and Tipton (2018, Journal of Business & Economic Statistics 36:672), whose theorem 2 lets unit
// effects within clusters be subtracted first. With t_g = (I - H_gg)^-1/2 a_g, the variance is the sum of (t_g' e_g)^2, and under
// independent errors of one variance it behaves as chi-square with tr(P)^2 / tr(P^2) degrees of freedom, where
//
//	P_gh = t_g' (I - H)_gh t_h = t_g' t_g [g = h] - p_g' p_h.
//
// H is that of the effects of times (and of units, where they do not lie within clusters) and of the treatment, and p_g are the
// coordinates of t_g in these. As sum_gh (p_g' p_h)^2 = |sum_g p_g p_g'|^2, no pair of clusters need be looked at.
func (d *twoWay) biasReduced(ctx context.Context, a, residual []float64) (variance, df float64, err error) {
	length := floats.Dot(a, a)
	width := len(d.crossed.root(make([]float64, len(d.times)))) + 1
	coordinates := width
	if !d.absorbed {
		coordinates += len(d.units)
	}
	if err := fitsMemory("an error for few clusters", len(d.units), len(d.times), 8*float64(coordinates)*float64(coordinates)); err != nil {
		return 0, 0, err
	}
	work := float64(len(d.clusters)) * float64(coordinates) * float64(coordinates)
	if !d.crossed.balanced {
		work *= lanczosSteps
	}
	if err := fitsTime("an error for few clusters", len(d.units), len(d.times), work); err != nil {
		return 0, 0, err
	}
	sum := mat.NewSymDense(coordinates, nil)
	p := mat.NewVecDense(coordinates, nil)
	var trace, traceSquare float64
	for _, rows := range d.clusters {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		of, weights := d.crossed.part(rows), pick(a, rows)
		own := slices.Clone(weights)
		floats.Scale(1/math.Sqrt(length), own)
		scaled := inverseRoot(weights, func(v []float64) []float64 {
			left := d.crossed.project(of, v, !d.absorbed)
			floats.AddScaled(left, floats.Dot(own, v), own)
			floats.Scale(-1, left)
			floats.Add(left, v)
			return left
		})
		score := floats.Dot(scaled, pick(residual, rows))
		variance += score * score

		p.Zero()
		sums, mean := d.crossed.sums(of, scaled)
		copy(p.RawVector().Data, d.crossed.root(sums))
		p.SetVec(width-1, floats.Dot(own, scaled))
		if !d.absorbed {
			for at, u := range of.units {
				p.SetVec(width+int(u), mean[at]*math.Sqrt(d.crossed.unitRows[u]))
			}
		}
		sum.SymRankOne(sum, 1, p)
		square, explained := floats.Dot(scaled, scaled), mat.Dot(p, p)
		trace += square - explained
		traceSquare += (square-explained)*(square-explained) - explained*explained
	}
	if trace <= collinearity*length { // the clusters that tell the effect are fitted exactly
		return math.NaN(), math.NaN(), nil
	}
	traceSquare += mat.Norm(sum, 2) * mat.Norm(sum, 2)
	return variance, trace * trace / traceSquare, nil
}

// lanczosSteps is about how many products with the effects of times the root of a cluster with gaps takes.
const lanczosSteps = 12

// inverseRoot is m^-1/2 v for a matrix given by what it makes of a vector, leaving out the directions in which m is zero: by the method of
// Lanczos, orthogonalised anew at each step, which is exact after as many steps as m has different eigenvalues (Golub and Van Loan 2013,
// Matrix Computations, section 10.1). Of a balanced panel v is an eigenvector, and one step is enough.
func inverseRoot(v []float64, m func([]float64) []float64) []float64 {
	result := make([]float64, len(v))
	length := floats.Norm(v, 2)
	if length == 0 {
		return result
	}
	first := slices.Clone(v)
	floats.Scale(1/length, first)
	basis := [][]float64{first}
	var diagonal, beside, last []float64
	for {
		k := len(basis)
		next := m(basis[k-1])
		diagonal = append(diagonal, floats.Dot(basis[k-1], next))
		for range 2 {
			for _, q := range basis {
				floats.AddScaled(next, -floats.Dot(q, next), q)
			}
		}
		t := mat.NewSymDense(k, nil)
		for i := range k {
			t.SetSym(i, i, diagonal[i])
			if i > 0 {
				t.SetSym(i-1, i, beside[i-1])
			}
		}
		var eigen mat.EigenSym
		if !eigen.Factorize(t, true) {
			floats.Scale(math.NaN(), result)
			return result
		}
		var vectors mat.Dense
		eigen.VectorsTo(&vectors)
		now := make([]float64, k)
		for j, value := range eigen.Values(nil) {
			if value > collinearity {
				for i := range now {
					now[i] += vectors.At(i, j) * vectors.At(0, j) / math.Sqrt(value)
				}
			}
		}
		rest := floats.Norm(next, 2)
		if change := floats.Distance(now, append(last, 0), 2); k > 1 && change <= 1e-11*floats.Norm(now, 2) || rest <= 1e-13 || k == len(v) {
			for i, q := range basis {
				floats.AddScaled(result, length*now[i], q)
			}
			return result
		}
		floats.Scale(1/rest, next)
		basis, beside, last = append(basis, next), append(beside, rest), now
	}
}
