package wording

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
	"stpdash/internal/review"
	"stpdash/internal/spc"
)

// Message says what a message of a review tells a board.
type Message struct {
	review.Message
	Areas int // of the region
}

// Headline is the message in one line.
func (m Message) Headline() string {
	title := m.Measure().Title
	unusual, turned := 0, map[review.Turn]int{}
	high, low := false, false
	for _, f := range m.Findings {
		if f.Turn != "" {
			turned[f.Turn]++
		}
		switch f.Now.Signal.Variation {
		case spc.ConcernHigh, spc.ImprovementHigh, spc.NeutralVariationHigh:
			unusual, high = unusual+1, true
		case spc.ConcernLow, spc.ImprovementLow, spc.NeutralVariationLow:
			unusual, low = unusual+1, true
		}
	}
	if unusual < len(m.Findings) && unusual < turned[review.WentOff]+turned[review.Missed]+turned[review.CameBack] {
		var parts []string
		for _, t := range []struct {
			turn  review.Turn
			words string
		}{{review.WentOff, "went off track"}, {review.Missed, "misses a target that fell due"}, {review.CameBack, "back on track"}} {
			if n := turned[t.turn]; n > 0 {
				parts = append(parts, t.words+" in "+m.places(n))
			}
		}
		words := title + ": " + List(parts)
		if p, alike := m.period(); alike {
			words += ", " + InPeriod(p)
		}
		return words
	}
	side := "high"
	switch {
	case high && low:
		side = "high or low"
	case low:
		side = "low"
	}
	outside := 0
	for _, f := range m.Findings {
		if beyond(f) {
			outside++
		}
	}
	words := fmt.Sprintf("%s: unusually %s in %s", title, side, m.places(outside))
	switch within := len(m.Findings) - outside; {
	case outside == 0:
		words = fmt.Sprintf("%s: a run of %s figures in %s", title, side, m.places(within))
	case within > 0:
		words += fmt.Sprintf(" and a run of %s figures in %d more", side, within)
	}
	if p, alike := m.period(); alike {
		words += " " + InPeriod(p)
	}
	if m.Kind == review.Better {
		words += ", for the better"
	}
	return words
}

// places are one footprint by its name, or how many of all.
func (m Message) places(n int) string {
	switch {
	case n == 1 && len(m.Findings) == 1:
		return m.Findings[0].Place.Name
	case n == m.Areas && n > 1:
		return fmt.Sprintf("all %d footprints", n)
	default:
		return fmt.Sprintf("%d of %d footprints", n, m.Areas)
	}
}

// toldOf is how many footprints a message names.
const toldOf = 3

// Told are the findings that are named, the furthest first, and how many more there are.
func (m Message) Told() (told []review.Finding, more int) {
	n := min(len(m.Findings), toldOf)
	return m.Findings[:n], len(m.Findings) - n
}

// Others names the footprints that a message has no figures of.
func (m Message) Others(n int) string {
	if n == 0 {
		return ""
	}
	var names []string
	_, alike := m.period()
	for _, f := range m.Findings[len(m.Findings)-n:] {
		name := f.Place.Name
		if !alike {
			name += " (" + ShortPeriod(judgedPoint(f).Period) + ")"
		}
		names = append(names, name)
	}
	return "Also: " + strings.Join(names, "; ") // names of places have commas
}

// beyond tells whether the figure of a finding lies outside its usual range; one that a run of figures marks may lie inside.
func beyond(f review.Finding) bool {
	s := f.Now.Signal
	return s.Cause == spc.AboveLimit || s.Cause == spc.BelowLimit || s.Rise != (measure.Rise{})
}

// period is that of the figures told of; alike is false where they are of several.
func (m Message) period() (p catalog.Period, alike bool) {
	p = judgedPoint(m.Findings[0]).Period
	return p, !slices.ContainsFunc(m.Findings, func(f review.Finding) bool { return judgedPoint(f).Period != p })
}

