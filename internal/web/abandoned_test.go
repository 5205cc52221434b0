package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
)

// An answer that nobody waits for any more ends; one that somebody else waits for does not.
func TestAbandonedAnswersEnd(t *testing.T) {
	s := newServer(Options{Registry: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	router, begun := gin.New(), make(chan context.Context, 1)
	finish := make(chan bool)
	router.GET(openAPIPath, limitTime, s.cache.cacheResponse(Route{Caching: CacheableForever}), func(c *gin.Context) {
		begun <- c.Request.Context()
		select {
		case <-c.Request.Context().Done():
			c.Status(http.StatusServiceUnavailable)
		case <-finish:
			c.String(http.StatusOK, "made")
		}
	})
	server := httptest.NewServer(router)
	t.Cleanup(server.Close)
	ask := func(ctx context.Context) chan string {
		said := make(chan string, 1)
		go func() {
			request, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+openAPIPath, nil)
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				said <- err.Error()
				return
			}
			defer answer.Body.Close()
			text, _ := io.ReadAll(answer.Body)
			said <- string(text)
		}()
		return said
	}
	first, leave := context.WithCancel(t.Context())
	ask(first)
	within := <-begun
	leave()
	select {
	case <-within.Done():
	case <-time.After(5 * time.Second):
		t.Fatal("it is still being made")
	}
	for deadline := time.Now().Add(5 * time.Second); !s.cache.light.free.TryAcquire(lightPlaces); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("its place is still taken")
		}
	}
	s.cache.light.free.Release(lightPlaces)

	second, leave := context.WithCancel(t.Context())
	ask(second)
	within = <-begun
	waits := ask(t.Context())
	for two := false; !two; time.Sleep(time.Millisecond) {
		s.cache.responses.mu.Lock()
		for _, m := range s.cache.responses.making {
			two = m.waiting == 2
		}
		s.cache.responses.mu.Unlock()
	}
	leave()
	select {
	case <-within.Done():
		t.Fatal("it ended although somebody waits for it")
	case <-time.After(100 * time.Millisecond):
	}
	close(finish)
	if text := <-waits; text != "made" {
		t.Errorf("who waited is told %q", text)
	}
}

// One question has one answer, however its address is written.
func TestOneQuestionManyAddresses(t *testing.T) {
	for _, same := range [][]string{
		{"/footprints/QWO", "/footprints/QWO?", "/footprints/QWO?&", "/footprints/QWO?&&&", "/footprints/%51WO", "/footprints/QW%4f?&"},
		{"/claims?footprint=QWO&type=plan", "/claims?type=plan&footprint=QWO", "/claims?&type=plan&&footprint=QWO&", "/claims?%74ype=plan&footprint=%51WO"},
		{"/?as_of=19", "/?as_of=+19", "/?as_of=19%20", "/?&as_of=%319"},
	} {
		for _, address := range same {
			parsed, err := url.ParseRequestURI(address)
			if err != nil {
				t.Fatal(err)
			}
			if got := canonical(parsed); got != same[0] {
				t.Errorf("%s asks %s, want %s", address, got, same[0])
			}
		}
	}
	other := map[string]bool{}
	for _, address := range []string{"/claims", "/claims?footprint=QWO", "/claims?type=QWO", "/claims?as_of=1", "/claims?as_of=11", "/claims?x=", "/footprints/a%3Fb", "/footprints/a?b", "/claims?footprint=a%26type%3Db", "/claims?footprint=a&type=b"} {
		parsed, err := url.ParseRequestURI(address)
		if err != nil {
			t.Fatal(err)
		}
		if other[canonical(parsed)] {
			t.Errorf("%s is taken for another question", address)
		}
		other[canonical(parsed)] = true
	}
}

// No redirect leads to a host that a request names, and each has the headers of a page.
func TestRedirectsStayHere(t *testing.T) {
	handler := handlerOf(Options{})
	for address, want := range map[string]string{
		"/claims/": "/claims", "http://evil.example/claims/": "/claims", "http://evil.example/measures/x/?period=1": "/measures/x?period=1", "/api/v1/footprints/": "/api/v1/footprints",
		"//evil.example/": "", "//evil.example/claims/": "", "/claims//": "", "/regions//": "", "/nothing/": "", "/\\evil.example/": "",
	} {
		request := httptest.NewRequest(http.MethodGet, "/", nil)
		parsed, err := url.ParseRequestURI(address)
		if err != nil {
			t.Fatal(err)
		}
		request.URL, request.RequestURI, request.Host = parsed, address, "evil.example"
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		at := answer.Header().Get("Location")
		if at != want || (want != "") != (answer.Code == http.StatusMovedPermanently) || strings.Contains(at, "evil") {
			t.Errorf("%s: %d to %q, want %q", address, answer.Code, at, want)
		}
		if answer.Header().Get("Content-Security-Policy") == "" || answer.Header().Get("X-Content-Type-Options") == "" {
			t.Errorf("%s: no headers of a page: %v", address, answer.Header())
		}
	}
}
