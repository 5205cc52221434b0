package publication

import (
	"regexp"
	"strings"
)

// What readers see of a cell can differ from what it stores: a footnote's mark joins the figure before it, and a figure that is struck
// out has been withdrawn. Neither is read as a figure.
const (
	partApart = "a figure with a part that is raised, lowered or struck out"
	struckOut = "a figure that is struck out"
	notShown  = "a figure that its number format does not show"
)

// look is how a style shows a cell.
type look struct{ date, blank, struck bool }

// seen is the cell as it may be read: unread where a reader does not see its figure, or sees it struck out. Titles and notes may be struck out.
func (l look) seen(c Cell) Cell {
	switch {
	case c.Unread() || !isOneWord(c.Text):
		return c
	case l.struck:
		return Cell{Text: struckOut, Kind: KindUnread}
	case l.blank && (c.Kind == KindNumber || c.Kind == KindDate):
		return Cell{Text: notShown, Kind: KindUnread}
	}
	return c
}

var digit = regexp.MustCompile(`\d`)

// isOneWord tells whether a text may be a figure, a code or a period: one word with a digit in it.
func isOneWord(text string) bool {
	text = strings.TrimSpace(text)
	return digit.MatchString(text) && !strings.ContainsAny(text, " \t\r\n\u00a0")
}

// showsNothing tells whether a number format shows numbers of any sign as nothing: ";;;".
func showsNothing(code string) bool {
	code = strings.ReplaceAll(code, `""`, "")
	return strings.Count(code, ";") >= 2 && strings.Trim(code, "; ") == ""
}
