package web

import (
	"context"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"stpdash/internal/figures"
)

// What one request may be and take. Questions stand in the address; of a body only forms are read.
const (
	// MaxHeader bounds the request line and the headers in bytes.
	MaxHeader = 32 << 10
	// ReadTime bounds how long a request may take to arrive.
	ReadTime = 20 * time.Second
	// WriteTime bounds an answer, which may be long and its line slow.
	WriteTime = 5 * time.Minute

	maxAddress = 4 << 10  // bytes
	maxValue   = 300      // bytes of one parameter
	maxBody    = 64 << 10 // a form with the longest note, each of its characters written as bytes in percent
	maxMoment  = 40       // bytes of an as_of that the links of a problem's page keep
)

// guard keeps from the routes what they do not answer.
type guard struct {
	public    *url.URL
	ready     func(context.Context) error
	rate      float64 // questions a second of one client; 0 for as many as it likes
	limiter   *rateLimiter
	proxies   proxies
	unnamed   sync.Once // says of one that is not among them
	admission *admission
	respond   *responder
}

// secure sets the headers that keep a page from being more than a page.
func (g *guard) secure(c *gin.Context) {
	for name, value := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; " + // blob: a chart that is saved
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "same-origin",
		"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
	} {
		c.Header(name, value)
	}
	if g.overTLS(c.Request) {
		c.Header("Strict-Transport-Security", "max-age=31536000")
	}
}

// overTLS is whether the reader's browser asked by https.
func (g *guard) overTLS(r *http.Request) bool {
	return r.TLS != nil || g.proxies.sent(r) && r.Header.Get("X-Forwarded-Proto") == "https" || g.public != nil && g.public.Scheme == "https"
}

// site is the public address, without what would follow it.
func site(public *url.URL) string { return public.Scheme + "://" + public.Host }

// requireOwnHost refuses a request that was sent to a name of somebody else, who may have it lead here: a page there would read our answers as its own.
func (g *guard) requireOwnHost(c *gin.Context) {
	if g.public == nil {
		return
	}
	name, port := hostOf(c.Request.Host)
	wanted, at := hostOf(g.public.Host)
	if usual := map[string]string{"http": "80", "https": "443"}[g.public.Scheme]; at == "" {
		at = usual
	}
	if name == wanted && (port == "" || port == at) || isLoopbackName(name) {
		return
	}
	g.respond.refuse(c, newProblem(http.StatusMisdirectedRequest, "The request was sent to another host; accepted is "+site(g.public)+"."))
}

// requireAddress refuses an address that no link of ours leads to: too long, not UTF-8, with control characters, or a parameter said twice.
func (g *guard) requireAddress(c *gin.Context) {
	if p := misaddressed(c.Request); p != nil {
		g.respond.refuse(c, p)
	}
}

func misaddressed(r *http.Request) *problem {
	if n := len(r.RequestURI); n > maxAddress {
		return newProblem(http.StatusRequestURITooLong, fmt.Sprintf("The address has %d bytes; accepted are at most %d.", n, maxAddress))
	}
	if !clean(r.URL.Path) {
		return newProblem(http.StatusBadRequest, "The address holds what is no text; accepted are letters, numbers and signs in UTF-8.")
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return newProblem(http.StatusBadRequest,
			fmt.Sprintf("What follows ? in the address cannot be read: %v; accepted are parameters such as measure=ae_four_hour.", err))
	}
	most := maxValue
	if r.URL.Path == ProviderBack { // the code of a provider is long
		most = maxAddress
	}
	for name, values := range query {
		var accepted string
		switch value := values[0]; {
		case !clean(name):
			return newProblem(http.StatusBadRequest, "The name of a parameter holds what is no text; accepted are names in UTF-8.")
		case len(values) > 1:
			accepted = "one value; it was given " + fmt.Sprint(len(values)) + " times"
		case len(value) > most:
			accepted = fmt.Sprintf("at most %d bytes", most)
			values[0] = strings.ToValidUTF8(value[:40], "") + "..."
		case !clean(value):
			accepted = "text in UTF-8 without control characters"
		}
		if accepted != "" {
			return problemOf(&figures.InputError{Parameter: brief(name), Value: strings.ToValidUTF8(values[0], "\uFFFD"), Accepted: accepted})
		}
	}
	return nil
}

func brief(name string) string {
	if letters := []rune(name); len(letters) > 40 {
		return string(letters[:40]) + "..."
	}
	return name
}

