package wording

import (
	"fmt"
	"slices"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/review"
)

// Review says what a week brought.
type Review struct{ *review.Review }

// said says what happened to measures of the same counts in an area.
func said(measures []*catalog.Measure, area figures.Area, one, many string) string {
	var titles []string
	for _, m := range measures {
		titles = append(titles, "“"+m.Title+"”")
	}
	return fmt.Sprintf("%s %s in %s", List(titles), map[bool]string{true: one, false: many}[len(titles) == 1], area.Name)
}

// turned counts the figures whose state turned so, and gives the last of them.
func (r Review) turned(turns ...review.Turn) (n int, last review.StateChange) {
	for _, c := range r.States {
		if slices.Contains(turns, c.Turn) {
			n, last = n+1, c
		}
	}
	return n, last
}

// signalled counts the unusual changes that turned so, and gives the last of them.
func (r Review) signalled(turn review.SignalTurn) (n int, last review.SignalChange) {
	for _, c := range r.Signals {
		if c.Turn == turn {
			n, last = n+1, c
		}
	}
	return n, last
}

// verdicts counts those that changed, and the claims that were tested for the first time.
func (r Review) verdicts() (changed, first int) {
	for _, c := range r.Claims {
		switch {
		case c.First():
			first++
		case c.Changed():
			changed++
		}
	}
	return changed, first
}

// loaded tells whether a file came, or one was withdrawn.
func (r Review) loaded() bool { return r.Files(load.Published)+r.Files(load.Withdrawn) > 0 }

func (r Review) differ() uint64 { return r.Figures(figures.Causes...) }

// Brought tells whether the week brought anything that is told: a figure that differs or is judged otherwise, or another verdict.
func (r Review) Brought() bool {
	changed, _ := r.verdicts()
	return r.differ() > 0 || len(r.States)+len(r.Signals)+changed > 0
}

// Changed counts the figures that differ, in a sentence; empty where there are none.
func (r Review) Changed() string {
	if r.differ() == 0 {
		return ""
	}
	return "Figures: " + List(r.differences()) + "."
}

// differences counts the figures that differ by what made them differ.
func (r Review) differences() (words []string) {
	for _, n := range []struct {
		figures uint64
		words   string
	}{
		{r.Figures(figures.NewPeriod), "new"},
		{r.Figures(figures.Revision), "revised"},
		{r.Figures(figures.Withdrawal), "no longer as they were, because a load was withdrawn"},
		{r.Figures(figures.DefinitionChange, figures.MembershipChange), "made anew by other definitions or memberships"},
	} {
		if n.figures > 0 {
			words = append(words, fmt.Sprintf("%s %s", Grouped(DecimalOf(n.figures), 0), n.words))
		}
	}
	return words
}

// Finding is the headline.
func (r Review) Finding() string {
	week := "this week"
	if r.Running {
		week = "this week so far"
	}
	var parts []string
	add := func(n int, lead, one, many string) {
		switch {
		case n == 1 && lead != "":
			parts = append(parts, lead)
		case n > 0:
			parts = append(parts, Plural(n, one, many))
		}
	}
	off, lead := r.turned(review.WentOff)
	missed, _ := r.turned(review.Missed)
	concern, alarm := r.signalled(review.NewConcern)
	back, _ := r.turned(review.CameBack)
	verdicts, _ := r.verdicts()
	if off > 0 {
		add(off, said([]*catalog.Measure{lead.Measure}, lead.Place, "went off track", ""), "", "figures went off track")
	}
	add(missed, "", "figure misses a target that fell due", "figures miss a target that fell due")
	if concern > 0 {
		add(
			concern,
			said(alarm.Measures, alarm.Place, "shows a new unusual change of concern", "show a new unusual change of concern"),
			"",
			"figures show a new unusual change of concern",
		)
	}
	add(back, "", "figure is back on track", "figures are back on track")
	add(verdicts, "", "verdict on a claim changed", "verdicts on claims changed")
	switch {
	case len(parts) > 0:
		return strings.Join(parts, "; ")
	case r.First:
		return "The first figures were loaded this week: all of them are new"
	case r.differ() > 0:
		words := Plural(int(r.differ()), "figure is new or differs", "figures are new or differ")
		if fresh := r.Figures(figures.NewPeriod); fresh == r.differ() {
			words = Plural(int(fresh), "figure is new", "figures are new")
		}
		return words + "; none went off track or shows a new unusual change of concern"
	case r.loaded():
		return fmt.Sprintf("What was loaded %s changed no figure of %s", week, r.Region.Name)
	default:
		return fmt.Sprintf("Nothing was loaded %s, so nothing changed", week)
	}
}

