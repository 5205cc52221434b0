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
	spread := func(z []float64, lag int) float64 {
		var d []float64
		for i := lag; i < len(z); i++ {
			if x := z[i] - z[i-lag]; !math.IsNaN(x) {
				d = append(d, math.Abs(x))
			}
		}
		m := normal * median(d)
		return m * m
	}
	for _, l := range p.lines {
		far := max(2, tab.season/2)
		v1, v2 := spread(l.z, 1), spread(l.z, far)
		if math.IsNaN(v1 + v2) {
			continue
		}
		drift := max(0, (v2-v1)/float64(far-1))
		noises, drifts, sizes = append(noises, math.Sqrt(max(0, v1-drift)/2)), append(drifts, math.Sqrt(drift)), append(sizes, l.size)
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
		sim := simulated(tab, rand.New(rand.NewPCG(3, 4)), false)
		simt := simulated(tab, rand.New(rand.NewPCG(3, 5)), true)
		fg, fs, _ := flagged(t, sim)
		tg, ts, _ := flagged(t, simt)
		nn := float64(len(sim.series))/100
		fmt.Printf("false steps %.1f/%.1f gaps %.1f/%.1f%% power step %.2f %.2f %.2f %.2f gap -.2 %.2f -.3 %.2f -.6 %.2f\n", float64(len(fs))/nn, float64(len(ts))/nn, float64(len(fg))/nn, float64(len(tg))/nn, power(t, tab, .1), power(t, tab, .15), power(t, tab, .2), power(t, tab, .4), gapPower(t, tab, .2, 1), gapPower(t, tab, .3, 1), gapPower(t, tab, .6, tab.season/2))
		fmt.Printf("%-28s series %d of %d periods %d noise %.3f drift %.3f size %.0f gapScale %.3f..%.3f stepScale %.3f..%.3f gaps %d in %d steps %d in %d  %v\n", c.name, len(p.lines), len(tab.series), len(tab.total), median(n), median(d), median(sizes),
			slices.Min(gs), slices.Max(gs), slices.Min(ss), slices.Max(ss), ng, len(gaps), ns, len(steps), time.Since(start))
	}
	_ = rand.N[int]
}

// simulated are series without gaps or steps, of the sizes, season and noise of those of a table.
func simulated(tab table, r *rand.Rand, heavy bool) table {
	p, _ := newPanel(tab.series, Settings{Season: tab.season, Total: tab.total})
	noises, drifts, _ := process(tab)
	_ = p
	noise, drift := median(noises), median(drifts)
	draw := func() float64 {
		if !heavy {
			return r.NormFloat64()
		}
		chi := 0.0
		for range 5 {
			x := r.NormFloat64()
			chi += x * x
		}
		return r.NormFloat64() / math.Sqrt(chi/5) * math.Sqrt(3.0/5)
	}
	made := table{season: tab.season, starts: tab.starts, total: make([]float64, len(tab.total))}
	for i := range made.total {
		made.total[i] = 1e6
	}
	i := 0
	for _, s := range tab.series {
		k := known(s.Counts)
		if !(median(slices.Clone(k)) >= LeastCount) || len(k) < len(tab.total)*3/4 {
			continue
		}
		c := Series{Name: s.Name, Counts: make([]float64, len(tab.total))}
		level := math.Log(1000)
		season := make([]float64, tab.season)
		for j := range season {
			season[j] = 0.02 * r.NormFloat64()
		}
		for j := range c.Counts {
			level += drift * draw()
			c.Counts[j] = math.Exp(level + noise*draw() + season[j%tab.season])
		}
		made.series = append(made.series, c)
		i++
	}
	return made
}

func flagged(t *testing.T, tab table) (gaps, steps map[string]bool, found []Finding) {
	found, err := Find(tab.series, Settings{Season: tab.season, Total: tab.total})
	if err != nil {
		t.Fatal(err)
	}
	gaps, steps = map[string]bool{}, map[string]bool{}
	for _, f := range found {
		if f.Kind == Gap {
			gaps[f.Series] = true
		} else {
			steps[f.Series] = true
		}
	}
	return
}

type knownStep struct{ org, from, until string }

func hit(tab table, found []Finding, kind Kind, k knownStep) bool {
	return slices.ContainsFunc(found, func(f Finding) bool {
		return f.Series == k.org && f.Kind == kind && tab.starts[f.From] <= k.until && tab.starts[f.Until] >= k.from
	})
}

