package wording

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/evidence"
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
	for _, m := range u.Marks {
		add(w.organisation(m.Place), w.unitMark(m))
	}
	add("Compared with", fmt.Sprintf("%s of the same kind in no scheme", Plural(u.Donors, "place", "places")))
	add("Left out of the comparison", leftOutCounts(u.LeftOut))
	switch g := u.Group; {
	case g != nil:
		words := fmt.Sprintf(
			"By how much the same test differs among the places compared with, and how alike those of one footprint are. Of groups of %d, of places where nothing "+
				"happened, it found a change in %s",
			g.K,
			InHundred(float64(g.Size)),
		)
		if u.Wider > 1.005 {
			words += fmt.Sprintf(", so the limits are %.0f%% wider", float64(100*(u.Wider-1)))
		}
		add("How far chance goes", words)
	case u.BySize:
		words := "By places as large, from a study of many starts"
		if u.Wider > 1 {
			words += fmt.Sprintf(
				". Limits are %s times as wide, as the study found a change too often in this place where nothing happened",
				OneDecimal(float64(u.Wider)),
			)
		}
		add("How far chance goes", words)
	default:
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

// OwnChange says what an own change is between, and why it cannot be set against the claim.
func (w ClaimWords) OwnChange(o *claim.OwnChange) string {
	words := "How the figures themselves moved, whatever moved them."
	if o.From != "" && o.BaseFrom != "" && !o.Percent.Missing() {
		words = fmt.Sprintf("%s: %s in %s to %s, %s in the same periods from %s.", words[:len(words)-1], w.level(o.Measure, o.Figure), catalog.PeriodWords(o.From),
			catalog.PeriodWords(o.Until), w.level(o.Measure, o.BaseFigure), catalog.PeriodWords(o.BaseFrom))
	}
	if o.Because != nil {
		words += " Not judged: " + Sentence(w.Reason(*o.Because))
	}
	return words
}

// level is a figure in the unit of a measure.
func (w ClaimWords) level(measure string, n evidence.Number) string {
	m, ok := w.directory.Catalog.Measure(measure)
	if !ok {
		return fmt.Sprint(n)
	}
	return Level(m, n)
}

// Band says what the band of a claim's chart is.
func Band(r *claim.Result) string {
	if r.Unit.Group != nil {
		of := "The figures are those of the mean place of the group."
		if r.Unit.FromStart {
			of += " Its places began at different times, so periods are counted from the start of each."
		}
		return of + " In the grey lie 95 of 100 groups like it where nothing happened, period by period."
	}
	return "In the grey lie 95 of 100 places like it where nothing happened, period by period."
}

// FromStart reads a period that is counted from the start of each place: "start-1"; ok is false of another.
func FromStart(id string) (periods int, ok bool) {
	text, ok := strings.CutPrefix(id, "start")
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// SinceStart names a period counted from the start of each place.
func SinceStart(periods int, g catalog.Grain) string {
	if periods < 0 {
		return Plural(-periods, g.Words(), g.Words()+"s") + " before the start"
	}
	return fmt.Sprintf("%s %d from the start", Capital(g.Words()), periods+1)
}

// unitMark says what a gap or a step in the figures of a place is, and whether the periods compared go round it.
func (w ClaimWords) unitMark(m claim.UnitMark) string {
	words := fmt.Sprintf("Jumps by %s in %s and stays there", SignedPercent(m.Size), catalog.PeriodWords(m.Period))
	switch {
	case m.Gap:
		words = fmt.Sprintf("A gap from %s to %s", catalog.PeriodWords(m.Period), catalog.PeriodWords(m.Until))
		if m.Period == m.Until {
			words = "A gap in " + catalog.PeriodWords(m.Period)
		}
	case m.Size == 0:
		words = "Counts something else from " + catalog.PeriodWords(m.Period) + " on"
	}
	if m.Quote != "" {
		words += ": " + open(m.Quote)
	}
	if !m.Within {
		words += ". The periods compared leave it out"
	}
	return words
}

// UnitsLeftOut names each place that was not compared with, and why.
func (w ClaimWords) UnitsLeftOut(u *claim.UnitTest) []Fact {
	if u == nil {
		return nil
	}
	var facts []Fact
	for _, l := range u.LeftOut {
		facts = append(facts, Fact{w.organisation(l.Place), Sentence(w.Reason(l.Because))})
	}
	return facts
}

// UnitPopulation names the places that a claim was tested in.
func (w ClaimWords) UnitPopulation(r *claim.Result) string { return w.testedPlaces(r) }

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
		{[]claim.ReasonCode{claim.FoundTooOften}, "in which the test finds changes too often"},
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
