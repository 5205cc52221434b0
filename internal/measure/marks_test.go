package measure_test

import (
	"fmt"
	"testing"

	"stpdash/internal/measure"
)

// A run of marked figures is as long as the figures without a break that are marked alike, up to the one judged.
func TestMarks(t *testing.T) {
	c := declared(t, "")
	m := find(t, c, "calls")
	for name, test := range map[string]struct {
		figures []int
		want    int // 0: none
		from    string
	}{
		"nothing unusual": {figures: []int{110, 90, 110, 90, 110, 90, 110, 90, 110, 90, 110, 90, 110, 90, 100}},
		"one far above":   {figures: []int{110, 90, 110, 90, 110, 90, 110, 90, 110, 90, 110, 90, 110, 90, 100, 400}, want: 1, from: "2017-04"},
		"a run of seven":  {figures: []int{90, 80, 90, 80, 90, 80, 90, 80, 90, 80, 90, 80, 90, 80, 110, 120, 110, 120, 110, 120, 110}, want: 7, from: "2017-03"},
		"too few":         {figures: []int{90, 80, 400}},
	} {
		var values []string
		for _, n := range test.figures {
			values = append(values, fmt.Sprint(n))
		}
		points := months(t, "2016-01", values...)
		s, err := measure.NewSignal(m, nil, points, nil, points[len(points)-1].Period)
		if err != nil {
			t.Fatal(err)
		}
		run, ok := s.Marks()
		if ok != (test.want > 0) || run.Periods != test.want || ok && run.From.String() != test.from {
			t.Errorf("%s: %+v, %t; want %d from %s", name, run, ok, test.want, test.from)
		}
	}
}
