package load

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/mapping"
)

// Question is something about the figures of a load that somebody must look at before they are shown.
type Question struct {
	Rule         string   `json:"rule"`
	Sheet        string   `json:"sheet,omitempty"`
	Rows         []uint32 `json:"rows"` // the first of those that raise it
	Measure      string   `json:"measure"`
	Organisation string   `json:"organisation,omitempty"` // or a footprint; blank where all rows are meant
	Period       string   `json:"period"`
	Found        string   `json:"found"`
	Accepted     string   `json:"accepted"` // what would raise no question
	Facts        Facts    `json:"-"`
}

// Facts are what a question was found by. Two that agree in them ask the same, whatever words they are said in. Numbers that were worked out
// are rounded, as their last digits depend on the order in which the engine adds up.
type Facts struct {
	Figure   string `json:"figure,omitempty"` // as stated
	Of       string `json:"of,omitempty"`     // its denominator
	Ratio    bool   `json:"ratio,omitempty"`  // the figure is the denominator itself
	Known    string `json:"known,omitempty"`  // what the figure is compared with
	KnownOf  string `json:"known_of,omitempty"`
	Against  string `json:"against,omitempty"` // what that is, or the measure or period that the figures are those of
	Times    uint64 `json:"times,omitempty"`
	Among    uint64 `json:"among,omitempty"`
	OverTime bool   `json:"over_time,omitempty"`
}

// String says it in a line.
func (q Question) String() string {
	at := q.Rule + ": "
	if q.Sheet != "" {
		at += fmt.Sprintf("sheet %q, ", q.Sheet)
	}
	if len(q.Rows) > 0 {
		at += rowWords(q.Rows) + ", "
	}
	return fmt.Sprintf("%s%s of %s: %s; accepted: %s", at, q.Measure, q.Period, q.Found, q.Accepted)
}

// rowWords names rows of a file.
func rowWords(rows []uint32) string {
	texts := make([]string, len(rows))
	for i, row := range rows {
		texts[i] = strconv.FormatUint(uint64(row), 10)
	}
	return "row " + strings.Join(texts, ", ")
}

// same tells whether two questions ask the same of the same figure, wherever in the file it stands. Questions kept before their facts were
// are like no other.
func (q Question) same(other Question) bool {
	return q.Facts != (Facts{}) && q.Rule == other.Rule && q.Measure == other.Measure && q.Organisation == other.Organisation && q.Period == other.Period &&
		q.Facts == other.Facts
}

// finding is what one of the rules finds.
type finding interface {
	about() Finding
	facts() Facts
}

// Finding is what a rule finds in a staged load, for Question to say in words.
type Finding struct {
	Measure      string
	Period       time.Time // first day
	Organisation string    // or a footprint; blank for all
	Sheet        string
	Rows         []uint32
	// Figure is what is stated, Of its denominator, Known what it is compared with.
	Figure, Of decimal.Decimal
	Known      float64
}

func (f Finding) about() Finding { return f }

func (f Finding) facts() Facts {
	facts := Facts{Figure: f.Figure.String()}
	if !f.Of.IsZero() {
		facts.Of = f.Of.String()
	}
	if f.Known != 0 {
		facts.Known = rounded(f.Known)
	}
	return facts
}

func rounded(n float64) string { return strconv.FormatFloat(n, 'g', 9, 64) }

// SameFigure is a figure that several rows state.
type SameFigure struct {
	Finding
	Ratio        bool    // the figure is the denominator
	Share        float64 // above 0 where it is the share of the denominator that is the same
	Times, Among uint64
	OverTime     bool // they are rows of one organisation, a period each
}

func (f SameFigure) facts() Facts {
	facts := f.Finding.facts()
	facts.Ratio, facts.Times, facts.Among, facts.OverTime = f.Ratio, f.Times, f.Among, f.OverTime
	if f.Share > 0 {
		facts.Known = rounded(f.Share)
	}
	return facts
}

// PeopleCounted is a number of people far from what is known of them.
type PeopleCounted struct {
	Finding
	Ratio      bool
	Against    string // "last", "known", "footprint" or "together"
	Population string // the measure that states what is known
}

