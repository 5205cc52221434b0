package publication

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"path"
	"slices"
	"strings"
)

var (
	zipMark  = []byte("PK\x03\x04")
	gzipMark = []byte{0x1f, 0x8b}
	xlsMark  = []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1}
)

// others are formats that are not accepted, by how a file of them begins; an older workbook's is the record that begins it.
var others = []struct{ mark, is string }{
	{"\x09\x00\x04\x00", "is a workbook of Excel 2 (BIFF2)"},
	{"\x09\x02\x06\x00", "is a workbook of Excel 3 (BIFF3)"},
	{"\x09\x04\x06\x00", "is a workbook of Excel 4 (BIFF4)"},
	{"\x09\x08\x08\x00\x00\x05", "is a workbook of Excel 5 or 95 (BIFF5) without its compound file"},
	{"\x09\x08\x10\x00\x00\x06", "is a workbook of Excel 97 or newer (BIFF8) without its compound file"},
	{"PK\x05\x06", "is an empty zip"},
	{"PK\x07\x08", "is a part of a zip of several parts"},
	{"7z\xbc\xaf\x27\x1c", "is a 7z archive"},
	{"Rar!\x1a\x07", "is a rar archive"},
	{"BZh", "is packed by bzip2"},
	{"\xfd7zXZ\x00", "is packed by xz"},
	{"\x28\xb5\x2f\xfd", "is packed by zstd"},
	{"SQLite format 3\x00", "is an SQLite database"},
	{"PAR1", "is a Parquet file"},
	{"%PDF", "is a PDF document"},
	{"{\\rtf", "is an RTF document"},
	{"ID;P", "is a SYLK file"},
	{"MIME-Version:", "is a web archive"},
	{"\x00\x01\x00\x00Standard ", "is an Access database"},
}

// other names a format that is not accepted, by how the content begins.
func other(content []byte) string {
	start := bytes.TrimLeft(bytes.TrimPrefix(plainText(content), utf8Mark), " \t\r\n")
	for _, format := range others {
		// White space is a record's beginning in older workbooks.
		if bytes.HasPrefix(content, []byte(format.mark)) || bytes.HasPrefix(start, []byte(format.mark)) {
			return format.is
		}
	}
	if !bytes.HasPrefix(start, []byte("<")) {
		return ""
	}
	switch text := strings.ToLower(string(start)); {
	case strings.Contains(text, "urn:schemas-microsoft-com:office:spreadsheet"), strings.Contains(text, `progid="excel.sheet"`):
		return "is an XML Spreadsheet 2003"
	case strings.Contains(text, "urn:oasis:names:tc:opendocument"):
		return "is an OpenDocument file in XML"
	case strings.Contains(text, "<html"), strings.Contains(text, "<!doctype html"), strings.Contains(text, "<table"), !strings.HasPrefix(text, "<?xml"):
		return "is a web page or other markup saved under that name"
	}
	return "is XML saved under that name"
}

// plainText is the beginning of a text in UTF-8, whatever of the two it is written in.
func plainText(content []byte) []byte {
	switch {
	case bytes.HasPrefix(content, utf16LittleMark):
		return []byte(decodeUTF16(content[2:len(content)&^1], binary.LittleEndian))
	case bytes.HasPrefix(content, utf16BigMark):
		return []byte(decodeUTF16(content[2:len(content)&^1], binary.BigEndian))
	}
	return content
}

// recognise decides the format by the beginning of the content.
func (d *decoder) recognise(name string, in input, content []byte, accepted []Format) (Format, error) {
	var format Format
	var found string
	claimed := claim(name)
	switch {
	case len(content) == 0:
		return "", d.fail("is empty", nil)
	case bytes.HasPrefix(content, xlsMark):
		format = XLS
	case bytes.HasPrefix(content, zipMark):
		format, found = d.zipped(in, claimed)
	case bytes.HasPrefix(content, gzipMark):
		format = CSVGzip
	case other(content) != "":
		found = other(content)
	case claimed != CSV && looksLikeJSON(content):
		format = JSON
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
	for _, f := range []Format{XLSX, XLS, Zip, CSVGzip, CSV, JSON} {
		if strings.HasSuffix(name, "."+string(f)) {
			return f
		}
	}
	switch path.Ext(slashed(name)) {
	case ".xlsm", ".xltx", ".xltm":
		return XLSX
	case ".xlt":
		return XLS
	case ".tsv", ".tab":
		return CSV
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

func looksLikeJSON(content []byte) bool {
	start := bytes.TrimLeft(bytes.TrimPrefix(content, utf8Mark), " \t\r\n")
	return bytes.HasPrefix(start, []byte("{")) || bytes.HasPrefix(start, []byte("["))
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
