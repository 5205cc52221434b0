package rates

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// published is a file of the published cases.
func published(t testing.TB, name string) *bufio.Reader {
	t.Helper()
	shared := os.Getenv("STP_SHARED")
	if shared == "" {
		shared = filepath.Join("..", "..", "..", "shared")
	}
	f, err := os.Open(filepath.Join(shared, "methods", "rates", name))
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the published cases are missing: %v", err)
		}
		t.Skipf("the published cases are not here (STP_SHARED names the folder that holds methods/): %v", err)
	}
	t.Cleanup(func() { f.Close() })
	r := bufio.NewReader(f)
	if mark, err := r.Peek(3); err == nil && string(mark) == "\ufeff" {
		if _, err := r.Discard(3); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

type row map[string]string

func table(t testing.TB, name string) []row {
	t.Helper()
	records, err := csv.NewReader(published(t, name)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for _, record := range records[1:] {
		r := row{}
		for i, column := range records[0] {
			r[column] = record[i]
		}
		rows = append(rows, r)
	}
	return rows
}

// number is NaN where none is published.
func (r row) number(t testing.TB, column string) float64 {
	t.Helper()
	if r[column] == "" || r[column] == "NA" {
		return math.NaN()
	}
	n, err := strconv.ParseFloat(r[column], 64)
	if err != nil {
		t.Fatalf("%s: %v", column, err)
	}
	return n
}

// near compares to a relative tolerance; what is not published must not exist.
func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if math.IsNaN(want) != math.IsNaN(got) || math.Abs(got-want) > tolerance*math.Abs(want) {
		t.Errorf("%s: %.12g, published %.12g (%.1e)", what, got, want, got/want-1)
	}
}

func nearInterval(t testing.TB, what string, got Interval, r row, lower, upper string) {
	t.Helper()
	near(t, what+" "+lower, got.Lower, r.number(t, lower), 1e-9)
	near(t, what+" "+upper, got.Upper, r.number(t, upper), 1e-9)
}

func confidence(t testing.TB, text string) float64 {
	t.Helper()
	percent, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
	if err != nil {
		t.Fatal(err)
	}
	return percent / 100
}

func TestPublishedByarAndWilson(t *testing.T) {
	for _, r := range table(t, "phe_testdata_B_W.csv") {
		of := Byar
		if Method(r["method"]) == MethodWilson {
			of = func(count, confidence float64) (Interval, error) { return Wilson(count, r.number(t, "n"), confidence) }
		}
		got, err := of(r.number(t, "x"), confidence(t, r["confidence"]))
		if err != nil {
			t.Fatal(err)
		}
		nearInterval(t, r["method"]+" of "+r["x"], got, r, "lowercl", "uppercl")
	}
}

func TestPublishedRatesAndProportions(t *testing.T) {
	for _, name := range []string{"phe_testdata_Rate.csv", "phe_testdata_Rate_g.csv", "phe_testdata_Prop.csv", "phe_testdata_Prop_g.csv"} {
		for i, r := range table(t, name) {
			what := fmt.Sprint(name, " row ", i+1)
			count, population, multiplier := r.number(t, "Numerator"), r.number(t, "Denominator"), r.number(t, "multiplier")
			stated := map[float64][2]string{.95: {"lower95_0cl", "upper95_0cl"}, .998: {"lower99_8cl", "upper99_8cl"}}
			if r["confidence"] != "" {
				stated = map[float64][2]string{confidence(t, r["confidence"]): {"lowercl", "uppercl"}}
			}
			for confidence, columns := range stated {
				var value float64
				var limits Interval
				var err error
				if strings.Contains(name, "Rate") {
					value, limits, err = Rate(count, population, multiplier, confidence)
					if !math.IsNaN(count) && r["method"] != string(CountMethod(count)) {
						t.Errorf("%s: method %s, published %s", what, CountMethod(count), r["method"])
					}
				} else {
					value = count / population * multiplier
					limits, err = Wilson(count, population, confidence)
					limits = limits.times(multiplier)
				}
				if (err != nil) != (r["value"] == "") {
					t.Errorf("%s: %v", what, err)
				}
				near(t, what+" value", value, r.number(t, "value"), 1e-9)
				nearInterval(t, what, limits, r, columns[0], columns[1])
			}
		}
	}
}

// The strata of the published rates are not public, but their four limits rest
// on two numbers, the rate and its variance: one limit gives the other three.
func TestPublishedStandardisedRates(t *testing.T) {
	compared := 0
	for _, r := range table(t, "phe_testresults_DSR.csv") {
		if r["area"] == "testdata_1976" || strings.HasPrefix(r["area"], "testdata_nonind") {
			continue
		}
		count, value := r.number(t, "total_count"), r.number(t, "value")
		if count < FewEvents {
			if _, err := Dobson([]Stratum{{count, r.number(t, "total_pop"), 1}}, .95); !errors.Is(err, ErrFewEvents) {
				t.Errorf("%v events: %v", count, err)
			}
			continue
		}
		compared++
		byar, err := Byar(count, .95)
		if err != nil {
			t.Fatal(err)
		}
		deviation := (r.number(t, "upper95_0cl") - value) / (byar.Upper - count) // √(variance/count)
		strata := strataOf(value, deviation*deviation*count, count)
		for confidence, columns := range map[float64][2]string{.95: {"lower95_0cl", "upper95_0cl"}, .998: {"lower99_8cl", "upper99_8cl"}} {
			got, err := Dobson(strata, confidence)
			if err != nil {
				t.Fatal(err)
			}
			near(t, r["area"], got.Rate, value, 1e-9)
			nearInterval(t, r["area"], got.Interval, r, columns[0], columns[1])
		}
	}
	if compared != 4 {
		t.Errorf("%d rates compared, not 4", compared)
	}
}

// strataOf are two strata, of half the events and half the weight each, that have this rate and variance.
func strataOf(rate, variance, count float64) []Stratum {
	// With p and q the weight by population of each: rate = count (p+q)/2, variance = count (p²+q²)/2.
	mean := rate / count
	spread := math.Sqrt(variance/count - mean*mean)
	return []Stratum{{count / 2, .5 / (mean + spread), .5}, {count / 2, .5 / (mean - spread), .5}}
}

// Newcombe 1998, Two-sided confidence intervals for the single proportion
// (Statistics in Medicine 17, 857-872), table I, methods 3 and 5.
func TestNewcombe(t *testing.T) {
	for _, c := range []struct {
		count, of     float64
		wilson, exact string
	}{
		{81, 263, "0.2553 0.3662", "0.2527 0.3676"},
		{15, 148, "0.0624 0.1605", "0.0578 0.1617"},
		{0, 20, "0.0000 0.1611", "0.0000 0.1684"},
		{1, 29, "0.0061 0.1718", "0.0009 0.1776"},
	} {
		for _, method := range []struct {
			limits func(count, population, confidence float64) (Interval, error)
			want   string
		}{{Wilson, c.wilson}, {ClopperPearson, c.exact}} {
			got, err := method.limits(c.count, c.of, .95)
			if err != nil {
				t.Fatal(err)
			}
			if text := fmt.Sprintf("%.4f %.4f", got.Lower, got.Upper); text != method.want {
				t.Errorf("%v of %v: %s, published %s", c.count, c.of, text, method.want)
			}
		}
	}
}

func TestClopperPearsonLeavesItsTails(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 2000).Draw(t, "population")
		count, level := rapid.IntRange(0, n).Draw(t, "count"), rapid.Float64Range(.5, .999).Draw(t, "confidence")
		limits, err := ClopperPearson(float64(count), float64(n), level)
		if err != nil {
			t.Fatal(err)
		}
		tail := (1 - level) / 2
		if below := (distuv.Binomial{N: float64(n), P: limits.Upper}).CDF(float64(count)); count < n && math.Abs(below-tail) > 1e-6 {
			t.Fatalf("%d or fewer of %d at %v have the chance %v, not %v", count, n, limits.Upper, below, tail)
		}
		if above := 1 - (distuv.Binomial{N: float64(n), P: limits.Lower}).CDF(float64(count-1)); count > 0 && math.Abs(above-tail) > 1e-6 {
			t.Fatalf("%d or more of %d at %v have the chance %v, not %v", count, n, limits.Lower, above, tail)
		}
		if count == 0 && limits.Lower != 0 || count == n && limits.Upper != 1 {
			t.Fatalf("%d of %d: %v", count, n, limits)
		}
	})
}

