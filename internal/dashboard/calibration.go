package dashboard

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/claim"
	"stpdash/internal/evidence"
	"stpdash/internal/figures"
)

// mostFalse is how many in 100 false claims may be called evidenced.
const mostFalse = 5

// CalibrationPage composes the page of the calibration; as of a moment it says whether the figures were those of the calibration.
func (c *Composer) CalibrationPage(ctx context.Context, asOf figures.Moment) (CalibrationPage, error) {
	k := c.register.Calibration()
	p := CalibrationPage{Shell: c.shell("How far can these data see?", "claims", asOf), Downloads: downloads("/api/v1/calibration", "as_of", asOf.Text)}
	changed, err := c.register.CalibrationChanges(ctx, asOf)
	if err != nil {
		return p, err
	}
	switch {
	case len(changed) > 0:
		p.Changed = "The figures are not those that this was made with: " + list(c.titles(changed)) + "."
	case k.Rules != claim.RulesHash():
		p.Changed = "The rules of the verdicts have changed since this was made."
	}
	for _, v := range claim.Verdicts {
		p.Verdicts = append(p.Verdicts, capital(string(v)))
	}
	var untested []int
	for i, r := range claim.Rules {
		if r.Verdict == claim.CannotBeTested {
			untested = append(untested, i)
		}
	}
	byMeasure := map[string][]claim.Tally{}
	var ids, blind []string
	var all []claim.Tally
	for _, t := range k.Tallies() {
		switch {
		case t.Measure == "":
			all = append(all, t)
			p.Kinds = append(p.Kinds, calibrationKind(t, untested))
			continue
		case byMeasure[t.Measure] == nil:
			ids = append(ids, t.Measure)
		}
		byMeasure[t.Measure] = append(byMeasure[t.Measure], t)
	}
	for _, rule := range untested {
		p.Reasons = append(p.Reasons, capital(claim.Rules[rule].When))
	}
	seen := map[float64][]string{} // titles, by the least fall seen; 0 where none was
	for _, id := range ids {
		row := c.calibrationMeasure(id, byMeasure[id], asOf)
		smallest := smallestSeen(byMeasure[id])
		if smallest > 0 {
			row.Smallest = percent(smallest)
		}
		p.Measures = append(p.Measures, row)
		if row.Detectable == "" {
			blind = append(blind, id)
			continue
		}
		seen[smallest] = append(seen[smallest], row.Name)
	}
	p.Finding, p.Sentences, p.More = calibrationFindings(all)
	if smallest := smallestFalls(seen); smallest != "" {
		p.Sentences = append(p.Sentences, smallest)
		p.More = append(p.More, fmt.Sprintf("In a middling footprint a fall of %s would be seen in 80 of 100 cases; measure by measure it is in the table below.", percent1(all[0].Detectable)))
	}
	if len(blind) > 0 {
		p.More = append(p.More, fmt.Sprintf("No claim about %s could be tested at all: places have gaps, or no others move alike. They are left out of the figures over all measures.", list(c.titles(blind))))
	}
	for _, fall := range claim.Falls {
		p.Falls = append(p.Falls, percent(fall))
	}
	p.Made, p.Limits = calibrationMade(k, len(ids), p.Falls), calibrationLimits
	return p, nil
}

// smallestFalls says for which measures, by the least fall put in that was seen, it was seen; of those by 0 none was.
func smallestFalls(seen map[float64][]string) string {
	var parts []string
	for _, fall := range claim.Falls {
		if names := seen[fall]; len(names) > 0 {
			parts = append(parts, percent(fall)+" for "+list(names))
		}
	}
	if names := seen[0]; len(names) > 0 {
		parts = append(parts, "none up to "+percent(claim.Falls[len(claim.Falls)-1])+" for "+list(names))
	}
	if len(parts) == 0 {
		return ""
	}
	return "The smallest fall tried that was seen, at least in part, in 80 of 100 draws: " + strings.Join(parts, "; ") + "."
}

// firstFalls are the true ones, in per cent, that the findings begin with.
var firstFalls = []float64{10, 5}

