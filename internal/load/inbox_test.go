package load_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/warehouse"
)

func month(after int) time.Time {
	return time.Date(2016, time.January, 1, 0, 0, 0, 0, time.UTC).AddDate(0, after, 0)
}

// runsOnce waits until so many runs are recorded and returns them, oldest first, in words.
func runsOnce(t *testing.T, w *warehouse.Warehouse, count int) []string {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		runs, err := w.Runs(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(runs) < count {
			if time.Now().After(deadline) {
				t.Fatalf("%d runs are recorded, want %d", len(runs), count)
			}
			continue
		}
		var words []string
		for i := len(runs) - 1; i >= 0; i-- {
			r := runs[i]
			words = append(words, fmt.Sprintf("%s %s: found %d, published %d, failed %d, known %d%s",
				r.Started.Format(time.TimeOnly), r.Trigger, r.Found, r.Published, r.Failed, r.Known, r.Message))
		}
		return words
	}
}

func TestInbox(t *testing.T) {
	l, w := pipeline(t)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	clock := clockwork.NewFakeClockAt(time.Date(2018, 6, 1, 9, 0, 0, 0, time.UTC))
	l.Now = clock.Now
	folder := t.TempDir()
	write(t, folder, "april.csv", aprilCSV(t).bytes())
	write(t, folder, ".partial.csv", []byte("still being copied"))
	inbox := &load.Inbox{Folder: folder, Loader: l, Clock: clock, Logger: slog.New(slog.DiscardHandler)}
	if err := inbox.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := inbox.Stop(); err != nil {
			t.Error(err)
		}
	}()
	minute := func() {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := clock.BlockUntilContext(ctx, 1); err != nil {
			t.Fatalf("nothing waits for the next minute: %v", err)
		}
		clock.Advance(time.Minute)
	}
	want := []string{"09:00:00 start: found 1, published 1, failed 0, known 0"}
	expect := func() {
		t.Helper()
		if diff := gocmp.Diff(want, runsOnce(t, w, len(want))); diff != "" {
			t.Fatalf("runs (-want +got):\n%s", diff)
		}
	}
	expect()
	if got := numerator(t, w, warehouse.Now, "ae_attendances_type1", footprint.England, "2018-04"); got != "4150" {
		t.Errorf("after the start April is %s, want 4150", got)
	}

	write(t, folder, "may.csv", excerpt(t, "MSitAE-May-2018.csv", "RCD").bytes())
	write(t, folder, "bad.csv", []byte("<html>"))
	minute()
	want = append(want, "09:01:00 schedule: found 3, published 1, failed 1, known 1")
	expect()

	minute()
	want = append(want, "09:02:00 schedule: found 3, published 0, failed 0, known 3")
	expect()

	t.Run("a folder that is away for a while", func(t *testing.T) {
		away := filepath.Join(t.TempDir(), "away")
		if err := os.Rename(folder, away); err != nil {
			t.Fatal(err)
		}
		minute()
		want = append(want, "09:03:00 schedule: found 0, published 0, failed 0, known 0"+
			fmt.Sprintf("look for files: lstat %s: no such file or directory", folder))
		expect()
		if err := os.Rename(away, folder); err != nil {
			t.Fatal(err)
		}
		minute()
		want = append(want, "09:04:00 schedule: found 3, published 0, failed 0, known 3")
		expect()
	})
}

func TestOneLoadsAtATime(t *testing.T) {
	lock := load.FileLock(filepath.Join(t.TempDir(), "load.lock"))
	release, err := lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, 1)
	go func() {
		_, err := lock(ctx)
		waiting <- err
	}()
	cancel()
	if err := <-waiting; err == nil {
		t.Error("two hold the lock")
	}
	release()
	again, err := lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again()
}
