package pages

import (
	"context"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/register"
	"stpdash/internal/spc"
)

// CardPage is one measure of one place, with all that is known of it.
type CardPage struct {
	Shell
	Place, Region  Link // Region without a URL of places that lie in none
	Theme          Link // the measures about the same thing, on the page of the place
	Direction      string
	Card           Card
	Summary        GlanceLine    // what is to be seen first, as on the page of the place; without a mark there is nothing
	Age            string        // of a figure older than the rhythm of its source, in a sentence; empty of others
	Ended          string        // why the publisher stopped; empty where they go on
	EndedURL       string        // where that is stated
	Earlier, Later Link          // the measures before and after it on the page of the place; without a URL at its ends
	Drivers        *DriversBlock // nil where no organisations lie beneath the figures
	Claims         []ClaimGroup
	ClaimsURL      string
	Notes          Notes
	Answers        Answers // of a footprint
}

// Card shows one measure of one footprint: chart, table, download, about.
type Card struct {
	ID       string // the measure's id, unique on the page
	Title    string
	Finding  string // headline that states the finding
	Sentence string // generated from the numbers
	Latest   Figure
	Period   string // of the latest figure, in words
	Estimate string // why figures are estimates, in a sentence; empty where none is
	// Lacking says who has no figure in that period and why, in sentences.
	Lacking []string
	Unit    string
	Counted string // what the latest figure counts, where it does not say so itself
	// Variation tells whether the latest figure is more than chance, Assurance whether the process can be relied on to meet the target.
	Variation, Assurance wording.Icon
	// Targets is the one that governs the latest period, with the state of the figure; none without one. OtherTargets are the rest, each with its
	// own result, which is no state.
	Targets, OtherTargets []TargetLine
	// Beside are the footprints most like it, and BesideWords says by what; none for places that are no footprint.
	Beside      []BesideRow
	BesideWords string
	// Outlook is the forecast in words, with the chance of each target; empty without targets.
	Outlook string
	// Ranked says where the place stands among the 44; empty where it is none of them or amounts do not compare.
	Ranked string
	// ChartKind is "line" for months and "column" for years. ChartFormat is "number", "percent" or "gbp".
	ChartKind, ChartFormat string
	// Columns are the table's headings; Points its rows, oldest first. The order is period, value,
	// numerator and denominator when HasParts, rate when HasRate, signal when HasLimits, target when HasTarget.
	Columns   []string
	HasParts  bool
	HasRate   bool
	HasLimits bool // there are process limits, and a column that tells what each figure signals
	HasTarget bool
	Points    []Point
	Downloads Downloads
	About     About
	Freshness Freshness
	NoData    string // a sentence shown instead when nothing is loaded
	// Template is what the footprint fills in to return the measure; empty where a publication states it.
	Template Downloads
	// ReturnURL is where the footprint returns the measure in the browser; empty where nobody can act, or a publication states it.
	ReturnURL string
	// Revision says what a returned figure was before, who revised it and why; empty of others.
	Revision string
}

// Point is one period of a card.
type Point struct {
	Period      string // in words, "April 2017"
	PeriodID    string // "2017-04"
	Value       Figure
	Numerator   string // formatted; empty when the measure is a plain count
	Denominator string
	Rate        Figure // per 1,000 registered patients, when the measure has it
	BreakNote   string // set on the first period after a definition break
	GapNote     string // why published figures of the period are no figures; empty where they are
	// Mean, Lower and Upper are the process limits as plain numbers, empty where there are none; Required is what the first target requires.
	Mean, Lower, Upper, Required string
	Target                       string // what it requires, in words
	Type                         string // of the point as package spc names it: "special_cause_concern"
	Signal                       string // what the figure signals, in words
}

// BesideRow is a footprint's figure beside those of others.
type BesideRow struct {
	Name, URL string
	Value     Figure
	Itself    bool
}

// TargetLine is how the latest figure stands against one target.
type TargetLine struct {
	Title  string
	State  string // as package measure names it: "off_trajectory"; empty of a target that does not govern the period
	Words  string // "Off track. Target: at least 95.0% in March 2020"
	Note   string
	Source string
	URL    string
}

// placeView composes what a place shows of one measure.
type placeView struct{ placePages }

