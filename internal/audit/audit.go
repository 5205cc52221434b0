// Package audit writes the audit pack of a claim: the answer with every figure and every published cell that it rests on, and how it was
// reached, so that somebody who trusts none of it can check all of it. A pack is the same to the byte for the same figures, definitions
// and version.
package audit

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
	"stpdash/internal/pages/wording"
	"stpdash/internal/register"
	"stpdash/internal/spreadsheet"
)

// Pack is the audit pack of one claim: what its files are written from.
type Pack struct{ material *material }

// manifest says what is in a pack. It does not say when the pack was written, but when what it says became so: MadeAt is AsOf.At.
type manifest struct {
	Claim      string    `json:"claim"`
	Definition string    `json:"definition_hash"`
	Measure    string    `json:"measure"`
	MeasureOf  string    `json:"measure_hash"`
	Version    string    `json:"stpd"`
	AsOf       moment    `json:"as_of"`
	MadeAt     time.Time `json:"made_at"`
	Files      []entry   `json:"files"`
}

type moment struct {
	Load uint64    `json:"load_id"`
	At   time.Time `json:"at"`
}

type entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// material is what a pack is written from.
type material struct {
	Claim      *catalog.Claim
	Result     *wording.ClaimAnswer // with its words
	Data       claim.Data
	Registered claim.Figures    // patients, which tell how large a part of a place a scheme reached
	Donors     []string         // codes of the places compared with
	People     *catalog.Measure // whom the claim's measure divides by, where these have periods of their own; else nil
	Cells      []figures.Cell
	Tested     *catalog.Measure // by which it was tested in places smaller than footprints; nil where it was not
	Units      []claim.UnitRow  // every figure that such a test read
	Catalog    *catalog.Catalog
	Reference  *footprint.Reference
	AsOf       figures.AsOf
	Version    string
}

// New tests a claim and packs the answer with all that it rests on.
func New(ctx context.Context, f *figures.Figures, r *register.Register, asOf figures.Moment, tested *catalog.Claim) (*Pack, error) {
	m := &material{Claim: tested, Catalog: f.Directory().Catalog, Reference: f.Directory().Reference, Version: r.Version()}
	var err error
	if m.AsOf, err = f.Moments().StoodAt(ctx, asOf); err != nil {
		return nil, err
	}
	result, err := r.Test(ctx, asOf, tested)
	if err != nil {
		return nil, err
	}
	if m.Data, err = r.Data(ctx, asOf, tested); err != nil {
		return nil, err
	}
	m.Result = wording.ClaimsBy(f.Directory()).Answer(tested, m.Data.Measure, result)
	if m.Registered, err = r.Registered(ctx, asOf); err != nil {
		return nil, err
	}
	if m.Result.Model != nil {
		for _, place := range m.Data.Footprints {
			left := slices.ContainsFunc(m.Result.Design.LeftOut, func(l wording.LeftOutAnswer) bool { return l.Place == place.Code })
			if !left && !slices.Contains(tested.Places, place.Code) {
				m.Donors = append(m.Donors, place.Code)
			}
		}
	}
	// Those of England are those of all places, the left-out among them, and of the organisations in none.
	counted := []*catalog.Measure{m.Data.Measure.Stored()}
	if u := m.Result.Unit; u != nil && m.Result.Effect != nil {
		m.Tested = m.Data.Places.Measure(ctx, u.Measure)
		found, err := m.Data.Places.Follow(ctx, m.Tested, u.At, u.Followed[0], u.Followed[1])
		if err != nil {
			return nil, err
		}
		m.Units = u.Rows(found)
		if m.Tested.ID != counted[0].ID {
			counted = append(counted, m.Tested.Stored())
		}
	}
	if counted[0].DividedByOwnPeriods() {
		if m.People, err = f.MeasureAsOf(ctx, counted[0].People(), asOf); err != nil {
			return nil, err
		}
		counted = append(counted, m.People)
	}
	for _, of := range counted {
		cells, err := f.Cells(ctx, asOf, of, []string{footprint.England}, figures.Range{})
		if err != nil {
			return nil, err
		}
		if m.Cells == nil { // they are many, and mostly of one measure
			m.Cells = cells
		} else {
			m.Cells = append(m.Cells, cells...)
		}
	}
	return &Pack{m}, nil
}

// places are the codes of those that the claim is about.
func (m *material) places() []string {
	if m.Claim.OfEngland() {
		return []string{footprint.England}
	}
	return m.Claim.Places
}

// Write writes each file of the pack to what create gives for its name, one after the other, and tells how many bytes they have. No file
// is in memory whole. The manifest is the last, as it lists the others.
func (p *Pack) Write(create func(name string) (io.WriteCloser, error)) (bytes int64, err error) {
	m, r := p.material, p.material.Result
	listed := manifest{
		Claim: r.Claim, Definition: r.Definition, Measure: r.Measure, MeasureOf: r.MeasureOf, Version: m.Version,
		AsOf: moment{m.AsOf.Load, m.AsOf.At}, MadeAt: m.AsOf.At,
	}
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"cells.csv", func(w io.Writer) error { return spreadsheet.WriteCSV(w, m.cells()) }},
		{"claim.xlsx", func(w io.Writer) error { return spreadsheet.WriteXLSX(w, m.sheets()...) }},
		{"figures.csv", func(w io.Writer) error { return spreadsheet.WriteCSV(w, slices.Values(m.figures())) }},
		{"method.md", m.writeMethod},
		{"result.json", func(w io.Writer) error { return json.NewEncoder(w).Encode(m.Result) }},
		{"small_places.csv", func(w io.Writer) error { return spreadsheet.WriteCSV(w, slices.Values(m.units())) }},
		{"manifest.json", func(w io.Writer) error {
			lines := json.NewEncoder(w)
			lines.SetIndent("", "  ")
			return lines.Encode(listed)
		}},
	} {
		written := listing{sum: sha256.New()}
		if written.to, err = create(file.name); err != nil {
			return bytes, err
		}
		buffered := bufio.NewWriterSize(&written, writtenAtOnce)
		if err := errors.Join(file.write(buffered), buffered.Flush(), written.to.Close()); err != nil {
			return bytes, fmt.Errorf("%s: %w", file.name, err)
		}
		bytes += written.bytes
		listed.Files = append(listed.Files, entry{file.name, written.bytes, hex.EncodeToString(written.sum.Sum(nil))})
	}
	return bytes, nil
}

// writtenAtOnce is how many bytes of a file are gathered before they are written.
const writtenAtOnce = 64 << 10

// listing tells the size and the sum of what is written through it.
type listing struct {
	to    io.WriteCloser
	sum   hash.Hash
	bytes int64
}

// Write implements io.Writer.
func (l *listing) Write(content []byte) (int, error) {
	n, err := l.to.Write(content)
	l.sum.Write(content[:n])
	l.bytes += int64(n)
	return n, err
}

// WriteZip writes the pack as one zip archive.
func (p *Pack) WriteZip(w io.Writer) error {
	archive := zip.NewWriter(w)
	if _, err := p.Write(func(name string) (io.WriteCloser, error) {
		part, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.material.AsOf.At})
		return partOfZip{part}, err
	}); err != nil {
		return err
	}
	return archive.Close()
}

// partOfZip is a file in an archive, which the next one ends.
type partOfZip struct{ io.Writer }

// Close implements io.Closer.
func (partOfZip) Close() error { return nil }
