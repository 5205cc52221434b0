//go:build linux || darwin

package engine

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os/exec"
	"strconv"
	"strings"
)

// listed asks lsof, which macOS has where Linux has /proc/net/tcp, whether a process of the group that a process leads
// holds the server's end of a connection.
func listed(ctx context.Context, lsof string, leader int, server, client netip.AddrPort) error {
	text, err := exec.CommandContext(ctx, lsof, "-nP", "-a", "-g", strconv.Itoa(leader), "-iTCP@"+server.String(), "-FnT").Output()
	if exit := (*exec.ExitError)(nil); err != nil && (!errors.As(err, &exit) || len(exit.Stderr) > 0) {
		return fmt.Errorf("whose the port is: %s: %w", lsof, err)
	}
	listens := false
	for line := range strings.Lines(string(text)) {
		switch strings.TrimSpace(line) {
		case "n" + server.String() + "->" + client.String():
			return nil
		case "n" + server.String():
			listens = true
		}
	}
	if listens {
		return errUnproven
	}
	return errStranger
}
