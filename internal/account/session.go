package account

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

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

// SignIn begins a session of who shows who they are, and gives its token. What was wrong is not said.
func (a *Accounts) SignIn(ctx context.Context, address, password, code, client, browser string) (token string, err error) {
	done, err := a.attempts.begin(normal(address), client)
	if err != nil {
		a.log.Refuse(ctx, "", act.ByBrowser, act.All, "", act.SigningIn, act.TooManyAttempts)
		return "", err
	}
	p, known, err := a.find(ctx, address)
	if err != nil {
		return "", err
	}
	right, err := a.knows(ctx, p, password)
	if err != nil {
		return "", err
	}
	token = rand.Text() + rand.Text()
	begun := SessionEvent{hashOf(token), p.ID, Begun, a.now(), strings.ToValidUTF8(browser[:min(len(browser), maxClient)], ""), 0}
	if right && p.SecondFactor != "" {
		a.stepping.Lock() // of two who show one code the second is refused
		defer a.stepping.Unlock()
		if begun.Step, err = a.step(ctx, p, code); err != nil && !errors.Is(err, ErrWrong) {
			return "", err
		}
		right = err == nil
	}
	if !known || !right {
		a.log.Refuse(ctx, "", act.ByBrowser, act.All, p.ID, act.SigningIn, act.CredentialsWrong)
		return "", ErrWrong
	}
	if err := a.store.RecordSession(ctx, begun); err != nil {
		return "", err
	}
	done()
	return token, nil
}

// step is the step of a code of somebody's authenticator app, which is taken once.
func (a *Accounts) step(ctx context.Context, p act.Person, code string) (uint64, error) {
	given, ok, err := a.store.Credential(ctx, p.ID, p.SecondFactor)
	if err != nil {
		return 0, err
	}
	if !ok || given.Kind != secondFactorKind {
		return 0, ErrWrong
	}
	secret, err := a.key.open(given.Secret, "second factor of "+p.ID)
	if err != nil { // the key of accounts is another: who runs the service has to be told
		return 0, fmt.Errorf("second factor of %s: %w", p.ID, err)
	}
	step, ok := stepOf(secret, code, a.now())
	if !ok {
		return 0, ErrWrong
	}
	last, err := a.store.LastStep(ctx, p.ID)
	if err == nil && step <= last {
		err = ErrWrong
	}
	return step, err
}

// period is how long an authenticator app shows a code, in seconds.
const period = 30

