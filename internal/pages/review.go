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
	"stpdash/internal/spc"
)

// ReviewPage is what the board of a region has before it: what a week brought, against the end of the week before.
type ReviewPage struct {
	Shell
	Region  Link   // its page as the figures stood
	Regions []Link // the reviews of the same week, this one Current
	Week    string // "16 to 22 November 2026"
	WeekID  string
	Address string // that keeps the figures of the week
	Kept    string // of a week that still runs: the address of what the page shows now
	Until   string // of a week that still runs: when the figures are of
	// EarlierWeek and LaterWeek are without a URL before the first load and after the present.
	EarlierWeek, LaterWeek Link
	Finding                string // a headline that says what matters most
	Sentences              []string
	Loads                  []LoadedRow
	LoadsURL               string
	Changed                ChangedTable
	Revised                []RevisedRow // or withdrawn
	States                 []StateRow   // against targets
	Signals                []StateRow   // special causes
	OffTrack               OffTrackTable
	Claims                 []DiscussedClaim
	ClaimsURL, CompareURL  string
	// More say of the lists what they leave out; empty where they are whole.
	MoreRevised, MoreStates, MoreSignals, MoreClaims string
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

	alike  alike // what the places have in common
	weight int   // the smallest comes first
}

// StatePlace is a footprint with its figure before and after.
type StatePlace struct {
	Place         Link
	Before, After string
	Why           string // why it is marked the other way than it moved, in a clause
}

// OffTrackTable are the footprints with a figure off trajectory, by measure.
type OffTrackTable struct {
	Columns []OffTrackColumn
	Rows    []OffTrackRow
	New     bool // some came to be so since the week before
}

// OffTrackColumn is a measure that some footprint is off trajectory in.
type OffTrackColumn struct {
	Measure       Link
	Asked, Period string
}

// OffTrackRow is a footprint with its figures by the columns.
type OffTrackRow struct {
	Place Link
	Cells []OffTrackCell
}

// OffTrackCell is a figure held against a target.
type OffTrackCell struct {
	Value     Figure
	State     wording.Icon
	Off       bool
	Short     string // by how much and since when it is off trajectory
	Variation wording.Icon
	Card      string // its address on the footprint's page
}

