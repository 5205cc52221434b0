package figures

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWeeks(t *testing.T) {
	for text, end := range map[string]string{
		"2026-W47": "2026-11-22T23:59:59.999999Z",
		"2026-W13": "2026-03-29T22:59:59.999999Z", // the clocks go forward on its Sunday
		"2026-W43": "2026-10-25T23:59:59.999999Z",
		"2026-W53": "2027-01-03T23:59:59.999999Z",
		"2021-W01": "2021-01-10T23:59:59.999999Z",
		"2026-W31": "2026-08-02T22:59:59.999999Z",
	} {
		w, ok := ParseWeek(text)
		at, dated := ParseMoment(w.Day())
		if !ok || w.End().UTC().Format(time.RFC3339Nano) != end || !dated || !at.Equal(w.End()) {
			t.Errorf("%s ends %s, a reader's day ends %s", text, w.End(), at)
		}
	}
	for _, text := range []string{"", "2026-47", "2026-W7", "2026-W00", "2026-W54", "2025-W53", "0001-W01", "9999-W01", "2026-W47 ", "next"} {
		if w, ok := ParseWeek(text); ok {
			t.Errorf("%q is taken for %s", text, w)
		}
	}
}

func TestEveryMomentLiesInOneWeek(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(10_000_000, 10_000_000_000).Draw(t, "seconds"), 0)
		w := WeekOf(at)
		if at.After(w.End()) || !at.After(w.Before().End()) || WeekOf(w.End()) != w || w.Next().Before() != w {
			t.Fatalf("%s lies in %s, which ends %s", at, w, w.End())
		}
		if again, ok := ParseWeek(w.String()); !ok || again != w {
			t.Fatalf("%s is read as %s", w, again)
		}
	})
}
