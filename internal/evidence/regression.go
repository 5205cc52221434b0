package evidence

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// collinearity is the share of a column's length that must be left when the columns before it are taken out of it.
const collinearity = 1e-9

// regression is a least-squares fit y = Z g + X b + e. Every estimator of this package that is one is written as b = A y, from which
// each covariance of b follows as A Omega A'.
type regression struct {
	coef     []float64   // b, k long
	a        [][]float64 // A, k rows of n
	residual []float64   // e, n long
	basis    [][]float64 // orthonormal basis Q of the columns of Z and X, each n long; the hat matrix is Q Q'
}

// regress fits y on the columns x, given the columns z; each column is n long. Columns of z that depend on earlier ones are left
// out, as they change no b. A column of x that depends on z or on earlier columns of x makes b undetermined: its index is returned.
//
// By modified Gram-Schmidt, orthogonalised twice (Giraud et al. 2005). With X = Q_z R_zx + Q_x R, b = R^-1 Q_x' y, which is the
// theorem of Frisch, Waugh and Lovell.
func regress(y []float64, z, x [][]float64) (fit *regression, collinear int) {
	fit = &regression{}
	for _, column := range z {
		if q, _ := orthogonal(fit.basis, column); q != nil {
			fit.basis = append(fit.basis, q)
		}
	}
	nz, k := len(fit.basis), len(x)
	r := mat.NewTriDense(k, mat.Upper, nil)
	for j, column := range x {
		q, shares := orthogonal(fit.basis, column)
		if q == nil {
			return nil, j
		}
		for i := range j {
			r.SetTri(i, j, shares[nz+i])
		}
		r.SetTri(j, j, floats.Dot(q, column))
		fit.basis = append(fit.basis, q)
	}
	var inverse mat.TriDense
	_ = inverse.InverseTri(r) // no zero stands on the diagonal; a poor condition shows in the standard errors
	for j := range k {
		row := make([]float64, len(y))
		for i := j; i < k; i++ {
			floats.AddScaled(row, inverse.At(j, i), fit.basis[nz+i])
		}
		fit.a = append(fit.a, row)
		fit.coef = append(fit.coef, floats.Dot(row, y))
	}
	fit.residual = append([]float64(nil), y...)
	for range 2 {
		for _, q := range fit.basis {
			floats.AddScaled(fit.residual, -floats.Dot(q, fit.residual), q)
		}
	}
	fit.round(floats.Norm(y, math.Inf(1)))
	return fit, -1
}

// rounding is the share of the outcomes' size below which a residual is an error of arithmetic.
const rounding = 1e-12

// round makes a fit exact whose residuals are all errors of arithmetic on outcomes of a size.
func (r *regression) round(size float64) {
	if floats.Norm(r.residual, math.Inf(1)) <= rounding*size {
		clear(r.residual)
	}
}

// orthogonal is the unit vector of what is left of a column without its shares of the basis, nil when nothing is.
func orthogonal(basis [][]float64, column []float64) (q, shares []float64) {
	q = append([]float64(nil), column...)
	shares = make([]float64, len(basis))
	for range 2 {
		for i, b := range basis {
			share := floats.Dot(b, q)
			shares[i] += share
			floats.AddScaled(q, -share, b)
		}
	}
	length := floats.Norm(q, 2)
	if !(length > collinearity*floats.Norm(column, 2)) {
		return nil, shares
	}
	floats.Scale(1/length, q)
	return q, shares
}

// squares is the sum of squared residuals.
func (r *regression) squares() float64 { return floats.Dot(r.residual, r.residual) }

// classical is the covariance of b under one error variance: variance A A' = variance (X'X)^-1.
func (r *regression) classical(variance float64) *mat.SymDense {
	cov := mat.NewSymDense(len(r.a), nil)
	for i := range r.a {
		for j := range i + 1 {
			cov.SetSym(i, j, variance*floats.Dot(r.a[i], r.a[j]))
		}
	}
	return cov
}

// scores are the rows A_i e_i, one for each observation, k long.
func (r *regression) scores() [][]float64 {
	scores := make([][]float64, len(r.residual))
	for i, e := range r.residual {
		scores[i] = make([]float64, len(r.a))
		for j := range r.a {
			scores[i][j] = r.a[j][i] * e
		}
	}
	return scores
}

// outer is the sum of s s' over the vectors s, each k long.
func outer(k int, vectors [][]float64) *mat.SymDense {
	sum := mat.NewSymDense(k, nil)
	for _, s := range vectors {
		sum.SymRankOne(sum, 1, mat.NewVecDense(k, s))
	}
	return sum
}

// standardError is the root of a variance, NaN for a negative one.
func standardError(cov mat.Symmetric, i int) float64 { return math.Sqrt(cov.At(i, i)) }
