package dashboard

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
)

var hundred = decimal.NewFromInt(100)

// Moment writes a time as a reader says it.
func Moment(t time.Time) string {
	return t.In(figures.London).Format("2 January 2006 at 15:04")
}

// grouped writes a number with commas between thousands.
func grouped(n decimal.Decimal, places int32) string {
	text := n.StringFixed(places)
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "−", text[1:]
	}
	whole, fraction, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return sign + whole
}

// count writes a number that may have been apportioned: whole where it is whole.
func count(n decimal.Decimal) string { return grouped(n, countPlaces(n)) }

func countPlaces(n decimal.Decimal) int32 {
	if n.IsInteger() {
		return 0
	}
	return 1
}

// pounds writes an amount: in whole pounds from £1,000, below to the penny.
func pounds(n decimal.Decimal) string { return sterling(n, poundPlaces(n)) }

func poundPlaces(n decimal.Decimal) int32 {
	if n.IsInteger() || n.Abs().GreaterThanOrEqual(decimal.NewFromInt(1000)) {
		return 0
	}
	return 2
}

// Pounds writes an amount of a claim or its result, which are text: "−£18,879,155"; nothing where there is none.
func Pounds(text string) string {
	d, err := decimal.NewFromString(text)
	if err != nil {
		return ""
	}
	return pounds(d)
}

// sterling writes an amount with the sign before the pound.
func sterling(n decimal.Decimal, places int32) string {
	sign := ""
	if n.Round(places).IsNegative() {
		sign = "−"
	}
	return sign + "£" + grouped(n.Abs(), places)
}

// written is a value in the measure's unit.
func written(m *catalog.Measure, value decimal.Decimal) string {
	switch m.Unit {
	case catalog.Share:
		return exact(m, scaled(m, value), 1)
	case catalog.GBP:
		return pounds(value)
	case catalog.Rate:
		return rate(value) + " " + per(m)
	default:
		return count(value)
	}
}

// exact is a value, a share in per cent, to so many places.
func exact(m *catalog.Measure, value decimal.Decimal, places int32) string {
	switch m.Unit {
	case catalog.Share:
		return grouped(value, places) + "%"
	case catalog.GBP:
		return sterling(value, places)
	default:
		return grouped(value, places)
	}
}

// places is how many of them a value is written with, a share in per cent.
func places(m *catalog.Measure, value decimal.Decimal) int32 {
	switch m.Unit {
	case catalog.Share:
		return 1
	case catalog.GBP:
		return poundPlaces(value)
	case catalog.Rate:
		return ratePlaces(value)
	default:
		return countPlaces(value)
	}
}

// rate writes a rate without its unit, small ones with enough places to differ.
func rate(value decimal.Decimal) string { return grouped(value, ratePlaces(value)) }

func ratePlaces(value decimal.Decimal) int32 {
	if value.LessThan(decimal.NewFromInt(1)) {
		return 3
	}
	return 1
}

// per is what a rate is stated for: "per 100,000".
func per(m *catalog.Measure) string { return "per " + grouped(decimal.NewFromInt(int64(m.Per)), 0) }

// plain is a value for sorting and drawing; a share is in per cent.
func plain(m *catalog.Measure, value decimal.Decimal) string {
	return scaled(m, value).Round(4).String()
}

// scaled is a share in per cent, and any other value as it is.
func scaled(m *catalog.Measure, value decimal.Decimal) decimal.Decimal {
	if m.Unit == catalog.Share {
		return value.Mul(hundred)
	}
	return value
}

// scale is how a value is looked at.
type scale string

const (
	asNumber scale = "number"
	asRate   scale = "per_1000"
)

// pick is the point's value on a scale.
func (s scale) pick(p measure.Point) decimal.NullDecimal {
	if s == asRate {
		return p.Rate
	}
	return p.Value
}

// written is a value on the scale.
func (s scale) written(m *catalog.Measure, value decimal.Decimal) string {
	if s != asRate {
		return written(m, value)
	}
	if m.Unit == catalog.GBP {
		return sterling(value, 2)
	}
	return rate(value)
}

