package claim

import (
	"context"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
)

// whole tests all periods up to the end of the claim, where they are more than were judged: a finding against the claim must hold there too.
func (t unitTester) whole(ctx context.Context, chosen, begin catalog.Period) {
	year := t.m.Grain.PerYear()
	if t.later || t.until.Start.IsZero() || t.end(begin, unitYearsAfter*year) == t.end(begin, laterYears*year) {
		return
	}
	last := t.end(begin, laterYears*year)
	for len(t.m.Events(last)) > 0 && last.Start.After(begin.Start) {
		last = last.Previous()
	}
	r := Result{Unit: t.newUnitTest()}
	other := *t.test
	other.Result, other.later = &r, true
	again := unitTester{&other, t.where}
	first := firstBefore(t.m, begin, unitYearsBefore*year)
	found, err := t.data.Places.Follow(ctx, t.m, t.at, first, last)
	if err == nil {
		err = unitTrial{again, found}.throughout(ctx, chosen, first, last)
	}
	if err != nil {
		why := reasonOf(err)
		t.Unit.Later = &UnitCheck{Percent: unknown, P: unknown, From: begin.String(), Until: last.String(), Because: &why}
		return
	}
	e := other.Effect
	t.Unit.Later = &UnitCheck{Percent: e.Percent, Interval: e.PercentInterval, P: e.P, From: begin.String(), Until: r.Unit.Until}
}

// throughout tests without a limit of the periods from the start on but that of the claim.
func (t unitTrial) throughout(ctx context.Context, chosen, first, last catalog.Period) error {
	members, donors, err := t.parts(chosen, first, last)
	if err != nil {
		return err
	}
	year := t.m.Grain.PerYear()
	before, after := 2*year, laterYears*year
	for _, m := range members {
		before, after = min(before, m.start), min(after, t.after(m.start, laterYears*year))
	}
	least := leastBefore(t.m.Grain)
	if before < least {
		return refusal{tooFew(TooFewBefore, before, least, Facts{Period: t.found.Periods[0].String()})}
	}
	usable := t.fitMembers(members, befores(year, before, max(least, min(year, before))), after)
	if len(usable.members) == 0 {
		return refusal{*usable.out[0].why}
	}
	d, own, treated, starts := usable.design, usable.members, usable.treated, usable.starts
	fit := t.fitDonors(donors, starts, d)
	if len(fit) < MinUnitDonors {
		return refusal{tooFew(TooFewPlaces, len(fit), MinUnitDonors, Facts{})}
	}
	t.span(own[0].start, d.Before, d.After)
	if len(own) == 1 {
		r, err := t.compared(ctx, own[0].place, fit, own[0].start, d)
		if err == nil {
			t.Effect = t.effectInPercent(t.judgedBy(own[0].place, r))
		}
		return err
	}
	var units []evidence.Unit
	for _, p := range fit {
		units = append(units, p.Unit)
	}
	g, err := evidence.EstimateGroup(ctx, treated, units, d)
	if err != nil {
		return err
	}
	judged, err := t.judgedAsGroup(g.Estimate, len(treated), d)
	if err == nil {
		t.Effect = t.effectInPercent(judged)
	}
	return err
}
