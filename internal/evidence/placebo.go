package evidence

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// Estimator estimates the effect on the treated unit of a comparison, such as [SyntheticControl].
type Estimator func(context.Context, Comparison) (*Synthetic, error)

// Placebos are the effects that a method finds where there was no scheme: each donor in turn is taken as treated, the other donors being
// its donors and the treated unit left out.
type Placebos struct {
	// N is the treated unit and its placebos.
	N int `json:"n"`
	// Rank of the treated unit by the ratio of squared gaps after the start to those before, the largest being 1, and P = Rank/N
	// (Abadie, Diamond and Hainmueller 2010, section 3.4). It judges an effect against how well the method fits each unit.
	Rank int    `json:"rank"`
	P    Number `json:"p"`
	// EffectRank and EffectP are the same by the size of the effect, whatever the fit before the start.
	EffectRank int    `json:"effect_rank"`
	EffectP    Number `json:"effect_p"`
	// SE is the standard deviation of the placebos' effects (Arkhangelsky et al. 2021, American Economic Review 111:4088, algorithm 4).
	SE Number `json:"se"`
	// Interval has the constant effects that EffectP would not reject at 5 per cent (Firpo and Possebom 2018, Journal of Causal
	// Inference 6(2)); nil where placebos are too few to reject any.
	Interval *[2]float64 `json:"interval"`
	// Units are the treated unit and the placebos, by rank.
	Units []Placebo `json:"units"`
	Notes []string  `json:"notes,omitempty"`
}

// Placebo is one unit taken as treated.
type Placebo struct {
	Unit     string `json:"unit"`
	Treated  bool   `json:"treated,omitempty"`
	Estimate Number `json:"estimate"`
	PreMSPE  Number `json:"pre_mspe"`
	PostMSPE Number `json:"post_mspe"`
	Ratio    Number `json:"ratio"`
	Rank     int    `json:"rank"`
	P        Number `json:"p"`
	// Gaps by period, as in the path of the treated unit.
	Gaps []Number `json:"gaps"`
}

// placeboDraws is how many groups of donors stand in for a mean of treated units.
const placeboDraws = 500

// Judge repeats the estimate on placebos and gives it their uncertainty: their standard deviation as its standard error, with an interval
// by the normal distribution, and the share of units at least as extreme as its p-value, by the ratio of squared gaps, or by the size of
// the effect where the method takes out the level of each unit. Where the treated series is the mean of several units, groups of as
// many donors are drawn from the seed; otherwise every donor is taken once and the seed is not used.
func (s *Synthetic) Judge(ctx context.Context, c Comparison, estimate Estimator, seed uint64) error {
	if rest := len(c.Donors) - c.Units; rest < 2 {
		s.Reason = fmt.Sprintf("placebos need at least two donors besides those taken as treated, and %d are left", max(0, rest))
		return nil
	}
	groups := c.placeboGroups(seed)
	found, names := make([]*Synthetic, len(groups)), make([]string, len(groups))
	work, within := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i, group := range groups {
		names[i] = strings.Join(pick(c.Donors, group), " + ")
		if within.Err() != nil {
			break
		}
		work.Go(func() (err error) {
			if found[i], err = estimate(within, c.pretend(group)); err != nil {
				err = fmt.Errorf("placebo %s: %w", names[i], err)
			}
			return err
		})
	}
	if err := cmp.Or(work.Wait(), ctx.Err()); err != nil {
		return err
	}
	p := &Placebos{Units: []Placebo{s.placebo(c.Name)}}
	p.Units[0].Treated = true
	var failed []string
	for i, f := range found {
		if f.Solved.Converged {
			p.Units = append(p.Units, f.placebo(names[i]))
		} else {
			failed = append(failed, names[i])
		}
	}
	if len(failed) > 0 {
		p.Notes = []string{fmt.Sprintf("%d placebos did not converge and were left out: %s", len(failed), strings.Join(failed, ", "))}
	}
	p.rank()
	s.Placebos = p
	s.Estimate = newEstimate(float64(s.Value), float64(p.SE), math.Inf(1), fmt.Sprintf("standard deviation of %d placebos", p.N-1))
	s.P = p.P
	if s.levelled {
		s.P = p.EffectP
	}
	return nil
}

