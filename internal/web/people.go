package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/figures"
	"stpdash/internal/pages"
)

// The addresses that others lead to.
const (
	signInPath  = "/sign-in"
	accountPath = "/account"
	tokensPath  = "/account/tokens"
	peoplePath  = "/people"
)

// peopleHandlers let people sign in, look after their accounts, and administer those of others.
type peopleHandlers struct {
	accounts *account.Accounts
	acts     *act.Log
	pages    *pages.Composer
	guard    *guard
	signing  signOffHandlers
}

// none is what there is without accounts.
func (p peopleHandlers) none() error {
	if p.accounts == nil {
		return newProblem(http.StatusNotFound, "Nobody can sign in to this service.")
	}
	return nil
}

func (p peopleHandlers) askSignIn(c *gin.Context) (any, error) {
	if _, ok, err := p.guard.identify(c.Request); err != nil || ok {
		return done(home(c.DefaultQuery("next", accountPath))), err
	}
	return p.pages.SignIn(home(c.DefaultQuery("next", accountPath)), nil, nil), p.none()
}

func (p peopleHandlers) signIn(c *gin.Context) (any, error) {
	if err := p.none(); err != nil {
		return nil, err
	}
	ctx, r := c.Request.Context(), c.Request
	next := home(field(c, "next"))
	token, err := p.accounts.SignIn(ctx, field(c, "address"), r.PostForm.Get("password"), field(c, "code"), p.guard.proxies.client(r), r.UserAgent())
	if err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) {
			return p.pages.SignIn(next, wrong, map[string]string{"address": field(c, "address")}), nil
		})
	}
	return p.begin(c, token, next)
}

// begin gives a browser a session and leads on. One that was there before is not gone on with.
func (p peopleHandlers) begin(c *gin.Context, token, next string) (any, error) {
	if before := p.guard.token(c.Request); before != "" {
		if err := p.accounts.SignOut(c.Request.Context(), before); err != nil {
			return nil, err
		}
	}
	p.guard.setSession(c, token)
	return done(next), nil
}

func (p peopleHandlers) signOut(c *gin.Context) (any, error) {
	if err := p.none(); err != nil {
		return nil, err
	}
	token := p.guard.token(c.Request)
	p.guard.setSession(c, "")
	c.Header("Clear-Site-Data", `"cache"`)
	return done("/"), p.accounts.SignOut(c.Request.Context(), token)
}

func (p peopleHandlers) askSetPassword(*gin.Context) (any, error) {
	return p.pages.SetPassword(nil, nil), p.none()
}

func (p peopleHandlers) setPassword(c *gin.Context) (any, error) {
	if err := p.none(); err != nil {
		return nil, err
	}
	err := p.accounts.SetPassword(c.Request.Context(), field(c, "address"), field(c, "code"), c.Request.PostForm.Get("new"), p.guard.proxies.client(c.Request))
	if err != nil {
		return ifRefused(c, renamed(err, "password", "new"), func(wrong []pages.FieldError) (any, error) {
			return p.pages.SetPassword(wrong, map[string]string{"address": field(c, "address"), "code": field(c, "code")}), nil
		})
	}
	return done(signInPath), nil
}

// renamed names a field as a form does.
func renamed(err error, from, to string) error {
	var input *account.InputError
	if errors.As(err, &input) && input.Field == from {
		return &account.InputError{Field: to, Code: input.Code}
	}
	return err
}

func (p peopleHandlers) account(c *gin.Context) (any, error) { return p.accountWith(c, nil) }

func (p peopleHandlers) accountWith(c *gin.Context, wrong []pages.FieldError) (any, error) {
	v := visitorOf(c.Request.Context())
	sessions, err := p.accounts.Sessions(c.Request.Context(), v.Person)
	if err != nil {
		return nil, err
	}
	signed, err := p.signing.own(c.Request.Context(), v.Person)
	if err != nil {
		return nil, err
	}
	return p.pages.Account(c.Request.Context(), v.Session, sessions, signed, wrong)
}

