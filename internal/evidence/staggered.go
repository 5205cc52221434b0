package evidence

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// Adoption are outcomes of units that start a scheme at different times. The slices are equally long; their order does not matter.
type Adoption struct {
	Unit, Time []string
	Outcome    []float64 // NaN where not reported
	// Cohort is the time at which the unit starts; blank, 0, NA, Inf or never, or after the last time, where it does not.
	Cohort []string
}

// Controls are the units that a cohort is compared with.
type Controls string

// The controls: units that never start, or those that have not started yet.
const (
	NeverTreated  Controls = "never"
	NotYetTreated Controls = "notyet"
)

// Staggered are the effects of staggered adoption. Groups are units that start together, named by the time at which they do.
type Staggered struct {
	N       int `json:"n"` // rows used
	Units   int `json:"units"`
	Periods int `json:"periods"`
	// LeftOut is how many units had an outcome missing, or were treated from the first time on.
	LeftOut int `json:"left_out"`
	// Without are the groups of one unit. Their effects have no standard error, so that summaries do without them; where all groups are
	// of one unit, summaries are of all and have none.
	Without []string `json:"without,omitempty"`
	// OneGroup names the group that a summary is of where it is of one alone: "group_overall", "simple", "dynamic_overall", and each of the
	// periods of Dynamic as "dynamic 0".
	OneGroup map[string]string `json:"of_one_group,omitempty"`
	// Estimate is GroupOverall.
	Estimate
	AttGT  []GroupTime `json:"att_gt"`
	Simple Estimate    `json:"simple"`
	// SimpleAll is Simple with the groups of one unit, as the authors' program has it; nil where Simple has them or there are none. Its error
	// knows nothing of what such a unit does by itself.
	SimpleAll      *Estimate           `json:"simple_all_groups,omitempty"`
	Dynamic        map[string]Estimate `json:"dynamic"` // by periods since the start
	DynamicOverall Estimate            `json:"dynamic_overall"`
	Group          map[string]Estimate `json:"group"`
	GroupOverall   Estimate            `json:"group_overall"`
	// PreTest tests that all effects before the starts are zero.
	PreTest WaldTest    `json:"wald_pretest"`
	Solved  Convergence `json:"convergence"`
	Notes   []Note      `json:"note_facts,omitempty"`
}

// GroupTime is the effect on one group at one time.
type GroupTime struct {
	Group string `json:"group"`
	Time  string `json:"time"`
	Att   Number `json:"att"`
	SE    Number `json:"se"`
	// Units in the group and among its controls.
	Units    int `json:"units"`
	Controls int `json:"controls"`
}

// effect is an estimate that is a mean over units to first order: estimate - truth is the mean of psi, one figure a unit, so that its
// variance is the mean of psi squared over the number of units.
type effect struct {
	value float64
	psi   []float64
	// unbiased is psi without the bias of few units: of a mean of m, times the root of m/(m-1).
	unbiased []float64
	// weight of each unit's outcome in value, by the start of the unit and the time.
	weight outcomeWeights
	group  int // position of its start
	// alone tells that a group or its controls are one unit, whose own variation psi cannot show.
	alone bool
}

