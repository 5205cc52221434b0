package evidence

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

// Panel is units observed over time, however its rows were ordered.
type Panel struct {
	// Units are in alphabetical order. Times are in order of time: that of numbers where all are numbers, otherwise that of text, which
	// is right for 2017-04 and 2017-04-30.
	Units, Times []string

	row     [][]int // of a unit at a time; -1 where there is none
	numeric bool    // all times are numbers
	compare func(a, b string) int
}

// NewPanel arranges rows by their unit and time. A unit may have no row at a time, but not two.
func NewPanel(unit, time []string) (*Panel, error) {
	if len(unit) == 0 || len(unit) != len(time) {
		return nil, fmt.Errorf("a panel needs rows with a unit and a time each, and has %d units and %d times", len(unit), len(time))
	}
	for i := range unit {
		if unit[i] == "" || time[i] == "" {
			return nil, fmt.Errorf("row %d has no unit or no time", i+1)
		}
	}
	labels := distinct(time, cmp.Compare[string])
	p := &Panel{Units: distinct(unit, cmp.Compare[string]), compare: timeOrder(labels), numeric: !slices.ContainsFunc(labels, notNumber)}
	p.Times = distinct(labels, p.compare)
	// The positions of rows, and two columns arranged.
	if err := fitsMemory("a panel", len(p.Units), len(p.Times), 24*float64(len(p.Units))*float64(len(p.Times))); err != nil {
		return nil, err
	}
	unitAt, timeAt := positionsOf(p.Units), positionsOf(p.Times)
	p.row = make([][]int, len(p.Units))
	for u := range p.row {
		p.row[u] = slices.Repeat([]int{-1}, len(p.Times))
	}
	for i := range unit {
		u := unitAt[unit[i]]
		t, found := timeAt[time[i]]
		if !found { // written as 1989.0 where another row has 1989
			t = p.Period(time[i])
		}
		if p.row[u][t] >= 0 {
			return nil, fmt.Errorf("unit %s has two rows at time %s", unit[i], time[i])
		}
		p.row[u][t] = i
	}
	return p, nil
}

// Arrange is a column of the rows by unit and time, NaN where there is no row.
func (p *Panel) Arrange(column []float64) [][]float64 {
	arranged := make([][]float64, len(p.Units))
	for u, rows := range p.row {
		arranged[u] = make([]float64, len(p.Times))
		for t, i := range rows {
			arranged[u][t] = math.NaN()
			if i >= 0 {
				arranged[u][t] = column[i]
			}
		}
	}
	return arranged
}

// Period is the position of the first time at or after the one given; len(Times) when all are earlier.
func (p *Panel) Period(time string) int {
	at, _ := slices.BinarySearchFunc(p.Times, time, p.compare)
	return at
}

// sameKind tells whether a time can be compared with those of the panel: where they are numbers, it must be one.
func (p *Panel) sameKind(time string) bool { return !p.numeric || !notNumber(time) }

// timeOrder compares times as numbers where all of them are, otherwise as text.
func timeOrder(times []string) func(a, b string) int {
	if slices.ContainsFunc(times, notNumber) {
		return cmp.Compare[string]
	}
	return func(a, b string) int {
		x, errX := strconv.ParseFloat(a, 64)
		y, errY := strconv.ParseFloat(b, 64)
		if errX != nil || errY != nil {
			return cmp.Compare(a, b)
		}
		return cmp.Compare(x, y)
	}
}

func notNumber(text string) bool {
	n, err := strconv.ParseFloat(text, 64)
	return err != nil || math.IsNaN(n)
}

// distinct lists values once, in order; of several that the order takes for one, such as 1989 and 1989.0, it keeps the first as text.
func distinct[T cmp.Ordered](values []T, compare func(a, b T) int) []T {
	seen := make(map[T]struct{})
	for _, v := range values {
		seen[v] = struct{}{}
	}
	sorted := slices.Sorted(maps.Keys(seen))
	slices.SortStableFunc(sorted, compare)
	return slices.CompactFunc(sorted, func(a, b T) bool { return compare(a, b) == 0 })
}

func positionsOf(labels []string) map[string]int {
	at := make(map[string]int, len(labels))
	for i, label := range labels {
		at[label] = i
	}
	return at
}
