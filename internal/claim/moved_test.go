package claim_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"

	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/figures"
)

// What went down in a place is looked for in its neighbours and in what else was counted there.
func TestWhatWasMovedElsewhereIsLookedFor(t *testing.T) {
	t.Parallel()
	p := bundledPlaces{t: t, catalog: shipped(t)}
	moved := func(r *claim.Result) (claim.Check, []claim.Movement) {
		i := slices.IndexFunc(r.Checks, func(c claim.Check) bool { return c.ID == claim.NotMoved })
		return r.Checks[i], r.Checks[i].Finding.Facts.Movements
	}
	r := testSupposed(t, p, supposed("02E", "2015-06"))
	check, all := moved(r)
	var measures []string
	for _, m := range all[1:] {
		measures = append(measures, m.Measure)
	}
	if all[0].At != "commissioner" || all[0].Peers < 3 || all[0].Interval == nil || all[0].Found == claim.Rose ||
		!slices.Equal(measures, []string{"elective_admissions", "first_outpatient_attendances"}) {
		t.Fatalf("%s: %+v", check.Outcome, all)
	}
	// Elective admissions that rise by a fifth when the others fall are no saving.
	p.change = func(measure string, counts figures.Counts) {
		if measure == "elective_admissions" {
			lowered("02E", "2015-06", 1.2)(measure, counts)
		}
	}
	check, all = moved(testSupposed(t, p, supposed("02E", "2015-06")))
	if all[1].Found != claim.Rose || check.Outcome != claim.Failed {
		t.Errorf("%s: %+v", check.Outcome, all[1])
	}
	// Nor are admissions of the neighbours.
	p.change = func(measure string, counts figures.Counts) {
		if measure == "non_elective_admissions" {
			for _, code := range []string{"01F", "01J", "01T", "01V", "01X", "02D", "99A"} {
				lowered(code, "2015-06", 1.15)(measure, counts)
			}
		}
	}
	check, all = moved(testSupposed(t, p, supposed("02E", "2015-06")))
	if all[0].Found == claim.HasNot || check.Outcome == claim.Passed {
		t.Errorf("%s: %+v", check.Outcome, all[0])
	}
}

// From the figures of the audit pack alone the estimate is made again.
func TestTheRowsOfATestGiveItsEstimateAgain(t *testing.T) {
	t.Parallel()
	p := bundledPlaces{t: t, catalog: shipped(t)}
	for _, codes := range []string{"02E", "02E, 05F"} {
		c := claim.Declared(t, supposed(codes, "2015-06"))
		r := testIn(t, p, c, c.Claims[0], "")
		u := r.Unit
		m, _ := c.Measure(u.Measure)
		found, err := p.Follow(t.Context(), m, u.At, u.Followed[0], u.Followed[1])
		if err != nil {
			t.Fatal(err)
		}
		units := map[string]*evidence.Unit{}
		roles := map[string]claim.UnitRole{}
		start, at := 0, map[string]int{}
		for _, row := range u.Rows(found) {
			if units[row.Place] == nil {
				units[row.Place] = &evidence.Unit{Name: row.Place, Cluster: row.Cluster, Size: row.Size}
				roles[row.Place] = row.Role
			}
			unit := units[row.Place]
			if at[row.Period] = len(unit.Outcome); row.Period == r.Design.Start {
				start = len(unit.Outcome)
			}
			unit.Outcome = append(unit.Outcome, float64(row.Figure))
			if (row.Role == claim.RoleLeftOut) != (row.Because != nil) {
				t.Errorf("%s is %s because %+v", row.Place, row.Role, row.Because)
			}
		}
		var treated []evidence.Member
		var donors []evidence.Unit
		for name, role := range roles {
			switch role {
			case claim.RoleTreated:
				treated = append(treated, evidence.Member{Unit: *units[name], Start: start})
			case claim.RoleDonor:
				donors = append(donors, *units[name])
			}
		}
		if len(donors) != u.Donors || len(treated) != len(u.Places) {
			t.Fatalf("%d donors of %d, %d treated of %d", len(donors), u.Donors, len(treated), len(u.Places))
		}
		d := evidence.Design{Before: u.Before, After: u.After}
		slices.SortFunc(donors, func(a, b evidence.Unit) int { return cmp.Compare(a.Name, b.Name) })
		var again float64
		if len(treated) > 1 {
			g, err := evidence.EstimateGroup(t.Context(), treated, donors, d)
			if err != nil {
				t.Fatal(err)
			}
			again = float64(g.Percent.Value)
			if len(g.Path) != d.Before+d.After || len(r.Effect.Path) != len(g.Path) || len(u.Band) != len(g.Path) {
				t.Errorf("%d periods of the path, %d drawn, %d with a band", len(g.Path), len(r.Effect.Path), len(u.Band))
			}
			var gap float64
			for _, at := range g.Path[d.Before:] {
				gap += float64(at.Gap) / float64(d.After)
			}
			if math.Abs(gap-float64(g.Value)) > 1e-9 {
				t.Errorf("the mean gap of the path is %v, the estimate %v", gap, g.Value)
			}
		} else {
			c := evidence.Comparison{Start: d.Before, Name: treated[0].Name, Treated: treated[0].Outcome[start-d.Before : start+d.After], Units: 1}
			for range d.Before + d.After {
				c.Times = append(c.Times, fmt.Sprint(len(c.Times)))
			}
			for _, unit := range donors {
				c.Donors, c.Outcomes = append(c.Donors, unit.Name), append(c.Outcomes, unit.Outcome[start-d.Before:start+d.After])
			}
			e, err := evidence.EstimateRelative(t.Context(), c, d, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			again = float64(e.Percent.Value)
		}
		if math.Abs(again-float64(r.Effect.Percent)) > 1e-6 {
			t.Errorf("%s: again %v, was %v", codes, again, r.Effect.Percent)
		}
	}
}

// Every gap and step of the claim's places around its start is named, also where the periods compared go round it.
func TestStepsBeforeTheWindowAreNamed(t *testing.T) {
	t.Parallel()
	c := shipped(t)
	tested, _ := c.Claim("northumbria_admissions")
	r := testIn(t, bundledPlaces{t: t, catalog: c}, c, tested, "")
	for _, place := range []string{"00L", "99C"} {
		if !slices.ContainsFunc(r.Unit.Marks, func(m claim.UnitMark) bool {
			return m.Place == place && m.Period >= "2014-02" && m.Period <= "2014-04" && m.Quote != "" && !m.Within && !m.Gap
		}) {
			t.Errorf("the change of counting of %s in 2014 is not named: %+v", place, r.Unit.Marks)
		}
	}
}
