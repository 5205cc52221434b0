package figures

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// Row is a measure of an area at a glance: its last whole figure, what it tells by the figures up to it, and how old it is.
type Row struct {
	Measure *catalog.Measure
	Area    Area
	Newest  catalog.Period  // the newest period of the measure in any place
	Points  []measure.Point // all of them, each period that is missing between two as a point without a figure
	Whole   measure.Point   // the last with a figure; its period has no start where there is none
	Before  *measure.Point  // a year before it; nil without one
	// Change is that on the year before; null where NoChange says why there is none.
	Change   decimal.NullDecimal
	NoChange NoChange
	// Signal is what the last whole figure tells, with its chart. There is none of the unallocated, into which organisations come and from which
	// they go.
	Signal   *measure.Charted
	Position Position
	Age      Age
}

// NoChange is why a figure is not compared with that of the year before; without a Code it is.
type NoChange struct {
	Code    NoChangeCode
	Break   *measure.MembershipBreak // of MembersChanged, where one is the reason
	Stopped []Stopped                // of MembersChanged, the others
}

// NoChangeCode names a reason for which two years are not compared.
type NoChangeCode string

// The reasons.
const (
	YearUnknown    NoChangeCode = "year_unknown"    // there is no figure a year before
	CountedAnew    NoChangeCode = "counted_anew"    // what is counted changed between the two
	MembersChanged NoChangeCode = "members_changed" // organisations with a large part of the figure joined or left
	FromZero       NoChangeCode = "from_zero"       // of zero there is no change in per cent
)

// Position is where a footprint lies among the 44 in the period of a figure; Of is 0 where nothing is compared.
type Position struct {
	Below, Above, Same, Of int // how many of the others have a lower, a higher and the same value, and of how many with its own
	Values                 []decimal.Decimal
	Value                  decimal.Decimal
}

// Age is how old a figure is for who reads it.
type Age struct {
	Months  int  // between the month in which its period ends and that of the reader
	Overdue bool // a later one has had to be published by its source's rhythm, or the source has ended
	Ended   *catalog.Ended
}

// Row is a measure of an area at a glance.
func (f *Figures) Row(ctx context.Context, asOf Moment, m *catalog.Measure, s Area, reading time.Time) (Row, error) {
	row := Row{Measure: m, Area: s}
	all, err := f.Points(ctx, asOf, m)
	if err != nil {
		return row, err
	}
	row.Newest, row.Points = all.Latest(m.Grain), measure.Fill(all.Of(s.Code))
	last := len(row.Points) - 1
	for last >= 0 && !row.Points[last].Value.Valid {
		last--
	}
	if last < 0 {
		return row, nil
	}
	row.Whole = row.Points[last]
	row.Age = f.ageOf(m, row.Whole.Period, reading)
	if s.Code != footprint.Unallocated {
		signal, err := f.SignalOf(ctx, asOf, m, s, row.Whole.Period)
		if err != nil {
			return row, err
		}
		row.Signal = &signal
	}
	if p, ok := measure.At(row.Points, row.Whole.Period.YearBefore().Start); ok && p.Value.Valid {
		row.Before = &p
	}
	if row.Change, row.NoChange, err = f.changeOn(ctx, asOf, row); err != nil {
		return row, err
	}
	row.Position, err = f.position(ctx, asOf, m, s, row.Whole.Period)
	return row, err
}

// changeOn compares the last whole figure of a row with that of the year before, where the two count the same.
func (f *Figures) changeOn(ctx context.Context, asOf Moment, r Row) (none decimal.NullDecimal, why NoChange, err error) {
	if r.Before == nil {
		return none, NoChange{Code: YearUnknown}, nil
	}
	from, until := r.Before.Period, r.Whole.Period
	if r.Measure.BreaksWithin(from, until) {
		return none, NoChange{Code: CountedAnew}, nil
	}
	if r.Signal != nil {
		for _, b := range r.Signal.Breaks {
			if b.From.Start.After(from.Start) && !b.From.Start.After(until.Start) {
				return none, NoChange{Code: MembersChanged, Break: &b}, nil
			}
		}
	}
	stopped, err := f.stopped(ctx, asOf, r.Measure, until, map[string]measure.Point{r.Area.Code: *r.Before})
	if err != nil {
		return none, why, err
	}
	part := 0
	for _, o := range stopped[r.Area.Code] {
		part += o.Part
	}
	if part >= int(100*measure.DecisivePart) {
		return none, NoChange{Code: MembersChanged, Stopped: stopped[r.Area.Code]}, nil
	}
	change := measure.Change(r.Measure, r.Whole.Value, r.Before.Value)
	if !change.Valid {
		why.Code = FromZero
	}
	return change, why, nil
}

// position is where a footprint lies among the 44 in a period.
func (f *Figures) position(ctx context.Context, asOf Moment, m *catalog.Measure, s Area, period catalog.Period) (Position, error) {
	if s.Footprint == nil || !m.PerThousand && !m.Ratio() {
		return Position{}, nil
	}
	type placed struct {
		codes  []string
		values []decimal.Decimal
	}
	all, err := Remember(ctx, f.memory, asOf, fmt.Sprint("positions ", m.ID, m.Hash(), period.Start), func(ctx context.Context) (placed, error) {
		var all placed
		points, err := f.Points(ctx, asOf, m)
		for _, other := range f.directory.Reference.Footprints() {
			p, _ := measure.At(points.Of(other.Code), period.Start)
			value := p.Value
			if m.PerThousand {
				value = p.Rate
			}
			if value.Valid {
				all.codes, all.values = append(all.codes, other.Code), append(all.values, value.Decimal)
			}
		}
		return all, err
	})
	own := slices.Index(all.codes, s.Code)
	if err != nil || own < 0 || len(all.values) < 2 {
		return Position{}, err
	}
	at := Position{Of: len(all.values), Values: all.values, Value: all.values[own]}
	for i, v := range all.values {
		switch v.Cmp(at.Value) {
		case -1:
			at.Below++
		case 1:
			at.Above++
		default:
			if i != own {
				at.Same++
			}
		}
	}
	return at, nil
}

// ageOf is how old the figure of a period is.
func (f *Figures) ageOf(m *catalog.Measure, p catalog.Period, reading time.Time) Age {
	last, now := p.End().AddDate(0, 0, -1), reading.In(London)
	age := Age{Months: max(0, 12*(now.Year()-last.Year())+int(now.Month())-int(last.Month()))}
	known := f.directory.Catalog.PublicationOf(m, reading)
	age.Ended = known.Ended
	age.Overdue = known.Ended != nil || known.Rhythm != nil && known.Rhythm.Due(p).Before(reading)
	return age
}

// Off is for how long the figure of a row has been off track; ok is false where it is not.
func (r *Row) Off() (s measure.Shortfall, ok bool) {
	if r.Signal == nil || r.Signal.Shortfall == nil {
		return s, false
	}
	return *r.Signal.Shortfall, true
}

// Unusual is for how long the figure of a row has been marked as an unusual change of one kind; ok is false where it is not.
func (r *Row) Unusual() (run measure.Run, ok bool) {
	if r.Signal == nil {
		return run, false
	}
	return r.Signal.Marks()
}
