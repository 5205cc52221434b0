package measure_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

func TestNoOutlookHasAReason(t *testing.T) {
	c := declared(t, "") // visits are counted in a new way from January 2019
	var year, gone []string
	for i := range 60 {
		year = append(year, fmt.Sprint(100+i%12+i*7%5))
		gone = append(gone, year[i])
	}
	for i := 24; i < 60; i++ {
		gone[i] = ""
	}
	for _, test := range []struct {
		name, measure string
		points        []measure.Point
		want          string
	}{
		{"none", "calls", nil, "there are no figures"},
		{"figures that share months", "visits_year", months(t, "2015-01", year...), "neighbouring figures share periods"},
		{"too short", "calls", months(t, "2017-01", year[:31]...), "the history is too short: known figures: 31, at least 32 are needed, two seasons of 12 and 8 more"},
		{
			"too short since a change", "visits", months(t, "2017-01", year[:29]...),
			"the history is too short: known figures: 5, at least 32 are needed, two seasons of 12 and 8 more; the history begins with January 2019, when what is counted or who reports it changed",
		},
		{
			"nothing since a change", "visits", months(t, "2017-01", gone...),
			"every figure is missing; the history begins with January 2019, when what is counted or who reports it changed",
		},
		{"long enough", "calls", months(t, "2017-01", year...), ""},
	} {
		m := find(t, c, test.measure)
		until := months(t, "2021-12", "1")[0].Period
		if len(test.points) > 0 {
			until = test.points[len(test.points)-1].Period
		}
		o, err := measure.Foresee(m, test.points, nil, until, nil)
		if err != nil {
			t.Fatal(err)
		}
		if test.want == "" {
			if o.Why() != (measure.OutlookReason{}) || len(o.Steps) != 12 || o.Periods[0].String() != "2022-01" {
				t.Errorf("%s: %+v, %d steps from %v", test.name, o.Why(), len(o.Steps), o.Periods)
			}
		} else if words := wording.OutlookReason(o.Why()); !strings.HasPrefix(words, test.want) || len(o.Steps) > 0 {
			t.Errorf("%s: %q with %d steps, want %q", test.name, words, len(o.Steps), test.want)
		}
	}
}

// Whatever was published of a shipped measure, its forecast stays within what its figures can be, and so do its intervals.
func TestForecastsStayWithinWhatFiguresCanBe(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	forecast := map[string]bool{}
	rapid.Check(t, func(r *rapid.T) {
		for _, m := range c.Measures {
			if m.Overlaps() {
				continue
			}
			change := m.Derived != nil && m.Derived.By == catalog.YearChange
			share, counted := m.Unit == catalog.Share && !change, (m.Unit == catalog.Number || m.Unit == catalog.Rate) && !change
			if !share && !counted {
				continue
			}
			level := rapid.SampledFrom([]float64{0, 0.005, 0.5, 0.97, 1}).Draw(r, m.ID)
			random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
			var points []measure.Point
			p := catalog.Period{Start: time.Date(2000, time.April, 1, 0, 0, 0, 0, time.UTC), Grain: m.Grain}
			if m.Grain == catalog.Week {
				p.Start = p.Start.AddDate(0, 0, 2)
			}
			for range 6 * max(measure.Season(m.Grain), 4) {
				v := level + 0.05*random.NormFloat64()
				if share {
					v = min(max(v, 0), 1)
				}
				n := decimal.NewNullDecimal(decimal.NewFromFloat(v)) // of a count now and then under zero, where somebody accepted it
				points, p = append(points, measure.Point{Period: p, Numerator: n, Value: n, Complete: true, Organisations: 1}), p.Next()
			}
			o, err := measure.Foresee(m, points, nil, points[len(points)-1].Period, nil)
			if err != nil {
				r.Fatalf("%s: %v", m.ID, err)
			}
			for i, s := range o.Steps {
				forecast[m.ID] = true
				if s.Lower95 < 0 || s.Lower80 < 0 || s.Median < 0 || share && (s.Upper95 > 1 || s.Upper80 > 1 || s.Median > 1) {
					r.Fatalf("%s of figures about %v, %s: %+v", m.ID, level, o.Periods[i], s)
				}
			}
		}
	})
	if !forecast["bed_occupancy_general_acute"] || !forecast["ae_four_hour"] || !forecast["delayed_days_per_adult"] || len(forecast) < 50 {
		t.Errorf("only %d measures were forecast", len(forecast))
	}
}

// Every figure from the 33rd on is forecast from each of up to twelve months before it, in each place alone.
func TestBacktestOfPlaces(t *testing.T) {
	var one, other []string
	for i := range 58 {
		one = append(one, fmt.Sprint(1000+10*(i%12)+i*7%5))
		other = append(other, fmt.Sprint(50+(i*5)%12+i*3%7))
	}
	places := [][]measure.Point{months(t, "2015-06", one...), months(t, "2015-06", other...)}
	m := find(t, declared(t, ""), "calls")
	report, err := measure.BacktestOf(t.Context(), m, places, places[0][57].Period)
	if err != nil {
		t.Fatal(err)
	}
	if report.Reason.Code != "" || report.Series != 2 || report.Origins != 26 || report.All.Forecasts != 2*(15*12+66) ||
		report.All.Scaled != report.All.Forecasts {
		t.Errorf("%+v", report)
	}
	slices.Reverse(places)
	again, err := measure.BacktestOf(t.Context(), m, places, places[0][57].Period)
	if err != nil || fmt.Sprintf("%.9v", again.All) != fmt.Sprintf("%.9v", report.All) {
		t.Errorf("%+v, in the other order %+v: %v", report.All, again.All, err)
	}
}
