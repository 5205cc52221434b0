package main

import (
	"math"
	"os"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

const (
	// maxMemory is what the service needs of its own, and takes of a large machine; the engine's memory is another.
	maxMemory = 255 << 20
	// leastMemory is what it cannot do without.
	leastMemory = 160 << 20
	// memoryPart is the part of a smaller machine that it takes.
	memoryPart = 0.25

	// The parts of it, in per cent, for answers that are remembered as figures and kept as pages. The rest is for what is being made.
	rememberedPart = 37
	keptPart       = 9
)

// commandMemory is what a command remembers, which asks once and ends.
const commandMemory = 1 << 30

// limitMemory has the runtime hold the memory of this process under a limit, by what there is of it: that of its control group, or of the
// machine. GOMEMLIMIT wins where it is set.
func limitMemory() (int64, error) {
	there := memlimit.ApplyFallback(memlimit.ApplyFallback(memlimit.FromCgroup, memlimit.FromSystem), memlimit.Limit(math.MaxInt64))
	limit, err := memlimit.Set(memlimit.WithRatio(1), memlimit.WithMin(leastMemory), memlimit.WithProvider(func() (uint64, error) {
		bytes, err := there()
		return uint64(min(memoryPart*float64(bytes), maxMemory)), err
	}))
	if limit == math.MaxInt64 { // GOMEMLIMIT=off
		limit = maxMemory
	}
	return limit, err
}

// collectSeldom has the runtime collect garbage less often than it would. A command is short of time rather than of memory, and gives all back
// when it ends. GOGC wins where it is set.
func collectSeldom() {
	const growth = 200 // per cent of what is in use
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(growth)
	}
}
