package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
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
func (c *Composer) England(ctx context.Context, q EnglandQuery, asOf figures.Moment) (EnglandPage, error) {
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
		Shell: c.shell("England: "+m.Title, "england", asOf, "measure", m.ID, "period", q.Period, "scale", string(chosen), "colour", q.Colour, "sort", q.Sort, "order", q.Order),
		About: c.about(m, asOf), Unit: unitHeading(m, chosen), MeasureID: m.ID, ScaleID: string(chosen), ColourID: q.Colour, PeriodID: q.Period,
		Downloads: downloads("/api/v1/overview", "measure", m.ID, "period", q.Period, "as_of", asOf.Text),
		Template:  c.templates(m, figures.Area{Code: footprint.England}),
	}
	page.Measures = c.choices(m, func(m *catalog.Measure) string { return address("/", "measure", m.ID, "as_of", asOf.Text) })
	page.Scales = v.scales()
	points, err := c.figures.Points(ctx, asOf, m)
	if err != nil {
		return page, err
	}
	at, periods, err := c.choosePeriod(m, points, q.Period)
	if err != nil {
		return page, err
	}
	page.Periods = periods
	all, err := c.figures.Standings(ctx, asOf, m, at)
	if err != nil {
		return page, err
	}
	standings := all.Places
	if len(standings) == 0 {
		page.NoData = c.noFigures(m, asOf, "No figures are loaded for this measure.")
		return page, nil
	}
	period := standings[0].Period
	page.Period, page.Before = period.Words(), period.YearBefore().Words()
	if page.Freshness, err = c.freshness(ctx, asOf, standings[0].Now); err != nil {
		return page, err
	}
	page.Finding, page.Sentence = englandFinding(m, standings)
	if partialWords(m, standings[0].Now) != "" {
		page.Sentence = strings.TrimSpace(lastWhole(m, points[footprint.England], period) + " " + page.Sentence)
	}
	var places []figures.Standing
	for _, s := range standings {
		row := c.row(m, chosen, s, asOf)
		row.Incomplete = strings.TrimSpace(row.Incomplete + " " + stoppedWords(s.Stopped, c.directory.OrganisationName))
		switch s.Scope.Code {
		case footprint.England:
			page.England = row
		case footprint.Unallocated:
			page.Unallocated = row
		default:
			page.Rows = append(page.Rows, row)
			places = append(places, s)
		}
	}
	asking := slices.DeleteFunc(c.directory.Catalog.TargetsOf(m.ID), func(t *catalog.Target) bool { _, asks := t.Asks(period); return !asks })
	page.Targets = targetRows(m, asking, standings)
	page.Colours = v.colours(places)
	page.Tiles = v.tiles(places, page.Rows, period)
	page.Columns = v.columns(period)
	page.Rows = order.sorted(chosen, places, page.Rows)
	page.LastLoad, err = c.lastLoad(ctx, asOf)
	return page, err
}

// englandView is how a reader looks at the England page.
type englandView struct {
	c      *Composer
	m      *catalog.Measure
	scale  scale
	colour string
	q      EnglandQuery
	asOf   figures.Moment
}

// address is that of the same view with some of its parameters changed.
func (v englandView) address(changes ...string) string {
	pairs := []string{"measure", v.m.ID, "period", v.q.Period, "scale", string(v.scale), "colour", v.q.Colour, "sort", v.q.Sort, "order", v.q.Order, "as_of", v.asOf.Text}
	return address("/", append(pairs, changes...)...)
}

