package catalog_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"stpdash/internal/catalog"
)

const claims = `claims:
  - id: less_spent
    title: Less spent
    places: [E54000024]
    scheme: A scheme
    claimant: A body
    claimed: A tenth less was spent.
    measure: cost
    direction: decrease
    size: 10
    unit: percent
    gbp: 5000.50
    kind: cashable
    start: 2018-04
    until: 2019-03
    baseline: 2017-04
    costs: 0
    comparator: {kind: before, words: the year before}
    covers: {words: some people, people: 20}
    published: 2019-06
    citation: {title: A report, url: "https://example.org/report"}
    evaluations:
      - what: Nothing changed.
        citation: {title: A study, url: "https://example.org/study"}
`

const leftOut = `left_out:
  - title: A gap
    places: [E54000024]
    claimant: A plan
    citation: {title: A paper, url: "https://example.org/paper"}
    why: No measure counts gaps.
  - title: Posts to go
    claimant: A newspaper
    citation: {title: An article, url: "https://example.org/article"}
    why: No figures of staff are loaded.
`

func withClaims(claims string) fstest.MapFS {
	return fstest.MapFS{"measures/m.yaml": {Data: []byte(measures)}, "sources/s.yaml": {Data: []byte(source)}, "claims/c.yaml": {Data: []byte(claims)}}
}

func TestClaims(t *testing.T) {
	c, err := catalog.Read(withClaims(claims))
	if err != nil {
		t.Fatal(err)
	}
	found, ok := c.Claim("less_spent")
	if !ok || found.Hash() == "" || found.Pounds().Decimal.String() != "5000.5" || !found.SchemeCosts().Valid || found.Amount().Decimal.String() != "10" {
		t.Errorf("%+v", found)
	}
	start, _ := found.StartPeriod()
	until, _ := found.UntilPeriod()
	base, ok := found.BaselinePeriod()
	if start.String() != "2018-04" || until.String() != "2019-03" || !ok || base.String() != "2017-04" {
		t.Error(start, until, base)
	}
	without, err := catalog.Read(withClaims(strings.ReplaceAll(claims, "    gbp: 5000.50\n", "")))
	if err != nil || without.Claims[0].Pounds().Valid || without.Claims[0].Hash() == found.Hash() {
		t.Errorf("without pounds: %v, %+v", err, without)
	}
}

