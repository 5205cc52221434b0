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

	"stpdash/internal/publication"
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

// bundled are monthly figures of the product.
func bundled(t *testing.T, file, before string, measures ...string) table {
	b := builder{}
	readCSV(t, filepath.Join("../../sql/reference/bundled", file+".csv.gz"), func(f func(string) string) {
		if slices.Contains(measures, f("measure")) && f("period") < before {
			b.add(f("organisation"), f("period"), f("numerator"))
		}
	})
	return b.table(12)
}

// delays are the delayed days of each council, all who are responsible together, as the publisher's workbooks have them.
func delays(t *testing.T) table {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder(t), "published", "delays_council", "*.xls"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	b := builder{}
	for _, path := range files {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := file.Stat()
		if err != nil {
			t.Fatal(err)
		}
		p, err := publication.Read(t.Context(), filepath.Base(path), file, info.Size(), publication.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.Sheets {
			if strings.EqualFold(p.Sheets[i].Name, "LA - by Type of Care") {
				readDelays(t, b, &p.Sheets[i])
			}
		}
		file.Close()
	}
	return b.table(12)
}

// readDelays takes the total of each council from a sheet: the council's number stands before its name, and the first total counts.
func readDelays(t *testing.T, b builder, sheet *publication.Sheet) {
	var period string
	number, total := -1, -1
	for row, err := range sheet.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		if number < 0 {
			for i := range row.Cells {
				switch text := strings.TrimSpace(row.Cell(i).Text); {
				case strings.HasPrefix(text, "Period") && row.Cell(i+1).Text != "":
					if at, err := time.Parse("January 2006", strings.TrimSpace(row.Cell(i+1).Text)); err == nil {
						period = at.Format("2006-01")
					}
				case text == "Name" && total < 0:
					number = i - 1
				case strings.HasPrefix(text, "Total") && number >= 0 && total < 0:
					total = i
				}
			}
			continue
		}
		if code := strings.TrimSpace(row.Cell(number).Text); len(code) == 3 && code[0] >= '0' && code[0] <= '9' {
			b.add(code, period, strings.TrimSpace(row.Cell(total).Text))
		}
	}
}

// noiseOf is how the series of a table vary where nothing happens: they are walks with noise. Robust, from differences near and far.
func noiseOf(tab table) (noise, drift float64) {
	p, _ := newPanel(tab.series, Settings{Season: tab.season, Total: tab.total})
	spread := func(z []float64, lag int) float64 {
		var d []float64
		for i := lag; i < len(z); i++ {
			d = append(d, math.Abs(z[i]-z[i-lag]))
		}
		m := normal * median(d)
		return m * m
	}
	var noises, drifts []float64
	for _, l := range p.lines {
		far := max(2, tab.season/2)
		near, distant := spread(l.z, 1), spread(l.z, far)
		walk := max(0, (distant-near)/float64(far-1))
		noises, drifts = append(noises, math.Sqrt(max(0, near-walk)/2)), append(drifts, math.Sqrt(walk))
	}
	return median(known(noises)), median(known(drifts))
}

// simulated are as many series as long as those of a table, without gaps or steps, with its noise; heavy tails are those of a t distribution with
// five degrees of freedom.
func simulated(tab table, r *rand.Rand, heavy bool) table {
	noise, drift := noiseOf(tab)
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
	for _, s := range tab.series {
		c := Series{Name: s.Name, Counts: make([]float64, len(tab.total))}
		season := make([]float64, tab.season)
		for j := range season {
			season[j] = 0.02 * r.NormFloat64()
		}
		level := math.Log(1000)
		for j := range c.Counts {
			level += drift * draw()
			c.Counts[j] = math.Exp(level + noise*draw() + season[j%tab.season])
		}
		made.series = append(made.series, c)
	}
	return made
}

// flagged are the series with a gap and with a step.
func flagged(t *testing.T, tab table) (gaps, steps map[string]bool, r Result) {
	t.Helper()
	r, err := Find(tab.series, Settings{Season: tab.season, Total: tab.total})
	if err != nil {
		t.Fatal(err)
	}
	gaps, steps = map[string]bool{}, map[string]bool{}
	for _, f := range r.Findings {
		if f.Kind == Gap {
			gaps[f.Series] = true
		} else {
			steps[f.Series] = true
		}
	}
	return gaps, steps, r
}

