package web

import (
	"context"
	"strings"

	"stpdash/internal/catalog"
)

type answerable struct {
	Post   string `json:"post"`
	Body   string `json:"body"   doc:"The organisation"`
	From   string `json:"from"   doc:"Since when, as published; empty where that is not stated"`
	Source string `json:"source" doc:"Where it is published"`
	URL    string `json:"url"`
}

type priority struct {
	Title    string      `json:"title"`
	Answers  *answerable `json:"answers"  doc:"Who answers for it; null where the lead of the plan does"`
	Measures []string    `json:"measures" doc:"Those that show it"`
	Source   string      `json:"source"   doc:"Where it is published"`
	URL      string      `json:"url"`
}

type responsibility struct {
	Footprint  string      `json:"footprint"`
	Name       string      `json:"name"`
	Lead       *answerable `json:"lead"       doc:"Who leads the plan; null where none is recorded here"`
	Councils   []string    `json:"councils"   doc:"Partners of the plan; no partition, as some are partners of two"`
	Boards     []string    `json:"boards"     doc:"Those that sign the plan"`
	Priorities []priority  `json:"priorities"`
}

type responsibilitiesBody struct {
	AsOf             string           `json:"as_of,omitempty"`
	Responsibilities []responsibility `json:"responsibilities" doc:"One a footprint"`
}

func (b responsibilitiesBody) sheet() sheet {
	s := sheet{"responsibilities", [][]any{{
		"footprint", "name", "lead_post", "lead_body", "lead_from", "lead_source", "councils", "boards",
		"priority", "priority_post", "priority_body", "priority_measures", "priority_source",
	}}}
	for _, r := range b.Responsibilities {
		lead := answerable{}
		if r.Lead != nil {
			lead = *r.Lead
		}
		begins := []any{r.Footprint, r.Name, lead.Post, lead.Body, lead.From, lead.URL, strings.Join(r.Councils, "; "), strings.Join(r.Boards, "; ")}
		if len(r.Priorities) == 0 {
			s.rows = append(s.rows, append(begins, "", "", "", "", ""))
		}
		for _, p := range r.Priorities {
			answers := answerable{}
			if p.Answers != nil {
				answers = *p.Answers
			}
			s.rows = append(s.rows, append(begins[:len(begins):len(begins)], p.Title, answers.Post, answers.Body, strings.Join(p.Measures, " "), p.URL))
		}
	}
	return s
}

func answering(a *catalog.Answerable) *answerable {
	if a == nil {
		return nil
	}
	return &answerable{a.Post, a.Body, a.From, a.Citation.Title, a.Citation.URL}
}

func (a figuresAPI) responsibilities(ctx context.Context, in *struct{ Viewing }) (responsibilitiesBody, error) {
	body := responsibilitiesBody{AsOf: in.AsOf, Responsibilities: []responsibility{}}
	if _, err := a.figures.Moments().AsOf(ctx, in.AsOf); err != nil {
		return body, err
	}
	d := a.figures.Directory()
	for _, f := range d.Reference.Footprints() {
		row := responsibility{Footprint: f.Code, Name: f.Name, Councils: []string{}, Boards: []string{}, Priorities: []priority{}}
		if r, known := d.Catalog.Answering(f.Code); known {
			row.Lead = answering(r.Lead)
			if r.Councils != nil {
				row.Councils = r.Councils.Names
			}
			if r.Boards != nil {
				row.Boards = r.Boards.Names
			}
			for _, p := range r.Priorities {
				row.Priorities = append(row.Priorities, priority{p.Title, answering(p.Answers), append([]string{}, p.Measures...), p.Citation.Title, p.Citation.URL})
			}
		}
		body.Responsibilities = append(body.Responsibilities, row)
	}
	return body, nil
}
