package pages_test

import (
	"errors"
	"strings"
	"testing"

	"stpdash/internal/figures"
)

func TestAsOfToday(t *testing.T) {
	b := newBoard(t, "ae_attendances_type1,RD1,2017-04,12,\n")
	banner := func(text string) (string, figures.Moment) {
		t.Helper()
		asOf, err := b.AsOf(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		page, err := b.Search("", asOf)
		if err != nil {
			t.Fatal(err)
		}
		return page.AsOfWords, asOf
	}
	words, today := banner("2018-07-10")
	if !strings.HasPrefix(words, "of 10 July 2018, which is not over") {
		t.Errorf("a day that still runs is said to be %q", words)
	}
	for _, text := range []string{"2018-07-11", "2018-07-11T00:00", "2250-01-01"} {
		var wrong *figures.InputError
		if _, err := b.AsOf(t.Context(), text); !errors.As(err, &wrong) || wrong.Accepted != "a moment that has come; it is 10 July 2018 at 11:00" {
			t.Errorf("%s: %v", text, err)
		}
	}
	b.now = day("2018-07-11T08:00:00Z")
	words, over := banner("2018-07-10")
	if !strings.HasPrefix(words, "as they stood on 10 July 2018 at 23:59") || over.Shown() == today.Shown() {
		t.Errorf("a day that is over is said to be %q, kept as %q after %q", words, over.Shown(), today.Shown())
	}
}
