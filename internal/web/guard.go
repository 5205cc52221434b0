package web

import (
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"stpdash/internal/figures"
)

// What one request may be and take. Questions stand in the address; no body is read.
const (
	// MostHeader bounds the request line and the headers in bytes.
	MostHeader = 32 << 10
	// ReadTime bounds how long a request may take to arrive.
	ReadTime = 20 * time.Second
	// WriteTime bounds an answer, which may be long and its line slow.
	WriteTime = 5 * time.Minute

	mostAddress = 4 << 10 // bytes
	mostValue   = 300     // bytes of one parameter
	mostBody    = 4 << 10
	mostMoment  = 40 // bytes of an as_of that the links of a problem's page keep
)

// secure sets the headers that keep a page from being more than a page.
func (s *server) secure(c *gin.Context) {
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
	if c.Request.TLS != nil || c.GetHeader("X-Forwarded-Proto") == "https" || s.PublicURL != nil && s.PublicURL.Scheme == "https" {
		c.Header("Strict-Transport-Security", "max-age=31536000")
	}
}

// site is the public address, without what would follow it.
func site(public *url.URL) string { return public.Scheme + "://" + public.Host }

// ours refuses a request that was sent to a name of somebody else, who may have it lead here: a page there would read our answers as its own.
func (s *server) ours(c *gin.Context) {
	if s.PublicURL == nil {
		return
	}
	name, port := hostOf(c.Request.Host)
	wanted, at := hostOf(s.PublicURL.Host)
	if usual := map[string]string{"http": "80", "https": "443"}[s.PublicURL.Scheme]; at == "" {
		at = usual
	}
	if name == wanted && (port == "" || port == at) || isLoopbackName(name) {
		return
	}
	s.refuse(c, newProblem(http.StatusMisdirectedRequest, "The request was sent to another host; accepted is "+site(s.PublicURL)+"."))
}

// check refuses an address that no link of ours leads to: too long, not UTF-8, with control characters, or a parameter said twice.
func (s *server) check(c *gin.Context) {
	if p := misaddressed(c.Request); p != nil {
		s.refuse(c, p)
	}
}

func misaddressed(r *http.Request) *problem {
	if n := len(r.RequestURI); n > mostAddress {
		return newProblem(http.StatusRequestURITooLong, fmt.Sprintf("The address has %d bytes; accepted are at most %d.", n, mostAddress))
	}
	if !clean(r.URL.Path) {
		return newProblem(http.StatusBadRequest, "The address holds what is no text; accepted are letters, numbers and signs in UTF-8.")
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return newProblem(http.StatusBadRequest, fmt.Sprintf("What follows ? in the address cannot be read: %v; accepted are parameters such as measure=ae_four_hour.", err))
	}
	for name, values := range query {
		var accepted string
		switch value := values[0]; {
		case !clean(name):
			return newProblem(http.StatusBadRequest, "The name of a parameter holds what is no text; accepted are names in UTF-8.")
		case len(values) > 1:
			accepted = "one value; it was given " + fmt.Sprint(len(values)) + " times"
		case len(value) > mostValue:
			accepted = fmt.Sprintf("at most %d bytes", mostValue)
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

// mostClients bounds how many addresses are remembered; those that asked longest ago are forgotten, with what they had left.
const mostClients = 10_000

// burst is how many seconds' worth of requests may come at once.
const burst = 5

// pace lets each client ask so many questions a second.
type pace struct {
	rate    rate.Limit // 0: as many as they like
	now     func() time.Time
	clients *lru.Cache[string, *rate.Limiter]
}

func newPace(perSecond float64, now func() time.Time) *pace {
	clients, err := lru.New[string, *rate.Limiter](mostClients)
	if err != nil {
		panic(err) // the size is over zero
	}
	return &pace{rate.Limit(perSecond), now, clients}
}

// wait is how long a client has to wait before it may ask; 0 where it may.
func (p *pace) wait(client string) time.Duration {
	if p.rate == 0 {
		return 0
	}
	now := p.now()
	limiter, ok := p.clients.Get(client)
	if !ok {
		limiter = rate.NewLimiter(p.rate, max(1, int(float64(p.rate)*burst)))
		if known, ok, _ := p.clients.PeekOrAdd(client, limiter); ok {
			limiter = known
		}
	}
	reserved := limiter.ReserveN(now, 1)
	wait := reserved.DelayFrom(now)
	if wait > 0 {
		reserved.CancelAt(now)
	}
	return wait
}

// throttle refuses a client that asks too much.
func (s *server) throttle(c *gin.Context) {
	if wait := s.pace.wait(client(c)); wait > 0 {
		p := newProblem(http.StatusTooManyRequests, fmt.Sprintf("More came from your address than %g requests a second. Try again in a moment; a program should ask more slowly.", s.Rate))
		p.retryAfter = max(1, int(math.Ceil(wait.Seconds())))
		s.refuse(c, p)
	}
}

// proxies whose word is taken for whom they ask: those of this machine.
var proxies = []string{"127.0.0.1", "::1"}

// client names who asks. One household or office has a /64 of IPv6 addresses, and is one client.
func client(c *gin.Context) string {
	address, err := netip.ParseAddr(c.ClientIP())
	if err != nil {
		return ""
	}
	if address = address.Unmap(); address.Is6() {
		if net, err := address.WithZone("").Prefix(64); err == nil {
			return net.String()
		}
	}
	return address.String()
}

// Routes are the addresses that New answers, parameters of the path written :name.
func Routes() []string {
	var routes []string
	for _, route := range newServer(Options{Registry: prometheus.NewRegistry()}).router().Routes() {
		if route.Method == http.MethodGet {
			routes = append(routes, route.Path)
		}
	}
	slices.Sort(routes)
	return routes
}
