package pages

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"stpdash/internal/act"
	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/mapping"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

// ReturnsPage is where somebody chooses what to return, with what was returned for their places.
type ReturnsPage struct {
	Form
	Places, Periods, Measures []RoleChoice
	Returned                  []ReturnRow
}

// ReturnRow is a file that was returned.
type ReturnRow struct {
	URL, File, Place, By, At string
}

// How many periods of each kind one can choose from.
const quartersOffered, yearsOffered = 12, 5

// ReturnPeriods are those that one can return figures of, the latest first.
func ReturnPeriods(now time.Time) []catalog.Period {
	var all []catalog.Period
	for grain, n := range map[catalog.Grain]int{catalog.Quarter: quartersOffered, catalog.FinancialYear: yearsOffered} {
		for p := grain.LatestEnded(now); n > 0; n-- {
			all = append(all, p)
			p = p.Previous()
		}
	}
	slices.SortFunc(all, func(a, b catalog.Period) int {
		if a.Grain != b.Grain { // quarters first
			return map[bool]int{true: -1, false: 1}[a.Grain == catalog.Quarter]
		}
		return b.Start.Compare(a.Start)
	})
	return all
}

// Returns composes where somebody chooses what to return.
func (c returnPages) Returns(ctx context.Context, person string, wrong []FieldError, typed map[string]string) (ReturnsPage, error) {
	page := ReturnsPage{Form: c.form("Return figures", wrong, typed)}
	for _, p := range ReturnPeriods(c.moments.Now()) {
		page.Periods = append(page.Periods, RoleChoice{Value: p.String(), Name: wording.ReturnPeriod(p)})
	}
	for _, m := range c.directory.Catalog.Measures {
		if c.directory.Catalog.Returned(m) {
			page.Measures = append(page.Measures, RoleChoice{Value: m.ID, Name: m.Title})
		}
	}
	names, err := c.acts.Names(ctx)
	if err != nil {
		return page, err
	}
	return page, c.acts.Log.View(ctx, func(s *act.State) {
		own := s.PlacesOf(person, act.FiguresReturned, c.moments.Now())
		for _, code := range own {
			page.Places = append(page.Places, RoleChoice{Value: code, Name: c.placeOf(act.Footprint(code))})
		}
		for _, r := range s.Returns(func(place act.Scope) bool { return slices.Contains(own, place.Code) }) {
			page.Returned = append(page.Returned, ReturnRow{
				"/returns/" + r.ID, r.File, c.placeOf(r.Scope), actorName(names, r.By), wording.Moment(r.At),
			})
		}
	})
}

// ReturnFormPage is where somebody types figures in, or takes a workbook to fill in.
type ReturnFormPage struct {
	Form
	Place, Period string
	Groups        []ReturnGroup
	Workbook, CSV string // addresses
	UploadURL     string
	MaxMegabytes  int
}

// ReturnGroup is a measure with the places that state it.
type ReturnGroup struct {
	ID, Title, Definition, From string
	HasDenominator              bool
	Rows                        []ReturnField
}

// ReturnField is a row to type into: its fields are named after its number.
type ReturnField struct {
	Number                                       int
	Organisation                                 string
	Numerator, Denominator, Note                 string
	NumeratorError, DenominatorError, OtherError string
}

// ReturnForm composes where somebody types figures in. Query is what the form is of, as it stands in the address.
func (c returnPages) ReturnForm(place figures.Area, templates []figures.Template, query []string, wrong []FieldError, typed map[string]string) ReturnFormPage {
	period := templates[0].Period
	page := ReturnFormPage{
		Form: c.form("Return figures", wrong, typed), Place: place.Name, Period: wording.ReturnPeriod(period),
		Workbook: address("/api/v1/templates", append([]string{"format", "xlsx"}, query...)...),
		CSV:      address("/api/v1/templates", append([]string{"format", "csv"}, query...)...), UploadURL: address("/returns/file", query...),
		MaxMegabytes: load.MaxReturn >> 20,
	}
	at := 0
	for _, t := range templates {
		group := ReturnGroup{
			ID: t.Measure.ID, Title: t.Measure.Title, Definition: t.Measure.Definition, From: t.Measure.ReturnedFrom, HasDenominator: t.Measure.Ratio(),
		}
		for _, r := range t.Rows {
			n := strconv.Itoa(at)
			group.Rows = append(group.Rows, ReturnField{
				at, r.Name, typed["n"+n], typed["d"+n], typed["t"+n], page.ErrorOf("n" + n), page.ErrorOf("d" + n), page.ErrorOf("t" + n),
			})
			at++
		}
		page.Groups = append(page.Groups, group)
	}
	return page
}

// TrialPage shows what a return would change, and is where it is confirmed.
type TrialPage struct {
	Form
	Place, File            string
	Fault                  string
	Rejections             []RejectionRow
	Rows                   []TrialRow
	Warnings               []QuestionRow
	Clean                  bool
	NeedsReason            bool
	Back, Confirm          string // addresses
	FormID, SHA256, Digest string
}

