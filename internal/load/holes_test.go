package load_test

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/mapping/mappingtest"
)

const (
	largeFigure = 500 // an organisation of this size does not have nothing to report in between
	longestHole = 12  // periods; a longer absence is of a body that stopped and began again
)

// TestBundledFilesLeaveNobodyOut finds organisations that a publication leaves out between figures of 500 or more. Nothing would be added for
// them, and a sum of the others would pass for their footprint's: each is named by its source's omits, or its months are confirmed as a gap.
func TestBundledFilesLeaveNobodyOut(t *testing.T) {
	t.Parallel()
	c := mappingtest.Shipped(t)
	files := os.DirFS("../../sql/reference/bundled")
	names, err := fs.Glob(files, "*.csv.gz")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		for _, h := range holesIn(t, files, name) {
			m, known := c.Measure(h.measure)
			if known && m.Gap(h.organisation, h.period) != nil {
				continue
			}
			t.Errorf("%s: %s of %s is not stated for %s, and is %v before and %v after", name, h.measure, h.organisation, h.period, h.before, h.after)
		}
	}
}

// hole is a period that a file leaves out for one organisation and states for others.
type hole struct {
	measure, organisation string
	period                catalog.Period
	before, after         float64
}

func holesIn(t *testing.T, files fs.FS, name string) []hole {
	t.Helper()
	type series struct{ measure, organisation string }
	stated := map[series]map[time.Time]float64{} // of a figure that is known to be missing, -1
	periods := map[string]map[time.Time]catalog.Period{}
	eachRow(t, files, name, func(row map[string]string) error {
		period, err := catalog.ParsePeriod(row["period"])
		if err != nil {
			return err
		}
		figure := -1.0
		if row["numerator"] != "" {
			if figure, err = strconv.ParseFloat(row["numerator"], 64); err != nil {
				return err
			}
		}
		s := series{row["measure"], row["organisation"]}
		if stated[s] == nil {
			stated[s] = map[time.Time]float64{}
		}
		if periods[s.measure] == nil {
			periods[s.measure] = map[time.Time]catalog.Period{}
		}
		stated[s][period.Start], periods[s.measure][period.Start] = figure, period
		return nil
	})
	var found []hole
	for s, figures := range stated {
		last, missing := -1.0, []catalog.Period(nil)
		for _, at := range slices.SortedFunc(maps.Keys(periods[s.measure]), time.Time.Compare) {
			figure, has := figures[at]
			if !has {
				missing = append(missing, periods[s.measure][at])
				continue
			}
			if min(last, figure) >= largeFigure && len(missing) <= longestHole {
				for _, p := range missing {
					found = append(found, hole{s.measure, s.organisation, p, last, figure})
				}
			}
			last, missing = figure, nil
		}
	}
	slices.SortFunc(found, func(a, b hole) int {
		return cmp.Or(cmp.Compare(a.measure, b.measure), cmp.Compare(a.organisation, b.organisation), a.period.Start.Compare(b.period.Start))
	})
	return found
}

// eachRow hands on each row of a gzip'ed CSV by its headings.
func eachRow(t *testing.T, files fs.FS, name string, take func(map[string]string) error) {
	t.Helper()
	file, err := files.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows := csv.NewReader(plain)
	heading, err := rows.Read()
	if err != nil {
		t.Fatal(err)
	}
	for {
		cells, err := rows.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		row := make(map[string]string, len(cells))
		for i, cell := range cells {
			row[heading[i]] = cell
		}
		if err := take(row); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}
