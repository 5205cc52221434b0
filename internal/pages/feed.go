package pages

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/pages/wording"
	"stpdash/internal/review"
)

// Feed is what the weeks brought to one thing, for a program that tells its reader of what is new.
type Feed struct {
	ID      string // the same for ever
	Title   string
	Page    Link // of what it is about
	Updated time.Time
	Entries []FeedEntry // the newest first
}

// FeedEntry is what one week brought. It does not change: the figures are those at the end of the week.
type FeedEntry struct {
	ID     string // the same for ever
	Title  string
	At     time.Time // the end of the week, or when the verdict began to stand
	URL    string
	Digest Digest
}

// Digest is what a week brought, short enough to be read where it arrives.
type Digest struct {
	Messages []MessageRow
	Lists    []DigestList // those that have lines
	Counts   string       // of figures that are new or differ
	Page     Link         // of all that the week brought
	Base     string       // where readers find the service; the addresses follow it
}

// DigestList are figures or claims that changed in one way.
type DigestList struct {
	Title string
	Lines []DigestLine
}

// DigestLine is one figure or claim that changed.
type DigestLine struct {
	What        Link
	Place       string // empty where all lines are of one
	Now, Before string // with what it is judged to be
}

// feedWeeks is how many weeks a feed goes back: a program that asks once a month misses none.
const feedWeeks = 6

// fixedID is an identifier that follows from what is identified.
func fixedID(of string) string {
	return "urn:uuid:" + uuid.NewSHA1(uuid.NameSpaceURL, []byte("stpd:"+of)).String()
}

// weekly composes a feed of the weeks that have ended, of those that brought something.
func (c placePages) weekly(
	ctx context.Context, title, address string, page func(figures.Week) Link, find func(context.Context, figures.Week, figures.Moment) (*review.Review, error),
) (Feed, error) {
	feed := Feed{ID: fixedID(address), Title: title, Page: Link{Text: title, URL: address}}
	now, err := c.moments.AsOf(ctx, "")
	if err != nil {
		return feed, err
	}
	begun, err := c.moments.FirstLoadAt(ctx, now)
	if err != nil || begun.IsZero() {
		feed.Updated = figures.WeekOf(c.moments.Now()).Start()
		return feed, err
	}
	week := figures.WeekOf(c.moments.Now()).Before()
	feed.Updated = week.End()
	for range feedWeeks {
		if week.Start().Before(figures.WeekOf(begun).Start()) {
			break
		}
		v, err := find(ctx, week, now)
		if err != nil {
			return feed, err
		}
		if told := (wording.Review{Review: v}); told.Brought() {
			entry := FeedEntry{
				ID: fixedID(address + " " + week.String()), Title: wording.Week(week) + ": " + wording.LowerFirst(told.Finding()),
				At: week.End().UTC().Truncate(time.Second), URL: page(week).URL,
			}
			if entry.Digest, err = c.digest(ctx, v); err != nil {
				return feed, err
			}
			entry.Digest.Page = page(week)
			feed.Entries = append(feed.Entries, entry)
		}
		week = week.Before()
	}
	if len(feed.Entries) > 0 {
		feed.Updated = feed.Entries[0].At
	}
	return feed, nil
}

// digest writes what a week brought.
func (c placePages) digest(ctx context.Context, v *review.Review) (Digest, error) {
	var page ReviewPage
	p := reviewed{c, v, v.Later}
	if err := p.messages(ctx, &page); err != nil {
		return Digest{}, err
	}
	p.changes(&page)
	p.claims(&page)
	d := Digest{Messages: page.Messages, Counts: wording.Review{Review: v}.Changed()}
	d.list("Against targets", p.lines(page.States))
	d.list("Unusual changes", p.lines(page.Signals))
	var verdicts []DigestLine
	for _, claim := range page.Claims {
		verdicts = append(verdicts, DigestLine{What: claim.Claim, Now: claim.Verdict.Text, Before: wording.LowerFirst(claim.Before)})
	}
	d.list("Verdicts on savings claims", verdicts)
	return d, nil
}

func (d *Digest) list(title string, lines []DigestLine) {
	if len(lines) > 0 {
		d.Lists = append(d.Lists, DigestList{title, lines})
	}
}

