package evidence

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// memoryAllowed bounds what one estimate may hold at a time, in bytes.
const memoryAllowed = 1 << 30

// fitsMemory refuses a panel whose estimate would need more than is allowed.
func fitsMemory(what string, units, times int, bytes float64) error {
	if bytes <= memoryAllowed {
		return nil
	}
	return fmt.Errorf("%s of %d units at %d times needs about %s of memory; up to %s is accepted: take fewer units, or longer periods",
		what, units, times, megabytes(bytes), megabytes(memoryAllowed))
}

// workAllowed bounds the multiplications of one estimate: those of about half a minute.
const workAllowed = 2e10

// fitsTime refuses a panel whose estimate would take longer than is allowed.
func fitsTime(what string, units, times int, multiplications float64) error {
	if multiplications <= workAllowed {
		return nil
	}
	return fmt.Errorf(
		"%s of %d units at %d times takes about %.0f thousand million multiplications; up to %.0f thousand million are accepted: take fewer units, or longer periods",
		what,
		units,
		times,
		math.Ceil(multiplications/1e9),
		workAllowed/1e9,
	)
}

func megabytes(bytes float64) string { return fmt.Sprintf("%.0f MB", math.Ceil(bytes/(1<<20))) }

// crossed takes the effects of units and times out of columns: the within transformation of a panel, with or without gaps. With D_u and
// D_t the indicators of units and times, M_u what subtracts the means of units and G = D_t' M_u D_t, the effects of times on a column v
// solve
//
//	G tau = D_t' M_u v
//
// and those of units are the means of v less tau (Baltagi 2021, Econometric Analysis of Panel Data, section 9.4; Wansbeek and Kapteyn
// 1989, Journal of Econometrics 41:341). G is as large as there are times, however many units there are. Where each unit has one row at
// each time G is units x (I - 11'/times), and nothing is solved.
type crossed struct {
	unit, time []int32
	unitRows   []float64 // rows of each unit
	timeRows   []float64
	// cells are the times at which each unit has rows, with their number: those of unit u from first[u] up to first[u+1].
	first    []int32
	cell     []int32
	cellRows []float64
	// parts are the groups of units that share no time with another; the effect of one time in each, the base, is taken as zero.
	parts    int
	balanced bool
	solved   []int32       // position of each time in the equations, -1 for a base
	gram     *mat.SymDense // G, nil where nothing is solved
	factor   mat.Cholesky
	lower    blas64.Triangular
}

// crossedBytes is about what newCrossed holds.
func crossedBytes(rows, times int, balanced bool) float64 {
	if balanced {
		return 40 * float64(rows)
	}
	return 40*float64(rows) + 32*float64(times)*float64(times)
}

func newCrossed(ctx context.Context, unit, time []int32, units, times int) (*crossed, error) {
	c := &crossed{unit: unit, time: time, unitRows: make([]float64, units), timeRows: make([]float64, times)}
	for i, u := range unit {
		c.unitRows[u]++
		c.timeRows[time[i]]++
	}
	c.gather()
	c.balanced = len(c.cell) == units*times && len(unit) == len(c.cell)
	if err := fitsMemory("a comparison", units, times, crossedBytes(len(unit), times, c.balanced)); err != nil {
		return nil, err
	}
	c.split()
	if c.balanced {
		return c, nil
	}
	return c, c.factorize(ctx)
}

// gather lists the cells.
func (c *crossed) gather() {
	units, times := len(c.unitRows), len(c.timeRows)
	start := make([]int32, units+1)
	for u, n := range c.unitRows {
		start[u+1] = start[u] + int32(n)
	}
	at, next := make([]int32, len(c.unit)), append([]int32(nil), start...)
	for i, u := range c.unit {
		at[next[u]] = c.time[i]
		next[u]++
	}
	seen := make([]int32, times) // position of a time's cell of the present unit, counted from 1
	c.first = make([]int32, units+1)
	for u := range units {
		for _, t := range at[start[u]:start[u+1]] {
			if int(seen[t]) <= int(c.first[u]) {
				c.cell, c.cellRows = append(c.cell, t), append(c.cellRows, 0)
				seen[t] = int32(len(c.cell))
			}
			c.cellRows[seen[t]-1]++
		}
		c.first[u+1] = int32(len(c.cell))
	}
}

