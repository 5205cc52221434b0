package web

import (
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/identity"
	"stpdash/internal/pages"
	"stpdash/internal/pages/wording"
)

// The addresses of signing in at a provider.
const (
	providerPath = "/sign-in/provider"
	// ProviderBack is where the provider leads back to.
	ProviderBack = "/sign-in/provider/back"
	linkPath     = "/sign-in/provider/link"
)

// providerSays are what a provider may have a browser ask when it leads back.
var providerSays = []string{
	"code", "state", "iss", "session_state", "error", "error_description", "error_uri", "scope", "authuser", "prompt", "hd",
}

// What a browser keeps while somebody is with the provider, and after that while they show their code; for so long.
const (
	attemptUse, linkUse = "attempt", "link"
	awayTime            = 10 * time.Minute
)

// providerHandlers let people sign in at an OpenID Connect provider.
type providerHandlers struct {
	peopleHandlers
	provider *identity.Provider // nil where there is none
}

func (p providerHandlers) none() error {
	if p.provider == nil || p.accounts == nil {
		return newProblem(http.StatusNotFound, "This service has no other place to sign in at.")
	}
	return nil
}

// leave leads to the provider.
func (p providerHandlers) leave(c *gin.Context) (any, error) {
	if err := p.none(); err != nil {
		return nil, err
	}
	next := home(c.DefaultQuery("next", accountPath))
	address, attempt, err := p.provider.Begin(c.Request.Context(), next)
	if err != nil {
		return p.unknown(c, next, err)
	}
	return done(address), p.keep(c, attemptUse, attempt)
}

// back is where the provider leads back to.
func (p providerHandlers) back(c *gin.Context) (any, error) {
	if err := p.none(); err != nil {
		return nil, err
	}
	var attempt identity.Attempt
	_ = p.kept(c, attemptUse, &attempt) // without one nothing was begun
	p.drop(c, attemptUse)
	next := home(attempt.Next)
	who, err := p.provider.Finish(c.Request.Context(), attempt, c.Request.URL.Query())
	if err != nil {
		return p.unknown(c, next, err)
	}
	switch token, err := p.accounts.SignInAs(c.Request.Context(), who.Issuer, who.Subject, c.Request.UserAgent()); {
	case errors.Is(err, account.ErrNotLinked):
		return done(linkPath), p.keep(c, linkUse, who)
	case err != nil:
		return nil, err
	default:
		return p.begin(c, token, next)
	}
}

// unknown shows the page to sign in on, with why the provider does not say who somebody is.
func (p providerHandlers) unknown(c *gin.Context, next string, err error) (any, error) {
	var known *identity.Error
	if !errors.As(err, &known) {
		return nil, err
	}
	p.guard.respond.logger.Warn("nobody is signed in", "error", err)
	status := http.StatusBadRequest
	switch known.Code {
	case identity.Away:
		status = http.StatusServiceUnavailable
	case identity.NotTrusted, identity.NotInGroup, identity.TooManyGroups:
		p.acts.Refuse(c.Request.Context(), "", act.ByBrowser, act.All, "", act.SigningIn, act.CredentialsWrong)
	}
	return refusedForm{status, p.pages.SignIn(next, []pages.FieldError{{Text: wording.ProviderRefusal(known.Code, p.provider.Name())}}, nil)}, nil
}

// askLink asks whom a provider names for the code of their account here.
func (p providerHandlers) askLink(c *gin.Context) (any, error) { return p.linkWith(c, nil, nil) }

func (p providerHandlers) linkWith(c *gin.Context, wrong []pages.FieldError, typed map[string]string) (any, error) {
	if err := p.none(); err != nil {
		return nil, err
	}
	var who identity.Identity
	if !p.kept(c, linkUse, &who) {
		return done(signInPath), nil
	}
	return p.pages.Link(who.Name, who.Address, wrong, typed), nil
}

func (p providerHandlers) link(c *gin.Context) (any, error) {
	if err := p.none(); err != nil {
		return nil, err
	}
	var who identity.Identity
	if !p.kept(c, linkUse, &who) {
		return done(signInPath), nil
	}
	ctx, typed := c.Request.Context(), map[string]string{"address": field(c, "address"), "code": field(c, "code")}
	if err := p.accounts.LinkIdentity(ctx, who.Issuer, who.Subject, typed["address"], typed["code"], p.guard.proxies.client(c.Request)); err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) { return p.linkWith(c, wrong, typed) })
	}
	p.drop(c, linkUse)
	token, err := p.accounts.SignInAs(ctx, who.Issuer, who.Subject, c.Request.UserAgent())
	if err != nil {
		return nil, err
	}
	return p.begin(c, token, accountPath)
}

func (p peopleHandlers) unlink(c *gin.Context) (any, error) {
	v := visitorOf(c.Request.Context())
	err := p.accounts.UnlinkIdentity(c.Request.Context(), by(v), v.Person, c.Request.PostForm.Get("unlink"), p.guard.proxies.client(c.Request))
	if err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) { return p.accountWith(c, wrong) })
	}
	p.guard.setSession(c, "")
	return done(signInPath), nil
}

// keep has the browser keep something for us, sealed.
func (p providerHandlers) keep(c *gin.Context, use string, value any) error {
	sealed, err := p.accounts.Seal(use, value, awayTime)
	p.guard.setCookie(c, use, sealed, awayTime)
	return err
}

func (p providerHandlers) kept(c *gin.Context, use string, value any) bool {
	cookie, err := c.Request.Cookie(p.guard.cookie(c.Request, use))
	return err == nil && p.accounts.Open(use, cookie.Value, value)
}

func (p providerHandlers) drop(c *gin.Context, use string) { p.guard.setCookie(c, use, "", 0) }
