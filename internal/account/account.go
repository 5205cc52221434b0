// Package account knows who somebody is: names and addresses, passwords, second factors and sessions. What it gives counts where the log of acts
// says so, and an act that cannot be logged does not happen. It knows no database: where it keeps things is given to it.
package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sync/semaphore"

	"stpdash/internal/act"
)

// Person is the name and address of somebody, which can be erased. The log has their id alone.
type Person struct {
	ID, Name string
	Address  string // of mail; they sign in with it
	At       time.Time
}

// CredentialKind is what somebody signs in with.
type CredentialKind string

// What people sign in with.
const (
	codeKind         CredentialKind = "code"
	passwordKind     CredentialKind = "password"
	secondFactorKind CredentialKind = "second_factor"
	tokenKind        CredentialKind = "token"
	identityKind     CredentialKind = "identity"
)

// Credential is what an act gave somebody to sign in with.
type Credential struct {
	Act    string // the id of the act: it counts where that is in the log
	Person string
	Kind   CredentialKind
	Secret string    // a hash, or a sealed key
	Until  time.Time // of a code
	At     time.Time
}

// Store keeps people, credentials and sessions.
type Store interface {
	StorePerson(ctx context.Context, p Person) error
	// StoredPeople are all whose names are kept, by their newest rows.
	StoredPeople(ctx context.Context) ([]Person, error)
	// ErasePerson removes names, addresses and credentials of a person from the tables.
	ErasePerson(ctx context.Context, id string) error
	StoreCredential(ctx context.Context, c Credential) error
	Credential(ctx context.Context, person, act string) (Credential, bool, error)
	// CredentialsLike are those of a kind and a secret, of whomever.
	CredentialsLike(ctx context.Context, kind CredentialKind, secret string) ([]Credential, error)
	RecordSession(ctx context.Context, e SessionEvent) error
	Session(ctx context.Context, hash string) (Session, bool, error)
	// SessionsOf are those of a person that were not ended.
	SessionsOf(ctx context.Context, person string) ([]Session, error)
	// LastStep is the newest step of an authenticator app whose code a person has signed in with.
	LastStep(ctx context.Context, person string) (uint64, error)
}

// Accounts are those of the people who may act.
type Accounts struct {
	sessions
	tokens
	log      *act.Log
	store    Store
	now      func() time.Time
	key      Key
	hashing  *semaphore.Weighted
	attempts *attempts
	adding   sync.Mutex
	stepping sync.Mutex
}

// New are the accounts of a store, by a log and a clock. Key seals what has to be read again.
func New(log *act.Log, store Store, key Key, now func() time.Time) *Accounts {
	return &Accounts{
		sessions: sessions{log, store, now},
		tokens:   tokens{log, store, now},
		log:      log,
		store:    store,
		now:      now,
		key:      key,
		hashing:  semaphore.NewWeighted(maxHashing),
		attempts: newAttempts(now),
	}
}

// By is who gives or takes an account: an administrator, or the operator by command.
type By struct {
	Person string
	Via    act.Via
}

// Operator is who can read the data directory, and gives commands.
var Operator = By{Via: act.ByCommand}

// codeTime is how long a code to set a password with is good for.
const codeTime = 72 * time.Hour

// InputError is a field of a form that is not accepted.
type InputError struct {
	Field string
	Code  InputCode
}

func (e *InputError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Code) }

// InputCode says why a field is not accepted.
type InputCode string

// Why fields are not accepted.
const (
	NameMissing    InputCode = "name_missing"
	AddressInvalid InputCode = "address_invalid"
	AddressTaken   InputCode = "address_taken"
	PasswordShort  InputCode = "password_short"
	PasswordLong   InputCode = "password_long"
	PasswordEasy   InputCode = "password_easy"
	PasswordWrong  InputCode = "password_wrong" // of who is signed in
	CodeWrong      InputCode = "code_wrong"     // of an authenticator app
	FormTooOld     InputCode = "form_too_old"
)

// InputCodes are all of them.
var InputCodes = []InputCode{NameMissing, AddressInvalid, AddressTaken, PasswordShort, PasswordLong, PasswordEasy, PasswordWrong, CodeWrong, FormTooOld}

// ErrWrong is somebody who could not show who they are. It does not say what was wrong.
var ErrWrong = errors.New("the email address, password or code is not right")

