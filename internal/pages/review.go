package pages

import (
	"context"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
	"stpdash/internal/review"
	"stpdash/internal/spc"
)

// ReviewPage is what the board of a region has before it: what a week brought, against the end of the week before.
type ReviewPage struct {
	Shell
	SignOffs SignOffs // of a week that is over
	Region   Link     // its page as the figures stood
	Regions  []Link   // the reviews of the same week, this one Current
	Week     string   // "16 to 22 November 2026"
	WeekID   string
	Address  string // that keeps the figures of the week
	Kept     string // of a week that still runs: the address of what the page shows now
	Until    string // of a week that still runs: when the figures are of
	// EarlierWeek and LaterWeek are without a URL before the first load and after the present.
	EarlierWeek, LaterWeek Link
	Messages               []MessageRow
	Finding                string // of a week without messages
	Sentences              []string
	News                   []NewsRow
	Loads                  []LoadedRow
	LoadsURL               string
	Changed                ChangedTable
	Revised                []RevisedRow // or withdrawn
	States                 []StateRow   // against targets
	Signals                []StateRow   // special causes
	OffTrack               OffTrackTable
	ClaimsSentence         string // how many verdicts changed, and what those of claims tested for the first time are
	Claims                 []DiscussedClaim
	ClaimsURL, CompareURL  string
	CalendarURL            string
	Decisions              Decisions
	// More say of the lists what they leave out; empty where they are whole.
	MoreRevised, MoreStates, MoreSignals, MoreClaims string
}

// NewsRow is what is new of the measures of a theme.
type NewsRow struct {
	Theme    string
	Measures int
	Figures  string
	Newest   string // period
	Oldest   string // the measure whose figures end long before; empty where none do
}

// LoadedRow is what the loads of a source came to.
type LoadedRow struct {
	Source         string
	Words          string // "3 published, 1 failed"
	Rows, Rejected uint64
	Newest         Link
}

// StateRow are the figures of a measure that changed alike: against a target, or by process control.
type StateRow struct {
	Measure       Link
	Also          []Link // other measures of the same counts that changed alike
	Target        string // empty of process control
	PeriodBefore  string // of the figures before, in words; empty where there were none
	Period        string // of the figures after
	Before, After wording.Icon
	Places        []StatePlace

	alike alike // what the places have in common
}

// StatePlace is a footprint with its figure before and after.
type StatePlace struct {
	Place         Link
	Before, After string
	Why           string // why it is marked the other way than it moved, in a clause
}

// OffTrackTable are the footprints with a figure off track, by measure.
type OffTrackTable struct {
	Columns []OffTrackColumn
	Rows    []OffTrackRow
	New     bool // some came to be so since the week before
}

// OffTrackColumn is a measure that some footprint is off track in.
type OffTrackColumn struct {
	Measure          Link
	Required, Period string
}

// OffTrackRow is a footprint with its figures by the columns.
type OffTrackRow struct {
	Place Link
	Cells []OffTrackCell
}

// OffTrackCell is a figure compared with a target.
type OffTrackCell struct {
	Value  Figure
	State  wording.Icon
	Off    bool
	Short  string // for how long it has been off track
	Period string // of the last whole figure, where it is not that of the column
	Card   string // its address on the footprint's page
}

// DiscussedClaim is a claim whose verdict changed.
type DiscussedClaim struct {
	Claim   Link
	Places  []Link
	Verdict VerdictTag
	Before  string // the verdict a week before
	Reason  string
}

// ReviewsPage are the reviews of all regions in one week.
type ReviewsPage struct {
	Shell
	Week, Until            string
	EarlierWeek, LaterWeek Link
	Reviews                []ReviewLine
}

// ReviewLine is a region's review with what matters most in it.
type ReviewLine struct {
	Review  Link
	Finding string
}

// ReviewURL is the address of a review.
func ReviewURL(r footprint.Region, w figures.Week, asOf string) string {
	return address("/review", "region", r.Slug(), "week", w.String(), "as_of", asOf)
}

// ReviewAddress is where the review of a week is: as_of tells of it only while it runs.
func (c placePages) ReviewAddress(r footprint.Region, w figures.Week, asOf figures.Moment) string {
	if w.End().Before(c.moments.Reading(asOf)) {
		asOf.Text = ""
	}
	return ReviewURL(r, w, asOf.Text)
}

