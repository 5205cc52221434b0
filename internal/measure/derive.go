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
		from := spanOf(m.Derived.By, p.Period)
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
				d.Value, d.NoValue = decimal.NullDecimal{}, DefinitionChanged
			}
		}
		for _, t := range breaks {
			if t.From.Start.After(from) && !t.From.Start.After(p.Period.Start) {
				d.Value, d.NoValue = decimal.NullDecimal{}, OrganisationsChanged
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
	from := spanOf(m.Derived.By, p)
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

// spanOf is where the span of a derived figure begins.
func spanOf(by catalog.Transition, p catalog.Period) time.Time {
	switch by {
	case catalog.RollingYear:
		return p.End().AddDate(-1, 0, 0)
	case catalog.YearToDate:
		april := time.Date(p.Start.Year(), time.April, 1, 0, 0, 0, 0, time.UTC)
		if april.After(p.Start) {
			april = april.AddDate(-1, 0, 0)
		}
		return april
	case catalog.AverageDay:
		return p.Start
	default:
		return p.YearBefore().Start
	}
}

// averageDay is the part that an average day of its period has of a point.
func averageDay(m *catalog.Measure, p Point) Point {
	d := join([]Point{p})
	if p.Value.Valid {
		d.Numerator = decimal.NewNullDecimal(p.Value.Decimal.DivRound(decimal.NewFromInt(p.Period.Days()), precision))
		d.value(m)
		d.pack()
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
	last := span[len(span)-1]
	switch {
	case !d.Complete || d.NoValue != "":
	case m.OverTime == catalog.EndOfPeriod:
		d.Numerator, d.Denominator, d.Value, d.NoValue = last.Numerator, last.Denominator, last.Value, last.NoValue
	default:
		numerator, denominator := decimal.Zero, decimal.Zero
		for _, p := range span {
			numerator = numerator.Add(p.Numerator.Decimal)
			denominator = denominator.Add(p.Denominator.Decimal)
		}
		if m.OverTime == catalog.Averaged {
			n := decimal.NewFromInt(int64(len(span)))
			numerator, denominator = numerator.DivRound(n, precision), denominator.DivRound(n, precision)
		}
		d.Numerator = decimal.NewNullDecimal(numerator)
		if last.Denominator.Valid {
			d.Denominator = decimal.NewNullDecimal(denominator)
		}
		d.value(m)
	}
	return d
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
