package web

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"math"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"stpdash/internal/load"
)

// schedule answers when sources are run, and starts runs by hand.
type schedule struct {
	entries func(ctx context.Context) ([]load.Entry, error)
	run     func(source string) (uint64, error)
	token   string
	lockout *lockout
	public  *url.URL // the address under which others reach the service; nil where there is none
}

func (s *schedule) register(h huma.API) {
	get(h, "/api/v1/schedule", "When each source runs, and how its latest run went", s.list)
	huma.Register(h, huma.Operation{
		OperationID: "run", Method: http.MethodPost, Path: "/api/v1/runs", DefaultStatus: http.StatusAccepted,
		Summary:     "Start a run of a source, or a look through the inbox",
		Description: "Answers clients on the same machine alone, with the header Authorization: Bearer and the token that STP_TOKEN sets.",
		Middlewares: huma.Middlewares{s.admit(h), onlyKnown[runInput](h)},
		Security:    []map[string][]string{{bearer: {}}},
		Errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests,
			http.StatusServiceUnavailable},
	}, s.start)
}

type scheduleRow struct {
	Source  string     `json:"source" doc:"Id of the source, or inbox"`
	Title   string     `json:"title"`
	Cron    string     `json:"cron" doc:"Minute, hour, day of the month, month and day of the week in London; empty when it is run by hand only"`
	Next    *time.Time `json:"next_run" doc:"Null when it is run by hand only"`
	Running *time.Time `json:"running_since" doc:"Null when no run is under way"`
	Last    *runRow    `json:"last_run" doc:"The latest run that has ended; null when none has"`
}

type scheduleList []scheduleRow

func (l scheduleList) sheet() sheet {
	s := sheet{"schedule", [][]any{{"source", "title", "cron", "next_run", "running_since",
		"last_started", "last_ended", "last_trigger", "last_found", "last_published", "last_failed", "last_known", "last_message", "last_held"}}}
	moment := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.Format(time.RFC3339)
	}
	for _, r := range l {
		last := []any{"", "", "", "", "", "", "", "", ""}
		if l := r.Last; l != nil {
			last = []any{moment(&l.Started), moment(&l.Ended), l.Trigger, l.Found, l.Published, l.Failed, l.Known, l.Message, l.Held}
		}
		s.rows = append(s.rows, append([]any{r.Source, r.Title, r.Cron, moment(r.Next), moment(r.Running)}, last...))
	}
	return s
}

func (s *schedule) list(ctx context.Context, _ *struct {
	Format string `query:"format" doc:"json, csv or xlsx"`
}) (scheduleList, error) {
	entries, err := s.entries(ctx)
	list := scheduleList{}
	for _, e := range entries {
		row := scheduleRow{Source: e.Source, Title: e.Title, Cron: e.Cron}
		if !e.Next.IsZero() {
			row.Next = &e.Next
		}
		if e.Running != nil {
			row.Running = &e.Running.Started
		}
		if e.Last != nil {
			last := runRow(*e.Last)
			row.Last = &last
		}
		list = append(list, row)
	}
	return list, err
}

// admit lets programs of this machine through that know the token.
func (s *schedule) admit(h huma.API) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		if p := s.refusal(humagin.Unwrap(c).Request); p != nil {
			for name, values := range p.headers() {
				c.SetHeader(name, values[0])
			}
			_ = huma.WriteErr(h, c, p.Status, p.Detail)
			return
		}
		next(c)
	}
}

// refusal says why a request may not start runs; nil where it may.
func (s *schedule) refusal(r *http.Request) *problem {
	name, _ := hostOf(r.Host)
	outside := s.public != nil && name == strings.ToLower(s.public.Hostname()) && !isLoopbackName(name)
	if outside || !local(r) {
		return newProblem(http.StatusForbidden, "Runs are started from the machine of the service alone, and not through a proxy.")
	}
	if s.token == "" {
		return newProblem(http.StatusForbidden, "Runs are not started over http here: STP_TOKEN sets no token.")
	}
	wrong := newProblem(http.StatusUnauthorized, "The token is missing or another; accepted is the header Authorization: Bearer with the token that STP_TOKEN sets.")
	wrong.challenge = `Bearer realm="runs"`
	authorization := r.Header.Get("Authorization")
	if authorization == "" { // no guess
		return wrong
	}
	client, _, _ := net.SplitHostPort(r.RemoteAddr)
	token, bearer := strings.CutPrefix(authorization, "Bearer ")
	ok, wait := s.lockout.try(client, same(token, s.token) && bearer)
	switch {
	case wait > 0:
		p := newProblem(http.StatusTooManyRequests, "Too many tokens were wrong, and this one is. Try again later, or with the right one.")
		p.retryAfter = max(1, int(math.Ceil(wait.Seconds())))
		return p
	case !ok:
		return wrong
	}
	return nil
}

// same compares in a time that tells nothing of what differs, the lengths included.
func same(found, wanted string) bool {
	a, b := sha256.Sum256([]byte(found)), sha256.Sum256([]byte(wanted))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

type runInput struct {
	Source string `query:"source" required:"true" doc:"Id of a source that says where its files are, or inbox"`
}

type runBody struct {
	ID     uint64 `json:"run_id" doc:"Its number at /api/v1/runs, where it stands once it has ended"`
	Source string `json:"source"`
}

func (s *schedule) start(ctx context.Context, in *runInput) (*struct{ Body runBody }, error) {
	id, err := s.run(in.Source)
	if err != nil {
		return nil, problemOf(err)
	}
	return &struct{ Body runBody }{runBody{id, in.Source}}, nil
}
