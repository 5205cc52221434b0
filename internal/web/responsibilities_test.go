package web

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"stpdash/internal/act"
)

// Who answers for a plan is listed with what is open there: a decision that is overdue is, until it is done.
func TestResponsibilities(t *testing.T) {
	o := newOffice(t)
	person := o.person("ann", act.Lead, act.Footprint(devon))
	do := func(kind act.Kind, body any) {
		t.Helper()
		if _, err := o.log.Do(
			t.Context(),
			act.Deed{Actor: person, Via: act.ByBrowser, Kind: kind, Scope: act.Footprint(devon), Subject: "d", Body: body},
		); err != nil {
			t.Fatal(err)
		}
	}
	row := func() string {
		t.Helper()
		a := o.ask(o.open, http.MethodGet, "/responsibilities", "", nil)
		found := regexp.MustCompile(`(?s)<tr id="` + devon + `">.*?</tr>`).FindString(a.Body.String())
		if a.Code != http.StatusOK || strings.Count(a.Body.String(), `<tr id="E54`) != 44 || found == "" {
			t.Fatalf("%d %.900s", a.Code, a.Body)
		}
		return found
	}
	if r := row(); !strings.Contains(r, "Devon County Council") || strings.Contains(r, "overdue") || !strings.Contains(r, "10 measures wait for a return") {
		t.Errorf("before: %s", r)
	}
	do(act.DecisionMade, act.DecisionBody{What: "open 20 beds", Owner: "Director of discharge", Due: "2019-02-08", Week: "2019-W05"})
	if r := row(); !strings.Contains(r, "1 decision is overdue") {
		t.Errorf("overdue: %s", r)
	}
	do(act.DecisionDone, act.Reason{Reason: "they are open"})
	if r := row(); strings.Contains(r, "overdue") {
		t.Errorf("done: %s", r)
	}
	if body := o.ask(
		o.open,
		http.MethodGet,
		"/api/v1/responsibilities",
		"",
		nil,
	).Body.String(); strings.Count(body, `"footprint"`) != 44 ||
		!strings.Contains(body, `"Devon County Council"`) {
		t.Errorf("%.600s", body)
	}
	if body := o.ask(
		o.open,
		http.MethodGet,
		"/api/v1/responsibilities?format=csv",
		"",
		nil,
	).Body.String(); strings.Count(body, "\n") < 45 ||
		!strings.Contains(body, devon) {
		t.Errorf("%.600s", body)
	}
	card := o.ask(o.open, http.MethodGet, "/footprints/"+devon+"/ae_attendances_type1", "", nil).Body.String()
	if !strings.Contains(card, "Who answers for this") || !strings.Contains(card, `/responsibilities#`+devon) {
		t.Errorf("%.900s", card)
	}
}
