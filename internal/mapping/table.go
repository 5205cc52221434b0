package mapping

import (
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/publication"
)

// table is one declared table found in a sheet.
type table struct {
	declared       *catalog.Table
	sheet          *publication.Sheet
	above          []publication.Row // the rows above the headings
	header         publication.Row
	groups         []string // folded group heading of each column
	titles         []string // folded heading of each column
	period         *catalog.Period
	columns        map[int][]catalog.Column // the purposes of each column; the first whose condition a row meets counts
	places         map[string]int           // folded headings to columns
	headed         map[int]place            // of each column of figures, where its heading names the place
	placeColumn    int                      // the column that names the place, -1 without one
	nameColumn     int                      // that of the organisation's name, and of its area, -1 without one
	areaColumn     int
	itemColumn     int
	periodColumn   int
	long           longColumns
	needed         []bool           // columns that rows are read from
	figure         []bool           // those of them that hold figures
	unseen         unseen           // what was read of it that a reader of the sheet does not see
	asked          map[string]int   // headings as they are declared, to columns
	knownPlaces    map[string]place // what its texts have been read as
	knownPeriods   map[string]periodRead
	lastPeriod     periodRead // that of lastPeriodText, which mostly stands in the next row too
	lastPeriodText string
}

// longColumns are those of a table in long form, -1 for one that it has not.
type longColumns struct {
	measure, numerator, denominator, note, codesOn  int
	file, sha256, sheet, row, column, raw, released int // of the published cell
}

// headWithin is how far down a sheet the headings of a table are looked for.
const headWithin = 1000

// maxHeadCells is how many cells the first rows of all sheets of a file may have.
const maxHeadCells = 1_000_000

// head is the first rows of a sheet, with the texts of their cells folded: every declared table is looked for in them.
type head struct {
	rows   []publication.Row
	folded [][]string
}

// readHead reads the head of a sheet; its cells take their room from that of the file.
func readHead(sheet *publication.Sheet, room *int) (head, error) {
	var h head
	for row, err := range sheet.Rows() {
		if err != nil {
			return head{}, err
		}
		if *room -= len(row.Cells); *room < 0 {
			return head{}, &FileError{
				ruleWithinBounds,
				fmt.Errorf("sheet %q, row %d: the first %d rows of the sheets of the file have more than %d cells", sheet.Name, row.Number, headWithin, maxHeadCells),
			}
		}
		row.Cells = slices.Clone(row.Cells)
		folded := make([]string, len(row.Cells))
		for i, cell := range row.Cells {
			folded[i] = catalog.Fold(cell.Text)
		}
		h.rows, h.folded = append(h.rows, row), append(h.folded, folded)
		if len(h.rows) == headWithin {
			break
		}
	}
	return h, nil
}

// locate looks for the header row of a declared table in the head of a sheet; missing are the headings of the likeliest row
// that it lacks.
func locate(declared *catalog.Table, sheet *publication.Sheet, h head) (t *table, missing []string) {
	missing = declared.Header
	wanted := make([]string, len(declared.Header))
	for i, title := range declared.Header {
		wanted[i] = catalog.Fold(title)
	}
	for i, titles := range h.folded {
		var lacks []string
		for j, title := range wanted {
			if !slices.ContainsFunc(titles, func(folded string) bool { return declared.Named(folded) == title }) {
				lacks = append(lacks, declared.Header[j])
			}
		}
		if len(lacks) > 0 {
			if len(lacks) < len(missing) {
				missing = lacks
			}
			continue
		}
		t = &table{declared: declared, sheet: sheet, header: h.rows[i], above: h.rows[:i]}
		t.readHeadings(h.rows[:i])
		return t, nil
	}
	return nil, missing
}

// body reads the rows below the headings.
func (t *table) body() iter.Seq2[publication.Row, error] {
	return func(yield func(publication.Row, error) bool) {
		for row, err := range t.sheet.Rows() {
			if (err != nil || row.Number > t.header.Number) && !yield(row, err) {
				return
			}
		}
	}
}

