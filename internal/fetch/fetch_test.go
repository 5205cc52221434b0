package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"stpdash/internal/fetch"
)

const april = "code,attendances\nRJ1,15000\n"

// wantFault checks that a call failed as it should and left nothing behind.
func wantFault(t *testing.T, err error, reason string, temporary bool, folder string) *fetch.Error {
	t.Helper()
	var fault *fetch.Error
	if !errors.As(err, &fault) {
		t.Fatalf("the error is %v, want an *Error with %q", err, reason)
	}
	if !strings.Contains(fault.Error(), reason) || fault.Temporary != temporary {
		t.Errorf("the error is %q (temporary %t), want one with %q (temporary %t)", fault, fault.Temporary, reason, temporary)
	}
	if !strings.HasPrefix(fault.Error(), "fetch "+fault.Address+": ") || fault.Address == "" {
		t.Errorf("the error %q does not begin with the address", fault)
	}
	if left := contents(t, folder); left != nil {
		t.Errorf("the folder holds %q, want nothing", left)
	}
	return fault
}

func TestGet(t *testing.T) {
	modified := time.Date(2018, 5, 10, 9, 30, 0, 0, time.UTC)
	folder := t.TempDir()
	var header http.Header
	p := publish(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/latest" {
			http.Redirect(w, r, "/2018/05/April%202018.csv#top", http.StatusFound)
			return
		}
		header = r.Header
		w.Header().Set("ETag", `"v1"`)
		http.ServeContent(w, r, "", modified, strings.NewReader(april))
	})
	f := newFetcher(newClock())
	f.Contact = "+https://stpd.example/contact"
	request := fetch.Request{Address: p.URL + "/latest"}
	file, err := f.Get(t.Context(), request, folder)
	if err != nil {
		t.Fatal(err)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(april)))
	want := fetch.File{
		Answer: fetch.Answer{URL: p.URL + "/2018/05/April%202018.csv", ETag: `"v1"`, LastModified: "Thu, 10 May 2018 09:30:00 GMT"},
		Path:   filepath.Join(folder, sum),
		Name:   "April 2018.csv",
		Size:   int64(len(april)),
		SHA256: sum,
	}
	if diff := cmp.Diff(want, file); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
	if content, err := os.ReadFile(file.Path); err != nil || string(content) != april {
		t.Errorf("the file holds %q (%v), want %q", content, err, april)
	}
	if left := contents(t, folder); len(left) != 1 {
		t.Errorf("the folder holds %q, want the file alone", left)
	}
	for name, want := range map[string]string{
		"User-Agent": "stpd/1.2 (+https://stpd.example/contact)", "Accept-Encoding": "identity", "Connection": "close", "If-None-Match": "", "If-Modified-Since": "",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}

	for name, again := range map[string]fetch.Request{
		"by its tag":  {Address: request.Address, ETag: file.ETag},
		"by its date": {Address: request.Address, LastModified: file.LastModified},
		"by both":     {Address: request.Address, ETag: file.ETag, LastModified: file.LastModified},
	} {
		t.Run("not modified "+name, func(t *testing.T) {
			folder := t.TempDir()
			got, err := f.Get(t.Context(), again, folder)
			if err != nil {
				t.Fatal(err)
			}
			want := fetch.File{Answer: file.Answer}
			want.NotModified, want.LastModified = true, again.LastModified // net/http leaves the date out beside the tag
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("file (-want +got):\n%s", diff)
			}
			if left := contents(t, folder); left != nil {
				t.Errorf("the folder holds %q, want nothing", left)
			}
		})
	}
	for name, again := range map[string]fetch.Request{
		"by its tag":  {Address: request.Address, ETag: `"v0"`, LastModified: file.LastModified},
		"by its date": {Address: request.Address, LastModified: "Wed, 09 May 2018 09:30:00 GMT"},
	} {
		t.Run("modified "+name, func(t *testing.T) {
			got, err := f.Get(t.Context(), again, folder)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(file, got); diff != "" {
				t.Errorf("file (-want +got):\n%s", diff)
			}
		})
	}
}