func TestMistakesOfClaims(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"of no measure", "measure: cost", "measure: prize", `claims/c.yaml:8:14: claims[0].measure: found "prize", accepted: the id of a measure`},
		{"without a place", "[E54000024]", "[]", `claims/c.yaml:4:13: claims[0].places: found "none", accepted: england, or codes of footprints`},
		{"of England and a part of it", "[E54000024]", "[england, E54000024]", `claims/c.yaml:4:13: claims[0].places: found "england beside others", accepted: england alone, or codes of footprints`},
		{"of a place twice", "[E54000024]", "[E54000024, E54000024]", `claims/c.yaml:4:25: claims[0].places[1]: found "E54000024", accepted: each place once`},
		{"nowhere to", "direction: decrease", "direction: down", `claims/c.yaml:9:16: claims[0].direction: found "down", accepted: decrease, increase`},
		{"of a size below zero", "size: 10", "size: -10", `claims/c.yaml:10:11: claims[0].size: found "-10", accepted: a number over zero`},
		{"of no number", "gbp: 5000.50", "gbp: 5m", `claims/c.yaml:12:10: claims[0].gbp: found "5m", accepted: a number`},
		{"without a unit", "    unit: percent\n", "", `claims/c.yaml:2:5: claims[0].unit: found "", accepted: a unit with a size, and none without one`},
		{"of an unknown unit", "unit: percent", "unit: points", `claims/c.yaml:11:11: claims[0].unit: found "points", accepted: percent, count`},
		{"of an unknown kind", "kind: cashable", "kind: saving", `claims/c.yaml:13:11: claims[0].kind: found "saving", accepted: cashable, non_cashable, avoided_cost, activity, plan`},
		{"of another grain", "start: 2018-04", "start: 2018-Q2", `claims/c.yaml:14:12: claims[0].start: found "2018-Q2", accepted: a month such as 2017-04`},
		{"that ends after it was published", "published: 2019-06", "published: 2019-02-27", `claims/c.yaml:15:12: claims[0].until: found "2019-03", accepted: a period that ended by the time of publication, 2019-02-27, as the claim is of what came`},
		{"that ends after the year of publication", "published: 2019-06", "published: 2018", `claims/c.yaml:15:12: claims[0].until: found "2019-03", accepted: a period that ended by the time of publication, 2018, as the claim is of what came`},
		{"that ends before it starts", "until: 2019-03", "until: 2018-03", `claims/c.yaml:15:12: claims[0].until: found "2018-03", accepted: a period not before the start`},
		{"of an unknown comparator", "kind: before", "kind: luck", `claims/c.yaml:18:24: claims[0].comparator.kind: found "luck", accepted: matched, area, before, plan, do_nothing, not_stated`},
		{"of fewer than no people", "people: 20", "people: -1", `claims/c.yaml:19:42: claims[0].covers.people: found "-1", accepted: a number not under zero`},
		{"of more than all", "people: 20", "share: 1.2", `claims/c.yaml:19:41: claims[0].covers.share: found "1.2", accepted: a share over 0 and up to 1`},
		{"of no date", "published: 2019-06", "published: June", `claims/c.yaml:20:16: claims[0].published: found "June", accepted: a date (2017-02-08), a month (2017-02) or a year (2017)`},
		{"without a source", `"https://example.org/report"`, `""`, `claims/c.yaml:21:38: claims[0].citation.url: found "", accepted: the address of a published text`},
		{"with an evaluation from nowhere", `"https://example.org/study"`, `"example.org"`, `claims/c.yaml:24:41: claims[0].evaluations[0].citation.url: found "example.org", accepted: an address that begins with https:// or http://, without a name and password`},
		{
			"with an outturn of no plan", "evaluations:", "outturn: {what: More., change: 5, citation: {title: An audit, url: \"https://example.org\"}}\n    evaluations:",
			`claims/c.yaml:22:14: claims[0].outturn: found "an outturn", accepted: none, as the claim is no plan`,
		},
		{
			"with a unit cost of money", "gbp: 5000.50", "unit_cost: {gbp: 3, citation: {title: A tariff, url: \"https://example.org\"}}",
			`claims/c.yaml:12:16: claims[0].unit_cost: found "a unit cost", accepted: none, as the measure is no count`,
		},
		{"with a misspelt field", "scheme:", "schema:", `claims/c.yaml:5:5: unknown field "schema", accepted: id, title, places, schemes, units, group, scheme, claimant, owner, response, disputes, claimed, measure, finer, differs, about, direction, size, stated, unit, gbp, kind, unit_cost, start, started_in, until, open_ended, baseline, costs, comparator, covers, published, note, citation, study, evaluations, outturn`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.Count(claims, test.old) != 1 {
				t.Fatalf("%q does not stand in one place", test.old)
			}
			_, err := catalog.Read(withClaims(strings.Replace(claims, test.old, test.new, 1)))
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
	_, err := catalog.Read(withClaims(claims + strings.TrimPrefix(claims, "claims:\n")))
	if want := `claims/c.yaml:25:9: claims[1].id: found "less_spent", accepted: an id that no other claim has`; err == nil || err.Error() != want {
		t.Errorf("an id twice: %v", err)
	}
}