func (t *table) readHeadings(above []publication.Row) {
	width := len(t.header.Cells)
	t.titles, t.groups, t.places = make([]string, width), make([]string, width), map[string]int{}
	var groups publication.Row
	if n := len(above); t.declared.Groups && n > 0 && above[n-1].Number == t.header.Number-1 {
		groups = above[n-1]
	}
	group := ""
	for i := range width {
		t.titles[i] = t.declared.Heading(t.header.Cells[i].Text)
		if text := catalog.Fold(groups.Cell(i).Text); text != "" {
			group = text // a group's heading stands over its first column only
		}
		t.groups[i] = group
		if _, taken := t.places[t.titles[i]]; !taken && t.titles[i] != "" {
			t.places[t.titles[i]] = i
		}
	}
	t.knownPlaces, t.knownPeriods = map[string]place{}, map[string]periodRead{}
	t.asked = map[string]int{}
	t.nameColumn, t.areaColumn = t.at(t.declared.Place.Name), t.at(t.declared.Place.Area)
	t.placeColumn, t.itemColumn, t.periodColumn = t.at(t.declared.Place.Column), t.at(t.declared.Item), t.at(t.declared.Period.Column)
	if long := t.declared.Long; long != nil {
		origin := catalog.Origin{}
		if long.Origin != nil {
			origin = *long.Origin
		}
		t.long = longColumns{
			t.at(long.Measure), t.at(long.Numerator), t.at(long.Denominator), t.at(long.Note), t.at(long.CodesOn),
			t.at(origin.File), t.at(origin.SHA256), t.at(origin.Sheet), t.at(origin.Row), t.at(origin.Column), t.at(origin.Raw), t.at(origin.Released),
		}
	}
}

// bind gives every column its purpose; a column that nobody declared fails the file.
func (t *table) bind(source *catalog.Source, file string) error {
	t.columns = map[int][]catalog.Column{}
	known := slices.DeleteFunc(slices.Concat(t.declared.Columns, source.Columns), func(c catalog.Column) bool { return !c.In(file) })
	own := t.structural()
	needed := []string{t.declared.Place.Column, t.declared.Period.Column, t.declared.Period.And}
	if t.declared.Long == nil {
		needed = append(append(needed, t.declared.Item), t.declared.ItemAnd...)
	}
	if s := t.declared.Subtotals; s != nil {
		needed = append(slices.AppendSeq(needed, maps.Keys(s.Where)), s.Named, s.Of)
	}
	for _, skip := range t.declared.Skip {
		needed = slices.AppendSeq(slices.AppendSeq(needed, maps.Keys(skip.Where)), maps.Keys(skip.Matches))
	}
	for i, title := range t.titles {
		if title == "" || own[title] {
			continue
		}
		t.columns[i] = match(known, t.groups[i], title)
		for _, column := range t.columns[i] {
			needed = append(slices.AppendSeq(needed, maps.Keys(column.Where)), column.Denominator, column.Percentage, column.Times)
		}
	}
	referred := map[string]bool{}
	for _, title := range needed {
		referred[catalog.Fold(title)] = true
	}
	taken := map[string]int{}
	byHeading := t.declared.Period.Heading || t.declared.Place.Heading
	var problems []string
	undeclared := 0
	twice := func(first, second int, what string) {
		problems = append(problems, fmt.Sprintf("columns %s and %s, row %d: two columns %s",
			publication.ColumnName(first), publication.ColumnName(second), t.header.Number, what))
	}
	for i, title := range t.titles {
		switch first := t.places[title]; {
		case title == "":
			continue
		case first != i && (own[title] || referred[title]):
			twice(first, i, fmt.Sprintf("with heading %q", Cut(t.header.Cells[i].Text, maxName)))
			continue
		case len(t.columns[i]) == 0 && !own[title] && !referred[title]:
			problems = append(problems, fmt.Sprintf("column %s, row %d: heading %q is not declared in source %s",
				publication.ColumnName(i), t.header.Number, Cut(t.header.Cells[i].Text, maxName), source.ID))
			undeclared = len(problems)
		}
		for _, column := range t.columns[i] {
			first, again := taken[column.Measure]
			switch {
			case column.Measure == "" || first == i:
			case !byHeading && again && (len(column.Where) == 0 || t.titles[first] == title):
				twice(first, i, "for measure "+column.Measure)
			case byHeading && t.places[title] != i:
				twice(t.places[title], i, fmt.Sprintf("for measure %s of %s", column.Measure, t.header.Cells[i].Text))
			}
			taken[column.Measure] = i
		}
	}
	if undeclared > 0 {
		problems[undeclared-1] += "; accepted: a heading of columns, there with a measure or with ignore and the reason"
	}
	for _, column := range known {
		if _, found := taken[column.Measure]; column.Measure != "" && !found && !column.Optional {
			accepted := slices.Clone(column.Titles)
			if column.Pattern != "" {
				accepted = append(accepted, "one that matches "+column.Pattern)
			}
			problems = append(problems, fmt.Sprintf("row %d: no column for measure %s; accepted headings: %s",
				t.header.Number, column.Measure, strings.Join(accepted, "; ")))
		}
	}
	slices.Sort(needed)
	for _, title := range slices.Compact(needed) {
		if _, found := t.places[catalog.Fold(title)]; title != "" && !found {
			problems = append(problems, fmt.Sprintf("row %d: no column with heading %q", t.header.Number, title))
		}
	}
	if len(problems) > 0 {
		return t.fault(strings.Join(problems, "; "))
	}
	t.needed, t.figure = make([]bool, len(t.titles)), make([]bool, len(t.titles))
	for i, title := range t.titles {
		read := slices.ContainsFunc(t.columns[i], func(c catalog.Column) bool { return c.Measure != "" || len(c.Equals) > 0 })
		t.needed[i] = title != "" && (own[title] || referred[title] || read)
		t.figure[i] = t.figure[i] || read
		for _, column := range t.columns[i] {
			for _, beside := range []string{column.Denominator, column.Percentage, column.Times} {
				if at := t.at(beside); at >= 0 {
					t.figure[at] = true
				}
			}
		}
	}
	if t.declared.Long != nil {
		for _, at := range []int{t.long.numerator, t.long.denominator} {
			if at >= 0 {
				t.figure[at] = true
			}
		}
	}
	return nil
}

