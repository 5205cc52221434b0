package main

import (
	"archive/zip"
	"context"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// crawl is a walk over the pages that links lead to.
type crawl struct {
	s      *service
	moment string
	dated  map[string]bool // operations of the API that take as_of
	seen   map[string]bool
	shapes map[string]int // how many addresses of a shape were opened
	pages  map[string]string
}

var (
	anchor   = regexp.MustCompile(`<a\b[^>]* href="([^"]*)"[^>]*>`)
	formed   = regexp.MustCompile(`(?s)<form\b.*?</form>`)
	ofMoment = regexp.MustCompile(`name="as_of"`)
	number   = regexp.MustCompile(`\d+`)
)

// alike is how many addresses are opened that differ in their values alone.
func alike() int {
	if atLength {
		return 6
	}
	return 3
}

// walk opens the pages that can be reached from the first one as of a moment, once, and gives each by its address.
func (s *service) walk(t *testing.T, moment string) *crawl {
	t.Helper()
	if s.walked[moment] == nil {
		s.walked[moment] = s.walkNow(t, moment)
	}
	return s.walked[moment]
}

func (s *service) walkNow(t *testing.T, moment string) *crawl {
	t.Helper()
	c := &crawl{s: s, moment: moment, dated: map[string]bool{}, seen: map[string]bool{}, shapes: map[string]int{}, pages: map[string]string{}}
	type operation struct{ Parameters []struct{ Name string } }
	for address, methods := range decode[struct {
		Paths map[string]map[string]operation
	}](t, s.patiently(t, "/openapi.json").body).Paths {
		for _, p := range methods["get"].Parameters {
			if p.Name == "as_of" {
				c.dated[number.ReplaceAllString(address, "{id}")] = true
			}
		}
	}
	start := "/"
	if moment != "" {
		start += "?as_of=" + url.QueryEscape(moment)
	}
	searches := "/search?q=a"
	if moment != "" {
		searches += "&as_of=" + url.QueryEscape(moment)
	}
	waiting := []string{start, searches}
	for len(waiting) > 0 {
		address := waiting[0]
		waiting = waiting[1:]
		a := s.read(t, address)
		if a.status != http.StatusOK {
			t.Errorf("as of %q, %s: %d", moment, address, a.status)
			continue
		}
		if !strings.HasPrefix(a.kind, "text/html") {
			continue
		}
		c.pages[address] = a.body
		for _, found := range links(a.body) {
			to, err := url.Parse(found)
			if err != nil || to.Path == "" || strings.HasPrefix(to.Path, "/api/") || path.Ext(to.Path) != "" || to.Query().Get("as_of") != moment {
				continue
			}
			to.Fragment = ""
			if next := to.String(); !c.seen[next] && c.shapes[shape(to)] < alike() {
				c.seen[next] = true
				c.shapes[shape(to)]++
				waiting = append(waiting, next)
			}
		}
	}
	return c
}

// links are the addresses within the service that a page leads to.
func links(body string) []string {
	var all []string
	for _, m := range anchor.FindAllStringSubmatch(body, -1) {
		if to := html.UnescapeString(m[1]); strings.HasPrefix(to, "/") || strings.HasPrefix(to, "?") {
			all = append(all, to)
		}
	}
	return all
}

// shape is an address without its values.
func shape(u *url.URL) string {
	kind, _, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	var names []string
	for name := range u.Query() {
		names = append(names, name)
	}
	slices.Sort(names)
	return kind + " " + strings.Join(names, " ")
}

// takesMoment tells whether what is at an address is shown as of a moment.
func (c *crawl) takesMoment(path string) bool {
	if strings.HasPrefix(path, "/assets/") || path == "/openapi.json" || strings.HasSuffix(path, ".atom") || strings.HasSuffix(path, ".ics") {
		return false // feeds and calendars tell of what is new
	}
	if !strings.HasPrefix(path, "/api/") {
		return true
	}
	if strings.HasPrefix(path, "/api/v1/claims/") {
		return c.dated["/api/v{id}/claims/{id}"]
	}
	return c.dated[number.ReplaceAllString(path, "{id}")]
}

// twoMoments are pages that lead to figures of other moments than their own, on purpose.
func twoMoments(address string) bool {
	return strings.HasPrefix(address, "/compare") || strings.HasPrefix(address, "/review") || strings.HasPrefix(address, "/downloads")
}

// checkMoments walks every page as of moments that have the same figures, and as of another, and looks at where each link leads.
func checkMoments(t *testing.T, s *service) {
	loads := decode[[]struct {
		ID    int    `json:"load_id"`
		State string `json:"state"`
		At    string `json:"at"`
	}](t, s.patiently(t, "/api/v1/loads").body)
	newest := slices.IndexFunc(loads, func(l struct {
		ID    int    `json:"load_id"`
		State string `json:"state"`
		At    string `json:"at"`
	},
	) bool {
		return l.State == "published"
	})
	last := fmt.Sprint(loads[newest].ID)
	earlier := fmt.Sprint(loads[newest].ID - 1)
	for _, moment := range []string{last, "", loads[newest].At, earlier} {
		c := s.walk(t, moment)
		lost, strange := map[string]int{}, map[string]int{}
		for address, body := range c.pages {
			writesNumbers(t, address, body)
			for _, link := range links(body) {
				to, err := url.Parse(link)
				if err != nil {
					t.Errorf("%s leads to %q: %v", address, link, err)
					continue
				}
				of := to.Query().Get("as_of")
				where := shape(to) + " on " + strings.SplitN(address, "?", 2)[0]
				switch {
				case to.Path == "" && of != "":
					strange[where]++
				case to.Path == "" || !c.takesMoment(to.Path):
				case moment != "" && of == "":
					lost[where]++
				case of != moment && !twoMoments(address):
					strange[where]++
				}
			}
			if moment != "" {
				for _, form := range formed.FindAllString(body, -1) {
					if !ofMoment.MatchString(form) {
						lost["a form on "+address]++
					}
				}
			}
		}
		t.Logf("as of %q: %d pages", moment, len(c.pages))
		if len(c.pages) < 20+12*alike() {
			t.Errorf("as of %q only %d pages were found", moment, len(c.pages))
		}
		for where, n := range lost {
			t.Errorf("as of %q: %d links lost it: to %s", moment, n, where)
		}
		for where, n := range strange {
			t.Errorf("as of %q: %d links name another moment: to %s", moment, n, where)
		}
	}
}

// checkReaders asks for every kind of answer as one reader and then as another: nothing of the first is in what the second gets.
func checkReaders(t *testing.T, s *service) {
	addresses := []string{"/healthz", "/readyz", "/openapi.json", "/nothing", "/claims/", "/regions/South%20West", "/claims/better_care_fund_admissions/pack.zip"}
	c := s.walk(t, "")
	kinds := map[string]bool{}
	for address, body := range c.pages {
		if u, err := url.Parse(address); err == nil && !kinds[shape(u)] {
			kinds[shape(u)] = true
			addresses = append(addresses, address)
		}
		for _, link := range links(body) {
			if u, err := url.Parse(link); err == nil && strings.HasPrefix(u.Path, "/api/") && !kinds[u.Path+u.Query().Get("format")] {
				kinds[u.Path+u.Query().Get("format")] = true
				addresses = append(addresses, link)
			}
		}
	}
	t.Logf("%d addresses", len(addresses))
	asked := func(address, reader string) answer {
		request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.address+address, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Host = reader + ".example"
		for _, name := range []string{
			"X-Forwarded-Host", "X-Forwarded-Server", "X-Forwarded-Prefix", "X-Forwarded-Proto", "X-Forwarded-For", "X-Real-Ip", "X-Original-Url", "X-Rewrite-Url", "Forwarded", "Via",
			"Accept-Language", "Referer", "User-Agent", "Cookie", "From", "Authorization",
		} {
			request.Header.Set(name, reader)
		}
		request.Header.Set("Accept", "*/*, application/x-"+reader)
		return ask(t, request)
	}
	for _, address := range addresses {
		for _, reader := range []string{"alicereader", "bobreader"} {
			a := asked(address, reader)
			if strings.HasPrefix(a.kind, "application/vnd.openxml") || a.kind == "application/zip" {
				a.body = unpacked(t, a.body)
			}
			if text := fmt.Sprint(a.header, a.body); strings.Contains(text, "alicereader") || strings.Contains(text, "bobreader") {
				i := strings.Index(text, "reader")
				t.Errorf("%s tells %s of %q", address, reader, text[max(0, i-80):min(len(text), i+40)])
			}
		}
	}
}

func TestAdministration(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	admin := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	s := start(t, "STP_DATA_DIR="+t.TempDir(), "STP_BUNDLED=false", "STP_ADMIN_ADDR="+admin, "STP_PUBLIC_URL=https://stp.example")
	inside := *s
	inside.address = "http://" + admin
	s.patiently(t, "/claims")
	eventually(t, "an answer is timed, which is once it was sent", func() bool {
		return strings.Contains(inside.get(t, "/metrics").body, "stpd_http_request_seconds")
	})
	for _, c := range []struct {
		s      *service
		path   string
		status int
		holds  string
	}{
		{&inside, "/metrics", 200, "stpd_engine_ready 1"},
		{&inside, "/readyz", 200, "ready"},
		{&inside, "/", 404, ""},
		{&inside, "/api/v1/loads", 404, ""},
		{s, "/metrics", 404, ""},
		{s, "/readyz", 200, "ready"},
		{s, "/", 200, ""},
	} {
		if a := c.s.patiently(t, c.path); a.status != c.status || !strings.Contains(a.body, c.holds) {
			t.Errorf("%s%s: %d %.200s", c.s.address, c.path, a.status, a.body)
		}
	}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.address+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "evil.example"
	if a := ask(t, request); a.status != http.StatusMisdirectedRequest {
		t.Errorf("another host: %d", a.status)
	}
	s.stop(t)
	for _, setting := range []string{"STP_ADMIN_ADDR=0.0.0.0:0", "STP_PUBLIC_URL=stp.example"} {
		out, err := stpd(t, []string{"STP_DATA_DIR=" + t.TempDir(), "STP_ADDR=127.0.0.1:0", setting}, "serve").CombinedOutput()
		name, _, _ := strings.Cut(setting, "=")
		if err == nil || !strings.Contains(string(out), name) {
			t.Errorf("%s: %v %s", setting, err, out)
		}
	}
}

// unpacked are the texts of all parts of an archive.
func unpacked(t *testing.T, archive string) string {
	t.Helper()
	parts, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, part := range parts.File {
		content, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(part.Name, ".xlsx") {
			text = []byte(unpacked(t, string(text)))
		}
		all.Write(text)
	}
	return all.String()
}
