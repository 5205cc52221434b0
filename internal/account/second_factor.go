package account

import (
	"context"
	"fmt"
	"time"

	"github.com/pquerna/otp/totp"

	"stpdash/internal/act"
)

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
	if _, err := a.prove(ctx, s.Person, "password", password, client); err != nil {
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
		if _, err := a.prove(ctx, person, "password", password, client); err != nil {
			return err
		}
	}
	_, err := a.log.Do(ctx, act.Deed{Actor: by.Person, Via: by.Via, Kind: act.SecondFactorRemoved, Scope: act.All, Subject: person})
	return err
}
