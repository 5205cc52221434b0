package forecast

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// reference reads columns of a table of the reference data by name.
func reference(t testing.TB, name string, columns []string, row func(fields []string)) {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "sql", "reference", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var text io.Reader = file
	if filepath.Ext(name) == ".gz" {
		if text, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	rows := csv.NewReader(text)
	rows.ReuseRecord = true
	header, err := rows.Read()
	if err != nil {
		t.Fatal(err)
	}
	var at []int
	for _, column := range columns {
		at = append(at, slices.Index(header, column))
	}
	fields := make([]string, len(columns))
	for {
		record, err := rows.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range at {
			fields[i] = record[a]
		}
		row(fields)
	}
}

// months are the A&E months of the footprints, June 2015 to March 2020: by measure, footprint and month, NaN where a provider's
// figure is missing.
func months(t testing.TB) map[string][][]float64 {
	t.Helper()
	footprints, places := map[string]int{}, map[string]int{}
	reference(t, "memberships.csv", []string{"organisation", "footprint", "share"}, func(f []string) {
		if f[1] == "UNALLOCATED" || f[2] == "0" {
			return // of none, or perhaps of several
		}
		if _, ok := footprints[f[1]]; !ok {
			footprints[f[1]] = len(footprints)
		}
		places[f[0]] = footprints[f[1]]
	})
	sums := map[string][][]float64{}
	reference(t, "bundled/ae.csv.gz", []string{"measure", "organisation", "period", "numerator"}, func(f []string) {
		place, ok := places[f[1]]
		if !ok {
			return
		}
		year, _ := strconv.Atoi(f[2][:4])
		month, _ := strconv.Atoi(f[2][5:])
		at := (year-2015)*12 + month - 6
		if at >= 58 {
			return // the pandemic
		}
		if sums[f[0]] == nil {
			sums[f[0]] = make([][]float64, len(footprints))
			for i := range sums[f[0]] {
				sums[f[0]][i] = make([]float64, 58)
			}
		}
		figure, err := strconv.ParseFloat(f[3], 64)
		if f[3] == "" {
			figure, err = math.NaN(), nil
		}
		if err != nil {
			t.Fatal(err)
		}
		sums[f[0]][place][at] += figure
	})
	return sums
}

func together(sums map[string][][]float64, measures ...string) [][]float64 {
	total := make([][]float64, len(sums[measures[0]]))
	for i := range total {
		total[i] = make([]float64, 58)
		for _, m := range measures {
			for j, y := range sums[m][i] {
				total[i][j] += y
			}
		}
	}
	return total
}

func until(series [][]float64, n int) [][]float64 {
	cut := slices.Clone(series)
	for i := range cut {
		cut[i] = cut[i][:n]
	}
	return cut
}

var (
	attendanceMeasures = []string{"ae_attendances_type1", "ae_attendances_type2", "ae_attendances_other"}
	overFourMeasures   = []string{"ae_over_four_hours_type1", "ae_over_four_hours_type2", "ae_over_four_hours_other"}
	admissionMeasures  = []string{
		"emergency_admissions_type1", "emergency_admissions_type2", "emergency_admissions_other_ae",
		"emergency_admissions_direct",
	}
)

// Of the 44 footprints until February 2020, before the pandemic, forecasts beat repeating the year before, and their intervals hold
// about what they say. The bounds are about what was found: they notice a change for the worse and prove nothing of other figures, as
// the scale and the rule of calibration were chosen with these in view. Run with -v for the figures.
func TestPublishedMonths(t *testing.T) {
	sums := months(t)
	attendances, over := together(sums, attendanceMeasures...), together(sums, overFourMeasures...)
	share := together(sums, attendanceMeasures...)
	for i := range share {
		for j := range share[i] {
			share[i][j] = (attendances[i][j] - over[i][j]) / attendances[i][j]
		}
	}
	for _, c := range []struct {
		name     string
		series   [][]float64
		upper    *float64
		low, top float64 // of the coverage of 80 per cent
	}{
		{"A&E attendances", attendances, nil, 0.77, 0.90},
		{"emergency admissions", together(sums, admissionMeasures...), nil, 0.77, 0.85},
		{"within four hours", share, bound(1), 0.77, 0.85},
		// Rare until the winter of 2019, and then ten times as many: less than 80 per cent, and that is told.
		{"waits over 12 hours", sums["dta_waits_over_12h"], nil, 0.70, 0.85},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := Settings{Season: 12, Horizon: 12, Lower: bound(0), Upper: c.upper}
			before, err := Backtest(t.Context(), until(c.series, 57), s)
			if err != nil {
				t.Fatal(err)
			}
			a := before.All
			if before.Series != 44 || before.Origins != 25 || a.Coverage80 < c.low || a.Coverage80 > c.top || a.MASE >= a.NaiveMASE {
				t.Errorf("%d series, %d origins, %+v", before.Series, before.Origins, a)
			}
			for _, h := range []int{1, 6, 12} {
				t.Logf("%d ahead: %+v", h, before.Horizons[h-1])
			}
			t.Logf("all: %+v; widened %.2f and %.2f times", a, before.Calibration.Factor(0.8), before.Calibration.Factor(0.95))
		})
	}
}

func BenchmarkNew(b *testing.B) {
	series := together(months(b), admissionMeasures...)
	s := Settings{Season: 12, Horizon: 12, Lower: bound(0)}
	for i := 0; b.Loop(); i++ {
		if _, err := New(series[i%len(series)], s); err != nil {
			b.Fatal(err)
		}
	}
}

// One measure of the 44 footprints, 58 months.
func BenchmarkBacktest(b *testing.B) {
	series := together(months(b), admissionMeasures...)
	for b.Loop() {
		if _, err := Backtest(b.Context(), series, Settings{Season: 12, Horizon: 12, Lower: bound(0)}); err != nil {
			b.Fatal(err)
		}
	}
}
