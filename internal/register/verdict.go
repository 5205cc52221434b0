// Package register tests the claims of the register, tests them again when what they rest on changes, and keeps what was found.
package register

import (
	"time"

	"stpdash/internal/claim"
)

// Verdict is what was found of a claim, kept with all that it was found by.
type Verdict struct {
	Claim   string
	Verdict string
	Reason  claim.Reason // the one that weighs most; none where Words give it
	// Words give the reason of a verdict that was kept before reasons were.
	Words string
	// Percent is the effect in per cent of what there would have been, Low and High the ends of its interval of 95 per cent and P its
	// two-sided p; nil where it could not be estimated.
	Percent, Low, High, P *float64
	Definition            string   // hash of the claim
	Others                []string // hashes of the measures and of the other claims that it was tested with
	Figures               string   // names those that it was tested with
	Version               string   // of the code
	Load                  uint64   // the newest when the verdict began to stand; as of it the figures are those it was tested with
	Since                 time.Time
	At                    time.Time // when it was tested
}

// Lineage tells of what the values of a measure were made.
type Lineage struct {
	Loads string    // names the loads that made them: the same name means the same values
	At    time.Time // when the last of them was published or withdrawn
}
