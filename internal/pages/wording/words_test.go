package wording

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/forecast"
	"stpdash/internal/measure"
	"stpdash/internal/rates"
	"stpdash/internal/spc"
)

func TestStatesInWords(t *testing.T) {
	june, _ := catalog.ParsePeriod("2018-06")
	for _, c := range []struct {
		measure      catalog.Measure
		bound        catalog.Bound
		value, asked string
		state        measure.State
		want         string
	}{
		{catalog.Measure{Unit: catalog.Share}, catalog.AtLeast, "0.8496", "0.85", measure.OffTrajectory, "Off track (84.96% against 85.00%). Target: at least 85.0% in June 2018."},
		{catalog.Measure{Unit: catalog.Share}, catalog.AtLeast, "0.9082", "0.9083333333333333", measure.OffTrajectory, "Off track (90.82% against 90.83%). Target: at least 90.8% in June 2018."},
		{catalog.Measure{Unit: catalog.Share}, catalog.AtLeast, "0.849", "0.85", measure.OffTrajectory, "Off track. Target: at least 85.0% in June 2018."},
		{catalog.Measure{Unit: catalog.Share}, catalog.AtLeast, "0.8504", "0.85", measure.Met, "Met. Target: at least 85.0% in June 2018."},
		{catalog.Measure{Unit: catalog.Share}, catalog.AtMost, "0.00004", "0", measure.OffTrajectory, "Off track (0.004% against 0.000%). Target: at most 0.0% in June 2018."},
		{catalog.Measure{Unit: catalog.Number}, catalog.AtMost, "47208.42857143", "47208.4", measure.OffTrajectory, "Off track (47,208.43 against 47,208.40). Target: at most 47,208.4 in June 2018."},
		{catalog.Measure{Unit: catalog.Number}, catalog.AtMost, "10", "9.97", measure.OffTrajectory, "Off track (10.00 against 9.97). Target: at most 10.0 in June 2018."},
		{catalog.Measure{Unit: catalog.GBP}, catalog.AtLeast, "3799999999.6", "3800000000", measure.OffTrajectory, "Off track (£3,799,999,999.6 against £3,800,000,000.0). Target: at least £3,800,000,000 in June 2018."},
		{catalog.Measure{Unit: catalog.Rate, Per: 100}, catalog.AtMost, "0.50049", "0.5", measure.OffTrajectory, "Off track (0.5005 against 0.5000). Target: at most 0.500 per 100 in June 2018."},
	} {
		value, asked := decimal.NewNullDecimal(decimal.RequireFromString(c.value)), decimal.NewNullDecimal(decimal.RequireFromString(c.asked))
		j := measure.Judgement{Target: &catalog.Target{Bound: c.bound}, State: c.state, Value: value, Required: asked}
		if got := StateSentence(&c.measure, j, june); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestFiguresInWords(t *testing.T) {
	count := &catalog.Measure{Unit: catalog.Number}
	share := &catalog.Measure{Unit: catalog.Share}
	rate := &catalog.Measure{Unit: catalog.Rate, Per: 100_000, Counted: "admissions"}
	money := &catalog.Measure{Unit: catalog.GBP}
	n := decimal.RequireFromString
	at := func(text string) measure.Point { return measure.Point{Value: decimal.NewNullDecimal(n(text))} }
	for got, want := range map[string]string{
		Value(count, n("1949762")):                     "1,949,762",
		Value(count, n("47208.42857143")):              "47,208.4",
		Value(share, n("0.9051525263")):                "90.5%",
		Value(money, n("7133.577660000001")):           "£7,134",
		Value(money, n("713.577660000001")):            "£713.58",
		Value(money, n("-10144201000")):                "−£10,144,201,000",
		Value(rate, n("884.432")):                      "884.4 per 100,000",
		Value(rate, n("0.0512")):                       "0.051 per 100,000",
		AsNumber.Finer(rate, n("1884.432"), 0):         "1,884.4",
		UnitHeading(rate, AsNumber):                    "admissions per 100,000",
		Changed(rate, n("1.25")):                       "+1.3%",
		Comparison(rate, at("3"), n("1.25")):           "1.3% higher than a year before",
		Changed(count, n("-29.33")):                    "−29.3%",
		Changed(share, n("1.25")):                      "+1.3 points",
		Changed(count, n("0.01")):                      "0.0%",
		Comparison(count, at("3"), n("933.3")):         "against 3 a year before",
		Comparison(count, at("1000"), n("-29.33")):     "29.3% lower than a year before",
		Comparison(share, at("0.9"), n("1.25")):        "1.3 percentage points higher than a year before",
		Comparison(share, at("0.91046"), n("-12.275")): "12.28 percentage points lower than a year before", // 91.0 to 78.8
		Comparison(count, measure.Point{Value: at("3").Value, Weighted: true}, n("933.3")): "against 3 (estimate) a year before",
		Comparison(count, at("1000"), n("0.01")):                                           "much the same as a year before",
		directions(0, 44, 0):                                                               "All 44 footprints were lower than a year before.",
		directions(6, 25, 0):                                                               "Of the 31 footprints with both figures 6 were higher than a year before and 25 lower.",
		AsNumber.Finer(money, n("86553000"), 0):                                            "£86.6m",
		AsNumber.Finer(money, n("-86553000"), 0):                                           "−£86.6m",
		AsRate.Write(money, n("-1.5")):                                                     "−£1.50",
		PoundsOf("1200000"):                                                                "£1,200,000",
		PoundsOf("-18879155"):                                                              "−£18,879,155",
		List([]string{"one", "two", "three"}):                                              "one, two and three",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestShortfall(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	target := func(id string) (*catalog.Measure, *catalog.Target) {
		i := slices.IndexFunc(c.Targets, func(t *catalog.Target) bool { return t.ID == id })
		m, _ := c.Measure(c.Targets[i].Measure)
		return m, c.Targets[i]
	}
	for _, test := range []struct {
		target, from string // the period of the first figure
		figures      string // one a period, - where there is none
		want         string
	}{
		{"four_hour_standard", "2015-07", "0.95 0.949 0.93 0.788", "16.2 points short; off track since August 2015 (3 months in a row)"},
		{"four_hour_standard", "2015-07", "0.949 0.93 0.788", "16.2 points short; off track at least since July 2015 (3 months in a row)"},
		{"four_hour_standard", "2015-07", "0.94 - 0.93 0.788", "16.2 points short; off track at least since September 2015 (2 months in a row)"},
		{"four_hour_standard", "2015-07", "0.96 0.94999", "0.001 points short; off track since August 2015"},
		{"four_hour_standard", "2010-06", "0.94", "1.0 points short; off track since June 2010"},
		{"four_hour_standard", "2015-07", "0.8 0.95", ""},
		{"four_hour_standard", "2015-07", "0.8 -", ""},
		// A twelfth of the line from 90 to 95 per cent asks for 90.83…: the figures shown, 90.8% and 90.2%, lie 0.6 apart.
		{"four_hour_recovery_2017", "2017-09", "0.91 0.9018", "0.65 points short; off track since October 2017"},
		{"admissions_funded_growth_2018", "2018-03", "0.05 0.04", "1.7 points over; off track since April 2018"},
		{"delayed_days_social_care_2017", "2017-02", "1000 - - - - - - - - - - - - 500 480.5", "10.5 over; off track since March 2018 (2 months in a row)"},
		{"handovers_over_30_minutes", "2018-12-01", "0.12 0.1305", "13.1 points over; off track at least since 1 December 2018 (2 days in a row)"},
	} {
		m, target := target(test.target)
		at, err := catalog.ParsePeriod(test.from)
		if err != nil {
			t.Fatal(err)
		}
		var points []measure.Point
		for figure := range strings.FieldsSeq(test.figures) {
			p := measure.Point{Period: at}
			if figure != "-" {
				p.Value = decimal.NewNullDecimal(decimal.RequireFromString(figure))
			}
			points, at = append(points, p), at.Next()
		}
		if got := shortfall(m, []*catalog.Target{target}, points); got != test.want {
			t.Errorf("%s of %s: %q, want %q", test.target, test.figures, got, test.want)
		}
	}
}

// Where other targets governed some of the months, the sentence says so, and since when the target that governs now was missed.
func TestShortfallOfSeveralTargets(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	m, _ := c.Measure("ae_four_hour")
	place := figures.Area{Code: "E54000033", Footprint: &footprint.Footprint{Code: "E54000033"}}
	targets := figures.NewDirectory(c, nil).TargetsOf(m, place)
	at, _ := catalog.ParsePeriod("2018-07")
	for figures, want := range map[string]string{
		// 90% was asked for in September 2018, and reached; nearly 92% in November was not.
		"0.90 0.90 0.91 0.915 0.90 0.90 0.90 0.90 0.90 0.90": "5.0 points short; this target missed at least since July 2018 (10 months in a row); " +
			"off track since November 2018 (6 months in a row), each month by the target then in force",
		"0.96 0.90 0.80 0.80 0.80 0.80 0.80 0.80 0.80 0.90": "5.0 points short; off track since August 2018 (9 months in a row), each month by the target then in force",
		"0.96 0.96 0.96 0.96 0.96 0.96 0.96 0.96 0.96 0.90": "5.0 points short; off track since April 2019",
	} {
		var points []measure.Point
		for p, all := at, strings.Fields(figures); len(points) < len(all); p = p.Next() {
			points = append(points, measure.Point{Period: p, Value: decimal.NewNullDecimal(decimal.RequireFromString(all[len(points)]))})
		}
		if got := shortfall(m, targets, points); got != want {
			t.Errorf("%s: %q, want %q", figures, got, want)
		}
	}
}

// The limits of a share near zero reach below it; that is no reason to say that none late is hit and missed.
func TestAssuranceOfATargetNeverMet(t *testing.T) {
	m := &catalog.Measure{Direction: catalog.Down}
	s := &measure.Signal{Target: &catalog.Target{}, Assurance: spc.Inconsistent, MetOf: 61}
	if sign := AssuranceIcon(m, s); sign.Text != "Not known" || !strings.Contains(sign.Words, "met in 0 of 61 figures") {
		t.Errorf("never met: %+v", sign)
	}
	s.Met = 1
	if sign := AssuranceIcon(m, s); sign.Text != "Passing and falling short" || !strings.Contains(sign.Words, "met in 1 of 61 figures") {
		t.Errorf("met once: %+v", sign)
	}
}

func TestOutlookOfWhatHasPassed(t *testing.T) {
	p, err := catalog.ParsePeriod("2021-02")
	if err != nil {
		t.Fatal(err)
	}
	o := figures.Outlook{Until: p, Last: p, Backtest: &forecast.Report{}, Outlook: measure.Outlook{
		Forecast: &forecast.Forecast{Steps: []forecast.Step{{Median: 0.8, Lower80: 0.7, Upper80: 0.9}}}, Periods: []catalog.Period{p},
	}}
	m := &catalog.Measure{Unit: catalog.Share, Grain: catalog.Month}
	if got := Outlook(m, o, false); got != "If the trend continues, February 2021: 80.0% (likely range 70.0% to 90.0%)." {
		t.Error(got)
	}
	want := "If the trend had continued, February 2021: 80.0% (likely range 70.0% to 90.0%). The actual figure is not loaded."
	if got := Outlook(m, o, true); got != want {
		t.Error(got)
	}
}

// Amounts beside each other on a map are written in one way, whatever their size and sign.
func TestAmountsBesideEachOther(t *testing.T) {
	money, beds := &catalog.Measure{Unit: catalog.GBP}, &catalog.Measure{Unit: catalog.Number}
	for _, c := range []struct {
		m            *catalog.Measure
		values, want string
	}{
		{money, "1949000 -97852000 120000", "£1.9m −£97.9m £0.1m"},
		{money, "1949000 -97852000 41000", "£1.95m −£97.85m £0.04m"},
		{money, "1949000 0 9", "£1.949m £0.000m £0.000m"},
		{money, "40996.4042000000058 152331 999.5", "£40,996 £152,331 £1,000"},
		{money, "12.5 999", "£12.50 £999.00"},
		{money, "12 999", "£12 £999"},
		{beds, "4099.1333333333386 82", "4,099.1 82.0"},
		{beds, "1234 82", "1,234 82"},
	} {
		var values []decimal.NullDecimal
		for text := range strings.FieldsSeq(c.values) {
			values = append(values, decimal.NewNullDecimal(decimal.RequireFromString(text)))
		}
		write := AsNumber.Among(c.m, values)
		var got []string
		for _, v := range values {
			got = append(got, write(v.Decimal, 0))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %s, want %s", c.values, strings.Join(got, " "), c.want)
		}
	}
}

func shortfall(m *catalog.Measure, targets []*catalog.Target, points []measure.Point) string {
	if s, ok := measure.NewShortfall(targets, points, points[len(points)-1].Period); ok {
		return Shortfall(m, &s)
	}
	return Shortfall(m, nil)
}

func TestFunnelReasonsHaveWords(t *testing.T) {
	for _, code := range rates.Reasons {
		if FunnelReason(rates.Reason{Code: code}) == "" {
			t.Errorf("%s has no words", code)
		}
	}
	if got := FunnelReason(
		rates.Reason{Code: rates.MoreThanAll, Value: 101, Of: 100},
	); got != "numerator 101 of a denominator of 100: no more than all is accepted for a proportion" {
		t.Error(got)
	}
}
