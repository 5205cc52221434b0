package pages

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/register"
)

// FootprintPage is one place: what is to be seen first, then each measure as a row.
type FootprintPage struct {
	Shell
	Code, ODSCode, Name string
	Region              Link // without a URL of places that lie in none
	RegisteredPatients  Figure
	RegisteredIn        string // the quarter that they are of
	Sentence            string // what the footprint is, in one sentence
	Headline            string // counts what is off track and what changed unusually
	Lines               []GlanceLine
	Ages                []string    // how old the figures are, in sentences
	HasOld              bool        // some rows are marked as old
	OldBefore           string      // what those marked as old end before, in words
	Filters             []Filter    // by what a row shows, the chosen one current
	Themes              []Link      // to choose from, the chosen one current
	Ended               Filter      // shows or hides the measures whose publisher stopped; without a URL where there are none
	Hidden              []Parameter // the other choices, which the form of the themes keeps
	Sections            []RowTheme
	NoRows              string // a sentence shown instead of the rows where no measure is what was asked for
	Waiting             []Link // measures without figures
	WaitingWords        string
	Claims              int    // about the place
	ClaimsURL           string // of the register, narrowed to the place
	MoneyURL            string // of its money; empty where none is declared
	CompareURL          string
	Organisations       []Organisation
}

// Filter is a choice of rows, with how many there are.
type Filter struct {
	Link
	Count int
}

// GlanceLine is one thing to see first, which leads to its measure.
type GlanceLine struct {
	Mark, What, Known, URL string
}

// RowTheme is the measures about one thing.
type RowTheme struct {
	ID, Name string
	Rows     []MeasureRow
}

// MeasureRow is one measure of a place at a glance.
type MeasureRow struct {
	ID, Title, URL, Unit string
	Spark                Spark
	Value                string
	Estimate, Missing    bool
	Period, Age          string // Age is empty of a figure that is not older than the rhythm of its source
	Old, Ended           bool   // it ends long before most others; its publisher stopped
	Change, Was          string
	Standing             wording.Standing
	Strip                Strip
	Position             string
}

// Organisation is a provider or commissioner whose figures make up the footprint's.
type Organisation struct {
	Code, Name, Kind, URL string
	Share                 string // of its figures that counts here; empty where all of them do
}

// FootprintQuery is which rows a reader wants to see. Its zero value are all.
type FootprintQuery struct{ Show, Theme, Ended string }

// What a reader may want to see.
const (
	showOff     = "off-track"
	showUnusual = "unusual"
	showWaiting = "waiting"
	endedHidden = "hidden"
)

// Footprint composes the page of one place.
func (c placePages) Footprint(ctx context.Context, s figures.Area, q FootprintQuery, asOf figures.Moment) (FootprintPage, error) {
	page := FootprintPage{Shell: c.shell(s.Name, "footprints", asOf, "show", q.Show, "theme", q.Theme, "ended", q.Ended), Code: s.Code, Name: s.Name}
	if s.Footprint != nil {
		page.Feed = "/footprints/" + s.Code + "/feed.atom"
	}
	page.Take = c.takeAway("/footprints/"+s.Code, "as_of", asOf.Text)
	page.Take.Workbook = address("/footprints/"+s.Code+"/figures.xlsx", "as_of", asOf.Text)
	sections := c.directory.Catalog.Sections(catalog.FootprintPage)
	if err := q.check(sections); err != nil {
		return page, err
	}
	shown := c.directory.Shown(s)
	var err error
	if page.RegisteredPatients, err = (placeView{c}).registered(ctx, asOf, s); err != nil {
		return page, err
	}
	page.RegisteredIn = catalog.Period{Start: figures.RegisteredQuarter, Grain: catalog.Quarter}.Words()
	page.Sentence, page.MoneyURL = wording.Area(s), c.moneyURL(s.Code, asOf)
	if s.Footprint != nil {
		page.ODSCode, page.Region = s.Footprint.ODSCode, regionLink(s.Footprint.Region, asOf)
	}
	for i, f := range c.directory.Reference.Footprints() {
		page.Footprints[i].Current = f.Code == s.Code
	}
	rows, err := c.figures.Rows(ctx, asOf, shown, s, c.moments.Reading(asOf))
	if err != nil {
		return page, err
	}
	var known []figures.Row
	returned := 0
	for _, r := range rows {
		if len(r.Points) > 0 {
			known = append(known, r)
			continue
		}
		page.Waiting = append(page.Waiting, Link{Text: r.Measure.Title, URL: cardURL(s.Code, r.Measure, asOf)})
		if _, waits := c.figures.Awaited(r, c.moments.Reading(asOf)); waits {
			returned++
		}
	}
	glance := wording.NewGlance(known, returned)
	page.Headline, page.Ages = glance.Headline(), glance.Ages()
	page.WaitingWords = wording.WaitingFor(len(page.Waiting), returned, asOf.Incomplete())
	for _, l := range glance.Lines(c.directory.Named) {
		page.Lines = append(page.Lines, GlanceLine{l.Mark, l.What, l.Known, cardURL(s.Code, l.Row.Measure, asOf)})
	}
	(placeView{c}).rows(&page, q, sections, known, asOf)
	page.filters(s, q, sections, glance, len(page.Waiting), asOf)
	if s.Code != footprint.Unallocated {
		claims, err := c.register.Claims(ctx, asOf, register.Filter{Footprint: s.Code})
		if err != nil {
			return page, err
		}
		page.Claims, page.ClaimsURL = len(claims), address("/claims", "footprint", s.Code, "as_of", asOf.Text)
	}
	page.CompareURL = page.HomeURL
	if s.Footprint != nil {
		var on time.Time
		for _, r := range rows {
			if r.Newest.Start.After(on) {
				on = r.Newest.Start
			}
		}
		for _, o := range c.directory.Reference.Members(s.Code, on) {
			page.Organisations = append(page.Organisations, Organisation{o.Code, o.Name, wording.Kinds(o), organisationURL(o.Code, asOf), c.shareIn(o.Code, s.Code, on)})
		}
	}
	return page, nil
}

