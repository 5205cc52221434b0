// Package web serves the pages and the API.
package web

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus"

	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/archivecache"
	"stpdash/internal/audit"
	"stpdash/internal/chromium"
	"stpdash/internal/figures"
	"stpdash/internal/identity"
	"stpdash/internal/load"
	"stpdash/internal/pages"
	"stpdash/internal/register"
)

// Options are what the server needs.
type Options struct {
	Figures  *figures.Figures
	Loads    *figures.Loads
	Register *register.Register
	Pages    *pages.Composer
	// Schedule is when each source runs, and how its latest run went.
	Schedule func(ctx context.Context) ([]load.Entry, error)
	// Run starts a run of a source and gives its number.
	Run func(source string) (uint64, error)
	// Render writes a page by its name.
	Render func(w io.Writer, name string, page any) error
	Assets fs.FS
	// Ready says why questions cannot be answered, which are then answered 503.
	Ready    func(ctx context.Context) error
	Registry *prometheus.Registry
	Logger   *slog.Logger
	Version  string
	// PublicURL is where readers find the service; without one no answer names a host.
	PublicURL *url.URL
	// Rate is how many questions a second each client may ask, for long; 0 lets it ask as many as it likes.
	Rate float64
	// TrustedProxies are the addresses and networks of proxies that say for whom they ask, as [config.Config] has checked them. No header
	// of anybody else says who asks.
	TrustedProxies []string
	// Accounts and Acts are who may act and what they did; without them nobody can.
	// Provider is where people can sign in, beside here; nil where there is none.
	Provider *identity.Provider
	Accounts *account.Accounts
	Acts     *act.Log
	// ListActs lists acts, the newest first.
	ListActs func(ctx context.Context, f act.Filter) ([]act.Act, error)
	// Returns takes what people return in the browser.
	Returns load.Returns
	// ReadClosed keeps those out who are not signed in.
	ReadClosed bool
	// Packs keeps the audit packs of claims.
	Packs *audit.PackCache
	// Browser prints pages, which Prints keeps; without it there is no PDF.
	Browser *chromium.Browser
	Prints  *archivecache.Cache
	// Packages keeps the data packages of all figures.
	Packages *archivecache.Cache
	// Program names this program, to the byte.
	Program string
	// CacheBytes bounds those of the cached answers; 64 MiB where it is 0.
	CacheBytes int64
	Now        func() time.Time
}

// progress is how far what came with the product is loaded.
func (o Options) progress() load.Progress { return o.Figures.Moments().Progress() }

// New makes the handler of all requests. It panics where a route of the table does not say who may ask it.
func New(o Options) http.Handler {
	s := newServer(o)
	router, _ := s.router()
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(s.respond.denyCrossOrigin))
	return gzhttp.GzipHandler(origin.Handler(answerHead(dropPrefix(router))))
}

type server struct {
	Options
	routes    []Route
	guard     *guard
	cache     *responseCache
	respond   *responder
	durations *prometheus.HistogramVec
}

func newServer(o Options) *server {
	if o.Now == nil {
		o.Now = time.Now
	}
	costly := newPlaces(costlyPlaces)
	respond := &responder{o.Logger, newRefusals(o.Logger), o.Render, o.Pages}
	guard := &guard{
		public: o.PublicURL, ready: o.Ready, rate: o.Rate, limiter: newRateLimiter(o.Rate, o.Now),
		proxies:   newProxies(o.TrustedProxies),
		admission: &admission{o.PublicURL, newLockout(o.Now), doors{o.Accounts, o.Acts, o.ReadClosed, o.Now}}, respond: respond,
	}
	s := &server{
		Options: o, routes: routes(o, costly, guard), respond: respond, guard: guard,
		cache: &responseCache{
			responses: newResponses(cmp.Or(o.CacheBytes, 64<<20)), figures: o.Figures, acts: o.Acts, light: newPlaces(lightPlaces), costly: costly,
			lightOf: newClients(lightPlaces, maxWait), costlyOf: newClients(costlyPlaces, maxWait), proxies: guard.proxies,
			sending: newPlaces(maxSent), respond: respond,
		},
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "stpd_http_request_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 20},
		}, []string{"route", "status"}),
	}
	o.Registry.MustRegister(s.durations)
	return s
}

