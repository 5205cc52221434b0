package wording

import (
	"cmp"
	"fmt"
	"slices"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/spc"
)

// VariationWords say what the icon of a variation means.
func VariationWords(icon string) string { return Variation(spc.Variation(icon)) }

// Icon is an icon of process control with its words.
type Icon struct {
	Icon  string // a variation or an assurance as package spc names them; empty when it is not known
	Text  string // one or two words that stand beside the icon: "Concern: high"
	Words string // a sentence that says what it means, or why it is not known
}

// UndeterminedOfAll says why it can be told of no figure whether there is a change; empty where it can be of one.
func UndeterminedOfAll(all []figures.LatestFigure, named Names) string {
	if slices.ContainsFunc(all, func(s figures.LatestFigure) bool { return s.Signal.Variation != spc.NoVariation }) {
		return ""
	}
	if u, alike := UndeterminedAlike(all); alike {
		return Undetermined(u, named)
	}
	return "Whether there is a change is not known of any of them; the charts say why."
}

var variationTexts = map[spc.Variation]string{
	spc.NoVariation:          "Not known",
	spc.CommonVariation:      "No significant change",
	spc.ImprovementHigh:      "Improvement: high",
	spc.ImprovementLow:       "Improvement: low",
	spc.ConcernHigh:          "Concern: high",
	spc.ConcernLow:           "Concern: low",
	spc.NeutralVariationHigh: "Unusual change: high",
	spc.NeutralVariationLow:  "Unusual change: low",
}

// ruleClauses say in a clause why a figure is marked.
var ruleClauses = map[spc.Cause]string{
	spc.AboveLimit: "above the upper limit",
	spc.BelowLimit: "below the lower limit",
	spc.Rising: fmt.Sprintf(
		"one of at least %d figures that rise",
		spc.RunLength,
	),
	spc.Falling:   fmt.Sprintf("one of at least %d figures that fall", spc.RunLength),
	spc.NearAbove: "one of 2 in 3 figures near the upper limit",
	spc.NearBelow: "one of 2 in 3 figures near the lower limit",
	spc.RunAbove:  fmt.Sprintf("one of at least %d figures in a row above the mean", spc.RunLength),
	spc.RunBelow:  fmt.Sprintf("one of at least %d figures in a row below the mean", spc.RunLength),
}

// Names names organisations by their codes, so that no two go by one name.
type Names = func(codes []string) map[string]string

// why says in a clause by which rule the figure is marked; empty where it is not.
func why(s *measure.Signal) string {
	if !s.Marked() {
		return ""
	}
	words := RuleOf(s)
	if moved := Contrary(s); moved != "" {
		return fmt.Sprintf("it %s, and is still %s", moved, words)
	}
	return "it is " + words
}

// RuleOf say what the figure is by the rule that marks it.
func RuleOf(s *measure.Signal) string { return cmp.Or(rise(s.Rise), ruleClauses[s.Cause]) }

// Contrary says which way the figure moved, where that is not the way in which it is marked.
func Contrary(s *measure.Signal) string {
	return map[int]string{-1: "fell", 1: "rose"}[s.Contrary()]
}

// Undetermined says in a sentence why the variation is not known, or in a clause why it is not firm; empty where it is both.
func Undetermined(u measure.Undetermined, named Names) string {
	switch u.Why {
	case measure.NoFigure:
		return fmt.Sprintf("No figure for %s, so no change can be seen.", u.Period.Words())
	case measure.Overlapping:
		return "Rolling figures are not tested: neighbouring ones share months, so they have no process limits."
	case measure.TooFewPoints:
		words := fmt.Sprintf("Too few figures to test for a change: we need %d comparable figures. There %s %d.",
			spc.MinimumPoints, map[bool]string{true: "is", false: "are"}[u.Points == 1], u.Points)
		if u.Break != nil {
			words += fmt.Sprintf(" %s %s.", OnPeriod(u.Break.From), MembershipWords(*u.Break, named))
		}
		return words
	case measure.EventsOnly:
		return "Not tested for a change: known events affected every comparable figure."
	case measure.NoWidth:
		return "Not tested for a change: " + Limits(u.Limits) + "."
	}
	return Limits(u.Limits)
}

// VariationIcon tells whether the latest figure is more than chance; of no signal that it is not known.
func VariationIcon(s *measure.Signal, named Names) Icon {
	if s == nil {
		return NewVariationIcon(spc.NoVariation, "")
	}
	sign := NewVariationIcon(s.Variation, Undetermined(s.Undetermined, named))
	if why := why(s); why != "" {
		sign.Words += " " + Capital(why) + "."
	}
	if !s.Of.Start.IsZero() {
		sign.Text += " in " + s.Of.Words()
		sign.Words += fmt.Sprintf(" This is of %s, as a known event bent what came later.", s.Of.Words())
	}
	return sign
}

