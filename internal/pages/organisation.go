package pages

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

// OrganisationPage is one organisation: what it is and was part of, what it came from and became, and its own figures.
type OrganisationPage struct {
	Shell
	Code, Name, Kind string
	ONSCodes         []string
	Sentence         string
	Memberships      []MembershipRow
	Money            []Link // pages of the money of its footprints, where it has a part in that
	Predecessors     []SuccessionRow
	Successors       []SuccessionRow
	Themes           []OrganisationTheme
	NoFigures        string // a sentence shown instead of the measures where there are none
}

// MembershipRow places an organisation, or a share of it, in a footprint for a time.
type MembershipRow struct {
	Place       Link   // without a URL of what is in no single footprint
	Share       string // "14.4%, so its figures there are estimates"
	From, Until string // in words; the first and the last day
	Source      string
}

// SuccessionRow is an organisation that came before or after, and since when.
type SuccessionRow struct {
	Organisation Link // without a URL where nothing is known of it
	Code         string
	On           string
	Share        string
	Source       string
}

// OrganisationTheme is the measures about one thing.
type OrganisationTheme struct {
	ID, Name string
	Rows     []OrganisationMeasure
}

// OrganisationMeasure is a measure of an organisation, by its latest figure.
type OrganisationMeasure struct {
	ID          string
	Measure     Link
	Unit        string
	Latest      Figure
	Period, Age string // of the latest figure
	LastWhole   string // a sentence, where the latest is none
	Line        SmallLine
	Downloads   Downloads
}

// organisationView composes the page of one organisation.
type organisationView struct{ placePages }

// Organisation composes the page of one organisation.
func (c placePages) Organisation(ctx context.Context, o footprint.Organisation, asOf figures.Moment) (OrganisationPage, error) {
	r := c.directory.Reference
	page := OrganisationPage{Shell: c.shell(o.Name, "footprints", asOf), Code: o.Code, Name: o.Name, Kind: wording.Kinds(o), ONSCodes: r.ONSCodes(o.Code)}
	ended, _ := r.Ended(o.Code)
	page.Sentence = wording.Organisation(o, ended)
	v := organisationView{c}
	for _, m := range r.MembershipsOf(o.Code) {
		page.Memberships = append(page.Memberships, v.membership(m, ended, asOf))
	}
	page.Money = c.moneyOf(o, asOf)
	for _, s := range r.SuccessionsTo(o.Code) {
		page.Predecessors = append(page.Predecessors, v.succession(s.Organisation, s, asOf))
	}
	for _, s := range r.Successions(o.Code) {
		page.Successors = append(page.Successors, v.succession(s.Successor, s, asOf))
	}
	points, err := c.figures.OrganisationMeasures(ctx, asOf, o)
	if err != nil {
		return page, err
	}
	for _, section := range c.directory.Catalog.Sections(catalog.FootprintPage) {
		theme := OrganisationTheme{ID: anchor(section.Theme), Name: wording.Capital(section.Theme)}
		for _, m := range section.Measures() {
			if of := points[m.ID]; len(of) > 0 {
				theme.Rows = append(theme.Rows, v.row(m, o, of, asOf))
			}
		}
		if len(theme.Rows) > 0 {
			page.Themes = append(page.Themes, theme)
		}
	}
	if len(page.Themes) == 0 {
		page.NoFigures = wording.NoOrganisationFigures(o)
		if asOf.Incomplete() {
			page.NoFigures = wording.NotLoadedYet + "."
		}
	}
	return page, nil
}

func (c organisationView) membership(m footprint.Membership, ended time.Time, asOf figures.Moment) MembershipRow {
	until := m.To
	if until.IsZero() || !ended.IsZero() && ended.Before(until) {
		until = ended
	}
	row := MembershipRow{
		Place:  Link{Text: wording.Unplaced},
		From:   wording.FirstDay(m.From),
		Until:  wording.LastDay(until),
		Source: m.Source,
		Share:  wording.MembershipShare(m),
	}
	if m.Footprint != footprint.Unallocated {
		row.Place = c.placeLink(m.Footprint, asOf)
	}
	return row
}

