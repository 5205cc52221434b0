package account

import (
	"context"
	"errors"
	"time"

	"stpdash/internal/act"
)

// How long a session lasts: without being used, and at most. That it is used is written down once in so long.
const (
	IdleTime  = 30 * time.Minute
	MaxTime   = 12 * time.Hour
	touchTime = time.Minute
)

// Event is what became of a session.
type Event string

// What becomes of sessions.
const (
	Begun Event = "begun"
	Used  Event = "used"
	Over  Event = "ended"
)

// SessionEvent is a row of what became of a session.
type SessionEvent struct {
	Hash, Person string
	Event        Event
	At           time.Time
	Client       string
	Step         uint64
}

// Session is somebody who is signed in.
type Session struct {
	Hash, Person string // of its token
	Begun, Used  time.Time
	Over         bool
	Client       string // what the browser calls itself
}

// ID names a session to its owner.
func (s Session) ID() string { return s.Hash[:16] }

// live tells whether a session has not run out.
func (s Session) live(now time.Time) bool {
	return !s.Over && now.Sub(s.Used) < IdleTime && now.Sub(s.Begun) < MaxTime && s.Used.Sub(now) < IdleTime
}

// maxClient bounds what is kept of what a browser calls itself, in bytes.
const maxClient = 200

// sessions are those of all people.
type sessions struct {
	log   *act.Log
	store Store
	now   func() time.Time
}

// Find finds the session of a token, where it is live and its person is still there. It is used by that.
func (h *sessions) Find(ctx context.Context, token string) (Session, bool, error) {
	if len(token) < 32 || len(token) > 100 {
		return Session{}, false, nil
	}
	s, ok, err := h.store.Session(ctx, hashOf(token))
	now := h.now()
	if err != nil || !ok || !s.live(now) {
		return Session{}, false, err
	}
	if err := h.log.View(ctx, func(state *act.State) { _, ok = state.Person(s.Person) }); err != nil || !ok {
		return Session{}, false, err
	}
	if now.Sub(s.Used) > touchTime {
		err = h.store.RecordSession(ctx, SessionEvent{Hash: s.Hash, Person: s.Person, Event: Used, At: now})
	}
	return s, err == nil, err
}

// Sessions are those of a person that are live.
func (h *sessions) Sessions(ctx context.Context, person string) ([]Session, error) {
	all, err := h.store.SessionsOf(ctx, person)
	var live []Session
	for _, s := range all {
		if s.live(h.now()) {
			live = append(live, s)
		}
	}
	return live, err
}

// SignOut ends the session of a token.
func (h *sessions) SignOut(ctx context.Context, token string) error {
	s, ok, err := h.store.Session(ctx, hashOf(token))
	if err != nil || !ok {
		return err
	}
	return h.end(ctx, s)
}

// EndSession ends a session of a person, by its name to them.
func (h *sessions) EndSession(ctx context.Context, person, id string) error {
	return h.endWhere(ctx, person, func(s Session) bool { return s.ID() == id })
}

// EndSessions ends all sessions of a person but one.
func (h *sessions) EndSessions(ctx context.Context, person, but string) error {
	return h.endWhere(ctx, person, func(s Session) bool { return s.ID() != but })
}

func (h *sessions) endWhere(ctx context.Context, person string, which func(Session) bool) error {
	all, err := h.store.SessionsOf(ctx, person)
	for _, s := range all {
		if which(s) {
			err = errors.Join(err, h.end(ctx, s))
		}
	}
	return err
}

func (h *sessions) end(ctx context.Context, s Session) error {
	return h.store.RecordSession(ctx, SessionEvent{Hash: s.Hash, Person: s.Person, Event: Over, At: h.now()})
}
