package web

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// How many wrong tokens are answered as wrong: so many at once, then one in so long, of each client and of all together.
const (
	clientFailures = 5
	clientPause    = time.Minute
	allFailures    = 20
	allPause       = 15 * time.Second
)

// lockout keeps out who guesses. A client of this machine has many addresses, so all of them together are bounded too.
type lockout struct {
	now     func() time.Time
	mu      sync.Mutex // of guesses that come at once, one is counted and cancelled after the other: else some stay counted
	clients *lru.Cache[string, *rate.Limiter]
	all     *rate.Limiter
}

func newLockout(now func() time.Time) *lockout {
	clients, err := lru.New[string, *rate.Limiter](maxClients)
	if err != nil {
		panic(err) // the size is over zero
	}
	return &lockout{now: now, clients: clients, all: rate.NewLimiter(rate.Every(allPause), allFailures)}
}

// try lets a client show a token. A client that has guessed too often has to wait, whatever is shown next: else every guess would still be looked at.
// One that is right is taken from any other client, however many guess: they do not keep its owner out.
func (l *lockout) try(client string, right bool) (ok bool, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	limiter, known := l.clients.Get(client)
	switch {
	case right && !known:
		return true, 0
	case right:
		if left := limiter.TokensAt(now); left < 1 {
			return false, time.Duration((1 - left) * float64(clientPause))
		}
		return true, 0
	case !known:
		limiter = rate.NewLimiter(rate.Every(clientPause), clientFailures)
		l.clients.Add(client, limiter)
	}
	var counted []*rate.Reservation
	for _, each := range []*rate.Limiter{limiter, l.all} {
		r := each.ReserveN(now, 1)
		counted, wait = append(counted, r), max(wait, r.DelayFrom(now))
	}
	if wait > 0 {
		for _, r := range counted {
			r.CancelAt(now)
		}
	}
	return false, wait
}
