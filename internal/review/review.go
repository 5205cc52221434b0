// Package review finds what a week brought to a region, to one place or to one measure: facts, with no sentence among them.
package review

import (
	"context"
	"slices"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/load"
	"stpdash/internal/measure"
	"stpdash/internal/register"
	"stpdash/internal/spc"
)

// Reviewer finds what a week brought.
type Reviewer struct {
	figures  *figures.Figures
	loads    *figures.Loads
	register *register.Register
}

// New reviews what is known.
func New(f *figures.Figures, loads *figures.Loads, r *register.Register) *Reviewer {
	return &Reviewer{f, loads, r}
}

// Review is what a week brought to a region, against the end of the week before; or to one place, or to one measure of all places.
type Review struct {
	Region   footprint.Region // without a name where the review is not of one
	Week     figures.Week
	Places   []figures.Area     // the footprints of the region, or those asked for
	Measures []*catalog.Measure // that are shown of them
	// Earlier is the end of the week before, Later that of the week, or the reader's moment while it runs.
	Earlier, Later figures.Moment
	Running        bool // the week is not over
	First          bool // nothing was loaded before it
	Loads          []SourceLoads
	Changes        []figures.ChangeCount
	News           []ThemeNews
	Revised        []figures.FigureChange // or withdrawn; the first [Listed] of them
	States         []StateChange          // what got worse first
	FirstJudged    int                    // figures that are compared with a target for the first time
	Signals        []SignalChange         // what ended first, then what is for the worse
	Against        []Column               // the measures that some footprint is off track in
	Claims         []ClaimChange          // about the region's footprints or England, the place or the measure, in the order of the register
	Messages       []Message              // what matters most, most of all first

	about func(*catalog.Claim) bool // tells whether a claim belongs to it
}

// Listed is how many rows of a list that grows with what was loaded are given.
const Listed = 12

// SourceLoads are the loads of one source in the week.
type SourceLoads struct {
	Source                   string
	States                   []StateCount // that of the newest load first
	Observations, Rejections uint64       // of the published ones
	Newest                   load.Load
}

// StateCount is how many loads are in a state.
type StateCount struct {
	State load.State
	Loads int
}

// Own tells that the loads are no publications, but definitions, memberships or withdrawals of our own.
func (l SourceLoads) Own() bool {
	return l.Source == load.DefinitionsSource || l.Source == load.MembershipsSource || l.Source == load.WithdrawalsSource
}

// ThemeNews is what is new of the measures of a theme.
type ThemeNews struct {
	Theme    string
	Measures int    // that have new or other figures
	Figures  uint64 // of the region that are new or other
	// Newest is the latest period of the measures of the theme, and Oldest that of the one whose figures end first.
	Newest, Oldest MeasurePeriod
}

// MeasurePeriod is the latest period of a measure.
type MeasurePeriod struct {
	Measure *catalog.Measure
	Period  catalog.Period
}

// Turn is how the state of a figure against its target changed.
type Turn string

// The turns.
const (
	WentOff   Turn = "went_off"  // off track now
	CameBack  Turn = "came_back" // no longer off track
	Missed    Turn = "missed"    // another target governs now, and the figure is off track
	Due       Turn = "due"       // another target governs now, and the figure is not off track
	Otherwise Turn = "other"     // between other states
)

// StateChange is a figure that has another status against its target than a week before.
type StateChange struct {
	Measure       *catalog.Measure
	Place         figures.Area
	Then, Now     *figures.LatestFigure // nil without a figure
	Before, After measure.Judgement
	Turn          Turn
}

// SignalTurn is what began or ended with a change that is more than chance.
type SignalTurn string

// The turns of signals.
const (
	NewConcern   SignalTurn = "new_concern"
	EndedConcern SignalTurn = "ended_concern"
	OtherSignal  SignalTurn = "other"
)