// stepOf finds of which step a code is: the present one, the one before or the one after, as clocks differ.
func stepOf(secret, code string, now time.Time) (uint64, bool) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	for _, by := range []time.Duration{0, -period, period} {
		at := now.Add(by * time.Second)
		ok, err := totp.ValidateCustom(code, secret, at, totp.ValidateOpts{Period: period, Skew: 0, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && ok {
			return uint64(at.Unix() / period), true
		}
	}
	return 0, false
}

// Find finds the session of a token, where it is live and its person is still there. It is used by that.
func (a *Accounts) Find(ctx context.Context, token string) (Session, bool, error) {
	if len(token) < 32 || len(token) > 100 {
		return Session{}, false, nil
	}
	s, ok, err := a.store.Session(ctx, hashOf(token))
	now := a.now()
	if err != nil || !ok || !s.live(now) {
		return Session{}, false, err
	}
	if err := a.log.View(ctx, func(state *act.State) { _, ok = state.Person(s.Person) }); err != nil || !ok {
		return Session{}, false, err
	}
	if now.Sub(s.Used) > touchTime {
		err = a.store.RecordSession(ctx, SessionEvent{Hash: s.Hash, Person: s.Person, Event: Used, At: now})
	}
	return s, err == nil, err
}

// Sessions are those of a person that are live.
func (a *Accounts) Sessions(ctx context.Context, person string) ([]Session, error) {
	all, err := a.store.SessionsOf(ctx, person)
	var live []Session
	for _, s := range all {
		if s.live(a.now()) {
			live = append(live, s)
		}
	}
	return live, err
}

// SignOut ends the session of a token.
func (a *Accounts) SignOut(ctx context.Context, token string) error {
	s, ok, err := a.store.Session(ctx, hashOf(token))
	if err != nil || !ok {
		return err
	}
	return a.end(ctx, s)
}

// EndSession ends a session of a person, by its name to them.
func (a *Accounts) EndSession(ctx context.Context, person, id string) error {
	return a.endWhere(ctx, person, func(s Session) bool { return s.ID() == id })
}

// EndSessions ends all sessions of a person but one.
func (a *Accounts) EndSessions(ctx context.Context, person, but string) error {
	return a.endWhere(ctx, person, func(s Session) bool { return s.ID() != but })
}

func (a *Accounts) endWhere(ctx context.Context, person string, which func(Session) bool) error {
	all, err := a.store.SessionsOf(ctx, person)
	for _, s := range all {
		if which(s) {
			err = errors.Join(err, a.end(ctx, s))
		}
	}
	return err
}

func (a *Accounts) end(ctx context.Context, s Session) error {
	return a.store.RecordSession(ctx, SessionEvent{Hash: s.Hash, Person: s.Person, Event: Over, At: a.now()})
}

// Enrolment is a second factor that is being set up.
type Enrolment struct {
	Secret string   // to be typed into an app
	URL    string   // the same, as apps read it
	Square [][]bool // the same as a square of dark and light fields
	Sealed string   // goes through the form and back
}

// enrolTime is how long a form to set up a second factor is good for.
const enrolTime = 15 * time.Minute

// Enrol begins to set up a second factor.
func (a *Accounts) Enrol(ctx context.Context, person string) (Enrolment, error) {
	names, err := a.Names(ctx)
	if err != nil {
		return Enrolment{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "STP dashboard", AccountName: names[person].Address, Period: period, SecretSize: 20})
	if err != nil {
		return Enrolment{}, fmt.Errorf("key of an authenticator app: %w", err)
	}
	square, err := squareOf(key.URL())
	sealed := a.key.seal(fmt.Sprintf("%s %d", key.Secret(), a.now().Add(enrolTime).Unix()), "enrolment of "+person)
	return Enrolment{key.Secret(), key.URL(), square, sealed}, err
}

// Again is the same second factor, after its form was not accepted.
func (a *Accounts) Again(ctx context.Context, person, sealed string) (Enrolment, error) {
	secret, err := a.sealedSecret(person, sealed)
	if err != nil {
		return a.Enrol(ctx, person)
	}
	names, err := a.Names(ctx)
	if err != nil {
		return Enrolment{}, err
	}
	raw, err := decodeSecret(secret)
	if err != nil {
		return Enrolment{}, err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "STP dashboard", AccountName: names[person].Address, Period: period, Secret: raw})
	if err != nil {
		return Enrolment{}, fmt.Errorf("key of an authenticator app: %w", err)
	}
	square, err := squareOf(key.URL())
	return Enrolment{secret, key.URL(), square, sealed}, err
}

func (a *Accounts) sealedSecret(person, sealed string) (string, error) {
	var secret string
	var until int64
	text, err := a.key.open(sealed, "enrolment of "+person)
	if err != nil {
		return "", &InputError{"code", FormTooOld}
	}
	if _, err := fmt.Sscanf(text, "%s %d", &secret, &until); err != nil || a.now().Unix() > until {
		return "", &InputError{"code", FormTooOld}
	}
	return secret, nil
}

// SetSecondFactor sets up a second factor of who knows their password and shows a code of it. Their other sessions end.
func (a *Accounts) SetSecondFactor(ctx context.Context, s Session, sealed, code, password, client string) error {
	secret, err := a.sealedSecret(s.Person, sealed)
	if err != nil {
		return err
	}
	if _, ok := stepOf(secret, code, a.now()); !ok {
		return &InputError{"code", CodeWrong}
	}
	if _, err := a.prove(ctx, s.Person, password, client); err != nil {
		return err
	}
	id := act.NewID()
	kept := Credential{id, s.Person, secondFactorKind, a.key.seal(secret, "second factor of "+s.Person), time.Time{}, a.now()}
	if err := a.store.StoreCredential(ctx, kept); err != nil {
		return err
	}
	if _, err := a.log.Do(ctx, act.Deed{ID: id, Actor: s.Person, Via: act.ByBrowser, Kind: act.SecondFactorSet, Scope: act.All, Subject: s.Person}); err != nil {
		return err
	}
	return a.EndSessions(ctx, s.Person, s.ID())
}

// RemoveSecondFactor removes somebody's second factor: their own, with their password, or that of another by who may.
func (a *Accounts) RemoveSecondFactor(ctx context.Context, by By, person, password, client string) error {
	if by.Person == person {
		if _, err := a.prove(ctx, person, password, client); err != nil {
			return err
		}
	}
	_, err := a.log.Do(ctx, act.Deed{Actor: by.Person, Via: by.Via, Kind: act.SecondFactorRemoved, Scope: act.All, Subject: person})
	return err
}
