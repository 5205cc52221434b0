package account_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/pquerna/otp/totp"

	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/warehouse"
	"stpdash/internal/warehouse/engine"
	"stpdash/internal/warehouse/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// clock is moved by a test.
type clock struct{ at atomic.Int64 }

func (c *clock) Now() time.Time       { return time.UnixMicro(c.at.Load()).UTC() }
func (c *clock) pass(d time.Duration) { c.at.Add(d.Microseconds()) }

// office is what the tests have of a service.
type office struct {
	*account.Accounts
	log      *act.Log
	clock    *clock
	endpoint engine.Endpoint
}

const password, other = "three wet umbrellas", "four dry umbrellas"

func opened(t testing.TB) *office {
	t.Helper()
	open := func(e engine.Endpoint) *warehouse.Warehouse {
		w, err := warehouse.Open(t.Context(), e.Options(e.User), e.Options(e.Reader), nil)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	endpoint, _ := enginetest.Prepared(t, "tables", func(e engine.Endpoint, _ string) { _ = open(e).Close() })
	w := open(endpoint)
	t.Cleanup(func() { _ = w.Close() })
	c := &clock{}
	c.at.Store(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC).UnixMicro())
	log := act.NewLog(w, act.Places{"E54000037": "south-west"}, c.Now)
	return &office{account.New(log, w, account.NewKey("a test"), c.Now), log, c, endpoint}
}

// person is somebody with a password.
func (o *office) person(t testing.TB, address string) string {
	t.Helper()
	person, code, err := o.Add(t.Context(), account.Operator, "Ann Other", address)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.SetPassword(t.Context(), address, code, password, "here"); err != nil {
		t.Fatal(err)
	}
	return person
}

