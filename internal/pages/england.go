package pages

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

// EnglandQuery is what a reader chose on the England page; empty fields take their defaults.
type EnglandQuery struct {
	Measure string
	Period  string // of the measure's grain; the latest without it
	Scale   string // "number" or "per_1000"
	Colour  string // what colours the map: "value", "change", "target" or "variation"
	Sort    string // "footprint", "region", "value", "before" or "change"
	Order   string // "asc" or "desc"
}

// England composes the 44 side by side for one measure.
func (c placePages) England(ctx context.Context, q EnglandQuery, asOf figures.Moment) (EnglandPage, error) {
	m, err := c.figures.MeasureAsOf(ctx, cmp.Or(q.Measure, c.directory.Catalog.Shown(catalog.EnglandPage)[0].ID), asOf)
	if err != nil {
		return EnglandPage{}, err
	}
	chosen, err := chooseScale(m, q.Scale)
	if err != nil {
		return EnglandPage{}, err
	}
	order, err := chooseOrder(q)
	if err != nil {
		return EnglandPage{}, err
	}
	colour := cmp.Or(q.Colour, byValue)
	if !slices.Contains(colours, colour) {
		return EnglandPage{}, &figures.InputError{Parameter: "colour", Value: q.Colour, Accepted: strings.Join(colours, ", ")}
	}
	v := englandView{c, m, chosen, colour, q, asOf}
	page := EnglandPage{
		Shell: c.shell(
			"England: "+m.Title,
			"england",
			asOf,
			"measure",
			m.ID,
			"period",
			q.Period,
			"scale",
			string(chosen),
			"colour",
			q.Colour,
			"sort",
			q.Sort,
			"order",
			q.Order,
		),
		About:     c.about(m, asOf),
		Unit:      wording.UnitHeading(m, chosen),
		MeasureID: m.ID,
		ScaleID:   string(chosen),
		ColourID:  q.Colour,
		PeriodID:  q.Period,
		Downloads: downloads("/api/v1/overview", "measure", m.ID, "period", q.Period, "as_of", asOf.Text),
		Template:  c.templates(m, figures.Area{Code: footprint.England}),
	}
	page.Measures = c.choices(m, func(m *catalog.Measure) string { return address("/", "measure", m.ID, "as_of", asOf.Text) })
	page.Scales = v.scales()
	page.Take = c.takeAway("", "measure", m.ID, "period", q.Period, "scale", string(chosen), "as_of", asOf.Text)
	points, err := c.figures.Points(ctx, asOf, m)
	if err != nil {
		return page, err
	}
	at, periods, err := c.choosePeriod(m, periodsOf(points.ByPlace()), q.Period)
	if err != nil {
		return page, err
	}
	page.Periods = periods
	all, err := c.figures.LatestFigures(ctx, asOf, m, at)
	if err != nil {
		return page, err
	}
	latest := all.Places
	if len(latest) == 0 {
		page.NoData = c.noFigures(m, asOf, wording.NothingLoaded)
		return page, nil
	}
	period := latest[0].Period
	page.Period, page.Before = period.Words(), period.YearBefore().Words()
	if page.Freshness, err = c.freshness(ctx, asOf, latest[0].Now); err != nil {
		return page, err
	}
	page.Finding, page.Sentence = wording.EnglandFinding(m, latest)
	if wording.Partial(m, latest[0].Now) != "" {
		page.Sentence = strings.TrimSpace(wording.LastWhole(m, points.Of(footprint.England), period) + " " + page.Sentence)
	}
	page.Sentence = strings.TrimSpace(page.Sentence + " " + wording.DividedBy(m, latest[0].Now, c.directory))
	var places []figures.LatestFigure
	for _, s := range latest {
		row := c.row(m, chosen, s, asOf)
		row.Incomplete = strings.TrimSpace(row.Incomplete + " " + wording.Stopped(s.Stopped, c.directory.OrganisationName))
		switch s.Area.Code {
		case footprint.England:
			page.England = row
		case footprint.Unallocated:
			page.Unallocated = row
		default:
			page.Rows = append(page.Rows, row)
			places = append(places, s)
		}
	}
	asking := slices.DeleteFunc(c.directory.Catalog.TargetsOf(m.ID), func(t *catalog.Target) bool { _, asks := t.Required(period); return !asks })
	page.Targets = targetRows(m, asking, latest)
	page.Colours = v.colours(places)
	page.Tiles = v.tiles(places, page.Rows, period)
	page.Columns = v.columns(period)
	page.Rows = order.sorted(chosen, places, page.Rows)
	page.LastLoad, err = c.lastLoad(ctx, asOf)
	return page, err
}

