package load

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"stpdash/internal/publication"
)

// Discover lists the files at the paths, those of folders in the order of their names. Hidden files are left alone; unreadable
// tells of folders within that could not be looked into.
func Discover(paths []string) (files []string, unreadable, err error) {
	for _, path := range paths {
		err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil && file == path:
				return err
			case err != nil:
				unreadable = errors.Join(unreadable, err)
				return fs.SkipDir
			case file != path && strings.HasPrefix(entry.Name(), "."):
				if entry.IsDir() {
					return fs.SkipDir
				}
			case entry.Type().IsRegular() || file == path && !entry.IsDir():
				files = append(files, file)
			}
			return nil
		})
		if err != nil {
			return nil, unreadable, fmt.Errorf("look for files: %w", err)
		}
	}
	return files, unreadable, nil
}

// settledFile is a file as it was when it was loaded, and the load it ended in.
type settledFile struct {
	info os.FileInfo
	load Load
}

func (s settledFile) is(now os.FileInfo) bool {
	return os.SameFile(s.info, now) && s.info.Size() == now.Size() && s.info.ModTime().Equal(now.ModTime())
}

var (
	errUnsettled  = errors.New("the file is still being written")
	errUnreadable = errors.New("the file could not be read")
)

// settling is how long a file found by itself must have been left alone: a copy under way has not been.
const settling = 2 * time.Second

// load loads a file of a run, once it has been left alone for a while.
func (r *runner) load(ctx context.Context, file string, run *Run, how File) (Outcome, error) {
	before, err := os.Stat(file)
	if err != nil {
		return Outcome{}, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	if !before.Mode().IsRegular() { // a device or a pipe may have no end
		return Outcome{}, fmt.Errorf("%w: %s is a device or a pipe, accepted: a file or a folder", errUnreadable, file)
	}
	if limit := publication.DefaultLimits().Bytes; before.Size() > int64(limit) {
		return Outcome{}, fmt.Errorf("%w: %s is %d bytes long, more than the limit of %d", errUnreadable, file, before.Size(), limit)
	}
	if known, ok := r.settled.Load(file); ok && !how.Again && known.(settledFile).is(before) {
		return Outcome{Load: known.(settledFile).load, Known: true}, nil
	}
	if age := time.Since(before.ModTime()); !how.Again && age >= 0 && age < settling {
		select {
		case <-ctx.Done():
			return Outcome{}, ctx.Err()
		case <-time.After(settling - age):
		}
	}
	content, err := os.Open(file)
	if err != nil {
		return Outcome{}, fmt.Errorf("%w: %w", errUnreadable, err)
	}
	defer content.Close()
	how.Name, how.Content, how.Source = filepath.Base(file), content, run.Source
	outcome, err := r.loader.Load(ctx, how, run.Trigger)
	if errors.Is(err, ErrChanged) {
		err = errUnsettled
	}
	if err == nil && outcome.Skipped == "" {
		r.settled.Store(file, settledFile{before, outcome.Load})
	}
	return outcome, err
}
