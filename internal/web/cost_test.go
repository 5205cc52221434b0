package web

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
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
	p.waiting.Store(maxWaiting)
	if _, err = p.enter(t.Context(), 1); !errors.Is(err, errBusy) {
		t.Errorf("one more than may wait gets %v", err)
	}
	if busy := notMade(errBusy); busy.Status != http.StatusServiceUnavailable || busy.headers().Get("Retry-After") == "" {
		t.Errorf("the refusal is %+v", busy)
	}
}

// Who goes away frees no place while the answer is still being made.
// Many who ask for one thing take one place, and one who asks for another gets the next.
func TestLanesLeavePlaces(t *testing.T) {
	all := newPlaces(2)
	all.longest = 20 * time.Millisecond
	changes, pages, packs := all.lane(), all.lane(), all.lane()
	first, err := changes.enter(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = changes.enter(t.Context(), 1); !errors.Is(err, errBusy) {
		t.Errorf("another of the same kind gives %v", err)
	}
	second, err := pages.enter(t.Context(), 1)
	if err != nil {
		t.Fatalf("another kind gives %v", err)
	}
	if _, err = packs.enter(t.Context(), 1); !errors.Is(err, errBusy) {
		t.Errorf("a third kind gives %v", err)
	}
	first()
	third, err := packs.enter(t.Context(), 1)
	if err != nil {
		t.Fatalf("a third kind gives %v when there is a place", err)
	}
	second()
	third()
	if !all.free.TryAcquire(2) || !packs.free.TryAcquire(1) {
		t.Error("a place is still taken")
	}
}

// However much one client asks for, another waits for no more than what is being made already.
func TestNoClientStarvesAnother(t *testing.T) {
	s := newServer(Options{Registry: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	router := gin.New()
	begun, proceed := make(chan string, 31), make(chan bool) // whose answer is being made, and that it may go on
	for _, route := range []string{"/a", "/b", "/c", "/d", "/e", "/f"} {
		router.GET(route, limitTime, s.cache.cacheResponse(Route{Path: route, Effort: Costly}), func(c *gin.Context) {
			begun <- c.RemoteIP()
			<-proceed
			c.String(http.StatusOK, "done")
		})
	}
	var asking sync.WaitGroup
	ask := func(path, from string) {
		asking.Go(func() {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
			r.RemoteAddr = from + ":1"
			router.ServeHTTP(httptest.NewRecorder(), r)
		})
	}
	until := func(holds func() bool) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("not within 10 seconds")
			}
		}
	}
	for i := range 30 {
		if ask(fmt.Sprintf("/%c?n=%d", 'a'+i%5, i), "192.0.2.1"); i < costlyPlaces {
			<-begun
		}
	}
	until(func() bool { return s.cache.costlyOf.count("192.0.2.1") == 30 })
	ask("/f", "192.0.2.2")
	until(func() bool { return s.cache.costly.waiting.Load() > 0 })
	proceed <- true
	if next := <-begun; next != "192.0.2.2" {
		t.Errorf("after the answers that were being made comes one of %s", next)
	}
	close(proceed)
	asking.Wait()
}

func TestReadersWhoLeaveFreeNoPlace(t *testing.T) {
	s := newServer(Options{Registry: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	router, making, proceed := gin.New(), make(chan context.Context), make(chan bool)
	router.GET("/slow", limitTime, s.cache.cacheResponse(Route{}), func(c *gin.Context) {
		making <- c.Request.Context()
		<-proceed
		c.String(http.StatusOK, "done")
	})
	ctx, leave := context.WithCancel(t.Context())
	var reading sync.WaitGroup
	for range lightPlaces {
		reading.Go(func() {
			router.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/slow", nil))
		})
	}
	for range lightPlaces {
		within := <-making
		if _, ok := within.Deadline(); !ok {
			t.Error("the time for the answer is not bounded")
		}
		defer func() {
			if within.Err() == nil {
				t.Error("its context goes on after the answer is made")
			}
		}()
	}
	leave()
	if s.cache.light.free.TryAcquire(1) {
		t.Error("there is a place although nothing was finished")
	}
	close(proceed)
	reading.Wait()
	if !s.cache.light.free.TryAcquire(lightPlaces) {
		t.Error("a place is still taken")
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
	if n := strings.Count(log.String(), "status=414"); n != maxRefusals {
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
	if notable != maxRefusals || strings.Count(log.String(), "more refused") != 1 || !strings.Contains(log.String(), "status=400 times=30") {
		t.Errorf("%d are logged, then %s", notable, log.String())
	}
	if !r.notable(400) || len(settle) != 3 {
		t.Error("counting did not begin anew")
	}
}

// Readers who take nothing of long answers hold so many bytes and no more, and keep nobody from short ones.
func TestSlowReadersHoldLittle(t *testing.T) {
	const long, readers = 4 << 20, 30
	files := fstest.MapFS{"short.js": {Data: []byte("draw();")}}
	for i := range readers {
		files[fmt.Sprint(i, ".js")] = &fstest.MapFile{Data: bytes.Repeat([]byte(fmt.Sprintf("draw(%02d);", i)), long/9)}
	}
	s := newServer(withoutFigures(Options{
		Registry: prometheus.NewRegistry(), Assets: files, Logger: slog.New(slog.DiscardHandler), Now: time.Now,
		Render: func(w io.Writer, _ string, _ any) error { _, err := io.WriteString(w, "refused"); return err },
	}, nil))
	s.cache.sending.longest = 50 * time.Millisecond
	router, _ := s.router()
	server := httptest.NewServer(router)
	t.Cleanup(server.Close)
	var served, refused atomic.Int64
	var asking sync.WaitGroup
	for i := range readers {
		asking.Go(func() {
			connection, err := net.Dial("tcp", server.Listener.Addr().String())
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(func() { _ = connection.Close() })
			_ = connection.(*net.TCPConn).SetReadBuffer(4 << 10)
			fmt.Fprintf(connection, "GET /assets/%d.js HTTP/1.1\r\nHost: here\r\n\r\n", i)
			status, err := bufio.NewReaderSize(connection, 16).ReadString('\n')
			switch {
			case strings.Contains(status, " 200 "):
				served.Add(1)
			case strings.Contains(status, " 503 "):
				refused.Add(1)
			default:
				t.Errorf("%q, %v", status, err)
			}
		})
	}
	asking.Wait()
	if n := served.Load(); n == 0 || n > maxSent/(long-long%9) || refused.Load() != readers-n {
		t.Errorf("%d are sent, %d refused", n, refused.Load())
	}
	answer, err := http.Get(server.URL + "/assets/short.js")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("a short answer meanwhile: %s", answer.Status)
	}
}

// An answer that is too long is refused whole, with nothing of its own headers.
func TestTooLongAnswersAreRefused(t *testing.T) {
	s := newServer(Options{Registry: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	router := gin.New()
	router.GET("/api/long", s.cache.cacheResponse(Route{}), func(c *gin.Context) {
		c.Header("Content-Disposition", "attachment")
		for range maxWhole>>20 + 1 {
			c.String(http.StatusOK, strings.Repeat("x", 1<<20))
		}
	})
	answer := httptest.NewRecorder()
	router.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/api/long", nil))
	if answer.Code != http.StatusBadRequest || answer.Header().Get("Content-Disposition") != "" || !strings.Contains(answer.Body.String(), "longer than 16 MB") ||
		answer.Body.Len() > 1000 {
		t.Errorf("%d %v: %.200s", answer.Code, answer.Header(), answer.Body)
	}
}
