package catalog

import (
	"cmp"
	"fmt"
	"time"
)

// Derivation says how a measure is worked out from the figures of another one.
type Derivation struct {
	Of string     `yaml:"of" json:"of" jsonschema:"required"` // the id of the measure it is worked out from
	By Transition `yaml:"by" json:"by" jsonschema:"required"` // how
}

// Transition is a way to work out a measure from the periods of another one.
type Transition string

// The transitions.
const (
	RollingYear Transition = "rolling_year" // the twelve months that end with the period
	YearToDate  Transition = "year_to_date" // from April to the period
	YearChange  Transition = "year_change"  // the change on the same period a year before, as a share of that one
	AverageDay  Transition = "average_day"  // the part of an average day of the period
)

// Transitions are all of them.
var Transitions = []Transition{RollingYear, YearToDate, YearChange, AverageDay}

func transitionNames() []string {
	var names []string
	for _, t := range Transitions {
		names = append(names, string(t))
	}
	return names
}

// OfOne tells whether the figure of each period follows from single figures, not from all those of a span of time.
func (t Transition) OfOne() bool { return t == YearChange || t == AverageDay }

// Begins is where the span of time begins that the figure of a period is worked out from.
func (t Transition) Begins(p Period) time.Time {
	switch t {
	case RollingYear:
		return p.End().AddDate(-1, 0, 0)
	case YearToDate:
		april := time.Date(p.Start.Year(), time.April, 1, 0, 0, 0, 0, time.UTC)
		if april.After(p.Start) {
			april = april.AddDate(-1, 0, 0)
		}
		return april
	case AverageDay:
		return p.Start
	default:
		return p.YearBefore().Start
	}
}

// uses are the periods that the figure of a period is worked out from.
func (t Transition) uses(p Period) []Period {
	if t.OfOne() {
		used := []Period{p}
		if t == YearChange {
			used = append(used, p.YearBefore())
		}
		return used
	}
	var used []Period
	for from := t.Begins(p); !p.Start.Before(from); p = p.Previous() {
		used = append(used, p)
	}
	return used
}

// Words says how a derived measure is made from the one it is derived from.
func (t Transition) Words() string {
	return map[Transition]string{
		RollingYear: "of the twelve months that end with the period",
		YearToDate:  "from April to the period",
		YearChange:  "its change on the same period a year before",
		AverageDay:  "the part of an average day of the period",
	}[t]
}

// Overlaps tells whether neighbouring figures of the measure share periods, so that they do not vary by chance of their own.
func (m *Measure) Overlaps() bool {
	return m.Derived != nil && (!m.Derived.By.OfOne() || m.base.Overlaps())
}

// OverTime says how the figures of several periods make one.
type OverTime string

// The ways in which figures add up over time. Those of a share or rate add up as numerator and denominator.
const (
	Summed      OverTime = "sum"
	EndOfPeriod OverTime = "end_of_period" // the last one stands for all, as of a debt
	Averaged    OverTime = "mean"          // as of the beds open on an average day
)

// AddsUpOverTime tells whether the sum of several periods' figures counts anything: not that of averages, of what there is at a moment, of
// shares and rates, and of figures that share months.
func (m *Measure) AddsUpOverTime() bool {
	summed := m.OverTime == "" || m.OverTime == Summed
	return summed && (m.Unit == Number || m.Unit == GBP) && m.Denominator == nil && m.Derived == nil
}

var overTimeNames = []string{string(Summed), string(EndOfPeriod), string(Averaged)}

// resolve lets derived measures take unit, grain and place from what they are derived from, and finds derivations that go round.
func (c reader) resolve(files []*measuresRead) {
	type stated struct {
		file *measuresRead
		at   string
	}
	places := map[*Measure]stated{}
	for _, f := range files {
		for i, m := range f.Measures {
			if m != nil && m.Derived != nil {
				places[m] = stated{f, fmt.Sprintf("$.measures[%d].derived", i)}
			}
		}
	}
	done := map[*Measure]bool{}
	var visit func(m *Measure, above map[*Measure]bool) bool
	visit = func(m *Measure, above map[*Measure]bool) bool {
		if m.Derived == nil || done[m] {
			return true
		}
		s := places[m]
		base, known := c.measures[m.Derived.Of]
		s.file.expect(known, s.at+".of", m.Derived.Of, "the id of a measure")
		s.file.expect(!known || !above[base] && base != m, s.at+".of", m.Derived.Of, "a measure that is not derived from this one again")
		if !known || above[base] || base == m {
			return false
		}
		above[m] = true
		defer delete(above, m)
		if !visit(base, above) {
			return false
		}
		by := m.Derived.By
		months := base.Grain.Months()
		s.file.expect(months > 0 && months < 12 || by.OfOne(), s.at+".by", string(by), "year_change or average_day, as the measure is by "+base.Grain.Words())
		changes := base.Derived != nil && base.Derived.By == YearChange
		s.file.expect(!changes, s.at+".of", base.ID, "a measure that is no change itself")
		s.file.expect(by != YearChange || base.Unit == Number || base.Unit == GBP, s.at+".of", base.ID, "a number or an amount of money")
		s.file.expect(by != AverageDay || base.AddsUpOverTime(), s.at+".of", base.ID, "a number or an amount of money that adds up over time")
		m.base, m.Counted = base, cmp.Or(m.Counted, base.Counted)
		m.Unit, m.Per, m.PerThousand = base.Unit, base.Per, base.PerThousand && (by == RollingYear || by == AverageDay)
		m.Grain, m.Level, m.Sources, m.OverTime = base.Grain, base.Level, base.Sources, base.OverTime
		switch by {
		case YearChange:
			m.Unit, m.Counted = Share, "per cent"
		case AverageDay:
			m.OverTime = Averaged
		}
		m.Breaks = append(m.Breaks, base.Breaks...)
		m.KnownEvents = append(m.KnownEvents, base.KnownEvents...)
		m.KnownGaps, m.OrganisationBreaks = base.KnownGaps, base.OrganisationBreaks
		m.hash = hash(m)
		done[m] = true
		return true
	}
	for _, m := range c.Measures {
		visit(m, map[*Measure]bool{})
	}
}
