package tables

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/shopspring/decimal"

	"stpdash/internal/figures"
)

const (
	// groupRows is how many rows of a Parquet file are kept until they are written.
	groupRows = 20_000
	// exactDigits and exactBytes are those of every decimal.
	exactDigits, exactBytes = 38, 16
)

// parquetFile writes Parquet. Decimals are exact, and compressed by what every reader knows.
type parquetFile struct {
	out *parquet.GenericWriter[any]
	row [1]parquet.Row
}

func newParquet(w io.Writer) Writer {
	return &parquetFile{
		out: parquet.NewGenericWriter[any](w, schema(), parquet.MaxRowsPerRowGroup(groupRows), parquet.PageBufferSize(64<<10), parquet.Compression(&parquet.Snappy),
			parquet.CreatedBy("stpd", "", "")),
	}
}

// inOrder is a group whose fields stand in the order of the columns, not of their names.
type inOrder struct{ parquet.Group }

// Fields implements parquet.Node.
func (g inOrder) Fields() []parquet.Field {
	fields := g.Group.Fields()
	place := func(name string) int { return slices.IndexFunc(Columns, func(c Column) bool { return c.Name == name }) }
	slices.SortFunc(fields, func(a, b parquet.Field) int { return place(a.Name()) - place(b.Name()) })
	return fields
}

func schema() *parquet.Schema {
	group := parquet.Group{}
	for _, c := range Columns {
		node := map[Kind]func() parquet.Node{
			Text:  func() parquet.Node { return parquet.Encoded(parquet.String(), &parquet.RLEDictionary) },
			Whole: func() parquet.Node { return parquet.Leaf(parquet.Int64Type) },
			Flag:  func() parquet.Node { return parquet.Leaf(parquet.BooleanType) },
			Day:   func() parquet.Node { return parquet.Encoded(parquet.Date(), &parquet.RLEDictionary) },
			Decimal: func() parquet.Node {
				return parquet.Decimal(c.Scale, exactDigits, parquet.FixedLenByteArrayType(exactBytes))
			},
		}[c.Kind]()
		if c.Optional {
			node = parquet.Optional(node)
		}
		group[c.Name] = node
	}
	return parquet.NewSchema("figures", inOrder{group})
}

// Write implements Writer.
func (p *parquetFile) Write(row figures.TableRow) error {
	values := p.row[0][:0]
	for i, column := range Columns {
		value, err := column.parquet(column.cell(&row))
		if err != nil {
			return fmt.Errorf("%s of %s in %s: %s: %w", row.Measure.ID, row.Code, row.Period, column.Name, err)
		}
		defined := 0
		if column.Optional && !value.IsNull() {
			defined = 1
		}
		values = append(values, value.Level(0, defined, i))
	}
	p.row[0] = values
	_, err := p.out.WriteRows(p.row[:])
	return err
}

// Close implements Writer.
func (p *parquetFile) Close() error { return p.out.Close() }

func (c Column) parquet(cell any) (parquet.Value, error) {
	switch v := cell.(type) {
	case string:
		return parquet.ByteArrayValue([]byte(v)), nil
	case int64:
		return parquet.Int64Value(v), nil
	case bool:
		return parquet.BooleanValue(v), nil
	case time.Time:
		return parquet.Int32Value(int32(v.Unix() / (24 * 60 * 60))), nil //nolint:gosec // a day that the warehouse can hold
	case decimal.NullDecimal:
		if v.Valid {
			return c.exact(v.Decimal)
		}
	}
	return parquet.NullValue(), nil
}

// exact is a decimal as Parquet has it: a number of units of its last place, in 16 bytes.
func (c Column) exact(n decimal.Decimal) (parquet.Value, error) {
	units := n.Shift(int32(c.Scale))
	whole := units.Truncate(0)
	if !whole.Equal(units) {
		return parquet.Value{}, fmt.Errorf("%s has more than %d decimal places", n, c.Scale)
	}
	i := whole.BigInt()
	if i.BitLen() >= 8*exactBytes {
		return parquet.Value{}, fmt.Errorf("%s has more than %d digits", n, exactDigits)
	}
	bytes := make([]byte, exactBytes)
	i.FillBytes(bytes) // of its absolute value
	if i.Sign() < 0 {  // as two's complement
		carry := true
		for at := exactBytes - 1; at >= 0; at-- {
			bytes[at] = ^bytes[at]
			if carry {
				bytes[at]++
				carry = bytes[at] == 0
			}
		}
	}
	return parquet.FixedLenByteArrayValue(bytes), nil
}
