package mapping

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/publication"
)

// Doubt is something that rows of a publication say against themselves. Which of the two is wrong is not known.
type Doubt struct {
	Against      Against
	Sheet        string
	Rows         []uint32 // the first of them
	Measure      string   // of the first
	Organisation string   // whose code stands there
	Period       catalog.Period
	Text         string // what contradicts the code or the period
	Means        string // the organisation, footprint or period that it means
	Times, Among uint64 // rows that contradict, and those of which is known whether they do
}

// Against is what a text contradicts.
type Against string

// What texts contradict.
const (
	AgainstName      Against = "name"      // the name is another organisation's
	AgainstCode      Against = "code"      // the second code is another organisation's
	AgainstFootprint Against = "footprint" // the organisation did not lie in the footprint
	AgainstPeriod    Against = "period"    // no row confirms the period
	AgainstSheet     Against = "sheet"     // another sheet of the file is of another period
	AgainstFile      Against = "file"      // the name of the file states another period
	AgainstBegin     Against = "begin"     // the publication began later
	AgainstEnd       Against = "end"       // the publication had ended
	AgainstSuccessor Against = "successor" // another organisation had taken over all that it did
	AgainstItem      Against = "item"      // another item states the same figures
)

// How many rows of a doubt are named.
const maxDoubtRows = 5

// doubts are those of one reading.
type doubts struct {
	*Mapper
	source *catalog.Source
	all    map[doubtful]*Doubt
	order  []doubtful
	said   map[saying]string // what was found of a text beside a code before
	// periods are those that rows state, last the one that was noted last, and where the first stood.
	periods map[catalog.Period]bool
	last    catalog.Period
	first   *Doubt
	// carried is what rows state of an organisation in a period after others took over what it did.
	carried map[doubtful]decimal.Decimal
	items   map[string]uint32 // rows of items, by what they state
	ended   map[string]ending
}

// doubtful is what is confirmed together: the names of a table, the periods that its rows state once more, or what rows state of an organisation.
type doubtful struct {
	table        *table
	against      Against
	period       catalog.Period
	organisation string
}

// ending is when all of an organisation's work had gone to others, and to whom most of it.
type ending struct {
	day       time.Time
	successor string
}

type saying struct {
	against    Against
	code, text string
	on         time.Time
}

func newDoubts(m *Mapper, source *catalog.Source) doubts {
	return doubts{
		Mapper: m, source: source, all: map[doubtful]*Doubt{}, said: map[saying]string{}, periods: map[catalog.Period]bool{},
		carried: map[doubtful]decimal.Decimal{}, ended: map[string]ending{}, items: map[string]uint32{},
	}
}

// note compares what a row says of its place and period with its code and its period.
func (d *doubts) note(t *table, rec *record, p place) {
	o := &rec.observations[0]
	if by := t.declared.Place.By; p.known() && (by == "code" || by == catalog.ByFootprint) && o.Organisation != footprint.England {
		d.text(t, rec, AgainstName, t.cell(rec.row, t.nameColumn), d.otherName)
		d.text(t, rec, AgainstFootprint, t.cell(rec.row, t.areaColumn), d.otherFootprint)
		if confirms := t.declared.Confirms; confirms != nil {
			d.text(t, rec, AgainstCode, t.text(rec.row, confirms.Code), d.otherCode)
		}
	}
	d.period(t, rec.row, o)
	d.notePeriod(t, rec.row, o)
	if len(rec.faults) > 0 {
		return // its figures are not loaded
	}
	for i := range rec.observations {
		d.succeeded(t, rec.row, &rec.observations[i])
	}
	d.repeated(t, rec)
}

// repeatedLeast is how much a row of an item must state for another that states the same to be asked about: that is no chance.
const repeatedLeast = 10_000

// repeated notes a row of an item whose figures, of two measures or more, are those of another item, such as a practice that stands there twice.
func (d *doubts) repeated(t *table, rec *record) {
	if t.declared.Item == "" || len(rec.observations) < 2 {
		return
	}
	var stated strings.Builder
	large := false
	for _, o := range rec.observations {
		large = large || o.Numerator.Decimal.Abs().GreaterThanOrEqual(decimal.NewFromInt(repeatedLeast))
		fmt.Fprint(&stated, o.Measure, " ", o.Period, " ", o.Numerator.Decimal, " ")
	}
	if !large {
		return
	}
	if row, known := d.items[stated.String()]; known {
		d.count(doubtful{table: t, against: AgainstItem}, rec.row.Number, &rec.observations[0], rec.observations[0].Item, strconv.FormatUint(uint64(row), 10))
	} else if len(d.items) < maxPlaces {
		d.items[stated.String()] = rec.row.Number
	}
}

// Until how many months after its end an organisation may state figures, beside the one that took it over; and how much it must state of a period to be
// asked about: cases or people, or thousands of pounds.
const succeededSlack, succeededLeast = 3, 50

