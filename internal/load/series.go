package load

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
)

// SeriesFigure is what a list of every organisation states of one of them, or no longer states, beside what is shown of it.
type SeriesFigure struct {
	Finding // Known is the middle of what the organisation stated in the thirteen periods before and after
	// Broken says how the figure breaks off: "far" from all of those, "risen" by three times and more, "zero" after figures that were steady, or many of
	// the "parts" gone.
	Broken          []string
	Denominator     float64
	Last            float64 // in Compared, the period that is the nearest of those shown
	LastDenominator float64
	LastParts       uint64 // rows that make up the figure there, such as practices
	Parts           uint64 // and here
	Gone            bool   // the list does not have an organisation that carried some of it
	Shrunk          bool   // it does not have some such organisation; then all of the list are told
	Empty           bool   // every figure that the file has of the organisation in the period is 0
	OfMeasures      uint64 // how many those are
	Compared        time.Time
}

func (f SeriesFigure) facts() Facts {
	facts := f.Finding.facts()
	facts.Against = f.Compared.Format(time.DateOnly)
	if len(f.Broken) > 0 {
		facts.Against = f.Broken[0] + " " + facts.Against
	}
	return facts
}

// amount is what the figure, or the last, makes of a list: people of a share or rate, else cases or pounds.
func (f SeriesFigure) amount() float64 {
	return cmp.Or(f.Denominator, math.Abs(f.Figure.InexactFloat64()))
}
func (f SeriesFigure) last() float64 { return cmp.Or(f.LastDenominator, math.Abs(f.Last)) }

// listOf is a measure in a period.
type listOf struct {
	measure string
	period  time.Time
}

// confirmed tells whether it is known that the figures of an organisation were published so, lack something in a period, or are counted differently
// from it on.
func (l asker) confirmed(f SeriesFigure) bool {
	m, ok := l.Catalog.Measure(f.Measure)
	if !ok {
		return false
	}
	at := catalog.Period{Start: f.Period, Grain: m.Grain}
	return l.Catalog.IsPublishedSo(m, f.Organisation, at) || m.Gap(f.Organisation, at) != nil || m.BreakOf(f.Organisation, at) != nil
}

// broken are the series that break off in one way, the largest of each measure and period first.
func (l asker) broken(series []SeriesFigure, how string) [][]SeriesFigure {
	return byList(series, func(f SeriesFigure) bool { return slices.Contains(f.Broken, how) && !l.confirmed(f) })
}

// byList puts figures together that are of one measure and period.
func byList(series []SeriesFigure, of func(SeriesFigure) bool) [][]SeriesFigure {
	return grouped(series, of, func(f SeriesFigure) listOf { return listOf{f.Measure, f.Period} },
		func(f SeriesFigure) float64 { return max(f.amount(), f.Known, f.last()) })
}

// grouped puts the figures together that have a key in common, the largest first, and the groups in the order in which their keys come.
func grouped[K comparable](series []SeriesFigure, of func(SeriesFigure) bool, key func(SeriesFigure) K, size func(SeriesFigure) float64) [][]SeriesFigure {
	at := map[K]int{}
	var groups [][]SeriesFigure
	for _, f := range series {
		if !of(f) {
			continue
		}
		i, known := at[key(f)]
		if !known {
			i = len(groups)
			at[key(f)], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], f)
	}
	for _, group := range groups {
		slices.SortStableFunc(group, func(a, b SeriesFigure) int { return cmp.Compare(size(b), size(a)) })
	}
	return groups
}

// fewMeasures is how many of an organisation's figures must have been over 0 for a row of zeros to be asked about, where the file states as many:
// of what a provider of a single kind of department states, all are 0 when that closes.
const fewMeasures, leastActivity = 3, 500

// emptied are the figures of organisations that the file states nothing but zeros of, though there was something before; the first of each
// organisation and period is its largest.
func (l asker) emptied(series []SeriesFigure) [][]SeriesFigure {
	type row struct {
		organisation string
		period       time.Time
	}
	counted := func(f SeriesFigure) bool {
		m, ok := l.Catalog.Measure(f.Measure)
		return f.Empty && f.Last != 0 && ok && m.Unit != catalog.GBP && !l.confirmed(f)
	}
	rows := grouped(series, counted, func(f SeriesFigure) row { return row{f.Organisation, f.Period} }, func(f SeriesFigure) float64 { return f.Last })
	return slices.DeleteFunc(rows, func(figures []SeriesFigure) bool {
		sum, first := 0.0, figures[0]
		for _, f := range figures {
			sum += math.Abs(f.Last)
		}
		return sum < leastActivity || uint64(len(figures)) < min(fewMeasures, first.OfMeasures) || l.knownToEnd(first.Organisation, first.Period)
	})
}