func (f PeopleCounted) facts() Facts {
	facts := f.Finding.facts()
	facts.Ratio, facts.Against = f.Ratio, f.Against+" "+f.Population
	return facts
}

// Implausible is a value outside what is expected of its measure: Known people, where it is one for each of them.
type Implausible struct {
	Finding
	Value, Least, Most float64
}

// RatioMoved is a share or a rate that a load makes impossible, or moves by a factor of ten.
type RatioMoved struct {
	Finding
	NumeratorBefore, DenominatorBefore float64
	Compared                           time.Time // first day of the period of these: the same, the last before, or the next where there is none
	Impossible                         bool
}

func (f RatioMoved) facts() Facts {
	facts := f.Finding.facts()
	facts.Known, facts.KnownOf = rounded(f.NumeratorBefore), rounded(f.DenominatorBefore)
	return facts
}

// RepeatedPeriod is a period that a load states as another one was.
type RepeatedPeriod struct {
	Finding
	Like         time.Time // first day of the other period
	Times, Among uint64
}

func (f RepeatedPeriod) facts() Facts {
	facts := f.Finding.facts()
	facts.Against, facts.Times, facts.Among = f.Like.Format(time.DateOnly), f.Times, f.Among
	return facts
}

// AmountMoved is a number, or the denominator of a ratio, far from what the organisation stated otherwise or what others state.
type AmountMoved struct {
	Finding
	Ratio    bool
	Compared time.Time // first day of the period of the organisation's own figure that it is compared with
	// Against is "before" or "after", of the organisation itself, "people" of the others by their people, or "others" as they stand.
	Against string
}

func (f AmountMoved) facts() Facts {
	facts := f.Finding.facts()
	facts.Ratio, facts.Against = f.Ratio, f.Against
	return facts
}

// ListChanged is what a publication that lists every organisation changes.
type ListChanged struct {
	Finding
	// Change is, from the period before, "total" of a number, "share" of a ratio, "many" organisations, or "exchanged" of two measures; from what is
	// shown of the period, "revised" of the list or "organisation"; and "zero" from either.
	Change       string
	Other        string    // the measure that it is exchanged with
	Compared     time.Time // first day of the period that it is compared with, where that is another one: the nearest that is known
	KnownOf      float64   // the denominator of what is known
	Times, Among uint64    // organisations that change alike, of which one is named, and how many there are
}

func (f ListChanged) facts() Facts {
	facts := f.Finding.facts()
	facts.Against, facts.Times, facts.Among = f.Other, f.Times, f.Among
	if !f.Compared.IsZero() {
		facts.Against = strings.TrimSpace(f.Other + " " + f.Compared.Format(time.DateOnly))
	}
	if f.KnownOf != 0 {
		facts.KnownOf = rounded(f.KnownOf)
	}
	return facts
}

// TotalDiffers is a figure of England, a region or a footprint that a publication states, and that is not what those beneath it make together.
type TotalDiffers struct {
	Finding
	KnownOf float64 // the denominator of what they make
	Times   uint64  // totals of the file that differ, of which one is named
}

func (f TotalDiffers) facts() Facts {
	facts := f.Finding.facts()
	if facts.Times = f.Times; f.KnownOf != 0 {
		facts.KnownOf = rounded(f.KnownOf)
	}
	return facts
}

// PartsLarger is a sum of parts, Figure, that is more than the whole, Of.
type PartsLarger struct {
	Finding
	Parts, Whole []string // measures
	Times, Among uint64   // places of the period in which they are, of which one is named, and those that state both
}

func (f PartsLarger) facts() Facts {
	facts := f.Finding.facts()
	facts.Against, facts.Times, facts.Among = strings.Join(f.Whole, " "), f.Times, f.Among
	return facts
}

// FigureCited is a figure that a row takes from a published file, and that is not shown.
type FigureCited struct {
	Finding
	Shown        bool    // another is
	KnownOf      float64 // the denominator of that
	File         string  // the published file
	Times, Among uint64  // figures of the period that differ, of which one is named, and those of which something is shown
}

