package evidence

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Plan says what a study of a test tries.
type Plan struct {
	Design
	// Every is how many periods lie between two starts; the first is as early, and the last as late, as the design allows.
	Every int `json:"every"`
	// Falls are put in, as shares: 0.05 is a fall by 5 per cent.
	Falls []float64 `json:"falls"`
	// Groups are sizes of groups of units, and Draws how many of each are drawn at each start from the seed.
	Groups []int  `json:"groups,omitempty"`
	Draws  int    `json:"draws,omitempty"`
	Seed   uint64 `json:"seed"`
	// Method is the estimator; empty for synthetic difference-in-differences.
	Method RelativeMethod `json:"method"`
}

// RelativeMethod names an estimator of relative effects.
type RelativeMethod string

// The methods: synthetic difference-in-differences, and difference-in-differences on the last twelve periods or on a base in which the
// last weigh most.
const (
	BySDID   RelativeMethod = "sdid"
	ByLast   RelativeMethod = "last"
	ByRecent RelativeMethod = "recent"
)

// Study is how often a test is right on real series in which nothing happened, or in which a fall was put that is known.
type Study struct {
	Plan
	Units    int `json:"units"`
	Starts   int `json:"starts"`
	Placebos int `json:"placebos"` // units taken as treated, over all starts
	// Fewest and Most are how many units are fit at a start.
	Fewest int `json:"fewest_units"`
	Most   int `json:"most_units"`
	// Tests of one unit: each of them on all, and on the small, middle and large third.
	Tests []Accuracy `json:"tests"`
	// Size is how the variance of an effect depends on the size of its unit, over all starts.
	Size *SizeVariance `json:"size_variance,omitempty"`
	// Groups are tests of the mean of a group.
	Groups []Accuracy `json:"group_tests,omitempty"`
	// Places are the units with how often they were rejected though nothing happened.
	Places []PlaceAccuracy `json:"places"`
	// Trials are those of one unit, by the deviation of the others and by size.
	Trials []Trial `json:"-"`
	// GroupTrials are those of groups of whole clusters, with the correlation within clusters.
	GroupTrials []GroupTrial `json:"-"`
}

// GroupTrial is the mean effect found for a group of K units at one start, where nothing happened, and how far from zero its test rejects it.
type GroupTrial struct {
	K, Start     int
	Effect, Half float64
}

// Accuracy is how often one test is right.
type Accuracy struct {
	Test string `json:"test"`
	Of   string `json:"of"`
	// K is how many units a group has.
	K int `json:"k,omitempty"`
	// Tried is how many units or groups were tested, at all starts.
	Tried int `json:"tried"`
	// Deviation is the standard deviation of the effects found where nothing happened.
	Deviation Number `json:"deviation"`
	// Size is the share of these that a test at 5 per cent rejects, and SizeUpTo the upper end of its 95 per cent interval, if all were
	// independent (Clopper and Pearson 1934, Biometrika 26:404). Coverage is the share of intervals that hold the truth, whatever it is: an effect in
	// logarithms adds to the estimate and to both ends.
	Size     Number `json:"size"`
	SizeUpTo Number `json:"size_up_to"`
	Coverage Number `json:"coverage"`
	// Power is the share in which each fall put in is found, as a fall.
	Power []Number `json:"power"`
	// Detectable is the smallest fall found in 80 per cent, as a share.
	Detectable Number `json:"detectable"`
}

// PlaceAccuracy is how often one unit was rejected though nothing happened.
type PlaceAccuracy struct {
	Unit     string `json:"unit"`
	Starts   int    `json:"starts"`
	Rejected int    `json:"rejected"`
}

const (
	// studyEstimates bounds what one study may take: some minutes of one core.
	studyEstimates = 100_000
	// leastUnits are needed at a start.
	leastUnits = 10
)

