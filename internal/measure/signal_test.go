package measure_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/spc"
)

const definitions = `theme: spend
unit: number
level: provider
direction: down
grain: month
sources: [returns]
measures:
  - {id: visits, title: Visits, definition: Visits., per_1000: true, direction: down, breaks: [{from: 2019-01, note: others are counted}]}
  - {id: calls, title: Calls, definition: Calls., direction: neutral}
  - {id: beds, title: Beds, definition: Beds., over_time: mean}
  - {id: debt, title: Debt, definition: Debt., unit: gbp, over_time: end_of_period}
  - {id: seen, title: Seen, definition: Seen., unit: share, direction: up, numerator: {description: those seen, add: [visits]}, denominator: {description: all, add: [beds]}}
  - {id: visits_year, title: Visits, definition: Visits., derived: {of: visits, by: rolling_year}}
  - {id: visits_so_far, title: Visits, definition: Visits., derived: {of: visits, by: year_to_date}}
  - {id: visits_growth, title: Growth, definition: Growth., derived: {of: visits, by: year_change}}
  - {id: visits_day, title: Visits a day, definition: Visits., derived: {of: visits, by: average_day}}
  - {id: visits_so_far_growth, title: Growth, definition: Growth., derived: {of: visits_so_far, by: year_change}}
  - {id: beds_year, title: Beds, definition: Beds., derived: {of: beds, by: rolling_year}}
  - {id: debt_year, title: Debt, definition: Debt., derived: {of: debt, by: rolling_year}}
  - {id: seen_year, title: Seen, definition: Seen., derived: {of: seen, by: rolling_year}}
`

const returns = `id: returns
title: Returns
publisher: Ourselves
tables:
  - name: csv
    header: [month, code]
    period: {column: month, pattern: "^(.+)$", form: canonical}
    place: {column: code, by: code}
    columns: [{titles: [calls], measure: calls}, {titles: [visits], measure: visits}, {titles: [beds], measure: beds}, {titles: [debt], measure: debt}]
`

