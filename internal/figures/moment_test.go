package figures

import (
	"testing"
	"time"
)

func TestDayEndsInLondon(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-21":           "2026-11-21T23:59:59.999999Z",
		"2026-07-01":           "2026-07-01T22:59:59.999999Z", // British Summer Time
		"2026-07-01T12:00":     "2026-07-01T11:00:00Z",
		"2026-07-01T12:00:00Z": "2026-07-01T12:00:00Z",
		// In an address "+" arrives as a space.
		"2026-07-01T12:00:00 01:00": "2026-07-01T11:00:00Z",
	} {
		got, ok := ParseMoment(text)
		if !ok || got.UTC().Format(time.RFC3339Nano) != want {
			t.Errorf("%q is %s (%v), want %s", text, got.UTC().Format(time.RFC3339Nano), ok, want)
		}
	}
	for _, text := range []string{"yesterday", "2026-02-30", "2026", "0001-01-01", "9999-01-01"} {
		if got, ok := ParseMoment(text); ok {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
}
