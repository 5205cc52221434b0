package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"stpdash/internal/figures"
	"stpdash/internal/load"
)

func public(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestHostThatIsNotOurs(t *testing.T) {
	for _, c := range []struct {
		public, host string
		refused      bool
	}{
		{"", "evil.example", false},
		{"https://stp.example", "stp.example", false},
		{"https://stp.example", "STP.example.:443", false},
		{"https://stp.example/", "stp.example", false},
		{"https://stp.example:8443", "stp.example:8443", false},
		{"https://stp.example:8443", "stp.example:9000", true},
		{"https://stp.example", "stp.example:80", true},
		{"https://stp.example", "127.0.0.1:8044", false},
		{"https://stp.example", "[::1]:8044", false},
		{"https://stp.example", "localhost:8044", false},
		{"https://stp.example", "evil.example", true},
		{"https://stp.example", "stp.example.evil.example", true},
		{"https://stp.example", "evilstp.example", true},
		{"https://stp.example", "10.0.0.1:8044", true},
		{"https://stp.example", "127.0.0.1.evil.example", true},
		{"https://stp.example", "", true},
	} {
		o := Options{Assets: fstest.MapFS{"a.js": {Data: []byte("a")}}}
		if c.public != "" {
			o.PublicURL = public(t, c.public)
		}
		for _, path := range []string{"/healthz", "/openapi.json", "/nothing", "/api/v1/nothing", "/assets/a.js"} {
			request := httptest.NewRequest(http.MethodGet, path, nil)
			request.Host = c.host
			request.Header.Set("X-Forwarded-Host", "stp.example")
			answer := asked(o, request)
			if refused := answer.Code == http.StatusMisdirectedRequest; refused != c.refused {
				t.Errorf("%s at %q of %q: %d", path, c.host, c.public, answer.Code)
			}
			if strings.Contains(answer.Body.String(), "evil") {
				t.Errorf("%s repeats the host: %s", path, answer.Body)
			}
		}
	}
}

// No header changes where an answer says the service is, nor where it leads.
func TestNoHeaderNamesAnAddress(t *testing.T) {
	for _, path := range []string{"/claims/", "/measures", "/nothing", "/openapi.json", "/api/v1/nothing"} {
		request := httptest.NewRequest(http.MethodGet, path, nil)
		request.Host = "evil.example"
		for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Prefix", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Original-Url", "X-Rewrite-Url", "X-Forwarded-Uri", "Forwarded", "Origin", "Referer"} {
			request.Header.Set(name, "/evil")
		}
		answer := asked(Options{}, request)
		if text := fmt.Sprint(answer.Header(), answer.Body); strings.Contains(text, "evil") {
			t.Errorf("%s: %d %.300s", path, answer.Code, text)
		}
	}
	if answer := asked(
		Options{PublicURL: public(t, "https://stp.example/")},
		httptest.NewRequest(http.MethodGet, "http://127.0.0.1/openapi.json", nil),
	); !strings.Contains(
		answer.Body.String(),
		`"url":"https://stp.example"`,
	) {
		t.Errorf("the description does not name the public address: %.300s", answer.Body)
	}
}

func TestVaryWhereAcceptDecides(t *testing.T) {
	for path, want := range map[string]bool{"/api/v1/rules": true, "/api/v1/rules?format=csv": false, "/api/v1/rules?x=1": true, "/nothing": false} {
		for _, accept := range []string{"text/csv", "application/json", ""} {
			request := httptest.NewRequest(http.MethodGet, path, nil)
			request.Header.Set("Accept", accept)
			answer := asked(Options{}, request)
			if varies := strings.Contains(strings.Join(answer.Header().Values("Vary"), ", ")+",", "Accept,"); varies != want {
				t.Errorf("%s asked with %q varies by %v", path, accept, answer.Header().Values("Vary"))
			}
		}
	}
}

