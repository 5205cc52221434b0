package claim

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"stpdash/internal/evidence"
)

// fewPlaces is up to how many places a group is tested without each of them: one place may be all that a mean of so few rests on.
const fewPlaces = 5

// alone tests a small group without each of its places in turn.
func (t unitTester) alone(ctx context.Context, treated []evidence.Member, donors []evidence.Unit, d evidence.Design) error {
	if len(treated) > fewPlaces {
		return nil
	}
	for i, m := range treated {
		rest, err := evidence.EstimateGroup(ctx, slices.Delete(slices.Clone(treated), i, i+1), donors, d)
		if err != nil {
			return err
		}
		t.Unit.Without = append(t.Unit.Without, WithoutPlace{m.Name, evidence.InPercent(rest.Estimate).Value, rest.Widened(float64(t.Unit.Wider)).P})
	}
	return nil
}

// judgedAsGroup is the mean of a group with the limits that groups like it need; why tells that none like it was studied.
func (t unitTester) judgedAsGroup(mean evidence.Estimate, places int, d evidence.Design) (judged evidence.Estimate, why error) {
	g := studyOf(t.data.Places.Studies(), t.at, t.m.ID, d).groupOf(places)
	if g == nil {
		return mean, refusal{Reason{Code: GroupNotStudied, Have: places, Facts: Facts{Measure: t.m.ID}}}
	}
	worst := g.Worst()
	t.Unit.Wider = g.Wider
	t.Unit.Group = &GroupAccuracy{g.K, g.Tried, g.Size, evidence.Number(worst.Share), evidence.Number(worst.Upper)}
	return mean.Widened(float64(g.Wider)), nil
}

// group tests the mean of several places.
func (t unitTrial) group(ctx context.Context, members []member, donors []UnitPlace) error {
	year := t.m.Grain.PerYear()
	least := leastBefore(t.m.Grain)
	_, need := minPeriods(t.m.Grain)
	earliest, after := members[0].start, unitYearsAfter*year
	for _, m := range members {
		earliest = min(earliest, m.start)
		after = min(after, t.after(m.start, unitYearsAfter*year))
	}
	t.span(earliest, earliest, after)
	switch {
	case after < need:
		return refusal{tooFew(TooFewAfter, after, need, Facts{})}
	case earliest < least:
		return refusal{tooFew(TooFewBefore, earliest, least, Facts{Period: t.found.Periods[0].String()})}
	}
	g := t.fitMembers(members, befores(year, min(2*year, earliest), max(least, min(year, earliest))), after)
	for _, out := range g.out {
		t.Unit.Places[out.at].LeftOut = out.why
	}
	for _, m := range members {
		t.mark(m.place, m.start, g.design)
	}
	if len(g.members) == 0 {
		return refusal{*g.out[0].why}
	}
	d, of, treated, starts := g.design, g.members, g.treated, g.starts
	t.Unit.AtStart = g.atStart
	fit := t.fitDonors(donors, starts, d)
	if len(fit) < MinUnitDonors {
		return refusal{tooFew(TooFewPlaces, len(fit), MinUnitDonors, Facts{})}
	}
	t.span(earliest, d.Before, after)
	t.Unit.LastRead = t.found.Periods[min(len(t.found.Periods)-1, slices.Max(starts)+after-1)].String()
	if len(treated) == 1 { // the others are left out
		r, err := t.compared(ctx, of[0].place, fit, of[0].start, d)
		if err != nil {
			return err
		}
		t.unitEffect(of[0].place, of[0].start, r)
		return nil
	}
	var units []evidence.Unit
	for _, p := range fit {
		units = append(units, p.Unit)
	}
	mean, err := evidence.EstimateGroup(ctx, treated, units, d)
	if err != nil {
		return err
	}
	judged, err := t.judgedAsGroup(mean.Estimate, len(treated), d)
	if err != nil {
		return err
	}
	e := t.effectInPercent(judged)
	var actual float64
	for _, m := range of {
		actual += stat.Mean(m.place.Outcome[m.start:m.start+after], nil) * float64(after)
	}
	without := actual / math.Exp(float64(mean.Value))
	t.unitExpected = without / float64(after)
	t.Effect = e // a mean over places, each weighing the same, is no number of cases
	t.groupPath(starts, mean, judged)
	if err := t.alone(ctx, treated, units, d); err != nil {
		return err
	}
	t.Unit.Donors, t.Unit.DonorFootprints, t.Unit.Rho = mean.Donors, mean.DonorClusters, mean.Rho
	for i, m := range mean.Members {
		t.Unit.Places[of[i].at].Percent = m.Percent.Value
	}
	t.Unit.Check = t.checkOf(mean.Check, earliest, after)
	if mean.Baseline != nil {
		t.Unit.Baseline = t.checkOf(*mean.Baseline, earliest-d.Before+mean.Baseline.Before, d.Before-mean.Baseline.Before)
	}
	t.Design.Method = MeanRelativeDiD
	t.why(Why{Code: GroupOfUnits, Have: mean.Units, Need: len(t.Unit.Places)})
	t.why(Why{Code: ComparedWithUnits, Have: mean.Donors, Periods: d.Before + d.After, Before: d.Before})
	t.why(Why{Code: JudgedTogether})
	return nil
}

// groupPath is the mean place of a group as it was, as it would have been, and the band of groups where nothing happened.
func (t unitTrial) groupPath(starts []int, g *evidence.Group, judged evidence.Estimate) {
	half := 0.0
	if judged.Interval != nil && judged.SE > 0 {
		half = (judged.Interval[1] - judged.Interval[0]) / 2 / float64(judged.SE) * float64(t.Unit.Wider)
	}
	t.Unit.FromStart = len(starts) > 1
	for _, at := range g.Path {
		period := fmt.Sprintf("start%+d", at.Period)
		if !t.Unit.FromStart {
			period = t.found.Periods[starts[0]+at.Period].String()
		}
		expected := math.Exp(float64(at.Observed - at.Gap))
		t.Effect.Path = append(t.Effect.Path, Period{period, evidence.Number(math.Exp(float64(at.Observed))), evidence.Number(expected)})
		if reach := half * float64(at.Chance); half > 0 && !math.IsNaN(reach) {
			t.Unit.Band = append(t.Unit.Band, UnitBand{period, evidence.Number(expected * math.Exp(-reach)), evidence.Number(expected * math.Exp(reach))})
		}
	}
}
