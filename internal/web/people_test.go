package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"stpdash/frontend"
	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/archivecache"
	"stpdash/internal/figures/figurestest"
	"stpdash/internal/load"
	"stpdash/internal/pages"
)

const (
	devon, dorset = "E54000037", "E54000041"
	ownPassword   = "three wet umbrellas"
	noteForm      = "/notes/new?measure=ae_attendances_type1&footprint="
)

// office is a service in which people act, on the real engine.
type office struct {
	t      *testing.T
	open   http.Handler // reading is open
	closed http.Handler // and closed, on the same accounts
	log    *act.Log
	people *account.Accounts
	known  *figurestest.Known
	desk   load.Returns
	asked  atomic.Int64
}

func newOffice(t *testing.T) *office {
	t.Helper()
	return newOfficeWith(t, func(*Options) {})
}

// newOfficeWith is a service with other options.
func newOfficeWith(t *testing.T, change func(*Options)) *office {
	t.Helper()
	known := figurestest.Load(t, "ae_attendances_type1,RH8,2018-04,90,\nae_attendances_type1,RH8,2018-05,91,\n", time.Now)
	places := act.Places{}
	for _, f := range known.Reference.Footprints() {
		places[f.Code] = f.Region.Slug()
	}
	log := act.NewLog(known.Warehouse, places, time.Now)
	people := account.New(log, known.Warehouse, account.NewKey("a test"), time.Now)
	templates, err := frontend.Parse()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	o := &office{t: t, log: log, people: people, known: known, desk: load.Returns{
		Loader: load.New(load.Settings{
			Store: known.Warehouse, Catalog: known.Catalog, Reference: known.Reference, Archive: load.Archive{Folder: filepath.Join(folder, "files")},
			Now: time.Now, Logger: slog.New(slog.DiscardHandler), Lock: load.FileLock(filepath.Join(folder, "lock")),
		}),
		Drafts: load.Archive{Folder: filepath.Join(folder, "drafts")},
	}}
	schedule := func(context.Context) ([]load.Entry, error) { return nil, nil }
	handler := func(closed bool) http.Handler {
		options := Options{
			Figures: known.Figures, Loads: known.Loads, Register: known.Register,
			Pages:    pages.New(known.Figures, known.Loads, known.Register, schedule, "").With(pages.Acts{Log: log, Names: people.Names}),
			Schedule: schedule,
			Render:   templates.Render,
			Assets:   frontend.Assets(),
			Ready:    func(context.Context) error { return nil },
			Registry: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler),
			Accounts: people, Acts: log, Returns: o.desk, ListActs: known.Warehouse.FilteredActs, ReadClosed: closed, Now: time.Now,
			Packages: archivecache.New(t.TempDir(), ".zip", 1<<20, "test", time.Now),
		}
		change(&options)
		if options.Provider != nil {
			options.Pages = options.Pages.With(pages.Acts{Log: log, Names: people.Names, Provider: options.Provider.Name()})
		}
		return New(options)
	}
	o.open, o.closed = handler(false), handler(true)
	return o
}

// person adds somebody with a password, and a role where one is named.
func (o *office) person(name string, role act.Role, place act.Scope) string {
	o.t.Helper()
	person, code, err := o.people.Add(o.t.Context(), account.Operator, name, name+"@nhs.example")
	if err == nil {
		err = o.people.SetPassword(o.t.Context(), name+"@nhs.example", code, ownPassword, name)
	}
	if err == nil && role != "" {
		_, err = o.log.Do(o.t.Context(), act.Deed{
			Via: act.ByCommand, Kind: act.GrantGiven, Scope: place, Subject: act.NewID(), Body: act.GrantBody{Person: person, Role: role},
		})
	}
	if err != nil {
		o.t.Fatal(err)
	}
	return person
}

// ask sends a request with a cookie.
func (o *office) ask(h http.Handler, method, path, token string, form url.Values, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(form.Encode()))
	n := o.asked.Add(1) // each from an address of its own: that many from one are refused is tried in internal/account
	r.RemoteAddr = fmt.Sprintf("127.0.%d.%d:1", n/250%250, 1+n%250)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if token != "" {
		r.AddCookie(&http.Cookie{Name: plainPrefix + sessionUse, Value: token})
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	return answer
}

