package pages

import (
	"context"
	"encoding/json"
	"strconv"

	"stpdash/internal/act"
	"stpdash/internal/pages/wording"
)

// ActsPage is a part of the log of acts, the newest first.
type ActsPage struct {
	Form
	Rows     []ActRow
	Kinds    []RoleChoice
	People   []PlaceChoice
	Kind     string // the choices of the filter
	Actor    string
	From, To string
	CSV      string
	Earlier  Link
	Total    uint64
	Head     string // hash
}

// ActRow is an act as it is shown.
type ActRow struct {
	Seq             uint64
	At, Actor, What string
	Place, About    string
}

// ActsQuery are the choices of the filter as they stand in the address.
type ActsQuery struct{ Kind, Actor, From, To string }

// Acts composes a part of the log of acts. More tells that there are earlier ones.
func (c accountPages) Acts(ctx context.Context, q ActsQuery, acts []act.Act, more bool) (ActsPage, error) {
	page := ActsPage{Form: c.form("Log of acts", nil, nil), Kind: q.Kind, Actor: q.Actor, From: q.From, To: q.To}
	page.CSV = address("/api/v1/acts", "format", "csv", "kind", q.Kind, "actor", q.Actor, "from", q.From, "to", q.To)
	names, err := c.acts.Names(ctx)
	if err != nil {
		return page, err
	}
	if err := c.acts.Log.View(ctx, func(s *act.State) {
		page.Total, page.Head = s.Seq, s.Hash
		for _, p := range s.People() {
			page.People = append(page.People, PlaceChoice{p.ID, actorName(names, p.ID)})
		}
	}); err != nil {
		return page, err
	}
	for _, k := range act.Kinds {
		page.Kinds = append(page.Kinds, RoleChoice{Value: string(k), Name: wording.Act(k)})
	}
	for _, a := range acts {
		row := ActRow{a.Seq, wording.Moment(a.At), actorName(names, a.Actor), wording.Act(a.Kind), c.placeOf(a.Scope), a.Subject}
		if p, ok := names[a.Subject]; ok {
			row.About = p.Name
		}
		if a.Kind == act.Refused {
			var body act.RefusedBody
			if err := json.Unmarshal([]byte(a.Body), &body); err == nil {
				row.What = wording.RefusedAct(body)
			}
			if a.Actor == "" && a.Via == act.ByBrowser {
				row.Actor = wording.NotSignedIn
			}
		}
		page.Rows = append(page.Rows, row)
	}
	if more && len(acts) > 0 {
		page.Earlier = Link{Text: "Earlier acts", URL: address(
			"/acts", "kind", q.Kind, "actor", q.Actor, "from", q.From, "to", q.To, "before", strconv.FormatUint(acts[len(acts)-1].Seq, 10),
		)}
	}
	return page, nil
}
