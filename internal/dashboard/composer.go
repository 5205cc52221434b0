// Package dashboard composes what a page or an answer shows from the warehouse, the catalog and the reference data.
package dashboard

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/sync/errgroup"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/measure"
	"stpdash/internal/rates"
	"stpdash/internal/register"
)

// Figures answers the questions that pages ask; a warehouse does.
type Figures interface {
	AsOfLoad(ctx context.Context, id uint64) (figures.AsOf, error)
	AsOfTime(ctx context.Context, at time.Time) (figures.AsOf, error)
	Values(ctx context.Context, asOf figures.AsOf, measures, footprints []string, r figures.Range) ([]measure.Value, error)
	Watermark(ctx context.Context, asOf figures.AsOf) (figures.Watermark, error)
	FirstLoadAt(ctx context.Context) (time.Time, error)
	Verdicts(ctx context.Context, asOf figures.AsOf, claim string, most int) ([]register.Verdict, error)
	Lineage(ctx context.Context, asOf figures.AsOf, measures []string) (map[string]register.Lineage, error)
	DefinitionHashes(ctx context.Context) (map[string]time.Time, error)
	Changes(ctx context.Context, f figures.ChangeFilter) ([]figures.ChangeCount, []figures.Change, error)
	Latest(ctx context.Context, asOf figures.AsOf, measures []*catalog.Measure) (map[string]figures.Latest, error)
	MeasureAsOf(ctx context.Context, asOf figures.AsOf, present *catalog.Measure) (*catalog.Measure, error)
	OrganisationSeries(ctx context.Context, asOf figures.AsOf, m *catalog.Measure, organisation string, r figures.Range) ([]measure.Value, error)
	Amounts(ctx context.Context, asOf figures.AsOf, m *catalog.Measure) ([]measure.Amount, error)
	Cells(ctx context.Context, asOf figures.AsOf, m *catalog.Measure, scopes []string, r figures.Range) ([]figures.Cell, error)
	OrganisationCells(ctx context.Context, asOf figures.AsOf, m *catalog.Measure, organisation string, period time.Time) ([]figures.Cell, error)
	Warnings(ctx context.Context, asOf figures.AsOf, c *catalog.Catalog, loads []uint64, limit int) ([]figures.Warning, error)
	Loads(ctx context.Context, f figures.LoadFilter) ([]load.Load, error)
	LoadAsOf(ctx context.Context, asOf figures.AsOf, id uint64) (load.Load, error)
	LoadStates(ctx context.Context, asOf figures.AsOf, id uint64) ([]figures.LoadState, error)
	Runs(ctx context.Context, asOf figures.AsOf, limit int) ([]load.Run, error)
	RejectionsFrom(ctx context.Context, id uint64, offset, limit int) ([]load.Rejection, error)
	QuestionsOf(ctx context.Context, id uint64) ([]load.Question, error)
	Remarks(ctx context.Context, loads []uint64, limit int) ([]figures.Remarked, error)
	Reconciliations(ctx context.Context, id uint64, limit int) ([]load.Reconciliation, error)
	Reconciled(ctx context.Context, asOf figures.AsOf) ([]figures.Reconciled, error)
}

// Composer composes pages and answers.
type Composer struct {
	Figures   Figures
	Catalog   *catalog.Catalog
	Reference *footprint.Reference
	// Schedule tells how the sources stand that are run by themselves or by hand.
	Schedule func(ctx context.Context) ([]load.Entry, error)
	// Calibration tells how far the test of claims can see.
	Calibration *claim.Calibration
	Memory      *Memory
	Version     string           // of this program
	Now         func() time.Time // tells what the day before is, and when a claim is tested
}

// registeredPatients is the measure that rates divide by.
const registeredPatients = "registered_patients"

// registeredQuarter begins the one quarter whose registrations all rates divide by, whatever other quarters are loaded.
var registeredQuarter = time.Date(2016, time.January, 1, 0, 0, 0, 0, time.UTC)

// Scope is a place that figures are shown for: one of the 44, England, or what is unallocated.
type Scope struct {
	Code, Name   string
	Footprint    *footprint.Footprint    // nil for England and the unallocated
	Organisation *footprint.Organisation // of a single organisation
}

