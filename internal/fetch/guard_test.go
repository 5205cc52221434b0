package fetch_test

import (
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"stpdash/internal/fetch"
)

func TestPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"8.8.8.8": true, "151.101.0.81": true, "2a00:1450:4009::1": true, "2606:4700::1": true,
		"64:ff9b::808:808": true, // 8.8.8.8 behind NAT64

		"0.0.0.0": false, "10.0.0.1": false, "100.64.0.1": false, "127.0.0.1": false, "127.255.255.254": false, "169.254.169.254": false,
		"172.16.0.1": false, "172.31.255.255": false, "192.0.0.1": false, "192.168.1.1": false, "198.18.0.1": false, "224.0.0.1": false,
		"239.255.255.250": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "fc00::1": false, "fd12:3456::1": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false,
		"ff02::1": false, "2001:db8::1": false, "2001::1": false, "2606:4700::1%eth0": false,
		"::ffff:10.0.0.1": false, "::ffff:8.8.8.8": false, "::10.0.0.1": false,
		"64:ff9b::a00:1": false, "64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b:1::a00:1": false,
		"2002:a00:1::1": false, "2002:7f00:1::": false, "2002:808:808::1": false,
	} {
		if got := fetch.Public(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is public: %t, want %t", address, got, want)
		}
	}
}

// What a name resolves to is checked where it is connected to: there is one look-up, so a name server cannot give one address
// to a check and another to the connection (DNS rebinding).
func TestNamesOfPrivateAddresses(t *testing.T) {
	p := publish(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, april) })
	for _, address := range []string{"127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "100.64.0.1", "0.0.0.0", "224.0.0.1"} {
		t.Run(address, func(t *testing.T) {
			f, folder := newFetcher(newClock()), t.TempDir()
			var lookups atomic.Int32
			f.Resolver = names(t, func(string) []string { lookups.Add(1); return []string{address} })
			_, err := f.Get(t.Context(), fetch.Request{Address: "http://publisher.test:" + port(t, p.URL)}, folder)
			if got := lookups.Load(); got != 2 {
				t.Errorf("the name server was asked %d times, want twice, for IPv4 and IPv6", got)
			}
			wantFault(t, err, `its host "publisher.test" is at `+address+`, which is not a public address; accepted for hosts allowed by name`, false, folder)

			r := publish(t, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://publisher.test:"+port(t, p.URL), http.StatusFound)
			})
			_, err = f.Get(t.Context(), fetch.Request{Address: r.URL, Hosts: []string{"publisher.test"}}, folder)
			wantFault(t, err, `its host "publisher.test" is at `+address, false, folder)
		})
	}
	if got := p.asked.Load(); got != 0 {
		t.Errorf("the private server was asked %d times", got)
	}
}

func TestHostsAllowedByName(t *testing.T) {
	var host string
	p := publish(t, func(w http.ResponseWriter, r *http.Request) {
		host = r.Host
		if r.URL.Path == "/to/other" {
			http.Redirect(w, r, "http://OTHER.test.:"+port(t, "http://"+r.Host)+"/", http.StatusFound)
			return
		}
		io.WriteString(w, april)
	})
	f := newFetcher(newClock())
	f.Private = []string{"Publisher.Test.", "other.test"}
	f.Resolver = names(t, func(name string) []string {
		if !slices.Contains([]string{"publisher.test.", "other.test.", "third.test."}, strings.ToLower(name)) {
			return nil
		}
		return []string{"127.0.0.1"}
	})
	for _, test := range []struct{ name, host, path, want, reason string }{
		{"itself", "publisher.test", "/", "publisher.test", ""},
		{"a redirect to one declared", "publisher.test", "/to/other", "OTHER.test.", ""},
		{"one that is not allowed", "third.test", "/", "", `its host "third.test" is at 127.0.0.1`},
		{"one not known", "nobody.test", "/", "", `its host "nobody.test" is not known`},
	} {
		t.Run(test.name, func(t *testing.T) {
			host = ""
			folder := t.TempDir()
			file, err := f.Get(t.Context(), fetch.Request{Address: "http://" + test.host + ":" + port(t, p.URL) + test.path, Hosts: []string{"other.test"}}, folder)
			if test.reason != "" {
				wantFault(t, err, test.reason, false, folder)
			} else if err != nil || file.Size != int64(len(april)) || host != test.want+":"+port(t, p.URL) {
				t.Errorf("got %d bytes from %q and the error %v, want %d from %q", file.Size, host, err, len(april), test.want)
			}
		})
	}
}

func TestProxy(t *testing.T) {
	var asked string
	proxy := publish(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.String()
		io.WriteString(w, april)
	})
	f, folder := newFetcher(newClock()), t.TempDir()
	f.Private = nil
	f.Resolver = names(t, func(string) []string { return nil })
	var err error
	if f.Proxy, err = url.Parse(proxy.URL); err != nil {
		t.Fatal(err)
	}
	_, err = f.Get(t.Context(), fetch.Request{Address: "http://10.0.0.1/april.csv"}, folder)
	wantFault(t, err, `its host "10.0.0.1" is at 10.0.0.1`, false, folder)
	file, err := f.Get(t.Context(), fetch.Request{Address: "http://publisher.test/april.csv"}, folder)
	if err != nil || file.Size != int64(len(april)) || asked != "http://publisher.test/april.csv" {
		t.Errorf("got %d bytes and the error %v, and the proxy was asked for %q", file.Size, err, asked)
	}
}