// DiscussedClaim is a claim whose verdict is to be talked about.
type DiscussedClaim struct {
	Claim   Link
	Places  []Link
	Verdict VerdictTag
	Before  string // the verdict a week before, where it was another
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

const (
	maxReviewed = 12 // rows of a list that grows with what was loaded, so that a review stays a few pages
)

// ReviewURL is the address of a review.
func ReviewURL(r footprint.Region, w figures.Week, asOf string) string {
	return address("/review", "region", r.Slug(), "week", w.String(), "as_of", asOf)
}

// ReviewAddress is where the review of a week is: as_of tells of it only while it runs.
func (c *Composer) ReviewAddress(r footprint.Region, w figures.Week, asOf figures.Moment) string {
	if w.End().Before(c.moments.Reading(asOf)) {
		asOf.Text = ""
	}
	return ReviewURL(r, w, asOf.Text)
}

// review composes a review.
type review struct {
	c        *Composer
	region   footprint.Region
	places   []figures.Area
	measures []*catalog.Measure
	week     figures.Week
	asOf     figures.Moment // of the reader
	// earlier is the end of the week before, later that of the week, or when the reader looks while it runs.
	earlier, later figures.Moment
	running        bool
	first          bool // nothing was loaded before
	before, after  map[figureKey]*figures.LatestFigure
	summary        wording.Review
}

type figureKey struct{ measure, place string }

// Review composes what the board of a region has before it after a week, or while it runs. A week that Week accepts has figures.
func (c *Composer) Review(ctx context.Context, r footprint.Region, w figures.Week, asOf figures.Moment) (ReviewPage, error) {
	v := &review{c: c, region: r, week: w, asOf: asOf, later: asOf}
	v.running = !w.End().Before(c.moments.Reading(asOf))
	page := ReviewPage{
		Shell: c.shell(fmt.Sprintf("Weekly review: %s, %s", r.Name, wording.Week(w)), "review", asOf, "region", r.Slug()),
		Week:  wording.Week(w), WeekID: w.String(), Address: ReviewURL(r, w, asOf.Text),
	}
	var err error
	if v.running {
		page.Until, page.Pin = wording.Moment(c.moments.Reading(asOf)), pinned(asOf, c.moments.Reading(asOf))
		page.Kept = ReviewURL(r, w, page.Pin)
	} else {
		if v.later, err = c.moments.AsOf(ctx, w.Day()); err != nil {
			return page, err
		}
		page.Pin, page.Stood = "", wording.Stood(v.later.Stood) // its address keeps its figures
	}
	if v.earlier, err = c.moments.AsOf(ctx, w.Before().Day()); err != nil {
		return page, err
	}
	v.first = v.earlier.Bound.Load == 0
	for _, s := range c.directory.Areas() {
		if s.Footprint != nil && s.Footprint.Region == r {
			v.places = append(v.places, s)
		}
	}
	for _, m := range c.directory.Catalog.Shown(catalog.FootprintPage) {
		if figures.Stated(m, v.places[0]) {
			v.measures = append(v.measures, m)
		}
	}
	v.summary.Region, v.summary.Areas, v.summary.Running, v.summary.First = r.Name, len(v.places), v.running, v.first
	page.Region = regionLink(r, v.later)
	page.LoadsURL, page.ClaimsURL = address("/loads", "as_of", v.later.Text), address("/claims", "as_of", v.later.Text)
	page.CompareURL = address("/compare", "from", v.earlier.Text, "to", v.later.Text, "as_of", asOf.Text)
	for _, other := range c.directory.Reference.Regions() {
		page.Regions = append(page.Regions, Link{Text: other.Name, URL: ReviewURL(other, w, asOf.Text), Current: other == r})
	}
	if page.EarlierWeek, page.LaterWeek, err = weeksBeside(ctx, c.moments, w, asOf, func(w figures.Week, asOf string) string { return ReviewURL(r, w, asOf) }); err != nil {
		return page, err
	}
	for _, compose := range []func(context.Context, *ReviewPage) error{v.loads, v.figures, v.latest, v.claims} {
		if err := compose(ctx, &page); err != nil {
			return page, err
		}
	}
	page.Finding, page.Sentences = v.summary.Finding(), v.summary.Sentences()
	return page, nil
}

// pinned is the as_of by which a week that still runs is shown as it is now.
func pinned(asOf figures.Moment, now time.Time) string {
	if asOf.Text != "" && !asOf.Today {
		return asOf.Text
	}
	return now.UTC().Format(time.RFC3339)
}

// weeksBeside link the weeks before and after, where the reader's moment has them.
func weeksBeside(ctx context.Context, moments *figures.Moments, w figures.Week, asOf figures.Moment, address func(w figures.Week, asOf string) string) (earlier, later Link, err error) {
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
	if all <= maxReviewed {
		return ""
	}
	return fmt.Sprintf("%d more are not listed here.", all-maxReviewed)
}

// loads tells what was loaded in the week, by source.
func (v *review) loads(ctx context.Context, page *ReviewPage) error {
	all, err := v.c.loads.LoadsAfter(ctx, v.later, v.earlier)
	if err != nil {
		return err
	}
	var sources []string
	of := map[string][]load.Load{}
	for _, l := range slices.Backward(all) {
		if of[l.Source] == nil {
			sources = append(sources, l.Source)
		}
		of[l.Source] = append(of[l.Source], l)
	}
	for _, id := range sources {
		row := LoadedRow{Source: v.sourceTitle(id)}
		tally := map[load.State]int{}
		var states []string
		for _, l := range of[id] {
			if tally[l.State]++; tally[l.State] == 1 {
				states = append(states, string(l.State))
			}
			if l.State == load.Published {
				row.Rows, row.Rejected = row.Rows+l.Observations, row.Rejected+l.Rejections
			}
			row.Newest = Link{Text: l.File, URL: loadURL(l.ID, v.later)}
		}
		for i, state := range states {
			states[i] = fmt.Sprintf("%d %s", tally[load.State(state)], state)
		}
		row.Words = wording.List(states)
		if !ownSource(id) {
			v.summary.Published += tally[load.Published]
			v.summary.Failed += tally[load.Failed]
			v.summary.Withdrawn += tally[load.Withdrawn]
		}
		page.Loads = append(page.Loads, row)
	}
	return nil
}

func ownSource(id string) bool {
	return id == load.DefinitionsSource || id == load.MembershipsSource || id == load.WithdrawalsSource
}

func (v *review) sourceTitle(id string) string {
	switch id {
	case load.DefinitionsSource:
		return "Definitions of measures"
	case load.MembershipsSource:
		return "Memberships of organisations"
	case load.WithdrawalsSource:
		return "Loads taken back"
	}
	if s, ok := v.c.directory.Catalog.Source(id); ok {
		return s.Title
	}
	return id
}

// figures tells which figures of the region differ.
func (v *review) figures(ctx context.Context, page *ReviewPage) error {
	filter := figures.ChangeFilter{}
	for _, m := range v.measures {
		if id := m.Stored().ID; !slices.Contains(filter.Measures, id) {
			filter.Measures = append(filter.Measures, id)
		}
	}
	for _, s := range v.places {
		filter.Footprints = append(filter.Footprints, s.Code)
	}
	counts, _, err := v.c.figures.ChangedBetween(ctx, v.earlier, v.later, filter)
	if err != nil || len(counts) == 0 {
		return err
	}
	for _, n := range counts {
		switch n.Cause {
		case figures.NewPeriod:
			v.summary.New += n.Figures
		case figures.Revision:
			v.summary.Revised += n.Figures
		case figures.Withdrawal:
			v.summary.Dropped += n.Figures
		default:
			v.summary.MadeAnew += n.Figures
		}
	}
	page.Changed = v.c.changedTable(counts, v.later)
	revised := v.summary.Revised + v.summary.Dropped
	if revised == 0 {
		return nil
	}
	filter.Offset, filter.Limit = int(v.summary.New+v.summary.MadeAnew), maxReviewed // these come last in the order of causes
	_, changes, err := v.c.figures.ChangedBetween(ctx, v.earlier, v.later, filter)
	for _, change := range changes {
		page.Revised = append(page.Revised, v.c.revised(change, v.earlier, v.later))
	}
	page.MoreRevised = more(int(revised))
	return err
}

// latest tells which figures stand otherwise, and which are off trajectory.
func (v *review) latest(ctx context.Context, page *ReviewPage) error {
	at := func(asOf figures.Moment) (map[figureKey]*figures.LatestFigure, error) {
		all, err := v.c.figures.Overview(ctx, asOf, v.measures, catalog.Period{})
		of := map[figureKey]*figures.LatestFigure{}
		for i := range all {
			of[figureKey{all[i].Measure.ID, all[i].Area.Code}] = &all[i]
		}
		return of, err
	}
	var err error
	if v.before, err = at(v.earlier); err != nil {
		return err
	}
	if v.after, err = at(v.later); err != nil {
		return err
	}
	for _, m := range v.measures {
		for _, s := range v.places {
			v.states(page, m, s)
		}
	}
	for _, e := range v.signals() {
		v.signal(page, e)
	}
	for _, rows := range [][]StateRow{page.States, page.Signals} {
		slices.SortStableFunc(rows, func(a, b StateRow) int { return a.weight - b.weight })
	}
	page.MoreStates, page.MoreSignals = more(len(page.States)), more(len(page.Signals))
	page.States, page.Signals = page.States[:min(len(page.States), maxReviewed)], page.Signals[:min(len(page.Signals), maxReviewed)]
	v.offTrack(page)
	return nil
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
	target        string // in words; empty of process control
	targets       string // their ids
	before, after wording.Icon
	was, is       any // a [stood] or a [told]
	weight        int // the smallest comes first
}

// add puts a figure that changed into the row of those of its measures that changed alike.
func (v *review) add(rows *[]StateRow, c change) {
	m, s := c.measures[0], c.area
	then, now := v.before[figureKey{m.ID, s.Code}], v.after[figureKey{m.ID, s.Code}]
	row := StateRow{Measure: Link{Text: m.Title, URL: measureURL(m, v.later)}, Target: c.target, Before: c.before, After: c.after, weight: c.weight}
	for _, other := range c.measures[1:] {
		row.Also = append(row.Also, Link{Text: other.Title, URL: measureURL(other, v.later)})
	}
	row.PeriodBefore, row.Period = periodsBetween(then, now)
	row.alike = alike{target: c.targets, before: c.was, after: c.is}
	for _, m := range c.measures {
		row.alike.measures += m.ID + " "
	}
	for i, s := range []*figures.LatestFigure{then, now} {
		if s != nil {
			row.alike.periods[i] = s.Period
		}
	}
	i := slices.IndexFunc(*rows, func(r StateRow) bool { return r.alike == row.alike })
	if i < 0 {
		i, *rows = len(*rows), append(*rows, row)
	}
	place := StatePlace{Place: Link{Text: s.Name, URL: cardURL(s.Code, m, v.later)}, Before: figureOf(m, then), After: figureOf(m, now)}
	if c.target == "" && now != nil && now.Signal.Contrary() != 0 {
		place.Why = fmt.Sprintf("%s from %s, and is still %s", wording.Contrary(now.Signal), figureIn(m, now.Signal.Before), wording.RuleOf(now.Signal))
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

// judged is the state of a latest figure; without a target it is one that cannot be told, and without a figure it says so.
func judged(s *figures.LatestFigure) (j measure.Judgement, known bool) {
	if s == nil || s.Signal == nil {
		return measure.Judgement{State: measure.CannotTell, Reason: measure.UnjudgedReason{Code: measure.FigureGone}}, false
	}
	if j, ok := s.Signal.Judged(); ok {
		return j, true
	}
	return measure.Judgement{State: measure.CannotTell, Reason: measure.UnjudgedReason{Code: measure.NoTarget, Period: s.Period}}, true
}

// states compares the state of a figure with the one before.
func (v *review) states(page *ReviewPage, m *catalog.Measure, s figures.Area) {
	before, was := judged(v.before[figureKey{m.ID, s.Code}])
	after, is := judged(v.after[figureKey{m.ID, s.Code}])
	anew := before.Target != after.Target && after.Target != nil // another target governs now
	switch {
	case before.State == after.State:
		return
	case !was:
		if after.Target != nil {
			v.summary.FirstJudged++
		}
		return
	case is && anew && after.State == measure.OffTrajectory:
		v.summary.Due, v.summary.Missed = v.summary.Due+1, v.summary.Missed+1
	case is && anew:
		v.summary.Due++
	case before.State != measure.CannotTell && after.State == measure.OffTrajectory:
		v.summary.WentOff++
		v.summary.Lead = wording.Event{Measures: []string{m.Title}, Area: s.Name}
	case before.State == measure.OffTrajectory && after.State != measure.CannotTell:
		v.summary.CameBack++
	default:
		v.summary.OtherState++
	}
	target, targets := "", ""
	switch {
	case after.Target == nil:
		target, targets = before.Target.Title, before.Target.ID
	case before.Target == nil || before.Target == after.Target:
		target, targets = after.Target.Title, after.Target.ID
	default:
		target, targets = fmt.Sprintf("%s; before: %s", after.Target.Title, wording.LowerFirst(before.Target.Title)), after.Target.ID+" "+before.Target.ID
	}
	// What got worse comes first, then what was told before.
	states := []measure.State{measure.OffTrajectory, measure.CannotTell, measure.OnTrajectory, measure.Met}
	weight := slices.Index(states, after.State)
	if before.State == measure.CannotTell {
		weight += len(states)
	}
	v.add(&page.States, change{[]*catalog.Measure{m}, s, target, targets, stateIconOf(m, before), stateIconOf(m, after), newStood(m, before), newStood(m, after), weight})
}

// stateIconOf is how a figure stands against a target.
func stateIconOf(m *catalog.Measure, j measure.Judgement) wording.Icon {
	if j.State == measure.CannotTell && !j.Required.Valid {
		return wording.Icon{Icon: string(j.State), Text: "Nothing asked for", Words: wording.Unjudged(j.Reason)}
	}
	return wording.Icon{Icon: string(j.State), Text: wording.StateText(m, j), Words: wording.Unjudged(j.Reason)}
}

// signalled is a special cause that began or ended in a place, in the first of the measures that state what it is about.
type signalled struct {
	measures  []*catalog.Measure
	place     figures.Area
	then, now *figures.LatestFigure
}

// signals finds what process control tells otherwise than before. What several measures tell of the same counts is one event.
func (v *review) signals() []signalled {
	var events []signalled
	special := func(s *figures.LatestFigure) bool { return slices.Contains(wording.VariationKinds, s.Signal.Variation) }
	for _, m := range v.measures {
		for _, s := range v.places {
			then, now := v.before[figureKey{m.ID, s.Code}], v.after[figureKey{m.ID, s.Code}]
			if then == nil || now == nil || then.Signal.Variation == now.Signal.Variation || !special(then) && !special(now) {
				continue
			}
			i := slices.IndexFunc(events, func(e signalled) bool {
				return e.place.Code == s.Code && sameEvent(e.then, then) && sameEvent(e.now, now) && sameCounts(e.now, now)
			})
			if i < 0 {
				i, events = len(events), append(events, signalled{nil, s, then, now})
			}
			events[i].measures = append(events[i].measures, m)
		}
	}
	return events
}

func sameEvent(a, b *figures.LatestFigure) bool {
	return a.Signal.Variation == b.Signal.Variation && a.JudgedPeriod() == b.JudgedPeriod()
}

// sameCounts tells that the figures of two measures of a place have counts in common: their numerators are made of a common part, or are equal in
// the period judged and the one before.
func sameCounts(a, b *figures.LatestFigure) bool {
	for _, t := range a.Measure.Stored().Terms() {
		if t.Part == "numerator" && t.Coefficient > 0 && slices.ContainsFunc(b.Measure.Stored().Terms(), func(other catalog.Term) bool {
			return other.Part == t.Part && other.Coefficient > 0 && other.Component == t.Component && other.Field == t.Field
		}) {
			return true
		}
	}
	equal := func(a, b measure.Point) bool {
		return a.Numerator.Valid && b.Numerator.Valid && !a.Numerator.Decimal.IsZero() && a.Numerator.Decimal.Equal(b.Numerator.Decimal)
	}
	return equal(a.Signal.Judges, b.Signal.Judges) && equal(a.Signal.Before, b.Signal.Before)
}

// signal counts a special cause that began or ended, and lists it.
func (v *review) signal(page *ReviewPage, e signalled) {
	switch {
	case e.now.Signal.Concern():
		v.summary.Concern++
		v.summary.Alarm = wording.Event{Area: e.place.Name}
		for _, m := range e.measures {
			v.summary.Alarm.Measures = append(v.summary.Alarm.Measures, m.Title)
		}
	case e.then.Signal.Concern():
		v.summary.NoConcern++
	default:
		v.summary.OtherSignal++
	}
	then, now := e.then.Signal, e.now.Signal
	weight := (slices.Index(wording.VariationKinds, now.Variation) + len(wording.VariationKinds) + 1) % (len(wording.VariationKinds) + 1) // what ended comes first
	v.add(&page.Signals, change{e.measures, e.place, "", "", wording.VariationIcon(then, v.c.directory.Named), wording.VariationIcon(now, v.c.directory.Named),
		told{then.Variation, then.Of}, told{now.Variation, now.Of}, weight})
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

// offTrack sets the footprints beside the measures that some of them are off trajectory in, each against the target that matters most.
func (v *review) offTrack(page *ReviewPage) {
	rows := make([]OffTrackRow, len(v.places))
	for i, s := range v.places {
		rows[i].Place = Link{Text: s.Name, URL: footprintURL(s.Code, v.later)}
	}
	for _, m := range v.measures {
		cells := make([]OffTrackCell, len(v.places))
		column := OffTrackColumn{Measure: Link{Text: m.Title, URL: measureURL(m, v.later)}}
		var first *measure.Judgement // of the first footprint off trajectory
		for i, s := range v.places {
			now := v.after[figureKey{m.ID, s.Code}]
			if now == nil {
				continue
			}
			j, ok := now.Signal.Judged()
			if !ok {
				continue
			}
			cells[i] = OffTrackCell{
				Value: v.c.figure(m, wording.AsNumber, now.Now, s.Code, v.later), State: stateIconOf(m, j), Off: j.State == measure.OffTrajectory, Variation: wording.VariationIcon(now.Signal, v.c.directory.Named),
				Card: cardURL(s.Code, m, v.later),
			}
			if !cells[i].Off {
				continue
			}
			cells[i].Short = wording.Capital(wording.Shortfall(m, now.Signal.Shortfall))
			if before, was := judged(v.before[figureKey{m.ID, s.Code}]); was && before.State != measure.OffTrajectory {
				cells[i].State.Text += " (new)"
				page.OffTrack.New = true
			}
			switch {
			case first == nil:
				first, column.Asked = &j, wording.Required(m, j)
			case first.Target.Bound != j.Target.Bound || !first.Required.Decimal.Equal(j.Required.Decimal):
				column.Asked = "of each footprint something else is asked for"
			}
			column.Period = now.Period.Words()
			v.summary.Off++
		}
		if first == nil {
			continue
		}
		page.OffTrack.Columns = append(page.OffTrack.Columns, column)
		for i := range rows {
			rows[i].Cells = append(rows[i].Cells, cells[i])
		}
	}
	page.OffTrack.Rows = slices.DeleteFunc(rows, func(r OffTrackRow) bool {
		return !slices.ContainsFunc(r.Cells, func(c OffTrackCell) bool { return c.Off })
	})
	v.summary.OffAreas = len(page.OffTrack.Rows)
}

// claims tells which claims about the region's footprints, or about England, are to be discussed.
func (v *review) claims(ctx context.Context, page *ReviewPage) error {
	before, err := v.c.register.LatestVerdicts(ctx, v.earlier)
	if err != nil {
		return err
	}
	after, err := v.c.register.LatestVerdicts(ctx, v.later)
	if err != nil {
		return err
	}
	weigh := map[claim.Verdict]int{claim.Contradicted: 1, claim.NotEvidenced: 2}
	type weighed struct {
		DiscussedClaim
		weight int
	}
	var all []weighed
	for _, known := range v.c.directory.Catalog.Claims {
		now, found := after[known.ID]
		here := known.OfEngland() || slices.ContainsFunc(v.places, func(s figures.Area) bool { return slices.Contains(known.Places, s.Code) })
		if !found || !here {
			continue
		}
		verdict := claim.Verdict(now.Verdict)
		d := weighed{DiscussedClaim{
			Claim: Link{Text: known.Title, URL: claimURL(known.ID, v.later)}, Places: v.c.placesOf(known.Places, v.later), Verdict: verdictTag(verdict),
		}, weigh[verdict]}
		d.Reason = wording.Sentence(wording.ClaimsBy(v.c.directory).KeptReason(now))
		switch then, was := before[known.ID]; {
		case !was:
			v.summary.FirstVerdicts++
		case then.Verdict != now.Verdict:
			v.summary.Verdicts++
			d.Before, d.weight = wording.Capital(then.Verdict), -1
		}
		if d.weight != 0 {
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b weighed) int { return a.weight - b.weight })
	page.MoreClaims = more(len(all))
	for _, d := range all[:min(len(all), maxReviewed)] {
		page.Claims = append(page.Claims, d.DiscussedClaim)
	}
	return nil
}

// Reviews composes the reviews of all regions in one week, with what matters most in each.
func (c *Composer) Reviews(ctx context.Context, w figures.Week, asOf figures.Moment) (ReviewsPage, error) {
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
		page.Until, page.Stood = reviews[i].Until, reviews[i].Stood
		page.Reviews = append(page.Reviews, ReviewLine{Link{Text: r.Name, URL: ReviewURL(r, w, asOf.Text)}, reviews[i].Finding})
	}
	return page, err
}
