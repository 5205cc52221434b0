// Package docs gives the documents to the pages that show them, and their worked examples to the tests that run them.
package docs

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed analysts users api.md
var documents embed.FS

// Block is a fenced part of a document: what an analyst writes into a file, commands with what they print, or a program.
type Block struct {
	Kind string // yaml, csv, diff, console, python, r or powerquery
	Name string // of the file; of a console what it needs
	Text string
	Line int // where it begins in the document
}

// Read is the text of a document, by its path in this folder.
func Read(document string) ([]byte, error) { return documents.ReadFile(document) }

// Blocks are the fenced parts of a document that say what they are.
func Blocks(document string) ([]Block, error) {
	content, err := documents.ReadFile(document)
	if err != nil {
		return nil, err
	}
	var blocks []Block
	var open *Block
	number := 0
	for line := range strings.Lines(string(content)) {
		number++
		label, fence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case !fence && open != nil:
			open.Text += line
		case fence && open != nil:
			if open.Kind != "" {
				blocks = append(blocks, *open)
			}
			open = nil
		case fence:
			kind, name, _ := strings.Cut(label, " ")
			open = &Block{Kind: kind, Name: name, Line: number}
		}
	}
	if open != nil {
		return nil, fmt.Errorf("%s:%d: the block is not closed", document, open.Line)
	}
	return blocks, nil
}

// Table are the cells of the table whose first heading is given, the headings first, without the marks of code.
func Table(document, heading string) ([][]string, error) {
	content, err := documents.ReadFile(document)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	found := false
	for line := range strings.Lines(string(content)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.Trim(cells[i], " `")
		}
		switch row := strings.HasPrefix(line, "|"); {
		case row && (found || cells[0] == heading) && !strings.HasPrefix(cells[0], "---"):
			found, rows = true, append(rows, cells)
		case !row && found:
			return rows, nil
		}
	}
	if !found {
		return nil, fmt.Errorf("%s has no table that begins with %q", document, heading)
	}
	return rows, nil
}
