package wording

import (
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// exactly writes a number with all its places, so that whatever differs is seen to.
func exactly(n decimal.Decimal) string {
	places := int32(0)
	for !n.Round(places).Equal(n) {
		places++
	}
	return Grouped(n, places)
}

// DecimalOf is a count as a decimal.
func DecimalOf(n uint64) decimal.Decimal { return decimal.NewFromUint64(n) }

// Hundred makes per cent of a share.
var Hundred = decimal.NewFromInt(100)

// Grouped writes a number with commas between thousands.
func Grouped(n decimal.Decimal, places int32) string {
	n = n.Round(places)
	text := n.Abs().StringFixed(places)
	point := len(text)
	if places > 0 {
		point -= 1 + int(places)
	}
	for i := point - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	if n.IsNegative() {
		return "−" + text
	}
	return text
}

// Count writes a number that may have been apportioned: whole where it is whole.
func Count(n decimal.Decimal) string { return Grouped(n, CountPlaces(n)) }

// CountPlaces is how many places a count is written with.
func CountPlaces(n decimal.Decimal) int32 {
	if n.IsInteger() {
		return 0
	}
	return 1
}

// Pounds writes an amount: in whole pounds from £1,000, below to the penny.
func Pounds(n decimal.Decimal) string { return Sterling(n, PoundPlaces(n)) }

// PoundPlaces is how many places an amount is written with.
func PoundPlaces(n decimal.Decimal) int32 {
	if n.IsInteger() || n.Abs().GreaterThanOrEqual(decimal.NewFromInt(1000)) {
		return 0
	}
	return 2
}

// PoundsOf writes an amount of a claim or its result, which are text: "−£18,879,155"; nothing where there is none.
func PoundsOf(text string) string {
	d, err := decimal.NewFromString(text)
	if err != nil {
		return ""
	}
	return Pounds(d)
}

// Sterling writes an amount with the sign before the pound.
func Sterling(n decimal.Decimal, places int32) string {
	sign := ""
	if n.Round(places).IsNegative() {
		sign = "−"
	}
	return sign + "£" + Grouped(n.Abs(), places)
}

// Value is a value in the measure's unit.
func Value(m *catalog.Measure, value decimal.Decimal) string {
	switch m.Unit {
	case catalog.Share:
		return Exact(m, Scaled(m, value), 1)
	case catalog.GBP:
		return Pounds(value)
	case catalog.Rate:
		return Rate(value) + per(m)
	default:
		return Count(value)
	}
}

// Exact is a value, a share in per cent, to so many places.
func Exact(m *catalog.Measure, value decimal.Decimal, places int32) string {
	switch m.Unit {
	case catalog.Share:
		return Grouped(value, places) + "%"
	case catalog.GBP:
		return Sterling(value, places)
	default:
		return Grouped(value, places)
	}
}

// Places is how many of them a value is written with, a share in per cent.
func Places(m *catalog.Measure, value decimal.Decimal) int32 {
	switch m.Unit {
	case catalog.Share:
		return 1
	case catalog.GBP:
		return PoundPlaces(value)
	case catalog.Rate:
		return RatePlaces(value)
	default:
		return CountPlaces(value)
	}
}

// Rate writes a rate without its unit, small ones with enough places to differ.
func Rate(value decimal.Decimal) string { return Grouped(value, RatePlaces(value)) }

// RatePlaces is how many places a rate is written with.
func RatePlaces(value decimal.Decimal) int32 {
	if value.LessThan(decimal.NewFromInt(1)) {
		return 3
	}
	return 1
}

// per is what a rate is stated for: "per 100,000".
// per is empty of a mean, which is stated for one.
func per(m *catalog.Measure) string {
	if m.Per == 1 {
		return ""
	}
	return " per " + Grouped(decimal.NewFromInt(int64(m.Per)), 0)
}

// Plain is a value for sorting and drawing; a share is in per cent.
func Plain(m *catalog.Measure, value decimal.Decimal) string {
	return Scaled(m, value).Round(4).String()
}

// Scaled is a share in per cent, and any other value as it is.
func Scaled(m *catalog.Measure, value decimal.Decimal) decimal.Decimal {
	if m.Unit == catalog.Share {
		return value.Mul(Hundred)
	}
	return value
}

// Scale is how a value is looked at.
type Scale string

// The scales: the figure itself, or per 1,000 registered patients.
const (
	AsNumber Scale = "number"
	AsRate   Scale = "per_1000"
)

// Changed writes a change with its sign.
func Changed(m *catalog.Measure, change decimal.Decimal) string { return ChangedTo(m, change, 1) }

// ChangedTo writes a change with its sign to some places.
func ChangedTo(m *catalog.Measure, change decimal.Decimal, places int32) string {
	text := Grouped(change.Abs(), places)
	sign := "+"
	switch {
	case change.Round(places).IsZero():
		sign = ""
	case change.IsNegative():
		sign = "−"
	}
	if m.Unit == catalog.Share {
		return sign + text + " points"
	}
	return sign + text + "%"
}

// UnitHeading is the unit as a column heading.
func UnitHeading(m *catalog.Measure, s Scale) string {
	unit := m.Counted
	switch m.Unit {
	case catalog.Share:
		unit = "per cent"
	case catalog.Rate:
		unit += per(m)
	}
	if s == AsRate {
		return unit + " per 1,000 registered patients"
	}
	return unit
}

// Direction says which way is better.
func Direction(d catalog.Direction) string {
	switch d {
	case catalog.Up:
		return "higher is better"
	case catalog.Down:
		return "lower is better"
	default:
		return "neither higher nor lower is good in itself"
	}
}

// Foreseen writes a forecast without more places than it has worth.
func Foreseen(m *catalog.Measure, x float64) string {
	value := decimal.NewFromFloat(x)
	if m.Unit == catalog.Number || m.Unit == catalog.GBP {
		value = value.Round(0)
	}
	return Value(m, value)
}

// Pick is the point's value on a scale.
func (s Scale) Pick(p measure.Point) decimal.NullDecimal {
	if s == AsRate {
		return p.Rate
	}
	return p.Value
}

// Write is a value on the scale.
func (s Scale) Write(m *catalog.Measure, value decimal.Decimal) string {
	if s != AsRate {
		return Value(m, value)
	}
	if m.Unit == catalog.GBP {
		return Sterling(value, 2)
	}
	return Rate(value)
}

// Finer is a value for a legend, with some places more: large amounts in millions, rates without their unit.
func (s Scale) Finer(m *catalog.Measure, value decimal.Decimal, more int32) string {
	million := decimal.NewFromInt(1_000_000)
	switch {
	case m.Unit == catalog.GBP && s == AsRate:
		return Sterling(value, 2+more)
	case m.Unit == catalog.GBP && value.Abs().GreaterThanOrEqual(million):
		return Sterling(value.Div(million), 1+more) + "m"
	case m.Unit == catalog.GBP:
		return Sterling(value, PoundPlaces(value)+more)
	case m.Unit == catalog.Rate || s == AsRate:
		return Grouped(value, RatePlaces(value)+more)
	case m.Unit == catalog.Share:
		return Grouped(value.Mul(Hundred), 1+more) + "%"
	default:
		return Grouped(value, CountPlaces(value)+more)
	}
}

// Among is how the values of one map are written beside each other: amounts all in millions or all in pounds, numbers to the same places.
func (s Scale) Among(m *catalog.Measure, values []decimal.NullDecimal) func(value decimal.Decimal, more int32) string {
	if s == AsRate || m.Unit != catalog.GBP && m.Unit != catalog.Number {
		return func(value decimal.Decimal, more int32) string { return s.Finer(m, value, more) }
	}
	var least, most decimal.Decimal
	places := int32(0)
	for _, v := range values {
		size := v.Decimal.Abs()
		if !v.Valid || size.IsZero() {
			continue
		}
		if least.IsZero() || size.LessThan(least) {
			least = size
		}
		most, places = decimal.Max(most, size), max(places, CountPlaces(size))
	}
	million := decimal.NewFromInt(1_000_000)
	switch {
	case m.Unit == catalog.Number:
		return func(value decimal.Decimal, more int32) string { return Grouped(value, places+more) }
	case most.LessThan(million):
		places = 2 * places
		if most.GreaterThanOrEqual(decimal.NewFromInt(1000)) {
			places = 0
		}
		return func(value decimal.Decimal, more int32) string { return Sterling(value, places+more) }
	}
	for places = 1; places < 3 && least.Div(million).Round(places).IsZero(); {
		places++
	}
	return func(value decimal.Decimal, more int32) string {
		return Sterling(value.Div(million), places+more) + "m"
	}
}
