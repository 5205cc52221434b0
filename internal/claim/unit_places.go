package claim

import (
	"math"
	"slices"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
)

// unitTrial tests the claim with the figures of all places of one kind.
type unitTrial struct {
	unitTester
	found *UnitFigures
}

// mark names the gaps and steps of a place in the years around its start.
func (t unitTrial) mark(p UnitPlace, start int, d evidence.Design) {
	year := t.m.Grain.PerYear()
	from, until := max(0, start-unitYearsBefore*year), min(len(t.found.Periods), start+laterYears*year)
	within := func(at int) bool { return at > start-d.Before && at < start+d.After }
	period := func(at int) string { return t.found.Periods[at].String() }
	for i, at := range p.Breaks {
		if at < from || at >= until {
			continue
		}
		m := UnitMark{Place: p.Name, Period: period(at), Size: evidence.Number(100 * p.Steps[i].Size), Within: within(at)}
		for near := max(0, at-nearStart); near <= min(at+nearStart, len(t.found.Periods)-1) && p.Steps[i].Confirmed; near++ {
			for _, code := range p.Codes { // the rule may find a step some periods from where an analyst dates it
				if b := t.m.BreakOf(code, t.found.Periods[near]); b != nil {
					m.Quote = b.Reason
				}
			}
		}
		t.Unit.Marks = append(t.Unit.Marks, m)
	}
	first, last := len(p.Outcome), 0 // of the place's own figures: before and after there is no gap in them
	for at, y := range p.Outcome {
		if !math.IsNaN(y) {
			first, last = min(first, at), at
		}
	}
	for at := max(from, first); at < min(until, last); at++ {
		if !math.IsNaN(p.Outcome[at]) {
			continue
		}
		m := UnitMark{Place: p.Name, Period: period(at), Gap: true}
		for ; at < last && math.IsNaN(p.Outcome[at]); at++ {
			m.Until, m.Within = period(at), m.Within || at >= start-d.Before && at < start+d.After
			for _, code := range p.Codes {
				if g := t.m.Gap(code, t.found.Periods[at]); g != nil {
					m.Quote = g.Reason
				}
			}
		}
		t.Unit.Marks = append(t.Unit.Marks, m)
	}
}

// nearStart is how many periods a step may lie from the start to be taken for what the scheme, or a change of counting then, did.
const nearStart = 2

// maxAtStart is the largest step at the start that is taken for one that a scheme may have made: no claim says so much of a whole place.
const maxAtStart = 0.25

// member is one place of a claim with where its window lies.
type member struct {
	place UnitPlace
	span  catalog.Span
	start int // of the periods
	at    int // of t.Unit.Places
}

// parts finds the places of the claim and those to compare with, and says why others are left out.
func (t unitTrial) parts(chosen, first, last catalog.Period) (members []member, donors []UnitPlace, err error) {
	at := map[string]int{}
	for i, p := range t.found.Periods {
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
		j := slices.IndexFunc(t.found.Places, func(p UnitPlace) bool {
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
		p := t.found.Places[j]
		t.Unit.Places[i].Name = p.Name
		start, within := at[place.Start]
		switch {
		case p.NotScreened != "":
			leave(i, because(NotScreened, Facts{Scope: OfScheme, Organisation: p.Name, Quote: p.NotScreened}))
			continue
		case !within && t.startOf(u, chosen).Start.After(t.found.Periods[0].Start):
			leave(i, because(NothingAfter, Facts{Start: place.Start, Period: t.found.Periods[len(t.found.Periods)-1].String()}))
			continue
		case !within || start == 0:
			leave(i, because(NothingBefore, Facts{Start: place.Start, Period: t.found.Periods[0].String()}))
			continue
		}
		members = append(members, member{p, span, start, i})
	}
	if len(members) == 0 {
		return nil, nil, refusal{*refused}
	}
	if !slices.ContainsFunc(members, func(m member) bool { return t.Unit.Places[m.at].Certainty != catalog.CertaintyGeneral }) {
		// Of none of the places is it published that the scheme was there: what they show tells nothing of it.
		return nil, nil, refuse(PlaceNotPublished, Facts{Scope: OfScheme, Organisation: t.Unit.Places[members[0].at].Name})
	}
	for _, o := range t.data.Places.Overlaps(t.claim, first, last) {
		if o.Unit.At == t.at {
			t.Unit.Overlaps = append(t.Unit.Overlaps, UnitOverlap{o.Unit.Code, o.Other.ID})
		}
	}
	covered := t.data.Places.Covered(t.at, first, last)
	often := oftenFoundIn(t.data.Places.Studies(), t.at, t.m.ID)
	// Where the places compared with tell how far chance goes, those that vary much are a part of it: without them limits would be too narrow.
	bySize := len(members) == 1 && !t.toldByDonors &&
		slices.ContainsFunc(Domains, func(d Domain) bool { return d.At == t.at && d.Measure == t.m.ID && d.Variance != nil })
	for _, p := range t.found.Places {
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
		case often[p.Name] > 0 && bySize:
			leave(because(FoundTooOften, Facts{Scope: OfPlace, Organisation: p.Name}))
		default:
			donors = append(donors, p)
		}
	}
	return members, donors, nil
}

// after are the periods from the start on that are judged and have figures: those of a known event have none.
func (t unitTrial) after(start, most int) int {
	n := 0
	for i := start; i < len(t.found.Periods) && n < most; i++ {
		p := t.found.Periods[i]
		if !t.until.Start.IsZero() && p.Start.After(t.until.Start) || len(t.m.Events(p)) > 0 {
			break
		}
		n++
	}
	return n
}

// unfit is why a place cannot be used in a window; a step at the start is passed over and handed back.
func (t unitTrial) unfit(p UnitPlace, start int, d evidence.Design, scope Scope) (clean UnitPlace, atStart []UnitStep, why *Reason) {
	clean = p
	if scope == OfScheme {
		clean.Breaks = nil
		for i, at := range p.Breaks {
			if at >= start-nearStart && at <= start+nearStart && math.Abs(p.Steps[i].Size) <= maxAtStart && !p.Steps[i].Confirmed {
				atStart = append(atStart, UnitStep{p.Name, t.found.Periods[at].String(), evidence.Number(100 * p.Steps[i].Size)})
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
	if at >= 0 && at < len(t.found.Periods) {
		of.Period = t.found.Periods[at].String()
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
func (t unitTrial) fitMembers(members []member, befores []int, after int) fitGroup {
	var best fitGroup
	for _, before := range befores {
		g := fitGroup{design: evidence.Design{Before: before, After: after}}
		for _, m := range members {
			clean, atStart, why := t.unfit(m.place, m.start, g.design, OfScheme)
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
func (t unitTrial) span(start, before, after int) {
	from, until := max(0, start-before), min(len(t.found.Periods)-1, start+after-1)
	t.Unit.Before, t.Unit.After = before, after
	t.Unit.From, t.Unit.Until = t.found.Periods[from].String(), t.found.Periods[max(from, until)].String()
	t.Unit.LastRead = t.Unit.Until
	t.Design.First, t.Design.Last, t.Design.Before, t.Design.After = t.Unit.From, t.Unit.Until, before, after
}

// fitDonors are those that have every figure and no step around each start; the others are left out by name.
func (t unitTrial) fitDonors(donors []UnitPlace, starts []int, d evidence.Design) []UnitPlace {
	var fit []UnitPlace
	for _, p := range donors {
		var why *Reason
		for _, start := range starts {
			if why == nil {
				_, _, why = t.unfit(p, start, d, OfPlace)
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