// Run studies a test on units of which nothing is known to have happened. At each start, each unit that is fit takes its turn as treated,
// with the others as its donors: its effect is compared with theirs by each test. As the weights depend on the figures before the start
// only and the donors' figures do not change, a fall by a share p put in from the start on moves the estimate by log(1-p) exactly, and is not
// estimated anew. A unit's placebos have it among their donors here and not in a test; groups likewise. The same plan, seed and units give the
// same study.
func (p Plan) Run(ctx context.Context, units []Unit) (*Study, error) {
	estimate, err := p.estimator()
	if err != nil {
		return nil, err
	}
	if p.Before < 3 || p.After < 1 || p.Every < 1 || p.Draws < 0 {
		return nil, fmt.Errorf(
			"the plan has %d periods before the start, %d from it on, starts every %d and %d draws; accepted are 3 or more, 1 or more, 1 or more, and 0 or more",
			p.Before,
			p.After,
			p.Every,
			p.Draws,
		)
	}
	for _, k := range p.Groups {
		if k < 1 || k >= len(units) {
			return nil, fmt.Errorf("groups of %d units are to be drawn of %d; accepted are 1 or more, and fewer than there are", k, len(units))
		}
	}
	if len(p.Groups) > 0 && p.Draws < 1 {
		return nil, fmt.Errorf("%d groups are drawn for each number; accepted are 1 or more", p.Draws)
	}
	for _, fall := range p.Falls {
		if !(fall >= 0 && fall < 1) {
			return nil, fmt.Errorf("a fall of %g is to be put in; accepted are shares from 0 up to 1", fall)
		}
	}
	periods := 0
	for _, u := range units {
		periods = max(periods, len(u.Outcome))
	}
	if p.Before > periods || p.After > periods-p.Before {
		return nil, fmt.Errorf(
			"no start has %d units without gap or jump in %d periods before it and %d from it on: the figures have %d periods",
			leastUnits,
			p.Before,
			p.After,
			periods,
		)
	}
	s := &Study{Plan: p, Units: len(units)}
	var moments []moment
	estimates := 0
	for start := p.Before; start <= periods-p.After; start += min(p.Every, periods) {
		at := fitUnits(units, start-p.Before, start+p.After)
		if len(at) < leastUnits {
			continue
		}
		moments = append(moments, moment{start: start, units: pick(units, at)})
		estimates += len(at)
	}
	switch {
	case len(moments) == 0:
		return nil, fmt.Errorf("no start has %d units without gap or jump in %d periods before it and %d from it on", leastUnits, p.Before, p.After)
	case estimates > studyEstimates:
		return nil, fmt.Errorf("the study would take %d estimates; accepted are up to %d: take starts farther apart", estimates, studyEstimates)
	case estimates*p.Draws*len(p.Groups) > 1000*studyEstimates:
		return nil, fmt.Errorf("%d draws of %d groups at %d starts are too many", p.Draws, len(p.Groups), len(moments))
	}
	for i := range moments {
		m := &moments[i]
		d := p.Design
		if p.Method == ByLast {
			d.Before = min(d.Before, checkBefore)
		}
		if m.effects, err = d.effects(ctx, m.units, m.start, estimate); err != nil {
			return nil, err
		}
		s.Placebos += len(m.units)
		s.Most = max(s.Most, len(m.units))
		if s.Fewest == 0 || len(m.units) < s.Fewest {
			s.Fewest = len(m.units)
		}
	}
	s.Starts = len(moments)
	if err := s.single(ctx, moments); err != nil {
		return nil, err
	}
	return s, s.group(ctx, moments)
}

func (p Plan) estimator() (Estimator, error) {
	switch p.Method {
	case "", BySDID:
		return SyntheticDiD, nil
	case ByLast:
		return MeanDiD, nil
	case ByRecent:
		return RecentDiD, nil
	}
	return nil, fmt.Errorf("the method is %q; accepted are %s, %s and %s", p.Method, BySDID, ByLast, ByRecent)
}

// moment is one start with the units fit for it and their effects.
type moment struct {
	start   int
	units   []Unit
	effects []float64
}

// trial is one effect where nothing happened, and how far from zero a test rejects it.
type trial struct{ effect, half float64 }

// Trial is the effect found for one unit at one start, where nothing happened, and how far from zero a test rejects it: by the plain deviation, and by the
// deviation by size from all starts, missing without sizes.
type Trial struct {
	Unit         string
	Start        int
	Effect       float64
	Half, BySize Number
}

// accuracy sums up trials.
func (p Plan) accuracy(test, of string, k int, trials []trial) Accuracy {
	a := Accuracy{Test: test, Of: of, K: k, Tried: len(trials), Deviation: missing, Size: missing, SizeUpTo: missing, Coverage: missing, Detectable: missing}
	n := float64(len(trials))
	found := make([]float64, len(p.Falls))
	var effects, needed []float64
	rejected := 0.0
	for _, t := range trials {
		effects = append(effects, t.effect)
		if math.Abs(t.effect) > t.half {
			rejected++
		}
		for i, fall := range p.Falls {
			if t.effect+math.Log1p(-fall) < -t.half {
				found[i]++
			}
		}
		needed = append(needed, max(0, t.effect+t.half))
	}
	if n == 0 {
		return a
	}
	a.Deviation, a.Size, a.Coverage = Number(stat.StdDev(effects, nil)), Number(rejected/n), Number(1-rejected/n)
	a.SizeUpTo = 1
	if rejected < n {
		a.SizeUpTo = Number(distuv.Beta{Alpha: rejected + 1, Beta: n - rejected}.Quantile(1 - (1-confidence)/2))
	}
	for _, f := range found {
		a.Power = append(a.Power, Number(f/n))
	}
	slices.Sort(needed)
	if least := needed[int(math.Ceil(power*n))-1]; !math.IsInf(least, 0) {
		a.Detectable = Number(-math.Expm1(-least))
	}
	return a
}

