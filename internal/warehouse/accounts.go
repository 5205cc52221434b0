package warehouse

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"stpdash/internal/account"
)

// Accounts keeps people, what they sign in with, and their sessions.
type Accounts struct{ *connection }

var _ account.Store = Accounts{}

// StorePerson keeps the name and address of a person.
func (w Accounts) StorePerson(ctx context.Context, p account.Person) error {
	return w.insert(ctx, "person", 1, func(batch driver.Batch, _ int) error { return batch.Append(p.ID, p.Name, p.Address, p.At) })
}

// StoredPeople are all whose names are kept.
func (w Accounts) StoredPeople(ctx context.Context) ([]account.Person, error) {
	var all []account.Person
	err := w.rows(ctx, "people", nil, func(rows driver.Rows) error {
		var p account.Person
		err := rows.Scan(&p.ID, &p.Name, &p.Address, &p.At)
		all = append(all, p)
		return err
	})
	return all, err
}

// ErasePerson removes names, addresses and credentials of a person from the tables.
func (w Accounts) ErasePerson(ctx context.Context, id string) error {
	for _, question := range []string{"erase_person", "erase_credentials"} {
		asked, query := w.ask(ctx, question, clickhouse.Parameters{"person": id})
		if err := w.conn.Exec(asked, query); err != nil {
			return fmt.Errorf("%s: %w", question, reachable(err))
		}
	}
	return nil
}

// noTime is written where there is none.
var noTime = time.Unix(0, 0).UTC()

// StoreCredential keeps what an act gives a person to sign in with.
func (w Accounts) StoreCredential(ctx context.Context, c account.Credential) error {
	if c.Until.IsZero() {
		c.Until = noTime
	}
	return w.insert(ctx, "credential", 1, func(batch driver.Batch, _ int) error {
		return batch.Append(c.Act, c.Person, string(c.Kind), c.Secret, c.Until, c.At)
	})
}

// Credential is what an act gave a person.
func (w Accounts) Credential(ctx context.Context, person, act string) (c account.Credential, ok bool, err error) {
	all, err := w.credentials(ctx, "credential", clickhouse.Parameters{"person": person, "act": act})
	if err != nil || len(all) == 0 {
		return c, false, err
	}
	return all[0], true, nil
}

// CredentialsLike are those of a kind and a secret, of whomever.
func (w Accounts) CredentialsLike(ctx context.Context, kind account.CredentialKind, secret string) ([]account.Credential, error) {
	return w.credentials(ctx, "credentials_like", clickhouse.Parameters{"kind": string(kind), "secret": secret})
}

func (w Accounts) credentials(ctx context.Context, query string, parameters clickhouse.Parameters) (all []account.Credential, err error) {
	err = w.rows(ctx, query, parameters, func(rows driver.Rows) error {
		var c account.Credential
		var kind string
		err := rows.Scan(&c.Act, &c.Person, &kind, &c.Secret, &c.Until, &c.At)
		c.Kind = account.CredentialKind(kind)
		all = append(all, c)
		return err
	})
	return all, err
}

// RecordSession keeps what became of a session.
func (w Accounts) RecordSession(ctx context.Context, e account.SessionEvent) error {
	return w.insert(ctx, "session", 1, func(batch driver.Batch, _ int) error {
		return batch.Append(e.Hash, e.Person, string(e.Event), e.At, e.Client, e.Step)
	})
}

// Session finds a session by the hash of its token.
func (w Accounts) Session(ctx context.Context, hash string) (account.Session, bool, error) {
	all, err := w.sessions(ctx, "session", clickhouse.Parameters{"hash": hash})
	if err != nil || len(all) == 0 {
		return account.Session{}, false, err
	}
	return all[0], true, nil
}

// SessionsOf are those of a person that were not ended.
func (w Accounts) SessionsOf(ctx context.Context, person string) ([]account.Session, error) {
	return w.sessions(ctx, "sessions_of", clickhouse.Parameters{"person": person})
}

func (w Accounts) sessions(ctx context.Context, question string, parameters clickhouse.Parameters) ([]account.Session, error) {
	var all []account.Session
	err := w.rows(ctx, question, parameters, func(rows driver.Rows) error {
		var s account.Session
		err := rows.Scan(&s.Hash, &s.Person, &s.Begun, &s.Used, &s.Over, &s.Client)
		all = append(all, s)
		return err
	})
	return all, err
}

// LastStep is the newest step of an authenticator app with whose code a person has signed in.
func (w Accounts) LastStep(ctx context.Context, person string) (step uint64, err error) {
	err = w.rows(ctx, "last_step", clickhouse.Parameters{"person": person}, func(rows driver.Rows) error { return rows.Scan(&step) })
	return step, err
}