// Figure is that of a finding, with its period where the headline does not say it.
func (m Message) Figure(f review.Finding) string {
	value := PointValue(m.Measure(), judgedPoint(f))
	if _, alike := m.period(); alike {
		return value
	}
	return value + " " + InPeriod(judgedPoint(f).Period)
}

// judgedPoint is the figure that is told of: the last that no known event bent, or without one the latest.
func judgedPoint(f review.Finding) measure.Point {
	if f.Now.Signal.Judges.Value.Valid {
		return f.Now.Signal.Judges
	}
	return f.Now.Now
}

// Beside says what a finding's figure is compared with: the one before, and its usual range or the rule that marks it.
func (m Message) Beside(f review.Finding) string {
	var parts []string
	if before := f.Now.Signal.Before; before.Value.Valid {
		parts = append(parts, fmt.Sprintf("after %s %s", PointValue(m.Measure(), before), InPeriod(before.Period)))
	}
	if s := f.Now.Signal; s.Marked() {
		if outside := s.Cause == spc.AboveLimit || s.Cause == spc.BelowLimit; outside && s.Rise == (measure.Rise{}) {
			parts = append(parts, "usual range "+UsualRange(m.Measure(), s.Normal))
		} else {
			parts = append(parts, RuleOf(s))
		}
	}
	return strings.Join(parts, "; ")
}

// UsualRange is the range in which the figures of a place lie by chance, rounded as the figures are.
func UsualRange(m *catalog.Measure, r measure.NormalRange) string {
	end := func(v float64) string {
		if m.Unit == catalog.Number && r.High >= 10 {
			v = math.Round(v)
		}
		return Value(m, decimal.NewFromFloat(v))
	}
	return end(r.Low) + " to " + end(r.High)
}

// Required is what the target of the figures is; empty without one.
func (m Message) Required() string {
	for _, f := range m.Findings {
		if j, ok := f.Now.Signal.Judged(); ok && j.Required.Valid {
			return "Target: " + LowerFirst(Required(m.Measure(), j)) + "."
		}
	}
	return ""
}

// Rest says which footprints show nothing unusual, which cannot be tested and why, and which month is not.
func (m Message) Rest() []string {
	var said []string
	names := func(all []review.Finding) (names []string) {
		for _, f := range all {
			names = append(names, f.Place.Name)
		}
		return names
	}
	if len(m.Measures) > 1 {
		var titles []string
		for _, other := range m.Measures[1:] {
			titles = append(titles, "“"+other.Title+"”")
		}
		said = append(said, fmt.Sprintf("%s shows the same.", List(titles)))
	}
	if n := len(m.Usual); n > 0 {
		said = append(said, fmt.Sprintf("Nothing unusual in %s.", List(names(m.Usual))))
	}
	var reasons []string
	of := map[string][]review.Finding{}
	for _, f := range m.Untested {
		reason := Untested(f.Now.Signal.Undetermined)
		if of[reason] == nil {
			reasons = append(reasons, reason)
		}
		of[reason] = append(of[reason], f)
	}
	for _, reason := range reasons {
		said = append(said, fmt.Sprintf("Not tested: %s (%s).", List(names(of[reason])), reason))
	}
	for _, f := range m.Findings {
		if !f.Now.Signal.Of.Start.IsZero() {
			said = append(said, fmt.Sprintf("%s is not tested, because a known event bent it.", f.Now.Period.Words()))
			break
		}
	}
	return said
}

// Untested says in a clause why nothing is known of a figure's variation.
func Untested(u measure.Undetermined) string {
	switch u.Why {
	case measure.NoFigure:
		return "no figure for " + u.Period.Words()
	case measure.Overlapping:
		return "neighbouring figures share months"
	case measure.TooFewPoints:
		return fmt.Sprintf("%s counted alike, and %d are needed", Plural(u.Points, "figure is", "figures are"), spc.MinimumPoints)
	case measure.EventsOnly:
		return "known events bent every figure"
	}
	switch u.Limits.Code {
	case spc.SmallCounts, spc.FewCounted, spc.FewNotCounted, spc.TooFewGaps:
		return "too few cases"
	}
	return Limits(u.Limits)
}