// CardOf composes the page of one measure of one place. What drives it is told by the change on the year before, or on the earlier figure that
// against names.
func (c placePages) CardOf(ctx context.Context, m *catalog.Measure, s figures.Area, against string, asOf figures.Moment) (CardPage, error) {
	page := CardPage{
		Shell: c.shell(m.Title+": "+s.Name, "footprints", asOf, "against", against),
		Place: Link{Text: s.Name, URL: footprintURL(s.Code, asOf)},
		Theme: Link{
			Text: wording.Capital(m.Theme),
			URL:  address("/footprints/"+s.Code, "theme", anchor(m.Theme), "as_of", asOf.Text),
		},
		Direction: wording.Capital(wording.Direction(m.Direction)),
	}
	if against != "" && against != string(figures.AgainstYear) && against != string(figures.AgainstPeriod) {
		return page, &figures.InputError{Parameter: "against", Value: against, Accepted: "year, period"}
	}
	page.Take = c.takeAway("/footprints/"+s.Code+"/"+m.ID, "against", against, "as_of", asOf.Text)
	if s.Footprint != nil {
		page.Region = regionLink(s.Footprint.Region, asOf)
	}
	shown := c.directory.Shown(s)
	if at := slices.Index(shown, m); at >= 0 {
		if at > 0 {
			page.Earlier = Link{Text: shown[at-1].Title, URL: cardURL(s.Code, shown[at-1], asOf)}
		}
		if at+1 < len(shown) {
			page.Later = Link{Text: shown[at+1].Title, URL: cardURL(s.Code, shown[at+1], asOf)}
		}
	}
	row, err := c.seen(ctx, &page, m, s, asOf)
	if err != nil {
		return page, err
	}
	if len(row.Points) > 0 {
		if page.Drivers, err = (placeView{c}).drivers(ctx, m, s, against, asOf); err != nil {
			return page, err
		}
	}
	if row.Age.Ended != nil {
		page.Ended, page.EndedURL = row.Age.Ended.Because, row.Age.Ended.URL
	}
	if s.Code == footprint.Unallocated {
		return page, nil
	}
	if s.Footprint != nil {
		page.Answers = c.answers(m, s.Code, asOf)
		if page.Notes, err = c.notes(ctx, m, s.Code, asOf); err != nil {
			return page, err
		}
		pinActs(&page.Shell, page.Notes.changed, asOf)
		if page.Notes.AddURL != "" && page.Card.Template.CSV != "" {
			page.Card.ReturnURL = address("/returns", "footprint", s.Code, "measure", m.ID)
		}
	}
	all, err := c.register.Claims(ctx, asOf, register.Filter{Footprint: s.Code})
	page.Claims = c.claimGroups(slices.DeleteFunc(all, func(t register.Tested) bool { return t.Measure != m.ID }), asOf)
	page.ClaimsURL = address("/claims", "footprint", s.Code, "as_of", asOf.Text)
	return page, err
}

// seen adds to a page what its figures show: the card, how old they are and what is to be seen first.
func (c placePages) seen(ctx context.Context, page *CardPage, m *catalog.Measure, s figures.Area, asOf figures.Moment) (figures.Row, error) {
	if _, err := c.figures.PointsOf(ctx, asOf, []*catalog.Measure{m}); err != nil {
		return figures.Row{}, err
	}
	row, err := c.figures.Row(ctx, asOf, m, s, c.moments.Reading(asOf))
	if err != nil {
		return row, err
	}
	latest, err := c.figures.LatestFigures(ctx, asOf, m, catalog.Period{})
	if err != nil {
		return row, err
	}
	page.Card, err = (placeView{c}).card(ctx, row, latest.Of(m, s), asOf)
	page.Age = wording.AgeBadge(row)
	if line := wording.RowSummary(row, c.directory.Named); line.Mark != "" {
		page.Summary = GlanceLine{Mark: line.Mark, What: line.What, Known: line.Known}
	}
	return row, err
}

