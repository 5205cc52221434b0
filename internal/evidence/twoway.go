package evidence

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// twoWay is a panel ready for a regression with unit and time effects.
type twoWay struct {
	rows     Rows    // those with an outcome
	leftOut  int     // the others
	unit     []int   // position of each row's unit
	time     []int   // position of each row's time
	clusters [][]int // rows of each cluster
	units    int
	times    []string // in order
	// absorbed tells that each unit lies in one cluster: unit effects are then taken out by subtracting the unit's mean.
	absorbed bool
	outcome  []float64 // without unit effects where absorbed
	treated  []float64
	effects  [][]float64 // columns of the effects that are not taken out
}

func newTwoWay(rows Rows) (*twoWay, error) {
	n := len(rows.Unit)
	if len(rows.Time) != n || len(rows.Outcome) != n || len(rows.Treated) != n || rows.Cluster != nil && len(rows.Cluster) != n {
		return nil, fmt.Errorf("there are %d units, %d times, %d outcomes, %d treatments and %d clusters: they must be as many",
			n, len(rows.Time), len(rows.Outcome), len(rows.Treated), len(rows.Cluster))
	}
	if rows.Cluster == nil {
		rows.Cluster = rows.Unit
	}
	var keep []int
	for i := range n {
		switch {
		case rows.Unit[i] == "" || rows.Time[i] == "" || rows.Cluster[i] == "":
			return nil, fmt.Errorf("row %d has no unit, no time or no cluster", i+1)
		case math.IsNaN(rows.Outcome[i]):
		case tooLarge(rows.Outcome[i]):
			return nil, fmt.Errorf("the outcome of unit %s at time %s is %g, beyond the figures accepted (to 1e50)", rows.Unit[i], rows.Time[i], rows.Outcome[i])
		case rows.Treated[i] != 0 && rows.Treated[i] != 1:
			return nil, fmt.Errorf("the treatment of unit %s at time %s is %g; accepted are 0 and 1", rows.Unit[i], rows.Time[i], rows.Treated[i])
		default:
			keep = append(keep, i)
		}
	}
	if len(keep) == 0 {
		return nil, fmt.Errorf("no row has an outcome")
	}
	rows = rows.pick(keep)
	if floats.Norm(rows.Outcome, 1) == 0 {
		return nil, fmt.Errorf("all outcomes are zero: there is nothing to compare")
	}
	cluster := map[string]string{}
	absorbed := true
	for i, u := range rows.Unit {
		of, seen := cluster[u]
		absorbed = absorbed && (!seen || of == rows.Cluster[i])
		cluster[u] = rows.Cluster[i]
	}
	if absorbed { // a unit with one row has no change
		if _, err := NewPanel(rows.Unit, rows.Time); err != nil {
			return nil, fmt.Errorf("%w: give a cluster finer than the unit where each row is one of many observations of it", err)
		}
		count := map[string]int{}
		for _, u := range rows.Unit {
			count[u]++
		}
		keep = keep[:0]
		for i, u := range rows.Unit {
			if count[u] > 1 {
				keep = append(keep, i)
			}
		}
		if len(keep) == 0 {
			return nil, fmt.Errorf("no unit has outcomes at two times: there is no change to compare")
		}
		rows = rows.pick(keep)
	}

	d := &twoWay{rows: rows, absorbed: absorbed, leftOut: n - len(rows.Unit)}
	units := distinct(rows.Unit, cmp.Compare[string])
	d.times = distinct(rows.Time, timeOrder(rows.Time))
	d.units = len(units)
	if len(d.times) < 2 {
		return nil, fmt.Errorf("all outcomes are of time %s: there is no change to compare", d.times[0])
	}
	unitAt, clusterAt := positionsOf(units), positionsOf(distinct(rows.Cluster, cmp.Compare[string]))
	panel := Panel{Times: d.times, compare: timeOrder(rows.Time)}
	d.clusters = make([][]int, len(clusterAt))
	unitEffects, timeEffects := indicators(d.units, len(rows.Unit)), indicators(len(d.times), len(rows.Unit))
	for i := range rows.Unit {
		u, t, c := unitAt[rows.Unit[i]], panel.Period(rows.Time[i]), clusterAt[rows.Cluster[i]]
		d.unit, d.time = append(d.unit, u), append(d.time, t)
		d.clusters[c] = append(d.clusters[c], i)
		unitEffects[u][i], timeEffects[t][i] = 1, 1
	}
	if !absorbed {
		d.effects = unitEffects
	}
	for _, effect := range timeEffects[1:] { // the first is what the effects of units leave over
		d.effects = append(d.effects, d.within(effect))
	}
	d.outcome, d.treated = d.within(rows.Outcome), rows.Treated
	switch treated := floats.Sum(d.treated); treated {
	case 0:
		return nil, fmt.Errorf("no row with an outcome is treated")
	case float64(len(d.treated)):
		return nil, fmt.Errorf("every row with an outcome is treated: there is nothing to compare with")
	}
	if len(d.clusters) == 2 && d.treatedClusters() == 1 {
		return nil, fmt.Errorf("one cluster is treated and one is not: what sets them apart cannot be told from the effect; more of either are accepted")
	}
	return d, nil
}

