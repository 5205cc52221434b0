package pages

import (
	"context"
	"fmt"
	"slices"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/register"
	"stpdash/internal/review"
)

// parts are what several pages are made of.
type parts struct {
	directory *figures.Directory
	moments   *figures.Moments
	figures   *figures.Figures
	loads     *figures.Loads
	register  *register.Register
	reviewer  *review.Reviewer
	schedule  func(ctx context.Context) ([]load.Entry, error)
	version   string
	feedback  string // where readers can write to
	acts      Acts
	prints    bool // pages are printed as PDF
}

func (c *parts) titles(ids []string) []string {
	var titles []string
	for _, id := range ids {
		if m, ok := c.directory.Catalog.Measure(id); ok {
			id = m.Title
		}
		titles = append(titles, id)
	}
	return titles
}

// changedTable counts by measure and cause, in the order of the catalog.
func (c *parts) changedTable(counts []figures.ChangeCount, asOf figures.Moment) ChangedTable {
	var table ChangedTable
	var causes []figures.Cause
	var sum uint64
	of := map[string]map[figures.Cause]uint64{}
	for _, n := range counts {
		if !slices.Contains(causes, n.Cause) {
			causes = append(causes, n.Cause)
			table.Causes = append(table.Causes, wording.Causes[n.Cause])
		}
		if of[n.Measure] == nil {
			of[n.Measure] = map[figures.Cause]uint64{}
		}
		of[n.Measure][n.Cause] = n.Figures
		sum += n.Figures
	}
	for _, m := range c.directory.Catalog.Measures {
		if of[m.ID] == nil {
			continue
		}
		row := ChangedMeasure{Measure: Link{Text: m.Title, URL: measureURL(m, asOf)}}
		for _, cause := range causes {
			row.Figures = append(row.Figures, wording.Grouped(wording.DecimalOf(of[m.ID][cause]), 0))
		}
		table.Rows = append(table.Rows, row)
	}
	table.Total = wording.Grouped(wording.DecimalOf(sum), 0)
	return table
}

// revised writes a figure that differs.
func (c *parts) revised(change figures.FigureChange, from, to figures.Moment) RevisedRow {
	m, _ := c.directory.Catalog.Measure(change.Measure) // found when the change was
	return RevisedRow{
		Cause: wording.Causes[change.Cause], Measure: Link{Text: m.Title, URL: measureURL(m, to)},
		Place: Link{Text: change.Area.Name, URL: cardURL(change.Area.Code, m, to)}, Period: change.Period.Words(),
		Before: c.stood(m, change, change.Before, from), After: c.stood(m, change, change.After, to),
		Load: Link{Text: fmt.Sprintf("load %d", change.Load), URL: loadURL(change.Load, to)}, File: change.File,
	}
}

// stood writes what a figure was at a moment.
func (c *parts) stood(m *catalog.Measure, change figures.FigureChange, stand figures.Stand, asOf figures.Moment) Figure {
	if !stand.Exists || len(stand.Missing) > 0 || !stand.Numerator.Valid && m.WeightedBy == catalog.NotCombined {
		f := Figure{Text: "no figure", Missing: true}
		if stand.Exists && len(stand.Missing) > 0 {
			f.Text, f.ProvenanceURL = wording.Capital(wording.DescribeFigure(stand)), provenanceURL(m, change.Area.Code, change.Period, asOf)
		}
		return f
	}
	p := measure.NewPoint(
		m,
		measure.Value{Period: change.Period.Start, Numerator: stand.Numerator, Denominator: stand.Denominator, Organisations: 1},
		measure.People{},
	)
	f := c.figure(m, wording.AsNumber, p, change.Area.Code, asOf)
	f.Reason = wording.DescribeFigure(stand)
	if m.DividedByOwnPeriods() { // the people are a figure of their own
		f.Text, f.Missing = f.Reason+" "+m.Counted, false
	}
	if !m.Counts() {
		f.Reason = ""
	}
	if stand.Estimate {
		f.Text += wording.EstimateMark
	}
	return f
}

// figure writes a point on a scale.
func (c *parts) figure(m *catalog.Measure, s wording.Scale, p measure.Point, place string, asOf figures.Moment) Figure {
	value := s.Pick(p)
	f := Figure{ProvenanceURL: provenanceURL(m, place, p.Period, asOf)}
	if value.Valid {
		f.Text, f.Plain, f.Reason = wording.PointText(m, s, p), value.Decimal.Round(4).String(), wording.Estimate(m, p, c.directory.Named)
		if s == wording.AsNumber {
			f.Plain = wording.Plain(m, value.Decimal)
		}
		f.Short = wording.PointShort(m, s, p)
		return f
	}
	if p.Organisations == 0 {
		f.ProvenanceURL = ""
	}
	f.Missing = true
	f.Text, f.Reason = wording.NoFigure(m, s, p, place, c.directory)
	if p.Organisations == 0 && asOf.Waits(m) {
		f.Text, f.Reason = wording.LowerFirst(wording.NotLoadedYet), ""
	}
	return f
}

