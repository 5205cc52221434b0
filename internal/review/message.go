package review

import (
	"cmp"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/spc"
)

// MaxMessages is how many messages a review has: what a board can talk about in one meeting.
const MaxMessages = 3

// Kind is what a message is about.
type Kind string

// The kinds.
const (
	Worse   Kind = "worse"   // an unusual change for the worse, or a figure that went off track
	Better  Kind = "better"  // an unusual change for the better, or a figure that came back on track
	Neutral Kind = "neutral" // an unusual change that is neither good nor bad in itself
)

// Message is one of the things that matter most: one event in the footprints in which it shows.
//
// Messages are ranked by what is new in the week; then by how many footprints the event shows in; then by how many figures it turned against
// their targets; then by how far the furthest figure lies from its mean, in standard deviations; then by its money. At most one of them is not for
// the worse, good news before what is neither, and it comes last. What several measures show of the same counts is one message. A measure whose figures end two
// years before the newest of its theme and rhythm has none, nor has a month bent by a known event: the last figure before that is told of.
type Message struct {
	Kind     Kind
	Measures []*catalog.Measure // the first is told of; the others show the same counts
	New      bool               // some of it came in the week
	Findings []Finding          // furthest from the mean first
	Usual    []Finding          // the footprints that were tested without anything unusual
	Untested []Finding          // the footprints that cannot be tested; their signal says why
}

// Measure is what a message tells of.
func (m Message) Measure() *catalog.Measure { return m.Measures[0] }

// Finding is what a message says of one footprint.
type Finding struct {
	Place figures.Area
	Now   *figures.LatestFigure
	Turn  Turn // how its state against the target changed; empty where it did not
	New   bool // it came in the week
}

// Distance is how far the figure lies from its mean, in standard deviations of the limits; 0 where there are none.
func (f Finding) Distance() float64 {
	normal := f.Now.Signal.Normal
	if !normal.Known || !f.Now.Signal.Judges.Value.Valid {
		return 0
	}
	off, side := f.Now.Signal.Judges.Value.Decimal.InexactFloat64()-normal.Mean, normal.High-normal.Mean
	if off < 0 {
		off, side = -off, normal.Mean-normal.Low
	}
	if side <= 0 {
		return 0
	}
	return 3 * off / side
}

// turns counts the figures that turned against their targets.
func (m Message) turns() (n int) {
	for _, f := range m.Findings {
		if f.Turn != "" {
			n++
		}
	}
	return n
}

// money is what the figures of a message come to, of a measure of money.
func (m Message) money() (sum decimal.Decimal) {
	if m.Measure().Unit != catalog.GBP {
		return sum
	}
	for _, f := range m.Findings {
		sum = sum.Add(f.Now.Signal.Judges.Value.Decimal.Abs())
	}
	return sum
}

// compare puts what matters more first.
func compare(a, b Message) int {
	fresh := func(m Message) int {
		if m.New {
			return 1
		}
		return 0
	}
	return cmp.Or(
		fresh(b)-fresh(a),
		len(b.Findings)-len(a.Findings),
		b.turns()-a.turns(),
		cmp.Compare(b.Findings[0].Distance(), a.Findings[0].Distance()),
		b.money().Cmp(a.money()),
	)
}

// kindOf is what a figure and its state have to tell; empty where that is nothing.
func kindOf(f Finding) Kind {
	switch s := f.Now.Signal; {
	case f.Turn == WentOff, f.Turn == Missed:
		return Worse
	case s.Concern():
		return Worse
	case f.Turn == CameBack:
		return Better
	case s.Variation == spc.ImprovementHigh || s.Variation == spc.ImprovementLow:
		return Better
	case s.Variation == spc.NeutralVariationHigh || s.Variation == spc.NeutralVariationLow:
		return Neutral
	}
	return ""
}

// keptYears is how long figures go on to be told of after others of their theme and rhythm are newer.
const keptYears = 2

// family is what measures have in common whose figures are expected at the same time.
type family struct {
	theme string
	grain catalog.Grain
}

func familyOf(m *catalog.Measure) family { return family{m.Theme, m.Grain} }

// messages finds what matters most.
func messages(v *Review, known latest) []Message {
	newest := map[family]time.Time{}
	for _, s := range known.after {
		if end := s.Period.Next().Start; end.After(newest[familyOf(s.Measure)]) {
			newest[familyOf(s.Measure)] = end
		}
	}
	var all []Message
	for _, m := range v.Measures {
		of := map[Kind]*Message{Worse: {Kind: Worse}, Better: {Kind: Better}, Neutral: {Kind: Neutral}}
		var usual, untested []Finding
		for _, s := range v.Places {
			now := known.after[key{m.ID, s.Code}]
			if now == nil || now.Signal == nil || now.Period.Next().Start.Before(newest[familyOf(m)].AddDate(-keptYears, 0, 0)) {
				continue
			}
			f := Finding{Place: s, Now: now, New: isNew(known.before[key{m.ID, s.Code}], now)}
			if i := slices.IndexFunc(v.States, func(c StateChange) bool { return c.Measure == m && c.Place.Code == s.Code }); i >= 0 {
				f.Turn = v.States[i].Turn
			}
			switch tells := kindOf(f); {
			case tells != "":
				of[tells].Findings, of[tells].New = append(of[tells].Findings, f), of[tells].New || f.New
			case now.Signal.Undetermined.Why != "" && now.Signal.Variation == spc.NoVariation:
				untested = append(untested, f)
			default:
				usual = append(usual, f)
			}
		}
		for _, tells := range []Kind{Worse, Better, Neutral} {
			message := of[tells]
			if len(message.Findings) == 0 {
				continue
			}
			slices.SortStableFunc(message.Findings, func(a, b Finding) int { return cmp.Compare(b.Distance(), a.Distance()) })
			message.Measures, message.Usual, message.Untested = []*catalog.Measure{m}, usual, untested
			if i := slices.IndexFunc(all, func(other Message) bool { return other.holds(*message) }); i >= 0 {
				all[i].Measures = append(all[i].Measures, m)
				continue
			}
			all = append(all, *message)
		}
	}
	slices.SortStableFunc(all, compare)
	other := slices.IndexFunc(all, func(m Message) bool { return m.Kind == Better })
	if other < 0 {
		other = slices.IndexFunc(all, func(m Message) bool { return m.Kind == Neutral })
	}
	var most []Message
	for i, m := range all {
		if m.Kind == Worse || i == other {
			most = append(most, m)
		}
	}
	most = most[:min(len(most), MaxMessages)]
	slices.SortStableFunc(most, func(a, b Message) int { return rank(a.Kind) - rank(b.Kind) })
	return most
}

func rank(k Kind) int { return slices.Index([]Kind{Worse, Neutral, Better}, k) }

// isNew tells that a figure or what it is marked by came in the week.
func isNew(then, now *figures.LatestFigure) bool {
	return then == nil || then.JudgedPeriod() != now.JudgedPeriod() || then.Signal.Variation != now.Signal.Variation ||
		!then.Signal.Judges.Value.Decimal.Equal(now.Signal.Judges.Value.Decimal)
}

// holds tells that a message shows all that another does: the same counts, marked alike, in its footprints.
func (m Message) holds(other Message) bool {
	return m.Kind == other.Kind && !slices.ContainsFunc(other.Findings, func(theirs Finding) bool {
		return !slices.ContainsFunc(m.Findings, func(ours Finding) bool {
			return ours.Place.Code == theirs.Place.Code && alike(ours.Now, theirs.Now) && sameCounts(ours.Now, theirs.Now)
		})
	})
}