func (p peopleHandlers) changePassword(c *gin.Context) (any, error) {
	v, form := visitorOf(c.Request.Context()), c.Request.PostForm
	err := p.accounts.ChangePassword(c.Request.Context(), v.Person, form.Get("current"), form.Get("new"), p.guard.proxies.client(c.Request))
	if err != nil {
		return ifRefused(c, renamed(err, "password", "new"), func(wrong []pages.FieldError) (any, error) { return p.accountWith(c, wrong) })
	}
	p.guard.setSession(c, "")
	return done(signInPath), nil
}

func (p peopleHandlers) endSession(c *gin.Context) (any, error) {
	v := visitorOf(c.Request.Context())
	return done(accountPath), p.accounts.EndSession(c.Request.Context(), v.Person, field(c, "session"))
}

func (p peopleHandlers) askSecondFactor(c *gin.Context) (any, error) {
	e, err := p.accounts.Enrol(c.Request.Context(), visitorOf(c.Request.Context()).Person)
	return p.pages.SecondFactor(e, nil), err
}

func (p peopleHandlers) setSecondFactor(c *gin.Context) (any, error) {
	ctx, v := c.Request.Context(), visitorOf(c.Request.Context())
	err := p.accounts.SetSecondFactor(ctx, v.Session, field(c, "sealed"), field(c, "code"), c.Request.PostForm.Get("password"), p.guard.proxies.client(c.Request))
	if err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) {
			e, err := p.accounts.Again(ctx, v.Person, field(c, "sealed"))
			return p.pages.SecondFactor(e, wrong), err
		})
	}
	return done(accountPath), nil
}

func (p peopleHandlers) removeSecondFactor(c *gin.Context) (any, error) {
	v := visitorOf(c.Request.Context())
	err := p.accounts.RemoveSecondFactor(c.Request.Context(), by(v), v.Person, c.Request.PostForm.Get("password"), p.guard.proxies.client(c.Request))
	if err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) { return p.accountWith(c, wrong) })
	}
	return done(accountPath), nil
}

func (p peopleHandlers) tokens(c *gin.Context) (any, error) {
	return p.pages.Tokens(c.Request.Context(), visitorOf(c.Request.Context()).Person, "", nil, nil)
}

// makeToken shows a token in its answer, as it is kept nowhere that another address could show it from.
func (p peopleHandlers) makeToken(c *gin.Context) (any, error) {
	ctx, v := c.Request.Context(), visitorOf(c.Request.Context())
	typed := map[string]string{"name": field(c, "name"), "uses": field(c, "uses"), "until": field(c, "until")}
	end, err := lastDay(act.TokenMade, typed["until"])
	var token string
	if err == nil {
		body := act.TokenBody{Person: v.Person, Name: typed["name"], Uses: act.ParseUses(typed["uses"]), Until: end}
		token, err = p.accounts.MakeOwnToken(ctx, formID(c), body, c.Request.PostForm.Get("password"), p.guard.proxies.client(c.Request))
	}
	if err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) { return p.pages.Tokens(ctx, v.Person, "", wrong, typed) })
	}
	return p.pages.Tokens(ctx, v.Person, token, nil, nil)
}

func (p peopleHandlers) endToken(c *gin.Context) (any, error) {
	ctx, v := c.Request.Context(), visitorOf(c.Request.Context())
	if err := p.accounts.EndToken(ctx, by(v), field(c, "token")); err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) { return p.pages.Tokens(ctx, v.Person, "", wrong, nil) })
	}
	return done(tokensPath), nil
}

// lastDay is the end of a day in London that somebody typed, which is included.
func lastDay(kind act.Kind, typed string) (time.Time, error) {
	day, err := time.ParseInLocation(time.DateOnly, typed, figures.London)
	if err != nil {
		return day, &act.RefusalError{Kind: kind, Code: act.DateNotAccepted, Field: "until"}
	}
	return day.AddDate(0, 0, 1).UTC(), nil
}

func by(v visitor) account.By { return account.By{Person: v.Person, Via: act.ByBrowser} }

func (p peopleHandlers) people(c *gin.Context) (any, error) {
	return p.pages.People(c.Request.Context(), "", "", nil, nil)
}

