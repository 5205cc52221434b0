package engine

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// dieWithParent has the kernel kill the process as soon as the thread that started it ends.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// family is a process and its descendants.
func family(pid int) []int {
	all := []int{pid}
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		text, _ := os.ReadFile(list)
		for _, field := range bytes.Fields(text) {
			if child, err := strconv.Atoi(string(field)); err == nil {
				all = append(all, family(child)...)
			}
		}
	}
	return all
}

// residentBytes is the memory that a process and its children hold.
func residentBytes(pid int) int64 {
	var total int64
	for _, member := range family(pid) {
		if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", member)); err == nil {
			if fields := bytes.Fields(text); len(fields) > 1 {
				pages, _ := strconv.ParseInt(string(fields[1]), 10, 64)
				total += pages * int64(os.Getpagesize())
			}
		}
	}
	return total
}

// holds tells whether the process or a child of it holds the server's end of a connection.
func holds(_ context.Context, pid int, server, client netip.AddrPort) error {
	listening, connected, err := socketsOf(server, client)
	switch {
	case err != nil:
		return err
	case connected != "" && keeps(pid, connected):
		return nil
	case listening == "" || !keeps(pid, listening):
		return errStranger
	default: // it listens, and is about to accept
		return errUnproven
	}
}

// socketsOf finds the numbers of the socket that listens at an address and of the one that a client is connected to.
func socketsOf(server, client netip.AddrPort) (listening, connected string, err error) {
	const (
		table       = "/proc/net/tcp"
		established = "01"
		listens     = "0A"
	)
	f, err := os.Open(table)
	if err != nil {
		return "", "", fmt.Errorf("whose the port is: %w", err)
	}
	defer f.Close()
	here, there := written(server), written(client)
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 10 || fields[1] != here || fields[9] == "0" {
			continue
		}
		switch {
		case fields[3] == listens:
			listening = fields[9]
		case fields[3] == established && fields[2] == there:
			connected = fields[9]
		}
	}
	if err := lines.Err(); err != nil {
		return "", "", fmt.Errorf("whose the port is: %s: %w", table, err)
	}
	return listening, connected, nil
}

// written is an address as the kernel writes it.
func written(a netip.AddrPort) string {
	ip := a.Addr().Unmap().As4()
	return fmt.Sprintf("%08X:%04X", binary.NativeEndian.Uint32(ip[:]), a.Port())
}

// keeps tells whether a process or a child of it has the socket open.
func keeps(pid int, socket string) bool {
	want := "socket:[" + socket + "]"
	for _, member := range family(pid) {
		folder := fmt.Sprintf("/proc/%d/fd", member)
		entries, _ := os.ReadDir(folder)
		for _, e := range entries {
			if name, err := os.Readlink(filepath.Join(folder, e.Name())); err == nil && name == want {
				return true
			}
		}
	}
	return false
}
