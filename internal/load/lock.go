package load

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// FileLock lets one process at a time load: it waits for the lock of a file, which ends with its holder. The system
// serves those that wait in turn, so one that loads file after file does not keep another out.
func FileLock(path string) func(ctx context.Context) (func(), error) {
	return func(ctx context.Context) (func(), error) {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, fmt.Errorf("take the lock for loading: %w", err)
		}
		held := make(chan error, 1)
		go func() {
			err := unix.Flock(int(file.Fd()), unix.LOCK_EX)
			for errors.Is(err, unix.EINTR) {
				err = unix.Flock(int(file.Fd()), unix.LOCK_EX)
			}
			held <- err
		}()
		select {
		case err := <-held:
			if err != nil {
				return nil, errors.Join(fmt.Errorf("take the lock for loading: %w", err), file.Close())
			}
			return func() { _ = file.Close() }, nil
		case <-ctx.Done():
			go func() { // a lock that is granted after all is let go of
				_ = errors.Join(<-held, file.Close())
			}()
			return nil, fmt.Errorf("another stpd is loading: %w", ctx.Err())
		}
	}
}
