package catalog_test

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/catalog"
)

func TestShippedDefinitions(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	var headlines []string
	for _, m := range c.Headlines() {
		headlines = append(headlines, m.ID)
	}
	slices.Sort(headlines)
	want := []string{
		"ae_attendances",
		"ae_attendances_growth",
		"ae_attendances_type1",
		"ae_four_hour",
		"ae_four_hour_type1",
		"ambulance_arrivals",
		"ambulance_handovers_delayed",
		"anticoagulant_cost",
		"anticoagulant_items",
		"avoidable_admissions",
		"bed_occupancy_general_acute",
		"better_care_fund_spend",
		"cancer_31_day",
		"cancer_62_day",
		"cancer_two_week_wait",
		"care_home_admissions_65",
		"carers_quality_of_life",
		"carers_satisfied",
		"complex_needs_care_plan",
		"complex_needs_case_manager",
		"complex_needs_telehealth",
		"core_allocation",
		"delayed_days",
		"delayed_days_nhs",
		"delayed_days_per_adult",
		"delayed_days_social_care",
		"delayed_days_social_care_per_adult",
		"delayed_transfer_days",
		"delayed_transfer_days_nhs",
		"delayed_transfer_days_social_care",
		"direct_payments",
		"doac_share",
		"dta_waits_over_12h",
		"elective_admissions",
		"emergency_admissions",
		"emergency_admissions_growth",
		"emergency_admissions_rolling_year",
		"first_outpatient_attendances",
		"gp_payments",
		"gp_payments_per_patient",
		"gp_referrals",
		"hes_emergency_admissions",
		"home_91_days_after_reablement",
		"joint_commissioning",
		"lidocaine_cost",
		"low_value_medicines",
		"non_elective_admissions",
		"non_elective_admissions_rolling_year",
		"operations_cancelled",
		"operations_cancelled_not_treated_28_days_share",
		"opioid_high_dose_items",
		"opioid_high_dose_share",
		"opioid_morphine_equivalent",
		"other_referrals",
		"patients_supported",
		"people_delayed",
		"personal_health_budgets",
		"population_capitated_budget",
		"population_mcp",
		"population_pacs",
		"reablement_offered",
		"social_care_spend",
		"social_care_spend_care_homes",
		"social_care_spend_community",
		"social_care_spend_per_adult",
		"social_care_spend_short_term",
		"trust_emergency_loans",
		"trust_net_position",
		"trust_operating_cost",
		"trust_surplus",
		"trust_surplus_against_plan",
		"users_quality_of_life",
		"users_quality_of_life_adjusted",
		"users_satisfied",
	}
	if diff := cmp.Diff(want, headlines); diff != "" {
		t.Errorf("headline measures (-want +got):\n%s", diff)
	}
	whole := map[bool][]string{}
	for _, s := range c.Sources {
		whole[s.Whole] = append(whole[s.Whole], s.ID)
	}
	wantWhole := map[bool][]string{
		true: {
			"ae",
			"ae_weekly",
			"allocations",
			"ambulance",
			"ascof",
			"avoidable_admissions",
			"beds",
			"beds_all_years",
			"cancelled_operations",
			"cancer",
			"delayed_transfers",
			"delayed_transfers_council",
			"gp_payments",
			"hes",
			"loans",
			"mar",
			"mar_primary_care_trusts",
			"mid_year_population",
			"oflog",
			"prescribing_anticoagulants",
			"prescribing_doacs",
			"prescribing_lidocaine",
			"prescribing_low_value",
			"prescribing_opioid_high_dose_items",
			"prescribing_opioid_high_dose_share",
			"prescribing_opioid_ome",
			"registered_patients_by_age",
			"social_care_spend",
			"trust_accounts",
			"trust_finance",
		},
		false: {"canonical", "payments"},
	}
	if diff := cmp.Diff(wantWhole, whole); diff != "" {
		t.Errorf("sources, by whether their files are known to be whole (-want +got):\n%s", diff)
	}
	hashes := map[string]string{}
	for _, d := range c.Definitions() {
		if other, taken := hashes[d.Hash]; taken || d.Hash == "" {
			t.Errorf("%s and %s have the hash %q", d.ID, other, d.Hash)
		}
		hashes[d.Hash] = d.ID
	}
}

func TestTermsOfAShare(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	m, ok := c.Measure("ae_four_hour_type1")
	if !ok || m.Observed() || !m.Ratio() {
		t.Fatalf("%+v", m)
	}
	want := []catalog.Term{
		{Measure: m.ID, Component: "ae_attendances_type1", Field: "numerator", Part: "numerator", Coefficient: 1},
		{Measure: m.ID, Component: "ae_over_four_hours_type1", Field: "numerator", Part: "numerator", Coefficient: -1},
		{Measure: m.ID, Component: "ae_attendances_type1", Field: "numerator", Part: "denominator", Coefficient: 1},
	}
	if diff := cmp.Diff(want, m.Terms()); diff != "" {
		t.Error(diff)
	}
}

const (
	measures = `theme: spend
unit: gbp
level: commissioner
direction: down
grain: month
sources: [returns]
measures:
  - id: cost
    title: Cost
    definition: What it costs.
  - id: part
    title: Part
    definition: A part.
    unit: share
    numerator:
      description: The cost
      add: [cost]
    denominator:
      description: The cost
      add: [cost]
`
	source = `id: returns
title: Returns
publisher: Ourselves
tables:
  - name: csv
    header: [month, code]
    period: {column: month, pattern: "^(.+)$", form: canonical}
    place: {column: code, by: code}
    columns:
      - titles: [pounds]
        measure: cost
        scale: "1000"
`
)

func definitions(measures, source string) fs.FS {
	return fstest.MapFS{"measures/m.yaml": {Data: []byte(measures)}, "sources/s.yaml": {Data: []byte(source)}}
}

