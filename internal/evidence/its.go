package evidence

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Family is the distribution that an interrupted time series assumes of its outcomes.
type Family string

// The families: counts whose variance is their mean, counts whose variance is a multiple of it, and figures with a constant variance.
const (
	Poisson      Family = "poisson"
	QuasiPoisson Family = "quasipoisson"
	Gaussian     Family = "gaussian"
)

// TimeSeries is one place observed over time. The slices are equally long; their order does not matter.
type TimeSeries struct {
	Time []float64
	// Labels name the times; nil for none.
	Labels  []string
	Outcome []float64 // NaN where not reported
	// Intervention is 0 before it and 1 under it; a share where it was phased in.
	Intervention []float64
	// Exposure is what a count is a rate of, such as a standard population; nil for none. Its logarithm is the offset.
	Exposure []float64
}

// Interruption is the model of an interrupted time series.
type Interruption struct {
	Family Family
	// Harmonics is how many pairs of sine and cosine describe the season; Season is its length in units of time, such as 12 months. The
	// figures must span a whole one.
	Harmonics int
	Season    float64
	// Slope adds a change of trend from the last time before the intervention on.
	Slope bool
	// Lags of autocorrelation that the errors of the Gaussian family allow for; below zero, chosen from the length.
	Lags int
	// AR1 gives the Gaussian family errors of a first-order autoregression instead of Newey and West's, with generalised least squares.
	AR1 bool
	// InterventionName and TimeName are what the terms are called; "intervention" and "time" when empty.
	InterventionName, TimeName string
}

// Term is one coefficient. For the Poisson families it is on the logarithmic scale, RR is the rate ratio and Lo to Hi its interval;
// for the Gaussian one it is in the unit of the outcome, without RR, and Lo to Hi is its own interval.
type Term struct {
	Term string `json:"term"`
	Coef Number `json:"coef"`
	SE   Number `json:"se"`
	Stat Number `json:"stat"`
	P    Number `json:"p"`
	RR   Number `json:"RR"`
	Lo   Number `json:"lo"`
	Hi   Number `json:"hi"`
}

// Interrupted is a fitted interrupted time series.
type Interrupted struct {
	Family Family `json:"family"`
	N      int    `json:"n"`
	// LeftOut is how many periods had no outcome.
	LeftOut int `json:"left_out"`
	// Estimate is the change of level: of the logarithm of the rate for the Poisson families, whose rate ratio is RR.
	Estimate
	RR         Number      `json:"RR"`
	RRInterval *[2]float64 `json:"RR_interval"`
	Terms      []Term      `json:"terms"`
	// LevelAtStart is the change at the first time under the intervention, and TrendAfter the trend from there on, where the trend may change
	// (Linden 2015, Stata Journal 15:480, equation 1); nil otherwise. Of the Poisson families they are on the logarithmic scale.
	LevelAtStart *Estimate `json:"level_at_start,omitempty"`
	TrendAfter   *Estimate `json:"trend_after,omitempty"`
	// Effect is the outcome under the intervention less what the model expects without it, over all its periods: its uncertainty is
	// that of the coefficients, by the delta method. Percent is the same as a percentage of what was expected, where that is above zero.
	Effect  Estimate            `json:"effect"`
	Percent Number              `json:"effect_percent"`
	Fit     InterruptedFit      `json:"fit"`
	Solved  Convergence         `json:"convergence"`
	Path    []InterruptedPeriod `json:"path"`
	Notes   []Note              `json:"note_facts,omitempty"`
}

// InterruptedFit is how well an interrupted time series fits.
type InterruptedFit struct {
	// Dispersion is what the family takes it for: 1 for the Poisson one, otherwise Pearson, which is Pearson's chi-square over DF (of the
	// Gaussian family the variance). Where Pearson is far above 1, the errors of the Poisson family are too small.
	Dispersion Number `json:"dispersion"`
	Pearson    Number `json:"pearson_dispersion"`
	Deviance   Number `json:"deviance"`
	DF         int    `json:"df"`
	// Autocorrelation is that of the Pearson residuals from one period to the next: far from zero, the errors of the Poisson
	// families are too small.
	Autocorrelation Number `json:"autocorrelation"`
	// Lags that the errors of the Gaussian family allow for.
	Lags int `json:"lags,omitempty"`
	// Rho is that of a first-order autoregression, where errors are such.
	Rho *Number `json:"rho,omitempty"`
}

