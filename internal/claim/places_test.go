package claim_test

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/register"
)

// bundledPlaces are the real places of a catalog, with the figures that the product brings.
type bundledPlaces struct {
	t       testing.TB
	catalog *catalog.Catalog
	// change may alter the counts of a measure.
	change func(measure string, counts figures.Counts)
}

var bundledReference = sync.OnceValues(func() (*footprint.Reference, error) { return footprint.Read(os.DirFS("../../sql/reference")) })

func (p bundledPlaces) reference() *footprint.Reference {
	r, err := bundledReference()
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

var countsOf = struct {
	sync.Mutex
	read map[string]map[string]figures.Counts // by file and measure
}{read: map[string]map[string]figures.Counts{}}

// bundledCounts are those of a measure in a file of bundled figures.
func bundledCounts(t testing.TB, file, measure string) figures.Counts {
	t.Helper()
	countsOf.Lock()
	defer countsOf.Unlock()
	if all := countsOf.read[file]; all != nil {
		return all[measure]
	}
	f, err := os.Open("../../sql/reference/bundled/" + file + ".csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows := csv.NewReader(unpacked)
	head, err := rows.Read()
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) int { return slices.Index(head, name) }
	all := map[string]figures.Counts{}
	periods := map[string]time.Time{}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		id, code, text := row[column("measure")], row[column("organisation")], row[column("period")]
		n, err := strconv.ParseFloat(row[column("numerator")], 64)
		if err != nil {
			continue
		}
		start, known := periods[text]
		if !known {
			p, err := catalog.ParsePeriod(text)
			if err != nil {
				t.Fatal(err)
			}
			start = p.Start
			periods[text] = start
		}
		if all[id] == nil {
			all[id] = figures.Counts{}
		}
		if all[id][code] == nil {
			all[id][code] = map[time.Time]float64{}
		}
		all[id][code][start] = n
	}
	countsOf.read[file] = all
	return all[measure]
}

func (p bundledPlaces) Treated(c *catalog.Claim) []catalog.TreatedUnit { return p.catalog.Treated(c) }

func (p bundledPlaces) Across(units []catalog.TreatedUnit, first, last catalog.Period) []catalog.Span {
	return catalog.Across(p.reference(), units, first, last)
}

func (p bundledPlaces) Covered(at string, first, last catalog.Period) map[string][]*catalog.Scheme {
	return p.catalog.CoveredIn(p.reference(), at, first, last)
}

func (p bundledPlaces) Overlaps(c *catalog.Claim, first, last catalog.Period) []catalog.Overlap {
	return p.catalog.Overlaps(p.reference(), c, first, last)
}

func (p bundledPlaces) Measure(_ context.Context, id string) *catalog.Measure {
	m, _ := p.catalog.Measure(id)
	return m
}

var storedStudies = sync.OnceValues(func() ([]*claim.DomainStudy, error) {
	f, err := os.Open("../../sql/reference/calibration.jsonl.gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c, err := claim.ReadCalibration(f)
	if err != nil {
		return nil, err
	}
	return c.Domains, nil
})

// Studies are those of the stored calibration.
func (p bundledPlaces) Studies() []*claim.DomainStudy {
	studies, err := storedStudies()
	if err != nil {
		p.t.Fatal(err)
	}
	return studies
}

func (p bundledPlaces) People(string) float64 { return 200_000 }

func (p bundledPlaces) Follow(_ context.Context, m *catalog.Measure, at string, first, last catalog.Period) (*claim.UnitFigures, error) {
	counts := figures.Counts{}
	for _, part := range m.Components() {
		of := figures.Counts{} // the first file that states a figure counts
		for _, file := range m.Sources {
			if _, err := os.Stat("../../sql/reference/bundled/" + file + ".csv.gz"); err != nil {
				continue
			}
			for code, periods := range bundledCounts(p.t, file, part) {
				if of[code] == nil {
					of[code] = map[time.Time]float64{}
				}
				for start, n := range periods {
					if _, stated := of[code][start]; !stated {
						of[code][start] = n
					}
				}
			}
		}
		for code, periods := range of {
			if counts[code] == nil {
				counts[code] = map[time.Time]float64{}
			}
			for start, n := range periods {
				counts[code][start] += n
			}
		}
	}
	if p.change != nil {
		p.change(m.ID, counts)
	}
	found, err := figures.Follow(p.reference(), m, at, counts, first, last)
	if err != nil {
		return nil, err
	}
	return register.UnitFigures(found), nil
}
