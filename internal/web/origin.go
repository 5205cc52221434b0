package web

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"stpdash/internal/figures"
	"stpdash/internal/pages/wording"
	"stpdash/internal/spreadsheet"
)

// traced is an answer for a workbook, with the sheet that says where it comes from.
type traced struct {
	tabular
	origin spreadsheet.Sheet
}

// origins say where the figures of workbooks come from.
type origins struct {
	figures *figures.Figures
	now     func() time.Time
	version string
	public  *url.URL // nil where there is none
}

// trace adds to a workbook where its figures come from: it is passed on without its address. A return is a form, not figures.
func (o origins) trace(c huma.Context, status string, answer any) (any, error) {
	t, ok := answer.(tabular)
	if _, form := answer.(workbook); !ok || form || status != "200" || c.Header("Accept") != xlsxType {
		return answer, nil
	}
	origin, err := o.sheet(c, t)
	if err != nil {
		return nil, problemOf(err)
	}
	return traced{t, origin}, nil
}

// sheet says where the figures of an answer come from.
func (o origins) sheet(c huma.Context, answer tabular) (spreadsheet.Sheet, error) {
	address := c.URL()
	asOf, err := o.figures.Moments().AsOf(c.Context(), address.Query().Get("as_of"))
	if err != nil {
		return spreadsheet.Sheet{}, err
	}
	s, err := o.of(c.Context(), &address, answer, asOf)
	if err == nil {
		s.Rows = slices.Insert(s.Rows, 2, []any{"made at", "", o.now().UTC().Format(time.RFC3339)})
	}
	return s, err
}

// of says where the figures of an answer come from, whenever it is made.
func (o origins) of(ctx context.Context, address *url.URL, answer tabular, asOf figures.Moment) (spreadsheet.Sheet, error) {
	stood, err := o.figures.Moments().StoodAt(ctx, asOf)
	if err != nil {
		return spreadsheet.Sheet{}, err
	}
	public := "" // what a request says of its host may be anything, and the answer is kept for others
	if o.public != nil {
		public = site(o.public)
	}
	rows := [][]any{
		{"what", "of", "is"},
		{"address asked", "", public + canonical(address)},
		{"made by", "", "stpd " + o.version},
		{"as of", "", asOf.Text},
		{"figures last changed", "", stood.At.UTC().Format(time.RFC3339Nano)},
		{"newest load", "", stood.Load},
	}
	if loading := wording.Loading(asOf.Loading); loading != "" {
		rows = append(rows, []any{"not complete", "", loading + ": figures that are missing may only not be loaded yet"})
	}
	of, err := o.measures(ctx, address.Query().Get("measure"), answer, asOf)
	return spreadsheet.Sheet{Name: "provenance", Rows: append(rows, of...), Widths: []float64{22, 30, 100}}, err
}

// ofMeasures are answers with figures of more measures than the one asked for.
type ofMeasures interface {
	// measures are the ids, each once, in the order of the answer.
	measures() []string
}

// measuresOf are the ids that the rows of an answer have, each once; a row of no one measure has none.
func measuresOf[R any](rows []R, id func(R) string) []string {
	ids := []string{}
	for _, row := range rows {
		if id := id(row); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// measures are rows about the measure asked for and those of an answer: which definition, whose figures, and what the publisher wants said with them.
func (o origins) measures(ctx context.Context, asked string, answer tabular, asOf figures.Moment) ([][]any, error) {
	ids := []string{asked}
	if several, ok := answer.(ofMeasures); ok {
		ids = append(ids, several.measures()...)
	}
	ids = measuresOf(ids, func(id string) string { return id })
	var rows [][]any
	var sources []string
	for _, id := range ids {
		m, err := o.figures.MeasureAsOf(ctx, id, asOf)
		if err != nil {
			return nil, err
		}
		rows = append(rows, []any{"measure", id, m.Title}, []any{"definition", id, m.Definition},
			[]any{"definition hash", id, m.Hash()}, []any{"sources", id, strings.Join(m.Sources, " ")})
		for _, source := range m.Sources {
			if !slices.Contains(sources, source) {
				sources = append(sources, source)
			}
		}
	}
	for _, id := range sources {
		if source, ok := o.figures.Directory().Catalog.Source(id); ok {
			for _, fact := range [][2]string{
				{"source", source.Title}, {"publisher", source.Publisher}, {"address", source.URL}, {"licence", source.Licence}, {"attribution", source.Attribution},
			} {
				if fact[1] != "" {
					rows = append(rows, []any{fact[0], id, fact[1]})
				}
			}
		}
	}
	return rows, nil
}
