package fetch

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
)

// refuses says why an address must not be asked, coming from another one or, nil, from the caller. It is empty for one that may.
func (f *Fetcher) refuses(address, from *url.URL, hosts []string) string {
	host := address.Hostname()
	switch {
	case address.Scheme != "http" && address.Scheme != "https":
		return fmt.Sprintf("its scheme is %q; accepted are http and https", address.Scheme)
	case from != nil && from.Scheme == "https" && address.Scheme != "https":
		return "it is http where https led to it; accepted is https"
	case address.User != nil:
		return "it carries user information; accepted is an address without"
	case host == "":
		return "it names no host"
	case !among(hosts, host):
		return fmt.Sprintf("its host is %q; accepted are %s", host, strings.Join(slices.Compact(slices.Sorted(slices.Values(hosts))), ", "))
	}
	if ip, err := netip.ParseAddr(host); err == nil && !public(ip) && !among(f.Private, host) {
		return private(host, ip)
	}
	return ""
}

func private(host string, ip netip.Addr) string {
	return fmt.Sprintf("its host %q is at %s, which is not a public address; accepted for hosts allowed by name", host, ip)
}

// among tells whether a host is one of those named; names differ neither by case nor by the root's dot.
func among(hosts []string, host string) bool {
	return slices.ContainsFunc(hosts, func(known string) bool {
		return strings.EqualFold(strings.TrimSuffix(known, "."), strings.TrimSuffix(host, "."))
	})
}

var special = ssrf.New(ssrf.WithAnyPort())

// public tells whether an address belongs to the internet at large, by IANA's registries of special-purpose addresses. One
// that NAT64 translates is judged by the IPv4 address within; 6to4 and IPv4-mapped ones are never public.
func public(ip netip.Addr) bool {
	if ssrf.IPv6NAT64Prefix.Contains(ip) {
		all := ip.As16()
		ip = netip.AddrFrom4([4]byte(all[12:]))
	}
	return special.SafeAddr(ip) == nil
}

// transport connects to public addresses only, unless the host is allowed by name or the proxy stands between. Every
// connection serves one request, and heard is called whenever a byte came.
func (f *Fetcher) transport(headers int64, heard func()) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyURL(f.Proxy),
		TLSClientConfig:        &tls.Config{RootCAs: f.Roots},
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: headers,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, _, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			dialer := net.Dialer{Resolver: f.Resolver}
			if f.Proxy == nil && !among(f.Private, host) {
				// Here the name has been resolved, and what is checked is what is connected to.
				dialer.Control = func(_, address string, _ syscall.RawConn) error {
					end, err := netip.ParseAddrPort(address)
					if err != nil {
						return err
					}
					if !public(end.Addr()) {
						return &Error{Reason: private(host, end.Addr())}
					}
					return nil
				}
			}
			connection, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &audible{connection, heard}, nil
		},
	}
}

// audible is a connection that tells of what it receives.
type audible struct {
	net.Conn
	heard func()
}

func (a *audible) Read(p []byte) (int, error) {
	n, err := a.Conn.Read(p)
	if n > 0 {
		a.heard()
	}
	return n, err
}
