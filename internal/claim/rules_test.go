package claim

import (
	"math"
	"slices"
	"testing"
)

func TestRulesOfTheVerdict(t *testing.T) {
	sound := func(change func(*findings)) findings {
		f := findings{checks: map[CheckID]Outcome{}, level: 3, percent: 10, high: 14, low: 6, p: 0.02, claimed: 8, detectable: 6}
		for _, q := range Questions {
			f.checks[q.ID] = Passed
		}
		change(&f)
		return f
	}
	unseen := func(f *findings) { f.p, f.percent, f.checks[BeyondPlacebo] = 0.4, 2, Failed }
	for _, test := range []struct {
		name   string
		change func(*findings)
		want   Verdict
	}{
		{"all passed", func(*findings) {}, Evidenced},
		{"sustained is not known", func(f *findings) { f.checks[Sustained] = CannotTell }, Evidenced},
		{"gone in the later half", func(f *findings) { f.checks[Sustained] = Failed }, PartlyEvidenced},
		{"less than half of the claim is sure", func(f *findings) { f.claimed = 12.001 }, PartlyEvidenced},
		{"the interval ends short of the claim", func(f *findings) { f.claimed = 14.001 }, PartlyEvidenced},
		{"the interval begins beyond the claim", func(f *findings) { f.claimed = 5.999 }, PartlyEvidenced},
		{"more may have done it", func(f *findings) { f.capped = true }, PartlyEvidenced},
		{"the same where nothing began", func(f *findings) { f.backdated = true }, Inconclusive},
		{"no size claimed", func(f *findings) { f.claimed, f.checks[LargeEnough] = math.NaN(), CannotTell }, PartlyEvidenced},
		{"pounds without costs", func(f *findings) { f.pounds, f.checks[NetOfCosts] = true, CannotTell }, PartlyEvidenced},
		{"pounds with costs", func(f *findings) { f.pounds, f.worth = true, true }, Evidenced},
		{"fewer pounds than claimed", func(f *findings) { f.pounds = true }, PartlyEvidenced},
		{"costs alone not stated", func(f *findings) { f.checks[NetOfCosts] = CannotTell }, Evidenced},
		{"counted twice", func(f *findings) { f.checks[NotCountedTwice] = Failed }, PartlyEvidenced},
		{"moved elsewhere", func(f *findings) { f.checks[NotMoved] = Failed }, PartlyEvidenced},
		{"no comparison group", func(f *findings) { f.level, f.checks[FitBefore], f.checks[Robust] = 2, CannotTell, CannotTell }, PartlyEvidenced},
		{"a baseline that is none", func(f *findings) { f.checks[Baseline] = Failed }, PartlyEvidenced},
		{"as large before anything began", func(f *findings) { f.checks[Robust] = Failed }, Inconclusive},
		{"seen, but with little power", func(f *findings) { f.detectable, f.checks[LargeEnough] = 9, Failed }, PartlyEvidenced},
		{"seen, far larger than could come of it", func(f *findings) { f.claimed, f.checks[LargeEnough] = 0.1, Failed }, Inconclusive},
		{"unseen, and it would have been seen", unseen, Inconclusive},
		{"unseen, and it could not have been", func(f *findings) { unseen(f); f.checks[LargeEnough], f.detectable = Failed, 17 }, Inconclusive},
		{"unseen, and not often seen", func(f *findings) { unseen(f); f.checks[LargeEnough], f.detectable = Failed, 12 }, Inconclusive},
		{"unseen and ruled out", func(f *findings) { unseen(f); f.checks[LargeEnough], f.high = Failed, 5 }, SmallerThanClaimed},
		{"ruled out at first, but not over all of the time", func(f *findings) { unseen(f); f.high, f.open = 5, true }, Inconclusive},
		{"the other way", func(f *findings) { f.percent, f.high, f.checks[BeyondPlacebo] = -9, -4, Failed }, Contradicted},
		{"the other way, by chance", func(f *findings) { unseen(f); f.percent = -2 }, Inconclusive},
		{"the other way at first, but not over all of the time", func(f *findings) { f.percent, f.high, f.open = -9, -4, true }, Inconclusive},
		{"the other way, where more may have done it", func(f *findings) { f.percent, f.high, f.capped = -9, -4, true }, Inconclusive},
		{"the other way without a comparison group", func(f *findings) { f.level, f.percent, f.checks[BeyondPlacebo] = 2, -9, Failed }, Inconclusive},
		{"more than all that is counted", func(f *findings) { f.beyondAll = true }, CannotBeTested},
		{"of a part not stated", func(f *findings) { f.hidden = true }, Inconclusive},
		{"no fit", func(f *findings) { f.checks[FitBefore] = Failed }, CannotBeTested},
		{"another count", func(f *findings) { f.checks[DataComplete] = Failed }, CannotBeTested},
		{"no p", func(f *findings) { f.p = math.NaN() }, CannotBeTested},
		{"nothing estimated", func(f *findings) { f.refused = true }, CannotBeTested},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Rules[firstOf(Rules, sound(test.change))-1]; got.Verdict != test.want {
				t.Errorf("%s, want %s: %s", got.Verdict, test.want, got.Code)
			}
		})
	}
	known := map[RuleCode]bool{}
	for _, r := range slices.Concat(Rules, PlanRules, OwnRules) {
		if known[r.Code] || r.Code == "" || r.Source == "" {
			t.Errorf("the rule %q of %s has a code that another has, or no source", r.Code, r.Verdict)
		}
		known[r.Code] = true
	}
}
