package wording

import (
	"stpdash/internal/measure"
	"stpdash/internal/spc"
)

// Tint is a colour of the map as the styles name it, with what it says on a tile and in the legend.
type Tint struct{ Class, Short, Words string }

// UnknownTint is that of a place of which nothing is known.
var UnknownTint = Tint{"untold", "–", "Not known"}

// StateTints are those of states against a target.
var StateTints = map[measure.State]Tint{
	measure.Met:           {"good", "Met", "Met"},
	measure.OnTrajectory:  {"fair", "On track", "On track"},
	measure.OffTrajectory: {"poor", "Off track", "Off track"},
}

// VariationTints are those of kinds of variation.
var VariationTints = map[spc.Variation]Tint{
	spc.ConcernHigh:          {"poor", "Concern ↑", "Unusual change of concern"},
	spc.ConcernLow:           {"poor", "Concern ↓", "Unusual change of concern"},
	spc.ImprovementHigh:      {"good", "Better ↑", "Unusual improvement"},
	spc.ImprovementLow:       {"good", "Better ↓", "Unusual improvement"},
	spc.NeutralVariationHigh: {"other", "Change ↑", "Unusual change, neither good nor bad in itself"},
	spc.NeutralVariationLow:  {"other", "Change ↓", "Unusual change, neither good nor bad in itself"},
	spc.CommonVariation:      {"usual", "As usual", "No significant change"},
}
