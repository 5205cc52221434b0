package claim

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
)

// TestedAt are the kinds of place that claims are tested in.
var TestedAt = []string{catalog.ByCommissioner, catalog.ByProvider, catalog.ByCouncil, catalog.ByFootprint}

// Places tell where schemes were, and what places smaller than footprints counted.
type Places interface {
	// Treated are the places of a claim, and Across these as they can be followed from the first to the last period.
	Treated(c *catalog.Claim) []catalog.TreatedUnit
	Across(units []catalog.TreatedUnit, first, last catalog.Period) []catalog.Span
	// Covered are the places of a kind that any scheme covered in that time, by their codes, and Overlaps those of a claim that another did.
	Covered(at string, first, last catalog.Period) map[string][]*catalog.Scheme
	Overlaps(c *catalog.Claim, first, last catalog.Period) []catalog.Overlap
	// Follow are the figures of all places of a kind that can be followed through that time, screened for gaps and steps.
	Follow(ctx context.Context, m *catalog.Measure, at string, first, last catalog.Period) (*UnitFigures, error)
	// Measure finds a measure as it was defined then; nil where there is none.
	Measure(ctx context.Context, id string) *catalog.Measure
	// People are those registered with a commissioner; 0 where that is not known.
	People(code string) float64
}

// UnitFigures are figures of all places of one kind.
type UnitFigures struct {
	Periods []catalog.Period
	Places  []UnitPlace
}

// UnitPlace is one place with its figures by period. Its Breaks are the steps found in them.
type UnitPlace struct {
	evidence.Unit
	Codes []string    // that it had, of which its figures are the sum
	Steps []PlaceStep // of each of its Breaks
	// NotScreened is why no gap or step could be looked for; empty where one could.
	NotScreened string
	// Divided is the day on which a part of its work came or went; zero where none did.
	Divided time.Time
}

// PlaceStep is a level that jumps, by a part of what it was; Size is 0 of one that only an analyst found. Confirmed tells that an analyst confirmed
// that something else is counted.
type PlaceStep struct {
	Size      float64
	Confirmed bool
}

// UnitTest is how a claim was tested where its scheme was, in places smaller than footprints.
type UnitTest struct {
	At      string        `json:"at"` // commissioner, provider or council
	Measure string        `json:"measure"`
	Hash    string        `json:"measure_hash"`
	Places  []TestedPlace `json:"places"`
	From    string        `json:"from,omitempty"` // the first period compared
	Until   string        `json:"until,omitempty"`
	Before  int           `json:"periods_before"`
	After   int           `json:"periods_after"`
	Donors  int           `json:"donors"`
	// DonorFootprints are those that the donors of a group lie in, and Rho how two donors of one are correlated.
	DonorFootprints int             `json:"donor_footprints,omitempty"`
	Rho             evidence.Number `json:"rho"`
	LeftOut         []UnitLeftOut   `json:"left_out,omitempty"`
	// BySize tells that the error is that of places as large, from a study of many starts; otherwise it is the deviation of the donors' own effects.
	BySize bool `json:"error_by_size"`
	// Rank is that of the effect among those of the donors by its size, 1 being the largest; 0 of a group.
	Rank int `json:"rank,omitempty"`
	// Check is the plain difference-in-differences on the last year before the start, Baseline the same test with the start put back to where nothing
	// began, and Later that of all periods up to the end of the claim, where they are more than were judged.
	Check    *UnitCheck `json:"check,omitempty"`
	Baseline *UnitCheck `json:"start_put_back,omitempty"`
	Later    *UnitCheck `json:"whole_time,omitempty"`
	// Without are the effects on a small group without each of its places in turn.
	Without []WithoutPlace `json:"without_one_place,omitempty"`
	// AtStart are steps at the start: a change of counting looks the same.
	AtStart []UnitStep `json:"steps_at_start,omitempty"`
	// Starts are the estimates of every start in the year, where no more is stated.
	Starts   *StartRange   `json:"starts_tried,omitempty"`
	Overlaps []UnitOverlap `json:"other_schemes,omitempty"`
	// DetectableInPart is the smallest change of the part that the scheme reached that would be seen in 80 of 100 cases, in per cent; over 100 no change of
	// it would be.
	DetectableInPart evidence.Number `json:"detectable_percent_of_part"`
	// Family are the measures of the same scheme that the same publication makes claims about, this one among them, and Adjusted is p for so many tests.
	Family   []string        `json:"measures_tried,omitempty"`
	Adjusted evidence.Number `json:"p_adjusted"`
	// Band are the limits within which the figures of 95 in 100 places without a scheme lie, by period.
	Band []UnitBand `json:"band,omitempty"`
}

