package figures

import "time"

// Latest is the newest period of a measure and the newest load of figures for it.
type Latest struct {
	Period time.Time
	Load   uint64
}