// succeeded notes what is stated of an organisation after its end. Its successor states the same work.
func (d *doubts) succeeded(t *table, row publication.Row, o *Observation) {
	if o.Organisation == footprint.England || !o.Numerator.Valid {
		return
	}
	end, known := d.ended[o.Organisation]
	if !known {
		if day, ok := d.reference.Ended(o.Organisation); ok {
			most := slices.MaxFunc(d.reference.Successions(o.Organisation), func(a, b footprint.Succession) int { return a.Share.Decimal.Cmp(b.Share.Decimal) })
			end = ending{day, most.Successor}
		}
		if len(d.ended) < maxPlaces {
			d.ended[o.Organisation] = end
		}
	}
	if end.successor == "" || !o.Period.Start.After(end.day.AddDate(0, succeededSlack, 0)) {
		return
	}
	m, ok := d.catalog.Measure(o.Measure)
	if !ok || d.catalog.IsPublishedSo(m, o.Organisation, o.Period) {
		return
	}
	carried := decimal.Max(o.Numerator.Decimal.Abs(), o.Denominator.Decimal)
	if m.Unit == catalog.GBP && !o.Denominator.Valid {
		carried = carried.Shift(-3)
	}
	of := doubtful{t, AgainstSuccessor, o.Period, o.Organisation}
	if len(d.carried) < maxPlaces {
		d.carried[of] = d.carried[of].Add(carried)
		d.count(of, row.Number, o, end.day.Format(time.DateOnly), end.successor)
	}
}

// notePeriod compares the period of a figure with those that the source publishes. A row that names the cell of a publication is that one's.
func (d *doubts) notePeriod(t *table, row publication.Row, o *Observation) {
	if o.ViaRow > 0 {
		return
	}
	if o.Period != d.last && len(d.periods) < maxPlaces {
		d.periods[o.Period], d.last = true, o.Period
	}
	if d.first == nil {
		d.first = &Doubt{Sheet: t.sheet.Name, Rows: []uint32{row.Number}, Measure: o.Measure, Organisation: footprint.England, Period: o.Period}
	}
	if begins, ok := d.source.BeginsOn(); ok && o.Period.Start.Before(begins) {
		d.count(doubtful{table: t, against: AgainstBegin}, row.Number, o, begins.Format(time.DateOnly), o.Period.String())
	}
	if ended := d.source.Ended; ended != nil {
		if !o.Period.Start.Before(ended.Day()) {
			d.count(doubtful{table: t, against: AgainstEnd}, row.Number, o, ended.On, o.Period.String())
		}
	}
}

// file compares the periods of the rows with the name of the file.
func (d *doubts) file(name string) {
	if d.first == nil || d.source.IsMisnamed(name) {
		return
	}
	if stated := namedPeriods(name, d.first.Period.Grain); contradicts(stated, d.periods) {
		d.first.Against, d.first.Text, d.first.Means, d.first.Times, d.first.Among = AgainstFile, Cut(path.Base(name), maxName), d.first.Period.String(), 1, 1
		of := doubtful{against: AgainstFile}
		d.all[of], d.order = d.first, append(d.order, of)
	}
}

// noteTotal compares what a total row of a table of one period says of the period.
func (d *doubts) noteTotal(t *table, row publication.Row) {
	if t.period != nil {
		d.period(t, row, &Observation{Measure: t.firstMeasure(), Organisation: footprint.England, Period: *t.period})
	}
}

// period notes whether a row confirms the period of its figures.
func (d *doubts) period(t *table, row publication.Row, o *Observation) {
	confirms := t.declared.Confirms
	if confirms == nil || confirms.Period == nil {
		return
	}
	text := t.text(row, confirms.Period.Column)
	if confirms.Period.And != "" {
		text = strings.TrimSpace(text + " " + t.text(row, confirms.Period.And))
	}
	if stated, err := confirms.Period.Read(text); err == nil && stated.Grain == o.Period.Grain {
		means := ""
		if stated != o.Period {
			means = stated.String()
		}
		d.count(doubtful{table: t, against: AgainstPeriod, period: o.Period}, row.Number, o, text, means)
	}
}

// sheets compares the periods that the sheets of a file state above their headings.
func (d *doubts) sheets(tables []*table) {
	var first *table
	for _, t := range tables {
		switch {
		case t.period == nil || t.declared.Period.File:
		case first == nil:
			first = t
		case *t.period != *first.period && t.period.Grain == first.period.Grain:
			d.count(
				doubtful{table: t, against: AgainstSheet},
				t.header.Number,
				&Observation{Measure: t.firstMeasure(), Organisation: footprint.England, Period: *t.period},
				first.sheet.Name,
				first.period.String(),
			)
		}
	}
}

// text notes whether a text beside a code means another place; means is empty where it means the same, and "?" where it is not known what it means.
func (d *doubts) text(t *table, rec *record, against Against, text string, other func(code, text string, on time.Time) string) {
	if text == "" || len(text) > maxName {
		return
	}
	o := &rec.observations[0]
	s := saying{against: against, code: o.Organisation, text: text, on: o.CodesOn}
	means, known := d.said[s]
	if !known {
		means = other(o.Organisation, text, o.CodesOn)
		if s.text = strings.Clone(text); len(d.said) < maxPlaces {
			d.said[s] = means
		}
	}
	if means != unknownPlace {
		d.count(doubtful{table: t, against: against}, rec.row.Number, o, text, means)
	}
}