func (c organisationView) succession(other string, s footprint.Succession, asOf figures.Moment) SuccessionRow {
	row := SuccessionRow{
		Organisation: Link{Text: c.directory.OrganisationName(other)},
		Code:         other,
		On:           wording.Day(s.From),
		Share:        wording.SuccessionShare(s),
		Source:       s.Source,
	}
	if _, known := c.directory.Reference.Organisation(other); known {
		row.Organisation.URL = organisationURL(other, asOf)
	}
	return row
}

// row is a measure by its latest figure, with its course.
func (c organisationView) row(m *catalog.Measure, o footprint.Organisation, points []measure.Point, asOf figures.Moment) OrganisationMeasure {
	points = measure.Fill(points)
	last := points[len(points)-1]
	row := OrganisationMeasure{
		ID:        m.ID,
		Measure:   Link{Text: m.Title, URL: measureURL(m, asOf)},
		Unit:      wording.UnitHeading(m, wording.AsNumber),
		Latest:    c.figure(m, wording.AsNumber, last, o.Code, asOf),
		Period:    last.Period.Words(),
		Age:       wording.Age(last.Period, c.moments.Reading(asOf)),
		Line:      ownLine(m, o, points),
		Downloads: downloads("/api/v1/series", "measure", m.ID, "org", o.Code, "as_of", asOf.Text),
	}
	if row.Latest.ProvenanceURL != "" {
		row.Latest.ProvenanceURL = address("/provenance", "measure", m.ID, "org", o.Code, "period", last.Period.String(), "as_of", asOf.Text)
	}
	if !last.Value.Valid {
		row.LastWhole = wording.LastWhole(m, points, last.Period)
	}
	return row
}

// ownLine draws the course of one organisation's figures on a scale of its own. It breaks where a figure is missing or something else is counted.
func ownLine(m *catalog.Measure, o footprint.Organisation, points []measure.Point) SmallLine {
	line := SmallLine{Code: o.Code, Name: o.Name}
	var first, last, lowest, highest *measure.Point
	missing := 0
	for i := range points {
		p := &points[i]
		if !p.Value.Valid {
			missing++
			continue
		}
		if first == nil {
			first, lowest, highest = p, p, p
		}
		last = p
		if p.Value.Decimal.LessThan(lowest.Value.Decimal) {
			lowest = p
		}
		if p.Value.Decimal.GreaterThan(highest.Value.Decimal) {
			highest = p
		}
	}
	if first == nil || len(points) < 2 {
		line.Label = fmt.Sprintf("%s: too few figures to draw.", m.Title)
		return line
	}
	low, high := math.Min(0, lowest.Value.Decimal.InexactFloat64()), highest.Value.Decimal.InexactFloat64()
	if m.Unit == catalog.Share {
		low = lowest.Value.Decimal.InexactFloat64()
	}
	if high <= low {
		high = low + 1
	}
	var path strings.Builder
	drawing := false
	for i, p := range points {
		if !p.Value.Valid || i > 0 && m.BreaksWithin(points[i-1].Period, p.Period) {
			drawing = false
		}
		if !p.Value.Valid {
			continue
		}
		x := lineMargin + (lineWidth-2*lineMargin)*float64(i)/float64(len(points)-1)
		y := lineHeight - lineMargin - (lineHeight-2*lineMargin)*(p.Value.Decimal.InexactFloat64()-low)/(high-low)
		stroke(&path, drawing, x, y)
		drawing = true
		if p.Period == last.Period {
			line.X, line.Y = fmt.Sprintf("%.1f", x), fmt.Sprintf("%.1f", y)
		}
	}
	line.Path = path.String()
	at := func(p *measure.Point) string { return wording.PointValue(m, *p) + " " + wording.InPeriod(p.Period) }
	line.Label = wording.Line(m.Title, at(first), at(last), at(lowest), at(highest), missing)
	return line
}