// split finds the parts, and a base in each.
func (c *crossed) split() {
	root := make([]int32, len(c.timeRows))
	for t := range root {
		root[t] = int32(t)
	}
	find := func(t int32) int32 {
		for root[t] != t {
			root[t] = root[root[t]]
			t = root[t]
		}
		return t
	}
	for u := range c.unitRows {
		for _, t := range c.cell[c.first[u]:c.first[u+1]] {
			root[find(t)] = find(c.cell[c.first[u]])
		}
	}
	c.solved = make([]int32, len(root))
	var next int32
	for t := range root {
		if find(int32(t)) == int32(t) {
			c.solved[t] = -1
			c.parts++
			continue
		}
		c.solved[t] = next
		next++
	}
}

// factorize prepares the equations G tau = c.
func (c *crossed) factorize(ctx context.Context) error {
	k := len(c.timeRows) - c.parts
	if k == 0 {
		return nil
	}
	g := mat.NewSymDense(k, nil)
	raw := g.RawSymmetric()
	for t, at := range c.solved {
		if at >= 0 {
			raw.Data[int(at)*k+int(at)] = c.timeRows[t]
		}
	}
	for u, n := range c.unitRows {
		if u%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		from, to := c.first[u], c.first[u+1]
		for i := from; i < to; i++ {
			row := c.solved[c.cell[i]]
			if row < 0 {
				continue
			}
			weight := c.cellRows[i] / n
			for j := from; j < to; j++ {
				if column := c.solved[c.cell[j]]; column >= row {
					raw.Data[int(row)*k+int(column)] -= weight * c.cellRows[j]
				}
			}
		}
	}
	c.gram = g
	if !c.factor.Factorize(g) {
		return fmt.Errorf("the effects of units and times cannot be separated")
	}
	var upper mat.TriDense
	c.factor.UTo(&upper)
	c.lower = upper.RawTriangular()
	return ctx.Err()
}

// rank is how many effects of units and times can be told apart, those of units included.
func (c *crossed) rank() int { return len(c.unitRows) + len(c.timeRows) - c.parts }

// solve is tau of G tau = sums, the sums by time of a column without the means of its units.
func (c *crossed) solve(sums []float64) []float64 {
	tau := make([]float64, len(sums))
	if c.balanced {
		copy(tau, sums)
		floats.Scale(1/float64(len(c.unitRows)), tau)
		return tau
	}
	right := mat.NewVecDense(max(1, len(sums)-c.parts), nil)
	for t, at := range c.solved {
		if at >= 0 {
			right.SetVec(int(at), sums[t])
		}
	}
	if len(sums) > c.parts {
		_ = c.factor.SolveVecTo(right, right) // a poor condition is mended by the second pass of effects
	}
	for t, at := range c.solved {
		if at >= 0 {
			tau[t] = right.AtVec(int(at))
		}
	}
	return tau
}

// root is a vector whose square is sums' G^-1 sums, so that the product of two such is that of their sums.
func (c *crossed) root(sums []float64) []float64 {
	if c.balanced {
		r := append([]float64(nil), sums...)
		floats.Scale(1/math.Sqrt(float64(len(c.unitRows))), r)
		return r
	}
	r := make([]float64, len(sums)-c.parts)
	for t, at := range c.solved {
		if at >= 0 {
			r[at] = sums[t]
		}
	}
	if len(r) > 0 {
		blas64.Trsv(blas.Trans, c.lower, blas64.Vector{N: len(r), Inc: 1, Data: r})
	}
	return r
}

// subtract takes the effects of units and times out of a column, in place, and says what they were.
func (c *crossed) subtract(column []float64) (ofUnits, ofTimes []float64) {
	ofUnits, ofTimes = make([]float64, len(c.unitRows)), make([]float64, len(c.timeRows))
	mean, sums := make([]float64, len(c.unitRows)), make([]float64, len(c.timeRows))
	for range 2 { // the second takes out what rounding left
		c.means(column, mean)
		clear(sums)
		for i, u := range c.unit {
			sums[c.time[i]] += column[i] - mean[u]
		}
		tau := c.solve(sums)
		floats.Add(ofTimes, tau)
		for u := range mean {
			for i := c.first[u]; i < c.first[u+1]; i++ {
				mean[u] -= c.cellRows[i] / c.unitRows[u] * tau[c.cell[i]]
			}
		}
		floats.Add(ofUnits, mean)
		for i, u := range c.unit {
			column[i] -= mean[u] + tau[c.time[i]]
		}
	}
	return ofUnits, ofTimes
}

