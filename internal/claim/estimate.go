package claim

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
	"stpdash/internal/measure"
)

// estimator finds out what the figures of a test changed by.
type estimator struct{ *test }

// estimate picks the design that the claim allows and estimates the effect by it.
func (t estimator) estimate(ctx context.Context) error {
	if err := t.lay(); err != nil {
		return err
	}
	if t.claim.OfEngland() {
		t.why(Why{Code: OfAllEngland})
		return t.alone()
	}
	donors, outcomes := t.donors()
	if len(donors) < MinDonors {
		t.why(Why{Code: TooFewToCompare, Have: len(donors), Need: MinDonors})
		return t.alone()
	}
	return t.compare(ctx, donors, outcomes)
}

func (t *test) why(w Why) { t.Design.Why = append(t.Design.Why, w) }

// estimators are the other methods that the result must agree with in direction.
var estimators = []struct {
	name     string
	estimate evidence.Estimator
}{{"synthetic control", evidence.SyntheticControl}, {"ridge-augmented synthetic control", evidence.RidgeSynthetic}, {"difference-in-differences", evidence.MeanDiD}}

// compare estimates the effect against the donors. Synthetic difference-in-differences is the method: figures are in per cent of each
// place's own level, which it takes out, and on the monthly figures of the 44 it sees effects half as large as a synthetic control
// judged by the ratio of squared gaps does. Inference is by placebos: each donor in turn is taken as having had the scheme, and the
// interval holds the effects that the placebo test would not reject, so that it leaves out zero when p is at most 0.05 or less.
func (t estimator) compare(ctx context.Context, donors []string, outcomes [][]float64) error {
	s := t.sample
	index, _ := s.index(s.treated)
	at, by := step(index, s.medians(t.data.Footprints), t.data.Measure.Grain.PerYear(), s.start)
	if by != 0 && t.step.Code == "" {
		t.step = jump(by, s.periods[at], OfScheme)
	}
	c := evidence.Comparison{Times: s.labels(), Start: s.start, Name: "claimed", Treated: index, Units: 1, Donors: donors, Outcomes: outcomes}
	model, err := evidence.SyntheticDiD(ctx, c)
	if err != nil {
		return err
	}
	if err := model.TestByPlacebos(ctx, c, evidence.SyntheticDiD, 0); err != nil {
		return err
	}
	t.Design.Method, t.Design.Level = SyntheticDiD, 3
	t.why(Why{Code: ComparedWithPlaces, Have: len(donors), Periods: len(s.periods), Before: s.start})
	t.why(Why{Code: JudgedByPlacebos})
	if len(t.claim.Places) > 1 {
		t.why(Why{Code: PlacesAsOne})
	}
	t.Model = model
	varied, err := model.Vary(ctx, c, evidence.SyntheticDiD)
	if err != nil {
		return err
	}
	t.Sensitivity = &varied
	for _, method := range estimators {
		t.Methods = append(t.Methods, evidence.Variation{Kind: evidence.ByMethod, Method: method.name}.Of(ctx, c, method.estimate))
	}
	t.effectOf(model)
	t.size(t.expected())
	t.displaced(ctx, donors, outcomes)
	return nil
}

// effectOf states a comparison's effect in the measure's unit and in per cent of what there would have been.
func (t estimator) effectOf(model *evidence.Synthetic) {
	s, unit := t.sample, t.sample.level/100
	e := &Effect{P: model.P, SE: unknown, SEKind: model.SEKind, Percent: unknown, Detectable: unknown, Scale: unknown}
	var actual, expected float64
	for i, p := range model.Path {
		without := s.treated[i] - float64(p.Gap)*unit
		e.Path = append(e.Path, Period{p.Time, evidence.Number(s.treated[i]), evidence.Number(without)})
		if i >= s.start {
			actual, expected = actual+s.treated[i], expected+without
		}
	}
	after := float64(model.After)
	e.PerPeriod, e.Total = model.Value*evidence.Number(unit), unknown
	adds := t.data.Measure.AddsUpOverTime()
	if adds {
		e.Total = model.Value * evidence.Number(unit*after)
	}
	scale := 100 * unit * after / expected // from per cent of the level before to per cent of what there would have been
	if expected > 0 {
		e.Percent, e.SE, e.Scale = evidence.Number((actual-expected)/expected*100), model.SE*evidence.Number(scale), evidence.Number(scale)
	} else {
		scale = math.NaN()
	}
	detectable := model.Detectable()
	e.Detectable, e.Reason = evidence.Number(math.Abs(float64(detectable.Decrease))*scale), detectable.Reason
	if t.claim.Towards == catalog.Increase {
		e.Detectable = detectable.Increase * evidence.Number(scale)
	}
	if p := model.Placebos; p != nil && p.Interval != nil {
		e.PercentInterval, e.PeriodInterval = scaled(*p.Interval, scale), scaled(*p.Interval, unit)
		if adds {
			e.TotalInterval = scaled(*p.Interval, unit*after)
		}
	} else if e.Reason.Code == "" {
		e.Reason = model.Reason
	}
	t.Effect = e
}

