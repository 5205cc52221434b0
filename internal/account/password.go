package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"stpdash/internal/act"
)

// How passwords are hashed: argon2id with what OWASP asks for at least. A few at a time: each takes its memory.
const (
	hashMemory = 19 << 10 // KiB
	hashTime   = 2
	hashSalt   = 16
	hashSize   = 32
	maxHashing = 2
)

// MinPassword and maxPassword are how long a password is, in characters and bytes.
const (
	MinPassword = 12
	maxPassword = 256
)

// checkPassword says why a password is not accepted.
func checkPassword(password string, p Person) error {
	folded := strings.ToLower(password)
	distinct := map[rune]bool{}
	for _, r := range folded {
		distinct[r] = true
	}
	local, _, _ := strings.Cut(normal(p.Address), "@")
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return &InputError{"password", PasswordShort}
	case len(password) > maxPassword:
		return &InputError{"password", PasswordLong}
	case len(distinct) < 5, len(local) > 3 && strings.Contains(folded, local), strings.HasPrefix(folded, "password"), strings.HasPrefix(folded, "qwerty"),
		strings.HasPrefix(folded, "12345"), strings.HasPrefix(folded, "letmein"):
		return &InputError{"password", PasswordEasy}
	}
	return nil
}

// hashPassword hashes a password, in the form that others write such hashes in.
func (a *Accounts) hashPassword(ctx context.Context, password string) (string, error) {
	if err := a.hashing.Acquire(ctx, 1); err != nil {
		return "", err
	}
	defer a.hashing.Release(1)
	salt := make([]byte, hashSalt)
	_, _ = rand.Read(salt) // it does not fail
	sum := argon2.IDKey([]byte(password), salt, hashTime, hashMemory, 1, hashSize)
	text := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, hashMemory, hashTime, text(salt), text(sum)), nil
}

// nobodysHash is compared where there is nobody, so that the time does not say so.
var nobodysHash = sync.OnceValue(func() string {
	text := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, hashMemory, hashTime, text(make([]byte, hashSalt)), text(make([]byte, hashSize)))
})

// samePassword tells whether a hash is that of a password.
func (a *Accounts) samePassword(ctx context.Context, hash, password string) (bool, error) {
	var version int
	var memory, times uint32
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("hash of a password: found another form, accepted: argon2id")
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, fmt.Errorf("hash of a password: found %s, accepted: v=%d", parts[2], argon2.Version)
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &memory, &times); err != nil || memory > 1<<20 || times > 100 || times == 0 {
		return false, fmt.Errorf("hash of a password: found %s, accepted: m=%d,t=%d,p=1 or the like", parts[3], hashMemory, hashTime)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("hash of a password: %w", err)
	}
	wanted, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(wanted) == 0 {
		return false, fmt.Errorf("hash of a password: found %d bytes, accepted: %d: %w", len(wanted), hashSize, err)
	}
	if err := a.hashing.Acquire(ctx, 1); err != nil {
		return false, err
	}
	defer a.hashing.Release(1)
	sum := argon2.IDKey([]byte(password), salt, times, memory, 1, uint32(len(wanted)))
	return subtle.ConstantTimeCompare(sum, wanted) == 1, nil
}

// SetPassword sets the password of who has a code. All their sessions end.
func (a *Accounts) SetPassword(ctx context.Context, address, code, password, client string) error {
	p, done, err := a.byCode(ctx, address, code, client, act.PasswordSet)
	if err != nil {
		return err
	}
	done()
	return a.setPassword(ctx, p, p.Code, password)
}

// byCode finds who shows the code that an administrator gave them, for what it is good for. Done is called where that is gone on with.
func (a *Accounts) byCode(ctx context.Context, address, code, client string, kind act.Kind) (p act.Person, done func(), err error) {
	done, err = a.attempts.begin(normal(address), client)
	if err != nil {
		a.log.Refuse(ctx, "", act.ByBrowser, act.All, "", kind, act.TooManyAttempts)
		return p, nil, err
	}
	p, known, err := a.find(ctx, address)
	if err != nil {
		return p, nil, err
	}
	wrong := func() error {
		a.log.Refuse(ctx, "", act.ByBrowser, act.All, p.ID, kind, act.CredentialsWrong)
		return ErrWrong
	}
	if !known || p.Code == "" {
		return p, nil, wrong()
	}
	given, ok, err := a.store.Credential(ctx, p.ID, p.Code)
	if err != nil {
		return p, nil, err
	}
	code = strings.ToLower(strings.NewReplacer(" ", "", "-", "").Replace(code))
	if !ok || given.Kind != codeKind || !a.now().Before(given.Until) || subtle.ConstantTimeCompare([]byte(given.Secret), []byte(hashOf(code))) != 1 {
		return p, nil, wrong()
	}
	return p, done, nil
}

// ChangePassword sets another password of who knows theirs. All their sessions end.
func (a *Accounts) ChangePassword(ctx context.Context, person, current, password, client string) error {
	p, err := a.prove(ctx, person, "current", current, client)
	if err != nil {
		return err
	}
	return a.setPassword(ctx, p, p.Password, password)
}

// prove checks the password of somebody who is signed in, before what matters most. A wrong one is said at its field.
func (a *Accounts) prove(ctx context.Context, person, field, password, client string) (act.Person, error) {
	done, err := a.attempts.begin("person "+person, client)
	if err != nil {
		return act.Person{}, err
	}
	var p act.Person
	var known bool
	if err := a.log.View(ctx, func(s *act.State) { p, known = s.Person(person) }); err != nil {
		return p, err
	}
	if !known {
		return p, ErrWrong
	}
	ok, err := a.knows(ctx, p, password)
	switch {
	case err != nil:
		return p, err
	case !ok:
		a.log.Refuse(ctx, person, act.ByBrowser, act.All, person, act.PasswordSet, act.CredentialsWrong)
		return p, &InputError{field, PasswordWrong}
	}
	done()
	return p, nil
}

// knows tells whether somebody's password is the one.
func (a *Accounts) knows(ctx context.Context, p act.Person, password string) (bool, error) {
	hash, known := nobodysHash(), false
	if p.Password != "" {
		given, ok, err := a.store.Credential(ctx, p.ID, p.Password)
		if err != nil {
			return false, err
		}
		if ok && given.Kind == passwordKind {
			hash, known = given.Secret, true
		}
	}
	if len(password) > maxPassword {
		password, known = "", false
	}
	same, err := a.samePassword(ctx, hash, password)
	return same && known, err
}

func (a *Accounts) setPassword(ctx context.Context, p act.Person, by, password string) error {
	names, err := a.Names(ctx)
	if err != nil {
		return err
	}
	if err := checkPassword(password, names[p.ID]); err != nil {
		return err
	}
	hash, err := a.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	id := act.NewID()
	if err := a.store.StoreCredential(ctx, Credential{id, p.ID, passwordKind, hash, time.Time{}, a.now()}); err != nil {
		return err
	}
	if _, err := a.log.Do(ctx, act.Deed{
		ID: id, Actor: p.ID, Via: act.ByBrowser, Kind: act.PasswordSet, Scope: act.All, Subject: p.ID, Body: act.PasswordBody{By: by},
	}); err != nil {
		return err
	}
	return a.EndSessions(ctx, p.ID, "")
}
