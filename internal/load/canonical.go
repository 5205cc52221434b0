package load

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
)

// canonicalColumns are those of the canonical form; dashboards/sources/canonical.yaml reads them by these names.
var canonicalColumns = []string{"measure", "organisation", "period", "numerator", "denominator", "note", "codes_on",
	"published_file", "published_sha256", "published_sheet", "published_row", "published_column", "published_text", "published_on"}

// WriteCanonical writes observations in canonical form into a folder, one file a source, and returns what it wrote.
func WriteCanonical(folder string, sources map[string][]Observation) ([]string, error) {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return nil, err
	}
	var written []string
	for source, observations := range sources {
		path := filepath.Join(folder, source+".csv.gz")
		if err := writeFile(path, observations); err != nil {
			return written, fmt.Errorf("write %s: %w", path, err)
		}
		written = append(written, fmt.Sprintf("%s: %d figures", path, len(observations)))
	}
	slices.Sort(written)
	return written, nil
}

func writeFile(path string, observations []Observation) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	buffered := bufio.NewWriter(file)
	if err := writeCanonical(buffered, observations); err != nil {
		return err
	}
	return buffered.Flush()
}

// writeCanonical gives the same bytes for the same observations. Rows are ordered by period, file, measure and row,
// so that neighbours resemble each other and compress well.
func writeCanonical(w io.Writer, observations []Observation) error {
	packed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	slices.SortStableFunc(observations, func(a, b Observation) int {
		return cmp.Or(a.Period.Start.Compare(b.Period.Start), cmp.Compare(a.Cell.File, b.Cell.File),
			cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Cell.Row, b.Cell.Row))
	})
	out := csv.NewWriter(packed)
	if err := out.Write(canonicalColumns); err != nil {
		return err
	}
	text := func(n decimal.NullDecimal) string {
		if !n.Valid {
			return ""
		}
		return n.Decimal.String()
	}
	for _, o := range observations {
		raw := o.Cell.Raw
		if raw == text(o.Numerator) {
			raw = "" // the figure is the text
		}
		codesOn := ""
		if !o.CodesOn.Equal(o.Period.Start) {
			codesOn = o.CodesOn.Format(time.DateOnly)
		}
		err := out.Write([]string{o.Measure, o.Organisation, o.Period.String(), text(o.Numerator), text(o.Denominator), o.Note, codesOn,
			o.Cell.File, o.Cell.SHA256, o.Cell.Sheet, strconv.FormatUint(uint64(o.Cell.Row), 10), o.Cell.Column, raw, o.Cell.Released})
		if err != nil {
			return err
		}
	}
	out.Flush()
	return errors.Join(out.Error(), packed.Close())
}