// check refuses what cannot be shown.
func (q FootprintQuery) check(sections []catalog.Section) error {
	if q.Show != "" && !slices.Contains([]string{showOff, showUnusual, showWaiting}, q.Show) {
		return &figures.InputError{Parameter: "show", Value: q.Show, Accepted: strings.Join([]string{showOff, showUnusual, showWaiting}, ", ")}
	}
	if q.Ended != "" && q.Ended != endedHidden {
		return &figures.InputError{Parameter: "ended", Value: q.Ended, Accepted: endedHidden}
	}
	var themes []string
	for _, section := range sections {
		themes = append(themes, anchor(section.Theme))
	}
	if q.Theme != "" && !slices.Contains(themes, q.Theme) {
		return &figures.InputError{Parameter: "theme", Value: q.Theme, Accepted: strings.Join(themes, ", ")}
	}
	return nil
}

// shows tells whether a reader wants to see a row.
func (q FootprintQuery) shows(r figures.Row) bool {
	if q.Theme != "" && anchor(r.Measure.Theme) != q.Theme || q.Ended == endedHidden && r.Age.Ended != nil {
		return false
	}
	_, off := r.Off()
	_, unusual := r.Unusual()
	return map[string]bool{"": true, showOff: off, showUnusual: unusual}[q.Show]
}

// filters adds to a page what its rows can be chosen by.
func (page *FootprintPage) filters(s figures.Area, q FootprintQuery, sections []catalog.Section, glance wording.Glance, waiting int, asOf figures.Moment) {
	at := func(q FootprintQuery) string {
		return address("/footprints/"+s.Code, "show", q.Show, "theme", q.Theme, "ended", q.Ended, "as_of", asOf.Text)
	}
	for _, f := range []struct {
		text, show string
		count      int
	}{
		{"All", "", len(glance.Rows)}, {"Off track", showOff, len(glance.Off)}, {"Unusual change", showUnusual, glance.Unusual()}, {"No figures yet", showWaiting, waiting},
	} {
		if f.count > 0 || f.show == "" || f.show == q.Show {
			page.Filters = append(page.Filters, Filter{Link{Text: f.text, URL: at(FootprintQuery{f.show, q.Theme, q.Ended}), Current: f.show == q.Show}, f.count})
		}
	}
	page.Themes = []Link{{Text: "All themes", Current: q.Theme == ""}}
	for _, section := range sections {
		page.Themes = append(page.Themes, Link{Text: wording.Capital(section.Theme), Value: anchor(section.Theme), Current: anchor(section.Theme) == q.Theme})
	}
	ended := 0
	for _, r := range glance.Rows {
		if r.Age.Ended != nil {
			ended++
		}
	}
	if ended > 0 {
		other := FootprintQuery{q.Show, q.Theme, endedHidden}
		if q.Ended == endedHidden {
			other.Ended = ""
		}
		page.Ended = Filter{Link{Text: wording.EndedFilter(ended, q.Ended == endedHidden), URL: at(other)}, ended}
	}
	for _, p := range []Parameter{{"show", q.Show}, {"ended", q.Ended}, {"as_of", asOf.Text}} {
		if p.Value != "" {
			page.Hidden = append(page.Hidden, p)
		}
	}
}