// router answers every route of the table, and says of all other addresses that there is nothing.
func (s *server) router() (*gin.Engine, *huma.OpenAPI) {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.HandleMethodNotAllowed, router.RedirectTrailingSlash = true, false // see dropSlash
	router.Use(s.observe, s.guard.secure, s.recoverPanic, s.guard.requireOwnHost)
	described := s.mount(router)
	router.NoRoute(s.guard.limitRate, s.guard.requireAddress, dropSlash(s.routes), func(c *gin.Context) {
		s.respond.refuse(c, newProblem(http.StatusNotFound, "There is no page at this address."))
	})
	router.NoMethod(s.guard.limitRate, func(c *gin.Context) {
		s.respond.refuse(c, newProblem(http.StatusMethodNotAllowed, "This address only answers GET."))
	})
	return router, described
}

// dropSlash leads from an address with a slash at its end to the page without one. It names no host, whatever the request says of it.
func dropSlash(table []Route) gin.HandlerFunc {
	known := pathsOf(table, func(r Route) bool { return r.Method == http.MethodGet })
	return func(c *gin.Context) {
		path, slash := strings.CutSuffix(c.Request.URL.Path, "/")
		if c.Request.Method != http.MethodGet || !slash || strings.HasSuffix(path, "/") || !known.have(path) {
			return
		}
		at := url.URL{Path: path, RawQuery: c.Request.URL.RawQuery}
		c.Redirect(http.StatusMovedPermanently, at.String())
		c.Abort()
	}
}

// dropPrefix takes from a request what would have gin lead its reader to an address that a header names.
func dropPrefix(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := r.Header["X-Forwarded-Prefix"]; ok {
			r.Header["X-Forwarded-Prefix"] = []string{""}
		}
		next.ServeHTTP(w, r)
	})
}

type headersOnlyKey struct{}

// headersOnly is whether a request is for the headers of an answer alone.
func headersOnly(r *http.Request) bool { return r.Context().Value(headersOnlyKey{}) != nil }

// answerHead answers HEAD as GET, of which the server sends the headers only.
func answerHead(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			r = r.Clone(context.WithValue(r.Context(), headersOnlyKey{}, true))
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// asset answers with a file of the program.
func asset(files fs.FS) handler {
	return handler{kind: assetKind, mount: func(m mounting, r Route) {
		m.group.Handle(r.Method, r.Path, func(c *gin.Context) {
			name := strings.TrimPrefix(c.Param("file"), "/")
			content, err := fs.ReadFile(files, name) // a folder is no file, and is not listed
			if err != nil {
				m.respond.refuse(c, newProblem(http.StatusNotFound, "There is no file at this address."))
				return
			}
			c.Header("Cache-Control", "public, max-age=31536000, immutable") // the names carry a hash of the content
			http.ServeContent(c.Writer, c.Request, name, time.Time{}, bytes.NewReader(content))
		})
	}}
}

func (s *server) observe(c *gin.Context) {
	start := time.Now()
	c.Next()
	route := c.FullPath()
	if route == "" {
		route = "none"
	}
	took := time.Since(start)
	s.durations.WithLabelValues(route, fmt.Sprint(c.Writer.Status())).Observe(took.Seconds())
	s.Logger.Debug("request", "method", c.Request.Method, "path", cut(c.Request.URL.Path, maxLogged), "status", c.Writer.Status(), "took", took)
}

func (s *server) recoverPanic(c *gin.Context) {
	defer func() {
		fault := recover()
		if fault == nil {
			return
		}
		if fault == http.ErrAbortHandler { //nolint:errorlint // it is panicked with as it is
			panic(fault)
		}
		err, ok := fault.(error) // huma panics with what a transformer or a format could not do
		if !ok {
			err = fmt.Errorf("%v", fault)
		}
		p := problemOf(fmt.Errorf("panic: %w\n%s", err, debug.Stack()))
		if c.Writer.Written() { // an answer that cannot be whole any more ends here
			s.respond.record(c.Request, p)
			panic(http.ErrAbortHandler)
		}
		s.respond.refuse(c, p)
	}()
	c.Next()
}
