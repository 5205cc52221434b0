package measure_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

var (
	count = &catalog.Measure{ID: "count", Unit: catalog.Number, Grain: catalog.Month, PerThousand: true}
	share = &catalog.Measure{ID: "share", Unit: catalog.Share, Grain: catalog.Month}
	rate  = &catalog.Measure{ID: "rate", Unit: catalog.Rate, Per: 100_000, Grain: catalog.FinancialYear}
	cost  = &catalog.Measure{ID: "cost", Unit: catalog.GBP, Grain: catalog.FinancialYear}
)

// number is null for an empty text.
func number(text string) decimal.NullDecimal {
	if text == "" {
		return decimal.NullDecimal{}
	}
	return decimal.NewNullDecimal(decimal.RequireFromString(text))
}

func text(n decimal.NullDecimal) string {
	if !n.Valid {
		return ""
	}
	return n.Decimal.String()
}

func TestPoint(t *testing.T) {
	start := time.Date(2017, 4, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name                             string
		measure                          *catalog.Measure
		numerator, denominator, patients string
		missing                          []string
		value, rate                      string
	}{
		{"a count", count, "1949762", "", "57541178", nil, "1949762", "33.8846382325"},
		{"a count of nothing", count, "0", "", "1000", nil, "0", "0"},
		{"a count without patients", count, "7", "", "", nil, "7", ""},
		{"a count of no patients", count, "7", "", "0", nil, "7", ""},
		{"a share", share, "3", "4", "1000", nil, "0.75", ""},
		{"a share that does not end", share, "2", "3", "", nil, "0.6666666667", ""},
		{"a share of nothing", share, "0", "0", "", nil, "", ""},
		{"a share without a denominator", share, "1", "", "", nil, "", ""},
		{"a rate", rate, "1392.83004656", "157483", "1000", nil, "884.432", ""},
		{"a rate over one", rate, "3", "2", "", nil, "150000", ""},
		{"a rate of nothing", rate, "0", "0", "", nil, "", ""},
		{"a cost, without a rate", cost, "12.5", "", "1000", nil, "12.5", ""},
		{"a cost that is paid back", cost, "-12.5", "", "", nil, "-12.5", ""},
		{"nothing", count, "", "", "1000", nil, "", ""},
		{"a count with an organisation missing", count, "7", "", "1000", []string{"RCD"}, "", ""},
		{"a share with an organisation missing", share, "3", "4", "", []string{"RCD", "RC9"}, "", ""},
	} {
		v := measure.Value{
			Period: start, Numerator: number(test.numerator), Denominator: number(test.denominator), Missing: test.missing,
			Organisations: 3, Definition: "d", Load: 9,
		}
		p := measure.NewPoint(test.measure, v, registered(number(test.patients)))
		if text(p.Value) != test.value || text(p.Rate) != test.rate {
			t.Errorf("%s: value %q and rate %q, want %q and %q", test.name, text(p.Value), text(p.Rate), test.value, test.rate)
		}
		if p.Complete != (test.missing == nil) || p.Organisations != 3 || p.Definition != "d" || p.Load != 9 ||
			p.Period != (catalog.Period{Start: start, Grain: test.measure.Grain}) || !slices.Equal(p.Missing, test.missing) {
			t.Errorf("%s: %+v", test.name, p)
		}
	}
}

func TestNothingIsComputedOverWhatIsNotWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) decimal.NullDecimal {
			return decimal.NewNullDecimal(decimal.New(rapid.Int64Range(0, 1e9).Draw(t, label), -2))
		}
		v := measure.Value{Numerator: draw("numerator"), Denominator: draw("denominator"), Missing: []string{"RCD"}}
		m := rapid.SampledFrom([]*catalog.Measure{count, share, cost}).Draw(t, "measure")
		if p := measure.NewPoint(m, v, registered(draw("patients"))); p.Complete || p.Value.Valid || p.Rate.Valid {
			t.Fatalf("%s is %v and %v per thousand although an organisation is missing", m.ID, p.Value, p.Rate)
		}
	})
}

func TestShareLiesBetweenNoneAndAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.Int64Range(1, 1e12).Draw(t, "all")
		some := rapid.Int64Range(0, all).Draw(t, "some")
		v := measure.Value{Numerator: decimal.NewNullDecimal(decimal.NewFromInt(some)), Denominator: decimal.NewNullDecimal(decimal.NewFromInt(all))}
		p := measure.NewPoint(share, v, measure.People{})
		if !p.Value.Valid || p.Value.Decimal.IsNegative() || p.Value.Decimal.GreaterThan(decimal.NewFromInt(1)) {
			t.Fatalf("%d of %d is %v", some, all, p.Value)
		}
	})
}

func TestSum(t *testing.T) {
	c := declared(t, "")
	m := find(t, c, "seen")
	place := func(numerators, denominators string) []measure.Point {
		points := months(t, "2018-01", strings.Fields(numerators)...)
		for i, d := range strings.Fields(denominators) {
			n := number(strings.Fields(numerators)[i])
			points[i].Numerator, points[i].Denominator, points[i].Value = n, number(d), decimal.NewNullDecimal(n.Decimal.Div(number(d).Decimal))
		}
		return points
	}
	sum := measure.Sum(m, [][]measure.Point{place("10 20 30", "20 40 40"), place("5 5", "20 10")})
	if len(sum) != 3 || sum[0].Value.Decimal.String() != "0.375" || sum[1].Value.Decimal.String() != "0.5" || sum[2].Value.Valid {
		t.Errorf("%+v", sum)
	}
	if sum[0].Organisations != 4 || sum[0].Numerator.Decimal.String() != "15" {
		t.Errorf("%+v", sum[0])
	}
	if none := measure.Sum(m, nil); none != nil {
		t.Errorf("the sum of no places is %+v", none)
	}
}

func TestAt(t *testing.T) {
	april, may := time.Date(2017, 4, 1, 0, 0, 0, 0, time.UTC), time.Date(2017, 5, 1, 0, 0, 0, 0, time.UTC)
	points := []measure.Point{{Period: catalog.Period{Start: april}, Load: 1}, {Period: catalog.Period{Start: may}, Load: 2}}
	if p, ok := measure.At(points, may); !ok || p.Load != 2 {
		t.Errorf("May is %+v, %v", p, ok)
	}
	if p, ok := measure.At(points, may.AddDate(0, 1, 0)); ok {
		t.Errorf("June is %+v", p)
	}
}

func TestChange(t *testing.T) {
	for _, test := range []struct {
		measure           *catalog.Measure
		now, before, want string
	}{
		{count, "110", "100", "10"},
		{count, "90", "100", "-10"},
		{count, "1", "3", "-66.6666666667"},
		{count, "5", "0", ""},
		{count, "0", "5", "-100"},
		{count, "", "5", ""},
		{count, "5", "", ""},
		{share, "0.9", "0.95", "-5"},
		{share, "0.5", "0", "50"},
		{share, "", "0.5", ""},
		{cost, "5", "-5", ""},
		{cost, "-5", "5", "-200"},
	} {
		if got := text(measure.Change(test.measure, number(test.now), number(test.before))); got != test.want {
			t.Errorf("%s from %q to %q changes by %q, want %q", test.measure.ID, test.before, test.now, got, test.want)
		}
	}
}

