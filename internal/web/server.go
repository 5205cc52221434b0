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
	"maps"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus"

	"stpdash/internal/audit"
	"stpdash/internal/figures"
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
	// Schedule tells how the sources stand that are run by themselves or by hand.
	Schedule func(ctx context.Context) ([]load.Entry, error)
	// Run starts a run of a source and gives its number.
	Run func(source string) (uint64, error)
	// Token is what those who start runs must know; without one nobody may.
	Token string
	// Render writes a page by its name.
	Render func(w io.Writer, name string, page any) error
	Assets fs.FS
	// Ready tells whether questions can be answered; otherwise they are answered 503.
	Ready    func(ctx context.Context) error
	Registry *prometheus.Registry
	Logger   *slog.Logger
	Version  string
	// PublicURL is where readers find the service; without one no answer names a host.
	PublicURL *url.URL
	// Rate is how many questions a second each client may ask, for long; 0 lets it ask as many as it likes.
	Rate float64
	// Packs keeps the audit packs of claims.
	Packs *audit.Shelf
	// Kept bounds the bytes of the answers that are kept; 64 MiB where it is 0.
	Kept int64
	Now  func() time.Time
}

// questionTime bounds how long one answer may take.
const questionTime = 40 * time.Second

// New makes the handler of all requests.
func New(o Options) http.Handler {
	s := newServer(o)
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(s.denyCrossOrigin))
	return gzhttp.GzipHandler(origin.Handler(http.MaxBytesHandler(answerHead(unled(s.router())), mostBody)))
}

func newServer(o Options) *server {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &server{Options: o, answers: newAnswers(cmp.Or(o.Kept, 64<<20)), plain: newPlaces(plainPlaces), costly: newPlaces(costlyPlaces), sending: newPlaces(mostSent), refusals: newRefusals(o.Logger), pace: newPace(o.Rate, o.Now), durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "stpd_http_request_seconds", Help: "Time to answer a request.",
		Buckets: []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 20},
	}, []string{"route", "status"})}
	o.Registry.MustRegister(s.durations)
	return s
}

// assetsPath is where the styles and scripts are.
const assetsPath = "/assets/*file"

const openAPIPath = "/openapi.json"

// router knows which question is asked where.
func (s *server) router() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.HandleMethodNotAllowed, router.RedirectTrailingSlash = true, false // see straighten
	if err := router.SetTrustedProxies(proxies); err != nil {
		panic(err) // they are constant and valid
	}
	router.Use(s.observe, s.secure, s.recoverPanic, s.ours)

	router.GET("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	router.GET("/readyz", s.readyz)
	router.GET(assetsPath, s.check, s.tagged, s.asset)

	questions := router.Group("", s.throttle, s.check, s.limit, s.gate, s.tagged)
	described := s.describe(router)
	router.GET(openAPIPath, s.throttle, s.check, s.tagged, func(c *gin.Context) {
		c.Header("Content-Type", "application/openapi+json") // gin leaves a type that is set
		c.JSON(http.StatusOK, described)
	})

	pages := map[string]gin.HandlerFunc{
		"/": s.england, "/regions/:name": s.region, "/footprints/:code": s.footprint, "/measures/:id": s.measure, "/review": s.review, "/compare": s.compare,
		"/claims": s.claims, "/claims/:id": s.claim, "/provenance": s.provenance, "/calibration": s.calibration,
		"/search": s.search, "/method": s.method, "/data": s.data, "/loads": s.loads, "/loads/:id": s.load,
	}
	for path, page := range pages {
		questions.GET(path, page)
	}
	router.GET(packPath, s.throttle, s.check, s.limit, s.gate, s.pack)
	s.moments = newMoments(append(slices.Collect(maps.Keys(pages)), packPath), described)
	router.NoRoute(s.throttle, s.check, straighten(router.Routes()), func(c *gin.Context) {
		s.refuse(c, newProblem(http.StatusNotFound, "There is no page at this address."))
	})
	router.NoMethod(s.throttle, func(c *gin.Context) {
		s.refuse(c, newProblem(http.StatusMethodNotAllowed, "This address only answers GET."))
	})
	return router
}

