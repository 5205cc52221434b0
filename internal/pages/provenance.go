package pages

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

// ProvenancePage traces one figure to its published cells.
type ProvenancePage struct {
	Shell
	Measure   Link
	Footprint Link
	Period    string
	Value     Figure
	Sentence  string // how the figure is made from the cells, in words
	Formula   string // "over(A, B)" in the measure's own words
	Parts     []Part // the figures that it is worked out from: of a derived measure, and the people that it or its rate is divided by
	// Organisations are those of a footprint, each with its own figure; none where there is one alone.
	Organisations []OrganisationRow
	HasParts      bool // whether the rows of organisations have numerator and denominator
	Files         []PublishedFile
	Originals     bool // all of the files are as their publisher released them
	Cells         []Cell
	Missing       []string // organisations without a figure, in sentences
	About         About
	Downloads     Downloads
}

// OrganisationRow is what one organisation had of a footprint's figure.
type OrganisationRow struct {
	Name, Code, URL        string
	Value                  Figure
	Numerator, Denominator string // empty where not reported
	Part                   string // of the footprint's figure, or of its denominator; empty where not known
	Share                  string // of the organisation's figure that counts here; empty where all of it does
}

// PublishedFile is a file that states cells.
type PublishedFile struct {
	Name, SHA256 string
	Published    string // when, where its publisher states it
	Is           string // what it is to what its publisher released, in words
}

// Part is a figure that a derived one is worked out from.
type Part struct {
	Measure, Period string
	Value           Figure
}

// Cell is one published cell beneath a figure.
type Cell struct {
	Component        string // which part of the measure: "A&E attendances, type 1"
	OrganisationCode string
	OrganisationName string
	Raw              string // the text as published
	Value            string // as read, or why it does not count
	File             string
	Sheet            string
	Row              uint32
	Column           string
	LoadID           uint64
	LoadURL          string
	LoadedWords      string
	DefinitionHash   string
	// Via names the canonical file that carried the cell here, when it did not come straight from the publication.
	Via string
}

// maxCells is how many cells a page lists; the downloads have all of them.
const maxCells = 400

// Provenance composes the page of a trace.
func (c placePages) Provenance(ctx context.Context, t figures.Trace, asOf figures.Moment) (ProvenancePage, error) {
	m, p := t.Measure, t.Point
	page := ProvenancePage{
		Shell: c.shell(wording.TraceTitle(t), "footprints", asOf,
			"measure", m.ID, areaParameter(t.Area), t.Area.Code, "period", p.Period.String()),
		Measure:   Link{Text: m.Title, URL: address("/", "measure", m.ID, "as_of", asOf.Text)},
		Footprint: Link{Text: t.Area.Name, URL: measureOfAreaURL(t.Area, m, asOf)},
		Period:    p.Period.Words(), Value: c.figure(m, wording.AsNumber, p, t.Area.Code, asOf),
		Formula: wording.Formula(m, p), About: c.about(m, asOf),
		Downloads: downloads("/api/v1/provenance", "measure", m.ID, areaParameter(t.Area), t.Area.Code, "period", p.Period.String(), "as_of", asOf.Text),
	}
	page.Value.ProvenanceURL = ""
	for _, part := range t.Parts {
		base := m.Base()
		page.Parts = append(page.Parts, Part{base.Title, part.Period.Words(), c.figure(base, wording.AsNumber, part, t.Area.Code, asOf)})
	}
	if of := t.Counted; of != nil {
		page.Parts = append(page.Parts, Part{wording.Divides(m, of.Measure), of.Period.Words(), c.figure(of.Measure, wording.AsNumber, of.Point, t.Area.Code, asOf)})
	}
	if err := c.byOrganisation(ctx, &page, t, asOf); err != nil {
		return page, err
	}
	organisations := map[string]bool{}
	page.Originals = len(t.Cells) > 0
	for i, cell := range t.Cells {
		organisations[cell.Organisation] = true
		is := c.directory.Catalog.FilesBeneath(cell.Component, cell.Source, cell.ViaFile != "")
		page.Originals = page.Originals && is == catalog.Originals
		if file := (PublishedFile{cell.File, cell.SHA256, cell.Released, wording.FilesAre[is]}); !slices.Contains(page.Files, file) {
			page.Files = append(page.Files, file)
		}
		if why := wording.LackingOf(cell, c.directory.Reference); why != "" {
			page.Missing = append(page.Missing, c.directory.OrganisationName(cell.Organisation)+", "+c.componentTitle(cell.Component)+": "+why)
		}
		if i < maxCells {
			page.Cells = append(page.Cells, c.cell(cell, asOf))
		}
	}
	page.Sentence = wording.Trace(t, len(organisations), len(page.Files), min(maxCells, len(t.Cells)), page.Originals)
	return page, nil
}