// What an answer of "not modified" leaves unsaid stays as it was.
func TestNotModifiedKeepsWhatWasKnown(t *testing.T) {
	p := publish(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
	earlier := fetch.Request{Address: p.URL, ETag: `"v1"`, LastModified: "Thu, 10 May 2018 09:30:00 GMT"}
	file, err := newFetcher(newClock()).Get(t.Context(), earlier, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	want := fetch.Answer{URL: p.URL, ETag: earlier.ETag, LastModified: earlier.LastModified, NotModified: true}
	if diff := cmp.Diff(want, file.Answer); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func TestFaults(t *testing.T) {
	bomb := func() []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write(make([]byte, 1<<20))
		w.Close()
		return b.Bytes()
	}()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	encoded := func(encodings ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Encoding"] = encodings
			w.Write(bomb)
		}
	}
	redirect := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if to != "" {
				w.Header().Set("Location", to)
			}
			w.WriteHeader(http.StatusFound)
		}
	}
	for _, test := range []struct {
		name   string
		answer http.HandlerFunc
		reason string
		asked  int32 // more than once where the fault may pass
	}{
		{"not found", status(404), "was answered with the status 404 Not Found; accepted is 200, or 304 for what has not changed", 1},
		{"forbidden", status(403), "status 403 Forbidden", 1},
		{"gone", status(410), "status 410 Gone", 1},
		{"nothing", status(204), "status 204 No Content", 1},
		{"a part", status(206), "status 206 Partial Content", 1},
		{"not modified, unasked", status(304), "status 304 Not Modified", 1},
		{"busy", status(429), "status 429 Too Many Requests", 5},
		{"too slow for the publisher", status(408), "status 408 Request Timeout", 5},
		{"broken", status(500), "status 500 Internal Server Error; accepted is 200, or 304 for what has not changed (5 attempts)", 5},
		{"away", status(503), "status 503 Service Unavailable", 5},

		{"compressed", encoded("gzip"), `was sent with the content encoding "gzip"; accepted is identity`, 1},
		{"compressed in the second place", encoded("identity", "br"), `"identity, br"`, 1},
		{"too long by what it says", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000001")
		}, "is 1000001 bytes long, more than the limit of 1000000", 1},
		{"endless", func(w http.ResponseWriter, _ *http.Request) {
			for {
				if _, err := w.Write(make([]byte, 32<<10)); err != nil {
					return
				}
			}
		}, "is longer than the limit of 1000000 bytes", 1},
		{"endless headers", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Long", strings.Repeat("x", 70<<10))
		}, "its headers are longer than the limit", 1},
		{"cut before its length", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, april)
			begin(w)
			panic(http.ErrAbortHandler)
		}, "was cut off before its end", 5},
		{"cut between chunks", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, april)
			begin(w)
			panic(http.ErrAbortHandler)
		}, "was cut off before its end", 5},
		{"without a length", func(w http.ResponseWriter, _ *http.Request) {
			raw(w, "HTTP/1.1 200 OK\r\n\r\n"+april)
		}, "without its length and not in chunks", 1},
		{"hung up", func(w http.ResponseWriter, _ *http.Request) { raw(w, "") }, "could not be had: ", 5},
		{"another protocol", func(w http.ResponseWriter, _ *http.Request) { raw(w, "220 ready\r\n") }, "malformed HTTP", 5},

		{
			"redirected to another host", redirect("http://other.example/april.csv"),
			`redirected to http://other.example/april.csv, which is refused: its host is "other.example"; accepted are 127.0.0.1, 169.254.169.254, ::1`, 1,
		},
		{"redirected to a host that begins alike", redirect("http://127.0.0.1.example/"), `its host is "127.0.0.1.example"`, 1},
		{"redirected in a circle", redirect("/"), "redirected more often than the limit of 5, the last time to http://127.0.0.1", 6},
		{
			"redirected to the machine's own secrets", redirect("http://169.254.169.254/latest"),
			`its host "169.254.169.254" is at 169.254.169.254, which is not a public address; accepted for hosts allowed by name`, 1,
		},
		{"redirected to loopback", redirect("http://[::1]/"), `its host "::1" is at ::1, which is not a public address`, 1},
		{"redirected to a file", redirect("file:///etc/passwd"), `its scheme is "file"; accepted are http and https`, 1},
		{"redirected with a password", redirect("http://me:secret@127.0.0.1/"), "redirected to http://me:xxxxx@127.0.0.1/, which is refused: it carries user", 1},
		{"redirected to no host", redirect("http:///april.csv"), "it names no host", 1},
		{"redirected to nowhere", redirect(""), "status 302 Found", 1},
		{"redirected to no address", redirect("http://[::1"), "without a usable address", 1},
		{"redirected far", redirect("http://other.example/" + strings.Repeat("x", 10_000)), "xxx..., which is refused", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := publish(t, test.answer)
			f, folder := newFetcher(newClock()), t.TempDir()
			f.Limits.Size = 1_000_000
			_, err := f.Get(t.Context(), fetch.Request{Address: p.URL, Hosts: []string{"169.254.169.254", "::1"}}, folder)
			fault := wantFault(t, err, test.reason, test.asked == 5, folder)
			if got := p.asked.Load(); got != test.asked {
				t.Errorf("the publisher was asked %d times, want %d", got, test.asked)
			}
			if fault.Temporary && fault.Attempts != 5 {
				t.Errorf("the error tells of %d attempts, want 5", fault.Attempts)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error %q shows a password", err)
			}
		})
	}
}