func TestMistakes(t *testing.T) {
	if _, err := catalog.Read(definitions(measures, source)); err != nil {
		t.Fatalf("the definitions to be spoilt are not sound: %v", err)
	}
	const (
		measureFields = "accepted: id, title, theme, definition, summary, unit, counted, direction, grain, level, headline, per, per_1000, numerator, denominator, part, whole, population, plausible, weighted_by, england_stated, carried_forward, repeats, negative, derived, over_time, sources, caveats, breaks"
		period        = "accepted: a month such as 2017-04"
		idForm        = "accepted: lower-case letters, digits and underscores"
	)
	for _, test := range []struct {
		name string
		// old is replaced by new in the file that has it.
		old, new string
		want     []string
	}{
		{"a bracket that is not closed", "sources: [returns]", "sources: [returns", []string{"measures/m.yaml:7:1: ',' or ']' must be specified"}},
		{"a tab", "    title: Cost", "\ttitle: Cost", []string{"measures/m.yaml:9:1: found character '\t' that cannot start any token"}},
		{"wrong indentation", "    title: Cost", "   title: Cost", []string{"measures/m.yaml:9:4: value is not allowed in this context"}},
		{"a field twice", "title: Cost", "title: Cost\n    title: Costs", []string{`measures/m.yaml:10:5: mapping key "title" already defined at [9:5]`}},
		{"an anchor that is not there", "title: Cost", "title: *cost", []string{`measures/m.yaml:9:13: found the alias "cost", accepted: one whose anchor stands before it`}},
		{"an anchor within itself", "title: Cost", "caveats: &all [*all]", []string{`measures/m.yaml:9:21: found the alias "all", accepted: one whose anchor stands before it`}},
		{
			"fields merged with themselves", "    numerator:\n", "    numerator: &all\n      <<: *all\n",
			[]string{`measures/m.yaml:16:12: found the alias "all", accepted: one whose anchor stands before it`},
		},
		{"an unknown field of an alias", "publisher: Ourselves", "publisher: Ourselves\nnames: &all {a: b}\nskip: [*all]", []string{`sources/s.yaml:4:14: unknown field "a"`}},
		{
			"aliases that stand for too much", "publisher: Ourselves",
			"publisher: Ourselves\nfiles: &a [" + strings.Repeat("a.csv, ", 100) + "]\nskip: &b [" + strings.Repeat("{files: *a}, ", 600) + "]",
			[]string{`sources/s.yaml:5:10: found more than 1048576 bytes of values, with aliases written out, accepted: fewer`},
		},
		{
			"lists in lists", "publisher: Ourselves", "publisher: Ourselves\nfiles: " + strings.Repeat("[", 60) + strings.Repeat("]", 60),
			[]string{`sources/s.yaml:4:58: found lists or fields more than 50 deep in each other, accepted: fewer`},
		},
		{
			"lists in lists without brackets", "publisher: Ourselves", "publisher: Ourselves\nfiles:\n  " + strings.Repeat("- ", 60) + "a",
			[]string{`sources/s.yaml:5:103: found lists or fields more than 50 deep in each other, accepted: fewer`},
		},
		{"a large file", "publisher: Ourselves", "publisher: Ourselves\n" + strings.Repeat("# why\n", 11_000), []string{`sources/s.yaml:1:1: found a file over the limit, accepted: 65536 bytes`}},
		{"a tag", "publisher: Ourselves", "publisher: !!str Ourselves", []string{`sources/s.yaml:3:12: found the tag !!str, accepted: a value without one`}},
		{"a tag of nothing", "header: [month, code]", "header: !month, ", []string{`sources/s.yaml:6:13: found the tag !month,, accepted: a value without one`}},
		{
			"long regular expressions", `"^(.+)$"`, `"^(` + strings.Repeat("a", 2000) + `)$"`,
			[]string{`sources/s.yaml:7:38: tables[0].period.pattern: found "^(` + strings.Repeat("a", 498) + `…", accepted: regular expressions of at most 2000 bytes in a file`},
		},
		{
			"a second document", "      add: [cost]\n    denominator", "      add: [cost]\n---\n    denominator",
			[]string{"measures/m.yaml:18:1: found a second document, accepted: one a file"},
		},
		{
			"an unknown field of the file", "theme: spend", "topic: spend",
			[]string{`measures/m.yaml:1:1: unknown field "topic", accepted: theme, unit, counted, direction, grain, level, over_time, sources, measures`},
		},
		{
			"unknown fields in several places", "level: commissioner\ndirection", "lever: commissioner\ndirektion",
			[]string{
				`measures/m.yaml:3:1: unknown field "lever", accepted: theme, unit, counted, direction, grain, level, over_time, sources, measures`,
				`measures/m.yaml:4:1: unknown field "direktion", accepted: theme, unit, counted, direction, grain, level, over_time, sources, measures`,
			},
		},
		{"an unknown field of a measure", "title: Part", "titel: Part", []string{`measures/m.yaml:12:5: unknown field "titel", ` + measureFields}},
		{
			"an unknown field of a sum", "      add: [cost]\n    denominator", "      plus: [cost]\n    denominator",
			[]string{`measures/m.yaml:17:7: unknown field "plus", accepted: description, add, subtract, own_periods, each_day`},
		},
		{
			"an unknown field of a source", "publisher:", "editor:",
			[]string{`sources/s.yaml:3:1: unknown field "editor", accepted: id, title, publisher, url, licence, attribution, files_are, rhythm, ended, begins, misnamed, where, hosts, private, schedule, files, skip, whole, codes_as_of, names, synonyms, tables, columns, not_reported, omits, published_so, tolerance`},
		},
		{
			"an unknown field of a period", "form: canonical", "format: canonical",
			[]string{`sources/s.yaml:7:48: unknown field "format", accepted: after, title, file, column, and, heading, pattern, form, periods`},
		},
		{
			"an unknown field of a column", "        measure: cost", "        measures: cost",
			[]string{`sources/s.yaml:11:9: unknown field "measures", accepted: titles, pattern, files, where, measure, equals, less, and, ignore, denominator, percentage, weight, denominator_scale, times, scale, optional`},
		},
		{"a list for a text", "title: Cost", "title: [Cost]", []string{"measures/m.yaml:9:12: found a list, accepted: a text"}},
		{"a text for a list", "sources: [returns]", "sources: returns", []string{"measures/m.yaml:6:10: found a text, accepted: a list"}},
		{"a text for true or false", "title: Cost", "title: Cost\n    headline: often", []string{`measures/m.yaml:10:15: found "often", accepted: true or false`}},
		{"fields for a text", "title: Cost", "title: {a: b}", []string{"measures/m.yaml:9:12: found fields, accepted: a text"}},
		{
			"a text for fields", "    numerator:\n      description: The cost\n      add: [cost]\n    denominator", "    numerator: cost\n    denominator",
			[]string{"measures/m.yaml:15:16: found a text, accepted: fields"},
		},
		{"a measure that is nothing", "  - id: part", "  -\n  - id: part", []string{`measures/m.yaml:11:4: measures[1]: found "nothing", accepted: a measure`}},

		{"an unknown unit", "    unit: share", "    unit: per cent", []string{`measures/m.yaml:14:11: measures[1].unit: found "per cent", accepted: number, share, gbp, rate`}},
		{"an unknown unit of all", "unit: gbp", "unit: pounds", []string{`measures/m.yaml:2:7: unit: found "pounds", accepted: number, share, gbp, rate`}},
		{"no unit", "unit: gbp\n", "", []string{`measures/m.yaml:7:5: measures[0].unit: found "", accepted: number, share, gbp, rate`}},
		{
			"a rate per nothing", "title: Cost", "title: Cost\n    unit: rate",
			[]string{`measures/m.yaml:8:5: measures[0].per: found "0", accepted: a number over zero for a rate, such as 100000, and none otherwise`},
		},
		{
			"a number per so many", "title: Cost", "title: Cost\n    per: 1000",
			[]string{`measures/m.yaml:10:10: measures[0].per: found "1000", accepted: a number over zero for a rate, such as 100000, and none otherwise`},
		},
		{"a rate per so many in words", "title: Cost", "title: Cost\n    per: thousand", []string{`measures/m.yaml:10:10: found "thousand", accepted: a whole number`}},
		{
			"a rate of a rate", "title: Cost", "title: Cost\n    unit: rate\n    per: 1000\n    per_1000: true",
			[]string{`measures/m.yaml:12:15: measures[0].per_1000: found "true", accepted: false, as the measure is a rate already`},
		},
		{
			"nothing that is plausible", "title: Cost", "title: Cost\n    plausible: {per: nobody, least: 5, most: 5}",
			[]string{
				`measures/m.yaml:10:46: measures[0].plausible.most: found "5", accepted: more than least`,
				`measures/m.yaml:10:22: measures[0].plausible.per: found "nobody", accepted: the id of an observed number`,
			},
		},
		{
			"people carried too far", "title: Cost", "title: Cost\n    carried_forward: 25",
			[]string{
				`measures/m.yaml:10:22: measures[0].carried_forward: found "25", accepted: a number of periods from one on, of two years together at most`,
				`measures/m.yaml:10:22: measures[0].carried_forward: found "25", accepted: none, but for an observed number of people at one moment (over_time: end_of_period)`,
			},
		},
		{
			"a denominator of other periods that is not carried forward", "    denominator:\n", "    denominator:\n      own_periods: true\n",
			[]string{`measures/m.yaml:19:7: measures[1].denominator: found "cost", accepted: the id of a measure with carried_forward`},
		},
		{
			"each day of nothing", "    denominator:\n", "    denominator:\n      each_day: true\n",
			[]string{`measures/m.yaml:19:7: measures[1].denominator: found "each_day", accepted: own_periods with it`},
		},
		{
			"a numerator of other periods", "    numerator:\n", "    numerator:\n      own_periods: true\n",
			[]string{`measures/m.yaml:16:7: measures[1].numerator: found "own_periods or each_day", accepted: neither, as a denominator alone has them`},
		},
		{
			"a rate without a denominator", "title: Cost", "title: Cost\n    unit: rate\n    per: 1000",
			[]string{`sources/s.yaml:10:9: tables[0].columns[0].denominator: found "", accepted: the heading of the denominator, as the measure is a rate`},
		},
		{
			"a denominator of a cost", "        measure: cost", "        measure: cost\n        denominator: patients",
			[]string{`sources/s.yaml:12:22: tables[0].columns[0].denominator: found "patients", accepted: none, as the column states no share and no rate`},
		},
		{
			"a percentage of a cost", "        measure: cost", "        measure: cost\n        percentage: share",
			[]string{`sources/s.yaml:12:21: tables[0].columns[0].percentage: found "share", accepted: none, as the column states no share and no rate`},
		},
		{
			"an omission of nothing", "publisher: Ourselves", "publisher: Ourselves\nomits: [{}]",
			[]string{
				`sources/s.yaml:4:9: omits[0].organisations: found "none", accepted: codes of organisations`,
				`sources/s.yaml:4:9: omits[0].reason: found "", accepted: how it is known that they had something to report`,
				`sources/s.yaml:4:9: omits[0]: found "no periods or no measures", accepted: both; periods one by one, or from`,
			},
		},
		{
			"an omission for ever", "publisher: Ourselves",
			"publisher: Ourselves\nomits: [{organisations: [RJ1], from: 2017-04, measures: [cost], reason: seen}]",
			[]string{`sources/s.yaml:4:38: omits[0].from: found "2017-04", accepted: the periods one by one, as a figure that is missing is named in each`},
		},
		{
			"published so from no period", "publisher: Ourselves",
			"publisher: Ourselves\npublished_so: [{organisations: [RJ1], from: spring, measures: [cost], reason: seen}]",
			[]string{`sources/s.yaml:4:45: published_so[0].from: found "spring", accepted: a month such as 2017-04`},
		},
		{
			"published so without a reason", "publisher: Ourselves",
			"publisher: Ourselves\npublished_so: [{organisations: [R1H], periods: [2016-Q4], measures: [cost]}]",
			[]string{
				`sources/s.yaml:4:16: published_so[0].reason: found "", accepted: what the publication states or leaves out, and why`,
				`sources/s.yaml:4:49: published_so[0].periods[0]: found "2016-Q4", accepted: a month such as 2017-04`,
			},
		},
		{
			"an omission in another grain", "publisher: Ourselves",
			"publisher: Ourselves\nomits: [{organisations: [R1H], periods: [2016-Q4], measures: [cost], reason: x}]",
			[]string{`sources/s.yaml:4:42: omits[0].periods[0]: found "2016-Q4", accepted: a month such as 2017-04`},
		},
		{
			"a scale of no denominator", "        measure: cost", "        measure: cost\n        denominator_scale: 1000",
			[]string{`sources/s.yaml:12:28: tables[0].columns[0].denominator_scale: found "1000", accepted: a denominator with it`},
		},
		{
			"a multiplication of nothing", "        measure: cost", "        ignore: too\n        times: patients",
			[]string{`sources/s.yaml:12:16: tables[0].columns[0].times: found "patients", accepted: a measure with it`},
		},
		{
			"a repetition of what is not there", "title: Cost", "title: Cost\n    repeats: price",
			[]string{
				`measures/m.yaml:10:14: measures[0].repeats: found "price", accepted: the id of a measure that repeats none`,
				`measures/m.yaml:17:7: measures[1].numerator: found "cost", accepted: a measure that is not for cross-checks alone`,
				`measures/m.yaml:20:7: measures[1].denominator: found "cost", accepted: a measure that is not for cross-checks alone`,
			},
		},
		{
			"a repetition of another unit, made of others, on a card", "    unit: share", "    unit: share\n    repeats: cost\n    headline: true",
			[]string{
				`measures/m.yaml:15:14: measures[1].repeats: found "cost", accepted: a measure of the same unit and grain`,
				`measures/m.yaml:15:14: measures[1].repeats: found "cost", accepted: none, as the measure is made from others`,
				`measures/m.yaml:16:15: measures[1].headline: found "true", accepted: false, as the measure is for cross-checks alone`,
			},
		},
		{"an unknown direction", "direction: down", "direction: sideways", []string{`measures/m.yaml:4:12: direction: found "sideways", accepted: up, down, neutral`}},
		{"an unknown grain", "grain: month", "grain: fortnight", []string{`measures/m.yaml:5:8: grain: found "fortnight", accepted: day, week, month, quarter, calendar_year, financial_year`}},
		{"an unknown level", "level: commissioner", "level: ward", []string{`measures/m.yaml:3:8: level: found "ward", accepted: provider, commissioner, council, body, footprint, england`}},
		{"an id with capitals", "  - id: part", "  - id: Part", []string{`measures/m.yaml:11:9: measures[1].id: found "Part", ` + idForm}},
		{"an id twice", "  - id: part", "  - id: cost", []string{`measures/m.yaml:11:9: measures[1].id: found "cost", accepted: an id that no other measure has`}},
		{
			"no title and no definition", "    title: Cost\n    definition: What it costs.\n", "",
			[]string{`measures/m.yaml:8:5: measures[0].title: found "", accepted: a title`, `measures/m.yaml:8:5: measures[0].definition: found "", accepted: a definition in plain words`},
		},
		{
			"a sum of nothing", "      add: [cost]\n    denominator", "      add: []\n    denominator",
			[]string{`measures/m.yaml:16:7: measures[1].numerator: found "nothing", accepted: add: with at least one measure`},
		},
		{
			"a share without a denominator", "    denominator:\n      description: The cost\n      add: [cost]\n", "",
			[]string{`measures/m.yaml:14:11: measures[1].unit: found "share", accepted: a denominator with it`},
		},
		{
			"a denominator alone", "    numerator:\n      description: The cost\n      add: [cost]\n    denominator", "    denominator",
			[]string{`measures/m.yaml:16:7: measures[1].denominator: found "a denominator alone", accepted: a numerator with it`},
		},
		{
			"a sum of what is not there", "      add: [cost]\n    denominator", "      add: [prize]\n    denominator",
			[]string{`measures/m.yaml:16:7: measures[1].numerator: found "prize", accepted: the id of an observed measure`},
		},
		{
			"a sum of another grain", "definition: What it costs.", "definition: What it costs.\n    grain: quarter",
			[]string{
				`measures/m.yaml:17:7: measures[1].numerator: found "cost", accepted: a measure of the same grain`,
				`measures/m.yaml:20:7: measures[1].denominator: found "cost", accepted: a measure of the same grain`,
			},
		},
		{
			"a sum of another level", "    unit: share", "    unit: share\n    level: provider",
			[]string{
				`measures/m.yaml:17:7: measures[1].numerator: found "cost", accepted: a measure of the same level`,
				`measures/m.yaml:20:7: measures[1].denominator: found "cost", accepted: a measure of the same level`,
			},
		},
		{"a break in no period", "title: Cost", "title: Cost\n    breaks: [{from: April, note: x}]", []string{`measures/m.yaml:10:21: measures[0].breaks[0].from: found "April", ` + period}},
		{"a break in a period of another grain", "title: Cost", "title: Cost\n    breaks: [{from: 2016/17, note: x}]", []string{`measures/m.yaml:10:21: measures[0].breaks[0].from: found "2016/17", ` + period}},
		{"an event in a period of another grain", "title: Cost", "title: Cost\n    events: [{period: 2016-Q1, note: x}]", []string{`measures/m.yaml:10:23: measures[0].events[0].period: found "2016-Q1", ` + period}},
		{
			"an event that ends in a period of another grain", "title: Cost", "title: Cost\n    events: [{period: 2016-01, until: 2016, note: x}]",
			[]string{`measures/m.yaml:10:39: measures[0].events[0].until: found "2016", ` + period},
		},
		{
			"an event that ends before it begins", "title: Cost", "title: Cost\n    events: [{period: 2016-02, until: 2016-01, note: x}]",
			[]string{`measures/m.yaml:10:39: measures[0].events[0].until: found "2016-01", accepted: a period after 2016-02`},
		},
		{"an unknown source", "sources: [returns]", "sources: [returns, elsewhere]", []string{`measures/m.yaml:6:20: sources[1]: found "elsewhere", accepted: the id of a source`}},
		{
			"an unknown source of one measure", "title: Cost", "title: Cost\n    sources: [elsewhere]",
			[]string{`measures/m.yaml:10:15: measures[0].sources[0]: found "elsewhere", accepted: the id of a source`},
		},

		{"an id of a source with a space", "id: returns", "id: my returns", []string{`sources/s.yaml:1:5: id: found "my returns", ` + idForm}},
		{"an id of the product's own", "id: returns", "id: inbox", []string{`sources/s.yaml:1:5: id: found "inbox", accepted: an id other than definitions, inbox, memberships, withdrawals`}},
		{"no publisher", "publisher: Ourselves\n", "", []string{`sources/s.yaml:1:1: publisher: found "", accepted: the publisher's name`}},
		{"no tables", source[strings.Index(source, "tables:"):], "", []string{`sources/s.yaml:1:1: tables: found "none", accepted: at least one table`}},
		{"a tolerance in words", "publisher: Ourselves", "publisher: Ourselves\ntolerance: little", []string{`sources/s.yaml:4:12: tolerance: found "little", accepted: a number`}},
		{"no such day", "publisher: Ourselves", "publisher: Ourselves\ncodes_as_of: 2019-02-30", []string{`sources/s.yaml:4:14: codes_as_of: found "2019-02-30", accepted: a date such as 2019-04-01`}},
		{
			"a file without a place", "publisher: Ourselves", "publisher: Ourselves\nwhere: [{links: x}]",
			[]string{
				`sources/s.yaml:4:9: where[0]: found "none", accepted: exactly one of folder, page, url`,
				`sources/s.yaml:4:17: where[0].links: found "x", accepted: a regular expression for the links of a page, and none otherwise`,
			},
		},
		{
			"a file in two places", "publisher: Ourselves", "publisher: Ourselves\nwhere: [{folder: in, url: https://nhs.uk/a.csv}]",
			[]string{`sources/s.yaml:4:9: where[0]: found "folder and url", accepted: exactly one of folder, page, url`},
		},
		{
			"an address of another scheme", "publisher: Ourselves", "publisher: Ourselves\nwhere: [{url: ftp://nhs.uk/a.csv}]",
			[]string{`sources/s.yaml:4:15: where[0].url: found "ftp://nhs.uk/a.csv", accepted: an address that begins with https:// or http://, without a name and password`},
		},
		{
			"an address with a password", "publisher: Ourselves", "publisher: Ourselves\nwhere: [{page: https://me:secret@nhs.uk/, links: csv}]",
			[]string{`sources/s.yaml:4:16: where[0].page: found "https://me:secret@nhs.uk/", accepted: an address that begins with https:// or http://, without a name and password`},
		},
		{
			"a page without links", "publisher: Ourselves", "publisher: Ourselves\nwhere:\n  - page: https://nhs.uk/",
			[]string{`sources/s.yaml:5:5: where[0].links: found "", accepted: a regular expression for the links of a page, and none otherwise`},
		},
		{
			"links that are no regular expression", "publisher: Ourselves", "publisher: Ourselves\nwhere: [{page: https://nhs.uk/, links: \"*.csv\"}]",
			[]string{`sources/s.yaml:4:40: where[0].links: found "*.csv", accepted: a regular expression`},
		},
		{
			"a host with a scheme", "publisher: Ourselves", "publisher: Ourselves\nhosts: [nhs.uk, https://nhs.uk]",
			[]string{`sources/s.yaml:4:17: hosts[1]: found "https://nhs.uk", accepted: the name of a host in lower case, such as files.digital.nhs.uk`},
		},
		{
			"a private host with a port", "publisher: Ourselves", "publisher: Ourselves\nprivate: [localhost, 127.0.0.1, \"files:80\"]",
			[]string{`sources/s.yaml:4:33: private[2]: found "files:80", accepted: the name of a host in lower case, such as files.digital.nhs.uk`},
		},
		{
			"a schedule in words", "publisher: Ourselves", "publisher: Ourselves\nwhere: [{folder: in}]\nschedule: \"@daily\"",
			[]string{`sources/s.yaml:5:11: schedule: found "@daily", accepted: minute, hour, day of the month, month and day of the week, such as 30 6 * * 1-5`},
		},
		{
			"a schedule of six fields", "publisher: Ourselves", "publisher: Ourselves\nwhere: [{folder: in}]\nschedule: 0 30 6 * * 1-5",
			[]string{`sources/s.yaml:5:11: schedule: found "0 30 6 * * 1-5", accepted: minute, hour, day of the month, month and day of the week, such as 30 6 * * 1-5`},
		},
		{
			"a schedule of another zone", "publisher: Ourselves", "publisher: Ourselves\nwhere: [{folder: in}]\nschedule: TZ=Asia/Tokyo 30 6 * * 1-5",
			[]string{`sources/s.yaml:5:11: schedule: found "TZ=Asia/Tokyo 30 6 * * 1-5", accepted: minute, hour, day of the month, month and day of the week, such as 30 6 * * 1-5`},
		},
		{
			"a schedule at no time", "publisher: Ourselves", "publisher: Ourselves\nwhere: [{folder: in}]\nschedule: 0 6 30 2 *",
			[]string{`sources/s.yaml:5:11: schedule: found "0 6 30 2 *", accepted: a day that comes`},
		},
		{
			"a schedule without a place", "publisher: Ourselves", "publisher: Ourselves\nschedule: 30 6 * * 1-5",
			[]string{`sources/s.yaml:4:11: schedule: found "30 6 * * 1-5", accepted: where: with a place to look at`},
		},
		{"a pattern of files", "publisher: Ourselves", "publisher: Ourselves\nfiles: [\"[.csv\"]", []string{`sources/s.yaml:4:9: files[0]: found "[.csv", accepted: a pattern such as *.csv`}},
		{
			"a pattern of files to skip", "publisher: Ourselves", "publisher: Ourselves\nskip: [{files: [\"[\"], reason: x}]",
			[]string{`sources/s.yaml:4:17: skip[0].files[0]: found "[", accepted: a pattern such as *.csv`},
		},
		{
			"a pattern of sheets", "header: [month, code]", "header: [month, code]\n    sheets: [\"[a\"]",
			[]string{`sources/s.yaml:7:14: tables[0].sheets[0]: found "[a", accepted: a pattern such as *.csv`},
		},
		{"no name of a table", "  - name: csv\n    header", "  - header", []string{`sources/s.yaml:5:5: tables[0].name: found "", accepted: a name`}},
		{"no header", "    header: [month, code]\n", "", []string{`sources/s.yaml:5:5: tables[0].header: found "none", accepted: the headings that mark the header row`}},
		{"untitled columns otherwise", "header: [month, code]", "header: [month, code]\n    untitled: keep", []string{`sources/s.yaml:7:15: tables[0].untitled: found "keep", accepted: ignore`}},
		{"a place by postcode", "by: code", "by: postcode", []string{`sources/s.yaml:8:31: tables[0].place.by: found "postcode", accepted: code, name, footprint, england`}},
		{
			"England for a measure of commissioners", "{column: code, by: code}", "{by: england}",
			[]string{`sources/s.yaml:11:18: tables[0].columns[0].measure: found "cost", accepted: a measure of the level england, as the place of the table`},
		},
		{
			"a total that nothing marks", "header: [month, code]", "header: [month, code]\n    totals: {required: true}",
			[]string{
				`sources/s.yaml:7:13: tables[0].totals.column: found "", accepted: the heading of the column that marks the total`,
				`sources/s.yaml:7:13: tables[0].totals.equals: found "none", accepted: the texts that mark the total`,
			},
		},
		{
			"figures in no column", "header: [month, code]", "header: [month, code]\n    long: {measure: measure, denominator: of}",
			[]string{`sources/s.yaml:7:11: tables[0].long.numerator: found "", accepted: the heading of its column`},
		},
		{
			"no column of the place", "{column: code, by: code}", "{by: code}",
			[]string{`sources/s.yaml:8:12: tables[0].place.column: found "", accepted: the heading of the column that names the place, or heading: true`},
		},
		{
			"two places of the period", "{column: month, ", `{column: month, heading: true, `,
			[]string{`sources/s.yaml:7:13: tables[0].period: found "column and heading", accepted: exactly one of after, column, file, heading, title`},
		},
		{
			"a second column alone", `{column: month, pattern: "^(.+)$",`, `{after: month, and: day,`,
			[]string{`sources/s.yaml:7:33: tables[0].period.and: found "day", accepted: a column before it`},
		},
		{
			"a period in the name of the file without a pattern", `{column: month, pattern: "^(.+)$",`, `{file: true,`,
			[]string{`sources/s.yaml:7:13: tables[0].period: found "no pattern", accepted: a pattern that finds the period in the longer text`},
		},
		{
			"periods of another form", "form: canonical", "form: MMMM YYYY, periods: {a: 2017-04}",
			[]string{`sources/s.yaml:7:54: tables[0].period.form: found "MMMM YYYY", accepted: canonical, the form of the periods that are stated`},
		},
		{
			"a period that is none", `{column: month, `, `{column: month, periods: {a: 2017-4}, `,
			[]string{`sources/s.yaml:7:38: tables[0].period.periods: found "2017-4", accepted: a day (2018-12-03), a week (week ending 2010-11-07), a month (2017-04), a quarter (2016-Q1), a calendar year (2013) or a financial year (2016/17)`},
		},
		{
			"a form of another grain than the measure's", "form: canonical", "form: YYYY/YY",
			[]string{`sources/s.yaml:11:18: tables[0].columns[0].measure: found "cost", accepted: a measure by financial year, as the period of the table`},
		},
		{
			"an unknown form of the period", "form: canonical", "form: YYYYMM",
			[]string{`sources/s.yaml:7:54: tables[0].period.form: found "YYYYMM", accepted: MMMM YYYY, MMMM-YYYY, Qn YYYY-YYYY, YY-YY, YYYY, YYYY-YY, YYYY-YY MMMM, YYYY-YY Qn, YYYY/YY, canonical, day YYYY-MM-DD, financial year YYYY, financial year to YYYY, month YYYY-MM-DD, quarter YYYY-MM-DD, quarter YYYY_MM, quarter to YYYY MMMM, week to YYYY-MM-DD, week to YYYY.MM.DD`},
		},
		{"no regular expression", `"^(.+)$"`, `"^(.+$"`, []string{`sources/s.yaml:7:38: tables[0].period.pattern: found "^(.+$", accepted: a regular expression`}},
		{
			"a regular expression without a group", `"^(.+)$"`, `"^.+$"`,
			[]string{`sources/s.yaml:7:38: tables[0].period.pattern: found "^.+$", accepted: one group in brackets that holds the period`},
		},
		{
			"an unknown measure", "        measure: cost", "        measure: prize",
			[]string{`sources/s.yaml:11:18: tables[0].columns[0].measure: found "prize", accepted: an observed measure of dashboards/measures`},
		},
		{
			"a measure made from others", "        measure: cost", "        measure: part",
			[]string{`sources/s.yaml:11:18: tables[0].columns[0].measure: found "part", accepted: an observed measure of dashboards/measures`},
		},
		{
			"an unknown measure in a sum", "        measure: cost\n        scale: \"1000\"\n", "        equals: [cost, prize]\n",
			[]string{`sources/s.yaml:11:17: tables[0].columns[0].equals: found "prize", accepted: an observed measure of dashboards/measures`},
		},
		{
			"what is taken off no sum", "        scale: \"1000\"\n", "        less: [cost]\n",
			[]string{`sources/s.yaml:12:15: tables[0].columns[0].less: found "cost", accepted: equals with it, the measures that they are taken off`},
		},
		{
			"what is added to no sum", "        scale: \"1000\"\n", "        and: [costs]\n",
			[]string{`sources/s.yaml:12:14: tables[0].columns[0].and: found "costs", accepted: equals with it, to which they are added`},
		},
		{
			"two purposes of a column", "        measure: cost", "        measure: cost\n        ignore: too",
			[]string{`sources/s.yaml:10:9: tables[0].columns[0]: found "ignore and measure", accepted: exactly one of equals, ignore, measure`},
		},
		{
			"no purpose of a column", "        measure: cost\n", "",
			[]string{`sources/s.yaml:10:9: tables[0].columns[0]: found "none", accepted: exactly one of equals, ignore, measure`},
		},
		{
			"no title of a column", "      - titles: [pounds]\n        measure", "      - measure",
			[]string{`sources/s.yaml:10:9: tables[0].columns[0]: found "neither", accepted: titles or a pattern`},
		},
		{
			"a heading that another column has in every row", "        scale: \"1000\"\n", "      - titles: [Pounds]\n        ignore: again\n",
			[]string{`sources/s.yaml:12:18: tables[0].columns[1].titles[0]: found "Pounds", accepted: a title that no column above has in every row`},
		},
		{
			"a condition without texts", "        measure: cost", "        measure: cost\n        where: {kind: []}",
			[]string{`sources/s.yaml:12:16: tables[0].columns[0].where: found "kind: nothing", accepted: a heading with a list of texts`},
		},
		{
			"a condition that is a text", "        measure: cost", "        measure: cost\n        where: {kind: all}",
			[]string{`sources/s.yaml:12:23: found a text, accepted: a list`},
		},
		{
			"rows to skip without a condition", "header: [month, code]", "header: [month, code]\n    skip: [{reason: x}]",
			[]string{`sources/s.yaml:7:12: tables[0].skip[0]: found "no condition", accepted: where: with the texts of a column, or matches: with a regular expression`},
		},
		{
			"rows to skip without a reason", "header: [month, code]", "header: [month, code]\n    skip: [{where: {kind: [all]}}]",
			[]string{`sources/s.yaml:7:12: tables[0].skip[0].reason: found "", accepted: why the rows are not loaded`},
		},
		{
			"a synonym of two headings", "publisher: Ourselves", "publisher: Ourselves\nsynonyms: {code: [Org], month: [org]}",
			[]string{`sources/s.yaml:4:11: synonyms: found "org", accepted: a heading that is a synonym of one other`},
		},
		{"a scale in words", `"1000"`, "thousand", []string{`sources/s.yaml:12:16: tables[0].columns[0].scale: found "thousand", accepted: a number`}},
		{
			"a rule of not reported", "publisher: Ourselves",
			"publisher: Ourselves\nnot_reported:\n  - from: May\n    zero: cost\n    although: prize\n    over: many\n    measures: [cost]",
			[]string{
				`sources/s.yaml:5:11: not_reported[0].from: found "May", accepted: a period such as 2019-05`,
				`sources/s.yaml:8:11: not_reported[0].over: found "many", accepted: a number`,
				`sources/s.yaml:5:5: not_reported[0]: found "prize", accepted: an observed measure of dashboards/measures`,
			},
		},
		{"an empty source", source, "", []string{
			`sources/s.yaml:1:1: id: found "", ` + idForm, `sources/s.yaml:1:1: title: found "", accepted: a title`,
			`sources/s.yaml:1:1: publisher: found "", accepted: the publisher's name`, `sources/s.yaml:1:1: tables: found "none", accepted: at least one table`,
		}},
		{"a source that is a list", source, "- a\n", []string{"sources/s.yaml:1:1: found a list, accepted: fields"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.Count(measures, test.old)+strings.Count(source, test.old) != 1 {
				t.Fatalf("%q does not stand in one place", test.old)
			}
			_, err := catalog.Read(definitions(strings.Replace(measures, test.old, test.new, 1), strings.Replace(source, test.old, test.new, 1)))
			if err == nil {
				t.Fatal("accepted")
			}
			got := strings.Split(err.Error(), "\n")
			for i := range got {
				if i < len(test.want) && strings.HasSuffix(test.want[i], measureFields) {
					got[i] = got[i][:min(len(got[i]), len(test.want[i]))] // more fields may follow
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
			var mistake *catalog.Mistake
			if !errors.As(err, &mistake) || mistake.Line == 0 || mistake.Column == 0 || !strings.HasSuffix(mistake.File, ".yaml") {
				t.Errorf("the mistake is not located: %+v", mistake)
			}
		})
	}
}

func TestSeveralFiles(t *testing.T) {
	second := "id: returns\ntitle: Again\npublisher: Ourselves\ntables: []\n"
	files := fstest.MapFS{
		"measures/m.yaml": {Data: []byte(measures)}, "sources/s.yaml": {Data: []byte(source)}, "sources/t.yaml": {Data: []byte(second)},
	}
	_, err := catalog.Read(files)
	want := `sources/t.yaml:1:5: id: found "returns", accepted: an id that no other source has
sources/t.yaml:4:9: tables: found "none", accepted: at least one table`
	if err == nil || err.Error() != want {
		t.Errorf("%v, want\n%s", err, want)
	}
	files["measures/broken.yaml"] = &fstest.MapFile{Data: []byte("measures: {")}
	files["sources/broken.yaml"] = &fstest.MapFile{Data: []byte("tables: {")}
	delete(files, "sources/t.yaml")
	if _, err := catalog.Read(files); err == nil || strings.Count(err.Error(), "\n") != 0 || !strings.HasPrefix(err.Error(), "measures/broken.yaml:1:11: ") {
		t.Errorf("%v, want the one mistake from which others might follow", err)
	}
	if _, err := catalog.Read(fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), "measures/*.yaml") {
		t.Errorf("nothing at all is answered by %v", err)
	}
}

func TestHashNamesTheDefinition(t *testing.T) {
	read := func(measures, source string) *catalog.Catalog {
		c, err := catalog.Read(definitions(measures, source))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	hashes := func(c *catalog.Catalog) map[string]string {
		all := map[string]string{}
		for _, d := range c.Definitions() {
			all[d.ID] = d.Hash
		}
		return all
	}
	before := hashes(read(measures, source))
	if diff := cmp.Diff(before, hashes(read("# a comment\n"+measures, source))); diff != "" {
		t.Errorf("a comment changes hashes:\n%s", diff)
	}
	after := hashes(read(strings.Replace(measures, "What it costs.", "What it cost.", 1), strings.Replace(source, `"1000"`, `"1"`, 1)))
	if before["cost"] == after["cost"] || before["returns"] == after["returns"] || before["part"] != after["part"] {
		t.Errorf("from %v to %v", before, after)
	}
}

func TestWhereFilesComeFrom(t *testing.T) {
	c, err := catalog.Read(definitions(measures, source+`where:
  - folder: /srv/returns
  - url: https://nhs.uk/returns.csv
  - page: http://nhs.uk/returns
    links: returns-\d{4}\.(csv|xlsx?)$
hosts: [files.nhs.uk]
private: [localhost]
schedule: 0 6 29 2 *
`))
	if err != nil {
		t.Fatal(err)
	}
	s, _ := c.Source("returns")
	for address, want := range map[string]bool{
		"https://nhs.uk/returns-2016.xls": true, "https://nhs.uk/Returns-2016.CSV": true, "https://nhs.uk/returns-16.xls": false, "": false,
	} {
		if got := s.Where[2].Pattern().MatchString(address); got != want {
			t.Errorf("%s is taken for a file: %v", address, got)
		}
	}
	if s.Where[1].Pattern() != nil {
		t.Error("the address of a file has a pattern of links")
	}
}

func TestMistakesWithoutEnd(t *testing.T) {
	_, err := catalog.Read(
		definitions(measures, strings.Replace(source, "publisher: Ourselves", "publisher: Ourselves\nfiles: ["+strings.Repeat(`"[", `, 100)+"]", 1)),
	)
	if err == nil || strings.Count(err.Error(), "\n") != 49 {
		t.Errorf("%v, want the first 50", err)
	}
}

// FuzzRead reads any text as the definition of measures and of a source.
func FuzzRead(f *testing.F) {
	for folder, into := range map[string]bool{"measures": true, "sources": false} {
		files, err := fs.Glob(os.DirFS("../../dashboards"), folder+"/*.yaml")
		if err != nil || len(files) == 0 {
			f.Fatal(files, err)
		}
		for _, file := range files {
			content, err := os.ReadFile("../../dashboards/" + file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(into, string(content))
		}
	}
	f.Add(false, source)
	f.Add(true, measures)
	for _, hostile := range []string{
		"a: &a [*a]", "a: &a {<<: *a}", "files: &a [x,x]\nskip: &b [*a,*a]\ntables: [*b,*b]", "- - - - a", "? ? a", "&a &a b", "!!a !!b c", "id:\ntables:\n  - header: !month, ", "---\n---\n", "id: |\n  a\n b", "\"\\u0041\\x",
	} {
		f.Add(false, hostile)
	}
	f.Fuzz(func(t *testing.T, isMeasures bool, content string) {
		hung := time.AfterFunc(20*time.Second, func() { panic("no end to it") }) // the fuzzer itself would wait for ever
		defer hung.Stop()
		files := definitions(measures, content)
		if isMeasures {
			files = definitions(content, source)
		}
		c, err := catalog.Read(files)
		if err != nil {
			for _, line := range strings.Split(err.Error(), "\n") {
				if line == "" {
					t.Errorf("an empty mistake in %q", err)
				}
			}
			var mistake *catalog.Mistake
			if !errors.As(err, &mistake) || mistake.Line < 1 || mistake.Column < 1 {
				t.Errorf("not located: %v", err)
			}
			return
		}
		again, err := catalog.Read(files)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.Definitions(), again.Definitions()); diff != "" {
			t.Errorf("read again it is otherwise:\n%s", diff)
		}
	})
}

func TestEventsOfSeveralPeriods(t *testing.T) {
	m := catalog.Measure{KnownEvents: []catalog.Event{{Period: "2020-03", Note: "one"}, {Period: "2020-04", Until: "2021-07", Note: "many"}}}
	for text, want := range map[string]string{"2020-02": "", "2020-03": "one", "2020-04": "many", "2020-12": "many", "2021-07": "many", "2021-08": "", "2020-Q4": "", "2020/21": ""} {
		p, err := catalog.ParsePeriod(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(m.Events(p), "; "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

// What is worked out from a period that an event bent is bent as well: the year that holds it, and the change on it a year later.
func TestEventsOfDerivedMeasures(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]map[string]int{ // how many notes, by period
		"emergency_admissions_rolling_year": {"2020-02": 0, "2020-03": 1, "2020-04": 2, "2021-02": 2, "2021-03": 1, "2022-06": 1, "2022-07": 0},
		"ae_attendances_year_to_date":       {"2020-02": 0, "2020-03": 1, "2020-04": 1, "2021-12": 1, "2022-03": 1, "2022-04": 0},
		"ae_attendances_growth":             {"2020-02": 0, "2020-03": 1, "2020-04": 1, "2021-03": 2, "2022-03": 1, "2023-03": 1, "2023-04": 0},
	} {
		m, ok := c.Measure(id)
		if !ok {
			t.Fatal(id)
		}
		for text, n := range want {
			p, err := catalog.ParsePeriod(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := m.Events(p); len(got) != n {
				t.Errorf("%s of %s: %q, want %d notes", id, text, got, n)
			}
		}
	}
}

// Texts are shown as they are, within sentences or after them: what explains is sentences, and what stands within one is a clause without a full stop.
func TestTextsAreSentencesOrClauses(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	expect := func(of, text string, sentence bool) {
		t.Helper()
		if text != "" && strings.HasSuffix(text, ".") != sentence {
			t.Errorf("%s: %q, want a full stop: %v", of, text, sentence)
		}
	}
	for _, m := range c.Measures {
		expect(m.ID, m.Definition, true)
		expect(m.ID, m.Summary, true)
		for _, b := range m.Breaks {
			expect(m.ID, b.Note, true)
		}
		for _, e := range m.KnownEvents {
			expect(m.ID, e.Note, true)
		}
		if c.Returned(m) && m.Headline && m.Summary == "" {
			t.Errorf("%s waits for returns and has no summary", m.ID)
		}
	}
	for _, s := range c.Sources {
		expect(s.ID, s.Licence, false)
		expect(s.ID, s.Attribution, true)
		for _, skip := range s.Skip {
			expect(s.ID, skip.Reason, false)
		}
		for _, o := range slices.Concat(s.Omits, s.PublishedSo) {
			expect(s.ID, o.Reason, false)
		}
		for _, o := range s.PublishedSo {
			knownOnce(t, c, o)
		}
	}
	for _, claim := range c.Claims {
		expect(claim.ID, claim.Note, true)
		expect(claim.ID, claim.Stated, false)
		if claim.Covers != nil {
			expect(claim.ID, claim.Covers.Words, false)
		}
	}
}

// knownOnce checks that no confirmed gap says again what a source does of the figures that were published so.
func knownOnce(t *testing.T, c *catalog.Catalog, o catalog.Omission) {
	t.Helper()
	for _, id := range o.Measures {
		m, _ := c.Measure(id)
		for _, text := range o.Periods {
			p, err := catalog.ParsePeriod(text)
			if err != nil {
				t.Fatal(err)
			}
			for _, code := range o.Organisations {
				if m.Gap(code, p) != nil {
					t.Errorf("%s of %s in %s is published so and a known gap", id, code, text)
				}
			}
		}
	}
}
