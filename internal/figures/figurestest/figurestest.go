//go:build linux || darwin

// Package figurestest gives tests figures in the real engine, and what is known of them.
package figurestest

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/measure"
	"stpdash/internal/register"
	"stpdash/internal/warehouse"
	"stpdash/internal/warehouse/engine"
	"stpdash/internal/warehouse/engine/enginetest"
)

// Known is all that is known of figures, loads and claims.
type Known struct {
	*figures.Figures
	*figures.Directory
	*figures.Moments
	*figures.Loads
	*register.Register
	Warehouse *warehouse.Warehouse
}

// Know tells what a store has by a clock; without a warehouse only what needs no figures.
func Know(w *warehouse.Warehouse, store figures.Store, c *catalog.Catalog, r *footprint.Reference, now func() time.Time) *Known {
	directory := figures.NewDirectory(c, r)
	moments := figures.NewMoments(w, figures.NewMemory(1<<30), now)
	known := figures.New(store, directory, moments)
	return &Known{known, directory, moments, figures.NewLoads(w, known), register.New(w, known, nil, nil, "test"), w}
}

// Unloaded knows the product's own definitions and reference data, and no figures. It is for packages two folders below the root.
func Unloaded(t testing.TB, now func() time.Time) *Known {
	t.Helper()
	c, r := own(t)
	return Know(nil, nil, c, r, now)
}

var (
	readCatalog   = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Read(os.DirFS("../../dashboards")) })
	readReference = sync.OnceValues(func() (*footprint.Reference, error) { return footprint.Read(os.DirFS("../../sql/reference")) })
)

// own are the product's definitions and reference data, read once in a test binary. A test may set fields of its catalog, and change
// nothing that they point to.
func own(t testing.TB) (*catalog.Catalog, *footprint.Reference) {
	t.Helper()
	c, err := readCatalog()
	if err != nil {
		t.Fatal(err)
	}
	r, err := readReference()
	if err != nil {
		t.Fatal(err)
	}
	copied := *c
	return &copied, r
}

// Load knows figures in canonical form that are loaded when a clock tells. It is for packages two folders below the root.
func Load(t *testing.T, content string, now func() time.Time) *Known {
	t.Helper()
	c, r := own(t)
	w, l := Empty(t, c, r, now)
	content = "measure,organisation,period,numerator,denominator,published_file,published_row\n" + strings.ReplaceAll(content, "\n", ",figures.xls,1\n")
	o, err := l.Load(t.Context(), load.File{Name: "figures.csv", Content: strings.NewReader(content), Accept: "figures of a test"}, "test")
	if err != nil || o.Load.State != load.Published || o.Load.Rejections > 0 {
		t.Fatalf("%+v, %v", o.Load, err)
	}
	return Know(w, w, c, r, now)
}

// Empty is a database without figures that knows the definitions, and what loads into it. It is for packages two folders below the root.
func Empty(t testing.TB, c *catalog.Catalog, r *footprint.Reference, now func() time.Time) (*warehouse.Warehouse, *load.Loader) {
	t.Helper()
	var codes []string
	for _, f := range r.Footprints() {
		codes = append(codes, f.Code)
	}
	open := func(endpoint engine.Endpoint) *warehouse.Warehouse {
		t.Helper()
		w, err := warehouse.Open(t.Context(), endpoint.Options(endpoint.User), endpoint.Options(endpoint.Reader), codes)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = w.Close() })
		return w
	}
	endpoint, _ := enginetest.Prepared(t, "tables", func(endpoint engine.Endpoint, _ string) { open(endpoint) })
	w := open(endpoint)
	l := load.New(load.Settings{Store: w, Catalog: c, Reference: r, Archive: load.Archive{Folder: t.TempDir()}, Now: now, Logger: slog.New(slog.DiscardHandler)})
	memberships, err := os.ReadFile("../../sql/reference/memberships.csv")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Define(t.Context(), memberships); err != nil {
		t.Fatal(err)
	}
	return w, l
}

// As is known by another version of the program.
func (k *Known) As(version string) *Known {
	other := *k
	other.Register = register.New(k.Warehouse, k.Figures, nil, nil, version)
	return &other
}

// Values are those that a store hands out, together.
func Values(ctx context.Context, w figures.Store, asOf figures.AsOf, measures, footprints []string, r figures.Range) ([]measure.Value, error) {
	var values []measure.Value
	err := w.EachValue(ctx, asOf, measures, footprints, r, func(v measure.Value) error {
		values = append(values, v)
		return nil
	})
	return values, err
}
