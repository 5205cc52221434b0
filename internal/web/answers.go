package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/gin-gonic/gin"

	"stpdash/internal/bounded"
)

// mostWhole bounds an answer, which is made whole before it is sent; who asks for a longer one is refused.
const mostWhole = 16 << 20

// kept is a whole answer in one encoding.
type kept struct {
	tag, encoding string
	header        http.Header // what its maker set
	content       []byte
}

// answers are kept by what they were made from, so that none has to be forgotten because something was loaded. Those as of a moment that the
// reader names, of which there are as many as one can write, have a share of their own.
type answers struct {
	now, then *bounded.Cache[*kept]
	mu        sync.Mutex
	making    map[string]*making
}

// making is an answer that is being made for all who wait for it.
type making struct {
	what    string
	done    chan struct{} // closed when it is kept, or will not be
	waiting int
	end     context.CancelFunc // nil until it is begun
}

// thenShare is the part of the answers' bytes, one in so many, that those as of a named moment may take.
const thenShare = 5

func newAnswers(bytes int64) *answers {
	return &answers{now: bounded.New[*kept](bytes - bytes/thenShare), then: bounded.New[*kept](bytes / thenShare), making: map[string]*making{}}
}

func (a *answers) of(q wanted) *bounded.Cache[*kept] {
	if q.then {
		return a.then
	}
	return a.now
}

func (a *answers) get(q wanted) (*kept, bool) {
	if q.what == "" {
		return nil, false
	}
	return a.of(q).Get(q.what)
}

func (a *answers) add(q wanted, k *kept) { a.of(q).Add(q.what, k, int64(len(k.content))) }

// make lets one reader make an answer, who tells when it is kept or will not be; the others wait for that, or until they are gone, and may
// then make it by themselves.
func (a *answers) make(q wanted, reader context.Context) (m *making, done func()) {
	a.mu.Lock()
	if other := a.making[q.what]; other != nil {
		other.waiting++
		a.mu.Unlock()
		select {
		case <-other.done:
		case <-reader.Done():
			a.leave(other)
		}
		q.what = ""
		a.mu.Lock()
	}
	defer a.mu.Unlock()
	m = &making{what: q.what, done: make(chan struct{}), waiting: 1}
	if q.what != "" {
		a.making[q.what] = m
	}
	stays := context.AfterFunc(reader, func() { a.leave(m) })
	return m, func() {
		stays()
		a.mu.Lock()
		defer a.mu.Unlock()
		a.forget(m)
		close(m.done)
	}
}

func (a *answers) forget(m *making) {
	if a.making[m.what] == m {
		delete(a.making, m.what)
	}
}

// leave ends what is being made when the last who waits for it is gone.
func (a *answers) leave(m *making) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if m.waiting--; m.waiting > 0 {
		return
	}
	a.forget(m) // who comes now begins anew
	if m.end != nil {
		m.end()
	}
}

// begin is the context in which an answer is made: it ends with the time for it, or when nobody waits any more.
func (a *answers) begin(m *making, reader context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := staying(reader)
	a.mu.Lock()
	defer a.mu.Unlock()
	if m.end = cancel; m.waiting == 0 {
		cancel()
	}
	return ctx, cancel
}

// pure are the questions whose answers follow from the address, the figures seen, the kept verdicts and this program alone: not from the
// time, the schedule or the runs.
var pure = map[string]bool{
	"/": true, "/regions/:name": true, "/footprints/:code": true, "/measures/:id": true, "/claims": true, "/claims/:id": true, "/calibration": true, "/method": true, "/search": true, "/provenance": true, "/loads/:id": true,
	"/api/v1/loads": true, "/api/v1/loads/:id": true, "/api/v1/loads/:id/rejections": true, "/api/v1/loads/:id/reconciliation": true, "/api/v1/loads/:id/warnings": true,
	"/api/v1/footprints": true, "/api/v1/measures": true, "/api/v1/series": true, "/api/v1/spc": true, "/api/v1/forecast": true, "/api/v1/targets": true,
	"/api/v1/overview": true, "/api/v1/peers": true, "/api/v1/claims": true, "/api/v1/claims/:id": true, "/api/v1/provenance": true,
}

