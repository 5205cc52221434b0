package web

import (
	"cmp"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

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
func Routes() []Route { return routes(Options{}, nil) }

// routes is the one table of what is asked where.
func routes(o Options, costly *places) []Route {
	page, figures, claims := pageHandlers{o.Figures, o.Pages}, figuresAPI{o.Figures, o.Loads, o.Register}, claimsAPI{o.Figures, o.Register}
	sending := newTablePlaces()
	whole := wholeTables{o.Figures, o.Loads, o.Packages, o.Version, o.Program, sending, newClients(sending, clientPlaces), partTime, newProxies(o.TrustedProxies)}
	reviews := reviewAPI{o.Figures, review.New(o.Figures, o.Loads, o.Register)}
	loads, runs := loadsAPI{o.Figures, o.Loads}, runsAPI{o.Figures, o.Loads, o.Schedule, o.Run}
	const get, post = http.MethodGet, http.MethodPost
	return []Route{
		{get, "/healthz", Anyone, NotCached, Light, probe(healthy)},
		{get, "/readyz", Anyone, NotCached, Light, probe(readiness(o.Ready, o.progress, unready))},
		{get, assetsPath, Anyone, CacheableForever, Light, asset(o.Assets)},
		{get, openAPIPath, Anyone, CacheableForever, Light, description()},

		{get, "/", Anyone, Cacheable, Light, show("england", page.england, "measure", "period", "scale", "colour", "sort", "order")},
		{get, "/regions/:name", Anyone, Cacheable, Light, show("region", page.region)},
		{get, "/footprints/:code", Anyone, Cacheable, Light, show("footprint", page.footprint, "show", "theme", "ended")},
		{get, "/footprints/:code/money", Anyone, Cacheable, Light, show("money", page.money)},
		{get, "/footprints/:code/:measure", Anyone, Cacheable, Light, show("card", page.card)},
		{get, "/organisations/:code", Anyone, Cacheable, Light, show("organisation", page.organisation)},
		{get, "/measures/:id", Anyone, Cacheable, Light, show("measure", page.measure, "period")},
		{get, "/review", Anyone, CacheablePerMinute, Costly, show("review", page.review, "region", "week")},
		{get, "/compare", Anyone, CacheablePerMinute, Costly, show("compare", page.compare, "from", "to", "measure", "footprint", "page")},
		{get, "/claims", Anyone, Cacheable, Light, show("claims", page.claims, "footprint", "type", "verdict")},
		{get, "/claims/:id", Anyone, Cacheable, Light, show("claim", page.claim)},
		{get, packPath, Anyone, NotCached, Costly, download(packs{o.Figures, o.Register, o.Packs, costly}.open)},
		{get, "/provenance", Anyone, Cacheable, Costly, show("provenance", page.provenance, "measure", "footprint", "org", "period")},
		{get, "/calibration", Anyone, Cacheable, Light, show("calibration", page.calibration)},
		{get, "/search", Anyone, Cacheable, Light, show("search", page.search, "q")},
		{get, "/method", Anyone, Cacheable, Light, show("method", page.method)},
		{get, "/data", Anyone, CacheablePerMinute, Light, show("data", page.data)},
		{get, "/downloads", Anyone, Cacheable, Light, show("downloads", page.downloads, "page")},
		{get, packagePath, Anyone, NotCached, Costly, longDownload(whole.open)},
		{get, "/loads", Anyone, CacheablePerMinute, Light, show("loads", page.loads, "page")},
		{get, "/loads/:id", Anyone, Cacheable, Light, show("load", page.load, "page")},

		{get, "/api/v1/footprints", Anyone, Cacheable, Light, question("The 44 footprints", figures.footprints)},
		{get, "/api/v1/regions", Anyone, NotCached, Light, question("The five regions and their footprints", figures.regions)},
		{get, "/api/v1/organisations", Anyone, Cacheable, Light, question(
			"Commissioners, councils and providers: the footprints they belong to, what they came from and became", figures.organisations)},
		{get, "/api/v1/measures", Anyone, Cacheable, Light, question("The measures and their latest periods", figures.measures)},
		{get, "/api/v1/targets", Anyone, Cacheable, Light, question("The targets of the measures, dated and with their source", figures.targets)},
		{get, "/api/v1/templates", Anyone, NotCached, Light, question("A template for a local return of one measure and period", figures.template)},
		{get, "/api/v1/series", Anyone, Cacheable, Light, question("One measure of one footprint, region or organisation, by period", figures.series)},
		{get, "/api/v1/figures", Anyone, NotCached, Costly, tableQuestion("The figures of all places and periods, of one measure or of all, as a table", whole)},
		{get, "/api/v1/spc", Anyone, Cacheable, Light, question(
			"One measure of one footprint, region or organisation, with process limits, variation and assurance", figures.spc)},
		{get, "/api/v1/forecast", Anyone, Cacheable, Costly, question(
			"The forecast of a measure of a footprint, with the chance to meet its targets", figures.forecast)},
		{get, "/api/v1/overview", Anyone, Cacheable, Light, question("The latest figure of every headline measure in every footprint", figures.overview)},
		{get, "/api/v1/money", Anyone, Cacheable, Light, question(
			"Money of the NHS and of councils in one footprint, side by side by financial year", figures.money)},
		{get, "/api/v1/peers", Anyone, Cacheable, Light, question(
			"The footprints to compare one with: those of its region, and the most similar", figures.peers)},
		{get, "/api/v1/provenance", Anyone, Cacheable, Costly, question("The published cells beneath one figure", figures.provenance)},
		{get, "/api/v1/steps", Anyone, Cacheable, Costly, question(
			"Gaps and steps inside plausible totals: what the rule finds, and what analysts confirmed or dismissed", figures.steps)},
		{get, "/api/v1/crosschecks", Anyone, Cacheable, Costly, question(
			"Figures that two publications state: how many were compared, and where they differ by more than expected", figures.crossChecks)},
		{get, "/api/v1/review", Anyone, CacheablePerMinute, Costly, question(
			"What a week brought to a region: what matters most, new figures, what is off track, and verdicts that changed", reviews.review)},
		{get, "/api/v1/changes", Anyone, CacheablePerMinute, Costly, question(
			"The figures and the verdicts on claims that differ between two moments, and why", figures.changes)},

		{get, "/api/v1/claims", Anyone, Cacheable, Light, question("The published claims, each with its verdict", claims.claims)},
		{get, "/api/v1/claims/:id", Anyone, Cacheable, Light, question("One claim: verdict, estimate with interval, counterfactual and checks", claims.claim)},
		{get, "/api/v1/calibration", Anyone, NotCached, Light, question(
			"How often the test of claims is right about claims known to be true or false", claims.calibration)},

		{get, "/api/v1/rules", Anyone, NotCached, Light, question("The rules that files, rows and figures are checked by", loads.rules)},
		{get, "/api/v1/loads", Anyone, Cacheable, Light, question("The loads, newest first", loads.loads)},
		{get, "/api/v1/loads/:id", Anyone, Cacheable, Light, question("One load and the states it went through", loads.load)},
		{get, "/api/v1/loads/:id/rejections", Anyone, Cacheable, Costly, question("The rejected rows of a load", loads.rejections)},
		{get, "/api/v1/loads/:id/reconciliation", Anyone, Cacheable, Costly, question("The publisher's totals compared with ours", loads.reconciliation)},
		{get, "/api/v1/loads/:id/warnings", Anyone, Cacheable, Costly, question("The figures of a load to check, compared with all others", loads.warnings)},

		{get, "/api/v1/runs", Anyone, NotCached, Light, question("The latest runs: of sources, of the inbox and by hand", runs.latest)},
		{post, "/api/v1/runs", TokenHolder, NotCached, Light, action("run", "Start a run of a source, or a look through the inbox", runs.start)},
		{get, "/api/v1/schedule", Anyone, NotCached, Light, question("When each source runs, and how its latest run went", runs.schedule)},
	}
}

// decided checks that every route of a table says who may ask it.
func decided(table []Route) error {
	for _, r := range table {
		if _, ok := access[r.Who]; !ok {
			return fmt.Errorf("route %s %s does not say who may ask it: found %d, accepted: one of the values of Access", r.Method, r.Path, r.Who)
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
)

// handler answers a route.
type handler struct {
	kind       kind
	parameters []string
	mount      func(mounting, Route)
	probe      http.HandlerFunc // of a probe
	longest    time.Duration    // that a download may take; questionTime where it is 0
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
	switch admit := guard.admit(r.Who); r.handler.kind {
	case probeKind:
		return gin.HandlersChain{admit}
	case assetKind:
		return gin.HandlersChain{guard.requireAddress, admit, kept}
	case documentKind:
		return gin.HandlersChain{guard.limitRate, guard.requireAddress, admit, kept}
	case pageKind:
		return gin.HandlersChain{guard.limitRate, guard.requireAddress, limitTime, guard.requireReady, admit, guard.requireKnown(r), kept}
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
		r.handler.mount(mounting{s, router, router.Group("", s.guards(r)...), api}, r)
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
