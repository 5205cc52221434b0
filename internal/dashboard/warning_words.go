package dashboard

import (
	"fmt"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
)

// WarningWords say in a sentence what is remarkable.
func WarningWords(w figures.LoadWarning, name func(organisation string) string) string {
	if w.Remark != "" {
		return w.Remark
	}
	m, p := w.Measure, w.At
	of := name(w.Organisation)
	if w.Item != "" {
		of += ", " + w.Item
	}
	shown := func(n float64) string {
		if m.Unit == catalog.GBP {
			return pounds(decimal.NewFromFloat(n).Round(2))
		}
		return count(decimal.NewFromFloat(n).Round(2))
	}
	switch w.Rule {
	case "history":
		return fmt.Sprintf("%s of %s %s is %s; the middle of the figures before it, at most twelve, is %s, and those usually lie within %s of it",
			m.Title, of, inPeriod(p), shown(w.Value), shown(w.Middle), shown(w.Spread))
	case "provider_stays":
		return fmt.Sprintf("%s has no figure of %s %s; in the period before it was %s", of, m.Title, inPeriod(p), shown(w.Value))
	default:
		return fmt.Sprintf("%s has figures of %s and none of the period before", m.Title, p.Words())
	}
}
