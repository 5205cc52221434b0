package evidence

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// twoWay is a panel ready for a regression with unit and time effects.
type twoWay struct {
	rows     Rows    // those with an outcome
	leftOut  int     // the others
	clusters [][]int // rows of each cluster
	units    []string
	times    []string // in order
	// absorbed tells that each unit lies in one cluster, so that its effect does too.
	absorbed bool
	crossed  *crossed
	outcome  []float64 // without the effects of units and times
	notes    []Note
}

// twoWayBytes is about what a difference-in-differences holds for each row, besides what crossed does.
const twoWayBytes = 96

func newTwoWay(ctx context.Context, rows Rows) (*twoWay, error) {
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
	count := map[string]int{}
	for i, u := range rows.Unit {
		of, seen := cluster[u]
		absorbed = absorbed && (!seen || of == rows.Cluster[i])
		cluster[u] = rows.Cluster[i]
		count[u]++
	}
	if absorbed { // a unit with one row has no change
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

	d := &twoWay{rows: rows, absorbed: absorbed, leftOut: n - len(rows.Unit), units: distinct(rows.Unit, cmp.Compare[string])}
	labels := distinct(rows.Time, cmp.Compare[string])
	order := timeOrder(labels)
	d.times = distinct(labels, order)
	if len(d.times) < 2 {
		return nil, fmt.Errorf("all outcomes are of time %s: there is no change to compare", d.times[0])
	}
	if err := fitsMemory("a difference-in-differences", len(d.units), len(d.times), twoWayBytes*float64(len(rows.Unit))); err != nil {
		return nil, err
	}
	unitAt, clusterAt, timeAt := positionsOf(d.units), positionsOf(distinct(rows.Cluster, cmp.Compare[string])), map[string]int{}
	for _, label := range labels { // written as 1989.0 in one row and 1989 in another
		timeAt[label], _ = slices.BinarySearchFunc(d.times, label, order)
	}
	d.clusters = make([][]int, len(clusterAt))
	unit, time := make([]int32, len(rows.Unit)), make([]int32, len(rows.Unit))
	for i := range rows.Unit {
		unit[i], time[i] = int32(unitAt[rows.Unit[i]]), int32(timeAt[rows.Time[i]])
		c := clusterAt[rows.Cluster[i]]
		d.clusters[c] = append(d.clusters[c], i)
	}
	if absorbed {
		if err := d.once(unit, time); err != nil {
			return nil, err
		}
	}
	switch treated := floats.Sum(rows.Treated); treated {
	case 0:
		return nil, fmt.Errorf("no row with an outcome is treated")
	case float64(len(rows.Treated)):
		return nil, fmt.Errorf("every row with an outcome is treated: there is nothing to compare with")
	}
	if len(d.clusters) == 2 && d.treatedClusters() == 1 {
		return nil, fmt.Errorf("one cluster is treated and one is not: what sets them apart cannot be separated from the effect; more of either are accepted")
	}
	var err error
	if d.crossed, err = newCrossed(ctx, unit, time, len(d.units), len(d.times)); err != nil {
		return nil, err
	}
	if err := d.reversed(); err != nil {
		return nil, err
	}
	d.outcome = slices.Clone(rows.Outcome)
	d.crossed.subtract(d.outcome)
	d.round(d.outcome)
	return d, ctx.Err()
}

// once refuses a unit with two rows at a time.
func (d *twoWay) once(unit, time []int32) error {
	last := slices.Repeat([]int32{-1}, len(d.times)) // the last unit seen at each time
	for _, rows := range d.clusters {
		ordered := slices.SortedFunc(slices.Values(rows), func(i, j int) int { return cmp.Compare(unit[i], unit[j]) })
		for _, i := range ordered {
			if last[time[i]] == unit[i] {
				return fmt.Errorf(
					"unit %s has two rows at time %s: give a cluster finer than the unit where each row is one of many observations of it",
					d.rows.Unit[i],
					d.rows.Time[i],
				)
			}
			last[time[i]] = unit[i]
		}
	}
	return nil
}

// round makes residuals exact that are all errors of arithmetic.
func (d *twoWay) round(residual []float64) {
	if floats.Norm(residual, math.Inf(1)) <= rounding*floats.Norm(d.rows.Outcome, math.Inf(1)) {
		clear(residual)
	}
}

func (r Rows) pick(keep []int) Rows {
	if len(keep) == len(r.Unit) {
		return r
	}
	return Rows{Unit: pick(r.Unit, keep), Time: pick(r.Time, keep), Cluster: pick(r.Cluster, keep), Outcome: pick(r.Outcome, keep), Treated: pick(r.Treated, keep)}
}

// effects are columns of a regression of which each row has a one in at most one: of[i] is the column of row i, or none.
type effects struct {
	of []int32
	k  int
}

const none = -1

// within are effects without those of units and times, so that the regression of the outcome on them is that with all of them (the theorem
// of Frisch, Waugh and Lovell).
type within struct {
	effects
	// ofUnits and ofTimes are what was taken out of each column: row i of column j is [of[i] = j] - ofUnits[j][unit] - ofTimes[j][time].
	ofUnits, ofTimes [][]float64
	products         *mat.SymDense // X'X of the columns
	scores           []float64     // X'y
	counts           []float64     // of the ones of each column
}

func (d *twoWay) within(ctx context.Context, e effects) (*within, error) {
	what, k, units, times := fmt.Sprintf("a regression on %d effects", e.k), float64(e.k), float64(len(d.units)), float64(len(d.times))
	if err := fitsMemory(what, len(d.units), len(d.times), 8*k*(units+times+3*k)+4*float64(len(e.of))); err != nil {
		return nil, err
	}
	// The products of the columns with the rows, their scores and covariance by cluster, and what solves for them.
	work := k*float64(len(e.of)) + k*float64(len(d.clusters))*(times+2*k) + k*k*k
	if err := fitsTime(what, len(d.units), len(d.times), work); err != nil {
		return nil, err
	}
	w := &within{effects: e, products: mat.NewSymDense(e.k, nil), scores: make([]float64, e.k), counts: make([]float64, e.k)}
	rows := make([][]int32, e.k) // of each column
	byUnit, byTime := make([]float64, len(d.units)), make([]float64, len(d.times))
	for i, of := range e.of {
		byUnit[d.crossed.unit[i]] += d.outcome[i]
		byTime[d.crossed.time[i]] += d.outcome[i]
		if of != none {
			rows[of] = append(rows[of], int32(i))
		}
	}
	for j := range e.k {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		ofUnits, ofTimes := d.crossed.indicator(rows[j])
		w.ofUnits, w.ofTimes = append(w.ofUnits, ofUnits), append(w.ofTimes, ofTimes)
		w.counts[j] = float64(len(rows[j]))
		w.scores[j] = -floats.Dot(ofUnits, byUnit) - floats.Dot(ofTimes, byTime)
		for _, i := range rows[j] {
			w.scores[j] += d.outcome[i]
		}
		for of := range j + 1 {
			var product float64
			for _, i := range rows[of] {
				product -= ofUnits[d.crossed.unit[i]] + ofTimes[d.crossed.time[i]]
			}
			if of == j {
				product += w.counts[j]
			}
			w.products.SetSym(of, j, product)
		}
	}
	return w, nil
}

// fitted is a regression on some of the columns.
type fitted struct {
	columns  []int
	coef     []float64
	inverse  mat.SymDense // of X'X
	residual []float64
}

// dependent is the share of a column's squares below which nothing is left of it after those before it: rounding is far below it.
const dependent = 1e-11

// solve fits the outcome to some columns. The first that depends on those before it is returned where there is one.
func (w *within) solve(d *twoWay, columns []int) (*fitted, int) {
	k := len(columns)
	lower := mat.NewTriDense(k, mat.Lower, nil)
	for a, i := range columns {
		for b, j := range columns[:a+1] {
			left := w.products.At(i, j)
			for c := range b {
				left -= lower.At(a, c) * lower.At(b, c)
			}
			switch {
			case a != b:
				lower.SetTri(a, b, left/lower.At(b, b))
			case !(left > dependent*w.counts[i]):
				return nil, a
			default:
				lower.SetTri(a, a, math.Sqrt(left))
			}
		}
	}
	f := &fitted{columns: columns}
	var cholesky mat.Cholesky
	cholesky.SetFromU(lower.TTri())
	_ = cholesky.InverseTo(&f.inverse) // a poor condition shows in the standard errors
	f.coef = make([]float64, k)
	for a := range columns {
		for b, j := range columns {
			f.coef[a] += f.inverse.At(a, b) * w.scores[j]
		}
	}
	ofUnits, ofTimes := make([]float64, len(d.units)), make([]float64, len(d.times))
	at := slices.Repeat([]float64{0}, w.k)
	for a, j := range columns {
		at[j] = f.coef[a]
		floats.AddScaled(ofUnits, f.coef[a], w.ofUnits[j])
		floats.AddScaled(ofTimes, f.coef[a], w.ofTimes[j])
	}
	f.residual = slices.Clone(d.outcome)
	for i, of := range w.of {
		f.residual[i] += ofUnits[d.crossed.unit[i]] + ofTimes[d.crossed.time[i]]
		if of != none {
			f.residual[i] -= at[of]
		}
	}
	d.round(f.residual)
	return f, none
}

// undetermined says why no effect can be told apart from the unit and time effects.
func (d *twoWay) undetermined() error {
	varies := func(group []int32, groups int) bool {
		first := slices.Repeat([]float64{math.NaN()}, groups)
		for i, g := range group {
			if math.IsNaN(first[g]) {
				first[g] = d.rows.Treated[i]
			} else if first[g] != d.rows.Treated[i] {
				return true
			}
		}
		return false
	}
	switch {
	case !varies(d.crossed.unit, len(d.units)):
		return fmt.Errorf("treated never changes within a unit: it must be 0 before the start and 1 from it on, with a period of each")
	case !varies(d.crossed.time, len(d.times)):
		return fmt.Errorf("all units are treated at the same times: there is nothing to compare with")
	}
	return fmt.Errorf("the effect cannot be separated from the effects of units and times: they are collinear")
}

// treatments are the first and the last time at which each unit is and is not treated, never where there is none.
type treatments struct{ first, last, firstUntreated, lastUntreated []int }

func (d *twoWay) treatments() treatments {
	of := func() []int { return slices.Repeat([]int{never}, len(d.units)) }
	t := treatments{of(), of(), of(), of()}
	for i, u := range d.crossed.unit {
		at, first, last := int(d.crossed.time[i]), t.first, t.last
		if d.rows.Treated[i] == 0 {
			first, last = t.firstUntreated, t.lastUntreated
		}
		if last[u] = max(last[u], at); first[u] == never || at < first[u] {
			first[u] = at
		}
	}
	return t
}

// reversed refuses treatments that end and none of which starts: their effect has the wrong sign. Where some end it says so.
func (d *twoWay) reversed() error {
	if !d.absorbed { // the rows of a unit are different observations of it, some of them treated
		return nil
	}
	t := d.treatments()
	var ends, starts int
	var named Note
	for u := range d.units {
		switch {
		case t.first[u] == never || t.lastUntreated[u] == never:
			continue
		case t.lastUntreated[u] > t.first[u]:
			if ends++; ends == 1 {
				named = Note{Names: []string{d.units[u]}, Times: []string{d.times[t.first[u]], d.times[t.lastUntreated[u]]}}
			}
		}
		if t.firstUntreated[u] < t.last[u] {
			starts++
		}
	}
	if ends == 0 {
		return nil
	}
	if text := slices.IndexFunc(d.times, undated); text >= 0 {
		named.Code, named.Times = TreatmentOrder, append(named.Times, d.times[len(d.times)-1], d.times[0])
		d.notes = append(d.notes, named)
		return nil
	}
	if starts == 0 {
		return fmt.Errorf(
			"the treatment is reversed: unit %s is treated at %s and not treated at %s, and no unit starts; accepted are 0 before the start and 1 from it on",
			named.Names[0],
			named.Times[0],
			named.Times[1],
		)
	}
	named.Code, named.Have, named.Need = TreatmentEnds, ends, len(d.units)
	d.notes = append(d.notes, named)
	return nil
}

// undated tells that a time is a word, whose order is not that of time.
func undated(time string) bool {
	return notNumber(time) && !strings.ContainsAny(time[:1], "0123456789")
}

// never is the start of a unit that is not treated.
const never = -1

// starts is the time at which each unit is first treated.
func (d *twoWay) starts() ([]int, error) {
	t := d.treatments()
	for u, unit := range d.units {
		switch {
		case t.first[u] == never:
		case t.firstUntreated[u] == never:
			return nil, fmt.Errorf("unit %s is treated from its first row on: it has no period before to count from", unit)
		case t.lastUntreated[u] > t.first[u]:
			return nil, fmt.Errorf("the treatment of unit %s ends again: it is treated at %s and not at %s; periods are counted from a start that stays",
				unit, d.times[t.first[u]], d.times[t.lastUntreated[u]])
		}
	}
	return t.first, nil
}
