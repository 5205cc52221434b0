package pages

import (
	"context"
	"time"

	"stpdash/internal/figures"
	"stpdash/internal/footprint"
)

// Calendar is what a region's review has ahead: the review itself, every week, and what it decided that is due.
type Calendar struct {
	Region footprint.Region
	Review CalendarReview
	Due    []CalendarDue // decisions that are open, in the order in which they were made
}

// CalendarReview is the review of a week, which is held in the week after.
type CalendarReview struct {
	ID    string
	First time.Time // the Monday after the first week that has figures
	URL   string
}

// CalendarDue is a decision with the day until which it is to be done.
type CalendarDue struct {
	ID, What, Owner string
	Day             time.Time
	Changed         time.Time // when it was recorded or changed last
	URL             string    // of the review that decided it
}

// Calendar composes what a region's review has ahead; ok is false before the first load.
func (c placePages) Calendar(ctx context.Context, r footprint.Region) (Calendar, bool, error) {
	now, err := c.moments.AsOf(ctx, "")
	if err != nil {
		return Calendar{}, false, err
	}
	begun, err := c.moments.FirstLoadAt(ctx, now)
	if err != nil || begun.IsZero() {
		return Calendar{}, false, err
	}
	calendar := Calendar{
		Region: r, Review: CalendarReview{
			ID:    fixedID("calendar " + r.Slug()),
			First: figures.WeekOf(begun).Next().Start(), URL: address("/review", "region", r.Slug()),
		},
	}
	decided, err := c.decisions(ctx, r, figures.WeekOf(c.moments.Now()), now)
	if err != nil {
		return calendar, false, err
	}
	for _, d := range decided.rest.Decisions {
		terms := d.Newest()
		day, err := time.Parse(time.DateOnly, terms.Due)
		week, known := figures.ParseWeek(d.Week)
		if d.Ended != nil || err != nil || !known {
			continue
		}
		calendar.Due = append(calendar.Due, CalendarDue{
			ID: fixedID("decision " + d.ID), What: d.What, Owner: terms.Owner, Day: day, Changed: terms.At, URL: ReviewURL(r, week, "") + "#decisions",
		})
	}
	return calendar, true, nil
}
