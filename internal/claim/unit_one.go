package claim

import (
	"context"
	"fmt"
	"math"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
)

// one tests one place.
func (t unitTrial) one(ctx context.Context, own member, donors []UnitPlace) error {
	year := t.m.Grain.PerYear()
	after := t.after(own.start, unitYearsAfter*year)
	least := leastBefore(t.m.Grain)
	t.span(own.start, own.start, after)
	if d := domainOf(t.at, t.m.ID, evidence.Design{Before: least, After: after}); d != nil && own.place.Size < d.LeastSize {
		return refuse(
			TooSmallPlace,
			Facts{Organisation: own.place.Name, Value: exactly(evidence.Number(own.place.Size)), Than: exactly(evidence.Number(d.LeastSize))},
		)
	}
	if _, need := minPeriods(t.m.Grain); after < need {
		return refusal{tooFew(TooFewAfter, after, need, Facts{})}
	}
	if own.start < least {
		return refusal{tooFew(TooFewBefore, own.start, least, Facts{Period: t.found.Periods[0].String()})}
	}
	var why *Reason
	var designs []evidence.Design
	for _, judged := range []int{after, min(after, year/2)} { // a gap or a step after half a year need not keep a place out
		for _, before := range befores(year, min(unitYearsBefore*year, own.start), least) {
			designs = append(designs, evidence.Design{Before: before, After: judged})
		}
	}
	for _, d := range designs {
		before, after := d.Before, d.After
		clean, atStart, unfit := t.unfit(own.place, own.start, d, OfScheme)
		t.Unit.Marks = nil
		t.mark(own.place, own.start, d)
		if unfit != nil {
			why = unfit // of the shortest: what no design could do without
			continue
		}
		t.span(own.start, before, after)
		t.Unit.AtStart = atStart
		fit := t.fitDonors(donors, []int{own.start}, d)
		if len(fit) < MinUnitDonors {
			return refusal{tooFew(TooFewPlaces, len(fit), MinUnitDonors, Facts{})}
		}
		r, err := t.compared(ctx, clean, fit, own.start, d)
		if err != nil {
			return err
		}
		t.unitEffect(own.place, own.start, r)
		return nil
	}
	return refusal{*why}
}

// compared estimates the effect on one place.
func (t unitTester) compared(ctx context.Context, own UnitPlace, donors []UnitPlace, start int, d evidence.Design) (*evidence.Relative, error) {
	c := evidence.Comparison{Start: d.Before, Name: own.Name, Treated: own.Outcome[start-d.Before : start+d.After], Units: 1}
	sizes := []float64{own.Size}
	for i := range d.Before + d.After {
		c.Times = append(c.Times, fmt.Sprint(i-d.Before))
	}
	for _, p := range donors {
		c.Donors, c.Outcomes = append(c.Donors, p.Name), append(c.Outcomes, p.Outcome[start-d.Before:start+d.After])
		sizes = append(sizes, p.Size)
	}
	known := domainOf(t.at, t.m.ID, d)
	if known == nil || known.Variance == nil {
		return evidence.EstimateRelative(ctx, c, d, nil, nil)
	}
	return evidence.EstimateRelative(ctx, c, d, sizes, known.Variance)
}

// judgedBy is the estimate that a place is judged by: with the error by its size where that is known, and widened where the place was found too often.
func (t unitTester) judgedBy(p UnitPlace, r *evidence.Relative) evidence.Estimate {
	judged := r.Estimate
	if r.BySize != nil && r.BySize.Interval != nil {
		judged = *r.BySize
	}
	if wider := oftenFoundIn(t.data.Places.Studies(), t.at, t.m.ID)[p.Name]; wider > 1 {
		t.Unit.Wider = evidence.Number(wider)
	}
	return judged.Widened(float64(t.Unit.Wider))
}

// unitEffect states the effect on one place in the measure's unit.
func (t unitTrial) unitEffect(own UnitPlace, start int, r *evidence.Relative) {
	judged := t.judgedBy(own, r)
	e := t.effectInPercent(judged)
	t.Unit.Donors, t.Unit.Rank, t.Unit.BySize = r.Donors, r.Rank, r.BySize != nil && r.BySize.Interval != nil
	half := 0.0
	if judged.Interval != nil && r.SE > 0 {
		half = (judged.Interval[1] - judged.Interval[0]) / 2 / float64(judged.SE)
	}
	wider := float64(judged.SE / r.SE) // the band as the interval: by size
	var actual, without float64
	for i, p := range r.Path {
		period := t.found.Periods[start-r.Before+i].String()
		expected := math.Exp(float64(p.Synthetic))
		observed := math.Exp(float64(p.Observed))
		e.Path = append(e.Path, Period{period, evidence.Number(observed), evidence.Number(expected)})
		t.Unit.Band = append(
			t.Unit.Band,
			UnitBand{period, evidence.Number(expected * math.Exp(-half*wider*float64(p.Chance))), evidence.Number(expected * math.Exp(half*wider*float64(p.Chance)))},
		)
		if i >= r.Before {
			actual, without = actual+observed, without+observed/math.Exp(float64(r.Value))
		}
	}
	after := float64(r.After)
	t.unitExpected = without / after
	t.counted(e, without, after)
	t.Effect, t.relative = e, r
	t.Unit.Check = t.checkOf(r.Check, start, r.After)
	if r.Baseline != nil {
		t.Unit.Baseline = t.checkOf(*r.Baseline, start-r.Before+r.Baseline.Before, r.Before-r.Baseline.Before)
	}
	t.Design.Method = RelativeDiD
	t.why(Why{Code: ComparedWithUnits, Have: r.Donors, Periods: r.Before + r.After, Before: r.Before})
	t.why(Why{Code: JudgedByDonors})
}

// effectInPercent is an effect in logarithms in per cent of what there would have been.
func (t unitTester) effectInPercent(found evidence.Estimate) *Effect {
	p := evidence.InPercent(found)
	e := &Effect{
		Percent: p.Value, PercentInterval: p.Interval, P: found.P, SE: 100 * found.SE, SEKind: found.SEKind, Detectable: -p.Detectable, Scale: unknown,
		PerPeriod: unknown, Total: unknown, Reason: found.Reason,
	}
	if t.claim.Towards == catalog.Increase {
		e.Detectable = evidence.Number(100 * math.Expm1(float64(found.MDE)))
	}
	return e
}

// counted states an effect in per cent in the measure's unit, of what there would have been in all periods.
func (t unitTester) counted(e *Effect, without, after float64) {
	share := func(percent float64) float64 { return percent / 100 * without }
	e.PerPeriod = evidence.Number(share(float64(e.Percent)) / after)
	adds := t.m.AddsUpOverTime()
	if adds {
		e.Total = evidence.Number(share(float64(e.Percent)))
	}
	if i := e.PercentInterval; i != nil {
		total := [2]float64{share(i[0]), share(i[1])}
		e.PeriodInterval = scaled(total, 1/after)
		if adds {
			e.TotalInterval = &total
		}
	}
}

func (t unitTrial) checkOf(c evidence.RelativeCheck, start, after int) *UnitCheck {
	return &UnitCheck{
		Percent:  c.Percent.Value,
		Interval: c.Percent.Interval,
		P:        c.P,
		From:     t.found.Periods[start].String(),
		Until:    t.found.Periods[start+after-1].String(),
	}
}
