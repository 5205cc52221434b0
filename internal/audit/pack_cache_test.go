package audit_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"stpdash/internal/audit"
)

func TestShelf(t *testing.T) {
	c := composer(t, map[string]io.ReadSeeker{"figures.csv": strings.NewReader(
		"measure,organisation,period,numerator,denominator,published_file,published_row,published_text\n" +
			"emergency_admissions_type1,RTF,2017-04,12,,figures.xls,1,12\n")})
	folder, now := filepath.Join(t.TempDir(), "packs"), time.Date(2018, 3, 31, 12, 0, 0, 0, time.UTC)
	packs := func(program string, most int64) *audit.PackCache {
		return audit.NewPackCache(folder, most, program, func() time.Time { now = now.Add(time.Second); return now })
	}
	var made atomic.Int64
	enter := func(ctx context.Context) (func(), error) { made.Add(1); return func() {}, ctx.Err() }
	open := func(s *audit.PackCache, claim, moment string) ([]byte, error) {
		asOf, err := c.AsOf(t.Context(), moment)
		if err != nil {
			return nil, err
		}
		tested, err := c.Find(claim)
		if err != nil {
			return nil, err
		}
		kept, err := s.Open(t.Context(), c.Figures, c.Register, asOf, tested, enter)
		if err != nil {
			return nil, err
		}
		defer kept.Close()
		return io.ReadAll(kept)
	}
	get := func(s *audit.PackCache, claim, moment string) []byte {
		t.Helper()
		content, err := open(s, claim, moment)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := zip.NewReader(bytes.NewReader(content), int64(len(content))); err != nil {
			t.Errorf("%s as of %q is no archive: %v", claim, moment, err)
		}
		return content
	}
	wasMade := func(what string, want int64) {
		t.Helper()
		if n := made.Swap(0); n != want {
			t.Errorf("%s: %d packs were made, want %d", what, n, want)
		}
	}
	archives := func() []string {
		paths, err := filepath.Glob(filepath.Join(folder, "*"))
		if err != nil {
			t.Fatal(err)
		}
		return paths
	}

	busy := errors.New("busy")
	asOf, _ := c.AsOf(t.Context(), "")
	tested, _ := c.Find("early")
	if _, err := packs(
		"one",
		1<<30,
	).Open(t.Context(), c.Figures, c.Register, asOf, tested, func(context.Context) (func(), error) { return nil, busy }); !errors.Is(
		err,
		busy,
	) {
		t.Errorf("where there is no place the answer is %v", err)
	}
	first := packs("one", 1<<30)
	var readers errgroup.Group
	for range 50 {
		readers.Go(func() error { _, err := open(first, "early", ""); return err })
	}
	if err := readers.Wait(); err != nil {
		t.Fatal(err)
	}
	wasMade("50 readers of one", 1)
	want := get(first, "early", "")
	if again := get(packs("one", 1<<30), "early", ""); !bytes.Equal(again, want) {
		t.Error("after a restart the pack is another")
	}
	wasMade("after a restart", 0)
	get(packs("another", 1<<30), "early", "")
	wasMade("by another program", 1)
	before := get(first, "early", "1")
	get(first, "early", "2001-01-01")
	if bytes.Equal(before, want) {
		t.Error("before the figures were loaded the pack is the same")
	}
	wasMade("as of two other moments", 2)
	get(first, "early", "1")
	get(first, "early", "2000-01-01") // the same state as that of 2001
	wasMade("of the same states", 0)

	for what, change := range map[string]func(path string) error{
		"cut short": func(path string) error { return os.Truncate(path, 100) },
		"emptied":   func(path string) error { return os.Truncate(path, 0) },
		"changed": func(path string) error {
			content, err := os.ReadFile(path)
			if len(content) > 0 { // another kind of damage emptied it
				content[len(content)/2] ^= 1
			}
			return errors.Join(err, os.WriteFile(path, content, 0o600))
		},
		"under another's name": func(path string) error { return os.WriteFile(path, before, 0o600) },
		"gone":                 os.Remove,
	} {
		for _, path := range archives() {
			if err := change(path); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(get(first, "early", ""), want) {
			t.Errorf("%s: what is in the cache is served", what)
		}
		wasMade(what, 1)
		get(first, "early", "1")
		made.Store(0)
	}

	// A killed program leaves a part of a pack.
	if err := os.WriteFile(filepath.Join(folder, "pack.writing"), []byte("PK"), 0o600); err != nil {
		t.Fatal(err)
	}
	small := packs("small", int64(len(want))*5/2)
	for i := range 6 {
		get(small, []string{"early", "tested"}[i%2], fmt.Sprint(1+i/2))
	}
	var size int64
	for _, path := range archives() {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		size += info.Size()
	}
	if n := len(archives()); size > int64(len(want))*5/2 && n > 1 || n == 0 {
		t.Errorf("%d archives of %d bytes are kept, accepted are %d", n, size, len(want)*5/2)
	}
	made.Store(0)
	get(small, "tested", "3")
	wasMade("the one asked for last", 0)
}