// InterruptedPeriod is one period of a series: as observed, as fitted, and as the model expects it without the intervention.
type InterruptedPeriod struct {
	Time           float64 `json:"time"`
	Label          string  `json:"label,omitempty"`
	Observed       Number  `json:"observed"`
	Fitted         Number  `json:"fitted"`
	Counterfactual Number  `json:"counterfactual"`
}

const (
	largestIteration = 50
	// leastMean is the fitted count below which a coefficient is on its way to infinity.
	leastMean = 1e-6
	// devianceChange is the relative change of the deviance under which a fit has converged: that of R's glm, so that its digits are
	// these.
	devianceChange = 1e-8
)

// Interrupt fits an interrupted time series by segmented regression (Lopez Bernal, Cummins and Gasparrini 2017, International Journal
// of Epidemiology 46:348, equation 1, and their supplement for the season and the change of slope):
//
//	g(E[outcome]) = offset + b0 + b1 intervention + b2 time (+ harmonics of time) (+ b3 intervention (time - last time before))
//
// with g the logarithm for the Poisson families and the identity for the Gaussian one. Intervals of the Poisson families use the
// normal distribution, as the paper does, but with less than 30 degrees of freedom the t distribution; p-values the normal for Poisson and the t
// distribution with n - k degrees of freedom otherwise. Errors of the Gaussian family are Newey and West's (1987), and its intervals and
// p-values those of [smallSample]. With fewer than three periods before or under the intervention there are no errors: it takes three on
// each side (Cochrane Effective Practice and Organisation of Care 2017, Interrupted time series analyses, section 2).
func Interrupt(series TimeSeries, model Interruption) (*Interrupted, error) {
	s, leftOut, err := series.complete()
	if err != nil {
		return nil, err
	}
	if err := model.check(s); err != nil {
		return nil, err
	}
	n, k := len(s.Time), model.terms()
	if n <= k {
		return nil, refused(Note{Code: TooFewToFit, Have: n, Need: k}, "%d periods with an outcome are too few for %d terms", n, k)
	}
	if model.Family == Gaussian && model.Lags > min(n/maxLags, n-k-1) {
		return nil, fmt.Errorf("%d lags are too many for %d periods with an outcome and %d terms: up to %d are accepted", model.Lags, n, k, min(n/maxLags, n-k-1))
	}
	if span := s.span(); model.Season != 0 && !(model.Season > 0 && model.Season <= span) {
		return nil, refused(
			Note{Code: SpanTooShort, Value: number(span), Than: number(model.Season)},
			"the figures span %g times, and a season of %g is wanted: above 0 and up to %g are accepted",
			span,
			model.Season,
			span,
		)
	}
	names, columns, without := model.design(s)
	offset := make([]float64, n)
	for i, e := range s.Exposure {
		offset[i] = math.Log(e)
	}
	fit, mean, solved, collinear := model.Family.fit(s.Outcome, offset, columns)
	if collinear >= 0 {
		return nil, refused(
			Note{Code: TermsDependent, Names: []string{names[collinear]}},
			"the term %s is a sum of the others: its effect cannot be separated from theirs",
			names[collinear],
		)
	}
	result := &Interrupted{Family: model.Family, N: n, LeftOut: leftOut, Solved: solved, Notes: s.ends()}
	if s.oneSideZero() {
		result.Notes = append(result.Notes, Note{Code: OneSideZero})
	}
	if !solved.Converged {
		result.Estimate = uncertain(math.NaN(), solved.Note)
		result.Effect, result.RR, result.Percent = result.Estimate, missing, missing
		result.Fit = InterruptedFit{Dispersion: missing, Pearson: missing, Deviance: missing, DF: n - k, Autocorrelation: missing}
		return result, nil
	}

	df := float64(n - k)
	pearson, deviance := fit.squares(), fit.squares()
	if model.Family != Gaussian {
		deviance = poissonDeviance(s.Outcome, mean)
	}
	result.Fit = InterruptedFit{Dispersion: Number(pearson / df), Pearson: Number(pearson / df), Deviance: Number(deviance), DF: n - k}
	cov, kind, pDF, intervalDF := fit.classical(1), ErrorKind{Code: OfModel}, math.Inf(1), math.Inf(1)
	var small contrastError
	switch model.Family {
	case Poisson:
		result.Fit.Dispersion = 1
	case QuasiPoisson:
		cov, kind, pDF = fit.classical(pearson/df), ErrorKind{Code: OfModelDispersed}, df
		if df < normalFrom {
			intervalDF = df
		}
	case Gaussian:
		lags := model.Lags
		if lags < 0 {
			lags = neweyWestLags(n)
		}
		positions, err := positions(s.Time)
		if err != nil {
			return nil, err
		}
		if model.AR1 {
			if n > smallUpTo {
				return nil, fmt.Errorf("%d periods with an outcome; accepted with autoregressive errors are up to %d", n, smallUpTo)
			}
			correlated, err := newAutoregression(s.Outcome, columns, positions)
			if err != nil {
				return nil, err
			}
			fit, small, cov = correlated.fit, correlated, correlated.cov
			kind, pDF, intervalDF = ErrorKind{Code: Autoregressive}, df, df
			copy(fit.residual, s.Outcome)
			for j, b := range fit.coef {
				floats.AddScaled(fit.residual, -b, columns[j])
			}
			result.Fit.Rho = new(Number(correlated.rho))
			result.Fit.Dispersion, result.Fit.Pearson = Number(correlated.variance), Number(correlated.variance)
			result.Fit.Deviance = Number(fit.squares())
			break
		}
		cov, kind, pDF, intervalDF = neweyWest(fit, positions, lags), ErrorKind{Code: NeweyWest, Have: lags}, df, df
		if n <= smallUpTo {
			small = newSmallSample(fit, positions, lags)
		}
		result.Fit.Lags = lags
	}
	result.Fit.Autocorrelation = Number(autocorrelation(fit.residual))

	size := 1.0 // of the logarithm of a rate
	if model.Family == Gaussian {
		size = floats.Norm(s.Outcome, math.Inf(1))
	}
	for j, column := range columns {
		if math.Abs(fit.coef[j])*floats.Norm(column, math.Inf(1)) <= rounding*size { // an error of arithmetic
			fit.coef[j] = 0
		}
	}
	withheld := s.withheld()
	for j, name := range names {
		se := standardError(cov, j)
		if withheld.Code != "" {
			se = math.NaN()
		}
		term := model.Family.term(name, fit.coef[j], se, pDF, intervalDF)
		if small != nil && !term.SE.Missing() {
			term = smallTerm(term, small, unit(k, j))
		}
		result.Terms = append(result.Terms, term)
	}
	level := result.Terms[1]
	result.Estimate = newEstimate(fit.coef[1], standardError(cov, 1), pDF, kind)
	if half := quantile(1-(1-confidence)/2, intervalDF) * float64(level.SE); !level.SE.Missing() {
		result.Interval = interval(fit.coef[1]-half, fit.coef[1]+half)
	}
	switch {
	case withheld.Code != "":
		result.Estimate = uncertain(fit.coef[1], withheld)
		result.SEKind = kind
	case small != nil:
		variance, df := small.of(unit(k, 1))
		result.Estimate = result.smallSample(math.Sqrt(variance), df, small.kind())
	}
	if result.RR = level.RR; model.Family != Gaussian {
		result.RRInterval = interval(float64(level.Lo), float64(level.Hi))
	}
	if model.Slope {
		first := slices.IndexFunc(s.Intervention, func(d float64) bool { return d > 0 })
		atStart, after := unit(k, 1), unit(k, 2)
		atStart[k-1], after[k-1] = s.Time[first]-s.Time[max(0, first-1)], 1
		of := func(contrast []float64) *Estimate {
			e := uncertain(floats.Dot(contrast, fit.coef), withheld)
			if withheld.Code == "" {
				c := mat.NewVecDense(k, contrast)
				e = newEstimate(floats.Dot(contrast, fit.coef), math.Sqrt(mat.Inner(c, cov, c)), pDF, kind)
				if small != nil {
					variance, df := small.of(contrast)
					e = e.smallSample(math.Sqrt(variance), df, small.kind())
				}
			}
			return &e
		}
		result.LevelAtStart, result.TrendAfter = of(atStart), of(after)
	}
	result.effect(s, model.Family, fit, offset, columns, without, cov, pDF, small)
	if withheld.Code != "" {
		result.Effect = uncertain(float64(result.Effect.Value), withheld)
	}
	return result, nil
}

