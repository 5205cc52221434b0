package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
)

// areaParameter is how an address names an area.
func areaParameter(s figures.Area) string {
	if s.Organisation != nil {
		return "org"
	}
	return "footprint"
}

// mostCells is how many cells a page lists; the downloads have all of them.
const mostCells = 400

// ProvenancePage composes the page of a trace.
func (c *Composer) ProvenancePage(ctx context.Context, t figures.Trace, asOf figures.Moment) (ProvenancePage, error) {
	m, p := t.Measure, t.Point
	page := ProvenancePage{
		Shell: c.shell(fmt.Sprintf("Where the figure comes from: %s, %s", m.Title, t.Scope.Name), "footprints", asOf,
			"measure", m.ID, areaParameter(t.Scope), t.Scope.Code, "period", p.Period.String()),
		Measure:   Link{Text: m.Title, URL: address("/", "measure", m.ID, "as_of", asOf.Text)},
		Footprint: Link{Text: t.Scope.Name, URL: footprintURL(t.Scope.Code, asOf) + "#" + m.ID},
		Period:    p.Period.Words(), Value: c.figure(m, asNumber, p, t.Scope.Code, asOf),
		Formula: formula(m, p), About: c.about(m, asOf),
		Downloads: downloads("/api/v1/provenance", "measure", m.ID, areaParameter(t.Scope), t.Scope.Code, "period", p.Period.String(), "as_of", asOf.Text),
	}
	page.Value.ProvenanceURL = ""
	for _, part := range t.Parts {
		base := m.Base()
		page.Parts = append(page.Parts, Part{base.Title, part.Period.Words(), c.figure(base, asNumber, part, t.Scope.Code, asOf)})
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
		if file := (PublishedFile{cell.File, cell.SHA256, cell.Released, filesAreWords[is]}); !slices.Contains(page.Files, file) {
			page.Files = append(page.Files, file)
		}
		if why := lackingWords(cell); why != "" {
			page.Missing = append(page.Missing, fmt.Sprintf("%s, %s: %s", c.directory.OrganisationName(cell.Organisation), c.componentTitle(cell.Component), why))
		}
		if i < mostCells {
			page.Cells = append(page.Cells, c.cell(cell))
		}
	}
	made := "The figure is made from"
	if page.Value.Missing {
		made = "The figure would be made from"
	}
	page.Sentence = fmt.Sprintf("%s %s of %s, %s %s.", made,
		plural(len(t.Cells), "cell", "cells"), plural(len(organisations), "organisation", "organisations"), map[bool]string{true: "published in", false: "read from"}[page.Originals], plural(len(page.Files), "file", "files"))
	if len(t.Cells) > mostCells {
		page.Sentence += fmt.Sprintf(" The first %d are listed here; the downloads have all of them.", mostCells)
	}
	if t.Scope.Code == footprint.Unallocated {
		page.Sentence += " These organisations belong to no single footprint, or it is not known to which."
	}
	return page, nil
}

// byOrganisation adds what each organisation had of a footprint's figure, the largest first.
func (c *Composer) byOrganisation(ctx context.Context, page *ProvenancePage, t figures.Trace, asOf figures.Moment) error {
	m := t.Measure
	if t.Scope.Footprint == nil || m.Base() != nil {
		return nil
	}
	points := map[string]measure.Point{}
	for _, cell := range t.Cells {
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
	page.HasParts = m.Ratio()
	amount := func(p measure.Point) decimal.Decimal {
		if page.HasParts {
			return p.Denominator.Decimal
		}
		return p.Numerator.Decimal
	}
	codes := slices.SortedFunc(maps.Keys(points), func(a, b string) int {
		return cmp.Or(amount(points[b]).Cmp(amount(points[a])), cmp.Compare(a, b))
	})
	for _, code := range codes {
		p := points[code]
		row := OrganisationRow{Name: c.directory.OrganisationName(code), Code: code, Value: c.figure(m, asNumber, p, code, asOf)}
		row.Value.ProvenanceURL = address("/provenance", "measure", m.ID, "org", code, "period", p.Period.String(), "as_of", asOf.Text)
		if p.Numerator.Valid && p.Denominator.Valid {
			row.Numerator, row.Denominator = count(p.Numerator.Decimal), count(p.Denominator.Decimal)
		}
		if whole := amount(t.Point); whole.IsPositive() && !amount(p).IsNegative() {
			row.Part = amount(p).Mul(hundred).DivRound(whole, 1).StringFixed(1) + "%"
		}
		page.Organisations = append(page.Organisations, row)
	}
	return nil
}

// filesAreWords say what a file is to what its publisher released.
var filesAreWords = map[catalog.FilesAre]string{
	catalog.Originals: "As its publisher released it", catalog.SavedAgain: "The publisher's cells, saved again by others",
	catalog.Compilations: "Compiled by others from what the publisher released", "": "Not stated",
}

const statusReported = "reported"

func (c *Composer) componentTitle(id string) string {
	if m, ok := c.directory.Catalog.Measure(id); ok {
		return m.Title
	}
	return id
}

func (c *Composer) cell(w figures.Cell) Cell {
	cell := Cell{
		Component: c.componentTitle(w.Component), OrganisationCode: w.Organisation, OrganisationName: c.directory.NameOf(w.Organisation),
		Raw: w.Raw, Value: "not reported", File: w.File, Sheet: w.Sheet, Row: w.Row, Column: w.Column,
		LoadID: w.Load, LoadURL: loadURL(w.Load), LoadedWords: Moment(w.LoadedAt), DefinitionHash: w.Definition,
	}
	switch w.Status {
	case statusReported:
		cell.Value = count(w.Numerator.Decimal)
		if m, ok := c.directory.Catalog.Measure(w.Component); ok && m.Unit == catalog.GBP {
			cell.Value = pounds(w.Numerator.Decimal)
		} else if w.Denominator.Valid {
			cell.Value += " of " + count(w.Denominator.Decimal)
		}
	case "rejected":
		cell.Value = "rejected"
	}
	if w.ViaFile != "" {
		cell.Via = fmt.Sprintf("%s, row %d", w.ViaFile, w.ViaRow)
	}
	return cell
}

// formula writes how the figure is made, with its own numbers.
func formula(m *catalog.Measure, p measure.Point) string {
	describe := func(sum *catalog.Sum) string {
		if sum == nil {
			return m.Title
		}
		return sum.Description
	}
	amount := func(n decimal.NullDecimal) string {
		if !n.Valid {
			return "not known, as an organisation did not report"
		}
		if m.Unit == catalog.GBP {
			return pounds(n.Decimal)
		}
		return count(n.Decimal)
	}
	text := fmt.Sprintf("%s: %s", describe(m.Numerator), amount(p.Numerator))
	if base := m.Base(); base != nil {
		return fmt.Sprintf("%s: %s.", base.Title, m.Derived.By.Words())
	}
	if !m.Ratio() {
		return text
	}
	denominator := "Denominator"
	if m.Denominator != nil {
		denominator = describe(m.Denominator)
	}
	text = strings.Join([]string{text, fmt.Sprintf("%s: %s", denominator, amount(p.Denominator))}, "; divided by ")
	if m.Unit == catalog.Rate {
		text += "; " + per(m)
	}
	return text
}
