package dashboard

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
)

func TestDayEndsInLondon(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-21":           "2026-11-21T23:59:59.999999Z",
		"2026-07-01":           "2026-07-01T22:59:59.999999Z", // British Summer Time
		"2026-07-01T12:00":     "2026-07-01T11:00:00Z",
		"2026-07-01T12:00:00Z": "2026-07-01T12:00:00Z",
		// In an address "+" arrives as a space.
		"2026-07-01T12:00:00 01:00": "2026-07-01T11:00:00Z",
	} {
		got, ok := parseMoment(text)
		if !ok || got.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%q is %s (%v), want %s", text, got.UTC().Format(time.RFC3339Nano), ok, want)
		}
	}
	for _, text := range []string{"yesterday", "2026-02-30", "2026", "0001-01-01", "9999-01-01"} {
		if got, ok := parseMoment(text); ok {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
}

func TestFiguresInWords(t *testing.T) {
	count := &catalog.Measure{Unit: catalog.Number}
	share := &catalog.Measure{Unit: catalog.Share}
	rate := &catalog.Measure{Unit: catalog.Rate, Per: 100_000, Counted: "admissions"}
	money := &catalog.Measure{Unit: catalog.GBP}
	n := decimal.RequireFromString
	for got, want := range map[string]string{
		written(count, n("1949762")):              "1,949,762",
		written(count, n("47208.42857143")):       "47,208.4",
		written(share, n("0.9051525263")):         "90.5%",
		written(money, n("7133.577660000001")):    "£7,133.58",
		written(money, n("-10144201000")):         "−£10,144,201,000",
		written(rate, n("884.432")):               "884.4 per 100,000",
		written(rate, n("0.0512")):                "0.051 per 100,000",
		asNumber.short(rate, n("1884.432")):       "1,884.4",
		unitHeading(rate, asNumber):               "admissions per 100,000",
		changed(rate, n("1.25")):                  "+1.3%",
		comparison(rate, n("3"), n("1.25")):       "1.3% higher than a year before",
		changed(count, n("-29.33")):               "−29.3%",
		changed(share, n("1.25")):                 "+1.3 points",
		changed(count, n("0.01")):                 "0.0%",
		comparison(count, n("3"), n("933.3")):     "against 3 a year before",
		comparison(count, n("1000"), n("-29.33")): "29.3% lower than a year before",
		comparison(share, n("0.9"), n("1.25")):    "1.3 percentage points higher than a year before",
		comparison(count, n("1000"), n("0.01")):   "much the same as a year before",
		tally(0, 44, 0):                           "All 44 footprints were lower than a year before.",
		tally(6, 25, 0):                           "Of the 31 footprints with both figures 6 were higher than a year before and 25 lower.",
		asNumber.short(money, n("86553000")):      "£86.6m",
		asNumber.short(money, n("-86553000")):     "−£86.6m",
		asRate.written(money, n("-1.5")):          "−£1.50",
		Pounds("1200000"):                         "£1,200,000",
		Pounds("-18879155"):                       "−£18,879,155",
		list([]string{"one", "two", "three"}):     "one, two and three",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
