package web

import "context"

type templateRow struct {
	Measure      string `json:"measure"`
	Organisation string `json:"organisation"      doc:"Code of a footprint or an organisation"`
	Name         string `json:"organisation_name" doc:"For those who fill the template in; the code counts"`
	Period       string `json:"period"`
	Numerator    amount `json:"numerator"         doc:"Null, to be filled in"`
	Denominator  amount `json:"denominator"       doc:"Null, to be filled in for a share or a rate"`
	Note         string `json:"note"              doc:"Blank; says why there is no figure, where there is none"`
}

type templateRows []templateRow

func (l templateRows) sheet() sheet {
	s := sheet{"return", [][]any{{"measure", "organisation", "organisation_name", "period", "numerator", "denominator", "note"}}}
	for _, r := range l {
		s.rows = append(s.rows, []any{r.Measure, r.Organisation, r.Name, r.Period, r.Numerator, r.Denominator, r.Note})
	}
	return s
}

func (a figuresAPI) template(_ context.Context, in *struct {
	Measure   string `query:"measure" doc:"Id of a measure that waits for local returns"`
	Footprint string `query:"footprint" doc:"Code of a footprint; all of them without it"`
	Period    string `query:"period" doc:"A period that has ended; the latest without it"`
	Format    string `query:"format" doc:"json, csv or xlsx"`
},
) (templateRows, error) {
	t, err := a.figures.Directory().Template(in.Measure, in.Footprint, in.Period, a.figures.Moments().Now())
	rows := templateRows{}
	for _, r := range t.Rows {
		rows = append(rows, templateRow{Measure: t.Measure.ID, Organisation: r.Code, Name: r.Name, Period: t.Period.String()})
	}
	return rows, err
}
