package web

import (
	"encoding/json"
	"strings"
	"testing"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
	"stpdash/internal/spc"
)

// An answer names the period that its variation is of where that is not the latest.
func TestVariationNamesItsPeriod(t *testing.T) {
	february, err := catalog.ParsePeriod("2020-02")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		of    catalog.Period
		names bool
	}{{february, true}, {catalog.Period{}, false}} {
		body, err := json.Marshal(newSignal(&measure.Signal{Variation: spc.ConcernHigh, Of: c.of}, nil))
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{`"variation_period":"2020-02"`, "This is of February 2020, as a known event bent what came later."} {
			if strings.Contains(string(body), words) != c.names {
				t.Errorf("of %v: %s", c.of, body)
			}
		}
	}
}
