package claim

import (
	"context"
	"math"
	"slices"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
	"stpdash/internal/measure"
)

// OwnChange is how the figures of a claim's places moved from an earlier time, whatever moved them: no effect, and not compared with other places.
type OwnChange struct {
	Measure string   `json:"measure"`
	At      string   `json:"at"`
	Places  []string `json:"places"`
	// Claimed and Percent are below zero for a fall; missing where no size is claimed, or a figure is missing.
	Claimed evidence.Number `json:"claimed_percent"`
	Percent evidence.Number `json:"percent"`
	// The last periods of the claim, and the same ones of the earlier year, with the sums of their figures; means where no sum counts anything.
	From       string          `json:"from,omitempty"`
	Until      string          `json:"until,omitempty"`
	BaseFrom   string          `json:"base_from,omitempty"`
	BaseUntil  string          `json:"base_until,omitempty"`
	BaseFigure evidence.Number `json:"base_figure"`
	Figure     evidence.Number `json:"figure"`
	// Because is why the change cannot be set against the claim, and NoEffect why there is no effect beside it; nil where there is none.
	Because  *Reason `json:"because,omitempty"`
	NoEffect *Reason `json:"no_effect_because,omitempty"`
}

// OwnAgrees and OwnDiffers are by how many percentage points a change of a place's own figures may lie from the one claimed to agree with it, and from which
// on it differs. Two publications of the same admissions differ in their changes over two years by under the first in 80 of 100 commissioners, and by
// more than the second in 10 (docs/architecture/studies.md).
const OwnAgrees, OwnDiffers = 5, 10

// ownTime is what an own change is between: periods, and the same ones of an earlier year.
type ownTime struct{ from, until, base catalog.Period }

// ownTime finds the last year of a claim, or less where it is about less, and the year before it that it compares with.
func (t *test) ownTime(m *catalog.Measure) (o ownTime, why *Reason) {
	start, stated := t.claim.StartPeriod()
	until, ends := t.claim.UntilPeriod()
	base, given := t.claim.BaselinePeriod()
	if f := t.claim.Finer; f != nil && f.Measure == m.ID {
		if p, err := catalog.ParsePeriod(f.Start); err == nil {
			start, stated = p, true
		}
		if p, err := catalog.ParsePeriod(f.Until); err == nil {
			until, ends = p, true
		}
	}
	year := m.Grain.PerYear()
	if !given && stated {
		base, given = catalog.Period{Start: start.Start.AddDate(-1, 0, 0), Grain: start.Grain}, true
	}
	if !given {
		r := because(NoBaseline, Facts{})
		return o, &r
	}
	base.Grain = m.Grain
	first := base
	for range year {
		first = first.Next()
	}
	if stated && start.Start.After(first.Start) {
		first = catalog.Period{Start: start.Start, Grain: m.Grain}
	}
	o = ownTime{from: first, until: first, base: base}
	if until.Grain = m.Grain; !ends {
		for range year - 1 {
			o.until = o.until.Next()
		}
		return o, nil
	}
	if until.Start.Before(first.Start) {
		r := because(NoBaseline, Facts{})
		return o, &r
	}
	o.until, o.from = until, until
	for n := 1; n < year && o.from.Start.After(first.Start); n++ {
		o.from = o.from.Previous()
	}
	return o, nil
}

// pairs are the periods of the change with those of the earlier year in the same season.
func (o ownTime) pairs() (now, before []catalog.Period) {
	for p := o.from; !p.Start.After(o.until.Start); p = p.Next() {
		q := o.base
		for range p.Grain.PerYear() {
			if q.Start.Month() == p.Start.Month() {
				now, before = append(now, p), append(before, q)
				break
			}
			q = q.Next()
		}
	}
	return now, before
}