// byOrganisation adds what each organisation had of a footprint's figure, the largest first.
func (c placePages) byOrganisation(ctx context.Context, page *ProvenancePage, t figures.Trace, asOf figures.Moment) error {
	m := t.Measure
	if t.Area.Footprint == nil || m.Base() != nil {
		return nil
	}
	points, shares := map[string]measure.Point{}, map[string]decimal.Decimal{}
	for _, cell := range t.Cells {
		shares[cell.Organisation] = cell.Share
		if _, known := points[cell.Organisation]; known || cell.Organisation == cell.Footprint {
			continue
		}
		of, err := c.figures.OrganisationSeries(ctx, asOf, m, cell.Organisation, figures.Range{From: t.Point.Period.Start, To: t.Point.Period.Start})
		if err != nil {
			return err
		}
		if len(of) > 0 {
			points[cell.Organisation] = of[0]
		}
	}
	if len(points) < 2 {
		return nil
	}
	page.HasParts = m.Counts() && !m.DividedByOwnPeriods() // of those the people are a figure of their own
	amount := func(p measure.Point) decimal.Decimal {
		if m.Ratio() && !m.DividedByOwnPeriods() {
			return p.Denominator.Decimal
		}
		return p.Numerator.Decimal
	}
	codes := slices.SortedFunc(maps.Keys(points), func(a, b string) int {
		return cmp.Or(amount(points[b]).Cmp(amount(points[a])), cmp.Compare(a, b))
	})
	for _, code := range codes {
		p := points[code]
		row := OrganisationRow{
			Name:  c.directory.OrganisationName(code),
			Code:  code,
			URL:   organisationURL(code, asOf),
			Value: c.figure(m, wording.AsNumber, p, code, asOf),
		}
		row.Value.ProvenanceURL = address("/provenance", "measure", m.ID, "org", code, "period", p.Period.String(), "as_of", asOf.Text)
		if p.Numerator.Valid && p.Denominator.Valid {
			row.Numerator, row.Denominator = wording.Count(p.Numerator.Decimal), wording.Count(p.Denominator.Decimal)
		}
		if share := shares[code]; share.IsPositive() && share.LessThan(wholeShare) {
			row.Share = wording.ShareOf(share)
		}
		if whole := amount(t.Point); whole.IsPositive() && !amount(p).IsNegative() {
			row.Part = amount(p).Mul(shares[code]).Mul(wording.Hundred).DivRound(whole, 1).StringFixed(1) + "%"
		}
		page.Organisations = append(page.Organisations, row)
	}
	return nil
}

func (c placePages) cell(w figures.Cell, asOf figures.Moment) Cell {
	cell := Cell{
		Component: c.componentTitle(w.Component), OrganisationCode: w.Organisation, OrganisationName: c.directory.NameOf(w.Organisation),
		Raw: w.Raw, File: w.File, Sheet: w.Sheet, Row: w.Row, Column: w.Column,
		LoadID: w.Load, LoadURL: loadURL(w.Load, asOf), LoadedWords: wording.Moment(w.LoadedAt), DefinitionHash: w.Definition,
	}
	m, known := c.directory.Catalog.Measure(w.Component)
	switch w.Status {
	case figures.Reported:
		cell.Value = wording.Count(w.Numerator.Decimal)
		if known && m.Unit == catalog.GBP {
			cell.Value = wording.Pounds(w.Numerator.Decimal)
		} else if known && m.WeightedBy != "" {
			cell.Value = wording.Value(
				m,
				w.Numerator.Decimal.Mul(decimal.NewFromInt(int64(max(m.Per, 1)))).DivRound(decimal.Max(w.Denominator.Decimal, decimal.New(1, -9)), 10),
			)
		} else if w.Denominator.Valid {
			cell.Value += " of " + wording.Count(w.Denominator.Decimal)
		}
	case figures.Rejected:
		cell.Value = "rejected"
	default:
		lack := figures.Unreported
		if known {
			lack = c.directory.MissingReasonOf(m, w.Organisation, w.Organisation, catalog.Period{Start: w.Period, Grain: m.Grain})
		}
		cell.Value = wording.MissingReasons[lack]
	}
	if w.ViaFile != "" {
		cell.Via = fmt.Sprintf("%s, row %d", w.ViaFile, w.ViaRow)
	}
	return cell
}
