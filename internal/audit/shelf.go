package audit

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

	"stpdash/internal/catalog"
	"stpdash/internal/draft"
	"stpdash/internal/figures"
	"stpdash/internal/register"
)

// Shelf keeps packs as zip archives in a folder, each under the name of all that it rests on, so that each is made once. It outlasts the
// program. What changed on the disk is made anew.
type Shelf struct {
	folder  string
	most    int64  // bytes
	program string // names this program, to the byte
	now     func() time.Time
	making  singleflight.Group
	filling sync.Mutex
}

// NewShelf keeps packs that a program makes in a folder of at most so many bytes; the one asked for last stays, whatever its size.
func NewShelf(folder string, most int64, program string, now func() time.Time) *Shelf {
	return &Shelf{folder: folder, most: most, program: program, now: now}
}

// longestMaking bounds the making of a pack that several readers wait for, so that it does not end with the first of them.
const longestMaking = 2 * time.Minute

// Kept is an archive on the shelf, open for reading.
type Kept struct {
	*os.File
	SHA256 string
}

// Open opens the archive of a claim's pack, which is made where it is not there. Enter waits until a pack may be made.
func (s *Shelf) Open(ctx context.Context, f *figures.Figures, r *register.Register, asOf figures.Moment, tested *catalog.Claim, enter func(context.Context) (leave func(), err error)) (*Kept, error) {
	name := s.name(f, r, asOf, tested)
	for range maxTries {
		known, err := s.find(name)
		if known != nil || err != nil {
			return known, err
		}
		made := s.making.DoChan(name, func() (any, error) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longestMaking)
			defer cancel()
			leave, err := enter(ctx)
			if err != nil {
				return nil, err
			}
			defer leave()
			pack, err := New(ctx, f, r, asOf, tested)
			if err != nil {
				return nil, err
			}
			return nil, s.fill(name, pack)
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
	return nil, fmt.Errorf("the archive of claim %s was written to %s %d times and is not there as it was written", tested.ID, s.folder, maxTries)
}

// maxTries is how often a pack is made anew of which something else than was written is found.
const maxTries = 3

// name names all that a pack rests on.
func (s *Shelf) name(f *figures.Figures, r *register.Register, asOf figures.Moment, tested *catalog.Claim) string {
	rests := sha256.New()
	fmt.Fprintln(rests, s.program, r.Version(), tested.ID, asOf.Figures(), asOf.Text == "") // now the definitions are those of now
	for _, d := range f.Directory().Catalog.Measures {
		fmt.Fprintln(rests, d.ID, d.Hash())
	}
	for _, d := range f.Directory().Catalog.Sources {
		fmt.Fprintln(rests, d.ID, d.Hash())
	}
	for _, d := range f.Directory().Catalog.Targets {
		fmt.Fprintln(rests, d.ID, d.Hash())
	}
	for _, d := range f.Directory().Catalog.Claims {
		fmt.Fprintln(rests, d.ID, d.Hash())
	}
	return hex.EncodeToString(rests.Sum(nil))
}

const archiveEnding = ".zip"

// find opens an archive whose bytes are those that were written; nil where there is none.
func (s *Shelf) find(name string) (*Kept, error) {
	paths, err := filepath.Glob(filepath.Join(s.folder, name+"-*"+archiveEnding))
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
		written := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), name+"-"), archiveEnding)
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

// fill puts a pack on the shelf.
func (s *Shelf) fill(name string, pack *Pack) error {
	s.filling.Lock()
	defer s.filling.Unlock()
	if err := os.MkdirAll(s.folder, 0o750); err != nil {
		return err
	}
	archive, err := draft.NewFile(filepath.Join(s.folder, "pack.writing"))
	if err != nil {
		return err
	}
	defer archive.Discard()
	sum := sha256.New()
	if err := pack.WriteZip(io.MultiWriter(archive.File, sum)); err != nil {
		return err
	}
	path := filepath.Join(s.folder, name+"-"+hex.EncodeToString(sum.Sum(nil))+archiveEnding)
	if err := archive.Publish(path); err != nil {
		return err
	}
	now := s.now()
	return errors.Join(os.Chtimes(path, now, now), s.makeRoom(filepath.Base(path)))
}

// makeRoom removes the archives that were asked for longest ago, but never the one that was made last.
func (s *Shelf) makeRoom(last string) error {
	entries, err := os.ReadDir(s.folder)
	if err != nil {
		return err
	}
	var kept []fs.FileInfo
	var bytes int64
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && strings.HasSuffix(entry.Name(), archiveEnding) {
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
