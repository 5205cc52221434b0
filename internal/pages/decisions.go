package pages

import (
	"context"
	"fmt"
	"time"

	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/pages/wording"
)

// Decisions are those that a review has before it: its own, and those of earlier weeks until they are done, dropped or superseded.
type Decisions struct {
	Own, Carried []DecisionRow
	AddURL       string // empty where nobody can act, or the review is over
	Held         string // when the review was held, or that nobody recorded it; empty before it is over
	HeldURL      string // where that is recorded; empty as AddURL is
	Summary      string
	Head         act.Head // of the log of acts as it stood, so that a printed review shows whether it was changed since
	Fault        string   // why they cannot be shown; empty where they can

	rest decisionFacts
}

// decisionFacts are what a review decided and recorded, of which the rows are made.
type decisionFacts struct {
	Decisions []act.Decision
	Held      act.Held
}

// DecisionRow is a decision as a page shows it.
type DecisionRow struct {
	ID, What, Place string
	Owner, Due      string
	Week            string
	State           string // open, overdue, or how it ended
	Open, Overdue   bool
	Changed         string // what the owner or due date was before, and why it changed
	URL             string // where it is changed; empty where nobody can act
}

// reviewClosed is when the review of a week is over: it is held in the week after.
func reviewClosed(w figures.Week) time.Time { return w.Next().End() }

// decisions are those that the review of a week has before it, as they stood when it was over, or stand.
func (c placePages) decisions(ctx context.Context, r footprint.Region, w figures.Week, asOf figures.Moment) (Decisions, error) {
	var all Decisions
	if c.acts.Log == nil {
		return all, nil
	}
	reading := c.moments.Reading(asOf)
	cut, open := reading, !reading.After(reviewClosed(w))
	if !open {
		cut = reviewClosed(w)
	}
	head, err := c.acts.Log.HeadAt(ctx, cut)
	all.Head = head
	var found []act.Decision
	var held act.Held
	var wasHeld bool
	names, fault, err := c.acts.read(ctx, err, func(s *act.State) bool {
		found = s.Decisions(r.Slug(), head.Seq)
		held, wasHeld = s.Held(r.Slug(), w.String(), head.Seq)
		all.rest = decisionFacts{found, held}
		if open && asOf.Text == "" && s.Peopled() {
			all.AddURL = address("/decisions/new", "region", r.Slug(), "week", w.String())
			all.HeldURL = address("/reviews/held", "region", r.Slug(), "week", w.String())
		}
		if !open && !wasHeld && head.Seq > 0 {
			all.Held = wording.NotHeld
		}
		return wasHeld || len(found) > 0
	})
	all.Fault = fault
	if err == nil && wasHeld {
		all.Held = wording.Held(held.Day, held.Present, held.At, actorName(names, held.By))
	}
	if err != nil || len(found) == 0 {
		return all, err
	}
	var openNow, overdue int
	for _, d := range found {
		own := d.Week == w.String()
		before := d.Week < w.String()
		if !own && !before || before && d.Ended != nil && d.Ended.At.Before(w.Next().Start()) {
			continue
		}
		row := c.decisionRow(d, names, cut)
		if all.AddURL == "" {
			row.URL = ""
		}
		if row.Open {
			openNow++
		}
		if row.Overdue {
			overdue++
		}
		if own {
			all.Own = append(all.Own, row)
		} else {
			all.Carried = append(all.Carried, row)
		}
	}
	all.Summary = wording.DecisionsSummary(openNow, overdue)
	return all, nil
}

func (c *parts) decisionRow(d act.Decision, names map[string]account.Person, at time.Time) DecisionRow {
	terms := d.Newest()
	row := DecisionRow{
		ID:    d.ID,
		What:  d.What,
		Place: c.placeOf(d.Scope),
		Owner: terms.Owner,
		Due:   wording.DayOf(terms.Due),
		Open:  d.Ended == nil,
		URL:   "/decisions/" + d.ID,
	}
	if w, ok := figures.ParseWeek(d.Week); ok {
		row.Week = wording.Week(w)
	}
	row.Overdue = overdue(d, at)
	switch {
	case row.Overdue:
		row.State = "Overdue"
	case row.Open:
		row.State = "Open"
	default:
		row.State = wording.DecisionEnded(d.Ended.Kind, wording.Ended(d.Ended.At, actorName(names, d.Ended.By), d.Ended.Reason))
	}
	if n := len(d.Terms); n > 1 {
		row.Changed = wording.TermsChanged(d.Terms[n-2].Owner, wording.DayOf(d.Terms[n-2].Due), terms.Reason)
	}
	return row
}

