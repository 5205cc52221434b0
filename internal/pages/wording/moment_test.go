package wording

import (
	"testing"
	"time"

	"stpdash/internal/figures"
)

func TestWeekWords(t *testing.T) {
	for text, want := range map[string]string{
		"2026-W47": "16 to 22 November 2026",
		"2026-W13": "23 to 29 March 2026",
		"2026-W43": "19 to 25 October 2026",
		"2026-W53": "28 December 2026 to 3 January 2027",
		"2021-W01": "4 to 10 January 2021",
		"2026-W31": "27 July to 2 August 2026",
	} {
		if w, ok := figures.ParseWeek(text); !ok || Week(w) != want {
			t.Errorf("%s is %q, want %q", text, Week(w), want)
		}
	}
}

func TestMomentHeading(t *testing.T) {
	evening := time.Date(2026, 11, 22, 23, 59, 0, 0, figures.London)
	for want, moment := range map[string]figures.Moment{
		"now":                         {},
		"load 18":                     {Text: "18"},
		"the end of 22 November 2026": {Text: "2026-11-22", Day: true, Bound: figures.AsOf{At: evening}},
		"22 November 2026 at 23:59":   {Text: "2026-11-22T23:59", Bound: figures.AsOf{At: evening}},
	} {
		if got := MomentHeading(moment); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
