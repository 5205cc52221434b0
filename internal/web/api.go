package web

import (
	"cmp"
	"context"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/register"
)

// Viewing is what every question may say: the moment, and the form of the answer. It is exported for huma to see it.
type Viewing struct {
	AsOf   string `query:"as_of" doc:"Show the figures as they stood: a date (end of that day), a time, or the number of a published load"`
	Format string `query:"format" doc:"json, csv or xlsx"`
}

type answer[T any] struct {
	ContentDisposition string `header:"Content-Disposition"`
	Total              string `header:"X-Total-Count" doc:"How many there are in all, where the answer is a part of a list"`
	Link               string `header:"Link" doc:"The address of the next part, where there is one"`
	Body               T
}

// paged is an answer that is a part of a list.
type paged interface{ page() (total, link string) }

// api answers the questions under /api/v1.
type api struct {
	figures  *figures.Figures
	loaded   *figures.Loads
	register *register.Register
}

// get registers a question.
func get[I, T any](h huma.API, path, summary string, handle func(context.Context, *I) (T, error)) {
	id := strings.Trim(strings.NewReplacer("/api/v1/", "", "/", "-", "{", "", "}", "").Replace(path), "-")
	huma.Register(h, huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Middlewares: huma.Middlewares{onlyKnown[I](h)},
		Errors: []int{http.StatusBadRequest, http.StatusNotFound, http.StatusServiceUnavailable}},
		func(ctx context.Context, input *I) (*answer[T], error) {
			body, err := handle(ctx, input)
			if err != nil {
				return nil, problemOf(err)
			}
			a := &answer[T]{ContentDisposition: disposition(ctx), Body: body}
			if part, ok := any(body).(paged); ok {
				a.Total, a.Link = part.page()
			}
			return a, nil
		})
}

