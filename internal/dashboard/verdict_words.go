package dashboard

import (
	"fmt"
	"strings"

	"stpdash/internal/register"
)

// RetestedWords says what changed: "dorset_plan_admissions: contradicted (not evidenced before)"; of first verdicts how many there are.
func RetestedWords(r register.Retested) string {
	var words []string
	first := 0
	for _, v := range r.Changed {
		if v.Before == nil {
			first++
			continue
		}
		words = append(words, fmt.Sprintf("%s: %s (%s before)", v.After.Claim, v.After.Verdict, v.Before.Verdict))
	}
	if first > 0 {
		words = append(words, plural(first, "first verdict", "first verdicts"))
	}
	if len(words) == 0 {
		return "no verdict changed"
	}
	return strings.Join(words, "; ")
}
