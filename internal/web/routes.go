package web

import (
	"cmp"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"stpdash/internal/load"
	"stpdash/internal/review"
)

// Route is an address of the service and what is decided about it. What guards it, the OpenAPI document, docs/api.md and the tests with hostile
// values follow from its entry in routes.
type Route struct {
	Method  string
	Path    string // its parameters are written :name
	Who     Access // who may ask
	Caching Caching
	Effort  Effort
	handler handler
}

// Parameters are the names that the route accepts after ? in its address. It refuses others, but where it reads none at all.
func (r Route) Parameters() []string { return r.handler.parameters }

// Caching says how long an answer is kept for others who ask the same.
type Caching int

const (
	// NotCached is an answer that is made for each who asks.
	NotCached Caching = iota
	// Cacheable is an answer that follows from the address, the figures seen, the kept verdicts and this program alone: not from the time, the
	// schedule or the runs.
	Cacheable
	// CacheablePerMinute is one that follows from the minute and the runs that have ended, too.
	CacheablePerMinute
	// CacheableForever is one that follows from this program alone.
	CacheableForever
)

// Effort says how many answers of a route are made at once.
type Effort int

const (
	// Light answers are made at once.
	Light Effort = iota
	// Costly answers rest on many rows, on tests or on past forecasts, and few are made at once. So are all of another moment, whose figures have to be
	// read anew, and all workbooks.
	Costly
)

const (
	assetsPath  = "/assets/*file" // styles and scripts
	openAPIPath = "/openapi.json"
	packPath    = "/claims/:id/pack.zip"
	packagePath = "/downloads/figures.zip"
)

// Routes are all addresses that New answers.
func Routes() []Route { return routes(Options{}, nil, nil) }

