package dashboard

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/rates"
	"stpdash/internal/spc"
)

// variationKinds are the kinds of special cause in the order in which they are told.
var variationKinds = []spc.Variation{spc.ConcernHigh, spc.ConcernLow, spc.ImprovementHigh, spc.ImprovementLow, spc.NeutralVariationHigh, spc.NeutralVariationLow}

var kindWords = map[spc.Variation]string{
	spc.ConcernHigh: "of concern (high)", spc.ConcernLow: "of concern (low)", spc.ImprovementHigh: "of improvement (high)", spc.ImprovementLow: "of improvement (low)",
	spc.NeutralVariationHigh: "that is neither good nor bad in itself (high)", spc.NeutralVariationLow: "that is neither good nor bad in itself (low)",
}

// sentences say beside the headline how England and the 44 stand.
func (v view) sentences(england figures.Standing, places []figures.Standing, compared measure.Comparison) []string {
	var sentences []string
	if england.Before != nil && england.Before.Value.Valid {
		sentences = append(sentences, fmt.Sprintf("In %s it was %s.", england.Before.Period.Words(), written(v.m, england.Before.Value.Decimal)))
	}
	sentences = append(sentences, v.m.Events(v.at)...)
	change := VariationSign(england.Signal, v.c.directory.Named).Words
	if len(places) == 0 {
		return append(sentences, "England: "+change, "The figures are stated for England as a whole; the footprints have none.")
	}
	if u, alike := undeterminedAlike(places); alike && u == england.Signal.Undetermined && england.Signal.Variation == spc.NoVariation && england.Signal.Of.Start.IsZero() {
		sentences = append(sentences, "England and the footprints: "+change)
	} else {
		sentences = append(sentences, "England: "+change, variationTally(places, v.c.directory.Named))
	}
	without := 0
	for _, s := range places {
		if !s.Now.Value.Valid {
			without++
		}
	}
	if without > 0 {
		sentences = append(sentences, fmt.Sprintf("%s no figure for %s.", plural(without, "footprint has", "footprints have"), v.at.Words()))
	}
	if f := compared.Funnel; f != nil && !math.IsNaN(f.Baseline) {
		sentences = append(sentences, funnelTally(f))
	}
	asked := false
	for _, t := range governingFirst(v.c.directory.Catalog.TargetsOf(v.m.ID), places) {
		if standing := targetTally(t, places); standing != "" {
			sentences, asked = append(sentences, fmt.Sprintf("%s: %s", t.Title, standing)), true
		}
	}
	if !asked {
		sentences = append(sentences, fmt.Sprintf("No target asks for anything of the footprints %s.", inPeriod(v.at)))
	}
	return sentences
}

// undeterminedAlike tells why the variation of no place is known, where that of those with a figure has one reason.
func undeterminedAlike(places []figures.Standing) (u measure.Undetermined, alike bool) {
	for _, s := range places {
		switch {
		case s.Signal.Variation != spc.NoVariation:
			return u, false
		case !s.Now.Value.Valid:
		case !alike:
			u, alike = s.Signal.Undetermined, true
		case u != s.Signal.Undetermined:
			return u, false
		}
	}
	return u, alike
}

// variationTally says how many places show special cause of which kind.
func variationTally(places []figures.Standing, named Names) string {
	tally := map[spc.Variation]int{}
	for _, s := range places {
		tally[s.Signal.Variation]++
	}
	untold := tally[spc.NoVariation]
	if untold == len(places) {
		if u, alike := undeterminedAlike(places); alike {
			return "The footprints: " + Undetermined(u, named)
		}
		return fmt.Sprintf("For none of the %d footprints can it be told whether the figure is more than chance.", len(places))
	}
	var kinds []string
	for _, kind := range variationKinds {
		if n := tally[kind]; n > 0 {
			words := fmt.Sprint(n)
			if len(kinds) == 0 {
				words = plural(n, "shows", "show") + " special cause variation"
			}
			kinds = append(kinds, words+" "+kindWords[kind])
		}
	}
	words := fmt.Sprintf("Of the %d footprints, ", len(places))
	if len(kinds) > 0 {
		words += list(kinds)
	} else {
		words += "none shows special cause variation"
	}
	words += "; " + plural(tally[spc.CommonVariation], "shows", "show") + " no significant change"
	if untold > 0 {
		words += fmt.Sprintf("; for %d it cannot be told", untold)
	}
	return words + "."
}

// funnelTally says how many places lie beyond the funnel's limits.
func funnelTally(f *rates.Funnel) string {
	lie := map[rates.Significance]int{}
	for _, u := range f.Units {
		if u.Reason == "" {
			_, lies := u.Verdict()
			lie[lies]++
		}
	}
	allows := "chance alone"
	if f.Tau2 > 0 {
		allows = "chance and the differences usual between footprints"
	}
	words := fmt.Sprintf("Beside each other, %s above and %d below the funnel's 99.8%% limits, which allow for %s", plural(lie[rates.High3s], "lies", "lie"),
		lie[rates.Low3s], allows)
	if n := lie[rates.High2s] + lie[rates.Low2s]; n > 0 {
		words += fmt.Sprintf("; %s beyond the 95%% limits, where about 1 in 20 would lie anyway", plural(n, "more lies", "more lie"))
	}
	return words + "."
}

// tallyStates counts the states of the places whose period a target governs, and tells whether there are any.
func tallyStates(t *catalog.Target, standings []figures.Standing) (tally map[measure.State]int, governs bool) {
	tally = map[measure.State]int{}
	for _, s := range standings {
		if j, ok := s.Signal.Judged(); ok && j.Target == t {
			tally[j.State]++
			governs = true
		}
	}
	return tally, governs
}

