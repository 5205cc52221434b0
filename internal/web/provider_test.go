package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/identity"
	"stpdash/internal/identity/identitytest"
)

const providerBackAddress = "http://127.0.0.1" + ProviderBack

// browserOf keeps cookies as a browser does.
type browserOf struct {
	o       *office
	handler http.Handler
	cookies map[string]string
}

func (b *browserOf) ask(method, path string, form url.Values) *httptest.ResponseRecorder {
	b.o.t.Helper()
	var headers []string
	var kept []string
	for name, value := range b.cookies {
		kept = append(kept, name+"="+value)
	}
	if len(kept) > 0 {
		headers = []string{"Cookie", strings.Join(kept, "; ")}
	}
	a := b.o.ask(b.handler, method, path, "", form, headers...)
	for _, c := range a.Result().Cookies() {
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
			b.o.t.Errorf("the cookie %s: %+v", c.Name, c)
		}
	}
	return a
}

// Somebody signs in at a real provider: the first time they show the code of their account, and from then on they are known by issuer and subject.
func TestSigningInAtAProvider(t *testing.T) {
	real := identitytest.Start(t, providerBackAddress)
	o := newOfficeWith(t, func(options *Options) {
		options.Provider = identity.New(identity.Settings{
			Issuer: real.Issuer, ClientID: "stpd", ClientSecret: "a secret", Name: "Trust login", Back: providerBackAddress,
		}, http.DefaultTransport, time.Now)
	})
	person, code, err := o.people.Add(t.Context(), account.Operator, "Ann Other", "ann@nhs.example")
	if err != nil {
		t.Fatal(err)
	}
	fresh := func() *browserOf { return &browserOf{o, o.closed, map[string]string{}} }
	visit := func(b *browserOf, next string) *httptest.ResponseRecorder {
		t.Helper()
		a := b.ask(http.MethodGet, providerPath+"?next="+url.QueryEscape(next), nil)
		if a.Code != http.StatusSeeOther || !strings.HasPrefix(a.Header().Get("Location"), real.Issuer) {
			t.Fatalf("%d %v %.500s", a.Code, a.Header(), a.Body)
		}
		return b.ask(http.MethodGet, ProviderBack+"?"+real.SignIn(t, a.Header().Get("Location")).Encode(), nil)
	}
	ann := fresh()
	if a := visit(ann, "/review"); a.Code != http.StatusSeeOther || a.Header().Get("Location") != linkPath {
		t.Fatalf("the first time: %d %v %.500s", a.Code, a.Header(), a.Body)
	}
	if a := ann.ask(http.MethodGet, linkPath, nil); a.Code != http.StatusOK || !strings.Contains(a.Body.String(), "You are signed in at Trust login") {
		t.Errorf("%d %.900s", a.Code, a.Body)
	}
	if a := ann.ask(http.MethodGet, accountPath, nil); a.Code != http.StatusSeeOther {
		t.Errorf("before the accounts are linked: %d", a.Code)
	}
	for name, form := range map[string]url.Values{
		"another code":    {"address": {"ann@nhs.example"}, "code": {strings.Repeat("a", 26)}},
		"another address": {"address": {"bob@nhs.example"}, "code": {code}},
		"nothing":         {},
	} {
		if a := ann.ask(http.MethodPost, linkPath, form); a.Code != http.StatusBadRequest || ann.cookies[plainPrefix+sessionUse] != "" {
			t.Errorf("with %s: %d %.500s", name, a.Code, a.Body)
		}
	}
	stranger := fresh()
	if a := stranger.ask(http.MethodPost, linkPath, url.Values{"address": {"ann@nhs.example"}, "code": {code}}); a.Header().Get("Location") != signInPath {
		t.Errorf("linked by who was not at the provider: %d %v", a.Code, a.Header())
	}
	if a := ann.ask(
		http.MethodPost,
		linkPath,
		url.Values{"address": {"Ann@nhs.example "}, "code": {code}},
	); a.Code != http.StatusSeeOther ||
		a.Header().Get("Location") != accountPath {
		t.Fatalf("%d %v %.900s", a.Code, a.Header(), a.Body)
	}
	if a := ann.ask(
		http.MethodGet,
		accountPath,
		nil,
	); a.Code != http.StatusOK || !strings.Contains(a.Body.String(), "Sign in at Trust login") ||
		!strings.Contains(a.Body.String(), "Ann Other") {
		t.Errorf("%d %.2000s", a.Code, a.Body)
	}
	again := fresh()
	if a := visit(
		again,
		"/review?region=london",
	); a.Code != http.StatusSeeOther || a.Header().Get("Location") != "/review?region=london" ||
		again.cookies[plainPrefix+sessionUse] == "" {
		t.Errorf("the second time: %d %v %.500s", a.Code, a.Header(), a.Body)
	}
	if again.cookies[plainPrefix+attemptUse] != "" {
		t.Error("what the browser kept for the attempt is there")
	}
	if a := visit(fresh(), "https://evil.example/"); a.Header().Get("Location") != "/" {
		t.Errorf("led to another site: %v", a.Header())
	}
	// The answer of one browser in another, one without a browser, one that is sent twice, one of hostile values.
	begun := fresh()
	a := begun.ask(http.MethodGet, providerPath, nil)
	answer := real.SignIn(t, a.Header().Get("Location")).Encode()
	for name, b := range map[string]*browserOf{"another browser": {o, o.closed, map[string]string{plainPrefix + attemptUse: again.cookies[plainPrefix+sessionUse]}}, "no browser": fresh()} {
		if a := b.ask(
			http.MethodGet,
			ProviderBack+"?"+answer,
			nil,
		); a.Code != http.StatusBadRequest || b.cookies[plainPrefix+sessionUse] != "" ||
			!strings.Contains(a.Body.String(), "begun in another browser") {
			t.Errorf("in %s: %d %.500s", name, a.Code, a.Body)
		}
	}
	if a := begun.ask(http.MethodGet, ProviderBack+"?"+answer, nil); a.Code != http.StatusSeeOther {
		t.Errorf("%d %.500s", a.Code, a.Body)
	}
	if a := begun.ask(http.MethodGet, ProviderBack+"?"+answer, nil); a.Code != http.StatusBadRequest {
		t.Errorf("twice: %d", a.Code)
	}
	for _, query := range []string{"?state=a&code=b", "?error=access_denied", "?error=%3Cscript%3E&error_description=%3Cscript%3E", "?code=" + strings.Repeat("a", 3000), "", "?iss=x&state="} {
		if a := fresh().ask(http.MethodGet, ProviderBack+query, nil); a.Code != http.StatusBadRequest ||
			strings.Contains(a.Body.String(), "<script>") && strings.Contains(a.Body.String(), "&lt;script") {
			t.Errorf("%.60s: %d %.300s", query, a.Code, a.Body)
		}
	}
	real.Fail(http.StatusServiceUnavailable)
	if a := fresh().ask(http.MethodGet, ProviderBack+"?"+answer, nil); a.Code != http.StatusBadRequest {
		t.Errorf("away: %d", a.Code)
	}
	real.Restart()
	// Unlinked by an administrator, and then not known.
	if err := o.people.UnlinkIdentity(t.Context(), account.Operator, person, "", ""); err != nil {
		t.Fatal(err)
	}
	if a := again.ask(http.MethodGet, accountPath, nil); a.Code != http.StatusSeeOther || !strings.HasPrefix(a.Header().Get("Location"), signInPath) {
		t.Errorf("the session of who was unlinked: %d", a.Code)
	}
	if a := visit(fresh(), "/"); a.Header().Get("Location") != linkPath {
		t.Errorf("who was unlinked: %d %v", a.Code, a.Header())
	}
	acts, err := o.known.Warehouse.FilteredActs(t.Context(), act.Filter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	linked := 0
	for _, a := range acts {
		if a.Kind == act.IdentityLinked && a.Actor == person && a.Subject == person {
			linked++
		}
		if strings.Contains(a.Body, "id1") || strings.Contains(a.Body, real.Issuer) {
			t.Errorf("the log says how the provider names somebody: %+v", a)
		}
	}
	if linked != 1 {
		t.Errorf("linked %d times", linked)
	}
}

// A service without a provider has no address of one.
func TestNoProvider(t *testing.T) {
	o := newOffice(t)
	for _, path := range []string{providerPath, ProviderBack, linkPath} {
		if a := o.ask(o.open, http.MethodGet, path, "", nil); a.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.Code)
		}
	}
	if page := o.ask(o.open, http.MethodGet, signInPath, "", nil).Body.String(); strings.Contains(page, providerPath) {
		t.Error("the page to sign in on leads to a provider")
	}
}
