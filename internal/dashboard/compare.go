package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/register"
)

const figuresOnPage = 100

var causeWords = map[figures.Cause]string{
	figures.NewPeriod: "New", figures.Revision: "Revised", figures.Withdrawal: "Load taken back",
	figures.MembershipChange: "Other memberships", figures.DefinitionChange: "Other definition",
}

func decimalOf(n uint64) decimal.Decimal { return decimal.NewFromUint64(n) }

// changedTable counts by measure and cause, in the order of the catalog.
func (c *Composer) changedTable(counts []figures.ChangeCount, asOf figures.Moment) ChangedTable {
	var table ChangedTable
	var causes []figures.Cause
	var sum uint64
	of := map[string]map[figures.Cause]uint64{}
	for _, n := range counts {
		if !slices.Contains(causes, n.Cause) {
			causes = append(causes, n.Cause)
			table.Causes = append(table.Causes, causeWords[n.Cause])
		}
		if of[n.Measure] == nil {
			of[n.Measure] = map[figures.Cause]uint64{}
		}
		of[n.Measure][n.Cause] = n.Figures
		sum += n.Figures
	}
	for _, m := range c.directory.Catalog.Measures {
		if of[m.ID] == nil {
			continue
		}
		row := ChangedMeasure{Measure: Link{Text: m.Title, URL: measureURL(m, asOf)}}
		for _, cause := range causes {
			row.Figures = append(row.Figures, grouped(decimalOf(of[m.ID][cause]), 0))
		}
		table.Rows = append(table.Rows, row)
	}
	table.Total = grouped(decimalOf(sum), 0)
	return table
}

// revised writes a figure that differs.
func (c *Composer) revised(change figures.FigureChange, from, to figures.Moment) RevisedRow {
	m, _ := c.directory.Catalog.Measure(change.Measure) // found when the change was
	return RevisedRow{
		Cause: causeWords[change.Cause], Measure: Link{Text: m.Title, URL: measureURL(m, to)},
		Place: Link{Text: change.Scope.Name, URL: footprintURL(change.Scope.Code, to) + "#" + m.ID}, Period: change.Period.Words(),
		Before: c.stood(m, change, change.Before, from), After: c.stood(m, change, change.After, to),
		Load: Link{Text: fmt.Sprintf("load %d", change.Load), URL: address(loadURL(change.Load), "as_of", to.Text)}, File: change.File,
	}
}

// stood writes what a figure was at a moment.
func (c *Composer) stood(m *catalog.Measure, change figures.FigureChange, stand figures.Stand, asOf figures.Moment) Figure {
	if !stand.Exists || len(stand.Missing) > 0 {
		f := Figure{Text: "no figure", Missing: true}
		if stand.Exists {
			f.Text, f.ProvenanceURL = capital(Words(stand)), provenanceURL(m, change.Scope.Code, change.Period, asOf)
		}
		return f
	}
	p := measure.NewPoint(m, measure.Value{Period: change.Period.Start, Numerator: stand.Numerator, Denominator: stand.Denominator, Organisations: 1}, decimal.NullDecimal{})
	f := c.figure(m, asNumber, p, change.Scope.Code, asOf)
	f.Reason = Words(stand)
	if !m.Ratio() {
		f.Reason = ""
	}
	return f
}

