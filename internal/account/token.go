package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"strings"
	"time"

	"stpdash/internal/act"
)

// TokenPrefix begins every token, so that programs that look for secrets in files know one.
const TokenPrefix = "stpd_"

// tokenLength is that of a token: its prefix, the id of the act that made it, and what nobody guesses.
const tokenLength = len(TokenPrefix) + 26 + 26

// tokens are what programs show to ask for their owners.
type tokens struct {
	log   *act.Log
	store Store
	now   func() time.Time
}

// MakeToken makes a token for a program, which may do what its owner lets it. It is shown to nobody again. The id is that of a form: one that is
// sent twice makes one token, and the second time says so.
func (t *tokens) MakeToken(ctx context.Context, by By, id string, body act.TokenBody) (token string, err error) {
	body.Name = strings.Join(strings.Fields(body.Name), " ")
	secret := strings.ToLower(rand.Text())
	if _, used, err := t.store.Credential(ctx, body.Person, id); err != nil || used {
		if err == nil {
			err = &InputError{"name", FormTooOld}
		}
		return "", err
	}
	if err := t.store.StoreCredential(ctx, Credential{id, body.Person, tokenKind, hashOf(secret), body.Until, t.now()}); err != nil {
		return "", err
	}
	_, err = t.log.Do(ctx, act.Deed{ID: id, Actor: by.Person, Via: by.Via, Kind: act.TokenMade, Scope: act.All, Subject: id, Body: body})
	return TokenPrefix + id + secret, err
}

// MakeOwnToken makes a token for a program of who is signed in and knows their password.
func (a *Accounts) MakeOwnToken(ctx context.Context, id string, body act.TokenBody, password, client string) (token string, err error) {
	if _, err := a.prove(ctx, body.Person, "password", password, client); err != nil {
		return "", err
	}
	return a.MakeToken(ctx, By{Person: body.Person, Via: act.ByBrowser}, id, body)
}

// EndToken ends a token, for good.
func (t *tokens) EndToken(ctx context.Context, by By, id string) error {
	_, err := t.log.Do(ctx, act.Deed{Actor: by.Person, Via: by.Via, Kind: act.TokenEnded, Scope: act.All, Subject: id})
	return err
}

// Program finds the token that a program shows, where it is in force.
func (t *tokens) Program(ctx context.Context, shown string) (found act.Token, ok bool, err error) {
	rest, ours := strings.CutPrefix(shown, TokenPrefix)
	if !ours || len(shown) != tokenLength || !act.IsID(rest[:26]) {
		return act.Token{}, false, nil
	}
	look := func(s *act.State) { found, ok = s.Token(rest[:26], t.now()) }
	if err = t.log.View(ctx, look); err == nil && !ok {
		err = t.log.ViewNow(ctx, look) // a command may have made it just now
	}
	if err != nil || !ok {
		return act.Token{}, false, err
	}
	kept, there, err := t.store.Credential(ctx, found.Person, found.ID)
	right := subtle.ConstantTimeCompare([]byte(kept.Secret), []byte(hashOf(rest[26:]))) == 1
	if err != nil || !there || kept.Kind != tokenKind || !right {
		return act.Token{}, false, err
	}
	return found, true, nil
}