// onlyKnown refuses parameters that a question does not have.
func onlyKnown[I any](h huma.API) func(huma.Context, func(huma.Context)) {
	accepted := queryParameters(reflect.TypeFor[I]())
	return func(c huma.Context, next func(huma.Context)) {
		query := c.URL()
		for name := range query.Query() {
			if !slices.Contains(accepted, name) {
				wrong := &huma.ErrorDetail{Location: "query." + name, Value: query.Query().Get(name), Message: strings.Join(accepted, ", ")}
				_ = huma.WriteErr(h, c, http.StatusBadRequest, "there is no parameter "+name, wrong)
				return
			}
		}
		next(c)
	}
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

func (a *api) describe(h huma.API) {
	get(h, "/api/v1/footprints", "The 44 footprints", a.footprints)
	get(h, "/api/v1/regions", "The five regions and their footprints", a.regions)
	get(h, "/api/v1/measures", "The measures and their latest periods", a.measures)
	get(h, "/api/v1/series", "One measure of one footprint or organisation, by period", a.series)
	get(h, "/api/v1/spc", "One measure of one footprint or organisation, with process limits, variation and assurance", a.spc)
	get(h, "/api/v1/forecast", "The forecast of a measure of a footprint, with the chance to meet its targets", a.forecast)
	get(h, "/api/v1/targets", "The targets of the measures, dated and with their source", a.targets)
	get(h, "/api/v1/overview", "The latest figure of every headline measure in every footprint", a.overview)
	get(h, "/api/v1/peers", "The footprints to compare one with: those of its region, and the most similar", a.peers)
	get(h, "/api/v1/claims", "The published claims, each with its verdict", a.claims)
	get(h, "/api/v1/claims/{id}", "One claim: verdict, estimate with interval, counterfactual and checks", a.claim)
	get(h, "/api/v1/calibration", "How often the test of claims is right about claims known to be true or false", a.calibration)
	get(h, "/api/v1/templates", "A template for a local return of one measure and period", a.template)
	get(h, "/api/v1/rules", "The rules that files, rows and figures are checked by", a.rules)
	get(h, "/api/v1/steps", "Gaps and steps inside plausible totals: what the rule finds, and what analysts confirmed or dismissed", a.steps)
	get(h, "/api/v1/loads/{id}/warnings", "The figures of a load to check, compared with all others", a.warnings)
	get(h, "/api/v1/changes", "The figures and the verdicts on claims that differ between two moments, and why", a.changes)
	get(h, "/api/v1/provenance", "The published cells beneath one figure", a.provenance)
	get(h, "/api/v1/loads", "The loads, newest first", a.loads)
	get(h, "/api/v1/loads/{id}", "One load and the states it went through", a.load)
	get(h, "/api/v1/loads/{id}/rejections", "The rejected rows of a load", a.rejections)
	get(h, "/api/v1/loads/{id}/reconciliation", "The publisher's totals compared with ours", a.reconciliation)
	get(h, "/api/v1/runs", "The latest runs: of sources, of the inbox and by hand", a.runs)
}

type footprintRow struct {
	Code               string `json:"code" doc:"ONS code of 2017"`
	Code2016           string `json:"code_2016"`
	ODSCode            string `json:"ods_code"`
	Name               string `json:"name"`
	ShortName          string `json:"short_name"`
	Region             string `json:"region" doc:"One of the five regions of 2018"`
	RegisteredPatients amount `json:"registered_patients" doc:"Registered with GP practices, January to March 2016"`
}

type footprintList []footprintRow

func (l footprintList) sheet() sheet {
	s := sheet{"footprints", [][]any{{"code", "code_2016", "ods_code", "name", "short_name", "region", "registered_patients"}}}
	for _, f := range l {
		s.rows = append(s.rows, []any{f.Code, f.Code2016, f.ODSCode, f.Name, f.ShortName, f.Region, f.RegisteredPatients})
	}
	return s
}

func (a *api) footprints(ctx context.Context, in *struct{ Viewing }) (footprintList, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	patients, err := a.figures.RegisteredPatients(ctx, asOf)
	if err != nil {
		return nil, err
	}
	list := footprintList{}
	for _, f := range a.figures.Directory().Reference.Footprints() {
		list = append(list, footprintRow{f.Code, f.Code2016, f.ODSCode, f.Name, f.ShortName, f.Region.Name, amount{patients[f.Code]}})
	}
	return list, nil
}

type regionRow struct {
	Name       string   `json:"name"`
	Slug       string   `json:"slug" doc:"The name as it stands in addresses"`
	Footprints []string `json:"footprints" doc:"Codes of its footprints, in the order of their names"`
}

type regionList []regionRow

func (l regionList) sheet() sheet {
	s := sheet{"regions", [][]any{{"name", "slug", "footprints"}}}
	for _, r := range l {
		s.rows = append(s.rows, []any{r.Name, r.Slug, strings.Join(r.Footprints, " ")})
	}
	return s
}

func (a *api) regions(context.Context, *struct {
	Format string `query:"format" doc:"json, csv or xlsx"`
}) (regionList, error) {
	list := regionList{}
	for _, r := range a.figures.Directory().Reference.Regions() {
		row := regionRow{Name: r.Name, Slug: r.Slug()}
		for _, f := range a.figures.Directory().Reference.Footprints() {
			if f.Region == r {
				row.Footprints = append(row.Footprints, f.Code)
			}
		}
		list = append(list, row)
	}
	return list, nil
}

type measureRow struct {
	ID           string   `json:"id"`
	Title        string   `json:"title"`
	Theme        string   `json:"theme"`
	Definition   string   `json:"definition"`
	Unit         string   `json:"unit" enum:"number,share,gbp,rate" doc:"A share lies between 0 and 1; a rate is numerator over denominator, times per"`
	Per          int      `json:"per" doc:"How many of the denominator a rate is stated for; 0 for other units"`
	Direction    string   `json:"direction" enum:"up,down,neutral" doc:"Which way is improvement"`
	Grain        string   `json:"grain" enum:"day,month,quarter,calendar_year,financial_year"`
	Headline     bool     `json:"headline" doc:"It stands for itself; the others are parts of these"`
	PerThousand  bool     `json:"per_1000" doc:"There is a rate per 1,000 registered patients"`
	Sources      []string `json:"source"`
	Hash         string   `json:"definition_hash"`
	Numerator    string   `json:"numerator" doc:"Of a measure made of others, in words"`
	Denominator  string   `json:"denominator"`
	Derived      string   `json:"derived" doc:"What a derived measure is worked out from, and how"`
	OverTime     string   `json:"over_time" enum:"sum,end_of_period,mean" doc:"How the figures of several periods make one"`
	Caveats      []string `json:"caveats"`
	Breaks       []string `json:"breaks" doc:"Periods from which on something else is counted"`
	LatestPeriod string   `json:"latest_period" doc:"Empty when nothing is loaded"`
	LatestLoad   uint64   `json:"latest_load_id"`
}

type measureList []measureRow

func (l measureList) sheet() sheet {
	s := sheet{"measures", [][]any{{"id", "title", "theme", "definition", "unit", "per", "direction", "grain", "headline", "per_1000", "source", "definition_hash", "numerator", "denominator",
		"derived", "over_time", "caveats", "breaks", "latest_period", "latest_load_id"}}}
	for _, m := range l {
		s.rows = append(s.rows, []any{m.ID, m.Title, m.Theme, m.Definition, m.Unit, m.Per, m.Direction, m.Grain, m.Headline,
			m.PerThousand, strings.Join(m.Sources, " "), m.Hash, m.Numerator, m.Denominator, m.Derived, m.OverTime, strings.Join(m.Caveats, " "), strings.Join(m.Breaks, "; "),
			m.LatestPeriod, m.LatestLoad})
	}
	return s
}

func (a *api) measures(ctx context.Context, in *struct{ Viewing }) (measureList, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	latest, err := a.loaded.Latest(ctx, asOf)
	if err != nil {
		return nil, err
	}
	list := measureList{}
	for _, m := range a.figures.Directory().Catalog.Measures {
		row := measureRow{m.ID, m.Title, m.Theme, m.Definition, string(m.Unit), m.Per, string(m.Direction), string(m.Grain), m.Headline, m.PerThousand,
			m.Sources, m.Hash(), "", "", "", string(cmp.Or(m.OverTime, catalog.Summed)), append([]string{}, m.Caveats...), []string{}, "", 0}
		if m.Numerator != nil {
			row.Numerator = m.Numerator.Description
		}
		if m.Denominator != nil {
			row.Denominator = m.Denominator.Description
		}
		if m.Derived != nil {
			row.Derived = m.Derived.Of + " by " + string(m.Derived.By)
		}
		for _, b := range m.Breaks {
			row.Breaks = append(row.Breaks, b.From+": "+b.Note)
		}
		if l, ok := latest[m.ID]; ok {
			row.LatestPeriod, row.LatestLoad = catalog.Period{Start: l.Period, Grain: m.Grain}.String(), l.Load
		}
		list = append(list, row)
	}
	return list, nil
}

type point struct {
	Period      string   `json:"period"`
	Numerator   amount   `json:"numerator"`
	Denominator amount   `json:"denominator"`
	Value       number   `json:"value" doc:"The numerator, or numerator over denominator for a share, times per for a rate; null when not complete"`
	Rate        number   `json:"per_1000" doc:"Per 1,000 registered patients; null where the measure has no rate"`
	Complete    bool     `json:"complete" doc:"Whether every organisation reported"`
	Missing     []string `json:"missing" doc:"Codes of the organisations that did not report"`
	Load        uint64   `json:"load_id" doc:"The newest load among the published cells beneath the figure"`
	Partial     *partial `json:"partial" doc:"What the organisations that reported make together, where others did not; null where there is no such figure. It is never judged against a target"`
}

type partial struct {
	Numerator   amount `json:"numerator"`
	Denominator amount `json:"denominator"`
	Value       number `json:"value"`
	Reported    int    `json:"reported" doc:"How many organisations reported"`
	Expected    int    `json:"expected" doc:"How many there are, with those that may belong here and are not known"`
}

// partialColumns are the headings of a partial figure in a file, and cells its row there.
var partialColumns = []any{"partial_numerator", "partial_denominator", "partial_value", "reported", "expected"}

func (p *partial) cells() []any {
	if p == nil {
		return []any{nil, nil, nil, nil, nil}
	}
	return []any{p.Numerator, p.Denominator, p.Value, p.Reported, p.Expected}
}

func newPoint(m *catalog.Measure, p measure.Point) point {
	missing := p.Missing
	if missing == nil {
		missing = []string{}
	}
	value := figureOf(m, p.Value)
	var of *partial
	if some := p.Partial; some != nil {
		of = &partial{amount{answered(m.Unit, some.Numerator)}, amount{answered(m.Unit, some.Denominator)}, figureOf(m, some.Value), some.Reported, some.Expected}
	}
	return point{p.Period.String(), amount{answered(m.Unit, p.Numerator)}, amount{answered(m.Unit, p.Denominator)}, value, number{p.Rate}, p.Complete, missing, p.Load, of}
}

// figureOf is the value of a measure: of a ratio as it is, otherwise as answers give it.
func figureOf(m *catalog.Measure, value decimal.NullDecimal) number {
	if m.Ratio() {
		return number{value}
	}
	return number{answered(m.Unit, value)}
}

// answered is a figure as answers and downloads give it: pounds to the penny, other figures to four places. Publications carry the
// noise of floating-point numbers, which a sum keeps (40996.4042000000058). A figure is rounded once, from its exact sum.
func answered(unit catalog.Unit, n decimal.NullDecimal) decimal.NullDecimal {
	places := int32(4)
	if unit == catalog.GBP {
		places = 2
	}
	return decimal.NullDecimal{Decimal: n.Decimal.Round(places), Valid: n.Valid}
}

// seriesPoint is a point with its states against the targets of its place.
type seriesPoint struct {
	point
	Targets []targetState `json:"targets"`
	beside
	England number `json:"england" doc:"The value of England in the period, beside that of a footprint"`
}

// beside is where a footprint stands among all of them.
type beside struct {
	Rank   int    `json:"rank" doc:"Among the footprints that have a share or rate, 1 the lowest; 0 where there is none"`
	Of     int    `json:"rank_of" doc:"How many footprints have one"`
	Fifth  int    `json:"fifth" doc:"1 the lowest fifth of them; 0 where there is none"`
	Funnel string `json:"against_all" doc:"Where the footprint lies in the funnel of all, with over-dispersion; empty where counts do not compare"`
}

func newBeside(b figures.Beside) beside {
	against := ""
	if b.Funnel != nil {
		_, lies := b.Funnel.Verdict()
		against = string(lies)
	}
	return beside{b.Rank, b.Of, b.Fifth, against}
}

type seriesBody struct {
	Measure   string        `json:"measure"`
	Title     string        `json:"title"`
	Unit      string        `json:"unit"`
	Footprint string        `json:"footprint,omitempty"`
	Org       string        `json:"org,omitempty"`
	Name      string        `json:"name"`
	Hash      string        `json:"definition_hash"`
	AsOf      string        `json:"as_of,omitempty"`
	Points    []seriesPoint `json:"points"`
}

func (b seriesBody) sheet() sheet {
	s := sheet{"series", [][]any{append([]any{"measure", "place", "name", "period", "numerator", "denominator", "value", "per_1000", "complete", "missing", "load_id", "targets",
		"rank", "rank_of", "fifth", "against_all", "england"}, partialColumns...)}}
	for _, p := range b.Points {
		s.rows = append(s.rows, append([]any{b.Measure, b.Footprint + b.Org, b.Name, p.Period, p.Numerator, p.Denominator, p.Value, p.Rate,
			p.Complete, strings.Join(p.Missing, " "), p.Load, statesText(p.Targets), p.Rank, p.Of, p.Fifth, p.Funnel, p.England}, p.Partial.cells()...))
	}
	return s
}

// subject reads what a question is about: a measure, as it was defined at the moment, and a place.
func (a *api) subject(ctx context.Context, v Viewing, measure, footprint, org string) (figures.Moment, *catalog.Measure, figures.Area, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, v.AsOf)
	if err != nil {
		return asOf, nil, figures.Area{}, err
	}
	m, err := a.figures.MeasureAsOf(ctx, measure, asOf)
	if err != nil {
		return asOf, nil, figures.Area{}, err
	}
	s, err := a.figures.Directory().FindPlace(footprint, org)
	return asOf, m, s, err
}