// straighten leads from an address with a slash at its end to the page without one. It names no host, whatever the request says of it.
func straighten(routes gin.RoutesInfo) gin.HandlerFunc {
	var known moments
	for _, route := range routes {
		if route.Method == http.MethodGet {
			known = append(known, strings.Split(route.Path, "/"))
		}
	}
	return func(c *gin.Context) {
		path, slash := strings.CutSuffix(c.Request.URL.Path, "/")
		if c.Request.Method != http.MethodGet || !slash || strings.HasSuffix(path, "/") || !known.take(path) {
			return
		}
		at := url.URL{Path: path, RawQuery: c.Request.URL.RawQuery}
		c.Redirect(http.StatusMovedPermanently, at.String())
		c.Abort()
	}
}

// entries tell how the sources stand.
func (s *server) entries(ctx context.Context) ([]load.Entry, error) { return s.Schedule(ctx) }

// unled takes from a request what would have gin lead its reader to an address that a header names.
func unled(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := r.Header["X-Forwarded-Prefix"]; ok {
			r.Header["X-Forwarded-Prefix"] = []string{""}
		}
		next.ServeHTTP(w, r)
	})
}

// answerHead answers HEAD as GET, of which the server sends the headers only.
func answerHead(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			r = r.Clone(r.Context())
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

type server struct {
	Options
	durations *prometheus.HistogramVec
	answers   *answers
	pace      *pace
	// Where answers are made.
	plain, costly *places
	sending       *places // bytes of long answers
	refusals      *refusals
	moments       moments
}

func (s *server) readyz(c *gin.Context) {
	if err := s.Ready(c.Request.Context()); err != nil {
		c.Header("Retry-After", fmt.Sprint(retrySeconds))
		c.String(http.StatusServiceUnavailable, "not ready\n") // why stands at the address of those who run the service
		return
	}
	c.String(http.StatusOK, "ready\n")
}

func (s *server) limit(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), questionTime)
	defer cancel()
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

// gate answers at once while the warehouse is away.
func (s *server) gate(c *gin.Context) {
	if err := s.Ready(c.Request.Context()); err != nil {
		s.refuse(c, problemOf(unavailable(err)))
	}
}

// refuse answers with a problem: a document for the API, a page for a reader.
func (s *server) refuse(c *gin.Context, p *problem) {
	if strings.HasPrefix(c.Request.URL.Path, "/api/") {
		s.fail(c, p)
		return
	}
	s.record(c.Request, p)
	for name, values := range p.headers() {
		c.Header(name, values[0])
	}
	c.Abort()
	moment := momentOf(c)
	if p.Parameter == asOf || len(moment) > mostMoment {
		moment = ""
	}
	s.page(c, p.Status, "problem", moment, s.Pages.Problem(pages.Refused{
		Status: p.Status, Detail: p.Detail, ID: p.ID, Parameter: p.Parameter, Value: p.Value, Accepted: p.Accepted, Unasked: p.unasked, After: p.after, Address: c.Request.URL,
	}))
}

func (s *server) asset(c *gin.Context) {
	name := strings.TrimPrefix(c.Param("file"), "/")
	content, err := fs.ReadFile(s.Assets, name) // a folder is no file, and is not listed
	if err != nil {
		s.refuse(c, newProblem(http.StatusNotFound, "There is no file at this address."))
		return
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable") // the names carry a hash of the content
	http.ServeContent(c.Writer, c.Request, name, time.Time{}, bytes.NewReader(content))
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
	s.Logger.Debug("request", "method", c.Request.Method, "path", cut(c.Request.URL.Path, mostLogged), "status", c.Writer.Status(), "took", took)
}

func (s *server) recoverPanic(c *gin.Context) {
	defer func() {
		fault := recover()
		if fault == nil {
			return
		}
		err, ok := fault.(error) // huma panics with what a transformer or a format could not do
		if !ok {
			err = fmt.Errorf("%v", fault)
		}
		p := problemOf(fmt.Errorf("panic: %w\n%s", err, debug.Stack()))
		if c.Writer.Written() { // an answer that cannot be whole any more ends here
			s.record(c.Request, p)
			panic(http.ErrAbortHandler)
		}
		s.refuse(c, p)
	}()
	c.Next()
}
