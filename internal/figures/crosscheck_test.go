//go:build linux || darwin

package figures_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/catalog"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
)

// bundled are the rows of some measures in a bundled file.
func bundled(t *testing.T, source string, measures ...string) []byte {
	t.Helper()
	file, err := os.Open("../../sql/reference/bundled/" + source + ".csv.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	content, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var rows bytes.Buffer
	lines := bufio.NewScanner(content)
	for lines.Scan() {
		id, _, _ := strings.Cut(lines.Text(), ",")
		for _, m := range append(measures, "measure") {
			if id == m {
				rows.WriteString(lines.Text() + "\n")
			}
		}
	}
	if lines.Err() != nil {
		t.Fatal(lines.Err())
	}
	return rows.Bytes()
}

// The numbers were found by an independent reading of what the publishers released, with the same known gaps.
func TestCrossChecksOfPublishedFigures(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := footprint.Read(os.DirFS("../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	w, l := figurestest.Empty(t, c, r, time.Now)
	for source, measures := range map[string][]string{
		"mar": {"non_elective_admissions"}, "hes": {"hes_emergency_admissions", "hes_emergency_admissions_repeated"},
		"delayed_transfers_council": {"delayed_days_nhs", "delayed_days_social_care", "delayed_days_both"},
		"delayed_transfers":         {"delayed_transfer_days_nhs", "delayed_transfer_days_social_care", "delayed_transfer_days_both"},
		"prescribing_lidocaine":     {"lidocaine_cost"}, "prescribing_low_value": {"low_value_lidocaine"},
		"beds": {"beds_available_general_acute", "beds_occupied_general_acute", "beds_available_maternity", "beds_occupied_maternity"},
		"beds_all_years": {
			"beds_available_general_acute_repeated", "beds_occupied_general_acute_repeated", "beds_available_maternity_repeated",
			"beds_occupied_maternity_repeated",
		},
		"ae": {
			"ae_attendances_type1", "ae_attendances_type2", "ae_attendances_other", "emergency_admissions_type1", "emergency_admissions_type2",
			"emergency_admissions_other_ae", "emergency_admissions_direct", "ae_over_four_hours_type1", "ae_attendances_repeated", "emergency_admissions_repeated",
			"ae_over_four_hours_type1_repeated",
		},
	} {
		o, err := l.Load(
			t.Context(),
			load.File{Name: source + ".csv", Content: bytes.NewReader(bundled(t, source, measures...)), Bundled: true, Accept: "figures of a test"},
			"test",
		)
		if err != nil || o.Load.State != load.Published || o.Load.Rejections > 0 {
			t.Fatalf("%s: %+v, %v", source, o.Load, err)
		}
	}
	k := figurestest.Know(w, w, c, r, time.Now)
	asOf, err := k.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	checks, err := k.CrossChecks(t.Context(), asOf)
	if err != nil {
		t.Fatal(err)
	}
	type summary struct {
		First, Last                                string
		Places, Compared, Equal, OneAlone, Differ  int
		Place, Period, OfPeriod, Of, With, PerCent string // of the largest difference
	}
	got := map[string]summary{}
	for _, c := range checks {
		s := summary{
			First:    c.First.String(),
			Last:     c.Last.String(),
			Places:   c.PlaceCount,
			Compared: c.Compared,
			Equal:    c.Equal,
			OneAlone: c.OneAlone,
			Differ:   len(c.Beyond),
		}
		if len(c.Beyond) > 0 {
			d := c.Beyond[0]
			s.Place, s.Period, s.OfPeriod = d.Place, d.WithPeriod.String(), d.OfPeriod.String()
			s.Of, s.With, s.PerCent = d.Of.String(), d.With.String(), d.PerCent.Decimal.StringFixed(2)
		}
		got[c.ID] = s
	}
	if diff := cmp.Diff(map[string]summary{
		"non_elective_and_emergency": {"2015/16", "2018/19", 217, 809, 0, 64, 111, "99E", "2018/19", "2019-03", "25000", "35565", "-29.71"},
		"delayed_days_england":       {"2011-04", "2019-12", 1, 105, 94, 0, 11, "ENG", "2019-09", "2019-09", "149384", "148610", "0.52"},
		"lidocaine":                  {"2018-01", "2019-12", 35, 840, 339, 240, 59, "E54000020", "2018-12", "2018-12", "2800.75073", "3069.55203", "-8.76"},

		"general_acute_beds_available":          {"2014-Q2", "2022-Q1", 199, 5568, 5554, 1105, 14, "RY5", "2021-Q2", "2021-Q2", "21.978022", "0", "0.00"},
		"general_acute_beds_occupied":           {"2014-Q2", "2022-Q1", 199, 5568, 5555, 1105, 13, "RY5", "2021-Q3", "2021-Q3", "18.184783", "0", "0.00"},
		"maternity_beds_available":              {"2014-Q2", "2022-Q1", 150, 4165, 4157, 2508, 8, "RPA", "2021-Q2", "2021-Q2", "23.846154", "46", "-48.16"},
		"maternity_beds_occupied":               {"2014-Q2", "2022-Q1", 150, 4165, 4157, 2508, 8, "RPA", "2021-Q2", "2021-Q2", "23.846154", "24.373626", "-2.16"},
		"hes_emergency_admissions_by_publisher": {First: "2015/16", Last: "2020/21", Places: 1, Compared: 6, Equal: 2},
		"ae_attendances_by_publisher":           {First: "2017-04", Last: "2018-03", Places: 45, Compared: 530, Equal: 530, OneAlone: 10},
		"emergency_admissions_by_publisher":     {First: "2017-04", Last: "2018-03", Places: 45, Compared: 536, Equal: 536, OneAlone: 4},
		"ae_over_four_hours_by_publisher":       {First: "2017-04", Last: "2018-03", Places: 45, Compared: 536, Equal: 536, OneAlone: 4},
	}, got); diff != "" {
		t.Error(diff)
	}

	again, err := k.CrossChecks(t.Context(), asOf)
	if err != nil || &again[0] != &checks[0] {
		t.Errorf("asked anew: %v", err)
	}
}

// What one publication states as nothing and the other as something differs by more than any part of nothing.
func TestCrossCheckOfOrganisations(t *testing.T) {
	k := figurestest.Load(t, `low_value_lidocaine,11M,2018-04,0,
low_value_lidocaine,11M,2018-05,100,
low_value_lidocaine,11M,2018-06,100,
lidocaine_cost,11M,2018-04,5,
lidocaine_cost,11M,2018-05,100.5,
lidocaine_cost,11M,2018-07,100,
`, time.Now)
	k.Catalog.CrossChecks = nil
	asOf, err := k.AsOf(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if checks, err := k.CrossChecks(t.Context(), asOf); err != nil || len(checks) != 0 {
		t.Errorf("%+v, %v", checks, err)
	}
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../dashboards")); err != nil {
		t.Fatal(err)
	}
	own := "crosschecks:\n  - {id: own, title: Own, of: lidocaine_cost, with: low_value_lidocaine, places: [organisations], within: 1, reason: a test}\n"
	if err := os.WriteFile(folder+"/crosschecks/published-twice.yaml", []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Read(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	k = figurestest.Know(k.Warehouse, k.Warehouse, c, k.Reference, time.Now)
	checks, err := k.CrossChecks(t.Context(), asOf)
	if err != nil || len(checks) != 1 {
		t.Fatalf("%+v, %v", checks, err)
	}
	check := checks[0]
	if check.Compared != 2 || check.Equal != 0 || check.OneAlone != 0 || check.PlaceCount != 1 || len(check.Beyond) != 1 {
		t.Fatalf("%+v", check)
	}
	if d := check.Beyond[0]; d.Place != "11M" || d.WithPeriod.String() != "2018-04" || d.PerCent.Valid || d.Of.String() != "5" || !d.With.IsZero() {
		t.Errorf("%+v", d)
	}
}