// lines are the figures that changed, one a line.
func (p reviewed) lines(rows []StateRow) []DigestLine {
	var lines []DigestLine
	for _, row := range rows {
		for _, place := range row.Places {
			line := DigestLine{
				What:   Link{Text: row.Measure.Text, URL: place.Place.URL},
				Now:    fmt.Sprintf("%s in %s, %s", place.After, row.Period, wording.LowerFirst(row.After.Text)),
				Before: fmt.Sprintf("%s in %s, %s", place.Before, row.PeriodBefore, wording.LowerFirst(row.Before.Text)),
			}
			if len(p.v.Places) > 1 {
				line.Place = place.Place.Text
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// RegionFeed is what the weeks brought to a region.
func (c placePages) RegionFeed(ctx context.Context, r footprint.Region) (Feed, error) {
	return c.weekly(ctx, r.Name, "/regions/"+r.Slug(),
		func(w figures.Week) Link { return Link{Text: "The weekly review", URL: ReviewURL(r, w, "")} },
		func(ctx context.Context, w figures.Week, asOf figures.Moment) (*review.Review, error) {
			return c.reviewer.Of(ctx, r, w, asOf)
		})
}

// FootprintFeed is what the weeks brought to a footprint.
func (c placePages) FootprintFeed(ctx context.Context, place figures.Area) (Feed, error) {
	return c.weekly(ctx, place.Name, footprintURL(place.Code, figures.Moment{}),
		func(w figures.Week) Link {
			return Link{Text: "The footprint at the end of the week", URL: footprintURL(place.Code, figures.Moment{Text: w.Day()})}
		},
		func(ctx context.Context, w figures.Week, asOf figures.Moment) (*review.Review, error) {
			return c.reviewer.OfPlace(ctx, place, w, asOf)
		})
}

// MeasureFeed is what the weeks brought to a measure.
func (c placePages) MeasureFeed(ctx context.Context, m *catalog.Measure) (Feed, error) {
	return c.weekly(ctx, m.Title, measureURL(m, figures.Moment{}),
		func(w figures.Week) Link {
			return Link{Text: "The measure at the end of the week", URL: measureURL(m, figures.Moment{Text: w.Day()})}
		},
		func(ctx context.Context, w figures.Week, asOf figures.Moment) (*review.Review, error) {
			return c.reviewer.OfMeasure(ctx, m, w, asOf)
		})
}

// ClaimFeed is each verdict that was found on a claim.
func (c claimPages) ClaimFeed(ctx context.Context, known *catalog.Claim) (Feed, error) {
	address := claimURL(known.ID, figures.Moment{})
	feed := Feed{ID: fixedID(address), Title: known.Title, Page: Link{Text: known.Title, URL: address}, Updated: figures.WeekOf(c.moments.Now()).Start()}
	now, err := c.moments.AsOf(ctx, "")
	if err != nil {
		return feed, err
	}
	verdicts, err := c.register.Verdicts(ctx, now, known.ID)
	if err != nil {
		return feed, err
	}
	before := ""
	for _, v := range verdicts { // the oldest first
		if v.Verdict != before {
			told := "Verdict: " + v.Verdict
			if before != "" {
				told += ", before " + before
			}
			at := v.Since.UTC().Truncate(time.Second)
			moment := figures.Moment{Text: v.Since.UTC().Format(time.RFC3339Nano)}
			feed.Entries = append([]FeedEntry{{
				ID: fixedID(address + " " + v.Since.UTC().Format(time.RFC3339Nano)), Title: told, At: at, URL: claimURL(known.ID, moment),
				Digest: Digest{
					Lists: []DigestList{{"Verdict", []DigestLine{{
						What: Link{Text: known.Title, URL: claimURL(known.ID, moment)}, Now: verdictTag(claim.Verdict(v.Verdict)).Text, Before: before,
					}}}},
					Counts: wording.Sentence(wording.ClaimsBy(c.directory).KeptReason(v)),
					Page:   Link{Text: "The claim as it was tested then", URL: claimURL(known.ID, moment)},
				},
			}}, feed.Entries...)
			before = v.Verdict
		}
	}
	feed.Entries = feed.Entries[:min(len(feed.Entries), feedClaims)]
	if len(feed.Entries) > 0 {
		feed.Updated = feed.Entries[0].At
	}
	return feed, nil
}

// feedClaims is how many verdicts the feed of a claim goes back.
const feedClaims = 20
