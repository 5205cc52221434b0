package evidence

import (
	"context"
	"slices"
)

// Variation is an estimate again with one thing changed.
type Variation struct {
	Kind     VariationKind `json:"kind"`             // what is changed
	Unit     string        `json:"unit,omitempty"`   // the donor that is left out, of [WithoutDonor]
	Method   string        `json:"method,omitempty"` // of [ByMethod]
	Time     string        `json:"time,omitempty"`   // that the other kinds name
	Estimate Number        `json:"estimate"`
	PreMSPE  Number        `json:"pre_mspe"`
	Ratio    Number        `json:"ratio"`
	// Reason says why there is no estimate.
	Reason Note `json:"reason_facts,omitzero"`
}

// VariationKind is what a variation changes.
type VariationKind string

// The kinds of variation.
const (
	WithoutDonor VariationKind = "without_donor"
	StartAt      VariationKind = "start_at"
	From         VariationKind = "from"
	To           VariationKind = "to"
	EffectFrom   VariationKind = "effect_from"
	ByMethod     VariationKind = "method"
)

// Sensitivity shows whether an estimate depends on one choice.
type Sensitivity struct {
	// LeaveOneOut leaves out each donor with a weight in turn (Abadie, Diamond and Hainmueller 2015, American Journal of Political
	// Science 59:495).
	LeaveOneOut []Variation `json:"leave_one_out"`
	// InTime takes an earlier time as the start, and nothing from the true start on (the same): an effect there speaks against the design.
	InTime []Variation `json:"placebo_in_time"`
	// Windows leave out the beginning before the start, or the beginning or the end after it.
	Windows []Variation `json:"windows"`
}

// Vary repeats an estimate in the ways of [Sensitivity]. Predictors stay as they were measured, also where they were measured after a
// start taken earlier.
//
// Where all series were put on one level by what they were before the start, as an index is, each variation with other periods before the
// start puts them on that level anew: the level of periods that it leaves out must not be known to it.
func (s *Synthetic) Vary(ctx context.Context, c Comparison, estimate Estimator) (Sensitivity, error) {
	var v Sensitivity
	on := c.level()
	again := func(kind VariationKind, time string, c Comparison) Variation {
		return Variation{Kind: kind, Time: time}.Of(ctx, on.put(c), estimate)
	}
	for j, donor := range c.Donors {
		if s.weights[j] != 0 {
			v.LeaveOneOut = append(v.LeaveOneOut, Variation{Kind: WithoutDonor, Unit: donor}.Of(ctx, c.without(j), estimate))
		}
	}
	before, after := c.Start, len(c.Times)-c.Start
	for _, start := range distinctOf(before/2, before*2/3, before*5/6) {
		pretend := c.window(0, before)
		pretend.Start = start
		v.InTime = append(v.InTime, again(StartAt, c.Times[start], pretend))
	}
	for _, from := range distinctOf(before/4, before/2) {
		v.Windows = append(v.Windows, again(From, c.Times[from], c.window(from, len(c.Times))))
	}
	if half := after / 2; half > 0 {
		v.Windows = append(v.Windows, again(To, c.Times[c.Start+half-1], c.window(0, c.Start+half)))
		later := c.window(0, len(c.Times))
		later.cut(c.Start, c.Start+half)
		v.Windows = append(v.Windows, again(EffectFrom, c.Times[c.Start+half], later))
	}
	return v, ctx.Err()
}

func distinctOf(positions ...int) []int {
	return slices.DeleteFunc(slices.Compact(positions), func(p int) bool { return p == 0 })
}

// Of is the estimate of a comparison that differs as the variation says, or why there is none.
func (v Variation) Of(ctx context.Context, c Comparison, estimate Estimator) Variation {
	v.Estimate, v.PreMSPE, v.Ratio = missing, missing, missing
	found, err := estimate(ctx, c)
	switch {
	case err != nil:
		v.Reason = NoteOf(err)
	case !found.Solved.Converged:
		v.Reason = found.Solved.Note
	case found.NoEstimate.Code != "":
		v.Reason = found.NoEstimate
	default:
		v.Estimate, v.PreMSPE, v.Ratio = found.Value, found.Fit.PreMSPE, found.Fit.Ratio
	}
	return v
}

// without is the comparison with one donor less.
func (c Comparison) without(j int) Comparison {
	others := c.others(j)
	c.Donors, c.Outcomes = pick(c.Donors, others), pick(c.Outcomes, others)
	of := func(predictors []Predictor) (kept []Predictor) {
		for _, p := range predictors {
			kept = append(kept, Predictor{Name: p.Name, Treated: p.Treated, Donors: pick(p.Donors, others)})
		}
		return kept
	}
	c.Predictors, c.Training = of(c.Predictors), of(c.Training)
	return c
}

// window is the comparison from one period up to another.
func (c Comparison) window(from, to int) Comparison {
	c.cut(to, len(c.Times))
	c.cut(0, from)
	return c
}

// cut leaves out the periods from one up to another, without touching the slices of others.
func (c *Comparison) cut(from, to int) {
	rest := func(values []float64) []float64 { return slices.Concat(values[:from], values[to:]) }
	c.Times, c.Treated = slices.Concat(c.Times[:from], c.Times[to:]), rest(c.Treated)
	outcomes := c.Outcomes
	c.Outcomes = nil
	for _, series := range outcomes {
		c.Outcomes = append(c.Outcomes, rest(series))
	}
	c.Start -= max(0, min(c.Start, to)-from)
	for i, at := range c.Validation {
		c.Validation[i] -= max(0, min(at, to)-from)
	}
}
