package publication

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"
)

// What readers see of a cell can differ from what it stores: a footnote's mark joins the figure before it, and a figure that is struck
// out has been withdrawn. Neither is read as a figure.
const (
	partApart  = "a figure with a part that is raised, lowered or struck out"
	struckOut  = "a figure that is struck out"
	notShown   = "a figure that its number format does not show"
	scaled     = "a figure that its number format shows in thousands"
	padded     = "a figure to which its number format adds digits"
	united     = "a figure to which its number format adds a unit"
	notAnError = "an error that is none"
	signed     = "a figure whose sign its number format changes"
	parted     = "a figure to which its number format adds a point or a comma"
)

// look is how a style shows a cell: as a date, struck out, and what readers see of a number.
type look struct {
	date, struck bool
	sections     []section // of the number format; none where all numbers are seen as they are
}

func newLook(format int, code string, struck bool) look {
	l := look{date: isDateFormat(format, code), struck: struck}
	if !l.date && code != "" {
		l.sections = sectionsOf(code)
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
		if reason := l.otherwise(c.Text); reason != "" {
			return Cell{Text: reason, Kind: KindUnread}
		}
	}
	return c
}

// show places a number or a text as a reader sees it, in a sheet that may show no zeros.
func (t *table) show(row uint32, column int, l look, c Cell) error {
	c = l.seen(c)
	if t.hidesZeros && c.Kind == KindNumber && c.Text != "" && strings.Trim(c.Text, "-0.") == "" {
		c = Cell{Text: notShown, Kind: KindUnread}
	}
	return t.set(row, column, c)
}

var digit = regexp.MustCompile(`\d`)

// isOneWord tells whether a text may be a figure, a code or a period: one word with a digit in it.
func isOneWord(text string) bool {
	text = strings.TrimSpace(text)
	return digit.MatchString(text) && !strings.ContainsAny(text, " \t\r\n\u00a0")
}

// token is a piece of a number format: a quoted or escaped text, a character that takes room alone, a condition, colour or currency, or one character.
var token = regexp.MustCompile(`"[^"]*"?|\\.|[_*].|\[[^\]]*\]|(?i:general)|.`)

// condition chooses a section by the number rather than by its sign.
var condition = regexp.MustCompile(`^\[(<=|>=|<>|<|>|=) *(-?[0-9.]+)\]$`)

// section is one of those of a number format, and what a reader does not see as it is of the numbers that it shows.
type section struct {
	compare         string // of a condition; empty where it is chosen by the sign
	with            decimal.Decimal
	otherwise, zero string // of zero, and of other numbers
}

// sectionsOf are those of a number format that show numbers; the fourth shows text.
func sectionsOf(code string) []section {
	sections, tokens := []section{{}}, []string(nil)
	coloured := false
	end := func() {
		s := &sections[len(sections)-1]
		s.otherwise, s.zero = sectionOtherwise(tokens)
		negatives := len(sections) == 2 && sections[0].compare == "" && s.compare == ""
		switch minus := showsMinus(tokens); {
		case s.otherwise != "":
		case negatives && !minus && !coloured, !negatives && minus:
			s.otherwise = signed
		}
		tokens, coloured = nil, false
	}
	for _, t := range token.FindAllString(code, -1) {
		at := condition.FindStringSubmatch(t)
		switch {
		case at != nil:
			if with, err := decimal.NewFromString(at[2]); err == nil {
				s := &sections[len(sections)-1]
				s.compare, s.with = at[1], with
			}
		case t == ";":
			end()
			if len(sections) == 3 {
				return sections
			}
			sections = append(sections, section{})
		case t[0] != '_' && t[0] != '*' && t != `""`:
			tokens, coloured = append(tokens, t), coloured || t[0] == '[' && t[1] != '$'
		}
	}
	end()
	return sections
}

// otherwise is why a reader sees a number as another figure than is stored; empty where none does. Where it is not certain which section shows it, all
// that may must show it as it is.
func (l look) otherwise(text string) string {
	if len(l.sections) == 0 {
		return ""
	}
	number, err := decimal.NewFromString(text)
	if err != nil {
		return "" // a date, which is judged by its period
	}
	var of []section
	switch conditional := l.sections[0].compare != "" || len(l.sections) > 1 && l.sections[1].compare != ""; {
	case conditional:
		for _, s := range l.sections {
			if s.compare == "" {
				of = append(of, s)
			} else if s.holds(number) {
				of = append(of, s)
				break
			}
		}
	case number.IsNegative() && len(l.sections) > 1:
		of = l.sections[1:2]
	case number.IsZero() && len(l.sections) > 2:
		of = l.sections[2:3]
	default:
		of = l.sections[:1]
	}
	for _, s := range of {
		reason := s.otherwise
		if number.IsZero() {
			reason = s.zero
		}
		if reason != "" {
			return reason
		}
	}
	return ""
}

