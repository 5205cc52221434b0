package evidence_test

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"stpdash/internal/evidence"
)

// The counties of Callaway and Sant'Anna (2021) with the figures of their program, version 2.1 or later, without covariates.
func TestStaggeredCounties(t *testing.T) {
	type pair = [2]float64
	var expected struct {
		Simple, DynamicOverall pair
		Dynamic, Group         map[string]pair
		DynOverall             pair       `json:"dynamic_overall"`
		GroupOverall           pair       `json:"group_overall"`
		Wald                   [3]float64 `json:"wald_pretest"`
	}
	readJSON(t, &expected, "did", "mpdta_expected.json")
	table := readTable(t, ',', "did", "mpdta_att_gt_expected.csv")
	rows, cohort := counties(t)
	got, err := evidence.StaggeredAdoption(
		t.Context(),
		evidence.Adoption{Unit: rows.Unit, Time: rows.Time, Outcome: rows.Outcome, Cohort: cohort},
		evidence.NeverTreated,
	)
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, e evidence.Estimate, want pair) {
		t.Helper()
		relatively(t, what, e.Value, want[0], 1e-6)
		relatively(t, what+" error", e.SE, want[1], 1e-6)
	}
	if len(got.AttGT) != len(table["group"]) {
		t.Fatalf("%d effects, %d are published", len(got.AttGT), len(table["group"]))
	}
	for i, e := range got.AttGT {
		if e.Group != table["group"][i] || e.Time != table["time"][i] {
			t.Fatalf("effect %d is of %s at %s, want %s at %s", i, e.Group, e.Time, table["group"][i], table["time"][i])
		}
		check(e.Group+" at "+e.Time, evidence.Estimate{Value: e.Att, SE: e.SE}, pair{table.numbers(t, "att")[i], table.numbers(t, "se")[i]})
	}
	check("simple", got.Simple, expected.Simple)
	check("dynamic overall", got.DynamicOverall, expected.DynOverall)
	check("group overall", got.GroupOverall, expected.GroupOverall)
	check("estimate", got.Estimate, expected.GroupOverall)
	for period, want := range expected.Dynamic {
		check("dynamic "+period, got.Dynamic[period], want)
	}
	for group, want := range expected.Group {
		check("group "+group, got.Group[group], want)
	}
	if len(got.Dynamic) != len(expected.Dynamic) || len(got.Group) != len(expected.Group) {
		t.Errorf("%d periods and %d groups", len(got.Dynamic), len(got.Group))
	}
	relatively(t, "pre-test", got.PreTest.Statistic, expected.Wald[0], 1e-6)
	near(t, "pre-test p", got.PreTest.P, expected.Wald[2], 1e-6)
	if got.PreTest.DF != int(expected.Wald[1]) {
		t.Errorf("%d degrees of freedom", got.PreTest.DF)
	}
}

// staggered is a grid whose units start at the times given, "" for never.
func staggered(times int, outcome func(unit, time int) float64, starts ...string) evidence.Adoption {
	var a evidence.Adoption
	for u, start := range starts {
		for at := range times {
			a.Unit, a.Time = append(a.Unit, "u"+strconv.Itoa(u)), append(a.Time, strconv.Itoa(at))
			a.Outcome, a.Cohort = append(a.Outcome, outcome(u, at)), append(a.Cohort, start)
		}
	}
	return a
}

func TestStaggeredNotYetTreated(t *testing.T) {
	effect := func(unit, time int) float64 { // 5 under the scheme, 5 more a time for the early ones, on parallel trends
		y := float64(10*unit + time*time)
		if unit < 3 && time >= 2 {
			y += 5 + 5*float64(time-2)
		}
		if unit >= 3 && time >= 4 {
			y += 5
		}
		return y
	}
	got, err := evidence.StaggeredAdoption(t.Context(), staggered(6, effect, "2", "2", "2", "4", "4", "4"), evidence.NotYetTreated)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "first period", got.Dynamic["0"].Value, 5, 1e-9)
	near(t, "second period", got.Dynamic["1"].Value, 10, 1e-9)
	near(t, "before", got.Dynamic["-1"].Value, 0, 1e-9)
	if _, ok := got.Dynamic["2"]; ok || len(got.Notes) != 1 || !same(got.Notes[0], evidence.Note{
		Code: evidence.GroupsUncontrolled, Names: []string{"2", "2", "4", "4", "4", "4"}, Times: []string{"4", "5", "2", "3", "4", "5"},
	}) {
		t.Errorf("periods %v, notes %+v", got.Dynamic, got.Notes)
	}
	if got.Reason.Code == "" || !got.SE.Missing() {
		t.Errorf("trends without noise have the error %v", got.SE)
	}
}

func TestStaggeredOfOneUnit(t *testing.T) {
	got, err := evidence.StaggeredAdoption(t.Context(), staggered(5, wave, "2", "", "", "never"), evidence.NeverTreated)
	if err != nil {
		t.Fatal(err)
	}
	if !got.SE.Missing() || got.Value.Missing() || got.Reason.Code != evidence.OneUnitCompared {
		t.Errorf("got %+v", got.Estimate)
	}
}