func TestAssetsAreNotListed(t *testing.T) {
	assets := fstest.MapFS{"a.js": {Data: []byte("draw()")}, "fonts/b.woff2": {Data: []byte("font")}, "c/index.html": {Data: []byte("index")}}
	for path, status := range map[string]int{
		"/assets/": 404, "/assets/fonts": 404, "/assets/fonts/": 404, "/assets/.": 404, "/assets/..": 404, "/assets/../a.js": 404, "/assets//a.js": 404, "/assets/c/": 404,
		"/assets/none.js": 404, "/assets/a.js/": 404, "/assets/a.js": 200, "/assets/fonts/b.woff2": 200, "/assets/c/index.html": 200,
	} {
		request := httptest.NewRequest(http.MethodGet, "/", nil)
		request.URL.Path = path
		answer := asked(Options{Assets: assets}, request)
		if answer.Code != status || strings.Contains(answer.Body.String(), "<pre>") {
			t.Errorf("%s: %d %.200s, want %d", path, answer.Code, answer.Body, status)
		}
		if kept := strings.Contains(answer.Header().Get("Cache-Control"), "immutable"); kept != (status == 200) {
			t.Errorf("%s: %s", path, answer.Header().Get("Cache-Control"))
		}
	}
	for _, name := range []string{"a.js", "fonts/b.woff2"} {
		request := httptest.NewRequest(http.MethodGet, "/assets/"+name, nil)
		if kind := asked(Options{Assets: assets}, request).Header().Get("Content-Type"); kind == "" || strings.HasPrefix(kind, "text/plain") {
			t.Errorf("%s is sent as %q", name, kind)
		}
	}
}

func TestLocal(t *testing.T) {
	o, token := withProgram(t, time.Now)
	for _, c := range []struct {
		client string
		header [2]string
		local  bool
	}{
		{"127.0.0.1:1", [2]string{"Accept", "*/*"}, true},
		{"127.8.0.1:1", [2]string{"X-Request-Id", "1"}, true},
		{"192.0.2.1:1", [2]string{"X-Forwarded-For", "127.0.0.1"}, false},
		{"192.0.2.1:1", [2]string{"X-Real-Ip", "::1"}, false},
		{"192.0.2.1:1", [2]string{"Forwarded", "for=127.0.0.1"}, false},
		{"127.0.0.1:1", [2]string{"X-Forwarded-For", "192.0.2.1"}, false},
		{"127.0.0.1:1", [2]string{"X-Forwarded-For", "127.0.0.1"}, false},
		{"127.0.0.1:1", [2]string{"X-Forwarded-For", ""}, false},
		{"127.0.0.1:1", [2]string{"x-forwarded-proto", "https"}, false},
		{"127.0.0.1:1", [2]string{"X-Forwarded-Anything", "1"}, false},
		{"127.0.0.1:1", [2]string{"X-Forwarded", "1"}, false},
		{"127.0.0.1:1", [2]string{"Forwarded", "for=127.0.0.1"}, false},
		{"127.0.0.1:1", [2]string{"Via", "1.1 proxy"}, false},
		{"[::1]:1", [2]string{"X-Real-IP", "::1"}, false},
		{"127.0.0.1:1", [2]string{"CF-Connecting-IP", "127.0.0.1"}, false},
		{"127.0.0.1:1", [2]string{"Cf-Ray", "1"}, false},
		{"127.0.0.1:1", [2]string{"True-Client-IP", "127.0.0.1"}, false},
		{"", [2]string{"Accept", "*/*"}, false},
		{"@", [2]string{"Accept", "*/*"}, false},
	} {
		request := httptest.NewRequest(http.MethodPost, "/api/v1/runs?source=x", nil)
		request.RemoteAddr = c.client
		request.Header.Set(c.header[0], c.header[1])
		if got := local(request); got != c.local {
			t.Errorf("%s with %v: local is %v", c.client, c.header, got)
		}
		request.Header.Set("Authorization", "Bearer "+token)
		started := false
		o.Run = func(string) (uint64, error) { started = true; return 1, nil }
		answer := asked(o, request)
		if started != c.local || (answer.Code == http.StatusForbidden) == c.local {
			t.Errorf("%s with %v: started %v, %d", c.client, c.header, started, answer.Code)
		}
	}
	request := httptest.NewRequest(http.MethodPost, "/api/v1/runs?source=x", nil)
	request.RemoteAddr, request.Host = "127.0.0.1:1", "stp.example"
	request.Header.Set("Authorization", "Bearer "+token)
	o.PublicURL = public(t, "https://stp.example")
	if answer := asked(o, request); answer.Code != http.StatusForbidden {
		t.Errorf("through the public address: %d", answer.Code)
	}
}

