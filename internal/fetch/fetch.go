// Package fetch brings published files from http and https addresses to disk, and finds the files that a publisher's page
// links to. It asks only hosts it was told of, never a private address by accident, and never shows half a file.
package fetch

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"
)

// Fetcher asks publishers for files and pages. It may be used by several goroutines at once.
type Fetcher struct {
	// Version and Contact are what publishers see of who asks: the product's version and, if not empty, whom to write to.
	Version, Contact string
	// Private are the names (or literal addresses) of hosts that may lie in a private network; no other host may.
	Private []string
	// Proxy is asked instead of the publishers where it is not nil; it then resolves their names, and has to guard them.
	// Proxies that the environment names are not used.
	Proxy  *url.URL
	Limits Limits

	Clock  clockwork.Clock
	Random func() float64 // in [0,1), spreads the waits; safe for concurrent use, as math/rand/v2.Float64 is
	Logger *slog.Logger   // is told of every retry

	Resolver *net.Resolver  // nil is the machine's
	Roots    *x509.CertPool // the certificate authorities trusted; nil is the machine's
}

// Limits bound what one call may cost. A zero field stands for its default.
type Limits struct {
	Size      int64         // bytes of a file, 64 MiB
	Page      int64         // bytes of a page, 4 MiB
	Headers   int64         // bytes of an answer's headers, 64 KiB
	Redirects int           // followed for one answer, 5
	Attempts  int           // first one included, 5
	Time      time.Duration // of the whole call, its attempts and the waits between them included, 10 minutes
	Idle      time.Duration // without a byte from the other side, 30 seconds
}

func (l Limits) withDefaults() Limits {
	return Limits{
		Size:      cmp.Or(l.Size, 64<<20),
		Page:      cmp.Or(l.Page, 4<<20),
		Headers:   cmp.Or(l.Headers, 64<<10),
		Redirects: cmp.Or(l.Redirects, 5),
		Attempts:  cmp.Or(l.Attempts, 5),
		Time:      cmp.Or(l.Time, 10*time.Minute),
		Idle:      cmp.Or(l.Idle, 30*time.Second),
	}
}

// Request says what to ask for.
type Request struct {
	Address string
	// Hosts are the names, without ports, of the hosts beside the address's own that redirects and links may lead to.
	Hosts []string
	// ETag and LastModified are those of an earlier answer, empty without one. What has not changed since is not sent again.
	ETag, LastModified string
}

// Answer is what a publisher said of a file or a page.
type Answer struct {
	URL                string // after redirects
	ETag, LastModified string // as the publisher wrote them, for the next Request
	NotModified        bool   // since the earlier answer; there is then no content
}

// File is a file brought to disk.
type File struct {
	Answer
	Path   string // in the folder asked for, named after the content; the caller removes it
	Name   string // what the publisher calls it: one path element, safe to show and to keep
	Size   int64
	SHA256 string // in hexadecimal
}

// Get brings a file into a folder of this machine. The file appears there when it is whole; on any fault nothing does.
// Faults of the other side are an *Error; those of the context and of the folder are not.
func (f *Fetcher) Get(ctx context.Context, r Request, folder string) (File, error) {
	c, err := f.call(r)
	if err != nil {
		return File{}, err
	}
	var file File
	answer, err := c.do(ctx, c.limits.Size, func(response *http.Response, body io.Reader) (err error) {
		if file, err = store(body, folder); err == nil {
			file.Name = name(response.Header.Get("Content-Disposition"), response.Request.URL)
		}
		return err
	})
	if err != nil {
		return File{}, err
	}
	file.Answer = answer
	return file, nil
}

// store writes a body to a hidden file and gives it its name when all of it is on disk.
func store(body io.Reader, folder string) (File, error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return File{}, err
	}
	part, err := os.CreateTemp(folder, ".part-*")
	if err != nil {
		return File{}, err
	}
	defer func() { _ = os.Remove(part.Name()) }()
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(part, hash), body)
	if err == nil {
		err = part.Sync()
	}
	if closing := part.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return File{}, err
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	target := filepath.Join(folder, sum)
	return File{Path: target, Size: size, SHA256: sum}, os.Rename(part.Name(), target)
}

// call is one request with all that bounds it.
type call struct {
	*Fetcher
	Request
	address *url.URL
	hosts   []string // that may be asked
	limits  Limits
}

func (f *Fetcher) call(r Request) (*call, error) {
	address, err := url.Parse(r.Address)
	if err != nil {
		return nil, &Error{Address: shorten(r.Address), Reason: "is not an address: " + innermost(err).Error(), Cause: err}
	}
	return &call{f, r, address, append([]string{address.Hostname()}, r.Hosts...), f.Limits.withDefaults()}, nil
}

// take is given an answer with its content; what it reads is bounded in size and time.
type take func(response *http.Response, body io.Reader) error

