package figures

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"stpdash/internal/bytecache"
	"stpdash/internal/catalog"
)

// Memory keeps answers by the figures that they were made from, so that it never has to forget because something was loaded. It is bounded
// in bytes. Answers as of other moments, and of whole tables, have a share of their own, so that they do not push out those that everybody needs.
type Memory struct {
	now, past *bytecache.Cache[any]
	seen      atomic.Value // names the figures that are seen now
	asked     inquiries
	shown     shared
}

// pastShare is the part of the memory, one in so many, for answers as of other moments and of whole tables.
const pastShare = 2

// NewMemory makes an empty memory of about so many bytes.
func NewMemory(bytes int64) *Memory {
	return &Memory{now: bytecache.New[any](bytes - bytes/pastShare), past: bytecache.New[any](bytes / pastShare)}
}

func (m *Memory) get(key string) (any, bool) {
	if known, ok := m.now.Get(key); ok {
		return known, true
	}
	return m.past.Get(key)
}

// keep keeps an answer made from the figures that are seen.
func (m *Memory) keep(asOf Moment, key string, answer any) {
	share := m.past
	if asOf.seen == m.seen.Load() && !asOf.aside {
		share = m.now
	}
	share.Add(key, answer, size(answer))
}

// shared asks what many want to know at once: who comes while it is asked waits for the next answer, so that nobody gets one that was
// true only before they came.
type shared struct {
	asking sync.Mutex // held by who asks
	mu     sync.Mutex
	next   *shownNow // nil when nobody waits to ask
}

// shownNow is an answer that several wait for.
type shownNow struct {
	done chan struct{}
	seen Watermark
	err  error
}

type question func(context.Context, AsOf) (Watermark, error)

// ask makes a question of many one of all who ask meanwhile; the moment must be the same.
func (s *shared) ask(ask question) question {
	return func(ctx context.Context, asOf AsOf) (Watermark, error) {
		s.mu.Lock()
		n := s.next
		if n == nil {
			n = &shownNow{done: make(chan struct{})}
			s.next = n
			go func() {
				s.asking.Lock()
				defer s.asking.Unlock()
				s.mu.Lock()
				s.next = nil // who comes from here on asks anew
				s.mu.Unlock()
				ctx, cancel := forAll(ctx)
				defer cancel()
				n.seen, n.err = ask(ctx, asOf)
				close(n.done)
			}()
		}
		s.mu.Unlock()
		select {
		case <-n.done:
			return n.seen, n.err
		case <-ctx.Done():
			return Watermark{}, ctx.Err()
		}
	}
}

// longestQuestion bounds a question that nobody has bounded.
const longestQuestion = time.Minute

// forAll is the context of a question whose answer several readers wait for. It does not end because the first of them goes away, but it
// ends when their time does, and so does every question within it.
func forAll(ctx context.Context) (context.Context, context.CancelFunc) {
	end, bounded := ctx.Deadline()
	if !bounded {
		end = time.Now().Add(longestQuestion)
	}
	return context.WithDeadline(context.WithoutCancel(ctx), end)
}

// inquiry is a question that is being asked for all who wait for its answer.
type inquiry struct {
	done    chan struct{}
	waiting int
	end     context.CancelFunc // for when nobody waits any more
	answer  any
	err     error
}

// inquiries are the questions that are being asked, by their keys.
type inquiries struct {
	mu    sync.Mutex
	asked map[string]*inquiry
}

// join has a reader wait for the answer to a question, which is asked unless it is being asked already.
func (i *inquiries) join(ctx context.Context, key string, ask func(context.Context) (any, error)) (q *inquiry, first bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if q = i.asked[key]; q != nil {
		q.waiting++
		return q, false
	}
	ctx, cancel := forAll(ctx)
	q = &inquiry{done: make(chan struct{}), waiting: 1, end: cancel}
	if i.asked == nil {
		i.asked = map[string]*inquiry{}
	}
	i.asked[key] = q
	go func() {
		defer cancel()
		defer close(q.done)
		defer i.forget(key, q)
		defer func() {
			if fault := recover(); fault != nil { // nobody else's stack could catch it
				q.err = fmt.Errorf("panic: %v\n%s", fault, debug.Stack())
			}
		}()
		q.answer, q.err = ask(ctx)
	}()
	return q, true
}

