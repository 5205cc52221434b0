package identity

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"

	"stpdash/internal/identity/identitytest"
)

const back = "https://stp.example/sign-in/provider/back"

func code(err error) Code {
	var known *Error
	if errors.As(err, &known) {
		return known.Code
	}
	return ""
}

// Somebody signs in at a real provider; who has only a part of what that takes does not, nor who shows all of it twice.
func TestSignInAtAProvider(t *testing.T) {
	real := identitytest.Start(t, back)
	var shift atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(shift.Load())) }
	p := New(Settings{Issuer: real.Issuer, ClientID: "stpd", ClientSecret: "a secret", Name: "Trust login", Back: back}, http.DefaultTransport, now)
	begin := func() (Attempt, url.Values) {
		t.Helper()
		address, a, err := p.Begin(t.Context(), "/review")
		if err != nil {
			t.Fatal(err)
		}
		if u, err := url.Parse(
			address,
		); err != nil || u.Query().Get("code_challenge_method") != "S256" || u.Query().Get("nonce") != a.Nonce ||
			u.Query().Get("state") != a.State {
			t.Fatalf("%s: %v", address, err)
		}
		return a, real.SignIn(t, address)
	}
	a, answer := begin()
	who, err := p.Finish(t.Context(), a, answer)
	if err != nil || who.Issuer != real.Issuer || who.Subject != "id1" {
		t.Fatalf("%+v, %v", who, err)
	}
	if _, err := p.Finish(t.Context(), a, answer); code(err) != NotTrusted {
		t.Errorf("twice: %v", err)
	}
	for name, c := range map[string]struct {
		spoil func(a *Attempt, answer url.Values)
		want  Code
	}{
		"of another browser":       {func(a *Attempt, _ url.Values) { a.State = "another" }, NotBegun},
		"of no browser":            {func(a *Attempt, answer url.Values) { *a = Attempt{}; answer.Set("state", "") }, NotBegun},
		"of another attempt":       {func(a *Attempt, _ url.Values) { a.Nonce = "another" }, NotTrusted},
		"with another verifier":    {func(a *Attempt, _ url.Values) { a.Verifier = strings.Repeat("a", 43) }, NotTrusted},
		"with another code":        {func(_ *Attempt, answer url.Values) { answer.Set("code", "another") }, NotTrusted},
		"without a code":           {func(_ *Attempt, answer url.Values) { answer.Del("code") }, NotTrusted},
		"of another provider":      {func(_ *Attempt, answer url.Values) { answer.Set("iss", "https://evil.example") }, NotTrusted},
		"that the provider denies": {func(_ *Attempt, answer url.Values) { answer.Set("error", "access_denied") }, Declined},
	} {
		a, answer := begin()
		c.spoil(&a, answer)
		if _, err := p.Finish(t.Context(), a, answer); code(err) != c.want {
			t.Errorf("an answer %s: %v, want %s", name, err, c.want)
		}
	}
	for by, want := range map[time.Duration]Code{5 * time.Minute: "", -5 * time.Minute: "", 90 * time.Minute: OutOfTime, -10 * time.Minute: OutOfTime} {
		a, answer := begin()
		shift.Store(int64(by))
		if _, err := p.Finish(t.Context(), a, answer); code(err) != want || want == "" && err != nil {
			t.Errorf("a clock that is %v off: %v, want %q", by, err, want)
		}
		shift.Store(0)
	}
	real.Restart() // its keys are others now
	a, answer = begin()
	if who, err := p.Finish(t.Context(), a, answer); err != nil || who.Subject != "id1" {
		t.Errorf("with new keys: %+v, %v", who, err)
	}
	a, answer = begin()
	real.Fail(http.StatusBadGateway)
	if _, err := p.Finish(t.Context(), a, answer); code(err) != Away {
		t.Errorf("while it is away: %v", err)
	}
	other := New(Settings{Issuer: real.Issuer, ClientID: "stpd", Back: back}, http.DefaultTransport, now)
	if _, _, err := other.Begin(t.Context(), "/"); code(err) != Away {
		t.Errorf("begun while it is away: %v", err)
	}
	asked := real.Asked()
	if _, _, err := other.Begin(t.Context(), "/"); code(err) != Away || real.Asked() != asked {
		t.Errorf("it is asked again at once: %v", err)
	}
	real.Restart()
	shift.Store(int64(awayTime))
	if _, _, err := other.Begin(t.Context(), "/"); err != nil {
		t.Errorf("when it is back: %v", err)
	}
}

