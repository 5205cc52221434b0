package wording

import (
	"cmp"
	"fmt"
	"math"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/evidence"
)

func signed(percent float64) string {
	return cmp.Or(SignedPercent(evidence.Number(percent)), evidence.NotKnown)
}

// SignedPercent is a change in per cent with its sign, to a tenth; empty where there is none. It is rounded from the exact figure, here alone.
func SignedPercent(percent evidence.Number) string {
	if percent.Missing() {
		return ""
	}
	return map[int]string{-1: "−", 1: "+"}[tenths(percent).Sign()] + unsigned(percent)
}

// unsigned is a change in per cent without its sign, to a tenth; empty where there is none.
func unsigned(percent evidence.Number) string {
	if percent.Missing() {
		return ""
	}
	return tenths(percent).Abs().StringFixed(1) + "%"
}

func tenths(percent evidence.Number) decimal.Decimal {
	return decimal.NewFromFloat(float64(percent)).Round(1)
}

// decimals are the decimal places, from some on, with which two numbers that are not the same do not read as the same, nor the wrong way round: 5.03
// and 5 where the limit of 5 is passed by so little.
func decimals(a, b float64, places int32) int32 {
	if math.IsNaN(a) || math.IsInf(a, 0) || math.IsNaN(b) || math.IsInf(b, 0) {
		return places
	}
	x, y := decimal.NewFromFloat(a), decimal.NewFromFloat(b)
	for most := places + 12; places < most && x.Round(places).Cmp(y.Round(places)) != x.Cmp(y); {
		places++
	}
	return places
}

// measured writes a number over zero in per cent, with at least one decimal place and as many as tell it from another.
func measured(percent, from float64) string {
	if math.IsNaN(percent) || math.IsInf(percent, 0) {
		return PercentOf(evidence.Number(percent))
	}
	return numbered(percent, from) + "%"
}

// numbered writes a number with at least one decimal place and as many as tell it from another.
func numbered(n, from float64) string {
	if evidence.Number(n).Missing() {
		return evidence.NotKnown
	}
	return decimal.NewFromFloat(n).StringFixed(decimals(n, from, 1))
}

// claimedOf writes a size claimed beside a figure that it is compared with, with as many decimal places as tell them apart.
func claimedOf(percent evidence.Number, from float64) string {
	if places := decimals(float64(percent), from, 1); places > 1 && percent <= 100 {
		return decimal.NewFromFloat(float64(percent)).StringFixed(places) + "%"
	}
	return PercentOf(percent)
}

// PercentOf writes a share of a whole, which may be far below one per cent or above all of it.
func PercentOf(percent evidence.Number) string {
	if percent.Missing() {
		return "a size that is " + evidence.NotKnown
	}
	p := decimal.NewFromFloat(float64(percent))
	switch {
	case p.GreaterThan(decimal.NewFromInt(100)):
		return "more than all that is counted"
	case p.LessThan(decimal.New(1, -2)):
		return "less than 0.01%"
	case p.LessThan(decimal.NewFromInt(1)):
		return p.Round(2).String() + "%"
	}
	return p.Round(1).String() + "%"
}

// are counts things in a sentence: "is 1 period", "are 6 periods".
func are(n int, thing string) string {
	if n == 1 {
		return "is 1 " + thing
	}
	return fmt.Sprintf("are %d %ss", n, thing)
}

// PValue is a p-value without more places than it bears.
func PValue(p evidence.Number) string {
	if p < 0.001 {
		return "under 0.001"
	}
	text := fmt.Sprintf("%.2g", p)
	if d := float64(p); d > claim.Significance && text == fmt.Sprint(claim.Significance) {
		return decimal.NewFromFloat(d).StringFixed(decimals(d, claim.Significance, 3)) // 0.0504 does not read as the 0.05 that it is over
	}
	return text
}

func apart(percent float64) string {
	size := cmp.Or(unsigned(evidence.Number(percent)), evidence.NotKnown)
	if percent < 0 {
		return size + " below"
	}
	return size + " above"
}

// Sentence makes a clause a sentence, with a capital and a full stop.
func Sentence(clause string) string {
	if clause == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(clause)
	return string(unicode.ToUpper(first)) + clause[size:] + "."
}

// span is the time from one period to another in words: "April 2020 to March 2021".
func span(first, last catalog.Period) string {
	switch {
	case first == last:
		return first.Words()
	case first.Grain == catalog.Month || first.Grain == catalog.Quarter:
		return first.Start.Format("January 2006") + " to " + last.End().AddDate(0, 0, -1).Format("January 2006")
	}
	return first.Words() + " to " + last.Words()
}

// times is a multiple in words that promise no more than two digits.
func times(n float64) string {
	if n < 10 {
		return numbered(n, 1)
	}
	tens := math.Pow(10, math.Floor(math.Log10(n))-1)
	return fmt.Sprintf("%.0f", math.Round(n/tens)*tens)
}

// level is a year's figure in words.
func level(m *catalog.Measure, figure float64) string {
	switch m.Unit {
	case catalog.Share:
		return fmt.Sprintf("%.1f%%", figure*100)
	case catalog.Rate:
		return fmt.Sprintf("%.1f", figure)
	}
	return thousands(decimal.NewFromFloat(figure))
}

// amount is a change with its sign.
func amount(d decimal.Decimal, unit catalog.SizeUnit) string {
	switch {
	case unit == catalog.Percent:
		return signed(d.InexactFloat64())
	case d.Round(0).IsPositive():
		return "+" + thousands(d)
	}
	return thousands(d)
}

// plannedWords is a change that was planned, as it was stated.
func plannedWords(d decimal.Decimal, unit catalog.SizeUnit) string {
	if unit == catalog.Percent && d.Equal(d.Round(0)) {
		return map[int]string{-1: "−", 1: "+"}[d.Sign()] + d.Abs().StringFixed(0) + "%"
	}
	return amount(d, unit)
}

// thousands is a whole number with commas.
func thousands(d decimal.Decimal) string {
	text := d.Round(0).Abs().String()
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	if d.Round(0).IsNegative() {
		return "−" + text
	}
	return text
}

// sterling is an amount as it is read: "£1,200", "−£300".
func sterling(d decimal.Decimal) string {
	if d.Round(0).IsNegative() {
		return "−£" + thousands(d.Abs())
	}
	return "£" + thousands(d)
}
