package figures

import (
	"context"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

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

// Levels are all of them, in the order in which tables have them.
func Levels() []Level {
	all := []Level{EnglandLevel, RegionLevel, FootprintLevel, UnallocatedLevel}
	for _, kind := range footprint.Kinds {
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
	level    Level // empty for all
	span     Range // from the first day on which a period begins to the last
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
	t := Table{AsOf: asOf.apart(), level: Level(filter.Level)}
	if filter.Level != "" && !slices.Contains(Levels(), t.level) {
		var accepted []string
		for _, level := range Levels() {
			accepted = append(accepted, string(level))
		}
		return t, &InputError{Parameter: "level", Value: filter.Level, Accepted: strings.Join(accepted, ", ") + ", or none for all of them"}
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

// Each hands on the rows of a table: by measure, then by place, areas before organisations, then by period. At no time does it hold more than
// the areas of one measure, or one organisation of it.
func (f *Figures) Each(ctx context.Context, t Table, hand func(TableRow) error) error {
	for _, m := range t.Measures {
		if err := f.eachArea(ctx, t, m, hand); err != nil {
			return err
		}
		if t.level == "" || slices.Contains(footprint.Kinds, footprint.Kind(t.level)) {
			if err := f.eachOrganisation(ctx, t, m, hand); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t Table) has(level Level) bool { return t.level == "" || t.level == level }

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
	for _, area := range f.tableAreas() {
		if !t.has(area.level) {
			continue
		}
		points, err := f.Series(ctx, t.AsOf, m, area.Area, Range{})
		if err != nil {
			return err
		}
		if err := t.hand(TableRow{Measure: m, Code: area.Code, Name: area.Name, Level: area.level}, points, hand); err != nil {
			return err
		}
	}
	return nil
}

type tableArea struct {
	Area
	level Level
}

// tableAreas are England, the regions, the 44 and the unallocated.
func (f *Figures) tableAreas() []tableArea {
	var all []tableArea
	for _, a := range f.directory.Areas() {
		switch {
		case a.Footprint != nil:
			all = append(all, tableArea{a, FootprintLevel})
		case a.Code == footprint.Unallocated:
			all = append(all, tableArea{a, UnallocatedLevel})
		default:
			all = append(all, tableArea{a, EnglandLevel})
			for _, r := range f.directory.Reference.Regions() {
				all = append(all, tableArea{Area{Code: r.Slug(), Name: r.Name, Region: &r}, RegionLevel})
			}
		}
	}
	return all
}

// eachOrganisation hands on the rows of the organisations, as the warehouse has them. Returns of a footprint as a whole are those of an area.
func (f *Figures) eachOrganisation(ctx context.Context, t Table, m *catalog.Measure, hand func(TableRow) error) error {
	stored, span := m, t.span
	for stored.Base() != nil {
		stored, span = stored.Base(), Range{} // what is derived rests on periods before it
	}
	var code string
	var points []measure.Point
	flush := func() error {
		o, known := f.directory.Reference.Organisation(code)
		if level := levelOf(o, m); known && t.has(level) {
			row := TableRow{Measure: m, Code: o.Code, Name: o.Name, Level: level}
			if err := t.hand(row, derived(m, map[string][]measure.Point{stored.ID: points}, code), hand); err != nil {
				return err
			}
		}
		points = points[:0]
		return nil
	}
	err := f.store.EachOrganisationFigure(ctx, t.AsOf.Bound, stored, span, func(of string, v measure.Value) error {
		if of != code {
			if err := flush(); err != nil {
				return err
			}
			code = of
		}
		points = append(points, measure.NewPoint(stored, v, decimal.NullDecimal{}))
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
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
