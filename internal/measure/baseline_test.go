package measure_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// seriesFrom are the points of consecutive periods; without a numerator nothing was reported.
func seriesFrom(m *catalog.Measure, patients string, start time.Time, of func(i int) (numerator, denominator string), n int) []measure.Point {
	var points []measure.Point
	period := catalog.Period{Start: start, Grain: m.Grain}
	for i := range n {
		numerator, denominator := of(i)
		v := measure.Value{Period: period.Start, Numerator: number(numerator), Denominator: number(denominator), Organisations: 1}
		if numerator == "" {
			v.Missing = []string{"RJ1"}
		}
		points = append(points, measure.NewPoint(m, v, registered(number(patients))))
		period.Start = period.End()
	}
	return points
}

func TestBaseline(t *testing.T) {
	april := time.Date(2017, 4, 1, 0, 0, 0, 0, time.UTC)
	constant := func(numerator, denominator string) func(int) (string, string) {
		return func(int) (string, string) { return numerator, denominator }
	}
	growing := func(i int) (string, string) { return fmt.Sprint(10 * (i + 1)), "" }
	without := func(missing int) func(int) (string, string) {
		return func(i int) (string, string) {
			if i == missing {
				return "", ""
			}
			return growing(i)
		}
	}
	broken := *count
	broken.Breaks = []catalog.Break{{From: "2017-08"}}
	days := catalog.Measure{Unit: catalog.Number, Grain: catalog.Day, PerThousand: true}
	for _, test := range []struct {
		name    string
		measure *catalog.Measure
		places  map[string][]measure.Point
		least   int
		span    string
		levels  map[string]string
	}{
		// The mean of 10, 20 ... 120 is 65, of 20 ... 130 it is 75, of 50 ... 160 it is 105, each per 2,000 patients.
		{"a count", count, map[string][]measure.Point{"A": seriesFrom(count, "2000", april, growing, 14)}, 1, "2017-04 2018-03", map[string]string{"A": "32.5"}},
		{"a month is missing", count, map[string][]measure.Point{"A": seriesFrom(count, "2000", april, without(0), 14)}, 1, "2017-05 2018-04", map[string]string{"A": "37.5"}},
		{"within a break", &broken, map[string][]measure.Point{"A": seriesFrom(&broken, "2000", april, growing, 16)}, 1, "2017-08 2018-07", map[string]string{"A": "52.5"}},
		{"a year is never whole", count, map[string][]measure.Point{"A": seriesFrom(count, "2000", april, without(6), 14)}, 1, "", nil},
		{"one place of two", count, map[string][]measure.Point{
			"A": seriesFrom(count, "2000", april, growing, 13), "B": seriesFrom(count, "1000", april, without(12), 13),
		}, 1, "2017-04 2018-03", map[string]string{"A": "32.5", "B": "65"}},
		{"the place that lacks a month has none", count, map[string][]measure.Point{
			"A": seriesFrom(count, "2000", april, growing, 12), "B": seriesFrom(count, "1000", april, without(3), 12),
		}, 1, "2017-04 2018-03", map[string]string{"A": "32.5"}},
		{"too few places", count, map[string][]measure.Point{
			"A": seriesFrom(count, "2000", april, growing, 12), "B": seriesFrom(count, "1000", april, without(3), 12),
		}, 2, "", nil},
		{"no places", count, nil, 0, "", nil},
		{"no patients", count, map[string][]measure.Point{"A": seriesFrom(count, "", april, growing, 12)}, 1, "", nil},
		{"a share weighs its months", share, map[string][]measure.Point{"A": seriesFrom(share, "", april, func(i int) (string, string) {
			if i == 0 {
				return "90", "100"
			}
			return "0", "10"
		}, 12)}, 1, "2017-04 2018-03", map[string]string{"A": "0.4285714286"}},
		{"a share of nothing", share, map[string][]measure.Point{"A": seriesFrom(share, "", april, constant("0", "0"), 12)}, 1, "", nil},
		{"a rate of one year", rate, map[string][]measure.Point{"A": seriesFrom(rate, "", april, constant("3", "4"), 1)}, 1, "2017/18 2017/18", map[string]string{"A": "75000"}},
		{"four weeks of days", &days, map[string][]measure.Point{"A": seriesFrom(&days, "1000", april, constant("7", ""), 30)}, 1, "2017-04-01 2017-04-28", map[string]string{"A": "7"}},
		{"a cost without a rate", cost, map[string][]measure.Point{"A": seriesFrom(cost, "1000", april, constant("7", ""), 3)}, 1, "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, ok := measure.NewBaseline(test.measure, test.places, test.least)
			if ok != (test.span != "") {
				t.Fatalf("there is one: %v (%+v)", ok, b)
			}
			if !ok {
				return
			}
			levels := map[string]string{}
			for code, level := range b.Levels {
				levels[code] = level.String()
			}
			if diff := cmp.Diff(test.levels, levels); diff != "" || b.From.String()+" "+b.To.String() != test.span {
				t.Errorf("from %s to %s (-want +got):\n%s", b.From, b.To, diff)
			}
		})
	}
}