func (c *parts) changeFigure(m *catalog.Measure, s figures.LatestFigure) Figure {
	if s.Change.Valid {
		return Figure{Text: wording.Changed(m, s.Change.Decimal), Plain: s.Change.Decimal.Round(4).String()}
	}
	return Figure{Text: "not stated", Missing: true, Reason: wording.NoChange(s, c.directory.Named)}
}

func (c *parts) shell(title, section string, asOf figures.Moment, hidden ...string) Shell {
	shell := Shell{
		Title:            title,
		Section:          section,
		Pin:              asOf.Pin,
		Stood:            wording.Stood(asOf.Stood),
		Date:             asOf.Stood.At,
		AsOf:             asOf.Text,
		Keeps:            asOf.Text,
		AsOfWords:        wording.AsOf(asOf),
		Version:          c.version,
		HomeURL:          address("/", "as_of", asOf.Text),
		ClaimsURL:        address("/claims", "as_of", asOf.Text),
		DataURL:          address("/data", "as_of", asOf.Text),
		LoadsURL:         address("/loads", "as_of", asOf.Text),
		DownloadsURL:     address("/downloads", "as_of", asOf.Text),
		MethodURL:        address("/method", "as_of", asOf.Text),
		HelpURL:          helpURL("", asOf),
		WordsURL:         helpURL("words", asOf),
		AnswersURL:       address("/responsibilities", "as_of", asOf.Text),
		ChangesURL:       helpURL(changesTopic, asOf),
		AccessibilityURL: helpURL("accessibility", asOf),
		FeedbackURL:      c.feedback,
		ReviewURL:        address("/review", "as_of", asOf.Text),
		SuchDay:          c.moments.Now().In(figures.London).Format(time.DateOnly),
		CanSignIn:        c.acts.Log != nil && c.acts.Log.Peopled(),
	}
	if asOf.Incomplete() {
		shell.Loading, shell.Pin = wording.Loading(asOf.Loading), "" // what will be there in a moment is not to be kept as it is
	}
	if asOf.Stood.Load > 0 {
		shell.SuchLoad = asOf.Pin
	}
	for i := 0; i+1 < len(hidden); i += 2 {
		if hidden[i+1] != "" {
			shell.AsOfHidden = append(shell.AsOfHidden, Parameter{hidden[i], hidden[i+1]})
		}
	}
	for _, f := range c.directory.Reference.Footprints() {
		shell.Footprints = append(shell.Footprints, Link{Text: f.Name, URL: footprintURL(f.Code, asOf)})
	}
	return shell
}

// takeAway is what a page at a path can be taken away as.
func (c *parts) takeAway(path string, pairs ...string) TakeAway {
	t := TakeAway{Print: true, Slides: address(path+"/slides.pptx", pairs...)}
	if c.prints {
		t.PDF = address(path+"/page.pdf", pairs...)
	}
	return t
}

func (c *parts) about(m *catalog.Measure, asOf figures.Moment) About {
	about := About{
		URL:       measureURL(m, asOf),
		MeasureID: m.ID, Title: m.Title, Definition: m.Definition, Unit: wording.UnitHeading(m, wording.AsNumber),
		Direction: wording.Direction(m.Direction), Caveats: m.Caveats, DefinitionHash: m.Hash(),
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
		if s, ok := c.directory.Catalog.Source(id); ok {
			about.Sources = append(about.Sources, Source{s.Title, s.Publisher, s.URL, s.Licence, s.Attribution})
		}
	}
	return about
}

// chartFormat is how a chart writes the measure's values.
func chartFormat(m *catalog.Measure) string {
	switch m.Unit {
	case catalog.Share:
		return "percent"
	case catalog.GBP:
		return "gbp"
	}
	return "number"
}

// choosePeriod is the period that a reader asks for, the latest without one, and the links to the periods with figures, newest first. Where
// there are no figures it is zero.
func (c *parts) choosePeriod(m *catalog.Measure, periods []catalog.Period, text string) (at catalog.Period, choices []Link, err error) {
	if text != "" {
		if at, err = c.directory.ReadPeriod("period", text, m); err != nil {
			return at, nil, err
		}
	}
	if len(periods) == 0 {
		return at, nil, nil
	}
	latest := periods[len(periods)-1]
	if text == "" {
		at = latest
	}
	if !slices.Contains(periods, at) {
		return at, nil, &figures.InputError{Parameter: "period", Value: text, Accepted: fmt.Sprintf("one with figures, from %s to %s", periods[0], latest)}
	}
	for _, p := range slices.Backward(periods) {
		choices = append(choices, Link{Text: p.Words(), Value: p.String(), Current: p == at})
	}
	return at, choices, nil
}

