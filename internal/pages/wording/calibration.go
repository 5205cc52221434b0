package wording

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"stpdash/internal/claim"
	"stpdash/internal/evidence"
)

// maxFalse is how many in 100 false claims may be called evidenced.
const maxFalse = 5

// SmallestFalls says for which measures, by the least fall put in that was seen, it was seen; of those by 0 none was.
func SmallestFalls(seen map[float64][]string) string {
	var parts []string
	for _, fall := range claim.Falls {
		if names := seen[fall]; len(names) > 0 {
			parts = append(parts, Percent(fall)+" for "+List(names))
		}
	}
	if names := seen[0]; len(names) > 0 {
		parts = append(parts, "none up to "+Percent(claim.Falls[len(claim.Falls)-1])+" for "+List(names))
	}
	if len(parts) == 0 {
		return ""
	}
	return "The smallest fall of a whole footprint tried that was seen, at least in part, in 80 of 100 draws that could be tested: " + strings.Join(
		parts,
		"; ",
	) + "."
}

// firstFalls are the true ones, in per cent, that the findings begin with.
var firstFalls = []float64{10, 5}

// CalibrationFindings are a headline about false claims, what is told first of them and of true ones, and what else was found.
func CalibrationFindings(all []claim.Summary, domains []*claim.DomainStudy) (finding string, first, more []string) {
	var worst, registered, doubled claim.Summary
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
	finding = fmt.Sprintf("Of %s false claims about footprints %d were called evidenced", whole(registered.Stand), registered.Evidenced.Count)
	if registered.Evidenced.Count == 0 {
		finding = fmt.Sprintf("None of %s false claims about footprints was called evidenced", whole(registered.Stand))
	}
	first = append(
		first,
		fmt.Sprintf(
			"They claim falls as large as those that the register states in per cent. That is %s, with 95%% confidence %s; %s %s more could not be tested and are in none of these shares.",
			InHundred(registered.Evidenced.Share),
			AtMost(registered.Evidenced),
			allowed(worst.Evidenced),
			Capital(Plural(registered.Trials-registered.Stand, "claim", "claims")),
		),
	)
	first = append(first, domainFindings(domains)...)
	if worst.Evidenced.Count == 0 {
		more = append(more, fmt.Sprintf("No false claim of any other size was called evidenced either (of each, %s).", AtMost(worst.Evidenced)))
	} else {
		more = append(
			more,
			fmt.Sprintf("Most false claims were called evidenced where the claim was %s: %d of %s, %s.", SizeOfClaim(worst.Claimed), worst.Evidenced.Count,
				whole(worst.Stand), AtMost(worst.Evidenced)),
		)
	}
	more = append(
		more,
		fmt.Sprintf("%s of the false claims were called partly evidenced: the figures had fallen significantly although nothing is known to have begun.",
			Capital(InHundred(registered.Seen.Share-registered.Evidenced.Share))),
	)
	var found []string
	for _, t := range slices.Backward(all) {
		if !t.True() {
			continue
		}
		sentence := fmt.Sprintf(
			"True falls of %s that were claimed as they were: %s were called evidenced, %s evidenced or partly evidenced.",
			Percent(t.Fall),
			InHundred(t.Evidenced.Share),
			InHundred(t.Seen.Share),
		)
		if slices.Contains(firstFalls, t.Fall) {
			found = append(found, sentence)
		} else {
			more = append(more, sentence)
		}
	}
	if len(found) > 0 {
		first = append(first, strings.Join(found, " "))
	}
	more = append(
		more,
		"Evidenced asks that the interval leaves out zero, holds the claim, and has its near end at half of the claim or more. A true claim that is not far larger than "+
			"the smallest change that can be seen falls short of that by chance, and then it is partly evidenced or inconclusive.",
	)
	switch {
	case doubled.Trials == 0:
	case doubled.Evidenced.Count == 0:
		more = append(more, fmt.Sprintf("No claim of twice the true fall was called evidenced (of each size, %s).", AtMost(doubled.Evidenced)))
	default:
		more = append(more, fmt.Sprintf("Claims of twice the true fall were called evidenced in at most %s (%s claimed where it was %s; with 95%% confidence %s).",
			InHundred(doubled.Evidenced.Share), Percent(doubled.Claimed), Percent(doubled.Fall), AtMost(doubled.Evidenced)))
	}
	return finding, first, more
}

// domainFindings say how often false claims about small places and groups of them are called evidenced, where that is likeliest.
func domainFindings(domains []*claim.DomainStudy) []string {
	var one, group claim.Part
	sizes := map[int]bool{}
	for _, s := range domains {
		if w := s.Worst(); w.Upper > one.Upper {
			one = w
		}
		for i := range s.Groups {
			g := &s.Groups[i]
			sizes[g.K] = true
			if w := g.Worst(); w.Upper > group.Upper {
				group = w
			}
		}
	}
	if len(domains) == 0 {
		return nil
	}
	words := []string{
		fmt.Sprintf(
			"Most claims are tested in single commissioners and trusts. In each of the %d domains of these, false claims were called evidenced in %s at most, with 95%% confidence %s.",
			len(domains),
			InHundred(one.Share),
			AtMost(one),
		),
	}
	if len(sizes) > 0 {
		words = append(words, fmt.Sprintf("In groups of them, of %d to %d places, in %s at most, with 95%% confidence %s.",
			slices.Min(slices.Collect(maps.Keys(sizes))), slices.Max(slices.Collect(maps.Keys(sizes))), InHundred(group.Share), AtMost(group)))
	}
	return words
}

