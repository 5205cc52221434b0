package load_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/mapping/mappingtest"
)

// weeklyList are some weeks of the published list of weekly A&E figures.
func weeklyList(t *testing.T, weeks ...string) mappingtest.Grid {
	t.Helper()
	packed, err := gzip.NewReader(bytes.NewReader(mappingtest.PublishedFile(t, "ae_weekly", "performance_list")))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(packed).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(rows, func(row []string) bool { return row[4] != "analysisdate" && !slices.Contains(weeks, row[4]) })
}

// A week is followed by the next, seven days later: a list is compared with that of the week before, and its newest revision counts.
func TestWeeks(t *testing.T) {
	t.Parallel()
	const attendances, admissions, staffordshire = "ae_weekly_attendances_type1", "ae_weekly_emergency_admissions_type1", "E54000010"
	l, w := returning(t)
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
	mustPublishWhole(t, l, "first.csv", weeklyList(t, "2014.11.09").Bytes())
	before := numerator(t, w, figures.Now, attendances, staffordshire, "week ending 2014-11-09")

	repeated := weeklyList(t, "2014.11.09")
	for i := range repeated[1:] {
		repeated[i+1][4] = "2014.11.16"
	}
	asked("repeated", repeated, "period_repeats", "figures of week ending 2014-11-16 are those of week ending 2014-11-09")
	exchanged := weeklyList(t, "2014.11.16")
	exchanged[0][2], exchanged[0][3] = exchanged[0][3], exchanged[0][2]
	if o := loadContent(t, l, "exchanged.csv", exchanged.Bytes()); o.Load.State == load.Published {
		t.Errorf("attendances and admissions exchanged: %s", o.Load.State)
	}
	mustPublishWhole(t, l, "second.csv", weeklyList(t, "2014.11.16").Bytes())

	// A revision of the first week, by another name and in another file, takes its place; the second week stays.
	revised := weeklyList(t, "2014.11.09")
	for i, row := range revised {
		if strings.HasPrefix(row[0], "Burton") {
			revised[i][2] = "2000"
		}
	}
	second := numerator(t, w, figures.Now, attendances, footprint.England, "week ending 2014-11-16")
	mustPublishWhole(t, l, "revised.csv", revised.Bytes())
	after := numerator(t, w, figures.Now, attendances, staffordshire, "week ending 2014-11-09")
	if after == before || strings.HasPrefix(after, "missing") {
		t.Errorf("a revised week is %s, as it was before: %s", after, before)
	}
	if got := numerator(t, w, figures.Now, attendances, footprint.England, "week ending 2014-11-16"); got != second {
		t.Errorf("the week after one that was revised is %s, want %s", got, second)
	}
	// A zero is no figure.
	zero := weeklyList(t, "2014.11.16")
	for i, row := range zero {
		if strings.HasPrefix(row[0], "Burton") {
			zero[i][3] = "0"
		}
	}
	mustPublishWhole(t, l, "zero.csv", zero.Bytes())
	if got := numerator(t, w, figures.Now, admissions, footprint.England, "week ending 2014-11-16"); got != "missing RJF" {
		t.Errorf("admissions of England with a zero of Burton are %s", got)
	}
}
