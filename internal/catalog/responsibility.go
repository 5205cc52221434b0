package catalog

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// ResponsibilityFile is one file of who answers for the plans of footprints.
type ResponsibilityFile struct {
	Responsibilities []*Responsibility `yaml:"responsibilities" jsonschema:"required"` // a footprint may stand in several files, each with something else of it
}

// Responsibility is who answers for the plan of a footprint, as published. What is not published is left out, and pages say that it is not known.
type Responsibility struct {
	Footprint  string      `yaml:"footprint"  json:"footprint"            jsonschema:"required"` // its code
	Lead       *Answerable `yaml:"lead"       json:"lead,omitempty"`                             // who leads the plan
	Councils   *Partners   `yaml:"councils"   json:"councils,omitempty"`                         // the councils that are partners of it
	Boards     *Partners   `yaml:"boards"     json:"boards,omitempty"`                           // the boards that sign it
	Priorities []*Priority `yaml:"priorities" json:"priorities,omitempty"`                       // what the plan puts first

	at place
}

// Answerable is a post that answers for something, not the person who holds it.
type Answerable struct {
	Post     string   `yaml:"post"     json:"post"           jsonschema:"required"` // such as Chief executive
	Body     string   `yaml:"body"     json:"body"           jsonschema:"required"` // the organisation
	From     string   `yaml:"from"     json:"from,omitempty"`                       // since when, as published: a month such as 2016-03
	Citation Citation `yaml:"citation" json:"citation"       jsonschema:"required"` // where it is published
}

// Partners are organisations that take part, by name.
type Partners struct {
	Names    []string `yaml:"names"    json:"names"    jsonschema:"required"` // as they call themselves
	Citation Citation `yaml:"citation" json:"citation" jsonschema:"required"` // where it is published
}

// Priority is something that a plan puts first.
type Priority struct {
	Title    string      `yaml:"title"    json:"title"              jsonschema:"required"` // in our own words
	Answers  *Answerable `yaml:"answers"  json:"answers,omitempty"`                        // who answers for it; without it the lead of the plan does
	Measures []string    `yaml:"measures" json:"measures,omitempty"`                       // the ids of those that show it; without any it cannot be followed here
	Citation Citation    `yaml:"citation" json:"citation"           jsonschema:"required"` // where it is published
}

// Answering finds who answers for the plan of a footprint.
func (c *Catalog) Answering(code string) (*Responsibility, bool) {
	return byID(c.Responsibilities, code, func(r *Responsibility) string { return r.Footprint })
}

// For are the priorities that a measure shows.
func (r *Responsibility) For(measure string) []*Priority {
	var shown []*Priority
	for _, p := range r.Priorities {
		if slices.Contains(p.Measures, measure) {
			shown = append(shown, p)
		}
	}
	return shown
}

// readResponsibilities reads a file, and adds what it says of a footprint to what others do.
func (c reader) readResponsibilities(fsys fs.FS, file string) []error {
	f := &ResponsibilityFile{}
	d, err := decode(fsys, file, f)
	if err != nil {
		return []error{err}
	}
	for i, r := range f.Responsibilities {
		at := fmt.Sprintf("$.responsibilities[%d].", i)
		if r == nil {
			d.expect(false, strings.TrimSuffix(at, "."), "nothing", "a footprint")
			continue
		}
		r.at.file = file
		r.at.line, r.at.column = d.place(at + "footprint")
		c.checkResponsibility(d, at, r)
		known, ok := c.Answering(r.Footprint)
		if !ok {
			c.Responsibilities = append(c.Responsibilities, r)
			continue
		}
		d.expect(known.Lead == nil || r.Lead == nil, at+"lead", r.Footprint, "one lead of a footprint")
		d.expect(known.Councils == nil || r.Councils == nil, at+"councils", r.Footprint, "the councils of a footprint once")
		d.expect(known.Boards == nil || r.Boards == nil, at+"boards", r.Footprint, "the boards of a footprint once")
		known.Lead, known.Councils, known.Boards = or(known.Lead, r.Lead), or(known.Councils, r.Councils), or(known.Boards, r.Boards)
		known.Priorities = append(known.Priorities, r.Priorities...)
	}
	return d.mistakes
}

func or[T any](first, second *T) *T {
	if first != nil {
		return first
	}
	return second
}

func (c reader) checkResponsibility(d *document, at string, r *Responsibility) {
	d.expect(r.Footprint != "", at+"footprint", "", "the code of a footprint, such as E54000005")
	answers := func(at string, a *Answerable) {
		if a == nil {
			return
		}
		d.expect(strings.TrimSpace(a.Post) != "", at+"post", a.Post, "a post, such as Chief executive")
		d.expect(strings.TrimSpace(a.Body) != "", at+"body", a.Body, "an organisation")
		if a.From != "" {
			_, err := ParsePeriod(a.From)
			d.expect(err == nil, at+"from", a.From, "a month or a year, such as 2016-03")
		}
		d.citation(at+"citation", a.Citation)
	}
	answers(at+"lead.", r.Lead)
	for field, p := range map[string]*Partners{"councils": r.Councils, "boards": r.Boards} {
		if p == nil {
			continue
		}
		d.expect(len(p.Names) > 0, at+field+".names", "none", "names")
		for i, name := range p.Names {
			here := fmt.Sprintf("%s%s.names[%d]", at, field, i)
			d.expect(strings.TrimSpace(name) != "", here, name, "a name")
			d.expect(!slices.Contains(p.Names[:i], name), here, name, "each name once")
		}
		d.citation(at+field+".citation", p.Citation)
	}
	for i, p := range r.Priorities {
		here := fmt.Sprintf("%spriorities[%d].", at, i)
		if p == nil {
			d.expect(false, strings.TrimSuffix(here, "."), "nothing", "a priority")
			continue
		}
		d.expect(strings.TrimSpace(p.Title) != "", here+"title", p.Title, "a title")
		answers(here+"answers.", p.Answers)
		for j, id := range p.Measures {
			_, known := c.measures[id]
			d.expect(known, fmt.Sprintf("%smeasures[%d]", here, j), id, "the id of a measure")
			d.expect(!slices.Contains(p.Measures[:j], id), fmt.Sprintf("%smeasures[%d]", here, j), id, "each measure once")
		}
		d.citation(here+"citation", p.Citation)
	}
}