// complete is the series in order of time without the periods that have no outcome.
func (s TimeSeries) complete() (TimeSeries, int, error) {
	n := len(s.Time)
	if len(s.Outcome) != n || len(s.Intervention) != n || s.Exposure != nil && len(s.Exposure) != n || s.Labels != nil && len(s.Labels) != n {
		return s, 0, fmt.Errorf("the series has %d times, %d outcomes, %d interventions and %d exposures: they must be as many",
			n, len(s.Outcome), len(s.Intervention), len(s.Exposure))
	}
	order := make([]int, 0, n)
	for i := range n {
		switch {
		case math.IsNaN(s.Outcome[i]):
		case tooLarge(s.Outcome[i]):
			return s, 0, fmt.Errorf("the outcome at time %g is %g, beyond the figures accepted (to 1e50)", s.Time[i], s.Outcome[i])
		case math.IsNaN(s.Time[i]) || tooLarge(s.Time[i]):
			return s, 0, fmt.Errorf("an outcome of %g has no time", s.Outcome[i])
		case !(s.Intervention[i] >= 0 && s.Intervention[i] <= 1):
			return s, 0, fmt.Errorf("the intervention at time %g is %g: it must lie between 0, before it, and 1, under it", s.Time[i], s.Intervention[i])
		case s.Exposure != nil && (!(s.Exposure[i] > 0) || tooLarge(s.Exposure[i])):
			return s, 0, fmt.Errorf("the offset at time %g is %g: its logarithm is taken, so it must be above zero", s.Time[i], s.Exposure[i])
		default:
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(s.Time[i], s.Time[j]) })
	sorted := TimeSeries{Time: pick(s.Time, order), Outcome: pick(s.Outcome, order), Intervention: pick(s.Intervention, order)}
	if s.Labels != nil {
		sorted.Labels = pick(s.Labels, order)
	}
	if s.Exposure != nil {
		sorted.Exposure = pick(s.Exposure, order)
	}
	for i := 1; i < len(order); i++ {
		if sorted.Time[i] == sorted.Time[i-1] {
			return s, 0, fmt.Errorf("time %g stands twice: an interrupted time series has one outcome at a time", sorted.Time[i])
		}
	}
	return sorted, n - len(order), nil
}