// readPlaces reads the places that the headings of figures name; one that is not known fails the file, as a figure of every row is its.
func (t *table) readPlaces(places placeReader) error {
	if !t.declared.Place.Heading {
		return nil
	}
	t.headed = map[int]place{}
	var problems []string
	for i := range t.titles {
		if !slices.ContainsFunc(t.columns[i], func(c catalog.Column) bool { return c.Measure != "" }) {
			continue
		}
		heading := t.header.Cells[i].Text
		found := places.find(t, t.declared.Place.InHeading(heading))
		if !found.known() {
			problems = append(problems, fmt.Sprintf("column %s, row %d: heading %q: %s", publication.ColumnName(i), t.header.Number, Cut(heading, maxName), found.fault))
		}
		for _, c := range t.columns[i] {
			if m, ok := places.catalog.Measure(c.Measure); ok && found.known() {
				if stated, accepted := m.StatedBy(found.kind); !stated {
					problems = append(problems, fmt.Sprintf("column %s, row %d: heading %q: the measure %s is not stated for a %s; accepted: %s",
						publication.ColumnName(i), t.header.Number, Cut(heading, maxName), m.ID, found.kind, accepted))
					break
				}
			}
		}
		t.headed[i] = found
	}
	if len(problems) > 0 {
		return t.fault(strings.Join(problems[:min(len(problems), maxOthers)], "; "))
	}
	return nil
}

// column is the purpose of a column in one row; known is false where it has none.
func (t *table) column(row publication.Row, i int) (column catalog.Column, known bool) {
	for _, column := range t.columns[i] {
		if column.Where.Holds(func(heading string) string { return t.text(row, heading) }) {
			return column, true
		}
	}
	return catalog.Column{}, false
}

// numerator reads the text of a measure's column as the measure counts it.
func (t *table) numerator(row publication.Row, text string, column *catalog.Column) (decimal.Decimal, error) {
	if slices.ContainsFunc(t.declared.Zero, func(mark string) bool { return strings.EqualFold(mark, text) }) {
		return decimal.Zero, nil
	}
	n, err := statedNumber(row, text)
	if err != nil || column.Scale == "" && column.Times == "" {
		return n, err
	}
	scale := column.Multiplier()
	if column.Times != "" {
		times, err := statedNumber(row, t.text(row, column.Times))
		if err != nil {
			return times, fmt.Errorf("%s, which the figure is multiplied by: %w", column.Times, err)
		}
		scale = scale.Mul(times)
	}
	return bounded(n.Mul(scale), text)
}

