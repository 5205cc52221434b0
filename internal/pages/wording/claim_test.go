package wording

import (
	"testing"

	"stpdash/internal/claim"
)

func TestExcludedEndsWithOneStop(t *testing.T) {
	for _, test := range []struct {
		left claim.LeftOut
		want string
	}{
		{claim.LeftOut{Code: claim.KnownEvent, Why: "A flood closed the doors."}, "A flood closed the doors."},
		{claim.LeftOut{Code: claim.FigureMissing, Why: "it has no figure for May 2018"}, "It has no figure for May 2018."},
	} {
		if got := Excluded(test.left); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
