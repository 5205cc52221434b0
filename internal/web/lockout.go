package web

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// How many wrong tokens are taken: so many at once, then one in so long, of each client and of all together.
const (
	clientFailures = 5
	clientPause    = time.Minute
	allFailures    = 20
	allPause       = 15 * time.Second
)

// lockout lets nobody guess for long. A client of this machine has many addresses, so all of them together are bounded too.
type lockout struct {
	now     func() time.Time
	clients *lru.Cache[string, *rate.Limiter]
	all     *rate.Limiter
}

func newLockout(now func() time.Time) *lockout {
	clients, err := lru.New[string, *rate.Limiter](mostClients)
	if err != nil {
		panic(err) // the size is over zero
	}
	return &lockout{now, clients, rate.NewLimiter(rate.Every(allPause), allFailures)}
}

// try lets a client show a token, unless too many were wrong: then it has to wait. A token that is right counts for nothing. What is shown at
// once is counted before it is looked at, so that many at a time are no more than one after another.
func (l *lockout) try(client string, right func() bool) (ok bool, wait time.Duration) {
	now := l.now()
	limiter, known := l.clients.Get(client)
	if !known {
		limiter = rate.NewLimiter(rate.Every(clientPause), clientFailures)
		if earlier, known, _ := l.clients.PeekOrAdd(client, limiter); known {
			limiter = earlier
		}
	}
	var counted []*rate.Reservation
	for _, each := range []*rate.Limiter{limiter, l.all} {
		r := each.ReserveN(now, 1)
		counted, wait = append(counted, r), max(wait, r.DelayFrom(now))
	}
	if ok = wait == 0 && right(); ok || wait > 0 {
		for _, r := range counted {
			r.CancelAt(now)
		}
	}
	return ok, wait
}