func (f FigureCited) facts() Facts {
	facts := f.Finding.facts()
	if facts.Against, facts.Times, facts.Among = f.File, f.Times, f.Among; f.KnownOf != 0 {
		facts.KnownOf = rounded(f.KnownOf)
	}
	return facts
}

// TotalOutside is what a list comes to, outside all that the lists around come to, from Low to High.
type TotalOutside struct {
	Finding
	What             string  // "total", or of a ratio the "ratio" of the totals or what they are "of"
	Value, Low, High float64 // of that
	Among            uint64  // lists around
}

func (t TotalOutside) facts() Facts {
	facts := t.Finding.facts()
	facts.Against, facts.Among = t.What, t.Among
	return facts
}

// outside are the totals outside their range of periods in which no known event moved them.
func (l asker) outside(all []TotalOutside) []TotalOutside {
	return slices.DeleteFunc(slices.Clone(all), func(t TotalOutside) bool {
		m, ok := l.Catalog.Measure(t.Measure)
		return !ok || len(m.Events(catalog.Period{Start: t.Period, Grain: m.Grain})) > 0
	})
}

// doubted is a doubt of a publication as a finding.
type doubted struct{ mapping.Doubt }

func (d doubted) about() Finding {
	return Finding{Measure: d.Measure, Period: d.Period.Start, Organisation: d.Organisation, Sheet: d.Sheet, Rows: d.Rows}
}

func (d doubted) facts() Facts {
	return Facts{Figure: d.Text, Known: d.Means, Against: string(d.Against), Times: d.Times, Among: d.Among}
}

// Findings are what the rules that look at a staged load as a whole find.
type Findings struct {
	Same   []SameFigure
	Forms  []Finding // shares that are no counts
	People []PeopleCounted
	Beyond []Implausible
	Moved  []RatioMoved

	Repeated []RepeatedPeriod
	Amounts  []AmountMoved
	Lists    []ListChanged
	Series   []SeriesFigure
	Parts    []PartsLarger
	Totals   []TotalDiffers // of England
	Exceeded []TotalDiffers // footprints
	Cited    []FigureCited
	Outside  []TotalOutside

	Dropped *DroppedOrganisations // those of which it leaves out the most; nil where nothing is shown yet
}

// figureOf writes what a list comes to: a ratio in per cent where it is one of parts.
func figureOf(what string, value float64) string {
	if what == "ratio" {
		return perCent(value)
	}
	return figure(value)
}

// maxStated is how many questions of a load are said in its message; its page has all that are kept.
const maxStated = 3

// asker finds what must be asked about staged loads, and says it in words.
type asker struct{ Settings }