func TestRefusedAddresses(t *testing.T) {
	for address, reason := range map[string]string{
		"":                               `its scheme is ""`,
		"april.csv":                      `its scheme is ""`,
		"ftp://127.0.0.1/april.csv":      `its scheme is "ftp"`,
		"javascript:alert(1)":            `its scheme is "javascript"`,
		"http://":                        "it names no host",
		"http://me@127.0.0.1/":           "it carries user information",
		"http://10.0.0.1/":               `its host "10.0.0.1" is at 10.0.0.1, which is not a public address`,
		"http://[::ffff:127.0.0.1]/":     "is not a public address",
		"http://[fe80::1%25eth0]/":       "is not a public address",
		"http://127.0.0.1:x/":            `is not an address: invalid port ":x" after host`,
		"http://127.0.0.1/\x00april.csv": "is not an address: net/url: invalid control character in URL",
	} {
		t.Run(address, func(t *testing.T) {
			folder := t.TempDir()
			_, err := newFetcher(newClock()).Get(t.Context(), fetch.Request{Address: address}, folder)
			var fault *fetch.Error
			if !errors.As(err, &fault) || !strings.Contains(fault.Reason, reason) || fault.Temporary {
				t.Errorf("the error is %v, want a lasting *Error with %q", err, reason)
			}
		})
	}
}

// failing answers as the statuses say, then well. A status may be followed by what Retry-After says.
func failing(t *testing.T, statuses ...string) *publisher {
	return publish(t, func(w http.ResponseWriter, _ *http.Request) {
		if len(statuses) == 0 {
			io.WriteString(w, april)
			return
		}
		status, after, stated := strings.Cut(statuses[0], " ")
		statuses = statuses[1:]
		if stated {
			w.Header().Set("Retry-After", after)
		}
		code, err := strconv.Atoi(status)
		if err != nil {
			panic(err)
		}
		w.WriteHeader(code)
	})
}