// Scope finds a place by any of its codes.
func (c *Composer) Scope(code string) (Scope, error) {
	switch strings.ToUpper(strings.TrimSpace(code)) {
	case footprint.England:
		return Scope{Code: footprint.England, Name: "England"}, nil
	case footprint.Unallocated:
		return Scope{Code: footprint.Unallocated, Name: "Organisations not placed in one footprint"}, nil
	}
	if f, ok := c.Reference.Footprint(code); ok {
		return Scope{Code: f.Code, Name: f.Name, Footprint: &f}, nil
	}
	return Scope{}, &InputError{Parameter: "footprint", Value: code, Accepted: "the code of one of the 44 (E54000005, QWO), ENG or UNALLOCATED"}
}

// Measure finds a measure by its id.
func (c *Composer) Measure(id string) (*catalog.Measure, error) {
	if m, ok := c.Catalog.Measure(id); ok {
		return m, nil
	}
	var ids []string
	for _, m := range c.Catalog.Measures {
		ids = append(ids, m.ID)
	}
	return nil, &InputError{Parameter: "measure", Value: id, Accepted: strings.Join(ids, ", ")}
}

// MeasureAsOf finds a measure as it was defined at the moment asked for.
func (c *Composer) MeasureAsOf(ctx context.Context, id string, asOf AsOf) (*catalog.Measure, error) {
	m, err := c.Measure(id)
	if err != nil || asOf.Text == "" {
		return m, err
	}
	return remember(ctx, c.Memory, asOf, "definition "+id+" "+m.Hash(), func(ctx context.Context) (*catalog.Measure, error) {
		then, err := c.Figures.MeasureAsOf(ctx, asOf.Bound, m)
		if err == nil && then.Hash() == m.Hash() {
			return m, nil
		}
		return then, err
	})
}

// Organisation finds an organisation by its code.
func (c *Composer) Organisation(code string) (footprint.Organisation, error) {
	if o, ok := c.Reference.Organisation(code); ok {
		return o, nil
	}
	return footprint.Organisation{}, &InputError{Parameter: "org", Value: code, Accepted: "the code of a provider or commissioner, for example RJ1"}
}

// Place finds what a figure is of: a footprint, England or the unallocated, or one organisation.
func (c *Composer) Place(footprintCode, org string) (Scope, error) {
	switch {
	case org == "":
		return c.Scope(footprintCode)
	case footprintCode != "":
		return Scope{}, &InputError{Parameter: "org", Value: org, Accepted: "org or footprint, not both"}
	}
	o, err := c.Organisation(org)
	return Scope{Code: o.Code, Name: o.Name, Organisation: &o}, err
}

// Period reads a period parameter of a measure's grain.
func (c *Composer) Period(parameter, text string, m *catalog.Measure) (catalog.Period, error) {
	p, err := catalog.ParsePeriod(text)
	if err != nil || p.Grain != m.Grain {
		return p, &InputError{Parameter: parameter, Value: text, Accepted: m.Grain.Example()}
	}
	return p, nil
}

// Series are the points of one measure of one place.
func (c *Composer) Series(ctx context.Context, asOf AsOf, m *catalog.Measure, s Scope, r figures.Range) ([]measure.Point, error) {
	if s.Organisation != nil {
		return c.organisationSeries(ctx, asOf, m, s.Code, r)
	}
	all, err := c.points(ctx, asOf, m)
	return measure.Within(all[s.Code], r.From, r.To), err
}

// organisationSeries are the points of one measure of one organisation.
func (c *Composer) organisationSeries(ctx context.Context, asOf AsOf, m *catalog.Measure, organisation string, r figures.Range) ([]measure.Point, error) {
	if base := m.Base(); base != nil {
		points, err := c.organisationSeries(ctx, asOf, base, organisation, figures.Range{})
		return measure.Within(measure.Derive(m, points, nil, decimal.NullDecimal{}), r.From, r.To), err
	}
	values, err := c.Figures.OrganisationSeries(ctx, asOf.Bound, m, organisation, r)
	if err != nil {
		return nil, err
	}
	points := make([]measure.Point, len(values))
	for i, v := range values {
		points[i] = measure.NewPoint(m, v, decimal.NullDecimal{})
	}
	return points, nil
}

// Standing is one measure of one place in its latest period and a year before.
type Standing struct {
	Measure *catalog.Measure
	Scope   Scope
	Period  catalog.Period
	Now     measure.Point
	Before  *measure.Point // nil when there is none
	Change  decimal.NullDecimal
	Signal  *measure.Signal // nil of the unallocated, into which organisations come and from which they go
	// Stopped are the organisations that had a notable part of the figure a year before and no longer report.
	Stopped []Stopped
	Beside  // of a footprint
}