// SignalChange is an unusual change that began or ended in a place. What several measures show of the same counts is one.
type SignalChange struct {
	Measures  []*catalog.Measure
	Place     figures.Area
	Then, Now *figures.LatestFigure // of the first measure
	Turn      SignalTurn
}

// Column is a measure that some footprint is off track in, with the figures of all.
type Column struct {
	Measure  *catalog.Measure
	Period   catalog.Period    // the newest of those off track; a place whose last whole figure is older has its own
	Required measure.Judgement // of the first footprint off track
	Alike    bool              // the same is asked of all that are off track
	Figures  []Against         // in the order of the places
}

// Against is a figure compared with the target that governs it.
type Against struct {
	Now       *figures.LatestFigure // nil where no target governs
	Judgement measure.Judgement
	New       bool // off track, which the figure a week before was not
}

// Off tells that the figure is off track.
func (a Against) Off() bool { return a.Now != nil && a.Judgement.State == measure.OffTrajectory }

// OffTrack counts the figures that are off track, and the footprints that have one.
func (v *Review) OffTrack() (figures, places int) {
	for i := range v.Places {
		before := figures
		for _, c := range v.Against {
			if c.Figures[i].Off() {
				figures++
			}
		}
		if figures > before {
			places++
		}
	}
	return figures, places
}

// ClaimChange is a claim that was tested, with its verdict a week before.
type ClaimChange struct {
	Claim  *catalog.Claim
	Before string // the verdict a week before; empty where there was none
	Now    register.Verdict
}

// First tells that the claim was tested for the first time.
func (c ClaimChange) First() bool { return c.Before == "" }

// Changed tells that the verdict is another than a week before.
func (c ClaimChange) Changed() bool { return !c.First() && c.Before != c.Now.Verdict }

type key struct{ measure, place string }

// Latest is the latest figure of a measure in a place, at the end of the week before and of the week; nil where there is none.
type latest struct{ before, after map[key]*figures.LatestFigure }

// Of finds what a week brought to a region, until the reader's moment where the week runs.
func (r *Reviewer) Of(ctx context.Context, region footprint.Region, w figures.Week, asOf figures.Moment) (*Review, error) {
	v := &Review{Region: region, Week: w, Measures: r.figures.Directory().Catalog.Shown(catalog.FootprintPage)}
	for _, s := range r.figures.Directory().Areas() {
		if s.Footprint != nil && s.Footprint.Region == region {
			v.Places = append(v.Places, s)
		}
	}
	v.about = func(c *catalog.Claim) bool { return c.OfEngland() || v.names(c) }
	return r.find(ctx, v, asOf)
}

// OfPlace finds what a week brought to a footprint.
func (r *Reviewer) OfPlace(ctx context.Context, place figures.Area, w figures.Week, asOf figures.Moment) (*Review, error) {
	v := &Review{Week: w, Places: []figures.Area{place}, Measures: r.figures.Directory().Catalog.Shown(catalog.FootprintPage)}
	v.about = v.names
	return r.find(ctx, v, asOf)
}

// OfMeasure finds what a week brought to one measure of the 44 footprints.
func (r *Reviewer) OfMeasure(ctx context.Context, m *catalog.Measure, w figures.Week, asOf figures.Moment) (*Review, error) {
	v := &Review{Week: w, Measures: []*catalog.Measure{m}}
	for _, s := range r.figures.Directory().Areas() {
		if s.Footprint != nil {
			v.Places = append(v.Places, s)
		}
	}
	v.about = func(c *catalog.Claim) bool { return c.Measure == m.ID }
	return r.find(ctx, v, asOf)
}

// names tells whether a claim names one of the places.
func (v *Review) names(c *catalog.Claim) bool {
	return slices.ContainsFunc(v.Places, func(s figures.Area) bool { return slices.Contains(c.Places, s.Code) })
}