// DecisionPage is where a decision is recorded, changed and ended.
type DecisionPage struct {
	Form
	Region, Week string
	RegionSlug   string
	WeekID       string
	Back         string
	Row          DecisionRow // without an id of a new one
	Places       []PlaceChoice
	Others       []RoleChoice // open decisions that may replace it
	FormID       string
	Replaces     string
}

// NewDecision composes the page on which a decision of a review is recorded.
func (c actPages) NewDecision(r footprint.Region, w figures.Week, id string, wrong []FieldError, typed map[string]string) DecisionPage {
	page := DecisionPage{
		Form: c.form("Record a decision", wrong, typed), Region: r.Name, RegionSlug: r.Slug(), Week: wording.Week(w), WeekID: w.String(),
		Back: ReviewURL(r, w, ""), FormID: id,
	}
	page.Places = append(page.Places, PlaceChoice{string(act.OfRegion) + " " + r.Slug(), r.Name + " (region)"})
	for _, f := range c.directory.Reference.Footprints() {
		if f.Region == r {
			page.Places = append(page.Places, PlaceChoice{string(act.OfFootprint) + " " + f.Code, f.Name})
		}
	}
	return page
}

// HeldPage is where it is recorded that a review was held, or the record corrected.
type HeldPage struct {
	Form
	Region, Week       string
	RegionSlug, WeekID string
	Back               string
	Recorded           string // what is recorded now; empty where nothing is
	FormID             string
	Replaces           uint64
}

// Held composes the page on which it is recorded that the review of a week was held. Before is the record that it corrects.
func (c actPages) Held(
	ctx context.Context,
	r footprint.Region,
	w figures.Week,
	before act.Held,
	wrong []FieldError,
	typed map[string]string,
) (HeldPage, error) {
	page := HeldPage{
		Form: c.form("Record that the review was held", wrong, typed), Region: r.Name, RegionSlug: r.Slug(), Week: wording.Week(w), WeekID: w.String(),
		Back: ReviewURL(r, w, "") + "#decisions", FormID: act.NewID(), Replaces: before.Seq,
	}
	if before.Seq == 0 {
		return page, nil
	}
	names, err := c.acts.Names(ctx)
	page.Recorded = wording.Held(before.Day, before.Present, before.At, actorName(names, before.By))
	if page.Typed == nil {
		page.Typed = map[string]string{"day": before.Day, "present": before.Present}
	}
	return page, err
}

// EditDecision composes the page on which a decision is changed or ended. Others are those that may replace it.
func (c actPages) EditDecision(ctx context.Context, d act.Decision, others []act.Decision, wrong []FieldError, typed map[string]string) (DecisionPage, error) {
	page := DecisionPage{Form: c.form("Decision", wrong, typed), FormID: act.NewID(), Replaces: fmt.Sprint(d.Newest().Seq)}
	names, err := c.acts.Names(ctx)
	if err != nil {
		return page, err
	}
	page.Row = c.decisionRow(d, names, c.moments.Now())
	if page.Typed == nil {
		page.Typed = map[string]string{"owner": d.Newest().Owner, "due": d.Newest().Due}
	}
	page.Back = "/review"
	for _, r := range c.directory.Reference.Regions() {
		in := d.Scope == act.Region(r.Slug())
		if f, ok := c.directory.Reference.Footprint(d.Scope.Code); ok && d.Scope.Kind == act.OfFootprint {
			in = f.Region == r
		}
		if w, ok := figures.ParseWeek(d.Week); ok && in {
			page.Back, page.RegionSlug = ReviewURL(r, w, ""), r.Slug()
		}
	}
	for _, other := range others {
		if other.ID != d.ID && other.Ended == nil {
			page.Others = append(page.Others, RoleChoice{Value: other.ID, Name: other.What})
		}
	}
	return page, nil
}

// overdue tells whether a decision is open after the day that it was due, in London.
func overdue(d act.Decision, at time.Time) bool {
	due, _ := time.ParseInLocation(time.DateOnly, d.Newest().Due, figures.London) // the log has dates alone
	return d.Ended == nil && !at.Before(due.AddDate(0, 0, 1))
}
