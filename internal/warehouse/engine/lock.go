//go:build linux || darwin

package engine

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// InUseError says that another process owns the data directory.
type InUseError struct {
	Path string // the lock that it holds
	PID  int    // 0 when it could not be read
}

func (e *InUseError) Error() string {
	owner := "another process"
	if e.PID != 0 {
		owner = fmt.Sprintf("process %d", e.PID)
	}
	return fmt.Sprintf("engine: the data directory is in use: %s is held by %s; stop it, or set STP_DATA_DIR to another directory", e.Path, owner)
}

// lock takes the lock of a file, waiting for it for as long as patience allows. The lock is given back when every
// copy of the descriptor is closed, those of child processes included, so it cannot outlive its holders.
func lock(path string, patience time.Duration) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("engine: lock: %w", err)
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			f.Close()
			return nil, fmt.Errorf("engine: lock %s: %w", path, err)
		}
		if time.Now().After(deadline) {
			f.Close()
			return nil, &InUseError{Path: path, PID: lockHolder(path)}
		}
	}
}

// sign writes who holds the lock, for those who find it taken.
func sign(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return fmt.Errorf("engine: lock: %w", err)
	}
	if _, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0); err != nil {
		return fmt.Errorf("engine: lock: %w", err)
	}
	return nil
}

func lockHolder(path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return pid
}