func scaled(interval [2]float64, by float64) *[2]float64 {
	if math.IsNaN(by) {
		return nil
	}
	return &[2]float64{interval[0] * by, interval[1] * by}
}

// expected is what a mean period from the start on would have been.
func (t *test) expected() float64 {
	var sum float64
	after := t.Effect.Path[t.sample.start:]
	for _, p := range after {
		sum += float64(p.Counterfactual)
	}
	return sum / float64(len(after))
}

// alone estimates the effect from the places' own figures alone.
func (t estimator) alone() error {
	s, m := t.sample, t.data.Measure
	year := m.Grain.PerYear()
	if need := 2 * year; s.start < need || year < 4 {
		return refusal{tooFew(TooFewBefore, s.start, max(need, 8), Facts{Scope: OfFigures})}
	}
	found, err := s.interrupt(m, s.start, len(s.periods))
	if err != nil {
		return err
	}
	if !found.Solved.Converged {
		return refuse(NotFound, Facts{Note: &found.Solved.Note})
	}
	if early := s.start - year; early >= 2*year {
		if placebo, err := s.interrupt(m, early, s.start); err == nil {
			t.Early = &Early{s.periods[early].String(), placebo.Percent, placebo.Effect.P}
		}
	}
	t.Design.Method, t.Design.Level, t.Series = TimeSeries, 2, found
	t.why(Why{Code: ComparedWithTrend, Before: s.start})
	after := float64(t.Design.After)
	e := &Effect{
		Percent: found.Percent, Scale: unknown, Total: found.Effect.Value, PerPeriod: found.Effect.Value / evidence.Number(after), P: found.Effect.P,
		SE: unknown, SEKind: found.Effect.SEKind, Detectable: unknown, Reason: found.Effect.Reason,
	}
	var expected float64
	for i, p := range found.Path {
		e.Path = append(e.Path, Period{s.periods[i].String(), p.Observed, p.Counterfactual})
		if i >= s.start {
			expected += float64(p.Counterfactual)
		}
	}
	if expected > 0 && found.Effect.Interval != nil {
		e.TotalInterval, e.PeriodInterval = found.Effect.Interval, scaled(*found.Effect.Interval, 1/after)
		e.PercentInterval = scaled(*found.Effect.Interval, 100/expected)
		e.SE, e.Detectable = found.Effect.SE*evidence.Number(100/expected), found.Effect.MDE*evidence.Number(100/expected)
	}
	if !m.AddsUpOverTime() {
		e.Total, e.TotalInterval = unknown, nil
	}
	t.Effect = e
	t.size(t.expected())
	return nil
}

// interrupt fits the treated figures up to a period, with a start.
func (s *sample) interrupt(m *catalog.Measure, start, end int) (*evidence.Interrupted, error) {
	year := m.Grain.PerYear()
	series := evidence.TimeSeries{Labels: s.labels()[:end], Outcome: s.treated[:end]}
	for i := range end {
		under := 0.0
		if i >= start {
			under = 1
		}
		series.Time, series.Intervention = append(series.Time, float64(s.since(i))), append(series.Intervention, under)
	}
	model := evidence.Interruption{Family: evidence.Gaussian, Harmonics: min(2, year/2-1), Season: float64(year), Lags: -1}
	if m.Unit == catalog.Number && floats.Min(s.treated) >= 0 {
		model.Family = evidence.QuasiPoisson
	}
	return evidence.Interrupt(series, model)
}