func (i *inquiries) forget(key string, q *inquiry) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.asked[key] == q {
		delete(i.asked, key)
	}
}

// leave ends a question when the last of those who wait goes away, and tells whether that was so.
func (i *inquiries) leave(key string, q *inquiry) (last bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if q.waiting--; q.waiting > 0 {
		return false
	}
	if i.asked[key] == q {
		delete(i.asked, key) // who comes now asks anew
	}
	q.end()
	return true
}

// Remember asks once for what does not change while the same figures are seen. When nobody waits for the answer any more, the question
// ends.
func Remember[T any](ctx context.Context, m *Memory, asOf Moment, question string, ask func(context.Context) (T, error)) (T, error) {
	return RememberMade(ctx, m, asOf, asOf.seen, question, ask)
}

// RememberMade asks once for what does not change while it is made of the same, which a name tells, whatever else is loaded.
func RememberMade[T any](ctx context.Context, m *Memory, asOf Moment, of, question string, ask func(context.Context) (T, error)) (T, error) {
	key := of + " " + question
	if known, ok := m.get(key); ok {
		return known.(T), nil
	}
	return askOnce(ctx, m, key, func(ctx context.Context) (T, error) {
		answer, err := ask(ctx)
		if err == nil {
			m.keep(asOf, key, answer)
		}
		return answer, err
	})
}

// rememberEach remembers the answers to one question about several measures, by their ids. Those that are not known are asked for together,
// at most so many at once: to plan a question costs ClickHouse more than to answer it.
func rememberEach[T any](ctx context.Context, m *Memory, asOf Moment, question string, measures []*catalog.Measure, most int,
	ask func(ctx context.Context, some []*catalog.Measure) (map[string]T, error),
) (map[string]T, error) {
	key := func(of *catalog.Measure) string { return asOf.seen + " " + aboutMeasure(question, of) }
	answers := map[string]T{}
	var unknown []*catalog.Measure
	for _, of := range measures {
		if known, ok := m.get(key(of)); ok {
			answers[of.ID] = known.(T)
		} else {
			unknown = append(unknown, of)
		}
	}
	for some := range slices.Chunk(unknown, max(1, most)) {
		together := ""
		for _, of := range some {
			together += " " + key(of)
		}
		found, err := askOnce(ctx, m, together, func(ctx context.Context) (map[string]T, error) {
			found, err := ask(ctx, some)
			for i := 0; err == nil && i < len(some); i++ {
				m.keep(asOf, key(some[i]), found[some[i].ID])
			}
			return found, err
		})
		if err != nil {
			return nil, err
		}
		maps.Copy(answers, found)
	}
	return answers, nil
}

// aboutMeasure is a question about one measure as it is defined.
func aboutMeasure(question string, m *catalog.Measure) string {
	return question + " " + m.ID + " " + m.Hash()
}

// askOnce asks what several may want to know at once.
func askOnce[T any](ctx context.Context, m *Memory, key string, ask func(context.Context) (T, error)) (T, error) {
	for {
		q, first := m.asked.join(ctx, key, func(ctx context.Context) (any, error) { return ask(ctx) })
		select {
		case <-ctx.Done():
			// Who goes away takes a place until what was done in it for them alone has ended.
			if last := m.asked.leave(key, q); last && errors.Is(ctx.Err(), context.Canceled) {
				<-q.done
			}
			var none T
			return none, ctx.Err()
		case <-q.done:
			if !first && errors.Is(q.err, context.DeadlineExceeded) && ctx.Err() == nil {
				continue // the time of who asked is over, not that of who joined them
			}
			known, _ := q.answer.(T)
			return known, q.err
		}
	}
}