// signIn signs in on the page, and gives the token of the cookie.
func (o *office) signIn(name string) string {
	o.t.Helper()
	a := o.ask(o.open, http.MethodPost, "/sign-in", "", url.Values{"address": {name + "@nhs.example"}, "password": {ownPassword}})
	for _, c := range a.Result().Cookies() {
		if c.Name == plainPrefix+sessionUse && c.HttpOnly && c.SameSite == http.SameSiteLaxMode && c.Path == "/" {
			return c.Value
		}
	}
	o.t.Fatalf("%s is not signed in: %d %v %.600s", name, a.Code, a.Header(), a.Body)
	return ""
}

// Every route by every role, with reading open and closed: who may is written here once more, by hand.
func TestEveryRouteByEveryRole(t *testing.T) {
	o := newOffice(t)
	visitors := []string{"", "nobody", "contributor", "lead", "auditor", "analyst", "administrator"}
	all := visitors[1:]
	may := map[Access][]string{
		Anyone:        visitors,
		SignedIn:      all,
		Contributor:   {"contributor", "lead"},
		Decider:       {"lead"},
		Signer:        {"auditor", "lead"},
		LogReader:     {"auditor", "administrator"},
		Administrator: {"administrator"},
		TokenHolder:   nil,
		ThisMachine:   visitors,
	}
	tokens := map[string]string{"": ""}
	for _, name := range all {
		place, role := act.All, act.Role(name)
		switch name {
		case "contributor":
			place = act.Footprint(devon)
		case "lead":
			place = act.Region("south-west")
		case "nobody":
			role = ""
		}
		o.person(name, role, place)
		tokens[name] = o.signIn(name)
	}
	asked, allowed := 0, 0
	for reading, h := range map[string]http.Handler{"open": o.open, "closed": o.closed} {
		may[Reader] = visitors
		if reading == "closed" {
			may[Reader] = all
		}
		for _, route := range Routes() {
			path := regexp.MustCompile(`[:*]\w+`).ReplaceAllString(route.Path, "none")
			for _, name := range visitors {
				a := o.ask(h, route.Method, path, tokens[name], url.Values{})
				refused := a.Code == http.StatusUnauthorized || a.Code == http.StatusForbidden ||
					a.Code == http.StatusSeeOther && strings.HasPrefix(a.Header().Get("Location"), "/sign-in?next=")
				asked++
				if !refused {
					allowed++
				}
				if refused == slices.Contains(may[route.Who], name) {
					t.Errorf("%s %s (for %s) by %q, reading %s: %d %.300s", route.Method, route.Path, route.Who, name, reading, a.Code, a.Body)
				}
				if a.Code == http.StatusInternalServerError {
					t.Errorf("%s %s by %q: %.300s", route.Method, route.Path, name, a.Body)
				}
				if kept := a.Header().Get("Cache-Control"); route.Who > Reader && a.Code == http.StatusOK && kept != "no-store" && route.handler.kind == formKind {
					t.Errorf("%s %s is kept: %q", route.Method, route.Path, kept)
				}
				if path == "/sign-out" && name != "" {
					tokens[name] = o.signIn(name)
				}
			}
		}
	}
	t.Logf("%d routes by %d kinds of readers, reading open and closed: %d asked, %d allowed", len(Routes()), len(visitors), asked, allowed)
}

