package pages

import (
	"context"
	"fmt"
	"html/template"
	"math"
	"slices"
	"time"

	"stpdash/internal/account"
	"stpdash/internal/act"
	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/pages/wording"
)

// Notes are those of a measure of a place, as a page shows them.
type Notes struct {
	Rows   []NoteRow
	AddURL string // empty where nobody can act, or the page looks back
	Fault  string // why notes cannot be shown; empty where they can

	changed time.Time // when the newest of them was written, edited or withdrawn
}

// NoteRow is a note as a page shows it.
type NoteRow struct {
	ID, Author string
	Period     string // in words; empty of all periods
	Added      string
	Text       template.HTML
	Edited     string // when; empty of one that was not
	Withdrawn  string // when, by whom and why; empty of one that was not
	URL        string // where it is edited; empty where nobody can act, or the page looks back
}

// asOfAct is the newest act that a page shows.
func (c *parts) asOfAct(ctx context.Context, asOf figures.Moment) (uint64, error) {
	if asOf.Text == "" {
		return math.MaxUint64, nil
	}
	return c.acts.Log.SeqAt(ctx, asOf.Bound.At)
}

// notes are those of a measure of a place, as they stood.
func (c placePages) notes(ctx context.Context, m *catalog.Measure, place string, asOf figures.Moment) (Notes, error) {
	var all Notes
	if c.acts.Log == nil {
		return all, nil
	}
	seq, err := c.asOfAct(ctx, asOf)
	var found []act.Note
	names, fault, err := c.acts.read(ctx, err, func(s *act.State) bool {
		found = s.Notes(act.Footprint(place), m.ID, seq)
		if asOf.Text == "" && s.Peopled() {
			all.AddURL = address("/notes/new", "footprint", place, "measure", m.ID)
		}
		return len(found) > 0
	})
	all.Fault = fault
	if err != nil || len(found) == 0 {
		return all, err
	}
	for _, n := range found {
		row, err := noteRow(n, names)
		if err != nil {
			return all, err
		}
		if all.AddURL == "" || n.Withdrawn != nil {
			row.URL = ""
		}
		if at := n.Newest().At; at.After(all.changed) {
			all.changed = at
		}
		if n.Withdrawn != nil && n.Withdrawn.At.After(all.changed) {
			all.changed = n.Withdrawn.At
		}
		all.Rows = append(all.Rows, row)
	}
	slices.Reverse(all.Rows)
	return all, nil
}

// pinActs keeps what people did and the page shows, too, where the newest of it is newer than the figures.
func pinActs(shell *Shell, changed time.Time, asOf figures.Moment) {
	if asOf.Text == "" && shell.Pin != "" && changed.After(asOf.Stood.At) {
		shell.Pin = changed.UTC().Format(time.RFC3339Nano)
	}
}

func noteRow(n act.Note, names map[string]account.Person) (NoteRow, error) {
	row := NoteRow{ID: n.ID, Author: actorName(names, n.Author), Added: wording.Moment(n.Texts[0].At), URL: "/notes/" + n.ID}
	if p, err := catalog.ParsePeriod(n.Period); err == nil {
		row.Period = p.Words()
	}
	if len(n.Texts) > 1 {
		row.Edited = wording.Moment(n.Newest().At)
	}
	if w := n.Withdrawn; w != nil {
		row.Withdrawn = wording.Ended(w.At, actorName(names, w.By), w.Reason)
	}
	var err error
	row.Text, err = markdown(n.Newest().Text)
	return row, err
}

// NotePage is where a note is written, edited and withdrawn.
type NotePage struct {
	Form
	Measure, Place Link
	Note           NoteRow // without an id of a new one
	Earlier        []NoteVersion
	FormID         string
	Replaces       string // the act that the form was opened with
	Periods        []RoleChoice
	Typing         string // the text to edit
	CanEdit        bool
	MaxNote        int
	// Other is the text as somebody else left it meanwhile; empty where nobody did.
	Other template.HTML
}

// NoteVersion is an earlier text of a note.
type NoteVersion struct {
	At   string
	Text template.HTML
}

// NewNote composes the page on which a note is written.
func (c actPages) NewNote(m *catalog.Measure, place figures.Area, points []catalog.Period, id string, wrong []FieldError, typed map[string]string) NotePage {
	page := NotePage{Form: c.form("Add a note", wrong, typed), FormID: id, MaxNote: act.MaxNote}
	page.about(m, place)
	for _, p := range points {
		page.Periods = append(page.Periods, RoleChoice{Value: p.String(), Name: p.Words()})
	}
	page.Typing = typed["text"]
	return page
}

func (p *NotePage) about(m *catalog.Measure, place figures.Area) {
	p.Measure = Link{Text: m.Title, URL: cardURL(place.Code, m, figures.Moment{})}
	p.Place = Link{Text: place.Name, URL: footprintURL(place.Code, figures.Moment{})}
}

// EditNote composes the page on which a note is edited or withdrawn. Reader is who looks at it.
func (c actPages) EditNote(ctx context.Context, n act.Note, reader string, wrong []FieldError, typed map[string]string) (NotePage, error) {
	page := NotePage{Form: c.form("Note", wrong, typed), FormID: act.NewID(), MaxNote: act.MaxNote, CanEdit: n.Author == reader && n.Withdrawn == nil}
	m, ok := c.directory.Catalog.Measure(n.Measure)
	area, err := c.directory.FindArea(n.Scope.Code)
	if !ok || err != nil {
		return page, fmt.Errorf("measure %q of %q: %w", n.Measure, n.Scope.Code, figures.ErrNotFound)
	}
	page.about(m, area)
	names, err := c.acts.Names(ctx)
	if err != nil {
		return page, err
	}
	if page.Note, err = noteRow(n, names); err != nil {
		return page, err
	}
	for _, t := range slices.Backward(n.Texts[:len(n.Texts)-1]) {
		html, err := markdown(t.Text)
		if err != nil {
			return page, err
		}
		page.Earlier = append(page.Earlier, NoteVersion{wording.Moment(t.At), html})
	}
	page.Replaces, page.Typing = fmt.Sprint(n.Newest().Seq), n.Newest().Text
	if text, ok := typed["text"]; ok {
		page.Typing = text
		if typed["replaces"] != page.Replaces {
			page.Other = page.Note.Text
		}
	}
	return page, nil
}