// pick lists the values at some positions.
func pick[T any](values []T, order []int) []T {
	picked := make([]T, len(order))
	for i, from := range order {
		picked[i] = values[from]
	}
	return picked
}

// span is how many times lie from the first to the last, both included, the step being the shortest between two.
func (s TimeSeries) span() float64 {
	step := math.Inf(1)
	for i := 1; i < len(s.Time); i++ {
		step = min(step, s.Time[i]-s.Time[i-1])
	}
	return s.Time[len(s.Time)-1] - s.Time[0] + step
}

// check refuses what the model has no answer for.
func (m Interruption) check(s TimeSeries) error {
	var before, under, countBefore, countUnder float64
	for i, d := range s.Intervention {
		if d == 0 {
			before, countBefore = before+1, countBefore+s.Outcome[i]
		} else {
			under, countUnder = under+1, countUnder+s.Outcome[i]
		}
	}
	switch m.Family {
	case Poisson, QuasiPoisson:
		for i, y := range s.Outcome {
			if y < 0 {
				return fmt.Errorf("the outcome at time %g is %g: a %s outcome is a count and not below zero", s.Time[i], y, m.Family)
			}
		}
	case Gaussian:
		if s.Exposure != nil {
			return fmt.Errorf("an offset belongs to the Poisson families: for the Gaussian one divide the outcome by it")
		}
	default:
		return fmt.Errorf("the family is %q; accepted are %s, %s and %s", m.Family, Poisson, QuasiPoisson, Gaussian)
	}
	if fall, rises := s.turns(); fall >= 0 && !rises {
		return fmt.Errorf("the intervention is reversed: it falls from %g to %g at time %s and never rises; accepted are 0 before it and 1 under it",
			s.Intervention[fall-1], s.Intervention[fall], s.at(fall))
	}
	switch counts := m.Family != Gaussian; {
	case floats.Norm(s.Outcome, 1) == 0:
		return refused(Note{Code: AllZero}, "all outcomes are zero or missing: there is nothing to compare")
	case before == 0:
		return refused(Note{Code: TooFewPeriods, Need: 1}, "no period with an outcome lies before the intervention: there is nothing to compare with")
	case under == 0:
		return refused(Note{Code: NothingFromStart}, "no period with an outcome lies under the intervention: there is no effect to estimate")
	case counts && (countBefore == 0 || countUnder == 0):
		return refused(Note{Code: OneSideZero}, "all outcomes before or under the intervention are zero: the rate ratio is zero or infinite and has no estimate")
	case m.Harmonics < 0 || m.Harmonics > len(s.Time):
		return fmt.Errorf("%d harmonics are wanted of %d periods with an outcome; accepted are 0 or more, with fewer terms than periods", m.Harmonics, len(s.Time))
	case m.Harmonics > 0 && !(m.Season > 2*float64(m.Harmonics)):
		return fmt.Errorf("%d harmonics need a season longer than %d periods, not %g", m.Harmonics, 2*m.Harmonics, m.Season)
	}
	return nil
}