// ask finds what must be asked before a staged load is published. A FileError says that its figures are impossible.
func (l asker) ask(ctx context.Context, load *Load, said mapping.Summary, exclude uint64) ([]Question, error) {
	found, err := l.Store.Find(ctx, load.ID, exclude, l.Catalog)
	if err != nil {
		return nil, err
	}
	if err := l.checkDropped(found.Dropped); err != nil {
		return nil, err
	}
	var questions []Question
	periodAt := func(measure string, start time.Time) string {
		period := catalog.Period{Start: start, Grain: catalog.Month}
		if m, ok := l.Catalog.Measure(measure); ok {
			period.Grain = m.Grain
		}
		return period.String()
	}
	periodOf := func(f Finding) string { return periodAt(f.Measure, f.Period) }
	add := func(rule string, of finding, found, accepted string) {
		f := of.about()
		questions = append(questions, Question{
			Rule: rule, Sheet: f.Sheet, Rows: f.Rows, Measure: f.Measure, Organisation: f.Organisation,
			Period: periodOf(f), Found: found, Accepted: accepted, Facts: of.facts(),
		})
	}
	var impossible []string
	for _, m := range found.Moved {
		if m.Impossible {
			impossible = append(impossible, fmt.Sprintf("%s: %s of %s in %s would be %s of %s", rowWords(m.Rows), m.Measure,
				l.place(m.Organisation), periodOf(m.Finding), m.Figure, m.Of))
			continue
		}
		found := "%s states %s of %s (%s), after %s of %s (%s)"
		if m.Compared.After(m.Period) {
			found = "%s states %s of %s (%s), and %s of %s (%s) is known"
		}
		if !m.Compared.Equal(m.Period) {
			found += " in " + periodAt(m.Measure, m.Compared)
		}
		add(ruleShareMoves, m, fmt.Sprintf(
			found,
			l.place(m.Organisation),
			m.Figure,
			m.Of,
			perCent(
				m.Figure.InexactFloat64()/m.Of.InexactFloat64(),
			),
			figure(m.NumeratorBefore),
			figure(m.DenominatorBefore),
			perCent(m.NumeratorBefore/m.DenominatorBefore),
		),
			"less than ten times, and more than a tenth of, that")
	}
	if len(impossible) > 0 {
		return nil, &mapping.FileError{Rule: ruleWholeFile, Err: errors.New(strings.Join(impossible[:min(maxStated, len(impossible))], "; ") +
			": a part is larger than its whole; accepted: from 0 to the whole")}
	}
	for _, s := range found.Same {
		what, among := "the same figure", "rows of the period"
		if m, ok := l.Catalog.Measure(s.Measure); ok && m.Ratio() {
			what = "the same numerator"
		}
		if s.Ratio {
			what = "the same denominator"
		}
		stated := s.Figure.String()
		if s.Share > 0 {
			what, stated = "the same share", perCent(s.Share)
		}
		if s.OverTime {
			among = "periods of " + l.place(s.Organisation)
		} else if s.Organisation != "" {
			among = "organisations of " + l.place(s.Organisation)
		}
		add(ruleSameFigure, s, fmt.Sprintf("%d of %d %s state %s, %s", s.Times, s.Among, among, what, stated),
			"the figure of each organisation and period; a footprint's own figure stands in one row with the footprint's code")
	}
	for _, f := range found.Forms {
		said := fmt.Sprintf("%s states %s of %s (%s)", l.place(f.Organisation), f.Figure, f.Of, perCent(f.Figure.InexactFloat64()/f.Of.InexactFloat64()))
		if f.Known > 0 {
			said += fmt.Sprintf(", and the others about %s", perCent(f.Known))
		}
		add(ruleShareForm, f, said, "counts: how many, and of how many")
	}
	for _, p := range found.People {
		what := "the number"
		if p.Ratio {
			what = "the denominator"
		}
		switch p.Against {
		case "last":
			add(
				ruleKnownPeople,
				p,
				fmt.Sprintf("%s of %s is %s, and was %s before", what, l.place(p.Organisation), p.Figure, figure(p.Known)),
				"a difference of at most a third",
			)
		case "known":
			add(
				ruleKnownPeople,
				p,
				fmt.Sprintf("%s of %s is %s; %s is %s", what, l.place(p.Organisation), p.Figure, p.Population, figure(p.Known)),
				"a difference of at most a third",
			)
		case "few":
			add(
				ruleKnownPeople,
				p,
				fmt.Sprintf("%s of %s is %s, less than a five-hundredth of the %s people of the footprint (%s)", what, l.place(p.Organisation), p.Figure,
					figure(p.Known), p.Population),
				"the people of the organisation itself, one by one",
			)
		case "numerator":
			add(ruleKnownPeople, p, fmt.Sprintf("%s of %s is %s, fewer people than the %s of the numerator", what, l.place(p.Organisation), p.Figure, figure(p.Known)),
				"at most one for each person; the two columns may be exchanged")
		case "footprint":
			add(
				ruleKnownPeople,
				p,
				fmt.Sprintf("%s of %s is %s, more than the %s people of the footprint (%s)", what, l.place(p.Organisation), p.Figure, figure(p.Known), p.Population),
				"no more people than the footprint has",
			)
		default:
			add(
				ruleKnownPeople,
				p,
				fmt.Sprintf("the organisations of %s state %s together; it has %s (%s)", l.place(p.Organisation), p.Figure, figure(p.Known), p.Population),
				"no more people than the footprint has",
			)
		}
	}
	for _, r := range found.Repeated {
		add(rulePeriodRepeats, r, fmt.Sprintf("%d of %d figures of %s are those of %s", r.Times, r.Among, periodOf(r.Finding), periodAt(r.Measure, r.Like)),
			"the figures of each period; at most half of them, or four fifths of a publication's, equal another period's")
	}
	for _, a := range found.Amounts {
		what := "the number"
		if a.Ratio {
			what = "the denominator"
		}
		switch a.Against {
		case "before", "after":
			add(
				ruleAmountMoves,
				a,
				fmt.Sprintf("%s of %s is %s, and was %s in %s", what, l.place(a.Organisation), a.Figure, figure(a.Known), periodAt(a.Measure, a.Compared)),
				"less than ten times, and more than a tenth of, the organisation's own figure; the unit of the definition",
			)
		case "people":
			add(
				ruleAmountMoves,
				a,
				fmt.Sprintf("%s of %s is %s; for as many people the others state about %s", what, l.place(a.Organisation), a.Figure, figure(a.Known)),
				"less than 30 times, and more than a thirtieth, of that; the unit of the definition",
			)
		default:
			add(ruleAmountMoves, a, fmt.Sprintf("%s of %s is %s, and the others state about %s", what, l.place(a.Organisation), a.Figure, figure(a.Known)),
				"less than 300 times, and more than a three-hundredth, of that; the unit of the definition")
		}
	}
	for _, p := range found.Beyond {
		if slices.ContainsFunc(questions, func(q Question) bool {
			return q.Measure == p.Measure && q.Organisation == p.Organisation && q.Period == periodOf(p.Finding)
		}) {
			continue // it is asked already, for a reason that tells more
		}
		said := fmt.Sprintf("%s states %s", l.place(p.Organisation), quotient(p.Figure.InexactFloat64(), p.Of.InexactFloat64()))
		each := ""
		if p.Known > 0 {
			each = " for each person"
			said += fmt.Sprintf(", which is %s%s of the %s in its place", figure(p.Value), each, figure(p.Known))
		}
		add(rulePlausible, p, said, fmt.Sprintf("between %s and %s%s; the unit of the definition", figure(p.Least), figure(p.Most), each))
	}
	var zeros []ListChanged
	for _, list := range l.broken(found.Series, "zero") {
		f := list[0]
		zeros = append(zeros, ListChanged{
			Finding: Finding{Measure: f.Measure, Period: f.Period, Organisation: f.Organisation, Sheet: f.Sheet, Rows: f.Rows, Figure: f.Figure, Known: f.Last},
			Change:  "zero", Compared: f.Compared, KnownOf: f.LastDenominator, Times: uint64(len(list)),
		})
	}
	l.askOfSeries(found.Series, add)
	for _, c := range l.revised(found.Lists) {
		before := l.compared(c)
		stated := quotient(c.Figure.InexactFloat64(), c.Of.InexactFloat64())
		known := quotient(c.Known, c.KnownOf)
		switch c.Change {
		case "total":
			add(ruleTotalMoves, c, fmt.Sprintf("all organisations together state %s, and %s in %s", c.Figure, figure(c.Known), before),
				l.accepted(c))
		case "share":
			add(ruleTotalMoves, c, fmt.Sprintf("all organisations together state %s, and %s in %s", stated, known, before),
				"a share or rate, or the odds of a share, "+l.accepted(c))
		case "many":
			add(ruleTotalMoves, c, fmt.Sprintf("%d of the %d larger organisations change by a factor of ten, as %s: %s, and %s in %s", c.Times, c.Among,
				l.place(c.Organisation), stated, known, before), "less than a fifth of the organisations that do")
		case "exchanged":
			add(ruleExchanged, c, fmt.Sprintf("organisation by organisation, its figures look like those of %s in %s, and the other way round: %s in all, after %s",
				c.Other, before, c.Figure, figure(c.Known)), "figures nearer to the measure's own of that period; two columns or headings may be exchanged")
		case "revised":
			add(
				ruleRevision,
				c,
				fmt.Sprintf("organisation by organisation, the figures differ by more than a tenth from those that are shown: %s in all, and %s is shown", stated, known),
				"a revision of at most a tenth",
			)
		case "organisation":
			add(ruleRevision, c, fmt.Sprintf("%s states %s, and %s is shown%s", l.place(c.Organisation), stated, known, alike(c.Times)),
				"a difference of at most a third")
		case "zero":
			zeros = append(zeros, c)
		}
	}
	if len(zeros) > 0 {
		slices.SortStableFunc(zeros, func(a, b ListChanged) int { return cmp.Compare(b.Known, a.Known) })
		var said []string
		for _, n := range zeros[:min(maxStated, len(zeros))] {
			in := ""
			if !n.Compared.IsZero() {
				in = " in " + l.compared(n)
			}
			said = append(
				said,
				fmt.Sprintf(
					"%s states 0 for %s in %s, after %s%s",
					l.place(n.Organisation),
					n.Measure,
					periodOf(n.Finding),
					quotient(n.Known, n.KnownOf)+in,
					alike(n.Times),
				),
			)
		}
		if more := len(zeros) - len(said); more > 0 {
			said = append(said, fmt.Sprintf("and %d more measures and periods", more))
		}
		first := zeros[0]
		first.Among = uint64(len(zeros))
		add(ruleZero, first, strings.Join(said, "; "), "0 only where there was nothing; what is not known is left blank")
	}
	for _, t := range slices.Concat(differing(said.Reconciliations), found.Totals, found.Exceeded) {
		stated, made := quotient(t.Figure.InexactFloat64(), t.Of.InexactFloat64()), quotient(t.Known, t.KnownOf)
		more := ""
		if t.Times > 1 {
			more = fmt.Sprintf(", and so %d more totals", t.Times-1)
		}
		add(ruleTotalsAgree, t, fmt.Sprintf("%s is stated as %s, and those beneath make %s%s", l.place(t.Organisation), stated, made, more),
			"what the rows beneath make together, but for rounding")
	}
	for _, t := range l.outside(found.Outside) {
		add(
			ruleTotalMoves,
			t,
			fmt.Sprintf("all organisations together state %s, %s, and from %s to %s in %d lists around",
				quotient(t.Figure.InexactFloat64(), t.Of.InexactFloat64()), figureOf(t.What, t.Value), figureOf(t.What, t.Low), figureOf(t.What, t.High), t.Among),
			"at most a half outside what the lists of the thirteen periods before and after come to, of quarters and years a quarter; an event of the measure that explains it",
		)
	}
	for _, c := range found.Cited {
		more := ""
		if c.Times > 1 {
			more = fmt.Sprintf(", and so %d more figures", c.Times-1)
		}
		shown := "nothing is shown of it"
		if c.Shown {
			shown = "is shown as " + quotient(c.Known, c.KnownOf)
		}
		add(ruleCited, c, fmt.Sprintf("%s is stated as %s, by %s, and %s%s", l.place(c.Organisation),
			quotient(c.Figure.InexactFloat64(), c.Of.InexactFloat64()), c.File, shown, more),
			"what is shown of the publication; load the file itself where it has more, or other figures")
	}
	for _, p := range found.Parts {
		add(ruleAtMost, p, fmt.Sprintf("%s of %s: %s, more than the %s of %s%s", strings.Join(p.Parts, " and "), l.place(p.Organisation), p.Figure, p.Of,
			strings.Join(p.Whole, " and "), alike(p.Times)), "at most as much; columns or headings may be exchanged")
	}
	for _, d := range said.Doubts {
		more := ""
		if d.Times > 1 {
			more = fmt.Sprintf(", and so %d more rows", d.Times-1)
		}
		switch place := l.place(d.Organisation); d.Against {
		case mapping.AgainstName:
			add(
				ruleSamePlace,
				doubted{d},
				fmt.Sprintf("the row of %s is named %q, as %s is%s", place, d.Text, l.place(d.Means), more),
				"the code and the name of one organisation",
			)
		case mapping.AgainstCode:
			add(
				ruleSamePlace,
				doubted{d},
				fmt.Sprintf("the row of %s has a second code, %s, of %s%s", place, d.Text, l.place(d.Means), more),
				"codes of one organisation",
			)
		case mapping.AgainstFootprint:
			add(ruleSamePlace, doubted{d}, fmt.Sprintf("the row of %s names the footprint %s, in which it did not lie%s", place, l.place(d.Means), more),
				"the footprint of the organisation, in nine rows of ten")
		case mapping.AgainstItem:
			add(ruleItemOnce, doubted{d}, fmt.Sprintf("%s of %s states the figures that row %s states, too%s", d.Text, place, d.Means, more),
				"figures of its own for each item, such as a practice; one may stand there twice, by two codes")
		case mapping.AgainstSuccessor:
			add(
				ruleSucceeded,
				doubted{d},
				fmt.Sprintf("%s ended on %s, when %s took over most of what it did, and states figures of %s%s", place, d.Text, l.place(d.Means), d.Period, more),
				"figures of those that took over; sql/reference/successions.csv says who did, and published_so of the source what is published all the same",
			)
		case mapping.AgainstPeriod:
			add(ruleSamePeriod, doubted{d}, fmt.Sprintf("all %d rows of %s say %q", d.Times, d.Period, d.Text), "the same period, at least in one row")
		case mapping.AgainstFile:
			add(ruleSamePeriod, doubted{d}, fmt.Sprintf("the file is named %q, and its figures are of %s", d.Text, d.Period),
				"a name that states the period of the figures, or none; a file that is known to be misnamed stands under misnamed of its source")
		case mapping.AgainstBegin:
			add(ruleSourcePeriods, doubted{d}, fmt.Sprintf("%s is before %s, when the publication began%s", d.Period, d.Text, more),
				"a period since then; begins of the source says when")
		case mapping.AgainstEnd:
			add(ruleSourcePeriods, doubted{d}, fmt.Sprintf("%s is after %s, when the publication had ended%s", d.Period, d.Text, more),
				"a period before then; ended of the source says when")
		case mapping.AgainstSheet:
			add(ruleSamePeriod, doubted{d}, fmt.Sprintf("the sheet is of %s, and sheet %q of %s", d.Period, d.Text, d.Means), "one period for all sheets of a file")
		}
	}
	slices.SortStableFunc(questions, func(a, b Question) int { return cmp.Compare(severityOrder(a.Rule), severityOrder(b.Rule)) })
	return questions, nil
}

