package wording

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"stpdash/internal/catalog"
	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/figures"
	"stpdash/internal/footprint"
)

// codes are the constants of the types of a package, by the type's name.
func codes(t *testing.T, pkg string) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("../../" + pkg + "/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	all := map[string][]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			of, named := spec.Type.(*ast.Ident)
			if !named || len(spec.Values) != 1 {
				return true
			}
			if value, ok := spec.Values[0].(*ast.BasicLit); ok && value.Kind == token.STRING {
				text, err := strconv.Unquote(value.Value)
				if err != nil {
					t.Fatal(err)
				}
				all[of.Name] = append(all[of.Name], text)
			}
			return true
		})
	}
	return all
}

// Every code that a test of claims can give has words, whatever it is about.
func TestEveryCodeHasWords(t *testing.T) {
	reference, err := footprint.Read(os.DirFS("../../../sql/reference"))
	if err != nil {
		t.Fatal(err)
	}
	w := ClaimsBy(figures.NewDirectory(&catalog.Catalog{}, reference))
	number := evidence.Number(1)
	interval := [2]float64{1, 2}
	why := claim.Reason{Code: claim.NoUnitCost}
	own := &claim.OwnYear{From: "2018-04", Until: "2019-03", Figure: 1, Change: 1, Loaded: true}
	about := claim.Facts{
		Measure:      "m",
		Of:           "n",
		Places:       []string{"E54000005"},
		Organisation: "RJ1",
		Claim:        "x",
		Start:        "2018-04",
		Period:       "2018-05",
		Until:        "2019-03",
		Value:        &number,
		Than:         &number,
		P:            &number,
		Pounds:       "1",
		Costs:        "1",
		Net:          "1",
		Units:        []catalog.SizeUnit{catalog.Percent, catalog.Count},
		Quote:        "A text",
		Note:         &evidence.Note{Code: evidence.NoPenalty},
		Notes:        []string{"A note."},
		Rule:         claim.RuleReached,
		Break:        &claim.Break{Period: "2018-05", Part: .1},
		Choices:      []claim.Choice{{Kind: evidence.ByMethod, Method: "ridge", Reason: evidence.Note{Code: evidence.NoPenalty}}},
		Overlaps:     []claim.Overlap{{Claim: "x"}},
		Movements: []claim.Movement{
			{Measure: "m", Found: claim.HasNot, Percent: 1, Interval: &interval},
		},
		Undue:   &claim.Undue{From: "2018-04", Until: "2019-03", Own: own, Later: &why},
		Because: &why,
	}
	given := codes(t, "claim")
	for _, kind := range []string{"ReasonCode", "FindingCode", "NeedCode", "WhyCode", "RuleCode", "OverlapMark"} {
		if len(given[kind]) < 6 {
			t.Fatalf("%d codes of %s were found", len(given[kind]), kind)
		}
	}
	words := map[string]func(code string) string{
		"ReasonCode": func(code string) string {
			r := claim.Reason{Code: claim.ReasonCode(code), Have: 1, Need: 2, Facts: about}
			if r.Code == claim.CheckDecided {
				r.Facts.Check = claim.Robust
				return w.VerdictReason(r, []claim.Check{{ID: claim.Robust, Outcome: claim.Failed, Finding: claim.CheckFinding{Code: claim.NotEstimated}}})
			}
			return w.Reason(r)
		},
		"FindingCode": func(code string) string {
			return w.Finding(claim.CheckFinding{Code: claim.FindingCode(code), Have: 1, Need: 2, Facts: about})
		},
		"NeedCode": func(code string) string {
			return w.need(
				claim.Need{Code: claim.NeedCode(code), Measure: "m", Period: "2018-05", Have: 1, Value: &number, Than: &number, Quote: "A text", Because: &why},
				&catalog.Measure{Title: "M"},
				&claim.Result{Places: []string{"E54000005"}, Outturn: &claim.Outturn{Own: own}},
			)
		},
		"WhyCode": func(code string) string {
			return w.why(claim.Why{Code: claim.WhyCode(code), From: "2018-04", Until: "2019-03"})
		},
		"RuleCode":    func(code string) string { return Rules[claim.RuleCode(code)] },
		"OverlapMark": func(code string) string { return overlapMarks[claim.OverlapMark(code)] },
		"CheckID":     func(code string) string { return Checks[claim.CheckID(code)].Title },
		"Verdict":     func(code string) string { return supported[claim.Verdict(code)] },
	}
	for kind, say := range words {
		for _, code := range given[kind] {
			if say(code) == "" {
				t.Errorf("the %s %q has no words", kind, code)
			}
		}
	}
}
