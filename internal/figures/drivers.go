package figures

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/measure"
)

// Against is which earlier figure one is compared with.
type Against string

// The earlier figures.
const (
	AgainstYear   Against = "year"   // the same period a year before
	AgainstPeriod Against = "period" // the period before
)

// Drivers is how the change of a footprint's figure is made up by the organisations in it.
type Drivers struct {
	Measure  *catalog.Measure
	Area     Area
	Against  Against
	From, To measure.Point // the figures compared, of periods only where there are none
	// Since is the newest period of the footprint where that has no whole figure, so that an older one is compared; nil where it has one.
	Since *measure.Point
	// NoChange is why the two figures do not compare although both are whole: what is stated then is how their sums differ, with those that
	// joined and left named. Without a Code they compare.
	NoChange NoChange
	By       measure.Decomposition // empty where None says why nothing is divided
	Change   decimal.NullDecimal   // to the later figure, in the unit of the measure; of growth the growth itself
	// None is why nothing is divided among organisations; without a Code something is.
	None          NoDrivers
	Organisations []Driver // the largest contribution first
}

// NoDrivers is why the change of a figure is not divided among organisations, and what that is about.
type NoDrivers struct {
	Code          NoDriversCode
	Period        catalog.Period // of the figure that is not whole, or in which counting changed
	Organisations []string       // that did not report, or whose counting changed
}

// NoDriversCode names a reason for which nothing is divided.
type NoDriversCode string

// The reasons.
const (
	NoWholeFigure     NoDriversCode = "no_figure"         // there is none to look at
	NoEarlierFigure   NoDriversCode = "no_earlier_figure" // none of the earlier period is known
	NotReported       NoDriversCode = "not_reported"      // organisations did not report, so that the earlier or the later figure is not whole
	DifferentlyMade   NoDriversCode = "counted_anew"      // what is counted changed between the two
	CountingChanged   NoDriversCode = "counting_changed"  // organisations began to count something else between the two
	StatedForPlace    NoDriversCode = "stated_for_place"  // a figure is published for the footprint and not for its organisations
	NotPutTogether    NoDriversCode = "not_combined"      // organisations' figures are published without the counts beneath them
	PartsAreNotWhole  NoDriversCode = "parts_not_whole"   // the organisations' figures do not add up to the footprint's
	NoOrganisations   NoDriversCode = "not_applicable"    // the place is none of the 44, or the measure is stated for England alone
	ChangedMembership NoDriversCode = "no_value"          // organisations joined or left within the span of one of the figures
)

// Driver is what one organisation makes up of a change.
type Driver struct {
	measure.Contribution
	Presence Presence
	// Part is its part of the change, in per cent; null where nothing changed, or so little against what rose and fell that its parts say nothing.
	Part decimal.NullDecimal
	// Counts is how much of its figure counts in the footprint: 1 for all of it.
	Counts decimal.Decimal
	// Moves say how it joined or left, or of others whose work it took over since the earlier figure.
	Moves []OrganisationMove
	// Row is its own series at a glance; with the whole of its figures, also where only a share counts here.
	Row Row
}

// Presence is whether an organisation is in both of the figures compared.
type Presence string

// The kinds of presence.
const (
	Present   Presence = "present" // in both
	HasJoined Presence = "joined"  // only in the later one
	HasLeft   Presence = "left"    // only in the earlier one
	// HasMerged is in both with the figures before of others, all of whose work it took over.
	HasMerged Presence = "merged"
)

// OrganisationMove is how an organisation joined or left a footprint, or whose work it took over.
type OrganisationMove struct {
	Kind         OrganisationMoveKind
	Organisation string    // the other one, of [SucceededBy], [TookOver] and [MergedIn]
	Footprint    string    // of [MovedTo] and [MovedFrom]
	On           time.Time // the first day; zero where none is known
	Share        decimal.NullDecimal
}

// OrganisationMoveKind names how an organisation moved.
type OrganisationMoveKind string

