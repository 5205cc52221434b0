package figures

import (
	"time"

	"github.com/shopspring/decimal"
)

// Cause is why a figure differs between two moments.
type Cause string

// The causes of a change. That of a figure that was not there before is what first made it: where a later load has made it
// anew by other memberships, its period is new all the same.
const (
	NewPeriod        Cause = "new_period" // there was no figure of the measure, place and period
	Revision         Cause = "revision"   // a later publication of the period
	Withdrawal       Cause = "withdrawal" // a load was withdrawn
	MembershipChange Cause = "membership" // organisations belong to other footprints
	DefinitionChange Cause = "definition" // the measure is made by another formula
)

// Causes are all causes in the order in which changes are listed.
var Causes = []Cause{DefinitionChange, MembershipChange, NewPeriod, Revision, Withdrawal}

// Stand is what a figure was at a moment.
type Stand struct {
	Exists      bool // otherwise there was no figure
	Numerator   decimal.NullDecimal
	Denominator decimal.NullDecimal
	Missing     []string // codes of organisations without a figure
	Estimate    bool     // of some organisation only a share counts
}

// Change is one figure that differs between two moments.
type Change struct {
	Cause         Cause
	Measure       string
	Footprint     string
	Period        time.Time // first day
	Before, After Stand
	Load          uint64 // what made the figure stand as it does at the later moment
	Source, File  string // of that load
}

// ChangeCount is how many figures of one measure differ for one cause.
type ChangeCount struct {
	Cause   Cause
	Measure string
	Figures uint64
}

// ChangeFilter narrows changes; but for the measures and the limit, zero fields do not.
type ChangeFilter struct {
	From, To   AsOf
	Measures   []string
	Weighted   []string // of them, those of which several organisations' figures are put together by weights
	Footprints []string
	Cause      Cause
	Limit      int
	Offset     int
}
