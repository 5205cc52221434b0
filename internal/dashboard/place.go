package dashboard

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/sync/errgroup"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/spc"
)

// Footprint composes the page of one place: each measure that the page shows as a card.
func (c *Composer) Footprint(ctx context.Context, s figures.Area, asOf figures.Moment) (FootprintPage, error) {
	page := FootprintPage{Shell: c.shell(s.Name, "footprints", asOf), Code: s.Code, Name: s.Name}
	shown := slices.DeleteFunc(c.directory.Catalog.Shown(catalog.FootprintPage), func(m *catalog.Measure) bool { return !figures.Stated(m, s) })
	points, err := c.figures.PointsOf(ctx, asOf, shown)
	if err != nil {
		return page, err
	}
	if page.RegisteredPatients, err = c.registered(ctx, asOf, s); err != nil {
		return page, err
	}
	if s.Footprint != nil {
		page.ODSCode, page.Region = s.Footprint.ODSCode, regionLink(s.Footprint.Region, asOf)
		page.Sentence = fmt.Sprintf("One of the 44 Sustainability and Transformation Plan footprints, in the region %s.", s.Footprint.Region.Name)
	} else if s.Code == footprint.England {
		page.Sentence = "All organisations of England, those in no single footprint among them."
	} else {
		page.Sentence = "Organisations that serve several footprints or the whole country, and those of which no published list says the footprint. They are part of England and of no footprint."
	}
	for i, f := range c.directory.Reference.Footprints() {
		page.Footprints[i].Current = f.Code == s.Code
	}
	all := make([]Card, len(shown))
	cards, together := errgroup.WithContext(ctx)
	cards.SetLimit(4)
	for i, m := range shown {
		cards.Go(func() error {
			standings, err := c.figures.Standings(together, asOf, m, catalog.Period{})
			if err != nil {
				return err
			}
			all[i], err = c.card(together, m, s, points[m.ID][s.Code], standings.Of(m, s), asOf)
			return err
		})
	}
	if err := cards.Wait(); err != nil {
		return page, err
	}
	for _, section := range c.directory.Catalog.Sections(catalog.FootprintPage) {
		theme := Theme{ID: themeID(section), Name: capital(section.Theme)}
		for _, m := range section.Measures() {
			switch i := slices.Index(shown, m); {
			case i < 0:
			case all[i].NoData != "":
				theme.Waiting = append(theme.Waiting, all[i])
			default:
				theme.Cards = append(theme.Cards, all[i])
			}
		}
		if len(theme.Cards)+len(theme.Waiting) > 0 {
			page.Themes = append(page.Themes, theme)
		}
	}
	if err := c.claimsOf(ctx, &page, s, asOf); err != nil {
		return page, err
	}
	if s.Footprint != nil {
		var on time.Time
		for _, m := range shown {
			if latest := figures.LatestPeriod(points[m.ID], m.Grain); latest.Start.After(on) {
				on = latest.Start
			}
		}
		for _, o := range c.directory.Reference.Members(s.Code, on) {
			page.Organisations = append(page.Organisations, Organisation{o.Code, o.Name, string(o.Kind)})
		}
	}
	return page, nil
}

// themeID names a theme within a page.
func themeID(s catalog.Section) string { return strings.ReplaceAll(s.Theme, " ", "-") }

// registered is the number of patients registered in a place.
func (c *Composer) registered(ctx context.Context, asOf figures.Moment, s figures.Area) (Figure, error) {
	unknown := Figure{Text: "not known", Missing: true, Reason: "The number of registered patients is not known."}
	m, known := c.directory.Catalog.Measure(figures.RegisteredPatientsID)
	if !known {
		return unknown, nil
	}
	patients, err := c.figures.Points(ctx, asOf, m)
	if p, ok := measure.At(patients[s.Code], figures.RegisteredQuarter); ok {
		return c.figure(m, asNumber, p, s.Code, asOf), err
	}
	return unknown, err
}

