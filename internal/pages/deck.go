package pages

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/review"
	"stpdash/internal/slides"
	"stpdash/internal/spc"
)

// FootprintDeck is the page of a place with those of its measures that are off track or changed unusually.
type FootprintDeck struct {
	FootprintPage
	Marked []CardPage
}

// rowsOnSlide is how many rows a table has on one slide, and barsOnSlide how many bars of concern a region's presentation draws.
const rowsOnSlide, maxConcerns = 16, 6

// FootprintDeck composes what the presentation of a place shows.
func (c placePages) FootprintDeck(ctx context.Context, s figures.Area, asOf figures.Moment) (FootprintDeck, error) {
	page, err := c.Footprint(ctx, s, FootprintQuery{}, asOf)
	deck := FootprintDeck{FootprintPage: page}
	if err != nil {
		return deck, err
	}
	for _, theme := range page.Sections {
		for _, row := range theme.Rows {
			m, ok := c.directory.Catalog.Measure(row.ID)
			if !ok || row.Standing.Mark == "" {
				continue
			}
			card := CardPage{Shell: page.Shell, Place: Link{Text: s.Name}}
			if _, err := c.seen(ctx, &card, m, s, asOf); err != nil {
				return deck, err
			}
			deck.Marked = append(deck.Marked, card)
		}
	}
	return deck, nil
}

// Deck is the place as a presentation: what is to be seen first, each measure that is marked, and all of them as a table.
func (d FootprintDeck) Deck(at string) slides.Deck {
	deck := d.opening(at, d.Name, d.Sentence, d.Headline)
	var lines []string
	for _, l := range d.Lines {
		lines = append(lines, l.What+" "+l.Known)
	}
	notes := d.notes(at)
	if len(lines) > 0 {
		deck.Slides = append(deck.Slides, slides.Slide{Title: d.Headline, Lines: append(lines, d.Ages...), Notes: notes})
	}
	for _, card := range d.Marked {
		deck.Slides = append(deck.Slides, card.finding(at))
	}
	table := [][]string{}
	for _, theme := range d.Sections {
		for _, r := range theme.Rows {
			status := r.Standing.Text
			if r.Standing.Why != "" {
				status += ": " + wording.LowerFirst(r.Standing.Why)
			}
			table = append(table, []string{r.Title, r.Value + " " + r.Unit, r.Period, r.Change, status})
		}
	}
	deck.Slides = append(
		deck.Slides,
		tabled(wording.AllMeasures(d.Name), []string{"Measure", "Latest", "Period", "Change on year", "Status"}, table, []int{34, 18, 14, 14, 40}, notes)...)
	return deck
}

// Deck is the measure of a place as a presentation: the finding, what drives it, and the places most like it.
func (p CardPage) Deck(at string) slides.Deck {
	deck := p.opening(at, p.Title, p.Card.Finding, p.Age)
	deck.Slides = append(deck.Slides, p.finding(at))
	if d := p.Drivers; d != nil && d.None == "" {
		var names []string
		var values []float64
		for _, r := range d.Rows {
			names, values = append(names, r.Organisation.Text), append(values, plain(r.PlainChange))
		}
		deck.Slides = append(deck.Slides, slides.Slide{
			Title: d.Finding, Lines: kept(d.Span, d.Caution, d.Since), Notes: append(kept(d.Method, d.Left), p.sources(at)...),
			Chart: &slides.Chart{
				Kind: slides.Bars, Alt: d.Finding + " " + d.Span, Unit: wording.DriversUnit(d.Of), Format: p.Card.numbers(), Categories: names,
				Series: []slides.Series{{Name: wording.DriversUnit(d.Of), Values: values}},
			},
		})
	}
	if len(p.Card.Beside) > 0 {
		var rows []bar
		for _, r := range p.Card.Beside {
			rows = append(rows, bar{r.Name, r.Value.Plain})
		}
		title := wording.BesideTitle(p.Card.Title, p.Place.Text)
		chart, missing := barChart(p.Card.Title, p.Card.Unit, p.Card.numbers(), title+". "+p.Card.BesideWords, rows)
		if len(chart.Categories) == 0 {
			return deck
		}
		deck.Slides = append(deck.Slides, slides.Slide{
			Title: title, Lines: append([]string{p.Card.BesideWords}, wording.Without(missing)...), Notes: p.sources(at), Chart: chart,
		})
	}
	return deck
}

