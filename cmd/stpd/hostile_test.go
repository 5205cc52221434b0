package main

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"stpdash/internal/web"
)

// pathExamples are of what stands in paths; a route with another name in its path has none, and the test says so.
var pathExamples = map[string]string{
	"/organisations/:code": "RXF", "/regions/:name": "north", "/footprints/:code": "E54000005", "/measures/:id": "ae_four_hour",
	"/footprints/:code/:measure": "E54000005/ae_four_hour",
	"/people/:person":            "none", "/notes/:note": "none", "/decisions/:decision": "none", "/returns/:return": "none", "/sign-offs/:signoff": "none",
	"/help/:topic": "claims", "/claims/:id": "better_care_fund_admissions", "/loads/:id": "1", "/assets/*file": "none.js",
}

var pathParameter = regexp.MustCompile(`[:*]\w+`)

// example is a route with an example in its path.
func example(t testing.TB, route string) string {
	t.Helper()
	if !strings.ContainsAny(route, ":*") {
		return route
	}
	found := "" // the longest pattern that the route begins with
	for pattern := range pathExamples {
		if strings.HasPrefix(strings.TrimPrefix(route, "/api/v1"), pattern) && len(pattern) > len(found) {
			found = pattern
		}
	}
	if found == "" {
		t.Fatalf("there is no example for the route %s", route)
	}
	for value := range strings.SplitSeq(pathExamples[found], "/") {
		at := pathParameter.FindStringIndex(route)
		route = route[:at[0]] + value + route[at[1]:]
	}
	return route
}

// checkUnknown asks a route for a parameter that there is not: it is refused, with those that there are.
func (s *service) checkUnknown(t testing.TB, path string, accepted []string) {
	t.Helper()
	a := s.patiently(t, path+"?no_such_parameter=1")
	if a.status != http.StatusBadRequest || !strings.Contains(a.body, "accepted: "+strings.Join(accepted, ", ")) {
		t.Errorf("%s takes a parameter that there is not, or does not say which there are: %d %.300s", path, a.status, a.body)
	}
}

// knownValues have an answer.
var knownValues = map[string]string{"measure": "ae_four_hour", "region": "north", "footprint": "E54000005", "period": "2018-09", "format": "csv"}

// hostile values are no answer's to any question.
var hostile = map[string]string{
	"markup":        `'"><script>alert(1)</script>`,
	"a path":        "../../../../etc/passwd",
	"NUL":           "a\x00b",
	"no UTF-8":      "\xff\xfe",
	"a written NUL": "%00",
	"a query":       "' OR 1=1 --",
	"a header":      "x\r\nSet-Cookie: a=b",
	"a formula":     "=1+1",
	"a long text":   strings.Repeat("x", 299),
	"a longer text": strings.Repeat("é", 1500),
	"a huge number": strings.Repeat(
		"9",
		40,
	),
	"a number beyond 64 bits": "18446744073709551616",
	"a negative number":       "-1",
	"a float":                 "1e308",
	"not a number":            "NaN",
	"a template":              "{{.}}",
	"right to left":           "\u202etxt",
	"a far year":              "99999-01",
	"a date that is not":      "2017-02-31",
	"a placeholder":           "{measure:String}",
}

// worst are those that are tried everywhere.
var worst = []string{"markup", "NUL", "no UTF-8", "a huge number", "a longer text"}

var problemID = regexp.MustCompile(`"id":"(\w{10})"|<code>(\w{10})</code>`)