// setOwnChange sets how the places' own figures moved beside a claim that compares with an earlier time.
func (t *test) setOwnChange(ctx context.Context) {
	c := t.claim
	if c.Against.Kind != catalog.ComparedBefore || c.IsPlan() || !c.OfOwnChange() && c.Unit != catalog.Percent {
		return
	}
	o := &OwnChange{Claimed: unknown, Percent: unknown, BaseFigure: unknown, Figure: unknown}
	t.Own = o
	if size := c.Amount(); size.Valid {
		o.Claimed = evidence.Number(size.Decimal.InexactFloat64())
		if c.Towards == catalog.Decrease {
			o.Claimed = -o.Claimed
		}
	}
	m, at, units := t.ownPlaces()
	o.Measure, o.At = m.ID, at
	if m.Derived != nil || m.Grain == catalog.Week || m.Grain == catalog.Day {
		o.leave(because(NoYears, Facts{Measure: m.ID}))
		return
	}
	when, why := t.ownTime(m)
	if why != nil {
		o.leave(*why)
		return
	}
	now, before := when.pairs()
	o.From, o.Until, o.BaseFrom, o.BaseUntil = now[0].String(), when.until.String(), before[0].String(), before[len(before)-1].String()
	if before[0].Start.After(before[len(before)-1].Start) { // the year of the claim begins in another month than that before it
		o.BaseFrom, o.BaseUntil = when.base.String(), yearFrom(m, when.base).String()
	}
	if at == catalog.ByFootprint || at == catalog.ByEngland {
		t.ownOfFootprints(now, before, when)
		return
	}
	t.ownOfUnits(ctx, m, units, now, before, when)
}

// leave says why an own change cannot be set against the claim; the first reason stands.
func (o *OwnChange) leave(why Reason) {
	if o.Because == nil {
		o.Because = &why
	}
}

// ownPlaces are the smallest places of a claim whose own figures are published, with the measure that has them.
func (t *test) ownPlaces() (m *catalog.Measure, at string, units []catalog.TreatedUnit) {
	if t.data.Places != nil {
		all := t.data.Places.Treated(t.claim)
		for _, m := range []*catalog.Measure{t.data.Finer, t.data.Measure} {
			if m == nil {
				continue
			}
			for _, kind := range []string{catalog.ByCommissioner, catalog.ByProvider, catalog.ByCouncil} {
				stated, _ := m.StatedBy(kind)
				units := slices.DeleteFunc(slices.Clone(all), func(u catalog.TreatedUnit) bool { return u.At != kind })
				if stated && len(units) > 0 {
					return m, kind, units
				}
			}
		}
	}
	if t.claim.OfEngland() {
		return t.data.Measure, catalog.ByEngland, nil
	}
	return t.data.Measure, catalog.ByFootprint, nil
}

// ownOfFootprints is the change of the footprints of a claim, or of England.
func (t *test) ownOfFootprints(now, before []catalog.Period, when ownTime) {
	o, m, points := t.Own, t.data.Measure, t.points()
	o.Places = t.claim.Places
	if t.claim.Covers != nil {
		o.leave(because(WiderThanClaim, Facts{Places: o.Places, Quote: t.claim.Covers.Words}))
	}
	value := func(p catalog.Period) float64 {
		at, ok := measure.At(points, p.Start)
		if !ok || !at.Value.Valid {
			o.leave(t.data.noFigure(points, p, Facts{Scope: OfFigures}))
			return math.NaN()
		}
		return at.Value.Decimal.InexactFloat64()
	}
	t.ownFrom(m, now, before, value)
	s := &sample{periods: []catalog.Period{when.base, when.until}}
	for _, place := range t.data.Footprints {
		if change, ok := s.membershipBreak(place); ok && slices.Contains(t.claim.Places, place.Code) {
			o.leave(broken(change, Facts{Scope: OfScheme, Places: []string{place.Code}}))
		}
	}
}

