package wording

import (
	"slices"
	"strings"
	"testing"

	"stpdash/internal/claim"
)

func TestCalibrationFindings(t *testing.T) {
	part := func(count, of int, upper float64) claim.Part {
		return claim.Part{Count: count, Share: float64(count) / float64(of), Upper: upper}
	}
	tally := func(fall, claimed float64, evidenced, seen claim.Part) claim.Summary {
		return claim.Summary{Fall: fall, Claimed: claimed, Trials: 1300, Stand: 1200, Evidenced: evidenced, Seen: seen}
	}
	true10 := tally(10, 10, part(168, 1200, .2), part(540, 1200, .5))
	true20 := tally(20, 20, part(600, 1200, .6), part(1080, 1200, .95))
	doubled := tally(10, 20, part(6, 1200, .012), part(500, 1200, .5))
	for _, test := range []struct {
		at20          claim.Part // the false claims of 20%
		registered    claim.Part
		finding, want string
	}{
		{
			part(0, 1200, .0031), part(0, 1200, .0031), "None of 1,200 false claims about footprints was called evidenced",
			"That is 0 in 100, with 95% confidence at most 0.4 in 100; 5 in 100 are allowed.|No false claim of any other size was called evidenced either (of each, at most 0.4 in 100).",
		},
		{
			part(36, 1200, .043), part(12, 1200, .02), "Of 1,200 false claims about footprints 12 were called evidenced",
			"That is 1 in 100, with 95% confidence at most 2 in 100; 5 in 100 are allowed.|where the claim was 20%: 36 of 1,200, at most 4.3 in 100.",
		},
		{part(54, 1200, .06), part(12, 1200, .02), "Of 1,200 false claims about footprints 12 were called evidenced", "5 in 100 are allowed, and more cannot be ruled out.|54 of 1,200, at most 6 in 100."},
		{part(66, 1200, .07), part(12, 1200, .02), "Of 1,200 false claims about footprints 12 were called evidenced", "more than the 5 in 100 that are allowed: take no verdict of these as evidence."},
	} {
		finding, first, more := CalibrationFindings(
			[]claim.Summary{tally(0, 20, test.at20, part(90, 1200, .1)), tally(0, 0, test.registered, part(36, 1200, .04)), true20, true10, doubled}, nil,
		)
		if finding != test.finding {
			t.Errorf("%q, want %q", finding, test.finding)
		}
		if len(first) != 2 || !strings.HasPrefix(first[0], "They claim falls as large") || !strings.HasPrefix(first[1], "True falls of 10%") ||
			!slices.ContainsFunc(more, func(text string) bool { return strings.HasPrefix(text, "True falls of 20%") }) {
			t.Errorf("%q come first, %q after them", first, more)
		}
		all := strings.Join(append(first, more...), "\n")
		for _, want := range append(strings.Split(test.want, "|"), "True falls of 10% that were claimed as they were: 14 in 100 were called evidenced, 45 in 100 evidenced or partly evidenced.",
			"Claims of twice the true fall were called evidenced in at most 0.5 in 100 (20% claimed where it was 10%; with 95% confidence at most 1.2 in 100).") {
			if !strings.Contains(all, want) {
				t.Errorf("without %q:\n%s", want, all)
			}
		}
	}
	if finding, _, _ := CalibrationFindings(nil, nil); finding != "No claims could be tried" {
		t.Error(finding)
	}
}

func TestSmallestFalls(t *testing.T) {
	for want, seen := range map[string]map[float64][]string{
		"": {},
		"The smallest fall of a whole footprint tried that was seen, at least in part, in 80 of 100 draws that could be tested: 5% for A; 20% for B and C; none up to 20% for D.": {
			20: {"B", "C"}, 5: {"A"}, 0: {"D"},
		},
	} {
		if got := SmallestFalls(seen); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
