package pages

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

// MoneyPage is the money of the NHS and of councils in one place, side by side by financial year.
type MoneyPage struct {
	Shell
	Place           Link   // the place's own page
	Organisations   string // address of the list of its organisations; empty of places without
	Finding, Change string
	NoTotal         string
	Amounts, Each   MoneyTable // in all, and for each person
	Lines           []MoneyAbout
	NotKnown        []string
	Downloads       Downloads
}

// MoneyTable is amounts by year.
type MoneyTable struct {
	Groups  []MoneyGroup
	Columns []MoneyColumn
	Rows    []MoneyRow
}

// MoneyGroup is whose money some neighbouring columns are.
type MoneyGroup struct {
	Name    string
	Columns int
}

// MoneyColumn heads the amounts of a line.
type MoneyColumn struct {
	Measure Link
	Begins  bool // the first of its group
}

// MoneyRow is the amounts of a year.
type MoneyRow struct {
	Year  string
	Cells []MoneyCell
}

// MoneyCell is one amount.
type MoneyCell struct {
	Figure
	Column string // its heading
	Label  string // the heading where columns are no columns: on a small screen
	Note   string // of how many organisations a partial amount is
	Begins bool   // in the first column of its group
	None   bool   // nothing is published
}

// MoneyAbout says what a line is, and of which years it is known here.
type MoneyAbout struct {
	Of       string
	Measure  Link
	Chart    string // address of its card; empty where it has none
	Note     string
	Years    string
	Lacks    []string
	Estimate string
}

// moneyView composes the page of a place's money.
type moneyView struct{ placePages }

// Money composes what the money page shows of one place.
func (c placePages) Money(ctx context.Context, s figures.Area, asOf figures.Moment) (MoneyPage, error) {
	page := MoneyPage{Shell: c.shell(wording.MoneyTitle(s), "footprints", asOf), Place: Link{Text: s.Name, URL: footprintURL(s.Code, asOf)}}
	declared := c.directory.Catalog.Money()
	if declared == nil {
		return page, nil
	}
	for i, f := range c.directory.Reference.Footprints() {
		page.Footprints[i].Current = f.Code == s.Code
	}
	money, err := c.figures.Money(ctx, asOf, s)
	if err != nil {
		return page, err
	}
	if page.Finding, page.Change = wording.MoneyFinding(
		money,
		c.directory.Named,
	); slices.ContainsFunc(
		money.Lines,
		func(l figures.MoneyLine) bool { return asOf.Waits(l.Measure()) },
	) {
		page.Finding, page.Change = wording.NotLoadedYet, ""
	}
	page.NoTotal, page.NotKnown = declared.NoTotal, declared.NotKnown
	if s.Footprint != nil {
		page.Organisations = page.Place.URL + "#organisations"
	}
	v := moneyView{c}
	page.Amounts = v.table(money, s, asOf, false)
	page.Each = v.table(money, s, asOf, true)
	for _, l := range money.Lines {
		page.Lines = append(page.Lines, v.about(l, s, asOf))
	}
	page.Downloads = downloads("/api/v1/money", "footprint", s.Code, "as_of", asOf.Text)
	return page, nil
}

