package wording

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
)

// Purses are whose money amounts are.
var Purses = map[catalog.Purse]string{catalog.NHSPurse: "NHS", catalog.CouncilPurse: "Councils"}

// MoneyTitle names the page of a place's money.
func MoneyTitle(s figures.Area) string { return s.Name + ": money of the NHS and of councils" }

// MoneyFinding states the first line of each purse in the newest year in which all of them have a figure, and how they changed from the first such
// year: not where a line counts something else in between.
func MoneyFinding(m figures.Money, named Names) (finding, change string) {
	leads := leadingLines(m)
	var known []int
	for i := range m.Years {
		if len(leads) > 0 && !slices.ContainsFunc(leads, func(l figures.MoneyLine) bool { return !l.Figures[i].Value.Valid }) {
			known = append(known, i)
		}
	}
	if len(known) == 0 {
		if len(m.Years) == 0 {
			return "No money of this place is known", ""
		}
		return "No year has figures of both the NHS and councils", ""
	}
	first, last := known[0], known[len(known)-1]
	var now, moved, apart []string
	for _, l := range leads {
		from, to := l.Figures[first], l.Figures[last]
		title := LowerFirst(l.Measure().Title)
		now = append(now, title+" "+millions(to.Value.Decimal)+Mark(to.Point))
		compared := measure.Change(l.Measure(), to.Value, from.Value)
		if first == last || !compared.Valid {
			continue
		}
		if why := l.Apart(from.Period, to.Period); why.Code != "" {
			if why.Code == figures.MembersChanged {
				apart = append(apart, Capital(title)+" is not compared: "+LowerFirst(OnPeriod(why.Break.From))+" "+MembershipWords(*why.Break, named)+".")
			}
			continue
		}
		moved = append(moved, title+" "+Changed(l.Measure(), compared.Decimal)+Mark(to.Point))
	}
	finding = fmt.Sprintf("In %s: %s", m.Years[last].Words(), strings.Join(now, "; "))
	if len(moved) > 0 {
		change = fmt.Sprintf("From %s to %s: %s. Prices are those of each year.", m.Years[first].Words(), m.Years[last].Words(), strings.Join(moved, "; "))
	}
	return finding, strings.Join(append(slices.DeleteFunc([]string{change}, func(s string) bool { return s == "" }), apart...), " ")
}

// leadingLines are the first line of each purse.
func leadingLines(m figures.Money) []figures.MoneyLine {
	var leads []figures.MoneyLine
	for _, l := range m.Lines {
		if len(leads) == 0 || leads[len(leads)-1].Of != l.Of {
			leads = append(leads, l)
		}
	}
	return leads
}

// PartialOf says how many of a place's organisations a partial figure is of, or of a year made of months, how many of their figures.
func PartialOf(m *catalog.Measure, p measure.Partial) string {
	words := fmt.Sprintf("from %s of %s", whole(p.Reported), whole(p.Expected))
	if madeOfPeriods(m) {
		words += fmt.Sprintf(" figures, one a %s from each organisation", grainWord(m))
	}
	return words
}

// Mark follows an amount that is an estimate; empty of others.
func Mark(p measure.Point) string {
	if p.Estimate() {
		return EstimateMark
	}
	return ""
}

var million = decimal.NewFromInt(1_000_000)

// millions writes a large amount.
func millions(n decimal.Decimal) string {
	if n.Abs().LessThan(million) {
		return Pounds(n)
	}
	return Sterling(n.Div(million), 1) + "m"
}

// EachHeading is what an amount for each person is called.
func EachHeading(l catalog.MoneyLine) string {
	if l.ByRate() {
		return l.Heading() + " per registered patient"
	}
	return l.Person().Title
}

// Each is an amount for one person.
func Each(n decimal.Decimal) string { return Sterling(n, 2) }

// KnownYears are the years of which a line has a whole figure.
func KnownYears(l figures.MoneyLine) string {
	var years []catalog.Period
	for _, f := range l.Figures {
		if f.Value.Valid {
			years = append(years, f.Year)
		}
	}
	if len(years) == 0 {
		return "No year"
	}
	return yearSpans(years)
}

// yearSpans writes years, in order: those in a row by the first and the last.
func yearSpans(years []catalog.Period) string {
	var spans []string
	for i := 0; i < len(years); {
		end := i
		for end+1 < len(years) && years[end].Next() == years[end+1] {
			end++
		}
		switch end - i {
		case 0:
			spans = append(spans, years[i].Words())
		case 1:
			spans = append(spans, years[i].Words(), years[end].Words())
		default:
			spans = append(spans, years[i].Words()+" to "+years[end].Words())
		}
		i = end + 1
	}
	return List(spans)
}

// MoneyGaps say of which years between the first and the last that is published a line lacks the amount, or the amount for each person, and why.
func MoneyGaps(l figures.MoneyLine, place string, d *figures.Directory) []string {
	published := func(f figures.MoneyFigure) bool { return f.Published() }
	first := slices.IndexFunc(l.Figures, published)
	if first < 0 {
		return []string{"No figure of this place is loaded."}
	}
	last := len(l.Figures)
	for !l.Figures[last-1].Published() {
		last--
	}
	var lacks lacking
	for _, f := range l.Figures[first:last] {
		switch {
		case !f.Value.Valid:
			without := f.Point
			without.Partial = nil // its amount is in the table, and differs from year to year
			_, reason := NoFigure(l.Measure(), AsNumber, without, place, d)
			if f.Partial != nil {
				lacks.add(f.Year, "partial. "+reason)
			} else {
				lacks.add(f.Year, LowerFirst(reason))
			}
		case l.Person() != nil && !f.Each.Valid:
			lacks.add(f.Year, "no amount for each person. Their number is not known for that year.")
		}
	}
	return lacks.sentences()
}

// lacking gathers years that lack something for one reason.
type lacking []struct {
	years []catalog.Period
	words string
}

func (l *lacking) add(year catalog.Period, words string) {
	for i := range *l {
		if (*l)[i].words == words {
			(*l)[i].years = append((*l)[i].years, year)
			return
		}
	}
	*l = append(*l, struct {
		years []catalog.Period
		words string
	}{[]catalog.Period{year}, words})
}

func (l lacking) sentences() []string {
	var all []string
	for _, lack := range l {
		all = append(all, yearSpans(lack.years)+": "+lack.words)
	}
	return all
}
