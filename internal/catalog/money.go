package catalog

import (
	"cmp"
	"fmt"
	"slices"
)

// Purse says whose money an amount is.
type Purse string

// The purses, side by side on the money page.
const (
	NHSPurse     Purse = "nhs"
	CouncilPurse Purse = "councils"
)

var purseNames = []string{string(NHSPurse), string(CouncilPurse)}

// MoneyGroup is the amounts of one purse.
type MoneyGroup struct {
	Of    Purse       `yaml:"of"    jsonschema:"required"` // whose money it is
	Lines []MoneyLine `yaml:"lines" jsonschema:"required"` // in the order in which they are shown; the first is what the page begins with
}

// MoneyLine is an amount of money of a financial year, April to March.
type MoneyLine struct {
	ID        string `yaml:"measure"    jsonschema:"required"` // id of a measure in pounds, of the financial year, of the twelve months to March, or at the end of March
	Title     string `yaml:"title"`                            // a shorter title than the measure's, beneath the name of its group; without one the measure's
	PerPerson string `yaml:"per_person"`                       // id of the measure that divides it by people; without one, its own rate per 1,000 registered patients where it has one
	Note      string `yaml:"note"       jsonschema:"required"` // what it is and is not, in a sentence or two

	measure, person *Measure
}

// Measure is what the line states.
func (l MoneyLine) Measure() *Measure { return l.measure }

// Heading is what the line is called.
func (l MoneyLine) Heading() string { return cmp.Or(l.Title, l.measure.Title) }

// Person is the measure that states it for each person: a measure of its own, or the line's, whose rates per 1,000 are divided by a thousand; nil
// where there is none.
func (l MoneyLine) Person() *Measure { return l.person }

// ByRate tells whether the amount for each person is a thousandth of the rate per 1,000.
func (l MoneyLine) ByRate() bool { return l.person != nil && l.person == l.measure }

// Money is what the money page sets side by side; nil where no file declares it.
func (c *Catalog) Money() *Page {
	if p := c.page(MoneyPage); p.ID != "" {
		return p
	}
	return nil
}

// MoneyLines are all of them, in their order.
func (c *Catalog) MoneyLines() []MoneyLine {
	var lines []MoneyLine
	for _, g := range c.page(MoneyPage).Groups {
		lines = append(lines, g.Lines...)
	}
	return lines
}

// OfYear tells whether a financial year has one figure of the measure: its own, that of the twelve months to March, or how it stood at the end of March.
func (m *Measure) OfYear() bool {
	toMarch := m.Derived != nil && m.Derived.By != YearChange
	atEnd := m.OverTime == EndOfPeriod && m.Grain.Months() > 0 && m.Grain != CalendarYear
	return m.Grain == FinancialYear || toMarch || atEnd
}

// sameNumerator tells whether two measures have the same numerator.
func sameNumerator(a, b *Measure) bool {
	numerator := func(m *Measure) map[string]int8 {
		of := map[string]int8{}
		for _, t := range m.Terms() {
			if t.Part == "numerator" {
				of[t.Component+" "+t.Field] += t.Coefficient
			}
		}
		return of
	}
	first, second := numerator(a), numerator(b)
	if len(first) == 0 || len(first) != len(second) {
		return false
	}
	for component, n := range first {
		if second[component] != n {
			return false
		}
	}
	return true
}

// readMoney checks what the money page declares.
func (c pageReader) readMoney(d *document, p *Page) {
	d.expect(p.Themes == nil, "$.themes", "a list", "none, as the money page has groups")
	d.expect(len(p.Groups) > 0, "$.groups", "none", "the groups nhs and councils, each with its lines")
	d.expect(p.NoTotal != "", "$.no_total", "", "why the lines are not added up, in a sentence")
	var purses []Purse
	for i := range p.Groups {
		g, at := &p.Groups[i], fmt.Sprintf("$.groups[%d].", i)
		d.oneOf(at+"of", string(g.Of), purseNames...)
		d.expect(!slices.Contains(purses, g.Of), at+"of", string(g.Of), "a purse that the page has not named before")
		purses = append(purses, g.Of)
		d.expect(len(g.Lines) > 0, at+"lines", "none", "at least one line")
		for j := range g.Lines {
			c.readMoneyLine(d, p, &g.Lines[j], fmt.Sprintf("%slines[%d].", at, j))
		}
	}
}

func (c pageReader) readMoneyLine(d *document, p *Page, l *MoneyLine, at string) {
	m, known := c.measures[l.ID]
	d.expect(known && m.Unit == GBP && m.Denominator == nil, at+"measure", l.ID, "the id of a measure in pounds that is not divided by anything")
	d.expect(!p.named[l.ID], at+"measure", l.ID, "a measure that the page has not named before")
	d.expect(l.Note != "", at+"note", "", "what it is and is not")
	p.named[l.ID] = true
	if !known {
		return
	}
	d.expect(
		m.OfYear(),
		at+"measure",
		l.ID,
		"a measure of which a financial year has one figure: by financial_year, derived by rolling_year or year_to_date, or over_time: end_of_period",
	)
	d.expect(m.Level != ByEngland, at+"measure", l.ID, "a measure that footprints have figures of, which this one has for England alone")
	l.measure = m
	switch person, known := c.measures[l.PerPerson]; {
	case l.PerPerson != "":
		d.expect(known && person.Unit == GBP && person.Denominator != nil && person.Grain == m.Grain && sameNumerator(m, person), at+"per_person", l.PerPerson,
			"the id of a measure in pounds that divides "+l.ID+" by people")
		l.person = person
	case m.PerThousand:
		l.person = m
	}
}
