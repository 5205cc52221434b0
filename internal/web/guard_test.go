package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/pages"
	"stpdash/internal/register"
)

// withoutFigures adds to options what needs no figures.
func withoutFigures(o Options, moments figures.MomentStore) Options {
	f := figures.New(nil, figures.NewDirectory(&catalog.Catalog{}, &footprint.Reference{}), figures.NewMoments(moments, figures.NewMemory(64<<20), time.Now))
	o.Figures, o.Loads, o.Register = f, figures.NewLoads(nil, f), register.New(nil, f, nil, nil, "test")
	o.Pages = pages.New(f, o.Loads, o.Register, o.Schedule, "")
	return o
}

// asked answers one request to a service without figures, whose clock stands still.
func asked(o Options, request *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	handlerOf(o).ServeHTTP(answer, request)
	return answer
}

func handlerOf(o Options) http.Handler {
	o.Registry = prometheus.NewRegistry()
	o = withoutFigures(o, nil)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Ready == nil {
		o.Ready = func(context.Context) error { return nil }
	}
	if o.Render == nil {
		o.Render = func(w io.Writer, _ string, page any) error { _, err := fmt.Fprintf(w, "%v", page); return err }
	}
	return New(o)
}

func TestRateLimiter(t *testing.T) {
	now := time.Date(2018, 6, 1, 6, 0, 0, 0, time.UTC)
	handler := handlerOf(Options{Rate: 2, TrustedProxies: []string{"203.0.113.0/24"}, Now: func() time.Time { return now }})
	ask := func(path, from string, headers ...string) *httptest.ResponseRecorder {
		request := httptest.NewRequest(http.MethodGet, path, nil)
		request.RemoteAddr = from
		for i := 0; i < len(headers); i += 2 {
			request.Header.Set(headers[i], headers[i+1])
		}
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		return answer
	}
	for i := range 2 * burst {
		if a := ask("/nothing", "[2001:db8::1]:1"); a.Code != http.StatusNotFound {
			t.Fatalf("question %d: %d, want 404", i+1, a.Code)
		}
	}
	page, document := ask("/nothing", "[2001:db8::2]:2"), ask("/api/v1/nothing", "[2001:db8::3]:2")
	for _, a := range []*httptest.ResponseRecorder{page, document} {
		if a.Code != http.StatusTooManyRequests || a.Header().Get("Retry-After") != "1" || !strings.Contains(a.Body.String(), "2 requests a second") {
			t.Errorf("one too many of the same network: %d %v %s", a.Code, a.Header(), a.Body)
		}
	}
	if kind := document.Header().Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("the API answers as %s", kind)
	}
	for name, a := range map[string]*httptest.ResponseRecorder{
		"of another network":              ask("/nothing", "[2001:db8:0:1::1]:1"),
		"through the trusted proxy":       ask("/nothing", "203.0.113.1:1", "X-Forwarded-For", "192.0.2.7"),
		"whether the service lives":       ask("/healthz", "[2001:db8::1]:1"),
		"whether it can be asked":         ask("/readyz", "[2001:db8::1]:1"),
		"for a style":                     ask("/assets/x.css", "[2001:db8::1]:1"),
		"through a stranger's own header": ask("/nothing", "198.51.100.1:1", "X-Forwarded-For", "2001:db8::1"),
	} {
		if a.Code == http.StatusTooManyRequests {
			t.Errorf("who asks %s is told to wait", name)
		}
	}
	for i := range 2 * burst { // who can reach the port cannot get another client's part by naming one
		for _, from := range []string{"127.0.0.1:1", "[::1]:1", "198.51.100.9:1"} {
			if a := ask(
				"/nothing",
				from,
				"X-Forwarded-For",
				fmt.Sprint("192.0.2.", i),
				"X-Real-Ip",
				fmt.Sprint("192.0.2.", i),
				"Forwarded",
				fmt.Sprint("for=192.0.2.", i),
			); a.Code != http.StatusNotFound {
				t.Fatalf("question %d of %s: %d, want 404", i+1, from, a.Code)
			}
		}
		// What a reader writes before the address that the proxy adds says nothing.
		if a := ask("/nothing", "203.0.113.1:1", "X-Forwarded-For", fmt.Sprintf("192.0.2.%d, 198.51.100.77, 203.0.113.2", i)); a.Code != http.StatusNotFound {
			t.Fatalf("question %d through the proxy: %d, want 404", i+1, a.Code)
		}
	}
	for from, header := range map[string]string{
		"127.0.0.1:1": "192.0.2.200", "[::1]:1": "192.0.2.200", "198.51.100.9:1": "192.0.2.200", "203.0.113.1:1": "192.0.2.200, 198.51.100.77, 203.0.113.2",
	} {
		if a := ask("/nothing", from, "X-Forwarded-For", header, "X-Real-Ip", "192.0.2.201"); a.Code != http.StatusTooManyRequests {
			t.Errorf("one too many from %s for %s: %d, want 429", from, header, a.Code)
		}
	}
	now = now.Add(time.Second)
	if a := ask("/nothing", "[2001:db8::1]:1"); a.Code != http.StatusNotFound {
		t.Errorf("a second later: %d, want 404", a.Code)
	}

	many := newRateLimiter(1, func() time.Time { return now })
	for i := range maxClients + 100 {
		many.wait(fmt.Sprint(i))
	}
	if n := many.clients.Len(); n != maxClients {
		t.Errorf("%d clients are remembered, want %d", n, maxClients)
	}
}

