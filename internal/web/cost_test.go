package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestPlacesAreBounded(t *testing.T) {
	p := newPlaces(2)
	p.longest = 20 * time.Millisecond
	first, err := p.enter(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = p.enter(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if _, err = p.enter(t.Context(), 1); !errors.Is(err, errBusy) {
		t.Errorf("a third gives %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = p.enter(gone, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("a reader who is gone gets %v", err)
	}
	p.longest = time.Minute
	var waiting sync.WaitGroup
	waiting.Go(func() {
		if _, err := p.enter(t.Context(), 1); err != nil {
			t.Errorf("who waited got %v", err)
		}
	})
	for p.waiting.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	first()
	waiting.Wait()
	p.waiting.Store(mostWaiting)
	if _, err = p.enter(t.Context(), 1); !errors.Is(err, errBusy) {
		t.Errorf("one more than may wait gets %v", err)
	}
	if busy := notMade(errBusy); busy.Status != http.StatusServiceUnavailable || busy.headers().Get("Retry-After") == "" {
		t.Errorf("the refusal is %+v", busy)
	}
}

// Every question that a place is named for must be asked somewhere.
func TestCostlyQuestionsAreRoutes(t *testing.T) {
	routes := strings.Join(Routes(), " ") + " "
	for _, paths := range []map[string]bool{costly, timely} {
		for path := range paths {
			if !strings.Contains(routes, path+" ") {
				t.Errorf("%s is asked nowhere", path)
			}
		}
	}
}

// The log has little of each refusal, and of many the first and a number.
func TestTheLogIsBounded(t *testing.T) {
	var log bytes.Buffer
	handler := handlerOf(Options{Logger: slog.New(slog.NewTextHandler(&log, nil)), Now: time.Now})
	for i := range 2000 {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, fmt.Sprint("/", i, strings.Repeat("a", 30_000)), nil))
	}
	for range 100 {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/search?q="+strings.Repeat("%F0%9F%98%80", 80), nil))
	}
	if n := log.Len(); n > 40*1000 {
		t.Errorf("the log has %d bytes", n)
	}
	if n := strings.Count(log.String(), "status=414"); n != mostRefusals {
		t.Errorf("%d of 2000 refusals are logged by themselves", n)
	}
}

func TestRefusalsAreCounted(t *testing.T) {
	var log bytes.Buffer
	r := newRefusals(slog.New(slog.NewTextHandler(&log, nil)))
	var settle []func()
	r.after = func(_ time.Duration, do func()) { settle = append(settle, do) }
	notable := 0
	for range 50 {
		if r.notable(400) {
			notable++
		}
	}
	if !r.notable(404) {
		t.Error("the first of another status is not logged")
	}
	for _, do := range settle {
		do()
	}
	if notable != mostRefusals || strings.Count(log.String(), "more refused") != 1 || !strings.Contains(log.String(), "status=400 times=30") {
		t.Errorf("%d are logged, then %s", notable, log.String())
	}
	if !r.notable(400) || len(settle) != 3 {
		t.Error("counting did not begin anew")
	}
}