func TestRetries(t *testing.T) {
	half := time.Second / 2
	for _, test := range []struct {
		name     string
		statuses []string
		waits    [][2]time.Duration // from, to
	}{
		{"once", []string{"500"}, [][2]time.Duration{{half, 2 * half}}},
		{"until the last", []string{"502", "503", "408", "429"}, [][2]time.Duration{{half, 2 * half}, {2 * half, 4 * half}, {4 * half, 8 * half}, {8 * half, 16 * half}}},
		{"as long as the publisher asks", []string{"429 7", "503 120"}, [][2]time.Duration{{7 * time.Second, 7 * time.Second}, {2 * time.Minute, 2 * time.Minute}}},
		{"no sooner than oneself would", []string{"429 0", "429 1"}, [][2]time.Duration{{half, 2 * half}, {2 * half, 4 * half}}},
		{"until a date", []string{"429 Fri, 01 Jun 2018 09:00:30 GMT"}, [][2]time.Duration{{30 * time.Second, 30 * time.Second}}},
		{"until a date gone by", []string{"429 Fri, 01 Jun 2018 08:00:30 GMT"}, [][2]time.Duration{{half, 2 * half}}},
		{
			"until what is not a time",
			[]string{"429 soon", "429 -1", "429 99999999999999999999"},
			[][2]time.Duration{{half, 2 * half}, {2 * half, 4 * half}, {4 * half, 8 * half}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var waits [2][]time.Duration
			for run := range waits {
				p, c := failing(t, test.statuses...), newClock()
				file, err := newFetcher(c).Get(t.Context(), fetch.Request{Address: p.URL}, t.TempDir())
				if err != nil || file.Size != int64(len(april)) {
					t.Fatalf("got %d bytes and the error %v, want %d", file.Size, err, len(april))
				}
				waits[run] = c.waits
			}
			if !slices.Equal(waits[0], waits[1]) {
				t.Errorf("the waits %v and %v differ with the same seed", waits[0], waits[1])
			}
			if len(waits[0]) != len(test.waits) {
				t.Fatalf("waited %v, want %d waits", waits[0], len(test.waits))
			}
			for i, wait := range waits[0] {
				if wait < test.waits[i][0] || wait > test.waits[i][1] {
					t.Errorf("waited %v, want wait %d between %v and %v", waits[0], i, test.waits[i][0], test.waits[i][1])
				}
			}
		})
	}
}

func TestPause(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		attempt := rapid.IntRange(1, 1000).Draw(t, "attempt")
		random := rapid.Float64Range(0, 1).Draw(t, "random")
		wait := fetch.Pause(attempt, random)
		if most := fetch.Pause(attempt, 1); wait > most || wait < most/2 || most > fetch.LongestPause {
			t.Fatalf("waits %s, want between half and all of %s, and that at most %s", wait, most, fetch.LongestPause)
		}
		if next := fetch.Pause(attempt+1, random); next < wait {
			t.Fatalf("waits %s after %s", next, wait)
		}
	})
}

// Waiting longer than the call may take is pointless: the schedule is told instead.
func TestRetryAfterBeyondTheLimit(t *testing.T) {
	p, c, folder := failing(t, "503 3600"), newClock(), t.TempDir()
	_, err := newFetcher(c).Get(t.Context(), fetch.Request{Address: p.URL}, folder)
	fault := wantFault(t, err, "; the publisher asks to wait 1h0m0s", true, folder)
	if fault.RetryAfter != time.Hour || p.asked.Load() != 1 || c.waits != nil {
		t.Errorf("to be retried after %s, asked %d times, waited %v; want 1h, once and not at all", fault.RetryAfter, p.asked.Load(), c.waits)
	}
}

func TestConnectionRefused(t *testing.T) {
	// A bound port at which nobody listens: one given back could be somebody else's by now.
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(socket)
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	bound, err := syscall.Getsockname(socket)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	address := fmt.Sprintf("http://127.0.0.1:%d", bound.(*syscall.SockaddrInet4).Port)
	_, err = newFetcher(newClock()).Get(t.Context(), fetch.Request{Address: address}, folder)
	wantFault(t, err, "connection refused (5 attempts)", true, folder)
}

func TestIdle(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter, r *http.Request, idle func()){
		"before the headers": func(w http.ResponseWriter, r *http.Request, idle func()) {
			idle()
			<-r.Context().Done()
		},
		"within the headers": func(w http.ResponseWriter, _ *http.Request, idle func()) {
			connection, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				panic(err)
			}
			defer connection.Close()
			io.WriteString(connection, "HTTP/1.1 200 OK\r\nContent-")
			idle()
			io.Copy(io.Discard, connection) // until the other side hangs up
		},
		"within the body": func(w http.ResponseWriter, r *http.Request, idle func()) {
			io.WriteString(w, april)
			begin(w)
			idle()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, folder := newClock(), t.TempDir()
			p := publish(t, func(w http.ResponseWriter, r *http.Request) {
				answer(w, r, func() { c.Advance(31 * time.Second) })
			})
			_, err := newFetcher(c).Get(t.Context(), fetch.Request{Address: p.URL}, folder)
			wantFault(t, err, "sent nothing for the limit of 30s (5 attempts)", true, folder)
		})
	}
}