// Overview is the standing of every footprint, of England and of the unallocated, for the measures given in a period, the latest where
// it is zero.
func (c *Composer) Overview(ctx context.Context, asOf AsOf, measures []*catalog.Measure, period catalog.Period) ([]Standing, error) {
	each := make([]Standings, len(measures))
	questions, ctx := errgroup.WithContext(ctx)
	questions.SetLimit(4)
	for i, m := range measures {
		questions.Go(func() (err error) {
			each[i], err = c.standings(ctx, asOf, m, period)
			return err
		})
	}
	err := questions.Wait()
	var all []Standing
	for _, s := range each {
		all = append(all, s.Places...)
	}
	return all, err
}

// Standings are those of all places for one measure in one period, with the footprints beside each other.
type Standings struct {
	Places     []Standing // none where the measure has no figure
	Comparison measure.Comparison
}

// of is the standing of a place, an empty one where the measure has no figure for it.
func (all Standings) of(m *catalog.Measure, s Scope) Standing {
	i := slices.IndexFunc(all.Places, func(st Standing) bool { return st.Scope.Code == s.Code })
	if i < 0 {
		return Standing{Measure: m, Scope: s}
	}
	return all.Places[i]
}

// standings are those for one measure as they were in a period, the latest where it is zero: what came later tells nothing of it.
func (c *Composer) standings(ctx context.Context, asOf AsOf, m *catalog.Measure, period catalog.Period) (Standings, error) {
	return remember(ctx, c.Memory, asOf, fmt.Sprint("standings ", m.ID, m.Hash(), period.Start), func(ctx context.Context) (Standings, error) {
		all := Standings{}
		points, err := c.points(ctx, asOf, m)
		if err != nil {
			return all, err
		}
		patients, err := c.RegisteredPatients(ctx, asOf)
		if err != nil {
			return all, err
		}
		if period.Start.IsZero() {
			period = latestPeriod(points, m.Grain)
		}
		if period.Start.IsZero() {
			return all, nil
		}
		before := map[string]measure.Point{}
		for place, all := range points {
			if p, ok := measure.At(all, period.YearBefore().Start); ok {
				before[place] = p
			}
		}
		stopped, err := c.stopped(ctx, asOf, m, period, before)
		if err != nil {
			return all, err
		}
		breaks, err := c.breaks(ctx, asOf, m)
		if err != nil {
			return all, err
		}
		for _, s := range c.scopes() {
			if !stated(m, s) {
				continue
			}
			till := measure.Within(points[s.Code], time.Time{}, period.Start)
			standing := Standing{Measure: m, Scope: s, Period: period, Now: measure.Point{Period: period}, Stopped: stopped[s.Code]}
			if p, ok := measure.At(till, period.Start); ok {
				standing.Now = p
			}
			if p, ok := before[s.Code]; ok {
				standing.Before = &p
				standing.Change = measure.Change(m, standing.Now.Value, p.Value)
			}
			if s.Code != footprint.Unallocated {
				signal, err := measure.NewSignal(m, c.TargetsOf(m, s), till, breaks[s.Code], period)
				if err != nil {
					return all, err
				}
				standing.Signal = &signal
			}
			all.Places = append(all.Places, standing)
		}
		all.Comparison, err = c.compared(m, points, patients, period)
		for i := range all.Places {
			if s := &all.Places[i]; s.Scope.Footprint != nil {
				s.Beside = c.besideAt(all.Comparison, s.Scope.Code)
			}
		}
		return all, err
	})
}

// compared sets the 44 beside each other in one period, in the order of their names.
func (c *Composer) compared(m *catalog.Measure, points table, patients map[string]decimal.NullDecimal, period catalog.Period) (measure.Comparison, error) {
	var places []measure.Point
	var registered []decimal.NullDecimal
	for _, f := range c.Reference.Footprints() {
		at, _ := measure.At(points[f.Code], period.Start)
		places, registered = append(places, at), append(registered, patients[f.Code])
	}
	return measure.Compare(m, places, registered)
}

// Beside is where a footprint stands among all of them in a period.
type Beside struct {
	// Rank and Fifth place its rate, share or value per 1,000 among the Of that have one: 1 is the lowest; 0 where there is none.
	Rank, Fifth, Of int
	// Funnel holds it against all of them together; nil where counts do not compare.
	Funnel *rates.FunnelUnit
}