// targetTally says how many places stand how against a target that governs the period, and how many reach what one asks for that does not;
// empty when it asks nothing of any of them.
func targetTally(t *catalog.Target, standings []figures.Standing) string {
	tally, governs := tallyStates(t, standings)
	var parts []string
	if governs {
		for _, of := range []struct {
			state     measure.State
			one, many string
		}{
			{measure.Met, "footprint meets it", "footprints meet it"},
			{measure.OnTrajectory, "is on the way to it", "are on the way to it"},
			{measure.OffTrajectory, "does not meet what it asks for", "do not meet what it asks for"},
			{measure.CannotTell, "cannot be told", "cannot be told"},
		} {
			if n := tally[of.state]; n > 0 || of.state == measure.Met {
				parts = append(parts, plural(n, of.one, of.many))
			}
		}
	}
	if reached, of := results(t, standings); of > 0 {
		parts = append(parts, fmt.Sprintf("%d of %s reach it, but their state is by another target", reached, plural(of, "footprint", "footprints")))
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "; ") + "."
}

// governingFirst puts the targets that govern the period of any place before the others.
func governingFirst(targets []*catalog.Target, standings []figures.Standing) []*catalog.Target {
	targets = slices.Clone(targets)
	slices.SortStableFunc(targets, func(a, b *catalog.Target) int {
		_, first := tallyStates(a, standings)
		_, second := tallyStates(b, standings)
		return boolRank(!first) - boolRank(!second)
	})
	return targets
}

// results counts the places whose period another target governs, and in how many of them this one is reached all the same.
func results(t *catalog.Target, standings []figures.Standing) (reached, of int) {
	for _, s := range standings {
		if s.Signal == nil {
			continue
		}
		for _, j := range s.Signal.Judgements {
			if j.Target == t && !j.Governs && j.Asked.Valid && j.State != measure.CannotTell {
				of++
				if j.State != measure.OffTrajectory {
					reached++
				}
			}
		}
	}
	return reached, of
}

// targetRows are the targets with how England and the footprints stand; without standings none is stated.
func targetRows(m *catalog.Measure, targets []*catalog.Target, standings []figures.Standing) []TargetRow {
	var rows []TargetRow
	for _, t := range governingFirst(targets, standings) {
		row := TargetRow{Title: t.Title, Note: t.Note, Source: t.Citation.Title, URL: t.Citation.URL, Asks: targetAsks(m, t)}
		var parts []string
		if len(standings) > 0 {
			for _, j := range standings[0].Signal.Judgements {
				if j.Target == t {
					words := lowerFirst(stateText(m, j))
					if !j.Governs {
						words = lowerFirst(resultWords[j.State])
					}
					if j.Reason != "" {
						words += ", because " + j.Reason
					}
					parts = append(parts, "England: "+words+".")
				}
			}
			places := slices.DeleteFunc(slices.Clone(standings), func(s figures.Standing) bool { return s.Scope.Footprint == nil })
			if tally := targetTally(t, places); tally != "" {
				parts = append(parts, tally)
			}
		}
		row.Standing = strings.Join(parts, " ")
		rows = append(rows, row)
	}
	return rows
}

// targetAsks is a trajectory in words.
func targetAsks(m *catalog.Measure, t *catalog.Target) string {
	bound := map[catalog.Bound]string{catalog.AtLeast: "At least", catalog.AtMost: "At most"}[t.Bound]
	base, multiples := t.BaselinePeriod()
	var values []string
	for _, w := range t.Values {
		value := written(m, w.Amount)
		if multiples {
			value = grouped(w.Amount.Mul(hundred), 1) + "% of the figure of " + base.Words()
		}
		when := " from "
		if t.Shape != catalog.Step {
			when = " in "
		}
		values = append(values, value+when+w.At.Words())
	}
	words := bound + " " + list(values)
	if t.Shape == catalog.Line && len(t.Values) > 1 {
		words += ", in a straight line between"
	}
	if until, err := catalog.ParsePeriod(t.Until); err == nil {
		words += ", until " + until.Words()
	}
	if t.Tolerance().IsPositive() {
		words += fmt.Sprintf("; figures up to %s on the wrong side count as on trajectory", written(m, t.Tolerance()))
	}
	return words + "."
}

// addingUp says how the figures of organisations and of periods make one.
func addingUp(m *catalog.Measure) []string {
	var sentences []string
	switch {
	case m.Level == catalog.ByEngland:
		sentences = append(sentences, "It is stated for England as a whole and not for organisations.")
	case m.Derived != nil:
		sentences = append(sentences, "It is worked out for each place from the figures of that place.")
	case m.Ratio():
		sentences = append(sentences, "Numerators and denominators of the organisations in a place are added up before one is divided by the other. Without every organisation there is no figure.")
	default:
		sentences = append(sentences, "The figures of the organisations in a place are added up. Without every organisation there is no figure.")
	}
	switch {
	case m.Derived != nil && m.Derived.By == catalog.YearChange:
		sentences = append(sentences, "Changes of several periods do not add up.")
	case m.OverTime == catalog.EndOfPeriod:
		sentences = append(sentences, "Of several periods the last one stands for all.")
	case m.OverTime == catalog.Averaged:
		sentences = append(sentences, "Of several periods the mean is taken.")
	case m.Overlaps():
		sentences = append(sentences, "Its figures share months, so those of several periods do not add up.")
	case m.Ratio():
		sentences = append(sentences, "Of several periods numerators and denominators are added up before one is divided by the other.")
	default:
		sentences = append(sentences, "The figures of several periods are added up.")
	}
	return sentences
}
