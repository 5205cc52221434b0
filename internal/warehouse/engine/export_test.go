//go:build linux || darwin

package engine

import (
	"os"
	"time"
)

// RunLibrary is what the clickhouse executable of a test does.
func RunLibrary(path string, args []string) int { return runLibrary(path, args, os.Stdin) }

// Pauses are those before the restarts after runs of the given lengths.
func Pauses(lived ...time.Duration) []time.Duration {
	var b backoff
	pauses := make([]time.Duration, len(lived))
	for i, l := range lived {
		pauses[i] = b.next(l)
	}
	return pauses
}
