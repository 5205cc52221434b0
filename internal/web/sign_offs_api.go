package web

import (
	"context"
	"strings"
	"time"

	"stpdash/internal/act"
	"stpdash/internal/figures"
)

type signOffInput struct {
	Viewing
	Kind string `query:"kind" doc:"verdict, review or return; all of them without it"`
	Of   string `query:"of"   doc:"The id of a claim or return, or the slug of a region and a week, such as south-west 2019-W07"`
}

type signOffRow struct {
	ID          string     `json:"id"`
	Kind        string     `json:"kind"        enum:"verdict,review,return"`
	Of          string     `json:"of"`
	ScopeKind   string     `json:"scope_kind"                               doc:"footprint, region or everywhere"`
	Scope       string     `json:"scope"`
	By          string     `json:"by"                                       doc:"A person by id"`
	At          time.Time  `json:"at"`
	Statement   string     `json:"statement"`
	SHA256      string     `json:"sha256"                                   doc:"Of what was shown"`
	Definitions string     `json:"definitions"                              doc:"Names those that it was made by"`
	Load        uint64     `json:"load_id"                                  doc:"The newest that it rested on"`
	Withdrawn   *time.Time `json:"withdrawn"                                doc:"Null of one that was not"`
	Reason      string     `json:"reason"                                   doc:"Why it was withdrawn"`
	Seq         uint64     `json:"seq"                                      doc:"The act that it stands by as shown"`
}

type signOffList []signOffRow

func (l signOffList) sheet() sheet {
	s := sheet{"sign_offs", [][]any{{
		"id", "kind", "of", "scope_kind", "scope", "by", "at", "statement", "sha256", "definitions", "load_id", "withdrawn", "reason", "seq",
	}}}
	for _, r := range l {
		s.rows = append(s.rows, []any{
			r.ID, r.Kind, r.Of, r.ScopeKind, r.Scope, r.By, when(&r.At), r.Statement, r.SHA256, r.Definitions, r.Load, when(r.Withdrawn), r.Reason, r.Seq,
		})
	}
	return s
}

// signOffs are those that were given, as they stood.
func (a actsAPI) signOffs(ctx context.Context, in *signOffInput) (signOffList, error) {
	list := signOffList{}
	asOf, err := a.figures.Moments().AsOf(ctx, in.AsOf)
	if err != nil {
		return nil, err
	}
	kind, known := act.SignKind(in.Kind)
	if in.Kind != "" && !known {
		return nil, &figures.InputError{Parameter: "kind", Value: in.Kind, Accepted: "verdict, review or return"}
	}
	if in.Of != "" && !a.signable(in.Of) {
		return nil, &figures.InputError{
			Parameter: "of",
			Value:     in.Of,
			Accepted:  "the id of a claim or of a return, or the slug of a region and a week, such as south-west 2019-W07",
		}
	}
	if a.acts == nil {
		return list, nil
	}
	seq, err := a.upTo(ctx, asOf)
	if err != nil {
		return nil, err
	}
	err = a.acts.View(ctx, func(s *act.State) {
		for _, o := range s.AllSignOffs(seq) {
			if in.Kind != "" && o.Kind != kind || in.Of != "" && o.Of != in.Of {
				continue
			}
			row := signOffRow{
				ID: o.ID, Kind: o.Kind.SignName(), Of: o.Of, ScopeKind: string(o.Scope.Kind), Scope: o.Scope.Code, By: o.By, At: o.At, Statement: o.Statement,
				SHA256: o.SHA256, Definitions: o.Definitions, Load: o.Load, Seq: o.Seq,
			}
			if w := o.Withdrawn; w != nil {
				row.Withdrawn, row.Reason, row.Seq = &w.At, w.Reason, w.Seq
			}
			list = append(list, row)
		}
	})
	return list, err
}

// signable tells whether a text names what can be signed off.
func (a actsAPI) signable(of string) bool {
	if _, ok := a.figures.Directory().Catalog.Claim(of); ok {
		return true
	}
	region, text, two := strings.Cut(of, " ")
	if !two {
		return act.IsID(of)
	}
	_, err := a.figures.Directory().FindRegion(region)
	_, known := figures.ParseWeek(text)
	return err == nil && known
}
