package dashboard

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/sync/errgroup"

	"stpdash/internal/bounded"
	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/measure"
)

// Memory keeps answers by the figures that they were made from, so that it never has to forget because something was loaded. It is bounded
// in bytes. Answers as of other moments have a share of their own, so that they do not push out those that everybody needs.
type Memory struct {
	now, past *bounded.Cache[any]
	seen      atomic.Value // names the figures that are seen now
	asked     inquiries
	shown     shared
}

// pastShare is the part of the memory, one in so many, for answers as of other moments.
const pastShare = 3

// NewMemory makes an empty memory of about so many bytes.
func NewMemory(bytes int64) *Memory {
	return &Memory{now: bounded.New[any](bytes - bytes/pastShare), past: bounded.New[any](bytes / pastShare)}
}

func (m *Memory) get(key string) (any, bool) {
	if known, ok := m.now.Get(key); ok {
		return known, true
	}
	return m.past.Get(key)
}

// keep keeps an answer made from the figures that are seen.
func (m *Memory) keep(seen, key string, answer any) {
	share := m.past
	if seen == m.seen.Load() {
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
	seen figures.Watermark
	err  error
}

type question func(context.Context, figures.AsOf) (figures.Watermark, error)

// ask makes a question of many one of all who ask meanwhile; the moment must be the same.
func (s *shared) ask(ask question) question {
	return func(ctx context.Context, asOf figures.AsOf) (figures.Watermark, error) {
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
			return figures.Watermark{}, ctx.Err()
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

// remember asks once for what does not change while the same figures are seen. When nobody waits for the answer any more, the question
// ends.
func remember[T any](ctx context.Context, m *Memory, asOf AsOf, question string, ask func(context.Context) (T, error)) (T, error) {
	key := asOf.seen + " " + question
	if known, ok := m.get(key); ok {
		return known.(T), nil
	}
	for {
		q, first := m.asked.join(ctx, key, func(ctx context.Context) (any, error) {
			answer, err := ask(ctx)
			if err == nil {
				m.keep(asOf.seen, key, answer)
			}
			return answer, err
		})
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

// Warm asks what every page needs, and the reviews of the last week that has ended, so that the first reader does not wait for it.
func (c *Composer) Warm(ctx context.Context) error {
	asOf, err := c.AsOf(ctx, "")
	if err != nil {
		return err
	}
	for _, s := range c.scopes() {
		if s.Footprint != nil {
			if _, err = c.Footprint(ctx, s, asOf); err != nil { // one needs of all places nearly what the others need
				return err
			}
			break
		}
	}
	if _, err = c.Data(ctx, asOf); err != nil {
		return err
	}
	week, err := c.Week(ctx, "", asOf)
	var none *InputError
	if errors.As(err, &none) {
		return nil // before the first load there is no week
	}
	if err != nil {
		return err
	}
	_, err = c.Reviews(ctx, week, asOf)
	return err
}

// table holds points by place, in the order of time.
type table map[string][]measure.Point

// points are those of a measure in all places.
func (c *Composer) points(ctx context.Context, asOf AsOf, m *catalog.Measure) (table, error) {
	return remember(ctx, c.Memory, asOf, "points "+m.ID+" "+m.Hash(), func(ctx context.Context) (table, error) {
		patients, err := c.RegisteredPatients(ctx, asOf)
		if err != nil {
			return nil, err
		}
		t := table{}
		if base := m.Base(); base != nil {
			of, err := c.points(ctx, asOf, base)
			if err != nil {
				return nil, err
			}
			breaks, err := c.breaks(ctx, asOf, m)
			for place, points := range of {
				t[place] = measure.Derive(m, points, breaks[place], patients[place])
			}
			return t, err
		}
		values, err := c.Figures.Values(ctx, asOf.Bound, []string{m.ID}, nil, figures.Range{})
		for _, v := range values {
			t[v.Footprint] = append(t[v.Footprint], measure.NewPoint(m, v, patients[v.Footprint]))
		}
		return t, err
	})
}

// all are the points of several measures, by the measure's id.
func (c *Composer) all(ctx context.Context, asOf AsOf, measures []*catalog.Measure) (map[string]table, error) {
	tables := make([]table, len(measures))
	questions, ctx := errgroup.WithContext(ctx)
	questions.SetLimit(4)
	for i, m := range measures {
		questions.Go(func() (err error) {
			tables[i], err = c.points(ctx, asOf, m)
			return err
		})
	}
	err := questions.Wait()
	byMeasure := map[string]table{}
	for i, m := range measures {
		byMeasure[m.ID] = tables[i]
	}
	return byMeasure, err
}

// RegisteredPatients are those registered with each place, by its code.
func (c *Composer) RegisteredPatients(ctx context.Context, asOf AsOf) (map[string]decimal.NullDecimal, error) {
	return remember(ctx, c.Memory, asOf, "registered patients", func(ctx context.Context) (map[string]decimal.NullDecimal, error) {
		values, err := c.Figures.Values(ctx, asOf.Bound, []string{registeredPatients}, nil, figures.Range{From: registeredQuarter, To: registeredQuarter})
		patients := map[string]decimal.NullDecimal{}
		for _, v := range values {
			patients[v.Footprint] = v.Numerator
		}
		return patients, err
	})
}

// LoadOf is the load that the newest cells beneath a figure came with.
func (c *Composer) LoadOf(ctx context.Context, asOf AsOf, p measure.Point) (load.Load, error) {
	return remember(ctx, c.Memory, asOf, fmt.Sprint("load ", p.Load), func(ctx context.Context) (load.Load, error) {
		return c.Figures.LoadAsOf(ctx, asOf.Bound, p.Load)
	})
}

// freshness says which load the newest cells beneath a figure came with.
func (c *Composer) freshness(ctx context.Context, asOf AsOf, p measure.Point) (Freshness, error) {
	l, err := c.LoadOf(ctx, asOf, p)
	return Freshness{LatestPeriod: p.Period.Words(), LoadID: l.ID, LoadURL: loadURL(l.ID), LoadedAt: l.At, LoadedWords: Moment(l.At), File: l.File}, err
}
