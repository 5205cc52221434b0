package measure

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
)

// Region adds up the points of the footprints of a region, period by period. A footprint without a point has nothing listed there, and the sum is
// whole without it where a load lists every organisation, as the points of England tell. People are those of the region.
func Region(m *catalog.Measure, footprints [][]Point, england []Point, people People) []Point {
	var starts []time.Time
	for _, points := range footprints {
		for _, p := range points {
			starts = append(starts, p.Period.Start)
		}
	}
	slices.SortFunc(starts, time.Time.Compare)
	var sums []Point
	for _, start := range slices.Compact(starts) {
		var parts []Point
		for _, points := range footprints {
			if p, ok := At(points, start); ok {
				parts = append(parts, p)
			}
		}
		listed, _ := At(england, start)
		sums = append(sums, regionPoint(m, parts, len(parts) == len(footprints) || !slices.Contains(listed.Missing, Unlisted), people))
	}
	return sums
}

// regionPoint adds up those of one period.
func regionPoint(m *catalog.Measure, parts []Point, listed bool, people People) Point {
	s := join(parts)
	s.Period, s.Definition = parts[0].Period, parts[0].Definition
	if !listed && !slices.Contains(s.Missing, Unlisted) {
		s.Missing = append(s.Missing, Unlisted)
	}
	s.Complete = len(s.Missing) == 0
	var shared [][]Shared
	named := map[string]bool{}
	whole := s.Complete && s.NoValue == ""
	for _, part := range parts {
		shared = append(shared, part.Shared)
		s.Organisations += part.Organisations
		for _, o := range part.Shared {
			if named[o.Organisation] {
				s.Organisations-- // it counts once, in whichever footprints
			}
			named[o.Organisation] = true
		}
		whole = whole && part.Numerator.Valid
		s.Numerator, s.Denominator = plus(s.Numerator, part.Numerator), plus(s.Denominator, part.Denominator)
	}
	s.Shared = shareUp(shared...)
	if !whole {
		s.Numerator, s.Denominator = decimal.NullDecimal{}, decimal.NullDecimal{}
		if listed {
			s.sumOfPartial(m, parts)
		}
		return s
	}
	s.divide(m, people)
	s.value(m)
	s.rate(m)
	return s
}

// plus adds what there is.
func plus(a, b decimal.NullDecimal) decimal.NullDecimal {
	switch {
	case !b.Valid:
		return a
	case !a.Valid:
		return b
	}
	return decimal.NewNullDecimal(a.Decimal.Add(b.Decimal))
}
