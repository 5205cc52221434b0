package evidence

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Rows are observations of units over time. The slices are equally long; their order does not matter.
type Rows struct {
	Unit, Time []string
	Outcome    []float64 // NaN where not reported
	// Treated is 1 for a unit at a time under the scheme and 0 otherwise.
	Treated []float64
	// Cluster is what errors may be correlated within; nil for the unit. Where it is finer than the unit, such as a shop in a state, a
	// unit may have many rows at a time.
	Cluster []string
}

// DiD is a difference-in-differences.
type DiD struct {
	N        int `json:"n"`
	Units    int `json:"units"`
	Periods  int `json:"periods"`
	Clusters int `json:"clusters"`
	// TreatedClusters have a row under the scheme.
	TreatedClusters int `json:"treated_clusters"`
	// LeftOut is how many rows had no outcome, or were the only one of their unit and so told nothing of a change.
	LeftOut int `json:"left_out"`
	Estimate
	// FewClusters is the same effect with CR2 errors and their own degrees of freedom, which hold with few or unequal clusters, where
	// the errors of Estimate are too small.
	FewClusters Estimate `json:"few_clusters"`
	// StandardErrors by type: CR0, CR1 and CR2 are clustered, HC1 allows for unequal variances alone, classical for neither.
	StandardErrors map[string]Number `json:"standard_errors"`
	Fit            DiDFit            `json:"fit"`
	Solved         Convergence       `json:"convergence"`
	Path           []DiDPeriod       `json:"path"`
	Notes          []string          `json:"notes,omitempty"`
}

// DiDFit is how well a difference-in-differences fits.
type DiDFit struct {
	RMSE Number `json:"rmse"` // the root of the squared residuals over DF
	R2   Number `json:"r2"`
	DF   int    `json:"df"` // rows less all coefficients, unit effects included
}

// DiDPeriod is the mean outcome at one time: of the units that are treated at some time, of the others, and of the treated ones
// less the effect.
type DiDPeriod struct {
	Time           string `json:"time"`
	Treated        Number `json:"treated"`
	Control        Number `json:"control"`
	Counterfactual Number `json:"counterfactual"`
}

// DifferenceInDifferences estimates the effect b of being treated with an effect of its own for each unit and each time:
//
//	outcome_it = unit_i + time_t + b treated_it + e_it
//
// by least squares (Angrist and Pischke 2009, Mostly Harmless Econometrics, equation 5.2.7). The standard error is clustered, with the
// correction G/(G-1) (n-1)/(n-k) for G clusters, and t distributed with G-1 degrees of freedom; k leaves out unit effects that lie
// within a cluster (Cameron and Miller 2015, Journal of Human Resources 50:317, equation 12 and section III.B).
func DifferenceInDifferences(rows Rows) (*DiD, error) {
	d, err := newTwoWay(rows)
	if err != nil {
		return nil, err
	}
	fit, collinear := d.regress([][]float64{d.within(d.treated)})
	if collinear >= 0 {
		return nil, d.undetermined()
	}
	return d.result(fit), nil
}

// EventStudy is the effect in each period before and after treatment.
type EventStudy struct {
	N        int `json:"n"`
	Clusters int `json:"clusters"`
	// Periods are relative to the first one treated, which is 0. Period -1 is the reference: its effect is zero by construction.
	Periods []EventPeriod `json:"periods"`
	// PreTrend tests that all effects before the reference are zero.
	PreTrend WaldTest `json:"pretrend"`
	Notes    []string `json:"notes,omitempty"`
}

// EventPeriod is the effect in one period relative to the first one treated.
type EventPeriod struct {
	Period int `json:"event_time"`
	Estimate
	// Rows of treated units in this period.
	Rows int `json:"n"`
}

// WaldTest is a joint test that several effects are zero.
type WaldTest struct {
	Statistic Number `json:"statistic"` // chi-square, or F where DF2 is given
	DF        int    `json:"df"`
	DF2       Number `json:"df2"`
	P         Number `json:"p"`
	Reason    string `json:"reason,omitempty"`
}