// power is how often a change put into series in which none is found is found within two periods: of all that are long enough and looked at.
func power(t *testing.T, tab table, kind Kind, by float64, long int) float64 {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	gaps, steps, clean := flagged(t, tab)
	left := map[string]bool{}
	for _, l := range clean.LeftOut {
		left[l.Series] = true
	}
	tried, seen := 0, 0
	for range 3 {
		changed := tab
		changed.series = slices.Clone(tab.series)
		at := map[string]int{}
		for i, s := range changed.series {
			if gaps[s.Name] || steps[s.Name] || left[s.Name] || len(known(s.Counts)) < len(s.Counts)*3/4 || r.IntN(4) > 0 { // some at a time, as most do not change
				continue
			}
			begin := len(s.Counts)/4 + r.IntN(len(s.Counts)/2)
			factor, end := math.Exp(by), len(s.Counts)
			if kind == Gap {
				factor, end = 1+by, min(len(s.Counts), begin+long)
			} else if r.IntN(2) == 0 {
				factor = 1 / factor
			}
			counts := slices.Clone(s.Counts)
			for j := begin; j < end; j++ {
				counts[j] *= factor
			}
			changed.series[i].Counts, at[s.Name] = counts, begin
		}
		_, _, found := flagged(t, changed)
		for name, begin := range at {
			tried++
			if slices.ContainsFunc(found.Findings, func(f Finding) bool {
				return f.Series == name && f.Kind == kind && f.From <= begin+max(2, long-1) && f.Until >= begin-2
			}) {
				seen++
			}
		}
	}
	return float64(seen) / float64(tried)
}

// known are changes that are known of a source otherwise: of one series, begun within some periods.
type knownChange struct {
	kind             Kind
	org, from, until string
}

func (k knownChange) found(tab table, findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool {
		return f.Series == k.org && f.Kind == k.kind && tab.starts[f.From] <= k.until && tab.starts[f.Until] >= k.from
	})
}

// Missing submissions and changes of counting in the Monthly Activity Return. 04X is the mildest: a sixteenth of it is missing.
var knownInMAR = []knownChange{
	{Gap, "13P", "2014-07", "2015-03"},
	{Gap, "05P", "2014-07", "2015-03"},
	{Gap, "05Q", "2014-07", "2015-03"},
	{Gap, "04X", "2014-07", "2015-03"},
	{Gap, "11M", "2016-12", "2017-06"},
	{Gap, "02T", "2017-05", "2017-07"},
	{Gap, "03A", "2017-05", "2017-07"},
	{Gap, "07Y", "2016-06", "2016-06"},
	{Gap, "08L", "2016-12", "2016-12"},
	{Gap, "08L", "2019-04", "2019-04"},
	{Gap, "09N", "2016-10", "2016-10"},
	{Step, "00L", "2014-01", "2014-05"},
	{Step, "99C", "2014-01", "2014-05"},
	{Step, "05C", "2017-08", "2017-10"},
	{Step, "02R", "2017-09", "2017-11"},
	{Step, "02W", "2017-09", "2017-11"},
	{Step, "01K", "2017-03", "2017-05"},
	{Step, "01H", "2017-03", "2017-05"},
}

// Mergers and changes of counting in the weekly A&E figures; some show in attendances, some in admissions.
var knownWeekly = []knownChange{
	{Step, "RN5", "2011-12-20", "2012-02-10"},
	{Step, "RCB", "2012-06-20", "2012-08-10"},
	{Step, "RHW", "2012-08-20", "2012-10-10"},
	{Step, "RTF", "2012-12-20", "2013-02-10"},
	{Step, "RTF", "2014-01-20", "2014-03-10"},
	{Step, "RJ2", "2013-09-20", "2013-11-10"},
	{Step, "RJZ", "2013-09-20", "2013-11-10"},
	{Step, "RAJ", "2013-10-20", "2013-12-10"},
	{Step, "RAP", "2013-11-10", "2014-01-10"},
	{Step, "RBT", "2014-03-20", "2014-05-10"},
	{Step, "RHM", "2014-03-20", "2014-05-10"},
	{Step, "RAL", "2014-06-20", "2014-08-10"},
	{Step, "RBS", "2014-07-20", "2014-09-10"},
	{Step, "RDU", "2014-09-20", "2014-11-10"},
}

// Trusts that took over another, from the month on, and two whose submissions are missing in part.
var knownAE = []knownChange{
	{Step, "RGN", "2017-03", "2017-05"},
	{Step, "RTG", "2018-06", "2018-08"},
	{Step, "RDE", "2018-06", "2018-08"},
	{Step, "REM", "2019-09", "2019-11"},
	{Step, "RQM", "2015-08", "2015-10"},
	{Step, "RRK", "2018-06", "2018-08"},
	{Gap, "RFR", "2016-11", "2016-12"},
	{Gap, "RWH", "2017-10", "2017-10"},
}

var knownBeds = []knownChange{
	{Step, "RDU", "2014-07-01", "2014-10-01"},
	{Step, "RQM", "2015-07-01", "2015-10-01"},
	{Step, "RGN", "2017-04-01", "2017-07-01"},
	{Step, "RRK", "2018-04-01", "2018-07-01"},
	{Step, "RTG", "2018-07-01", "2018-10-01"},
	{Step, "RDE", "2018-07-01", "2018-10-01"},
	{Step, "REM", "2019-10-01", "2020-01-01"},
}

