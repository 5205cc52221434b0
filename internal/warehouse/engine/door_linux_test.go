package engine_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"stpdash/internal/warehouse/engine"
)

// closePort has an engine that lives on lose its port, as SYSTEM STOP LISTEN would: it takes the listening socket from the process
// and shuts it down.
func closePort(t *testing.T, e *engine.Engine) {
	t.Helper()
	_, port, err := net.SplitHostPort(e.Endpoint().Address)
	if err != nil {
		t.Fatal(err)
	}
	process, err := unix.PidfdOpen(e.PID(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(process)
	descriptors, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", e.PID()))
	if err != nil {
		t.Fatal(err)
	}
	for _, descriptor := range descriptors {
		number, err := strconv.Atoi(filepath.Base(descriptor))
		if err != nil {
			t.Fatal(err)
		}
		fd, err := unix.PidfdGetfd(process, number, 0)
		if err != nil {
			continue
		}
		f := os.NewFile(uintptr(fd), descriptor)
		listens, _ := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
		address, err := unix.Getsockname(fd)
		if at, ok := address.(*unix.SockaddrInet4); err == nil && ok && listens == 1 && strconv.Itoa(at.Port) == port {
			if err := unix.Shutdown(fd, unix.SHUT_RDWR); err != nil {
				t.Fatal(err)
			}
			f.Close()
			return
		}
		f.Close()
	}
	t.Fatal("the engine's port was not found among its descriptors")
}