// Sentences add the counts to the headline.
func (r Review) Sentences() []string {
	var all []string
	say := func(format string, a ...any) { all = append(all, fmt.Sprintf(format, a...)) }
	published, failed, withdrawn := r.Files(load.Published), r.Files(load.Failed), r.Files(load.Withdrawn)
	switch {
	case r.loaded():
		words := []string{Plural(published, "file was loaded", "files were loaded")}
		if failed > 0 {
			words = append(words, fmt.Sprintf("%d failed", failed))
		}
		if withdrawn > 0 {
			words = append(words, fmt.Sprintf("%d withdrawn", withdrawn))
		}
		say("%s.", List(words))
	case failed > 0:
		say("%s, so nothing changed.", Plural(failed, "file failed", "files failed"))
	default:
		say("Nothing was loaded.")
	}
	if r.differ() > 0 {
		say("Figures of the %d footprints of %s: %s.", len(r.Places), r.Region.Name, List(r.differences()))
	} else {
		say("No figure of the %d footprints of %s changed.", len(r.Places), r.Region.Name)
	}
	off, _ := r.turned(review.WentOff)
	back, _ := r.turned(review.CameBack)
	other, _ := r.turned(review.Otherwise)
	due, _ := r.turned(review.Missed, review.Due)
	missed, _ := r.turned(review.Missed)
	if off+back+other > 0 {
		say("Against targets %d went off track, %d are back on track, %d changed in another way.", off, back, other)
	} else if due+r.FirstJudged == 0 {
		say("No target status changed.")
	}
	if due > 0 {
		say(
			"%s that did not govern the figure before; %d of them off track.",
			Plural(due, "figure is judged by a target", "figures are judged by targets"),
			missed,
		)
	}
	if r.FirstJudged > 0 {
		say("%s for the first time.", Plural(r.FirstJudged, "figure is compared with a target", "figures are compared with targets"))
	}
	concern, _ := r.signalled(review.NewConcern)
	ended, _ := r.signalled(review.EndedConcern)
	others, _ := r.signalled(review.OtherSignal)
	if concern+ended+others > 0 {
		say("Unusual changes of concern: %d new, %d ended; other signals that began or ended: %d.", concern, ended, others)
	} else if !r.First {
		say("No unusual change began or ended.")
	}
	switch changed, first := r.verdicts(); {
	case changed > 0:
		say("%s.", Plural(changed, "verdict on a claim about the region or England changed", "verdicts on claims about the region or England changed"))
	case first > 0:
		say("%s for the first time.", Plural(first, "claim about the region or England was tested", "claims about the region or England were tested"))
	default:
		say("No verdict on a claim changed.")
	}
	if figures, places := r.OffTrack(); figures > 0 {
		say("Off track at the end: %s, in %d of %d footprints.", Plural(figures, "figure", "figures"), places, len(r.Places))
	} else {
		say("No known figure is off track.")
	}
	return all
}

// Verdicts says in a sentence what changed about the claims of the region and of England.
func (r Review) Verdicts() string {
	changed, first := r.verdicts()
	words := "No verdict on a claim changed."
	if changed > 0 {
		words = Plural(changed, "verdict on a claim about", "verdicts on claims about") + " the region or England changed."
	}
	if first == 0 {
		return words
	}
	counts := map[string]int{}
	var verdicts []string
	for _, c := range r.Claims {
		if c.First() {
			if counts[c.Now.Verdict] == 0 {
				verdicts = append(verdicts, c.Now.Verdict)
			}
			counts[c.Now.Verdict]++
		}
	}
	slices.SortStableFunc(verdicts, func(a, b string) int { return counts[a] - counts[b] })
	for i, v := range verdicts {
		verdicts[i] = fmt.Sprintf("%d %s", counts[v], v)
	}
	return fmt.Sprintf(
		"%s %s for the first time: %s.",
		words,
		Plural(first, "claim about the region or England was tested", "claims about the region or England were tested"),
		List(verdicts),
	)
}
