package wording

import (
	"fmt"
	"slices"

	"stpdash/internal/figures"
	"stpdash/internal/spc"
)

// RegionSentences say how all figures of the tables stand.
func RegionSentences(told []figures.LatestFigure, places int) []string {
	if len(told) == 0 {
		return nil
	}
	first, last := told[0].Period, told[0].Period
	concern, improvement, neutral, common, untold, missing := 0, 0, 0, 0, 0, 0
	for _, s := range told {
		if s.Period.Start.Before(first.Start) {
			first = s.Period
		}
		if s.Period.Start.After(last.Start) {
			last = s.Period
		}
		switch s.Signal.Variation {
		case spc.ConcernHigh, spc.ConcernLow:
			concern++
		case spc.ImprovementHigh, spc.ImprovementLow:
			improvement++
		case spc.NeutralVariationHigh, spc.NeutralVariationLow:
			neutral++
		case spc.CommonVariation:
			common++
		default:
			if s.Now.Value.Valid {
				untold++
			} else {
				missing++
			}
		}
	}
	period := fmt.Sprintf("each in its latest period, which lies between %s and %s", first.Words(), last.Words())
	if first == last {
		period = "of " + first.Words()
	}
	sentences := []string{
		fmt.Sprintf("The tables below set %s of %d footprints side by side, %s.", Plural(len(told)/places, "measure", "measures"), places, period),
	}
	for i, n := range []struct {
		times     int
		one, many string
	}{
		{concern, "figure shows an unusual change of concern", "figures show an unusual change of concern"},
		{improvement, "shows an unusual improvement", "show an unusual improvement"},
		{neutral, "shows an unusual change, neither good nor bad in itself", "show an unusual change, neither good nor bad in itself"},
		{common, "shows no significant change", "show no significant change"},
		{untold, "is not known to be more than chance; its card says why", "are not known to be more than chance; their cards say why"},
		{missing, "is missing, not counted as zero; the table says why", "are missing, not counted as zero; the tables say why"},
	} {
		if n.times > 0 || i == 0 { // that of concern is told even of none
			sentences = append(sentences, fmt.Sprintf("%s.", Plural(n.times, n.one, n.many)))
		}
	}
	return sentences
}

// Concern is a measure with how many areas show an unusual change of concern in it.
type Concern struct {
	Measure string // its title
	Areas   int
}

// RegionFinding says where there is an unusual change of concern; concerns are in the order of how many footprints they are in.
func RegionFinding(concerns []Concern, told []figures.LatestFigure, places int) string {
	if !slices.ContainsFunc(told, func(s figures.LatestFigure) bool { return s.Signal.Variation != spc.NoVariation }) {
		return "Whether any figure is more than chance is not known"
	}
	if len(concerns) == 0 {
		return "No footprint shows an unusual change of concern"
	}
	concerned := map[string]bool{}
	for _, s := range told {
		if s.Signal.Concern() {
			concerned[s.Area.Code] = true
		}
	}
	finding := fmt.Sprintf("%d of %d footprints show an unusual change of concern", len(concerned), places)
	switch len(concerned) {
	case places:
		finding = fmt.Sprintf("All %d footprints show an unusual change of concern", places)
	case 1:
		finding = fmt.Sprintf("One of %d footprints shows an unusual change of concern", places)
	}
	var most []string
	top := concerns[0].Areas
	for _, c := range concerns {
		if c.Areas == top {
			most = append(most, "“"+c.Measure+"”")
		}
	}
	each := ""
	if len(most) > 1 {
		each = " each"
	}
	switch {
	case len(most) > 2:
		return fmt.Sprintf("%s, in %d measures", finding, len(concerns))
	case len(most) == len(concerns):
		return fmt.Sprintf("%s, in %s", finding, List(most))
	default:
		return fmt.Sprintf("%s, most often in %s (%s)", finding, List(most), Plural(top, "footprint", "footprints")+each)
	}
}
