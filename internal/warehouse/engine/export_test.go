//go:build linux || darwin

package engine

import (
	"os"
	"syscall"
	"time"
)

// RunLibrary is what the clickhouse executable of a test does.
func RunLibrary(path string, args []string) int {
	terminal, err := syscall.Dup(0)
	if err != nil {
		panic(err)
	}
	return runLibrary(path, args, os.NewFile(uintptr(terminal), "terminal"))
}

// Pauses are those before the restarts after runs of the given lengths.
func Pauses(lived ...time.Duration) []time.Duration {
	var b backoff
	pauses := make([]time.Duration, len(lived))
	for i, l := range lived {
		pauses[i] = b.next(l)
	}
	return pauses
}