// terms are how many the model has.
func (m Interruption) terms() int {
	if m.Slope {
		return 4 + 2*m.Harmonics
	}
	return 3 + 2*m.Harmonics
}

// turns are the first time at which the intervention falls, if any, and whether it rises at some time.
func (s TimeSeries) turns() (fall int, rises bool) {
	fall = -1
	for i := 1; i < len(s.Intervention); i++ {
		switch before, now := s.Intervention[i-1], s.Intervention[i]; {
		case now > before:
			rises = true
		case now < before && fall < 0:
			fall = i
		}
	}
	return fall, rises
}

// at names a time.
func (s TimeSeries) at(i int) string {
	if s.Labels != nil {
		return s.Labels[i]
	}
	return fmt.Sprint(s.Time[i])
}

// ends says where an intervention that began ends.
func (s TimeSeries) ends() []Note {
	fall, _ := s.turns()
	if fall < 0 {
		return nil
	}
	return []Note{{Code: InterventionFalls, Value: number(s.Intervention[fall-1]), Than: number(s.Intervention[fall]), Times: []string{s.at(fall)}}}
}

// oneSideZero tells whether all outcomes before the intervention, or all under it, are zero.
func (s TimeSeries) oneSideZero() bool {
	before, under := true, true
	for i, d := range s.Intervention {
		if d == 0 {
			before = before && s.Outcome[i] == 0
		} else {
			under = under && s.Outcome[i] == 0
		}
	}
	return before || under
}

// design lists the terms, their columns, and the columns as they would be without the intervention.
func (m Interruption) design(s TimeSeries) (names []string, columns, without [][]float64) {
	n := len(s.Time)
	add := func(name string, value, counterfactual func(i int) float64) {
		with, none := make([]float64, n), make([]float64, n)
		for i := range n {
			with[i], none[i] = value(i), counterfactual(i)
		}
		names, columns, without = append(names, name), append(columns, with), append(without, none)
	}
	same := func(name string, value func(i int) float64) { add(name, value, value) }
	zero := func(int) float64 { return 0 }

	intervention, time := cmp.Or(m.InterventionName, "intervention"), cmp.Or(m.TimeName, "time")
	same("(Intercept)", func(int) float64 { return 1 })
	add(intervention, func(i int) float64 { return s.Intervention[i] }, zero)
	same(time, func(i int) float64 { return s.Time[i] })
	for _, wave := range []struct {
		name string
		of   func(float64) float64
	}{{"Hsin", math.Sin}, {"Hcos", math.Cos}} {
		for h := range m.Harmonics {
			same(fmt.Sprint(wave.name, h+1), func(i int) float64 { return wave.of(2 * math.Pi * float64(h+1) * s.Time[i] / m.Season) })
		}
	}
	if m.Slope {
		first := slices.IndexFunc(s.Intervention, func(d float64) bool { return d > 0 })
		last := s.Time[max(0, first-1)]
		add(fmt.Sprintf("%s:I(%s - %g)", intervention, time, last), func(i int) float64 { return s.Intervention[i] * (s.Time[i] - last) }, zero)
	}
	return names, columns, without
}

