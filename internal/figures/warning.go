package figures

import (
	"time"

	"stpdash/internal/load"
)

// Remarked is what is remarkable about the file of a load.
type Remarked struct {
	Load uint64
	load.Remark
}

// Warning is something remarkable about a figure that was accepted.
type Warning struct {
	Load         uint64
	Rule         string // the name of one of load.Rules
	Measure      string
	Organisation string // blank where the whole period is meant
	Item         string
	Period       time.Time // first day
	// Value is the figure, or that of the period before where there is none any more.
	Value float64
	// Middle is the median of the twelve figures before it and Spread how far those usually lie from it.
	Middle, Spread float64
}

// FarFromHistory is how many spreads from the middle of those before it a figure may lie without a warning.
const FarFromHistory = 8