// displaced looks for what the scheme may have moved elsewhere: to other measures of its places, and to the other places of their regions.
func (t estimator) displaced(ctx context.Context, donors []string, outcomes [][]float64) {
	for _, other := range t.data.Others {
		t.moved = append(t.moved, t.movementOf(ctx, other))
	}
	var regions []string
	for _, p := range t.data.Footprints {
		if slices.Contains(t.claim.Places, p.Code) {
			regions = append(regions, p.Region)
		}
	}
	var peers [][]measure.Point
	var away []string
	var elsewhere [][]float64
	for i, code := range donors {
		at := slices.IndexFunc(t.data.Footprints, func(p Place) bool { return p.Code == code })
		if p := t.data.Footprints[at]; slices.Contains(regions, p.Region) {
			peers = append(peers, p.Points)
		} else {
			away, elsewhere = append(away, code), append(elsewhere, outcomes[i])
		}
	}
	same := Movement{Peers: len(peers), Percent: unknown}
	if len(peers) == 0 || len(away) < MinDonors {
		t.moved = append(t.moved, same.none(tooFew(TooFewPlaces, len(away), MinDonors, Facts{Scope: OfRegion})))
		return
	}
	values := t.sample.values(measure.Sum(t.data.Measure, peers))
	t.moved = append(t.moved, t.movement(ctx, same, values, away, elsewhere))
}

// movementOf is the change of another measure in the places of the claim.
func (t estimator) movementOf(ctx context.Context, other Figures) Movement {
	moved := Movement{Measure: other.Measure.ID, Percent: unknown}
	within := &test{Result: &Result{}, claim: t.claim, data: Data{Figures: other, Register: t.data.Register}, sample: t.sample}
	values := t.sample.values(within.points())
	if gap := slices.IndexFunc(values, math.IsNaN); gap >= 0 {
		return moved.none(other.noFigure(within.points(), t.sample.periods[gap], Facts{Scope: OfAnother}))
	}
	for _, place := range other.Footprints {
		if change, ok := t.sample.membershipBreak(place); ok && slices.Contains(t.claim.Places, place.Code) {
			return moved.none(broken(change, Facts{Scope: OfAnother}))
		}
	}
	names, outcomes := within.donors()
	if len(names) < MinDonors {
		return moved.none(tooFew(TooFewPlaces, len(names), MinDonors, Facts{}))
	}
	return t.movement(ctx, moved, values, names, outcomes)
}

// none is a movement that is not known, for a reason.
func (m Movement) none(why Reason) Movement {
	m.Found, m.Because = NoMovement, &why
	return m
}

// movement estimates how values changed, and whether they rose by as much as the effect is.
func (t estimator) movement(ctx context.Context, m Movement, values []float64, donors []string, outcomes [][]float64) Movement {
	index, level := t.sample.index(values)
	c := evidence.Comparison{Times: t.sample.labels(), Start: t.sample.start, Name: "elsewhere", Treated: index, Units: 1, Donors: donors, Outcomes: outcomes}
	found, err := evidence.SyntheticDiD(ctx, c)
	if err == nil {
		err = found.TestByPlacebos(ctx, c, evidence.SyntheticDiD, 0)
	}
	switch {
	case err != nil:
		return m.none(reasonOf(err))
	case !(level > 0):
		return m.none(because(NotOverZero, Facts{Scope: OfAnother}))
	case found.Placebos == nil || found.Placebos.Interval == nil:
		return m.none(because(NotComputed, Facts{Note: &found.Reason}))
	}
	// On the scale of an effect of its own, so that a page about it says the same.
	scale := 100 / (stat.Mean(index[t.sample.start:], nil) - float64(found.Value))
	if !(scale > 0) {
		return m.none(because(NothingCounted, Facts{}))
	}
	m.Percent, m.Interval = found.Value*evidence.Number(scale), scaled(*found.Placebos.Interval, scale)
	asMuch := m.Interval[1] > math.Abs(float64(t.Effect.Percent))
	if m.Measure == "" { // the same is counted, so that cases can be compared
		asMuch = found.Placebos.Interval[1]*level/100 > math.Abs(float64(t.Effect.PerPeriod))
	}
	switch {
	case found.P <= Significance && m.Percent > 0:
		m.Found = Rose
	case asMuch:
		m.Found = MayHave
	default:
		m.Found = HasNot
	}
	return m
}