// revised are the changes of lists with those of single organisations of a measure and period put together. One that took over another's work
// states more for a reason that is known.
func (l asker) revised(lists []ListChanged) []ListChanged {
	at := map[listOf]int{}
	var all []ListChanged
	for _, c := range lists {
		if c.Change == "organisation" {
			if l.tookOver(c.Organisation) && c.Figure.InexactFloat64() > c.Known {
				continue
			}
			if i, known := at[listOf{c.Measure, c.Period}]; known {
				all[i].Times++
				continue
			}
			at[listOf{c.Measure, c.Period}] = len(all)
		}
		all = append(all, c)
	}
	return all
}

// compared names the period that a list is compared with.
func (l asker) compared(c ListChanged) string {
	if l.next(c) && c.Compared.Before(c.Period) {
		return "the period before"
	}
	period := catalog.Period{Start: c.Compared, Grain: catalog.Month}
	if m, ok := l.Catalog.Measure(c.Measure); ok {
		period.Grain = m.Grain
	}
	return period.String() + ", the nearest period that is known"
}

// next tells whether a list is compared with the period before or after.
func (l asker) next(c ListChanged) bool {
	months, days := catalog.Month.Length()
	if m, ok := l.Catalog.Measure(c.Measure); ok {
		months, days = m.Grain.Length()
	}
	return c.Compared.AddDate(0, months, days).Equal(c.Period) || c.Period.AddDate(0, months, days).Equal(c.Compared)
}

