// Package measure turns the sums of the warehouse into values: a count, a share, a rate, a change.
package measure

import (
	"math/big"
	"slices"
	"sort"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
)

// precision is the number of decimals of a quotient; it is far beyond what any figure is shown with.
const precision = 10

// Point is one measure of one place in one period.
type Point struct {
	Period      catalog.Period
	Numerator   decimal.NullDecimal
	Denominator decimal.NullDecimal
	// Value is the numerator, or numerator over denominator for a share, times the measure's Per for a rate; null when
	// incomplete or nothing was counted.
	Value decimal.NullDecimal
	// Rate is the value per 1,000 registered patients; null where the measure or the place has none.
	Rate decimal.NullDecimal
	// Divisor is the count of people, of a period of its own, that the value or the rate is divided by; nil where there is none, or none is known.
	Divisor  *Divisor
	Complete bool
	// Weighted tells that several organisations' figures were put together by the measure's weights, as the counts beneath them are not
	// published: an estimate.
	Weighted bool
	// NoValue says why a complete point has no value; empty where it has one, or nothing was counted.
	NoValue       NoValueReason
	Organisations int
	Missing       []string
	Definition    string
	Load          uint64
	// Partial is what those that reported make together, where others did not; nil where there is no such figure. It is never judged.
	Partial *Partial
	// Shared are organisations of which only a share counts. With any, the figure is an estimate.
	Shared []Shared
}

// Estimate tells whether the figure is one: of some organisation only a share counts, or several were put together by weights.
func (p Point) Estimate() bool { return len(p.Shared) > 0 || p.Weighted }

// Partial is the figure of some of a place's organisations.
type Partial struct {
	Numerator, Denominator decimal.NullDecimal
	Value                  decimal.NullDecimal
	// Reported and Expected count organisations; over a span of periods those of each period.
	Reported, Expected int
}

// NoValueReason is a reason for which a point has no value although every organisation reported.
type NoValueReason string

// The reasons.
const (
	// Contradictory: the numerator of a share lies outside its denominator, so the counts cannot both be right.
	Contradictory NoValueReason = "contradictory"
	// DefinitionChanged: within the span of a derived figure something else began to be counted.
	DefinitionChanged NoValueReason = "definition changed"
	// OrganisationsChanged: within the span of a derived figure organisations with a large part of it joined or left.
	OrganisationsChanged NoValueReason = "organisations changed"
	// PeopleUnknown: neither for the period nor for one shortly before it is known how many people there were.
	PeopleUnknown NoValueReason = "people unknown"
	// PeriodMissing: a period within the span of a derived figure has no figure.
	PeriodMissing NoValueReason = "period missing"
	// NotCombined: the organisations' figures are published without the counts beneath them, and no weights would put them together.
	NotCombined NoValueReason = "not combined"
)

var (
	thousand = decimal.NewFromInt(1000)
	hundred  = decimal.NewFromInt(100)
)

// NewPoint makes a point of a warehouse value; people are those of the place that the measure divides by.
func NewPoint(m *catalog.Measure, v Value, people People) Point {
	p := Point{
		Period:    catalog.Period{Start: v.Period, Grain: m.Grain},
		Numerator: v.Numerator, Denominator: v.Denominator,
		Complete: v.Complete(), Organisations: int(v.Organisations), Missing: v.Missing,
		Definition: v.Definition, Load: v.Load, Shared: v.Shared,
	}
	p.divide(m, people)
	p.value(m)
	if v.PartialNumerator.Valid && !p.Complete && !m.DividedByOwnPeriods() { // the people are those of all organisations
		p.partial(m, v.PartialNumerator, v.PartialDenominator, p.Organisations-len(p.Missing), p.Organisations)
	}
	p.rate(m)
	p.pack()
	return p
}

// pack writes the numbers of a point in as few bytes as they need: many points are kept.
func (p *Point) pack() {
	p.Numerator, p.Denominator, p.Rate = packed(p.Numerator), packed(p.Denominator), packed(p.Rate)
	if p.Value.Valid && p.Value.Decimal.Equal(p.Numerator.Decimal) {
		p.Value = p.Numerator
	} else {
		p.Value = packed(p.Value)
	}
}

// packed is the same number without zeros at its end. Where it fits one word of memory it takes no more.
func packed(n decimal.NullDecimal) decimal.NullDecimal {
	if !n.Valid {
		return decimal.NullDecimal{}
	}
	coefficient, exponent := n.Decimal.Coefficient(), n.Decimal.Exponent()
	if coefficient.Sign() == 0 {
		return decimal.NewNullDecimal(decimal.Zero)
	}
	ten, rest, quotient := big.NewInt(10), new(big.Int), new(big.Int)
	for exponent < 0 {
		if quotient.QuoRem(coefficient, ten, rest); rest.Sign() != 0 {
			break
		}
		coefficient, quotient = quotient, coefficient
		exponent++
	}
	if !coefficient.IsInt64() {
		return decimal.NewNullDecimal(decimal.NewFromBigInt(coefficient, exponent))
	}
	return decimal.NewNullDecimal(decimal.New(coefficient.Int64(), exponent))
}

// reported are the sums of the organisations that reported.
func (p Point) reported() (numerator, denominator decimal.NullDecimal) {
	if p.Partial != nil {
		return p.Partial.Numerator, p.Partial.Denominator
	}
	return p.Numerator, p.Denominator
}

// partial sets the figure of the organisations that reported.
func (p *Point) partial(m *catalog.Measure, numerator, denominator decimal.NullDecimal, reported, expected int) {
	whole := Point{Complete: true, Numerator: numerator, Denominator: denominator, Organisations: reported}
	if whole.value(m); whole.NoValue == NotCombined {
		return
	}
	p.Partial = &Partial{numerator, denominator, whole.Value, reported, expected}
}

