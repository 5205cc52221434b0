package load_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/warehouse"
)

// returning is a warehouse with the registered patients of 2016, as a new installation has it, and a loader of returns.
func returning(t testing.TB) (*load.Loader, *warehouse.Warehouse) {
	t.Helper()
	return prepared(t, "patients", returnedToo(t), func(l *load.Loader) {
		mustPublishWhole(t, l, "registered_patients.csv", mappingtest.ReadFile(t, "../../sql/reference/registered_patients.csv"))
	})
}

var withReturned struct {
	sync.Once
	catalog *catalog.Catalog
}

// returnedToo are the shipped definitions and a rate of returns.
func returnedToo(t testing.TB) *catalog.Catalog {
	t.Helper()
	withReturned.Do(func() {
		withReturned.catalog = mappingtest.ShippedWith(t, map[string]string{"measures/returned.yaml": returnedRate})
	})
	return withReturned.catalog
}

// returnedRate is a rate that may be more than one for each person, and that returns alone state.
const returnedRate = `
theme: integration
measures:
  - {id: delayed_days_returned, title: Delayed days, definition: Delayed days for 100000 adults., unit: rate, per: 100000, counted: days, direction: down,
     grain: quarter, level: council, sources: [canonical], whole: true, population: {of: registered_patients}}
`

// commissioners are those of West Yorkshire, which has 2,655,449 registered patients.
var commissioners = []string{"02N", "02R", "02T", "02V", "02W", "03A", "03C", "03E", "03G", "03J", "03R"}

func rowsOf(places []string, format string) string {
	var rows strings.Builder
	for _, place := range places {
		fmt.Fprintf(&rows, format+"\n", place)
	}
	return rows.String()
}

// footprints are all 44.
var footprints = func() (codes []string) {
	for i := range 44 {
		codes = append(codes, fmt.Sprintf("E540000%02d", i+5))
	}
	return codes
}()

// numbered gives each place another number, from the first on.
func numbered(places []string, format string, first, step int) string {
	var rows strings.Builder
	for i, place := range places {
		fmt.Fprintf(&rows, format, place, first+i*step)
	}
	return rows.String()
}

// spend is what all footprints spent, one of them in another unit.
func spend(unit float64) string {
	var rows strings.Builder
	for i, place := range footprints {
		pounds := 52501234 + 1251234*i
		if i == 3 {
			pounds = int(float64(pounds) / unit)
		}
		fmt.Fprintf(&rows, "better_care_fund_spend,%s,,2017/18,%d,,\n", place, pounds)
	}
	return rows.String()
}