func TestExactIntervalLeavesItsTails(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := float64(rapid.IntRange(0, 2000).Draw(t, "count"))
		level := rapid.Float64Range(.5, .999).Draw(t, "confidence")
		limits, err := Exact(count, level)
		if err != nil {
			t.Fatal(err)
		}
		tail := (1 - level) / 2
		if below := (distuv.Poisson{Lambda: limits.Upper}).CDF(count); math.Abs(below-tail) > 1e-9 {
			t.Fatalf("%v or fewer of %v have the chance %v, not %v", count, limits.Upper, below, tail)
		}
		if count == 0 {
			if limits.Lower != 0 {
				t.Fatalf("lower limit %v of no events", limits.Lower)
			}
			return
		}
		if above := 1 - (distuv.Poisson{Lambda: limits.Lower}).CDF(count-1); math.Abs(above-tail) > 1e-9 {
			t.Fatalf("%v or more of %v have the chance %v, not %v", count, limits.Lower, above, tail)
		}
	})
}

// Public Health England 2018, Technical guide: confidence intervals: from 10
// events on, Byar's 95% limits are within 0.2% of the exact ones.
func TestByarIsNearTheExactInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := float64(rapid.IntRange(FewEvents, 100_000).Draw(t, "count"))
		byar, err := Byar(count, .95)
		if err != nil {
			t.Fatal(err)
		}
		exact, err := Exact(count, .95)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(byar.Lower/exact.Lower-1) > .002 || math.Abs(byar.Upper/exact.Upper-1) > .002 {
			t.Fatalf("%v events: %v, exactly %v", count, byar, exact)
		}
	})
}