// add shows the code of who was added in its answer, as it is kept nowhere that another address could show it from.
func (p peopleHandlers) add(c *gin.Context) (any, error) {
	ctx := c.Request.Context()
	person, code, err := p.accounts.Add(ctx, by(visitorOf(ctx)), field(c, "name"), field(c, "address"))
	if err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) {
			return p.pages.People(ctx, "", "", wrong, map[string]string{"name": field(c, "name"), "address": field(c, "address")})
		})
	}
	return p.pages.People(ctx, code, person, nil, nil)
}

func (p peopleHandlers) person(c *gin.Context) (any, error) {
	return p.pages.Person(c.Request.Context(), c.Param("person"), "", nil, nil)
}

// administer does to an account what an administrator chose.
func (p peopleHandlers) administer(c *gin.Context) (any, error) {
	ctx, person := c.Request.Context(), c.Param("person")
	v := visitorOf(ctx)
	var err error
	to := done(peoplePath + "/" + person)
	switch field(c, "do") {
	case "code":
		var code string
		if code, err = p.accounts.GiveCode(ctx, by(v), person); err == nil {
			return p.pages.Person(ctx, person, code, nil, nil)
		}
	case "grant":
		err = p.grant(ctx, c, v, person)
	case "end":
		err = p.endGrant(ctx, v, person, field(c, "grant"))
	case "second-factor":
		if v.Person == person { // one's own takes the password
			return done(accountPath), nil
		}
		err = p.accounts.RemoveSecondFactor(ctx, by(v), person, "", p.guard.proxies.client(c.Request))
	case "identity":
		err = p.accounts.UnlinkIdentity(ctx, by(v), person, c.Request.PostForm.Get("password"), p.guard.proxies.client(c.Request))
	case "remove":
		err, to = p.accounts.Remove(ctx, by(v), person), done(peoplePath)
	default:
		err = newProblem(http.StatusBadRequest, "The form does not say what to do.")
	}
	if err != nil {
		return ifRefused(c, err, func(wrong []pages.FieldError) (any, error) {
			return p.pages.Person(
				ctx,
				person,
				"",
				wrong,
				map[string]string{"role": field(c, "role"), "place": c.Request.PostForm.Get("place"), "until": field(c, "until")},
			)
		})
	}
	return to, nil
}

func (p peopleHandlers) grant(ctx context.Context, c *gin.Context, v visitor, person string) error {
	kind, code, _ := strings.Cut(c.Request.PostForm.Get("place"), " ")
	body := act.GrantBody{Person: person, Role: act.Role(field(c, "role"))}
	if until := field(c, "until"); until != "" {
		end, err := lastDay(act.GrantGiven, until)
		if err != nil {
			return err
		}
		body.Until = &end
	}
	id := formID(c)
	_, err := p.acts.Do(ctx, act.Deed{
		ID: id, Actor: v.Person, Via: act.ByBrowser, Kind: act.GrantGiven, Scope: act.Scope{Kind: act.ScopeKind(kind), Code: code}, Subject: "g" + id, Body: body,
	})
	return err
}

// formID is the id of a form that was opened here; another is not taken.
func formID(c *gin.Context) string {
	id := field(c, "id")
	if !act.IsID(id) {
		return act.NewID()
	}
	return id
}

func (p peopleHandlers) endGrant(ctx context.Context, v visitor, person, id string) error {
	var grants []act.Grant
	if err := p.acts.View(ctx, func(s *act.State) { grants = s.GrantsOf(person) }); err != nil {
		return err
	}
	i := slices.IndexFunc(grants, func(g act.Grant) bool { return g.ID == id })
	if i < 0 {
		return &act.RefusalError{Kind: act.GrantEnded, Code: act.Unknown}
	}
	_, err := p.acts.Do(ctx, act.Deed{
		Actor: v.Person, Via: act.ByBrowser, Kind: act.GrantEnded, Scope: grants[i].Scope, Subject: id, Body: act.Reason{Reason: "ended by an administrator"},
	})
	return err
}
