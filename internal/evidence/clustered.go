package evidence

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// treatedClusters counts the clusters with a treated row.
func (d *twoWay) treatedClusters() int {
	var treated int
	for _, rows := range d.clusters {
		if slices.ContainsFunc(rows, func(i int) bool { return d.treated[i] == 1 }) {
			treated++
		}
	}
	return treated
}

// withheld is why clustered errors are not given: with one cluster on a side of the comparison the regression fits its change exactly,
// and its errors say nothing of how much it would have changed by itself (Conley and Taber 2011, Review of Economics and Statistics
// 93:113).
func (d *twoWay) withheld() string {
	treated := d.treatedClusters()
	switch untreated := len(d.clusters) - treated; {
	case treated == 1:
		return "one cluster is treated: its own variation cannot be told from the effect; compare with placebos instead"
	case untreated == 1:
		return "one cluster is not treated: its own variation cannot be told from the effect"
	}
	return ""
}

func (d *twoWay) seType() string {
	if d.absorbed && len(d.clusters) == d.units {
		return "CR1, clustered by unit"
	}
	return "CR1, clustered"
}

// clusterScores sums A_i e_i over the rows of each cluster.
func (d *twoWay) clusterScores(fit *regression) [][]float64 {
	scores, sums := fit.scores(), make([][]float64, len(d.clusters))
	for g, rows := range d.clusters {
		sums[g] = make([]float64, len(fit.a))
		for _, i := range rows {
			floats.Add(sums[g], scores[i])
		}
	}
	return sums
}

// clustered is the covariance of b with the correction named CR1.
func (d *twoWay) clustered(fit *regression) *mat.SymDense {
	cov := outer(len(fit.a), d.clusterScores(fit))
	cov.ScaleSym(d.correction(fit), cov)
	return cov
}

// correction is G/(G-1) (n-1)/(n-k), k being the coefficients that do not lie within a cluster, the constant included.
func (d *twoWay) correction(fit *regression) float64 {
	n, groups, k := float64(len(d.outcome)), float64(len(d.clusters)), float64(len(fit.basis))
	if d.absorbed {
		k++
	}
	return groups / (groups - 1) * (n - 1) / (n - k)
}

// biasReduced is the variance of b, named CR2, and its degrees of freedom (Bell and McCaffrey 2002, Survey Methodology 28:169; Imbens
// and Kolesar 2016, Review of Economics and Statistics 98:701). Residuals e_g of a cluster are scaled by (I - H_gg)^-1/2, with the
// generalised inverse of Pustejovsky and Tipton (2018, Journal of Business & Economic Statistics 36:672), whose theorem 2 lets unit
// effects within clusters be subtracted first. With t_g = (I - H_gg)^-1/2 A_g, the variance is the sum of (t_g' e_g)^2, and under
// independent errors of one variance it behaves as chi-square with tr(P)^2 / tr(P^2) degrees of freedom, where
// P_gh = t_g' (I - H)_gh t_h = t_g' t_g [g = h] - (Q_g' t_g)' (Q_h' t_h).
func (d *twoWay) biasReduced(fit *regression) (variance, df float64) {
	a, k := fit.a[0], len(fit.basis)
	squares := make([]float64, len(d.clusters)) // t_g' t_g
	projected := make([][]float64, len(d.clusters))
	for g, rows := range d.clusters {
		n := len(rows)
		q := mat.NewDense(n, k, nil)
		weights, residual := mat.NewVecDense(n, pick(a, rows)), mat.NewVecDense(n, pick(fit.residual, rows))
		for j, column := range fit.basis {
			q.SetCol(j, pick(column, rows))
		}
		var hat mat.SymDense
		hat.SymOuterK(-1, q)
		for i := range n {
			hat.SetSym(i, i, 1+hat.At(i, i))
		}
		scaled := inverseRoot(&hat, weights)
		score := mat.Dot(scaled, residual)
		variance += score * score
		squares[g] = mat.Dot(scaled, scaled)
		var u mat.VecDense
		u.MulVec(q.T(), scaled)
		projected[g] = u.RawVector().Data
	}
	var trace, traceSquare float64
	for g := range squares {
		for h := range squares {
			p := -floats.Dot(projected[g], projected[h])
			if g == h {
				p += squares[g]
				trace += p
			}
			traceSquare += p * p
		}
	}
	if trace <= collinearity*floats.Dot(a, a) { // the clusters that tell the effect are fitted exactly
		return math.NaN(), math.NaN()
	}
	return variance, trace * trace / traceSquare
}

// inverseRoot is m^-1/2 v, leaving out the directions in which m is zero.
func inverseRoot(m *mat.SymDense, v *mat.VecDense) *mat.VecDense {
	var eigen mat.EigenSym
	var vectors mat.Dense
	result := mat.NewVecDense(v.Len(), nil)
	if !eigen.Factorize(m, true) {
		result.ScaleVec(math.NaN(), v)
		return result
	}
	eigen.VectorsTo(&vectors)
	for j, value := range eigen.Values(nil) {
		if value > collinearity {
			direction := vectors.ColView(j)
			result.AddScaledVec(result, mat.Dot(direction, v)/math.Sqrt(value), direction)
		}
	}
	return result
}
