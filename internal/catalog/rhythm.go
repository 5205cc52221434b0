package catalog

import (
	"fmt"
	"slices"
	"time"
)

// Rhythm is how often a publisher states new figures.
type Rhythm struct {
	Every  string `yaml:"every"  json:"every"            jsonschema:"required"` // what each new figure covers
	Within int    `yaml:"within" json:"within,omitempty"`                       // how many months after its end it is published at the latest
}

// Ended tells that a publisher states no new figures.
type Ended struct {
	On      string `yaml:"on"      json:"on"      jsonschema:"required"` // the first day of which there are no figures
	Because string `yaml:"because" json:"because" jsonschema:"required"` // why, in a sentence
	URL     string `yaml:"url"     json:"url"`                           // where that is stated

	on time.Time
}

// Day is the first day of which there are no figures.
func (e Ended) Day() time.Time { return e.on }

var everyNames = []string{string(Day), string(Week), string(Month), string(Quarter), "year"}

// grain is what each figure covers.
func (r Rhythm) grain() Grain {
	if r.Every == "year" {
		return CalendarYear // as long as a financial one
	}
	return Grain(r.Every)
}

// Due is the day by which the figure of the period after one has to be there.
func (r Rhythm) Due(after Period) time.Time {
	months, days := r.grain().Length()
	return after.End().AddDate(0, months+r.Within, days)
}

// Publication is what is known of how the figures of a measure go on.
type Publication struct {
	Rhythm *Rhythm // nil where no source states one
	Ended  *Ended  // nil where the publisher goes on
}

// PublicationOf is how the figures of a measure go on at a moment: by the first of its sources that goes on then, or else by the one that ended last.
func (c *Catalog) PublicationOf(m *Measure, at time.Time) Publication {
	var found Publication
	for _, id := range m.Stored().Sources {
		s, ok := c.Source(id)
		if !ok || s.Rhythm == nil {
			continue
		}
		if s.Ended == nil || s.Ended.on.After(at) {
			return Publication{Rhythm: s.Rhythm}
		}
		if found.Ended == nil || s.Ended.on.After(found.Ended.on) {
			found = Publication{s.Rhythm, s.Ended}
		}
	}
	return found
}

// readRhythm checks how a source goes on.
func readRhythm(d *document, s *Source) {
	if s.Rhythm != nil {
		d.expect(slices.Contains(everyNames, s.Rhythm.Every), "$.rhythm.every", s.Rhythm.Every, fmt.Sprint("one of ", everyNames))
		d.expect(s.Rhythm.Within >= 0 && s.Rhythm.Within <= 36, "$.rhythm.within", fmt.Sprint(s.Rhythm.Within), "0 to 36 months")
	}
	if s.Ended == nil {
		return
	}
	var err error
	s.Ended.on, err = ParseDay(s.Ended.On)
	d.expect(err == nil, "$.ended.on", s.Ended.On, "a date such as 2020-03-01")
	d.expect(s.Ended.Because != "", "$.ended.because", s.Ended.Because, "why, in a sentence")
	d.expect(s.Rhythm != nil, "$.ended", s.Ended.On, "the rhythm as well, by which its figures came")
	if s.Ended.URL != "" {
		d.address("$.ended.url", s.Ended.URL)
	}
}