// fit solves for the coefficients: in closed form for the Gaussian family, otherwise by iteratively reweighted least squares
// (McCullagh and Nelder 1989, section 2.5). The regression is the last, weighted one; its residuals are Pearson's at the final mean, with
// the weights of that regression.
func (f Family) fit(y, offset []float64, columns [][]float64) (fit *regression, mean []float64, solved Convergence, collinear int) {
	if f == Gaussian {
		fit, collinear = regress(y, nil, columns)
		return fit, nil, Convergence{Converged: true, Gap: missing, Note: Note{Code: LeastSquares}}, collinear
	}
	solved = Convergence{Gap: missing, Note: Note{Code: Reweighted}}
	n := len(y)
	linear, mean := make([]float64, n), make([]float64, n)
	for i := range n {
		mean[i] = y[i] + 0.1
		linear[i] = math.Log(mean[i])
	}
	response, root := make([]float64, n), make([]float64, n)
	weighted := make([][]float64, len(columns))
	for j := range weighted {
		weighted[j] = make([]float64, n)
	}
	deviance := poissonDeviance(y, mean)
	for solved.Iterations < largestIteration {
		solved.Iterations++
		for i := range n {
			root[i] = math.Sqrt(mean[i])
			response[i] = root[i] * (linear[i] - offset[i] + (y[i]-mean[i])/mean[i])
		}
		for j := range columns {
			floats.MulTo(weighted[j], columns[j], root)
		}
		if fit, collinear = regress(response, nil, weighted); collinear >= 0 {
			return nil, nil, solved, collinear
		}
		copy(linear, offset)
		for j, b := range fit.coef {
			floats.AddScaled(linear, b, columns[j])
		}
		for i := range n {
			mean[i] = math.Exp(linear[i])
			fit.residual[i] = root[i] * (y[i] - mean[i]) / mean[i]
		}
		previous := deviance
		deviance = poissonDeviance(y, mean)
		if math.Abs(deviance-previous) < devianceChange*(math.Abs(deviance)+0.1) {
			if solved.Converged = floats.Min(mean) > leastMean; !solved.Converged {
				solved.Note = Note{Code: InfiniteTerm}
			}
			fit.round(floats.Norm(root, math.Inf(1)))
			return fit, mean, solved, -1
		}
	}
	solved.Note = Note{Code: StepsUsedUp, Have: solved.Iterations}
	return fit, mean, solved, -1
}

// poissonDeviance is twice the log-likelihood that the fit falls short of a perfect one by (McCullagh and Nelder 1989, section 2.3).
func poissonDeviance(y, mean []float64) float64 {
	var sum float64
	for i := range y {
		if y[i] > 0 {
			sum += y[i] * math.Log(y[i]/mean[i])
		}
		sum -= y[i] - mean[i]
	}
	return 2 * sum
}

func (f Family) term(name string, coef, se, pDF, intervalDF float64) Term {
	if !(se > 0) {
		se = math.NaN()
	}
	half := quantile(1-(1-confidence)/2, intervalDF) * se
	t := Term{
		Term: name, Coef: Number(coef), SE: Number(se), Stat: Number(coef / se), P: Number(twoSided(coef/se, pDF)),
		RR: missing, Lo: Number(coef - half), Hi: Number(coef + half),
	}
	if f != Gaussian {
		t.RR, t.Lo, t.Hi = Number(math.Exp(coef)), Number(math.Exp(coef-half)), Number(math.Exp(coef+half))
	}
	return t
}