// accepted says how much all together may move.
func (l asker) accepted(c ListChanged) string {
	if l.next(c) {
		return "less than ten times, and more than a tenth of, that"
	}
	return "less than a hundred times, and more than a hundredth of, that, as it is not the next period"
}

// differing are the totals of places within England that a publication states and its rows do not make, of which the first is named for all.
func differing(totals []mapping.Reconciliation) []TotalDiffers {
	var differs []TotalDiffers
	for _, t := range totals {
		if t.Verdict != mapping.Differs || t.Scope == footprint.England {
			continue
		}
		if len(differs) == 0 {
			differs = []TotalDiffers{{Finding: Finding{
				Measure: t.Measure, Period: t.Period.Start, Organisation: t.Scope, Sheet: t.Sheet, Rows: []uint32{t.Row},
				Figure: t.Published, Known: t.Ours.InexactFloat64(),
			}}}
		}
		differs[0].Times++
	}
	return differs
}

// severityOrder is the place of a rule among all.
func severityOrder(rule string) int {
	return slices.IndexFunc(Rules, func(r mapping.Rule) bool { return r.Name == rule })
}

// place names an organisation or a footprint.
func (l asker) place(code string) string {
	if code == footprint.England {
		return "England"
	}
	if f, ok := l.Reference.Footprint(code); ok {
		return f.Name
	}
	if o, ok := l.Reference.Organisation(code); ok {
		return fmt.Sprintf("%s (%s)", o.Name, code)
	}
	return code
}

