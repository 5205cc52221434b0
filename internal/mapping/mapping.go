// Package mapping reads the cells of publications as observations, by the sources of a catalog. It knows no store and no clock.
package mapping

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"stpdash/internal/catalog"
	"stpdash/internal/footprint"
	"stpdash/internal/publication"
)

// Mapper reads publications as observations, by the sources of a catalog.
type Mapper struct {
	catalog    *catalog.Catalog
	reference  *footprint.Reference
	names      map[string]string   // folded organisation name to code
	likeNames  map[string][]string // names without the legal form, to the codes that have it
	shortNames map[named][]string  // names without the words of their kind, to the codes that have it
	// footprintNames are short names of footprints, to their codes.
	footprintNames map[string][]string
	shares         []madeShare
}

// madeShare is a share that is made from other measures.
type madeShare struct {
	measure string
	terms   []catalog.Term
}

// NewMapper prepares a mapper.
func NewMapper(c *catalog.Catalog, r *footprint.Reference) *Mapper {
	m := &Mapper{
		catalog:        c,
		reference:      r,
		names:          map[string]string{},
		likeNames:      map[string][]string{},
		shortNames:     map[named][]string{},
		footprintNames: map[string][]string{},
	}
	for _, f := range r.Footprints() {
		m.footprintNames[shortName(f.Name)] = append(m.footprintNames[shortName(f.Name)], f.Code)
	}
	for _, o := range r.Organisations() {
		m.names[foldName(o.Name)] = o.Code
		m.likeNames[likeName(o.Name)] = append(m.likeNames[likeName(o.Name)], o.Code)
		short := named{o.Kind, shortName(o.Name)}
		m.shortNames[short] = append(m.shortNames[short], o.Code)
	}
	for _, measure := range c.Measures {
		if !measure.Observed() && measure.Derived == nil && measure.PartOfWhole() {
			m.shares = append(m.shares, madeShare{measure.ID, measure.Terms()})
		}
	}
	return m
}

// foldName makes names comparable that differ in case, punctuation or "&".
func foldName(name string) string {
	name = strings.ReplaceAll(strings.ToLower(name), "&", " and ")
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return r
		case r == '\'', r == '’', r == '.':
			return -1
		default:
			return ' '
		}
	}, name)
	return strings.TrimPrefix(strings.Join(strings.Fields(name), " "), "the ")
}

// Sink takes what a publication says, piece by piece.
type Sink interface {
	// Take takes some observations and rejections; the slices are used again after the call.
	Take(observations []Observation, rejections []Rejection) error
	// Restart forgets what was taken: the publication is read once more from its beginning.
	Restart() error
}

// Summary is what a publication says as a whole.
type Summary struct {
	Released        string // when the publisher released it, in the publisher's words
	Accepted        uint64 // observations that were not rejected
	Rejected        uint64 // rejections
	Reconciliations []Reconciliation
	Remarks         []Remark
	Unknown         []Unknown // the organisations of rejected rows whose codes are not known
	Doubts          []Doubt
}

// Reading is a publication of a source that was recognised, ready to be read.
type Reading struct {
	Source *catalog.Source

	mapper *Mapper
	file   string
	sha256 string
	tables []*table
	hidden []string // sheets that hold a table of the source and are not shown
	// stated twice are the figures that an earlier pass found in more than one row.
	twice map[key]bool
}

// Open finds the source whose tables a publication holds, the preferred one where it does. The error says why no declared source reads it.
func (m *Mapper) Open(p *publication.Publication, sha256, prefer string) (*Reading, error) {
	f, err := m.recognise(p, prefer)
	if f.source == nil {
		return nil, err
	}
	source := f.source
	r := &Reading{Source: source, mapper: m, file: p.Name, sha256: sha256, tables: f.tables, hidden: f.hidden}
	if err != nil {
		return r, err
	}
	for _, t := range f.tables {
		if err := t.bind(source, r.file); err != nil {
			return r, &FileError{ruleHeadings, err}
		}
		if err := t.readPlaces(placeReader{m, source}); err != nil {
			return r, &FileError{ruleHeadings, err}
		}
		if err := t.readPeriod(r.file); err != nil {
			return r, &FileError{rulePeriodStated, err}
		}
	}
	return r, nil
}

// Read hands what the publication says at a time to a sink: periods that have not ended by then are refused. A FileError says why the file as a whole is
// refused; single rows are rejected.
func (r *Reading) Read(sink Sink, at time.Time) (Summary, error) {
	for {
		pass := newPass(r, sink, at)
		summary, err := pass.read()
		if !errors.Is(err, errStatedTwice) {
			return summary, err
		}
		if len(pass.duplicates.found) > maxDuplicates {
			last := pass.duplicates.last
			return summary, &FileError{ruleWithinBounds, fmt.Errorf("more than %d figures are stated twice, %s of %s in %s among them",
				maxDuplicates, last.measure, last.organisation, last.period)}
		}
		r.twice = pass.duplicates.found
		if err := sink.Restart(); err != nil {
			return summary, err
		}
	}
}

