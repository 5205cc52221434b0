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

	"stpdash/internal/act"
	"stpdash/internal/bytecache"
	"stpdash/internal/figures"
)

// maxWhole bounds an answer, which is made whole before it is sent. A longer one is refused.
const maxWhole = 16 << 20

// cachedResponse is a whole answer in one encoding.
type cachedResponse struct {
	what          string // that it was made from
	tag, encoding string
	header        http.Header // what its maker set
	content       []byte
}

// responses are answers, each under the key of what it was made from, so that none has to be forgotten because something was loaded. Those as of
// a moment that the reader names, of which there are as many as one can write, have a share of their own.
type responses struct {
	current, past *bytecache.Cache[*cachedResponse]
	mu            sync.Mutex
	making        map[string]*making
}

// making is an answer that is being made for all who wait for it.
type making struct {
	what    string
	done    chan struct{} // closed when it is cached, or will not be
	waiting int
	end     context.CancelFunc // nil before the first reader makes it
}

// pastShare is the part of the answers' bytes, one in so many, that those as of a named moment may take.
const pastShare = 5

func newResponses(bytes int64) *responses {
	past := bytes / pastShare
	return &responses{current: bytecache.New[*cachedResponse](bytes - past), past: bytecache.New[*cachedResponse](past), making: map[string]*making{}}
}

func (a *responses) of(q cacheKey) *bytecache.Cache[*cachedResponse] {
	if q.named {
		return a.past
	}
	return a.current
}

func (a *responses) get(q cacheKey) (*cachedResponse, bool) {
	if q.what == "" {
		return nil, false
	}
	k, ok := a.of(q).Get(q.place)
	return k, ok && k.what == q.what
}

func (a *responses) add(q cacheKey, k *cachedResponse) {
	k.what = q.what
	a.of(q).Add(q.place, k, int64(len(k.content)))
}