func TestQuestions(t *testing.T) {
	t.Parallel()
	together, store := returning(t) // of the returns that come first and are held: none of them is seen
	shownAtFirst := len(everyValue(t, store, together.Catalog, figures.Now))
	for name, c := range map[string]struct {
		before, rows string
		rules        []string // none: it is published
		found        string
	}{
		"as it should be": {"", "population_mcp,QWO,,2018-Q1,530000,2650000,\npopulation_mcp,QOQ,,2018-Q1,0,1400000,\n", nil, ""},
		"a footprint's figure copied into each commissioner": {
			"", rowsOf(commissioners, "personal_health_budgets,%s,,2018-Q1,1240,2650000,"),
			[]string{"known_population", "same_figure"},
			"11 of 11 organisations of West Yorkshire state the same denominator, 2650000",
		},
		"copied counts": {"", rowsOf(commissioners[:7], "joint_commissioning,%s,,2016/17,412000,1900000,"), []string{"same_figure"}, "7 of 7 organisations of West Yorkshire"},
		"copied into most": {
			"", rowsOf(commissioners[:5], "joint_commissioning,%s,,2016/17,41,190000,") + "joint_commissioning,03J,,2016/17,7,80000,\n",
			[]string{"same_figure"},
			"5 of 6 organisations",
		},
		"the same figure in every row": {"", rowsOf([]string{"QWO", "QOQ", "QJK"}, "complex_needs_care_plan,%s,,2018-Q1,340,900,"), []string{"same_figure"}, "3 of 3 rows of the period"},
		"the same figure in every quarter": {
			"", "complex_needs_care_plan,QWO,,2017-Q1,340,900,\ncomplex_needs_care_plan,QWO,,2017-Q2,340,900,\ncomplex_needs_care_plan,QWO,,2017-Q3,340,900,\n",
			[]string{"same_figure"},
			"3 of 3 periods of West Yorkshire",
		},
		"few cases alike by chance": {"", "joint_commissioning,02N,,2016/17,1,5,\njoint_commissioning,02R,,2016/17,1,5,\njoint_commissioning,02T,,2016/17,1,5,\n", nil, ""},
		"a fraction":                {"", "complex_needs_care_plan,QWO,,2018-Q1,0.6,1,\n", []string{"share_form"}, "West Yorkshire states 0.6 of 1 (60%)"},
		"a fraction among per cent": {"", "complex_needs_care_plan,QWO,,2018-Q1,0.6,100,\ncomplex_needs_care_plan,QOQ,,2018-Q1,61,102,\n", []string{"share_form"}, "(0.6%), and the others about 59.8%"},
		"a hundredth of the others": {"", "population_mcp,QWO,,2018-Q1,15900,2650000,\npopulation_mcp,QOQ,,2018-Q1,800000,1400000,\n", []string{"share_form"}, "15900 of 2650000 (0.6%), and the others about 57.1%"},
		"a denominator too small": {
			"", "population_mcp,QWO,,2018-Q1,530000,1700000,\n",
			[]string{"known_population"},
			"the denominator of West Yorkshire is 1700000; registered_patients is 2655449",
		},
		"a denominator too large":         {"", "population_mcp,QWO,,2018-Q1,2000,4000000,\n", []string{"known_population"}, "registered_patients is 2655449"},
		"more than the footprint has":     {"", "complex_needs_care_plan,QWO,,2018-Q1,500,2700000,\n", []string{"known_population"}, "more than the 2655449 people of the footprint"},
		"a commissioner of everybody":     {"", "personal_health_budgets,02N,,2018-Q1,70,4000000,\n", []string{"known_population"}, "more than the 2655449 people of the footprint"},
		"too many together":               {"", people(), []string{"known_population"}, "the organisations of West Yorkshire state 4400055 together"},
		"another denominator than before": {"personal_health_budgets,02N,,2017-Q4,70,160000,\n", "personal_health_budgets,02N,,2018-Q1,70,90000,\n", []string{"known_population"}, "is 90000, and was 160000 before"},
		"money in millions":               {"", "better_care_fund_spend,QWO,,2017/18,255.3,,\n", []string{"plausible"}, "states 255.3, which is 0 for each person of the 2655449 in its place"},
		"money in thousands":              {"", "better_care_fund_spend,QWO,,2017/18,255300,,\n", []string{"plausible"}, "which is 0.1 for each person"},
		"money in pence":                  {"", "better_care_fund_spend,QWO,,2017/18,25530000000,,\n", []string{"plausible"}, "which is 9614.19 for each person"},
		"money of a council":              {"", "better_care_fund_spend,E08000035,,2017/18,61.7,,\n", []string{"plausible"}, "Leeds City Council (212) states 61.7"},
		"money as it should be":           {"", "better_care_fund_spend,QWO,,2017/18,255300000,,\nbetter_care_fund_spend,E08000035,,2016/17,61700000,,\n", nil, ""},
		"a rate that nobody reaches":      {"", "personal_health_budgets,02N,,2018-Q1,17000,160000,\n", []string{"plausible"}, "17000 of 160000 (10.6%)"},
		"a denominator as before":         {"personal_health_budgets,02N,,2017-Q4,70,160000,\n", "personal_health_budgets,02N,,2018-Q1,74,161000,\n", nil, ""},
		"a share that moves":              {"complex_needs_care_plan,QWO,,2017-Q4,600,1000,\n", "complex_needs_care_plan,QWO,,2018-Q1,30,1000,\n", []string{"share_moves"}, "30 of 1000 (3%), after 600 of 1000 (60%)"},
		"a share that moves in its file":  {"", "complex_needs_care_plan,QWO,,2017-Q4,30,1000,\ncomplex_needs_care_plan,QWO,,2018-Q1,600,1000,\n", []string{"share_moves"}, "600 of 1000 (60%), after 30 of 1000 (3%)"},
		"a share that is returned again":  {"complex_needs_care_plan,QWO,,2018-Q1,600,1000,\n", "complex_needs_care_plan,QWO,,2018-Q1,6,1000,\n", []string{"share_moves"}, "after 600 of 1000"},
		"a share that moves after":        {"complex_needs_care_plan,QWO,,2018-Q1,600,1000,\n", "complex_needs_care_plan,QWO,,2017-Q3,30,1000,\n", []string{"share_moves"}, "30 of 1000 (3%), and 600 of 1000 (60%) is known in 2018-Q1"},
		"a share that grows":              {"complex_needs_care_plan,QWO,,2017-Q4,100,1000,\n", "complex_needs_care_plan,QWO,,2018-Q1,600,1000,\n", nil, ""},
		"a few cases more":                {"complex_needs_care_plan,QWO,,2017-Q4,1,1000,\n", "complex_needs_care_plan,QWO,,2018-Q1,12,1000,\n", nil, ""},
		"a numerator copied into each commissioner": {
			"", numbered(commissioners, "personal_health_budgets,%s,,2017-Q4,340,%d,\n", 200000, 1000),
			[]string{"same_figure"},
			"11 of 11 organisations of West Yorkshire state the same numerator, 340",
		},
		"a small numerator copied":        {"", numbered(commissioners, "personal_health_budgets,%s,,2017-Q4,8,%d,\n", 200000, 1000), []string{"same_figure"}, "the same numerator, 8"},
		"one share of every commissioner": {"", shareOf("joint_commissioning,%s,,2016/17", commissioners, 0.012), []string{"same_figure"}, "11 of 11 organisations of West Yorkshire state the same share, 1.2%"},
		"one share of most footprints":    {"", shareOf("complex_needs_care_plan,%s,,2018-Q1", footprints[:40], 0.0371) + numbered(footprints[40:], "complex_needs_care_plan,%s,,2018-Q1,7%d,9000,\n", 10, 13), []string{"same_figure"}, "40 of 44 rows of the period state the same share, 3.71%"},
		"everybody in every place":        {"", numbered(commissioners, "joint_commissioning,%s,,2016/17,2%d,2%[2]d,\n", 1000, 17), nil, ""},
		"shares near each other":          {"", numbered(footprints, "complex_needs_care_plan,%s,,2018-Q1,3%d,31%[2]d,\n", 100, 17), nil, ""},
		"no cases anywhere":               {"", numbered(commissioners, "personal_health_budgets,%s,,2017-Q4,0,%d,\n", 200000, 1000), nil, ""},
		"one case in a few":               {"", numbered(commissioners[:6], "personal_health_budgets,%s,,2017-Q4,1,%d,\n", 200000, 1000), nil, ""},
		"the numerator of every quarter":  {"", "complex_needs_care_plan,QWO,,2017-Q1,3412,9000,\ncomplex_needs_care_plan,QWO,,2017-Q2,3412,9010,\ncomplex_needs_care_plan,QWO,,2017-Q3,3412,9030,\n", []string{"same_figure"}, "3 of 3 periods"},
		"thousands after pounds": {
			numbered(footprints, "better_care_fund_spend,%s,,2016/17,%d,,\n", 12345678, 123457), numbered(footprints, "better_care_fund_spend,%s,,2017/18,%d,,\n", 12501, 125),
			[]string{"amount_moves"},
			"is 12501, and was 12345678 in 2016/17",
		},
		"pence after pounds": {
			numbered(footprints, "better_care_fund_spend,%s,,2016/17,%d,,\n", 12345678, 123457), numbered(footprints, "better_care_fund_spend,%s,,2017/18,%d,,\n", 1250134511, 12534511),
			[]string{"amount_moves"},
			"is 1250134511, and was 12345678 in 2016/17",
		},
		"pounds after pounds": {numbered(footprints, "better_care_fund_spend,%s,,2016/17,%d,,\n", 12345678, 123457), numbered(footprints, "better_care_fund_spend,%s,,2017/18,%d,,\n", 13345678, 113457), nil, ""},
		"thousands before pounds": {
			"better_care_fund_spend,QWO,,2017/18,125012345,,\n", "better_care_fund_spend,QWO,,2016/17,124123,,\n",
			[]string{"amount_moves"},
			"is 124123, and was 125012345 in 2017/18",
		},
		"one of all in thousands": {"", spend(1000), []string{"amount_moves"}, "for as many people the others state about"},
		"one of all in pence":     {"", spend(0.01), []string{"amount_moves"}, "for as many people the others state about"},
		"all in pounds":           {"", spend(1), nil, ""},
		"a council in thousands": {
			"", "better_care_fund_spend,165,,2017/18,12501234,,\nbetter_care_fund_spend,209,,2017/18,15123456,,\nbetter_care_fund_spend,210,,2017/18,17321765,,\nbetter_care_fund_spend,211,,2017/18,14876,,\n",
			[]string{"amount_moves"},
			"and the others state about",
		},
		"both sides in thousands": {
			"joint_commissioning,02N,,2016/17,41234567,190123456,\n", "joint_commissioning,02N,,2017/18,42345,191234,\n",
			[]string{"amount_moves"},
			"is 191234, and was 190123456 in 2016/17",
		},
		"exchanged columns":   {"", "delayed_days_returned,165,,2018-Q1,800000,3000,\n", []string{"known_population"}, "is 3000, fewer people than the 800000 of the numerator"},
		"people in thousands": {"", "personal_health_budgets,02N,,2018-Q1,70,160,\n", []string{"known_population"}, "is 160, less than a five-hundredth of the 2655449 people"},
		"the quarter before again": {
			numbered(footprints, "complex_needs_case_manager,%s,,2018-Q1,%d,1%[2]d,\n", 1200, 37), numbered(footprints, "complex_needs_case_manager,%s,,2018-Q2,%d,1%[2]d,\n", 1200, 37),
			[]string{"period_repeats"},
			"44 of 44 figures of 2018-Q2 are those of 2018-Q1",
		},
		"most of a year before again": {
			numbered(footprints, "better_care_fund_spend,%s,,2016/17,%d,,\n", 12345678, 123457),
			numbered(footprints[:30], "better_care_fund_spend,%s,,2017/18,%d,,\n", 12345678, 123457) + numbered(footprints[30:], "better_care_fund_spend,%s,,2017/18,%d,,\n", 13345678, 120457),
			[]string{"period_repeats"},
			"30 of 44 figures of 2017/18 are those of 2016/17",
		},
		"two quarters of a file alike": {
			"", numbered(footprints, "complex_needs_case_manager,%s,,2018-Q1,1%d,5%[2]d,\n", 200, 37) + numbered(footprints, "complex_needs_case_manager,%s,,2017-Q4,1%d,5%[2]d,\n", 200, 37),
			[]string{"period_repeats"},
			"44 of 44 figures",
		},
		"patients of a footprint returned": {"", "registered_patients,QWO,,2018-Q1,1200000,,\n", []string{"known_population"}, "the number of West Yorkshire is 1200000, and was 2655449 before"},
	} {
		t.Run(name, func(t *testing.T) {
			l, w, shown := together, store, shownAtFirst
			if c.before != "" || len(c.rules) == 0 {
				t.Parallel()
				l, w = returning(t)
			}
			if c.before != "" {
				mustPublish(t, l, "before.csv", []byte(mappingtest.ReturnHeading+c.before))
				shown = len(everyValue(t, w, l.Catalog, figures.Now))
			}
			o := loadContent(t, l, "return.csv", []byte(mappingtest.ReturnHeading+c.rows))
			questions, err := w.QuestionsOf(t.Context(), o.Load.ID)
			if err != nil {
				t.Fatal(err)
			}
			var rules []string
			for _, q := range questions {
				if !slices.Contains(rules, q.Rule) {
					rules = append(rules, q.Rule)
				}
			}
			if !slices.Equal(rules, c.rules) {
				t.Fatalf("asked is %q, want %q: %s", rules, c.rules, o.Load.Message)
			}
			if len(c.rules) == 0 {
				if o.Load.State != load.Published {
					t.Errorf("%s: %s", o.Load.State, o.Load.Message)
				}
				return
			}
			if o.Load.State != load.Held || o.Load.Rule == "" || !strings.Contains(o.Load.Message, "row ") ||
				!strings.Contains(o.Load.Message, "accepted: ") || !strings.Contains(o.Load.Message, fmt.Sprintf("stpd load accept %d --reason", o.Load.ID)) {
				t.Errorf("%s: %s", o.Load.State, o.Load.Message)
			}
			if !slices.ContainsFunc(questions, func(q load.Question) bool {
				return strings.Contains(q.Found, c.found) && len(q.Rows) > 0 && q.Rows[0] > 1
			}) {
				t.Errorf("asked is %v", questions)
			}
			if after := len(everyValue(t, w, l.Catalog, figures.Now)); after != shown {
				t.Errorf("%d values are shown, %d before the load that is held", after, shown)
			}
		})
	}
}