// timely are those whose answers follow from the minute and the runs that have ended, too.
var timely = map[string]bool{"/review": true, "/compare": true, "/data": true, "/loads": true, "/api/v1/changes": true}

// wanted is what a request asks for.
type wanted struct {
	what string // names all that the answer is made from, with its encoding; empty where that cannot be told before it is made
	then bool   // as of a moment that the reader names
	past bool   // of other figures than those of now
}

// wanted tells what a request asks for.
func (s *server) wanted(c *gin.Context) wanted {
	switch path := c.FullPath(); {
	case path == assetsPath, path == openAPIPath:
		return wanted{what: accepted(c.GetHeader("Accept-Encoding")) + " " + c.Request.URL.Path}
	case pure[path] || timely[path]:
		asOf, err := s.Figures.Moments().AsOf(c.Request.Context(), c.Query("as_of"))
		if err != nil {
			return wanted{} // whoever makes the answer says what is wrong
		}
		what := accepted(c.GetHeader("Accept-Encoding")) + " " + asOf.Shown() + " " + question(c.Request.URL)
		if strings.HasPrefix(path, "/api/") {
			what += " " + c.GetHeader("Accept")
		}
		if timely[path] {
			what += fmt.Sprint(" ", asOf.Runs, " ", s.Figures.Moments().Now().Truncate(time.Minute))
		}
		return wanted{what, asOf.Text != "", asOf.Past()}
	}
	return wanted{}
}

// question is what an address asks, however it is written. The pages repeat the moment, so it stands there as it was given.
func question(address *url.URL) string {
	parameters := address.Query()
	for i, moment := range parameters[asOf] {
		parameters[asOf][i] = strings.TrimSpace(moment)
	}
	return (&url.URL{Path: address.Path, RawQuery: parameters.Encode()}).RequestURI()
}

// tagged answers with what is kept, or keeps what is made, and sends nothing to a reader who has it.
func (s *server) tagged(c *gin.Context) {
	if c.Request.Method != http.MethodGet {
		return
	}
	c.Request.Header.Del("Range") // an answer is whole or none
	q := s.wanted(c)
	answer, ok := s.answers.get(q)
	if !ok {
		answer, ok = s.make(c, q)
	}
	if ok {
		c.Abort()
		s.send(c, answer)
	}
}

// make makes an answer in a place for it, unless another reader has made the same meanwhile. It is not ok where the reader was
// refused.
func (s *server) make(c *gin.Context, q wanted) (answer *kept, ok bool) {
	reader := c.Request.Context()
	m, done := s.answers.make(q, reader)
	defer done()
	if answer, ok = s.answers.get(q); ok {
		return answer, true
	}
	leave, err := s.placesFor(c, q).enter(c.Request.Context(), 1)
	if err != nil {
		s.refuse(c, notMade(err))
		return nil, false
	}
	defer leave()
	if answer, ok = s.answers.get(q); ok {
		return answer, true
	}
	made, header := &held{ResponseWriter: c.Writer, status: http.StatusOK}, c.Writer.Header()
	before := header.Clone() // what stands there follows from the reader
	func() {
		ctx, cancel := s.answers.begin(m, reader)
		defer cancel()
		defer func(request *http.Request) { c.Writer, c.Request = made.ResponseWriter, request }(c.Request) // for who recovers, too
		c.Writer, c.Request = made, c.Request.WithContext(ctx)
		c.Next()
	}()
	switch {
	case made.tooLong:
		clear(header)
		maps.Copy(header, before)
		s.refuse(c, tooLong())
		return nil, false
	case made.status != http.StatusOK:
		made.release()
		return nil, false
	}
	sum := sha256.Sum256(made.content.Bytes())
	header.Del("Content-Length")
	if header.Get("Content-Type") == "text/csv" { // as it was asked for
		header.Set("Content-Type", csvType)
	}
	answer = &kept{tag: `W/"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`, header: http.Header{"Cache-Control": {"no-cache"}}, content: made.content.Bytes()}
	for name, values := range header {
		if !slices.Equal(values, before[name]) {
			answer.header[name] = values
		}
	}
	if q.what != "" {
		answer.encoding = accepted(c.GetHeader("Accept-Encoding"))
		answer.content = encodings[answer.encoding](answer.content, c.FullPath() == assetsPath)
		s.answers.add(q, answer)
	}
	return answer, true
}

