package account

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"stpdash/internal/act"
)

// hashOfIdentity is what is kept of how a provider names somebody. Its address for them is not: it may be another's tomorrow.
func hashOfIdentity(issuer, subject string) string {
	return hashOf(fmt.Sprintf("%d:%s%s", len(issuer), issuer, subject))
}

// ErrNotLinked is somebody whom a provider knows, and who has no account here that is linked to that.
var ErrNotLinked = fmt.Errorf("%w: no account is linked to that of the provider", ErrWrong)

// SignInAs begins a session of whom a provider names, and gives its token. A second factor is the provider's to ask for.
func (a *Accounts) SignInAs(ctx context.Context, issuer, subject, browser string) (token string, err error) {
	like, err := a.store.CredentialsLike(ctx, identityKind, hashOfIdentity(issuer, subject))
	if err != nil {
		return "", err
	}
	var person act.Person
	if err := a.log.ViewNow(ctx, func(s *act.State) {
		for _, c := range like {
			if p, there := s.Person(c.Person); there && p.Identity == c.Act {
				person = p
			}
		}
	}); err != nil {
		return "", err
	}
	if person.ID == "" {
		return "", ErrNotLinked
	}
	token, begun := a.session(person, browser)
	return token, a.store.RecordSession(ctx, begun)
}

// LinkIdentity links how a provider names somebody to the account of who has a code, as from now on they sign in there.
func (a *Accounts) LinkIdentity(ctx context.Context, issuer, subject, address, code, client string) error {
	p, done, err := a.byCode(ctx, address, code, client, act.IdentityLinked)
	if err != nil {
		return err
	}
	id := act.NewID()
	if err := a.store.StoreCredential(ctx, Credential{id, p.ID, identityKind, hashOfIdentity(issuer, subject), time.Time{}, a.now()}); err != nil {
		return err
	}
	_, err = a.log.Do(ctx, act.Deed{
		ID: id, Actor: p.ID, Via: act.ByBrowser, Kind: act.IdentityLinked, Scope: act.All, Subject: p.ID, Body: act.PasswordBody{By: p.Code},
	})
	if err == nil {
		done()
	}
	return err
}

// UnlinkIdentity has somebody no longer sign in at a provider: themselves, with their password, or by who may.
func (a *Accounts) UnlinkIdentity(ctx context.Context, by By, person, password, client string) error {
	if by.Person == person {
		if _, err := a.prove(ctx, person, "unlink", password, client); err != nil {
			return err
		}
	}
	if _, err := a.log.Do(ctx, act.Deed{Actor: by.Person, Via: by.Via, Kind: act.IdentityUnlinked, Scope: act.All, Subject: person}); err != nil {
		return err
	}
	return a.EndSessions(ctx, person, "")
}

// sealedValue is what a browser keeps for us, until it is of no more use.
type sealedValue struct {
	Until time.Time       `json:"until"`
	Value json.RawMessage `json:"value"`
}

// Seal seals what a browser keeps for us for a while, for one use. Nobody else reads or changes it.
func (a *Accounts) Seal(use string, value any, while time.Duration) (string, error) {
	content, err := json.Marshal(value)
	if err == nil {
		content, err = json.Marshal(sealedValue{a.now().Add(while), content})
	}
	if err != nil {
		return "", fmt.Errorf("seal %s: %w", use, err)
	}
	return a.key.seal(string(content), "browser "+use), nil
}

// Open opens what Seal has sealed for that use, where its time has not passed.
func (a *Accounts) Open(use, sealed string, value any) bool {
	content, err := a.key.open(sealed, "browser "+use)
	var kept sealedValue
	if err != nil || json.Unmarshal([]byte(content), &kept) != nil || !a.now().Before(kept.Until) {
		return false
	}
	return json.Unmarshal(kept.Value, value) == nil
}
