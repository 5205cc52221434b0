package wording

import (
	"fmt"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
)

// LeftOut say why footprints are not compared by a feature of a measure; empty where they are.
func LeftOut(m *catalog.Measure, l figures.LeftOut) string {
	switch l.Code {
	case figures.NoRate:
		return "The measure has no rate, so its figures tell of size before anything else."
	case figures.NoSpan:
		return fmt.Sprintf("There is no span of %s, without a change of definition, in which at least %d of the 44 have a figure for each.",
			Plural(measure.BaselineLength(m.Grain), m.Grain.Words(), m.Grain.Words()+"s"), figures.MaxFootprints)
	case figures.FewKnown:
		return fmt.Sprintf("It is known of %d of the 44; at least %d are needed.", l.Known, figures.MaxFootprints)
	case figures.AreaUnknown:
		return l.Area + " has no figure for it."
	}
	return ""
}

// Aspects say what footprints are compared by.
var Aspects = map[string]string{
	"size":     "registered patients",
	"age":      "the shares aged 65 and 75 and over",
	"baseline": "the level of this measure in its first year",
}

// Peers say what the footprints beside one are alike in.
func Peers(p figures.Peers, features []string, s Scale) string {
	return fmt.Sprintf("The five footprints most like it in %s, most similar first: %s, %s.", List(features), UnitHeading(p.Measure, s), p.Period.Words())
}