// slack is how long before its last day the lists may leave out an organisation that ended.
const slack = 3 // months

// knownToEnd tells whether the reference knows to whom work of an organisation had gone in a period.
func (l asker) knownToEnd(organisation string, period time.Time) bool {
	return slices.ContainsFunc(l.Reference.Successions(organisation), func(s footprint.Succession) bool { return !s.From.After(period.AddDate(0, slack, 0)) })
}

// tookOver tells whether the reference knows an organisation whose work another took over.
func (l asker) tookOver(organisation string) bool {
	return len(l.Reference.Predecessors(organisation)) > 0
}

// What organisations must have carried for a list to be asked about that leaves them out: one of them so much, of cases or people or thousands of
// pounds; beside a list of the period or the next, all of them such a share of it, or those of a footprint such a share of that, if that is no trifle.
// Of departments that open and close some are always gone: there it is five at once that are no trifle, or a larger share.
const (
	carriedByOne                      = 1000
	carriedOfList, carriedByAll       = 0.003, 100
	carriedOfFootprint, carriedThere  = 0.1, 50
	departments, carriedByDepartments = 5, 0.02
)

// lost are the organisations that the lists of a period no longer have, with their largest figures, where those were of some size: no other of their
// footprint has taken that over, so that at least half of what they carried is not there.
func (l asker) lost(series []SeriesFigure) [][]SeriesFigure {
	type whose struct {
		organisation string
		period       time.Time
		intermittent bool
	}
	of := func(f SeriesFigure) whose {
		m, ok := l.Catalog.Measure(f.Measure)
		return whose{f.Organisation, f.Period, ok && m.Intermittent}
	}
	lists := byList(series, func(f SeriesFigure) bool { return f.Shrunk })
	largest, taken := map[whose]SeriesFigure{}, map[whose]bool{}
	for _, list := range lists {
		now, before := map[string]float64{}, map[string]float64{}
		both, bothBefore := 0.0, 0.0
		for _, f := range list {
			now[l.placeOf(f)] += f.amount()
			before[l.placeOf(f)] += f.last()
			if f.Parts > 0 && f.LastParts > 0 {
				both += f.amount()
				bothBefore += f.last()
			}
		}
		grown := both / max(bothBefore, 1) // by how much those grew that both lists have
		for _, f := range list {
			if known, ok := largest[of(f)]; f.Gone && !l.knownToEnd(f.Organisation, f.Period) && (!ok || f.last() > known.last()) {
				missing := before[l.placeOf(f)]*grown - now[l.placeOf(f)]
				largest[of(f)], taken[of(f)] = f, l.confirmed(f) || missing*2 < f.last()*grown
			}
		}
	}
	periods := map[time.Time]map[string]SeriesFigure{}
	for _, list := range lists {
		missed := slices.DeleteFunc(slices.Clone(list), func(f SeriesFigure) bool {
			_, known := largest[of(f)]
			return !f.Gone || !known || taken[of(f)] || l.confirmed(f)
		})
		for _, f := range l.missedMuch(list, missed) {
			if periods[f.Period] == nil {
				periods[f.Period] = map[string]SeriesFigure{}
			}
			if known, ok := periods[f.Period][f.Organisation]; !ok || known.last() < largest[of(f)].last() {
				periods[f.Period][f.Organisation] = largest[of(f)]
			}
		}
	}
	var lost [][]SeriesFigure
	for _, period := range slices.SortedFunc(maps.Keys(periods), time.Time.Compare) {
		lost = append(lost, slices.SortedFunc(maps.Values(periods[period]), func(a, b SeriesFigure) int {
			return cmp.Or(cmp.Compare(b.last(), a.last()), cmp.Compare(a.Organisation, b.Organisation))
		}))
	}
	return lost
}

// placeOf is the footprint in which an organisation lay as a whole.
func (l asker) placeOf(f SeriesFigure) string {
	code, _ := l.Reference.Of(f.Organisation, f.Period)
	return code
}

