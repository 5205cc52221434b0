package evidence

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// Comparison is one treated series beside donors that were not treated, at the same times and without gaps.
type Comparison struct {
	// Times label the periods; Start is the position of the first one under the scheme.
	Times []string
	Start int
	// Treated is the outcome of the treated unit called Name, or the mean of Units of them.
	Name    string
	Treated []float64
	Units   int
	// Donors name the rows of Outcomes.
	Donors   []string
	Outcomes [][]float64
	// Predictors are matched on by a synthetic control with predictors.
	Predictors []Predictor
	// Training are the predictors, one for each of Predictors, with which their importance is chosen, as they were in an earlier part of the
	// time before the start; nil for Predictors themselves. Validation is the part before the start, from one period up to another, over which
	// that choice is judged; all of it where both are zero.
	Training   []Predictor
	Validation [2]int
}

// Predictor is one figure of the treated unit and of each donor.
type Predictor struct {
	Name    string
	Treated float64
	Donors  []float64
}

// Compare takes units of a panel as treated from a time on, their mean where there are several, and the others as their donors. Donors
// with a gap are left out, and named in the notes; a gap of a treated unit is refused, as is a start outside the panel.
func (p *Panel) Compare(outcome [][]float64, treated []string, start string) (c Comparison, notes []Note, err error) {
	if first, last := p.Times[0], p.Times[len(p.Times)-1]; !p.sameKind(start) || p.compare(start, first) < 0 || p.compare(start, last) > 0 {
		return c, nil, fmt.Errorf("the start %s lies outside the data, which run from %s to %s", start, first, last)
	}
	for i, unit := range treated {
		switch {
		case !slices.Contains(p.Units, unit):
			return c, nil, fmt.Errorf("there is no unit %q; the first of %d units are %s", unit, len(p.Units), strings.Join(p.Units[:min(3, len(p.Units))], ", "))
		case slices.Contains(treated[:i], unit):
			return c, nil, fmt.Errorf("the treated unit %s is named twice", unit)
		}
	}
	c = Comparison{Times: p.Times, Start: p.Period(start), Name: strings.Join(treated, " + "), Units: len(treated), Treated: make([]float64, len(p.Times))}
	var gaps []string
	for u, unit := range p.Units {
		missing, large := slices.IndexFunc(outcome[u], math.IsNaN), slices.IndexFunc(outcome[u], tooLarge)
		isTreated := slices.Contains(treated, unit)
		switch {
		case large >= 0:
			return c, nil, fmt.Errorf("the outcome of unit %s at %s is %g, beyond the figures accepted (to 1e50)", unit, p.Times[large], outcome[u][large])
		case isTreated && missing >= 0:
			return c, nil, fmt.Errorf("the treated unit %s has no outcome at %s: a synthetic control needs all its periods", unit, p.Times[missing])
		case isTreated && floats.Norm(outcome[u], 1) == 0:
			return c, nil, fmt.Errorf("all outcomes of the treated unit %s are zero: there is nothing to compare", unit)
		case isTreated:
			floats.AddScaled(c.Treated, 1/float64(len(treated)), outcome[u])
		case missing >= 0:
			gaps = append(gaps, unit)
		default:
			c.Donors, c.Outcomes = append(c.Donors, unit), append(c.Outcomes, outcome[u])
		}
	}
	if len(gaps) > 0 {
		notes = []Note{{Code: DonorsLeftOut, Names: gaps}}
	}
	return c, notes, c.check()
}