// englandView is how a reader looks at the England page.
type englandView struct {
	c      placePages
	m      *catalog.Measure
	scale  wording.Scale
	colour string
	q      EnglandQuery
	asOf   figures.Moment
}

// address is that of the same view with some of its parameters changed.
func (v englandView) address(changes ...string) string {
	pairs := []string{
		"measure",
		v.m.ID,
		"period",
		v.q.Period,
		"scale",
		string(v.scale),
		"colour",
		v.q.Colour,
		"sort",
		v.q.Sort,
		"order",
		v.q.Order,
		"as_of",
		v.asOf.Text,
	}
	return address("/", append(pairs, changes...)...)
}

// choices are the measures of the England page under their themes, and the chosen one where it is none of them.
func (c placePages) choices(chosen *catalog.Measure, to func(*catalog.Measure) string) []Choices {
	var all []Choices
	among := false
	link := func(m *catalog.Measure) Link {
		among = among || m.ID == chosen.ID // which may be as it was defined then
		return Link{Text: m.Title, URL: to(m), Current: m.ID == chosen.ID, Value: m.ID}
	}
	for _, s := range c.directory.Catalog.Sections(catalog.EnglandPage) {
		of := Choices{Name: wording.Capital(s.Theme)}
		for _, m := range s.Measures() {
			of.Links = append(of.Links, link(m))
		}
		all = append(all, of)
	}
	if !among {
		all = append(all, Choices{"Others", []Link{link(chosen)}})
	}
	return all
}

// chooseScale takes the rate where there is one: numbers of large footprints and small ones do not compare.
func chooseScale(m *catalog.Measure, asked string) (wording.Scale, error) {
	switch {
	case asked != "" && asked != string(wording.AsNumber) && asked != string(wording.AsRate):
		return "", &figures.InputError{Parameter: "scale", Value: asked, Accepted: "number or per_1000"}
	case m.PerThousand && asked != string(wording.AsNumber):
		return wording.AsRate, nil
	default:
		return wording.AsNumber, nil // a reader who changes the measure keeps the scale where there is one
	}
}

func (v englandView) scales() []Link {
	links := []Link{}
	if v.m.PerThousand {
		links = append(links, Link{Text: "Per 1,000 registered patients", URL: v.address("scale", string(wording.AsRate)), Current: v.scale == wording.AsRate})
	}
	name := "Number"
	switch v.m.Unit {
	case catalog.Share:
		name = "Per cent"
	case catalog.GBP:
		name = "Pounds"
	}
	return append(links, Link{Text: name, URL: v.address("scale", string(wording.AsNumber)), Current: v.scale == wording.AsNumber})
}

func (c placePages) row(m *catalog.Measure, chosen wording.Scale, s figures.LatestFigure, asOf figures.Moment) FootprintRow {
	row := FootprintRow{
		Code: s.Area.Code, Name: s.Area.Name, URL: footprintURL(s.Area.Code, asOf),
		Value:  c.figure(m, chosen, s.Now, s.Area.Code, asOf),
		Change: c.changeFigure(m, s),
	}
	if s.Area.Footprint != nil {
		row.Region = regionLink(s.Area.Footprint.Region, asOf)
	}
	before := measure.Point{Period: s.Period.YearBefore()}
	if s.Before != nil {
		before = *s.Before
	}
	row.Before = c.figure(m, chosen, before, s.Area.Code, asOf)
	if s.Area.Code == footprint.Unallocated {
		row.Change = Figure{Text: "not stated", Missing: true, Reason: "Organisations come into this group and leave it."}
	}
	row.Incomplete = wording.Missing(m, s.Area.Code, s.Now, c.directory)
	return row
}

// rowOrder is how the table of the 44 is sorted.
type rowOrder struct {
	column     string
	descending bool
}

func chooseOrder(q EnglandQuery) (rowOrder, error) {
	columns := []string{"footprint", "region", "value", "before", "change"}
	o := rowOrder{column: cmp.Or(q.Sort, columns[0])}
	if !slices.Contains(columns, o.column) {
		return o, &figures.InputError{Parameter: "sort", Value: q.Sort, Accepted: strings.Join(columns, ", ")}
	}
	switch q.Order {
	case "", "asc":
	case "desc":
		o.descending = true
	default:
		return o, &figures.InputError{Parameter: "order", Value: q.Order, Accepted: "asc or desc"}
	}
	return o, nil
}

func (v englandView) columns(period catalog.Period) []Column {
	current := cmp.Or(v.q.Sort, "footprint")
	column := func(title, id string, numeric bool) Column {
		next, sorted := "asc", ""
		if numeric {
			next = "desc"
		}
		if id == current {
			sorted, next = "ascending", "desc"
			if v.q.Order == "desc" {
				sorted, next = "descending", "asc"
			}
		}
		return Column{title, v.address("sort", id, "order", next) + "#table", sorted, numeric}
	}
	return []Column{
		column("Footprint", "footprint", false), column("Region", "region", false), column(period.Words(), "value", true),
		column(period.YearBefore().Words(), "before", true), column("Change", "change", true),
	}
}

