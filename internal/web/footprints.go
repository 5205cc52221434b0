package web

import (
	"context"
	"strings"
)

type footprintRow struct {
	Code               string `json:"code"                doc:"ONS code of 2017"`
	Code2016           string `json:"code_2016"`
	ODSCode            string `json:"ods_code"`
	Name               string `json:"name"`
	ShortName          string `json:"short_name"`
	Region             string `json:"region"              doc:"One of the five regions of 2018"`
	RegisteredPatients amount `json:"registered_patients" doc:"Registered with GP practices, January to March 2016"`
}

type footprintList []footprintRow

func (l footprintList) sheet() sheet {
	s := sheet{"footprints", [][]any{{"code", "code_2016", "ods_code", "name", "short_name", "region", "registered_patients"}}}
	for _, f := range l {
		s.rows = append(s.rows, []any{f.Code, f.Code2016, f.ODSCode, f.Name, f.ShortName, f.Region, f.RegisteredPatients})
	}
	return s
}

func (a figuresAPI) footprints(ctx context.Context, in *struct{ Viewing }) (footprintList, error) {
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	patients, err := a.figures.RegisteredPatients(ctx, asOf)
	if err != nil {
		return nil, err
	}
	list := footprintList{}
	for _, f := range a.figures.Directory().Reference.Footprints() {
		list = append(list, footprintRow{f.Code, f.Code2016, f.ODSCode, f.Name, f.ShortName, f.Region.Name, amount{patients[f.Code]}})
	}
	return list, nil
}

type regionRow struct {
	Name       string   `json:"name"`
	Slug       string   `json:"slug"       doc:"The name as it stands in addresses"`
	Footprints []string `json:"footprints" doc:"Codes of its footprints, in the order of their names"`
}

type regionList []regionRow

func (l regionList) sheet() sheet {
	s := sheet{"regions", [][]any{{"name", "slug", "footprints"}}}
	for _, r := range l {
		s.rows = append(s.rows, []any{r.Name, r.Slug, strings.Join(r.Footprints, " ")})
	}
	return s
}

func (a figuresAPI) regions(context.Context, *struct {
	Format string `query:"format" doc:"json, csv or xlsx"`
},
) (regionList, error) {
	list := regionList{}
	for _, r := range a.figures.Directory().Reference.Regions() {
		row := regionRow{Name: r.Name, Slug: r.Slug()}
		for _, f := range a.figures.Directory().Reference.Footprints() {
			if f.Region == r {
				row.Footprints = append(row.Footprints, f.Code)
			}
		}
		list = append(list, row)
	}
	return list, nil
}