// find finds what the week of a review brought to its places and measures.
func (r *Reviewer) find(ctx context.Context, v *Review, asOf figures.Moment) (*Review, error) {
	v.Later, v.Running = asOf, r.Running(v.Week, asOf)
	v.Measures = slices.DeleteFunc(slices.Clone(v.Measures), func(m *catalog.Measure) bool { return !figures.Stated(m, v.Places[0]) })
	var err error
	if !v.Running {
		if v.Later, err = r.figures.Moments().AsOf(ctx, v.Week.Day()); err != nil {
			return nil, err
		}
	}
	if v.Earlier, err = r.figures.Moments().AsOf(ctx, v.Week.Before().Day()); err != nil {
		return nil, err
	}
	v.First = v.Earlier.Bound.Load == 0
	for _, find := range []func(context.Context, *Review) error{r.loaded, r.changed, r.stands, r.claims} {
		if err := find(ctx, v); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// Running tells whether a week is not over for the reader.
func (r *Reviewer) Running(w figures.Week, asOf figures.Moment) bool {
	return !w.End().Before(r.figures.Moments().Reading(asOf))
}

// loaded finds what was loaded in the week, by source.
func (r *Reviewer) loaded(ctx context.Context, v *Review) error {
	all, err := r.loads.LoadsAfter(ctx, v.Later, v.Earlier)
	for _, l := range slices.Backward(all) {
		i := slices.IndexFunc(v.Loads, func(s SourceLoads) bool { return s.Source == l.Source })
		if i < 0 {
			i, v.Loads = len(v.Loads), append(v.Loads, SourceLoads{Source: l.Source})
		}
		of := &v.Loads[i]
		j := slices.IndexFunc(of.States, func(c StateCount) bool { return c.State == l.State })
		if j < 0 {
			j, of.States = len(of.States), append(of.States, StateCount{State: l.State})
		}
		of.States[j].Loads++
		if l.State == load.Published {
			of.Observations, of.Rejections = of.Observations+l.Observations, of.Rejections+l.Rejections
		}
		of.Newest = l
	}
	return err
}

// Files counts the loads of publications in a state.
func (v *Review) Files(state load.State) (n int) {
	for _, l := range v.Loads {
		for _, s := range l.States {
			if s.State == state && !l.Own() {
				n += s.Loads
			}
		}
	}
	return n
}

// Figures counts those that differ by one of some causes.
func (v *Review) Figures(causes ...figures.Cause) (n uint64) {
	for _, c := range v.Changes {
		if slices.Contains(causes, c.Cause) {
			n += c.Figures
		}
	}
	return n
}

// changed finds which figures of the region differ.
func (r *Reviewer) changed(ctx context.Context, v *Review) (err error) {
	filter := figures.ChangeFilter{}
	for _, m := range v.Measures {
		if id := m.Stored().ID; !slices.Contains(filter.Measures, id) {
			filter.Measures = append(filter.Measures, id)
		}
	}
	for _, s := range v.Places {
		filter.Footprints = append(filter.Footprints, s.Code)
	}
	if v.Changes, _, err = r.figures.ChangedBetween(ctx, v.Earlier, v.Later, filter); err != nil {
		return err
	}
	if v.Figures(figures.Revision, figures.Withdrawal) == 0 {
		return nil
	}
	filter.Offset, filter.Limit = int(
		v.Figures(figures.DefinitionChange, figures.MembershipChange, figures.NewPeriod),
	), Listed // these come last in the order of causes
	_, v.Revised, err = r.figures.ChangedBetween(ctx, v.Earlier, v.Later, filter)
	return err
}

// stands finds which figures stand otherwise, which are off track, and what matters most.
func (r *Reviewer) stands(ctx context.Context, v *Review) error {
	at := func(asOf figures.Moment) (map[key]*figures.LatestFigure, error) {
		all, err := r.figures.Overview(ctx, asOf, v.Measures, catalog.Period{})
		of := map[key]*figures.LatestFigure{}
		if err != nil {
			return nil, err
		}
		for _, s := range all {
			if !slices.ContainsFunc(v.Places, func(place figures.Area) bool { return place.Code == s.Area.Code }) {
				continue
			}
			if s, err = r.figures.LastWhole(ctx, asOf, s); err != nil {
				return nil, err
			}
			of[key{s.Measure.ID, s.Area.Code}] = &s
		}
		return of, nil
	}
	var known latest
	var err error
	if known.before, err = at(v.Earlier); err != nil {
		return err
	}
	if known.after, err = at(v.Later); err != nil {
		return err
	}
	for _, m := range v.Measures {
		column := Column{Measure: m, Alike: true, Figures: make([]Against, len(v.Places))}
		for i, s := range v.Places {
			then, now := known.before[key{m.ID, s.Code}], known.after[key{m.ID, s.Code}]
			v.state(m, s, then, now)
			column.Figures[i] = against(then, now)
		}
		if column.asked() {
			v.Against = append(v.Against, column)
		}
	}
	v.News = news(v, known)
	slices.SortStableFunc(v.States, func(a, b StateChange) int { return a.weight() - b.weight() })
	v.signals(known)
	slices.SortStableFunc(v.Signals, func(a, b SignalChange) int { return a.weight() - b.weight() })
	v.Messages = messages(v, known)
	return nil
}

// news tells by theme what is new of which measures.
func news(v *Review, known latest) []ThemeNews {
	var all []ThemeNews
	counted := map[string]bool{}
	for _, m := range v.Measures {
		var n uint64
		for _, c := range v.Changes {
			if id := m.Stored().ID; c.Measure == id && !counted[id] {
				n += c.Figures
			}
		}
		if n == 0 {
			continue
		}
		counted[m.Stored().ID] = true
		i := slices.IndexFunc(all, func(t ThemeNews) bool { return t.Theme == m.Theme })
		if i < 0 {
			i, all = len(all), append(all, ThemeNews{Theme: m.Theme})
		}
		of := &all[i]
		of.Measures, of.Figures = of.Measures+1, of.Figures+n
		for _, s := range v.Places {
			now := known.after[key{m.ID, s.Code}]
			if now == nil || now.Period.Start.IsZero() {
				continue
			}
			end := now.Period.Next().Start
			if of.Newest.Measure == nil || end.After(of.Newest.Period.Next().Start) {
				of.Newest = MeasurePeriod{m, now.Period}
			}
			if of.Oldest.Measure == nil || end.Before(of.Oldest.Period.Next().Start) {
				of.Oldest = MeasurePeriod{m, now.Period}
			}
		}
	}
	return all
}

// against compares a latest figure with its target.
func against(then, now *figures.LatestFigure) Against {
	if now == nil {
		return Against{}
	}
	j, ok := now.Signal.Judged()
	if !ok {
		return Against{}
	}
	before, was := judged(then)
	return Against{now, j, was && j.State == measure.OffTrajectory && before.State != measure.OffTrajectory}
}

// asked notes what is asked of the footprints off track; ok is false where there are none.
func (c *Column) asked() (ok bool) {
	for _, f := range c.Figures {
		switch {
		case !f.Off():
		case !ok:
			ok, c.Required, c.Period = true, f.Judgement, f.Now.Period
		case f.Now.Period.Start.After(c.Period.Start):
			c.Period = f.Now.Period
			c.Alike = c.Alike && sameRequired(c.Required, f.Judgement)
		case !sameRequired(c.Required, f.Judgement):
			c.Alike = false
		}
	}
	return ok
}

// sameRequired tells whether two targets ask for the same.
func sameRequired(a, b measure.Judgement) bool {
	return a.Target.Bound == b.Target.Bound && a.Required.Decimal.Equal(b.Required.Decimal)
}

// judged is the state of a latest figure; without a target it is none, and without a figure it says so.
func judged(s *figures.LatestFigure) (j measure.Judgement, known bool) {
	if s == nil || s.Signal == nil {
		return measure.Judgement{State: measure.CannotTell, Reason: measure.UnjudgedReason{Code: measure.FigureGone}}, false
	}
	if j, ok := s.Signal.Judged(); ok {
		return j, true
	}
	return measure.Judgement{State: measure.CannotTell, Reason: measure.UnjudgedReason{Code: measure.NoTarget, Period: s.Period}}, true
}

// state compares the state of a figure with the one before.
func (v *Review) state(m *catalog.Measure, s figures.Area, then, now *figures.LatestFigure) {
	before, was := judged(then)
	after, is := judged(now)
	anew := before.Target != after.Target && after.Target != nil // another target governs now
	change := StateChange{m, s, then, now, before, after, Otherwise}
	switch {
	case before.State == after.State:
		return
	case !was:
		if after.Target != nil {
			v.FirstJudged++
		}
		return
	case is && anew && after.State == measure.OffTrajectory:
		change.Turn = Missed
	case is && anew:
		change.Turn = Due
	case before.State != measure.CannotTell && after.State == measure.OffTrajectory:
		change.Turn = WentOff
	case before.State == measure.OffTrajectory && after.State != measure.CannotTell:
		change.Turn = CameBack
	}
	v.States = append(v.States, change)
}

// weight is smallest for what got worse, and greater for what was not known before.
func (c StateChange) weight() int {
	states := []measure.State{measure.OffTrajectory, measure.CannotTell, measure.OnTrajectory, measure.Met}
	weight := slices.Index(states, c.After.State)
	if c.Before.State == measure.CannotTell {
		weight += len(states)
	}
	return weight
}

// weight is smallest for what ended, then in the order of [spc.Special].
func (c SignalChange) weight() int {
	return (slices.Index(spc.Special, c.Now.Signal.Variation) + len(spc.Special) + 1) % (len(spc.Special) + 1)
}

// signals finds what process control tells otherwise than before.
func (v *Review) signals(known latest) {
	special := func(s *figures.LatestFigure) bool { return slices.Contains(spc.Special, s.Signal.Variation) }
	for _, m := range v.Measures {
		for _, s := range v.Places {
			then, now := known.before[key{m.ID, s.Code}], known.after[key{m.ID, s.Code}]
			if then == nil || now == nil || then.Signal.Variation == now.Signal.Variation || !special(then) && !special(now) {
				continue
			}
			i := slices.IndexFunc(v.Signals, func(e SignalChange) bool {
				return e.Place.Code == s.Code && alike(e.Then, then) && alike(e.Now, now) && sameCounts(e.Now, now)
			})
			if i < 0 {
				turn := OtherSignal
				switch {
				case now.Signal.Concern():
					turn = NewConcern
				case then.Signal.Concern():
					turn = EndedConcern
				}
				i, v.Signals = len(v.Signals), append(v.Signals, SignalChange{Place: s, Then: then, Now: now, Turn: turn})
			}
			v.Signals[i].Measures = append(v.Signals[i].Measures, m)
		}
	}
}

// alike tells that two figures are marked alike in the same period.
func alike(a, b *figures.LatestFigure) bool {
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

// claims finds the claims that belong to the review and were tested.
func (r *Reviewer) claims(ctx context.Context, v *Review) error {
	before, err := r.register.LatestVerdicts(ctx, v.Earlier)
	if err != nil {
		return err
	}
	after, err := r.register.LatestVerdicts(ctx, v.Later)
	for i := range r.figures.Directory().Catalog.Claims {
		known := r.figures.Directory().Catalog.Claims[i]
		now, found := after[known.ID]
		if found && v.about(known) {
			v.Claims = append(v.Claims, ClaimChange{known, before[known.ID].Verdict, now})
		}
	}
	return err
}
