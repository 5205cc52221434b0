package web

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
)

// A service with a route that does not say who may ask it does not start.
func TestEveryRouteSaysWhoMayAsk(t *testing.T) {
	starts := func(s *server) (err any) {
		defer func() { err = recover() }()
		s.router()
		return nil
	}
	server := func() *server { return newServer(withoutFigures(Options{Registry: prometheus.NewRegistry()}, nil)) }
	if err := starts(server()); err != nil {
		t.Fatal(err)
	}
	for i, route := range Routes() {
		for _, who := range []Access{0, -1, 99} {
			s := server()
			s.routes[i].Who = who
			err, _ := starts(s).(error)
			if err == nil || !strings.Contains(err.Error(), route.Method+" "+route.Path+" does not say who may ask it") {
				t.Errorf("%s for %d: it starts, or says %v", route.Path, who, err)
			}
		}
	}
	for _, route := range adminRoutes(prometheus.NewRegistry(), nil, nil) {
		if route.Who != ThisMachine {
			t.Errorf("%s of those who run the service is for %v", route.Path, route.Who)
		}
	}
}

// Whom the table does not know is let in nowhere.
func TestWhoMayAsk(t *testing.T) {
	here := httptest.NewRequest(http.MethodGet, "http://127.0.0.1/", nil)
	here.RemoteAddr = "127.0.0.1:1"
	away := here.Clone(t.Context())
	away.RemoteAddr = "192.0.2.1:1"
	named := here.Clone(t.Context())
	named.Host = "stp.example"
	requests := map[string]*http.Request{"here": here, "elsewhere": away, "here by another name": named}
	for who, want := range map[Access][]string{
		Anyone:      {"elsewhere", "here", "here by another name"},
		TokenHolder: {"here", "here by another name"}, // whose token is looked at next: see TestProgramsMayNoMoreThanTheirOwners
		ThisMachine: {"here"},
		0:           nil,
		99:          nil,
	} {
		a := &admission{lockout: newLockout(time.Now)}
		var admitted []string
		for name, r := range requests {
			if a.refusal(who, r) == nil {
				admitted = append(admitted, name)
			}
		}
		slices.Sort(admitted)
		if diff := cmp.Diff(want, admitted); diff != "" {
			t.Errorf("%d %v:\n%s", who, who, diff)
		}
	}
	if len(access) != 3+7 {
		t.Errorf("there are %d kinds of access: three are tried here, and seven that ask who is signed in in TestEveryRouteByEveryRole", len(access))
	}
}

// Who may not ask is not answered from the cache either.
func TestTheCacheIsBehindTheDoor(t *testing.T) {
	o, token := withProgram(t, time.Now)
	s := newServer(withoutFigures(Options{
		Registry: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler), Accounts: o.Accounts, Acts: o.Acts, Now: time.Now,
		Render: func(io.Writer, string, any) error { return nil },
	}, nil))
	for i := range s.routes {
		if s.routes[i].Path == openAPIPath {
			s.routes[i].Who = TokenHolder
		}
	}
	router, _ := s.router()
	for _, c := range []struct {
		shown  string
		status int
	}{{"", 401}, {token, 200}, {"", 401}, {"another", 401}, {token, 200}} {
		request := httptest.NewRequest(http.MethodGet, openAPIPath, nil)
		request.RemoteAddr = "127.0.0.1:1"
		if c.shown != "" {
			request.Header.Set("Authorization", "Bearer "+c.shown)
		}
		answer := httptest.NewRecorder()
		router.ServeHTTP(answer, request)
		if answer.Code != c.status || (answer.Code == http.StatusOK) != strings.Contains(answer.Body.String(), "openapi") {
			t.Errorf("shown %q: %d, want %d", c.shown, answer.Code, c.status)
		}
	}
	if n := s.cache.responses.current.Bytes(); n == 0 {
		t.Error("nothing was cached, so this shows nothing")
	}
}

// Nothing is answered that is not in the table.
func TestTheTableHasEveryAddress(t *testing.T) {
	router, described := newServer(withoutFigures(Options{Registry: prometheus.NewRegistry()}, nil)).router()
	var answered, listed, operations, questions []string
	for _, route := range router.Routes() {
		answered = append(answered, route.Method+" "+route.Path)
	}
	for _, route := range Routes() {
		listed = append(listed, route.Method+" "+route.Path)
		if strings.HasPrefix(route.Path, "/api/") {
			questions = append(questions, route.Method+" "+route.Template())
			o := described.Paths[route.Template()].Get
			if route.Method == http.MethodPost {
				o = described.Paths[route.Template()].Post
			}
			var said []string
			for _, p := range o.Parameters {
				if p.In == "query" {
					said = append(said, p.Name)
				}
			}
			if diff := cmp.Diff(route.Parameters(), said); diff != "" {
				t.Errorf("%s: the description names other parameters:\n%s", route.Path, diff)
			}
		}
	}
	for path, item := range described.Paths {
		if item.Get != nil {
			operations = append(operations, "GET "+path)
		}
		if item.Post != nil {
			operations = append(operations, "POST "+path)
		}
	}
	for _, list := range [][]string{answered, listed, operations, questions} {
		slices.Sort(list)
	}
	if diff := cmp.Diff(listed, answered); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(questions, operations); diff != "" {
		t.Error(diff)
	}
}