// WholeClusters names groups that are drawn as whole clusters, the last of which may be cut.
const WholeClusters = "whole clusters"

// TestGroup is the test of a group that allows for correlation within clusters.
const TestGroup = "t, correlated within clusters"

// The tests of one unit: by the deviation of the placebos, by rank, and by an error that depends on the size, from one start and from all.
const (
	TestPlain  = "t, placebo deviation"
	testRank   = "rank"
	testBySize = "t, deviation by size"
	TestBySize = "t, deviation by size, all starts"
)

// single tries the tests of one unit.
func (s *Study) single(ctx context.Context, moments []moment) error {
	limits := thirds(moments)
	trials := map[string][][]trial{} // by test: all, then each third
	places := map[string]*PlaceAccuracy{}
	var names []string
	var allEffects, allSizes []float64
	var allUnits []Unit
	var allQuantiles []float64
	add := func(test string, u Unit, t trial) {
		if trials[test] == nil {
			trials[test] = make([][]trial, 1+len(limits)+1)
		}
		third := 1
		for _, limit := range limits {
			if u.Size > limit {
				third++
			}
		}
		trials[test][0] = append(trials[test][0], t)
		trials[test][third] = append(trials[test][third], t)
	}
	for _, m := range moments {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := len(m.units)
		quantile := quantile(1-(1-confidence)/2, float64(n-2)) // of the other n-1, less one
		for i, u := range m.units {
			others := slices.Delete(slices.Clone(m.effects), i, i+1)
			half := quantile * stat.StdDev(others, nil)
			add(TestPlain, u, trial{m.effects[i], half})
			s.Trials = append(s.Trials, Trial{Unit: u.Name, Start: m.start, Effect: m.effects[i], Half: Number(half), BySize: missing})
			if places[u.Name] == nil {
				places[u.Name] = &PlaceAccuracy{Unit: u.Name}
				names = append(names, u.Name)
			}
			places[u.Name].Starts++
			if math.Abs(m.effects[i]) > half {
				places[u.Name].Rejected++
			}

			for j := range others {
				others[j] = math.Abs(others[j])
			}
			slices.Sort(others)
			half = math.Inf(1)
			if k := int((1 - confidence) * float64(n) * (1 + rounding)); k >= 1 {
				half = others[len(others)-k]
			}
			add(testRank, u, trial{m.effects[i], half})
		}
		sizes := make([]float64, n)
		for i, u := range m.units {
			sizes[i] = u.Size
		}
		if !(floats.Min(sizes) > 0) {
			continue
		}
		allEffects, allSizes, allUnits = append(allEffects, m.effects...), append(allSizes, sizes...), append(allUnits, m.units...)
		allQuantiles = append(allQuantiles, slices.Repeat([]float64{quantile}, n)...)
		for i, u := range m.units {
			variance, err := FitSizeVariance(slices.Delete(slices.Clone(m.effects), i, i+1), slices.Delete(slices.Clone(sizes), i, i+1))
			if err != nil {
				return err
			}
			add(testBySize, u, trial{m.effects[i], quantile * variance.At(u.Size)})
		}
	}
	if len(allEffects) > 0 {
		variance, err := FitSizeVariance(allEffects, allSizes)
		if err != nil {
			return err
		}
		s.Size = &variance
		without := map[string]SizeVariance{}
		for i, u := range allUnits {
			variance, known := without[u.Name]
			if !known {
				var effects, sizes []float64
				for j, other := range allUnits {
					if other.Name != u.Name {
						effects, sizes = append(effects, allEffects[j]), append(sizes, allSizes[j])
					}
				}
				if variance, err = FitSizeVariance(effects, sizes); err != nil {
					return err
				}
				without[u.Name] = variance
			}
			half := allQuantiles[i] * variance.At(u.Size)
			add(TestBySize, u, trial{allEffects[i], half})
			if len(s.Trials) == len(allEffects) { // every start has sizes
				s.Trials[i].BySize = Number(half)
			}
		}
	}
	for _, test := range []string{TestPlain, testRank, testBySize, TestBySize} {
		of := trials[test]
		if of == nil {
			continue
		}
		s.Tests = append(s.Tests, s.accuracy(test, "all", 0, of[0]))
		if len(limits) == 2 {
			for i, name := range []string{"small", "middle", "large"} {
				s.Tests = append(s.Tests, s.accuracy(test, name, 0, of[i+1]))
			}
		}
	}
	slices.Sort(names)
	for _, name := range names {
		s.Places = append(s.Places, *places[name])
	}
	slices.SortStableFunc(s.Places, func(a, b PlaceAccuracy) int {
		return cmp.Compare(float64(b.Rejected)/float64(b.Starts), float64(a.Rejected)/float64(a.Starts))
	})
	return nil
}