// reviewed composes the page of a review.
type reviewed struct {
	c    placePages
	v    *review.Review
	asOf figures.Moment // of the reader
}

// Review composes what the board of a region has before it after a week, or while it runs. A week that Week accepts has figures.
func (c placePages) Review(ctx context.Context, r footprint.Region, w figures.Week, asOf figures.Moment) (ReviewPage, error) {
	page := ReviewPage{
		Shell: c.shell(fmt.Sprintf("Weekly review: %s, %s", r.Name, wording.Week(w)), "review", asOf, "region", r.Slug()),
		Week:  wording.Week(w), WeekID: w.String(), Address: ReviewURL(r, w, asOf.Text),
	}
	page.Feed, page.CalendarURL = "/regions/"+r.Slug()+"/feed.atom", "/regions/"+r.Slug()+"/calendar.ics"
	page.Take = c.takeAway("/review", "region", r.Slug(), "week", w.String(), "as_of", asOf.Text)
	v, err := c.reviewer.Of(ctx, r, w, asOf)
	if err != nil {
		return page, err
	}
	if v.Running {
		page.OfNow, page.Until, page.Pin = ofNow(asOf), wording.Moment(c.moments.Reading(asOf)), pinned(asOf, c.moments.Reading(asOf))
		page.Kept = ReviewURL(r, w, page.Pin)
	} else {
		page.Pin, page.Stood, page.Date = "", wording.Stood(v.Later.Stood), v.Later.Stood.At // its address keeps its figures
	}
	page.Region = regionLink(r, v.Later)
	page.LoadsURL, page.ClaimsURL = address("/loads", "as_of", v.Later.Text), address("/claims", "as_of", v.Later.Text)
	page.CompareURL = address("/compare", "from", v.Earlier.Text, "to", v.Later.Text, "as_of", asOf.Text)
	for _, other := range c.directory.Reference.Regions() {
		page.Regions = append(page.Regions, Link{Text: other.Name, URL: ReviewURL(other, w, asOf.Text), Current: other == r})
	}
	if page.EarlierWeek, page.LaterWeek, err = weeksBeside(
		ctx,
		c.moments,
		w,
		asOf,
		func(w figures.Week, asOf string) string { return ReviewURL(r, w, asOf) },
	); err != nil {
		return page, err
	}
	if page.Decisions, err = c.decisions(ctx, r, w, asOf); err != nil {
		return page, err
	}
	if !v.Running {
		now, err := c.signableReview(v, page.Decisions.rest)
		if err != nil {
			return page, err
		}
		if page.SignOffs, err = c.signOffs(ctx, now, true, asOf); err != nil {
			return page, err
		}
	}
	p := reviewed{c, v, asOf}
	if err := p.messages(ctx, &page); err != nil {
		return page, err
	}
	p.news(&page)
	p.loads(&page)
	p.figures(&page)
	p.changes(&page)
	p.offTrack(&page)
	p.claims(&page)
	summary := wording.Review{Review: v}
	page.Finding, page.Sentences, page.ClaimsSentence = summary.Finding(), summary.Sentences(), summary.Verdicts()
	return page, nil
}

// pinned is the as_of by which a week that still runs is shown as it is now.
func pinned(asOf figures.Moment, now time.Time) string {
	if !ofNow(asOf) {
		return asOf.Text
	}
	return now.UTC().Format(time.RFC3339)
}

// ofNow tells whether a moment is that of the request.
func ofNow(m figures.Moment) bool { return m.Text == "" || m.Today }

// weeksBeside link the weeks before and after, where the reader's moment has them.
func weeksBeside(
	ctx context.Context,
	moments *figures.Moments,
	w figures.Week,
	asOf figures.Moment,
	address func(w figures.Week, asOf string) string,
) (earlier, later Link, err error) {
	begun, err := moments.FirstLoadAt(ctx, asOf)
	if before := w.Before(); !before.Start().Before(figures.WeekOf(begun).Start()) {
		earlier = Link{Text: wording.Week(before), URL: address(before, asOf.Text)}
	}
	now := moments.Reading(asOf)
	if next := w.Next(); !next.Start().After(now) {
		later = Link{Text: wording.Week(next), URL: address(next, asOf.Text)}
		if !next.End().Before(now) {
			later.Text += " (so far)"
		}
	}
	return earlier, later, err
}