// StudyEvents replaces the one effect of [DifferenceInDifferences] by one for each period relative to the first treated one, the last
// before it being the reference (Angrist and Pischke 2009, equation 5.2.8), and tests those before it for a trend that was there
// already. Where units start at different times and effects differ between them, these effects mix (Sun and Abraham 2021, Journal of
// Econometrics 225:175); those of staggered adoption do not.
func StudyEvents(rows Rows) (*EventStudy, error) {
	d, err := newTwoWay(rows)
	if err != nil {
		return nil, err
	}
	start, err := d.starts()
	if err != nil {
		return nil, err
	}
	relative, count := map[int][]float64{}, map[int]int{}
	for i, u := range d.unit {
		if start[u] != never {
			r := d.time[i] - start[u]
			if relative[r] == nil {
				relative[r] = make([]float64, len(d.outcome))
			}
			relative[r][i] = 1
			count[r]++
		}
	}
	// Effects after the start come first and the most distant before it last: what cannot be told apart is dropped from the end.
	var periods []int
	for r := range relative {
		if r != -1 {
			periods = append(periods, r)
		}
	}
	slices.SortFunc(periods, func(a, b int) int { return cmp.Or(cmp.Compare(min(b, 0), min(a, 0)), cmp.Compare(a, b)) })
	if count[-1] == 0 {
		return nil, fmt.Errorf("no treated unit has a row in the period before its start, which is the reference")
	}
	var fit *regression
	var notes []string
	for {
		columns := make([][]float64, len(periods))
		for j, r := range periods {
			columns[j] = d.within(relative[r])
		}
		var collinear int
		if fit, collinear = d.regress(columns); collinear < 0 {
			break
		}
		if periods[collinear] >= 0 {
			return nil, d.undetermined()
		}
		notes = append(notes, fmt.Sprintf("the effect in period %d cannot be told apart from the others and is a second reference", periods[collinear]))
		periods = slices.Delete(periods, collinear, collinear+1)
	}

	study := &EventStudy{N: len(d.outcome), Clusters: len(d.clusters), Notes: notes}
	cov := d.clustered(fit)
	withheld := d.withheld()
	var leads []int
	for j, r := range periods {
		period := EventPeriod{Period: r, Rows: count[r], Estimate: uncertain(fit.coef[j], withheld)}
		if withheld == "" {
			period.Estimate = newEstimate(fit.coef[j], standardError(cov, j), float64(len(d.clusters)-1), d.seType())
		}
		study.Periods = append(study.Periods, period)
		if r < -1 {
			leads = append(leads, j)
		}
	}
	reference := uncertain(0, "the reference: zero by construction")
	study.Periods = append(study.Periods, EventPeriod{Period: -1, Rows: count[-1], Estimate: reference})
	slices.SortFunc(study.Periods, func(a, b EventPeriod) int { return cmp.Compare(a.Period, b.Period) })

	study.PreTrend = wald(pick(fit.coef, leads), subset(cov, leads))
	switch {
	case withheld != "":
		study.PreTrend = WaldTest{Statistic: missing, DF: len(leads), DF2: missing, P: missing, Reason: withheld}
	case len(leads) >= len(d.clusters):
		study.PreTrend = WaldTest{Statistic: missing, DF: len(leads), DF2: missing, P: missing,
			Reason: fmt.Sprintf("%d clusters are too few to test %d effects together", len(d.clusters), len(leads))}
	case !study.PreTrend.Statistic.Missing():
		f := float64(study.PreTrend.Statistic) / float64(len(leads))
		df2 := float64(len(d.clusters) - 1)
		study.PreTrend.Statistic, study.PreTrend.DF2 = Number(f), Number(df2)
		study.PreTrend.P = Number(distuv.F{D1: float64(len(leads)), D2: df2}.Survival(f))
	}
	return study, nil
}

