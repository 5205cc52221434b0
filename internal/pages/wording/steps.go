package wording

import (
	"fmt"
	"math"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/measure"
	"stpdash/internal/steps"
)

// Proposal says in sentences what was found in the figures of an organisation, and why it stands out.
func Proposal(p figures.Proposal, name func(organisation string) string) string {
	amount := func(x float64) string {
		if math.IsNaN(x) {
			return "nothing"
		}
		return Value(p.Measure, decimal.NewFromFloat(x).Round(0))
	}
	by := fmt.Sprintf("%.0f%%", math.Abs(p.Size)*100)
	side := "below"
	if p.Size > 0 {
		side = "above"
	}
	var words string
	if p.Kind == steps.Gap {
		when := InPeriod(p.From)
		if p.Until != p.From {
			when = "from " + ThePeriod(p.From) + " to " + ThePeriod(p.Until)
		}
		words = fmt.Sprintf(
			"About %s %s, %s %s the usual level, then back: %s, after %s before.",
			amount(p.After),
			when,
			by,
			side,
			map[bool]string{true: "a part may be counted twice", false: "a part may be missing"}[p.Size > 0],
			amount(p.Before),
		)
	} else if p.Before == 0 {
		words = fmt.Sprintf("From %s on about %s, and nothing in the half-year before.", ThePeriod(p.From), amount(p.After))
	} else if p.After == 0 {
		words = fmt.Sprintf("Nothing from %s on, after about %s before.", ThePeriod(p.From), amount(p.Before))
	} else {
		words = fmt.Sprintf("From %s on about %s, %s %s the level before (%s), and it stays there.", ThePeriod(p.From), amount(p.After), by, side, amount(p.Before))
	}
	words += fmt.Sprintf(" Organisations of this size usually differ by %.0f%%.", 100*math.Expm1(p.Usual))
	if p.Elsewhere != "" {
		words += fmt.Sprintf(" %s (%s) moved the other way at that time by about as much.", name(p.Elsewhere), p.Elsewhere)
	}
	return words
}

// ProposalKinds name what was found.
var ProposalKinds = map[steps.Kind]string{steps.Gap: "Gap", steps.Step: "Step"}

// MissingNote says beside a period what is known of the organisations without a figure; empty where that is only that they did not report.
func MissingNote(m *catalog.Measure, place string, p measure.Point, d *figures.Directory) string {
	var notes, elsewhere, omitted []string
	called := d.Named(p.Missing)
	for _, code := range p.Missing {
		switch d.MissingReasonOf(m, place, code, p.Period) {
		case figures.ConfirmedGap:
			note := called[code] + " has a published figure that is known to lack a part, and is left out."
			for _, period := range measure.PeriodsUnder(m, p.Period) {
				if g := m.Gap(code, period); g != nil {
					note = fmt.Sprintf("Known gap, %s: %s", called[code], Closed(g.Reason))
					break
				}
			}
			notes = append(notes, note)
		case figures.OfUnknownPlace:
			elsewhere = append(elsewhere, called[code])
		case figures.OmittedByPublisher:
			omitted = append(omitted, called[code])
		}
	}
	if len(omitted) > 0 {
		notes = append(notes, fmt.Sprintf("The publication leaves out %s.", List(omitted)))
	}
	if len(elsewhere) > 0 {
		notes = append(notes, fmt.Sprintf("Published, but it is not known in which of several footprints: %s.", List(elsewhere)))
	}
	return strings.Join(notes, " ")
}

// ConfirmingYAML is how proposals would stand in a file of dashboards/confirmed, those of one organisation and the same periods together. The
// reasons are left to write.
func ConfirmingYAML(all []figures.Proposal) string {
	type entry struct{ organisation, from, until string }
	order, measures := map[steps.Kind][]entry{}, map[steps.Kind]map[entry][]string{steps.Gap: {}, steps.Step: {}}
	for _, p := range all {
		e := entry{p.Organisation, p.From.String(), p.Until.String()}
		if measures[p.Kind][e] == nil {
			order[p.Kind] = append(order[p.Kind], e)
		}
		measures[p.Kind][e] = append(measures[p.Kind][e], p.Measure.ID)
	}
	var text strings.Builder
	text.WriteString("# yaml-language-server: $schema=../schema/confirmed.json\n")
	for _, list := range []struct {
		kind steps.Kind
		name string
	}{{steps.Gap, "known_gaps"}, {steps.Step, "breaks"}} {
		if len(order[list.kind]) == 0 {
			continue
		}
		fmt.Fprintf(&text, "%s:\n", list.name)
		for _, e := range order[list.kind] {
			fmt.Fprintf(&text, "  - organisations: [%q]\n    measures: [%s]\n    from: %s\n", e.organisation, strings.Join(measures[list.kind][e], ", "), e.from)
			if e.until != e.from {
				fmt.Fprintf(&text, "    until: %s\n", e.until)
			}
			text.WriteString("    reason: \"\" # what is missing or counted differently, and how that is known\n")
		}
	}
	return text.String()
}