// do asks until an answer was taken, the fault is one that does not pass, or the limits are reached.
func (c *call) do(ctx context.Context, size int64, take take) (Answer, error) {
	end := c.Clock.Now().Add(c.limits.Time)
	whole, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := c.Clock.AfterFunc(c.limits.Time, func() {
		cancel(&Error{Reason: fmt.Sprintf("was not done within the limit of %s", c.limits.Time), Temporary: true})
	})
	defer timer.Stop()
	for attempt := 1; ; attempt++ {
		answer, err := c.attempt(whole, size, take)
		fault, remote := errors.AsType[*Error](err)
		switch {
		case err == nil:
			return answer, nil
		case !remote: // the context's end, or a fault of the folder
			return Answer{}, fmt.Errorf("fetch %s: %w", c.address.Redacted(), err)
		}
		told := *fault
		told.Address, told.Attempts = c.address.Redacted(), attempt
		wait := max(pause(attempt, c.Random()), told.RetryAfter)
		if !told.Temporary || attempt >= c.limits.Attempts || !c.Clock.Now().Add(wait).Before(end) {
			return Answer{}, &told
		}
		c.Logger.Warn("retry", "address", told.Address, "reason", told.Reason, "attempt", attempt, "wait", wait)
		resume := c.Clock.NewTimer(wait)
		select {
		case <-resume.Chan():
		case <-whole.Done(): // the next attempt says why
			resume.Stop()
		}
	}
}

// The waits between attempts double from the shortest to the longest.
const (
	shortest = time.Second
	longest  = time.Minute
)

// pause is how long to wait after the attempt, counted from 1: between half of the doubled wait and all of it, so that
// clients which failed together do not return together.
func pause(attempt int, random float64) time.Duration {
	wait := min(shortest<<min(attempt-1, 30), longest)
	return wait/2 + time.Duration(random*float64(wait/2))
}

// attempt asks once, following redirects.
func (c *call) attempt(ctx context.Context, size int64, take take) (Answer, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	idle := c.Clock.AfterFunc(c.limits.Idle, func() {
		cancel(&Error{Reason: fmt.Sprintf("sent nothing for the limit of %s", c.limits.Idle), Temporary: true})
	})
	defer idle.Stop()
	response, err := c.follow(ctx, c.transport(c.limits.Headers, func() { idle.Reset(c.limits.Idle) }))
	if err != nil {
		return Answer{}, fault(ctx, err)
	}
	defer response.Body.Close()
	final := *response.Request.URL
	final.Fragment, final.RawFragment = "", ""
	answer := Answer{URL: final.String(), ETag: response.Header.Get("ETag"), LastModified: response.Header.Get("Last-Modified")}
	encoding := strings.Join(response.Header.Values("Content-Encoding"), ", ")
	switch {
	case response.StatusCode == http.StatusNotModified && c.ETag+c.LastModified != "":
		answer.NotModified = true
		answer.ETag, answer.LastModified = cmp.Or(answer.ETag, c.ETag), cmp.Or(answer.LastModified, c.LastModified)
		return answer, nil
	case response.StatusCode != http.StatusOK:
		return Answer{}, status(response, c.Clock.Now())
	case encoding != "" && !strings.EqualFold(encoding, "identity"):
		// Unpacked, it could be of any size.
		return Answer{}, &Error{Reason: fmt.Sprintf("was sent with the content encoding %q; accepted is identity", encoding)}
	case response.ContentLength < 0 && len(response.TransferEncoding) == 0:
		return Answer{}, &Error{Reason: "was sent without its length and not in chunks, so that a part could not be told from the whole"}
	case response.ContentLength > size:
		return Answer{}, &Error{Reason: fmt.Sprintf("is %d bytes long, more than the limit of %d", response.ContentLength, size)}
	}
	return answer, take(response, &body{ctx, http.MaxBytesReader(nil, response.Body, size)})
}

// follow asks at the address and where it redirects to.
func (c *call) follow(ctx context.Context, transport *http.Transport) (*http.Response, error) {
	address := c.address
	if reason := c.refuses(address, nil, c.hosts); reason != "" {
		return nil, &Error{Reason: reason}
	}
	for redirects := 0; ; redirects++ {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
		if err != nil {
			return nil, err
		}
		request.Header.Set("User-Agent", c.agent())
		request.Header.Set("Accept", "*/*")
		request.Header.Set("Accept-Encoding", "identity")
		if c.ETag != "" {
			request.Header.Set("If-None-Match", c.ETag)
		}
		if c.LastModified != "" {
			request.Header.Set("If-Modified-Since", c.LastModified)
		}
		response, err := transport.RoundTrip(request)
		if err != nil {
			return nil, err
		}
		switch response.StatusCode {
		case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		default:
			return response, nil
		}
		response.Body.Close()
		next, err := response.Location()
		if err != nil {
			return nil, &Error{Reason: fmt.Sprintf("redirected (status %s) without a usable address: %v", response.Status, err), Cause: err}
		}
		if redirects == c.limits.Redirects {
			return nil, &Error{Reason: fmt.Sprintf("redirected more often than the limit of %d, the last time to %s", c.limits.Redirects, shown(next))}
		}
		if reason := c.refuses(next, address, c.hosts); reason != "" {
			return nil, &Error{Reason: fmt.Sprintf("redirected to %s, which is refused: %s", shown(next), reason)}
		}
		address = next
	}
}

func (f *Fetcher) agent() string {
	agent := "stpd/" + f.Version
	if f.Contact != "" {
		agent += " (" + f.Contact + ")"
	}
	return agent
}

// body tells faults of the other side, when content is read, from those of this machine, when it is written.
type body struct {
	ctx context.Context
	io.Reader
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fault(b.ctx, err)
	}
	return n, err
}
