// Package mappingtest gives tests the published files, the shipped definitions and reference data, and what files of them are read as.
// It is for packages two folders below the root.
package mappingtest

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/mapping"
	"stpdash/internal/publication"
)

// Published lists the files of one folder of published files. Without the folder it skips the test, but fails it in CI.
func Published(t testing.TB, folder string) []string {
	t.Helper()
	shared := os.Getenv("STP_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	files, err := filesIn(filepath.Join(shared, "data", "published", folder))
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

// filesIn lists the files of a folder and of those in it, by name; hidden ones are left out.
func filesIn(folder string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && !strings.HasPrefix(entry.Name(), ".") {
			files = append(files, file)
		}
		return err
	})
	return files, err
}

// PublishedFile reads the published file whose name begins so.
func PublishedFile(t testing.TB, folder, beginning string) []byte {
	t.Helper()
	for _, file := range Published(t, folder) {
		if strings.HasPrefix(filepath.Base(file), beginning) {
			return ReadFile(t, file)
		}
	}
	t.Fatalf("no file of %s begins with %s", folder, beginning)
	return nil
}

// ReadFile reads a file.
func ReadFile(t testing.TB, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

var (
	shipped        once[*catalog.Catalog]
	withoutCentres once[*catalog.Catalog]
	reference      once[*footprint.Reference]
	mapper         once[*mapping.Mapper]
	readings       sync.Map // by path, *once[*File]
)

// once is a value that is made once in a test binary.
type once[V any] struct {
	sync.Once
	value V
	made  bool
}

func (o *once[V]) get(t testing.TB, make func() V) V {
	t.Helper()
	o.Do(func() { o.value, o.made = make(), true })
	if !o.made {
		t.Fatal("an earlier test failed to make it")
	}
	return o.value
}

// Definitions are the shipped ones with some files put in their place or beside them. Returns may state the published measures
// too: what the tests show of returns does not depend on who else states a measure. Without files all tests share them, so none may
// change them.
func Definitions(t testing.TB, files map[string]string) *catalog.Catalog {
	t.Helper()
	if len(files) == 0 {
		return shipped.get(t, func() *catalog.Catalog { return definitions(t, nil) })
	}
	return definitions(t, files)
}

// centresLeftOut is where the source of A&E begins to name the walk-in centres that single months leave out.
const centresLeftOut = "  # Walk-in and urgent care centres,"

// DefinitionsWithoutCentres are those of [Definitions], but for the walk-in centres that files of A&E leave out: the months that tests load, April 2018
// above all, have the more to show of the holes that the tests put in.
func DefinitionsWithoutCentres(t testing.TB, files map[string]string) *catalog.Catalog {
	t.Helper()
	ae, _, found := strings.Cut(string(ReadFile(t, "../../dashboards/sources/ae.yaml")), centresLeftOut)
	if !found {
		t.Fatal("the source of A&E names no walk-in centres that it leaves out")
	}
	all := map[string]string{"sources/ae.yaml": ae}
	maps.Copy(all, files)
	if len(files) == 0 {
		return withoutCentres.get(t, func() *catalog.Catalog { return definitions(t, all) })
	}
	return definitions(t, all)
}

func definitions(t testing.TB, files map[string]string) *catalog.Catalog {
	t.Helper()
	all := fstest.MapFS{}
	for _, folder := range []string{"measures", "sources", "pages"} {
		shipped, err := filesIn(filepath.Join("../../dashboards", folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range shipped {
			content := strings.ReplaceAll(string(ReadFile(t, file)), "\nsources: [", "\nsources: [canonical, ")
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

// Shipped reads the definitions as they are, so that returns state what waits for returns and nothing else.
func Shipped(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// ShippedWith are the definitions as they are with some files beside them.
func ShippedWith(t testing.TB, files map[string]string) *catalog.Catalog {
	t.Helper()
	all := fstest.MapFS{}
	for name, content := range files {
		all[name] = &fstest.MapFile{Data: []byte(content)}
	}
	for _, folder := range []string{"measures", "sources", "pages"} {
		shipped, err := filesIn(filepath.Join("../../dashboards", folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range shipped {
			all[folder+"/"+filepath.Base(file)] = &fstest.MapFile{Data: ReadFile(t, file)}
		}
	}
	c, err := catalog.Read(all)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Reference is the shipped reference data, which all tests share.
func Reference(t testing.TB) *footprint.Reference {
	t.Helper()
	return reference.get(t, func() *footprint.Reference {
		r, err := footprint.Read(os.DirFS("../../sql/reference"))
		if err != nil {
			t.Fatal(err)
		}
		return r
	})
}

// ReferenceWith is the reference with lines added to its tables, by their files.
func ReferenceWith(t testing.TB, lines map[string]string) *footprint.Reference {
	t.Helper()
	files := fstest.MapFS{}
	all, err := filesIn("../../sql/reference")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range all {
		table := filepath.Base(file)
		files[table] = &fstest.MapFile{Data: append(ReadFile(t, file), lines[table]...)}
	}
	r, err := footprint.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Mapper reads by Definitions and Reference. All tests share it.
func Mapper(t testing.TB) *mapping.Mapper {
	t.Helper()
	return mapper.get(t, func() *mapping.Mapper { return mapping.NewMapper(Definitions(t, nil), Reference(t)) })
}

// File is all that a publication says.
type File struct {
	Source *catalog.Source
	mapping.Summary
	mapping.Batch
}

// Map reads a publication now.
func Map(m *mapping.Mapper, p *publication.Publication, content []byte) (*File, error) {
	return MapAt(m, p, content, time.Now())
}

// MapAt reads a publication at a time, on which it depends which periods have ended.
func MapAt(m *mapping.Mapper, p *publication.Publication, content []byte, at time.Time) (*File, error) {
	reading, err := m.Open(p, Fingerprint(content), "")
	if err != nil {
		return nil, err
	}
	f := &File{Source: reading.Source}
	f.Summary, err = reading.Read(&f.Batch, at)
	return f, err
}

// MustMap reads a publication that must be accepted as a whole.
func MustMap(t testing.TB, m *mapping.Mapper, name string, content []byte) *File {
	t.Helper()
	return MustMapAt(t, m, time.Now(), name, content)
}

// MustMapAt reads a publication at a time, that must be accepted as a whole.
func MustMapAt(t testing.TB, m *mapping.Mapper, at time.Time, name string, content []byte) *File {
	t.Helper()
	p, err := publication.Decode(t.Context(), name, content, publication.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := MapAt(m, p, content, at)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return f
}

// Read is what a published file is read as by Mapper. Each is read once for all tests, so none may change it.
func Read(t testing.TB, file string) *File {
	t.Helper()
	found, _ := readings.LoadOrStore(file, &once[*File]{})
	return found.(*once[*File]).get(t, func() *File { return MustMap(t, Mapper(t), filepath.Base(file), ReadFile(t, file)) })
}

// Fingerprint is the SHA-256 of a content.
func Fingerprint(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Rules are those that rows of the file break.
func (f *File) Rules() []string {
	if f == nil {
		return nil
	}
	var rules []string
	for _, r := range f.Rejections {
		rules = append(rules, r.Rule)
	}
	return rules
}

// ReturnHeading are the headings of a return.
const ReturnHeading = "measure,organisation,organisation_name,period,numerator,denominator,note\n"

// ShareMeasure is one that publications state as it is, which none of the shipped ones is.
const ShareMeasure = `
theme: access
measures:
  - id: seen_share
    title: Seen
    definition: Share seen.
    unit: share
    direction: up
    grain: quarter
    level: provider
    sources: [canonical]
`

// PilotTrusts stopped reporting waits over four hours in May 2019.
var PilotTrusts = []string{"RC9", "RD3", "RDU", "RFR", "RGR", "RGT", "RHU", "RK9", "RNQ", "RQM", "RVW", "RX1", "RXF", "RYJ"}

// LidocaineTotal adds up the file's own text.
func LidocaineTotal(t testing.TB, content []byte) decimal.Decimal {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(string(content))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := slices.Index(rows[0], "numerator")
	sum := decimal.Zero
	for _, row := range rows[1:] {
		n, err := decimal.NewFromString(row[column])
		if err != nil {
			t.Fatal(err)
		}
		sum = sum.Add(n)
	}
	return sum
}
