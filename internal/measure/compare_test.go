package measure_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
	"stpdash/internal/rates"
	"stpdash/internal/warehouse"
)

// compare sets counts in places of equal size beside each other.
func compare(t *testing.T, m *catalog.Measure, numerators ...string) measure.Comparison {
	t.Helper()
	var points []measure.Point
	var patients []decimal.NullDecimal
	for _, n := range numerators {
		size := number("10000")
		points = append(points, measure.NewPoint(m, warehouse.Value{Numerator: number(n), Denominator: size, Organisations: 1}, size))
		patients = append(patients, size)
	}
	c, err := measure.Compare(m, points, patients)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompare(t *testing.T) {
	c := compare(t, count, "120", "80", "", "120", "101")
	for i, want := range []int{1, 4, 0, 1, 3} {
		if c.Ranks[i] != want || c.Intervals[i].Valid != (want > 0) {
			t.Errorf("place %d has rank %d and the interval %+v", i, c.Ranks[i], c.Intervals[i])
		}
	}
	if c.Of != 4 || c.Fifths[1] != 1 || c.Funnel.Compared != 4 || c.Funnel.Units[2].Reason == "" {
		t.Errorf("%+v of %+v", c, c.Funnel)
	}
}

func TestCompareCountsOfZero(t *testing.T) {
	c := compare(t, count, "0", "900", "100", "80", "0", "400", "120", "30", "600", "10", "55", "75")
	if !(c.Funnel.Tau2 > 0) || c.Funnel.Reason != "" {
		t.Fatalf("no over-dispersion was found: %+v", c.Funnel)
	}
	if limits, lies := c.Funnel.Units[0].Verdict(); lies == rates.NotJudged || limits != c.Funnel.Units[0].Adjusted {
		t.Errorf("a place without events lies %q in %+v", lies, limits)
	}
}

func TestCompareWithoutCounts(t *testing.T) {
	money := &catalog.Measure{Unit: catalog.GBP, Grain: catalog.Month, PerThousand: true}
	for reason, m := range map[string]*catalog.Measure{"Money is no count": money, "Amounts of places": cost, "The rate is stated as": rate} {
		c := compare(t, m, "1", "2")
		if c.Funnel != nil || c.Intervals[0].Valid || !strings.HasPrefix(c.Reason, reason) {
			t.Errorf("want %q: %+v", reason, c)
		}
	}
}