// signer makes ID tokens as a provider would.
type signer struct {
	key     *ecdsa.PrivateKey
	heard   oidc.KeySet
	t       *testing.T
	started time.Time
}

func newSigner(t *testing.T) *signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &key.PublicKey, KeyID: "k", Algorithm: "ES256", Use: "sig"}}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(keys) }))
	t.Cleanup(server.Close)
	return &signer{key, oidc.NewRemoteKeySet(context.Background(), server.URL), t, time.Now()}
}

func (s *signer) sign(algorithm jose.SignatureAlgorithm, key any, claims map[string]any) string {
	s.t.Helper()
	all := map[string]any{
		"iss":   "https://login.example",
		"aud":   "stpd",
		"sub":   "s1",
		"nonce": "n",
		"iat":   s.started.Unix(),
		"exp":   s.started.Add(time.Hour).Unix(),
		"name":  "Ann Other",
	}
	for name, value := range claims {
		all[name] = value
	}
	with, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "k"))
	if err != nil {
		s.t.Fatal(err)
	}
	content, err := json.Marshal(all)
	if err != nil {
		s.t.Fatal(err)
	}
	signed, err := with.Sign(content)
	if err != nil {
		s.t.Fatal(err)
	}
	raw, err := signed.CompactSerialize()
	if err != nil {
		s.t.Fatal(err)
	}
	return raw
}

// What a provider says of somebody counts where it is signed by it, for this service and this attempt, and lists the group that they must be in.
func TestIDTokens(t *testing.T) {
	s := newSigner(t)
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	anybody := Settings{Issuer: "https://login.example", ClientID: "stpd"}
	members := anybody
	members.Group = "stp-leads"
	of := &known{keys: s.heard, Algorithms: []string{"ES256"}}
	es := func(claims map[string]any) string { return s.sign(jose.ES256, s.key, claims) }
	valid := strings.Split(es(nil), ".")
	for name, c := range map[string]struct {
		settings Settings
		token    string
		want     Code
	}{
		"as it should be":               {anybody, es(nil), ""},
		"of another issuer":             {anybody, es(map[string]any{"iss": "https://evil.example"}), NotTrusted},
		"for another service":           {anybody, es(map[string]any{"aud": "another"}), NotTrusted},
		"for two services":              {anybody, es(map[string]any{"aud": []string{"stpd", "another"}}), NotTrusted},
		"for two services, us the one":  {anybody, es(map[string]any{"aud": []string{"stpd", "another"}, "azp": "stpd"}), ""},
		"that another service wanted":   {anybody, es(map[string]any{"azp": "another"}), NotTrusted},
		"of another attempt":            {anybody, es(map[string]any{"nonce": "m"}), NotTrusted},
		"of nobody":                     {anybody, es(map[string]any{"sub": ""}), NotTrusted},
		"that has run out":              {anybody, es(map[string]any{"exp": s.started.Add(-time.Hour).Unix()}), OutOfTime},
		"that does not hold yet":        {anybody, es(map[string]any{"nbf": s.started.Add(time.Hour).Unix()}), OutOfTime},
		"signed by a stranger":          {anybody, s.sign(jose.ES256, stranger, nil), NotTrusted},
		"signed by the secret":          {anybody, s.sign(jose.HS256, []byte(strings.Repeat("a secret", 4)), nil), NotTrusted},
		"signed by nobody":              {anybody, "eyJhbGciOiJub25lIn0." + valid[1] + ".", NotTrusted},
		"with another's signature":      {anybody, valid[0] + "." + strings.Split(es(map[string]any{"sub": "s2"}), ".")[1] + "." + valid[2], NotTrusted},
		"no token":                      {anybody, "x", NotTrusted},
		"of a member":                   {members, es(map[string]any{"groups": []string{"a", "stp-leads"}}), ""},
		"of another's member":           {members, es(map[string]any{"groups": []string{"stp-leads-of-others"}}), NotInGroup},
		"without groups":                {members, es(nil), NotInGroup},
		"of a member of over 200":       {members, es(map[string]any{"_claim_names": map[string]string{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]string{"endpoint": "https://graph.example/groups"}}}), TooManyGroups},
		"of a member of many, in short": {members, es(map[string]any{"hasgroups": true}), TooManyGroups},
	} {
		p := New(c.settings, http.DefaultTransport, time.Now)
		who, err := p.verify(t.Context(), of, Attempt{Nonce: "n"}, c.token)
		if code(err) != c.want || c.want == "" && (err != nil || who != Identity{"https://login.example", "s1", "Ann Other", ""}) {
			t.Errorf("a token %s: %+v, %v; want %q", name, who, err, c.want)
		}
	}
}
