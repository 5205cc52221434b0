package mapping

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// How much is kept of what was not accepted: characters of a cell and of a reason, bytes of all cells of a row. The kept file has
// the rest.
const maxCell, maxReason, maxRow = 500, 1000, 8000

// MaxKept is how many rejections of a load are kept; all are counted.
const MaxKept = 10_000

// maxName is how much is kept of the name of an organisation that is not known.
const maxName = 200

// Cut is the beginning of a text and its length, or the whole where it is short. It does not keep the memory that the text lies in.
func Cut(text string, limit int) string {
	if len(text) <= limit {
		return strings.Clone(text)
	}
	length := utf8.RuneCountInString(text)
	if length <= limit {
		return strings.Clone(text)
	}
	end := 0
	for range limit {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	return fmt.Sprintf("%s… (%d characters)", text[:end], length)
}

// cutLong cuts a text that is too long for a cell's, and leaves others in the memory that they lie in.
func cutLong(text string) string {
	if len(text) <= maxCell {
		return text
	}
	return Cut(text, maxCell)
}

// cutRow is a row of which long cells are cut, and the last ones counted where there is too much.
func cutRow(row []string) []string {
	kept, room := make([]string, 0, len(row)), maxRow
	for i, text := range row {
		text = Cut(text, maxCell)
		if room -= 1 + len(text); room < 0 {
			return append(kept, fmt.Sprintf("… and %d more cells", len(row)-i))
		}
		kept = append(kept, text)
	}
	return kept
}