func TestHeaders(t *testing.T) {
	for name, c := range map[string]struct {
		header  string
		proxies []string
		strict  bool
	}{"plain": {"", []string{"192.0.2.1"}, false}, "behind a proxy with TLS": {"https", []string{"192.0.2.1"}, true}, "behind a stranger": {"https", nil, false}} {
		for _, path := range []string{"/nothing", "/api/v1/nothing", "/healthz", "/assets/nothing"} {
			request := httptest.NewRequest(http.MethodGet, path, nil)
			request.Header.Set("X-Forwarded-Proto", c.header)
			header := asked(Options{Assets: fstest.MapFS{}, TrustedProxies: c.proxies}, request).Header()
			for key, want := range map[string]string{
				"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
				"Permissions-Policy": "camera=()", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			} {
				if !strings.HasPrefix(header.Get(key), want) {
					t.Errorf("%s, %s: %s is %q, want %q", path, name, key, header.Get(key), want)
				}
			}
			if strings.Contains(header.Get("Content-Security-Policy"), "unsafe") {
				t.Errorf("%s: the policy allows what is unsafe: %s", path, header.Get("Content-Security-Policy"))
			}
			if strict := header.Get("Strict-Transport-Security") != ""; strict != c.strict {
				t.Errorf("%s, %s: Strict-Transport-Security is there: %v", path, name, strict)
			}
		}
	}
}

// A fault of ours is one line of the log, with all that is known, and one sentence to the reader, with the line's name.
func TestFaultIsLoggedOnce(t *testing.T) {
	for path, ready := range map[string]func(context.Context) error{
		"/claims":            func(context.Context) error { return errors.New("secret of the house") },
		"/measures/x":        func(context.Context) error { panic("secret of the house") },
		"/api/v1/footprints": func(context.Context) error { panic("secret of the house") },
	} {
		var log bytes.Buffer
		answer := asked(Options{Logger: slog.New(slog.NewJSONHandler(&log, nil)), Ready: ready}, httptest.NewRequest(http.MethodGet, path, nil))
		body := answer.Body.String()
		var line struct{ ID, Error, Path string }
		if err := json.Unmarshal(log.Bytes(), &line); err != nil {
			t.Fatalf("%s: the log is not one line: %v\n%s", path, err, &log)
		}
		if answer.Code < 500 || line.ID == "" || line.Path != path || !strings.Contains(line.Error, "secret of the house") {
			t.Errorf("%s: %d, the log says %+v", path, answer.Code, line)
		}
		if !strings.Contains(body, line.ID) || strings.Contains(body, "secret") || strings.Contains(body, "goroutine") {
			t.Errorf("%s: the reader is told %s", path, body)
		}
	}
}

