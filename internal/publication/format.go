package publication

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

var (
	zipMark  = []byte("PK\x03\x04")
	gzipMark = []byte{0x1f, 0x8b}
	xlsMark  = []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}
)

// recognise decides the format by the beginning of the content.
func (d *decoder) recognise(name string, in input, content []byte, accepted []Format) (Format, error) {
	var format Format
	var found string
	start := bytes.TrimLeft(bytes.TrimPrefix(content, utf8Mark), " \t\r\n")
	claimed := claim(name)
	switch {
	case len(content) == 0:
		return "", d.fail("is empty", nil)
	case bytes.HasPrefix(content, xlsMark):
		format = XLS
	case bytes.HasPrefix(content, zipMark):
		format = Zip
		if in.isOffice(claimed) {
			format = XLSX
		}
	case bytes.HasPrefix(content, gzipMark):
		format = CSVGzip
	case bytes.HasPrefix(start, []byte("<")):
		found = "is a web page or other markup saved under that name"
	case bytes.HasPrefix(start, []byte("%PDF")):
		found = "is a PDF document"
	case claimed == CSV || looksLikeText(content):
		format = CSV
	case claimed != "":
		found = fmt.Sprintf("claims to be %s by its name but begins with %s", claimed, opening(content))
	default:
		found = "begins with " + opening(content)
	}
	if slices.Contains(accepted, format) {
		return format, nil
	}
	if found == "" {
		found = "is of the format " + string(format)
	}
	return "", d.fail(fmt.Sprintf("%s; accepted: %s", found, list(accepted)), nil)
}

// claim is the format a name suggests, or nothing.
func claim(name string) Format {
	name = strings.ToLower(name)
	for _, f := range []Format{XLSX, XLS, Zip, CSVGzip, CSV} {
		if strings.HasSuffix(name, "."+string(f)) {
			return f
		}
	}
	return ""
}

func list(formats []Format) string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}

func looksLikeText(content []byte) bool {
	if bytes.HasPrefix(content, utf16LittleMark) || bytes.HasPrefix(content, utf16BigMark) {
		return true
	}
	for _, b := range content[:min(len(content), 512)] {
		if b < ' ' && b != '\t' && b != '\r' && b != '\n' {
			return false
		}
	}
	return true
}

func opening(content []byte) string {
	return fmt.Sprintf("%q", content[:min(len(content), 8)])
}