// shareOf is one share of another whole in each place, to the nearest one.
func shareOf(row string, places []string, share float64) string {
	var rows strings.Builder
	for i, place := range places {
		of := 14003 + 377*i
		fmt.Fprintf(&rows, row+",%.0f,%d,\n", place, share*float64(of), of)
	}
	return rows.String()
}

// An area may grow and keep its code, as Morecambe Bay did: its people are compared with those by codes of the same day.
func TestPeopleByCodesOfAnotherDay(t *testing.T) {
	t.Parallel()
	const heading = "measure,organisation,period,numerator,denominator,note,codes_on\n"
	l, _ := returning(t)
	mustPublish(t, l, "then.csv", []byte(heading+"registered_patients,01K,2014-Q4,160000,,,\n"))
	mustPublish(t, l, "later.csv", []byte(heading+"registered_patients,01K,2015-Q1,330000,,,2019-04-01\n"))
	o := loadContent(t, l, "again.csv", []byte(heading+"registered_patients,01K,2015-Q2,160000,,,2019-04-01\n"))
	if o.Load.State != load.Held || !strings.Contains(fmt.Sprint(o.Load), "is 160000, and was 330000 before") {
		t.Errorf("%+v", o)
	}
}

// A return that names the cells of some file is asked as any other: no publication states its measures.
func TestQuestionsOfReturnsThatNameCells(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ rule, rows string }{
		"a fraction":         {"share_form", "complex_needs_care_plan,QWO,,2018-Q1,0.6,1,\n"},
		"a hundredth":        {"share_form", "population_mcp,QWO,,2018-Q1,15900,2650000,\npopulation_mcp,QOQ,,2018-Q1,800000,1400000,\n"},
		"thousands":          {"amount_moves", spend(1000)},
		"exchanged columns":  {"known_population", "delayed_days_returned,165,,2018-Q1,800000,3000,\n"},
		"copied denominator": {"same_figure", rowsOf(commissioners, "personal_health_budgets,%s,,2018-Q1,1240,2650000,")},
		"copied share":       {"same_figure", shareOf("joint_commissioning,%s,,2016/17", commissioners, 0.012)},
		"every quarter":      {"same_figure", "complex_needs_care_plan,QWO,,2017-Q1,340,900,\ncomplex_needs_care_plan,QWO,,2017-Q2,340,900,\ncomplex_needs_care_plan,QWO,,2017-Q3,340,900,\n"},
		"a quarter again": {"period_repeats", numbered(footprints, "complex_needs_case_manager,%s,,2018-Q1,1%d,5%[2]d,\n", 200, 37) +
			numbered(footprints, "complex_needs_case_manager,%s,,2017-Q4,1%d,5%[2]d,\n", 200, 37)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, w := returning(t)
			var content strings.Builder
			content.WriteString(strings.TrimSuffix(mappingtest.ReturnHeading, "\n") + ",published_file,published_row\n")
			for i, row := range strings.Split(strings.TrimSpace(c.rows), "\n") {
				fmt.Fprintf(&content, "%s,f.xlsx,%d\n", row, i+2)
			}
			o := loadContent(t, l, "return.csv", []byte(content.String()))
			questions, err := w.QuestionsOf(t.Context(), o.Load.ID)
			if err != nil || o.Load.State != load.Held || !slices.ContainsFunc(questions, func(q load.Question) bool { return q.Rule == c.rule && q.Rows[0] > 1 }) {
				t.Errorf("%s, asked is %v: %s, %v", o.Load.State, questions, o.Load.Message, err)
			}
		})
	}
}

