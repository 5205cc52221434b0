package evidence

import (
	"cmp"
	"fmt"
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
// by least squares (Angrist and Pischke 2009, Mostly Harmless Econometrics, section 5.2). The standard error is clustered, with the
// correction G/(G-1) (n-1)/(n-k) for G clusters, and t distributed with G-1 degrees of freedom; k leaves out unit effects that lie
// within a cluster (Cameron and Miller 2015, Journal of Human Resources 50:317, sections II and III).
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
