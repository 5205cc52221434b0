package web

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/steps"
)

// A proposal without a figure before it is given without one, not as zero.
func TestStepRows(t *testing.T) {
	k := figurestest.Unloaded(t, time.Now)
	m, err := k.FindMeasure("ae_attendances_type1")
	if err != nil {
		t.Fatal(err)
	}
	from, err := catalog.ParsePeriod("2016-12")
	if err != nil {
		t.Fatal(err)
	}
	rows := NewStepRows(k.Directory, []figures.Proposal{{
		Measure: m, Organisation: "RTF", Kind: steps.Step, From: from, Until: from, Size: -0.4312345678, Limit: 0.1, Usual: 0.02,
		Before: math.NaN(), After: 8131.5, Share: 0.0123, State: figures.Confirmed, Reason: "attendances moved",
	}})
	text, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"organisation":"RTF"`, `"kind":"step","from":"2016-12","until":"2016-12","size":-0.431235,"before":null,"after":8131.5,`, `"share":0.0123,`, `"state":"confirmed","reason":"attendances moved"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
	sheet := stepsBody{Steps: rows}.sheet()
	if len(sheet.rows) != 2 || len(sheet.rows[0]) != len(sheet.rows[1]) {
		t.Errorf("%v", sheet.rows)
	}
}
