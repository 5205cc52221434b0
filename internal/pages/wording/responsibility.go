package wording

import (
	"fmt"

	"stpdash/internal/catalog"
)

// Answerable says which post answers, and since when.
func Answerable(a *catalog.Answerable) string {
	words := a.Post + ", " + a.Body
	if p, err := catalog.ParsePeriod(a.From); err == nil {
		words += ", since " + p.Words()
	}
	return words
}

// Answered says of how many plans it is published who leads them.
func Answered(led, of int) string {
	if led == 0 {
		return "Who leads the plans is not recorded here"
	}
	return fmt.Sprintf("The lead of %d of the %d plans is recorded here", led, of)
}

// Unanswered counts what is open in a footprint: nobody has answered for it yet.
type Unanswered struct{ Unmeasured, Unreturned, Overdue, Unsigned int }

// Words say what is open, in a few words each.
func (u Unanswered) Words() []string {
	var words []string
	for _, each := range []struct {
		n         int
		one, many string
	}{
		{u.Unmeasured, "priority has no measure", "priorities have no measure"},
		{u.Unreturned, "measure waits for a return", "measures wait for a return"},
		{u.Overdue, "decision is overdue", "decisions are overdue"},
		{u.Unsigned, "return is not signed off", "returns are not signed off"},
	} {
		if each.n > 0 {
			words = append(words, Plural(each.n, each.one, each.many))
		}
	}
	return words
}