// power is how often a step put into series that have none is found within two periods.
func power(t *testing.T, tab table, by float64) (step float64) {
	r := rand.New(rand.NewPCG(1, 2))
	g0, s0, _ := flagged(t, tab)
	n, k := 0, 0
	for rep := 0; rep < 2; rep++ {
		changed := tab
		changed.series = slices.Clone(tab.series)
		at := map[string]int{}
		for i, s := range changed.series {
			ks := known(s.Counts)
			if g0[s.Name] || s0[s.Name] || len(ks) < len(s.Counts)*3/4 || !(median(ks) >= LeastCount) || r.IntN(4) > 0 {
				continue
			}
			a := len(s.Counts)/4 + r.IntN(len(s.Counts)/2)
			if math.IsNaN(s.Counts[a]) { continue }
			c := slices.Clone(s.Counts)
			sign := 1 - 2*float64(r.IntN(2))
			for j := a; j < len(c); j++ {
				c[j] *= math.Exp(sign * by)
			}
			changed.series[i].Counts = c
			at[s.Name] = a
		}
		_, _, f := flagged(t, changed)
		for name, a := range at {
			n++
			if slices.ContainsFunc(f, func(f Finding) bool { return f.Series == name && f.Kind == Step && f.From >= a-2 && f.From <= a+2 }) {
				k++
			}
		}
	}
	return float64(k) / float64(n)
}

func TestTune(t *testing.T) {
	m := mar(t, "nonelective_ga_ffces")
	w := weekly(t, "attendances_type1")
	marSteps := []knownStep{{"00L", "2014-01", "2014-04"}, {"99C", "2014-01", "2014-04"}, {"05C", "2017-08", "2017-10"}, {"02R", "2017-09", "2017-11"}, {"02W", "2017-09", "2017-11"}, {"01K", "2017-03", "2017-05"}, {"01H", "2017-03", "2017-05"}}
	marGaps := []knownStep{{"13P", "2014-07", "2015-03"}, {"05P", "2014-07", "2015-03"}, {"05Q", "2014-07", "2015-03"}, {"11M", "2016-12", "2017-06"}, {"02T", "2017-05", "2017-07"}, {"03A", "2017-05", "2017-07"}, {"07Y", "2016-06", "2016-06"}, {"08L", "2016-12", "2016-12"}, {"08L", "2019-04", "2019-04"}, {"09N", "2016-10", "2016-10"}, {"04X", "2014-07", "2015-03"}}
	wa := weekly(t, "emergency_admissions_via_type1")
	weekSteps := []knownStep{{"RN5", "2012-01", "2012-02-01"}, {"RCB", "2012-06-20", "2012-08-10"}, {"RHW", "2012-08-20", "2012-10-10"}, {"RTF", "2012-12-20", "2013-02-10"}, {"RTF", "2014-01-20", "2014-03-10"}, {"RJ2", "2013-09-20", "2013-11-10"}, {"RJZ", "2013-09-20", "2013-11-10"}, {"RAJ", "2013-10-20", "2013-12-10"}, {"RAP", "2013-11-10", "2014-01-10"}, {"RBT", "2014-03-20", "2014-05-10"}, {"RHM", "2014-03-20", "2014-05-10"}, {"RAL", "2014-06-20", "2014-08-10"}, {"RBS", "2014-07-20", "2014-09-10"}, {"RDU", "2014-09-20", "2014-11-10"}}
	for _, c := range []struct{ floor, k, local float64 }{{.12, 0, 0}, {.12, 0, .7}, {.12, 3.25, .7}, {.12, 3.5, .7}, {.12, 3.25, .8}, {.12, 3, .8}, {.10, 3.25, .8}, {.10, 3.5, .7}, {.10, 3.5, .8}, {.10, 3.25, .9},{.11,3,.9}} {
		LeastStep, StepScales, Local = c.floor, c.k, c.local
		fmt.Printf("floor %.2f k %.1f local %.1f:", c.floor, c.k, c.local)
		_, fs, f := flagged(t, m)
		var missed []string
		n := 0
		for _, k := range marSteps {
			if hit(m, f, Step, k) {
				n++
			} else {
				missed = append(missed, k.org)
			}
		}
		fmt.Printf(" MAR steps %d/%d flagged %d", n, len(marSteps), len(fs))
		n = 0
		for _, k := range marGaps {
			if hit(m, f, Gap, k) {
				n++
			} else {
				missed = append(missed, k.org+"g")
			}
		}
		fmt.Printf(" gaps %d/%d", n, len(marGaps))
		_, fs, f = flagged(t, w)
		_, fa, f2 := flagged(t, wa)
		n = 0
		fmt.Printf(" adm flagged %d", len(fa))
		for _, k := range weekSteps {
			if hit(w, f, Step, k) || hit(wa, f2, Step, k) {
				n++
			} else {
				missed = append(missed, k.org+k.from)
			}
		}
		fmt.Printf(" weekly %d/%d flagged %d", n, len(weekSteps), len(fs))
		r := rand.New(rand.NewPCG(3, 4))
		for _, heavy := range []bool{false, true} {
			ng, ns, all := 0, 0, 0
			for range 4 {
				sim := simulated(m, r, heavy)
				g, s, _ := flagged(t, sim)
				ng, ns, all = ng+len(g), ns+len(s), all+len(sim.series)
			}
			fmt.Printf(" false: steps %.1f%% gaps %.1f%%", 100*float64(ns)/float64(all), 100*float64(ng)/float64(all))
		}
		sim := simulated(m, r, false)
		fmt.Printf(" power real %.2f %.2f %.2f sim %.2f %.2f %.2f missed %v\n", power(t, m, .10), power(t, m, .15), power(t, m, .20), power(t, sim, .10), power(t, sim, .15), power(t, sim, .20), missed)
	}
}

