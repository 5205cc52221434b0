package wording_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/spc"
)

func monthOf(t *testing.T, text string) catalog.Period {
	t.Helper()
	p, err := catalog.ParsePeriod(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// rowOf is a row of one figure, a share of 0.867 in April 2019 against a standard of 95%.
func rowOf(t *testing.T, change func(*figures.Row)) figures.Row {
	t.Helper()
	m := &catalog.Measure{ID: "seen", Title: "Seen", Unit: catalog.Share, Grain: catalog.Month, Direction: catalog.Up}
	at := monthOf(t, "2019-04")
	p := measure.Point{Period: at, Value: decimal.NewNullDecimal(decimal.RequireFromString("0.867")), Complete: true, Organisations: 1}
	r := figures.Row{Measure: m, Whole: p, Points: []measure.Point{p}, Newest: at, Signal: &measure.Charted{Chart: measure.Chart{Chart: &spc.Chart{}}}}
	r.Signal.Undetermined = measure.Undetermined{Why: measure.TooFewPoints, Points: 1}
	change(&r)
	return r
}

func offTrack(r *figures.Row) {
	target := &catalog.Target{ID: "standard", Title: "The standard", Bound: catalog.AtLeast}
	j := measure.Judgement{
		Target:   target,
		State:    measure.OffTrajectory,
		Value:    r.Whole.Value,
		Required: decimal.NewNullDecimal(decimal.RequireFromString("0.95")),
		Governs:  true,
	}
	r.Signal.Judgements = []measure.Judgement{j}
	from, _ := catalog.ParsePeriod("2015-08")
	r.Signal.Shortfall = &measure.Shortfall{Judgement: j, State: measure.Run{From: from, Periods: 45, Known: true}}
}

func TestHowARowStands(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*figures.Row)
		want   wording.Standing
	}{
		"too few":  {func(*figures.Row) {}, wording.Standing{Text: "Too few months (1 of 13)"}},
		"off":      {offTrack, wording.Standing{Mark: "worse", Text: "Off track, 45 months", Why: "Target: at least 95.0%"}},
		"rolling":  {func(r *figures.Row) { r.Signal.Undetermined.Why = measure.Overlapping }, wording.Standing{Text: "Rolling figure: not tested"}},
		"events":   {func(r *figures.Row) { r.Signal.Undetermined.Why = measure.EventsOnly }, wording.Standing{Text: "Affected by a known event: not tested"}},
		"nowhere":  {func(r *figures.Row) { r.Signal = nil }, wording.Standing{Text: "Not tested", Why: "Organisations join and leave"}},
		"none":     {func(r *figures.Row) { r.Whole, r.Points = measure.Point{}, nil }, wording.Standing{Text: "No figure", Why: "None is loaded"}},
		"ordinary": {func(r *figures.Row) { r.Signal.Variation = spc.CommonVariation }, wording.Standing{Text: "Normal variation"}},
		"a month before": {func(r *figures.Row) {
			r.Signal.Variation = spc.CommonVariation
			r.Signal.Of, _ = catalog.ParsePeriod("2019-03")
		}, wording.Standing{Text: "Normal variation", Why: "To Mar 2019. A known event since"}},
	} {
		if got := wording.RowStanding(rowOf(t, test.change)); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

// No reader is shown a verdict without its figure, its period and since when.
func TestWhatIsSeenFirst(t *testing.T) {
	named := func(codes []string) map[string]string {
		names := map[string]string{}
		for _, code := range codes {
			names[code] = "Trust " + code
		}
		return names
	}
	off := rowOf(t, func(r *figures.Row) {
		offTrack(r)
		later := measure.Point{Period: r.Whole.Period.Next(), Organisations: 2, Missing: []string{"RXF"}}
		r.Points = append(r.Points, later)
	})
	g := wording.NewGlance([]figures.Row{off, rowOf(t, func(*figures.Row) {})}, 1)
	if want := "1 of 2 measures are off track. None shows an unusual change."; g.Headline() != want {
		t.Errorf("%q, want %q", g.Headline(), want)
	}
	lines := g.Lines(named)
	if len(lines) != 1 || lines[0].What != "Seen: 86.7% in April 2019, target: at least 95.0%." ||
		lines[0].Known != "Off track for 45 months, since August 2015. There is no later whole figure: none from Trust RXF." {
		t.Errorf("%+v", lines)
	}
	unknown := rowOf(t, func(r *figures.Row) { offTrack(r); r.Signal.Shortfall.State.Known = false })
	if known := wording.RowSummary(unknown, named).Known; strings.Contains(known, "since") {
		t.Errorf("since when it is off track is not known, and it says %q", known)
	}
}

func TestAges(t *testing.T) {
	ended := &catalog.Ended{}
	for name, test := range map[string]struct {
		change func(*figures.Row)
		want   string
	}{
		"in time": {func(r *figures.Row) { r.Age = figures.Age{Months: 1} }, ""},
		"late":    {func(r *figures.Row) { r.Age = figures.Age{Months: 80, Overdue: true} }, "Latest: April 2019, 80 months ago; later figures are not loaded"},
		"stopped": {func(r *figures.Row) { r.Age = figures.Age{Months: 80, Overdue: true, Ended: ended} }, "Latest: April 2019, 80 months ago; the publisher stopped"},
		"not whole": {func(r *figures.Row) {
			r.Age = figures.Age{Months: 80, Overdue: true}
			r.Points = append(r.Points, measure.Point{Period: r.Whole.Period.Next()})
		}, "Latest whole figure: April 2019, 80 months ago; later ones lack an organisation or cannot be worked out"},
	} {
		if got := wording.AgeBadge(rowOf(t, test.change)); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	for text, want := range map[string]string{"2020-03": "Mar 2020", "2015-Q3": "Jul–Sep 2015", "2019-02-03": "3 Feb 2019", "2018/19": "2018/19"} {
		if got := wording.ShortPeriod(monthOf(t, text)); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestWhereAPlaceLies(t *testing.T) {
	for _, test := range []struct {
		at   figures.Position
		want string
	}{
		{figures.Position{}, "Not ranked"},
		{figures.Position{Of: 44, Below: 17, Above: 26}, "18th lowest of 44"},
		{figures.Position{Of: 44, Below: 43}, "Highest of 44"},
		{figures.Position{Of: 44, Above: 28, Same: 15}, "Lowest, with 15 others"},
		{figures.Position{Of: 43, Below: 40, Above: 2}, "3rd highest of 43"},
		{figures.Position{Of: 44, Below: 10, Above: 33}, "11th lowest of 44"},
	} {
		if got := wording.RowPosition(test.at); got != test.want {
			t.Errorf("%+v: %q, want %q", test.at, got, test.want)
		}
	}
}