// TestPublished measures the rule on published figures: what it finds of what is known otherwise, how often it finds something where nothing is, and
// what it sees.
func TestPublished(t *testing.T) {
	all := []struct {
		name  string
		table table
		known []knownChange
		hits  int     // at least
		step  float64 // at least of steps of 0.2
	}{
		{"MAR non-elective admissions, by commissioner", mar(t, "nonelective_ga_ffces"), knownInMAR, 17, 0.85},
		{"MAR elective admissions", mar(t, "elective_ga_total_ffces"), nil, 0, 0.9},
		{"MAR GP referrals", mar(t, "gp_referrals_made_ga"), nil, 0, 0.8},
		{"MAR other referrals", mar(t, "other_referrals_made_ga"), nil, 0, 0.4},
		{"MAR first outpatient attendances", mar(t, "first_outpatient_attendances_ga"), nil, 0, 0.9},
		{"A&E type 1 attendances, by provider", bundled(t, "ae", "2020-03", "ae_attendances_type1"), knownAE, 8, 0.9},
		{"A&E other attendances", bundled(t, "ae", "2020-03", "ae_attendances_other"), nil, 0, 0},
		{"A&E emergency admissions, type 1", bundled(t, "ae", "2020-03", "emergency_admissions_type1"), nil, 0, 0.5},
		{"A&E type 1 over four hours", bundled(t, "ae", "2019-05", "ae_over_four_hours_type1"), nil, 0, 0},
		{"weekly A&E type 1 attendances", weekly(t, "attendances_type1"), knownWeekly, 7, 0},
		{"weekly A&E emergency admissions", weekly(t, "emergency_admissions_via_type1"), knownWeekly, 11, 0},
		{"delayed days, by council", delays(t), nil, 0, 0},
		{"beds available, by quarter", beds(t, "available_beds_avg"), knownBeds, 7, 0.6},
		{"beds occupied, by quarter", beds(t, "occupied_beds_avg"), knownBeds, 7, 0.5},
		{"lidocaine plasters, by commissioner", bundled(t, "prescribing_lidocaine", "2020-03", "lidocaine_cost"), nil, 0, 0},
		{"high-dose opioids", bundled(t, "prescribing_opioid_high_dose_items", "2020-03", "opioid_high_dose_items"), nil, 0, 0.6},
		{"opioids, morphine equivalent", bundled(t, "prescribing_opioid_ome", "2020-03", "opioid_morphine_equivalent"), nil, 0, 0.9},
	}
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			gaps, steps, found := flagged(t, c.table)
			hits := 0
			var missed []string
			for _, k := range c.known {
				if k.found(c.table, found.Findings) {
					hits++
				} else {
					missed = append(missed, fmt.Sprint(k.kind, " ", k.org, " ", k.from))
				}
			}
			if hits < c.hits {
				t.Errorf("%d of %d known changes found, %d before; not %v", hits, len(c.known), c.hits, missed)
			}
			if c.table.season > 12 { // half a minute each
				t.Logf("| %s | %d of %d | %d / %d | %d of %d %v |", c.name, found.LookedAt, len(c.table.series), len(gaps), len(steps), hits, len(c.known), missed)
				return
			}
			r := rand.New(rand.NewPCG(3, 4))
			var alarms [2][2]float64 // by tails: gaps, steps
			for i, heavy := range []bool{false, true} {
				series := 0
				for range 3 {
					made := simulated(c.table, r, heavy)
					g, s, looked := flagged(t, made)
					alarms[i][0], alarms[i][1], series = alarms[i][0]+float64(len(g)), alarms[i][1]+float64(len(s)), series+max(1, looked.LookedAt)
				}
				alarms[i][0], alarms[i][1] = 100*alarms[i][0]/float64(series), 100*alarms[i][1]/float64(series)
			}
			if alarms[0][1] > 7 || alarms[0][0] > 2 {
				t.Errorf("false alarms in %.1f and %.1f of 100 series", alarms[0][0], alarms[0][1])
			}
			seen := power(t, c.table, Step, 0.2, 0)
			if seen < c.step {
				t.Errorf("a step of 0.2 is seen in %.2f, %.2f before", seen, c.step)
			}
			t.Logf(
				"| %s | %d of %d | %d / %d | %d of %d %v | %.1f / %.1f | %.1f / %.1f | %.2f / %.2f / %.2f / %.2f | %.2f / %.2f / %.2f |",
				c.name,
				found.LookedAt,
				len(c.table.series),
				len(gaps),
				len(steps),
				hits,
				len(c.known),
				missed,
				alarms[0][0],
				alarms[1][0],
				alarms[0][1],
				alarms[1][1],
				power(t, c.table, Step, 0.1, 0),
				power(t, c.table, Step, 0.15, 0),
				seen,
				power(t, c.table, Step, 0.4, 0),
				power(t, c.table, Gap, -0.2, 1),
				power(t, c.table, Gap, -0.3, 1),
				power(t, c.table, Gap, -0.6, c.table.season/2),
			)
		})
	}
}