// wald is the test that effects with a covariance are all zero: b' V^-1 b is chi-square with as many degrees of freedom as effects.
func wald(effects []float64, cov *mat.SymDense) WaldTest {
	test := WaldTest{Statistic: missing, DF: len(effects), DF2: missing, P: missing}
	if len(effects) == 0 {
		test.Reason = "there is no period before the reference to test"
		return test
	}
	var cholesky mat.Cholesky
	if !cholesky.Factorize(cov) || cholesky.Cond() > 1e14 {
		test.Reason = "the effects before the start depend on each other: their covariance has no inverse"
		return test
	}
	var solved mat.VecDense
	b := mat.NewVecDense(len(effects), effects)
	_ = cholesky.SolveVecTo(&solved, b) // its condition was looked at above
	statistic := mat.Dot(b, &solved)
	test.Statistic = Number(statistic)
	test.P = Number(distuv.ChiSquared{K: float64(len(effects))}.Survival(statistic))
	return test
}

func subset(cov *mat.SymDense, of []int) *mat.SymDense {
	if len(of) == 0 {
		return nil
	}
	part := mat.NewSymDense(len(of), nil)
	part.SubsetSym(cov, of)
	return part
}

// twoWay is a panel ready for a regression with unit and time effects.
type twoWay struct {
	rows     Rows        // those with an outcome
	unit     []int       // of each row
	time     []int       // of each row, in order of time
	clusters [][]int     // rows of each cluster
	times    []string    //
	units    int         //
	leftOut  int         //
	absorbed bool        // unit effects are taken out by subtracting the unit's mean, as each unit lies in one cluster
	outcome  []float64   // without unit effects where absorbed
	treated  []float64   //
	effects  [][]float64 // the columns of the other effects
}

func newTwoWay(rows Rows) (*twoWay, error) {
	n := len(rows.Unit)
	if len(rows.Time) != n || len(rows.Outcome) != n || len(rows.Treated) != n || rows.Cluster != nil && len(rows.Cluster) != n {
		return nil, fmt.Errorf("there are %d units, %d times, %d outcomes, %d treatments and %d clusters: they must be as many",
			n, len(rows.Time), len(rows.Outcome), len(rows.Treated), len(rows.Cluster))
	}
	byCluster := rows.Cluster != nil
	if !byCluster {
		rows.Cluster = rows.Unit
	}
	var keep []int
	for i := range n {
		switch {
		case rows.Unit[i] == "" || rows.Time[i] == "" || rows.Cluster[i] == "":
			return nil, fmt.Errorf("row %d has no unit, no time or no cluster", i+1)
		case math.IsNaN(rows.Outcome[i]):
		case tooLarge(rows.Outcome[i]):
			return nil, fmt.Errorf("the outcome of unit %s at time %s is %g, beyond the figures accepted (to 1e50)", rows.Unit[i], rows.Time[i], rows.Outcome[i])
		case rows.Treated[i] != 0 && rows.Treated[i] != 1:
			return nil, fmt.Errorf("the treatment of unit %s at time %s is %g; accepted are 0 and 1", rows.Unit[i], rows.Time[i], rows.Treated[i])
		default:
			keep = append(keep, i)
		}
	}
	if len(keep) == 0 {
		return nil, fmt.Errorf("no row has an outcome")
	}
	rows = rows.pick(keep)
	if floats.Norm(rows.Outcome, 1) == 0 {
		return nil, fmt.Errorf("all outcomes are zero: there is nothing to compare")
	}
	cluster := map[string]string{}
	absorbed := true
	for i, u := range rows.Unit {
		of, seen := cluster[u]
		absorbed = absorbed && (!seen || of == rows.Cluster[i])
		cluster[u] = rows.Cluster[i]
	}
	if absorbed { // a unit with one row has no change
		if _, err := NewPanel(rows.Unit, rows.Time); err != nil {
			return nil, fmt.Errorf("%w: give a cluster finer than the unit where each row is one of many observations of it", err)
		}
		count := map[string]int{}
		for _, u := range rows.Unit {
			count[u]++
		}
		keep = keep[:0]
		for i, u := range rows.Unit {
			if count[u] > 1 {
				keep = append(keep, i)
			}
		}
		if len(keep) == 0 {
			return nil, fmt.Errorf("no unit has outcomes at two times: there is no change to compare")
		}
		rows = rows.pick(keep)
	}

	d := &twoWay{rows: rows, absorbed: absorbed, leftOut: n - len(rows.Unit)}
	units := distinct(rows.Unit, cmp.Compare[string])
	d.times = distinct(rows.Time, timeOrder(rows.Time))
	d.units = len(units)
	if len(d.times) < 2 {
		return nil, fmt.Errorf("all outcomes are of time %s: there is no change to compare", d.times[0])
	}
	unitAt, clusterAt := positionsOf(units), positionsOf(distinct(rows.Cluster, cmp.Compare[string]))
	panel := Panel{Times: d.times, compare: timeOrder(rows.Time)}
	d.clusters = make([][]int, len(clusterAt))
	unitEffects, timeEffects := indicators(d.units, len(rows.Unit)), indicators(len(d.times), len(rows.Unit))
	for i := range rows.Unit {
		u, t, c := unitAt[rows.Unit[i]], panel.Period(rows.Time[i]), clusterAt[rows.Cluster[i]]
		d.unit, d.time = append(d.unit, u), append(d.time, t)
		d.clusters[c] = append(d.clusters[c], i)
		unitEffects[u][i], timeEffects[t][i] = 1, 1
	}
	if !absorbed {
		d.effects = unitEffects
	}
	for _, effect := range timeEffects[1:] { // the first is the difference of the others from the units' effects
		d.effects = append(d.effects, d.within(effect))
	}
	d.outcome, d.treated = d.within(rows.Outcome), rows.Treated
	switch treated := floats.Sum(d.treated); treated {
	case 0:
		return nil, fmt.Errorf("no row with an outcome is treated")
	case float64(len(d.treated)):
		return nil, fmt.Errorf("every row with an outcome is treated: there is nothing to compare with")
	}
	return d, nil
}

