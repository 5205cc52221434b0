package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"stpdash/internal/account"
	"stpdash/internal/act"
)

// doors are what it takes to know who asks. Without accounts nobody is signed in.
type doors struct {
	accounts *account.Accounts
	acts     *act.Log
	closed   bool // who is not signed in reads nothing
	now      func() time.Time
}

// visitor is who is signed in, or whose program asks.
type visitor struct {
	account.Session
	program act.Token // without an id where a browser asks
}

// via is the way by which they act.
func (v visitor) via() act.Via {
	if v.program.ID != "" {
		return act.ByProgram
	}
	return act.ByBrowser
}

type visitorKey struct{}

// visitorOf is who asks; nobody where a route does not need to know.
func visitorOf(ctx context.Context) visitor {
	v, _ := ctx.Value(visitorKey{}).(visitor)
	return v
}

// How the names of cookies begin. Over https no other site and no page below another path can set one that begins so.
const (
	securePrefix = "__Host-stpd-"
	plainPrefix  = "stpd-"
	sessionUse   = "session"
)

// cookie names the cookie of a request for a use.
func (g *guard) cookie(r *http.Request, use string) string {
	if g.overTLS(r) {
		return securePrefix + use
	}
	return plainPrefix + use
}

// setCookie has a browser keep something for a use, for so long; nothing takes it away.
func (g *guard) setCookie(c *gin.Context, use, value string, while time.Duration) {
	cookie := &http.Cookie{
		Name: g.cookie(c.Request, use), Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: g.overTLS(c.Request),
		MaxAge: int(while.Seconds()),
	}
	if value == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(c.Writer, cookie)
}

// setSession gives a browser the token of a session; an empty one takes it away.
func (g *guard) setSession(c *gin.Context, token string) {
	g.setCookie(c, sessionUse, token, account.MaxTime)
}

// token is the token that a browser shows.
func (g *guard) token(r *http.Request) string {
	cookie, err := r.Cookie(g.cookie(r, sessionUse))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// identify finds who asks.
func (g *guard) identify(r *http.Request) (visitor, bool, error) {
	token := g.token(r)
	if token == "" || g.admission.doors.accounts == nil {
		return visitor{}, false, nil
	}
	s, ok, err := g.admission.doors.accounts.Find(r.Context(), token)
	return visitor{Session: s}, ok, err
}

// programUses are what the program of somebody has to be let do on a route. Other routes are for people.
var programUses = map[Access]act.Use{Reader: act.ToRead, LogReader: act.ToRead, TokenHolder: act.ToRun}

// identifyProgram finds whose program asks, and whether it may ask such a route.
func (g *guard) identifyProgram(r *http.Request, who Access) (v visitor, shown bool, refused *problem) {
	use, programs := programUses[who]
	if !programs {
		return visitor{}, false, nil
	}
	d := g.admission.doors
	token, shown, refused := g.admission.program(r, g.proxies.client(r))
	if !shown && who == TokenHolder {
		refused = unknownToken()
	}
	if !shown || refused != nil {
		return visitor{}, shown, refused
	}
	may := false
	if err := d.acts.View(r.Context(), func(s *act.State) { may = s.TokenMay(token, use, d.now()) }); err != nil {
		return visitor{}, true, problemOf(err)
	}
	if !may {
		d.acts.Refuse(r.Context(), token.Person, act.ByProgram, act.All, token.ID, act.Asking, act.NotPermitted)
		return visitor{}, true, newProblem(http.StatusForbidden, "The token is not for this, or its owner may no longer do it.")
	}
	return visitor{account.Session{Person: token.Person}, token}, true, nil
}

// admitVisitor says why somebody may not ask a route that asks who they are; nil where they may.
func (g *guard) admitVisitor(c *gin.Context, who Access) *problem {
	d := g.admission.doors
	if who == Reader && !d.closed {
		return nil
	}
	if who == Reader {
		c.Set(readerAlone, true)
		c.Header("Cache-Control", keeping(c))
		c.Writer.Header().Add("Vary", "Cookie, Authorization")
	}
	v, ok, refused := g.identifyProgram(c.Request, who)
	if refused != nil {
		return refused
	}
	if !ok {
		var err error
		if v, ok, err = g.identify(c.Request); err != nil {
			return problemOf(fmt.Errorf("who is signed in: %w", err))
		}
	}
	if !ok {
		return newProblem(http.StatusUnauthorized, "You need to sign in to see this. Your session may have ended.")
	}
	if roles := rolesOf[who]; roles != nil {
		var may bool
		err := d.acts.View(c.Request.Context(), func(s *act.State) {
			may = slices.ContainsFunc(roles, func(r act.Role) bool { return s.HasRole(v.Person, r, d.now()) })
		})
		switch {
		case err != nil:
			return problemOf(err)
		case !may:
			d.acts.Refuse(c.Request.Context(), v.Person, v.via(), act.All, c.FullPath(), act.Asking, act.NotPermitted)
			return newProblem(http.StatusForbidden, fmt.Sprintf("This is for %s. An administrator can give you the role.", who))
		}
	}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), visitorKey{}, v))
	return nil
}

// readerAlone says of a request that its reader alone may keep the answer, as reading is closed.
const readerAlone = "reader alone"

// keeping says who may keep an answer for readers.
func keeping(c *gin.Context) string {
	if c.GetBool(readerAlone) {
		return "private, no-cache"
	}
	return "no-cache"
}

// notKept keeps an answer about somebody out of every memory on its way.
func notKept(c *gin.Context) { c.Header("Cache-Control", "no-store") }

// home is an address of this site that somebody may be led to; the first page in place of any other.
func home(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsAny(next, "\\") || !clean(next) || strings.HasPrefix(u.Path, "/api/") || len(next) > maxAddress {
		return "/"
	}
	return u.RequestURI()
}
