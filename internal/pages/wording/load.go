package wording

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"stpdash/internal/catalog"
	"stpdash/internal/figures"
	"stpdash/internal/load"
	"stpdash/internal/mapping"
	"stpdash/internal/register"
)

// Causes name why figures differ between two moments.
var Causes = map[figures.Cause]string{
	figures.NewPeriod: "New", figures.Revision: "Revised", figures.Withdrawal: "Load withdrawn",
	figures.MembershipChange: "Other memberships", figures.DefinitionChange: "Other definition",
}

// CompareFinding is the headline over what differs between two moments.
func CompareFinding(changes figures.Changes, verdicts register.VerdictChanges) string {
	figures := "No figure differs"
	if sum := changes.Sum(); sum > 0 {
		figures = Grouped(DecimalOf(sum), 0) + map[bool]string{true: " figure differs", false: " figures differ"}[sum == 1]
	}
	if n := len(verdicts.Changed); n > 0 {
		return figures + ", and " + Plural(n, "verdict on a claim", "verdicts on claims")
	}
	if verdicts.Untested > 0 {
		return figures + "; of " + Plural(verdicts.Untested, "claim", "claims") + " no verdict was kept by the later moment"
	}
	return figures + ", and no verdict on a claim"
}

// NotLoadedYet stands where there are no figures that will be there in a moment.
const NotLoadedYet = "Not loaded yet"

// Loading says how far what came with the product is loaded: "Loading, 12 of 31"; nothing where it is.
func Loading(p load.Progress) string {
	if p.Whole() {
		return ""
	}
	return fmt.Sprintf("Loading, %d of %d", p.Done, p.Of)
}

// Age says how many periods have ended since one did; of a day or week long past, how many months.
func Age(p catalog.Period, now time.Time) string {
	if p.Grain.Months() == 0 && now.Sub(p.Start) > 60*24*time.Hour {
		p = catalog.Period{Start: time.Date(p.Start.Year(), p.Start.Month(), 1, 0, 0, 0, 0, time.UTC), Grain: catalog.Month}
	}
	n := 0
	for last := p.Grain.LatestEnded(now); p.Start.Before(last.Start); p = p.Next() {
		n++
	}
	if n == 0 {
		return "none has ended since"
	}
	words := p.Grain.Words()
	return Plural(n, words+" has", words+"s have") + " ended since"
}

// LastChange say what the newest published load changed.
func LastChange(last figures.LastChange) string {
	words := fmt.Sprintf("The last load (%d, on %s) changed", last.Load.ID, Moment(last.Load.At))
	var sum uint64
	by := map[figures.Cause]uint64{}
	for _, n := range last.Counts {
		by[n.Cause] += n.Figures
		sum += n.Figures
	}
	if sum == 0 {
		return words + " no figure"
	}
	var parts []string
	for _, cause := range figures.Causes {
		if by[cause] > 0 {
			parts = append(parts, LowerFirst(Causes[cause])+" "+Count(DecimalOf(by[cause])))
		}
	}
	return words + " " + Grouped(DecimalOf(sum), 0) + map[bool]string{true: " figure: ", false: " figures: "}[sum == 1] + List(parts)
}

// Rule is the name of a rule as a reader sees it.
func Rule(name string) string { return strings.ReplaceAll(name, "_", " ") }

// Reconciliation says how a total of the publisher compares with ours.
func Reconciliation(v mapping.Verdict) string {
	switch v {
	case mapping.Equal:
		return "equal"
	case mapping.Short:
		return "differs: rows were rejected"
	default:
		return "differs"
	}
}

// Warning say in a sentence what there is to check.
func Warning(w figures.LoadWarning, name func(organisation string) string) string {
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
			return Pounds(decimal.NewFromFloat(n).Round(2))
		}
		return Count(decimal.NewFromFloat(n).Round(2))
	}
	switch w.Rule {
	case "history":
		return fmt.Sprintf("%s of %s %s is %s. It is usually about %s (within %s) in the figures before it, up to 12",
			m.Title, of, InPeriod(p), shown(w.Value), shown(w.Middle), shown(w.Spread))
	case "provider_stays":
		return fmt.Sprintf("%s has no figure of %s %s; in the period before it was %s", of, m.Title, InPeriod(p), shown(w.Value))
	default:
		return fmt.Sprintf("%s has figures of %s and none of the period before", m.Title, p.Words())
	}
}

// RunOutcome says how a run ended.
func RunOutcome(r load.Run) string {
	return cmp.Or(r.Message, "done") + waiting(r)
}

// RunCounts say what a run found, and how it ended where it says so.
func RunCounts(r load.Run) string {
	words := fmt.Sprintf("%d found, %d published, %d failed, %d known already", r.Found, r.Published, r.Failed, r.Known) + waiting(r)
	if r.Message != "" {
		words += ": " + r.Message
	}
	return words
}

func waiting(r load.Run) string {
	if r.Held == 0 {
		return ""
	}
	return fmt.Sprintf(", %d waiting for acceptance", r.Held)
}

// Totals say how the totals of a file compare with ours.
func Totals(l load.Load) string {
	switch {
	case l.Compared == 0:
		return "the file states no totals"
	case l.Differing == 0:
		return fmt.Sprintf("all %d totals equal", l.Compared)
	default:
		return fmt.Sprintf("%d of %d totals differ", l.Differing, l.Compared)
	}
}

// Coverage says of how many measures there are figures.
func Coverage(known, all, waiting int) string {
	words := fmt.Sprintf("%d of %d headline measures have figures", known, all)
	if waiting > 0 {
		words += fmt.Sprintf(", %d wait for a local return", waiting)
	}
	return words
}

// Newest says of which period the newest figures are, and how old they are.
func Newest(p catalog.Period, now time.Time) string {
	return fmt.Sprintf("The newest figures are of %s: %s.", p.Words(), Age(p, now))
}

// Downloaded says which of the figures that differ a download has.
func Downloaded(from, to, of int) string {
	if from == 1 && to == of {
		return "All figures that differ."
	}
	whole := func(n int) string { return Grouped(DecimalOf(uint64(n)), 0) }
	return fmt.Sprintf("Figures %s to %s of the %s that differ. A later page of the table leads to those that follow.", whole(from), whole(to), whole(of))
}
