package claim_test

import (
	"slices"
	"testing"

	"stpdash/internal/claim"
)

// Places found too often are not compared with a single place, whose error is known by its size. In a group they stay: they are a part of what chance does.
func TestPlacesFoundTooOften(t *testing.T) {
	t.Parallel()
	p := bundledPlaces{t: t, catalog: shipped(t)}
	for codes, want := range map[string]bool{"05G": true, "05G, 05F": false} {
		r := testSupposed(t, p, supposed(codes, "2015-06"))
		left := slices.ContainsFunc(r.Unit.LeftOut, func(l claim.UnitLeftOut) bool { return l.Because.Code == claim.FoundTooOften })
		if left != want || r.Effect == nil {
			t.Errorf("%s: left out %v, want %v: %+v", codes, left, want, r.Refused)
		}
	}
}
