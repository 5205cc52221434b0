package pages

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/pages/wording"
)

const figuresOnPage = 100

// Compare composes what differs between two moments; pages of figures count from one.
func (c dataPages) Compare(ctx context.Context, q figures.ChangesQuestion, page int, asOf figures.Moment) (ComparePage, error) {
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
		FromWords: wording.MomentHeading(from), ToWords: wording.MomentHeading(to), Changed: c.changedTable(changes.Counts, to),
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
		return address("/compare", "from", from.Text, "to", to.Text, "measure", q.Measure, "footprint", q.Footprint, "page", strconv.Itoa(page), "as_of", asOf.Text)
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
		row := ComparedVerdict{
			Title:  v.Title,
			Before: VerdictThen{URL: claimURL(v.After.Claim, from)},
			After:  VerdictThen{verdictTag(claim.Verdict(v.After.Verdict)), claimURL(v.After.Claim, to)},
			Why:    wording.RetestCauses(v.Causes),
		}
		if v.Before != nil {
			row.Before.Verdict = verdictTag(claim.Verdict(v.Before.Verdict))
		}
		row.Reason = wording.Sentence(wording.ClaimsBy(c.directory).KeptReason(v.After))
		p.Verdicts = append(p.Verdicts, row)
	}
	p.Finding = wording.CompareFinding(changes, verdicts)
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
	sum, first, offset := int(changes.Sum()), (page-1)*figuresOnPage/figures.MaxChanges*figures.MaxChanges, ""
	p.Downloaded = wording.Downloaded(first+1, min(first+figures.MaxChanges, sum), sum)
	if first > 0 {
		offset = strconv.Itoa(first)
	}
	p.Downloads = downloads("/api/v1/changes", "from", changes.From.Text, "to", changes.To.Text, "measure", q.Measure, "footprint", q.Footprint,
		"limit", strconv.Itoa(figures.MaxChanges), "offset", offset)
}

// pagesThen are the pages that a reader may want to hold beside each other.
func (c dataPages) pagesThen(q figures.ChangesQuestion, from, to figures.Moment) []PageThen {
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

// ChangedTable counts the figures that differ by measure and cause.
type ChangedTable struct {
	Causes []string // as headings
	Rows   []ChangedMeasure
	Total  string
}

// ChangedMeasure is how many figures of a measure differ, by the causes of the table.
type ChangedMeasure struct {
	Measure Link
	Figures []string
}

// RevisedRow is a figure that differs.
type RevisedRow struct {
	Cause          string
	Measure, Place Link
	Period         string
	Before, After  Figure
	Load           Link   // that made it so
	File           string // of the load
}

// ComparePage is what differs between two moments.
type ComparePage struct {
	Shell
	From, To               string // as given, or as they are without
	FromWords, ToWords     string
	ByMeasure, ByFootprint []Link
	Finding                string
	Changed                ChangedTable
	Figures                []RevisedRow // of one page
	Page                   string       // "Page 2 of 7"; empty where there is one
	Newer, Older           string       // addresses of the pages beside it; empty where there is none
	Verdicts               []ComparedVerdict
	Untested               string     // why there is no verdict of some claims to compare; else empty
	Pages                  []PageThen // pages at both moments
	Downloads              Downloads
	Downloaded             string // which figures they hold
}

// ComparedVerdict is a claim whose verdict differs.
type ComparedVerdict struct {
	Title         string
	Before, After VerdictThen
	Reason, Why   string
}

// VerdictThen is a verdict with the claim's page of the moment; without a colour there was none.
type VerdictThen struct {
	Verdict VerdictTag
	URL     string
}

// PageThen is a page as of two moments.
type PageThen struct{ Text, Before, After string }
