package catalog_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"stpdash/internal/catalog"
)

const money = `id: money
no_total: The same pound stands in both.
groups:
  - of: nhs
    lines:
      - {measure: allocation, note: What was given.}
      - {measure: medicines_year, title: Medicines, note: What was prescribed.}
  - of: councils
    lines:
      - {measure: care, per_person: care_each, note: What was spent.}
not_known: [What was saved.]
`

// withMoney are a money page and the measures that it needs.
func withMoney(page string) fstest.MapFS {
	const measures = `theme: spend
unit: gbp
direction: neutral
grain: financial_year
level: commissioner
sources: [returns]
measures:
  - {id: allocation, title: Allocation, definition: Money., per_1000: true}
  - {id: medicines, title: Medicines, definition: Money., grain: month}
  - {id: medicines_year, title: Medicines of twelve months, definition: Money., derived: {of: medicines, by: rolling_year}}
  - {id: care, title: Care, definition: Money.}
  - {id: adults, title: Adults, definition: People., unit: number, counted: adults}
  - {id: care_each, title: Care per adult, definition: Money., numerator: {add: [care]}, denominator: {add: [adults]}}
  - {id: allocation_each, title: Allocation per adult, definition: Money., numerator: {add: [allocation]}, denominator: {add: [adults]}}
  - {id: country, title: Country, definition: Money., level: england}
`
	columns := ""
	for _, id := range []string{"allocation", "medicines", "care", "adults", "country"} {
		columns += "      - {titles: [" + id + "], measure: " + id + "}\n"
	}
	head, _, _ := strings.Cut(source, "      - titles")
	return fstest.MapFS{"measures/m.yaml": {Data: []byte(measures)}, "sources/s.yaml": {Data: []byte(head + columns)}, "pages/money.yaml": {Data: []byte(page)}}
}

func TestMoneySetsAmountsSideBySide(t *testing.T) {
	c, err := catalog.Read(withMoney(money))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range c.MoneyLines() {
		line := l.Measure().ID
		if l.Heading() != l.Measure().Title {
			line += " as " + l.Heading()
		}
		if l.Person() != nil {
			line += " by " + l.Person().ID
		}
		if l.ByRate() {
			line += " per 1,000"
		}
		lines = append(lines, line)
	}
	if want := []string{"allocation by allocation per 1,000", "medicines_year as Medicines", "care by care_each"}; !slices.Equal(lines, want) {
		t.Errorf("lines are %q, want %q", lines, want)
	}
	files := withMoney(money)
	delete(files, "pages/money.yaml")
	if c, err := catalog.Read(files); err != nil || c.Money() != nil || c.MoneyLines() != nil {
		t.Errorf("without a money page: %v, %v", c, err)
	}
}

func TestMistakesOfTheMoneyPage(t *testing.T) {
	const amount = "the id of a measure in pounds that is not divided by anything"
	for _, test := range []struct{ name, old, new, want string }{
		{"another purse", "of: councils", "of: charities", `pages/money.yaml:8:9: groups[1].of: found "charities", accepted: nhs, councils`},
		{"a purse twice", "of: councils", "of: nhs", `pages/money.yaml:8:9: groups[1].of: found "nhs", accepted: a purse that the page has not named before`},
		{"no total without a reason", "The same pound stands in both.", `""`, `pages/money.yaml:2:11: no_total: found "", accepted: why the lines are not added up`},
		{"no note", "note: What was given.", `note: ""`, `groups[0].lines[0].note: found "", accepted: what it is and is not`},
		{"an unknown measure", "measure: allocation", "measure: luck", `groups[0].lines[0].measure: found "luck", accepted: ` + amount},
		{"no money", "measure: allocation", "measure: adults", `groups[0].lines[0].measure: found "adults", accepted: ` + amount},
		{"money by person", "measure: allocation", "measure: care_each", `groups[0].lines[0].measure: found "care_each", accepted: ` + amount},
		{"a measure twice", "measure: allocation", "measure: care", `groups[1].lines[0].measure: found "care", accepted: a measure that the page has not named before`},
		{"months", "measure: medicines_year", "measure: medicines", `groups[0].lines[1].measure: found "medicines", accepted: a measure of which a financial year has one figure`},
		{"England alone", "measure: allocation", "measure: country", `groups[0].lines[0].measure: found "country", accepted: a measure that footprints have figures of`},
		{"another amount by person", "per_person: care_each", "per_person: allocation_each", `groups[1].lines[0].per_person: found "allocation_each", accepted: the id of a measure in pounds that divides care by people`},
		{"people", "per_person: care_each", "per_person: adults", `groups[1].lines[0].per_person: found "adults", accepted: the id of`},
		{"themes", "not_known:", "themes: [{theme: spend, measures: [care]}]\nnot_known:", `pages/money.yaml:11:9: themes: found "a list", accepted: none, as the money page has groups`},
		{"a misspelt field", "per_person:", "each:", `pages/money.yaml:10:25: unknown field "each", accepted: measure, title, per_person, note`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.Count(money, test.old) < 1 {
				t.Fatalf("%q stands nowhere", test.old)
			}
			_, err := catalog.Read(withMoney(strings.Replace(money, test.old, test.new, 1)))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
	if _, err := catalog.Read(
		withMoney("id: region\nthemes: [{theme: spend, measures: [care]}]\nno_total: So.\nnot_known: [Much.]\ngroups: [{of: nhs, lines: []}]\n"),
	); err == nil ||
		strings.Count(err.Error(), "accepted: none, as only the money page") != 3 {
		t.Errorf("a page of a region with money: %v", err)
	}
}
