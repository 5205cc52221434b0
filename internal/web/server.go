// Package web serves the pages and the API.
package web

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"stpdash/internal/dashboard"
	"stpdash/internal/evidence"
)

// Options are what the server needs.
type Options struct {
	Composer *dashboard.Composer
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
}

// questionTime bounds how long one answer may take.
const questionTime = 40 * time.Second

// New makes the handler of all requests.
func New(o Options) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.HandleMethodNotAllowed = true
	s := &server{Options: o, durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "stpd_http_request_seconds", Help: "Time to answer a request.",
		Buckets: []float64{.002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 20},
	}, []string{"route", "status"})}
	o.Registry.MustRegister(s.durations)
	router.Use(s.observe, s.recoverPanic, secure)

	router.GET("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	router.GET("/readyz", s.readyz)
	router.GET("/metrics", gin.WrapH(promhttp.HandlerFor(o.Registry, promhttp.HandlerOpts{})))
	router.GET("/assets/*file", s.asset)

	config := huma.DefaultConfig("STP dashboard", o.Version)
	config.Info.Description = "Activity and spend of the 44 Sustainability and Transformation Plan footprints of the NHS in England. " +
		"Contains public sector information licensed under the Open Government Licence v3.0."
	config.DocsPath, config.SchemasPath, config.OpenAPIPath, config.CreateHooks = "", "", "", nil
	config.Formats = formats()
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[evidence.Number](), reflect.TypeFor[number]())
	questions := router.Group("", s.limit, s.gate)
	described := humagin.NewWithGroup(router, router.Group("", s.limit, chooseFormat, s.gate), config)
	(&api{o.Composer}).register(described)
	(&schedule{o.Composer.Schedule, o.Run, o.Token}).register(described)
	router.GET("/openapi.json", func(c *gin.Context) {
		c.Header("Content-Type", "application/openapi+json") // gin leaves a type that is set
		c.JSON(http.StatusOK, described.OpenAPI())
	})

	questions.GET("/", s.england)
	questions.GET("/regions/:name", s.region)
	questions.GET("/footprints/:code", s.footprint)
	questions.GET("/measures/:id", s.measure)
	questions.GET("/review", s.review)
	questions.GET("/compare", s.compare)
	questions.GET("/claims", s.claims)
	questions.GET("/claims/:id", s.claim)
	questions.GET("/provenance", s.provenance)
	questions.GET("/claims/:id/pack.zip", s.pack)
	questions.GET("/calibration", s.calibration)
	questions.GET("/search", s.search)
	questions.GET("/method", s.method)
	questions.GET("/data", s.data)
	questions.GET("/loads", s.loads)
	questions.GET("/loads/:id", s.load)
	router.NoRoute(func(c *gin.Context) {
		s.refuse(c, newProblem(http.StatusNotFound, "There is no page at this address."))
	})
	router.NoMethod(func(c *gin.Context) {
		s.refuse(c, newProblem(http.StatusMethodNotAllowed, "This address only answers GET."))
	})
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(denyCrossOrigin))
	return origin.Handler(answerHead(router))
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
}

func (s *server) readyz(c *gin.Context) {
	if err := s.Ready(c.Request.Context()); err != nil {
		c.Header("Retry-After", fmt.Sprint(retrySeconds))
		c.String(http.StatusServiceUnavailable, "not ready: %v\n", err)
		return
	}
	c.String(http.StatusOK, "ready\n")
}

func (s *server) limit(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), questionTime)
	defer cancel()
	c.Request = c.Request.WithContext(context.WithValue(ctx, loggerKey{}, s.Logger))
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
		fail(c, p)
		return
	}
	for name, values := range p.headers() {
		c.Header(name, values[0])
	}
	c.Abort()
	s.page(c, p.Status, "problem", s.Composer.Problem(p.Status, p.Detail))
}

func (s *server) asset(c *gin.Context) {
	c.Header("Cache-Control", "public, max-age=31536000, immutable") // the names carry a hash of the content
	c.FileFromFS(strings.TrimPrefix(c.Param("file"), "/"), http.FS(s.Assets))
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
	s.Logger.Debug("request", "method", c.Request.Method, "path", c.Request.URL.Path, "status", c.Writer.Status(), "took", took)
}

func (s *server) recoverPanic(c *gin.Context) {
	defer func() {
		if fault := recover(); fault != nil {
			s.Logger.Error("panic", "path", c.Request.URL.Path, "fault", fault)
			s.refuse(c, problemOf(fmt.Errorf("panic: %v", fault)))
		}
	}()
	c.Next()
}

func secure(c *gin.Context) {
	c.Header("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("Referrer-Policy", "same-origin")
	c.Next()
}

type loggerKey struct{}

// logged writes an unexpected error to the log and makes any error a problem.
func logged(ctx context.Context, err error) *problem {
	p := problemOf(err)
	if logger, ok := ctx.Value(loggerKey{}).(*slog.Logger); ok && (p.unexpected() || p.Status == http.StatusServiceUnavailable) {
		logger.Error("question", "error", err)
	}
	return p
}
