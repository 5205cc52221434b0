package evidence

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// autoregression is a regression whose errors follow a first-order autoregression: their correlation is rho^d between periods d apart. Rho is
// found by restricted maximum likelihood (Harville 1977, Journal of the American Statistical Association 72:320), coefficients by
// generalised least squares, and their covariance and degrees of freedom allow for rho being estimated (Kenward and Roger 1997, Biometrics
// 53:983, section 2). Among the methods for interrupted time series, it errs least in short ones (Turner, Forbes, Karahalios, Taljaard and McKenzie
// 2021, BMC Medical Research Methodology 21:181).
type autoregression struct {
	fit           *regression // of whitened outcomes
	rho, variance float64
	cov           *mat.SymDense // adjusted
	plain         *mat.SymDense // (X' V^-1 X)^-1
	slopes        [2]*mat.Dense // of its inverse, by the variance and by rho
	information   *mat.SymDense // inverse, of the variance and rho
}

// rhoLimit bounds the autocorrelation: beyond it a level is hardly told from a walk.
const rhoLimit = 0.99

func newAutoregression(y []float64, columns [][]float64, positions []int) (*autoregression, error) {
	n, k := len(y), len(columns)
	likelihood := func(rho float64) (float64, *regression) {
		fit, logDet := whitened(y, columns, positions, rho)
		if fit == nil {
			return math.Inf(-1), nil
		}
		var gram mat.Cholesky
		if !gram.Factorize(fit.classical(1)) { // (X' R^-1 X)^-1
			return math.Inf(-1), nil
		}
		return -0.5 * (logDet - gram.LogDet() + float64(n-k)*math.Log(fit.squares())), fit
	}
	best, at := math.Inf(-1), 0.0
	const step = 0.03
	for rho := -rhoLimit; rho <= rhoLimit; rho += step {
		if l, _ := likelihood(rho); l > best {
			best, at = l, rho
		}
	}
	low, high := max(-rhoLimit, at-step), min(rhoLimit, at+step)
	for high-low > 1e-9 { // golden section
		const ratio = 0.6180339887498949
		a, b := high-ratio*(high-low), low+ratio*(high-low)
		la, _ := likelihood(a)
		lb, _ := likelihood(b)
		if la < lb {
			low = a
		} else {
			high = b
		}
	}
	rho := (low + high) / 2
	_, fit := likelihood(rho)
	if fit == nil || !(fit.squares() > 0) {
		return nil, refused(Note{Code: NoAutoregression}, "no autoregression fits the errors: the model leaves no variation")
	}
	r := &autoregression{fit: fit, rho: rho, variance: fit.squares() / float64(n-k)}
	return r, r.kenwardRoger(columns, positions)
}

// whitened is the regression of outcomes and columns freed from their autocorrelation, and the logarithm of the determinant of the
// correlations; nil where columns are combinations of others.
func whitened(y []float64, columns [][]float64, positions []int, rho float64) (*regression, float64) {
	logDet := 0.0
	white := func(values []float64) []float64 {
		out := make([]float64, len(values))
		out[0] = values[0]
		for t := 1; t < len(values); t++ {
			r := math.Pow(rho, float64(positions[t]-positions[t-1]))
			out[t] = (values[t] - r*values[t-1]) / math.Sqrt(1-r*r)
		}
		return out
	}
	for t := 1; t < len(y); t++ {
		r := math.Pow(rho, float64(positions[t]-positions[t-1]))
		logDet += math.Log(1 - r*r)
	}
	x := make([][]float64, len(columns))
	for j, column := range columns {
		x[j] = white(column)
	}
	fit, collinear := regress(white(y), nil, x)
	if collinear >= 0 {
		return nil, 0
	}
	return fit, logDet
}

