package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/load"
	"stpdash/internal/warehouse"
	"stpdash/internal/warehouse/engine"
	"stpdash/internal/warehouse/engine/enginetest"
)

// withProgram is a service without figures, with a token of an analyst for a program that may read and start runs of the source x.
func withProgram(t *testing.T, now func() time.Time) (o Options, token string) {
	t.Helper()
	open := func(e engine.Endpoint) *warehouse.Warehouse {
		w, err := warehouse.Open(t.Context(), e.Options(e.User), e.Options(e.Reader), nil)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	endpoint, _ := enginetest.Prepared(t, "tables", func(e engine.Endpoint, _ string) { _ = open(e).Close() })
	w := open(endpoint)
	t.Cleanup(func() { _ = w.Close() })
	log := act.NewLog(w, act.Places{devon: "south-west"}, now)
	o = Options{
		Accounts: account.New(log, w, account.NewKey("a test"), now), Acts: log,
		Schedule: func(context.Context) ([]load.Entry, error) { return []load.Entry{{Source: "x"}}, nil },
	}
	person, _, err := o.Accounts.Add(t.Context(), account.Operator, "Ann Other", "ann@nhs.example")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.Do(t.Context(), act.Deed{
		Via: act.ByCommand, Kind: act.GrantGiven, Scope: act.All, Subject: act.NewID(), Body: act.GrantBody{Person: person, Role: act.Analyst},
	}); err != nil {
		t.Fatal(err)
	}
	return o, tokenOf(t, o.Accounts, person, now, act.ToRead, act.ToRun)
}

func tokenOf(t *testing.T, accounts *account.Accounts, person string, now func() time.Time, uses ...act.Use) string {
	t.Helper()
	body := act.TokenBody{Person: person, Name: "a program", Uses: uses, Until: now().Add(24 * time.Hour)}
	token, err := accounts.MakeToken(t.Context(), account.Operator, act.NewID(), body)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// Every route by a program of every role: it reads what its owner may, starts runs where its token says so, and acts for nobody.
func TestProgramsMayNoMoreThanTheirOwners(t *testing.T) {
	o := newOffice(t)
	owners := map[string]act.Scope{
		"nobody":        act.All,
		"contributor":   act.Footprint(devon),
		"lead":          act.Region("south-west"),
		"auditor":       act.All,
		"analyst":       act.All,
		"administrator": act.All,
	}
	for name, place := range owners {
		role := act.Role(name)
		if name == "nobody" {
			role = ""
		}
		person := o.person(name, role, place)
		tokens := map[string]string{"read": tokenOf(t, o.people, person, time.Now, act.ToRead)}
		if name == "analyst" {
			tokens["run"] = tokenOf(t, o.people, person, time.Now, act.ToRun)
		} else if _, err := o.people.MakeToken(t.Context(), account.Operator, act.NewID(), act.TokenBody{
			Person: person, Name: "x", Uses: []act.Use{act.ToRun}, Until: time.Now().Add(time.Hour),
		}); err == nil {
			t.Errorf("%s has a token to start runs", name)
		}
		for use, token := range tokens {
			for _, route := range Routes() {
				if route.Who == Anyone || route.Who == ThisMachine {
					continue // asks nobody who they are
				}
				want := use == "read" && (route.Who == Reader || route.Who == LogReader && (name == "auditor" || name == "administrator")) ||
					use == "run" && route.Who == TokenHolder
				path := regexp.MustCompile(`[:*]\w+`).ReplaceAllString(route.Path, "none")
				a := o.ask(o.closed, route.Method, path, "", url.Values{}, "Authorization", "Bearer "+token)
				refused := a.Code == http.StatusUnauthorized || a.Code == http.StatusForbidden ||
					a.Code == http.StatusSeeOther && strings.HasPrefix(a.Header().Get("Location"), "/sign-in?next=")
				if refused == want || a.Code == http.StatusInternalServerError {
					t.Errorf("%s %s (for %s) by a program of %s that may %s: %d %.300s", route.Method, route.Path, route.Who, name, use, a.Code, a.Body)
				}
				if kept := a.Header().Get("Cache-Control"); !refused && route.Method == http.MethodGet && (strings.Contains(kept, "public") || kept == "") {
					t.Errorf("%s %s is kept: %q", route.Method, route.Path, kept)
				}
			}
		}
	}
}

// A token is made on the page with the password, shown once, and known nowhere else; ended, run out, or of who was removed, it is worth nothing.
func TestTokensOnThePage(t *testing.T) {
	o := newOffice(t)
	person := o.person("ann", act.Contributor, act.Footprint(devon))
	o.person("bob", act.Contributor, act.Footprint(devon))
	ann, bob := o.signIn("ann"), o.signIn("bob")
	until := time.Now().AddDate(0, 0, 30).Format(time.DateOnly)
	hidden := regexp.MustCompile(`name="id" value="(\w+)"`)
	form := func(change ...string) url.Values {
		page := o.ask(o.open, http.MethodGet, tokensPath, ann, nil).Body.String()
		values := url.Values{"id": {hidden.FindStringSubmatch(page)[1]}, "name": {"Power BI"}, "uses": {"read"}, "until": {until}, "password": {ownPassword}}
		for i := 0; i+1 < len(change); i += 2 {
			values.Set(change[i], change[i+1])
		}
		return values
	}
	for name, c := range map[string]struct {
		form   url.Values
		status int
		says   string
	}{
		"with another password":        {form("password", "another password"), 400, "This is not your password"},
		"without a name":               {form("name", " "), 400, "Enter a text"},
		"with a long name":             {form("name", strings.Repeat("é", act.MaxTokenName+1)), 400, "at most 80 characters"},
		"for what ann may not":         {form("uses", "read run"), 400, "Choose something that you may do yourself"},
		"for what there is not":        {form("uses", "write"), 400, "Choose something that you may do yourself"},
		"for nothing":                  {form("uses", ""), 400, "Choose something that you may do yourself"},
		"until yesterday":              {form("until", time.Now().AddDate(0, 0, -2).Format(time.DateOnly)), 400, "Enter a date"},
		"for two years":                {form("until", time.Now().AddDate(2, 0, 0).Format(time.DateOnly)), 400, "Enter a date"},
		"until a day that there isn't": {form("until", "2027-02-30"), 400, "Enter a date"},
	} {
		a := o.ask(o.open, http.MethodPost, tokensPath, ann, c.form)
		if a.Code != c.status || !strings.Contains(a.Body.String(), c.says) || strings.Contains(a.Body.String(), account.TokenPrefix) {
			t.Errorf("%s: %d %.900s", name, a.Code, a.Body)
		}
	}
	sent := form()
	a := o.ask(o.open, http.MethodPost, tokensPath, ann, sent)
	token := regexp.MustCompile(account.TokenPrefix + `\w{52}`).FindString(a.Body.String())
	if a.Code != http.StatusOK || token == "" || a.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v %.2000s", a.Code, a.Header(), a.Body)
	}
	if a := o.ask(o.open, http.MethodPost, tokensPath, ann, sent); a.Code != http.StatusBadRequest || strings.Contains(a.Body.String(), account.TokenPrefix) {
		t.Errorf("sent twice: %d %.900s", a.Code, a.Body)
	}
	list := o.ask(o.open, http.MethodGet, tokensPath, ann, nil).Body.String()
	if strings.Contains(list, token) || strings.Count(list, "Power BI</th>") != 1 {
		t.Errorf("the list: %.2000s", list)
	}
	asks := func(shown string) int {
		return o.ask(o.closed, http.MethodGet, "/api/v1/footprints", "", nil, "Authorization", shown).Code
	}
	for shown, want := range map[string]int{
		"Bearer " + token: 200, "bearer " + token: 200, "Basic " + token: 401, token: 401, "Bearer": 401, "": 401, "Bearer " + strings.ToUpper(token): 401,
		"Bearer " + token[:len(token)-1]: 401, "Bearer " + token + "a": 401, "Bearer " + token[:31] + strings.Repeat("a", 26): 401, "Bearer stpd_": 401, "Bearer \xff": 401,
	} {
		if got := asks(shown); got != want {
			t.Errorf("shown %q: %d, want %d", shown, got, want)
		}
	}
	if a := o.ask(
		o.closed,
		http.MethodGet,
		"/api/v1/footprints",
		"",
		nil,
		"Authorization",
		"Bearer "+token,
	); a.Header().
		Get("Cache-Control") !=
		"private, no-cache" ||
		!strings.Contains(strings.Join(a.Header().Values("Vary"), ", "), "Authorization") {
		t.Errorf("what a program is answered is kept: %v", a.Header())
	}
	id := token[len(account.TokenPrefix) : len(account.TokenPrefix)+26]
	if a := o.ask(o.open, http.MethodPost, "/account/tokens/end", bob, url.Values{"token": {id}}); a.Code != http.StatusForbidden || asks("Bearer "+token) != 200 {
		t.Errorf("ended by another: %d", a.Code)
	}
	if a := o.ask(o.open, http.MethodPost, "/account/tokens/end", ann, url.Values{"token": {id}}); a.Code != http.StatusSeeOther || asks("Bearer "+token) != 401 {
		t.Errorf("ended: %d", a.Code)
	}
	late := tokenOf(t, o.people, person, func() time.Time { return time.Now().Add(-24*time.Hour + time.Second) }, act.ToRead)
	if asks("Bearer "+late) != 200 {
		t.Error("a token that has not run out is not accepted")
	}
	time.Sleep(1100 * time.Millisecond)
	if asks("Bearer "+late) != 401 {
		t.Error("a token that has run out is accepted")
	}
	last := tokenOf(t, o.people, person, time.Now, act.ToRead)
	if err := o.people.Remove(t.Context(), account.Operator, person); err != nil || asks("Bearer "+last) != 401 {
		t.Errorf("the token of who was removed is accepted (%v)", err)
	}
	acts, err := o.known.Warehouse.FilteredActs(t.Context(), act.Filter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(acts, func(a act.Act) bool { return a.Kind == act.TokenMade && a.Subject == id && a.Actor == person }) ||
		slices.ContainsFunc(acts, func(a act.Act) bool { return strings.Contains(a.Body, token[len(account.TokenPrefix)+26:]) }) {
		t.Errorf("the log: %+v", acts)
	}
}

// Where a role ends, the programs of who had it may no more than they.
func TestProgramsLoseWhatTheirOwnersLose(t *testing.T) {
	o, token := withProgram(t, time.Now)
	started := 0
	o.Run = func(string) (uint64, error) { started++; return 1, nil }
	ask := func() int {
		request := httptest.NewRequest(http.MethodPost, "/api/v1/runs?source=x", nil)
		request.RemoteAddr = "127.0.0.1:1"
		request.Header.Set("Authorization", "Bearer "+token)
		return asked(o, request).Code
	}
	if code := ask(); code != http.StatusAccepted || started != 1 {
		t.Fatal(code, started)
	}
	var grants []act.Grant
	if err := o.Acts.View(t.Context(), func(s *act.State) { grants = s.GrantsOf(s.People()[0].ID) }); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Acts.Do(t.Context(), act.Deed{
		Via: act.ByCommand, Kind: act.GrantEnded, Scope: act.All, Subject: grants[0].ID, Body: act.Reason{Reason: "moved"},
	}); err != nil {
		t.Fatal(err)
	}
	if code := ask(); code != http.StatusForbidden || started != 1 {
		t.Errorf("without the role: %d, started %d times", code, started)
	}
}
