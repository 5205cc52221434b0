package engine

import (
	"context"
	"net/netip"
	"syscall"
)

// dieWithParent does nothing: this system has no such request, and the child's lifeline ends it.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }

// residentBytes is not known here without calling C.
func residentBytes(int) int64 { return 0 }

// holds tells whether the process or a child of it holds the server's end of a connection.
func holds(ctx context.Context, pid int, server, client netip.AddrPort) error {
	return listed(ctx, "/usr/sbin/lsof", pid, server, client)
}
