package pages

import (
	"context"
	"slices"

	"stpdash/internal/act"
	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

// ResponsibilitiesPage says who answers for the plan of each footprint, and what nobody has answered for yet.
type ResponsibilitiesPage struct {
	Shell
	Finding   string
	Rows      []ResponsibilityRow
	Downloads Downloads
}

// ResponsibilityRow is who answers for the plan of one footprint.
type ResponsibilityRow struct {
	Code       string
	Place      Link
	Lead       Answerable // without words where none is published
	Councils   []string
	Boards     []string
	Priorities []PriorityRow
	Open       []string // what nobody has answered for yet, in a few words each
	PartnersOf []Link   // where councils and boards are published
}

// Answerable is a post that answers for something, in words, and where that is published.
type Answerable struct {
	Words  string
	Source Link
}

// PriorityRow is something that a plan puts first.
type PriorityRow struct {
	Title    string
	Answers  Answerable // without words where the lead of the plan answers
	Measures []Link
	Source   Link
}

// Responsibilities composes who answers for the plans.
func (c dataPages) Responsibilities(ctx context.Context, asOf figures.Moment) (ResponsibilitiesPage, error) {
	page := ResponsibilitiesPage{Shell: c.shell("Who answers for what", "data", asOf), Downloads: downloads("/api/v1/responsibilities", "as_of", asOf.Text)}
	var returned []*catalog.Measure
	for _, m := range c.directory.Catalog.Headlines() {
		if c.directory.Catalog.Returned(m) {
			returned = append(returned, m)
		}
	}
	points, err := c.figures.PointsOf(ctx, asOf, returned)
	if err != nil {
		return page, err
	}
	undone, err := c.undone(ctx, asOf)
	if err != nil {
		return page, err
	}
	led := 0
	for _, f := range c.footprintsByName() {
		row := ResponsibilityRow{Code: f.Code, Place: Link{Text: f.Name, URL: footprintURL(f.Code, asOf)}}
		answering, known := c.directory.Catalog.Answering(f.Code)
		open := wording.Unanswered{Overdue: undone[f.Code].overdue, Unsigned: undone[f.Code].unsigned}
		if known {
			row = c.responsibility(row, answering, asOf)
			for _, p := range answering.Priorities {
				if len(p.Measures) == 0 {
					open.Unmeasured++
				}
			}
		}
		if row.Lead.Words != "" {
			led++
		}
		for _, m := range returned {
			if !slices.ContainsFunc(points[m.ID].ByPlace()[f.Code], func(p measure.Point) bool { return p.Value.Valid }) {
				open.Unreturned++
			}
		}
		row.Open = open.Words()
		page.Rows = append(page.Rows, row)
	}
	page.Finding = wording.Answered(led, len(page.Rows))
	return page, nil
}

func (c *parts) responsibility(row ResponsibilityRow, r *catalog.Responsibility, asOf figures.Moment) ResponsibilityRow {
	row.Lead = answerable(r.Lead)
	if r.Councils != nil {
		row.Councils = r.Councils.Names
		row.PartnersOf = append(row.PartnersOf, cited(r.Councils.Citation))
	}
	if r.Boards != nil {
		row.Boards = r.Boards.Names
		row.PartnersOf = append(row.PartnersOf, cited(r.Boards.Citation))
	}
	for _, p := range r.Priorities {
		row.Priorities = append(row.Priorities, c.priority(p, asOf))
	}
	return row
}

func (c *parts) priority(p *catalog.Priority, asOf figures.Moment) PriorityRow {
	row := PriorityRow{Title: p.Title, Answers: answerable(p.Answers), Source: cited(p.Citation)}
	for _, id := range p.Measures {
		if m, ok := c.directory.Catalog.Measure(id); ok {
			row.Measures = append(row.Measures, Link{Text: m.Title, URL: measureURL(m, asOf)})
		}
	}
	return row
}

func answerable(a *catalog.Answerable) Answerable {
	if a == nil {
		return Answerable{}
	}
	return Answerable{wording.Answerable(a), cited(a.Citation)}
}

func cited(c catalog.Citation) Link { return Link{Text: c.Title, URL: c.URL} }

// undone is what people of a footprint have begun and not ended.
type undone struct{ overdue, unsigned int }

// undone are the decisions that are overdue and the returns that nobody signed off, by footprint.
func (c dataPages) undone(ctx context.Context, asOf figures.Moment) (map[string]undone, error) {
	found := map[string]undone{}
	if c.acts.Log == nil {
		return found, nil
	}
	seq, err := c.asOfAct(ctx, asOf)
	now := c.moments.Reading(asOf)
	_, _, err = c.acts.read(ctx, err, func(s *act.State) bool {
		for _, d := range s.AllDecisions(seq) {
			if d.Scope.Kind == act.OfFootprint && overdue(d, now) {
				of := found[d.Scope.Code]
				of.overdue++
				found[d.Scope.Code] = of
			}
		}
		for _, r := range s.Returns(func(act.Scope) bool { return true }) {
			signed := slices.ContainsFunc(s.SignOffs(act.ReturnSigned, r.ID, seq), func(o act.SignOff) bool { return o.Withdrawn == nil })
			if r.Seq <= seq && !signed {
				of := found[r.Scope.Code]
				of.unsigned++
				found[r.Scope.Code] = of
			}
		}
		return false
	})
	return found, err
}

// Answers is who answers for a measure of a footprint.
type Answers struct {
	Lead       Answerable    // of the plan; without words where none is published
	Priorities []PriorityRow // that the measure shows
	URL        string        // where all of them are listed
}

// answers is who answers for a measure of a footprint.
func (c *parts) answers(m *catalog.Measure, code string, asOf figures.Moment) Answers {
	answers := Answers{URL: address("/responsibilities", "as_of", asOf.Text) + "#" + code}
	r, known := c.directory.Catalog.Answering(code)
	if !known {
		return answers
	}
	answers.Lead = answerable(r.Lead)
	for _, p := range r.For(m.ID) {
		answers.Priorities = append(answers.Priorities, c.priority(p, asOf))
	}
	return answers
}
