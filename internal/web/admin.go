package web

import (
	"context"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"stpdash/internal/load"
	"stpdash/internal/pages/wording"
)

// adminRoutes are what those who run the service ask, on a listener of their own: metrics, and why questions cannot be answered.
func adminRoutes(registry *prometheus.Registry, ready func(context.Context) error, loaded func() load.Progress) []Route {
	return []Route{
		{http.MethodGet, "/metrics", ThisMachine, NotCached, Light, probe(promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP)},
		{http.MethodGet, "/healthz", ThisMachine, NotCached, Light, probe(healthy)},
		{http.MethodGet, "/readyz", ThisMachine, NotCached, Light, probe(readiness(ready, loaded, func(w http.ResponseWriter, err error) {
			plain(w, http.StatusServiceUnavailable, fmt.Sprintf("not ready: %v\n", err))
		}))},
	}
}

// Admin answers those who run the service. Whatever else is asked there is for this machine alone, too.
func Admin(registry *prometheus.Registry, ready func(context.Context) error, loaded func() load.Progress) http.Handler {
	mux := http.NewServeMux()
	for _, r := range adminRoutes(registry, ready, loaded) {
		mux.HandleFunc(r.Method+" "+r.Path, r.handler.probe)
	}
	var admission admission
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		if p := admission.refusal(ThisMachine, r); p != nil {
			plain(w, p.Status, p.Detail+"\n")
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprint(w, text) // the one who asked may be gone
}

// probe answers a program that watches the service.
func probe(answer http.HandlerFunc) handler {
	return handler{kind: probeKind, probe: answer, mount: func(m mounting, r Route) { m.group.Handle(r.Method, r.Path, gin.WrapF(answer)) }}
}

func healthy(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") }

// readiness answers whether questions can be answered, though not all may be loaded, and by unready that they cannot.
func readiness(ready func(context.Context) error, loaded func() load.Progress, unready func(http.ResponseWriter, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := ready(r.Context()); err != nil {
			unready(w, err)
			return
		}
		words := "ready"
		if loading := wording.Loading(loaded()); loading != "" {
			words += ", " + wording.LowerFirst(loading)
		}
		plain(w, http.StatusOK, words+"\n")
	}
}

// unready names no reason: it stands at the address of those who run the service.
func unready(w http.ResponseWriter, _ error) {
	w.Header().Set("Retry-After", fmt.Sprint(retrySeconds))
	plain(w, http.StatusServiceUnavailable, "not ready\n")
}