func TestAddressThatIsNone(t *testing.T) {
	for path, c := range map[string]struct {
		status int
		says   string
	}{
		"/claims?footprint=QWO&footprint=QOP":              {400, "it was given 2 times"},
		"/claims?footprint=%00":                            {400, "control characters"},
		"/claims?footprint=%ff":                            {400, "UTF-8"},
		"/claims?footprint=%zz":                            {400, "cannot be read"},
		"/claims?footprint=a;b":                            {400, "cannot be read"},
		"/claims?%ff=a":                                    {400, "name of a parameter"},
		"/claims?footprint=" + strings.Repeat("x", 1000):   {400, "at most 300 bytes"},
		"/claims?footprint=" + strings.Repeat("x", 10_000): {414, "10018 bytes"},
		"/measures/%00":                                    {400, "no text"},
		"/nothing%0d%0aSet-Cookie:a":                       {400, "no text"},
	} {
		for _, prefix := range []string{"", "/api/v1"} {
			if path := prefix + path; prefix == "" || !strings.Contains(path, "measures") {
				answer := asked(Options{}, httptest.NewRequest(http.MethodGet, path, nil))
				says := strings.ReplaceAll(c.says, "10018", fmt.Sprint(len(path)))
				if body := answer.Body.String(); answer.Code != c.status || !strings.Contains(body, says) || len(body) > 2000 {
					t.Errorf("%.60s: %d %.300s, want %d %q", path, answer.Code, body, c.status, says)
				}
			}
		}
	}
}

// What can be asked is in the documents, and nothing else is.
func TestDocumentsHaveEveryAddress(t *testing.T) {
	name := regexp.MustCompile(`:\w+|\{\w+\}`)
	address := regexp.MustCompile("`((?:GET|POST) /[^`?]*)`")
	listed := map[string]bool{}
	for _, document := range []string{"api.md", "users/README.md", "operators/README.md"} {
		content, err := os.ReadFile(filepath.Join("../../docs", document))
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range address.FindAllStringSubmatch(string(content), -1) {
			listed[name.ReplaceAllString(found[1], "{}")] = true
		}
	}
	asked := map[string]bool{}
	for _, route := range Routes() {
		if route.Path != assetsPath && route.Path != openAPIPath {
			asked[route.Method+" "+name.ReplaceAllString(route.Path, "{}")] = true
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(asked)), slices.Sorted(maps.Keys(listed))); diff != "" {
		t.Error(diff)
	}
}

// However a reader writes what it accepts, what follows knows three kinds: else each way to write it would be an answer of its own to cache, and
// a workbook would be taken for something cheap.
func TestAcceptedKindsAreThree(t *testing.T) {
	g := &guard{}
	for header, want := range map[string]string{
		"":                       "application/json",
		"*/*":                    "application/json",
		"text/html, */*;q=0.8":   "application/json",
		"application/json, x/7":  "application/json",
		"text/csv":               csvType,
		"text/csv;q=0.9, x/9":    csvType,
		xlsxType + ", x/1":       xlsxType,
		"x/2;q=0.1, " + xlsxType: xlsxType,
		"application/json;q=0.1, " + xlsxType + ";q=0.5": xlsxType,
	} {
		c, _ := gin.CreateTestContext(httptest.NewRecorder())
		c.Request = httptest.NewRequest(http.MethodGet, "/api/v1/overview", nil)
		c.Request.Header.Set("Accept", header)
		g.chooseFormat(answerFormats)(c)
		if got := c.GetHeader("Accept"); got != want {
			t.Errorf("%q is taken as %q, want %q", header, got, want)
		}
	}
}

// Questions that are refused cost nothing, however many come at once: the wait does not grow.
func TestRefusedAtOnceWaitNoLonger(t *testing.T) {
	now := time.Date(2018, 6, 1, 6, 0, 0, 0, time.UTC)
	l := newRateLimiter(2, func() time.Time { return now })
	for l.wait("a") == 0 {
	}
	var asking sync.WaitGroup
	for range 500 {
		asking.Go(func() { l.wait("a") })
	}
	asking.Wait()
	if wait := l.wait("a"); wait <= 0 || wait > 500*time.Millisecond {
		t.Errorf("after 500 at once: %v", wait)
	}
	now = now.Add(500 * time.Millisecond)
	if wait := l.wait("a"); wait != 0 {
		t.Errorf("half a second later: %v", wait)
	}
}
