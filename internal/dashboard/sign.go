package dashboard

import (
	"cmp"
	"fmt"
	"slices"

	"stpdash/internal/catalog"
	"stpdash/internal/spc"
)

var variationTexts = map[spc.Variation]string{
	spc.NoVariation:          "Cannot be told",
	spc.CommonVariation:      "No significant change",
	spc.ImprovementHigh:      "Improvement: high",
	spc.ImprovementLow:       "Improvement: low",
	spc.ConcernHigh:          "Concern: high",
	spc.ConcernLow:           "Concern: low",
	spc.NeutralVariationHigh: "Special cause: high",
	spc.NeutralVariationLow:  "Special cause: low",
}

// ruleClauses say in a clause why a figure is marked.
var ruleClauses = map[spc.Cause]string{
	spc.AboveLimit: "above the upper limit", spc.BelowLimit: "below the lower limit",
	spc.Rising: fmt.Sprintf("one of at least %d figures that rise", spc.RunLength), spc.Falling: fmt.Sprintf("one of at least %d figures that fall", spc.RunLength),
	spc.NearAbove: "one of 2 in 3 figures near the upper limit", spc.NearBelow: "one of 2 in 3 figures near the lower limit",
	spc.RunAbove: fmt.Sprintf("one of at least %d figures in a row above the mean", spc.RunLength),
	spc.RunBelow: fmt.Sprintf("one of at least %d figures in a row below the mean", spc.RunLength),
}

// why says in a clause by which rule the figure is marked; empty where it is not.
func (s *Signal) why() string {
	words := cmp.Or(s.Chart.Rise, ruleClauses[s.Cause])
	if ruleClauses[s.Cause] == "" {
		return ""
	}
	if moved := s.against(); moved != "" {
		return fmt.Sprintf("it %s, and is still %s", moved, words)
	}
	return "it is " + words
}

// against says which way the figure moved, where that is not the way in which it is marked.
func (s *Signal) against() string {
	if ruleClauses[s.Cause] == "" || !s.Judges.Value.Valid || !s.Before.Value.Valid {
		return ""
	}
	rose := s.Judges.Value.Decimal.Cmp(s.Before.Value.Decimal)
	switch high := slices.ContainsFunc(spc.Rules, func(sides [2]spc.Cause) bool { return sides[0] == s.Cause }); {
	case high && rose < 0:
		return "fell"
	case !high && rose > 0:
		return "rose"
	}
	return ""
}

// VariationSign tells whether the latest figure is more than chance; of no signal that it cannot be told.
func (s *Signal) VariationSign() Sign {
	if s == nil {
		return newVariation(spc.NoVariation, "")
	}
	sign := newVariation(s.Variation, s.Untold)
	if why := s.why(); why != "" {
		sign.Words += " " + capital(why) + "."
	}
	if !s.Of.Start.IsZero() {
		sign.Text += " in " + s.Of.Words()
		sign.Words += fmt.Sprintf(" This is of %s, as a known event bent what came later.", s.Of.Words())
	}
	return sign
}

func newVariation(v spc.Variation, untold string) Sign {
	sign := Sign{string(v), variationTexts[v], v.Words()}
	switch {
	case v == spc.NoVariation:
		sign.Words = cmp.Or(untold, sign.Words)
	case untold != "": // the limits have no width, which weakens what is said
		sign.Words += " The limits are weak: " + untold + "."
	}
	return sign
}

var assuranceTexts = map[spc.Assurance]string{
	spc.ConsistentPass: "Capable",
	spc.ConsistentFail: "Not capable",
	spc.Inconsistent:   "Hit and miss",
}

// unknown says why the value of the target that governs the period is not known; empty where it is.
func (s *Signal) unknown() string {
	if j, ok := s.Judged(); ok && !j.Asked.Valid {
		return j.Reason
	}
	return ""
}

// AssuranceSign tells whether the process can be relied on to meet the target, or why that is not judged.
func (s *Signal) AssuranceSign(m *catalog.Measure) Sign {
	switch {
	case s == nil || s.Target == nil:
		return Sign{Text: "No target", Words: "No target asks for anything in this period here."}
	case s.unknown() != "":
		return Sign{Text: "Cannot be told", Words: "What the target requires is not known: " + s.unknown() + "."}
	case m.Direction == catalog.Neutral:
		return Sign{Text: "Not judged", Words: "Whether the target is met by the process is not judged, because neither higher nor lower is good in itself."}
	case s.Assurance == spc.NoAssurance:
		return Sign{Text: "Cannot be told", Words: "Whether the process can be relied on to meet the target cannot be told without firm process limits."}
	case s.Assurance == spc.Inconsistent && s.Met == 0 && s.MetOf > 0: // such as none late, where the limits reach below nought
		return Sign{Text: "Cannot be told", Words: fmt.Sprintf(
			"The process limits reach the target, but it was met in 0 of %d figures: whether chance alone would ever meet it cannot be told.", s.MetOf)}
	}
	sign := Sign{string(s.Assurance), assuranceTexts[s.Assurance], s.Assurance.Words()}
	if s.MetOf > 0 {
		sign.Words += fmt.Sprintf(" It was met in %d of %d figures.", s.Met, s.MetOf)
	}
	return sign
}
