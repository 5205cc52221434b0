// Package identity asks an OpenID Connect provider, such as Entra, Keycloak, Google or NHS CIS2, who somebody is. It knows no accounts: what it
// finds is a name of the provider for somebody, and who that is here is said elsewhere.
package identity

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Settings are what is agreed with a provider.
type Settings struct {
	Issuer       string // its address, as it names itself
	ClientID     string // this service, as it names it
	ClientSecret string
	Name         string // as people know it
	Group        string // that its people must be in; empty where anybody may be who has an account here
	Back         string // the address that it leads back to
}

// Identity is how a provider names somebody: by issuer and subject, which stay. Name and address are for people to read alone, as they change hands.
type Identity struct {
	Issuer, Subject string
	Name, Address   string
}

// Attempt is what the browser of somebody keeps while they are with the provider, sealed.
type Attempt struct {
	State, Nonce, Verifier string
	Next                   string // where they wanted to go
}

// Code says why somebody is not known.
type Code string

// Why somebody is not known.
const (
	Away          Code = "provider_away"    // it does not answer, or with what it should not
	Declined      Code = "declined"         // it let them not in, or they went away
	NotBegun      Code = "not_begun"        // this browser did not begin it, or too long ago
	NotTrusted    Code = "not_trusted"      // what it says of them is not signed by it, for this service and this attempt
	OutOfTime     Code = "out_of_time"      // what it says has run out, or does not hold yet
	TooManyGroups Code = "too_many_groups"  // so that it does not list them
	NotInGroup    Code = "not_in_the_group" // that they must be in
)

// Codes are all of them.
var Codes = []Code{Away, Declined, NotBegun, NotTrusted, OutOfTime, TooManyGroups, NotInGroup}

// Error is somebody who is not known.
type Error struct {
	Code Code
	Err  error // for the log
}

func (e *Error) Error() string {
	if e.Err == nil {
		return "sign in at the provider: " + string(e.Code)
	}
	return fmt.Sprintf("sign in at the provider: %s: %v", e.Code, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

const (
	// askTime is how long an answer of the provider may take, and maxAnswer how long it may be in bytes.
	askTime, maxAnswer = 10 * time.Second, 1 << 20
	// keepTime is how long what the provider says of itself is kept. Its keys are asked for again as soon as it signs with another.
	keepTime = time.Hour
	// awayTime is how long a provider that did not answer is not asked again: else all who come meanwhile would wait for it, one after the other.
	awayTime = 5 * time.Second
	// skew is how far the clocks of both may be apart.
	skew = 5 * time.Minute
)

// known is what a provider says of itself.
type known struct {
	endpoint   oauth2.Endpoint
	keys       oidc.KeySet
	Keys       string   `json:"jwks_uri"`
	Algorithms []string `json:"id_token_signing_alg_values_supported"`
}

// Provider is an OpenID Connect provider.
type Provider struct {
	settings Settings
	client   *http.Client
	now      func() time.Time

	mu    sync.Mutex
	known *known
	asked time.Time // when that was said
	away  time.Time // when it last did not answer
	why   error
}

// New is a provider by what is agreed with it and a clock. It is asked nothing before somebody signs in, so that the service starts without it.
func New(settings Settings, transport http.RoundTripper, now func() time.Time) *Provider {
	return &Provider{settings: settings, now: now, client: &http.Client{
		Transport: bounded{transport}, Timeout: askTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // it leads nowhere else
	}}
}

// Name is how people know the provider.
func (p *Provider) Name() string { return p.settings.Name }

// bounded cuts what the provider answers.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		answer.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(answer.Body, maxAnswer), answer.Body}
	}
	return answer, err
}

// signing are the algorithms by which it may sign. None of them is by a secret that both know.
var signing = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// discover finds what the provider says of itself.
func (p *Provider) discover(ctx context.Context) (*known, error) {
	p.mu.Lock() // one asks, and the others wait for what it finds
	defer p.mu.Unlock()
	if p.known != nil && p.now().Sub(p.asked).Abs() < keepTime {
		return p.known, nil
	}
	if p.why != nil && p.now().Sub(p.away).Abs() < awayTime {
		return p.or(p.why)
	}
	// Its keys are asked for later, by the same client: not when the one who asks now has gone.
	ctx = oidc.ClientContext(context.WithoutCancel(ctx), p.client)
	provider, err := oidc.NewProvider(ctx, p.settings.Issuer)
	found := &known{}
	if err == nil {
		err = provider.Claims(found)
	}
	if p.why = err; err != nil {
		p.away = p.now()
		return p.or(err)
	}
	found.endpoint, found.keys = provider.Endpoint(), oidc.NewRemoteKeySet(ctx, found.Keys)
	found.Algorithms = slices.DeleteFunc(found.Algorithms, func(a string) bool { return !slices.Contains(signing, a) })
	p.known, p.asked = found, p.now()
	return found, nil
}

// or is what the provider said before, which may still hold, in place of why it does not answer.
func (p *Provider) or(away error) (*known, error) {
	if p.known == nil {
		return nil, &Error{Away, away}
	}
	return p.known, nil
}

