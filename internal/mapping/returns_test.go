package mapping_test

import (
	"strings"
	"testing"
	"time"

	"stpdash/internal/mapping"
	"stpdash/internal/mapping/mappingtest"
	"stpdash/internal/publication"
)

// TestMistakesOfReturns sends back a return with one good row and one mistake; each is told once, with its row, column and text.
func TestMistakesOfReturns(t *testing.T) {
	m := mapping.NewMapper(mappingtest.Shipped(t), mappingtest.Reference(t))
	at := time.Date(2018, time.July, 2, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct{ row, rule, column, value, reason string }{
		"unknown measure":            {"complex_needs,QWO,,2018-Q1,1,2,", "known_measure", "A", "complex_needs", "accepted: an id of dashboards/measures"},
		"unknown organisation":       {"complex_needs_care_plan,QQQ,,2018-Q1,1,2,", "known_place", "B", "QQQ", "accepted: a code of"},
		"another level":              {"complex_needs_care_plan,RCD,,2018-Q1,1,2,", "place_of_measure", "B", "RCD", "is not stated for a provider; accepted: a footprint"},
		"a commissioner's council":   {"better_care_fund_spend,00J,,2017/18,1,,", "place_of_measure", "B", "00J", "is not stated for a commissioner; accepted: a council or a footprint"},
		"England":                    {"complex_needs_care_plan,ENG,,2018-Q1,1,2,", "place_of_measure", "B", "ENG", "is not stated for England; accepted: a footprint"},
		"over the whole":             {"complex_needs_care_plan,QWO,,2018-Q1,3,2,", "part_of_whole", "E", "3", "so it is at most 2"},
		"more people than there are": {"personal_health_budgets,00J,,2018-Q1,200000,125000,", "part_of_whole", "E", "200000", "so it is at most 125000"},
		"no denominator":             {"complex_needs_care_plan,QWO,,2018-Q1,1,,", "denominator", "F", "", "accepted is a denominator over zero"},
		"half a person":              {"complex_needs_care_plan,QWO,,2018-Q1,12.5,40,", "whole_number", "E", "12.5", "accepted is a whole number"},
		"of half a person":           {"personal_health_budgets,00J,,2018-Q1,12,400.25,", "whole_number", "F", "400.25", "accepted is a whole number"},
		"rate of nobody":             {"personal_health_budgets,00J,,2018-Q1,1,0,", "denominator", "F", "0", "accepted is a denominator over zero"},
		"denominator of pounds":      {"better_care_fund_spend,102,,2017/18,1,2,", "denominator", "F", "2", "leave the cell blank"},
		"negative":                   {"complex_needs_care_plan,QWO,,2018-Q1,-1,2,", "number", "E", "-1", "a count is never negative"},
		"negative spend":             {"better_care_fund_spend,QWO,,2017/18,-5000000,,", "number", "E", "-5000000", "only where its definition says negative: true"},
		"negative denominator":       {"complex_needs_care_plan,QWO,,2018-Q1,1,-2,", "number", "F", "-2", "a count is never negative"},
		"text":                       {"complex_needs_care_plan,QWO,,2018-Q1,about 5,9,", "number", "E", "about 5", "where a number should be"},
		"per cent":                   {"complex_needs_care_plan,QWO,,2018-Q1,85%,100,", "number", "E", "85%", "where a number should be"},
		"another grain":              {"complex_needs_care_plan,QWO,,2018-01,1,2,", "period", "D", "2018-01", "accepted: a quarter such as 2016-Q1"},
		"no period":                  {"complex_needs_care_plan,QWO,,spring,1,2,", "period", "D", "spring", "a quarter (2016-Q1)"},
		"a period under way":         {"complex_needs_care_plan,QWO,,2018-Q3,1,2,", "period_ended", "D", "2018-Q3", "has not ended yet"},
		"published":                  {"ae_attendances_type1,RCD,,2018-04,1,,", "returned_measure", "A", "ae_attendances_type1", "published by NHS England (source ae)"},
	} {
		t.Run(name, func(t *testing.T) {
			content := []byte(mappingtest.ReturnHeading + "complex_needs_care_plan,QWO,West Yorkshire,2017-Q4,1,2,\n" + c.row + "\n")
			f := mappingtest.MustMapAt(t, m, at, "return.csv", content)
			if len(f.Rejections) != 1 || f.Accepted != 1 {
				t.Fatalf("%d rows are accepted, rejections %+v", f.Accepted, f.Rejections)
			}
			if r := f.Rejections[0]; r.Rule != c.rule || r.Row != 3 || r.Column != c.column || r.Value != c.value || !strings.Contains(r.Reason, c.reason) {
				t.Errorf("rejected is %+v", r)
			}
		})
	}
}

func TestPublishedFigureInAReturn(t *testing.T) {
	m := mapping.NewMapper(mappingtest.Shipped(t), mappingtest.Reference(t))
	f := mappingtest.MustMap(
		t,
		m,
		"return.csv",
		[]byte("measure,organisation,period,numerator,denominator,published_file,published_row\nae_attendances_type1,RCD,2018-04,1,,april.csv,7\n"),
	)
	if len(f.Rejections) > 0 || len(f.Observations) != 1 || f.Observations[0].Cell.File != "april.csv" || f.Observations[0].ViaRow != 2 {
		t.Errorf("%+v, rejections %+v", f.Observations, f.Rejections)
	}
}

func TestUnfilledReturn(t *testing.T) {
	m := mapping.NewMapper(mappingtest.Shipped(t), mappingtest.Reference(t))
	blank := []byte(mappingtest.ReturnHeading + "complex_needs_care_plan,QWO,West Yorkshire,2017-Q4,,,\ncomplex_needs_care_plan,QOQ,Humber,2017-Q4,,,\n")
	p, err := publication.Decode(t.Context(), "template.csv", blank, publication.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mappingtest.Map(m, p, blank); err == nil || !strings.Contains(err.Error(), "not filled in: 2 rows") {
		t.Errorf("a template sent back as it was: %v", err)
	}
}
