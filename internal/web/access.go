package web

import (
	"fmt"
	"math"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"stpdash/internal/act"
)

// Access is who may ask a route. Its zero value is nobody: a table with a route that does not say who is refused.
type Access int

const (
	// Anyone is everyone who reaches the service.
	Anyone Access = iota + 1
	// TokenHolder is a program of this machine that shows a token whose owner may start runs.
	TokenHolder
	// ThisMachine is a program of this machine.
	ThisMachine
	// Reader is everyone who may read: anyone, or where reading is closed who is signed in.
	Reader
	// SignedIn is who is signed in, whatever their role.
	SignedIn
	// Contributor has a role in some place that lets them write notes and return figures there.
	Contributor
	// Decider has a role in some place that lets them record decisions there.
	Decider
	// Signer has a role in some place that lets them sign off what it shows.
	Signer
	// LogReader reads what everybody did.
	LogReader
	// Administrator adds people and gives roles.
	Administrator
)

// rolesOf are the roles of which one is enough for a route. In which place it holds is asked when the act is done.
var rolesOf = map[Access][]act.Role{
	Contributor:   {act.Contributor, act.Lead},
	Decider:       {act.Lead},
	Signer:        {act.Auditor, act.Lead},
	LogReader:     {act.Auditor, act.Administrator},
	Administrator: {act.Administrator},
}

// access says of each what its routes say of it in the OpenAPI document.
var access = map[Access]struct {
	words    string // who it is, in documents
	detail   string // of how one shows who one is
	security []map[string][]string
	refusals []int
}{
	Anyone: {words: "anyone"},
	TokenHolder: {
		"programs of the same machine with a token of an analyst",
		"Answers clients on the same machine alone, with the header Authorization: Bearer and a token of an analyst that may start runs.",
		[]map[string][]string{{bearer: {}}},
		[]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests},
	},
	ThisMachine:   {"programs of the same machine", "Answers clients on the same machine alone.", nil, []int{http.StatusForbidden}},
	Reader:        {words: "anyone who may read"},
	SignedIn:      {words: "people who are signed in", refusals: []int{http.StatusUnauthorized}},
	Contributor:   {words: "contributors and leads", refusals: []int{http.StatusUnauthorized, http.StatusForbidden}},
	Decider:       {words: "leads", refusals: []int{http.StatusUnauthorized, http.StatusForbidden}},
	Signer:        {words: "auditors and leads", refusals: []int{http.StatusUnauthorized, http.StatusForbidden}},
	LogReader:     {words: "auditors and administrators", refusals: []int{http.StatusUnauthorized, http.StatusForbidden}},
	Administrator: {words: "administrators", refusals: []int{http.StatusUnauthorized, http.StatusForbidden}},
}

// String names who it is, in the words of documents.
func (a Access) String() string { return access[a].words }

// bearer names in the OpenAPI document how those who start runs say who they are.
const bearer = "token"

// describe adds to the description of a route what who may ask it says.
func (a Access) describe(o *huma.Operation) {
	who := access[a]
	o.Description, o.Security, o.Errors = who.detail, who.security, append(o.Errors, who.refusals...)
}

// admission decides who may ask what.
type admission struct {
	public  *url.URL // the address under which others reach the service; nil where there is none
	lockout *lockout
	doors   doors
}

// refusal says why a request is not from who may ask; nil where it is.
func (a *admission) refusal(who Access, r *http.Request) *problem {
	switch who {
	case Anyone:
		return nil
	case TokenHolder:
		name, _ := hostOf(r.Host)
		outside := a.public != nil && name == strings.ToLower(a.public.Hostname()) && !isLoopbackName(name)
		if outside || !local(r) {
			return newProblem(http.StatusForbidden, "Runs are started from the machine of the service alone, and not through a proxy.")
		}
		return nil // but for the token, which is looked at next
	case ThisMachine:
		if fromThisMachine(r) {
			return nil
		}
	}
	return newProblem(http.StatusForbidden, "This address answers programs of this machine alone.")
}

// program finds whose program asks, by the token that it shows. Who shows none is nobody.
func (a *admission) program(r *http.Request, client string) (token act.Token, shown bool, refused *problem) {
	scheme, text, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") || a.doors.accounts == nil { // what a proxy in front asks for is none of ours
		return act.Token{}, false, nil
	}
	token, right, err := a.doors.accounts.Program(r.Context(), strings.TrimSpace(text))
	if err != nil {
		return act.Token{}, true, problemOf(fmt.Errorf("whose token it is: %w", err))
	}
	ok, wait := a.lockout.try(client, right)
	switch {
	case wait > 0:
		p := newProblem(http.StatusTooManyRequests, "Too many tokens from this address were wrong, so none is looked at for now. Try again later.")
		p.retryAfter = max(1, int(math.Ceil(wait.Seconds())))
		return act.Token{}, true, p
	case !ok:
		return act.Token{}, true, unknownToken()
	}
	return token, true, nil
}

func unknownToken() *problem {
	p := newProblem(http.StatusUnauthorized, "The token is missing, or it is not known, has run out or was ended; accepted is the header Authorization: "+
		"Bearer with a token that its owner made on the page "+tokensPath+".")
	p.challenge = `Bearer realm="stpd"`
	return p
}

// forwarding are the headers in which proxies say for whom they ask, and how those that have many names begin.
var (
	forwarding = []string{
		"Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "X-Proxyuser-Ip",
		"True-Client-Ip", "Client-Ip", "Fastly-Client-Ip", "X-Host", "X-Originating-Ip", "X-Remote-Ip", "X-Remote-Addr", "Cdn-Loop",
	}
	forwardingKind = []string{"X-Forwarded-", "X-Original-", "X-Envoy-", "X-Azure-", "X-Appengine-", "Cf-", "Fly-"}
)

// fromThisMachine is whether a program of this machine asks for this machine. A page of another site can have a name of its own lead its
// reader's browser here, and what a proxy passes on is not from here.
func fromThisMachine(r *http.Request) bool {
	name, _ := hostOf(r.Host)
	return isLoopbackName(name) && local(r)
}

// local is whether a program of this machine asks. Its connection says so, not a header: one that a proxy writes can only say that the
// question is from elsewhere.
func local(r *http.Request) bool {
	client, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !client.Addr().Unmap().IsLoopback() {
		return false
	}
	for _, name := range forwarding {
		if _, ok := r.Header[name]; ok {
			return false
		}
	}
	for name := range r.Header {
		for _, kind := range forwardingKind {
			if strings.HasPrefix(name, kind) || name+"-" == kind {
				return false
			}
		}
	}
	return true
}

// hostOf parts the name and the port that a request was sent to.
func hostOf(host string) (name, port string) {
	name = host
	if n, p, err := net.SplitHostPort(host); err == nil {
		name, port = n, p
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	return strings.ToLower(strings.TrimSuffix(name, ".")), port
}

func isLoopbackName(name string) bool {
	address, err := netip.ParseAddr(name)
	return name == "localhost" || err == nil && address.Unmap().IsLoopback()
}