func (p *Provider) exchange(of *known) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.settings.ClientID, ClientSecret: p.settings.ClientSecret, Endpoint: of.endpoint, RedirectURL: p.settings.Back,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}
}

// Begin is where somebody signs in, and what their browser keeps until they are back.
func (p *Provider) Begin(ctx context.Context, next string) (address string, a Attempt, err error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", a, err
	}
	a = Attempt{State: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier(), Next: next}
	return p.exchange(found).AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), a, nil
}

// claims are what the provider says of somebody beside who they are.
type claims struct {
	From            float64           `json:"nbf"`
	Name            string            `json:"name"`
	Address         string            `json:"email"`
	AuthorizedParty string            `json:"azp"`
	Groups          []string          `json:"groups"`
	HasGroups       bool              `json:"hasgroups"`    // and does not list them, as Entra says by the implicit flow
	Elsewhere       map[string]string `json:"_claim_names"` // what it does not list and where it is, as Entra says it
}

// Finish finds who is back from the provider, by what it has its reader's browser ask and what that browser kept.
func (p *Provider) Finish(ctx context.Context, a Attempt, back url.Values) (Identity, error) {
	same := subtle.ConstantTimeCompare([]byte(a.State), []byte(back.Get("state"))) == 1
	if a.State == "" || !same {
		return Identity{}, &Error{NotBegun, nil}
	}
	if issuer := back.Get("iss"); issuer != "" && issuer != p.settings.Issuer { // RFC 9207: the answer of another provider
		return Identity{}, &Error{NotTrusted, fmt.Errorf("the answer is of %.200q", issuer)}
	}
	if refused := back.Get("error"); refused != "" {
		return Identity{}, &Error{Declined, fmt.Errorf("%.100q: %.300q", refused, back.Get("error_description"))}
	}
	found, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	answer, err := p.exchange(found).Exchange(ctx, back.Get("code"), oauth2.VerifierOption(a.Verifier))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.Response != nil && refused.Response.StatusCode < http.StatusInternalServerError:
		return Identity{}, &Error{NotTrusted, fmt.Errorf("the provider does not take the code: %.100q", refused.ErrorCode)}
	case err != nil:
		return Identity{}, &Error{Away, err}
	}
	raw, ok := answer.Extra("id_token").(string)
	if !ok {
		return Identity{}, &Error{Away, errors.New("its answer has no ID token")}
	}
	return p.verify(ctx, found, a, raw)
}

// heard is a set of keys that remembers why it could not be asked.
type heard struct {
	oidc.KeySet
	err error
}

func (h *heard) VerifySignature(ctx context.Context, token string) (payload []byte, err error) {
	payload, h.err = h.KeySet.VerifySignature(ctx, token)
	return payload, h.err
}

// verify finds whom an ID token names, which the provider signed for this service and this attempt.
func (p *Provider) verify(ctx context.Context, found *known, a Attempt, raw string) (Identity, error) {
	keys := &heard{KeySet: found.keys}
	config := &oidc.Config{ClientID: p.settings.ClientID, SupportedSigningAlgs: found.Algorithms, SkipExpiryCheck: true} // see below
	token, err := oidc.NewVerifier(p.settings.Issuer, keys, config).Verify(ctx, raw)
	var lost *url.Error
	switch {
	case errors.As(keys.err, &lost):
		return Identity{}, &Error{Away, err}
	case err != nil:
		return Identity{}, &Error{NotTrusted, err}
	}
	var said claims
	if err := token.Claims(&said); err != nil {
		return Identity{}, &Error{NotTrusted, err}
	}
	_, withheld := said.Elsewhere["groups"]
	now, from := p.now(), token.IssuedAt
	if said.From > 0 {
		from = time.Unix(int64(said.From), 0)
	}
	switch {
	case now.After(token.Expiry.Add(skew)), now.Before(from.Add(-skew)):
		return Identity{}, &Error{OutOfTime, fmt.Errorf("it holds from %s to %s, and it is %s here", from.UTC(), token.Expiry.UTC(), now.UTC())}
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(a.Nonce)) != 1:
		return Identity{}, &Error{NotTrusted, errors.New("the ID token is of another attempt")}
	case said.AuthorizedParty != "" && said.AuthorizedParty != p.settings.ClientID, len(token.Audience) > 1 && said.AuthorizedParty == "":
		return Identity{}, &Error{NotTrusted, errors.New("the ID token is for another service too")}
	case token.Subject == "":
		return Identity{}, &Error{NotTrusted, errors.New("the ID token names nobody")}
	case p.settings.Group == "":
	case withheld || said.HasGroups:
		return Identity{}, &Error{TooManyGroups, nil}
	case !slices.Contains(said.Groups, p.settings.Group):
		return Identity{}, &Error{NotInGroup, nil}
	}
	return Identity{token.Issuer, token.Subject, short(said.Name), short(said.Address)}, nil
}

// maxShown bounds what is shown of a name, in characters.
const maxShown = 120

// short is a text of the provider as it is shown.
func short(text string) string {
	letters := []rune(strings.ToValidUTF8(strings.Join(strings.Fields(text), " "), ""))
	return string(letters[:min(len(letters), maxShown)])
}
