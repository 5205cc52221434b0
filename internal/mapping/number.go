package mapping

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/publication"
)

var (
	plainNumber   = regexp.MustCompile(`^-?\d{1,20}(\.\d{1,40})?([eE][-+]?\d{1,2})?$`)
	groupedNumber = regexp.MustCompile(`^-?[1-9]\d{0,2}(,\d{3})+(\.\d{1,40})?$`)
	largest       = decimal.New(1, 15) // the warehouse adds up a hundred thousand of them in its Decimal(38, 18)
)

// storedDigits is how many decimals the warehouse keeps.
const storedDigits = 18

// parseNumber reads a published number exactly.
func parseNumber(text string) (decimal.Decimal, error) {
	if n, ok := plain(text); ok {
		return n, nil
	}
	switch {
	case groupedNumber.MatchString(text):
		text = strings.ReplaceAll(text, ",", "")
	case !plainNumber.MatchString(text):
		return decimal.Zero, fmt.Errorf("found %q where a number should be", text)
	}
	n, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Zero, fmt.Errorf("found %q where a number should be: %w", text, err)
	}
	return bounded(n, text)
}

// ambiguousNumber is a thousand in one country and a fraction in another.
var ambiguousNumber = regexp.MustCompile(`^-?[1-9]\d{0,2}[.,]\d{3}$`)

// statedNumber reads a number of a row. Where commas do not divide the fields, they may be those of a country that writes decimals
// with them.
func statedNumber(row publication.Row, text string) (decimal.Decimal, error) {
	if row.Delimiter != 0 && row.Delimiter != ',' && ambiguousNumber.MatchString(text) {
		whole := strings.NewReplacer(",", "", ".", "").Replace(text)
		return decimal.Zero, fmt.Errorf("found %q in a file whose fields %q divides: it may be a thousand or a fraction; accepted: %s, or %s0 for the fraction",
			text, row.Delimiter, whole, strings.Replace(text, ",", ".", 1))
	}
	return parseNumber(text)
}

// plain reads what nearly all numbers look like: up to 15 digits with a point among them or without.
func plain(text string) (decimal.Decimal, bool) {
	const most = 15 // fewer than the largest has, and than an int64 holds
	digits := strings.TrimPrefix(text, "-")
	var n, point int64 = 0, -1
	for i := range len(digits) {
		switch c := digits[i]; {
		case '0' <= c && c <= '9':
			n = 10*n + int64(c-'0')
		case c == '.' && point < 0 && i > 0:
			point = int64(i)
		default:
			return decimal.Zero, false
		}
	}
	decimals := int64(0)
	if point >= 0 {
		if decimals = int64(len(digits)) - point - 1; decimals == 0 {
			return decimal.Zero, false
		}
	}
	if digits == "" || len(digits) > most {
		return decimal.Zero, false
	}
	if digits != text {
		n = -n
	}
	return decimal.New(n, int32(-decimals)), true
}

func bounded(n decimal.Decimal, text string) (decimal.Decimal, error) {
	if n.Abs().GreaterThanOrEqual(largest) {
		return decimal.Zero, fmt.Errorf("%s is larger than any figure accepted (15 digits)", text)
	}
	return n.Round(storedDigits), nil
}
