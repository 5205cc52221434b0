package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// decisivePart is the part of a place's figure from which organisations that come or go break the series: what is counted before
// and after is not the same, so no change across it can be told from one of the process.
const decisivePart = 0.05

// turnovers are the periods in which the organisations of a place changed so much that its series breaks, by place.
func (c *Composer) turnovers(ctx context.Context, asOf AsOf, m *catalog.Measure) (map[string][]measure.Turnover, error) {
	m = m.Stored()
	if m.Level == catalog.ByEngland || m.Grain.Months() == 12 {
		return nil, nil
	}
	return remember(ctx, c, asOf, "turnovers "+m.ID+" "+m.Hash(), func(ctx context.Context) (map[string][]measure.Turnover, error) {
		amounts, err := c.amounts(ctx, asOf, m)
		return c.turnoversOf(m, amounts), err
	})
}

// amounts are those of all organisations in all periods.
func (c *Composer) amounts(ctx context.Context, asOf AsOf, m *catalog.Measure) ([]measure.Amount, error) {
	return remember(ctx, c, asOf, "amounts "+m.ID+" "+m.Hash(), func(ctx context.Context) ([]measure.Amount, error) {
		return c.Figures.Amounts(ctx, asOf.Bound, m)
	})
}

// mostlyNought tells whether more than half of what organisations report is nought, those apart that never report anything else.
func mostlyNought(amounts []measure.Amount) bool {
	all, noughts := map[string]int{}, map[string]int{}
	for _, a := range amounts {
		all[a.Organisation]++
		if a.Amount.IsZero() {
			noughts[a.Organisation]++
		}
	}
	reports, nought := 0, 0
	for organisation, n := range all {
		if n > noughts[organisation] {
			reports, nought = reports+n, nought+noughts[organisation]
		}
	}
	return nought*2 > reports
}

// tenure is one organisation's time in a place.
type tenure struct {
	place, organisation string
	first, last         time.Time
	came, left          float64 // its amounts in the first and the last period
}

// turnoversOf finds the breaks in the amounts of all organisations. An organisation that pauses has not left, nor has one that reports
// nought of what mostly is nought, such as waits over 12 hours. Where one left and the figure of the place did not fall by at least half
// of what it had, another of the place took its work over, and nothing breaks.
func (c *Composer) turnoversOf(m *catalog.Measure, amounts []measure.Amount) map[string][]measure.Turnover {
	totals := map[string]map[time.Time]float64{}
	var periods []time.Time
	var tenures []tenure
	rare := mostlyNought(amounts)
	for _, a := range amounts {
		if !a.Amount.IsPositive() && !rare {
			continue
		}
		amount := a.Amount.InexactFloat64()
		if totals[a.Footprint] == nil {
			totals[a.Footprint] = map[time.Time]float64{}
		}
		totals[a.Footprint][a.Period] += amount
		periods = append(periods, a.Period)
		if n := len(tenures); n == 0 || tenures[n-1].place != a.Footprint || tenures[n-1].organisation != a.Organisation {
			tenures = append(tenures, tenure{place: a.Footprint, organisation: a.Organisation, first: a.Period, came: amount})
		}
		t := &tenures[len(tenures)-1]
		t.last, t.left = a.Period, amount
	}
	slices.SortFunc(periods, time.Time.Compare)
	periods = slices.Compact(periods)
	at := map[time.Time]int{}
	for i, p := range periods {
		at[p] = i
	}
	type key struct {
		place string
		at    int
	}
	type move struct{ organisation, what string }
	net, moves := map[key]float64{}, map[key][]move{}
	note := func(k key, amount float64, organisation, what string) {
		if amount == 0 {
			return
		}
		net[k] += amount
		if math.Abs(amount) >= decisivePart/2*totals[k.place][periods[k.at]] {
			moves[k] = append(moves[k], move{organisation, what})
		}
	}
	for _, t := range tenures {
		if i := at[t.first]; i > 0 {
			note(key{t.place, i}, t.came, t.organisation, "came")
		}
		if i := at[t.last] + 1; i < len(periods) {
			note(key{t.place, i}, -t.left, t.organisation, "left")
			if successor, ok := c.Reference.Successor(t.organisation); ok {
				if place, ok := c.Reference.Of(successor, periods[i]); ok {
					note(key{place, i}, t.left, t.organisation, "joined "+c.organisationName(successor))
				}
			}
		}
	}
	found := map[string][]measure.Turnover{}
	for k, amount := range net {
		before, now := totals[k.place][periods[k.at-1]], totals[k.place][periods[k.at]]
		part := amount / max(before, now)
		if math.Abs(part) < decisivePart || (now-before)*math.Copysign(1, amount) < math.Abs(amount)/2 {
			continue
		}
		p := catalog.Period{Start: periods[k.at], Grain: m.Grain}
		var codes, names []string
		for _, move := range moves[k] {
			codes = append(codes, move.organisation)
		}
		named := c.apart(codes)
		for _, move := range moves[k] {
			names = append(names, named[move.organisation]+" "+move.what)
		}
		found[k.place] = append(found[k.place], measure.Turnover{From: p, Part: part,
			Words: fmt.Sprintf("organisations with %.0f%% of the figure changed (%s)", math.Abs(part)*100, list(names))})
	}
	for _, turnovers := range found {
		slices.SortFunc(turnovers, func(a, b measure.Turnover) int { return cmp.Compare(a.From.Start.Unix(), b.From.Start.Unix()) })
	}
	return found
}
