//go:build linux || darwin

package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"

	"stpdash/internal/ownfile"
)

// ErrNotRunning says that no process runs the engine of a data directory.
var ErrNotRunning = errors.New("engine: not running")

// Attach returns the endpoint of the engine that another process runs on the data directory, or ErrNotRunning.
// The owner may be starting or restarting it, so the endpoint may not answer yet.
func Attach(dataDir string) (Endpoint, error) {
	files, err := newLayout(dataDir)
	if err != nil {
		return Endpoint{}, err
	}
	f, err := os.Open(files.ownerLock())
	if errors.Is(err, fs.ErrNotExist) {
		return Endpoint{}, ErrNotRunning
	}
	if err != nil {
		return Endpoint{}, fmt.Errorf("engine: lock: %w", err)
	}
	defer f.Close()
	switch err := unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB); {
	case err == nil:
		return Endpoint{}, ErrNotRunning
	case !errors.Is(err, unix.EWOULDBLOCK):
		return Endpoint{}, fmt.Errorf("engine: lock %s: %w", files.ownerLock(), err)
	}
	if err := ownfile.Folder(files.dir()); err != nil {
		return Endpoint{}, fmt.Errorf("engine: data directory: %w", err)
	}
	r, err := files.readRunning()
	return r.Endpoint, err
}
