package publication

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

var (
	utf8Mark        = []byte("\xef\xbb\xbf")
	utf16LittleMark = []byte("\xff\xfe")
	utf16BigMark    = []byte("\xfe\xff")
)

// csv finds out how the text is encoded, for which it reads all of it once; the rows are read when they are asked for.
func (d *decoder) csv(in input, start []byte) error {
	if err := d.admit(); err != nil {
		return err
	}
	length, valid, err := d.measure(in)
	if err != nil {
		return err
	}
	coding, mark, err := d.coding(start, length, valid)
	if err != nil {
		return err
	}
	sheet := Sheet{Name: d.sheetName()}
	c := csvFile{
		fault: Error{File: d.file, Sheet: sheet.Name}, ctx: d.ctx, limits: d.limits,
		open: func() (io.ReadCloser, io.Reader, error) {
			file, err := in.open()
			if err != nil {
				return nil, nil, err
			}
			// What was measured was within the limits.
			text := bufio.NewReaderSize(io.LimitReader(file, length), csvBlock)
			if _, err := text.Discard(mark); err != nil {
				return nil, nil, errors.Join(err, file.Close())
			}
			if coding == nil {
				return file, text, nil
			}
			return file, transform.NewReader(text, coding.NewDecoder()), nil
		},
	}
	sheet.rows = c.rows
	d.sheets = append(d.sheets, sheet)
	return nil
}

// measure reads an input through: its length, and whether it is valid UTF-8.
func (d *decoder) measure(in input) (length int64, valid bool, err error) {
	file, err := in.open()
	if err != nil {
		return 0, false, err
	}
	defer file.Close()
	var r io.Reader = file
	if in.at == nil {
		r = &meter{d, file, int64(d.limits.Bytes)}
	}
	valid = true
	block := make([]byte, csvBlock)
	kept := 0 // the beginning of a character that the last block cut
	for {
		if err := d.ctx.Err(); err != nil {
			return length, valid, err
		}
		n, err := fill(r, block[kept:])
		length += int64(n)
		if err != nil && !errors.Is(err, io.EOF) {
			return length, false, err
		}
		text := block[:kept+n]
		whole := text
		if err == nil {
			for i := 1; i <= utf8.UTFMax && i <= len(text); i++ {
				if utf8.RuneStart(text[len(text)-i]) {
					if !utf8.FullRune(text[len(text)-i:]) {
						whole = text[:len(text)-i]
					}
					break
				}
			}
		}
		valid = valid && utf8.Valid(whole)
		kept = copy(block, text[len(whole):])
		if err != nil {
			return length, valid, nil
		}
	}
}

// fill reads until the block is full or the end, which is io.EOF; unlike io.ReadFull it keeps other ends apart from that.
func fill(r io.Reader, block []byte) (n int, err error) {
	for n < len(block) && err == nil {
		var more int
		more, err = r.Read(block[n:])
		n += more
	}
	return n, err
}

// coding is how a text is encoded, nil for UTF-8: by its byte order mark, else as UTF-8 if it is
// valid, else as Windows-1252, which is what spreadsheets of the time wrote. Mark is the length of the mark.
func (d *decoder) coding(start []byte, length int64, valid bool) (coding encoding.Encoding, mark int, err error) {
	order := unicode.LittleEndian
	switch {
	case bytes.HasPrefix(start, utf8Mark) && !valid:
		return nil, 0, d.fail("is marked as UTF-8 but is not valid UTF-8", nil)
	case bytes.HasPrefix(start, utf8Mark):
		return nil, len(utf8Mark), nil
	case bytes.HasPrefix(start, utf16BigMark):
		order = unicode.BigEndian
	case bytes.HasPrefix(start, utf16LittleMark):
	case valid:
		return nil, 0, nil
	default:
		return charmap.Windows1252, 0, nil
	}
	if length%2 != 0 {
		return nil, 0, d.fail("is cut short: it ends in the middle of a UTF-16 character", nil)
	}
	return unicode.UTF16(order, unicode.IgnoreBOM), len(utf16LittleMark), nil
}

func decodeUTF16(content []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(content)/2)
	for i := range units {
		units[i] = order.Uint16(content[2*i:])
	}
	return string(utf16.Decode(units))
}