func TestLook(t *testing.T) {
	w := weekly(t, "attendances_type1")
	p, _ := newPanel(w.series, Settings{Season: w.season, Total: w.total})
	for _, l := range p.lines {
		for _, k := range []knownStep{{"RHW", "2012-08-20", ""}, {"RTF", "2012-12-20", ""}, {"RTF", "2014-01-20", ""}, {"RAJ", "2013-10-20", ""}, {"RAP", "2013-11-20", ""}, {"RBT", "2014-03-20", ""}, {"RHM", "2014-03-20", ""}, {"RBS", "2014-07-20", ""}} {
			if l.name != k.org {
				continue
			}
			at, _ := slices.BinarySearch(w.starts, k.from)
			raw := w.series[slices.IndexFunc(w.series, func(s Series) bool { return s.Name == k.org })].Counts
			fmt.Println(k, raw[max(0, at-8):at+12])
			before, after := p.before(l.z, at), p.after(l.z, at)
			fmt.Printf("   %.3f known %d %d\n", median(after)-median(before), len(before), len(after))
		}
	}
	f, _ := Find(w.series, Settings{Season: w.season, Total: w.total})
	for _, f := range f {
		fmt.Printf("%s %s %s..%s %.2f (%.2f) | ", f.Series, f.Kind, w.starts[f.From], w.starts[f.Until], f.Size, f.Limit)
	}
}

func gapPower(t *testing.T, tab table, by float64, long int) float64 {
	r := rand.New(rand.NewPCG(1, 2))
	g0, s0, _ := flagged(t, tab)
	n, k := 0, 0
	for rep := 0; rep < 3; rep++ {
		changed := tab
		changed.series = slices.Clone(tab.series)
		at := map[string]int{}
		for i, s := range changed.series {
			ks := known(s.Counts)
			if g0[s.Name] || s0[s.Name] || len(ks) < len(s.Counts)*3/4 || !(median(ks) >= LeastCount) || r.IntN(4) > 0 {
				continue
			}
			a := len(s.Counts)/4 + r.IntN(len(s.Counts)/2)
			if math.IsNaN(s.Counts[a]) { continue }
			c := slices.Clone(s.Counts)
			for j := a; j < min(len(c), a+long); j++ {
				c[j] *= 1 - by
			}
			changed.series[i].Counts = c
			at[s.Name] = a
		}
		_, _, f := flagged(t, changed)
		for name, a := range at {
			n++
			if slices.ContainsFunc(f, func(f Finding) bool { return f.Series == name && f.Kind == Gap && f.From <= a+long-1 && f.Until >= a }) {
				k++
			}
		}
	}
	return float64(k) / float64(n)
}

func TestGapTune(t *testing.T) {
	m := mar(t, "nonelective_ga_ffces")
	for _, c := range []struct{ k, n float64 }{{0, 5}, {4, 5}, {4.5, 5}, {4.5, 0}, {5, 5}, {5.5, 5}, {5.5, 0}} {
		GapScales, GapNoise = c.k, c.n
		g, s, _ := flagged(t, m)
		fmt.Printf("k %.1f n %.1f: MAR flagged gaps %d steps %d", c.k, c.n, len(g), len(s))
		r := rand.New(rand.NewPCG(3, 4))
		for _, heavy := range []bool{false, true} {
			ng, all := 0, 0
			for range 4 {
				sim := simulated(m, r, heavy)
				g, _, _ := flagged(t, sim)
				ng, all = ng+len(g), all+len(sim.series)
			}
			fmt.Printf(" false: gaps %.1f%%", 100*float64(ng)/float64(all))
		}
		fmt.Printf(" power %.2f %.2f %.2f\n", gapPower(t, m, .2, 1), gapPower(t, m, .3, 1), gapPower(t, m, .6, 7))
	}
}
