package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Admin answers those who run the service, on a listener of their own: metrics, and why questions cannot be answered.
func Admin(registry *prometheus.Registry, ready func(context.Context) error) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := ready(r.Context()); err != nil {
			plain(w, http.StatusServiceUnavailable, fmt.Sprintf("not ready: %v\n", err))
			return
		}
		plain(w, http.StatusOK, "ready\n")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		// A page of another site can have a name of its own lead its reader's browser here, and what a proxy passes on is not from here.
		if name, _ := hostOf(r.Host); !isLoopbackName(name) || !local(r) {
			plain(w, http.StatusForbidden, "This address answers programs of this machine alone.\n")
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

// forwarding are the headers in which proxies say for whom they ask, and how those that have many names begin.
var (
	forwarding     = []string{"Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "X-Proxyuser-Ip", "True-Client-Ip", "Client-Ip", "Fastly-Client-Ip", "X-Host", "X-Originating-Ip", "X-Remote-Ip", "X-Remote-Addr", "Cdn-Loop"}
	forwardingKind = []string{"X-Forwarded-", "X-Original-", "X-Envoy-", "X-Azure-", "X-Appengine-", "Cf-", "Fly-"}
)

// local tells whether a program of this machine asks. Its connection says so, not a header: one that a proxy writes can only say that the
// question is from elsewhere.
func local(r *http.Request) bool {
	client, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !client.Addr().Unmap().IsLoopback() {
		return false
	}
	for _, name := range forwarding {
		if _, ok := r.Header[name]; ok {
			return false
		}
	}
	for name := range r.Header {
		for _, kind := range forwardingKind {
			if strings.HasPrefix(name, kind) || name+"-" == kind {
				return false
			}
		}
	}
	return true
}

// hostOf parts the name and the port that a request was sent to.
func hostOf(host string) (name, port string) {
	name = host
	if n, p, err := net.SplitHostPort(host); err == nil {
		name, port = n, p
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	return strings.ToLower(strings.TrimSuffix(name, ".")), port
}

func isLoopbackName(name string) bool {
	address, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && address.Unmap().IsLoopback()
}
