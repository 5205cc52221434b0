package catalog

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/footprint"
)

// TreatedUnit is a place that a scheme covered, wholly or in part.
type TreatedUnit struct {
	At, Code  string // its kind, and the code that it had when the scheme began
	Extent    Extent
	Share     decimal.NullDecimal // of its people that were reached: 1 of a whole place, null where it is not known
	Certainty Certainty
	Citation  *Citation // nil of general knowledge
	Scheme    *Scheme   // nil of a place that the claim names itself
	Start     Period    // the claim's, or else the scheme's: a month or a year, or a period of the claim's measure; zero where none is stated
}

// Treated are the places that the scheme of a claim covered: those that the claim names, or else those of its schemes or of its group. Each is there
// once, as covered most. Without any, the footprints of the claim are the smallest places known.
func (c *Catalog) Treated(claim *Claim) []TreatedUnit {
	if len(claim.Units) > 0 {
		return claim.starting(unitsOf(nil, claim.Units))
	}
	var all []TreatedUnit
	for _, id := range claim.Schemes {
		if s, ok := c.Scheme(id); ok {
			all = maxCovered(all, unitsOf(s, s.Units))
		}
	}
	if g := claim.Group; g != nil {
		all = maxCovered(all, c.inGroup(g))
	}
	return claim.starting(all)
}

func unitsOf(s *Scheme, groups []*Units) []TreatedUnit {
	var all []TreatedUnit
	for _, g := range groups {
		for _, code := range g.Codes {
			u := TreatedUnit{At: g.At, Code: code, Extent: g.Extent, Share: g.Reached, Certainty: g.Certainty, Citation: g.Citation, Scheme: s}
			if s != nil {
				u.Start = s.start
			}
			all = append(all, u)
		}
	}
	return all
}

// maxCovered adds places to others. Of two that are the same, it keeps the one that was covered wholly, or else the larger known part.
func maxCovered(all, more []TreatedUnit) []TreatedUnit {
	for _, u := range more {
		i := slices.IndexFunc(all, func(other TreatedUnit) bool { return other.At == u.At && other.Code == u.Code })
		switch {
		case i < 0:
			all = append(all, u)
		case u.Extent == WholePlace && all[i].Extent == PartOfPlace, u.Extent == all[i].Extent && u.Share.Decimal.GreaterThan(all[i].Share.Decimal):
			all[i] = u
		}
	}
	return all
}

// inGroup are the places of some programmes, as far as others covered them too or did not.
func (c *Catalog) inGroup(g *Group) []TreatedUnit {
	var all []TreatedUnit
	for _, s := range c.Schemes {
		if slices.Contains(g.In, s.Programme) {
			all = maxCovered(all, unitsOf(s, s.Units))
		}
	}
	covered := func(u TreatedUnit, programmes []string) bool {
		return slices.ContainsFunc(c.Schemes, func(s *Scheme) bool { return slices.Contains(programmes, s.Programme) && s.covers(u.At, u.Code) })
	}
	return slices.DeleteFunc(all, func(u TreatedUnit) bool {
		return covered(u, g.NotIn) || len(g.AlsoIn) > 0 && !covered(u, g.AlsoIn)
	})
}

// covers tells whether a place is one of the scheme's, wholly or in part.
func (s *Scheme) covers(at, code string) bool {
	return slices.ContainsFunc(s.Units, func(u *Units) bool { return u.At == at && slices.Contains(u.Codes, code) })
}

// starting gives the places the start that the claim states, or its year where their scheme states nothing.
func (c *Claim) starting(units []TreatedUnit) []TreatedUnit {
	for i := range units {
		if start, ok := c.StartPeriod(); ok {
			units[i].Start = start
		} else if year, ok := c.StartedInYear(); ok && units[i].Start.Start.IsZero() {
			units[i].Start = year
		}
	}
	return units
}

// Evaluations are what others published of a claim and of its schemes, those of the claim first. A publication that the claim is, or names already, is
// there once.
func (c *Catalog) Evaluations(claim *Claim) []Finding {
	all := slices.Clone(claim.Evaluations)
	known := func(f Finding) bool {
		same := func(other Finding) bool { return other.Citation.URL == f.Citation.URL }
		return claim.Citation.URL == f.Citation.URL || slices.ContainsFunc(all, same)
	}
	for _, id := range claim.Schemes {
		s, ok := c.Scheme(id)
		if !ok {
			continue
		}
		for _, f := range s.Evaluations {
			if !known(f) {
				all = append(all, f)
			}
		}
	}
	return all
}

// CoveredIn are the places of a kind that any scheme covered, wholly or in part, at some time from the first to the last period, with the schemes: none
// of them is what others can be compared with. Codes that a place had before and after a merger are among them.
func (c *Catalog) CoveredIn(r *footprint.Reference, at string, first, last Period) map[string][]*Scheme {
	all := map[string][]*Scheme{}
	for _, s := range c.Schemes {
		if !s.RunsIn(first, last) {
			continue
		}
		for _, u := range unitsOf(s, s.Units) {
			if u.At != at {
				continue
			}
			for _, code := range kin(r, u.Code) {
				if !slices.Contains(all[code], s) {
					all[code] = append(all[code], s)
				}
			}
		}
	}
	return all
}