// routes is the one table of what is asked where.
func routes(o Options, costly *places, guard *guard) []Route {
	page, figures, claims := pageHandlers{o.Figures, o.Pages}, figuresAPI{o.Figures, o.Loads, o.Register}, claimsAPI{o.Figures, o.Register}
	sending := newTablePlaces()
	whole := wholeTables{
		o.Figures,
		o.Loads,
		o.Packages,
		o.Version,
		o.Program,
		sending,
		newClients(clientPlaces, sending.longest),
		partTime,
		newProxies(o.TrustedProxies),
	}
	news := feedHandlers{page}
	reviews := reviewAPI{o.Figures, review.New(o.Figures, o.Loads, o.Register)}
	loads, runs := loadsAPI{o.Figures, o.Loads}, runsAPI{o.Figures, o.Loads, o.Schedule, o.Run, o.Acts}
	signing := signOffHandlers{o.Figures, o.Register, o.Acts, o.Returns, o.Pages}
	people := peopleHandlers{o.Accounts, o.Acts, o.Pages, guard, signing}
	provider := providerHandlers{people, o.Provider}
	notes, decisions := noteHandlers{o.Figures, o.Acts, o.Pages}, decisionHandlers{o.Figures, o.Acts, o.Pages}
	acts, returns := actsAPI{o.Figures, o.Acts, o.ListActs, o.Pages}, returnHandlers{o.Figures, o.Acts, o.Returns, o.Pages}
	take := takeAway{o.Render, o.Assets, o.PublicURL, o.Browser, o.Prints, newPlaces(costlyPlaces).lane()}
	if costly != nil {
		take.places = costly.lane()
	}
	origins := origins{o.Figures, o.Now, o.Version, o.PublicURL}
	const get, post = http.MethodGet, http.MethodPost
	return []Route{
		{get, "/healthz", Anyone, NotCached, Light, probe(healthy)},
		{get, "/readyz", Anyone, NotCached, Light, probe(readiness(o.Ready, o.progress, unready))},
		{get, assetsPath, Anyone, CacheableForever, Light, asset(o.Assets)},
		{get, openAPIPath, Anyone, CacheableForever, Light, description()},

		{get, "/", Reader, Cacheable, Light, show("england", page.england, "measure", "period", "scale", "colour", "sort", "order")},
		{get, "/page.pdf", Reader, NotCached, Costly, take.as(asPDF, "england", page.england, "measure", "period", "scale")},
		{get, "/slides.pptx", Reader, NotCached, Costly, take.as(asSlides, "england", page.england, "measure", "period", "scale")},
		{get, "/regions/:name", Reader, Cacheable, Light, show("region", page.region)},
		{get, "/regions/:name/page.pdf", Reader, NotCached, Costly, take.as(asPDF, "region", page.region)},
		{get, "/regions/:name/slides.pptx", Reader, NotCached, Costly, take.as(asSlides, "region", page.region)},
		{get, "/regions/:name/feed.atom", Reader, CacheablePerMinute, Costly, feed(news.region)},
		{get, "/regions/:name/calendar.ics", Reader, NotCached, Light, calendar(page)},
		{get, "/footprints/:code", Reader, Cacheable, Light, show("footprint", page.footprint, "show", "theme", "ended")},
		{get, "/footprints/:code/page.pdf", Reader, NotCached, Costly, take.as(asPDF, "footprint", page.footprint)},
		{get, "/footprints/:code/slides.pptx", Reader, NotCached, Costly, take.as(asSlides, "footprint", page.footprintDeck)},
		{get, "/footprints/:code/figures.xlsx", Reader, NotCached, Costly, download(workbooks{o.Figures, o.Loads, origins, take.places}.open)},
		{get, "/footprints/:code/feed.atom", Reader, CacheablePerMinute, Costly, feed(news.footprint)},
		{get, "/footprints/:code/money", Reader, Cacheable, Light, show("money", page.money)},
		{get, "/footprints/:code/:measure", Reader, Cacheable, Light, show("card", page.card, "against")},
		{get, "/footprints/:code/:measure/page.pdf", Reader, NotCached, Costly, take.as(asPDF, "card", page.card, "against")},
		{get, "/footprints/:code/:measure/slides.pptx", Reader, NotCached, Costly, take.as(asSlides, "card", page.card, "against")},
		{get, "/organisations/:code", Reader, Cacheable, Light, show("organisation", page.organisation)},
		{get, "/measures/:id", Reader, Cacheable, Light, show("measure", page.measure, "period")},
		{get, "/measures/:id/feed.atom", Reader, CacheablePerMinute, Costly, feed(news.measure)},
		{get, "/review", Reader, CacheablePerMinute, Costly, show("review", page.review, "region", "week")},
		{get, "/review/page.pdf", Reader, NotCached, Costly, take.as(asPDF, "review", page.review, "region", "week")},
		{get, "/review/slides.pptx", Reader, NotCached, Costly, take.as(asSlides, "review", page.review, "region", "week")},
		{get, "/compare", Reader, CacheablePerMinute, Costly, show("compare", page.compare, "from", "to", "measure", "footprint", "page")},
		{get, "/claims", Reader, Cacheable, Light, show("claims", page.claims, "footprint", "type", "verdict")},
		{get, "/claims/:id", Reader, Cacheable, Light, show("claim", page.claim)},
		{get, "/claims/:id/feed.atom", Reader, CacheablePerMinute, Costly, feed(news.claim)},
		{get, packPath, Reader, NotCached, Costly, download(packs{o.Figures, o.Register, o.Packs, costly}.open)},
		{get, "/provenance", Reader, Cacheable, Costly, show("provenance", page.provenance, "measure", "footprint", "org", "period")},
		{get, "/calibration", Reader, Cacheable, Light, show("calibration", page.calibration)},
		{get, "/search", Reader, Cacheable, Light, show("search", page.search, "q")},
		{get, "/method", Reader, Cacheable, Light, show("method", page.method)},
		{get, "/help", Reader, Cacheable, Light, show("help", page.help)},
		{get, "/help/:topic", Reader, Cacheable, Light, show("help", page.help)},
		{get, "/data", Reader, CacheablePerMinute, Light, show("data", page.data)},
		{get, "/responsibilities", Reader, CacheablePerMinute, Light, show("responsibilities", page.responsibilities)},
		{get, "/downloads", Reader, Cacheable, Light, show("downloads", page.downloads, "page")},
		{get, packagePath, Reader, NotCached, Costly, longDownload(whole.open)},
		{get, "/loads", Reader, CacheablePerMinute, Light, show("loads", page.loads, "page")},
		{get, "/loads/:id", Reader, Cacheable, Light, show("load", page.load, "page")},

		{get, signInPath, Anyone, NotCached, Light, form("sign_in", people.askSignIn, "next")},
		{post, signInPath, Anyone, NotCached, Light, form("sign_in", people.signIn)},
		{get, providerPath, Anyone, NotCached, Light, form("sign_in", provider.leave, "next")},
		{get, ProviderBack, Anyone, NotCached, Light, form("sign_in", provider.back, providerSays...)},
		{get, linkPath, Anyone, NotCached, Light, form("link", provider.askLink)},
		{post, linkPath, Anyone, NotCached, Light, form("link", provider.link)},
		{post, "/sign-out", Anyone, NotCached, Light, form("sign_in", people.signOut)},
		{get, "/set-password", Anyone, NotCached, Light, form("set_password", people.askSetPassword)},
		{post, "/set-password", Anyone, NotCached, Light, form("set_password", people.setPassword)},
		{get, accountPath, SignedIn, NotCached, Light, form("account", people.account)},
		{post, "/account/password", SignedIn, NotCached, Light, form("account", people.changePassword)},
		{post, "/account/sessions", SignedIn, NotCached, Light, form("account", people.endSession)},
		{get, "/account/second-factor", SignedIn, NotCached, Light, form("second_factor", people.askSecondFactor)},
		{post, "/account/second-factor", SignedIn, NotCached, Light, form("second_factor", people.setSecondFactor)},
		{post, "/account/second-factor/remove", SignedIn, NotCached, Light, form("account", people.removeSecondFactor)},
		{post, "/account/provider/unlink", SignedIn, NotCached, Light, form("account", people.unlink)},
		{get, tokensPath, SignedIn, NotCached, Light, form("tokens", people.tokens)},
		{post, tokensPath, SignedIn, NotCached, Light, form("tokens", people.makeToken)},
		{post, "/account/tokens/end", SignedIn, NotCached, Light, form("tokens", people.endToken)},
		{get, peoplePath, Administrator, NotCached, Light, form("people", people.people)},
		{post, peoplePath, Administrator, NotCached, Light, form("people", people.add)},
		{get, "/people/:person", Administrator, NotCached, Light, form("person", people.person)},
		{post, "/people/:person", Administrator, NotCached, Light, form("person", people.administer)},
		{get, "/notes/new", Contributor, NotCached, Light, form("note", notes.askNew, "footprint", "measure")},
		{post, "/notes/new", Contributor, NotCached, Light, form("note", notes.add, "footprint", "measure")},
		{get, "/notes/:note", Contributor, NotCached, Light, form("note", notes.ask)},
		{post, "/notes/:note", Contributor, NotCached, Light, form("note", notes.change)},
		{get, "/decisions/new", Decider, NotCached, Light, form("decision", decisions.askNew, "region", "week")},
		{post, "/decisions/new", Decider, NotCached, Light, form("decision", decisions.add, "region", "week")},
		{get, "/reviews/held", Decider, NotCached, Light, form("held", decisions.askHeld, "region", "week")},
		{post, "/reviews/held", Decider, NotCached, Light, form("held", decisions.hold, "region", "week")},
		{get, "/decisions/:decision", Decider, NotCached, Light, form("decision", decisions.ask)},
		{post, "/decisions/:decision", Decider, NotCached, Light, form("decision", decisions.change)},
		{get, returnsPath, Contributor, NotCached, Light, form("returns", returns.choose, "footprint", "measure")},
		{post, returnsPath, Contributor, NotCached, Light, form("returns", returns.chosen)},
		{get, "/returns/new", Contributor, NotCached, Light, form("return_form", returns.ask, returnQuery...)},
		{post, "/returns/new", Contributor, NotCached, Light, form("return_form", returns.typed, returnQuery...)},
		{post, "/returns/file", Contributor, NotCached, Light, upload("return_form", returns.uploaded, load.MaxReturn, returnQuery...)},
		{post, "/returns/confirm", Contributor, NotCached, Light, form("return_trial", returns.confirm, returnQuery...)},
		{get, "/returns/:return", SignedIn, NotCached, Light, form("return", returns.receipt)},
		{get, "/sign-offs/new", Signer, NotCached, Light, form("sign_off", signing.askNew, "kind", "of")},
		{post, "/sign-offs/new", Signer, NotCached, Light, form("sign_off", signing.add, "kind", "of")},
		{get, "/sign-offs/:signoff", Signer, NotCached, Light, form("sign_off", signing.ask)},
		{post, "/sign-offs/:signoff", Signer, NotCached, Light, form("sign_off", signing.withdraw)},
		{get, "/acts", LogReader, NotCached, Light, form("acts", acts.page, "kind", "actor", "from", "to", "before")},

		{get, "/api/v1/footprints", Reader, Cacheable, Light, question("The 44 footprints", figures.footprints)},
		{get, "/api/v1/regions", Reader, NotCached, Light, question("The five regions and their footprints", figures.regions)},
		{get, "/api/v1/organisations", Reader, Cacheable, Light, question(
			"Commissioners, councils and providers: the footprints they belong to, what they came from and became", figures.organisations)},
		{get, "/api/v1/measures", Reader, Cacheable, Light, question("The measures and their latest periods", figures.measures)},
		{get, "/api/v1/targets", Reader, Cacheable, Light, question("The targets of the measures, dated and with their source", figures.targets)},
		{get, "/api/v1/templates", Reader, NotCached, Light, question("A template for a local return of one measure and period", figures.template)},
		{get, "/api/v1/series", Reader, Cacheable, Light, question("One measure of one footprint, region or organisation, by period", figures.series)},
		{get, "/api/v1/figures", Reader, NotCached, Costly, tableQuestion("The figures of all places and periods, of one measure or of all, as a table", whole)},
		{get, "/api/v1/spc", Reader, Cacheable, Light, question(
			"One measure of one footprint, region or organisation, with process limits, variation and assurance", figures.spc)},
		{get, "/api/v1/forecast", Reader, Cacheable, Costly, question(
			"The forecast of a measure of a footprint, with the chance to meet its targets", figures.forecast)},
		{get, "/api/v1/overview", Reader, Cacheable, Light, question("The latest figure of every headline measure in every footprint", figures.overview)},
		{get, "/api/v1/money", Reader, Cacheable, Light, question(
			"Money of the NHS and of councils in one footprint, side by side by financial year", figures.money)},
		{get, "/api/v1/peers", Reader, Cacheable, Light, question(
			"The footprints to compare one with: those of its region, and the most similar", figures.peers)},
		{get, "/api/v1/rows", Reader, Cacheable, Light, question(
			"All measures of a footprint at a glance: the last whole figure, change, target, signal, rank, and the last 36 figures", figures.rows)},
		{get, "/api/v1/drivers", Reader, Cacheable, Light, question(
			"What drives the change of a figure of a footprint: how much of it each organisation makes up", figures.drivers)},
		{get, "/api/v1/provenance", Reader, Cacheable, Costly, question("The published cells beneath one figure", figures.provenance)},
		{get, "/api/v1/steps", Reader, Cacheable, Costly, question(
			"Gaps and steps inside plausible totals: what the rule finds, and what analysts confirmed or dismissed", figures.steps)},
		{get, "/api/v1/crosschecks", Reader, Cacheable, Costly, question(
			"Figures that two publications state: how many were compared, and where they differ by more than expected", figures.crossChecks)},
		{get, "/api/v1/review", Reader, CacheablePerMinute, Costly, question(
			"What a week brought to a region: what matters most, new figures, what is off track, and verdicts that changed", reviews.review)},
		{get, "/api/v1/changes", Reader, CacheablePerMinute, Costly, question(
			"The figures and the verdicts on claims that differ between two dates, and why", figures.changes)},

		{get, "/api/v1/claims", Reader, Cacheable, Light, question("The published claims, each with its verdict", claims.claims)},
		{get, "/api/v1/claims/:id", Reader, Cacheable, Light, question("One claim: verdict, estimate with interval, counterfactual and checks", claims.claim)},
		{get, "/api/v1/calibration", Reader, NotCached, Light, question(
			"How often the test of claims is right about claims known to be true or false", claims.calibration)},

		{get, "/api/v1/notes", Reader, NotCached, Light, question("What people wrote about measures of footprints", acts.notes)},
		{get, "/api/v1/decisions", Reader, NotCached, Light, question("What reviews decided: owner, due date, and how it ended", acts.decisions)},
		{get, "/api/v1/sign-offs", Reader, NotCached, Light, question("Who signed off which verdict, review or return, and what it showed", acts.signOffs)},
		{get, "/api/v1/acts", LogReader, NotCached, Light, question("What people did and what was refused to them, newest first", acts.listed)},

		{get, "/api/v1/rules", Reader, NotCached, Light, question("The rules that files, rows and figures are checked by", loads.rules)},
		{get, "/api/v1/loads", Reader, Cacheable, Light, question("The loads, newest first", loads.loads)},
		{get, "/api/v1/loads/:id", Reader, Cacheable, Light, question("One load and the states it went through", loads.load)},
		{get, "/api/v1/loads/:id/rejections", Reader, Cacheable, Costly, question("The rejected rows of a load", loads.rejections)},
		{get, "/api/v1/loads/:id/reconciliation", Reader, Cacheable, Costly, question("The publisher's totals compared with ours", loads.reconciliation)},
		{get, "/api/v1/loads/:id/warnings", Reader, Cacheable, Costly, question("The figures of a load to check, compared with all others", loads.warnings)},

		{get, "/api/v1/responsibilities", Reader, Cacheable, Light, question(
			"Who answers for the plan of each footprint, as published: lead, councils, boards, priorities", figures.responsibilities)},

		{get, "/api/v1/runs", Reader, NotCached, Light, question("The latest runs: of sources, of the inbox and by hand", runs.latest)},
		{post, "/api/v1/runs", TokenHolder, NotCached, Light, action("run", "Start a run of a source, or a look through the inbox", runs.start)},
		{get, "/api/v1/schedule", Reader, NotCached, Light, question("When each source runs, and how its latest run went", runs.schedule)},
	}
}

