package figures

import (
	"time"

	"stpdash/internal/load"
)

// LoadFilter narrows a list of loads; zero fields do not.
type LoadFilter struct {
	Load   uint64
	SHA256 string
	Source string
	State  load.State
	AsOf   AsOf
	After  time.Time // whose latest state came after it
	Limit  int
	Offset int
}

// LoadState is one state a load was in.
type LoadState struct {
	State   load.State
	At      time.Time
	Message string
}

// Reconciled is how many of the publisher's totals of a load equal ours, differ, or cannot be equal as rows were rejected.
type Reconciled struct {
	Load                  uint64
	Equal, Differs, Short uint64
}