// What is kept for those who may read is not handed to others, and what changed is not kept.
func TestKeptPagesAndReaders(t *testing.T) {
	o := newOffice(t)
	o.person("ann", act.Contributor, act.Footprint(devon))
	token := o.signIn("ann")
	card := "/footprints/" + devon + "/ae_attendances_type1"
	for i := range 2 {
		if a := o.ask(o.closed, http.MethodGet, card, token, nil); a.Code != 200 || !strings.Contains(a.Body.String(), "No notes yet") ||
			a.Header().Get("Cache-Control") != "private, no-cache" || !strings.Contains(strings.Join(a.Header().Values("Vary"), ","), "Cookie") {
			t.Errorf("%d: %d %v %.300s", i, a.Code, a.Header(), a.Body)
		}
		for _, forged := range []string{"", token[:len(token)-1], strings.ToLower(token), strings.Repeat("A", len(token))} {
			if a := o.ask(o.closed, http.MethodGet, card, forged, nil); a.Code != http.StatusSeeOther || strings.Contains(a.Body.String(), "Notes") {
				t.Errorf("forged %q: %d", forged, a.Code)
			}
			if a := o.ask(o.closed, http.MethodGet, "/api/v1/notes", forged, nil); a.Code != http.StatusUnauthorized {
				t.Errorf("the API, forged %q: %d", forged, a.Code)
			}
		}
	}
	before := o.ask(o.open, http.MethodGet, card, "", nil).Body.String()
	a := o.ask(o.open, http.MethodPost, noteForm+devon, token, url.Values{"text": {"new A&E opened"}, "period": {"2018-05"}})
	if a.Code != http.StatusSeeOther {
		t.Fatalf("%d %.800s", a.Code, a.Body)
	}
	after := o.ask(o.open, http.MethodGet, card, "", nil).Body.String()
	if strings.Contains(before, "new A&amp;E") || !strings.Contains(after, "new A&amp;E opened") || !strings.Contains(after, "<strong>May 2018</strong>") ||
		!strings.Contains(after, "ann, ") {
		t.Errorf("the note is not shown: %.3000s", after)
	}
	if strings.Contains(after, "ann@nhs.example") {
		t.Error("the address of its author is")
	}
	pin := regexp.MustCompile(`data-pin="([^"]+)"`).FindStringSubmatch(after)
	if pin == nil {
		t.Fatal("the page says no address that keeps it")
	}
	if a := o.ask(o.open, http.MethodPost, noteForm+devon, token, url.Values{"text": {"a second one"}}); a.Code != http.StatusSeeOther {
		t.Fatal(a.Code)
	}
	pinned := o.ask(o.open, http.MethodGet, card+"?as_of="+url.QueryEscape(pin[1]), "", nil).Body.String()
	if !strings.Contains(pinned, "new A&amp;E") || strings.Contains(pinned, "a second one") || strings.Contains(pinned, "/notes/new") {
		t.Errorf("as of %s: %.2000s", pin[1], pinned)
	}
	first := o.ask(o.open, http.MethodGet, "/api/v1/notes?measure=ae_attendances_type1&footprint="+devon+"&as_of="+url.QueryEscape(pin[1]), "", nil).Body.String()
	if strings.Count(first, `"id"`) != 1 || !strings.Contains(first, `"text":"new A&E opened"`) {
		t.Errorf("the API as of %s: %s", pin[1], first)
	}
}

// A lead records that a review was held, and corrects it; who saw an older record is shown the newer one.
func TestRecordingThatAReviewWasHeld(t *testing.T) {
	o := newOffice(t)
	o.person("ann", act.Lead, act.Region("south-west"))
	token := o.signIn("ann")
	const address = "/reviews/held?region=south-west"
	hidden := regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)">`)
	fill := func(day, present string) url.Values {
		t.Helper()
		a := o.ask(o.open, http.MethodGet, address, token, nil)
		if a.Code != http.StatusOK {
			t.Fatalf("%d %.900s", a.Code, a.Body)
		}
		form := url.Values{"day": {day}, "present": {present}}
		for _, f := range hidden.FindAllStringSubmatch(a.Body.String(), -1) {
			form.Set(f[1], f[2])
		}
		return form
	}
	today := time.Now().UTC().Format(time.DateOnly)
	form := fill("tomorrow", "Lead")
	a := o.ask(o.open, http.MethodPost, "/reviews/held", token, form)
	if a.Code != http.StatusBadRequest || !strings.Contains(a.Body.String(), "Enter a date such as 2019-02-08 that has been") ||
		!strings.Contains(a.Body.String(), `value="tomorrow"`) {
		t.Errorf("%d %.2000s", a.Code, a.Body)
	}
	form.Set("day", today)
	a = o.ask(o.open, http.MethodPost, "/reviews/held", token, form)
	if a.Code != http.StatusSeeOther || !strings.HasPrefix(a.Header().Get("Location"), "/review?region=south-west&week=") {
		t.Fatalf("%d %s %.900s", a.Code, a.Header().Get("Location"), a.Body)
	}
	review, _, _ := strings.Cut(a.Header().Get("Location"), "#")
	shown := func(want string) {
		t.Helper()
		if a := o.ask(o.open, http.MethodGet, review, token, nil); !strings.Contains(a.Body.String(), want) {
			t.Errorf("%s does not say %q", review, want)
		}
	}
	shown("Present: Lead. Recorded by ann")
	correction := fill(today, "Lead, <b>finance</b>")
	stale := fill(today, "nobody")
	if a := o.ask(o.open, http.MethodPost, "/reviews/held", token, correction); a.Code != http.StatusSeeOther {
		t.Fatalf("%d %.900s", a.Code, a.Body)
	}
	shown("Present: Lead, &lt;b&gt;finance&lt;/b&gt;. Recorded by ann")
	a = o.ask(o.open, http.MethodPost, "/reviews/held", token, stale)
	if a.Code != http.StatusConflict || !strings.Contains(a.Body.String(), "finance") || !strings.Contains(a.Body.String(), ">nobody</textarea>") {
		t.Errorf("%d %.3000s", a.Code, a.Body)
	}
	form.Set("week", "2018-W01")
	if a := o.ask(o.open, http.MethodPost, "/reviews/held", token, form); a.Code != http.StatusBadRequest {
		t.Errorf("of a week that is long over: %d", a.Code)
	}
}