type seriesInput struct {
	Viewing
	Measure   string `query:"measure" doc:"Id of a measure"`
	Footprint string `query:"footprint" doc:"Code of a footprint, ENG or UNALLOCATED"`
	Org       string `query:"org" doc:"Code of an organisation, in place of a footprint"`
	From      string `query:"from" doc:"First period, for example 2017-04"`
	To        string `query:"to" doc:"Last period"`
}

func (a *api) series(ctx context.Context, in *seriesInput) (seriesBody, error) {
	body := seriesBody{Points: []seriesPoint{}, AsOf: in.AsOf}
	asOf, m, s, err := a.subject(ctx, in.Viewing, in.Measure, in.Footprint, in.Org)
	if err != nil {
		return body, err
	}
	body.Measure, body.Title, body.Unit, body.Hash = m.ID, m.Title, string(m.Unit), m.Hash()
	span, err := a.span(in, m)
	if err != nil {
		return body, err
	}
	if body.Footprint, body.Name = s.Code, s.Name; s.Organisation != nil {
		body.Footprint, body.Org = "", s.Code
	}
	points, err := a.figures.Series(ctx, asOf, m, s, figures.Range{})
	if err != nil {
		return body, err
	}
	others, all, err := a.figures.BesideOthers(ctx, asOf, m, s)
	targets := a.figures.Directory().TargetsOf(m, s)
	for _, p := range measure.Within(points, span.From, span.To) {
		england, _ := measure.At(all[footprint.England], p.Period.Start)
		body.Points = append(body.Points, seriesPoint{newPoint(m, p), targetStates(m, measure.Judge(targets, points, p)), newBeside(others[p.Period]), newPoint(m, england).Value})
	}
	return body, err
}

