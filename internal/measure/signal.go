package measure

import (
	"math"
	"slices"

	"stpdash/internal/catalog"
	"stpdash/internal/spc"
)

// Signal is what the points of a measure in one place tell of one of them, the latest: whether it is more than chance, and how it
// stands against the targets.
type Signal struct {
	// Rise is by what the latest of mostly small counts is told to be high; nothing where it is not.
	Rise Rise
	// Variation and Assurance are those of the chart where it can tell them firmly; else empty, and Undetermined says why.
	Variation    spc.Variation
	Assurance    spc.Assurance
	Undetermined Undetermined
	// Judgements are the results of the point by each target of the place, in the order in which they govern. That of the one that governs
	// the period is the state of the figure.
	Judgements []Judgement
	// Cause is why the variation is told. Judges is the figure that it is of, and Before that of the period before, which may have none.
	Cause          spc.Cause
	Judges, Before Point
	// Normal is the range in which figures like the one judged lie by chance.
	Normal NormalRange
	// Of is the period whose figure the variation is of, where a known event bent those that came later; else empty.
	Of catalog.Period
	// Met is in how many of the MetOf figures counted alike what is asked for now was reached.
	Met, MetOf int
	// Breaks are the periods in which the organisations of the place changed so much that the limits begin anew.
	Breaks []MembershipBreak
	// Target is the one that governs the period: state and assurance are by it; nil without one.
	Target *catalog.Target
	// Shortfall is how far and since when the figure is off its target; nil where it is not.
	Shortfall *Shortfall
}

// NormalRange is that between the limits of a chart, in the unit of the measure.
type NormalRange struct {
	Low, Mean, High float64
	Known           bool // otherwise there are no limits
}

// Charted is a signal with the chart that it is read from.
type Charted struct {
	Signal
	Chart Chart
}

// Undetermined is why the variation of a figure is not known, or not firmly.
type Undetermined struct {
	Why    UndeterminedReason // empty where it is known
	Period catalog.Period     // the one without a figure, of [NoFigure]
	Points int                // how many figures are counted alike, of [TooFewPoints]
	// Break is where the figures counted alike begin, of [TooFewPoints], where organisations changed there; else nil.
	Break *MembershipBreak
	// Limits is why the limits have no width, of [NoWidth] and [WeakLimits].
	Limits LimitsReason
}

// UndeterminedReason is a reason for which the variation of a figure is not known, or not firmly.
type UndeterminedReason string

// The reasons.
const (
	NoFigure     UndeterminedReason = "no_figure"      // of the period
	Overlapping  UndeterminedReason = "overlapping"    // figures that share months have no limits
	TooFewPoints UndeterminedReason = "too_few_points" // counted alike
	EventsOnly   UndeterminedReason = "events_only"    // known events bent every figure counted alike
	NoWidth      UndeterminedReason = "no_width"       // every figure that differs lies beyond limits without width
	WeakLimits   UndeterminedReason = "weak_limits"    // the variation is known, but the limits have no width
)

// NewSignal reads what the points of a measure in a place tell of the latest period. Targets are those of the place, in the order in which
// they govern.
func NewSignal(m *catalog.Measure, targets []*catalog.Target, points []Point, breaks []MembershipBreak, latest catalog.Period) (Charted, error) {
	now, ok := At(points, latest.Start)
	if !ok {
		now = Point{Period: latest}
	}
	s := Charted{Signal: Signal{Judgements: Judge(targets, points, now)}}
	governing, _ := Governing(s.Judgements)
	s.Target = governing.Target
	var err error
	if s.Chart, err = NewChart(m, points, breaks, governing.Required); err != nil {
		return s, err
	}
	s.Rise = s.Chart.Rise
	if short, ok := NewShortfall(targets, s.Chart.Points, latest); ok {
		s.Shortfall = &short
	}
	for _, b := range breaks {
		if !b.From.Start.After(latest.Start) {
			s.Breaks = append(s.Breaks, b)
		}
	}
	last := s.Chart.Groups[len(s.Chart.Groups)-1]
	judged, ok := s.lastWithoutEvent(m)
	switch {
	case !now.Value.Valid:
		s.Undetermined = Undetermined{Why: NoFigure, Period: latest}
	case m.Overlaps():
		s.Undetermined = Undetermined{Why: Overlapping}
	case last.Short:
		s.Undetermined = Undetermined{Why: TooFewPoints, Points: last.Points}
		if n := len(s.Breaks); n > 0 && s.Chart.Points[len(s.Chart.Points)-last.Points-last.Missing].Period == s.Breaks[n-1].From {
			s.Undetermined.Break = &s.Breaks[n-1]
		}
	case !ok:
		s.Undetermined = Undetermined{Why: EventsOnly}
	default:
		s.read(judged, last, latest)
	}
	return s, nil
}