// NewVariationIcon is the sign of a variation, with why it is not known or not firm.
func NewVariationIcon(v spc.Variation, untold string) Icon {
	sign := Icon{string(v), variationTexts[v], Variation(v)}
	switch {
	case v == spc.NoVariation:
		sign.Words = cmp.Or(untold, sign.Words)
	case untold != "": // the limits have no width, which weakens what is said
		sign.Words += " The limits are weak: " + untold + "."
	}
	return sign
}

// AssuranceTexts name the kinds of assurance.
var AssuranceTexts = map[spc.Assurance]string{
	spc.ConsistentPass: "Consistently passing",
	spc.ConsistentFail: "Consistently falling short",
	spc.Inconsistent:   "Passing and falling short",
}

// unknownRequirement is why the value of the target that governs the period is not known; nothing where it is.
func unknownRequirement(s *measure.Signal) measure.UnjudgedReason {
	if j, ok := s.Judged(); ok && !j.Required.Valid {
		return j.Reason
	}
	return measure.UnjudgedReason{}
}

// AssuranceIcon tells whether the process can be relied on to meet the target, or why that is not judged.
func AssuranceIcon(m *catalog.Measure, s *measure.Signal) Icon {
	switch {
	case s == nil || s.Target == nil:
		return Icon{Text: "No target", Words: "There is no target for this period here."}
	case unknownRequirement(s).Code != "":
		return Icon{Text: "Not known", Words: "What the target requires is not known: " + Unjudged(unknownRequirement(s)) + "."}
	case m.Direction == catalog.Neutral:
		return Icon{Text: "Not judged", Words: "Whether the target is met by the process is not judged, because neither higher nor lower is good in itself."}
	case s.Assurance == spc.NoAssurance:
		return Icon{Text: "Not known", Words: "Without firm process limits it is not known whether the process can be relied on to meet the target."}
	case s.Assurance == spc.Inconsistent && s.Met == 0 && s.MetOf > 0: // such as none late, where the limits reach below zero
		return Icon{Text: "Not known", Words: fmt.Sprintf(
			"The process limits reach the target, but it was met in 0 of %d figures: whether chance alone would ever meet it is not known.", s.MetOf)}
	}
	sign := Icon{string(s.Assurance), AssuranceTexts[s.Assurance], Assurance(s.Assurance)}
	if s.MetOf > 0 {
		sign.Words += fmt.Sprintf(" It was met in %d of %d figures.", s.Met, s.MetOf)
	}
	return sign
}

var kindWords = map[spc.Variation]string{
	spc.ConcernHigh:          "of concern (high)",
	spc.ConcernLow:           "of concern (low)",
	spc.ImprovementHigh:      "of improvement (high)",
	spc.ImprovementLow:       "of improvement (low)",
	spc.NeutralVariationHigh: "that is neither good nor bad in itself (high)",
	spc.NeutralVariationLow:  "that is neither good nor bad in itself (low)",
}

// UndeterminedAlike tells why the variation of no place is known, where that of those with a figure has one reason.
func UndeterminedAlike(places []figures.LatestFigure) (u measure.Undetermined, alike bool) {
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

// VariationSummary says how many places show an unusual change of which kind.
func VariationSummary(places []figures.LatestFigure, named Names) string {
	counts := map[spc.Variation]int{}
	for _, s := range places {
		counts[s.Signal.Variation]++
	}
	untold := counts[spc.NoVariation]
	if untold == len(places) {
		if u, alike := UndeterminedAlike(places); alike {
			return "The footprints: " + Undetermined(u, named)
		}
		return fmt.Sprintf("For none of the %d footprints is it known whether the change is unusual.", len(places))
	}
	var kinds []string
	for _, kind := range spc.Special {
		if n := counts[kind]; n > 0 {
			words := fmt.Sprint(n)
			if len(kinds) == 0 {
				words = Plural(n, "shows", "show") + " an unusual change"
			}
			kinds = append(kinds, words+" "+kindWords[kind])
		}
	}
	words := fmt.Sprintf("Of the %d footprints, ", len(places))
	if len(kinds) > 0 {
		words += List(kinds)
	} else {
		words += "none shows an unusual change"
	}
	words += "; " + Plural(counts[spc.CommonVariation], "shows", "show") + " no significant change"
	if untold > 0 {
		words += fmt.Sprintf("; for %d it is not known", untold)
	}
	return words + "."
}