// decided checks that every route of a table says who may ask it.
func decided(table []Route) error {
	for _, r := range table {
		if _, ok := access[r.Who]; !ok {
			return fmt.Errorf("route %s %s does not say who may ask it: found %d, accepted: one of the values of Access", r.Method, r.Path, r.Who)
		}
		if r.Caching != NotCached && r.Who > Reader {
			return fmt.Errorf("route %s %s is cached, and answers by who asks: found %v, accepted: a route for anyone who may read", r.Method, r.Path, r.Who)
		}
	}
	return nil
}

// kind is what a handler answers with. What a request passes on its way there follows from it.
type kind int

const (
	probeKind    kind = iota // a word for a program that watches
	assetKind                // a file of this program
	documentKind             // the description of this program
	pageKind                 // a page for readers
	downloadKind             // a file that is sent as it is read
	answerKind               // an answer of the API
	tableKind                // a table of the API that is sent as it is made
	formKind                 // a page that somebody acts on
)

// handler answers a route.
type handler struct {
	kind       kind
	parameters []string
	mount      func(mounting, Route)
	probe      http.HandlerFunc // of a probe
	longest    time.Duration    // that a download may take; questionTime where it is 0
	largest    int64            // body that is read, in bytes; maxBody where it is 0
}

// mounting is where a handler is put: in a group of its own, behind what guards its route.
type mounting struct {
	*server
	router *gin.Engine
	group  *gin.RouterGroup
	api    huma.Config
}