// Predictor averages a variable over the times from one to another, both included, for each donor of a comparison and for its treated
// units, whose mean is taken. Missing figures are left out of an average; a unit without any is refused, and so are times from the start on,
// when the scheme may have changed the variable (the model of Abadie, Diamond and Hainmueller 2010 is of covariates that it did not).
func (p *Panel) Predictor(variable [][]float64, name string, treated []string, c Comparison, from, to string) (Predictor, error) {
	predictor := Predictor{Name: name}
	if !p.sameKind(from) || !p.sameKind(to) {
		return predictor, fmt.Errorf("predictor %s is wanted from %s to %s; times are such as %s", name, from, to, p.Times[0])
	}
	if p.compare(from, p.Times[0]) < 0 || p.compare(from, to) > 0 {
		return predictor, fmt.Errorf("predictor %s is averaged from %s to %s; accepted are times from %s on, the first before the last", name, from, to, p.Times[0])
	}
	first, end := p.Period(from), p.Period(to)
	if end < len(p.Times) && p.compare(p.Times[end], to) == 0 {
		end++
	}
	if end > c.Start {
		return predictor, fmt.Errorf(
			"predictor %s is averaged to %s, under the scheme, which starts in %s; accepted are times up to %s",
			name,
			to,
			c.Times[c.Start],
			c.Times[c.Start-1],
		)
	}
	for u, unit := range p.Units {
		isTreated := slices.Contains(treated, unit)
		if !isTreated && !slices.Contains(c.Donors, unit) {
			continue
		}
		reported := slices.DeleteFunc(slices.Clone(variable[u][min(first, end):end]), math.IsNaN)
		if len(reported) == 0 {
			return predictor, fmt.Errorf("predictor %s has no figure of unit %s from %s to %s", name, unit, from, to)
		}
		if mean := stat.Mean(reported, nil); isTreated {
			predictor.Treated += mean / float64(len(treated))
		} else {
			predictor.Donors = append(predictor.Donors, mean)
		}
	}
	return predictor, nil
}

// check refuses a comparison that no method has an answer for.
func (c Comparison) check() error {
	periods := len(c.Times)
	if len(c.Treated) != periods || len(c.Outcomes) != len(c.Donors) {
		return fmt.Errorf("the comparison has %d times, %d outcomes of the treated unit, %d donors and outcomes of %d",
			periods, len(c.Treated), len(c.Donors), len(c.Outcomes))
	}
	for j, series := range append(slices.Clone(c.Outcomes), c.Treated) {
		if len(series) != periods {
			return fmt.Errorf("donor %s has %d outcomes, not %d", c.Donors[j], len(series), periods)
		}
		if !finite(series) || slices.ContainsFunc(series, tooLarge) {
			return refused(Note{Code: OutcomeUnusable}, "an outcome is missing or beyond the figures accepted (to 1e50): a comparison has none such")
		}
	}
	switch {
	case len(c.Donors) < 2:
		return refused(Note{Code: TooFewDonors, Have: len(c.Donors), Need: 2}, "there are %d donors without a gap: at least two are needed", len(c.Donors))
	case c.Start < 2:
		return refused(
			Note{Code: TooFewPeriods, Have: max(0, c.Start), Need: 2},
			"there are %d periods before the start: at least two are needed to choose a comparison by",
			max(0, c.Start),
		)
	case c.Start >= periods:
		return refused(Note{Code: NothingFromStart}, "there is no period from the start on")
	}
	return nil
}