// thirds are the sizes that part the units into three of the same number; nil where sizes are not known.
func thirds(moments []moment) []float64 {
	sizes := map[string]float64{}
	for _, m := range moments {
		for _, u := range m.units {
			sizes[u.Name] = u.Size
		}
	}
	var sorted []float64
	for _, size := range sizes {
		sorted = append(sorted, size)
	}
	slices.Sort(sorted)
	if !(sorted[0] > 0) || sorted[0] == sorted[len(sorted)-1] {
		return nil
	}
	return []float64{sorted[(len(sorted)-1)/3], sorted[2*(len(sorted)-1)/3]}
}

// group tries the test of the mean of a group, on groups of whole clusters and on scattered ones, and what it would be if units of one
// cluster were not correlated.
func (s *Study) group(ctx context.Context, moments []moment) error {
	for _, k := range s.Plan.Groups {
		if k < 1 {
			return fmt.Errorf("groups of %d units are to be drawn; accepted are 1 or more", k)
		}
		for _, drawn := range []struct {
			of   string
			from func(*rand.Rand, []Unit, int) []int
		}{{WholeClusters, wholeClusters}, {"scattered", scattered}} {
			random := rand.New(rand.NewPCG(s.Seed, uint64(k)))
			var with, without []trial
			for _, m := range moments {
				if len(m.units)-k < leastUnits {
					continue
				}
				for range s.Draws {
					if err := ctx.Err(); err != nil {
						return err
					}
					mean, err := m.mean(drawn.from(random, m.units, k))
					if err != nil {
						return err
					}
					quantile := quantile(1-(1-confidence)/2, float64(mean.DonorClusters-1))
					with = append(with, trial{float64(mean.Value), quantile * float64(mean.SE)})
					if drawn.of == WholeClusters {
						s.GroupTrials = append(s.GroupTrials, GroupTrial{k, m.start, float64(mean.Value), quantile * float64(mean.SE)})
					}
					without = append(without, trial{float64(mean.Value), quantile * float64(mean.Independent)})
				}
			}
			if len(with) == 0 {
				continue
			}
			s.Groups = append(s.Groups, s.accuracy(TestGroup, drawn.of, k, with), s.accuracy("t, independent", drawn.of, k, without))
		}
	}
	return nil
}

// mean is that of a group against the other units.
func (m moment) mean(group []int) (MeanEffect, error) {
	var treated []Effect
	var clusters []string
	var donors []float64
	in := make([]bool, len(m.units))
	for _, i := range group {
		in[i] = true
		treated = append(treated, Effect{Cluster: m.units[i].Cluster, Value: m.effects[i]})
	}
	for i, u := range m.units {
		if !in[i] {
			clusters, donors = append(clusters, u.Cluster), append(donors, m.effects[i])
		}
	}
	return GroupMean(treated, clusters, [][]float64{donors})
}

// scattered are k units drawn at random.
func scattered(random *rand.Rand, units []Unit, k int) []int { return random.Perm(len(units))[:k] }

// wholeClusters are the units of clusters drawn at random, the last of which may not fit whole into k.
func wholeClusters(random *rand.Rand, units []Unit, k int) []int {
	var clusters []string
	of := map[string][]int{}
	for i, u := range units {
		if of[u.Cluster] == nil {
			clusters = append(clusters, u.Cluster)
		}
		of[u.Cluster] = append(of[u.Cluster], i)
	}
	var group []int
	for _, c := range random.Perm(len(clusters)) {
		group = append(group, of[clusters[c]]...)
		if len(group) >= k {
			break
		}
	}
	return group[:k]
}
