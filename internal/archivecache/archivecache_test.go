package archivecache_test

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"testing"
	"time"

	"stpdash/internal/archivecache"
	"stpdash/internal/atomicfile"
)

// making writes one word.
func making(longest time.Duration) archivecache.Making {
	return archivecache.Making{
		Longest: longest,
		Enter:   func(context.Context) (func(), error) { return func() {}, nil },
		Write: func(_ context.Context, w io.Writer) error {
			_, err := io.WriteString(w, "whole")
			return err
		},
	}
}

// A command writes to the folder of a service that runs: the later of them waits, and nobody is refused.
func TestTwoProgramsWriteToOneFolder(t *testing.T) {
	folder := t.TempDir()
	cache := archivecache.New(folder, ".zip", 1<<20, "test", time.Now)
	other, err := atomicfile.NewFile(filepath.Join(folder, "pack.writing"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cache.Open(t.Context(), "a", making(100*time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, atomicfile.ErrBusy) {
		t.Errorf("while another writes for longer than is waited: %v", err)
	}
	time.AfterFunc(100*time.Millisecond, other.Discard)
	kept, err := cache.Open(t.Context(), "a", making(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	if content, err := io.ReadAll(kept); err != nil || string(content) != "whole" {
		t.Errorf("%q was kept (%v)", content, err)
	}
}