func (s section) holds(number decimal.Decimal) bool {
	c := number.Cmp(s.with)
	switch s.compare {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "=":
		return c == 0
	default:
		return c != 0
	}
}

// sectionOtherwise is why a section shows numbers, and why it shows zero, as other figures than are stored. A zero may be a dash.
func sectionOtherwise(tokens []string) (otherwise, zero string) {
	shown, zeroShown, added := false, false, ""
	var words strings.Builder
	for i, t := range tokens {
		literal, isLiteral := literalOf(t)
		switch {
		case isLiteral && digit.MatchString(literal):
			added = padded
		case isLiteral:
			words.WriteString(literal)
		case t == "," && shown && (i+1 == len(tokens) || !isPlaceholder(tokens[i+1])):
			added = scaled
		case isPlaceholder(t):
			shown, zeroShown = true, zeroShown || t != "#" && t != "?"
			words.WriteByte(' ')
		}
	}
	switch {
	case added != "":
	case addsUnit(words.String()):
		added = united
	case addsPoint.MatchString(seenOf(tokens)):
		added = parted
	}
	switch dash := strings.TrimSpace(words.String()); {
	case !shown && dash != "" && strings.Trim(dash, "-\u2013\u2014") == "":
		return notShown, "" // as accounts show it
	case !shown:
		return notShown, notShown
	case !zeroShown:
		return added, notShown
	case added == scaled: // nothing is nothing in thousands, too
		return added, ""
	default:
		return added, added
	}
}

// seenOf is a section of a number format as it looks: its texts as they stand, 0 for each figure and p for the point.
func seenOf(tokens []string) string {
	var seen strings.Builder
	for _, t := range tokens {
		literal, isLiteral := literalOf(t)
		switch {
		case isLiteral:
			seen.WriteString(literal)
		case isPlaceholder(t):
			seen.WriteByte('0')
		case t == ".":
			seen.WriteByte('p')
		}
	}
	return seen.String()
}

// addsPoint is a text between figures that parts them as a point does, or a comma before other than three of them. minusSign is one beside a figure, or a
// bracket around it.
var (
	addsPoint = regexp.MustCompile(`0[.\x{00b7}]0|0,(0{1,2}|0{4,})([^0]|$)`)
	minusSign = regexp.MustCompile(`(^|[\s£$€])[-\x{2212}\x{2013}\x{2014}(][\s£$€(]*0|0[\s)]*[-\x{2212}\x{2013}\x{2014}](\s|$)`)
)

// showsMinus tells whether a section shows its numbers as negative ones.
func showsMinus(tokens []string) bool { return minusSign.MatchString(seenOf(tokens)) }

// literalOf is the text that a piece of a number format shows as it stands.
func literalOf(t string) (text string, ok bool) {
	switch {
	case t[0] == '"':
		return strings.Trim(t, `"`), true
	case t[0] == '\\':
		return t[1:], true
	case strings.HasPrefix(t, "[$"):
		text, _, _ = strings.Cut(strings.Trim(t, "[$]"), "-")
		return text, true
	case strings.Contains("-+()/:!^&'~{}<>= £$€\u2013", t):
		return t, true
	}
	return "", false
}

// magnitudes begin the words that say in how many of something a figure is.
var magnitudes = []string{"hundred", "thou", "mill", "bill", "trill", "dozen", "lakh", "crore", "penc", "penn"}

// innocent are short words that say what is counted, or join such.
var innocent = map[string]bool{"day": true, "bed": true, "gbp": true, "wte": true, "fte": true, "hrs": true, "gps": true, "per": true, "of": true, "in": true}

// addsUnit tells whether a text beside a figure may say that it is in thousands, millions or the like: a word for one, or letters as few as those of
// an abbreviation.
func addsUnit(text string) bool {
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len([]rune(word)) <= 3 && !innocent[word] {
			return true
		}
		for _, m := range magnitudes {
			if strings.HasPrefix(word, m) {
				return true
			}
		}
	}
	return false
}

// isPlaceholder tells whether a piece of a number format stands for a figure, or for a part of a date.
func isPlaceholder(t string) bool {
	return len(t) == 1 && strings.Contains("0#?@dDmMyYhHsSgGeE", t) || strings.EqualFold(t, "general")
}
