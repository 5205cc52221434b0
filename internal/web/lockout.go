package web

import (
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

// lockout slows who guesses. A token has so many characters that guessing is hopeless; this keeps it from being cheap and unnoticed. A client of
// this machine has many addresses, so all of them together are bounded too.
type lockout struct {
	now     func() time.Time
	clients *lru.Cache[string, *rate.Limiter]
	all     *rate.Limiter
}

func newLockout(now func() time.Time) *lockout {
	clients, err := lru.New[string, *rate.Limiter](maxClients)
	if err != nil {
		panic(err) // the size is over zero
	}
	return &lockout{now, clients, rate.NewLimiter(rate.Every(allPause), allFailures)}
}

// try lets a client show a token. One that is right is taken at any time: nobody else's guesses keep its owner out. Of those that are wrong
// some are answered as wrong, and the others have to wait.
func (l *lockout) try(client string, right bool) (ok bool, wait time.Duration) {
	if right {
		return true, 0
	}
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
	if wait > 0 {
		for _, r := range counted {
			r.CancelAt(now)
		}
	}
	return false, wait
}