// finding is the slide of a measure: what is to be seen first as its title, and its figures over time.
func (p CardPage) finding(at string) slides.Slide {
	slide := slides.Slide{Title: p.Summary.What, Lines: kept(p.Summary.Known, p.Age), Notes: p.sources(at)}
	if slide.Title == "" {
		slide.Title, slide.Lines = p.Card.Title+": "+wording.LowerFirst(p.Card.Finding), kept(p.Card.Variation.Words, p.Age)
	}
	if slide.Notes = append(kept(p.Card.Outlook), slide.Notes...); len(p.Card.Points) == 0 {
		slide.Lines = append(slide.Lines, kept(p.Card.NoData)...)
		return slide
	}
	slide.Chart = p.Card.plotted()
	return slide
}

// plotted is the chart of a card.
func (c Card) plotted() *slides.Chart {
	chart := slides.Chart{Kind: slides.Lines, Alt: fmt.Sprintf("%s. %s %s", c.Finding, c.Variation.Words, c.Sentence), Unit: c.Unit, Format: c.numbers()}
	if c.ChartKind == "column" {
		chart.Kind = slides.Columns
	}
	value := slides.Series{Name: c.Title, Style: slides.Figures}
	mean := slides.Series{Name: "Mean", Style: slides.Mean}
	low, high := limits()
	target := slides.Series{Name: "Target", Style: slides.Target}
	marks := []slides.Series{
		{Name: "Unusual, worse", Style: slides.Worse},
		{Name: "Unusual, better", Style: slides.Better},
		{Name: "Unusual, neither", Style: slides.Neither},
	}
	for _, p := range c.Points {
		chart.Categories = append(chart.Categories, p.Period)
		value.Values = append(value.Values, plain(p.Value.Plain))
		mean.Values, low.Values, high.Values = append(mean.Values, plain(p.Mean)), append(low.Values, plain(p.Lower)), append(high.Values, plain(p.Upper))
		target.Values = append(target.Values, plain(p.Required))
		for i, types := range [][]spc.PointType{{spc.Concern}, {spc.Improvement}, {spc.NeutralHigh, spc.NeutralLow}} {
			mark := math.NaN()
			if slices.Contains(types, spc.PointType(p.Type)) {
				mark = plain(p.Value.Plain)
			}
			marks[i].Values = append(marks[i].Values, mark)
		}
	}
	if chart.Series = []slides.Series{value, target}; chart.Kind == slides.Lines {
		chart.Series = append(append(chart.Series, mean, low, high), marks...)
	}
	return &chart
}

// limits are the series of the two limits, without values yet.
func limits() (low, high slides.Series) {
	return slides.Series{Name: "Lower limit", Style: slides.Limit}, slides.Series{Name: "Upper limit", Style: slides.Limit}
}

// bar is a place or organisation with its plain value, which is empty where it has none.
type bar struct{ name, value string }

// barChart draws those that have a value, and names the others.
func barChart(name, unit, format, alt string, rows []bar) (chart *slides.Chart, missing []string) {
	chart = &slides.Chart{Kind: slides.Bars, Alt: alt, Unit: unit, Format: format}
	series := slides.Series{Name: name}
	for _, r := range rows {
		if r.value == "" {
			missing = append(missing, r.name)
			continue
		}
		chart.Categories, series.Values = append(chart.Categories, r.name), append(series.Values, plain(r.value))
	}
	chart.Series = []slides.Series{series}
	return chart, missing
}

// numbers is how a workbook writes the card's values.
func (c Card) numbers() string { return numbersOf(c.ChartFormat) }

func numbersOf(format string) string {
	if format == "gbp" {
		return `"£"#,##0`
	}
	return "#,##0.0##"
}

// Deck is a region as a presentation: how its footprints stand, and the measures of concern in most of them.
func (p RegionPage) Deck(at string) slides.Deck {
	deck := p.opening(at, p.Title, p.Finding)
	notes := p.notes(at)
	if len(p.Sentences) > 0 {
		deck.Slides = append(deck.Slides, slides.Slide{Title: p.Finding, Lines: p.Sentences, Notes: notes})
	}
	for _, concern := range p.Concerns[:min(len(p.Concerns), maxConcerns)] {
		if slide, ok := p.concern(concern, notes); ok {
			deck.Slides = append(deck.Slides, slide)
		}
	}
	var rows [][]string
	for _, c := range p.Concerns {
		rows = append(rows, []string{c.Measure.Text, wording.Capital(c.Words), strconv.Itoa(len(c.Places)), wording.List(texts(c.Places))})
	}
	deck.Slides = append(deck.Slides, tabled(p.Finding, []string{"Measure", "Concern", "Footprints", "Where"}, rows, []int{34, 20, 10, 50}, notes)...)
	rows = nil
	for _, t := range p.Targets {
		rows = append(rows, []string{
			t.Title, t.Measure.Text, t.Period, strconv.Itoa(t.Met), strconv.Itoa(t.OnTrajectory), strconv.Itoa(t.OffTrajectory), strconv.Itoa(t.CannotTell),
		})
	}
	deck.Slides = append(deck.Slides, tabled("How many footprints meet each target",
		[]string{"Target", "Measure", "Period", "Met", "On track", "Off track", "Not known"}, rows, []int{34, 34, 14, 8, 9, 9, 10}, notes)...)
	return deck
}

