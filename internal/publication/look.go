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
	scaled    = "a figure that its number format shows in thousands"
	padded    = "a figure to which its number format adds digits"
)

// look is how a style shows a cell: as a date, struck out, and what readers see otherwise of numbers over, under and of zero.
type look struct {
	date, struck bool
	otherwise    [3]string
}

func newLook(format int, code string, struck bool) look {
	l := look{date: isDateFormat(format, code), struck: struck}
	if !l.date {
		l.otherwise = seenOtherwise(code)
	}
	return l
}

// seen is the cell as it may be read: unread where a reader does not see its figure, or sees it struck out. Titles and notes may be struck out.
func (l look) seen(c Cell) Cell {
	switch {
	case c.Unread() || !isOneWord(c.Text):
		return c
	case l.struck:
		return Cell{Text: struckOut, Kind: KindUnread}
	case c.Kind == KindNumber || c.Kind == KindDate:
		if reason := l.otherwise[section(c.Text)]; reason != "" {
			return Cell{Text: reason, Kind: KindUnread}
		}
	}
	return c
}

// section is the place of a number's section in its format.
func section(number string) int {
	switch {
	case strings.Trim(number, "-0.") == "":
		return 2
	case strings.HasPrefix(number, "-"):
		return 1
	default:
		return 0
	}
}

var digit = regexp.MustCompile(`\d`)

// isOneWord tells whether a text may be a figure, a code or a period: one word with a digit in it.
func isOneWord(text string) bool {
	text = strings.TrimSpace(text)
	return digit.MatchString(text) && !strings.ContainsAny(text, " \t\r\n\u00a0")
}

// token is a piece of a number format: a quoted or escaped text, a character that takes room alone, a condition or colour, or one character.
var token = regexp.MustCompile(`"[^"]*"?|\\.|[_*].|\[[^\]]*\]|(?i:general)|.`)

// condition chooses a section by the number rather than by its sign.
var condition = regexp.MustCompile(`^\[[<>=]`)

// seenOtherwise is why a number format shows numbers over, under and of zero as other figures than are stored, empty where it does not. A dash or
// nothing is a usual zero, but where no number is shown at all.
func seenOtherwise(code string) (otherwise [3]string) {
	sections := [][]string{nil}
	for _, t := range token.FindAllString(code, -1) {
		switch last := len(sections) - 1; {
		case condition.MatchString(t):
			return otherwise
		case t == ";":
			sections = append(sections, nil)
		case t[0] != '_' && t[0] != '*' && t[0] != '[' && t != `""`:
			sections[last] = append(sections[last], t)
		}
	}
	if code == "" {
		return otherwise
	}
	over := sectionOtherwise(sections[0])
	under, zero := over, over
	if len(sections) > 1 {
		under = sectionOtherwise(sections[1])
	}
	if len(sections) > 2 {
		zero = sectionOtherwise(sections[2])
	}
	if over != notShown || under != notShown || zero != notShown {
		zero = ""
	}
	return [3]string{over, under, zero}
}

// sectionOtherwise is why one section of a number format shows numbers as other figures than are stored.
func sectionOtherwise(tokens []string) string {
	shown, reason := false, ""
	for i, t := range tokens {
		switch {
		case len(t) > 1 && digit.MatchString(t):
			reason = padded
		case t == "," && shown && (i+1 == len(tokens) || !isPlaceholder(tokens[i+1])):
			reason = scaled
		case isPlaceholder(t):
			shown = true
		}
	}
	if !shown {
		return notShown
	}
	return reason
}

// isPlaceholder tells whether a piece of a number format stands for a figure, or for a part of a date.
func isPlaceholder(t string) bool {
	return len(t) == 1 && strings.Contains("0#?@dDmMyYhHsSgGeE", t) || strings.EqualFold(t, "general")
}
