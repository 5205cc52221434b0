package main

import (
	"runtime/debug"
	"testing"
)

func TestMemoryIsLimited(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(before) })
	limit, err := limitMemory()
	if err != nil || limit < leastMemory || limit > maxMemory || debug.SetMemoryLimit(-1) != limit {
		t.Errorf("the limit is %d, of the runtime %d, %v", limit, debug.SetMemoryLimit(-1), err)
	}
	const set = 200 << 20
	debug.SetMemoryLimit(set) // as the runtime does before the program starts
	t.Setenv("GOMEMLIMIT", "200MiB")
	if limit, err = limitMemory(); err != nil || limit != set || debug.SetMemoryLimit(-1) != set {
		t.Errorf("with GOMEMLIMIT=200MiB the limit is %d, of the runtime %d, %v", limit, debug.SetMemoryLimit(-1), err)
	}
}