// The kinds.
const (
	SucceededBy OrganisationMoveKind = "succeeded_by" // its work, or a share of it, went to another
	TookOver    OrganisationMoveKind = "took_over"    // work, or a share of it, came from another
	MergedIn    OrganisationMoveKind = "merged_in"    // all work of another that is counted here too came: the two are one line
	MovedTo     OrganisationMoveKind = "moved_to"     // it belongs to another footprint
	MovedFrom   OrganisationMoveKind = "moved_from"   // it belonged to another footprint
	NoLonger    OrganisationMoveKind = "not_listed"   // publications no longer list it, and the reference does not say why
	Newly       OrganisationMoveKind = "newly_listed" // publications did not list it before, and the reference does not say why
)

// leastNet is how large a change has to be, as a part of what rose and what fell together, for parts of it to be stated: under a tenth they would be
// hundreds of per cent of what is nearly nothing.
var leastNet = decimal.New(1, -1)

// DriversQuestion is which change to divide. Its zero value is that of the last whole figure on the year before.
type DriversQuestion struct {
	Period  catalog.Period // of the later figure; the last whole one where it is zero
	Against Against
}

// Drivers divides the change of a footprint's figure among the organisations in it.
func (f *driverFinder) Drivers(ctx context.Context, asOf Moment, m *catalog.Measure, s Area, q DriversQuestion) (Drivers, error) {
	if q.Against == "" {
		q.Against = AgainstYear
	}
	key := fmt.Sprintf("%s %s %s %s", aboutMeasure("drivers", m), s.Code, q.Period, q.Against)
	return Remember(ctx, f.memory, asOf, key, func(ctx context.Context) (Drivers, error) {
		d := Drivers{Measure: m, Area: s, Against: q.Against}
		if s.Footprint == nil || m.Level == catalog.ByEngland {
			d.None.Code = NoOrganisations
			return d, nil
		}
		all, err := f.Points(ctx, asOf, m)
		if err != nil {
			return d, err
		}
		points := measure.Fill(all.Of(s.Code))
		if d.choose(points, q); d.None.Code != "" {
			return d, nil
		}
		if d.NoChange, err = f.incomparable(ctx, asOf, d); err != nil {
			return d, err
		}
		return d, f.divide(ctx, asOf, &d)
	})
}

// choose finds the two figures to compare, or why there are none.
func (d *Drivers) choose(points []measure.Point, q DriversQuestion) {
	last := len(points) - 1
	if !q.Period.Start.IsZero() {
		d.To.Period = q.Period
		last = slices.IndexFunc(points, func(p measure.Point) bool { return p.Period.Start.Equal(q.Period.Start) })
	} else {
		for last >= 0 && !points[last].Value.Valid {
			last--
		}
		if last < len(points)-1 {
			d.Since = &points[len(points)-1]
		}
	}
	if last < 0 {
		if d.None.Code = NoWholeFigure; d.Since != nil {
			d.None = whyNone(*d.Since, NoWholeFigure)
		}
		return
	}
	if d.To = points[last]; !d.To.Value.Valid {
		d.None = whyNone(d.To, NoWholeFigure)
		return
	}
	before := d.To.Period.Previous()
	if d.Against == AgainstYear || isGrowth(d.Measure) {
		before = d.To.Period.YearBefore()
	}
	d.From.Period = before
	if isGrowth(d.Measure) {
		return // what it is compared with are figures of the measure that it is the growth of
	}
	from, ok := measure.At(points, before.Start)
	switch {
	case !ok:
		d.None = NoDrivers{Code: NoEarlierFigure, Period: before}
	case !from.Value.Valid:
		d.From, d.None = from, whyNone(from, NoEarlierFigure)
	default:
		d.From = from
	}
}

// isGrowth tells whether a measure's figures are changes themselves.
func isGrowth(m *catalog.Measure) bool { return m.Derived != nil && m.Derived.By == catalog.YearChange }

// whyNone is why a point has no figure.
func whyNone(p measure.Point, otherwise NoDriversCode) NoDrivers {
	none := NoDrivers{Code: otherwise, Period: p.Period}
	switch {
	case p.NoValue == measure.NotCombined:
		none.Code = NotPutTogether
	case p.NoValue == measure.OrganisationsChanged:
		none.Code = ChangedMembership
	case p.NoValue == measure.DefinitionChanged:
		none.Code = DifferentlyMade
	case len(p.Missing) > 0:
		none.Code, none.Organisations = NotReported, p.Missing
	}
	return none
}