// calibrationFindings are a headline about false claims, what is told first of them and of true ones, and what else was found.
func calibrationFindings(all []claim.Tally) (finding string, first, more []string) {
	var worst, registered, doubled claim.Tally
	for _, t := range all {
		if t.Fall > 0 {
			if t.Claimed > t.Fall && (doubled.Trials == 0 || t.Evidenced.Share > doubled.Evidenced.Share) {
				doubled = t
			}
			continue
		}
		if worst.Trials == 0 || t.Evidenced.Share > worst.Evidenced.Share {
			worst = t
		}
		if t.Claimed == 0 {
			registered = t
		}
	}
	if worst.Trials == 0 {
		return "No claims could be tried", nil, nil
	}
	finding = fmt.Sprintf("Of %s false claims %d were called evidenced", whole(registered.Trials), registered.Evidenced.Count)
	if registered.Evidenced.Count == 0 {
		finding = fmt.Sprintf("None of %s false claims was called evidenced", whole(registered.Trials))
	}
	first = append(first, fmt.Sprintf("They claim falls as large as those that the register states in per cent, most of small groups, here of whole footprints. That is %s, with 95%% confidence %s; %s", inHundred(registered.Evidenced.Share),
		atMost(registered.Evidenced), allowed(worst.Evidenced)))
	if worst.Evidenced.Count == 0 {
		more = append(more, fmt.Sprintf("No false claim of any other size was called evidenced either (of each, %s).", atMost(worst.Evidenced)))
	} else {
		more = append(more, fmt.Sprintf("Most false claims were called evidenced where the claim was %s: %d of %s, %s.", claimedWords(worst.Claimed), worst.Evidenced.Count,
			whole(worst.Trials), atMost(worst.Evidenced)))
	}
	more = append(more, fmt.Sprintf("%s of the false claims were called partly evidenced: the figures had fallen beyond chance although nothing is known to have begun.",
		capital(inHundred(registered.Seen.Share-registered.Evidenced.Share))))
	var found []string
	for _, t := range slices.Backward(all) {
		if !t.True() {
			continue
		}
		sentence := fmt.Sprintf("True falls of %s that were claimed as they were: %s were called evidenced, %s evidenced or partly evidenced.", percent(t.Fall), inHundred(t.Evidenced.Share), inHundred(t.Seen.Share))
		if slices.Contains(firstFalls, t.Fall) {
			found = append(found, sentence)
		} else {
			more = append(more, sentence)
		}
	}
	if len(found) > 0 {
		first = append(first, strings.Join(found, " "))
	}
	more = append(more, "Evidenced asks that the figures show all that is claimed. Chance makes a true claim fall short of itself in half of the cases, and then it is partly evidenced.")
	switch {
	case doubled.Trials == 0:
	case doubled.Evidenced.Count == 0:
		more = append(more, fmt.Sprintf("No claim of twice the true fall was called evidenced (of each size, %s).", atMost(doubled.Evidenced)))
	default:
		more = append(more, fmt.Sprintf("Claims of twice the true fall were called evidenced in at most %s (%s claimed where it was %s; with 95%% confidence %s).",
			inHundred(doubled.Evidenced.Share), percent(doubled.Claimed), percent(doubled.Fall), atMost(doubled.Evidenced)))
	}
	return finding, first, more
}

// allowed says whether the share of false claims that were evidenced, where it is largest, is as small as it must be.
func allowed(worst claim.Part) string {
	switch {
	case worst.Share*100 > mostFalse:
		return fmt.Sprintf("more than the %d in 100 that are allowed: take no verdict of these as evidence.", mostFalse)
	case worst.Upper*100 > mostFalse:
		return fmt.Sprintf("%d in 100 are allowed, and that it is more cannot be ruled out.", mostFalse)
	}
	return fmt.Sprintf("%d in 100 are allowed.", mostFalse)
}

// atMost is the upper end of a share's interval, never rounded down.
func atMost(p claim.Part) string { return "at most " + inHundred(math.Ceil(p.Upper*1000)/1000) }

func calibrationKind(t claim.Tally, untested []int) CalibrationKind {
	k := CalibrationKind{True: "No change", Claimed: claimedWords(t.Claimed), Trials: t.Trials, Evidenced: newShare(t.Evidenced), Seen: newShare(t.Seen)}
	if t.Fall > 0 {
		k.True = "A fall of " + percent(t.Fall)
	}
	for _, v := range claim.Verdicts {
		k.Verdicts = append(k.Verdicts, t.Verdicts[v])
	}
	for _, rule := range untested {
		k.Untested = append(k.Untested, t.Untested[rule])
	}
	return k
}

func (c *Composer) calibrationMeasure(id string, tallies []claim.Tally, asOf figures.Moment) CalibrationMeasure {
	row := CalibrationMeasure{Name: id, Trials: tallies[0].Trials, Stand: inHundred(float64(tallies[0].Stand) / float64(tallies[0].Trials))}
	if m, ok := c.directory.Catalog.Measure(id); ok {
		row.Name, row.URL = m.Title, measureURL(m, asOf)
	}
	var worst claim.Tally
	for _, t := range tallies {
		switch {
		case t.Fall > 0 && !t.True():
		case t.True():
			row.Found = append(row.Found, FallFound{inHundred(t.Seen.Share), inHundred(t.Evidenced.Share)})
		case worst.Trials == 0 || t.Evidenced.Share > worst.Evidenced.Share:
			worst = t
		}
	}
	row.False, row.FalseAt = newShare(worst.Evidenced), claimedWords(worst.Claimed)+" claimed"
	if worst.Evidenced.Count == 0 {
		row.FalseAt = "whatever is claimed"
	}
	if none := tallies[0]; none.Stand > 0 {
		row.Detectable, row.Bias, row.Coverage = percent1(none.Detectable), fmt.Sprintf("%+.1f", none.Bias), inHundred(float64(none.Coverage))
	}
	return row
}