func TestStaggeredLeavesOut(t *testing.T) {
	rows := staggered(5, wave, "2", "2", "", "", "NA", "0", "9")
	rows.Unit, rows.Time, rows.Outcome, rows.Cohort = rows.Unit[:len(rows.Unit)-1], rows.Time[:len(rows.Time)-1], rows.Outcome[:len(rows.Outcome)-1], rows.Cohort[:len(rows.Cohort)-1]
	got, err := evidence.StaggeredAdoption(t.Context(), rows, evidence.NeverTreated)
	if err != nil {
		t.Fatal(err)
	}
	if got.Units != 6 || got.LeftOut != 1 || len(got.Notes) != 1 || !same(got.Notes[0], evidence.Note{Code: evidence.UnitsWithGaps, Have: 1}) {
		t.Errorf("%d units, %d left out, %+v", got.Units, got.LeftOut, got.Notes)
	}
	got, err = evidence.StaggeredAdoption(t.Context(), staggered(5, wave, "-1", "2", "2", "", ""), evidence.NeverTreated)
	if err != nil {
		t.Fatal(err)
	}
	if got.Units != 4 || got.Notes[0].Code != evidence.UnitsAlwaysTreated {
		t.Errorf("%d units, %+v", got.Units, got.Notes)
	}
}

func TestStaggeredRefuses(t *testing.T) {
	two := staggered(4, wave, "2", "2", "", "")
	two.Cohort[1] = "3"
	for reason, refused := range map[string]struct {
		rows     evidence.Adoption
		controls evidence.Controls
	}{
		`unit u0 belongs to cohorts "2" and "3"`:                {two, evidence.NeverTreated},
		`unit u0 belongs to cohort "spring"; times are numbers`: {staggered(4, wave, "spring", ""), evidence.NeverTreated},
		"every unit starts at some time":                        {staggered(4, wave, "2", "3"), evidence.NeverTreated},
		"no unit with all its outcomes starts":                  {staggered(4, wave, "", "9"), evidence.NeverTreated},
		"no group has controls from its start on":               {staggered(4, wave, "2", "2"), evidence.NotYetTreated},
		"there are 2 units to compare":                          {staggered(4, wave, "2", ""), evidence.NeverTreated},
		"accepted are three or more":                            {staggered(4, wave, "2", "3"), evidence.NotYetTreated},
		"all outcomes are zero or missing":                      {staggered(4, func(int, int) float64 { return 0 }, "2", ""), evidence.NeverTreated},
		`the controls are "all"`:                                {staggered(4, wave, "2", ""), "all"},
		"they must be as many":                                  {evidence.Adoption{Unit: []string{"a"}}, evidence.NeverTreated},
	} {
		if got, err := evidence.StaggeredAdoption(t.Context(), refused.rows, refused.controls); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("want a refusal that says %q, got %+v, %v", reason, got, err)
		}
	}
}

// With two times staggered adoption is the difference-in-differences, with its errors before their correction for few units. No order
// of rows and no constant of a unit or a time changes an effect.
func TestStaggeredProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.IntRange(1, 50) // whole, as sums near to singular would differ by their rounding
		draw := func(int, int) float64 { return float64(value.Draw(t, "y")) }
		starts := []string{"1", "1", "", ""}
		for range rapid.IntRange(0, 6).Draw(t, "more") {
			starts = append(starts, rapid.SampledFrom([]string{"1", ""}).Draw(t, "start"))
		}
		rows := staggered(2, draw, starts...)
		both := evidence.Rows{Unit: rows.Unit, Time: rows.Time, Outcome: rows.Outcome}
		for i, cohort := range rows.Cohort {
			under := 0.0
			if cohort == "1" && rows.Time[i] == "1" {
				under = 1
			}
			both.Treated = append(both.Treated, under)
		}
		got, err := evidence.StaggeredAdoption(t.Context(), rows, evidence.NeverTreated)
		if err != nil {
			t.Fatal(err)
		}
		want, err := evidence.DifferenceInDifferences(t.Context(), both)
		if err != nil {
			t.Fatal(err)
		}
		close := cmp.Options{cmp.Transformer("number", func(n evidence.Number) float64 { return float64(n) }), cmpopts.EquateApprox(1e-8, 1e-8), cmpopts.EquateNaNs()}
		if diff := cmp.Diff([]evidence.Number{want.Value, want.StandardErrors["CR0"]}, []evidence.Number{got.Value, got.SE}, close); diff != "" && !got.SE.Missing() {
			t.Fatal(diff)
		}

		long := staggered(6, draw, append(starts, "3", "3", "4", "4")...)
		before, err := evidence.StaggeredAdoption(t.Context(), long, evidence.NotYetTreated)
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		var moved evidence.Adoption
		for _, i := range random.Perm(len(long.Unit)) {
			unit, _ := strconv.Atoi(long.Unit[i][1:])
			at, _ := strconv.Atoi(long.Time[i])
			moved.Unit, moved.Time, moved.Cohort = append(moved.Unit, long.Unit[i]), append(moved.Time, long.Time[i]), append(moved.Cohort, long.Cohort[i])
			moved.Outcome = append(moved.Outcome, long.Outcome[i]+float64(7*unit)-float64(3*at*at))
		}
		after, err := evidence.StaggeredAdoption(t.Context(), moved, evidence.NotYetTreated)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, after, close); diff != "" {
			t.Fatal(diff)
		}
	})
}

