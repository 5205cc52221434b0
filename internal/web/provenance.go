package web

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/figures"
	"stpdash/internal/pages/wording"
)

type cellRow struct {
	Component    string    `json:"component"              doc:"Id of the measure that the cell states"`
	Organisation string    `json:"organisation"`
	Name         string    `json:"organisation_name"`
	Item         string    `json:"item,omitempty"         doc:"The part of the organisation's figure, where it is split over rows"`
	Footprint    string    `json:"footprint"`
	Membership   string    `json:"membership"             doc:"What says that the organisation belongs to the footprint"`
	Share        amount    `json:"share"                  doc:"Of the organisation's figure that counts in the footprint; below 1 what counts is an estimate"`
	Numerator    amount    `json:"numerator"`
	Denominator  amount    `json:"denominator"`
	Status       string    `json:"status"                                                                                                                                                                             enum:"reported,not_reported,rejected,known_gap"`
	Note         string    `json:"note"`
	Raw          string    `json:"raw"                    doc:"The text as published"`
	File         string    `json:"file"`
	SHA256       string    `json:"sha256"`
	Sheet        string    `json:"sheet"`
	Row          uint32    `json:"row"`
	Column       string    `json:"column"`
	Released     string    `json:"published"              doc:"When the publisher says it released the file; empty when it does not say"`
	LoadedAt     time.Time `json:"loaded_at"`
	Load         uint64    `json:"load_id"`
	Source       string    `json:"source"`
	FilesAre     string    `json:"files_are"              doc:"Whether the file is as its publisher released it, saved again by others, or compiled by others from what was released; empty where that is not stated" enum:"originals,saved_again,compilations,"`
	Definition   string    `json:"source_definition_hash"`
	ViaFile      string    `json:"via_file,omitempty"     doc:"The canonical file that carried the cell here"`
	ViaRow       uint32    `json:"via_row,omitempty"`
}

type provenanceBody struct {
	Measure   string `json:"measure"`
	Footprint string `json:"footprint,omitempty"`
	Org       string `json:"org,omitempty"`
	Hash      string `json:"definition_hash"     doc:"Of the measure that made the figure"`
	point
	MadeOf []part    `json:"made_of,omitempty"   doc:"Of a derived measure, the figures that it is worked out from; and the count of people that the value or the rate per 1,000 is divided by"`
	Cells  []cellRow `json:"cells"`
}

// part is a figure that another one is worked out from.
type part struct {
	Measure string `json:"measure"`
	point
}

func (b provenanceBody) sheet() sheet {
	s := sheet{
		"cells",
		[][]any{
			{
				"measure",
				"footprint",
				"period",
				"component",
				"organisation",
				"organisation_name",
				"item",
				"numerator",
				"denominator",
				"status",
				"note",
				"raw",
				"file",
				"sha256",
				"sheet",
				"row",
				"column",
				"published",
				"loaded_at",
				"load_id",
				"source",
				"source_definition_hash",
				"via_file",
				"via_row",
				"files_are",
				"share",
			},
		},
	}
	for _, c := range b.Cells {
		s.rows = append(s.rows, []any{
			b.Measure, b.Footprint, b.Period, c.Component, c.Organisation, c.Name, c.Item, c.Numerator, c.Denominator, c.Status, c.Note,
			c.Raw, c.File, c.SHA256, c.Sheet, c.Row, c.Column, c.Released, c.LoadedAt.Format(time.RFC3339), c.Load,
			c.Source, c.Definition, c.ViaFile, c.ViaRow, c.FilesAre, c.Share,
		})
	}
	return s
}

func (a figuresAPI) provenance(ctx context.Context, in *struct {
	Viewing
	Measure   string `query:"measure" doc:"Id of a measure"`
	Footprint string `query:"footprint" doc:"A footprint, a region, ENG or UNALLOCATED; or org"`
	Org       string `query:"org" doc:"Code of one organisation"`
	Period    string `query:"period" doc:"For example 2017-04; of weeks, week ending 2014-10-05"`
},
) (provenanceBody, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return provenanceBody{}, err
	}
	trace, err := trace(ctx, a.figures, in.Measure, in.Footprint, in.Org, in.Period, asOf)
	if err != nil {
		return provenanceBody{}, err
	}
	body := provenanceBody{Measure: trace.Measure.ID, Hash: trace.Point.Definition, point: newPoint(trace.Measure, trace.Point), Cells: []cellRow{}}
	if body.Footprint = trace.Area.Code; trace.Area.Organisation != nil {
		body.Footprint, body.Org = "", trace.Area.Code
	}
	for _, p := range trace.Parts {
		body.MadeOf = append(body.MadeOf, part{trace.Measure.Base().ID, newPoint(trace.Measure.Base(), p)})
	}
	if of := trace.Counted; of != nil {
		body.MadeOf = append(body.MadeOf, part{of.Measure.ID, newPoint(of.Measure, of.Point)})
	}
	for _, c := range trace.Cells {
		name := ""
		if o, ok := a.figures.Directory().Reference.Organisation(c.Organisation); ok {
			name = o.Name
		}
		body.Cells = append(body.Cells, cellRow{
			c.Component,
			c.Organisation,
			name,
			c.Item,
			c.Footprint,
			wording.Membership(c, a.figures.Directory().Reference),
			amount{decimal.NewNullDecimal(c.Share)},
			amount{c.Numerator},
			amount{c.Denominator},
			c.Status,
			c.Note,
			c.Raw,
			c.File,
			c.SHA256,
			c.Sheet,
			c.Row,
			c.Column,
			c.Released,
			c.LoadedAt,
			c.Load,
			c.Source,
			string(a.figures.Directory().Catalog.FilesBeneath(c.Component, c.Source, c.ViaFile != "")),
			c.Definition,
			c.ViaFile,
			c.ViaRow,
		})
	}
	return body, nil
}

// trace reads the parameters of a provenance question and answers it.
func trace(ctx context.Context, f *figures.Figures, measureID, place, org, periodText string, asOf figures.Moment) (figures.Trace, error) {
	m, err := f.MeasureAsOf(ctx, measureID, asOf)
	if err != nil {
		return figures.Trace{}, err
	}
	s, err := f.Directory().FindPlace(place, org)
	if err != nil {
		return figures.Trace{}, err
	}
	period, err := f.Directory().ReadPeriod("period", periodText, m)
	if err != nil {
		return figures.Trace{}, err
	}
	return f.Trace(ctx, asOf, m, s, period)
}