// more says how many rows a list leaves out.
func more(all int) string {
	if all <= review.Listed {
		return ""
	}
	return fmt.Sprintf("%d more are not listed here.", all-review.Listed)
}

// news tells what is new, by theme.
func (p reviewed) news(page *ReviewPage) {
	for _, n := range p.v.News {
		row := NewsRow{Theme: wording.Capital(n.Theme), Measures: n.Measures, Figures: wording.Grouped(wording.DecimalOf(n.Figures), 0)}
		if n.Newest.Measure != nil {
			row.Newest = n.Newest.Period.Words()
			if n.Oldest.Period.Next().Start.Before(n.Newest.Period.Next().Start.AddDate(-2, 0, 0)) {
				row.Oldest = fmt.Sprintf("%s: %s", n.Oldest.Measure.Title, n.Oldest.Period.Words())
			}
		}
		page.News = append(page.News, row)
	}
}

// loads tells what was loaded in the week, by source.
func (p reviewed) loads(page *ReviewPage) {
	for _, l := range p.v.Loads {
		row := LoadedRow{
			Source: p.sourceTitle(l.Source), Rows: l.Observations, Rejected: l.Rejections,
			Newest: Link{Text: l.Newest.File, URL: loadURL(l.Newest.ID, p.v.Later)},
		}
		var states []string
		for _, s := range l.States {
			states = append(states, fmt.Sprintf("%d %s", s.Loads, s.State))
		}
		row.Words = wording.List(states)
		page.Loads = append(page.Loads, row)
	}
}

func (p reviewed) sourceTitle(id string) string {
	switch id {
	case load.DefinitionsSource:
		return "Definitions of measures"
	case load.MembershipsSource:
		return "Memberships of organisations"
	case load.WithdrawalsSource:
		return "Loads withdrawn"
	}
	if s, ok := p.c.directory.Catalog.Source(id); ok {
		return s.Title
	}
	return id
}

// figures tells which figures of the region differ.
func (p reviewed) figures(page *ReviewPage) {
	if len(p.v.Changes) == 0 {
		return
	}
	page.Changed = p.c.changedTable(p.v.Changes, p.v.Later)
	for _, change := range p.v.Revised {
		page.Revised = append(page.Revised, p.c.revised(change, p.v.Earlier, p.v.Later))
	}
	page.MoreRevised = more(int(p.v.Figures(figures.Revision, figures.Withdrawal)))
}

// changes tells which figures stand otherwise against their targets or their own past.
func (p reviewed) changes(page *ReviewPage) {
	for _, c := range p.v.States {
		target, targets := "", ""
		switch {
		case c.After.Target == nil:
			target, targets = c.Before.Target.Title, c.Before.Target.ID
		case c.Before.Target == nil || c.Before.Target == c.After.Target:
			target, targets = c.After.Target.Title, c.After.Target.ID
		default:
			target, targets = fmt.Sprintf("%s; before: %s", c.After.Target.Title, wording.LowerFirst(c.Before.Target.Title)), c.After.Target.ID+" "+c.Before.Target.ID
		}
		p.add(&page.States, change{
			[]*catalog.Measure{c.Measure},
			c.Place, c.Then, c.Now, target, targets, stateIconOf(c.Measure, c.Before), stateIconOf(c.Measure, c.After),
			newStood(c.Measure, c.Before), newStood(c.Measure, c.After),
		})
	}
	for _, c := range p.v.Signals {
		then, now := c.Then.Signal, c.Now.Signal
		p.add(&page.Signals, change{
			c.Measures, c.Place, c.Then, c.Now, "", "", wording.VariationIcon(then, p.c.directory.Named), wording.VariationIcon(now, p.c.directory.Named),
			told{then.Variation, then.Of},
			told{now.Variation, now.Of},
		})
	}
	page.MoreStates, page.MoreSignals = more(len(page.States)), more(len(page.Signals))
	page.States, page.Signals = page.States[:min(len(page.States), review.Listed)], page.Signals[:min(len(page.Signals), review.Listed)]
}

