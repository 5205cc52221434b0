package pages

import (
	"context"
	"fmt"
	"math"

	"stpdash/internal/claim"
	"stpdash/internal/figures"
	"stpdash/internal/pages/wording"
)

// Calibration composes the page of the calibration; as of a moment it says whether the figures were those of the calibration.
func (c claimPages) Calibration(ctx context.Context, asOf figures.Moment) (CalibrationPage, error) {
	k := c.register.Calibration()
	p := CalibrationPage{Shell: c.shell("How reliable are these tests?", "claims", asOf), Downloads: downloads("/api/v1/calibration", "as_of", asOf.Text)}
	var changed []string
	if !asOf.Incomplete() {
		var err error
		if changed, err = c.register.CalibrationChanges(ctx, asOf); err != nil {
			return p, err
		}
	}
	switch {
	case asOf.Incomplete(): // what is not there yet is no other figure
		p.Changed = "Figures are still loading. Whether they are those that this was made with is known when all are loaded."
	case len(changed) > 0:
		p.Changed = "The figures are not those that this was made with: " + wording.List(c.titles(changed)) + "."
	case k.Rules != claim.RulesHash():
		p.Changed = "The rules of the verdicts have changed since this was made."
	}
	for _, v := range claim.EffectVerdicts {
		p.Verdicts = append(p.Verdicts, wording.Capital(string(v)))
	}
	var untested []int
	for i, r := range claim.Rules {
		if r.Verdict == claim.CannotBeTested {
			untested = append(untested, i)
		}
	}
	byMeasure := map[string][]claim.Summary{}
	var ids, blind []string
	var all []claim.Summary
	for _, t := range k.Summaries() {
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
		p.Reasons = append(p.Reasons, wording.Capital(wording.Rules[claim.Rules[rule].Code]))
	}
	seen := map[float64][]string{} // titles, by the least fall seen; 0 where none was
	for _, id := range ids {
		row := c.calibrationMeasure(id, byMeasure[id], asOf)
		smallest := smallestSeen(byMeasure[id])
		if smallest > 0 {
			row.Smallest = wording.Percent(smallest)
		}
		p.Measures = append(p.Measures, row)
		if row.Detectable == "" {
			blind = append(blind, id)
			continue
		}
		seen[smallest] = append(seen[smallest], row.Name)
	}
	p.Finding, p.Sentences, p.More = wording.CalibrationFindings(all, k.Domains)
	if smallest := wording.SmallestFalls(seen); smallest != "" {
		p.Sentences = append(p.Sentences, smallest)
		p.More = append(p.More, wording.Detectable(all[0]))
	}
	if len(blind) > 0 {
		p.More = append(p.More, wording.Blind(c.titles(blind)))
	}
	for _, fall := range claim.Falls {
		p.Falls = append(p.Falls, wording.Percent(fall))
	}
	p.Domains = c.domains(k.Domains, asOf)
	p.Made, p.Limits = wording.CalibrationMade(k, len(ids), p.Falls), wording.CalibrationLimits
	return p, nil
}

func calibrationKind(t claim.Summary, untested []int) CalibrationKind {
	k := CalibrationKind{True: "No change", Claimed: wording.SizeOfClaim(t.Claimed), Trials: t.Trials, Evidenced: newShare(t.Evidenced), Seen: newShare(t.Seen)}
	if t.Fall > 0 {
		k.True = "A fall of " + wording.Percent(t.Fall)
	}
	for _, v := range claim.EffectVerdicts {
		k.Verdicts = append(k.Verdicts, t.Verdicts[v])
	}
	for _, rule := range untested {
		k.Untested = append(k.Untested, t.Untested[rule])
	}
	return k
}

func (c claimPages) calibrationMeasure(id string, summaries []claim.Summary, asOf figures.Moment) CalibrationMeasure {
	row := CalibrationMeasure{Name: id, Trials: summaries[0].Trials, Stand: wording.InHundred(float64(summaries[0].Stand) / float64(summaries[0].Trials))}
	if m, ok := c.directory.Catalog.Measure(id); ok {
		row.Name, row.URL = m.Title, measureURL(m, asOf)
	}
	var worst claim.Summary
	for _, t := range summaries {
		switch {
		case t.Fall > 0 && !t.True():
		case t.True():
			row.Found = append(row.Found, FallFound{wording.InHundred(t.Seen.Share), wording.InHundred(t.Evidenced.Share)})
		case worst.Trials == 0 || t.Evidenced.Share > worst.Evidenced.Share:
			worst = t
		}
	}
	row.False, row.FalseAt = newShare(worst.Evidenced), wording.SizeOfClaim(worst.Claimed)+" claimed"
	if worst.Stand == 0 {
		row.FalseAt = "none could be tested"
		return row
	}
	if worst.Evidenced.Count == 0 {
		row.FalseAt = "whatever is claimed"
	}
	if none := summaries[0]; none.Stand > 0 {
		row.Detectable, row.Bias, row.Coverage = wording.Percent1(none.Detectable), fmt.Sprintf("%+.1f", none.Bias), wording.InHundred(float64(none.Coverage))
	}
	return row
}

// smallestSeen is the least true fall put in that was seen, at least in part, in 80 of 100 draws; 0 where none was.
func smallestSeen(summaries []claim.Summary) float64 {
	for _, t := range summaries {
		if t.True() && t.Stand > 0 && t.Seen.Share >= .8 {
			return t.Fall
		}
	}
	return 0
}