// StaggeredAdoption compares each group with controls at each time (Callaway and Sant'Anna 2021, Journal of Econometrics 225:200, without
// covariates): the change of its mean outcome since the last period before its start less that of the controls
// (theorem 1), and, for times before the start, since the period before, so that these effects show whether the trends were parallel.
// Summaries over groups and times are those of section 3; standard errors come from influence functions (theorem 2), and intervals hold
// for one figure at a time.
func StaggeredAdoption(ctx context.Context, rows Adoption, controls Controls) (*Staggered, error) {
	a, err := newAdoption(rows, controls)
	if err != nil {
		return nil, err
	}
	n := len(a.start)
	pre := a.testable()
	if err := a.fits(pre); err != nil {
		return nil, err
	}
	result := &Staggered{
		N: n * len(a.times), Units: n, Periods: len(a.times), LeftOut: a.leftOut, Notes: a.notes,
		Dynamic: map[string]Estimate{}, Group: map[string]Estimate{}, Solved: Convergence{Converged: true, Gap: missing, Note: Note{Code: MeansDiffered}},
	}

	all, every, groups := a.newSummary(), a.newSummary(), a.newSummary()
	byPeriod := map[int]*summary{}
	var before []effect
	uncontrolled, single := Note{Code: GroupsUncontrolled}, Note{Code: EffectsOfOneControl}
	for _, g := range a.groups {
		ofGroup := a.newSummary()
		for t := 1; t < len(a.times); t++ {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			e, treated, compared := a.effect(g, t)
			if compared == 0 {
				uncontrolled.Names, uncontrolled.Times = append(uncontrolled.Names, a.times[g]), append(uncontrolled.Times, a.times[t])
				continue
			}
			if byPeriod[t-g] == nil {
				byPeriod[t-g] = a.newSummary()
			}
			byPeriod[t-g].add(e)
			switch {
			case t >= g:
				all.add(e)
				ofGroup.add(e)
				e.alone = false
				every.add(e)
			case !e.alone && pre > 0:
				before = append(before, e)
			}
			if treated > 1 && compared == 1 {
				single.Names, single.Times = append(single.Names, a.times[g]), append(single.Times, a.times[t])
			}
			estimate := e.estimate(a.size)
			result.AttGT = append(result.AttGT, GroupTime{Group: a.times[g], Time: a.times[t], Att: estimate.Value, SE: estimate.SE, Units: treated, Controls: compared})
		}
		if a.size[g] == 1 {
			result.Without = append(result.Without, a.times[g])
		}
		if ofGroup.effects > 0 {
			mean := ofGroup.mean()
			groups.add(mean)
			result.Group[a.times[g]] = mean.estimate(a.size)
		}
	}
	if all.effects == 0 {
		return nil, fmt.Errorf("no group has controls from its start on")
	}
	if n < 3 {
		return nil, fmt.Errorf("there are %d units to compare: what sets them apart cannot be separated from the effect; accepted are three or more", n)
	}
	if len(uncontrolled.Names) > 0 {
		result.Notes = append(result.Notes, uncontrolled)
	}
	if all.sound > 0 && len(result.Without) > 0 {
		result.Notes = append(result.Notes, Note{Code: GroupsOfOneUnit, Names: result.Without})
	}
	if all.sound > 0 && len(single.Names) > 0 {
		result.Notes = append(result.Notes, single)
	}
	result.OneGroup = map[string]string{}
	alone := func(what string, s *summary) string {
		g, is := s.oneGroup()
		if is {
			result.OneGroup[what] = a.times[g]
		}
		return result.OneGroup[what]
	}
	var ofSince []string
	since := a.newSummary()
	for _, period := range slices.Sorted(maps.Keys(byPeriod)) {
		weighted := byPeriod[period].byShare()
		result.Dynamic[strconv.Itoa(period)] = weighted.estimate(a.size)
		of := alone("dynamic "+strconv.Itoa(period), byPeriod[period])
		if period >= 0 {
			ofSince = append(ofSince, of)
			since.add(weighted)
		}
	}
	alone("group_overall", groups)
	alone("simple", all)
	if one := slices.Compact(ofSince); len(one) == 1 && one[0] != "" {
		result.OneGroup["dynamic_overall"] = one[0]
	}
	result.Simple = all.byShare().estimate(a.size)
	if all.sound > 0 && all.sound < all.effects {
		e := every.byShare()
		published := newEstimate(e.value, floats.Norm(e.psi, 2)/float64(n), math.Inf(1), ErrorKind{Code: InfluenceFunction})
		published.Reason = Note{Code: OneUnitIncluded}
		result.SimpleAll = &published
	}
	result.DynamicOverall = since.mean().estimate(a.size)
	result.GroupOverall = groups.byShare().estimate(a.size)
	result.Estimate = result.GroupOverall
	result.PreTest, err = a.preTest(ctx, before, pre)
	return result, err
}

// fits refuses what would need too much. An effect has one figure a unit, and so have the summaries by period and by group and the effects
// tested together, which are held at a time. A summary by period weighs outcomes of the starts that it compares.
func (a *adoption) fits(tested int) error {
	n, times, groups := float64(len(a.start)), float64(len(a.times)), float64(len(a.groups))
	effects, periods := groups*(times-1), times-1+float64(a.groups[len(a.groups)-1]-a.groups[0])
	weights := effects*2*fewTimes + periods*times
	if a.controls == NotYetTreated {
		weights = periods * (groups + 1) * times
	}
	if err := fitsMemory("a comparison of groups", len(a.start), len(a.times), 8*(n*(4*periods+4*groups+2*float64(tested))+3*weights)); err != nil {
		return err
	}
	return fitsTime("a comparison of groups", len(a.start), len(a.times), effects*16*n+float64(tested)*float64(tested)*n)
}

// testable is how many effects before the starts are tested together, 0 where they are too many for their covariance to have an inverse.
func (a *adoption) testable() int {
	var count int
	for _, g := range a.groups {
		count += g - 1
	}
	if count >= len(a.start) {
		return 0
	}
	return count
}

