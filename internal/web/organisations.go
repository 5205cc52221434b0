package web

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/figures"
	"stpdash/internal/footprint"
)

type organisationRow struct {
	Code         string          `json:"code"            doc:"ODS code; councils have three digits"`
	ONSCodes     []string        `json:"ons_codes"       doc:"Those that it has had"`
	Name         string          `json:"name"`
	Kind         string          `json:"kind"            doc:"What it is; outside is no body, but the people of elsewhere"  enum:"provider,commissioner,council,outside"`
	Also         string          `json:"also,omitempty"  doc:"A second kind that it is of"`
	Ended        string          `json:"ended,omitempty" doc:"The first day on which it no longer was, where that is known"`
	Footprints   []membershipRow `json:"footprints"`
	Predecessors []successionRow `json:"predecessors"    doc:"Whose work it took over"`
	Successors   []successionRow `json:"successors"      doc:"Who took over its work"`
}

type membershipRow struct {
	Footprint string `json:"footprint"       doc:"Code, or UNALLOCATED where it counts in England alone"`
	Share     amount `json:"share"           doc:"Of its figures that counts there. Below 1 what counts is an estimate; 0 is a footprint that it may belong to"`
	From      string `json:"from,omitempty"  doc:"First day; left out where it always did"`
	Until     string `json:"until,omitempty" doc:"First day on which it no longer does"`
	Source    string `json:"source"`
}

type successionRow struct {
	Organisation string `json:"organisation"`
	Name         string `json:"name"`
	From         string `json:"from"         doc:"The first day after it"`
	Share        amount `json:"share"        doc:"Of the predecessor's work that went to the successor; null where a part of unknown size did"`
	Source       string `json:"source"`
}

type organisationList []organisationRow

func (l organisationList) sheet() sheet {
	s := sheet{"organisations", [][]any{{"code", "ons_codes", "name", "kind", "also", "ended", "footprints", "predecessors", "successors"}}}
	for _, o := range l {
		var places, before, after []string
		for _, m := range o.Footprints {
			text := m.Footprint + " " + m.Share.Decimal.String()
			if m.From != "" {
				text += " from " + m.From
			}
			if m.Until != "" {
				text += " until " + m.Until
			}
			places = append(places, text)
		}
		for _, p := range o.Predecessors {
			before = append(before, p.text())
		}
		for _, p := range o.Successors {
			after = append(after, p.text())
		}
		s.rows = append(
			s.rows,
			[]any{
				o.Code,
				strings.Join(o.ONSCodes, " "),
				o.Name,
				o.Kind,
				o.Also,
				o.Ended,
				strings.Join(places, "; "),
				strings.Join(before, "; "),
				strings.Join(after, "; "),
			},
		)
	}
	return s
}

func (p successionRow) text() string {
	share := "a part"
	if p.Share.Valid {
		share = p.Share.Decimal.String()
	}
	return p.Organisation + " " + p.From + " " + share
}

func (a figuresAPI) organisations(ctx context.Context, in *struct {
	Viewing
	Kind      string `query:"kind" doc:"commissioner, council, provider or outside; all without it"`
	Footprint string `query:"footprint" doc:"Code of a footprint, or UNALLOCATED: those that belong or belonged to it, wholly or in part"`
	Org       string `query:"org" doc:"Code of one organisation"`
},
) (organisationList, error) {
	if _, err := a.figures.Moments().AsOf(ctx, in.AsOf); err != nil {
		return nil, err
	}
	directory := a.figures.Directory()
	kind := footprint.Kind(in.Kind)
	if in.Kind != "" && !slices.Contains(footprint.Kinds, kind) {
		return nil, &figures.InputError{Parameter: "kind", Value: in.Kind, Accepted: "commissioner, council, provider or outside"}
	}
	place := ""
	if in.Footprint != "" {
		s, err := directory.FindArea(in.Footprint)
		if err != nil {
			return nil, err
		}
		if place = s.Code; place == footprint.England {
			place = ""
		}
	}
	all := directory.Reference.Organisations()
	if in.Org != "" {
		o, err := directory.FindOrganisation(in.Org)
		if err != nil {
			return nil, err
		}
		all = []footprint.Organisation{o}
	}
	list := organisationList{}
	for _, o := range all {
		memberships := directory.Reference.MembershipsOf(o.Code)
		if kind != "" && o.Kind != kind && o.Also != kind ||
			place != "" && !slices.ContainsFunc(memberships, func(m footprint.Membership) bool { return m.Footprint == place }) {
			continue
		}
		list = append(list, newOrganisationRow(directory, o, memberships))
	}
	return list, nil
}

func newOrganisationRow(d *figures.Directory, o footprint.Organisation, memberships []footprint.Membership) organisationRow {
	row := organisationRow{
		Code: o.Code, ONSCodes: append([]string{}, d.Reference.ONSCodes(o.Code)...), Name: o.Name, Kind: string(o.Kind), Also: string(o.Also),
		Footprints: []membershipRow{}, Predecessors: []successionRow{}, Successors: []successionRow{},
	}
	if ended, ok := d.Reference.Ended(o.Code); ok {
		row.Ended = dateOf(ended)
	}
	for _, m := range memberships {
		row.Footprints = append(row.Footprints, membershipRow{m.Footprint, amount{decimal.NewNullDecimal(m.Share)}, dateOf(m.From), dateOf(m.To), m.Source})
	}
	for _, s := range d.Reference.SuccessionsTo(o.Code) {
		row.Predecessors = append(row.Predecessors, successionRow{s.Organisation, d.OrganisationName(s.Organisation), dateOf(s.From), amount{s.Share}, s.Source})
	}
	for _, s := range d.Reference.Successions(o.Code) {
		row.Successors = append(row.Successors, successionRow{s.Successor, d.OrganisationName(s.Successor), dateOf(s.From), amount{s.Share}, s.Source})
	}
	return row
}

// dateOf is a day; empty where it is open.
func dateOf(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return day.Format(time.DateOnly)
}