func (a *api) span(in *seriesInput, m *catalog.Measure) (figures.Range, error) {
	var span figures.Range
	for _, end := range []struct {
		name, text string
		start      *time.Time
	}{{"from", in.From, &span.From}, {"to", in.To, &span.To}} {
		if end.text == "" {
			continue
		}
		p, err := a.figures.Directory().ReadPeriod(end.name, end.text, m)
		if err != nil {
			return span, err
		}
		*end.start = p.Start
	}
	if !span.From.IsZero() && !span.To.IsZero() && span.To.Before(span.From) {
		return span, &figures.InputError{Parameter: "to", Value: in.To, Accepted: "a period not before from (" + in.From + ")"}
	}
	return span, nil
}

type standingRow struct {
	Measure   string `json:"measure"`
	Footprint string `json:"footprint"`
	Name      string `json:"name"`
	Region    string `json:"region"`
	point
	Before number `json:"year_before" doc:"The value a year before"`
	Change number `json:"change" doc:"On the year before: percentage points for a share, per cent otherwise"`
	signalBody
	Targets []targetState `json:"targets"`
	beside
}

type standingList []standingRow

func (l standingList) sheet() sheet {
	s := sheet{"overview", [][]any{append([]any{"measure", "footprint", "name", "region", "period", "numerator", "denominator", "value", "per_1000", "complete", "missing", "load_id", "year_before", "change",
		"variation_icon", "variation_period", "assurance", "signal_reason", "targets", "rank", "rank_of", "fifth", "against_all"}, partialColumns...)}}
	for _, r := range l {
		s.rows = append(s.rows, append([]any{r.Measure, r.Footprint, r.Name, r.Region, r.Period, r.Numerator, r.Denominator, r.Value, r.Rate,
			r.Complete, strings.Join(r.Missing, " "), r.Load, r.Before, r.Change, r.Variation, r.VariationOf, r.Assurance, r.Reason, statesText(r.Targets),
			r.Rank, r.Of, r.Fifth, r.Funnel}, r.Partial.cells()...))
	}
	return s
}