// preTest tests that the effects before the starts are all zero.
func (a *adoption) preTest(ctx context.Context, before []effect, testable int) (WaldTest, error) {
	if testable == 0 && a.groups[len(a.groups)-1] > 1 {
		return WaldTest{
			Statistic: missing, DF2: missing, P: missing,
			Reason: Note{Code: TooFewUnitsForTest, Have: len(a.start)},
		}, nil
	}
	n := len(a.start)
	values, psi := make([]float64, len(before)), mat.NewDense(max(1, len(before)), n, nil)
	for j, e := range before {
		values[j] = e.value
		for i, figure := range e.psi {
			psi.Set(j, i, figure/float64(n))
		}
	}
	var cov mat.SymDense
	cov.SymOuterK(1, psi)
	return wald(values, &cov), ctx.Err()
}

// adoption is a balanced panel with the start of each unit.
type adoption struct {
	times    []string
	outcome  [][]float64 // by unit and time
	start    []int       // position of each unit's first treated time, or never
	size     map[int]int // units that start at each time
	groups   []int       // the starts there are, in order
	controls Controls
	largest  float64 // outcome, whatever its sign
	leftOut  int
	notes    []Note
}

func newAdoption(rows Adoption, controls Controls) (*adoption, error) {
	if n := len(rows.Unit); len(rows.Time) != n || len(rows.Outcome) != n || len(rows.Cohort) != n {
		return nil, fmt.Errorf(
			"there are %d units, %d times, %d outcomes and %d cohorts: they must be as many",
			n,
			len(rows.Time),
			len(rows.Outcome),
			len(rows.Cohort),
		)
	}
	if controls != NeverTreated && controls != NotYetTreated {
		return nil, fmt.Errorf("the controls are %q; accepted are %s and %s", controls, NeverTreated, NotYetTreated)
	}
	panel, err := NewPanel(rows.Unit, rows.Time)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(rows.Outcome, func(y float64) bool { return y != 0 && !math.IsNaN(y) }) {
		return nil, fmt.Errorf("all outcomes are zero or missing: there is nothing to compare")
	}
	if i := slices.IndexFunc(rows.Outcome, tooLarge); i >= 0 {
		return nil, fmt.Errorf("the outcome of unit %s at time %s is %g, beyond the figures accepted (to 1e50)", rows.Unit[i], rows.Time[i], rows.Outcome[i])
	}
	outcome := panel.Arrange(rows.Outcome)
	a := &adoption{times: panel.Times, controls: controls}
	var gaps, throughout int
	for u, unit := range panel.Units {
		start, err := panel.cohort(u, unit, rows.Cohort)
		switch {
		case err != nil:
			return nil, err
		case !finite(outcome[u]):
			gaps++
		case start == 0:
			throughout++
		default:
			a.outcome, a.start = append(a.outcome, outcome[u]), append(a.start, start)
		}
	}
	if a.leftOut = gaps + throughout; gaps > 0 {
		a.notes = append(a.notes, Note{Code: UnitsWithGaps, Have: gaps})
	}
	if throughout > 0 {
		a.notes = append(a.notes, Note{Code: UnitsAlwaysTreated, Have: throughout})
	}
	for _, series := range a.outcome {
		a.largest = max(a.largest, floats.Norm(series, math.Inf(1)))
	}
	a.size = map[int]int{}
	for _, start := range a.start {
		a.size[start]++
	}
	a.groups = distinct(slices.DeleteFunc(slices.Clone(a.start), func(g int) bool { return g == never }), cmp.Compare[int])
	switch {
	case len(a.groups) == 0:
		return nil, fmt.Errorf("no unit with all its outcomes starts after the first time and by the last")
	case controls == NeverTreated && !slices.Contains(a.start, never):
		return nil, fmt.Errorf("every unit starts at some time: there are no controls that never do; those that have not started yet could serve")
	}
	return a, nil
}

// cohort is the position of the first treated time of a unit.
func (p *Panel) cohort(u int, unit string, cohorts []string) (int, error) {
	var label string
	first := true
	for _, i := range p.row[u] {
		switch {
		case i < 0:
		case first:
			label, first = cohorts[i], false
		case cohorts[i] != label:
			return 0, fmt.Errorf("unit %s belongs to cohorts %q and %q: it can start once", unit, label, cohorts[i])
		}
	}
	switch strings.ToLower(label) {
	case "", "0", "na", "nan", "inf", "never":
		return never, nil
	}
	if !p.sameKind(label) {
		return 0, fmt.Errorf("unit %s belongs to cohort %q; times are numbers, so accepted are a number, or blank, 0, NA, Inf or never", unit, label)
	}
	if n, err := strconv.ParseFloat(label, 64); err == nil && n == 0 {
		return never, nil
	}
	start := p.Period(label)
	if start == len(p.Times) {
		return never, nil
	}
	return start, nil
}