// effect compares the fitted with the counterfactual outcomes. For the log link the derivative of their difference by coefficient j
// is the sum of mean x_j - mean0 x0_j, for the identity that of x_j - x0_j.
func (r *Interrupted) effect(
	s TimeSeries,
	family Family,
	fit *regression,
	offset []float64,
	columns, without [][]float64,
	cov *mat.SymDense,
	df float64,
	small contrastError,
) {
	coef := fit.coef
	gradient, ofExpected := mat.NewVecDense(len(coef), nil), mat.NewVecDense(len(coef), nil)
	var difference, expected float64
	for i := range s.Time {
		with, none := offset[i], offset[i]
		for j, b := range coef {
			with += b * columns[j][i]
			none += b * without[j][i]
		}
		slopeWith, slopeNone := 1.0, 1.0
		if family != Gaussian {
			with, none = math.Exp(with), math.Exp(none)
			slopeWith, slopeNone = with, none
		}
		period := InterruptedPeriod{Time: s.Time[i], Observed: Number(s.Outcome[i]), Fitted: Number(with), Counterfactual: Number(none)}
		if s.Labels != nil {
			period.Label = s.Labels[i]
		}
		r.Path = append(r.Path, period)
		if s.Intervention[i] == 0 {
			continue
		}
		difference += with - none
		expected += none
		for j := range coef {
			gradient.SetVec(j, gradient.AtVec(j)+slopeWith*columns[j][i]-slopeNone*without[j][i])
			ofExpected.SetVec(j, ofExpected.AtVec(j)+slopeNone*without[j][i])
		}
	}
	if math.Abs(difference) <= rounding*float64(len(s.Time))*math.Abs(expected) {
		difference = 0
	}
	r.Effect = newEstimate(difference, math.Sqrt(mat.Inner(gradient, cov, gradient)), df, ErrorKind{r.SEKind.Code, r.SEKind.Have, true})
	if small != nil {
		variance, df := small.of(gradient.RawVector().Data)
		r.Effect = r.Effect.smallSample(math.Sqrt(variance), df, small.kind())
	}
	r.Percent = Number(100 * difference / expected)
	// Of what may be zero or less there is no percentage.
	if family == Gaussian && (expected <= 0 || expected <= surelyAbove*math.Sqrt(mat.Inner(ofExpected, cov, ofExpected))) {
		r.Percent = missing
		r.Notes = append(r.Notes, Note{Code: ExpectedNearZero})
	}
}

// surelyAbove is how many of its standard errors a sum must be to be taken to be above zero.
const surelyAbove = 1.96

const (
	// maxLags bounds lags to one in so many of the periods (Box and Jenkins 1976, Time Series Analysis, section 2.1.5: a quarter).
	maxLags = 4
	// minPeriods are needed on each side of the start for an error.
	minPeriods = 3
	// normalFrom is from how many degrees of freedom intervals of the quasi-Poisson family use the normal distribution.
	normalFrom = 30

	// smallUpTo is up to how many periods intervals are those of a small sample; the matrices of more would cost more than they change.
	smallUpTo = 400
)

// withheld is why errors are not given.
func (s TimeSeries) withheld() Note {
	var before, under int
	for _, d := range s.Intervention {
		if d == 0 {
			before++
		} else {
			under++
		}
	}
	if min(before, under) >= minPeriods {
		return Note{}
	}
	return Note{Code: TooFewAroundStart, Have: min(before, under), Need: minPeriods}
}

// contrastError is an error that holds in small samples, of a weighted sum of the coefficients.
type contrastError interface {
	of(contrast []float64) (variance, df float64)
	kind() ErrorCode
}

// unit is the contrast that is one coefficient of k.
func unit(k, j int) []float64 {
	contrast := make([]float64, k)
	contrast[j] = 1
	return contrast
}

// smallTerm is a term with the interval and the p-value of its error in small samples.
func smallTerm(t Term, small contrastError, contrast []float64) Term {
	variance, df := small.of(contrast)
	e := newEstimate(float64(t.Coef), math.Sqrt(variance), df, ErrorKind{})
	t.Stat, t.P, t.Lo, t.Hi = t.Coef/Number(math.Sqrt(variance)), e.P, missing, missing
	if e.Interval != nil {
		t.Lo, t.Hi = Number(e.Interval[0]), Number(e.Interval[1])
	}
	return t
}

// smallSample corrects Newey-West variances for what a fit of few periods hides. The variance of a'y that they give is e'We, with
// W_ij = a_i a_j (1 - |i - j|/(lags + 1)) and the residuals e = M y, M = I - H. Where errors are independent with one variance, its mean is
// tr(MW) of that variance, not a'a, and it behaves as chi-square with tr(MW)^2 / tr(MWMW) degrees of freedom: it is divided by the first
// and judged by the second (Bell and McCaffrey 2002, Survey Methodology 28:169, equations 9 and 11, with W for the clusters; Imbens and
// Kolesar 2016, Review of Economics and Statistics 98:701, section III).
type smallSample struct {
	fit    *regression
	kernel func(i, j int) float64
	hidden *mat.Dense // M
}