// placeboGroups are the donors, by position, that are taken as treated together.
func (c Comparison) placeboGroups(seed uint64) [][]int {
	var groups [][]int
	if c.Units <= 1 {
		for j := range c.Donors {
			groups = append(groups, []int{j})
		}
		return groups
	}
	random := rand.New(rand.NewPCG(seed, 0))
	for range placeboDraws {
		group := random.Perm(len(c.Donors))[:c.Units]
		slices.Sort(group)
		groups = append(groups, group)
	}
	return groups
}

// pretend takes the mean of a group of donors as treated and the others as its donors.
func (c Comparison) pretend(group []int) Comparison {
	mean := func(of func(j int) float64) float64 {
		var sum float64
		for _, j := range group {
			sum += of(j)
		}
		return sum / float64(len(group))
	}
	placebo := Comparison{Times: c.Times, Start: c.Start, Units: c.Units, Treated: make([]float64, len(c.Times))}
	for t := range c.Times {
		placebo.Treated[t] = mean(func(j int) float64 { return c.Outcomes[j][t] })
	}
	others := c.others(group...)
	placebo.Donors, placebo.Outcomes = pick(c.Donors, others), pick(c.Outcomes, others)
	for _, p := range c.Predictors {
		placebo.Predictors = append(placebo.Predictors,
			Predictor{Name: p.Name, Treated: mean(func(j int) float64 { return p.Donors[j] }), Donors: pick(p.Donors, others)})
	}
	return placebo
}

// others are the positions of the donors that are not named.
func (c Comparison) others(positions ...int) []int {
	var others []int
	for j := range c.Donors {
		if !slices.Contains(positions, j) {
			others = append(others, j)
		}
	}
	return others
}

func (s *Synthetic) placebo(name string) Placebo {
	p := Placebo{Unit: name, Estimate: s.Value, PreMSPE: s.Fit.PreMSPE, PostMSPE: s.Fit.PostMSPE, Ratio: s.Fit.Ratio}
	for _, period := range s.Path {
		p.Gaps = append(p.Gaps, period.Gap)
	}
	return p
}

// rank orders the units, of which the first is the treated one.
func (p *Placebos) rank() {
	p.N = len(p.Units)
	ratio := func(u Placebo) float64 { return float64(u.PostMSPE) / float64(u.PreMSPE) }
	var effects []float64
	for i := range p.Units {
		u := &p.Units[i]
		for _, other := range p.Units {
			if !(ratio(other) < ratio(*u)) {
				u.Rank++
			}
		}
		u.P = Number(float64(u.Rank) / float64(p.N))
		if i > 0 {
			effects = append(effects, float64(u.Estimate))
		}
	}
	effect := float64(p.Units[0].Estimate)
	p.Rank, p.P, p.EffectRank = p.Units[0].Rank, p.Units[0].P, 1
	sizes := make([]float64, len(effects))
	for i, e := range effects {
		if sizes[i] = math.Abs(e); sizes[i] >= math.Abs(effect) {
			p.EffectRank++
		}
	}
	p.EffectP = Number(float64(p.EffectRank) / float64(p.N))
	p.SE = missing
	if len(effects) > 1 {
		mean := floats.Sum(effects) / float64(len(effects))
		p.SE = Number(math.Sqrt(stat.MomentAbout(2, effects, mean, nil)))
	}
	// An effect d is rejected when (1 + placebos at least as large as |effect - d|) / N is 0.05 or less, so when |effect - d| lies
	// above the k-th largest placebo, k being 0.05 N rounded down.
	if k := int((1 - confidence) * float64(p.N) * (1 + rounding)); k >= 1 {
		slices.SortFunc(sizes, func(a, b float64) int { return cmp.Compare(b, a) })
		p.Interval = interval(effect-sizes[k-1], effect+sizes[k-1])
	}
	slices.SortStableFunc(p.Units, func(a, b Placebo) int { return cmp.Compare(a.Rank, b.Rank) })
}
