package forecast

import (
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// What the initial state is taken from: the seasons need a few years, the trend of a series without season its first ten figures
// (Hyndman, Koehler, Snyder and Grose 2002).
const (
	firstSeasons = 5
	firstFigures = 10
)

// The bounds of the damping (Hyndman, Koehler, Ord and Snyder 2008): a trend damped less is hardly told from one that is not.
const lowestPhi, highestPhi = 0.8, 0.98

// exact is the standard deviation of errors, as a share of the largest deviation from the mean, below which there are none but
// those of rounding.
const exact = 1e-9

// state is the level, the trend and the seasons, each of which applies at the positions that leave its remainder.
type state struct {
	level, trend float64
	season       []float64
}

// model is ETS(A,Ad,A), or ETS(A,Ad,N) where there is one season, after its last figure.
type model struct {
	Parameters
	state
	figures int     // passed so far
	sigma   float64 // standard deviation of the errors one step ahead
}

// pass follows the figures and returns the sum of squared errors one step ahead. A missing figure has the error 0.
func (m *model) pass(figures []float64) (squares float64) {
	for _, y := range figures {
		s := &m.season[m.figures%len(m.season)]
		trend := m.Phi * m.trend
		e := y - (m.level + trend + *s)
		if math.IsNaN(e) {
			e = 0
		}
		m.level += trend + m.Alpha*e
		m.trend = trend + m.Beta*e
		*s += m.Gamma * e
		m.figures++
		squares += e * e
	}
	return squares
}

// ahead is the mean of the next n figures and its standard error (Hyndman, Koehler, Ord and Snyder 2008, chapter 6,
// class 1), with d 1 where j is a whole number of seasons, else 0:
//
//	σ²(h) = σ²(1 + Σ c²(j), j from 1 to h-1), c(j) = α + β(φ + ... + φʲ) + γd
func (m *model) ahead(n int) (means, sds []float64) {
	damped, power, variance := 0.0, 1.0, 1.0
	for h := 1; h <= n; h++ {
		power *= m.Phi
		damped += power
		means = append(means, m.level+damped*m.trend+m.season[(m.figures+h-1)%len(m.season)])
		sds = append(sds, m.sigma*math.Sqrt(variance))
		c := m.Alpha + m.Beta*damped
		if h%len(m.season) == 0 {
			c += m.Gamma
		}
		variance += c * c
	}
	return means, sds
}

// fit finds the parameters that make the sum of squared errors one step ahead least, by the simplex of Nelder and Mead 1965 from
// α 0.2, β 0.02, γ 0.04 and φ 0.89 on the logistic scale. The variance of the errors divides their squares by the figures less the parameters and the
// initial states.
func fit(history []float64, season int) (*model, Reason) {
	// About 0 and not beyond 1, so that the tolerances hold for every unit.
	shift, unit, n := moments(history)
	if unit == 0 {
		unit = 1
	}
	standard := make([]float64, len(history))
	for i, y := range history {
		standard[i] = (y - shift) / unit
	}
	begin, reason := initial(standard, season)
	if reason.Code != "" {
		return nil, reason
	}
	m := &model{state: state{season: make([]float64, season)}}
	squares := func(x []float64) float64 {
		m.Parameters = parameters(x)
		m.figures, m.level, m.trend = 0, begin.level, begin.trend
		copy(m.season, begin.season)
		return m.pass(standard)
	}
	x := []float64{logit(0.2), logit(0.1), 0, logit(0.05)}
	if season == 1 {
		x = x[:3]
	}
	degrees := float64(n - len(x) - 1 - season)
	first := squares(x)
	if math.Sqrt(first/degrees) > exact {
		result, err := optimize.Minimize(optimize.Problem{Func: func(x []float64) float64 {
			// Far out the parameters are at their bounds, and the simplex would wander.
			far := 0.0
			for _, x := range x {
				far += max(0, math.Abs(x)-10)
			}
			return squares(x)/first + far
		}}, x, &optimize.Settings{
			MajorIterations: 200,
			Converger:       &optimize.FunctionConverge{Absolute: 1e-6, Iterations: 15},
		}, &optimize.NelderMead{SimplexSize: 1})
		if err != nil {
			return nil, Reason{Code: NoParameters}
		}
		x = result.X
	}
	if m.sigma = math.Sqrt(squares(x) / degrees); m.sigma <= exact {
		m.sigma = 0
	}
	m.sigma *= unit
	m.level = m.level*unit + shift
	m.trend *= unit
	for i := range m.season {
		m.season[i] *= unit
	}
	return m, Reason{}
}

// parameters are those of a point anywhere, within the bounds that keep forecasts stable: 0 < α < 1, 0 < β < α, 0 < γ < 1 - α.
func parameters(x []float64) Parameters {
	p := Parameters{Alpha: logistic(x[0])}
	p.Beta = p.Alpha * logistic(x[1])
	p.Phi = lowestPhi + (highestPhi-lowestPhi)*logistic(x[2])
	if len(x) > 3 {
		p.Gamma = (1 - p.Alpha) * logistic(x[3])
	}
	return p
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func logit(p float64) float64 { return math.Log(p / (1 - p)) }

// moments are the mean of the known figures, their largest distance from it, and how many they are.
func moments(history []float64) (mean, farthest float64, n int) {
	var known []float64
	for _, y := range history {
		if !math.IsNaN(y) {
			known = append(known, y)
		}
	}
	// From the first figure on, so that equal figures have themselves as their mean.
	mean = known[0]
	for i, y := range known {
		mean += (y - mean) / float64(i+1)
	}
	for _, y := range known {
		farthest = max(farthest, math.Abs(y-mean))
	}
	return mean, farthest, len(known)
}

// initial is the state before the first figure, by least squares: a straight line and seasons that add to 0, through the first five
// seasons, or through the first ten figures of a series without season.
func initial(history []float64, season int) (state, Reason) {
	first := history[:min(len(history), firstSeasons*season)]
	if season == 1 {
		first = history[:min(len(history), firstFigures)]
	}
	known := make([]int, season)
	for t, y := range first {
		if !math.IsNaN(y) {
			known[t%season]++
		}
	}
	for i, n := range known {
		if n < 2 {
			return state{}, Reason{Code: SeasonUnknown, Have: n, Need: 2, Of: len(first), Position: i + 1}
		}
	}
	// Columns: level, trend, and each season but the last less the last.
	width := season + 1
	cross, with := mat.NewSymDense(width, nil), mat.NewVecDense(width, nil)
	row := make([]float64, width)
	for t, y := range first {
		if math.IsNaN(y) {
			continue
		}
		clear(row)
		row[0], row[1] = 1, float64(t+1)
		if at := t % season; at < season-1 {
			row[2+at] = 1
		} else {
			for i := 2; i < width; i++ {
				row[i] = -1
			}
		}
		cross.SymRankOne(cross, 1, mat.NewVecDense(width, row))
		with.AddScaledVec(with, y, mat.NewVecDense(width, row))
	}
	var factors mat.Cholesky
	if !factors.Factorize(cross) {
		return state{}, Reason{Code: Inseparable}
	}
	var solved mat.VecDense
	if err := factors.SolveVecTo(&solved, with); err != nil {
		return state{}, Reason{Code: Inseparable}
	}
	begin := state{level: solved.AtVec(0), trend: solved.AtVec(1), season: make([]float64, season)}
	for i := range season - 1 {
		begin.season[i] = solved.AtVec(2 + i)
		begin.season[season-1] -= begin.season[i]
	}
	return begin, Reason{}
}
