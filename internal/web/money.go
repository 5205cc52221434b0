package web

import (
	"context"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

// moneyFigure is the amount of a line in a year.
type moneyFigure struct {
	Year string `json:"year"       doc:"Financial year, April to March"`
	point
	PerPerson number `json:"per_person" doc:"The amount for each person; null where the line has none, or the number of people of that year is not known"`
	Basis     string `json:"basis"      doc:"whole: every organisation of the place. estimate: only a share of some counts here. partial: those that reported, which are not the place's. none: no figure" enum:"whole,estimate,partial,none"`
}

type moneyLine struct {
	Of        string        `json:"of"                 enum:"nhs,councils" doc:"Whose money it is"`
	Measure   string        `json:"measure"                                doc:"Id of the measure that states the amount"`
	Title     string        `json:"title"`
	Note      string        `json:"note"                                   doc:"What it is and is not"`
	PerPerson string        `json:"per_person_measure"                     doc:"Id of the measure that states it for each person; of the line's own measure per_person is a thousandth of per_1000. Empty where it has none"`
	Person    string        `json:"per_person_title"`
	Figures   []moneyFigure `json:"figures"                                doc:"Of the years of which something is published, in order"`
}

type moneyBody struct {
	Footprint string      `json:"footprint"`
	Name      string      `json:"name"`
	AsOf      string      `json:"as_of,omitempty"`
	Loading   bool        `json:"loading,omitempty" doc:"Whether figures of a line are not loaded yet, so that what is missing is no fact"`
	NoTotal   string      `json:"no_total"          doc:"Why the amounts must not be added up"`
	NotKnown  []string    `json:"not_known"         doc:"What no figure here says"`
	Years     []string    `json:"years"             doc:"From the first to the last of which anything is published"`
	Lines     []moneyLine `json:"lines"`
}

func (b moneyBody) sheet() sheet {
	s := sheet{
		"money",
		[][]any{
			append(
				[]any{"year", "of", "measure", "title", "place", "name", "period", "value", "basis", "per_person", "per_person_measure", "complete", "missing", "load_id"},
				restColumns...),
		},
	}
	for _, year := range b.Years {
		for _, l := range b.Lines {
			for _, f := range l.Figures {
				if f.Year == year {
					s.rows = append(s.rows, append([]any{
						f.Year, l.Of, l.Measure, l.Title, b.Footprint, b.Name, f.Period, f.Value, f.Basis, f.PerPerson, l.PerPerson,
						f.Complete, strings.Join(f.Missing, " "), f.Load,
					}, f.rest()...))
				}
			}
		}
	}
	return s
}

func (b moneyBody) measures() []string {
	var ids []string
	for _, l := range b.Lines {
		ids = append(ids, l.Measure, l.PerPerson)
	}
	return measuresOf(ids, func(id string) string { return id })
}

func (a figuresAPI) money(ctx context.Context, in *struct {
	Viewing
	Footprint string `query:"footprint" doc:"Code of a footprint, slug of a region, ENG or UNALLOCATED"`
},
) (moneyBody, error) {
	body := moneyBody{AsOf: in.AsOf, NotKnown: []string{}, Years: []string{}, Lines: []moneyLine{}}
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return body, err
	}
	s, err := a.figures.Directory().FindPlace(in.Footprint, "")
	if err != nil {
		return body, err
	}
	body.Footprint, body.Name = s.Code, s.Name
	declared := a.figures.Directory().Catalog.Money()
	if declared == nil {
		return body, nil
	}
	body.NoTotal, body.NotKnown = declared.NoTotal, append(body.NotKnown, declared.NotKnown...)
	money, err := a.figures.Money(ctx, asOf, s)
	for _, year := range money.Years {
		body.Years = append(body.Years, year.String())
	}
	for _, l := range money.Lines {
		line := moneyLine{Of: string(l.Of), Measure: l.Measure().ID, Title: l.Heading(), Note: l.Note, Figures: []moneyFigure{}}
		if l.Person() != nil {
			line.PerPerson, line.Person = l.Person().ID, wording.EachHeading(l.MoneyLine)
		}
		for _, f := range l.Figures {
			if f.Published() {
				line.Figures = append(line.Figures, newMoneyFigure(l, f))
			}
		}
		body.Loading = body.Loading || asOf.Waits(l.Measure())
		body.Lines = append(body.Lines, line)
	}
	return body, err
}

func newMoneyFigure(l figures.MoneyLine, f figures.MoneyFigure) moneyFigure {
	figure := moneyFigure{Year: f.Year.String(), point: newPoint(l.Measure(), f.Point), PerPerson: number{f.Each}}
	switch {
	case f.Value.Valid && f.Estimate():
		figure.Basis = "estimate"
	case f.Value.Valid:
		figure.Basis = "whole"
	case f.Partial != nil:
		figure.Basis = "partial"
	default:
		figure.Basis = "none"
	}
	if f.Each.Valid && !l.ByRate() { // the people are those of the measure that divides by them
		person := newPoint(l.Person(), f.Person)
		if figure.People, figure.PeopleIn = person.People, person.PeopleIn; f.Person.Divisor == nil {
			figure.People, figure.PeopleIn = amount{measure.Rounded(catalog.Number, f.Person.Denominator)}, f.Person.Period.String()
		}
	}
	return figure
}