// concern is a measure of concern with the figures of all footprints of the region.
func (p RegionPage) concern(c Concern, notes []string) (slides.Slide, bool) {
	for _, theme := range p.Themes {
		i := slices.IndexFunc(theme.Columns, func(m MeasureColumn) bool { return m.Measure == c.Measure })
		if i < 0 {
			continue
		}
		column := theme.Columns[i]
		var rows []bar
		for _, row := range append([]PlaceRow{theme.England}, theme.Rows...) {
			rows = append(rows, bar{row.Place.Text, row.Cells[i].Value.Plain})
		}
		title := fmt.Sprintf("%s: %s in %s", c.Measure.Text, c.Words, wording.List(texts(c.Places)))
		chart, missing := barChart(column.Measure.Text+", "+column.Period, column.Unit, numbersOf("number"), title, rows)
		lines := append([]string{wording.LatestBars(column.Period)}, wording.Without(missing)...)
		return slides.Slide{Title: title, Lines: lines, Chart: chart, Notes: notes}, len(chart.Categories) > 0
	}
	return slides.Slide{}, false
}

// Deck is the 44 footprints by one measure as a presentation, the highest first.
func (p EnglandPage) Deck(at string) slides.Deck {
	deck := p.opening(at, p.Title, kept(p.Finding, p.NoData)...)
	if len(p.Rows) == 0 {
		return deck
	}
	var rows []bar
	for _, r := range p.Rows {
		rows = append(rows, bar{r.Name, r.Value.Plain})
	}
	slices.SortStableFunc(rows, func(a, b bar) int { return cmp.Compare(plain(b.value), plain(a.value)) })
	chart, missing := barChart(p.About.Title+", "+p.Period, p.Unit, numbersOf("number"), p.Finding+" "+p.Sentence, rows)
	lines := kept(p.Sentence)
	for _, t := range p.Targets {
		lines = append(lines, t.Title+". "+t.Standing)
	}
	notes := slices.Concat(p.notes(at), aboutNotes(p.About), fileNotes(p.Freshness))
	deck.Slides = append(deck.Slides, slides.Slide{Title: p.Finding, Lines: lines, Notes: notes})
	if len(chart.Categories) > 0 {
		deck.Slides = append(
			deck.Slides,
			slides.Slide{Title: wording.HighestAndLowest(p.About.Title, p.Period, chart.Categories), Lines: wording.Without(missing), Chart: chart, Notes: notes},
		)
	}
	return deck
}

// Deck is a weekly review as a presentation: a slide a message, then what is off track, the decisions and the verdicts that changed.
func (p ReviewPage) Deck(at string) slides.Deck {
	deck := p.opening(at, p.Title, p.Finding)
	notes := p.notes(at)
	if len(p.Sentences) > 0 {
		deck.Slides = append(deck.Slides, slides.Slide{Title: p.Finding, Lines: p.Sentences, Notes: notes})
	}
	for _, m := range p.Messages {
		slide := slides.Slide{Title: m.Headline, Chart: m.Chart.Plotted, Notes: append(slices.Clone(m.Rest), notes...)}
		for _, f := range m.Findings {
			slide.Lines = append(slide.Lines, fmt.Sprintf("%s: %s %s", f.Place.Text, f.Figure, f.Beside))
		}
		slide.Lines = append(slide.Lines, kept(m.More, m.Required)...)
		deck.Slides = append(deck.Slides, slide)
	}
	var rows [][]string
	for _, r := range p.OffTrack.Rows {
		for i, cell := range r.Cells {
			if cell.Off {
				column := p.OffTrack.Columns[i]
				period := cell.Period
				if period == "" {
					period = column.Period
				}
				rows = append(rows, []string{r.Place.Text, column.Measure.Text, cell.Value.Text, period, column.Required, cell.Short})
			}
		}
	}
	deck.Slides = append(
		deck.Slides,
		tabled(
			wording.OffTrackTitle(len(rows), len(p.OffTrack.Rows)),
			[]string{"Footprint", "Measure", "Figure", "Period", "Target", "For"},
			rows,
			[]int{30, 36, 14, 14, 26, 16},
			notes,
		)...)
	rows = nil
	for _, d := range append(slices.Clone(p.Decisions.Carried), p.Decisions.Own...) {
		rows = append(rows, []string{d.What, d.Place, d.Owner, d.Due, d.State})
	}
	deck.Slides = append(
		deck.Slides,
		tabled(cmp.Or(p.Decisions.Summary, "Decisions"), []string{"Decision", "Place", "Owner", "Due", "State"}, rows, []int{50, 20, 20, 14, 12}, notes)...)
	rows = nil
	for _, c := range p.Claims {
		rows = append(rows, []string{c.Claim.Text, wording.List(texts(c.Places)), c.Verdict.Text, c.Before, c.Reason})
	}
	deck.Slides = append(
		deck.Slides,
		tabled("Verdicts that changed", []string{"Claim", "Place", "Verdict", "Before", "Why"}, rows, []int{34, 20, 16, 16, 40}, notes)...)
	return deck
}

