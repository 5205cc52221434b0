package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/gin-gonic/gin"
	"github.com/hashicorp/golang-lru/v2/simplelru"
)

const (
	// mostKept bounds the answers that are kept, in bytes as they are kept. All pages as of a few moments come to less.
	mostKept = 64 << 20
	// mostWhole bounds an answer that is made whole before it is sent; a longer one has no tag.
	mostWhole = 16 << 20
)

// kept is a whole answer in one encoding.
type kept struct {
	tag, kind, disposition, caching, encoding string
	content                                   []byte
}

// answers are kept by what they were made from, so that none has to be forgotten because something was loaded.
type answers struct {
	mu     sync.Mutex
	byWhat *simplelru.LRU[string, *kept]
	bytes  int
	making map[string]chan struct{} // closed when what is being made is kept, or will not be
}

func newAnswers() *answers {
	a := &answers{making: map[string]chan struct{}{}}
	byWhat, err := simplelru.NewLRU(mostKept, func(what string, k *kept) { a.bytes -= len(what) + len(k.content) }) // the bytes bound it before the number does
	if err != nil {
		panic(err) // the size is over zero
	}
	a.byWhat = byWhat
	return a
}

func (a *answers) get(what string) (*kept, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.byWhat.Get(what)
}

func (a *answers) add(what string, k *kept) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.byWhat.Remove(what)
	a.bytes += len(what) + len(k.content)
	a.byWhat.Add(what, k)
	for a.bytes > mostKept {
		a.byWhat.RemoveOldest()
	}
}

// make lets one reader make an answer, who tells when it is done; the others wait for that, or until they are gone.
func (a *answers) make(what string, gone <-chan struct{}) (done func()) {
	a.mu.Lock()
	making, others := a.making[what]
	if !others {
		making = make(chan struct{})
		a.making[what] = making
	}
	a.mu.Unlock()
	if !others {
		return func() {
			a.mu.Lock()
			delete(a.making, what)
			a.mu.Unlock()
			close(making)
		}
	}
	select {
	case <-making:
	case <-gone:
	}
	return func() {}
}

// pure are the questions whose answers follow from the address, the figures seen, the kept verdicts and this program alone: not from the
// time, the schedule or the runs.
var pure = map[string]bool{
	"/": true, "/regions/:name": true, "/footprints/:code": true, "/measures/:id": true, "/claims": true, "/claims/:id": true, "/calibration": true, "/method": true, "/search": true, "/provenance": true, "/loads/:id": true,
	"/api/v1/footprints": true, "/api/v1/measures": true, "/api/v1/series": true, "/api/v1/spc": true, "/api/v1/forecast": true, "/api/v1/targets": true,
	"/api/v1/overview": true, "/api/v1/peers": true, "/api/v1/claims": true, "/api/v1/claims/:id": true, "/api/v1/provenance": true,
}

// timely are those whose answers follow from the minute and the runs that have ended, too.
var timely = map[string]bool{"/review": true, "/compare": true, "/data": true, "/loads": true}

// made names what the answer to a request is made from; empty where that cannot be told before it is made.
func (s *server) made(c *gin.Context) string {
	switch path := c.FullPath(); {
	case path == assetsPath:
		return c.Request.URL.Path
	case pure[path] || timely[path]:
		asOf, err := s.Composer.AsOf(c.Request.Context(), c.Query("as_of"))
		if err != nil {
			return "" // whoever makes the answer says what is wrong
		}
		what := asOf.Shown() + " " + c.Request.URL.RequestURI()
		if strings.HasPrefix(path, "/api/") {
			what += " " + c.GetHeader("Accept")
		}
		if timely[path] {
			what += fmt.Sprint(" ", asOf.Runs, " ", s.Composer.Now().Truncate(time.Minute))
		}
		return what
	}
	return ""
}

// tagged answers with what is kept, or keeps what is made, and sends nothing to a reader who has it.
func (s *server) tagged(c *gin.Context) {
	if c.Request.Method != http.MethodGet {
		return
	}
	c.Request.Header.Del("Range") // an answer is whole or none
	what, encoding := s.made(c), accepted(c.GetHeader("Accept-Encoding"))
	if what != "" {
		known, ok := s.answers.get(encoding + " " + what)
		if !ok {
			defer s.answers.make(encoding+" "+what, c.Request.Context().Done())()
			known, ok = s.answers.get(encoding + " " + what)
		}
		if ok {
			c.Abort()
			known.send(c)
			return
		}
	}
	made := &held{ResponseWriter: c.Writer, status: http.StatusOK}
	func() {
		defer func() { c.Writer = made.ResponseWriter }() // for who recovers, too
		c.Writer = made
		c.Next()
	}()
	switch {
	case made.sent:
	case made.status != http.StatusOK:
		made.release()
	default:
		sum := sha256.Sum256(made.content.Bytes())
		header := c.Writer.Header()
		if header.Get("Cache-Control") == "" {
			header.Set("Cache-Control", "no-cache")
		}
		answer := &kept{`W/"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`, header.Get("Content-Type"), header.Get("Content-Disposition"), header.Get("Cache-Control"),
			encoding, made.content.Bytes()}
		header.Del("Content-Length")
		switch {
		case what != "":
			answer.content = encodings[encoding](answer.content, c.FullPath() == assetsPath)
			s.answers.add(encoding+" "+what, answer)
			answer.send(c)
		case !answer.known(c):
			header.Set("ETag", answer.tag)
			made.release()
		}
	}
}

// known tells a reader who has the answer already that nothing has changed.
func (k *kept) known(c *gin.Context) bool {
	for tag := range strings.SplitSeq(c.GetHeader("If-None-Match"), ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || strings.TrimPrefix(tag, "W/") == strings.TrimPrefix(k.tag, "W/") {
			c.Header("ETag", k.tag)
			c.Header("Cache-Control", k.caching)
			c.Header("Content-Type", "")
			c.Status(http.StatusNotModified)
			c.Writer.WriteHeaderNow()
			return true
		}
	}
	return false
}

func (k *kept) send(c *gin.Context) {
	if k.known(c) {
		return
	}
	c.Header("ETag", k.tag)
	c.Header("Cache-Control", k.caching)
	c.Header("Content-Disposition", k.disposition)
	c.Header("Content-Encoding", k.encoding)
	c.Data(http.StatusOK, k.kind, k.content)
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
	sent    bool // it is too long to be held back
}

func (w *held) WriteHeader(status int) { w.status = status }
func (w *held) WriteHeaderNow()        {}
func (w *held) Status() int            { return w.status }
func (w *held) Written() bool          { return w.sent }

func (w *held) Write(part []byte) (int, error) {
	if !w.sent && w.content.Len()+len(part) > mostWhole {
		w.release()
		w.sent = true
	}
	if w.sent {
		return w.ResponseWriter.Write(part)
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