// finer is a value for a legend, with some places more: large amounts in millions, rates without their unit.
func (s scale) finer(m *catalog.Measure, value decimal.Decimal, more int32) string {
	million := decimal.NewFromInt(1_000_000)
	switch {
	case m.Unit == catalog.GBP && s == asRate:
		return sterling(value, 2+more)
	case m.Unit == catalog.GBP && value.Abs().GreaterThanOrEqual(million):
		return sterling(value.Div(million), 1+more) + "m"
	case m.Unit == catalog.GBP:
		return sterling(value, poundPlaces(value)+more)
	case m.Unit == catalog.Rate || s == asRate:
		return grouped(value, ratePlaces(value)+more)
	case m.Unit == catalog.Share:
		return grouped(value.Mul(hundred), 1+more) + "%"
	default:
		return grouped(value, countPlaces(value)+more)
	}
}

// among is how the values of one map are written beside each other: amounts all in millions or all in pounds, numbers to the same places.
func (s scale) among(m *catalog.Measure, values []decimal.NullDecimal) func(value decimal.Decimal, more int32) string {
	if s == asRate || m.Unit != catalog.GBP && m.Unit != catalog.Number {
		return func(value decimal.Decimal, more int32) string { return s.finer(m, value, more) }
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
		most, places = decimal.Max(most, size), max(places, countPlaces(size))
	}
	million := decimal.NewFromInt(1_000_000)
	switch {
	case m.Unit == catalog.Number:
		return func(value decimal.Decimal, more int32) string { return grouped(value, places+more) }
	case most.LessThan(million):
		places = 2 * places
		if most.GreaterThanOrEqual(decimal.NewFromInt(1000)) {
			places = 0
		}
		return func(value decimal.Decimal, more int32) string { return sterling(value, places+more) }
	}
	for places = 1; places < 3 && least.Div(million).Round(places).IsZero(); {
		places++
	}
	return func(value decimal.Decimal, more int32) string { return sterling(value.Div(million), places+more) + "m" }
}

// changed writes a change with its sign.
func changed(m *catalog.Measure, change decimal.Decimal) string { return changedTo(m, change, 1) }

// changedTo writes a change with its sign to some places.
func changedTo(m *catalog.Measure, change decimal.Decimal, places int32) string {
	text := grouped(change.Abs(), places)
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

// unitHeading is the unit as a column heading.
func unitHeading(m *catalog.Measure, s scale) string {
	unit := m.Counted
	switch m.Unit {
	case catalog.Share:
		unit = "per cent"
	case catalog.Rate:
		unit += " " + per(m)
	}
	if s == asRate {
		return unit + " per 1,000 registered patients"
	}
	return unit
}

func directionWords(d catalog.Direction) string {
	switch d {
	case catalog.Up:
		return "higher is better"
	case catalog.Down:
		return "lower is better"
	default:
		return "neither higher nor lower is good in itself"
	}
}

// list joins names as a sentence does.
func list(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, one)
	}
	return fmt.Sprintf("%d %s", n, many)
}

func capital(text string) string { return first(text, unicode.ToUpper) }

func lowerFirst(text string) string { return first(text, unicode.ToLower) }

func first(text string, change func(rune) rune) string {
	letter, size := utf8.DecodeRuneInString(text)
	return string(change(letter)) + text[size:]
}

// onPeriod begins a sentence with a period: "In July 2018", "On 3 February 2019".
func onPeriod(p catalog.Period) string {
	if p.Grain == catalog.Day {
		return "On " + p.Words()
	}
	return "In " + p.Words()
}

// inPeriod is the same within a sentence.
func inPeriod(p catalog.Period) string { return lowerFirst(onPeriod(p)) }

// chartFormat is how a chart writes the measure's values.
func chartFormat(m *catalog.Measure) string {
	switch m.Unit {
	case catalog.Share:
		return "percent"
	case catalog.GBP:
		return "gbp"
	}
	return "number"
}
