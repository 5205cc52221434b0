package load_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
)

func TestJournal(t *testing.T) {
	j := load.Journal{Path: filepath.Join(t.TempDir(), "loads.jsonl")}
	at := time.Date(2018, time.March, 31, 12, 0, 0, 123456000, time.UTC)
	want := []load.Load{
		{ID: 1, State: load.Received, At: at, File: "a \"b\"\n.csv", SHA256: "f1", Size: 12, Trigger: "hand"},
		{ID: 1, State: load.Published, At: at.Add(time.Second), Observations: 7, Rejections: 1, Compared: 3, Differing: 2, Message: "£", Rule: "x"},
		{ID: 2, State: load.Received, At: at.Add(time.Minute), Definition: "d", Released: "r", Source: "s"},
	}
	if read, err := j.Read(); err != nil || read != nil {
		t.Errorf("before anything was written: %v, %v", read, err)
	}
	if err := j.Append(want[:2]...); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(j.Path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString(`{"load":3,"state":"rec`); err != nil { // a crash cut it off
		t.Fatal(err)
	}
	if err := errors.Join(file.Close(), j.Append(want[2])); err != nil {
		t.Fatal(err)
	}
	read, err := j.Read()
	if diff := cmp.Diff(want, read); err != nil || diff != "" {
		t.Errorf("%v (-written +read):\n%s", err, diff)
	}
	if joined := load.Join(want[:2], want); !cmp.Equal(joined, want) {
		t.Errorf("joined are %v", joined)
	}
}

// A warehouse that has lost loads of its journal is not loaded into; a journal that lacks some gets them.
func TestRecoverComparesTheJournal(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	mustPublish(t, l, "april.csv", mappingtest.AprilCSV(t).Bytes())
	l = l.With(func(s *load.Settings) { s.Journal.Path = filepath.Join(t.TempDir(), "loads.jsonl") })
	if err := l.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	noted, err := l.Journal.Read()
	if err != nil {
		t.Fatal(err)
	}
	history, err := w.History(t.Context())
	if diff := cmp.Diff(history, noted); err != nil || diff != "" || len(noted) < 6 {
		t.Errorf("%v: %d states (-warehouse +journal):\n%s", err, len(noted), diff)
	}
	if err := l.Journal.Append(load.Load{ID: 99, State: load.Published, At: time.Date(2018, 1, 1, 0, 0, 0, 0, time.UTC), File: "lost.csv"}); err != nil {
		t.Fatal(err)
	}
	if err := l.Recover(t.Context()); !errors.Is(err, load.ErrLost) {
		t.Errorf("got %v", err)
	}
}
