package catalog_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"stpdash/internal/catalog"
)

const checkedMeasures = `
theme: access
unit: number
counted: people
direction: neutral
grain: month
level: provider
sources: [s]
measures:
  - {id: part, title: Part, definition: One part.}
  - {id: other, title: Other, definition: Another part.}
  - {id: cost, title: Cost, definition: What it costs., unit: gbp, counted: £}
  - {id: yearly, title: Yearly, definition: One part a year., grain: financial_year}
  - {id: councils, title: Councils, definition: One part by council., level: council}
  - {id: country, title: Country, definition: One part in England., level: england}
  - {id: rolling, title: Rolling, definition: Part in a year., derived: {of: part, by: rolling_year}}
  - {id: so_far, title: So far, definition: Part since April., derived: {of: part, by: year_to_date}}
  - {id: growth, title: Growth, definition: Growth of part., derived: {of: part, by: year_change}}
  - id: all
    title: All
    definition: Both parts.
    numerator: {description: both, add: [part, other]}
`

func withCrossChecks(checks string) fstest.MapFS {
	var columns strings.Builder
	for _, id := range []string{"part", "other", "cost", "councils", "country"} {
		columns.WriteString("      - {titles: [" + id + "], measure: " + id + "}\n")
	}
	months := sumsSource[:strings.Index(sumsSource, "      - {titles")]
	years := "  - name: years\n" + strings.SplitAfter(strings.Replace(months, "form: YYYY", "form: YYYY-YY", 1), "- name: t\n")[1] + "      - {titles: [yearly], measure: yearly}\n"
	source := strings.Replace(months, "form: YYYY", "form: MMMM YYYY", 1) + columns.String() + years
	return fstest.MapFS{
		"measures/m.yaml": {Data: []byte(checkedMeasures)}, "sources/s.yaml": {Data: []byte(source)},
		"crosschecks/c.yaml": {Data: []byte("crosschecks:\n" + checks)},
	}
}

func TestCrossChecks(t *testing.T) {
	c, err := catalog.Read(withCrossChecks(`
  - {id: twice, title: Twice, of: part, with: other, places: [england, footprints, organisations], within: "2.5", reason: they are revised apart}
  - {id: years, title: Years, of: rolling, with: yearly, places: [organisations], within: 0, reason: none is known}
`))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.CrossChecks); n != 2 || c.CrossChecks[0].Tolerance().String() != "2.5" || c.CrossChecks[1].With != "yearly" {
		t.Errorf("%d: %+v", n, c.CrossChecks)
	}
}

func TestMistakesInCrossChecks(t *testing.T) {
	const sound = "id: twice, title: Twice, of: part, with: other, places: [england], within: 1, reason: revised"
	for _, c := range []struct{ from, to, want string }{
		{"id: twice", "id: Twice", `crosschecks/c.yaml:2:10: crosschecks[0].id: found "Twice", accepted: lower-case letters, digits and underscores`},
		{"title: Twice, ", "", `crosschecks[0].title: found "", accepted: a title`},
		{"of: part", "of: parts", `crosschecks[0].of: found "parts", accepted: the id of a measure`},
		{"with: other", "with: others", `crosschecks[0].with: found "others", accepted: the id of a measure`},
		{"with: other", "with: part", `crosschecks[0].with: found "part", accepted: another measure than part`},
		{"with: other", "with: cost", `crosschecks[0].with: found "cost", accepted: a measure in the unit of part, which is number`},
		{"with: other", "with: yearly", `crosschecks[0].with: found "yearly", accepted: a measure whose figures cover a month each, as those of part do`},
		{"with: other", "with: growth", `crosschecks[0].with: found "growth", accepted: a number or an amount of money, as published or of a rolling year`},
		{"with: other", "with: so_far", `crosschecks[0].with: found "so_far", accepted: a number or an amount of money, as published or of a rolling year`},
		{"with: other, places: [england]", "with: country, places: [footprints]", `crosschecks[0].with: found "country", accepted: a measure that footprints have`},
		{"with: other, places: [england]", "with: all, places: [organisations]", `crosschecks[0].with: found "all", accepted: a measure that organisations state themselves`},
		{"with: other, places: [england]", "with: councils, places: [organisations]", `crosschecks[0].with: found "councils", accepted: a measure by provider, as part is`},
		{"[england]", "[]", `crosschecks[0].places: found "none", accepted: england, footprints, organisations`},
		{"[england]", "[regions]", `crosschecks[0].places[0]: found "regions", accepted: england, footprints, organisations`},
		{"[england]", "[england, england]", `crosschecks[0].places[1]: found "england", accepted: each place once`},
		{"within: 1", "within: -1", `crosschecks[0].within: found "-1", accepted: a number not under zero`},
		{"within: 1", "within: some", `crosschecks[0].within: found "some", accepted: a number`},
		{", within: 1", "", `crosschecks[0].within: found "", accepted: a number of per cent, such as 5`},
		{", reason: revised", "", `crosschecks[0].reason: found "", accepted: why the two may differ`},
		{"reason: revised", "reason: revised}\n  - {" + sound, `crosschecks[1].id: found "twice", accepted: an id that no other cross-check has`},
		{"reason: revised", "cause: revised", `unknown field "cause"`},
	} {
		text := strings.Replace(sound, c.from, c.to, 1)
		if text == sound {
			t.Fatalf("%q is no part of the cross-check", c.from)
		}
		if _, err := catalog.Read(withCrossChecks("  - {" + text + "}\n")); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", text, err, c.want)
		}
	}
}