// allowed says whether the share of false claims that were evidenced, where it is largest, is as small as it must be.
func allowed(worst claim.Part) string {
	switch {
	case worst.Share*100 > maxFalse:
		return fmt.Sprintf("more than the %d in 100 that are allowed: take no verdict of these as evidence.", maxFalse)
	case worst.Upper*100 > maxFalse:
		return fmt.Sprintf("%d in 100 are allowed, and more cannot be ruled out.", maxFalse)
	}
	return fmt.Sprintf("%d in 100 are allowed.", maxFalse)
}

// AtMost is the upper end of a share's interval, never rounded down.
func AtMost(p claim.Part) string { return "at most " + InHundred(math.Ceil(p.Upper*1000)/1000) }

// InHundred writes a share to a tenth of a hundredth, so that 5.4 is not read as 5.
func InHundred(share float64) string {
	if evidence.Number(share).Missing() {
		return evidence.NotKnown
	}
	return OneDecimal(share*100) + " in 100"
}

// OneDecimal writes a number with one decimal place, and whole where it is whole.
func OneDecimal(x float64) string {
	if evidence.Number(x).Missing() {
		return evidence.NotKnown
	}
	return decimal.RequireFromString(fmt.Sprintf("%.1f", x)).String()
}

// Percent writes a number of per cent, whole where it is whole.
func Percent(x float64) string {
	if evidence.Number(x).Missing() {
		return evidence.NotKnown
	}
	return OneDecimal(x) + "%"
}

// Percent1 writes a number of per cent with one decimal place.
func Percent1(x evidence.Number) string {
	if x.Missing() {
		return evidence.NotKnown
	}
	return fmt.Sprintf("%.1f%%", x)
}

func whole(n int) string { return Grouped(decimal.NewFromInt(int64(n)), 0) }

// SizeOfClaim are the size of a claim, 0 for those of the register.
func SizeOfClaim(size float64) string {
	if size == 0 {
		return "a size of the register"
	}
	return Percent(size)
}

// CalibrationMade says how a calibration was made.
func CalibrationMade(k *claim.Calibration, measures int, falls []string) []string {
	return []string{
		"In small places each that no scheme covered took its turn as treated, at starts half a year apart, and groups of whole footprints were drawn 200 times at each start. The last table has them. The rest of this page is of whole footprints.",
		fmt.Sprintf(
			"%s times one of %d measures, a footprint and a first month or quarter were drawn, with two years of published figures before it and one after. Measures of which no draw could be tested "+
				"are left out of the figures over all. Nobody claims anything of a scheme there, "+
				"so a claim that the measure fell is taken as false. It was made with each of the sizes %s, and with one drawn from the %d that the register states in per cent.",
			whole(k.Draws),
			measures,
			List(falls),
			len(k.Sizes),
		),
		"Then the footprint's figures from the start on were lowered by each of these in turn, and the same fall was claimed, and twice of it. Every claim went through the test that the register goes through: the same comparison, placebos, checks and rules.",
		"No pounds and no costs are claimed, the whole footprint is meant, and no other footprint is left out for a scheme of its own.",
		"Intervals are exact ones of 95% (Clopper and Pearson), widened for draws of the same footprint, which share figures (Korn and Graubard 1998); where none was evidenced, as much as for those evidenced or partly evidenced.",
		fmt.Sprintf(
			"Seed %d, %s draws, %s tested claims; %s on %s. Figures as they stood on %s. Rules %s. Made again by: stpd claim calibrate --seed %d --draws %d.",
			k.Seed,
			whole(k.Draws),
			whole(k.Draws*(3*len(claim.Falls)+1)),
			duration(k.Seconds),
			Plural(k.Cores, "core", "cores"),
			Moment(k.AsOf),
			k.Rules,
			k.Seed,
			k.Draws,
		),
	}
}

func duration(seconds float64) string {
	return fmt.Sprintf("%d minutes %d seconds", int(seconds)/60, int(seconds)%60)
}

// CalibrationLimits say what a calibration cannot show.
var CalibrationLimits = []string{
	"The published figures are not free of schemes: some of the places did change something, so a few of the claims counted as false may be true.",
	"Places and dates were drawn at random. Real claims are made where figures have fallen, which makes a false one likelier to pass; the check that the year before was usual is there for that.",
	"Places and groups are taken one at a time, and others as untouched. A scheme that moved patients to a neighbour is seen as larger than it was.",
	"The fall put in is the same in every month from the start on. One that grows slowly, fades or reaches only some patients is harder to see.",
	"Draws of the same footprint, starts of one place and groups at one start share figures. The intervals allow for that; they do not tell what other years would have shown.",
	"Places that schemes covered are not among those tried. Of some of those tried a change was found too often: single places whose error is known by their size are not compared with them, and their own limits are wider. By chance alone one place in twenty would be among them.",
	"Claims of a rise, claims for England as a whole, and councils were not tried. A claim about councils alone cannot be tested: too few of them vary little enough. Plans and changes of a place's own figures are no effects.",
}

// Detectable says which fall would be seen in a middling footprint.
func Detectable(t claim.Summary) string {
	return fmt.Sprintf(
		"In a middling footprint that can be tested a fall of %s would be seen in 80 of 100 cases; measure by measure it is in the table below.",
		Percent1(t.Detectable),
	)
}

// Blind says about which measures no claim could be tested.
func Blind(titles []string) string {
	return fmt.Sprintf(
		"No claim about %s could be tested at all: places have gaps, or no others move alike. They are left out of the figures over all measures.",
		List(titles),
	)
}