// make lets one reader make an answer, and calls done when it is cached or will not be. The others wait for that, or until they are gone, and may
// then make it themselves.
func (a *responses) make(q cacheKey, reader context.Context) (m *making, done func()) {
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

func (a *responses) forget(m *making) {
	if a.making[m.what] == m {
		delete(a.making, m.what)
	}
}

// leave ends what is being made when the last who waits for it is gone.
func (a *responses) leave(m *making) {
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
func (a *responses) begin(m *making, reader context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := staying(reader)
	a.mu.Lock()
	defer a.mu.Unlock()
	if m.end = cancel; m.waiting == 0 {
		cancel()
	}
	return ctx, cancel
}

// cacheKey names what an answer is made from.
type cacheKey struct {
	what  string // all that the answer is made from, with its encoding; empty where that is not known before it is made
	named bool   // as of a moment that the reader names
	// place is where the answer is cached: the same for all ways to name a moment at which the figures stood alike. The pages repeat the moment
	// as it was named, so only the answer to the last of them is there; however many are named, they push out nothing else.
	place string
}

// responseCache keeps answers for others who ask the same, and bounds how many are made and sent at once.
type responseCache struct {
	responses *responses
	figures   *figures.Figures
	acts      *act.Log // nil where nobody acts
	// Where answers are made.
	light, costly     *places
	lightOf, costlyOf *clients
	proxies           proxies
	sending           *places // bytes of long answers
	respond           *responder
}

// key names what the answer to a request is made from.
func (h *responseCache) key(c *gin.Context, r Route) cacheKey {
	encoding := accepted(c.GetHeader("Accept-Encoding"))
	switch r.Caching {
	case NotCached:
		return cacheKey{}
	case CacheableForever:
		what := encoding + " " + c.Request.URL.Path
		return cacheKey{what: what, place: what}
	}
	moment, err := h.figures.Moments().AsOf(c.Request.Context(), c.Query(asOf))
	if err != nil {
		return cacheKey{} // who makes the answer says what is wrong
	}
	place := encoding + " " + moment.Shown() + " " + ofAnyMoment(c.Request.URL) + h.acted(c.Request.Context())
	if r.handler.kind == answerKind {
		place += " " + c.GetHeader("Accept")
	}
	if r.Caching == CacheablePerMinute {
		place += fmt.Sprint(" ", moment.Runs, " ", h.figures.Moments().Now().Truncate(time.Minute))
	}
	return cacheKey{what: place + " as of " + momentOf(c), named: moment.Text != "", place: place}
}

// acted names what follows from acts and is shown to readers.
func (h *responseCache) acted(ctx context.Context) (shown string) {
	if h.acts == nil {
		return ""
	}
	if err := h.acts.View(ctx, func(s *act.State) { shown = fmt.Sprint(" ", s.Shown, " ", s.Peopled()) }); err != nil {
		return " unknown" // the answer says so, where it shows any
	}
	return shown
}

// canonical is what an address asks, however it is written.
func canonical(address *url.URL) string {
	parameters := address.Query()
	for i, moment := range parameters[asOf] {
		parameters[asOf][i] = strings.TrimSpace(moment)
	}
	return (&url.URL{Path: address.Path, RawQuery: parameters.Encode()}).RequestURI()
}

// ofAnyMoment is what an address asks, whatever the moment it names.
func ofAnyMoment(address *url.URL) string {
	parameters := address.Query()
	parameters.Del(asOf)
	return canonical(&url.URL{Path: address.Path, RawQuery: parameters.Encode()})
}

// cacheResponse answers from the cache, or caches what is made, and sends nothing to a reader who has it.
func (h *responseCache) cacheResponse(r Route) gin.HandlerFunc {
	lane := h.costly.lane()
	return func(c *gin.Context) {
		if c.Request.Method != http.MethodGet {
			return
		}
		c.Request.Header.Del("Range") // an answer is whole or none
		q := h.key(c, r)
		answer, ok := h.responses.get(q)
		if !ok {
			answer, ok = h.make(c, r, lane, q)
		}
		if ok {
			c.Abort()
			h.send(c, answer)
		}
	}
}

// make makes an answer in a place for it, unless another reader has made the same meanwhile. It is not ok where the reader was
// refused.
func (h *responseCache) make(c *gin.Context, r Route, lane *places, q cacheKey) (answer *cachedResponse, ok bool) {
	reader := c.Request.Context()
	m, done := h.responses.make(q, reader)
	defer done()
	if answer, ok = h.responses.get(q); ok {
		return answer, true
	}
	leave, err := h.enter(c, r, lane, q)
	if err != nil {
		h.respond.refuse(c, notMade(err))
		return nil, false
	}
	defer leave()
	if answer, ok = h.responses.get(q); ok {
		return answer, true
	}
	made, header := &bufferedWriter{ResponseWriter: c.Writer, status: http.StatusOK}, c.Writer.Header()
	before := header.Clone() // what stands there follows from the reader
	func() {
		ctx, cancel := h.responses.begin(m, reader)
		defer cancel()
		defer func(request *http.Request) { c.Writer, c.Request = made.ResponseWriter, request }(c.Request) // for who recovers, too
		c.Writer, c.Request = made, c.Request.WithContext(ctx)
		c.Next()
	}()
	switch {
	case made.tooLong:
		clear(header)
		maps.Copy(header, before)
		h.respond.refuse(c, tooLong())
		return nil, false
	case made.status != http.StatusOK:
		made.release()
		return nil, false
	}
	sum := sha256.Sum256(made.content.Bytes())
	header.Del("Content-Length")
	if header.Get("Content-Type") == "text/csv" { // as the format is called
		header.Set("Content-Type", csvType)
	}
	tag := `W/"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
	answer = &cachedResponse{tag: tag, header: http.Header{"Cache-Control": {"no-cache"}}, content: made.content.Bytes()}
	for name, values := range header {
		if !slices.Equal(values, before[name]) {
			answer.header[name] = values
		}
	}
	if q.what != "" {
		answer.encoding = accepted(c.GetHeader("Accept-Encoding"))
		answer.content = encodings[answer.encoding](answer.content, r.handler.kind == assetKind)
		h.responses.add(q, answer)
	}
	return answer, true
}

// unchanged answers a reader who has the answer already that nothing has changed.
func (k *cachedResponse) unchanged(c *gin.Context) bool {
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
func (h *responseCache) send(c *gin.Context, k *cachedResponse) {
	if k.unchanged(c) {
		return
	}
	if n := int64(len(k.content)); n > longAnswer {
		leave, err := h.sending.enter(c.Request.Context(), n)
		if err != nil {
			h.respond.refuse(c, notMade(err))
			return
		}
		defer leave()
		// A wrapper that knows no deadline leaves that of the server.
		_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(min(WriteTime, minSendTime+time.Duration(n)*time.Second/minPace)))
	}
	k.head(c)
	c.Header("Content-Encoding", k.encoding)
	c.Data(http.StatusOK, k.header.Get("Content-Type"), k.content)
}

func (k *cachedResponse) head(c *gin.Context) {
	for name, values := range k.header {
		c.Writer.Header()[name] = slices.Clone(values)
	}
	if c.GetBool(readerAlone) { // it is kept here for all who may read
		c.Header("Cache-Control", keeping(c))
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

// bufferedWriter keeps an answer until it is whole.
type bufferedWriter struct {
	gin.ResponseWriter
	status  int
	content bytes.Buffer
	tooLong bool
}

func (w *bufferedWriter) WriteHeader(status int) { w.status = status }
func (w *bufferedWriter) WriteHeaderNow()        {}
func (w *bufferedWriter) Status() int            { return w.status }
func (w *bufferedWriter) Written() bool          { return false }

func (w *bufferedWriter) Write(part []byte) (int, error) {
	if w.tooLong = w.tooLong || w.content.Len()+len(part) > maxWhole; w.tooLong {
		w.content = bytes.Buffer{}
		return len(part), nil
	}
	return w.content.Write(part)
}

func (w *bufferedWriter) WriteString(part string) (int, error) { return w.Write([]byte(part)) }

// release sends what was bufferedWriter back.
func (w *bufferedWriter) release() {
	w.ResponseWriter.WriteHeader(w.status)
	w.ResponseWriter.WriteHeaderNow()
	_, _ = w.ResponseWriter.Write(w.content.Bytes()) // the reader may be gone
}