// read takes from the chart what it tells of one of its points, which lies in the last group of limits.
func (s *Charted) read(judged int, last spc.Group, latest catalog.Period) {
	s.Variation, s.Assurance = s.Chart.Chart.Points[judged].Variation(), s.Chart.Assurance
	switch {
	case s.Chart.Rise.Cause != spc.NoCause || last.Reason.Code == "":
	case s.Variation != spc.CommonVariation: // every figure that differs lies beyond limits without width
		s.Variation, s.Undetermined = spc.NoVariation, Undetermined{Why: NoWidth, Limits: s.Chart.LimitsReason(len(s.Chart.Groups) - 1)}
	default:
		s.Undetermined = Undetermined{Why: WeakLimits, Limits: s.Chart.LimitsReason(len(s.Chart.Groups) - 1)}
	}
	s.Judges = s.Chart.Points[judged]
	if p := s.Chart.Chart.Points[judged]; !math.IsNaN(p.LPL) && !math.IsNaN(p.UPL) {
		s.Normal = NormalRange{p.LPL, p.Mean, p.UPL, true}
	}
	if s.Variation != spc.NoVariation {
		s.Cause = s.Chart.Chart.Points[judged].Cause
	}
	if judged > 0 {
		s.Before = s.Chart.Points[judged-1]
	}
	if p := s.Judges.Period; p != latest {
		s.Of = p
	}
	s.countMet(judged)
}

// lastWithoutEvent is the place in the chart of the last figure that no known event bent, in the last group of limits.
func (s *Charted) lastWithoutEvent(m *catalog.Measure) (at int, ok bool) {
	for i, p := range slices.Backward(s.Chart.Points) {
		if s.Chart.Chart.Points[i].Group != len(s.Chart.Groups)-1 {
			break
		}
		if p.Value.Valid && len(m.Events(p.Period)) == 0 {
			return i, true
		}
	}
	return 0, false
}

// Judged is the state of the point, by the target that governs its period; ok is false where there is none.
func (s *Signal) Judged() (j Judgement, ok bool) {
	if s == nil {
		return j, false
	}
	return Governing(s.Judgements)
}

// Concern tells whether the figure shows a change for the worse that is more than chance.
func (s *Signal) Concern() bool {
	return s.Variation == spc.ConcernHigh || s.Variation == spc.ConcernLow
}

// Marked tells whether the figure is marked by a rule of process control.
func (s *Signal) Marked() bool { return s.Cause != spc.NoCause && s.Cause != spc.Common }

// Contrary tells which way the figure moved, 1 up and -1 down, where that is not the way in which it is marked; else 0.
func (s *Signal) Contrary() int {
	if !s.Marked() || !s.Judges.Value.Valid || !s.Before.Value.Valid {
		return 0
	}
	moved := s.Judges.Value.Decimal.Cmp(s.Before.Value.Decimal)
	if high := slices.ContainsFunc(spc.Rules, func(sides [2]spc.Cause) bool { return sides[0] == s.Cause }); high == (moved < 0) {
		return moved
	}
	return 0
}

// countMet counts how often the target was reached in the group of limits that a point lies in.
func (s *Charted) countMet(at int) {
	j, ok := s.Judged()
	if !ok || !j.Required.Valid {
		return
	}
	for i, p := range s.Chart.Points {
		if s.Chart.Chart.Points[i].Group == s.Chart.Chart.Points[at].Group && p.Value.Valid {
			s.MetOf++
			if Reached(s.Target.Bound, p.Value.Decimal, j.Required.Decimal) {
				s.Met++
			}
		}
	}
}

// Marks is the stretch of figures without a break that are marked as the one judged is; ok is false where that shows no special cause.
func (s *Charted) Marks() (r Run, ok bool) {
	if s.Variation == spc.NoVariation || s.Variation == spc.CommonVariation {
		return r, false
	}
	at := slices.IndexFunc(s.Chart.Points, func(p Point) bool { return p.Period == s.Judges.Period })
	if at < 0 {
		return r, false
	}
	first := at
	for first > 0 && s.Chart.Chart.Points[first-1].Group == s.Chart.Chart.Points[at].Group && s.Chart.Chart.Points[first-1].Variation() == s.Variation {
		first--
	}
	begins := first > 0 && s.Chart.Chart.Points[first-1].Group == s.Chart.Chart.Points[at].Group
	return Run{From: s.Chart.Points[first].Period, Periods: at - first + 1, Known: begins, first: first}, true
}