func perCent(share float64) string { return strconv.FormatFloat(100*share, 'g', 3, 64) + "%" }

// quotient is a number, or one of another with what it makes.
func quotient(n, of float64) string {
	if of == 0 {
		return figure(n)
	}
	return fmt.Sprintf("%s of %s (%s)", figure(n), figure(of), perCent(n/of))
}

// alike says how many other organisations change as the one that is named.
func alike(times uint64) string {
	if times < 2 {
		return ""
	}
	return fmt.Sprintf(", and so %d more organisations", times-1)
}

func figure(n float64) string { return decimal.NewFromFloat(n).Round(2).String() }

// unanswered are the questions that an acceptance does not cover.
func (a acceptance) unanswered(questions []Question) []Question {
	if a.reason != "" && a.questions == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(questions), func(q Question) bool {
		return a.reason != "" && slices.ContainsFunc(a.questions, q.same)
	})
}

// acceptance is why questions do not keep a load from being shown.
type acceptance struct {
	reason    string
	questions []Question // nil: whatever is asked
}

// waiting says what a load waits for, and how it is accepted.
func waiting(id uint64, questions []Question) string {
	var said []string
	for _, q := range questions[:min(maxStated, len(questions))] {
		said = append(said, q.String())
	}
	if more := len(questions) - len(said); more > 0 {
		said = append(said, fmt.Sprintf("and %d more questions", more))
	}
	return fmt.Sprintf("%s. Nothing of it is shown. If it is right: %s", strings.Join(said, "; "), AcceptCommand(id))
}

