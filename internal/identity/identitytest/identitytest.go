// Package identitytest is an OpenID Connect provider of another house, for tests.
package identitytest

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// Provider is an OpenID Connect provider of another house, on this machine. Its keys can be changed, and it can go away.
type Provider struct {
	Issuer  string
	back    string
	handler atomic.Pointer[http.Handler]
	asked   atomic.Int64
}

// Start starts a provider that knows this service as stpd, by "a secret", and leads back to an address.
func Start(t testing.TB, back string) *Provider {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Provider{back: back, Issuer: "http://" + listener.Addr().String()}
	p.Restart()
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		(*p.handler.Load()).ServeHTTP(w, r)
	})}}
	server.Start()
	t.Cleanup(server.Close)
	return p
}

// Asked is how often it was asked anything.
func (p *Provider) Asked() int64 { return p.asked.Load() }

// Restart begins it anew, with keys of its own.
func (p *Provider) Restart() {
	storage.RegisterClients(storage.WebClient("stpd", "a secret", p.back))
	keeps := storage.NewStorage(storage.NewUserStore(p.Issuer))
	var h http.Handler = exampleop.SetupServer(p.Issuer, keeps, slog.New(slog.DiscardHandler), false, op.WithAllowInsecure())
	p.handler.Store(&h)
}

// Fail has it answer everything with a status.
func (p *Provider) Fail(status int) {
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
	p.handler.Store(&h)
}

// SignIn does what somebody does at the provider, and gives what it has their browser ask when they are back.
func (p *Provider) SignIn(t testing.TB, address string) url.Values {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var returned *url.URL
	browser := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), p.back) {
			returned = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	ask := func(r *http.Request) url.Values {
		t.Helper()
		answer, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		return answer.Request.URL.Query()
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	id := ask(request).Get("authRequestID")
	host, _, _ := strings.Cut(strings.TrimPrefix(p.Issuer, "http://"), ":")
	request, err = http.NewRequestWithContext(t.Context(), http.MethodPost, p.Issuer+"/login/username", strings.NewReader(url.Values{
		"username": {"test-user@" + host}, "password": {"verysecure"}, "id": {id},
	}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if ask(request); returned == nil {
		t.Fatal("the provider does not lead back")
	}
	return returned.Query()
}