// incomparable is why two whole figures of a footprint do not compare.
func (f *driverFinder) incomparable(ctx context.Context, asOf Moment, d Drivers) (why NoChange, err error) {
	if d.Against == AgainstYear && !isGrowth(d.Measure) {
		from := d.From
		_, why, err = f.changeOn(ctx, asOf, Row{Measure: d.Measure, Area: d.Area, Whole: d.To, Before: &from})
		if why.Code == FromZero {
			why = NoChange{}
		}
		return why, err
	}
	breaks, err := f.breaksOf(ctx, asOf, d.Measure, d.Area)
	return apartBy(d.Measure, breaks, d.From.Period, d.To.Period), err
}

// divide divides a change among organisations.
func (f *driverFinder) divide(ctx context.Context, asOf Moment, d *Drivers) error {
	m := d.Measure
	if d.NoChange.Code == CountedAnew {
		d.None = NoDrivers{Code: DifferentlyMade, Period: d.To.Period}
		return nil
	}
	by := measure.DecompositionOf(m)
	if by == "" {
		d.None = NoDrivers{Code: NotPutTogether, Period: d.To.Period}
		return nil
	}
	of, from, to := m, d.From, d.To // what is apportioned
	if by == measure.ByGrowth {
		of = m.Base()
		all, err := f.Points(ctx, asOf, of)
		if err != nil {
			return err
		}
		from, _ = measure.At(all.Of(d.Area.Code), from.Period.Start)
		to, _ = measure.At(all.Of(d.Area.Code), to.Period.Start)
		if !from.Value.Valid || !to.Value.Valid {
			d.None = NoDrivers{Code: NoEarlierFigure, Period: d.From.Period}
			return nil
		}
		d.From = from
	}
	parts, placed, err := f.apportion(ctx, asOf, of, d.Area, from.Period, to.Period)
	if err != nil {
		return err
	}
	if _, stated := parts[d.Area.Code]; stated || len(parts) == 0 {
		d.None = NoDrivers{Code: StatedForPlace, Period: to.Period}
		return nil
	}
	for _, code := range slices.Sorted(maps.Keys(parts)) {
		for _, b := range BreaksOf(m, code) {
			if b.From.Start.After(from.Period.Start) && !b.From.Start.After(to.Period.Start) {
				d.None.Code, d.None.Period = CountingChanged, b.From
				d.None.Organisations = append(d.None.Organisations, code)
			}
		}
	}
	if d.None.Code != "" {
		return nil
	}
	moves, merged := f.movesOf(parts, d.Area.Code, from.Period, to.Period)
	var apportioned []measure.Apportioned
	for _, code := range slices.Sorted(maps.Keys(parts)) {
		apportioned = append(apportioned, *parts[code])
	}
	contributions, ok := measure.Contributions(m, from, to, apportioned)
	if !ok {
		d.None = NoDrivers{Code: PartsAreNotWhole, Period: to.Period}
		return nil
	}
	d.By = by
	d.Change = decimal.NewNullDecimal(to.Value.Decimal.Sub(from.Value.Decimal))
	if by == measure.ByGrowth {
		d.Change = d.To.Value
	}
	rows, err := f.rowsOf(ctx, asOf, m, slices.Collect(maps.Keys(parts)), d.To.Period)
	if err != nil {
		return err
	}
	moved := decimal.Zero // up and down together
	for _, c := range contributions {
		moved = moved.Add(c.Points.Abs())
	}
	for _, c := range contributions {
		driver := Driver{Contribution: c, Presence: Present, Counts: placed[c.Organisation], Moves: moves[c.Organisation], Row: rows[c.Organisation]}
		switch {
		case len(merged[c.Organisation]) > 0:
			driver.Presence = HasMerged
		case c.From.Periods == 0:
			driver.Presence = HasJoined
		case c.To.Periods == 0:
			driver.Presence = HasLeft
		}
		if d.Change.Decimal.Abs().GreaterThan(moved.Mul(leastNet)) {
			driver.Part = decimal.NewNullDecimal(c.Points.Mul(decimal.NewFromInt(100)).DivRound(d.Change.Decimal, 4))
		}
		d.Organisations = append(d.Organisations, driver)
	}
	return nil
}

