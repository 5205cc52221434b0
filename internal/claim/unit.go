package claim

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
)

// where is what a claim is tested by: a measure in places of a kind, and the time that it is about.
type where struct {
	m     *catalog.Measure
	at    string
	units []catalog.TreatedUnit
	until catalog.Period // zero without an end
}

// whereOf finds the smallest places of a claim that figures are published for. At names a kind of place, empty for the first that has some.
func (d Data) whereOf(c *catalog.Claim, at string) (where, bool) {
	if d.Places == nil || c.IsPlan() || d.Measure == nil {
		return where{}, false
	}
	units := d.Places.Treated(c)
	try := func(m *catalog.Measure, start, until catalog.Period) (where, bool) {
		if m == nil || m.Ratio() || m.Derived != nil || !unitGrain(m.Grain) {
			return where{}, false
		}
		for _, kind := range []string{catalog.ByCommissioner, catalog.ByProvider, catalog.ByCouncil} {
			if stated, _ := m.StatedBy(kind); !stated || at != "" && at != kind || !studied(kind, m.ID) {
				continue
			}
			w := where{m: m, at: kind, until: until}
			for _, u := range units {
				if u.At != kind {
					continue
				}
				if !start.Start.IsZero() {
					u.Start = start
				}
				w.units = append(w.units, u)
			}
			if len(w.units) > 0 {
				return w, true
			}
		}
		return where{}, false
	}
	until, _ := c.UntilPeriod()
	if f := c.Finer; f != nil {
		start, _ := catalog.ParsePeriod(f.Start)
		end, err := catalog.ParsePeriod(f.Until)
		if err != nil {
			end = until
		}
		if w, ok := try(d.Finer, start, end); ok {
			return w, true
		}
	}
	return try(d.Measure, catalog.Period{}, until)
}

// unitGrain tells whether claims are tested in small places by figures of a grain.
func unitGrain(g catalog.Grain) bool {
	return g == catalog.Week || g == catalog.Month || g == catalog.Quarter
}

// How many years before the start are compared at most, and how many from it on are judged; the least periods before it, of a group and of one place.
const (
	unitYearsBefore = 3
	unitYearsAfter  = 1
	laterYears      = 3
)

// leastBefore are the periods before the start without which nothing was tried.
func leastBefore(g catalog.Grain) int {
	switch g {
	case catalog.Quarter:
		return 8
	case catalog.Week:
		return 52
	}
	return 7
}

// MinUnitDonors are the donors that it takes: the test was tried with as few.
const MinUnitDonors = evidence.FewDonors + 1

// unitTester tests a claim in small places.
type unitTester struct {
	*test
	where
}

// estimate tests the claim where its scheme was.
func (t unitTester) estimate(ctx context.Context) error {
	t.Unit = t.newUnitTest()
	t.by = t.m
	t.Claimed.Part = t.reached()
	t.size(0)
	starts := t.starts()
	if len(starts) == 0 {
		return refuse(NoStart, Facts{})
	}
	err := error(nil)
	if len(starts) == 1 {
		err = t.from(ctx, starts[0])
	} else {
		err = t.everyStart(ctx, starts)
	}
	if err != nil {
		return err
	}
	t.adjust(ctx)
	chosen := starts[0]
	if s := t.Unit.Starts; s != nil {
		if chosen, err = catalog.ParsePeriod(s.Chosen); err != nil {
			return fmt.Errorf("start %q: %w", s.Chosen, err)
		}
	}
	t.displaced(ctx, chosen)
	return nil
}

func (t unitTester) newUnitTest() *UnitTest {
	return &UnitTest{At: t.at, Measure: t.m.ID, Hash: t.m.Hash(), Rho: unknown, DetectableInPart: unknown, Adjusted: unknown, Wider: 1}
}

