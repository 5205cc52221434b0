package load

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"
)

var (
	plainNumber   = regexp.MustCompile(`^-?\d{1,20}(\.\d{1,40})?([eE][-+]?\d{1,2})?$`)
	groupedNumber = regexp.MustCompile(`^-?\d{1,3}(,\d{3})+(\.\d{1,40})?$`)
	largest       = decimal.New(1, 15) // the warehouse adds up a hundred thousand of them in its Decimal(38, 18)
)

// storedDigits is how many decimals the warehouse keeps.
const storedDigits = 18

// parseNumber reads a published number exactly.
func parseNumber(text string) (decimal.Decimal, error) {
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

// scaledNumber reads a published number in the unit that a column's scale makes of it.
func scaledNumber(text string, scale decimal.Decimal) (decimal.Decimal, error) {
	n, err := parseNumber(text)
	if err != nil {
		return n, err
	}
	return bounded(n.Mul(scale), text)
}

func bounded(n decimal.Decimal, text string) (decimal.Decimal, error) {
	if n.Abs().GreaterThanOrEqual(largest) {
		return decimal.Zero, fmt.Errorf("%s is larger than any figure accepted (15 digits)", text)
	}
	return n.Round(storedDigits), nil
}