func TestTokenCannotBeGuessed(t *testing.T) {
	now := time.Date(2018, 6, 1, 6, 0, 0, 0, time.UTC)
	o, token := withProgram(t, func() time.Time { return now.Add(-time.Second) })
	o.Now, o.Run = func() time.Time { return now }, func(string) (uint64, error) { return 1, nil }
	handler := handlerOf(o)
	ask := func(client, shown string) *httptest.ResponseRecorder {
		request := httptest.NewRequest(http.MethodPost, "/api/v1/runs?source=x", nil)
		request.RemoteAddr = client + ":1"
		if shown != "" {
			request.Header.Set("Authorization", shown)
		}
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		return answer
	}
	for range 100 {
		if a := ask("127.0.0.1", "Bearer "+token); a.Code != http.StatusAccepted {
			t.Fatalf("the right token: %d %s", a.Code, a.Body)
		}
		if a := ask("127.0.0.1", ""); a.Code != http.StatusUnauthorized {
			t.Fatalf("no token: %d %s", a.Code, a.Body)
		}
	}
	var codes sync.Map
	var asking sync.WaitGroup
	for i := range 50 { // at once
		asking.Go(func() { codes.Store(i, ask("127.0.0.1", fmt.Sprint("Bearer guess ", i)).Code) })
	}
	asking.Wait()
	looked := 0
	codes.Range(func(_, code any) bool {
		if code == http.StatusUnauthorized {
			looked++
		}
		return true
	})
	if looked != clientFailures {
		t.Errorf("%d of 50 guesses at once were looked at, want %d", looked, clientFailures)
	}
	locked := ask("127.0.0.1", "Bearer wrong")
	if locked.Code != http.StatusTooManyRequests || locked.Header().Get("Retry-After") != "60" || strings.Contains(locked.Body.String(), token) {
		t.Errorf("another guess: %d %v %s", locked.Code, locked.Header(), locked.Body)
	}
	if a := ask("127.0.0.1", "Bearer "+token); a.Code != http.StatusTooManyRequests || a.Header().Get("Retry-After") != "60" {
		t.Errorf("the right token from who guessed: %d %v", a.Code, a.Header())
	}
	if a := ask("127.0.0.2", "Bearer "+token); a.Code != http.StatusAccepted {
		t.Errorf("the right token from another client: %d", a.Code)
	}
	// One machine has 16 million addresses of its own.
	looked = 0
	for i := range 1000 {
		if a := ask(fmt.Sprintf("127.1.%d.%d", i/250, i%250), "Bearer guess"); a.Code == http.StatusUnauthorized {
			looked++
		}
	}
	if looked != allFailures-clientFailures {
		t.Errorf("%d guesses of 1000 addresses were looked at, want %d", looked, allFailures-clientFailures)
	}
	if a := ask("127.0.0.3", "Bearer "+token); a.Code != http.StatusAccepted {
		t.Errorf("the right token while many guess: %d", a.Code)
	}
	now = now.Add(clientPause)
	if a := ask("127.0.0.1", "Bearer "+token); a.Code != http.StatusAccepted {
		t.Errorf("the right token a minute later: %d", a.Code)
	}

	many := newLockout(func() time.Time { return now })
	for i := range maxClients + 100 {
		many.try(fmt.Sprint(i), false)
	}
	if n := many.clients.Len(); n != maxClients {
		t.Errorf("%d clients are remembered, want %d", n, maxClients)
	}
}

