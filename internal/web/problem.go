package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"stpdash/internal/figures"
	"stpdash/internal/load"
)

// problem is an RFC 9457 problem document.
type problem struct {
	Type      string `json:"type" doc:"about:blank: the status says what kind of problem it is"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Parameter string `json:"parameter,omitempty" doc:"The parameter that was not accepted"`
	Value     string `json:"value,omitempty" doc:"What it was"`
	Accepted  string `json:"accepted,omitempty" doc:"What is accepted"`
	ID        string `json:"id" doc:"Names this problem in the log"`

	unasked    bool // the parameter belongs to no question here
	after      bool
	cause      error // of a fault of ours, for the log
	retryAfter int
	challenge  string // how to say who one is
}

func (p *problem) Error() string             { return p.Detail }
func (p *problem) GetStatus() int            { return p.Status }
func (p *problem) ContentType(string) string { return "application/problem+json" }
func (p *problem) GetHeaders() http.Header   { return p.headers() }

func (p *problem) headers() http.Header {
	headers := http.Header{}
	if p.retryAfter > 0 {
		headers.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	if p.challenge != "" {
		headers.Set("WWW-Authenticate", p.challenge)
	}
	return headers
}

func newProblem(status int, detail string) *problem {
	return &problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail}
}

// problemOf is the one place that turns errors into HTTP.
func problemOf(err error) *problem {
	var known *problem
	var input *figures.InputError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &input):
		p := newProblem(http.StatusBadRequest, input.Error())
		p.Parameter, p.Value, p.Accepted = input.Parameter, input.Value, input.Accepted
		p.unasked, p.after = errors.As(err, new(figures.UnknownParameterError)), errors.As(err, new(figures.OrderError))
		return p
	case errors.Is(err, load.ErrRunning):
		return newProblem(http.StatusConflict, err.Error())
	case errors.Is(err, figures.ErrNotFound), errors.Is(err, load.ErrNoSource):
		return newProblem(http.StatusNotFound, err.Error())
	case errors.Is(err, figures.ErrDamaged):
		p := newProblem(http.StatusServiceUnavailable, "The figures cannot be read because stored files are damaged. The people who run this service need to rebuild it.")
		p.retryAfter, p.cause = retrySeconds, err
		return p
	case errors.Is(err, figures.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		p := newProblem(http.StatusServiceUnavailable, "The figures cannot be read at the moment. They are not lost; try again in a few seconds.")
		p.retryAfter, p.cause = retrySeconds, err
		return p
	default:
		p := newProblem(http.StatusInternalServerError, "Something went wrong here. The log of the service says what.")
		p.cause = err
		return p
	}
}

// record names a problem and writes it to the log: once, and with what only those who run the service should know.
func (s *server) record(r *http.Request, p *problem) {
	if p.ID != "" {
		return
	}
	p.ID = strings.ToLower(rand.Text()[:10])
	level, attributes := slog.LevelInfo, []any{"id", p.ID, "status", p.Status, "method", r.Method, "path", cut(r.URL.Path, mostLogged), "detail", cut(p.Detail, mostLogged)}
	switch {
	case errors.Is(p.cause, context.Canceled): // the reader went away, and nobody sees the answer
		level = slog.LevelDebug
	case p.cause != nil:
		level = slog.LevelError
	case !s.refusals.notable(p.Status):
		return
	}
	if p.cause != nil {
		attributes = append(attributes, "error", cut(p.cause.Error(), mostCause))
	}
	s.Logger.Log(r.Context(), level, "refused", attributes...)
}

const (
	// mostLogged bounds what the log has of a question in bytes, and mostCause what it has of the fault of ours that kept it from an answer.
	mostLogged = 200
	mostCause  = 8 << 10
)

// cut shortens a text that somebody else may have made long.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return fmt.Sprintf("%s... (%d bytes)", strings.ToValidUTF8(text[:most], ""), len(text))
}

const (
	// refusalTime is how long refusals of one status are counted together, and mostRefusals how many of them the log has each by itself.
	refusalTime  = 5 * time.Second
	mostRefusals = 20
)

// refusals keep those who are refused again and again from filling the log. What is a fault of ours is always logged.
type refusals struct {
	logger *slog.Logger
	after  func(time.Duration, func()) // calls a function later
	mu     sync.Mutex
	of     map[int]int // refusals by status
}

func newRefusals(logger *slog.Logger) *refusals {
	return &refusals{logger: logger, after: func(wait time.Duration, do func()) { time.AfterFunc(wait, do) }, of: map[int]int{}}
}

// notable tells whether a refusal is among the first of its status; the others are logged as a number.
func (r *refusals) notable(status int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.of[status]++
	if r.of[status] == 1 {
		r.after(refusalTime, func() { r.settle(status) })
	}
	return r.of[status] <= mostRefusals
}

// settle logs how many refusals were not logged, and begins to count anew.
func (r *refusals) settle(status int) {
	r.mu.Lock()
	more := r.of[status] - mostRefusals
	delete(r.of, status)
	r.mu.Unlock()
	if more > 0 {
		r.logger.Info("more refused", "status", status, "times", more, "within", refusalTime)
	}
}

// identify records the problems that the API answers with.
func (s *server) identify(c huma.Context, _ string, answer any) (any, error) {
	if p, ok := answer.(*problem); ok {
		s.record(humagin.Unwrap(c).Request, p)
	}
	return answer, nil
}

// retrySeconds is long enough for the engine to be started again.
const retrySeconds = 5

func init() {
	// Huma reports a wrong parameter as 422 and in its own form.
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		if status == http.StatusUnprocessableEntity {
			status = http.StatusBadRequest
		}
		p := newProblem(status, message)
		var details []string
		for _, err := range errs {
			var detail *huma.ErrorDetail
			if errors.As(err, &detail) {
				p.Parameter = strings.TrimPrefix(strings.TrimPrefix(detail.Location, "query."), "path.")
				if detail.Value != nil {
					p.Value = fmt.Sprint(detail.Value)
				}
				p.Accepted = detail.Message
				details = append(details, fmt.Sprintf("parameter %s: found %q, accepted: %s", p.Parameter, p.Value, detail.Message))
			} else if err != nil {
				details = append(details, err.Error())
			}
		}
		if len(details) > 0 {
			p.Detail = strings.Join(details, "; ")
		}
		return p
	}
}

// denyCrossOrigin answers a page of another site that makes its reader's browser send something here.
func (s *server) denyCrossOrigin(w http.ResponseWriter, r *http.Request) {
	p := newProblem(http.StatusForbidden, "The request came from a page of another site; accepted are requests of this one and of programs.")
	s.record(r, p)
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the one who asked may be gone
}

// fail answers an API request that did not come to a handler of the API.
func (s *server) fail(c *gin.Context, p *problem) {
	s.record(c.Request, p)
	for name, values := range p.headers() {
		c.Header(name, values[0])
	}
	c.Header("Content-Type", p.ContentType(""))
	c.Header("Content-Disposition", "") // of the answer that it stands in place of
	c.AbortWithStatusJSON(p.Status, p)
}
