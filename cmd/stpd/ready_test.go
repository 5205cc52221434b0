package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"stpdash/internal/load"
)

func TestManyWhoWantToKnowAreToldByOneQuestion(t *testing.T) {
	var asked atomic.Int64
	gone := errors.New("gone")
	r := &readiness{
		loaded: func() load.Progress { return load.Progress{Readable: true} },
		down:   func() bool { return false },
		turn:   make(chan struct{}, 1),
		ask: func(ctx context.Context) error {
			if _, bounded := ctx.Deadline(); !bounded {
				t.Error("a question without an end")
			}
			if asked.Add(1); ctx.Err() != nil {
				return ctx.Err()
			}
			time.Sleep(50 * time.Millisecond)
			return gone
		},
	}
	left, leave := context.WithCancel(t.Context())
	leave() // the answer is for the others too
	_ = r.ready(left)
	var all sync.WaitGroup
	for range 1000 {
		all.Go(func() {
			if err := r.ready(t.Context()); !errors.Is(err, gone) {
				t.Errorf("told %v, want %v", err, gone)
			}
		})
	}
	all.Wait()
	first := asked.Load()
	if first == 0 || first > 3 { // one, unless the machine is so slow that a second passes
		t.Errorf("%d questions for 1000 who asked", first)
	}
	time.Sleep(readyAgain)
	_ = r.ready(t.Context())
	if n := asked.Load(); n != first+1 {
		t.Errorf("%d questions, want another one after %s", n, readyAgain)
	}
}

// TestReadinessAsksThroughThePort stops the engine of a service, which neither ends nor answers.
func TestReadinessAsksThroughThePort(t *testing.T) {
	s := start(t, "STP_DATA_DIR="+t.TempDir(), "STP_BUNDLED=false")
	pid := enginePID(s.command.Process.Pid)
	if a := s.get(t, "/readyz"); pid == 0 || a.status != 200 {
		t.Fatalf("engine %d, %d: %s", pid, a.status, a.body)
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	time.Sleep(readyAgain)
	began := time.Now()
	a := s.get(t, "/readyz")
	if took := time.Since(began); a.status != 503 || took > 2*readyPatience {
		t.Errorf("while the engine hangs: %d after %s: %s", a.status, took, a.body)
	}
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); s.get(t, "/readyz").status != 200; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not answer again")
		}
	}
	s.stop(t)
}
