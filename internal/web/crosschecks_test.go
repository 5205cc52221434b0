package web

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
)

// A difference from zero is given without a percentage, not as zero.
func TestCrossCheckDifferences(t *testing.T) {
	k := figurestest.Unloaded(t, time.Now)
	of, err := k.FindMeasure("non_elective_admissions_rolling_year")
	if err != nil {
		t.Fatal(err)
	}
	march, err := catalog.ParsePeriod("2019-03")
	if err != nil {
		t.Fatal(err)
	}
	year, err := catalog.ParsePeriod("2018/19")
	if err != nil {
		t.Fatal(err)
	}
	check := figures.CrossCheck{CrossCheck: k.Catalog.CrossChecks[0], Of: of}
	row := newCrossCheckDifference(k.Directory, check, figures.Difference{Place: "99E", OfPeriod: march, WithPeriod: year, Of: decimal.NewFromInt(25_000)})
	text, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	want := `"place":"99E","name":"Basildon \u0026 Brentwood CCG","period":"2018/19","of_period":"2019-03","of":25000,"with":0,"per_cent":null`
	if !strings.Contains(string(text), want) {
		t.Errorf("%s lacks %s", text, want)
	}
	sheet := crossChecksBody{Differences: []crossCheckDifference{row}}.sheet()
	if len(sheet.rows) != 2 || len(sheet.rows[0]) != len(sheet.rows[1]) {
		t.Errorf("%v", sheet.rows)
	}
}
