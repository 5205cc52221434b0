package steps

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// table are figures by organisation and period, as a file has them.
type table struct {
	season int
	starts []string // of the periods
	series []Series
	total  []float64
}

func folder(t *testing.T) string {
	t.Helper()
	shared := os.Getenv("STP_SHARED")
	if shared == "" {
		shared = "../../../shared"
	}
	if _, err := os.Stat(filepath.Join(shared, "data")); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("there are no published files: ", err)
	}
	return filepath.Join(shared, "data")
}

// readCSV calls a function with each row of a csv, by heading.
func readCSV(t *testing.T, path string, row func(func(string) string)) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var from io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if from, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	r := csv.NewReader(from)
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, h := range head {
		at[strings.TrimPrefix(h, "\ufeff")] = i
	}
	for {
		record, err := r.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		row(func(heading string) string {
			i, ok := at[heading]
			if !ok {
				t.Fatalf("%s has no column %q", path, heading)
			}
			return record[i]
		})
	}
}

type builder map[string]map[string]float64 // organisation, period

func (b builder) add(org, period, count string) {
	n, err := strconv.ParseFloat(count, 64)
	if err != nil || org == "" {
		return
	}
	if b[org] == nil {
		b[org] = map[string]float64{}
	}
	b[org][period] += n
}

func (b builder) table(season int) table {
	tab := table{season: season}
	at := map[string]int{}
	for _, of := range b {
		for p := range of {
			at[p] = 0
		}
	}
	for p := range at {
		tab.starts = append(tab.starts, p)
	}
	slices.Sort(tab.starts)
	for i, p := range tab.starts {
		at[p] = i
	}
	tab.total = make([]float64, len(tab.starts))
	var names []string
	for org := range b {
		names = append(names, org)
	}
	slices.Sort(names)
	for _, org := range names {
		s := Series{Name: org, Counts: make([]float64, len(tab.starts))}
		for i := range s.Counts {
			s.Counts[i] = math.NaN()
		}
		for p, n := range b[org] {
			s.Counts[at[p]] = n
			tab.total[at[p]] += n
		}
		tab.series = append(tab.series, s)
	}
	return tab
}

func mar(t *testing.T, column string) table {
	b := builder{}
	readCSV(t, filepath.Join(folder(t), "tidy", "mar_commissioner_monthly_2008_2019.csv.gz"), func(f func(string) string) {
		if f("month") >= "2013-04" {
			b.add(f("org_code"), f("month"), f(column))
		}
	})
	return b.table(12)
}

func weekly(t *testing.T, column string) table {
	b := builder{}
	readCSV(t, filepath.Join(folder(t), "tidy", "ae_weekly_type1_by_provider_2010_2015.csv.gz"), func(f func(string) string) {
		b.add(f("org_code"), f("week_ending"), f(column))
	})
	return b.table(52)
}

func beds(t *testing.T, column string) table {
	b := builder{}
	readCSV(t, filepath.Join(folder(t), "tidy", "kh03_beds_quarterly.csv"), func(f func(string) string) {
		if f("specialty_group") == "general_and_acute" {
			b.add(f("org_code"), f("quarter_start"), f(column))
		}
	})
	return b.table(4)
}

func bundled(t *testing.T, file string, season int, before string, measures ...string) table {
	b := builder{}
	readCSV(t, filepath.Join("../../sql/reference/bundled", file+".csv.gz"), func(f func(string) string) {
		if slices.Contains(measures, f("measure")) && f("period") < before {
			b.add(f("organisation"), f("period"), f("numerator"))
		}
	})
	return b.table(season)
}

// process is how the noise of series goes: they are walks with noise.
func process(tab table) (noises, drifts []float64, sizes []float64) {
	p, _ := newPanel(tab.series, Settings{Season: tab.season, Total: tab.total})
	for _, l := range p.lines {
		var d []float64
		for i := 1; i < len(l.z); i++ {
			if x := l.z[i] - l.z[i-1]; !math.IsNaN(x) && math.Abs(x) < .1 + 5*l.gapScale {
				d = append(d, x)
			}
		}
		var v, c float64
		for i := range d {
			v += d[i] * d[i]
			if i > 0 {
				c += d[i] * d[i-1]
			}
		}
		n := float64(len(d))
		if n < 10 {
			continue
		}
		v, c = v/n, min(0, c/n)
		noises = append(noises, math.Sqrt(-c))
		drifts = append(drifts, math.Sqrt(max(0, v+2*c)))
		sizes = append(sizes, l.size)
	}
	return
}

func TestScratch(t *testing.T) {
	type named struct {
		name string
		tab  table
	}
	tabs := []named{
		{"MAR non-elective", mar(t, "nonelective_ga_ffces")},
		{"MAR elective", mar(t, "elective_ga_total_ffces")},
		{"MAR gp referrals", mar(t, "gp_referrals_made_ga")},
		{"MAR other ref", mar(t, "other_referrals_made_ga")},
		{"MAR outpatient", mar(t, "first_outpatient_attendances_ga")},
		{"weekly att", weekly(t, "attendances_type1")},
		{"weekly adm", weekly(t, "emergency_admissions_via_type1")},
		{"beds avail", beds(t, "available_beds_avg")},
		{"beds occ", beds(t, "occupied_beds_avg")},
	}
	for _, m := range []string{"ae_attendances_type1", "ae_attendances_other", "emergency_admissions_type1", "emergency_admissions_direct", "ae_over_four_hours_type1", "dta_waits_4_to_12h", "dta_waits_over_4h"} {
		tabs = append(tabs, named{"ae " + m, bundled(t, "ae", 12, "2020-03", m)})
	}
	for _, m := range [][2]string{{"prescribing_lidocaine", "lidocaine_cost"}, {"prescribing_opioid_high_dose_items", "opioid_high_dose_items"}, {"prescribing_opioid_ome", "opioid_morphine_equivalent"}, {"prescribing_doacs", "doac_share"}} {
		tabs = append(tabs, named{m[1], bundled(t, m[0], 12, "2020-03", m[1])})
	}
	tabs = append(tabs, named{"operations_cancelled", bundled(t, "cancelled_operations", 4, "2020-Q1", "operations_cancelled")})
	for _, c := range tabs {
		start := time.Now()
		tab := c.tab
		n, d, sizes := process(tab)
		found, err := Find(tab.series, Settings{Season: tab.season, Total: tab.total})
		if err != nil {
			t.Fatal(err)
		}
		p, _ := newPanel(tab.series, Settings{Season: tab.season, Total: tab.total})
		p.scale(p.differences, func(l *line, s float64) { l.stepScale = s })
		var gs, ss []float64
		for _, l := range p.lines {
			gs, ss = append(gs, l.gapScale), append(ss, l.stepScale)
		}
		gaps, steps := map[string]bool{}, map[string]bool{}
		ng, ns := 0, 0
		for _, f := range found {
			if f.Kind == Gap {
				gaps[f.Series] = true
				ng++
			} else {
				steps[f.Series] = true
				ns++
			}
		}
		fmt.Printf("%-28s series %d of %d periods %d noise %.3f drift %.3f size %.0f gapScale %.3f..%.3f stepScale %.3f..%.3f gaps %d in %d steps %d in %d  %v\n", c.name, len(p.lines), len(tab.series), len(tab.total), median(n), median(d), median(sizes),
			slices.Min(gs), slices.Max(gs), slices.Min(ss), slices.Max(ss), ng, len(gaps), ns, len(steps), time.Since(start))
	}
	_ = rand.N[int]
}