// guards are what a request passes before a route answers it. Who may not ask is not answered from the cache either.
func (s *server) guards(r Route) gin.HandlersChain {
	guard, kept := s.guard, s.cache.cacheResponse(r)
	switch admit := guard.admit(r); r.handler.kind {
	case probeKind:
		return gin.HandlersChain{admit}
	case assetKind:
		return gin.HandlersChain{guard.requireAddress, admit, kept}
	case documentKind:
		return gin.HandlersChain{guard.limitRate, guard.requireAddress, admit, kept}
	case pageKind:
		return gin.HandlersChain{guard.limitRate, guard.requireAddress, limitTime, guard.requireReady, admit, guard.requireKnown(r), kept}
	case formKind:
		return gin.HandlersChain{guard.limitRate, guard.requireAddress, limitTime, notKept, guard.requireReady, admit, guard.requireKnown(r)}
	case downloadKind:
		return gin.HandlersChain{
			guard.limitRate,
			guard.requireAddress,
			within(cmp.Or(r.handler.longest, questionTime)),
			guard.requireReady,
			admit,
			guard.requireKnown(r),
		}
	case tableKind:
		return gin.HandlersChain{
			guard.limitRate,
			guard.requireAddress,
			within(WriteTime),
			guard.chooseFormat(tableFormats),
			guard.requireReady,
			admit,
			guard.requireKnown(r),
		}
	default:
		return gin.HandlersChain{
			guard.limitRate,
			guard.requireAddress,
			limitTime,
			guard.chooseFormat(answerFormats),
			guard.requireReady,
			admit,
			guard.requireKnown(r),
			kept,
		}
	}
}

// mount puts every route of the table on a router, and returns their description.
func (s *server) mount(router *gin.Engine) *huma.OpenAPI {
	if err := decided(s.routes); err != nil {
		panic(err)
	}
	api := s.describe()
	for _, r := range s.routes {
		guards := append(gin.HandlersChain{limitBody(cmp.Or(r.handler.largest, maxBody))}, s.guards(r)...)
		r.handler.mount(mounting{s, router, router.Group("", guards...), api}, r)
	}
	return api.OpenAPI
}

// queryParameters are the names that a question's input declares.
func queryParameters(input reflect.Type) []string {
	var names []string
	for _, field := range reflect.VisibleFields(input) {
		if name := field.Tag.Get("query"); name != "" {
			names = append(names, name)
		}
	}
	return names
}