func TestAdmin(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(prometheus.NewCounter(prometheus.CounterOpts{Name: "counted", Help: "Something."}))
	var fault error
	loaded := load.Progress{Done: 12, Of: 31}
	handler := Admin(registry, func(context.Context) error { return fault }, func() load.Progress { return loaded })
	ask := func(path, host, client, header string) *httptest.ResponseRecorder {
		request := httptest.NewRequest(http.MethodGet, path, nil)
		request.Host, request.RemoteAddr = host, client
		if header != "" {
			request.Header.Set(header, "127.0.0.1")
		}
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		return answer
	}
	if a := ask("/metrics", "127.0.0.1:9000", "127.0.0.1:1", ""); a.Code != 200 || !strings.Contains(a.Body.String(), "counted 0") {
		t.Errorf("metrics: %d %s", a.Code, a.Body)
	}
	for _, want := range []string{"ready, loading, 12 of 31\n", "ready\n"} {
		if a := ask("/readyz", "localhost:9000", "[::1]:1", ""); a.Code != 200 || a.Body.String() != want {
			t.Errorf("%d of %d: %d %q, want %q", loaded.Done, loaded.Of, a.Code, a.Body, want)
		}
		loaded.Done = loaded.Of
	}
	fault = errors.New("the disk is full")
	if a := ask("/readyz", "localhost:9000", "[::1]:1", ""); a.Code != 503 || !strings.Contains(a.Body.String(), "the disk is full") {
		t.Errorf("not ready: %d %s", a.Code, a.Body)
	}
	for _, c := range [][3]string{{"evil.example", "127.0.0.1:1", ""}, {"127.0.0.1", "192.0.2.1:1", ""}, {"127.0.0.1", "127.0.0.1:1", "X-Forwarded-For"}} {
		if a := ask("/metrics", c[0], c[1], c[2]); a.Code != 403 || strings.Contains(a.Body.String(), "counted") {
			t.Errorf("%v: %d %s", c, a.Code, a.Body)
		}
	}
	outside := Options{Ready: func(context.Context) error { return fault }}
	if a := asked(
		outside,
		httptest.NewRequest(http.MethodGet, "/readyz", nil),
	); a.Code != 503 || a.Body.String() != "not ready\n" ||
		a.Header().Get("Retry-After") == "" {
		t.Errorf("outside: %d %q %v", a.Code, a.Body, a.Header())
	}
	if a := asked(outside, httptest.NewRequest(http.MethodGet, "/metrics", nil)); a.Code != 404 {
		t.Errorf("metrics outside: %d", a.Code)
	}
}

// lost are figures whose warehouse does not answer in time.
type lost struct{ figures.MomentStore }

func (lost) Watermark(context.Context, figures.AsOf) (figures.Watermark, error) {
	return figures.Watermark{}, fmt.Errorf("question seen: %w", context.DeadlineExceeded)
}

// A workbook whose second sheet cannot be made is no workbook, and the reader may try again.
func TestWorkbookWithoutItsTrace(t *testing.T) {
	handler := New(withoutFigures(Options{
		Ready: func(context.Context) error { return nil }, Registry: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler),
	}, lost{}))
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/api/v1/regions?format=xlsx", nil))
	if answer.Code != http.StatusServiceUnavailable || answer.Header().Get("Retry-After") == "" ||
		answer.Header().Get("Content-Type") != "application/problem+json" ||
		answer.Header().Get("Content-Disposition") != "" ||
		strings.Contains(answer.Body.String(), "transforming") {
		t.Errorf("%d %v %s", answer.Code, answer.Header(), answer.Body)
	}
}

// What huma panics with is told apart as every error is.
func TestFaultWithinAnAnswer(t *testing.T) {
	for want, fault := range map[int]error{
		503: fmt.Errorf("error transforming response: %w", figures.ErrUnavailable),
		404: fmt.Errorf("error transforming response: %w", figures.ErrNotFound),
		500: errors.New("something"),
	} {
		answer := asked(Options{Ready: func(context.Context) error { panic(fault) }}, httptest.NewRequest(http.MethodGet, "/api/v1/rules", nil))
		if answer.Code != want || answer.Header().Get("Content-Disposition") != "" {
			t.Errorf("%v: %d %v", fault, answer.Code, answer.Header())
		}
	}
	late := asked(
		Options{Ready: func(context.Context) error { panic(context.DeadlineExceeded) }},
		httptest.NewRequest(http.MethodGet, "/api/v1/rules?format=xlsx", nil),
	)
	if late.Code != 503 || late.Header().Get("Retry-After") == "" || late.Header().Get("Content-Disposition") != "" {
		t.Errorf("too late: %d %v", late.Code, late.Header())
	}
}
