package measure

import (
	"math"
	"slices"
	"time"

	"stpdash/internal/catalog"
)

// DecisivePart is the part of a place's figure from which organisations that come or go break the series: what is counted before
// and after is not the same, so no change across it can be told from one of the process.
const DecisivePart = 0.05

// Amount is what an organisation of a place had of a measure in one period, to find where series break: it is no figure.
type Amount struct {
	Footprint, Organisation string
	Period                  time.Time
	Amount                  float64 // zero also where none was reported
	Missing                 bool    // none was reported
}

// MembershipBreak is a period in which the organisations of a place changed so much that its series breaks, or in which one of them begins to
// count something else.
type MembershipBreak struct {
	From  catalog.Period
	Part  float64 // of the larger of the figures before and after; over zero where organisations came
	Moves []Move  // of those with a notable part of it
	Steps []OrganisationStep
}

// OrganisationStep is a level that jumped by a change of counting, as an analyst confirmed it.
type OrganisationStep struct{ Organisation, Reason string }

// WithSteps adds to the breaks of a place, or of an organisation, the confirmed steps of the organisations that belong to it. Where both are of one
// period they are one break.
func WithSteps(
	m *catalog.Measure,
	breaks []MembershipBreak,
	belongs func(organisation string, b catalog.OrganisationBreak, from catalog.Period) bool,
) []MembershipBreak {
	breaks = slices.Clone(breaks)
	for _, b := range m.OrganisationBreaks {
		from, err := catalog.ParsePeriod(b.From)
		if err != nil {
			continue
		}
		for _, organisation := range b.Organisations {
			if !belongs(organisation, b, from) {
				continue
			}
			i := slices.IndexFunc(breaks, func(known MembershipBreak) bool { return known.From == from })
			if i < 0 {
				i, breaks = len(breaks), append(breaks, MembershipBreak{From: from})
			}
			breaks[i].Steps = append(slices.Clone(breaks[i].Steps), OrganisationStep{organisation, b.Reason})
		}
	}
	slices.SortStableFunc(breaks, func(a, b MembershipBreak) int { return a.From.Start.Compare(b.From.Start) })
	return breaks
}

// Move is an organisation that came to a place, left it or joined another organisation.
type Move struct {
	Organisation string
	Kind         MoveKind
	Successor    string // that it joined; empty of the other kinds
}

// MoveKind is what an organisation did.
type MoveKind string

// The kinds of move.
const (
	Came   MoveKind = "came"
	Left   MoveKind = "left"
	Joined MoveKind = "joined"
)

// Memberships tells what became of organisations, and where they belong.
type Memberships interface {
	Successor(organisation string) (code string, ok bool)
	Of(organisation string, on time.Time) (place string, ok bool)
}

// mostlyZero tells whether more than half of what organisations report is zero, those apart that never report anything else.
func mostlyZero(amounts []Amount) bool {
	all, zeros := map[string]int{}, map[string]int{}
	for _, a := range amounts {
		all[a.Organisation]++
		if a.Amount == 0 {
			zeros[a.Organisation]++
		}
	}
	reports, zero := 0, 0
	for organisation, n := range all {
		if n > zeros[organisation] {
			reports, zero = reports+n, zero+zeros[organisation]
		}
	}
	return zero*2 > reports
}

// tenure is one organisation's time in a place.
type tenure struct {
	place, organisation string
	first, last         time.Time
	came, left          float64 // its amounts in the first and the last period
}

// tenures are those in all amounts, of which the periods of each organisation follow each other, with what each place has in each period.
func tenures(amounts []Amount) (all []tenure, totals map[string]map[time.Time]float64, periods []time.Time) {
	totals = map[string]map[time.Time]float64{}
	rare := mostlyZero(amounts)
	for _, a := range amounts {
		if a.Amount <= 0 && !rare {
			continue
		}
		amount := a.Amount
		if totals[a.Footprint] == nil {
			totals[a.Footprint] = map[time.Time]float64{}
		}
		totals[a.Footprint][a.Period] += amount
		periods = append(periods, a.Period)
		if n := len(all); n == 0 || all[n-1].place != a.Footprint || all[n-1].organisation != a.Organisation {
			all = append(all, tenure{place: a.Footprint, organisation: a.Organisation, first: a.Period, came: amount})
		}
		t := &all[len(all)-1]
		t.last, t.left = a.Period, amount
	}
	slices.SortFunc(periods, time.Time.Compare)
	return all, totals, slices.Compact(periods)
}

// MembershipBreaks finds the breaks in the amounts of all organisations, by place. An organisation that pauses has not left, nor has one
// that reports zero of what mostly is zero, such as waits over 12 hours. Where one left and the figure of the place did not fall by at
// least half of what it had, another of the place took its work over, and nothing breaks.
func MembershipBreaks(grain catalog.Grain, amounts []Amount, memberships Memberships) map[string][]MembershipBreak {
	all, totals, periods := tenures(amounts)
	at := map[time.Time]int{}
	for i, p := range periods {
		at[p] = i
	}
	type key struct {
		place string
		at    int
	}
	net, moves := map[key]float64{}, map[key][]Move{}
	note := func(k key, amount float64, move Move) {
		if amount == 0 {
			return
		}
		net[k] += amount
		if math.Abs(amount) >= DecisivePart/2*totals[k.place][periods[k.at]] {
			moves[k] = append(moves[k], move)
		}
	}
	for _, t := range all {
		if i := at[t.first]; i > 0 {
			note(key{t.place, i}, t.came, Move{Organisation: t.organisation, Kind: Came})
		}
		if i := at[t.last] + 1; i < len(periods) {
			note(key{t.place, i}, -t.left, Move{Organisation: t.organisation, Kind: Left})
			if successor, ok := memberships.Successor(t.organisation); ok {
				// One that begins with the merger has come itself, with all that it took over.
				if place, ok := memberships.Of(successor, periods[i]); ok && !slices.ContainsFunc(all, func(s tenure) bool {
					return s.organisation == successor && s.place == place && !s.first.Before(periods[i])
				}) {
					note(key{place, i}, t.left, Move{t.organisation, Joined, successor})
				}
			}
		}
	}
	found := map[string][]MembershipBreak{}
	for k, amount := range net {
		before, now := totals[k.place][periods[k.at-1]], totals[k.place][periods[k.at]]
		part := amount / max(before, now)
		if math.Abs(part) < DecisivePart || (now-before)*math.Copysign(1, amount) < math.Abs(amount)/2 {
			continue
		}
		found[k.place] = append(found[k.place], MembershipBreak{From: catalog.Period{Start: periods[k.at], Grain: grain}, Part: part, Moves: moves[k]})
	}
	for _, breaks := range found {
		slices.SortFunc(breaks, func(a, b MembershipBreak) int { return a.From.Start.Compare(b.From.Start) })
	}
	return found
}
