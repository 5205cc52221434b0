package web

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"stpdash/internal/figures"
	"stpdash/internal/pages/wording"
	"stpdash/internal/spreadsheet"
)

type templateRow struct {
	Measure      string `json:"measure"`
	Organisation string `json:"organisation"      doc:"Code of a footprint or an organisation"`
	Name         string `json:"organisation_name" doc:"For those who fill the template in; the code counts, and the name of another place is asked about"`
	Period       string `json:"period"`
	Numerator    amount `json:"numerator"         doc:"Null, to be filled in"`
	Denominator  amount `json:"denominator"       doc:"Null, to be filled in for a share or a rate"`
	Note         string `json:"note"              doc:"Blank; says why there is no figure, where there is none"`
}

type templateRows struct {
	rows      []templateRow
	templates []figures.Template
}

// MarshalJSON writes the rows.
func (l templateRows) MarshalJSON() ([]byte, error) { return json.Marshal(l.rows) }

// Schema describes the rows.
func (templateRows) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[[]templateRow](), true, "")
}

func (l templateRows) sheet() sheet {
	s := sheet{"return", [][]any{{"measure", "organisation", "organisation_name", "period", "numerator", "denominator", "note"}}}
	for _, r := range l.rows {
		s.rows = append(s.rows, []any{r.Measure, r.Organisation, r.Name, r.Period, r.Numerator, r.Denominator, r.Note})
	}
	return s
}

// workbook is the template as a workbook that checks what is filled in, with instructions.
func (l templateRows) workbook() []spreadsheet.Sheet {
	form, last := l.sheet(), len(l.rows)+1
	var measures [][]any
	help := [][]any{}
	for _, text := range wording.ReturnInstructions {
		help = append(help, []any{text})
	}
	for _, t := range l.templates {
		measures = append(measures, []any{t.Measure.ID, t.Period.String()})
		help = append(help, []any{}, []any{t.Measure.Title + " (" + t.Measure.ID + "), " + wording.ReturnPeriod(t.Period)}, []any{t.Measure.Definition})
	}
	notNegative := spreadsheet.Check{From: 2, To: last, Minimum: new(float64), Words: wording.ReturnNumber}
	numerator, denominator := notNegative, notNegative
	numerator.Column, denominator.Column = 5, 6
	return []spreadsheet.Sheet{
		{
			Name: form.name, Rows: form.rows, Widths: []float64{32, 14, 44, 10, 14, 14, 50}, HeadingRows: 1, Checks: []spreadsheet.Check{
				{Column: 1, From: 2, To: last, Source: fmt.Sprintf("lists!$A$1:$A$%d", len(measures)), Words: wording.ReturnListed},
				{Column: 4, From: 2, To: last, Source: fmt.Sprintf("lists!$B$1:$B$%d", len(measures)), Words: wording.ReturnListed},
				numerator, denominator,
			},
		},
		{Name: "instructions", Rows: help, Widths: []float64{110}, Wrapped: true},
		{Name: "lists", Rows: measures, Widths: []float64{32, 14}},
	}
}

func (a figuresAPI) template(_ context.Context, in *struct {
	Measure   string `query:"measure" doc:"Id of a measure that waits for local returns; all that are returned for the period without it"`
	Footprint string `query:"footprint" doc:"Code of a footprint; all of them without it"`
	Period    string `query:"period" doc:"A period that has ended; the latest of the measure without it"`
	Format    string `query:"format" doc:"json, csv or xlsx"`
},
) (templateRows, error) {
	templates, err := a.figures.Directory().Templates(in.Measure, in.Footprint, in.Period, a.figures.Moments().Now())
	list := templateRows{rows: []templateRow{}, templates: templates}
	for _, t := range templates {
		for _, r := range t.Rows {
			list.rows = append(list.rows, templateRow{Measure: t.Measure.ID, Organisation: r.Code, Name: r.Name, Period: t.Period.String()})
		}
	}
	return list, err
}