// checkHostile puts hostile values into every parameter of every route and returns the problems' names.
func checkHostile(t *testing.T, s *service) []string {
	var mu sync.Mutex
	var ids []string
	var asking errgroup.Group
	asking.SetLimit(4)
	refused := func(name, address string) {
		asking.Go(func() error {
			a := s.patiently(t, address)
			id := problemID.FindStringSubmatch(a.body)
			// For any text there is a search, and a place to sign in that leads to no other.
			searched := (strings.HasPrefix(address, "/search?q=") || strings.HasPrefix(address, "/sign-in?next=")) && a.status == http.StatusOK
			switch {
			case !searched && a.status != http.StatusBadRequest && a.status != http.StatusNotFound && a.status != http.StatusRequestURITooLong:
				t.Errorf("%s: %.150s: %d %.200s", name, address, a.status, a.body)
			case !searched && id == nil:
				t.Errorf("%s: %.150s: the problem has no name: %.200s", name, address, a.body)
			case strings.HasPrefix(a.kind, "text/html") && strings.Contains(a.body, "<script>"), strings.ContainsAny(a.body, "\x00\r"),
				!utf8.ValidString(a.body), a.header.Get("Set-Cookie") != "", a.header.Get("X-Content-Type-Options") != "nosniff":
				t.Errorf("%s: %.150s: it comes back as it is", name, address)
			case !strings.HasPrefix(a.kind, "text/html") && a.kind != "application/problem+json":
				t.Errorf("%s: %.150s: the answer is %s", name, address, a.kind)
			case !searched && len(a.body) > 20_000:
				t.Errorf("%s: %.150s: the problem has %d bytes", name, address, len(a.body))
			case !searched:
				mu.Lock()
				ids = append(ids, id[1]+id[2])
				mu.Unlock()
			}
			return nil
		})
	}
	routes, tried := 0, map[string]bool{}
	for _, route := range web.Routes() {
		accepted := route.Parameters()
		if route.Method != http.MethodGet || accepted == nil || route.Who > web.Reader {
			continue // what is behind the door is tried in internal/web
		}
		routes++
		path := example(t, route.Path)
		s.checkUnknown(t, path, accepted)
		base := url.Values{}
		for _, parameter := range accepted {
			if value := knownValues[parameter]; value != "" {
				base.Set(parameter, value)
			}
		}
		for _, parameter := range accepted {
			for name, value := range hostile {
				// What reads a parameter reads it everywhere: the whole list once, the worst of it at every route.
				if tried[parameter] && !slices.Contains(worst, name) {
					continue
				}
				query := url.Values{}
				maps.Copy(query, base)
				query.Set(parameter, value)
				refused(parameter+" is "+name, path+"?"+query.Encode())
			}
			tried[parameter] = true
			refused(parameter+" is given twice", path+"?"+parameter+"=a&"+parameter+"=b")
			refused(parameter+" is a list", path+"?"+parameter+"[]=a")
		}
		if strings.Contains(route.Path, ":") {
			for name, value := range hostile {
				refused("the path has "+name, pathParameter.ReplaceAllString(route.Path, strings.ReplaceAll(url.PathEscape(value), "$", "$$")))
			}
		}
	}
	for name, value := range hostile {
		refused("there is no page and "+name, "/"+url.PathEscape(value))
	}
	_ = asking.Wait()
	if routes < 25 || len(ids) < 15*routes {
		t.Errorf("%d problems of %d routes were seen", len(ids), routes)
	}
	return ids
}

// checkTags asks every question again with the tag of its answer.
func checkTags(t *testing.T, s *service) {
	tagged := 0
	for _, r := range web.Routes() {
		route := r.Path
		if r.Method != http.MethodGet || route == "/api/v1/changes" || route == "/compare" {
			continue // it reaches to this moment, and claims are being tested
		}
		address := example(t, route)
		if strings.HasSuffix(route, "/series") || strings.HasSuffix(route, "/spc") || strings.HasSuffix(route, "/forecast") || strings.HasSuffix(route, "/peers") {
			address += "?measure=ae_attendances&footprint=E54000005"
		}
		if strings.HasSuffix(route, "/figures") {
			address += "?measure=ae_attendances&level=footprint"
		}
		if strings.HasSuffix(route, "/provenance") {
			address += "?measure=ae_four_hour&footprint=E54000005&period=2018-09"
		}
		first := s.patiently(t, address)
		tag := first.header.Get("ETag")
		if first.status != http.StatusOK || tag == "" {
			continue
		}
		tagged++
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.address+address, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("If-None-Match", tag)
		again := ask(t, request)
		if again.status == http.StatusOK && r.Caching == web.CacheablePerMinute { // a minute has begun
			request.Header.Set("If-None-Match", again.header.Get("ETag"))
			tag = again.header.Get("ETag")
			again = ask(t, request)
		}
		if again.status != http.StatusNotModified || again.body != "" || again.header.Get("ETag") != tag {
			t.Errorf("%s, asked again: %d, %d bytes, tag %s; want 304 and %s", address, again.status, len(again.body), again.header.Get("ETag"), tag)
		}
		for _, wrong := range []string{"?as_of=1", "&as_of=1"} {
			if strings.Contains(address, "?") == (wrong[0] == '&') && strings.Contains(first.header.Get("Cache-Control"), "no-cache") {
				if other := s.patiently(t, address+wrong); other.status == http.StatusOK && other.body != first.body && other.header.Get("ETag") == tag {
					t.Errorf("%s has the same tag as of load 1 although it is another", address)
				}
			}
		}
	}
	if tagged < 25 {
		t.Errorf("%d answers have tags", tagged)
	}
}