func (c *Composer) besideAt(all measure.Comparison, code string) Beside {
	i := slices.IndexFunc(c.Reference.Footprints(), func(f footprint.Footprint) bool { return f.Code == code })
	b := Beside{Rank: all.Ranks[i], Fifth: all.Fifths[i], Of: all.Of}
	if all.Funnel != nil {
		b.Funnel = &all.Funnel.Units[i]
	}
	return b
}

// BesideOthers is where a footprint stands among all of them in each of its periods, with the value of England, by the period.
func (c *Composer) BesideOthers(ctx context.Context, asOf AsOf, m *catalog.Measure, s Scope) (map[catalog.Period]Beside, table, error) {
	points, err := c.points(ctx, asOf, m)
	if err != nil || s.Footprint == nil {
		return nil, points, err
	}
	patients, err := c.RegisteredPatients(ctx, asOf)
	if err != nil {
		return nil, points, err
	}
	all := map[catalog.Period]Beside{}
	for _, p := range points[s.Code] {
		compared, err := c.compared(m, points, patients, p.Period)
		if err != nil {
			return nil, points, err
		}
		all[p.Period] = c.besideAt(compared, s.Code)
	}
	return all, points, nil
}

func latestPeriod(places map[string][]measure.Point, grain catalog.Grain) catalog.Period {
	latest := catalog.Period{Grain: grain}
	for _, points := range places {
		for _, p := range points {
			if p.Period.Start.After(latest.Start) {
				latest = p.Period
			}
		}
	}
	return latest
}

// scopes are England, the 44 in the order of their names, and the unallocated.
func (c *Composer) scopes() []Scope {
	england, _ := c.Scope(footprint.England)
	unallocated, _ := c.Scope(footprint.Unallocated)
	scopes := []Scope{england}
	for _, f := range c.Reference.Footprints() {
		scopes = append(scopes, Scope{Code: f.Code, Name: f.Name, Footprint: &f})
	}
	return append(scopes, unallocated)
}

// missing says in a sentence whose figures are missing from a point.
func (c *Composer) missing(m *catalog.Measure, p measure.Point) string {
	if p.Complete || p.Organisations == 0 {
		return ""
	}
	const most = 4
	var names []string
	unlisted := false
	named := c.Named(p.Missing)
	for _, code := range p.Missing {
		if code == measure.Unlisted {
			unlisted = true
			continue
		}
		names = append(names, named[code])
	}
	var sentences []string
	if n := len(names); n > 0 {
		if n > most {
			names = append(names[:most-1:most-1], fmt.Sprintf("%d others", n-most+1))
		}
		if partial := partialWords(m, p); partial != "" {
			sentences = append(sentences, fmt.Sprintf("Partial: %s. No figure from %s.", partial, list(names)))
		} else {
			sentences = append(sentences, fmt.Sprintf("No figure from %d of %d organisations: %s.", n, p.Organisations, list(names)))
		}
	}
	if unlisted {
		sentences = append(sentences, fmt.Sprintf("Only %s returned a figure, and no publication lists the others.", plural(p.Organisations-len(names), "organisation has", "organisations have")))
	}
	return strings.Join(sentences, " ")
}

// stoppedWords say which organisations had a notable part of a figure and no longer report; empty where there are none.
func (c *Composer) stoppedWords(stopped []Stopped) string {
	if len(stopped) == 0 {
		return ""
	}
	var names []string
	for _, o := range stopped {
		names = append(names, fmt.Sprintf("%s, %s (%s%% of %s)", c.OrganisationName(o.Organisation), o.Organisation, o.Part, o.Period.Words()))
	}
	return "No longer reporting: " + list(names) + ". The work may be counted elsewhere now."
}

// partialWords are the figure of those that reported where others did not; empty where there is none.
func partialWords(m *catalog.Measure, p measure.Point) string {
	if p.Partial == nil || !p.Partial.Value.Valid {
		return ""
	}
	return fmt.Sprintf("%s from %d of %s", written(m, p.Partial.Value.Decimal), p.Partial.Reported, plural(p.Partial.Expected, "organisation", "organisations"))
}