// choices are the measures of the England page under their themes, and the chosen one where it is none of them.
func (c *Composer) choices(chosen *catalog.Measure, to func(*catalog.Measure) string) []Choices {
	var all []Choices
	among := false
	link := func(m *catalog.Measure) Link {
		among = among || m.ID == chosen.ID // which may be as it was defined then
		return Link{Text: m.Title, URL: to(m), Current: m.ID == chosen.ID, Value: m.ID}
	}
	for _, s := range c.directory.Catalog.Sections(catalog.EnglandPage) {
		of := Choices{Name: capital(s.Theme)}
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
func chooseScale(m *catalog.Measure, asked string) (scale, error) {
	switch {
	case asked != "" && asked != string(asNumber) && asked != string(asRate):
		return "", &figures.InputError{Parameter: "scale", Value: asked, Accepted: "number or per_1000"}
	case m.PerThousand && asked != string(asNumber):
		return asRate, nil
	default:
		return asNumber, nil // a reader who changes the measure keeps the scale where there is one
	}
}

func (v englandView) scales() []Link {
	links := []Link{}
	if v.m.PerThousand {
		links = append(links, Link{Text: "Per 1,000 registered patients", URL: v.address("scale", string(asRate)), Current: v.scale == asRate})
	}
	name := "Number"
	switch v.m.Unit {
	case catalog.Share:
		name = "Per cent"
	case catalog.GBP:
		name = "Pounds"
	}
	return append(links, Link{Text: name, URL: v.address("scale", string(asNumber)), Current: v.scale == asNumber})
}

func (c *Composer) row(m *catalog.Measure, chosen scale, s figures.Standing, asOf figures.Moment) FootprintRow {
	row := FootprintRow{
		Code: s.Scope.Code, Name: s.Scope.Name, URL: footprintURL(s.Scope.Code, asOf),
		Value:  c.figure(m, chosen, s.Now, s.Scope.Code, asOf),
		Change: c.changeFigure(m, s),
	}
	if s.Scope.Footprint != nil {
		row.Region = regionLink(s.Scope.Footprint.Region, asOf)
	}
	before := measure.Point{Period: s.Period.YearBefore()}
	if s.Before != nil {
		before = *s.Before
	}
	row.Before = c.figure(m, chosen, before, s.Scope.Code, asOf)
	if s.Scope.Code == footprint.Unallocated {
		row.Change = Figure{Text: "not stated", Missing: true, Reason: "Organisations come into this group and leave it."}
	}
	row.Incomplete = missing(m, s.Now, c.directory.Named)
	return row
}

// headline states the figure of England and its change.
func headline(england figures.Standing) string {
	m, period, in := england.Measure, england.Period.Words(), inPeriod(england.Period)
	switch {
	case slices.Contains(england.Now.Missing, measure.Unlisted):
		return fmt.Sprintf("England has no figure for %s: not every footprint has returned one", period)
	case partialWords(m, england.Now) != "":
		return fmt.Sprintf("%s in England: a partial figure %s, %s", m.Title, in, partialWords(m, england.Now))
	case !england.Now.Value.Valid && len(england.Now.Missing) > 0:
		return fmt.Sprintf("England has no figure for %s: %s did not report", period, plural(len(england.Now.Missing), "organisation", "organisations"))
	case !england.Now.Value.Valid:
		return "England has no figure for " + period
	case england.Change.Valid:
		return fmt.Sprintf("%s in England: %s %s, %s", m.Title, written(m, england.Now.Value.Decimal), in, comparison(m, england.Before.Value.Decimal, england.Change.Decimal))
	default:
		return fmt.Sprintf("%s in England: %s %s", m.Title, written(m, england.Now.Value.Decimal), in)
	}
}

func englandFinding(m *catalog.Measure, standings []figures.Standing) (finding, sentence string) {
	england := standings[0]
	period, before := england.Period.Words(), england.Period.YearBefore().Words()
	var lower, higher, same, without int
	var lowest, highest *figures.Standing
	for i := range standings {
		s := &standings[i]
		if s.Scope.Footprint == nil {
			continue
		}
		if !s.Now.Value.Valid {
			without++
			continue
		}
		if lowest == nil || s.Now.Value.Decimal.LessThan(lowest.Now.Value.Decimal) {
			lowest = s
		}
		if highest == nil || s.Now.Value.Decimal.GreaterThan(highest.Now.Value.Decimal) {
			highest = s
		}
		if s.Before == nil || !s.Before.Value.Valid {
			continue
		}
		switch s.Now.Value.Decimal.Cmp(s.Before.Value.Decimal) { // of nought there is no change in per cent
		case -1:
			lower++
		case 1:
			higher++
		default:
			same++
		}
	}
	var parts []string
	if england.Before != nil && england.Before.Value.Valid {
		parts = append(parts, fmt.Sprintf("In %s it was %s.", before, written(m, england.Before.Value.Decimal)))
	}
	if lower+higher+same > 0 {
		parts = append(parts, tally(higher, lower, same))
	}
	if without > 0 {
		parts = append(parts, plural(without, "footprint has", "footprints have")+fmt.Sprintf(" no figure for %s.", period))
	}
	if alone := 44 - without - higher - lower - same; alone > 0 && higher+lower+same > 0 {
		parts = append(parts, plural(alone, "has", "have")+fmt.Sprintf(" none for %s.", before))
	}
	if m.Ratio() && lowest != nil {
		parts = append(parts, fmt.Sprintf("Where there is a figure it lies between %s (%s) and %s (%s).",
			written(m, lowest.Now.Value.Decimal), lowest.Scope.Name, written(m, highest.Now.Value.Decimal), highest.Scope.Name))
	}
	parts = append(parts, m.Events(england.Period)...)
	if m.Grain == catalog.Month {
		parts = append(parts, "Two months alone cannot tell a trend from chance.")
	}
	return headline(england), strings.Join(parts, " ")
}

// tally says how many footprints went which way.
func tally(higher, lower, same int) string {
	all := higher + lower + same
	which := fmt.Sprintf("%d footprints", all)
	if all < 44 {
		which += " with both figures"
	}
	switch all {
	case higher:
		return "All " + which + " were higher than a year before."
	case lower:
		return "All " + which + " were lower than a year before."
	}
	words := fmt.Sprintf("Of the %s %d were higher than a year before and %d lower", which, higher, lower)
	if same > 0 {
		words += fmt.Sprintf("; %d did not change", same)
	}
	return words + "."
}

// smallNumber is a count below which a percentage of it says more than the numbers do.
var smallNumber = decimal.NewFromInt(20)

// comparison says in words how a figure compares with that of a year before.
func comparison(m *catalog.Measure, before, change decimal.Decimal) string {
	if m.Unit == catalog.Number && before.LessThan(smallNumber) {
		return "against " + written(m, before) + " a year before"
	}
	amount := grouped(change.Abs(), 1)
	if m.Unit == catalog.Share {
		// Two rounded shares may lie otherwise apart than they do.
		if from := scaled(m, before); !from.Add(change).Round(1).Sub(from.Round(1)).Equal(change.Round(1)) {
			amount = grouped(change.Abs(), 2)
		}
		amount += " percentage points"
	} else {
		amount += "%"
	}
	switch {
	case change.Round(1).IsZero():
		return "much the same as a year before"
	case change.IsNegative():
		return amount + " lower than a year before"
	default:
		return amount + " higher than a year before"
	}
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
func (o rowOrder) sorted(chosen scale, places []figures.Standing, rows []FootprintRow) []FootprintRow {
	figure := map[string]func(figures.Standing) decimal.NullDecimal{
		"value": func(s figures.Standing) decimal.NullDecimal { return chosen.pick(s.Now) },
		"before": func(s figures.Standing) decimal.NullDecimal {
			if s.Before == nil {
				return decimal.NullDecimal{}
			}
			return chosen.pick(*s.Before)
		},
		"change": func(s figures.Standing) decimal.NullDecimal { return s.Change },
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
		a, b := places[i].Scope.Footprint, places[j].Scope.Footprint
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

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}
