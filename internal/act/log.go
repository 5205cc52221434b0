package act

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// Store keeps acts.
type Store interface {
	// Acts are those after a number, in their order, at most so many.
	Acts(ctx context.Context, after uint64, limit int) ([]Act, error)
	// ActByID finds an act.
	ActByID(ctx context.Context, id string) (Act, bool, error)
	// HeadAt is the newest act that was done by a moment; number 0 where none was.
	HeadAt(ctx context.Context, at time.Time) (Head, error)
	// AppendAct writes an act under its number, unless another has it: then it has not won. Where it fails, it may have written it all the same.
	AppendAct(ctx context.Context, a Act) (won bool, err error)
}

// Log is the log of acts and what follows from it. Several programs may have one each on the same store: each reads on before it writes.
type Log struct {
	store Store
	now   func() time.Time

	mu      sync.RWMutex // of the state
	state   *State
	broken  error // that the log is not as it was written, for good
	readAt  time.Time
	reading sync.Mutex // one reads on, and one writes, at a time
	recent  *lru.Cache[string, Act]

	refusals *refusals
}

const (
	// readAtOnce is how many acts are read at once.
	readAtOnce = 5000
	// freshTime is how old what is known of the log may be when somebody reads. Who writes reads on first.
	freshTime = time.Second
	// writeTime bounds one attempt to write. A program that was stopped for longer must not write under the number that was free before: the
	// warehouse remembers only so many numbers that were taken.
	writeTime = 20 * time.Second
	// maxRecent is how many of the newest acts are remembered by their ids.
	maxRecent = 4096
)

// NewLog is a log on a store, by a clock. It knows nothing before it has read.
func NewLog(store Store, places Places, now func() time.Time) *Log {
	recent, err := lru.New[string, Act](maxRecent)
	if err != nil {
		panic(err) // the size is over zero
	}
	return &Log{store: store, now: now, state: newState(places), recent: recent, refusals: newRefusals(now)}
}

// readOn reads the acts that others wrote meanwhile.
func (l *Log) readOn(ctx context.Context) error {
	for {
		l.mu.RLock()
		head, broken := l.state.Seq, l.broken
		l.mu.RUnlock()
		if broken != nil {
			return broken
		}
		began := l.now()
		acts, err := l.store.Acts(ctx, head, readAtOnce)
		if err != nil {
			return fmt.Errorf("read the log of acts after %d: %w", head, err)
		}
		for _, a := range acts {
			if err := l.take(a); err != nil {
				return err
			}
		}
		if len(acts) < readAtOnce {
			l.mu.Lock()
			l.readAt = began
			l.mu.Unlock()
			return nil
		}
	}
}

// take adds the next act to what is known. A log that is not as it was written is not read on: what follows from it cannot be relied on.
func (l *Log) take(a Act) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := follow(l.state.Seq, l.state.Hash, a)
	if err == nil {
		err = l.state.add(a)
	}
	if err != nil {
		l.broken = err
		return err
	}
	l.recent.Add(a.ID, a)
	return nil
}

// View hands what follows from the log to a function, which must not keep it. It is at most a second old.
func (l *Log) View(ctx context.Context, look func(*State)) error {
	l.mu.RLock()
	fresh, broken := l.now().Sub(l.readAt).Abs() < freshTime && !l.readAt.IsZero(), l.broken
	l.mu.RUnlock()
	if broken != nil {
		return broken
	}
	if !fresh {
		return l.ViewNow(ctx, look)
	}
	l.look(look)
	return nil
}

// ViewNow is View of the log as it is at this moment: for who signs in, whom a command may have added just now.
func (l *Log) ViewNow(ctx context.Context, look func(*State)) error {
	l.reading.Lock()
	err := l.readOn(ctx)
	l.reading.Unlock()
	if err != nil {
		return err
	}
	l.look(look)
	return nil
}

func (l *Log) look(look func(*State)) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	look(l.state)
}

// Peopled tells whether anybody was there who could act, when the log was last read.
func (l *Log) Peopled() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.state.Peopled()
}

// Deed is what somebody wants to do.
type Deed struct {
	// ID names it, so that a form that is sent twice is done once; without one it gets one.
	ID      string
	Actor   string
	Via     Via
	Kind    Kind
	Scope   Scope
	Subject string
	Body    any
}

// Do writes an act, where its actor may, and returns it once it is in the log. The same deed again returns the same act.
func (l *Log) Do(ctx context.Context, d Deed) (Act, error) {
	a, err := l.do(ctx, d)
	var refused *RefusalError
	if errors.As(err, &refused) && refused.Field == "" { // a text that is missing is no attempt at what one may not
		l.Refuse(ctx, d.Actor, d.Via, d.Scope, d.Subject, refused.Kind, refused.Code)
	}
	return a, err
}

func (l *Log) do(ctx context.Context, d Deed) (Act, error) {
	body := []byte("{}")
	if d.Body != nil {
		var err error
		if body, err = json.Marshal(d.Body); err != nil {
			return Act{}, fmt.Errorf("body of %s: %w", d.Kind, err)
		}
	}
	if len(body) > maxBody {
		return Act{}, &RefusalError{Kind: d.Kind, Code: TextTooLong, Field: "text", Max: maxBody}
	}
	if d.ID == "" {
		d.ID = NewID()
	}
	wanted := Act{ID: d.ID, Actor: d.Actor, Via: d.Via, Kind: d.Kind, Scope: d.Scope, Subject: d.Subject, Body: string(body)}
	l.reading.Lock()
	defer l.reading.Unlock()
	for {
		done, err := l.attempt(ctx, wanted)
		if done != nil || err != nil {
			return deref(done), err
		}
	}
}

