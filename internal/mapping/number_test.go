package mapping

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"stpdash/internal/publication"
)

func TestParseNumber(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "-0": "0", "007": "7", "41": "41", "-41": "-41", "4,150": "4150", "1,234,567.5": "1234567.5", "-1,234": "-1234",
		"47208.42857143": "47208.42857143", "7133.577660000001": "7133.577660000001", "1.5e3": "1500", "1E-3": "0.001", "2e+2": "200",
		"0.1234567890123456789": "0.123456789012345679", "999999999999999": "999999999999999", "1e-99": "0",
	} {
		got, err := parseNumber(text)
		if err != nil || got.String() != want {
			t.Errorf("parseNumber(%q) = %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", " ", "-", "+1", ".5", "5.", "1,23", "1,2345", "12,34,567", ",123", "1e", "1e100", "1e999999999", "1e-999999999", "1e15", "1000000000000000",
		"-1000000000000000", "0x10", "1_000", "NaN", "Inf", "1 000", "£1", "1%", "(1)", "١٢", "1.2.3", "1e1.5", "0,123", "00,123", "--1", "*", "N/A",
	} {
		if got, err := parseNumber(text); err == nil {
			t.Errorf("parseNumber(%q) = %s, want it rejected", text, got)
		}
	}
}

func TestParseNumberReadsWhatItWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := decimal.New(rapid.Int64Range(-999_999_999_999_999_999, 999_999_999_999_999_999).Draw(t, "digits"), -rapid.Int32Range(3, 18).Draw(t, "decimals"))
		got, err := parseNumber(n.String())
		if err != nil || !got.Equal(n) {
			t.Fatalf("parseNumber(%s) = %s, %v", n, got, err)
		}
	})
}

// Where commas do not divide the fields, one separator before three digits may be of thousands or of decimals.
func TestNumbersOfOtherCountries(t *testing.T) {
	for _, text := range []string{"1.234", "12,345", "-123.456", "999,000"} {
		for _, delimiter := range []byte{';', '\t', '|'} {
			if n, err := statedNumber(
				publication.Row{Delimiter: delimiter},
				text,
			); err == nil ||
				!strings.Contains(err.Error(), "accepted: "+strings.NewReplacer(",", "", ".", "").Replace(text)) {
				t.Errorf("%s divided by %q is %s, %v", text, delimiter, n, err)
			}
		}
		for _, delimiter := range []byte{0, ','} {
			if _, err := statedNumber(publication.Row{Delimiter: delimiter}, text); err != nil {
				t.Error(err)
			}
		}
	}
	for _, text := range []string{"1234", "1.2340", "0.123", "1234.567", "1,234,567", "12,345.67", "1.2"} {
		if _, err := statedNumber(publication.Row{Delimiter: ';'}, text); err != nil {
			t.Error(err)
		}
	}
}
