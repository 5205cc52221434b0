package web

import (
	"cmp"
	"context"
	"strings"

	"stpdash/internal/catalog"
)

type measureRow struct {
	ID           string   `json:"id"`
	Title        string   `json:"title"`
	Theme        string   `json:"theme"`
	Definition   string   `json:"definition"`
	Unit         string   `json:"unit"            enum:"number,share,gbp,rate"                               doc:"A share lies between 0 and 1; a rate is numerator over denominator, times per"`
	Per          int      `json:"per"                                                                        doc:"How many of the denominator a rate is stated for; 0 for other units"`
	Direction    string   `json:"direction"       enum:"up,down,neutral"                                     doc:"Which way is improvement"`
	Grain        string   `json:"grain"           enum:"day,week,month,quarter,calendar_year,financial_year"`
	Headline     bool     `json:"headline"                                                                   doc:"It stands for itself; the others are parts of these"`
	PerThousand  bool     `json:"per_1000"                                                                   doc:"There is a rate per 1,000 registered patients"`
	Sources      []string `json:"source"`
	Hash         string   `json:"definition_hash"`
	Numerator    string   `json:"numerator"                                                                  doc:"Of a measure made of others, in words"`
	Denominator  string   `json:"denominator"`
	Derived      string   `json:"derived"                                                                    doc:"What a derived measure is worked out from, and how"`
	OverTime     string   `json:"over_time"       enum:"sum,end_of_period,mean"                              doc:"How the figures of several periods make one"`
	Caveats      []string `json:"caveats"`
	Breaks       []string `json:"breaks"                                                                     doc:"Periods from which on something else is counted"`
	LatestPeriod string   `json:"latest_period"                                                              doc:"Empty when nothing is loaded"`
	LatestLoad   uint64   `json:"latest_load_id"`
	Loading      bool     `json:"loading"                                                                    doc:"Whether its figures are not all loaded yet"`
	Returned     bool     `json:"returned"                                                                   doc:"Whether nobody publishes it, so that it waits for local returns"`
	ReturnedFrom string   `json:"returned_from"                                                              doc:"What a return of such a measure would be made from, and who holds it"`
}

type measureList []measureRow

func (l measureList) sheet() sheet {
	s := sheet{"measures", [][]any{{
		"id", "title", "theme", "definition", "unit", "per", "direction", "grain", "headline", "per_1000", "source", "definition_hash", "numerator", "denominator",
		"derived", "over_time", "caveats", "breaks", "latest_period", "latest_load_id", "loading", "returned", "returned_from",
	}}}
	for _, m := range l {
		s.rows = append(s.rows, []any{
			m.ID,
			m.Title,
			m.Theme,
			m.Definition,
			m.Unit,
			m.Per,
			m.Direction,
			m.Grain,
			m.Headline,
			m.PerThousand,
			strings.Join(m.Sources, " "),
			m.Hash,
			m.Numerator,
			m.Denominator,
			m.Derived,
			m.OverTime,
			strings.Join(m.Caveats, " "),
			strings.Join(m.Breaks, "; "),
			m.LatestPeriod,
			m.LatestLoad,
			m.Loading,
			m.Returned,
			m.ReturnedFrom,
		})
	}
	return s
}

func (a figuresAPI) measures(ctx context.Context, in *struct{ Viewing }) (measureList, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	latest, err := a.loaded.Latest(ctx, asOf)
	if err != nil {
		return nil, err
	}
	list := measureList{}
	for _, m := range a.figures.Directory().Catalog.Measures {
		row := measureRow{
			m.ID, m.Title, m.Theme, m.Definition, string(m.Unit), m.Per, string(m.Direction), string(m.Grain), m.Headline, m.PerThousand,
			m.Sources, m.Hash(), "", "", "", string(cmp.Or(m.OverTime, catalog.Summed)), append([]string{}, m.Caveats...),
			[]string{},
			"", 0, asOf.Waits(m),
			a.figures.Directory().Catalog.Returned(m), m.ReturnedFrom,
		}
		if m.Numerator != nil {
			row.Numerator = m.Numerator.Description
		}
		if m.Denominator != nil {
			row.Denominator = m.Denominator.Description
		}
		if m.Derived != nil {
			row.Derived = m.Derived.Of + " by " + string(m.Derived.By)
		}
		for _, b := range m.Breaks {
			row.Breaks = append(row.Breaks, b.From+": "+b.Note)
		}
		if l, ok := latest[m.ID]; ok {
			row.LatestPeriod, row.LatestLoad = catalog.Period{Start: l.Period, Grain: m.Grain}.String(), l.Load
		}
		list = append(list, row)
	}
	return list, nil
}
