//go:build linux || darwin

package figures_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
)

// The publisher's own averages, in the block to the right of its tables, were read independently. Those of areas are days that were added up so.
func TestPeopleDelayedOnAnAverageDay(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	w, l := figurestest.Empty(t, c, r, time.Now)
	rows := bundled(t, "delayed_transfers_council", "delayed_days_nhs", "delayed_days_social_care", "delayed_days_both")
	o, err := l.Load(t.Context(), load.File{Name: "delays.csv", Content: bytes.NewReader(rows), Bundled: true, Accept: "figures of a test"}, "test")
	if err != nil || o.Load.State != load.Published || o.Load.Rejections > 0 {
		t.Fatalf("%+v, %v", o.Load, err)
	}
	k := figurestest.Know(w, w, c, r, time.Now)
	asOf, err := k.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	m, err := k.FindMeasure("people_delayed")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		place, council, period, value string
		estimate                      bool
	}{
		{"ENG", "", "2018-03", "4983.67741935", false}, // these as published
		{"ENG", "", "2019-12", "4777.4516129", false},
		{"", "904", "2017-04", "62.7", false},
		{"", "620", "2017-04", "113.3", false},
		{"", "102", "2017-04", "150.4", false},
		{"ENG", "", "2012-02", "3776.96551724", false}, // 109,532 days in 29
		{"E54000043", "", "2012-02", "71.93103448", false},
		{"E54000047", "", "2017-04", "96.986944", true},
		{"E54000007", "", "2016-10", "343.44045258", true},
	} {
		area, err := k.FindPlace(want.place, want.council)
		if err != nil {
			t.Fatal(err)
		}
		period, err := catalog.ParsePeriod(want.period)
		if err != nil {
			t.Fatal(err)
		}
		points, err := k.Series(t.Context(), asOf, m, area, figures.Range{From: period.Start, To: period.Start})
		if err != nil || len(points) != 1 {
			t.Fatalf("%s%s in %s: %+v, %v", want.place, want.council, want.period, points, err)
		}
		if p := points[0]; !p.Value.Decimal.Round(8).Equal(decimal.RequireFromString(want.value)) || p.Estimate() != want.estimate {
			t.Errorf("%s%s in %s: %s, estimate %v, want %s", want.place, want.council, want.period, p.Value.Decimal, p.Estimate(), want.value)
		}
	}
}
