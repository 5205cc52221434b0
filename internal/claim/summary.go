package claim

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"stpdash/internal/evidence"
	"stpdash/internal/rates"
)

// Summary is how claims of one kind were answered in a calibration.
type Summary struct {
	Measure string  // id; empty for all those that could be tested at all
	Fall    float64 // put into the figures, in per cent
	Claimed float64 // in per cent; 0 for the sizes of the register
	Trials  int
	// Stand are the trials whose comparison fitted and whose data were complete. The shares and the figures below are of these: a claim that could not be
	// tested cannot be called anything else.
	Stand    int
	Verdicts map[Verdict]int // of all trials
	// Untested counts the trials that could not be tested by the rule of [Rules] that said so.
	Untested map[int]int
	// Evidenced are the trials with this verdict, Seen those at least partly evidenced.
	Evidenced, Seen Part
	// Bias is the mean error of the estimates, in percentage points, below zero where they show too large a fall. Coverage is the share
	// of 95 per cent intervals that held the truth. Detectable is the median of the smallest fall, in per cent, that would be seen in 80
	// of 100 cases.
	Bias, Coverage, Detectable evidence.Number
}

// True tells that the fall was as large as claimed.
func (t Summary) True() bool { return t.Fall > 0 && t.Fall == t.Claimed }

// Part is a share of trials with its exact 95 per cent interval, all from 0 to 1. The interval is widened for trials in the same footprint,
// which share figures: by the design effect of clusters (Kish 1965) in that of Clopper and Pearson (Korn and Graubard 1998, Survey
// Methodology 24:193). Where none or all are such trials, they show no design effect, and it is taken as 1.
type Part struct {
	Count            int
	Share            float64
	Lower, Upper     float64
	Footprints, From int // with such a trial, and with any
}

// kind is what a summary is about.
type kind struct {
	measure       string
	fall, claimed float64
}

// Untestable tells that the trial was not fit for a test whatever is claimed: nothing could be estimated, or the comparison does not fit. These
// are the first two of [Rules].
func (t Trial) Untestable() bool { return t.Answers[0].Rule <= 1 }

// Summaries are those of all measures together and of each, in the order of the draws.
func (c *Calibration) Summaries() []Summary {
	var measures []string
	var usable []string
	for _, d := range c.Drawn {
		if !slices.Contains(measures, d.Measure) {
			measures = append(measures, d.Measure)
		}
		if !slices.Contains(usable, d.Measure) && slices.ContainsFunc(d.Trials, func(t Trial) bool { return !t.Untestable() }) {
			usable = append(usable, d.Measure)
		}
	}
	var summaries []Summary
	for _, m := range slices.Concat([]string{""}, measures) {
		var kinds []kind
		found := map[kind][]answered{}
		for _, d := range c.Drawn {
			if d.Measure != m && (m != "" || !slices.Contains(usable, d.Measure)) {
				continue
			}
			for _, t := range d.Trials {
				for _, a := range t.Answers {
					k := kind{m, t.Fall, a.Claimed}
					if a.Registered {
						k.claimed = 0
					}
					if found[k] == nil {
						kinds = append(kinds, k)
					}
					found[k] = append(found[k], answered{d.Place, t, a})
				}
			}
		}
		for _, k := range kinds {
			summaries = append(summaries, summarise(k, found[k]))
		}
	}
	return summaries
}

// answered is one answer with the trial and the place that it is about.
type answered struct {
	place string
	Trial
	Answer
}

func summarise(k kind, answers []answered) Summary {
	t := Summary{Measure: k.measure, Fall: k.fall, Claimed: k.claimed, Trials: len(answers), Verdicts: map[Verdict]int{}, Untested: map[int]int{}}
	var errors, covered, detectable []float64
	var fit []answered
	for _, a := range answers {
		t.Verdicts[a.Verdict]++
		if a.Verdict == CannotBeTested {
			t.Untested[a.Rule]++
		}
		if a.Untestable() {
			continue
		}
		t.Stand++
		fit = append(fit, a)
		errors = append(errors, float64(a.Percent)+k.fall)
		if !a.Detectable.Missing() {
			detectable = append(detectable, float64(a.Detectable))
		}
		if i := a.Interval; i != nil {
			within := 0.0
			if i[0] <= -k.fall && -k.fall <= i[1] {
				within = 1
			}
			covered = append(covered, within)
		}
	}
	t.Bias, t.Coverage, t.Detectable = evidence.Number(stat.Mean(errors, nil)), evidence.Number(stat.Mean(covered, nil)), evidence.Number(median(detectable))
	var alike float64
	t.Seen, alike = part(fit, func(v Verdict) bool { return v == Evidenced || v == PartlyEvidenced }, 1)
	t.Evidenced, _ = part(fit, func(v Verdict) bool { return v == Evidenced }, alike)
	return t
}

// part is the share of answers with some verdicts, and by how much the variance of the share is larger as answers about one footprint are
// alike. Where none has such a verdict that is not known, and it is taken from what is like it.
func part(answers []answered, is func(Verdict) bool, like float64) (Part, float64) {
	type cluster struct{ of, with float64 }
	clusters := map[string]*cluster{}
	var p Part
	for _, a := range answers {
		c := clusters[a.place]
		if c == nil {
			c = &cluster{}
			clusters[a.place] = c
		}
		if c.of++; is(a.Verdict) {
			c.with++
			p.Count++
		}
	}
	n := float64(len(answers))
	if n == 0 {
		return Part{Share: math.NaN(), Lower: math.NaN(), Upper: math.NaN()}, like
	}
	p.Share, p.From = float64(p.Count)/n, len(clusters)
	var squares float64 // summed whole, so that the order of the map does not matter to the last digit
	for _, c := range clusters {
		if c.with > 0 {
			p.Footprints++
		}
		squares += math.Round(math.Pow(c.with*n-float64(p.Count)*c.of, 2))
	}
	effect := like
	if chance := n * p.Share * (1 - p.Share); chance > 0 && p.From > 1 {
		effect = max(1, squares/(n*n)*float64(p.From)/float64(p.From-1)/chance)
	}
	effective := n / effect
	// A share of no trials at all has no interval.
	if limits, err := rates.ClopperPearson(p.Share*effective, effective, .95); err == nil {
		p.Lower, p.Upper = limits.Lower, limits.Upper
	} else {
		p.Lower, p.Upper = math.NaN(), math.NaN()
	}
	return p, effect
}