// apportion finds what each organisation has of two figures of a footprint, and how much of its own figure counts there.
func (f *driverFinder) apportion(
	ctx context.Context, asOf Moment, m *catalog.Measure, s Area, from, to catalog.Period,
) (map[string]*measure.Apportioned, map[string]decimal.Decimal, error) {
	beneath := map[catalog.Period][]catalog.Period{from: {from}, to: {to}}
	stored := m.Stored()
	var points []measure.Point
	if stored != m {
		all, err := f.Points(ctx, asOf, m.Base())
		if err != nil {
			return nil, nil, err
		}
		points = all.Of(s.Code)
		for at := range beneath {
			beneath[at] = nil
			for _, p := range measure.PartsOf(m, points, at) {
				beneath[at] = append(beneath[at], p.Period)
			}
		}
	}
	cells, err := f.traces.cellsOf(ctx, asOf, stored, s, slices.Concat(beneath[from], beneath[to]))
	if err != nil {
		return nil, nil, err
	}
	known, placed := partsOfCells(stored, cells)
	parts := map[string]*measure.Apportioned{}
	for code, of := range known {
		a := &measure.Apportioned{Organisation: code}
		for _, side := range []struct {
			at   catalog.Period
			part *measure.Part
		}{{from, &a.From}, {to, &a.To}} {
			if stored == m {
				*side.part = of[side.at.Start]
				continue
			}
			var listed []measure.Part
			for _, p := range beneath[side.at] {
				listed = append(listed, of[p.Start])
			}
			*side.part = measure.PartOver(m, listed, measure.PartsOf(m, points, side.at))
		}
		if a.From.Periods+a.To.Periods > 0 {
			parts[code] = a
		}
	}
	return parts, placed, nil
}

// partsOfCells adds up the published cells of each organisation by period, each by the share of it that counts.
func partsOfCells(m *catalog.Measure, cells []Cell) (map[string]map[time.Time]measure.Part, map[string]decimal.Decimal) {
	known, placed := map[string]map[time.Time]measure.Part{}, map[string]decimal.Decimal{}
	add := func(to *decimal.NullDecimal, n decimal.NullDecimal, t catalog.Term, share decimal.Decimal) {
		if n.Valid {
			*to = decimal.NewNullDecimal(to.Decimal.Add(n.Decimal.Mul(decimal.NewFromInt(int64(t.Coefficient))).Mul(share)))
		}
	}
	for _, c := range cells {
		if c.Share.IsZero() {
			continue
		}
		if known[c.Organisation] == nil {
			known[c.Organisation] = map[time.Time]measure.Part{}
		}
		placed[c.Organisation] = c.Share
		part := known[c.Organisation][c.Period]
		part.Periods = 1
		for _, t := range m.Terms() {
			if t.Component != c.Component {
				continue
			}
			n := c.Numerator
			if t.Field == "denominator" {
				n = c.Denominator
			}
			if t.Part == "denominator" {
				add(&part.Denominator, n, t, c.Share)
			} else {
				add(&part.Numerator, n, t, c.Share)
			}
		}
		known[c.Organisation][c.Period] = part
	}
	return known, placed
}