// WithoutPlace is the effect on a group without one of its places.
type WithoutPlace struct {
	Place   string          `json:"code"`
	Percent evidence.Number `json:"percent"`
	P       evidence.Number `json:"p"`
}

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
		t.Unit.Without = append(t.Unit.Without, WithoutPlace{m.Name, evidence.InPercent(rest.Estimate).Value, rest.P})
	}
	return nil
}

// TestedPlace is one place that the scheme was in.
type TestedPlace struct {
	Name      string            `json:"code"` // that it had last in the window
	Codes     []string          `json:"codes"`
	Others    []string          `json:"other_codes,omitempty"` // that a merger brought in
	Extent    catalog.Extent    `json:"extent"`
	Share     evidence.Number   `json:"share"` // of its people that were reached
	Certainty catalog.Certainty `json:"certainty"`
	Start     string            `json:"start,omitempty"`
	Percent   evidence.Number   `json:"percent"` // its own effect in a group
	LeftOut   *Reason           `json:"left_out,omitempty"`
}

// UnitLeftOut is a place that was not compared with, and why.
type UnitLeftOut struct {
	Place   string `json:"place"`
	Because Reason `json:"because"`
}

// UnitCheck is an effect found in another way, in per cent.
type UnitCheck struct {
	Percent  evidence.Number `json:"percent"`
	Interval *[2]float64     `json:"percent_interval"`
	P        evidence.Number `json:"p"`
	From     string          `json:"start"`
	Until    string          `json:"until"`
	Because  *Reason         `json:"because,omitempty"` // why there is none
}

// UnitStep is a level that jumps in a place, by a part of what it was.
type UnitStep struct {
	Place  string          `json:"place"`
	Period string          `json:"period"`
	Size   evidence.Number `json:"percent"`
}

// StartRange are the estimates of several starts, in per cent.
type StartRange struct {
	First  string          `json:"first"`
	Last   string          `json:"last"`
	Tried  int             `json:"tried"`
	Lowest evidence.Number `json:"lowest_percent"`
	Most   evidence.Number `json:"highest_percent"`
	Low    evidence.Number `json:"lowest_end"` // of their intervals
	High   evidence.Number `json:"highest_end"`
	Chosen string          `json:"chosen"` // the one that is shown: whose interval leaves most open
}

// UnitOverlap is a place that another scheme covered at the same time.
type UnitOverlap struct {
	Place  string `json:"place"`
	Scheme string `json:"scheme"`
}

// UnitBand are limits of a period, in the measure's unit.
type UnitBand struct {
	Period string          `json:"period"`
	Low    evidence.Number `json:"low"`
	High   evidence.Number `json:"high"`
}

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

// nearStart is how many periods a step may lie from the start to be taken for what the scheme, or a change of counting then, did.
const nearStart = 2

// mostAtStart is the largest step at the start that is taken for one that a scheme may have made: no claim says so much of a whole place.
const mostAtStart = 0.25

// unitTester tests a claim in small places.
type unitTester struct {
	*test
	where
}

