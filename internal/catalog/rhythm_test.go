package catalog_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"stpdash/internal/catalog"
)

// Each source that ships says how often its publisher states figures; what ended is by a date, so that a reader of an earlier moment is not told.
func TestHowSourcesGoOn(t *testing.T) {
	c, err := catalog.Read(os.DirFS("../../dashboards"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Sources {
		if s.Rhythm == nil && s.ID != "canonical" && s.ID != "payments" {
			t.Errorf("%s does not say how often its figures are published", s.ID)
		}
	}
	day := func(text string) time.Time {
		at, err := catalog.ParseDay(text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, test := range []struct {
		measure, at, every, ended string
	}{
		{"ae_four_hour", "2026-11-29", "month", ""},
		{"delayed_days", "2020-02-29", "month", ""},
		{"delayed_days", "2020-03-02", "month", "2020-03-01"},
		{"delayed_days_per_adult", "2026-11-29", "month", "2020-03-01"},
		{"non_elective_admissions", "2026-11-29", "month", ""}, // by commissioner, after trusts of primary care ended
		{"complex_needs_care_plan", "2026-11-29", "", ""},
	} {
		m, ok := c.Measure(test.measure)
		if !ok {
			t.Fatal(test.measure)
		}
		known := c.PublicationOf(m, day(test.at))
		every, ended := "", ""
		if known.Rhythm != nil {
			every = known.Rhythm.Every
		}
		if known.Ended != nil {
			ended = known.Ended.On
		}
		if every != test.every || ended != test.ended {
			t.Errorf("%+v: every %q, ended %q", test, every, ended)
		}
	}
	p, err := catalog.ParsePeriod("2020-01")
	if err != nil {
		t.Fatal(err)
	}
	if due := (catalog.Rhythm{Every: "month", Within: 2}).Due(p); !due.Equal(day("2020-05-01")) {
		t.Errorf("the figure of February is due by %s", due)
	}
}

func TestMistakesInRhythms(t *testing.T) {
	for text, want := range map[string]string{
		"rhythm: {every: fortnight}":                                     "one of [day week month quarter year]",
		"rhythm: {every: month, within: 99}":                             "0 to 36 months",
		"ended: {on: 2020-03-01, because: It stopped.}":                  "the rhythm as well",
		"rhythm: {every: month}\nended: {on: March, because: Stopped.}":  "a date such as 2020-03-01",
		"rhythm: {every: month}\nended: {on: 2020-03-01, because: \"\"}": "why, in a sentence",
	} {
		_, err := catalog.Read(definitions(measures, strings.Replace(source, "publisher:", text+"\npublisher:", 1)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
