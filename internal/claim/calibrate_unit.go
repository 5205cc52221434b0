package claim

import (
	"context"
	"fmt"
	"math"
	"slices"

	"stpdash/internal/catalog"
	"stpdash/internal/evidence"
)

// DomainStudy is how often the test of small places is right in one domain: on real figures in which nothing is known to have happened, and with falls
// put into them.
type DomainStudy struct {
	Domain
	Units    int             `json:"units"`
	Starts   int             `json:"starts"`
	Tried    int             `json:"tried"` // units at all starts
	Size     evidence.Number `json:"size"`  // share rejected though nothing happened
	SizeUpTo evidence.Number `json:"size_up_to"`
	Coverage evidence.Number `json:"coverage"`
	// Power is the share in which falls of [Falls] are found.
	Power      []evidence.Number      `json:"power"`
	Detectable evidence.Number        `json:"detectable"` // the smallest fall found in 80 of 100, as a share
	Fitted     *evidence.SizeVariance `json:"fitted_variance,omitempty"`
	Answers    []DomainAnswers        `json:"answers"`
	Groups     []evidence.Accuracy    `json:"groups,omitempty"`
	// Places were rejected at two starts or more, and at one in five or more.
	Places []evidence.PlaceAccuracy `json:"places,omitempty"`
}

// DomainAnswers are the verdicts on claims of one size.
type DomainAnswers struct {
	Fall     float64         `json:"fall_percent"` // put in; 0 for none, so that the claim is false
	Claimed  float64         `json:"claimed_percent"`
	Verdicts map[Verdict]int `json:"verdicts"`
	// Evidenced is the share with that verdict, and its bound allows for trials of one place being alike.
	Evidenced Part `json:"evidenced"`
}

// Worst is how often a false claim is called evidenced, of the size of claim at which the bound is highest.
func (s *DomainStudy) Worst() Part {
	var worst Part
	for _, a := range s.Answers {
		if a.Fall == 0 && a.Evidenced.Upper > worst.Upper {
			worst = a.Evidenced
		}
	}
	return worst
}

// Groups tried in a domain, and how many are drawn at each start.
var domainGroups = []int{2, 5, 10, 22}

const domainDraws = 100

// Study tries the test in a domain, on places that no scheme covered.
func (d Domain) Study(ctx context.Context, places Places, seed uint64) (*DomainStudy, error) {
	m := places.Measure(ctx, d.Measure)
	if m == nil {
		return nil, fmt.Errorf("domain of %s: found no such measure, accepted: one of the catalog", d.Measure)
	}
	first, last := domainTime(m)
	found, err := places.Follow(ctx, m, d.At, first, last)
	if err != nil {
		return nil, err
	}
	covered := places.Covered(d.At, first, last)
	var units []evidence.Unit
	for _, p := range found.Places {
		inScheme := slices.ContainsFunc(p.Codes, func(code string) bool { return len(covered[code]) > 0 })
		if p.NotScreened != "" || !p.Divided.IsZero() || inScheme || p.Size < d.LeastSize {
			continue
		}
		end := len(p.Outcome)
		for i, period := range found.Periods {
			if period.Start.After(last.Start) {
				end = min(end, i)
			}
		}
		u := p.Unit
		u.Outcome = u.Outcome[:end]
		units = append(units, u)
	}
	plan := evidence.Plan{Design: d.Design, Every: max(1, m.Grain.PerYear()/2), Seed: seed}
	for _, fall := range Falls {
		plan.Falls = append(plan.Falls, fall/100)
	}
	if d.Variance != nil && d.After == unitYearsAfter*m.Grain.PerYear() && d.At == catalog.ByCommissioner {
		plan.Groups, plan.Draws = domainGroups, domainDraws
	}
	study, err := plan.Run(ctx, units)
	if err != nil {
		return nil, fmt.Errorf("domain of %s by %s: %w", d.Measure, d.At, err)
	}
	s := &DomainStudy{Domain: d, Units: study.Units, Starts: study.Starts, Tried: study.Placebos, Fitted: study.Size}
	for _, a := range study.Tests {
		bySize := a.Test == evidence.TestBySize
		if a.Of == "all" && bySize == (d.Variance != nil) && (bySize || a.Test == evidence.TestPlain) {
			s.Size, s.SizeUpTo, s.Coverage, s.Power, s.Detectable = a.Size, a.SizeUpTo, a.Coverage, a.Power, a.Detectable
		}
	}
	for _, a := range study.Groups {
		if a.Of == "whole clusters" && a.Test == evidence.TestGroup {
			s.Groups = append(s.Groups, a)
		}
	}
	for _, p := range study.Places {
		if p.Rejected >= 2 && 5*p.Rejected >= p.Starts {
			s.Places = append(s.Places, p)
		}
	}
	for _, claimed := range Falls {
		s.answer(study.Trials, 0, claimed)
	}
	for _, fall := range Falls {
		s.answer(study.Trials, fall, fall)
		s.answer(study.Trials, fall, 2*fall)
	}
	return s, nil
}

// domainTime is the time in which a measure counts the same, up to the first event that bent it.
func domainTime(m *catalog.Measure) (first, last catalog.Period) {
	first = catalog.Period{Start: earliest[m.Grain], Grain: m.Grain}
	last = first
	for p := first; p.Start.Year() < 2020 || len(m.Events(p)) == 0 && p.Start.Year() < 2021; p = p.Next() {
		if len(m.Events(p)) > 0 {
			break
		}
		if slices.ContainsFunc(m.Breaks, func(b catalog.Break) bool { return b.From == p.String() }) {
			first = p
		}
		last = p
	}
	return first, last
}

// answer gives the verdicts on claims of one size, all checks but those of the interval having passed.
func (s *DomainStudy) answer(trials []evidence.Trial, fall, claimed float64) {
	found := DomainAnswers{Fall: fall, Claimed: claimed, Verdicts: map[Verdict]int{}}
	var answers []answered
	for _, trial := range trials {
		half := float64(trial.Half)
		if s.Variance != nil && !trial.BySize.Missing() {
			half = float64(trial.BySize)
		}
		effect := trial.Effect + math.Log1p(-fall/100)
		percent := func(log float64) float64 { return -100 * math.Expm1(log) } // over zero for a fall, as claimed
		f := findings{
			checks: map[CheckID]Outcome{}, level: 3, percent: percent(effect), high: percent(effect - half), low: percent(effect + half), claimed: claimed, p: 1,
			detectable: percent(-half / 1.96 * 2.8),
		}
		if math.Abs(effect) > half {
			f.p = 0
		}
		for _, q := range Questions {
			f.checks[q.ID] = Passed
		}
		if f.p > Significance || f.percent < 0 {
			f.checks[BeyondPlacebo] = Failed
		}
		if claimed < f.detectable {
			f.checks[LargeEnough] = Failed
		}
		verdict := Rules[firstOf(Rules, f)-1].Verdict
		found.Verdicts[verdict]++
		answers = append(answers, answered{place: trial.Unit, Answer: Answer{Verdict: verdict}})
	}
	_, alike := part(answers, func(v Verdict) bool { return v == Evidenced || v == PartlyEvidenced }, 1)
	found.Evidenced, _ = part(answers, func(v Verdict) bool { return v == Evidenced }, alike)
	s.Answers = append(s.Answers, found)
}