// TooManyError is somebody who has tried too often.
type TooManyError struct{ Wait time.Duration }

func (e *TooManyError) Error() string {
	return fmt.Sprintf("too many attempts, accepted: another in %s", e.Wait.Round(time.Second))
}

const maxName, maxAddress = 80, 120

// normal is an address as it is compared.
func normal(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// Add adds a person, and gives the code with which they set their password.
func (a *Accounts) Add(ctx context.Context, by By, name, address string) (person, code string, err error) {
	name, address = strings.Join(strings.Fields(name), " "), strings.TrimSpace(address)
	if name == "" || utf8.RuneCountInString(name) > maxName || strings.ContainsFunc(name, unicode.IsControl) {
		return "", "", &InputError{"name", NameMissing}
	}
	if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address || len(address) > maxAddress {
		return "", "", &InputError{"address", AddressInvalid}
	}
	a.adding.Lock()
	defer a.adding.Unlock()
	if _, taken, err := a.find(ctx, address); err != nil || taken {
		if err == nil {
			err = &InputError{"address", AddressTaken}
		}
		return "", "", err
	}
	person = act.NewID()[:12]
	if err := a.store.StorePerson(ctx, Person{person, name, address, a.now()}); err != nil {
		return "", "", err
	}
	if _, err := a.log.Do(ctx, act.Deed{Actor: by.Person, Via: by.Via, Kind: act.PersonAdded, Scope: act.All, Subject: person}); err != nil {
		return "", "", errors.Join(err, a.store.ErasePerson(context.WithoutCancel(ctx), person))
	}
	code, err = a.GiveCode(ctx, by, person)
	return person, code, err
}

// GiveCode gives a code with which a person sets a password, once and within three days. It is shown to nobody again.
func (a *Accounts) GiveCode(ctx context.Context, by By, person string) (string, error) {
	code, id := strings.ToLower(rand.Text()), act.NewID()
	err := a.store.StoreCredential(ctx, Credential{id, person, codeKind, hashOf(code), a.now().Add(codeTime), a.now()})
	if err != nil {
		return "", err
	}
	_, err = a.log.Do(ctx, act.Deed{ID: id, Actor: by.Person, Via: by.Via, Kind: act.CodeGiven, Scope: act.All, Subject: person})
	return code, err
}

// hashOf is the hash of a token or code, which are drawn at random and need no slow one.
func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Remove removes a person: they can do nothing more, and are signed out. What they did stays, with their name.
func (a *Accounts) Remove(ctx context.Context, by By, person string) error {
	if _, err := a.log.Do(ctx, act.Deed{Actor: by.Person, Via: by.Via, Kind: act.PersonRemoved, Scope: act.All, Subject: person}); err != nil {
		return err
	}
	return a.EndSessions(ctx, person, "")
}

// Erase erases name, address and credentials of a person who was removed. The log keeps their id.
func (a *Accounts) Erase(ctx context.Context, by By, person string) error {
	if _, err := a.log.Do(ctx, act.Deed{Actor: by.Person, Via: by.Via, Kind: act.PersonErased, Scope: act.All, Subject: person}); err != nil {
		return err
	}
	return a.store.ErasePerson(ctx, person)
}

// Names are those of the people who ever were, by their ids, but for those who were erased.
func (a *Accounts) Names(ctx context.Context) (map[string]Person, error) {
	kept, err := a.store.StoredPeople(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]Person{}
	err = a.log.View(ctx, func(s *act.State) {
		for _, p := range kept {
			if !s.Erased(p.ID) {
				names[p.ID] = p
			}
		}
	})
	return names, err
}

// find finds who signs in with an address.
func (a *Accounts) find(ctx context.Context, address string) (act.Person, bool, error) {
	kept, err := a.store.StoredPeople(ctx)
	if err != nil {
		return act.Person{}, false, err
	}
	var found act.Person
	var ok bool
	err = a.log.ViewNow(ctx, func(s *act.State) {
		for _, there := range s.People() {
			if !ok && slices.ContainsFunc(kept, func(p Person) bool { return p.ID == there.ID && normal(p.Address) == normal(address) }) {
				found, ok = there, true
			}
		}
	})
	return found, ok, err
}

// FindID finds a person by address, for the operator.
func (a *Accounts) FindID(ctx context.Context, address string) (string, bool, error) {
	p, ok, err := a.find(ctx, address)
	return p.ID, ok, err
}