// effect is that on the group that starts at g, at time t, with the numbers of units compared.
func (a *adoption) effect(g, t int) (e effect, treated, compared int) {
	base := min(t, g) - 1
	n := len(a.start)
	var changes, controls []float64
	change := make([]float64, n)
	role := make([]int, n) // 1 treated, -1 control
	for i, start := range a.start {
		change[i] = a.outcome[i][t] - a.outcome[i][base]
		switch {
		case start == g:
			role[i], changes = 1, append(changes, change[i])
		case start == never || a.controls == NotYetTreated && start > t:
			role[i], controls = -1, append(controls, change[i])
		}
	}
	if len(controls) == 0 {
		return e, len(changes), 0
	}
	ofTreated, ofControls := stat.Mean(changes, nil), stat.Mean(controls, nil)
	e = effect{
		value: ofTreated - ofControls, psi: make([]float64, n), unbiased: make([]float64, n), weight: outcomeWeights{times: len(a.times)}, group: g,
		alone: len(changes) == 1 || len(controls) == 1,
	}
	if scale := floats.Norm(change, math.Inf(1)); math.Abs(e.value) <= rounding*a.largest && scale <= rounding*a.largest {
		e.value = 0
	}
	bias := func(of []float64) float64 { return math.Sqrt(float64(len(of)) / max(1, float64(len(of)-1))) }
	for i, start := range a.start {
		share := 0.0
		switch role[i] {
		case 1:
			share = 1 / float64(len(changes))
			e.psi[i] = float64(n) * share * (change[i] - ofTreated)
			e.unbiased[i] = e.psi[i] * bias(changes)
		case -1:
			share = -1 / float64(len(controls))
			e.psi[i] = float64(n) * share * (change[i] - ofControls)
			e.unbiased[i] = e.psi[i] * bias(controls)
		}
		if role[i] != 0 && e.weight.of[start] == nil {
			e.weight.add(start, t, share)
			e.weight.add(start, base, -share)
		}
	}
	return e, len(changes), len(controls)
}

// estimate gives an effect its standard error.
func (e effect) estimate(size map[int]int) Estimate {
	if e.alone {
		return uncertain(e.value, Note{Code: OneUnitCompared})
	}
	n := float64(len(e.psi))
	return newEstimate(e.value, floats.Norm(e.psi, 2)/n, math.Inf(1), ErrorKind{Code: InfluenceFunction}).
		smallSample(floats.Norm(e.unbiased, 2)/n, e.df(size), InfluenceFewUnits)
}

// df is how many degrees of freedom the variance of an effect has: with errors of one variance, that of V, the sum over starts of what the
// units of one start add to it, is that of a chi-square of
//
//	(sum_s V_s)^2 / sum_s (V_s^2 / (n_s - 1)),
//
// n_s being the units of a start (Bell and McCaffrey 2002, Survey Methodology 28:169; Imbens and Kolesar 2016, Review of Economics and
// Statistics 98:701, section II, equation 11, of a difference of means).
func (e effect) df(size map[int]int) float64 {
	var sum, squares float64
	for start, weights := range e.weight.of {
		units := float64(size[start])
		part := units * floats.Dot(weights.value, weights.value)
		sum += part
		squares += part * part / max(1, units-1)
	}
	return sum * sum / squares
}

// summary gathers effects: those of which the own variation is known, and where there are none the others, of which a summary has no
// standard error.
type summary struct {
	adoption       *adoption
	effects, sound int
	group          int                // of the last one added
	sums           map[bool]*weighted // by whether the variation is known
}

// weighted are sums over effects, plain and with the share of all units in the group of each as its weight.
type weighted struct {
	count, value    float64
	psi, unbiased   []float64
	share, shares   float64 // of the values, and of the weights
	sharePsi        []float64
	shareUnbiased   []float64
	weight          outcomeWeights // in value, and in share
	shareWeight     outcomeWeights
	valueOf, groups map[int]float64 // sum of values and number of effects by group
}

func (a *adoption) newSummary() *summary {
	return &summary{adoption: a, sums: map[bool]*weighted{}}
}

