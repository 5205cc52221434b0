package audit

import (
	_ "embed"
	"fmt"
	"io"
	"strings"
	"text/template"
	"time"

	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/measure"
	"stpdash/internal/pages/wording"
)

//go:embed method.md.tmpl
var methodText string

var method = template.Must(template.New("method").Funcs(template.FuncMap{
	"percent":  func(n evidence.Number) string { return inPercent("%+.1f", n) },
	"size":     func(n evidence.Number) string { return inPercent("%.3g", n) },
	"p":        func(n evidence.Number) string { return fmt.Sprintf("%.2g", n) },
	"words":    func(text any) string { return strings.ReplaceAll(fmt.Sprint(text), "_", " ") },
	"sentence": wording.Sentence,
	"pounds":   wording.PoundsOf,
}).Parse(methodText))

func inPercent(format string, n evidence.Number) string {
	if n.Missing() {
		return evidence.NotKnown
	}
	return fmt.Sprintf(format, n) + "%"
}

// timeForm writes a moment so that --as-of reads the same one.
const timeForm = time.RFC3339Nano

// rule is one rule of the verdict, as the note lists them.
type rule struct {
	claim.Rule
	When    string
	Number  int
	Decided bool
}

// estimates counts the figures that are estimates.
func (m *material) estimates() (n int) {
	count := func(points []measure.Point) {
		for _, p := range points {
			if p.Estimate() {
				n++
			}
		}
	}
	for _, f := range m.read() {
		count(f.England)
		for _, place := range f.Footprints {
			count(place.Points)
		}
	}
	return n
}

// writeMethod writes the note that says in plain words what was done, and what the answer cannot show.
func (m *material) writeMethod(w io.Writer) error {
	rules := claim.RulesOf(m.Claim)
	listed := make([]rule, len(rules))
	for i, r := range rules {
		listed[i] = rule{r, wording.Rules[r.Code], i + 1, i+1 == m.Result.Rule}
	}
	return method.Execute(w, map[string]any{
		"Claim": m.Claim, "Result": m.Result, "Places": m.placeNames(), "Comparator": m.comparator(), "Measures": m.measures(), "Sources": m.sources(),
		"Files": m.files(), "Cells": len(m.Cells), "Donors": len(m.Donors), "Rules": listed, "Compared": m.Result.Design.Method == claim.SyntheticDiD,
		"Series": m.Result.Design.Method == claim.TimeSeries, "Gaussian": m.Result.Series != nil && m.Result.Series.Family == evidence.Gaussian,
		"People": m.People, "EachDay": m.People != nil && m.Data.Measure.Stored().Denominator.EachDay, "Estimates": m.estimates(),
		"Load": m.AsOf.Load, "At": m.AsOf.At.UTC().Format(timeForm), "Version": m.Version,
	})
}