// ownOfUnits is the change of the smaller places of a claim together.
func (t *test) ownOfUnits(ctx context.Context, m *catalog.Measure, units []catalog.TreatedUnit, now, before []catalog.Period, when ownTime) {
	o := t.Own
	found, err := t.data.Places.Follow(ctx, m, o.At, when.base, when.until)
	if err != nil {
		o.leave(reasonOf(err))
		return
	}
	if !slices.ContainsFunc(units, func(u catalog.TreatedUnit) bool { return u.Certainty != catalog.CertaintyGeneral }) {
		o.leave(because(PlaceNotPublished, Facts{Organisation: units[0].Code}))
	}
	position := map[string]int{}
	for i, p := range found.Periods {
		position[p.String()] = i
	}
	begin, starts := position[when.base.String()]
	end, ends := position[when.until.String()]
	var all []UnitPlace
	for _, span := range t.data.Places.Across(units, when.base, when.until) {
		of := Facts{Scope: OfScheme, Organisation: span.Units[0].Code}
		j := slices.IndexFunc(found.Places, func(p UnitPlace) bool {
			return slices.ContainsFunc(p.Codes, func(code string) bool { return slices.Contains(span.Codes, code) })
		})
		switch {
		case span.Divided != nil:
			of.Period = span.Divided.From.Format(time.DateOnly)
			o.leave(because(WorkDivided, of))
		case len(span.Others) > 0:
			of.Organisations = span.Others
			o.leave(because(MergedWithOthers, of))
		case j < 0 || !starts || !ends:
			of.Measure = m.ID
			o.leave(because(NoUnitFigures, of))
		}
		if j < 0 || !starts || !ends {
			return
		}
		p := found.Places[j]
		all, o.Places = append(all, p), append(o.Places, p.Name)
		of.Organisation = p.Name
		if p.NotScreened != "" {
			o.leave(because(NotScreened, Facts{Scope: OfScheme, Organisation: p.Name, Quote: p.NotScreened}))
		}
		for i, at := range p.Breaks {
			if at > begin && at <= end {
				of.Period, of.Value = found.Periods[at].String(), exactly(evidence.Number(100*p.Steps[i].Size))
				o.leave(because(StepInWindow, of))
			}
		}
		for at := begin; at <= end; at++ {
			if math.IsNaN(p.Outcome[at]) && (slices.Contains(now, found.Periods[at]) || slices.Contains(before, found.Periods[at])) {
				o.leave(because(GapInWindow, Facts{Scope: OfScheme, Organisation: p.Name, Period: found.Periods[at].String()}))
			}
		}
		if span.Extent == catalog.PartOfPlace {
			of.Organisations, of.Quote = []string{p.Name}, t.reachedWords()
			o.leave(because(WiderThanClaim, of))
		}
	}
	t.ownFrom(m, now, before, func(p catalog.Period) (sum float64) {
		for _, place := range all {
			sum += place.Outcome[position[p.String()]]
		}
		return sum
	})
}

// ownFrom works the change out of the figures of single periods.
func (t *test) ownFrom(m *catalog.Measure, now, before []catalog.Period, value func(catalog.Period) float64) {
	var figure, base float64
	for i := range now {
		figure, base = figure+value(now[i]), base+value(before[i])
	}
	if !m.AddsUpOverTime() {
		figure, base = figure/float64(len(now)), base/float64(len(now))
	}
	o := t.Own
	o.Figure, o.BaseFigure = evidence.Number(figure), evidence.Number(base)
	switch {
	case base > 0:
		o.Percent = evidence.Number(100 * (figure/base - 1))
	case base <= 0:
		o.leave(because(NotOverZero, Facts{Scope: OfFigures, Value: exactly(evidence.Number(base))}))
	}
}

// judgeable tells that the change can be set against the claim.
func (o *OwnChange) judgeable() bool { return o != nil && o.Because == nil && !o.Percent.Missing() }

// complete tells whether the figures of an own change are whole and count the same.
func (o *OwnChange) complete() (Outcome, CheckFinding, evidence.Number) {
	switch {
	case o == nil:
		return CannotTell, CheckFinding{Code: NoPeriodsCompared}, unknown
	case o.Because != nil:
		return CannotTell, found(*o.Because), unknown
	}
	return Passed, CheckFinding{Code: OwnWhole, Facts: Facts{Period: o.BaseFrom, Until: o.Until, Value: &o.Percent}}, o.Percent
}
