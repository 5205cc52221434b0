package catalog_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"stpdash/internal/catalog"
)

func TestFold(t *testing.T) {
	text := rapid.StringMatching(`[ \t\n\x{a0}aAbBzZ1/éÉİıſK-]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		plainly := func(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }
		if got, want := catalog.Fold(a), plainly(a); got != want {
			t.Errorf("%q is folded to %q, want %q", a, got, want)
		}
		if got, want := catalog.Alike(a, b), plainly(a) == plainly(b); got != want {
			t.Errorf("%q and %q are alike: %v, want %v", a, b, got, want)
		}
	})
}
