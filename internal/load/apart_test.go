package load_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stpdash/internal/load"
	"stpdash/internal/mapping"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/warehouse"
)

// die leaves a load as the service leaves it that dies while it reads the file.
func die(t *testing.T, l *load.Loader, w *warehouse.Warehouse, content []byte, state load.State) {
	t.Helper()
	id, err := w.NextLoad(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Record(
		t.Context(),
		load.Load{
			ID:      id,
			State:   state,
			At:      l.Now(),
			File:    mappingtest.April,
			SHA256:  mappingtest.Fingerprint(content),
			Size:    uint64(len(content)),
			Trigger: "schedule",
		},
	); err != nil {
		t.Fatal(err)
	}
	if err := l.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// stopped is a warehouse that is told of a stop while it records a state: it has recorded it or is about to, and its answer is lost.
type stopped struct {
	load.Store
	at    load.State
	stop  context.CancelFunc
	late  time.Duration // that it takes to record what is no longer waited for
	being sync.WaitGroup
}

func (s *stopped) Record(ctx context.Context, loads ...load.Load) error {
	if loads[0].State != s.at {
		return s.Store.Record(ctx, loads...)
	}
	s.stop()
	recorded := make(chan error, 1)
	s.being.Go(func() {
		time.Sleep(s.late)
		recorded <- s.Store.Record(context.WithoutCancel(ctx), loads...)
	})
	if s.late == 0 {
		if err := <-recorded; err != nil {
			return err
		}
		return ctx.Err()
	}
	select {
	case err := <-recorded:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Whenever a load is stopped in order, its file is not blamed for a death.
func TestStopsBlameNoFile(t *testing.T) {
	t.Parallel()
	good, bad := mappingtest.AprilCSV(t).Bytes(), []byte("no,table\n")
	for _, moment := range []struct {
		state   load.State
		late    time.Duration
		content []byte
		ends    load.State
	}{
		{load.Received, 0, good, load.Interrupted},
		{load.Received, 200 * time.Millisecond, good, load.Interrupted},
		{load.Staged, 0, good, load.Interrupted},
		{load.Staged, 200 * time.Millisecond, good, load.Interrupted},
		{load.Failed, 0, bad, load.Failed},
		{load.Failed, 200 * time.Millisecond, bad, load.Failed},
	} {
		name := fmt.Sprintf("%s, recorded %v after the stop", moment.state, moment.late)
		l, w := pipeline(t)
		ctx, stop := context.WithCancel(t.Context())
		store := &stopped{Store: w, at: moment.state, stop: stop, late: moment.late}
		loader := load.New(load.Settings{
			Store: store, Catalog: l.Catalog, Reference: l.Reference, Archive: l.Archive, Now: time.Now, Logger: slog.New(slog.DiscardHandler),
		})
		if _, err := loader.Load(
			ctx,
			load.File{Name: mappingtest.April, Content: bytes.NewReader(moment.content)},
			"test",
		); err != nil &&
			!errors.Is(err, context.Canceled) {
			t.Fatalf("%s: %v", name, err)
		}
		store.being.Wait()
		latest, _, err := w.LatestLoad(t.Context(), mappingtest.Fingerprint(moment.content))
		if err != nil || latest.State != moment.ends {
			t.Errorf("%s: it ends as %q (%v)", name, latest.State, err)
		}
		if left, err := w.Unfinished(t.Context()); err != nil || len(left) > 0 {
			t.Errorf("%s: it would be blamed: %+v (%v)", name, left, err)
		}
	}
}

// A file that broke two loads is set aside: it is not tried by itself, the run says so, and by hand it is tried again.
func TestSetAside(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	content := mappingtest.AprilCSV(t).Bytes()
	inbox := t.TempDir()
	write(t, inbox, mappingtest.April, content)
	look := func() (load.Run, load.Load) {
		t.Helper()
		run, err := l.Paths(t.Context(), []string{inbox}, "schedule", false, nil)
		if err != nil {
			t.Fatal(err)
		}
		latest, _, err := w.LatestLoad(t.Context(), mappingtest.Fingerprint(content))
		if err != nil {
			t.Fatal(err)
		}
		return run, latest
	}
	die(t, l, w, content, load.Received)
	die(t, l, w, content, load.Received)
	run, first := look()
	if !first.IsSetAside() || run.Failed != 1 || !strings.Contains(first.Message, mappingtest.April+" is set aside: the service died 2 times in a row") ||
		!strings.Contains(run.Message, mappingtest.April+" is set aside") {
		t.Errorf("the file ended as %+v, the run as %+v", first, run)
	}
	run, again := look()
	if again.ID != first.ID || run.Known != 1 || !strings.Contains(run.Message, mappingtest.April+" is set aside") {
		t.Errorf("it was tried again as %+v, the run says %q", again, run.Message)
	}
	o, err := l.Load(t.Context(), load.File{Name: mappingtest.April, Content: bytes.NewReader(content), Again: true}, "hand")
	if err != nil || o.Load.State != load.Published {
		t.Errorf("by hand it ended as %+v (%v)", o.Load, err)
	}
}

// A file that was being loaded when the service died is loaded after the others.
func TestSuspectsAreLoadedLast(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	inbox := t.TempDir()
	content := mappingtest.AprilCSV(t).Bytes()
	write(t, inbox, mappingtest.April, content)
	write(t, inbox, "z-other.csv", mappingtest.AprilCSV(t).Altered(2, "Org name", "other").Bytes())
	order := func() (files []string) {
		t.Helper()
		if _, err := l.Paths(t.Context(), []string{inbox}, "schedule", false, func(_, _ int, file string, _ load.Outcome, _ error) {
			files = append(files, filepath.Base(file))
		}); err != nil {
			t.Fatal(err)
		}
		return files
	}
	if got := order(); !slices.Equal(got, []string{mappingtest.April, "z-other.csv"}) {
		t.Errorf("before any death the order is %v", got)
	}
	die(t, l, w, content, load.Staged)
	if got := order(); !slices.Equal(got, []string{"z-other.csv", mappingtest.April}) {
		t.Errorf("after a death the order is %v", got)
	}
}

// Deaths that say nothing of a file do not set it aside.
func TestInnocentFiles(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	stop := func(content []byte) {
		t.Helper()
		id, err := w.NextLoad(t.Context())
		if err == nil {
			err = w.Record(
				t.Context(),
				load.Load{ID: id, State: load.Interrupted, At: l.Now(), File: mappingtest.April, SHA256: mappingtest.Fingerprint(content), Message: "context canceled"},
			)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	apart := 0
	fails := errors.New("signal: killed")
	for i, test := range []struct {
		name   string
		before func(content []byte)
		apart  []error
		want   load.State
	}{
		{"one death", func(c []byte) { die(t, l, w, c, load.Received) }, nil, load.Published},
		{"deaths after the file was read", func(c []byte) { die(t, l, w, c, load.Staged); die(t, l, w, c, load.Staged) }, []error{nil}, load.Published},
		{"stops in order", func(c []byte) { stop(c); stop(c); stop(c) }, nil, load.Published},
		{"a stop between deaths", func(c []byte) { die(t, l, w, c, load.Received); stop(c); die(t, l, w, c, load.Received) }, []error{fails, fails}, load.Failed},
		{"two deaths, and it can be read apart", func(c []byte) { die(t, l, w, c, load.Received); die(t, l, w, c, load.Received) }, []error{nil}, load.Published},
		{"the process apart was ended too, once", func(c []byte) { die(t, l, w, c, load.Received); die(t, l, w, c, load.Received) }, []error{fails, nil}, load.Published},
		{"it was read apart again and again", func(c []byte) {
			for range 3 {
				die(t, l, w, c, load.Received)
			}
		}, nil, load.Failed},
	} {
		t.Run(test.name, func(t *testing.T) {
			content := mappingtest.AprilCSV(t).Altered(2, "Org name", strings.Repeat("x", i+1)).Bytes()
			test.before(content)
			apart = 0
			l := l.With(func(s *load.Settings) {
				s.Apart = func(context.Context, string, string, string) error {
					if apart++; apart > len(test.apart) {
						t.Fatal("it is read apart too often")
					}
					return test.apart[apart-1]
				}
			})
			o := loadContent(t, l, mappingtest.April, content)
			if o.Load.State != test.want || o.Load.IsSetAside() != (test.want == load.Failed) || apart != len(test.apart) {
				t.Errorf("%s, read apart %d times, want %s: %s", o.Load.State, apart, test.want, o.Load.Message)
			}
		})
	}
}

// What is read apart is read as a load reads it, and a file that is refused does not count as one that ends its process.
func TestReadApart(t *testing.T) {
	t.Parallel()
	l, _ := pipeline(t)
	folder := t.TempDir()
	for name, content := range map[string]string{mappingtest.April: string(mappingtest.AprilCSV(t).Bytes()), "page.csv": "<html>", "empty.csv": ""} {
		if err := load.ReadApart(t.Context(), mapping.NewMapper(l.Catalog, l.Reference), write(t, folder, name, []byte(content)), name, "", l.Now()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := load.ReadApart(
		ctx,
		mapping.NewMapper(l.Catalog, l.Reference),
		write(t, folder, mappingtest.April, mappingtest.AprilCSV(t).Bytes()),
		mappingtest.April,
		"",
		l.Now(),
	); !errors.Is(
		err,
		context.Canceled,
	) {
		t.Errorf("error %v, want the context's", err)
	}
}
