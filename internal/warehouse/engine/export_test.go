//go:build linux || darwin

package engine

import (
	"context"
	"net"
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

// DialProven connects to the process of an engine and to no other.
var DialProven = dialProven

// Key is that by which what comes to the engine's port is signed.
func (e *Engine) Key() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.running.Key
}

// Listed has lsof tell whether a process of a group holds the server's end of a connection.
func Listed(ctx context.Context, lsof string, leader int, client net.Conn) error {
	return listed(ctx, lsof, leader, client.RemoteAddr().(*net.TCPAddr).AddrPort(), client.LocalAddr().(*net.TCPAddr).AddrPort())
}