// What is kept for others, and what few places are for, is decided for each route; here for all of them at once.
func TestWhatIsKept(t *testing.T) {
	kept, costly := map[Caching]string{}, ""
	for _, route := range Routes() {
		kept[route.Caching] += route.Path + " "
		if route.Effort == Costly {
			costly += route.Path + " "
		}
	}
	forms := "/sign-in /sign-in /sign-in/provider /sign-in/provider/back /sign-in/provider/link /sign-in/provider/link /sign-out /set-password /set-password /account /account/password /account/sessions /account/second-factor /account/second-factor " +
		"/account/second-factor/remove /account/provider/unlink /account/tokens /account/tokens /account/tokens/end /people /people /people/:person /people/:person /notes/new /notes/new /notes/:note /notes/:note " +
		"/decisions/new /decisions/new /reviews/held /reviews/held /decisions/:decision /decisions/:decision /returns /returns /returns/new /returns/new /returns/file /returns/confirm /returns/:return /sign-offs/new /sign-offs/new /sign-offs/:signoff /sign-offs/:signoff /acts "
	taken := "/page.pdf /slides.pptx /regions/:name/page.pdf /regions/:name/slides.pptx /footprints/:code/page.pdf /footprints/:code/slides.pptx /footprints/:code/figures.xlsx " +
		"/footprints/:code/:measure/page.pdf /footprints/:code/:measure/slides.pptx /review/page.pdf /review/slides.pptx "
	if diff := cmp.Diff(map[Caching]string{
		NotCached: "/healthz /readyz " + strings.Replace(
			taken,
			"/footprints/:code/page.pdf",
			"/regions/:name/calendar.ics /footprints/:code/page.pdf",
			1,
		) + "/claims/:id/pack.zip /downloads/figures.zip " + forms + "/api/v1/regions /api/v1/templates /api/v1/figures /api/v1/calibration /api/v1/notes /api/v1/decisions /api/v1/sign-offs /api/v1/acts /api/v1/rules /api/v1/runs /api/v1/runs /api/v1/schedule ",
		Cacheable: "/ /regions/:name /footprints/:code /footprints/:code/money /footprints/:code/:measure /organisations/:code /measures/:id /claims /claims/:id /provenance /calibration /search /method /help /help/:topic /downloads /loads/:id " +
			"/api/v1/footprints /api/v1/organisations /api/v1/measures /api/v1/targets /api/v1/series /api/v1/spc /api/v1/forecast /api/v1/overview /api/v1/money /api/v1/peers /api/v1/rows /api/v1/drivers /api/v1/provenance /api/v1/steps /api/v1/crosschecks " +
			"/api/v1/claims /api/v1/claims/:id /api/v1/loads /api/v1/loads/:id /api/v1/loads/:id/rejections /api/v1/loads/:id/reconciliation /api/v1/loads/:id/warnings /api/v1/responsibilities ",
		CacheablePerMinute: "/regions/:name/feed.atom /footprints/:code/feed.atom /measures/:id/feed.atom /review /compare /claims/:id/feed.atom /data /responsibilities /loads /api/v1/review /api/v1/changes ",
		CacheableForever:   "/assets/*file /openapi.json ",
	}, kept); diff != "" {
		t.Error(diff)
	}
	want := strings.NewReplacer(
		"/footprints/:code/page.pdf", "/regions/:name/feed.atom /footprints/:code/page.pdf",
		"/footprints/:code/:measure/page.pdf", "/footprints/:code/feed.atom /footprints/:code/:measure/page.pdf",
		"/review/page.pdf", "/measures/:id/feed.atom /review /review/page.pdf",
	).Replace(taken) + "/compare /claims/:id/feed.atom /claims/:id/pack.zip /provenance /downloads/figures.zip /api/v1/figures /api/v1/forecast /api/v1/provenance /api/v1/steps /api/v1/crosschecks /api/v1/review /api/v1/changes " +
		"/api/v1/loads/:id/rejections /api/v1/loads/:id/reconciliation /api/v1/loads/:id/warnings "
	if diff := cmp.Diff(want, costly); diff != "" {
		t.Error(diff)
	}
}
