package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/semaphore"
)

// What is made at once. What is cached already takes no place.
const (
	lightPlaces  = 4
	costlyPlaces = 2
	// maxWaiting bounds how many wait for a place, and maxWait how long.
	maxWaiting = 500
	maxWait    = 10 * time.Second
)

// Long answers stay in memory until slow readers have them. All of them together are bounded in bytes, and each by a pace, so that the slow make
// others wait for nothing but long answers, and not for ever.
const (
	longAnswer  = 64 << 10
	maxSent     = 48 << 20
	minPace     = 32 << 10 // bytes a second
	minSendTime = 15 * time.Second
)

// places bound how many answers of one kind are made at once, so that the memory they take is bounded and other kinds are not kept waiting.
type places struct {
	free    *semaphore.Weighted
	waiting atomic.Int64
	longest time.Duration
	within  *places // of which each place here takes one too
}

func newPlaces(n int64) *places { return &places{free: semaphore.NewWeighted(n), longest: maxWait} }

// lane is one place among them, for a route: however many ask for one thing, they leave the other places to those who ask for another.
func (p *places) lane() *places {
	return &places{free: semaphore.NewWeighted(1), longest: p.longest, within: p}
}

// clients ask each for so many answers at once, and wait with the others of their own for that. So who asks for much, or reads slowly, keeps no other
// client waiting for more than one turn.
type clients struct {
	each    int64
	longest time.Duration
	mu      sync.Mutex
	lanes   map[string]*places
	within  map[string]int // how many of each client wait or are served
}

func newClients(each int64, longest time.Duration) *clients {
	return &clients{each: each, longest: longest, lanes: map[string]*places{}, within: map[string]int{}}
}

// enter waits for the turn of a client, and then for a place.
func (s *clients) enter(ctx context.Context, client string, in *places) (leave func(), err error) {
	s.mu.Lock()
	lane := s.lanes[client]
	if lane == nil {
		lane = newPlaces(s.each)
		lane.longest = s.longest
		s.lanes[client] = lane
	}
	s.within[client]++
	s.mu.Unlock()
	gone := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.within[client]--; s.within[client] == 0 {
			delete(s.within, client)
			delete(s.lanes, client)
		}
	}
	turn, err := lane.enter(ctx, 1)
	if err != nil {
		gone()
		return nil, err
	}
	left, err := in.enter(ctx, 1)
	if err != nil {
		turn()
		gone()
		return nil, err
	}
	return func() { left(); turn(); gone() }, nil
}

// count is how many of a client wait or are served.
func (s *clients) count(client string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.within[client]
}

// errBusy means that too much is being made.
var errBusy = errors.New("too many answers of this kind are being made")

// enter waits for so many places.
func (p *places) enter(ctx context.Context, n int64) (leave func(), err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.longest, errBusy)
	defer cancel()
	own, err := p.wait(ctx, n)
	if err != nil || p.within == nil {
		return own, err
	}
	also, err := p.within.enter(ctx, n)
	if err != nil {
		own()
		return nil, err
	}
	return func() { also(); own() }, nil
}

func (p *places) wait(ctx context.Context, n int64) (leave func(), err error) {
	if p.free.TryAcquire(n) {
		return func() { p.free.Release(n) }, nil
	}
	defer p.waiting.Add(-1)
	if p.waiting.Add(1) > maxWaiting {
		return nil, errBusy
	}
	if p.free.Acquire(ctx, n) != nil {
		return nil, context.Cause(ctx)
	}
	return func() { p.free.Release(n) }, nil
}

// staying is the context of an answer that is being made: it ends with the time for it, not when the reader goes away, as others may wait
// for the answer.
func staying(ctx context.Context) (context.Context, context.CancelFunc) {
	if end, ok := ctx.Deadline(); ok {
		return context.WithDeadline(context.WithoutCancel(ctx), end)
	}
	return context.WithCancel(context.WithoutCancel(ctx))
}

// enter waits for a place in which the answer to a request is made. The lane is that of the route.
func (h *responseCache) enter(c *gin.Context, r Route, lane *places, q cacheKey) (leave func(), err error) {
	ctx, client := c.Request.Context(), h.proxies.client(c.Request)
	if r.Effort == Costly || q.named || c.GetHeader("Accept") == xlsxType {
		return h.costlyOf.enter(ctx, client, lane)
	}
	return h.lightOf.enter(ctx, client, h.light)
}

// tooLong refuses an answer that has more than is accepted.
func tooLong() *problem {
	return newProblem(http.StatusBadRequest, fmt.Sprintf("The answer would be longer than %d MB. Ask for less of it, or for another format.", maxWhole>>20))
}

// notMade says why there was no place for an answer.
func notMade(err error) *problem {
	if !errors.Is(err, errBusy) {
		return problemOf(err)
	}
	p := newProblem(http.StatusServiceUnavailable, "Too many answers of this kind are being made at the moment. Try again in a few seconds.")
	p.retryAfter = retrySeconds
	return p
}
