package claim

import (
	"strings"
	"testing"

	"stpdash/docs"
)

// The claim of the document gets the verdicts that stand there.
func TestTheClaimOfTheDocument(t *testing.T) {
	const document = "analysts/claim.md"
	blocks, err := docs.Blocks(document)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := docs.Table(document, "the figures from April 2018")
	if err != nil {
		t.Fatal(err)
	}
	c := declared(t, strings.TrimPrefix(blocks[0].Text, "claims:\n"))
	published := figures(t, c, "emergency_admissions")
	factors := map[string]float64{"as published": 1, "lowered by 10%": 0.9, "raised by 25%": 1.25}
	for _, row := range rows[1:] {
		factor, ok := factors[row[0]]
		if !ok {
			t.Fatalf("the figures %s are not known", row[0])
		}
		if r := tested(t, published.change(t, "2018-04", factor), c, figures(t, c, "ae_attendances")); string(r.Verdict) != row[1] {
			t.Errorf("the figures %s: %s, the document says %s: %+v", row[0], r.Verdict, row[1], r.Reasons)
		}
	}
}
