package dashboard

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
)

// Warning is a warning in words.
type Warning struct {
	figures.Warning
	Period  catalog.Period
	Message string
}

// Warnings are what is remarkable about the files and the figures of some loads.
func (c *Composer) Warnings(ctx context.Context, asOf AsOf, loads []uint64, limit int) ([]Warning, error) {
	remarks, err := c.Figures.Remarks(ctx, loads, limit)
	if err != nil {
		return nil, err
	}
	var warnings []Warning
	for _, r := range remarks {
		warnings = append(warnings, Warning{Warning: figures.Warning{Load: r.Load, Rule: r.Rule}, Message: r.Message})
	}
	found, err := c.Figures.Warnings(ctx, asOf.Bound, c.Catalog, loads, limit)
	for _, w := range found {
		m, ok := c.Catalog.Measure(w.Measure)
		if !ok {
			m = &catalog.Measure{ID: w.Measure, Title: w.Measure, Grain: catalog.Month}
		}
		p := catalog.Period{Start: w.Period, Grain: m.Grain}
		warnings = append(warnings, Warning{w, p, c.warning(w, m, p)})
	}
	return warnings[:min(len(warnings), limit)], err
}

func (c *Composer) warning(w figures.Warning, m *catalog.Measure, p catalog.Period) string {
	of := c.organisationName(w.Organisation)
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