// lastWhole says what the last figure before one that is not whole was; empty where there is none.
func lastWhole(m *catalog.Measure, points []measure.Point, before catalog.Period) string {
	for i := len(points) - 1; i >= 0; i-- {
		if p := points[i]; p.Value.Valid && p.Period.Start.Before(before.Start) {
			return fmt.Sprintf("The last whole figure is %s, %s.", written(m, p.Value.Decimal), lowerFirst(onPeriod(p.Period)))
		}
	}
	return ""
}

// lacking says of each organisation without a figure why it has none, and of one that only may belong to the place how that is known.
func (c *Composer) lacking(cells []figures.Cell) []string {
	var all []string
	for _, cell := range cells {
		why := lackingWords(cell)
		if why == "" {
			continue
		}
		sentence := fmt.Sprintf("%s (%s): %s", c.OrganisationName(cell.Organisation), cell.Organisation, why)
		if !slices.Contains(all, sentence) {
			all = append(all, sentence)
		}
	}
	return all
}

// lackingWords say why a cell is no part of the figure that it stands beneath; nothing where it is.
func lackingWords(cell figures.Cell) string {
	switch perhaps := cell.Share.IsZero(); {
	case cell.Status == statusReported && perhaps:
		return "Its figure is published, but not whether it belongs here. " + strings.TrimSuffix(cell.Membership, ".") + "."
	case cell.Status == statusReported:
		return ""
	case perhaps:
		return strings.TrimSuffix(cell.Note, ".") + ". " + cell.Membership
	default:
		return strings.TrimSuffix(cell.Note, ".") + "."
	}
}

// OrganisationName names an organisation by its code.
func (c *Composer) OrganisationName(code string) string {
	if o, ok := c.Reference.Organisation(code); ok {
		return o.Name
	}
	if code == "" {
		return "an organisation without a code"
	}
	return "organisation " + code
}

// Named names organisations by their codes, with the code where two of them go by one name.
func (c *Composer) Named(codes []string) map[string]string {
	names, bearers := map[string]string{}, map[string]int{}
	for _, code := range codes {
		if _, ok := names[code]; !ok {
			names[code] = c.NameOf(code)
			bearers[names[code]]++
		}
	}
	for code, name := range names {
		if bearers[name] > 1 {
			names[code] = fmt.Sprintf("%s (%s)", name, code)
		}
	}
	return names
}

// figure writes a point on a scale.
func (c *Composer) figure(m *catalog.Measure, s scale, p measure.Point, place string, asOf AsOf) Figure {
	value := s.pick(p)
	f := Figure{ProvenanceURL: c.provenanceURL(m, place, p.Period, asOf)}
	switch {
	case value.Valid:
		f.Text, f.Plain = s.written(m, value.Decimal), value.Decimal.Round(4).String()
		if s == asNumber {
			f.Plain = plain(m, value.Decimal)
		}
	case p.Organisations == 0:
		f.Text, f.Missing, f.Reason = "no figure", true, "Nothing is loaded for this period."
		f.ProvenanceURL = ""
		if why := c.Catalog.NotLoaded(m, p.Period); why != "" {
			f.Reason = fmt.Sprintf("What is published for this period is not loaded: %s.", strings.TrimSuffix(why, "."))
		} else if c.Catalog.Returned(m) {
			f.Reason = "No return is loaded for this period."
		}
	case !p.Complete:
		f.Text, f.Missing, f.Reason = "not reported", true, c.missing(m, p)
		if partialWords(m, p) != "" {
			if f.Text = "partial"; s == asNumber {
				f.Text += ": " + written(m, p.Partial.Value.Decimal)
			}
		}
	case p.Lack == measure.DefinitionChanged:
		f.Text, f.Missing, f.Reason = "not comparable", true, "What is counted changed within the time that the figure covers."
	case p.Lack == measure.OrganisationsChanged:
		f.Text, f.Missing, f.Reason = "not comparable", true, "Organisations with a large part of the figure came or left within the time that it covers."
	case p.Lack == measure.PeriodMissing:
		f.Text, f.Missing, f.Reason = "no figure", true, "A period within the time that the figure covers has none."
	case p.Lack == measure.Contradictory:
		f.Text, f.Missing, f.Reason = "no share", true, "The counts contradict each other: more within the share than there are, or fewer than none."
	case m.Ratio():
		ratio := "share"
		if m.Unit == catalog.Rate {
			ratio = "rate"
		}
		f.Text, f.Missing, f.Reason = "no "+ratio, true, "Nothing was counted, so there is nothing to take a "+ratio+" of."
	case place == footprint.Unallocated:
		f.Text, f.Missing = "no rate", true
		f.Reason = written(m, p.Value.Decimal) + " in number; no patients are registered outside the footprints."
	default:
		f.Text, f.Missing, f.Reason = "no rate", true, "The number of registered patients is not known."
	}
	return f
}