// kin are an organisation, those that it came from and those that took over its work, wholly or in part.
func kin(r *footprint.Reference, code string) []string {
	all := []string{code}
	var follow func(code string, next func(string) []string)
	follow = func(code string, next func(string) []string) {
		for _, other := range next(code) {
			if !slices.Contains(all, other) {
				all = append(all, other)
				follow(other, next)
			}
		}
	}
	follow(code, r.Predecessors)
	follow(code, func(code string) []string {
		var after []string
		for _, s := range r.Successions(code) {
			after = append(after, s.Successor)
		}
		return after
	})
	return all
}

// Overlap is a place of a claim that another scheme covered too.
type Overlap struct {
	Unit  TreatedUnit
	Other *Scheme
}

// Overlaps are the places of a claim that schemes other than its own covered at some time from the first to the last period: what the figures show
// there may be the work of either. The schemes of one group are its own.
func (c *Catalog) Overlaps(r *footprint.Reference, claim *Claim, first, last Period) []Overlap {
	var all []Overlap
	covered := map[string]map[string][]*Scheme{}
	for _, u := range c.Treated(claim) {
		if covered[u.At] == nil {
			covered[u.At] = c.CoveredIn(r, u.At, first, last)
		}
		for _, s := range covered[u.At][u.Code] {
			if !slices.Contains(claim.Schemes, s.ID) && (claim.Group == nil || !claim.Group.holds(s)) {
				all = append(all, Overlap{u, s})
			}
		}
	}
	return all
}

func (g *Group) holds(s *Scheme) bool {
	return slices.Contains(g.In, s.Programme) || slices.Contains(g.AlsoIn, s.Programme)
}

// Span is a place that can be followed through a window, whatever mergers changed its code: in each period its figure is the sum of those of its codes.
type Span struct {
	At    string
	Codes []string      // in their order
	Units []TreatedUnit // the places of the claim that it holds
	// Others are codes among them that no scheme of the claim covered: a merger brought them in, so the claim is about a part.
	Others []string
	Extent Extent
	Share  decimal.NullDecimal // of its people that were reached; null where it is not known, as always with Others
	// Divided is the first succession in the window by which only a part of its work came or went, so that the figures before and after are not of the
	// same people; nil where there is none.
	Divided *footprint.Succession
}

// Across puts the places of a claim together as they can be followed from the first to the last period. Places that merged with each other make one.
func Across(r *footprint.Reference, units []TreatedUnit, first, last Period) []Span {
	var all []Span
	for _, u := range units {
		if slices.ContainsFunc(all, func(s Span) bool { return s.At == u.At && slices.Contains(s.Codes, u.Code) }) {
			continue
		}
		span := Span{At: u.At}
		span.Codes, span.Divided = followed(r, u.Code, first.Start, last.End())
		slices.Sort(span.Codes)
		var treated []string
		for _, other := range units {
			if other.At == u.At && slices.Contains(span.Codes, other.Code) {
				span.Units, treated = append(span.Units, other), append(treated, other.Code)
			}
		}
		for _, code := range span.Codes {
			merged := slices.ContainsFunc(r.Predecessors(code), func(before string) bool { return slices.Contains(span.Codes, before) })
			if !merged && !descends(r, code, treated) {
				span.Others = append(span.Others, code)
			}
		}
		span.Extent, span.Share = together(span)
		all = append(all, span)
	}
	return all
}

// together is how much of a span was covered.
func together(s Span) (Extent, decimal.NullDecimal) {
	partly := slices.ContainsFunc(s.Units, func(u TreatedUnit) bool { return u.Extent == PartOfPlace })
	switch {
	case len(s.Others) == 0 && len(s.Units) == 1:
		return s.Units[0].Extent, s.Units[0].Share
	case len(s.Others) == 0 && !partly:
		return WholePlace, decimal.NewNullDecimal(decimal.NewFromInt(1))
	}
	return PartOfPlace, decimal.NullDecimal{}
}

// followed are the codes under which the work of one organisation stands at some time from one day until before another, with what came to it by
// whole mergers, and the first succession by which only a part came or went.
func followed(r *footprint.Reference, code string, from, to time.Time) (codes []string, divided *footprint.Succession) {
	codes = []string{code}
	part := func(s footprint.Succession) {
		if divided == nil || s.From.Before(divided.From) {
			divided = &s
		}
	}
	follow := func(other string, s footprint.Succession) {
		switch {
		case !s.Whole():
			part(s)
		case !slices.Contains(codes, other):
			codes = append(codes, other)
		}
	}
	for i := 0; i < len(codes); i++ {
		ended, gone := r.Ended(codes[i])
		for _, s := range r.Successions(codes[i]) {
			if s.From.Before(to) && (s.From.After(from) || gone && !ended.After(from)) {
				follow(s.Successor, s)
			}
		}
		began := began(r, codes[i])
		for _, s := range r.SuccessionsTo(codes[i]) {
			if s.From.After(from) && (s.From.Before(to) || !began.Before(to)) {
				follow(s.Organisation, s)
			}
		}
	}
	return codes, divided
}

// began is the first day on which an organisation is known to have taken over work; zero where it is not known to have.
func began(r *footprint.Reference, code string) time.Time {
	if to := r.SuccessionsTo(code); len(to) > 0 {
		return to[0].From
	}
	return time.Time{}
}

// descends tells whether an organisation is one of some, or all of its work went to one of them.
func descends(r *footprint.Reference, code string, treated []string) bool {
	for ok := true; ok; code, ok = r.Successor(code) {
		if slices.Contains(treated, code) {
			return true
		}
	}
	return false
}