// skipped tells whether a row is one that is not loaded. Stated are the rows that may be repeated, as far as they were read.
func (t *table) skipped(row publication.Row, stated map[string]bool) bool {
	return slices.ContainsFunc(t.declared.Skip, func(skip catalog.SkipRows) bool {
		if !skip.Holds(func(heading string) string { return t.text(row, heading) }) {
			return false
		}
		if !skip.Repeated {
			return true
		}
		says := t.says(row)
		before := stated[says]
		stated[says] = true
		return before
	})
}

// says is what a row states of which organisation and period, as it is written.
func (t *table) says(row publication.Row) string {
	says := []string{t.declared.Name, t.cell(row, t.placeColumn), t.item(row), t.text(row, t.declared.Period.Column), t.text(row, t.declared.Period.And)}
	for i := range t.titles {
		if slices.ContainsFunc(t.columns[i], func(c catalog.Column) bool { return c.Measure != "" }) {
			says = append(says, t.cell(row, i))
		}
	}
	return strings.Join(says, "\x00")
}

// lastFigure is the last column that holds a measure.
func (t *table) lastFigure() int {
	last := -1
	for i, columns := range t.columns {
		if slices.ContainsFunc(columns, func(c catalog.Column) bool { return c.Measure != "" }) {
			last = max(last, i)
		}
	}
	return last
}

// firstMeasure is the measure of the first column that holds one.
func (t *table) firstMeasure() string {
	for i := range t.titles {
		for _, column := range t.columns[i] {
			if column.Measure != "" {
				return column.Measure
			}
		}
	}
	return ""
}

// structural are the headings that a table reads for itself.
func (t *table) structural() map[string]bool {
	d := t.declared
	named := append([]string{d.Place.Column, d.Period.Column, d.Period.And, d.Item}, d.ItemAnd...)
	if d.Long != nil {
		named = append(named, d.Long.Measure, d.Long.Numerator, d.Long.Denominator, d.Long.Note, d.Long.CodesOn)
		if o := d.Long.Origin; o != nil {
			named = append(named, o.File, o.SHA256, o.Sheet, o.Row, o.Column, o.Raw, o.Released)
		}
	}
	headings := map[string]bool{}
	for _, title := range named {
		headings[catalog.Fold(title)] = true
	}
	return headings
}

// match finds the declared columns of a heading, up to the first that takes it in every row.
func match(columns []catalog.Column, group, title string) []catalog.Column {
	var matched []catalog.Column
	for _, column := range columns {
		if column.Matches(group, title) {
			if matched = append(matched, column); len(column.Where) == 0 {
				break
			}
		}
	}
	return matched
}

// readPeriod reads the period that holds for the whole table, where one does.
func (t *table) readPeriod(file string) error {
	var text, place string
	switch when := t.declared.Period; {
	case when.After != "":
		found, row, ok := t.after(when.After)
		if !ok {
			return t.fault(fmt.Sprintf("no cell after %q states the period", when.After))
		}
		text, place = found, fmt.Sprintf("row %d: after %q", row, when.After)
	case when.Title:
		found, row, ok := t.title()
		if !ok {
			return t.fault(fmt.Sprintf("no cell above the headings states the period: none matches %q", when.Pattern))
		}
		text, place = found, fmt.Sprintf("row %d", row)
	case when.File:
		if text, place = path.Base(file), "the name of the file"; !when.Matches(text) {
			return t.fault(fmt.Sprintf("the name of the file does not state the period: it does not match %q", when.Pattern))
		}
	default:
		return nil
	}
	period, err := t.declared.Period.Read(text)
	if err != nil {
		return t.fault(fmt.Sprintf("%s: %v", place, err))
	}
	t.period = &period
	return nil
}

// periodText is a row's text in the columns of the period.
func (t *table) periodText(row publication.Row) string {
	text := t.cell(row, t.periodColumn)
	if t.declared.Period.And != "" {
		text = strings.TrimSpace(text + " " + t.text(row, t.declared.Period.And))
	}
	return text
}

