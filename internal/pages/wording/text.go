// Package wording has the sentences: it writes facts as readers read them, and decides nothing.
package wording

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"stpdash/internal/catalog"
)

// List joins names as a sentence does.
func List(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
	}
}

// Plural writes a number of things.
func Plural(n int, one, many string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, one)
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Capital begins a text with a capital letter.
func Capital(text string) string { return first(text, unicode.ToUpper) }

// LowerFirst begins a text with a small letter.
func LowerFirst(text string) string { return first(text, unicode.ToLower) }

func first(text string, change func(rune) rune) string {
	letter, size := utf8.DecodeRuneInString(text)
	return string(change(letter)) + text[size:]
}

// Closed is a text that others wrote, such as the note of a return, with a full stop, whether they wrote one or not.
func Closed(text string) string { return strings.TrimSuffix(text, ".") + "." }

// open is such a text within a sentence, without a full stop.
func open(text string) string { return strings.TrimSuffix(text, ".") }

// OnPeriod begins a sentence with a period: "In July 2018", "On 3 February 2019".
func OnPeriod(p catalog.Period) string {
	if p.Grain == catalog.Day {
		return "On " + p.Words()
	}
	return "In " + ThePeriod(p)
}

// ThePeriod is a period within a sentence: "July 2018", "the week ending 7 November 2010".
func ThePeriod(p catalog.Period) string {
	if p.Grain == catalog.Week {
		return "the " + p.Words()
	}
	return p.Words()
}

// InPeriod is the same within a sentence.
func InPeriod(p catalog.Period) string { return LowerFirst(OnPeriod(p)) }

// Periods are periods in words.
func Periods(periods []catalog.Period) []string {
	var all []string
	for _, p := range periods {
		all = append(all, p.Words())
	}
	return all
}
