//go:build linux || darwin

package figures_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
)

// What an organisation adds to a change is what the published cells beneath both figures say, and all of it adds up. One that left, one that
// joined and those that merged are named as such; where an organisation did not report, nothing is divided.
func TestDrivers(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	w, l := figurestest.Empty(t, c, r, time.Now)
	content := "measure,organisation,period,numerator,denominator,published_file,published_row\n" + strings.ReplaceAll(`gp_referrals,02N,2018-03,100,
gp_referrals,02W,2018-03,200,
gp_referrals,03A,2018-03,50,
gp_referrals,02N,2019-03,90,
gp_referrals,02W,2019-03,230,
gp_referrals,02T,2019-03,7,
gp_referrals,02N,2019-04,95,
gp_referrals,02W,2019-04,,
gp_referrals,00F,2015-03,60,
gp_referrals,00G,2015-03,40,
gp_referrals,00H,2015-03,30,
gp_referrals,13T,2016-03,143,
gp_referrals,00L,2016-03,9,
adults,406,2016,100000,
adults,406,2017,120000,
delayed_days_nhs,406,2016-03,1000,
delayed_days_social_care,406,2016-03,0,
delayed_days_both,406,2016-03,0,
delayed_days_nhs,406,2017-03,900,
delayed_days_social_care,406,2017-03,100,
delayed_days_both,406,2017-03,0,
complex_needs_care_plan,E54000005,2017-Q4,5,10
complex_needs_care_plan,E54000005,2018-Q4,6,10
`, "\n", ",figures.xls,1\n")
	o, err := l.Load(t.Context(), load.File{Name: "figures.csv", Content: strings.NewReader(content), Bundled: true, Accept: "figures of a test"}, "test")
	if err != nil || o.Load.State != load.Published || o.Load.Rejections > 0 {
		t.Fatalf("%+v, %v", o.Load, err)
	}
	k := figurestest.Know(w, w, c, r, time.Now)
	asOf, err := k.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	const westYorkshire, tyneAndWear, devon, cornwall = "E54000005", "E54000046", "E54000017", "E54000016"
	type line struct {
		code, points string
		presence     figures.Presence
		move         figures.OrganisationMoveKind
	}
	for _, test := range []struct {
		what, measure, place, period string
		against                      figures.Against
		change                       string
		none                         figures.NoDriversCode
		about                        []string
		noChange                     figures.NoChangeCode
		lines                        []line
	}{
		{
			what: "one left, one joined", measure: "gp_referrals", place: westYorkshire, period: "2019-03", change: "-23", noChange: figures.MembersChanged,
			lines: []line{
				{"03A", "-50", figures.HasLeft, figures.NoLonger},
				{"02W", "30", figures.Present, ""},
				{"02N", "-10", figures.Present, ""},
				{"02T", "7", figures.HasJoined, figures.Newly},
			},
		},
		{
			what: "three merged", measure: "gp_referrals", place: tyneAndWear, period: "2016-03", change: "22", noChange: figures.MembersChanged,
			lines: []line{{"13T", "13", figures.HasMerged, figures.MergedIn}, {"00L", "9", figures.HasJoined, figures.Newly}},
		},
		{
			what: "one did not report", measure: "gp_referrals", place: westYorkshire, period: "2019-04",
			none: figures.NotReported, about: []string{"02W"},
		},
		{
			what: "one did not report in the period before", measure: "gp_referrals", place: westYorkshire, period: "2018-03", against: figures.AgainstPeriod,
			none: figures.NoEarlierFigure,
		},
		{what: "a return of the footprint", measure: "complex_needs_care_plan", place: westYorkshire, period: "2018-Q4", none: figures.StatedForPlace},
		{what: "a council of which a share counts", measure: "delayed_days_per_adult", place: devon, period: "2017-03", lines: []line{{"406", "", figures.Present, ""}}},
		{what: "and its smaller share", measure: "delayed_days", place: cornwall, period: "2017-03", change: "0", lines: []line{{"406", "0", figures.Present, ""}}},
		{what: "England", measure: "gp_referrals", place: footprint.England, period: "2019-03", none: figures.NoOrganisations},
	} {
		m, err := k.FindMeasure(test.measure)
		if err != nil {
			t.Fatal(err)
		}
		s, err := k.FindArea(test.place)
		if err != nil {
			t.Fatal(err)
		}
		at, err := catalog.ParsePeriod(test.period)
		if err != nil {
			t.Fatal(err)
		}
		d, err := k.Drivers(t.Context(), asOf, m, s, figures.DriversQuestion{Period: at, Against: test.against})
		if err != nil {
			t.Fatalf("%s: %v", test.what, err)
		}
		if d.None.Code != test.none || !slices.Equal(d.None.Organisations, test.about) || d.NoChange.Code != test.noChange {
			t.Errorf("%s: %+v, %+v, want %q of %v and %q", test.what, d.None, d.NoChange, test.none, test.about, test.noChange)
		}
		sum := decimal.Zero
		var lines []line
		for i, o := range d.Organisations {
			sum = sum.Add(o.Points)
			of := line{o.Organisation, o.Points.String(), o.Presence, ""}
			if len(o.Moves) > 0 {
				of.move = o.Moves[0].Kind
			}
			if i < len(test.lines) && test.lines[i].points == "" {
				of.points = ""
			}
			lines = append(lines, of)
			if share := decimal.RequireFromString("0.856025"); test.place == devon && !o.Counts.Equal(share) {
				t.Errorf("%s: %s of its figure counts, want %s", test.what, o.Counts, share)
			}
		}
		if !slices.Equal(lines, test.lines) {
			t.Errorf("%s: %+v, want %+v", test.what, lines, test.lines)
		}
		if !sum.Equal(d.Change.Decimal) || test.change != "" && !sum.Equal(decimal.RequireFromString(test.change)) {
			t.Errorf("%s: the parts add up to %s, the change is %s, want %q", test.what, sum, d.Change.Decimal, test.change)
		}
	}
}