// after finds the first text that follows a label in the rows above the headings.
func (t *table) after(label string) (text string, row uint32, ok bool) {
	for _, r := range t.above {
		labelled := false
		for _, cell := range r.Cells {
			if labelled && cell.Text != "" {
				return strings.TrimSpace(cell.Text), r.Number, true
			}
			labelled = labelled || catalog.Alike(cell.Text, label)
		}
	}
	return "", 0, false
}

// title finds the first text in the rows above the headings that states the period.
func (t *table) title() (text string, row uint32, ok bool) {
	for _, r := range t.above {
		for _, cell := range r.Cells {
			if t.declared.Period.Matches(cell.Text) {
				return cell.Text, r.Number, true
			}
		}
	}
	return "", 0, false
}

// at is the column of a heading, -1 where the table has none; rows ask for the same ones again and again.
func (t *table) at(heading string) int {
	column, known := t.asked[heading]
	if !known {
		var ok bool
		if column, ok = t.places[catalog.Fold(heading)]; !ok || heading == "" {
			column = -1
		}
		t.asked[heading] = column
	}
	return column
}

// cell is a row's text in a column; -1 is no column.
func (t *table) cell(row publication.Row, column int) string {
	return strings.TrimSpace(row.Cell(column).Text)
}

// isNote tells whether a row holds nothing but words in the column of the codes, as a note below the table does.
func (t *table) isNote(row publication.Row, name string) bool {
	if t.declared.Place.By != "code" || t.declared.Long != nil || !strings.ContainsAny(name, " \n") {
		return false
	}
	for i := range row.Cells {
		if i != t.placeColumn && (row.Cells[i].Unread() || strings.TrimSpace(row.Cells[i].Text) != "") {
			return false
		}
	}
	return true
}

// item names the part of its organisation's figure that a row states.
func (t *table) item(row publication.Row) string {
	item := t.cell(row, t.itemColumn)
	for _, heading := range t.declared.ItemAnd {
		item += "; " + t.text(row, heading)
	}
	return strings.TrimSpace(item) // as a reader of the canonical form takes it
}

// text is a row's text under a heading.
func (t *table) text(row publication.Row, heading string) string { return t.cell(row, t.at(heading)) }

func (t *table) columnOf(heading string) string { return publication.ColumnName(t.at(heading)) }

func (t *table) fault(reason string) error {
	if t.sheet.Name == "" {
		return fmt.Errorf("%s", reason)
	}
	return fmt.Errorf("sheet %q: %s", t.sheet.Name, reason)
}

// unseen counts the rows that were read though a reader of the sheet does not see them.
type unseen struct {
	rows        uint64
	first, last uint32
}

func (u *unseen) see(row uint32) {
	if u.rows++; u.rows == 1 {
		u.first = row
	}
	u.last = row
}

// remarks tell what was read that a reader of the sheet does not see.
func (t *table) remarks() []Remark {
	var remarks []Remark
	add := func(count uint64, message string) {
		remarks = append(remarks, Remark{Rule: ruleShown, Sheet: t.sheet.Name, Count: count, Message: message})
	}
	if u := t.unseen; u.rows == 1 {
		add(1, fmt.Sprintf("sheet %q: row %d is hidden or filtered out; its figures were loaded", t.sheet.Name, u.first))
	} else if u.rows > 1 {
		add(u.rows, fmt.Sprintf("sheet %q: %d rows from %d to %d are hidden or filtered out; their figures were loaded", t.sheet.Name, u.rows, u.first, u.last))
	}
	var columns []string
	for i := range t.titles {
		figures := slices.ContainsFunc(t.columns[i], func(c catalog.Column) bool { return c.Measure != "" }) || t.declared.Long != nil && t.needed[i]
		if figures && t.sheet.HiddenColumn(i) {
			columns = append(columns, publication.ColumnName(i))
		}
	}
	if len(columns) > 0 {
		add(uint64(len(columns)), fmt.Sprintf("sheet %q: the columns %s are hidden; their figures were loaded", t.sheet.Name, strings.Join(columns, ", ")))
	}
	return remarks
}
