package catalog_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
)

const schemes = `programmes:
  - id: pioneers
    name: Pioneers
    citation: {title: A list, url: "https://example.org/list"}
  - id: vanguards
    name: Vanguards
    citation: {title: Another list, url: "https://example.org/vanguards"}
schemes:
  - id: kent
    name: Kent
    programme: pioneers
    start: 2013-11
    units:
      - {at: commissioner, codes: [09C, 09E], extent: whole, certainty: inferred, citation: {title: A list, url: "https://example.org/list"}}
  - id: encompass
    name: Encompass
    programme: vanguards
    start: 2015-03
    until: 2018-03
    units:
      - {at: commissioner, codes: [09E], extent: part, share: 0.77, certainty: stated, citation: {title: A report, url: "https://example.org/report"}}
      - {at: provider, codes: [RVV], extent: part, certainty: general_knowledge}
  - id: manchester
    name: Manchester
    programme: vanguards
    start: 2015
    units:
      - {at: commissioner, codes: [00W, 01M, 01N], extent: whole, certainty: general_knowledge}
  - id: elsewhere
    name: Elsewhere
    note: No place is named.
`

// withSchemes are definitions with schemes, and one claim with lines of its own.
func withSchemes(schemes string, lines ...string) fstest.MapFS {
	files := withClaims(strings.Replace(claims, "    scheme: A scheme\n", strings.Join(lines, "")+"    scheme: A scheme\n", 1))
	files["schemes/s.yaml"] = &fstest.MapFile{Data: []byte(schemes)}
	return files
}

