package mapping

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
)

// canonicalColumns are those of the canonical form, to which item is added where figures are split; dashboards/sources/canonical.yaml
// reads them by these names.
var canonicalColumns = []string{
	"measure", "organisation", "period", "numerator", "denominator", "note", "codes_on",
	"published_file", "published_sha256", "published_sheet", "published_row", "published_column", "published_text", "published_on",
}

// WriteCanonical writes observations in canonical form, compressed by gzip. It gives the same bytes for the same observations. Rows are ordered by period,
// file, measure and row, so that neighbours resemble each other and compress well.
func WriteCanonical(w io.Writer, observations []Observation) error {
	packed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	slices.SortStableFunc(observations, func(a, b Observation) int {
		return cmp.Or(a.Period.Start.Compare(b.Period.Start), cmp.Compare(a.Cell.File, b.Cell.File),
			cmp.Compare(a.Measure, b.Measure), cmp.Compare(a.Cell.Row, b.Cell.Row))
	})
	out := csv.NewWriter(packed)
	split := slices.ContainsFunc(observations, func(o Observation) bool { return o.Item != "" })
	write := func(cells []string, item string) error {
		if split {
			cells = append(slices.Clip(cells), item)
		}
		return out.Write(cells)
	}
	if err := write(canonicalColumns, "item"); err != nil {
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
		err := write([]string{
			o.Measure, o.Organisation, o.Period.String(), text(o.Numerator), text(o.Denominator), o.Note, codesOn,
			o.Cell.File, o.Cell.SHA256, o.Cell.Sheet, strconv.FormatUint(uint64(o.Cell.Row), 10), o.Cell.Column, raw, o.Cell.Released,
		}, o.Item)
		if err != nil {
			return err
		}
	}
	out.Flush()
	return errors.Join(out.Error(), packed.Close())
}
