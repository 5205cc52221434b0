package wording

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"stpdash/internal/claim"
	"stpdash/internal/evidence"
)

func TestSentence(t *testing.T) {
	for text, want := range map[string]string{"": "", "nothing was seen": "Nothing was seen.", "£6 million is claimed": "£6 million is claimed.", "élan": "Élan."} {
		if got := Sentence(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// A check is read as what was found: its failed form is never that of its passing.
func TestChecksInWords(t *testing.T) {
	for _, q := range claim.Questions {
		if Checks[q.ID].Fails == "" || Checks[q.ID].Fails == Checks[q.ID].Title {
			t.Errorf("%s has no words for failing", q.ID)
		}
		for outcome, want := range map[claim.Outcome]string{claim.Passed: Checks[q.ID].Title, claim.Failed: Checks[q.ID].Fails} {
			if got := CheckFound(claim.Check{ID: q.ID, Outcome: outcome}); got != want {
				t.Errorf("%s %s: %q", q.ID, outcome, got)
			}
		}
	}
	if got := CheckFound(claim.Check{ID: claim.Sustained, Outcome: claim.CannotTell}); got != "Whether it is sustained is not known" {
		t.Error(got)
	}
}

// What is compared with a limit is written so that it does not read as what it is not.
func TestFiguresNearALimit(t *testing.T) {
	for _, test := range []struct {
		value, limit float64
		words        string
	}{{5.029, 5, "5.03%"}, {5, 5, "5.0%"}, {4.96, 5, "4.96%"}, {4.9, 5, "4.9%"}, {10.0004, 10, "10.0004%"}, {7.25, 5, "7.3%"}} {
		if got := measured(test.value, test.limit); got != test.words {
			t.Errorf("%v beside %v is written %s, want %s", test.value, test.limit, got, test.words)
		}
	}
	for p, words := range map[evidence.Number]string{0.05: "0.05", 0.0504: "0.0504", 0.0499: "0.05", 0.2: "0.2", 0.0001: "under 0.001"} {
		if got := PValue(p); got != words {
			t.Errorf("p %v is written %s, want %s", p, got, words)
		}
	}
}

func TestFiguresOfATest(t *testing.T) {
	for percent, want := range map[float64]string{3.25: "+3.3%", -3.25: "−3.3%", 0.04: "0.0%", -0.04: "0.0%", math.NaN(): ""} {
		if got := SignedPercent(evidence.Number(percent)); got != want {
			t.Errorf("%v is written %q", percent, got)
		}
	}
	unknown := evidence.Number(math.NaN())
	for _, words := range []string{signed(math.NaN()), signed(math.Inf(1)), PercentOf(unknown), PValue(unknown), fmt.Sprintf("%.1f", unknown), fmt.Sprintf("%+.2g", evidence.Number(math.Inf(-1)))} {
		if !strings.HasSuffix(words, evidence.NotKnown) {
			t.Errorf("a missing figure is written %q", words)
		}
	}
	if text := fmt.Sprintf("%+.1f %g %v", evidence.Number(2.25), evidence.Number(0.5), evidence.Number(3)); text != "+2.2 0.5 3" {
		t.Errorf("figures are written %q", text)
	}
}

// Whatever rule decides, readers see when it does.
func TestRulesInWords(t *testing.T) {
	for _, r := range slices.Concat(claim.Rules, claim.PlanRules, claim.OwnRules) {
		if Rules[r.Code] == "" {
			t.Errorf("the rule %s has no words", r.Code)
		}
	}
	if want := len(claim.Rules) + len(claim.PlanRules) + len(claim.OwnRules); len(Rules) != want {
		t.Errorf("there are words of %d rules, and %d rules", len(Rules), want)
	}
}
