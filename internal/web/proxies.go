package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// proxies are the networks of those whose word is taken for whom they ask. The headers of anybody else say nothing.
type proxies []netip.Prefix

// newProxies reads addresses and networks.
func newProxies(texts []string) proxies {
	var all proxies
	for _, text := range texts {
		if address, err := netip.ParseAddr(text); err == nil {
			address = address.Unmap()
			all = append(all, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		if network, err := netip.ParsePrefix(text); err == nil {
			all = append(all, network.Masked())
		}
	}
	return all
}

func (p proxies) have(address netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(address) })
}

// sent is whether one of them passes the request on.
func (p proxies) sent(r *http.Request) bool { return p.have(remote(r)) }

// remote is the other end of the connection.
func remote(r *http.Request) netip.Addr {
	address, _ := netip.ParseAddrPort(r.RemoteAddr)
	return address.Addr().Unmap().WithZone("")
}

// client names who asks: the other end of the connection, or where that is one of the proxies the last address in X-Forwarded-For that is
// none. What stands before that one may have been written by anybody. One household or office has a /64 of IPv6 addresses, and is one client.
func (p proxies) client(r *http.Request) string {
	address := remote(r)
	named := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(named) - 1; i >= 0 && p.have(address); i-- {
		before, err := netip.ParseAddr(strings.TrimSpace(named[i]))
		if err != nil {
			break
		}
		address = before.Unmap().WithZone("")
	}
	switch {
	case !address.IsValid():
		return ""
	case address.Is6():
		if network, err := address.Prefix(64); err == nil {
			return network.String()
		}
	}
	return address.String()
}