// Synthetic is a treated unit beside a weighted mean of donors.
type Synthetic struct {
	Method string `json:"method"`
	// Donors, Before and After count donors and periods before and from the start on.
	Donors int `json:"donors"`
	Before int `json:"periods_before"`
	After  int `json:"periods_after"`
	N      int `json:"n"`
	// Estimate is the mean gap from the start on. Its uncertainty is that of placebos.
	Estimate
	// Weights of the donors, those without one left out.
	Weights map[string]Number `json:"weights"`
	// TimeWeights are those of the periods before the start, where a method has them.
	TimeWeights map[string]Number `json:"lambda,omitempty"`
	// PredictorWeights are the diagonal of V, and Balance what it achieved, where predictors were matched on.
	PredictorWeights map[string]Number `json:"V,omitempty"`
	Balance          []Balance         `json:"predictors,omitempty"`
	// Noise and Zeta are the noise and the penalty of synthetic difference-in-differences, Ridge that of the ridge-augmented method.
	Noise *Number `json:"noise_level,omitempty"`
	Zeta  *Number `json:"zeta_omega,omitempty"`
	Ridge *Number `json:"ridge_lambda,omitempty"`
	// BelowZero is the sum of the weights below zero, which reach beyond the donors; nil for methods that have none.
	BelowZero *Number           `json:"weights_below_zero,omitempty"`
	Fit       SyntheticFit      `json:"fit"`
	Solved    Convergence       `json:"convergence"`
	Path      []SyntheticPeriod `json:"path"`
	// Placebos are the same method on the donors; nil until judged by them.
	Placebos *Placebos `json:"placebos,omitempty"`
	Notes    []Note    `json:"note_facts,omitempty"`
	// NoEstimate says why the fit is no estimate of an effect; then nothing from the start on is stated. None where it is one.
	NoEstimate Note `json:"no_estimate_facts,omitzero"`

	weights []float64 // of every donor
	size    float64   // of the largest outcome
	// found is the effect as it was computed, also where it is no estimate: a placebo keeps its rank by it.
	found, post float64
	// levelled tells that the method takes out the level of each unit, so that gaps before the start do not show how it fits.
	levelled bool
}

// SyntheticFit compares the squared gaps before the start with those from it on.
type SyntheticFit struct {
	PreMSPE  Number `json:"pre_mspe"`
	PostMSPE Number `json:"post_mspe"`
	// Ratio of the two; missing where the fit before is exact.
	Ratio Number `json:"ratio"`
	// PlaceboMSPE is the median of the placebos' squared gaps before the start, and AgainstPlacebos how many times it the unit's own
	// are; nil without placebos.
	PlaceboMSPE     *Number `json:"placebo_pre_mspe,omitempty"`
	AgainstPlacebos *Number `json:"pre_mspe_against_placebos,omitempty"`
	// Beyond is there where the unit lies far outside its donors before the start, and the method does not take out its level.
	Beyond *Beyond `json:"beyond_donors,omitempty"`
}

// Beyond is how far outside its donors a unit lies before the start: no mixture of them, all weights over zero and of sum one, comes near
// it, so that an estimate carries the gap on and rests on how the unit would have gone on where no donor is.
type Beyond struct {
	// Above and Below count the periods at which the unit lies above the largest donor or below the smallest.
	Above int `json:"periods_above_all"`
	Below int `json:"periods_below_all"`
	// Gap is the root of the mean squared gap between the unit and its mixture of donors, Spread the standard deviation between donors,
	// over the same periods.
	Gap    Number `json:"gap"`
	Spread Number `json:"donor_deviation"`
}

// SyntheticPeriod is one period: as observed, as the donors give it, and the gap between them.
type SyntheticPeriod struct {
	Time      string `json:"time"`
	Observed  Number `json:"observed"`
	Synthetic Number `json:"synthetic"`
	Gap       Number `json:"gap"`
}

// Balance is one predictor of the treated unit and of its synthetic control.
type Balance struct {
	Predictor string `json:"predictor"`
	Treated   Number `json:"treated"`
	Synthetic Number `json:"synthetic"`
	Donors    Number `json:"donor_mean"`
}

// SyntheticControl weighs donors so that their mean is nearest to the treated unit before the start (Abadie, Diamond and Hainmueller
// 2010, Journal of the American Statistical Association 105:493, section 2.3, with every outcome before the start as a predictor):
//
//	min sum_t (treated_t - sum_j w_j donor_jt)^2 over t before the start, w_j >= 0, sum_j w_j = 1.
func SyntheticControl(ctx context.Context, c Comparison) (*Synthetic, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	weights, solved := nearest(ctx, c.distances(), 0)
	s := c.synthetic("synthetic control", weights, 0, solved)
	s.Fit.Beyond = c.beyond(float64(s.Fit.PreMSPE))
	return s, ctx.Err()
}

