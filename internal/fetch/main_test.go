package fetch_test

import (
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"
	"golang.org/x/net/dns/dnsmessage"

	"stpdash/internal/fetch"
)

func TestMain(m *testing.M) {
	// net/http looks for a proxy in the environment once. Nobody answers at this one, so a client that uses it fails.
	os.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	goleak.VerifyTestMain(m)
}

// start is when the tests take place.
var start = time.Date(2018, 6, 1, 9, 0, 0, 0, time.UTC)

// clock lets no one wait between attempts, and keeps how long they would have.
type clock struct {
	*clockwork.FakeClock
	mu    sync.Mutex
	waits []time.Duration
	// waiting, where there is one, is called instead of letting the time pass.
	waiting func()
	// heard, where there is one, is told whenever a limit begins anew.
	heard chan struct{}
}

func newClock() *clock { return &clock{FakeClock: clockwork.NewFakeClockAt(start)} }

func (c *clock) NewTimer(d time.Duration) clockwork.Timer {
	c.mu.Lock()
	c.waits = append(c.waits, d)
	c.mu.Unlock()
	timer := c.FakeClock.NewTimer(d)
	if c.waiting != nil {
		c.waiting()
	} else {
		c.Advance(d)
	}
	return timer
}

func (c *clock) AfterFunc(d time.Duration, f func()) clockwork.Timer {
	return &limit{c.FakeClock.AfterFunc(d, f), c.heard}
}

type limit struct {
	clockwork.Timer
	heard chan struct{}
}

func (l *limit) Reset(d time.Duration) bool {
	defer func() {
		select {
		case l.heard <- struct{}{}:
		default:
		}
	}()
	return l.Timer.Reset(d)
}

// newFetcher allows the loopback address, where the tests' publishers are.
func newFetcher(c clockwork.Clock) *fetch.Fetcher {
	return &fetch.Fetcher{
		Version: "1.2",
		Private: []string{"127.0.0.1"},
		Clock:   c,
		Random:  rand.New(rand.NewPCG(44, 0)).Float64,
		Logger:  slog.New(slog.DiscardHandler),
	}
}

// publisher is a server on loopback that counts what it is asked.
type publisher struct {
	*httptest.Server
	asked atomic.Int32
}

func publish(t testing.TB, answer http.HandlerFunc) *publisher {
	t.Helper()
	return serve(t, answer, (*httptest.Server).Start)
}

func publishTLS(t testing.TB, answer http.HandlerFunc) *publisher {
	t.Helper()
	return serve(t, answer, (*httptest.Server).StartTLS)
}

func serve(t testing.TB, answer http.HandlerFunc, start func(*httptest.Server)) *publisher {
	p := &publisher{}
	p.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		answer(w, r)
	}))
	p.Config.ErrorLog = log.New(io.Discard, "", 0)
	start(p.Server)
	t.Cleanup(p.Close)
	return p
}

// raw answers with bytes of one's own and hangs up.
func raw(w http.ResponseWriter, answer string) {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	io.WriteString(connection, answer)
	connection.Close()
}

// begin sends what was written so far.
func begin(w http.ResponseWriter) { w.(http.Flusher).Flush() }

// names starts a name server on loopback; it answers each question with what lookup returns, and nothing is "not known".
func names(t testing.TB, lookup func(name string) []string) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		packet := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(packet)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if err := m.Unpack(packet[:n]); err != nil || len(m.Questions) != 1 {
				continue
			}
			question := m.Questions[0]
			answer := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true}, Questions: m.Questions}
			addresses := lookup(question.Name.String())
			if addresses == nil {
				answer.RCode = dnsmessage.RCodeNameError
			}
			for _, text := range addresses {
				ip := netip.MustParseAddr(text)
				head := dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET}
				switch {
				case question.Type == dnsmessage.TypeA && ip.Is4():
					answer.Answers = append(answer.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AResource{A: ip.As4()}})
				case question.Type == dnsmessage.TypeAAAA && ip.Is6():
					answer.Answers = append(answer.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}})
				}
			}
			packed, err := answer.Pack()
			if err != nil {
				panic(err)
			}
			server.WriteTo(packed, from)
		}
	}()
	t.Cleanup(func() { server.Close(); <-done })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

// port of a server's address.
func port(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Port()
}

// contents lists a folder, hidden files included.
func contents(t testing.TB, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// visible lists a folder as those see it who leave hidden files alone.
func visible(t testing.TB, folder string) []string {
	return slices.DeleteFunc(contents(t, folder), func(name string) bool { return name[0] == '.' })
}