// table are the amounts in all, or those for each person of the lines that have any.
func (c moneyView) table(money figures.Money, s figures.Area, asOf figures.Moment, each bool) MoneyTable {
	lines := slices.DeleteFunc(slices.Clone(money.Lines), func(l figures.MoneyLine) bool { return each && l.Person() == nil })
	var t MoneyTable
	for i, l := range lines {
		column := MoneyColumn{Measure: Link{Text: l.Heading(), URL: measureURL(l.Measure(), asOf)}, Begins: i == 0 || lines[i-1].Of != l.Of}
		if each {
			column.Measure = Link{Text: wording.EachHeading(l.MoneyLine), URL: measureURL(l.Person(), asOf)}
		}
		if column.Begins {
			t.Groups = append(t.Groups, MoneyGroup{Name: wording.Purses[l.Of]})
		}
		t.Groups[len(t.Groups)-1].Columns++
		t.Columns = append(t.Columns, column)
	}
	for i, year := range money.Years {
		row := MoneyRow{Year: year.Words()}
		for j, l := range lines {
			cell := c.amount(l, l.Figures[i], s, asOf)
			if each {
				cell = c.each(l, l.Figures[i], s, asOf)
			}
			cell.Column, cell.Begins = t.Columns[j].Measure.Text, t.Columns[j].Begins
			if cell.Label = cell.Column; !each {
				cell.Label = wording.Purses[l.Of] + ": " + cell.Column
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	empty := func(r MoneyRow) bool { return !slices.ContainsFunc(r.Cells, func(c MoneyCell) bool { return !c.None }) }
	for len(t.Rows) > 0 && empty(t.Rows[0]) {
		t.Rows = t.Rows[1:]
	}
	for len(t.Rows) > 0 && empty(t.Rows[len(t.Rows)-1]) {
		t.Rows = t.Rows[:len(t.Rows)-1]
	}
	return t
}

// amount writes an amount, all of a line in millions or all in pounds.
func (c moneyView) amount(l figures.MoneyLine, f figures.MoneyFigure, s figures.Area, asOf figures.Moment) MoneyCell {
	var all []decimal.NullDecimal
	for _, other := range l.Figures {
		if all = append(all, other.Value); other.Partial != nil {
			all = append(all, other.Partial.Value)
		}
	}
	write := wording.AsNumber.Among(l.Measure(), all)
	cell := MoneyCell{Figure: c.figure(l.Measure(), wording.AsNumber, f.Point, s.Code, asOf), None: !f.Published() && !asOf.Waits(l.Measure())}
	switch {
	case f.Value.Valid:
		cell.Text = write(f.Value.Decimal, 0) + wording.Mark(f.Point)
	case f.Partial != nil && f.Partial.Value.Valid:
		cell.Text, cell.Note = "partial: "+write(f.Partial.Value.Decimal, 0)+wording.Mark(f.Point), wording.PartialOf(l.Measure(), *f.Partial)
	}
	return cell
}

// each writes an amount for each person.
func (c moneyView) each(l figures.MoneyLine, f figures.MoneyFigure, s figures.Area, asOf figures.Moment) MoneyCell {
	scale := wording.AsNumber
	if l.ByRate() {
		scale = wording.AsRate
	}
	cell := MoneyCell{Figure: c.figure(l.Person(), scale, f.Person, s.Code, asOf), None: f.Person.Organisations == 0 && !asOf.Waits(l.Person())}
	if f.Each.Valid {
		cell.Text, cell.Plain = wording.Each(f.Each.Decimal)+wording.Mark(f.Person), f.Each.Decimal.Round(4).String()
	} else if f.Value.Valid {
		cell.Text = "not known"
	}
	return cell
}

// about says what a line is here.
func (c moneyView) about(l figures.MoneyLine, s figures.Area, asOf figures.Moment) MoneyAbout {
	m := l.Measure()
	about := MoneyAbout{Of: wording.Purses[l.Of], Measure: Link{Text: l.Heading(), URL: measureURL(m, asOf)}, Note: l.Note, Years: wording.KnownYears(l)}
	if slices.Contains(c.directory.Catalog.Shown(catalog.FootprintPage), m) {
		about.Chart = cardURL(s.Code, m, asOf)
	}
	if asOf.Waits(m) {
		about.Years = wording.NotLoadedYet
		return about
	}
	about.Lacks = wording.MoneyGaps(l, s.Code, c.directory)
	var points []measure.Point
	for _, f := range l.Figures {
		points = append(points, f.Point)
	}
	about.Estimate = wording.Estimates(m, points, c.directory.Named)
	return about
}

// moneyURL is the page of a place's money; empty where none is declared.
func (c *parts) moneyURL(code string, asOf figures.Moment) string {
	if c.directory.Catalog.Money() == nil {
		return ""
	}
	return address("/footprints/"+code+"/money", "as_of", asOf.Text)
}

// moneyOf leads from an organisation that has a part in the money of places to their pages.
func (c *parts) moneyOf(o footprint.Organisation, asOf figures.Moment) []Link {
	states := func(l catalog.MoneyLine) bool { return figures.States(o, l.Measure()) }
	if !slices.ContainsFunc(c.directory.Catalog.MoneyLines(), states) {
		return nil
	}
	var links []Link
	for _, code := range c.directory.FootprintsOf(o.Code) {
		links = append(links, Link{Text: c.directory.NameOf(code), URL: c.moneyURL(code, asOf)})
	}
	return links
}
