package figures

import (
	"context"
	"errors"
	"slices"
	"strings"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// Level is the kind of place that a row of a table is of.
type Level string

// The levels of areas; those of organisations are their kinds.
const (
	EnglandLevel     Level = "england"
	RegionLevel      Level = "region"
	FootprintLevel   Level = "footprint"
	UnallocatedLevel Level = "unallocated"
)

// The levels in the order in which tables have them.
var (
	AreaLevels         = []Level{EnglandLevel, RegionLevel, FootprintLevel, UnallocatedLevel}
	OrganisationLevels = levelsOf(footprint.Kinds)
)

// Levels are all of them.
func Levels() []Level { return slices.Concat(AreaLevels, OrganisationLevels) }

func levelsOf(kinds []footprint.Kind) []Level {
	var all []Level
	for _, kind := range kinds {
		all = append(all, Level(kind))
	}
	return all
}

// TableFilter narrows a table, each part as a reader writes it; empty parts do not.
type TableFilter struct{ Measure, Level, From, To string }

// Table is the figures of all places and periods that a filter leaves, as of a moment.
type Table struct {
	Measures []*catalog.Measure // as they were defined
	AsOf     Moment
	levels   []Level
	span     Range // from the first day on which a period begins to the last
}

// Of is the part of a table that is of some levels.
func (t Table) Of(levels []Level) Table {
	t.levels = slices.DeleteFunc(slices.Clone(levels), func(l Level) bool { return !t.has(l) })
	return t
}

// TableRow is one figure: of a measure, a place and a period.
type TableRow struct {
	Measure *catalog.Measure
	Code    string // of the place; of a region its slug
	Name    string
	Level   Level
	measure.Point
}

// FindTable reads which figures a table has. From and to may be periods of any grain: a table has those that begin within them.
func (f *Figures) FindTable(ctx context.Context, asOf Moment, filter TableFilter) (Table, error) {
	t := Table{AsOf: asOf.apart(), levels: Levels()}
	if filter.Level != "" {
		if !t.has(Level(filter.Level)) {
			return t, &InputError{Parameter: "level", Value: filter.Level, Accepted: LevelWords() + ", or none for all of them"}
		}
		t.levels = []Level{Level(filter.Level)}
	}
	var err error
	if t.span, err = readSpan(filter); err != nil {
		return t, err
	}
	wanted := f.directory.Catalog.Measures
	if filter.Measure != "" {
		m, err := f.directory.FindMeasure(filter.Measure)
		if err != nil {
			return t, err
		}
		wanted = []*catalog.Measure{m}
	}
	for _, m := range wanted {
		then, err := f.MeasureAsOf(ctx, m.ID, asOf)
		if err != nil {
			return t, err
		}
		t.Measures = append(t.Measures, then)
	}
	return t, nil
}

// LevelWords are the levels as a reader writes them.
func LevelWords() string {
	var all []string
	for _, level := range Levels() {
		all = append(all, string(level))
	}
	return strings.Join(all, ", ")
}

// readSpan reads from and to.
func readSpan(filter TableFilter) (span Range, err error) {
	const accepted = "a period: 2018-12-03, 2017-04, 2016-Q1, 2013 or 2016/17"
	if filter.From != "" {
		first, err := catalog.ParsePeriod(filter.From)
		if err != nil {
			return span, &InputError{Parameter: "from", Value: filter.From, Accepted: accepted}
		}
		span.From = first.Start
	}
	if filter.To != "" {
		last, err := catalog.ParsePeriod(filter.To)
		if err != nil {
			return span, &InputError{Parameter: "to", Value: filter.To, Accepted: accepted}
		}
		if span.To = last.End().AddDate(0, 0, -1); span.To.Before(span.From) {
			return span, &InputError{Parameter: "to", Value: filter.To, Accepted: "a period not before from (" + filter.From + ")"}
		}
	}
	return span, nil
}

// measuresAtOnce is how many measures the organisations of a table are asked for at once: to plan a question costs more than to answer it.
const measuresAtOnce = 16

// Each hands on the rows of a table: by measure, then by place, areas before organisations, then by period. At no time does it hold more than
// the areas of one measure and one organisation of it.
func (f *Figures) Each(ctx context.Context, t Table, hand func(TableRow) error) error {
	for rest := t.Measures; len(rest) > 0; {
		n := 1
		for n < min(len(rest), measuresAtOnce) && !slices.ContainsFunc(rest[:n], func(m *catalog.Measure) bool { return m.Stored().ID == rest[n].Stored().ID }) {
			n++
		}
		if err := f.eachOf(ctx, t, rest[:n], hand); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

func (t Table) has(level Level) bool { return slices.Contains(t.levels, level) }

// hand hands on the points of one place.
func (t Table) hand(row TableRow, points []measure.Point, hand func(TableRow) error) error {
	for _, p := range measure.Within(points, t.span.From, t.span.To) {
		row.Point = p
		if err := hand(row); err != nil {
			return err
		}
	}
	return nil
}

func (f *Figures) eachArea(ctx context.Context, t Table, m *catalog.Measure, hand func(TableRow) error) error {
	for _, place := range f.TablePlaces() {
		if place.Organisation != nil || !t.has(place.Level) {
			continue
		}
		points, err := f.Series(ctx, t.AsOf, m, place.Area, Range{})
		if err != nil {
			return err
		}
		if err := t.hand(TableRow{Measure: m, Code: place.Code, Name: place.Name, Level: place.Level}, points, hand); err != nil {
			return err
		}
	}
	return nil
}

// TablePlace is a place that tables may have rows of.
type TablePlace struct {
	Area
	Level Level // of an organisation of two kinds, the first
}

// TablePlaces are England, the regions, the 44, the unallocated and the organisations.
func (f *Figures) TablePlaces() []TablePlace {
	var all []TablePlace
	for _, a := range f.directory.Areas() {
		switch {
		case a.Footprint != nil:
			all = append(all, TablePlace{a, FootprintLevel})
		case a.Code == footprint.Unallocated:
			all = append(all, TablePlace{a, UnallocatedLevel})
		default:
			all = append(all, TablePlace{a, EnglandLevel})
			for _, r := range f.directory.Reference.Regions() {
				all = append(all, TablePlace{Area{Code: r.Slug(), Name: r.Name, Region: &r}, RegionLevel})
			}
		}
	}
	for _, o := range f.directory.Reference.Organisations() {
		all = append(all, TablePlace{Area{Code: o.Code, Name: o.Name, Organisation: &o}, Level(o.Kind)})
	}
	return all
}

// eachOf hands on the rows of some measures, of which no two are stored as one. Returns of a footprint as a whole are those of an area, and no
// organisation's.
func (f *Figures) eachOf(ctx context.Context, t Table, measures []*catalog.Measure, hand func(TableRow) error) error {
	next := 0 // the first measure whose areas were not handed on
	areas := func(until int) error {
		for ; next < until; next++ {
			if err := f.eachArea(ctx, t, measures[next], hand); err != nil {
				return err
			}
		}
		return nil
	}
	if !slices.ContainsFunc(OrganisationLevels, t.has) {
		return areas(len(measures))
	}
	var stored []*catalog.Measure
	span := t.span
	for _, m := range measures {
		if stored = append(stored, m.Stored()); m.Base() != nil {
			span = Range{} // what is derived rests on periods before it
		}
	}
	people := make([]map[string]measure.People, len(stored))
	for i, m := range stored {
		var err error
		if people[i], err = f.peopleOfAll(ctx, t.AsOf, m); err != nil {
			return err
		}
	}
	at, code, points := 0, "", []measure.Point(nil)
	flush := func() error {
		m := measures[at]
		o, known := f.directory.Reference.Organisation(code)
		if level := levelOf(o, m); known && t.has(level) {
			row := TableRow{Measure: m, Code: o.Code, Name: o.Name, Level: level}
			if err := t.hand(row, derived(m, map[string][]measure.Point{stored[at].ID: points}, code), hand); err != nil {
				return err
			}
		}
		points = points[:0]
		return nil
	}
	err := f.store.EachOrganisationFigure(ctx, t.AsOf.Bound, stored, span, func(of string, v measure.Value) error {
		if i := slices.IndexFunc(stored, func(m *catalog.Measure) bool { return m.ID == v.Measure }); i != at || of != code {
			if err := errors.Join(flush(), areas(i+1)); err != nil {
				return err
			}
			at, code = i, of
		}
		points = append(points, measure.NewPoint(stored[at], v, people[at][code]))
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err == nil {
		err = areas(len(measures))
	}
	return err
}

// levelOf is the kind of an organisation, of two the one that states the measure.
func levelOf(o footprint.Organisation, m *catalog.Measure) Level {
	if stated, _ := m.StatedBy(string(o.Kind)); !stated && o.Also != "" {
		if also, _ := m.StatedBy(string(o.Also)); also {
			return Level(o.Also)
		}
	}
	return Level(o.Kind)
}