func (c *Composer) card(ctx context.Context, m *catalog.Measure, s figures.Area, points []measure.Point, now figures.Standing, asOf figures.Moment) (Card, error) {
	card := Card{
		ID: m.ID, Title: m.Title, Unit: unitHeading(m, asNumber), ChartKind: "line", ChartFormat: chartFormat(m),
		Downloads: seriesDownloads(m, s.Code, asOf), About: c.about(m, asOf), Template: c.templates(m, s),
	}
	if m.Grain == catalog.FinancialYear || m.Grain == catalog.CalendarYear {
		card.ChartKind = "column"
	}
	if m.Unit == catalog.Number {
		card.Counted = m.Counted
	}
	if len(points) == 0 {
		card.NoData = c.noFigures(m, asOf, fmt.Sprintf("No organisation of %s is listed in what is loaded for this measure.", s.Name))
		return card, nil
	}
	points = measure.Fill(points)
	card.Columns = []string{"Period", unitHeading(m, asNumber)}
	if card.HasParts = m.Ratio(); card.HasParts {
		card.Columns = append(card.Columns, "Numerator", "Denominator")
	}
	if card.HasRate = m.PerThousand && s.Code != footprint.Unallocated; card.HasRate {
		card.Columns = append(card.Columns, "Per 1,000 registered patients")
	}
	for _, p := range points {
		point := Point{Period: p.Period.Words(), PeriodID: p.Period.String(), Value: c.figure(m, asNumber, p, s.Code, asOf)}
		if m.Ratio() {
			point.Numerator, point.Denominator = "not reported", "not reported"
			if p.Numerator.Valid && p.Denominator.Valid {
				point.Numerator, point.Denominator = count(p.Numerator.Decimal), count(p.Denominator.Decimal)
			}
		}
		if card.HasRate {
			point.Rate = c.figure(m, asRate, p, s.Code, asOf)
			point.Rate.ProvenanceURL = ""
		}
		for _, b := range m.Breaks {
			if b.From == point.PeriodID {
				point.BreakNote = b.Note
			}
		}
		card.Points = append(card.Points, point)
	}
	c.signalled(&card, m, s, points, now)
	last := points[len(points)-1]
	card.Latest, card.Period = card.Points[len(points)-1].Value, last.Period.Words()
	card.Finding, card.Sentence = cardFinding(m, points)
	card.Sentence = strings.TrimSpace(card.Sentence + " " + stoppedWords(now.Stopped, c.directory.OrganisationName))
	if !last.Complete && last.Organisations > 0 && m.Base() == nil {
		cells, err := c.figures.Cells(ctx, asOf, m, []string{s.Code}, figures.Range{From: last.Period.Start, To: last.Period.Start})
		if err != nil {
			return card, err
		}
		card.Lacking = lacking(cells, c.directory.OrganisationName)
	}
	if len(card.Targets) > 0 {
		o, err := c.figures.Outlook(ctx, asOf, m, s, catalog.Period{})
		if err != nil {
			return card, err
		}
		past := len(o.Periods) > 0 && !o.Periods[len(o.Periods)-1].End().After(c.moments.Reading(asOf))
		card.Outlook = outlookSentence(m, o, past)
	}
	if s.Footprint != nil {
		if err := c.beside(ctx, &card, m, s, asOf); err != nil {
			return card, err
		}
	}
	var err error
	card.Freshness, err = c.freshness(ctx, asOf, last)
	return card, err
}