func TestIntervalsHoldTheirEstimate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.Float64Range(.5, .999).Draw(t, "confidence")
		wider := level + (1-level)*rapid.Float64Range(.01, .9).Draw(t, "wider")
		population := float64(rapid.IntRange(1, 1_000_000).Draw(t, "population"))
		count := float64(rapid.IntRange(0, int(population)).Draw(t, "count"))

		narrow, err := Wilson(count, population, level)
		if err != nil {
			t.Fatal(err)
		}
		wide, err := Wilson(count, population, wider)
		if err != nil {
			t.Fatal(err)
		}
		p := count / population
		if !(0 <= wide.Lower && wide.Lower <= narrow.Lower && narrow.Lower <= p && p <= narrow.Upper && narrow.Upper <= wide.Upper && wide.Upper <= 1) {
			t.Fatalf("Wilson of %v: %v within %v", p, narrow, wide)
		}
		mirrored, err := Wilson(population-count, population, level)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(mirrored.Lower+narrow.Upper-1) > 1e-12 || math.Abs(mirrored.Upper+narrow.Lower-1) > 1e-12 {
			t.Fatalf("Wilson of %v is %v, of the rest %v", p, narrow, mirrored)
		}

		value, limits, err := Rate(count, population, 1000, level)
		if err != nil {
			t.Fatal(err)
		}
		if !(0 <= limits.Lower && limits.Lower <= value && value <= limits.Upper) {
			t.Fatalf("rate %v in %v", value, limits)
		}
	})
}