func deref(a *Act) Act {
	if a == nil {
		return Act{}
	}
	return *a
}

// attempt tries once to write an act under the next number. It returns nil where another had it.
func (l *Log) attempt(ctx context.Context, wanted Act) (*Act, error) {
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	if err := l.readOn(ctx); err != nil {
		return nil, err
	}
	earlier, done, err := l.find(ctx, wanted.ID)
	switch {
	case err != nil:
		return nil, err
	case done && !sameDeed(earlier, wanted):
		return nil, &RefusalError{Kind: wanted.Kind, Code: UsedOtherwise}
	case done:
		return &earlier, nil
	}
	next, err := l.next(wanted)
	if err != nil {
		return nil, err
	}
	won, err := l.store.AppendAct(ctx, next)
	if err != nil {
		// It may be there: what it has done is found by its id, when its form is sent again.
		return nil, fmt.Errorf("write act %d: %w", next.Seq, err)
	}
	if !won {
		return nil, nil //nolint:nilnil // another was faster
	}
	return &next, l.take(next)
}

// next gives an act its number, time and hash, and checks that its actor may do it.
func (l *Log) next(a Act) (Act, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	a.Seq, a.PrevHash, a.At = l.state.Seq+1, l.state.Hash, l.now().UTC().Truncate(time.Microsecond)
	if !a.At.After(l.state.At) { // the clock was set back, or that of another machine is ahead: the order of times is that of numbers
		a.At = l.state.At.Add(time.Microsecond)
	}
	if a.Kind != Refused {
		if err := (permits{l.state}).permit(a); err != nil {
			return a, err
		}
	}
	a.Hash = a.hash()
	return a, nil
}

// find finds an act by its id.
func (l *Log) find(ctx context.Context, id string) (Act, bool, error) {
	if a, ok := l.recent.Get(id); ok {
		return a, true, nil
	}
	l.mu.RLock()
	all := l.state.Seq <= maxRecent
	l.mu.RUnlock()
	if all {
		return Act{}, false, nil
	}
	return l.store.ActByID(ctx, id)
}

// sameDeed tells whether an act is what somebody wants to do.
func sameDeed(done, wanted Act) bool {
	return done.Actor == wanted.Actor && done.Via == wanted.Via && done.Kind == wanted.Kind && done.Scope == wanted.Scope &&
		done.Subject == wanted.Subject && done.Body == wanted.Body
}

// Refuse logs that an attempt was refused. So many that somebody could fill the disk are counted, not written one by one.
func (l *Log) Refuse(ctx context.Context, actor string, via Via, place Scope, subject string, kind Kind, code RefusalCode) {
	write, more := l.refusals.count(actor)
	if !write {
		return
	}
	// The attempt is refused whether or not that can be written.
	_, err := l.do(context.WithoutCancel(ctx), Deed{
		Actor: actor, Via: via, Kind: Refused, Scope: place, Subject: subject, Body: RefusedBody{Kind: kind, Code: code, More: more},
	})
	if err != nil {
		l.refusals.putBack(actor, more+1)
	}
}

// How many refused attempts are written one by one: so many at once, then one in so long, of each person and of those not signed in; and of
// all together.
const (
	refusedAtOnce    = 10
	refusedPause     = time.Minute
	allRefusedAtOnce = 100
	allRefusedPause  = 10 * time.Second
	maxRefused       = 1000 // persons
)

// refusals bound what refused attempts write.
type refusals struct {
	now func() time.Time
	mu  sync.Mutex
	of  *lru.Cache[string, *refusedOf]
	all *rate.Limiter
}

// refusedOf are the attempts of one person, or of those not signed in.
type refusedOf struct {
	limit *rate.Limiter
	more  uint64 // not written
}

func newRefusals(now func() time.Time) *refusals {
	of, err := lru.New[string, *refusedOf](maxRefused)
	if err != nil {
		panic(err) // the size is over zero
	}
	return &refusals{now: now, of: of, all: rate.NewLimiter(rate.Every(allRefusedPause), allRefusedAtOnce)}
}

// count tells whether a refused attempt is written, and how many before it were not.
func (r *refusals) count(actor string) (write bool, more uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	one, ok := r.of.Get(actor)
	if !ok {
		one = &refusedOf{limit: rate.NewLimiter(rate.Every(refusedPause), refusedAtOnce)}
		r.of.Add(actor, one)
	}
	if now := r.now(); !one.limit.AllowN(now, 1) || !r.all.AllowN(now, 1) {
		one.more++
		return false, 0
	}
	more, one.more = one.more, 0
	return true, more
}

// putBack notes attempts that could not be written.
func (r *refusals) putBack(actor string, n uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if one, ok := r.of.Get(actor); ok {
		one.more += n
	}
}

// Head names the newest act by its number and hash. Who has noted it finds out whether anything before was written anew: see Verify.
type Head struct {
	Seq  uint64 `json:"act"`
	Hash string `json:"hash"`
}

// HeadAt is the newest act that was done by a moment.
func (l *Log) HeadAt(ctx context.Context, at time.Time) (head Head, err error) {
	newest := false
	if err := l.View(ctx, func(s *State) { head, newest = Head{s.Seq, s.Hash}, !at.Before(s.At) }); err != nil || newest {
		return head, err
	}
	return l.store.HeadAt(ctx, at)
}

// SeqAt is the number of the newest act that was done by a moment.
func (l *Log) SeqAt(ctx context.Context, at time.Time) (uint64, error) {
	head, err := l.HeadAt(ctx, at)
	return head.Seq, err
}