// What somebody writes is no part of the page, whatever it holds.
func TestHostileNotes(t *testing.T) {
	o := newOffice(t)
	o.person("ann", act.Contributor, act.Footprint(devon))
	token := o.signIn("ann")
	for _, text := range []string{
		`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `[x](javascript:alert(1))`, `[x](data:text/html,<script>alert(1)</script>)`,
		`<a href="https://a.example" onclick="alert(1)">x</a>`, `![x](https://evil.example/a.png)`, `<style>body{display:none}</style>`, "# A heading\n\n<h1>x</h1>",
		`<svg/onload=alert(1)>`, `<form action=/people method=post>`, `{{.}}`, "[x](//evil.example)", "<iframe src=https://evil.example>", "</section></main><base href=//evil.example>",
		"```html\n<script>alert(1)</script>\n```",
	} {
		if a := o.ask(o.open, http.MethodPost, noteForm+devon, token, url.Values{"text": {text}}); a.Code != http.StatusSeeOther {
			t.Errorf("%s: %d", text, a.Code)
		}
	}
	page := o.ask(o.open, http.MethodGet, "/footprints/"+devon+"/ae_attendances_type1", "", nil).Body.String()
	notes := page[strings.Index(page, `id="notes"`):]
	notes = notes[:strings.Index(notes, "/notes/new")]
	for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(notes, -1) {
		if !regexp.MustCompile(`^</?(p|h2|article|div|ul|ol|li|strong|em|code|pre|a|span|section)\b`).MatchString(tag) ||
			regexp.MustCompile(`(?i)javascript:|data:|onclick|onerror|evil|style=`).MatchString(tag) {
			t.Errorf("the page has %s", tag)
		}
	}
	if !strings.Contains(notes, "{{.}}") || !strings.Contains(notes, "&lt;script&gt;") {
		t.Errorf("texts are missing: %.3000s", notes)
	}
	for name, body := range map[string]string{"no UTF-8": "text=a%ff", "NUL": "text=a%00", "twice": "text=a&text=b"} {
		r := httptest.NewRequest(http.MethodPost, "http://127.0.0.1"+noteForm+devon, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.AddCookie(&http.Cookie{Name: plainPrefix + sessionUse, Value: token})
		a := httptest.NewRecorder()
		o.open.ServeHTTP(a, r)
		if a.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", name, a.Code)
		}
	}
	if a := o.ask(o.open, http.MethodPost, noteForm+devon, token, url.Values{"text": {strings.Repeat("é", 40_000)}}); a.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a text of 80 KB: %d", a.Code)
	}
	long := strings.Repeat("é", act.MaxNote+1)
	if a := o.ask(
		o.open,
		http.MethodPost,
		noteForm+devon,
		token,
		url.Values{"text": {long}},
	); a.Code != http.StatusBadRequest ||
		!strings.Contains(a.Body.String(), long) ||
		!strings.Contains(a.Body.String(), `<a href="#text">Enter at most 2000 characters</a>`) {
		t.Errorf("a text that is too long: %d %.600s", a.Code, a.Body)
	}
}

