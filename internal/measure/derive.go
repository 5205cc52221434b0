package measure

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
)

// Derive works out a derived measure from the points of the measure it is derived from, which are in the order of time. A period
// whose span reaches before the first point has none. A span with a period missing or not whole is not whole itself, and one that
// holds a change of definition or of organisations has no value. People are those of the place that the measure divides by, in the middle of the span.
func Derive(m *catalog.Measure, base []Point, breaks []MembershipBreak, people People) []Point {
	var derived []Point
	for i, p := range base {
		from := m.Derived.By.Begins(p.Period)
		if from.Before(base[0].Period.Start) {
			continue
		}
		var d Point
		switch m.Derived.By {
		case catalog.YearChange:
			before, ok := At(base[:i], from)
			if !ok {
				before = Point{NoValue: PeriodMissing}
			}
			d = change(p, before)
		case catalog.AverageDay:
			d = averageDay(m, p)
		default:
			d = total(m, base[:i+1], from)
		}
		d.Period, d.Definition, d.Organisations = p.Period, m.Hash(), p.Organisations
		for _, b := range m.Breaks {
			if at, err := catalog.ParsePeriod(b.From); err == nil && at.Start.After(from) && !at.Start.After(p.Period.Start) {
				d.Value, d.Partial, d.NoValue = decimal.NullDecimal{}, nil, DefinitionChanged
			}
		}
		for _, t := range breaks {
			if t.From.Start.After(from) && !t.From.Start.After(p.Period.Start) {
				d.Value, d.Partial, d.NoValue = decimal.NullDecimal{}, nil, OrganisationsChanged
			}
		}
		if m.PerThousand {
			d.Divisor = people.During(from, p.Period.End())
			d.rate(m)
		}
		derived = append(derived, d)
	}
	return derived
}

// PartsOf are the points of the measure it is derived from that a derived figure is made of.
func PartsOf(m *catalog.Measure, base []Point, p catalog.Period) []Point {
	from := m.Derived.By.Begins(p)
	var parts []Point
	for _, part := range base {
		start := part.Period.Start
		if m.Derived.By == catalog.YearChange && (start.Equal(from) || start.Equal(p.Start)) ||
			m.Derived.By != catalog.YearChange && !start.Before(from) && !start.After(p.Start) {
			parts = append(parts, part)
		}
	}
	return parts
}

// PeriodsUnder are the periods of stored figures that a figure of a period is made of: the period itself where the measure is not derived.
func PeriodsUnder(m *catalog.Measure, p catalog.Period) []catalog.Period {
	if m.Base() == nil {
		return []catalog.Period{p}
	}
	from := m.Derived.By.Begins(p)
	periods := PeriodsUnder(m.Base(), p)
	for before := p.Previous(); !before.Start.Before(from); before = before.Previous() {
		if m.Derived.By != catalog.YearChange || before.Start.Equal(from) {
			periods = append(periods, PeriodsUnder(m.Base(), before)...)
		}
	}
	return periods
}

// averageDay is the part that an average day of its period has of a point.
func averageDay(m *catalog.Measure, p Point) Point {
	d := join([]Point{p})
	days := decimal.NewFromInt(p.Period.Days())
	switch some := p.Partial; {
	case p.Value.Valid:
		d.Numerator = decimal.NewNullDecimal(p.Value.Decimal.DivRound(days, precision))
		d.value(m)
		d.pack()
	case some != nil && some.Value.Valid:
		d.partial(m, decimal.NewNullDecimal(some.Value.Decimal.DivRound(days, precision)), decimal.NullDecimal{}, some.Reported, some.Expected)
	}
	return d
}

// total adds up the points from a time to the last one.
func total(m *catalog.Measure, points []Point, from time.Time) Point {
	first := slices.IndexFunc(points, func(p Point) bool { return !p.Period.Start.Before(from) })
	span := points[first:]
	d := join(span)
	next := from
	for _, p := range span {
		if !p.Period.Start.Equal(next) {
			d.NoValue = PeriodMissing
			return d
		}
		next = p.Period.End()
	}
	d.Organisations = span[len(span)-1].Organisations
	switch {
	case d.NoValue != "":
	case d.Complete:
		d.Numerator, d.Denominator = over(m, span)
		d.value(m)
	case !m.DividedByOwnPeriods():
		d.partialOver(m, span)
	}
	return d
}

// over puts the sums of the periods of a span together, of each those of the organisations that reported.
func over(m *catalog.Measure, span []Point) (numerator, denominator decimal.NullDecimal) {
	if m.OverTime == catalog.EndOfPeriod {
		return span[len(span)-1].reported()
	}
	for _, p := range span {
		n, d := p.reported()
		numerator, denominator = plus(numerator, n), plus(denominator, d)
	}
	if m.OverTime == catalog.Averaged {
		n := decimal.NewFromInt(int64(len(span)))
		numerator.Decimal, denominator.Decimal = numerator.Decimal.DivRound(n, precision), denominator.Decimal.DivRound(n, precision)
	}
	return numerator, denominator
}

// partialOver sets what those that reported make together over the periods of a span, which are counted with the organisations. Where a period has
// nothing of anybody there is no such figure.
func (p *Point) partialOver(m *catalog.Measure, span []Point) {
	if m.OverTime == catalog.EndOfPeriod {
		p.Partial = span[len(span)-1].Partial
		return
	}
	reported, expected := 0, 0
	for _, part := range span {
		switch n, _ := part.reported(); {
		case !n.Valid:
			return
		case part.Partial != nil:
			reported, expected = reported+part.Partial.Reported, expected+part.Partial.Expected
		default:
			reported, expected = reported+part.Organisations, expected+part.Organisations
		}
	}
	numerator, denominator := over(m, span)
	p.partial(m, numerator, denominator, reported, expected)
}

// change is that from one point to another, as a share of the first.
func change(now, before Point) Point {
	d := join([]Point{now, before})
	if !now.Value.Valid || !before.Value.Valid {
		if d.Complete && d.NoValue == "" {
			d.NoValue = PeriodMissing
		}
		return d
	}
	d.Numerator, d.Denominator = decimal.NewNullDecimal(now.Value.Decimal.Sub(before.Value.Decimal)), before.Value
	if before.Value.Decimal.IsPositive() {
		d.Value = decimal.NewNullDecimal(d.Numerator.Decimal.DivRound(before.Value.Decimal, precision))
	}
	return d
}

// join is a point without a value that lacks what any of several lacks.
func join(points []Point) Point {
	d := Point{Complete: true}
	for _, p := range points {
		d.Complete = d.Complete && (p.Complete || p.NoValue != "")
		if p.NoValue != "" {
			d.NoValue = p.NoValue
		}
		d.Weighted = d.Weighted || p.Weighted
		d.Load = max(d.Load, p.Load)
		for _, s := range p.Shared {
			if !slices.ContainsFunc(d.Shared, func(other Shared) bool { return other.Organisation == s.Organisation }) {
				d.Shared = append(d.Shared, s)
			}
		}
		for _, code := range p.Missing {
			if !slices.Contains(d.Missing, code) {
				d.Missing = append(d.Missing, code)
			}
		}
	}
	slices.Sort(d.Missing)
	return d
}