func TestMistakesOfClaimsLeftOut(t *testing.T) {
	c, err := catalog.Read(withClaims(claims + leftOut))
	if err != nil || len(c.LeftOut) != 2 || c.LeftOut[0].Places[0] != "E54000024" || len(c.LeftOut[1].Places) != 0 {
		t.Fatalf("%v: %+v", err, c)
	}
	for _, test := range []struct{ name, old, new, want string }{
		{"without a reason", "No measure counts gaps.", `""`, `claims/c.yaml:30:10: left_out[0].why: found "", accepted: why it is left out`},
		{"with a reason that is none", "why: No measure counts gaps.", "reason: No reason\n    why: No measure counts gaps.", `claims/c.yaml:30:13: left_out[0].reason: found "No reason", accepted: lower-case letters, digits and underscores`},
		{"with other words than its reason has", "why: No measure counts gaps.\n  - title: Posts to go", "reason: staff\n    why: No measure counts gaps.\n  - title: Posts to go\n    reason: staff", `claims/c.yaml:36:10: left_out[1].why: found "No figures of staff are loaded.", accepted: the words that others of its reason have`},
		{"without a claimant", "claimant: A newspaper", `claimant: ""`, `claims/c.yaml:32:15: left_out[1].claimant: found "", accepted: who says so`},
		{"of a place twice", "[E54000024]\n    claimant: A plan", "[E54000024, E54000024]\n    claimant: A plan", `claims/c.yaml:27:25: left_out[0].places[1]: found "E54000024", accepted: each place once`},
		{"from nowhere", "https://example.org/paper", "example.org", `claims/c.yaml:29:37: left_out[0].citation.url: found "example.org", accepted: an address that begins with https:// or http://, without a name and password`},
		{"with the title of another", "title: Posts to go", "title: A gap", `claims/c.yaml:31:12: left_out[1].title: found "A gap", accepted: a title that no other has`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.Count(claims+leftOut, test.old) != 1 {
				t.Fatalf("%q does not stand in one place", test.old)
			}
			_, err := catalog.Read(withClaims(strings.Replace(claims+leftOut, test.old, test.new, 1)))
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// The register states who says what, and since when its page says so: every claim has words of its own, and a page each.
func TestRegisteredClaims(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, claim := range c.Claims {
		if other, taken := said[claim.Words]; taken {
			t.Errorf("%s and %s have the same title", claim.ID, other)
		}
		said[claim.Words] = claim.ID
		if claim.Owner == "" {
			t.Errorf("%s does not say who answers for it, not even that nobody is named", claim.ID)
		}
		if claim.Kind == catalog.Plan && !claim.Amount().Valid && !claim.Pounds().Valid && claim.Note == "" {
			t.Errorf("%s is a plan of nothing, and no note says why", claim.ID)
		}
	}
	for _, left := range c.LeftOut {
		if other, taken := said[left.Title]; taken {
			t.Errorf("%s is registered, and left out", other)
		}
	}
	if len(c.Claims) < 108 || len(c.LeftOut) < 50 {
		t.Errorf("%d claims are registered and %d left out", len(c.Claims), len(c.LeftOut))
	}
}

// Where the words of a claim name the end of a time, the claim has an end or says why it has none: without, it is tested up to the newest figures.
func TestClaimsWhoseWordsHaveAnEnd(t *testing.T) {
	for words, found := range map[string]string{
		"So far in 2017/18, there were 7.5 per cent fewer.":               "2017/18",
		"So far there were fewer.":                                        "So far",
		"Fewer to date.":                                                  "to date",
		"Fewer by March 2018.":                                            "by March 2018",
		"Fewer by the end of March 2018.":                                 "by the end of March 2018",
		"10% fewer beds by 2021.":                                         "by 2021",
		"Between April 2016 and May 2017 there were fewer.":               "Between April 2016",
		"Fewer in the first year.":                                        "in the first year",
		"Fewer over almost three years.":                                  "over almost three years",
		"Fewer within 18 months.":                                         "within 18 months",
		"Fewer over a two-year pilot.":                                    "over a two-year",
		"Fewer in winter 2017.":                                           "in winter 2017",
		"Within eighteen months emergency admissions were a tenth lower.": "Within eighteen months",
		"Between April and September 2017 there were fewer.":              "September 2017",
		"Between April and September there were fewer.":                   "Between April",
		"By Christmas 2017 there were fewer.":                             "Christmas 2017",
		"There were fewer by Christmas.":                                  "by Christmas",
		"Admissions were lower last winter.":                              "last winter",
		"Fewer this year.":                                                "this year",
		"Fewer over the past few months.":                                 "over the past few months",
		"Fewer after twenty-six weeks.":                                   "after twenty-six weeks",
		"Fewer in half a year.":                                           "in half a year",
		"Fewer a year and a half later.":                                  "a year and a half later",
		"Two years later there were fewer.":                               "Two years later",
		"From April 2016 to the end of the pilot there were fewer.":       "to the end",
		"Fewer until the ward closed.":                                    "until",
		"Fewer up to now.":                                                "up to now",
		"Fewer up to Easter.":                                             "to Easter",
		"Fewer by the sixth year.":                                        "by the sixth year",
		"Fewer in year three.":                                            "year three",
		"Fewer in the year to March 2018.":                                "to March 2018",
		"Fewer by 31 March.":                                              "31 March",
		"Fewer in Q3 2018.":                                               "Q3 2018",
		"Fewer in 15/16.":                                                 "15/16",
		"Fewer than last winter.":                                         "",
		"Fewer since Christmas 2016.":                                     "",
		"Fewer since it began in April 2016.":                             "",
		"Since April 2016 there may be fewer.":                            "",
		"Fewer of people over 65 years old.":                              "",
		"10 of 12 practices took part; 2,000 patients march on.":          "",
		"Fewer than in 2013/14.":                                          "",
		"Days 7.5 per cent below 2013/14 were planned.":                   "",
		"Fewer than in the year before.":                                  "",
		"Fewer since 2015.":                                               "",
		"It cost £17.58 million a year.":                                  "",
		"Fourteen fewer a week, of people over 65, in 23 homes.":          "",
		"1,810 beds to become 1,570 in Dorset.":                           "",
		"Up to 2,000 fewer admissions of people over 75 in 15 towns.":     "",
	} {
		text := strings.Replace(strings.Replace(claims, "    until: 2019-03\n", "", 1), "claimed: ", "claimed: "+fmt.Sprintf("%q #", words), 1)
		_, err := catalog.Read(withClaims(text))
		if found == "" && err != nil {
			t.Errorf("%s %v", words, err)
		}
		if found != "" && (err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("claims/c.yaml:7:14: claims[0].claimed: found %q, accepted: ", found))) {
			t.Errorf("%s %v", words, err)
		}
		for _, end := range []string{"    until: 2019-03\n", "    open_ended: Not stated.\n"} {
			if _, err := catalog.Read(withClaims(strings.Replace(text, "    start: ", end+"    start: ", 1))); err != nil {
				t.Errorf("%s with %s%v", words, end, err)
			}
		}
	}
}
