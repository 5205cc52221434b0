package tables

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/spreadsheet"
)

// Package is all figures as they stood at a moment, with what describes them, as one archive: a data package as Frictionless specifies it. The
// same figures, definitions and program give the same bytes.
type Package struct {
	Figures *figures.Figures
	Loads   *figures.Loads
	AsOf    figures.Moment // named, so that the definitions are those of the moment
	Stood   figures.AsOf   // when the figures last changed, and the newest load
	Version string         // of this program
}

// The licence of all that is published here.
const (
	licenceID    = "OGL-UK-3.0"
	licenceTitle = "Open Government Licence v3.0"
	licenceURL   = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
)

// descriptor is datapackage.json.
type descriptor struct {
	Profile     string     `json:"profile"`
	Name        string     `json:"name"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Version     string     `json:"version"` // the number of the load
	Created     time.Time  `json:"created"` // when the figures last changed
	MadeBy      string     `json:"made_by"`
	Licences    []licence  `json:"licenses"`
	Sources     []source   `json:"sources"`
	Resources   []resource `json:"resources"`
}

type licence struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Path  string `json:"path"`
}

type source struct {
	Title       string `json:"title"`
	Path        string `json:"path,omitempty"`
	Publisher   string `json:"publisher"`
	Licence     string `json:"licence,omitempty"`
	Attribution string `json:"attribution,omitempty"`
}

// resource is one table.
type resource struct {
	Profile     string      `json:"profile"`
	Name        string      `json:"name"`
	Path        string      `json:"path"`
	Title       string      `json:"title"`
	Format      string      `json:"format"`
	MediaType   string      `json:"mediatype"`
	Encoding    string      `json:"encoding"`
	Bytes       int64       `json:"bytes"`
	Hash        string      `json:"hash"`
	Rows        int         `json:"rows"`
	TableSchema tableSchema `json:"schema"`
}

type tableSchema struct {
	Fields        []field      `json:"fields"`
	MissingValues []string     `json:"missingValues"`
	PrimaryKey    []string     `json:"primaryKey"`
	ForeignKeys   []foreignKey `json:"foreignKeys,omitempty"`
}

type field struct {
	Name        string       `json:"name"`
	Type        string       `json:"type"`
	Description string       `json:"description"`
	Constraints *constraints `json:"constraints,omitempty"`
}

type constraints struct {
	Required bool `json:"required"`
}

type foreignKey struct {
	Fields    string    `json:"fields"`
	Reference reference `json:"reference"`
}

type reference struct {
	Resource string `json:"resource"`
	Fields   string `json:"fields"`
}

// part is a table of a package.
type part struct {
	name, title string
	fields      []field
	key         []string
	refers      []foreignKey
	write       func(add func(cells []any) error) error // the rows below the headings
}

// WriteZip writes the archive. It keeps no table in memory.
func (p Package) WriteZip(ctx context.Context, w io.Writer) error {
	loads, err := p.Loads.ListLoads(ctx, p.AsOf, figures.MaxLoads, 0)
	if err != nil {
		return err
	}
	table, err := p.Figures.FindTable(ctx, p.AsOf, figures.TableFilter{})
	if err != nil {
		return err
	}
	d := p.descriptor()
	archive := zip.NewWriter(w)
	archive.RegisterCompressor(
		zip.Deflate,
		func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.DefaultCompression) },
	) // half the time of Go's own
	for _, one := range []part{
		p.figures(ctx, table.Of(figures.AreaLevels), "figures", "Figures of England, the regions, the footprints and the organisations in no single footprint"),
		p.figures(ctx, table.Of(figures.OrganisationLevels), "organisation_figures", "Figures of commissioners, councils and providers"),
		measuresPart(table.Measures), p.places(), p.sources(), loadsPart(loads),
	} {
		r, err := p.add(archive, one)
		if err != nil {
			return fmt.Errorf("%s.csv: %w", one.name, err)
		}
		d.Resources = append(d.Resources, r)
	}
	about, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return err
	}
	for _, file := range []struct{ name, content string }{{"datapackage.json", string(about) + "\n"}, {"README.md", p.readMe(d)}} {
		entry, err := p.entry(archive, file.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(entry, file.content); err != nil {
			return err
		}
	}
	return archive.Close()
}

func (p Package) entry(archive *zip.Writer, name string) (io.Writer, error) {
	return archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.Stood.At.UTC()})
}

func (p Package) descriptor() descriptor {
	d := descriptor{
		Profile: "tabular-data-package",
		Name:    "stp-figures",
		Title:   "Figures of the 44 STP footprints of England",
		Description: "Activity and spend of the 44 Sustainability and Transformation Plan footprints of the NHS in England, and of their organisations, as they stood on " + p.words() +
			". An empty cell is a figure that is missing, never 0.",
		Version:  fmt.Sprint(p.Stood.Load),
		Created:  p.Stood.At.UTC(),
		MadeBy:   "stpd " + p.Version,
		Licences: []licence{{licenceID, licenceTitle, licenceURL}},
	}
	for _, s := range p.Figures.Directory().Catalog.Sources {
		d.Sources = append(d.Sources, source{s.Title, s.URL, s.Publisher, s.Licence, s.Attribution})
	}
	return d
}

func (p Package) words() string {
	return fmt.Sprintf("%s (load %d)", p.Stood.At.In(figures.London).Format("2 January 2006 at 15:04:05"), p.Stood.Load)
}

// add writes a table into the archive.
func (p Package) add(archive *zip.Writer, one part) (resource, error) {
	r := resource{
		Profile: "tabular-data-resource", Name: one.name, Path: one.name + ".csv", Title: one.title, Format: "csv", MediaType: "text/csv", Encoding: "utf-8",
		TableSchema: tableSchema{one.fields, []string{""}, one.key, one.refers},
	}
	entry, err := p.entry(archive, r.Path)
	if err != nil {
		return r, err
	}
	sum := sha256.New()
	out := spreadsheet.NewCSV(io.MultiWriter(entry, sum, (*counted)(&r.Bytes)))
	var headings []any
	for _, f := range one.fields {
		headings = append(headings, f.Name)
	}
	if err := out.Write(headings); err != nil {
		return r, err
	}
	if err := one.write(func(cells []any) error { r.Rows++; return out.Write(cells) }); err != nil {
		return r, err
	}
	err = out.Close()
	r.Hash = "sha256:" + hex.EncodeToString(sum.Sum(nil))
	return r, err
}

// counted counts bytes.
type counted int64

// Write implements io.Writer.
func (c *counted) Write(p []byte) (int, error) { *c += counted(len(p)); return len(p), nil }

func (p Package) figures(ctx context.Context, table figures.Table, name, title string) part {
	one := part{name: name, title: title, key: []string{"measure", "place", "period"}, refers: []foreignKey{
		{"measure", reference{"measures", "id"}}, {"place", reference{"places", "code"}}, {"load_id", reference{"loads", "load_id"}},
	}}
	for _, c := range Columns {
		f := field{
			Name:        c.Name,
			Type:        map[Kind]string{Text: "string", Whole: "integer", Flag: "boolean", Day: "date", Decimal: "number"}[c.Kind],
			Description: c.Description,
		}
		if !c.Optional {
			f.Constraints = &constraints{true}
		}
		one.fields = append(one.fields, f)
	}
	one.write = func(add func([]any) error) error {
		cells := make([]any, len(Columns))
		return p.Figures.Each(ctx, table, func(row figures.TableRow) error { return add(textCells(cells, &row)) })
	}
	return one
}

// described are fields that hold text, but for those named whole numbers.
func described(numbers []string, pairs ...string) []field {
	var fields []field
	for i := 0; i < len(pairs); i += 2 {
		f := field{Name: pairs[i], Type: "string", Description: pairs[i+1]}
		if slices.Contains(numbers, f.Name) {
			f.Type = "integer"
		}
		if i == 0 {
			f.Constraints = &constraints{true} // the key
		}
		fields = append(fields, f)
	}
	return fields
}

func measuresPart(measures []*catalog.Measure) part {
	return part{name: "measures", title: "The measures, as they were defined", key: []string{"id"}, fields: described(
		[]string{"per"},
		"id",
		"Id of the measure",
		"title",
		"Title",
		"theme",
		"What it is about",
		"definition",
		"What is counted",
		"unit",
		"number, share (from 0 to 1), gbp or rate",
		"per",
		"How many of the denominator a rate is stated for",
		"direction",
		"Which way is improvement: up, down or neutral",
		"grain",
		"The length of a period",
		"stated_by",
		"What kind of place states it",
		"over_time",
		"How the figures of several periods make one",
		"numerator",
		"Of a measure made of others, in words",
		"denominator",
		"The same",
		"derived",
		"What a derived measure is worked out from, and how",
		"caveats",
		"What a reader must know",
		"breaks",
		"Periods from which on something else is counted",
		"sources",
		"Ids of the sources that state it",
		"returned_from",
		"Of a measure that nobody publishes: what a local return is made from, and who holds it",
		"definition_hash",
		"The version of the definition",
	), write: func(add func([]any) error) error {
		for _, m := range measures {
			var per, numerator, denominator, derived any
			if m.Per > 0 {
				per = m.Per
			}
			if m.Numerator != nil {
				numerator = m.Numerator.Description
			}
			if m.Denominator != nil {
				denominator = m.Denominator.Description
			}
			if m.Derived != nil {
				derived = m.Derived.Of + " by " + string(m.Derived.By)
			}
			var breaks []string
			for _, b := range m.Breaks {
				breaks = append(breaks, b.From+": "+b.Note)
			}
			overTime := m.OverTime
			if overTime == "" {
				overTime = catalog.Summed
			}
			if err := add([]any{
				m.ID, m.Title, m.Theme, m.Definition, string(m.Unit), per, string(m.Direction), string(m.Grain), m.Level, string(overTime), numerator, denominator, derived,
				strings.Join(m.Caveats, " "), strings.Join(breaks, "; "), strings.Join(m.Sources, " "), m.ReturnedFrom,
				m.Hash(),
			}); err != nil {
				return err
			}
		}
		return nil
	}}
}

func (p Package) places() part {
	return part{name: "places", title: "The places: areas and organisations", key: []string{"code"}, fields: described(
		nil,
		"code",
		"Code, as the figures have it",
		"name",
		"Name",
		"level",
		"What the place is: "+figures.LevelWords(),
		"also",
		"A second kind that an organisation is of",
		"region",
		"Slug of the region of a footprint",
		"code_2016",
		"ONS code of 2016 of a footprint",
		"ods_code",
		"ODS code of a footprint",
		"footprints",
		"Of an organisation: the footprints that it belongs or belonged to, each with its share, and from and until where it did not always",
	), write: func(add func([]any) error) error {
		for _, place := range p.Figures.TablePlaces() {
			row := []any{place.Code, place.Name, string(place.Level), nil, nil, nil, nil, nil}
			if f := place.Footprint; f != nil {
				row[4], row[5], row[6] = f.Region.Slug(), f.Code2016, f.ODSCode
			}
			if o := place.Organisation; o != nil {
				row[3], row[7] = some(string(o.Also)), some(p.memberships(o.Code))
			}
			if err := add(row); err != nil {
				return err
			}
		}
		return nil
	}}
}

func (p Package) memberships(organisation string) string {
	var all []string
	for _, m := range p.Figures.Directory().Reference.MembershipsOf(organisation) {
		text := m.Footprint + " " + m.Share.String()
		if !m.From.IsZero() {
			text += " from " + day(m.From)
		}
		if !m.To.IsZero() {
			text += " until " + day(m.To)
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

func (p Package) sources() part {
	return part{name: "sources", title: "The sources, with what their publishers want said", key: []string{"id"}, fields: described(
		nil,
		"id",
		"Id of the source",
		"title",
		"What the publication is called",
		"publisher",
		"Who releases it",
		"url",
		"Where readers find it",
		"licence",
		"What others may do with it",
		"attribution",
		"What the licence wants said beside the figures",
	), write: func(add func([]any) error) error {
		for _, s := range p.Figures.Directory().Catalog.Sources {
			if err := add([]any{s.ID, s.Title, s.Publisher, s.URL, s.Licence, s.Attribution}); err != nil {
				return err
			}
		}
		return nil
	}}
}

func loadsPart(loads []load.Load) part {
	return part{
		name:  "loads",
		title: "The loads that the figures came with",
		key:   []string{"load_id"},
		fields: described(
			[]string{"load_id", "observations", "rejections"},
			"load_id",
			"Number of the load",
			"source",
			"Id of the source",
			"file",
			"Name of the file",
			"sha256",
			"SHA-256 of the file",
			"state",
			"What became of it by the moment of the package",
			"at",
			"When",
			"observations",
			"Figures that were read",
			"rejections",
			"Rows that were not accepted",
		),
		write: func(add func([]any) error) error {
			for _, l := range slices.Backward(loads) {
				if err := add([]any{l.ID, l.Source, l.File, l.SHA256, string(l.State), l.At.UTC(), l.Observations, l.Rejections}); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// readMe says what is in the package to those who open it by hand.
func (p Package) readMe(d descriptor) string {
	var text strings.Builder
	fmt.Fprintf(&text, "# %s\n\nAll figures as they stood on %s. Made by stpd %s.\n\n", d.Title, p.words(), p.Version)
	text.WriteString("| table | rows | what |\n|---|---|---|\n")
	for _, r := range d.Resources {
		fmt.Fprintf(&text, "| `%s` | %d | %s |\n", r.Path, r.Rows, r.Title)
	}
	fmt.Fprintf(&text, "\n`datapackage.json` describes every column, and has the SHA-256 of each table. An empty cell is a figure that is missing, never 0.\n"+
		"A partial figure is that of the organisations that reported, never the place's. An estimate counts a share of an organisation that lies in several footprints.\n\n"+
		"The same figures: `/downloads/figures.zip?as_of=%s`.\n\n## Licence and attribution\n\n%s (%s).\n\n", url.QueryEscape(p.AsOf.Pin), licenceTitle, licenceURL)
	for _, s := range d.Sources {
		fmt.Fprintf(&text, "- %s, %s. %s\n", s.Title, s.Publisher, s.Attribution)
	}
	return text.String()
}