func (a *api) overview(ctx context.Context, in *struct {
	Viewing
	Measure string `query:"measure" doc:"Id of one measure; all headline measures without it"`
	Period  string `query:"period" doc:"Of one measure, as it was in this period; without it the latest"`
	Region  string `query:"region" doc:"Name or slug of a region: its footprints alone"`
}) (standingList, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	measures, period := a.figures.Directory().Catalog.Headlines(), catalog.Period{}
	switch {
	case in.Measure != "":
		m, err := a.figures.Directory().FindMeasure(in.Measure)
		if err != nil {
			return nil, err
		}
		if in.Period != "" {
			if period, err = a.figures.Directory().ReadPeriod("period", in.Period, m); err != nil {
				return nil, err
			}
		}
		measures = []*catalog.Measure{m}
	case in.Period != "":
		return nil, &figures.InputError{Parameter: "period", Value: in.Period, Accepted: "a period with a measure"}
	}
	var region footprint.Region
	if in.Region != "" {
		if region, err = a.figures.Directory().FindRegion(in.Region); err != nil {
			return nil, err
		}
	}
	standings, err := a.figures.Overview(ctx, asOf, measures, period)
	list := standingList{}
	for _, s := range standings {
		if in.Region != "" && (s.Area.Footprint == nil || s.Area.Footprint.Region != region) {
			continue
		}
		row := standingRow{Measure: s.Measure.ID, Footprint: s.Area.Code, Name: s.Area.Name, point: newPoint(s.Measure, s.Now), Change: number{s.Change},
			signalBody: newSignal(s.Signal, a.figures.Directory().Named), Targets: []targetState{}, beside: newBeside(s.Beside)}
		if s.Signal != nil {
			row.Targets = targetStates(s.Measure, s.Signal.Judgements)
		}
		if s.Area.Footprint != nil {
			row.Region = s.Area.Footprint.Region.Name
		}
		if s.Before != nil {
			row.Before = figureOf(s.Measure, s.Before.Value)
		}
		list = append(list, row)
	}
	return list, err
}