// alike is what figures have in common that one row of a review shows.
type alike struct {
	measures      string // their ids
	target        string // ids of the targets; empty of process control
	before, after any    // how the figures stood: a [stood] or a [told]
	periods       [2]catalog.Period
}

// stood is how a figure stands against a target, where it is written alike.
type stood struct {
	state       measure.State
	required    bool
	near, asked string // of a figure so near to what is required that both are written out
}

func newStood(m *catalog.Measure, j measure.Judgement) stood {
	s := stood{state: j.State, required: j.Required.Valid}
	if wording.NearMiss(m, j) {
		s.near, s.asked = j.Value.Decimal.String(), j.Required.Decimal.String()
	}
	return s
}

// told is what process control tells of a figure, and of which period where that is not the latest.
type told struct {
	variation spc.Variation
	of        catalog.Period
}

// change is a figure that changed, in the first of the measures that changed alike.
type change struct {
	measures      []*catalog.Measure
	area          figures.Area
	then, now     *figures.LatestFigure
	target        string // in words; empty of process control
	targets       string // their ids
	before, after wording.Icon
	was, is       any // a [stood] or a [told]
}

// add puts a figure that changed into the row of those of its measures that changed alike.
func (p reviewed) add(rows *[]StateRow, c change) {
	m, s := c.measures[0], c.area
	row := StateRow{Measure: Link{Text: m.Title, URL: measureURL(m, p.v.Later)}, Target: c.target, Before: c.before, After: c.after}
	for _, other := range c.measures[1:] {
		row.Also = append(row.Also, Link{Text: other.Title, URL: measureURL(other, p.v.Later)})
	}
	row.PeriodBefore, row.Period = periodsBetween(c.then, c.now)
	row.alike = alike{target: c.targets, before: c.was, after: c.is}
	for _, m := range c.measures {
		row.alike.measures += m.ID + " "
	}
	for i, s := range []*figures.LatestFigure{c.then, c.now} {
		if s != nil {
			row.alike.periods[i] = s.Period
		}
	}
	i := slices.IndexFunc(*rows, func(r StateRow) bool { return r.alike == row.alike })
	if i < 0 {
		i, *rows = len(*rows), append(*rows, row)
	}
	place := StatePlace{Place: Link{Text: s.Name, URL: cardURL(s.Code, m, p.v.Later)}, Before: figureOf(m, c.then), After: figureOf(m, c.now)}
	if c.target == "" && c.now != nil && c.now.Signal.Contrary() != 0 {
		place.Why = fmt.Sprintf("%s from %s, and is still %s", wording.Contrary(c.now.Signal), figureIn(m, c.now.Signal.Before), wording.RuleOf(c.now.Signal))
	}
	(*rows)[i].Places = append((*rows)[i].Places, place)
}

// periodsBetween say of which periods the figures are that a review sets side by side. Where they are of one, what is known of it changed.
func periodsBetween(then, now *figures.LatestFigure) (before, after string) {
	if now != nil {
		after = now.Period.Words()
	}
	if then != nil {
		before = then.Period.Words()
	}
	if before == after && before != "" {
		return before + ", as known before", after + ", as known now"
	}
	return before, after
}

// stateIconOf is how a figure stands against a target.
func stateIconOf(m *catalog.Measure, j measure.Judgement) wording.Icon {
	if j.State == measure.CannotTell && !j.Required.Valid {
		return wording.Icon{Icon: string(j.State), Text: "No target", Words: wording.Unjudged(j.Reason)}
	}
	return wording.Icon{Icon: string(j.State), Text: wording.StateText(m, j), Words: wording.Unjudged(j.Reason)}
}

// figureIn writes a figure with its period.
func figureIn(m *catalog.Measure, p measure.Point) string {
	return wording.PointValue(m, p) + " " + wording.InPeriod(p.Period)
}

// figureOf writes the figure of a latest figure.
func figureOf(m *catalog.Measure, s *figures.LatestFigure) string {
	if s == nil || !s.Now.Value.Valid {
		return "no figure"
	}
	return wording.PointValue(m, s.Now)
}