func clean(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// maxClients bounds how many addresses are remembered; those that asked longest ago are forgotten, with what they had left.
const maxClients = 10_000

// burst is how many seconds' worth of requests may come at once.
const burst = 5

// rateLimiter lets each client ask so many questions a second.
type rateLimiter struct {
	rate    rate.Limit // 0: as many as they like
	now     func() time.Time
	clients *lru.Cache[string, *rate.Limiter]
}

func newRateLimiter(perSecond float64, now func() time.Time) *rateLimiter {
	clients, err := lru.New[string, *rate.Limiter](maxClients)
	if err != nil {
		panic(err) // the size is over zero
	}
	return &rateLimiter{rate.Limit(perSecond), now, clients}
}

// wait is how long a client has to wait before it may ask; 0 where it may.
func (l *rateLimiter) wait(client string) time.Duration {
	if l.rate == 0 {
		return 0
	}
	now := l.now()
	limiter, ok := l.clients.Get(client)
	if !ok {
		limiter = rate.NewLimiter(l.rate, max(1, int(float64(l.rate)*burst)))
		if known, ok, _ := l.clients.PeekOrAdd(client, limiter); ok {
			limiter = known
		}
	}
	if limiter.AllowN(now, 1) {
		return 0
	}
	// Not by reservations that are cancelled: of many at once some would stay counted.
	return max(time.Nanosecond, time.Duration((1-limiter.TokensAt(now))/float64(l.rate)*float64(time.Second)))
}

// limitRate refuses a client that asks too much.
func (g *guard) limitRate(c *gin.Context) {
	if wait := g.limiter.wait(g.proxies.client(c.Request)); wait > 0 {
		if len(g.proxies) == 0 && c.GetHeader("X-Forwarded-For") != "" {
			g.unnamed.Do(func() {
				g.respond.logger.Warn("questions of a proxy are refused as those of one client; if it is yours, STP_TRUSTED_PROXIES names it", "address", c.RemoteIP())
			})
		}
		p := newProblem(http.StatusTooManyRequests,
			fmt.Sprintf("More came from your address than %g requests a second. Try again in a moment; a program should ask more slowly.", g.rate))
		p.retryAfter = max(1, int(math.Ceil(wait.Seconds())))
		g.respond.refuse(c, p)
	}
}

// questionTime bounds how long one answer may take.
const questionTime = 40 * time.Second

// limitBody bounds what a request sends.
func limitBody(most int64) gin.HandlerFunc {
	return func(c *gin.Context) { c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most) }
}

func limitTime(c *gin.Context) { within(questionTime)(c) }

// within bounds how long an answer may take.
func within(longest time.Duration) gin.HandlerFunc {
	return func(c *gin.Context) {
		ctx, cancel := context.WithTimeout(c.Request.Context(), longest)
		defer cancel()
		c.Request = c.Request.WithContext(ctx)
		c.Next()
	}
}

// requireReady answers at once while the warehouse is away.
func (g *guard) requireReady(c *gin.Context) {
	if err := g.ready(c.Request.Context()); err != nil {
		g.respond.refuse(c, problemOf(fmt.Errorf("%w: %w", figures.ErrUnavailable, err)))
	}
}

// admit lets those through who may ask. A reader of pages who is not signed in is led to where one signs in.
func (g *guard) admit(r Route) gin.HandlerFunc {
	return func(c *gin.Context) {
		var p *problem
		if _, known := access[r.Who]; !known || r.Who < Reader {
			p = g.admission.refusal(r.Who, c.Request)
		}
		if p == nil && (r.Who == TokenHolder || r.Who >= Reader) { // a route that asks who they are
			p = g.admitVisitor(c, r.Who)
		}
		switch {
		case p == nil:
		case p.Status == http.StatusUnauthorized && c.Request.Method == http.MethodGet && (r.handler.kind == pageKind || r.handler.kind == formKind):
			at := url.URL{Path: signInPath, RawQuery: url.Values{"next": {c.Request.URL.RequestURI()}}.Encode()}
			c.Header("Cache-Control", "no-store")
			c.Redirect(http.StatusSeeOther, at.String())
			c.Abort()
		default:
			g.respond.refuse(c, p)
		}
	}
}

// requireKnown refuses parameters that a route does not have.
func (g *guard) requireKnown(r Route) gin.HandlerFunc {
	accepted := r.Parameters()
	return func(c *gin.Context) {
		for _, name := range slices.Sorted(maps.Keys(c.Request.URL.Query())) {
			if !slices.Contains(accepted, name) {
				g.respond.refuse(c, problemOf(figures.UnknownParameterError{InputError: &figures.InputError{
					Parameter: name, Value: c.Query(name), Accepted: strings.Join(accepted, ", "),
				}}))
				return
			}
		}
	}
}