// Parts of a figure may differ as they like: the whole of an organisation is compared with the others', not a part with parts of all kinds.
func TestQuestionsOfParts(t *testing.T) {
	t.Parallel()
	const heading = "measure,organisation,period,numerator,denominator,note,item\n"
	parts := func(unit int) string {
		var rows strings.Builder
		for i, council := range []string{"165", "209", "210", "211", "212", "213"} {
			large, small := 12501234+251234*i, 2101+i
			if council == "211" {
				large, small = large/unit, small/unit
			}
			fmt.Fprintf(
				&rows,
				"better_care_fund_spend,%[1]s,2017/18,%[2]d,,,nursing\nbetter_care_fund_spend,%[1]s,2017/18,%[3]d,,,residential\nbetter_care_fund_spend,%[1]s,2017/18,%[4]d,,,equipment\n",
				council,
				large,
				large+1000,
				small,
			)
		}
		return rows.String()
	}
	l, _ := returning(t)
	if o := loadContent(t, l, "parts.csv", []byte(heading+parts(1))); o.Load.State != load.Published {
		t.Errorf("%s: %s", o.Load.State, o.Load.Message)
	}
	l, w := returning(t)
	o := loadContent(t, l, "thousands.csv", []byte(heading+parts(1000)))
	questions, err := w.QuestionsOf(t.Context(), o.Load.ID)
	if err != nil || o.Load.State != load.Held || len(questions) != 1 || questions[0].Rule != "amount_moves" || questions[0].Organisation != "211" ||
		!strings.Contains(questions[0].Found, "is 27510, and the others state about") {
		t.Errorf("%s, asked is %v: %s, %v", o.Load.State, questions, o.Load.Message, err)
	}
}