// beyond is there where a unit lies above or below all its donors at most times before the start, or its gap is larger than a standard
// deviation between donors. It takes the mean squared gap before the start.
func (c Comparison) beyond(squared float64) *Beyond {
	b := &Beyond{Gap: Number(math.Sqrt(squared))}
	at := make([]float64, len(c.Donors))
	var variance, size float64
	for t, y := range c.Treated[:c.Start] {
		for j, series := range c.Outcomes {
			at[j] = series[t]
		}
		switch {
		case y > floats.Max(at):
			b.Above++
		case y < floats.Min(at):
			b.Below++
		}
		variance += stat.Variance(at, nil) / float64(c.Start)
		size = max(size, math.Abs(y), floats.Norm(at, math.Inf(1)))
	}
	b.Spread = Number(math.Sqrt(variance))
	if far := 2*max(b.Above, b.Below) > c.Start || b.Gap > b.Spread; !far || float64(b.Gap) <= exactFit*size {
		return nil
	}
	return b
}

// distances are the donors' outcomes before the start, seen from the treated unit: one point a donor.
func (c Comparison) distances() [][]float64 {
	points := make([][]float64, len(c.Donors))
	for j, series := range c.Outcomes {
		points[j] = make([]float64, c.Start)
		floats.SubTo(points[j], series[:c.Start], c.Treated[:c.Start])
	}
	return points
}

// synthetic describes the weights of donors; level is added to their mean.
func (c Comparison) synthetic(method string, weights []float64, level float64, solved Convergence) *Synthetic {
	s := &Synthetic{
		Method: method, Donors: len(c.Donors), Before: c.Start, After: len(c.Times) - c.Start, N: len(c.Times) * (len(c.Donors) + 1),
		Weights: map[string]Number{}, Solved: solved, weights: weights,
	}
	counterfactual := make([]float64, len(c.Times))
	for j, w := range weights {
		if w != 0 {
			s.Weights[c.Donors[j]] = Number(w)
			floats.AddScaled(counterfactual, w, c.Outcomes[j])
		}
	}
	floats.AddConst(level, counterfactual)
	for _, series := range c.series() {
		s.size = max(s.size, floats.Norm(series, math.Inf(1)))
	}
	var effect, pre, post float64
	for t, y := range c.Treated {
		gap := y - counterfactual[t]
		if math.Abs(gap) <= rounding*s.size { // an error of arithmetic
			gap = 0
		}
		s.Path = append(s.Path, SyntheticPeriod{Time: c.Times[t], Observed: Number(y), Synthetic: Number(counterfactual[t]), Gap: Number(gap)})
		if t < c.Start {
			pre += gap * gap / float64(s.Before)
		} else {
			post += gap * gap / float64(s.After)
			effect += gap / float64(s.After)
		}
	}
	if math.Abs(effect) <= rounding*s.size {
		effect = 0
	}
	s.found, s.post = effect, post
	s.Estimate = uncertain(effect, Note{Code: NoPlacebosYet})
	s.Fit = SyntheticFit{PreMSPE: Number(pre), PostMSPE: Number(post), Ratio: Number(post / pre)}
	if root := math.Sqrt(pre); root <= exactFit*floats.Norm(c.Treated, math.Inf(1)) {
		s.Fit.Ratio = missing
		s.Notes = append(s.Notes, Note{Code: DonorsReproduce})
	}
	return s
}

// withhold makes a fit one that is no estimate, for the reason given.
func (s *Synthetic) withhold(reason Note) {
	s.NoEstimate, s.Estimate = reason, uncertain(math.NaN(), reason)
	s.Fit.PostMSPE, s.Fit.Ratio = missing, missing
	for t := s.Before; t < len(s.Path); t++ {
		s.Path[t].Synthetic, s.Path[t].Gap = missing, missing
	}
}

// exactFit is the share of the outcomes' size below which a gap before the start is an error of arithmetic.
const exactFit = 1e-6