func reference(t *testing.T) *footprint.Reference {
	t.Helper()
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSchemes(t *testing.T) {
	c, err := catalog.Read(withSchemes(schemes))
	if err != nil {
		t.Fatal(err)
	}
	s, ok := c.Scheme("encompass")
	if !ok || s.Hash() == "" || s.Units[0].Reached.Decimal.String() != "0.77" || s.Units[1].Reached.Valid {
		t.Fatalf("%+v", s)
	}
	if p, ok := c.Programme("vanguards"); !ok || p.Name != "Vanguards" {
		t.Errorf("%+v", p)
	}
	if start, ok := s.StartPeriod(); !ok || start.String() != "2015-03" {
		t.Error(start)
	}
	for window, want := range map[string]bool{"2014-01 2015-02": false, "2014-01 2015-03": true, "2018-03 2019-01": true, "2018-04 2019-01": false} {
		first, last, _ := strings.Cut(window, " ")
		if got := s.RunsIn(period(t, first), period(t, last)); got != want {
			t.Errorf("in %s it runs: %v", window, got)
		}
	}
	elsewhere, _ := c.Scheme("elsewhere")
	if _, ok := elsewhere.StartPeriod(); ok || !elsewhere.RunsIn(period(t, "2009-01"), period(t, "2009-02")) {
		t.Error("a scheme without a start is taken to be known")
	}
	if err := catalog.CheckCodes(c, reference(t)); err != nil && strings.Contains(err.Error(), "schemes/") {
		t.Error(err)
	}
}

func TestMistakesOfSchemes(t *testing.T) {
	for _, test := range []struct{ name, old, new, want string }{
		{"of no programme", "programme: pioneers", "programme: pioneer", `schemes/s.yaml:11:16: schemes[0].programme: found "pioneer", accepted: the id of a programme of dashboards/schemes`},
		{"that starts on a day", "start: 2013-11", "start: 2013-11-05", `schemes/s.yaml:12:12: schemes[0].start: found "2013-11-05", accepted: a month such as 2015-03, or a year such as 2014 or 2014/15 where no month is stated`},
		{"that ends before it starts", "until: 2018-03", "until: 2015-01", `schemes/s.yaml:19:12: schemes[1].until: found "2015-01", accepted: a month not before the start`},
		{"of a footprint", "at: provider", "at: footprint", `schemes/s.yaml:22:14: schemes[1].units[1].at: found "footprint", accepted: commissioner, provider, council`},
		{"of a place twice", "[09C, 09E]", "[09C, 09C]", `schemes/s.yaml:14:41: schemes[0].units[0].codes[1]: found "09C", accepted: each place once`},
		{"of nothing", "codes: [RVV]", "codes: []", `schemes/s.yaml:22:31: schemes[1].units[1].codes: found "none", accepted: codes of organisations`},
		{"of an unknown extent", "extent: part, share: 0.77", "extent: most", `schemes/s.yaml:21:50: schemes[1].units[0].extent: found "most", accepted: whole, part`},
		{"of a share of the whole", "extent: part, share: 0.77", "extent: whole, share: 0.77", `schemes/s.yaml:21:64: schemes[1].units[0].share: found "0.77", accepted: none, as the whole place was covered`},
		{"of more than a part", "share: 0.77", "share: 1", `schemes/s.yaml:21:63: schemes[1].units[0].share: found "1", accepted: a share over 0 and under 1`},
		{"of an unknown certainty", "certainty: inferred", "certainty: sure", `schemes/s.yaml:14:73: schemes[0].units[0].certainty: found "sure", accepted: stated, inferred, general_knowledge`},
		{"stated nowhere", `certainty: stated, citation: {title: A report, url: "https://example.org/report"}`, "certainty: stated", `schemes/s.yaml:21:9: schemes[1].units[0].citation: found "none", accepted: where it is published, or general_knowledge`},
		{"without places or a note", "    note: No place is named.\n", "", `schemes/s.yaml:29:5: schemes[3].units: found "none", accepted: the places that it covered, or a note that says why none are known`},
		{"with the id of another", "id: elsewhere", "id: kent", `schemes/s.yaml:29:9: schemes[3].id: found "kent", accepted: an id that no other scheme has`},
		{"with a misspelt field", "extent: part, share: 0.77", "extend: part", `schemes/s.yaml:21:42: unknown field "extend", accepted: at, codes, extent, share, certainty, citation, note`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.Count(schemes, test.old) != 1 {
				t.Fatalf("%q does not stand in one place", test.old)
			}
			_, err := catalog.Read(withSchemes(strings.Replace(schemes, test.old, test.new, 1)))
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

// A code that nobody had then would be looked for in vain.
func TestCodesOfSchemes(t *testing.T) {
	r := reference(t)
	for _, test := range []struct{ old, new, want string }{
		{"[00W, 01M, 01N]", "[00W, 0XX]", `schemes/s.yaml:28:35: found the code "0XX", accepted: one of sql/reference/organisations.csv`},
		{"[00W, 01M, 01N]", "[RVV]", `schemes/s.yaml:28:35: found the code "RVV", accepted: a commissioner; East Kent Hospitals University NHS Foundation Trust is a provider`},
		{"[00W, 01M, 01N]", "[14L]", `schemes/s.yaml:28:35: found the code "14L", accepted: a code that was there when it began, in 2015; NHS Manchester CCG took over on 2017-04-01`},
		{"[00W, 01M, 01N]", "[5C4]", `schemes/s.yaml:28:35: found the code "5C4", accepted: a code that was there when it began, in 2015; Tower Hamlets PCT ended on 2013-04-01`},
	} {
		c, err := catalog.Read(withSchemes(strings.Replace(schemes, test.old, test.new, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if err := catalog.CheckCodes(c, r); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v\nwant %s", test.new, err, test.want)
		}
	}
}

func treated(units []catalog.TreatedUnit) []string {
	var all []string
	for _, u := range units {
		of := "the claim"
		if u.Scheme != nil {
			of = u.Scheme.ID
		}
		share := "?"
		if u.Share.Valid {
			share = u.Share.Decimal.String()
		}
		all = append(all, strings.Join([]string{u.At, u.Code, string(u.Extent), share, string(u.Certainty), of, u.Start.String()}, " "))
	}
	return all
}

// The places of a claim are those that it names itself, or those of its schemes, or of its group, each with its share and how certain that is.
func TestTreated(t *testing.T) {
	for _, test := range []struct {
		name, lines string
		want        []string
	}{
		{"of a scheme", "    schemes: [encompass]\n", []string{"commissioner 09E part 0.77 stated encompass 2018-04", "provider RVV part ? general_knowledge encompass 2018-04"}},
		{
			"of two that share a place", "    schemes: [encompass, kent]\n",
			[]string{"commissioner 09E whole 1 inferred kent 2018-04", "provider RVV part ? general_knowledge encompass 2018-04", "commissioner 09C whole 1 inferred kent 2018-04"},
		},
		{"of its own", "    schemes: [kent]\n    units:\n      - {at: commissioner, codes: [09C], extent: part, certainty: general_knowledge}\n", []string{"commissioner 09C part ? general_knowledge the claim 2018-04"}},
		{"of one programme and not another", "    group: {in: [pioneers], not_in: [vanguards]}\n", []string{"commissioner 09C whole 1 inferred kent 2018-04"}},
		{"of both programmes", "    group: {in: [pioneers], also_in: [vanguards]}\n", []string{"commissioner 09E whole 1 inferred kent 2018-04"}},
		{"of none", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := catalog.Read(withSchemes(schemes, test.lines))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, treated(c.Treated(c.Claims[0]))); diff != "" {
				t.Error(diff)
			}
		})
	}
	// Without a start of its own the claim has those of its schemes; a year stands where they state none.
	for lines, want := range map[string]string{"    schemes: [kent]\n": "2013-11", "    schemes: [manchester]\n    started_in: 2016\n": "2015", "    units: [{at: commissioner, codes: [09C], extent: part, certainty: general_knowledge}]\n    started_in: 2016\n": "2016"} {
		files := withSchemes(schemes, lines)
		files["claims/c.yaml"].Data = []byte(strings.Replace(string(files["claims/c.yaml"].Data), "    start: 2018-04\n", "", 1))
		c, err := catalog.Read(files)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Treated(c.Claims[0])[0].Start.String(); got != want {
			t.Errorf("%sstarts in %s, want %s", lines, got, want)
		}
	}
}

func TestMistakesOfWhereAClaimIs(t *testing.T) {
	for lines, want := range map[string]string{
		"    schemes: [kant]\n":                                   `claims/c.yaml:5:15: claims[0].schemes[0]: found "kant", accepted: the id of a scheme of dashboards/schemes`,
		"    schemes: [kent, kent]\n":                             `claims/c.yaml:5:21: claims[0].schemes[1]: found "kent", accepted: each scheme once`,
		"    schemes: [kent]\n    group: {in: [pioneers]}\n":      `claims/c.yaml:6:12: claims[0].group: found "a group beside schemes or units", accepted: a group alone`,
		"    group: {in: [pioneer]}\n":                            `claims/c.yaml:5:18: claims[0].group.in[0]: found "pioneer", accepted: the id of a programme of dashboards/schemes`,
		"    group: {in: [pioneers], not_in: [pioneers]}\n":       `claims/c.yaml:5:38: claims[0].group.not_in[0]: found "pioneers", accepted: a programme that is not one of the group`,
		"    started_in: 2016\n":                                  `claims/c.yaml:5:17: claims[0].started_in: found "2016", accepted: none beside a start`,
		"    finer: {measure: cost, why: Why.}\n":                 `claims/c.yaml:5:22: claims[0].finer.measure: found "cost", accepted: the id of another measure`,
		"    finer: {measure: part, why: Why., start: 2018/19}\n": `claims/c.yaml:5:46: claims[0].finer.start: found "2018/19", accepted: a month such as 2017-04`,
		"    differs: [{in: colour, why: It is red.}]\n":          `claims/c.yaml:5:20: claims[0].differs[0].in: found "colour", accepted: people, places, period, outcome, unit, comparator, method`,
		"    disputes: [{by: A council, what: \"\", citation: {title: A letter, url: \"https://example.org\"}}]\n": `claims/c.yaml:5:38: claims[0].disputes[0].what: found "", accepted: what they say`,
		"    response: {what: Sorry., citation: {title: A letter, url: here}}\n":                                   `claims/c.yaml:5:63: claims[0].response.citation.url: found "here", accepted: an address that begins with https:// or http://, without a name and password`,
	} {
		if _, err := catalog.Read(withSchemes(schemes, lines)); err == nil || err.Error() != want {
			t.Errorf("%s got  %v\nwant %s", lines, err, want)
		}
	}
}

// What was found of a scheme is found of each claim about it, once.
func TestEvaluationsOfASchemeAreThoseOfItsClaims(t *testing.T) {
	evaluated := strings.Replace(schemes, "    note: No place is named.\n", `    note: No place is named.
    evaluations:
      - {what: It had no effect., citation: {title: An audit, url: "https://example.org/audit"}}
      - {what: Nothing changed., citation: {title: A study, url: "https://example.org/study"}}
      - {what: Less was spent., citation: {title: A report, url: "https://example.org/report"}}
`, 1)
	c, err := catalog.Read(withSchemes(evaluated, "    schemes: [elsewhere]\n"))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range c.Evaluations(c.Claims[0]) {
		found = append(found, f.What)
	}
	if diff := cmp.Diff([]string{"Nothing changed.", "It had no effect."}, found); diff != "" {
		t.Error(diff)
	}
}

// Another scheme in the same place at the same time may be what the figures show; one that had ended is not.
func TestOverlaps(t *testing.T) {
	c, err := catalog.Read(withSchemes(schemes, "    schemes: [encompass]\n"))
	if err != nil {
		t.Fatal(err)
	}
	r := reference(t)
	overlaps := c.Overlaps(r, c.Claims[0], period(t, "2014-01"), period(t, "2016-12"))
	if len(overlaps) != 1 || overlaps[0].Unit.Code != "09E" || overlaps[0].Other.ID != "kent" {
		t.Errorf("%+v", overlaps)
	}
	if early := c.Overlaps(r, c.Claims[0], period(t, "2012-01"), period(t, "2013-10")); len(early) != 0 {
		t.Errorf("before the other began: %+v", early)
	}
	covered := c.CoveredIn(r, "commissioner", period(t, "2016-01"), period(t, "2018-12"))
	for code, want := range map[string]bool{"09C": true, "00W": true, "14L": true, "02H": false, "RVV": false} {
		if (len(covered[code]) > 0) != want {
			t.Errorf("%s is covered: %v", code, covered[code])
		}
	}
}

// A place is followed across a merger with all that it merged with, and not across a move of boundaries.
func TestAcross(t *testing.T) {
	r := reference(t)
	units := func(codes ...string) (all []catalog.TreatedUnit) {
		for _, code := range codes {
			all = append(all, catalog.TreatedUnit{At: "commissioner", Code: code, Extent: catalog.WholePlace, Share: decimal.NewNullDecimal(decimal.NewFromInt(1))})
		}
		return all
	}
	for _, test := range []struct {
		name        string
		units       []catalog.TreatedUnit
		first, last string
		codes       string
		others      string
		extent      catalog.Extent
		share       string
		divided     string
	}{
		{"that nothing happened to", units("00P"), "2013-04", "2018-12", "00P", "", catalog.WholePlace, "1", ""},
		{"that merged with others treated", units("00W", "01M", "01N"), "2015-01", "2018-12", "00W 01M 01N 14L", "", catalog.WholePlace, "1", ""},
		{"that merged with others not treated", units("00W", "01M"), "2015-01", "2018-12", "00W 01M 01N 14L", "01N", catalog.PartOfPlace, "", ""},
		{"that merges after the window", units("00W"), "2015-01", "2017-03", "00W", "", catalog.WholePlace, "1", ""},
		{"that merges in the last month", units("00W"), "2015-01", "2017-04", "00W 01M 01N 14L", "01M 01N", catalog.PartOfPlace, "", ""},
		{"that had merged before the window", units("00W"), "2018-01", "2018-12", "00W 14L", "", catalog.WholePlace, "1", ""},
		{"by the code of the merged", units("14L"), "2015-01", "2018-12", "00W 01M 01N 14L", "", catalog.WholePlace, "1", ""},
		{"whose boundaries moved", units("01K"), "2015-01", "2018-12", "01K", "", catalog.WholePlace, "1", "2017-04-01"},
		{"whose boundaries moved after it", units("01K"), "2015-01", "2017-03", "01K", "", catalog.WholePlace, "1", ""},
		{"that was a primary care trust", units("08V"), "2010-01", "2012-12", "08V 5C4", "", catalog.WholePlace, "1", ""},
		{"that was a part of a primary care trust", units("04N"), "2010-01", "2012-12", "04N", "", catalog.WholePlace, "1", "2013-04-01"},
	} {
		t.Run(test.name, func(t *testing.T) {
			spans := catalog.Across(r, test.units, period(t, test.first), period(t, test.last))
			if len(spans) != 1 {
				t.Fatalf("%+v", spans)
			}
			s, share, divided := spans[0], "", ""
			if s.Share.Valid {
				share = s.Share.Decimal.String()
			}
			if s.Divided != nil {
				divided = s.Divided.From.Format("2006-01-02")
			}
			got := []string{strings.Join(s.Codes, " "), strings.Join(s.Others, " "), string(s.Extent), share, divided}
			if diff := cmp.Diff([]string{test.codes, test.others, string(test.extent), test.share, test.divided}, got); diff != "" {
				t.Error(diff)
			}
			if len(s.Units) != len(test.units) {
				t.Errorf("it holds %d of %d places", len(s.Units), len(test.units))
			}
		})
	}
	if two := catalog.Across(r, units("00P", "00W"), period(t, "2015-01"), period(t, "2016-12")); len(two) != 2 {
		t.Errorf("two places: %+v", two)
	}
}

// The schemes that ship can be tested somewhere, and the published study of both programmes counts about as many places as they do.
func TestShippedSchemes(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	if err := catalog.CheckCodes(c, reference(t)); err != nil {
		t.Fatal(err)
	}
	if len(c.Schemes) < 100 || len(c.Programmes) < 8 {
		t.Errorf("%d schemes of %d programmes", len(c.Schemes), len(c.Programmes))
	}
	counted := map[string]int{}
	for _, id := range []string{"pioneers_only_growth", "vanguards_only_growth", "pioneers_and_vanguards_growth", "pacs_bed_days", "pioneers_first_wave"} {
		claim, ok := c.Claim(id)
		if !ok {
			t.Fatal(id)
		}
		for _, u := range c.Treated(claim) {
			if u.At == catalog.ByCommissioner {
				counted[id]++
			}
		}
	}
	t.Log(counted)
	for id, published := range map[string]int{"pioneers_only_growth": 51, "vanguards_only_growth": 22, "pioneers_and_vanguards_growth": 13} {
		if n := counted[id]; n < published-8 || n > published+8 {
			t.Errorf("%s has %d commissioners, the study %d", id, n, published)
		}
	}
	where, named := 0, map[string]int{}
	for _, claim := range c.Claims {
		units := c.Treated(claim)
		if len(units) > 0 {
			where++
		}
		for _, u := range units {
			named[u.At]++
		}
		commissioner := slices.ContainsFunc(units, func(u catalog.TreatedUnit) bool { return u.At == catalog.ByCommissioner })
		if claim.Measure == "emergency_admissions" && commissioner && claim.Finer == nil {
			t.Errorf("%s is about commissioners, and names no measure that they state", claim.ID)
		}
	}
	t.Logf("%d of %d claims have places smaller than a footprint: %v", where, len(c.Claims), named)
}
