package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"stpdash/internal/load"
)

func TestRunByHand(t *testing.T) {
	o, token := withProgram(t, time.Now)
	var started []string
	handler := func(o Options) http.Handler {
		return New(withoutFigures(Options{
			Schedule: func(context.Context) ([]load.Entry, error) {
				return []load.Entry{{Source: "busy"}, {Source: "returns"}}, nil
			},
			Render:   func(io.Writer, string, any) error { return nil },
			Ready:    func(context.Context) error { return nil },
			Registry: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler), Accounts: o.Accounts, Acts: o.Acts,
			Run: func(source string) (uint64, error) {
				switch source {
				case "busy":
					return 0, fmt.Errorf("%s %w", source, load.ErrRunning)
				case "returns":
					started = append(started, source)
					return 44, nil
				default:
					return 0, fmt.Errorf("%q %w", source, load.ErrNoSource)
				}
			},
		}, nil))
	}
	open, closed := handler(o), handler(Options{})
	for _, c := range []struct {
		name, query, client string
		handler             http.Handler
		headers             map[string]string
		status              int
		detail              string
	}{
		{"from this machine", "source=returns", "127.0.0.1:4711", open, nil, 202, ""},
		{"from this machine, by IPv6", "source=returns", "[::1]:4711", open, nil, 202, ""},
		{"from this machine, by IPv4 within IPv6", "source=returns", "[::ffff:127.0.0.1]:4711", open, nil, 202, ""},
		{"from another machine", "source=returns", "192.0.2.1:4711", open, nil, 403, "from the machine of the service"},
		{
			"from another machine that says otherwise", "source=returns", "192.0.2.1:4711", open,
			map[string]string{"X-Forwarded-For": "127.0.0.1", "X-Real-Ip": "127.0.0.1", "Forwarded": "for=127.0.0.1"},
			403, "from the machine of the service",
		},
		{"without a token", "source=returns", "127.0.0.1:4711", open, map[string]string{"Authorization": ""}, 401, "/account/tokens"},
		{"with another token", "source=returns", "127.0.0.1:4711", open, map[string]string{"Authorization": "Bearer another"}, 401, "/account/tokens"},
		{"with the beginning of the token", "source=returns", "127.0.0.1:4711", open, map[string]string{"Authorization": "Bearer " + token[:40]}, 401, "/account/tokens"},
		{"with a password", "source=returns", "127.0.0.1:4711", open, map[string]string{"Authorization": "Basic " + token}, 401, "/account/tokens"},
		{"where nobody has an account", "source=returns", "127.0.0.1:4711", closed, nil, 401, "/account/tokens"},
		{"with an empty one", "source=returns", "127.0.0.1:4711", open, map[string]string{"Authorization": "Bearer "}, 401, "/account/tokens"},
		{"from a page of another site", "source=returns", "127.0.0.1:4711", open, map[string]string{"Sec-Fetch-Site": "cross-site"}, 403, "another site"},
		{"from a page of another origin", "source=returns", "127.0.0.1:4711", open, map[string]string{"Origin": "https://elsewhere.example"}, 403, "another site"},
		{"of what runs already", "source=busy", "127.0.0.1:4711", open, nil, 409, "busy is running already"},
		{"of nothing", "source=nothing", "127.0.0.1:4711", open, nil, 404, `"nothing" is no source`},
		{"without a source", "", "127.0.0.1:4711", open, nil, 400, "source"},
		{"with a parameter that there is not", "source=returns&force=1", "127.0.0.1:4711", open, nil, 400, "force"},
	} {
		t.Run(c.name, func(t *testing.T) {
			started = nil
			request := httptest.NewRequest(http.MethodPost, "http://127.0.0.1:8044/api/v1/runs?"+c.query, nil)
			request.RemoteAddr = c.client
			request.Header.Set("Authorization", "Bearer "+token)
			for name, value := range c.headers {
				request.Header.Set(name, value)
			}
			answer := httptest.NewRecorder()
			c.handler.ServeHTTP(answer, request)
			body, kind := answer.Body.String(), answer.Header().Get("Content-Type")
			if answer.Code != c.status || (len(started) > 0) != (c.status == http.StatusAccepted) {
				t.Fatalf("%d %s, started %q; want %d", answer.Code, body, started, c.status)
			}
			if strings.Contains(body, token) {
				t.Errorf("the answer holds the token: %s", body)
			}
			if c.status == http.StatusAccepted {
				if !strings.Contains(body, `"run_id":44`) || !strings.Contains(body, `"source":"returns"`) {
					t.Errorf("the answer is %s", body)
				}
				return
			}
			var p problem
			if err := json.Unmarshal(
				[]byte(body),
				&p,
			); err != nil || kind != "application/problem+json" || p.Status != c.status ||
				!strings.Contains(p.Detail, c.detail) {
				t.Errorf("%s %s (%v), want a problem that says %q", kind, body, err, c.detail)
			}
			if (answer.Header().Get("WWW-Authenticate") != "") != (c.status == http.StatusUnauthorized) {
				t.Errorf("the headers are %v", answer.Header())
			}
		})
	}
}

func TestScheduleAnswer(t *testing.T) {
	at := time.Date(2018, 6, 1, 6, 0, 0, 0, time.UTC)
	entries := []load.Entry{
		{Source: load.InboxSource, Title: "Inbox", Cron: "* * * * *", Next: at.Add(time.Minute), Running: &load.Run{ID: 45, Started: at}},
		{Source: "returns", Title: "Returns", Last: &load.Run{
			ID: 44, Source: "returns", Trigger: "hand", Started: at, Ended: at.Add(time.Second), Found: 3, Published: 2, Failed: 1,
			Message: "fetch http://nhs.uk/a.csv: gone",
		}},
	}
	handler := New(withoutFigures(Options{
		Schedule: func(context.Context) ([]load.Entry, error) { return entries, nil },
		Ready:    func(context.Context) error { return nil }, Registry: prometheus.NewRegistry(), Logger: slog.New(slog.DiscardHandler),
	}, nil))
	for query, wants := range map[string][]string{
		"": {
			`"source":"inbox"`, `"cron":"* * * * *","next_run":"2018-06-01T06:01:00Z","running_since":"2018-06-01T06:00:00Z","last_run":null`,
			`"cron":"","next_run":null,"running_since":null,"last_run":{"run_id":44,"source":"returns","trigger":"hand"`, `"message":"fetch http://nhs.uk/a.csv: gone"`,
		},
		"?format=csv": {
			"source,title,cron,next_run,running_since,last_started,", "returns,Returns,,,,2018-06-01T06:00:00Z,2018-06-01T06:00:01Z,hand,3,2,1,0,fetch",
			"inbox,Inbox,* * * * *,2018-06-01T06:01:00Z,2018-06-01T06:00:00Z,,,,,,,,,\n",
		},
		"?source=x": {`"parameter":"source"`},
	} {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/api/v1/schedule"+query, nil))
		for _, want := range wants {
			if !strings.Contains(answer.Body.String(), want) {
				t.Errorf("%s does not hold %q: %s", query, want, answer.Body)
			}
		}
	}
}
