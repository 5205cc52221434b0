package wording

import (
	"fmt"
	"math"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
)

// certainties say how it is known that a scheme covered a place.
var certainties = map[catalog.Certainty]string{
	catalog.CertaintyStated:   "stated by the publication",
	catalog.CertaintyInferred: "inferred from the area that the publication names",
	catalog.CertaintyGeneral:  "general knowledge: no publication was found that says so",
}

// unitKinds name places of a kind, one and several.
var unitKinds = map[string][2]string{
	catalog.ByCommissioner: {"commissioner", "commissioners"}, catalog.ByProvider: {"trust", "trusts"}, catalog.ByCouncil: {"council", "councils"},
}

// UnitKinds names places of a kind: "commissioners".
func UnitKinds(at string) string { return unitKinds[at][1] }

// unitFacts say how a claim was tested in places smaller than footprints: first what could have been seen, then what was compared, then what other
// ways of testing find.
func (w ClaimWords) unitFacts(r *claim.Result) []Fact {
	u := r.Unit
	if u == nil {
		return nil
	}
	var facts []Fact
	add := func(term, words string) {
		if words != "" {
			facts = append(facts, Fact{term, words})
		}
	}
	if e := r.Effect; e != nil && !e.Detectable.Missing() {
		add("Smallest change that would be seen", smallest(r))
	}
	add("Tested in", fmt.Sprintf("%s, by “%s”", Plural(len(u.Places), unitKinds[u.At][0], unitKinds[u.At][1]), w.measure(u.Measure)))
	const named = 12
	for i, p := range u.Places {
		if i == named {
			add("More places", Plural(len(u.Places)-named, "place", "places")+", listed in the JSON")
			break
		}
		add(w.organisation(p.Name), w.testedPlace(p))
	}
	if r.Effect == nil {
		return facts
	}
	if u.From != "" {
		add(
			"Figures compared",
			fmt.Sprintf("%s to %s: %d periods before the start, %d from it on", catalog.PeriodWords(u.From), catalog.PeriodWords(u.Until), u.Before, u.After),
		)
	}
	add("Compared with", fmt.Sprintf("%s of the same kind in no scheme", Plural(u.Donors, "place", "places")))
	add("Left out of the comparison", leftOutCounts(u.LeftOut))
	if u.BySize {
		add("How far chance goes", "By places as large, from a study of many starts")
	} else {
		add("How far chance goes", "By how much the same test differs among the places compared with")
	}
	if s := u.Starts; s != nil {
		add(
			"Starts tried",
			fmt.Sprintf(
				"%d in %s to %s, as only the year is stated: %s to %s (intervals %s to %s). Shown is %s, the one that leaves most open",
				s.Tried,
				catalog.PeriodWords(s.First),
				catalog.PeriodWords(s.Last),
				SignedPercent(s.Lowest),
				SignedPercent(s.Most),
				SignedPercent(s.Low),
				SignedPercent(s.High),
				catalog.PeriodWords(s.Chosen),
			),
		)
	}
	add("Last year before the start as the baseline", unitCheck(u.Check))
	add("Start put back to where nothing began", unitCheck(u.Baseline))
	if l := u.Later; l != nil && l.Because != nil {
		add("All of the claim's time", Sentence("not tested: "+w.Reason(*l.Because)))
	} else {
		add("All of the claim's time", unitCheck(l))
	}
	for _, s := range u.AtStart {
		add(
			"At the start",
			fmt.Sprintf(
				"The figures of %s jump by %s in %s. A change of counting looks the same",
				w.organisation(s.Place),
				SignedPercent(s.Size),
				catalog.PeriodWords(s.Period),
			),
		)
	}
	if len(u.Family) > 1 && !u.Adjusted.Missing() {
		var names []string
		for _, id := range u.Family {
			names = append(names, w.measure(id))
		}
		add("Several measures", fmt.Sprintf("The publication makes claims of %s. With so many tests p is %s", strings.Join(names, ", "), PValue(u.Adjusted)))
	}
	return facts
}

// smallest says what change would have been seen, of the places and of the part that the scheme reached.
func smallest(r *claim.Result) string {
	words := fmt.Sprintf("%.1f%% of the places' figures, in 80 of 100 cases", float64(r.Effect.Detectable))
	part, of := r.Claimed.Part, r.Unit.DetectableInPart
	switch {
	case part.Missing():
		return words + ". The part that the scheme reached is not known, so what that means for it is not known"
	case part >= 1 || of.Missing():
		return words
	case of > 100:
		return words + fmt.Sprintf(
			". The scheme reached %s of the people, so no change of that part alone could be seen. Care home residents and frequent users are a larger share of what is counted than of the people",
			PercentOf(100*part),
		)
	}
	return words + fmt.Sprintf(". The scheme reached %s of the people: %.0f%% of that part", PercentOf(100*part), math.Ceil(float64(of)))
}

func (w ClaimWords) testedPlace(p claim.TestedPlace) string {
	words := map[catalog.Extent]string{catalog.WholePlace: "The whole of it", catalog.PartOfPlace: "A part of it"}[p.Extent]
	if !p.Share.Missing() && p.Share < 1 {
		words += ", " + PercentOf(100*p.Share) + " of its people"
	}
	words += ", " + certainties[p.Certainty]
	if p.Start != "" {
		words += ". Start: " + catalog.PeriodWords(p.Start)
	}
	if len(p.Codes) > 1 {
		words += ". Added up over mergers: " + strings.Join(p.Codes, ", ")
	}
	if !p.Percent.Missing() {
		words += ". Its own change: " + SignedPercent(p.Percent)
	}
	if p.LeftOut != nil {
		words += ". Not part of the estimate: " + w.Reason(*p.LeftOut)
	}
	return words
}

func unitCheck(c *claim.UnitCheck) string {
	if c == nil || c.Percent.Missing() {
		return ""
	}
	words := SignedPercent(c.Percent)
	if c.Interval != nil {
		words += fmt.Sprintf(" (%s), p %s", Interval(c.Interval, SignedPercent), PValue(c.P))
	}
	return fmt.Sprintf("%s, %s to %s", words, catalog.PeriodWords(c.From), catalog.PeriodWords(c.Until))
}

// leftOutCounts says how many places were left out for which kind of reason; each is named in the JSON and the audit pack.
func leftOutCounts(left []claim.UnitLeftOut) string {
	kinds := []struct {
		codes []claim.ReasonCode
		words string
	}{
		{[]claim.ReasonCode{claim.OtherScheme}, "in a scheme at that time"},
		{[]claim.ReasonCode{claim.StepInWindow}, "with a change of counting"},
		{[]claim.ReasonCode{claim.GapInWindow, claim.TooFewBefore, claim.NotOverZero}, "with a gap"},
		{[]claim.ReasonCode{claim.WorkDivided}, "divided by a merger"},
		{[]claim.ReasonCode{claim.NotScreened}, "that could not be checked for changes of counting"},
	}
	var words []string
	for _, k := range kinds {
		n := 0
		for _, l := range left {
			for _, code := range k.codes {
				if l.Because.Code == code {
					n++
				}
			}
		}
		if n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, k.words))
		}
	}
	return strings.Join(words, ", ")
}