func (c placeView) card(ctx context.Context, row figures.Row, now figures.LatestFigure, asOf figures.Moment) (Card, error) {
	m, s, points := row.Measure, row.Area, row.Points
	card := Card{
		ID: m.ID, Title: m.Title, Unit: wording.UnitHeading(m, wording.AsNumber), ChartKind: "line", ChartFormat: chartFormat(m),
		Downloads: seriesDownloads(m, s.Code, asOf), About: c.about(m, asOf), Template: c.templates(m, s),
	}
	if m.Grain == catalog.FinancialYear || m.Grain == catalog.CalendarYear {
		card.ChartKind = "column"
	}
	if m.Unit == catalog.Number {
		card.Counted = m.Counted
	}
	if len(points) == 0 {
		if card.NoData = c.noFigures(m, asOf, wording.NothingListed(s)); row.Newest.Start.IsZero() {
			card.NoData = c.noFigures(m, asOf, wording.NothingLoaded)
		}
		return card, nil
	}
	card.Columns = []string{"Period", wording.UnitHeading(m, wording.AsNumber)}
	if card.HasParts = m.Counts(); card.HasParts {
		card.Columns = append(card.Columns, "Numerator", "Denominator")
	}
	if card.HasRate = m.PerThousand && s.Code != footprint.Unallocated; card.HasRate {
		card.Columns = append(card.Columns, "Per 1,000 registered patients")
	}
	for _, p := range points {
		point := Point{Period: p.Period.Words(), PeriodID: p.Period.String(), Value: c.figure(m, wording.AsNumber, p, s.Code, asOf)}
		if card.HasParts {
			point.Numerator, point.Denominator = "no figure", "no figure" // the reason stands with the figure
			if p.Numerator.Valid && p.Denominator.Valid {
				point.Numerator, point.Denominator = wording.Count(p.Numerator.Decimal), wording.Count(p.Denominator.Decimal)
			}
		}
		if card.HasRate {
			point.Rate = c.figure(m, wording.AsRate, p, s.Code, asOf)
			point.Rate.ProvenanceURL = ""
		}
		for _, b := range m.Breaks {
			if b.From == point.PeriodID {
				point.BreakNote = b.Note
			}
		}
		point.GapNote = wording.MissingNote(m, s.Code, p, c.directory)
		card.Points = append(card.Points, point)
	}
	signal, err := c.figures.SignalOf(ctx, asOf, m, s, now.Period)
	if err != nil {
		return card, err
	}
	c.signalled(&card, m, s, points, now, signal.Chart)
	last := points[len(points)-1]
	card.Latest, card.Period = card.Points[len(points)-1].Value, last.Period.Words()
	incomparable := wording.Incomparable(row.NoChange, c.directory.Named)
	if now.Apart.Code != "" {
		incomparable = wording.NoChange(now, c.directory.Named)
	}
	card.Finding, card.Sentence = wording.CardFinding(m, points, incomparable)
	card.Estimate = wording.Estimates(m, points, c.directory.Named)
	card.Sentence = strings.TrimSpace(card.Sentence + " " + wording.Stopped(now.Stopped, c.directory.OrganisationName))
	card.Sentence = strings.TrimSpace(card.Sentence + " " + wording.DividedBy(m, last, c.directory))
	if !last.Complete && last.Organisations > 0 && m.Base() == nil {
		cells, err := c.figures.Cells(ctx, asOf, m, []string{s.Code}, figures.Range{From: last.Period.Start, To: last.Period.Start})
		if err != nil {
			return card, err
		}
		card.Lacking = wording.Lacking(cells, c.directory)
	}
	if len(card.Targets) > 0 {
		o, err := c.figures.Outlook(ctx, asOf, m, s, catalog.Period{})
		if err != nil {
			return card, err
		}
		past := len(o.Periods) > 0 && !o.Periods[len(o.Periods)-1].End().After(c.moments.Reading(asOf))
		card.Outlook = wording.Outlook(m, o, past)
	}
	if s.Footprint != nil {
		if err := c.beside(ctx, &card, m, s, asOf); err != nil {
			return card, err
		}
	}
	if card.Revision, err = c.revision(ctx, m, s, last, asOf); err != nil {
		return card, err
	}
	card.Freshness, err = c.freshness(ctx, asOf, last)
	return card, err
}