type cellRow struct {
	Component    string    `json:"component" doc:"Id of the measure that the cell states"`
	Organisation string    `json:"organisation"`
	Name         string    `json:"organisation_name"`
	Item         string    `json:"item,omitempty" doc:"The part of the organisation's figure, where it is split over rows"`
	Footprint    string    `json:"footprint"`
	Membership   string    `json:"membership" doc:"What says that the organisation belongs to the footprint"`
	Numerator    amount    `json:"numerator"`
	Denominator  amount    `json:"denominator"`
	Status       string    `json:"status" enum:"reported,not_reported,rejected,known_gap"`
	Note         string    `json:"note"`
	Raw          string    `json:"raw" doc:"The text as published"`
	File         string    `json:"file"`
	SHA256       string    `json:"sha256"`
	Sheet        string    `json:"sheet"`
	Row          uint32    `json:"row"`
	Column       string    `json:"column"`
	Released     string    `json:"published" doc:"When the publisher says it released the file; empty when it does not say"`
	LoadedAt     time.Time `json:"loaded_at"`
	Load         uint64    `json:"load_id"`
	Source       string    `json:"source"`
	FilesAre     string    `json:"files_are" enum:"originals,saved_again,compilations," doc:"Whether the file is as its publisher released it, saved again by others, or compiled by others from what was released; empty where that is not stated"`
	Definition   string    `json:"source_definition_hash"`
	ViaFile      string    `json:"via_file,omitempty" doc:"The canonical file that carried the cell here"`
	ViaRow       uint32    `json:"via_row,omitempty"`
}

