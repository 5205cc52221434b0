package pages_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/figures"
	"stpdash/internal/pages"
)

// A decision is carried to later weeks until it is done, and the review of a past week shows it as it stood when that was over.
func TestDecisionsAreCarriedOver(t *testing.T) {
	now := day("2018-07-02T10:00:00Z") // a Monday
	c := composerAt(t, "ae_attendances_type1,RH8,2018-04,90,\n", func() time.Time { return now })
	log := act.NewLog(c.Warehouse, act.Places{"E54000037": "south-west"}, func() time.Time { return now })
	people := account.New(log, c.Warehouse, account.NewKey("a test"), func() time.Time { return now })
	composer := c.With(pages.Acts{Log: log, Names: people.Names})
	do := func(d act.Deed) act.Act {
		t.Helper()
		a, err := log.Do(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	ann, _, err := people.Add(t.Context(), account.Operator, "Ann", "ann@nhs.example")
	if err != nil {
		t.Fatal(err)
	}
	do(act.Deed{Via: act.ByCommand, Kind: act.GrantGiven, Scope: act.Region("south-west"), Subject: "g", Body: act.GrantBody{Person: ann, Role: act.Lead}})
	on := func(kind act.Kind, subject string, body any) act.Act {
		t.Helper()
		return do(act.Deed{Actor: ann, Via: act.ByBrowser, Kind: kind, Scope: act.Footprint("E54000037"), Subject: subject, Body: body})
	}
	// now is in the week of 2 July, W27; its review is held in W28.
	now = day("2018-07-10T10:00:00Z")
	made := on(act.DecisionMade, "d", act.DecisionBody{What: "Open 20 beds", Owner: "Chief nurse", Due: "2018-07-20", Week: "2018-W27"})
	do(act.Deed{
		Actor: ann, Via: act.ByBrowser, Kind: act.ReviewHeld, Scope: act.Region("south-west"), Subject: act.HeldSubject("south-west", "2018-W27"),
		Body: act.HeldBody{Week: "2018-W27", Day: "2018-07-10", Present: "Lead, Chief nurse"},
	})
	now = day("2018-07-24T10:00:00Z") // W30, in which W29 is reviewed
	on(act.DecisionChanged, "d", act.DecisionChange{Owner: "Chief nurse", Due: "2018-07-27", Reason: "no staff", Replaces: made.Seq})
	now = day("2018-08-01T10:00:00Z") // W31, in which W30 is reviewed
	on(act.DecisionDone, "d", act.Reason{Reason: "20 beds are open"})
	now = day("2018-08-20T10:00:00Z")
	r, err := c.FindRegion("south-west")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, text := range []string{"2018-W27", "2018-W28", "2018-W29", "2018-W30", "2018-W31"} {
		asOf, err := c.AsOf(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		w, ok := figures.ParseWeek(text)
		if !ok {
			t.Fatal(text)
		}
		page, err := composer.Review(t.Context(), r, w, asOf)
		if err != nil {
			t.Fatal(err)
		}
		line := text
		for name, rows := range map[string][]pages.DecisionRow{"own": page.Decisions.Own, "carried": page.Decisions.Carried} {
			for _, d := range rows {
				line += fmt.Sprintf(" %s: due %s, %.14s", name, d.Due, d.State)
			}
		}
		if page.Decisions.AddURL != "" {
			t.Errorf("%s: a decision could be added to a review that is over", text)
		}
		want := "Nobody recorded that this review was held."
		if text == "2018-W27" {
			want = "Held on 10 July 2018. Present: Lead, Chief nurse. Recorded by Ann, 10 July 2018"
		}
		if !strings.HasPrefix(page.Decisions.Held, want) || page.Decisions.HeldURL != "" {
			t.Errorf("%s: %q, want %q", text, page.Decisions.Held, want)
		}
		got = append(got, line)
	}
	if diff := cmp.Diff([]string{
		"2018-W27 own: due 20 July 2018, Open",
		"2018-W28 carried: due 20 July 2018, Overdue", // over at the end of 22 July
		"2018-W29 carried: due 27 July 2018, Overdue", // over at the end of 29 July
		"2018-W30 carried: due 27 July 2018, Done, 1 August",
		"2018-W31",
	}, got); diff != "" {
		t.Error(diff)
	}
}