// signalled adds to a card what its figures tell: signs, targets and rank, and to its points the process limits.
func (c placeView) signalled(card *Card, m *catalog.Measure, s figures.Area, points []measure.Point, now figures.LatestFigure, chart measure.Chart) {
	card.Variation, card.Assurance = wording.VariationIcon(now.Signal, c.directory.Named), wording.AssuranceIcon(m, now.Signal)
	if now.Signal == nil {
		return
	}
	targets := c.directory.TargetsOf(m, s)
	latest := now.Now
	latest.Period = now.Period // where there is no figure it has none
	for _, j := range now.Signal.Judgements {
		switch {
		case j.Governs:
			words := wording.StateSentence(m, j, now.Period)
			if far := wording.Shortfall(m, now.Signal.Shortfall); far != "" {
				words += " " + wording.Capital(far) + "."
			}
			card.Targets = append(card.Targets, targetLine(j, words))
		case j.Required.Valid:
			card.OtherTargets = append(card.OtherTargets, resultLine(j, wording.ResultSentence(m, j, latest, false)))
		default:
			card.OtherTargets = append(card.OtherTargets, outcome(m, points, j, latest))
		}
	}
	if now.Rank > 0 && now.Of > 1 {
		card.Ranked = wording.RankedAmong(now)
	}
	limits := map[string]spc.Point{}
	for i, p := range chart.Points {
		limits[p.Period.String()] = chart.Chart.Points[i]
	}
	if card.HasLimits = slices.ContainsFunc(chart.Groups, func(g spc.Group) bool { return !math.IsNaN(g.UPL) && !g.Short }); card.HasLimits {
		card.Columns = append(card.Columns, "Signal")
	}
	breaks := map[string]string{}
	for _, t := range now.Signal.Breaks {
		breaks[t.From.String()] = wording.Capital(wording.MembershipWords(t, c.directory.Named)) + "."
	}
	for i := range card.Points {
		p := &card.Points[i]
		p.BreakNote = strings.TrimSpace(p.BreakNote + " " + breaks[p.PeriodID])
		if governing, _ := measure.Governing(measure.Judge(targets, points, points[i])); governing.Required.Valid {
			p.Required, p.Target, card.HasTarget = wording.Plain(m, governing.Required.Decimal), wording.Value(m, governing.Required.Decimal), true
		}
		at, ok := limits[p.PeriodID]
		if !ok || !card.HasLimits || chart.Groups[at.Group].Short {
			continue
		}
		p.Mean, p.Lower, p.Upper = plainLimit(m, at.Mean), plainLimit(m, at.LPL), plainLimit(m, at.UPL)
		p.Type, p.Signal = string(at.Type), wording.Cause(at.Cause)
		if len(m.Events(points[i].Period)) > 0 {
			p.Type, p.Signal = "known_event", "Known event"
		}
	}
	if card.HasTarget {
		card.Columns = append(card.Columns, "Target")
	}
}

// beside adds to a card the footprints that it can be compared with.
func (c placeView) beside(ctx context.Context, card *Card, m *catalog.Measure, s figures.Area, asOf figures.Moment) error {
	peers, err := c.figures.Peers(ctx, asOf, m, s)
	if err != nil || len(peers.Nearest) == 0 {
		return err
	}
	chosen := wording.AsNumber
	if peers.Rated {
		chosen = wording.AsRate
	}
	var features []string
	for _, f := range peers.Features {
		if f.LeftOut.Code == "" && !slices.Contains(features, wording.Aspects[f.Aspect]) {
			features = append(features, wording.Aspects[f.Aspect])
		}
	}
	card.BesideWords = wording.Peers(peers, features, chosen)
	for _, p := range append([]figures.PeerPlace{peers.Itself}, peers.Nearest...) {
		card.Beside = append(card.Beside, BesideRow{
			p.Area.Name, cardURL(p.Area.Code, m, asOf),
			c.figure(m, chosen, p.Latest, p.Area.Code, asOf), p.Area.Code == s.Code,
		})
	}
	return nil
}

func plainLimit(m *catalog.Measure, x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return wording.Plain(m, decimal.NewFromFloat(x))
}

// targetLine is how a figure stands against the target that governs its period.
func targetLine(j measure.Judgement, words string) TargetLine {
	return TargetLine{
		Title:  j.Target.Title,
		State:  string(j.State),
		Words:  words,
		Note:   j.Target.Note,
		Source: j.Target.Citation.Title,
		URL:    j.Target.Citation.URL,
	}
}

// resultLine is how a figure came out by a target that does not govern its period: it has one state, by the one that does.
func resultLine(j measure.Judgement, words string) TargetLine {
	return TargetLine{Title: j.Target.Title, Words: words, Note: j.Target.Note, Source: j.Target.Citation.Title, URL: j.Target.Citation.URL}
}

// outcome is how a target came out in the period in which it was due, where that has passed.
func outcome(m *catalog.Measure, points []measure.Point, j measure.Judgement, latest measure.Point) TargetLine {
	due := j.Target.Due()
	if due.Start.After(latest.Period.Start) {
		return resultLine(j, wording.ResultSentence(m, j, latest, false))
	}
	at, ok := measure.At(points, due.Start)
	if !ok {
		at = measure.Point{Period: due}
	}
	then := measure.Judge([]*catalog.Target{j.Target}, points, at)[0]
	return resultLine(then, wording.ResultSentence(m, then, at, true))
}
