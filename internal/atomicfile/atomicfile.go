// Package atomicfile fills a file or a folder under one name and publishes it under another, so that nothing half made is ever seen.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Draft is a file or a folder that one process fills and publishes under another name when it is whole. What a process that was
// killed left in it is gone when the next one begins.
type Draft struct {
	Path string
	File *os.File // open for writing where the draft is a file; it holds the lock until the draft is published
}

// ErrBusy is a draft that another process is filling.
var ErrBusy = errors.New("is being written by another stpd")

// NewFile begins an empty file.
func NewFile(path string) (*Draft, error) {
	file, err := claim(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, err
	}
	d := &Draft{path, file}
	if err := file.Truncate(0); err != nil {
		d.Discard()
		return nil, err
	}
	return d, nil
}

// NewFolder begins an empty folder, and the folders that it stands in.
func NewFolder(path string) (*Draft, error) {
	if err := os.MkdirAll(path, 0o750); err != nil {
		return nil, err
	}
	folder, err := claim(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	d := &Draft{path, folder}
	left, err := folder.Readdirnames(-1)
	for _, name := range left {
		err = errors.Join(err, os.RemoveAll(filepath.Join(path, name)))
	}
	if err != nil {
		d.Discard()
		return nil, err
	}
	return d, nil
}

// claim opens what this process alone may write until it closes it or ends.
func claim(path string, flags int) (*os.File, error) {
	for {
		f, err := os.OpenFile(path, flags, 0o600)
		if err != nil {
			return nil, err
		}
		switch err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
		case errors.Is(err, unix.EWOULDBLOCK):
			err = fmt.Errorf("%s %w", path, ErrBusy)
		case err != nil:
			err = fmt.Errorf("lock %s: %w", path, err)
		}
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		// Another process may have published or discarded it before it let go of the lock.
		mine, err := f.Stat()
		if there, gone := os.Stat(path); err == nil && gone == nil && os.SameFile(mine, there) {
			return f, nil
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
	}
}

// Publish has the draft reach the disk and gives it its final name, which no folder with anything in it may have.
func (d *Draft) Publish(name string) error {
	err := filepath.WalkDir(d.Path, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() && !entry.Type().IsRegular() {
			return err
		}
		return reachDisk(path)
	})
	if err != nil {
		return err
	}
	// os.Rename does not replace an empty folder.
	if err := unix.Rename(d.Path, name); err != nil {
		return &os.LinkError{Op: "rename", Old: d.Path, New: name, Err: err}
	}
	err = errors.Join(reachDisk(filepath.Dir(name)), d.File.Close())
	d.File = nil
	return err
}

func reachDisk(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Discard removes a draft that was not published. What it cannot remove, the next draft of that name does.
func (d *Draft) Discard() {
	if d.File != nil {
		_ = os.RemoveAll(d.Path)
		_ = d.File.Close()
	}
}