// freshness says which load the newest cells beneath a figure came with.
func (c *parts) freshness(ctx context.Context, asOf figures.Moment, p measure.Point) (Freshness, error) {
	l, err := c.loads.LoadOf(ctx, asOf, p)
	return Freshness{
		LatestPeriod: p.Period.Words(),
		LoadID:       l.ID,
		LoadURL:      loadURL(l.ID, asOf),
		LoadedAt:     l.At,
		LoadedWords:  wording.Moment(l.At),
		File:         l.File,
	}, err
}

// NewestFirst is how the table is read.
func (c Card) NewestFirst() []Point {
	points := slices.Clone(c.Points)
	slices.Reverse(points)
	return points
}

func (c *parts) componentTitle(id string) string {
	if m, ok := c.directory.Catalog.Measure(id); ok {
		return m.Title
	}
	return id
}

// placesOf are those that a claim is about.
func (c *parts) placesOf(places []string, asOf figures.Moment) []Link {
	var links []Link
	for _, code := range places {
		if code == catalog.EnglandPlace {
			code = footprint.England
		}
		links = append(links, c.placeLink(code, asOf))
	}
	return links
}

// placeLink leads to the page of a place.
func (c *parts) placeLink(code string, asOf figures.Moment) Link {
	link := Link{Text: c.directory.NameOf(code), URL: footprintURL(code, asOf)}
	if _, err := c.directory.FindArea(code); err == nil {
		return link
	}
	if link.URL = footprintURL(footprint.Unallocated, asOf); c.known(code) {
		link.URL = organisationURL(code, asOf)
	}
	return link
}

// known tells whether an organisation has a page.
func (c *parts) known(code string) bool {
	_, ok := c.directory.Reference.Organisation(code)
	return ok
}

// claimGroups are claims by their verdicts, the firmest first.
func (c *parts) claimGroups(all []register.Tested, asOf figures.Moment) []ClaimGroup {
	var groups []ClaimGroup
	for _, v := range claim.Verdicts {
		g := ClaimGroup{ID: anchor(string(v)), Verdict: verdictTag(v), Words: wording.VerdictMeanings[v]}
		for _, t := range all {
			if t.Result.Verdict == v {
				g.Rows = append(g.Rows, c.claimRow(t, asOf))
			}
		}
		if len(g.Rows) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

func (c *parts) claimRow(t register.Tested, asOf figures.Moment) ClaimRow {
	r := t.Result
	m, _ := c.directory.Catalog.Measure(t.Measure) // the catalog refuses claims about others
	row := ClaimRow{
		Title: t.Title, URL: claimURL(t.ID, asOf), Places: c.placesOf(t.Places, asOf), Claimant: t.Claimant, Kind: wording.ClaimKinds[t.Kind],
		Claimed: wording.ClaimedSize(t.Claim, m), Seen: wording.SeenEffect(r, m),
	}
	if len(r.Reasons) > 0 {
		row.Reason = wording.Capital(wording.ClaimsBy(c.directory).Reason(r.Reasons[0])) + "."
	}
	if t.Pounds().Valid {
		row.Pounds, row.PoundsPlain = wording.Pounds(t.Pounds().Decimal), t.Pounds().Decimal.String()
		if p := r.Pounds; p != nil && p.Evidenced != "" && slices.Contains(answering, r.Verdict) {
			row.PoundsEvidenced, row.EvidencedPlain = wording.PoundsOf(p.Evidenced), p.Evidenced
		}
	}
	return row
}

// templates are the addresses of a measure's template, none where a publication states it or the place is to return nothing.
func (c *parts) templates(m *catalog.Measure, s figures.Area) Downloads {
	if !c.directory.Catalog.Returned(m) || s.Code == footprint.Unallocated {
		return Downloads{}
	}
	place := s.Code
	if s.Footprint == nil {
		place = "" // all of England
	}
	d := downloads("/api/v1/templates", "measure", m.ID, "footprint", place)
	d.JSON = ""
	return d
}

// noFigures says why a measure has none at all.
func (c *parts) noFigures(m *catalog.Measure, asOf figures.Moment, otherwise string) string {
	switch {
	case asOf.Waits(m):
		return wording.NotLoadedYet + "."
	case asOf.Pin == "" && asOf.Text != "":
		return "Nothing had been loaded by then."
	case c.directory.Catalog.Returned(m):
		waits := "No figures yet: this measure waits for a local return."
		if m.ReturnedFrom != "" {
			waits += " It would come from " + m.ReturnedFrom + "."
		}
		return waits
	}
	return otherwise
}
