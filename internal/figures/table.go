package figures

import (
	"context"
	"maps"
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
	Measure       *catalog.Measure
	Code          string // of the place; of a region its slug
	Name          string
	Level         Level
	MissingReason MissingReason // why the figure is not whole; empty where it is
	measure.Point
}

// FindTable reads which figures a table has. From and to may be periods of any grain: a table has those that begin within them.
func (f *tables) FindTable(ctx context.Context, asOf Moment, filter TableFilter) (Table, error) {
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

// measuresAtOnce is how many measures a table's figures are asked for at once: to plan a question costs more than to answer it.
const measuresAtOnce = 16

// Each hands on the rows of a table: by measure, then by place, areas before organisations, then by period. At no time does it hold more than
// the areas of the measures that are asked for at once, one organisation, and the packed points of measures from which others follow.
func (f *tables) Each(ctx context.Context, t Table, hand func(TableRow) error) error {
	s := sweep{
		figures: f,
		Table:   t,
		hand:    hand,
		rest:    map[string]int{},
		whole:   map[string]bool{},
		kept:    map[string]*byOrganisation{},
		people:  map[string]map[string]measure.People{},
	}
	for _, place := range f.TablePlaces() {
		if place.Organisation == nil && t.has(place.Level) {
			s.places = append(s.places, place)
		}
	}
	for _, m := range t.Measures {
		s.rest[m.Stored().ID]++
		s.whole[m.Stored().ID] = s.whole[m.Stored().ID] || m.Base() != nil
	}
	for some := range slices.Chunk(t.Measures, measuresAtOnce) {
		if err := s.each(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// EachOf hands on the figures of one area: by measure, then by period.
func (f *tables) EachOf(ctx context.Context, asOf Moment, measures []*catalog.Measure, a Area, hand func(TableRow) error) error {
	s := sweep{figures: f, Table: Table{AsOf: asOf}, hand: hand}
	for _, place := range f.TablePlaces() {
		if place.Code == a.Code {
			s.places = []TablePlace{place}
		}
	}
	for _, m := range measures {
		then, err := f.MeasureAsOf(ctx, m.ID, asOf)
		if err != nil {
			return err
		}
		if err := s.areas(ctx, then); err != nil {
			return err
		}
	}
	return nil
}

// sweep goes through a table once. Each stored measure is read once, however many go back to it.
type sweep struct {
	figures *tables
	Table
	hand   func(TableRow) error
	places []TablePlace                         // those that are no organisations
	rest   map[string]int                       // by stored measure: how many of the measures to come go back to it
	whole  map[string]bool                      // by stored measure: whether periods before the table's are needed, as something is derived from it
	kept   map[string]*byOrganisation           // by stored measure, those that will be needed again
	people map[string]map[string]measure.People // by what counts them
}

// byOrganisation are the points of a measure, in the order of the organisations.
type byOrganisation struct {
	codes  []string
	points []measure.Packed
}

func (t Table) has(level Level) bool { return slices.Contains(t.levels, level) }

// give hands on the points of one place.
func (s *sweep) give(row TableRow, points []measure.Point) error {
	for _, p := range measure.Within(points, s.span.From, s.span.To) {
		row.Point, row.MissingReason = p, s.figures.directory.MissingReasonIn(row.Measure, row.Code, p)
		if err := s.hand(row); err != nil {
			return err
		}
	}
	return nil
}

// areas hands on the areas of a measure.
func (s *sweep) areas(ctx context.Context, m *catalog.Measure) error {
	for _, place := range s.places {
		points, err := s.figures.Series(ctx, s.AsOf, m, place.Area, Range{})
		if err != nil {
			return err
		}
		if err := s.give(TableRow{Measure: m, Code: place.Code, Name: place.Name, Level: place.Level}, points); err != nil {
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
func (f *tables) TablePlaces() []TablePlace {
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

// each hands on the rows of some measures.
func (s *sweep) each(ctx context.Context, measures []*catalog.Measure) error {
	if len(s.places) > 0 {
		derived := slices.DeleteFunc(slices.Clone(measures), func(m *catalog.Measure) bool { return m.Base() == nil })
		if _, err := s.figures.askTogether(ctx, s.AsOf, measures, derived); err != nil {
			return err
		}
	}
	asked, first := s.unasked(measures)
	next := 0
	through := func(last int) error { // hands on all up to that measure, but for the organisations of those that are asked for
		for ; next <= last; next++ {
			err := s.areas(ctx, measures[next])
			if err == nil && !slices.Contains(first, next) {
				err = s.organisationsAgain(measures[next])
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.organisations(ctx, measures, asked, first, through); err != nil {
		return err
	}
	if err := through(len(measures) - 1); err != nil {
		return err
	}
	maps.DeleteFunc(s.kept, func(id string, _ *byOrganisation) bool { return s.rest[id] == 0 })
	return nil
}

// unasked are the stored measures whose organisations have to be asked for, each with the place of the first measure that goes back to it.
func (s *sweep) unasked(measures []*catalog.Measure) (asked []*catalog.Measure, first []int) {
	if !slices.ContainsFunc(OrganisationLevels, s.has) {
		return nil, nil
	}
	uses := map[string]int{}
	for i, m := range measures {
		stored := m.Stored()
		if uses[stored.ID]++; uses[stored.ID] == 1 && s.kept[stored.ID] == nil {
			asked, first = append(asked, stored), append(first, i)
		}
	}
	for id, n := range uses {
		s.rest[id] -= n
	}
	for _, m := range asked {
		if uses[m.ID] > 1 || s.rest[m.ID] > 0 {
			s.kept[m.ID] = &byOrganisation{}
		}
	}
	return asked, first
}

// organisations asks for stored measures, and hands on what the first measure that goes back to each has of organisations. Through hands on what
// stands before that.
func (s *sweep) organisations(ctx context.Context, measures, asked []*catalog.Measure, first []int, through func(int) error) error {
	if len(asked) == 0 {
		return nil
	}
	span := s.span
	people := make([]map[string]measure.People, len(asked))
	for i, m := range asked {
		if s.whole[m.ID] {
			span = Range{}
		}
		var err error
		if people[i], err = s.peopleOfAll(ctx, m); err != nil {
			return err
		}
	}
	at, code, points := 0, "", []measure.Point(nil)
	flush := func() error {
		if len(points) == 0 {
			return nil
		}
		if kept := s.kept[asked[at].ID]; kept != nil {
			kept.codes, kept.points = append(kept.codes, code), append(kept.points, measure.Pack(points))
		}
		err := s.organisation(measures[first[at]], code, points)
		points = points[:0]
		return err
	}
	err := s.figures.store.EachOrganisationFigure(ctx, s.AsOf.Bound, asked, span, func(of string, v measure.Value) error {
		if of != code || v.Measure != asked[at].ID {
			if err := flush(); err != nil {
				return err
			}
			code, at = of, slices.IndexFunc(asked, func(m *catalog.Measure) bool { return m.ID == v.Measure })
			if err := through(first[at]); err != nil {
				return err
			}
		}
		points = append(points, measure.NewPoint(asked[at], v, people[at][code]))
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// organisationsAgain hands on what a measure has of organisations, of which the stored points were kept.
func (s *sweep) organisationsAgain(m *catalog.Measure) error {
	kept := s.kept[m.Stored().ID]
	if kept == nil {
		return nil
	}
	for i, code := range kept.codes {
		if err := s.organisation(m, code, kept.points[i].Points()); err != nil {
			return err
		}
	}
	return nil
}

// organisation hands on what a measure has of an organisation, from the points of the measure that is stored. Returns of a footprint as a whole are
// those of an area, and no organisation's.
func (s *sweep) organisation(m *catalog.Measure, code string, stored []measure.Point) error {
	o, known := s.figures.directory.Reference.Organisation(code)
	level := levelOf(o, m)
	if !known || !s.has(level) {
		return nil
	}
	return s.give(TableRow{Measure: m, Code: o.Code, Name: o.Name, Level: level}, derived(m, map[string][]measure.Point{m.Stored().ID: stored}, code))
}

// peopleOfAll are the counts of every organisation that a measure is divided by, which several measures may share.
func (s *sweep) peopleOfAll(ctx context.Context, m *catalog.Measure) (map[string]measure.People, error) {
	if !m.DividedByOwnPeriods() {
		return nil, nil
	}
	of, err := s.figures.peopleDefined(ctx, s.AsOf, m)
	if err != nil || of == nil {
		return nil, err
	}
	if _, known := s.people[of.ID]; !known {
		s.people[of.ID], err = s.figures.peopleByOrganisation(ctx, s.AsOf, of)
	}
	return s.people[of.ID], err
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