type provenanceBody struct {
	Measure   string `json:"measure"`
	Footprint string `json:"footprint,omitempty"`
	Org       string `json:"org,omitempty"`
	Hash      string `json:"definition_hash" doc:"Of the measure that made the figure"`
	point
	MadeOf []part    `json:"made_of,omitempty" doc:"Of a derived measure, the figures that it is worked out from"`
	Cells  []cellRow `json:"cells"`
}

// part is a figure that a derived one is worked out from.
type part struct {
	Measure string `json:"measure"`
	point
}

func (b provenanceBody) sheet() sheet {
	s := sheet{"cells", [][]any{{"measure", "footprint", "period", "component", "organisation", "organisation_name", "item", "numerator", "denominator", "status", "note",
		"raw", "file", "sha256", "sheet", "row", "column", "published", "loaded_at", "load_id", "source", "source_definition_hash", "via_file", "via_row", "files_are"}}}
	for _, c := range b.Cells {
		s.rows = append(s.rows, []any{b.Measure, b.Footprint, b.Period, c.Component, c.Organisation, c.Name, c.Item, c.Numerator, c.Denominator, c.Status, c.Note,
			c.Raw, c.File, c.SHA256, c.Sheet, c.Row, c.Column, c.Released, c.LoadedAt.Format(time.RFC3339), c.Load,
			c.Source, c.Definition, c.ViaFile, c.ViaRow, c.FilesAre})
	}
	return s
}

func (a *api) provenance(ctx context.Context, in *struct {
	Viewing
	Measure   string `query:"measure" doc:"Id of a measure"`
	Footprint string `query:"footprint" doc:"A footprint, ENG or UNALLOCATED; or org"`
	Org       string `query:"org" doc:"Code of one organisation"`
	Period    string `query:"period" doc:"For example 2017-04"`
}) (provenanceBody, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return provenanceBody{}, err
	}
	trace, err := trace(ctx, a.figures, in.Measure, in.Footprint, in.Org, in.Period, asOf)
	if err != nil {
		return provenanceBody{}, err
	}
	body := provenanceBody{Measure: trace.Measure.ID, Hash: trace.Point.Definition, point: newPoint(trace.Measure, trace.Point), Cells: []cellRow{}}
	if body.Footprint = trace.Area.Code; trace.Area.Organisation != nil {
		body.Footprint, body.Org = "", trace.Area.Code
	}
	for _, p := range trace.Parts {
		body.MadeOf = append(body.MadeOf, part{trace.Measure.Base().ID, newPoint(trace.Measure.Base(), p)})
	}
	for _, c := range trace.Cells {
		name := ""
		if o, ok := a.figures.Directory().Reference.Organisation(c.Organisation); ok {
			name = o.Name
		}
		body.Cells = append(body.Cells, cellRow{c.Component, c.Organisation, name, c.Item, c.Footprint, c.Membership, amount{c.Numerator}, amount{c.Denominator}, c.Status, c.Note, c.Raw,
			c.File, c.SHA256, c.Sheet, c.Row, c.Column, c.Released, c.LoadedAt, c.Load, c.Source, string(a.figures.Directory().Catalog.FilesBeneath(c.Component, c.Source, c.ViaFile != "")), c.Definition, c.ViaFile, c.ViaRow})
	}
	return body, nil
}

// trace reads the parameters of a provenance question and answers it.
func trace(ctx context.Context, f *figures.Figures, measureID, place, org, periodText string, asOf figures.Moment) (figures.Trace, error) {
	m, err := f.MeasureAsOf(ctx, measureID, asOf)
	if err != nil {
		return figures.Trace{}, err
	}
	s, err := f.Directory().FindPlace(place, org)
	if err != nil {
		return figures.Trace{}, err
	}
	period, err := f.Directory().ReadPeriod("period", periodText, m)
	if err != nil {
		return figures.Trace{}, err
	}
	return f.Trace(ctx, asOf, m, s, period)
}

func whole(parameter, text string, otherwise, least, most int) (int, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return 0, &figures.InputError{Parameter: parameter, Value: text, Accepted: "a whole number from " + strconv.Itoa(least) + " to " + strconv.Itoa(most)}
	}
	return n, nil
}
