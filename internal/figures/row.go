package figures

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/sync/errgroup"

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
func (f *standing) Row(ctx context.Context, asOf Moment, m *catalog.Measure, s Area, reading time.Time) (Row, error) {
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

// Rows are some measures of an area at a glance, in their order.
func (f *standing) Rows(ctx context.Context, asOf Moment, measures []*catalog.Measure, s Area, reading time.Time) ([]Row, error) {
	if _, err := f.PointsOf(ctx, asOf, measures); err != nil {
		return nil, err
	}
	rows := make([]Row, len(measures))
	together, within := errgroup.WithContext(ctx)
	together.SetLimit(4)
	for i, m := range measures {
		together.Go(func() (err error) {
			rows[i], err = f.Row(within, asOf, m, s, reading)
			return err
		})
	}
	return rows, together.Wait()
}

// Shown are the measures that the page of an area shows, in their order.
func (d *Directory) Shown(s Area) []*catalog.Measure {
	return slices.DeleteFunc(d.Catalog.Shown(catalog.FootprintPage), func(m *catalog.Measure) bool { return !Stated(m, s) })
}

// Awaited is a local return that a measure waits for.
type Awaited struct {
	Period catalog.Period // the last that has ended
	Until  time.Time      // the last day before the return of the next period is due instead
}

// Awaited is the return that a row waits for; ok is false of a measure that somebody publishes, and where the last period that has ended has a figure.
func (f *standing) Awaited(r Row, reading time.Time) (a Awaited, ok bool) {
	if !f.directory.Catalog.Returned(r.Measure) || r.Area.Code == footprint.Unallocated {
		return a, false
	}
	a.Period = r.Measure.Grain.LatestEnded(reading)
	a.Until = a.Period.Next().End().AddDate(0, 0, -1)
	return a, r.Whole.Period.Start.IsZero() || r.Whole.Period.Start.Before(a.Period.Start)
}

// NoFigureCode names why a period of a place has no figure: a [MissingReason], or one of these.
type NoFigureCode string

// The reasons.
const (
	FigureNotLoaded     NoFigureCode = "not_loaded"            // nothing is loaded of the period
	FigureContradictory NoFigureCode = "contradictory"         // the counts cannot both be right
	FigureCountedAnew   NoFigureCode = "counted_anew"          // what is counted changed within its span
	FigureMoved         NoFigureCode = "organisations_changed" // organisations joined or left within its span
	FigurePeople        NoFigureCode = "people_unknown"        // the people to divide by are not known
	FigurePeriod        NoFigureCode = "period_missing"        // a period within its span has none
	FigureNotCombined   NoFigureCode = "not_combined"          // the organisations' figures cannot be put together
	FigureNothing       NoFigureCode = "nothing_counted"       // there was nothing to take a share of
)

// NoFigure is why a point of a place has no figure; empty of one that has.
func (d *Directory) NoFigure(m *catalog.Measure, place string, p measure.Point) NoFigureCode {
	switch {
	case p.Value.Valid:
		return ""
	case p.NoValue != "":
		return map[measure.NoValueReason]NoFigureCode{
			measure.Contradictory: FigureContradictory, measure.DefinitionChanged: FigureCountedAnew, measure.OrganisationsChanged: FigureMoved,
			measure.PeopleUnknown: FigurePeople, measure.PeriodMissing: FigurePeriod, measure.NotCombined: FigureNotCombined,
		}[p.NoValue]
	case len(p.Missing) > 0:
		return NoFigureCode(d.MissingReasonIn(m, place, p))
	case p.Organisations == 0:
		return FigureNotLoaded
	}
	return FigureNothing
}

// changeOn compares the last whole figure of a row with that of the year before, where the two count the same.
func (f *standing) changeOn(ctx context.Context, asOf Moment, r Row) (none decimal.NullDecimal, why NoChange, err error) {
	if r.Before == nil {
		return none, NoChange{Code: YearUnknown}, nil
	}
	until := r.Whole.Period
	breaks, err := f.breaksOf(ctx, asOf, r.Measure, r.Area)
	if err != nil {
		return none, why, err
	}
	if why = apartBy(r.Measure, breaks, r.Before.Period, until); why.Code != "" {
		return none, why, nil
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
func (f *standing) position(ctx context.Context, asOf Moment, m *catalog.Measure, s Area, period catalog.Period) (Position, error) {
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
func (f *standing) ageOf(m *catalog.Measure, p catalog.Period, reading time.Time) Age {
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
