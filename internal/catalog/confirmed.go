package catalog

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// ConfirmedFile is one file of what analysts found out about gaps and steps in the figures of single organisations. The service proposes
// them and never acts on a proposal: what stands here counts.
type ConfirmedFile struct {
	KnownGaps []KnownGap          `yaml:"known_gaps"` // periods whose published figures are no figures
	Breaks    []OrganisationBreak `yaml:"breaks"`     // levels that jump by a change of counting
	Dismissed []Dismissal         `yaml:"dismissed"`  // proposals that were looked into and are nothing of the kind
}

// KnownGap are periods in which the published figures of some organisations lack a part, or hold a part twice. They are taken for missing: the
// organisation has no figure, and its footprint that of those who reported.
type KnownGap struct {
	Organisations []string `yaml:"organisations" json:"organisations"   jsonschema:"required"` // their codes
	Measures      []string `yaml:"measures"      json:"measures"        jsonschema:"required"` // ids of observed measures of one grain
	From          string   `yaml:"from"          json:"from"            jsonschema:"required"` // the first period
	Until         string   `yaml:"until"         json:"until,omitempty"`                       // the last one; without it the first alone
	Reason        string   `yaml:"reason"        json:"reason"          jsonschema:"required"` // what is missing and how it is known, said beside the figure
}

// OrganisationBreak is the first period in which some organisations count something else. Their series, and those of their footprints, begin anew
// there.
type OrganisationBreak struct {
	Organisations []string `yaml:"organisations" json:"organisations" jsonschema:"required"` // their codes
	Measures      []string `yaml:"measures"      json:"measures"      jsonschema:"required"` // ids of observed measures of one grain
	From          string   `yaml:"from"          json:"from"          jsonschema:"required"` // the first period of the new level
	// Moved tells that cases are counted under another of the measures from then on: what adds all of them up does not break.
	Moved bool `yaml:"moved" json:"moved,omitempty"`
	// Merger tells that the work of other organisations came or went: the organisation's own series breaks. That of its footprint does where they
	// belong to another, which the service finds by itself.
	Merger bool   `yaml:"merger" json:"merger,omitempty"`
	Reason string `yaml:"reason" json:"reason"           jsonschema:"required"` // what is counted differently and how it is known
}

// Dismissal says of a proposal that it is no gap and no change of counting.
type Dismissal struct {
	Organisations []string `yaml:"organisations" json:"organisations"   jsonschema:"required"` // their codes
	Measures      []string `yaml:"measures"      json:"measures"        jsonschema:"required"` // ids of observed measures of one grain
	From          string   `yaml:"from"          json:"from"            jsonschema:"required"` // the first period that it is about
	Until         string   `yaml:"until"         json:"until,omitempty"`                       // the last one; without it the first alone
	Reason        string   `yaml:"reason"        json:"reason"          jsonschema:"required"` // what happened, such as the opening of a ward
}

// span are the first and the last of some periods; the texts were checked when the catalog was read.
func span(from, until string) (first, last Period) {
	first, _ = ParsePeriod(from)
	last = first
	if until != "" {
		last, _ = ParsePeriod(until)
	}
	return first, last
}

func within(p Period, from, until string) bool {
	first, last := span(from, until)
	return p.Grain == first.Grain && !p.Start.Before(first.Start) && !p.Start.After(last.Start)
}

// Periods are those of the gap, in the order of time.
func (g KnownGap) Periods() []Period {
	first, last := span(g.From, g.Until)
	var all []Period
	for p := first; !p.Start.After(last.Start); p = p.Next() {
		all = append(all, p)
	}
	return all
}

// Holds tells whether a period of an organisation is one of the gap.
func (g KnownGap) Holds(organisation string, p Period) bool {
	return slices.Contains(g.Organisations, organisation) && within(p, g.From, g.Until)
}

// Holds tells whether a period of an organisation is one of those that the dismissal is about.
func (d Dismissal) Holds(measure, organisation string, p Period) bool {
	return slices.Contains(d.Measures, measure) && slices.Contains(d.Organisations, organisation) && within(p, d.From, d.Until)
}

