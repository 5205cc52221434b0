package evidence

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
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
	Notes          []Note            `json:"note_facts,omitempty"`
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
// by least squares (Angrist and Pischke 2009, Mostly Harmless Econometrics, section 5.2). The standard error is clustered, with the
// correction G/(G-1) (n-1)/(n-k) for G clusters; k leaves out unit effects that lie
// within a cluster (Cameron and Miller 2015, Journal of Human Resources 50:317, sections II and III). Its interval and p-value are those of
// [DiD.FewClusters], which hold with few clusters too.
//
// Effects of units and times are taken out first (the within transformation, see [crossed]), so that their number costs neither memory
// nor time. A panel that does not fit into memory all the same is refused with what it would need.
func DifferenceInDifferences(ctx context.Context, rows Rows) (*DiD, error) {
	d, err := newTwoWay(ctx, rows)
	if err != nil {
		return nil, err
	}
	under := effects{of: slices.Repeat([]int32{none}, len(d.outcome)), k: 1}
	for i, treated := range d.rows.Treated {
		if treated == 1 {
			under.of[i] = 0
		}
	}
	within, err := d.within(ctx, under)
	if err != nil {
		return nil, err
	}
	fit, collinear := within.solve(d, []int{0})
	if collinear != none {
		return nil, d.undetermined()
	}
	return d.result(ctx, within, fit)
}

// result describes a fit with one effect.
func (d *twoWay) result(ctx context.Context, w *within, fit *fitted) (*DiD, error) {
	n, k := len(d.outcome), d.crossed.rank()+1
	r := &DiD{
		N: n, Units: len(d.units), Periods: len(d.times), Clusters: len(d.clusters), TreatedClusters: d.treatedClusters(), LeftOut: d.leftOut,
		Solved: Convergence{Converged: true, Gap: missing, Note: Note{Code: LeastSquares}}, Notes: d.notes,
	}
	effect, df := fit.coef[0], float64(n-k)
	a := make([]float64, n) // the estimate is a'y
	var hc float64
	for i := range a {
		a[i] = -w.ofUnits[0][d.crossed.unit[i]] - w.ofTimes[0][d.crossed.time[i]]
		if w.of[i] == 0 {
			a[i]++
		}
		a[i] *= fit.inverse.At(0, 0)
		hc += a[i] * fit.residual[i] * a[i] * fit.residual[i]
	}
	squares := floats.Dot(fit.residual, fit.residual)
	variance := squares / df
	cov, err := d.clustered(ctx, w, fit)
	if err != nil {
		return nil, err
	}
	cr1 := standardError(cov, 0)
	cr2, cr2DF, err := d.biasReduced(ctx, a, fit.residual)
	if err != nil {
		return nil, err
	}
	r.StandardErrors = map[string]Number{
		"classical": Number(math.Sqrt(variance * fit.inverse.At(0, 0))),
		"HC1":       Number(math.Sqrt(hc * float64(n) / df)),
		"CR0":       Number(cr1 / math.Sqrt(d.correction(1))),
		"CR1":       Number(cr1),
		"CR2":       Number(math.Sqrt(cr2)),
	}
	if reason := d.withheld(); reason.Code != "" {
		r.Estimate, r.FewClusters = uncertain(effect, reason), uncertain(effect, reason)
		for _, kind := range []string{"CR0", "CR1", "CR2"} {
			r.StandardErrors[kind] = missing
		}
	} else {
		r.Estimate = newEstimate(effect, cr1, float64(len(d.clusters)-1), d.errorKind())
		r.FewClusters = newEstimate(effect, math.Sqrt(cr2), cr2DF, ErrorKind{Code: ClusteredUnbiased})
		r.Estimate = r.smallSample(math.Sqrt(cr2), cr2DF, ClusteredUnbiased)
	}
	total := append([]float64(nil), d.rows.Outcome...)
	floats.AddConst(-floats.Sum(total)/float64(n), total)
	r.Fit = DiDFit{RMSE: Number(math.Sqrt(variance)), R2: Number(1 - squares/floats.Dot(total, total)), DF: n - k}
	r.Path = d.path(effect)
	if start, err := d.starts(); err == nil && r.Periods > 2 {
		first := distinct(slices.DeleteFunc(start, func(t int) bool { return t == never }), cmp.Compare[int])
		if len(first) > 1 {
			r.Notes = append(r.Notes, Note{Code: StartsDiffer, Have: len(first)})
		}
	}
	return r, nil
}

func (d *twoWay) path(effect float64) []DiDPeriod {
	ever := make([]bool, len(d.units))
	for i, u := range d.crossed.unit {
		ever[u] = ever[u] || d.rows.Treated[i] == 1
	}
	type sum struct{ treated, counterfactual, nTreated, control, nControl float64 }
	sums := make([]sum, len(d.times))
	for i, y := range d.rows.Outcome {
		s := &sums[d.crossed.time[i]]
		if ever[d.crossed.unit[i]] {
			s.treated, s.counterfactual, s.nTreated = s.treated+y, s.counterfactual+y-effect*d.rows.Treated[i], s.nTreated+1
		} else {
			s.control, s.nControl = s.control+y, s.nControl+1
		}
	}
	path := make([]DiDPeriod, len(sums))
	for t, s := range sums {
		path[t] = DiDPeriod{
			Time: d.times[t], Treated: Number(s.treated / s.nTreated), Control: Number(s.control / s.nControl),
			Counterfactual: Number(s.counterfactual / s.nTreated),
		}
	}
	return path
}