// Other places, other sites, forms that are sent again, and two who change one thing.
func TestNotesOfOthers(t *testing.T) {
	o := newOffice(t)
	o.person("ann", act.Contributor, act.Footprint(devon))
	o.person("bob", act.Contributor, act.Footprint(devon))
	ann, bob := o.signIn("ann"), o.signIn("bob")
	text := url.Values{"text": {"one"}}
	if a := o.ask(o.open, http.MethodPost, noteForm+dorset, ann, text); a.Code != http.StatusForbidden || !strings.Contains(a.Body.String(), ">one</textarea>") {
		t.Errorf("a note on another place: %d", a.Code)
	}
	for _, origin := range []string{"https://evil.example", "null"} {
		if a := o.ask(o.open, http.MethodPost, noteForm+devon, ann, text, "Origin", origin); a.Code != http.StatusForbidden {
			t.Errorf("from %s: %d", origin, a.Code)
		}
	}
	if a := o.ask(o.open, http.MethodPost, noteForm+devon, ann, text, "Sec-Fetch-Site", "cross-site"); a.Code != http.StatusForbidden {
		t.Errorf("from another site: %d", a.Code)
	}
	if a := o.ask(o.open, http.MethodPost, noteForm+devon, ann, text, "Content-Type", "text/plain"); a.Code != http.StatusUnsupportedMediaType {
		t.Errorf("as plain text: %d", a.Code)
	}
	text.Set("id", act.NewID())
	var both sync.WaitGroup
	for range 6 { // a form that is sent again and again, also at once
		both.Go(func() {
			if a := o.ask(o.open, http.MethodPost, noteForm+devon, ann, text); a.Code != http.StatusSeeOther {
				t.Errorf("sent again: %d", a.Code)
			}
		})
	}
	both.Wait()
	var notes []act.Note
	look := func() {
		if err := o.log.View(t.Context(), func(s *act.State) { notes = s.AllNotes(s.Seq) }); err != nil {
			t.Fatal(err)
		}
	}
	if look(); len(notes) != 1 {
		t.Fatalf("%d notes of one form", len(notes))
	}
	at := "/notes/" + notes[0].ID
	edit := func(token, text string, replaces uint64) *httptest.ResponseRecorder {
		return o.ask(o.open, http.MethodPost, at, token, url.Values{"do": {"edit"}, "text": {text}, "replaces": {fmt.Sprint(replaces)}})
	}
	if a := edit(bob, "Bob was here", notes[0].Newest().Seq); a.Code != http.StatusForbidden {
		t.Errorf("Bob edits a note of Ann: %d", a.Code)
	}
	seq := notes[0].Newest().Seq
	codes := make([]int, 2)
	for i := range codes {
		both.Go(func() { codes[i] = edit(ann, fmt.Sprint("version ", i), seq).Code })
	}
	both.Wait()
	slices.Sort(codes)
	if diff := cmp.Diff([]int{http.StatusSeeOther, http.StatusConflict}, codes); diff != "" {
		t.Error(diff)
	}
	if a := edit(
		ann,
		"my version",
		seq,
	); a.Code != http.StatusConflict || !strings.Contains(a.Body.String(), "my version</textarea>") ||
		!strings.Contains(a.Body.String(), "<p>version ") {
		t.Errorf("both versions are not shown: %d %.1500s", a.Code, a.Body)
	}
	if a := o.ask(o.open, http.MethodPost, at, ann, url.Values{"do": {"withdraw"}, "reason": {"wrong month"}}); a.Code != http.StatusSeeOther {
		t.Errorf("withdraw: %d", a.Code)
	}
	if page := o.ask(
		o.open,
		http.MethodGet,
		"/footprints/"+devon+"/ae_attendances_type1",
		"",
		nil,
	).Body.String(); !strings.Contains(page, "notes__note--withdrawn") ||
		!strings.Contains(page, "wrong month") {
		t.Error("the note that was withdrawn is not shown as such")
	}
	refused, err := o.known.Warehouse.FilteredActs(t.Context(), act.Filter{Kind: act.Refused, Limit: 100})
	if err != nil || len(refused) != 2+1+1 {
		t.Errorf("%d attempts are in the log, %v", len(refused), err)
	}
}