func (r Rows) pick(keep []int) Rows {
	return Rows{Unit: pick(r.Unit, keep), Time: pick(r.Time, keep), Cluster: pick(r.Cluster, keep), Outcome: pick(r.Outcome, keep), Treated: pick(r.Treated, keep)}
}

func indicators(k, n int) [][]float64 {
	columns := make([][]float64, k)
	for j := range columns {
		columns[j] = make([]float64, n)
	}
	return columns
}

// within is a column less its unit's mean where unit effects are taken out so, otherwise the column.
func (d *twoWay) within(column []float64) []float64 {
	if !d.absorbed {
		return column
	}
	sum, count := make([]float64, d.units), make([]float64, d.units)
	for i, u := range d.unit {
		sum[u] += column[i]
		count[u]++
	}
	centred := make([]float64, len(column))
	for i, u := range d.unit {
		centred[i] = column[i] - sum[u]/count[u]
	}
	return centred
}

func (d *twoWay) regress(columns [][]float64) (*regression, int) {
	fit, collinear := regress(d.outcome, d.effects, columns)
	if collinear < 0 {
		fit.round(floats.Norm(d.rows.Outcome, math.Inf(1)))
	}
	return fit, collinear
}

// undetermined says why no effect can be told apart from the unit and time effects.
func (d *twoWay) undetermined() error {
	varies := func(group []int, groups int) bool {
		first := slices.Repeat([]float64{math.NaN()}, groups)
		for i, g := range group {
			if math.IsNaN(first[g]) {
				first[g] = d.treated[i]
			} else if first[g] != d.treated[i] {
				return true
			}
		}
		return false
	}
	switch {
	case !varies(d.unit, d.units):
		return fmt.Errorf("treated never changes within a unit: it must be 0 before the start and 1 from it on, with a period of each")
	case !varies(d.time, len(d.times)):
		return fmt.Errorf("all units are treated at the same times: there is nothing to compare with")
	}
	return fmt.Errorf("the effect cannot be told apart from the effects of units and times: they are collinear")
}

// never is the start of a unit that is not treated.
const never = -1

