// Package archivecache keeps files that take long to make, and makes each once.
package archivecache

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"stpdash/internal/atomicfile"
)

// Cache keeps archives in a folder, each under the name of all that it rests on, so that each is made once. It outlasts the program. What
// changed on the disk is made anew.
type Cache struct {
	folder  string
	ending  string
	most    int64  // bytes
	program string // names this program, to the byte
	now     func() time.Time
	making  singleflight.Group
	filling sync.Mutex
}

// New keeps archives that a program makes in a folder of at most so many bytes, with an ending such as .zip; the one requested last stays, whatever its
// size.
func New(folder, ending string, most int64, program string, now func() time.Time) *Cache {
	return &Cache{folder: folder, ending: ending, most: most, program: program, now: now}
}

// Kept is an archive in the cache, open for reading.
type Kept struct {
	*os.File
	SHA256 string
}

// Making is how an archive is made that is not in the cache.
type Making struct {
	Longest time.Duration // bounds it, as several may wait for it and it does not end with the first of them
	// Enter waits until an archive may be made.
	Enter func(context.Context) (leave func(), err error)
	Write func(context.Context, io.Writer) error
}

// Open opens an archive by what it rests on, which is made where it is not there.
func (s *Cache) Open(ctx context.Context, restsOn string, m Making) (*Kept, error) {
	sum := sha256.Sum256([]byte(s.program + " " + restsOn))
	name := hex.EncodeToString(sum[:])
	for range maxTries {
		known, err := s.find(name)
		if known != nil || err != nil {
			return known, err
		}
		made := s.making.DoChan(name, func() (any, error) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), m.Longest)
			defer cancel()
			leave, err := m.Enter(ctx)
			if err != nil {
				return nil, err
			}
			defer leave()
			return nil, s.fill(ctx, name, m.Write)
		})
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case done := <-made:
			if done.Err != nil {
				return nil, done.Err
			}
		}
	}
	return nil, fmt.Errorf("archive %s was written to %s %d times and is not there as it was written", name, s.folder, maxTries)
}

// maxTries is how often an archive is made anew of which something else than was written is found.
const maxTries = 3

// find opens an archive whose bytes are those that were written; nil where there is none.
func (s *Cache) find(name string) (*Kept, error) {
	paths, err := filepath.Glob(filepath.Join(s.folder, name+"-*"+s.ending))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		file, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) { // it had to make room
			continue
		}
		if err != nil {
			return nil, err
		}
		written := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), name+"-"), s.ending)
		sum := sha256.New()
		_, err = io.Copy(sum, file)
		if err == nil && hex.EncodeToString(sum.Sum(nil)) == written {
			_, err = file.Seek(0, io.SeekStart)
			now := s.now()
			return &Kept{file, written}, errors.Join(err, os.Chtimes(path, now, now))
		}
		if err := errors.Join(file.Close(), os.Remove(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return nil, nil
}

// fill puts an archive in the cache.
func (s *Cache) fill(ctx context.Context, name string, write func(context.Context, io.Writer) error) error {
	s.filling.Lock()
	defer s.filling.Unlock()
	if err := os.MkdirAll(s.folder, 0o750); err != nil {
		return err
	}
	archive, err := s.draft(ctx)
	if err != nil {
		return err
	}
	defer archive.Discard()
	sum := sha256.New()
	if err := write(ctx, io.MultiWriter(archive.File, sum)); err != nil {
		return err
	}
	path := filepath.Join(s.folder, name+"-"+hex.EncodeToString(sum.Sum(nil))+s.ending)
	if err := archive.Publish(path); err != nil {
		return err
	}
	now := s.now()
	return errors.Join(os.Chtimes(path, now, now), s.makeRoom(filepath.Base(path)))
}

// draft begins an archive, once no other program is writing one to the folder.
func (s *Cache) draft(ctx context.Context) (*atomicfile.Draft, error) {
	for {
		archive, err := atomicfile.NewFile(filepath.Join(s.folder, "pack.writing"))
		if !errors.Is(err, atomicfile.ErrBusy) {
			return archive, err
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), err)
		case <-time.After(lookAgain):
		}
	}
}

// lookAgain is after how long the folder is looked at again that another program writes to.
const lookAgain = 20 * time.Millisecond

// makeRoom removes the archives that were asked for longest ago, but never the one that was made last.
func (s *Cache) makeRoom(last string) error {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return err
	}
	var kept []fs.FileInfo
	var bytes int64
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && strings.HasSuffix(entry.Name(), s.ending) {
			kept, bytes = append(kept, info), bytes+info.Size()
		}
	}
	slices.SortFunc(kept, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	for _, info := range kept {
		if bytes <= s.most {
			break
		}
		if info.Name() == last {
			continue
		}
		if err := os.Remove(filepath.Join(s.folder, info.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		bytes -= info.Size()
	}
	return nil
}
