package measure_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
	"stpdash/internal/rates"
)

// compare sets counts in places of equal size beside each other.
func compare(t *testing.T, m *catalog.Measure, numerators ...string) measure.Comparison {
	t.Helper()
	var points []measure.Point
	for _, n := range numerators {
		size := number("10000")
		points = append(points, measure.NewPoint(m, measure.Value{Numerator: number(n), Denominator: size, Organisations: 1}, registered(size)))
	}
	c, err := measure.Compare(m, points)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompare(t *testing.T) {
	c := compare(t, count, "120", "80", "", "120", "101")
	for i, want := range []int{3, 1, 0, 3, 2} {
		if c.Ranks[i] != want || c.Intervals[i].Valid != (want > 0) {
			t.Errorf("place %d has rank %d and the interval %+v", i, c.Ranks[i], c.Intervals[i])
		}
	}
	if c.Of != 4 || c.Fifths[1] != 1 || c.Funnel.Compared != 4 || c.Funnel.Units[2].Reason.Code == "" {
		t.Errorf("%+v of %+v", c, c.Funnel)
	}
}

func TestCompareCountsOfZero(t *testing.T) {
	c := compare(t, count, "0", "900", "100", "80", "0", "400", "120", "30", "600", "10", "55", "75")
	if !(c.Funnel.Tau2 > 0) || c.Funnel.Reason.Code != "" {
		t.Fatalf("no over-dispersion was found: %+v", c.Funnel)
	}
	if limits, lies := c.Funnel.Units[0].Verdict(); lies == rates.NotJudged || limits != c.Funnel.Units[0].Adjusted {
		t.Errorf("a place without events lies %q in %+v", lies, limits)
	}
}

func TestCompareWithoutCounts(t *testing.T) {
	money := &catalog.Measure{Unit: catalog.GBP, Grain: catalog.Month, PerThousand: true}
	for reason, m := range map[measure.UncountedReason]*catalog.Measure{measure.OfMoney: money, measure.OfAmounts: cost, measure.OfRate: rate} {
		c := compare(t, m, "1", "2")
		if c.Funnel != nil || c.Intervals[0].Valid || c.Reason != reason {
			t.Errorf("want %q: %+v", reason, c)
		}
	}
}

func TestCompareWithPublishedIntervals(t *testing.T) {
	c := declared(t, "")
	point := func(value, rate, denominator string) measure.Point {
		return measure.Point{Numerator: number(value), Denominator: number(denominator), Value: number(value), Rate: number(rate), Complete: true}
	}
	places := []measure.Point{point("300", "3", ""), point("", "", ""), point("10", "1", ""), point("900", "3", "")}
	for i, patients := range []string{"100000", "100000", "10000", "300000"} {
		places[i].Divisor = &measure.Divisor{People: number(patients).Decimal}
	}
	got, err := measure.Compare(find(t, c, "visits"), places)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{2, 0, 1, 2}, got.Ranks); diff != "" || got.Of != 3 || got.Reason != "" {
		t.Errorf("ranks of %d: %s", got.Of, diff)
	}
	// Byar's interval of 300 is 267.00 to 335.94 (Breslow and Day 1987, equations 2.9 and 2.10).
	if i := got.Intervals[0]; !i.Valid || math.Abs(i.Lower-2.6700) > 5e-4 || math.Abs(i.Upper-3.3594) > 5e-4 || got.Intervals[1].Valid {
		t.Errorf("intervals %+v", got.Intervals)
	}
	if got.Funnel == nil || math.Abs(got.Funnel.Baseline-2.951) > 1e-3 || got.Funnel.Units[1].Significance != rates.NotJudged {
		t.Errorf("funnel %+v", got.Funnel)
	}
	share := measure.Point{Numerator: number("81"), Denominator: number("263"), Value: number("0.3079847909"), Complete: true}
	got, err = measure.Compare(find(t, c, "seen"), []measure.Point{share})
	// Wilson's interval of 81 of 263 (Newcombe 1998, table I).
	if i := got.Intervals[0]; err != nil || math.Abs(i.Lower-0.2553) > 5e-5 || math.Abs(i.Upper-0.3662) > 5e-5 {
		t.Errorf("%+v, %v", i, err)
	}
	for _, id := range []string{"beds", "debt", "visits_growth"} {
		if got, err := measure.Compare(find(t, c, id), places); err != nil || got.Funnel != nil || got.Reason == "" || got.Intervals[0].Valid {
			t.Errorf("%s: %+v, %v", id, got, err)
		}
	}
	if got, err := measure.Compare(find(t, c, "seen"), make([]measure.Point, 2)); err != nil || got.Of != 0 || got.Funnel != nil {
		t.Errorf("nothing: %+v, %v", got, err)
	}
}