// signalled adds to a card what its figures tell: signs, targets and rank, and to its points the process limits.
func (c *Composer) signalled(card *Card, m *catalog.Measure, s figures.Area, points []measure.Point, now figures.Standing) {
	card.Variation, card.Assurance = VariationSign(now.Signal, c.directory.Named), assuranceSign(m, now.Signal)
	if now.Signal == nil {
		return
	}
	targets := c.directory.TargetsOf(m, s)
	for _, j := range now.Signal.Judgements {
		switch {
		case j.Governs:
			words := stateSentence(m, j, now.Period)
			if far := shortfall(m, targets, points, now.Period); far != "" {
				words += " " + capital(far) + "."
			}
			card.Targets = append(card.Targets, targetLine(j, words))
		case j.Asked.Valid:
			card.OtherTargets = append(card.OtherTargets, resultLine(j, resultSentence(m, j, now.Period, decimal.NullDecimal{})))
		default:
			card.OtherTargets = append(card.OtherTargets, outcome(m, points, j, now.Period))
		}
	}
	if now.Rank > 0 && now.Of > 1 {
		card.Ranked = fmt.Sprintf("%s it ranked %d of %d footprints, 1 being the lowest%s.", onPeriod(now.Period), now.Rank, now.Of,
			map[bool]string{true: " per 1,000 registered patients"}[m.PerThousand])
	}
	limits := map[string]spc.Point{}
	chart := now.Signal.Chart
	for i, p := range chart.Points {
		limits[p.Period.String()] = chart.Chart.Points[i]
	}
	if card.HasLimits = slices.ContainsFunc(chart.Groups, func(g spc.Group) bool { return !math.IsNaN(g.UPL) && !g.Short }); card.HasLimits {
		card.Columns = append(card.Columns, "Signal")
	}
	turned := map[string]string{}
	for _, t := range now.Signal.Breaks {
		turned[t.From.String()] = capital(claim.MembershipWords(t, c.directory.Named)) + "."
	}
	for i := range card.Points {
		p := &card.Points[i]
		p.BreakNote = strings.TrimSpace(p.BreakNote + " " + turned[p.PeriodID])
		if governing, _ := measure.Governing(measure.Judge(targets, points, points[i])); governing.Asked.Valid {
			p.Asked, p.Target, card.HasTarget = plain(m, governing.Asked.Decimal), written(m, governing.Asked.Decimal), true
		}
		at, ok := limits[p.PeriodID]
		if !ok || !card.HasLimits || chart.Groups[at.Group].Short {
			continue
		}
		p.Mean, p.Lower, p.Upper = plainLimit(m, at.Mean), plainLimit(m, at.LPL), plainLimit(m, at.UPL)
		p.Type, p.Signal = string(at.Type), at.Cause.Words()
		if len(m.Events(points[i].Period)) > 0 {
			p.Type, p.Signal = "known_event", "Known event"
		}
	}
	if card.HasTarget {
		card.Columns = append(card.Columns, "Target")
	}
}

// beside adds to a card the footprints that it can be compared with.
func (c *Composer) beside(ctx context.Context, card *Card, m *catalog.Measure, s figures.Area, asOf figures.Moment) error {
	peers, err := c.figures.Peers(ctx, asOf, m, s)
	if err != nil || len(peers.Nearest) == 0 {
		return err
	}
	chosen := asNumber
	if peers.Rated {
		chosen = asRate
	}
	var features []string
	for _, f := range peers.Features {
		if f.LeftOut.Code == "" && !slices.Contains(features, aspectWords[f.Aspect]) {
			features = append(features, aspectWords[f.Aspect])
		}
	}
	card.BesideWords = fmt.Sprintf("The five footprints most like it in %s, the most alike first: %s, %s.", list(features), unitHeading(m, chosen), peers.Period.Words())
	for _, p := range append([]figures.PeerPlace{peers.Itself}, peers.Nearest...) {
		card.Beside = append(card.Beside, BesideRow{p.Scope.Name, footprintURL(p.Scope.Code, asOf) + "#" + m.ID,
			c.figure(m, chosen, p.Latest, p.Scope.Code, asOf), p.Scope.Code == s.Code})
	}
	return nil
}

var aspectWords = map[string]string{"size": "registered patients", "age": "the shares aged 65 and 75 and over", "baseline": "the level of this measure in its first year"}