func newSmallSample(fit *regression, positions []int, lags int) *smallSample {
	n := len(positions)
	s := &smallSample{fit: fit, hidden: mat.NewDense(n, n, nil)}
	s.kernel = func(i, j int) float64 {
		return max(0, 1-math.Abs(float64(positions[i]-positions[j]))/float64(lags+1))
	}
	for i := range n {
		for j := range n {
			h := 0.0
			for _, q := range fit.basis {
				h += q[i] * q[j]
			}
			s.hidden.Set(i, j, -h)
		}
		s.hidden.Set(i, i, 1+s.hidden.At(i, i))
	}
	return s
}

func (s *smallSample) kind() ErrorCode { return NeweyWestSmall }

// of is the variance of a'y and its degrees of freedom, a'y being the sum of coefficients weighed by a contrast.
func (s *smallSample) of(contrast []float64) (variance, df float64) {
	n := len(s.fit.residual)
	a := make([]float64, n)
	for j, c := range contrast {
		floats.AddScaled(a, c, s.fit.a[j])
	}
	w := mat.NewDense(n, n, nil)
	e := s.fit.residual
	for i := range n {
		for j := range n {
			if k := s.kernel(i, j); k > 0 {
				w.Set(i, j, a[i]*a[j]*k)
				variance += e[i] * e[j] * a[i] * a[j] * k
			}
		}
	}
	var mw mat.Dense
	mw.Mul(s.hidden, w)
	var square float64
	for i := range n {
		for j := range n {
			square += mw.At(i, j) * mw.At(j, i)
		}
	}
	trace, length := mat.Trace(&mw), floats.Dot(a, a)
	if !(trace > collinearity*length) || !(square > 0) {
		return math.NaN(), math.NaN()
	}
	return variance * length / trace, min(trace*trace/square, float64(n-len(s.fit.coef)))
}

// neweyWestLags is floor(4 (n/100)^(2/9)), the rule of Newey and West (1994, Review of Economic Studies 61:631).
func neweyWestLags(n int) int { return int(math.Floor(4 * math.Pow(float64(n)/100, 2.0/9))) }

// positions counts the steps of each time from the first, the step being the shortest between two times.
func positions(times []float64) ([]int, error) {
	step := math.Inf(1)
	for i := 1; i < len(times); i++ {
		step = min(step, times[i]-times[i-1])
	}
	at := make([]int, len(times))
	for i, t := range times {
		steps := (t - times[0]) / step
		if math.Abs(steps-math.Round(steps)) > 1e-3 {
			return nil, refused(
				Note{Code: TimesUneven},
				"time %g does not lie a whole number of steps of %g from the first: Newey-West errors need even spacing",
				t,
				step,
			)
		}
		at[i] = int(math.Round(steps))
	}
	return at, nil
}

// neweyWest is the covariance of b under heteroskedasticity and autocorrelation up to a number of lags, with Bartlett's weights
// 1 - l/(lags+1) (Newey and West 1987, Econometrica 55:703) and the correction n/(n-k) for the coefficients fitted.
// A missing period counts as a score of zero (Parzen 1963), so that lags stay what they are across a gap.
func neweyWest(fit *regression, positions []int, lags int) *mat.SymDense {
	n, k := len(positions), len(fit.a)
	scores := fit.scores()
	sum := outer(k, scores)
	for i := range scores {
		for j := i - 1; j >= 0 && positions[i]-positions[j] <= lags; j-- {
			weight := 1 - float64(positions[i]-positions[j])/float64(lags+1)
			sum.RankTwo(sum, weight, mat.NewVecDense(k, scores[i]), mat.NewVecDense(k, scores[j]))
		}
	}
	sum.ScaleSym(float64(n)/float64(n-k), sum)
	return sum
}

// autocorrelation is that of a series with itself one step later.
func autocorrelation(e []float64) float64 {
	var product, square float64
	for i := range e {
		square += e[i] * e[i]
		if i > 0 {
			product += e[i] * e[i-1]
		}
	}
	return product / square
}
