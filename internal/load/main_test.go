package load_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/measure"
	"stpdash/internal/warehouse"
	"stpdash/internal/warehouse/engine"
	"stpdash/internal/warehouse/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// everyFile has tests load every published file, where they otherwise load some: make whole.
var everyFile = os.Getenv("STPD_TEST_WHOLE") != ""

// write writes a file that has been left alone for a while.
func write(t testing.TB, folder, name string, content []byte) string {
	t.Helper()
	file := filepath.Join(folder, name)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	then := time.Now().Add(-time.Hour)
	if err := os.Chtimes(file, then, then); err != nil {
		t.Fatal(err)
	}
	return file
}

// openWarehouse opens a warehouse in a new database of the test's own.
func openWarehouse(t testing.TB, r *footprint.Reference) *warehouse.Warehouse {
	t.Helper()
	endpoint, _ := enginetest.Prepared(t, "tables", func(endpoint engine.Endpoint, _ string) { openWarehouseAt(t, endpoint, r) })
	return openWarehouseAt(t, endpoint, r)
}

func openWarehouseAt(t testing.TB, endpoint engine.Endpoint, r *footprint.Reference) *warehouse.Warehouse {
	t.Helper()
	var codes []string
	for _, f := range r.Footprints() {
		codes = append(codes, f.Code)
	}
	w, err := warehouse.Open(t.Context(), endpoint.Options(endpoint.User), endpoint.Options(endpoint.Reader), codes)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// newLoader makes a loader that has brought the warehouse to the definitions of a catalog.
func newLoader(t testing.TB, w *warehouse.Warehouse, c *catalog.Catalog, r *footprint.Reference) *load.Loader {
	t.Helper()
	return newLoaderAt(t, t.TempDir(), w, c, r)
}

func newLoaderAt(t testing.TB, archive string, w *warehouse.Warehouse, c *catalog.Catalog, r *footprint.Reference) *load.Loader {
	t.Helper()
	l := load.New(load.Settings{
		Store: w, Catalog: c, Reference: r, Archive: load.Archive{Folder: archive},
		Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	})
	if err := l.Define(t.Context(), mappingtest.ReadFile(t, "../../sql/reference/memberships.csv")); err != nil {
		t.Fatal(err)
	}
	return l
}

// prepared is a loader with its warehouse, both in a copy of what fill once put into one with the definitions of a catalog.
func prepared(t testing.TB, kind string, c *catalog.Catalog, fill func(l *load.Loader)) (*load.Loader, *warehouse.Warehouse) {
	t.Helper()
	r := mappingtest.Reference(t)
	endpoint, archive := enginetest.Prepared(t, kind, func(endpoint engine.Endpoint, archive string) {
		fill(newLoaderAt(t, archive, openWarehouseAt(t, endpoint, r), c, r))
	})
	w := openWarehouseAt(t, endpoint, r)
	return newLoaderAt(t, archive, w, c, r), w
}

// pipeline is a loader with its warehouse, empty but for the shipped definitions.
func pipeline(t testing.TB) (*load.Loader, *warehouse.Warehouse) {
	t.Helper()
	return prepared(t, "definitions", mappingtest.DefinitionsWithoutCentres(t, nil), func(*load.Loader) {})
}

// loadContent loads one file as if by the schedule.
func loadContent(t testing.TB, l *load.Loader, name string, content []byte) load.Outcome {
	t.Helper()
	o, err := l.Load(t.Context(), load.File{Name: name, Content: bytes.NewReader(content)}, "test")
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// mustPublish loads one file that has to be accepted.
func mustPublish(t testing.TB, l *load.Loader, name string, content []byte) load.Load {
	t.Helper()
	o := loadContent(t, l, name, content)
	if o.Load.State != load.Published || o.Known {
		t.Fatalf("%s: %s (known: %v): %s", name, o.Load.State, o.Known, o.Load.Message)
	}
	return o.Load
}

// mustPublishWhole publishes a file that lists every organisation, as the bundled ones do.
func mustPublishWhole(t testing.TB, l *load.Loader, name string, content []byte) {
	t.Helper()
	o, err := l.Load(t.Context(), load.File{Name: name, Content: bytes.NewReader(content), Bundled: true}, "test")
	if err != nil || o.Load.State != load.Published {
		t.Fatalf("%s: %s (%v): %s", name, o.Load.State, err, o.Load.Message)
	}
}

// value is one figure; ok is false where there is no row for it.
func value(t testing.TB, w *warehouse.Warehouse, asOf figures.AsOf, measure, place, period string) (v measure.Value, ok bool) {
	t.Helper()
	p, err := catalog.ParsePeriod(period)
	if err != nil {
		t.Fatal(err)
	}
	values, err := figurestest.Values(t.Context(), w, asOf, []string{measure}, []string{place}, figures.Range{From: p.Start, To: p.Start})
	if err != nil {
		t.Fatal(err)
	}
	if len(values) > 1 {
		t.Fatalf("%s of %s in %s has %d values", measure, place, period, len(values))
	}
	if len(values) == 0 {
		return v, false
	}
	return values[0], true
}

// numerator is a figure's numerator as text, "missing CODE ..." where it is incomplete, "none" where there is no figure.
func numerator(t testing.TB, w *warehouse.Warehouse, asOf figures.AsOf, measure, place, period string) string {
	t.Helper()
	v, ok := value(t, w, asOf, measure, place, period)
	switch {
	case !ok:
		return "none"
	case v.Complete() != v.Numerator.Valid:
		t.Fatalf("%s of %s in %s: numerator %v although missing is %q", measure, place, period, v.Numerator, v.Missing)
	case !v.Complete():
		return strings.TrimSpace("missing " + strings.Join(v.Missing, " "))
	}
	return v.Numerator.Decimal.String()
}

// everyValue is all that the warehouse shows at a time.
func everyValue(t testing.TB, w *warehouse.Warehouse, c *catalog.Catalog, asOf figures.AsOf) []measure.Value {
	t.Helper()
	var ids []string
	for _, m := range c.Measures {
		ids = append(ids, m.ID)
	}
	values, err := figurestest.Values(t.Context(), w, asOf, ids, nil, figures.Range{})
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func remove(t testing.TB, file string) {
	t.Helper()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}