func (r Rows) pick(keep []int) Rows {
	return Rows{Unit: pick(r.Unit, keep), Time: pick(r.Time, keep), Cluster: pick(r.Cluster, keep), Outcome: pick(r.Outcome, keep), Treated: pick(r.Treated, keep)}
}

func indicators(k, n int) [][]float64 {
	columns := make([][]float64, k)
	for j := range columns {
		columns[j] = make([]float64, n)
	}
	return columns
}

// within is a column less its unit's mean where unit effects are taken out so, otherwise the column.
func (d *twoWay) within(column []float64) []float64 {
	if !d.absorbed {
		return column
	}
	sum, count := make([]float64, d.units), make([]float64, d.units)
	for i, u := range d.unit {
		sum[u] += column[i]
		count[u]++
	}
	centred := make([]float64, len(column))
	for i, u := range d.unit {
		centred[i] = column[i] - sum[u]/count[u]
	}
	return centred
}

func (d *twoWay) regress(columns [][]float64) (*regression, int) {
	fit, collinear := regress(d.outcome, d.effects, columns)
	if collinear < 0 {
		fit.round(floats.Norm(d.rows.Outcome, math.Inf(1)))
	}
	return fit, collinear
}

// undetermined says why no effect can be told apart from the unit and time effects.
func (d *twoWay) undetermined() error {
	varies := func(group []int, groups int) bool {
		first := slices.Repeat([]float64{math.NaN()}, groups)
		for i, g := range group {
			if math.IsNaN(first[g]) {
				first[g] = d.treated[i]
			} else if first[g] != d.treated[i] {
				return true
			}
		}
		return false
	}
	switch {
	case !varies(d.unit, d.units):
		return fmt.Errorf("treated never changes within a unit: it must be 0 before the start and 1 from it on, with a period of each")
	case !varies(d.time, len(d.times)):
		return fmt.Errorf("all units are treated at the same times: there is nothing to compare with")
	}
	return fmt.Errorf("the effect cannot be told apart from the effects of units and times: they are collinear")
}

// never is the start of a unit that is not treated.
const never = -1

// starts is the time at which each unit is first treated.
func (d *twoWay) starts() ([]int, error) {
	start, lastUntreated := slices.Repeat([]int{never}, d.units), slices.Repeat([]int{never}, d.units)
	for i, u := range d.unit {
		switch {
		case d.treated[i] == 0:
			lastUntreated[u] = max(lastUntreated[u], d.time[i])
		case start[u] == never || d.time[i] < start[u]:
			start[u] = d.time[i]
		}
	}
	for i, u := range d.unit {
		switch {
		case start[u] == never:
		case lastUntreated[u] == never:
			return nil, fmt.Errorf("unit %s is treated from its first row on: it has no period before to count from", d.rows.Unit[i])
		case lastUntreated[u] > start[u]:
			return nil, fmt.Errorf("the treatment of unit %s ends again: periods are counted from a start that stays", d.rows.Unit[i])
		}
	}
	return start, nil
}