// TrialRow is a figure before and after.
type TrialRow struct {
	Measure, Organisation, Period string
	Before, After                 string
	Change                        string // in a word: "New", "Revised" or "The same"
	Where                         string
}

// Trial composes what a return would change.
func (c returnPages) Trial(
	place figures.Area, file string, t load.Trial, back, confirm, id string, wrong []FieldError, typed map[string]string,
) TrialPage {
	page := TrialPage{
		Form: c.form("Check your return", wrong, typed), Place: place.Name, File: file, Clean: t.Clean(),
		NeedsReason: t.Revises() || len(t.Questions) > 0, Back: back, Confirm: confirm, FormID: id, SHA256: t.SHA256, Digest: t.Digest(),
	}
	if t.Fault != nil {
		page.Fault = wording.Capital(t.Fault.Found) + "."
	}
	for _, r := range t.Rejections {
		page.Rejections = append(page.Rejections, rejectionRow(r))
	}
	for _, q := range t.Questions {
		page.Warnings = append(page.Warnings, c.questionRow(q))
	}
	for _, r := range t.Replacements {
		page.Rows = append(page.Rows, c.trialRow(r))
	}
	return page
}

func rejectionRow(r mapping.Rejection) RejectionRow {
	return RejectionRow{Rule: wording.Rule(r.Rule), Sheet: r.Sheet, Column: r.Column, Value: r.Value, Reason: r.Reason, Row: r.Row}
}

func (c returnPages) trialRow(r load.Replacement) TrialRow {
	m, _ := c.directory.Catalog.Measure(r.Measure) // no others are returned
	row := TrialRow{
		Measure: m.Title, Organisation: c.directory.NameOf(r.Organisation), Period: catalog.Period{Start: r.Period, Grain: m.Grain}.Words(),
		After: stated(m, r.Period, r.After), Before: wording.NothingStated, Change: wording.ReturnedNew, Where: fmt.Sprintf("row %d", r.Row),
	}
	if r.Sheet != "" {
		row.Where = r.Sheet + ", " + row.Where
	}
	if r.BeforeLoad != 0 {
		row.Before, row.Change = stated(m, r.Period, r.Before), wording.ReturnedSame
	}
	if r.Revises() {
		row.Change = wording.ReturnedRevised
	}
	return row
}

// stated writes a figure with the counts that it is made of.
func stated(m *catalog.Measure, period time.Time, s load.Stated) string {
	p := measure.NewPoint(
		m, measure.Value{Period: period, Numerator: s.Numerator, Denominator: s.Denominator, Organisations: 1}, measure.People{},
	)
	return wording.ReturnedFigure(m, p, s.Note)
}

// ReturnPage is the receipt of a return.
type ReturnPage struct {
	Form
	ID, Place, PlaceURL string
	File, SHA256        string
	By, At, Reason      string
	Act                 uint64
	State               string
	Load                Link // without a URL while there is none
	SignOffs            SignOffs
}

// Returned composes the receipt of a return. Load is the one that published it, of which the number is 0 while none has.
func (c returnPages) Returned(ctx context.Context, r act.Return, published load.Load) (ReturnPage, error) {
	page := ReturnPage{
		Form: c.form("Your return", nil, nil), ID: r.ID, Place: c.placeOf(r.Scope), PlaceURL: footprintURL(r.Scope.Code, figures.Moment{}), File: r.File,
		SHA256: r.SHA256, At: wording.Moment(r.At), Reason: r.Reason, Act: r.Seq, State: wording.ReturnWaits,
	}
	names, err := c.acts.Names(ctx)
	if err != nil {
		return page, err
	}
	page.By = actorName(names, r.By)
	if published.ID != 0 {
		page.State, page.Load = wording.ReturnState(published), Link{Text: fmt.Sprintf("load %d", published.ID), URL: loadURL(published.ID, figures.Moment{})}
	}
	now, ok := c.SignableReturn(r, published)
	page.SignOffs, err = c.signOffs(ctx, now, ok, figures.Moment{})
	return page, err
}

// revision says what a returned figure was before, who revised it and why; empty where it was not revised.
func (c *parts) revision(ctx context.Context, m *catalog.Measure, s figures.Area, p measure.Point, asOf figures.Moment) (string, error) {
	if c.acts.Log == nil || s.Footprint == nil || !c.directory.Catalog.Returned(m) || p.Load == 0 {
		return "", nil
	}
	with, err := c.loads.LoadOf(ctx, asOf, p)
	if err != nil {
		return "", err
	}
	before, ok, err := c.figures.Revised(ctx, m, s, p, with)
	if err != nil || !ok {
		return "", err
	}
	was, by, reason := wording.ReturnedFigure(m, before, ""), "", with.Accepted
	names, _, err := c.acts.read(ctx, nil, func(st *act.State) bool {
		r, ok := st.Return(with.ReturnID())
		by = r.By
		if r.Reason != "" {
			reason = r.Reason
		}
		return ok
	})
	if err != nil {
		return "", err
	}
	if names != nil {
		by = actorName(names, by)
	}
	return wording.Revised(was, with.At, by, reason), nil
}
