package load_test

import (
	"log/slog"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
)

// A history that says every state twice, as one whose rows were copied does, gives the same figures: no load counts twice.
func TestRebuildOfAHistorySaidTwice(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	mustPublish(t, l, "april.csv", mappingtest.AprilCSV(t).Bytes())
	revised := mappingtest.AprilCSV(t).Altered(4, mappingtest.Type1, "5000")
	revised.AddUp(t)
	mustPublish(t, l, "revised.csv", revised.Bytes())
	want := everyValue(t, w, l.Catalog, figures.Now)
	history, err := w.History(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	anew := openWarehouse(t, l.Reference)
	again := load.New(load.Settings{
		Store: anew, Catalog: l.Catalog, Reference: l.Reference, Archive: l.Archive, Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	})
	if lost, err := again.Rebuild(t.Context(), append(history, history...), nil); err != nil || len(lost) > 0 {
		t.Fatal(lost, err)
	}
	if diff := gocmp.Diff(want, everyValue(t, anew, l.Catalog, figures.Now), sameDecimals); diff != "" || len(want) == 0 {
		t.Errorf("%d figures (-before +rebuilt):\n%s", len(want), diff)
	}
}
