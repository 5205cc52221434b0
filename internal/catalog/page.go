package catalog

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// PageID names a page whose measures are declared.
type PageID string

// The pages, each declared in one file.
const (
	EnglandPage   PageID = "england"   // the 44 side by side, one measure at a time
	RegionPage    PageID = "region"    // the footprints of a region side by side
	FootprintPage PageID = "footprint" // all of one footprint
	MoneyPage     PageID = "money"     // money of the NHS and of councils in one footprint
)

var pageNames = []string{string(EnglandPage), string(RegionPage), string(FootprintPage), string(MoneyPage)}

// requiredPages are those that definitions with headline measures must declare; without the money page there is none.
var requiredPages = pageNames[:3]

// Page is which measures a page shows, in which order, under which themes.
type Page struct {
	ID       PageID       `yaml:"id"        jsonschema:"required"` // which page
	Themes   []Section    `yaml:"themes"`                          // in the order in which they are shown; of every page but the money page, which must have groups
	LeftOut  []LeftOut    `yaml:"left_out"`                        // of the footprint page: headline measures that it does not show
	Groups   []MoneyGroup `yaml:"groups"`                          // of the money page: the amounts that it sets side by side
	NoTotal  string       `yaml:"no_total"`                        // of the money page: why its amounts are not added up, in a sentence
	NotKnown []string     `yaml:"not_known"`                       // of the money page: what no figure here says, a sentence each

	named map[string]bool // the ids of all of them
}

// Section is a theme with its measures.
type Section struct {
	Theme string   `yaml:"theme"    jsonschema:"required"` // under which the measures are shown
	IDs   []string `yaml:"measures" jsonschema:"required"` // the ids of headline measures, in the order in which they are shown

	measures []*Measure
}

// Measures are those of the section, in their order.
func (s Section) Measures() []*Measure { return s.measures }

// LeftOut are headline measures that are not shown on purpose.
type LeftOut struct {
	IDs    []string `yaml:"measures" jsonschema:"required"` // their ids
	Reason string   `yaml:"reason"   jsonschema:"required"` // why they are not shown
}

func (c *Catalog) page(id PageID) *Page {
	i := slices.IndexFunc(c.Pages, func(p *Page) bool { return p.ID == id })
	if i < 0 {
		return &Page{}
	}
	return c.Pages[i]
}

// Sections are what a page shows.
func (c *Catalog) Sections(id PageID) []Section { return c.page(id).Themes }

// Shown are the measures of a page in their order.
func (c *Catalog) Shown(id PageID) []*Measure {
	var shown []*Measure
	for _, s := range c.Sections(id) {
		shown = append(shown, s.measures...)
	}
	return shown
}

func (c pageReader) readPage(fsys fs.FS, file string) []error {
	p := &Page{named: map[string]bool{}}
	d, err := decode(fsys, file, p)
	if err != nil {
		return []error{err}
	}
	d.oneOf("$.id", string(p.ID), pageNames...)
	d.expect(c.page(p.ID).ID == "", "$.id", string(p.ID), "a page that no other file declares")
	if p.ID == MoneyPage {
		c.readMoney(d, p)
	} else {
		c.readThemes(d, p)
	}
	d.expect(p.ID == FootprintPage || p.LeftOut == nil, "$.left_out", "a list", "none, as only the footprint page must name every headline measure")
	c.Pages = append(c.Pages, p)
	return d.mistakes
}

// readThemes checks the sections of a page, and what it leaves out.
func (c pageReader) readThemes(d *document, p *Page) {
	d.expect(len(p.Themes) > 0, "$.themes", "none", "at least one theme with its measures")
	d.expect(p.Groups == nil, "$.groups", "a list", "none, as only the money page has groups")
	d.expect(p.NoTotal == "", "$.no_total", p.NoTotal, "none, as only the money page sets amounts side by side")
	d.expect(p.NotKnown == nil, "$.not_known", "a list", "none, as only the money page sets amounts side by side")
	themes := map[string]bool{}
	name := func(at string, ids []string) (measures []*Measure) {
		d.expect(len(ids) > 0, at, "none", "the ids of headline measures")
		for i, id := range ids {
			here := fmt.Sprintf("%s[%d]", at, i)
			m, known := c.measures[id]
			d.expect(known && m.Headline, here, id, "the id of a headline measure")
			d.expect(!p.named[id], here, id, "a measure that the page has not named before")
			d.expect(p.ID != RegionPage || !known || m.Level != ByEngland, here, id, "a measure that footprints have figures of, which this one has for England alone")
			p.named[id] = true
			measures = append(measures, m)
		}
		return measures
	}
	for i := range p.Themes {
		s, at := &p.Themes[i], fmt.Sprintf("$.themes[%d].", i)
		d.oneOf(at+"theme", s.Theme, Themes...)
		d.expect(!themes[s.Theme], at+"theme", s.Theme, "a theme that the page has not named before")
		themes[s.Theme] = true
		s.measures = name(at+"measures", s.IDs)
	}
	for i, l := range p.LeftOut {
		at := fmt.Sprintf("$.left_out[%d].", i)
		name(at+"measures", l.IDs)
		d.expect(l.Reason != "", at+"reason", "", "why they are not shown")
	}
}

// checkShown finds the headline measures of a file that the footprint page neither shows nor leaves out.
func (c pageReader) checkShown(f *measuresRead) []error {
	before := len(f.mistakes)
	named := c.page(FootprintPage).named
	for i, m := range f.Measures {
		f.expect(!m.Headline || named[m.ID], fmt.Sprintf("$.measures[%d].headline", i), "true",
			fmt.Sprintf("false, or %s among the measures or left_out of the footprint page in pages/*.yaml", m.ID))
	}
	return f.mistakes[before:]
}

// checkPages finds the pages that no file declares, of a catalog that has something to show.
func (c pageReader) checkPages() []error {
	if len(c.Headlines()) == 0 {
		return nil
	}
	var mistakes []error
	for _, id := range requiredPages {
		if c.page(PageID(id)).ID == "" {
			mistakes = append(
				mistakes,
				&Mistake{
					"pages/" + id + ".yaml",
					1,
					1,
					fmt.Sprintf("found no file of pages/ with id: %s, accepted: one for each of %s", id, strings.Join(requiredPages, ", ")),
				},
			)
		}
	}
	return mistakes
}