// starts are those to be tried: the stated one, or, where the claim and its schemes state no more than a year, each in it. Of places with starts of
// their own it is one: none is moved.
func (t unitTester) starts() []catalog.Period {
	var year catalog.Period
	for _, u := range t.units {
		if u.Start.Start.IsZero() {
			return nil
		}
		if u.Start.Grain == catalog.CalendarYear || u.Start.Grain == catalog.FinancialYear {
			year = u.Start
		}
	}
	if year.Start.IsZero() {
		return []catalog.Period{{}}
	}
	var all []catalog.Period
	for p := (catalog.Period{Start: year.Start, Grain: t.m.Grain}); p.Start.Before(year.End()); p = p.Next() {
		all = append(all, p)
	}
	return all
}

// startOf is the first period of the measure that lies wholly under the scheme of a place.
func (t unitTester) startOf(u catalog.TreatedUnit, chosen catalog.Period) catalog.Period {
	g := t.m.Grain
	switch u.Start.Grain {
	case g:
		return u.Start
	case catalog.CalendarYear, catalog.FinancialYear:
		return chosen
	}
	p := catalog.Period{Start: u.Start.Start, Grain: g}
	if g == catalog.Week { // that of the first Monday
		for p.Start.Weekday() != time.Monday {
			p.Start = p.Start.AddDate(0, 0, 1)
		}
	}
	if g == catalog.Quarter {
		p.Start = time.Date(p.Start.Year(), (p.Start.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	}
	if p.Start.Before(u.Start.Start) {
		p = p.Next()
	}
	return p
}

// everyStart tries each start of a year. Shown is the one whose interval leaves most open: no verdict rests on a start that was chosen for it.
func (t unitTester) everyStart(ctx context.Context, starts []catalog.Period) error {
	all := &StartRange{First: starts[0].String(), Last: starts[len(starts)-1].String(), Lowest: unknown, Most: unknown, Low: unknown, High: unknown}
	var shown *test
	var widest float64
	var refused error
	lower := func(a, b evidence.Number) evidence.Number {
		if a.Missing() || b < a {
			return b
		}
		return a
	}
	for _, start := range starts {
		r := *t.Result
		r.Unit = t.newUnitTest()
		r.Design = Design{}
		one := *t.test
		one.Result = &r
		if err := (unitTester{&one, t.where}).from(ctx, start); err != nil {
			refused = err
			continue
		}
		e := one.Effect
		if e.PercentInterval == nil {
			continue
		}
		all.Tried++
		all.Lowest, all.Most = lower(all.Lowest, e.Percent), -lower(-all.Most, -e.Percent)
		all.Low, all.High = lower(all.Low, evidence.Number(e.PercentInterval[0])), -lower(-all.High, -evidence.Number(e.PercentInterval[1]))
		if p := float64(e.P); shown == nil || p > widest {
			shown, widest, all.Chosen = &one, p, start.String()
		}
	}
	if shown == nil {
		return refused
	}
	*t.test = *shown
	t.Unit.Starts = all
	return nil
}

// reached is the share of the people of the places that the scheme reached; missing where it is not known.
func (t unitTester) reached() evidence.Number {
	if cover := t.claim.Covers; cover != nil && cover.People > 0 {
		var people float64
		for _, u := range t.registered() {
			n := t.data.Places.People(u.Code)
			if !(n > 0) {
				return unknown
			}
			people += n
		}
		if people == 0 {
			return unknown
		}
		return evidence.Number(min(1, float64(cover.People)/people))
	}
	var sum float64
	for _, u := range t.units {
		if !u.Share.Valid {
			return unknown
		}
		sum += u.Share.Decimal.InexactFloat64()
	}
	return evidence.Number(sum / float64(len(t.units)))
}

// registered are the commissioners of a claim, with whom people are registered: for a trust, which treats others too, those it is named with, so that the
// part is at most so large.
func (t unitTester) registered() []catalog.TreatedUnit {
	if t.at == catalog.ByCommissioner {
		return t.units
	}
	return slices.DeleteFunc(slices.Clone(t.data.Places.Treated(t.claim)), func(u catalog.TreatedUnit) bool { return u.At != catalog.ByCommissioner })
}

// from tests with a start; a zero one where each place has its own.
func (t unitTester) from(ctx context.Context, chosen catalog.Period) error {
	m := t.m
	year := m.Grain.PerYear()
	begin, last := t.startOf(t.units[0], chosen), catalog.Period{}
	for _, u := range t.units {
		start := t.startOf(u, chosen)
		if start.Start.Before(begin.Start) {
			begin = start
		}
		if end := t.end(start, unitYearsAfter*year); end.Start.After(last.Start) {
			last = end
		}
	}
	first := firstBefore(m, begin, unitYearsBefore*year)
	t.Design.Start = begin.String()
	found, err := t.data.Places.Follow(ctx, m, t.at, first, last)
	if err != nil {
		return err
	}
	t.Unit.Followed = [2]catalog.Period{first, last}
	in := unitTrial{t, found}
	members, donors, err := in.parts(chosen, first, last)
	if err != nil {
		return err
	}
	if len(members) == 1 {
		err = in.one(ctx, members[0], donors)
	} else {
		err = in.group(ctx, members, donors)
	}
	if err != nil {
		return err
	}
	t.Design.Level = 3
	t.Claimed.Part = t.reached()
	t.size(t.unitExpected)
	if part := t.Claimed.Part; part > 0 && !t.Effect.Detectable.Missing() {
		t.Unit.DetectableInPart = t.Effect.Detectable / part
	}
	t.whole(ctx, chosen, begin)
	return nil
}

// end is the last period that is judged, so many from the start on, or the last of the claim where that is earlier.
func (t unitTester) end(start catalog.Period, periods int) catalog.Period {
	end := start
	for range periods - 1 {
		next := end.Next()
		if !t.until.Start.IsZero() && next.Start.After(t.until.Start) {
			break
		}
		end = next
	}
	return end
}

// firstBefore is the period so many before the start, or the first in which the same is counted.
func firstBefore(m *catalog.Measure, start catalog.Period, periods int) catalog.Period {
	first := start
	for range periods {
		if slices.ContainsFunc(m.Breaks, func(b catalog.Break) bool { return b.From == first.String() }) {
			break
		}
		first = first.Previous()
	}
	return first
}

// family are the claims that the same publication makes of other measures of the same schemes, one of each measure.
func (t unitTester) family() (others []*catalog.Claim) {
	measures := []string{t.claim.Measure, t.m.ID}
	for _, c := range t.data.Register {
		same := c.Citation.URL == t.claim.Citation.URL && slices.Equal(c.Schemes, t.claim.Schemes) && len(c.Schemes) > 0
		if same && c.ID != t.claim.ID && !c.IsPlan() && !slices.Contains(measures, c.Measure) {
			measures, others = append(measures, c.Measure), append(others, c)
		}
	}
	return others
}

// adjust allows for the other measures that were tried of the same scheme, where the change is significant without them: of several tests one finds
// something more often than of one.
func (t unitTester) adjust(ctx context.Context) {
	if t.later || !(t.Effect.P <= Significance) {
		return
	}
	p, measures := []evidence.Number{t.Effect.P}, []string{t.m.ID}
	for _, c := range t.family() {
		d := t.data
		if d.Measure, d.Finer = d.Places.Measure(ctx, c.Measure), nil; c.Finer != nil {
			d.Finer = d.Places.Measure(ctx, c.Finer.Measure)
		}
		w, ok := d.whereOf(c, t.data.At)
		if !ok {
			continue
		}
		other := newTest(c, d)
		other.later = true
		if err := (unitTester{other, w}).estimate(ctx); err == nil {
			p, measures = append(p, other.Effect.P), append(measures, w.m.ID)
		}
	}
	if len(p) > 1 {
		t.Unit.Family, t.Unit.Adjusted = measures, evidence.Holm(p)[0]
	}
}
