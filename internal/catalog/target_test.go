package catalog_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"stpdash/internal/catalog"
)

const target = `targets:
  - id: half_the_cost
    title: Half the cost
    measure: cost
    places: [england, footprints]
    bound: at_most
    shape: line
    values:
      - {period: 2017-09, value: 100}
      - {period: 2018-03, value: 50}
    within: 5
    citation: {title: A plan, url: "https://example.org/plan"}
`

func withTarget(target string) fstest.MapFS {
	return fstest.MapFS{"measures/m.yaml": {Data: []byte(measures)}, "sources/s.yaml": {Data: []byte(source)}, "targets/t.yaml": {Data: []byte(target)}}
}

func TestMistakesOfTargets(t *testing.T) {
	if _, err := catalog.Read(withTarget(target)); err != nil {
		t.Fatalf("the target to be spoilt is not sound: %v", err)
	}
	for _, test := range []struct{ name, old, new, want string }{
		{"of no measure", "measure: cost", "measure: prize", `targets/t.yaml:4:14: targets[0].measure: found "prize", accepted: the id of a measure`},
		{"without places", "places: [england, footprints]", "places: []", `targets/t.yaml:5:13: targets[0].places: found "none", accepted: england, footprints, names of regions or codes of footprints`},
		{"of an unknown bound", "at_most", "under", `targets/t.yaml:6:12: targets[0].bound: found "under", accepted: at_least, at_most`},
		{"of an unknown shape", "shape: line", "shape: curve", `targets/t.yaml:7:12: targets[0].shape: found "curve", accepted: step, line, values`},
		{"of another grain", "period: 2017-09", "period: 2017-Q3", `targets/t.yaml:9:18: targets[0].values[0].period: found "2017-Q3", accepted: a month such as 2017-04`},
		{"back in time", "period: 2018-03", "period: 2017-03", `targets/t.yaml:10:18: targets[0].values[1].period: found "2017-03", accepted: a period after the one before it`},
		{"of no number", "value: 50", "value: fifty", `targets/t.yaml:10:34: targets[0].values[1].value: found "fifty", accepted: a number`},
		{"with a tolerance under zero", "within: 5", "within: -5", `targets/t.yaml:11:13: targets[0].within: found "-5", accepted: a number not under zero`},
		{"without a source", "url: \"https://example.org/plan\"", "url: \"\"", `targets/t.yaml:12:36: targets[0].citation.url: found "", accepted: the address of a published text`},
		{"with a misspelt field", "bound:", "bond:", `targets/t.yaml:6:5: unknown field "bond", accepted: id, title, measure, places, bound, shape, values, until, baseline, within, note, citation`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.Count(target, test.old) != 1 {
				t.Fatalf("%q does not stand in one place", test.old)
			}
			_, err := catalog.Read(withTarget(strings.Replace(target, test.old, test.new, 1)))
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
	_, err := catalog.Read(withTarget(strings.Replace(target, "measure: cost", "measure: part", 1)))
	if err == nil || !strings.Contains(err.Error(), `found "100", accepted: a share from 0 to 1, such as 0.95 for 95 per cent`) {
		t.Errorf("a target of 100 for a share: %v", err)
	}
}

func TestMistakesOfDerivedMeasures(t *testing.T) {
	derived := func(id, of, by string) string {
		return "  - {id: " + id + ", title: Derived, definition: Derived., derived: {of: " + of + ", by: " + by + "}}\n"
	}
	for _, test := range []struct{ name, measures, want string }{
		{"of nothing", derived("d", "prize", "rolling_year"), `measures/m.yaml:21:65: measures[2].derived.of: found "prize", accepted: the id of a measure`},
		{"by nothing", derived("d", "cost", "luck"), `measures/m.yaml:21:75: measures[2].derived.by: found "luck", accepted: rolling_year, year_to_date, year_change, average_day`},
		{"of itself", derived("d", "d", "rolling_year"), `measures/m.yaml:21:65: measures[2].derived.of: found "d", accepted: a measure that is not derived from this one again`},
		{
			"in a circle", derived("d", "e", "rolling_year") + derived("e", "d", "rolling_year"),
			"measures/m.yaml:22:65: measures[3].derived.of: found \"d\", accepted: a measure that is not derived from this one again\n" +
				`measures/m.yaml:21:65: measures[2].derived.of: found "e", accepted: a measure that is not derived from this one again`,
		},
		{"a change of a share", derived("d", "part", "year_change"), `measures/m.yaml:21:65: measures[2].derived.of: found "part", accepted: a number or an amount of money`},
		{"an average day of a share", derived("d", "part", "average_day"), `measures/m.yaml:21:65: measures[2].derived.of: found "part", accepted: a number or an amount of money that adds up over time`},
		{
			"a year of changes", derived("d", "cost", "year_change") + derived("e", "d", "rolling_year"),
			`measures/m.yaml:22:65: measures[3].derived.of: found "d", accepted: a measure that is no change itself`,
		},
		{
			"with a unit of its own", "  - {id: d, title: Derived, definition: Derived., unit: gbp, derived: {of: cost, by: rolling_year}}\n",
			`measures/m.yaml:21:57: measures[2].unit: found "a value", accepted: none, as the measure it is derived from has it`,
		},
		{
			"a year of years", "  - {id: y, title: Yearly, definition: Yearly., grain: financial_year}\n" + derived("d", "y", "rolling_year"),
			`measures/m.yaml:22:72: measures[3].derived.by: found "rolling_year", accepted: year_change or average_day, as the measure is by financial year`,
		},
	} {
		_, err := catalog.Read(definitions(measures+test.measures, source))
		if err == nil || err.Error() != test.want {
			t.Errorf("%s: got  %v\nwant %s", test.name, err, test.want)
		}
	}
}

func TestDerivedMeasuresAreOfTheKindTheyAreDerivedFrom(t *testing.T) {
	c, err := catalog.Read(definitions(measures+`  - {id: growth, title: Growth, definition: Growth., derived: {of: so_far, by: year_change}}
  - {id: so_far, title: So far, definition: So far., derived: {of: cost, by: year_to_date}}
  - {id: daily, title: Daily, definition: Daily., counted: pounds, derived: {of: cost, by: average_day}}
`, source))
	if err != nil {
		t.Fatal(err)
	}
	growth, _ := c.Measure("growth")
	if growth.Unit != catalog.Share || growth.Grain != catalog.Month || growth.Level != catalog.ByCommissioner || growth.Base().ID != "so_far" ||
		growth.Stored().ID != "cost" || growth.Terms() != nil || growth.Observed() || !growth.Overlaps() || growth.Hash() == "" {
		t.Errorf("%+v", growth)
	}
	daily, _ := c.Measure("daily")
	if daily.Unit != catalog.GBP || daily.Counted != "pounds" || daily.OverTime != catalog.Averaged || daily.Overlaps() || daily.AddsUpOverTime() {
		t.Errorf("%+v", daily)
	}
}

func TestWhatATargetAsksFor(t *testing.T) {
	read := func(shape, until string) *catalog.Target {
		text := strings.Replace(target, "shape: line", "shape: "+shape+until, 1)
		c, err := catalog.Read(withTarget(text))
		if err != nil {
			t.Fatal(err)
		}
		return c.TargetsOf("cost")[0]
	}
	for _, test := range []struct {
		shape, until string
		want         map[string]string
	}{
		{"line", "", map[string]string{"2017-08": "", "2017-09": "100", "2017-11": "83.3333333333", "2017-12": "75", "2018-03": "50", "2019-01": "50"}},
		{"step", "", map[string]string{"2017-08": "", "2017-09": "100", "2018-02": "100", "2018-03": "50", "2019-01": "50"}},
		{"values", "", map[string]string{"2017-08": "", "2017-09": "100", "2017-10": "", "2018-03": "50", "2018-04": ""}},
		{"line", "\n    until: 2018-03", map[string]string{"2018-03": "50", "2018-04": ""}},
	} {
		got := map[string]string{}
		for text := range test.want {
			p, err := catalog.ParsePeriod(text)
			if err != nil {
				t.Fatal(err)
			}
			got[text] = ""
			if value, ok := read(test.shape, test.until).Required(p); ok {
				got[text] = value.String()
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s%s (-want +got):\n%s", test.shape, test.until, diff)
		}
	}
}

// A line never leaves the values that it runs between.
func TestALineLiesBetweenItsValues(t *testing.T) {
	c, err := catalog.Read(withTarget(target))
	if err != nil {
		t.Fatal(err)
	}
	line := c.TargetsOf("cost")[0]
	rapid.Check(t, func(t *rapid.T) {
		p := line.First().At
		for range rapid.IntRange(0, 100).Draw(t, "months") {
			p = p.Next()
		}
		value, ok := line.Required(p)
		if !ok || value.GreaterThan(line.First().Amount) || value.LessThan(line.Last().Amount) {
			t.Fatalf("%s: %s, %v", p, value, ok)
		}
	})
}