// Gap finds the known gap that a period of an organisation lies in; nil where there is none.
func (m *Measure) Gap(organisation string, p Period) *KnownGap {
	i := slices.IndexFunc(m.KnownGaps, func(g KnownGap) bool { return g.Holds(organisation, p) })
	if i < 0 {
		return nil
	}
	return &m.KnownGaps[i]
}

// BreakOf finds what an organisation counts differently from a period on; nil where that is nothing.
func (m *Measure) BreakOf(organisation string, p Period) *OrganisationBreak {
	i := slices.IndexFunc(m.OrganisationBreaks, func(b OrganisationBreak) bool {
		return b.From == p.String() && slices.Contains(b.Organisations, organisation)
	})
	if i < 0 {
		return nil
	}
	return &m.OrganisationBreaks[i]
}

// readConfirmed runs when every file of measures is read.
func (c reader) readConfirmed(fsys fs.FS, file string) []error {
	f := &ConfirmedFile{}
	d, err := decode(fsys, file, f)
	if err != nil {
		return []error{err}
	}
	check := func(at string, organisations, measures []string, from, until, reason string) {
		d.expect(len(organisations) > 0, at+".organisations", "none", "codes of organisations")
		d.expect(len(measures) > 0, at+".measures", "none", "ids of observed measures")
		d.expect(strings.TrimSpace(reason) != "", at+".reason", "", "how it is known")
		for _, id := range measures {
			c.checkObserved(d, at+".measures", id)
			if m, known := c.measures[id]; known {
				d.period(at+".from", from, m.Grain)
				if until != "" {
					d.period(at+".until", until, m.Grain)
				}
			}
		}
		first, last := span(from, until)
		d.expect(until == "" || last.Grain != first.Grain || last.Start.After(first.Start), at+".until", until, "a period after "+from)
	}
	for i, g := range f.KnownGaps {
		check(fmt.Sprintf("$.known_gaps[%d]", i), g.Organisations, g.Measures, g.From, g.Until, g.Reason)
	}
	for i, b := range f.Breaks {
		at := fmt.Sprintf("$.breaks[%d]", i)
		check(at, b.Organisations, b.Measures, b.From, "", b.Reason)
		d.expect(!b.Moved || len(b.Measures) > 1, at+".moved", "true", "two or more measures, between which cases moved")
		d.expect(!b.Moved || !b.Merger, at+".merger", "true", "moved or merger, not both")
	}
	for i, s := range f.Dismissed {
		check(fmt.Sprintf("$.dismissed[%d]", i), s.Organisations, s.Measures, s.From, s.Until, s.Reason)
	}
	c.KnownGaps, c.OrganisationBreaks, c.Dismissed = append(
		c.KnownGaps,
		f.KnownGaps...), append(
		c.OrganisationBreaks,
		f.Breaks...), append(
		c.Dismissed,
		f.Dismissed...)
	return d.mistakes
}

// confirm gives the measures the gaps and breaks of what they are made from. Derived ones take them from their base.
func (c reader) confirm() {
	for _, m := range c.Measures {
		if m.Derived != nil {
			continue
		}
		made := m.Components()
		of := func(measures []string) bool {
			return slices.ContainsFunc(measures, func(id string) bool { return slices.Contains(made, id) })
		}
		for _, g := range c.KnownGaps {
			if of(g.Measures) {
				m.KnownGaps = append(m.KnownGaps, g)
			}
		}
		all := func(measures []string) bool {
			return !slices.ContainsFunc(measures, func(id string) bool { return !slices.Contains(made, id) })
		}
		for _, b := range c.OrganisationBreaks {
			if of(b.Measures) && (!b.Moved || !all(b.Measures)) {
				m.OrganisationBreaks = append(m.OrganisationBreaks, b)
			}
		}
		if len(m.KnownGaps)+len(m.OrganisationBreaks) > 0 {
			m.hash = hash(m)
		}
	}
}