const (
	csvBlock  = 256 << 10 // how much of a csv is read at once
	csvRecord = 16 << 20  // the longest record; a longer one has a quote that does not end
)

// csvFile reads the rows of a csv from the file, each time they are asked for.
type csvFile struct {
	ctx    context.Context
	limits Limits
	fault  Error // with the file and sheet
	open   func() (io.ReadCloser, io.Reader, error)
}

func (c csvFile) failAt(line uint32, column int, reason string, cause error) error {
	if c.ctx.Err() != nil {
		return c.ctx.Err()
	}
	fault := c.fault
	fault.Row, fault.Column, fault.Reason, fault.Cause = line, ColumnName(column), reason, cause
	return &fault
}

func (c csvFile) rows(yield func(Row, error) bool) {
	file, text, err := c.open()
	if err != nil {
		yield(Row{}, c.failAt(0, -1, damaged, err))
		return
	}
	defer file.Close()
	r := recordReader{source: text, line: 1}
	var row Row
	for {
		line := r.line
		fields, err := r.next(c.limits.Columns)
		switch {
		case errors.Is(err, io.EOF):
			return
		case errors.Is(err, errNoText):
			err = c.failAt(r.line, -1, err.Error(), nil)
		case r.faulty != nil:
			err = c.failAt(line, -1, damaged, r.faulty)
		case err != nil:
			err = c.failAt(line, -1, err.Error(), nil)
		case int64(line) > int64(c.limits.Lines):
			err = c.failAt(line, -1, fmt.Sprintf("lies beyond the limit of %d lines", c.limits.Lines), nil)
		case line%1024 == 0:
			err = c.ctx.Err()
		}
		row.Delimiter = r.delimiter
		row.Number, row.Fields, row.Cells = line, len(fields), row.Cells[:0]
		if r.unended && len(fields) > 0 && fields[len(fields)-1] == "" {
			row.Fields-- // the file ends behind a delimiter: what should follow was cut off
		}
		filled := 0
		for column, field := range fields {
			if len(field) > c.limits.CellBytes && err == nil {
				err = c.failAt(line, column, fmt.Sprintf("holds %d bytes, more than the limit of %d for one cell", len(field), c.limits.CellBytes), nil)
			}
			cell := Cell{Text: field, Kind: KindText}
			if field == "" {
				cell.Kind = KindEmpty
			} else {
				filled = column + 1
			}
			row.Cells = append(row.Cells, cell)
		}
		row.Cells = row.Cells[:filled]
		if err != nil {
			yield(Row{}, err)
			return
		}
		if filled > 0 && !yield(row, nil) {
			return
		}
	}
}

// delimiter finds which of the four divides the most of the first lines, then
// which occurs most; what stands within quotes does not count.
func delimiter(text string) byte {
	const candidates = ",;\t|"
	var lines, total, inLine [len(candidates)]int
	quoted := false
	seen := 0
	for i := 0; i < len(text) && seen < 100; i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n' || c == '\r':
			for k, n := range inLine {
				total[k] += n
				lines[k] += min(n, 1)
			}
			inLine = [len(candidates)]int{}
			seen++
		default:
			if k := strings.IndexByte(candidates, c); k >= 0 {
				inLine[k]++
			}
		}
	}
	best := 0
	for k, n := range inLine {
		total[k] += n
		lines[k] += min(n, 1)
		if lines[k] > lines[best] || lines[k] == lines[best] && total[k] > total[best] {
			best = k
		}
	}
	return candidates[best]
}

// recordReader reads records of a csv and counts physical lines. The standard
// library's reader either refuses a quote within an unquoted field or accepts a
// file which ends inside a quote; published files need neither.
type recordReader struct {
	source    io.Reader
	ended     bool  // the source has no more
	faulty    error // why the source could not be read on
	rest      string
	delimiter byte
	line      uint32
	fields    []string
	unended   bool // the last record ended with the file, not with its line
}

var errNoText = errors.New("holds a NUL byte, so it is not text (UTF-16 is accepted when it begins with a byte order mark)")