func (c *Composer) changeFigure(m *catalog.Measure, s Standing) Figure {
	if s.Change.Valid {
		return Figure{Text: changed(m, s.Change.Decimal), Plain: s.Change.Decimal.Round(4).String()}
	}
	reason := "There is no figure for both periods."
	if s.Before != nil && s.Before.Value.Valid && s.Now.Value.Valid {
		reason = "The figure a year before was zero, so no percentage can be stated."
	}
	return Figure{Text: "not stated", Missing: true, Reason: reason}
}

// address writes a path with parameters; empty ones are left out.
func address(path string, pairs ...string) string {
	query := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			query.Set(pairs[i], pairs[i+1])
		}
	}
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

func (c *Composer) provenanceURL(m *catalog.Measure, place string, p catalog.Period, asOf AsOf) string {
	return address("/provenance", "measure", m.ID, "footprint", place, "period", p.String(), "as_of", asOf.Text)
}

// unbound is the moment of links that are remembered: who reads them adds their own, as the same figures are shown as of many moments.
var unbound AsOf

func footprintURL(code string, asOf AsOf) string {
	return address("/footprints/"+code, "as_of", asOf.Text)
}

func loadURL(id uint64) string { return fmt.Sprintf("/loads/%d", id) }

func (c *Composer) shell(title, section string, asOf AsOf, hidden ...string) Shell {
	shell := Shell{
		Title: title, Section: section, Pin: asOf.Pin, Stood: stoodWords(asOf.Stood), AsOf: asOf.Text, AsOfWords: asOfWords(asOf), Version: c.Version,
		HomeURL: address("/", "as_of", asOf.Text), ClaimsURL: address("/claims", "as_of", asOf.Text), DataURL: address("/data", "as_of", asOf.Text),
		LoadsURL: address("/loads", "as_of", asOf.Text), MethodURL: address("/method", "as_of", asOf.Text),
		ReviewURL: address("/review", "as_of", asOf.Text), SuchDay: c.Now().In(london).Format(time.DateOnly),
	}
	if asOf.Stood.Load > 0 {
		shell.SuchLoad = asOf.Pin
	}
	for i := 0; i+1 < len(hidden); i += 2 {
		if hidden[i+1] != "" {
			shell.AsOfHidden = append(shell.AsOfHidden, Parameter{hidden[i], hidden[i+1]})
		}
	}
	for _, f := range c.Reference.Footprints() {
		shell.Footprints = append(shell.Footprints, Link{Text: f.Name, URL: footprintURL(f.Code, asOf)})
	}
	return shell
}

func (c *Composer) about(m *catalog.Measure, asOf AsOf) About {
	about := About{
		URL:       measureURL(m, asOf),
		MeasureID: m.ID, Title: m.Title, Definition: m.Definition, Unit: unitHeading(m, asNumber),
		Direction: directionWords(m.Direction), Caveats: m.Caveats, DefinitionHash: m.Hash(),
	}
	if m.Numerator != nil {
		about.Numerator = m.Numerator.Description
	}
	if m.Denominator != nil {
		about.Denominator = m.Denominator.Description
	}
	if m.Reference != nil {
		about.Reference = Link{Text: m.Reference.Title, URL: m.Reference.URL}
	}
	for _, b := range m.Breaks {
		from, _ := catalog.ParsePeriod(b.From) // checked when the catalog was read
		about.Breaks = append(about.Breaks, Break{from.Words(), b.Note})
	}
	for _, id := range m.Sources {
		if s, ok := c.Catalog.Source(id); ok {
			about.Sources = append(about.Sources, Source{s.Title, s.Publisher, s.URL, s.Licence, s.Attribution})
		}
	}
	return about
}

func seriesDownloads(m *catalog.Measure, place string, asOf AsOf) Downloads {
	return downloads("/api/v1/series", "measure", m.ID, "footprint", place, "as_of", asOf.Text)
}

func downloads(path string, pairs ...string) Downloads {
	form := func(format string) string { return address(path, append(slices.Clone(pairs), "format", format)...) }
	return Downloads{CSV: form("csv"), XLSX: form("xlsx"), JSON: form("")}
}