// indicator is what [crossed.subtract] takes out of a column that is one on some rows and zero elsewhere. It looks at the cells, not at all
// rows: of a balanced panel at those of the rows' units alone.
func (c *crossed) indicator(rows []int32) (ofUnits, ofTimes []float64) {
	ofUnits, sums := make([]float64, len(c.unitRows)), make([]float64, len(c.timeRows))
	for _, i := range rows {
		ofUnits[c.unit[i]]++
		sums[c.time[i]]++
	}
	for u, n := range ofUnits {
		if n == 0 {
			continue
		}
		ofUnits[u] = n / c.unitRows[u]
		for i := c.first[u]; i < c.first[u+1]; i++ {
			sums[c.cell[i]] -= ofUnits[u] * c.cellRows[i]
		}
	}
	ofTimes = c.solve(sums)
	if c.balanced {
		floats.AddConst(-floats.Sum(ofTimes)/float64(len(ofTimes)), ofUnits)
		return ofUnits, ofTimes
	}
	floats.Add(ofTimes, c.solve(c.unsolved(sums, ofTimes))) // takes out what rounding left
	for u, n := range c.unitRows {
		var mean float64
		for i := c.first[u]; i < c.first[u+1]; i++ {
			mean += c.cellRows[i] * ofTimes[c.cell[i]]
		}
		ofUnits[u] -= mean / n
	}
	return ofUnits, ofTimes
}

// unsolved is sums - G tau.
func (c *crossed) unsolved(sums, tau []float64) []float64 {
	left := slices.Clone(sums)
	if c.gram == nil {
		clear(left)
		return left
	}
	short := mat.NewVecDense(len(sums)-c.parts, nil)
	for t, at := range c.solved {
		if at >= 0 {
			short.SetVec(int(at), tau[t])
		}
	}
	short.MulVec(c.gram, short)
	for t, at := range c.solved {
		if at >= 0 {
			left[t] -= short.AtVec(int(at))
		}
	}
	return left
}

// means are those of a column by unit.
func (c *crossed) means(column, mean []float64) {
	clear(mean)
	for i, u := range c.unit {
		mean[u] += column[i]
	}
	floats.Div(mean, c.unitRows)
}

// part is a column that is zero outside some rows.
type part struct {
	rows []int
	// units of the rows, and the position of each row's among them.
	units []int32
	of    []int
}

func (c *crossed) part(rows []int) part {
	p := part{rows: rows, of: make([]int, len(rows))}
	at := map[int32]int{}
	for k, i := range rows {
		u := c.unit[i]
		position, seen := at[u]
		if !seen {
			position = len(p.units)
			at[u] = position
			p.units = append(p.units, u)
		}
		p.of[k] = position
	}
	return p
}

// sums are those by time of a column, given on the rows of a part, without the means of its units, which come second.
func (c *crossed) sums(p part, v []float64) (sums, mean []float64) {
	sums, mean = make([]float64, len(c.timeRows)), make([]float64, len(p.units))
	for k, i := range p.rows {
		sums[c.time[i]] += v[k]
		mean[p.of[k]] += v[k] / c.unitRows[c.unit[i]]
	}
	for at, u := range p.units {
		for i := c.first[u]; i < c.first[u+1]; i++ {
			sums[c.cell[i]] -= mean[at] * c.cellRows[i]
		}
	}
	return sums, mean
}

// project is what the effects of times, and of units where with is set, explain of a column given on the rows of a part, on these rows.
func (c *crossed) project(p part, v []float64, with bool) []float64 {
	sums, mean := c.sums(p, v)
	tau := c.solve(sums)
	if !with {
		clear(mean)
	}
	for at, u := range p.units {
		for i := c.first[u]; i < c.first[u+1]; i++ {
			mean[at] -= c.cellRows[i] / c.unitRows[u] * tau[c.cell[i]]
		}
	}
	projected := make([]float64, len(v))
	for k, i := range p.rows {
		projected[k] = mean[p.of[k]] + tau[c.time[i]]
	}
	return projected
}