// next reads one record, valid until the following call; io.EOF after the last.
func (r *recordReader) next(columns int) ([]string, error) {
	for {
		rest, line := r.rest, r.line
		fields, err := r.record(columns)
		// A record that reaches the end of what was read may go on, were it only with the line feed after its carriage return.
		if r.rest != "" || r.ended {
			if len(fields) == 1 && fields[0] == "" && rest == "" {
				return nil, io.EOF
			}
			if err == nil && r.line > line+1 && glued(rest[:len(rest)-len(r.rest)], len(fields), r.delimiter) {
				return nil, errGlued
			}
			return fields, err
		}
		if len(rest) > csvRecord {
			return nil, fmt.Errorf("begins a record of more than %d bytes: a quote is missing", csvRecord)
		}
		r.rest, r.line = rest, line
		if err := r.more(); err != nil {
			return nil, err
		}
	}
}

// more reads another block behind what is left of the last.
func (r *recordReader) more() error {
	block := make([]byte, max(csvBlock, len(r.rest)))
	n, err := fill(r.source, block)
	block = block[:n]
	if r.ended = err != nil; r.ended && !errors.Is(err, io.EOF) {
		r.faulty = err
		return err
	}
	if at := bytes.IndexByte(block, 0); at >= 0 {
		r.line += uint32(strings.Count(r.rest, "\n") + bytes.Count(block[:at], []byte("\n")))
		return errNoText
	}
	var b strings.Builder // joining the two would copy the block once more
	b.Grow(len(r.rest) + len(block))
	b.WriteString(r.rest)
	b.Write(block)
	r.rest = b.String()
	if r.delimiter == 0 {
		r.delimiter = delimiter(r.rest)
	}
	return nil
}

// record reads a record from what is at hand.
func (r *recordReader) record(columns int) ([]string, error) {
	r.fields, r.unended = r.fields[:0], false
	for {
		field, err := r.field()
		if err != nil {
			if r.ended || !errors.Is(err, errOpenQuote) {
				return nil, err
			}
			r.rest = "" // it may go on
			return nil, err
		}
		if r.fields = append(r.fields, field); len(r.fields) > columns {
			return nil, fmt.Errorf("has more columns than the limit of %d", columns)
		}
		if r.rest == "" {
			r.unended = true
			return r.fields, nil
		}
		c := r.rest[0]
		r.rest = r.rest[1:]
		if c == r.delimiter {
			continue
		}
		if c == '\r' {
			r.rest = strings.TrimPrefix(r.rest, "\n")
		}
		r.line++
		return r.fields, nil
	}
}

var errGlued = errors.New("goes on in lines that look like rows of their own: a quote is missing, or is one too many")

// glued tells whether each line of a record, by itself, has as many fields as the whole: two stray quotes have made one row of several.
func glued(record string, fields int, delimiter byte) bool {
	const fewest = 3 // a title or a note beside one other cell may be of that form
	if fields < fewest {
		return false
	}
	for line := range strings.Lines(strings.TrimRight(record, "\r\n")) {
		if strings.Count(line, string(delimiter)) != fields-1 {
			return false
		}
	}
	return true
}

var errOpenQuote = errors.New("ends inside a quotation: the file is cut short or a quote is missing")

// field reads up to the delimiter or the end of the line, which it leaves.
func (r *recordReader) field() (string, error) {
	if !strings.HasPrefix(r.rest, `"`) {
		end := 0
		for end < len(r.rest) && r.rest[end] != r.delimiter && r.rest[end] != '\n' && r.rest[end] != '\r' {
			end++
		}
		field := r.rest[:end]
		r.rest = r.rest[end:]
		return field, nil
	}
	start := 1
	doubled := false
	end := start
	for {
		length := strings.IndexByte(r.rest[end:], '"')
		if length < 0 {
			return "", errOpenQuote
		}
		end += length
		if !strings.HasPrefix(r.rest[end+1:], `"`) {
			break
		}
		doubled = true
		end += 2
	}
	field := r.rest[start:end]
	r.rest = r.rest[end+1:]
	if r.rest != "" && r.rest[0] != r.delimiter && r.rest[0] != '\n' && r.rest[0] != '\r' {
		return "", fmt.Errorf("has %q after a closing quote, where the delimiter %q or the end of the line is accepted", r.rest[0], r.delimiter)
	}
	// A carriage return ends a line too unless a line feed follows it.
	r.line += uint32(strings.Count(field, "\n") + strings.Count(field, "\r") - strings.Count(field, "\r\n"))
	if doubled {
		field = strings.ReplaceAll(field, `""`, `"`)
	}
	return field, nil
}
