package wording

import (
	"fmt"
	"math"
	"strings"

	"stpdash/internal/measure"
)

// MembershipWords says in a clause which organisations joined or left where a series breaks: "organisations with 12% of the figure changed
// (Burton Hospitals left)", or which count something else. Named names them by their codes; without it they go by their codes.
func MembershipWords(b measure.MembershipBreak, named func(codes []string) map[string]string) string {
	var codes []string
	for _, m := range b.Moves {
		codes = append(codes, m.Organisation)
	}
	for _, s := range b.Steps {
		codes = append(codes, s.Organisation)
	}
	names := map[string]string{}
	if named != nil {
		names = named(codes)
	}
	name := func(code string) string {
		if n, ok := names[code]; ok {
			return n
		}
		return code
	}
	var parts []string
	for _, s := range b.Steps {
		parts = append(parts, fmt.Sprintf("%s counts differently (%s)", name(s.Organisation), open(s.Reason)))
	}
	if len(b.Moves) == 0 && len(parts) > 0 {
		return strings.Join(parts, ", and ")
	}
	var moves []string
	for _, m := range b.Moves {
		words := name(m.Organisation) + " " + string(m.Kind)
		if m.Kind == measure.Joined {
			into := m.Successor
			if named != nil {
				into = named([]string{into})[into]
			}
			words += " " + into
		}
		moves = append(moves, words)
	}
	who := strings.Join(moves, ", ")
	if last := len(moves) - 1; last > 0 {
		who = strings.Join(moves[:last], ", ") + " and " + moves[last]
	}
	parts = append(parts, fmt.Sprintf("organisations with %.0f%% of the figure changed (%s)", math.Abs(b.Part)*100, who))
	return strings.Join(parts, ", and ")
}