// estimate tests the claim where its scheme was.
func (t unitTester) estimate(ctx context.Context) error {
	t.Unit = &UnitTest{At: t.at, Measure: t.m.ID, Hash: t.m.Hash(), Rho: unknown, DetectableInPart: unknown, Adjusted: unknown}
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
	if err == nil {
		t.adjust(ctx)
	}
	return err
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
		r.Unit = &UnitTest{At: t.at, Measure: t.m.ID, Hash: t.m.Hash(), Rho: unknown, DetectableInPart: unknown, Adjusted: unknown}
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

// member is one place of a claim with where its window lies.
type member struct {
	place UnitPlace
	span  catalog.Span
	start int // of the periods
	at    int // of t.Unit.Places
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
	members, donors, err := t.parts(found, chosen, first, last)
	if err != nil {
		return err
	}
	if len(members) == 1 {
		err = t.one(ctx, found, members[0], donors)
	} else {
		err = t.group(ctx, found, members, donors)
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

// parts finds the places of the claim and those to compare with, and says why others are left out.
func (t unitTester) parts(found *UnitFigures, chosen, first, last catalog.Period) (members []member, donors []UnitPlace, err error) {
	at := map[string]int{}
	for i, p := range found.Periods {
		at[p.String()] = i
	}
	var own []string
	var refused *Reason
	leave := func(i int, why Reason) {
		t.Unit.Places[i].LeftOut = &why
		if refused == nil {
			refused = &why
		}
	}
	for _, span := range t.data.Places.Across(t.units, first, last) {
		own = append(own, span.Codes...)
		u := span.Units[0]
		place := TestedPlace{
			Name:      span.Codes[0],
			Codes:     span.Codes,
			Others:    span.Others,
			Extent:    span.Extent,
			Share:     unknown,
			Certainty: u.Certainty,
			Percent:   unknown,
			Start:     t.startOf(u, chosen).String(),
		}
		if span.Share.Valid {
			place.Share = evidence.Number(span.Share.Decimal.InexactFloat64())
		}
		i := len(t.Unit.Places)
		t.Unit.Places = append(t.Unit.Places, place)
		j := slices.IndexFunc(found.Places, func(p UnitPlace) bool {
			return slices.ContainsFunc(p.Codes, func(code string) bool { return slices.Contains(span.Codes, code) })
		})
		switch {
		case span.Divided != nil:
			leave(i, because(WorkDivided, Facts{Scope: OfScheme, Organisation: u.Code, Period: span.Divided.From.Format(time.DateOnly)}))
			continue
		case len(span.Others) > 0:
			leave(i, because(MergedWithOthers, Facts{Scope: OfScheme, Organisation: u.Code, Organisations: span.Others}))
			continue
		case j < 0:
			leave(i, because(NoUnitFigures, Facts{Scope: OfScheme, Measure: t.m.ID, Organisation: u.Code}))
			continue
		}
		p := found.Places[j]
		t.Unit.Places[i].Name = p.Name
		start, within := at[place.Start]
		switch {
		case p.NotScreened != "":
			leave(i, because(NotScreened, Facts{Scope: OfScheme, Organisation: p.Name, Quote: p.NotScreened}))
			continue
		case !within && t.startOf(u, chosen).Start.After(found.Periods[0].Start):
			leave(i, because(NothingAfter, Facts{Start: place.Start, Period: found.Periods[len(found.Periods)-1].String()}))
			continue
		case !within || start == 0:
			leave(i, because(NothingBefore, Facts{Start: place.Start, Period: found.Periods[0].String()}))
			continue
		}
		members = append(members, member{p, span, start, i})
	}
	if len(members) == 0 {
		return nil, nil, refusal{*refused}
	}
	for _, o := range t.data.Places.Overlaps(t.claim, first, last) {
		if o.Unit.At == t.at {
			t.Unit.Overlaps = append(t.Unit.Overlaps, UnitOverlap{o.Unit.Code, o.Other.ID})
		}
	}
	covered := t.data.Places.Covered(t.at, first, last)
	for _, p := range found.Places {
		if slices.ContainsFunc(p.Codes, func(code string) bool { return slices.Contains(own, code) }) {
			continue
		}
		leave := func(why Reason) { t.Unit.LeftOut = append(t.Unit.LeftOut, UnitLeftOut{p.Name, why}) }
		scheme := ""
		for _, code := range p.Codes {
			if s := covered[code]; len(s) > 0 && scheme == "" {
				scheme = s[0].ID
			}
		}
		switch {
		case scheme != "":
			leave(because(OtherScheme, Facts{Scope: OfPlace, Scheme: scheme}))
		case p.NotScreened != "":
			leave(because(NotScreened, Facts{Scope: OfPlace, Organisation: p.Name, Quote: p.NotScreened}))
		case !p.Divided.IsZero():
			leave(because(WorkDivided, Facts{Scope: OfPlace, Organisation: p.Name, Period: p.Divided.Format(time.DateOnly)}))
		default:
			donors = append(donors, p)
		}
	}
	return members, donors, nil
}

// after are the periods from the start on that are judged and have figures: those of a known event have none.
func (t unitTester) after(found *UnitFigures, start, most int) int {
	n := 0
	for i := start; i < len(found.Periods) && n < most; i++ {
		p := found.Periods[i]
		if !t.until.Start.IsZero() && p.Start.After(t.until.Start) || len(t.m.Events(p)) > 0 {
			break
		}
		n++
	}
	return n
}

// unfit is why a place cannot be used in a window; a step at the start is passed over and handed back.
func (t unitTester) unfit(found *UnitFigures, p UnitPlace, start int, d evidence.Design, scope Scope) (clean UnitPlace, atStart []UnitStep, why *Reason) {
	clean = p
	if scope == OfScheme {
		clean.Breaks = nil
		for i, at := range p.Breaks {
			if at >= start-nearStart && at <= start+nearStart && math.Abs(p.Steps[i].Size) <= mostAtStart && !p.Steps[i].Confirmed {
				atStart = append(atStart, UnitStep{p.Name, found.Periods[at].String(), evidence.Number(100 * p.Steps[i].Size)})
				continue
			}
			clean.Breaks = append(clean.Breaks, at)
		}
	}
	unfit, at := clean.Within(start-d.Before, start+d.After)
	if unfit == evidence.Fit {
		return clean, atStart, nil
	}
	of := Facts{Scope: scope, Organisation: p.Name}
	if at >= 0 && at < len(found.Periods) {
		of.Period = found.Periods[at].String()
	}
	code := map[evidence.Unfit]ReasonCode{
		evidence.HasGap: GapInWindow, evidence.HasBreak: StepInWindow, evidence.HasNoLog: NotOverZero, evidence.OutsideData: TooFewBefore,
	}[unfit]
	if unfit == evidence.HasBreak {
		of.Value = exactly(evidence.Number(100 * p.Steps[slices.Index(p.Breaks, at)].Size))
	}
	if unfit == evidence.HasNoLog {
		of.Value = exactly(evidence.Number(p.Outcome[at]))
	}
	r := because(code, of)
	return clean, atStart, &r
}

// one tests one place.
func (t unitTester) one(ctx context.Context, found *UnitFigures, own member, donors []UnitPlace) error {
	year := t.m.Grain.PerYear()
	after := t.after(found, own.start, unitYearsAfter*year)
	least := leastBefore(t.m.Grain)
	t.span(found, own.start, own.start, after)
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
		return refusal{tooFew(TooFewBefore, own.start, least, Facts{Period: found.Periods[0].String()})}
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
		clean, atStart, unfit := t.unfit(found, own.place, own.start, d, OfScheme)
		if unfit != nil {
			why = unfit // of the shortest: what no design could do without
			continue
		}
		t.span(found, own.start, before, after)
		t.Unit.AtStart = atStart
		fit := t.fitDonors(found, donors, []int{own.start}, d)
		if len(fit) < MinUnitDonors {
			return refusal{tooFew(TooFewPlaces, len(fit), MinUnitDonors, Facts{})}
		}
		r, err := t.compared(ctx, clean, fit, own.start, d)
		if err != nil {
			return err
		}
		t.unitEffect(found, own.start, r)
		return nil
	}
	return refusal{*why}
}

// befores are how many periods before the start are tried, the most first: a step or a gap long before it need not keep a place out.
func befores(year, most, least int) []int {
	var all []int
	for _, n := range []int{most, 2 * year, year + year/2, year, least + (year-least)/2, least} {
		if n <= most && n >= least && !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	return all
}

// fitGroup are the places of a group that can be used with a design.
type fitGroup struct {
	design  evidence.Design
	members []member
	treated []evidence.Member
	starts  []int
	atStart []UnitStep
	out     []leftMember
}

type leftMember struct {
	at  int // of t.Unit.Places
	why *Reason
}

// fitMembers finds the design with which most places can be used, of those the longest.
func (t unitTester) fitMembers(found *UnitFigures, members []member, befores []int, after int) fitGroup {
	var best fitGroup
	for _, before := range befores {
		g := fitGroup{design: evidence.Design{Before: before, After: after}}
		for _, m := range members {
			clean, atStart, why := t.unfit(found, m.place, m.start, g.design, OfScheme)
			if why != nil {
				g.out = append(g.out, leftMember{m.at, why})
				continue
			}
			g.atStart = append(g.atStart, atStart...)
			g.members = append(g.members, member{clean, m.span, m.start, m.at})
			g.treated = append(g.treated, evidence.Member{Unit: clean.Unit, Start: m.start})
			if !slices.Contains(g.starts, m.start) {
				g.starts = append(g.starts, m.start)
			}
		}
		if best.design.Before == 0 || len(g.members) > len(best.members) {
			best = g
		}
	}
	return best
}

// span says which periods are compared.
func (t unitTester) span(found *UnitFigures, start, before, after int) {
	from, until := max(0, start-before), min(len(found.Periods)-1, start+after-1)
	t.Unit.Before, t.Unit.After = before, after
	t.Unit.From, t.Unit.Until = found.Periods[from].String(), found.Periods[max(from, until)].String()
	t.Design.First, t.Design.Last, t.Design.Before, t.Design.After = t.Unit.From, t.Unit.Until, before, after
}

// fitDonors are those that have every figure and no step around each start; the others are left out by name.
func (t unitTester) fitDonors(found *UnitFigures, donors []UnitPlace, starts []int, d evidence.Design) []UnitPlace {
	var fit []UnitPlace
	for _, p := range donors {
		var why *Reason
		for _, start := range starts {
			if why == nil {
				_, _, why = t.unfit(found, p, start, d, OfPlace)
			}
		}
		if why != nil {
			t.Unit.LeftOut = append(t.Unit.LeftOut, UnitLeftOut{p.Name, *why})
			continue
		}
		fit = append(fit, p)
	}
	return fit
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

// judgedBy is the estimate that a place is judged by: with the error by its size where that is known.
func judgedBy(r *evidence.Relative) evidence.Estimate {
	if r.BySize != nil && r.BySize.Interval != nil {
		return *r.BySize
	}
	return r.Estimate
}

// unitEffect states the effect on one place in the measure's unit.
func (t unitTester) unitEffect(found *UnitFigures, start int, r *evidence.Relative) {
	judged := judgedBy(r)
	e := t.effectInPercent(judged)
	t.Unit.Donors, t.Unit.Rank, t.Unit.BySize = r.Donors, r.Rank, r.BySize != nil && r.BySize.Interval != nil
	half := 0.0
	if judged.Interval != nil && r.SE > 0 {
		half = (judged.Interval[1] - judged.Interval[0]) / 2 / float64(judged.SE)
	}
	wider := float64(judged.SE / r.SE) // the band as the interval: by size
	var actual, without float64
	for i, p := range r.Path {
		period := found.Periods[start-r.Before+i].String()
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
	t.Unit.Check = t.checkOf(r.Check, found, start, r.After)
	if r.Baseline != nil {
		t.Unit.Baseline = t.checkOf(*r.Baseline, found, start-r.Before+r.Baseline.Before, r.Before-r.Baseline.Before)
	}
	t.Design.Method = RelativeDiD
	t.why(Why{Code: ComparedWithUnits, Have: r.Donors, Periods: r.Before + r.After, Before: r.Before})
	t.why(Why{Code: JudgedByDonors})
}

// effectInPercent is an effect in logarithms in per cent of what there would have been.
func (t unitTester) effectInPercent(found evidence.Estimate) *Effect {
	p := evidence.InPercent(found)
	e := &Effect{
		Percent: p.Value, PercentInterval: p.Interval, P: found.P, SE: 100 * found.SE, SEType: found.SEType, Detectable: -p.Detectable, Scale: unknown,
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

func (t unitTester) checkOf(c evidence.RelativeCheck, found *UnitFigures, start, after int) *UnitCheck {
	return &UnitCheck{
		Percent:  c.Percent.Value,
		Interval: c.Percent.Interval,
		P:        c.P,
		From:     found.Periods[start].String(),
		Until:    found.Periods[start+after-1].String(),
	}
}

// group tests the mean of several places.
func (t unitTester) group(ctx context.Context, found *UnitFigures, members []member, donors []UnitPlace) error {
	year := t.m.Grain.PerYear()
	least := leastBefore(t.m.Grain)
	_, need := minPeriods(t.m.Grain)
	earliest, after := members[0].start, unitYearsAfter*year
	for _, m := range members {
		earliest = min(earliest, m.start)
		after = min(after, t.after(found, m.start, unitYearsAfter*year))
	}
	t.span(found, earliest, earliest, after)
	switch {
	case after < need:
		return refusal{tooFew(TooFewAfter, after, need, Facts{})}
	case earliest < least:
		return refusal{tooFew(TooFewBefore, earliest, least, Facts{Period: found.Periods[0].String()})}
	}
	g := t.fitMembers(found, members, befores(year, min(2*year, earliest), max(least, min(year, earliest))), after)
	for _, out := range g.out {
		t.Unit.Places[out.at].LeftOut = out.why
	}
	if len(g.members) == 0 {
		return refusal{*g.out[0].why}
	}
	d, of, treated, starts := g.design, g.members, g.treated, g.starts
	t.Unit.AtStart = g.atStart
	fit := t.fitDonors(found, donors, starts, d)
	if len(fit) < MinUnitDonors {
		return refusal{tooFew(TooFewPlaces, len(fit), MinUnitDonors, Facts{})}
	}
	t.span(found, earliest, d.Before, after)
	if len(treated) == 1 { // the others are left out
		r, err := t.compared(ctx, of[0].place, fit, of[0].start, d)
		if err != nil {
			return err
		}
		t.unitEffect(found, of[0].start, r)
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
	e := t.effectInPercent(mean.Estimate)
	var actual float64
	for _, m := range of {
		actual += stat.Mean(m.place.Outcome[m.start:m.start+after], nil) * float64(after)
	}
	without := actual / math.Exp(float64(mean.Value))
	t.unitExpected = without / float64(after)
	t.Effect = e // a mean over places, each weighing the same, is no number of cases
	if err := t.alone(ctx, treated, units, d); err != nil {
		return err
	}
	t.Unit.Donors, t.Unit.DonorFootprints, t.Unit.Rho = mean.Donors, mean.DonorClusters, mean.Rho
	for i, m := range mean.Members {
		t.Unit.Places[of[i].at].Percent = m.Percent.Value
	}
	t.Unit.Check = t.checkOf(mean.Check, found, earliest, after)
	if mean.Baseline != nil {
		t.Unit.Baseline = t.checkOf(*mean.Baseline, found, earliest-d.Before+mean.Baseline.Before, d.Before-mean.Baseline.Before)
	}
	t.Design.Method = MeanRelativeDiD
	t.why(Why{Code: GroupOfUnits, Have: mean.Units, Need: len(t.Unit.Places)})
	t.why(Why{Code: ComparedWithUnits, Have: mean.Donors, Periods: d.Before + d.After, Before: d.Before})
	t.why(Why{Code: JudgedTogether})
	return nil
}

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
	r := Result{Unit: &UnitTest{Rho: unknown}}
	other := *t.test
	other.Result, other.later = &r, true
	again := unitTester{&other, t.where}
	first := firstBefore(t.m, begin, unitYearsBefore*year)
	found, err := t.data.Places.Follow(ctx, t.m, t.at, first, last)
	if err == nil {
		err = again.throughout(ctx, found, chosen, first, last)
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
func (t unitTester) throughout(ctx context.Context, found *UnitFigures, chosen, first, last catalog.Period) error {
	members, donors, err := t.parts(found, chosen, first, last)
	if err != nil {
		return err
	}
	year := t.m.Grain.PerYear()
	before, after := 2*year, laterYears*year
	for _, m := range members {
		before, after = min(before, m.start), min(after, t.after(found, m.start, laterYears*year))
	}
	least := leastBefore(t.m.Grain)
	if before < least {
		return refusal{tooFew(TooFewBefore, before, least, Facts{Period: found.Periods[0].String()})}
	}
	usable := t.fitMembers(found, members, befores(year, before, max(least, min(year, before))), after)
	if len(usable.members) == 0 {
		return refusal{*usable.out[0].why}
	}
	d, own, treated, starts := usable.design, usable.members, usable.treated, usable.starts
	fit := t.fitDonors(found, donors, starts, d)
	if len(fit) < MinUnitDonors {
		return refusal{tooFew(TooFewPlaces, len(fit), MinUnitDonors, Facts{})}
	}
	t.span(found, own[0].start, d.Before, d.After)
	if len(own) == 1 {
		r, err := t.compared(ctx, own[0].place, fit, own[0].start, d)
		if err == nil {
			t.Effect = t.effectInPercent(judgedBy(r))
		}
		return err
	}
	var units []evidence.Unit
	for _, p := range fit {
		units = append(units, p.Unit)
	}
	g, err := evidence.EstimateGroup(ctx, treated, units, d)
	if err == nil {
		t.Effect = t.effectInPercent(g.Estimate)
	}
	return err
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

// adjust allows for the other measures that were tried of the same scheme, where the change is beyond chance without them: of several tests one finds
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
