package web

import (
	"context"
	"io"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"stpdash/internal/figures"
	"stpdash/internal/spreadsheet"
	"stpdash/internal/tables"
)

// workbooks make one workbook of all that is known of a place.
type workbooks struct {
	figures *figures.Figures
	loads   *figures.Loads
	origins origins
	places  *places
}

// open makes the workbook of a place: its measures at a glance, all their figures, the loads that these came with, and where they come from.
func (w workbooks) open(c *gin.Context, asOf figures.Moment) (file, error) {
	ctx := c.Request.Context()
	area, err := findFootprint(w.figures, c.Param("code"))
	if err != nil {
		return file{}, err
	}
	if asOf.Incomplete() {
		return file{}, figures.ErrLoading
	}
	leave, err := w.places.enter(ctx, 1)
	if err != nil {
		return file{}, notMade(err)
	}
	defer leave()
	sheets, err := w.sheets(ctx, area, asOf, c.Request.URL)
	if err != nil {
		return file{}, err
	}
	content, tag, err := written(func(out io.Writer) error { return spreadsheet.WriteXLSX(out, sheets...) })
	return file{content, fileNameOf(c) + ".xlsx", xlsxType, tag}, err
}

func (w workbooks) sheets(ctx context.Context, area figures.Area, asOf figures.Moment, address *url.URL) ([]spreadsheet.Sheet, error) {
	api := figuresAPI{figures: w.figures}
	glance, err := api.rowsOf(ctx, area, asOf)
	if err != nil {
		return nil, err
	}
	rows := [][]any{tables.Headings()}
	seen := map[uint64]bool{}
	err = w.figures.EachOf(ctx, asOf, w.figures.Directory().Shown(area), area, func(row figures.TableRow) error {
		rows, seen[row.Load] = append(rows, tables.Cells(&row)), true
		return nil
	})
	if err != nil {
		return nil, err
	}
	loads, err := w.loaded(ctx, asOf, seen)
	if err != nil {
		return nil, err
	}
	origin, err := w.origins.of(ctx, address, glance, asOf)
	if err != nil {
		return nil, err
	}
	return []spreadsheet.Sheet{
		{Name: "measures", Rows: glance.sheet().rows, Widths: []float64{28, 44, 20}},
		{Name: "figures", Rows: rows, Widths: []float64{28, 12, 30, 12, 12}},
		{Name: "loads", Rows: loads, Widths: []float64{8, 24, 50, 68, 24, 24}},
		origin,
	}, nil
}

// loaded are the loads that some figures came with, the newest first.
func (w workbooks) loaded(ctx context.Context, asOf figures.Moment, seen map[uint64]bool) ([][]any, error) {
	all, err := w.loads.ListLoads(ctx, asOf, figures.MaxLoads, 0)
	rows := [][]any{{"load_id", "source", "file", "sha256", "published", "loaded"}}
	for _, l := range all {
		if seen[l.ID] {
			rows = append(rows, []any{l.ID, l.Source, l.File, l.SHA256, l.Released, l.At.UTC()})
		}
	}
	return slices.Clip(rows), err
}