// movesOf are how organisations joined, left or took over work between two figures. Where all work of one went to another that is in the later
// figure, the two become one line: their parts are put together.
func (f *driverFinder) movesOf(
	parts map[string]*measure.Apportioned, place string, from, to catalog.Period,
) (moves map[string][]OrganisationMove, merged map[string][]string) {
	r := f.directory.Reference
	moves, merged = map[string][]OrganisationMove{}, map[string][]string{}
	between := func(day time.Time) bool { return day.After(from.Start) && day.Before(to.End()) }
	for _, code := range slices.Sorted(maps.Keys(parts)) {
		a := parts[code]
		if a == nil || a.To.Periods > 0 {
			continue
		}
		for _, s := range r.Successions(code) {
			if into := parts[s.Successor]; s.Whole() && between(s.From) && into != nil && into.To.Periods > 0 {
				into.From.Numerator = added(into.From.Numerator, a.From.Numerator)
				into.From.Denominator = added(into.From.Denominator, a.From.Denominator)
				into.From.Periods = max(into.From.Periods, a.From.Periods)
				merged[s.Successor] = append(merged[s.Successor], code)
				moves[s.Successor] = append(moves[s.Successor], OrganisationMove{Kind: MergedIn, Organisation: code, On: s.From, Share: s.Share})
				delete(parts, code)
			}
		}
	}
	for code, a := range parts {
		left, joined := a.To.Periods == 0, a.From.Periods == 0
		for _, s := range r.Successions(code) {
			if between(s.From) {
				moves[code] = append(moves[code], OrganisationMove{Kind: SucceededBy, Organisation: s.Successor, On: s.From, Share: s.Share})
			}
		}
		for _, s := range r.SuccessionsTo(code) {
			if between(s.From) && !slices.Contains(merged[code], s.Organisation) {
				moves[code] = append(moves[code], OrganisationMove{Kind: TookOver, Organisation: s.Organisation, On: s.From, Share: s.Share})
			}
		}
		for _, m := range r.MembershipsOf(code) {
			switch {
			case m.Footprint == place || !m.Placed():
			case left && between(m.From):
				moves[code] = append(moves[code], OrganisationMove{Kind: MovedTo, Footprint: m.Footprint, On: m.From})
			case joined && !m.To.IsZero() && between(m.To):
				moves[code] = append(moves[code], OrganisationMove{Kind: MovedFrom, Footprint: m.Footprint, On: m.To})
			}
		}
		switch {
		case len(moves[code]) > 0:
		case left:
			moves[code] = []OrganisationMove{{Kind: NoLonger}}
		case joined:
			moves[code] = []OrganisationMove{{Kind: Newly}}
		}
	}
	return moves, merged
}

func added(a, b decimal.NullDecimal) decimal.NullDecimal {
	if !a.Valid && !b.Valid {
		return a
	}
	return decimal.NewNullDecimal(a.Decimal.Add(b.Decimal))
}

// rowsOf are the own series of some organisations up to a period, with what the last figure of each tells.
func (f *driverFinder) rowsOf(ctx context.Context, asOf Moment, m *catalog.Measure, codes []string, until catalog.Period) (map[string]Row, error) {
	stored := m.Stored()
	people := map[string]measure.People{}
	if stored.DividedByOwnPeriods() {
		of, err := f.peopleDefined(ctx, asOf, stored)
		if err != nil {
			return nil, err
		}
		if of != nil {
			if people, err = f.peopleByOrganisation(ctx, asOf, of); err != nil {
				return nil, err
			}
		}
	}
	points := map[string][]measure.Point{}
	err := f.store.EachFigureOf(ctx, asOf.Bound, stored, codes, func(organisation string, v measure.Value) error {
		if !v.Period.After(until.Start) {
			points[organisation] = append(points[organisation], measure.NewPoint(stored, v, people[organisation]))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	rows := map[string]Row{}
	for _, code := range codes {
		row := Row{Measure: m, Area: Area{Code: code, Name: f.directory.OrganisationName(code)}}
		if o, ok := f.directory.Reference.Organisation(code); ok {
			row.Area.Organisation = &o
		}
		row.Points = measure.Fill(derived(m, map[string][]measure.Point{stored.ID: points[code]}, code))
		for _, p := range slices.Backward(row.Points) {
			if p.Value.Valid {
				row.Whole = p
				break
			}
		}
		if !row.Whole.Period.Start.IsZero() {
			signal, err := measure.NewSignal(m, nil, measure.Within(row.Points, time.Time{}, row.Whole.Period.Start), BreaksOf(m, code), row.Whole.Period)
			if err != nil {
				return nil, err
			}
			row.Signal = &signal
			if p, ok := measure.At(row.Points, row.Whole.Period.YearBefore().Start); ok && p.Value.Valid {
				row.Before = &p
				row.Change = measure.Change(m, row.Whole.Value, p.Value)
			}
		}
		rows[code] = row
	}
	return rows, nil
}
