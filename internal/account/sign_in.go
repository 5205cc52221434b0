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
	token, begun := a.session(p, browser)
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

// session is a session that begins, with its token.
func (a *Accounts) session(p act.Person, browser string) (token string, begun SessionEvent) {
	token = rand.Text() + rand.Text()
	return token, SessionEvent{hashOf(token), p.ID, Begun, a.now(), strings.ToValidUTF8(browser[:min(len(browser), maxClient)], ""), 0}
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
