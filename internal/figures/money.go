package figures

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// Money is amounts of the NHS and of councils in a place, side by side by financial year. None is added to another.
type Money struct {
	Area  Area
	Years []catalog.Period // from the first to the last of which any line has something published
	Lines []MoneyLine
}

// MoneyLine is one amount through the years.
type MoneyLine struct {
	catalog.MoneyLine
	Of      catalog.Purse
	Figures []MoneyFigure // one for each of the years

	breaks []measure.MembershipBreak
}

// Apart is why the figures of two periods of the line do not compare; empty where they do.
func (l MoneyLine) Apart(from, until catalog.Period) NoChange {
	return apartBy(l.Measure(), l.breaks, from, until)
}

// MoneyFigure is the amount of a year. Where nothing is published its point has no organisations.
type MoneyFigure struct {
	Year catalog.Period
	measure.Point
	// Person is the point that the amount for each person is of, and Each that amount; the line without one has neither.
	Person measure.Point
	Each   decimal.NullDecimal
}

// Published tells whether anything is published of the year.
func (f MoneyFigure) Published() bool { return f.Organisations > 0 }

// Money are the amounts of a place that the money page declares.
func (f *moneyReader) Money(ctx context.Context, asOf Moment, s Area) (Money, error) {
	money := Money{Area: s}
	var needed []*catalog.Measure
	for _, l := range f.directory.Catalog.MoneyLines() {
		needed = append(needed, l.Measure())
		if l.Person() != nil && !l.ByRate() {
			needed = append(needed, l.Person())
		}
	}
	if len(needed) == 0 {
		return money, nil
	}
	if s.Organisation == nil { // one question for all
		if _, err := f.PointsOf(ctx, asOf, needed); err != nil {
			return money, err
		}
	}
	series := map[*catalog.Measure][]measure.Point{}
	for _, m := range needed {
		points, err := f.Series(ctx, asOf, m, s, Range{})
		if err != nil {
			return money, err
		}
		series[m] = points
		for _, p := range points {
			if year, ok := yearOf(m, p.Period); ok && p.Organisations > 0 && !slices.Contains(money.Years, year) {
				money.Years = append(money.Years, year)
			}
		}
	}
	money.Years = everyYear(money.Years)
	for _, g := range f.directory.Catalog.Money().Groups {
		for _, l := range g.Lines {
			breaks, err := f.breaksOf(ctx, asOf, l.Measure(), s)
			if err != nil {
				return money, err
			}
			line := MoneyLine{MoneyLine: l, Of: g.Of, breaks: breaks}
			for _, year := range money.Years {
				line.Figures = append(line.Figures, moneyFigure(l, year, series))
			}
			money.Lines = append(money.Lines, line)
		}
	}
	return money, nil
}

// moneyFigure finds the amount of a year, in all and for each person.
func moneyFigure(l catalog.MoneyLine, year catalog.Period, series map[*catalog.Measure][]measure.Point) MoneyFigure {
	figure := MoneyFigure{Year: year, Point: ofYear(l.Measure(), series[l.Measure()], year)}
	switch {
	case l.ByRate():
		if figure.Person = figure.Point; figure.Rate.Valid {
			figure.Each = decimal.NewNullDecimal(figure.Rate.Decimal.Shift(-3))
		}
	case l.Person() != nil:
		figure.Person = ofYear(l.Person(), series[l.Person()], year)
		figure.Each = figure.Person.Value
	}
	return figure
}

// ofYear is the point of a measure that stands for a financial year; without one it has no organisations.
func ofYear(m *catalog.Measure, points []measure.Point, year catalog.Period) measure.Point {
	for _, p := range points {
		if of, ok := yearOf(m, p.Period); ok && of == year {
			return p
		}
	}
	return measure.Point{Period: year}
}

// yearOf is the financial year that a figure of a measure stands for: its own, or that with which its period ends.
func yearOf(m *catalog.Measure, p catalog.Period) (catalog.Period, bool) {
	year := catalog.Period{Start: p.End().AddDate(-1, 0, 0), Grain: catalog.FinancialYear}
	return year, m.OfYear() && year.Start.Month() == time.April && year.Start.Day() == 1
}

// everyYear are the years from the first of some to the last.
func everyYear(some []catalog.Period) []catalog.Period {
	if len(some) == 0 {
		return nil
	}
	order := func(a, b catalog.Period) int { return a.Start.Compare(b.Start) }
	last := slices.MaxFunc(some, order)
	years := []catalog.Period{slices.MinFunc(some, order)}
	for years[len(years)-1] != last {
		years = append(years, years[len(years)-1].Next())
	}
	return years
}