// kenwardRoger finds the covariance of the coefficients with what the estimation of the variance and of rho adds. With V = s^2 R, V_i its
// derivatives by the two, and V_ij the second ones,
//
//	P_i = -X'V^-1 V_i V^-1 X, Q_ij = X'V^-1 V_i V^-1 V_j V^-1 X, R_ij = X'V^-1 V_ij V^-1 X, C = (X'V^-1 X)^-1
//	I_ij = (tr(V^-1 V_i V^-1 V_j) - tr(2 C Q_ij - C P_i C P_j)) / 2, W = I^-1
//	cov  = C + 2 C (sum_ij W_ij (Q_ij - P_i C P_j - R_ij/4)) C.
func (r *autoregression) kenwardRoger(columns [][]float64, positions []int) error {
	n, k := len(positions), len(columns)
	v, byRho, byRhoTwice := mat.NewSymDense(n, nil), mat.NewDense(n, n, nil), mat.NewDense(n, n, nil)
	power := func(d int) float64 { return math.Pow(r.rho, float64(d)) }
	for i := range n {
		for j := range i + 1 {
			d := positions[i] - positions[j]
			v.SetSym(i, j, r.variance*power(d))
			var first, second float64
			if d >= 1 {
				first = r.variance * float64(d) * power(d-1)
			}
			if d >= 2 {
				second = r.variance * float64(d*(d-1)) * power(d-2)
			}
			byRho.Set(i, j, first)
			byRho.Set(j, i, first)
			byRhoTwice.Set(i, j, second)
			byRhoTwice.Set(j, i, second)
		}
	}
	var factor mat.Cholesky
	if !factor.Factorize(v) {
		return refused(Note{Code: NoAutoregression}, "no autoregression fits the errors: their autocorrelation is %.3g", r.rho)
	}
	x := mat.NewDense(n, k, nil)
	for j, column := range columns {
		x.SetCol(j, column)
	}
	var vx, gram, inverse mat.Dense // V^-1 X, X'V^-1 X
	if err := factor.SolveTo(&vx, x); err != nil {
		return refused(Note{Code: NoAutoregression}, "no autoregression fits the errors: %s", err)
	}
	gram.Mul(x.T(), &vx)
	if err := inverse.Inverse(&gram); err != nil {
		return refused(Note{Code: NoAutoregression}, "no autoregression fits the errors: %s", err)
	}
	r.plain = symmetric(&inverse)

	byVariance := mat.NewDense(n, n, nil)
	byVariance.Scale(1/r.variance, v)
	derivatives := [2]*mat.Dense{byVariance, byRho}
	var solved [2]mat.Dense // V^-1 V_i
	var along [2]mat.Dense  // V_i V^-1 X
	for i, of := range derivatives {
		if err := factor.SolveTo(&solved[i], of); err != nil {
			return refused(Note{Code: NoAutoregression}, "no autoregression fits the errors: %s", err)
		}
		along[i].Mul(of, &vx)
		var p mat.Dense
		p.Mul(vx.T(), &along[i])
		p.Scale(-1, &p)
		r.slopes[i] = &p
	}
	information := mat.NewSymDense(2, nil)
	var q [2][2]mat.Dense
	for i := range 2 {
		for j := range 2 {
			var right mat.Dense
			if err := factor.SolveTo(&right, &along[j]); err != nil {
				return refused(Note{Code: NoAutoregression}, "no autoregression fits the errors: %s", err)
			}
			q[i][j].Mul(along[i].T(), &right)
		}
	}
	for i := range 2 {
		for j := range i + 1 {
			var product, cq, cp, cpj, cpcp mat.Dense
			product.Mul(&solved[i], &solved[j])
			cq.Mul(&inverse, &q[i][j])
			cp.Mul(&inverse, r.slopes[i])
			cpj.Mul(&inverse, r.slopes[j])
			cpcp.Mul(&cp, &cpj)
			information.SetSym(i, j, (mat.Trace(&product)-2*mat.Trace(&cq)+mat.Trace(&cpcp))/2)
		}
	}
	var w mat.Dense
	if err := w.Inverse(information); err != nil {
		return refused(Note{Code: NoAutoregression}, "no autoregression fits the errors: %s", err)
	}
	r.information = symmetric(&w)
	sum := mat.NewDense(k, k, nil)
	// The second derivative by variance and rho is that by rho, divided by the variance.
	var second [2][2]mat.Dense
	second[0][1].Scale(1/r.variance, byRho)
	second[1][0].Scale(1/r.variance, byRho)
	second[1][1].CloneFrom(byRhoTwice)
	for i := range 2 {
		for j := range 2 {
			var term, pc, pcp mat.Dense
			pc.Mul(r.slopes[i], &inverse)
			pcp.Mul(&pc, r.slopes[j])
			term.Sub(&q[i][j], &pcp)
			if !second[i][j].IsEmpty() {
				var half, quarter mat.Dense
				half.Mul(&second[i][j], &vx)
				quarter.Mul(vx.T(), &half)
				quarter.Scale(0.25, &quarter)
				term.Sub(&term, &quarter)
			}
			term.Scale(r.information.At(i, j), &term)
			sum.Add(sum, &term)
		}
	}
	var left, added mat.Dense
	left.Mul(&inverse, sum)
	added.Mul(&left, &inverse)
	added.Scale(2, &added)
	added.Add(&added, &inverse)
	r.cov = symmetric(&added)
	for j := range k {
		if !(r.cov.At(j, j) >= r.plain.At(j, j)) { // at a limit of rho the expansion may fail
			r.cov = r.plain
			break
		}
	}
	return nil
}

// symmetric is a matrix that is so but for rounding.
func symmetric(m *mat.Dense) *mat.SymDense {
	n, _ := m.Dims()
	s := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			s.SetSym(i, j, (m.At(i, j)+m.At(j, i))/2)
		}
	}
	return s
}

func (r *autoregression) kind() ErrorCode { return Autoregressive }

// of is the variance of a weighted sum of coefficients and its degrees of freedom: 2 (c'Cc)^2 / (g'Wg), g being the derivatives of c'Cc by
// the variance and rho (Kenward and Roger 1997, section 3, of one contrast).
func (r *autoregression) of(contrast []float64) (variance, df float64) {
	c := mat.NewVecDense(len(contrast), contrast)
	var along mat.VecDense
	along.MulVec(r.plain, c)
	gradient := mat.NewVecDense(2, nil)
	for i, slope := range r.slopes {
		gradient.SetVec(i, -mat.Inner(&along, slope, &along))
	}
	plain, spread := mat.Inner(c, r.plain, c), mat.Inner(gradient, r.information, gradient)
	most := float64(len(r.fit.residual) - len(contrast))
	if df = 2 * plain * plain / spread; !(df < most) {
		df = most
	}
	return mat.Inner(c, r.cov, c), max(1, df)
}