func (c claimPages) domains(studies []*claim.DomainStudy, asOf figures.Moment) []CalibrationDomain {
	var rows []CalibrationDomain
	for _, s := range studies {
		row := CalibrationDomain{
			Name:       s.Measure,
			At:         wording.Capital(wording.UnitKinds(s.At)),
			Tried:      s.Tried,
			Rejected:   wording.InHundred(float64(s.Size)),
			Coverage:   wording.InHundred(float64(s.Coverage)),
			Detectable: wording.Percent1(100 * s.Detectable),
			False:      newShare(s.Worst()),
		}
		if m, ok := c.directory.Catalog.Measure(s.Measure); ok {
			row.Name, row.URL = m.Title, measureURL(m, asOf)
			row.Window = fmt.Sprintf("%d and %s", s.Before, wording.Plural(s.After, m.Grain.Words(), m.Grain.Words()+"s"))
		}
		for i, fall := range claim.Falls {
			switch fall {
			case 5:
				row.Found5 = wording.InHundred(float64(s.Power[i]))
			case 10:
				row.Found10 = wording.InHundred(float64(s.Power[i]))
			}
		}
		for _, p := range s.Places {
			row.Often = append(
				row.Often,
				wording.Fact{
					Term:  c.directory.Named([]string{p.Place})[p.Place],
					Words: fmt.Sprintf("at %d of %d starts; limits %s times as wide", p.Rejected, p.Starts, wording.OneDecimal(float64(p.Wider))),
				},
			)
		}
		for i := range s.Groups {
			row.Groups = append(row.Groups, calibrationGroup(&s.Groups[i]))
		}
		rows = append(rows, row)
	}
	return rows
}

func newShare(p claim.Part) Share {
	return Share{wording.InHundred(p.Share), fmt.Sprintf("%s to %s", wording.OneDecimal(p.Lower*100), wording.OneDecimal(math.Ceil(p.Upper*1000)/10))}
}

// CalibrationPage says how far the test of claims can see.
type CalibrationPage struct {
	Shell
	Finding   string   // a headline that states the share of false claims that were evidenced
	Sentences []string // on false claims, on true ones, and on the smallest fall seen
	More      []string // the other findings
	// Changed says that the figures, or the rules, are no longer those of the calibration; empty where they are.
	Changed  string
	Verdicts []string // the columns of the kinds
	Kinds    []CalibrationKind
	// Reasons are why claims could not be tested: the columns of what the kinds call Untested.
	Reasons  []string
	Falls    []string // that were put in: columns of the measures
	Measures []CalibrationMeasure
	// Made says how the calibration was made, Limits what it cannot show.
	Made, Limits []string
	Domains      []CalibrationDomain
	Downloads    Downloads
}

// CalibrationDomain is how far the test in places smaller than footprints sees in one domain.
type CalibrationDomain struct {
	Name, URL, At, Window     string
	Tried                     int
	Rejected, Found5, Found10 string // where nothing happened, and of falls of 5 and 10 per cent
	Coverage, Detectable      string
	False                     Share // evidenced, at the worst size
	// Often are the places that were found too often, and how often. Groups are the tests of means of several places.
	Often  []wording.Fact
	Groups []CalibrationGroup
}

// CalibrationGroup is how far the test of the mean of a group of places sees.
type CalibrationGroup struct {
	K, Tried                          int
	Rejected, Wider, Coverage, Found5 string
	Found10, Detectable               string
	False                             Share
}

func calibrationGroup(g *claim.GroupStudy) CalibrationGroup {
	row := CalibrationGroup{
		K: g.K, Tried: g.Tried, Rejected: wording.InHundred(float64(g.Size)), Wider: fmt.Sprintf("%.2f", float64(g.Wider)),
		Coverage: wording.InHundred(float64(g.Coverage)), Detectable: wording.Percent1(100 * g.Detectable), False: newShare(g.Worst()),
	}
	for i, fall := range claim.Falls {
		switch fall {
		case 5:
			row.Found5 = wording.InHundred(float64(g.Power[i]))
		case 10:
			row.Found10 = wording.InHundred(float64(g.Power[i]))
		}
	}
	return row
}

// CalibrationKind is how claims of one kind were answered, over the measures that can be tested.
type CalibrationKind struct {
	True, Claimed   string
	Trials          int
	Verdicts        []int
	Untested        []int
	Evidenced, Seen Share
}

// Share is a share in words: "3 in 100", with its 95 per cent interval: "2 to 4".
type Share struct{ Text, Interval string }

// CalibrationMeasure is how far the figures of one measure can be seen through.
type CalibrationMeasure struct {
	Name, URL string
	Trials    int
	Stand     string // of the trials, those that were fit for a test
	// Detectable is the median smallest fall that would be seen in 80 of 100 cases, Smallest the least of those put in that was.
	Detectable, Smallest string
	False                Share       // evidenced, of the size of false claims at which most were
	FalseAt              string      // that size, in words
	Found                []FallFound // of each fall that was put in
	Bias, Coverage       string
}

// FallFound are the shares of places in which a true fall was at least partly evidenced, and evidenced, in words.
type FallFound struct{ Seen, Evidenced string }