// plottedMessage is the chart of a message as numbers.
func plottedMessage(m wording.Message, f review.Finding, points []measure.Point, chartPoints []spc.Point) *slides.Chart {
	of := m.Measure()
	chart := slides.Chart{
		Kind:   slides.Lines,
		Alt:    fmt.Sprintf("%s: %s %s.", f.Place.Name, m.Figure(f), m.Beside(f)),
		Unit:   wording.UnitHeading(of, wording.AsNumber),
		Format: numbersOf(chartFormat(of)),
	}
	value := slides.Series{Name: f.Place.Name}
	low, high := limits()
	target := slides.Series{Name: "Target", Style: slides.Target}
	told := slides.Series{
		Name:  wording.Capital(wording.InPeriod(f.Now.JudgedPeriod())),
		Style: map[review.Kind]slides.Style{review.Worse: slides.Worse, review.Better: slides.Better, review.Neutral: slides.Neither}[m.Kind],
	}
	required, governed := f.Now.Signal.Judged()
	for i, p := range points {
		chart.Categories = append(chart.Categories, wording.ShortPeriod(p.Period))
		at := decimalPlain(of, p.Value)
		value.Values = append(value.Values, at)
		low.Values = append(low.Values, plain(plainLimit(of, chartPoints[i].LPL)))
		high.Values = append(high.Values, plain(plainLimit(of, chartPoints[i].UPL)))
		asked := math.NaN()
		if governed {
			asked = decimalPlain(of, required.Required)
		}
		target.Values = append(target.Values, asked)
		if p.Period != f.Now.JudgedPeriod() {
			at = math.NaN()
		}
		told.Values = append(told.Values, at)
	}
	chart.Series = []slides.Series{value, target, low, high, told}
	return &chart
}

// opening is a presentation with its title slide.
func (s Shell) opening(at, title string, lines ...string) slides.Deck {
	first := slides.Slide{Title: title, Lines: kept(append(lines, wording.StoodSentence(s.Stood))...), Notes: s.notes(at)}
	return slides.Deck{Title: s.Title, Subject: at, Date: s.Date, Slides: []slides.Slide{first}}
}

// notes say where a slide is found again.
func (s Shell) notes(at string) []string {
	return kept(wording.FoundAt(at), wording.StoodSentence(s.Stood), wording.MadeBy(s.Version))
}

// sources are the notes of a measure's slide.
func (p CardPage) sources(at string) []string {
	return slices.Concat(p.notes(at), kept(p.Card.Estimate), aboutNotes(p.Card.About), fileNotes(p.Card.Freshness))
}

// aboutNotes say what a measure is and who publishes it.
func aboutNotes(a About) []string {
	notes := []string{wording.DefinedBy(a.MeasureID, a.Definition, a.DefinitionHash)}
	for _, s := range a.Sources {
		notes = append(notes, wording.SourceLine(s.Title, s.Publisher, s.Attribution))
	}
	return append(notes, a.Caveats...)
}

func fileNotes(f Freshness) []string {
	if f.LoadID == 0 {
		return nil
	}
	return []string{wording.NewestFile(f.File, f.LoadID, f.LoadedWords)}
}

// tabled are slides with the rows of a table; none without rows.
func tabled(title string, head []string, rows [][]string, widths []int, notes []string) []slides.Slide {
	var all []slides.Slide
	for some := range slices.Chunk(rows, rowsOnSlide) {
		slide := slides.Slide{Title: title, Notes: notes, Table: &slides.Table{Rows: append([][]string{head}, some...), Widths: widths}}
		if len(all) > 0 {
			slide.Title = wording.Continued(title)
		}
		all = append(all, slide)
	}
	return all
}

// kept are the texts that say something.
func kept(lines ...string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return line == "" })
}

func texts(links []Link) []string {
	var all []string
	for _, l := range links {
		all = append(all, l.Text)
	}
	return all
}

// plain reads a plain number; NaN where there is none.
func plain(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

func decimalPlain(m *catalog.Measure, d decimal.NullDecimal) float64 {
	if !d.Valid {
		return math.NaN()
	}
	return plain(wording.Plain(m, d.Decimal))
}
