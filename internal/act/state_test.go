package act_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"stpdash/internal/act"
)

func refusedBody(t testing.TB, a act.Act) (b act.RefusedBody) {
	t.Helper()
	if a.Kind != act.Refused {
		t.Errorf("act %d is %s", a.Seq, a.Kind)
	}
	if err := json.Unmarshal([]byte(a.Body), &b); err != nil {
		t.Error(err)
	}
	return b
}

// Every kind of act by every role, in its own place, in another, and everywhere: who may is written here once more, by hand.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	l := log(t, database(t))
	admin := []act.Role{act.Administrator}
	notes := []act.Role{act.Contributor, act.Lead}
	may := map[act.Kind][]act.Role{
		act.PersonAdded:         admin,
		act.PersonRemoved:       admin,
		act.PersonErased:        admin,
		act.CodeGiven:           admin,
		act.GrantGiven:          admin,
		act.GrantEnded:          admin,
		act.SecondFactorRemoved: admin,
		act.PasswordSet:         nil,
		act.SecondFactorSet:     nil,
		act.IdentityLinked:      nil,
		act.IdentityUnlinked:    admin,
		act.TokenMade:           nil, // anybody: see TestTokens
		act.TokenEnded:          nil,
		act.RunAsked:            {act.Analyst},
		act.Refused:             nil,
		act.NoteAdded:           notes,
		act.NoteEdited:          notes,
		act.NoteWithdrawn:       notes,
		act.DecisionMade: {
			act.Lead,
		},
		act.DecisionChanged:    {act.Lead},
		act.DecisionDone:       {act.Lead},
		act.DecisionDropped:    {act.Lead},
		act.DecisionSuperseded: {act.Lead},
		act.ReviewHeld:         {act.Lead},
		act.FiguresReturned:    notes,
		act.VerdictSigned:      {act.Auditor},
		act.ReviewSigned:       {act.Lead},
		act.ReturnSigned:       {act.Lead},
		act.SignOffWithdrawn:   {act.Auditor, act.Lead},
	}
	own := map[act.Role]act.Scope{act.Contributor: act.Footprint(devon), act.Lead: act.Region(south)}
	for _, role := range act.Roles {
		place, local := own[role]
		if !local {
			place = act.All
		}
		add(t, l, string(role), role, place)
	}
	if len(may) != len(act.Kinds) {
		t.Errorf("%d kinds are written here, and there are %d", len(may), len(act.Kinds))
	}
	if err := l.View(t.Context(), func(s *act.State) {
		for _, kind := range act.Kinds {
			for _, role := range act.Roles {
				for _, c := range []struct {
					place act.Scope
					own   bool
				}{{act.Footprint(devon), true}, {act.Footprint(leeds), false}, {act.Region(north), false}, {act.All, false}} {
					_, local := own[role]
					want := slices.Contains(may[kind], role) && (c.own || !local)
					if got := s.May(string(role), kind, c.place, time.Now()); got != want {
						t.Errorf("%s by %s in %v: %v", kind, role, c.place, got)
					}
				}
			}
			if s.May("nobody", kind, act.All, time.Now()) || s.May("", kind, act.All, time.Now()) {
				t.Errorf("%s by nobody", kind)
			}
		}
		if s.May("administrator", "another_kind", act.All, time.Now()) {
			t.Error("a kind that there is not")
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// refusedWith does what has to be refused, with the reason.
func refusedWith(t testing.TB, l *act.Log, d act.Deed, code act.RefusalCode) {
	t.Helper()
	var refused *act.RefusalError
	if _, err := l.Do(t.Context(), d); !errors.As(err, &refused) || refused.Code != code {
		t.Errorf("%s by %q in %v: %v, want %s", d.Kind, d.Actor, d.Scope, err, code)
	}
}

func TestGrants(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	l := act.NewLog(store(t, database(t)), places, func() time.Time { return now })
	command := func(kind act.Kind, place act.Scope, subject string, body any) act.Deed {
		return act.Deed{Via: act.ByCommand, Kind: kind, Scope: place, Subject: subject, Body: body}
	}
	refusedWith(t, l, note("a", devon, "x"), act.NotPermitted)
	refusedWith(t, l, note("", devon, "x"), act.NotSignedIn)
	refusedWith(t, l, act.Deed{Actor: "a", Via: act.ByBrowser, Kind: act.PersonAdded, Scope: act.All, Subject: "a"}, act.NotPermitted)
	add(t, l, "boss", act.Administrator, act.All)
	boss := func(kind act.Kind, place act.Scope, subject string, body any) act.Deed {
		return act.Deed{Actor: "boss", Via: act.ByBrowser, Kind: kind, Scope: place, Subject: subject, Body: body}
	}
	do(t, l, boss(act.PersonAdded, act.All, "a", nil))
	refusedWith(t, l, boss(act.PersonAdded, act.All, "a", nil), act.Known)
	until, from := now.Add(48*time.Hour), now.Add(24*time.Hour)
	do(t, l, boss(act.GrantGiven, act.Footprint(devon), "g", act.GrantBody{Person: "a", Role: act.Contributor, From: &from, Until: &until}))
	refusedWith(t, l, note("a", devon, "too early"), act.NotPermitted)
	now = from
	do(t, l, note("a", devon, "in time"))
	refusedWith(t, l, note("a", dorset, "elsewhere"), act.NotPermitted)
	now = until
	refusedWith(t, l, note("a", devon, "too late"), act.NotPermitted)
	// Nobody gives what there is not, or where it is not given.
	refusedWith(t, l, boss(act.GrantGiven, act.All, "h", act.GrantBody{Person: "a", Role: "owner"}), act.RoleNotAccepted)
	refusedWith(t, l, boss(act.GrantGiven, act.All, "h", act.GrantBody{Person: "a", Role: act.Lead}), act.PlaceNotAccepted)
	refusedWith(t, l, boss(act.GrantGiven, act.Footprint(devon), "h", act.GrantBody{Person: "a", Role: act.Administrator}), act.PlaceNotAccepted)
	refusedWith(t, l, boss(act.GrantGiven, act.Footprint("E54999999"), "h", act.GrantBody{Person: "a", Role: act.Lead}), act.PlaceNotAccepted)
	refusedWith(t, l, boss(act.GrantGiven, act.Region("west"), "h", act.GrantBody{Person: "a", Role: act.Lead}), act.PlaceNotAccepted)
	refusedWith(t, l, boss(act.GrantGiven, act.Footprint(devon), "h", act.GrantBody{Person: "x", Role: act.Lead}), act.Unknown)
	refusedWith(t, l, boss(act.GrantGiven, act.Footprint(devon), "h", act.GrantBody{Person: "a", Role: act.Lead, Until: &from}), act.DateNotAccepted)
	// Who gives roles does not have them.
	refusedWith(t, l, note("boss", devon, "x"), act.NotPermitted)
	refusedWith(t, l, command(act.NoteAdded, act.Footprint(devon), "n", act.NoteBody{Measure: "m", Text: "x"}), act.NotPermitted)
	// Lead of a region: in its footprints, and nowhere else; ended, at once nowhere.
	lead := grant(t, l, "a", act.Lead, act.Region(south))
	do(t, l, note("a", dorset, "x"))
	refusedWith(t, l, note("a", leeds, "x"), act.NotPermitted)
	refusedWith(t, l, boss(act.GrantEnded, act.All, lead, act.Reason{Reason: "moved"}), act.PlaceNotAccepted)
	do(t, l, boss(act.GrantEnded, act.Region(south), lead, act.Reason{Reason: "moved"}))
	refusedWith(t, l, note("a", dorset, "x"), act.NotPermitted)
	refusedWith(t, l, boss(act.GrantEnded, act.Region(south), lead, act.Reason{Reason: "moved"}), act.Ended)
	// The last administrator stays, whichever way they would go.
	var own string
	_ = l.View(t.Context(), func(s *act.State) { own = s.GrantsOf("boss")[0].ID })
	refusedWith(t, l, boss(act.GrantEnded, act.All, own, act.Reason{Reason: "tired"}), act.LastAdministrator)
	refusedWith(t, l, boss(act.PersonRemoved, act.All, "boss", nil), act.LastAdministrator)
	grant(t, l, "a", act.Administrator, act.All)
	do(t, l, boss(act.PersonRemoved, act.All, "boss", nil))
	refusedWith(t, l, boss(act.PersonAdded, act.All, "c", nil), act.NotPermitted)
	refusedWith(t, l, command(act.PersonAdded, act.All, "boss", nil), act.Known)
}

func TestNotes(t *testing.T) {
	t.Parallel()
	l := log(t, database(t))
	add(t, l, "a", act.Contributor, act.Footprint(devon))
	add(t, l, "b", act.Contributor, act.Footprint(devon))
	add(t, l, "c", act.Lead, act.Footprint(devon))
	for text, code := range map[string]act.RefusalCode{"": act.TextMissing, " \n": act.TextMissing, strings.Repeat("é", act.MaxNote+1): act.TextTooLong} {
		refusedWith(t, l, note("a", devon, text), code)
	}
	added := do(t, l, note("a", devon, strings.Repeat("é", act.MaxNote)))
	on := func(actor string, kind act.Kind, body any) act.Deed {
		return act.Deed{Actor: actor, Via: act.ByBrowser, Kind: kind, Scope: act.Footprint(devon), Subject: added.Subject, Body: body}
	}
	refusedWith(t, l, on("b", act.NoteEdited, act.NoteEdit{Text: "x", Replaces: added.Seq}), act.NotTheirs)
	refusedWith(t, l, on("b", act.NoteWithdrawn, act.Reason{Reason: "x"}), act.NotTheirs)
	refusedWith(t, l, on("a", act.NoteEdited, act.NoteEdit{Text: "x", Replaces: added.Seq + 1}), act.ChangedMeanwhile)
	edited := do(t, l, on("a", act.NoteEdited, act.NoteEdit{Text: "better", Replaces: added.Seq}))
	refusedWith(t, l, on("a", act.NoteEdited, act.NoteEdit{Text: "x", Replaces: added.Seq}), act.ChangedMeanwhile)
	elsewhere := on("a", act.NoteWithdrawn, act.Reason{Reason: "x"})
	elsewhere.Scope = act.Footprint(dorset)
	refusedWith(t, l, elsewhere, act.NotPermitted)
	refusedWith(t, l, on("c", act.NoteWithdrawn, act.Reason{}), act.TextMissing)
	withdrawn := do(t, l, on("c", act.NoteWithdrawn, act.Reason{Reason: "wrong month"}))
	refusedWith(t, l, on("a", act.NoteEdited, act.NoteEdit{Text: "x", Replaces: edited.Seq}), act.Ended)
	var stood []string
	if err := l.View(t.Context(), func(s *act.State) {
		for _, asOf := range []uint64{added.Seq - 1, added.Seq, edited.Seq, withdrawn.Seq, s.Seq} {
			line := ""
			for _, n := range s.Notes(act.Footprint(devon), "ae_four_hour", asOf) {
				line = fmt.Sprintf("%d %.6s", len(n.Texts), n.Newest().Text)
				if n.Withdrawn != nil {
					line += ", withdrawn by " + n.Withdrawn.By + ": " + n.Withdrawn.Reason
				}
			}
			stood = append(stood, line)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(
		[]string{"", "1 éééééé", "2 better", "2 better, withdrawn by c: wrong month", "2 better, withdrawn by c: wrong month"},
		stood,
	); diff != "" {
		t.Error(diff)
	}
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	l := log(t, database(t))
	add(t, l, "a", act.Lead, act.Region(south))
	add(t, l, "b", act.Lead, act.Footprint(leeds))
	on := func(actor string, kind act.Kind, place act.Scope, subject string, body any) act.Deed {
		return act.Deed{Actor: actor, Via: act.ByBrowser, Kind: kind, Scope: place, Subject: subject, Body: body}
	}
	body := act.DecisionBody{What: "open 20 beds", Owner: "Director of discharge", Due: "2019-02-08", Week: "2019-W05"}
	place := act.Footprint(dorset)
	refusedWith(t, l, on("b", act.DecisionMade, place, "d", body), act.NotPermitted)
	wrong := body
	wrong.Due = "8 February"
	refusedWith(t, l, on("a", act.DecisionMade, place, "d", wrong), act.DateNotAccepted)
	made := do(t, l, on("a", act.DecisionMade, place, "d", body))
	do(t, l, on("a", act.DecisionMade, act.Region(south), "e", body))
	change := act.DecisionChange{Owner: "Chief nurse", Due: "2019-03-01", Reason: "no staff", Replaces: made.Seq}
	changed := do(t, l, on("a", act.DecisionChanged, place, "d", change))
	refusedWith(t, l, on("a", act.DecisionChanged, place, "d", change), act.ChangedMeanwhile)
	refusedWith(t, l, on("a", act.DecisionSuperseded, place, "d", act.Superseding{By: "d", Reason: "x"}), act.Unknown)
	ended := do(t, l, on("a", act.DecisionSuperseded, place, "d", act.Superseding{By: "e", Reason: "one for all"}))
	refusedWith(t, l, on("a", act.DecisionDone, place, "d", act.Reason{Reason: "x"}), act.Ended)
	if err := l.View(t.Context(), func(s *act.State) {
		if n := len(s.Decisions(north, s.Seq)); n != 0 {
			t.Errorf("the north has %d decisions", n)
		}
		for asOf, want := range map[uint64]string{made.Seq: "2019-02-08 false", changed.Seq: "2019-03-01 false", ended.Seq: "2019-03-01 true"} {
			d := s.Decisions(south, asOf)[0]
			if got := fmt.Sprint(d.Newest().Due, " ", d.Ended != nil); got != want {
				t.Errorf("as of act %d: %s, want %s", asOf, got, want)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// That a review was held is recorded by a lead of its region, and corrected by who saw what was recorded before.
func TestReviewsThatWereHeld(t *testing.T) {
	t.Parallel()
	now := time.Date(2019, 2, 11, 9, 0, 0, 0, time.UTC)
	l := act.NewLog(store(t, database(t)), places, func() time.Time { return now })
	add(t, l, "a", act.Lead, act.Region(south))
	add(t, l, "b", act.Lead, act.Footprint(dorset))
	const week = "2019-W06"
	held := func(actor string, place act.Scope, subject, day, present string, replaces uint64) act.Deed {
		return act.Deed{
			Actor: actor, Via: act.ByBrowser, Kind: act.ReviewHeld, Scope: place, Subject: subject,
			Body: act.HeldBody{Week: week, Day: day, Present: present, Replaces: replaces},
		}
	}
	region, subject := act.Region(south), act.HeldSubject(south, week)
	refusedWith(t, l, held("b", region, subject, "2019-02-11", "Lead", 0), act.NotPermitted)
	refusedWith(t, l, held("a", act.Footprint(dorset), subject, "2019-02-11", "Lead", 0), act.PlaceNotAccepted)
	refusedWith(t, l, held("a", region, act.HeldSubject(north, week), "2019-02-11", "Lead", 0), act.Unknown)
	refusedWith(t, l, held("a", region, act.HeldSubject(south, "2019-W05"), "2019-02-11", "Lead", 0), act.Unknown)
	for _, day := range []string{"", "11 February", "2019-02-30", "2019-02-13"} {
		refusedWith(t, l, held("a", region, subject, day, "Lead", 0), act.DayNotAccepted)
	}
	refusedWith(t, l, held("a", region, subject, "2019-02-11", " ", 0), act.TextMissing)
	refusedWith(t, l, held("a", region, subject, "2019-02-11", strings.Repeat("é", act.MaxPresent+1), 0), act.TextTooLong)
	refusedWith(t, l, held("a", region, subject, "2019-02-11", "Lead", 1), act.ChangedMeanwhile)
	first := do(t, l, held("a", region, subject, "2019-02-11", "Lead", 0))
	refusedWith(t, l, held("a", region, subject, "2019-02-11", "Lead, finance", 0), act.ChangedMeanwhile)
	second := do(t, l, held("a", region, subject, "2019-02-10", "Lead, Director of finance", first.Seq))
	if err := l.View(t.Context(), func(s *act.State) {
		for asOf, want := range map[uint64]string{first.Seq - 1: "", first.Seq: "2019-02-11 Lead", second.Seq: "2019-02-10 Lead, Director of finance"} {
			h, ok := s.Held(south, week, asOf)
			if got := strings.TrimSpace(h.Day + " " + h.Present); got != want || ok != (want != "") {
				t.Errorf("as of act %d: %q, want %q", asOf, got, want)
			}
		}
		if _, ok := s.Held(north, week, s.Seq); ok {
			t.Error("the north had none")
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// A return is of a footprint that its sender returns figures of, and has one act.
func TestReturns(t *testing.T) {
	t.Parallel()
	l := log(t, database(t))
	add(t, l, "ann", act.Contributor, act.Footprint(devon))
	add(t, l, "lea", act.Lead, act.Region(south))
	add(t, l, "kim", act.Analyst, act.All)
	deed := func(actor, place string) act.Deed {
		id := act.NewID()
		return act.Deed{
			ID: id, Actor: actor, Via: act.ByBrowser, Kind: act.FiguresReturned, Scope: act.Footprint(place), Subject: id,
			Body: act.ReturnBody{File: "typed.csv", SHA256: strings.Repeat("0", 64), Trial: strings.Repeat("1", 64)},
		}
	}
	first := do(t, l, deed("ann", devon))
	do(t, l, deed("lea", dorset))
	for who, place := range map[string]string{"ann": dorset, "lea": leeds, "kim": devon, "nobody": devon} {
		refusedWith(t, l, deed(who, place), act.NotPermitted)
	}
	for code, change := range map[act.RefusalCode]func(*act.Deed){
		act.Known:            func(d *act.Deed) { d.Subject = act.NewID() },
		act.PlaceNotAccepted: func(d *act.Deed) { d.Actor, d.Scope = "lea", act.Region(south) },
		act.TextMissing:      func(d *act.Deed) { d.Body = act.ReturnBody{File: "typed.csv"} },
		act.TextTooLong: func(d *act.Deed) {
			d.Body = act.ReturnBody{File: "typed.csv", SHA256: "0", Reason: strings.Repeat("é", act.MaxReason+1)}
		},
	} {
		d := deed("ann", devon)
		change(&d)
		refusedWith(t, l, d, code)
	}
	err := l.View(t.Context(), func(s *act.State) {
		if r, ok := s.Return(first.ID); !ok || r.By != "ann" || r.Scope != act.Footprint(devon) || r.Seq != first.Seq {
			t.Errorf("%+v", r)
		}
		if all := s.Returns(func(place act.Scope) bool { return place.Code != leeds }); len(all) != 2 || all[0].By != "lea" {
			t.Errorf("%+v", all)
		}
		for person, want := range map[string][]string{"ann": {devon}, "lea": {devon, dorset}, "kim": nil, "nobody": nil} {
			if got := s.PlacesOf(person, act.FiguresReturned, time.Now()); !slices.Equal(got, want) {
				t.Errorf("%s returns for %v", person, got)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A sign-off is of one kind of thing, by who may and did not make it, once as it stands, and withdrawn by who gave it.
func TestSignOffs(t *testing.T) {
	t.Parallel()
	l := log(t, database(t))
	add(t, l, "aud", act.Auditor, act.All)
	add(t, l, "eva", act.Auditor, act.All)
	add(t, l, "lea", act.Lead, act.Region(south))
	add(t, l, "ann", act.Contributor, act.Footprint(devon))
	returned := func(actor, place string) string {
		t.Helper()
		id := act.NewID()
		do(t, l, act.Deed{
			ID: id, Actor: actor, Via: act.ByBrowser, Kind: act.FiguresReturned, Scope: act.Footprint(place), Subject: id,
			Body: act.ReturnBody{File: "typed.csv", SHA256: strings.Repeat("0", 64)},
		})
		return id
	}
	theirs, own := returned("ann", devon), returned("lea", dorset)
	n := 0
	sign := func(actor string, kind act.Kind, place act.Scope, of string) act.Deed {
		n++
		return act.Deed{Actor: actor, Via: act.ByBrowser, Kind: kind, Scope: place, Subject: fmt.Sprint("s", n), Body: act.SignOffBody{
			Of: of, SHA256: "a", Definitions: "b", Load: 7, Statement: "checked",
		}}
	}
	verdict := do(t, l, sign("aud", act.VerdictSigned, act.All, "claim"))
	do(t, l, sign("eva", act.VerdictSigned, act.Footprint(devon), "claim"))
	do(t, l, sign("lea", act.ReviewSigned, act.Region(south), act.HeldSubject(south, "2019-W06")))
	do(t, l, sign("lea", act.ReturnSigned, act.Footprint(devon), theirs))
	for _, c := range []struct {
		deed act.Deed
		code act.RefusalCode
	}{
		{sign("aud", act.VerdictSigned, act.All, "claim"), act.Known},
		{sign("lea", act.VerdictSigned, act.Footprint(devon), "claim"), act.NotPermitted},
		{sign("aud", act.ReviewSigned, act.Region(south), act.HeldSubject(south, "2019-W06")), act.NotPermitted},
		{sign("lea", act.ReviewSigned, act.Footprint(devon), act.HeldSubject(south, "2019-W06")), act.PlaceNotAccepted},
		{sign("lea", act.ReturnSigned, act.Footprint(dorset), own), act.OwnWork},
		{sign("lea", act.ReturnSigned, act.Footprint(dorset), theirs), act.PlaceNotAccepted},
		{sign("lea", act.ReturnSigned, act.Footprint(devon), "none"), act.Unknown},
		{sign("ann", act.ReturnSigned, act.Footprint(devon), theirs), act.NotPermitted},
	} {
		refusedWith(t, l, c.deed, c.code)
	}
	changed := sign("aud", act.VerdictSigned, act.All, "claim")
	changed.Body = act.SignOffBody{Of: "claim", SHA256: "a", Definitions: "b", Load: 8, Statement: " "}
	refusedWith(t, l, changed, act.TextMissing)
	changed.Body = act.SignOffBody{Of: "claim", SHA256: "a", Definitions: "b", Load: 8, Statement: strings.Repeat("é", act.MaxStatement+1)}
	refusedWith(t, l, changed, act.TextTooLong)
	changed.Body = act.SignOffBody{Of: "claim", SHA256: "a", Definitions: "b", Load: 8, Statement: "checked again"}
	again := do(t, l, changed)

	// Who returns figures signs off no verdict about their place, however many roles they have.
	add(t, l, "two", act.Auditor, act.All)
	do(t, l, act.Deed{
		Via: act.ByCommand, Kind: act.GrantGiven, Scope: act.Footprint(leeds), Subject: "two-roles", Body: act.GrantBody{Person: "two", Role: act.Contributor},
	})
	returned("two", leeds)
	do(t, l, sign("two", act.VerdictSigned, act.Footprint(devon), "claim"))
	refusedWith(t, l, sign("two", act.VerdictSigned, act.Footprint(leeds), "claim"), act.OwnWork)
	refusedWith(t, l, sign("two", act.VerdictSigned, act.All, "claim"), act.OwnWork)

	withdraw := func(actor string, place act.Scope, reason string) act.Deed {
		return act.Deed{Actor: actor, Via: act.ByBrowser, Kind: act.SignOffWithdrawn, Scope: place, Subject: verdict.Subject, Body: act.Reason{Reason: reason}}
	}
	refusedWith(t, l, withdraw("two", act.All, "wrong"), act.NotTheirs)
	refusedWith(t, l, withdraw("aud", act.Footprint(devon), "wrong"), act.PlaceNotAccepted)
	refusedWith(t, l, withdraw("aud", act.All, " "), act.TextMissing)
	gone := do(t, l, withdraw("aud", act.All, "wrong"))
	refusedWith(t, l, withdraw("aud", act.All, "wrong"), act.Ended)
	if err := l.View(t.Context(), func(s *act.State) {
		for asOf, want := range map[uint64]string{verdict.Seq - 1: "", verdict.Seq: "aud", again.Seq: "aud eva aud", gone.Seq: "aud- eva aud two"} {
			var got []string
			for _, o := range s.SignOffs(act.VerdictSigned, "claim", asOf) {
				who := o.By
				if o.Withdrawn != nil {
					who += "-"
				}
				got = append(got, who)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("as of act %d by %v, want %s", asOf, got, want)
			}
		}
		if n := len(s.SignOffsBy("lea")); n != 2 || len(s.AllSignOffs(s.Seq)) != 6 {
			t.Errorf("%d of lea, %d of all", n, len(s.AllSignOffs(s.Seq)))
		}
		content, definitions, load := s.SignOffs(act.VerdictSigned, "claim", s.Seq)[1].Lapsed(act.SignOffBody{SHA256: "a", Definitions: "c", Load: 7})
		if content || !definitions || load {
			t.Errorf("lapsed by content %v, definitions %v, load %v", content, definitions, load)
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// A token may no more than its owner, lasts a year at most, and is nobody else's to make or end.
func TestTokens(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	l := act.NewLog(store(t, database(t)), places, func() time.Time { return now })
	add(t, l, "ann", act.Analyst, act.All)
	add(t, l, "bob", act.Contributor, act.Footprint(devon))
	add(t, l, "boss", act.Administrator, act.All)
	now = now.Add(time.Hour)
	token := func(actor, owner string, until time.Time, uses ...act.Use) act.Deed {
		id := act.NewID()
		return act.Deed{
			ID: id, Actor: actor, Via: act.ByBrowser, Kind: act.TokenMade, Scope: act.All, Subject: id,
			Body: act.TokenBody{Person: owner, Name: "nightly", Uses: uses, Until: until},
		}
	}
	year := now.Add(act.MaxTokenTime)
	refusedWith(t, l, token("bob", "ann", year, act.ToRead), act.NotTheirs)
	refusedWith(t, l, token("boss", "ann", year, act.ToRead), act.NotTheirs)
	refusedWith(t, l, token("", "ann", year, act.ToRead), act.NotSignedIn)
	refusedWith(t, l, token("nobody", "nobody", year, act.ToRead), act.NotPermitted)
	refusedWith(t, l, token("bob", "bob", year, act.ToRun), act.UseNotAccepted)
	refusedWith(t, l, token("bob", "bob", year, act.ToRead, "write"), act.UseNotAccepted)
	refusedWith(t, l, token("bob", "bob", year), act.UseNotAccepted)
	refusedWith(t, l, token("bob", "bob", now, act.ToRead), act.DateNotAccepted)
	refusedWith(t, l, token("bob", "bob", year.Add(time.Hour), act.ToRead), act.DateNotAccepted)
	byProgram := token("bob", "bob", year, act.ToRead)
	byProgram.Via = act.ByProgram
	refusedWith(t, l, byProgram, act.NotPermitted)
	other := token("bob", "bob", year, act.ToRead)
	other.Subject = act.NewID()
	refusedWith(t, l, other, act.Known)

	run := do(t, l, token("ann", "ann", year, act.ToRead, act.ToRun))
	read := do(t, l, token("ann", "ann", year, act.ToRead))
	asks := func(actor, token string) act.Deed {
		return act.Deed{Actor: actor, Via: act.ByProgram, Kind: act.RunAsked, Scope: act.All, Subject: "beds", Body: act.RunBody{Token: token}}
	}
	do(t, l, asks("ann", run.ID))
	refusedWith(t, l, asks("ann", read.ID), act.NotPermitted)
	refusedWith(t, l, asks("bob", run.ID), act.NotPermitted)
	browser := asks("ann", run.ID)
	browser.Via = act.ByBrowser
	refusedWith(t, l, browser, act.NotPermitted)
	end := func(actor, token string, via act.Via) act.Deed {
		return act.Deed{Actor: actor, Via: via, Kind: act.TokenEnded, Scope: act.All, Subject: token}
	}
	refusedWith(t, l, end("bob", run.ID, act.ByBrowser), act.NotTheirs)
	refusedWith(t, l, end("ann", run.ID, act.ByProgram), act.NotPermitted)
	refusedWith(t, l, end("ann", "another", act.ByBrowser), act.Unknown)
	do(t, l, end("ann", run.ID, act.ByBrowser))
	refusedWith(t, l, end("ann", run.ID, act.ByBrowser), act.Ended)
	refusedWith(t, l, asks("ann", run.ID), act.NotPermitted)
	do(t, l, end("boss", read.ID, act.ByBrowser))

	for range 20 {
		do(t, l, token("bob", "bob", year, act.ToRead))
	}
	refusedWith(t, l, token("bob", "bob", year, act.ToRead), act.TooManyTokens)
	now = year
	do(t, l, token("bob", "bob", year.Add(time.Hour), act.ToRead)) // the others have run out
	if err := l.View(t.Context(), func(s *act.State) {
		if n := len(s.TokensOf("bob", now)); n != 1 {
			t.Errorf("%d tokens are in force", n)
		}
	}); err != nil {
		t.Fatal(err)
	}
}