func TestIdleInTheHandshake(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c, folder := newClock(), t.TempDir()
	var server errgroup.Group
	server.Go(func() error {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return nil
			}
			defer connection.Close()
			c.Advance(31 * time.Second)
		}
	})
	_, err = newFetcher(c).Get(t.Context(), fetch.Request{Address: "https://" + listener.Addr().String()}, folder)
	wantFault(t, err, "sent nothing for the limit of 30s (5 attempts)", true, folder)
	listener.Close()
	server.Wait()
}

// A slow publisher is not an idle one.
func TestSlow(t *testing.T) {
	c := newClock()
	c.heard = make(chan struct{}, 1)
	p := publish(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 10 {
			select { // what the last byte left
			case <-c.heard:
			default:
			}
			io.WriteString(w, "x")
			begin(w)
			<-c.heard
			c.Advance(20 * time.Second)
		}
	})
	file, err := newFetcher(c).Get(t.Context(), fetch.Request{Address: p.URL}, t.TempDir())
	if err != nil || file.Size != 10 {
		t.Errorf("got %d bytes and the error %v, want 10 bytes", file.Size, err)
	}
}

func TestTime(t *testing.T) {
	c, folder := newClock(), t.TempDir()
	p := publish(t, func(w http.ResponseWriter, r *http.Request) {
		for range 11 {
			io.WriteString(w, "x")
			begin(w)
			c.Advance(time.Minute)
		}
		<-r.Context().Done()
	})
	f := newFetcher(c)
	f.Limits.Idle = 24 * time.Hour
	_, err := f.Get(t.Context(), fetch.Request{Address: p.URL}, folder)
	wantFault(t, err, "was not done within the limit of 10m0s", true, folder)
	if got := p.asked.Load(); got != 1 {
		t.Errorf("the publisher was asked %d times, want once", got)
	}
}

func TestCancel(t *testing.T) {
	t.Run("while waiting", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p, c, folder := failing(t, "500"), newClock(), t.TempDir()
		c.waiting = cancel
		_, err := newFetcher(c).Get(ctx, fetch.Request{Address: p.URL}, folder)
		wantEnded(t, err, p.URL, folder)
	})
	t.Run("within the body", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		folder := t.TempDir()
		p := publish(t, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, april)
			begin(w)
			cancel()
			<-r.Context().Done()
		})
		_, err := newFetcher(newClock()).Get(ctx, fetch.Request{Address: p.URL}, folder)
		wantEnded(t, err, p.URL, folder)
	})
}

// wantEnded checks that the end of the context is not taken for the publisher's fault.
func wantEnded(t *testing.T, err error, address, folder string) {
	t.Helper()
	var fault *fetch.Error
	if !errors.Is(err, context.Canceled) || errors.As(err, &fault) || !strings.Contains(err.Error(), address) {
		t.Errorf("the error is %v, want the context's own with the address", err)
	}
	if left := contents(t, folder); left != nil {
		t.Errorf("the folder holds %q, want nothing", left)
	}
}