func TestStandardisedRates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		strata := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Stratum {
			return Stratum{
				float64(rapid.IntRange(5, 500).Draw(t, "count")),
				rapid.Float64Range(100, 1e6).Draw(t, "population"),
				rapid.Float64Range(1, 1e4).Draw(t, "standard"),
			}
		}), 2, 19).Draw(t, "strata")
		s, err := Dobson(strata, .95)
		if err != nil {
			t.Fatal(err)
		}
		lowest, highest := math.Inf(1), 0.0
		for _, of := range strata {
			lowest, highest = min(lowest, of.Count/of.Population), max(highest, of.Count/of.Population)
		}
		if !(s.Lower < s.Rate && s.Rate < s.Upper) || s.Rate < lowest*(1-1e-12) || s.Rate > highest*(1+1e-12) {
			t.Fatalf("%+v of rates from %v to %v", s, lowest, highest)
		}
		// The unit of the standard population does not matter.
		for i := range strata {
			strata[i].Standard *= 128
		}
		if again, err := Dobson(strata, .95); err != nil || math.Abs(again.Lower/s.Lower-1) > 1e-12 {
			t.Fatalf("%+v, then %+v: %v", s, again, err)
		}
		// A population standardised to itself has its crude rate and Byar's interval.
		for i := range strata {
			strata[i].Standard = strata[i].Population
		}
		s, err = Dobson(strata, .95)
		if err != nil {
			t.Fatal(err)
		}
		_, crude, err := Rate(s.Count, s.Population, 1, .95)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(s.Lower/crude.Lower-1) > 1e-9 || math.Abs(s.Upper/crude.Upper-1) > 1e-9 {
			t.Fatalf("%+v, crude %+v", s, crude)
		}
	})
}

func TestEuropeanStandardPopulation(t *testing.T) {
	rows := table(t, "esp2013.csv")
	if len(rows) != len(EuropeanStandard) {
		t.Fatalf("%d age bands", len(rows))
	}
	for i, r := range rows {
		if r.number(t, "esp2013") != EuropeanStandard[i] {
			t.Errorf("from age %s: %v", r["ageband_start"], EuropeanStandard[i])
		}
	}
}

func TestWhatIsNotAccepted(t *testing.T) {
	missing, infinite := math.NaN(), math.Inf(1)
	of := func(f func() (Interval, error)) error {
		limits, err := f()
		if err != nil && !(math.IsNaN(limits.Lower) && math.IsNaN(limits.Upper)) {
			t.Errorf("%v with %v", err, limits)
		}
		return err
	}
	dobson := func(s ...Stratum) error {
		return of(func() (Interval, error) { s, err := Dobson(s, .95); return s.Interval, err })
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{of(func() (Interval, error) { return Byar(-1, .95) }), "count -1: zero or more"},
		{of(func() (Interval, error) { return Byar(missing, .95) }), "count is missing"},
		{of(func() (Interval, error) { return Exact(infinite, .95) }), "count +Inf"},
		{of(func() (Interval, error) { return Count(5, 95) }), "confidence 95: more than 0 and at most 0.999999"},
		{of(func() (Interval, error) { return Count(5, 0.9999999999999999) }), "at most 0.999999"},
		{of(func() (Interval, error) { return Wilson(5, 0, .95) }), "population 0: more than zero"},
		{of(func() (Interval, error) { return Wilson(5, -3, .95) }), "population -3"},
		{of(func() (Interval, error) { return Wilson(5, missing, .95) }), "population is missing"},
		{of(func() (Interval, error) { return Wilson(5, 4, .95) }), "no more than all"},
		{dobson(Stratum{20, 100, 1}, Stratum{5, 100, -1}), "stratum 2: standard population -1"},
		{dobson(Stratum{20, 100, 1}, Stratum{5, 0, 1}), "stratum 2: population 0"},
		{dobson(Stratum{missing, 100, 1}), "stratum 1: the count is missing"},
		{dobson(Stratum{20, 100, 0}), "zero in all"},
		{dobson(), "zero in all"},
		{dobson(Stratum{20, 1e-300, 1e100}), "too large"},
		{of(func() (Interval, error) { _, limits, err := Rate(5, 1e-300, 1e10, .95); return limits, err }), "too large"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("%v, not %q", c.err, c.want)
		}
	}
}