var errStatedTwice = errors.New("figures are stated twice")

// recognise finds the source whose tables the file holds, the preferred one where it does.
func (m *Mapper) recognise(p *publication.Publication, prefer string) (found, error) {
	sources := slices.DeleteFunc(m.inOrder(prefer), func(s *catalog.Source) bool { return !s.Named(p.Name) })
	heads := make([]head, len(p.Sheets))
	room := maxHeadCells
	for i := 0; i < len(p.Sheets) && len(sources) > 0; i++ {
		var err error
		if heads[i], err = readHead(&p.Sheets[i], &room); err != nil {
			return found{}, err
		}
	}
	var nearest []near
	var best found
	for _, source := range sources {
		f := m.find(source, p, heads)
		switch {
		case f.loadable():
			if best.source == nil || f.asks() > best.asks() {
				best = f
			}
		case f.near.reason != "":
			nearest = append(nearest, f.near)
		}
		if best.source != nil && best.source.ID == prefer {
			break
		}
	}
	if best.source != nil {
		// Totals are compared with what was read before them.
		slices.SortStableFunc(best.tables, func(a, b *table) int { return rank(a) - rank(b) })
		return best, best.whole()
	}
	slices.SortStableFunc(nearest, func(a, b near) int { return a.lacking - b.lacking })
	reasons := []string{"no declared source has a sheet or file of these names"}
	for i, n := range nearest {
		reasons = append(reasons[:i], n.reason)
	}
	return found{}, &FileError{ruleRecognised, fmt.Errorf("no header row found that a declared source reads (%s)", strings.Join(reasons, "; "))}
}

// inOrder are the sources, the preferred one first.
func (m *Mapper) inOrder(prefer string) []*catalog.Source {
	sources := slices.Clone(m.catalog.Sources)
	slices.SortStableFunc(sources, func(a, b *catalog.Source) int {
		switch prefer {
		case a.ID:
			return -1
		case b.ID:
			return 1
		default:
			return 0
		}
	})
	return sources
}

// near is why a source does not read a file.
type near struct {
	reason  string
	lacking int // headings
}

// found are the tables of one source in a file.
type found struct {
	source *catalog.Source
	tables []*table
	near   near // the table that lacks the fewest headings
	// broken are the sheets that a declared table names, and that do not hold it.
	broken []string
	// hidden are the sheets that hold a declared table and that a reader of the publication does not see.
	hidden []string
}

func (m *Mapper) find(source *catalog.Source, p *publication.Publication, heads []head) found {
	f := found{source: source, near: near{lacking: 1 << 30}}
	for i := range p.Sheets {
		sheet, named, held := &p.Sheets[i], near{lacking: 1 << 30}, false
		for j := range source.Tables {
			declared := &source.Tables[j]
			if held && !declared.Also {
				continue
			}
			byName := len(declared.Sheets) > 0 && catalog.MatchAny(declared.Sheets, path.Base(sheet.Name))
			if len(declared.Sheets) > 0 && !byName {
				continue
			}
			t, missing := locate(declared, sheet, heads[i])
			lacks := near{fmt.Sprintf("source %s, %s: lacks %s", source.ID, declared.Name, strings.Join(missing, ", ")), len(missing)}
			if t != nil && sheet.Hidden { // a reader of the publication does not see it
				t, lacks = nil, near{fmt.Sprintf("source %s, %s: stands in sheet %q, which is hidden", source.ID, declared.Name, sheet.Name), 0}
				if !slices.Contains(f.hidden, sheet.Name) {
					f.hidden = append(f.hidden, sheet.Name)
				}
			}
			if t != nil {
				f.tables, held = append(f.tables, t), true
				continue
			}
			if !declared.Reconcile && lacks.lacking < f.near.lacking {
				f.near = lacks
			}
			if byName && lacks.lacking < named.lacking {
				named = lacks
			}
		}
		if !held && named.reason != "" {
			f.broken = append(f.broken, fmt.Sprintf("sheet %q: %s", sheet.Name, named.reason))
		}
	}
	return f
}

func (f found) loadable() bool {
	return slices.ContainsFunc(f.tables, func(t *table) bool { return !t.declared.Reconcile })
}

// asks is how many headings the source demands that the file has: of several sources whose tables a file holds, the one that demands the
// most knows it best.
func (f found) asks() int {
	most := 0
	for _, t := range f.tables {
		if !t.declared.Reconcile {
			most = max(most, len(t.declared.Header))
		}
	}
	return most
}

// whole refuses a file of which a part could not be read, rather than to drop it without a word.
func (f found) whole() error {
	problems := f.broken
	for i := range f.source.Tables {
		declared := &f.source.Tables[i]
		if declared.Required && !slices.ContainsFunc(f.tables, func(t *table) bool { return t.declared == declared }) {
			problems = append(problems, fmt.Sprintf("the table %s is not there", declared.Name))
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return &FileError{ruleHeadings, errors.New(strings.Join(problems, "; "))}
}

func rank(t *table) int {
	if t.declared.Reconcile {
		return 1
	}
	return 0
}
