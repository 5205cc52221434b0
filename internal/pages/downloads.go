package pages

import (
	"context"
	"slices"
	"strconv"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/pages/wording"
	"stpdash/internal/tables"
)

// DownloadsPage is what analysts can take away.
type DownloadsPage struct {
	Shell
	Finding string
	Package Link // the data package of the figures shown; without an address where there are none
	// Packages are those of the loads, newest first; Older leads to more.
	Packages []LoadPackage
	Older    string
	Groups   []TableGroup // of the measures that have figures
	All      []TableLink  // of all measures in one table
	Columns  []TableColumn
	Levels   string
}

// LoadPackage is the data package of all figures as they stood after a load.
type LoadPackage struct {
	Load    Link
	Words   string // when the load was published
	File    string // that it loaded
	Package Link
}

// TableGroup is the measures of one theme.
type TableGroup struct {
	Name string
	Rows []MeasureTable
}

// MeasureTable is the table of one measure.
type MeasureTable struct {
	Measure  Link
	ID       string
	Latest   string // period
	StatedBy string // what kind of place
	Links    []TableLink
}

// TableLink is a table in one form.
type TableLink struct{ Format, URL string }

// TableColumn explains a column of the tables.
type TableColumn struct{ Name, Words string }

const packageURL = "/downloads/figures.zip"

// Downloads composes the page of what analysts can take away, with a page of the packages.
func (c dataPages) Downloads(ctx context.Context, asOf figures.Moment, page int) (DownloadsPage, error) {
	p := DownloadsPage{Shell: c.shell("Downloads", "data", asOf), All: tableLinks("", asOf), Levels: figures.LevelWords()}
	latest, err := c.loads.Latest(ctx, asOf)
	if err != nil {
		return p, err
	}
	known := 0
	for _, theme := range catalog.Themes {
		group := TableGroup{Name: wording.Capital(theme)}
		for _, m := range c.directory.Catalog.Measures {
			l, ok := latest[m.ID]
			if m.Theme != theme || !ok {
				continue
			}
			group.Rows = append(group.Rows, MeasureTable{
				Link{Text: m.Title, URL: measureURL(m, asOf)},
				m.ID,
				catalog.Period{Start: l.Period, Grain: m.Grain}.Words(), wording.StatedBy(m), tableLinks(m.ID, asOf),
			})
		}
		if known += len(group.Rows); len(group.Rows) > 0 {
			p.Groups = append(p.Groups, group)
		}
	}
	p.Finding = wording.Downloads(known, len(c.directory.Catalog.Measures))
	for _, column := range tables.Columns {
		p.Columns = append(p.Columns, TableColumn{column.Name, column.Description})
	}
	if known > 0 {
		p.Package = Link{Text: wording.PackageOf(asOf.Stood), URL: address(packageURL, "as_of", asOf.Text)}
	}
	return p, c.packages(ctx, &p, asOf, page)
}

// packages lists those of the loads.
func (c dataPages) packages(ctx context.Context, p *DownloadsPage, asOf figures.Moment, page int) error {
	all, err := c.loads.ListLoads(ctx, asOf, figures.MaxLoads, 0)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(slices.Clone(all), func(l load.Load) bool { return l.State != load.Published })
	if pages := pagesOf(len(all), loadsOnPage); page > pages {
		return tooFar(page, pages, "packages")
	}
	all = all[(page-1)*loadsOnPage:]
	if len(all) > loadsOnPage {
		all = all[:loadsOnPage]
		p.Older = address("/downloads", "page", strconv.Itoa(page+1), "as_of", asOf.Text) + "#packages"
	}
	for _, l := range all {
		of := strconv.FormatUint(l.ID, 10)
		p.Packages = append(p.Packages, LoadPackage{
			Link{Text: "Load " + of, URL: loadURL(l.ID, asOf)},
			wording.Moment(l.At), l.File,
			Link{Text: "stp-figures-" + of + ".zip", URL: address(packageURL, "as_of", of)},
		})
	}
	return nil
}

// tableLinks lead to the table of a measure, or of all, in its forms.
func tableLinks(measure string, asOf figures.Moment) []TableLink {
	var links []TableLink
	for _, f := range tables.Formats {
		links = append(links, TableLink{f.Words, address("/api/v1/figures", "measure", measure, "format", f.Name, "as_of", asOf.Text)})
	}
	return links
}