func TestCertificates(t *testing.T) {
	p := publishTLS(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/down" {
			http.Redirect(w, r, "http://127.0.0.1/april.csv", http.StatusFound)
		}
		io.WriteString(w, april)
	})
	plain := publish(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/up" {
			http.Redirect(w, r, p.URL, http.StatusFound)
		}
	})
	roots := x509.NewCertPool()
	roots.AddCert(p.Certificate())
	for _, test := range []struct {
		name, address string
		roots         *x509.CertPool
		reason        string // empty where the file comes
	}{
		{"good", p.URL, roots, ""},
		{"from http to https", plain.URL + "/up", roots, ""},
		{"from https to http", p.URL + "/down", roots, "redirected to http://127.0.0.1/april.csv, which is refused: it is http where https led to it"},
		{"unknown authority", p.URL, x509.NewCertPool(), "its certificate is not accepted: x509: certificate signed by unknown authority"},
		{"another name", "https://publisher.test:" + port(t, p.URL), roots, "its certificate is not accepted: x509: certificate is valid for example.com"},
		{"not TLS", "https" + strings.TrimPrefix(plain.URL, "http"), roots, "did not answer in TLS, which https needs"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, c, folder := newFetcher(newClock()), newClock(), t.TempDir()
			f.Clock, f.Roots = c, test.roots
			f.Private = append(f.Private, "publisher.test")
			f.Resolver = names(t, func(string) []string { return []string{"127.0.0.1"} })
			file, err := f.Get(t.Context(), fetch.Request{Address: test.address}, folder)
			if test.reason != "" {
				wantFault(t, err, test.reason, false, folder)
				if c.waits != nil {
					t.Errorf("waited %v, want to fail at once", c.waits)
				}
			} else if err != nil || file.Size != int64(len(april)) || file.URL != p.URL {
				t.Errorf("got %d bytes of %s and the error %v, want %d of %s", file.Size, file.URL, err, len(april), p.URL)
			}
		})
	}
}

// A download in memory, or seen before its end, would be found out here.
func TestStreams(t *testing.T) {
	const size = 64 << 20
	folder := t.TempDir()
	chunk := bytes.Repeat([]byte("12345678"), 4<<10)
	var seen []string
	p := publish(t, func(w http.ResponseWriter, _ *http.Request) {
		for sent := 0; sent < size; sent += len(chunk) {
			w.Write(chunk)
			if sent == size/2 {
				seen = visible(t, folder)
			}
		}
	})
	f := newFetcher(newClock())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	file, err := f.Get(t.Context(), fetch.Request{Address: p.URL}, folder)
	runtime.ReadMemStats(&after)
	if err != nil || file.Size != size {
		t.Fatalf("got %d bytes and the error %v, want %d", file.Size, err, size)
	}
	if len(seen) > 0 {
		t.Errorf("before its end, the folder showed %q", seen)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > size/16 {
		t.Errorf("allocated %d bytes for a file of %d", used, size)
	}
}

func TestFolderAtFault(t *testing.T) {
	p := publish(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, april) })
	notFolder := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(notFolder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	vanishing := filepath.Join(t.TempDir(), "folder")
	q := publish(t, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, april)
		begin(w)
		for contents(t, vanishing) == nil {
			runtime.Gosched()
		}
		os.RemoveAll(vanishing)
	})
	for folder, p := range map[string]*publisher{notFolder: p, vanishing: q} {
		_, err := newFetcher(newClock()).Get(t.Context(), fetch.Request{Address: p.URL}, folder)
		var fault *fetch.Error
		var local *os.PathError
		var link *os.LinkError
		if errors.As(err, &fault) || !errors.As(err, &local) && !errors.As(err, &link) || !strings.Contains(err.Error(), p.URL) {
			t.Errorf("the error is %v, want the file system's with the address", err)
		}
		if got := p.asked.Load(); got != 1 {
			t.Errorf("the publisher was asked %d times, want once", got)
		}
	}
}

// The same content by several names at once is one file.
func TestTogether(t *testing.T) {
	p := publish(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, april) })
	f, folder := newFetcher(newClock()), t.TempDir()
	var g errgroup.Group
	for i := range 20 {
		g.Go(func() error {
			file, err := f.Get(t.Context(), fetch.Request{Address: fmt.Sprintf("%s/%d.csv", p.URL, i)}, folder)
			if err == nil && file.Name != fmt.Sprintf("%d.csv", i) {
				return fmt.Errorf("file %d is called %q", i, file.Name)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	if left := contents(t, folder); len(left) != 1 {
		t.Errorf("the folder holds %q, want one file", left)
	}
}