func (s *summary) add(e effect) {
	s.effects++
	s.group = e.group
	if !e.alone {
		s.sound++
	}
	w := s.sums[!e.alone]
	if w == nil {
		times := len(s.adoption.times)
		w = &weighted{valueOf: map[int]float64{}, groups: map[int]float64{}, weight: outcomeWeights{times: times}, shareWeight: outcomeWeights{times: times}}
		if !e.alone {
			w.psi, w.sharePsi = make([]float64, len(e.psi)), make([]float64, len(e.psi))
			w.unbiased, w.shareUnbiased = make([]float64, len(e.psi)), make([]float64, len(e.psi))
		}
		s.sums[!e.alone] = w
	}
	share := float64(s.adoption.size[e.group]) / float64(len(s.adoption.start))
	w.count++
	w.value += e.value
	w.share += share * e.value
	w.shares += share
	w.valueOf[e.group] += e.value
	w.groups[e.group]++
	if !e.alone {
		floats.Add(w.psi, e.psi)
		floats.AddScaled(w.sharePsi, share, e.psi)
		floats.Add(w.unbiased, e.unbiased)
		floats.AddScaled(w.shareUnbiased, share, e.unbiased)
		w.weight.addAll(1, e.weight)
		w.shareWeight.addAll(share, e.weight)
	}
}

// outcomeWeights are weights of outcomes, by the start of their unit and their time.
type outcomeWeights struct {
	times int
	of    map[int]*timeWeights // by start
}

// timeWeights are weights by time: of the few times in at, or of all times where at is nil.
type timeWeights struct {
	at    []int
	value []float64
}

// fewTimes is up to how many times are looked through one by one. An effect has two, and a summary over groups those of each group.
const fewTimes = 8

// add adds a weight to that of the units of a start at a time.
func (w *outcomeWeights) add(start, t int, weight float64) {
	if w.of == nil {
		w.of = map[int]*timeWeights{}
	}
	row := w.of[start]
	if row == nil {
		row = &timeWeights{at: make([]int, 0, 2)}
		w.of[start] = row
	}
	if row.at == nil {
		row.value[t] += weight
		return
	}
	if i := slices.Index(row.at, t); i >= 0 {
		row.value[i] += weight
		return
	}
	row.at, row.value = append(row.at, t), append(row.value, weight)
	if len(row.at) > fewTimes {
		all := make([]float64, w.times)
		for i, t := range row.at {
			all[t] = row.value[i]
		}
		*row = timeWeights{value: all}
	}
}

// addAll adds weights times a factor.
func (w *outcomeWeights) addAll(by float64, weights outcomeWeights) {
	for start, of := range weights.of {
		for i, weight := range of.value {
			t := i
			if of.at != nil {
				t = of.at[i]
			}
			if weight != 0 {
				w.add(start, t, by*weight)
			}
		}
	}
}

// used are the sums that the summary is made of.
func (s *summary) used() (w *weighted, alone bool) {
	if s.sound > 0 {
		return s.sums[true], false
	}
	return s.sums[false], true
}

// oneGroup is the group that the summary is of, and whether it is of one alone.
func (s *summary) oneGroup() (int, bool) {
	w, _ := s.used()
	for g := range w.groups {
		return g, len(w.groups) == 1
	}
	return 0, false
}

// mean is the plain mean of the effects.
func (s *summary) mean() effect {
	w, alone := s.used()
	mean := effect{value: w.value / w.count, group: s.group, alone: alone}
	if !alone {
		mean.psi, mean.unbiased, mean.weight = slices.Clone(w.psi), slices.Clone(w.unbiased), outcomeWeights{times: w.weight.times}
		floats.Scale(1/w.count, mean.psi)
		floats.Scale(1/w.count, mean.unbiased)
		mean.weight.addAll(1/w.count, w.weight)
	}
	return mean
}

// byShare is the mean of the effects weighted by the share p of all units in their groups. Shares are estimated: unit i adds to psi
//
//	sum_k value_k ((1[i in k] - p_k) / P - p_k sum_l (1[i in l] - p_l) / P^2), P = sum_k p_k.
func (s *summary) byShare() effect {
	w, alone := s.used()
	mean := effect{value: w.share / w.shares, group: s.group, alone: alone}
	if alone {
		return mean
	}
	mean.psi, mean.unbiased, mean.weight = slices.Clone(w.sharePsi), slices.Clone(w.shareUnbiased), outcomeWeights{times: w.weight.times}
	floats.Scale(1/w.shares, mean.psi)
	floats.Scale(1/w.shares, mean.unbiased)
	mean.weight.addAll(1/w.shares, w.shareWeight)
	for i, start := range s.adoption.start {
		// The sums over k, with sum_k value_k p_k / P the mean itself.
		own, all := w.valueOf[start]-w.share, w.groups[start]-w.shares
		ofShares := own/w.shares - mean.value*all/w.shares
		mean.psi[i] += ofShares
		mean.unbiased[i] += ofShares
	}
	return mean
}
