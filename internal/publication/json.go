package publication

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// keyColumn is the heading of the column with the names of the objects.
const keyColumn = "key"

// json reads an object of objects, or a list of them, as a table. The first row has the names of their fields; each object is a row, in their order. The
// name of an object stands in column A, with the heading "key".
func (d *decoder) json(in input) error {
	if in.size > int64(d.limits.Workbook) {
		return d.fail(fmt.Sprintf("is a JSON file of %d bytes, more than the limit of %d", in.size, d.limits.Workbook), nil)
	}
	content, err := d.whole(in)
	if err != nil {
		return err
	}
	if content = bytes.TrimPrefix(content, utf8Mark); !utf8.Valid(content) {
		return d.fail("is JSON that is not valid UTF-8", nil)
	}
	t, err := d.table("", false)
	if err != nil {
		return err
	}
	r := jsonReader{decoder: d, table: t, tokens: json.NewDecoder(bytes.NewReader(content)), columns: map[string]int{}}
	r.tokens.UseNumber()
	if err := r.read(); err != nil {
		return d.wrap(damaged, err)
	}
	return t.finish()
}

// jsonReader fills a table with the objects of a JSON file.
type jsonReader struct {
	*decoder
	table   *table
	tokens  *json.Decoder
	columns map[string]int // by field
	titles  []string       // of the columns
	row     uint32
}

func (r *jsonReader) read() error {
	opening, err := r.tokens.Token()
	if err != nil {
		return err
	}
	keyed := opening == json.Delim('{')
	if keyed {
		r.titles = []string{keyColumn}
	}
	for r.row = 2; r.tokens.More(); r.row++ {
		if keyed {
			name, err := r.tokens.Token()
			if err != nil {
				return err
			}
			if err := r.table.set(r.row, 0, Cell{Text: fmt.Sprint(name), Kind: KindText}); err != nil {
				return err
			}
		}
		if err := r.object(); err != nil {
			return err
		}
	}
	if _, err := r.tokens.Token(); err != nil { // the closing bracket
		return err
	}
	if _, err := r.tokens.Token(); !errors.Is(err, io.EOF) {
		return r.fail("goes on after the end of its JSON", nil)
	}
	for column, title := range r.titles {
		if err := r.table.set(1, column, Cell{Text: title, Kind: KindText}); err != nil {
			return err
		}
	}
	return nil
}

// object reads the fields of one object into a row.
func (r *jsonReader) object() error {
	opening, err := r.tokens.Token()
	if err != nil {
		return err
	}
	if opening != json.Delim('{') {
		return r.failAt(r.row, -1, fmt.Sprintf("found %.40v where an object with the fields of a row is accepted", opening))
	}
	stated := map[int]bool{}
	for r.tokens.More() {
		field, err := r.tokens.Token()
		if err != nil {
			return err
		}
		column, known := r.columns[fmt.Sprint(field)]
		if !known {
			column = len(r.titles)
			r.columns[fmt.Sprint(field)] = column
			r.titles = append(r.titles, fmt.Sprint(field))
		}
		if stated[column] {
			return r.failAt(r.row, column, fmt.Sprintf("the field %.40q is there twice", field))
		}
		stated[column] = true
		value, err := r.tokens.Token()
		if err != nil {
			return err
		}
		cell := Cell{Text: fmt.Sprint(value)}
		switch value.(type) {
		case nil:
			continue
		case string:
			cell.Kind = KindText
		case json.Number:
			cell.Kind = KindNumber
		case bool:
			cell.Kind = KindBool
		default:
			return r.failAt(r.row, column, fmt.Sprintf("the field %.40q holds a list or an object; accepted: a text, a number or null", field))
		}
		if err := r.table.set(r.row, column, cell); err != nil {
			return err
		}
	}
	_, err = r.tokens.Token()
	return err
}