// Compare composes what differs between two moments; pages of figures count from one.
func (c *Composer) Compare(ctx context.Context, q figures.ChangesQuestion, page int, asOf figures.Moment) (ComparePage, error) {
	if asOf.Text != "" && q.To != "" {
		to, err := c.moments.Moment(ctx, "to", q.To)
		if err == nil && to.After(asOf) {
			err = &figures.InputError{Parameter: "as_of", Value: asOf.Text, Accepted: "a moment not before to (" + q.To + ")"}
		}
		if err != nil {
			return ComparePage{}, err
		}
	}
	q.To = cmp.Or(q.To, asOf.Text)
	q.Limit, q.Offset = figuresOnPage, (page-1)*figuresOnPage
	changes, err := c.figures.Changes(ctx, q)
	if err != nil {
		return ComparePage{}, err
	}
	verdicts, err := c.register.VerdictChanges(ctx, changes)
	if err != nil {
		return ComparePage{}, err
	}
	from, to := changes.From, changes.To
	p := ComparePage{
		Shell: c.shell("Two moments compared", "", asOf, "from", q.From, "measure", q.Measure, "footprint", q.Footprint), From: from.Text, To: to.Text,
		FromWords: momentHeading(from), ToWords: momentHeading(to), Changed: c.changedTable(changes.Counts, to),
		ByMeasure:   []Link{{Text: "All measures", Current: q.Measure == ""}},
		ByFootprint: []Link{{Text: "All places", Current: q.Footprint == ""}},
	}
	if q.To != "" {
		p.Pin = "" // the address says both moments
	}
	for _, m := range c.directory.Catalog.Measures {
		if m.Derived == nil {
			p.ByMeasure = append(p.ByMeasure, Link{Text: m.Title, Value: m.ID, Current: m.ID == q.Measure})
		}
	}
	chosen, _ := c.directory.FindArea(q.Footprint)
	for _, s := range c.directory.Areas() {
		p.ByFootprint = append(p.ByFootprint, Link{Text: s.Name, Value: s.Code, Current: s.Code == chosen.Code})
	}
	pages := pagesOf(int(changes.Sum()), figuresOnPage)
	if page > pages {
		return p, tooFar(page, pages, "figures that differ")
	}
	at := func(page int) string {
		return address("/compare", "from", from.Text, "to", to.Text, "measure", q.Measure, "footprint", q.Footprint, "page", strconv.Itoa(page))
	}
	if pages > 1 {
		p.Page = fmt.Sprintf("Page %d of %d", page, pages)
	}
	if page > 1 {
		p.Newer = at(page - 1)
	}
	if page < pages {
		p.Older = at(page + 1)
	}
	for _, change := range changes.Figures {
		p.Figures = append(p.Figures, c.revised(change, from, to))
	}
	for _, v := range verdicts.Changed {
		row := ComparedVerdict{Title: v.Title, Before: VerdictThen{URL: claimURL(v.After.Claim, from)}, After: VerdictThen{verdictTag(claim.Verdict(v.After.Verdict)), claimURL(v.After.Claim, to)}, Why: causesInWords(v.Causes)}
		if v.Before != nil {
			row.Before.Verdict = verdictTag(claim.Verdict(v.Before.Verdict))
		}
		if v.After.Reason != "" {
			row.Reason = capital(v.After.Reason) + "."
		}
		p.Verdicts = append(p.Verdicts, row)
	}
	p.Finding = compareFinding(changes, verdicts)
	download(&p, q, changes, page)
	if verdicts.Untested > 0 {
		p.Untested = "Verdicts are kept from when the program first tested a claim with its present figures and definitions. What the register shows as of an earlier moment " +
			"is found from the figures of then by the rules of now, so it is nothing that was told then."
	}
	p.Pages = c.pagesThen(q, from, to)
	return p, nil
}

// download leads to the figures that differ, as many as one answer has: those around a page.
func download(p *ComparePage, q figures.ChangesQuestion, changes figures.Changes, page int) {
	sum, first, offset := int(changes.Sum()), (page-1)*figuresOnPage/figures.MostChanges*figures.MostChanges, ""
	p.Downloaded = "All figures that differ."
	if sum > figures.MostChanges {
		p.Downloaded = fmt.Sprintf("Figures %s to %s of the %s that differ. A later page of the table leads to those that follow.",
			grouped(decimalOf(uint64(first+1)), 0), grouped(decimalOf(uint64(min(first+figures.MostChanges, sum))), 0), grouped(decimalOf(uint64(sum)), 0))
	}
	if first > 0 {
		offset = strconv.Itoa(first)
	}
	p.Downloads = downloads("/api/v1/changes", "from", changes.From.Text, "to", changes.To.Text, "measure", q.Measure, "footprint", q.Footprint,
		"limit", strconv.Itoa(figures.MostChanges), "offset", offset)
}

func compareFinding(changes figures.Changes, verdicts register.VerdictChanges) string {
	figures := "No figure differs"
	if sum := changes.Sum(); sum > 0 {
		figures = grouped(decimalOf(sum), 0) + map[bool]string{true: " figure differs", false: " figures differ"}[sum == 1]
	}
	if n := len(verdicts.Changed); n > 0 {
		return figures + ", and " + plural(n, "verdict on a claim", "verdicts on claims")
	}
	if verdicts.Untested > 0 {
		return figures + "; of " + plural(verdicts.Untested, "claim", "claims") + " no verdict was kept by the later moment"
	}
	return figures + ", and no verdict on a claim"
}

// pagesThen are the pages that a reader may want to hold beside each other.
func (c *Composer) pagesThen(q figures.ChangesQuestion, from, to figures.Moment) []PageThen {
	var pages []PageThen
	add := func(text string, url func(figures.Moment) string) {
		pages = append(pages, PageThen{text, url(from), url(to)})
	}
	if m, ok := c.directory.Catalog.Measure(q.Measure); ok {
		add(m.Title, func(asOf figures.Moment) string { return measureURL(m, asOf) })
	}
	if s, err := c.directory.FindArea(q.Footprint); err == nil {
		add(s.Name, func(asOf figures.Moment) string { return footprintURL(s.Code, asOf) })
	}
	add("England", func(asOf figures.Moment) string { return address("/", "measure", q.Measure, "as_of", asOf.Text) })
	for _, r := range c.directory.Reference.Regions() {
		add(r.Name, func(asOf figures.Moment) string { return regionURL(r, asOf) })
	}
	add("Savings claims", func(asOf figures.Moment) string { return address("/claims", "as_of", asOf.Text) })
	add("Loads", func(asOf figures.Moment) string { return address("/loads", "as_of", asOf.Text) })
	return pages
}