// known tells a reader who has the answer already that nothing has changed.
func (k *kept) known(c *gin.Context) bool {
	for tag := range strings.SplitSeq(c.GetHeader("If-None-Match"), ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(k.tag, "W/") {
			k.head(c)
			c.Header("Content-Type", "")
			c.Header("Content-Disposition", "")
			c.Status(http.StatusNotModified)
			c.Writer.WriteHeaderNow()
			return true
		}
	}
	return false
}

// send sends an answer; a long one when there is room for it among those that are being sent.
func (s *server) send(c *gin.Context, k *kept) {
	if k.known(c) {
		return
	}
	if n := int64(len(k.content)); n > longAnswer {
		leave, err := s.sending.enter(c.Request.Context(), n)
		if err != nil {
			s.refuse(c, notMade(err))
			return
		}
		defer leave()
		// A wrapper that knows no deadline leaves that of the server.
		_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(min(WriteTime, leastSendTime+time.Duration(n)*time.Second/leastPace)))
	}
	k.head(c)
	c.Header("Content-Encoding", k.encoding)
	c.Data(http.StatusOK, k.header.Get("Content-Type"), k.content)
}

func (k *kept) head(c *gin.Context) {
	for name, values := range k.header {
		c.Writer.Header()[name] = slices.Clone(values)
	}
	c.Header("ETag", k.tag)
}

// encodings write an answer as a reader takes it: better where it is kept for long.
var encodings = map[string]func(content []byte, better bool) []byte{
	"br": func(content []byte, better bool) []byte {
		level := 5
		if better {
			level = 9
		}
		var out bytes.Buffer
		return encoded(brotli.NewWriterLevel(&out, level), &out, content)
	},
	"gzip": func(content []byte, _ bool) []byte {
		var out bytes.Buffer
		return encoded(gzip.NewWriter(&out), &out, content)
	},
	"": func(content []byte, _ bool) []byte { return bytes.Clone(content) },
}

func encoded(w io.WriteCloser, out *bytes.Buffer, content []byte) []byte {
	_, err := w.Write(content)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // memory takes what is written
	}
	return bytes.Clone(out.Bytes())
}

// accepted is the best encoding that a reader takes; empty for none.
func accepted(header string) string {
	best := ""
	for one := range strings.SplitSeq(header, ",") {
		name, quality, weighed := strings.Cut(strings.ReplaceAll(one, " ", ""), ";q=")
		if weighed && strings.Trim(quality, "0.") == "" {
			continue
		}
		if name == "br" || name == "gzip" && best == "" {
			best = name
		}
	}
	return best
}

// held holds an answer back until it is whole.
type held struct {
	gin.ResponseWriter
	status  int
	content bytes.Buffer
	tooLong bool
}

func (w *held) WriteHeader(status int) { w.status = status }
func (w *held) WriteHeaderNow()        {}
func (w *held) Status() int            { return w.status }
func (w *held) Written() bool          { return false }

func (w *held) Write(part []byte) (int, error) {
	if w.tooLong = w.tooLong || w.content.Len()+len(part) > mostWhole; w.tooLong {
		w.content = bytes.Buffer{}
		return len(part), nil
	}
	return w.content.Write(part)
}

func (w *held) WriteString(part string) (int, error) { return w.Write([]byte(part)) }

// release sends what was held back.
func (w *held) release() {
	w.ResponseWriter.WriteHeader(w.status)
	w.ResponseWriter.WriteHeaderNow()
	_, _ = w.ResponseWriter.Write(w.content.Bytes()) // the reader may be gone
}