// A group of one unit has no standard error of its own. The summaries do without it, and are then those of the data without the unit.
func TestStaggeredWithoutAGroupOfOneUnit(t *testing.T) {
	starts := []string{"2", "2", "2", "4", "4", "3", "4", "4", "4", "", "", "", "", "", ""}
	rough := func(unit, time int) float64 {
		return math.Sin(float64((unit*unit+3)*(time+2)*(time+5))) + float64(unit)
	}
	with, err := evidence.StaggeredAdoption(t.Context(), staggered(6, rough, starts...), evidence.NeverTreated)
	if err != nil {
		t.Fatal(err)
	}
	for what, e := range map[string]evidence.Estimate{"estimate": with.Estimate, "simple": with.Simple, "dynamic overall": with.DynamicOverall, "period 0": with.Dynamic["0"]} {
		if e.SE.Missing() || e.Interval == nil {
			t.Errorf("%s has no error: %+v", what, e)
		}
	}
	if e := with.Group["3"]; !e.SE.Missing() || e.Value.Missing() || e.Reason.Code == "" {
		t.Errorf("the group of one unit is %+v", e)
	}
	if len(with.Without) != 1 || with.Without[0] != "3" || len(with.Notes) != 1 ||
		!same(with.Notes[0], evidence.Note{Code: evidence.GroupsOfOneUnit, Names: []string{"3"}}) {
		t.Errorf("left out %q, notes %+v", with.Without, with.Notes)
	}
	rows := staggered(6, rough, starts...)
	for i := range rows.Unit {
		if rows.Unit[i] == "u5" {
			rows.Outcome[i] = rows.Outcome[i] + 1000*float64(i%7) // whatever the unit does
		}
	}
	again, err := evidence.StaggeredAdoption(t.Context(), rows, evidence.NeverTreated)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the estimate", again.Value, float64(with.Value), 1e-9)
	near(t, "the pre-test", again.PreTest.Statistic, float64(with.PreTest.Statistic), 1e-6)
}

// A summary that is of one group says which.
func TestStaggeredNamesTheOneGroup(t *testing.T) {
	rough := func(unit, time int) float64 {
		return math.Sin(float64((unit*unit+3)*(time+2)*(time+5))) + float64(unit)
	}
	got, err := evidence.StaggeredAdoption(t.Context(), staggered(6, rough, "2", "2", "2", "3", "4", "", "", ""), evidence.NeverTreated)
	if err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]string{"group_overall": "2", "simple": "2", "dynamic_overall": "2", "dynamic 0": "2", "dynamic 3": "2"} {
		if got.OneGroup[what] != want {
			t.Errorf("%s is of %q alone, want %q", what, got.OneGroup[what], want)
		}
	}
	got, err = evidence.StaggeredAdoption(t.Context(), staggered(6, rough, "2", "2", "2", "4", "4", "", "", ""), evidence.NeverTreated)
	if err != nil {
		t.Fatal(err)
	}
	if got.OneGroup["group_overall"] != "" || got.OneGroup["dynamic 0"] != "" || got.OneGroup["dynamic 3"] != "2" || got.OneGroup["dynamic -2"] != "4" {
		t.Errorf("of one group: %v", got.OneGroup)
	}
}

// With groups of one unit there is also the summary that the authors' program states: over all cells, weighed by the units of each.
func TestStaggeredWithAGroupOfOneUnit(t *testing.T) {
	starts := []string{"2", "2", "2", "4", "4", "3", "4", "4", "4", "", "", "", "", "", ""}
	got, err := evidence.StaggeredAdoption(t.Context(), staggered(6, wave, starts...), evidence.NeverTreated)
	if err != nil {
		t.Fatal(err)
	}
	var sum, weights float64
	for _, cell := range got.AttGT {
		if cell.Time >= cell.Group {
			sum, weights = sum+float64(cell.Units)*float64(cell.Att), weights+float64(cell.Units)
		}
	}
	if got.SimpleAll == nil {
		t.Fatal("there is none")
	}
	near(t, "simple of all", got.SimpleAll.Value, sum/weights, 1e-12)
	if got.SimpleAll.SE.Missing() || got.SimpleAll.Reason.Code != evidence.OneUnitIncluded {
		t.Errorf("got %+v", got.SimpleAll)
	}
	without, err := evidence.StaggeredAdoption(t.Context(), staggered(6, wave, "2", "2", "2", "4", "4", "", "", ""), evidence.NeverTreated)
	if err != nil || without.SimpleAll != nil {
		t.Errorf("without such a group there is another summary: %+v, %v", without.SimpleAll, err)
	}
}