func (o *office) signIn(t testing.TB, password string) string {
	t.Helper()
	token, err := o.SignIn(t.Context(), "ann@nhs.example", password, "", "here", "a browser")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (o *office) signedIn(t testing.TB, token string) bool {
	t.Helper()
	_, ok, err := o.Find(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// A code sets a password once, for its own account, within three days; what is not accepted uses it up not.
func TestCodes(t *testing.T) {
	t.Parallel()
	o := opened(t)
	_, code, err := o.Add(t.Context(), account.Operator, " Ann   Other ", "ann@nhs.example")
	if err != nil {
		t.Fatal(err)
	}
	_, others, err := o.Add(t.Context(), account.Operator, "Bob Other", "bob@nhs.example")
	if err != nil {
		t.Fatal(err)
	}
	var input *account.InputError
	for _, c := range []struct {
		address string
		code    account.InputCode
	}{{"ANN@nhs.example", account.AddressTaken}, {"ann", account.AddressInvalid}, {"Ann <a@b.c>", account.AddressInvalid}, {"a@b.c\r\nBcc: x@y.z", account.AddressInvalid}} {
		if _, _, err := o.Add(t.Context(), account.Operator, "Ann", c.address); !errors.As(err, &input) || input.Code != c.code {
			t.Errorf("%q: %v", c.address, err)
		}
	}
	set := func(address, code, password string) error {
		return o.SetPassword(t.Context(), address, code, password, "here")
	}
	for _, c := range []struct {
		password string
		code     account.InputCode
	}{{"short", account.PasswordShort}, {strings.Repeat("ab", 200), account.PasswordLong}, {"aaaaaaaaaaaaaaa", account.PasswordEasy}, {"password12345", account.PasswordEasy}} {
		if err := set("ann@nhs.example", code, c.password); !errors.As(err, &input) || input.Code != c.code {
			t.Errorf("%q: %v", c.password, err)
		}
	}
	for _, c := range [][2]string{{"ann@nhs.example", others}, {"ann@nhs.example", ""}, {"nobody@nhs.example", code}} {
		if err := set(c[0], c[1], password); !errors.Is(err, account.ErrWrong) {
			t.Errorf("%v: %v", c, err)
		}
	}
	if _, err := o.SignIn(t.Context(), "ann@nhs.example", "", "", "here", ""); !errors.Is(err, account.ErrWrong) {
		t.Errorf("without a password: %v", err)
	}
	var both sync.WaitGroup
	var right atomic.Int32
	for i := range 2 { // at once
		both.Go(func() {
			if set("Ann@NHS.example", strings.ToUpper(code[:4]+" "+code[4:]), fmt.Sprint(password, i)) == nil {
				right.Add(1)
			}
		})
	}
	both.Wait()
	if right.Load() != 1 {
		t.Errorf("a code was used %d times", right.Load())
	}
	if err := set("ann@nhs.example", code, password); !errors.Is(err, account.ErrWrong) {
		t.Errorf("a code that was used: %v", err)
	}
	o.clock.pass(72 * time.Hour)
	if err := set("bob@nhs.example", others, password); !errors.Is(err, account.ErrWrong) {
		t.Errorf("an old code: %v", err)
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	o := opened(t)
	ann := o.person(t, "ann@nhs.example")
	token := o.signIn(t, password)
	for _, forged := range []string{"", token[1:], token + "a", strings.ToLower(token), strings.Repeat("a", len(token)), "' OR 1=1 --" + token} {
		if o.signedIn(t, forged) {
			t.Errorf("%q is signed in", forged)
		}
	}
	conn, err := clickhouse.Open(o.endpoint.Options(o.endpoint.User))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var kept, told uint64
	if err := conn.QueryRow(t.Context(), "SELECT countIf(hash = {token:String}), count() FROM session", clickhouse.Named("token", token)).
		Scan(&kept, &told); err != nil || kept > 0 ||
		told == 0 {
		t.Errorf("tokens in the table: %d of %d, %v", kept, told, err)
	}
	var hash string
	if err := conn.QueryRow(t.Context(), "SELECT any(hash) FROM session").Scan(&hash); err != nil || o.signedIn(t, hash) {
		t.Errorf("the hash of a session is signed in: %v", err)
	}
	for range 40 { // in use
		o.clock.pass(15 * time.Minute)
		if !o.signedIn(t, token) {
			t.Fatal("a session that is used has ended")
		}
	}
	o.clock.pass(account.IdleTime)
	if o.signedIn(t, token) {
		t.Error("idle for 30 minutes, and still signed in")
	}
	token = o.signIn(t, password)
	for range 48 {
		o.clock.pass(15 * time.Minute)
		if _, _, err := o.Find(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	if o.signedIn(t, token) {
		t.Error("signed in for 12 hours, and still")
	}
	one, two, three := o.signIn(t, password), o.signIn(t, password), o.signIn(t, password)
	bob := o.person(t, "bob@nhs.example")
	live, err := o.Sessions(t.Context(), ann)
	if err != nil || len(live) != 3 {
		t.Fatalf("%d sessions, %v", len(live), err)
	}
	first, _, _ := o.Find(t.Context(), one)
	if err := o.EndSession(t.Context(), bob, first.ID()); err != nil || !o.signedIn(t, one) {
		t.Errorf("Bob ends a session of Ann: %v", err)
	}
	if err := o.EndSession(t.Context(), ann, first.ID()); err != nil || o.signedIn(t, one) || !o.signedIn(t, two) {
		t.Errorf("Ann ends one: %v", err)
	}
	if err := o.SignOut(t.Context(), two); err != nil || o.signedIn(t, two) || !o.signedIn(t, three) {
		t.Errorf("Ann signs out: %v", err)
	}
	if err := o.ChangePassword(t.Context(), ann, "wrong", other, "here"); !wrongPassword(err, "current") || !o.signedIn(t, three) {
		t.Errorf("another password without the one before: %v", err)
	}
	if err := o.ChangePassword(t.Context(), ann, password, other, "here"); err != nil || o.signedIn(t, three) {
		t.Errorf("another password: %v", err)
	}
	last := o.signIn(t, other)
	if err := o.Remove(t.Context(), account.Operator, ann); err != nil || o.signedIn(t, last) {
		t.Errorf("removed, and signed in: %v", err)
	}
	if _, err := o.SignIn(t.Context(), "ann@nhs.example", other, "", "there", ""); !errors.Is(err, account.ErrWrong) {
		t.Errorf("removed, and signs in: %v", err)
	}
	if names, err := o.Names(t.Context()); err != nil || names[ann].Name != "Ann Other" {
		t.Errorf("%v, %v", names, err)
	}
	if err := o.Erase(t.Context(), account.Operator, ann); err != nil {
		t.Error(err)
	}
	if names, err := o.Names(t.Context()); err != nil || names[ann].Name != "" || names[bob].Name == "" {
		t.Errorf("erased: %v, %v", names, err)
	}
	var left uint64
	if err := conn.QueryRow(t.Context(), "SELECT (SELECT count() FROM person WHERE id = {p:String}) + (SELECT count() FROM credential WHERE person = {p:String})",
		clickhouse.Named("p", ann)).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows of who was erased, %v", left, err)
	}
}

// Ten thousand guesses: eleven are looked at in the first minute, whatever address they come from, and the owner gets in once the guessing stops.
func TestGuesses(t *testing.T) {
	t.Parallel()
	o := opened(t)
	o.person(t, "ann@nhs.example")
	const guesses = 10_000
	var looked, refused int
	for i := range guesses {
		_, err := o.SignIn(t.Context(), "ann@nhs.example", fmt.Sprint("guess ", i), "", fmt.Sprint("address ", i), "")
		var many *account.TooManyError
		switch {
		case errors.Is(err, account.ErrWrong):
			looked++
		case errors.As(err, &many):
			refused++
		default:
			t.Fatal(err)
		}
	}
	if looked != 10 || refused != guesses-10 {
		t.Errorf("%d were looked at, %d refused", looked, refused)
	}
	t.Logf("of %d guesses %d were looked at", guesses, looked)
	if _, err := o.SignIn(t.Context(), "ann@nhs.example", password, "", "home", ""); err == nil {
		t.Error("the right one is taken while others guess: then each guess is looked at")
	}
	o.clock.pass(2 * time.Minute)
	o.signIn(t, password)
	// From one address, for many accounts.
	looked = 0
	for i := range 200 {
		if _, err := o.SignIn(t.Context(), fmt.Sprintf("a%d@nhs.example", i), password, "", "one address", ""); errors.Is(err, account.ErrWrong) {
			looked++
		}
	}
	if looked != 20 {
		t.Errorf("%d guesses from one address were looked at", looked)
	}
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	o := opened(t)
	ann := o.person(t, "ann@nhs.example")
	bob := o.person(t, "bob@nhs.example")
	token, elsewhere := o.signIn(t, password), o.signIn(t, password)
	s, _, err := o.Find(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	e, err := o.Enrol(t.Context(), ann)
	if err != nil || len(e.Square) < 21 || !strings.Contains(e.URL, e.Secret) || strings.Contains(e.Sealed, e.Secret) {
		t.Fatalf("%+v, %v", e, err)
	}
	code := func() string {
		c, err := totp.GenerateCode(e.Secret, o.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	var input *account.InputError
	bobs := account.Session{Person: bob, Hash: strings.Repeat("b", 64)}
	if err := o.SetSecondFactor(t.Context(), bobs, e.Sealed, code(), password, "here"); !errors.As(err, &input) || input.Code != account.FormTooOld {
		t.Errorf("the form of another: %v", err)
	}
	if err := o.SetSecondFactor(t.Context(), s, e.Sealed, "000000", password, "here"); !errors.As(err, &input) || input.Code != account.CodeWrong {
		t.Errorf("a wrong code: %v", err)
	}
	if err := o.SetSecondFactor(t.Context(), s, e.Sealed, code(), other, "here"); !wrongPassword(err, "password") {
		t.Errorf("a wrong password: %v", err)
	}
	if again, err := o.Again(t.Context(), ann, e.Sealed); err != nil || again.Secret != e.Secret {
		t.Errorf("the form again: %v", err)
	}
	if err := o.SetSecondFactor(t.Context(), s, e.Sealed, code(), password, "here"); err != nil || !o.signedIn(t, token) || o.signedIn(t, elsewhere) {
		t.Errorf("set up: %v", err)
	}
	signIn := func(code string) error {
		_, err := o.SignIn(t.Context(), "ann@nhs.example", password, code, "here", "")
		return err
	}
	for name, c := range map[string]string{"none": "", "a wrong one": "123", "a long one": strings.Repeat("1", 100)} {
		if err := signIn(c); !errors.Is(err, account.ErrWrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
	o.clock.pass(time.Minute)
	once := code()
	if err := signIn(once); err != nil {
		t.Errorf("the right one: %v", err)
	}
	if err := signIn(once); !errors.Is(err, account.ErrWrong) {
		t.Errorf("the right one again: %v", err)
	}
	o.clock.pass(period)
	late := code()
	o.clock.pass(period)
	if err := signIn(late); err != nil {
		t.Errorf("one of 30 seconds ago: %v", err)
	}
	o.clock.pass(10 * time.Minute)
	if err := signIn(late); !errors.Is(err, account.ErrWrong) {
		t.Errorf("one of ten minutes ago: %v", err)
	}
	// Its key is sealed, and another key of the service cannot open it: that is no wrong code.
	conn, err := clickhouse.Open(o.endpoint.Options(o.endpoint.User))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var found uint64
	if err := conn.QueryRow(t.Context(), "SELECT countIf(position(secret, {secret:String}) > 0) FROM credential", clickhouse.Named("secret", e.Secret)).
		Scan(&found); err != nil ||
		found > 0 {
		t.Errorf("the key stands in the table: %v", err)
	}
	w, err := warehouse.Open(t.Context(), o.endpoint.Options(o.endpoint.User), o.endpoint.Options(o.endpoint.Reader), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	moved := account.New(o.log, w, account.NewKey("another"), o.clock.Now)
	if _, err := moved.SignIn(t.Context(), "ann@nhs.example", password, code(), "here", ""); err == nil || errors.Is(err, account.ErrWrong) {
		t.Errorf("another key: %v", err)
	}
	if err := o.RemoveSecondFactor(t.Context(), account.By{Person: bob, Via: act.ByBrowser}, ann, "", "here"); err == nil {
		t.Error("Bob removes it")
	}
	if err := o.RemoveSecondFactor(t.Context(), account.Operator, ann, "", ""); err != nil {
		t.Error(err)
	}
	if err := signIn(""); err != nil {
		t.Errorf("after it was removed: %v", err)
	}
}

const period = 30 * time.Second

func TestFolderKey(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	var keys sync.Map
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			k, err := account.FolderKey(folder)
			if err != nil {
				t.Error(err)
			}
			keys.Store(k, true)
		})
	}
	all.Wait()
	n := 0
	keys.Range(func(any, any) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d keys of one folder", n)
	}
}

// wrongPassword tells whether a password was wrong, as a form says it at its field.
func wrongPassword(err error, field string) bool {
	var input *account.InputError
	return errors.As(err, &input) && input.Code == account.PasswordWrong && input.Field == field
}
