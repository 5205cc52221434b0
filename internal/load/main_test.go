package load_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/measure"
	"stpdash/internal/publication"
	"stpdash/internal/warehouse"
	"stpdash/internal/warehouse/engine"
	"stpdash/internal/warehouse/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// published lists the files of one folder of published files. Without the folder it skips the test, but fails it in CI.
func published(t testing.TB, folder string) []string {
	t.Helper()
	shared := os.Getenv("STP_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	files, _, err := load.Discover([]string{filepath.Join(shared, "data", "published", folder)})
	switch {
	case err == nil:
		return files
	case os.Getenv("CI") == "true":
		t.Fatalf("the published files are missing: %v", err)
	default:
		t.Skipf("the published files are not here (STP_SHARED names the folder that holds data/): %v", err)
	}
	return nil
}

// publishedFile reads the published file whose name begins so.
func publishedFile(t testing.TB, folder, beginning string) []byte {
	t.Helper()
	for _, file := range published(t, folder) {
		if strings.HasPrefix(filepath.Base(file), beginning) {
			return read(t, file)
		}
	}
	t.Fatalf("no file of %s begins with %s", folder, beginning)
	return nil
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

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

// definitions are the shipped ones with some files put in their place or beside them. Returns may state the published measures
// too: what the tests show of returns does not depend on who else states a measure.
func definitions(t testing.TB, files map[string]string) *catalog.Catalog {
	t.Helper()
	all := fstest.MapFS{}
	for _, folder := range []string{"measures", "sources", "pages"} {
		shipped, _, err := load.Discover([]string{filepath.Join("../../dashboards", folder)})
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range shipped {
			content := strings.ReplaceAll(string(read(t, file)), "\nsources: [", "\nsources: [canonical, ")
			content = strings.ReplaceAll(content, "    sources: [", "    sources: [canonical, ")
			all[folder+"/"+filepath.Base(file)] = &fstest.MapFile{Data: []byte(content)}
		}
	}
	for name, content := range files {
		all[name] = &fstest.MapFile{Data: []byte(content)}
	}
	c, err := catalog.Read(all)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func reference(t testing.TB) *footprint.Reference {
	t.Helper()
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// referenceWith is the reference with lines added to its tables, by their files.
func referenceWith(t testing.TB, lines map[string]string) *footprint.Reference {
	t.Helper()
	files := fstest.MapFS{}
	all, _, err := load.Discover([]string{"../../sql/reference"})
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range all {
		table := filepath.Base(file)
		files[table] = &fstest.MapFile{Data: append(read(t, file), lines[table]...)}
	}
	r, err := footprint.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// mapped reads a publication that must be accepted as a whole.
func mapped(t testing.TB, m *load.Mapper, name string, content []byte) *mappedFile {
	t.Helper()
	p, err := publication.Decode(t.Context(), name, content, publication.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := mapFile(m, p, content)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f
}

func mapFile(m *load.Mapper, p *publication.Publication, content []byte) (*mappedFile, error) {
	reading, err := m.Open(p, fingerprint(content), "")
	if err != nil {
		return nil, err
	}
	f := &mappedFile{Source: reading.Source}
	f.Summary, err = reading.Read(&f.Batch)
	return f, err
}

// mappedFile is all that a publication says.
type mappedFile struct {
	Source *catalog.Source
	load.Summary
	load.Batch
}

func fingerprint(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
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
	l := &load.Loader{
		Store: w, Catalog: c, Reference: r, Archive: load.Archive{Folder: archive},
		Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	}
	if err := l.Define(t.Context(), read(t, "../../sql/reference/memberships.csv")); err != nil {
		t.Fatal(err)
	}
	return l
}

// prepared is a loader with its warehouse, both in a copy of what fill once put into one with the definitions of a catalog.
func prepared(t testing.TB, kind string, c *catalog.Catalog, fill func(l *load.Loader)) (*load.Loader, *warehouse.Warehouse) {
	t.Helper()
	r := reference(t)
	endpoint, archive := enginetest.Prepared(t, kind, func(endpoint engine.Endpoint, archive string) {
		fill(newLoaderAt(t, archive, openWarehouseAt(t, endpoint, r), c, r))
	})
	w := openWarehouseAt(t, endpoint, r)
	return newLoaderAt(t, archive, w, c, r), w
}

// pipeline is a loader with its warehouse, empty but for the shipped definitions.
func pipeline(t testing.TB) (*load.Loader, *warehouse.Warehouse) {
	t.Helper()
	return prepared(t, "definitions", definitions(t, nil), func(*load.Loader) {})
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
	values, err := w.Values(t.Context(), asOf, []string{measure}, []string{place}, figures.Range{From: p.Start, To: p.Start})
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
	values, err := w.Values(t.Context(), asOf, ids, nil, figures.Range{})
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// grid is the content of a csv, to be altered.
type grid [][]string

func parseGrid(t testing.TB, content []byte) grid {
	t.Helper()
	records := csv.NewReader(strings.NewReader(string(content)))
	records.FieldsPerRecord = -1
	rows, err := records.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func (g grid) clone() grid {
	copied := make(grid, len(g))
	for i := range g {
		copied[i] = slices.Clone(g[i])
	}
	return copied
}

func (g grid) column(heading string) int { return slices.Index(g[0], heading) }

func (g grid) bytes() []byte {
	var b strings.Builder
	out := csv.NewWriter(&b)
	if err := out.WriteAll(g); err != nil {
		panic(err) // a strings.Builder takes everything
	}
	return []byte(b.String())
}

// excerpt cuts a published A&E csv down to some organisations, with the TOTAL row they add up to.
func excerpt(t testing.TB, file string, organisations ...string) grid {
	t.Helper()
	whole := parseGrid(t, publishedFile(t, "ae", file))
	cut := grid{whole[0]}
	for _, code := range organisations {
		at := slices.IndexFunc(whole, func(row []string) bool { return row[1] == code })
		if at < 0 {
			t.Fatalf("%s has no row of %s", file, code)
		}
		cut = append(cut, slices.Clone(whole[at]))
	}
	total := slices.Clone(whole[len(whole)-1])
	if total[3] != "TOTAL" {
		t.Fatalf("the last row of %s is %q", file, total)
	}
	cut = append(cut, total)
	cut.addUp(t)
	return cut
}

// addUp makes the last row the total of the others.
func (g grid) addUp(t testing.TB) {
	t.Helper()
	last := len(g) - 1
	for column := 4; column < len(g[0]); column++ {
		sum := decimal.Zero
		for _, row := range g[1:last] {
			n, err := decimal.NewFromString(row[column])
			if err != nil {
				t.Fatal(err)
			}
			sum = sum.Add(n)
		}
		g[last][column] = sum.String()
	}
}

// alterWorkbook changes cells of a published workbook.
func alterWorkbook(t testing.TB, content []byte, alter func(f *excelize.File) error) []byte {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(string(content)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := alter(f); err != nil {
		t.Fatal(err)
	}
	altered, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return altered.Bytes()
}

func remove(t testing.TB, file string) {
	t.Helper()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}