// declared are measures and targets as analysts declare them.
func declared(t *testing.T, targets string) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Read(fstest.MapFS{
		"measures/m.yaml": {Data: []byte(definitions)}, "sources/s.yaml": {Data: []byte(returns)}, "targets/t.yaml": {Data: []byte("targets:\n" + targets)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func find(t *testing.T, c *catalog.Catalog, id string) *catalog.Measure {
	t.Helper()
	m, ok := c.Measure(id)
	if !ok {
		t.Fatal(id)
	}
	return m
}

// months are points of one month after the other; a blank text is one in which an organisation did not report.
func months(t *testing.T, from string, values ...string) []measure.Point {
	t.Helper()
	p, err := catalog.ParsePeriod(from)
	if err != nil {
		t.Fatal(err)
	}
	var points []measure.Point
	for _, v := range values {
		point := measure.Point{Period: p, Numerator: number(v), Value: number(v), Complete: v != "", Organisations: 2, Load: 7}
		if v == "" {
			point.Missing = []string{"RCD"}
		}
		points = append(points, point)
		p = p.Next()
	}
	return points
}

func written(points []measure.Point) string {
	var words []string
	for _, p := range points {
		word := p.Period.String() + "=" + text(p.Value)
		if p.NoValue != "" {
			word += "(" + string(p.NoValue) + ")"
		}
		if !p.Complete {
			word += "(" + strings.Join(p.Missing, " ") + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}

func TestDerive(t *testing.T) {
	c := declared(t, "")
	var year []string
	for i := range 15 {
		year = append(year, fmt.Sprint(i+1))
	}
	without := append(append([]string{}, year[:13]...), "", "15")
	for _, test := range []struct {
		measure string
		base    []measure.Point
		want    string
	}{
		{"visits_year", months(t, "2016-04", year...), "2017-03=78 2017-04=90 2017-05=102 2017-06=114"},
		{"visits_year", months(t, "2016-04", without...), "2017-03=78 2017-04=90 2017-05=(RCD) 2017-06=(RCD)"},
		{
			"visits_year", append(months(t, "2016-04", year[:3]...), months(t, "2016-08", year[4:]...)...),
			"2017-03=(period missing) 2017-04=(period missing) 2017-05=(period missing) 2017-06=(period missing)",
		},
		{"visits_year", months(t, "2018-03", year...), // what is counted changes with January 2019
			"2019-02=(definition changed) 2019-03=(definition changed) 2019-04=(definition changed) 2019-05=(definition changed)"},
		{"visits_year", months(t, "2019-01", year[:12]...), "2019-12=78"},
		{"visits_so_far", months(t, "2017-02", year[:5]...), "2017-04=3 2017-05=7 2017-06=12"},
		{"visits_growth", months(t, "2016-04", year...), "2017-04=12 2017-05=6 2017-06=4"},
		{"visits_growth", months(t, "2016-04", append([]string{"0"}, year[1:]...)...), "2017-04= 2017-05=6 2017-06=4"},
		{"visits_growth", months(t, "2016-04", without...), "2017-04=12 2017-05=(RCD) 2017-06=4"},
		{"beds_year", months(t, "2016-04", year[:12]...), "2017-03=6.5"},
		{"debt_year", months(t, "2016-04", year[:12]...), "2017-03=12"},
		{"visits_day", months(t, "2016-01", "62", "29", "", "31"), "2016-01=2 2016-02=1 2016-03=(RCD) 2016-04=1.0333333333"},
		{"visits_day", months(t, "2018-12", "31", "62"), "2018-12=1 2019-01=2"}, // what is counted changes between the two, not within either
		{"visits_year", nil, ""},
	} {
		if got := written(measure.Derive(find(t, c, test.measure), test.base, nil, measure.People{})); got != test.want {
			t.Errorf("%s of %s:\ngot  %s\nwant %s", test.measure, written(test.base), got, test.want)
		}
	}
	so_far := measure.Derive(find(t, c, "visits_so_far"), months(t, "2016-04", year...), nil, measure.People{})
	if got, want := written(measure.Derive(find(t, c, "visits_so_far_growth"), so_far, nil, measure.People{})),
		"2017-04=12 2017-05=8 2017-06=6"; got != want {
		t.Errorf("growth so far: %s, want %s", got, want)
	}
	change := []measure.MembershipBreak{{From: so_far[13].Period}} // May 2017
	if got, want := written(measure.Derive(find(t, c, "visits_growth"), months(t, "2016-04", year...), change, measure.People{})),
		"2017-04=12 2017-05=(organisations changed) 2017-06=(organisations changed)"; got != want {
		t.Errorf("growth across a change of organisations: %s, want %s", got, want)
	}
	shares := months(t, "2016-04", year[:12]...)
	for i := range shares {
		shares[i].Denominator = number("20")
	}
	if got := written(measure.Derive(find(t, c, "seen_year"), shares, nil, measure.People{})); got != "2017-03=0.325" { // 78 of 240
		t.Errorf("a share over a year: %s", got)
	}
	rated := measure.Derive(find(t, c, "visits_year"), months(t, "2016-04", year[:12]...), nil, registered(number("1000")))
	if got := text(rated[0].Rate); got != "78" {
		t.Errorf("per 1,000 over a year: %s", got)
	}
}

// A rolling year is the sum of its parts, and only of whole ones.
func TestARollingYearIsTheSumOfItsParts(t *testing.T) {
	m := find(t, declared(t, ""), "visits_year")
	rapid.Check(t, func(r *rapid.T) {
		var values []string
		for range rapid.IntRange(0, 40).Draw(r, "months") {
			values = append(values, rapid.SampledFrom([]string{"", "0", "1.5", "3", "1000000"}).Draw(r, "value"))
		}
		base := months(t, "2014-02", values...)
		for _, d := range measure.Derive(m, base, nil, measure.People{}) {
			sum, whole := decimal.Zero, true
			parts := measure.PartsOf(m, base, d.Period)
			for _, p := range parts {
				sum, whole = sum.Add(p.Value.Decimal), whole && p.Complete
			}
			if len(parts) != 12 || d.Value.Valid != whole || whole && !d.Value.Decimal.Equal(sum) {
				r.Fatalf("%s: %+v of %s", d.Period, d, written(parts))
			}
		}
	})
}

// A year of which some months are partial is partial itself: it says of how many figures, and has no value and no state.
func TestASpanOfPartialPeriodsIsPartial(t *testing.T) {
	c := declared(
		t,
		`  - {id: x, title: X, measure: visits_year, places: [england], bound: at_most, shape: values, baseline: 2016-12, values: [{period: 2017-12, value: 0.5}], citation: {title: X, url: 'https://example.org'}}
`,
	)
	partial := func(points []measure.Point, n, reported string) []measure.Point {
		p := &points[len(points)-1]
		p.Partial = &measure.Partial{Numerator: number(n), Value: number(n), Reported: 1, Expected: 2}
		p.Missing = []string{reported}
		return points
	}
	year := []string{"10", "10", "10", "10", "10", "10", "10", "10", "10", "10", "10", ""}
	for _, test := range []struct {
		measure string
		base    []measure.Point
		want    string
	}{
		{"visits_year", partial(months(t, "2016-01", year...), "4", "RCD"), "114 from 23 of 24"},
		{"visits_so_far", partial(months(t, "2016-04", year[7:]...), "4", "RCD"), "44 from 9 of 10"},
		{"beds_year", partial(months(t, "2016-01", year...), "4", "RCD"), "9.5 from 23 of 24"},
		{"debt_year", partial(months(t, "2016-01", year...), "4", "RCD"), "4 from 1 of 2"},
		{"visits_day", partial(months(t, "2016-04", "60", ""), "62", "RCD"), "2 from 1 of 2"},
		{"visits_year", months(t, "2016-01", year...), ""},                      // nobody reported in December
		{"visits_year", partial(months(t, "2018-06", year...), "4", "RCD"), ""}, // what is counted changes within it
		{"visits_growth", partial(append(months(t, "2015-12", year[:11]...), months(t, "2016-11", "5", "")...), "4", "RCD"), ""},
	} {
		points := measure.Derive(find(t, c, test.measure), test.base, nil, measure.People{})
		got, last := "", points[len(points)-1]
		if p := last.Partial; p != nil {
			got = fmt.Sprintf("%s from %d of %d", text(p.Value), p.Reported, p.Expected)
		}
		if got != test.want || last.Value.Valid || last.Complete {
			t.Errorf("%s of %s: %q and %+v, want %q", test.measure, written(test.base), got, last, test.want)
		}
	}
	both := append(partial(months(t, "2016-01", year...), "4", "RCD"), partial(months(t, "2017-01", year...), "1", "RCD")...)
	points := measure.Derive(find(t, c, "visits_year"), both, nil, measure.People{})
	last := points[len(points)-1]
	if j := measure.Judge(c.Targets, points, last)[0]; j.State != measure.CannotTell || j.Reason.Code != measure.BaselinePartial {
		t.Errorf("against a partial baseline: %+v", j)
	}
	points[0].Value, points[0].Partial = number("1000"), nil
	if j := measure.Judge(c.Targets, points, last)[0]; j.State != measure.CannotTell || j.Reason.Code != measure.FigurePartial {
		t.Errorf("a partial figure: %+v", j)
	}
}

// judge finds the result of a point by one target, whose baseline has a figure.
func judge(t *catalog.Target, p measure.Point, baseline decimal.NullDecimal) measure.Judgement {
	points := []measure.Point{p}
	if base, ok := t.BaselinePeriod(); ok {
		points = append(points, measure.Point{Period: base, Value: baseline})
	}
	return measure.Judge([]*catalog.Target{t}, points, p)[0]
}

func TestJudge(t *testing.T) {
	head := "  - {id: x, title: X, measure: calls, places: [england], bound: %s, shape: %s, values: [{period: 2017-09, value: 100}, {period: 2018-03, value: %d}]%s, citation: {title: X, url: 'https://example.org'}}\n"
	line := fmt.Sprintf(head, "at_most", "line", 40, ", within: 5")
	up := fmt.Sprintf(head, "at_least", "step", 160, ", until: 2018-06")
	half := strings.Replace(fmt.Sprintf(head, "at_most", "step", 0, ", baseline: 2017-02"), "value: 100", "value: 0.5", 1)
	for _, test := range []struct {
		name, target, period, value, baseline string
		want                                  string
	}{
		{"before it begins", line, "2017-08", "1", "", "cannot_tell: it has no value before September 2017"},
		{"no figure", line, "2017-10", "", "", "cannot_tell 90: there is no figure for October 2017"},
		{"below the line", line, "2017-10", "90", "", "on_trajectory 90"},
		{"within the tolerance", line, "2017-10", "94.9", "", "on_trajectory 90"},
		{"beyond the tolerance", line, "2017-10", "95.1", "", "off_trajectory 90"},
		{"the end reached early", line, "2017-10", "40", "", "met 90"},
		{"reached when due", line, "2018-03", "40", "", "met 40"},
		{"long after", line, "2020-03", "40", "", "met 40"},
		{"within the tolerance when due", line, "2018-03", "44", "", "on_trajectory 40"},
		{"missed when due", line, "2018-03", "46", "", "off_trajectory 40"},
		{"at the first step", up, "2018-02", "100", "", "on_trajectory 100"},
		{"under the first step", up, "2018-02", "99.9", "", "off_trajectory 100"},
		{"over", up, "2018-07", "500", "", "cannot_tell: it has no value for July 2018"},
		{"half of the baseline", half, "2017-10", "30", "60", "on_trajectory 30"},
		{"more than half of it", half, "2017-10", "31", "60", "off_trajectory 30"},
		{"without a baseline", half, "2017-10", "31", "", "cannot_tell: its baseline, the figure of February 2017, is not known"},
	} {
		target := declared(t, test.target).TargetsOf("calls")[0]
		j := judge(target, months(t, test.period, test.value)[0], number(test.baseline))
		got := string(j.State)
		if j.Required.Valid {
			got += " " + text(j.Required)
		}
		if j.Reason.Code != "" {
			got += ": " + wording.Unjudged(j.Reason)
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// A better figure never stands worse.
func TestABetterFigureNeverStandsWorse(t *testing.T) {
	order := map[measure.State]int{measure.OffTrajectory: 0, measure.OnTrajectory: 1, measure.Met: 2}
	target := declared(t, "  - {id: x, title: X, measure: calls, places: [england], bound: at_least, shape: line, within: 3, values: [{period: 2017-09, value: 90}, {period: 2018-03, value: 95}], citation: {title: X, url: 'https://example.org'}}\n").TargetsOf("calls")[0]
	rapid.Check(t, func(r *rapid.T) {
		at := rapid.SampledFrom([]string{"2017-09", "2017-12", "2018-02", "2018-03", "2019-03"}).Draw(r, "period")
		low := rapid.IntRange(0, 100).Draw(r, "low")
		high := rapid.IntRange(low, 100).Draw(r, "high")
		state := func(v int) measure.State {
			return judge(target, months(t, at, fmt.Sprint(v))[0], decimal.NullDecimal{}).State
		}
		if order[state(high)] < order[state(low)] {
			r.Fatalf("%s: %d is %s, %d is %s", at, low, state(low), high, state(high))
		}
	})
}

func TestChart(t *testing.T) {
	c := declared(t, "")
	var values []string
	for i := range 30 {
		values = append(values, fmt.Sprint(100+i%3))
	}
	values[4] = ""
	points := append(months(t, "2017-06", values[:10]...), months(t, "2018-06", values[12:]...)...) // two months are not there at all
	chart, err := measure.NewChart(find(t, c, "visits"), points, nil, number("50"))
	if err != nil {
		t.Fatal(err)
	}
	if len(chart.Points) != 30 || len(chart.Chart.Points) != 30 || chart.Points[10].Period.String() != "2018-04" || !math.IsNaN(chart.Chart.Points[10].Y) {
		t.Fatalf("%d points: %s", len(chart.Points), written(chart.Points))
	}
	groups := []int{chart.Groups[0].Points, chart.Groups[0].Missing, chart.Groups[1].Points, chart.Groups[1].Missing}
	if diff := cmp.Diff([]int{16, 3, 11, 0}, groups); diff != "" || len(chart.Groups) != 2 { // a new group begins with January 2019
		t.Error(diff)
	}
	if chart.Assurance != spc.ConsistentFail { // down is good and the target lies under the limits
		t.Errorf("assurance %q", chart.Assurance)
	}
	for name, points := range map[string][]measure.Point{
		"nothing": nil, "one point": months(t, "2017-06", "1"), "all missing": months(t, "2017-06", "", "", ""), "all equal": months(t, "2017-06", values[0], values[0], values[0]),
	} {
		chart, err := measure.NewChart(find(t, c, "visits"), points, nil, decimal.NullDecimal{})
		if err != nil || len(chart.Groups) != 1 || chart.Groups[0].Reason.Code == "" {
			t.Errorf("%s: %+v, %v", name, chart.Chart, err)
		}
	}
	overlapping, err := measure.NewChart(find(t, c, "visits_year"), points, nil, decimal.NullDecimal{})
	if err != nil || overlapping.Variation != "" || !math.IsNaN(overlapping.Groups[0].UPL) || overlapping.Groups[0].Reason.Code == "" {
		t.Errorf("figures that share months have limits: %+v, %v", overlapping.Chart, err)
	}
}

// BenchmarkSignals makes the process control charts and the states against every target of 44 footprints by all measures that footprints
// have by as many periods of each as lie in 58 months.
// One case more or less is no signal where most figures are small counts: limits are taken away, for a reason that says what the time
// between cases shows. No limit lies beyond what figures can be.
func TestChartOfRareEvents(t *testing.T) {
	c := declared(t, "")
	chart := func(id string, values ...string) measure.Chart {
		t.Helper()
		chart, err := measure.NewChart(find(t, c, id), months(t, "2015-04", values...), nil, decimal.NullDecimal{})
		if err != nil {
			t.Fatal(err)
		}
		return chart
	}
	repeat := func(n int, values ...string) (all []string) {
		for range n {
			all = append(all, values...)
		}
		return all
	}
	for name, want := range map[string]struct {
		values []string
		says   string
	}{
		"one case":        {append(repeat(20, "0"), "1", "0"), "there are 0 stretches between events, and it takes 12"},
		"a case at times": {repeat(16, "0", "0", "1", "0"), "a g chart sees only how far apart months with cases lie (usually 3.0 without one, up to 13)"},
		"a long stretch":  {append(append(repeat(16, "0", "1", "0"), repeat(20, "0")...), "2"), "one long stretch without a case does not settle it (g chart"},
		"mostly small":    {repeat(9, "1", "4", "0", "6"), "more than half of the months have cases"},
	} {
		got := chart("beds", want.values...)
		g, why := got.Groups[0], wording.Limits(got.LimitsReason(0))
		if got.Variation != spc.NoVariation || !math.IsNaN(g.UPL) || !strings.Contains(why, "half or more of the figures are under 5") ||
			!strings.Contains(why, want.says) {
			t.Errorf("%s: %q, %q", name, got.Variation, why)
		}
		for i, p := range got.Chart.Points {
			if p.Cause != spc.NoCause {
				t.Errorf("%s: figure %d is labelled %q", name, i+1, p.Cause)
			}
		}
	}
	if got := chart("visits", repeat(10, "5", "9", "30")...); got.Variation == spc.NoVariation || got.Groups[0].LPL != 0 {
		t.Errorf("counts that are not small: %q from %v to %v", got.Variation, got.Groups[0].LPL, got.Groups[0].UPL)
	}
	none, one := chart("visits", repeat(58, "0")...), chart("visits", append(repeat(57, "0"), "1")...)
	if none.LimitsReason(0) != one.LimitsReason(0) || none.Variation != one.Variation || none.Variation != spc.NoVariation {
		t.Errorf("none at all and one alone: %q, %+v and %q, %+v", none.Variation, none.LimitsReason(0), one.Variation, one.LimitsReason(0))
	}
	if got := chart("debt", repeat(20, "0.5", "2", "-1")...); math.IsNaN(got.Groups[0].UPL) || got.Groups[0].LPL >= 0 {
		t.Errorf("money: %v to %v", got.Groups[0].LPL, got.Groups[0].UPL)
	}
}

// Neither is one case more or less of a share of which few are counted, or all but few.
func TestChartOfSharesOfFew(t *testing.T) {
	c := declared(t, "")
	for name, want := range map[string]struct {
		counted, of []string
		code        spc.ReasonCode
	}{
		"few of few":            {[]string{"0", "1", "0", "2"}, []string{"19", "25", "30", "22"}, spc.FewCounted},
		"few of many":           {[]string{"1", "0", "4", "2"}, []string{"1900", "2500", "3000", "2200"}, spc.FewCounted},
		"all but few of many":   {[]string{"1241", "1268", "1300", "1199"}, []string{"1241", "1269", "1302", "1199"}, spc.FewNotCounted},
		"all but one at times":  {[]string{"210", "190", "205", "199"}, []string{"210", "190", "206", "199"}, spc.FewNotCounted},
		"many of many":          {[]string{"110", "90", "105", "99"}, []string{"210", "190", "206", "199"}, ""},
		"five and five of them": {[]string{"5", "7", "6", "5"}, []string{"11", "14", "12", "10"}, ""},
	} {
		var figures []string
		for i := range 40 {
			figures = append(figures, want.counted[i%4])
		}
		points := months(t, "2015-04", figures...)
		for i := range points {
			points[i].Denominator = number(want.of[i%4])
			points[i].Value = decimal.NewNullDecimal(points[i].Numerator.Decimal.Div(points[i].Denominator.Decimal))
		}
		points[38].Numerator.Decimal = points[38].Numerator.Decimal.Sub(decimal.NewFromInt(1))
		points[38].Value = decimal.NewNullDecimal(points[38].Numerator.Decimal.Div(points[38].Denominator.Decimal))
		got, err := measure.NewChart(find(t, c, "seen"), points, nil, decimal.NullDecimal{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Groups[0].Reason.Code != want.code {
			t.Errorf("%s: %+v, want %q", name, got.Groups[0].Reason, want.code)
		}
		for i, p := range got.Chart.Points {
			if want.code != "" && p.Cause != spc.NoCause {
				t.Errorf("%s: figure %d is labelled %q", name, i+1, p.Cause)
			}
		}
	}
}

// A run of large counts at the end of mostly small ones is told, by several periods and never by one patient or one month.
func TestRiseOfRareEvents(t *testing.T) {
	c := declared(t, "")
	quiet := strings.Repeat("0 0 1 0 ", 10)
	for name, test := range map[string]struct {
		figures, says string
	}{
		"large":           {quiet + "1 1 44 61 348 411 187 94", "of which 6 lie above all 36 before; the highest of those is 1"},
		"half a year":     {"49 " + quiet + "0 0 2 27 50 73 107 42", "of the last 6 figures, of which 3 lie above all"},
		"a long run":      {strings.Repeat("0 0 1 0 30 0 ", 6) + "15 9 16 12 13 21 15", "one of 7 figures in a row of 5 or more"},
		"over years":      {strings.Repeat("0 1 ", 16) + strings.Repeat("40 50 ", 10), "one of 20 figures in a row of 5 or more"},
		"one month":       {quiet + "0 0 0 0 0 0 0 90", ""},
		"two months":      {quiet + "0 0 0 0 0 0 90 95", ""},
		"one patient":     {strings.Repeat("0 ", 40) + strings.Repeat("1 ", 12), ""},
		"as once before":  {"90 95 80 97 " + quiet + "0 0 0 0 90 70 80 90", ""},
		"over again":      {quiet + "60 70 80 90 60 0 0 0", ""},
		"barely any past": {strings.Repeat("0 ", 8) + "1 8 9 7 9 8", ""},
	} {
		chart, err := measure.NewChart(find(t, c, "beds"), months(t, "2015-04", strings.Fields(test.figures)...), nil, decimal.NullDecimal{})
		if err != nil {
			t.Fatal(err)
		}
		signal := measure.Signal{Rise: chart.Rise, Cause: chart.Rise.Cause}
		rule := wording.RuleOf(&signal)
		if told := chart.Variation != spc.NoVariation; !strings.Contains(rule, test.says) || told != (test.says != "") || rule != "" != told {
			t.Errorf("%s: %q, %q", name, chart.Variation, rule)
		}
	}
}

func BenchmarkSignals(b *testing.B) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		b.Fatal(err)
	}
	series := map[*catalog.Measure][]measure.Point{}
	june, _ := catalog.ParsePeriod("2015-06")
	for _, m := range c.Measures {
		if m.Level == catalog.ByEngland {
			continue
		}
		p := m.Grain.LatestEnded(june.Start)
		for end := june.Start.AddDate(0, 58, 0); p.Start.Before(end) && len(series[m]) < 58; p = p.Next() {
			value := decimal.New(int64(10000+len(series[m])*7919%901), 0)
			if m.Unit == catalog.Share {
				value = value.Div(decimal.New(11000, 0))
			}
			series[m] = append(series[m], measure.Point{Period: p, Value: decimal.NewNullDecimal(value), Complete: true})
		}
	}
	baseline := decimal.NewNullDecimal(decimal.New(10000, 0))
	for b.Loop() {
		for m, points := range series {
			targets := c.TargetsOf(m.ID)
			for range 44 {
				chart, err := measure.NewChart(m, points, nil, baseline)
				if err != nil || len(chart.Points) != len(points) {
					b.Fatal(err)
				}
				for _, t := range targets {
					for _, p := range points {
						if judge(t, p, baseline).State == "" {
							b.Fatal(t.ID)
						}
					}
				}
			}
		}
	}
	b.ReportMetric(float64(len(series)), "measures")
}
