package catalog_test

import (
	"strings"
	"testing"

	"stpdash/internal/catalog"
)

const study = `        study:
          by: A university
          population: Some people
          from: 2018-04
          until: 2019
          method: matched_people
          estimates:
            - {of: Cost, measure: cost, found: fewer, change: -27, low: -45, high: -2, unit: percent, p: 0.03}
            - {of: Nights, found: no_difference}
            - {of: Visits, found: slower_growth, change: 6.4, elsewhere: 12, unit: percent}
          differs:
            - {in: people, why: It follows people.}
`

func TestStudies(t *testing.T) {
	c, err := catalog.Read(withClaims(claims + study))
	if err != nil {
		t.Fatal(err)
	}
	s := c.Claims[0].Evaluations[0].Study
	if e := s.Estimates[0]; e.Changed.Decimal.String() != "-27" || e.Lower.Decimal.String() != "-45" || !e.Chance.Valid || s.Estimates[1].Changed.Valid ||
		s.Estimates[2].Compared.Decimal.String() != "12" {
		t.Errorf("%+v", s.Estimates)
	}
	for _, test := range []struct{ name, old, new, want string }{
		{"by nobody", "by: A university", `by: ""`, `study.by: found "", accepted: who evaluated`},
		{"of an unknown method", "method: matched_people", "method: guess", `study.method: found "guess", accepted: matched_people, synthetic_control, panel_regression, before_and_after, plan_against_outturn, not_stated`},
		{"that ends before it starts", "until: 2019", "until: 2017", `study.until: found "2017", accepted: a month or year not before 2018-04`},
		{"of fewer that are more", "change: -27, low: -45, high: -2", "change: 27", `estimates[0].change: found "27", accepted: a number below zero, as fewer were found`},
		{"outside its interval", "low: -45", "low: -20", `estimates[0].low: found "-20 to -2", accepted: an interval that holds the change`},
		{"with half an interval", "low: -45, ", "", `estimates[0].high: found "-2", accepted: both ends of the interval, or neither`},
		{"without a unit", "unit: percent, p: 0.03", "p: 0.03", `estimates[0].unit: found "", accepted: a unit with a change, and none without one`},
		{"of a slower growth that was faster", "elsewhere: 12", "elsewhere: 5", `estimates[2].elsewhere: found "5", accepted: a number over the change, as growth was slower`},
		{"of no measure", "measure: cost, found: fewer", "measure: prize, found: fewer", `estimates[0].measure: found "prize", accepted: the id of a measure`},
		{"of no chance", "p: 0.03", "p: 3", `estimates[0].p: found "3", accepted: a number from 0 to 1`},
		{"that says not why it differs", "differs:\n            - {in: people, why: It follows people.}", "differs: []", `study.differs: found "none", accepted: why our estimate may be another`},
		{"that differs in nothing known", "in: people", "in: colour", `study.differs[0].in: found "colour", accepted: people, places, period, outcome, unit, comparator, method`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.Count(study, test.old) != 1 {
				t.Fatalf("%q does not stand in one place", test.old)
			}
			_, err := catalog.Read(withClaims(claims + strings.Replace(study, test.old, test.new, 1)))
			if err == nil || !strings.HasPrefix(err.Error(), "claims/c.yaml:") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// A claim is answered by figures, else disputed where somebody does not accept it, else under test where there is an estimate.
func TestStatusOfAClaim(t *testing.T) {
	plain := &catalog.Claim{}
	disputed := &catalog.Claim{Disputes: []catalog.Dispute{{By: "A council"}}}
	for _, test := range []struct {
		claim               *catalog.Claim
		underTest, answered bool
		want                catalog.ClaimStatus
	}{
		{plain, false, false, catalog.StatusStated},
		{plain, true, false, catalog.StatusUnderTest},
		{plain, true, true, catalog.StatusAnswered},
		{disputed, false, false, catalog.StatusDisputed},
		{disputed, true, false, catalog.StatusDisputed},
		{disputed, true, true, catalog.StatusAnswered},
	} {
		if got := test.claim.Status(test.underTest, test.answered); got != test.want {
			t.Errorf("under test %v, answered %v: %s, want %s", test.underTest, test.answered, got, test.want)
		}
	}
}

// What is claimed and what is measured stand beside each other only in one unit.
func TestUnitsOfClaims(t *testing.T) {
	number, share, rate, gbp := &catalog.Measure{
		Unit: catalog.Number,
	}, &catalog.Measure{
		Unit: catalog.Share,
	}, &catalog.Measure{
		Unit: catalog.Rate,
	}, &catalog.Measure{
		Unit: catalog.GBP,
	}
	c, err := catalog.Read(withClaims(strings.Replace(claims, "    size: 10\n    unit: percent\n", "", 1)))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		claim   *catalog.Claim
		measure *catalog.Measure
		want    catalog.UnitDifference
	}{
		{&catalog.Claim{Unit: catalog.Percent}, number, catalog.SameUnit},
		{&catalog.Claim{Unit: catalog.Percent}, share, catalog.PercentOfAShare},
		{&catalog.Claim{Unit: catalog.Count}, rate, catalog.CountOfARatio},
		{&catalog.Claim{Unit: catalog.Count}, number, catalog.SameUnit},
		{c.Claims[0], number, catalog.PoundsOfACount},
		{c.Claims[0], gbp, catalog.SameUnit},
		{&catalog.Claim{Unit: catalog.Percent, Differs: []catalog.Difference{{In: catalog.DifferentUnit}}}, number, catalog.StatedOtherwise},
	} {
		if got := test.claim.UnitDiffers(test.measure); got != test.want {
			t.Errorf("%+v of a %s: %q, want %q", test.claim, test.measure.Unit, got, test.want)
		}
	}
}

// No title states a claim as a fact, whatever a definition says.
func TestTitlesOfClaims(t *testing.T) {
	c, err := catalog.Read(withClaims(claims))
	if err != nil || c.Claims[0].Title != "Claimed: Less spent" {
		t.Errorf("%v: %q", err, c.Claims[0].Title)
	}
	c, err = catalog.Read(withClaims(strings.Replace(claims, "kind: cashable", "kind: plan", 1)))
	if err != nil || c.Claims[0].Title != "Planned: Less spent" {
		t.Errorf("of a plan: %v: %q", err, c.Claims[0].Title)
	}
	for title, want := range map[string]string{
		`"Claimed: less spent"`: `claims/c.yaml:3:12: claims[0].title: found "Claimed: less spent", accepted: the words alone: pages put “Claimed:” before them, of a plan “Planned:”`,
		"Less was spent.":       `claims/c.yaml:3:12: claims[0].title: found "Less was spent.", accepted: a few words without a full stop, as they are no sentence of ours`,
	} {
		if _, err := catalog.Read(withClaims(strings.Replace(claims, "title: Less spent", "title: "+title, 1))); err == nil || err.Error() != want {
			t.Errorf("%s: %v", title, err)
		}
	}
}