// value works the value out from numerator and denominator.
func (p *Point) value(m *catalog.Measure) {
	p.Weighted = p.Weighted || m.WeightedBy != "" && m.WeightedBy != catalog.NotCombined && p.Organisations > 1
	switch n, d := p.Numerator, p.Denominator; {
	case !p.Complete:
	case m.WeightedBy == catalog.NotCombined && p.Organisations > 1:
		p.NoValue = NotCombined
	case !n.Valid:
	case !m.Ratio():
		p.Value = n
	case m.DividedByOwnPeriods() && !d.Valid:
		p.NoValue = PeopleUnknown
	case m.Unit == catalog.Share && (n.Decimal.IsNegative() || n.Decimal.GreaterThan(d.Decimal)):
		p.NoValue = Contradictory
	case d.Decimal.IsPositive():
		per := decimal.NewFromInt(int64(max(m.Per, 1)))
		p.Value = decimal.NewNullDecimal(n.Decimal.Mul(per).DivRound(d.Decimal, precision))
	}
}

// Sum adds up the points of several places period by period. A period in which one of them has no value has none; rates per registered
// patient are left out. One place keeps its points as they are.
func Sum(m *catalog.Measure, places [][]Point) []Point {
	switch len(places) {
	case 0:
		return nil
	case 1:
		return places[0]
	}
	var sums []Point
	for _, p := range places[0] {
		parts := []Point{p}
		for _, other := range places[1:] {
			part, _ := At(other, p.Period.Start)
			parts = append(parts, part)
		}
		s := join(parts)
		s.Period, s.Definition = p.Period, p.Definition
		var shared [][]Shared
		for _, part := range parts {
			shared = append(shared, part.Shared)
		}
		s.Shared = shareUp(shared...) // places have parts of one organisation, periods do not
		whole := true
		for _, part := range parts {
			whole = whole && part.Value.Valid
			s.Organisations += part.Organisations
			s.Numerator = decimal.NewNullDecimal(s.Numerator.Decimal.Add(part.Numerator.Decimal))
			if part.Denominator.Valid {
				s.Denominator = decimal.NewNullDecimal(s.Denominator.Decimal.Add(part.Denominator.Decimal))
			}
		}
		if whole {
			s.value(m)
		} else {
			s.sumOfPartial(m, parts)
		}
		sums = append(sums, s)
	}
	return sums
}

// sumOfPartial sets what those that reported make together over several places.
func (p *Point) sumOfPartial(m *catalog.Measure, parts []Point) {
	var numerator, denominator decimal.NullDecimal
	missing := 0 // counted in each place, as one may be expected in several
	for _, part := range parts {
		if part.Organisations == 0 || slices.Contains(part.Missing, Unlisted) || part.NoValue != "" {
			return
		}
		missing += len(part.Missing)
		n, d := part.reported()
		numerator, denominator = plus(numerator, n), plus(denominator, d)
	}
	if !numerator.Valid {
		return
	}
	p.Organisations += len(p.Missing) - missing
	p.partial(m, numerator, denominator, p.Organisations-len(p.Missing), p.Organisations)
}

// At finds the point of a period.
func At(points []Point, start time.Time) (Point, bool) {
	i := slices.IndexFunc(points, func(p Point) bool { return p.Period.Start.Equal(start) })
	if i < 0 {
		return Point{}, false
	}
	return points[i], true
}

// Within are the points of the periods from one first day to another, both included; zero ends are open.
func Within(points []Point, from, to time.Time) []Point {
	first := sort.Search(len(points), func(i int) bool { return !points[i].Period.Start.Before(from) })
	end := len(points)
	if !to.IsZero() {
		end = sort.Search(len(points), func(i int) bool { return points[i].Period.Start.After(to) })
	}
	if first >= end {
		return nil
	}
	return points[first:end:end]
}

// Change is how far a value lies from an earlier one: in percentage points for a share, in per cent of the earlier one
// otherwise. It is null when one is missing or there is nothing to take a percentage of.
func Change(m *catalog.Measure, now, before decimal.NullDecimal) decimal.NullDecimal {
	switch {
	case !now.Valid || !before.Valid:
		return decimal.NullDecimal{}
	case m.Unit == catalog.Share:
		return decimal.NewNullDecimal(now.Decimal.Sub(before.Decimal).Mul(hundred))
	case !before.Decimal.IsPositive():
		return decimal.NullDecimal{}
	default:
		return decimal.NewNullDecimal(now.Decimal.Sub(before.Decimal).Mul(hundred).DivRound(before.Decimal, precision))
	}
}

// Groups ranks values into n groups of equal size, 1 the lowest, 0 for a missing one. Equal values share a group.
func Groups(values []decimal.NullDecimal, n int) []int {
	var sorted []decimal.Decimal
	for _, v := range values {
		if v.Valid {
			sorted = append(sorted, v.Decimal)
		}
	}
	slices.SortFunc(sorted, decimal.Decimal.Cmp)
	groups := make([]int, len(values))
	for i, v := range values {
		if v.Valid {
			below, _ := slices.BinarySearchFunc(sorted, v.Decimal, decimal.Decimal.Cmp)
			groups[i] = 1 + n*below/len(sorted)
		}
	}
	return groups
}

// Ranks are the places of values in their order, 1 the lowest, 0 for a missing one. Equal values share the lowest of theirs.
func Ranks(values []decimal.NullDecimal) []int {
	known := 0
	for _, v := range values {
		if v.Valid {
			known++
		}
	}
	return Groups(values, known)
}
