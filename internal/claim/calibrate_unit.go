package claim

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

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
	Groups     []GroupStudy           `json:"groups,omitempty"`
	// Places are those found to have changed too often although nothing happened.
	Places []OftenFound `json:"places,omitempty"`
}

// GroupStudy is how often the test of a group of K places is right, on groups of whole footprints drawn where nothing happened.
type GroupStudy struct {
	K        int             `json:"k"`
	Tried    int             `json:"tried"`
	Size     evidence.Number `json:"size"` // share rejected though nothing happened, before the limits were widened
	SizeUpTo evidence.Number `json:"size_up_to"`
	// Wider is by how much limits are widened so that 5 in 100 are rejected; 1 where no more were. What follows is with it.
	Wider      evidence.Number   `json:"wider"`
	Coverage   evidence.Number   `json:"coverage"`
	Power      []evidence.Number `json:"power"`      // of [Falls]
	Detectable evidence.Number   `json:"detectable"` // the smallest fall found in 80 of 100, as a share
	Answers    []DomainAnswers   `json:"answers"`
}

// Worst is how often a false claim about such a group is called evidenced, of the size of claim at which the bound is highest.
func (g *GroupStudy) Worst() Part { return worstOf(g.Answers) }

// OftenFound is a place found to have changed at two starts or more, and at one in five or more, although nothing happened. Wider is by how much its
// effects vary more than its limits say.
type OftenFound struct {
	Place    string          `json:"place"`
	Starts   int             `json:"starts"`
	Rejected int             `json:"rejected"`
	Wider    evidence.Number `json:"wider"`
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
func (s *DomainStudy) Worst() Part { return worstOf(s.Answers) }

func worstOf(answers []DomainAnswers) (worst Part) {
	for _, a := range answers {
		if a.Fall == 0 && a.Evidenced.Upper > worst.Upper {
			worst = a.Evidenced
		}
	}
	return worst
}

// Groups tried in a domain, as far as half of its places make one, and how many are drawn at each start.
var domainGroups = []int{2, 5, 10, 22, 42}

const domainDraws = 200

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
	for _, k := range domainGroups {
		if 2*k <= len(units) {
			plan.Groups, plan.Draws = append(plan.Groups, k), domainDraws
		}
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
	trials := s.trials(study.Trials)
	s.Places, s.Answers = oftenFound(trials), answersTo(trials)
	for _, a := range study.Groups {
		if a.Of == evidence.WholeClusters && a.Test == evidence.TestGroup {
			s.Groups = append(s.Groups, groupStudy(a, study.GroupTrials))
		}
	}
	return s, nil
}

// domainTrial is an effect in logarithms where nothing happened, and how far from zero the test rejects it. Of is what its trials are alike by: a place,
// or a start.
type domainTrial struct {
	of           string
	effect, half float64
}

// trials are those of single places, as the domain judges them.
func (s *DomainStudy) trials(of []evidence.Trial) []domainTrial {
	trials := make([]domainTrial, len(of))
	for i, t := range of {
		trials[i] = domainTrial{t.Unit, t.Effect, float64(t.Half)}
		if s.Variance != nil && !t.BySize.Missing() {
			trials[i].half = float64(t.BySize)
		}
	}
	return trials
}

// oftenFound are the places that are rejected too often, in their order.
func oftenFound(trials []domainTrial) []OftenFound {
	places := map[string]*OftenFound{}
	for _, t := range trials {
		p := places[t.of]
		if p == nil {
			p = &OftenFound{Place: t.of}
			places[t.of] = p
		}
		p.Starts++
		if math.Abs(t.effect) > t.half {
			p.Rejected++
		}
		errors := normalQuantile * t.effect / t.half
		p.Wider += evidence.Number(errors * errors)
	}
	var often []OftenFound
	for _, name := range slices.Sorted(maps.Keys(places)) {
		p := places[name]
		if p.Wider = evidence.Number(max(1, math.Sqrt(float64(p.Wider)/float64(p.Starts)))); p.Rejected >= 2 && 5*p.Rejected >= p.Starts {
			often = append(often, *p)
		}
	}
	return often
}

// normalQuantile is beyond which 5 in 100 of a normal distribution lie, on either side.
const normalQuantile = 1.96

// groupStudy is what trials of groups of one size tell.
func groupStudy(a evidence.Accuracy, of []evidence.GroupTrial) GroupStudy {
	g := GroupStudy{K: a.K, Tried: a.Tried, Size: a.Size, SizeUpTo: a.SizeUpTo, Wider: 1}
	var trials []domainTrial
	var beyond []float64
	for _, t := range of {
		if t.K == a.K {
			trials = append(trials, domainTrial{fmt.Sprint(t.Start), t.Effect, t.Half})
			beyond = append(beyond, math.Abs(t.Effect)/t.Half)
		}
	}
	slices.Sort(beyond)
	g.Wider = evidence.Number(max(1, stat.Quantile(1-Significance, stat.LinInterp, beyond, nil)))
	found, covered := make([]float64, len(Falls)), 0.0
	needed := make([]float64, len(trials))
	for i := range trials {
		t := &trials[i]
		t.half *= float64(g.Wider)
		if math.Abs(t.effect) <= t.half {
			covered++
		}
		for j, fall := range Falls {
			if t.effect+math.Log1p(-fall/100) < -t.half {
				found[j]++
			}
		}
		needed[i] = max(0, t.effect+t.half)
	}
	n := float64(len(trials))
	slices.Sort(needed)
	g.Coverage, g.Detectable = evidence.Number(covered/n), evidence.Number(-math.Expm1(-stat.Quantile(.8, stat.Empirical, needed, nil)))
	for _, f := range found {
		g.Power = append(g.Power, evidence.Number(f/n))
	}
	g.Answers = answersTo(trials)
	return g
}

// answersTo are the verdicts on false and true claims.
func answersTo(trials []domainTrial) (answers []DomainAnswers) {
	for _, claimed := range Falls {
		answers = append(answers, answer(trials, 0, claimed))
	}
	for _, fall := range Falls {
		answers = append(answers, answer(trials, fall, fall), answer(trials, fall, 2*fall))
	}
	return answers
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
func answer(trials []domainTrial, fall, claimed float64) DomainAnswers {
	found := DomainAnswers{Fall: fall, Claimed: claimed, Verdicts: map[Verdict]int{}}
	var answers []answered
	for _, trial := range trials {
		half := trial.half
		effect := trial.effect + math.Log1p(-fall/100)
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
		answers = append(answers, answered{place: trial.of, Answer: Answer{Verdict: verdict}})
	}
	_, alike := part(answers, func(v Verdict) bool { return v == Evidenced || v == PartlyEvidenced }, 1)
	found.Evidenced, _ = part(answers, func(v Verdict) bool { return v == Evidenced }, alike)
	return found
}
