package wording

import (
	"testing"

	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/register"
)

func TestExcludedEndsWithOneStop(t *testing.T) {
	for _, test := range []struct {
		left LeftOutAnswer
		want string
	}{
		{LeftOutAnswer{Code: claim.KnownEvent, Why: "A flood closed the doors."}, "A flood closed the doors."},
		{LeftOutAnswer{Code: claim.FigureMissing, Why: "it has no figure for May 2018"}, "It has no figure for May 2018."},
	} {
		if got := Excluded(test.left); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// A verdict says why in the words that it was kept with, and since reasons are kept as facts by those.
func TestReasonOfAKeptVerdict(t *testing.T) {
	for _, test := range []struct {
		kept register.Verdict
		want string
	}{
		{register.Verdict{Words: "it is not stated when the plan began"}, "it is not stated when the plan began"},
		{register.Verdict{Reason: claim.Reason{Code: claim.NoStart, Facts: claim.Facts{Scope: claim.OfPlan}}}, "it is not stated when the plan began"},
		{register.Verdict{Reason: claim.Reason{Code: claim.RuleDecided, Facts: claim.Facts{Rule: claim.RuleReached}}}, Rules[claim.RuleReached]},
	} {
		if got := ClaimsBy(figures.NewDirectory(nil, nil)).KeptReason(test.kept); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