// sorted are the rows of places in the order; those without a figure come last either way.
func (o rowOrder) sorted(chosen wording.Scale, places []figures.LatestFigure, rows []FootprintRow) []FootprintRow {
	figure := map[string]func(figures.LatestFigure) decimal.NullDecimal{
		"value": func(s figures.LatestFigure) decimal.NullDecimal { return chosen.Pick(s.Now) },
		"before": func(s figures.LatestFigure) decimal.NullDecimal {
			if s.Before == nil {
				return decimal.NullDecimal{}
			}
			return chosen.Pick(*s.Before)
		},
		"change": func(s figures.LatestFigure) decimal.NullDecimal { return s.Change },
	}[o.column]
	direction := 1
	if o.descending {
		direction = -1
	}
	at := make([]int, len(places))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(i, j int) int {
		a, b := places[i].Area.Footprint, places[j].Area.Footprint
		switch {
		case o.column == "region":
			return direction * cmp.Compare(a.Region.Name, b.Region.Name)
		case figure == nil:
			return direction * cmp.Compare(a.Name, b.Name)
		}
		return compareFigures(figure(places[i]), figure(places[j]), direction)
	})
	var sorted []FootprintRow
	for _, i := range at {
		sorted = append(sorted, rows[i])
	}
	return sorted
}

// compareFigures orders figures in a direction; missing ones come last either way.
func compareFigures(a, b decimal.NullDecimal, direction int) int {
	if !a.Valid || !b.Valid {
		return boolRank(!a.Valid) - boolRank(!b.Valid)
	}
	return direction * a.Decimal.Cmp(b.Decimal)
}

// EnglandPage is the 44 footprints side by side for one measure.
type EnglandPage struct {
	Shell
	Measures []Choices // the measures to choose from, the chosen one Current
	Scales   []Link    // "Number" and "Per 1,000 registered patients" (or only one), the chosen one Current
	About    About
	// Finding is a headline that states what the figures show; Sentence adds the numbers.
	Finding  string
	Sentence string
	// Period is the latest period in words, Before the same period a year earlier.
	Period, Before string
	Unit           string // as a column heading: "attendances", "per cent", "£"
	England        FootprintRow
	Unallocated    FootprintRow // organisations with no single footprint; URL empty
	Rows           []FootprintRow
	// Columns are the table's headings in order: footprint, region, value, before, change; each links to its own sort.
	Columns   []Column
	Tiles     TileMap
	Freshness Freshness
	Downloads Downloads
	// Template is what footprints fill in to return the measure; empty where a publication states it.
	Template Downloads
	Periods  []Link      // newest first, the chosen one Current
	Colours  []Link      // what can colour the map, the chosen one Current
	Targets  []TargetRow // with how many footprints meet each
	LastLoad Link        // says what the newest load changed, and leads to the comparison
	// Chosen ids, for forms without JavaScript; that of the period and of the colour empty where the reader chose none.
	MeasureID, ScaleID, PeriodID, ColourID string
	// NoData is a sentence shown instead of the figures when nothing is loaded for the measure.
	NoData string
}

// Column is a sortable heading.
type Column struct {
	Title   string
	URL     string
	Sorted  string // "", "ascending" or "descending"
	Numeric bool
}

// FootprintRow is one footprint's line in the England table.
type FootprintRow struct {
	Code, Name, URL       string
	Region                Link // without a URL of places that lie in none
	Value, Before, Change Figure
	// Incomplete says which organisations did not report, or no longer do; empty when there are none.
	Incomplete string
}

// TileMap places one equal tile a footprint; Columns and Rows are the size of the grid.
type TileMap struct {
	Columns, Rows int
	Tiles         []Tile
	Note          string // what the colours mean
	// Legend is one entry a tint, of shades from lowest to highest, and one for missing when a tile needs it.
	Legend []LegendEntry
}

// Tile is one footprint on the map. Column and Row count from 1.
type Tile struct {
	Code, ShortName, Name, URL string
	Region                     Link
	Column, Row                int
	Value                      Figure
	Tint                       string // "shade1" (lowest fifth) to "shade5", "shade0" when missing, or what is told: "good", "fair", "poor", "other", "usual", "untold"
	Label                      string // whole sentence for a screen reader
}

// LegendEntry explains one tint.
type LegendEntry struct {
	Tint string
	Text string // "21.3 to 28.0"
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}