// rows adds to a page the rows that a reader wants to see.
func (c placeView) rows(page *FootprintPage, q FootprintQuery, sections []catalog.Section, known []figures.Row, asOf figures.Moment) {
	most := commonestEnd(known)
	old := func(r figures.Row) bool {
		return !r.Whole.Period.Start.IsZero() && r.Whole.Period.End().AddDate(1, 0, 0).Before(most)
	}
	for _, section := range sections {
		theme := RowTheme{ID: anchor(section.Theme), Name: wording.Capital(section.Theme)}
		for _, m := range section.Measures() {
			i := slices.IndexFunc(known, func(r figures.Row) bool { return r.Measure == m })
			if i < 0 || !q.shows(known[i]) {
				continue
			}
			row := c.row(known[i], asOf)
			row.Old = old(known[i])
			page.HasOld = page.HasOld || row.Old
			theme.Rows = append(theme.Rows, row)
		}
		if len(theme.Rows) > 0 {
			page.Sections = append(page.Sections, theme)
		}
	}
	if page.HasOld {
		page.OldBefore = most.AddDate(0, 0, -1).Format("January 2006")
	}
	if len(page.Sections) == 0 && q.Show != showWaiting {
		page.NoRows = wording.NoRows(len(known))
	}
	if q.Show != "" && q.Show != showWaiting {
		page.Waiting = nil
	}
}

// commonestEnd is when the figures of most rows end.
func commonestEnd(rows []figures.Row) time.Time {
	ends := map[time.Time]int{}
	var most time.Time
	for _, r := range rows {
		if r.Whole.Period.Start.IsZero() {
			continue
		}
		end := r.Whole.Period.End()
		ends[end]++
		if n := ends[end]; n > ends[most] || n == ends[most] && end.After(most) {
			most = end
		}
	}
	return most
}

func (c placeView) row(r figures.Row, asOf figures.Moment) MeasureRow {
	m := r.Measure
	row := MeasureRow{
		ID: m.ID, Title: m.Title, URL: cardURL(r.Area.Code, m, asOf), Unit: wording.BriefUnit(m), Standing: wording.RowStanding(r),
		Spark: newSpark(r, c.directory.TargetsOf(m, r.Area)), Strip: newStrip(r.Position), Position: wording.PositionOf(m, r.Position),
	}
	if r.Whole.Period.Start.IsZero() {
		last := r.Points[len(r.Points)-1]
		row.Value, row.Missing, row.Period = "No figure", true, wording.ShortPeriod(last.Period)
		return row
	}
	row.Value, row.Estimate, row.Period = wording.Brief(m, r.Whole), r.Whole.Estimate(), wording.ShortPeriod(r.Whole.Period)
	row.Ended = r.Age.Ended != nil
	if r.Age.Overdue {
		row.Age = wording.MonthsAgo(r.Age)
	}
	row.Change, row.Was = wording.RowChange(r)
	return row
}

// shareIn says how much of an organisation counts in a footprint on a day; empty where all of it does.
func (c placePages) shareIn(organisation, place string, on time.Time) string {
	for _, m := range c.directory.Reference.MembershipsOf(organisation) {
		if m.Footprint == place && m.Holds(on) && m.Share.LessThan(wholeShare) {
			return wording.ShareOf(m.Share)
		}
	}
	return ""
}

var wholeShare = decimal.NewFromInt(1)

// anchor is a code of several words, of a theme or a verdict, as the name of a place within a page.
func anchor(code string) string { return strings.ReplaceAll(code, " ", "-") }

// registered is the number of patients registered in a place.
func (c placeView) registered(ctx context.Context, asOf figures.Moment, s figures.Area) (Figure, error) {
	unknown := Figure{Text: "not known", Missing: true, Reason: "The number of registered patients is not known."}
	m, known := c.directory.Catalog.Measure(figures.RegisteredPatientsID)
	if !known {
		return unknown, nil
	}
	patients, err := c.figures.Points(ctx, asOf, m)
	if p, ok := measure.At(patients.Of(s.Code), figures.RegisteredQuarter); ok {
		return c.figure(m, wording.AsNumber, p, s.Code, asOf), err
	}
	return unknown, err
}
