package publication

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

var (
	utf8Mark        = []byte("\xef\xbb\xbf")
	utf16LittleMark = []byte("\xff\xfe")
	utf16BigMark    = []byte("\xfe\xff")
)

func (d *decoder) csv(content []byte) error {
	text, err := d.text(content)
	if err != nil {
		return err
	}
	if at := strings.IndexByte(text, 0); at >= 0 {
		line := uint32(1 + strings.Count(text[:at], "\n"))
		return d.failAt(line, -1, "holds a NUL byte, so it is not text (UTF-16 is accepted when it begins with a byte order mark)")
	}
	t := d.table("", false)
	r := recordReader{rest: text, delimiter: delimiter(text), line: 1}
	for r.rest != "" {
		line := r.line
		fields, err := r.next(d.limits.Columns)
		if err != nil {
			return d.failAt(line, -1, err.Error())
		}
		for column, field := range fields {
			if err := t.set(line, column, Cell{Text: field, Kind: KindText}); err != nil {
				return err
			}
		}
	}
	t.finish()
	return nil
}

// text decodes content to UTF-8: by its byte order mark, else as UTF-8 if it is
// valid, else as Windows-1252, which is what spreadsheets of the time wrote.
func (d *decoder) text(content []byte) (string, error) {
	if unmarked, ok := bytes.CutPrefix(content, utf8Mark); ok {
		if !utf8.Valid(unmarked) {
			return "", d.fail("is marked as UTF-8 but is not valid UTF-8", nil)
		}
		return string(unmarked), nil
	}
	if unmarked, ok := bytes.CutPrefix(content, utf16LittleMark); ok {
		return d.utf16(unmarked, binary.LittleEndian)
	}
	if unmarked, ok := bytes.CutPrefix(content, utf16BigMark); ok {
		return d.utf16(unmarked, binary.BigEndian)
	}
	if utf8.Valid(content) {
		return string(content), nil
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(content)
	if err != nil {
		return "", d.fail("is neither UTF-8 nor Windows-1252", err)
	}
	return string(text), nil
}

func (d *decoder) utf16(content []byte, order binary.ByteOrder) (string, error) {
	if len(content)%2 != 0 {
		return "", d.fail("is cut short: it ends in the middle of a UTF-16 character", nil)
	}
	return decodeUTF16(content, order), nil
}

func decodeUTF16(content []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(content)/2)
	for i := range units {
		units[i] = order.Uint16(content[2*i:])
	}
	return string(utf16.Decode(units))
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
	rest      string
	delimiter byte
	line      uint32
	fields    []string
}

// next reads one record, valid until the following call.
func (r *recordReader) next(columns int) ([]string, error) {
	r.fields = r.fields[:0]
	for {
		field, err := r.field()
		if err != nil {
			return nil, err
		}
		if r.fields = append(r.fields, field); len(r.fields) > columns {
			return nil, fmt.Errorf("has more columns than the limit of %d", columns)
		}
		if r.rest == "" {
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
			return "", fmt.Errorf("ends inside a quotation: the file is cut short or a quote is missing")
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
