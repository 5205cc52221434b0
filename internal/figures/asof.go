package figures

import (
	"math"
	"time"
)

// AsOf bounds what is seen: the loads up to a number that were published by a time.
type AsOf struct {
	At   time.Time
	Load uint64
}

// Now sees everything that is published.
var Now = AsOf{At: time.Date(2299, 1, 1, 0, 0, 0, 0, time.UTC), Load: math.MaxInt64}

// Watermark tells what is seen as of a moment: the same answer means the same figures and verdicts.
type Watermark struct {
	Changes  uint64    // of state of loads
	Last     time.Time // when the last of them was
	Load     uint64    // the newest, where its publication was that last change: as of it, the same is seen; otherwise 0
	Verdicts uint64    // ever kept, whenever they began to stand
	Runs     uint64    // ever ended
}

// Range is a span of periods by their first days, both included; zero ends are open.
type Range struct{ From, To time.Time }