// smallestSeen is the least true fall put in that was seen, at least in part, in 80 of 100 draws; 0 where none was.
func smallestSeen(tallies []claim.Tally) float64 {
	for _, t := range tallies {
		if t.True() && t.Seen.Share >= .8 {
			return t.Fall
		}
	}
	return 0
}

func newShare(p claim.Part) Share {
	return Share{inHundred(p.Share), fmt.Sprintf("%s to %s", oneDecimal(p.Lower*100), oneDecimal(math.Ceil(p.Upper*1000)/10))}
}

// inHundred writes a share to a tenth of a hundredth, so that 5.4 is not read as 5.
func inHundred(share float64) string {
	if evidence.Number(share).Missing() {
		return evidence.NotKnown
	}
	return oneDecimal(share*100) + " in 100"
}

func oneDecimal(x float64) string {
	if evidence.Number(x).Missing() {
		return evidence.NotKnown
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0")
}

func percent(x float64) string {
	if evidence.Number(x).Missing() {
		return evidence.NotKnown
	}
	return oneDecimal(x) + "%"
}

func percent1(x evidence.Number) string {
	if x.Missing() {
		return evidence.NotKnown
	}
	return fmt.Sprintf("%.1f%%", x)
}

func whole(n int) string { return grouped(decimal.NewFromInt(int64(n)), 0) }

// claimedWords are the size of a claim, 0 for those of the register.
func claimedWords(size float64) string {
	if size == 0 {
		return "a size of the register"
	}
	return percent(size)
}

func (c *Composer) titles(ids []string) []string {
	var titles []string
	for _, id := range ids {
		if m, ok := c.directory.Catalog.Measure(id); ok {
			id = m.Title
		}
		titles = append(titles, id)
	}
	return titles
}

func calibrationMade(k *claim.Calibration, measures int, falls []string) []string {
	return []string{
		fmt.Sprintf("%s times one of %d measures, a footprint and a first month or quarter were drawn, with two years of published figures before it and one after. Nobody claims anything of a scheme there, "+
			"so a claim that the measure fell is taken as false. It was made with each of the sizes %s, and with one drawn from the %d that the register states in per cent.", whole(k.Draws), measures, list(falls), len(k.Sizes)),
		"Then the footprint's figures from the start on were lowered by each of these in turn, and the same fall was claimed, and twice of it. Every claim went through the test that the register goes through: the same comparison, placebos, checks and rules.",
		"No pounds and no costs are claimed, the whole footprint is meant, and no other footprint is left out for a scheme of its own.",
		"Intervals are exact ones of 95% (Clopper and Pearson), widened for draws of the same footprint, which share figures (Korn and Graubard 1998); where none was evidenced, as much as for those evidenced or partly evidenced.",
		fmt.Sprintf("Seed %d, %s draws, %s tested claims; %s on %s. Figures as they stood on %s. Rules %s. Made again by: stpd claim calibrate --seed %d --draws %d.",
			k.Seed, whole(k.Draws), whole(k.Draws*(3*len(claim.Falls)+1)), duration(k.Seconds), plural(k.Cores, "core", "cores"), Moment(k.AsOf), k.Rules, k.Seed, k.Draws),
	}
}

func duration(seconds float64) string {
	return fmt.Sprintf("%d minutes %d seconds", int(seconds)/60, int(seconds)%60)
}

var calibrationLimits = []string{
	"The published figures are not free of schemes: some of the places did change something, so a few of the claims counted as false may be true.",
	"Places and dates were drawn at random. Real claims are made where figures have fallen, which makes a false one likelier to pass; the check that the year before was usual is there for that.",
	"Footprints are taken one at a time, and others as independent of them. Schemes that began in many places at once, or moved patients to a neighbour, are harder to see.",
	"The fall put in is the same in every month from the start on. One that grows slowly, fades or reaches only some patients is harder to see.",
	"Draws of the same footprint share figures. The intervals allow for that; they do not tell what other years would have shown.",
	"Claims of a rise, claims for England as a whole and plans are tested in other ways and were not tried.",
}