// missedMuch are those of the organisations that a list leaves out which were of some size, alone or together.
func (l asker) missedMuch(list, missed []SeriesFigure) []SeriesFigure {
	if len(missed) == 0 {
		return nil
	}
	m, ok := l.Catalog.Measure(list[0].Measure)
	if !ok {
		return nil
	}
	unit := 1.0
	if m.Unit == catalog.GBP {
		unit = 1000
	}
	all, gone, some := 0.0, 0.0, 0
	before, goneFrom := map[string]float64{}, map[string]float64{}
	for _, f := range list {
		all += f.last()
		before[l.placeOf(f)] += f.last()
	}
	for _, f := range missed {
		gone += f.last()
		goneFrom[l.placeOf(f)] += f.last()
		if f.last() >= carriedThere*unit {
			some++
		}
	}
	own := catalog.Period{Start: missed[0].Period, Grain: m.Grain}
	near := slices.Contains([]catalog.Period{own, own.Previous(), own.Next()}, catalog.Period{Start: missed[0].Compared, Grain: m.Grain})
	if m.Intermittent {
		if near && (some >= departments || gone >= max(carriedByDepartments*all, carriedByOne*unit)) {
			return missed
		}
		return nil
	}
	if near && gone >= max(carriedOfList*all, carriedByAll*unit) {
		return missed
	}
	return slices.DeleteFunc(missed, func(f SeriesFigure) bool {
		at := l.placeOf(f)
		return f.last() < carriedByOne*unit && (!near || at == "" || goneFrom[at] < max(carriedOfFootprint*before[at], carriedThere*unit))
	})
}

// more says how many others there are of which one is named.
func more(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", and so %d more organisations", n)
}

// askOfSeries adds the questions about series that break off.
func (l asker) askOfSeries(series []SeriesFigure, add func(rule string, of finding, found, accepted string)) {
	at := func(measure string, start time.Time) string {
		m, _ := l.Catalog.Measure(measure)
		return catalog.Period{Start: start, Grain: m.Grain}.String()
	}
	for _, list := range l.broken(series, "far") {
		first := list[0]
		add(ruleOwnHistory, first, fmt.Sprintf("%s states %s, and usually about %s%s", l.place(first.Organisation),
			quotient(first.Figure.InexactFloat64(), first.Denominator), figure(first.Known), more(len(list)-1)),
			"less than eight times the most, and more than an eighth of the least, of the thirteen periods before and after; the unit of the publication")
	}
	for _, list := range l.broken(slices.DeleteFunc(slices.Clone(series), func(f SeriesFigure) bool { return l.tookOver(f.Organisation) }), "risen") {
		first := list[0]
		add(
			ruleOwnHistory,
			first,
			fmt.Sprintf("%s states %s, and usually about %s%s", l.place(first.Organisation),
				quotient(first.Figure.InexactFloat64(), first.Denominator), figure(first.Known), more(len(list)-1)),
			"less than three times the most of six or more of the thirteen periods before and after, where those lie closer together; an organisation that took over another's work",
		)
	}
	for _, list := range l.broken(series, "parts") {
		first := list[0]
		add(ruleAllListed, first, fmt.Sprintf(
			"%s is stated in %d parts, and in %d in %s%s",
			l.place(first.Organisation),
			first.Parts,
			first.LastParts,
			at(
				first.Measure,
				first.Compared,
			),
			more(len(list)-1),
		), "more than half of the parts, such as practices, that are shown; of twenty or more, 82 in a hundred or what carries nine tenths")
	}
	for _, list := range l.lost(series) {
		first := list[0]
		first.Rows = nil
		var named []string
		for _, f := range list[:min(len(list), maxStated)] {
			named = append(
				named,
				fmt.Sprintf("%s, which has %s of %s in %s", l.place(f.Organisation), quotient(f.Last, f.LastDenominator), f.Measure, at(f.Measure, f.Compared)),
			)
		}
		if others := len(list) - len(named); others > 0 {
			named = append(named, fmt.Sprintf("and %d more", others))
		}
		add(ruleAllListed, first, "not in the list: "+strings.Join(named, "; "),
			"every organisation that has not ended; others of the footprint state what one that ended did")
	}
	for _, row := range l.emptied(series) {
		first := row[0]
		add(ruleZero, first, fmt.Sprintf("%s states nothing but zeros, after %s of %s in %s", l.place(first.Organisation), figure(first.Last), first.Measure,
			at(first.Measure, first.Compared)), "0 only where there was nothing; what is not known is left blank")
	}
}
