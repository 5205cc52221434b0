package audit

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

// What a place is to the test.
const (
	roleClaimed = "claimed"
	roleDonor   = "compared with"
	roleOther   = "not compared with"
)

// read are the figures that the test read, those of the claim's measure first.
func (m *material) read() []claim.Figures {
	return slices.Concat([]claim.Figures{m.Data.Figures}, m.Data.Others, []claim.Figures{m.Registered})
}

// figures are those that the test read, with their headings.
func (m *material) figures() [][]any {
	rows := [][]any{{
		"measure", "place", "name", "role", "period", "numerator", "denominator", "value", "people", "people_period", "complete", "missing", "estimate", "shared",
		"load_id", "note",
	}}
	for i, f := range m.read() {
		before := len(rows)
		add := func(code, name string, points []measure.Point) {
			for _, p := range points {
				role := ""
				if i == 0 {
					role = m.role(code)
				}
				var people, peoplePeriod any
				if p.Divisor != nil {
					people, peoplePeriod = decimal.NewNullDecimal(p.Divisor.People), p.Divisor.Period.String()
				}
				rows = append(rows, []any{
					f.Measure.ID, code, name, role, p.Period.String(), p.Numerator, p.Denominator, p.Value, people, peoplePeriod, p.Complete,
					strings.Join(p.Missing, " "), p.Estimate(), sharedOf(p.Shared), p.Load, string(p.NoValue),
				})
			}
		}
		add(footprint.England, "England", f.England)
		for _, place := range f.Footprints {
			add(place.Code, place.Name, place.Points)
		}
		if len(rows) == before {
			none := make([]any, len(rows[0]))
			none[0], none[len(none)-1] = f.Measure.ID, "no figures of it are loaded"
			rows = append(rows, none)
		}
	}
	return rows
}

// units are the figures of places smaller than footprints that the test read, with their headings: from them alone the estimate can be made again.
func (m *material) units() [][]any {
	rows := [][]any{{
		"measure", "place", "name", "codes", "footprint", "role", "start", "size", "period", "figure", "step_percent", "why_left_out",
	}}
	words := wording.ClaimsBy(figures.NewDirectory(m.Catalog, m.Reference))
	for _, u := range m.Units {
		why := ""
		if u.Because != nil {
			why = words.Reason(*u.Because)
		}
		rows = append(rows, []any{
			m.Tested.ID, u.Place, m.name(u.Place), strings.Join(u.Codes, " "), u.Cluster, string(u.Role), u.Start, wording.Number(evidence.Number(u.Size)), u.Period,
			wording.Number(u.Figure), wording.Number(u.Step), why,
		})
	}
	if len(m.Units) == 0 {
		none := make([]any, len(rows[0]))
		none[0], none[len(none)-1] = m.Claim.Measure, "the claim was not tested in places smaller than footprints"
		rows = append(rows, none)
	}
	return rows
}

// sharedOf names the organisations of which only a share counts, each with it.
func sharedOf(all []measure.Shared) string {
	var texts []string
	for _, s := range all {
		texts = append(texts, s.Organisation+" "+s.Share.String())
	}
	return strings.Join(texts, "; ")
}

func (m *material) role(code string) string {
	switch {
	case slices.Contains(m.places(), code):
		return roleClaimed
	case slices.Contains(m.Donors, code):
		return roleDonor
	default:
		return roleOther
	}
}

// period is that of a cell.
func (m *material) period(c figures.Cell) string {
	grain := m.Data.Measure.Grain
	if m.Tested != nil && slices.Contains(m.Tested.Components(), c.Component) {
		grain = m.Tested.Grain
	}
	if m.People != nil && slices.Contains(m.People.Components(), c.Component) {
		grain = m.People.Grain
	}
	return catalog.Period{Start: c.Period, Grain: grain}.String()
}

// cells are the published ones beneath the figures of the claim's measure in every place, and beneath the people that it divides by, with their headings.
func (m *material) cells() iter.Seq[[]any] {
	headings := []any{
		"component",
		"organisation",
		"organisation_name",
		"item",
		"period",
		"footprint",
		"membership",
		"share",
		"numerator",
		"denominator",
		"status",
		"note",
		"raw",
		"file",
		"sha256",
		"sheet",
		"row",
		"column",
		"published",
		"loaded_at",
		"load_id",
		"source",
		"source_definition_hash",
		"via_file",
		"via_row",
		"files_are",
	}
	row := func(c figures.Cell) []any {
		var viaRow any
		if c.ViaFile != "" {
			viaRow = c.ViaRow
		}
		return []any{
			c.Component,
			c.Organisation,
			m.name(c.Organisation),
			c.Item,
			m.period(c),
			c.Footprint,
			wording.Membership(c, m.Reference),
			decimal.NewNullDecimal(c.Share),
			c.Numerator,
			c.Denominator,
			c.Status,
			c.Note,
			c.Raw,
			c.File,
			c.SHA256,
			c.Sheet,
			c.Row,
			c.Column,
			c.Released,
			c.LoadedAt.UTC(),
			c.Load,
			c.Source,
			c.Definition,
			c.ViaFile,
			viaRow,
			string(m.Catalog.FilesBeneath(c.Component, c.Source, c.ViaFile != "")),
		}
	}
	return func(yield func([]any) bool) {
		more := yield(headings)
		for i := 0; more && i < len(m.Cells); i++ {
			more = yield(row(m.Cells[i]))
		}
		if more && len(m.Cells) == 0 {
			none := make([]any, len(headings))
			none[0], none[11] = m.Claim.Measure, "no cells: no figures of "+m.Claim.Measure+" are loaded"
			yield(none)
		}
	}
}

// name is that of a place or an organisation, empty where it is not known.
func (m *material) name(code string) string {
	if code == footprint.England {
		return "England"
	}
	if f, ok := m.Reference.Footprint(code); ok {
		return f.Name
	}
	o, _ := m.Reference.Organisation(code)
	return o.Name
}

// file is one published file that cells come from.
type file struct {
	Source, Name, SHA256, Released string
	Are                            catalog.FilesAre // as their source declares
	ViaFile, LoadedAt, Definition  string
	Load                           uint64
	First, Last                    string // periods
	Cells                          int
}

// files are those of the cells, by their periods.
func (m *material) files() []file {
	var all []file
	at := map[file]int{}
	for _, c := range m.Cells {
		f := file{
			Source:     c.Source,
			Name:       c.File,
			SHA256:     c.SHA256,
			Released:   c.Released,
			Are:        m.Catalog.FilesBeneath(c.Component, c.Source, c.ViaFile != ""),
			ViaFile:    c.ViaFile,
			LoadedAt:   c.LoadedAt.UTC().Format(timeForm),
			Definition: c.Definition,
			Load:       c.Load,
		}
		i, known := at[f]
		period := m.period(c)
		if !known {
			i = len(all)
			at[f] = i
			f.First = period
			all = append(all, f)
		}
		all[i].Last = period // the cells of a file are in the order of time
		all[i].Cells++
	}
	slices.SortStableFunc(all, func(a, b file) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Load, b.Load))
	})
	return all
}

// measures are those whose figures the test read, and the people that they are divided by.
func (m *material) measures() []*catalog.Measure {
	var all []*catalog.Measure
	for _, f := range m.read() {
		all = append(all, f.Measure)
	}
	if m.People != nil {
		all = append(all, m.People)
	}
	return all
}

// sources are the publications that state those measures.
func (m *material) sources() []*catalog.Source {
	var all []*catalog.Source
	for _, read := range m.measures() {
		for _, id := range read.Sources {
			if s, ok := m.Catalog.Source(id); ok && !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}