// starts is the time at which each unit is first treated.
func (d *twoWay) starts() ([]int, error) {
	start, lastUntreated := slices.Repeat([]int{never}, d.units), slices.Repeat([]int{never}, d.units)
	for i, u := range d.unit {
		switch {
		case d.treated[i] == 0:
			lastUntreated[u] = max(lastUntreated[u], d.time[i])
		case start[u] == never || d.time[i] < start[u]:
			start[u] = d.time[i]
		}
	}
	for i, u := range d.unit {
		switch {
		case start[u] == never:
		case lastUntreated[u] == never:
			return nil, fmt.Errorf("unit %s is treated from its first row on: it has no period before to count from", d.rows.Unit[i])
		case lastUntreated[u] > start[u]:
			return nil, fmt.Errorf("the treatment of unit %s ends again: periods are counted from a start that stays", d.rows.Unit[i])
		}
	}
	return start, nil
}

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

// result describes a fit with one effect.
func (d *twoWay) result(fit *regression) *DiD {
	n, k := len(d.outcome), len(fit.basis)
	if d.absorbed {
		k += d.units
	}
	r := &DiD{
		N: n, Units: d.units, Periods: len(d.times), Clusters: len(d.clusters), TreatedClusters: d.treatedClusters(), LeftOut: d.leftOut,
		Solved: Convergence{Converged: true, Gap: missing, Note: "least squares, closed form"},
	}
	effect, df := fit.coef[0], float64(n-k)
	var hc float64
	for _, score := range fit.scores() {
		hc += score[0] * score[0]
	}
	variance := fit.squares() / df
	cr1 := standardError(d.clustered(fit), 0)
	cr2, cr2DF := d.biasReduced(fit)
	r.StandardErrors = map[string]Number{
		"classical": Number(standardError(fit.classical(variance), 0)),
		"HC1":       Number(math.Sqrt(hc * float64(n) / df)),
		"CR0":       Number(cr1 / math.Sqrt(d.correction(fit))),
		"CR1":       Number(cr1),
		"CR2":       Number(math.Sqrt(cr2)),
	}
	if reason := d.withheld(); reason != "" {
		r.Estimate, r.FewClusters = uncertain(effect, reason), uncertain(effect, reason)
		for _, kind := range []string{"CR0", "CR1", "CR2"} {
			r.StandardErrors[kind] = missing
		}
	} else {
		r.Estimate = newEstimate(effect, cr1, float64(len(d.clusters)-1), d.seType())
		r.FewClusters = newEstimate(effect, math.Sqrt(cr2), cr2DF, "CR2, clustered, Satterthwaite degrees of freedom")
	}
	total := append([]float64(nil), d.rows.Outcome...)
	floats.AddConst(-floats.Sum(total)/float64(n), total)
	r.Fit = DiDFit{RMSE: Number(math.Sqrt(variance)), R2: Number(1 - fit.squares()/floats.Dot(total, total)), DF: n - k}
	r.Path = d.path(effect)
	if start, err := d.starts(); err == nil && r.Periods > 2 {
		first := distinct(slices.DeleteFunc(start, func(t int) bool { return t == never }), cmp.Compare[int])
		if len(first) > 1 {
			r.Notes = append(r.Notes, fmt.Sprintf("units start at %d different times: where the effect grows with time, units treated earlier are "+
				"a poor comparison for later ones; use the design for staggered adoption", len(first)))
		}
	}
	return r
}

func (d *twoWay) path(effect float64) []DiDPeriod {
	ever := make([]bool, d.units)
	for i, u := range d.unit {
		ever[u] = ever[u] || d.treated[i] == 1
	}
	type sum struct{ treated, counterfactual, nTreated, control, nControl float64 }
	sums := make([]sum, len(d.times))
	for i, y := range d.rows.Outcome {
		s := &sums[d.time[i]]
		if ever[d.unit[i]] {
			s.treated, s.counterfactual, s.nTreated = s.treated+y, s.counterfactual+y-effect*d.treated[i], s.nTreated+1
		} else {
			s.control, s.nControl = s.control+y, s.nControl+1
		}
	}
	path := make([]DiDPeriod, len(sums))
	for t, s := range sums {
		path[t] = DiDPeriod{Time: d.times[t], Treated: Number(s.treated / s.nTreated), Control: Number(s.control / s.nControl),
			Counterfactual: Number(s.counterfactual / s.nTreated)}
	}
	return path
}