func TestGroups(t *testing.T) {
	values := func(texts ...string) (n []decimal.NullDecimal) {
		for _, t := range texts {
			n = append(n, number(t))
		}
		return n
	}
	for _, test := range []struct {
		values []decimal.NullDecimal
		n      int
		want   []int
	}{
		{values(), 5, []int{}},
		{values("", ""), 5, []int{0, 0}},
		{values("7"), 5, []int{1}},
		{values("5", "4", "3", "2", "1"), 5, []int{5, 4, 3, 2, 1}},
		{values("1", "2", "3", "4", "5", "6", "7", "8", "9", "10"), 5, []int{1, 1, 2, 2, 3, 3, 4, 4, 5, 5}},
		{values("1", "", "1.0", "1", "1", "2"), 5, []int{1, 0, 1, 1, 1, 5}},
		{values("1", "2", "3", "4", "5", "6", "7", "8", "9", "10"), 10, []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		{values("3", "1", "2"), 10, []int{7, 1, 4}},
		{values("3", "1", "2"), 1, []int{1, 1, 1}},
	} {
		if diff := cmp.Diff(test.want, measure.Groups(test.values, test.n)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.values, diff)
		}
	}
	if diff := cmp.Diff([]int{3, 1, 0, 1, 4}, measure.Ranks(values("2.5", "-1", "", "-1.0", "7"))); diff != "" {
		t.Errorf("ranks (-want +got):\n%s", diff)
	}
}

func TestGroupsRank(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) decimal.NullDecimal {
			return decimal.NullDecimal{Decimal: decimal.New(rapid.Int64Range(-50, 50).Draw(t, "value"), -1), Valid: rapid.IntRange(0, 9).Draw(t, "missing") > 0}
		}), 0, 60).Draw(t, "values")
		n := rapid.SampledFrom([]int{1, 4, 5, 10}).Draw(t, "n")
		groups, ranks := measure.Groups(values, n), measure.Ranks(values)
		if len(groups) != len(values) || len(ranks) != len(values) {
			t.Fatalf("%d groups and %d ranks of %d values", len(groups), len(ranks), len(values))
		}
		in, distinct, present := map[int]int{}, map[string]bool{}, 0
		for i, v := range values {
			if !v.Valid {
				if groups[i] != 0 || ranks[i] != 0 {
					t.Fatalf("a missing value is in group %d and of rank %d", groups[i], ranks[i])
				}
				continue
			}
			present++
			in[groups[i]]++
			distinct[v.Decimal.String()] = true
			if groups[i] < 1 || groups[i] > n {
				t.Fatalf("%s is in group %d", v.Decimal, groups[i])
			}
			lower := 0
			for j, other := range values {
				if other.Valid && other.Decimal.LessThan(v.Decimal) {
					lower++
				}
				if other.Valid && v.Decimal.LessThan(other.Decimal) && groups[i] > groups[j] {
					t.Fatalf("%s is in group %d, %s in %d", v.Decimal, groups[i], other.Decimal, groups[j])
				}
				if other.Valid && v.Decimal.Equal(other.Decimal) && groups[i] != groups[j] {
					t.Fatalf("%s is in the groups %d and %d", v.Decimal, groups[i], groups[j])
				}
			}
			if ranks[i] != lower+1 {
				t.Fatalf("%s is of rank %d, with %d lower ones", v.Decimal, ranks[i], lower)
			}
		}
		if len(distinct) == present { // without equal ones the groups are of equal size
			for group, size := range in {
				if size > (present+n-1)/n {
					t.Fatalf("group %d has %d of %d", group, size, present)
				}
			}
		}
	})
}

func TestShareOutsideItsDenominatorIsNone(t *testing.T) {
	m := &catalog.Measure{ID: "share", Unit: catalog.Share, Grain: catalog.Month}
	for _, numerator := range []int64{-1, 4} {
		p := measure.NewPoint(m, measure.Value{
			Numerator:   decimal.NewNullDecimal(decimal.NewFromInt(numerator)),
			Denominator: decimal.NewNullDecimal(decimal.NewFromInt(3)),
		}, measure.People{})
		if p.Value.Valid || p.NoValue != measure.Contradictory {
			t.Errorf("%d of 3 is %v", numerator, p.Value)
		}
	}
}