func plainLimit(m *catalog.Measure, x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return plain(m, decimal.NewFromFloat(x))
}

// targetLine is how a figure stands against the target that governs its period.
func targetLine(j measure.Judgement, words string) TargetLine {
	return TargetLine{Title: j.Target.Title, State: string(j.State), Words: words, Note: j.Target.Note, Source: j.Target.Citation.Title, URL: j.Target.Citation.URL}
}

// resultLine is how a figure came out by a target that does not govern its period: it has one state, by the one that does.
func resultLine(j measure.Judgement, words string) TargetLine {
	return TargetLine{Title: j.Target.Title, Words: words, Note: j.Target.Note, Source: j.Target.Citation.Title, URL: j.Target.Citation.URL}
}

// outcome is how a target came out in the period in which it was due, where that has passed.
func outcome(m *catalog.Measure, points []measure.Point, j measure.Judgement, latest catalog.Period) TargetLine {
	due := j.Target.Due()
	if due.Start.After(latest.Start) {
		return resultLine(j, resultSentence(m, j, latest, decimal.NullDecimal{}))
	}
	at, ok := measure.At(points, due.Start)
	if !ok {
		at = measure.Point{Period: due}
	}
	then := measure.Judge([]*catalog.Target{j.Target}, points, at)[0]
	return resultLine(then, resultSentence(m, then, due, at.Value))
}

// cardFinding states the latest figure, the change on the year before and the range of the series.
func cardFinding(m *catalog.Measure, points []measure.Point) (finding, sentence string) {
	last := points[len(points)-1]
	var parts []string
	if !last.Value.Valid {
		finding = fmt.Sprintf("No figure for %s", last.Period.Words())
		if partial := partialWords(m, last); partial != "" {
			finding = fmt.Sprintf("A partial figure %s: %s", lowerFirst(onPeriod(last.Period)), partial)
		}
		if whole := lastWhole(m, points, last.Period); whole != "" {
			parts = append(parts, whole)
		}
	} else {
		finding = fmt.Sprintf("%s %s", written(m, last.Value.Decimal), lowerFirst(onPeriod(last.Period)))
		before, _ := measure.At(points, last.Period.YearBefore().Start)
		if change := measure.Change(m, last.Value, before.Value); change.Valid {
			finding += ", " + comparison(m, before.Value.Decimal, change.Decimal)
			parts = append(parts, fmt.Sprintf("%s the figure was %s.", onPeriod(before.Period), written(m, before.Value.Decimal)))
		}
	}
	if last.Value.Valid {
		parts = append(parts, m.Events(last.Period)...)
	}
	var lowest, highest *measure.Point
	missing, absent := 0, 0
	for i := range points {
		p := &points[i]
		if !p.Value.Valid {
			switch {
			case p.Organisations == 0:
				absent++
			case !p.Complete:
				missing++
			}
			continue
		}
		if lowest == nil || p.Value.Decimal.LessThan(lowest.Value.Decimal) {
			lowest = p
		}
		if highest == nil || p.Value.Decimal.GreaterThan(highest.Value.Decimal) {
			highest = p
		}
	}
	if lowest != nil && written(m, highest.Value.Decimal) != written(m, lowest.Value.Decimal) {
		parts = append(parts, fmt.Sprintf("From %s until %s it lay between %s (%s) and %s (%s).", points[0].Period.Words(), last.Period.Words(),
			written(m, lowest.Value.Decimal), lowest.Period.Words(), written(m, highest.Value.Decimal), highest.Period.Words()))
	}
	if missing > 0 {
		parts = append(parts, fmt.Sprintf("%s without a figure, because an organisation did not report.", plural(missing, "period is", "periods are")))
	}
	if absent > 0 {
		parts = append(parts, fmt.Sprintf("Nothing is loaded for %s between.", plural(absent, "period", "periods")))
	}
	return finding, strings.Join(parts, " ")
}
