package web

import (
	"context"

	"github.com/shopspring/decimal"

	"stpdash/internal/figures"
	"stpdash/internal/measure"
)

type crossCheck struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Of       string   `json:"of"        doc:"The measure that is checked"`
	With     string   `json:"with"      doc:"The measure that it is compared with"`
	Places   []string `json:"places"    doc:"Where they are compared: england, footprints, organisations"`
	From     string   `json:"from"      doc:"The first period compared, of the second measure; empty where there is none"`
	Until    string   `json:"until"     doc:"The last period compared"`
	Compared int      `json:"compared"  doc:"Places and periods of which both have a figure that is no estimate"`
	Equal    int      `json:"equal"`
	OneAlone int      `json:"one_alone" doc:"Places and periods of the same time of which one has a figure and the other none"`
	Within   number   `json:"within"    doc:"How many per cent of the second figure the first may lie from it"`
	Beyond   int      `json:"beyond"    doc:"Figures that differ by more"`
	Reason   string   `json:"reason"    doc:"Why they may differ"`
}

type crossCheckDifference struct {
	Check    string `json:"crosscheck"`
	Place    string `json:"place"      doc:"The code of a footprint or an organisation, or ENG"`
	Name     string `json:"name"`
	Period   string `json:"period"     doc:"Of the second measure"`
	OfPeriod string `json:"of_period"  doc:"Of the first measure; both end on one day"`
	Of       number `json:"of"`
	With     number `json:"with"`
	PerCent  number `json:"per_cent"   doc:"How far the first lies from the second, in per cent of it; null where the second is zero"`
}

type crossChecksBody struct {
	AsOf        string                 `json:"as_of,omitempty"`
	CrossChecks []crossCheck           `json:"crosschecks"`
	Differences []crossCheckDifference `json:"differences"     doc:"Those by more than expected, by cross-check, the largest first"`
}

func (b crossChecksBody) sheet() sheet {
	s := sheet{"crosschecks", [][]any{{"crosscheck", "place", "name", "period", "of_period", "of", "with", "per_cent"}}}
	for _, d := range b.Differences {
		s.rows = append(s.rows, []any{d.Check, d.Place, d.Name, d.Period, d.OfPeriod, d.Of, d.With, d.PerCent})
	}
	return s
}

func (a figuresAPI) crossChecks(ctx context.Context, in *struct{ Viewing }) (crossChecksBody, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return crossChecksBody{}, err
	}
	found, err := a.figures.CrossChecks(ctx, asOf)
	body := crossChecksBody{AsOf: in.AsOf, CrossChecks: []crossCheck{}, Differences: []crossCheckDifference{}}
	for _, c := range found {
		row := crossCheck{
			ID: c.ID, Title: c.Title, Of: c.Of.ID, With: c.With.ID, Places: c.Places, Compared: c.Compared, Equal: c.Equal, OneAlone: c.OneAlone,
			Within: number{decimal.NewNullDecimal(c.Tolerance())}, Beyond: len(c.Beyond), Reason: c.Reason,
		}
		if c.Compared > 0 {
			row.From, row.Until = c.First.String(), c.Last.String()
		}
		body.CrossChecks = append(body.CrossChecks, row)
		for _, d := range c.Beyond {
			body.Differences = append(body.Differences, newCrossCheckDifference(a.figures.Directory(), c, d))
		}
	}
	return body, err
}

func newCrossCheckDifference(directory *figures.Directory, c figures.CrossCheck, d figures.Difference) crossCheckDifference {
	stated := func(n decimal.Decimal) number { return number{measure.Rounded(c.Of.Unit, decimal.NewNullDecimal(n))} }
	return crossCheckDifference{
		Check: c.ID, Place: d.Place, Name: directory.NameOf(d.Place), Period: d.WithPeriod.String(), OfPeriod: d.OfPeriod.String(),
		Of: stated(d.Of), With: stated(d.With), PerCent: number{d.PerCent},
	}
}