// people are returns of commissioners whose patients are too many together.
func people() string {
	var rows strings.Builder
	for i, place := range commissioners {
		fmt.Fprintf(&rows, "personal_health_budgets,%s,,2018-Q1,%d,%d,\n", place, 20+i, 400000+i)
	}
	return rows.String()
}

// A held load is published when it is accepted, as a load of its own that says why; before and after, everything shown is of published loads.
func TestAcceptance(t *testing.T) {
	t.Parallel()
	l, w := returning(t)
	content := []byte(mappingtest.ReturnHeading + "population_mcp,QWO,,2018-Q1,530000,1700000,\n")
	shown := func(asOf figures.AsOf) string {
		return numerator(t, w, asOf, "population_mcp", "E54000005", "2018-Q1")
	}
	held := loadContent(t, l, "return.csv", content).Load
	if again := loadContent(t, l, "return.csv", content); !again.Known || again.Load.ID != held.ID || again.Load.State != load.Held {
		t.Errorf("the inbox finds the file again: %+v", again)
	}
	if _, err := l.Accept(t.Context(), held.ID, " "); err == nil {
		t.Error("accepted without a reason")
	}
	if err := l.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept(t.Context(), held.ID, "half of the practices left for Lancashire")
	if err != nil || accepted.State != load.Published || accepted.Accepted != "half of the practices left for Lancashire" || accepted.ID == held.ID {
		t.Fatalf("%+v, %v", accepted, err)
	}
	if shown(figures.Now) != "530000" {
		t.Errorf("after acceptance %s is shown", shown(figures.Now))
	}
	at := func(id uint64) figures.AsOf {
		asOf, err := w.AsOfLoad(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return asOf
	}
	if got := shown(at(held.ID - 1)); got != "none" {
		t.Errorf("as of the load before, %s is shown", got)
	}
	closed, err := w.Load(t.Context(), held.ID)
	if err != nil || closed.State != load.Closed || !strings.Contains(closed.Message, fmt.Sprintf("accepted as load %d: half of", accepted.ID)) {
		t.Errorf("%+v, %v", closed, err)
	}
	if questions, err := w.QuestionsOf(t.Context(), accepted.ID); err != nil || len(questions) != 1 {
		t.Errorf("the load that was accepted asked %v, %v", questions, err)
	}
	// Accepted once, it is not accepted again; a replay keeps the answer.
	if _, err := l.Accept(t.Context(), held.ID, "again"); err == nil || !strings.Contains(err.Error(), "is closed; accepted: a load that waits") {
		t.Error(err)
	}
	replayed, err := l.Replay(t.Context(), accepted.ID)
	if err != nil || replayed.State != load.Published || replayed.Accepted != accepted.Accepted {
		t.Errorf("replayed: %+v, %v", replayed, err)
	}
	// What the next quarter states is compared with what was accepted.
	mustPublish(t, l, "next.csv", []byte(mappingtest.ReturnHeading+"population_mcp,QWO,,2018-Q2,531000,1710000,\n"))
	// A load that is held and not wanted is withdrawn; nothing changes.
	other := loadContent(t, l, "other.csv", []byte(mappingtest.ReturnHeading+"population_mcp,QWO,,2018-Q3,5310,1710000,\n")).Load
	if gone, err := l.Withdraw(t.Context(), other.ID, "a slip"); err != nil || gone.State != load.Closed || gone.Message != "a slip" {
		t.Errorf("%+v, %v", gone, err)
	}
	if held, err := w.HeldLoads(t.Context(), ""); err != nil || len(held) != 0 {
		t.Errorf("%v wait, %v", held, err)
	}
}

func TestAcceptWithTheFile(t *testing.T) {
	t.Parallel()
	l, w := returning(t)
	content := []byte(mappingtest.ReturnHeading + "population_mcp,QWO,,2018-Q1,530000,1700000,\n")
	held := loadContent(t, l, "return.csv", content).Load
	o, err := l.Load(t.Context(), load.File{Name: "return.csv", Content: bytes.NewReader(content), Again: true, Accept: "as counted"}, "hand")
	if err != nil || o.Load.State != load.Published || o.Load.Accepted != "as counted" {
		t.Fatalf("%+v, %v", o, err)
	}
	if closed, err := w.Load(t.Context(), held.ID); err != nil || closed.State != load.Closed {
		t.Errorf("%+v, %v", closed, err)
	}
	// A reason where nothing is asked is not kept: there was nothing to accept.
	fine, err := l.Load(t.Context(), load.File{
		Name: "fine.csv", Accept: "in any case",
		Content: bytes.NewReader([]byte(mappingtest.ReturnHeading + "population_mcp,QOQ,,2018-Q1,530000,1400000,\n")),
	}, "hand")
	if err != nil || fine.Load.State != load.Published || fine.Load.Accepted != "" {
		t.Errorf("%+v, %v", fine, err)
	}
}

// What was loaded since a load was held may make it ask more than was accepted, or make it old.
func TestAcceptanceOfWhatWasAsked(t *testing.T) {
	t.Parallel()
	l, _ := returning(t)
	held := loadContent(t, l, "return.csv", []byte(mappingtest.ReturnHeading+"population_mcp,QWO,,2018-Q1,53000,1700000,\n")).Load
	mustPublish(t, l, "before.csv", []byte(mappingtest.ReturnHeading+"population_mcp,QWO,,2017-Q4,1900000,2600000,\n"))
	again, err := l.Accept(t.Context(), held.ID, "as counted")
	if err != nil || again.State != load.Held || !strings.Contains(again.Message, "share_moves") || again.ID == held.ID {
		t.Fatalf("%+v, %v", again, err)
	}
	mustPublish(t, l, "since.csv", []byte(mappingtest.ReturnHeading+"population_mcp,QWO,,2018-Q1,1950000,2610000,\n"))
	if _, err := l.Accept(t.Context(), again.ID, "as counted"); err == nil || !strings.Contains(err.Error(), "states some of the figures") {
		t.Error(err)
	}
}

// reworded is a store that gives what was asked in other words, or with other facts.
type reworded struct {
	load.Store
	facts bool
}

func (s *reworded) QuestionsOf(ctx context.Context, id uint64) ([]load.Question, error) {
	questions, err := s.Store.QuestionsOf(ctx, id)
	for i := range questions {
		if questions[i].Found = "said otherwise"; s.facts {
			questions[i].Facts.Figure = "1"
		}
	}
	return questions, err
}

// An acceptance is of what was found, not of the words that it was said in.
func TestAcceptanceIsOfFacts(t *testing.T) {
	t.Parallel()
	l, w := returning(t)
	held := loadContent(t, l, "return.csv", []byte(mappingtest.ReturnHeading+"population_mcp,QWO,,2018-Q1,530000,1700000,\n")).Load
	for _, test := range []struct {
		facts bool
		want  load.State
	}{{true, load.Held}, {false, load.Published}} {
		other := l.With(func(s *load.Settings) { s.Store = &reworded{w, test.facts} })
		accepted, err := other.Accept(t.Context(), held.ID, "as counted")
		if err != nil || accepted.State != test.want {
			t.Fatalf("other facts %v: %+v, %v, want %s", test.facts, accepted, err, test.want)
		}
		held = accepted
	}
}

// A part larger than its whole is impossible, so nobody can accept it: in one row the row is rejected, in several the file is refused.
func TestMoreWaitsThanAttendances(t *testing.T) {
	t.Parallel()
	l, w := pipeline(t)
	april := mappingtest.AprilCSV(t)
	at := slices.IndexFunc(april, func(row []string) bool { return row[1] == "RCD" })
	april[at][april.Column("Number of attendances over 4hrs Type 1")] = "999999"
	april.AddUp(t)
	o := mustPublish(t, l, "april.csv", april.Bytes())
	rejections, err := w.Rejections(t.Context(), o.ID, 10)
	if err != nil || len(rejections) == 0 || rejections[0].Rule != "part_of_whole" || !strings.Contains(rejections[0].Reason, "ae_four_hour") {
		t.Fatalf("%+v, %v", rejections, err)
	}
	long := "measure,organisation,period,numerator,denominator,published_file,published_row\n" +
		"ae_attendances_type1,RCD,2018-05,100,,may.csv,7\nae_over_four_hours_type1,RCD,2018-05,120,,may.csv,7\n"
	refused := loadContent(t, l, "long.csv", []byte(long)).Load
	if refused.State != load.Failed || refused.Rule != "part_of_whole_in_file" || !strings.Contains(refused.Message, "ae_four_hour_type1 of Harrogate") {
		t.Errorf("%s, %s: %s", refused.State, refused.Rule, refused.Message)
	}
}

// Nothing that is bundled, and nothing that the publishers released, is held: each question that it raised would be a false alarm.
// Of a folder with many files every fifth is loaded, and with STPD_TEST_WHOLE all of them are: make whole.
func TestPublicationsRaiseNoQuestions(t *testing.T) {
	t.Parallel()
	l, w := bundled(t) // all of them are published, so none is held
	asked := func(name string, o load.Outcome) {
		if o.Load.State == load.Held {
			t.Errorf("%s: %s", name, o.Load.Message)
		}
		questions, err := w.QuestionsOf(t.Context(), o.Load.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range questions {
			t.Logf("%s: %s", name, q)
		}
		if o.Load.State == load.Failed && o.Load.Rule == "part_of_whole_in_file" {
			t.Errorf("%s: %s", name, o.Load.Message)
		}
	}
	loaded, least := 0, 15
	if everyFile {
		least = 80
	}
	for _, folder := range []string{"ae", "ae_2020_21", "cancer", "loans", "prescribing", "delays", "gp_payments", "hes_ccg", "../tidy"} {
		files := mappingtest.Published(t, folder)
		for i, file := range files {
			if !everyFile && len(files) > 20 && i%5 != 0 {
				continue
			}
			o := loadContent(t, l, filepath.Base(file), mappingtest.ReadFile(t, file))
			if asked(file, o); o.Load.State == load.Published {
				loaded++
			}
		}
	}
	if loaded < least {
		t.Errorf("%d files of publishers were loaded", loaded)
	}
}

// monthsInOrder are the published months of A&E, the earliest first, without some in between unless every file is loaded.
func monthsInOrder(t *testing.T) []string {
	t.Helper()
	var files []string
	for year := 2015; year <= 2021; year++ {
		for _, month := range []string{
			"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
		} {
			for _, file := range append(mappingtest.Published(t, "ae"), mappingtest.Published(t, "ae_2020_21")...) {
				name := strings.ToLower(filepath.Base(file))
				if at := strings.Index(name, strings.ToLower(month)); at >= 0 && strings.HasPrefix(strings.TrimLeft(name[at+len(month):], "-"), strconv.Itoa(year)) {
					files = append(files, file)
				}
			}
		}
	}
	if len(files) != 79 {
		t.Fatalf("%d months of A&E", len(files))
	}
	if everyFile {
		return files
	}
	return files[14:30] // with a trust that made no return, one that stated zeros, and departments that closed
}

// Months that come one after the other, as they were published, raise no question.
func TestMonthsInOrderRaiseNoQuestions(t *testing.T) {
	t.Parallel()
	l, w := prepared(t, "shipped", mappingtest.Shipped(t), func(*load.Loader) {})
	for _, file := range monthsInOrder(t) {
		asks(t, l, w, filepath.Base(file), mappingtest.ReadFile(t, file), "", "")
	}
}

// What a publication changes greatly from the month before is asked: each is the publisher's file with one thing changed.
func TestPublicationsThatChange(t *testing.T) {
	t.Parallel()
	l, w := returning(t)
	file := func(month string) mappingtest.Grid {
		rows, err := csv.NewReader(bytes.NewReader(mappingtest.PublishedFile(t, "ae_2020_21", month))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	mustPublishWhole(t, l, "november.csv", mappingtest.PublishedFile(t, "ae_2020_21", "November2021"))
	asked := func(name string, g mappingtest.Grid, rule, found string) {
		t.Helper()
		o := loadContent(t, l, name+".csv", g.Bytes())
		questions, err := w.QuestionsOf(t.Context(), o.Load.ID)
		if err != nil {
			t.Fatal(err)
		}
		if o.Load.State != load.Held || !slices.ContainsFunc(questions, func(q load.Question) bool { return q.Rule == rule && strings.Contains(q.Found, found) }) {
			t.Errorf("%s: %s (%s), %v", name, o.Load.State, o.Load.Message, questions)
		}
	}
	repeated := file("November2021")
	for i := range repeated {
		repeated[i][0] = strings.Replace(repeated[i][0], "NOVEMBER", "DECEMBER", 1)
	}
	asked("repeated", repeated, "period_repeats", "figures of 2021-12 are those of 2021-11")

	exchanged := file("December2021")
	a := slices.IndexFunc(exchanged[0], func(heading string) bool { return strings.Contains(heading, "4-12 hs") })
	b := slices.IndexFunc(exchanged[0], func(heading string) bool { return strings.Contains(heading, "12+ hrs") })
	exchanged[0][a], exchanged[0][b] = exchanged[0][b], exchanged[0][a]
	asked("exchanged", exchanged, "columns_exchanged", "dta_waits_over_12h")

	if o := loadContent(t, l, "december.csv", mappingtest.PublishedFile(t, "ae_2020_21", "December2021")); o.Load.State != load.Published {
		t.Errorf("the file as it was published: %s, %s", o.Load.State, o.Load.Message)
	}
}

// What a publication changes of the list before, or of the list that it revises, is asked: each is a week as it was published with some figures
// changed, as the week after one that is shown, and as an edition of a week that is.
func TestPublicationsThatRevise(t *testing.T) {
	t.Parallel()
	type trusts map[string]map[string]string
	read := func(week string) (all trusts) {
		t.Helper()
		if err := json.Unmarshal(mappingtest.PublishedFile(t, "ae_weekly", week+"-"), &all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	const share, attendances, admissions = "patients_seen_in_four_hours", "attendances_at_ane", "emergency_admissions"
	// change states a figure of some trusts, in the order of their codes, anew.
	change := func(field string, first int, anew func(n float64) float64) func(trusts) {
		return func(all trusts) {
			for _, code := range slices.Sorted(maps.Keys(all))[:min(first, len(all))] {
				n, err := strconv.ParseFloat(strings.TrimSpace(all[code][field]), 64)
				if err != nil {
					t.Fatal(err)
				}
				all[code][field] = strconv.FormatFloat(anew(n), 'f', -1, 64)
			}
		}
	}
	times := func(factor float64) func(float64) float64 {
		return func(n float64) float64 { return math.Round(n*factor*1e6) / 1e6 }
	}
	const all = 1000
	l, w := returning(t)
	mustPublishWhole(t, l, "week15-weekly_ae_sitrep.json", mappingtest.PublishedFile(t, "ae_weekly", "week15-"))
	asked := func(name string, alter func(trusts), want map[string]string) {
		t.Helper()
		week := read("week16")
		alter(week)
		content, err := json.Marshal(week)
		if err != nil {
			t.Fatal(err)
		}
		o := loadContent(t, l, "week16-weekly_ae_sitrep.json", content)
		questions, err := w.QuestionsOf(t.Context(), o.Load.ID)
		if err != nil {
			t.Fatal(err)
		}
		if o.Load.State != load.Held {
			t.Errorf("%s: %s (%s)", name, o.Load.State, o.Load.Message)
		}
		for rule, found := range want {
			if !slices.ContainsFunc(questions, func(q load.Question) bool {
				return q.Rule == rule && strings.Contains(q.Found, found) && len(q.Rows) > 0 && q.Rows[0] > 1
			}) {
				t.Errorf("%s: not asked is %s, %q: %v", name, rule, found, questions)
			}
		}
	}
	asked("the next week, in fractions", change(share, all, times(0.01)), map[string]string{"total_moves": "all organisations together state"})
	asked(
		"the next week, many in fractions",
		change(share, 40, times(0.01)),
		map[string]string{"total_moves": "40 of the 140 larger organisations change by a factor of ten"},
	)
	asked(
		"the next week, those who waited",
		change(share, all, func(n float64) float64 { return math.Round((100-n)*10) / 10 }),
		map[string]string{"total_moves": "all organisations together state"},
	)

	mustPublish(t, l, "week16-weekly_ae_sitrep.json", mappingtest.PublishedFile(t, "ae_weekly", "week16-"))
	asked(
		"all but one in fractions",
		change(share, 139, times(0.01)),
		map[string]string{"revision_moves": "differ by more than a tenth from those that are shown"},
	)
	asked(
		"one in fractions",
		change(share, 1, times(0.01)),
		map[string]string{"revision_moves": "Isle of Wight NHS Trust (R1F) states 5.74 of 784 (0.732%), and 573.89 of 784 (73.2%) is shown"},
	)
	asked("nine times", change(attendances, all, times(9)), map[string]string{"revision_moves": "2361330 in all, and 262370 is shown"})
	asked(
		"half",
		change(admissions, all, func(n float64) float64 { return math.Floor(n / 2) }),
		map[string]string{"revision_moves": "differ by more than a tenth"},
	)
	asked("one ten times", change(admissions, 1, times(10)), map[string]string{"revision_moves": "Isle of Wight NHS Trust (R1F) states 2010, and 201 is shown"})
	asked(
		"no share",
		change(share, 1, times(0)),
		map[string]string{"zero": "states 0 for ae_weekly_four_hour_type1 in week ending 2015-02-22, after 573.89 of 784 (73.2%)"},
	)
	asked("every figure a row lower", func(week trusts) {
		codes, before := slices.Sorted(maps.Keys(week)), read("week16")
		for i, code := range codes {
			week[code][attendances] = before[codes[(i+1)%len(codes)]][attendances]
		}
	}, map[string]string{"revision_moves": "organisation by organisation"})

	week := read("week16")
	change(attendances, all, times(1.02))(week)
	change(attendances, all, math.Round)(week)
	content, err := json.Marshal(week)
	if err != nil {
		t.Fatal(err)
	}
	if o := loadContent(t, l, "week16-weekly_ae_sitrep.json", content); o.Load.State != load.Published {
		t.Errorf("a revision by a fiftieth: %s, %s", o.Load.State, o.Load.Message)
	}

	change(share, 80, times(-1))(week)
	if content, err = json.Marshal(week); err != nil {
		t.Fatal(err)
	}
	if o := loadContent(t, l, "week16-weekly_ae_sitrep.json", content); o.Load.State != load.Failed || o.Load.Rule != "most_rows_read" || o.Load.Rejections != 80 {
		t.Errorf("most rows rejected: %s, %s, %d rejections: %s", o.Load.State, o.Load.Rule, o.Load.Rejections, o.Load.Message)
	}
}
