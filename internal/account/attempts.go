package account

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// How many wrong attempts are looked at: so many at once, then one in so long, for each account and from each address.
const (
	accountAttempts = 10
	accountPause    = time.Minute
	clientAttempts  = 20
	clientPause     = 30 * time.Second
	maxCounted      = 20_000 // accounts, and addresses
)

// attempts bound how often somebody guesses. An attempt is counted before it is looked at, and no more once it was right.
type attempts struct {
	now               func() time.Time
	mu                sync.Mutex
	accounts, clients *lru.Cache[string, *rate.Limiter]
}

func newAttempts(now func() time.Time) *attempts {
	counters := func() *lru.Cache[string, *rate.Limiter] {
		c, err := lru.New[string, *rate.Limiter](maxCounted)
		if err != nil {
			panic(err) // the size is over zero
		}
		return c
	}
	return &attempts{now: now, accounts: counters(), clients: counters()}
}

// begin counts an attempt, or says how long to wait. Right is called where it was right.
func (t *attempts) begin(account, client string) (right func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	counter := func(of *lru.Cache[string, *rate.Limiter], name string, pause time.Duration, atOnce int) *rate.Limiter {
		l, ok := of.Get(name)
		if !ok {
			l = rate.NewLimiter(rate.Every(pause), atOnce)
			of.Add(name, l)
		}
		return l
	}
	var counted []*rate.Reservation
	var wait time.Duration
	for _, l := range []*rate.Limiter{
		counter(t.accounts, account, accountPause, accountAttempts), counter(t.clients, client, clientPause, clientAttempts),
	} {
		r := l.ReserveN(now, 1)
		counted, wait = append(counted, r), max(wait, r.DelayFrom(now))
	}
	giveBack := func() {
		for _, r := range counted {
			r.CancelAt(now)
		}
	}
	if wait > 0 {
		giveBack()
		return nil, &TooManyError{wait}
	}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.accounts.Remove(account)
		giveBack() // what others were tried from that address still counts: who has an account could else guess those of others for ever
	}, nil
}
