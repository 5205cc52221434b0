package load

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const lockPoll = 50 * time.Millisecond

// FileLock lets one process at a time load: it waits for the lock of a file, which ends with its holder.
func FileLock(path string) func(ctx context.Context) (func(), error) {
	return func(ctx context.Context) (func(), error) {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, fmt.Errorf("take the lock for loading: %w", err)
		}
		for {
			err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
			if err == nil {
				return func() { _ = file.Close() }, nil
			}
			if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
				return nil, errors.Join(fmt.Errorf("take the lock for loading: %w", err), file.Close())
			}
			select {
			case <-ctx.Done():
				return nil, errors.Join(fmt.Errorf("another stpd is loading: %w", ctx.Err()), file.Close())
			case <-time.After(lockPoll):
			}
		}
	}
}
