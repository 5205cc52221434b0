package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"stpdash/internal/act"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/pages/wording"
)

// problem is an RFC 9457 problem document.
type problem struct {
	Type      string `json:"type"                doc:"about:blank: the status says what kind of problem it is"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Parameter string `json:"parameter,omitempty" doc:"The parameter that was not accepted"`
	Value     string `json:"value,omitempty"     doc:"What it was"`
	Accepted  string `json:"accepted,omitempty"  doc:"What is accepted"`
	ID        string `json:"id"                  doc:"Names this problem in the log"`

	unknown    bool  // the parameter itself is not accepted
	after      bool  // the moment comes after the one that it is compared with
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
	var refused *act.RefusalError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &input):
		p := newProblem(http.StatusBadRequest, input.Error())
		p.Parameter, p.Value, p.Accepted = input.Parameter, input.Value, input.Accepted
		p.unknown, p.after = errors.As(err, new(figures.UnknownParameterError)), errors.As(err, new(figures.OrderError))
		return p
	case errors.As(err, &refused):
		return newProblem(http.StatusForbidden, wording.Refusal(refused)+".")
	case errors.Is(err, load.ErrRunning):
		return newProblem(http.StatusConflict, err.Error())
	case errors.Is(err, figures.ErrNotFound), errors.Is(err, load.ErrNoSource):
		return newProblem(http.StatusNotFound, err.Error())
	case errors.Is(err, figures.ErrDamaged):
		p := newProblem(
			http.StatusServiceUnavailable,
			"The figures cannot be read because stored files are damaged. The people who run this service need to rebuild it.",
		)
		p.retryAfter, p.cause = retrySeconds, err
		return p
	case errors.Is(err, figures.ErrLoading):
		p := newProblem(
			http.StatusServiceUnavailable,
			"The figures that this needs are not loaded yet. The service has just been started; try again in a few seconds.",
		)
		p.retryAfter = retrySeconds
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

const (
	// refusalTime is how long refusals of one status are counted together, and maxRefusals how many of them the log has each by itself.
	refusalTime = 5 * time.Second
	maxRefusals = 20
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

// notable is whether a refusal is among the first of its status; the others are logged as a number.
func (r *refusals) notable(status int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.of[status]++
	if r.of[status] == 1 {
		r.after(refusalTime, func() { r.settle(status) })
	}
	return r.of[status] <= maxRefusals
}

// settle logs how many refusals were not logged, and begins to count anew.
func (r *refusals) settle(status int) {
	r.mu.Lock()
	more := r.of[status] - maxRefusals
	delete(r.of, status)
	r.mu.Unlock()
	if more > 0 {
		r.logger.Info("more refused", "status", status, "times", more, "within", refusalTime)
	}
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