// AcceptCommand is how a load that waits for acceptance is accepted.
func AcceptCommand(id uint64) string { return fmt.Sprintf(`stpd load accept %d --reason "..."`, id) }

// Accept publishes a load that is held for its questions, for a reason that readers will see. Its kept file is read again as a load of
// its own, so what was loaded since counts; what it asks anew holds it again.
func (l *Loader) Accept(ctx context.Context, id uint64, reason string) (Load, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return Load{}, errors.New("a load is accepted for a reason, which readers will see: none was given")
	}
	release, err := l.lock(ctx)
	if err != nil {
		return Load{}, err
	}
	defer release()
	held, err := l.earlier(ctx, id)
	if err != nil {
		return held, err
	}
	if held.State != Held {
		return held, fmt.Errorf("%w: load %d is %s; accepted: a load that waits for acceptance", ErrNotLoaded, id, held.State)
	}
	newer, err := l.Store.OverlappingLoad(ctx, id)
	if err != nil {
		return held, err
	}
	if newer != 0 {
		return held, fmt.Errorf(
			"%w: load %d states some of the figures of load %d since, which this would bring back; accepted: the newest load of a figure",
			ErrNotLoaded,
			newer,
			id,
		)
	}
	questions, err := l.Store.QuestionsOf(ctx, id)
	if err != nil {
		return held, err
	}
	return l.ingest(ctx, Load{Source: held.Source, File: held.File, SHA256: held.SHA256, Size: held.Size, Trigger: fmt.Sprintf("acceptance of load %d", id)},
		true, acceptance{reason, questions})
}