// unknownPlace is what a text means of which nothing is known.
const unknownPlace = "?"

func (d *doubts) count(of doubtful, row uint32, o *Observation, text, means string) {
	doubt := d.all[of]
	if doubt == nil {
		doubt = &Doubt{Against: of.against, Sheet: of.table.sheet.Name}
		d.all[of], d.order = doubt, append(d.order, of)
	}
	doubt.Among++
	if means == "" {
		return
	}
	if doubt.Times++; doubt.Times == 1 {
		doubt.Measure, doubt.Organisation, doubt.Period, doubt.Text, doubt.Means = o.Measure, o.Organisation, o.Period, strings.Clone(text), means
	}
	if len(doubt.Rows) < maxDoubtRows && !slices.Contains(doubt.Rows, row) {
		doubt.Rows = append(doubt.Rows, row)
	}
}

// raised are the doubts that raise a question: a single name or code of another organisation, a tenth of the footprints, a period that no row confirms,
// more than a trifle of an organisation that ended.
func (d *doubts) raised() []Doubt {
	var raised []Doubt
	for _, of := range d.order {
		doubt := d.all[of]
		switch of.against {
		case AgainstPeriod:
			if doubt.Times < doubt.Among {
				continue
			}
		case AgainstFootprint:
			if doubt.Times*10 <= doubt.Among {
				continue
			}
		case AgainstSuccessor:
			if d.carried[of].LessThan(decimal.NewFromInt(succeededLeast)) {
				continue
			}
		}
		if doubt.Times > 0 {
			raised = append(raised, *doubt)
		}
	}
	return raised
}

// otherName is the place whose name stands beside the code of another: an organisation of the same kind, or one of the whole name, or a footprint in
// which an organisation does not lie.
func (d *doubts) otherName(code, name string, on time.Time) string {
	footprints := d.footprintNames[shortName(name)]
	if _, is := d.reference.Footprint(code); is && len(footprints) > 0 {
		if slices.Contains(footprints, code) {
			return ""
		}
		return footprints[0]
	}
	o, _ := d.reference.Organisation(code)
	like := d.shortNames[named{o.Kind, shortName(name)}]
	if whole, known := d.names[foldName(name)]; known && len(like) == 0 {
		like = []string{whole}
	}
	if in := d.reference.MayBelong(code, on); len(like) == 0 && len(footprints) > 0 && len(in) > 0 && !slices.Contains(in, footprints[0]) {
		return footprints[0]
	}
	for known, code := range d.source.Names {
		if foldName(known) == foldName(name) {
			like = append(slices.Clone(like), code)
		}
	}
	if len(like) == 0 || likeName(name) == discontinued {
		return unknownPlace
	}
	if slices.ContainsFunc(like, func(other string) bool { return d.related(code, other) }) {
		return ""
	}
	return like[0]
}

// otherCode is the organisation that a second code is of.
func (d *doubts) otherCode(code, text string, _ time.Time) string {
	o, known := d.reference.Organisation(text)
	switch {
	case !known:
		return unknownPlace
	case d.related(code, o.Code):
		return ""
	default:
		return o.Code
	}
}

// otherFootprint is the footprint that stands beside an organisation that did not lie in it.
func (d *doubts) otherFootprint(code, text string, on time.Time) string {
	f, known := d.reference.Footprint(text)
	in := d.reference.MayBelong(code, on)
	switch {
	case !known || len(in) == 0:
		return unknownPlace
	case slices.Contains(in, f.Code):
		return ""
	default:
		return f.Code
	}
}

// related tells whether one organisation is another, or one of the two took over the other's work, or both went to the same.
func (d *doubts) related(a, b string) bool {
	line := func(code string) []string {
		codes := []string{code}
		for i := 0; i < len(codes) && len(codes) < 50; i++ {
			for _, s := range d.reference.Successions(codes[i]) {
				if !slices.Contains(codes, s.Successor) {
					codes = append(codes, s.Successor)
				}
			}
		}
		return codes
	}
	if a == b {
		return true
	}
	of := line(b)
	return slices.ContainsFunc(line(a), func(code string) bool { return slices.Contains(of, code) })
}

// named is a kind of organisation and a name without what its kind is called.
type named struct {
	kind footprint.Kind
	name string
}

// kindWords are words that the names of one organisation have in one publication and not in another.
var kindWords = []string{
	"nhs",
	"trust",
	"foundation",
	"ccg",
	"clinical",
	"commissioning",
	"group",
	"council",
	"county",
	"city",
	"borough",
	"district",
	"metropolitan",
	"unitary",
	"royal",
	"london",
	"of",
	"the",
}

// shortName is a name without such words; one of nothing else is as it was.
func shortName(name string) string {
	words := strings.Fields(likeName(name))
	if short := slices.DeleteFunc(slices.Clone(words), func(word string) bool { return slices.Contains(kindWords, word) }); len(short) > 0 {
		words = short
	}
	return strings.Join(words, " ")
}