// offTrack sets the footprints beside the measures that some of them are off track in, each against the target that matters most.
func (p reviewed) offTrack(page *ReviewPage) {
	rows := make([]OffTrackRow, len(p.v.Places))
	for i, s := range p.v.Places {
		rows[i].Place = Link{Text: s.Name, URL: footprintURL(s.Code, p.v.Later)}
	}
	for _, column := range p.v.Against {
		m := column.Measure
		head := OffTrackColumn{Measure: Link{Text: m.Title, URL: measureURL(m, p.v.Later)}, Period: column.Period.Words()}
		if head.Required = "Each footprint has a target of its own"; column.Alike {
			head.Required = "Target: " + wording.Required(m, column.Required)
		}
		page.OffTrack.Columns = append(page.OffTrack.Columns, head)
		for i, s := range p.v.Places {
			rows[i].Cells = append(rows[i].Cells, p.offTrackCell(m, s, column.Figures[i], column.Period))
			page.OffTrack.New = page.OffTrack.New || column.Figures[i].New
		}
	}
	page.OffTrack.Rows = slices.DeleteFunc(rows, func(r OffTrackRow) bool {
		return !slices.ContainsFunc(r.Cells, func(c OffTrackCell) bool { return c.Off })
	})
}

// offTrackCell is empty where no target governs.
func (p reviewed) offTrackCell(m *catalog.Measure, s figures.Area, f review.Against, latest catalog.Period) OffTrackCell {
	if f.Now == nil {
		return OffTrackCell{}
	}
	cell := OffTrackCell{
		Value: p.c.figure(m, wording.AsNumber, f.Now.Now, s.Code, p.v.Later), State: stateIconOf(m, f.Judgement), Off: f.Off(),
		Card: cardURL(s.Code, m, p.v.Later),
	}
	if f.Now.Period != latest {
		cell.Period = wording.ShortPeriod(f.Now.Period)
	}
	if !cell.Off {
		return cell
	}
	cell.Short = wording.OffTrackFor(m, f.Now.Signal.Shortfall)
	if f.New {
		cell.State.Text += " (new)"
	}
	return cell
}

// claims tells which verdicts on claims about the region's footprints, or about England, changed.
func (p reviewed) claims(page *ReviewPage) {
	var changed []DiscussedClaim
	for _, c := range p.v.Claims {
		if !c.Changed() {
			continue
		}
		changed = append(changed, DiscussedClaim{
			Claim: Link{Text: c.Claim.Title, URL: claimURL(c.Claim.ID, p.v.Later)}, Places: p.c.placesOf(c.Claim.Places, p.v.Later),
			Verdict: verdictTag(claim.Verdict(c.Now.Verdict)), Before: wording.Capital(c.Before),
			Reason: wording.Sentence(wording.ClaimsBy(p.c.directory).KeptReason(c.Now)),
		})
	}
	page.MoreClaims = more(len(changed))
	page.Claims = changed[:min(len(changed), review.Listed)]
}

// Reviews composes the reviews of all regions in one week, with what matters most in each.
func (c placePages) Reviews(ctx context.Context, w figures.Week, asOf figures.Moment) (ReviewsPage, error) {
	pin := ""
	if w.End().Before(c.moments.Reading(asOf)) {
		asOf = figures.Moment{} // it tells nothing of a week that had ended
	} else {
		pin = pinned(asOf, c.moments.Reading(asOf))
	}
	page := ReviewsPage{Shell: c.shell("Weekly review: "+wording.Week(w), "review", asOf), Week: wording.Week(w)}
	page.Pin = pin
	var err error
	page.EarlierWeek, page.LaterWeek, err = weeksBeside(ctx, c.moments, w, asOf, func(w figures.Week, asOf string) string {
		return address("/review", "week", w.String(), "as_of", asOf)
	})
	if err != nil {
		return page, err
	}
	regions := c.directory.Reference.Regions()
	reviews := make([]ReviewPage, len(regions))
	together, ctx := errgroup.WithContext(ctx)
	for i, r := range regions {
		together.Go(func() (err error) {
			reviews[i], err = c.Review(ctx, r, w, asOf)
			return err
		})
	}
	err = together.Wait()
	for i, r := range regions {
		page.OfNow, page.Until, page.Stood = reviews[i].OfNow, reviews[i].Until, reviews[i].Stood
		page.Reviews = append(page.Reviews, ReviewLine{Link{Text: r.Name, URL: ReviewURL(r, w, asOf.Text)}, reviews[i].Finding})
	}
	return page, err
}