func TestSigningIn(t *testing.T) {
	o := newOffice(t)
	o.person("ann", act.Administrator, act.All)
	for next, want := range map[string]string{
		"/people?x=1": "/people?x=1", "": "/", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "people": "/", "/%5cevil": "/%5cevil", "/api/v1/acts": "/", "/\tx": "/",
	} {
		if got := home(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
	wrong := o.ask(o.open, http.MethodPost, "/sign-in", "", url.Values{"address": {"ann@nhs.example"}, "password": {"x"}})
	nobody := o.ask(o.open, http.MethodPost, "/sign-in", "", url.Values{"address": {"xyz@nhs.example"}, "password": {"x"}})
	if wrong.Code != http.StatusBadRequest || strings.ReplaceAll(wrong.Body.String(), "ann@", "xyz@") != nobody.Body.String() {
		t.Errorf("the answer says whether there is such an account: %d %d", wrong.Code, nobody.Code)
	}
	before := o.signIn("ann")
	a := o.ask(o.open, http.MethodPost, "/sign-in", before, url.Values{"address": {"ann@nhs.example"}, "password": {ownPassword}, "next": {"//evil.example"}})
	if a.Code != http.StatusSeeOther || a.Header().Get("Location") != "/" || o.ask(o.open, http.MethodGet, "/account", before, nil).Code != http.StatusSeeOther {
		t.Errorf("the session before goes on, or it leads away: %d %v", a.Code, a.Header())
	}
	// Over https the cookie is bound to this host.
	r := httptest.NewRequest(
		http.MethodPost,
		"https://stp.example/sign-in",
		strings.NewReader(url.Values{"address": {"ann@nhs.example"}, "password": {ownPassword}}.Encode()),
	)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	secure := httptest.NewRecorder()
	o.open.ServeHTTP(secure, r)
	if c := secure.Result().
		Cookies(); len(c) != 1 || c[0].Name != securePrefix+sessionUse || !c[0].Secure || !c[0].HttpOnly || c[0].Path != "/" ||
		c[0].Domain != "" {
		t.Errorf("%v", c)
	}
	// An account that an administrator gives: its code is shown once, and the person signs in with it.
	ann := o.signIn("ann")
	added := o.ask(o.open, http.MethodPost, "/people", ann, url.Values{"name": {"Bob <b>"}, "address": {"bob@nhs.example"}})
	code := regexp.MustCompile(`<code>(\w{26})</code>`).FindStringSubmatch(added.Body.String())
	if added.Code != 200 || code == nil || strings.Contains(added.Body.String(), "<b>") {
		t.Fatalf("%d %.600s", added.Code, added.Body)
	}
	if again := o.ask(o.open, http.MethodGet, "/people", ann, nil).Body.String(); strings.Contains(again, code[1]) {
		t.Error("the code is shown again")
	}
	if a := o.ask(
		o.open,
		http.MethodPost,
		"/set-password",
		"",
		url.Values{"address": {"bob@nhs.example"}, "code": {code[1]}, "new": {ownPassword}},
	); a.Code != http.StatusSeeOther {
		t.Errorf("%d %.600s", a.Code, a.Body)
	}
	bob := o.signIn("bob")
	var id string
	if err := o.log.View(t.Context(), func(s *act.State) { id = s.People()[1].ID }); err != nil {
		t.Fatal(err)
	}
	give := url.Values{"do": {"grant"}, "role": {"contributor"}, "place": {"footprint " + devon}, "id": {act.NewID()}}
	for range 2 {
		if a := o.ask(o.open, http.MethodPost, "/people/"+id, ann, give); a.Code != http.StatusSeeOther {
			t.Errorf("give a role: %d %.600s", a.Code, a.Body)
		}
	}
	if a := o.ask(o.open, http.MethodGet, noteForm+devon, bob, nil); a.Code != http.StatusOK {
		t.Errorf("with the role: %d", a.Code)
	}
	if a := o.ask(
		o.open,
		http.MethodPost,
		"/people/"+id,
		bob,
		url.Values{"do": {"grant"}, "role": {"administrator"}, "place": {"everywhere "}},
	); a.Code != http.StatusForbidden {
		t.Errorf("Bob makes himself an administrator: %d", a.Code)
	}
	if a := o.ask(o.open, http.MethodPost, "/people/"+id, ann, url.Values{"do": {"remove"}}); a.Code != http.StatusSeeOther {
		t.Errorf("remove: %d", a.Code)
	}
	if a := o.ask(o.open, http.MethodGet, noteForm+devon, bob, nil); a.Code != http.StatusSeeOther {
		t.Errorf("removed, and signed in: %d", a.Code)
	}
	if page := o.ask(
		o.open,
		http.MethodGet,
		"/acts?kind=person_removed",
		ann,
		nil,
	); page.Code != 200 ||
		strings.Count(page.Body.String(), "Removed a person</td>") != 1 {
		t.Errorf("the log: %d %.3000s", page.Code, page.Body)
	}
	if csv := o.ask(
		o.open,
		http.MethodGet,
		"/api/v1/acts?format=csv&limit=1000",
		ann,
		nil,
	); csv.Code != 200 ||
		!strings.Contains(csv.Body.String(), "person_removed") {
		t.Errorf("the log as CSV: %d %.300s", csv.Code, csv.Body)
	}
}
